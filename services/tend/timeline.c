#include "services/tend/timeline.h"

#include "common/arena.h"
#include "common/hash.h"
#include "common/must.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/tend/addresses.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 1 << 22, TURN_BLOCK = 1 << 17, TURN_LIMIT = 64 << 20, ENTRIES_FIRST = 4096 };

// More than any machine's memory: a history is read whole or not at all.
#define ARENA_LIMIT ((size_t)1 << 46)

// How long before the first thing that happened somebody is known: what was derived before what was said, so that the
// latter is the newer.
enum { DERIVED_REP_MS = 4000, REP_MS = 3000, DERIVED_CUSTOMER_MS = 2000, CUSTOMER_MS = 1000 };

struct entry {
    int64_t ms;
    uint64_t seq;      // the kind's rank, then the place in the files
    uint64_t customer; // hash, 0 for none
    uint32_t length;
    bool floating, derived;
    const uint8_t *bytes;
};

// The first thing that happened to a customer.
struct first {
    uint64_t customer;
    int64_t ms;
};

struct timeline {
    struct arena *arena, *turn;
    struct entry *entries;
    size_t count, room, next;
};

static void add(struct timeline *timeline, const struct import_item *item, enum import_kind kind)
{
    if (timeline->count == timeline->room) {
        timeline->room = timeline->room == 0 ? ENTRIES_FIRST : timeline->room * 2;
        timeline->entries = realloc(timeline->entries, timeline->room * sizeof *timeline->entries);
        must(timeline->entries != NULL);
    }
    const Tend__V1__Event *event = item->event;
    size_t length = tend__v1__event__get_packed_size(event);
    uint8_t *bytes = arena_take(timeline->arena, length + 1);
    tend__v1__event__pack(event, bytes);
    bool customer = event->customer_id != NULL && event->customer_id[0] != '\0';
    timeline->entries[timeline->count] = (struct entry){
        .ms = event->time->seconds * 1000 + event->time->nanos / 1000000,
        .seq = (uint64_t)kind << 56 | timeline->count,
        .customer = customer ? hash_short(event->customer_id, strlen(event->customer_id)) : 0,
        .length = (uint32_t)length,
        .floating = item->undated || item->derived,
        .derived = item->derived,
        .bytes = bytes,
    };
    timeline->count++;
}

// No event of a history is refused for its date.
static struct import_options options_of(const struct import_options *file)
{
    struct import_options options = *file;
    options.undated_ms = INT64_C(631152000000); // any time that is allowed: it is replaced
    options.now_ms = INT64_MAX / 2;
    options.live = true;
    options.gather_bytes = UINT64_MAX; // a history is in memory as a whole anyway
    return options;
}

static bool read_file(struct timeline *timeline, const struct import_options *file, const struct addresses *list,
                      const struct timeline_listener *listener, char *ret_error)
{
    struct import_options options = options_of(file);
    options.addresses = list;
    struct import *import = NULL;
    if (!import_open(&options, ret_error, &import))
        return false;
    struct import_item item;
    enum import_step step;
    while ((step = import_next(import, &item)) != IMPORT_END && step != IMPORT_FAILED) {
        if (step == IMPORT_EVENT)
            add(timeline, &item, file->kind);
        else if (step == IMPORT_BAD)
            listener->problem(listener->self, file->path, &item);
    }
    if (step == IMPORT_FAILED)
        snprintf(ret_error, IMPORT_ERROR_BYTES, "%s:%llu: %s", file->path, (unsigned long long)item.line, item.reason);
    import_close(&import);
    return step == IMPORT_END;
}

// The list of customers among the files, by whose addresses orders are theirs that name no customer.
static bool read_list(const struct import_options *files, size_t count, char *ret_error, struct addresses **ret_list)
{
    size_t at = 0;
    while (at < count && files[at].kind != KIND_CUSTOMERS)
        at++;
    struct import *import = NULL;
    if (at == count)
        return true;
    struct import_options options = options_of(&files[at]);
    bool good = import_open(&options, ret_error, &import) && addresses_open(import, ret_error, ret_list);
    import_close(&import);
    return good;
}

static int compare_firsts(const void *a, const void *b)
{
    const struct first *one = a, *other = b;
    if (one->customer != other->customer)
        return one->customer < other->customer ? -1 : 1;
    return (one->ms > other->ms) - (one->ms < other->ms);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;
    if (one->ms != other->ms)
        return one->ms < other->ms ? -1 : 1;
    return (one->seq > other->seq) - (one->seq < other->seq);
}

