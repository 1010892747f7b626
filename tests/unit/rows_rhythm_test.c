// When customers and reps are left alone: rows 43, 44, 46 and 47, and kinds as the configuration has them.
#include "tend/v1/scoring.pb-c.h"
#include "unit/rows.h"

// One contact a day, wherever it comes from, is the most; the silence of a class is not what is told of here.
#define CAPS(day, week, month) \
    "{rules: {caps: {day: " #day ", week: " #week ", month: " #month "}, rhythm: {a: {shortest_days: 0}}}}"

static const char CALL[] = "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\","
                           "\"direction\":\"out\",\"outcome\":\"reached\"}}";
static const char MAILING[] =
    "{\"customerId\":\"C1\",\"contactLogged\":{\"channel\":\"email\",\"direction\":\"out\",\"automatic\":true}}";
static const char REPLY[] = "{\"customerId\":\"C1\",\"repId\":\"wang\",\"messageReplied\":{\"messageId\":\"m1\","
                            "\"channel\":\"email\"}}";
static const char QUESTION[] = "{\"customerId\":\"C1\",\"surveySent\":{\"channel\":\"sms\",\"occasion\":\"regular\"}}";

// The first reminder of that kind said after `from`, NULL when there is none; `ret_ms` gets its moment.
static Tend__V1__Reminder *find(struct fixture *f, uint64_t from, const char *kind, int64_t *ret_ms)
{
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        *ret_ms = record->time_ms;
        if (strcmp(kinds_row((enum kind_id)reminder->kind)->name, kind) == 0)
            return reminder;
        drop_reminder(reminder);
    }
    return NULL;
}

static const char *say_moment(const struct fixture *f, int64_t at_ms)
{
    struct local_time local = zone_local(f->zone, at_ms / 1000);
    return text("%s %02d:%02d", date_of(local.day), local.second / 3600, local.second / 60 % 60);
}

// The reminder of that kind is told at that minute; how many points, steps and so on it has does not matter.
static void told_at(struct fixture *f, uint64_t from, const char *when, const char *kind, unsigned priority)
{
    int64_t at_ms = 0;
    Tend__V1__Reminder *reminder = find(f, from, kind, &at_ms);
    if (reminder == NULL)
        fail_msg("nobody is told of %s", kind);
    assert_string_equal(say_moment(f, at_ms), when);
    assert_string_equal(reminder->customer_id, "C1");
    assert_int_equal(reminder->priority, priority);
    assert_false(reminder->late);
    drop_reminder(reminder);
}

static void not_told(struct fixture *f, uint64_t from, const char *kind)
{
    int64_t at_ms = 0;
    Tend__V1__Reminder *reminder = find(f, from, kind, &at_ms);
    if (reminder != NULL)
        fail_msg("%s is told at %s", kind, say_moment(f, at_ms));
}

static uint64_t now(const struct fixture *f)
{
    return turns_last(f->turns);
}

// Scoring says so at that moment.
static void becomes(struct fixture *f, const char *when, const char *dimension, const char *before, const char *after)
{
    until(f, when);
    changed(f, "C1", dimension, before, after, false);
    turns_run(f->turns, turns_now_ms(f->turns));
}

static bool page_says(struct fixture *f, const char *path, const char *what)
{
    return strstr(turns_ask(f->turns, path, NULL), what) != NULL;
}

// --- golden hours

static void golden_team(struct fixture *f)
{
    begin_team(f, "{}");
    // From 09:00 to 11:30 wang is with customers.
    happens(f, "2026-06-01 00:10",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/Shanghai\","
            "\"managerRepId\":\"zhao\",\"goldenHours\":[{\"fromMinute\":540,\"toMinute\":690}]}}");
}

