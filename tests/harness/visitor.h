// A visitor of the notifier's page: sends requests as a browser does, and looks at what comes back.
#ifndef TEND_TESTS_HARNESS_VISITOR_H
#define TEND_TESTS_HARNESS_VISITOR_H

#include "harness/desk.h"

enum { VISITOR_BYTES = 1 << 20, VISITOR_HEADERS = 8 };

// What is sent, but for the body. A header whose name is NULL ends them.
struct visitor {
    const char *content_type;
    struct {
        const char *name, *value;
    } headers[VISITOR_HEADERS];
};
extern const struct visitor visitor_plain; // a form, and nothing else said

// What came back; texts live until the next request.
struct visit_answer {
    int status;
    const char *body;
    const char *location, *policy, *cache, *referrer, *cookie; // headers; "" when they are not there
};

struct visit_answer visitor_get(const char *target, const struct visitor *visitor);
struct visit_answer visitor_post(const char *target, const struct visitor *visitor, const char *body);

// The path of the page that a text links to, from its n-th "/a/" on, counted from 0; it lives until the next call.
const char *visitor_page(const char *text, unsigned n);

// The answers of reps that the notifier's journal holds: how many, and the last one is kept.
struct visitor_said {
    unsigned count;
    char reminder[40], rep[40], id[80], note[2100];
    int outcome;
    int64_t next_s;
};
extern struct visitor_said visitor_said;
unsigned visitor_answers(void);

// Fails unless the text has the part, or has it not.
void visitor_says(const char *text, const char *part);
void visitor_silent(const char *text, const char *part);

#endif
