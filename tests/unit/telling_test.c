// What the scheduler is told of a customer (CustomerValue): each field, when it is told and when not, and that what was
// told last is what holds.
//
//     telling_test [seed]
#include "unit/scene.h"

#include "services/scoring/judge.h"

enum { CUSTOMERS = 12, STEPS = 60, EVENTS = 6 };

static struct scoring_options options;

static void *begin(struct scene *scene)
{
    options = defaults_of_scoring();
    scene_open(scene, &options);
    return scene;
}

// The last value that was told of the customer since scene_forget, and how often one was; NULL: none. The caller frees
// it.
static Tend__V1__CustomerValue *hear(struct scene *scene, const char *customer, unsigned *ret_times,
                                     uint32_t *ret_flags)
{
    Tend__V1__CustomerValue *last = NULL;
    const struct record *record;
    uint64_t heard = scene->heard;
    *ret_times = 0;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE)) != NULL) {
        Tend__V1__CustomerValue *value = tend__v1__customer_value__unpack(NULL, record->length, record->payload);
        assert_non_null(value);
        if (strcmp(value->customer_id, customer) != 0) {
            tend__v1__customer_value__free_unpacked(value, NULL);
            continue;
        }
        if (last != NULL)
            tend__v1__customer_value__free_unpacked(last, NULL);
        last = value;
        *ret_flags = record->flags;
        ++*ret_times;
    }
    scene->heard = heard;
    return last;
}

static unsigned times(struct scene *scene, const char *customer)
{
    unsigned count;
    uint32_t flags;
    Tend__V1__CustomerValue *value = hear(scene, customer, &count, &flags);
    if (value != NULL)
        tend__v1__customer_value__free_unpacked(value, NULL);
    return count;
}

static Tend__V1__CustomerValue *told(struct scene *scene, const char *customer)
{
    unsigned count;
    uint32_t flags;
    Tend__V1__CustomerValue *value = hear(scene, customer, &count, &flags);
    if (value == NULL)
        fail_msg("nothing was told of %s", customer);
    return value;
}

static void done(Tend__V1__CustomerValue *value)
{
    tend__v1__customer_value__free_unpacked(value, NULL);
}

static const char *standing(const Tend__V1__CustomerValue *value, const char *dimension)
{
    for (size_t i = 0; i < value->n_standings; i++)
        if (strcmp(value->standings[i]->dimension, dimension) == 0)
            return value->standings[i]->value;
    return "";
}

static void order(struct scene *scene, const char *id, int days_ago, int units, const char *goods)
{
    scene_tell(scene, id, "C1", days_ago, false,
               "\"orderPlaced\": {\"orderId\": \"%s\", \"total\": \"%d.00 EUR\", \"lines\": [%s]}", id, units, goods);
}

#define TEA "{\"sku\": \"t1\", \"name\": \"Oolong tea\", \"quantityMilli\": 1000}"
#define POT "{\"sku\": \"p1\", \"name\": \"Teapot\", \"quantityMilli\": 1000}"
#define CUP "{\"sku\": \"c9\", \"quantityMilli\": 1000}"

// --- each field

static void a_lead_is_told(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    scene_forget(&scene);
    scene_tell(&scene, "lead", "C1", 0, false,
               "\"leadUpdated\": {\"stage\": \"LEAD_STAGE_PLANS\", \"temperature\": \"LEAD_TEMPERATURE_HOT\", "
               "\"expectedOrderDate\": \"%s\"}",
               scene_day(&scene, 5, day));
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_int_equal(value->abc, TEND__V1__ABC_CLASS__ABC_CLASS_UNSPECIFIED);
    assert_int_equal(value->orders, 0);
    assert_int_equal(value->orders_ever, 0);
    assert_int_equal(value->n_last_orders, 0);
    assert_null(value->last_order);
    assert_null(value->next_survey);
    assert_string_equal(value->first_order_day, "");
    assert_string_equal(value->currency, "EUR");
    assert_string_equal(standing(value, "lead.stage"), "plans");
    assert_string_equal(standing(value, "lead.temperature"), "hot");
    assert_string_equal(standing(value, "lead.horizon"), "H");
    assert_string_equal(standing(value, "value.tier"), "");
    assert_string_equal(value->expected_day, scene_day(&scene, 5, day));
    int dwell = (int)options.judging.lead.dwell_days[LEAD_PLANS];
    assert_string_equal(value->stage_limit_day, dwell > 0 ? scene_day(&scene, dwell + 1, day) : "");
    done(value);
    scene_close(&scene);
}

