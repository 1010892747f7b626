#include "services/scoring/policy.h"

#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PPM = 1000000, TEXT_BYTES = 200, SET_BITS = 32, ABC_A = 1, ABC_B = 2, ABC_C = 3 };

static const char *const types[] = {"", "buyer", "importer", "trading", "agent", "factory", "franchisee", NULL};
static const char *const classes[] = {"", "A", "B", "C", NULL};
static const char *const tiers[] = {"", "important", "secondary", "ordinary", "small", NULL};
static const char *const quadrants[] = {"", "vip", "improve", "maintain", "abandon", NULL};

// How a condition decides: the fact is in the row's set, it is at least the row's limit, and the two that are more.
enum kind { IN_SET, AT_LEAST, IN_TOP, GREW };

struct condition {
    const char *key;  // in the configuration
    const char *text; // "cooperation at least"
    const char *unit; // that stands behind the number
    const char *const *names;
    size_t row_offset, facts_offset;
    enum kind kind;
    enum reason_unit figure;
};

#define ROW(member) offsetof(struct policy_row, member)
#define FACTS(member) offsetof(struct policy_facts, member)

static const struct condition conditions[] = {
    {"types", "type", "", types, ROW(types), FACTS(type), IN_SET, 0},
    {"abc", "class", "", classes, ROW(abc), FACTS(abc), IN_SET, 0},
    {"tier", "tier", "", tiers, ROW(tier), FACTS(tier), IN_SET, 0},
    {"clv", "lifetime value", "", quadrants, ROW(clv), FACTS(clv), IN_SET, 0},
    {"top", "in the top", " %", NULL, ROW(top_ppm), FACTS(above_ppm), IN_TOP, REASON_PPM},
    {"growth", "sales grew by", " %", NULL, ROW(growth_ppm), FACTS(growth_ppm), GREW, REASON_PPM},
    {"cooperation", "cooperation at least", "", NULL, ROW(cooperation), FACTS(cooperation), AT_LEAST, REASON_COUNT},
    {"loyalty", "loyalty at least", "", NULL, ROW(loyalty), FACTS(loyalty), AT_LEAST, REASON_COUNT},
    {"satisfaction", "satisfaction at least", "", NULL, ROW(satisfaction), FACTS(satisfaction), AT_LEAST, REASON_COUNT},
    {"tenure_days", "a customer for at least", " days", NULL, ROW(tenure_days), FACTS(tenure_days), AT_LEAST,
     REASON_DAYS},
    {"orders", "at least", " orders", NULL, ROW(orders), FACTS(orders), AT_LEAST, REASON_COUNT},
    {"margin", "margin at least", " %", NULL, ROW(margin_ppm), FACTS(margin_ppm), AT_LEAST, REASON_PPM},
};
enum { CONDITIONS = sizeof conditions / sizeof *conditions };

static int64_t wide_at(const void *base, size_t offset)
{
    int64_t value;
    memcpy(&value, (const unsigned char *)base + offset, sizeof value);
    return value;
}

static uint32_t set_of(const struct condition *condition, const struct policy_row *row)
{
    uint32_t set;
    memcpy(&set, (const unsigned char *)row + condition->row_offset, sizeof set);
    return set;
}

static int member_of(const struct condition *condition, const struct policy_facts *facts)
{
    int member;
    memcpy(&member, (const unsigned char *)facts + condition->facts_offset, sizeof member);
    return member;
}

static bool asked(const struct condition *condition, const struct policy_row *row)
{
    if (condition->kind == IN_SET)
        return set_of(condition, row) != 0;
    return wide_at(row, condition->row_offset) != POLICY_UNSET;
}

static int years(const struct policy_row *row)
{
    return row->growth_years == POLICY_UNSET ? 1 : (int)row->growth_years;
}

static bool grew(const struct policy_row *row, const struct policy_facts *facts, int64_t limit)
{
    for (int year = 0; year < years(row); year++)
        if (!facts->growth_known[year] || facts->growth_ppm[year] < limit)
            return false;
    return true;
}

// Whether it holds with a share that is asked for loosened by the slack.
static bool holds(const struct condition *condition, const struct policy_row *row, const struct policy_facts *facts,
                  int64_t slack_ppm)
{
    if (condition->kind == IN_SET) {
        int member = member_of(condition, facts);
        return member > 0 && member < SET_BITS && (set_of(condition, row) >> member & 1) != 0;
    }
    int64_t limit = wide_at(row, condition->row_offset), slack = condition->figure == REASON_PPM ? slack_ppm : 0;
    if (condition->kind == IN_TOP)
        return facts->ranked && facts->above_ppm < limit + slack;
    if (condition->kind == GREW)
        return grew(row, facts, limit - slack);
    return wide_at(facts, condition->facts_offset) >= limit - slack;
}

