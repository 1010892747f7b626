#include "services/tend/upload.h"

#include "common/arena.h"
#include "common/codec.h"
#include "common/config_text.h"
#include "common/must.h"
#include "services/tend/draft.h"
#include "services/tend/progress.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 1 << 18, ARENA_LIMIT = 64 << 20 };

// Events that are sent together, and where they come from.
struct batch {
    ProtobufCBinaryData events[UPLOAD_BATCH];
    struct origin {
        uint64_t line;
        const struct stretch *from;
        size_t from_count;
    } origins[UPLOAD_BATCH];
    size_t count, bytes;
    bool revised; // corrections
    struct arena *arena;
};

enum {
    BATCHES = SENDER_WINDOW + 4, // those on their way, two that are being filled, and one of corrections on its way
    SAVE_US = 500000,            // between two positions: what is read anew costs less than writing them all the time
};

struct upload {
    struct import *import;
    const char *path;
    const struct upload_options *options;
    struct arena *arena;            // of what is shown
    struct batch *batches[BATCHES]; // unused ones
    size_t unused;
    struct batch *fresh, *revised; // that are being filled
    struct batch *sent[BATCHES];   // in a ring
    size_t sent_first, sent_count;
    uint64_t firsts[SENDER_WINDOW]; // the first lines of the batches that were acknowledged last, in a ring
    uint64_t settled;               // batches of fresh events that are acknowledged
    bool clean;                     // no event was refused or corrected so far
    int64_t saved_us;
    struct progress progress;
    struct upload_counts counts;
    bool unreachable, wrong_place;
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

// Leaves the rows out, and says why.
static void reject(struct upload *upload, const struct origin *origin, const char *column, const char *reason)
{
    tell(upload, origin->line, column, reason);
    if (upload->options->rejected != NULL)
        rejected_add(upload->options->rejected, origin->from, origin->from_count, column, reason);
}

static void add(struct batch *batch, const Tend__V1__Event *event, const struct origin *origin)
{
    must(batch->count < UPLOAD_BATCH);
    size_t length = tend__v1__event__get_packed_size(event);
    uint8_t *bytes = arena_take(batch->arena, length + 1);
    tend__v1__event__pack(event, bytes);
    batch->events[batch->count] = (ProtobufCBinaryData){length, bytes};
    struct stretch *from = arena_take(batch->arena, (origin->from_count + 1) * sizeof *from);
    if (origin->from_count > 0)
        memcpy(from, origin->from, origin->from_count * sizeof *from);
    batch->origins[batch->count++] = (struct origin){origin->line, from, origin->from_count};
    batch->bytes += length;
}

// Rows that are passed over, or were changed: no problem, but nobody should have to wonder where they went.
static void tell_passed(struct upload *upload, const struct import_item *item)
{
    upload->counts.passed += item->noted ? 0 : item->rows;
    progress_clear(&upload->progress);
    if (upload->options->json)
        fprintf(upload->options->out, "{\"%s_rows\":%llu,\"line\":%llu,\"reason\":\"%s\"}\n",
                item->noted ? "noted" : "passed", (unsigned long long)item->rows, (unsigned long long)item->line,
                item->reason);
    else
        fprintf(upload->options->out, "%llu rows, the first in line %llu, %s%s\n", (unsigned long long)item->rows,
                (unsigned long long)item->line, item->reason, item->noted ? "" : "; they are passed over");
}

static bool give_up(struct upload *upload, const char *why)
{
    progress_clear(&upload->progress);
    fprintf(upload->options->err, "cannot go on: ");
    print_clean(upload->options->err, why);
    fprintf(upload->options->err, "\n%llu events are stored; start the same import again and it goes on from there\n",
            (unsigned long long)(upload->counts.stored + upload->counts.known + upload->counts.amended +
                                 upload->counts.skipped));
    upload->unreachable = true;
    return false;
}

static struct batch *take_unused(struct upload *upload, bool revised)
{
    must(upload->unused > 0);
    struct batch *batch = upload->batches[--upload->unused];
    batch->count = batch->bytes = 0;
    batch->revised = revised;
    return batch;
}

// Puts the batch on its way, with an empty one in its place.
static bool post(struct upload *upload, struct batch **batch)
{
    const struct sender *sender = upload->options->sender;
    Tend__V1__EventBatch message = TEND__V1__EVENT_BATCH__INIT;
    message.events = (*batch)->events;
    message.n_events = (*batch)->count;
    must(upload->sent_count < BATCHES);
    upload->sent[(upload->sent_first + upload->sent_count++) % BATCHES] = *batch;
    *batch = take_unused(upload, (*batch)->revised);
    return sender->post(sender->self, &message) || give_up(upload, sender->why(sender->self));
}

// Puts the correction of an event aside to be sent. False when this kind of event has none. The batch has room: it is
// sent before another one's answers are read.
static bool revise(struct upload *upload, const struct batch *batch, size_t at)
{
    const ProtobufCBinaryData *packed = &batch->events[at];
    Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(batch->arena), packed->len, packed->data);
    must(event != NULL);
    const Tend__V1__Event *revised = draft_revise(batch->arena, event, import_undated_ms(upload->import));
    if (revised == NULL)
        return false;
    add(upload->revised, revised, &batch->origins[at]);
    return true;
}

