// A scene: scoring on its real engine, told events as JSON bodies, and asked what it says, lists and answers about one
// dimension of one customer. For the tests of the dimensions.
#ifndef TEND_TESTS_UNIT_SCENE_H
#define TEND_TESTS_UNIT_SCENE_H

#include "common/calendar.h"
#include "common/codec.h"
#include "harness/defaults.h"
#include "services/scoring/core.h"
#include "services/scoring/scoring.h"
#include "tend/v1/scoring.pb-c.h"
#include "unit/scoring_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define SCENE_START_MS INT64_C(1767261600000) // 2026-01-01T10:00:00Z, 18:00 in Shanghai

enum { SCENE_START_DAY = 20454, SCENE_PATIENCE_MS = 20000, SCENE_BODY_BYTES = 2000, SCENE_TARGET_BYTES = 300 };

struct scene {
    struct scoring_options options;
    struct scoring *scoring;
    struct turns *turns;
    int64_t now_ms;
    uint64_t heard; // in its journal
    int32_t today;
};

// What is expected of a dimension: `rule` and `figure` are parts of what is told, NULL where it does not matter.
struct told {
    const char *customer, *dimension, *before, *after, *rule, *figure, *event;
    bool historical;
};

// Runs up to now, until no round is under way: the models are fitted by a thread that the turns do not wait for.
static inline void scene_settle(struct scene *scene)
{
    for (int waited = 0; waited < SCENE_PATIENCE_MS; waited++) {
        turns_run(scene->turns, scene->now_ms);
        if (scene->scoring->round.step == CORE_REST && !scene->scoring->round.again)
            return;
        usleep(1000);
    }
    fail_msg("the round does not end");
}

static inline void scene_open(struct scene *scene, const struct scoring_options *options)
{
    *scene = (struct scene){.options = *options, .now_ms = SCENE_START_MS, .today = SCENE_START_DAY};
    scene->scoring = scoring_open(&scene->options);
    scene->turns = turns_open(&scoring_service, scene->scoring, SCENE_START_MS);
    say_settings(scene->turns, "Asia/Shanghai", "EUR", "USD", 500000);
    scene_settle(scene);
}

static inline void scene_close(struct scene *scene)
{
    turns_close(&scene->turns);
    scoring_close(&scene->scoring);
}

// Runs day by day, each to the end of its round.
static inline void scene_wait(struct scene *scene, int days)
{
    for (int i = 0; i < days; i++) {
        scene->now_ms += DAY_MS;
        scene->today++;
        scene_settle(scene);
    }
}

// Goes on with other options, as if the process had been started with them; its first turn is still to come.
static inline void scene_start_anew(struct scene *scene, const struct scoring_options *options)
{
    struct scoring *second = scoring_open(options);
    struct scoring first = *scene->scoring;
    *scene->scoring = *second; // the turns know it by its address
    *second = first;
    scene->scoring->names.classes = scene->scoring->class_names;
    scene->scoring->names.schemes = scene->scoring->scheme_names;
    scene->options = *options;
    turns_restart(scene->turns);
    scoring_close(&second);
}

// From here on only what is new is heard.
static inline void scene_forget(struct scene *scene)
{
    scene->heard = turns_last(scene->turns);
}