// Stuck from the day on that was told, and not before.
static void a_stage_is_stuck_from_its_limit_on(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    options.judging.lead.dwell_days[LEAD_PLANS] = 3;
    scene_start_anew(&scene, &options);
    scene_tell(&scene, "lead", "C1", 1, false, "\"leadUpdated\": {\"stage\": \"LEAD_STAGE_PLANS\"}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(value->stage_limit_day, scene_day(&scene, 3, day));
    done(value);
    for (int ahead = 2; ahead >= 0; ahead--) {
        struct judgement judgement;
        scene_wait(&scene, 1);
        judge(scene.scoring, 0, &judgement);
        assert_int_equal(judgement.assessment.lead.stuck, ahead == 0);
    }
    scene_close(&scene);
}

// A stage that a person decided stands as long as that decision.
static void a_decided_stage_has_no_limit(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    scene_tell(&scene, "lead", "C1", 1, false, "\"leadUpdated\": {\"stage\": \"LEAD_STAGE_PLANS\"}");
    scene_tell(&scene, "word", "C1", 0, false,
               "\"valueOverridden\": {\"dimension\": \"lead.stage\", \"value\": \"intends\", \"by\": \"amy\"}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(standing(value, "lead.stage"), "intends");
    assert_string_equal(value->stage_limit_day, "");
    done(value);
    scene_close(&scene);
}

static void the_last_orders_in_words(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    order(&scene, "o1", 9, 100, TEA);
    order(&scene, "o2", 7, 200, TEA ", " POT);
    order(&scene, "o3", 5, 300, CUP);
    order(&scene, "o4", 3, 400, POT);
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_int_equal(value->n_last_orders, 3);
    assert_string_equal(value->last_orders[0]->order_id, "o4");
    assert_string_equal(value->last_orders[0]->day, scene_day(&scene, -3, day));
    assert_int_equal(value->last_orders[0]->micros, 400000000);
    assert_string_equal(value->last_orders[0]->what, "Teapot");
    assert_string_equal(value->last_orders[1]->what, "c9");
    assert_string_equal(value->last_orders[2]->what, "Teapot, Oolong tea");
    assert_int_equal(value->orders_ever, 4);
    done(value);
    scene_forget(&scene);
    // Other goods, and one that is no order any more; what is dated ahead is not yet.
    scene_tell(&scene, "e5", "C1", 2, false,
               "\"orderAmended\": {\"orderId\": \"o3\", \"total\": \"310.00 EUR\", \"lines\": [%s]}", TEA);
    scene_tell(&scene, "e6", "C1", 0, false, "\"orderCancelled\": {\"orderId\": \"o4\"}");
    order(&scene, "o7", -1, 500, CUP);
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_int_equal(value->n_last_orders, 3);
    assert_string_equal(value->last_orders[0]->order_id, "o3");
    assert_string_equal(value->last_orders[0]->what, "Oolong tea");
    assert_int_equal(value->last_orders[0]->micros, 310000000);
    assert_string_equal(value->last_orders[2]->order_id, "o1");
    done(value);
    scene_forget(&scene);
    scene_wait(&scene, 2); // the day of the last one has come
    value = told(&scene, "C1");
    assert_string_equal(value->last_orders[0]->order_id, "o7");
    assert_string_equal(value->last_orders[0]->what, "c9");
    assert_int_equal(value->orders_ever, 4);
    done(value);
    scene_close(&scene);
}

static void what_the_file_lacks(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    options.judging.completeness.classes[2].target_ppm = 750000;
    options.judging.completeness.classes[2].by_day = SCENE_START_DAY + 30;
    scene_start_anew(&scene, &options);
    scene_tell(&scene, "file", "C1", 0, false, "\"customerUpserted\": {\"name\": \"Blue Sea\"}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_int_equal(value->file_ppm, 250000); // of class C: name, owner, contact, phone
    assert_int_equal(value->file_target_ppm, 750000);
    assert_string_equal(value->file_by, scene_day(&scene, 30, day));
    assert_int_equal(value->n_file_missing, 3);
    assert_string_equal(value->file_missing[0], "owner");
    assert_string_equal(value->file_missing[1], "contact");
    assert_string_equal(value->file_missing[2], "phone");
    done(value);
    scene_tell(&scene, "more", "C1", -1, false,
               "\"customerUpserted\": {\"name\": \"Blue Sea\", \"ownerRepId\": \"amy\", "
               "\"contacts\": [{\"name\": \"Li\", \"phone\": \"+86 592 555 0143\"}]}");
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_int_equal(value->file_ppm, 1000000);
    assert_int_equal(value->n_file_missing, 0);
    done(value);
    scene_close(&scene);
}

// A survey after the purchase, and again after the answer.
static void when_to_ask(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    order(&scene, "o1", 2, 100, TEA);
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    int64_t days = options.judging.satisfaction.ask_purchase_days;
    assert_int_equal(value->next_survey->seconds, (scene.now_ms + (days - 2) * DAY_MS) / 1000);
    done(value);
    scene_tell(&scene, "answer", "C1", 0, false, "\"surveyAnswered\": {\"score\": 4}");
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_int_equal(value->next_survey->seconds,
                     (scene.now_ms + options.judging.satisfaction.ask_days_a * DAY_MS) / 1000); // the only one is an A
    assert_string_equal(standing(value, "care.satisfaction"), "content");
    done(value);
    scene_close(&scene);
}

static void a_face_that_a_person_decided(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    order(&scene, "o1", 2, 100, TEA);
    scene_tell(&scene, "word", "C1", 0, false,
               "\"valueOverridden\": {\"dimension\": \"value.face\", \"value\": \"black\", \"by\": \"amy\", "
               "\"reason\": \"knows everybody\", \"until\": \"%s\"}",
               scene_day(&scene, 2, day));
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(standing(value, "value.face"), "black");
    assert_string_equal(value->face_until, scene_day(&scene, 2, day));
    done(value);
    scene_wait(&scene, 2);
    scene_forget(&scene);
    scene_wait(&scene, 1);
    value = told(&scene, "C1");
    assert_string_not_equal(standing(value, "value.face"), "black");
    assert_string_equal(value->face_until, "");
    done(value);
    scene_close(&scene);
}

// By the rhythm, and by what a quote says, with its amount.
static void what_is_expected(void **unused)
{
    (void)unused;
    struct scene scene;
    char day[DAY_TEXT_BYTES];
    begin(&scene);
    scene_rhythm(&scene, "C1", 6, 10, 4, 100);
    scene_people(&scene, 4, 50);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(value->expected_day, scene_day(&scene, 5, day));
    assert_int_equal(value->expected_micros, 100000000);
    assert_int_equal(value->orders_ever, 6);
    done(value);
    scene_forget(&scene);
    scene_tell(&scene, "quote", "C1", 0, false,
               "\"quoteSent\": {\"quoteId\": \"q1\", \"what\": \"tea\", \"amount\": \"900.00 EUR\", "
               "\"expectedOrderDate\": \"%s\"}",
               scene_day(&scene, 12, day));
    scene_settle(&scene);
    value = told(&scene, "C1");
    assert_string_equal(value->expected_day, scene_day(&scene, 12, day));
    assert_int_equal(value->expected_micros, 900000000);
    struct judgement judgement;
    judge(scene.scoring, 0, &judgement);
    assert_true(value->future_micros > 0);
    assert_int_equal(value->future_micros, judgement.assessment.clv.future_micros);
    done(value);
    scene_close(&scene);
}

// All that a customer can be in, told at once.
static void what_holds(void **unused)
{
    (void)unused;
    static const char *const known[] = {"value.tier",        "value.clv",    "care.status",
                                        "care.satisfaction", "demand.state", "risk.declining"};
    struct scene scene;
    begin(&scene);
    scene_people(&scene, 10, 100);
    scene_rhythm(&scene, "C1", 20, 10, 4, 90000);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene_forget(&scene);
    scene_tell(&scene, "complaint", "C1", 0, false,
               "\"complaintOpened\": {\"complaintId\": \"k1\", \"what\": \"late\"}");
    scene_tell(&scene, "answer", "C1", 0, false, "\"surveyAnswered\": {\"score\": 3}");
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (standing(value, known[i])[0] == '\0')
            fail_msg("%s is not told", known[i]);
    assert_string_equal(standing(value, "value.tier"), "important");
    assert_string_equal(standing(value, "care.status"), "complaining");
    assert_string_equal(standing(value, "care.satisfaction"), "indifferent");
    assert_string_equal(standing(value, "risk.declining"), "no");
    done(value);
    scene_close(&scene);
}

// Whatever of a brief changes, it is told; but what is expected only when it doubles or halves.
static void a_brief_differs_by_any_byte(void **unused)
{
    (void)unused;
    struct brief brief = {.future_micros = 5000000, .orders = 3};
    uint64_t hash = brief_hash(&brief);
    for (size_t i = 0; i < sizeof brief; i++) {
        size_t future = offsetof(struct brief, future_micros);
        if (i >= future && i < future + sizeof brief.future_micros)
            continue;
        struct brief other = brief;
        ((uint8_t *)&other)[i] ^= 1;
        if (brief_hash(&other) == hash)
            fail_msg("byte %zu does not count", i);
    }
    static const struct {
        int64_t micros;
        bool same;
    } futures[] = {{5000001, true}, {4194304, true}, {8388607, true}, {4194303, false}, {8388608, false}, {0, false}};
    for (size_t i = 0; i < sizeof futures / sizeof futures[0]; i++) {
        struct brief other = brief;
        other.future_micros = futures[i].micros;
        assert_int_equal(brief_hash(&other) == hash, futures[i].same);
    }
}

// --- when it is told

static void a_note_that_changes_nothing_tells_nothing(void **unused)
{
    (void)unused;
    static const char call[] = "\"contactLogged\": {\"outcome\": \"reached\"}";
    struct scene scene;
    begin(&scene);
    scene_forget(&scene);
    scene_tell(&scene, "n1", "C1", 0, false, call);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 1); // the first that is heard of it
    scene_forget(&scene);
    scene_tell(&scene, "n2", "C1", 0, false, call);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 0);
    scene_tell(&scene, "n3", "C1", 0, false, "\"customerUpserted\": {\"name\": \"Blue Sea\"}");
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 1);
    scene_close(&scene);
}

