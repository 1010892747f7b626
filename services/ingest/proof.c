#include "services/ingest/proof.h"

#include "common/instant.h"
#include "services/ingest/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Rows of the table "erasure": 'p' and the identity -> a packed Erasure; 'g' and the person -> until when, which
// erasure; 'b' and the person -> nothing: is back; 'r' and a salted hash of how the person's reminders begin -> the
// person. 'w' are rows of mentions.c, 'k' of forgotten.c.
enum {
    KEY_BYTES = 1 + HASH_BYTES,
    MARK_BYTES = 8 + HASH_BYTES,
    REPORTS_MAX = 128, // four services, each of at most so many processes
    WITH_MAX = 256,
    REMINDER_DIGITS = 16, // of a reminder's id, that are its customer's
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
    key_of('b', person, key);
    tx_delete(turn->tx, STATE_TABLE_ERASURE, key, sizeof key);
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

static void key_of_reminders(const struct turn *turn, const char *digits, uint8_t *key)
{
    uint8_t hash[HASH_BYTES];
    hash_pair(turn->journal->id, JOURNAL_ID_BYTES, digits, REMINDER_DIGITS, hash);
    key_of('r', hash, key);
}

void proof_note_reminders(const struct turn *turn, const char *customer_id, const uint8_t *person)
{
    uint8_t key[KEY_BYTES], half[REMINDER_DIGITS / 2];
    char digits[REMINDER_DIGITS + 1];
    store_put_u64(half, hash_short(customer_id, strlen(customer_id)));
    hash_hex(half, sizeof half, digits);
    key_of_reminders(turn, digits, key);
    tx_put(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, person, HASH_BYTES);
}

bool proof_of_reminder(const struct turn *turn, const char *reminder_id, uint8_t *ret_person)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    if (strlen(reminder_id) < REMINDER_DIGITS)
        return false;
    key_of_reminders(turn, reminder_id, key);
    if (!tx_get(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, &row) || row.length != HASH_BYTES)
        return false;
    memcpy(ret_person, row.bytes, HASH_BYTES);
    return true;
}

void proof_note_return(const struct turn *turn, const uint8_t *person)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    key_of('b', person, key);
    if (!tx_get(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, &row))
        tx_put(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, "", 0);
}

bool proof_is_back(struct turn *turn, const uint8_t *person)
{
    uint8_t key[KEY_BYTES];
    struct slice row;
    key_of('b', person, key);
    return tx_get(turn->tx, STATE_TABLE_ERASURE, key, sizeof key, &row);
}

