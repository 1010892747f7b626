#include "services/scheduler/log.h"

#include "common/hash.h"
#include "common/must.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum { KEY_BYTES = 8 + 4 };

static const struct pack_field LOG_FIELDS[] = {
    PACK_ARRAY(struct log, PACK_32, counts, LOG_COUNTS),
    PACK_LAST,
};

// Days count from far before 1970: the highest bit turned, they sort as they come.
static void make_key(const char *rep_id, int32_t day, uint8_t *ret_key)
{
    store_put_u64(ret_key, hash_short(rep_id, strlen(rep_id)));
    store_put_u32(ret_key + 8, (uint32_t)day ^ UINT32_C(0x80000000));
}

static uint32_t added(uint32_t count, int32_t more)
{
    int64_t sum = (int64_t)count + more;
    return sum < 0 ? 0 : sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

void log_add(struct turn *turn, const char *rep_id, int32_t day, enum log_count count, int32_t more)
{
    uint8_t key[KEY_BYTES];
    struct log log = {0};
    must(count < LOG_COUNTS);
    make_key(rep_id, day, key);
    (void)rows_get(turn, TABLE_LOG, key, sizeof key, LOG_FIELDS, &log);
    log.counts[count] = added(log.counts[count], more);
    rows_put(turn, TABLE_LOG, key, sizeof key, LOG_FIELDS, &log);
}

void log_breach(struct turn *turn, const char *rep_id, int32_t day, uint32_t abc, int32_t more)
{
    log_add(turn, rep_id, day, LOG_BREACHES, more);
    log_add(turn, rep_id, day, abc == 1 ? LOG_BREACHES_A : abc == 2 ? LOG_BREACHES_B : LOG_BREACHES_C, more);
}

struct log log_sum(struct turn *turn, const char *rep_id, int32_t from_day, int32_t to_day)
{
    struct log sum = {0};
    int64_t first = to_day - (int64_t)from_day >= LOG_DAYS_MAX ? (int64_t)to_day - LOG_DAYS_MAX + 1 : from_day;
    for (int64_t day = first; day <= to_day; day++) {
        uint8_t key[KEY_BYTES];
        struct log log = {0};
        make_key(rep_id, (int32_t)day, key);
        if (!rows_get(turn, TABLE_LOG, key, sizeof key, LOG_FIELDS, &log))
            continue;
        for (size_t i = 0; i < LOG_COUNTS; i++)
            sum.counts[i] += log.counts[i];
    }
    return sum;
}

void log_forget(struct turn *turn, const char *rep_id, int32_t day)
{
    uint8_t from[KEY_BYTES], to[KEY_BYTES];
    make_key(rep_id, INT32_MIN, from);
    make_key(rep_id, day, to);
    rows_delete_range(turn, TABLE_LOG, from, to, KEY_BYTES);
}
