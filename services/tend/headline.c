#include "services/tend/headline.h"

#include "common/money.h"
#include "services/tend/digits.h"
#include "services/tend/verb.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_BYTES = 2600,
    REMINDERS_SHOWN = 4, // what comes first; the rest is counted
    REMINDERS_MAX = 1000,
    PERCENT_PPM = 10000,
    MILLI = 1000,
};

// Sales at less or more than this, in percent of the same time before, go down or up.
enum { DOWN_BELOW = 80, UP_ABOVE = 120 };

struct headline {
    const struct figures *figures;
    const json_t *card, *detail;
    bool all;
};

__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, TEXT_BYTES - used, format, arguments);
    va_end(arguments);
}

static const json_t *dimension_of(const struct headline *head, const char *name)
{
    size_t i;
    const json_t *dimension;
    json_array_foreach (json_object_get(head->card, "dimensions"), i, dimension)
        if (strcmp(verb_text(dimension, "name"), name) == 0)
            return dimension;
    return NULL;
}

static const char *value_of(const struct headline *head, const char *name)
{
    return verb_text(dimension_of(head, name), "value");
}

// A figure of a dimension as people read it, "" when it is not there.
static const char *figure_of(const struct headline *head, const char *dimension, const char *name, char *buffer)
{
    const json_t *figure = figures_find(json_object_get(dimension_of(head, dimension), "figures"), name);
    buffer[0] = '\0';
    return figure != NULL ? figures_value(head->figures, figure, buffer) : buffer;
}

static const char *class_of(const json_t *card, const char *member)
{
    const char *last = strrchr(verb_text(card, member), '_');
    return last != NULL ? last + 1 : "";
}

static void put_class(const struct headline *head)
{
    char text[TEXT_BYTES] = "", day[FIGURES_BYTES];
    const char *now = class_of(head->card, "abc"), *told = class_of(head->card, "announced");
    const json_t *by = json_object_get(dimension_of(head, "value.abc"), "overridden");
    long long position = verb_number(head->detail, "position");
    figures_day(head->figures, verb_text(head->card, "announcedSince"), day);
    add(text, "%s", now[0] != '\0' ? now : "none without an order");
    if (now[0] != '\0' && strcmp(now, told) == 0 && day[0] != '\0')
        add(text, " since %s", day);
    else if (told[0] != '\0')
        add(text, ", still announced as %s", told);
    if (by != NULL)
        add(text, ", set by %s", verb_text(by, "by")[0] != '\0' ? verb_text(by, "by") : "somebody");
    if (position > 0)
        add(text, "; number %lld of all", position);
    if (value_of(head, "value.clv")[0] != '\0')
        add(text, "; quadrant %s", value_of(head, "value.clv"));
    figures_put(head->figures, "class", text);
}

static void put_money(const struct headline *head)
{
    char text[TEXT_BYTES] = "", money[FIGURES_BYTES], share[DIGITS_BYTES];
    if (verb_number(head->detail, "ordersKnown") == 0)
        return;
    long long days =
        verb_number(figures_find(json_object_get(dimension_of(head, "value.abc"), "figures"), "window"), "value") /
        MILLI;
    add(text, "%s", figures_money(verb_text(head->card, "net"), money));
    if (days > 0)
        add(text, " in %lld days", days);
    add(text, ", %s of all", digits_share(verb_number(head->card, "sharePpm"), share));
    if (verb_text(head->card, "margin")[0] != '\0')
        add(text, "; margin %s", figures_money(verb_text(head->card, "margin"), money));
    if (verb_text(head->card, "costToServe")[0] != '\0')
        add(text, ", cost to serve %s", figures_money(verb_text(head->card, "costToServe"), money));
    figures_put(head->figures, "net sales", text);
    text[0] = '\0';
    if (verb_text(head->card, "clv")[0] != '\0')
        add(text, "%s in the next 12 months", figures_money(verb_text(head->card, "clv"), money));
    figures_put(head->figures, "worth", text);
}