static void test_row_43_golden_hours(void **state)
{
    (void)state;
    struct fixture f;
    golden_team(&f);
    // The day's list opens the day; what can wait comes when the golden hours are over, what cannot passes.
    until(&f, "2026-06-02 08:31");
    assert_int_equal(reason_on_next_list(&f, "C1", NULL) > 0, 1);
    uint64_t from = now(&f);
    becomes(&f, "2026-06-02 09:40", "risk.declining", "no", "yes");
    becomes(&f, "2026-06-02 09:50", "risk.rival", "no", "yes");
    until(&f, "2026-06-02 11:29");
    not_told(&f, from, "declining");
    until(&f, "2026-06-02 12:00");
    told_at(&f, from, "2026-06-02 09:50", "rival", 0);
    told_at(&f, from, "2026-06-02 11:30", "declining", 1);
    // It is over before they are: it is never told.
    from = now(&f);
    becomes(&f, "2026-06-12 10:00", "risk.drop", "no", "yes");
    becomes(&f, "2026-06-12 10:30", "risk.drop", "yes", "no");
    until(&f, "2026-06-12 17:00");
    not_told(&f, from, "drop");
    // Saturday is no working day: on Monday it comes with the list, before the golden hours begin.
    becomes(&f, "2026-06-13 10:00", "risk.overdue", "no", "yes");
    until(&f, "2026-06-15 12:00");
    told_at(&f, from, "2026-06-15 08:30", "overdue", 1);
    // What is history tells nobody, whatever the hour.
    from = now(&f);
    until(&f, "2026-06-24 10:00");
    changed(&f, "C1", "risk.rival", "yes", "no", true);
    changed(&f, "C1", "risk.rival", "no", "yes", true);
    until(&f, "2026-06-24 17:00");
    not_told(&f, from, "rival");
    finish(&f);
}

// --- working hours

#define WANG(rest)                                                                \
    "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/" \
    "Shanghai\",\"managerRepId\":\"zhao\"" rest "}}"
#define EARLY ",\"workingHours\":[{\"fromMinute\":0,\"toMinute\":1439}]"

// Who works before the list comes is told then, and not when it does; what is golden is kept then too.
static void test_row_43_hours_before_the_list(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:10", WANG(EARLY));
    uint64_t from = now(&f);
    becomes(&f, "2026-06-02 07:58", "risk.declining", "no", "yes");
    until(&f, "2026-06-02 12:00");
    told_at(&f, from, "2026-06-02 07:58", "declining", 1);
    happens(&f, "2026-06-02 12:00", WANG(EARLY ",\"goldenHours\":[{\"fromMinute\":420,\"toMinute\":490}]"));
    from = now(&f);
    becomes(&f, "2026-06-03 07:58", "risk.overdue", "no", "yes");
    until(&f, "2026-06-03 12:00");
    told_at(&f, from, "2026-06-03 08:10", "overdue", 1);
    finish(&f);
}

// What waits for Monday is told on Saturday once Saturday is worked, and on Tuesday once Monday is not; also when the
// days of everybody change.
static void test_row_43_other_days(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = now(&f);
    becomes(&f, "2026-06-05 20:00", "risk.declining", "no", "yes"); // a Friday
    assert_true(page_says(&f, "/v1/reminders?rep=wang", "\"due\":\"2026-06-08T00:30:00Z\""));
    happens(&f, "2026-06-05 21:00", WANG(",\"workingDays\":[2,3,4,5]"));
    assert_true(page_says(&f, "/v1/reminders?rep=wang", "\"due\":\"2026-06-09T00:30:00Z\""));
    happens(&f, "2026-06-05 22:00", WANG(",\"workingDays\":[1,2,3,4,5,6]"));
    assert_true(page_says(&f, "/v1/reminders?rep=wang", "\"due\":\"2026-06-06T00:30:00Z\""));
    char *saturday[] = {text("2026-06-06")};
    settings(&f, "Asia/Shanghai", saturday, 1);
    until(&f, "2026-06-05 23:00");
    assert_true(page_says(&f, "/v1/reminders?rep=wang", "\"due\":\"2026-06-08T00:30:00Z\""));
    settings(&f, "Asia/Shanghai", NULL, 0);
    until(&f, "2026-06-08 12:00");
    told_at(&f, from, "2026-06-06 08:30", "declining", 1);
    from = now(&f);
    becomes(&f, "2026-06-08 20:00", "risk.overdue", "no", "yes");
    happens(&f, "2026-06-08 20:30", WANG(",\"workingHours\":[{\"fromMinute\":600,\"toMinute\":1260}]"));
    until(&f, "2026-06-09 12:00");
    told_at(&f, from, "2026-06-08 20:30", "overdue", 1);
    finish(&f);
}

