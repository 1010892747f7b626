// The story: it is the same whatever order its notes arrive in, and each note gets to where it is judged.
#include "common/calendar.h"
#include "services/scoring/story.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define DAY INT64_C(86400000)
#define UNIT INT64_C(1000000)

enum { NONE = NOTE_NO_DAY };

static struct terms_rate rates[] = {{"USD", 0, 500000}, {"USD", 20, 2000000}};
static const struct terms euro = {.currency = "EUR", .rates = rates, .rate_count = 2};
static const struct lead_options lead = {.dwell_days = {0, 14, 30, 30, 30, 14, 14, 0, 30},
                                         .hot_days = 14,
                                         .warm_days = 30,
                                         .h_days = 7,
                                         .a_days = 15,
                                         .b_days = 30};
static const struct dimension_names names = {0};
static const struct story_rules rules = {.terms = &euro, .lead = &lead, .names = &names};

static struct note at(enum note_kind kind, int32_t day, uint8_t key)
{
    struct note note;
    note_start(&note, kind);
    note.time_ms = day * DAY;
    note.key[0] = key;
    return note;
}

static struct note_money money(int64_t units, const char *currency)
{
    struct note_money made = {.micros = units * UNIT, .given = true};
    memcpy(made.currency, currency, strlen(currency) + 1);
    return made;
}

// --- whatever order they arrive in

static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h"};

static struct note draw(unsigned *seed, uint8_t key)
{
    static const char *const words[][2] = {{"value.abc", "A"}, {"value.abc", ""},       {"value.face", "black"},
                                           {"no.such", "x"},   {"lead.stage", "plans"}, {"risk.rival", "no"}};
    struct note note = at((enum note_kind)(1 + rand_r(seed) % (NOTE_KINDS - 1)), rand_r(seed) % 400, key);
    const char *id = ids[rand_r(seed) % 8];
    int32_t day = rand_r(seed) % 3 == 0 ? NONE : rand_r(seed) % 500;
    uint8_t small = (uint8_t)(rand_r(seed) % 5);
    int word = rand_r(seed) % 6;
    switch (note.kind) {
    case NOTE_UPSERTED:
        note.customer.name = id;
        note.customer.persons = (uint8_t)(rand_r(seed) % 32);
        note_add_field(&note.customer, id, "x");
        break;
    case NOTE_CONTACT:
        note.contact.outcome = small;
        note.contact.minutes = small;
        break;
    case NOTE_COMPLAINT_OPENED:
    case NOTE_COMPLAINT_ACKNOWLEDGED:
    case NOTE_COMPLAINT_RESOLVED:
        note.complaint.id = id;
        break;
    case NOTE_SURVEY:
        note.survey.score = (uint8_t)(small + 1);
        note.survey.parts[small] = small;
        break;
    case NOTE_LEAD:
        note.lead.stage = (uint8_t)(rand_r(seed) % 9);
        note.lead.temperature = small;
        note.lead.need = small % 3;
        note.lead.expected_day = day;
        note.lead.source = id;
        break;
    case NOTE_CONTRACT_SIGNED:
        note.contract.to_day = day;
        note.contract.value = money(small, "USD");
        note.contract.id = id;
        break;
    case NOTE_CONTRACT_ENDED:
        note.contract.id = id;
        break;
    case NOTE_QUOTE_SENT:
        note.quote.expected_day = day;
        note.quote.amount = money(small, "CHF");
        note.quote.id = id;
        break;
    case NOTE_QUOTE_LOST:
        note.quote.id = id;
        break;
    case NOTE_GIFT:
    case NOTE_COST:
        note.item.amount = money(small, "EUR");
        break;
    case NOTE_COOPERATION:
        note.cooperation.score = (uint8_t)(small + 1);
        break;
    case NOTE_OVERRIDE:
        note.override.dimension = words[word][0];
        note.override.value = words[word][1];
        note.override.by = small > 2 ? id : "";
        note.override.until_day = day;
        break;
    default:
        note.word.who = note.word.what = id;
        break;
    }
    return note;
}

// As the caller does it: a note that is newest goes in, any other one starts the story anew.
static void arrive(struct story *story, struct note *notes, size_t *count, const struct note *note)
{
    notes[(*count)++] = *note;
    if (story_newest(story, note)) {
        story_add(story, &rules, note);
        return;
    }
    story_sort(notes, *count);
    story_fold(story, &rules, notes, *count);
}

