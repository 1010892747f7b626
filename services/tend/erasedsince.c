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

struct reading {
    int64_t since_ms;
    struct erasedsince *erased;
};

static void add(struct erasedsince *erased, const char *id)
{
    size_t used = strlen(erased->ids), length = strlen(id);
    if (used + length + 2 > sizeof erased->ids)
        return;
    memcpy(erased->ids + used, id, length);
    memcpy(erased->ids + used + length, "\n", 2);
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
    struct store_options options = {.folder = folder, .map_bytes = MAP_BYTES};
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
        struct erasedsince *erased = calloc(1, sizeof *erased);
        must(erased != NULL);
        read_here(settings, since_ms, erased);
        _exit(give(ends[1], (const uint8_t *)erased, sizeof *erased) ? 0 : 1);
    }
    close(ends[1]);
    memset(ret_erased, 0, sizeof *ret_erased);
    if (!take(ends[0], (uint8_t *)ret_erased, sizeof *ret_erased))
        memset(ret_erased, 0, sizeof *ret_erased);
    close(ends[0]);
    while (waitpid(child, NULL, 0) < 0)
        must(errno == EINTR);
}
