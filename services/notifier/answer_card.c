#include "services/notifier/answer_card.h"

#include "services/notifier/facts.h"
#include "services/notifier/figure.h"
#include "services/notifier/item.h"
#include "services/notifier/rulebook.h"

#include <stdio.h>
#include <string.h>

enum {
    PHONE_MOST = 40, // characters of a phone number
    PHONE_DIGITS_LEAST = 3,
    POINTS_MOST = 12,
    ABOUT_MOST = 60,
    EVENTS_MOST = 40,
    NAME_BYTES = 64, // of a figure without a word
    LABEL_BYTES = 2 * SAY_BYTES,
    AMPLE = 1 << 30, // the page has room for whatever a letter can say
};

// What the card is written from.
struct sheet {
    const struct answer_page *page;
    const struct answer_card *card;
    struct facts facts;
    struct html *html;
    enum language language;
};

static const char *word(const struct sheet *sheet, enum answer_word which)
{
    return answer_word(sheet->language, which);
}

// --- what it says
// --------------------------------------------------------------------------------------------------------

static size_t free_of_cost(const char *text, size_t length)
{
    (void)text;
    return length;
}

// A pen for the sentences that the letter has too.
static struct pen open_pen(const struct sheet *sheet)
{
    static const struct letter_fit fit = {
        .style = DISARM_PLAIN, .limit = AMPLE, .cost = free_of_cost, .prefix = "", .calls = ABOUT_MOST};
    char *buffer = arena_take(sheet->html->arena, LETTER_BYTES);
    buffer[0] = '\0';
    return (struct pen){.letter = sheet->page->letter, .fit = &fit, .buffer = buffer};
}

static void put_title(const struct sheet *sheet)
{
    char text[PHRASE_BYTES];
    if (facts_say(&sheet->facts, &phrase_titles, LINE_CUSTOMER, text))
        html_put(sheet->html, "%s", text);
    else
        html_put(sheet->html, "%s %u", word(sheet, ANSWER_REMINDER), sheet->card->number);
}

// Why now, in the letter's own words.
static const char *why(const struct sheet *sheet)
{
    const struct letter_item *item = sheet->card->item;
    if (item->kind != LETTER_CALL) {
        struct pen pen = open_pen(sheet);
        item_put_why(&pen, item);
        return pen.buffer;
    }
    char *reason = arena_take(sheet->html->arena, PHRASE_BYTES);
    if (!facts_say(&sheet->facts, &phrase_reasons, item->reason, reason))
        (void)facts_say(&sheet->facts, &phrase_reasons, LETTER_REASON_NONE, reason);
    return reason;
}

static void put_action(const struct sheet *sheet)
{
    static const char arrow[] = "→ ";
    struct pen pen = open_pen(sheet);
    if (sheet->card->item->kind == LETTER_CALL || !item_put_action(&pen, sheet->card->item))
        return;
    const char *text = strncmp(pen.buffer, arrow, strlen(arrow)) == 0 ? pen.buffer + strlen(arrow) : pen.buffer;
    html_put(sheet->html, "<p class=\"do\"><b>%s</b>%s</p>\n", word(sheet, ANSWER_TO_DO), text);
}

// What a phone can dial of the number: digits, and a plus in front. False when that is no number.
static bool dial(const char *phone, char number[PHONE_MOST + 1])
{
    size_t used = 0;
    for (; *phone != '\0' && used < PHONE_MOST; phone++)
        if ((*phone >= '0' && *phone <= '9') || (*phone == '+' && used == 0))
            number[used++] = *phone;
    number[used] = '\0';
    return used >= PHONE_DIGITS_LEAST;
}

static void put_contact(const struct sheet *sheet)
{
    const struct letter_item *item = sheet->card->item;
    char name[FACT_BYTES], phone[FACT_BYTES], number[PHONE_MOST + 1];
    disarm(item->contact, strlen(item->contact), DISARM_PLAIN, FACT_NAME_MOST, name, sizeof name);
    disarm(item->phone, strlen(item->phone), DISARM_PLAIN, PHONE_MOST, phone, sizeof phone);
    if (name[0] == '\0' && phone[0] == '\0')
        return;
    html_put(sheet->html, "<p class=\"who\">");
    if (name[0] != '\0')
        html_put(sheet->html, "<span>%s</span> ", name);
    if (dial(item->phone, number))
        html_put(sheet->html, "<a class=\"tel\" href=\"tel:%s\">%s %s</a>", number, word(sheet, ANSWER_CALL), phone);
    else
        html_put(sheet->html, "%s", phone);
    html_put(sheet->html, "</p>\n");
}

