#include "services/tend/highlights.h"

#include "common/must.h"
#include "common/stamp.h"
#include "tend/v1/journal.pb-c.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

// Behind the kinds of reminders: lists and digests are kinds of their own here.
enum {
    KIND_LIST = TEND__V1__REMINDER_KIND__REMINDER_KIND_EFFORT + 1,
    KIND_WARNING, // a list whose coverage cannot be reached
    KIND_DIGEST,
    KIND_DIGEST_WEEKLY,
    KINDS,
    ID_BYTES = 68,
    TARGET_BYTES = 160,
};

// What a reminder was about.
struct about {
    uint64_t hash; // of the reminder's id
    int kind;
};

struct sent {
    char message_id[ID_BYTES];
    char rep_id[130];
    int64_t time_ms;
    bool kinds[KINDS];
    bool shown;
};

struct highlights {
    struct about *abouts;
    size_t about_count, about_room;
    struct sent *sents;
    size_t sent_count, sent_room;
};

static void *grow(void *items, size_t count, size_t *room, size_t bytes)
{
    if (count < *room)
        return items;
    *room = *room == 0 ? 1024 : *room * 2;
    items = realloc(items, *room * bytes);
    must(items != NULL);
    return items;
}

static void add_about(struct highlights *highlights, const char *id, int kind)
{
    highlights->abouts =
        grow(highlights->abouts, highlights->about_count, &highlights->about_room, sizeof *highlights->abouts);
    highlights->abouts[highlights->about_count++] = (struct about){hash_short(id, strlen(id)), kind};
}

static void read_reminder(struct highlights *highlights, const struct record *record)
{
    Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
    must(reminder != NULL && (int)reminder->kind >= 0 && (int)reminder->kind < KIND_LIST);
    add_about(highlights, reminder->reminder_id, (int)reminder->kind);
    tend__v1__reminder__free_unpacked(reminder, NULL);
}

// A preview goes under its own id, a list under those of its calls.
static void read_list(struct highlights *highlights, const struct record *record)
{
    Tend__V1__CallList *list = tend__v1__call_list__unpack(NULL, record->length, record->payload);
    must(list != NULL);
    bool short_of = list->coverage != NULL && list->coverage->missing > 0;
    if (list->preview)
        add_about(highlights, list->list_id, TEND__V1__REMINDER_KIND__REMINDER_KIND_EVENING_PREVIEW);
    for (size_t i = 0; !list->preview && i < list->n_lines; i++)
        add_about(highlights, list->lines[i]->reminder_id, short_of ? KIND_WARNING : KIND_LIST);
    tend__v1__call_list__free_unpacked(list, NULL);
}

static void read_digest(struct highlights *highlights, const struct record *record)
{
    Tend__V1__Digest *digest = tend__v1__digest__unpack(NULL, record->length, record->payload);
    must(digest != NULL);
    add_about(highlights, digest->digest_id, digest->weekly ? KIND_DIGEST_WEEKLY : KIND_DIGEST);
    tend__v1__digest__free_unpacked(digest, NULL);
}

static bool read_scheduler(void *self, const struct record *record)
{
    static const struct {
        uint16_t type;
        void (*read)(struct highlights *highlights, const struct record *record);
    } readers[] = {
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, read_reminder},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, read_list},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST, read_digest},
    };
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
        if (readers[i].type == record->type)
            readers[i].read(self, record);
    return true;
}

static int compare_abouts(const void *left, const void *right)
{
    const struct about *a = left, *b = right;
    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static bool read_notifier(void *self, const struct record *record)
{
    struct highlights *highlights = self;
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED)
        return true;
    Tend__V1__DeliveryChanged *change = tend__v1__delivery_changed__unpack(NULL, record->length, record->payload);
    must(change != NULL);
    if (change->state == TEND__V1__DELIVERY_STATE__DELIVERY_STATE_SENT) {
        highlights->sents =
            grow(highlights->sents, highlights->sent_count, &highlights->sent_room, sizeof *highlights->sents);
        struct sent *sent = &highlights->sents[highlights->sent_count++];
        *sent = (struct sent){.time_ms = record->time_ms};
        snprintf(sent->message_id, sizeof sent->message_id, "%s", change->message_id);
        snprintf(sent->rep_id, sizeof sent->rep_id, "%s", change->rep_id);
        for (size_t i = 0; i < change->n_reminder_ids; i++) {
            struct about key = {.hash = hash_short(change->reminder_ids[i], strlen(change->reminder_ids[i]))};
            const struct about *about =
                highlights->about_count == 0
                    ? NULL
                    : bsearch(&key, highlights->abouts, highlights->about_count, sizeof key, compare_abouts);
            if (about != NULL)
                sent->kinds[about->kind] = true;
        }
    }
    tend__v1__delivery_changed__free_unpacked(change, NULL);
    return true;
}

