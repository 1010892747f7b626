#include "services/scheduler/options_rules.h"

#include <stddef.h>
#include <strings.h>

enum {
    DAYS_MOST = 3650,     // ten years: nobody waits for longer
    WORK_DAYS_MOST = 260, // a year of them
};
#define MS_MOST (INT64_C(3650) * 86400000) // ten years

// A count of days or of anything else, with its default and what it may be.
#define COUNT(key, where, value, lowest, highest, sentence)                                                           \
    {                                                                                                                 \
        .name = key, .type = CONFIG_INTEGER, .offset = (where), .fallback = value, .min = (lowest), .max = (highest), \
        .help = sentence                                                                                              \
    }

#define AT(member) offsetof(struct caps_options, member)
#define CHANNEL(key, number, value, sentence) COUNT(key, AT(channel[number]), value, 0, CAPS_MOST, sentence)

// Channels by the numbers of enum Channel.
static const struct config_key caps_keys[] = {
    COUNT("day", AT(day), "2", 1, CAPS_MOST, "Contacts of one customer a day, in all channels."),
    COUNT("week", AT(week), "3", 1, CAPS_MOST, "The same from Monday to Sunday."),
    COUNT("month", AT(month), "8", 1, CAPS_MOST, "The same in a month."),
    CHANNEL("phone", 1, "1", "Calls a day; 0: none at all. Likewise below."),
    CHANNEL("email", 2, "1", "Mails a day."),
    CHANNEL("chat", 3, "2", "Conversations in a chat a day."),
    CHANNEL("sms", 4, "1", "Text messages a day."),
    CHANNEL("visit", 5, "1", "Visits a day."),
    CHANNEL("meeting", 6, "1", "Meetings a day."),
    CHANNEL("letter", 7, "1", "Letters a day."),
    CHANNEL("web", 8, "2", "Contacts through a site a day."),
    CHANNEL("other", 9, "2", "Contacts of any other kind a day."),
    {0},
};
#undef AT

#define AT(member) offsetof(struct rhythm_options, member)
// The keys of a class: offsets count from its shortest_days.
#define SILENCE(keys_, shortest, longest)                                                             \
    static const struct config_key keys_[] = {                                                        \
        COUNT("shortest_days", 0, shortest, 0, DAYS_MOST,                                             \
              "After a real contact they are left alone for so many days, unless something is due."), \
        COUNT("longest_days", AT(longest_days) - AT(shortest_days), longest, 1, DAYS_MOST,            \
              "Nobody of them is left without a real contact for more days than this."),              \
        {0},                                                                                          \
    }

SILENCE(a_keys, "3", "14");
SILENCE(b_keys, "5", "30");
SILENCE(c_keys, "14", "90");

#define CLASS(key, rows, number, sentence)                                                                    \
    {                                                                                                         \
        .name = key, .type = CONFIG_GROUP, .offset = AT(shortest_days[number]), .fallback = "", .keys = rows, \
        .help = sentence                                                                                      \
    }

static const struct config_key rhythm_keys[] = {
    CLASS("a", a_keys, 1, "Customers of class A."),
    CLASS("b", b_keys, 2, "Customers of class B."),
    CLASS("c", c_keys, 3, "Customers of class C, and those without a class."),
    COUNT("replies", AT(replies_least), "5", 1, RHYTHM_REPLIES,
          "The best hour and weekday for a customer are learned from so many replies on."),
    {.name = "clear",
     .type = CONFIG_PERCENT,
     .offset = AT(clear_ppm),
     .fallback = "40%",
     .min = 1,
     .max = 1000000,
     .help = "They are shown when this share of the replies came at them; few replies count for less."},
    {0},
};
#undef AT

// Promises take the rules of breaking them and of usual spans together.
#define AT(part, of, member) (offsetof(struct rules_options, part) + offsetof(struct of, member))
#define PROMISES(part, of, member) (AT(part, of, member) - offsetof(struct rules_options, breach))

static const struct config_key promises_keys[] = {
    {.name = "grace",
     .type = CONFIG_DURATION,
     .offset = PROMISES(breach, breach_options, grace_ms),
     .fallback = "5m",
     .max = 86400000,
     .help = "A promise kept so late is noted and still in time; later than that it is broken."},
    {.name = "window",
     .type = CONFIG_DURATION,
     .offset = PROMISES(breach, breach_options, window_ms),
     .fallback = "365d",
     .min = 86400000,
     .max = MS_MOST,
     .help = "Broken promises of one rep to one customer are counted within so long a time: the second is told to "
             "the manager, the third to the director."},
    COUNT("usual_least", PROMISES(usual, usual_options, least), "10", 1, 1000000,
          "How long a rep usually needs is known after so many kept promises."),
    {.name = "usual_share",
     .type = CONFIG_PERCENT,
     .offset = PROMISES(usual, usual_options, share_ppm),
     .fallback = "80%",
     .min = 1,
     .max = 1000000,
     .help =
         "The usual time is the one in which this share of them was kept; a promise that leaves less is warned of."},
    {0},
};
_Static_assert(offsetof(struct rules_options, usual) > offsetof(struct rules_options, breach), "offsets count up");
#undef AT

