// The configuration: one YAML file, read by tables. A table row says what a key is called, what it may hold, what it is
// when it is left out, and a sentence for people; from the same rows values land in a plain struct, errors get their
// place and their "did you mean", and the documented example is printed (config_print.h).
//
// The file is a mapping of sections to keys. Scalars are taken as text and read by the row's type, so quotes never
// matter. Anchors, aliases, tags, directives and a second document are refused.
#ifndef TEND_COMMON_CONFIG_H
#define TEND_COMMON_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// How the name of a secret begins that systemd keeps, in the folder that it names to the program.
#define CONFIG_CREDENTIAL "credential:"

enum {
    CONFIG_FILE_BYTES = 1 << 20, // a person wrote it: a larger file is not a configuration
    CONFIG_ERRORS = 20,          // a person mends them one by one; more would scroll away
    CONFIG_TEXT_BYTES = 1024,    // the longest text, unless the row says less
    CONFIG_ITEMS = 10000,        // the longest list, unless the row says less
};

// What a key holds, and the member of the struct it is stored in.
enum config_type {
    CONFIG_TEXT,     // const char *       valid UTF-8 without control characters; min and max are bytes
    CONFIG_FILE,     // const char *       a file name; a relative one starts at the folder of the configuration
    CONFIG_SECRET,   // const char *       the name of a file that holds a secret, or "credential:NAME" as systemd keeps
                     //                    it; the value is never shown in an error
    CONFIG_ENDPOINT, // const char *       "ipc://PATH" or "tcp://HOST:PORT", as written
    CONFIG_ADDRESS,  // struct config_address
    CONFIG_INTEGER,  // int64_t
    CONFIG_DURATION, // int64_t            milliseconds: "90s", "15m", "1h30m", "7d"
    CONFIG_BYTES,    // int64_t            bytes: "64MiB", "512B"
    CONFIG_DECIMAL,  // int64_t            micros, as in money.h
    CONFIG_PERCENT,  // int64_t            parts per million: "65", "65%", "2.5%"; 0 to 100 % unless the row says more
    CONFIG_DAY,      // int32_t            days since 1970-01-01: "2026-01-31"
    CONFIG_MINUTE,   // int32_t            minute of the day, 0 to 1440: "08:30"
    CONFIG_FLAG,     // bool               "true" or "false"
    CONFIG_CHOICE,   // int                the value of one of `choices`
    CONFIG_SET,      // uint32_t           a list of choices, one bit each: 1 << value
    CONFIG_NAME,     // const char *       no key of the file: the name that a CONFIG_NAMED item is listed under
    CONFIG_GROUP,    // a struct           a mapping with the rows `keys`, whose offsets count from this member
    CONFIG_LIST,     // pointer and count  a list of scalars; keys[0] is the row of one item, its offset 0
    CONFIG_RECORDS,  // pointer and count  a list of mappings, each a struct with the rows `keys`
    CONFIG_NAMED,    // pointer and count  a mapping whose keys are free names, each value a struct with the rows `keys`
    CONFIG_TYPES
};

// A number whose row has the fallback "" and that the file does not give: INT64_MIN, or INT32_MIN in an int32_t.
#define CONFIG_UNSET INT64_MIN
#define CONFIG_UNSET_32 INT32_MIN

struct config_address {
    const char *text; // "127.0.0.1:7410", as written
    const char *host; // "127.0.0.1", "::1" (without the brackets) or a name
    int port;         // 0 to 65535; 0 lets the machine choose
};

struct config_choice {
    const char *name; // NULL ends the list
    int value;        // 0 to 31 for a CONFIG_SET
};

// One row. A table ends with a row whose name is NULL. Minimum and maximum are in the stored unit, both 0 for the
// type's own range; for texts they count bytes, for lists items. Unnamed members of a row may be left out.
struct config_key {
    const char *name;
    enum config_type type;
    size_t offset; // of the member in the struct
    const char
        *fallback;    // what the file would say; NULL: the key must be given; "": it may be left out (an empty text, an
                      // empty list, CONFIG_UNSET). Lists: "a, b". Groups, records and named mappings: always ""
    const char *help; // one or more sentences for the person who writes the file
    int64_t min, max;
    const struct config_choice *choices; // CONFIG_CHOICE and CONFIG_SET
    const struct config_key *keys;       // CONFIG_GROUP, CONFIG_LIST, CONFIG_RECORDS and CONFIG_NAMED
    size_t item_bytes;                   // size of one item of a list, record or named mapping
    size_t count_offset;                 // of the size_t that counts the items
    const char *example; // what the printed example shows where there is no default, or the name of an item
};

// One section and the struct its values go to. `keys` NULL: the section belongs to another program, only its name is
// known.
struct config_section {
    const char *name;
    const struct config_key *keys;
    void *target;
    const char *help;
};

struct config_error {
    int line, column;    // from 1, in characters; 0 when the error has no place in the file
    const char *message; // "shards must be from 1 to 256, not "1000""
    const char
        *excerpt; // the line of the file and a line that marks the place, each with its newline; "" without a place
};

// What was read: it owns every text and list the structs point to, and its errors.
struct config;

// Reads the file at `path` into the targets of the `count` sections; `path` NULL takes every default. Targets are
// filled in every case (a key in error has its default), so that the caller can look for further errors of its own;
// they are to be used only when config_good(). Never NULL; end it with config_close.
struct config *config_read(const char *path, const struct config_section *sections, size_t count);

// The same for a text in memory, which is copied. `name` stands for the file in errors, and its folder is where
// relative file names start.
struct config *config_read_text(const char *name, const char *text, size_t length,
                                const struct config_section *sections, size_t count);

// Adds an error of the caller's at a key, such as "scoring.abc.cut_a", "common.rates[2].rate" or
// "notifier.channels.NAME.type". The message goes on after the key's name: "must be below cut_b". A key that the file
// leaves out is reported at the nearest mapping around it. A place that has an error keeps its first.
__attribute__((format(printf, 3, 4))) void config_complain(struct config *config, const char *key, const char *message,
                                                           ...);

// Adds a warning in the same way: something that is probably not meant, but that only the one who wrote it can know.
// Warnings are no errors: config_good() stays as it is.
__attribute__((format(printf, 3, 4))) void config_warn(struct config *config, const char *key, const char *message,
                                                       ...);

// True when there is an error where one at that key would stand: its value is then not what the file says, and
// conclusions from it are not worth telling.
bool config_complained(const struct config *config, const char *key);

// True when there is no error.
bool config_good(const struct config *config);

// The errors in the order of the file, at most CONFIG_ERRORS; they live as long as `config`.
const struct config_error *config_errors(const struct config *config, size_t *ret_count);

// The warnings, in the same way.
const struct config_error *config_warnings(const struct config *config, size_t *ret_count);

// Writes every error as "file:line:column: message" with its excerpt, and how many more there were.
void config_errors_print(const struct config *config, FILE *file);

// Writes every warning as "file:line:column: warning: message" with its excerpt.
void config_warnings_print(const struct config *config, FILE *file);

// `file` as seen from the folder of the configuration: itself when it is absolute. It lives as long as `config`.
const char *config_path(struct config *config, const char *file);

// Room of `bytes` zero bytes that lives as long as `config`, for what a caller makes of the values.
void *config_keep(struct config *config, size_t bytes);

// Frees everything that was read and sets the pointer to NULL; takes NULL. The targets are not to be used afterwards.
void config_close(struct config **config);

#endif