static void put_points(const struct sheet *sheet)
{
    const struct letter_item *item = sheet->card->item;
    size_t said = 0;
    for (size_t i = 0; i < item->point_count && said < POINTS_MOST; i++) {
        char text[PHRASE_BYTES];
        if (!facts_say_point(&sheet->facts, &item->points[i], text))
            continue;
        if (said++ == 0)
            html_put(sheet->html, "<h3>%s</h3>\n<ul>\n", word(sheet, ANSWER_POINTS));
        html_put(sheet->html, "<li>%s</li>\n", text);
    }
    if (said > 0)
        html_put(sheet->html, "</ul>\n");
}

// The customers that the reminder is about, a line each.
static void put_about(const struct sheet *sheet)
{
    const struct letter_item *item = sheet->card->item;
    if (item->about_count == 0 || item->kind == LETTER_COMMISSION_DUE) // which has named the customer already
        return;
    struct pen pen = open_pen(sheet);
    item_put_lines(&pen, &(struct item_lines){.customers = item->about,
                                              .count = item->about_count,
                                              .total = figure_customers(item),
                                              .most = ABOUT_MOST,
                                              .more = LINE_MORE_ABOUT});
    html_put(sheet->html, "<h3>%s</h3>\n<ul>\n", word(sheet, ANSWER_ABOUT));
    for (char *line = pen.buffer, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        html_put(sheet->html, "<li>%s</li>\n", strncmp(line, "- ", 2) == 0 ? line + 2 : line);
    }
    html_put(sheet->html, "</ul>\n");
}

// --- why it says it
// ------------------------------------------------------------------------------------------------------

static void put_figures(const struct sheet *sheet)
{
    const struct letter_item *item = sheet->card->item;
    for (size_t i = 0; i < item->figure_count; i++) {
        const struct letter_figure *figure = &item->figures[i];
        char value[SAY_BYTES], spelled[NAME_BYTES];
        const char *name = answer_figure(sheet->language, figure->name);
        if (answer_figure_ours(figure->name) || !figure_say(&sheet->facts, figure, value))
            continue;
        if (name == NULL) {
            disarm(figure->name, strlen(figure->name), DISARM_PLAIN, FACT_SHORT_MOST, spelled, sizeof spelled);
            for (char *at = spelled; *at != '\0'; at++)
                *at = *at == '_' ? ' ' : *at;
            html_put(sheet->html, "<dt lang=\"en\">%s</dt><dd>%s</dd>\n", spelled, value);
            continue;
        }
        html_put(sheet->html, "<dt>%s</dt><dd>%s</dd>\n", name, value);
    }
}

static void put_ids(const struct sheet *sheet)
{
    const struct letter_item *item = sheet->card->item;
    if (item->event_count == 0)
        return;
    html_put(sheet->html, "<dt>%s</dt><dd>", word(sheet, ANSWER_EVENTS));
    for (size_t i = 0; i < item->event_count && i < EVENTS_MOST; i++) {
        char id[FACT_BYTES];
        disarm(item->event_ids[i], strlen(item->event_ids[i]), DISARM_PLAIN, FACT_TEXT_MOST, id, sizeof id);
        html_put(sheet->html, "%s<code>%s</code>", i > 0 ? " " : "", id);
    }
    html_put(sheet->html, "</dd>\n");
}

static bool has_figures(const struct letter_item *item)
{
    size_t i = 0;
    while (i < item->figure_count && answer_figure_ours(item->figures[i].name))
        i++;
    return i < item->figure_count;
}

// In the page's language where there are words for the rule, else as it came, in English.
static void put_rule(const struct sheet *sheet, const char *rule)
{
    char said[RULEBOOK_BYTES], text[FACT_BYTES];
    bool known = rulebook_say(sheet->language, rule, said);
    const char *from = known ? said : rule;
    disarm(from, strlen(from), DISARM_PLAIN, FACT_TEXT_MOST, text, sizeof text);
    if (known)
        html_put(sheet->html, "<dt>%s</dt><dd>%s</dd>\n", word(sheet, ANSWER_RULE), text);
    else
        html_put(sheet->html, "<dt>%s</dt><dd lang=\"en\">%s</dd>\n", word(sheet, ANSWER_RULE), text);
}

