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
    CATALOGUE_BIRTHDAY,  // the same, or in the Chinese calendar, whose months have 30 days: which one the message says
    CATALOGUE_WORD,      // one word without capitals and without marks but '_' and '-'; at most `most` bytes
    CATALOGUE_COUNTRY,   // one of catalogue_countries
    CATALOGUE_CURRENCY,  // one of catalogue_currencies
    CATALOGUE_ZONE,      // an IANA name that this machine knows, "Asia/Shanghai"; at most `most` bytes
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

// The name of a scheme comes after it.
#define CATALOGUE_SCHEMES "value.abc."

// The face that needs somebody who answers for it and a day to look again.
#define CATALOGUE_BLACK "black"

// What the value of a dimension may be called.
enum catalogue_form {
    CATALOGUE_WORDS,  // one of the dimension's words, in capitals or not
    CATALOGUE_SCORES, // three digits of 1 to 5
    CATALOGUE_OWN,    // what the firm calls it, which only scoring knows
};

enum { CATALOGUE_WORDS_MAX = 8 }; // of one dimension

struct catalogue_dimension {
    const char *name;
    enum catalogue_form form;
    const char *words[CATALOGUE_WORDS_MAX + 1]; // NULL after the last
};

// The dimensions that value_overridden may name, with the words that scoring has for them.
extern const struct catalogue_dimension catalogue_dimensions[];
extern const size_t catalogue_dimension_count;

// The row of a dimension; NULL when there is none. Those of the schemes, "value.abc.NAME", share one; their names only
// scoring knows.
const struct catalogue_dimension *catalogue_dimension_find(const char *name);

// The dimension that was probably meant; NULL when no name is near.
const char *catalogue_dimension_meant(const char *wrong);

// The codes of ISO 4217, each followed by a space: those in force that stand for something to pay with, and those that
// went out after 2014, in which orders of earlier years may be.
extern const char catalogue_currencies[];

// True for one of them.
bool catalogue_currency_known(const char *code);

// The code of what people write instead: "CNY" for "RMB". NULL when nothing is known.
const char *catalogue_currency_meant(const char *wrong);

enum { CATALOGUE_COUNTRY_LENGTH = 2 };

// The codes of ISO 3166, two capitals each, in order and each followed by a space.
extern const char catalogue_countries[];

// True for one of them.
bool catalogue_country_known(const char *code);

// The code of what people write instead: "GB" for "UK". NULL when nothing is known.
const char *catalogue_country_meant(const char *wrong);

#endif
