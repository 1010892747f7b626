// Whether promises were kept: the rule as a table, and words in any order against a slow walk over all of them.
#include "services/scheduler/breach.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { S = 1000, GRACE = 300 * S, ROW_WORDS = 6, STORIES = 50000, STORY_WORDS = 10, MANY = 40 };

static const struct breach_options OPTIONS = {.grace_ms = GRACE, .window_ms = 365 * INT64_C(86400000)};

// Seconds: of the event, and the due moment it names.
struct told {
    char word; // m, e, k, b; 0 ends the row
    int32_t at_s, due_s;
};

static enum breach_said said(char word)
{
    return word == 'm' ? BREACH_MADE : word == 'e' ? BREACH_EXTENDED : word == 'k' ? BREACH_KEPT : BREACH_BROKEN;
}

static void say(struct breach *breach, const struct told *told)
{
    uint64_t tie = (uint64_t)told->word * 7919 % 101;
    breach_say(breach, said(told->word),
               (struct breach_word){told->at_s * INT64_C(1000), tie, told->due_s * INT64_C(1000)});
}

// Made at 0 s, due at 10,000 s.
static const struct {
    struct told words[ROW_WORDS];
    int32_t now_s;
    enum breach_state state;
    int32_t due_s, kept_s, broken_s, late_s, extensions, refused;
} ROWS[] = {
    {{{'k', 5000, 0}}, 6000, BREACH_UNKNOWN, 0, 0, 0, 0, 0, 0},
    {{{'m', 0, 10000}}, 10300, BREACH_OPEN, 10000, 0, 0, 0, 0, 0},
    {{{'m', 0, 10000}}, 10301, BREACH_NOT_KEPT, 10000, 0, 10300, 0, 0, 0},
    {{{'m', 0, 10000}, {'k', 9000, 0}}, 20000, BREACH_IN_TIME, 10000, 9000, 0, 0, 0, 0},
    {{{'m', 0, 10000}, {'k', 10000, 0}}, 20000, BREACH_IN_TIME, 10000, 10000, 0, 0, 0, 0},
    // Up to 300 s late is recorded, a second more is broken.
    {{{'m', 0, 10000}, {'k', 10300, 0}}, 20000, BREACH_IN_TIME, 10000, 10300, 0, 300, 0, 0},
    {{{'m', 0, 10000}, {'k', 10301, 0}}, 20000, BREACH_LATE, 10000, 10301, 10300, 301, 0, 0},
    // Extensions before the due moment count, on it and after it they do not.
    {{{'m', 0, 10000}, {'e', 9999, 15000}}, 15300, BREACH_OPEN, 15000, 0, 0, 0, 1, 0},
    {{{'m', 0, 10000}, {'e', 10000, 15000}}, 10301, BREACH_NOT_KEPT, 10000, 0, 10300, 0, 0, 1},
    {{{'m', 0, 10000}, {'e', 10100, 15000}, {'k', 14000, 0}}, 20000, BREACH_LATE, 10000, 14000, 10300, 4000, 0, 1},
    {{{'m', 0, 10000}, {'e', 10100, 15000}, {'k', 10200, 0}}, 20000, BREACH_IN_TIME, 10000, 10200, 0, 200, 0, 1},
    // Only what is in force counts: the second is late though the first, refused, would have covered it.
    {{{'m', 0, 10000}, {'e', 10001, 15000}, {'e', 14000, 18000}}, 12000, BREACH_NOT_KEPT, 10000, 0, 10300, 0, 0, 2},
    {{{'m', 0, 10000}, {'e', 9000, 15000}, {'e', 14000, 18000}}, 18300, BREACH_OPEN, 18000, 0, 0, 0, 2, 0},
    // Brought forward, which is no way back into the past.
    {{{'m', 0, 10000}, {'e', 2000, 8000}}, 8301, BREACH_NOT_KEPT, 8000, 0, 8300, 0, 1, 0},
    {{{'m', 0, 10000}, {'e', 2000, 2000}}, 9000, BREACH_OPEN, 10000, 0, 0, 0, 0, 1},
    // Made twice: the second is an extension.
    {{{'m', 0, 10000}, {'m', 5000, 12000}}, 12300, BREACH_OPEN, 12000, 0, 0, 0, 1, 0},
    {{{'m', 0, 10000}, {'m', 11000, 12000}}, 12000, BREACH_NOT_KEPT, 10000, 0, 10300, 0, 0, 1},
    // Said to be broken: then, or with the grace if that was over.
    {{{'m', 0, 10000}, {'b', 4000, 0}}, 4000, BREACH_NOT_KEPT, 10000, 0, 4000, 0, 0, 0},
    {{{'m', 0, 10000}, {'b', 14000, 0}}, 20000, BREACH_NOT_KEPT, 10000, 0, 10300, 0, 0, 0},
    // The newest of the two ends counts.
    {{{'m', 0, 10000}, {'b', 4000, 0}, {'k', 9000, 0}}, 20000, BREACH_IN_TIME, 10000, 9000, 0, 0, 0, 0},
    {{{'m', 0, 10000}, {'k', 4000, 0}, {'b', 9000, 0}}, 20000, BREACH_NOT_KEPT, 10000, 0, 9000, 0, 0, 0},
    {{{'m', 0, 10000}, {'k', 9000, 0}, {'k', 12000, 0}}, 20000, BREACH_IN_TIME, 10000, 9000, 0, 0, 0, 0},
    {{{'m', 0, 10000}, {'k', 9000, 0}, {'b', 9500, 0}, {'k', 12000, 0}},
     20000,
     BREACH_LATE,
     10000,
     12000,
     10300,
     2000,
     0,
     0},
    // What is said after the end moves nothing.
    {{{'m', 0, 10000}, {'k', 10301, 0}, {'e', 10302, 20000}}, 20000, BREACH_LATE, 10000, 10301, 10300, 301, 0, 0},
    {{{'m', 0, 10000}, {'k', 5000, 0}, {'e', 6000, 6100}}, 20000, BREACH_IN_TIME, 10000, 5000, 0, 0, 0, 0},
    // Nobody heard it being made.
    {{{'e', 1000, 10000}, {'e', 2000, 12000}}, 12300, BREACH_OPEN, 12000, 0, 0, 0, 1, 0},
};

