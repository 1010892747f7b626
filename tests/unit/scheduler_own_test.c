// What is said of customers who are merged and split, in whatever order it is heard: while they are one it counts for
// the main one, after a split for each alone, as if nobody had ever taken them for one.
#include "services/scheduler/diary.h"
#include "services/scheduler/rows.h"
#include "unit/dice.h"
#include "unit/rows.h"

enum { CUSTOMERS = 3, SAID = 40, WORDS = 7, SPLITS = CUSTOMERS, FACTS = SAID + WORDS + SPLITS, ROUNDS = 5, WAYS = 20 };
enum { DUMP_BYTES = 16384 };

struct said {
    char when[40];
    char json[260];
    char first[260]; // the same, said of the first customer
};

static const char *const customers[CUSTOMERS] = {"D1", "D2", "D3"};

// --- facts

// What is said of a customer: %1$u is the fact's number, %2$u chance from 0 to 9, %3$s a day's call of the customer.
static const char *const SAYINGS[] = {
    "\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"nextAt\":"
    "\"2026-07-1%2$uT09:00:00Z\",\"note\":\"n%1$u\"}",
    "\"repId\":\"li\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"direction\":\"in\"}",
    "\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"no_answer\"}",
    "\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"email\",\"direction\":\"out\",\"automatic\":true}",
    "\"leadUpdated\":{\"stage\":\"plans\",\"intention\":3,\"expectedOrderDate\":\"2026-08-1%2$u\",\"power\":\"yes\"}",
    "\"leadUpdated\":{\"intention\":5,\"expectedQuantityMilli\":\"%1$u000\",\"need\":\"no\"}",
    "\"messageReceived\":{\"messageId\":\"m%1$u\",\"subject\":\"s%1$u\"}",
    "\"messageReceived\":{\"messageId\":\"m%1$u\",\"subject\":\"s%1$u\"}",
    "\"repId\":\"wang\",\"messageReplied\":{\"messageId\":\"m%1$u\"}",
    "\"surveySent\":{\"channel\":\"email\"}",
    "\"orderDelivered\":{\"orderId\":\"o%1$u\"}",
    "\"orderPaid\":{\"orderId\":\"o%1$u\",\"amount\":\"1 CNY\"}",
    "\"giftGiven\":{\"what\":\"tea\",\"amount\":\"%1$u CNY\"}",
    "\"contractSigned\":{\"contractId\":\"c%2$u\",\"to\":\"2027-01-1%2$u\"}",
    "\"quoteLost\":{\"quoteId\":\"q%2$u\",\"followOn\":\"2026-09-1%2$u\"}",
    "\"customerUpserted\":{\"name\":\"n\",\"ownerRepId\":\"wang\"}",
    "\"customerUpserted\":{\"name\":\"n\",\"ownerRepId\":\"li\"}",
    "\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%3$s\",\"outcome\":\"not_interested\"}",
    "\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%3$s\",\"outcome\":\"no_answer\"}",
    "\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%3$s\",\"outcome\":\"done\"}",
    "\"repId\":\"wang\",\"reminderAnswered\":{\"reminderId\":\"%3$s\",\"outcome\":\"rescheduled\",\"nextAt\":"
    "\"2026-06-2%2$uT02:00:00Z\"}",
};
enum { SAYING_COUNT = sizeof SAYINGS / sizeof SAYINGS[0] };

