// Stories of trips to customers: rows 51 to 55.
#include "unit/rows.h"

enum { JSON_BYTES = 600, TOGETHER_MOST = 4 };

static char json_bytes[4][JSON_BYTES];

__attribute__((format(printf, 1, 2))) static char *json(const char *format, ...)
{
    static unsigned count;
    char *buffer = json_bytes[count++ % 4];
    va_list arguments;
    va_start(arguments, format);
    assert_true(vsnprintf(buffer, JSON_BYTES, format, arguments) < JSON_BYTES);
    va_end(arguments);
    return buffer;
}

// A trip to Xiamen whose days are named.
static const char *planned(const char *from, const char *to, const char *purpose)
{
    return json(
        "{\"repId\":\"wang\",\"visitPlanned\":{\"visitId\":\"v1\",\"region\":\"Xiamen\",\"purpose\":\"%s\",\"from\":"
        "\"%s\",\"to\":\"%s\",\"hotel\":\"Sea View\",\"phone\":\"0592 1\"}}",
        purpose, from, to);
}

static const char APPROVED[] = "{\"repId\":\"wang\",\"visitApproved\":{\"visitId\":\"v1\",\"by\":\"zhao\"}}";
static const char CHECKED_IN[] = "{\"repId\":\"wang\",\"visitCheckedIn\":{\"visitId\":\"v1\",\"note\":\"fine\"}}";
static const char REPORTED[] = "{\"repId\":\"wang\",\"visitReported\":{\"visitId\":\"v1\",\"report\":\"good\"}}";

static bool says_point(const Tend__V1__Reminder *reminder, const char *code)
{
    for (size_t i = 0; i < reminder->n_points; i++)
        if (strcmp(reminder->points[i]->code, code) == 0)
            return true;
    return false;
}

// Told several people at one moment, in whatever order.
static void together(struct fixture *f, const char *when, const char *kind, const char *const *reps, size_t count,
                     const char **ret_ids)
{
    bool told[TOGETHER_MOST] = {false};
    for (size_t i = 0; i < count; i++) {
        Tend__V1__Reminder *reminder = next_reminder(f);
        if (reminder == NULL)
            fail_msg("only %zu of %zu are told of %s", i, count, kind);
        const struct record *record = turns_read(f->turns, f->read);
        assert_string_equal(kinds_row((enum kind_id)reminder->kind)->name, kind);
        assert_int_equal(record->time_ms / MINUTE_MS, moment(f, when) / MINUTE_MS);
        size_t who = 0;
        while (who < count && (told[who] || strcmp(reps[who], reminder->rep_id) != 0))
            who++;
        if (who == count)
            fail_msg("%s is told of %s", reminder->rep_id, kind);
        told[who] = true;
        if (ret_ids != NULL)
            ret_ids[who] = text("%s", reminder->reminder_id);
        drop_reminder(reminder);
    }
}

// More customers: two in Xiamen, one elsewhere, one in Xiamen of another rep.
static void begin_xiamen(struct fixture *f)
{
    begin_team(f, "{}");
    happens(f, "2026-06-01 08:00",
            "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red "
            "Hill\",\"ownerRepId\":\"wang\",\"region\":\"xiamen\","
            "\"contacts\":[{\"name\":\"Ms Li\",\"phone\":\"138\"}]}}");
    happens(f, "2026-06-01 08:01",
            "{\"customerId\":\"C3\",\"customerUpserted\":{\"name\":\"Far\",\"ownerRepId\":\"wang\",\"region\":"
            "\"Fuzhou\"}}");
    happens(f, "2026-06-01 08:02",
            "{\"customerId\":\"C4\",\"customerUpserted\":{\"name\":\"Other\",\"ownerRepId\":\"zhao\",\"region\":"
            "\"Xiamen\"}}");
}

// --- row 54: approval

