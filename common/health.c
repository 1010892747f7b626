#include "common/health.h"

#include "common/must.h"
#include "tend/v1/journal.pb-c.h"

#include <stdio.h>
#include <string.h>

enum {
    WARN_PERCENT = 70,   // of the map: time to look
    INTAKE_PERCENT = 80, // of the map: beyond it nothing comes in, since in a full map even deletes fail
    METRICS_BYTES = 256 * 1024,
    DISK_FLOOR = 64 * 1024 * 1024,
};

enum figure {
    READY,
    TURNS,
    TURN_SECONDS,
    REQUESTS,
    RECORDS,
    JOURNAL_LAST,
    POSITION,
    USED_RATIO,
    READERS,
    DEAD,
    LAG,
    DROPPED,
    PASSED,
    FIGURES
};
_Static_assert(FIGURES <= sizeof((struct health *)0)->figures / sizeof(struct metric *), "one place a figure");

static const struct metric_def defs[FIGURES] = {
    [READY] = {.name = "ready", .help = "1 when the service can do its work.", .kind = METRIC_GAUGE},
    [TURNS] = {.name = "turns_total", .help = "Turns of the loop that were committed.", .kind = METRIC_COUNTER},
    [TURN_SECONDS] = {.name = "turn_seconds", .help = "Time of one turn with its commit.", .kind = METRIC_HISTOGRAM},
    [REQUESTS] = {.name = "requests_total", .help = "Requests that asked for a change.", .kind = METRIC_COUNTER},
    [RECORDS] = {.name = "records_total", .help = "Records taken from the upstream.", .kind = METRIC_COUNTER},
    [JOURNAL_LAST] = {.name = "journal_last", .help = "Sequence number of the newest record.", .kind = METRIC_GAUGE},
    [POSITION] = {.name = "position", .help = "How far the upstream's journal is applied.", .kind = METRIC_GAUGE},
    [USED_RATIO] = {.name = "map_used_ratio",
                    .help = "Pages in use against the size of the map.",
                    .kind = METRIC_GAUGE},
    [READERS] = {.name = "lmdb_readers", .help = "Open reader slots.", .kind = METRIC_GAUGE},
    [DEAD] = {.name = "trouble", .help = "1 when the last turn could not be stored.", .kind = METRIC_GAUGE},
    [LAG] = {.name = "lag_records", .help = "Records of the upstream not applied yet.", .kind = METRIC_GAUGE},
    [DROPPED] = {.name = "messages_dropped_total",
                 .help = "Messages on our sockets that were damaged, too old or not for us.",
                 .kind = METRIC_COUNTER},
    [PASSED] = {.name = "records_passed_over",
                .help = "Records of a newer kind that were passed over since the start.",
                .kind = METRIC_GAUGE},
};

void health_open(struct health *health, struct engine *engine, struct metrics *metrics)
{
    *health = (struct health){.engine = engine, .metrics = metrics};
    metrics_declare(metrics, defs, FIGURES, health->figures);
    store_measure(engine_store(engine), &health->use);
}

bool health_filling(const struct health *health)
{
    return health->use.used_bytes * 100 > health->use.map_bytes * WARN_PERCENT;
}

bool health_closed(const struct health *health)
{
    bool map_full = health->use.used_bytes * 100 > health->use.map_bytes * INTAKE_PERCENT;
    return map_full || health->use.disk_free_bytes < DISK_FLOOR;
}

static bool is_ready(const struct health *health)
{
    return health->upstream_heard && !health->failing && !health->rebuilding && !health_closed(health);
}

uint64_t health_position(const struct health *health)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < engine_upstreams(health->engine); i++)
        sum += engine_upstream(health->engine, i)->position.seq;
    return sum;
}

static uint64_t upstream_last(const struct health *health)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < engine_upstreams(health->engine); i++)
        sum += health->upstream_last[i];
    return sum;
}

static uint64_t lag(const struct health *health)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < engine_upstreams(health->engine); i++) {
        uint64_t position = engine_upstream(health->engine, i)->position.seq;
        sum += health->upstream_last[i] > position ? health->upstream_last[i] - position : 0;
    }
    return sum;
}

