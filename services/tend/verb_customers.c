// `tend customers`: the list, filtered by any dimension, on the terminal or for other programs.
#include "services/tend/cards.h"
#include "services/tend/digits.h"
#include "services/tend/glossary.h"
#include "services/tend/screen.h"
#include "services/tend/verb.h"
#include "services/tend/workbook.h"

#include "common/money.h"
#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAGE = 200,
    PAGES_MAX = 10000,
    USUAL_LIMIT = 30,
    WHERES_MAX = 32,
    FILTERS_MAX = WHERES_MAX + 16, // and the options that stand for a dimension
    NAME_LEAST = 14,
    NAME_MOST = 40,
    ALL = 1000000
};

// Asks one process page by page until `limit` customers are together.
static int fetch_from(struct verb_call *call, unsigned which, const char *filters, size_t limit, struct cardlist *cards,
                      bool *ret_more)
{
    long offset = 0;
    size_t have = 0;
    for (int pages = 0; pages < PAGES_MAX; pages++) {
        char target[VERB_TARGET_BYTES + 80];
        snprintf(target, sizeof target, "%s%climit=%zu&offset=%ld", filters, strchr(filters, '?') != NULL ? '&' : '?',
                 limit - have < PAGE ? limit - have : PAGE, offset);
        json_t *answer = NULL;
        int code = verb_ask_process(call, "scoring", which, target, &answer);
        if (code != VERB_DONE)
            return code;
        have += json_array_size(json_object_get(answer, "customers"));
        bool kept = cardlist_add(cards, which, json_object_get(answer, "customers"));
        offset = (long)verb_number(answer, "nextOffset");
        json_decref(answer);
        if (!kept) {
            fprintf(stderr, "tend customers: /tmp has no room for so many customers\n");
            return VERB_PROBLEM;
        }
        if (offset == 0 || have >= limit)
            break;
    }
    *ret_more = *ret_more || offset != 0;
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

static int by_net(const json_t *one, const json_t *other)
{
    return compare_amounts(one, other, "net");
}

static int by_clv(const json_t *one, const json_t *other)
{
    return compare_amounts(one, other, "clv");
}

static int by_last(const json_t *one, const json_t *other)
{
    return strcmp(verb_text(other, "lastOrderDay"), verb_text(one, "lastOrderDay"));
}

static int by_id(const json_t *one, const json_t *other)
{
    return strcmp(verb_text(one, "customerId"), verb_text(other, "customerId"));
}

// How the processes answer, each by itself.
static cardlist_order *order_of(const char *sort)
{
    static const struct {
        const char *name;
        cardlist_order *compare;
    } orders[] = {{"net", by_net}, {"clv", by_clv}, {"last", by_last}, {"id", by_id}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (sort != NULL && strcmp(orders[i].name, sort) == 0)
            return orders[i].compare;
    return by_net;
}

// Up to `limit` customers from all processes, in order; whether there are more, and whether anybody was reached: with
// VERB_UNREACHABLE the cards are those of the others.
static int fetch_customers(struct verb_call *call, const char *filters, size_t limit, struct cardlist *cards,
                           bool *ret_more, bool *ret_reached)
{
    unsigned count = settings_processes(&call->settings, "scoring");
    int code = VERB_DONE;
    unsigned away = 0;
    for (unsigned which = 0; which < count; which++) {
        int one = fetch_from(call, which, filters, limit, cards, ret_more);
        if (one != VERB_DONE && one != VERB_UNREACHABLE)
            return one;
        away += one == VERB_UNREACHABLE;
        code = one != VERB_DONE ? one : code;
    }
    *ret_reached = away < count;
    *ret_more = *ret_more || cardlist_count(cards) > limit;
    cardlist_rewind(cards, order_of(verb_value(call, "sort")), limit);
    return code;
}

// Options that stand for a dimension, and the value that a flag asks for.
static const struct {
    const char *option, *parameter, *value;
} filters[] = {
    {"abc", "value.abc", NULL},
    {"tier", "value.tier", NULL},
    {"quadrant", "value.clv", NULL},
    {"kind", "value.kind", NULL},
    {"face", "value.face", NULL},
    {"demand", "demand.state", NULL},
    {"status", "care.status", NULL},
    {"horizon", "lead.horizon", NULL},
    {"stage", "lead.stage", NULL},
    {"satisfaction", "care.satisfaction", NULL},
    {"overdue", "risk.overdue", "yes"},
    {"declining", "risk.declining", "yes"},
    {"dropped", "risk.drop", "yes"},
    {"at-risk", "at_risk", "1"},
    {"owner", "owner", NULL},
    {"unowned", "owner", ""},
    {"sort", "sort", NULL},
};

// The funnel's stages by their numbers.
static const char *const stages[] = {"not_reached", "added",         "key_person",  "plans",
                                     "intends",     "contract_sent", "in_contract", "expired"};

static const char *stage_name(const char *value)
{
    bool number = value[0] >= '0' && value[0] < '0' + (int)(sizeof stages / sizeof *stages) && value[1] == '\0';
    return number ? stages[value[0] - '0'] : value;
}

// What is being asked, and the words for it, once they are needed.
struct question {
    struct verb_call *call;
    char *target;
    json_t *glossary;
    const char *asked[FILTERS_MAX]; // dimensions, in the glossary
    size_t asked_count;
};

// A customer has one value of a dimension, so two filters by the same one are a slip.
static bool ask_once(struct question *question, const char *dimension)
{
    for (size_t i = 0; i < question->asked_count; i++)
        if (strcmp(question->asked[i], dimension) == 0) {
            fprintf(stderr, "tend customers: %s is asked for twice; a customer has one value of it\n", dimension);
            return false;
        }
    must(question->asked_count < FILTERS_MAX);
    question->asked[question->asked_count++] = dimension;
    return true;
}

// A filter by a dimension, after scoring's own words. False, having printed why, when there is no such thing.
static int add_filter(struct question *question, const char *dimension, const char *word)
{
    int code = glossary_ask(question->call, &question->glossary);
    if (code != VERB_DONE)
        return code;
    dimension = glossary_name(question->call, question->glossary, dimension);
    if (dimension != NULL)
        word = glossary_word(question->call, question->glossary, dimension, word);
    if (dimension == NULL || word == NULL || !ask_once(question, dimension))
        return VERB_USAGE;
    verb_add_parameter(question->target, dimension, word);
    return VERB_DONE;
}

static int add_wheres(struct question *question)
{
    const char *wheres[WHERES_MAX];
    size_t count = verb_values(question->call, "where", wheres, WHERES_MAX);
    int code = VERB_DONE;
    for (size_t i = 0; code == VERB_DONE && i < count; i++) {
        char dimension[CARDS_NAME_BYTES];
        const char *equals = strchr(wheres[i], '=');
        if (equals == NULL || equals == wheres[i] || equals[1] == '\0' ||
            (size_t)(equals - wheres[i]) >= sizeof dimension) {
            fprintf(stderr, "tend customers: --where is DIMENSION=VALUE such as value.clv=vip, not \"%s\"\n",
                    wheres[i]);
            return VERB_USAGE;
        }
        snprintf(dimension, sizeof dimension, "%.*s", (int)(equals - wheres[i]), wheres[i]);
        code = add_filter(question, dimension, equals + 1);
    }
    return code;
}

static int write_target(struct verb_call *call, char *target)
{
    struct question question = {.call = call, .target = target};
    int code = VERB_DONE;
    for (size_t i = 0; code == VERB_DONE && i < sizeof filters / sizeof *filters; i++) {
        const char *value = verb_value(call, filters[i].option);
        if (value == NULL)
            continue;
        bool dimension = strchr(filters[i].parameter, '.') != NULL;
        if (dimension && filters[i].value != NULL && !ask_once(&question, filters[i].parameter))
            code = VERB_USAGE;
        else if (filters[i].value != NULL || !dimension)
            verb_add_parameter(target, filters[i].parameter, filters[i].value != NULL ? filters[i].value : value);
        else
            code = add_filter(&question, filters[i].parameter,
                              strcmp(filters[i].option, "stage") == 0 ? stage_name(value) : value);
    }
    if (code == VERB_DONE)
        code = add_wheres(&question);
    json_decref(question.glossary);
    if (code == VERB_DONE && !verb_target_whole(target)) {
        fprintf(stderr, "tend customers: these are too many filters for one question\n");
        code = VERB_USAGE;
    }
    return code;
}

// What the terminal shows, from left to right. A column is as wide as what stands in it, up to `most`; those of a low
// rank are shown where there is room for them beside the name, which takes what is left.
struct shown {
    const char *head;
    int most;
    int rank; // 1: always; the highest goes first
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
    SHOWN_CLV,
    SHOWN_SHARE,
    SHOWN_RFM,
    SHOWN_ORDERS,
    SHOWN_LAST,
    SHOWN_GAP,
    SHOWN_STATE,
    SHOWN
};

enum { RANK_SORTED = 0, RANK_ALWAYS = 1, RANK_OFTEN = 2, RANK_LAST = 8 };

static const struct shown shown[SHOWN] = {
    [SHOWN_ID] = {"customer", 16, RANK_ALWAYS, false},
    [SHOWN_NAME] = {"name", NAME_MOST, RANK_ALWAYS, false},
    [SHOWN_OWNER] = {"owner", 12, 2, false},
    [SHOWN_CLASS] = {"abc", 3, RANK_ALWAYS, false},
    [SHOWN_TIER] = {"tier", 10, RANK_LAST, false},
    [SHOWN_QUADRANT] = {"quadrant", 9, 4, false},
    [SHOWN_NET] = {"net", 16, RANK_ALWAYS, true},
    [SHOWN_CLV] = {"worth", 16, RANK_SORTED, true}, // only where it is what the list is sorted by
    [SHOWN_SHARE] = {"share", 7, 5, true},
    [SHOWN_RFM] = {"RFM", 3, 3, false},
    [SHOWN_ORDERS] = {"orders", 6, 6, true},
    [SHOWN_LAST] = {"last", 10, RANK_ALWAYS, false},
    [SHOWN_GAP] = {"gap d", 6, 7, true},
    [SHOWN_STATE] = {"state", 11, RANK_ALWAYS, false},
};

// What threatens most; whom --at-risk lists has one.
static const char *state_of(const json_t *card)
{
    static const struct {
        const char *dimension, *value, *state;
    } states[] = {{"care.status", "lost", "lost"},
                  {"risk.drop", "yes", "dropped"},
                  {"care.status", "complaining", "complaining"},
                  {"risk.overdue", "yes", "overdue"},
                  {"risk.declining", "yes", "declining"},
                  {"risk.rival", "yes", "rival"},
                  {"care.satisfaction", "alarm", "alarm"}};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(card_value(card, states[i].dimension), states[i].value) == 0)
            return states[i].state;
    return "";
}

// Whether a person decided the value.
static bool is_decided(const json_t *card, const char *dimension)
{
    size_t i;
    const json_t *at;
    json_array_foreach (json_object_get(card, "dimensions"), i, at)
        if (strcmp(verb_text(at, "name"), dimension) == 0)
            return json_object_get(at, "overridden") != NULL;
    return false;
}

// A value, with a star when a person decided it.
static const char *starred(const json_t *card, const char *dimension, char *buffer)
{
    snprintf(buffer, DIGITS_BYTES, "%.30s%s", card_value(card, dimension), is_decided(card, dimension) ? "*" : "");
    return buffer;
}

// Whole units of the currency, "" for no amount.
static const char *whole_amount(const json_t *card, const char *member, char *buffer)
{
    const char *amount = verb_text(card, member);
    int64_t micros = 0;
    if (!money_parse(amount, strcspn(amount, " "), &micros))
        return "";
    return digits_count((micros + (micros < 0 ? -MONEY_MICROS : MONEY_MICROS) / 2) / MONEY_MICROS, buffer);
}

static const char *shown_text(const json_t *card, int column, char *buffer)
{
    const json_t *rfm = json_object_get(card, "rfm");
    const char *abc = strrchr(verb_text(card, "abc"), '_');
    int64_t gap = verb_number(card, "meanGapMilli");
    switch (column) {
    case SHOWN_ID:
        return verb_text(card, "customerId");
    case SHOWN_NAME:
        return verb_text(card, "name");
    case SHOWN_OWNER:
        return verb_text(card, "ownerRepId");
    case SHOWN_CLASS:
        snprintf(buffer, DIGITS_BYTES, "%.8s%s", abc != NULL ? abc + 1 : "", is_decided(card, "value.abc") ? "*" : "");
        return buffer;
    case SHOWN_TIER:
        return starred(card, "value.tier", buffer);
    case SHOWN_QUADRANT:
        return starred(card, "value.clv", buffer);
    case SHOWN_NET:
        return whole_amount(card, "net", buffer);
    case SHOWN_CLV:
        return whole_amount(card, "clv", buffer);
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

// The columns that are shown, and their widths; 0: not shown.
struct layout {
    struct screen screen;
    int columns[SHOWN];
    const char *heads[SHOWN];
    char net[DIGITS_BYTES]; // "net CNY"
};

static int width_of(const struct layout *layout, const json_t *cards, int column)
{
    char buffer[DIGITS_BYTES];
    int width = screen_columns(layout->heads[column]);
    size_t i;
    const json_t *card;
    json_array_foreach (cards, i, card) {
        int columns = screen_columns(shown_text(card, column, buffer));
        width = columns > width ? columns : width;
    }
    return width < shown[column].most ? width : shown[column].most;
}

static void lay_out(const json_t *cards, bool by_worth, struct layout *ret_layout)
{
    const char *net = verb_text(json_array_get(cards, 0), "net"), *currency = strchr(net, ' ');
    screen_find(&ret_layout->screen);
    for (int i = 0; i < SHOWN; i++)
        ret_layout->heads[i] = shown[i].head;
    snprintf(ret_layout->net, sizeof ret_layout->net, "net%.8s", currency != NULL ? currency : "");
    ret_layout->heads[SHOWN_NET] = ret_layout->net;
    int name = width_of(ret_layout, cards, SHOWN_NAME), left = ret_layout->screen.width;
    for (int rank = RANK_ALWAYS; rank <= RANK_LAST; rank++) {
        for (int i = 0; i < SHOWN; i++) {
            int wanted = shown[i].rank == RANK_SORTED && by_worth ? RANK_ALWAYS : shown[i].rank;
            int width = i == SHOWN_NAME || wanted != rank ? 0 : width_of(ret_layout, cards, i);
            // A name may be cut, but not to make room for what matters less than it.
            int kept = rank <= RANK_OFTEN ? NAME_LEAST : name;
            if (width == 0 || (rank != RANK_ALWAYS && left - width - 1 < kept))
                continue;
            ret_layout->columns[i] = width;
            left -= width + 1;
        }
    }
    ret_layout->columns[SHOWN_NAME] = name < left ? name : left > NAME_LEAST ? left : NAME_LEAST;
}

// One line: the header when there is no card.
static void print_line(const struct layout *layout, const json_t *card)
{
    char number[DIGITS_BYTES], fits[SCREEN_TEXT_BYTES];
    const struct screen *screen = &layout->screen;
    bool best = card != NULL && shown_text(card, SHOWN_CLASS, number)[0] == 'A';
    for (int i = 0; i < SHOWN; i++) {
        if (layout->columns[i] == 0)
            continue;
        const char *text = card == NULL ? layout->heads[i] : shown_text(card, i, number);
        const char *colour = card == NULL               ? "bold"
                             : i == SHOWN_CLASS && best ? "green"
                             : i == SHOWN_STATE         ? "yellow"
                                                        : NULL;
        bool last = i == SHOWN_STATE;
        int columns = last && screen_columns(text) < layout->columns[i] ? screen_columns(text) : layout->columns[i];
        fputs(colour != NULL ? screen_colour(screen, colour) : "", stdout);
        fputs(screen_fit(text, columns, shown[i].right, fits), stdout);
        fputs(colour != NULL ? screen_colour(screen, "") : "", stdout);
        fputs(last ? "\n" : " ", stdout);
    }
}

static void print_table(const json_t *cards, bool more, bool by_worth)
{
    struct layout layout = {.columns = {0}};
    size_t i, count = json_array_size(cards);
    bool decided = false;
    const json_t *card;
    if (count == 0) {
        printf("no customers\n");
        return;
    }
    lay_out(cards, by_worth, &layout);
    print_line(&layout, NULL);
    json_array_foreach (cards, i, card) {
        print_line(&layout, card);
        decided = decided || is_decided(card, "value.abc") ||
                  (layout.columns[SHOWN_TIER] > 0 && is_decided(card, "value.tier")) ||
                  (layout.columns[SHOWN_QUADRANT] > 0 && is_decided(card, "value.clv"));
    }
    if (decided)
        printf("* decided by a person\n");
    if (more)
        printf("the first %zu; more with --limit N, all with --csv\n", count);
    else
        printf("%zu customer%s\n", count, count == 1 ? "" : "s");
}

// The cards as one array on one line.
static void print_json(struct cardlist *cards)
{
    const json_t *card;
    const char *before = "[";
    for (; (card = cardlist_next(cards)) != NULL; before = ",") {
        fputs(before, stdout);
        must(json_dumpf(card, stdout, JSON_COMPACT) == 0 || ferror(stdout));
    }
    puts(*before == '[' ? "[]" : "]");
}

// The table's widths follow from all of its cards, so a screen's are in memory.
static void print_screen(const struct verb_call *call, struct cardlist *cards, bool more)
{
    const char *sort = verb_value(call, "sort");
    const json_t *card;
    json_t *all = json_array();
    while ((card = cardlist_next(cards)) != NULL)
        json_array_append(all, (json_t *)(uintptr_t)card);
    print_table(all, more, sort != NULL && strcmp(sort, "clv") == 0);
    json_decref(all);
}

static int print_cards(const struct verb_call *call, struct cardlist *cards, bool more)
{
    const char *workbook = verb_value(call, "xlsx");
    char error[400];
    if (call->json) {
        print_json(cards);
    } else if (verb_value(call, "csv") != NULL) {
        cards_write_csv(stdout, cards);
    } else if (workbook == NULL) {
        print_screen(call, cards, more);
    } else if (cards_write_workbook(workbook, cards, error, sizeof error)) {
        printf("%s holds %zu customers\n", workbook, cardlist_count(cards));
    } else {
        fprintf(stderr, "tend customers: %s\n", error);
        return VERB_PROBLEM;
    }
    if (!cardlist_broken(cards))
        return VERB_DONE;
    fprintf(stderr, "tend customers: /tmp could not be read: this is not all\n");
    return VERB_PROBLEM;
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
    bool more = false, reached = false;
    struct cardlist *cards = cardlist_open();
    int code = write_target(call, target);
    if (code == VERB_DONE)
        code = fetch_customers(call, target, (size_t)most, cards, &more, &reached);
    if (reached) {
        int printed = print_cards(call, cards, more);
        code = printed != VERB_DONE ? printed : code;
    }
    cardlist_close(&cards);
    return code;
}