static void rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        size_t count = 0;
        while (count < ROW_WORDS && ROWS[i].words[count].word != '\0')
            count++;
        struct breach forward = {0}, backward = {0};
        for (size_t j = 0; j < count; j++) {
            say(&forward, &ROWS[i].words[j]);
            say(&backward, &ROWS[i].words[count - 1 - j]);
        }
        assert_memory_equal(&forward, &backward, sizeof forward);
        struct breach_verdict verdict = breach_judge(&OPTIONS, &forward, ROWS[i].now_s * INT64_C(1000));
        if (verdict.state != ROWS[i].state)
            fail_msg("row %zu: state %d, not %d", i, (int)verdict.state, (int)ROWS[i].state);
        assert_int_equal(verdict.due_ms, ROWS[i].due_s * INT64_C(1000));
        assert_int_equal(verdict.kept_ms, ROWS[i].kept_s * INT64_C(1000));
        assert_int_equal(verdict.broken_ms, ROWS[i].broken_s * INT64_C(1000));
        assert_int_equal(verdict.late_ms, ROWS[i].late_s * INT64_C(1000));
        assert_int_equal(verdict.extensions, ROWS[i].extensions);
        assert_int_equal(verdict.refused, ROWS[i].refused);
        assert_int_equal(verdict.broken, ROWS[i].broken_s != 0);
        bool open = ROWS[i].state == BREACH_OPEN;
        assert_int_equal(verdict.grace_end_ms, open ? verdict.due_ms + GRACE : 0);
    }
}

// --- the rule again, over a list of all words in order of time

struct story {
    struct told words[STORY_WORDS];
    size_t count;
};

static const struct told *first_of(const struct story *story, char word)
{
    for (size_t i = 0; i < story->count; i++)
        if (story->words[i].word == word)
            return &story->words[i];
    return NULL;
}

// Seconds of "broken" in `ret_broken_s` (-1: not), of "kept" as the result (-1: not).
static int32_t slow(const struct story *story, int32_t now_s, int32_t *ret_due_s, int32_t *ret_broken_s)
{
    const struct told *made = first_of(story, 'm');
    int32_t due = made->due_s, kept = -1, gave_up = -1, end = INT32_MAX;
    bool contradicted = first_of(story, 'k') != NULL && first_of(story, 'b') != NULL;
    for (size_t i = 0; i < story->count; i++) {
        const struct told *told = &story->words[i];
        if (told->word == 'k' && (contradicted || kept < 0)) {
            kept = told->at_s;
            gave_up = -1;
        } else if (told->word == 'b' && (contradicted || gave_up < 0)) {
            gave_up = told->at_s;
            kept = -1;
        }
    }
    end = kept >= 0 ? kept : gave_up >= 0 ? gave_up : end;
    for (size_t i = 0; i < story->count; i++) {
        const struct told *told = &story->words[i];
        bool moves = told->word == 'e' || (told->word == 'm' && told != made);
        if (moves && told->at_s <= end && told->at_s < due && told->due_s > told->at_s)
            due = told->due_s;
    }
    *ret_due_s = due;
    *ret_broken_s = -1;
    if (kept > due + GRACE / S || (end == INT32_MAX && now_s > due + GRACE / S))
        *ret_broken_s = due + GRACE / S;
    if (gave_up >= 0)
        *ret_broken_s = gave_up < due + GRACE / S ? gave_up : due + GRACE / S;
    return kept;
}