static size_t row_of(const struct policy_options *options, const struct policy_facts *facts, int64_t slack_ppm)
{
    for (size_t i = 0; i < options->row_count; i++) {
        size_t at = 0;
        while (at < CONDITIONS && (!asked(&conditions[at], &options->rows[i]) ||
                                   holds(&conditions[at], &options->rows[i], facts, slack_ppm)))
            at++;
        if (at == CONDITIONS)
            return i;
    }
    return options->row_count;
}

size_t policy_classes(const struct policy_options *options, const char *ret_names[POLICY_ROWS_MAX])
{
    size_t count = 0;
    must(options->row_count <= POLICY_ROWS_MAX);
    for (size_t i = 0; i < options->row_count; i++) {
        size_t at = 0;
        while (at < count && strcmp(ret_names[at], options->rows[i].name) != 0)
            at++;
        if (at == count)
            ret_names[count++] = options->rows[i].name;
    }
    return count;
}

static int rising(const void *left, const void *right)
{
    const uint32_t *one = left, *other = right;
    return (*one > *other) - (*one < *other);
}

size_t policy_tops(const struct policy_options *options, uint32_t ret_ppm[POLICY_TOPS_MAX])
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < options->row_count; i++) {
        const int64_t slacks[] = {-options->slack_ppm, 0, options->slack_ppm};
        for (size_t at = 0; options->rows[i].top_ppm != POLICY_UNSET && at < sizeof slacks / sizeof slacks[0]; at++) {
            int64_t top = options->rows[i].top_ppm + slacks[at];
            if (top > 0 && top < PPM)
                ret_ppm[count++] = (uint32_t)top;
        }
    }
    if (count > 0)
        qsort(ret_ppm, count, sizeof *ret_ppm, rising);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || ret_ppm[kept - 1] != ret_ppm[i])
            ret_ppm[kept++] = ret_ppm[i];
    return kept;
}

static uint8_t value_of(const struct policy_options *options, size_t row)
{
    const char *names[POLICY_ROWS_MAX];
    size_t count = policy_classes(options, names);
    if (row >= options->row_count)
        return POLICY_UNKNOWN;
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], options->rows[row].name) == 0)
            return (uint8_t)(i + 1);
    return POLICY_UNKNOWN;
}

const char *policy_trouble(const struct policy_options *options, size_t *ret_row, const char **ret_key)
{
    bool all = false;
    for (size_t i = 0; i < options->row_count; i++) {
        const struct policy_row *row = &options->rows[i];
        *ret_row = i;
        *ret_key = "class";
        if (all)
            return "can never be reached: the row before it has no condition";
        *ret_key = "growth_years";
        if (row->growth_years != POLICY_UNSET && row->growth_ppm == POLICY_UNSET)
            return "says nothing without growth";
        all = true;
        for (size_t at = 0; at < CONDITIONS; at++)
            all = all && !asked(&conditions[at], row);
    }
    return NULL;
}

void policy_judge(const struct policy_options *options, const struct policy_facts *facts, struct policy *ret_policy)
{
    size_t row = row_of(options, facts, 0);
    *ret_policy = (struct policy){.value = value_of(options, row), .row = (uint8_t)row};
}

uint8_t policy_announce(const struct policy_options *options, const struct policy_facts *facts,
                        const struct policy *policy, uint8_t previous)
{
    const char *names[POLICY_ROWS_MAX];
    size_t none = policy_classes(options, names) + 1;
    if (previous == POLICY_UNKNOWN || previous >= none)
        return policy->value;
    // In no class is the worst there is.
    bool better = policy->value != POLICY_UNKNOWN && policy->value < previous;
    size_t moved = value_of(options, row_of(options, facts, better ? -options->slack_ppm : options->slack_ppm));
    if (moved == POLICY_UNKNOWN)
        moved = none;
    return (better ? moved >= previous : moved <= previous) ? previous : policy->value;
}

// A text that grows and is cut where it is full.
struct text {
    char bytes[TEXT_BYTES];
    size_t length;
};

