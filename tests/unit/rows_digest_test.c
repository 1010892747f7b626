// What managers are told of their reps: rows 4, 42, 68 and 75.
#include "unit/rows.h"

// The next digest; NULL when there is none. `ret_ms` gets its moment.
static Tend__V1__Digest *next_digest(struct fixture *f, int64_t *ret_ms)
{
    Tend__V1__Digest *digest =
        (Tend__V1__Digest *)next(f, TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST, &tend__v1__digest__descriptor);
    if (digest != NULL)
        *ret_ms = turns_read(f->turns, f->read)->time_ms;
    return digest;
}

static void drop(Tend__V1__Digest *digest)
{
    tend__v1__digest__free_unpacked(digest, NULL);
}

// The digest of that rep that is told at that minute; others in between do not count.
static Tend__V1__Digest *digest_at(struct fixture *f, const char *when, const char *rep_id)
{
    int64_t at_ms = 0;
    for (;;) {
        Tend__V1__Digest *digest = next_digest(f, &at_ms);
        if (digest == NULL)
            fail_msg("%s gets no digest at %s", rep_id, when);
        if (at_ms / MINUTE_MS == moment(f, when) / MINUTE_MS && strcmp(digest->rep_id, rep_id) == 0) {
            assert_int_equal(digest->due->seconds / 60, moment(f, when) / MINUTE_MS);
            return digest;
        }
        drop(digest);
    }
}

// How many of that rep there are between two moments.
static size_t digests(struct fixture *f, const char *rep_id, const char *from, const char *to)
{
    size_t count = 0;
    for (uint64_t seq = 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST || record->time_ms < moment(f, from) ||
            record->time_ms >= moment(f, to))
            continue;
        Tend__V1__Digest *digest = tend__v1__digest__unpack(NULL, record->length, record->payload);
        assert_non_null(digest);
        count += strcmp(digest->rep_id, rep_id) == 0;
        drop(digest);
    }
    return count;
}

// The row of a rep; "" is the one for all.
static const Tend__V1__DigestRow *row_of(const Tend__V1__Digest *digest, const char *rep_id)
{
    for (size_t i = 0; i < digest->n_rows; i++)
        if (strcmp(digest->rows[i]->rep_id, rep_id) == 0)
            return digest->rows[i];
    fail_msg("there is no row of %s", rep_id);
    return NULL;
}

static const Tend__V1__Point *point_of(const Tend__V1__Digest *digest, const char *code)
{
    for (size_t i = 0; i < digest->n_points; i++)
        if (strcmp(digest->points[i]->code, code) == 0)
            return digest->points[i];
    return NULL;
}

static bool has_risk(const Tend__V1__CallLine *line, const char *code)
{
    for (size_t i = 0; i < line->n_points; i++)
        if (strcmp(line->points[i]->code, code) == 0)
            return true;
    return false;
}

static int64_t figure_of(const Tend__V1__Point *point, const char *name)
{
    for (size_t i = 0; i < point->n_figures; i++)
        if (strcmp(point->figures[i]->name, name) == 0)
            return point->figures[i]->value;
    fail_msg("%s has no %s", point->code, name);
    return 0;
}

static void called(struct fixture *f, const char *when, const char *customer_id, unsigned minutes)
{
    char json[300];
    snprintf(json, sizeof json,
             "{\"customerId\":\"%s\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\",\"direction\":\"out\","
             "\"outcome\":\"reached\",\"minutes\":%u}}",
             customer_id, minutes);
    happens(f, when, json);
}

static void own(struct fixture *f, const char *when, const char *customer_id, const char *owner)
{
    char json[200];
    snprintf(json, sizeof json, "{\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"%s\",\"ownerRepId\":\"%s\"}}",
             customer_id, customer_id, owner);
    happens(f, when, json);
}

static void becomes(struct fixture *f, const char *when, const char *id, const char *dimension, const char *before,
                    const char *after)
{
    until(f, when);
    changed(f, id, dimension, before, after, false);
    turns_run(f->turns, turns_now_ms(f->turns));
}

