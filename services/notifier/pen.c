#include "services/notifier/pen.h"

#include "common/must.h"

#include <stdio.h>
#include <string.h>

enum { PIECE_BYTES = LETTER_BYTES / 4 }; // room that a piece on trial may take, far more than any takes

void pen_put(struct pen *pen, const char *text)
{
    size_t length = strlen(text);
    must(pen->used + length < LETTER_BYTES);
    memcpy(pen->buffer + pen->used, text, length + 1);
    pen->used += length;
    pen->spent += pen->fit->cost(text, length);
}

struct pen_mark pen_mark(const struct pen *pen)
{
    return (struct pen_mark){pen->used, pen->spent};
}

void pen_back(struct pen *pen, struct pen_mark mark)
{
    pen->used = mark.used;
    pen->spent = mark.spent;
    pen->buffer[pen->used] = '\0';
}

bool pen_keep(struct pen *pen, struct pen_mark mark)
{
    if (pen->spent + pen->kept <= pen->fit->limit && pen->used + PIECE_BYTES < LETTER_BYTES)
        return true;
    pen_back(pen, mark);
    return false;
}

struct facts pen_facts(const struct pen *pen)
{
    return (struct facts){.letter = pen->letter, .style = pen->fit->style};
}

bool pen_say(struct pen *pen, const struct facts *facts, const struct phrases *table, unsigned use, const char *before)
{
    char text[PHRASE_BYTES];
    if (!facts_say(facts, table, use, text))
        return false;
    pen_put(pen, before);
    pen_put(pen, text);
    return true;
}

void pen_line(struct pen *pen, const struct facts *facts, enum phrase_title line)
{
    if (pen_say(pen, facts, &phrase_titles, line, ""))
        pen_put(pen, "\n");
}

size_t pen_line_cost(const struct pen *pen, const struct facts *facts, enum phrase_title line)
{
    static const size_t line_break = 2; // one in most units, two where it is written as \n
    char text[PHRASE_BYTES];
    if (!facts_say(facts, &phrase_titles, line, text))
        return 0;
    return pen->fit->cost(text, strlen(text)) + line_break;
}

void pen_number(struct pen *pen, size_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%zu. ", number);
    pen_put(pen, text);
}

bool pen_chinese(const struct pen *pen)
{
    return pen->letter->language == LANGUAGE_ZH;
}
