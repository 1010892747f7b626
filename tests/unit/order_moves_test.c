// An order counts once, at the customer whom its newest version names, in whatever order its events come, also when
// customers are erased and after a start.
#include "unit/dice.h"
#include "unit/shop.h"

enum { CUSTOMERS = 8, NUMBERS = 6, SOURCES = 3, EVENTS = 150, ROUNDS = 4, WAYS = 4, CROWD = 40 };

#define PLACED TEND__V1__EVENT__BODY_ORDER_PLACED
#define AMENDED TEND__V1__EVENT__BODY_ORDER_AMENDED
#define CANCELLED TEND__V1__EVENT__BODY_ORDER_CANCELLED
#define REFUNDED TEND__V1__EVENT__BODY_ORDER_REFUNDED

static void say_kin(struct turns *turns, bool merged, const char *id, int64_t time_ms, const char *customer,
                    const char *other)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__CustomerMerged body = TEND__V1__CUSTOMER_MERGED__INIT;
    Tend__V1__CustomerSplit split = TEND__V1__CUSTOMER_SPLIT__INIT;
    time.seconds = time_ms / 1000;
    event.source = changeable("desk");
    event.id = changeable(id);
    event.customer_id = changeable(customer);
    event.time = &time;
    body.other_customer_id = split.other_customer_id = changeable(other);
    event.body_case = merged ? TEND__V1__EVENT__BODY_CUSTOMER_MERGED : TEND__V1__EVENT__BODY_CUSTOMER_SPLIT;
    if (merged)
        event.customer_merged = &body;
    else
        event.customer_split = &split;
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

// --- one by one

struct word {
    Tend__V1__Event__BodyCase body; // MERGED: into A; SPLIT: from it
    const char *source, *customer;
    int day; // before the start
    int64_t units;
};

#define MERGED TEND__V1__EVENT__BODY_CUSTOMER_MERGED
#define SPLIT TEND__V1__EVENT__BODY_CUSTOMER_SPLIT

enum { WORDS = 4 };

static const struct {
    const char *name;
    struct word words[WORDS]; // about order 1
    const char *expected[3];  // customer, orders and net in the window
} cases[] = {
    {"amended under another customer",
     {{PLACED, "shop", "B", 30, 100}, {AMENDED, "shop", "A", 20, 120}},
     {"A 1 120.00 EUR", "B 0 0.00 EUR"}},
    {"back again",
     {{PLACED, "shop", "B", 30, 100}, {AMENDED, "shop", "A", 20, 120}, {AMENDED, "shop", "B", 10, 90}},
     {"A 0 0.00 EUR", "B 1 90.00 EUR"}},
    {"refunded under another customer",
     {{PLACED, "shop", "B", 30, 100}, {REFUNDED, "shop", "A", 20, 40}},
     {"A 0 0.00 EUR", "B 1 60.00 EUR"}},
    {"cancelled under another customer",
     {{PLACED, "shop", "B", 30, 100}, {CANCELLED, "shop", "A", 20, 0}},
     {"A 0 0.00 EUR", "B 0 0.00 EUR"}},
    {"two shops",
     {{PLACED, "shop", "B", 30, 100}, {PLACED, "store", "A", 30, 70}, {AMENDED, "shop", "C", 20, 100}},
     {"A 1 70.00 EUR", "B 0 0.00 EUR", "C 1 100.00 EUR"}},
    {"two shops, one customer",
     {{PLACED, "shop", "B", 30, 100}, {PLACED, "store", "B", 300, 70}, {AMENDED, "store", "A", 20, 80}},
     {"A 1 80.00 EUR", "B 1 100.00 EUR"}},
    {"an import and the shop",
     {{PLACED, "import", "B", 30, 100}, {PLACED, "shop", "B", 30, 100}, {AMENDED, "shop", "A", 20, 90}},
     {"A 1 90.00 EUR", "B 0 0.00 EUR"}},
    {"the ERP cancels", {{PLACED, "shop", "B", 30, 100}, {CANCELLED, "erp", "B", 20, 0}}, {"B 0 0.00 EUR"}},
    {"merged",
     {{PLACED, "shop", "B", 30, 100}, {AMENDED, "shop", "A", 20, 120}, {MERGED, "", "B", 0, 0}},
     {"A 1 120.00 EUR"}},
    {"merged, and with the part",
     {{PLACED, "shop", "A", 30, 100}, {AMENDED, "shop", "B", 20, 120}, {MERGED, "", "B", 0, 0}},
     {"A 1 120.00 EUR"}},
    {"told by two who are one",
     {{PLACED, "shop", "B", 30, 100}, {PLACED, "erp", "A", 29, 110}, {MERGED, "", "B", 0, 0}},
     {"A 1 110.00 EUR"}},
    {"told by two who are one, and cancelled by one of them",
     {{PLACED, "shop", "B", 30, 100},
      {PLACED, "erp", "A", 29, 110},
      {MERGED, "", "B", 0, 0},
      {CANCELLED, "erp", "A", 5, 0}},
     {"A 0 0.00 EUR"}},
    {"told by two who are two again",
     {{PLACED, "shop", "B", 30, 100}, {PLACED, "erp", "A", 29, 110}, {MERGED, "", "B", 0, 0}, {SPLIT, "", "B", -1, 0}},
     {"A 1 110.00 EUR", "B 1 100.00 EUR"}},
    {"told by two who are one, of whom one's is a third one's by now",
     {{PLACED, "shop", "B", 30, 100},
      {PLACED, "erp", "A", 29, 110},
      {AMENDED, "shop", "C", 5, 90},
      {MERGED, "", "B", 0, 0}},
     {"A 0 0.00 EUR", "C 1 90.00 EUR"}},
};