// --- process gaps

static void test_row_42_process_gaps(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    own(&f, "2026-06-01 00:10", "C2", "wang");
    happens(&f, "2026-06-01 00:11", "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"intends\"}}");
    happens(&f, "2026-06-01 00:12", "{\"customerId\":\"C2\",\"leadUpdated\":{\"stage\":\"intends\"}}");
    // Both stand on the list of the day; one is called, without a next date; the other one is not.
    called(&f, "2026-06-01 10:00", "C1", 10);
    until(&f, "2026-06-01 18:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-01 17:45", "zhao");
    assert_false(digest->weekly);
    assert_string_equal(digest->local_date, "2026-06-01");
    assert_string_equal(digest->from_date, "2026-06-01");
    assert_int_equal(digest->n_rows, 2);
    const Tend__V1__DigestRow *row = row_of(digest, "wang");
    assert_string_equal(row->rep_name, "Wang");
    assert_int_equal(row->customers, 2);
    assert_int_equal(row->contacted, 1);
    assert_int_equal(row->calls, 2);
    assert_int_equal(row->answered, 1);
    assert_int_equal(row->undated, 1);
    assert_int_equal(row->minutes, 10);
    assert_int_equal(row_of(digest, "")->calls, 2);
    drop(digest);
    // The one that was called is on no list of the next day; the other one is, and the rep answers it there.
    Tend__V1__CallList *list;
    catch_up(&f);
    until(&f, "2026-06-02 08:31");
    list = next_list(&f);
    assert_non_null(list);
    const char *id = text("%s", list->lines[0]->reminder_id);
    assert_string_equal(list->lines[0]->customer_id, "C2");
    drop_list(list);
    answers(&f, "2026-06-02 11:00", "wang", id, "done");
    called(&f, "2026-06-02 11:05", "C2", 5); // the same call, logged too, is one call
    until(&f, "2026-06-02 18:00");
    digest = digest_at(&f, "2026-06-02 17:45", "zhao");
    assert_int_equal(row_of(digest, "wang")->calls, 1);
    assert_int_equal(row_of(digest, "wang")->answered, 1);
    assert_int_equal(row_of(digest, "wang")->undated, 1);
    drop(digest);
    finish(&f);
}

static void test_row_42_each_working_day_and_each_week(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-15 20:00");
    // Ten working days and a Monday, no weekend; and with the lists of the 8th and the 15th the weeks before.
    assert_int_equal(digests(&f, "zhao", "2026-06-01 00:00", "2026-06-15 20:00"), 11 + 2);
    assert_int_equal(digests(&f, "zhao", "2026-06-06 00:00", "2026-06-08 00:00"), 0);
    assert_int_equal(digests(&f, "wang", "2026-06-01 00:00", "2026-06-15 20:00"), 0); // nobody's manager
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-08 08:30", "zhao");
    assert_true(digest->weekly);
    assert_string_equal(digest->from_date, "2026-06-01");
    assert_string_equal(digest->local_date, "2026-06-08");
    drop(digest);
    // Monday evening tells of the weekend too.
    digest = digest_at(&f, "2026-06-08 17:45", "zhao");
    assert_string_equal(digest->from_date, "2026-06-06");
    drop(digest);
    finish(&f);
}

// What is logged days later counts for the day on which it happened: not in that evening's digest, and in the week's.
static void test_row_42_logged_late(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:11", "{\"customerId\":\"C1\",\"leadUpdated\":{\"stage\":\"intends\"}}");
    until(&f, "2026-06-03 10:00");
    reached(&f, "C1", moment(&f, "2026-06-01 15:00"));
    reached(&f, "C1", moment(&f, "2026-06-01 16:00")); // twice on one day is one call
    until(&f, "2026-06-08 12:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-01 17:45", "zhao");
    assert_int_equal(row_of(digest, "wang")->calls, 1);
    assert_int_equal(row_of(digest, "wang")->answered, 0);
    drop(digest);
    digest = digest_at(&f, "2026-06-08 08:30", "zhao");
    uint32_t calls = row_of(digest, "wang")->calls;
    assert_true(calls >= 1);
    assert_int_equal(row_of(digest, "wang")->answered, 1);
    assert_int_equal(row_of(digest, "wang")->undated, 2);
    drop(digest);
    finish(&f);
}