static void put_reasons(const struct sheet *sheet)
{
    const struct letter_item *item = sheet->card->item;
    if (item->rule[0] == '\0' && !has_figures(item) && item->event_count == 0)
        return;
    html_put(sheet->html, "<details class=\"because\"><summary>%s</summary>\n<dl>\n", word(sheet, ANSWER_WHY));
    put_figures(sheet);
    put_ids(sheet);
    if (item->rule[0] != '\0')
        put_rule(sheet, item->rule);
    html_put(sheet->html, "</dl></details>\n");
}

// --- the form
// ------------------------------------------------------------------------------------------------------------

static enum answer_word label_of(const struct sheet *sheet, size_t choice)
{
    bool tomorrow = form_choices[choice].days == 1;
    if (tomorrow && sheet->card->until[choice] > sheet->page->letter->today + 1)
        return ANSWER_NEXT_WORKDAY;
    if (sheet->card->decides && form_choices[choice].action == TICKET_DONE)
        return ANSWER_APPROVE;
    if (sheet->card->decides && form_choices[choice].action == TICKET_NOT_INTERESTED)
        return ANSWER_REFUSE;
    return (enum answer_word)(ANSWER_DONE + choice);
}

static bool named(const struct sheet *sheet)
{
    return sheet->page->first != 0 && sheet->page->first == sheet->card->number;
}

// What was pressed in the chat; TICKET_OPEN for nothing that can be confirmed here.
static enum ticket_action pressed(const struct sheet *sheet)
{
    enum ticket_action chose = sheet->page->chose;
    return named(sheet) && sheet->card->takes[chose] ? chose : TICKET_OPEN;
}

// The button that stands out: the one that was pressed in the chat, else the first.
static bool stands_out(const struct sheet *sheet, size_t choice)
{
    enum ticket_action chose = pressed(sheet);
    if (chose == TICKET_OPEN)
        chose = TICKET_DONE;
    size_t first = 0;
    while (first < FORM_CHOICES && !(form_choices[first].action == chose && sheet->card->offered[first]))
        first++;
    return choice == first;
}

static void put_button(const struct sheet *sheet, size_t choice)
{
    const struct form_choice *row = &form_choices[choice];
    char day[SAY_BYTES] = "";
    if (!sheet->card->offered[choice])
        return;
    if (row->days > 0)
        say_day(sheet->language, sheet->page->letter->today, sheet->card->until[choice], day);
    html_put(sheet->html, "<button name=\"answer\" value=\"%s\"", row->value);
    if (stands_out(sheet, choice))
        html_put(sheet->html, " class=\"main\"");
    html_put(sheet->html, ">%s", word(sheet, label_of(sheet, choice)));
    if (day[0] != '\0')
        html_put(sheet->html, " <small>%s</small>", day);
    html_put(sheet->html, "</button>\n");
}

static void iso(int32_t day, char buffer[SAY_BYTES])
{
    struct date date = day_date(day);
    snprintf(buffer, SAY_BYTES, "%04d-%02d-%02d", (int)date.year, (int)date.month, (int)date.day);
}

// The field for a date, where another one than those of the buttons fits.
static void put_date(const struct sheet *sheet)
{
    char least[SAY_BYTES], most[SAY_BYTES];
    unsigned number = sheet->card->number;
    iso(sheet->page->letter->today + 1, least);
    iso(sheet->card->latest, most);
    html_put(sheet->html,
             "<label for=\"date-%u\">%s</label>\n<div class=\"row\">"
             "<input type=\"date\" id=\"date-%u\" name=\"date\" min=\"%s\" max=\"%s\">\n",
             number, word(sheet, ANSWER_DATE), number, least, most);
    for (size_t i = 0; i < FORM_CHOICES; i++)
        if (form_choices[i].dated)
            put_button(sheet, i);
    html_put(sheet->html, "</div>");
}

// True for a button that puts it off.
static bool rests(size_t choice)
{
    return form_choices[choice].hours > 0 || form_choices[choice].days > 0;
}

static bool takes_date(const struct sheet *sheet)
{
    size_t i = 0;
    while (i < FORM_CHOICES && !(form_choices[i].dated && sheet->card->offered[i]))
        i++;
    return i < FORM_CHOICES;
}

