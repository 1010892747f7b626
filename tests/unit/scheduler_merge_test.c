// Customers who were merged and split, in whatever order it is heard: what is open for whom is what it is when it is
// heard in time's order.
#include "unit/dice.h"
#include "unit/rows.h"

enum { CUSTOMERS = 3, FACTS = 22, ROUNDS = 4, WAYS = 6, OPEN_MAX = 64, LINE_BYTES = 200 };

struct fact {
    char when[24];
    char json[260];
};

struct open {
    char lines[OPEN_MAX][LINE_BYTES];
    size_t count;
};

static const char *const customers[CUSTOMERS] = {"C1", "D1", "D2"};

// Each matter is of one customer, and opened once. The last two facts say that D1 is part of C1, and D2 of one of them.
static void make_fact(struct dice *dice, struct fact *fact, unsigned number)
{
    unsigned matter = number / 2, minute = number * 13;
    const char *customer = customers[matter % CUSTOMERS];
    static const char *const opened[] = {
        "\"complaintOpened\":{\"complaintId\":\"k%u\",\"what\":\"wet\"}",
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
    unsigned merged = FACTS - number;
    minute = merged <= 2 ? (unsigned)dice_throw(dice, 300) : minute;
    snprintf(fact->when, sizeof fact->when, "2026-06-02 %02u:%02u", 9 + minute / 60, minute % 60);
    if (merged <= 2) {
        const char *into = merged == 1 && dice_throw(dice, 2) == 0 ? customers[1] : customers[0];
        snprintf(fact->json, sizeof fact->json,
                 "{\"customerId\":\"%s\",\"customerMerged\":{\"otherCustomerId\":\"%s\"}}", into,
                 customers[3 - merged]);
        return;
    }
    unsigned kind = matter % 4;
    char body[160];
    bool closes = number % 2 == 1;
    if (closes && dice_throw(dice, 2) == 0) // of another matter, which is opened once all the same
        snprintf(body, sizeof body, "\"praiseReceived\":{\"what\":\"w%u\"}", matter);
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
        if (kind == NULL || rep == NULL || strcmp(rep, "wang") != 0 || strcmp(kind, "REMINDER_KIND_COMPLAINT_ACT") == 0)
            continue; // a step of a ladder: it goes by when the first was told
        snprintf(open->lines[open->count++], LINE_BYTES, "%s %s %s", kind != NULL ? kind : "",
                 customer != NULL ? customer : "", rep != NULL ? rep : "");
    }
    json_decref(answer);
    qsort(open->lines, open->count, LINE_BYTES, by_text);
}

static void play(const struct fact *facts, const unsigned *order, struct open *open)
{
    struct fixture f;
    begin_team(&f, "{}");
    for (unsigned i = 0; i < CUSTOMERS; i++)
        happens(&f, "2026-06-01 00:20",
                text("{\"customerId\":\"%s\",\"customerUpserted\":{\"name\":\"%s\",\"ownerRepId\":\"wang\"}}",
                     customers[i], customers[i]));
    until(&f, "2026-06-02 15:00");
    for (unsigned i = 0; i < FACTS; i++)
        hear_fact(&f, &facts[order[i]]);
    until(&f, "2026-06-02 17:30");
    read_open(&f, open);
    finish(&f);
}

static void test_in_any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static struct fact facts[FACTS];
    static struct open timely, other;
    size_t told = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        unsigned order[FACTS];
        for (unsigned i = 0; i < FACTS; i++) {
            make_fact(&dice, &facts[i], i);
            order[i] = i;
        }
        play(facts, order, &timely);
        told += timely.count;
        for (unsigned way = 0; way < WAYS; way++) {
            for (unsigned i = FACTS; i > 1; i--) {
                unsigned with = (unsigned)dice_throw(&dice, i), kept = order[with];
                order[with] = order[i - 1];
                order[i - 1] = kept;
            }
            play(facts, order, &other);
            bool same = timely.count == other.count;
            for (size_t i = 0; same && i < timely.count; i++)
                same = strcmp(timely.lines[i], other.lines[i]) == 0;
            if (same)
                continue;
            for (unsigned i = 0; i < FACTS; i++)
                printf("%2u heard as %s %s\n", i, facts[order[i]].when, facts[order[i]].json);
            for (size_t i = 0; i < timely.count; i++)
                printf("timely %s\n", timely.lines[i]);
            for (size_t i = 0; i < other.count; i++)
                printf("other  %s\n", other.lines[i]);
            fail_msg("round %u way %u", round, way);
        }
    }
    assert_true(told > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_in_any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
