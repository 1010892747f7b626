#include "services/tend/postbox.h"

#include "common/must.h"
#include "services/tend/client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRIES = 20,
    TRY_MS = 3000,
    UNABLE = 503,
    PAUSE_MS = 300, // after ingest said that it cannot now
    SLOTS = 2 * SENDER_WINDOW,
    WHY_BYTES = 400,
};

// A batch on its way.
struct slot {
    uint8_t *packed;
    size_t length;
    uint64_t ids[TRIES]; // of the requests that carried it
    int tries;
    int status;          // of the answer, 0: none yet
    char why[WHY_BYTES]; // what the last answer said that was no good one
    Tend__V1__EventResults *results;
};

struct postbox {
    struct client *client;
    struct slot slots[SLOTS];
    size_t first, count;
    Tend__V1__EventResults *results; // handed out last
    char why[WHY_BYTES];
};

struct postbox *postbox_open(const char *endpoint, char *ret_error, size_t bytes)
{
    struct postbox *postbox = calloc(1, sizeof *postbox);
    must(postbox != NULL);
    postbox->client = client_open(endpoint);
    struct answer answer;
    if (postbox->client != NULL && client_call(postbox->client, "GET /v1/status", "", "", 0, TRY_MS, &answer))
        return postbox;
    snprintf(ret_error, bytes, "ingest cannot be reached at %s; is it running? (tend run)", endpoint);
    postbox_close(&postbox);
    return NULL;
}

static void empty(struct slot *slot)
{
    free(slot->packed);
    if (slot->results != NULL)
        tend__v1__event_results__free_unpacked(slot->results, NULL);
    *slot = (struct slot){.status = 0};
}

static void forget(struct postbox *postbox)
{
    if (postbox->results != NULL)
        tend__v1__event_results__free_unpacked(postbox->results, NULL);
    postbox->results = NULL;
}

void postbox_close(struct postbox **postbox)
{
    if (*postbox == NULL)
        return;
    for (size_t i = 0; i < SLOTS; i++)
        empty(&(*postbox)->slots[i]);
    forget(*postbox);
    client_close(&(*postbox)->client); // takes NULL
    free(*postbox);
    *postbox = NULL;
}

static const char *why(void *self)
{
    const struct postbox *postbox = self;
    return postbox->why;
}

// True when it left. One that cannot leave now has lost a try.
static bool ask(struct postbox *postbox, struct slot *slot)
{
    must(slot->tries < TRIES);
    uint64_t id =
        client_ask(postbox->client, "POST /v1/events", "application/x-protobuf", slot->packed, slot->length, TRY_MS);
    slot->ids[slot->tries++] = id;
    return id != 0;
}

static bool post(void *self, const Tend__V1__EventBatch *batch)
{
    struct postbox *postbox = self;
    must(postbox->count < SLOTS);
    struct slot *slot = &postbox->slots[(postbox->first + postbox->count++) % SLOTS];
    slot->length = tend__v1__event_batch__get_packed_size(batch);
    slot->packed = malloc(slot->length + 1);
    must(slot->packed != NULL);
    tend__v1__event_batch__pack(batch, slot->packed);
    ask(postbox, slot); // else it is sent when its answer is waited for
    return true;
}

static struct slot *slot_of(struct postbox *postbox, uint64_t id)
{
    for (size_t i = 0; i < postbox->count; i++) {
        struct slot *slot = &postbox->slots[(postbox->first + i) % SLOTS];
        for (int j = 0; j < slot->tries; j++)
            if (slot->ids[j] == id)
                return slot;
    }
    return NULL;
}

static void take_answer(struct postbox *postbox, const struct answer *answer)
{
    struct slot *slot = slot_of(postbox, answer->id);
    if (slot == NULL || slot->results != NULL)
        return;
    slot->status = answer->status;
    if (answer->status == 200)
        slot->results = tend__v1__event_results__unpack(NULL, answer->length, (const uint8_t *)answer->body);
    else
        snprintf(slot->why, sizeof slot->why, "ingest answers %d: %.300s", answer->status, answer->body);
}

// Sends everything again that is not answered. False when the oldest has no try left.
static bool ask_again(struct postbox *postbox)
{
    for (size_t i = 0; i < postbox->count; i++) {
        struct slot *slot = &postbox->slots[(postbox->first + i) % SLOTS];
        if (slot->results != NULL)
            continue;
        slot->status = 0;
        bool left = slot->tries < TRIES && ask(postbox, slot);
        if (i == 0 && slot->tries == TRIES && !left)
            return false;
        // Where one does not leave, none behind it does.
        if (!left)
            return true;
    }
    return true;
}

// Always false; says why.
static bool give_up(struct postbox *postbox, const struct slot *slot)
{
    const char *said = slot->why[0] != '\0' ? slot->why : "ingest does not answer; is it running? (tend run)";
    snprintf(postbox->why, sizeof postbox->why, "%s", said);
    return false;
}

static bool collect(void *self, const Tend__V1__EventResults **ret_results)
{
    struct postbox *postbox = self;
    must(postbox->count > 0);
    struct slot *slot = &postbox->slots[postbox->first];
    while (slot->results == NULL) {
        // It may have come while an earlier one was waited for.
        if (slot->status != 0 && slot->status != UNABLE)
            return give_up(postbox, slot);
        struct answer answer;
        bool answered = client_wait(postbox->client, TRY_MS, &answer);
        if (answered)
            take_answer(postbox, &answer);
        if (slot->results != NULL || (answered && slot->status == 0))
            continue;
        if (slot->status != 0 && slot->status != UNABLE)
            return give_up(postbox, slot);
        if (slot->status == UNABLE)
            poll(NULL, 0, PAUSE_MS);
        if (!ask_again(postbox))
            return give_up(postbox, slot);
    }
    forget(postbox);
    postbox->results = slot->results;
    slot->results = NULL;
    empty(slot);
    postbox->first = (postbox->first + 1) % SLOTS;
    postbox->count--;
    *ret_results = postbox->results;
    return true;
}

struct sender postbox_sender(struct postbox *postbox)
{
    return (struct sender){.post = post, .collect = collect, .why = why, .self = postbox};
}