// An event of the customer, `days_ago` before now; `format` is its body as JSON, "leadUpdated": {...}.
__attribute__((format(printf, 6, 7))) static inline void scene_tell(struct scene *scene, const char *id,
                                                                    const char *customer, int days_ago, bool historical,
                                                                    const char *format, ...)
{
    char body[SCENE_BODY_BYTES], text[SCENE_BODY_BYTES + 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(body, sizeof body, format, arguments);
    va_end(arguments);
    int length = snprintf(text, sizeof text, "{%s}", body);
    struct verify_error error = {0};
    ProtobufCMessage *message = codec_from_text(&tend__v1__event__descriptor, text, (size_t)length, NULL, &error);
    if (message == NULL)
        fail_msg("%s: %s: %s", text, error.field, error.reason);
    Tend__V1__Event told = *(Tend__V1__Event *)(void *)message;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = (scene->now_ms - days_ago * DAY_MS) / 1000;
    told.source = changeable("app");
    told.id = changeable(id);
    told.customer_id = changeable(customer);
    told.historical = historical;
    told.time = &time;
    turns_say(scene->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &told.base);
    protobuf_c_message_free_unpacked(message, NULL);
}

// An order of `units` EUR, told as it happened `days_ago`, its id being that of the event. Its one line has `pieces`;
// of its price the discount and the cost are in percent; a cost below 0 is not told.
struct scene_order {
    const char *id, *customer;
    int days_ago, units, pieces, discount, cost;
    bool historical;
};

static inline void scene_place(struct scene *scene, const struct scene_order *order)
{
    char cost[64] = "";
    int pieces = order->pieces > 0 ? order->pieces : 1;
    if (order->cost >= 0)
        snprintf(cost, sizeof cost, ", \"cost\": \"%d.%02d EUR\"", order->units * order->cost / 100,
                 order->units * order->cost % 100);
    scene_tell(scene, order->id, order->customer, order->days_ago, order->historical,
               "\"orderPlaced\": {\"orderId\": \"%s\", \"total\": \"%d.00 EUR\", \"lines\": [{\"sku\": \"s\", "
               "\"quantityMilli\": %d, \"discountPpm\": %d%s}]}",
               order->id, order->units, pieces * 1000, order->discount * 10000, cost);
}

// Orders of the past, one each `every` days, the last one `last` days ago; nobody is told of them.
static inline void scene_rhythm(struct scene *scene, const char *customer, int count, int every, int last, int units)
{
    for (int i = 0; i < count; i++) {
        char id[64];
        snprintf(id, sizeof id, "%s-%d-%d", customer, i, last);
        scene_place(scene, &(struct scene_order){.id = id,
                                                 .customer = customer,
                                                 .days_ago = last + (count - 1 - i) * every,
                                                 .units = units,
                                                 .cost = -1,
                                                 .historical = true});
    }
}

// Others who buy: P0, P1 ... each every five days for two months, `units` each time.
static inline void scene_people(struct scene *scene, int count, int units)
{
    for (int i = 0; i < count; i++) {
        char customer[16];
        snprintf(customer, sizeof customer, "P%d", i);
        scene_rhythm(scene, customer, 12, 5, 0, units);
    }
}

// The day so many days from now, "2026-05-17".
static inline const char *scene_day(const struct scene *scene, int days, char buffer[DAY_TEXT_BYTES])
{
    (void)day_print(scene->today + days, buffer);
    return buffer;
}

// --- what is said

// The next record of a type that was not heard yet; NULL when there is none.
static inline const struct record *scene_hear(struct scene *scene, uint16_t type)
{
    while (scene->heard < turns_last(scene->turns)) {
        const struct record *record = turns_read(scene->turns, ++scene->heard);
        if (record->type == type)
            return record;
    }
    return NULL;
}

// The next change of the customer in the dimension; the caller frees it. NULL when there is none.
static inline Tend__V1__ValueChanged *scene_change(struct scene *scene, const char *customer, const char *dimension)
{
    const struct record *record;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED)) != NULL) {
        Tend__V1__ValueChanged *change = tend__v1__value_changed__unpack(NULL, record->length, record->payload);
        assert_non_null(change);
        if (strcmp(change->dimension, dimension) == 0 && strcmp(change->customer_id, customer) == 0)
            return change;
        tend__v1__value_changed__free_unpacked(change, NULL);
    }
    return NULL;
}

static inline bool scene_has_figure(const Tend__V1__ValueChanged *change, const char *name)
{
    for (size_t i = 0; i < change->n_figures; i++)
        if (strcmp(change->figures[i]->name, name) == 0)
            return true;
    return false;
}