static void put_trend(const struct headline *head)
{
    static const struct {
        const char *share, *last, *before, *here, *there;
    } tests[] = {{"window_share", "last_window", "window_before", "lately", "in as many days before"},
                 {"rates_share", "recent_a_day", "lasting_a_day", "a day lately", "in the long run"}};
    const json_t *list = json_object_get(dimension_of(head, "risk.declining"), "figures");
    char text[TEXT_BYTES] = "", share[DIGITS_BYTES], last[FIGURES_BYTES], before[FIGURES_BYTES];
    for (size_t i = 0; i < sizeof tests / sizeof *tests && text[0] == '\0'; i++) {
        const json_t *part = figures_find(list, tests[i].share);
        if (part == NULL || figures_find(list, tests[i].last) == NULL || figures_find(list, tests[i].before) == NULL)
            continue;
        long long ppm = verb_number(part, "value");
        const char *way = ppm < (long long)DOWN_BELOW * PERCENT_PPM ? "down to"
                          : ppm > (long long)UP_ABOVE * PERCENT_PPM ? "up to"
                                                                    : "steady at";
        figures_value(head->figures, figures_find(list, tests[i].last), last);
        figures_value(head->figures, figures_find(list, tests[i].before), before);
        add(text, "%s %s: %s %s, %s %s", way, digits_share(ppm, share), last, tests[i].here, before, tests[i].there);
    }
    figures_put(head->figures, "trend", text);
}

// An order whose currency has no rate for its day counts as 0, and so does a free one: told apart as far as can be.
static bool last_without_rate(const struct headline *head)
{
    const char *amount = verb_text(head->card, "lastOrderAmount");
    int64_t micros = 0;
    return verb_number(head->detail, "ordersWithoutRate") > 0 && money_parse(amount, strcspn(amount, " "), &micros) &&
           micros == 0;
}

static void put_orders(const struct headline *head)
{
    char text[TEXT_BYTES] = "", a[FIGURES_BYTES], b[FIGURES_BYTES], c[FIGURES_BYTES];
    long long gap = verb_number(head->card, "meanGapMilli"), known = verb_number(head->detail, "ordersKnown");
    long long cancelled = verb_number(head->detail, "ordersCancelled");
    if (verb_text(head->card, "lastOrderDay")[0] != '\0') {
        add(text, "%s over %s%s; ", verb_text(head->card, "lastOrderDay"),
            figures_money(verb_text(head->card, "lastOrderAmount"), a), last_without_rate(head) ? " (no rate)" : "");
        if (gap > 0)
            add(text, "every %.1f days, ", (double)gap / MILLI);
        add(text, "%lld order%s since %s", known, known == 1 ? "" : "s", verb_text(head->card, "firstOrderDay"));
        if (cancelled > 0)
            add(text, ", %lld cancelled", cancelled);
    } else {
        add(text, known > 0 ? "none that counts" : "none yet");
    }
    figures_put(head->figures, "last order", text);
    text[0] = '\0';
    if (figure_of(head, "demand.next_order", "next_order", a)[0] != '\0') {
        const char *early = figure_of(head, "demand.next_order", "earliest", b);
        add(text, "%s", a);
        bool exact = strcmp(early, figure_of(head, "demand.next_order", "latest", c)) == 0;
        if (early[0] != '\0' && !exact)
            add(text, " (%s to %s)", early, c);
        if (figure_of(head, "demand.next_order", "amount", a)[0] != '\0')
            add(text, ", about %s", a);
        if (strcmp(value_of(head, "demand.next_order"), "late") == 0)
            add(text, ": late");
    }
    figures_put(head->figures, "next order", text);
    figures_put(head->figures, "last touch", figure_of(head, "lead.temperature", "last_touch", a));
}

