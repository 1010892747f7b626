// The lead: the stage of the funnel with contracts and their ends, warmth that goes, the expected order, the four
// questions.
#include "common/calendar.h"
#include "common/config.h"
#include "services/scoring/lead.h"
#include "services/scoring/options_lead.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define DAY INT64_C(86400000)
#define NEVER INT64_MIN

enum { NONE = NOTE_NO_DAY };

static struct lead_options options; // the defaults

// One note in a few letters.
struct said {
    int32_t day;
    enum note_kind kind;
    int number; // a lead's stage, a contact's outcome
    const char *id;
    int32_t from_or_expected, to;
};

static void hear(struct lead_story *story, const struct said *said)
{
    struct note note;
    note_start(&note, said->kind);
    note.time_ms = said->day * DAY;
    switch (said->kind) {
    case NOTE_LEAD:
        note.lead.stage = (uint8_t)said->number;
        break;
    case NOTE_CONTACT:
        note.contact.outcome = (uint8_t)said->number;
        break;
    case NOTE_CONTRACT_SIGNED:
        note.contract.id = said->id;
        note.contract.from_day = said->from_or_expected;
        note.contract.to_day = said->to;
        break;
    case NOTE_CONTRACT_ENDED:
        note.contract.id = said->id;
        break;
    case NOTE_QUOTE_SENT:
        note.quote.id = said->id;
        note.quote.expected_day = said->from_or_expected;
        break;
    case NOTE_QUOTE_LOST:
        note.quote.id = said->id;
        break;
    default:
        break;
    }
    lead_hear(story, &options, &note, said->day);
}

static struct lead judge(const struct lead_story *story, int32_t today)
{
    struct lead lead;
    struct lead_facts facts = {.story = story, .today = today, .key_person_day = NONE, .last_order_ms = NEVER};
    lead_judge(&options, &facts, &lead);
    return lead;
}

static void the_stage_is_what_was_said_last_contracts_included(void **unused)
{
    (void)unused;
    static const struct {
        struct said said[5];
        int32_t today;
        uint8_t stage;
        int32_t since;
    } cases[] = {
        {{{0}}, 10, LEAD_STAGE_UNKNOWN, NONE},
        {{{10, NOTE_LEAD, LEAD_NOT_REACHED, "", 0, 0}}, 10, LEAD_NOT_REACHED, 10},
        {{{10, NOTE_LEAD, LEAD_PLANS, "", 0, 0}, {20, NOTE_LEAD, LEAD_PLANS, "", 0, 0}}, 20, LEAD_PLANS, 10},
        {{{10, NOTE_LEAD, LEAD_PLANS, "", 0, 0}, {20, NOTE_LEAD, LEAD_INTENDS, "", 0, 0}}, 20, LEAD_INTENDS, 20},
        {{{10, NOTE_LEAD, LEAD_PLANS, "", 0, 0}, {20, NOTE_LEAD, 0, "", 0, 0}}, 20, LEAD_PLANS, 10},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", NONE, NONE}}, 9999, LEAD_IN_CONTRACT, 10},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}}, 50, LEAD_IN_CONTRACT, 10},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}}, 51, LEAD_EXPIRED, 51},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {30, NOTE_CONTRACT_ENDED, 0, "k", 0, 0}}, 30, LEAD_EXPIRED, 30},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {60, NOTE_CONTRACT_ENDED, 0, "k", 0, 0}}, 60, LEAD_EXPIRED, 51},
        {{{30, NOTE_CONTRACT_ENDED, 0, "unknown", 0, 0}}, 31, LEAD_EXPIRED, 30},
        // a renewal in time goes on, a late one begins anew
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {50, NOTE_CONTRACT_SIGNED, 0, "l", 51, 90}},
         60,
         LEAD_IN_CONTRACT,
         10},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {51, NOTE_CONTRACT_SIGNED, 0, "l", 51, 90}},
         60,
         LEAD_IN_CONTRACT,
         51},
        // two at a time: the last end counts
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50},
          {20, NOTE_CONTRACT_SIGNED, 0, "l", 20, 40},
          {30, NOTE_CONTRACT_ENDED, 0, "l", 0, 0}},
         50,
         LEAD_IN_CONTRACT,
         10},
        // what is said during a contract counts until it runs out
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {30, NOTE_LEAD, LEAD_PLANS, "", 0, 0}}, 50, LEAD_PLANS, 30},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {30, NOTE_LEAD, LEAD_PLANS, "", 0, 0}}, 51, LEAD_EXPIRED, 51},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {51, NOTE_LEAD, LEAD_PLANS, "", 0, 0}}, 51, LEAD_PLANS, 51},
        {{{10, NOTE_CONTRACT_SIGNED, 0, "k", 10, 50}, {40, NOTE_LEAD, LEAD_EXPIRED, "", 0, 0}}, 60, LEAD_EXPIRED, 40},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lead_story story;
        lead_start(&story);
        for (size_t at = 0; at < 5 && cases[i].said[at].kind != NOTE_NONE; at++)
            hear(&story, &cases[i].said[at]);
        struct lead lead = judge(&story, cases[i].today);
        if (lead.stage != cases[i].stage || lead.stage_day != cases[i].since)
            fail_msg("case %zu: %s since %d", i, lead_stage_names[lead.stage], lead.stage_day);
    }
}

