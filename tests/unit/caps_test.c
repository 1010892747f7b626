// How often a customer may be contacted: caps at their borders, and random contacts against counting all of them.
#include "services/scheduler/caps.h"
#include "common/calendar.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PHONE = 1, EMAIL = 2, CHAT = 3, ROUNDS = 300, CONTACTS = 90 };

static const struct caps_options OPTIONS = {.day = 2, .week = 3, .month = 5, .channel = {0, 1, 1, 2, 1, 1, 1, 1, 2, 2}};

static int32_t day(const char *text)
{
    int32_t parsed;
    assert_true(day_parse(text, strlen(text), &parsed));
    return parsed;
}

static void add(struct caps *caps, const char *date, uint32_t channel, uint64_t mark)
{
    assert_true(caps_add(caps, (struct caps_contact){day(date), channel, false, mark}));
}

static enum cap judge(const struct caps *caps, const char *date, uint32_t channel)
{
    struct caps_ask ask = {.day = day(date), .channel = channel, .priority = 1};
    return caps_judge(&OPTIONS, caps, &ask);
}

// May 2026: the 4th, 11th and 18th are Mondays, the 31st is a Sunday.
static void borders(void **state)
{
    (void)state;
    struct caps caps = {0};
    assert_int_equal(judge(&caps, "2026-05-12", PHONE), CAP_NONE);
    add(&caps, "2026-05-12", PHONE, 1);
    assert_int_equal(judge(&caps, "2026-05-12", PHONE), CAP_CHANNEL);
    assert_int_equal(judge(&caps, "2026-05-12", EMAIL), CAP_NONE);
    assert_int_equal(judge(&caps, "2026-05-12", 0), CAP_NONE);
    assert_int_equal(judge(&caps, "2026-05-13", PHONE), CAP_NONE);
    add(&caps, "2026-05-12", CHAT, 2);
    assert_int_equal(judge(&caps, "2026-05-12", CHAT), CAP_DAY);
    assert_int_equal(judge(&caps, "2026-05-11", CHAT), CAP_NONE);
    add(&caps, "2026-05-17", CHAT, 3);
    // The third of the week that goes from Monday 11 to Sunday 17.
    assert_int_equal(judge(&caps, "2026-05-11", CHAT), CAP_WEEK);
    assert_int_equal(judge(&caps, "2026-05-17", CHAT), CAP_WEEK);
    assert_int_equal(judge(&caps, "2026-05-10", CHAT), CAP_NONE);
    assert_int_equal(judge(&caps, "2026-05-18", CHAT), CAP_NONE);
    add(&caps, "2026-05-01", CHAT, 4);
    assert_int_equal(judge(&caps, "2026-05-31", CHAT), CAP_NONE);
    add(&caps, "2026-05-31", CHAT, 5);
    assert_int_equal(judge(&caps, "2026-05-20", CHAT), CAP_MONTH);
    assert_int_equal(judge(&caps, "2026-05-12", CHAT), CAP_MONTH);
    assert_int_equal(judge(&caps, "2026-04-30", CHAT), CAP_NONE);
    assert_int_equal(judge(&caps, "2026-06-01", CHAT), CAP_NONE);
}

static void who_passes(void **state)
{
    (void)state;
    struct caps caps = {0};
    add(&caps, "2026-05-12", PHONE, 1);
    add(&caps, "2026-05-12", PHONE, 2);
    struct caps_ask ask = {.day = day("2026-05-12"), .channel = PHONE, .priority = 1};
    assert_int_equal(caps_judge(&OPTIONS, &caps, &ask), CAP_DAY);
    ask.exempt = true;
    assert_int_equal(caps_judge(&OPTIONS, &caps, &ask), CAP_NONE);
    ask = (struct caps_ask){.day = day("2026-05-12"), .channel = PHONE, .priority = 0};
    assert_int_equal(caps_judge(&OPTIONS, &caps, &ask), CAP_NONE);
    static const char *const names[] = {"", "day", "week", "month", "channel"};
    for (enum cap cap = CAP_NONE; cap <= CAP_CHANNEL; cap++)
        assert_string_equal(caps_name(cap), names[cap]);
}

static void repeated_once(void **state)
{
    (void)state;
    struct caps caps = {0};
    struct caps_contact contact = {day("2026-05-12"), PHONE, true, UINT64_C(0x123456789abcdef0)};
    assert_true(caps_add(&caps, contact));
    assert_false(caps_add(&caps, contact));
    contact.mark++;
    assert_true(caps_add(&caps, contact));
    uint32_t automatic = 0;
    assert_int_equal(caps_count(&caps, contact.day, contact.day, PHONE, &automatic), 2);
    assert_int_equal(automatic, 2);
    // A channel that is not known is counted without one.
    assert_true(caps_add(&caps, (struct caps_contact){contact.day, 77, false, 1}));
    assert_int_equal(caps_count(&caps, contact.day, contact.day, 0, &automatic), 3);
    assert_int_equal(automatic, 2);
    struct caps again;
    assert_true(caps_read(&caps, CAPS_BYTES(caps.count), &again));
    assert_memory_equal(&caps, &again, sizeof caps);
    assert_false(caps_read(&caps, CAPS_BYTES(caps.count) + 1, &again));
    assert_false(caps_read(&caps, 4, &again));
    assert_int_equal(again.count, 0);
    caps.count = CAPS_CONTACTS + 1;
    assert_false(caps_read(&caps, sizeof caps, &again));
}

static uint32_t slow_count(const struct caps_contact *contacts, size_t count, int32_t from, int32_t to,
                           uint32_t channel)
{
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += contacts[i].day >= from && contacts[i].day <= to && (channel == 0 || contacts[i].channel == channel);
    return found;
}

static int newest_first(const void *left, const void *right)
{
    const struct caps_contact *a = left, *b = right;
    return a->day < b->day ? 1 : -(a->day > b->day);
}

// Days below zero too; one contact a day and channel, so that none is on the edge of what is kept.
static void random_contacts(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (int round = 0; round < ROUNDS; round++) {
        struct caps_contact contacts[CONTACTS];
        struct caps up = {0}, down = {0};
        int32_t first = (int32_t)dice_throw(&dice, 40000) - 20000;
        size_t count = (size_t)dice_throw(&dice, CONTACTS);
        for (size_t i = 0; i < count; i++)
            contacts[i] = (struct caps_contact){first + (int32_t)i * 2, 1 + (uint32_t)dice_throw(&dice, 9),
                                                dice_throw(&dice, 2) == 0, dice_bits(&dice)};
        for (size_t i = 0; i < count; i++) {
            caps_add(&up, contacts[i]);
            caps_add(&down, contacts[count - 1 - i]);
            caps_add(&down, contacts[dice_throw(&dice, (int64_t)count)]);
        }
        assert_memory_equal(&up, &down, sizeof up);
        qsort(contacts, count, sizeof contacts[0], newest_first);
        size_t kept = count < CAPS_CONTACTS ? count : CAPS_CONTACTS;
        assert_int_equal(up.count, kept);
        for (int i = 0; i < 20; i++) {
            int32_t from = first + (int32_t)dice_throw(&dice, 200) - 10, to = from + (int32_t)dice_throw(&dice, 40);
            uint32_t channel = (uint32_t)dice_throw(&dice, 10);
            assert_int_equal(caps_count(&up, from, to, channel, NULL), slow_count(contacts, kept, from, to, channel));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders),
        cmocka_unit_test(who_passes),
        cmocka_unit_test(repeated_once),
        cmocka_unit_test(random_contacts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
