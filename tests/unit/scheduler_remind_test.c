// The scheduler as a whole. Alerts, dates, promises, and what reps put off.
#include "unit/scheduler_story.h"

// --- alerts
// -----------------------------------------------------------------------------------------------------------

static void test_alerts_wait_for_working_hours(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, at(&f, "2026-05-20", "10:00"));
    turns_run(f.turns, at(&f, "2026-06-01", "22:00"));
    catch_up(&f);
    changed(&f, "C1", "value.abc", "A", "B", false);
    turns_run(f.turns, at(&f, "2026-06-02", "08:29"));
    expect_silence(&f);
    assert_int_equal(total(&f, 2, "pending"), 1);
    turns_run(f.turns, at(&f, "2026-06-02", "08:30"));
    Tend__V1__Reminder *fall = next_reminder(&f);
    assert_int_equal(fall->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_CLASS_FALL);
    assert_string_equal(fall->rep_id, "wang");
    assert_string_equal(fall->customer_id, "C1");
    assert_string_equal(fall->customer_name, "Customer C1");
    assert_string_equal(fall->before, "A");
    assert_string_equal(fall->after, "B");
    assert_string_equal(fall->rule, "abc 65/85");
    assert_string_equal(fall->event_ids[0], "shop/o-1");
    assert_string_equal(fall->figures[0]->name, "threshold_a");
    assert_string_equal(fall->contact_phone, "138 0000 0000");
    assert_string_equal(fall->local_date, "2026-06-02");
    assert_false(fall->late);
    bool net = false;
    for (size_t i = 0; i < fall->n_figures; i++) {
        net = net || strcmp(fall->figures[i]->name, "net_sales") == 0;
    }
    assert_true(net);
    drop_reminder(fall);
    // Within hours: at once.
    catch_up(&f);
    turns_run(f.turns, at(&f, "2026-06-02", "10:00"));
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE, "C1", NULL);
    finish(&f);
}

static void test_alerts_fold_rest_and_go(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    customer(&f, "C2", "wang");
    customer(&f, "C3", "wang");
    customer(&f, "C4", "");
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, at(&f, "2026-05-20", "10:00"));
    value(&f, "C2", TEND__V1__ABC_CLASS__ABC_CLASS_C, false, at(&f, "2026-05-20", "10:00"));
    value(&f, "C4", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, at(&f, "2026-05-20", "10:00"));
    turns_run(f.turns, at(&f, "2026-06-05", "20:00")); // Friday evening
    catch_up(&f);
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    changed(&f, "C1", "risk.drop", "no", "yes", false);    // replaces the overdue alert
    changed(&f, "C1", "risk.overdue", "no", "yes", false); // is part of it
    changed(&f, "C2", "risk.overdue", "no", "yes", false); // class C: nobody is told
    changed(&f, "C2", "value.abc", "C", "A", false);       // a rise
    changed(&f, "C3", "value.abc", "A", "B", false);
    changed(&f, "C3", "value.abc", "B", "C", false);            // told as one fall from A to C
    changed(&f, "C1", "value.abc", "A", "B", true);             // history
    changed_by(&f, "C1", "value.abc", "A", "C", false, "chen"); // a person's decision: the figures say otherwise
    changed(&f, "C4", "risk.drop", "no", "yes", false);         // nobody takes care of C4
    turns_run(f.turns, at(&f, "2026-06-08", "09:00"));
    Tend__V1__Reminder *one = next_reminder(&f), *two = next_reminder(&f);
    assert_true(one != NULL && two != NULL);
    Tend__V1__Reminder *fall = one->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_CLASS_FALL ? one : two;
    Tend__V1__Reminder *drop = fall == one ? two : one;
    assert_int_equal(drop->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_DROP);
    assert_string_equal(fall->before, "A");
    assert_string_equal(fall->after, "C");
    drop_reminder(one);
    drop_reminder(two);
    expect_silence(&f);
    assert_int_equal(total(&f, 3, "cancelled"), 1);
    assert_int_equal(total(&f, 3, "folded"), 1);
    assert_int_equal(total(&f, 2, "folded"), 1);
    assert_int_equal(total(&f, 0, "ownerless"), 1);
    assert_int_equal(total(&f, 0, "customersOwnerless"), 1);
    // A flap within the week is not told again; after it, it is.
    changed(&f, "C3", "value.abc", "C", "A", false);
    changed(&f, "C3", "value.abc", "A", "C", false);
    turns_run(f.turns, at(&f, "2026-06-08", "12:00"));
    expect_silence(&f);
    assert_int_equal(total(&f, 2, "rested"), 1);
    assert_int_equal(total(&f, 2, "withdrawn"), 1); // it was over before the rep answered
    turns_run(f.turns, at(&f, "2026-06-15", "12:00"));
    catch_up(&f);
    changed(&f, "C3", "value.abc", "A", "C", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_CLASS_FALL, "C3", NULL);
    // The cause goes away before the alert is told: nobody hears of it.
    turns_run(f.turns, at(&f, "2026-06-20", "12:00"));
    catch_up(&f);
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    turns_run(f.turns, at(&f, "2026-06-21", "12:00"));
    changed(&f, "C1", "risk.overdue", "yes", "no", false);
    turns_run(f.turns, at(&f, "2026-06-23", "12:00"));
    expect_silence(&f);
    assert_int_equal(total(&f, 3, "cancelled"), 2);
    finish(&f);
}

