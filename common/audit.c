#include "common/audit.h"

#include "common/hash.h"
#include "common/instant.h"
#include "common/must.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// In the runtime's table: "audit" -> the facts, "audit/" and the number -> chain, digest, the packed entry.
enum {
    PREFIX = 6,
    KEY_BYTES = PREFIX + 8,
    FACTS_BYTES = 2 * 8 + 2 * HASH_BYTES,
    AT_DIGEST = HASH_BYTES,
    AT_ENTRY = 2 * HASH_BYTES,
    TRIMMED_WITH_EACH = 4, // old ones, so that they go faster than new ones come
    REFUSED_MOST = 64,     // kinds of refusals in a minute; what is beyond them counts with the last
    LIST_MOST = 1000,
    LOOKS_MOST = 20000, // of one answer
};
static const char facts_key[] = "audit", prefix[] = "audit/";
static const int64_t day_ms = INT64_C(86400000);
_Static_assert(sizeof prefix - 1 == PREFIX, "the key's first bytes");

struct facts {
    uint64_t first, last;
    uint8_t last_chain[HASH_BYTES], trim_chain[HASH_BYTES];
};

struct refused {
    struct audit_entry entry; // of the first
    bool written;             // in the turn under way: what comes behind is counted anew
};

struct audit {
    struct audit_entry waiting[AUDIT_WAITING];
    size_t count;
    struct refused refused[REFUSED_MOST];
    size_t refused_count;
};

struct audit *audit_open(void)
{
    struct audit *audit = calloc(1, sizeof *audit);
    must(audit != NULL);
    return audit;
}

void audit_close(struct audit **audit)
{
    free(*audit);
    *audit = NULL;
}

// --- which requests

// What counts, and where in the path the customer's id stands. A link in a message is a secret, so it is not kept.
static const struct {
    const char *method, *begin;
    bool customer, secret;
    const char *end; // of the path, NULL: any
} concerns[] = {
    {"GET", "/v1/export/", true, false, NULL},
    {"GET", "/v1/customers/", true, false, NULL},
    {"GET", "/v1/customers", false, false, NULL},
    {"GET", "/v1/messages", false, false, NULL},
    {"GET", "/v1/reminders", false, false, NULL},
    {"GET", "/v1/calls", false, false, NULL},
    {"GET", "/v1/owners", false, false, NULL},
    {"GET", "/v1/rejected", false, false, NULL},
    {"GET", "/v1/joins", false, false, NULL},
    {"GET", "/v1/audit-log", false, false, NULL},
    {"GET", "/v1/feeds/", false, false, "/tail"},
    {"GET", "/v1/erasures/", false, true, NULL}, // the id may be what was to be forgotten
    {"GET", "/a/", false, true, NULL},
    {"POST", "/v1/messages/", false, false, NULL},
    {"POST", "/v1/hold", false, false, NULL},
    {"POST", "/v1/release", false, false, NULL},
    {"POST", "/v1/channels/", false, false, NULL},
    {"POST", "/v1/rejected/", false, false, NULL},
    {"POST", "/v1/feeds/", false, false, "/replay"},
    {"POST", "/v1/feeds/", false, false, "/reset"},
};

static void copy(char *to, size_t bytes, const char *from, size_t length)
{
    length = length < bytes ? length : bytes - 1;
    while (length > 0 && from[length] != '\0' && ((unsigned char)from[length] & 0xc0) == 0x80)
        length--; // not within a character
    memcpy(to, from, length);
    to[length] = '\0';
}

// "text/plain; by=root" of the command line.
static void read_by(const struct request *request, struct audit_entry *entry)
{
    static const char by[] = "; by=";
    const char *at = request->http || request->content_type == NULL ? NULL : strstr(request->content_type, by);
    if (at == NULL)
        return;
    copy(entry->by, sizeof entry->by, at + sizeof by - 1, strlen(at + sizeof by - 1));
    entry->told = true;
}

static bool ends_with(const char *path, const char *end)
{
    size_t length = strlen(path), wanted = end != NULL ? strlen(end) : 0;
    return length >= wanted && (wanted == 0 || strcmp(path + length - wanted, end) == 0);
}

