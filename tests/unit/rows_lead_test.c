// Rows 28 to 38, 44, 47, 48 and 57: leads, contracts, expected needs, and customers whom nobody follows up.
#include "unit/rows.h"

// What scoring would say beside the class: standings, days, orders.
static Tend__V1__CustomerValue worth(const char *customer)
{
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("%s", customer);
    value.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    value.currency = text("CNY");
    return value;
}

static void tell_worth(struct fixture *f, const Tend__V1__CustomerValue *value)
{
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value->base);
    turns_run(f->turns, turns_now_ms(f->turns));
}

static void stands(struct fixture *f, const char *customer, const char *dimension, const char *word)
{
    Tend__V1__CustomerValue value = worth(customer);
    Tend__V1__Standing standing = TEND__V1__STANDING__INIT, *standings[] = {&standing};
    standing.dimension = text("%s", dimension);
    standing.value = text("%s", word);
    value.standings = standings;
    value.n_standings = 1;
    tell_worth(f, &value);
}

static const char CALLED[] = "{\"repId\":\"wang\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}";

// --- leads

// Row 28: a lead cools down from hot to warm; speaking to it ends that, warming up takes it back.
static void test_row_28_cooled(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-05 20:00"); // Friday evening
    catch_up(&f);
    changed(&f, "C1", "lead.temperature", "hot", "warm", false);
    until(&f, "2026-06-08 09:00");
    const char *id = hears(&f, "2026-06-08 08:30", "wang", "temperature_cooled", "C1");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-08 10:00", CALLED);
    assert_true(taken_back(&f, from, id));
    changed(&f, "C1", "lead.temperature", "warm", "hot", false);
    until(&f, "2026-06-16 10:00");
    catch_up(&f);
    changed(&f, "C1", "lead.temperature", "hot", "cold", true); // history
    turns_run(f.turns, turns_now_ms(f.turns));
    expect_silence(&f);
    finish(&f);
}

// Row 29: a customer who orders within seven days is followed up daily; when nobody does, the manager hears of it.
static void test_row_29_horizon_followed_up(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 10:00", CALLED);
    stands(&f, "C1", "lead.horizon", "H");
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-02 08:00");
    catch_up(&f);
    until(&f, "2026-06-02 08:31");
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_FOLLOW_UP);
    until(&f, "2026-06-04 12:00");
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-04 08:30", "zhao", "lead_follow_up", "C1");
    assert_string_equal(zhao->for_rep_id, "wang");
    happens(&f, "2026-06-04 14:00", CALLED);
    assert_true(taken_back(&f, from, zhao->reminder_id));
    drop_reminder(zhao);
    finish(&f);
}

// Row 29: the day on which an order was expected passes without one; an order takes it back.
static void test_row_29_order_missed(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"leadUpdated\":{\"expectedOrderDate\":\"2026-06-12\"}}"); // a Friday
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-15 09:00"); // one working day later
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-15 08:30", "wang", "order_missed", "C1");
    until(&f, "2026-06-18 12:00"); // three working days after that
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-18 08:30", "zhao", "order_missed", "C1");
    Tend__V1__CustomerValue value = worth("C1");
    value.last_order = stamp(moment(&f, "2026-06-18 11:00"));
    value.orders_ever = 1;
    tell_worth(&f, &value);
    assert_true(taken_back(&f, from, wang->reminder_id) && taken_back(&f, from, zhao->reminder_id));
    drop_reminder(wang);
    drop_reminder(zhao);
    finish(&f);
}

// Row 29: what the customer says anew takes back what was told of the former day.
static void test_row_29_expected_later(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 10:00", "{\"customerId\":\"C1\",\"leadUpdated\":{\"expectedOrderDate\":\"2026-06-12\"}}");
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-15 09:00");
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-15 08:30", "wang", "order_missed", "C1");
    happens(&f, "2026-06-15 10:00",
            "{\"customerId\":\"C1\",\"quoteSent\":{\"quoteId\":\"q1\",\"expectedOrderDate\":\"2026-06-30\"}}");
    assert_true(taken_back(&f, from, wang->reminder_id));
    drop_reminder(wang);
    until(&f, "2026-06-19 18:00");
    assert_int_equal(told_since(&f, from, "order_missed"), 1);
    finish(&f);
}