static const struct config_key complaints_keys[] = {
    COUNT("again_days", offsetof(struct recur_options, days), "90", 1, DAYS_MOST,
          "A complaint of the same category, goods or cause within so many days has come again."),
    {0},
};

#define AT(member) offsetof(struct dues_options, member)
static const struct config_key lead_item[] = {
    COUNT("days", 0, NULL, 0, DAYS_MOST, "Days."),
    {0},
};
#define LEADS(key, member, value, sentence)                                                                      \
    {                                                                                                            \
        .name = key, .type = CONFIG_LIST, .offset = AT(member.days), .count_offset = AT(member.count),           \
        .item_bytes = sizeof(int64_t), .keys = lead_item, .fallback = value, .max = DUES_LEADS, .help = sentence \
    }
static const struct config_choice class_choices[] = {{"none", 0}, {"a", 1}, {"b", 2}, {"c", 3}, {NULL, 0}};

static const struct config_key dates_keys[] = {
    LEADS("contract_end", contract_end, "90, 60, 30, 7", "So many days before a contract runs out it is told."),
    LEADS("file_deadline", file_deadline, "14, 7, 1",
          "So many days before a customer's file must be complete it is told that it is not."),
    LEADS("black_review", black_review, "14, 1",
          "So many days before a decision about a customer ends it is told that it is to be looked at again."),
    LEADS("quote_nurse", quote_nurse, "30, 90, 180",
          "So many days after a quote was lost the customer is asked again, unless they named a day."),
    COUNT("greeting_work_days", AT(greeting_work_days), "2", 0, WORK_DAYS_MOST,
          "So many working days before a holiday of the customer's country it is told whom to greet."),
    {.name = "greeting_classes",
     .type = CONFIG_SET,
     .offset = AT(greeting_classes),
     .fallback = "a, b",
     .choices = class_choices,
     .help = "Whom, by class."},
    COUNT("event_work_days", AT(event_work_days), "5", 0, WORK_DAYS_MOST,
          "So many working days before an event of our own it is told whom to invite."),
    COUNT("expected_work_days", AT(expected_work_days), "3", 0, WORK_DAYS_MOST,
          "So many working days before an order is expected it is told."),
    COUNT("missed_work_days", AT(missed_work_days), "1", 0, WORK_DAYS_MOST,
          "So many working days after it, when it did not come, it is told that it did not."),
    COUNT("follow_h_work_days", AT(follow_h_work_days), "1", 0, WORK_DAYS_MOST,
          "A lead of horizon H is followed up so many working days after the last contact; 0: not at all."),
    COUNT("follow_a_work_days", AT(follow_a_work_days), "3", 0, WORK_DAYS_MOST, "The same for horizon A."),
    COUNT("follow_b_work_days", AT(follow_b_work_days), "7", 0, WORK_DAYS_MOST, "The same for horizon B."),
    COUNT("small_every_days", AT(small_every_days), "90", 0, DAYS_MOST,
          "A small customer who has bought is asked again so many days after the last order, and so on; 0: never."),
    COUNT("small_most", AT(small_most), "8", 1, 100, "So many times at most."),
    {0},
};
#undef AT

#define BUDGET(key, number, value, sentence)                                                                 \
    {                                                                                                        \
        .name = key, .type = CONFIG_DECIMAL, .offset = offsetof(struct gift_options, budget_micros[number]), \
        .fallback = value, .max = MONEY_MAX, .help = sentence                                                \
    }
static const struct config_key gifts_keys[] = {
    BUDGET("a", 1, "500", "What gifts to a customer of class A may cost in a year, in the reporting currency."),
    BUDGET("b", 2, "200", "The same for class B."),
    BUDGET("c", 3, "50", "The same for class C, and without a class."),
    {0},
};

static const struct config_key authority_item[] = {
    {.name = "role",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct authority_level, role),
     .min = 1,
     .max = AUTHORITY_NAME_BYTES,
     .example = "manager",
     .help = "The role, as reps have it. The lowest stands first."},
    {.name = "limit",
     .type = CONFIG_DECIMAL,
     .offset = offsetof(struct authority_level, limit_micros),
     .fallback = "",
     .max = MONEY_MAX,
     .example = "5000",
     .help = "What it may grant alone outside policy, in the reporting currency. Left out: whatever it costs."},
    {0},
};

