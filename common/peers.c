#include "common/peers.h"

#include "common/must.h"
#include "common/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum stage { STAGE_FREE, STAGE_DRAFT, STAGE_READY, STAGE_SENT };

struct question {
    enum stage stage;
    uint64_t id;
    unsigned which;
    int64_t since_ms; // boot, from the first look after the commit; 0: not looked at yet
    char request[PEERS_REQUEST_BYTES];
    uint8_t *body;
    size_t length;
};

struct peers {
    unsigned index, count;
    uint64_t asked; // the last number
    struct question questions[PEERS_OPEN_MAX];
    struct peers_answer answers[PEERS_OPEN_MAX]; // in the order in which they came; the bodies are ours
    size_t answer_count, taken;
    bool news;
};

enum { STATUS_NOBODY = 503, STATUS_TOO_LONG = 500 };

struct peers *peers_open(unsigned index, unsigned count)
{
    must(count >= 1 && count <= LANES_MAX && index < count);
    struct peers *peers = calloc(1, sizeof *peers);
    must(peers != NULL);
    peers->index = index;
    peers->count = count;
    return peers;
}

static void forget(struct question *question)
{
    free(question->body);
    *question = (struct question){.stage = STAGE_FREE};
}

// Lets go of the first answers.
static void drop_answers(struct peers *peers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free((uint8_t *)(uintptr_t)peers->answers[i].body);
    peers->answer_count -= count;
    memmove(peers->answers, peers->answers + count, peers->answer_count * sizeof peers->answers[0]);
}

void peers_close(struct peers **peers)
{
    if (*peers == NULL)
        return;
    for (size_t i = 0; i < PEERS_OPEN_MAX; i++)
        forget(&(*peers)->questions[i]);
    drop_answers(*peers, (*peers)->answer_count);
    free(*peers);
    *peers = NULL;
}

unsigned peers_index(const struct peers *peers)
{
    return peers->index;
}

unsigned peers_count(const struct peers *peers)
{
    return peers->count;
}

static uint8_t *copy_of(const void *bytes, size_t length)
{
    uint8_t *copy = malloc(length + 1);
    must(copy != NULL);
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

// A place for a question that leaves room for the answers to all.
static struct question *find_place(struct peers *peers)
{
    struct question *place = NULL;
    size_t open = peers->answer_count;
    for (size_t i = 0; i < PEERS_OPEN_MAX; i++) {
        bool empty = peers->questions[i].stage == STAGE_FREE;
        open += !empty;
        if (empty && place == NULL)
            place = &peers->questions[i];
    }
    return open < PEERS_OPEN_MAX ? place : NULL;
}

uint64_t peers_ask(struct peers *peers, unsigned which, const char *request, const void *body, size_t length)
{
    must(which < peers->count && which != peers->index && length <= PEERS_BODY_MAX);
    must(strlen(request) < PEERS_REQUEST_BYTES);
    struct question *place = find_place(peers);
    if (place == NULL)
        return 0;
    *place = (struct question){.stage = STAGE_DRAFT, .id = ++peers->asked, .which = which, .length = length};
    snprintf(place->request, sizeof place->request, "%s", request);
    place->body = copy_of(body, length);
    return place->id;
}

bool peers_take(struct peers *peers, struct peers_answer *ret_answer)
{
    if (peers->taken == peers->answer_count)
        return false;
    *ret_answer = peers->answers[peers->taken++];
    return true;
}

void peers_begin(struct peers *peers)
{
    if (peers == NULL)
        return;
    peers->taken = 0;
    for (size_t i = 0; i < PEERS_OPEN_MAX; i++)
        if (peers->questions[i].stage == STAGE_DRAFT)
            forget(&peers->questions[i]);
}

void peers_commit(struct peers *peers)
{
    if (peers == NULL)
        return;
    drop_answers(peers, peers->taken);
    peers->taken = 0;
    peers->news = false;
    for (size_t i = 0; i < PEERS_OPEN_MAX; i++)
        if (peers->questions[i].stage == STAGE_DRAFT)
            peers->questions[i].stage = STAGE_READY;
}

bool peers_news(const struct peers *peers)
{
    return peers != NULL && peers->news;
}

bool peers_next(const struct peers *peers, uint64_t after, struct peers_question *ret_question)
{
    const struct question *first = NULL;
    for (size_t i = 0; i < PEERS_OPEN_MAX; i++) {
        const struct question *question = &peers->questions[i];
        if (question->stage == STAGE_READY && question->id > after && (first == NULL || question->id < first->id))
            first = question;
    }
    if (first == NULL)
        return false;
    *ret_question = (struct peers_question){first->id, first->which, first->request, first->body, first->length};
    return true;
}

static struct question *find_open(struct peers *peers, uint64_t id)
{
    for (size_t i = 0; i < PEERS_OPEN_MAX; i++) {
        struct question *question = &peers->questions[i];
        if (question->id == id && (question->stage == STAGE_READY || question->stage == STAGE_SENT))
            return question;
    }
    return NULL;
}

void peers_sent(struct peers *peers, uint64_t id)
{
    struct question *question = find_open(peers, id);
    must(question != NULL && question->stage == STAGE_READY);
    question->stage = STAGE_SENT;
}

bool peers_answer(struct peers *peers, uint64_t id, int status, const void *body, size_t length)
{
    struct question *question = id != 0 ? find_open(peers, id) : NULL;
    if (question == NULL)
        return false;
    must(peers->answer_count < PEERS_OPEN_MAX);
    bool fits = length <= PEERS_BODY_MAX;
    peers->answers[peers->answer_count++] = (struct peers_answer){
        .id = id,
        .from = question->which,
        .status = fits ? status : STATUS_TOO_LONG,
        .body = copy_of(body, fits ? length : 0),
        .length = fits ? length : 0,
    };
    peers->news = true;
    forget(question);
    return true;
}

int64_t peers_expire(struct peers *peers, int64_t boot_ms)
{
    int64_t next_ms = -1;
    for (size_t i = 0; i < PEERS_OPEN_MAX; i++) {
        struct question *question = &peers->questions[i];
        if (question->stage != STAGE_READY && question->stage != STAGE_SENT)
            continue;
        if (question->since_ms == 0)
            question->since_ms = boot_ms;
        int64_t left_ms = question->since_ms + PEERS_WAIT_MS - boot_ms;
        if (left_ms <= 0)
            (void)peers_answer(peers, question->id, STATUS_NOBODY, NULL, 0);
        else if (next_ms < 0 || left_ms < next_ms)
            next_ms = left_ms;
    }
    return next_ms;
}