// Row 31: a lead stands in its stage for too long; the rep is told, a week later the manager; moving on takes it back.
static void test_row_31_stage_stuck(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 09:00", "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"key_person\"}}");
    Tend__V1__CustomerValue value = worth("C1");
    value.stage_limit_day = text("2026-06-07"); // a Sunday
    tell_worth(&f, &value);
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-08 09:00");
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-08 08:30", "wang", "stage_stuck", "C1");
    until(&f, "2026-06-15 09:00"); // five working days
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-15 08:30", "zhao", "stage_stuck", "C1");
    happens(&f, "2026-06-15 11:00", "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"plans\"}}");
    assert_true(taken_back(&f, from, wang->reminder_id) && taken_back(&f, from, zhao->reminder_id));
    drop_reminder(wang);
    drop_reminder(zhao);
    finish(&f);
}

// Row 32: of several contracts the one that lasts longest counts; its end is told in time, a renewal takes it back.
// They come in any order.
static void test_row_32_contracts(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"contractSigned\":{\"contractId\":\"k2\",\"to\":\"2026-07-10\"}}");
    happens(&f, "2026-06-02 10:01",
            "{\"customerId\":\"C1\",\"contractSigned\":{\"contractId\":\"k1\",\"to\":\"2026-06-10\"}}");
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-09 12:00");
    // 7 days before the 10th of June nothing was told, and 30 days before the 10th of July lies the 10th.
    until(&f, "2026-06-10 09:00");
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-10 08:30", "wang", "contract_end", "C1");
    assert_string_equal(wang->event_date, "2026-07-10");
    happens(&f, "2026-06-10 15:00",
            "{\"customerId\":\"C1\",\"contractSigned\":{\"contractId\":\"k3\",\"to\":\"2027-07-10\"}}");
    assert_true(taken_back(&f, from, wang->reminder_id));
    drop_reminder(wang);
    unsigned told = told_since(&f, from, "contract_end");
    until(&f, "2026-07-09 18:00");
    assert_int_equal(told_since(&f, from, "contract_end"), told);
    finish(&f);
}

// Row 32: one that ended is expired: the customer stands on the list for it. An older word about it changes nothing.
static void test_row_32_contract_ended(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"contractSigned\":{\"contractId\":\"k1\",\"to\":\"2027-06-10\"}}");
    happens(&f, "2026-06-02 10:01", CALLED);
    happens(&f, "2026-06-09 10:00", "{\"customerId\":\"C1\",\"contractEnded\":{\"contractId\":\"k1\"}}");
    until(&f, "2026-06-10 08:00");
    catch_up(&f);
    until(&f, "2026-06-10 08:31");
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_STAGE);
    finish(&f);
}

// Row 33: an objection is told at once with what it is; two working days later the manager hears that it still stands.
static void test_row_33_objection(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-04 15:00"); // Thursday
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-04 15:30",
            "{\"customerId\":\"C1\",\"objectionRaised\":{\"kind\":\"price\",\"what\":\"too dear\","
            "\"objectionId\":\"x1\",\"sincere\":\"no\"}}");
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-04 15:30", "wang", "objection", "C1");
    assert_string_equal(wang->text, "too dear");
    assert_string_equal(wang->points[0]->code, "objection.kind");
    assert_string_equal(wang->points[1]->code, "objection.pretext");
    until(&f, "2026-06-08 16:00"); // Monday
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-08 15:30", "zhao", "objection", "C1");
    happens(&f, "2026-06-08 17:00",
            "{\"customerId\":\"C1\",\"objectionRaised\":{\"objectionId\":\"x1\",\"overcome\":true}}");
    assert_true(taken_back(&f, from, wang->reminder_id) && taken_back(&f, from, zhao->reminder_id));
    drop_reminder(wang);
    drop_reminder(zhao);
    finish(&f);
}

