#include "harness/little.h"

#include "common/follow.h"
#include "common/must.h"
#include "common/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TABLE_ROW = STORE_TABLE_SERVICE, TABLE_FACT, REFUSAL_BYTES = 700 };

static const char *const tables[] = {"row", "fact"};
static const char facts_key[] = "facts";

static void save(const struct little *little, struct turn *turn)
{
    uint8_t row[32];
    store_put_u64(row, little->applied);
    store_put_u64(row + 8, little->puts);
    store_put_u64(row + 16, little->hash);
    store_put_u64(row + 24, (uint64_t)little->alarm_ms);
    tx_put(turn->tx, TABLE_FACT, facts_key, sizeof facts_key, row, sizeof row);
}

static void reload(void *self, struct turn *turn)
{
    struct little *little = self;
    struct slice row;
    little->applied = little->puts = little->hash = 0;
    little->alarm_ms = 0;
    little->doubts = (unsigned)tx_get_number(turn->tx, TABLE_FACT, "doubts", 0);
    little->reloads++;
    if (!tx_get(turn->tx, TABLE_FACT, facts_key, sizeof facts_key, &row))
        return;
    little->applied = store_get_u64(row.bytes);
    little->puts = store_get_u64(row.bytes + 8);
    little->hash = store_get_u64(row.bytes + 16);
    little->alarm_ms = (int64_t)store_get_u64(row.bytes + 24);
}

static void put(struct little *little, struct turn *turn, const uint8_t *bytes, size_t length)
{
    bool owned = length > 0 && bytes[0] == '@';
    struct record draft = {.type = 1,
                           .version = 1,
                           .shard = length > 0 && !owned ? bytes[0] % 16 : SHARD_ALL,
                           .owner = owned ? hash_short(bytes + 1, length - 1) : 0,
                           .payload = bytes,
                           .length = length};
    turn_forward(turn, &draft);
    little->puts++;
    save(little, turn);
}

static void apply(void *self, struct turn *turn, const struct record *record)
{
    struct little *little = self;
    char text[32] = "";
    memcpy(text, record->payload, record->length < sizeof text ? record->length : sizeof text - 1);
    if (strcmp(text, "die") == 0)
        abort();
    long long when_ms;
    if (sscanf(text, "when %lld", &when_ms) == 1)
        little->alarm_ms = when_ms;
    if (strcmp(text, "cancel") == 0)
        little->alarm_ms = 0;
    uint64_t both[2] = {little->hash, hash_short(record->payload, record->length)};
    little->hash = hash_short(both, sizeof both);
    little->applied++;
    uint8_t key[8];
    store_put_u64(key, record->seq);
    tx_put(turn->tx, TABLE_ROW, key, sizeof key, record->payload, record->length);
    put(little, turn, record->payload, record->length);
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    struct little *little = self;
    struct peers_answer answer;
    little->limit_ms = now_ms;
    while (little->peers != NULL && peers_take(little->peers, &answer)) {
        size_t used = strlen(little->heard);
        snprintf(little->heard + used, sizeof little->heard - used, "%u says %d %.*s\n", answer.from, answer.status,
                 (int)answer.length, (const char *)answer.body);
    }
    if (little->alarm_ms == 0)
        return INT64_MAX;
    if (little->alarm_ms > now_ms)
        return little->alarm_ms;
    little->alarm_ms = 0;
    little->rung_ms = turn->now_ms;
    save(little, turn);
    return INT64_MAX;
}

static void settle(void *self, struct turn *turn)
{
    struct little *little = self;
    (void)turn;
    little->settles++;
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct little *little = self;
    char text[32] = "";
    memcpy(text, request->body, request->length < sizeof text ? request->length : sizeof text - 1);
    if (strcmp(request->path, "/put") == 0) {
        put(little, turn, request->body, request->length);
    } else if (strcmp(request->path, "/ask") == 0) {
        for (unsigned i = 0; i < peers_count(little->peers); i++)
            if (i != peers_index(little->peers))
                must(peers_ask(little->peers, i, text, "body", 4) != 0);
    } else if (strcmp(request->path, "/fail") == 0) {
        put(little, turn, request->body, request->length);
        tx_fail(turn->tx, atoi(text));
    } else if (strcmp(request->path, "/fill") == 0) {
        void *room = tx_reserve(turn->tx, TABLE_ROW, "fill", 4, (size_t)atol(text));
        if (room != NULL)
            memset(room, 'x', (size_t)atol(text));
        little->puts++;
        save(little, turn);
    }
    char *body = arena_format(turn->arena, "puts %llu", (unsigned long long)little->puts);
    *ret_reply = (struct reply){.status = 200, .content_type = "text/plain", .body = body, .length = strlen(body)};
}

static void query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct little *little = self;
    if (strcmp(request->path, "/heard") == 0) {
        char *heard = arena_text(turn->arena, little->heard, strlen(little->heard));
        *ret_reply =
            (struct reply){.status = 200, .content_type = "text/plain", .body = heard, .length = strlen(heard)};
        return;
    }
    const char *a = request->param(request, "a"), *b = request->param(request, "b");
    char *body = arena_format(turn->arena, "applied %llu, path %s, a %s, b %s", (unsigned long long)little->applied,
                              request->path, a != NULL ? a : "-", b != NULL ? b : "-");
    *ret_reply = (struct reply){.status = 200, .content_type = "text/plain", .body = body, .length = strlen(body)};
}

