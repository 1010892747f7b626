// What the scheduler was told last of a customer is what holds, whatever happened in between.
//
//     telling_random_test [seed]
#include "unit/telling.h"

enum { CUSTOMERS = 12, STEPS = 60, EVENTS = 6 };

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

struct listening {
    struct scene scene;
    unsigned events;
    Tend__V1__CustomerValue *last[CUSTOMERS];
};

static void draw_order(struct listening *all, const char *id, const char *customer)
{
    static const char *const goods[] = {TEA, POT, CUP, TEA ", " POT, POT ", " CUP ", " TEA};
    struct scene *scene = &all->scene;
    int ago = (int)draw(20) - 1, units = 1 + (int)draw(900);
    unsigned number = (unsigned)draw(4);
    switch (draw(8)) {
    case 0:
        scene_tell(scene, id, customer, 0, false, "\"orderCancelled\": {\"orderId\": \"o%u\"}", number);
        return;
    case 1:
        scene_tell(scene, id, customer, 0, false, "\"orderRefunded\": {\"orderId\": \"o%u\", \"amount\": \"%d EUR\"}",
                   number, units);
        return;
    case 2:
        scene_tell(scene, id, customer, ago, false,
                   "\"orderAmended\": {\"orderId\": \"o%u\", \"total\": \"%d EUR\", \"lines\": [%s]}", number, units,
                   goods[draw(5)]);
        return;
    default:
        scene_tell(scene, id, customer, ago, draw(4) == 0,
                   "\"orderPlaced\": {\"orderId\": \"o%u\", \"total\": \"%d EUR\", \"lines\": [%s]}",
                   draw(3) == 0 ? number : all->events, units, goods[draw(5)]);
    }
}

static void draw_note(struct listening *all, const char *id, const char *customer)
{
    char day[DAY_TEXT_BYTES];
    struct scene *scene = &all->scene;
    int ago = (int)draw(6) - 1;
    switch (draw(7)) {
    case 0:
        scene_tell(scene, id, customer, ago, false, "\"surveyAnswered\": {\"score\": %u}", 1 + (unsigned)draw(5));
        return;
    case 1:
        scene_tell(scene, id, customer, ago, false,
                   "\"leadUpdated\": {\"stage\": %u, \"temperature\": %u, \"expectedOrderDate\": \"%s\"}",
                   1 + (unsigned)draw(8), 1 + (unsigned)draw(4), scene_day(scene, (int)draw(40) - 5, day));
        return;
    case 2:
        scene_tell(scene, id, customer, ago, false,
                   "\"valueOverridden\": {\"dimension\": \"value.face\", \"value\": \"black\", \"by\": \"amy\", "
                   "\"reason\": \"r\", \"until\": \"%s\"}",
                   scene_day(scene, (int)draw(9), day));
        return;
    case 3:
        scene_tell(scene, id, customer, ago, false, "\"complaintOpened\": {\"complaintId\": \"k%u\"}", all->events);
        return;
    case 4:
        scene_tell(scene, id, customer, ago, false,
                   "\"customerUpserted\": {\"name\": \"N\", \"ownerRepId\": \"%s\", \"region\": \"%s\"}",
                   draw(2) == 0 ? "amy" : "", draw(2) == 0 ? "south" : "");
        return;
    case 5:
        scene_tell(scene, id, customer, ago, false,
                   "\"quoteSent\": {\"quoteId\": \"q%u\", \"amount\": \"70 EUR\", \"expectedOrderDate\": \"%s\"}",
                   all->events, scene_day(scene, (int)draw(30), day));
        return;
    default:
        scene_tell(scene, id, customer, ago, draw(4) == 0, "\"contactLogged\": {\"outcome\": \"reached\"}");
    }
}

static void draw_event(struct listening *all)
{
    char id[16], customer[16];
    snprintf(id, sizeof id, "e%u", all->events++);
    snprintf(customer, sizeof customer, "C%u", (unsigned)draw(CUSTOMERS));
    if (draw(2) == 0)
        draw_order(all, id, customer);
    else
        draw_note(all, id, customer);
}

// Apart from what moves with the time, or with everybody's orders.
static bool same(const Tend__V1__CustomerValue *one, const Tend__V1__CustomerValue *other)
{
    Tend__V1__CustomerValue left = *one, right = *other;
    uint8_t bytes[2][4000];
    left.share_ppm = right.share_ppm = 0;
    left.future_micros = right.future_micros = 0;
    size_t length = protobuf_c_message_pack(&left.base, bytes[0]);
    return length == protobuf_c_message_pack(&right.base, bytes[1]) && memcmp(bytes[0], bytes[1], length) == 0;
}

static int magnitude(int64_t micros)
{
    int halvings = 0;
    for (; micros > 0; micros /= 2)
        halvings++;
    return halvings;
}

