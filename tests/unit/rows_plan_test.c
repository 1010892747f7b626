// The call list, row by row: who is called, in which order, what to talk about, and what the evening says.
#include "unit/rows_plan.h"

// The four questions to a prospect come to the card until somebody answered them.
static void test_row_25_questions_to_a_prospect(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 07:00", "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"LEAD_STAGE_KEY_PERSON\"}}");
    Tend__V1__CallList *list = list_by(&f, "2026-06-01 09:00");
    assert_true(has_point(line_about(list, "C1"), "ask.need", ""));
    assert_true(has_point(line_about(list, "C1"), "ask.power", ""));
    assert_false(has_point(line_about(list, "C1"), "ask.decision", "")); // two at a time
    drop_list(list);
    happens(&f, "2026-06-01 10:00",
            "{\"customerId\":\"C1\",\"leadUpdated\":{\"need\":\"ANSWER_YES\",\"power\":\"ANSWER_YES\"}}");
    list = list_by(&f, "2026-06-02 09:00");
    assert_false(has_point(line_about(list, "C1"), "ask.need", ""));
    assert_true(has_point(line_about(list, "C1"), "ask.decision", ""));
    assert_true(has_point(line_about(list, "C1"), "ask.credit", ""));
    drop_list(list);
    finish(&f);
}

static void test_row_26_what_goes_with_it(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    Tend__V1__CustomerHints hints = TEND__V1__CUSTOMER_HINTS__INIT;
    Tend__V1__OfferHint offer = TEND__V1__OFFER_HINT__INIT, *offers[] = {&offer};
    hints.customer_id = text("C1");
    offer.sku = text("S-7");
    offer.name = text("gasket set");
    offer.because = text("pump 40");
    hints.products = offers;
    hints.n_products = 1;
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_HINTS, 0, &hints.base);
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    Tend__V1__LastOrder order = TEND__V1__LAST_ORDER__INIT, *orders[] = {&order};
    value.last_order = stamp(moment(&f, "2026-05-20 10:00"));
    order.day = text("2026-05-20");
    order.what = text("pump 40");
    value.last_orders = orders;
    value.n_last_orders = 1;
    value.orders_ever = 3;
    say_worth(&f, &value);
    Tend__V1__CallList *list = list_by(&f, "2026-06-01 09:00");
    const Tend__V1__CallLine *line = line_about(list, "C1");
    assert_true(has_point(line, "often_bought_with", "gasket set"));
    assert_true(has_point(line, "last_order", "pump 40"));
    assert_string_equal(line->points[1]->figures[0]->name, "last_order");
    drop_list(list);
    finish(&f);
}

// Of several expected orders the soonest is first, and of equally likely deals too.
static void test_row_38_the_soonest_first(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    static const char *const DAYS[] = {"2026-06-14", "2026-06-10", "2026-06-12"};
    for (int i = 0; i < 3; i++) {
        add_customer(&f, text("N%d", i), "wang");
        lead(&f, text("N%d", i), TEND__V1__LEAD_STAGE__LEAD_STAGE_UNSPECIFIED, DAYS[i]);
    }
    until(&f, "2026-06-08 12:00");
    Tend__V1__CallList *list = list_by(&f, "2026-06-09 09:00");
    static const char *const WANTED[] = {"N1", "N2", "N0"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(list->lines[i]->customer_id, WANTED[i]);
        assert_int_equal(list->lines[i]->reason, CALL_EXPECTED_NEED);
    }
    drop_list(list);
    finish(&f);
}

// The rep is away on the month's first working day: who is above hears on that day what the month cannot hold, and the
// rep's own first list says it itself.
static void test_row_39_a_warning_on_day_one(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{capacity: 2}");
    for (int i = 0; i < 59; i++)
        customer(&f, text("M%02d", i), "wang");
    until(&f, "2026-06-20 09:00");
    absent(&f, "wang", "2026-07-01", "2026-07-03");
    until(&f, "2026-06-30 23:00");
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-07-03 23:00");
    Tend__V1__Reminder *warning = NULL;
    assert_int_equal(count_heard(&f, from, "wang", "coverage_warning", NULL), 0);
    assert_int_equal(count_heard(&f, from, "zhao", "coverage_warning", &warning), 1);
    assert_true(told_at(&f, warning, "2026-07-01 08:30"));
    assert_string_equal(warning->for_rep_id, "wang");
    assert_int_equal(warning->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_MANAGER);
    assert_string_equal(warning->figures[0]->name, "missing");
    assert_int_equal(warning->figures[0]->value, 60 - 2 * 20); // twenty of July's days are left
    drop_reminder(warning);
    Tend__V1__CallList *list = list_by(&f, "2026-07-06 09:00");
    assert_true(list->first_of_month);
    assert_int_equal(list->coverage->missing, 60 - 2 * 20);
    drop_list(list);
    assert_int_equal(count_heard(&f, from, "zhao", "coverage_warning", NULL), 1);
    finish(&f);
}

