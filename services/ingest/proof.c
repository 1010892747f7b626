#include "services/ingest/proof.h"

#include "common/instant.h"
#include "services/ingest/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Rows of the table "erasure": 'p' and the identity -> a packed Erasure; 'g' and the person -> until when, which
// erasure.
enum {
    KEY_BYTES = 1 + HASH_BYTES,
    MARK_BYTES = 8 + HASH_BYTES,
    REPORTS_MAX = 128, // four services, each of at most so many processes
    WITH_MAX = 256,
};

static const char *const services[] = {"ingest", "scoring", "scheduler", "notifier"};
enum { SERVICES = sizeof services / sizeof *services };

static void key_of(char kind, const uint8_t *hash, uint8_t *key)
{
    key[0] = (uint8_t)kind;
    memcpy(key + 1, hash, HASH_BYTES);
}

static char *hex_of(struct turn *turn, const uint8_t *hash)
{
    char *text = arena_take(turn->arena, 2 * HASH_BYTES + 1);
    hash_hex(hash, HASH_BYTES, text);
    return text;
}

void proof_person(const struct turn *turn, const char *customer_id, uint8_t *ret_person)
{
    hash_pair(turn->journal->id, JOURNAL_ID_BYTES, customer_id, strlen(customer_id), ret_person);
}

static void put(struct turn *turn, const uint8_t *erasure, const Tend__V1__Erasure *proof)
{
    uint8_t key[KEY_BYTES];
    size_t length = tend__v1__erasure__get_packed_size(proof);
    uint8_t *row = arena_take(turn->arena, length + 1);
    tend__v1__erasure__pack(proof, row);
    key_of('p', erasure, key);
    tx_put(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, row, length);
}

Tend__V1__Erasure *proof_get(struct turn *turn, const uint8_t *erasure)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    key_of('p', erasure, key);
    if (!tx_get(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, &row))
        return NULL;
    Tend__V1__Erasure *proof = tend__v1__erasure__unpack(arena_allocator(turn->arena), row.length, row.bytes);
    if (proof == NULL)
        tx_fail(turn->tx, STORE_DAMAGED);
    return proof;
}

// Whether all processes of a service have reported. "scoring" and "scoring-1" are of scoring.
static bool has_reported(const Tend__V1__Erasure *proof, const char *service)
{
    size_t length = strlen(service), count = 0, needed = 1;
    for (size_t i = 0; i < proof->n_reports; i++) {
        const Tend__V1__ErasureReport *report = proof->reports[i];
        if (strncmp(report->service, service, length) != 0 ||
            (report->service[length] != '\0' && report->service[length] != '-'))
            continue;
        count++;
        needed = report->processes > needed ? report->processes : needed;
    }
    return count >= needed;
}

static void settle(struct turn *turn, Tend__V1__Erasure *proof)
{
    proof->waits_for = arena_take(turn->arena, sizeof services);
    proof->n_waits_for = 0;
    for (size_t i = 0; i < SERVICES; i++)
        if (!has_reported(proof, services[i]))
            proof->waits_for[proof->n_waits_for++] = (char *)(uintptr_t)services[i];
    proof->whole = proof->n_waits_for == 0;
}

static Tend__V1__Erasure *begin(struct turn *turn, const uint8_t *erasure)
{
    Tend__V1__Erasure *proof = arena_take(turn->arena, sizeof *proof);
    tend__v1__erasure__init(proof);
    proof->erasure = hex_of(turn, erasure);
    proof->asked = instant_make(turn->arena, turn->now_ms);
    settle(turn, proof);
    return proof;
}

void proof_begin(struct turn *turn, const uint8_t *erasure, const char *source, const char *asked_by)
{
    if (proof_get(turn, erasure) != NULL)
        return;
    Tend__V1__Erasure *proof = begin(turn, erasure);
    proof->source = (char *)(uintptr_t)source;
    proof->asked_by = (char *)(uintptr_t)asked_by;
    put(turn, erasure, proof);
}

void proof_join(struct turn *turn, const uint8_t *erasure, const uint8_t *with)
{
    Tend__V1__Erasure *proof = proof_get(turn, erasure);
    if (proof == NULL || proof->n_with >= WITH_MAX)
        return;
    char **list = arena_take(turn->arena, (proof->n_with + 1) * sizeof *list);
    for (size_t i = 0; i < proof->n_with; i++)
        list[i] = proof->with[i];
    list[proof->n_with++] = hex_of(turn, with);
    proof->with = list;
    put(turn, erasure, proof);
}