static void test_alerts_late_and_expired(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    customer(&f, "C2", "wang");
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, at(&f, "2026-05-20", "10:00"));
    value(&f, "C2", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, at(&f, "2026-05-20", "10:00"));
    turns_run(f.turns, at(&f, "2026-06-01", "20:00"));
    catch_up(&f);
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    turns_sleep(f.turns, at(&f, "2026-06-03", "11:00")); // a day late
    turns_run(f.turns, turns_now_ms(f.turns));
    Tend__V1__Reminder *late = next_reminder(&f);
    assert_true(late->late);
    assert_string_equal(late->local_date, "2026-06-02");
    drop_reminder(late);
    reached(&f, "C1", turns_now_ms(f.turns));
    turns_run(f.turns, at(&f, "2026-06-03", "20:00"));
    changed(&f, "C2", "risk.overdue", "no", "yes", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    turns_sleep(f.turns, at(&f, "2026-06-15", "11:00"));
    turns_run(f.turns, turns_now_ms(f.turns));
    expect_silence(&f);
    assert_int_equal(total(&f, 3, "expired"), 1);
    assert_int_equal(total(&f, 3, "late"), 1);
    // A rep who is away is not late: the alert comes with the first list after.
    absent(&f, "wang", "2026-06-16", "2026-06-30");
    changed(&f, "C1", "value.abc", "A", "B", false);
    turns_run(f.turns, at(&f, "2026-06-15", "20:00"));
    catch_up(&f);
    changed(&f, "C2", "value.abc", "A", "B", false);
    turns_run(f.turns, at(&f, "2026-07-01", "09:00"));
    late = next_reminder(&f);
    assert_string_equal(late->customer_id, "C2");
    assert_string_equal(late->local_date, "2026-07-01");
    assert_false(late->late);
    drop_reminder(late);
    finish(&f);
}

static void test_default_rep(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Asia/Shanghai", "2026-06-01", "{default_rep: boss}");
    customer(&f, "C1", "");
    customer(&f, "C2", "ghost"); // nobody ever said who that is
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, at(&f, "2026-05-20", "10:00"));
    turns_run(f.turns, at(&f, "2026-06-01", "10:00"));
    Tend__V1__CallList *one = next_list(&f), *two = next_list(&f);
    assert_true(one != NULL && two != NULL);
    const Tend__V1__CallList *boss = strcmp(one->rep_id, "boss") == 0 ? one : two;
    const Tend__V1__CallList *ghost = boss == one ? two : one;
    assert_string_equal(ghost->rep_id, "ghost");
    assert_string_equal(boss->lines[0]->customer_id, "C1");
    assert_string_equal(ghost->lines[0]->customer_id, "C2");
    drop_list(one);
    drop_list(two);
    changed(&f, "C1", "risk.drop", "no", "yes", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    Tend__V1__Reminder *reminder = next_reminder(&f);
    assert_string_equal(reminder->rep_id, "boss");
    drop_reminder(reminder);
    finish(&f);
}