// While wang is away, li calls for him what would be lost by waiting, as far as li's day has room; the rest waits.
static void test_row_39_the_deputy_calls(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:10",
            "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"timeZone\":\"Asia/Shanghai\",\"dailyCapacity\":3}}");
    happens(&f, "2026-06-01 00:11",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/"
            "Shanghai\",\"managerRepId\":\"zhao\","
            "\"deputyRepId\":\"li\"}}");
    for (int i = 0; i < 2; i++)
        add_customer(&f, text("L%d", i), "li");
    for (int i = 0; i < 4; i++)
        add_customer(&f, text("W%d", i), "wang");
    reached(&f, "L0", moment(&f, "2026-06-01 00:20"));
    reached(&f, "L1", moment(&f, "2026-06-01 00:20"));
    absent(&f, "wang", "2026-06-03", "2026-06-05");
    promise_made(&f, "W1", "p1", moment(&f, "2026-06-03 16:00"));
    contact(&f, "W2", moment(&f, "2026-06-01 00:30"), TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED,
            moment(&f, "2026-06-03 10:00"));
    until(&f, "2026-06-02 23:00");
    Tend__V1__CallList *list = list_by(&f, "2026-06-03 09:00");
    assert_string_equal(list->rep_id, "li");
    assert_int_equal(list->n_lines, 2); // what is due; W0 and W3 wait, they only want their turn
    assert_int_equal(list->coverage->customers, 2);
    assert_string_equal(list->lines[0]->customer_id, "W1");
    assert_true(has_point(list->lines[0], "stand_in_for", "Wang"));
    assert_string_equal(list->lines[1]->customer_id, "W2");
    answers(&f, "2026-06-03 11:00", "li", text("%s", list->lines[1]->reminder_id), "done");
    drop_list(list);
    list = list_by(&f, "2026-06-04 09:00");
    assert_null(line_about(list, "W2")); // kept
    assert_non_null(line_about(list, "W1"));
    drop_list(list);
    assert_null(next_list(&f)); // none for wang
    until(&f, "2026-06-05 23:00");
    list = list_by(&f, "2026-06-08 09:00");
    if (strcmp(list->rep_id, "li") == 0) {
        assert_null(line_about(list, "W1"));
        drop_list(list);
        list = next_list(&f);
    }
    assert_string_equal(list->rep_id, "wang");
    assert_non_null(line_about(list, "W1"));
    drop_list(list);
    finish(&f);
}

// Whoever names a deputy first: the same state.
static void test_row_39_deputies_in_any_order(void **state)
{
    (void)state;
    static const char *const SAID[] = {
        "{\"id\":\"1\",\"source\":\"t\",\"time\":\"2026-05-01T00:00:01Z\",\"repId\":\"mo\","
        "\"repUpserted\":{\"name\":\"Mo\",\"deputyRepId\":\"li\"}}",
        "{\"id\":\"2\",\"source\":\"t\",\"time\":\"2026-05-01T00:00:02Z\",\"repId\":\"mo\","
        "\"repUpserted\":{\"name\":\"Mo\",\"deputyRepId\":\"bo\"}}",
        "{\"id\":\"3\",\"source\":\"t\",\"time\":\"2026-05-01T00:00:03Z\",\"repId\":\"wang\","
        "\"repUpserted\":{\"name\":\"Wang\",\"deputyRepId\":\"li\"}}",
        "{\"id\":\"4\",\"source\":\"t\",\"time\":\"2026-05-01T00:00:04Z\",\"repId\":\"an\","
        "\"repUpserted\":{\"name\":\"An\",\"deputyRepId\":\"li\"}}",
        "{\"id\":\"5\",\"source\":\"t\",\"time\":\"2026-05-01T00:00:05Z\",\"repId\":\"li\","
        "\"repUpserted\":{\"name\":\"Li\",\"deputyRepId\":\"li\"}}",
    };
    static const size_t ORDERS[][5] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {1, 4, 0, 3, 2}};
    uint64_t first = 0;
    for (size_t i = 0; i < sizeof ORDERS / sizeof ORDERS[0]; i++) {
        struct fixture f;
        begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
        for (size_t j = 0; j < 5; j++) {
            struct verify_error error;
            const char *json = SAID[ORDERS[i][j]];
            Tend__V1__Event *e =
                (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, json, strlen(json), NULL, &error);
            assert_non_null(e);
            say(&f, e);
            turns_run(f.turns, turns_now_ms(f.turns));
            protobuf_c_message_free_unpacked(&e->base, NULL);
        }
        first = i == 0 ? turns_state(f.turns) : first;
        assert_true(turns_state(f.turns) == first);
        finish(&f);
    }
}

