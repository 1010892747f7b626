// Reminders of one kind stand together in a letter, headed once. Read them aloud with
//     groups_test print
#include "harness/visitor.h"
#include "services/notifier/item.h"
#include "services/notifier/route.h"
#include "services/notifier/sample.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

enum { TODAY = 20591, ITEMS = 12 }; // 2026-05-18, a Monday

static char buffer[LETTER_BYTES];

static size_t cost(const char *text, size_t length)
{
    (void)text;
    return length;
}

static const char *compose(struct letter *letter, const struct letter_item *items, size_t count, size_t limit)
{
    const struct letter_fit fit = {.style = DISARM_CHAT, .limit = limit, .cost = cost, .prefix = "", .calls = 20};
    letter->items = items;
    letter->item_count = count;
    letter_compose(letter, &fit, buffer);
    return buffer;
}

// The kind's sample about this customer; false when it is no reminder.
static bool sample(struct arena *arena, const char *kind, enum language language, const char *customer,
                   struct letter *ret_letter)
{
    struct sample_about about = {.customer_id = customer, .customer = customer, .abc = 'B'};
    return sample_letter(arena, kind, language, TODAY, &about, ret_letter) && ret_letter->item_count == 1;
}

static bool has_row(const struct phrases *table, unsigned kind)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].use == kind)
            return true;
    return false;
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

static void assert_sounds_right(const char *text)
{
    static const char *const slips[] = {"{",   "}",   "。。", "，，", "。，", "：：", "  ",
                                        " 。", " ，", " .",   " ,",   "..",   ": :"};
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++)
        if (strstr(text, slips[i]) != NULL)
            fail_msg("\"%s\" in:\n%s", slips[i], text);
}

// Two of a kind: the line above them stands there once, as the title, each says its own customer, and neither says
// again what the line said.
static void both_of(struct arena *arena, const char *kind, enum language language, enum letter_role role, bool print)
{
    struct letter one, two;
    char alone[LETTER_BYTES], head[200];
    if (!sample(arena, kind, language, "Alder Ltd", &one) || !sample(arena, kind, language, "Birch Ltd", &two))
        return;
    struct letter_item items[] = {one.items[0], two.items[0]};
    items[0].role = items[1].role = role;
    items[0].for_rep = items[1].for_rep = role == LETTER_OWNER ? "" : "Lei Li";
    strcpy(alone, compose(&one, items, 1, 18000));
    compose(&one, items, 2, 18000);
    if (print)
        printf("%s\n\n", buffer);
    assert_sounds_right(buffer);
    bool headed = strstr(buffer, "件事：") == NULL && strstr(buffer, "customer reminders") == NULL;
    snprintf(head, sizeof head, "%.*s", (int)strcspn(buffer, "\n"), buffer);
    assert_memory_equal(strchr(buffer, '\n') + 1, "1. ", 3);
    assert_int_equal(headed, has_row(&phrase_groups, items[0].kind));
    assert_int_equal(has_row(&phrase_briefs, items[0].kind), headed);
    if (!headed)
        return;
    if (strchr(head, '2') == NULL || count_of(buffer, head) != 1)
        fail_msg("not headed once with how many there are:\n%s", buffer);
    const char *first = strstr(buffer, "1. "), *second = strstr(buffer, "2. ");
    assert_non_null(strstr(first, "Alder Ltd"));
    assert_non_null(strstr(second, "Birch Ltd"));
    if (role != LETTER_OWNER)
        assert_true(count_of(first, "Lei Li") >= 2 && count_of(second, "Lei Li") >= 1);
    size_t full = strcspn(strstr(alone, "1. ") != NULL ? alone : strchr(alone, '\n') + 1, "\n");
    if (role == LETTER_OWNER && strcspn(first + 3, "\n") > full + strlen("，"))
        fail_msg("longer than alone:\n%s\n%s", buffer, alone);
}