static inline bool scene_names_event(const Tend__V1__ValueChanged *change, const char *event)
{
    for (size_t i = 0; i < change->n_event_ids; i++)
        if (strcmp(change->event_ids[i], event) == 0)
            return true;
    return false;
}

// The answer to why, as text; it lives until the next question.
static inline const char *scene_why(struct scene *scene, const struct told *told)
{
    char target[SCENE_TARGET_BYTES];
    snprintf(target, sizeof target, "/v1/customers/%s/why?dimension=%s", told->customer, told->dimension);
    return turns_ask(scene->turns, target, NULL);
}

// The change is the next one in its dimension since scene_forget, and the only one.
static inline void scene_expect_change(struct scene *scene, const struct told *told)
{
    uint64_t heard = scene->heard;
    Tend__V1__ValueChanged *change = scene_change(scene, told->customer, told->dimension);
    if (change == NULL)
        fail_msg("%s of %s: nothing was said, the answer is %s", told->dimension, told->customer,
                 scene_why(scene, told));
    if (strcmp(change->before, told->before) != 0 || strcmp(change->after, told->after) != 0)
        fail_msg("%s: said %s -> %s, not %s -> %s", told->dimension, change->before, change->after, told->before,
                 told->after);
    if (told->rule != NULL && strstr(change->rule, told->rule) == NULL)
        fail_msg("%s: the rule is '%s'", told->dimension, change->rule);
    if (change->n_figures == 0 || (told->figure != NULL && !scene_has_figure(change, told->figure)))
        fail_msg("%s: no figure %s", told->dimension, told->figure != NULL ? told->figure : "at all");
    if (told->event != NULL && !scene_names_event(change, told->event))
        fail_msg("%s: %s is not among its %zu events, %s is", told->dimension, told->event, change->n_event_ids,
                 change->n_event_ids > 0 ? change->event_ids[0] : "none");
    assert_true(change->historical == told->historical);
    assert_int_equal(change->rules_version, scene->scoring->rules_version);
    tend__v1__value_changed__free_unpacked(change, NULL);
    change = scene_change(scene, told->customer, told->dimension);
    if (change != NULL)
        fail_msg("%s: said once more, %s -> %s", told->dimension, change->before, change->after);
    scene->heard = heard;
}

// --- what is answered

__attribute__((format(printf, 2, 3))) static inline json_t *scene_ask(struct scene *scene, const char *format, ...)
{
    char target[SCENE_TARGET_BYTES];
    va_list arguments;
    int status;
    va_start(arguments, format);
    vsnprintf(target, sizeof target, format, arguments);
    va_end(arguments);
    const char *answer = turns_ask(scene->turns, target, &status);
    json_t *json = json_loads(answer, 0, NULL);
    if (status != 200 || json == NULL)
        fail_msg("%s: %d %s", target, status, answer);
    return json;
}

static inline const char *scene_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

// The customer's card as text; the caller frees it.
static inline char *scene_card(struct scene *scene, const char *customer)
{
    char target[SCENE_TARGET_BYTES];
    snprintf(target, sizeof target, "/v1/customers/%s", customer);
    return strdup(turns_ask(scene->turns, target, NULL));
}

// Where two texts begin to differ; it lives until the next call.
static inline const char *scene_difference(const char *before, const char *after)
{
    enum { AROUND = 160 };
    static char text[3 * AROUND + 3 * AROUND];
    size_t same = 0;
    while (before[same] != '\0' && before[same] == after[same])
        same++;
    size_t from = same > AROUND ? same - AROUND : 0;
    snprintf(text, sizeof text, "'%.*s', not '%.*s'", 2 * AROUND, after + from, 2 * AROUND, before + from);
    return text;
}

// What a card says of the dimensions, without the days since which it holds, which are those of the telling; the caller
// frees it.
static inline char *scene_dimensions(struct scene *scene, const char *customer)
{
    size_t i;
    json_t *dimension, *card = scene_ask(scene, "/v1/customers/%s", customer);
    json_array_foreach (json_object_get(card, "dimensions"), i, dimension)
        (void)json_object_del(dimension, "since");
    char *text = json_dumps(json_object_get(card, "dimensions"), JSON_SORT_KEYS);
    json_decref(card);
    return text;
}