// Takes in what was told. `quiet`: nothing happened, so whatever is told again differs.
static void listen(struct listening *all, bool quiet)
{
    const struct record *record;
    while ((record = scene_hear(&all->scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE)) != NULL) {
        Tend__V1__CustomerValue *value = tend__v1__customer_value__unpack(NULL, record->length, record->payload);
        assert_non_null(value);
        unsigned number = (unsigned)atoi(value->customer_id + 1);
        Tend__V1__CustomerValue **last = &all->last[number];
        if (quiet && *last != NULL && same(*last, value) &&
            magnitude((*last)->future_micros) == magnitude(value->future_micros))
            fail_msg("%s is told again", value->customer_id);
        if (*last != NULL)
            done(*last);
        *last = value;
    }
}

static void expect_day(const char *text, int32_t day)
{
    char expected[DAY_TEXT_BYTES] = "";
    if (day != BRIEF_NO_DAY)
        (void)day_print(day, expected);
    assert_string_equal(text, expected);
}

static void expect_orders(const struct judgement *judgement, const Tend__V1__CustomerValue *value)
{
    const struct purchase *purchases[BRIEF_ORDERS];
    size_t count = brief_orders(&judgement->assessment, purchases);
    assert_int_equal(value->n_last_orders, count);
    for (size_t i = 0; i < count; i++) {
        expect_day(value->last_orders[i]->day, purchases[i]->day);
        assert_int_equal(value->last_orders[i]->micros, purchases[i]->total_micros);
        assert_true(value->last_orders[i]->what[0] != '\0');
    }
}

static void expect(struct scene *scene, uint32_t slot, const Tend__V1__CustomerValue *value)
{
    struct judgement judgement;
    struct brief brief;
    char word[DIMENSION_WORD_BYTES];
    judge(scene->scoring, slot, &judgement);
    brief_make(&options.judging, &judgement.view, &judgement.assessment, judgement.announce, &brief);
    assert_int_equal(value->abc, brief.abc);
    assert_int_equal(value->net_micros, brief.net_micros);
    assert_int_equal(value->orders, brief.orders);
    assert_int_equal(value->orders_ever, brief.orders_ever);
    assert_int_equal(value->mean_gap_milli, brief.mean_gap_milli);
    assert_int_equal(value->overdue, brief.overdue);
    assert_int_equal(value->dropped, brief.dropped);
    assert_int_equal(value->expected_micros, brief.expected_micros);
    assert_int_equal(value->file_ppm, brief.file_ppm);
    assert_int_equal(value->n_file_missing, __builtin_popcountll(brief.missing));
    assert_true(value->next_survey != NULL ? value->next_survey->seconds == brief.survey_ms / 1000
                                           : brief.survey_ms == INT64_MAX);
    expect_day(value->first_order_day, brief.first_day);
    expect_day(value->expected_day, brief.expected_day);
    expect_day(value->stage_limit_day, brief.stage_limit_day);
    expect_day(value->face_until, brief.face_until_day);
    for (size_t i = 0; i < BRIEF_STANDINGS; i++)
        assert_string_equal(standing(value, dimension_labels[brief_dimensions[i]]),
                            dimension_word(&scene->scoring->names, brief_dimensions[i], brief.standings[i], word));
    expect_orders(&judgement, value);
}

static void expect_all(struct listening *all)
{
    for (unsigned number = 0; number < CUSTOMERS; number++) {
        uint8_t key[HASH_BYTES];
        uint32_t slot;
        char customer[16];
        snprintf(customer, sizeof customer, "C%u", number);
        hash_table_key(customer, strlen(customer), key);
        bool known = ledger_find(all->scene.scoring->ledger, key, &slot);
        assert_true(known == (all->last[number] != NULL));
        if (known)
            expect(&all->scene, slot, all->last[number]);
    }
}

static void what_was_told_is_what_holds(void **unused)
{
    (void)unused;
    struct listening all = {0};
    begin(&all.scene);
    options.abc.window_days = 20; // orders leave it, and with them classes change
    options.judging.forecast.forget_days = 3;
    scene_start_anew(&all.scene, &options);
    for (int step = 0; step < STEPS; step++) {
        bool quiet = draw(3) == 0;
        for (unsigned i = (unsigned)draw(EVENTS); !quiet && i > 0; i--)
            draw_event(&all);
        scene_settle(&all.scene);
        if (draw(9) == 0)
            turns_restart(all.scene.turns);
        int days = draw(2) == 0 ? 0 : 1 + (int)draw(12);
        scene_wait(&all.scene, days);
        listen(&all, quiet);
        if (days > 0) // until the round, the limits that others moved do not count
            expect_all(&all);
    }
    for (unsigned number = 0; number < CUSTOMERS; number++)
        if (all.last[number] != NULL)
            done(all.last[number]);
    scene_close(&all.scene);
}

int main(int argc, char **argv)
{
    state = argc > 1 ? strtoull(argv[1], NULL, 10) : 20260101;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_told_is_what_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
