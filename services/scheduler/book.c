#include "services/scheduler/book.h"

#include "common/must.h"
#include "services/scheduler/deals.h"
#include "services/scheduler/rows.h"

#include <string.h>

enum { ABSENCE_BYTES = 8, DAY_MS = 86400000 };

#define C(type, member) PACK_FIELD(struct customer, type, member)
const struct pack_field rows_customer[] = {
    C(PACK_TEXT, id),
    C(PACK_TEXT, name),
    C(PACK_TEXT, owner),
    C(PACK_TEXT, contact_name),
    C(PACK_TEXT, contact_phone),
    C(PACK_TEXT, merged_into),
    C(PACK_64, upserted.time_ms),
    C(PACK_64, upserted.tie),
    C(PACK_64, joined.time_ms),
    C(PACK_64, joined.tie),
    C(PACK_64, erased.time_ms),
    C(PACK_64, erased.tie),
    C(PACK_32, birthday.year),
    C(PACK_32, birthday.month),
    C(PACK_32, birthday.day),
    C(PACK_32, contact_birthday.year),
    C(PACK_32, contact_birthday.month),
    C(PACK_32, contact_birthday.day),
    C(PACK_32, founding.year),
    C(PACK_32, founding.month),
    C(PACK_32, founding.day),
    C(PACK_32, cooperation_day),
    C(PACK_32, first_order_day),
    C(PACK_64, known_ms),
    C(PACK_32, abc),
    C(PACK_32, orders),
    C(PACK_32, mean_gap_milli),
    C(PACK_32, share_ppm),
    C(PACK_64, net_micros),
    C(PACK_64, last_order_micros),
    C(PACK_64, last_order_ms),
    C(PACK_64, expected_ms),
    C(PACK_TEXT, currency),
    C(PACK_8, overdue),
    C(PACK_8, dropped),
    C(PACK_64, contact_ms),
    PACK_ARRAY(struct customer, PACK_64, tries_ms, TRIES_KEPT),
    C(PACK_64, next_ms),
    C(PACK_64, next_set.time_ms),
    C(PACK_64, next_set.tie),
    C(PACK_TEXT, next_text),
    C(PACK_64, later_ms),
    C(PACK_64, later_set.time_ms),
    C(PACK_64, later_set.tie),
    C(PACK_64, muted.time_ms),
    C(PACK_64, muted.tie),
    C(PACK_32, stage),
    C(PACK_32, intention),
    C(PACK_64, stage_set.time_ms),
    C(PACK_64, stage_set.tie),
    C(PACK_64, intention_set.time_ms),
    C(PACK_64, intention_set.tie),
    C(PACK_64, expected_set.time_ms),
    C(PACK_64, expected_set.tie),
    C(PACK_64, contract_set.time_ms),
    C(PACK_64, contract_set.tie),
    C(PACK_32, expected_day),
    C(PACK_32, contract_day),
    C(PACK_64, promise_ms),
    C(PACK_64, promise),
    C(PACK_32, put_off_day),
    PACK_ARRAY(struct customer, PACK_32, occasions, OCCASIONS),
    C(PACK_32, contact_occasion),
    C(PACK_8, indexed),
    C(PACK_TEXT, indexed_owner),
    C(PACK_TEXT, region),
    C(PACK_TEXT, country),
    C(PACK_TEXT, customer_zone),
    C(PACK_32, type),
    C(PACK_8, lunar),
    C(PACK_8, contact_lunar),
    PACK_ARRAY(struct customer, PACK_64, signals_ms, SIGNALS),
    C(PACK_TEXT, standings),
    C(PACK_32, expected_value_day),
    C(PACK_32, stage_limit_day),
    C(PACK_32, file_by_day),
    C(PACK_32, face_until_day),
    C(PACK_64, expected_micros),
    C(PACK_64, future_micros),
    C(PACK_64, next_survey_ms),
    C(PACK_32, file_ppm),
    C(PACK_32, file_target_ppm),
    C(PACK_32, orders_ever),
    C(PACK_TEXT, file_missing),
    C(PACK_SLICE, last_orders),
    C(PACK_SLICE, hints),
    C(PACK_SLICE, packed_contracts),
    C(PACK_SLICE, packed_quotes),
    C(PACK_SLICE, contacts),
    C(PACK_SLICE, replies),
    C(PACK_SLICE, gifts),
    C(PACK_SLICE, complaints),
    C(PACK_32, owned_since),
    C(PACK_TEXT, owned_from),
    C(PACK_SLICE, hands),
    C(PACK_64, expected_milli),
    C(PACK_64, expected_milli_set.time_ms),
    C(PACK_64, expected_milli_set.tie),
    C(PACK_TEXT, brought_by),
    PACK_ARRAY(struct customer, PACK_64, brought_set, 2),
    C(PACK_64, brought_which),
    C(PACK_64, paid_ms),
    C(PACK_32, breaks),
    C(PACK_64, breaks_ms),
    C(PACK_SLICE, waiting),
    C(PACK_64, first_ordered_ms),
    C(PACK_64, delivered_ms),
    C(PACK_32, class_day),
    C(PACK_8, class_before),
    C(PACK_8, class_after),
    PACK_ARRAY(struct customer, PACK_8, answers, LEAD_ANSWERS),
    PACK_ARRAY(struct customer, PACK_64, answers_set, LEAD_ANSWERS * 2),
    C(PACK_64, survey_sent_ms),
    C(PACK_32, survey_point_day),
    C(PACK_SLICE, sources),
    PACK_ARRAY(struct customer, PACK_64, owner_set, 2),
    C(PACK_TEXT, kin_into),
    C(PACK_TEXT, kin_next),
    C(PACK_64, first_micros),
    C(PACK_SLICE, words),
    PACK_LAST,
};

