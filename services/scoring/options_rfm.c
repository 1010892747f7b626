#include "services/scoring/options_rfm.h"

#include "services/scoring/terms.h"

#include <stddef.h>
#include <string.h>

#define AT(member) offsetof(struct rfm_options, member)

enum preset {
    PRESET_NONE,
    PRESET_FMCG,
    PRESET_DURABLES,
    PRESET_FUEL,
    PRESET_INSURANCE,
    PRESET_COURIER,
    PRESET_FAST_FOOD,
    PRESET_KTV,
    PRESET_MOBILE,
    PRESET_CARDS,
    PRESET_BROKERAGE,
    PRESETS
};

// What a kind of trade usually asks for, where D3 only says that RFM fits it: the numbers are ours, taken from how
// often such things are bought. Amounts depend on the currency, so M stays by fifths unless the firm gives bounds.
static const struct {
    int64_t window_days;
    int64_t r_days[RFM_BOUNDS], f_orders[RFM_BOUNDS];
} presets[PRESETS] = {
    [PRESET_FMCG] = {180, {14, 30, 60, 120}, {2, 5, 10, 20}},
    [PRESET_DURABLES] = {1095, {90, 180, 365, 730}, {2, 3, 5, 8}}, // with their consumables
    [PRESET_FUEL] = {180, {7, 14, 30, 60}, {6, 12, 20, 30}},
    [PRESET_INSURANCE] = {1095, {180, 365, 540, 730}, {2, 3, 4, 6}},
    [PRESET_COURIER] = {90, {3, 7, 15, 30}, {3, 8, 20, 45}},
    [PRESET_FAST_FOOD] = {90, {3, 7, 14, 30}, {2, 5, 10, 20}},
    [PRESET_KTV] = {365, {14, 30, 60, 120}, {2, 4, 8, 16}},
    [PRESET_MOBILE] = {365, {10, 31, 62, 93}, {3, 6, 9, 12}}, // paid by the month
    [PRESET_CARDS] = {180, {3, 7, 15, 30}, {10, 30, 60, 100}},
    [PRESET_BROKERAGE] = {365, {5, 20, 60, 120}, {3, 10, 30, 100}},
};

static const struct config_choice preset_names[] = {{"none", PRESET_NONE},           {"fmcg", PRESET_FMCG},
                                                    {"durables", PRESET_DURABLES},   {"fuel", PRESET_FUEL},
                                                    {"insurance", PRESET_INSURANCE}, {"courier", PRESET_COURIER},
                                                    {"fast_food", PRESET_FAST_FOOD}, {"ktv", PRESET_KTV},
                                                    {"mobile", PRESET_MOBILE},       {"cards", PRESET_CARDS},
                                                    {"brokerage", PRESET_BROKERAGE}, {NULL, 0}};
static const struct config_choice measures[] = {
    {"abc", RFM_MEASURE_OF_ABC}, {"net", TERMS_NET}, {"quantity", TERMS_QUANTITY}, {"margin", TERMS_MARGIN}, {NULL, 0}};

static const struct config_key count_item[] = {
    {.name = "bound", .type = CONFIG_INTEGER, .min = 0, .max = 1000000, .help = "A number of days or orders."}, {0}};
static const struct config_key amount_item[] = {
    {.name = "bound", .type = CONFIG_DECIMAL, .help = "An amount of the measure."}, {0}};

