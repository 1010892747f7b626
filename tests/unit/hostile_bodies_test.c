// Bad values in every field of every event, made from the descriptors: each body is answered 400 with the field, and
// nothing is stored. Then the same bodies damaged at random.
#include "common/fieldname.h"
#include "common/must.h"
#include "unit/dice.h"
#include "unit/intake_sender.h"

#include "tend/v1/event.pb-c.h"

#define JSON "application/json"

enum { BODIES_MAX = 8000, BODY_BYTES = 1024, DEPTH = 4, DAMAGED = 20000 };

struct bodies {
    char (*texts)[BODY_BYTES];
    char (*fields)[BODY_BYTES];
    size_t count;
};

// Values that no field of the type takes. They are longer than a few damaged bytes could mend.
static const char *const *wrong_for(const ProtobufCFieldDescriptor *field)
{
    static const char *const texts[] = {"70000001", "{\"a\":\"b\"}", "[[[[]]]]", "\"a\\u0000b\"", "true", NULL};
    static const char *const numbers[] = {"\"nonsense\"", "12345.678",     "1e400000",      "99999999999999999999999",
                                          "true",         "{\"a\":\"b\"}", "\"12 pieces\"", NULL};
    static const char *const reals[] = {"\"nonsense\"", "true", "{\"a\":\"b\"}", NULL};
    static const char *const flags[] = {"\"perhaps\"", "70000001", "{\"a\":\"b\"}", NULL};
    static const char *const words[] = {"\"no_such_word\"", "70000001", "{\"a\":\"b\"}", "12345.678", NULL};
    static const char *const messages[] = {"\"nonsense\"", "70000001", "true", "{\"noSuchField\":\"x\"}", NULL};
    static const char *const *const by_type[] = {
        [PROTOBUF_C_TYPE_INT32] = numbers,   [PROTOBUF_C_TYPE_SINT32] = numbers, [PROTOBUF_C_TYPE_INT64] = numbers,
        [PROTOBUF_C_TYPE_SINT64] = numbers,  [PROTOBUF_C_TYPE_UINT32] = numbers, [PROTOBUF_C_TYPE_UINT64] = numbers,
        [PROTOBUF_C_TYPE_DOUBLE] = reals,    [PROTOBUF_C_TYPE_FLOAT] = reals,    [PROTOBUF_C_TYPE_BOOL] = flags,
        [PROTOBUF_C_TYPE_ENUM] = words,      [PROTOBUF_C_TYPE_STRING] = texts,   [PROTOBUF_C_TYPE_BYTES] = reals,
        [PROTOBUF_C_TYPE_MESSAGE] = messages};
    must((size_t)field->type < sizeof by_type / sizeof *by_type && by_type[field->type] != NULL);
    return by_type[field->type];
}

static void add(struct bodies *bodies, const char *before, const char *value, const char *after, const char *path)
{
    if (bodies->count == BODIES_MAX)
        return;
    int length = snprintf(bodies->texts[bodies->count], BODY_BYTES,
                          "{\"id\":\"1\",\"source\":\"evil\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\","
                          "\"repId\":\"R1\",%s%s%s}",
                          before, value, after);
    must(length > 0 && length < BODY_BYTES);
    snprintf(bodies->fields[bodies->count++], BODY_BYTES, "%s", path);
}

// What JSON itself cannot hold is told by line and column, not by field.
static bool beyond_json(const char *value)
{
    return strncmp(value, "99", 2) == 0 || strncmp(value, "1e", 2) == 0;
}