static void test_row_42_nothing_is_lost_while_the_service_was_down(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    until(&f, "2026-06-01 12:00");
    // Down from Monday noon until Wednesday morning: Wednesday evening tells of all three days.
    turns_sleep(f.turns, moment(&f, "2026-06-03 09:00"));
    until(&f, "2026-06-03 18:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-03 17:45", "zhao");
    assert_int_equal(digests(&f, "zhao", "2026-06-01 00:00", "2026-06-03 18:00"), 1);
    assert_false(digest->late);
    drop(digest);
    finish(&f);
}

static void test_row_42_a_manager_who_is_away(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 09:00",
            "{\"repId\":\"zhao\",\"repAbsent\":{\"from\":\"2026-06-02\",\"to\":\"2026-06-03\"}}");
    until(&f, "2026-06-04 18:00");
    assert_int_equal(digests(&f, "zhao", "2026-06-02 00:00", "2026-06-04 00:00"), 0);
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-02 17:45", "qian");
    // Qian's own says how zhao's reps do as well; this one is zhao's.
    while (point_of(digest, "digest.for") == NULL) {
        drop(digest);
        digest = digest_at(&f, "2026-06-02 17:45", "qian");
    }
    assert_string_equal(digest->points[0]->text, "Zhao");
    assert_non_null(row_of(digest, "wang"));
    drop(digest);
    digest = digest_at(&f, "2026-06-04 17:45", "zhao");
    assert_string_equal(digest->from_date, "2026-06-04");
    drop(digest);
    finish(&f);
}

// Whoever reads it instead gets it by hours of their own, also when those change after the digest was set.
static void test_row_42_hours_of_who_reads_it(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 09:00",
            "{\"repId\":\"zhao\",\"repAbsent\":{\"from\":\"2026-06-02\",\"to\":\"2026-06-03\"}}");
    happens(&f, "2026-06-02 10:00",
            "{\"repId\":\"qian\",\"repUpserted\":{\"name\":\"Qian\",\"timeZone\":\"Asia/Shanghai\","
            "\"workingHours\":[{\"fromMinute\":540,\"toMinute\":960}]}}");
    until(&f, "2026-06-03 18:00");
    assert_int_equal(digests(&f, "qian", "2026-06-02 15:59", "2026-06-02 16:01"), 2); // zhao's, and qian's own
    assert_int_equal(digests(&f, "qian", "2026-06-02 16:01", "2026-06-03 15:59"), 0);
    finish(&f);
}

static void test_row_42_a_director_sees_managers(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    own(&f, "2026-06-01 00:10", "C2", "zhao");
    until(&f, "2026-06-01 18:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-01 17:45", "qian");
    assert_int_equal(digest->n_rows, 2);
    assert_int_equal(row_of(digest, "zhao")->customers, 2); // zhao's own and wang's
    drop(digest);
    finish(&f);
}

// --- time for key customers

