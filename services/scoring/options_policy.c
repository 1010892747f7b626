#include "services/scoring/options_policy.h"

#include "services/scoring/policy.h"

#define AT(member) offsetof(struct policy_row, member)
static const struct config_choice types[] = {{"buyer", 1},   {"importer", 2},   {"trading", 3}, {"agent", 4},
                                             {"factory", 5}, {"franchisee", 6}, {NULL, 0}};
static const struct config_choice classes[] = {{"A", 1}, {"B", 2}, {"C", 3}, {NULL, 0}};
static const struct config_choice tiers[] = {
    {"important", 1}, {"secondary", 2}, {"ordinary", 3}, {"small", 4}, {NULL, 0}};
static const struct config_choice quadrants[] = {
    {"vip", 1}, {"improve", 2}, {"maintain", 3}, {"abandon", 4}, {NULL, 0}};

static const struct config_key row_keys[] = {
    {.name = "class",
     .type = CONFIG_TEXT,
     .offset = AT(name),
     .min = 1,
     .max = POLICY_CLASS_BYTES,
     .example = "A",
     .help = "The name of the class. All conditions of its row must hold; the first row that holds decides."},
    {.name = "types",
     .type = CONFIG_SET,
     .offset = AT(types),
     .fallback = "",
     .choices = types,
     .help = "The customer is of one of these types."},
    {.name = "abc",
     .type = CONFIG_SET,
     .offset = AT(abc),
     .fallback = "",
     .choices = classes,
     .help = "It is in one of these classes of value.abc."},
    {.name = "tier",
     .type = CONFIG_SET,
     .offset = AT(tier),
     .fallback = "",
     .choices = tiers,
     .help = "It is in one of these tiers of value.tier."},
    {.name = "clv",
     .type = CONFIG_SET,
     .offset = AT(clv),
     .fallback = "",
     .choices = quadrants,
     .help = "It is in one of these quadrants of value.clv."},
    {.name = "top",
     .type = CONFIG_PERCENT,
     .offset = AT(top_ppm),
     .fallback = "",
     .min = 1,
     .max = 1000000,
     .help = "It is among this share of the customers, the highest by sales in the window."},
    {.name = "growth",
     .type = CONFIG_PERCENT,
     .offset = AT(growth_ppm),
     .fallback = "",
     .min = -1000000,
     .max = 1000000000,
     .help = "Its yearly sales grew by at least this much."},
    {.name = "growth_years",
     .type = CONFIG_INTEGER,
     .offset = AT(growth_years),
     .fallback = "",
     .min = 1,
     .max = POLICY_YEARS_MAX,
     .help = "In how many years running they did; 1 when left out."},
    {.name = "cooperation",
     .type = CONFIG_INTEGER,
     .offset = AT(cooperation),
     .fallback = "",
     .min = 1,
     .max = 5,
     .help = "Its cooperation is rated at least so."},
    {.name = "loyalty",
     .type = CONFIG_INTEGER,
     .offset = AT(loyalty),
     .fallback = "",
     .min = 1,
     .max = 5,
     .help = "Its loyalty is at least this."},
    {.name = "satisfaction",
     .type = CONFIG_INTEGER,
     .offset = AT(satisfaction),
     .fallback = "",
     .min = 1,
     .max = 5,
     .help = "Its satisfaction is at least this."},
    {.name = "tenure_days",
     .type = CONFIG_INTEGER,
     .offset = AT(tenure_days),
     .fallback = "",
     .min = 1,
     .max = 36600,
     .help = "Its first purchase is at least so long ago."},
    {.name = "orders",
     .type = CONFIG_INTEGER,
     .offset = AT(orders),
     .fallback = "",
     .min = 1,
     .max = 1000000,
     .help = "It has at least so many orders in the window."},
    {.name = "margin",
     .type = CONFIG_PERCENT,
     .offset = AT(margin_ppm),
     .fallback = "",
     .min = -10000000,
     .max = 1000000,
     .help = "At least this part of its sales is margin, of orders whose cost is known."},
    {0},
};
#undef AT

#define AT(member) offsetof(struct policy_options, member)
const struct config_key policy_keys[] = {
    {.name = "classes",
     .type = CONFIG_RECORDS,
     .offset = AT(rows),
     .count_offset = AT(row_count),
     .item_bytes = sizeof(struct policy_row),
     .fallback = "",
     .keys = row_keys,
     .max = POLICY_ROWS_MAX,
     .help = "Classes by rules of your own, the best first; a last row with a class and no condition takes the rest. "
             "What is not known of a customer does not hold."},
    {.name = "slack",
     .type = CONFIG_PERCENT,
     .offset = AT(slack_ppm),
     .fallback = "1%",
     .max = 200000,
     .help = "A change of class is announced when it would also hold with every top, growth and margin so many points "
             "away. The class itself is always exact."},
    {0},
};
#undef AT

// The three classes have the same keys and other defaults.
#define AT(member) offsetof(struct policy_due, member)
#define DUE(name_, shortest, longest, service_)                    \
    static const struct config_key name_[] = {                     \
        {.name = "discount",                                       \
         .type = CONFIG_PERCENT,                                   \
         .offset = AT(discount_ppm),                               \
         .fallback = "0%",                                         \
         .help = "The discount that its customers may have."},     \
        {.name = "credit_days",                                    \
         .type = CONFIG_INTEGER,                                   \
         .offset = AT(credit_days),                                \
         .fallback = "0",                                          \
         .max = 3650,                                              \
         .help = "How long after delivery they may pay."},         \
        {.name = "shortest_silence_days",                          \
         .type = CONFIG_INTEGER,                                   \
         .offset = AT(shortest_days),                              \
         .fallback = shortest,                                     \
         .max = 3650,                                              \
         .help = "How long they are left alone after a contact."}, \
        {.name = "longest_silence_days",                           \
         .type = CONFIG_INTEGER,                                   \
         .offset = AT(longest_days),                               \
         .fallback = longest,                                      \
         .min = 1,                                                 \
         .max = 3650,                                              \
         .help = "The longest silence towards them."},             \
        {.name = "service",                                        \
         .type = CONFIG_TEXT,                                      \
         .offset = AT(service),                                    \
         .fallback = service_,                                     \
         .max = 200,                                               \
         .help = "What they are due, in words."},                  \
        {0},                                                       \
    }

DUE(a_keys, "3", "14", "first in everything; terms by agreement");
DUE(b_keys, "5", "30", "usual terms; room to grow");
DUE(c_keys, "14", "90", "standard terms; kept from falling away");
#undef AT

#define AT(member) offsetof(struct policies, member)
const struct config_key policies_keys[] = {
    {.name = "a",
     .type = CONFIG_GROUP,
     .offset = AT(a),
     .fallback = "",
     .keys = a_keys,
     .help = "What customers of class A are due; other programs are told when a class changes."},
    {.name = "b",
     .type = CONFIG_GROUP,
     .offset = AT(b),
     .fallback = "",
     .keys = b_keys,
     .help = "The same for class B."},
    {.name = "c",
     .type = CONFIG_GROUP,
     .offset = AT(c),
     .fallback = "",
     .keys = c_keys,
     .help = "The same for class C."},
    {0},
};