// --- dates
// ------------------------------------------------------------------------------------------------------------

static void test_dates(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, "Asia/Shanghai", "2026-06-01", "{}");
    rep(&f, "wang", "Asia/Shanghai", 60);
    customer_with(&f, "C1", "wang", "1980-06-14", "2001-06-19", "2020-06-12");
    turns_run(f.turns, at(&f, "2026-06-11", "08:00"));
    // 19 June less seven days is Friday the 12th; 14 June less three Thursday the 11th; 12 June less three the 9th.
    Tend__V1__Reminder *reminder = next_reminder(&f);
    assert_int_equal(reminder->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_COOPERATION_ANNIVERSARY);
    assert_string_equal(reminder->local_date, "2026-06-09");
    assert_string_equal(reminder->event_date, "2020-06-12");
    const Tend__V1__Figure *years = reminder->figures[reminder->n_figures - 1];
    assert_string_equal(years->name, "years");
    assert_int_equal(years->value, 6);
    drop_reminder(reminder);
    expect_silence(&f);
    turns_run(f.turns, at(&f, "2026-06-12", "12:00"));
    reminder = next_reminder(&f);
    assert_int_equal(reminder->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_BIRTHDAY);
    assert_string_equal(reminder->local_date, "2026-06-11");
    assert_string_equal(reminder->event_date, "1980-06-14");
    assert_string_equal(reminder->text, "Ms Li");
    drop_reminder(reminder);
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_FOUNDING_DAY, "C1", NULL);
    turns_run(f.turns, at(&f, "2027-06-01", "12:00"));
    expect_silence(&f); // once a year
    // Down from before the day to tell until after it: late. Down until after the day itself: missed, and counted.
    turns_run(f.turns, at(&f, "2027-06-07", "12:00"));
    turns_sleep(f.turns, at(&f, "2027-06-11", "10:00"));
    turns_run(f.turns, turns_now_ms(f.turns));
    reminder = next_reminder(&f); // 14 June is a Monday, so the day to tell is the 11th
    assert_int_equal(reminder->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_BIRTHDAY);
    assert_true(reminder->late); // ten o'clock instead of half past eight
    drop_reminder(reminder);
    // A week before the 19th is a Saturday, so it is told the day before that.
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_FOUNDING_DAY, "C1", NULL);
    reminder = next_reminder(&f);
    assert_int_equal(reminder->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_COOPERATION_ANNIVERSARY);
    assert_true(reminder->late);
    assert_string_equal(reminder->local_date, "2027-06-09");
    drop_reminder(reminder);
    turns_run(f.turns, at(&f, "2028-06-05", "10:00"));
    turns_sleep(f.turns, at(&f, "2028-06-21", "10:00"));
    turns_run(f.turns, turns_now_ms(f.turns));
    expect_silence(&f);
    assert_int_equal(total(&f, 0, "datesMissed"), 3);
    finish(&f);
}

// --- promises
// ---------------------------------------------------------------------------------------------------------