#define R(type, member) PACK_FIELD(struct rep, type, member)
_Static_assert(sizeof(struct hours) == 8, "hours are packed as pairs of 32 bits");
static const struct pack_field REP_FIELDS[] = {
    R(PACK_TEXT, id),
    R(PACK_TEXT, name),
    R(PACK_TEXT, zone),
    R(PACK_64, upserted.time_ms),
    R(PACK_64, upserted.tie),
    PACK_ARRAY(struct rep, PACK_32, hours, HOURS_MAX * 2),
    R(PACK_32, hour_count),
    R(PACK_32, capacity),
    R(PACK_32, week),
    R(PACK_64, list_ms),
    R(PACK_32, list_day),
    R(PACK_32, month_day),
    R(PACK_32, warned_day),
    R(PACK_SLICE, packed_absences),
    PACK_ARRAY(struct rep, PACK_32, golden, HOURS_MAX * 2),
    R(PACK_32, golden_count),
    R(PACK_TEXT, manager),
    R(PACK_TEXT, deputy),
    R(PACK_TEXT, role),
    R(PACK_TEXT, country),
    R(PACK_TEXT, language),
    R(PACK_64, evening_ms),
    R(PACK_64, digest_ms),
    R(PACK_32, digest_day),
    R(PACK_SLICE, breaks),
    R(PACK_SLICE, leads),
    R(PACK_32, digest_week),
    R(PACK_8, manages),
    R(PACK_TEXT, stands_in),
    R(PACK_32, effort_day),
    R(PACK_32, effort_ppm),
    R(PACK_TEXT, event),
    PACK_LAST,
};

#define P(type, member) PACK_FIELD(struct promise, type, member)
const struct pack_field rows_promise[] = {
    P(PACK_64, hash),
    P(PACK_TEXT, customer_id),
    P(PACK_TEXT, id),
    P(PACK_TEXT, what),
    P(PACK_64, due_ms),
    P(PACK_64, due_set.time_ms),
    P(PACK_64, due_set.tie),
    P(PACK_64, closed_ms),
    P(PACK_SLICE, said),
    P(PACK_TEXT, rep_id),
    P(PACK_TEXT, event),
    P(PACK_TEXT, exception),
    P(PACK_64, made_set.time_ms),
    P(PACK_64, made_set.tie),
    P(PACK_64, timer_ms),
    P(PACK_64, clock_ms),
    P(PACK_64, past_ms),
    P(PACK_64, broken_ms),
    P(PACK_64, took_ms),
    P(PACK_64, usual_ms),
    P(PACK_TEXT, by),
    P(PACK_32, abc),
    P(PACK_TEXT, of),
    PACK_LAST,
};

#define NOTHING                \
    {                          \
        (const uint8_t *)"", 0 \
    }

static uint64_t short_of(const char *id)
{
    return hash_short(id, strlen(id));
}

// --- reps