static void test_every_kind_is_headed_once(void **state)
{
    struct arena *arena = arena_open(1 << 16, 1 << 22);
    bool print = *state != NULL;
    const char *kind;
    for (size_t i = 0; (kind = route_kind_at(i)) != NULL; i++)
        for (int language = 0; language < LANGUAGES; language++) {
            both_of(arena, kind, (enum language)language, LETTER_OWNER, print);
            both_of(arena, kind, (enum language)language, LETTER_MANAGER, false);
            both_of(arena, kind, (enum language)language, LETTER_DEPUTY, false);
            arena_reset(arena);
        }
    arena_close(&arena);
}

// What a phone shows first says what it is about, once; what is of two kinds, or late, is greeted first.
static void test_the_only_line_is_the_title(void **state)
{
    static const struct {
        const char *kind, *rep;
        enum language language;
        bool late;
        const char *begins;
    } rows[] = {
        {"birthday", "Wang", LANGUAGE_EN, false, "Hello Wang, 2 birthdays:\n1. "},
        {"birthday", "", LANGUAGE_EN, false, "2 birthdays:\n1. "},
        {"birthday", "王芳", LANGUAGE_ZH, false, "【客户提醒】王芳，2 个生日：\n1. "},
        {"birthday", "", LANGUAGE_ZH, false, "【客户提醒】2 个生日：\n1. "},
        {"rival", "Wang", LANGUAGE_EN, false, "Hello Wang, signs of a competitor at 2 customers:\n1. "},
        {"rival", "", LANGUAGE_EN, false, "Signs of a competitor at 2 customers:\n1. "},
        {"survey_due", "王芳", LANGUAGE_ZH, false, "【客户提醒】王芳，该请 2 位客户评价我们的服务了：\n1. "},
        {"birthday", "Wang", LANGUAGE_EN, true,
         "Hello Wang, late, with apologies: 2 customer reminders:\n2 birthdays:\n1. "},
        {"birthday", "王芳", LANGUAGE_ZH, true, "【客户提醒·补发】王芳，有 2 件事没能按时告诉您：\n2 个生日：\n1. "},
    };
    (void)state;
    struct arena *arena = arena_open(1 << 16, 1 << 22);
    struct letter letter, other;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(sample(arena, rows[i].kind, rows[i].language, "Alder Ltd", &letter));
        struct letter_item items[] = {letter.items[0], letter.items[0]};
        items[0].late = items[1].late = rows[i].late;
        letter.rep = rows[i].rep;
        compose(&letter, items, 2, 18000);
        if (strncmp(buffer, rows[i].begins, strlen(rows[i].begins)) != 0)
            fail_msg("\"%s\" begins not:\n%s", rows[i].begins, buffer);
    }
    assert_true(sample(arena, "birthday", LANGUAGE_EN, "Alder Ltd", &letter));
    assert_true(sample(arena, "drop", LANGUAGE_EN, "Cedar Ltd", &other));
    struct letter_item items[] = {letter.items[0], letter.items[0], other.items[0]};
    letter.rep = "Wang";
    visitor_says(compose(&letter, items, 3, 18000), "Hello Wang, 3 customer reminders for you:\n2 birthdays:\n1. ");
    arena_close(&arena);
}

// One that was decided or answered stands among the others of its kind; a single one has no line above it.
static void test_what_stands_where(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16, 1 << 22);
    struct letter letter, other;
    assert_true(sample(arena, "overdue", LANGUAGE_EN, "Alder Ltd", &letter));
    assert_true(sample(arena, "drop", LANGUAGE_EN, "Cedar Ltd", &other));
    struct letter_item items[] = {letter.items[0], letter.items[0], other.items[0]};
    items[1].customer = "Birch Ltd";
    items[1].settled = "done by Wang";
    compose(&letter, items, 3, 18000);
    visitor_says(buffer, "2 customers should have ordered by now:\n1. Alder Ltd (class B), last order ");
    visitor_says(buffer, "\n2. ✓ Birch Ltd, done by Wang\n3. Cedar Ltd (class B) may be lost: ");
    items[0].priority = 0; // what must be known at once stands by itself
    items[1].settled = "";
    items[1].priority = 1;
    compose(&letter, items, 2, 18000);
    visitor_says(buffer, "\n1. Alder Ltd (class B) should have ordered by now: ");
    visitor_says(buffer, "\n2. Birch Ltd (class B) should have ordered by now: ");
    // What one is asked to decide is said in full.
    items[0].role = items[1].role = LETTER_APPROVER;
    items[0].priority = items[1].priority = 1;
    compose(&letter, items, 2, 18000);
    visitor_says(buffer, "2 customers should have ordered by now:\n1. ");
    arena_close(&arena);
}

