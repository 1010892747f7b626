#include "services/ingest/reading.h"

#include "common/moment.h"
#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { MINOR_MAX = 6, SHOWN_BYTES = 40 };

// An expression in the making.
struct draft_expression {
    struct expression *expression;
    int origins; // how many keys said where it comes from
};

static void set_sum_each(struct reading *reading, const struct config_node *node, void *target)
{
    reading_pointer(reading, node, true, &((struct expression *)target)->pointer);
}

static void set_sum_where(struct reading *reading, const struct config_node *node, void *target)
{
    struct conditions *where = arena_zero(reading->mapping->arena, 1, sizeof *where);
    reading_conditions(reading, node, where);
    ((struct expression *)target)->where = where;
}

static void set_sum_at(struct reading *reading, const struct config_node *node, void *target)
{
    struct expression *amount = arena_zero(reading->mapping->arena, 1, sizeof *amount);
    reading_expression(reading, node, amount);
    ((struct expression *)target)->amount = amount;
}

// What is added: a pointer, perhaps with "*", or {each: /refunds, where: [...], at: /amount}, or a list of these.
static void read_sum(struct reading *reading, const struct config_node *node, struct expression *sum)
{
    static const struct reading_key names[] = {{"each", set_sum_each}, {"where", set_sum_where}, {"at", set_sum_at}};
    sum->origin = ORIGIN_SUM;
    if (node->shape == NODE_MAPPING) {
        reading_keys(reading, node, names, sizeof names / sizeof *names, sum);
        if (config_node_find(node, "each") == NULL || config_node_find(node, "at") == NULL)
            config_errors_add(&reading->list, node->place, "of a sum, says each and at, and perhaps where");
    } else if (node->shape == NODE_SEQUENCE && node->count > 0 && reading->depth <= READING_NEST_MAX) {
        struct expression *parts = arena_zero(reading->mapping->arena, node->count, sizeof *parts);
        reading->depth++;
        for (const struct config_node *at = node->first; at != NULL; at = at->next)
            read_sum(reading, at, &parts[sum->count++]);
        reading->depth--;
        sum->parts = parts;
    } else {
        const char *text;
        const char *fault =
            reading_text(reading, node, &text) ? pointer_compile(reading->mapping->arena, text, &sum->pointer) : NULL;
        if (fault != NULL)
            config_errors_add(&reading->list, node->place, "%s", fault);
    }
}

// What is looked at beside the body: it is kept with a body that is rejected.
static void note_given(struct reading *reading, const struct config_node *node, const char *sign, const char *name)
{
    struct mapping *mapping = reading->mapping;
    const char *full = arena_format(mapping->arena, "%s%s", sign, name);
    for (size_t i = 0; i < mapping->given_count; i++)
        if (strcmp(mapping->given[i], full) == 0)
            return;
    if (mapping->given_count < MAPPING_GIVEN_MAX)
        mapping->given[mapping->given_count++] = full;
    else
        config_errors_add(&reading->list, node->place, "there may be %d headers and parameters", MAPPING_GIVEN_MAX);
}

static void set_origin(struct reading *reading, const struct config_node *node, void *target)
{
    struct draft_expression *draft = target;
    struct expression inner = {0};
    draft->origins++;
    struct expression *expression = draft->expression;
    if (strcmp(node->key, "at") == 0) {
        reading_expression(reading, node, &inner);
        expression->origin = node->shape == NODE_SCALAR ? inner.origin : ORIGIN_FIRST;
        expression->pointer = inner.pointer;
        struct expression *part = arena_zero(reading->mapping->arena, 1, sizeof *part);
        *part = inner;
        expression->parts = part;
        expression->count = 1;
    } else if (strcmp(node->key, "sum") == 0) {
        read_sum(reading, node, expression);
    } else {
        expression->origin = strcmp(node->key, "header") == 0  ? ORIGIN_HEADER
                             : strcmp(node->key, "query") == 0 ? ORIGIN_QUERY
                                                               : ORIGIN_VALUE;
        if (reading_text(reading, node, &expression->text) && expression->origin != ORIGIN_VALUE)
            note_given(reading, node, expression->origin == ORIGIN_QUERY ? "?" : "", expression->text);
    }
}

// Copies up to `end` with doubled braces made single.
static const char *literal(struct arena *arena, const char *text, const char *end)
{
    char *copy = arena_take(arena, (size_t)(end - text) + 1);
    size_t used = 0;
    for (; text < end; text++) {
        copy[used++] = *text;
        text += (*text == '{' || *text == '}') && text + 1 < end && text[1] == *text;
    }
    copy[used] = '\0';
    return copy;
}

