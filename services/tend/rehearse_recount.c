#include "services/tend/rehearse_recount.h"

#include "common/calendar.h"
#include "common/codec.h"
#include "common/must.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "tend/v1/scheduler.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TARGET_BYTES = 300,
    ROOM_FIRST = 64,
    WAIT_MS = 30 * 60 * 1000, // as long as the notifier gathers at most by itself
};

// When a reminder or a list was said.
struct saying {
    uint64_t hash; // of the id
    int64_t time_ms;
};

struct pledge {
    uint64_t customer, id; // hashes
    struct breach breach;
};

struct recount_state {
    char *zone;
    size_t rep_room, day_room, month_room;
    struct saying *sayings;
    size_t saying_count, saying_room;
    struct pledge *pledges; // by hash, open addressing; a free one has id 0
    size_t pledge_count, pledge_room;
};

static void *room_for(void *items, size_t count, size_t *room, size_t bytes)
{
    if (count < *room)
        return items;
    *room = *room == 0 ? ROOM_FIRST : *room * 2;
    items = realloc(items, *room * bytes);
    must(items != NULL);
    return items;
}

static char *copy_of(const char *text)
{
    char *copy = strdup(text);
    must(copy != NULL);
    return copy;
}

struct recount *recount_open(const char *zone)
{
    struct recount *recount = calloc(1, sizeof *recount);
    must(recount != NULL);
    recount->state = calloc(1, sizeof *recount->state);
    must(recount->state != NULL);
    recount->state->zone = copy_of(zone);
    return recount;
}

void recount_close(struct recount **recount)
{
    if (*recount == NULL)
        return;
    for (size_t i = 0; i < (*recount)->rep_count; i++) {
        free((*recount)->reps[i].id);
        free((*recount)->reps[i].name);
        zone_close(&(*recount)->reps[i].zone);
    }
    free((*recount)->reps);
    free((*recount)->days);
    free((*recount)->months);
    free((*recount)->state->zone);
    free((*recount)->state->sayings);
    free((*recount)->state->pledges);
    free((*recount)->state);
    free(*recount);
    *recount = NULL;
}

const char *recount_name(const struct recount_rep *rep)
{
    return rep->name[0] != '\0' ? rep->name : rep->id;
}

static const uint32_t band_ends[RECOUNT_BANDS] = {1, 2, 3, 5, 10, UINT32_MAX};

void recount_band(size_t band, uint32_t *ret_from, uint32_t *ret_to)
{
    must(band < RECOUNT_BANDS);
    *ret_from = band == 0 ? 1 : band_ends[band - 1] + 1;
    *ret_to = band_ends[band];
}

// --- reps

static void set_zone(struct recount_rep *rep, const char *name)
{
    struct zone *zone = NULL;
    if (name[0] == '\0' || !zone_open(ZONE_DIRECTORIES, name, &zone))
        return;
    zone_close(&rep->zone);
    rep->zone = zone;
}

struct recount_rep *recount_find(struct recount *recount, const char *id)
{
    for (size_t i = 0; i < recount->rep_count; i++)
        if (strcmp(recount->reps[i].id, id) == 0)
            return &recount->reps[i];
    return NULL;
}

// The rep of that id, a new one when there is none.
static struct recount_rep *rep_of(struct recount *recount, const char *id)
{
    struct recount_rep *rep = recount_find(recount, id);
    if (rep != NULL)
        return rep;
    recount->reps = room_for(recount->reps, recount->rep_count, &recount->state->rep_room, sizeof *recount->reps);
    rep = &recount->reps[recount->rep_count++];
    *rep = (struct recount_rep){.id = copy_of(id), .name = copy_of("")};
    set_zone(rep, recount->state->zone);
    if (rep->zone == NULL)
        set_zone(rep, "UTC");
    return rep;
}

