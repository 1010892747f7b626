#include "common/eraser.h"

#include "common/audit.h"
#include "common/instant.h"
#include "common/must.h"
#include "common/recordbody.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <string.h>

enum {
    PIECE_RECORDS = 2000, // of the journal in one turn: some milliseconds
    PIECE_BYTES = 4 * 1024 * 1024,
    TOGETHER = 64,        // erasures whose rows go in one turn
    PIECE_LETTERS = 1000, // dead letters; there are hardly any
    AGAIN_MS = 200,       // how soon followers are looked at again: about as often as they ask
    PHONE_DIGITS = 11,    // of a Chinese mobile number, which is written without a plus
};

// A row, in the runtime's table: "erasure/" and the event's identity -> step, numbers, the customer's id. From
// STEP_READY on the id is gone.
enum {
    PREFIX = 8,
    KEY_BYTES = PREFIX + HASH_BYTES,
    AT_STEP = 0,
    AT_THROUGH = 1,
    AT_NEXT = 9,
    AT_ROWS = 17,
    AT_TOMBSTONES = 25,
    AT_HEARD = 33,
    HEAD_BYTES = 41,
};
static const char prefix[] = "erasure/";
_Static_assert(sizeof prefix - 1 == PREFIX, "the key's first bytes");

enum step { STEP_ROWS = 1, STEP_WAIT = 2, STEP_SCAN = 3, STEP_READY = 4 };

struct erasure {
    uint8_t key[HASH_BYTES];
    enum step step;
    uint64_t through, next; // of our journal
    uint64_t rows, tombstones;
    int64_t heard_ms;
    char id[ERASER_ID_MAX + 1];
};

static void key_of(const uint8_t *identity, uint8_t *key)
{
    memcpy(key, prefix, PREFIX);
    memcpy(key + PREFIX, identity, HASH_BYTES);
}

static void put(struct turn *turn, const struct erasure *erasure)
{
    uint8_t key[KEY_BYTES], row[HEAD_BYTES + ERASER_ID_MAX] = {0};
    size_t length = strlen(erasure->id);
    key_of(erasure->key, key);
    row[AT_STEP] = (uint8_t)erasure->step;
    store_put_u64(row + AT_THROUGH, erasure->through);
    store_put_u64(row + AT_NEXT, erasure->next);
    store_put_u64(row + AT_ROWS, erasure->rows);
    store_put_u64(row + AT_TOMBSTONES, erasure->tombstones);
    store_put_u64(row + AT_HEARD, (uint64_t)erasure->heard_ms);
    memcpy(row + HEAD_BYTES, erasure->id, length);
    tx_put(turn->tx, STORE_TABLE_META, key, sizeof key, row, HEAD_BYTES + length);
}

static bool read_row(struct tx *tx, const struct slice *key, const struct slice *row, struct erasure *ret)
{
    if (row->length < HEAD_BYTES || row->length > HEAD_BYTES + ERASER_ID_MAX) {
        tx_fail(tx, STORE_DAMAGED);
        return false;
    }
    *ret = (struct erasure){
        .step = (enum step)row->bytes[AT_STEP],
        .through = store_get_u64(row->bytes + AT_THROUGH),
        .next = store_get_u64(row->bytes + AT_NEXT),
        .rows = store_get_u64(row->bytes + AT_ROWS),
        .tombstones = store_get_u64(row->bytes + AT_TOMBSTONES),
        .heard_ms = (int64_t)store_get_u64(row->bytes + AT_HEARD),
    };
    memcpy(ret->key, key->bytes + PREFIX, HASH_BYTES);
    memcpy(ret->id, row->bytes + HEAD_BYTES, row->length - HEAD_BYTES);
    return true;
}

// The row that follows `identity` (all zero: the first one). False: there is none.
static bool next_row(struct tx *tx, const uint8_t *identity, bool first, struct erasure *ret)
{
    uint8_t from[KEY_BYTES];
    struct slice key, row;
    key_of(identity, from);
    struct cursor *cursor = cursor_open(tx, STORE_TABLE_META);
    bool found = cursor_seek(cursor, from, sizeof from, &key, &row);
    if (found && !first && key.length == sizeof from && memcmp(key.bytes, from, sizeof from) == 0)
        found = cursor_next(cursor, &key, &row);
    found = found && key.length == KEY_BYTES && memcmp(key.bytes, prefix, PREFIX) == 0 && read_row(tx, &key, &row, ret);
    cursor_close(&cursor);
    return found;
}

