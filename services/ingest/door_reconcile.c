#include "services/ingest/door.h"

#include "common/calendar.h"
#include "common/codec.h"
#include "common/must.h"
#include "services/ingest/ingest_parts.h"
#include "tend/v1/ingest.pb-c.h"

#include <stdlib.h>
#include <string.h>

// A day's orders as the source counts them beside those that came: a webhook that was lost leaves no other trace.

enum {
    IDS_MOST = 20000,     // that a question may hold; its body is smaller anyway
    NAMED_MOST = 1000,    // in each list of the answer
    TOTALS_MOST = 16,     // currencies of one day
    ORDERS_MOST = 500000, // of one source and day
};

struct our_order {
    const char *id;
    int64_t total_micros;
    char currency[4];
    uint32_t number; // as it came: the newest of one id counts
};

struct ours {
    struct turn *turn;
    struct our_order *orders;
    char **ids; // of each once, in order
    size_t count, room;
    Tend__V1__ReconcileTotal totals[TOTALS_MOST];
    size_t total_count;
    bool cut; // there were more than are compared
};

static void add_total(struct ours *ours, const struct our_order *order)
{
    size_t i = 0;
    while (i < ours->total_count && strcmp(ours->totals[i].currency, order->currency) != 0)
        i++;
    if (i == TOTALS_MOST || order->currency[0] == '\0')
        return;
    if (i == ours->total_count) {
        tend__v1__reconcile_total__init(&ours->totals[i]);
        ours->totals[i].currency = arena_text(ours->turn->arena, order->currency, strlen(order->currency));
        ours->total_count++;
    }
    ours->totals[i].total_micros += order->total_micros;
}

static void add_order(void *self, const struct source_order *order)
{
    struct ours *ours = self;
    ours->cut = ours->cut || ours->count == ORDERS_MOST;
    if (ours->cut)
        return;
    if (ours->count == ours->room) {
        ours->room = 2 * ours->room + 64;
        struct our_order *larger = arena_take(ours->turn->arena, ours->room * sizeof *larger);
        if (ours->count > 0)
            memcpy(larger, ours->orders, ours->count * sizeof *larger);
        ours->orders = larger;
    }
    struct our_order *kept = &ours->orders[ours->count];
    *kept = (struct our_order){.id = arena_text(ours->turn->arena, order->id, strlen(order->id)),
                               .total_micros = order->total_micros,
                               .number = (uint32_t)ours->count++};
    memcpy(kept->currency, order->currency, sizeof kept->currency);
}

static int compare_orders(const void *left, const void *right)
{
    const struct our_order *one = left, *other = right;
    int order = strcmp(one->id, other->id);
    return order != 0 ? order : one->number < other->number ? -1 : 1;
}

