#include "services/tend/upload.h"

#include "common/arena.h"
#include "common/codec.h"
#include "common/config_text.h"
#include "common/must.h"
#include "services/tend/draft.h"
#include "services/tend/progress.h"

#include <jansson.h>
#include <string.h>

enum { ARENA_BLOCK = 1 << 20, ARENA_LIMIT = 64 << 20 };

// Events that wait to be sent together.
struct batch {
    ProtobufCBinaryData events[UPLOAD_BATCH];
    uint64_t lines[UPLOAD_BATCH];
    size_t count, bytes;
};

struct upload {
    struct import *import;
    const char *path;
    const struct upload_options *options;
    struct arena *arena; // of what waits
    struct batch fresh, revised;
    struct progress progress;
    struct upload_counts counts;
    bool unreachable;
};

// Prints text from outside so that it can neither forge a line nor steer the terminal.
static void print_clean(FILE *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t bytes = config_text_next(text + at, length - at, &point);
        if (bytes == 0 || config_text_control(point))
            fputc('?', out);
        else
            fwrite(text + at, 1, bytes, out);
        at += bytes == 0 ? 1 : bytes;
    }
}

// Something that is left out; `line` 0 is the file as a whole.
static void tell(struct upload *upload, uint64_t line, const char *column, const char *reason)
{
    upload->counts.refused++;
    progress_clear(&upload->progress);
    if (upload->options->json) {
        json_t *object = json_pack("{s:s, s:I, s:s?, s:s}", "file", upload->path, "line", (json_int_t)line, "column",
                                   column, "reason", reason);
        if (object != NULL)
            json_dumpf(object, upload->options->out, JSON_COMPACT);
        fputc('\n', upload->options->out);
        json_decref(object);
        return;
    }
    FILE *err = upload->options->err;
    print_clean(err, upload->path);
    fprintf(err, ":%llu: ", (unsigned long long)line);
    if (column != NULL) {
        fputc('"', err);
        print_clean(err, column);
        fputs("\": ", err);
    }
    print_clean(err, reason);
    fputc('\n', err);
}

static void add(struct upload *upload, struct batch *batch, const Tend__V1__Event *event, uint64_t line)
{
    must(batch->count < UPLOAD_BATCH);
    size_t length = tend__v1__event__get_packed_size(event);
    uint8_t *bytes = arena_take(upload->arena, length + 1);
    tend__v1__event__pack(event, bytes);
    batch->events[batch->count] = (ProtobufCBinaryData){length, bytes};
    batch->lines[batch->count++] = line;
    batch->bytes += length;
}

// Rows that are passed over: no problem, but nobody should have to wonder where they went.
static void tell_passed(struct upload *upload, const struct import_item *item)
{
    upload->counts.passed += item->rows;
    progress_clear(&upload->progress);
    if (upload->options->json)
        fprintf(upload->options->out, "{\"passed_rows\":%llu,\"line\":%llu,\"reason\":\"%s\"}\n",
                (unsigned long long)item->rows, (unsigned long long)item->line, item->reason);
    else
        fprintf(upload->options->out, "%llu rows, the first in line %llu, %s; they are passed over\n",
                (unsigned long long)item->rows, (unsigned long long)item->line, item->reason);
}

// Sends the batch. False when ingest cannot be reached or does not answer as it should.
static bool send_batch(struct upload *upload, struct batch *batch, const Tend__V1__EventResults **ret_results)
{
    Tend__V1__EventBatch message = TEND__V1__EVENT_BATCH__INIT;
    message.events = batch->events;
    message.n_events = batch->count;
    const struct sender *sender = upload->options->sender;
    const char *why = NULL;
    if (!sender->send(sender->self, &message, ret_results))
        why = sender->why(sender->self);
    else if ((*ret_results)->n_results != 0 && (*ret_results)->n_results != batch->count)
        why = "ingest answered another number of results than it was sent events";
    if (why == NULL)
        return true;
    progress_clear(&upload->progress);
    fprintf(upload->options->err, "cannot go on: ");
    print_clean(upload->options->err, why);
    fprintf(upload->options->err, "\n%llu events are stored; start the same import again and it goes on from there\n",
            (unsigned long long)(upload->counts.stored + upload->counts.known + upload->counts.amended));
    upload->unreachable = true;
    return false;
}

// Puts the correction of an event aside to be sent. False when this kind of event has none.
static bool revise(struct upload *upload, const ProtobufCBinaryData *packed, uint64_t line)
{
    Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(upload->arena), packed->len, packed->data);
    must(event != NULL);
    const Tend__V1__Event *revised = draft_revise(upload->arena, event, import_undated_ms(upload->import));
    if (revised == NULL)
        return false;
    add(upload, &upload->revised, revised, line);
    return true;
}

