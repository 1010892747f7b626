#include "services/scoring/query.h"

#include "services/scoring/answer.h"

#include <string.h>

// What a list is to hold, and what it holds so far.
struct listing {
    struct scoring *scoring;
    enum ledger_class abc;       // LEDGER_UNKNOWN: any
    enum ledger_class announced; // the same
    bool overdue, dropped;       // only these
    uint64_t skip;
    size_t limit;
    uint32_t *slots;
    size_t count;
    bool more;
};

// A whole number without sign; false for anything else and beyond `most`.
static bool parse_number(const char *text, uint32_t most, uint32_t *ret_number)
{
    uint64_t number = 0;
    if (text[0] == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        number = number * 10 + (uint64_t)(*text - '0');
        if (number > most)
            return false;
    }
    *ret_number = (uint32_t)number;
    return true;
}

static bool parse_class(const char *text, enum ledger_class *ret_class)
{
    if (strlen(text) != 1 || text[0] < 'A' || text[0] > 'C')
        return false;
    *ret_class = (enum ledger_class)(LEDGER_A + (text[0] - 'A'));
    return true;
}

static bool parse_flag(const char *text, bool *ret_flag)
{
    *ret_flag = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
    return *ret_flag || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
}

// Adds the customer when it is wanted; false when the list is full.
static bool consider(void *context, uint32_t slot, int64_t value)
{
    struct listing *list = context;
    const struct ledger *ledger = list->scoring->ledger;
    (void)value;
    struct ledger_verdict now = ledger_verdict(ledger, slot);
    if ((list->abc != LEDGER_UNKNOWN && ledger_class(ledger, slot) != list->abc) ||
        (list->announced != LEDGER_UNKNOWN && ledger_customer(ledger, slot)->announced.abc != list->announced) ||
        (list->overdue && !now.overdue) || (list->dropped && !now.dropped))
        return true;
    if (list->skip > 0) {
        list->skip--;
        return true;
    }
    list->more = list->count == list->limit;
    if (!list->more)
        list->slots[list->count++] = slot;
    return !list->more;
}

static bool consider_id(void *context, uint32_t slot)
{
    return consider(context, slot, 0);
}

// Those that a rank does not hold come last, in the order in which they became known.
static void list_by_rank(struct listing *list, struct rank *rank)
{
    rank_descend(rank, consider, list);
    int64_t value;
    for (uint32_t slot = 0; slot < ledger_count(list->scoring->ledger) && !list->more; slot++)
        if (!rank_value(rank, slot, &value) && !consider(list, slot, 0))
            return;
}

static bool parse_listing(struct listing *list, const struct request *request, const char **ret_field,
                          const char **ret_reason)
{
    const char *abc = request->param(request, "abc"), *announced = request->param(request, "announced");
    const char *overdue = request->param(request, "overdue"), *dropped = request->param(request, "dropped");
    const char *limit = request->param(request, "limit"), *offset = request->param(request, "offset");
    uint32_t number = QUERY_LIMIT;
    *ret_reason = "must be A, B or C";
    *ret_field = "abc";
    if (abc != NULL && !parse_class(abc, &list->abc))
        return false;
    *ret_field = "announced";
    if (announced != NULL && !parse_class(announced, &list->announced))
        return false;
    *ret_reason = "must be 1 or 0";
    *ret_field = "overdue";
    if (overdue != NULL && !parse_flag(overdue, &list->overdue))
        return false;
    *ret_field = "dropped";
    if (dropped != NULL && !parse_flag(dropped, &list->dropped))
        return false;
    *ret_reason = "must be a number from 1 to 1000";
    *ret_field = "limit";
    if (limit != NULL && (!parse_number(limit, QUERY_LIMIT_MAX, &number) || number == 0))
        return false;
    list->limit = number;
    number = 0;
    *ret_reason = "must be a number";
    *ret_field = "offset";
    if (offset != NULL && !parse_number(offset, UINT32_MAX - QUERY_LIMIT_MAX, &number))
        return false;
    list->skip = number;
    return true;
}

static void list_customers(struct scoring *scoring, struct turn *turn, const struct request *request,
                           struct reply *ret_reply)
{
    struct listing list = {.scoring = scoring};
    const char *field, *reason, *sort = request->param(request, "sort");
    if (!parse_listing(&list, request, &field, &reason)) {
        reply_error(turn, 400, field, reason, ret_reply);
        return;
    }
    uint64_t offset = list.skip;
    list.slots = arena_take(turn->arena, list.limit * sizeof *list.slots);
    if (sort == NULL || strcmp(sort, "net") == 0) {
        list_by_rank(&list, ledger_by_net(scoring->ledger));
    } else if (strcmp(sort, "last") == 0) {
        list_by_rank(&list, ledger_by_last(scoring->ledger));
    } else if (strcmp(sort, "id") == 0) {
        archive_walk_ids(turn->tx, consider_id, &list);
    } else {
        reply_error(turn, 400, "sort", "must be net, last or id", ret_reply);
        return;
    }
    answer_customers(scoring, turn, list.slots, list.count, list.more ? (uint32_t)(offset + list.count) : 0, ret_reply);
}

static bool find_customer(const struct scoring *scoring, const char *id, size_t length, uint32_t *ret_slot)
{
    uint8_t key[LEDGER_KEY_BYTES];
    hash_table_key(id, length, key);
    return ledger_find(scoring->ledger, key, ret_slot);
}

// "ID" or "ID/why"; an id may hold a slash, so it is looked for whole first.
static void show_customer(struct scoring *scoring, struct turn *turn, const struct request *request, const char *rest,
                          struct reply *ret_reply)
{
    static const char why[] = "/why";
    size_t length = strlen(rest), tail = sizeof why - 1;
    uint32_t slot;
    if (find_customer(scoring, rest, length, &slot)) {
        answer_customer(scoring, turn, slot, ret_reply);
        return;
    }
    if (length > tail && strcmp(rest + length - tail, why) == 0 && find_customer(scoring, rest, length - tail, &slot)) {
        const char *name = request->param(request, "dimension");
        enum ledger_dimension dimension = LEDGER_ABC;
        if (name != NULL && !reason_dimension_of(name, &dimension))
            reply_error(turn, 400, "dimension", "must be value.abc, risk.overdue or risk.drop", ret_reply);
        else
            answer_why(scoring, turn, slot, dimension, ret_reply);
        return;
    }
    reply_error(turn, 404, "customer_id", "no order of such a customer is known", ret_reply);
}

void query_answer(struct scoring *scoring, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    static const char customers[] = "/v1/customers", summary[] = "/v1/summary";
    const size_t prefix = sizeof customers - 1;
    if (strcmp(request->path, customers) == 0)
        list_customers(scoring, turn, request, ret_reply);
    else if (strncmp(request->path, customers, prefix) == 0 && request->path[prefix] == '/')
        show_customer(scoring, turn, request, request->path + prefix + 1, ret_reply);
    else if (strcmp(request->path, summary) == 0)
        answer_summary(scoring, turn, ret_reply);
    else
        reply_error(turn, 404, "path", "there is /v1/customers, /v1/customers/ID, /v1/customers/ID/why and /v1/summary",
                    ret_reply);
}