void proof_mark(struct turn *turn, const uint8_t *person, const struct proof_mark *mark)
{
    uint8_t key[KEY_BYTES], row[MARK_BYTES];
    struct proof_mark known;
    if (proof_marked(turn, person, &known) && known.until_ms > mark->until_ms)
        return;
    key_of('g', person, key);
    store_put_u64(row, (uint64_t)mark->until_ms);
    memcpy(row + 8, mark->erasure, HASH_BYTES);
    tx_put(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, row, sizeof row);
}

bool proof_marked(struct turn *turn, const uint8_t *person, struct proof_mark *ret_mark)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    key_of('g', person, key);
    if (!tx_get(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, &row) || row.length != MARK_BYTES)
        return false;
    ret_mark->until_ms = (int64_t)store_get_u64(row.bytes);
    memcpy(ret_mark->erasure, row.bytes + 8, HASH_BYTES);
    return true;
}

void proof_each(struct turn *turn, proof_visit *visit, void *context)
{
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_ERASURE);
    struct slice key, row;
    bool more = cursor_seek(cursor, "g", 1, &key, &row);
    for (; more && key.length == KEY_BYTES && key.bytes[0] == 'g'; more = cursor_next(cursor, &key, &row))
        visit(context, key.bytes + 1);
    cursor_close(&cursor);
}

void proof_kept_out(struct turn *turn, const uint8_t *erasure)
{
    Tend__V1__Erasure *proof = proof_get(turn, erasure);
    if (proof == NULL)
        return;
    proof->kept_out++;
    put(turn, erasure, proof);
}

// The process that reported before, or a new place.
static void add(struct turn *turn, Tend__V1__Erasure *proof, Tend__V1__ErasureReport *report)
{
    for (size_t i = 0; i < proof->n_reports; i++)
        if (strcmp(proof->reports[i]->service, report->service) == 0) {
            proof->reports[i] = report;
            return;
        }
    if (proof->n_reports >= REPORTS_MAX)
        return;
    Tend__V1__ErasureReport **list = arena_take(turn->arena, (proof->n_reports + 1) * sizeof(void *));
    for (size_t i = 0; i < proof->n_reports; i++)
        list[i] = proof->reports[i];
    list[proof->n_reports++] = report;
    proof->reports = list;
}

void proof_report(struct turn *turn, const struct record *record)
{
    Tend__V1__ErasureReport *report =
        tend__v1__erasure_report__unpack(arena_allocator(turn->arena), record->length, record->payload);
    if (report == NULL || report->erasure.len != HASH_BYTES)
        return;
    Tend__V1__Erasure *proof = proof_get(turn, report->erasure.data);
    if (proof == NULL)
        proof = begin(turn, report->erasure.data);
    add(turn, proof, report);
    settle(turn, proof);
    put(turn, report->erasure.data, proof);
}

static int compare(const void *left, const void *right)
{
    const Tend__V1__Erasure *const *a = left, *const *b = right;
    int64_t x = (*a)->asked != NULL ? (*a)->asked->seconds : 0, y = (*b)->asked != NULL ? (*b)->asked->seconds : 0;
    return x != y ? (x < y ? 1 : -1) : strcmp((*a)->erasure, (*b)->erasure);
}

Tend__V1__ErasuresAnswer *proof_list(struct turn *turn, size_t most)
{
    Tend__V1__ErasuresAnswer *answer = arena_take(turn->arena, sizeof *answer);
    tend__v1__erasures_answer__init(answer);
    uint64_t room = tx_count(turn->tx, STATE_TABLE_ERASURE);
    answer->erasures = arena_take(turn->arena, ((size_t)room + 1) * sizeof *answer->erasures);
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_ERASURE);
    struct slice key, row;
    bool more = cursor_seek(cursor, "p", 1, &key, &row);
    for (; more && key.bytes[0] == 'p'; more = cursor_next(cursor, &key, &row)) {
        Tend__V1__Erasure *proof = tend__v1__erasure__unpack(arena_allocator(turn->arena), row.length, row.bytes);
        if (proof != NULL)
            answer->erasures[answer->n_erasures++] = proof;
    }
    cursor_close(&cursor);
    if (answer->n_erasures > 1)
        qsort(answer->erasures, answer->n_erasures, sizeof *answer->erasures, compare);
    answer->more = answer->n_erasures > most;
    answer->n_erasures = answer->more ? most : answer->n_erasures;
    return answer;
}