// The end of the literal there: the next single "{".
static const char *literal_end(const char *text)
{
    while (*text != '\0' && !(text[0] == '{' && text[1] != '{'))
        text += text[0] == '{' ? 2 : 1;
    return text;
}

// "a{/x}b{^/y}" becomes a value, a pointer, a value and a pointer.
static void set_text(struct reading *reading, const struct config_node *node, void *target)
{
    struct draft_expression *draft = target;
    struct arena *arena = reading->mapping->arena;
    const char *at = "";
    draft->origins++;
    if (!reading_text(reading, node, &at))
        return;
    struct expression *parts = arena_zero(arena, strlen(at) + 1, sizeof *parts);
    size_t count = 0;
    while (*at != '\0') {
        const char *end = literal_end(at);
        if (end > at)
            parts[count++] = (struct expression){.origin = ORIGIN_VALUE, .text = literal(arena, at, end)};
        if (*end == '\0')
            break;
        const char *close = strchr(end, '}');
        const char *fault = "a \"{\" without its \"}\"; a brace that is meant is written twice";
        if (close != NULL)
            fault =
                pointer_compile(arena, arena_text(arena, end + 1, (size_t)(close - end) - 1), &parts[count].pointer);
        if (fault == NULL && parts[count].pointer.many)
            fault = "\"*\" stands for many; here one value is meant";
        if (fault != NULL) {
            config_errors_add(&reading->list, node->place, "%s", fault);
            return;
        }
        count++;
        at = close + 1;
    }
    draft->expression->origin = ORIGIN_TEXT;
    draft->expression->parts = parts;
    draft->expression->count = count;
}

static void set_values(struct reading *reading, const struct config_node *node, void *target)
{
    struct expression *expression = ((struct draft_expression *)target)->expression;
    if (node->shape != NODE_MAPPING || node->count == 0) {
        config_errors_add(&reading->list, node->place, "values is a mapping: {theirs: ours, ...}");
        return;
    }
    struct expression_word *words = arena_zero(reading->mapping->arena, node->count, sizeof *words);
    for (const struct config_node *at = node->first; at != NULL; at = at->next) {
        struct expression_word *word = &words[expression->word_count++];
        word->theirs = at->key;
        if (at->shape != NODE_EMPTY)
            reading_text(reading, at, &word->ours);
    }
    expression->words = words;
}

static void set_other(struct reading *reading, const struct config_node *node, void *target)
{
    struct expression *expression = ((struct draft_expression *)target)->expression;
    expression->other_given = true;
    if (node->shape != NODE_EMPTY)
        reading_text(reading, node, &expression->other);
}

static void set_unless(struct reading *reading, const struct config_node *node, void *target)
{
    struct expression *expression = ((struct draft_expression *)target)->expression;
    bool list = node->shape == NODE_SEQUENCE;
    expression->unless = arena_zero(reading->mapping->arena, node->count + 1, sizeof *expression->unless);
    for (const struct config_node *at = list ? node->first : node; at != NULL; at = list ? at->next : NULL)
        if (reading_text(reading, at, &expression->unless[expression->unless_count]))
            expression->unless_count++;
}

static void set_default(struct reading *reading, const struct config_node *node, void *target)
{
    reading_text(reading, node, &((struct draft_expression *)target)->expression->fallback);
}

static void set_time(struct reading *reading, const struct config_node *node, void *target)
{
    static const struct {
        const char *name;
        enum expression_clock clock;
    } clocks[] = {
        {"unix", CLOCK_SECONDS}, {"unix_ms", CLOCK_MILLIS}, {"unix_us", CLOCK_MICROS}, {"unix_days", CLOCK_DAYS}};
    struct expression *expression = ((struct draft_expression *)target)->expression;
    const char *text;
    if (!reading_text(reading, node, &text))
        return;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        if (strcmp(clocks[i].name, text) == 0) {
            expression->clock = clocks[i].clock;
            return;
        }
    }
    expression->format = text;
    if (!moment_format_valid(text))
        config_errors_add(&reading->list, node->place,
                          "\"%.*s\" is no format of a time: it is made of YYYY, M, D and perhaps H, m, s, A, or it is "
                          "unix, unix_ms, unix_us or unix_days",
                          SHOWN_BYTES, text);
}

static void set_zone(struct reading *reading, const struct config_node *node, void *target)
{
    const char *name;
    if (reading_text(reading, node, &name))
        ((struct draft_expression *)target)->expression->zone = reading_zone(reading, node, name);
}