bool proof_has_returned(struct turn *turn, const uint8_t *person, const struct proof_mark *mark)
{
    if (!proof_is_back(turn, person))
        return false;
    const Tend__V1__Erasure *proof = proof_get(turn, mark->erasure);
    for (size_t i = 0; proof != NULL && i < proof->n_waits_for; i++)
        if (strcmp(proof->waits_for[i], "notifier") == 0)
            return false;
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

// Of an identity in hexadecimal.
static void read_hex(const char *hex, uint8_t *ret_hash)
{
    for (size_t i = 0; i < HASH_BYTES; i++) {
        char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        ret_hash[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
}

static void wait_for(Tend__V1__Erasure *proof, char *service)
{
    for (size_t i = 0; i < proof->n_waits_for; i++)
        if (strcmp(proof->waits_for[i], service) == 0)
            return;
    proof->waits_for[proof->n_waits_for++] = service;
}

Tend__V1__Erasure *proof_together(struct turn *turn, const uint8_t *erasure)
{
    Tend__V1__Erasure *proof = proof_get(turn, erasure);
    if (proof == NULL || proof->n_with == 0)
        return proof;
    char **waits_for = arena_take(turn->arena, (proof->n_waits_for + SERVICES) * sizeof *waits_for);
    for (size_t i = 0; i < proof->n_waits_for; i++)
        waits_for[i] = proof->waits_for[i];
    proof->waits_for = waits_for;
    for (size_t i = 0; i < proof->n_with; i++) {
        uint8_t with[HASH_BYTES];
        read_hex(proof->with[i], with);
        const Tend__V1__Erasure *other = proof_get(turn, with);
        for (size_t j = 0; other != NULL && j < other->n_waits_for; j++)
            wait_for(proof, other->waits_for[j]);
        proof->whole = proof->whole && other != NULL && other->whole;
    }
    return proof;
}

// A proof's place in the list: the newest first.
struct place {
    int64_t asked_ms;
    uint8_t erasure[HASH_BYTES];
};

static bool comes_before(const struct place *left, const struct place *right)
{
    return left->asked_ms != right->asked_ms ? left->asked_ms > right->asked_ms
                                             : memcmp(left->erasure, right->erasure, HASH_BYTES) < 0;
}

// Puts the place among the first `room`, of which `count` are there. Returns how many there are then.
static size_t insert(struct place *list, size_t count, size_t room, const struct place *place)
{
    size_t at = count < room ? count : room;
    if (at == room && (room == 0 || !comes_before(place, &list[room - 1])))
        return count;
    for (at = at == room ? room - 1 : at; at > 0 && comes_before(place, &list[at - 1]); at--)
        list[at] = list[at - 1];
    list[at] = *place;
    return count < room ? count + 1 : room;
}

// "1790000000000-" and the identity in hexadecimal. False: it is not written so.
static bool read_place(const char *text, struct place *ret_place)
{
    char *end;
    ret_place->asked_ms = strtoll(text, &end, 10);
    if (end == text || *end != '-' || strlen(end + 1) != 2 * HASH_BYTES ||
        strspn(end + 1, "0123456789abcdef") != 2 * HASH_BYTES)
        return false;
    read_hex(end + 1, ret_place->erasure);
    return true;
}

// The first `room` behind `after` (NULL: of all) into `list`. However many there are, what is kept of them is small.
static size_t choose(struct turn *turn, const struct place *after, struct place *list, size_t room)
{
    size_t count = 0;
    struct cursor *cursor = cursor_open(turn->tx, STATE_TABLE_ERASURE);
    struct slice key, row;
    bool more = cursor_seek(cursor, "p", 1, &key, &row);
    for (; more && key.length == KEY_BYTES && key.bytes[0] == 'p'; more = cursor_next(cursor, &key, &row)) {
        struct place place = {.asked_ms = 0};
        Tend__V1__Erasure *proof = tend__v1__erasure__unpack(NULL, row.length, row.bytes);
        if (proof == NULL)
            continue;
        if (proof->asked != NULL)
            place.asked_ms = proof->asked->seconds * 1000 + proof->asked->nanos / 1000000;
        tend__v1__erasure__free_unpacked(proof, NULL);
        memcpy(place.erasure, key.bytes + 1, HASH_BYTES);
        if (after == NULL || comes_before(after, &place))
            count = insert(list, count, room, &place);
    }
    cursor_close(&cursor);
    return count;
}

Tend__V1__ErasuresAnswer *proof_list(struct turn *turn, size_t most, const char *after)
{
    struct place last, *list = arena_take(turn->arena, (most + 1) * sizeof *list);
    if (after != NULL && !read_place(after, &last))
        return NULL;
    size_t count = choose(turn, after != NULL ? &last : NULL, list, most + 1);
    Tend__V1__ErasuresAnswer *answer = arena_take(turn->arena, sizeof *answer);
    tend__v1__erasures_answer__init(answer);
    answer->erasures = arena_take(turn->arena, (most + 1) * sizeof *answer->erasures);
    for (size_t i = 0; i < count && i < most; i++) {
        answer->erasures[answer->n_erasures] = proof_together(turn, list[i].erasure);
        answer->n_erasures += answer->erasures[answer->n_erasures] != NULL;
    }
    answer->more = count > most;
    if (answer->more && most > 0)
        answer->next = arena_format(turn->arena, "%lld-%s", (long long)list[most - 1].asked_ms,
                                    hex_of(turn, list[most - 1].erasure));
    return answer;
}