bool audit_concerns(const struct request *request, struct audit_entry *ret_entry)
{
    for (size_t i = 0; i < sizeof concerns / sizeof *concerns; i++) {
        size_t length = strlen(concerns[i].begin);
        if (strcmp(request->method, concerns[i].method) != 0 ||
            strncmp(request->path, concerns[i].begin, length) != 0 || !ends_with(request->path, concerns[i].end))
            continue;
        struct audit_entry *entry = ret_entry;
        *entry = (struct audit_entry){.changed = request->method[0] == 'P', .kind = concerns[i].begin};
        const char *rest = request->path + length, *path = concerns[i].secret ? concerns[i].begin : request->path;
        copy(entry->path, sizeof entry->path, path, strlen(path));
        if (concerns[i].customer)
            copy(entry->customer_id, sizeof entry->customer_id, rest, strcspn(rest, "/"));
        if (request->peer != NULL)
            copy(entry->peer, sizeof entry->peer, request->peer, strlen(request->peer));
        read_by(request, entry);
        return true;
    }
    return false;
}

void audit_complete(struct audit_entry *entry, const struct reply *reply)
{
    entry->status = reply->status;
    if (reply->by == NULL)
        return;
    copy(entry->by, sizeof entry->by, reply->by, strlen(reply->by));
    entry->told = false;
}

bool audit_has_room(const struct audit *audit)
{
    return audit->count < AUDIT_WAITING;
}

void audit_wait(struct audit *audit, const struct audit_entry *entry)
{
    must(audit_has_room(audit));
    audit->waiting[audit->count++] = *entry;
}

void audit_refuse(struct audit *audit, const struct audit_entry *entry, int64_t now_ms)
{
    size_t i = 0;
    while (i < audit->refused_count && i + 1 < REFUSED_MOST &&
           (audit->refused[i].written || audit->refused[i].entry.kind != entry->kind ||
            audit->refused[i].entry.status != entry->status))
        i++;
    struct audit_entry *counted = &audit->refused[i].entry;
    if (i == audit->refused_count) {
        audit->refused[audit->refused_count++] = (struct refused){.entry = *entry};
        counted->time_ms = now_ms;
        counted->customer_id[0] = '\0';
        copy(counted->path, sizeof counted->path, entry->kind, strlen(entry->kind));
    }
    counted->count++;
}

int64_t audit_waits(const struct audit *audit)
{
    int64_t since_ms = audit->count > 0 ? audit->waiting[0].time_ms : INT64_MAX;
    for (size_t i = 0; i < audit->refused_count; i++) {
        int64_t over_ms = audit->refused[i].entry.time_ms + AUDIT_REFUSED_MS - AUDIT_WAIT_MS;
        since_ms = over_ms < since_ms ? over_ms : since_ms;
    }
    return audit->count < AUDIT_SOON ? since_ms : 0;
}

void audit_flushed(struct audit *audit)
{
    size_t kept = 0;
    audit->count = 0;
    for (size_t i = 0; i < audit->refused_count; i++)
        if (!audit->refused[i].written)
            audit->refused[kept++] = audit->refused[i];
    audit->refused_count = kept;
}

// --- the store

static size_t key_of(uint64_t seq, uint8_t *key)
{
    memcpy(key, prefix, PREFIX);
    store_put_u64(key + PREFIX, seq);
    return KEY_BYTES;
}

static struct facts load(struct tx *tx)
{
    struct slice row;
    struct facts facts = {.first = 1};
    if (!tx_get(tx, STORE_TABLE_META, facts_key, sizeof facts_key - 1, &row) || row.length != FACTS_BYTES)
        return facts;
    facts.first = store_get_u64(row.bytes);
    facts.last = store_get_u64(row.bytes + 8);
    memcpy(facts.last_chain, row.bytes + 16, HASH_BYTES);
    memcpy(facts.trim_chain, row.bytes + 16 + HASH_BYTES, HASH_BYTES);
    return facts;
}

static void save(struct tx *tx, const struct facts *facts)
{
    uint8_t row[FACTS_BYTES];
    store_put_u64(row, facts->first);
    store_put_u64(row + 8, facts->last);
    memcpy(row + 16, facts->last_chain, HASH_BYTES);
    memcpy(row + 16 + HASH_BYTES, facts->trim_chain, HASH_BYTES);
    tx_put(tx, STORE_TABLE_META, facts_key, sizeof facts_key - 1, row, sizeof row);
}

static void chain(const uint8_t *before, uint64_t seq, const uint8_t *digest, uint8_t *ret_chain)
{
    uint8_t input[2 * HASH_BYTES + 8];
    memcpy(input, before, HASH_BYTES);
    store_put_u64(input + HASH_BYTES, seq);
    memcpy(input + HASH_BYTES + 8, digest, HASH_BYTES);
    hash_content(input, sizeof input, ret_chain);
}

