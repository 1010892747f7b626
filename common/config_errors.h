// The errors of one configuration, with their places in its text. Internal to config_*.c; config.h shows them to
// callers.
#ifndef TEND_COMMON_CONFIG_ERRORS_H
#define TEND_COMMON_CONFIG_ERRORS_H

#include "common/arena.h"
#include "common/config.h"

// Bytes of the text, from `start` up to before `end`.
struct config_place {
    size_t start, end;
};

// The place of an error that is nowhere in the text.
#define CONFIG_NOWHERE ((struct config_place){SIZE_MAX, SIZE_MAX})

// What no excerpt shows: the value of a key that names a secret may be the secret itself.
struct config_secret {
    struct config_place place;
    const struct config_secret *next;
};

struct config_complaints {
    struct arena *arena;
    const char *name; // of the file
    const char *text; // the file; NULL when there is none
    size_t length;
    const struct config_secret *secrets;
    struct config_error errors[CONFIG_ERRORS];
    size_t starts[CONFIG_ERRORS]; // for the order; parallel to `errors`
    size_t count;
    size_t more; // errors beyond the limit
};

// Adds an error; a place that already has one keeps its first. The list stays in the order of the text.
__attribute__((format(printf, 3, 4))) void config_errors_add(struct config_complaints *list, struct config_place place,
                                                             const char *message, ...);

// The same without showing what the line holds from byte `hidden` on: it may be a secret in the wrong place.
__attribute__((format(printf, 4, 5))) void config_errors_add_hidden(struct config_complaints *list,
                                                                    struct config_place place, size_t hidden,
                                                                    const char *message, ...);

// From now on no excerpt shows this place; one without an end reaches to the end of its line.
void config_errors_hide(struct config_complaints *list, struct config_place place);

// True when there is an error that starts where the place does.
bool config_errors_at(const struct config_complaints *list, struct config_place place);

// Writes each as "file:line:column: message" with its excerpt, `kind` ("", "warning: ") before the message, and how
// many more `nouns` ("errors") there were.
void config_errors_list(const struct config_complaints *list, const char *kind, const char *nouns, FILE *file);

// The line of a byte of the text, from 1.
int config_errors_line(const struct config_complaints *list, size_t at);

// The byte at a line and a column in characters, both from 1; the end of the line when it is shorter, and of the text.
size_t config_errors_byte(const struct config_complaints *list, int line, int column);

#endif