// Row 33: overcome before it was heard of: nobody is told.
static void test_row_33_overcome_first(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-04 15:00");
    catch_up(&f);
    happens(&f, "2026-06-04 16:00",
            "{\"customerId\":\"C1\",\"objectionRaised\":{\"objectionId\":\"x1\",\"overcome\":true}}");
    Tend__V1__Event late = event(&f, "C1", moment(&f, "2026-06-04 10:00"));
    Tend__V1__ObjectionRaised raised = TEND__V1__OBJECTION_RAISED__INIT;
    raised.objection_id = text("x1");
    raised.what = text("too dear");
    late.body_case = TEND__V1__EVENT__BODY_OBJECTION_RAISED;
    late.objection_raised = &raised;
    say(&f, &late);
    until(&f, "2026-06-05 18:00");
    expect_silence(&f);
    finish(&f);
}

// Row 30: a customer who complains is recovered within a working day, else the manager hears of it; one who was lost is
// won back until an order comes.
static void test_row_30_after_the_sale(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-05 16:00"); // Friday
    uint64_t from = turns_last(f.turns);
    changed(&f, "C1", "care.status", "ordinary", "complaining", false);
    until(&f, "2026-06-09 17:00");
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-05 16:00", "wang", "recovery", "C1");
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-09 16:00", "zhao", "recovery", "C1");
    changed(&f, "C1", "care.status", "complaining", "lost", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_true(taken_back(&f, from, wang->reminder_id) && taken_back(&f, from, zhao->reminder_id));
    drop_reminder(wang);
    drop_reminder(zhao);
    wang = among(&f, from, "2026-06-09 17:00", "wang", "win_back", "C1");
    Tend__V1__CustomerValue value = worth("C1");
    value.last_order = stamp(moment(&f, "2026-06-10 09:00"));
    value.orders_ever = 7;
    until(&f, "2026-06-10 10:00");
    tell_worth(&f, &value);
    assert_true(taken_back(&f, from, wang->reminder_id));
    drop_reminder(wang);
    finish(&f);
}

// Row 34: what is not known of a prospect that is screened stands on its line as a question, until it is answered.
static void test_row_34_screening(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 07:00",
            "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"key_person\",\"need\":\"yes\",\"decision\":\"yes\"}}");
    until(&f, "2026-06-01 08:00");
    catch_up(&f);
    until(&f, "2026-06-01 08:31");
    Tend__V1__CallList *list = next_list(&f);
    assert_non_null(list);
    bool power = false, need = false;
    for (size_t i = 0; i < list->lines[0]->n_points; i++) {
        power |= strcmp(list->lines[0]->points[i]->code, "ask.power") == 0;
        need |= strcmp(list->lines[0]->points[i]->code, "ask.need") == 0;
    }
    assert_true(power);
    assert_false(need);
    drop_list(list);
    finish(&f);
}

// Row 35: a quote that was lost is nursed: on the day they named, else a month later. The same quote sent anew ends
// that.
static void test_row_35_lost_quote_nursed(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    Tend__V1__CustomerValue plain = worth("C1");
    plain.abc = TEND__V1__ABC_CLASS__ABC_CLASS_C;
    tell_worth(&f, &plain);
    happens(&f, "2026-06-02 10:00", CALLED);
    happens(
        &f, "2026-06-02 10:01",
        "{\"customerId\":\"C1\",\"quoteLost\":{\"quoteId\":\"q1\",\"reason\":\"price\",\"followOn\":\"2026-06-24\"}}");
    until(&f, "2026-06-24 08:00");
    catch_up(&f);
    until(&f, "2026-06-24 08:31");
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_NURSE);
    happens(&f, "2026-06-24 12:00", "{\"customerId\":\"C1\",\"quoteSent\":{\"quoteId\":\"q1\"}}");
    until(&f, "2026-06-25 08:00");
    catch_up(&f);
    until(&f, "2026-06-25 08:31");
    assert_int_not_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_NURSE);
    finish(&f);
}

