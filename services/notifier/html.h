// HTML as it is written: our own markup with places for text, which is escaped wherever it stands. But for our own
// style sheet there is no other way in, so that no text from outside can become markup. Pure.
#ifndef TEND_SERVICES_NOTIFIER_HTML_H
#define TEND_SERVICES_NOTIFIER_HTML_H

#include "common/arena.h"

#include <stddef.h>

struct html {
    struct arena *arena; // holds the bytes
    char *bytes;         // ended by a NUL; NULL before the first piece
    size_t length, room;
};

// Adds a piece of markup. Its places are %s, for a text, and %u, for a number; a text is escaped for content and for
// quoted attributes alike, and its line breaks stay as they are.
void html_put(struct html *html, const char *markup, ...) __attribute__((format(printf, 2, 3)));

// Adds a style sheet of ours with its element, as it stands.
void html_put_style(struct html *html, const char *style);

#endif
