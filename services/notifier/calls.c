#include "services/notifier/calls.h"

#include "services/notifier/item.h"

enum { NAMES_MOST = 8 }; // in one line: three lines on a phone

// The titles of a list, alone and under what else the letter says: the rep is greeted once.
struct titles {
    enum phrase_title alone, below, more;
};

static struct titles titles_of(const struct letter_list *list)
{
    if (list->preview)
        return (struct titles){TITLE_PREVIEW, TITLE_PREVIEW_BELOW, LINE_MORE_PREVIEW};
    if (list->late)
        return (struct titles){TITLE_LIST_LATE, TITLE_LIST_LATE, LINE_MORE_CALLS_LATE};
    return (struct titles){TITLE_LIST, TITLE_LIST_BELOW, LINE_MORE_CALLS};
}

static struct facts facts_of(const struct pen *pen, const struct letter_list *list, size_t count)
{
    struct facts facts = pen_facts(pen);
    facts.list = list;
    facts.count = count;
    return facts;
}

static void put_call(struct pen *pen, const struct letter_item *call, size_t number)
{
    struct facts facts = pen_facts(pen);
    facts.item = call;
    pen_number(pen, number);
    pen_say(pen, &facts, &phrase_titles, LINE_CUSTOMER, "");
    const char *colon = pen_chinese(pen) ? "：" : ": ";
    if (!pen_say(pen, &facts, &phrase_reasons, call->reason, colon))
        pen_say(pen, &facts, &phrase_reasons, LETTER_REASON_NONE, colon);
    pen_say(pen, &facts, &phrase_contacts, 0, " ");
    pen_put(pen, "\n");
}

// Names behind a few words, in one line if it fits.
static void put_names(struct pen *pen, enum phrase_title line, const struct letter_item *people, size_t count)
{
    struct pen_mark mark = pen_mark(pen);
    struct facts facts = facts_of(pen, NULL, count);
    if (count == 0 || !pen_say(pen, &facts, &phrase_titles, line, "- "))
        return;
    size_t i = 0;
    for (; i < count && i < NAMES_MOST; i++) {
        char name[FACT_BYTES];
        facts.item = &people[i];
        if (i > 0)
            pen_put(pen, pen_chinese(pen) ? "、" : ", ");
        if (facts_name(&facts, name))
            pen_put(pen, name);
    }
    facts = facts_of(pen, NULL, count - i);
    if (i < count)
        pen_say(pen, &facts, &phrase_titles, LINE_MORE_NAMES, "");
    pen_put(pen, "\n");
    (void)pen_keep(pen, mark);
}

static bool misses(const struct letter_list *list)
{
    return list->preview && list->unrecorded_count + list->undated_count > 0;
}

// What the rep still has to do before leaving.
static void put_evening(struct pen *pen, const struct letter_list *list, bool below)
{
    struct facts facts = facts_of(pen, list, 0);
    pen_line(pen, &facts, below ? TITLE_EVENING_BELOW : TITLE_EVENING);
    put_names(pen, LINE_UNRECORDED, list->unrecorded, list->unrecorded_count);
    put_names(pen, LINE_UNDATED, list->undated, list->undated_count);
}

static void put_calls(struct pen *pen, const struct letter_list *list, enum phrase_title more)
{
    struct facts facts = facts_of(pen, NULL, list->count);
    size_t rest = pen_line_cost(pen, &facts, more), i = 0;
    pen->kept += rest;
    for (; i < list->count && i < pen->fit->calls; i++) {
        struct pen_mark mark = pen_mark(pen);
        put_call(pen, &list->calls[i], i + 1);
        if (!pen_keep(pen, mark))
            break;
        item_put_hints(pen, &list->calls[i]);
    }
    pen->kept -= rest;
    facts.count = list->count - i;
    if (i < list->count)
        pen_line(pen, &facts, more);
}

void calls_put(struct pen *pen, const struct letter_list *list)
{
    bool below = pen->letter->item_count > 0;
    struct titles titles = titles_of(list);
    struct facts facts = facts_of(pen, list, list->count);
    if (below)
        pen_put(pen, "\n");
    if (misses(list)) {
        size_t rest = calls_cost(pen, list); // the evening's own title is counted twice: room for a name more or less
        pen->kept += rest;
        put_evening(pen, list, below);
        pen->kept -= rest;
        below = true;
    }
    if (list->preview && list->count == 0)
        return;
    if (list->count == 0 && list->settled > 0) {
        facts.count = list->settled;
        pen_line(pen, &facts, list->done == list->settled ? TITLE_LIST_DONE : TITLE_LIST_SETTLED);
        return;
    }
    pen_line(pen, &facts, below ? titles.below : titles.alone);
    if (list->customers > 0)
        pen_line(pen, &facts, LINE_COVERAGE);
    if (list->missing > 0)
        pen_line(pen, &facts, LINE_MISSING);
    put_calls(pen, list, titles.more);
}

size_t calls_cost(const struct pen *pen, const struct letter_list *list)
{
    struct titles titles = titles_of(list);
    struct facts facts = facts_of(pen, list, list->count);
    size_t alone = pen_line_cost(pen, &facts, titles.alone), below = pen_line_cost(pen, &facts, titles.below);
    return (alone > below ? alone : below) + (misses(list) ? pen_line_cost(pen, &facts, TITLE_EVENING) : 0) +
           pen_line_cost(pen, &facts, LINE_COVERAGE) + pen_line_cost(pen, &facts, LINE_MISSING) +
           pen_line_cost(pen, &facts, titles.more) + 2;
}
