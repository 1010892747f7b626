#include "services/notifier/item.h"

#include "common/must.h"
#include "services/notifier/figure.h"

#include <string.h>

enum {
    ABOUT_BESIDES = 8, // customers of one reminder among others: more would hide those others
    POINTS_MOST = 9,   // three to prepare, three to talk about, three to go and see
    HINTS_MOST = 2,    // of a call: a line on a phone
    FIELDS_MOST = 5,   // of a file that are asked for in one line
    HINT_BYTES = FACT_BYTES + SAY_BYTES,
};

// --- whom it is told
// ---------------------------------------------------------------------------------------------------

// Whose duty is another one's.
static bool oversees(enum letter_role role)
{
    return role == LETTER_MANAGER || role == LETTER_DIRECTOR || role == LETTER_APPROVER;
}

// Told again by one whose duty it is: a later step comes when the moment has passed.
static bool has_passed(const struct letter_item *item)
{
    return item->step > 0 && !oversees(item->role);
}

static bool decides(const struct letter_item *item)
{
    return item->kind == LETTER_VISIT_APPROVAL || item->kind == LETTER_POLICY_EXCEPTION;
}

// Puts somebody's own words for the kind behind `before`; false when there are none that can be said.
static bool put_own(struct pen *pen, const struct facts *facts, const struct phrases *own, const char *before)
{
    char text[PHRASE_BYTES];
    if (own == NULL || !facts_say_own(facts, own, facts->item->kind, text))
        return false;
    pen_put(pen, before);
    pen_put(pen, text);
    return true;
}

// What happened; without words of its own for what is late, after a word that it is.
static void put_plain(struct pen *pen, const struct facts *facts)
{
    if (has_passed(facts->item))
        pen_say(pen, facts, &phrase_prefixes, PREFIX_LATE, "");
    if (put_own(pen, facts, pen->letter->own_heads, ""))
        return;
    if (!pen_say(pen, facts, &phrase_heads, facts->item->kind, ""))
        must(pen_say(pen, facts, &phrase_heads, LETTER_KIND_NONE, ""));
}

// Says why it is told to somebody whose duty it is not, and what happened. A kind that has words of its own for them
// names the rep there.
static void put_head(struct pen *pen, const struct facts *facts)
{
    const struct letter_item *item = facts->item;
    char own[PHRASE_BYTES] = "";
    bool besides = oversees(item->role) || item->role == LETTER_DEPUTY;
    bool known = besides && facts_say(facts, &phrase_others, item->kind, own);
    bool waits = oversees(item->role) && item->step > 0;
    if (item->role == LETTER_DEPUTY)
        pen_say(pen, facts, &phrase_prefixes, PREFIX_DEPUTY, "");
    else if (waits && decides(item))
        pen_say(pen, facts, &phrase_prefixes, PREFIX_UNDECIDED, "");
    else if (waits && !known)
        pen_say(pen, facts, &phrase_prefixes, PREFIX_UNANSWERED, "");
    else if (besides && !known)
        pen_say(pen, facts, &phrase_prefixes, item->customer_id[0] != '\0' ? PREFIX_WHOSE : PREFIX_WHO, "");
    if (known)
        pen_put(pen, own);
    else if (!(has_passed(item) && pen_say(pen, facts, &phrase_lates, item->kind, "")))
        put_plain(pen, facts);
}

static bool put_action(struct pen *pen, const struct facts *facts)
{
    enum letter_kind kind = facts->item->kind;
    if (has_passed(facts->item) && pen_say(pen, facts, &phrase_late_actions, kind, "→ "))
        return true;
    if (!oversees(facts->item->role))
        return put_own(pen, facts, pen->letter->own_actions, "→ ") || pen_say(pen, facts, &phrase_actions, kind, "→ ");
    return pen_say(pen, facts, &phrase_orders, kind, "→ ") ||
           pen_say(pen, facts, &phrase_orders, LETTER_KIND_NONE, "→ ");
}

