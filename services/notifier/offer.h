// What a message offers: the page where it is answered, and the buttons below it.
#ifndef TEND_SERVICES_NOTIFIER_OFFER_H
#define TEND_SERVICES_NOTIFIER_OFFER_H

#include "services/notifier/mailroom.h"

enum {
    OFFER_ITEMS = 3, // reminders with buttons of their own; of more the rows of buttons would bury the text
    OFFER_MOST = 16,
};

// True when the reminder asks for a yes or a no.
bool offer_decides(const struct letter_item *item);

// True when the reminder may be answered so. "Not interested" ends the matter, so only what is about selling takes it,
// or a decision, where it refuses; and where no customer is named nobody can be out or uninterested.
bool offer_takes(const struct letter_item *item, enum ticket_action action);

// How long it may rest.
struct offer_rest {
    bool soon;      // what is urgent or due by tomorrow is put off by hours
    bool strict;    // it must come back before `before_ms`; else the rep's next working day may be chosen in any case
    int32_t latest; // the last day, of whose morning it comes back
    int64_t before_ms; // strict: by when it must be done
};

// How long the reminder may be put off, seen from the letter's moment: what has a deadline so long that it comes back
// before that, which is no limit once it has passed; what must be done at once until the next working day; anything
// else for FORM_DAYS_MOST.
struct offer_rest offer_rest(const struct letter *letter, const struct letter_item *item);

// True when it may rest for so long.
bool offer_waits(const struct letter *letter, const struct offer_rest *rest, int64_t after_ms);

// The URL of the delivery's page; empty when the configuration names no public URL. The same at every call.
const char *offer_link(const struct mailroom *room, struct turn *turn, const struct delivery *delivery);

// A button that would be offered.
struct offer_word {
    enum ticket_action action;
    const char *label;
};

// What would be offered for the letter's reminder (NULL: for a list), in order, and last the page; returns how many.
size_t offer_words(const struct letter *letter, const struct letter_item *item, struct offer_word words[OFFER_MOST]);

// Fills in the parcel's buttons, as many as the channel's driver has room for: for each open reminder where there are
// few, and one that opens the page. None without a public URL.
void offer_buttons(const struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                   const struct letter *letter, const struct channel *channel, struct parcel *parcel);

#endif