// A call that another process listed, of which nobody knows here until it is answered.
static const char *call_of(const char *customer)
{
    uint8_t id[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    diary_reminder_id(customer, KIND_CALL, (uint64_t)day("2026-05-20"), id);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", id[i]);
    return text("%s", hex);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void say_of(const char *customer, unsigned saying, unsigned number, unsigned chance, char json[260])
{
    char body[230];
    bool answer = strstr(SAYINGS[saying], "reminderAnswered") != NULL;
    snprintf(body, sizeof body, SAYINGS[saying], number, chance, call_of(customer));
    snprintf(json, 260, "{\"customerId\":\"%s\",%s}", answer ? "" : customer, body);
}

static void make_saying(struct dice *dice, struct said *fact, unsigned number)
{
    const char *customer = customers[dice_throw(dice, CUSTOMERS)];
    unsigned saying = number < SAYING_COUNT ? number : (unsigned)dice_throw(dice, SAYING_COUNT);
    unsigned chance = (unsigned)dice_throw(dice, 8) + 1;
    say_of(customer, saying, number, chance, fact->json);
    say_of(customers[0], saying, number, chance, fact->first);
}
#pragma GCC diagnostic pop

static void make_word(struct dice *dice, struct said *fact)
{
    unsigned other = (unsigned)dice_throw(dice, CUSTOMERS);
    unsigned with = (other + 1 + (unsigned)dice_throw(dice, CUSTOMERS - 1)) % CUSTOMERS;
    snprintf(fact->json, sizeof fact->json, "{\"customerId\":\"%s\",\"%s\":{\"otherCustomerId\":\"%s\"}}",
             customers[with], dice_throw(dice, 3) == 0 ? "customerSplit" : "customerMerged", customers[other]);
}

// Sayings, then words at any time, and at last everybody stands alone again.
static void make_facts(struct dice *dice, struct said *facts)
{
    for (unsigned i = 0; i < FACTS; i++) {
        unsigned minute = i < SAID ? 7 * i : i < SAID + WORDS ? 1 + (unsigned)dice_throw(dice, 7 * SAID) : 7 * SAID + i;
        if (i < SAID)
            make_saying(dice, &facts[i], i);
        else if (i < SAID + WORDS)
            make_word(dice, &facts[i]);
        else
            snprintf(facts[i].json, sizeof facts[i].json,
                     "{\"customerId\":\"%s\",\"customerSplit\":{\"otherCustomerId\":\"%s\"}}",
                     customers[(i + 1) % CUSTOMERS], customers[i % CUSTOMERS]);
        snprintf(facts[i].when, sizeof facts[i].when, "2026-06-02 %02u:%02u", 9 + minute / 60, minute % 60);
    }
}

static void hear_fact(struct fixture *f, const struct said *fact, unsigned number)
{
    struct verify_error error;
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, fact->json, strlen(fact->json), NULL, &error);
    if (event == NULL)
        fail_msg("%s: %s: %s", fact->json, error.field, error.reason);
    Tend__V1__Event whole = *event;
    whole.id = text("e%u", number);
    whole.source = text("test");
    whole.time = stamp(moment(f, fact->when));
    say(f, &whole);
    turns_run(f->turns, turns_now_ms(f->turns));
    protobuf_c_message_free_unpacked(&event->base, NULL);
}

// --- rows

static int by_bytes(const void *left, const void *right)
{
    return memcmp(left, right, 28);
}

// Of two orders in which deals came the places in the row may differ.
static void add_bytes(char **at, const char *name, const uint8_t *bytes, size_t length)
{
    uint8_t sorted[256];
    if (strcmp(name, "packed_contracts") == 0 && length <= sizeof sorted) {
        memcpy(sorted, bytes, length);
        qsort(sorted, length / 28, 28, by_bytes);
        bytes = sorted;
    }
    if (strcmp(name, "packed_quotes") == 0)
        length = length > 32 ? 0 : length;
    for (size_t i = 0; i < length; i++)
        *at += sprintf(*at, "%02x", bytes[i]);
}

static void dump_row(const struct customer *row, bool with_events, char *dump)
{
    static const size_t SIZES[] = {[PACK_8] = 1, [PACK_32] = 4, [PACK_64] = 8};
    char *at = dump;
    for (const struct pack_field *field = rows_own; field->type != PACK_END; field++) {
        const uint8_t *member = (const uint8_t *)row + field->offset;
        struct slice slice = {.length = 0};
        const char *words = "";
        bool events = strcmp(field->name, "sources") == 0 || strcmp(field->name, "known_ms") == 0;
        if (events && !with_events)
            continue;
        at += sprintf(at, "%s=", field->name);
        if (field->type == PACK_TEXT) {
            memcpy(&words, member, sizeof words);
            slice = (struct slice){(const uint8_t *)words, words != NULL ? strlen(words) : 0};
        } else if (field->type == PACK_SLICE) {
            memcpy(&slice, member, sizeof slice);
        } else {
            slice = (struct slice){member, field->count * SIZES[field->type]};
        }
        add_bytes(&at, field->name, slice.bytes, slice.length);
        *at++ = '\n';
    }
    *at = '\0';
    assert_true(at - dump < DUMP_BYTES);
}

struct end {
    char rows[CUSTOMERS][DUMP_BYTES];
    unsigned second; // rows beside the rows
};

static void read_end(struct fixture *f, bool with_events, struct end *end)
{
    struct tx *tx = store_begin_read(engine_store(turns_engine(f->turns)));
    for (unsigned i = 0; i < CUSTOMERS; i++) {
        struct slice value;
        struct customer row = {.owner = ""};
        assert_true(tx_get(tx, TABLE_CUSTOMER, customers[i], strlen(customers[i]), &value));
        assert_true(pack_read(rows_customer, value.bytes, value.length, &row));
        dump_row(&row, with_events, end->rows[i]);
    }
    struct slice key, value;
    struct cursor *cursor = cursor_open(tx, TABLE_OWN);
    end->second = 0;
    for (bool found = cursor_seek(cursor, "", 1, &key, &value); found; found = cursor_next(cursor, &key, &value))
        end->second++;
    cursor_close(&cursor);
    tx_abort(&tx);
}

// Hears those facts of `order` whose numbers are in the bounds.
static void play(const struct said *facts, const unsigned *order, unsigned from, unsigned to, bool with_events,
                 struct end *end)
{
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:10",
            "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"timeZone\":\"Asia/"
            "Shanghai\",\"managerRepId\":\"zhao\"}}");
    for (unsigned i = 0; i < CUSTOMERS; i++)
        happens(&f, "2026-06-01 00:20",
                text("{\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"%s\"}}", customers[i], customers[i]));
    until(&f, "2026-06-02 15:00");
    for (unsigned i = 0; i < FACTS; i++)
        if (order[i] < SAID || (order[i] >= from && order[i] < to))
            hear_fact(&f, &facts[order[i]], order[i]);
    read_end(&f, with_events, end);
    finish(&f);
}

