#include "services/ingest/ingest.h"

#include "common/must.h"
#include "services/ingest/intake.h"
#include "services/ingest/rules.h"
#include "services/ingest/state.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TOKENS_MAX = 16, TOKEN_BYTES = 256 };

enum figure { EVENTS, IDENTITIES, FIGURES };

struct ingest {
    struct ingest_options options;
    uint8_t *settings;
    size_t settings_length;
    uint8_t tokens[TOKENS_MAX][HASH_BYTES]; // hashes: compared in constant time, and no secret lies in memory
    size_t token_count;
    struct state *state;
    struct metric *figures[FIGURES];
};

static bool read_token(const char *path, uint8_t *ret_hash, char *ret_error, size_t error_bytes)
{
    char text[TOKEN_BYTES] = "";
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(text, 1, sizeof text, file) : 0;
    if (file != NULL)
        fclose(file);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r' || text[length - 1] == ' '))
        length--;
    if (length < 16 || length == sizeof text) {
        snprintf(ret_error, error_bytes, "%s must hold one token of 16 to %d characters", path, TOKEN_BYTES - 1);
        return false;
    }
    hash_content(text, length, ret_hash);
    sodium_memzero(text, sizeof text);
    return true;
}

struct ingest *ingest_open(const struct ingest_setup *setup, char *ret_error, size_t error_bytes)
{
    if (setup->settings_length > RECORD_PAYLOAD_MAX) {
        snprintf(ret_error, error_bytes, "the rates and holidays take %zu bytes, and a record holds %d",
                 setup->settings_length, RECORD_PAYLOAD_MAX);
        return NULL;
    }
    rules_compile();
    struct ingest *ingest = calloc(1, sizeof *ingest);
    must(ingest != NULL);
    ingest->options = *setup->options;
    ingest->settings = malloc(setup->settings_length + 1);
    must(ingest->settings != NULL);
    memcpy(ingest->settings, setup->settings, setup->settings_length);
    ingest->settings_length = setup->settings_length;
    ingest->state = state_open((size_t)setup->options->seal_records);
    must(setup->options->token_count <= TOKENS_MAX);
    for (size_t i = 0; i < setup->options->token_count; i++) {
        if (!read_token(setup->options->tokens[i], ingest->tokens[i], ret_error, error_bytes)) {
            ingest_close(&ingest);
            return NULL;
        }
        ingest->token_count++;
    }
    return ingest;
}

void ingest_close(struct ingest **ingest)
{
    if (*ingest == NULL)
        return;
    state_close(&(*ingest)->state);
    free((*ingest)->settings);
    free(*ingest);
    *ingest = NULL;
}

static void declare(void *self, struct metrics *metrics)
{
    static const char *const outcomes[] = {"stored", "known", "invalid", "conflict"};
    static const struct metric_def defs[FIGURES] = {
        [EVENTS] = {.name = "events_total",
                    .help = "Events handed in, by what became of them.",
                    .kind = METRIC_COUNTER,
                    .labels = {{"outcome", outcomes, 4}}},
        [IDENTITIES] = {.name = "identities", .help = "Identities held in memory.", .kind = METRIC_GAUGE},
    };
    struct ingest *ingest = self;
    metrics_declare(metrics, defs, FIGURES, ingest->figures);
}

// HTTP needs a token when there is one; a socket is guarded by its folder.
static bool may_speak(const struct ingest *ingest, const struct request *request)
{
    if (ingest->token_count == 0 || !request->http)
        return true;
    const char *header = request->header(request, "authorization");
    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
        return false;
    uint8_t hash[HASH_BYTES];
    hash_content(header + 7, strlen(header + 7), hash);
    int known = 0;
    for (size_t i = 0; i < ingest->token_count; i++)
        known |= sodium_memcmp(hash, ingest->tokens[i], HASH_BYTES) == 0;
    return known != 0;
}

