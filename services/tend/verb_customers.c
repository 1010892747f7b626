// `tend customers`: the list, filtered by any dimension, on the terminal or for other programs.
#include "services/tend/cards.h"
#include "services/tend/digits.h"
#include "services/tend/screen.h"
#include "services/tend/verb.h"
#include "services/tend/workbook.h"

#include "common/money.h"
#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200, PAGES_MAX = 10000, USUAL_LIMIT = 30, WHERES_MAX = 32, NAME_LEAST = 14, ALL = 1000000 };

// Asks one process page by page until `limit` customers are together.
static int fetch_from(struct verb_call *call, unsigned which, const char *filters, long limit, json_t *ret_cards)
{
    long offset = 0, had = (long)json_array_size(ret_cards);
    for (int pages = 0; pages < PAGES_MAX; pages++) {
        char target[VERB_TARGET_BYTES + 80];
        long want = limit - ((long)json_array_size(ret_cards) - had);
        snprintf(target, sizeof target, "%s%climit=%ld&offset=%ld", filters, strchr(filters, '?') != NULL ? '&' : '?',
                 want < PAGE ? want : PAGE, offset);
        json_t *answer = NULL;
        int code = verb_ask_process(call, "scoring", which, target, &answer);
        if (code != VERB_DONE)
            return code;
        json_array_extend(ret_cards, json_object_get(answer, "customers"));
        offset = (long)verb_number(answer, "nextOffset");
        json_decref(answer);
        if (offset == 0 || (long)json_array_size(ret_cards) - had >= limit)
            break;
    }
    return VERB_DONE;
}

static int64_t amount_of(const json_t *card, const char *member)
{
    const char *text = verb_text(card, member);
    int64_t micros;
    return money_parse(text, strcspn(text, " "), &micros) ? micros : INT64_MIN;
}

static int compare_amounts(const json_t *one, const json_t *other, const char *member)
{
    int64_t a = amount_of(one, member), b = amount_of(other, member);
    return (a < b) - (a > b);
}

static int by_net(const void *a, const void *b)
{
    return compare_amounts(*(json_t *const *)a, *(json_t *const *)b, "net");
}

static int by_clv(const void *a, const void *b)
{
    return compare_amounts(*(json_t *const *)a, *(json_t *const *)b, "clv");
}

static int by_last(const void *a, const void *b)
{
    return strcmp(verb_text(*(json_t *const *)b, "lastOrderDay"), verb_text(*(json_t *const *)a, "lastOrderDay"));
}

static int by_id(const void *a, const void *b)
{
    return strcmp(verb_text(*(json_t *const *)a, "customerId"), verb_text(*(json_t *const *)b, "customerId"));
}

// Puts what several processes answered, each in order, into one order, and keeps the first `limit`.
static void merge(json_t *cards, const char *sort, long limit)
{
    static const struct {
        const char *name;
        int (*compare)(const void *, const void *);
    } orders[] = {{"net", by_net}, {"clv", by_clv}, {"last", by_last}, {"id", by_id}};
    size_t count = json_array_size(cards), order = 0;
    json_t **all = malloc((count + 1) * sizeof *all);
    must(all != NULL);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (sort != NULL && strcmp(orders[i].name, sort) == 0)
            order = i;
    for (size_t i = 0; i < count; i++)
        all[i] = json_incref(json_array_get(cards, i));
    json_array_clear(cards);
    qsort(all, count, sizeof *all, orders[order].compare);
    for (size_t i = 0; i < count; i++) {
        if (i < (size_t)limit)
            json_array_append(cards, all[i]);
        json_decref(all[i]);
    }
    free(all);
}

static int fetch_customers(struct verb_call *call, const char *filters, long limit, json_t *ret_cards)
{
    unsigned count = settings_processes(&call->settings, "scoring");
    int code = VERB_DONE;
    for (unsigned which = 0; code == VERB_DONE && which < count; which++)
        code = fetch_from(call, which, filters, limit, ret_cards);
    if (code == VERB_DONE && count > 1)
        merge(ret_cards, verb_value(call, "sort"), limit);
    return code;
}

// Options that stand for a dimension, and the value that a flag asks for.
static const struct {
    const char *option, *parameter, *value;
} filters[] = {
    {"abc", "value.abc", NULL},         {"tier", "value.tier", NULL},
    {"quadrant", "value.clv", NULL},    {"kind", "value.kind", NULL},
    {"face", "value.face", NULL},       {"demand", "demand.state", NULL},
    {"status", "care.status", NULL},    {"horizon", "lead.horizon", NULL},
    {"stage", "lead.stage", NULL},      {"satisfaction", "care.satisfaction", NULL},
    {"overdue", "risk.overdue", "yes"}, {"declining", "risk.declining", "yes"},
    {"dropped", "risk.drop", "yes"},    {"at-risk", "at_risk", "1"},
    {"owner", "owner", NULL},           {"sort", "sort", NULL},
};