static void shuffle(struct dice *dice, unsigned *order)
{
    for (unsigned i = FACTS; i > 1; i--) {
        unsigned with = (unsigned)dice_throw(dice, i), kept = order[with];
        order[with] = order[i - 1];
        order[i - 1] = kept;
    }
}

static void expect_same(const struct end *one, const struct end *other, const struct said *facts, const unsigned *order)
{
    for (unsigned c = 0; c < CUSTOMERS; c++) {
        const char *left = one->rows[c], *right = other->rows[c];
        if (strcmp(left, right) == 0)
            continue;
        for (unsigned i = 0; i < FACTS; i++)
            printf("%2u heard as %s %s\n", i, facts[order[i]].when, facts[order[i]].json);
        while (*left != '\0') {
            int length = (int)strcspn(left, "\n"), others = (int)strcspn(right, "\n");
            if (length != others || memcmp(left, right, (size_t)length) != 0)
                printf("%s: %.*s\n    not %.*s\n", customers[c], others, right, length, left);
            left += length + 1;
            right += others + 1;
        }
        fail_msg("%s has other words", customers[c]);
    }
}

// While all are one, the main one has what it would have, had all of it been said of itself.
static void test_one_of_all(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static struct said facts[FACTS], alone[FACTS];
    static struct end one, now;
    unsigned order[FACTS];
    for (unsigned round = 0; round < WAYS; round++) {
        make_facts(&dice, facts);
        memcpy(alone, facts, sizeof alone);
        for (unsigned i = 0; i < FACTS; i++) {
            order[i] = i;
            memcpy(alone[i].json, i < SAID ? facts[i].first : facts[i].json, sizeof alone[i].json);
        }
        for (unsigned i = 1; i < CUSTOMERS; i++)
            snprintf(facts[SAID + i].json, sizeof facts[0].json,
                     "{\"customerId\":\"%s\",\"customerMerged\":{\"otherCustomerId\":\"%s\"}}", customers[0],
                     customers[i]);
        play(alone, order, 0, 0, false, &one);
        shuffle(&dice, order);
        play(facts, order, SAID + 1, SAID + CUSTOMERS, false, &now);
        const char *left = strstr(one.rows[0], "contact_ms="), *right = strstr(now.rows[0], "contact_ms=");
        assert_non_null(left); // behind the owner, who is the main one's own
        assert_string_equal(left, right);
    }
}

static void test_own_words_in_any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static struct said facts[FACTS];
    static struct end never, timely, now;
    unsigned order[FACTS], second = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        make_facts(&dice, facts);
        for (unsigned i = 0; i < FACTS; i++)
            order[i] = i;
        play(facts, order, 0, 0, false, &never);
        assert_int_equal(never.second, 0);
        play(facts, order, SAID, SAID + WORDS, true, &timely);
        for (unsigned way = 0; way < WAYS; way++) {
            shuffle(&dice, order);
            play(facts, order, SAID, SAID + WORDS, true, &now);
            expect_same(&timely, &now, facts, order);
            assert_int_equal(timely.second, now.second);
            second += now.second;
            play(facts, order, SAID, FACTS, false, &now);
            expect_same(&never, &now, facts, order);
            assert_int_equal(now.second, 0);
        }
    }
    assert_true(second > 0);
}