// What is wrong with the customer, and with what is known of it.
static void put_attention(const struct headline *head)
{
    static const struct {
        const char *dimension, *value, *what;
    } alarms[] = {{"care.status", "lost", "lost"},
                  {"care.status", "complaining", "complaining"},
                  {"risk.drop", "yes", "dropped out"},
                  {"risk.declining", "yes", "sales go down"},
                  {"risk.rival", "yes", "a rival was seen"},
                  {"risk.concentration", "yes", "a large part of all sales"},
                  {"care.satisfaction", "alarm", "very dissatisfied"}};
    static const struct {
        const char *member, *one, *several;
    } rows[] = {
        {"ordersWithoutRate", "order has no exchange rate for its day and counts as 0",
         "orders have no exchange rate for their day and count as 0"},
        {"ordersWithoutCost", "order has no cost that is known and is left out of the margin",
         "orders have no cost that is known and are left out of the margin"},
        {"ordersRefundedBeyond", "order was refunded beyond its amount; the rest is not subtracted",
         "orders were refunded beyond their amount; the rest is not subtracted"},
    };
    char text[TEXT_BYTES] = "", day[FIGURES_BYTES];
    if (json_is_true(json_object_get(head->card, "overdue")))
        add(text, "order overdue since %s", figures_day(head->figures, verb_text(head->card, "overdueSince"), day));
    for (size_t i = 0; i < sizeof alarms / sizeof *alarms; i++)
        if (strcmp(value_of(head, alarms[i].dimension), alarms[i].value) == 0)
            add(text, "%s%s", text[0] != '\0' ? "; " : "", alarms[i].what);
    fputs(screen_colour(&head->figures->screen, "yellow"), stdout);
    figures_put(head->figures, "attention", text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text[0] = '\0';
        long long orders = verb_number(head->detail, rows[i].member);
        if (orders > 0)
            add(text, "%lld %s", orders, orders == 1 ? rows[i].one : rows[i].several);
        figures_put(head->figures, "to mend", text);
    }
    fputs(screen_colour(&head->figures->screen, ""), stdout);
}

// What customers of its class are due.
static void put_terms(const struct headline *head)
{
    const json_t *policy = json_object_get(head->detail, "policy");
    char text[TEXT_BYTES] = "", share[DIGITS_BYTES];
    if (verb_text(policy, "class")[0] == '\0')
        return;
    if (verb_number(policy, "longestSilenceDays") > 0)
        add(text, "a contact every %lld to %lld days; ", (long long)verb_number(policy, "shortestSilenceDays"),
            (long long)verb_number(policy, "longestSilenceDays"));
    if (verb_number(policy, "discountPpm") > 0)
        add(text, "up to %s discount; ", digits_share(verb_number(policy, "discountPpm"), share));
    if (verb_number(policy, "creditDays") > 0)
        add(text, "%lld days of credit; ", (long long)verb_number(policy, "creditDays"));
    add(text, "%s", verb_text(policy, "service"));
    size_t used = strlen(text);
    if (used > 2 && text[used - 2] == ';')
        text[used - 2] = '\0';
    figures_put(head->figures, "class gets", text);
}

// --- reminders

static const char *behind(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : text;
}