// Where the chat takes no more, the line of a group never stands there without one of it, and all are counted.
static void test_what_is_cut_is_counted(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 16, 1 << 22);
    struct letter letter, other;
    assert_true(sample(arena, "overdue", LANGUAGE_EN, "Alder Ltd", &letter));
    assert_true(sample(arena, "drop", LANGUAGE_EN, "Cedar Ltd", &other));
    struct letter_item items[ITEMS];
    for (size_t i = 0; i < ITEMS; i++)
        items[i] = i < ITEMS / 2 ? letter.items[0] : other.items[0];
    for (size_t limit = LETTER_LIMIT_MIN; limit < 5000; limit += 7) {
        compose(&letter, items, ITEMS, limit);
        size_t shown = count_of(buffer, "Ltd (class"), more = 0;
        const char *rest = strstr(buffer, " more in your reminders");
        if (rest != NULL) {
            while (rest[-1] != '\n')
                rest--;
            more = strtoul(rest, NULL, 10);
        }
        assert_int_equal(shown + more, ITEMS);
        assert_int_equal(count_of(buffer, "6 customers should have ordered by now:\n1. "), shown > 0);
        assert_int_equal(count_of(buffer, "6 customers may be lost:\n"), shown > ITEMS / 2);
        assert_true(strlen(buffer) <= limit);
    }
    arena_close(&arena);
}

// --- in the message

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void remind(const char *id, Tend__V1__ReminderKind kind, unsigned priority)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = borrow(id);
    reminder.kind = kind;
    reminder.rep_id = borrow("wang");
    reminder.customer_id = reminder.customer_name = borrow(id);
    reminder.local_date = borrow("2026-05-17");
    reminder.priority = priority;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
}

#define OVERDUE TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE
#define DROP TEND__V1__REMINDER_KIND__REMINDER_KIND_DROP
#define REPLY TEND__V1__REMINDER_KIND__REMINDER_KIND_REPLY_DUE

static void in_this_order(const char *text, const char *const *parts)
{
    const char *all = text;
    for (; *parts != NULL; parts++) {
        text = strstr(text, *parts);
        if (text == NULL)
            fail_msg("\"%s\" is not there, or too early, in:\n%s", *parts, all);
        text += strlen(*parts);
    }
}

// What is urgent stands first; then each kind stands together, in the order of its most urgent one, else of its first.
static void test_the_order_in_a_message(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START - DAY);
    remind("D1", DROP, 2);
    remind("O1", OVERDUE, 1);
    remind("R1", REPLY, 1);
    remind("O2", OVERDUE, 2);
    remind("R2", REPLY, 0);
    remind("D2", DROP, 2);
    remind("R3", REPLY, 1);
    desk_play(DESK_START + MINUTE);
    static const char *const order[] = {"1. R2 wrote", "2 customers should have ordered by now:\n  2. O1.",
                                        "3. O2.",      "2 customers wrote and have no reply yet:\n  4. R1.",
                                        "5. R3.",      "2 customers may be lost:\n  6. D1.",
                                        "7. D2.",      NULL};
    in_this_order(desk_out(), order);
}

// Whatever the order in which they are shown, a number of the page means the reminder that it meant when it came.
static void test_numbers_mean_what_they_meant(void **state)
{
    (void)state;
    desk.options.public_url = "https://tend.test";
    remind("O1", OVERDUE, 2);
    remind("D1", DROP, 2);
    remind("O2", OVERDUE, 2);
    remind("R1", REPLY, 0);
    desk_play(DESK_START + MINUTE);
    char page[64];
    snprintf(page, sizeof page, "%s", visitor_page(desk_out(), 0));
    static const char *const came[] = {"O1", "D1", "O2", "R1"};
    for (unsigned i = 0; i < 4; i++) {
        char form[40];
        snprintf(form, sizeof form, "item=%u&answer=done", i + 1);
        assert_int_equal(visitor_post(page, &visitor_plain, form).status, 303);
        assert_int_equal(visitor_answers(), i + 1);
        assert_string_equal(visitor_said.reminder, came[i]);
    }
}