static void test_row_4_time_for_key_customers(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    own(&f, "2026-06-01 00:10", "C2", "wang");
    becomes(&f, "2026-06-01 00:11", "C1", "value.tier", "ordinary", "important");
    becomes(&f, "2026-06-01 00:12", "C2", "value.tier", "ordinary", "small");
    called(&f, "2026-06-02 10:00", "C1", 90);
    called(&f, "2026-06-03 10:00", "C2", 210);
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-08 12:00");
    // Monday morning: wang hears that 90 of 300 minutes are too little, and so does the manager.
    f.read = from;
    Tend__V1__Reminder *reminder;
    while ((reminder = next_reminder(&f)) != NULL && reminder->kind != TEND__V1__REMINDER_KIND__REMINDER_KIND_EFFORT)
        drop_reminder(reminder);
    assert_non_null(reminder);
    assert_int_equal(turns_read(f.turns, f.read)->time_ms, moment(&f, "2026-06-08 08:30"));
    assert_string_equal(reminder->rep_id, "wang");
    assert_string_equal(reminder->figures[0]->name, "key_share");
    assert_int_equal(reminder->figures[0]->value, 300000);
    drop_reminder(reminder);
    f.read = from;
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-08 08:30", "zhao");
    assert_int_equal(row_of(digest, "wang")->minutes, 300);
    assert_int_equal(row_of(digest, "wang")->key_minutes, 90);
    const Tend__V1__Point *effort = point_of(digest, "digest.effort");
    assert_non_null(effort);
    assert_int_equal(figure_of(effort, "key_share"), 300000);
    assert_int_equal(figure_of(effort, "target"), 800000);
    drop(digest);
    // The next week is as it should be: nobody says anything.
    from = turns_last(f.turns);
    called(&f, "2026-06-09 10:00", "C1", 80);
    called(&f, "2026-06-10 10:00", "C2", 20);
    until(&f, "2026-06-15 12:00");
    f.read = from;
    while ((reminder = next_reminder(&f)) != NULL) {
        assert_int_not_equal(reminder->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_EFFORT);
        drop_reminder(reminder);
    }
    f.read = from;
    digest = digest_at(&f, "2026-06-15 08:30", "zhao");
    assert_null(point_of(digest, "digest.effort"));
    drop(digest);
    finish(&f);
}

// Told again when it is news: clearly worse, or four weeks later; and only of a week with enough time logged.
static void test_row_4_only_when_it_is_news(void **state)
{
    (void)state;
    static const struct {
        const char *day, *monday; // of the calls, and the Monday after
        unsigned key, other;      // minutes
        bool told;
    } weeks[] = {
        {"2026-06-03", "2026-06-08", 20, 219, false}, // not four hours
        {"2026-06-10", "2026-06-15", 100, 140, true}, // 41 %
        {"2026-06-17", "2026-06-22", 80, 160, false}, // 33 %: little less
        {"2026-06-24", "2026-06-29", 60, 180, true},  // 25 %: clearly less
        {"2026-07-01", "2026-07-06", 60, 180, false}, {"2026-07-08", "2026-07-13", 60, 180, false},
        {"2026-07-15", "2026-07-20", 60, 180, false}, {"2026-07-22", "2026-07-27", 100, 140, true}, // four weeks
        {"2026-07-29", "2026-08-03", 200, 40, false},                                               // as it should be
    };
    struct fixture f;
    begin_team(&f, "{}");
    own(&f, "2026-06-01 00:10", "C2", "wang");
    becomes(&f, "2026-06-01 00:11", "C1", "value.tier", "ordinary", "important");
    becomes(&f, "2026-06-01 00:12", "C2", "value.tier", "ordinary", "small");
    for (size_t i = 0; i < sizeof weeks / sizeof weeks[0]; i++) {
        uint64_t from = turns_last(f.turns);
        called(&f, text("%s 10:00", weeks[i].day), "C1", weeks[i].key);
        called(&f, text("%s 11:00", weeks[i].day), "C2", weeks[i].other);
        until(&f, text("%s 12:00", weeks[i].monday));
        if (told_since(&f, from, "effort") != (weeks[i].told ? 1U : 0U))
            fail_msg("the week of %s", weeks[i].day);
    }
    finish(&f);
}

// --- accuracy and service goals

static void test_row_68_accuracy_of_orders(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    Tend__V1__CustomerValue worth = TEND__V1__CUSTOMER_VALUE__INIT;
    until(&f, "2026-06-02 09:00");
    for (uint32_t orders = 1; orders <= 5; orders++) { // the first one is of old
        worth.customer_id = text("C1");
        worth.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
        worth.currency = text("CNY");
        worth.last_order = stamp(turns_now_ms(f.turns));
        worth.orders_ever = orders;
        turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &worth.base);
    }
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"orderError\":{\"orderId\":\"o1\",\"what\":\"wrong colour\"}}");
    happens(&f, "2026-06-02 10:01",
            "{\"customerId\":\"C1\",\"historical\":true,\"orderError\":{\"orderId\":\"o0\",\"what\":\"imported\"}}");
    until(&f, "2026-06-02 18:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-02 17:45", "zhao");
    assert_int_equal(row_of(digest, "wang")->orders, 4);
    assert_int_equal(row_of(digest, "wang")->errors, 2); // history tells nobody, and counts
    drop(digest);
    finish(&f);
}

