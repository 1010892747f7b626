#include "bench/bare.h"

#include "bench/loose.h"
#include "common/arena.h"
#include "common/hash.h"
#include "common/must.h"
#include "common/socket.h"
#include "common/store.h"
#include "harness/town.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    GROUP_EVENTS = 4096,       // in one commit
    FETCH_BYTES = 1024 * 1024, // in one answer to the second stage
    ROOM_EVENTS = 4000000,     // what a run adds to the table at most
    ROW_BYTES = 64,            // a customer: number of orders, sum, last
    KEY_BYTES = 8,
    GOES_ON_MS = 60000, // a stage that hears nothing for so long has lost its bench
    ARENA_BYTES = 16 * 1024 * 1024,
};

// --- the table of identities ---

struct table {
    uint64_t *tags; // 0: free
    size_t mask;
};

static void table_open(struct table *table, uint64_t held)
{
    size_t slots = 1024;
    while (slots < 2 * (held + ROOM_EVENTS))
        slots *= 2;
    *table = (struct table){calloc(slots, sizeof(uint64_t)), slots - 1};
    must(table->tags != NULL);
}

// False when it was there.
static bool table_add(struct table *table, uint64_t tag)
{
    size_t at = (size_t)tag & table->mask;
    for (; table->tags[at] != 0; at = (at + 1) & table->mask)
        if (table->tags[at] == tag)
            return false;
    table->tags[at] = tag;
    return true;
}

// --- the first stage ---

struct first {
    struct loose loose;
    struct arena *arena;
    struct table table;
    uint64_t last;
    void *socket;
    zmq_msg_t answers[GROUP_EVENTS][2]; // who is to be answered after the commit
    size_t answer_count;
    zmq_msg_t fetch[2];
    uint64_t fetch_after;
    bool has_fetch;
};

static size_t take_events(struct first *first, MDB_txn *txn, zmq_msg_t *body)
{
    Tend__V1__EventBatch *batch =
        tend__v1__event_batch__unpack(arena_allocator(first->arena), zmq_msg_size(body), zmq_msg_data(body));
    must(batch != NULL);
    for (size_t i = 0; i < batch->n_events; i++) {
        ProtobufCBinaryData *bytes = &batch->events[i];
        Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(first->arena), bytes->len, bytes->data);
        must(event != NULL);
        if (!table_add(&first->table, hash_short(event->id, strlen(event->id)) | 1))
            continue;
        uint8_t key[KEY_BYTES];
        store_put_u64(key, ++first->last);
        loose_append(&first->loose, txn, key, sizeof key, bytes->data, bytes->len);
    }
    return batch->n_events;
}

static bool is_fetch(zmq_msg_t *frame)
{
    return zmq_msg_size(frame) == 9 && *(char *)zmq_msg_data(frame) == 'F';
}

// Takes everything that has arrived, up to a group, and commits it.
static void take_group(struct first *first)
{
    MDB_txn *txn = NULL;
    size_t events = 0;
    arena_reset(first->arena);
    while (events < GROUP_EVENTS) {
        zmq_msg_t frames[3];
        size_t count = socket_receive(first->socket, frames, 3);
        if (count == 0)
            break;
        must(count == 3);
        if (is_fetch(&frames[2])) {
            first->has_fetch = true;
            first->fetch_after = store_get_u64((uint8_t *)zmq_msg_data(&frames[2]) + 1);
            memcpy(first->fetch, frames, sizeof first->fetch);
        } else {
            if (txn == NULL)
                txn = loose_begin(&first->loose, 0);
            events += take_events(first, txn, &frames[2]);
            memcpy(first->answers[first->answer_count++], frames, sizeof first->answers[0]);
        }
        zmq_msg_close(&frames[2]);
    }
    if (txn != NULL)
        loose_commit(txn);
}

static void answer(struct first *first, zmq_msg_t *to, const void *bytes, size_t length)
{
    struct frame frames[] = {
        {zmq_msg_data(&to[0]), zmq_msg_size(&to[0])}, {zmq_msg_data(&to[1]), zmq_msg_size(&to[1])}, {bytes, length}};
    (void)socket_send(first->socket, frames, 3);
    zmq_msg_close(&to[0]);
    zmq_msg_close(&to[1]);
}

