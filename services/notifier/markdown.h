// Plain text, and links of our own, for chats that read everything as Markdown.
#ifndef TEND_SERVICES_NOTIFIER_MARKDOWN_H
#define TEND_SERVICES_NOTIFIER_MARKDOWN_H

#include "common/arena.h"
#include "services/notifier/driver.h"

// The text with a backslash before whatever would stress, strike, quote, hide or link it; lives in the arena.
const char *markdown_plain(struct arena *arena, const char *text);

// What that costs, in Unicode scalar values; the `cost` of such a driver.
size_t markdown_cost(const char *text, size_t length);

// "[label](url)", the label made plain. The URL is ours.
const char *markdown_link(struct arena *arena, const struct button *button);

// The button that opens the page; NULL: there is none.
const struct button *markdown_page(const struct parcel *parcel);

#endif