static void tell_story(struct dice *dice, struct story *story)
{
    story->count = 1 + (size_t)dice_throw(dice, STORY_WORDS);
    int32_t at = 1;
    for (size_t i = 0; i < story->count; i++) {
        story->words[i] = (struct told){"mekbeeem"[i == 0 ? 0 : dice_throw(dice, 8)], at, 0};
        if (story->words[i].word == 'm' || story->words[i].word == 'e')
            story->words[i].due_s = at + (int32_t)dice_throw(dice, 4000) - 100;
        at += 1 + (int32_t)dice_throw(dice, 900);
    }
}

static void any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < STORIES; round++) {
        struct story story;
        tell_story(&dice, &story);
        struct breach forward = {0}, mixed = {0};
        size_t order[STORY_WORDS];
        for (size_t i = 0; i < story.count; i++) {
            say(&forward, &story.words[i]);
            size_t j = (size_t)dice_throw(&dice, (int64_t)i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (size_t i = 0; i < story.count; i++) {
            say(&mixed, &story.words[order[i]]);
            say(&mixed, &story.words[order[(size_t)dice_throw(&dice, (int64_t)i + 1)]]);
        }
        assert_memory_equal(&forward, &mixed, sizeof forward);
        if (forward.extended_count == BREACH_EXTENSIONS)
            continue;
        int32_t now = (int32_t)dice_throw(&dice, 12000), due, broken;
        int32_t kept = slow(&story, now, &due, &broken);
        struct breach_verdict verdict = breach_judge(&OPTIONS, &mixed, now * INT64_C(1000));
        assert_int_equal(verdict.due_ms, due * INT64_C(1000));
        assert_int_equal(verdict.kept_ms, kept < 0 ? 0 : kept * INT64_C(1000));
        assert_int_equal(verdict.broken_ms, broken < 0 ? 0 : broken * INT64_C(1000));
    }
}

static void many_extensions(void **state)
{
    (void)state;
    struct breach up = {0}, down = {0};
    breach_say(&up, BREACH_MADE, (struct breach_word){0, 1, 10});
    for (int64_t i = 1; i <= MANY; i++)
        breach_say(&up, BREACH_EXTENDED, (struct breach_word){i, 1, i + 10});
    for (int64_t i = MANY; i >= 1; i--)
        breach_say(&down, BREACH_EXTENDED, (struct breach_word){i, 1, i + 10});
    breach_say(&down, BREACH_MADE, (struct breach_word){0, 1, 10});
    assert_memory_equal(&up, &down, sizeof up);
    assert_int_equal(up.extended_count, BREACH_EXTENSIONS);
    assert_int_equal(breach_judge(&OPTIONS, &up, 0).due_ms, BREACH_EXTENSIONS + 10);
}

static void counts_in_the_window(void **state)
{
    (void)state;
    struct breach_list list = {0};
    int64_t now = 1000 * INT64_C(86400000), oldest = now - OPTIONS.window_ms;
    assert_true(breach_mark(&list, 7, oldest - 1));
    assert_true(breach_mark(&list, 7, oldest));
    assert_false(breach_mark(&list, 7, oldest));
    assert_int_equal(list.count, 1);
    assert_true(breach_mark(&list, 8, now));
    assert_true(breach_mark(&list, 9, now + 1));
    // Taken back: somebody hears late that it was kept in time.
    assert_true(breach_mark(&list, 8, 0));
    assert_false(breach_mark(&list, 8, 0));
    // Of several at one moment each has its own place.
    assert_true(breach_mark(&list, 6, now));
    assert_true(breach_mark(&list, 8, now));
    assert_int_equal(breach_place(&OPTIONS, &list, 7), 1);
    assert_int_equal(breach_place(&OPTIONS, &list, 6), 2);
    assert_int_equal(breach_place(&OPTIONS, &list, 8), 3);
    assert_int_equal(breach_place(&OPTIONS, &list, 9), 3); // the first one is out of the window by then
    assert_int_equal(breach_place(&OPTIONS, &list, 5), 0);
    static const uint32_t levels[] = {0, 1, 2, 3, 3, 3};
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(breach_level(i), levels[i]);
}

static void list_in_any_order(void **state)
{
    (void)state;
    struct breach_list up = {0}, down = {0};
    for (uint64_t i = 1; i <= MANY; i++) {
        breach_mark(&up, i, (int64_t)(i / 2 * 1000 + 1));
        breach_mark(&down, MANY + 1 - i, (int64_t)((MANY + 1 - i) / 2 * 1000 + 1));
    }
    assert_memory_equal(&up, &down, sizeof up);
    assert_int_equal(up.count, BREACHES_KEPT);
    for (uint32_t i = 1; i < up.count; i++)
        assert_true(up.marks[i - 1].at_ms <= up.marks[i].at_ms);
    breach_mark(&up, MANY, 0);
    assert_int_equal(up.count, BREACHES_KEPT - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows),
        cmocka_unit_test(any_order),
        cmocka_unit_test(many_extensions),
        cmocka_unit_test(counts_in_the_window),
        cmocka_unit_test(list_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
