#include "common/eraser_state.h"

#include "common/audit.h"
#include "common/instant.h"
#include "common/must.h"
#include "common/recordbody.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <string.h>

enum {
    OPEN_MOST = 512,    // erasures that are worked on in one turn; the others come behind them
    TOGETHER = 64,      // of them, whose rows go in one turn
    REPORTS_MOST = 256, // said in one turn
    FRESH_FEW = 16,     // erasures of which it is looked whether a record names one,
    KEPT_FEW = 128,     // and among so many at most: it is done for each record of a batch
    AGAIN_MS = 200,     // how soon followers are looked at again: about as often as they ask
};

static void tally(struct eraser *eraser, enum erasure_step step, bool more)
{
    unsigned by = more ? 1U : UINT32_MAX; // or one less
    eraser->heard += step < STEP_READY ? by : 0;
    eraser->lanes += step == STEP_LANES ? by : 0;
    eraser->fresh += step == STEP_ROWS ? by : 0;
    eraser->waiting += step == STEP_WAIT ? by : 0;
    eraser->ready += step == STEP_READY ? by : 0;
}

static bool count_one(void *context, const struct erasure *erasure)
{
    tally(context, erasure->step, true);
    return true;
}

void eraser_load(struct eraser *eraser, struct tx *tx)
{
    *eraser = (struct eraser){.remade_ms = eraser->remade_ms};
    erasure_each(tx, count_one, eraser);
}

// --- hearing

static uint64_t bit_of(struct lane from)
{
    return UINT64_C(1) << from.index;
}

bool eraser_repeats(struct turn *turn, const struct record *record, struct lane from)
{
    uint64_t said = from.count > 1 ? erasure_said(turn->tx, record->key) : 0;
    return said != 0 && (said & bit_of(from)) == 0;
}

// Whether all have said it by now.
static bool all_said(struct turn *turn, const struct record *record, struct lane from)
{
    if (from.count <= 1)
        return true;
    uint64_t said = erasure_said(turn->tx, record->key) | bit_of(from);
    erasure_note_said(turn->tx, record->key, said);
    return said == bit_of((struct lane){.index = from.count}) - 1;
}

// `through`: how far our journal is about the person of before; 0: as far as it goes when the rows are gone.
static void hear(struct eraser *eraser, struct turn *turn, const struct record *record, uint64_t rows, struct lane from,
                 uint64_t through)
{
    const Tend__V1__Event *event = NULL;
    if ((record->flags & RECORD_ERASED) == 0)
        event = tend__v1__event__unpack(arena_allocator(turn->arena), record->length, record->payload);
    if (event == NULL || event->body_case != TEND__V1__EVENT__BODY_CUSTOMER_ERASED || event->customer_id[0] == '\0' ||
        strlen(event->customer_id) > ERASER_ID_MAX)
        return;
    struct erasure erasure = {.rows = rows, .heard_ms = turn->now_ms, .through = through}, known;
    erasure.step = all_said(turn, record, from) ? STEP_ROWS : STEP_LANES;
    memcpy(erasure.key, record->key, HASH_BYTES);
    memcpy(erasure.id, event->customer_id, strlen(event->customer_id));
    if (erasure_get(turn->tx, record->key, &known)) {
        tally(eraser, known.step, false);
        if (known.step == STEP_LANES) {
            erasure.rows += known.rows;
            erasure.heard_ms = known.heard_ms;
        }
    }
    tally(eraser, erasure.step, true);
    erasure_put(turn->tx, &erasure);
}

void eraser_hear(struct eraser *eraser, struct turn *turn, const struct record *record, uint64_t rows)
{
    hear(eraser, turn, record, rows, (struct lane){.count = 1}, record->seq);
}

void eraser_hear_from(struct eraser *eraser, struct turn *turn, const struct record *record, uint64_t rows,
                      struct lane from)
{
    hear(eraser, turn, record, rows, from, 0);
}

struct naming {
    struct arena *arena;
    const struct record *record;
    bool named;
};

static bool is_unnamed(void *context, const struct erasure *erasure)
{
    struct naming *naming = context;
    const struct record *record = naming->record;
    naming->named = erasure->step == STEP_ROWS &&
                    recordbody_names(naming->arena, record->type, record->payload, record->length, erasure->id);
    return !naming->named;
}

