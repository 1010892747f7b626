// Hands: which reps spoke to a customer last, and when, so that two of them who both do are noticed (row 59). Pure.
//
// A handful of reps is kept, each with the newest time; the same contacts in any order leave the same.
#ifndef TEND_SERVICES_SCHEDULER_HANDS_H
#define TEND_SERVICES_SCHEDULER_HANDS_H

#include <stddef.h>
#include <stdint.h>

enum { HANDS_MAX = 4 }; // reps of one customer, the newest: the owner, a deputy and those whom it is about

// Texts are the caller's, or point into what was read.
struct hand {
    const char *rep_id;
    int64_t at_ms;
};

// Reads what hands_write wrote, the newest first; `ret_hands` has room for HANDS_MAX. Bytes that are not that are none.
size_t hands_read(const uint8_t *bytes, size_t length, struct hand *ret_hands);

// Notes a contact among `count` hands, which has room for HANDS_MAX. Returns how many there are now.
size_t hands_touch(struct hand *hands, size_t count, struct hand touch);

// How many bytes they take, and writes them.
size_t hands_size(const struct hand *hands, size_t count);
void hands_write(const struct hand *hands, size_t count, uint8_t *ret_bytes);

#endif
