// The verbs of the command line: one row each, from which usage, help and completion come.
#ifndef TEND_TEND_VERB_H
#define TEND_TEND_VERB_H

#include "common/settings.h"
#include "services/tend/client.h"

#include <jansson.h>

enum verb_exit {
    VERB_DONE = 0,
    VERB_PROBLEM = 1,
    VERB_USAGE = 2,
    VERB_UNREACHABLE = 3,
    VERB_IN_USE = 75,
    VERB_CONFIG = 78
};

enum {
    VERB_OPTIONS_MAX = 24,
    VERB_GIVEN_MAX = 64, // options in one call, repeated ones too
    VERB_WAIT_MS = 5000,
    VERB_TARGET_BYTES = 2048,
    VERB_FIELD_BYTES = 64,
    VERB_REASON_BYTES = 300,
};

// An option of a verb: "--name VALUE", or a flag when `value` is NULL.
struct verb_option {
    const char *name;
    const char *value; // what the value is called in the help
    const char *help;
};

struct verb_call;

struct verb {
    const char *name;
    const char *arguments; // "ID [DIMENSION]"
    const char *summary;
    const char *example; // a command on each line; they work after an import of `tend sample`, with a channel "here"
    int least, most;     // arguments; most -1: any number
    struct verb_option options[VERB_OPTIONS_MAX];
    int (*run)(struct verb_call *call);
};

// One option as it was given, in the order in which they stood.
struct verb_given {
    const struct verb_option *option;
    const char *value;
};

// One call of a verb: what the user typed, and the configuration.
struct verb_call {
    const struct verb *verb;
    const char *program; // as it was called, for finding the services beside it
    const char *config;  // the path of the configuration, NULL: none
    struct settings settings;
    struct config *owner; // of the settings
    const char *arguments[64];
    int argument_count;
    const char *values[VERB_OPTIONS_MAX];    // of options, "" for a flag that is there, NULL for what is not
    struct verb_given given[VERB_GIVEN_MAX]; // all of them, for options that may be repeated
    int given_count;
    bool json;
};

extern const struct verb verbs[];
extern const size_t verb_count;

// The value of an option, NULL when it was not given.
const char *verb_value(const struct verb_call *call, const char *option);

// The values of an option that may be given several times, in order; returns how many, at most `most`.
size_t verb_values(const struct verb_call *call, const char *option, const char **ret_values, size_t most);

// Writes a target of VERB_TARGET_BYTES with an id in its path, escaped as in a URL: "GET /v1/customers/", "C 1",
// "/why".
void verb_write_target(char *target, const char *before, const char *id, const char *behind);

// A message's id as people read it, "#4566fd", without the sign; any other text as it is.
const char *verb_visible(const char *id);

// Appends "name=value" to a target, escaped; nothing when the value is NULL. Or so each of the options that were given.
void verb_add_parameter(char *target, const char *name, const char *value);
void verb_add_options(const struct verb_call *call, const char *const *options, size_t count, char *target);

// False when the target came to its end: something may be missing.
bool verb_target_whole(const char *target);

// Asks a service and prints what is wrong when it cannot be reached or answers an error. Returns VERB_DONE with the
// parsed answer, which the caller gives back with json_decref. Of several processes the first is asked, which speaks
// for all.
int verb_ask(struct verb_call *call, const char *service, const char *target, json_t **ret_json);

// The same for one process of a service, from 0; for the one that has the customer; and for all, in their order:
// `ret_jsons` holds LANES_MAX. Where some cannot be reached, the code is VERB_UNREACHABLE and `ret_jsons` holds what
// the others answered, `ret_count` of them, which the caller gives back then too; after any other code it holds none.
int verb_ask_process(struct verb_call *call, const char *service, unsigned which, const char *target,
                     json_t **ret_json);
int verb_ask_customer(struct verb_call *call, const char *service, const char *customer_id, const char *target,
                      json_t **ret_json);
int verb_ask_all(struct verb_call *call, const char *service, const char *target, json_t **ret_jsons,
                 unsigned *ret_count);