static void append(struct text *text, const char *part)
{
    size_t length = strlen(part), room = sizeof text->bytes - 1 - text->length;
    length = length < room ? length : room;
    memcpy(text->bytes + text->length, part, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

static void say_set(const struct condition *condition, const struct policy_row *row, struct text *text)
{
    uint32_t set = set_of(condition, row);
    const char *before = " ";
    for (int i = 1; condition->names[i] != NULL; i++) {
        if ((set >> i & 1) == 0)
            continue;
        append(text, before);
        append(text, condition->names[i]);
        before = " or ";
    }
}

static void say(const struct condition *condition, const struct policy_row *row, struct text *text)
{
    char number[REASON_NUMBER_BYTES];
    append(text, text->length > 0 ? ", " : "");
    append(text, condition->text);
    if (condition->kind == IN_SET) {
        say_set(condition, row, text);
        return;
    }
    int64_t limit = wide_at(row, condition->row_offset);
    append(text, limit < 0 ? " -" : " ");
    limit = limit < 0 ? -limit : limit;
    if (condition->figure == REASON_PPM)
        reason_percent(limit, number);
    else
        snprintf(number, sizeof number, "%lld", (long long)limit);
    append(text, number);
    append(text, condition->unit);
    if (condition->kind == GREW)
        append(text, years(row) == 1 ? " in a year" : " in each of two years");
}

static void figures_of(const struct condition *condition, const struct policy_facts *facts, struct reason *reason)
{
    static const char *const growth[POLICY_YEARS_MAX] = {"growth_last_year", "growth_year_before"};
    enum { MILLI = 1000, DAYS_MOST = 10000000 };
    if (condition->kind == GREW) {
        for (int year = 0; year < POLICY_YEARS_MAX; year++)
            if (facts->growth_known[year])
                reason_add(reason, growth[year], REASON_PPM, facts->growth_ppm[year]);
    } else if (condition->kind == IN_TOP) {
        if (facts->ranked)
            reason_add(reason, "customers_above", REASON_PPM, facts->above_ppm);
    } else if (condition->kind == AT_LEAST) {
        int64_t value = wide_at(facts, condition->facts_offset);
        bool days = condition->figure == REASON_DAYS && value > -DAYS_MOST && value < DAYS_MOST;
        if (value != POLICY_UNSET)
            reason_add(reason, condition->key, condition->figure, days ? value * MILLI : value);
    }
}

// What the nearest better class asks for and does not get.
static void explain_better(const struct policy_options *options, const struct policy_facts *facts,
                           const struct policy *policy, struct reason *reason)
{
    size_t at = policy->row;
    while (at > 0 && value_of(options, at - 1) == policy->value)
        at--;
    if (at == 0)
        return;
    const struct policy_row *row = &options->rows[at - 1];
    struct text missing = {.length = 0};
    for (size_t i = 0; i < CONDITIONS; i++) {
        const struct condition *condition = &conditions[i];
        if (!asked(condition, row) || holds(condition, row, facts, 0))
            continue;
        say(condition, row, &missing);
    }
    reason_note(reason, "not %s, which takes: %s", row->name, missing.bytes);
}

void policy_explain(const struct policy_options *options, const struct policy_facts *facts, const struct policy *policy,
                    struct reason *ret_reason)
{
    struct text rule = {.length = 0};
    bool told = policy->row < options->row_count;
    for (size_t i = 0; told && i < CONDITIONS; i++)
        if (asked(&conditions[i], &options->rows[policy->row]))
            say(&conditions[i], &options->rows[policy->row], &rule);
    if (told)
        reason_start(ret_reason, "%s: %s", options->rows[policy->row].name,
                     rule.length > 0 ? rule.bytes : "all whom no class before it takes");
    else
        reason_start(ret_reason, options->row_count == 0 ? "no classes are configured" : "no class takes it");
    for (size_t i = 0; i < CONDITIONS; i++) {
        size_t row = 0;
        while (row < options->row_count && row <= policy->row && !asked(&conditions[i], &options->rows[row]))
            row++;
        if (row < options->row_count && row <= policy->row)
            figures_of(&conditions[i], facts, ret_reason);
    }
    explain_better(options, facts, policy, ret_reason);
}

const struct policy_due *policies_due(const struct policies *policies, int abc)
{
    switch (abc) {
    case ABC_A:
        return &policies->a;
    case ABC_B:
        return &policies->b;
    case ABC_C:
        return &policies->c;
    default:
        return NULL;
    }
}

const char *policies_trouble(const struct policies *policies, const char **ret_key)
{
    static const char *const keys[] = {"a.shortest_silence_days", "b.shortest_silence_days", "c.shortest_silence_days"};
    for (int abc = ABC_A; abc <= ABC_C; abc++) {
        const struct policy_due *due = policies_due(policies, abc);
        if (due->shortest_days > due->longest_days) {
            *ret_key = keys[abc - ABC_A];
            return "must not be above longest_silence_days";
        }
    }
    return NULL;
}
