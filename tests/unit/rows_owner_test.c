// Rows 59 and 60: whose customer it is, and who brought it.
#include "unit/rows.h"

// As happens(), from another sender.
static void said_by(struct fixture *f, const char *source, const char *when, const char *json)
{
    struct verify_error error;
    until(f, when);
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, json, strlen(json), NULL, &error);
    if (event == NULL)
        fail_msg("%s: %s", error.field, error.reason);
    Tend__V1__Event whole = *event;
    whole.id = text("s%llu", (unsigned long long)++f->event_id);
    whole.source = text("%s", source);
    whole.time = stamp(moment(f, when));
    say(f, &whole);
    turns_run(f->turns, turns_now_ms(f->turns));
    protobuf_c_message_free_unpacked(&event->base, NULL);
}

// An event that happened at another time than it is heard.
static void heard_late(struct fixture *f, const char *source, const char *happened, const char *json)
{
    struct verify_error error;
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, json, strlen(json), NULL, &error);
    if (event == NULL)
        fail_msg("%s: %s", error.field, error.reason);
    Tend__V1__Event whole = *event;
    whole.id = text("%s%s", source, happened);
    whole.source = text("%s", source);
    whole.time = stamp(moment(f, happened));
    say(f, &whole);
    turns_run(f->turns, turns_now_ms(f->turns));
    protobuf_c_message_free_unpacked(&event->base, NULL);
}

static const char LI[] = "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"timeZone\":\"Asia/Shanghai\","
                         "\"managerRepId\":\"zhao\"}}";
static const char CHEN[] = "{\"repId\":\"chen\",\"repUpserted\":{\"name\":\"Chen\",\"timeZone\":\"Asia/Shanghai\","
                           "\"managerRepId\":\"zhao\"}}";
static const char TO_LI[] =
    "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Blue Lake\",\"ownerRepId\":\"li\"}}";
static const char TO_WANG[] =
    "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Blue Lake\",\"ownerRepId\":\"wang\"}}";

static void begin_two(struct fixture *f)
{
    begin_team(f, "{}");
    happens(f, "2026-06-01 00:05", LI);
    happens(f, "2026-06-01 00:06", CHEN);
    catch_up(f);
}

static bool is_disputed(struct fixture *f, const char *customer)
{
    const char *answer = turns_ask(f->turns, text("/v1/owners?customer=%s", customer), NULL);
    return strstr(answer, "\"disputed\":true") != NULL;
}

// Two senders name two owners: both reps and their manager hear of it; it ends when the senders agree.
static void test_row_59_two_sources_claim(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    uint64_t from = turns_last(f.turns);
    said_by(&f, "shop", "2026-06-02 10:00", TO_LI);
    Tend__V1__Reminder *li = among(&f, from, "2026-06-02 10:00", "li", "ownership_dispute", "C1");
    assert_string_equal(li->text, "Wang");
    assert_int_equal(li->role, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_OWNER);
    Tend__V1__Reminder *wang = among(&f, from, "2026-06-02 10:00", "wang", "ownership_dispute", "C1");
    Tend__V1__Reminder *zhao = among(&f, from, "2026-06-02 10:00", "zhao", "ownership_dispute", "C1");
    assert_string_equal(zhao->for_rep_id, "li");
    assert_true(is_disputed(&f, "C1"));
    // The first sender says the same a day later: the owner is settled.
    happens(&f, "2026-06-03 09:30", TO_LI);
    assert_true(taken_back(&f, from, li->reminder_id) && taken_back(&f, from, wang->reminder_id) &&
                taken_back(&f, from, zhao->reminder_id));
    assert_false(is_disputed(&f, "C1"));
    drop_reminder(li);
    drop_reminder(wang);
    drop_reminder(zhao);
    finish(&f);
}

// The customer system itself moves a customer: nobody disputes that. Nor does a sender whose word is weeks old.
static void test_row_59_no_dispute(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-02 10:00", TO_LI);
    until(&f, "2026-06-02 10:20");
    hears(&f, "2026-06-02 10:15", "li", "reassigned", "");
    said_by(&f, "shop", "2026-06-29 10:00", TO_WANG); // 27 days later
    until(&f, "2026-06-29 10:20");
    hears(&f, "2026-06-29 10:15", "wang", "reassigned", "");
    assert_false(is_disputed(&f, "C1"));
    finish(&f);
}

