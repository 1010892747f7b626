// A driver by itself: what it makes of a chat's answers, as rows of a table, and an arena for what it writes.
#ifndef TEND_TESTS_HARNESS_DRIVING_H
#define TEND_TESTS_HARNESS_DRIVING_H

#include "services/notifier/driver.h"

// Lives during a test.
extern struct arena *arena;

// For cmocka.
int driving_set_up(void **state);
int driving_tear_down(void **state);

// An answer and what it means.
struct landing {
    int status;
    const char *body;
    enum outcome outcome;
    int64_t after_ms;
    const char *receipt; // NULL: none
};

// Classifies each, an error once more with a header that says how long to wait, which wins wherever there is waiting;
// then what anything between us and the chat may say.
void driving_check(const struct driver *driver, const struct landing *rows, size_t count);
#define CHECK(driver, rows) driving_check(&(driver), rows, sizeof(rows) / sizeof(rows)[0])

#endif