static void test_row_75_missed_goals_by_class(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    own(&f, "2026-06-01 00:10", "C3", "wang");
    value(&f, "C3", TEND__V1__ABC_CLASS__ABC_CLASS_C, false, 0);
    // Nobody acknowledges the complaint of an A customer; the one of a C customer is acknowledged and resolved.
    happens(
        &f, "2026-06-02 09:30",
        "{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"torn\",\"cause\":\"packing\"}}");
    happens(
        &f, "2026-06-02 09:31",
        "{\"customerId\":\"C3\",\"complaintOpened\":{\"complaintId\":\"k3\",\"what\":\"late\",\"cause\":\"truck\"}}");
    happens(&f, "2026-06-02 09:40", "{\"customerId\":\"C3\",\"complaintAcknowledged\":{\"complaintId\":\"k3\"}}");
    happens(&f, "2026-06-02 09:50", "{\"customerId\":\"C3\",\"complaintActed\":{\"complaintId\":\"k3\"}}");
    until(&f, "2026-06-03 18:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-02 17:45", "zhao");
    const Tend__V1__DigestRow *row = row_of(digest, "wang");
    assert_int_equal(row->breaches, 1);
    const Tend__V1__Point *breaches = point_of(digest, "digest.breaches");
    assert_non_null(breaches);
    assert_string_equal(breaches->text, "A 1");
    assert_int_equal(figure_of(point_of(digest, "digest.complaints"), "number"), 1);
    drop(digest);
    finish(&f);
}

// --- customers at risk, movement, what is open

static void test_customers_at_risk(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    own(&f, "2026-06-01 00:10", "C2", "wang");
    value(&f, "C2", TEND__V1__ABC_CLASS__ABC_CLASS_B, false, 0);
    becomes(&f, "2026-06-02 09:30", "C1", "risk.rival", "no", "yes");
    becomes(&f, "2026-06-02 09:31", "C1", "care.status", "loyal", "lost");
    becomes(&f, "2026-06-02 09:32", "C2", "risk.rival", "no", "yes"); // no A customer
    becomes(&f, "2026-06-02 09:33", "C2", "value.abc", "A", "B");
    until(&f, "2026-06-02 18:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-02 17:45", "zhao");
    assert_int_equal(digest->n_at_risk, 1);
    assert_string_equal(digest->at_risk[0]->customer_id, "C1");
    assert_string_equal(digest->at_risk[0]->text, "Wang");
    assert_string_equal(digest->at_risk[0]->points[0]->code, "risk.lost");
    assert_true(has_risk(digest->at_risk[0], "risk.rival"));
    const Tend__V1__Point *down = point_of(digest, "digest.down");
    assert_non_null(down);
    assert_int_equal(figure_of(down, "count"), 1);
    assert_string_equal(down->text, "C2");
    assert_null(point_of(digest, "digest.up"));
    drop(digest);
    // Back again in the same week: in the week nothing moved.
    becomes(&f, "2026-06-04 10:00", "C2", "value.abc", "B", "A");
    until(&f, "2026-06-08 12:00");
    digest = digest_at(&f, "2026-06-08 08:30", "zhao");
    assert_null(point_of(digest, "digest.down"));
    assert_null(point_of(digest, "digest.up"));
    drop(digest);
    finish(&f);
}