// A row of its own: what was told to a turn that failed is told again.
static void doubt(void *self, struct turn *turn, const char *why)
{
    struct little *little = self;
    little->doubts++;
    little->doubted = why;
    tx_put_number(turn->tx, TABLE_FACT, "doubts", little->doubts);
}

static uint64_t trimmable(void *self)
{
    return ((struct little *)self)->trimmable;
}

static void meet(void *self, struct peers *peers)
{
    struct little *little = self;
    little->peers = peers;
}

#define LITTLE(NAME, FOLLOWS, WAITS, SHARES)                                                                         \
    {                                                                                                                \
        .name = NAME, .follows = FOLLOWS, .tables = tables, .table_count = 2, .waits_for_upstream = WAITS,           \
        .shares_owners = SHARES, .apply = apply, .tick = tick, .settle = settle, .command = command, .query = query, \
        .reload = reload, .doubt = doubt, .trimmable = trimmable, .meet = meet, .rereads = true                      \
    }

const struct service little_upper = LITTLE("upper", NULL, false, false);
const struct service little_lower = LITTLE("lower", "upper", true, false);
const struct service little_sharer = LITTLE("lower", "upper", true, true);
const struct service little_last = LITTLE("last", "lower", true, false);

static int open_engine(struct engine_options *options, struct little *little, struct engine **ret_engine)
{
    struct store_error error = {0, ""};
    *little = (struct little){.trimmable = UINT64_MAX, .peers = options->peers};
    options->self = little;
    options->shards = 16;
    return engine_open(options, &error, ret_engine) ? 0 : error.code;
}

int little_open(const struct service *service, struct little *little, const char *folder, struct clock *clock,
                size_t map_bytes, bool throwaway, struct engine **ret_engine)
{
    struct engine_options options = {
        .service = service, .folder = folder, .map_bytes = map_bytes, .throwaway = throwaway, .clock = clock};
    return open_engine(&options, little, ret_engine);
}

int little_open_lane(const struct service *service, struct little *little, const char *folder, struct clock *clock,
                     size_t map_bytes, struct lane lane, unsigned upstreams, struct peers *peers,
                     struct engine **ret_engine)
{
    struct engine_options options = {.service = service,
                                     .folder = folder,
                                     .map_bytes = map_bytes,
                                     .throwaway = true,
                                     .clock = clock,
                                     .lane = lane,
                                     .upstreams = upstreams,
                                     .peers = peers};
    return open_engine(&options, little, ret_engine);
}

static const char *nothing(const struct request *request, const char *name)
{
    (void)request, (void)name;
    return NULL;
}

enum engine_outcome little_post(struct engine *engine, const char *path, const char *body, int *ret_status)
{
    struct inbound inbound = {.request = {.method = "POST",
                                          .path = path,
                                          .content_type = "",
                                          .body = (const uint8_t *)body,
                                          .length = strlen(body),
                                          .param = nothing,
                                          .header = nothing}};
    enum engine_outcome outcome = engine_turn(engine, &inbound, 1, NULL);
    if (ret_status != NULL)
        *ret_status = inbound.reply.status;
    return outcome;
}

struct slice little_ask(const struct engine *lower, uint64_t instance, struct arena *arena)
{
    return follow_ask(lower, 0, instance, arena);
}

struct slice little_answer(struct engine *upper, struct slice question, bool parked, struct arena *arena)
{
    Tend__V1__Fetch *fetch = tend__v1__fetch__unpack(arena_allocator(arena), question.length, question.bytes);
    must(fetch != NULL);
    struct slice answer = {NULL, 0};
    enum serve_outcome outcome = serve_fetch(upper, fetch, parked, arena, &answer);
    return outcome == SERVE_ANSWER ? answer : (struct slice){NULL, 0};
}

int little_pull(struct engine *upper, struct engine *lower, uint64_t instance, char *ret_refusal)
{
    return little_pull_from(upper, lower, 0, instance, ret_refusal);
}

int little_pull_from(struct engine *upper, struct engine *lower, unsigned which, uint64_t instance, char *ret_refusal)
{
    struct arena *arena = arena_open(1 << 20, 64 << 20);
    struct slice answer = little_answer(upper, follow_ask(lower, which, instance, arena), true, arena);
    struct batch batch;
    must(answer.length > 0);
    enum follow_outcome outcome =
        follow_read(lower, which, answer.bytes, answer.length, arena, &batch, ret_refusal, REFUSAL_BYTES);
    if (outcome == FOLLOW_BATCH)
        must(engine_turn(lower, NULL, 0, &batch) == ENGINE_DONE);
    if (outcome == FOLLOW_ANEW && engine_accept(lower, which, &batch) != ENGINE_DONE)
        outcome = FOLLOW_IGNORE;
    arena_close(&arena);
    return (int)outcome;
}
