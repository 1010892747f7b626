// Many texts that are sought at once: what is found is what looking for each by itself finds.
#include "common/arena.h"
#include "services/ingest/needles.h"
#include "unit/dice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 3000, NEEDLES = 40, LENGTH = 12, BYTES = 120 };

// Of a few letters, so that most stand somewhere, and begin alike.
static size_t write_text(struct dice *dice, char *to, size_t most)
{
    size_t length = (size_t)dice_throw(dice, (int64_t)most + 1);
    for (size_t i = 0; i < length; i++)
        to[i] = (char)('a' + dice_throw(dice, 4) % 3);
    return length;
}

// Only at an even distance from the beginning, and not the third.
static bool is_even(void *context, const struct needle *needle, const char *at)
{
    return needle->length != 3 && (at - (const char *)context) % 2 == 0;
}

static size_t find_plainly(const struct needle *list, size_t count, const char *bytes, size_t length, bool even)
{
    for (size_t i = 0; i < count; i++)
        for (size_t at = 0; list[i].length > 0 && at + list[i].length <= length; at++)
            if (memcmp(bytes + at, list[i].bytes, list[i].length) == 0 &&
                (!even || is_even((void *)(uintptr_t)bytes, &list[i], bytes + at)))
                return i;
    return count;
}

static void found_as_one_by_one(void **state)
{
    struct dice dice = dice_take();
    struct arena *arena = arena_open(1 << 16, 1 << 20);
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        char texts[NEEDLES][LENGTH], bytes[BYTES];
        struct needle list[NEEDLES];
        size_t count = (size_t)dice_throw(&dice, NEEDLES + 1), length = write_text(&dice, bytes, BYTES);
        for (size_t i = 0; i < count; i++)
            list[i] = (struct needle){texts[i], write_text(&dice, texts[i], LENGTH)};
        arena_reset(arena);
        const struct needles *needles = needles_make(arena, list, count);
        assert_int_equal(needles_find(needles, bytes, length, NULL, NULL),
                         find_plainly(list, count, bytes, length, false));
        assert_int_equal(needles_find(needles, bytes, length, is_even, bytes),
                         find_plainly(list, count, bytes, length, true));
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(found_as_one_by_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
