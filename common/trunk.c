#include "common/trunk.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { ANSWER_FRAMES = 4, STATUS_BYTES = 8, TAKEN_MAX = PEERS_OPEN_MAX };

struct trunk {
    struct peers *peers;
    void *dealers[LANES_MAX]; // NULL in our own place
};

struct trunk *trunk_open(void *context, struct peers *peers, const char *const *endpoints, char *ret_error,
                         size_t error_bytes)
{
    struct trunk *trunk = calloc(1, sizeof *trunk);
    must(trunk != NULL);
    trunk->peers = peers;
    for (unsigned i = 0; trunk != NULL && i < peers_count(peers); i++) {
        if (i == peers_index(peers))
            continue;
        trunk->dealers[i] = socket_connect(context, endpoints[i], ret_error, error_bytes);
        if (trunk->dealers[i] == NULL)
            trunk_close(&trunk);
    }
    return trunk;
}

void trunk_close(struct trunk **trunk)
{
    if (*trunk == NULL)
        return;
    for (unsigned i = 0; i < LANES_MAX; i++)
        if ((*trunk)->dealers[i] != NULL)
            zmq_close((*trunk)->dealers[i]);
    free(*trunk);
    *trunk = NULL;
}

int trunk_poll(const struct trunk *trunk, zmq_pollitem_t *ret_items)
{
    struct peers_question question;
    bool waits[LANES_MAX] = {false};
    for (uint64_t after = 0; peers_next(trunk->peers, after, &question); after = question.id)
        waits[question.which] = true;
    int count = 0;
    for (unsigned i = 0; i < LANES_MAX; i++)
        if (trunk->dealers[i] != NULL)
            ret_items[count++] = (zmq_pollitem_t){.socket = trunk->dealers[i],
                                                  .events = (short)(ZMQ_POLLIN | (waits[i] ? ZMQ_POLLOUT : 0))};
    return count;
}

static void send_all(struct trunk *trunk)
{
    struct peers_question question;
    for (uint64_t after = 0; peers_next(trunk->peers, after, &question); after = question.id) {
        struct frame frames[] = {{&question.id, sizeof question.id},
                                 {question.request, strlen(question.request)},
                                 {"application/x-protobuf", 22},
                                 {question.body, question.length}};
        if (socket_send(trunk->dealers[question.which], frames, sizeof frames / sizeof *frames))
            peers_sent(trunk->peers, question.id);
    }
}

// False when the frames are no answer, or nobody waits for it.
static bool read_answer(struct trunk *trunk, zmq_msg_t *frames, size_t count)
{
    uint64_t id;
    char status[STATUS_BYTES] = "", *end;
    if (count != ANSWER_FRAMES || zmq_msg_size(&frames[0]) != sizeof id || zmq_msg_size(&frames[1]) >= sizeof status)
        return false;
    memcpy(&id, zmq_msg_data(&frames[0]), sizeof id);
    memcpy(status, zmq_msg_data(&frames[1]), zmq_msg_size(&frames[1]));
    long number = strtol(status, &end, 10);
    return end != status && *end == '\0' &&
           peers_answer(trunk->peers, id, (int)number, zmq_msg_data(&frames[3]), zmq_msg_size(&frames[3]));
}

void trunk_work(struct trunk *trunk, int64_t boot_ms)
{
    zmq_msg_t frames[ANSWER_FRAMES];
    for (unsigned i = 0; i < LANES_MAX; i++) {
        size_t count = 1;
        for (int taken = 0; trunk->dealers[i] != NULL && count > 0 && taken < TAKEN_MAX; taken++) {
            count = socket_receive(trunk->dealers[i], frames, ANSWER_FRAMES);
            if (count > 0)
                (void)read_answer(trunk, frames, count); // an answer too late is no answer
            for (size_t frame = 0; frame < count; frame++)
                zmq_msg_close(&frames[frame]);
        }
    }
    send_all(trunk);
    (void)peers_expire(trunk->peers, boot_ms);
}

int64_t trunk_timeout_ms(struct trunk *trunk, int64_t boot_ms)
{
    return peers_expire(trunk->peers, boot_ms);
}
