// `tend customer`: the card of one customer, with every dimension and why it is what it is.
#include "services/tend/cards.h"
#include "services/tend/digits.h"
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 15, DIMENSION_LABEL = 20, VALUE_COLUMNS = 18, MONTHS_SHOWN = 12, TEXT_BYTES = 2600, PPM = 1000000 };

struct card {
    const json_t *card, *detail;
    struct figures figures;
};

// A line "  label      text", broken where the screen ends. Nothing for an empty text.
static void put_line(const struct card *card, const char *label, const char *text)
{
    char fits[SCREEN_TEXT_BYTES];
    if (text[0] == '\0')
        return;
    printf("  %s", screen_fit(label, LABEL - 2, false, fits));
    screen_wrap(stdout, &card->figures.screen, text, LABEL, LABEL);
}

static void put_head(const struct card *card, const char *title)
{
    printf("\n%s%s%s\n", screen_colour(&card->figures.screen, "bold"), title, screen_colour(&card->figures.screen, ""));
}

static const char *class_of(const json_t *card, const char *member)
{
    const char *last = strrchr(verb_text(card, member), '_');
    return last != NULL ? last + 1 : "-";
}

static void put_worth(const struct card *card)
{
    char text[TEXT_BYTES], a[FIGURES_BYTES], b[FIGURES_BYTES], c[FIGURES_BYTES];
    put_line(card, "owner", verb_text(card->card, "ownerRepId"));
    const char *since = figures_day(&card->figures, verb_text(card->card, "announcedSince"), a);
    snprintf(text, sizeof text, "%s, as announced %s%s%s", class_of(card->card, "abc"),
             class_of(card->card, "announced"), since[0] != '\0' ? " since " : "", since);
    put_line(card, "class", text);
    int used = snprintf(text, sizeof text, "%s, %s of all", figures_money(verb_text(card->card, "net"), a),
                        digits_share(verb_number(card->card, "sharePpm"), b));
    if (verb_number(card->detail, "position") > 0)
        snprintf(text + used, sizeof text - (size_t)used, "; number %lld, %s lies with customers above",
                 (long long)verb_number(card->detail, "position"),
                 digits_share(verb_number(card->detail, "abovePpm"), c));
    put_line(card, "net sales", text);
    if (verb_text(card->card, "clv")[0] != '\0') {
        snprintf(text, sizeof text, "%s in the next 12 months", figures_money(verb_text(card->card, "clv"), a));
        put_line(card, "worth", text);
    }
    if (verb_text(card->card, "margin")[0] != '\0') {
        const char *cost = verb_text(card->card, "costToServe");
        snprintf(text, sizeof text, "%s%s%s", figures_money(verb_text(card->card, "margin"), a),
                 cost[0] != '\0' ? "; cost to serve " : "", figures_money(cost, b));
        put_line(card, "margin", text);
    }
}

static void put_orders(const struct card *card)
{
    const json_t *rfm = json_object_get(card->card, "rfm");
    char text[TEXT_BYTES], a[FIGURES_BYTES];
    snprintf(text, sizeof text, "recency %lld, frequency %lld, amount %lld of 5", (long long)verb_number(rfm, "r"),
             (long long)verb_number(rfm, "f"), (long long)verb_number(rfm, "m"));
    put_line(card, "RFM", text);
    snprintf(text, sizeof text, "%lld in the window, %lld ever, %lld cancelled",
             (long long)verb_number(card->card, "orders"), (long long)verb_number(card->detail, "ordersKnown"),
             (long long)verb_number(card->detail, "ordersCancelled"));
    put_line(card, "orders", text);
    if (verb_text(card->card, "lastOrderDay")[0] == '\0')
        return;
    snprintf(text, sizeof text, "first %s, last %s over %s", verb_text(card->card, "firstOrderDay"),
             verb_text(card->card, "lastOrderDay"), figures_money(verb_text(card->card, "lastOrderAmount"), a));
    put_line(card, "", text);
    bool overdue = json_is_true(json_object_get(card->card, "overdue"));
    const char *since = figures_day(&card->figures, verb_text(card->card, "overdueSince"), a);
    if (verb_number(card->card, "meanGapMilli") > 0)
        snprintf(text, sizeof text, "every %.1f days over %lld purchase days",
                 (double)verb_number(card->card, "meanGapMilli") / 1000,
                 (long long)verb_number(card->card, "purchaseDays"));
    else
        snprintf(text, sizeof text, "%lld purchase day%s", (long long)verb_number(card->card, "purchaseDays"),
                 verb_number(card->card, "purchaseDays") == 1 ? "" : "s");
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s%s%s",
             since[0] == '\0' ? ""
             : overdue        ? "; overdue since "
                              : "; overdue from ",
             since, json_is_true(json_object_get(card->card, "dropped")) ? "; dropped out" : "");
    put_line(card, "rhythm", text);
}