static void hear_rep(struct recount *recount, const char *id, const Tend__V1__RepUpserted *said)
{
    struct recount_rep *rep = rep_of(recount, id);
    if (said->name[0] != '\0') {
        free(rep->name);
        rep->name = copy_of(said->name);
    }
    set_zone(rep, said->time_zone);
    if (said->n_languages > 0)
        rep->chinese = strncmp(said->languages[0], "zh", 2) == 0;
}

static int32_t day_of(const struct recount_rep *rep, int64_t time_ms)
{
    return rep->zone != NULL ? zone_local(rep->zone, time_ms / 1000).day : (int32_t)(time_ms / 86400000);
}

// --- promises

static struct pledge *place_of(struct pledge *pledges, size_t room, uint64_t customer, uint64_t id)
{
    size_t at = (size_t)((customer ^ id) & (room - 1));
    while (pledges[at].id != 0 && (pledges[at].id != id || pledges[at].customer != customer))
        at = (at + 1) & (room - 1);
    return &pledges[at];
}

static struct pledge *pledge_of(struct recount_state *state, const char *customer_id, const char *promise_id)
{
    uint64_t customer = hash_short(customer_id, strlen(customer_id));
    uint64_t id = hash_short(promise_id, strlen(promise_id)) | 1;
    if (state->pledge_count * 2 >= state->pledge_room) {
        size_t room = state->pledge_room == 0 ? ROOM_FIRST : state->pledge_room * 2;
        struct pledge *larger = calloc(room, sizeof *larger);
        must(larger != NULL);
        for (size_t i = 0; i < state->pledge_room; i++)
            if (state->pledges[i].id != 0)
                *place_of(larger, room, state->pledges[i].customer, state->pledges[i].id) = state->pledges[i];
        free(state->pledges);
        state->pledges = larger;
        state->pledge_room = room;
    }
    struct pledge *pledge = place_of(state->pledges, state->pledge_room, customer, id);
    state->pledge_count += pledge->id == 0;
    pledge->customer = customer;
    pledge->id = id;
    return pledge;
}

static int64_t ms_of(const Google__Protobuf__Timestamp *time)
{
    return time == NULL ? 0 : time->seconds * 1000 + time->nanos / 1000000;
}

static void hear_promise(struct recount *recount, const Tend__V1__Event *event, const char *id, enum breach_said said,
                         const Google__Protobuf__Timestamp *due)
{
    struct breach_word word = {ms_of(event->time), hash_short(event->id, strlen(event->id)), ms_of(due)};
    breach_say(&pledge_of(recount->state, event->customer_id, id)->breach, said, word);
}

void recount_hear(struct recount *recount, const Tend__V1__Event *event)
{
    switch (event->body_case) {
    case TEND__V1__EVENT__BODY_REP_UPSERTED:
        hear_rep(recount, event->rep_id, event->rep_upserted);
        break;
    case TEND__V1__EVENT__BODY_CONTACT_LOGGED:
        recount->contacts++;
        break;
    case TEND__V1__EVENT__BODY_PROMISE_MADE:
        hear_promise(recount, event, event->promise_made->promise_id, BREACH_MADE, event->promise_made->due);
        break;
    case TEND__V1__EVENT__BODY_PROMISE_EXTENDED:
        hear_promise(recount, event, event->promise_extended->promise_id, BREACH_EXTENDED,
                     event->promise_extended->due);
        break;
    case TEND__V1__EVENT__BODY_PROMISE_KEPT:
        hear_promise(recount, event, event->promise_kept->promise_id, BREACH_KEPT, NULL);
        break;
    case TEND__V1__EVENT__BODY_PROMISE_BROKEN:
        hear_promise(recount, event, event->promise_broken->promise_id, BREACH_BROKEN, NULL);
        break;
    default:
        break;
    }
}

