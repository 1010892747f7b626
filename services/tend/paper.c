#include "services/tend/paper.h"

#include "services/tend/digits.h"
#include "services/tend/markup.h"
#include "services/tend/page.h"

void paper_begin(const struct paper *paper, const char *title)
{
    fprintf(paper->out,
            "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';style-src 'unsafe-inline'\">\n",
            wording_tag(paper->language));
    paper_put(paper, "<title>", title, "</title>\n<style>\n");
    for (size_t i = 0; page_style[i] != NULL; i++)
        paper_raw(paper, page_style[i]);
    paper_raw(paper, "</style>\n</head>\n<body>\n<main>\n");
}

void paper_end(const struct paper *paper)
{
    paper_raw(paper, "</main>\n</body>\n</html>\n");
}

const char *paper_say(const struct paper *paper, const char *english)
{
    return wording(paper->language, english);
}

void paper_raw(const struct paper *paper, const char *markup)
{
    fputs(markup, paper->out);
}

void paper_put(const struct paper *paper, const char *open, const char *text, const char *close)
{
    paper_raw(paper, open);
    markup_text(paper->out, text);
    paper_raw(paper, close);
}

void paper_section(const struct paper *paper, const char *classes, const char *title)
{
    fprintf(paper->out, "<section%s>\n", classes);
    paper_put(paper, "<h2>", title, "</h2>\n");
}

void paper_tile(const struct paper *paper, const char *name, const char *figure, const char *whole)
{
    paper_put(paper, "<div><dt>", name, "</dt>");
    paper_raw(paper, "<dd");
    if (whole != NULL)
        paper_put(paper, " title=\"", whole, "\"");
    paper_put(paper, ">", figure, "</dd></div>\n");
}

struct listing paper_table(const struct paper *paper, const char *classes, const char *caption,
                           const struct heading *headings, size_t count)
{
    fprintf(paper->out, "<table%s>", classes);
    if (caption != NULL)
        paper_put(paper, "<caption>", caption, "</caption>");
    paper_raw(paper, "<thead><tr>");
    for (size_t i = 0; i < count; i++) {
        fprintf(paper->out, "<th scope=\"col\"%s>", headings[i].figures ? " class=\"n\"" : "");
        paper_put(paper, "", paper_say(paper, headings[i].name), "</th>");
    }
    paper_raw(paper, "</tr></thead>\n<tbody>\n");
    return (struct listing){paper, headings, count, 0};
}

void paper_cell(struct listing *table, const char *text)
{
    const struct paper *paper = table->paper;
    const struct heading *heading = &table->headings[table->at];
    if (table->at == 0) {
        paper_put(paper, "<tr><th scope=\"row\">", text, "</th>");
    } else {
        fprintf(paper->out, "<td%s data-name=\"", heading->figures ? " class=\"n\"" : "");
        paper_put(paper, "", paper_say(paper, heading->name), "\">");
        paper_put(paper, "", text, "</td>");
    }
    if (++table->at == table->count) {
        table->at = 0;
        paper_raw(paper, "</tr>\n");
    }
}

void paper_count(struct listing *table, int64_t number)
{
    char text[DIGITS_BYTES];
    paper_cell(table, digits_count(number, text));
}

void paper_share(struct listing *table, int64_t ppm)
{
    char text[DIGITS_BYTES];
    paper_cell(table, digits_share(ppm, text));
}

void paper_table_end(const struct paper *paper)
{
    paper_raw(paper, "</tbody></table>\n");
}
