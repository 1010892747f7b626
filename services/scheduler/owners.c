#include "services/scheduler/owners.h"

#include "common/bounds.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum { KEY_BYTES = 8 + 8 + 8 }; // customer's hash, moment, tie

#define O(type, member) PACK_FIELD(struct ownership, type, member)
const struct pack_field rows_owner[] = {
    O(PACK_TEXT, owner),       O(PACK_64, first.time_ms),
    O(PACK_64, first.tie),     O(PACK_64, last.time_ms),
    O(PACK_64, last.tie),      O(PACK_TEXT, first_source),
    O(PACK_TEXT, last_source), O(PACK_8, decided),
    O(PACK_64, real_ms),       PACK_LAST,
};

static void make_key(const char *customer_id, const struct version *first, uint8_t *ret_key)
{
    store_put_u64(ret_key, hash_short(customer_id, strlen(customer_id)));
    store_put_u64(ret_key + 8, (uint64_t)first->time_ms);
    store_put_u64(ret_key + 16, first->tie);
}

static void put(struct turn *turn, const char *customer_id, const struct ownership *owner)
{
    uint8_t key[KEY_BYTES];
    make_key(customer_id, &owner->first, key);
    rows_put(turn, TABLE_OWNERS, key, sizeof key, rows_owner, owner);
}

static void drop(struct turn *turn, const char *customer_id, const struct ownership *owner)
{
    uint8_t key[KEY_BYTES];
    make_key(customer_id, &owner->first, key);
    tx_delete(turn->tx, TABLE_OWNERS, key, sizeof key);
}

size_t owners_all(struct turn *turn, const char *customer_id, struct ownership *ret_owners)
{
    static const struct version beginning;
    uint8_t prefix[KEY_BYTES];
    struct slice key, value;
    size_t count = 0;
    make_key(customer_id, &beginning, prefix);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_OWNERS);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; found && count < OWNERS_MAX && rows_starts(key, prefix, 8); found = cursor_next(cursor, &key, &value)) {
        ret_owners[count] = (struct ownership){.owner = "", .first_source = "", .last_source = ""};
        rows_read(turn, rows_owner, value, &ret_owners[count++]);
    }
    cursor_close(&cursor);
    return count;
}

bool owners_placeholder(const struct version *at)
{
    return at->time_ms >= BOUNDS_PLACEHOLDER_FROM_MS && at->time_ms < BOUNDS_PLACEHOLDER_TO_MS;
}

static int64_t real_moment(const struct version *at)
{
    return owners_placeholder(at) ? 0 : at->time_ms;
}

// The earlier of two moments, of which 0 is none.
static int64_t earlier(int64_t one, int64_t other)
{
    return one == 0 || (other != 0 && other < one) ? other : one;
}

static struct ownership begun(const struct claim *claim)
{
    return (struct ownership){.owner = claim->owner,
                              .first = claim->at,
                              .last = claim->at,
                              .first_source = claim->source,
                              .last_source = claim->source,
                              .decided = claim->decided,
                              .real_ms = real_moment(&claim->at)};
}

// At a moment within another owner's stretch: what is known of that are its ends.
static void cut(struct turn *turn, const char *customer_id, struct ownership *around, int64_t at_ms)
{
    int64_t real_ms = around->real_ms;
    struct ownership tail = {.owner = around->owner,
                             .first = around->last,
                             .last = around->last,
                             .first_source = around->last_source,
                             .last_source = around->last_source,
                             .decided = around->decided,
                             .real_ms = real_ms > at_ms ? real_ms : real_moment(&around->last)};
    around->real_ms = real_ms < at_ms ? real_ms : 0;
    around->last = around->first;
    around->last_source = around->first_source;
    put(turn, customer_id, around);
    put(turn, customer_id, &tail);
}

void owners_claim(struct turn *turn, const char *customer_id, const struct claim *claim)
{
    struct ownership owners[OWNERS_MAX];
    size_t count = owners_all(turn, customer_id, owners), at = 0;
    while (at < count && !version_newer(&owners[at].first, &claim->at))
        at++;
    struct ownership *before = at > 0 ? &owners[at - 1] : NULL, *after = at < count ? &owners[at] : NULL;
    bool inside = before != NULL && !version_newer(&claim->at, &before->last);
    bool same = before != NULL && strcmp(before->owner, claim->owner) == 0;
    struct ownership fresh = begun(claim);
    if (same) {
        before->decided |= claim->decided;
        before->real_ms = earlier(before->real_ms, real_moment(&claim->at));
        if (!inside) {
            before->last = claim->at;
            before->last_source = claim->source;
        }
        put(turn, customer_id, before);
        return;
    }
    if (inside && !version_newer(&claim->at, &before->first))
        return; // the very same claim, heard before
    if (!inside && after != NULL && strcmp(after->owner, claim->owner) == 0) {
        drop(turn, customer_id, after);
        after->first = claim->at;
        after->first_source = claim->source;
        after->decided |= claim->decided;
        after->real_ms = earlier(after->real_ms, real_moment(&claim->at));
        put(turn, customer_id, after);
        return;
    }
    if (inside)
        cut(turn, customer_id, before, claim->at.time_ms);
    put(turn, customer_id, &fresh);
    if (count + 1 > OWNERS_MAX - 1) // one more may come of the next cut
        drop(turn, customer_id, &owners[0]);
}

const char *owners_at(struct turn *turn, const char *customer_id, int64_t at_ms)
{
    struct ownership owners[OWNERS_MAX];
    size_t count = owners_all(turn, customer_id, owners);
    const char *owner = count > 0 ? owners[0].owner : "";
    for (size_t i = 0; i < count && owners[i].first.time_ms <= at_ms; i++)
        owner = owners[i].owner;
    return owner;
}

void owners_forget(struct turn *turn, const char *customer_id)
{
    struct ownership owners[OWNERS_MAX];
    for (size_t count; (count = owners_all(turn, customer_id, owners)) > 0;)
        for (size_t i = 0; i < count; i++)
            drop(turn, customer_id, &owners[i]);
}