bool eraser_comes_first(const struct eraser *eraser, struct turn *turn, const struct record *record)
{
    struct naming naming = {.arena = turn->arena, .record = record};
    if (eraser->fresh == 0 || (record->flags & RECORD_ERASES) != 0)
        return false;
    if (eraser->fresh > FRESH_FEW || eraser->heard + eraser->ready > KEPT_FEW)
        return true;
    erasure_each(turn->tx, is_unnamed, &naming);
    return naming.named;
}

// --- a turn's work

// The erasures that something can be done for, at most OPEN_MOST, and of them those of one step.
struct open {
    struct erasure *list;
    size_t count;
    const struct followers *followers;
    bool fresh; // only those whose rows are still there
};

static bool all_have(const struct followers *followers, uint64_t seq)
{
    for (size_t i = 0; i < followers->count; i++)
        if (followers->list[i].confirmed < seq)
            return false;
    return true;
}

static bool gather(void *context, const struct erasure *erasure)
{
    struct open *open = context;
    bool can = open->fresh ? erasure->step == STEP_ROWS
                           : erasure->step == STEP_SCAN ||
                                 (erasure->step == STEP_WAIT && all_have(open->followers, erasure->through));
    if (can)
        open->list[open->count++] = *erasure;
    return open->count < OPEN_MOST;
}

static void step_to(struct eraser *eraser, struct turn *turn, struct erasure *erasure, enum erasure_step step)
{
    tally(eraser, erasure->step, false);
    tally(eraser, step, true);
    erasure->step = step;
    erasure_put(turn->tx, erasure);
}

// The rows of those that were heard of since, together: for a service that is one effort.
static void erase_rows(struct eraser *eraser, struct turn *turn, const struct eraser_means *means,
                       const struct open *open)
{
    struct erasure *all[TOGETHER];
    const char *ids[TOGETHER];
    uint64_t rows[TOGETHER] = {0};
    size_t count = 0;
    for (size_t i = 0; i < open->count && count < TOGETHER; i++)
        if (open->list[i].step == STEP_ROWS) {
            all[count] = &open->list[i];
            ids[count++] = open->list[i].id;
        }
    if (count > 0 && means->service->erase != NULL)
        means->service->erase(means->self, turn, ids, count, rows);
    for (size_t i = 0; i < count; i++) {
        all[i]->rows += rows[i];
        all[i]->through = all[i]->through > 0 ? all[i]->through : turn->journal->last;
        all[i]->next = turn->journal->first;
        step_to(eraser, turn, all[i], all_have(means->followers, all[i]->through) ? STEP_SCAN : STEP_WAIT);
    }
}

// One piece of the journal, for those that stand farthest in it; who came later goes through it after them, together.
static void scan(struct eraser *eraser, struct turn *turn, const struct eraser_means *means, const struct open *open)
{
    struct erasure **list = arena_take(turn->arena, (open->count + 1) * sizeof(struct erasure *));
    size_t count = 0;
    uint64_t at = 0;
    for (size_t i = 0; i < open->count; i++) {
        const struct erasure *erasure = &open->list[i];
        if (erasure->step == STEP_SCAN && erasure->next <= erasure->through && erasure->next > at)
            at = erasure->next;
    }
    for (size_t i = 0; i < open->count; i++) {
        struct erasure *erasure = &open->list[i];
        if (erasure->step == STEP_SCAN && erasure->next <= erasure->through && erasure->next == at)
            list[count++] = erasure;
    }
    eraser->looked = count > 0 ? erasure_scan(turn, means, list, count) : 0;
    for (size_t i = 0; i < count; i++)
        erasure_put(turn->tx, list[i]);
}

// Dead letters have no type: whatever holds an id goes.
static void bury(struct turn *turn, const char *const *ids, size_t count)
{
    struct cursor *cursor = cursor_open(turn->tx, STORE_TABLE_DEAD);
    struct slice key, value;
    bool more = cursor_next(cursor, &key, &value);
    while (more) { // there are hardly any
        bool found = false;
        for (size_t j = 0; !found && j < count; j++)
            found = memmem(value.bytes, value.length, ids[j], strlen(ids[j])) != NULL;
        if (found)
            cursor_delete(cursor);
        more = cursor_next(cursor, &key, &value);
    }
    cursor_close(&cursor);
}

