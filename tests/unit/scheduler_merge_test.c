// Customers who were merged and split, in chains and rings, again and again, in whatever order it is heard: what is
// open for whom, and how far up its ladder, is what it is when it is heard in time's order.
#include "unit/dice.h"
#include "unit/rows.h"

enum { CUSTOMERS = 4, WORDS = 7, MATTERS = 10, SAID = 2 * MATTERS, FACTS = SAID + WORDS + CUSTOMERS };
enum { ROUNDS = 4, WAYS = 20 };
enum { OPEN_MAX = 64, LINE_BYTES = 200 };

struct fact {
    char when[40];
    char json[260];
};

struct open {
    char lines[OPEN_MAX][LINE_BYTES];
    size_t count;
};

static const char *const customers[CUSTOMERS] = {"D1", "D2", "D3", "D4"};

// That somebody is part of anybody, or stands alone again.
static void make_word(struct dice *dice, struct fact *fact, unsigned word)
{
    unsigned minute = 13 * (unsigned)dice_throw(dice, 2 * MATTERS) + 1 + word;
    unsigned other = (unsigned)dice_throw(dice, CUSTOMERS);
    unsigned with = (other + 1 + (unsigned)dice_throw(dice, CUSTOMERS - 1)) % CUSTOMERS;
    snprintf(fact->when, sizeof fact->when, "2026-06-02 %02u:%02u", 9 + minute / 60, minute % 60);
    snprintf(fact->json, sizeof fact->json, "{\"customerId\":\"%s\",\"%s\":{\"otherCustomerId\":\"%s\"}}",
             customers[with], dice_throw(dice, 3) == 0 ? "customerSplit" : "customerMerged", customers[other]);
}

// Each matter is of one customer, and opened once. Then come words of who is part of whom, and at last that nobody is.
static void make_fact(struct dice *dice, struct fact *fact, unsigned number)
{
    unsigned matter = number / 2, minute = number * 13;
    const char *customer = customers[matter % CUSTOMERS];
    static const char *const opened[] = {
        "\"complaintOpened\":{\"complaintId\":\"k%u\",\"what\":\"wet\",\"category\":\"rain\"}",
        "\"objectionRaised\":{\"objectionId\":\"x%u\",\"what\":\"dear\"}",
        "\"promiseMade\":{\"promiseId\":\"p%u\",\"what\":\"w\",\"due\":\"2026-06-02T09:00:00Z\"}",
        "\"contractSigned\":{\"contractId\":\"c%u\",\"to\":\"2026-07-01\"}",
    };
    static const char *const closed[] = {
        "\"complaintResolved\":{\"complaintId\":\"k%u\",\"what\":\"sent\",\"cause\":\"carrier\"}",
        "\"objectionRaised\":{\"objectionId\":\"x%u\",\"overcome\":true}",
        "\"promiseKept\":{\"promiseId\":\"p%u\"}",
        "\"contractEnded\":{\"contractId\":\"c%u\"}",
    };
    if (number >= SAID + WORDS) {
        unsigned other = number - SAID - WORDS;
        snprintf(fact->when, sizeof fact->when, "2026-06-02 14:%02u", other);
        snprintf(fact->json, sizeof fact->json,
                 "{\"customerId\":\"%s\",\"customerSplit\":{\"otherCustomerId\":\"%s\"}}",
                 customers[(other + 1) % CUSTOMERS], customers[other]);
        return;
    }
    if (number >= SAID) {
        make_word(dice, fact, number - SAID);
        return;
    }
    snprintf(fact->when, sizeof fact->when, "2026-06-02 %02u:%02u", 9 + minute / 60, minute % 60);
    unsigned kind = matter % 4;
    char body[160];
    bool closes = number % 2 == 1;
    static const char *const others[] = {
        "\"praiseReceived\":{\"what\":\"w%u\"}",
        "\"messageReceived\":{\"messageId\":\"m%u\"}",
        "\"repId\":\"wang\",\"messageReplied\":{\"messageId\":\"m%u\"}",
        "\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"note\":\"n%u\"}",
    };
    if (closes && dice_throw(dice, 2) == 0) // of another matter, which is opened once all the same
        snprintf(body, sizeof body, others[dice_throw(dice, 4)], matter);
    else
        snprintf(body, sizeof body, closes ? closed[kind] : opened[kind], matter);
    snprintf(fact->json, sizeof fact->json, "{\"customerId\":\"%s\",%s}", customer, body);
}

