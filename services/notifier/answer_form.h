// What a rep sends from the page of a message: the fields of its form, as browsers write them. Pure.
#ifndef TEND_SERVICES_NOTIFIER_ANSWER_FORM_H
#define TEND_SERVICES_NOTIFIER_ANSWER_FORM_H

#include "common/arena.h"
#include "services/notifier/ticket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FORM_BYTES = 16 * 1024, // a note of the longest, each byte of it as %XX, with room to spare
    FORM_NOTE_MOST = 500,   // characters
    FORM_DAYS_MOST = 365,   // from today to another date: the scheduler takes no later one
};

// What the buttons of the page send, one row each.
struct form_choice {
    const char *value; // of the field "answer"
    enum ticket_action action;
    int32_t hours; // put off for so many; 0: not
    int32_t days;  // put off for so many, or to the next working day after them; 0: not
    bool dated;    // until the field "date"
};
enum { FORM_CHOICES = 8 };
extern const struct form_choice form_choices[FORM_CHOICES];

enum form_fault {
    FORM_GOOD,
    FORM_UNREADABLE, // no form, a field twice, or text that is not UTF-8
    FORM_NO_ANSWER,  // no button of ours
    FORM_NO_ITEM,    // does not say which reminder
    FORM_BAD_DATE,   // not a date, not after today, or too far away
    FORM_LONG_NOTE,
};

struct answer_form {
    unsigned item; // from 1
    const struct form_choice *choice;
    int32_t until;    // the day it is put off to, worked or not, days since 1970; 0: to none
    const char *note; // in the arena; may be empty; its line breaks are \n
};

// Reads "item=1&answer=done&date=2026-05-17&note=..."; `today` is the rep's day. Fields that it does not know are
// passed over. ret_form is filled in as far as it was read.
enum form_fault answer_form_read(struct arena *arena, const char *body, size_t length, int32_t today,
                                 struct answer_form *ret_form);

// True for "claim=yes": no answer, but the button by which a rep says whose device it is now.
bool answer_form_claims(struct arena *arena, const char *body, size_t length);

#endif