static void judge_promises(struct recount *recount, const struct breach_options *options, int64_t now_ms)
{
    const struct recount_state *state = recount->state;
    for (size_t i = 0; i < state->pledge_room; i++) {
        if (state->pledges[i].id == 0)
            continue;
        struct breach_verdict verdict = breach_judge(options, &state->pledges[i].breach, now_ms);
        recount->promises.made += verdict.state != BREACH_UNKNOWN;
        recount->promises.open += verdict.state == BREACH_OPEN;
        recount->promises.kept += verdict.state == BREACH_IN_TIME;
        recount->promises.late += verdict.state == BREACH_LATE;
        recount->promises.broken += verdict.state == BREACH_NOT_KEPT;
    }
}

// --- months

static int32_t first_of_month(int32_t day)
{
    struct date date = day_date(day);
    date.day = 1;
    return day_from_date(date);
}

static struct recount_month *month_of(struct recount *recount, uint32_t rep, int32_t first)
{
    for (size_t i = recount->month_count; i > 0; i--)
        if (recount->months[i - 1].rep == rep && recount->months[i - 1].first == first)
            return &recount->months[i - 1];
    recount->months =
        room_for(recount->months, recount->month_count, &recount->state->month_room, sizeof *recount->months);
    struct recount_month *month = &recount->months[recount->month_count++];
    *month = (struct recount_month){.rep = rep, .first = first, .warned_day = INT32_MIN};
    return month;
}

// The coverage that the first of the scheduler's processes knows that has this rep. False when none does.
static bool ask_coverage(struct pipeline *pipeline, const char *rep_id, struct recount_month *ret_month)
{
    char target[TARGET_BYTES];
    bool found = false;
    snprintf(target, sizeof target, "/v1/coverage?rep=%s", rep_id);
    for (unsigned which = 0; !found && which < pipeline_processes(pipeline, PLACE_SCHEDULER); which++) {
        struct reply reply;
        struct verify_error fault;
        pipeline_get_from(pipeline, PLACE_SCHEDULER, which, target, &reply);
        ProtobufCMessage *message = reply.status != 200 ? NULL
                                                        : codec_from_text(&tend__v1__coverage_answer__descriptor,
                                                                          reply.body, reply.length, NULL, &fault);
        if (message == NULL)
            continue;
        const Tend__V1__CoverageAnswer *answer = (const Tend__V1__CoverageAnswer *)(const void *)message;
        found = answer->n_reps == 1 && answer->reps[0]->coverage != NULL;
        if (found) {
            ret_month->customers = answer->reps[0]->coverage->customers;
            ret_month->contacted = answer->reps[0]->coverage->contacted;
        }
        protobuf_c_message_free_unpacked(message, NULL);
    }
    return found;
}

void recount_month_over(struct recount *recount, struct pipeline *pipeline, int32_t first, bool whole)
{
    for (uint32_t i = 0; i < recount->rep_count; i++) {
        struct recount_month asked = {0};
        if (!ask_coverage(pipeline, recount->reps[i].id, &asked) || asked.customers == 0)
            continue;
        struct recount_month *month = month_of(recount, i, first);
        month->customers = asked.customers;
        month->contacted = asked.contacted;
        month->ended = true;
        month->whole = whole;
    }
}

// --- what was said

static void add_saying(struct recount_state *state, const char *id, int64_t time_ms)
{
    state->sayings = room_for(state->sayings, state->saying_count, &state->saying_room, sizeof *state->sayings);
    state->sayings[state->saying_count++] = (struct saying){hash_short(id, strlen(id)), time_ms};
}

static void warn(struct recount *recount, struct recount_rep *rep, int32_t day)
{
    struct recount_month *month = month_of(recount, (uint32_t)(rep - recount->reps), first_of_month(day));
    if (month->warned_day == INT32_MIN || day < month->warned_day)
        month->warned_day = day;
}

