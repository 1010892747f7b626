// The pen that a letter is written with: what stands there, what it costs, and what must still come. A piece is put on
// trial and taken back when it does not fit. Pure.
#ifndef TEND_SERVICES_NOTIFIER_PEN_H
#define TEND_SERVICES_NOTIFIER_PEN_H

#include "services/notifier/facts.h"

struct pen {
    const struct letter *letter;
    const struct letter_fit *fit;
    char *buffer; // of LETTER_BYTES
    size_t used, spent;
    size_t kept; // cost of what is still to come in any case
};

// Where the pen was, to go back to.
struct pen_mark {
    size_t used, spent;
};

// Puts text as it stands.
void pen_put(struct pen *pen, const char *text);

// Where the pen is now.
struct pen_mark pen_mark(const struct pen *pen);

// True when all that stands there fits, with what is still to come; false, and everything since the mark is taken back.
bool pen_keep(struct pen *pen, struct pen_mark mark);

// Takes everything since the mark back.
void pen_back(struct pen *pen, struct pen_mark mark);

// Facts of the letter and its chat, about no customer.
struct facts pen_facts(const struct pen *pen);

// Puts a phrase behind `before`; false, and nothing is put, when there is nothing to say.
bool pen_say(struct pen *pen, const struct facts *facts, const struct phrases *table, unsigned use, const char *before);

// One of the letter's own lines and its line break; nothing when it has nothing to say.
void pen_line(struct pen *pen, const struct facts *facts, enum phrase_title line);

// What such a line costs, at most.
size_t pen_line_cost(const struct pen *pen, const struct facts *facts, enum phrase_title line);

// "1. "
void pen_number(struct pen *pen, size_t number);

// Chinese text wants no space and has its own colon.
bool pen_chinese(const struct pen *pen);

#endif