static void put_later(const struct sheet *sheet)
{
    html_put(sheet->html, "<fieldset><legend>%s</legend>\n<div class=\"row\">\n", word(sheet, ANSWER_LATER));
    for (size_t i = 0; i < FORM_CHOICES; i++)
        if (rests(i))
            put_button(sheet, i);
    html_put(sheet->html, "</div>\n");
    if (takes_date(sheet))
        put_date(sheet);
    html_put(sheet->html, "</fieldset>\n");
}

// The line that says which button was pressed in the chat.
static void put_chosen(const struct sheet *sheet)
{
    char label[LABEL_BYTES];
    if (pressed(sheet) == TICKET_OPEN || sheet->page->notice[0] != '\0')
        return;
    for (size_t i = 0; i < FORM_CHOICES; i++) {
        if (!stands_out(sheet, i))
            continue;
        const char *text = word(sheet, ANSWER_CHOSEN), *place = strstr(text, "%s");
        snprintf(label, sizeof label, "%.*s%s%s", (int)(place - text), text, word(sheet, label_of(sheet, i)),
                 place + strlen("%s"));
        html_put(sheet->html, "<p class=\"chosen\">%s</p>\n", label);
    }
}

// Enter in the field of the date presses the form's first button, which must not be "Done": so a hidden one that
// takes the date comes first.
static void put_form(const struct sheet *sheet)
{
    unsigned number = sheet->card->number;
    put_chosen(sheet);
    html_put(sheet->html, "<form method=\"post\">\n");
    if (takes_date(sheet))
        html_put(sheet->html, "<button hidden name=\"answer\" value=\"date\" tabindex=\"-1\">%s</button>",
                 word(sheet, ANSWER_ON_DATE));
    html_put(sheet->html,
             "<input type=\"hidden\" name=\"item\" value=\"%u\">\n<label for=\"note-%u\">%s</label>\n"
             "<textarea id=\"note-%u\" name=\"note\" rows=\"2\" maxlength=\"%u\">%s</textarea>\n<div class=\"row\">\n",
             number, number, word(sheet, ANSWER_NOTE), number, (unsigned)FORM_NOTE_MOST,
             named(sheet) ? sheet->page->note : "");
    for (size_t i = 0; i < FORM_CHOICES; i++)
        if (!rests(i) && !form_choices[i].dated)
            put_button(sheet, i);
    html_put(sheet->html, "</div>\n");
    if (!sheet->card->late)
        put_later(sheet);
    html_put(sheet->html, "</form>\n");
}

static void put_state(const struct sheet *sheet)
{
    char text[FACT_BYTES];
    const struct letter_item *item = sheet->card->item;
    if (item->settled[0] == '\0')
        return;
    disarm(item->settled, strlen(item->settled), DISARM_PLAIN, FACT_TEXT_MOST, text, sizeof text);
    html_put(sheet->html, "<p class=\"state\"><b>✓ %s</b>", text);
    if (!sheet->card->shut)
        html_put(sheet->html, " %s", word(sheet, ANSWER_AGAIN));
    html_put(sheet->html, "</p>\n");
}

void answer_card_write(const struct answer_page *page, const struct answer_card *card, bool folded, struct html *html)
{
    struct sheet sheet = {.page = page,
                          .card = card,
                          .facts = {.letter = page->letter, .style = DISARM_PLAIN, .item = card->item},
                          .html = html,
                          .language = page->letter->language};
    if (folded && named(&sheet))
        html_put(html, "<details class=\"card\" id=\"item-%u\" open>\n<summary>", card->number);
    else if (folded)
        html_put(html, "<details class=\"card\" id=\"item-%u\">\n<summary>", card->number);
    else
        html_put(html, "<article class=\"card\" id=\"item-%u\">\n", card->number);
    html_put(html, "<h2>");
    put_title(&sheet);
    html_put(html, "</h2>\n");
    if (folded && card->item->settled[0] != '\0')
        html_put(html, "<span class=\"mark\">✓ %s</span>\n", word(&sheet, ANSWER_STATE));
    if (folded)
        html_put(html, "<span class=\"why\">%s</span></summary>\n", why(&sheet));
    put_state(&sheet);
    if (!folded)
        html_put(html, "<p class=\"why\">%s</p>\n", why(&sheet));
    put_action(&sheet);
    put_contact(&sheet);
    put_points(&sheet);
    put_about(&sheet);
    put_reasons(&sheet);
    if (!card->shut)
        put_form(&sheet);
    html_put(html, folded ? "</details>\n" : "</article>\n");
}
