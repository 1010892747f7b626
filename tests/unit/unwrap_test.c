// Whether a text stands in a body, however the body is written; and whether it is found in one that was wrapped at
// random.
#include "common/arena.h"
#include "services/ingest/unwrap.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 400, BODY_BYTES = 1 << 14 };

static struct arena *arena;

static bool finds(const char *body, const char *text, enum unwrap_kind kind)
{
    const struct unwrap_text sought = {text, kind};
    arena_reset(arena);
    return unwrap_find(arena, body, strlen(body), &sought, 1) == 0;
}

static void what_is_found(void **state)
{
    static const struct {
        const char *body, *text;
        enum unwrap_kind kind;
        bool found;
    } rows[] = {
        {"{\"id\":\"C-1001\"}", "C-1001", UNWRAP_ID, true},
        {"{\"id\":\"C-10012\"}", "C-1001", UNWRAP_ID, false},
        {"{\"id\":91001}", "1001", UNWRAP_ID, false},
        {"{\"total\":7}", "7", UNWRAP_ID, false},
        {"{\"customer\": {\n  \"id\": 7}}", "7", UNWRAP_ID, true},
        {"{\"partner_id\":[7,\"Y\"]}", "7", UNWRAP_ID, true},
        {"{\"customer\":{\"id\":77}}", "7", UNWRAP_ID, false},
        {"{\"id\":\"\\u0043-100\\u0031\"}", "C-1001", UNWRAP_ID, true},
        {"id=C%2D1001&x=1", "C-1001", UNWRAP_ID, true},
        {"{\"name\":\"\\u738b\\u5c0f\\u660e\"}", "王小明", UNWRAP_WORDS, true},
        {"{\"name\":\"\\u738B\\u5C0F\"}", "王小明", UNWRAP_WORDS, false},
        {"msg=%7B%22name%22%3A%22%5Cu738b%5Cu5c0f%5Cu660e%22%7D", "王小明", UNWRAP_WORDS, true},
        {"{\"payload\":\"{\\\"name\\\":\\\"\\\\u738b\\\\u5c0f\\\\u660e\\\"}\"}", "王小明", UNWRAP_WORDS, true},
        {"{\"n\":\"\\ud842\\udfb7\\u7530\\u592a\"}", "𠮷田太", UNWRAP_WORDS, true},
        {"name=Mina%20Q.%20Park", "mina q park", UNWRAP_WORDS, true},
        {"name=Mina+Q.+Park", "MINA Q. PARK", UNWRAP_WORDS, true},
        {"{\"msg\":\"eyJuYW1lIjoiTWluYSBRLiBQYXJrIn0gICAg\"}", "Mina Q. Park", UNWRAP_WORDS, true},
        {"msg=eyJuYW1lIjoiXHU3MzhiXHU1YzBmXHU2NjBlIn0%3D", "王小明", UNWRAP_WORDS, true},
        {"{\"email\":\"Mina.Park@Example.com\"}", "mina.park@example.com", UNWRAP_WORDS, true},
        {"{\"email\":\"mina@example.org\"}", "mina@example.com", UNWRAP_WORDS, false},
        {"{\"who\":\"anna\"}", "anna", UNWRAP_WORDS, false}, // too short to mean somebody
        {"{\"phone\":\"138-0013 8000\"}", "+86 138 0013 8000", UNWRAP_PHONE, true},
        {"{\"phone\":\"0086 (138) 00138000\"}", "13800138000", UNWRAP_PHONE, true},
        {"{\"phone\":\"138-0013 8001\"}", "+86 138 0013 8000", UNWRAP_PHONE, false},
        {"{\"phone\":\"12345\"}", "12345", UNWRAP_PHONE, false},
        {"\\u12", "abcde", UNWRAP_WORDS, false}, // an escape that ends too early
        {"%4", "abcde", UNWRAP_WORDS, false},
        {"", "C-1001", UNWRAP_ID, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (finds(rows[i].body, rows[i].text, rows[i].kind) != rows[i].found)
            fail_msg("row %zu: \"%s\" in %s", i, rows[i].text, rows[i].body);
}

static void which_of_several(void **state)
{
    static const struct unwrap_text texts[] = {
        {"C-1", UNWRAP_ID}, {"", UNWRAP_ID}, {"Mina Park", UNWRAP_WORDS}, {"", UNWRAP_WORDS}, {"C-77777", UNWRAP_ID}};
    static const char body[] = "{\"a\":\"C-77777\"}";
    (void)state;
    arena_reset(arena);
    assert_int_equal(unwrap_find(arena, body, sizeof body - 1, texts, 5), 4);
    assert_int_equal(unwrap_find(arena, body, sizeof body - 1, texts, 4), 4);
    assert_int_equal(unwrap_find(arena, body, 5, texts, 5), 5);
}

// --- wrapped at random

static void wrap_escapes(const char *from, char *to)
{
    for (; *from != '\0'; from++)
        to += snprintf(to, 7, "\\u%04x", (unsigned)(unsigned char)*from);
}

static void wrap_percents(const char *from, char *to)
{
    for (; *from != '\0'; from++)
        to += snprintf(to, 4, "%%%02X", (unsigned)(unsigned char)*from);
}

static void wrap_base64(const char *from, char *to)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned held = 0, bits = 0;
    for (; *from != '\0'; from++) {
        held = held << 8 | (unsigned char)*from;
        for (bits += 8; bits >= 6; bits -= 6)
            *to++ = letters[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        *to++ = letters[held << (6 - bits) & 63];
    *to = '\0';
}

static void wrapped_at_random(void **state)
{
    static void (*const wraps[])(const char *from, char *to) = {wrap_escapes, wrap_percents, wrap_base64};
    static char body[BODY_BYTES], inner[BODY_BYTES];
    struct dice dice = dice_take();
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        char id[24];
        snprintf(id, sizeof id, "C-%06u", (unsigned)dice_throw(&dice, 1000000));
        snprintf(body, sizeof body, "{\"customer\":\"%s\",\"rest\":\"of what it says\"}", id);
        for (int64_t depth = dice_throw(&dice, 4); depth > 0; depth--) {
            memcpy(inner, body, sizeof inner);
            wraps[dice_throw(&dice, 3)](inner, body);
        }
        assert_true(finds(body, id, UNWRAP_ID));
        assert_false(finds(body, "C-9999999", UNWRAP_ID));
    }
}

// A body that is made so that every wrapping can be taken off it in every order: views that are alike are looked at
// once, so that the work, seen here by its memory, stays small and what is hidden deepest is still found.
static void many_ways_to_the_same(void **state)
{
    enum { LENGTH = 1 << 16, ROOM = 52 };
    static const char unit[] = "\\\\\\\\%2525QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo ";
    static char body[LENGTH + BODY_BYTES], inner[BODY_BYTES];
    struct arena *small = arena_open(1 << 16, ROOM * LENGTH);
    const struct unwrap_text sought = {"Mina Q. Park", UNWRAP_WORDS};
    (void)state;
    for (size_t i = 0; i < LENGTH; i++)
        body[i] = unit[i % (sizeof unit - 1)];
    body[LENGTH - 1] = ' ';
    snprintf(inner, sizeof inner, "{\"name\":\"Mina Q. Park\",\"rest\":\"of what it says\"}");
    for (int depth = 0; depth < 3; depth++) {
        wrap_base64(inner, body + LENGTH);
        memcpy(inner, body + LENGTH, sizeof inner);
    }
    assert_int_equal(unwrap_find(small, body, strlen(body), &sought, 1), 0);
    arena_close(&small);
}

// Bytes of any kind, cut anywhere: nothing is read behind their end.
static void bytes_of_any_kind(void **state)
{
    static const char parts[] = "\\u%4Dd8aA+/=-_ \"{}0189\\\\%%";
    struct dice dice = dice_take();
    char bytes[100];
    (void)state;
    for (int round = 0; round < 20 * ROUNDS; round++) {
        size_t length = (size_t)dice_throw(&dice, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = parts[dice_throw(&dice, sizeof parts)];
        char *exact = test_malloc(length + 1);
        memcpy(exact, bytes, length);
        exact[length] = '\0';
        assert_false(finds(exact, "nobody of this name", UNWRAP_WORDS));
        test_free(exact);
    }
}

// Where there is no room for what would be unwrapped, nothing more is found, and nothing worse happens.
static void without_room(void **state)
{
    static char body[4000];
    struct arena *small = arena_open(1024, 2048);
    (void)state;
    memset(body, 'x', sizeof body - 1);
    for (size_t i = 0; i < 3; i++) {
        const struct unwrap_text sought = {"nobody of this name", (enum unwrap_kind)i};
        assert_int_equal(unwrap_find(small, body, sizeof body - 1, &sought, 1), 1);
    }
    arena_close(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found),     cmocka_unit_test(which_of_several),
        cmocka_unit_test(wrapped_at_random), cmocka_unit_test(many_ways_to_the_same),
        cmocka_unit_test(bytes_of_any_kind), cmocka_unit_test(without_room),
    };
    arena = arena_open(1 << 16, 1 << 24);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(&arena);
    return failed;
}