static void history_is_told_as_such(void **unused)
{
    (void)unused;
    struct scene scene;
    unsigned count;
    uint32_t flags = 0;
    begin(&scene);
    scene_tell(&scene, "n1", "C1", 30, true, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_settle(&scene);
    done(hear(&scene, "C1", &count, &flags));
    assert_int_equal(flags & RECORD_HISTORICAL, RECORD_HISTORICAL);
    scene_forget(&scene);
    scene_tell(&scene, "n2", "C1", 0, false, "\"surveyAnswered\": {\"score\": 2}");
    scene_settle(&scene);
    done(hear(&scene, "C1", &count, &flags));
    assert_int_equal(flags & RECORD_HISTORICAL, 0);
    scene_close(&scene);
}

// Neither the start nor its round tells anything again, nor does an event that changes nothing.
static void a_start_tells_nothing_again(void **unused)
{
    (void)unused;
    static const char call[] = "\"contactLogged\": {\"outcome\": \"reached\"}";
    struct scene scene;
    begin(&scene);
    scene_rhythm(&scene, "C1", 6, 10, 4, 100);
    scene_settle(&scene);
    scene_wait(&scene, 1);
    scene_forget(&scene);
    turns_restart(scene.turns);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 0);
    turns_restart(scene.turns);
    scene_tell(&scene, "n1", "C1", 0, false, call); // before the round
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 0);
    scene_close(&scene);
}

