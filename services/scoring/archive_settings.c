// The part of the archive that there is one of: the clock, the book, the limits, the rules and names in force.
#include "services/scoring/archive.h"

#include <string.h>

enum {
    TABLE_SETTINGS = STORE_TABLE_SERVICE + 5,
    CLOCK_BYTES = 8 + 4 + HASH_BYTES + 4,
};

static const char clock_key[] = "clock", settings_key[] = "settings", book_key[] = "book", names_key[] = "names",
                  limits_key[] = "limits";

bool archive_get_clock(struct tx *tx, struct archive_clock *ret_clock)
{
    struct slice value;
    if (!tx_get(tx, TABLE_SETTINGS, clock_key, sizeof clock_key - 1, &value))
        return false;
    if (value.length != CLOCK_BYTES) {
        tx_fail(tx, STORE_DAMAGED);
        return false;
    }
    ret_clock->as_of_ms = (int64_t)store_get_u64(value.bytes);
    ret_clock->round = (enum archive_round)store_get_u32(value.bytes + 8);
    memcpy(ret_clock->rules, value.bytes + 12, HASH_BYTES);
    ret_clock->rules_version = store_get_u32(value.bytes + 12 + HASH_BYTES);
    return true;
}

void archive_put_clock(struct tx *tx, const struct archive_clock *clock)
{
    uint8_t value[CLOCK_BYTES];
    store_put_u64(value, (uint64_t)clock->as_of_ms);
    store_put_u32(value + 8, (uint32_t)clock->round);
    memcpy(value + 12, clock->rules, HASH_BYTES);
    store_put_u32(value + 12 + HASH_BYTES, clock->rules_version);
    tx_put(tx, TABLE_SETTINGS, clock_key, sizeof clock_key - 1, value, sizeof value);
}

bool archive_get_book(struct tx *tx, struct slice *ret_book)
{
    return tx_get(tx, TABLE_SETTINGS, book_key, sizeof book_key - 1, ret_book);
}

void archive_put_book(struct tx *tx, const struct slice *book)
{
    tx_put(tx, TABLE_SETTINGS, book_key, sizeof book_key - 1, book->bytes, book->length);
}

bool archive_get_limits(struct tx *tx, struct slice *ret_limits)
{
    return tx_get(tx, TABLE_SETTINGS, limits_key, sizeof limits_key - 1, ret_limits);
}

void archive_put_limits(struct tx *tx, const struct slice *limits)
{
    tx_put(tx, TABLE_SETTINGS, limits_key, sizeof limits_key - 1, limits->bytes, limits->length);
}

bool archive_get_names(struct tx *tx, struct slice *ret_names)
{
    return tx_get(tx, TABLE_SETTINGS, names_key, sizeof names_key - 1, ret_names);
}

void archive_put_names(struct tx *tx, const char *names, size_t length)
{
    tx_put(tx, TABLE_SETTINGS, names_key, sizeof names_key - 1, names, length);
}

bool archive_get_settings(struct tx *tx, struct slice *ret_settings)
{
    return tx_get(tx, TABLE_SETTINGS, settings_key, sizeof settings_key - 1, ret_settings);
}

void archive_put_settings(struct tx *tx, const uint8_t *bytes, size_t length)
{
    tx_put(tx, TABLE_SETTINGS, settings_key, sizeof settings_key - 1, bytes, length);
}
