// Whether a complaint comes again (row 69): the same category, the same goods or the same cause within n days. Pure.
//
// The newest RECUR_COMPLAINTS of one customer, or of whatever else a list is kept of. A struct recur of zeros is empty;
// it holds no pointers and no padding and may be stored as its first bytes: RECUR_BYTES(count) of them.
#ifndef TEND_SERVICES_SCHEDULER_RECUR_H
#define TEND_SERVICES_SCHEDULER_RECUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECUR_COMPLAINTS = 16 };

struct recur_entry {
    uint64_t complaint; // a hash of its id
    uint64_t category;  // recur_text of each, 0: not said
    uint64_t sku;
    uint64_t cause;
    int32_t day; // on which it was opened
    uint32_t spare;
    int64_t opened_ms; // when it was opened, 0: not heard yet, the day is that of its end
    int64_t found_ms;  // when the cause was found, 0: not yet, the cause is what the opening says
};

struct recur {
    uint32_t count;
    uint32_t spare;
    struct recur_entry entries[RECUR_COMPLAINTS]; // by day, then complaint
};

#define RECUR_BYTES(count) (offsetof(struct recur, entries) + (count) * sizeof(struct recur_entry))

struct recur_options {
    int64_t days; // within which the same again is a recurrence
};

// What two complaints have in common; bits.
enum recur_same { RECUR_CATEGORY = 1, RECUR_SKU = 2, RECUR_CAUSE = 4 };

struct recur_match {
    uint32_t same;      // bits of enum recur_same, never 0
    uint64_t complaint; // the earlier one
    int32_t days;       // between the two
};

// Reads what was stored. False, and empty, when it is not that: another length than its count says, or too many.
bool recur_read(const void *bytes, size_t length, struct recur *ret_recur);

// A text as a number, the same for texts that differ only in the case of their letters (ASCII, Latin, Greek, Cyrillic;
// full-width letters as plain ones), in spaces and in punctuation: "Late delivery!" and "late  delivery". Other
// letters, Chinese among them, stay as they are. 0 for a text without any letter or digit.
uint64_t recur_text(const char *text);

// Puts a complaint down as it stands now, replacing what stood there of the same one. Of more than RECUR_COMPLAINTS the
// newest days stay. Returns true when the list changed.
bool recur_put(struct recur *recur, const struct recur_entry *entry);

// Takes a complaint out, as after a merge or an erasure. Returns true when it was there.
bool recur_remove(struct recur *recur, uint64_t complaint);

// Whether `entry`, in the list or not, is one that came again: the nearest earlier complaint (of one day the one of the
// smaller number is the earlier) within options->days that has something in common with it; of equally near ones the
// one of the larger number. False when there is none.
bool recur_judge(const struct recur_options *options, const struct recur *recur, const struct recur_entry *entry,
                 struct recur_match *ret_match);

#endif
