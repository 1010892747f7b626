#include "services/tend/erasedsince.h"

#include "common/journal.h"
#include "common/must.h"
#include "tend/v1/event.pb-c.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAP_BYTES ((size_t)32 << 30)

enum { FIRST_BYTES = 4096, LENGTH_MOST = 1 << 30 };

struct reading {
    int64_t since_ms;
    struct erasedsince *erased;
};

// Whoever is dropped here would be back for good, so it grows; doubled, so that it is copied seldom.
static void make_room(struct erasedsince *erased, size_t bytes)
{
    size_t room = FIRST_BYTES;
    while (room < erased->length + 1)
        room *= 2;
    if (erased->ids != NULL && bytes <= room)
        return;
    while (room < bytes)
        room *= 2;
    erased->ids = realloc(erased->ids, room);
    must(erased->ids != NULL);
}

static void add(struct erasedsince *erased, const char *id)
{
    size_t length = strlen(id);
    make_room(erased, erased->length + length + 2);
    memcpy(erased->ids + erased->length, id, length);
    memcpy(erased->ids + erased->length + length, "\n", 2);
    erased->length += length + 1;
}

static bool look(void *self, const struct record *record)
{
    struct reading *reading = self;
    if ((record->flags & RECORD_ERASES) == 0 || record->time_ms < reading->since_ms)
        return true;
    bool kept = (record->flags & RECORD_ERASED) == 0;
    Tend__V1__Event *event = kept ? tend__v1__event__unpack(NULL, record->length, record->payload) : NULL;
    reading->erased->count++;
    if (event != NULL)
        add(reading->erased, event->customer_id);
    else
        reading->erased->nameless++;
    if (event != NULL)
        tend__v1__event__free_unpacked(event, NULL);
    return true;
}

static void read_here(const struct settings *settings, int64_t since_ms, struct erasedsince *erased)
{
    char folder[600];
    snprintf(folder, sizeof folder, "%s/ingest", settings->data_dir);
    // Of a restore that was broken off it mostly is the store of before still: it is replaced last.
    struct store_options options = {.folder = folder, .map_bytes = MAP_BYTES, .marked = true};
    struct store_error error;
    struct store *store = NULL;
    if (!store_open_readonly(&options, &error, &store))
        return;
    struct tx *tx = store_begin_read(store);
    struct reading reading = {since_ms, erased};
    journal_each(tx, 0, look, &reading);
    erased->known = tx_error(tx) == 0;
    tx_abort(&tx);
    store_close(&store);
}

static bool give(int to, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(to, bytes, length);
        if (done <= 0)
            return false;
        bytes += done;
        length -= (size_t)done;
    }
    return true;
}

static bool take(int from, uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = read(from, bytes, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        length -= (size_t)done;
    }
    return true;
}

void erasedsince_read(const struct settings *settings, int64_t since_ms, struct erasedsince *ret_erased)
{
    int ends[2];
    must(pipe(ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        struct erasedsince erased = {.known = false};
        read_here(settings, since_ms, &erased);
        bool good = give(ends[1], (const uint8_t *)&erased, sizeof erased) &&
                    give(ends[1], (const uint8_t *)erased.ids, erased.length);
        _exit(good ? 0 : 1);
    }
    close(ends[1]);
    struct erasedsince erased = {.known = false};
    bool good = take(ends[0], (uint8_t *)&erased, sizeof erased) && erased.length <= LENGTH_MOST;
    erased.ids = calloc(1, good ? erased.length + 1 : 1);
    must(erased.ids != NULL);
    if (!good || !take(ends[0], (uint8_t *)erased.ids, erased.length)) {
        erased.ids[0] = '\0';
        erased = (struct erasedsince){.ids = erased.ids};
    }
    *ret_erased = erased;
    close(ends[0]);
    while (waitpid(child, NULL, 0) < 0)
        must(errno == EINTR);
}

void erasedsince_close(struct erasedsince *erased)
{
    free(erased->ids);
    erased->ids = NULL;
}
