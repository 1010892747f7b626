// One value of the configuration: what each type of scalar looks like, and which of them a row takes. Pure but for the
// words it finds wrong. Internal to config_*.c.
#ifndef TEND_COMMON_CONFIG_VALUE_H
#define TEND_COMMON_CONFIG_VALUE_H

#include "common/config.h"

enum {
    CONFIG_TROUBLE_BYTES = 400, // a sentence with two quotes and a list of choices
    CONFIG_NUMBER_BYTES = 40,   // any number as text
    CONFIG_RANGE_BYTES = 128,
    CONFIG_ROWS = 64, // of one table, and choices of one row: more would be several tables
};

// A type of scalar.
struct config_kind {
    const char *label;                                                  // "a duration such as 90s, 15m, 2h or 7d"
    bool (*read)(const char *text, size_t length, int64_t *ret_number); // NULL: a text or a choice
    void (*print)(int64_t number, char *buffer);                        // buffer holds CONFIG_NUMBER_BYTES
    bool (*check)(const char *text, size_t length);                     // NULL: a number, a choice, or any text
    int64_t min, max;                                                   // when the row has no range
};

// The type of a scalar; NULL for groups, lists, records and named mappings.
const struct config_kind *config_kind(enum config_type type);

// True for the types whose value is a text or an address; they are read by config_value_text, the others by
// config_value_number.
bool config_kind_is_text(enum config_type type);

// The range of a row: its own, else the type's.
void config_value_range(const struct config_key *row, int64_t *ret_min, int64_t *ret_max);

// "from 1 to 256", "at least 1s", or "" when only the type's own range holds. `buffer` holds CONFIG_RANGE_BYTES.
void config_value_range_print(const struct config_key *row, char *buffer);

// Reads a scalar by its row. On failure writes what is wrong as it goes on after the key's name ("must be a duration
// such as
// ..., not "90"") to `trouble`, which holds CONFIG_TROUBLE_BYTES. A text "" for a row with fallback "" gives
// CONFIG_UNSET.
bool config_value_number(const struct config_key *row, const char *text, size_t length, char *trouble,
                         int64_t *ret_number);

// Checks a text by its row, in the same way.
bool config_value_text(const struct config_key *row, const char *text, size_t length, char *trouble);

// Takes HOST:PORT apart: the host without brackets is `ret_host_length` bytes at `*ret_host`.
bool config_value_address(const char *text, size_t length, const char **ret_host, size_t *ret_host_length,
                          int *ret_port);

// `; did you mean "level"?` for the nearest of `count` names, "" when none is near. `buffer` holds
// CONFIG_TROUBLE_BYTES.
void config_value_suggest(const char *wrong, const char *const *names, size_t count, char *buffer);

#endif