static void the_order_of_arrival_does_not_matter(void **unused)
{
    (void)unused;
    enum { NOTES = 60, ROUNDS = 300 };
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    for (int round = 0; round < ROUNDS; round++) {
        struct note sent[NOTES], sorted[NOTES + 10], kept[NOTES + 10];
        struct story straight, story;
        memset(&straight, 0xaa, sizeof straight);
        memset(&story, 0x55, sizeof story);
        for (int i = 0; i < NOTES; i++)
            sorted[i] = sent[i] = draw(&seed, (uint8_t)i);
        story_sort(sorted, NOTES);
        story_start(&straight);
        for (int i = 0; i < NOTES; i++)
            story_add(&straight, &rules, &sorted[i]);
        for (int i = NOTES - 1; i > 0; i--) {
            int other = rand_r(&seed) % (i + 1);
            struct note swap = sent[i];
            sent[i] = sent[other];
            sent[other] = swap;
        }
        size_t count = 0;
        story_start(&story);
        for (int i = 0; i < NOTES; i++)
            arrive(&story, kept, &count, &sent[i]);
        assert_memory_equal(&story, &straight, sizeof story);
        kept[count++] = sent[rand_r(&seed) % NOTES]; // twice is once
        story_sort(kept, count);
        story_fold(&story, &rules, kept, count);
        assert_memory_equal(&story, &straight, sizeof story);
        assert_int_equal(story.notes, NOTES);
    }
}

static void newest_is_by_time_then_key(void **unused)
{
    (void)unused;
    struct story story;
    struct note first = at(NOTE_PRAISE, 10, 5), twin = at(NOTE_NEED_LOST, 10, 6), older = at(NOTE_PRAISE, 9, 9);
    story_start(&story);
    assert_true(story_newest(&story, &first));
    story_add(&story, &rules, &first);
    assert_false(story_newest(&story, &first));
    assert_false(story_newest(&story, &older));
    assert_true(story_newest(&story, &twin));
}

// --- where each note goes

static void each_note_gets_to_its_place(void **unused)
{
    (void)unused;
    struct note notes[] = {
        at(NOTE_UPSERTED, 1, 1),         at(NOTE_CONTACT, 2, 2),     at(NOTE_CONTACT, 3, 3),
        at(NOTE_COMPLAINT_OPENED, 4, 4), at(NOTE_SURVEY, 5, 5),      at(NOTE_LEAD, 6, 6),
        at(NOTE_CONTRACT_SIGNED, 7, 7),  at(NOTE_QUOTE_SENT, 8, 8),  at(NOTE_QUOTE_LOST, 9, 9),
        at(NOTE_COOPERATION, 10, 10),    at(NOTE_REFERRAL, 11, 11),  at(NOTE_PRAISE, 12, 12),
        at(NOTE_COMPETITOR, 13, 13),     at(NOTE_NEED_LOST, 14, 14), at(NOTE_OVERRIDE, 15, 15),
        at(NOTE_PROMISE_BROKEN, 16, 16), at(NOTE_OBJECTION, 17, 17),
    };
    struct story story;
    notes[0].customer.type = 4;
    notes[1].contact = (struct note_contact){.outcome = 1, .minutes = 7, .key_point = "", .text = ""};
    notes[2].contact = (struct note_contact){.outcome = 2, .minutes = 3, .key_point = "", .text = ""};
    notes[3].complaint.id = "c1";
    notes[4].survey.score = 4;
    notes[4].survey.parts[7] = 5;
    notes[5].lead.stage = LEAD_PLANS;
    notes[6].contract.id = "k1";
    notes[6].contract.value = money(100, "USD");
    notes[7].quote.id = notes[8].quote.id = "q1";
    notes[9].cooperation.score = 3;
    notes[10].word.who = "other";
    notes[12].word.who = "Acme";
    notes[14].override.dimension = "value.abc";
    notes[14].override.value = "B";
    story_fold(&story, &rules, notes, sizeof notes / sizeof notes[0]);
    assert_int_equal(story.profile.type, 4);
    assert_int_equal(story.profile.file_ms, DAY);
    assert_int_equal(story.contacts.count, 2);
    assert_int_equal(story.contacts.reached, 1);
    assert_int_equal(story.contacts.reached_ms, 2 * DAY);
    assert_int_equal(story.contacts.last_ms, 3 * DAY);
    assert_int_equal(story.contacts.minutes, 10);
    assert_int_equal(care_open(&story.care), 1);
    assert_int_equal(story.care.score, 4);
    assert_int_equal(story.care.parts[7], 5);
    assert_int_equal(story.care.cooperation, 3);
    assert_int_equal(story.care.referrals, 1);
    assert_int_equal(story.care.praises, 1);
    assert_int_equal(story.care.broken, 1);
    assert_int_equal(story.lead.stage, LEAD_PLANS);
    assert_int_equal(story.lead.contract_count, 1);
    assert_int_equal(story.lead.objections, 1);
    assert_int_equal(story.deals.contract_count, 1);
    assert_int_equal(story.deals.contracts[0].value_micros, 50 * UNIT);
    assert_int_equal(story.deals.contracts[0].signed_day, 7);
    assert_int_equal(story.deals.sent, 1);
    assert_int_equal(story.deals.lost, 1);
    assert_string_equal(story.rival.seen.who, "Acme");
    assert_int_equal(story.rival.need_lost.day, 14);
    assert_int_equal(story.overrides.count, 1);
    assert_int_equal(story.notes, 17);
    assert_int_equal(story.newest_ms, 17 * DAY);
}