// Puts what is left to say of it below the line of its group; false, and nothing is put, when it must say all by
// itself: what one is asked to decide, and what somebody found words of their own for.
static bool put_brief(struct pen *pen, const struct facts *facts)
{
    const struct letter_item *item = facts->item;
    const struct phrases *own = pen->letter->own_heads;
    char text[PHRASE_BYTES];
    if (item->role == LETTER_APPROVER || (own != NULL && facts_say_own(facts, own, item->kind, text)) ||
        !facts_say(facts, &phrase_briefs, item->kind, text))
        return false;
    if (item->role == LETTER_DEPUTY)
        pen_say(pen, facts, &phrase_prefixes, PREFIX_DEPUTY, "");
    else if (oversees(item->role))
        pen_say(pen, facts, &phrase_prefixes, item->step > 0 ? PREFIX_UNANSWERED : PREFIX_WHOSE, "");
    else if (has_passed(item))
        pen_say(pen, facts, &phrase_prefixes, PREFIX_LATE, "");
    pen_put(pen, text);
    return true;
}

static void put_why(struct pen *pen, const struct letter_item *item, bool grouped)
{
    struct facts facts = pen_facts(pen);
    facts.item = item;
    struct facts late = facts;
    late.meant = true;
    if (item->late)
        pen_say(pen, &late, &phrase_titles, LINE_LATE, "");
    if (!grouped || !put_brief(pen, &facts))
        put_head(pen, &facts);
    pen_say(pen, &facts, &phrase_details, item->kind, pen_chinese(pen) ? "" : " ");
}

void item_put_why(struct pen *pen, const struct letter_item *item)
{
    put_why(pen, item, false);
}

void item_put_head(struct pen *pen, const struct letter_item *item)
{
    struct facts facts = pen_facts(pen);
    facts.item = item;
    facts.one_name = true;
    put_head(pen, &facts);
}

bool item_put_action(struct pen *pen, const struct letter_item *item)
{
    struct facts facts = pen_facts(pen);
    facts.item = item;
    return put_action(pen, &facts);
}

// What every reminder says: without it the reminder has no place in the letter.
static void put_base(struct pen *pen, const struct letter_item *item, bool grouped)
{
    struct facts facts = pen_facts(pen);
    facts.item = item;
    put_why(pen, item, grouped);
    pen_put(pen, "\n");
    bool action = !pen->letter->alarm && put_action(pen, &facts);
    bool own_phone = item->kind == LETTER_VISIT_ARRIVAL; // the rep's, which the head has said
    bool contact = !own_phone && pen_say(pen, &facts, &phrase_contacts, 0, action ? " " : "→ ");
    if (action || contact)
        pen_put(pen, "\n");
}

// --- points
// ------------------------------------------------------------------------------------------------------------

static void put_points(struct pen *pen, const struct letter_item *item)
{
    struct facts facts = pen_facts(pen);
    facts.item = item;
    for (size_t i = 0; i < item->point_count && i < POINTS_MOST; i++) {
        struct pen_mark mark = pen_mark(pen);
        char text[PHRASE_BYTES];
        if (!facts_say_point(&facts, &item->points[i], text))
            continue;
        pen_put(pen, "· ");
        pen_put(pen, text);
        pen_put(pen, "\n");
        if (!pen_keep(pen, mark))
            return;
    }
}

// The first points of the item that can be said in little room; how many there are.
static size_t say_hints(const struct pen *pen, const struct letter_item *item, char texts[HINTS_MOST][HINT_BYTES])
{
    struct facts facts = pen_facts(pen);
    facts.item = item;
    facts.brief = true;
    size_t count = 0;
    for (size_t i = 0; i < item->point_count && count < HINTS_MOST; i++) {
        char text[PHRASE_BYTES];
        if (!facts_say_point(&facts, &item->points[i], text) || strlen(text) >= HINT_BYTES)
            continue;
        memcpy(texts[count++], text, strlen(text) + 1);
    }
    return count;
}

// Whether one order is told after another: their order says something.
static bool tells_orders(const struct letter_item *item)
{
    size_t i = 0;
    while (i < item->point_count && strcmp(item->points[i].code, "order_before") != 0)
        i++;
    return i < item->point_count;
}

// The shorter one first, which is seen where the line is cut.
static void put_hint_texts(struct pen *pen, const struct letter_item *item)
{
    char texts[HINTS_MOST][HINT_BYTES];
    size_t count = say_hints(pen, item, texts);
    size_t first = count == HINTS_MOST && !tells_orders(item) && strlen(texts[1]) < strlen(texts[0]);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            pen_put(pen, pen_chinese(pen) ? "；" : "; ");
        pen_put(pen, texts[(first + i) % HINTS_MOST]);
    }
}

void item_put_hints(struct pen *pen, const struct letter_item *item)
{
    struct pen_mark mark = pen_mark(pen);
    if (item->point_count == 0)
        return;
    pen_put(pen, "   · ");
    put_hint_texts(pen, item);
    pen_put(pen, "\n");
    (void)pen_keep(pen, mark);
}