static void hear_fact(struct fixture *f, const struct fact *fact)
{
    struct verify_error error;
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, fact->json, strlen(fact->json), NULL, &error);
    if (event == NULL)
        fail_msg("%s: %s: %s", fact->json, error.field, error.reason);
    Tend__V1__Event whole = *event;
    whole.id = text("e%s", fact->when);
    whole.source = text("test");
    whole.time = stamp(moment(f, fact->when));
    say(f, &whole);
    turns_run(f->turns, turns_now_ms(f->turns));
    protobuf_c_message_free_unpacked(&event->base, NULL);
}

static int by_text(const void *left, const void *right)
{
    return strcmp(left, right);
}

// What the owner is told and is open, without ids and times.
static void read_open(struct fixture *f, struct open *open)
{
    open->count = 0;
    json_t *answer = json_loads(turns_ask(f->turns, "/v1/reminders?state=told&limit=60", NULL), 0, NULL);
    assert_non_null(answer);
    size_t i;
    const json_t *row;
    json_array_foreach (json_object_get(answer, "reminders"), i, row) {
        const json_t *reminder = json_object_get(row, "reminder");
        assert_true(open->count < OPEN_MAX);
        const char *kind = json_string_value(json_object_get(reminder, "kind"));
        const char *customer = json_string_value(json_object_get(reminder, "customerId"));
        const char *rep = json_string_value(json_object_get(reminder, "repId"));
        if (kind == NULL || rep == NULL || strcmp(kind, "REMINDER_KIND_CALL") == 0)
            continue; // of a list that was sent in the morning
        long long step = json_integer_value(json_object_get(reminder, "step"));
        snprintf(open->lines[open->count++], LINE_BYTES, "%s %s %s %lld", kind, customer != NULL ? customer : "", rep,
                 step);
    }
    json_decref(answer);
    qsort(open->lines, open->count, LINE_BYTES, by_text);
}

// Hears the first `count` of the facts in that order.
static void play(const struct fact *facts, const unsigned *order, unsigned count, struct open *open)
{
    struct fixture f;
    static const char *const owners[CUSTOMERS] = {"wang", "", "li", "wang"};
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:10", "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"managerRepId\":\"zhao\"}}");
    for (unsigned i = 0; i < CUSTOMERS; i++)
        happens(&f, "2026-06-01 00:20",
                text("{\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"%s\",\"ownerRepId\":\"%s\"}}",
                     customers[i], customers[i], owners[i]));
    until(&f, "2026-06-02 15:00");
    for (unsigned i = 0; i < FACTS; i++)
        if (order[i] < count)
            hear_fact(&f, &facts[order[i]]);
    until(&f, "2026-06-02 17:30");
    read_open(&f, open);
    finish(&f);
}

static void expect_same(const struct open *timely, const struct open *other, const struct fact *facts,
                        const unsigned *order, unsigned count)
{
    bool same = timely->count == other->count;
    for (size_t i = 0; same && i < timely->count; i++)
        same = strcmp(timely->lines[i], other->lines[i]) == 0;
    if (same)
        return;
    for (unsigned i = 0; i < FACTS; i++)
        if (order[i] < count)
            printf("%2u heard as %s %s\n", i, facts[order[i]].when, facts[order[i]].json);
    for (size_t i = 0; i < timely->count; i++)
        printf("timely %s\n", timely->lines[i]);
    for (size_t i = 0; i < other->count; i++)
        printf("other  %s\n", other->lines[i]);
    fail_msg("what is open depends on the order");
}