// --- stories

static void begin_two(struct fixture *f, const char *owner_of_second)
{
    begin_team(f, "{}");
    happens(f, "2026-06-01 00:20",
            "{\"customerId\":\"D1\",\"customerUpserted\":{\"name\":\"B\",\"ownerRepId\":\"wang\"}}");
    happens(
        f, "2026-06-01 00:21",
        text("{\"customerId\":\"D2\",\"customerUpserted\":{\"name\":\"A\",\"ownerRepId\":\"%s\"}}", owner_of_second));
}

static const char MERGED[] = "{\"customerId\":\"D2\",\"customerMerged\":{\"otherCustomerId\":\"D1\"}}";
static const char SPLIT[] = "{\"customerId\":\"D2\",\"customerSplit\":{\"otherCustomerId\":\"D1\"}}";

// Why each of the two is on the list of that day, 0 where it is not.
static void expect_calls(struct fixture *f, const char *date, int first, int second)
{
    until(f, text("%s 00:01", date));
    catch_up(f);
    uint64_t from = f->read;
    until(f, text("%s 12:00", date));
    int one = reason_on_next_list(f, "D1", NULL);
    f->read = from;
    int other = reason_on_next_list(f, "D2", NULL);
    if (one != first || other != second)
        fail_msg("on %s they are called for %d and %d, not %d and %d", date, one, other, first, second);
}

static unsigned open_replies(struct fixture *f, const char *customer)
{
    unsigned count = 0;
    size_t i;
    const json_t *row;
    json_t *answer = json_loads(turns_ask(f->turns, "/v1/reminders?state=told&limit=60", NULL), 0, NULL);
    assert_non_null(answer);
    json_array_foreach (json_object_get(answer, "reminders"), i, row) {
        const json_t *reminder = json_object_get(row, "reminder");
        const char *whose = json_string_value(json_object_get(reminder, "customerId"));
        count += strcmp(json_string_value(json_object_get(reminder, "kind")), "REMINDER_KIND_REPLY_DUE") == 0 &&
                 strcmp(json_string_value(json_object_get(reminder, "repId")), "wang") == 0 && whose != NULL &&
                 strcmp(whose, customer) == 0;
    }
    json_decref(answer);
    return count;
}

// Whom a wrong merge took the day on which to call, gets it back; and a day that was agreed meanwhile is its own.
static void test_the_call_on_friday(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "wang");
    happens(&f, "2026-06-01 10:00",
            "{\"customerId\":\"D2\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"nextAt\":"
            "\"2026-06-04T02:00:00Z\"}}");
    happens(&f, "2026-06-01 10:10", MERGED);
    happens(&f, "2026-06-01 10:20",
            "{\"customerId\":\"D1\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"nextAt\":"
            "\"2026-06-05T02:00:00Z\"}}");
    happens(&f, "2026-06-02 10:00", SPLIT);
    expect_calls(&f, "2026-06-04", 0, CALL_APPOINTMENT);
    expect_calls(&f, "2026-06-05", CALL_APPOINTMENT, CALL_APPOINTMENT);
    finish(&f);
}

// A message waits for an answer to whoever sent it, under the name that this one goes by.
static void test_a_message_goes_back(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "wang");
    happens(&f, "2026-06-02 09:30", "{\"customerId\":\"D1\",\"messageReceived\":{\"messageId\":\"m1\"}}");
    until(&f, "2026-06-02 16:30");
    assert_int_equal(open_replies(&f, "D1"), 1);
    happens(&f, "2026-06-02 16:40", MERGED);
    until(&f, "2026-06-02 16:45");
    assert_int_equal(open_replies(&f, "D1"), 0);
    assert_int_equal(open_replies(&f, "D2"), 1);
    happens(&f, "2026-06-02 16:50", SPLIT);
    until(&f, "2026-06-02 16:55");
    assert_int_equal(open_replies(&f, "D1"), 1);
    assert_int_equal(open_replies(&f, "D2"), 0);
    // What the other was told meanwhile is no answer to this one; while they are one it is.
    happens(&f, "2026-06-02 17:00", MERGED);
    until(&f, "2026-06-02 17:05");
    assert_int_equal(open_replies(&f, "D2"), 1);
    happens(&f, "2026-06-02 17:10", "{\"customerId\":\"D2\",\"messageReplied\":{\"messageId\":\"m0\"}}");
    until(&f, "2026-06-02 17:15");
    assert_int_equal(open_replies(&f, "D1") + open_replies(&f, "D2"), 0);
    happens(&f, "2026-06-02 17:20", SPLIT);
    until(&f, "2026-06-02 17:25");
    assert_int_equal(open_replies(&f, "D1"), 1);
    finish(&f);
}