// Whether the service has nothing left of them, which may take turns.
static bool has_nothing(struct turn *turn, const struct eraser_means *means, struct erasure *const *done,
                        const char *const *ids, size_t count)
{
    uint64_t *rows = arena_zero(turn->arena, count, sizeof *rows);
    if (means->service->erased == NULL)
        return true;
    bool all = means->service->erased(means->self, turn, ids, count, rows);
    for (size_t i = 0; i < count; i++) {
        done[i]->rows += rows[i];
        if (!all && rows[i] > 0)
            erasure_put(turn->tx, done[i]);
    }
    return all;
}

// When all are through the journal, together: what else holds the id, and the id.
static void finish(struct eraser *eraser, struct turn *turn, const struct eraser_means *means, const struct open *open)
{
    struct erasure **done = arena_take(turn->arena, (open->count + 1) * sizeof(struct erasure *));
    const char **ids = arena_take(turn->arena, (open->count + 1) * sizeof *ids);
    const char **personal = arena_take(turn->arena, (open->count + 1) * sizeof *personal);
    size_t count = 0, personal_count = 0;
    for (size_t i = 0; i < open->count; i++) {
        struct erasure *erasure = &open->list[i];
        if (erasure->step != STEP_SCAN)
            continue;
        if (erasure->next <= erasure->through)
            return;
        done[count] = erasure;
        ids[count++] = erasure->id;
        if (erasure_is_personal(erasure->id))
            personal[personal_count++] = erasure->id;
    }
    if (open->fresh || count == 0 || !has_nothing(turn, means, done, ids, count))
        return;
    bury(turn, ids, count);
    if (personal_count > 0)
        audit_forget(turn->tx, turn->arena, personal, personal_count);
    for (size_t i = 0; i < count; i++) {
        memset(done[i]->id, 0, sizeof done[i]->id);
        step_to(eraser, turn, done[i], STEP_READY);
    }
}

// --- telling

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

static bool gather_ready(void *context, const struct erasure *erasure)
{
    struct open *open = context;
    if (erasure->step == STEP_READY)
        open->list[open->count++] = *erasure;
    return open->count < REPORTS_MOST;
}

// Until all are told, nobody else gets ready: the file that was made anew is older.
static int64_t tell(struct eraser *eraser, struct turn *turn, const struct eraser_means *means)
{
    struct open open = {.list = arena_take(turn->arena, REPORTS_MOST * sizeof *open.list)};
    erasure_each(turn->tx, gather_ready, &open);
    for (size_t i = 0; i < open.count; i++) {
        report(turn, means, &open.list[i], eraser->remade_ms);
        tally(eraser, STEP_READY, false);
        erasure_delete(turn->tx, &open.list[i]);
    }
    if (eraser->ready == 0)
        eraser->remade_ms = 0;
    return eraser->ready > 0 || eraser->heard > 0 ? turn->now_ms : INT64_MAX;
}

int64_t eraser_work(struct eraser *eraser, struct turn *turn, const struct eraser_means *means)
{
    eraser->looked = 0;
    if (eraser->ready > 0 && eraser->remade_ms > 0)
        return tell(eraser, turn, means);
    eraser->remade_ms = 0;
    if (eraser->heard == eraser->lanes)
        return INT64_MAX;
    // While rows are left the others wait; of more than OPEN_MOST they would stand before those for ever.
    struct open open = {.list = arena_take(turn->arena, OPEN_MOST * sizeof *open.list),
                        .followers = means->followers,
                        .fresh = eraser->fresh > 0};
    erasure_each(turn->tx, gather, &open);
    for (size_t i = 0; i < open.count; i++)
        if (open.list[i].step == STEP_WAIT)
            step_to(eraser, turn, &open.list[i], STEP_SCAN);
    erase_rows(eraser, turn, means, &open);
    if (!open.fresh) // else more go through the journal together in a moment
        scan(eraser, turn, means, &open);
    finish(eraser, turn, means, &open);
    if (eraser->heard > eraser->lanes + eraser->waiting)
        return turn->now_ms;
    return eraser->waiting > 0 ? turn->now_ms + AGAIN_MS : INT64_MAX;
}

bool eraser_wants_file(const struct eraser *eraser)
{
    return eraser->ready > 0 && eraser->remade_ms == 0 && eraser->heard == eraser->lanes + eraser->waiting;
}

void eraser_remade(struct eraser *eraser, int64_t now_ms)
{
    eraser->remade_ms = now_ms;
}