// What people should mend, since figures are wrong without it.
static void put_attention(const struct card *card)
{
    static const struct {
        const char *member, *what;
    } rows[] = {
        {"ordersWithoutRate", "orders have no exchange rate for their day and count as 0"},
        {"ordersWithoutCost", "orders have no cost that is known and are left out of the margin"},
        {"ordersRefundedBeyond", "orders were refunded beyond their amount; the rest is not subtracted"},
    };
    char text[TEXT_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        long long count = verb_number(card->detail, rows[i].member);
        snprintf(text, sizeof text, "%lld %s", count, rows[i].what);
        put_line(card, "attention", count > 0 ? text : "");
    }
}

// "set by li: wants to grow; until 2026-12-31; the figures say C".
static void put_override(const struct card *card, const json_t *dimension)
{
    const json_t *overridden = json_object_get(dimension, "overridden");
    char text[TEXT_BYTES], since[FIGURES_BYTES];
    if (overridden == NULL)
        return;
    const char *reason = verb_text(overridden, "reason"), *until = verb_text(overridden, "until");
    const char *machine = verb_text(dimension, "machine"), *by = verb_text(overridden, "by");
    figures_day(&card->figures, verb_text(overridden, "since"), since);
    snprintf(text, sizeof text, "set by %s%s%s%s%s; %s%s; the figures say %s", by[0] != '\0' ? by : "somebody",
             since[0] != '\0' ? " on " : "", since, reason[0] != '\0' ? ": " : "", reason,
             until[0] != '\0' ? "until " : "until it is taken back", until,
             machine[0] != '\0' ? machine : "nothing yet");
    printf("    %s", screen_colour(&card->figures.screen, "yellow"));
    screen_wrap(stdout, &card->figures.screen, text, 4, 4);
    fputs(screen_colour(&card->figures.screen, ""), stdout);
}

static void put_dimension(const struct card *card, const json_t *dimension)
{
    char fits[SCREEN_TEXT_BYTES], since[FIGURES_BYTES], line[FIGURES_LINE_BYTES];
    const char *value = verb_text(dimension, "value"), *note = verb_text(dimension, "note");
    bool set = json_object_get(dimension, "overridden") != NULL;
    printf("  %s", screen_fit(verb_text(dimension, "name"), DIMENSION_LABEL, false, fits));
    printf("%s%s%s%s", screen_colour(&card->figures.screen, "bold"),
           screen_fit(value[0] != '\0' ? value : "not known", VALUE_COLUMNS, false, fits),
           screen_colour(&card->figures.screen, ""), set ? "* " : "  ");
    figures_day(&card->figures, verb_text(dimension, "since"), since);
    printf("%s%s\n", since[0] != '\0' ? "since " : "", since);
    put_override(card, dimension);
    figures_line(&card->figures, json_object_get(dimension, "figures"), line);
    if (line[0] != '\0') {
        fputs("    ", stdout);
        screen_wrap(stdout, &card->figures.screen, line, 4, 4);
    }
    if (note[0] != '\0') {
        fputs("    ", stdout);
        screen_wrap(stdout, &card->figures.screen, note, 4, 4);
    }
}

static void put_dimensions(const struct card *card)
{
    size_t i;
    const json_t *dimension, *list = json_object_get(card->card, "dimensions");
    bool set = false;
    if (json_array_size(list) == 0)
        return;
    put_head(card, "Dimensions");
    json_array_foreach (list, i, dimension) {
        put_dimension(card, dimension);
        set = set || json_object_get(dimension, "overridden") != NULL;
    }
    if (set)
        printf("  * decided by a person\n");
}

static void put_policy(const struct card *card)
{
    const json_t *policy = json_object_get(card->detail, "policy");
    char text[TEXT_BYTES], share[DIGITS_BYTES];
    if (verb_text(policy, "class")[0] == '\0')
        return;
    put_head(card, "What its class is due");
    snprintf(text, sizeof text, "%s; discount up to %s, %lld days of credit", verb_text(policy, "class"),
             digits_share(verb_number(policy, "discountPpm"), share), (long long)verb_number(policy, "creditDays"));
    put_line(card, "policy", text);
    if (verb_number(policy, "longestSilenceDays") > 0) {
        snprintf(text, sizeof text, "%lld to %lld days", (long long)verb_number(policy, "shortestSilenceDays"),
                 (long long)verb_number(policy, "longestSilenceDays"));
        put_line(card, "silence", text);
    }
    put_line(card, "service", verb_text(policy, "service"));
}

static const char *product(const json_t *hint, const char *name, const char *sku)
{
    const char *text = verb_text(hint, name);
    return text[0] != '\0' ? text : verb_text(hint, sku);
}