// Row 36: whatever the channel, what was said to the customer counts; what a program sent does not.
static void test_row_36_channels(void **state)
{
    (void)state;
    static const char *const SAID[] = {
        "{\"repId\":\"wang\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\",\"channel\":\"visit\"}}",
        "{\"repId\":\"wang\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\",\"channel\":\"chat\"}}",
        "{\"repId\":\"wang\",\"customerId\":\"C1\",\"messageReplied\":{\"messageId\":\"m1\",\"channel\":\"email\"}}",
        "{\"repId\":\"wang\",\"customerId\":\"C1\",\"visitReported\":{\"visitId\":\"v1\",\"report\":\"good\"}}",
    };
    for (size_t i = 0; i < sizeof SAID / sizeof SAID[0]; i++) {
        struct fixture f;
        begin_team(&f, "{}");
        until(&f, "2026-06-02 09:00");
        catch_up(&f);
        changed(&f, "C1", "risk.overdue", "no", "yes", false);
        turns_run(f.turns, turns_now_ms(f.turns));
        const char *id = hears(&f, "2026-06-02 09:00", "wang", "overdue", "C1");
        uint64_t from = turns_last(f.turns);
        happens(&f, "2026-06-02 10:00",
                "{\"customerId\":\"C1\",\"messageReplied\":{\"messageId\":\"m0\",\"automatic\":true}}");
        assert_false(taken_back(&f, from, id));
        happens(&f, "2026-06-02 11:00", SAID[i]);
        assert_true(taken_back(&f, from, id));
        finish(&f);
    }
}

// Row 37: when a need will come and how much is told before the day; the customer comes earlier on the list.
static void test_row_37_expected_need(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{rules: {dates: {expected_work_days: 10}}}");
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"leadUpdated\":{\"expectedOrderDate\":\"2026-06-24\","
            "\"expectedQuantityMilli\":\"300000\"}}");
    happens(&f, "2026-06-02 10:01", CALLED);
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-10 09:00"); // ten working days before
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-10 08:30", "wang", "expected_need", "C1");
    int64_t quantity = 0;
    for (size_t i = 0; i < wang->n_figures; i++)
        quantity = strcmp(wang->figures[i]->name, "expected_quantity") == 0 ? wang->figures[i]->value : quantity;
    assert_int_equal(quantity, 300000);
    happens(&f, "2026-06-10 10:00", CALLED);
    assert_true(taken_back(&f, from, wang->reminder_id));
    drop_reminder(wang);
    until(&f, "2026-06-19 08:00");
    catch_up(&f);
    until(&f, "2026-06-19 08:31");
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_EXPECTED_NEED);
    finish(&f);
}

// Row 38: whoever may order soonest is called first.
static void test_row_38_soonest_first(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    for (int i = 2; i <= 4; i++) {
        happens(&f, text("2026-06-01 00:1%d", i),
                text("{\"customerId\":\"C%d\",\"customerUpserted\":{\"name\":\"C%d\",\"ownerRepId\":\"wang\"}}", i, i));
        happens(&f, text("2026-06-01 00:2%d", i),
                text("{\"customerId\":\"C%d\",\"leadUpdated\":{\"expectedOrderDate\":\"2026-06-0%d\"}}", i, 9 - i));
    }
    until(&f, "2026-06-01 08:00");
    catch_up(&f);
    until(&f, "2026-06-01 08:31");
    Tend__V1__CallList *list = next_list(&f);
    assert_non_null(list);
    assert_string_equal(list->lines[0]->customer_id, "C4"); // on the 5th
    assert_string_equal(list->lines[1]->customer_id, "C3");
    assert_string_equal(list->lines[2]->customer_id, "C2");
    assert_int_equal(list->lines[0]->reason, TEND__V1__CALL_REASON__CALL_REASON_EXPECTED_NEED);
    drop_list(list);
    finish(&f);
}

