// What people decide: the newest word per dimension, until its last day, and what is refused.
#include "services/scoring/override.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

enum { NONE = NOTE_NO_DAY };

static const struct dimension_names names = {0};

static enum override_refusal hear(struct override_story *story, int64_t time_ms, const char *dimension,
                                  const char *value, const char *by, int32_t until)
{
    struct note note;
    note_start(&note, NOTE_OVERRIDE);
    note.time_ms = time_ms;
    note.key[0] = (uint8_t)time_ms;
    note.override.dimension = dimension;
    note.override.value = value;
    note.override.by = by;
    note.override.until_day = until;
    return override_hear(story, &names, &note);
}

static void what_is_taken_and_what_is_refused(void **unused)
{
    (void)unused;
    static const struct {
        const char *dimension, *value, *by;
        int32_t until;
        enum override_refusal refusal;
    } cases[] = {
        {"value.abc", "A", "", NONE, OVERRIDE_ACCEPTED},
        {"value.abc", "a", "", NONE, OVERRIDE_ACCEPTED},
        {"value.abc", "D", "", NONE, OVERRIDE_NO_VALUE},
        {"value.abcd", "A", "", NONE, OVERRIDE_NO_DIMENSION},
        {"", "A", "", NONE, OVERRIDE_NO_DIMENSION},
        {"lead.temperature", "Hot", "", 10, OVERRIDE_ACCEPTED},
        {"value.face", "red", "", NONE, OVERRIDE_ACCEPTED},
        {"value.face", "black", "boss", 10, OVERRIDE_ACCEPTED},
        {"value.face", "black", "", 10, OVERRIDE_NO_APPROVER},
        {"value.face", "Black", "", 10, OVERRIDE_NO_APPROVER},
        {"value.face", "black", "boss", NONE, OVERRIDE_NO_REVIEW},
        {"value.face", "", "", NONE, OVERRIDE_ACCEPTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct override_story story;
        override_start(&story);
        assert_int_equal(hear(&story, 1, cases[i].dimension, cases[i].value, cases[i].by, cases[i].until),
                         cases[i].refusal);
        assert_int_equal(story.refused.why, cases[i].refusal);
        bool counts = cases[i].refusal == OVERRIDE_ACCEPTED && cases[i].value[0] != '\0';
        assert_int_equal(story.count, counts);
    }
}

static void the_person_counts_through_the_last_day(void **unused)
{
    (void)unused;
    struct override_story story;
    uint8_t b, c;
    assert_true(dimension_value(&names, DIMENSION_ABC, "B", &b));
    assert_true(dimension_value(&names, DIMENSION_ABC, "C", &c));
    override_start(&story);
    assert_int_equal(override_value(&story, DIMENSION_ABC, 100, c), c);
    (void)hear(&story, 1, "value.abc", "B", "wang", 100);
    assert_int_equal(override_value(&story, DIMENSION_ABC, 100, c), b);
    assert_int_equal(override_value(&story, DIMENSION_ABC, 101, c), c);
    assert_int_equal(override_value(&story, DIMENSION_TIER, 100, 1), 1);
    (void)hear(&story, 2, "value.abc", "B", "wang", NONE);
    assert_int_equal(override_value(&story, DIMENSION_ABC, INT32_MAX, c), b);
    assert_int_equal(hear(&story, 3, "value.abc", "X", "wang", NONE), OVERRIDE_NO_VALUE);
    assert_int_equal(override_value(&story, DIMENSION_ABC, 100, c), b); // a refusal changes nothing else
    (void)hear(&story, 4, "value.abc", "", "", NONE);
    assert_int_equal(override_value(&story, DIMENSION_ABC, 100, c), c);
    assert_int_equal(story.refused.why, OVERRIDE_ACCEPTED);
}

static void a_refusal_stays_until_its_dimension_is_settled(void **unused)
{
    (void)unused;
    struct override_story story;
    struct reason reason;
    override_start(&story);
    (void)hear(&story, 1, "value.face", "black", "", NONE);
    (void)hear(&story, 2, "value.abc", "A", "", NONE);
    assert_int_equal(story.refused.why, OVERRIDE_NO_APPROVER);
    assert_int_equal(story.refused.time_ms, 1);
    override_explain_refusal(&names, &story.refused, "black", &reason);
    assert_string_equal(reason.rule, "not set by hand: it needs somebody who answers for it (by)");
    assert_string_equal(reason.note, "value.face black");
    (void)hear(&story, 3, "value.face", "black", "boss", 50);
    assert_int_equal(story.refused.why, OVERRIDE_ACCEPTED);
    (void)hear(&story, 4, "no.such", "x", "", NONE);
    override_explain_refusal(&names, &story.refused, "x", &reason);
    assert_string_equal(reason.note, "x");
}

static void the_reason_names_both_values(void **unused)
{
    (void)unused;
    struct override_story story;
    struct reason reason;
    override_start(&story);
    (void)hear(&story, 5, "value.abc", "A", "wang", 70);
    const struct override *entry = override_find(&story, DIMENSION_ABC, 70);
    assert_non_null(entry);
    assert_int_equal(entry->key[0], 5);
    override_explain(&names, entry, "wang", "opens a new plant", 3, &reason);
    assert_string_equal(reason.rule, "set by hand by wang; the figures say C");
    assert_string_equal(reason.note, "opens a new plant");
    assert_int_equal(reason.figures[1].value, 70);
    override_explain(&names, entry, "", "", 0, &reason);
    assert_string_equal(reason.rule, "set by hand; the figures say nothing");
}

// Against a walk back over everything that was said.
static void random_words(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        enum dimension dimension;
        const char *words[3];
    } dimensions[] = {
        {"value.abc", DIMENSION_ABC, {"", "A", "B"}},
        {"value.face", DIMENSION_FACE, {"", "red", "black"}},
        {"risk.rival", DIMENSION_RIVAL, {"", "yes", "maybe"}},
    };
    enum { WORDS = 12, KINDS = 3 };
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    for (int round = 0; round < 5000; round++) {
        struct override_story story;
        uint8_t wanted[KINDS] = {0};
        int32_t until[KINDS] = {0};
        override_start(&story);
        for (int i = 0; i < WORDS; i++) {
            int which = rand_r(&seed) % KINDS, word = rand_r(&seed) % 3;
            int32_t day = rand_r(&seed) % 2 == 0 ? NONE : rand_r(&seed) % 100;
            const char *by = rand_r(&seed) % 2 == 0 ? "" : "boss", *text = dimensions[which].words[word];
            (void)hear(&story, i, dimensions[which].name, text, by, day);
            if (strcmp(text, "maybe") == 0 || (strcmp(text, "black") == 0 && (by[0] == '\0' || day == NONE)))
                continue;
            wanted[which] = 0;
            if (text[0] != '\0')
                assert_true(dimension_value(&names, dimensions[which].dimension, text, &wanted[which]));
            until[which] = day == NONE ? INT32_MAX : day;
        }
        for (int which = 0; which < KINDS; which++) {
            bool holds = wanted[which] != 0 && 50 <= until[which];
            assert_int_equal(override_value(&story, dimensions[which].dimension, 50, 77), holds ? wanted[which] : 77);
        }
    }
}