// Stages 4 and 5, good intention, contracts that ran out: the first block behind what was promised.
static void test_row_40_priority_of_the_day(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    static const char *const IDS[] = {"P", "Q", "S5", "S4", "S7", "G", "H", "E", "F", "OA", "OB", "Z"};
    enum { ALL = sizeof IDS / sizeof IDS[0] };
    for (size_t i = 0; i < ALL; i++)
        add_customer(&f, IDS[i], "wang");
    happens(&f, "2026-06-01 01:00",
            "{\"customerId\":\"G\",\"leadUpdated\":{\"intention\":4,\"stage\":\"LEAD_STAGE_KEY_PERSON\"}}");
    happens(&f, "2026-06-01 01:01", "{\"customerId\":\"S4\",\"leadUpdated\":{\"stage\":\"LEAD_STAGE_INTENDS\"}}");
    happens(&f, "2026-06-01 01:02", "{\"customerId\":\"S5\",\"leadUpdated\":{\"stage\":\"LEAD_STAGE_CONTRACT_SENT\"}}");
    happens(&f, "2026-06-01 01:03",
            "{\"customerId\":\"S7\",\"contractSigned\":{\"contractId\":\"k\",\"from\":\"2025-05-01\",\"to\":\"2026-05-"
            "20\"}}");
    happens(&f, "2026-06-01 01:04", "{\"customerId\":\"E\",\"leadUpdated\":{\"expectedOrderDate\":\"2026-06-10\"}}");
    say_standing(&f, "H", TEND__V1__ABC_CLASS__ABC_CLASS_C, "lead.temperature", "hot");
    say_standing(&f, "F", TEND__V1__ABC_CLASS__ABC_CLASS_C, "lead.horizon", "A");
    value(&f, "OB", TEND__V1__ABC_CLASS__ABC_CLASS_B, true, moment(&f, "2026-04-01 10:00"));
    value(&f, "OA", TEND__V1__ABC_CLASS__ABC_CLASS_A, true, moment(&f, "2026-04-01 10:00"));
    promise_made(&f, "P", "p", moment(&f, "2026-06-05 16:00"));
    contact(&f, "Q", moment(&f, "2026-06-01 02:00"), TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED,
            moment(&f, "2026-06-05 10:00"));
    Tend__V1__CallList *list = list_by(&f, "2026-06-05 09:00");
    while (strcmp(list->local_date, "2026-06-05") != 0) {
        drop_list(list);
        list = next_list(&f);
    }
    static const struct {
        const char *id;
        enum call_reason reason;
    } WANTED[] = {{"P", CALL_PROMISE_DUE}, {"Q", CALL_APPOINTMENT}, {"S5", CALL_STAGE},  {"S4", CALL_STAGE},
                  {"S7", CALL_STAGE},      {"G", CALL_HOT},         {"H", CALL_HOT},     {"E", CALL_EXPECTED_NEED},
                  {"F", CALL_FOLLOW_UP},   {"OA", CALL_OVERDUE_A},  {"OB", CALL_OVERDUE}};
    for (size_t i = 0; i < sizeof WANTED / sizeof WANTED[0]; i++) {
        assert_string_equal(list->lines[i]->customer_id, WANTED[i].id);
        assert_int_equal(list->lines[i]->reason, WANTED[i].reason);
    }
    assert_string_equal(list->lines[5]->text, "good");
    assert_string_equal(list->lines[6]->text, "hot");
    assert_string_equal(list->lines[8]->text, "A");
    drop_list(list);
    finish(&f);
}

