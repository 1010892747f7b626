// Customers who were merged and split again: who is part of whom, in whatever order it is heard; and that scoring then
// says of the main one what it would say if everything had been said of that one from the beginning.
#include "common/hash.h"
#include "services/scoring/kinship.h"
#include "unit/dice.h"
#include "unit/shop.h"

enum { CUSTOMERS = 12, ORDERS = 60, NOTES = 40, WORDS = 14, EVENTS = 4 * ORDERS + NOTES + WORDS, ROUNDS = 4, WAYS = 5 };

// --- the kinship alone

static struct kin_word word_of(uint32_t slot, uint32_t into, int64_t time_ms)
{
    return (struct kin_word){.slot = slot, .into = into, .time_ms = time_ms};
}

static void test_who_is_part_of_whom(void **state)
{
    (void)state;
    static const struct {
        struct kin_word words[4];
        uint32_t mains[4], parts;
    } cases[] = {
        {{{1, 0, 5, {0}}}, {0, 0, 2, 3}, 1},
        {{{1, 0, 5, {0}}, {2, 1, 6, {0}}, {3, 2, 7, {0}}}, {0, 0, 0, 0}, 3},                 // a chain
        {{{1, 0, 5, {0}}, {2, 1, 6, {0}}, {1, KINSHIP_ALONE, 7, {0}}}, {0, 1, 1, 3}, 1},     // cut
        {{{1, 0, 5, {0}}, {1, KINSHIP_ALONE, 4, {0}}}, {0, 0, 2, 3}, 1},                     // an older word
        {{{1, 0, 5, {1}}, {1, KINSHIP_ALONE, 5, {2}}}, {0, 1, 2, 3}, 0},                     // by the key
        {{{1, 0, 5, {0}}, {1, 2, 6, {0}}}, {0, 2, 2, 3}, 1},                                 // elsewhere
        {{{1, 0, 5, {0}}, {0, 1, 6, {0}}}, {1, 1, 2, 3}, 1},                                 // a ring
        {{{1, 0, 6, {0}}, {2, 1, 5, {0}}, {0, 2, 7, {0}}, {3, 0, 1, {0}}}, {2, 2, 2, 2}, 3}, // and a tail
        {{{1, 0, 6, {0}}, {2, 1, 5, {0}}, {0, 2, 7, {0}}, {1, KINSHIP_ALONE, 9, {0}}}, {1, 1, 1, 3}, 2}, // opened
        {{{1, 1, 6, {0}}}, {0, 1, 2, 3}, 0},                                                             // with itself
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t turn = 0; turn < 4; turn++) {
            struct kinship *kinship = kinship_open();
            const struct kin_move *moves;
            size_t count;
            for (size_t j = 0; j < 8; j++) { // each twice, from another one on
                const struct kin_word *word = &cases[i].words[(turn + j) % 4];
                if (word->time_ms > 0)
                    (void)kinship_hear(kinship, word, &moves, &count);
            }
            for (uint32_t slot = 0; slot < 4; slot++)
                assert_int_equal(kinship_main(kinship, slot), cases[i].mains[slot]);
            assert_int_equal(kinship_parts(kinship), cases[i].parts);
            kinship_close(&kinship);
        }
}

static void test_what_moves(void **state)
{
    (void)state;
    struct kinship *kinship = kinship_open();
    const struct kin_move *moves;
    size_t count;
    struct kin_word word = word_of(1, 0, 5);
    assert_true(kinship_hear(kinship, &word, &moves, &count));
    assert_int_equal(count, 1);
    assert_true(moves[0].slot == 1 && moves[0].from == 1 && moves[0].to == 0);
    assert_int_equal(kinship_next(kinship, 0), 1);
    assert_int_equal(kinship_next(kinship, 1), 0);
    assert_false(kinship_hear(kinship, &word, &moves, &count));
    word = word_of(0, 3, 6);
    assert_true(kinship_hear(kinship, &word, &moves, &count));
    assert_int_equal(count, 2);
    word = word_of(0, KINSHIP_ALONE, 7);
    assert_true(kinship_hear(kinship, &word, &moves, &count));
    assert_int_equal(count, 2);
    assert_int_equal(kinship_next(kinship, 3), 3);
    kinship_close(&kinship);
}

// --- in scoring

enum what { ORDER, CONTACT, SURVEY, FILED, KIN };

struct happening {
    enum what kind;
    Tend__V1__Event__BodyCase body; // of an order
    char id[24], order[16];
    unsigned customer, other;
    int64_t time_ms, units;
    bool merged;
};

struct course {
    struct happening events[EVENTS];
    size_t count;
};

static struct happening *add(struct course *course, struct dice *dice, enum what kind)
{
    struct happening *event = &course->events[course->count];
    *event = (struct happening){.kind = kind, .customer = (unsigned)dice_throw(dice, CUSTOMERS)};
    snprintf(event->id, sizeof event->id, "e%zu", course->count++);
    event->time_ms = START_MS - (dice_throw(dice, 400 * 86400) + 1) * 1000;
    event->units = 1 + dice_throw(dice, 900);
    return event;
}