// What time moved while the service was down is told once it is up.
static void a_night_down_is_made_up_for(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    scene_tell(&scene, "lead", "C1", 0, false, "\"leadUpdated\": {\"expectedOrderDate\": \"2026-01-05\"}");
    scene_settle(&scene);
    scene_forget(&scene);
    scene.now_ms += 400 * DAY_MS;
    scene.today += 400;
    turns_sleep(scene.turns, scene.now_ms);
    turns_restart(scene.turns);
    scene_settle(&scene);
    Tend__V1__CustomerValue *value = told(&scene, "C1");
    assert_string_equal(value->expected_day, "");
    done(value);
    assert_int_equal(times(&scene, "C1"), 1);
    scene_close(&scene);
}

// What could not be stored was not told.
static void what_was_not_stored_is_told_again(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene);
    scene_tell(&scene, "n1", "C1", 0, false, "\"contactLogged\": {\"outcome\": \"reached\"}");
    turns_crash(scene.turns);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 1);
    scene_close(&scene);
}

// --- what was told last is what holds

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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lead_is_told),
        cmocka_unit_test(a_stage_is_stuck_from_its_limit_on),
        cmocka_unit_test(a_decided_stage_has_no_limit),
        cmocka_unit_test(the_last_orders_in_words),
        cmocka_unit_test(what_the_file_lacks),
        cmocka_unit_test(when_to_ask),
        cmocka_unit_test(a_face_that_a_person_decided),
        cmocka_unit_test(what_is_expected),
        cmocka_unit_test(what_holds),
        cmocka_unit_test(a_brief_differs_by_any_byte),
        cmocka_unit_test(a_note_that_changes_nothing_tells_nothing),
        cmocka_unit_test(history_is_told_as_such),
        cmocka_unit_test(a_start_tells_nothing_again),
        cmocka_unit_test(a_night_down_is_made_up_for),
        cmocka_unit_test(what_was_not_stored_is_told_again),
        cmocka_unit_test(what_was_told_is_what_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
