// Portions: the parts of a customer's file that an event can say by itself (CustomerUpserted.said). Pure.
//
// A mask of them is 0 for a whole file. Numbers are stored and keep their meaning for ever.
#ifndef TEND_COMMON_PORTION_H
#define TEND_COMMON_PORTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum portion {
    PORTION_NAME = 0,
    PORTION_OWNER = 1,
    PORTION_TYPE = 2,
    PORTION_REGION = 3,
    PORTION_BIRTHDAY = 4, // with lunar_birthday
    PORTION_FOUNDING_DAY = 5,
    PORTION_SINCE = 6,
    PORTION_CONTACT_NAME = 7, // and who is the key person
    PORTION_CONTACT_POST = 8,
    PORTION_CONTACT_PHONE = 9,
    PORTION_CONTACT_EMAIL = 10,
    PORTION_CONTACT_BIRTHDAY = 11,
    PORTION_CREDIT_LIMIT = 12,
    PORTION_CREDIT_DAYS = 13,
    PORTION_PARENT = 14,
    PORTION_LEAD_SOURCE = 15,
    PORTION_LANGUAGE = 16,
    PORTION_TIME_ZONE = 17,
    PORTION_COUNTRY = 18,
    PORTION_FILE_FIELDS = 19, // all of them; those that are there are said in any case
    PORTIONS
};

#define PORTION_BIT(portion) (UINT32_C(1) << (portion))
#define PORTION_SOME (UINT32_C(1) << 31) // in the mask of every file that is not whole

// What an event calls the portion: "owner_rep_id", "contacts.phone".
const char *portion_name(enum portion portion);

// The mask of names as an event has them, "owner_rep_id" or "ownerRepId"; one that is not known counts for nothing.
// "contacts" is all of theirs.
uint32_t portion_mask(const char *const *names, size_t count);

// Whether there is such a name.
bool portion_known(const char *name);

// Whether a file of that mask says the portion; a whole one says all.
bool portion_said(uint32_t mask, enum portion portion);

#endif