// --- customers
// ---------------------------------------------------------------------------------------------------------

// What a file lacks, in one line.
static bool put_fields(struct pen *pen, const struct letter_item *item)
{
    size_t count = 0;
    for (size_t i = 0; i < item->point_count && count < FIELDS_MOST; i++) {
        const char *field = facts_field(pen->letter->language, item->points[i].code);
        if (field == NULL)
            continue;
        pen_put(pen, count > 0 ? pen_chinese(pen) ? "、" : ", " : pen_chinese(pen) ? "：缺" : ": missing ");
        pen_put(pen, field);
        count++;
    }
    return count > 0;
}

static void put_about(struct pen *pen, const struct letter_item *about)
{
    struct facts facts = pen_facts(pen);
    facts.item = about;
    facts.brief = true;
    const char *colon = pen_chinese(pen) ? "：" : ": ";
    pen_put(pen, "- ");
    if (about->reason != LETTER_REASON_NONE && pen_say(pen, &facts, &phrase_titles, LINE_CUSTOMER, ""))
        pen_say(pen, &facts, &phrase_reasons, about->reason, colon);
    else
        pen_say(pen, &facts, &phrase_abouts, 0, "");
    if (!put_fields(pen, about) && about->point_count > 0) {
        pen_put(pen, colon);
        put_hint_texts(pen, about);
    }
    pen_say(pen, &facts, &phrase_contacts, 0, " ");
    pen_put(pen, "\n");
}

void item_put_lines(struct pen *pen, const struct item_lines *lines)
{
    struct facts facts = pen_facts(pen);
    facts.count = lines->total;
    size_t rest = pen_line_cost(pen, &facts, lines->more), i = 0;
    pen->kept += rest;
    for (; i < lines->count && i < lines->most; i++) {
        struct pen_mark mark = pen_mark(pen);
        put_about(pen, &lines->customers[i]);
        if (!pen_keep(pen, mark))
            break;
    }
    pen->kept -= rest;
    facts.count = lines->total - i;
    if (i < lines->total)
        pen_line(pen, &facts, lines->more);
}

// --- all
// ---------------------------------------------------------------------------------------------------------------

// One that is settled needs a line only: whom it was about, and what became of it.
static bool put_settled(struct pen *pen, const struct letter_item *item, size_t number)
{
    char name[FACT_BYTES];
    struct pen_mark mark = pen_mark(pen);
    struct facts facts = pen_facts(pen);
    facts.item = item;
    if (pen->letter->item_count > 1)
        pen_number(pen, number);
    pen_put(pen, "✓ ");
    if (facts_name(&facts, name)) {
        pen_put(pen, name);
        pen_put(pen, pen_chinese(pen) ? "，" : ", ");
    }
    disarm(item->settled, strlen(item->settled), pen->fit->style, FACT_TEXT_MOST, name, sizeof name);
    pen_put(pen, name);
    pen_put(pen, "\n");
    return pen_keep(pen, mark);
}

// False when it does not fit; then nothing was put.
static bool try_item(struct pen *pen, const struct letter_item *item, size_t number, bool grouped)
{
    if (item->settled[0] != '\0')
        return put_settled(pen, item, number);
    size_t count = pen->letter->item_count, most = pen->fit->calls;
    struct item_lines lines = {.customers = item->about,
                               .count = item->about_count,
                               .total = figure_customers(item),
                               .most = count > 1 && most > ABOUT_BESIDES ? ABOUT_BESIDES : most,
                               .more = LINE_MORE_ABOUT};
    if (item->kind == LETTER_COMMISSION_DUE) // it names the customer in its first line
        lines.count = lines.total = 0;
    struct pen_mark mark = pen_mark(pen);
    struct facts facts = pen_facts(pen);
    facts.count = lines.total;
    size_t rest = lines.count > 0 ? pen_line_cost(pen, &facts, LINE_MORE_ABOUT) : 0;
    if (count > 1)
        pen_number(pen, number);
    put_base(pen, item, grouped);
    pen->kept += rest;
    bool good = pen_keep(pen, mark);
    if (good)
        put_points(pen, item);
    pen->kept -= rest;
    if (good)
        item_put_lines(pen, &lines);
    return good;
}

