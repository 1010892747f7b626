// The verbs that look at customers: `customers`, `customer`, `why`.
#include "common/must.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 };

// "ABC_CLASS_A" -> "A".
static const char *short_name(const char *name)
{
    const char *last = strrchr(name, '_');
    return last != NULL ? last + 1 : name;
}

static void print_share(int64_t ppm, char *text, size_t bytes)
{
    snprintf(text, bytes, "%lld.%lld %%", (long long)(ppm / 10000), (long long)(ppm / 1000 % 10));
}

static void print_card_line(const json_t *card)
{
    const json_t *rfm = json_object_get(card, "rfm");
    char share[24], last[11];
    print_share(verb_number(card, "sharePpm"), share, sizeof share);
    snprintf(last, sizeof last, "%.10s", verb_text(card, "lastOrder"));
    const char *abc = short_name(verb_text(card, "abc"));
    const char *colour = strcmp(abc, "A") == 0 ? verb_colour("\033[1;32m") : "";
    bool dropped = json_is_true(json_object_get(card, "dropped")),
         overdue = json_is_true(json_object_get(card, "overdue"));
    printf("%-16s %s%-3s%s %20s %8s  %lld%lld%lld  %5lld  %-10s %6.1f  %s\n", verb_text(card, "customerId"), colour,
           abc, colour[0] != '\0' ? verb_colour("\033[0m") : "", verb_text(card, "net"), share,
           (long long)verb_number(rfm, "r"), (long long)verb_number(rfm, "f"), (long long)verb_number(rfm, "m"),
           (long long)verb_number(card, "orders"), last, (double)verb_number(card, "meanGapMilli") / 1000.0,
           dropped   ? "dropped"
           : overdue ? "overdue"
                     : "");
}

static void print_csv(const json_t *cards)
{
    size_t i;
    const json_t *card;
    json_array_foreach (cards, i, card) {
        const json_t *rfm = json_object_get(card, "rfm");
        printf("%s,%s,%s,%lld,%lld,%lld,%lld,%lld,%s,%s,%s\n", verb_text(card, "customerId"),
               short_name(verb_text(card, "abc")), verb_text(card, "net"), (long long)verb_number(card, "sharePpm"),
               (long long)verb_number(rfm, "r"), (long long)verb_number(rfm, "f"), (long long)verb_number(rfm, "m"),
               (long long)verb_number(card, "orders"), verb_text(card, "lastOrder"),
               json_is_true(json_object_get(card, "overdue")) ? "overdue" : "",
               json_is_true(json_object_get(card, "dropped")) ? "dropped" : "");
    }
}

// Asks page by page until `limit` customers are together.
static int fetch_customers(struct verb_call *call, const char *filters, long limit, json_t *ret_cards)
{
    long offset = 0;
    for (int pages = 0; pages < 10000; pages++) {
        char target[VERB_TARGET_BYTES + 80];
        long want = limit - (long)json_array_size(ret_cards);
        snprintf(target, sizeof target, "%s%climit=%ld&offset=%ld", filters, strchr(filters, '?') != NULL ? '&' : '?',
                 want < PAGE ? want : PAGE, offset);
        json_t *answer = NULL;
        int code = verb_ask(call, "scoring", target, &answer);
        if (code != VERB_DONE)
            return code;
        json_array_extend(ret_cards, json_object_get(answer, "customers"));
        offset = (long)verb_number(answer, "nextOffset");
        json_decref(answer);
        if (offset == 0 || (long)json_array_size(ret_cards) >= limit)
            break;
    }
    return VERB_DONE;
}

int verb_customers(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES] = "GET /v1/customers";
    static const char *const filters[] = {"abc", "sort"};
    verb_add_options(call, filters, sizeof filters / sizeof *filters, target);
    verb_add_parameter(target, "overdue", verb_value(call, "overdue") != NULL ? "1" : NULL);
    verb_add_parameter(target, "dropped", verb_value(call, "dropped") != NULL ? "1" : NULL);
    const char *limit = verb_value(call, "limit");
    long most = limit != NULL ? strtol(limit, NULL, 10) : call->json || verb_value(call, "csv") != NULL ? 1000000 : 30;
    if (most < 1) {
        fprintf(stderr, "tend customers: --limit must be a number from 1\n");
        return VERB_USAGE;
    }
    json_t *cards = json_array();
    int code = fetch_customers(call, target, most, cards);
    size_t i;
    const json_t *card;
    if (code == VERB_DONE && call->json) {
        verb_print_json(cards);
    } else if (code == VERB_DONE && verb_value(call, "csv") != NULL) {
        printf("customer,abc,net,share_ppm,r,f,m,orders,last_order,overdue,dropped\n");
        print_csv(cards);
    } else if (code == VERB_DONE) {
        printf("%-16s %-3s %20s %8s  %s  %5s  %-10s %6s\n", "customer", "abc", "net", "share", "RFM", "orders", "last",
               "gap d");
        json_array_foreach (cards, i, card)
            print_card_line(card);
        printf("%zu customers\n", json_array_size(cards));
    }
    json_decref(cards);
    return code;
}

static void print_figure(const json_t *figure)
{
    const char *unit = verb_text(figure, "unit");
    double value = (double)verb_number(figure, "value");
    printf("    %-22s ", verb_text(figure, "name"));
    if (strcmp(unit, "FIGURE_UNIT_MONEY") == 0)
        printf("%.2f %s\n", value / 1e6, verb_text(figure, "currency"));
    else if (strcmp(unit, "FIGURE_UNIT_DAYS") == 0)
        printf("%.1f days\n", value / 1000);
    else if (strcmp(unit, "FIGURE_UNIT_PPM") == 0)
        printf("%.2f %%\n", value / 10000);
    else if (strcmp(unit, "FIGURE_UNIT_TIME") == 0 || strcmp(unit, "FIGURE_UNIT_DATE") == 0)
        printf("%.0f\n", value);
    else
        printf("%.0f\n", value);
}