static void read_journal(struct pipeline *pipeline, enum pipeline_place place,
                         bool (*visit)(void *, const struct record *), struct highlights *highlights)
{
    for (unsigned which = 0; which < pipeline_processes(pipeline, place); which++) {
        struct tx *tx = store_begin_read(engine_store(pipeline_engine_of(pipeline, place, which)));
        journal_each(tx, 1, visit, highlights);
        must(tx_error(tx) == 0);
        tx_abort(&tx);
    }
}

// Those of one moment in an order that does not depend on how many processes told them.
static int compare_sents(const void *left, const void *right)
{
    const struct sent *one = left, *other = right;
    if (one->time_ms != other->time_ms)
        return one->time_ms < other->time_ms ? -1 : 1;
    return strcmp(one->message_id, other->message_id);
}

// Marks the newest message of each kind, and the newest list of each rep that has no message yet.
static void choose(struct highlights *highlights)
{
    for (int kind = 1; kind < KINDS; kind++)
        for (size_t i = highlights->sent_count; i > 0; i--)
            if (highlights->sents[i - 1].kinds[kind]) {
                highlights->sents[i - 1].shown = true;
                break;
            }
    for (size_t i = highlights->sent_count; i > 0; i--) {
        struct sent *sent = &highlights->sents[i - 1];
        bool seen = !sent->kinds[KIND_LIST] && !sent->kinds[KIND_WARNING];
        for (size_t j = 0; !seen && j < highlights->sent_count; j++)
            seen = highlights->sents[j].shown && strcmp(highlights->sents[j].rep_id, sent->rep_id) == 0;
        sent->shown = sent->shown || !seen;
    }
}

static void print_message(struct pipeline *pipeline, const struct sent *sent, FILE *file)
{
    char target[TARGET_BYTES], time[STAMP_TEXT_BYTES];
    struct reply reply;
    snprintf(target, sizeof target, "/v1/messages/%s", sent->message_id);
    pipeline_get(pipeline, PLACE_NOTIFIER, target, &reply);
    json_t *message = json_loadb(reply.body, reply.length, 0, NULL);
    const char *text = json_string_value(json_object_get(message, "text"));
    stamp_print(sent->time_ms / 1000, 0, time);
    // The notifier keeps texts for a while only; what is older stands in the rep's file.
    if (text != NULL)
        fprintf(file, "----- %s  to %s\n%s\n\n", time, sent->rep_id, text);
    json_decref(message);
}

void highlights_write(struct pipeline *pipeline, FILE *file, struct highlights_counts *ret_counts)
{
    struct highlights highlights = {0};
    struct highlights_counts counts = {0};
    read_journal(pipeline, PLACE_SCHEDULER, read_scheduler, &highlights);
    if (highlights.about_count > 0)
        qsort(highlights.abouts, highlights.about_count, sizeof *highlights.abouts, compare_abouts);
    read_journal(pipeline, PLACE_NOTIFIER, read_notifier, &highlights);
    if (highlights.sent_count > 0)
        qsort(highlights.sents, highlights.sent_count, sizeof *highlights.sents, compare_sents);
    choose(&highlights);
    for (size_t i = 0; i < highlights.sent_count; i++)
        if (highlights.sents[i].shown) {
            print_message(pipeline, &highlights.sents[i], file);
            counts.shown++;
        }
    counts.messages = highlights.sent_count;
    free(highlights.abouts);
    free(highlights.sents);
    *ret_counts = counts;
}