static void resolved_complaints_and_ended_contracts(void **unused)
{
    (void)unused;
    struct note notes[] = {at(NOTE_COMPLAINT_OPENED, 1, 1), at(NOTE_COMPLAINT_ACKNOWLEDGED, 2, 2),
                           at(NOTE_COMPLAINT_RESOLVED, 3, 3), at(NOTE_CONTRACT_SIGNED, 4, 4),
                           at(NOTE_CONTRACT_ENDED, 5, 5)};
    struct story story;
    for (int i = 0; i < 3; i++)
        notes[i].complaint.id = "c1";
    notes[3].contract.id = notes[4].contract.id = "k1";
    story_fold(&story, &rules, notes, 2);
    assert_int_equal(care_open(&story.care), 1);
    story_fold(&story, &rules, notes, 3);
    assert_int_equal(care_open(&story.care), 0);
    assert_int_equal(story.care.resolved, 1);
    story_fold(&story, &rules, notes, 5);
    assert_int_equal(story.deals.contracts[0].ended_day, 5);
    assert_int_equal(story.lead.contracts[0].over_day, 5);
}

// --- what the customer costs

static struct note cost(enum note_kind kind, int32_t day, uint8_t key, int64_t units, const char *currency)
{
    struct note note = at(kind, day, key);
    note.item.amount = money(units, currency);
    return note;
}

static void costs_and_gifts_in_the_reporting_currency(void **unused)
{
    (void)unused;
    struct note notes[] = {
        cost(NOTE_COST, 5, 1, 100, "EUR"), cost(NOTE_GIFT, 10, 2, 100, "USD"), cost(NOTE_COST, 20, 3, 100, "USD"),
        cost(NOTE_COST, 21, 4, 100, "CHF"), // no rate: counts as nothing, and that is counted
    };
    struct story story;
    story_fold(&story, &rules, notes, 4);
    assert_int_equal(story_cost(&story, 30, 365), 350 * UNIT);
    assert_int_equal(story.no_rate, 1);
    assert_int_equal(story_cost(&story, 30, 0), 0);
    story_start(&story);
    assert_int_equal(story_cost(&story, 30, 365), 0);
    struct note gift = at(NOTE_GIFT, 5, 1); // without an amount
    story_add(&story, &rules, &gift);
    assert_int_equal(story.no_rate, 0);
}

static void the_first_month_counts_by_its_days(void **unused)
{
    (void)unused;
    int32_t june = day_from_date((struct date){2026, 6, 1});
    struct note notes[] = {cost(NOTE_COST, june, 1, 30, "EUR"), cost(NOTE_COST, june + 31, 2, 7, "EUR")};
    struct story story;
    story_fold(&story, &rules, notes, 2);
    assert_int_equal(story_cost(&story, june + 40, 41), 37 * UNIT);
    assert_int_equal(story_cost(&story, june + 40, 40), 36 * UNIT); // 29 of June's 30 days
    assert_int_equal(story_cost(&story, june + 40, 12), 8 * UNIT);
    assert_int_equal(story_cost(&story, june + 40, 11), 7 * UNIT);
    assert_int_equal(story_cost(&story, june + 29, 30), 30 * UNIT); // what is later does not count yet
}

// Against a sum of whole months, over windows that begin with a month.
static void random_costs(void **unused)
{
    (void)unused;
    enum { NOTES = 80 };
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    for (int round = 0; round < 300; round++) {
        struct note notes[NOTES];
        struct story story;
        int32_t start = day_from_date((struct date){2024, 1, 1});
        for (int i = 0; i < NOTES; i++)
            notes[i] = cost(NOTE_COST, start + rand_r(&seed) % 800, (uint8_t)i, rand_r(&seed) % 1000, "EUR");
        story_sort(notes, NOTES);
        story_fold(&story, &rules, notes, NOTES);
        int32_t newest = (int32_t)(notes[NOTES - 1].time_ms / DAY);
        for (int back = 0; back < 12; back++) {
            int32_t first = day_add_months(day_month_start(newest), -back);
            int64_t wanted = 0;
            for (int i = 0; i < NOTES; i++)
                wanted += notes[i].time_ms / DAY >= first ? notes[i].item.amount.micros : 0;
            assert_int_equal(story_cost(&story, newest, newest - first + 1), wanted);
        }
        int32_t later = day_add_months(day_month_start(newest), 13);
        assert_int_equal(story_cost(&story, later, 365), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_arrival_does_not_matter),
        cmocka_unit_test(newest_is_by_time_then_key),
        cmocka_unit_test(each_note_gets_to_its_place),
        cmocka_unit_test(resolved_complaints_and_ended_contracts),
        cmocka_unit_test(costs_and_gifts_in_the_reporting_currency),
        cmocka_unit_test(the_first_month_counts_by_its_days),
        cmocka_unit_test(random_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
