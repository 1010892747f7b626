#include "services/notifier/html.h"

#include "common/entity.h"
#include "common/must.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ROOM_FIRST = 16 * 1024 }; // most pages fit into it

static void add(struct html *html, const char *bytes, size_t length)
{
    if (html->bytes == NULL || html->room - html->length <= length) {
        size_t room = html->room > 0 ? html->room : ROOM_FIRST;
        while (room - html->length <= length)
            room *= 2;
        char *bigger = arena_take(html->arena, room);
        if (html->length > 0)
            memcpy(bigger, html->bytes, html->length);
        html->bytes = bigger;
        html->room = room;
    }
    memcpy(html->bytes + html->length, bytes, length);
    html->length += length;
    html->bytes[html->length] = '\0';
}

static void add_text(struct html *html, const char *text)
{
    const char *from = text;
    for (; *text != '\0'; text++) {
        const char *other = entity_of(*text);
        if (other == NULL)
            continue;
        add(html, from, (size_t)(text - from));
        add(html, other, strlen(other));
        from = text + 1;
    }
    add(html, from, (size_t)(text - from));
}

void html_put(struct html *html, const char *markup, ...)
{
    va_list places;
    va_start(places, markup);
    for (const char *place; (place = strchr(markup, '%')) != NULL; markup = place + 2) {
        char number[16];
        add(html, markup, (size_t)(place - markup));
        must(place[1] == 's' || place[1] == 'u');
        if (place[1] == 's') {
            add_text(html, va_arg(places, const char *));
            continue;
        }
        int length = snprintf(number, sizeof number, "%u", va_arg(places, unsigned));
        add(html, number, (size_t)length);
    }
    va_end(places);
    add(html, markup, strlen(markup));
}

void html_put_style(struct html *html, const char *style)
{
    must(strchr(style, '<') == NULL);
    html_put(html, "<style>");
    add(html, style, strlen(style));
    html_put(html, "</style>\n");
}
