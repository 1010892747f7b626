// Rows 35, 50 and 56: announcements, events of our own, and gifts.
#include "unit/rows.h"

static const char C2[] = "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red Hill\",\"ownerRepId\":\"wang\","
                         "\"region\":\"CN/Fujian\"}}";
static const char C3[] = "{\"customerId\":\"C3\",\"customerUpserted\":{\"name\":\"Old Bridge\",\"ownerRepId\":\"li\","
                         "\"region\":\"CN/Beijing\"}}";

// Wang has C1 (A, Xiamen) and C2 (B, Fujian); Li has C3 (B, Beijing). Zhao manages both.
static void begin_two(struct fixture *f, const char *yaml)
{
    begin_team(f, yaml);
    happens(f, "2026-06-01 00:05",
            "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"timeZone\":\"Asia/"
            "Shanghai\",\"managerRepId\":\"zhao\"}}");
    happens(f, "2026-06-01 00:06", C2);
    happens(f, "2026-06-01 00:07", C3);
    value(f, "C2", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, 0);
    value(f, "C3", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, 0);
    turns_run(f->turns, turns_now_ms(f->turns));
    catch_up(f);
}

static void expect_about(const Tend__V1__Reminder *told, size_t count, const char *first)
{
    assert_int_equal(told->n_about, count);
    assert_string_equal(told->about[0]->customer_id, first);
}

// --- row 35

// A new product: each rep with customers whom it is for hears of it once, with their names, the best first.
static void test_row_35_announcement(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    until(&f, "2026-06-06 10:00"); // Saturday
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-06 10:01",
            "{\"announcementPublished\":{\"announcementId\":\"n1\",\"title\":\"Series 9\",\"text\":\"in stock now\","
            "\"kind\":\"product\",\"until\":\"2026-06-30\",\"points\":[\"samples are free\"]}}");
    until(&f, "2026-06-08 08:31");
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-08 08:30", "wang", "announcement", "");
    assert_string_equal(wang->text, "Series 9");
    assert_string_equal(wang->event_date, "2026-06-30");
    assert_int_equal(wang->priority, 2);
    expect_about(wang, 2, "C1");
    assert_int_equal(wang->n_points, 2);
    assert_string_equal(wang->points[0]->code, "announce");
    assert_string_equal(wang->points[0]->text, "in stock now");
    assert_string_equal(wang->points[1]->text, "samples are free");
    Tend__V1__Reminder *li = among(&f, from, "2026-06-08 08:30", "li", "announcement", "");
    expect_about(li, 1, "C3");
    assert_int_equal(told_since(&f, from, "announcement"), 2); // no cost: the managers need not decide
    // It was for one region only: who has nobody there is told so, the other gets the new version.
    happens(&f, "2026-06-08 11:00",
            "{\"announcementPublished\":{\"announcementId\":\"n1\",\"title\":\"Series 9\",\"region\":\"CN/Fujian\","
            "\"kind\":\"product\",\"until\":\"2026-06-30\"}}");
    assert_true(taken_back(&f, from, li->reminder_id) && taken_back(&f, from, wang->reminder_id));
    drop_reminder(wang);
    drop_reminder(li);
    wang = among(&f, from, "2026-06-08 11:00", "wang", "announcement", "");
    expect_about(wang, 1, "C2");
    drop_reminder(wang);
    assert_int_equal(told_since(&f, from, "announcement"), 3);
    finish(&f);
}