// To what was said to need no answer while they were one, none is owed after a split.
static void test_an_answered_reply_stays_answered(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "wang");
    happens(&f, "2026-06-02 09:30", MERGED);
    happens(&f, "2026-06-02 09:40", "{\"customerId\":\"D1\",\"messageReceived\":{\"messageId\":\"m1\"}}");
    catch_up(&f);
    until(&f, "2026-06-02 16:30");
    const char *id = NULL;
    for (Tend__V1__Reminder *told; id == NULL && (told = next_reminder(&f)) != NULL; drop_reminder(told))
        if (told->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_REPLY_DUE)
            id = text("%s", told->reminder_id);
    assert_non_null(id);
    answers(&f, "2026-06-02 16:40", "wang", id, "not_interested");
    happens(&f, "2026-06-02 16:50", SPLIT);
    until(&f, "2026-06-03 17:00");
    assert_int_equal(open_replies(&f, "D1") + open_replies(&f, "D2"), 0);
    finish(&f);
}

// A main customer of nobody's is called by whoever has the other, as long as they are one.
static void test_somebody_calls_them(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "");
    happens(&f, "2026-06-01 10:00",
            "{\"customerId\":\"D2\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"nextAt\":"
            "\"2026-06-03T02:00:00Z\"}}");
    happens(&f, "2026-06-01 10:10",
            "{\"customerId\":\"D2\",\"complaintOpened\":{\"complaintId\":\"k1\",\"what\":\"wet\"}}");
    until(&f, "2026-06-01 11:00");
    catch_up(&f);
    happens(&f, "2026-06-01 11:10", MERGED);
    hears(&f, "2026-06-01 11:10", "wang", "complaint_acknowledge", "D2");
    expect_calls(&f, "2026-06-03", 0, CALL_APPOINTMENT);
    happens(&f, "2026-06-03 12:10",
            "{\"customerId\":\"D2\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\",\"nextAt\":"
            "\"2026-06-05T02:00:00Z\"}}");
    happens(&f, "2026-06-03 12:20", SPLIT);
    expect_calls(&f, "2026-06-05", 0, 0);
    finish(&f);
}

// A store from before own words were kept beside the row: what was heard until then stays with the main customer, what
// is said from then on is told apart.
static void test_a_store_from_before(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "wang");
    happens(&f, "2026-06-01 10:00",
            "{\"customerId\":\"D1\",\"contactLogged\":{\"outcome\":\"reached\",\"nextAt\":\"2026-06-04T02:00:00Z\"}}");
    happens(&f, "2026-06-01 10:10", MERGED);
    struct tx *tx = store_begin(engine_store(turns_engine(f.turns)));
    assert_true(tx_delete(tx, TABLE_OWN, "D2", 2));
    assert_int_equal(tx_commit(&tx), 0);
    happens(&f, "2026-06-01 10:20",
            "{\"customerId\":\"D1\",\"contactLogged\":{\"outcome\":\"reached\",\"nextAt\":\"2026-06-05T02:00:00Z\"}}");
    happens(&f, "2026-06-02 10:00", SPLIT);
    expect_calls(&f, "2026-06-04", 0, CALL_APPOINTMENT);
    expect_calls(&f, "2026-06-05", CALL_APPOINTMENT, CALL_APPOINTMENT);
    finish(&f);
}

// Nothing of whoever was erased is left with those who were one with it.
static void test_words_of_the_erased_go(void **state)
{
    (void)state;
    struct fixture f;
    begin_two(&f, "wang");
    happens(&f, "2026-06-01 10:00", MERGED);
    happens(&f, "2026-06-01 10:10",
            "{\"customerId\":\"D1\",\"contactLogged\":{\"outcome\":\"reached\",\"nextAt\":\"2026-06-04T02:00:00Z\"}}");
    happens(&f, "2026-06-02 10:00", "{\"customerId\":\"D1\",\"customerErased\":{}}");
    expect_calls(&f, "2026-06-04", 0, 0);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_of_all),
        cmocka_unit_test(test_own_words_in_any_order),
        cmocka_unit_test(test_the_call_on_friday),
        cmocka_unit_test(test_a_message_goes_back),
        cmocka_unit_test(test_an_answered_reply_stays_answered),
        cmocka_unit_test(test_somebody_calls_them),
        cmocka_unit_test(test_a_store_from_before),
        cmocka_unit_test(test_words_of_the_erased_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