// The dimension of a card; NULL when the card does not tell it. It lives in the card.
static inline const json_t *scene_dimension(const json_t *card, const char *name)
{
    size_t i;
    const json_t *dimension;
    json_array_foreach (json_object_get(card, "dimensions"), i, dimension)
        if (strcmp(scene_text(dimension, "name"), name) == 0)
            return dimension;
    return NULL;
}

static inline void scene_expect_card(struct scene *scene, const struct told *told)
{
    json_t *card = scene_ask(scene, "/v1/customers/%s", told->customer);
    const json_t *dimension = scene_dimension(card, told->dimension);
    assert_non_null(dimension);
    if (strcmp(scene_text(dimension, "value"), told->after) != 0)
        fail_msg("%s: the card says '%s', not '%s'", told->dimension, scene_text(dimension, "value"), told->after);
    assert_string_not_equal(scene_text(dimension, "rule"), "");
    assert_string_not_equal(scene_text(dimension, "since"), "");
    assert_true(json_array_size(json_object_get(dimension, "figures")) > 0);
    if (told->rule != NULL && strstr(scene_text(dimension, "rule"), told->rule) == NULL)
        fail_msg("%s: the rule on the card is '%s'", told->dimension, scene_text(dimension, "rule"));
    json_decref(card);
}

static inline bool scene_is_listed(struct scene *scene, const char *customer, const char *dimension, const char *value)
{
    bool listed = false;
    size_t i;
    const json_t *card;
    json_t *list = scene_ask(scene, "/v1/customers?%s=%s&limit=1000", dimension, value);
    json_array_foreach (json_object_get(list, "customers"), i, card)
        listed = listed || strcmp(scene_text(card, "customerId"), customer) == 0;
    json_decref(list);
    return listed;
}

static inline void scene_expect_list(struct scene *scene, const struct told *told)
{
    if (!scene_is_listed(scene, told->customer, told->dimension, told->after))
        fail_msg("%s=%s does not list %s", told->dimension, told->after, told->customer);
    if (told->before[0] != '\0' && scene_is_listed(scene, told->customer, told->dimension, told->before))
        fail_msg("%s=%s still lists %s", told->dimension, told->before, told->customer);
}

static inline void scene_expect_then(struct scene *scene, const struct told *told, int days, const char *value)
{
    char day[DAY_TEXT_BYTES];
    json_t *why = scene_ask(scene, "/v1/customers/%s/why?dimension=%s&at=%s", told->customer, told->dimension,
                            scene_day(scene, days, day));
    const json_t *then = json_object_get(why, "then");
    if (then == NULL)
        fail_msg("%s: nothing is kept of %s", told->dimension, day);
    if (strcmp(scene_text(then, "after"), value) != 0)
        fail_msg("%s: on %s it was '%s', not '%s'", told->dimension, day, scene_text(then, "after"), value);
    assert_string_equal(scene_text(why, "at"), day);
    json_decref(why);
}

// Why, now and at the end of today; `kept`: its change is kept.
static inline void scene_expect_why(struct scene *scene, const struct told *told, bool kept)
{
    json_t *why = scene_ask(scene, "/v1/customers/%s/why?dimension=%s", told->customer, told->dimension);
    const json_t *now = json_object_get(why, "now"), *change = json_array_get(json_object_get(why, "changes"), 0);
    assert_string_equal(scene_text(why, "dimension"), told->dimension);
    assert_string_equal(scene_text(now, "after"), told->after);
    assert_true(json_array_size(json_object_get(now, "figures")) > 0);
    if (kept) {
        assert_string_equal(scene_text(change, "before"), told->before);
        assert_string_equal(scene_text(change, "after"), told->after);
    }
    json_decref(why);
    scene_expect_then(scene, told, 0, told->after);
}

#endif
