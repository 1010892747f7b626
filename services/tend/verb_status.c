// `tend status`, `tend journal`, `tend check`, `tend send`: looking at the pipeline, and putting something in.
#include "common/clock.h"
#include "common/codec.h"
#include "common/journal.h"
#include "common/recordbody.h"
#include "common/lane.h"
#include "common/must.h"
#include "services/ingest/options.h"
#include "services/tend/backups.h"
#include "services/tend/feed_remote.h"
#include "services/tend/figures.h"
#include "services/tend/verb.h"
#include "tend/v1/journal.pb-c.h"
#include "tend/v1/scoring.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NAMES_SHOWN = 5, // on a line
};

static const char *const order[] = {"ingest", "scoring", "scheduler", "notifier"};

static void print_status(const char *service, const json_t *status)
{
    if (status == NULL) {
        printf("%-10s not reached\n", service);
        return;
    }
    int64_t used = verb_number(status, "usedBytes"),
            lag = verb_number(status, "upstreamLast") - verb_number(status, "position");
    bool ready = json_is_true(json_object_get(status, "ready"));
    printf("%-10s %-9s journal %lld  position %lld  lag %lld  store %.1f MiB  dead letters %lld%s%s\n", service,
           ready ? "ready" : "NOT READY", (long long)verb_number(status, "last"),
           (long long)verb_number(status, "position"), (long long)(lag > 0 ? lag : 0), (double)used / 1048576.0,
           (long long)verb_number(status, "deadLetters"), verb_text(status, "trouble")[0] != '\0' ? "  trouble: " : "",
           verb_text(status, "trouble"));
}

// Where the service follows several journals, each has a line.
static void print_upstreams(const json_t *status)
{
    const json_t *upstreams = json_object_get(status, "upstreams"), *upstream;
    size_t i;
    if (json_array_size(upstreams) > 1)
        json_array_foreach (upstreams, i, upstream)
            printf("  follows %-10s position %lld  lag %lld\n", verb_text(upstream, "name"),
                   (long long)verb_number(upstream, "position"),
                   (long long)(verb_number(upstream, "last") > verb_number(upstream, "position")
                                   ? verb_number(upstream, "last") - verb_number(upstream, "position")
                                   : 0));
}

static int status_of(struct verb_call *call, const char *service, unsigned which, json_t *all)
{
    json_t *status = NULL;
    char name[LANE_NAME_BYTES];
    lane_name(service, (struct lane){which, settings_processes(&call->settings, service)}, name);
    int code = verb_ask_process(call, service, which, "GET /v1/status", &status);
    if (code == VERB_DONE && !json_is_true(json_object_get(status, "ready")))
        code = VERB_PROBLEM;
    if (!call->json) {
        print_status(name, status);
        print_upstreams(status);
    }
    json_object_set_new(all, name, status != NULL ? status : json_null());
    return code;
}

// "C001, C002 ..." of an array of texts, or of a member of its objects.
static void print_names(const json_t *names, const char *member, uint64_t count)
{
    size_t i;
    const json_t *name;
    json_array_foreach (names, i, name) {
        if (i == NAMES_SHOWN)
            break;
        printf("%s%s", i > 0 ? ", " : "", member != NULL ? verb_text(name, member) : json_string_value(name));
    }
    puts(count > NAMES_SHOWN ? " ..." : "");
}

// What the scheduler could not use, and customers whom nobody calls: nothing of it stops a service, and nobody would
// see it otherwise.
static void print_neglected(const json_t *totals)
{
    const json_t *strangers = json_object_get(totals, "strangers"), *stranger;
    int64_t bad = verb_number(totals, "recordsBad"), unknown = verb_number(totals, "answersUnknown"),
            ownerless = verb_number(totals, "customersOwnerless"), customers = 0;
    size_t i;
    if (bad > 0)
        printf("scheduler: %lld record%s could not be used (GET /v1/totals recordsBad)\n", (long long)bad,
               bad == 1 ? "" : "s");
    if (unknown > 0)
        printf("scheduler: %lld answer%s to reminders that are not there\n", (long long)unknown,
               unknown == 1 ? "" : "s");
    if (ownerless > 0) {
        printf("%lld customer%s without an owner, so nobody calls %s: ", (long long)ownerless,
               ownerless == 1 ? "" : "s", ownerless == 1 ? "it" : "them");
        print_names(json_object_get(totals, "ownerlessIds"), NULL, (uint64_t)ownerless);
        printf("  an import of customers gives them owners, or scheduler.default_rep takes all such: tend customers "
               "--unowned\n");
    }
    json_array_foreach (strangers, i, stranger)
        customers += verb_number(stranger, "customers");
    if (customers > 0) {
        printf("%lld customer%s of owners whom no import of reps named: ", (long long)customers,
               customers == 1 ? "" : "s");
        print_names(strangers, "repId", json_array_size(strangers));
    }
}

