// The catalogue: what each field of each event may hold, as one table. Reading it is reading the rules.
#ifndef TEND_INGEST_CATALOGUE_H
#define TEND_INGEST_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum catalogue_kind {
    CATALOGUE_ID,        // one line without spaces at its ends; at most `most` bytes
    CATALOGUE_NAME,      // one line; at most `most` bytes
    CATALOGUE_TEXT,      // any lines; at most `most` bytes
    CATALOGUE_DAY,       // "2026-05-17", a day of the years 1900 to 2200
    CATALOGUE_YEARLY,    // the same, or "--05-17" where the year is not known
    CATALOGUE_CURRENCY,  // three capitals
    CATALOGUE_ZONE,      // the shape of an IANA name, "Asia/Shanghai"; at most `most` bytes
    CATALOGUE_LANGUAGE,  // the shape of a language tag, "zh-CN"; at most `most` bytes
    CATALOGUE_PHONE,     // one line with at least three digits; people write names and extensions beside them
    CATALOGUE_EMAIL,     // something@something without spaces
    CATALOGUE_DIMENSION, // the name of something that is known about a customer, "value.abc"
    CATALOGUE_MONEY,     // least to most micros, in the currency of the message around it
    CATALOGUE_NUMBER,    // least to most; 0 is also "not given", so a `least` of 1 makes it required
    CATALOGUE_TIME,      // an instant of the years 1990 to 2200
    CATALOGUE_CHOICE,    // an enum
    CATALOGUE_LIST,      // of messages; least to most of them
};

// `message` and `field` are names of event.proto. A rule for a list of plain values holds for each value, and
// `required` then says that there must be one. Enums that may stay unset and bools need no rule.
struct catalogue_rule {
    const char *message;
    const char *field;
    enum catalogue_kind kind;
    bool required;
    int64_t least;
    int64_t most;
};

extern const struct catalogue_rule catalogue_rules[];
extern const size_t catalogue_rule_count;

// The dimensions that value_overridden may name.
extern const char *const catalogue_dimensions[];
extern const size_t catalogue_dimension_count;

#endif