// A shop tells all of a customer and knows of no owner: it takes nobody's away, whether its word is newer or older, and
// claims nothing.
static void test_row_59_who_names_nobody_takes_nobody_away(void **state)
{
    (void)state;
    static const char TOLD[] = "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Blue Lake Ltd\"}}";
    static const char FIRST[] = "{\"customerId\":\"C9\",\"customerUpserted\":{\"name\":\"Nine\"}}";
    static const char LATER[] =
        "{\"historical\":true,\"customerId\":\"C9\",\"customerUpserted\":{\"name\":\"9\",\"ownerRepId\":\"li\"}}";
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-02 10:00", TO_LI);
    said_by(&f, "shop", "2026-06-02 11:00", TOLD);
    const char *answer = turns_ask(f.turns, "/v1/owners?customer=C1", NULL);
    assert_null(strstr(answer, "shop"));
    assert_null(strstr(answer, "\"repId\":\"\""));
    assert_non_null(strstr(answer, "\"repId\":\"li\""));
    assert_false(is_disputed(&f, "C1"));
    said_by(&f, "shop", "2026-06-02 12:00", FIRST);
    assert_non_null(strstr(turns_ask(f.turns, "/v1/totals", NULL), "\"C9\""));
    heard_late(&f, "crm", "2026-06-01 12:00", LATER);
    assert_null(strstr(turns_ask(f.turns, "/v1/totals", NULL), "\"C9\""));
    assert_non_null(strstr(turns_ask(f.turns, "/v1/owners?customer=C9", NULL), "\"repId\":\"li\""));
    finish(&f);
}

// What the manager says counts, whoever claimed the customer before.
static void test_row_59_manager_decides(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    said_by(&f, "shop", "2026-06-02 10:00", TO_LI);
    assert_true(is_disputed(&f, "C1"));
    said_by(&f, "desk", "2026-06-02 15:00",
            "{\"repId\":\"zhao\",\"customerId\":\"C1\","
            "\"customerUpserted\":{\"name\":\"Blue Lake\",\"ownerRepId\":\"wang\","
            "\"contacts\":[{\"name\":\"Ms Lee\",\"phone\":\"+86 21 5555\"}]}}");
    assert_false(is_disputed(&f, "C1"));
    const char *answer = turns_ask(f.turns, "/v1/owners?customer=C1", NULL);
    assert_non_null(strstr(answer, "\"contactName\":\"Ms Lee\",\"contactPhone\":\"+86 21 5555\""));
    assert_non_null(strstr(answer, "\"repId\":\"wang\",\"repName\":\"Wang\""));
    assert_non_null(strstr(answer, "\"repId\":\"li\""));
    assert_non_null(strstr(answer, "\"source\":\"shop\""));
    assert_non_null(strstr(answer, "\"decided\":true"));
    finish(&f);
}

// An import of orders says whose a customer is in 1990, before anything was known of it: that opens nothing, the first
// real word or the first order does. The same in any order.
static void test_row_59_placeholder_opens_nothing(void **state)
{
    (void)state;
    static const char TO_CHEN[] =
        "{\"historical\":true,\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red\",\"ownerRepId\":\"li\"}}";
    struct fixture f;
    begin_two(&f);
    heard_late(&f, "import:orders", "1990-01-21 10:00", TO_CHEN);
    assert_string_equal(
        turns_ask(f.turns, "/v1/owners?customer=C2", NULL),
        "{\"customerId\":\"C2\",\"owners\":[{\"repId\":\"li\",\"repName\":\"Li\",\"source\":\"import:orders\"}]"
        "}");
    // The book knows the first order: since then.
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("C2");
    value.orders_ever = 1;
    value.first_order_day = text("2024-03-05");
    value.last_order = stamp(moment(&f, "2024-03-05 12:00"));
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, RECORD_HISTORICAL, &value.base);
    turns_run(f.turns, turns_now_ms(f.turns));
    assert_non_null(strstr(turns_ask(f.turns, "/v1/owners?customer=C2", NULL), "\"since\":\"2024-03-04T16:00:00Z\""));
    // A real word from before that.
    heard_late(&f, "crm", "2024-02-01 10:00", TO_CHEN);
    assert_non_null(strstr(turns_ask(f.turns, "/v1/owners?customer=C2", NULL), "\"since\":\"2024-02-01T02:00:00Z\""));
    // Somebody else's from before the order on: the placeholder's owner had it, nobody knows from when.
    heard_late(
        &f, "crm", "2024-01-01 10:00",
        "{\"historical\":true,\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red\",\"ownerRepId\":\"wang\"}}");
    const char *answer = turns_ask(f.turns, "/v1/owners?customer=C2", NULL);
    assert_null(strstr(answer, "1990"));
    assert_non_null(strstr(answer, "\"repId\":\"wang\",\"repName\":\"Wang\",\"since\":\"2024-01-01T02:00:00Z\""));
    assert_non_null(strstr(answer, "\"repId\":\"li\",\"repName\":\"Li\",\"since\":\"2024-02-01T02:00:00Z\""));
    finish(&f);
}