static void say_word(struct shop *shop, const struct word *word, unsigned number)
{
    char id[24];
    snprintf(id, sizeof id, "e%u", number);
    if (word->body == MERGED || word->body == SPLIT) {
        say_kin(shop->turns, word->body == MERGED, id, START_MS - word->day * DAY_MS, "A", word->customer);
        return;
    }
    struct say say = {id, word->customer, "1", START_MS - word->day * DAY_MS, word->units, "EUR", true};
    say_order_of(shop->turns, word->source, word->body, &say);
}

static void expect(struct shop *shop, const char *expected, const char *name)
{
    char path[64], found[64];
    snprintf(path, sizeof path, "/v1/customers/%c", expected[0]);
    json_t *card = ask(shop, path);
    const char *net = json_string_value(json_object_get(card, "net"));
    snprintf(found, sizeof found, "%c %d %s", expected[0], (int)json_integer_value(json_object_get(card, "orders")),
             net != NULL ? net : "0.00 EUR");
    if (strcmp(found, expected) != 0)
        fail_msg("%s: %s, not %s", name, found, expected);
    json_decref(card);
}

static void expect_all(struct shop *shop, size_t at)
{
    for (size_t i = 0; i < 3 && cases[at].expected[i] != NULL; i++)
        expect(shop, cases[at].expected[i], cases[at].name);
}

static void test_one_by_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (unsigned way = 0; way < 6; way++) { // from each word on, forward and back, each said twice
            struct shop *shop = open_shop();
            unsigned count = 0;
            while (count < WORDS && cases[i].words[count].customer != NULL)
                count++;
            for (unsigned j = 0; j < 2 * count; j++) {
                unsigned number = way < 3 ? (way + j) % count : (way + 2 * count - j) % count;
                say_word(shop, &cases[i].words[number], number);
            }
            turns_run(shop->turns, START_MS + 1000);
            expect_all(shop, i);
            turns_restart(shop->turns);
            turns_run(shop->turns, START_MS + 2000);
            expect_all(shop, i);
            close_shop(&shop);
        }
}

// A shop that numbers the orders of each customer from 1.
static void test_a_crowd(void **state)
{
    (void)state;
    struct shop *shop = open_shop();
    for (unsigned i = 0; i < 2 * CROWD; i++) {
        char customer[16], id[16];
        unsigned which = i % CROWD;
        snprintf(customer, sizeof customer, "C%02u", which);
        snprintf(id, sizeof id, "e%u", i);
        struct say say = {id, customer, "1", START_MS - (i < CROWD ? 9 : 8) * DAY_MS, 10 + which, "EUR", true};
        say_order(shop->turns, i < CROWD ? PLACED : AMENDED, &say);
    }
    for (unsigned way = 0; way < 2; way++) {
        turns_run(shop->turns, START_MS + 1000);
        for (unsigned i = 0; i < CROWD; i++) {
            char path[32], net[32];
            snprintf(path, sizeof path, "/v1/customers/C%02u", i);
            snprintf(net, sizeof net, "%u.00 EUR", 10 + i);
            json_t *card = ask(shop, path);
            assert_int_equal(json_integer_value(json_object_get(card, "orders")), 1);
            assert_string_equal(json_string_value(json_object_get(card, "net")), net);
            json_decref(card);
        }
        turns_restart(shop->turns);
    }
    close_shop(&shop);
}

// An order that is taken back and given anew names its event once as the reason.
static void test_the_event_is_named_once(void **state)
{
    (void)state;
    static const struct word words[] = {
        {PLACED, "shop", "A", 30, 100}, {PLACED, "store", "B", 30, 90}, {CANCELLED, "erp", "A", 1, 0}};
    struct shop *shop = open_shop();
    for (unsigned i = 0; i < 3; i++) {
        say_word(shop, &words[i], i);
        turns_run(shop->turns, START_MS + 1000 * (i + 1));
    }
    json_t *why = ask(shop, "/v1/customers/A/why?dimension=value.abc");
    const json_t *change = json_array_get(json_object_get(why, "changes"), 0);
    const json_t *events = json_object_get(change, "eventIds");
    assert_int_equal(json_array_size(events), 1);
    assert_string_equal(json_string_value(json_array_get(events, 0)), "erp/e2");
    json_decref(why);
    close_shop(&shop);
}