#define AT(member) offsetof(struct rules_options, member)
#define GROUP(key, member, rows, sentence)                                                                      \
    {                                                                                                           \
        .name = key, .type = CONFIG_GROUP, .offset = AT(member), .fallback = "", .keys = rows, .help = sentence \
    }

const struct config_key rules_keys[] = {
    GROUP("caps", caps, caps_keys,
          "How often one customer may be contacted, by people and programs together. What is due, such as a promise or "
          "a reply, passes; the rest is put off or dropped, and that is noted."),
    GROUP("rhythm", rhythm, rhythm_keys,
          "The shortest and the longest silence towards customers, and when they reply. What the policy of a class "
          "in scoring says of silence wins as soon as it was announced."),
    GROUP("promises", breach, promises_keys, "When a promise counts as broken, and how much time one usually needs."),
    GROUP("complaints", recur, complaints_keys, "Complaints that come again."),
    GROUP("dates", dues, dates_keys, "What comes back by the calendar, and how long before it is told."),
    GROUP("gifts", gift, gifts_keys, "The budget for gifts to one customer."),
    {.name = "authority",
     .type = CONFIG_RECORDS,
     .offset = AT(authority.levels),
     .count_offset = AT(authority.level_count),
     .item_bytes = sizeof(struct authority_level),
     .fallback = "",
     .keys = authority_item,
     .max = AUTHORITY_LEVELS,
     .help =
         "Who may grant what outside policy. Left out: a rep nothing, a manager up to 5,000, a director everything."},
    {0},
};

// True when every number is below (or, falling, above) the one before it.
static bool in_order(const struct due_leads *leads, bool rising)
{
    for (size_t i = 1; i < leads->count; i++)
        if (rising ? leads->days[i] <= leads->days[i - 1] : leads->days[i] >= leads->days[i - 1])
            return false;
    return true;
}

static const char *caps_trouble(const struct caps_options *caps, const char **ret_key)
{
    if (caps->week < caps->day) {
        *ret_key = "caps.week";
        return "must not be below day";
    }
    if (caps->month < caps->week) {
        *ret_key = "caps.month";
        return "must not be below week";
    }
    return NULL;
}

static const char *rhythm_trouble(const struct rhythm_options *rhythm, const char **ret_key)
{
    static const char *const KEYS[RHYTHM_CLASSES] = {"", "rhythm.a.longest_days", "rhythm.b.longest_days",
                                                     "rhythm.c.longest_days"};
    for (size_t class = 1; class < RHYTHM_CLASSES; class ++) {
        if (rhythm->longest_days[class] < rhythm->shortest_days[class]) {
            *ret_key = KEYS[class];
            return "must not be below shortest_days";
        }
    }
    return NULL;
}

static const char *dates_trouble(const struct dues_options *dues, const char **ret_key)
{
    const struct {
        const char *key;
        const struct due_leads *leads;
        bool rising;
    } rows[] = {
        {"dates.contract_end", &dues->contract_end, false},
        {"dates.file_deadline", &dues->file_deadline, false},
        {"dates.black_review", &dues->black_review, false},
        {"dates.quote_nurse", &dues->quote_nurse, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!in_order(rows[i].leads, rows[i].rising)) {
            *ret_key = rows[i].key;
            return rows[i].rising ? "must rise" : "must fall";
        }
    }
    return NULL;
}

static const char *authority_trouble(const struct authority_options *authority, const char **ret_key)
{
    *ret_key = "authority";
    for (size_t i = 1; i < authority->level_count; i++) {
        const struct authority_level *level = &authority->levels[i];
        int64_t below = authority->levels[i - 1].limit_micros;
        if (below == CONFIG_UNSET)
            return "must not have a level above one without a limit";
        if (level->limit_micros != CONFIG_UNSET && level->limit_micros <= below)
            return "must have rising limits";
        for (size_t j = 0; j < i; j++)
            if (strcasecmp(authority->levels[j].role, level->role) == 0)
                return "must not have a role twice";
    }
    return NULL;
}

const char *rules_trouble(const struct rules_options *options, const char **ret_key)
{
    const char *trouble = caps_trouble(&options->caps, ret_key);
    if (trouble == NULL)
        trouble = rhythm_trouble(&options->rhythm, ret_key);
    if (trouble == NULL)
        trouble = dates_trouble(&options->dues, ret_key);
    return trouble != NULL ? trouble : authority_trouble(&options->authority, ret_key);
}