static void test_row_54_approval_before_the_trip(void **state)
{
    (void)state;
    static const char *const ABOVE[] = {"zhao", "qian"};
    struct fixture f;
    const char *again[2];
    begin_xiamen(&f);
    happens(&f, "2026-06-05 15:00", planned("2026-06-17", "2026-06-18", "plan the autumn"));
    Tend__V1__Reminder *request = heard(&f, "2026-06-05 15:00", "zhao", "visit_approval", "");
    assert_string_equal(request->text, "Xiamen");
    assert_string_equal(request->after, "plan the autumn");
    assert_string_equal(request->event_date, "2026-06-17");
    assert_string_equal(request->for_rep_id, "wang");
    assert_int_equal(request->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_APPROVER);
    const char *first = text("%s", request->reminder_id);
    drop_reminder(request);
    until(&f, "2026-06-08 15:10"); // a working day later
    together(&f, "2026-06-08 15:00", "visit_approval", ABOVE, 2, again);
    happens(&f, "2026-06-09 10:00", APPROVED);
    assert_true(taken_back(&f, 0, first) && taken_back(&f, 0, again[0]) && taken_back(&f, 0, again[1]));
    until(&f, "2026-06-12 20:00");
    expect_silence(&f);
    finish(&f);
}

// The manager answers in the chat.
static void test_row_54_approved_by_an_answer(void **state)
{
    (void)state;
    struct fixture f;
    begin_xiamen(&f);
    happens(&f, "2026-06-05 15:00", planned("2026-06-17", "2026-06-18", "see"));
    const char *request = hears(&f, "2026-06-05 15:00", "zhao", "visit_approval", "");
    answers(&f, "2026-06-05 16:00", "zhao", request, "done");
    until(&f, "2026-06-15 09:00");
    hears(&f, "2026-06-15 08:30", "wang", "visit_checklist", "");
    expect_silence(&f);
    finish(&f);
}

static void test_row_54_unapproved_the_evening_before(void **state)
{
    (void)state;
    static const char *const BOTH[] = {"wang", "zhao"};
    struct fixture f;
    const char *last[2];
    begin_xiamen(&f);
    happens(&f, "2026-06-05 15:00", planned("2026-06-08", "2026-06-09", "see")); // Friday for Monday
    hears(&f, "2026-06-05 15:00", "zhao", "visit_approval", "");
    until(&f, "2026-06-07 20:00");
    together(&f, "2026-06-05 17:30", "visit_unapproved", BOTH, 2, last);
    expect_silence(&f);
    happens(&f, "2026-06-07 21:00",
            "{\"repId\":\"wang\",\"visitRefused\":{\"visitId\":\"v1\",\"by\":\"zhao\",\"reason\":\"later\"}}");
    assert_true(taken_back(&f, 0, last[0]) && taken_back(&f, 0, last[1]));
    until(&f, "2026-06-20 20:00");
    expect_silence(&f);
    finish(&f);
}

static void test_row_54_a_word_each_day(void **state)
{
    (void)state;
    struct fixture f;
    begin_xiamen(&f);
    happens(&f, "2026-06-02 10:00", planned("2026-06-11", "2026-06-16", "see"));
    happens(&f, "2026-06-02 10:30", APPROVED);
    until(&f, "2026-06-11 10:00");
    catch_up(&f);
    until(&f, "2026-06-12 09:00");
    const char *own = hears(&f, "2026-06-11 17:00", "wang", "visit_check_in", "");
    const char *breach = hears(&f, "2026-06-12 08:30", "zhao", "visit_check_in", "");
    happens(&f, "2026-06-12 10:00", CHECKED_IN);
    assert_false(taken_back(&f, 0, own)); // that day's word is missing for good
    assert_false(taken_back(&f, 0, breach));
    until(&f, "2026-06-15 17:05"); // the weekend asks for nothing
    own = hears(&f, "2026-06-15 17:00", "wang", "visit_check_in", "");
    happens(&f, "2026-06-15 17:10", CHECKED_IN);
    assert_true(taken_back(&f, 0, own));
    happens(&f, "2026-06-16 12:00", CHECKED_IN);
    until(&f, "2026-06-17 12:00");
    expect_silence(&f);
    finish(&f);
}