static void test_a_message_for_each_kind(void **state)
{
    (void)state;
    desk.options.group_by = GROUP_BY_KIND;
    desk_rep("wang", "Wang", "en", "", DESK_START - DAY);
    remind("O1", OVERDUE, 1);
    remind("D1", DROP, 1);
    remind("O2", OVERDUE, 1);
    desk_list("l1", "wang", 2);
    desk_play(DESK_START + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 3);
    assert_int_equal(desk_occurrences(desk_out(), "Hello Wang, 2 customers should have ordered by now:\n"), 1);
    assert_int_equal(desk_occurrences(desk_out(), "1 customer reminder "), 1);
    desk_assert_states(3, 0, 0, 0);
    // Each was let go of: what comes later begins another one.
    remind("O3", OVERDUE, 1);
    desk_play(DESK_START + 2 * MINUTE);
    desk_assert_states(4, 0, 0, 0);
}

static void test_a_route_groups_in_its_own_way(void **state)
{
    (void)state;
    static const char *const taken[] = {"overdue", "drop"};
    struct route_options *route = desk_route("risks");
    route->kinds = taken;
    route->kind_count = 2;
    route->group_by = GROUP_BY_KIND;
    remind("O1", OVERDUE, 1);
    remind("D1", DROP, 1);
    remind("O2", OVERDUE, 1);
    remind("R1", REPLY, 1);
    remind("S1", TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, 1);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(3, 0, 0, 0); // two by the route, one for the rest
    route->group_by = GROUP_BY_REP;
    desk.options.group_by = GROUP_BY_KIND;
    remind("O3", OVERDUE, 1);
    remind("D2", DROP, 1);
    remind("R2", REPLY, 1);
    remind("S2", TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, 1);
    desk_play(DESK_START + 2 * MINUTE);
    desk_assert_states(6, 0, 0, 0); // one by the route, two for the rest
}

static void say_of_rep(Tend__V1__Event *event)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = turns_now_ms(desk.turns) / 1000;
    event->id = borrow("e");
    event->source = borrow("test");
    event->rep_id = borrow("wang");
    event->time = &time;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event->base);
}

static void know_wang(const char *deputy)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    body.time_zone = borrow("Asia/Shanghai");
    body.deputy_rep_id = borrow(deputy);
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    say_of_rep(&event);
}

// All that waits for a rep who is away is looked at when somebody stands in.
static void test_all_groups_are_looked_at_anew(void **state)
{
    (void)state;
    desk.options.group_by = GROUP_BY_KIND;
    know_wang("");
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepAbsent away = TEND__V1__REP_ABSENT__INIT;
    away.from = borrow("2026-05-17");
    away.to = borrow("2026-05-20");
    event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    event.rep_absent = &away;
    say_of_rep(&event);
    remind("O1", OVERDUE, 1);
    remind("D1", DROP, 1);
    desk_play(DESK_START + MINUTE);
    desk_assert_states(0, 2, 0, 0);
    desk_rep("li", "Li", "en", "", DESK_START);
    know_wang("li");
    desk_play(DESK_START + 10 * MINUTE);
    desk_assert_states(2, 0, 0, 0);
}

int main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_set_up, desk_tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_every_kind_is_headed_once, argc > 1 ? argv[1] : NULL),
        cmocka_unit_test(test_the_only_line_is_the_title),
        cmocka_unit_test(test_what_stands_where),
        cmocka_unit_test(test_what_is_cut_is_counted),
        TEST(test_the_order_in_a_message),
        TEST(test_numbers_mean_what_they_meant),
        TEST(test_a_message_for_each_kind),
        TEST(test_a_route_groups_in_its_own_way),
        TEST(test_all_groups_are_looked_at_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