static void test_row_44_important_before_urgent(void **state)
{
    (void)state;
    struct fixture f;
    golden_team(&f);
    uint64_t from = now(&f);
    // Three things at the same minute, each with its priority; only the one that cannot wait is told in golden hours.
    becomes(&f, "2026-06-02 10:00", "value.tier", "ordinary", "important");
    becomes(&f, "2026-06-02 10:00", "risk.overdue", "no", "yes");
    becomes(&f, "2026-06-02 10:00", "care.satisfaction", "", "alarm");
    until(&f, "2026-06-02 12:00");
    told_at(&f, from, "2026-06-02 10:00", "satisfaction_alarm", 0);
    told_at(&f, from, "2026-06-02 11:30", "overdue", 1);
    told_at(&f, from, "2026-06-02 11:30", "rising", 2);
    finish(&f);
}

// One message must not say that a customer grows and buys less and less, nor twice that somebody complains.
static void test_nothing_is_said_against_another_word(void **state)
{
    (void)state;
    struct fixture f;
    golden_team(&f);
    uint64_t from = now(&f);
    becomes(&f, "2026-06-02 10:00", "value.tier", "ordinary", "important");
    becomes(&f, "2026-06-02 10:01", "risk.declining", "no", "yes");
    until(&f, "2026-06-02 12:00");
    told_at(&f, from, "2026-06-02 11:30", "declining", 1);
    not_told(&f, from, "rising");
    from = now(&f);
    happens(&f, "2026-06-03 13:00",
            "{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"K1\",\"what\":\"the colour runs\"}}");
    becomes(&f, "2026-06-03 13:01", "care.status", "", "complaining");
    until(&f, "2026-06-03 17:00");
    told_at(&f, from, "2026-06-03 13:00", "complaint_acknowledge", 0);
    not_told(&f, from, "recovery");
    finish(&f);
}

// Who is satisfied is thanked, and no manager need look after that; who is not goes up.
static void test_only_dissatisfaction_goes_up(void **state)
{
    (void)state;
    static const char *const says[] = {"content", "leaving"};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f;
        golden_team(&f);
        uint64_t from = now(&f);
        becomes(&f, "2026-06-02 13:00", "care.satisfaction", "", says[i]);
        until(&f, "2026-06-02 14:00");
        told_at(&f, from, "2026-06-02 13:00", "satisfaction_follow_up", 1);
        from = now(&f);
        until(&f, "2026-06-12 17:00");
        int64_t at_ms;
        Tend__V1__Reminder *above = find(&f, from, "satisfaction_follow_up", &at_ms);
        if ((above != NULL) != (i == 1))
            fail_msg("%s: told above %d", says[i], above != NULL);
        if (above != NULL) {
            assert_string_equal(above->rep_id, "zhao");
            drop_reminder(above);
        }
        finish(&f);
    }
}

// --- caps

static void test_row_46_people_and_programs_count_together(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, CAPS(2, 3, 8));
    uint64_t from = now(&f);
    happens(&f, "2026-06-02 09:10", MAILING);
    happens(&f, "2026-06-02 09:20", CALL);
    // Two on this day are the most: it waits for the next one, and says why.
    becomes(&f, "2026-06-02 10:00", "value.tier", "ordinary", "important");
    until(&f, "2026-06-02 18:00");
    not_told(&f, from, "rising");
    assert_true(page_says(&f, "/v1/reminders?customer=C1&kind=rising&state=pending", "often enough that day"));
    // A third one in the week: now the week is full, and the next one begins on Monday.
    happens(&f, "2026-06-03 08:10", QUESTION);
    until(&f, "2026-06-05 18:00");
    not_told(&f, from, "rising");
    assert_true(page_says(&f, "/v1/reminders?customer=C1&kind=rising&state=pending", "often enough that week"));
    until(&f, "2026-06-08 12:00");
    told_at(&f, from, "2026-06-08 08:30", "rising", 2);
    // What is a duty, and what cannot wait, passes.
    happens(&f, "2026-06-09 09:00", MAILING);
    happens(&f, "2026-06-09 09:01", REPLY);
    happens(&f, "2026-06-09 09:02", QUESTION);
    becomes(&f, "2026-06-09 10:00", "risk.rival", "no", "yes");
    becomes(&f, "2026-06-09 10:05", "risk.declining", "no", "yes");
    until(&f, "2026-06-09 12:00");
    told_at(&f, from, "2026-06-09 10:00", "rival", 0);
    told_at(&f, from, "2026-06-09 10:05", "declining", 1);
    finish(&f);
}