static void a_stage_may_last_only_so_long(void **unused)
{
    (void)unused;
    struct lead_story story;
    lead_start(&story);
    hear(&story, &(struct said){10, NOTE_LEAD, LEAD_CONTRACT_SENT, "", 0, 0});
    assert_false(judge(&story, 24).stuck);
    assert_true(judge(&story, 25).stuck);
    hear(&story, &(struct said){26, NOTE_CONTRACT_SIGNED, 0, "k", 26, NONE});
    assert_false(judge(&story, 4000).stuck); // without limit
}

static void who_is_named_in_the_file_is_in_contact(void **unused)
{
    (void)unused;
    static const struct {
        uint8_t said;
        int32_t key_person_day;
        uint8_t stage;
        int32_t since;
    } cases[] = {
        {LEAD_STAGE_UNKNOWN, 5, LEAD_STAGE_UNKNOWN, NONE}, // an old customer is no lead for having a file
        {LEAD_NOT_REACHED, NONE, LEAD_NOT_REACHED, 10},
        {LEAD_NOT_REACHED, 5, LEAD_KEY_PERSON, 10},
        {LEAD_ADDED, 20, LEAD_KEY_PERSON, 20},
        {LEAD_PLANS, 20, LEAD_PLANS, 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lead_story story;
        struct lead lead;
        lead_start(&story);
        hear(&story, &(struct said){10, NOTE_LEAD, cases[i].said, "", 0, 0});
        struct lead_facts facts = {
            .story = &story, .today = 30, .key_person_day = cases[i].key_person_day, .last_order_ms = NEVER};
        lead_judge(&options, &facts, &lead);
        assert_int_equal(lead.stage, cases[i].stage);
        assert_int_equal(lead.stage_day, cases[i].since);
    }
}

static void say_temperature(struct lead_story *story, int32_t day, uint8_t temperature)
{
    struct note note;
    note_start(&note, NOTE_LEAD);
    note.time_ms = day * DAY;
    note.lead.temperature = temperature;
    lead_hear(story, &options, &note, day);
}

static void warmth_goes_without_a_touch(void **unused)
{
    (void)unused;
    static const struct {
        uint8_t said; // on day 100
        enum note_kind touch;
        int outcome;
        int32_t touch_day; // 0: none
        int32_t today;
        uint8_t value;
        int32_t since;
    } cases[] = {
        {LEAD_HOT, NOTE_NONE, 0, 0, 113, LEAD_HOT, 100},
        {LEAD_HOT, NOTE_NONE, 0, 0, 114, LEAD_WARM, 114},
        {LEAD_HOT, NOTE_NONE, 0, 0, 143, LEAD_WARM, 114},
        {LEAD_HOT, NOTE_NONE, 0, 0, 144, LEAD_COLD, 144},
        {LEAD_HOT, NOTE_NONE, 0, 0, 9999, LEAD_COLD, 144},
        {LEAD_WARM, NOTE_NONE, 0, 0, 129, LEAD_WARM, 100},
        {LEAD_WARM, NOTE_NONE, 0, 0, 130, LEAD_COLD, 130},
        {LEAD_COLD, NOTE_NONE, 0, 0, 9999, LEAD_COLD, 100},
        {LEAD_DENIAL, NOTE_CONTACT, 1, 500, 9999, LEAD_DENIAL, 100},
        {LEAD_HOT, NOTE_CONTACT, 1, 113, 126, LEAD_HOT, 100},  // in time
        {LEAD_HOT, NOTE_CONTACT, 2, 113, 126, LEAD_WARM, 114}, // nobody answered
        {LEAD_HOT, NOTE_CONTACT, 1, 114, 143, LEAD_WARM, 114}, // too late: what is gone does not come back
        {LEAD_HOT, NOTE_CONTACT, 1, 114, 144, LEAD_COLD, 144}, // warm_days after the touch
        {LEAD_HOT, NOTE_QUOTE_SENT, 0, 113, 126, LEAD_HOT, 100},
        {LEAD_HOT, NOTE_LEAD, 0, 113, 126, LEAD_HOT, 100},
        {LEAD_HOT, NOTE_CONTACT, 1, 200, 229, LEAD_COLD, 144},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lead_story story;
        lead_start(&story);
        say_temperature(&story, 100, cases[i].said);
        if (cases[i].touch_day != 0)
            hear(&story, &(struct said){cases[i].touch_day, cases[i].touch,
                                        cases[i].touch == NOTE_LEAD ? 0 : cases[i].outcome, "q", NONE, 0});
        struct lead lead = judge(&story, cases[i].today);
        if (lead.temperature != cases[i].value || lead.temperature_day != cases[i].since)
            fail_msg("case %zu: %s since %d", i, lead_temperature_names[lead.temperature], lead.temperature_day);
    }
}

static void the_horizon_is_the_days_to_the_order(void **unused)
{
    (void)unused;
    static const struct {
        int32_t expected; // said on day 100
        int64_t order_ms;
        int32_t today;
        uint8_t horizon;
        bool missed;
    } cases[] = {
        {NONE, NEVER, 100, LEAD_HORIZON_UNKNOWN, false},
        {100, NEVER, 100, LEAD_H, false},
        {107, NEVER, 100, LEAD_H, false},
        {108, NEVER, 100, LEAD_A, false},
        {115, NEVER, 100, LEAD_A, false},
        {116, NEVER, 100, LEAD_B, false},
        {130, NEVER, 100, LEAD_B, false},
        {131, NEVER, 100, LEAD_C, false},
        {131, NEVER, 101, LEAD_B, false}, // by the clock alone
        {131, NEVER, 124, LEAD_H, false},
        {131, NEVER, 132, LEAD_H, true},
        {131, NEVER, 161, LEAD_H, true},
        {131, NEVER, 162, LEAD_C, true},
        {131, 99 * DAY, 132, LEAD_H, true},       // ordered before it was said
        {131, 100 * DAY, 132, LEAD_H, true},      // at the same instant
        {131, 100 * DAY + 1, 132, LEAD_C, false}, // and after: that is the order
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lead_story story;
        struct lead lead;
        lead_start(&story);
        hear(&story, &(struct said){100, NOTE_QUOTE_SENT, 0, "q", cases[i].expected, 0});
        struct lead_facts facts = {
            .story = &story, .today = cases[i].today, .key_person_day = NONE, .last_order_ms = cases[i].order_ms};
        lead_judge(&options, &facts, &lead);
        if (lead.horizon != cases[i].horizon || lead.missed != cases[i].missed)
            fail_msg("case %zu: %s, missed %d", i, lead_horizon_names[lead.horizon], lead.missed);
    }
}

static void a_lost_quote_takes_its_day_along(void **unused)
{
    (void)unused;
    struct lead_story story;
    lead_start(&story);
    hear(&story, &(struct said){100, NOTE_QUOTE_SENT, 0, "q", 105, 0});
    hear(&story, &(struct said){101, NOTE_QUOTE_LOST, 0, "other", 0, 0});
    assert_int_equal(judge(&story, 101).horizon, LEAD_H);
    hear(&story, &(struct said){102, NOTE_QUOTE_LOST, 0, "q", 0, 0});
    assert_int_equal(judge(&story, 102).horizon, LEAD_HORIZON_UNKNOWN);
    hear(&story, &(struct said){103, NOTE_LEAD, LEAD_PLANS, "", 0, 0});
    assert_int_equal(judge(&story, 103).horizon, LEAD_C); // somebody is at it; nobody knows when
}

static void four_questions(void **unused)
{
    (void)unused;
    static const struct {
        uint8_t answers[LEAD_ANSWERS];
        uint8_t value;
        const char *note;
    } cases[] = {
        {{0, 0, 0, 0},
         LEAD_QUALIFIED_UNKNOWN,
         "ask: what do they need, can they pay for it, who decides, is their credit good"},
        {{1, 0, 1, 0}, LEAD_QUALIFIED_OPEN, "ask: can they pay for it, is their credit good"},
        {{1, 1, 1, 1}, LEAD_QUALIFIED_YES, ""},
        {{1, 2, 1, 1}, LEAD_QUALIFIED_NO, "no power"},
        {{2, 2, 0, 2}, LEAD_QUALIFIED_NO, "no need, power, credit; ask: who decides"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lead_story story;
        struct lead lead;
        struct reason reason;
        struct note note;
        lead_start(&story);
        note_start(&note, NOTE_LEAD);
        note.lead.need = cases[i].answers[0];
        note.lead.power = cases[i].answers[1];
        lead_hear(&story, &options, &note, 1);
        note_start(&note, NOTE_LEAD); // what is left out leaves what was said before
        note.lead.decision = cases[i].answers[2];
        note.lead.credit = cases[i].answers[3];
        lead_hear(&story, &options, &note, 2);
        struct lead_facts facts = {.story = &story, .today = 3, .key_person_day = NONE, .last_order_ms = NEVER};
        lead_judge(&options, &facts, &lead);
        lead_explain_qualified(&options, &facts, &lead, &reason);
        assert_int_equal(lead.qualified, cases[i].value);
        assert_string_equal(reason.note, cases[i].note);
    }
}

static void reasons_say_the_figures(void **unused)
{
    (void)unused;
    struct lead_story story;
    struct lead lead;
    struct reason reason;
    struct note note;
    lead_start(&story);
    struct lead_facts facts = {.story = &story, .today = 100, .key_person_day = NONE, .last_order_ms = NEVER};
    lead_judge(&options, &facts, &lead);
    lead_explain_stage(&options, &facts, &lead, &reason);
    lead_explain_intention(&options, &facts, &lead, &reason);
    lead_explain_temperature(&options, &facts, &lead, &reason);
    lead_explain_horizon(&options, &facts, &lead, &reason);
    assert_int_equal(reason.figure_count, 0);
    note_start(&note, NOTE_LEAD);
    note.lead = (struct note_lead){.stage = LEAD_INTENDS,
                                   .intention = LEAD_GOOD,
                                   .temperature = LEAD_HOT,
                                   .expected_day = 90,
                                   .expected_milli = 5000,
                                   .source = "fair",
                                   .text = ""};
    lead_hear(&story, &options, &note, 80);
    hear(&story, &(struct said){81, NOTE_OBJECTION, 0, "", 0, 0});
    lead_judge(&options, &facts, &lead);
    lead_explain_stage(&options, &facts, &lead, &reason);
    assert_string_equal(reason.rule, "stage: what was said last");
    assert_string_equal(reason.note, "longer in this stage than it may last; source: fair");
    assert_int_equal(reason.figures[0].value, 80);
    assert_int_equal(reason.figures[1].value, 20000);
    assert_int_equal(reason.figures[2].value, 14000);
    assert_string_equal(reason.figures[3].name, "objections");
    lead_explain_intention(&options, &facts, &lead, &reason);
    assert_int_equal(reason.figures[0].value, 4);
    assert_string_equal(lead_intention_names[lead.intention], "good");
    lead_explain_temperature(&options, &facts, &lead, &reason);
    assert_string_equal(reason.note, "was hot at the last touch");
    assert_string_equal(lead_temperature_names[lead.temperature], "warm");
    lead_explain_horizon(&options, &facts, &lead, &reason);
    assert_string_equal(reason.note, "the expected day passed without an order");
    assert_int_equal(reason.figures[1].value, -10000);
    assert_int_equal(reason.figures[2].value, 5);
}

// --- the same, day by day: a slow model that lives through each day

enum { LIVES = 4000, LIFE_DAYS = 160, LIFE_CONTRACTS = 3 };

struct life {
    int stage, stage_day;
    int temperature, temperature_day, cool_day;
    int over[LIFE_CONTRACTS]; // first day without; 0: none
};

static bool life_running(const struct life *life, int day)
{
    for (int i = 0; i < LIFE_CONTRACTS; i++)
        if (life->over[i] > day)
            return true;
    return false;
}

static void set(int *value, int *since, int wanted, int day)
{
    if (*value != wanted) {
        *value = wanted;
        *since = day;
    }
}

static void dawn(struct life *life, int day)
{
    for (int i = 0; i < LIFE_CONTRACTS; i++)
        if (life->over[i] == day && !life_running(life, day))
            set(&life->stage, &life->stage_day, LEAD_EXPIRED, day);
    if (day == life->cool_day && life->temperature == LEAD_HOT) {
        set(&life->temperature, &life->temperature_day, LEAD_WARM, day);
        life->cool_day = day + (int)options.warm_days;
    } else if (day == life->cool_day && life->temperature == LEAD_WARM) {
        set(&life->temperature, &life->temperature_day, LEAD_COLD, day);
    }
}

static void life_touch(struct life *life, int day)
{
    life->cool_day = day + (int)(life->temperature == LEAD_HOT ? options.hot_days : options.warm_days);
}

static void live_one(struct life *life, struct lead_story *story, int day, unsigned *seed)
{
    static const char *const ids[LIFE_CONTRACTS + 1] = {"k", "l", "m", "unknown"};
    int which = rand_r(seed) % (LIFE_CONTRACTS + 1), number = rand_r(seed) % LEAD_STAGES;
    switch (rand_r(seed) % 5) {
    case 0:
        hear(story, &(struct said){day, NOTE_LEAD, number, "", 0, 0});
        life_touch(life, day);
        if (number != 0)
            set(&life->stage, &life->stage_day, number, day);
        break;
    case 1:
        if (which == LIFE_CONTRACTS)
            break;
        life->over[which] = day + 1 + rand_r(seed) % 40;
        hear(story, &(struct said){day, NOTE_CONTRACT_SIGNED, 0, ids[which], day, life->over[which] - 1});
        set(&life->stage, &life->stage_day, LEAD_IN_CONTRACT, day);
        break;
    case 2:
        hear(story, &(struct said){day, NOTE_CONTRACT_ENDED, 0, ids[which], 0, 0});
        if (which < LIFE_CONTRACTS && life->over[which] != 0 && life->over[which] <= day)
            break;
        if (which < LIFE_CONTRACTS && life->over[which] != 0)
            life->over[which] = day;
        if (!life_running(life, day))
            set(&life->stage, &life->stage_day, LEAD_EXPIRED, day);
        break;
    case 3:
        number = number % LEAD_TEMPERATURES;
        say_temperature(story, day, (uint8_t)number);
        if (number != 0)
            set(&life->temperature, &life->temperature_day, number, day);
        life_touch(life, day);
        break;
    default:
        hear(story, &(struct said){day, NOTE_CONTACT, NOTE_OUTCOME_REACHED, "", 0, 0});
        life_touch(life, day);
        break;
    }
}

static void random_lives(void **unused)
{
    (void)unused;
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    for (int round = 0; round < LIVES; round++) {
        struct life life = {.stage_day = NONE, .temperature_day = NONE, .cool_day = NONE};
        struct lead_story story;
        lead_start(&story);
        for (int day = 1; day < LIFE_DAYS; day++) {
            dawn(&life, day);
            while (rand_r(&seed) % 12 == 0)
                live_one(&life, &story, day, &seed);
            struct lead lead = judge(&story, day);
            if (lead.stage != life.stage || lead.stage_day != life.stage_day)
                fail_msg("round %d day %d: %d since %d, lived %d since %d", round, day, lead.stage, lead.stage_day,
                         life.stage, life.stage_day);
            if (lead.temperature != life.temperature || lead.temperature_day != life.temperature_day)
                fail_msg("round %d day %d: warmth %d since %d, lived %d since %d", round, day, lead.temperature,
                         lead.temperature_day, life.temperature, life.temperature_day);
        }
    }
}

static void more_contracts_than_are_kept(void **unused)
{
    (void)unused;
    struct lead_story story;
    char id[16];
    lead_start(&story);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(id, sizeof id, "k%d", i % 100);
        hear(&story, &(struct said){10 + i, NOTE_CONTRACT_SIGNED, 0, id, 10, 100 + (i * 7) % 40});
    }
    assert_int_equal(judge(&story, 139).stage, LEAD_IN_CONTRACT);
    assert_int_equal(judge(&story, 139).stage_day, 10);
    assert_int_equal(judge(&story, 140).stage, LEAD_EXPIRED);
    assert_int_equal(judge(&story, 140).stage_day, 140);
}

static void options_are_read_and_judged(void **unused)
{
    (void)unused;
    static const struct {
        const char *text, *key;
    } cases[] = {
        {"lead:\n  hot_days: 3\n", NULL},
        {"lead:\n  a_days: 7\n", "a_days"},
        {"lead:\n  b_days: 15\n", "b_days"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lead_options read;
        const char *key = NULL;
        struct config_section section = {"lead", lead_keys, &read, ""};
        struct config *config = config_read_text("t", cases[i].text, strlen(cases[i].text), &section, 1);
        assert_true(config_good(config));
        const char *trouble = lead_trouble(&read, &key);
        assert_int_equal(trouble == NULL, cases[i].key == NULL);
        if (cases[i].key != NULL)
            assert_string_equal(key, cases[i].key);
        config_close(&config);
    }
    assert_int_equal(options.dwell_days[LEAD_STAGE_UNKNOWN], 0);
    assert_int_equal(options.dwell_days[LEAD_NOT_REACHED], 14);
    assert_int_equal(options.dwell_days[LEAD_IN_CONTRACT], 0);
    assert_int_equal(options.dwell_days[LEAD_EXPIRED], 30);
}

static int read_defaults(void **unused)
{
    (void)unused;
    struct config_section section = {"lead", lead_keys, &options, ""};
    struct config *config = config_read(NULL, &section, 1);
    bool good = config_good(config);
    config_close(&config);
    return good ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stage_is_what_was_said_last_contracts_included),
        cmocka_unit_test(a_stage_may_last_only_so_long),
        cmocka_unit_test(who_is_named_in_the_file_is_in_contact),
        cmocka_unit_test(warmth_goes_without_a_touch),
        cmocka_unit_test(the_horizon_is_the_days_to_the_order),
        cmocka_unit_test(a_lost_quote_takes_its_day_along),
        cmocka_unit_test(four_questions),
        cmocka_unit_test(reasons_say_the_figures),
        cmocka_unit_test(random_lives),
        cmocka_unit_test(more_contracts_than_are_kept),
        cmocka_unit_test(options_are_read_and_judged),
    };
    return cmocka_run_group_tests(tests, read_defaults, NULL);
}