static void take_result(struct upload *upload, const struct batch *batch, size_t at, Tend__V1__EventStatus status,
                        const Tend__V1__EventResult *result)
{
    const struct origin *origin = &batch->origins[at];
    switch (status) {
    case TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED:
        *(batch->revised ? &upload->counts.amended : &upload->counts.stored) += 1;
        // An earlier run was told that it is stored.
        upload->wrong_place = upload->wrong_place || (!batch->revised && origin->line < upload->options->place.known);
        return;
    case TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN:
        if (batch->revised || !upload->options->amend || !revise(upload, batch, at))
            upload->counts.known++;
        return;
    case TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT:
        upload->clean = false;
        if (batch->revised || !revise(upload, batch, at))
            reject(upload, origin, NULL,
                   "is stored already with other content, which cannot be corrected by an import");
        return;
    default:
        upload->clean = false;
        reject(upload, origin, result->field[0] == '\0' ? NULL : result->field,
               result->reason[0] == '\0' ? "is refused by ingest" : result->reason);
        return;
    }
}

// The batches before the last SENDER_WINDOW ones that were acknowledged need not be sent again after an interruption.
static void save_place(struct upload *upload, const struct batch *batch)
{
    uint64_t *first = &upload->firsts[upload->settled % SENDER_WINDOW];
    bool enough = upload->settled++ >= SENDER_WINDOW;
    struct resume_place place = {.line = *first, .known = batch->origins[0].line};
    *first = batch->origins[0].line;
    place.now_ms = upload->options->place.now_ms;
    int64_t now_us = clock_boot_us(upload->options->clock);
    if (!enough || !upload->clean || upload->options->amend || upload->options->resume == NULL ||
        now_us - upload->saved_us < SAVE_US || place.known < upload->options->place.known)
        return;
    upload->saved_us = now_us;
    resume_save(upload->options->resume, &place);
}

// Waits for the oldest batch that is on its way.
static bool settle(struct upload *upload)
{
    const Tend__V1__EventResults *results = NULL;
    const struct sender *sender = upload->options->sender;
    struct batch *batch = upload->sent[upload->sent_first];
    if (!sender->collect(sender->self, &results))
        return give_up(upload, sender->why(sender->self));
    if (results->n_results != 0 && results->n_results != batch->count)
        return give_up(upload, "ingest answered another number of results than it was sent events");
    upload->sent_first = (upload->sent_first + 1) % BATCHES;
    upload->sent_count--;
    // Room for the corrections of a whole batch.
    if (upload->revised->count > 0 && !batch->revised && !post(upload, &upload->revised))
        return false;
    for (size_t i = 0; i < batch->count; i++)
        take_result(upload, batch, i,
                    results->n_results == 0 ? TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED : results->results[i]->status,
                    results->n_results == 0 ? NULL : results->results[i]);
    if (!batch->revised)
        save_place(upload, batch);
    arena_reset(batch->arena);
    upload->batches[upload->unused++] = batch;
    return !upload->wrong_place;
}

// Sends what waits, and waits until all is answered, the corrections that come of it too.
static bool flush(struct upload *upload)
{
    if (upload->options->sender == NULL)
        return true;
    if (upload->fresh->count > 0 && !post(upload, &upload->fresh))
        return false;
    while (upload->sent_count > 0 || upload->revised->count > 0) {
        if (upload->sent_count == 0 && !post(upload, &upload->revised))
            return false;
        if (!settle(upload))
            return false;
    }
    return true;
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
    if (item->line < upload->options->place.line) {
        upload->counts.skipped++;
        return true;
    }
    size_t length = tend__v1__event__get_packed_size(item->event);
    struct batch *fresh = upload->fresh;
    if (fresh->count == UPLOAD_BATCH || (fresh->count > 0 && fresh->bytes + length > UPLOAD_BYTES)) {
        if (!post(upload, &upload->fresh))
            return false;
        while (upload->sent_count >= SENDER_WINDOW)
            if (!settle(upload))
                return false;
    }
    add(upload->fresh, item->event, &(struct origin){item->line, item->from, item->from_count});
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
                "\"dry_run\":%s",
                (unsigned long long)counts->rows, (unsigned long long)counts->events,
                (unsigned long long)counts->stored, (unsigned long long)counts->known,
                (unsigned long long)counts->amended, (unsigned long long)counts->refused, dry ? "true" : "false");
        if (counts->rejected > 0) {
            fprintf(out, ",\"rejected_rows\":%llu,\"rejected\":", (unsigned long long)counts->rejected);
            json_t *name = json_string(upload->options->rejected_path);
            if (name == NULL || json_dumpf(name, out, JSON_ENCODE_ANY) != 0)
                fputs("null", out);
            json_decref(name);
        }
        fputs("}\n", out);
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
    if (counts->skipped > 0)
        fprintf(out, "%llu events of these were stored before the import was interrupted.\n",
                (unsigned long long)counts->skipped);
    if (counts->rejected > 0) {
        fprintf(out, "%llu rows are left out; they are in ", (unsigned long long)counts->rejected);
        print_clean(out, upload->options->rejected_path);
        fprintf(out, ": correct them there and import that file.\n");
    } else if (counts->refused > 0 && !dry) {
        fprintf(out, "Mend what is told above and import the file again: what is stored stays as it is.\n");
    }
}

