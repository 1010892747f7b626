// The reminders of a letter: each with what happened, to whom it is told and why, what to do, the points and the
// customers that it is about. Pure.
#ifndef TEND_SERVICES_NOTIFIER_ITEM_H
#define TEND_SERVICES_NOTIFIER_ITEM_H

#include "services/notifier/pen.h"

// Puts the reminders of the letter, as many as fit, and says how many more there are. Those that stand together are
// headed once.
void item_put_all(struct pen *pen);

// True when two reminders stand together in a letter, below one line that says of both what happened: they are of one
// kind, and both must be known at once, or neither.
bool item_together(const struct letter_item *one, const struct letter_item *other);

// Puts what happened with its figures, without a line break: what a reminder says first.
void item_put_why(struct pen *pen, const struct letter_item *item);

// Puts the first sentence of that alone, without the customer's class.
void item_put_head(struct pen *pen, const struct letter_item *item);

// Puts what to do about it, behind an arrow; false, and nothing is put, when there is nothing to say.
bool item_put_action(struct pen *pen, const struct letter_item *item);

// Customers as lines of "- name: text, phone".
struct item_lines {
    const struct letter_item *customers;
    size_t count;
    size_t total; // with those that are not named; at least `count`
    size_t most;  // lines
    enum phrase_title more;
};

// Puts the customers, as many as fit, and says how many more there are. What stands before must leave room for that.
void item_put_lines(struct pen *pen, const struct item_lines *lines);

// Puts at most two of the item's points on a line of their own, the shorter one first, if they fit.
void item_put_hints(struct pen *pen, const struct letter_item *item);

#endif