static void test_in_any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static struct fact facts[FACTS];
    static struct open never, timely, other;
    size_t told = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned order[FACTS];
        for (unsigned i = 0; i < FACTS; i++) {
            make_fact(&dice, &facts[i], i);
            order[i] = i;
        }
        play(facts, order, SAID, &never);
        play(facts, order, SAID + WORDS, &timely);
        told += timely.count;
        for (unsigned way = 0; way < WAYS; way++) {
            for (unsigned i = FACTS; i > 1; i--) {
                unsigned with = (unsigned)dice_throw(&dice, i), kept = order[with];
                order[with] = order[i - 1];
                order[i - 1] = kept;
            }
            play(facts, order, SAID + WORDS, &other);
            expect_same(&timely, &other, facts, order, SAID + WORDS);
            play(facts, order, FACTS, &other);
            expect_same(&never, &other, facts, order, FACTS);
        }
    }
    assert_true(told > 0);
}

// The lines are those of before, of another customer.
static void same_of(const struct open *before, const struct open *now, const char *customer)
{
    assert_int_equal(before->count, now->count);
    for (size_t i = 0; i < now->count; i++) {
        const char *name = strstr(before->lines[i], "D1");
        assert_non_null(name);
        assert_string_equal(
            text("%.*s%s%s", (int)(name - before->lines[i]), before->lines[i], customer, name + strlen("D1")),
            now->lines[i]);
    }
}

// What stood at its second step stands there after a merge and after a split; the same word again changes nothing.
static void test_a_ladder_keeps_its_step(void **state)
{
    (void)state;
    struct fixture f;
    static struct open before, now;
    const char *merged = "{\"customerId\":\"D2\",\"customerMerged\":{\"otherCustomerId\":\"D1\"}}";
    const char *split = "{\"customerId\":\"D2\",\"customerSplit\":{\"otherCustomerId\":\"D1\"}}";
    begin_team(&f, "{}");
    for (unsigned i = 0; i < 2; i++)
        happens(&f, "2026-06-01 00:20",
                text("{\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"%s\",\"ownerRepId\":\"wang\"}}",
                     customers[i], customers[i]));
    happens(&f, "2026-06-01 09:30",
            "{\"customerId\":\"D1\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"wet\"}}");
    until(&f, "2026-06-03 10:00");
    read_open(&f, &before);
    bool second = false;
    for (size_t i = 0; i < before.count; i++)
        second = second || strcmp(before.lines[i], "REMINDER_KIND_COMPLAINT_ACKNOWLEDGE D1 zhao 1") == 0;
    assert_true(second);
    happens(&f, "2026-06-03 10:10", merged);
    read_open(&f, &now);
    same_of(&before, &now, "D2");
    happens(&f, "2026-06-03 10:15", merged);
    happens(&f, "2026-06-03 10:20", split);
    read_open(&f, &now);
    same_of(&before, &now, "D1");
    happens(&f, "2026-06-03 10:30", merged);
    happens(&f, "2026-06-03 10:40",
            "{\"customerId\":\"D1\",\"complaintResolved\":{\"complaintId\":\"k1\",\"what\":\"sent\","
            "\"cause\":\"carrier\",\"compensation\":\"10\"}}");
    happens(&f, "2026-06-03 10:50", split);
    read_open(&f, &now);
    for (size_t i = 0; i < now.count; i++)
        assert_null(strstr(now.lines[i], "COMPLAINT_AC"));
    finish(&f);
}

