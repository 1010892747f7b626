#include "services/ingest/intakeport.h"

#include "common/must.h"
#include "services/ingest/bookmarks.h"
#include "services/ingest/feed_take.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    RETIRED_MAX = 16,     // that are still ending; more would mean files that change faster than threads end
    TURN_MESSAGES = 2000, // of one feed in one turn: what waits longer waits for the next
    TURN_BYTES = 8 << 20, // of their bodies: mapped in a fraction of a second
    ROOM_BYTES = 4 * MAPPING_ARENA_BYTES, // of the turn's memory: one more body, what is kept of it, the turn's rest
};

struct reader {
    char feed[FEED_NAME_BYTES];
    struct from from;
    struct puller *puller;
    uint64_t told;   // changes of the status that the log has
    uint64_t behind; // messages that wait at the broker, as of the last one taken
};

struct intakeport {
    int wake_fd;
    struct reader *readers[FEEDS_MAX];
    size_t count;
    struct puller *retired[RETIRED_MAX];
    size_t retired_count;
    uint64_t version; // of the feeds that the readers are for
    size_t turns;     // each begins with another reader, so that one that always has much holds up nobody
    struct bookmarks *bookmarks;
};

struct intakeport *intakeport_open(void)
{
    struct intakeport *port = calloc(1, sizeof *port);
    must(port != NULL);
    port->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    must(port->wake_fd >= 0);
    port->bookmarks = bookmarks_open();
    return port;
}

void intakeport_close(struct intakeport **port)
{
    if (*port == NULL)
        return;
    // All are asked first, so that they end at the same time.
    for (size_t i = 0; i < (*port)->count; i++)
        puller_end((*port)->readers[i]->puller);
    for (size_t i = 0; i < (*port)->count; i++) {
        puller_close(&(*port)->readers[i]->puller);
        free((*port)->readers[i]);
    }
    for (size_t i = 0; i < (*port)->retired_count; i++)
        puller_close(&(*port)->retired[i]);
    bookmarks_close(&(*port)->bookmarks);
    close((*port)->wake_fd);
    free(*port);
    *port = NULL;
}

// --- readers as the files want them

static void reap(struct intakeport *port)
{
    for (size_t i = port->retired_count; i-- > 0;)
        if (puller_ended(port->retired[i])) {
            puller_close(&port->retired[i]);
            port->retired[i] = port->retired[--port->retired_count];
        }
}

static void retire(struct intakeport *port, size_t at)
{
    struct reader *reader = port->readers[at];
    puller_end(reader->puller);
    if (port->retired_count < RETIRED_MAX)
        port->retired[port->retired_count++] = reader->puller;
    else
        puller_close(&reader->puller);
    free(reader);
    port->readers[at] = port->readers[--port->count];
}

static struct reader *find(const struct intakeport *port, const char *feed)
{
    for (size_t i = 0; i < port->count; i++)
        if (strcmp(port->readers[i]->feed, feed) == 0)
            return port->readers[i];
    return NULL;
}

static bool is_wanted(struct feeds *feeds, const struct reader *reader)
{
    const struct feed_entry *entry = feeds_find(feeds, reader->feed);
    return entry != NULL && memcmp(&entry->feed->from, &reader->from, sizeof reader->from) == 0;
}

static void begin(struct intakeport *port, const struct feed_entry *entry)
{
    static struct bookmark marks[BOOKMARKS_OF_FEED]; // of this one thread; too large for a stack
    must(port->count < FEEDS_MAX);
    struct reader *reader = calloc(1, sizeof *reader);
    must(reader != NULL);
    memcpy(reader->feed, entry->name, sizeof reader->feed);
    memcpy(&reader->from, &entry->feed->from, sizeof reader->from);
    size_t count = bookmarks_of(port->bookmarks, entry->name, &reader->from, marks);
    reader->puller = puller_open(&reader->from, marks, count, port->wake_fd);
    port->readers[port->count++] = reader;
}