void eraser_load(struct eraser *eraser, struct tx *tx)
{
    struct erasure erasure = {.key = {0}};
    *eraser = (struct eraser){.remade_ms = eraser->remade_ms};
    for (bool more = next_row(tx, erasure.key, true, &erasure); more;
         more = next_row(tx, erasure.key, false, &erasure)) {
        eraser->heard += erasure.step < STEP_READY;
        eraser->waiting += erasure.step == STEP_WAIT;
        eraser->ready += erasure.step == STEP_READY;
    }
}

void eraser_hear(struct eraser *eraser, struct turn *turn, const struct record *record, uint64_t rows)
{
    const Tend__V1__Event *event = NULL;
    if ((record->flags & RECORD_ERASED) == 0)
        event = tend__v1__event__unpack(arena_allocator(turn->arena), record->length, record->payload);
    if (event == NULL || event->body_case != TEND__V1__EVENT__BODY_CUSTOMER_ERASED || event->customer_id[0] == '\0' ||
        strlen(event->customer_id) > ERASER_ID_MAX)
        return;
    struct erasure erasure = {.step = STEP_ROWS, .rows = rows, .heard_ms = turn->now_ms};
    memcpy(erasure.key, record->key, HASH_BYTES);
    memcpy(erasure.id, event->customer_id, strlen(event->customer_id));
    put(turn, &erasure);
    eraser_load(eraser, turn->tx);
}

// A bounded piece of the journal: which records of it name the customer.
struct search {
    struct turn *turn;
    const struct erasure *erasure;
    bool keeps_event;
    uint64_t next;
    bool more; // of the journal, behind the piece
    size_t records, bytes;
    uint64_t *found;
    size_t count;
};

static bool look(void *self, const struct record *record)
{
    struct search *search = self;
    search->more = record->seq <= search->erasure->through;
    if (!search->more || search->records == PIECE_RECORDS || search->bytes >= PIECE_BYTES)
        return false;
    search->more = false; // unless another one is met
    search->next = record->seq + 1;
    search->records++;
    search->bytes += record->length;
    bool stays = search->keeps_event && (record->flags & RECORD_ERASES) != 0;
    if (!stays && (record->flags & RECORD_ERASED) == 0 &&
        recordbody_names(search->turn->arena, record->type, record->payload, record->length, search->erasure->id))
        search->found[search->count++] = record->seq;
    return true;
}

// An id that says where the person can be reached is gone with the person.
static bool is_personal(const char *id)
{
    size_t digits = strspn(id, "0123456789");
    bool mobile = digits == PHONE_DIGITS && id[digits] == '\0' && id[0] == '1' && id[1] >= '3';
    return strchr(id, '@') != NULL || id[0] == '+' || mobile;
}

static void entomb(struct turn *turn, const struct eraser_means *means, struct erasure *erasure, uint64_t seq)
{
    struct record record;
    if (means->service->erasing != NULL && journal_read(turn->tx, seq, &record)) {
        record.payload = (const uint8_t *)arena_text(turn->arena, (const char *)record.payload, record.length);
        erasure->rows += means->service->erasing(means->self, turn, &record);
    }
    erasure->tombstones += journal_erase(turn->tx, turn->journal, seq);
}

static void scan(struct turn *turn, const struct eraser_means *means, struct erasure *erasure)
{
    struct search search = {.turn = turn,
                            .erasure = erasure,
                            .keeps_event = !is_personal(erasure->id),
                            .next = erasure->next,
                            .found = arena_take(turn->arena, PIECE_RECORDS * sizeof *search.found)};
    journal_each(turn->tx, erasure->next, look, &search);
    for (size_t i = 0; i < search.count; i++)
        entomb(turn, means, erasure, search.found[i]);
    // What was trimmed meanwhile is not met.
    erasure->next = search.more ? search.next : erasure->through + 1;
}

// Dead letters have no type: whatever holds the id goes.
static void bury(struct turn *turn, const struct erasure *erasure)
{
    struct cursor *cursor = cursor_open(turn->tx, STORE_TABLE_DEAD);
    struct slice key, value;
    bool more = cursor_next(cursor, &key, &value);
    for (size_t i = 0; more && i < PIECE_LETTERS; i++) {
        if (memmem(value.bytes, value.length, erasure->id, strlen(erasure->id)) != NULL)
            cursor_delete(cursor);
        more = cursor_next(cursor, &key, &value);
    }
    cursor_close(&cursor);
}

static bool all_have(const struct followers *followers, uint64_t seq)
{
    for (size_t i = 0; i < followers->count; i++)
        if (followers->list[i].confirmed < seq)
            return false;
    return true;
}