// What follows a position: each record its length, then its bytes.
static void answer_fetch(struct first *first)
{
    uint8_t *bytes = arena_take(first->arena, FETCH_BYTES), key[KEY_BYTES];
    size_t length = 0, count = 0;
    MDB_txn *txn = loose_begin(&first->loose, MDB_RDONLY);
    MDB_cursor *cursor;
    must(mdb_cursor_open(txn, first->loose.table, &cursor) == 0);
    store_put_u64(key, first->fetch_after + 1);
    MDB_val at = {sizeof key, key}, value;
    int rc = mdb_cursor_get(cursor, &at, &value, MDB_SET_RANGE);
    for (; rc == 0 && count < GROUP_EVENTS && length + 4 + value.mv_size <= FETCH_BYTES; count++) {
        store_put_u32(bytes + length, (uint32_t)value.mv_size);
        memcpy(bytes + length + 4, value.mv_data, value.mv_size);
        length += 4 + value.mv_size;
        rc = mdb_cursor_get(cursor, &at, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    answer(first, first->fetch, bytes, length);
    first->has_fetch = false;
}

static void run_first(const char *folder, uint64_t held)
{
    struct first *first = calloc(1, sizeof *first);
    char endpoint[300], error[300], path[300];
    must(first != NULL);
    snprintf(path, sizeof path, "%s/first", folder);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/first.sock", folder);
    loose_open(&first->loose, path);
    table_open(&first->table, held);
    for (uint64_t i = 0, seed = 1; i < held; i++)
        table_add(&first->table, town_random(&seed, UINT64_MAX) | 1);
    first->arena = arena_open(ARENA_BYTES, 8 * ARENA_BYTES);
    void *context = zmq_ctx_new();
    first->socket = socket_listen(context, endpoint, error, sizeof error);
    must(first->socket != NULL);
    zmq_pollitem_t item = {.socket = first->socket, .events = ZMQ_POLLIN};
    while (zmq_poll(&item, 1, GOES_ON_MS) > 0) {
        take_group(first);
        for (size_t i = 0; i < first->answer_count; i++)
            answer(first, first->answers[i], "", 0);
        first->answer_count = 0;
        if (first->has_fetch && first->last > first->fetch_after)
            answer_fetch(first);
    }
    _exit(0);
}

// --- the second stage ---

static void make_rows(struct loose *loose, uint32_t customers)
{
    MDB_txn *txn = loose_begin(loose, 0);
    for (uint32_t i = 0; i < customers; i++) {
        char id[16];
        uint8_t row[ROW_BYTES] = {0};
        int length = snprintf(id, sizeof id, "C%07u", i);
        loose_append(loose, txn, id, (size_t)length, row, sizeof row);
    }
    loose_commit(txn);
}

static void count_order(struct loose *loose, MDB_txn *txn, const Tend__V1__Event *event)
{
    uint8_t row[ROW_BYTES] = {0};
    MDB_val key = {strlen(event->customer_id), event->customer_id}, value;
    if (mdb_get(txn, loose->table, &key, &value) == 0)
        memcpy(row, value.mv_data, sizeof row);
    store_put_u64(row, store_get_u64(row) + 1);
    store_put_u64(row + 8, store_get_u64(row + 8) + (uint64_t)event->order_placed->total->micros);
    store_put_u64(row + 16, (uint64_t)event->time->seconds);
    value = (MDB_val){sizeof row, row};
    must(mdb_put(txn, loose->table, &key, &value, 0) == 0);
}

// One fetched answer is one commit, with the position beside the rows.
static uint64_t take_answer(struct loose *loose, struct arena *arena, uint64_t position, zmq_msg_t *body)
{
    const uint8_t *at = zmq_msg_data(body), *end = at + zmq_msg_size(body);
    MDB_txn *txn = loose_begin(loose, 0);
    arena_reset(arena);
    for (; at < end; position++) {
        size_t length = store_get_u32(at);
        Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(arena), length, at + 4);
        must(event != NULL && event->order_placed != NULL);
        count_order(loose, txn, event);
        at += 4 + length;
    }
    uint8_t number[KEY_BYTES];
    store_put_u64(number, position);
    MDB_val key = {8, "position"}, value = {sizeof number, number};
    must(mdb_put(txn, loose->table, &key, &value, 0) == 0);
    loose_commit(txn);
    return position;
}

static void run_second(const char *folder, uint32_t customers, uint64_t events)
{
    struct loose loose;
    char endpoint[300], error[300], path[300];
    snprintf(path, sizeof path, "%s/second", folder);
    snprintf(endpoint, sizeof endpoint, "ipc://%s/first.sock", folder);
    loose_open(&loose, path);
    make_rows(&loose, customers);
    struct arena *arena = arena_open(ARENA_BYTES, 8 * ARENA_BYTES);
    void *context = zmq_ctx_new(), *socket = socket_connect(context, endpoint, error, sizeof error);
    must(socket != NULL);
    snprintf(path, sizeof path, "%s/second.ready", folder);
    FILE *file = fopen(path, "w");
    must(file != NULL && fclose(file) == 0);
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLOUT};
    must(zmq_poll(&item, 1, GOES_ON_MS) > 0);
    item.events = ZMQ_POLLIN;
    for (uint64_t position = 0; position < events;) {
        uint8_t fetch[9] = {'F'};
        store_put_u64(fetch + 1, position);
        struct frame frames[] = {{"", 0}, {fetch, sizeof fetch}};
        must(socket_send(socket, frames, 2));
        must(zmq_poll(&item, 1, GOES_ON_MS) > 0);
        zmq_msg_t got[2];
        must(socket_receive(socket, got, 2) == 2);
        position = take_answer(&loose, arena, position, &got[1]);
        zmq_msg_close(&got[0]);
        zmq_msg_close(&got[1]);
    }
    _exit(0);
}

