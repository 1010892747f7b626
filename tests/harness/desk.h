// The notifier at its desk: the whole service on a real store, two channels (a file, and a chat on this machine that
// does as it is told), and a clock that is moved by hand.
#ifndef TEND_TESTS_HARNESS_DESK_H
#define TEND_TESTS_HARNESS_DESK_H

#include "harness/chat.h"
#include "harness/turns.h"
#include "services/notifier/notifier.h"

#include <jansson.h>

enum { SECOND = 1000, MINUTE = 60 * SECOND };
#define HOUR (INT64_C(60) * MINUTE)
#define DAY (24 * HOUR)
#define DESK_START INT64_C(1778979000000) // 2026-05-17 08:50 in Shanghai

// What a test may change: the options before reminders come, the notifier when it is another process.
struct desk {
    struct channel_options channels[2]; // "out", a file, which is the default; "wecom", the chat
    struct person_options people[1];    // "wang", about whom nothing is said
    struct route_options routes[4];     // those of desk_route
    struct notifier_options options;
    struct notifier *notifier;
    struct turns *turns;
    struct chat *chat;
};
extern struct desk desk;

// Adds a route that takes everything the plain way; what the test wants otherwise is set in what it returns. Its
// pointers must outlive the test, which is when the desk is taken down.
struct route_options *desk_route(const char *name);

// For cmocka. The end checks the law of conservation.
int desk_set_up(void **state);
int desk_tear_down(void **state);

// Makes another notifier in the place of the one there is, which the caller closes.
void desk_reopen(void);

// Starts what the last commit allows and stores what has landed; with `wait` until nothing is on its way.
void desk_pump(bool wait);

// Runs up to a moment; what leaves lands before time goes on.
void desk_play(int64_t until_ms);

// Queues a record of the scheduler.
void desk_remind(const char *id, const char *rep, const char *customer, uint8_t flags);
void desk_cancel(const char *id);
void desk_list(const char *id, const char *rep, unsigned count); // the calls are id-0, id-1, ...
void desk_rep(const char *rep, const char *name, const char *language, const char *channel, int64_t time_ms);
void desk_erase(const char *customer);

// Queues an answer of the chat.
void desk_chat_says(enum chat_manner manner, int status, const char *body);

// Milliseconds since boot, for the port.
int64_t desk_boot_ms(void);

// A POST without a body; the status.
int desk_post(const char *path);

// The file that messages were written to.
const char *desk_out(void);
unsigned desk_occurrences(const char *text, const char *part);

// The answer to a GET; json_decref it.
json_t *desk_ask(const char *target);

// How many messages there are in a state ("" for all).
size_t desk_messages(const char *state);

// A member of the newest message, and its text.
const char *desk_newest(const char *key);
const char *desk_text(void);

// A figure that the service shows, such as reminders{outcome="in"}.
double desk_figure(const char *name);

void desk_assert_states(size_t sent, size_t held, size_t dead, size_t unknown);

#endif