static void add_neglected(struct verb_call *call, json_t *all)
{
    json_t *totals = NULL;
    struct verb_refusal refusal;
    if (!verb_reachable(call, "scheduler") ||
        verb_ask_or(call, "scheduler", NULL, "GET /v1/totals", &refusal, &totals) != VERB_DONE)
        return;
    if (!call->json)
        print_neglected(totals);
    json_object_set_new(all, "totals", totals);
}

// What is open and nobody will be told of any more: the scheduler's own audit finds nothing as long as it is right.
static void print_open(const json_t *audit)
{
    long long stuck = (long long)verb_number(audit, "stuck"), ownerless = (long long)verb_number(audit, "ownerless");
    if (stuck > 0) {
        printf("scheduler: %lld open without a next moment, STUCK: ", stuck);
        print_names(json_object_get(audit, "stuckIds"), NULL, (uint64_t)stuck);
    }
    if (ownerless > 0)
        printf("scheduler: %lld open, and nobody owns %s, so nobody is told\n", ownerless,
               ownerless == 1 ? "it" : "them");
}

static void add_open(struct verb_call *call, json_t *all)
{
    json_t *audit = NULL;
    struct verb_refusal refusal;
    if (!verb_reachable(call, "scheduler") ||
        verb_ask_or(call, "scheduler", NULL, "GET /v1/audit", &refusal, &audit) != VERB_DONE)
        return;
    if (!call->json)
        print_open(audit);
    json_object_set_new(all, "open", audit);
}

// A chat that takes nothing, with what waits for it.
static void print_trouble(const struct figures *figures, const json_t *channel)
{
    char moment[FIGURES_BYTES];
    bool open = json_is_true(json_object_get(channel, "open"));
    const char *since = figures_moment(figures, verb_text(channel, open ? "shutSince" : "downSince"), moment);
    if (!open && since[0] == '\0')
        return;
    printf("channel %s is %s%s%s: %s; %lld waiting\n", verb_text(channel, "name"), open ? "SHUT" : "DOWN",
           since[0] != '\0' ? " since " : "", since, verb_text(channel, "reason"),
           (long long)verb_number(channel, "waiting"));
}

// What keeps messages from reps: everything is held, a chat is shut, or one waits for nothing.
static void print_delivery(const struct verb_call *call, const json_t *audit, const json_t *channels)
{
    struct figures figures;
    size_t i;
    const json_t *channel;
    const char *held = verb_text(audit, "held");
    long long waiting = (long long)verb_number(audit, "waiting"), stuck = (long long)verb_number(audit, "stuck");
    if (held[0] != '\0')
        printf("messages are HELD: %s; %lld wait for tend release\n", held, waiting);
    if (stuck > 0) {
        printf("%lld message%s STUCK: ", stuck, stuck == 1 ? "" : "s");
        print_names(json_object_get(audit, "stuckIds"), NULL, (uint64_t)stuck);
    }
    long long dead = (long long)verb_number(audit, "dead"), unknown = (long long)verb_number(audit, "unknown");
    if (dead > 0)
        printf("%lld message%s could not be delivered: tend messages --dead\n", dead, dead == 1 ? "" : "s");
    if (unknown > 0)
        printf("of %lld message%s nobody knows whether it arrived: tend messages --state unknown\n", unknown,
               unknown == 1 ? "" : "s");
    const json_t *foreign = json_object_get(audit, "foreign"), *words;
    json_array_foreach (foreign, i, words)
        printf("messages wait: %s\n", json_string_value(words));
    if (verb_text(audit, "alarm")[0] != '\0')
        printf("ALARMS reach nobody: %s\n", verb_text(audit, "alarm"));
    figures_open(call->settings.time_zone, &figures);
    json_array_foreach (channels, i, channel)
        print_trouble(&figures, channel);
    figures_close(&figures);
}