// An order that is placed, and perhaps amended, refunded and cancelled.
static void add_order(struct course *course, struct dice *dice, unsigned number)
{
    struct happening placed = *add(course, dice, ORDER);
    static const Tend__V1__Event__BodyCase later[] = {TEND__V1__EVENT__BODY_ORDER_AMENDED,
                                                      TEND__V1__EVENT__BODY_ORDER_REFUNDED,
                                                      TEND__V1__EVENT__BODY_ORDER_CANCELLED};
    if (number < CUSTOMERS)
        placed.customer = number; // everybody has one
    placed.body = TEND__V1__EVENT__BODY_ORDER_PLACED;
    snprintf(placed.order, sizeof placed.order, "o%u", number);
    course->events[course->count - 1] = placed;
    for (size_t i = 0; i < 3; i++) {
        if (dice_throw(dice, 4) != 0)
            continue;
        struct happening *event = add(course, dice, ORDER);
        event->body = later[i];
        if (dice_throw(dice, 3) != 0) // else the shop gave the order to another customer
            event->customer = placed.customer;
        event->time_ms = placed.time_ms + dice_throw(dice, 30 * 86400) * 1000;
        event->time_ms = event->time_ms < START_MS ? event->time_ms : START_MS;
        memcpy(event->order, placed.order, sizeof event->order);
    }
}

static void make_course(struct course *course, struct dice *dice)
{
    course->count = 0;
    for (unsigned i = 0; i < ORDERS; i++)
        add_order(course, dice, i);
    for (unsigned i = 0; i < NOTES; i++)
        (void)add(course, dice, i % 3 == 0 ? CONTACT : i % 3 == 1 ? SURVEY : FILED);
    for (unsigned i = 0; i < WORDS; i++) {
        struct happening *event = add(course, dice, KIN);
        event->other = (event->customer + 1 + (unsigned)dice_throw(dice, CUSTOMERS - 1)) % CUSTOMERS;
        event->merged = dice_throw(dice, 4) != 0;
        event->time_ms += i; // no two at once
    }
}

// The main customer as the plain rule says it.
static unsigned main_of(const struct course *course, unsigned customer)
{
    const struct happening *oldest = NULL, *newest;
    for (unsigned steps = 0; steps < 2 * CUSTOMERS; steps++) {
        newest = NULL;
        for (size_t i = 0; i < course->count; i++) {
            const struct happening *event = &course->events[i];
            if (event->kind == KIN && event->other == customer && (newest == NULL || event->time_ms > newest->time_ms))
                newest = event;
        }
        if (newest == NULL || !newest->merged)
            return customer;
        if (steps >= CUSTOMERS && (oldest == NULL || newest->time_ms < oldest->time_ms))
            oldest = newest;
        customer = newest->customer;
    }
    return oldest->other;
}

// The file of the main customer counts for all; only where it has none, the others' do.
static bool counts(const struct course *course, const struct happening *event)
{
    unsigned main = main_of(course, event->customer);
    if (event->kind == KIN)
        return false;
    for (size_t i = 0; event->kind == FILED && event->customer != main && i < course->count; i++)
        if (course->events[i].kind == FILED && course->events[i].customer == main)
            return false;
    return true;
}