// Two reps speak to the customer of one of them. A deputy while the owner is away, and the manager, may.
static void test_row_59_two_reps_speak(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(
        &f, "2026-06-02 10:00",
        "{\"repId\":\"wang\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\",\"note\":\"hello\"}}");
    happens(&f, "2026-06-03 10:00",
            "{\"repId\":\"zhao\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    assert_false(is_disputed(&f, "C1"));
    happens(&f, "2026-06-05 19:00", // Friday evening
            "{\"repId\":\"li\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    assert_true(is_disputed(&f, "C1"));
    uint64_t from = turns_last(f.turns);
    until(&f, "2026-06-08 08:40"); // told with the first list after the weekend
    Tend__V1__Reminder *told = among(&f, from, "2026-06-08 08:30", "wang", "ownership_dispute", "C1");
    assert_string_equal(told->text, "Li");
    drop_reminder(told);
    drop_reminder(among(&f, from, "2026-06-08 08:30", "zhao", "ownership_dispute", "C1"));
    told = among(&f, from, "2026-06-08 08:30", "li", "ownership_dispute", "C1");
    const char *id = text("%s", told->reminder_id);
    drop_reminder(told);
    // Again the next day: nobody is told twice within the week.
    happens(&f, "2026-06-09 10:00",
            "{\"repId\":\"li\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    until(&f, "2026-06-10 08:00");
    assert_int_equal(told_since(&f, from, "ownership_dispute"), 3);
    answers(&f, "2026-06-10 09:00", "li", id, "done");
    assert_false(is_disputed(&f, "C1"));
    finish(&f);
}

static void test_row_59_deputy_may_speak(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-01 00:10",
            "{\"repId\":\"wang\",\"repUpserted\":{\"name\":\"Wang\",\"timeZone\":\"Asia/Shanghai\","
            "\"managerRepId\":\"zhao\",\"deputyRepId\":\"li\"}}");
    happens(&f, "2026-06-01 00:11",
            "{\"repId\":\"wang\",\"repAbsent\":{\"from\":\"2026-06-03\",\"to\":\"2026-06-05\"}}");
    happens(&f, "2026-06-02 10:00",
            "{\"repId\":\"wang\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    happens(&f, "2026-06-04 10:00",
            "{\"repId\":\"li\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    assert_false(is_disputed(&f, "C1"));
    happens(&f, "2026-06-08 10:00",
            "{\"repId\":\"li\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    assert_true(is_disputed(&f, "C1"));
    finish(&f);
}

// Whoever handed the customer over spoke to it as its owner.
static void test_row_59_former_owner_spoke(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-02 10:00",
            "{\"repId\":\"wang\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    happens(&f, "2026-06-03 09:00", TO_LI);
    happens(&f, "2026-06-04 10:00",
            "{\"repId\":\"li\",\"customerId\":\"C1\",\"contactLogged\":{\"outcome\":\"reached\"}}");
    assert_false(is_disputed(&f, "C1"));
    finish(&f);
}

// The same claims and contacts in another order leave the same owners, and the same dispute.
static void test_row_59_any_order(void **state)
{
    (void)state;
    struct fixture f, g;
    static const char *const WHEN[] = {"2026-06-02 10:00", "2026-06-03 11:00", "2026-06-04 12:00"};
    static const char *const SOURCE[] = {"shop", "test", "shop"};
    const char *const SAID[] = {TO_LI, TO_WANG, TO_LI};
    begin_two(&f);
    begin_two(&g);
    until(&f, "2026-06-05 09:00");
    until(&g, "2026-06-05 09:00");
    for (int i = 0; i < 3; i++)
        heard_late(&f, SOURCE[i], WHEN[i], SAID[i]);
    for (int i = 2; i >= 0; i--)
        heard_late(&g, SOURCE[i], WHEN[i], SAID[i]);
    char *forward = strdup(turns_ask(f.turns, "/v1/owners?customer=C1", NULL));
    assert_string_equal(forward, turns_ask(g.turns, "/v1/owners?customer=C1", NULL));
    assert_non_null(strstr(forward, "\"disputed\":true"));
    free(forward);
    finish(&f);
    finish(&g);
}

// What happened long ago tells nobody.
static void test_row_59_history_is_silent(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    until(&f, "2026-06-02 10:00");
    said_by(&f, "shop", "2026-06-02 10:01",
            "{\"historical\":true,\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"B\",\"ownerRepId\":\"li\"}}");
    until(&f, "2026-06-02 18:00");
    expect_silence(&f);
    finish(&f);
}

// A batch of customers goes over to a colleague: one message, with what is still open, and the old owner's are
// withdrawn.
static void test_row_59_reassigned(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-01 00:20",
            "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red Hill\",\"ownerRepId\":\"wang\"}}");
    happens(&f, "2026-06-02 09:00",
            "{\"repId\":\"wang\",\"customerId\":\"C1\",\"promiseMade\":{\"promiseId\":\"p1\",\"what\":\"send samples\","
            "\"due\":\"2026-06-05T09:00:00Z\"}}");
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"wet boxes\"}}");
    const char *old = hears(&f, "2026-06-02 10:00", "wang", "complaint_acknowledge", "C1");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 11:00", TO_LI);
    happens(&f, "2026-06-02 11:05",
            "{\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Red Hill\",\"ownerRepId\":\"li\"}}");
    assert_true(taken_back(&f, from, old));
    hears(&f, "2026-06-02 11:00", "li", "complaint_acknowledge", "C1");
    until(&f, "2026-06-02 11:40");
    Tend__V1__Reminder *told = heard(&f, "2026-06-02 11:15", "li", "reassigned", "");
    assert_string_equal(told->before, "Wang");
    assert_int_equal(told->n_about, 2);
    assert_string_equal(told->about[0]->customer_name, "Blue Lake");
    assert_string_equal(told->about[0]->points[0]->code, "open_promise");
    assert_string_equal(told->about[0]->points[0]->text, "send samples");
    assert_string_equal(told->about[0]->points[1]->code, "complaint_open");
    assert_string_equal(told->about[1]->customer_name, "Red Hill");
    drop_reminder(told);
    expect_silence(&f);
    finish(&f);
}

// A duplicate is merged into C1: what waited for it goes on there, and comes to one end; its history stays its own.
static void test_row_59_merged(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-01 00:20",
            "{\"customerId\":\"D1\",\"customerUpserted\":{\"name\":\"Blue Lake Ltd\",\"ownerRepId\":\"li\"}}");
    happens(&f, "2026-06-02 09:00",
            "{\"repId\":\"li\",\"customerId\":\"D1\",\"contactLogged\":{\"outcome\":\"reached\",\"nextAt\":"
            "\"2026-06-10T02:00:00Z\",\"note\":\"catalogue\"}}");
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"D1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"wet boxes\"}}");
    const char *old = hears(&f, "2026-06-02 10:00", "li", "complaint_acknowledge", "D1");
    happens(&f, "2026-06-02 10:30",
            "{\"customerId\":\"D1\",\"leadUpdated\":{\"stage\":\"intends\",\"expectedOrderDate\":\"2026-07-20\"}}");
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-02 11:00", "{\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"D1\"}}");
    assert_true(taken_back(&f, from, old));
    const char *id = hears(&f, "2026-06-02 11:00", "wang", "complaint_acknowledge", "C1");
    // The complaint is known by its id under whichever name it is spoken of.
    happens(&f, "2026-06-02 12:00", "{\"customerId\":\"D1\",\"complaintAcknowledged\":{\"complaintId\":\"k1\"}}");
    assert_true(taken_back(&f, from, id));
    // The appointment is C1's now.
    until(&f, "2026-06-09 18:00");
    catch_up(&f);
    until(&f, "2026-06-10 08:31");
    assert_int_equal(reason_on_next_list(&f, "C1", NULL), TEND__V1__CALL_REASON__CALL_REASON_APPOINTMENT);
    finish(&f);
}

