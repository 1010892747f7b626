// Whether a promise was kept: what holds after all that was said about it, in whatever order it was heard. Pure.
//
// The rule, walked in the order in which things happened, not in which they arrived:
//   - The first word that makes the promise sets when it is due; made again, it is an extension.
//   - An extension counts when it is said before the due moment in force at that time and moves it to a moment that is
//     still to come. Said later it does not count: the promise stays broken (row 64).
//   - Kept by the due moment is in time. Kept up to the grace after it is in time too, and how late is recorded. Kept
//     later than that is broken (row 65), as is one that is still open then, or of which it is said that it is broken.
//     Broken means at the due moment plus grace, or when it was said, if that is earlier. What is broken asks for a
//     self-review (row 62).
//   - Where "kept" and "broken" were both said, the newest of them counts; else the first "kept" or "broken" does.
//
// A struct breach of zeros is a promise of which nothing was said. It holds no pointers and no padding and may be
// stored as its bytes.
#ifndef TEND_SERVICES_SCHEDULER_BREACH_H
#define TEND_SERVICES_SCHEDULER_BREACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BREACH_EXTENSIONS = 8, // the first so many; who puts a promise off more often has other troubles
    BREACHES_KEPT = 32,    // of one rep and customer, the newest; three already go to the director
};

enum breach_said { BREACH_MADE, BREACH_EXTENDED, BREACH_KEPT, BREACH_BROKEN };

// One event: when it happened, the tie between events of one moment (a hash of the event's id), and for MADE and
// EXTENDED the due moment it names.
struct breach_word {
    int64_t at_ms;
    uint64_t tie;
    int64_t due_ms;
};

struct breach {
    struct breach_word made;
    struct breach_word extended[BREACH_EXTENSIONS]; // in order of time
    struct breach_word kept[2], broken[2];          // the first and the last that was said
    uint32_t extended_count;
    uint32_t said; // bits: 1 << enum breach_said
};

struct breach_options {
    int64_t grace_ms;  // so late is still in time
    int64_t window_ms; // breaks of so long ago still count
};

enum breach_state {
    BREACH_UNKNOWN,  // nobody has made it yet, as far as we heard
    BREACH_OPEN,     // it can still be kept in time
    BREACH_IN_TIME,  // it was kept
    BREACH_LATE,     // broken, and kept since
    BREACH_NOT_KEPT, // broken, and still open or given up
};

struct breach_verdict {
    enum breach_state state;
    int64_t due_ms;       // in force
    int64_t wanted_ms;    // the due moment that was named last, also by an extension that did not count
    uint32_t extensions;  // that counted
    uint32_t refused;     // extensions that did not
    bool ended;           // kept or given up: nothing is left to remind of
    bool broken;          // counts against the rep, asks for a self-review
    int64_t made_ms;      // when it was made
    int64_t kept_ms;      // 0 while it is not kept
    int64_t broken_ms;    // 0 while it is not broken
    int64_t late_ms;      // how long after the due moment it was kept, 0 in time or not kept
    int64_t grace_end_ms; // BREACH_OPEN: the last moment of grace, a millisecond later it is broken; else 0
};

// Adds a word; the same one (kind, moment, tie) twice counts once. The order does not matter. At most
// BREACH_EXTENSIONS, the first by time, are remembered.
void breach_say(struct breach *breach, enum breach_said said, struct breach_word word);

// What holds at `now_ms`.
struct breach_verdict breach_judge(const struct breach_options *options, const struct breach *breach, int64_t now_ms);

// --- how often one rep broke a promise to one customer

struct break_mark {
    int64_t at_ms;    // broken_ms of the verdict
    uint64_t promise; // a hash of its id
};

// In order of time. Zeros: none.
struct breach_list {
    uint32_t count;
    uint32_t spare;
    struct break_mark marks[BREACHES_KEPT];
};

// Puts down when a promise was broken; 0 takes it back. A promise stands there once. Returns true when the list
// changed.
bool breach_mark(struct breach_list *list, uint64_t promise, int64_t broken_ms);

// Which of the breaks within the window that ends with it that promise's is, from 1; of several at one moment each has
// a place of its own. 0 when it is not there.
uint32_t breach_place(const struct breach_options *options, const struct breach_list *list, uint64_t promise);

// What the n-th break within the window means (row 65): 0 nothing, 1 a note, 2 the manager is told, 3 (and any more)
// the director too and the customer is at risk.
uint32_t breach_level(uint32_t count);

#endif