static void put_hints(const struct card *card)
{
    size_t i;
    const json_t *hint, *list = json_object_get(card->detail, "hints");
    char text[TEXT_BYTES], share[DIGITS_BYTES];
    if (json_array_size(list) == 0)
        return;
    put_head(card, "May also want");
    json_array_foreach (list, i, hint) {
        snprintf(text, sizeof text, "%s: in %lld of %lld orders with %s (%s), %.1f times as often as by chance",
                 product(hint, "name", "sku"), (long long)verb_number(hint, "together"),
                 (long long)verb_number(hint, "withBaskets"), product(hint, "withName", "withSku"),
                 digits_share(verb_number(hint, "confidencePpm"), share), (double)verb_number(hint, "liftPpm") / PPM);
        fputs("  ", stdout);
        screen_wrap(stdout, &card->figures.screen, text, 4, 2);
    }
}

static void put_profit(const struct card *card)
{
    const json_t *months = json_object_get(card->detail, "months"), *curve = json_object_get(card->detail, "curve");
    size_t count = json_array_size(months);
    char text[TEXT_BYTES], money[FIGURES_BYTES], fits[SCREEN_TEXT_BYTES];
    if (count == 0)
        return;
    put_head(card, "Profit by month");
    for (size_t i = count > MONTHS_SHOWN ? count - MONTHS_SHOWN : 0; i < count; i++) {
        const json_t *month = json_array_get(months, i);
        printf("  %s %s\n", verb_text(month, "month"),
               screen_fit(figures_money(verb_text(month, "profit"), money), 24, true, fits));
    }
    if (verb_text(curve, "kind")[0] == '\0')
        return;
    snprintf(text, sizeof text, "%s through %lld months: %s in the next 12; indicative, nothing is decided by it",
             verb_text(curve, "kind"), (long long)verb_number(curve, "months"),
             figures_money(verb_text(curve, "next12Months"), money));
    put_line(card, "curve", text);
}

static const char *behind(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : text;
}

static void put_reminders(const struct card *card, const json_t *answer)
{
    size_t i;
    const json_t *status, *list = json_object_get(answer, "reminders");
    char due[FIGURES_BYTES];
    if (json_array_size(list) == 0)
        return;
    put_head(card, "Reminders");
    json_array_foreach (list, i, status) {
        const json_t *inner = json_object_get(status, "reminder"), *reminder = inner != NULL ? inner : status;
        printf("  %-16s %-22s %-10s %s\n", figures_minute(&card->figures, verb_text(reminder, "due"), due),
               behind(verb_text(reminder, "kind"), "REMINDER_KIND_"),
               behind(verb_text(status, "state"), "REMINDER_STATE_"), verb_text(reminder, "reminderId"));
    }
}

static void print_card(const struct card *card, const json_t *reminders)
{
    char fits[SCREEN_TEXT_BYTES], text[SCREEN_TEXT_BYTES];
    snprintf(text, sizeof text, "%.200s  %.300s", verb_text(card->card, "customerId"), verb_text(card->card, "name"));
    int columns = screen_columns(text), width = card->figures.screen.width;
    printf("%s%s%s\n", screen_colour(&card->figures.screen, "bold"),
           screen_fit(text, columns < width ? columns : width, false, fits), screen_colour(&card->figures.screen, ""));
    put_worth(card);
    put_orders(card);
    put_attention(card);
    put_dimensions(card);
    put_policy(card);
    put_hints(card);
    put_profit(card);
    put_reminders(card, reminders);
}

// Reminders lie with the process that plans for the rep, so all are asked. NULL when one of them cannot be reached.
static json_t *ask_reminders(struct verb_call *call, const char *target)
{
    json_t *answers[LANES_MAX] = {NULL};
    unsigned count = 0;
    if (verb_ask_all(call, "scheduler", target, answers, &count) != VERB_DONE || count == 0)
        return NULL;
    for (unsigned i = 1; i < count; i++) {
        json_t *list = json_object_get(answers[0], "reminders"), *more = json_object_get(answers[i], "reminders");
        if (list == NULL && more != NULL)
            json_object_set(answers[0], "reminders", more);
        else if (more != NULL)
            json_array_extend(list, more);
        json_decref(answers[i]);
    }
    return answers[0];
}

int verb_customer(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES], reminders[VERB_TARGET_BYTES] = "GET /v1/reminders";
    verb_write_target(target, "GET /v1/customers/", call->arguments[0], "");
    json_t *answer = NULL, *open = NULL;
    int code = verb_ask_customer(call, "scoring", call->arguments[0], target, &answer);
    if (code != VERB_DONE)
        return code;
    verb_add_parameter(reminders, "customer", call->arguments[0]);
    open = ask_reminders(call, reminders);
    if (call->json) {
        json_t *both = json_pack("{s:O}", "customer", answer);
        if (open != NULL)
            json_object_update(both, open);
        verb_print_json(both);
        json_decref(both);
    } else {
        struct card card = {.card = answer, .detail = json_object_get(answer, "detail")};
        figures_open(call->settings.time_zone, &card.figures);
        print_card(&card, open);
        figures_close(&card.figures);
    }
    json_decref(answer);
    json_decref(open);
    return VERB_DONE;
}