// Whether the duplicate is merged before or after what is heard of it: the same is open, and the same was told.
static void test_row_59_merged_in_any_order(void **state)
{
    (void)state;
    static const char MERGED[] = "{\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"D1\"}}";
    static const struct {
        const char *when, *json;
    } FACTS[] = {
        {"2026-06-02 10:00", "{\"customerId\":\"D1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"wet\"}}"},
        {"2026-06-02 10:10", "{\"customerId\":\"D1\",\"complaintOpened\":{\"complaintId\":\"k2\",\"what\":\"torn\"}}"},
        {"2026-06-02 11:00", "{\"customerId\":\"D1\",\"complaintResolved\":{\"complaintId\":\"k2\",\"what\":\"sent "
                             "anew\",\"cause\":\"carrier\"}}"},
        {"2026-06-02 11:10", "{\"customerId\":\"D1\",\"objectionRaised\":{\"objectionId\":\"x1\",\"what\":\"dear\"}}"},
        {"2026-06-02 11:20", "{\"customerId\":\"D1\",\"giftGiven\":{\"what\":\"tea\",\"amount\":\"600 CNY\"}}"},
        {"2026-06-02 11:30",
         "{\"customerId\":\"D1\",\"contractSigned\":{\"contractId\":\"c1\",\"to\":\"2026-07-01\"}}"},
    };
    enum { COUNT = sizeof FACTS / sizeof FACTS[0] };
    static const char *const OPEN[] = {"COMPLAINT_ACKNOWLEDGE", "OBJECTION", "GIFT_BUDGET"};
    for (int merged_at = 0; merged_at <= COUNT; merged_at++) {
        struct fixture f;
        begin_two(&f);
        happens(&f, "2026-06-01 00:20",
                "{\"customerId\":\"D1\",\"customerUpserted\":{\"name\":\"Blue Lake Ltd\",\"ownerRepId\":\"li\"}}");
        until(&f, "2026-06-02 15:00");
        for (int i = 0; i <= COUNT; i++) {
            if (i == merged_at)
                heard_late(&f, "test", "2026-06-02 12:00", MERGED);
            if (i < COUNT)
                heard_late(&f, "test", FACTS[i].when, FACTS[i].json);
        }
        until(&f, "2026-06-02 18:00");
        const char *told = turns_ask(f.turns, "/v1/reminders?customer=C1&state=told", NULL);
        for (size_t kind = 0; kind < sizeof OPEN / sizeof OPEN[0]; kind++)
            if (strstr(told, OPEN[kind]) == NULL)
                fail_msg("merged after %d: %s is not told", merged_at, OPEN[kind]);
        assert_null(strstr(told, "torn"));
        assert_null(strstr(turns_ask(f.turns, "/v1/reminders?customer=D1&state=told", NULL), "reminderId"));
        finish(&f);
    }
}