void health_note(struct health *health)
{
    metric_set(health->figures[READY], 0, is_ready(health));
    metric_set(health->figures[JOURNAL_LAST], 0, (double)engine_journal(health->engine)->last);
    metric_set(health->figures[POSITION], 0, (double)health_position(health));
    metric_set(health->figures[USED_RATIO], 0, (double)health->use.used_bytes / (double)health->use.map_bytes);
    metric_set(health->figures[READERS], 0, health->use.readers);
    metric_set(health->figures[DEAD], 0, health->failing);
    metric_set(health->figures[LAG], 0, (double)lag(health));
    metric_set(health->figures[PASSED], 0, (double)engine_passed_over(health->engine));
}

void health_count_turn(struct health *health, int64_t took_us, size_t requests, size_t records)
{
    metric_add(health->figures[TURNS], 0, 1);
    metric_observe(health->figures[TURN_SECONDS], 0, (double)took_us / 1e6);
    metric_add(health->figures[REQUESTS], 0, requests);
    metric_add(health->figures[RECORDS], 0, records);
}

void health_count_dropped(struct health *health)
{
    metric_add(health->figures[DROPPED], 0, 1);
}

static char *hex_of(struct arena *arena, const uint8_t *bytes, size_t length)
{
    char *text = arena_take(arena, 2 * length + 1);
    hash_hex(bytes, length, text);
    return text;
}

static void fill_followers(const struct engine *engine, struct arena *arena, Tend__V1__Status *status)
{
    const struct follower *followers;
    size_t count = engine_followers(engine, &followers);
    status->followers = arena_take(arena, (count + 1) * sizeof *status->followers);
    for (size_t i = 0; i < count; i++) {
        Tend__V1__FollowerStatus *follower = arena_take(arena, sizeof *follower);
        tend__v1__follower_status__init(follower);
        follower->name = arena_text(arena, followers[i].name, strlen(followers[i].name));
        follower->confirmed = followers[i].confirmed;
        follower->lag = engine_journal(engine)->last - followers[i].confirmed;
        follower->generation = followers[i].generation;
        status->followers[status->n_followers++] = follower;
    }
}

static void fill_upstreams(const struct health *health, struct arena *arena, Tend__V1__Status *status)
{
    const struct engine *engine = health->engine;
    if (engine_service(engine)->follows == NULL)
        return;
    status->upstreams = arena_take(arena, engine_upstreams(engine) * sizeof *status->upstreams);
    for (unsigned i = 0; i < engine_upstreams(engine); i++) {
        const struct upstream *upstream = engine_upstream(engine, i);
        Tend__V1__UpstreamStatus *row = arena_take(arena, sizeof *row);
        tend__v1__upstream_status__init(row);
        row->name = arena_take(arena, LANE_NAME_BYTES);
        engine_upstream_name(engine, i, row->name);
        row->position = upstream->position.seq;
        row->position_chain = hex_of(arena, upstream->position.chain, HASH_BYTES);
        row->journal_id = hex_of(arena, upstream->position.journal_id, JOURNAL_ID_BYTES);
        row->last = health->upstream_last[i];
        row->complete_ms = upstream->complete_ms;
        row->generation = upstream->generation;
        status->upstreams[status->n_upstreams++] = row;
    }
}

static uint64_t count_dead(struct engine *engine)
{
    struct tx *tx = store_begin_read(engine_store(engine));
    uint64_t count = tx_count(tx, STORE_TABLE_DEAD);
    tx_abort(&tx);
    return count;
}