static void follow_files(struct ingest *ingest)
{
    struct intakeport *port = ingest->port;
    if (port->version == feeds_version(ingest->feeds))
        return;
    port->version = feeds_version(ingest->feeds);
    for (size_t i = port->count; i-- > 0;)
        if (!is_wanted(ingest->feeds, port->readers[i]))
            retire(port, i);
    for (size_t i = 0; i < feeds_count(ingest->feeds); i++) {
        const struct feed_entry *entry = feeds_at(ingest->feeds, i);
        bool fetched = entry->feed != NULL && entry->feed->from.kind != FROM_NOWHERE;
        if (fetched && find(port, entry->name) == NULL)
            begin(port, entry);
    }
}

// --- the port

static int port_fd(void *self)
{
    const struct ingest *ingest = self;
    return ingest->port->wake_fd;
}

static int port_timeout_ms(void *self, int64_t boot_ms)
{
    (void)self;
    (void)boot_ms;
    return -1; // the threads wake the loop
}

static bool port_work(void *self, int64_t boot_ms)
{
    struct ingest *ingest = self;
    struct intakeport *port = ingest->port;
    eventfd_t wakes;
    bool ready = false;
    (void)boot_ms;
    (void)eventfd_read(port->wake_fd, &wakes);
    reap(port);
    follow_files(ingest);
    for (size_t i = 0; i < port->count; i++) {
        struct puller_status status;
        puller_status(port->readers[i]->puller, &status);
        ready |= status.changes != port->readers[i]->told || puller_ready(port->readers[i]->puller);
    }
    return ready;
}

static void port_after(void *self, int64_t boot_ms)
{
    (void)self;
    (void)boot_ms;
}

const struct port ingest_port = {.fd = port_fd, .timeout_ms = port_timeout_ms, .work = port_work, .after = port_after};

// --- in a turn