static void read_reminder(struct recount *recount, const struct record *record)
{
    Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
    must(reminder != NULL && (int)reminder->kind >= 0 && (int)reminder->kind < KIND_COUNT);
    if (reminder->retold) { // the reminder was counted, and the message that it is in is the same
        tend__v1__reminder__free_unpacked(reminder, NULL);
        return;
    }
    struct recount_rep *rep = rep_of(recount, reminder->rep_id);
    struct recount_kind *kind = &recount->kinds[reminder->kind];
    bool above = reminder->role == TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_MANAGER ||
                 reminder->role == TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_DIRECTOR ||
                 reminder->role == TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_APPROVER;
    rep->reminders++;
    rep->above += above;
    kind->told++;
    kind->above += above;
    kind->late += reminder->late != 0;
    if (reminder->kind == TEND__V1__REMINDER_KIND__REMINDER_KIND_COVERAGE_WARNING && !above)
        warn(recount, rep, day_of(rep, record->time_ms));
    add_saying(recount->state, reminder->reminder_id, record->time_ms);
    tend__v1__reminder__free_unpacked(reminder, NULL);
}

static void read_list(struct recount *recount, const struct record *record)
{
    Tend__V1__CallList *list = tend__v1__call_list__unpack(NULL, record->length, record->payload);
    must(list != NULL);
    struct recount_rep *rep = rep_of(recount, list->rep_id);
    int32_t day = day_of(rep, record->time_ms);
    if (list->preview) {
        recount->previews++;
    } else {
        rep->lists++;
        rep->calls += list->n_lines;
        recount->calls += list->n_lines;
        recount->kinds[KIND_CALL].told += list->n_lines;
        recount->kinds[KIND_CALL].late += list->late ? list->n_lines : 0;
        month_of(recount, (uint32_t)(rep - recount->reps), first_of_month(day))->calls += (uint32_t)list->n_lines;
        if (list->coverage != NULL && list->coverage->missing > 0)
            warn(recount, rep, day);
    }
    add_saying(recount->state, list->list_id, record->time_ms);
    for (size_t i = 0; !list->preview && i < list->n_lines; i++)
        add_saying(recount->state, list->lines[i]->reminder_id, record->time_ms);
    tend__v1__call_list__free_unpacked(list, NULL);
}

static bool read_scheduler(void *self, const struct record *record)
{
    struct recount *recount = self;
    switch (record->type) {
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER:
        read_reminder(recount, record);
        break;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST:
        read_list(recount, record);
        break;
    case TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST:
        recount->digests++;
        break;
    default:
        break;
    }
    return true;
}

static int compare_sayings(const void *left, const void *right)
{
    const struct saying *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return a->time_ms < b->time_ms ? -1 : a->time_ms > b->time_ms;
}

// --- what was sent

static void count_day(struct recount *recount, struct recount_rep *rep, int32_t day)
{
    uint32_t which = (uint32_t)(rep - recount->reps);
    struct recount_day *at = NULL;
    // Messages come in the order of time, so the rep's last day is among the newest.
    for (size_t i = recount->day_count; i > 0 && at == NULL && recount->days[i - 1].day >= day - 1; i--)
        if (recount->days[i - 1].rep == which && recount->days[i - 1].day == day)
            at = &recount->days[i - 1];
    if (at == NULL) {
        recount->days = room_for(recount->days, recount->day_count, &recount->state->day_room, sizeof *recount->days);
        at = &recount->days[recount->day_count++];
        *at = (struct recount_day){which, day, 0};
        rep->days++;
    }
    if (++at->messages > rep->most) {
        rep->most = at->messages;
        rep->most_day = (uint32_t)day;
    }
}