// --- nobody follows up

// Row 47: told of an A customer, nobody acts: after 7 days the rep is told again, after 15 the manager, after 30
// manager and director, who hear that somebody else might do better. A call ends it.
static void test_row_47_nobody_follows_up(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-01 10:00");
    uint64_t from = turns_last(f.turns);
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    until(&f, "2026-06-08 12:00");
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-08 10:00", "wang", "no_follow_up", "C1");
    int64_t days = 0;
    for (size_t i = 0; i < wang->n_figures; i++)
        days = strcmp(wang->figures[i]->name, "days") == 0 ? wang->figures[i]->value : days;
    assert_int_equal(days, 7);
    until(&f, "2026-06-16 12:00");
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-16 10:00", "zhao", "no_follow_up", "C1");
    assert_string_equal(zhao->for_rep_id, "wang");
    assert_int_equal(zhao->n_points, 0);
    until(&f, "2026-07-01 12:00");
    Tend__V1__Reminder *qian = among(&f, from, "2026-07-01 10:00", "qian", "no_follow_up", "C1");
    Tend__V1__Reminder *again = among(&f, from, "2026-07-01 10:00", "zhao", "no_follow_up", "C1");
    assert_string_equal(qian->points[0]->code, "propose_rep");
    assert_int_equal(told_since(&f, from, "no_follow_up"), 4);
    happens(&f, "2026-07-01 15:00", CALLED);
    assert_true(taken_back(&f, from, wang->reminder_id) && taken_back(&f, from, zhao->reminder_id) &&
                taken_back(&f, from, qian->reminder_id) && taken_back(&f, from, again->reminder_id));
    drop_reminder(wang);
    drop_reminder(zhao);
    drop_reminder(qian);
    drop_reminder(again);
    finish(&f);
}

// A try in vain is no end; what was put off holds it until then; what is over needs nobody; a C customer has no ladder.
static void test_row_47_follow_up_held(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-01 10:00");
    catch_up(&f);
    uint64_t from = turns_last(f.turns);
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    const char *id = hears(&f, "2026-06-01 10:00", "wang", "overdue", "C1");
    happens(&f, "2026-06-02 10:00",
            text("{\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"snoozed\","
                 "\"nextAt\":\"2026-06-11T02:00:00Z\"}}",
                 id));
    until(&f, "2026-06-11 12:00");
    assert_int_equal(told_since(&f, from, "no_follow_up"), 0); // the seventh day was the 8th
    Tend__V1__Reminder *back = among(&f, from, "2026-06-11 10:00", "wang", "snoozed", "C1");
    answers(&f, "2026-06-11 14:00", "wang", back->reminder_id, "no_answer");
    drop_reminder(back);
    until(&f, "2026-06-12 12:00"); // a day after it came back
    drop_reminder(among(&f, from, "2026-06-12 10:00", "wang", "no_follow_up", "C1"));
    until(&f, "2026-06-16 12:00");
    drop_reminder(among(&f, from, "2026-06-16 10:00", "zhao", "no_follow_up", "C1"));
    finish(&f);
}

static void test_row_47_follow_up_over(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    value(&f, "C9", TEND__V1__ABC_CLASS__ABC_CLASS_C, false, 0);
    happens(&f, "2026-06-01 09:00",
            "{\"customerId\":\"C9\",\"customerUpserted\":{\"name\":\"Small\",\"ownerRepId\":\"wang\"}}");
    until(&f, "2026-06-01 10:00");
    uint64_t from = turns_last(f.turns);
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    happens(&f, "2026-06-01 10:05",
            "{\"customerId\":\"C9\",\"objectionRaised\":{\"what\":\"too dear\",\"objectionId\":\"x1\"}}");
    until(&f, "2026-06-03 10:00");
    changed(&f, "C1", "risk.overdue", "yes", "no", false); // it was over before anybody acted
    until(&f, "2026-07-03 12:00");
    assert_int_equal(told_since(&f, from, "no_follow_up"), 0);
    finish(&f);
}