// Six in the evening in Shanghai is six in the morning in New York: of a rep there the day before counts, the whole of
// it, each day once, and the digest says so.
static void test_row_42_a_rep_elsewhere(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:09",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"America/New_York\","
            "\"managerRepId\":\"zhao\"}}");
    for (int i = 0; i < 6; i++)
        own(&f, text("2026-06-01 00:1%d", i), text("N%d", i), "wang");
    for (int i = 0; i < 6; i++)
        happens(&f, text("2026-06-01 00:2%d", i),
                text("{\"customerId\":\"N%d\",\"leadUpdated\":{\"stage\":\"intends\"}}", i));
    // The list is sent at 20:30 in Shanghai; two of it are called that night.
    called(&f, "2026-06-01 22:00", "N0", 5);
    called(&f, "2026-06-02 03:00", "N1", 5);
    until(&f, "2026-06-09 09:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-01 17:45", "zhao");
    assert_int_equal(row_of(digest, "wang")->calls, 0);
    drop(digest);
    digest = digest_at(&f, "2026-06-02 17:45", "zhao");
    uint32_t calls = row_of(digest, "wang")->calls;
    assert_true(calls >= 6);
    assert_int_equal(row_of(digest, "wang")->answered, 2);
    const Tend__V1__Point *as_of = point_of(digest, "digest.as_of");
    assert_non_null(as_of);
    assert_string_equal(as_of->text, "Wang");
    assert_int_equal(figure_of(as_of, "as_of"), day("2026-06-01"));
    drop(digest);
    // Tuesday to Friday; Friday in New York is over when zhao reads of Monday.
    static const char *const EVENINGS[] = {"2026-06-03 17:45", "2026-06-04 17:45", "2026-06-05 17:45",
                                           "2026-06-08 17:45"};
    for (size_t i = 0; i < sizeof EVENINGS / sizeof EVENINGS[0]; i++) {
        if (i == 3) {
            digest = digest_at(&f, "2026-06-08 08:30", "zhao");
            assert_true(digest->weekly);
            uint32_t week = row_of(digest, "wang")->calls;
            drop(digest);
            digest = digest_at(&f, EVENINGS[i], "zhao");
            assert_int_equal(calls + row_of(digest, "wang")->calls, week);
        } else {
            digest = digest_at(&f, EVENINGS[i], "zhao");
        }
        calls += row_of(digest, "wang")->calls;
        drop(digest);
    }
    finish(&f);
}

// What was told and is still open: less what was answered, and what was taken back.
static void test_told_and_open(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    becomes(&f, "2026-06-02 10:00", "C1", "risk.declining", "no", "yes");
    becomes(&f, "2026-06-02 10:00", "C1", "risk.overdue", "no", "yes");
    becomes(&f, "2026-06-02 10:00", "C1", "care.status", "loyal", "complaining");
    const char *id = hears(&f, "2026-06-02 10:00", "wang", "declining", "C1");
    answers(&f, "2026-06-02 11:00", "zhao", id, "done");
    becomes(&f, "2026-06-02 12:00", "C1", "care.status", "complaining", "ordinary");
    until(&f, "2026-06-02 18:00");
    Tend__V1__Digest *digest = digest_at(&f, "2026-06-02 17:45", "zhao");
    assert_int_equal(row_of(digest, "wang")->told, 3);
    assert_int_equal(row_of(digest, "wang")->open, 0); // the answer was a word with the customer: overdue is over too
    drop(digest);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_42_process_gaps),
        cmocka_unit_test(test_row_42_each_working_day_and_each_week),
        cmocka_unit_test(test_row_42_logged_late),
        cmocka_unit_test(test_row_42_nothing_is_lost_while_the_service_was_down),
        cmocka_unit_test(test_row_42_a_manager_who_is_away),
        cmocka_unit_test(test_row_42_hours_of_who_reads_it),
        cmocka_unit_test(test_row_42_a_director_sees_managers),
        cmocka_unit_test(test_row_4_time_for_key_customers),
        cmocka_unit_test(test_row_4_only_when_it_is_news),
        cmocka_unit_test(test_row_68_accuracy_of_orders),
        cmocka_unit_test(test_row_75_missed_goals_by_class),
        cmocka_unit_test(test_customers_at_risk),
        cmocka_unit_test(test_told_and_open),
        cmocka_unit_test(test_row_42_a_rep_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