static const char *header_of(const void *owner, const char *name)
{
    const struct broker_message *message = owner;
    for (const char *at = message->headers; *at != '\0';) {
        const char *value = at + strlen(at) + 1;
        if (strcasecmp(at, name) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

// Too long to be read: its beginning is kept, for people to see which it was.
static void refuse_message(struct ingest *ingest, struct turn *turn, struct feed_entry *entry,
                           const struct broker_message *message, const struct feed_body *body)
{
    struct feed_taken taken;
    const char *reason =
        arena_format(turn->arena, "is %zu bytes long, and a message may have %d: this is only its beginning",
                     message->whole, BROKER_MESSAGE_MAX);
    feed_refuse(ingest, turn, entry, body, reason, &taken);
}

static void take_message(struct ingest *ingest, struct turn *turn, struct feed_entry *entry,
                         const struct broker_message *message)
{
    // None at all: where a feed begins that begins with what is new.
    if (message->mark.content == BOOKMARK_BEGINS)
        return;
    // An empty message is how topics say that a row has gone: nothing is made of it.
    if (message->length == 0) {
        entry->dropped++;
        feed_count(ingest, entry, BODY_DROPPED);
        return;
    }
    const char *type = header_of(message, "content-type");
    const struct feed_body body = {.bytes = message->bytes,
                                   .length = message->length,
                                   .content_type = type != NULL ? type : "",
                                   .header = header_of,
                                   .owner = message,
                                   .received_ms = message->time_ms};
    struct feed_taken taken;
    if (message->whole > message->length)
        refuse_message(ingest, turn, entry, message, &body);
    else
        feed_take(ingest, turn, entry, &body, true, &taken);
}

// As many as this turn has memory and time for; the others wait in the puller, which reads no further meanwhile.
static void take_messages(struct ingest *ingest, struct turn *turn, struct reader *reader)
{
    struct feed_entry *entry = feeds_find(ingest->feeds, reader->feed);
    size_t bytes = 0;
    for (size_t taken = 0; entry != NULL; taken++) {
        bool room = taken < TURN_MESSAGES && bytes < TURN_BYTES && arena_left(turn->arena) > ROOM_BYTES;
        struct broker_message *message = room ? puller_take(reader->puller) : NULL;
        if (message == NULL)
            break;
        take_message(ingest, turn, entry, message);
        bookmarks_move(ingest->port->bookmarks, reader->feed, &message->mark);
        reader->behind = message->behind;
        bytes += message->length;
        free(message);
    }
    // The thread wakes us for the first that it gives, and not for what we leave.
    if (puller_ready(reader->puller))
        must(eventfd_write(ingest->port->wake_fd, 1) == 0 || errno == EAGAIN);
}

static void tell(struct ingest *ingest, const struct turn *turn, struct reader *reader)
{
    struct puller_status status;
    const struct feed_entry *entry = feeds_find(ingest->feeds, reader->feed);
    struct metric *stopped = ingest->figures[FIGURE_STOPPED], *behind = ingest->figures[FIGURE_BEHIND];
    puller_status(reader->puller, &status);
    if (entry != NULL && stopped != NULL) {
        metric_set(stopped, metric_cell(stopped, entry->place, 0, 0), status.state == PULLER_STOPPED);
        metric_set(behind, metric_cell(behind, entry->place, 0, 0), (double)reader->behind);
    }
    if (status.changes == reader->told)
        return;
    reader->told = status.changes;
    if (status.state == PULLER_STOPPED)
        log_line(turn->log, LOG_ERROR,
                 "a feed has stopped; the others go on. `tend feed reset` reads it from its "
                 "beginning",
                 LOG_TEXT("feed", reader->feed), LOG_TEXT("why", status.why));
    else if (status.state == PULLER_TROUBLED)
        log_line(turn->log, LOG_WARN, "a feed cannot be read now; it is tried again", LOG_TEXT("feed", reader->feed),
                 LOG_TEXT("why", status.why));
    else if (status.state == PULLER_READING)
        log_line(turn->log, status.why[0] != '\0' ? LOG_WARN : LOG_INFO, "a feed is read",
                 LOG_TEXT("feed", reader->feed), LOG_TEXT("note", status.why));
}

void intakeport_collect(struct ingest *ingest, struct turn *turn)
{
    struct intakeport *port = ingest->port;
    // Between two looks at the files a reader may be for a feed that has changed: what it has waits for the next turn.
    if (port->version != feeds_version(ingest->feeds))
        return;
    for (size_t i = 0; i < port->count; i++) {
        struct reader *reader = port->readers[(port->turns + i) % port->count];
        take_messages(ingest, turn, reader);
        tell(ingest, turn, reader);
    }
    port->turns++;
    bookmarks_settle(port->bookmarks, turn);
}

static void restart(struct intakeport *port, struct reader *reader)
{
    static struct bookmark marks[BOOKMARKS_OF_FEED];
    puller_restart(reader->puller, marks, bookmarks_of(port->bookmarks, reader->feed, &reader->from, marks));
}

void intakeport_load(struct ingest *ingest, const struct turn *turn)
{
    struct intakeport *port = ingest->port;
    bookmarks_load(port->bookmarks, turn);
    for (size_t i = 0; i < port->count; i++)
        restart(port, port->readers[i]);
}

bool intakeport_status(const struct ingest *ingest, const struct feed_entry *entry, struct puller_status *ret_status,
                       uint64_t *ret_behind)
{
    struct reader *reader = find(ingest->port, entry->name);
    if (reader == NULL)
        return false;
    puller_status(reader->puller, ret_status);
    *ret_behind = reader->behind;
    return true;
}

void intakeport_reset(struct ingest *ingest, struct turn *turn, const struct feed_entry *entry)
{
    struct reader *reader = find(ingest->port, entry->name);
    bookmarks_forget(ingest->port->bookmarks, turn, entry->name);
    // Who asks for all of it gets the old messages too, whatever the file says of the first start.
    const struct from *from = &entry->feed->from;
    if (from->newest) {
        struct bookmark oldest = {.partition = from->partition_count > 0 ? from->partitions[0] : 0,
                                  .content = BOOKMARK_BEGINS};
        memcpy(oldest.stream, from->stream, sizeof oldest.stream);
        bookmarks_move(ingest->port->bookmarks, entry->name, &oldest);
        bookmarks_settle(ingest->port->bookmarks, turn);
    }
    if (reader != NULL)
        restart(ingest->port, reader);
}