static struct rep fresh_rep(const char *id)
{
    return (struct rep){.id = id,
                        .name = id,
                        .zone = "",
                        .list_day = DAY_NONE,
                        .month_day = DAY_NONE,
                        .warned_day = DAY_NONE,
                        .packed_absences = NOTHING,
                        .manager = "",
                        .deputy = "",
                        .stands_in = "",
                        .role = "",
                        .country = "",
                        .language = "",
                        .digest_day = DAY_NONE,
                        .digest_week = DAY_NONE,
                        .effort_day = DAY_NONE,
                        .breaks = NOTHING,
                        .leads = NOTHING};
}

static void unpack_absences(struct rep *rep)
{
    rep->absence_count = 0;
    for (size_t i = 0; i + ABSENCE_BYTES <= rep->packed_absences.length && rep->absence_count < ABSENCES_MAX;
         i += ABSENCE_BYTES) {
        const uint8_t *at = rep->packed_absences.bytes + i;
        rep->absences[rep->absence_count++] =
            (struct absence){(int32_t)store_get_u32(at), (int32_t)store_get_u32(at + 4)};
    }
}

bool book_rep(struct turn *turn, const char *id, struct rep *ret_rep)
{
    *ret_rep = fresh_rep(id);
    bool found = rows_get(turn, TABLE_REP, id, strlen(id), REP_FIELDS, ret_rep);
    unpack_absences(ret_rep);
    return found;
}

void book_put_rep(struct turn *turn, struct rep *rep)
{
    must(rep->id[0] != '\0' && rep->absence_count <= ABSENCES_MAX);
    uint8_t *bytes = arena_take(turn->arena, ABSENCES_MAX * ABSENCE_BYTES);
    for (uint32_t i = 0; i < rep->absence_count; i++) {
        store_put_u32(bytes + (size_t)i * ABSENCE_BYTES, (uint32_t)rep->absences[i].from_day);
        store_put_u32(bytes + (size_t)i * ABSENCE_BYTES + 4, (uint32_t)rep->absences[i].to_day);
    }
    rep->packed_absences = (struct slice){bytes, (size_t)rep->absence_count * ABSENCE_BYTES};
    rows_put(turn, TABLE_REP, rep->id, strlen(rep->id), REP_FIELDS, rep);
}

size_t book_each_rep(struct turn *turn, void (*step)(void *self, struct turn *turn, struct rep *rep), void *self)
{
    size_t count = 0;
    struct slice key, value;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_REP);
    bool found = cursor_seek(cursor, "", 1, &key, &value); // from the smallest key: an empty one is none
    for (; found; found = cursor_next(cursor, &key, &value), count++) {
        struct rep rep = fresh_rep("");
        rows_read(turn, REP_FIELDS, value, &rep);
        unpack_absences(&rep);
        if (step != NULL)
            step(self, turn, &rep);
    }
    cursor_close(&cursor);
    return count;
}

// --- customers

static struct customer fresh_customer(const char *id)
{
    struct customer customer = {.id = id,
                                .name = "",
                                .owner = "",
                                .contact_name = "",
                                .contact_phone = "",
                                .merged_into = "",
                                .kin_into = "",
                                .kin_next = "",
                                .currency = "",
                                .next_text = "",
                                .indexed_owner = "",
                                .cooperation_day = DAY_NONE,
                                .first_order_day = DAY_NONE,
                                .expected_day = DAY_NONE,
                                .contract_day = DAY_NONE,
                                .put_off_day = DAY_NONE,
                                .contact_occasion = DAY_NONE,
                                .region = "",
                                .country = "",
                                .customer_zone = "",
                                .standings = "",
                                .expected_value_day = DAY_NONE,
                                .stage_limit_day = DAY_NONE,
                                .file_by_day = DAY_NONE,
                                .face_until_day = DAY_NONE,
                                .file_missing = "",
                                .last_orders = NOTHING,
                                .hints = NOTHING,
                                .contacts = NOTHING,
                                .replies = NOTHING,
                                .gifts = NOTHING,
                                .complaints = NOTHING,
                                .packed_contracts = NOTHING,
                                .packed_quotes = NOTHING,
                                .waiting = NOTHING,
                                .owned_since = DAY_NONE,
                                .class_day = DAY_NONE,
                                .survey_point_day = DAY_NONE,
                                .owned_from = "",
                                .hands = NOTHING,
                                .brought_by = ""};
    for (size_t i = 0; i < OCCASIONS; i++)
        customer.occasions[i] = DAY_NONE;
    return customer;
}