// The funnel's stages by their numbers.
static const char *const stages[] = {"not_reached", "added",         "key_person",  "plans",
                                     "intends",     "contract_sent", "in_contract", "expired"};

static const char *stage_name(const char *value)
{
    bool number = value[0] >= '0' && value[0] < '0' + (int)(sizeof stages / sizeof *stages) && value[1] == '\0';
    return number ? stages[value[0] - '0'] : value;
}

static bool add_wheres(const struct verb_call *call, char *target)
{
    const char *wheres[WHERES_MAX];
    size_t count = verb_values(call, "where", wheres, WHERES_MAX);
    for (size_t i = 0; i < count; i++) {
        char dimension[CARDS_NAME_BYTES];
        const char *equals = strchr(wheres[i], '=');
        if (equals == NULL || equals == wheres[i] || equals[1] == '\0' ||
            (size_t)(equals - wheres[i]) >= sizeof dimension) {
            fprintf(stderr, "tend customers: --where is DIMENSION=VALUE such as value.clv=vip, not \"%s\"\n",
                    wheres[i]);
            return false;
        }
        snprintf(dimension, sizeof dimension, "%.*s", (int)(equals - wheres[i]), wheres[i]);
        verb_add_parameter(target, dimension, equals + 1);
    }
    return true;
}

static bool write_target(const struct verb_call *call, char *target)
{
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        const char *value = verb_value(call, filters[i].option);
        if (value != NULL && filters[i].value != NULL)
            value = filters[i].value;
        if (value != NULL && strcmp(filters[i].option, "stage") == 0)
            value = stage_name(value);
        verb_add_parameter(target, filters[i].parameter, value);
    }
    if (!add_wheres(call, target))
        return false;
    if (!verb_target_whole(target))
        fprintf(stderr, "tend customers: these are too many filters for one question\n");
    return verb_target_whole(target);
}

// What the terminal shows: wide ones only where there is room. The name takes what is left.
struct shown {
    const char *head;
    int columns;
    int from; // the width of the screen from which it is shown
    bool right;
};

enum {
    SHOWN_ID,
    SHOWN_NAME,
    SHOWN_OWNER,
    SHOWN_CLASS,
    SHOWN_TIER,
    SHOWN_QUADRANT,
    SHOWN_NET,
    SHOWN_SHARE,
    SHOWN_RFM,
    SHOWN_ORDERS,
    SHOWN_LAST,
    SHOWN_GAP,
    SHOWN_STATE,
    SHOWN
};

static const struct shown shown[SHOWN] = {
    [SHOWN_ID] = {"customer", 12, 0, false}, [SHOWN_NAME] = {"name", NAME_LEAST, 74, false},
    [SHOWN_OWNER] = {"owner", 8, 92, false}, [SHOWN_CLASS] = {"abc", 3, 0, false},
    [SHOWN_TIER] = {"tier", 10, 134, false}, [SHOWN_QUADRANT] = {"quadrant", 8, 103, false},
    [SHOWN_NET] = {"net", 14, 0, true},      [SHOWN_SHARE] = {"share", 7, 112, true},
    [SHOWN_RFM] = {"RFM", 3, 0, false},      [SHOWN_ORDERS] = {"orders", 6, 120, true},
    [SHOWN_LAST] = {"last", 10, 0, false},   [SHOWN_GAP] = {"gap d", 6, 128, true},
    [SHOWN_STATE] = {"state", 9, 0, false},
};

static const char *state_of(const json_t *card)
{
    if (json_is_true(json_object_get(card, "dropped")) || card_says(card, "risk.drop"))
        return "dropped";
    if (json_is_true(json_object_get(card, "overdue")) || card_says(card, "risk.overdue"))
        return "overdue";
    return card_says(card, "risk.declining") ? "declining" : "";
}