static void test_row_59_erased(void **state)
{
    (void)state;
    struct fixture f;
    int status;
    begin_two(&f);
    said_by(&f, "shop", "2026-06-02 10:00", TO_LI);
    Tend__V1__Reminder *told = among(&f, 0, "2026-06-02 10:00", "li", "ownership_dispute", "C1");
    happens(&f, "2026-06-02 10:30", "{\"customerId\":\"C1\",\"customerErased\":{}}");
    assert_true(taken_back(&f, 0, told->reminder_id));
    drop_reminder(told);
    turns_ask(f.turns, "/v1/owners?customer=C1", &status);
    assert_int_equal(status, 404);
    turns_ask(f.turns, "/v1/owners", &status);
    assert_int_equal(status, 400);
    finish(&f);
}

// --- row 60

static const char BROUGHT[] = "{\"customerId\":\"C1\",\"referralMade\":{\"otherCustomerId\":\"N1\"}}";
static const char PAID[] = "{\"customerId\":\"N1\",\"orderPaid\":{\"orderId\":\"o1\"}}";
static const char NEW_ONE[] =
    "{\"customerId\":\"N1\",\"customerUpserted\":{\"name\":\"New One\",\"ownerRepId\":\"li\"}}";

// The customer whom C1 brought pays for a first order: C1's owner sees to the commission, the manager when nobody did.
static void test_row_60_commission(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-02 09:00", NEW_ONE);
    happens(&f, "2026-06-02 10:00", BROUGHT);
    expect_silence(&f);
    happens(&f, "2026-06-05 17:00", PAID); // Friday
    Tend__V1__Reminder *told = heard(&f, "2026-06-05 17:00", "wang", "commission_due", "C1");
    assert_int_equal(told->n_about, 1);
    assert_string_equal(told->about[0]->customer_name, "New One");
    const char *first = text("%s", told->reminder_id);
    drop_reminder(told);
    happens(&f, "2026-06-08 17:00", PAID); // another order: nothing is due for it
    until(&f, "2026-06-12 17:01");         // five working days later
    hears(&f, "2026-06-12 17:00", "wang", "commission_due", "C1");
    told = heard(&f, "2026-06-12 17:00", "zhao", "commission_due", "C1");
    assert_string_equal(told->for_rep_name, "Wang");
    const char *last = text("%s", told->reminder_id);
    drop_reminder(told);
    uint64_t from = turns_last(f.turns);
    happens(&f, "2026-06-15 09:10", "{\"customerId\":\"C1\",\"commissionPaid\":{\"otherCustomerId\":\"N1\"}}");
    assert_true(taken_back(&f, from, first) && taken_back(&f, from, last));
    finish(&f);
}

