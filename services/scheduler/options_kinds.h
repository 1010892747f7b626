// The scheduler's keys for single kinds of reminders: whether they are told at all, how long there is to deal with
// them, when each step of their ladder is told. What is left out stays as the kind's row in kinds.c says.
#ifndef TEND_SERVICES_SCHEDULER_OPTIONS_KINDS_H
#define TEND_SERVICES_SCHEDULER_OPTIONS_KINDS_H

#include "common/config.h"
#include "services/scheduler/kinds.h"

enum {
    KINDS_OPTIONS_STEPS = 3,  // no ladder has more
    KIND_TROUBLE_BYTES = 240, // of a sentence about what is wrong
};

// As the file says: milliseconds, CONFIG_UNSET for what is left out.
struct kind_options {
    const char *name;
    bool on;
    int64_t due_ms;
    int64_t steps_ms[KINDS_OPTIONS_STEPS];
};

// What the member of the section's struct is; its row is a CONFIG_NAMED at `items` with `count`.
struct kinds_options {
    const struct kind_options *items;
    size_t count;
};

extern const struct config_key kind_row_keys[]; // of a struct kind_options

// A kind as it is in force.
struct kind_force {
    bool off;
    bool due_set;      // the options name a time for it
    uint8_t steps_set; // a bit for each step that they do
    struct span due;
    struct kind_step steps[KIND_STEPS];
};

// Fills a row for each kind from kinds.c and the options. NULL when all is well; else what is wrong, with the key
// ("kinds.reply_due.second must be whole minutes"), in `buffer`.
const char *kinds_options_fill(const struct kinds_options *options, struct kind_force ret_kinds[KIND_COUNT],
                               char *buffer, size_t buffer_bytes);

#endif