static const char *shown_text(const json_t *card, int column, char *buffer)
{
    const json_t *rfm = json_object_get(card, "rfm");
    const char *net = verb_text(card, "net"), *abc = strrchr(verb_text(card, "abc"), '_');
    int64_t micros = 0, gap = verb_number(card, "meanGapMilli");
    switch (column) {
    case SHOWN_ID:
        return verb_text(card, "customerId");
    case SHOWN_NAME:
        return verb_text(card, "name");
    case SHOWN_OWNER:
        return verb_text(card, "ownerRepId");
    case SHOWN_CLASS:
        return abc != NULL ? abc + 1 : "";
    case SHOWN_TIER:
        return card_value(card, "value.tier");
    case SHOWN_QUADRANT:
        return card_value(card, "value.clv");
    case SHOWN_NET:
        return money_parse(net, strcspn(net, " "), &micros) ? digits_money(micros, buffer) : "";
    case SHOWN_SHARE:
        return digits_share(verb_number(card, "sharePpm"), buffer);
    case SHOWN_RFM:
        snprintf(buffer, DIGITS_BYTES, "%u%u%u", (unsigned)verb_number(rfm, "r"), (unsigned)verb_number(rfm, "f"),
                 (unsigned)verb_number(rfm, "m"));
        return buffer;
    case SHOWN_ORDERS:
        return digits_count(verb_number(card, "orders"), buffer);
    case SHOWN_LAST:
        return verb_text(card, "lastOrderDay");
    case SHOWN_GAP:
        snprintf(buffer, DIGITS_BYTES, "%.1f", (double)gap / 1000);
        return gap > 0 ? buffer : "";
    default:
        return state_of(card);
    }
}

// One line: the header when there is no card.
static void print_line(const struct screen *screen, int name_columns, const json_t *card)
{
    char number[DIGITS_BYTES], fits[SCREEN_TEXT_BYTES];
    bool best = card != NULL && strcmp(shown_text(card, SHOWN_CLASS, number), "A") == 0;
    for (int i = 0; i < SHOWN; i++) {
        if (screen->width < shown[i].from)
            continue;
        const char *text = card == NULL ? shown[i].head : shown_text(card, i, number);
        int columns = i == SHOWN_NAME ? name_columns : shown[i].columns;
        const char *colour = i == SHOWN_CLASS && best ? "green" : i == SHOWN_STATE ? "yellow" : NULL;
        bool last = i == SHOWN_STATE;
        fputs(colour != NULL ? screen_colour(screen, colour) : "", stdout);
        fputs(screen_fit(text, last && screen_columns(text) < columns ? screen_columns(text) : columns, shown[i].right,
                         fits),
              stdout);
        fputs(colour != NULL ? screen_colour(screen, "") : "", stdout);
        fputs(last ? "\n" : " ", stdout);
    }
}

static void print_table(const json_t *cards)
{
    struct screen screen;
    size_t i;
    const json_t *card;
    screen_find(&screen);
    int left = screen.width;
    for (i = 0; i < SHOWN; i++)
        if (i != SHOWN_NAME && screen.width >= shown[i].from)
            left -= shown[i].columns + 1;
    int name_columns = left > NAME_LEAST ? left : NAME_LEAST;
    print_line(&screen, name_columns, NULL);
    json_array_foreach (cards, i, card)
        print_line(&screen, name_columns, card);
    printf("%zu customers\n", json_array_size(cards));
}

static int print_cards(const struct verb_call *call, const json_t *cards)
{
    const char *workbook = verb_value(call, "xlsx");
    char error[400];
    if (call->json) {
        verb_print_json(cards);
    } else if (verb_value(call, "csv") != NULL) {
        cards_write_csv(stdout, cards);
    } else if (workbook == NULL) {
        print_table(cards);
    } else if (cards_write_workbook(workbook, cards, error, sizeof error)) {
        printf("%s holds %zu customers\n", workbook, json_array_size(cards));
    } else {
        fprintf(stderr, "tend customers: %s\n", error);
        return VERB_PROBLEM;
    }
    return VERB_DONE;
}

int verb_customers(struct verb_call *call)
{
    char target[VERB_TARGET_BYTES] = "GET /v1/customers", *end = NULL;
    const char *limit = verb_value(call, "limit");
    bool screen = !call->json && verb_value(call, "csv") == NULL && verb_value(call, "xlsx") == NULL;
    long most = limit != NULL ? strtol(limit, &end, 10) : screen ? USUAL_LIMIT : ALL;
    if (most < 1 || (end != NULL && *end != '\0')) {
        fprintf(stderr, "tend customers: --limit must be a number from 1\n");
        return VERB_USAGE;
    }
    if (!write_target(call, target))
        return VERB_USAGE;
    json_t *cards = json_array();
    int code = fetch_customers(call, target, most, cards);
    if (code == VERB_DONE)
        code = print_cards(call, cards);
    json_decref(cards);
    return code;
}
