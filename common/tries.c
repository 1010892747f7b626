#include "common/tries.h"

#include "common/must.h"

enum { TRIES_MAX = 3 };

static const char try_key[] = "try";

bool tries_idle(const struct tries *tries)
{
    return !tries->crashed && tries->careful == 0;
}

struct piece tries_count(struct tries *tries, struct tx *tx, const struct record *first, size_t count,
                         uint64_t batch_records)
{
    must(count > 0);
    struct slice value;
    uint64_t tried = 1;
    if (tx_get(tx, STORE_TABLE_META, try_key, sizeof try_key - 1, &value) && store_get_u64(value.bytes) == first->seq)
        tried = tries->crashed ? store_get_u64(value.bytes + 8) + 1 : 1;
    uint8_t row[16];
    store_put_u64(row, first->seq);
    store_put_u64(row + 8, tried);
    tx_put(tx, STORE_TABLE_META, try_key, sizeof try_key - 1, row, sizeof row);
    if (tries->crashed && tried > 1)
        tries->careful = batch_records;
    tries->crashed = false;
    return (struct piece){.count = tries->careful > 0 ? 1 : count, .dead = tried >= TRIES_MAX};
}

void tries_passed(struct tries *tries)
{
    if (tries->careful > 0)
        tries->careful--;
}

void tries_bury(struct tx *tx, const struct record *record)
{
    uint8_t key[8];
    store_put_u64(key, record->seq);
    tx_put(tx, STORE_TABLE_DEAD, key, sizeof key, record->payload, record->length);
}