static void add_delivery(struct verb_call *call, json_t *all)
{
    json_t *audit = NULL, *channels = NULL;
    struct verb_refusal refusal;
    if (!verb_reachable(call, "notifier") ||
        verb_ask_or(call, "notifier", NULL, "GET /v1/audit", &refusal, &audit) != VERB_DONE)
        return;
    if (verb_ask_or(call, "notifier", NULL, "GET /v1/channels", &refusal, &channels) != VERB_DONE)
        channels = json_object();
    if (!call->json)
        print_delivery(call, audit, json_object_get(channels, "channels"));
    json_object_set_new(audit, "channels", json_incref(json_object_get(channels, "channels")));
    json_object_set_new(all, "delivery", audit);
    json_decref(channels);
}

static void add_backup(struct verb_call *call, json_t *all)
{
    struct clock *clock = clock_open();
    backups_tell(call->settings.data_dir, clock_wall_ms(clock), call->json ? all : NULL);
    clock_close(&clock);
}

int verb_status(struct verb_call *call)
{
    int code = VERB_DONE;
    json_t *all = json_object();
    for (size_t i = 0; i < 4; i++)
        for (unsigned which = 0; which < settings_processes(&call->settings, order[i]); which++) {
            int one = status_of(call, order[i], which, all);
            // Not reached weighs more than not ready.
            code = one == VERB_DONE || (one == VERB_PROBLEM && code != VERB_DONE) ? code : one;
        }
    add_neglected(call, all);
    add_open(call, all);
    feed_troubles(call, all);
    add_delivery(call, all);
    add_backup(call, all);
    if (call->json)
        verb_print_json(all);
    json_decref(all);
    return code;
}

// --- journal ---

static bool print_record(void *self, const struct record *record)
{
    uint64_t *most = self;
    char hex[2 * HASH_BYTES + 1];
    hash_hex(record->chain, HASH_BYTES, hex);
    const ProtobufCEnumValue *type =
        protobuf_c_enum_descriptor_get_value(&tend__v1__record_type__descriptor, record->type);
    printf("{\"seq\":%llu,\"type\":\"%s\",\"time\":%lld,\"shard\":%u,\"flags\":%u,\"chain\":\"%s\",\"body\":",
           (unsigned long long)record->seq, type != NULL ? type->name : "unknown", (long long)record->time_ms,
           record->shard, record->flags, hex);
    const ProtobufCMessageDescriptor *descriptor = recordbody_of(record->type);
    ProtobufCMessage *message = NULL;
    if (descriptor != NULL && (record->flags & RECORD_ERASED) == 0)
        message = protobuf_c_message_unpack(descriptor, NULL, record->length, record->payload);
    size_t length;
    char *text = message != NULL ? codec_to_text(message, 0, NULL, &length) : NULL;
    printf("%s}\n", text != NULL ? text : "null");
    free(text);
    if (message != NULL)
        protobuf_c_message_free_unpacked(message, NULL);
    return --*most > 0;
}

// Whether a service's process has this name; says which there are when none has.
static bool is_process(const struct verb_call *call, const char *said)
{
    char names[64 + LANES_MAX * LANE_NAME_BYTES] = "", name[LANE_NAME_BYTES];
    const char *several = NULL; // the service of that name, when it has none of the process
    for (size_t i = 0; i < 4; i++)
        if (strcmp(order[i], said) == 0 && settings_processes(&call->settings, order[i]) > 1)
            several = order[i];
    for (size_t i = 0; i < 4; i++) {
        unsigned count = settings_processes(&call->settings, order[i]);
        for (unsigned which = 0; which < count; which++) {
            lane_name(order[i], (struct lane){which, count}, name);
            if (strcmp(name, said) == 0)
                return true;
            if (several != NULL && several != order[i])
                continue;
            size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "", name);
        }
    }
    if (several != NULL)
        fprintf(stderr, "tend: %s runs as several processes, each with a journal of its own: say which, one of %s\n",
                said, names);
    else
        fprintf(stderr, "tend: there is no service \"%s\"; it is one of %s\n", said, names);
    return false;
}

