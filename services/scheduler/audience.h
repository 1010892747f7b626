// Whom an announcement is for (rows 35 and 56). Pure.
#ifndef TEND_SERVICES_SCHEDULER_AUDIENCE_H
#define TEND_SERVICES_SCHEDULER_AUDIENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Texts and arrays are the caller's.
struct audience {
    const char *const *customer_ids; // when there are any, these alone, whatever the filter says
    size_t customer_count;
    const char *region; // "": every one
    uint32_t type;      // as enum CustomerType numbers them; 0: every one
    uint32_t classes;   // bits: 1 << class as enum AbcClass numbers them; 0: every one
};

struct audience_customer {
    const char *id;
    const char *region; // "": not known
    uint32_t type;      // 0: not known
    uint32_t abc;       // 0: not known
};

// True when the announcement is for the customer. What is not known of a customer meets no filter.
bool audience_meets(const struct audience *audience, const struct audience_customer *customer);

// True when a region lies in another or is the same: "cn/guangdong" in "CN". Parts are joined by '/'; the case of ASCII
// letters and spaces around a part do not count. Nothing lies in "" but everything that is known: true when `region` is
// not "". Also for the customers whom a trip to a region visits (row 51).
bool audience_region_in(const char *region, const char *within);

#endif