// --- in any order

struct happening {
    Tend__V1__Event__BodyCase body;
    char id[16], customer[8], source[8];
    char order[8]; // of MERGED and SPLIT, the other customer
    int64_t time_ms, units;
};

static void make_course(struct happening *events, struct dice *dice)
{
    static const Tend__V1__Event__BodyCase bodies[] = {PLACED, PLACED, AMENDED, AMENDED, REFUNDED, CANCELLED};
    for (unsigned i = 0; i < EVENTS; i++) {
        struct happening *event = &events[i];
        // Some numbers few speak of, and one nearly all.
        unsigned number = (unsigned)dice_throw(dice, 1 + dice_throw(dice, NUMBERS));
        unsigned customers = number == 0 ? CUSTOMERS : 3;
        event->body = bodies[dice_throw(dice, dice_throw(dice, 3) == 0 ? 6 : 4)];
        event->time_ms = START_MS - (dice_throw(dice, 300 * 86400) + 1) * 1000;
        event->units = 1 + dice_throw(dice, 900);
        snprintf(event->id, sizeof event->id, "e%u", i);
        snprintf(event->order, sizeof event->order, "o%u", number);
        snprintf(event->customer, sizeof event->customer, "C%u", (unsigned)dice_throw(dice, customers));
        snprintf(event->source, sizeof event->source, "s%u", (unsigned)dice_throw(dice, SOURCES));
        if (i % 12 != 0)
            continue;
        event->body = dice_throw(dice, 3) > 0 ? MERGED : SPLIT;
        snprintf(event->order, sizeof event->order, "C%u", (unsigned)dice_throw(dice, CUSTOMERS));
    }
}

static bool is_kin(const struct happening *event)
{
    return event->body == MERGED || event->body == SPLIT;
}

static bool is_about(const struct happening *event, const char *customer)
{
    return strcmp(event->customer, customer) == 0 || (is_kin(event) && strcmp(event->order, customer) == 0);
}

static void say_happening(struct shop *shop, const struct happening *event)
{
    if (is_kin(event)) {
        if (strcmp(event->customer, event->order) != 0)
            say_kin(shop->turns, event->body == MERGED, event->id, event->time_ms, event->customer, event->order);
        return;
    }
    struct say say = {event->id, event->customer, event->order, event->time_ms, event->units, "EUR", true};
    say_order_of(shop->turns, event->source, event->body, &say);
}

// Some twice, some turns apart, once over a start; the customer `gone` is erased on the way.
static void say_all(struct shop *shop, const struct happening *events, const char *gone, struct dice *dice)
{
    size_t order[EVENTS + EVENTS / 4], count = sizeof order / sizeof *order;
    for (size_t i = 0; i < count; i++)
        order[i] = i < EVENTS ? i : (size_t)dice_throw(dice, EVENTS);
    for (size_t i = count; i > 1; i--) {
        size_t with = (size_t)dice_throw(dice, (int64_t)i), kept = order[with];
        order[with] = order[i - 1];
        order[i - 1] = kept;
    }
    size_t restart = (size_t)dice_throw(dice, (int64_t)count), erased = (size_t)dice_throw(dice, (int64_t)count);
    for (size_t i = 0; i < count; i++) {
        if (i == erased)
            say_erased(shop->turns, gone);
        if (!is_about(&events[order[i]], gone) || (i < erased && !is_kin(&events[order[i]])))
            say_happening(shop, &events[order[i]]);
        if (dice_throw(dice, 5) == 0 || i == erased || i == restart)
            turns_step(shop->turns);
        if (i == restart)
            turns_restart(shop->turns);
    }
}

// What an order is must not depend on the way, and neither must whose it is: of all orders and of each customer.
static void test_in_any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    static struct happening events[EVENTS];
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct shop *timely = open_shop();
        make_course(events, &dice);
        char gone[8];
        snprintf(gone, sizeof gone, "C%u", (unsigned)dice_throw(&dice, CUSTOMERS));
        for (unsigned i = 0; i < EVENTS; i++)
            if (!is_about(&events[i], gone))
                say_happening(timely, &events[i]);
        turns_run(timely->turns, START_MS + 60000);
        for (unsigned way = 0; way < WAYS; way++) {
            struct shop *shop = open_shop();
            say_all(shop, events, gone, &dice);
            turns_run(shop->turns, START_MS + 60000);
            compare(shop, timely);
            turns_restart(shop->turns);
            turns_run(shop->turns, START_MS + 60000);
            compare(shop, timely);
            close_shop(&shop);
        }
        close_shop(&timely);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_by_one),
        cmocka_unit_test(test_a_crowd),
        cmocka_unit_test(test_the_event_is_named_once),
        cmocka_unit_test(test_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