// The referral is heard of after the order, the payment before both: the same, in whatever order.
static void test_row_60_any_order(void **state)
{
    (void)state;
    struct fixture f, g;
    begin_two(&f);
    happens(&f, "2026-06-02 10:00", NEW_ONE);
    happens(&f, "2026-06-02 11:00", PAID);
    happens(&f, "2026-06-02 15:00", BROUGHT);
    hears(&f, "2026-06-02 15:00", "wang", "commission_due", "C1");
    finish(&f);
    begin_two(&g);
    happens(&g, "2026-06-02 10:00", NEW_ONE);
    happens(&g, "2026-06-02 11:00", PAID);
    until(&g, "2026-06-04 09:00");
    heard_late(&g, "test", "2026-06-03 09:00",
               "{\"customerId\":\"C1\",\"commissionPaid\":{\"otherCustomerId\":\"N1\"}}");
    heard_late(&g, "test", "2026-06-02 15:00", BROUGHT);
    until(&g, "2026-06-20 18:00");
    for (Tend__V1__Reminder *any; (any = next_reminder(&g)) != NULL; drop_reminder(any))
        assert_int_not_equal(any->kind, TEND__V1__REMINDER_KIND__REMINDER_KIND_COMMISSION_DUE);
    finish(&g);
}

// Shops that never say what was paid: the first order that scoring knows of counts. History is silent.
static void test_row_60_by_its_worth(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f);
    happens(&f, "2026-06-02 09:00", NEW_ONE);
    happens(&f, "2026-06-02 10:00", BROUGHT);
    happens(&f, "2026-06-02 10:10",
            "{\"historical\":true,\"customerId\":\"C1\",\"referralMade\":{\"otherCustomerId\":\"N2\"}}");
    happens(&f, "2026-06-02 10:11", "{\"historical\":true,\"customerId\":\"N2\",\"orderPaid\":{\"orderId\":\"o7\"}}");
    until(&f, "2026-06-03 10:00");
    expect_silence(&f);
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("N1");
    value.orders_ever = 1;
    value.first_order_day = text("2026-06-03");
    value.last_order = stamp(moment(&f, "2026-06-03 09:59"));
    turns_say(f.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
    turns_run(f.turns, turns_now_ms(f.turns));
    hears(&f, "2026-06-03 10:00", "wang", "commission_due", "C1");
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_59_two_sources_claim),
        cmocka_unit_test(test_row_59_no_dispute),
        cmocka_unit_test(test_row_59_who_names_nobody_takes_nobody_away),
        cmocka_unit_test(test_row_59_manager_decides),
        cmocka_unit_test(test_row_59_two_reps_speak),
        cmocka_unit_test(test_row_59_deputy_may_speak),
        cmocka_unit_test(test_row_59_former_owner_spoke),
        cmocka_unit_test(test_row_59_any_order),
        cmocka_unit_test(test_row_59_history_is_silent),
        cmocka_unit_test(test_row_59_reassigned),
        cmocka_unit_test(test_row_59_merged),
        cmocka_unit_test(test_row_59_merged_in_any_order),
        cmocka_unit_test(test_row_59_erased),
        cmocka_unit_test(test_row_60_commission),
        cmocka_unit_test(test_row_60_any_order),
        cmocka_unit_test(test_row_60_by_its_worth),
        cmocka_unit_test(test_row_59_placeholder_opens_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