static size_t owned_key(const char *owner, const char *id, uint8_t *ret_key)
{
    size_t length = strlen(id);
    must(length <= ID_TEXT_MAX);
    store_put_u64(ret_key, short_of(owner));
    memcpy(ret_key + 8, id, length);
    return 8 + length;
}

bool book_customer(struct turn *turn, const char *id, struct customer *ret_customer)
{
    *ret_customer = fresh_customer(id);
    bool found = rows_get(turn, TABLE_CUSTOMER, id, strlen(id), rows_customer, ret_customer);
    deals_unpack(ret_customer);
    return found;
}

const char *book_standing(struct turn *turn, const struct customer *customer, const char *dimension)
{
    size_t length = strlen(dimension);
    for (const char *at = customer->standings; at[0] != '\0';) {
        const char *end = strchr(at, '\n');
        size_t own = end != NULL ? (size_t)(end - at) : strlen(at);
        if (own > length && memcmp(at, dimension, length) == 0 && at[length] == '=')
            return arena_text(turn->arena, at + length + 1, own - length - 1);
        at += own + (end != NULL);
    }
    return "";
}

void book_set_standing(struct turn *turn, struct customer *customer, const char *dimension, const char *value)
{
    size_t length = strlen(dimension);
    const char *kept = "";
    for (const char *at = customer->standings; at[0] != '\0';) {
        const char *end = strchr(at, '\n');
        size_t own = end != NULL ? (size_t)(end - at) : strlen(at);
        bool same = own > length && memcmp(at, dimension, length) == 0 && at[length] == '=';
        if (!same && own > 0)
            kept = arena_format(turn->arena, "%s%.*s\n", kept, (int)own, at);
        at += own + (end != NULL);
    }
    customer->standings = value[0] == '\0' ? kept : arena_format(turn->arena, "%s%s=%s\n", kept, dimension, value);
}

bool book_subject(struct turn *turn, uint64_t hash, const char **ret_id)
{
    uint8_t key[8];
    struct slice value;
    store_put_u64(key, hash);
    if (!tx_get(turn->tx, TABLE_SUBJECT, key, sizeof key, &value))
        return false;
    *ret_id = arena_text(turn->arena, (const char *)value.bytes, value.length);
    return true;
}

void book_put_customer(struct turn *turn, struct customer *customer)
{
    must(customer->id[0] != '\0');
    uint8_t key[8 + ID_TEXT_MAX];
    bool wanted = customer->merged_into[0] == '\0' && customer->erased.time_ms == 0;
    bool moved = strcmp(customer->owner, customer->indexed_owner) != 0;
    if (customer->indexed && (!wanted || moved)) {
        tx_delete(turn->tx, TABLE_OWNED, key, owned_key(customer->indexed_owner, customer->id, key));
    }
    if (wanted && (!customer->indexed || moved))
        tx_put(turn->tx, TABLE_OWNED, key, owned_key(customer->owner, customer->id, key), "", 0);
    if (wanted && !customer->indexed) {
        uint8_t subject[8];
        store_put_u64(subject, short_of(customer->id));
        tx_put(turn->tx, TABLE_SUBJECT, subject, sizeof subject, customer->id, strlen(customer->id));
    }
    customer->indexed = wanted;
    customer->indexed_owner = customer->owner;
    deals_pack(turn, customer);
    rows_put(turn, TABLE_CUSTOMER, customer->id, strlen(customer->id), rows_customer, customer);
}

void book_each_owned(struct turn *turn, const char *owner, void (*step)(void *self, const struct customer *customer),
                     void *self)
{
    uint8_t prefix[8];
    struct slice key, value;
    store_put_u64(prefix, short_of(owner));
    struct cursor *cursor = cursor_open(turn->tx, TABLE_OWNED);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; found && rows_starts(key, prefix, sizeof prefix); found = cursor_next(cursor, &key, &value)) {
        struct slice row;
        struct customer customer = fresh_customer("");
        if (tx_get(turn->tx, TABLE_CUSTOMER, key.bytes + 8, key.length - 8, &row)) {
            // In place, not copied: nothing is written while the walk lasts.
            pack_read(rows_customer, row.bytes, row.length, &customer);
            deals_unpack(&customer);
            if (strcmp(customer.owner, owner) == 0)
                step(self, &customer);
        }
    }
    cursor_close(&cursor);
}

// --- promises