static void say_body(struct turns *turns, const struct happening *happening, const char *customer)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__ContactLogged contact = TEND__V1__CONTACT_LOGGED__INIT;
    Tend__V1__SurveyAnswered survey = TEND__V1__SURVEY_ANSWERED__INIT;
    Tend__V1__CustomerUpserted file = TEND__V1__CUSTOMER_UPSERTED__INIT;
    Tend__V1__CustomerMerged merged = TEND__V1__CUSTOMER_MERGED__INIT;
    Tend__V1__CustomerSplit split = TEND__V1__CUSTOMER_SPLIT__INIT;
    char other[16];
    snprintf(other, sizeof other, "C%02u", happening->other);
    time.seconds = happening->time_ms / 1000;
    time.nanos = (int32_t)(happening->time_ms % 1000) * 1000000;
    event.source = changeable("shop");
    event.id = changeable(happening->id);
    event.customer_id = changeable(customer);
    event.time = &time;
    event.historical = true;
    contact.minutes = (uint32_t)happening->units;
    contact.outcome = TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED;
    file.name = changeable(happening->id);
    survey.score = (uint32_t)(happening->units % 5 + 1);
    merged.other_customer_id = split.other_customer_id = other;
    if (happening->kind == CONTACT) {
        event.body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
        event.contact_logged = &contact;
    } else if (happening->kind == SURVEY) {
        event.body_case = TEND__V1__EVENT__BODY_SURVEY_ANSWERED;
        event.survey_answered = &survey;
    } else if (happening->kind == FILED) {
        event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
        event.customer_upserted = &file;
    } else if (happening->merged) {
        event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_MERGED;
        event.customer_merged = &merged;
    } else {
        event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_SPLIT;
        event.customer_split = &split;
    }
    turns_say(turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

static void say_one(struct shop *shop, const struct happening *event, unsigned whose)
{
    char customer[16];
    snprintf(customer, sizeof customer, "C%02u", whose);
    if (event->kind != ORDER) {
        say_body(shop->turns, event, customer);
        return;
    }
    struct say say = {event->id, customer, event->order, event->time_ms, event->units, "EUR", true};
    say_order(shop->turns, event->body, &say);
}

// In time's order; or in any, some of them twice, some turns apart, and once over a restart.
static void say_all(struct shop *shop, const struct course *course, struct dice *dice)
{
    size_t order[EVENTS + EVENTS / 4], count = 0;
    for (size_t i = 0; i < course->count; i++)
        order[count++] = i;
    for (size_t i = 0; dice != NULL && i < course->count / 4; i++)
        order[count++] = (size_t)dice_throw(dice, (int64_t)course->count);
    for (size_t i = count; dice != NULL && i > 1; i--) {
        size_t with = (size_t)dice_throw(dice, (int64_t)i), kept = order[with];
        order[with] = order[i - 1];
        order[i - 1] = kept;
    }
    size_t restart = dice != NULL ? (size_t)dice_throw(dice, (int64_t)count) : count;
    for (size_t i = 0; i < count; i++) {
        say_one(shop, &course->events[order[i]], course->events[order[i]].customer);
        if (dice != NULL && dice_throw(dice, 5) == 0)
            turns_step(shop->turns);
        if (i != restart)
            continue;
        turns_step(shop->turns);
        turns_restart(shop->turns);
    }
}

static void compare_dimensions(struct shop *one, struct shop *other, const struct course *course)
{
    for (unsigned i = 0; i < CUSTOMERS; i++) {
        char path[40];
        if (main_of(course, i) != i)
            continue; // the other may not know of it
        snprintf(path, sizeof path, "/v1/customers/C%02u", i);
        json_t *left = ask(one, path), *right = ask(other, path);
        const json_t *list = json_object_get(left, "dimensions"), *others = json_object_get(right, "dimensions");
        same(left, right, "customerId");
        same(left, right, "name");
        assert_true(json_array_size(list) > 0);
        assert_int_equal(json_array_size(list), json_array_size(others));
        for (size_t j = 0; j < json_array_size(list); j++) {
            same(json_array_get(list, j), json_array_get(others, j), "name");
            same(json_array_get(list, j), json_array_get(others, j), "value");
        }
        json_decref(left);
        json_decref(right);
    }
}

static void run(struct shop *shop, int64_t days)
{
    turns_run(shop->turns, START_MS + days * DAY_MS + 60000);
}

// Another day of purchases, with its rounds, and a Monday, on which the models are fitted anew from all that has come.
static void go_on(struct shop *shop, unsigned customer)
{
    char id[16];
    snprintf(id, sizeof id, "C%02u", customer);
    run(shop, 8);
    say_placed(shop->turns, id, "late", START_MS + 8 * DAY_MS, 70, false);
    run(shop, 12);
}

// What scoring says of the parts' main customers is what it would say of customers who were one from the beginning.
static void test_one_from_the_beginning(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct course course;
        struct shop *shop = open_shop(), *plain = open_shop();
        make_course(&course, &dice);
        say_all(shop, &course, &dice);
        for (size_t i = 0; i < course.count; i++)
            if (counts(&course, &course.events[i]))
                say_one(plain, &course.events[i], main_of(&course, course.events[i].customer));
        run(shop, 0);
        run(plain, 0);
        compare(shop, plain);
        turns_restart(shop->turns);
        go_on(shop, main_of(&course, 0));
        go_on(plain, main_of(&course, 0));
        compare(shop, plain);
        compare_dimensions(shop, plain, &course);
        close_shop(&shop);
        close_shop(&plain);
    }
}

static void test_in_any_order(void **state)
{
    (void)state;
    struct dice dice = dice_take();
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct course course;
        struct shop *timely = open_shop();
        make_course(&course, &dice);
        say_all(timely, &course, NULL);
        go_on(timely, 0);
        for (unsigned way = 0; way < WAYS; way++) {
            struct shop *shop = open_shop();
            say_all(shop, &course, &dice);
            go_on(shop, 0);
            compare(shop, timely);
            compare_dimensions(shop, timely, &course);
            close_shop(&shop);
        }
        close_shop(&timely);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_part_of_whom),
        cmocka_unit_test(test_what_moves),
        cmocka_unit_test(test_one_from_the_beginning),
        cmocka_unit_test(test_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