// --- row 51: the customers of the region

static void expect_xiamen(const Tend__V1__Reminder *reminder)
{
    assert_int_equal(reminder->n_about, 2);
    assert_string_equal(reminder->about[0]->customer_id, "C1"); // class A first
    assert_string_equal(reminder->about[1]->customer_id, "C2");
    assert_string_equal(reminder->about[1]->customer_name, "Red Hill");
    assert_string_equal(reminder->about[1]->contact_name, "Ms Li");
    assert_string_equal(reminder->about[1]->contact_phone, "138");
}

static void test_row_51_region_is_told(void **state)
{
    (void)state;
    struct fixture f;
    begin_xiamen(&f);
    happens(&f, "2026-06-02 10:00", planned("2026-06-15", "2026-06-16", "see")); // a Monday
    happens(&f, "2026-06-02 10:30", APPROVED);
    until(&f, "2026-06-12 08:40");
    catch_up(&f);
    f.read = 0;
    Tend__V1__Reminder *reminder;
    while ((reminder = next_reminder(&f)) != NULL && reminder->kind != (int)KIND_VISIT_ANNOUNCE)
        drop_reminder(reminder);
    assert_non_null(reminder);
    assert_int_equal(turns_read(f.turns, f.read)->time_ms, moment(&f, "2026-06-12 08:30")); // Friday
    expect_xiamen(reminder);
    drop_reminder(reminder);
    until(&f, "2026-06-15 08:40");
    reminder = heard(&f, "2026-06-15 08:30", "wang", "visit_arrival", "");
    expect_xiamen(reminder);
    assert_string_equal(reminder->before, "Sea View");
    assert_string_equal(reminder->contact_phone, "0592 1");
    const char *first = text("%s", reminder->reminder_id);
    drop_reminder(reminder);
    happens(&f, "2026-06-15 13:00",
            "{\"repId\":\"wang\",\"visitArrived\":{\"visitId\":\"v1\",\"hotel\":\"Garden\",\"phone\":\"0592 2\"}}");
    assert_true(taken_back(&f, 0, first)); // another hotel
    reminder = heard(&f, "2026-06-15 13:00", "wang", "visit_arrival", "");
    assert_string_equal(reminder->before, "Garden");
    assert_string_equal(reminder->contact_phone, "0592 2");
    drop_reminder(reminder);
    expect_silence(&f);
    finish(&f);
}

static void test_row_51_cancelled_and_moved(void **state)
{
    (void)state;
    struct fixture f;
    begin_xiamen(&f);
    happens(&f, "2026-06-02 10:00", planned("2026-06-10", "2026-06-11", "see"));
    happens(&f, "2026-06-02 10:30", APPROVED);
    until(&f, "2026-06-08 09:00");
    hears(&f, "2026-06-02 10:00", "zhao", "visit_approval", "");
    const char *list = hears(&f, "2026-06-08 08:30", "wang", "visit_checklist", "");
    happens(&f, "2026-06-08 10:00", planned("2026-06-24", "2026-06-24", "see")); // moved: to be approved anew
    assert_true(taken_back(&f, 0, list));
    const char *request = hears(&f, "2026-06-08 10:00", "zhao", "visit_approval", "");
    happens(&f, "2026-06-08 10:30", APPROVED);
    assert_true(taken_back(&f, 0, request));
    until(&f, "2026-06-22 09:00");
    list = hears(&f, "2026-06-22 08:30", "wang", "visit_checklist", "");
    happens(&f, "2026-06-22 10:00", "{\"repId\":\"wang\",\"visitCancelled\":{\"visitId\":\"v1\",\"reason\":\"ill\"}}");
    assert_true(taken_back(&f, 0, list));
    until(&f, "2026-07-10 20:00");
    expect_silence(&f);
    finish(&f);
}