const struct config_key rfm_keys[] = {
    {.name = "preset",
     .type = CONFIG_CHOICE,
     .offset = AT(preset),
     .fallback = "none",
     .choices = preset_names,
     .help = "A window and bounds for R and F that suit a kind of trade. Keys that are given go before it. The numbers "
             "are proposals of this program: look at your own customers before you keep them."},
    {.name = "measure",
     .type = CONFIG_CHOICE,
     .offset = AT(measure),
     .fallback = "abc",
     .choices = measures,
     .help = "What M is the sum of: as for the classes (abc), or its own. Quantity makes it RFA."},
    {.name = "window_days",
     .type = CONFIG_INTEGER,
     .offset = AT(window_days),
     .fallback = "",
     .min = 1,
     .max = 3660,
     .example = "180",
     .help = "How many days count for F and M, today included. Left out, it is the window of the classes."},
    {.name = "r_days",
     .type = CONFIG_LIST,
     .offset = AT(r_days),
     .count_offset = AT(r_count),
     .item_bytes = sizeof(int64_t),
     .keys = count_item,
     .fallback = "",
     .max = RFM_BOUNDS,
     .example = "14, 30, 60, 120",
     .help = "Four rising numbers: silent for at most so many days scores R 5, 4, 3, 2. Left out, R is by fifths of "
             "the customers."},
    {.name = "f_orders",
     .type = CONFIG_LIST,
     .offset = AT(f_orders),
     .count_offset = AT(f_count),
     .item_bytes = sizeof(int64_t),
     .keys = count_item,
     .fallback = "",
     .max = RFM_BOUNDS,
     .example = "2, 5, 10, 20",
     .help = "Four rising numbers: at least so many orders score F 2, 3, 4, 5. Left out, F is by fifths."},
    {.name = "m_amount",
     .type = CONFIG_LIST,
     .offset = AT(m_amount),
     .count_offset = AT(m_count),
     .item_bytes = sizeof(int64_t),
     .keys = amount_item,
     .fallback = "",
     .max = RFM_BOUNDS,
     .example = "100, 500, 2000, 10000",
     .help = "Four rising amounts, or quantities: at least so much scores M 2, 3, 4, 5. Left out, M is by fifths."},
    {0},
};

static bool rises(const int64_t *bounds, size_t count)
{
    if (count != 0 && count != RFM_BOUNDS)
        return false;
    for (size_t i = 1; i < count; i++)
        if (bounds[i] <= bounds[i - 1])
            return false;
    return true;
}

const char *rfm_options_trouble(const struct rfm_options *options, const char **ret_key)
{
    const struct {
        const char *key;
        const int64_t *bounds;
        size_t count;
    } lists[] = {{"r_days", options->r_days, options->r_count},
                 {"f_orders", options->f_orders, options->f_count},
                 {"m_amount", options->m_amount, options->m_count}};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (!rises(lists[i].bounds, lists[i].count)) {
            *ret_key = lists[i].key;
            return "must be four rising numbers";
        }
    }
    return NULL;
}

static void bound(struct rfm_rule *rule, enum rfm_part part, const int64_t *bounds, size_t count)
{
    if (count == 0)
        return;
    rule->fixed[part] = true;
    memcpy(rule->bounds[part], bounds, sizeof rule->bounds[part]);
}

struct rfm_rule rfm_options_rule(const struct rfm_options *options, int abc_measure, uint32_t abc_window_days)
{
    struct rfm_rule rule = {.window_days = abc_window_days};
    int measure = options->measure == RFM_MEASURE_OF_ABC ? abc_measure : options->measure;
    if (options->preset != PRESET_NONE) {
        rule.window_days = (uint32_t)presets[options->preset].window_days;
        bound(&rule, RFM_R, presets[options->preset].r_days, RFM_BOUNDS);
        bound(&rule, RFM_F, presets[options->preset].f_orders, RFM_BOUNDS);
    }
    if (options->window_days != CONFIG_UNSET)
        rule.window_days = (uint32_t)options->window_days;
    bound(&rule, RFM_R, options->r_days, options->r_count);
    bound(&rule, RFM_F, options->f_orders, options->f_count);
    bound(&rule, RFM_M, options->m_amount, options->m_count);
    rule.measure = (uint8_t)measure;
    if (measure == abc_measure && rule.window_days == abc_window_days)
        rule.window_days = 0;
    return rule;
}
