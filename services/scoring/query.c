#include "services/scoring/query.h"

#include "common/calendar.h"
#include "services/scoring/answer.h"
#include "services/scoring/judge.h"

#include <string.h>

// What a list is to hold, and what it holds so far.
struct listing {
    struct scoring *scoring;
    struct turn *turn;
    uint8_t wanted[DIMENSION_ROOM]; // 0: any
    bool filters;                   // some are wanted
    uint8_t announced;              // class as announced; 0: any
    bool at_risk;                   // only these
    const char *owner;              // NULL: any
    uint64_t owner_hash;            // profile_owner of it
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

static bool parse_flag(const char *text, bool *ret_flag)
{
    *ret_flag = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
    return *ret_flag || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
}

// Reads the file only of those whose owner may be the one.
static bool is_owned(const struct listing *list, uint32_t slot)
{
    if (core_story(list->scoring, slot)->profile.owner != list->owner_hash)
        return false;
    return strcmp(answer_owner(list->scoring, list->turn, slot), list->owner) == 0;
}

static bool is_wanted(const struct listing *list, uint32_t slot)
{
    uint8_t now[DIMENSION_ROOM];
    const struct standing *standing = column_get(&list->scoring->standings, slot);
    if (core_absent(list->scoring, slot))
        return false;
    if (list->announced != 0 && (standing == NULL || standing->said[DIMENSION_ABC] != list->announced))
        return false;
    if (list->filters || list->at_risk) {
        judge_known(list->scoring, slot, now);
        for (size_t i = 0; i < DIMENSIONS; i++)
            if (list->wanted[i] != 0 && list->wanted[i] != now[i])
                return false;
        if (list->at_risk && !judge_at_risk(now))
            return false;
    }
    return list->owner == NULL || is_owned(list, slot);
}

// Adds the customer when it is wanted; false when the list is full.
static bool consider(void *context, uint32_t slot, int64_t value)
{
    struct listing *list = context;
    (void)value;
    if (!is_wanted(list, slot))
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

// A filter by a dimension: its name as the parameter, its word as the value.
static bool parse_filter(struct listing *list, const struct request *request, enum dimension dimension,
                         const char **ret_field)
{
    char *name = arena_take(list->turn->arena, DIMENSION_NAME_BYTES);
    const char *word = request->param(request, dimension_name(&list->scoring->names, dimension, name));
    *ret_field = name;
    if (word == NULL)
        return true;
    list->filters = true;
    return dimension_value(&list->scoring->names, dimension, word, &list->wanted[dimension]);
}

// The short names that go on working.
static bool parse_shorts(struct listing *list, const struct request *request, const char **ret_field,
                         const char **ret_reason)
{
    static const struct {
        const char *name;
        enum dimension dimension;
    } flags[] = {{"overdue", DIMENSION_OVERDUE}, {"dropped", DIMENSION_DROP}, {"declining", DIMENSION_DECLINING}};
    const struct dimension_names *names = &list->scoring->names;
    const char *abc = request->param(request, "abc"), *announced = request->param(request, "announced");
    *ret_reason = "must be A, B or C";
    *ret_field = "abc";
    if (abc != NULL && !dimension_value(names, DIMENSION_ABC, abc, &list->wanted[DIMENSION_ABC]))
        return false;
    list->filters |= abc != NULL;
    *ret_field = "announced";
    if (announced != NULL && !dimension_value(names, DIMENSION_ABC, announced, &list->announced))
        return false;
    *ret_reason = "must be 1 or 0";
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        bool wanted = false;
        const char *flag = request->param(request, flags[i].name);
        *ret_field = flags[i].name;
        if (flag != NULL && !parse_flag(flag, &wanted))
            return false;
        if (wanted)
            list->wanted[flags[i].dimension] = DECLINING_YES;
        list->filters |= wanted;
    }
    const char *risk = request->param(request, "at_risk");
    *ret_field = "at_risk";
    return risk == NULL || parse_flag(risk, &list->at_risk);
}

// A parameter with a dot is meant for a dimension, so one that is none is told rather than passed over.
static bool parse_names(const struct listing *list, const struct request *request, const char **ret_field)
{
    enum dimension dimension;
    const char *name;
    size_t length;
    for (size_t i = 0; request->param_at != NULL && (name = request->param_at(request, i, &length)) != NULL; i++) {
        char *whole = arena_text(list->turn->arena, name, length);
        if (strchr(whole, '.') == NULL || dimension_of(&list->scoring->names, whole, &dimension))
            continue;
        *ret_field = whole;
        return false;
    }
    return true;
}

static bool parse_piece(struct listing *list, const struct request *request, const char **ret_field,
                        const char **ret_reason)
{
    const char *limit = request->param(request, "limit"), *offset = request->param(request, "offset");
    uint32_t number = QUERY_LIMIT;
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

static bool parse_listing(struct listing *list, const struct request *request, const char **ret_field,
                          const char **ret_reason)
{
    if (!parse_shorts(list, request, ret_field, ret_reason) || !parse_piece(list, request, ret_field, ret_reason))
        return false;
    *ret_reason = "is no dimension; GET /v1/dimensions tells all of them";
    if (!parse_names(list, request, ret_field))
        return false;
    *ret_reason = "is no value of this dimension; GET /v1/dimensions tells its words";
    for (size_t i = 0; i < dimension_count(&list->scoring->names); i++)
        if (!parse_filter(list, request, (enum dimension)i, ret_field))
            return false;
    list->owner = request->param(request, "owner");
    if (list->owner != NULL)
        list->owner_hash = profile_owner(list->owner);
    return true;
}

static void list_customers(struct scoring *scoring, struct turn *turn, const struct request *request,
                           struct reply *ret_reply)
{
    struct listing list = {.scoring = scoring, .turn = turn};
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
    } else if (strcmp(sort, "clv") == 0) {
        list_by_rank(&list, scoring->futures);
    } else if (strcmp(sort, "id") == 0) {
        archive_walk_ids(turn->tx, consider_id, &list);
    } else {
        reply_error(turn, 400, "sort", "must be net, last, clv or id", ret_reply);
        return;
    }
    answer_customers(scoring, turn, list.slots, list.count, list.more ? (uint32_t)(offset + list.count) : 0, ret_reply);
}

// Asked for a part, the answer is about the main customer, and names that one.
static bool find_customer(const struct scoring *scoring, const char *id, size_t length, uint32_t *ret_slot)
{
    uint8_t key[LEDGER_KEY_BYTES];
    uint32_t slot;
    hash_table_key(id, length, key);
    if (!ledger_find(scoring->ledger, key, &slot))
        return false;
    *ret_slot = kinship_main(scoring->kinship, slot);
    return true;
}

static void show_why(struct scoring *scoring, struct turn *turn, const struct request *request, uint32_t slot,
                     struct reply *ret_reply)
{
    const char *name = request->param(request, "dimension"), *at = request->param(request, "at");
    enum dimension dimension = DIMENSION_ABC;
    int32_t at_day = ANSWER_NOW;
    if (name != NULL && !dimension_of(&scoring->names, name, &dimension))
        reply_error(turn, 400, "dimension", "is no dimension, as value.abc or risk.overdue are", ret_reply);
    else if (at != NULL && !day_parse(at, strlen(at), &at_day))
        reply_error(turn, 400, "at", "must be a day, as 2026-05-17 is", ret_reply);
    else
        answer_why(scoring, turn, slot, dimension, at_day, ret_reply);
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
        show_why(scoring, turn, request, slot, ret_reply);
        return;
    }
    reply_error(turn, 404, "customer_id", "no such customer is known", ret_reply);
}

void query_answer(struct scoring *scoring, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    static const char customers[] = "/v1/customers", summary[] = "/v1/summary", dimensions[] = "/v1/dimensions";
    const size_t prefix = sizeof customers - 1;
    if (strcmp(request->path, customers) == 0)
        list_customers(scoring, turn, request, ret_reply);
    else if (strncmp(request->path, customers, prefix) == 0 && request->path[prefix] == '/')
        show_customer(scoring, turn, request, request->path + prefix + 1, ret_reply);
    else if (strcmp(request->path, summary) == 0)
        answer_summary(scoring, turn, ret_reply);
    else if (strcmp(request->path, dimensions) == 0)
        answer_dimensions(scoring, turn, ret_reply);
    else
        reply_error(turn, 404, "path",
                    "there is /v1/customers, /v1/customers/ID, /v1/customers/ID/why, /v1/dimensions and /v1/summary",
                    ret_reply);
}