// "CLASS_FALL" as "class fall".
static const char *in_words(const char *name, char *buffer)
{
    snprintf(buffer, FIGURES_BYTES, "%s", name);
    for (char *at = buffer; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
    return buffer;
}

static const json_t *reminder_of(const json_t *status)
{
    const json_t *inner = json_object_get(status, "reminder");
    return inner != NULL ? inner : status;
}

static bool is_open(const json_t *status)
{
    const char *state = behind(verb_text(status, "state"), "REMINDER_STATE_");
    return strcmp(state, "PENDING") == 0 || strcmp(state, "TOLD") == 0;
}

static int by_due(const void *a, const void *b)
{
    return strcmp(verb_text(reminder_of(*(const json_t *const *)a), "due"),
                  verb_text(reminder_of(*(const json_t *const *)b), "due"));
}

// What it is about: "class fall from A to B", "tell delivery: SO-1, delayed, dye house", "rival: Zip King".
static void put_matter(const json_t *reminder, const char *colon, char *text)
{
    const char *before = verb_text(reminder, "before"), *after = verb_text(reminder, "after");
    const char *const said[] = {verb_text(reminder, "text"), before, after};
    bool judged = strcmp(after, "yes") == 0; // the kind's name says what
    bool changed = before[0] != '\0' && after[0] != '\0' && !judged && strcmp(before, "delayed") != 0;
    if (changed)
        add(text, " from %s to %s", before, after);
    for (size_t i = 0; i < (changed || judged ? 1 : sizeof said / sizeof *said); i++) {
        if (said[i][0] == '\0')
            continue;
        add(text, "%s%s", colon, said[i]);
        colon = ", ";
    }
}

static void put_reminder(const struct headline *head, const json_t *status)
{
    const json_t *reminder = reminder_of(status);
    const char *kind = behind(verb_text(reminder, "kind"), "REMINDER_KIND_");
    const char *state = behind(verb_text(status, "state"), "REMINDER_STATE_");
    char text[TEXT_BYTES] = "", buffer[FIGURES_BYTES];
    bool promise = strcmp(kind, "PROMISE") == 0;
    add(text, "%s ", figures_minute(head->figures, verb_text(reminder, "due"), buffer));
    if (!promise)
        add(text, "%s", in_words(kind, buffer));
    put_matter(reminder, promise ? "" : ": ", text);
    if (verb_text(reminder, "contactName")[0] != '\0')
        add(text, " (%s%s%s)", verb_text(reminder, "contactName"),
            verb_text(reminder, "contactPhone")[0] != '\0' ? ", " : "", verb_text(reminder, "contactPhone"));
    if (strcmp(state, "PENDING") != 0)
        add(text, ", %s", in_words(state, buffer));
    if (head->all)
        add(text, ", %s", verb_text(reminder, "reminderId"));
    figures_put(head->figures, promise ? "promised" : "due", text);
}

// What is open, the next first; with `all` also what is over.
static void put_reminders(const struct headline *head, const json_t *answer)
{
    const json_t *list = json_object_get(answer, "reminders"), *status;
    const json_t **shown = calloc(REMINDERS_MAX, sizeof *shown);
    size_t i, count = 0;
    if (shown == NULL)
        return;
    json_array_foreach (list, i, status)
        if (count < REMINDERS_MAX && (head->all || is_open(status)))
            shown[count++] = status;
    if (count > 0)
        qsort(shown, count, sizeof *shown, by_due);
    for (i = 0; i < count && (head->all || i < REMINDERS_SHOWN); i++)
        put_reminder(head, shown[i]);
    if (i < count) {
        char text[TEXT_BYTES] = "";
        add(text, "%zu more (--all)", count - i);
        figures_put(head->figures, "", text);
    }
    free(shown);
}

void headline_print(const struct figures *figures, const json_t *card, const json_t *reminders, bool all)
{
    struct headline head = {figures, card, json_object_get(card, "detail"), all};
    char fits[SCREEN_TEXT_BYTES], text[SCREEN_TEXT_BYTES];
    snprintf(text, sizeof text, "%.200s  %.300s", verb_text(card, "customerId"), verb_text(card, "name"));
    int columns = screen_columns(text), width = figures->screen.width;
    printf("%s%s%s\n", screen_colour(&figures->screen, "bold"),
           screen_fit(text, columns < width ? columns : width, false, fits), screen_colour(&figures->screen, ""));
    figures_put(figures, "owner", verb_text(card, "ownerRepId"));
    put_class(&head);
    put_money(&head);
    put_trend(&head);
    put_orders(&head);
    put_attention(&head);
    put_reminders(&head, reminders);
    put_terms(&head);
}
