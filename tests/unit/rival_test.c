// The rival: how long a sign of one counts.
#include "services/scoring/rival.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#define DAY INT64_C(86400000)
#define NEVER INT64_MIN

static const struct rival_options options = {.days = 90};

static void hear(struct rival_story *story, enum note_kind kind, int32_t day, const char *who, const char *what)
{
    struct note note;
    note_start(&note, kind);
    note.time_ms = day * DAY;
    note.word.who = who;
    note.word.what = what;
    rival_hear(story, &note, day);
}

static void signs_count_until_an_order_and_for_some_days(void **unused)
{
    (void)unused;
    static const struct {
        int32_t seen, lost;
        int64_t order_ms;
        int32_t today;
        uint8_t value;
        int32_t day;
    } cases[] = {
        {-1, -1, NEVER, 1000, RIVAL_NO, NOTE_NO_DAY},     {-1, -1, 900 * DAY, 1000, RIVAL_NO, NOTE_NO_DAY},
        {100, -1, NEVER, 5000, RIVAL_YES, 100},           // nothing has answered it
        {100, -1, 99 * DAY, 5000, RIVAL_YES, 100},        // the order was before
        {100, -1, 100 * DAY - 1, 5000, RIVAL_YES, 100},   // just before
        {100, -1, 100 * DAY, 190, RIVAL_YES, 100},        // the same instant answers it, but it is fresh
        {100, -1, 100 * DAY, 191, RIVAL_NO, NOTE_NO_DAY}, // and now it is not
        {100, -1, 150 * DAY, 190, RIVAL_YES, 100},        // fresh, in spite of the order
        {100, -1, 150 * DAY, 191, RIVAL_NO, NOTE_NO_DAY}, {-1, 100, NEVER, 5000, RIVAL_YES, 100},
        {100, 160, 170 * DAY, 191, RIVAL_YES, 160}, // the one is over, the other not
        {160, 100, 90 * DAY, 191, RIVAL_YES, 160},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rival_story story;
        struct rival rival;
        rival_start(&story);
        if (cases[i].seen >= 0)
            hear(&story, NOTE_COMPETITOR, cases[i].seen, "Acme", "");
        if (cases[i].lost >= 0)
            hear(&story, NOTE_NEED_LOST, cases[i].lost, "", "closed the plant");
        struct rival_facts facts = {.story = &story, .last_order_ms = cases[i].order_ms, .today = cases[i].today};
        rival_judge(&options, &facts, &rival);
        assert_int_equal(rival.value, cases[i].value);
        assert_int_equal(rival.day, cases[i].day);
    }
}

static void the_reason_names_who_and_when(void **unused)
{
    (void)unused;
    struct rival_story story;
    struct rival rival;
    struct reason reason;
    rival_start(&story);
    hear(&story, NOTE_COMPETITOR, 0, "Acme", "saw their van");
    hear(&story, NOTE_NEED_LOST, 1, "", "closed the plant");
    struct rival_facts facts = {.story = &story, .last_order_ms = NEVER, .today = 10};
    rival_judge(&options, &facts, &rival);
    assert_true(rival.competitor && rival.need_lost);
    rival_explain(&options, &facts, &rival, &reason);
    assert_string_equal(
        reason.note, "competitor seen on 1970-01-01: Acme, saw their van; need lost on 1970-01-02: closed the plant");
    assert_string_equal(reason.text, "Acme, saw their van");
    assert_int_equal(reason.figures[0].value, 1);
    assert_int_equal(reason.figures[1].value, 9000);
    hear(&story, NOTE_COMPETITOR, 2, "", "a name that is far longer than what is kept of it, which is 47 bytes");
    assert_int_equal(strlen(story.seen.who), RIVAL_WHO_BYTES - 1);
    hear(&story, NOTE_COMPETITOR, 3, "Zip King", "a word that is too long to stand beside the name");
    rival_judge(&options, &facts, &rival);
    rival_explain(&options, &facts, &rival, &reason);
    assert_string_equal(reason.text, "Zip King");
    rival_start(&story);
    hear(&story, NOTE_NEED_LOST, 9, "", "closed the plant"); // no competitor to be named
    rival_judge(&options, &facts, &rival);
    rival_explain(&options, &facts, &rival, &reason);
    assert_string_equal(reason.text, "");
    rival_start(&story);
    rival_judge(&options, &facts, &rival);
    rival_explain(&options, &facts, &rival, &reason);
    assert_string_equal(reason.note, "");
    assert_string_equal(rival_names[rival.value], "no");
}

// Against the sentence of the header, over all signs ever heard.
static void random_stories(void **unused)
{
    (void)unused;
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    for (int round = 0; round < 20000; round++) {
        struct rival_story story;
        struct rival rival;
        rival_start(&story);
        int64_t order_ms = rand_r(&seed) % 3 == 0 ? NEVER : (rand_r(&seed) % 300) * DAY;
        int32_t today = 300 + rand_r(&seed) % 100, day = 0;
        bool yes = false;
        for (int i = rand_r(&seed) % 5; i > 0; i--) {
            day += rand_r(&seed) % 80;
            hear(&story, rand_r(&seed) % 2 == 0 ? NOTE_COMPETITOR : NOTE_NEED_LOST, day, "x", "y");
            yes = yes || day * DAY > order_ms || today - day <= options.days;
        }
        struct rival_facts facts = {.story = &story, .last_order_ms = order_ms, .today = today};
        rival_judge(&options, &facts, &rival);
        assert_int_equal(rival.value, yes ? RIVAL_YES : RIVAL_NO);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_count_until_an_order_and_for_some_days),
        cmocka_unit_test(the_reason_names_who_and_when),
        cmocka_unit_test(random_stories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