static void answer_status(struct health *health, struct reply *ret_reply)
{
    struct engine *engine = health->engine;
    struct arena *arena = engine_arena(engine);
    const struct journal *journal = engine_journal(engine);
    const struct position *position = engine_position(engine);
    arena_reset(arena);
    Tend__V1__Status status = TEND__V1__STATUS__INIT;
    const struct service *service = engine_service(engine);
    status.service = (char *)(uintptr_t)engine_name(engine);
    status.ready = is_ready(health);
    status.journal_id = hex_of(arena, journal->id, JOURNAL_ID_BYTES);
    status.first = journal->first;
    status.last = journal->last;
    status.payload_bytes = journal->bytes;
    status.chain = hex_of(arena, journal->last_chain, HASH_BYTES);
    if (service->follows != NULL)
        status.follows = (char *)(uintptr_t)service->follows;
    status.position = health_position(health);
    status.position_chain = hex_of(arena, position->chain, HASH_BYTES);
    status.position_journal_id = hex_of(arena, position->journal_id, JOURNAL_ID_BYTES);
    status.upstream_last = upstream_last(health);
    status.complete_ms = engine_complete_ms(engine);
    status.map_bytes = health->use.map_bytes;
    status.used_bytes = health->use.used_bytes;
    status.disk_free_bytes = health->use.disk_free_bytes;
    status.trouble = (char *)(uintptr_t)engine_trouble(engine);
    status.dead_letters = count_dead(engine);
    fill_followers(engine, arena, &status);
    fill_upstreams(health, arena, &status);
    struct turn turn = {.arena = arena};
    reply_message(&turn, &status.base, ret_reply);
}

static void answer_ready(const struct health *health, struct reply *ret_reply)
{
    struct arena *arena = engine_arena(health->engine);
    arena_reset(arena);
    char *body = arena_format(arena, "{\"ready\":%s,\"checks\":{\"upstream\":%s,\"store\":%s,\"room\":%s}%s}\n",
                              is_ready(health) ? "true" : "false", health->upstream_heard ? "true" : "false",
                              health->failing ? "false" : "true", health_closed(health) ? "false" : "true",
                              health->rebuilding ? ",\"rebuilding\":true" : "");
    *ret_reply = (struct reply){.status = is_ready(health) ? 200 : 503,
                                .content_type = "application/json",
                                .body = body,
                                .length = strlen(body)};
}

static void answer_metrics(struct health *health, struct reply *ret_reply)
{
    struct arena *arena = engine_arena(health->engine);
    arena_reset(arena);
    health_note(health);
    char *body = arena_take(arena, METRICS_BYTES);
    size_t length = metrics_print(health->metrics, body, METRICS_BYTES);
    must(length < METRICS_BYTES);
    *ret_reply =
        (struct reply){.status = 200, .content_type = "text/plain; version=0.0.4", .body = body, .length = length};
}

bool health_answer(struct health *health, struct inbound *request)
{
    const char *path = request->request.path;
    struct reply *reply = &request->reply;
    if (strcmp(path, "/livez") == 0)
        *reply = (struct reply){
            .status = 200, .content_type = "application/json", .body = "{\"live\":true}\n", .length = 14};
    else if (strcmp(path, "/readyz") == 0)
        answer_ready(health, reply);
    else if (strcmp(path, "/metrics") == 0)
        answer_metrics(health, reply);
    else if (strcmp(path, "/v1/status") == 0)
        answer_status(health, reply);
    else
        return false;
    return true;
}

bool health_command(struct health *health, struct inbound *request)
{
    static const char prefix[] = "/v1/followers/", suffix[] = "/forget";
    const char *path = request->request.path;
    size_t length = strlen(path), before = sizeof prefix - 1, after = sizeof suffix - 1;
    bool ours =
        length > before + after && memcmp(path, prefix, before) == 0 && strcmp(path + length - after, suffix) == 0;
    if (!ours)
        return false;
    static const char done[] = "{\"forgotten\":true}",
                      unknown[] = "{\"error\":{\"field\":\"name\",\"reason\":\"no such follower\"}}",
                      unwritten[] = "{\"error\":{\"field\":\"\",\"reason\":\"the store cannot be written\"}}";
    char name[FOLLOWER_NAME_MAX] = "";
    if (length - before - after < sizeof name)
        memcpy(name, path + before, length - before - after);
    enum engine_outcome outcome = engine_forget(health->engine, name);
    const char *body = outcome == ENGINE_DONE ? done : outcome == ENGINE_REFUSED ? unknown : unwritten;
    request->reply = (struct reply){.status = outcome == ENGINE_DONE      ? 200
                                              : outcome == ENGINE_REFUSED ? 404
                                                                          : 503,
                                    .content_type = "application/json",
                                    .body = body,
                                    .length = strlen(body),
                                    .retry_after_s = outcome == ENGINE_DONE || outcome == ENGINE_REFUSED ? 0 : 5};
    return true;
}