static void set_minor(struct reading *reading, const struct config_node *node, void *target)
{
    const char *text;
    if (!reading_text(reading, node, &text))
        return;
    int minor = strlen(text) == 1 ? text[0] - '0' : -1;
    if (minor < 0 || minor > MINOR_MAX)
        config_errors_add(&reading->list, node->place,
                          "minor is how many decimals the integer holds, 0 to %d: 2 for cents", MINOR_MAX);
    else
        ((struct draft_expression *)target)->expression->minor = minor;
}

static void set_negate(struct reading *reading, const struct config_node *node, void *target)
{
    reading_flag(reading, node, &((struct draft_expression *)target)->expression->negate);
}

static void set_day(struct reading *reading, const struct config_node *node, void *target)
{
    reading_flag(reading, node, &((struct draft_expression *)target)->expression->day);
}

static void set_required(struct reading *reading, const struct config_node *node, void *target)
{
    reading_flag(reading, node, &((struct draft_expression *)target)->expression->required);
}

static void set_currency(struct reading *reading, const struct config_node *node, void *target)
{
    struct expression *currency = arena_zero(reading->mapping->arena, 1, sizeof *currency);
    if (node->shape == NODE_SCALAR && !pointer_looks(node->text))
        *currency = (struct expression){.origin = ORIGIN_VALUE, .text = reading_currency(reading, node)};
    else
        reading_expression(reading, node, currency);
    ((struct draft_expression *)target)->expression->currency = currency;
}

static void set_lower(struct reading *reading, const struct config_node *node, void *target)
{
    reading_flag(reading, node, &((struct draft_expression *)target)->expression->lower);
}

static const struct expression *part_of(struct reading *reading, const struct config_node *node)
{
    struct expression *part = arena_zero(reading->mapping->arena, 1, sizeof *part);
    reading_expression(reading, node, part);
    return part;
}

static void set_when(struct reading *reading, const struct config_node *node, void *target)
{
    struct conditions *when = arena_zero(reading->mapping->arena, 1, sizeof *when);
    reading_conditions(reading, node, when);
    ((struct draft_expression *)target)->expression->when = when;
}

static void set_of(struct reading *reading, const struct config_node *node, void *target)
{
    ((struct exchange *)target)->of = part_of(reading, node);
}

static void set_into(struct reading *reading, const struct config_node *node, void *target)
{
    ((struct exchange *)target)->into = part_of(reading, node);
}

static void set_from(struct reading *reading, const struct config_node *node, void *target)
{
    ((struct exchange *)target)->from = part_of(reading, node);
}

static void set_to(struct reading *reading, const struct config_node *node, void *target)
{
    ((struct exchange *)target)->to = part_of(reading, node);
}

static void set_exchange(struct reading *reading, const struct config_node *node, void *target)
{
    static const struct reading_key names[] = {{"of", set_of}, {"into", set_into}, {"from", set_from}, {"to", set_to}};
    struct exchange *exchange = arena_zero(reading->mapping->arena, 1, sizeof *exchange);
    reading_keys(reading, node, names, sizeof names / sizeof *names, exchange);
    ((struct draft_expression *)target)->expression->exchange = exchange;
    if (node->shape == NODE_MAPPING &&
        (exchange->of == NULL || exchange->into == NULL || exchange->from == NULL || exchange->to == NULL))
        config_errors_add(&reading->list, node->place,
                          "exchange says of and into (currencies), from and to (amounts with their currency)");
}

static const struct reading_key keys[] = {
    {"at", set_origin},     {"header", set_origin},     {"query", set_origin},      {"value", set_origin},
    {"sum", set_origin},    {"text", set_text},         {"values", set_values},     {"other", set_other},
    {"unless", set_unless}, {"default", set_default},   {"time", set_time},         {"zone", set_zone},
    {"minor", set_minor},   {"negate", set_negate},     {"day", set_day},           {"required", set_required},
    {"lower", set_lower},   {"exchange", set_exchange}, {"currency", set_currency}, {"when", set_when}};

static void read_mapping(struct reading *reading, const struct config_node *node, struct expression *expression)
{
    struct draft_expression draft = {.expression = expression};
    reading_keys(reading, node, keys, sizeof keys / sizeof *keys, &draft);
    if (draft.origins != 1)
        config_errors_add(&reading->list, node->place, "says %s of at, header, query, value, text and sum",
                          draft.origins == 0 ? "none" : "more than one");
    if (expression->other_given && expression->word_count == 0)
        config_errors_add(&reading->list, node->place, "other says what unknown words mean: it needs values");
}