// The same for a service whose processes each know everything (shares_owners): the one that speaks for the owner is
// asked, which knows best what it said; another one where it cannot be reached. NULL: whichever can.
int verb_ask_owner(struct verb_call *call, const char *service, const char *owner_id, const char *target,
                   json_t **ret_json);

// What a service answered instead of what was asked for.
struct verb_refusal {
    char field[VERB_FIELD_BYTES]; // "date"; empty: none
    char reason[VERB_REASON_BYTES];
};

// The same, but a refusal is not printed: it is in `ret_refusal` after VERB_PROBLEM.
int verb_ask_or(struct verb_call *call, const char *service, const char *owner_id, const char *target,
                struct verb_refusal *ret_refusal, json_t **ret_json);

// Whether any process of the service can be reached.
bool verb_reachable(const struct verb_call *call, const char *service);

// The same with a body to post.
int verb_post(struct verb_call *call, const char *service, const char *target, const char *body, json_t **ret_json);

// The channel of this name in the configuration, NULL when it has none.
struct channel_options;
const struct channel_options *verb_channel_named(const char *name);

// True when the option was not given, or is a whole number; else it says so.
bool verb_whole_number(const struct verb_call *call, const char *option);

// Reads "30s", "30m", "2h" or "7d", at most 100000 of them, as milliseconds. False for anything else.
bool verb_span(const char *text, int64_t *ret_ms);

// Prints a JSON value for programs, on one line.
void verb_print_json(const json_t *json);

// Shows what a service answered, unless `code` says that it did not: as JSON for programs, else by `print`, with times
// in the zone of the configuration. Gives the answer back and returns the code.
struct figures;
int verb_show(struct verb_call *call, int code, json_t *answer,
              void (*print)(const struct figures *figures, const json_t *answer));

// Text of a member, "" when it is not there or no text.
const char *verb_text(const json_t *json, const char *member);
int64_t verb_number(const json_t *json, const char *member);

// The options and the configuration that `tend import` and `tend watch` read alike, put to what is there; the world's
// clock is the caller's to close.
struct import_words;
struct import_world;
void verb_import_begin(const struct verb_call *call, struct import_words *words, struct import_world *world);

// Colours only on a terminal: the escape sequence, or "".
const char *verb_colour(const char *sequence);

// What the rows of `verbs` run. Each prints its answer on standard output and what is wrong on standard error, and
// returns a verb_exit.
int verb_run(struct verb_call *call);
int verb_check(struct verb_call *call);
int verb_send(struct verb_call *call);
int verb_import(struct verb_call *call);
int verb_watch(struct verb_call *call);
int verb_sample(struct verb_call *call);
int verb_customers(struct verb_call *call);
int verb_customer(struct verb_call *call);
int verb_why(struct verb_call *call);
int verb_summary(struct verb_call *call);
int verb_calls(struct verb_call *call);
int verb_calendar(struct verb_call *call);
int verb_reminders(struct verb_call *call);
int verb_answer(struct verb_call *call);
int verb_messages(struct verb_call *call);
int verb_retry(struct verb_call *call);
int verb_preview(struct verb_call *call);
int verb_route(struct verb_call *call);
int verb_channel(struct verb_call *call);
int verb_feed(struct verb_call *call);
int verb_rejected(struct verb_call *call);
int verb_hold(struct verb_call *call);
int verb_release(struct verb_call *call);
int verb_accept(struct verb_call *call);
int verb_journal(struct verb_call *call);
int verb_status(struct verb_call *call);
int verb_rehearse(struct verb_call *call);
int verb_rescore(struct verb_call *call);
int verb_export(struct verb_call *call);
int verb_audit(struct verb_call *call);
int verb_erase(struct verb_call *call);
int verb_join(struct verb_call *call);
int verb_amend(struct verb_call *call);
int verb_backup(struct verb_call *call);
int verb_verify(struct verb_call *call);
int verb_restore(struct verb_call *call);

#endif
