// Paper: what the pages of the command line are made of: one file that needs nothing else, light or dark as the
// reader's device is set, readable on a phone, without scripts. Whatever text is given is escaped.
#ifndef TEND_TEND_PAPER_H
#define TEND_TEND_PAPER_H

#include "services/tend/wording.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// Where it is written, and in which language. Whether that went well is the caller's to ask of the file.
struct paper {
    FILE *out;
    enum wording_language language;
};

// The head of the page up to where its parts begin; `title` is what the browser shows.
void paper_begin(const struct paper *paper, const char *title);
void paper_end(const struct paper *paper);

// The text in the paper's language.
const char *paper_say(const struct paper *paper, const char *english) __attribute__((format_arg(2)));

// Markup as it stands.
void paper_raw(const struct paper *paper, const char *markup);

// "<tag>text</tag>": the text between two pieces of markup.
void paper_put(const struct paper *paper, const char *open, const char *text, const char *close);

// `classes` is "" or " class=\"wide\"". The caller ends it with "</section>\n".
void paper_section(const struct paper *paper, const char *classes, const char *title);

// A tile with a figure. `whole` says the figure without rounding; NULL where it is not rounded.
void paper_tile(const struct paper *paper, const char *name, const char *figure, const char *whole);

// A column of a table: what it is called, and whether it holds figures.
struct heading {
    const char *name; // English
    bool figures;
};

// A table that is being written.
struct listing {
    const struct paper *paper;
    const struct heading *headings;
    size_t count, at;
};

// Begins a table; the caption may be NULL. The headings live as long as the table.
struct listing paper_table(const struct paper *paper, const char *classes, const char *caption,
                           const struct heading *headings, size_t count);

// The next cell; rows begin and end by themselves. The first cell heads its row.
void paper_cell(struct listing *table, const char *text);
void paper_count(struct listing *table, int64_t number);
void paper_share(struct listing *table, int64_t ppm);

// Ends the table behind its last whole row.
void paper_table_end(const struct paper *paper);

#endif
