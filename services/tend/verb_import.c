// `tend import`: a file's rows as events, sent to ingest in batches.
#include "common/must.h"
#include "services/tend/import_command.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 20, TRY_MS = 3000, BATCH_LIMIT = 1024 * 1024 };

// The way to ingest over ZeroMQ.
struct post {
    struct client *client;
    uint8_t *packed;
    Tend__V1__EventResults *results;
    char why[300];
};

static const char *why(void *self)
{
    const struct post *post = self;
    return post->why;
}

// Sends the batch until it is answered: an answer that was lost costs nothing, since ingest knows the events again.
static bool send_batch(void *self, const Tend__V1__EventBatch *batch, const Tend__V1__EventResults **ret_results)
{
    struct post *post = self;
    size_t length = tend__v1__event_batch__get_packed_size(batch);
    must(length <= BATCH_LIMIT);
    tend__v1__event_batch__pack(batch, post->packed);
    snprintf(post->why, sizeof post->why, "ingest does not answer; is it running? (tend run)");
    for (int i = 0; i < TRIES; i++) {
        struct answer answer;
        if (!client_call(post->client, "POST /v1/events", "application/x-protobuf", post->packed, length, TRY_MS,
                         &answer))
            continue;
        if (post->results != NULL)
            tend__v1__event_results__free_unpacked(post->results, NULL);
        post->results = NULL;
        if (answer.status == 200)
            post->results = tend__v1__event_results__unpack(NULL, answer.length, (const uint8_t *)answer.body);
        if (post->results != NULL) {
            *ret_results = post->results;
            return true;
        }
        snprintf(post->why, sizeof post->why, "ingest answers %d: %.200s", answer.status, answer.body);
        if (answer.status != 503)
            return false;
    }
    return false;
}

struct reach {
    const struct verb_call *call;
    struct post post;
};

static bool connect_ingest(void *self, struct sender *ret_sender, char *ret_error, size_t bytes)
{
    struct reach *reach = self;
    reach->post.client = client_open(reach->call->settings.links.ingest);
    reach->post.packed = malloc(BATCH_LIMIT);
    must(reach->post.packed != NULL);
    struct answer answer;
    bool there =
        reach->post.client != NULL && client_call(reach->post.client, "GET /v1/status", "", "", 0, TRY_MS, &answer);
    if (!there)
        snprintf(ret_error, bytes, "ingest cannot be reached at %s; is it running? (tend run)",
                 reach->call->settings.links.ingest);
    *ret_sender = (struct sender){.send = send_batch, .why = why, .self = &reach->post};
    return there;
}

int verb_import(struct verb_call *call)
{
    struct import_words words = {
        .kind = call->arguments[0],
        .file = call->arguments[1],
        .map = verb_value(call, "map"),
        .as_of = verb_value(call, "as-of"),
        .zone = verb_value(call, "zone"),
        .currency = verb_value(call, "currency"),
        .decimal = verb_value(call, "decimal"),
        .encoding = verb_value(call, "encoding"),
        .delimiter = verb_value(call, "delimiter"),
        .source = verb_value(call, "source"),
        .dry_run = verb_value(call, "dry-run") != NULL,
        .live = verb_value(call, "live") != NULL,
        .amend = verb_value(call, "amend") != NULL,
        .json = call->json,
    };
    struct reach reach = {.call = call};
    struct import_world world = {
        .zone = call->settings.time_zone,
        .currency = call->settings.currency,
        .clock = clock_open(),
        .connect = connect_ingest,
        .self = &reach,
        .out = stdout,
        .err = stderr,
    };
    int code = import_command(&words, &world);
    clock_close(&world.clock);
    client_close(&reach.post.client); // takes NULL
    if (reach.post.results != NULL)
        tend__v1__event_results__free_unpacked(reach.post.results, NULL);
    free(reach.post.packed);
    return code;
}