// The customers come as lines of the list until each was told, by whatever contact.
static void test_row_35_lines_until_told(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    until(&f, "2026-06-01 17:00");
    happens(&f, "2026-06-01 17:01",
            "{\"repId\":\"wang\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    happens(&f, "2026-06-01 17:02",
            "{\"repId\":\"wang\",\"customerId\":\"C2\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    until(&f, "2026-06-16 12:00");
    happens(&f, "2026-06-16 12:01",
            "{\"announcementPublished\":{\"announcementId\":\"n1\",\"title\":\"Series 9\",\"region\":\"CN/Fujian\"}}");
    until(&f, "2026-06-17 08:00");
    catch_up(&f);
    until(&f, "2026-06-17 08:31");
    assert_int_equal(reason_on_next_list(&f, "C2", NULL), TEND__V1__CALL_REASON__CALL_REASON_ANNOUNCEMENT);
    happens(&f, "2026-06-17 10:00",
            "{\"repId\":\"wang\",\"customerId\":\"C2\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    until(&f, "2026-06-18 08:00");
    catch_up(&f);
    until(&f, "2026-06-18 08:31");
    assert_int_not_equal(reason_on_next_list(&f, "C2", NULL), TEND__V1__CALL_REASON__CALL_REASON_ANNOUNCEMENT);
    finish(&f);
}

// Older versions, history and what is over tell nobody; who is named is told, whatever the region.
static void test_row_35_what_is_not_told(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    until(&f, "2026-06-02 09:00");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 09:01",
            "{\"historical\":true,\"announcementPublished\":{\"announcementId\":\"n1\",\"title\":\"old news\"}}");
    happens(&f, "2026-06-02 09:02",
            "{\"announcementPublished\":{\"announcementId\":\"n2\",\"title\":\"last week\",\"until\":\"2026-05-29\"}}");
    assert_int_equal(told_since(&f, from, "announcement"), 0);
    happens(&f, "2026-06-02 09:03",
            "{\"announcementPublished\":{\"announcementId\":\"n3\",\"title\":\"for you\",\"region\":\"CN/Guangdong\","
            "\"customerIds\":[\"C3\",\"X9\"]}}");
    drop_reminder(among(&f, from, "2026-06-02 09:03", "li", "announcement", ""));
    assert_int_equal(told_since(&f, from, "announcement"), 1);
    // Its last day is over before the rep is back at work: it is not told any more.
    happens(&f, "2026-06-05 19:00",
            "{\"announcementPublished\":{\"announcementId\":\"n4\",\"title\":\"weekend\",\"until\":\"2026-06-07\"}}");
    until(&f, "2026-06-08 12:00");
    assert_int_equal(told_since(&f, from, "announcement"), 1);
    finish(&f);
}

// --- row 56

// A promotion that costs something: the manager hears what it costs and how many it reaches.
static void test_row_56_campaign(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    until(&f, "2026-06-02 09:30");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 10:00",
            "{\"announcementPublished\":{\"announcementId\":\"p1\",\"title\":\"Summer prices\",\"kind\":\"promotion\","
            "\"until\":\"2026-06-30\",\"classes\":[\"b\"],\"points\":[\"10 % off until June\"],"
            "\"cost\":\"20000 CNY\"}}");
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-02 10:00", "zhao", "announcement", "");
    assert_string_equal(zhao->text, "Summer prices");
    assert_string_equal(zhao->points[0]->code, "news.cost");
    assert_int_equal(zhao->points[0]->figures[0]->value, INT64_C(20000000000));
    assert_string_equal(zhao->points[1]->code, "news.reach");
    assert_int_equal(zhao->points[1]->figures[0]->value, 2); // C2 and C3
    drop_reminder(zhao);
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-02 10:00", "wang", "announcement", "");
    expect_about(wang, 1, "C2");
    assert_string_equal(wang->points[0]->text, "10 % off until June");
    drop_reminder(wang);
    assert_int_equal(told_since(&f, from, "announcement"), 3);
    finish(&f);
}

// A rep who comes later hears of what still runs with the first list.
static void test_row_56_newcomer(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    happens(
        &f, "2026-06-02 10:00",
        "{\"announcementPublished\":{\"announcementId\":\"p1\",\"title\":\"Summer prices\",\"until\":\"2026-06-30\"}}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 11:00",
            "{\"repId\":\"chen\",\"repUpserted\":{\"name\":\"Chen\",\"timeZone\":\"Asia/Shanghai\"}}");
    happens(&f, "2026-06-02 11:01",
            "{\"customerId\":\"C5\",\"customerUpserted\":{\"name\":\"New Pier\",\"ownerRepId\":\"chen\"}}");
    until(&f, "2026-06-03 09:00");
    Tend__V1__Reminder *chen = among(&f, from, "2026-06-03 08:30", "chen", "announcement", "");
    expect_about(chen, 1, "C5");
    drop_reminder(chen);
    until(&f, "2026-06-05 09:00");
    assert_int_equal(told_since(&f, from, "announcement"), 1);
    finish(&f);
}

// --- row 50