static void test_promises(void **state)
{
    (void)state;
    struct fixture f;
    begin_june(&f);
    reached(&f, "C1", turns_now_ms(f.turns));
    turns_run(f.turns, at(&f, "2026-06-01", "12:00"));
    promise_made(&f, "C1", "p1", at(&f, "2026-06-03", "16:00"));
    promise_made(&f, "C1", "p2", at(&f, "2026-06-08", "08:00")); // Monday before hours: told on Friday
    promise_made(&f, "C1", "p3", at(&f, "2026-06-04", "16:00")); // kept in time
    promise_made(&f, "C1", "p4", at(&f, "2026-06-04", "16:00")); // put off to the 9th
    turns_run(f.turns, at(&f, "2026-06-03", "13:59"));
    expect_silence(&f);
    catch_up(&f);
    turns_run(f.turns, at(&f, "2026-06-03", "14:00"));
    Tend__V1__Reminder *reminder = next_reminder(&f);
    assert_int_equal(reminder->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE);
    assert_string_equal(reminder->text, "send the price of p1");
    assert_string_equal(reminder->event_date, "2026-06-03");
    char id[33];
    strcpy(id, reminder->reminder_id);
    drop_reminder(reminder);
    promise_kept(&f, "C1", "p3");
    promise_extended(&f, "C1", "p4", at(&f, "2026-06-09", "16:00"));
    turns_run(f.turns, at(&f, "2026-06-04", "09:00"));
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_PROMISE_DUE);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0); // p1 is done with
    turns_run(f.turns, at(&f, "2026-06-05", "09:00"));
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), 0);
    turns_run(f.turns, at(&f, "2026-06-05", "18:00"));
    f.read = 0;
    uint64_t told = 0;
    while ((reminder = next_reminder(&f)) != NULL) {
        told++;
        bool p2 = strcmp(reminder->text, "send the price of p2") == 0;
        assert_true(p2 || strcmp(reminder->text, "send the price of p1") == 0);
        if (p2) {
            assert_string_equal(reminder->local_date, "2026-06-05");
            assert_string_equal(reminder->event_date, "2026-06-08");
        }
        drop_reminder(reminder);
    }
    assert_int_equal(told, 3); // p1 was kept late, which asks for a self-review
    assert_int_equal(total(&f, KIND_SELF_REVIEW, "told"), 1);
    assert_int_equal(total(&f, 8, "opened"), 5);
    assert_int_equal(total(&f, 8, "cancelled"), 2);
    assert_int_equal(total(&f, 8, "pending"), 1);
    // Nobody ever said what became of p2: after a month it is no longer called for.
    promise_kept(&f, "C1", "p4");
    turns_run(f.turns, at(&f, "2026-07-10", "09:00"));
    assert_int_equal(total(&f, 0, "promisesStale"), 1);
    finish(&f);
}

// --- snooze
// -----------------------------------------------------------------------------------------------------------

static bool snoozed_of(struct fixture *f, const char *state, const char *with)
{
    const char *path = text("/v1/reminders?customer=C1&kind=snoozed&limit=100&state=%s", state);
    return strstr(turns_ask(f->turns, path, NULL), with) != NULL;
}

static void test_snooze(void **state)
{
    (void)state;
    struct fixture f;
    char id[33], again[33];
    begin_june(&f);
    value(&f, "C1", TEND__V1__ABC_CLASS__ABC_CLASS_A, false, at(&f, "2026-05-20", "10:00"));
    turns_run(f.turns, at(&f, "2026-06-01", "10:00"));
    changed(&f, "C1", "risk.overdue", "no", "yes", false);
    turns_run(f.turns, turns_now_ms(f.turns));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE, "C1", id);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED, at(&f, "2026-06-01", "15:00"));
    turns_run(f.turns, at(&f, "2026-06-01", "14:59"));
    expect_silence(&f);
    turns_run(f.turns, at(&f, "2026-06-01", "15:00"));
    Tend__V1__Reminder *snoozed = next_reminder(&f);
    assert_non_null(snoozed);
    assert_int_equal(snoozed->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED);
    assert_int_equal(snoozed->put_off, TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE);
    strcpy(again, snoozed->reminder_id);
    drop_reminder(snoozed);
    assert_string_not_equal(id, again);
    // To a Saturday: Monday's list. Without a time: the next working day's.
    answer(&f, again, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_RESCHEDULED, at(&f, "2026-06-06", "11:00"));
    turns_run(f.turns, at(&f, "2026-06-08", "08:29"));
    expect_silence(&f);
    turns_run(f.turns, at(&f, "2026-06-08", "08:30"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, "C1", id);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED, 0);
    turns_run(f.turns, at(&f, "2026-06-09", "08:30"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, "C1", id);
    int status;
    const char *json = turns_ask(f.turns, text("/v1/reminders/%s", again), &status);
    assert_int_equal(status, 200);
    assert_non_null(strstr(json, "REMINDER_STATE_SNOOZED"));
    json = turns_ask(f.turns, text("/v1/reminders/%s", id), NULL);
    assert_non_null(strstr(json, "REMINDER_STATE_TOLD"));
    // A call that is put off does not stand on the lists before.
    turns_run(f.turns, at(&f, "2026-06-10", "09:00"));
    catch_up(&f);
    turns_run(f.turns, at(&f, "2026-06-11", "09:00"));
    assert_true(reason_on_next_list(&f, "C1", id) > 0);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_RESCHEDULED, at(&f, "2026-06-16", "10:00"));
    turns_run(f.turns, at(&f, "2026-06-15", "09:00"));
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), 0);
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), 0);
    turns_run(f.turns, at(&f, "2026-06-16", "10:00"));
    assert_true(reason_on_next_list(&f, "C1", id) > 0);
    // On that day its line says it, nothing else beside; what is agreed for the afternoon comes by itself too.
    assert_true(snoozed_of(&f, "cancelled", "the call list of its day says it"));
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_RESCHEDULED, at(&f, "2026-06-18", "14:00"));
    turns_run(f.turns, at(&f, "2026-06-18", "10:00"));
    assert_true(snoozed_of(&f, "pending", "2026-06-18"));
    turns_run(f.turns, at(&f, "2026-06-18", "14:00"));
    assert_true(snoozed_of(&f, "told", "2026-06-18"));
    finish(&f);
}