static bool get(struct tx *tx, uint64_t seq, struct slice *ret_row)
{
    uint8_t key[KEY_BYTES];
    return tx_get(tx, STORE_TABLE_META, key, key_of(seq, key), ret_row) && ret_row->length > AT_ENTRY;
}

static Tend__V1__AuditEntry *unpack(struct arena *arena, const struct slice *row)
{
    return tend__v1__audit_entry__unpack(arena_allocator(arena), row->length - AT_ENTRY, row->bytes + AT_ENTRY);
}

static int64_t time_of(const Tend__V1__AuditEntry *entry)
{
    return entry->time != NULL ? entry->time->seconds * 1000 + entry->time->nanos / 1000000 : 0;
}

static void trim(struct turn *turn, struct facts *facts)
{
    struct slice row;
    uint8_t key[KEY_BYTES];
    for (int i = 0; i < TRIMMED_WITH_EACH && facts->first < facts->last && get(turn->tx, facts->first, &row); i++) {
        const Tend__V1__AuditEntry *entry = unpack(turn->arena, &row);
        if (entry != NULL && time_of(entry) >= turn->now_ms - AUDIT_KEEP_DAYS * day_ms)
            return;
        memcpy(facts->trim_chain, row.bytes, HASH_BYTES);
        tx_delete(turn->tx, STORE_TABLE_META, key, key_of(facts->first++, key));
    }
}

// Puts the row of a packed entry; `digest` is of what it was at first.
static void put_row(struct tx *tx, struct arena *arena, uint64_t seq, const uint8_t *chained, const uint8_t *digest,
                    const Tend__V1__AuditEntry *message)
{
    uint8_t key[KEY_BYTES];
    size_t length = tend__v1__audit_entry__get_packed_size(message);
    uint8_t *row = arena_take(arena, AT_ENTRY + length);
    tend__v1__audit_entry__pack(message, row + AT_ENTRY);
    if (digest != NULL)
        memcpy(row + AT_DIGEST, digest, HASH_BYTES);
    else
        hash_content(row + AT_ENTRY, length, row + AT_DIGEST);
    if (digest != NULL)
        memcpy(row, chained, HASH_BYTES);
    else
        chain(chained, seq, row + AT_DIGEST, row);
    tx_put(tx, STORE_TABLE_META, key, key_of(seq, key), row, AT_ENTRY + length);
}

void audit_put(struct turn *turn, const struct audit_entry *entry)
{
    struct facts facts = load(turn->tx);
    struct slice row;
    Tend__V1__AuditEntry message = TEND__V1__AUDIT_ENTRY__INIT;
    message.seq = facts.last + 1;
    message.time = instant_make(turn->arena, entry->time_ms > 0 ? entry->time_ms : turn->now_ms);
    message.what = (char *)(uintptr_t)(entry->changed ? "changed" : "read");
    message.path = (char *)(uintptr_t)entry->path;
    message.customer_id = (char *)(uintptr_t)entry->customer_id;
    message.by = (char *)(uintptr_t)entry->by;
    message.told = entry->told;
    message.peer = (char *)(uintptr_t)entry->peer;
    message.status = (uint32_t)entry->status;
    message.count = entry->count;
    put_row(turn->tx, turn->arena, message.seq, facts.last_chain, NULL, &message);
    if (!get(turn->tx, message.seq, &row))
        return;
    facts.last = message.seq;
    memcpy(facts.last_chain, row.bytes, HASH_BYTES);
    trim(turn, &facts);
    save(turn->tx, &facts);
}

void audit_flush(struct audit *audit, struct turn *turn, bool end)
{
    for (size_t i = 0; i < audit->count; i++)
        audit_put(turn, &audit->waiting[i]);
    for (size_t i = 0; i < audit->refused_count; i++) {
        struct refused *refused = &audit->refused[i];
        refused->written = end || refused->entry.time_ms + AUDIT_REFUSED_MS <= turn->now_ms;
        if (refused->written)
            audit_put(turn, &refused->entry);
    }
}

void audit_event(struct turn *turn, const char *what, const char *customer_id, const char *by)
{
    struct audit_entry entry = {.changed = true, .told = by[0] != '\0', .status = 200};
    copy(entry.path, sizeof entry.path, what, strlen(what));
    copy(entry.customer_id, sizeof entry.customer_id, customer_id, strlen(customer_id));
    copy(entry.by, sizeof entry.by, by, strlen(by));
    audit_put(turn, &entry);
}

