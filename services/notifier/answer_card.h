// A card of the page of a message: one reminder or call, all that is known of it, and the form that answers it. Pure.
#ifndef TEND_SERVICES_NOTIFIER_ANSWER_CARD_H
#define TEND_SERVICES_NOTIFIER_ANSWER_CARD_H

#include "services/notifier/answer_page.h"

// Writes the card; one that can be folded away is open when it is the page's first.
void answer_card_write(const struct answer_page *page, const struct answer_card *card, bool folded, struct html *html);

#endif