static void take_result(struct upload *upload, struct batch *batch, size_t at, const Tend__V1__EventResult *result)
{
    bool fresh = batch == &upload->fresh;
    switch (result->status) {
    case TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED:
        *(fresh ? &upload->counts.stored : &upload->counts.amended) += 1;
        return;
    case TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN:
        if (!fresh || !upload->options->amend || !revise(upload, &batch->events[at], batch->lines[at]))
            upload->counts.known++;
        return;
    case TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT:
        if (!fresh || !revise(upload, &batch->events[at], batch->lines[at]))
            tell(upload, batch->lines[at], NULL,
                 "is stored already with other content, which cannot be corrected by an import");
        return;
    default:
        tell(upload, batch->lines[at], result->field[0] == '\0' ? NULL : result->field,
             result->reason[0] == '\0' ? "is refused by ingest" : result->reason);
        return;
    }
}

static bool flush_batch(struct upload *upload, struct batch *batch)
{
    const Tend__V1__EventResults *results = NULL;
    if (batch->count == 0)
        return true;
    if (!send_batch(upload, batch, &results))
        return false;
    if (results->n_results == 0)
        *(batch == &upload->fresh ? &upload->counts.stored : &upload->counts.amended) += batch->count;
    for (size_t i = 0; i < results->n_results; i++)
        take_result(upload, batch, i, results->results[i]);
    batch->count = batch->bytes = 0;
    return true;
}

// Sends what waits, and the corrections that came of it.
static bool flush(struct upload *upload)
{
    bool good = flush_batch(upload, &upload->fresh) && flush_batch(upload, &upload->revised);
    arena_reset(upload->arena);
    return good;
}

static void show_event(struct upload *upload, const Tend__V1__Event *event)
{
    if (upload->counts.events > UPLOAD_SHOWN)
        return;
    size_t length;
    char *text = codec_to_text(&event->base, CODEC_SNAKE, arena_allocator(upload->arena), &length);
    if (text != NULL)
        fprintf(upload->options->out, upload->options->json ? "{\"event\":%s}\n" : "%s\n", text);
    arena_reset(upload->arena);
}

static bool take_event(struct upload *upload, const struct import_item *item)
{
    upload->counts.events++;
    if (upload->options->sender == NULL) {
        show_event(upload, item->event);
        return true;
    }
    size_t length = tend__v1__event__get_packed_size(item->event);
    bool full =
        upload->fresh.count == UPLOAD_BATCH || (upload->fresh.count > 0 && upload->fresh.bytes + length > UPLOAD_BYTES);
    if (full && !flush(upload))
        return false;
    add(upload, &upload->fresh, item->event, item->line);
    return true;
}

static void summarise(const struct upload *upload)
{
    const struct upload_counts *counts = &upload->counts;
    FILE *out = upload->options->out;
    bool dry = upload->options->sender == NULL;
    if (upload->options->json) {
        fprintf(out,
                "{\"rows\":%llu,\"events\":%llu,\"stored\":%llu,\"known\":%llu,\"amended\":%llu,\"refused\":%llu,"
                "\"dry_run\":%s}\n",
                (unsigned long long)counts->rows, (unsigned long long)counts->events,
                (unsigned long long)counts->stored, (unsigned long long)counts->known,
                (unsigned long long)counts->amended, (unsigned long long)counts->refused, dry ? "true" : "false");
        return;
    }
    print_clean(out, upload->path);
    fprintf(out, ": %llu rows make %llu events; ", (unsigned long long)counts->rows,
            (unsigned long long)counts->events);
    if (dry)
        fprintf(out, "%llu problems; nothing was sent\n", (unsigned long long)counts->refused);
    else
        fprintf(out, "%llu stored, %llu known before, %llu corrected, %llu left out; %.1f s\n",
                (unsigned long long)counts->stored, (unsigned long long)counts->known,
                (unsigned long long)counts->amended, (unsigned long long)counts->refused,
                progress_seconds(&upload->progress));
    if (counts->refused > 0 && !dry)
        fprintf(out, "Mend what is told above and import the file again: what is stored stays as it is.\n");
}

// True when the import came to its end.
static bool run(struct upload *upload)
{
    for (;;) {
        struct import_item item;
        enum import_step step = import_next(upload->import, &item);
        uint64_t done, total;
        import_progress(upload->import, &done, &total);
        progress_show(&upload->progress, done, total, upload->counts.events, "events");
        if (step == IMPORT_END)
            return flush(upload);
        if (step == IMPORT_BAD || step == IMPORT_FAILED)
            tell(upload, item.line, item.column, item.reason);
        if (step == IMPORT_FAILED)
            return flush(upload);
        if (step == IMPORT_PASSED)
            tell_passed(upload, &item);
        if (step == IMPORT_EVENT && !take_event(upload, &item))
            return false;
    }
}

enum upload_exit upload_run(struct import *import, const char *path, const struct upload_options *options,
                            struct upload_counts *ret_counts)
{
    struct upload upload = {.import = import, .path = path, .options = options};
    upload.arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    progress_start(&upload.progress, options->err, options->clock);
    if (options->sender == NULL && !options->json)
        import_describe(import, options->out);
    bool done = run(&upload);
    progress_clear(&upload.progress);
    upload.counts.rows = import_rows(import);
    if (done)
        summarise(&upload);
    *ret_counts = upload.counts;
    arena_close(&upload.arena);
    if (upload.unreachable)
        return UPLOAD_UNREACHABLE;
    return upload.counts.refused > 0 ? UPLOAD_PROBLEMS : UPLOAD_DONE;
}