// Every field below the message, each with each wrong value. `before` and `after` is the JSON around it.
static void walk(struct bodies *bodies, const ProtobufCMessageDescriptor *message, const char *before,
                 const char *after, const char *path, int depth)
{
    for (unsigned i = 0; i < message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->fields[i];
        if (depth == 0 && (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
            continue; // of the envelope, which each body has already
        char camel[FIELDNAME_BYTES], left[BODY_BYTES], right[BODY_BYTES], place[BODY_BYTES];
        bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
        fieldname_print(field->name, camel);
        snprintf(left, sizeof left, "%s\"%s\":%s", before, camel, list ? "[" : "");
        snprintf(right, sizeof right, "%s%s", list ? "]" : "", after);
        snprintf(place, sizeof place, "%s%s%s%s", path, path[0] != '\0' ? "." : "", field->name, list ? "[0]" : "");
        for (const char *const *wrong = wrong_for(field); *wrong != NULL; wrong++)
            add(bodies, left, *wrong, right, beyond_json(*wrong) ? "" : place);
        if (field->type != PROTOBUF_C_TYPE_MESSAGE || depth == DEPTH)
            continue;
        const ProtobufCMessageDescriptor *inner = field->descriptor;
        // In JSON these two are texts.
        if (strcmp(inner->name, "tend.v1.Money") == 0 || strcmp(inner->name, "google.protobuf.Timestamp") == 0)
            continue;
        snprintf(left, sizeof left, "%s\"%s\":%s{", before, camel, list ? "[" : "");
        snprintf(right, sizeof right, "}%s%s", list ? "]" : "", after);
        walk(bodies, inner, left, right, place, depth + 1);
    }
}

static struct bodies *make_bodies(void)
{
    static struct bodies bodies;
    bodies.texts = calloc(BODIES_MAX, BODY_BYTES);
    bodies.fields = calloc(BODIES_MAX, BODY_BYTES);
    must(bodies.texts != NULL && bodies.fields != NULL);
    bodies.count = 0;
    walk(&bodies, &tend__v1__event__descriptor, "", "", "", 0);
    return &bodies;
}

static void test_every_field(void **state)
{
    struct fixture *fixture = *state;
    struct bodies *bodies = make_bodies();
    uint64_t before = last(fixture);
    for (size_t i = 0; i < bodies->count; i++) {
        int status = post(fixture, JSON, bodies->texts[i]);
        char field[BODY_BYTES + 16];
        snprintf(field, sizeof field, "\"field\":\"%s", bodies->fields[i]);
        if (status != 400 || (bodies->fields[i][0] != '\0' && !says(fixture, field)))
            fail_msg("%s: %d %.*s, not %s", bodies->texts[i], status, (int)fixture->inbound.reply.length,
                     fixture->inbound.reply.body, field);
    }
    printf("%zu bad bodies\n", bodies->count);
    assert_true(bodies->count >= 400 && bodies->count < BODIES_MAX);
    assert_int_equal(last(fixture), before);
    free(bodies->texts);
    free(bodies->fields);
}

static void test_random_damage(void **state)
{
    struct fixture *fixture = *state;
    struct dice dice = dice_take();
    struct bodies *bodies = make_bodies();
    uint64_t before = last(fixture);
    for (size_t i = 0; i < DAMAGED; i++) {
        static const char bytes[] = "{}[]\",:\\0e-nul\x01\x7f\xc3\xff ";
        char body[BODY_BYTES];
        const char *from = bodies->texts[dice_throw(&dice, (int64_t)bodies->count)];
        size_t length = strlen(from);
        if (strstr(from, "\\u0000") != NULL || strstr(from, "1e") != NULL)
            continue; // one byte makes a good text of it, or a good number
        memcpy(body, from, length);
        for (int64_t changes = 1 + dice_throw(&dice, 3); changes > 0; changes--)
            body[dice_throw(&dice, (int64_t)length)] = bytes[dice_throw(&dice, sizeof bytes)];
        if (dice_throw(&dice, 10) == 0)
            length = (size_t)dice_throw(&dice, (int64_t)length);
        if (post_to(fixture, "/v1/events", JSON, body, length) != 400)
            fail_msg("%.*s: %.*s", (int)length, body, (int)fixture->inbound.reply.length, fixture->inbound.reply.body);
        expect(fixture, "\"reason\":\"");
        assert_false(says(fixture, "\"reason\":\"\""));
    }
    assert_int_equal(last(fixture), before);
    free(bodies->texts);
    free(bodies->fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_field, make, unmake),
        cmocka_unit_test_setup_teardown(test_random_damage, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