// Whether what the message holds was said long before it was sent; whatever it is part of is counted once.
static bool waited(const struct recount_state *state, const char *id, int64_t sent_ms)
{
    struct saying key = {hash_short(id, strlen(id)), 0};
    size_t low = 0, high = state->saying_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (state->sayings[middle].hash < key.hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < state->saying_count && state->sayings[low].hash == key.hash &&
           sent_ms - state->sayings[low].time_ms > WAIT_MS;
}

static bool read_notifier(void *self, const struct record *record)
{
    struct recount *recount = self;
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED)
        return true;
    Tend__V1__DeliveryChanged *change = tend__v1__delivery_changed__unpack(NULL, record->length, record->payload);
    must(change != NULL);
    if (change->state == TEND__V1__DELIVERY_STATE__DELIVERY_STATE_SENT) {
        struct recount_rep *rep = rep_of(recount, change->rep_id);
        rep->messages++;
        recount->messages++;
        recount->reminders += change->n_reminder_ids;
        count_day(recount, rep, day_of(rep, record->time_ms));
        for (size_t i = 0; i < change->n_reminder_ids; i++)
            recount->waited += waited(recount->state, change->reminder_ids[i], record->time_ms);
    }
    tend__v1__delivery_changed__free_unpacked(change, NULL);
    return true;
}

// --- together

static void read_journals(struct recount *recount, struct pipeline *pipeline, enum pipeline_place place,
                          bool (*visit)(void *, const struct record *))
{
    for (unsigned which = 0; which < pipeline_processes(pipeline, place); which++) {
        struct tx *tx = store_begin_read(engine_store(pipeline_engine_of(pipeline, place, which)));
        journal_each(tx, 1, visit, recount);
        must(tx_error(tx) == 0);
        tx_abort(&tx);
    }
}

// What became of reminders that were not told stands in no journal; each process of the scheduler counts for all reps,
// so the first is asked.
static void add_totals(struct recount *recount, struct pipeline *pipeline)
{
    struct reply reply;
    struct verify_error fault;
    pipeline_get(pipeline, PLACE_SCHEDULER, "/v1/totals", &reply);
    ProtobufCMessage *message =
        codec_from_text(&tend__v1__totals_answer__descriptor, reply.body, reply.length, NULL, &fault);
    must(message != NULL);
    const Tend__V1__TotalsAnswer *totals = (const Tend__V1__TotalsAnswer *)(const void *)message;
    recount->lists += totals->lists;
    recount->lists_late += totals->lists_late;
    recount->lists_folded += totals->lists_folded;
    recount->dates_missed += totals->dates_missed;
    for (size_t i = 0; i < totals->n_kinds; i++) {
        const Tend__V1__KindTotals *from = totals->kinds[i];
        must((int)from->kind >= 0 && (int)from->kind < KIND_COUNT);
        struct recount_kind *kind = &recount->kinds[from->kind];
        kind->folded += from->folded + from->rested;
        kind->suppressed += from->suppressed;
        kind->cancelled += from->cancelled;
        kind->withdrawn += from->withdrawn;
        kind->expired += from->expired;
    }
    protobuf_c_message_free_unpacked(message, NULL);
}

static int compare_months(const void *left, const void *right)
{
    const struct recount_month *a = left, *b = right;
    if (a->first != b->first)
        return a->first < b->first ? -1 : 1;
    return a->rep < b->rep ? -1 : a->rep > b->rep;
}

void recount_read(struct recount *recount, struct pipeline *pipeline, const struct breach_options *promises,
                  int64_t now_ms)
{
    read_journals(recount, pipeline, PLACE_SCHEDULER, read_scheduler);
    if (recount->state->saying_count > 0)
        qsort(recount->state->sayings, recount->state->saying_count, sizeof *recount->state->sayings, compare_sayings);
    read_journals(recount, pipeline, PLACE_NOTIFIER, read_notifier);
    add_totals(recount, pipeline);
    for (size_t i = 0; i < recount->day_count; i++) {
        size_t band = 0;
        while (recount->days[i].messages > band_ends[band])
            band++;
        recount->bands[band]++;
    }
    if (recount->month_count > 0)
        qsort(recount->months, recount->month_count, sizeof *recount->months, compare_months);
    judge_promises(recount, promises, now_ms);
}