// The annual party: guests of class A and B in the region, five working days before, once. Moved: told anew.
static void test_row_50_company_event(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 10:00",
            "{\"announcementPublished\":{\"announcementId\":\"e1\",\"title\":\"Annual party\",\"kind\":\"event\","
            "\"date\":\"2026-06-24\",\"region\":\"CN\",\"classes\":[\"a\",\"b\"]}}");
    until(&f, "2026-06-17 08:29");
    assert_int_equal(told_since(&f, from, "company_event"), 0);
    until(&f, "2026-06-17 08:31"); // Wednesday a week before; five working days
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-17 08:30", "wang", "company_event", "");
    assert_string_equal(wang->text, "Annual party");
    assert_string_equal(wang->event_date, "2026-06-24");
    expect_about(wang, 1, "C2"); // C1's region is not known to lie in CN
    drop_reminder(among(&f, from, "2026-06-17 08:30", "li", "company_event", ""));
    // Put off by a month: what was told is taken back, and comes again in time.
    happens(&f, "2026-06-18 10:00",
            "{\"announcementPublished\":{\"announcementId\":\"e1\",\"title\":\"Annual party\",\"kind\":\"event\","
            "\"date\":\"2026-07-24\",\"region\":\"CN\",\"classes\":[\"a\",\"b\"]}}");
    assert_true(taken_back(&f, from, wang->reminder_id));
    drop_reminder(wang);
    until(&f, "2026-07-17 08:31");
    drop_reminder(among(&f, from, "2026-07-17 08:30", "wang", "company_event", ""));
    assert_int_equal(told_since(&f, from, "company_event"), 4);
    finish(&f);
}

static const char GIFT[] = "{\"repId\":\"wang\",\"customerId\":\"C1\",\"giftGiven\":{\"what\":\"tea\","
                           "\"amount\":\"300 CNY\"}}";

// Gifts within the year's budget of the class say nothing; the one that is too much is told the rep and the manager.
static void test_row_50_gift_budget(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    until(&f, "2026-06-02 09:30");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 10:00", GIFT);
    assert_int_equal(told_since(&f, from, "gift_budget"), 0);
    happens(&f, "2026-06-03 10:00", GIFT);
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-03 10:00", "wang", "gift_budget", "C1");
    assert_string_equal(wang->figures[0]->name, "spent");
    assert_int_equal(wang->figures[0]->value, INT64_C(600000000));
    assert_string_equal(wang->figures[1]->name, "budget");
    assert_int_equal(wang->figures[1]->value, INT64_C(500000000));
    drop_reminder(wang);
    drop_reminder(among(&f, from, "2026-06-03 10:00", "zhao", "gift_budget", "C1"));
    // Another currency without a rate says nothing, last year's has a budget of its own.
    happens(&f, "2026-06-04 10:00", "{\"customerId\":\"C2\",\"giftGiven\":{\"what\":\"pen\",\"amount\":\"900 JPY\"}}");
    happens(&f, "2026-06-04 10:01",
            "{\"historical\":true,\"customerId\":\"C2\",\"giftGiven\":{\"what\":\"pen\","
            "\"amount\":\"900 CNY\"}}");
    assert_int_equal(told_since(&f, from, "gift_budget"), 2);
    finish(&f);
}

// Working together began with the first order: the day returns a year later, with what is left to spend on a gift.
static void test_row_50_anniversary_of_cooperation(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "{}");
    Tend__V1__CustomerValue first = TEND__V1__CUSTOMER_VALUE__INIT;
    first.customer_id = text("C1");
    first.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    first.first_order_day = text("2024-06-24");
    first.last_order = stamp(moment(&f, "2026-05-20 10:00"));
    first.orders_ever = 9;
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &first.base);
    happens(&f, "2026-06-02 10:00", GIFT);
    until(&f, "2026-06-18 09:00");
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-23 09:00");
    // Three days before is Sunday, so Friday.
    Tend__V1__Reminder *told = among(&f, from, "2026-06-19 08:30", "wang", "cooperation_anniversary", "C1");
    bool years = false;
    for (size_t i = 0; i < told->n_figures; i++)
        years |= strcmp(told->figures[i]->name, "years") == 0 && told->figures[i]->value == 2;
    assert_true(years);
    assert_string_equal(told->points[0]->code, "gift_budget_left");
    assert_int_equal(told->points[0]->figures[0]->value, INT64_C(200000000));
    drop_reminder(told);
    assert_int_equal(told_since(&f, from, "cooperation_anniversary"), 1);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_35_announcement),     cmocka_unit_test(test_row_35_lines_until_told),
        cmocka_unit_test(test_row_35_what_is_not_told), cmocka_unit_test(test_row_56_campaign),
        cmocka_unit_test(test_row_56_newcomer),         cmocka_unit_test(test_row_50_company_event),
        cmocka_unit_test(test_row_50_gift_budget),      cmocka_unit_test(test_row_50_anniversary_of_cooperation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