static void test_row_46_every_suppression_is_recorded(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, CAPS(2, 3, 3));
    uint64_t from = now(&f);
    // The same contacts in the other order: what was heard late counts on its own day.
    happens(&f, "2026-06-02 09:00", MAILING);
    happens(&f, "2026-06-03 09:00", QUESTION);
    happens(&f, "2026-06-04 09:00", CALL);
    // The month is full, and an alert makes no sense after a week: it is dropped, with its reason.
    becomes(&f, "2026-06-04 10:00", "value.tier", "ordinary", "important");
    until(&f, "2026-06-20 10:00");
    not_told(&f, from, "rising");
    assert_true(page_says(&f, "/v1/reminders?customer=C1&kind=rising&state=suppressed", "often enough that month"));
    assert_int_equal(total(&f, KIND_RISING, "suppressed"), 1);
    assert_int_equal(total(&f, KIND_RISING, "opened"), 1);
    // In time for the next month it waits instead.
    becomes(&f, "2026-06-26 10:00", "value.tier", "important", "ordinary");
    becomes(&f, "2026-06-26 10:01", "value.tier", "ordinary", "secondary");
    until(&f, "2026-07-01 12:00");
    told_at(&f, from, "2026-07-01 08:30", "rising", 2);
    finish(&f);
}

static void test_row_46_not_soon_after_a_contact(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    uint64_t from = now(&f);
    happens(&f, "2026-06-04 16:00", CALL); // Thursday; class A is left alone for three days
    becomes(&f, "2026-06-05 10:00", "value.tier", "ordinary", "important");
    until(&f, "2026-06-05 18:00");
    not_told(&f, from, "rising");
    assert_true(page_says(&f, "/v1/reminders?customer=C1&kind=rising", "spoken to a short while ago"));
    until(&f, "2026-06-08 12:00");
    told_at(&f, from, "2026-06-08 08:30", "rising", 2);
    finish(&f);
}

// The customer answers at half past three in the afternoon, on these days.
static void answers_in_the_afternoon(struct fixture *f, int days)
{
    for (int i = 0; i < days; i++)
        happens(f, text("2026-06-%02d 15:30", 1 + i),
                "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"m\",\"channel\":\"email\","
                "\"needsNoReply\":true}}");
}

static void test_row_46_learned_hour(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    answers_in_the_afternoon(&f, 7);
    uint64_t from = now(&f);
    becomes(&f, "2026-06-10 10:00", "value.tier", "ordinary", "important");
    until(&f, "2026-06-10 18:00");
    told_at(&f, from, "2026-06-10 15:00", "rising", 2);
    // What cannot wait does not wait for a good hour.
    becomes(&f, "2026-06-11 10:00", "risk.declining", "no", "yes");
    until(&f, "2026-06-11 12:00");
    told_at(&f, from, "2026-06-11 10:00", "declining", 1);
    // The hour is over for today: it is not put off until tomorrow.
    from = now(&f);
    becomes(&f, "2026-06-22 09:30", "value.tier", "important", "ordinary");
    becomes(&f, "2026-06-22 16:20", "value.tier", "ordinary", "important");
    until(&f, "2026-06-23 18:00");
    told_at(&f, from, "2026-06-22 16:20", "rising", 2);
    finish(&f);
}

static void test_row_46_no_habit_no_hour(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    answers_in_the_afternoon(&f, 2); // too few to know
    uint64_t from = now(&f);
    becomes(&f, "2026-06-10 10:00", "value.tier", "ordinary", "important");
    until(&f, "2026-06-10 18:00");
    told_at(&f, from, "2026-06-10 10:00", "rising", 2);
    finish(&f);
}

// --- silence

static void policy(struct fixture *f, const char *class, uint32_t shortest, uint32_t longest)
{
    Tend__V1__ClassPolicy policy = TEND__V1__CLASS_POLICY__INIT;
    policy.customer_id = text("C9");
    policy.class_ = text("%s", class);
    policy.shortest_silence_days = shortest;
    policy.longest_silence_days = longest;
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CLASS_POLICY, 0, &policy.base);
    turns_run(f->turns, turns_now_ms(f->turns));
}