// Checks an event and makes its record. False: the result says what is wrong.
static bool judge(struct ingest *ingest, struct turn *turn, struct intake_item *item, struct record *ret_record,
                  Tend__V1__EventResult *result)
{
    tend__v1__event_result__init(result);
    bool good = item->event != NULL && verify_message(&item->event->base, NULL, &item->error) &&
                rules_check(item->event, turn->now_ms, &item->error) && intake_fits(item, &item->error);
    if (!good) {
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_INVALID;
        result->field = item->error.field;
        result->reason = item->error.reason;
        return false;
    }
    result->id = item->event->id;
    intake_record(item, turn->shards, turn->arena, ret_record);
    ret_record->time_ms = turn->now_ms;
    state_expect(ingest->state, ret_record->key);
    return true;
}

static void store_record(struct ingest *ingest, struct turn *turn, struct record *record, Tend__V1__EventResult *result)
{
    switch (state_look(ingest->state, turn, record->key, record->content)) {
    case STATE_NEW:
        journal_append(turn->tx, turn->journal, record);
        state_note(ingest->state, record->key, record->seq);
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED;
        break;
    case STATE_SAME:
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN;
        break;
    case STATE_OTHER:
    default:
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT;
        result->field = (char *)(uintptr_t) "id";
        result->reason = (char *)(uintptr_t) "the same source and id are stored with other content";
    }
}

// First all are judged, then all are stored: by then the memory that holds their identities has come.
static void take_items(struct ingest *ingest, struct turn *turn, struct intake_item *items, size_t count,
                       Tend__V1__EventResult *results)
{
    struct record *records = arena_take(turn->arena, (count + 1) * sizeof *records);
    for (size_t i = 0; i < count; i++)
        if (!judge(ingest, turn, &items[i], &records[i], &results[i]))
            records[i].length = 0;
    for (size_t i = 0; i < count; i++) {
        if (records[i].length > 0)
            store_record(ingest, turn, &records[i], &results[i]);
        if (ingest->figures[EVENTS] != NULL)
            metric_add(ingest->figures[EVENTS], (size_t)results[i].status - 1, 1);
    }
}

static void take_intake(struct ingest *ingest, struct turn *turn, struct intake *intake, struct reply *ret_reply)
{
    Tend__V1__EventResult *results = arena_take(turn->arena, (intake->count + 1) * sizeof *results);
    take_items(ingest, turn, intake->items, intake->count, results);
    intake_answer(turn, intake, results, ret_reply);
}

static void post_events(struct ingest *ingest, struct turn *turn, const struct request *request,
                        struct reply *ret_reply)
{
    struct intake intake;
    struct verify_error error;
    if (intake_read(request, turn->arena, &intake, &error))
        take_intake(ingest, turn, &intake, ret_reply);
    else
        reply_error(turn, 400, arena_text(turn->arena, error.field, strlen(error.field)),
                    arena_text(turn->arena, error.reason, strlen(error.reason)), ret_reply);
}

// POST /v1/reminders/ID/answer: the body is an event like any other, but for the reminder's id, which the path may say.
static void post_answer(struct ingest *ingest, struct turn *turn, const struct request *request, const char *id,
                        size_t id_length, struct reply *ret_reply)
{
    struct intake intake;
    struct verify_error error = {"", ""};
    if (!intake_read(request, turn->arena, &intake, &error) || intake.count != 1) {
        reply_error(turn, 400, "",
                    error.reason[0] != '\0' ? arena_text(turn->arena, error.reason, strlen(error.reason))
                                            : "the body must be one event with a reminder_answered",
                    ret_reply);
        return;
    }
    Tend__V1__Event *event = intake.items[0].event;
    if (event != NULL && event->body_case == TEND__V1__EVENT__BODY_REMINDER_ANSWERED &&
        event->reminder_answered->reminder_id[0] == '\0') {
        event->reminder_answered->reminder_id = arena_text(turn->arena, id, id_length);
        intake.items[0].bytes = NULL; // the sender's own do not have it
    }
    bool other = event != NULL && (event->body_case != TEND__V1__EVENT__BODY_REMINDER_ANSWERED ||
                                   strlen(event->reminder_answered->reminder_id) != id_length ||
                                   memcmp(event->reminder_answered->reminder_id, id, id_length) != 0);
    if (other)
        reply_error(turn, 400, "reminder_answered.reminder_id", "must be the reminder of the path", ret_reply);
    else
        take_intake(ingest, turn, &intake, ret_reply);
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    static const char answers[] = "/v1/reminders/", suffix[] = "/answer";
    struct ingest *ingest = self;
    size_t length = strlen(request->path), before = sizeof answers - 1, after = sizeof suffix - 1;
    if (!may_speak(ingest, request))
        reply_error(turn, 401, "authorization", "a bearer token is needed", ret_reply);
    else if (strcmp(request->path, "/v1/events") == 0)
        post_events(ingest, turn, request, ret_reply);
    else if (length > before + after && strncmp(request->path, answers, before) == 0 &&
             strcmp(request->path + length - after, suffix) == 0)
        post_answer(ingest, turn, request, request->path + before, length - before - after, ret_reply);
    else
        reply_error(turn, 404, "path", "ingest takes POST /v1/events and /v1/reminders/ID/answer", ret_reply);
}