static void print_change(const json_t *change, const char *head)
{
    size_t i;
    const json_t *figure, *id;
    const char *before = verb_text(change, "before");
    printf("%s%s: %s%s%s  %s\n  rule: %s\n", head, verb_text(change, "dimension"), before,
           before[0] != '\0' ? " -> " : "", verb_text(change, "after"), verb_text(change, "time"),
           verb_text(change, "rule"));
    json_array_foreach (json_object_get(change, "figures"), i, figure)
        print_figure(figure);
    if (json_array_size(json_object_get(change, "eventIds")) > 0) {
        printf("  events:");
        json_array_foreach (json_object_get(change, "eventIds"), i, id)
            printf(" %s", json_string_value(id));
        printf("\n");
    }
}

static int show_why(struct verb_call *call, const char *id, const char *dimension)
{
    char target[VERB_TARGET_BYTES];
    verb_write_target(target, "GET /v1/customers/", id, "/why");
    verb_add_parameter(target, "dimension", dimension);
    json_t *answer = NULL;
    int code = verb_ask(call, "scoring", target, &answer);
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        size_t i;
        const json_t *change;
        print_change(json_object_get(answer, "now"), "now  ");
        json_array_foreach (json_object_get(answer, "changes"), i, change)
            print_change(change, "then ");
    }
    json_decref(answer);
    return code;
}

int verb_why(struct verb_call *call)
{
    static const char *const all[] = {"value.abc", "risk.overdue", "risk.drop"};
    if (call->argument_count == 2)
        return show_why(call, call->arguments[0], call->arguments[1]);
    int code = VERB_DONE;
    for (size_t i = 0; code == VERB_DONE && i < sizeof all / sizeof *all; i++)
        code = show_why(call, call->arguments[0], all[i]);
    return code;
}

static void print_card(const json_t *card)
{
    const json_t *rfm = json_object_get(card, "rfm"), *detail = json_object_get(card, "detail");
    char share[24], above[24];
    print_share(verb_number(card, "sharePpm"), share, sizeof share);
    print_share(verb_number(detail, "abovePpm"), above, sizeof above);
    printf("%s\n", verb_text(card, "customerId"));
    printf("  class        %s, as announced %s%s%s\n", short_name(verb_text(card, "abc")),
           short_name(verb_text(card, "announced")), verb_text(card, "announcedSince")[0] != '\0' ? " since " : "",
           verb_text(card, "announcedSince"));
    printf("  net sales    %s, %s of all; %s lies with customers above; number %lld\n", verb_text(card, "net"), share,
           above, (long long)verb_number(detail, "position"));
    printf("  RFM          %lld %lld %lld\n", (long long)verb_number(rfm, "r"), (long long)verb_number(rfm, "f"),
           (long long)verb_number(rfm, "m"));
    printf("  orders       %lld in the window, %lld ever, %lld cancelled; first %s, last %s over %s\n",
           (long long)verb_number(card, "orders"), (long long)verb_number(detail, "ordersKnown"),
           (long long)verb_number(detail, "ordersCancelled"), verb_text(card, "firstOrderDay"),
           verb_text(card, "lastOrderDay"), verb_text(card, "lastOrderAmount"));
    printf("  rhythm       every %.1f days over %lld purchase days%s%s\n",
           (double)verb_number(card, "meanGapMilli") / 1000, (long long)verb_number(card, "purchaseDays"),
           json_is_true(json_object_get(card, "overdue")) ? "; overdue" : "",
           json_is_true(json_object_get(card, "dropped")) ? "; dropped" : "");
    if (verb_number(detail, "ordersWithoutRate") > 0)
        printf("  attention    %lld orders have no exchange rate for their day and count as 0\n",
               (long long)verb_number(detail, "ordersWithoutRate"));
    if (verb_number(detail, "ordersRefundedBeyond") > 0)
        printf("  attention    %lld orders were refunded beyond their amount; the rest is not subtracted\n",
               (long long)verb_number(detail, "ordersRefundedBeyond"));
}

int verb_customer(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES], reminders[VERB_TARGET_BYTES] = "GET /v1/reminders";
    verb_write_target(target, "GET /v1/customers/", call->arguments[0], "");
    json_t *card = NULL, *open = NULL;
    int code = verb_ask(call, "scoring", target, &card);
    if (code != VERB_DONE)
        return code;
    verb_add_parameter(reminders, "customer", call->arguments[0]);
    verb_ask(call, "scheduler", reminders, &open);
    if (call->json) {
        json_t *both = json_pack("{s:O}", "customer", card);
        if (open != NULL)
            json_object_update(both, open);
        verb_print_json(both);
        json_decref(both);
    } else {
        size_t i;
        const json_t *reminder;
        print_card(card);
        json_array_foreach (json_object_get(open, "reminders"), i, reminder)
            printf("  reminder     %s %s %s %s\n", verb_text(reminder, "reminderId"),
                   short_name(verb_text(reminder, "kind")), short_name(verb_text(reminder, "state")),
                   verb_text(reminder, "due"));
    }
    json_decref(card);
    json_decref(open);
    return VERB_DONE;
}