static void read_list(struct reading *reading, const struct config_node *node, struct expression *expression)
{
    struct expression *parts = arena_zero(reading->mapping->arena, node->count + 1, sizeof *parts);
    for (const struct config_node *at = node->first; at != NULL; at = at->next)
        reading_expression(reading, at, &parts[expression->count++]);
    *expression = (struct expression){.origin = ORIGIN_FIRST, .parts = parts, .count = expression->count};
    if (node->count == 0)
        config_errors_add(&reading->list, node->place, "an empty list: the first of these that is there is meant");
}

// The word stands for what the mapping's own customer_id comes to.
static void name_customer(struct reading *reading, const struct config_node *node, struct expression *expression)
{
    expression->origin = ORIGIN_CUSTOMER;
    if (reading->in_customer)
        config_errors_add(&reading->list, node->place, "customer_id cannot be made of itself");
    if (reading->mapping->customer_asked == NULL)
        reading->mapping->customer_asked = node->text;
}

void reading_expression(struct reading *reading, const struct config_node *node, struct expression *ret_expression)
{
    struct expression expression = {0};
    if (++reading->depth > READING_NEST_MAX)
        config_errors_add(&reading->list, node->place, "expressions nest more than %d deep", READING_NEST_MAX);
    else if (node->shape == NODE_MAPPING)
        read_mapping(reading, node, &expression);
    else if (node->shape == NODE_SEQUENCE)
        read_list(reading, node, &expression);
    else if (node->shape == NODE_SCALAR && strcmp(node->text, "customer_id") == 0)
        name_customer(reading, node, &expression);
    else
        reading_pointer(reading, node, false, &expression.pointer);
    reading->depth--;
    *ret_expression = expression;
}

// --- conditions

static void set_has(struct reading *reading, const struct config_node *node, void *target)
{
    struct condition *condition = target;
    reading_expression(reading, node, &condition->at);
    condition->kind = strcmp(node->key, "has") == 0 ? CONDITION_HAS : CONDITION_LACKS;
}

static void set_at(struct reading *reading, const struct config_node *node, void *target)
{
    reading_expression(reading, node, &((struct condition *)target)->at);
}

static void set_texts(struct reading *reading, const struct config_node *node, void *target)
{
    struct condition *condition = target;
    condition->kind = strcmp(node->key, "is") == 0    ? CONDITION_IS
                      : strcmp(node->key, "not") == 0 ? CONDITION_NOT
                                                      : CONDITION_BEGINS;
    bool list = node->shape == NODE_SEQUENCE;
    condition->texts = arena_zero(reading->mapping->arena, node->count + 1, sizeof *condition->texts);
    for (const struct config_node *at = list ? node->first : node; at != NULL; at = list ? at->next : NULL)
        if (reading_text(reading, at, &condition->texts[condition->count]))
            condition->count++;
}

static void set_same(struct reading *reading, const struct config_node *node, void *target)
{
    struct condition *condition = target;
    condition->kind = CONDITION_SAME;
    condition->same = part_of(reading, node);
}

static void set_why(struct reading *reading, const struct config_node *node, void *target)
{
    reading_text(reading, node, &((struct condition *)target)->why);
}

static void read_condition(struct reading *reading, const struct config_node *node, struct condition *condition)
{
    static const struct reading_key names[] = {{"has", set_has},   {"lacks", set_has}, {"at", set_at},
                                               {"is", set_texts},  {"not", set_texts}, {"begins", set_texts},
                                               {"same", set_same}, {"why", set_why}};
    reading_keys(reading, node, names, sizeof names / sizeof *names, condition);
    if (node->shape != NODE_MAPPING)
        return;
    bool alone = config_node_find(node, "has") != NULL || config_node_find(node, "lacks") != NULL;
    bool at = config_node_find(node, "at") != NULL;
    bool texts = config_node_find(node, "is") != NULL || config_node_find(node, "not") != NULL ||
                 config_node_find(node, "begins") != NULL || config_node_find(node, "same") != NULL;
    size_t count = node->count - (condition->why != NULL);
    if (count != (alone ? 1 : 2) || (!alone && !(at && texts)))
        config_errors_add(&reading->list, node->place,
                          "a condition is {has: ...}, {lacks: ...}, {at: ..., is: [...]}, {at: ..., not: [...]}, "
                          "{at: ..., begins: [...]} or {at: ..., same: ...}");
}

void reading_conditions(struct reading *reading, const struct config_node *node, struct conditions *ret_conditions)
{
    bool list = node->shape == NODE_SEQUENCE;
    struct condition *conditions = arena_zero(reading->mapping->arena, node->count + 1, sizeof *conditions);
    size_t count = 0;
    for (const struct config_node *at = list ? node->first : node; at != NULL; at = list ? at->next : NULL)
        read_condition(reading, at, &conditions[count++]);
    *ret_conditions = (struct conditions){conditions, count};
}