// The calls that the rep is given: of those who are one only the main customer's.
static void test_candidates_are_main_customers(void **state)
{
    (void)state;
    static const struct {
        const char *when, *json;
    } words[] = {
        {"2026-06-01 09:01", "{\"customerId\":\"D2\",\"customerMerged\":{\"otherCustomerId\":\"D1\"}}"},
        {"2026-06-01 09:02", "{\"customerId\":\"D3\",\"customerMerged\":{\"otherCustomerId\":\"D2\"}}"},
        {"2026-06-01 09:03", "{\"customerId\":\"D1\",\"customerMerged\":{\"otherCustomerId\":\"D3\"}}"}, // a ring
        {"2026-06-01 09:04", "{\"customerId\":\"D1\",\"customerMerged\":{\"otherCustomerId\":\"D4\"}}"},
        {"2026-06-01 09:05", "{\"customerId\":\"D3\",\"customerMerged\":{\"otherCustomerId\":\"D4\"}}"},
        {"2026-06-01 09:06", "{\"customerId\":\"D4\",\"customerSplit\":{\"otherCustomerId\":\"D2\"}}"},
    };
    // Then D3 is part of D1, which is part of D2; and D4 of D3.
    enum { COUNT = sizeof words / sizeof words[0] };
    for (unsigned first = 0; first < COUNT; first++) {
        struct fixture f;
        size_t i;
        const json_t *row;
        begin_team(&f, "{}");
        for (unsigned one = 0; one < CUSTOMERS; one++)
            happens(&f, "2026-06-01 00:20",
                    text("{\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"%s\",\"ownerRepId\":\"wang\"}}",
                         customers[one], customers[one]));
        for (unsigned one = 0; one < CUSTOMERS; one++)
            value(&f, customers[one], TEND__V1__ABC_CLASS__ABC_CLASS_A, true, moment(&f, "2026-01-01 10:00"));
        until(&f, "2026-06-01 17:00");
        for (unsigned at = 0; at < COUNT; at++)
            learns(&f, words[(first + 5 * at) % COUNT].when, words[(first + 5 * at) % COUNT].json);
        until(&f, "2026-06-02 17:00");
        json_t *answer = json_loads(turns_ask(f.turns, "/v1/reminders?limit=60", NULL), 0, NULL);
        assert_non_null(answer);
        size_t calls = 0;
        json_array_foreach (json_object_get(answer, "reminders"), i, row) {
            const json_t *reminder = json_object_get(row, "reminder");
            const char *kind = json_string_value(json_object_get(reminder, "kind"));
            const char *customer = json_string_value(json_object_get(reminder, "customerId"));
            const char *day = json_string_value(json_object_get(reminder, "localDate"));
            if (customer == NULL || customer[0] != 'D' || strcmp(kind, "REMINDER_KIND_CALL") != 0 ||
                strcmp(day, "2026-06-02") != 0)
                continue;
            calls++;
            assert_string_equal(customer, "D2");
        }
        assert_int_equal(calls, 1);
        json_decref(answer);
        finish(&f);
    }
}

// A message to which nothing was to be said before its sender became part of another one is not asked for there.
static void test_what_was_settled_stays_settled(void **state)
{
    (void)state;
    struct fixture f;
    static struct open now;
    begin_team(&f, "{}");
    for (unsigned i = 0; i < 2; i++)
        happens(&f, "2026-06-01 00:20",
                text("{\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"%s\",\"ownerRepId\":\"wang\"}}",
                     customers[i], customers[i]));
    happens(&f, "2026-06-02 09:30", "{\"customerId\":\"D1\",\"messageReceived\":{\"messageId\":\"m1\"}}");
    until(&f, "2026-06-02 16:00");
    const char *id = NULL;
    json_t *answer = json_loads(turns_ask(f.turns, "/v1/reminders?state=told&limit=60", NULL), 0, NULL);
    size_t i;
    const json_t *row;
    json_array_foreach (json_object_get(answer, "reminders"), i, row) {
        const json_t *reminder = json_object_get(row, "reminder");
        const char *kind = json_string_value(json_object_get(reminder, "kind"));
        const char *rep = json_string_value(json_object_get(reminder, "repId"));
        if (strcmp(kind, "REMINDER_KIND_REPLY_DUE") == 0 && strcmp(rep, "wang") == 0)
            id = json_string_value(json_object_get(reminder, "reminderId"));
    }
    assert_non_null(id);
    answers(&f, "2026-06-02 16:10", "wang", id, "not_interested");
    json_decref(answer);
    happens(&f, "2026-06-02 16:20", "{\"customerId\":\"D2\",\"customerMerged\":{\"otherCustomerId\":\"D1\"}}");
    until(&f, "2026-06-03 16:00");
    read_open(&f, &now);
    for (i = 0; i < now.count; i++)
        assert_null(strstr(now.lines[i], "REPLY_DUE"));
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_any_order), cmocka_unit_test(test_a_ladder_keeps_its_step),
        cmocka_unit_test(test_what_was_settled_stays_settled), cmocka_unit_test(test_candidates_are_main_customers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