static void query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    (void)request;
    reply_error(turn, 404, "path", "ingest answers /livez, /readyz, /metrics and /v1/status", ret_reply);
}

// What reps answered in their chat comes round as an event of the notifier's journal.
static void apply(void *self, struct turn *turn, const struct record *record)
{
    struct ingest *ingest = self;
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT)
        return;
    struct intake_item item = {.bytes = record->payload, .length = record->length};
    item.event = tend__v1__event__unpack(arena_allocator(turn->arena), record->length, record->payload);
    Tend__V1__EventResult result;
    take_items(ingest, turn, &item, 1, &result);
    if (result.status != TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT)
        return;
    // A notifier that was put back counts a reminder's answers from where it stood then: an answer that it has
    // forgotten has this one's id.
    uint8_t hash[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1];
    hash_content(record->payload, record->length, hash);
    hash_hex(hash, HASH_BYTES, hex);
    item.event->id = arena_format(turn->arena, "%s.%s", item.event->id, hex);
    item.bytes = NULL;
    take_items(ingest, turn, &item, 1, &result);
}

static void publish_settings(struct ingest *ingest, struct turn *turn)
{
    struct slice last;
    bool same = state_settings(turn, &last) && last.length == ingest->settings_length &&
                memcmp(last.bytes, ingest->settings, last.length) == 0;
    if (same)
        return;
    struct record draft = {.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS,
                           .version = 1,
                           .flags = RECORD_MUST_UNDERSTAND,
                           .shard = SHARD_ALL,
                           .time_ms = turn->now_ms,
                           .payload = ingest->settings,
                           .length = ingest->settings_length};
    hash_content(ingest->settings, ingest->settings_length, draft.key);
    journal_append(turn->tx, turn->journal, &draft);
    state_set_settings(turn, ingest->settings, ingest->settings_length);
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    struct ingest *ingest = self;
    publish_settings(ingest, turn);
    bool more = state_tidy(ingest->state, turn, ingest->options.keep_ids_ms);
    if (ingest->figures[IDENTITIES] != NULL)
        metric_set(ingest->figures[IDENTITIES], 0, (double)state_identities(ingest->state));
    // Every turn looks again, and without turns there is nothing to tidy.
    return more ? now_ms : INT64_MAX;
}

static void reload(void *self, struct turn *turn)
{
    struct ingest *ingest = self;
    state_load(ingest->state, turn);
}

static uint64_t trimmable(void *self)
{
    struct ingest *ingest = self;
    return state_sealed(ingest->state);
}

const struct service ingest_service = {
    .name = "ingest",
    .follows = "notifier",
    .tables = state_tables,
    .table_count = 3,
    .waits_for_upstream = false,
    .rereads = true, // answers are events, known by source and id
    .other_history = "If notifier's store was put back: stop ingest, run `tend accept ingest`, start it. It then reads "
                     "that journal from its first record and knows by their ids the answers that it has",
    .apply = apply,
    .tick = tick,
    .command = command,
    .query = query,
    .reload = reload,
    .trimmable = trimmable,
    .declare = declare,
};