// Somebody's own words may be too long for a chat that takes little; ours are not.
static bool put_item(struct pen *pen, const struct letter_item *item, size_t number, bool grouped)
{
    const struct letter *letter = pen->letter;
    if (try_item(pen, item, number, grouped))
        return true;
    if (letter->own_heads == NULL && letter->own_actions == NULL)
        return false;
    struct letter plain = *letter;
    plain.own_heads = plain.own_actions = NULL;
    pen->letter = &plain;
    bool good = try_item(pen, item, number, grouped);
    pen->letter = letter;
    return good;
}

static size_t late_count(const struct letter *letter)
{
    size_t late = 0;
    for (size_t i = 0; i < letter->item_count; i++)
        late += letter->items[i].late;
    return late;
}

// What stands above all of them.
static unsigned title_of(const struct letter *letter)
{
    size_t late = late_count(letter), over = 0;
    for (size_t i = 0; i < letter->item_count; i++)
        over += letter->items[i].priority > 0;
    if (letter->alarm)
        return over == letter->item_count ? TITLE_ALARM_OVER : TITLE_ALARM;
    return late == letter->item_count ? TITLE_ITEMS_LATE : TITLE_ITEMS;
}

bool item_together(const struct letter_item *one, const struct letter_item *other)
{
    return one->kind == other->kind && (one->priority == 0) == (other->priority == 0);
}

// How many reminders of one kind begin with `first`, which has words for several of them: those into `text` of
// PHRASE_BYTES. 0 when nothing stands above it.
static size_t say_group(const struct pen *pen, size_t first, char *text)
{
    const struct letter *letter = pen->letter;
    struct facts facts = pen_facts(pen);
    while (first + facts.count < letter->item_count &&
           item_together(&letter->items[first], &letter->items[first + facts.count]))
        facts.count++;
    return facts.count > 1 && facts_say(&facts, &phrase_groups, letter->items[first].kind, text) ? facts.count : 0;
}

// Puts the line above the reminders of one kind that begin with `first`, if there are several; false when there is
// none.
static bool put_group(struct pen *pen, size_t first)
{
    char text[PHRASE_BYTES];
    if (say_group(pen, first, text) == 0)
        return false;
    pen_put(pen, text);
    pen_put(pen, "\n");
    return true;
}

// Of a letter whose reminders are all of one kind the line above them is the title, too: how many there are need not be
// said twice. False, and nothing is put, for any other one, and for one that says first that it is late.
static bool put_only_group(struct pen *pen)
{
    const struct letter *letter = pen->letter;
    struct facts facts = pen_facts(pen);
    char text[PHRASE_BYTES];
    size_t before = pen->used;
    if (title_of(letter) != TITLE_ITEMS || say_group(pen, 0, text) < letter->item_count)
        return false;
    pen_say(pen, &facts, &phrase_titles, TITLE_GROUP, "");
    if (pen->used > before && text[0] >= 'A' && text[0] <= 'Z') // it goes on in the sentence of the greeting
        text[0] = (char)(text[0] - 'A' + 'a');
    pen_put(pen, text);
    pen_put(pen, "\n");
    return true;
}

// Puts one after the other until one does not fit or there are enough, and its group's line with the first of them;
// returns how many. `headed`: the title was the line of them all.
static size_t put_items(struct pen *pen, bool headed)
{
    const struct letter_item *items = pen->letter->items;
    bool grouped = headed;
    size_t i = 0, most = pen->fit->items;
    for (; i < pen->letter->item_count && (most == 0 || i < most); i++) {
        struct pen_mark mark = pen_mark(pen);
        if (!headed && (i == 0 || !item_together(&items[i - 1], &items[i])))
            grouped = put_group(pen, i);
        if (!put_item(pen, &items[i], i + 1, grouped)) {
            pen_back(pen, mark);
            break;
        }
    }
    return i;
}

void item_put_all(struct pen *pen)
{
    const struct letter *letter = pen->letter;
    if (letter->item_count == 0)
        return;
    struct facts facts = pen_facts(pen);
    facts.count = letter->item_count;
    bool headed = put_only_group(pen);
    if (!headed)
        pen_line(pen, &facts, title_of(letter));
    unsigned rest = pen->fit->items > 0 ? LINE_MORE_ITEMS_PAGE : LINE_MORE_ITEMS;
    size_t more = pen_line_cost(pen, &facts, rest);
    pen->kept += more;
    size_t i = put_items(pen, headed);
    pen->kept -= more;
    facts.count = letter->item_count - i;
    if (i < letter->item_count)
        pen_line(pen, &facts, rest);
}