// The next date moves the customer; a talk without one is asked about in the evening, and the answer sets it.
static void test_row_41_the_next_date(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 07:00", "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"LEAD_STAGE_PLANS\"}}");
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"CONTACT_OUTCOME_REACHED\"}}");
    catch_up(&f);
    until(&f, "2026-06-02 17:30");
    Tend__V1__CallList *evening = next_evening(&f);
    assert_int_equal(evening->n_undated, 1);
    assert_string_equal(evening->undated[0]->customer_id, "C1");
    until(&f, "2026-06-02 18:00");
    Tend__V1__Event e = event(&f, "", turns_now_ms(f.turns));
    Tend__V1__ReminderAnswered body = TEND__V1__REMINDER_ANSWERED__INIT;
    e.rep_id = text("wang");
    body.reminder_id = evening->undated[0]->reminder_id;
    body.outcome = TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_RESCHEDULED;
    body.next_at = stamp(moment(&f, "2026-06-09 10:00"));
    e.body_case = TEND__V1__EVENT__BODY_REMINDER_ANSWERED;
    e.reminder_answered = &body;
    say(&f, &e);
    drop_list(evening);
    Tend__V1__CallList *list = list_by(&f, "2026-06-03 09:00");
    assert_null(line_about(list, "C1"));
    drop_list(list);
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-08 23:00");
    list = list_by(&f, "2026-06-09 11:00");
    assert_int_equal(line_about(list, "C1")->reason, CALL_APPOINTMENT);
    drop_list(list);
    assert_int_equal(count_heard(&f, from, "wang", "snoozed", NULL), 0); // the list says it, nothing else beside
    finish(&f);
}

// Before leaving: tomorrow's list, calls without a record, talks without a next date.
static void test_row_42_the_evening_before(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{capacity: 2}");
    for (int i = 0; i < 36; i++)
        add_customer(&f, text("E%02d", i), "wang");
    Tend__V1__CallList *list = list_by(&f, "2026-06-04 09:00");
    while (strcmp(list->local_date, "2026-06-04") != 0) {
        drop_list(list);
        list = next_list(&f);
    }
    assert_int_equal(list->n_lines, 2);
    char second[16];
    strcpy(second, list->lines[1]->customer_id);
    answer_line(&f, "2026-06-04 10:00", list->lines[0], "done");
    drop_list(list);
    catch_up(&f);
    until(&f, "2026-06-04 17:29");
    assert_null(next_evening(&f));
    until(&f, "2026-06-04 17:30");
    Tend__V1__CallList *evening = next_evening(&f);
    assert_non_null(evening);
    assert_string_equal(evening->local_date, "2026-06-05");
    assert_int_equal(evening->due->seconds * 1000, moment(&f, "2026-06-04 17:30"));
    assert_int_equal(evening->n_lines, 2);
    assert_string_equal(evening->lines[0]->reminder_id, ""); // not on a list yet
    assert_int_equal(evening->coverage->customers, 37);
    assert_int_equal(evening->n_unrecorded, 1);
    assert_string_equal(evening->unrecorded[0]->customer_id, second);
    assert_int_equal(strlen(evening->unrecorded[0]->reminder_id), 32);
    assert_int_equal(evening->n_undated, 0); // nobody needs one
    uint64_t from = turns_last(f.turns);
    answer_line(&f, "2026-06-04 19:00", evening->unrecorded[0], "done"); // later that evening: nothing is taken back
    drop_list(evening);
    for (uint64_t seq = from + 1; seq <= turns_last(f.turns); seq++) {
        uint16_t type = turns_read(f.turns, seq)->type;
        assert_true(type != TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST &&
                    type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED);
    }
    // Friday's evening tells of Monday; there is none on Saturday.
    until(&f, "2026-06-05 17:29");
    catch_up(&f);
    until(&f, "2026-06-07 23:00");
    evening = next_evening(&f);
    assert_string_equal(evening->local_date, "2026-06-08");
    drop_list(evening);
    assert_null(next_evening(&f));
    // Down over an evening: it is not told in the night or the next morning.
    until(&f, "2026-06-08 17:00");
    turns_sleep(f.turns, moment(&f, "2026-06-09 07:00"));
    catch_up(&f);
    until(&f, "2026-06-09 12:00");
    assert_null(next_evening(&f));
    until(&f, "2026-06-09 18:00");
    evening = next_evening(&f);
    assert_non_null(evening);
    drop_list(evening);
    finish(&f);
}