int verb_journal(struct verb_call *call)
{
    char folder[512];
    const char *service = call->arguments[0], *from = verb_value(call, "from"), *limit = verb_value(call, "limit");
    if (!is_process(call, service) || !verb_whole_number(call, "from") || !verb_whole_number(call, "limit"))
        return VERB_USAGE;
    snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, service);
    struct store_options options = {.folder = folder, .map_bytes = (size_t)32 << 30};
    struct store_error error;
    struct store *store = NULL;
    if (!store_open_readonly(&options, &error, &store)) {
        fprintf(stderr, "tend: %s\n", error.text);
        return VERB_PROBLEM;
    }
    uint64_t next = from != NULL ? strtoull(from, NULL, 10) : 1,
             most = limit != NULL ? strtoull(limit, NULL, 10) : UINT64_MAX;
    bool follow = verb_value(call, "follow") != NULL, damaged = false;
    do {
        struct tx *tx = store_begin_read(store);
        struct journal journal;
        journal_load(tx, &journal);
        if (next < journal.first)
            next = journal.first;
        if (most > 0 && next <= journal.last)
            journal_each(tx, next, print_record, &most);
        next = journal.last + 1;
        damaged = tx_error(tx) != 0;
        tx_abort(&tx);
        fflush(stdout);
        if (follow && !damaged)
            usleep(200000);
    } while (follow && !damaged && most > 0);
    store_close(&store);
    if (damaged)
        fprintf(stderr, "tend: the journal of %s is damaged\n", service);
    return damaged ? VERB_PROBLEM : VERB_DONE;
}

// --- send ---

enum { SEND_BATCH = 100, SEND_BYTES = 200 * 1024 };

// Lines on their way to ingest, as one JSON array.
struct sending {
    char *body;
    size_t used;
    int lines[SEND_BATCH]; // their numbers
    int count;
};

// Prints one result a line. Returns the exit code that it asks for.
static int print_results(const json_t *answer, const int *lines)
{
    const json_t *results = json_object_get(answer, "results"), *result;
    int code = VERB_DONE;
    size_t i;
    json_array_foreach (results, i, result) {
        const char *status = verb_text(result, "status");
        bool stored = strcmp(status, "EVENT_STATUS_STORED") == 0, known = strcmp(status, "EVENT_STATUS_KNOWN") == 0;
        if (stored || known)
            printf("line %d: %s %s\n", lines[i], stored ? "stored" : "known", verb_text(result, "id"));
        else
            printf("line %d: refused: %s%s%s\n", lines[i], verb_text(result, "field"),
                   verb_text(result, "field")[0] != '\0' ? ": " : "", verb_text(result, "reason"));
        code = stored || known ? code : VERB_PROBLEM;
    }
    return code;
}

static int flush_lines(struct verb_call *call, struct sending *sending)
{
    if (sending->count == 0)
        return VERB_DONE;
    json_t *answer = NULL;
    memcpy(sending->body + sending->used, "]", 2);
    int code = verb_post(call, "ingest", "POST /v1/events", sending->body, &answer);
    if (code == VERB_DONE)
        code = print_results(answer, sending->lines);
    json_decref(answer);
    sending->used = 0;
    sending->count = 0;
    return code;
}

// Puts a line to the others, unless it is no JSON.
static bool add_line(struct sending *sending, const char *line, size_t length, int number)
{
    json_error_t error = {.text = "the line is too long"};
    json_t *event = length + 3 <= SEND_BYTES ? json_loadb(line, length, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (event == NULL) {
        printf("line %d: refused: %s\n", number, error.text);
        return false;
    }
    json_decref(event);
    sending->body[sending->used] = sending->count == 0 ? '[' : ',';
    memcpy(sending->body + sending->used + 1, line, length);
    sending->used += length + 1;
    sending->lines[sending->count++] = number;
    return true;
}

int verb_send(struct verb_call *call)
{
    struct sending sending = {.body = malloc(SEND_BYTES + 4)};
    must(sending.body != NULL);
    char *line = NULL;
    size_t room = 0;
    int code = VERB_DONE;
    ssize_t length;
    for (int number = 1; code != VERB_UNREACHABLE && (length = getline(&line, &room, stdin)) > 0; number++) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        if (length == 0)
            continue;
        if (sending.count == SEND_BATCH || sending.used + (size_t)length + 3 > SEND_BYTES) {
            int one = flush_lines(call, &sending);
            code = one != VERB_DONE ? one : code;
        }
        if (!add_line(&sending, line, (size_t)length, number))
            code = VERB_PROBLEM;
    }
    int last = code != VERB_UNREACHABLE ? flush_lines(call, &sending) : VERB_DONE;
    free(line);
    free(sending.body);
    return last != VERB_DONE ? last : code;
}