static void promise_key(const char *customer_id, uint64_t hash, uint8_t *ret_key)
{
    store_put_u64(ret_key, short_of(customer_id));
    store_put_u64(ret_key + 8, hash);
}

static struct promise fresh_promise(const char *customer_id, uint64_t hash)
{
    return (struct promise){.hash = hash,
                            .customer_id = customer_id,
                            .id = "",
                            .what = "",
                            .said = NOTHING,
                            .rep_id = "",
                            .event = "",
                            .exception = "",
                            .by = "",
                            .of = ""};
}

bool book_promise(struct turn *turn, const char *customer_id, uint64_t hash, struct promise *ret_promise)
{
    uint8_t key[16];
    promise_key(customer_id, hash, key);
    *ret_promise = fresh_promise(customer_id, hash);
    return rows_get(turn, TABLE_PROMISE, key, sizeof key, rows_promise, ret_promise);
}

void book_put_promise(struct turn *turn, const struct promise *promise)
{
    uint8_t key[16];
    promise_key(promise->customer_id, promise->hash, key);
    rows_put(turn, TABLE_PROMISE, key, sizeof key, rows_promise, promise);
}

bool book_first_promise(struct turn *turn, const char *customer_id, struct promise *ret_promise)
{
    uint8_t prefix[16];
    struct slice key, value;
    bool any = false;
    promise_key(customer_id, 0, prefix);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_PROMISE);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (size_t i = 0; found && rows_starts(key, prefix, 8) && i < PROMISES_MAX; i++) {
        struct promise promise = fresh_promise("", 0);
        rows_read(turn, rows_promise, value, &promise);
        bool old = promise.closed_ms != 0 && turn->now_ms - promise.closed_ms > PROMISE_KEEP_DAYS * (int64_t)DAY_MS;
        if (promise.closed_ms == 0 && promise.due_ms != 0 && (!any || promise.due_ms < ret_promise->due_ms)) {
            *ret_promise = promise;
            any = true;
        }
        if (old)
            cursor_delete(cursor);
        found = cursor_next(cursor, &key, &value);
    }
    cursor_close(&cursor);
    return any;
}

struct promise *book_promises(struct turn *turn, const char *customer_id, size_t *ret_count)
{
    uint8_t prefix[16];
    struct slice key, value;
    struct promise *all = arena_take(turn->arena, PROMISES_MAX * sizeof *all);
    promise_key(customer_id, 0, prefix);
    *ret_count = 0;
    struct cursor *cursor = cursor_open(turn->tx, TABLE_PROMISE);
    bool found = cursor_seek(cursor, prefix, sizeof prefix, &key, &value);
    for (; found && rows_starts(key, prefix, 8) && *ret_count < PROMISES_MAX;
         found = cursor_next(cursor, &key, &value)) {
        all[*ret_count] = fresh_promise("", 0);
        rows_read(turn, rows_promise, value, &all[(*ret_count)++]);
    }
    cursor_close(&cursor);
    return all;
}

void book_delete_promise(struct turn *turn, const struct promise *promise)
{
    uint8_t key[16];
    promise_key(promise->customer_id, promise->hash, key);
    tx_delete(turn->tx, TABLE_PROMISE, key, sizeof key);
}

void book_forget_promises(struct turn *turn, const char *customer_id)
{
    uint8_t prefix[16];
    struct slice key, value;
    promise_key(customer_id, 0, prefix);
    struct cursor *cursor = cursor_open(turn->tx, TABLE_PROMISE);
    while (cursor_seek(cursor, prefix, sizeof prefix, &key, &value) && rows_starts(key, prefix, 8))
        cursor_delete(cursor);
    cursor_close(&cursor);
}

// --- single rows

bool book_single(struct turn *turn, enum book_single which, struct slice *ret_bytes)
{
    uint8_t key = (uint8_t)which;
    struct slice value;
    if (!tx_get(turn->tx, TABLE_SINGLE, &key, sizeof key, &value))
        return false;
    ret_bytes->bytes = (const uint8_t *)arena_text(turn->arena, (const char *)value.bytes, value.length);
    ret_bytes->length = value.length;
    return true;
}

void book_put_single(struct turn *turn, enum book_single which, const uint8_t *bytes, size_t length)
{
    uint8_t key = (uint8_t)which;
    tx_put(turn->tx, TABLE_SINGLE, &key, sizeof key, bytes, length);
}
