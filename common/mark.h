// The mark of a bad end: one byte in a file beside the store, by which the next start knows that the process before it
// died of its own doing (a bad access, a broken promise, a store that failed). Being killed from outside, or losing
// power, leaves no mark: that is nobody's fault, and least of all the record's that was in hand.
#ifndef TEND_COMMON_MARK_H
#define TEND_COMMON_MARK_H

enum mark { MARK_NONE = 0, MARK_CRASHED = 'c', MARK_BROKEN = 'b' };

// Reads the mark in the folder of a store.
enum mark mark_read(const char *folder);

// Takes it away, once the store is found good: one that was refused is looked at again at each start.
void mark_wipe(const char *folder);

// From now on a signal of our own making (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) marks the folder before it ends the
// process. One folder a process: the last one armed.
void mark_arm(const char *folder);

// Marks the folder now.
void mark_put(const char *folder, enum mark mark);

#endif