// The reminder of a promise of Thursday, told three days ahead and put off to the next day at ten.
static void begin_snoozed_promise(struct fixture *f, char *ret_id)
{
    begin(f, "Asia/Shanghai", "2026-06-01", "{promise_lead: 74h}");
    rep(f, "wang", "Asia/Shanghai", 60);
    customer(f, "C1", "wang");
    turns_run(f->turns, turns_now_ms(f->turns) + MINUTE_MS);
    catch_up(f);
    reached(f, "C1", turns_now_ms(f->turns));
    promise_made(f, "C1", "p1", at(f, "2026-06-04", "16:00"));
    turns_run(f->turns, at(f, "2026-06-01", "14:00"));
    expect_reminder(f, TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE, "C1", ret_id);
    answer(f, ret_id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED, at(f, "2026-06-02", "10:00"));
    turns_run(f->turns, at(f, "2026-06-01", "15:00"));
    assert_int_equal(total(f, 9, "pending"), 1);
}

static void test_snoozed_ends_with_its_promise(void **state)
{
    (void)state;
    struct fixture f;
    char id[33];
    begin_snoozed_promise(&f, id);
    promise_kept(&f, "C1", "p1");
    turns_run(f.turns, at(&f, "2026-06-03", "18:00"));
    expect_silence(&f);
    assert_int_equal(total(&f, 9, "cancelled"), 1);
    finish(&f);

    // Moved to another time, it has a reminder of its own.
    begin_snoozed_promise(&f, id);
    promise_extended(&f, "C1", "p1", at(&f, "2026-06-06", "16:00"));
    turns_run(f.turns, at(&f, "2026-06-03", "18:00"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE, "C1", NULL);
    expect_silence(&f);
    finish(&f);
}

static void test_snoozed_ends_with_an_answer_to_the_first(void **state)
{
    (void)state;
    static const Tend__V1__ReminderOutcome OUTCOMES[] = {
        TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE,
        TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NOT_INTERESTED,
    };
    struct fixture f;
    char id[33], again[33];
    for (size_t i = 0; i < sizeof OUTCOMES / sizeof OUTCOMES[0]; i++) {
        begin_snoozed_promise(&f, id);
        answer(&f, id, OUTCOMES[i], 0);
        turns_run(f.turns, at(&f, "2026-06-03", "18:00"));
        expect_silence(&f);
        assert_int_equal(total(&f, 9, "cancelled"), 1);
        finish(&f);
    }
    // Put off twice: the first still ends the last, which was told and is withdrawn.
    begin_snoozed_promise(&f, id);
    turns_run(f.turns, at(&f, "2026-06-02", "10:00"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, "C1", again);
    answer(&f, again, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED, at(&f, "2026-06-02", "11:00"));
    turns_run(f.turns, at(&f, "2026-06-02", "11:00"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, "C1", again);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0);
    turns_run(f.turns, at(&f, "2026-06-02", "12:00"));
    assert_int_equal(total(&f, 9, "withdrawn"), 1);
    assert_non_null(strstr(turns_ask(f.turns, text("/v1/reminders/%s", again), NULL), "REMINDER_STATE_CANCELLED"));
    finish(&f);
}

static void test_snoozing_again_replaces(void **state)
{
    (void)state;
    struct fixture f;
    char id[33];
    begin_snoozed_promise(&f, id);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED, at(&f, "2026-06-02", "14:00"));
    turns_run(f.turns, at(&f, "2026-06-02", "13:59"));
    assert_int_equal(total(&f, 9, "pending"), 1);
    expect_silence(&f);
    turns_run(f.turns, at(&f, "2026-06-03", "18:00"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, "C1", NULL);
    expect_silence(&f);
    finish(&f);
}

// The answers that were told to the notifier, and the last one's outcome.
static unsigned settlements(struct fixture *f, Tend__V1__ReminderOutcome *ret_outcome)
{
    unsigned count = 0;
    for (uint64_t seq = 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_SETTLED)
            continue;
        Tend__V1__ReminderSettled *said = tend__v1__reminder_settled__unpack(NULL, record->length, record->payload);
        assert_non_null(said);
        assert_non_null(said->time);
        *ret_outcome = said->outcome;
        count++;
        tend__v1__reminder_settled__free_unpacked(said, NULL);
    }
    return count;
}

// Each answer to what was told is told on, so that the message knows of it, whichever way it came; one to what nobody
// was told yet concerns no message.
static void test_the_notifier_hears_of_answers(void **state)
{
    (void)state;
    struct fixture f;
    char id[33], again[33];
    Tend__V1__ReminderOutcome outcome = TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_UNSPECIFIED;
    begin_snoozed_promise(&f, id);
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_int_equal(settlements(&f, &outcome), 1);
    assert_int_equal(outcome, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED);
    turns_run(f.turns, at(&f, "2026-06-02", "10:00"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, "C1", again);
    answer(&f, again, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0);
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_int_equal(settlements(&f, &outcome), 2);
    assert_int_equal(outcome, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE);
    finish(&f);
}

static void test_snoozed_for_too_long(void **state)
{
    (void)state;
    struct fixture f;
    char id[33];
    begin_snoozed_promise(&f, id);
    int64_t year_ms = INT64_C(366) * 24 * HOUR_MS;
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED, turns_now_ms(f.turns) + year_ms + 1);
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_int_equal(total(&f, 0, "recordsBad"), 1);
    turns_run(f.turns, at(&f, "2026-06-02", "10:00"));
    expect_reminder(&f, TEND__V1__REMINDER_KIND__REMINDER_KIND_SNOOZED, "C1", id);
    answer(&f, id, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_SNOOZED, turns_now_ms(f.turns) + year_ms);
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_int_equal(total(&f, 0, "recordsBad"), 1);
    assert_int_equal(total(&f, 9, "pending"), 1);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alerts_wait_for_working_hours),
        cmocka_unit_test(test_alerts_fold_rest_and_go),
        cmocka_unit_test(test_alerts_late_and_expired),
        cmocka_unit_test(test_default_rep),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_promises),
        cmocka_unit_test(test_snooze),
        cmocka_unit_test(test_snoozed_ends_with_its_promise),
        cmocka_unit_test(test_snoozed_ends_with_an_answer_to_the_first),
        cmocka_unit_test(test_snoozing_again_replaces),
        cmocka_unit_test(test_the_notifier_hears_of_answers),
        cmocka_unit_test(test_snoozed_for_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
