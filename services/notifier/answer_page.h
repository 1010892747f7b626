// The page of a message, where a rep reads each of its reminders and answers it: HTML for a phone, without a script.
// Pure.
#ifndef TEND_SERVICES_NOTIFIER_ANSWER_PAGE_H
#define TEND_SERVICES_NOTIFIER_ANSWER_PAGE_H

#include "services/notifier/answer_form.h"
#include "services/notifier/answer_words.h"
#include "services/notifier/html.h"
#include "services/notifier/letter.h"
#include "services/notifier/ticket.h"

// One reminder, or one call of a list. What became of it is in item->settled.
struct answer_card {
    const struct letter_item *item;
    unsigned number;            // of the message's reminders, from 1, which the form sends back
    bool shut;                  // nothing can be answered any more
    bool decides;               // a yes or a no is asked for
    bool takes[TICKET_ACTIONS]; // the answers that it may be given
    bool offered[FORM_CHOICES]; // the buttons for them
    const int32_t *until;       // the day that each button puts it off to; 0: to none
    int32_t latest;             // the last day that may be chosen
    bool late;                  // it is too late to put it off
};

// Whose the message is, and which other rep answers from the device: names, as they are to be read.
struct answer_other {
    const char *reader, *rep;
    enum language languages[LANGUAGES]; // of those two; first that of the device's rep, who is likely to look
    size_t language_count;
};

struct answer_page {
    const struct letter *letter;
    const char *sent; // when, in words
    const struct answer_card *cards;
    size_t card_count;
    unsigned first;                   // the number of the card that comes first and open; 0: none in particular
    enum ticket_action chose;         // of that card: the button that was pressed in the chat; TICKET_OPEN: none
    const char *notice;               // what became of a press; empty: nothing was pressed
    bool trouble;                     // it could not be taken
    const char *note;                 // for the first card: what the rep wrote when it could not be taken; may be empty
    const char *text;                 // what the message says beside its reminders, as plain lines; empty: nothing
    const struct answer_other *other; // who may answer for the reader; NULL: it is the reader, or nobody known
};

// Writes the page.
void answer_page_write(const struct answer_page *page, struct html *html);

// Writes a page that says why there is none; to somebody whose language nobody knows in each that we write, that one
// first.
void answer_page_refuse(enum language language, bool known, enum answer_word why, struct html *html);

// Writes the page that says that the message is for somebody else, and nothing of what is in it, with the button by
// which that one says to be here now. `pressed`: an answer was given, and is not taken.
void answer_page_refuse_other(const struct answer_other *other, bool pressed, struct html *html);

// The style sheet that stands in each of these pages.
extern const char answer_page_style[];

#endif