// On which day of June the customer is on the list because of silence.
static int32_t silent_on(struct fixture *f)
{
    for (;;) {
        Tend__V1__CallList *list = next_list(f);
        if (list == NULL)
            return 0;
        for (size_t i = 0; !list->preview && i < list->n_lines; i++) {
            if (list->lines[i]->reason != TEND__V1__CALL_REASON__CALL_REASON_SILENCE)
                continue;
            int32_t on = atoi(list->local_date + 8);
            drop_list(list);
            return on;
        }
        drop_list(list);
    }
}

static void test_row_47_longest_silence_of_a_class(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        uint32_t policy; // 0: scoring said nothing
        int32_t day;
    } rows[] = {
        {"{}", 0, 17}, // 14 days after the 2nd it has been too long
        {"{rules: {rhythm: {a: {longest_days: 7}}}}", 0, 10},
        {"{rules: {rhythm: {a: {longest_days: 7}}}}", 20, 23}, // what scoring's policies say counts
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture f;
        begin_team(&f, rows[i].yaml);
        if (rows[i].policy != 0)
            policy(&f, "A", 3, rows[i].policy);
        policy(&f, "B", 1, 2); // another class
        policy(&f, "X", 1, 2); // no class
        happens(&f, "2026-06-02 09:00", CALL);
        until(&f, "2026-06-30 12:00");
        assert_int_equal(silent_on(&f), rows[i].day);
        finish(&f);
    }
}

// --- kinds as configured

static void test_kinds_as_configured(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{kinds: {declining: {on: false}, recovery: {due: 2d, second: 3h}}}");
    uint64_t from = now(&f);
    becomes(&f, "2026-06-02 10:00", "risk.declining", "no", "yes");
    becomes(&f, "2026-06-02 10:00", "care.status", "", "complaining");
    until(&f, "2026-06-03 18:00");
    not_told(&f, from, "declining");
    told_at(&f, from, "2026-06-02 10:00", "recovery", 1);
    // Nobody acted for two working days and three hours: the manager hears.
    from = now(&f);
    until(&f, "2026-06-04 18:00");
    told_at(&f, from, "2026-06-04 13:00", "recovery", 1);
    finish(&f);
}

static void test_kinds_in_error(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *error;
    } rows[] = {
        {"{kinds: {replies: {on: false}}}", "scheduler.kinds.replies is no kind of reminder"},
        {"{kinds: {call: {on: false}}}", "scheduler.kinds.call.on must be true"},
        {"{kinds: {reply_due: {due: 90m}}}", "scheduler.kinds.reply_due.due must be whole days"},
        {"{kinds: {rival: {due: 2h}}}", "scheduler.kinds.rival.due means nothing"},
        {"{kinds: {rival: {second: 2h}}}", "scheduler.kinds.rival.second means nothing"},
        {"{kinds: {rival: {first: 90s}}}", "scheduler.kinds.rival.first must be whole minutes"},
        {"{rules: {caps: {day: 9}}}", "scheduler.rules.caps.week must not be below day"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct scheduler_options options;
        struct config_section section = {"scheduler", scheduler_keys, &options, ""};
        char error[300] = "", whole[200];
        snprintf(whole, sizeof whole, "{scheduler: %s}", rows[i].yaml);
        struct config *config = config_read_text("test", whole, strlen(whole), &section, 1);
        assert_true(config_good(config));
        assert_null(scheduler_open(&options, error, sizeof error));
        if (strstr(error, rows[i].error) == NULL)
            fail_msg("%s: %s", rows[i].yaml, error);
        config_close(&config);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_43_golden_hours),
        cmocka_unit_test(test_row_43_hours_before_the_list),
        cmocka_unit_test(test_row_43_other_days),
        cmocka_unit_test(test_row_44_important_before_urgent),
        cmocka_unit_test(test_nothing_is_said_against_another_word),
        cmocka_unit_test(test_only_dissatisfaction_goes_up),
        cmocka_unit_test(test_row_46_people_and_programs_count_together),
        cmocka_unit_test(test_row_46_every_suppression_is_recorded),
        cmocka_unit_test(test_row_46_not_soon_after_a_contact),
        cmocka_unit_test(test_row_46_learned_hour),
        cmocka_unit_test(test_row_46_no_habit_no_hour),
        cmocka_unit_test(test_row_47_longest_silence_of_a_class),
        cmocka_unit_test(test_kinds_as_configured),
        cmocka_unit_test(test_kinds_in_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
