// A promise of ours that does not hold is a bug: say where, and stop before it can do harm. Never compiled out.
#ifndef TEND_COMMON_MUST_H
#define TEND_COMMON_MUST_H

// Ends the process with one line on standard error; called by must() only.
_Noreturn void must_fail(const char *condition, const char *file, int line);

#define must(condition) ((condition) ? (void)0 : must_fail(#condition, __FILE__, __LINE__))

#endif