void bare_serve(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--bare-first") == 0)
        run_first(argv[2], strtoull(argv[3], NULL, 10));
    if (argc == 5 && strcmp(argv[1], "--bare-second") == 0)
        run_second(argv[2], (uint32_t)strtoul(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
}

// --- starting and ending them ---

static pid_t start(const char *stage, const char *folder, const char *first, const char *second)
{
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        execl("/proc/self/exe", "bare", stage, folder, first, second, (char *)NULL);
        _exit(127);
    }
    return pid;
}

static void wait_for(const struct bare *bare, const char *name, pid_t pid)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", bare->folder, name);
    while (access(path, F_OK) != 0) {
        must(waitpid(pid, NULL, WNOHANG) == 0);
        town_sleep_ms(2);
    }
}

void bare_start(struct bare *bare, const char *folder, uint64_t held)
{
    char number[32];
    *bare = (struct bare){0};
    snprintf(bare->folder, sizeof bare->folder, "%s/bare", folder);
    snprintf(bare->endpoint, sizeof bare->endpoint, "ipc://%s/first.sock", bare->folder);
    snprintf(number, sizeof number, "%llu", (unsigned long long)held);
    must(mkdir(bare->folder, 0750) == 0);
    bare->first = start("--bare-first", bare->folder, number, NULL);
    wait_for(bare, "first.sock", bare->first);
}

void bare_start_second(struct bare *bare, uint32_t customers, uint64_t events)
{
    char rows[32], number[32];
    snprintf(rows, sizeof rows, "%u", customers);
    snprintf(number, sizeof number, "%llu", (unsigned long long)events);
    bare->second = start("--bare-second", bare->folder, rows, number);
    wait_for(bare, "second.ready", bare->second);
}

void bare_wait_second(struct bare *bare)
{
    int status = 0;
    must(waitpid(bare->second, &status, 0) == bare->second && status == 0);
    bare->second = 0;
}

static void end(pid_t *pid)
{
    if (*pid == 0)
        return;
    kill(*pid, SIGKILL);
    waitpid(*pid, NULL, 0);
    *pid = 0;
}

void bare_stop(struct bare *bare)
{
    end(&bare->first);
    end(&bare->second);
    loose_remove(bare->folder);
}
