#include "common/verify.h"
#include "common/nearest.h"
#include "common/stamp.h"
#include "common/utf8.h"

#include "unit/everything.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct bad {
    const char *bytes;
    size_t length;
    const char *field;
    const char *reason;
};

// Bytes in a literal, with their length; a NUL may be among them.
#define BYTES(text) text, sizeof(text) - 1

// An event with an order in it: field 20, so `length` is of what follows.
#define ORDER(length) "\xA2\x01" length

static const struct bad bad_wires[] = {
    {BYTES("\x0A\x03"
           "a\0b"),
     "id", "NUL"},
    {BYTES("\x12\x01\0"), "source", "NUL"},
    {BYTES("\x0A\x01\x61\x0A\x01\x62"), "id", "twice"},
    {BYTES("\x30\x01\x30\x01"), "historical", "twice"},
    {BYTES("\x1A\x02\x08\x01\x1A\x02\x10\x01"), "time", "twice"},
    {BYTES("\x1A\x04\x08\x01\x08\x02"), "time.seconds", "twice"},
    {BYTES(ORDER("\x03") "\x0A\x01\0"), "order_placed.order_id", "NUL"},
    {BYTES(ORDER("\x06") "\x0A\x01\x61\x0A\x01\x61"), "order_placed.order_id", "twice"},
    {BYTES(ORDER("\x05") "\x12\x03\x0A\x01\0"), "order_placed.lines[0].sku", "NUL"},
    {BYTES(ORDER("\x0A") "\x12\x00\x12\x01\x12\x12\x03\x0A\x01\0"), "order_placed.lines[1]", "cut short"},
    {BYTES(ORDER("\x09") "\x12\x00\x12\x00\x12\x03\x0A\x01\0"), "order_placed.lines[2].sku", "NUL"},
    {BYTES(ORDER("\x07") "\x12\x05\x22\x03\x12\x01\0"), "order_placed.lines[0].price.currency", "NUL"},
    {BYTES(ORDER("\x06") "\x12\x04\x18\x01\x18\x01"), "order_placed.lines[0].quantity_milli", "twice"},
    {BYTES(ORDER("\x00") "\xA2\x01\x00"), "order_placed", "second choice"},
    {BYTES(ORDER("\x00") "\xAA\x01\x00"), "order_amended", "second choice"},
    {BYTES("\x9A\x04\x00" ORDER("\x00")), "order_placed", "second choice"},
    {BYTES("\x08\x01"), "id", "wrong type"},
    {BYTES("\x09\x01\x01\x01\x01\x01\x01\x01\x01"), "id", "wrong type"},
    {BYTES("\x0D\x01\x01\x01\x01"), "id", "wrong type"},
    {BYTES("\x32\x01\x01"), "historical", "wrong type"},
    {BYTES("\x18\x01"), "time", "wrong type"},
    {BYTES(ORDER("\x02") "\x10\x01"), "order_placed.lines", "wrong type"},
    {BYTES("\x0B\x0C"), "", "group"},
    {BYTES("\x0C"), "", "group"},
    {BYTES("\x93\x03\x94\x03"), "", "group"},
    {BYTES("\x0E"), "", "no type"},
    {BYTES("\x0F"), "", "no type"},
    {BYTES("\x00\x00"), "", "no field number"},
    {BYTES("\x02\x00"), "", "no field number"},
    // Once accepted by protobuf-c and written again as what it refuses.
    {BYTES("\x0A\x01\x61\x80\x00\x03"), "", "shortest"},
    {BYTES("\x8A\x00\x01\x61"), "", "shortest"},
    {BYTES("\xFF\xFF\xFF\xFF\x7F\x00"), "", "no field number"},
    {BYTES("\xFF\xFF\xFF\xFF\xFF\x01\x00"), "", "too long"},
    {BYTES("\x80"), "", "cut short"},
    {BYTES("\x0A"), "", "cut short"},
    {BYTES("\x0A\x02\x61"), "", "cut short"},
    {BYTES("\x0A\xFF\xFF\xFF\xFF\x0F\x61"), "", "cut short"},
    {BYTES("\x0A\xFF\xFF\xFF\xFF\xFF\x01\x61"), "", "cut short"},
    {BYTES("\x30"), "", "cut short"},
    {BYTES("\x30\x80"), "", "cut short"},
    {BYTES("\x30\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "", "cut short"},
    {BYTES("\x3D\x01\x01"), "", "cut short"},
    {BYTES("\x39\x01\x01\x01\x01\x01\x01\x01"), "", "cut short"},
    {BYTES("\x1A\x03\x08\x80\x80"), "time", "cut short"},
    {BYTES(ORDER("\x05")), "", "cut short"},
    // visit_planned.customer_ids, field 58 and 8
    {BYTES("\xC2\x03\x06\x42\x01\x61\x42\x01\0"), "visit_planned.customer_ids[1]", "NUL"},
    // rep_upserted.working_hours, field 64 and 5
    {BYTES("\x82\x04\x06\x2A\x04\x08\x01\x08\x01"), "rep_upserted.working_hours[0].from_minute", "twice"},
};

static const struct bad bad_messages[] = {
    {BYTES("\x0A\x01\xFF"), "id", "UTF-8"},
    {BYTES("\x0A\x01\x80"), "id", "UTF-8"},
    {BYTES("\x0A\x02\xC0\xAF"), "id", "UTF-8"},
    {BYTES("\x0A\x02\xC2 "), "id", "UTF-8"},
    {BYTES("\x0A\x01\xC2"), "id", "UTF-8"},
    {BYTES("\x0A\x03\xE0\x80\xAF"), "id", "UTF-8"},
    {BYTES("\x0A\x02\xE4\xB8"), "id", "UTF-8"},
    {BYTES("\x0A\x03\xED\xA0\x80"), "id", "UTF-8"},
    {BYTES("\x0A\x04\xF0\x80\x80\x80"), "id", "UTF-8"},
    {BYTES("\x0A\x04\xF4\x90\x80\x80"), "id", "UTF-8"},
    {BYTES("\x0A\x04\xF8\x88\x80\x80"), "id", "UTF-8"},
    {BYTES("\x0A\x01\x01"), "id", "control"},
    {BYTES("\x0A\x02\x61\x0D"), "id", "control"},
    {BYTES("\x0A\x01\x1B"), "id", "control"},
    {BYTES("\x0A\x01\x7F"), "id", "control"},
    {BYTES("\x0A\x02\xC2\x85"), "id", "control"},
    {BYTES("\x12\x01\xFF"), "source", "UTF-8"},
    {BYTES(ORDER("\x03") "\x0A\x01\xFF"), "order_placed.order_id", "UTF-8"},
    {BYTES(ORDER("\x09") "\x12\x00\x12\x00\x12\x03\x0A\x01\xFF"), "order_placed.lines[2].sku", "UTF-8"},
    {BYTES(ORDER("\x07") "\x12\x05\x22\x03\x12\x01\x07"), "order_placed.lines[0].price.currency", "control"},
    {BYTES("\xC2\x03\x06\x42\x01\x61\x42\x01\xFF"), "visit_planned.customer_ids[1]", "UTF-8"},
    // customer_upserted.type, field 30 and 3
    {BYTES("\xF2\x01\x02\x18\x07"), "customer_upserted.type", "7 is no CustomerType"},
    {BYTES("\xF2\x01\x0B\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "customer_upserted.type",
     "-1 is no CustomerType"},
    {BYTES("\x92\x02\x02\x18\x63"), "contact_logged.outcome", "99 is no ContactOutcome"},
    {BYTES("\x1A\x07\x08\x80\x83\xD1\xFF\xAF\x07"), "time", "9999"},
    {BYTES("\x1A\x0B\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "time", "1970"},
    {BYTES("\x1A\x06\x10\x80\x94\xEB\xDC\x03"), "time", "1970"},
    {BYTES("\x1A\x0B\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), "time", "1970"},
    {BYTES("\x92\x02\x08\x32\x06\x10\x80\x94\xEB\xDC\x03"), "contact_logged.next_at", "1970"},
};

static void expect(const struct verify_error *error, const struct bad *bad, size_t index)
{
    if (strcmp(error->field, bad->field) != 0 || strstr(error->reason, bad->reason) == NULL)
        fail_msg("case %zu: \"%s\" \"%s\" instead of \"%s\" \"%s\"", index, error->field, error->reason, bad->field,
                 bad->reason);
}

static void bad_wires_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_wires / sizeof bad_wires[0]; i++) {
        struct verify_error error = {"untouched", "untouched"};
        // In memory of its own size, so that the sanitizer sees a byte too far.
        uint8_t *bytes = malloc(bad_wires[i].length);
        memcpy(bytes, bad_wires[i].bytes, bad_wires[i].length);
        if (verify_wire(&tend__v1__event__descriptor, bytes, bad_wires[i].length, &error))
            fail_msg("case %zu was accepted", i);
        expect(&error, &bad_wires[i], i);
        free(bytes);
    }
}

static void bad_messages_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_messages / sizeof bad_messages[0]; i++) {
        struct verify_error error = {"untouched", "untouched"};
        const uint8_t *bytes = (const uint8_t *)bad_messages[i].bytes;
        if (!verify_wire(&tend__v1__event__descriptor, bytes, bad_messages[i].length, &error))
            fail_msg("case %zu: the wire is good, and %s %s", i, error.field, error.reason);
        Tend__V1__Event *event = tend__v1__event__unpack(NULL, bad_messages[i].length, bytes);
        assert_non_null(event);
        if (verify_message(&event->base, NULL, &error))
            fail_msg("case %zu was accepted", i);
        expect(&error, &bad_messages[i], i);
        tend__v1__event__free_unpacked(event, NULL);
    }
}

static void good_text_passes(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "a",
                                       "line\nline\ttab",
                                       "\xC2\xA0",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBD",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       "\xE7\x8E\x8B\xE5\xB0\x8F\xE6\x98\x8E"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct verify_error error = {"untouched", "untouched"};
        Tend__V1__Event event = TEND__V1__EVENT__INIT;
        event.id = (char *)(uintptr_t)good[i];
        assert_true(verify_message(&event.base, NULL, &error));
        assert_string_equal(error.field, "untouched");
    }
}

static void limits_are_kept(void **state)
{
    (void)state;
    struct verify_error error;
    char text[VERIFY_STRING_BYTES + 2];
    memset(text, 'x', sizeof text);
    text[VERIFY_STRING_BYTES] = '\0';
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    event.id = text;
    assert_true(verify_message(&event.base, NULL, &error));
    text[VERIFY_STRING_BYTES] = 'x';
    text[VERIFY_STRING_BYTES + 1] = '\0';
    assert_false(verify_message(&event.base, NULL, &error));
    assert_string_equal(error.field, "id");
    assert_string_equal(error.reason, "longer than 4096 bytes");
    assert_true(verify_message(&event.base, &(struct verify_limits){VERIFY_STRING_BYTES + 1, 1}, &error));

    struct everything list;
    everything_init(&list.base);
    double reals[VERIFY_REPEATED + 1] = {0};
    list.reals = reals;
    list.n_reals = VERIFY_REPEATED;
    assert_true(verify_message(&list.base, NULL, &error));
    list.n_reals++;
    assert_false(verify_message(&list.base, NULL, &error));
    assert_string_equal(error.field, "reals");
    assert_string_equal(error.reason, "has 1001 entries, more than 1000");
    int colours[] = {1, 7, -3, 2};
    list.n_reals = 0;
    list.colours = colours;
    list.n_colours = 4;
    assert_false(verify_message(&list.base, NULL, &error));
    assert_string_equal(error.field, "colours[3]");
    list.n_colours = 3;
    struct everything *children[] = {NULL};
    list.children = children;
    list.n_children = 1;
    assert_false(verify_message(&list.base, NULL, &error));
    assert_string_equal(error.field, "children[0]");
}

// Only the chosen member of a oneof is looked at: the others share its memory.
static void oneof_is_followed(void **state)
{
    (void)state;
    struct verify_error error;
    struct everything one, inner;
    everything_init(&one.base);
    everything_init(&inner.base);
    one.pick_number = 0x41414141;
    assert_true(verify_message(&one.base, NULL, &error));
    one.pick_case = 23;
    assert_true(verify_message(&one.base, NULL, &error));
    one.pick_case = 24;
    one.pick_text = (char *)(uintptr_t) "\xFF";
    assert_false(verify_message(&one.base, NULL, &error));
    assert_string_equal(error.field, "pick_text");
    one.pick_case = 25;
    one.pick_child = &inner;
    inner.colour = 5;
    assert_false(verify_message(&one.base, NULL, &error));
    assert_string_equal(error.field, "pick_child.colour");
    one.pick_child = NULL;
    assert_true(verify_message(&one.base, NULL, &error));
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct verify_error error;
    struct everything chain[VERIFY_DEPTH + 1];
    for (size_t i = 0; i <= VERIFY_DEPTH; i++) {
        everything_init(&chain[i].base);
        if (i > 0)
            chain[i - 1].child = &chain[i];
    }
    assert_false(verify_message(&chain[0].base, NULL, &error));
    assert_true(strncmp(error.field, "child.child.", 12) == 0);
    assert_non_null(strstr(error.reason, "deeper"));
    chain[VERIFY_DEPTH - 1].child = NULL;
    assert_true(verify_message(&chain[0].base, NULL, &error));

    // The same on the wire: field 17 within field 17, and then as deep as a frame allows.
    uint8_t bytes[65536];
    size_t length = 0;
    for (size_t depth = 1; depth < sizeof bytes / 5; depth++) {
        uint8_t head[8] = {0x8A, 0x01};
        size_t at = 2;
        for (size_t rest = length; at == 2 || rest > 0; rest >>= 7)
            head[at++] = (uint8_t)(rest > 127 ? 0x80 | (rest & 127) : rest);
        memmove(bytes + at, bytes, length);
        memcpy(bytes, head, at);
        length += at;
        bool good = verify_wire(&everything_descriptor, bytes, length, &error);
        assert_int_equal(good, depth < VERIFY_DEPTH);
        if (depth == 200)
            break;
    }
    assert_non_null(strstr(error.reason, "deeper"));
}

static void amounts_are_bounded(void **state)
{
    (void)state;
    struct verify_error error;
    static uint8_t bytes[3 * (VERIFY_OCCURRENCES + 1)];
    // order_placed.lines, empty ones, as many as there may be
    size_t room = sizeof bytes - 8;
    for (size_t count = VERIFY_OCCURRENCES - 1; count <= VERIFY_OCCURRENCES; count++) {
        size_t length = 2 * count;
        uint8_t head[] = {0xA2, 0x01, (uint8_t)(0x80 | (length & 127)), (uint8_t)(0x80 | (length >> 7 & 127)),
                          (uint8_t)(length >> 14)};
        assert_true(length < room);
        memcpy(bytes, head, sizeof head);
        for (size_t i = 0; i < count; i++)
            memcpy(bytes + sizeof head + 2 * i, "\x12", 2);
        bool good = verify_wire(&tend__v1__event__descriptor, bytes, sizeof head + length, &error);
        assert_int_equal(good, count < VERIFY_OCCURRENCES);
    }
    assert_string_equal(error.field, "order_placed");
    for (size_t i = 0; i <= VERIFY_UNKNOWN; i++)
        memcpy(bytes + 2 * i, "\x38\x01", 2); // field 7
    assert_true(verify_wire(&tend__v1__event__descriptor, bytes, 2 * VERIFY_UNKNOWN, &error));
    assert_false(verify_wire(&tend__v1__event__descriptor, bytes, 2 * VERIFY_UNKNOWN + 2, &error));
    assert_non_null(strstr(error.reason, "unknown"));
    assert_true(verify_wire(&tend__v1__event__descriptor, NULL, 0, &error));
}

// Lists of numbers come packed or one by one; both are good.
static void lists_may_be_packed(void **state)
{
    (void)state;
    struct verify_error error;
    static const char *const good[] = {"\xAA\x01\x02\x01\x07", "\xA8\x01\x01\xA8\x01\x07", "\xEA\x01\x02\x01\x01",
                                       "\xF2\x01\x02\x01\x07", "\xF0\x01\x02\xF0\x01\x01"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        const uint8_t *bytes = (const uint8_t *)good[i];
        assert_true(verify_wire(&everything_descriptor, bytes, strlen(good[i]), &error));
        ProtobufCMessage *message = protobuf_c_message_unpack(&everything_descriptor, NULL, strlen(good[i]), bytes);
        assert_non_null(message);
        assert_true(verify_message(message, NULL, &error));
        protobuf_c_message_free_unpacked(message, NULL);
    }
    assert_false(verify_wire(&everything_descriptor, (const uint8_t *)"\xA9\x01 12345678", 10, &error));
    assert_string_equal(error.field, "colours");
}

static void errors_fit_and_are_clean(void **state)
{
    (void)state;
    struct verify_error error;
    char text[400];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_false(verify_fail(&error, text, "%s", text));
    assert_int_equal(strlen(error.field), VERIFY_TEXT_BYTES - 1);
    assert_string_equal(error.reason + VERIFY_TEXT_BYTES - 4, "...");
    for (int i = 0; i < 3; i++)
        assert_false(verify_under(&error, "parent", 12345));
    assert_true(strncmp(error.field, "parent[12345].parent[12345].parent[12345].aaa", 45) == 0);
    for (size_t shift = 0; shift < 3; shift++) {
        for (size_t i = shift; i + 3 < sizeof text; i += 3)
            memcpy(text + i, "\xE7\x8E\x8B", 4);
        verify_fail(&error, text, "x");
        size_t length = strlen(error.field);
        for (size_t at = 0; at < length;) {
            size_t step = utf8_length(error.field + at, length - at);
            assert_true(step > 0);
            at += step;
        }
    }
    verify_fail(&error, "a\xFF\x01\xC2\x80z", "\n");
    assert_string_equal(error.field, "a?"
                                     "?"
                                     "?"
                                     "?z");
    assert_string_equal(error.reason, "?");
    verify_fail(&error, NULL, "gone");
    assert_string_equal(error.field, "");
    verify_under(&error, "list", 3);
    verify_under(&error, "top", -1);
    assert_string_equal(error.field, "top.list[3]");
}

static void stamps(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanos;
        const char *back; // NULL: not an instant
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z"},
        {"2026-05-17T09:30:00Z", 1779010200, 0, "2026-05-17T09:30:00Z"},
        {"2026-05-17t17:30:00.5+08:00", 1779010200, 500000000, "2026-05-17T09:30:00.500Z"},
        {"2026-05-17T04:00:00.000001-05:30", 1779010200, 1000, "2026-05-17T09:30:00.000001Z"},
        {"2026-05-17T09:30:00.123456789z", 1779010200, 123456789, "2026-05-17T09:30:00.123456789Z"},
        {"2000-02-29T23:59:59.10Z", 951868799, 100000000, "2000-02-29T23:59:59.100Z"},
        {"9999-12-31T23:59:59Z", STAMP_SECONDS_MAX, 0, "9999-12-31T23:59:59Z"},
        {"1970-01-01T08:00:00+08:00", 0, 0, "1970-01-01T00:00:00Z"},
        {"1970-01-01T07:59:59+08:00", 0, 0, NULL},
        {"9999-12-31T23:59:59-00:01", 0, 0, NULL},
        {"1969-12-31T23:59:59Z", 0, 0, NULL},
        {"2026-02-29T00:00:00Z", 0, 0, NULL},
        {"2026-05-17T24:00:00Z", 0, 0, NULL},
        {"2026-05-17T23:60:00Z", 0, 0, NULL},
        {"2026-05-17T23:59:60Z", 0, 0, NULL},
        {"2026-05-17T09:30:00", 0, 0, NULL},
        {"2026-05-17 09:30:00Z", 0, 0, NULL},
        {"2026-05-17T09:30:00.Z", 0, 0, NULL},
        {"2026-05-17T09:30:00.1234567890Z", 0, 0, NULL},
        {"2026-05-17T09:30:00+8:00", 0, 0, NULL},
        {"2026-05-17T09:30:00+24:00", 0, 0, NULL},
        {"2026-05-17T09:30:00+08:60", 0, 0, NULL},
        {"2026-05-17T09:30:00+0800", 0, 0, NULL},
        {"2026-05-17T09:30:00ZZ", 0, 0, NULL},
        {"2026-05-17", 0, 0, NULL},
        {"", 0, 0, NULL},
        {"2026-13-17T09:30:00Z", 0, 0, NULL},
        {"2026-5-17T09:30:00Z", 0, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t seconds = -1;
        int32_t nanos = -1;
        bool good = stamp_parse(cases[i].text, strlen(cases[i].text), &seconds, &nanos);
        if (good != (cases[i].back != NULL))
            fail_msg("%s", cases[i].text);
        if (!good)
            continue;
        char text[STAMP_TEXT_BYTES];
        assert_int_equal(seconds, cases[i].seconds);
        assert_int_equal(nanos, cases[i].nanos);
        assert_int_equal(stamp_print(seconds, nanos, text), strlen(cases[i].back));
        assert_string_equal(text, cases[i].back);
    }
}

static void nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"total", "orderId", "lines", "to"};
    static const struct {
        const char *wrong;
        const char *meant;
    } cases[] = {
        {"totl", "total"},  {"Total", "total"}, {"toatl", "total"},   {"order_id", "orderId"}, {"orderid", "orderId"},
        {"liens", "lines"}, {"xy", NULL},       {"tootals", "total"}, {"customers", NULL},     {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *meant = nearest_name(cases[i].wrong, names, 4);
        if (cases[i].meant == NULL)
            assert_null(meant);
        else
            assert_string_equal(meant, cases[i].meant);
    }
    assert_int_equal(nearest_edits("abcd", "badc"), 2);
    assert_int_equal(nearest_edits("abc", "abc"), 0);
    assert_int_equal(nearest_edits("abc", "xyz"), 3);
}

static uint64_t chance(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

// Whatever bytes are damaged: what both walks accept can be packed and unpacked again.
static void damaged_bytes_stay_safe(void **state)
{
    (void)state;
    uint64_t seed = (uint64_t)time(NULL);
    print_message("seed %llu\n", (unsigned long long)seed);
    static const char whole[] =
        "\x0A\x02"
        "e1\x12\x04shop\x1A\x06\x08\x98\xCD\xA5\xD0\x06\x22\x02"
        "c1" ORDER("\x23") "\x0A\x02"
                           "o1\x12\x11\x0A\x01s\x12\x04\xE7\x8E\x8B!\x18\xE8\x07\x22\x03\x08\x80\x01"
                           "\x1A\x05\x08\x02\x12\x01X\x2A\x03"
                           "CNY";
    struct verify_error error;
    unsigned accepted = 0;
    assert_true(verify_wire(&tend__v1__event__descriptor, (const uint8_t *)whole, sizeof whole - 1, &error));
    for (int round = 0; round < 30000; round++) {
        uint8_t bytes[sizeof whole];
        memcpy(bytes, whole, sizeof whole);
        for (uint64_t damage = 1 + chance(&seed) % 3; damage > 0; damage--)
            bytes[chance(&seed) % (sizeof whole - 1)] = (uint8_t)chance(&seed);
        size_t length = chance(&seed) % 4 == 0 ? chance(&seed) % sizeof whole : sizeof whole - 1;
        bool canonical;
        if (!verify_wire_form(&tend__v1__event__descriptor, bytes, length, &canonical, &error))
            continue;
        Tend__V1__Event *event = tend__v1__event__unpack(NULL, length, bytes);
        if (event != NULL && verify_message(&event->base, NULL, &error)) {
            uint8_t again[4 * sizeof whole];
            size_t size = tend__v1__event__get_packed_size(event);
            assert_true(size <= sizeof again);
            tend__v1__event__pack(event, again);
            assert_true(!canonical || (size == length && memcmp(again, bytes, size) == 0));
            assert_true(verify_wire(&tend__v1__event__descriptor, again, size, &error));
            Tend__V1__Event *second = tend__v1__event__unpack(NULL, size, again);
            assert_non_null(second);
            tend__v1__event__free_unpacked(second, NULL);
            accepted++;
        }
        tend__v1__event__free_unpacked(event, NULL);
    }
    assert_true(accepted > 100);
}

// What is called canonical is what would be packed again, byte for byte.
static void canonical_form_is_told(void **state)
{
    (void)state;
#define FORM(bytes, expected)                                 \
    {                                                         \
        (const uint8_t *)(bytes), sizeof(bytes) - 1, expected \
    }
    static const struct {
        const uint8_t *bytes;
        size_t length;
        bool canonical;
    } forms[] = {
        FORM("", true),
        FORM("\x0A\x02"
             "e1\x12\x04shop\x30\x01",
             true),
        FORM("\x12\x04shop\x0A\x02"
             "e1",
             false), // not in order
        FORM("\x0A\x02"
             "e1\x30\x00",
             false), // a default said
        FORM("\x0A\x00", false),
        FORM("\x0A\x02"
             "e1\x30\x02",
             false), // true is 1
        FORM("\x0A\x82\x00"
             "e1",
             false), // a length longer than need be
        FORM("\x1A\x02\x08\x01", true),
        FORM("\x1A\x03\x08\x81\x00", false),
        FORM("\x1A\x04\x10\x01\x08\x01", false), // inside
        FORM("\x0A\x02"
             "e1\xF8\x07\x01",
             false), // a field that only a newer reader knows
    };
#undef FORM
    struct verify_error error;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        bool canonical = !forms[i].canonical;
        assert_true(
            verify_wire_form(&tend__v1__event__descriptor, forms[i].bytes, forms[i].length, &canonical, &error));
        if (canonical != forms[i].canonical)
            fail_msg("form %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_form_is_told),
        cmocka_unit_test(bad_wires_are_named),
        cmocka_unit_test(bad_messages_are_named),
        cmocka_unit_test(good_text_passes),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(oneof_is_followed),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(amounts_are_bounded),
        cmocka_unit_test(lists_may_be_packed),
        cmocka_unit_test(errors_fit_and_are_clean),
        cmocka_unit_test(stamps),
        cmocka_unit_test(nearest),
        cmocka_unit_test(damaged_bytes_stay_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
