// The words of the letters: the catalogue in every language. Pure.
//
// A phrase has places such as {customer}; facts.h says what may stand there. Of the phrases for one purpose the first
// that has all its places filled is said, so the later ones need less.
#ifndef TEND_SERVICES_NOTIFIER_PHRASE_H
#define TEND_SERVICES_NOTIFIER_PHRASE_H

#include "services/notifier/letter.h"

struct phrase {
    unsigned use; // a letter_kind, a letter_reason or a phrase_title, as the table says
    const char *text[LANGUAGES];
};

// A table and how long it is.
struct phrases {
    const struct phrase *rows;
    size_t count;
};

enum phrase_title {
    TITLE_ITEMS,
    TITLE_ITEMS_LATE, // all of them
    TITLE_LIST,
    TITLE_LIST_LATE,
    TITLE_LIST_BELOW, // under reminders: the rep was greeted already
    LINE_COVERAGE,
    LINE_MISSING,
    LINE_MORE_ITEMS,
    LINE_MORE_CALLS,
    LINE_MORE_CALLS_LATE, // of a list that was meant for another moment
    LINE_LATE,            // in front of one late item
    LINE_AGAIN,
    LINE_CUSTOMER, // a customer with the class
    PHRASE_TITLES
};

extern const struct phrases phrase_heads;    // by letter_kind: what happened
extern const struct phrases phrase_details;  // by letter_kind: a second sentence, when there are figures for it
extern const struct phrases phrase_actions;  // by letter_kind: what to do
extern const struct phrases phrase_reasons;  // by letter_reason: after the customer's name in a call list
extern const struct phrases phrase_contacts; // one use, 0: whom to ask for, and the number
extern const struct phrases phrase_titles;   // by phrase_title

#endif