// Each order once, its newest total with it.
static void settle_ours(struct ours *ours)
{
    size_t different = 0;
    ours->ids = arena_take(ours->turn->arena, (ours->count + 1) * sizeof *ours->ids);
    if (ours->count > 0)
        qsort(ours->orders, ours->count, sizeof *ours->orders, compare_orders);
    for (size_t i = 0; i < ours->count; i++) {
        if (i + 1 < ours->count && strcmp(ours->orders[i].id, ours->orders[i + 1].id) == 0)
            continue;
        ours->ids[different++] = (char *)(uintptr_t)ours->orders[i].id;
        add_total(ours, &ours->orders[i]);
    }
    ours->count = different;
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

// The texts of one sorted list that the other does not have, each once.
static size_t without(char **one, size_t one_count, char **other, size_t other_count, char **to)
{
    size_t found = 0;
    for (size_t i = 0, j = 0; i < one_count && found < NAMED_MOST; i++) {
        if (i > 0 && strcmp(one[i], one[i - 1]) == 0)
            continue;
        while (j < other_count && strcmp(other[j], one[i]) < 0)
            j++;
        if (j == other_count || strcmp(other[j], one[i]) != 0)
            to[found++] = one[i];
    }
    return found;
}

static uint64_t count_different(char **sorted, size_t count)
{
    uint64_t different = 0;
    for (size_t i = 0; i < count; i++)
        different += i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0;
    return different;
}

// Orders of ours whose customer was erased are known by their masks alone.
static void mask_theirs(Tend__V1__ReconcileQuestion *question, const struct ours *ours)
{
    bool any = false;
    for (size_t i = 0; !any && i < ours->count; i++)
        any = sources_is_mask(ours->ids[i]);
    for (size_t i = 0; any && i < question->n_order_ids; i++) {
        char *mask = sources_mask(ours->turn, question->order_ids[i]);
        if (bsearch(&mask, ours->ids, ours->count, sizeof *ours->ids, compare) != NULL)
            question->order_ids[i] = mask;
    }
}

static void compare_lists(Tend__V1__ReconcileQuestion *question, struct ours *ours, Tend__V1__ReconcileAnswer *answer)
{
    struct arena *arena = ours->turn->arena;
    char **theirs = question->order_ids, **mine = ours->ids;
    size_t count = ours->count;
    mask_theirs(question, ours);
    if (question->n_order_ids > 0)
        qsort(theirs, question->n_order_ids, sizeof *theirs, compare);
    answer->missing = arena_take(arena, NAMED_MOST * sizeof(char *));
    answer->extra = arena_take(arena, NAMED_MOST * sizeof(char *));
    answer->n_missing = without(theirs, question->n_order_ids, mine, count, answer->missing);
    answer->n_extra = without(mine, count, theirs, question->n_order_ids, answer->extra);
    answer->theirs = count_different(theirs, question->n_order_ids);
    answer->same = answer->n_missing == 0 && answer->n_extra == 0;
}

// Whose day it is, where the question does not say: the shop's. UTC is how a program writes its times, not where it is.
static const struct zone *zone_of(const struct ingest *ingest, const char *source)
{
    for (size_t i = 0; i < feeds_count(ingest->feeds); i++) {
        const struct feed *feed = feeds_at(ingest->feeds, i)->feed;
        if (feed == NULL || strcmp(feed->source, source) != 0)
            continue;
        const struct zone *zone = mapping_zone(feed->mapping);
        if (zone != NULL && strcmp(zone_name(zone), "UTC") != 0)
            return zone;
    }
    return sources_zone(ingest->sources);
}

static void answer_question(struct ingest *ingest, struct call *call, Tend__V1__ReconcileQuestion *question,
                            const struct zone *zone, int32_t day)
{
    struct ours ours = {.turn = call->turn};
    Tend__V1__ReconcileAnswer answer = TEND__V1__RECONCILE_ANSWER__INIT;
    Tend__V1__ReconcileTotal *totals[TOTALS_MOST];
    sources_orders(call->turn, question->source, zone, day, add_order, &ours);
    settle_ours(&ours);
    answer.source = question->source;
    answer.day = question->day;
    answer.zone = (char *)(uintptr_t)(zone != NULL ? zone_name(zone) : "UTC");
    answer.ours = ours.count;
    answer.theirs = (uint64_t)question->orders;
    answer.same = ours.count == answer.theirs;
    if (question->n_order_ids > 0)
        compare_lists(question, &ours, &answer);
    for (size_t i = 0; i < ours.total_count; i++)
        totals[i] = &ours.totals[i];
    answer.totals = totals;
    answer.n_totals = ours.total_count;
    if (day < sources_day(zone, call->turn->now_ms) - SOURCES_DAYS)
        answer.note = (char *)(uintptr_t) "the orders of days that long past are no longer counted";
    else if (ours.cut)
        answer.note = (char *)(uintptr_t) "there are more orders of that day than can be compared";
    else if (sources_find(ingest->sources, question->source) == NULL)
        answer.note = (char *)(uintptr_t) "no event of this source was ever taken";
    reply_message(call->turn, &answer.base, call->ret_reply);
}

void door_reconcile(struct ingest *ingest, struct call *call)
{
    static const struct verify_limits limits = {.string_bytes = 256, .repeated = IDS_MOST};
    struct verify_error error;
    struct zone *named = NULL;
    int32_t day;
    Tend__V1__ReconcileQuestion *question = (Tend__V1__ReconcileQuestion *)codec_from_text(
        &tend__v1__reconcile_question__descriptor, (const char *)call->request->body, call->request->length,
        arena_allocator(call->turn->arena), &error);
    if (question == NULL || !verify_message(&question->base, &limits, &error))
        call_refuse(call, 400, error.field, error.reason);
    else if (question->source[0] == '\0')
        call_refuse(call, 400, "source", "must say which source");
    else if (!day_parse(question->day, strlen(question->day), &day))
        call_refuse(call, 400, "day", "must be a day such as 2026-05-17");
    else if (question->orders < 0 || (question->orders > 0 && question->n_order_ids > 0))
        call_refuse(call, 400, "orders", "must be how many, or left out beside order_ids");
    else if (question->zone[0] != '\0' && !zone_open(ZONE_DIRECTORIES, question->zone, &named))
        call_refuse(call, 400, "zone", "must be a time zone such as Asia/Shanghai");
    else
        answer_question(ingest, call, question, named != NULL ? named : zone_of(ingest, question->source), day);
    zone_close(&named);
}
