// Scoring forgets a customer: what is left is what a service says that never heard of that one, also after a start.
#include "unit/dice.h"
#include "unit/shop.h"

enum { CUSTOMERS = 40, ORDERS = 400, GONE = 6, ROUNDS = 8 };

static void say_referral(struct turns *turns, const char *customer, const char *other)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__ReferralMade body = TEND__V1__REFERRAL_MADE__INIT;
    time.seconds = START_MS / 1000;
    event.source = event.id = changeable("referral");
    event.customer_id = changeable(customer);
    event.time = &time;
    event.body_case = TEND__V1__EVENT__BODY_REFERRAL_MADE;
    event.referral_made = &body;
    body.other_customer_id = changeable(other);
    body.what = changeable("a word about somebody");
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

// The same history for both, less what is about whom one of them never hears of.
static void play(struct shop *shop, uint64_t seed, int64_t gone_from)
{
    struct dice dice = {seed};
    for (unsigned i = 0; i < ORDERS; i++) {
        char customer[16], order[16], id[24];
        int64_t which = dice_throw(&dice, CUSTOMERS), days = dice_throw(&dice, 500), units = 1 + dice_throw(&dice, 900);
        bool cancelled = dice_throw(&dice, 10) == 0;
        snprintf(customer, sizeof customer, "C%02d", (int)which);
        snprintf(order, sizeof order, "o%u", i);
        if (which >= gone_from)
            continue;
        say_placed(shop->turns, customer, order, START_MS - days * DAY_MS, units, true);
        snprintf(id, sizeof id, "cancel-%u", i);
        struct say say = {id, customer, order, START_MS, 0, "", true};
        if (cancelled)
            say_order(shop->turns, TEND__V1__EVENT__BODY_ORDER_CANCELLED, &say);
    }
    turns_run(shop->turns, START_MS + 1000);
}

static void test_it_is_as_if_they_had_never_been(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t seed = dice_bits(&dice) | 1;
        struct shop *shop = open_shop(), *never = open_shop();
        play(shop, seed, CUSTOMERS);
        play(never, seed, CUSTOMERS - GONE);
        for (unsigned i = CUSTOMERS - GONE; i < CUSTOMERS; i++) {
            char id[16];
            snprintf(id, sizeof id, "C%02u", i);
            say_erased(shop->turns, id);
        }
        turns_run(shop->turns, START_MS + 60000);
        turns_run(never->turns, START_MS + 60000);
        compare(shop, never);
        turns_run(shop->turns, START_MS + 3 * DAY_MS);
        turns_run(never->turns, START_MS + 3 * DAY_MS);
        compare(shop, never);
        turns_restart(shop->turns);
        turns_run(shop->turns, START_MS + 3 * DAY_MS + 1000);
        turns_run(never->turns, START_MS + 3 * DAY_MS + 1000);
        compare(shop, never);
        close_shop(&shop);
        close_shop(&never);
    }
}

struct search {
    const char *text;
    bool found;
};

static bool look(void *self, const struct record *record)
{
    struct search *search = self;
    bool erasure = (record->flags & RECORD_ERASES) != 0;
    if (!erasure && memmem(record->payload, record->length, search->text, strlen(search->text)) != NULL)
        search->found = true;
    return true;
}

static bool store_holds(struct shop *shop, const char *text)
{
    struct search search = {text, false};
    struct tx *tx = store_begin_read(engine_store(turns_engine(shop->turns)));
    journal_each(tx, 1, look, &search);
    for (unsigned i = 0; i < scoring_service.table_count; i++) {
        struct cursor *cursor = cursor_open(tx, STORE_TABLE_SERVICE + i);
        struct slice key, value;
        while (cursor_next(cursor, &key, &value))
            search.found |= memmem(key.bytes, key.length, text, strlen(text)) != NULL ||
                            memmem(value.bytes, value.length, text, strlen(text)) != NULL;
        cursor_close(&cursor);
    }
    tx_abort(&tx);
    return search.found;
}

// Nothing of the id is left in a row or a record, and whoever comes with it afterwards is somebody new.
static void test_no_row_is_left(void **state)
{
    (void)state;
    int status;
    struct shop *shop = open_shop();
    say_placed(shop->turns, "Gone", "o1", START_MS - DAY_MS, 500, false);
    say_placed(shop->turns, "Stays", "o2", START_MS - DAY_MS, 100, false);
    say_referral(shop->turns, "Stays", "Gone");
    turns_run(shop->turns, START_MS + 1000);
    assert_true(store_holds(shop, "Gone"));
    say_erased(shop->turns, "Gone");
    turns_run(shop->turns, START_MS + 2000);
    assert_false(store_holds(shop, "Gone"));
    assert_false(store_holds(shop, "a word about"));
    assert_true(store_holds(shop, "Stays"));
    turns_ask(shop->turns, "/v1/customers/Gone", &status);
    assert_int_equal(status, 404);
    turns_ask(shop->turns, "/v1/customers/Stays", &status);
    assert_int_equal(status, 200);
    uint64_t said = turns_last(shop->turns);
    turns_run(shop->turns, START_MS + 400 * DAY_MS);
    turns_restart(shop->turns);
    turns_run(shop->turns, START_MS + 402 * DAY_MS);
    assert_false(store_holds(shop, "Gone"));
    assert_true(turns_last(shop->turns) > said); // about the other one
    say_placed(shop->turns, "Gone", "o3", START_MS + 402 * DAY_MS, 70, false);
    turns_run(shop->turns, START_MS + 402 * DAY_MS + 1000);
    json_t *card = ask(shop, "/v1/customers/Gone");
    assert_int_equal(json_integer_value(json_object_get(card, "orders")), 1);
    json_decref(card);
    close_shop(&shop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_as_if_they_had_never_been),
        cmocka_unit_test(test_no_row_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