// One erasure's next piece. Returns when the next one is wanted.
static int64_t go_on(struct turn *turn, const struct eraser_means *means, struct erasure *erasure)
{
    if (erasure->step == STEP_ROWS)
        return turn->now_ms; // there were more than one turn takes
    if (erasure->step == STEP_WAIT && all_have(means->followers, erasure->through)) {
        erasure->step = STEP_SCAN;
    } else if (erasure->step == STEP_WAIT) {
        return turn->now_ms + AGAIN_MS;
    } else if (erasure->step == STEP_SCAN) {
        scan(turn, means, erasure);
        if (erasure->next > erasure->through) {
            bury(turn, erasure);
            if (is_personal(erasure->id))
                audit_forget(turn->tx, turn->arena, erasure->id);
            memset(erasure->id, 0, sizeof erasure->id);
            erasure->step = STEP_READY;
        }
    }
    put(turn, erasure);
    return turn->now_ms;
}

// The rows of all that were heard of since, together: for a service that is one effort.
static void erase_rows(struct turn *turn, const struct eraser_means *means)
{
    struct erasure *all = arena_zero(turn->arena, TOGETHER, sizeof *all), erasure = {.key = {0}};
    const char *ids[TOGETHER];
    uint64_t rows[TOGETHER] = {0};
    size_t count = 0;
    for (bool more = next_row(turn->tx, erasure.key, true, &erasure); more && count < TOGETHER;
         more = next_row(turn->tx, erasure.key, false, &erasure))
        if (erasure.step == STEP_ROWS) {
            all[count] = erasure;
            ids[count] = all[count].id;
            count++;
        }
    if (count > 0 && means->service->erase != NULL)
        means->service->erase(means->self, turn, ids, count, rows);
    for (size_t i = 0; i < count; i++) {
        all[i].rows += rows[i];
        all[i].through = turn->journal->last;
        all[i].next = turn->journal->first;
        all[i].step = STEP_WAIT;
        put(turn, &all[i]);
    }
}

static void report(struct turn *turn, const struct eraser_means *means, const struct erasure *erasure,
                   int64_t remade_ms)
{
    Tend__V1__ErasureReport said = TEND__V1__ERASURE_REPORT__INIT;
    said.erasure = (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)(uintptr_t)erasure->key};
    said.service = (char *)(uintptr_t)means->name;
    said.processes = means->processes;
    said.rows = erasure->rows;
    said.tombstones = erasure->tombstones;
    said.heard = instant_make(turn->arena, erasure->heard_ms);
    said.rebuilt = instant_make(turn->arena, remade_ms);
    struct record draft = {
        .type = TEND__V1__RECORD_TYPE__RECORD_TYPE_ERASURE_REPORT, .version = 1, .time_ms = turn->now_ms};
    // Any shard but that of all: of several processes each says its own, and none speaks for the others.
    draft.shard = (uint16_t)(erasure->key[0] % turn->shards);
    draft.length = tend__v1__erasure_report__get_packed_size(&said);
    uint8_t *payload = arena_take(turn->arena, draft.length + 1);
    tend__v1__erasure_report__pack(&said, payload);
    draft.payload = payload;
    memcpy(draft.key, erasure->key, HASH_BYTES);
    journal_append(turn->tx, turn->journal, &draft);
}

int64_t eraser_work(struct eraser *eraser, struct turn *turn, const struct eraser_means *means)
{
    struct erasure erasure = {.key = {0}};
    int64_t due_ms = INT64_MAX;
    if (eraser->heard == 0 && (eraser->ready == 0 || eraser->remade_ms == 0))
        return due_ms;
    erase_rows(turn, means);
    for (bool more = next_row(turn->tx, erasure.key, true, &erasure); more;
         more = next_row(turn->tx, erasure.key, false, &erasure)) {
        uint8_t key[KEY_BYTES];
        if (erasure.step < STEP_READY) {
            int64_t next_ms = go_on(turn, means, &erasure);
            due_ms = next_ms < due_ms ? next_ms : due_ms;
        } else if (eraser->remade_ms > 0) {
            report(turn, means, &erasure, eraser->remade_ms);
            key_of(erasure.key, key);
            tx_delete(turn->tx, STORE_TABLE_META, key, sizeof key);
        }
    }
    eraser->remade_ms = 0;
    eraser_load(eraser, turn->tx);
    return due_ms;
}

bool eraser_wants_file(const struct eraser *eraser)
{
    return eraser->ready > 0 && eraser->remade_ms == 0 && eraser->heard == eraser->waiting;
}

void eraser_remade(struct eraser *eraser, int64_t now_ms)
{
    eraser->remade_ms = now_ms;
}
