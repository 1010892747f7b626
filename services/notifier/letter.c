#include "services/notifier/letter.h"

#include "common/must.h"
#include "services/notifier/facts.h"
#include "services/notifier/phrase.h"

#include <stdio.h>
#include <string.h>

// What is being written, and what it costs so far. A piece is put on trial and taken back when it does not fit.
struct pen {
    const struct letter *letter;
    const struct letter_fit *fit;
    char *buffer;
    size_t used, spent;
    size_t kept; // cost of what is still to come in any case
};

static void put(struct pen *pen, const char *text)
{
    size_t length = strlen(text);
    must(pen->used + length < LETTER_BYTES);
    memcpy(pen->buffer + pen->used, text, length + 1);
    pen->used += length;
    pen->spent += pen->fit->cost(text, length);
}

static bool fits(const struct pen *pen)
{
    return pen->spent + pen->kept <= pen->fit->limit && pen->used + LETTER_BYTES / 4 < LETTER_BYTES;
}

static struct facts facts_of(const struct pen *pen)
{
    return (struct facts){.letter = pen->letter, .style = pen->fit->style};
}

// One of the letter's own lines and its line break; nothing when it has nothing to say.
static void put_line(struct pen *pen, enum phrase_title line, const struct letter_list *list, size_t count)
{
    struct facts facts = facts_of(pen);
    facts.list = list;
    facts.count = count;
    char text[PHRASE_BYTES];
    if (facts_say(&facts, &phrase_titles, line, text)) {
        put(pen, text);
        put(pen, "\n");
    }
}

static size_t line_cost(const struct pen *pen, enum phrase_title line, const struct letter_list *list, size_t count)
{
    static const size_t line_break = 1; // in every unit that the chats count in; two where it is written as \n
    struct facts facts = facts_of(pen);
    facts.list = list;
    facts.count = count;
    char text[PHRASE_BYTES];
    if (!facts_say(&facts, &phrase_titles, line, text))
        return 0;
    return pen->fit->cost(text, strlen(text)) + 2 * line_break;
}

static void put_number(struct pen *pen, size_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%zu. ", number);
    put(pen, text);
}

static bool put_phrase(struct pen *pen, const struct facts *facts, const struct phrases *table, unsigned use,
                       const char *before)
{
    char text[PHRASE_BYTES];
    if (!facts_say(facts, table, use, text))
        return false;
    put(pen, before);
    put(pen, text);
    return true;
}

static void put_item(struct pen *pen, const struct letter_item *item, size_t number, size_t count)
{
    bool chinese = pen->letter->language == LANGUAGE_ZH;
    struct facts facts = facts_of(pen);
    facts.item = item;
    if (count > 1)
        put_number(pen, number);
    struct facts late = facts;
    late.meant = true;
    if (item->late)
        put_phrase(pen, &late, &phrase_titles, LINE_LATE, "");
    put_phrase(pen, &facts, &phrase_heads, item->kind, "");
    put_phrase(pen, &facts, &phrase_details, item->kind, chinese ? "" : " ");
    put(pen, "\n");
    bool action = put_phrase(pen, &facts, &phrase_actions, item->kind, "→ ");
    bool contact = put_phrase(pen, &facts, &phrase_contacts, 0, action ? " " : "→ ");
    if (action || contact)
        put(pen, "\n");
}

static void put_call(struct pen *pen, const struct letter_item *call, size_t number)
{
    struct facts facts = facts_of(pen);
    facts.item = call;
    put_number(pen, number);
    put_phrase(pen, &facts, &phrase_titles, LINE_CUSTOMER, "");
    put_phrase(pen, &facts, &phrase_reasons, call->reason, pen->letter->language == LANGUAGE_ZH ? "：" : ": ");
    put_phrase(pen, &facts, &phrase_contacts, 0, " ");
    put(pen, "\n");
}

static size_t late_count(const struct letter *letter)
{
    size_t late = 0;
    for (size_t i = 0; i < letter->item_count; i++)
        late += letter->items[i].late;
    return late;
}

static void put_items(struct pen *pen)
{
    const struct letter *letter = pen->letter;
    if (letter->item_count == 0)
        return;
    enum phrase_title title = late_count(letter) == letter->item_count ? TITLE_ITEMS_LATE : TITLE_ITEMS;
    put_line(pen, title, NULL, letter->item_count);
    size_t more = line_cost(pen, LINE_MORE_ITEMS, NULL, letter->item_count);
    pen->kept += more;
    size_t i = 0;
    for (; i < letter->item_count; i++) {
        size_t used = pen->used, spent = pen->spent;
        put_item(pen, &letter->items[i], i + 1, letter->item_count);
        if (!fits(pen)) {
            pen->used = used;
            pen->spent = spent;
            break;
        }
    }
    pen->kept -= more;
    if (i < letter->item_count)
        put_line(pen, LINE_MORE_ITEMS, NULL, letter->item_count - i);
}

static void put_list(struct pen *pen, const struct letter_list *list)
{
    enum phrase_title title = list->late ? TITLE_LIST_LATE : TITLE_LIST;
    if (pen->letter->item_count > 0) {
        put(pen, "\n");
        title = list->late ? TITLE_LIST_LATE : TITLE_LIST_BELOW;
    }
    put_line(pen, title, list, list->count);
    if (list->customers > 0)
        put_line(pen, LINE_COVERAGE, list, 0);
    if (list->missing > 0)
        put_line(pen, LINE_MISSING, list, 0);
    size_t more = line_cost(pen, LINE_MORE_CALLS, NULL, list->count);
    pen->kept += more;
    size_t i = 0;
    for (; i < list->count && i < pen->fit->calls; i++) {
        size_t used = pen->used, spent = pen->spent;
        put_call(pen, &list->calls[i], i + 1);
        if (!fits(pen)) {
            pen->used = used;
            pen->spent = spent;
            break;
        }
    }
    pen->kept -= more;
    if (i < list->count)
        put_line(pen, list->late ? LINE_MORE_CALLS_LATE : LINE_MORE_CALLS, NULL, list->count - i);
}

// What a list needs before its first call: it is kept free while what comes before is written.
static size_t list_cost(const struct pen *pen, const struct letter_list *list)
{
    size_t title = line_cost(pen, TITLE_LIST, list, list->count);
    size_t late = line_cost(pen, TITLE_LIST_LATE, list, list->count);
    return (title > late ? title : late) + line_cost(pen, LINE_COVERAGE, list, 0) +
           line_cost(pen, LINE_MISSING, list, 0) + line_cost(pen, LINE_MORE_CALLS, NULL, list->count) + 2;
}

size_t letter_compose(const struct letter *letter, const struct letter_fit *fit, char *buffer)
{
    must(fit->limit >= LETTER_LIMIT_MIN && letter->language < LANGUAGES);
    struct pen pen = {.letter = letter, .fit = fit, .buffer = buffer};
    char id[32];
    snprintf(id, sizeof id, "#%.20s", letter->id);
    buffer[0] = '\0';
    if (fit->prefix[0] != '\0') {
        put(&pen, fit->prefix);
        put(&pen, "\n");
    }
    if (letter->again)
        put_line(&pen, LINE_AGAIN, NULL, 0);
    pen.kept = fit->cost(id, strlen(id)) + 2;
    for (size_t i = 0; i < letter->list_count; i++)
        pen.kept += list_cost(&pen, &letter->lists[i]);
    put_items(&pen);
    for (size_t i = 0; i < letter->list_count; i++) {
        pen.kept -= list_cost(&pen, &letter->lists[i]);
        put_list(&pen, &letter->lists[i]);
    }
    put(&pen, id);
    return pen.used;
}