// Four contacts in a week are enough: what can wait does, and it is noted; what was promised does not wait.
static void test_row_46_caps_in_planning(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{rest_days: 0, rules: {caps: {week: 3}, rhythm: {a: {shortest_days: 0}}}}");
    static const char *const TIMES[] = {"2026-06-01 09:00", "2026-06-02 09:00", "2026-06-03 09:00"};
    for (size_t i = 0; i < 3; i++)
        happens(&f, TIMES[i],
                "{\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"CONTACT_OUTCOME_REACHED\",\"channel\":"
                "\"CHANNEL_EMAIL\"}}");
    Tend__V1__CustomerValue value = worth_of("C1", TEND__V1__ABC_CLASS__ABC_CLASS_A);
    value.next_survey = stamp(moment(&f, "2026-06-04 00:00"));
    say_worth(&f, &value);
    Tend__V1__CallList *list = list_by(&f, "2026-06-04 09:00");
    assert_int_equal(list->n_lines, 0);
    drop_list(list);
    const char *json = turns_ask(f.turns, "/v1/calls?rep=wang", NULL);
    assert_non_null(strstr(json, "REMINDER_STATE_SUPPRESSED"));
    json = turns_ask(f.turns, "/v1/reminders?rep=wang&state=suppressed", NULL);
    assert_non_null(strstr(json, "CALL_REASON_SURVEY"));
    assert_non_null(strstr(json, "cap of the week"));
    promise_made(&f, "C1", "p", moment(&f, "2026-06-05 16:00"));
    list = list_by(&f, "2026-06-05 09:00");
    assert_int_equal(line_about(list, "C1")->reason, CALL_PROMISE_DUE);
    drop_list(list);
    // A new week: the opinion may be asked for.
    promise_kept(&f, "C1", "p");
    list = list_by(&f, "2026-06-08 09:00");
    assert_int_equal(line_about(list, "C1")->reason, CALL_SURVEY);
    drop_list(list);
    finish(&f);
}

// Thanks for a complaint that was dealt with, a small gift near a birthday.
static void test_row_76_small_attentions(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    customer_with(&f, "C2", "wang", "1970-06-05", "", "");
    promise_made(&f, "C2", "p", moment(&f, "2026-06-01 16:00"));
    happens(&f, "2026-06-01 07:00",
            "{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"two pumps leak\"}}");
    Tend__V1__CallList *list = list_by(&f, "2026-06-01 09:00");
    assert_true(has_point(line_about(list, "C1"), "complaint_open", "two pumps leak"));
    assert_true(has_point(line_about(list, "C2"), "small_gift", ""));
    drop_list(list);
    happens(&f, "2026-06-01 15:00", "{\"customerId\":\"C1\",\"complaintResolved\":{\"complaintId\":\"k1\"}}");
    list = list_by(&f, "2026-06-02 09:00");
    assert_false(has_point(line_about(list, "C1"), "complaint_open", "two pumps leak"));
    assert_true(has_point(line_about(list, "C1"), "thank_complaint", ""));
    drop_list(list);
    finish(&f);
}

// A long list is said in parts, each with its own id; nobody is lost.
static void test_row_39_a_list_in_parts(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{capacity: 1000}");
    for (int i = 0; i < 999; i++)
        customer(&f, text("customer-with-a-long-id-%04d", i), "wang");
    turns_run(f.turns, turns_now_ms(f.turns));
    absent(&f, "wang", "2026-06-02", "2026-06-30"); // everybody today, or not at all
    Tend__V1__CallList *list = list_by(&f, "2026-06-01 09:00");
    size_t lines = 0, parts = 0;
    char first[33];
    for (; list != NULL; list = next_list(&f), parts++) {
        assert_true(parts == 0 || strcmp(first, list->list_id) != 0);
        strcpy(first, list->list_id);
        lines += list->n_lines;
        drop_list(list);
    }
    assert_int_equal(lines, 1000);
    assert_true(parts > 1);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_25_questions_to_a_prospect), cmocka_unit_test(test_row_26_what_goes_with_it),
        cmocka_unit_test(test_row_38_the_soonest_first),       cmocka_unit_test(test_row_39_a_warning_on_day_one),
        cmocka_unit_test(test_row_39_the_deputy_calls),        cmocka_unit_test(test_row_39_deputies_in_any_order),
        cmocka_unit_test(test_row_40_priority_of_the_day),     cmocka_unit_test(test_row_41_the_next_date),
        cmocka_unit_test(test_row_42_the_evening_before),      cmocka_unit_test(test_row_46_caps_in_planning),
        cmocka_unit_test(test_row_76_small_attentions),        cmocka_unit_test(test_row_39_a_list_in_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