static void the_oldest_of_too_many_gives_way(void **unused)
{
    (void)unused;
    static const char *const said[][2] = {
        {"value.abc", "A"},          {"value.tier", "small"},
        {"value.face", "red"},       {"risk.overdue", "no"},
        {"risk.rival", "no"},        {"lead.stage", "plans"},
        {"lead.horizon", "H"},       {"lead.intention", "good"},
        {"lead.temperature", "hot"}, {"file.completeness", "complete"},
    };
    enum { SAID = sizeof said / sizeof said[0] };
    struct override_story story;
    override_start(&story);
    for (int i = 0; i < SAID; i++)
        assert_int_equal(hear(&story, i, said[i][0], said[i][1], "", NONE), OVERRIDE_ACCEPTED);
    assert_int_equal(story.count, OVERRIDE_MAX);
    assert_null(override_find(&story, DIMENSION_ABC, 0));
    assert_null(override_find(&story, DIMENSION_TIER, 0));
    assert_non_null(override_find(&story, DIMENSION_FACE, 0));
    assert_non_null(override_find(&story, DIMENSION_COMPLETENESS, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_and_what_is_refused),
        cmocka_unit_test(the_person_counts_through_the_last_day),
        cmocka_unit_test(a_refusal_stays_until_its_dimension_is_settled),
        cmocka_unit_test(the_reason_names_both_values),
        cmocka_unit_test(random_words),
        cmocka_unit_test(the_oldest_of_too_many_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