// The same words in another order; and what is history is told to nobody.
static void test_row_51_in_reverse(void **state)
{
    (void)state;
    struct fixture f;
    begin_xiamen(&f);
    until(&f, "2026-06-09 10:00");
    Tend__V1__Event e = event(&f, "", moment(&f, "2026-06-02 10:30"));
    Tend__V1__VisitApproved approved = TEND__V1__VISIT_APPROVED__INIT;
    e.rep_id = text("wang");
    approved.visit_id = text("v1");
    e.body_case = TEND__V1__EVENT__BODY_VISIT_APPROVED;
    e.visit_approved = &approved;
    say(&f, &e);
    Tend__V1__VisitPlanned plan = TEND__V1__VISIT_PLANNED__INIT;
    plan.visit_id = text("v1");
    plan.region = text("Xiamen");
    plan.from = text("2026-06-11");
    plan.to = text("2026-06-11");
    e.id = text("plan");
    e.time = stamp(moment(&f, "2026-06-02 10:00"));
    e.body_case = TEND__V1__EVENT__BODY_VISIT_PLANNED;
    e.visit_planned = &plan;
    say(&f, &e);
    e.id = text("old");
    e.historical = true;
    plan.visit_id = text("v0");
    plan.from = text("2026-05-11");
    plan.to = text("2026-05-12");
    say(&f, &e);
    until(&f, "2026-06-10 09:00");
    hears(&f, "2026-06-09 10:00", "wang", "visit_checklist", ""); // two working days before, as far as there are two
    Tend__V1__Reminder *reminder = heard(&f, "2026-06-10 08:30", "wang", "visit_announce", "");
    expect_xiamen(reminder);
    drop_reminder(reminder);
    until(&f, "2026-06-11 08:40");
    hears(&f, "2026-06-11 08:30", "wang", "visit_arrival", "");
    expect_silence(&f);
    finish(&f);
}

// --- row 52: three preparations, three talks, three places

static void test_row_52_checklist_with_recent_sales(void **state)
{
    (void)state;
    static const char *const POINTS[] = {"prepare.purpose", "prepare.appointment", "prepare.material", "talk.network",
                                         "talk.market",     "talk.problems",       "go.market",        "go.flow",
                                         "go.staff"};
    struct fixture f;
    begin_xiamen(&f);
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    Tend__V1__LastOrder order = TEND__V1__LAST_ORDER__INIT, older = TEND__V1__LAST_ORDER__INIT;
    Tend__V1__LastOrder *orders[] = {&order, &older};
    value.customer_id = text("C1");
    value.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    value.currency = text("CNY");
    value.net_micros = 5000000;
    order.order_id = text("o1");
    order.day = text("2026-05-20");
    order.what = text("pump");
    order.micros = 7000000;
    value.last_orders = orders;
    value.n_last_orders = 2;
    older.order_id = text("o0");
    older.day = text("2026-04-02");
    older.what = text("hose");
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
    happens(&f, "2026-06-02 10:00",
            "{\"repId\":\"wang\",\"visitPlanned\":{\"visitId\":\"v1\",\"purpose\":\"plan the "
            "autumn\",\"from\":\"2026-06-10\","
            "\"to\":\"2026-06-10\",\"customerIds\":[\"C1\"]}}");
    happens(&f, "2026-06-02 10:30", APPROVED);
    until(&f, "2026-06-08 09:00");
    hears(&f, "2026-06-02 10:00", "zhao", "visit_approval", "");
    Tend__V1__Reminder *reminder = heard(&f, "2026-06-08 08:30", "wang", "visit_checklist", "");
    assert_int_equal(reminder->n_points, 9);
    for (size_t i = 0; i < 9; i++)
        assert_string_equal(reminder->points[i]->code, POINTS[i]);
    assert_string_equal(reminder->points[0]->text, "plan the autumn");
    assert_int_equal(reminder->n_about, 1); // the one it names, not the region's
    const Tend__V1__CallLine *pack = reminder->about[0];
    assert_string_equal(pack->customer_id, "C1");
    assert_string_equal(pack->figures[0]->name, "net_sales");
    assert_int_equal(pack->n_points, 2); // the newest first, and the other one is called otherwise
    assert_string_equal(pack->points[0]->code, "last_order");
    assert_string_equal(pack->points[1]->code, "order_before");
    assert_string_equal(pack->points[1]->text, "hose");
    assert_string_equal(pack->points[0]->text, "pump");
    assert_int_equal(pack->points[0]->figures[1]->value, 7000000);
    drop_reminder(reminder);
    finish(&f);
}