// --- trends, urgency, people

// Row 48: an A customer orders less and less; the alert folds into one, and ends when somebody speaks to it.
static void test_row_48_declining(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-06 10:00"); // Saturday
    catch_up(&f);
    uint64_t from = turns_last(f.turns);
    changed(&f, "C1", "risk.declining", "no", "yes", false);
    until(&f, "2026-06-08 09:00");
    Tend__V1__Reminder *told = among(&f, from, "2026-06-08 08:30", "wang", "declining", "C1");
    assert_string_equal(told->rule, "abc 65/85");
    happens(&f, "2026-06-08 10:00", CALLED);
    assert_true(taken_back(&f, from, told->reminder_id));
    drop_reminder(told);
    finish(&f);
}

// Row 44: what can wait waits until the golden hours are over; what cannot is told within them.
static void test_row_44_routine_waits(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:30",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/Shanghai\","
            "\"managerRepId\":\"zhao\",\"goldenHours\":[{\"fromMinute\":600,\"toMinute\":690}]}}");
    until(&f, "2026-06-02 10:10");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 10:15",
            "{\"customerId\":\"C1\",\"objectionRaised\":{\"what\":\"too dear\",\"objectionId\":\"x1\"}}");
    happens(&f, "2026-06-02 10:20",
            "{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"wet boxes\"}}");
    drop_reminder(among(&f, from, "2026-06-02 10:20", "wang", "complaint_acknowledge", "C1"));
    assert_int_equal(told_since(&f, from, "objection"), 0);
    until(&f, "2026-06-02 12:00");
    drop_reminder(among(&f, from, "2026-06-02 11:30", "wang", "objection", "C1"));
    finish(&f);
}

// Row 57: the key person stands on every line and reminder, not whoever was named first.
static void test_row_57_key_person(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:30",
            "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Blue Lake\",\"ownerRepId\":\"wang\",\"contacts\":["
            "{\"name\":\"Ms Wu\",\"phone\":\"111\"},{\"name\":\"Mr Ma\",\"phone\":\"222\",\"keyPerson\":true}]}}");
    until(&f, "2026-06-01 08:00");
    catch_up(&f);
    until(&f, "2026-06-01 08:31");
    Tend__V1__CallList *list = next_list(&f);
    assert_non_null(list);
    assert_string_equal(list->lines[0]->contact_name, "Mr Ma");
    assert_string_equal(list->lines[0]->contact_phone, "222");
    drop_list(list);
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    until(&f, "2026-06-01 10:00");
    Tend__V1__Reminder *told = among(&f, 0, "", "wang", "overdue", "C1");
    assert_string_equal(told->contact_name, "Mr Ma");
    assert_string_equal(told->contact_phone, "222");
    drop_reminder(told);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_28_cooled),         cmocka_unit_test(test_row_29_horizon_followed_up),
        cmocka_unit_test(test_row_29_order_missed),   cmocka_unit_test(test_row_29_expected_later),
        cmocka_unit_test(test_row_30_after_the_sale), cmocka_unit_test(test_row_34_screening),
        cmocka_unit_test(test_row_31_stage_stuck),    cmocka_unit_test(test_row_32_contracts),
        cmocka_unit_test(test_row_32_contract_ended), cmocka_unit_test(test_row_33_objection),
        cmocka_unit_test(test_row_33_overcome_first), cmocka_unit_test(test_row_35_lost_quote_nursed),
        cmocka_unit_test(test_row_36_channels),       cmocka_unit_test(test_row_37_expected_need),
        cmocka_unit_test(test_row_38_soonest_first),  cmocka_unit_test(test_row_47_nobody_follows_up),
        cmocka_unit_test(test_row_47_follow_up_held), cmocka_unit_test(test_row_47_follow_up_over),
        cmocka_unit_test(test_row_48_declining),      cmocka_unit_test(test_row_44_routine_waits),
        cmocka_unit_test(test_row_57_key_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