static bool holds(const struct slice *row, const char *const *customer_ids, size_t count)
{
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = memmem(row->bytes, row->length, customer_ids[i], strlen(customer_ids[i])) != NULL;
    return found;
}

static bool is_about(const Tend__V1__AuditEntry *entry, const char *const *customer_ids, size_t count)
{
    bool found = false;
    for (size_t i = 0; !found && i < count; i++)
        found = strcmp(entry->customer_id, customer_ids[i]) == 0;
    return found;
}

void audit_forget(struct tx *tx, struct arena *arena, const char *const *customer_ids, size_t count)
{
    struct facts facts = load(tx);
    struct slice row;
    for (uint64_t seq = facts.first; seq <= facts.last && get(tx, seq, &row); seq++) {
        Tend__V1__AuditEntry *entry = holds(&row, customer_ids, count) ? unpack(arena, &row) : NULL;
        if (entry == NULL || !is_about(entry, customer_ids, count))
            continue;
        uint8_t head[AT_ENTRY];
        memcpy(head, row.bytes, sizeof head);
        entry->path = (char *)(uintptr_t) "(erased)";
        entry->customer_id = (char *)(uintptr_t) "(erased)";
        put_row(tx, arena, seq, head, head + AT_DIGEST, entry);
    }
}

uint64_t audit_verify(struct tx *tx)
{
    struct facts facts = load(tx);
    struct slice row;
    uint8_t before[HASH_BYTES], expected[HASH_BYTES], digest[HASH_BYTES];
    static const char erased[] = "(erased)";
    memcpy(before, facts.trim_chain, HASH_BYTES);
    for (uint64_t seq = facts.first; seq <= facts.last; seq++) {
        if (!get(tx, seq, &row))
            return seq;
        hash_content(row.bytes + AT_ENTRY, row.length - AT_ENTRY, digest);
        chain(before, seq, row.bytes + AT_DIGEST, expected);
        bool intact = memcmp(digest, row.bytes + AT_DIGEST, HASH_BYTES) == 0 ||
                      memmem(row.bytes, row.length, erased, sizeof erased - 1) != NULL;
        if (!intact || memcmp(expected, row.bytes, HASH_BYTES) != 0)
            return seq;
        memcpy(before, expected, HASH_BYTES);
    }
    return memcmp(before, facts.last_chain, HASH_BYTES) == 0 ? 0 : facts.last + 1;
}

// --- the answer

static uint64_t number_of(const struct request *request, const char *name, uint64_t fallback)
{
    const char *text = request->param != NULL ? request->param(request, name) : NULL;
    return text != NULL && text[0] >= '0' && text[0] <= '9' ? strtoull(text, NULL, 10) : fallback;
}

static void fill(struct turn *turn, const struct request *request, Tend__V1__AuditAnswer *answer)
{
    struct facts facts = load(turn->tx);
    struct slice row;
    const char *customer = request->param != NULL ? request->param(request, "customer") : NULL;
    uint64_t after = number_of(request, "after", 0), limit = number_of(request, "limit", LIST_MOST), looks = 0;
    int64_t since_ms = (int64_t)number_of(request, "since", 0);
    uint64_t seq = after + 1 > facts.first ? after + 1 : facts.first;
    limit = limit < LIST_MOST ? limit : LIST_MOST;
    answer->entries = arena_take(turn->arena, (size_t)(limit + 1) * sizeof *answer->entries);
    for (; seq <= facts.last && answer->n_entries < limit && looks < LOOKS_MOST; seq++, looks++) {
        Tend__V1__AuditEntry *entry = get(turn->tx, seq, &row) ? unpack(turn->arena, &row) : NULL;
        if (entry != NULL && time_of(entry) >= since_ms &&
            (customer == NULL || strcmp(customer, entry->customer_id) == 0))
            answer->entries[answer->n_entries++] = entry;
    }
    answer->next = seq <= facts.last ? seq - 1 : 0;
}

bool audit_answer(struct turn *turn, const struct request *request, const char *process, struct reply *ret_reply)
{
    Tend__V1__AuditAnswer answer = TEND__V1__AUDIT_ANSWER__INIT;
    if (strcmp(request->path, "/v1/audit-log") != 0)
        return false;
    answer.process = (char *)(uintptr_t)process;
    fill(turn, request, &answer);
    reply_message(turn, &answer.base, ret_reply);
    return true;
}