// --- row 53: the report

static void test_row_53_report(void **state)
{
    (void)state;
    static const char *const LATE[] = {"wang", "zhao"}, *const LATER[] = {"zhao", "qian"};
    struct fixture f;
    const char *later[2];
    begin_xiamen(&f);
    happens(&f, "2026-06-02 10:00", planned("2026-06-12", "2026-06-12", "see")); // a Friday
    happens(&f, "2026-06-02 10:30", APPROVED);
    happens(&f, "2026-06-12 10:00", CHECKED_IN);
    catch_up(&f);
    until(&f, "2026-06-22 09:00");
    Tend__V1__Reminder *ahead = heard(&f, "2026-06-16 08:30", "wang", "visit_report", "");
    assert_string_equal(ahead->text, "Xiamen");
    drop_reminder(ahead);
    together(&f, "2026-06-18 08:30", "visit_report", LATE, 2, NULL);
    together(&f, "2026-06-22 08:30", "visit_report", LATER, 2, later);
    happens(&f, "2026-06-22 10:00", REPORTED);
    assert_true(taken_back(&f, 0, later[0]) && taken_back(&f, 0, later[1]));
    until(&f, "2026-07-20 20:00");
    expect_silence(&f);
    finish(&f);
}

static void test_row_53_reported_in_time(void **state)
{
    (void)state;
    struct fixture f;
    begin_xiamen(&f);
    happens(&f, "2026-06-02 10:00", planned("2026-06-12", "2026-06-12", "see"));
    happens(&f, "2026-06-02 10:30", APPROVED);
    happens(&f, "2026-06-12 10:00", CHECKED_IN);
    happens(&f, "2026-06-15 09:00", REPORTED);
    catch_up(&f);
    until(&f, "2026-06-30 20:00");
    expect_silence(&f);
    finish(&f);
}

// --- row 55: the purpose

static void test_row_55_purpose_missing(void **state)
{
    (void)state;
    struct fixture f;
    begin_xiamen(&f);
    happens(&f, "2026-06-02 10:00", planned("2026-06-12", "2026-06-12", ""));
    Tend__V1__Reminder *request = heard(&f, "2026-06-02 10:00", "zhao", "visit_approval", "");
    assert_true(says_point(request, "purpose_missing"));
    const char *first = text("%s", request->reminder_id);
    drop_reminder(request);
    happens(&f, "2026-06-02 11:00", planned("2026-06-12", "2026-06-12", "plan the autumn"));
    // Asked for the plan as it is now.
    assert_true(taken_back(&f, 0, first));
    request = heard(&f, "2026-06-02 11:00", "zhao", "visit_approval", "");
    assert_false(says_point(request, "purpose_missing"));
    assert_string_equal(request->after, "plan the autumn");
    drop_reminder(request);
    expect_silence(&f);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_51_region_is_told),
        cmocka_unit_test(test_row_51_cancelled_and_moved),
        cmocka_unit_test(test_row_51_in_reverse),
        cmocka_unit_test(test_row_52_checklist_with_recent_sales),
        cmocka_unit_test(test_row_53_report),
        cmocka_unit_test(test_row_53_reported_in_time),
        cmocka_unit_test(test_row_54_approval_before_the_trip),
        cmocka_unit_test(test_row_54_unapproved_the_evening_before),
        cmocka_unit_test(test_row_54_approved_by_an_answer),
        cmocka_unit_test(test_row_54_a_word_each_day),
        cmocka_unit_test(test_row_55_purpose_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