// True when the import came to its end.
static bool run(struct upload *upload)
{
    for (;;) {
        struct import_item item;
        enum import_step step = import_next(upload->import, &item);
        uint64_t done, total;
        import_progress(upload->import, &done, &total);
        if (step == IMPORT_LOOKING)
            progress_show(&upload->progress, done, total, done >> 18, "MB looked through");
        else
            progress_show(&upload->progress, done, total, import_rows(upload->import), "rows");
        if (step == IMPORT_END)
            return flush(upload);
        struct origin origin = {item.line, item.from, item.from_count};
        if (step == IMPORT_BAD || step == IMPORT_FAILED)
            reject(upload, &origin, item.column, item.reason);
        if (step == IMPORT_LEFT && upload->options->rejected != NULL)
            rejected_add(upload->options->rejected, item.from, item.from_count, NULL, "is left out with its order");
        if (step == IMPORT_FAILED)
            return flush(upload);
        if (step == IMPORT_PASSED || step == IMPORT_NOTED)
            tell_passed(upload, &item);
        if (step == IMPORT_EVENT && !take_event(upload, &item))
            return false;
    }
}

static void open_batches(struct upload *upload)
{
    for (size_t i = 0; i < BATCHES; i++) {
        struct batch *batch = malloc(sizeof *batch);
        must(batch != NULL);
        batch->arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
        upload->batches[upload->unused++] = batch;
    }
    upload->fresh = take_unused(upload, false);
    upload->revised = take_unused(upload, true);
}

static void close_batch(struct batch *batch)
{
    arena_close(&batch->arena);
    free(batch);
}

static void close_batches(struct upload *upload)
{
    while (upload->unused > 0)
        close_batch(upload->batches[--upload->unused]);
    for (; upload->sent_count > 0; upload->sent_count--)
        close_batch(upload->sent[(upload->sent_first + upload->sent_count - 1) % BATCHES]);
    close_batch(upload->fresh);
    close_batch(upload->revised);
}

// Takes the answers that are still to come, so that the next run does not take them for its own.
static void drain(struct upload *upload)
{
    const struct sender *sender = upload->options->sender;
    const Tend__V1__EventResults *results;
    for (size_t left = upload->sent_count; left > 0 && !upload->unreachable; left--)
        if (!sender->collect(sender->self, &results))
            give_up(upload, sender->why(sender->self));
}

// What is left to say once the import came to its end.
static void finish(struct upload *upload)
{
    char error[REJECTED_ERROR_BYTES] = "";
    if (upload->options->resume != NULL)
        resume_forget(upload->options->resume);
    if (upload->options->rejected != NULL)
        upload->counts.rejected = rejected_finish(upload->options->rejected, error);
    summarise(upload);
    if (error[0] == '\0')
        return;
    print_clean(upload->options->err, error);
    fputc('\n', upload->options->err);
}

enum upload_exit upload_run(struct import *import, const char *path, const struct upload_options *options,
                            struct upload_counts *ret_counts)
{
    struct upload upload = {.import = import, .path = path, .options = options, .clean = true};
    upload.arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
    open_batches(&upload);
    progress_start(&upload.progress, options->err, options->clock);
    if (options->sender == NULL && !options->json)
        import_describe(import, options->out);
    bool done = run(&upload);
    progress_clear(&upload.progress);
    upload.counts.rows = import_rows(import);
    if (done)
        finish(&upload);
    else if (upload.wrong_place)
        drain(&upload);
    *ret_counts = upload.counts;
    arena_close(&upload.arena);
    close_batches(&upload);
    if (upload.unreachable)
        return UPLOAD_UNREACHABLE;
    if (upload.wrong_place)
        return UPLOAD_AGAIN;
    return upload.counts.refused > 0 ? UPLOAD_PROBLEMS : UPLOAD_DONE;
}