// The earliest dated event of the customer; `otherwise` when there is none.
static int64_t first_of(const struct first *firsts, size_t count, uint64_t customer, int64_t otherwise)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (firsts[middle].customer < customer)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && firsts[low].customer == customer ? firsts[low].ms : otherwise;
}

static void move(struct timeline *timeline, struct entry *entry, int64_t ms)
{
    arena_reset(timeline->turn);
    Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(timeline->turn), entry->length, entry->bytes);
    must(event != NULL);
    entry->ms = ms;
    event->time->seconds = ms / 1000;
    event->time->nanos = (int32_t)(ms % 1000) * 1000000;
    entry->length = (uint32_t)tend__v1__event__get_packed_size(event);
    uint8_t *bytes = arena_take(timeline->arena, entry->length + 1);
    tend__v1__event__pack(event, bytes);
    entry->bytes = bytes;
}

// Gives a time to whoever has none.
static void settle(struct timeline *timeline)
{
    struct first *firsts = calloc(timeline->count + 1, sizeof *firsts);
    must(firsts != NULL);
    size_t count = 0;
    int64_t start = INT64_MAX;
    for (size_t i = 0; i < timeline->count; i++) {
        const struct entry *entry = &timeline->entries[i];
        if (entry->floating)
            continue;
        start = entry->ms < start ? entry->ms : start;
        if (entry->customer != 0)
            firsts[count++] = (struct first){entry->customer, entry->ms};
    }
    qsort(firsts, count, sizeof *firsts, compare_firsts);
    for (size_t i = 0; i < timeline->count; i++) {
        struct entry *entry = &timeline->entries[i];
        if (!entry->floating || start == INT64_MAX)
            continue;
        bool rep = entry->customer == 0;
        int64_t before = rep              ? entry->derived ? DERIVED_REP_MS : REP_MS
                         : entry->derived ? DERIVED_CUSTOMER_MS
                                          : CUSTOMER_MS;
        move(timeline, entry, (rep ? start : first_of(firsts, count, entry->customer, start)) - before);
    }
    free(firsts);
    if (timeline->count > 0)
        qsort(timeline->entries, timeline->count, sizeof *timeline->entries, compare_entries);
}

bool timeline_open(const struct import_options *files, size_t count, const struct timeline_listener *listener,
                   char *ret_error, struct timeline **ret_timeline)
{
    struct timeline *timeline = calloc(1, sizeof *timeline);
    must(timeline != NULL);
    timeline->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    timeline->turn = arena_open(TURN_BLOCK, TURN_LIMIT);
    struct addresses *list = NULL;
    bool good = read_list(files, count, ret_error, &list);
    for (size_t i = 0; i < count && good; i++)
        good = read_file(timeline, &files[i], list, listener, ret_error);
    addresses_close(&list);
    if (!good) {
        timeline_close(&timeline);
        return false;
    }
    settle(timeline);
    *ret_timeline = timeline;
    return true;
}

void timeline_close(struct timeline **timeline)
{
    if (*timeline == NULL)
        return;
    arena_close(&(*timeline)->arena);
    arena_close(&(*timeline)->turn);
    free((*timeline)->entries);
    free(*timeline);
    *timeline = NULL;
}

size_t timeline_count(const struct timeline *timeline)
{
    return timeline->count;
}

int64_t timeline_first_ms(const struct timeline *timeline)
{
    return timeline->count == 0 ? 0 : timeline->entries[0].ms;
}

int64_t timeline_last_ms(const struct timeline *timeline)
{
    return timeline->count == 0 ? 0 : timeline->entries[timeline->count - 1].ms;
}

bool timeline_peek(const struct timeline *timeline, int64_t *ret_ms)
{
    if (timeline->next == timeline->count)
        return false;
    *ret_ms = timeline->entries[timeline->next].ms;
    return true;
}

bool timeline_next(struct timeline *timeline, const Tend__V1__Event **ret_event, ProtobufCBinaryData *ret_packed)
{
    if (timeline->next == timeline->count)
        return false;
    const struct entry *entry = &timeline->entries[timeline->next++];
    arena_reset(timeline->turn);
    *ret_event = tend__v1__event__unpack(arena_allocator(timeline->turn), entry->length, entry->bytes);
    must(*ret_event != NULL);
    *ret_packed = (ProtobufCBinaryData){entry->length, (uint8_t *)(uintptr_t)entry->bytes};
    return true;
}
