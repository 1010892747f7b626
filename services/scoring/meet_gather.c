#include "services/scoring/meet_state.h"

#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WANT_BYTES = 5 * MERGE_WANTS_MAX }; // a bucket takes at most five

struct meet_heading meet_own_heading(const struct scoring *scoring)
{
    struct meet_heading heading = {
        .day = ledger_day(scoring->ledger),
        .predicted = scoring->meet->predicted,
        .live = scoring->meet->live,
        .customers = ledger_count(scoring->ledger),
        .purchase_days = ledger_gaps(scoring->ledger)->count + rank_count(ledger_by_last(scoring->ledger)),
    };
    meet_own_rules(scoring, heading.rules);
    return heading;
}

struct meet_census meet_own_census(const struct scoring *scoring)
{
    return (struct meet_census){.silent = scoring->round.silent, .pool = scoring->pool};
}

struct meet_list meet_own_list(struct scoring *scoring, unsigned number)
{
    struct meet_list list = {0};
    if (number == MERGE_FUTURES)
        list.rank = scoring->futures;
    else if (number < LIMITS_LISTS)
        list.rank = ledger_list(scoring->ledger, number);
    if (number < LIMITS_BOARDS)
        list.orders = ledger_tally(scoring->ledger, number);
    if (number == LIMITS_LAST || number == MERGE_FUTURES)
        list.gaps = ledger_gaps(scoring->ledger);
    return list;
}

// Whether the job needs the list.
static bool needs(struct scoring *scoring, unsigned number)
{
    bool futures = scoring->meet->job == MEET_FUTURES_JOB;
    return (number == MERGE_FUTURES) == futures && meet_own_list(scoring, number).rank != NULL;
}

static void forget_parts(struct meet *meet)
{
    for (unsigned side = 0; side < meet->count; side++)
        for (unsigned list = 0; list < MERGE_LISTS; list++) {
            free(meet->parts[side][list].bytes);
            memset(&meet->parts[side][list], 0, sizeof meet->parts[side][list]);
        }
    meet->failed = false;
}

void meet_gather_stop(struct meet *meet)
{
    forget_parts(meet);
    meet->job = MEET_NO_JOB;
}

void meet_gather_start(struct scoring *scoring, enum meet_job job)
{
    struct meet *meet = scoring->meet;
    must(meet->job == MEET_NO_JOB && job != MEET_NO_JOB);
    meet->job = job;
    meet->tries = 0;
    meet_gather_ask(scoring);
}

// Asks a process for a list, and for the values in the buckets that were wanted last.
static bool ask(struct meet *meet, unsigned side, unsigned list)
{
    uint8_t body[WANT_BYTES];
    char request[64];
    struct parcel parcel = parcel_to_write(body, sizeof body);
    for (size_t i = 0; i < meet->want_count; i++)
        if (meet->wants[i].list == list)
            parcel_put(&parcel, meet->wants[i].bucket);
    must(parcel.good);
    snprintf(request, sizeof request, "GET /v1/shard/list?number=%u", list);
    meet->parts[side][list].question = peers_ask(meet->peers, side, request, body, parcel.used);
    return meet->parts[side][list].question != 0;
}

void meet_gather_ask(struct scoring *scoring)
{
    struct meet *meet = scoring->meet;
    for (unsigned list = 0; list < MERGE_LISTS; list++)
        for (unsigned side = 1; side < meet->count && needs(scoring, list); side++) {
            const struct meet_part *part = &meet->parts[side][list];
            if (part->question == 0 && !part->here && !meet->failed && !ask(meet, side, list))
                return; // too many are open: the rest when answers have come
        }
}

static bool fits(const struct scoring *scoring, const struct meet_heading *heading)
{
    struct meet_heading own = meet_own_heading(scoring);
    return heading->day == own.day && memcmp(heading->rules, own.rules, MEET_RULES_BYTES) == 0 &&
           (scoring->meet->job != MEET_FUTURES_JOB || heading->predicted == scoring->meet->target);
}

static void keep(struct scoring *scoring, struct meet_part *part, const struct peers_answer *answer)
{
    part->question = 0;
    if (answer->status != 200) {
        scoring->meet->failed = true;
        return;
    }
    part->bytes = malloc(answer->length + 1);
    must(part->bytes != NULL);
    memcpy(part->bytes, answer->body, answer->length);
    part->parcel = parcel_to_read(part->bytes, answer->length);
    meet_pass_heading(&part->parcel, &part->heading);
    if (scoring->meet->job == MEET_FUTURES_JOB)
        meet_pass_census(&part->parcel, &part->census);
    part->here = true;
    if (!part->parcel.good || !fits(scoring, &part->heading))
        scoring->meet->failed = true;
}

bool meet_gather_take(struct scoring *scoring, const struct peers_answer *answer)
{
    struct meet *meet = scoring->meet;
    if (meet->job == MEET_NO_JOB || answer->from == 0 || answer->from >= meet->count)
        return false;
    for (unsigned list = 0; list < MERGE_LISTS; list++)
        if (meet->parts[answer->from][list].question == answer->id) {
            keep(scoring, &meet->parts[answer->from][list], answer);
            return true;
        }
    return false;
}

// Whether all has been asked and answered.
static bool complete(struct scoring *scoring)
{
    const struct meet *meet = scoring->meet;
    for (unsigned list = 0; list < MERGE_LISTS; list++)
        for (unsigned side = 1; side < meet->count && needs(scoring, list); side++)
            if (!meet->parts[side][list].here)
                return false;
    return true;
}

// --- the merge

static void add_own_piles(struct scoring *scoring, unsigned number)
{
    struct merge *merge = scoring->meet->merge;
    const struct meet_list list = meet_own_list(scoring, number);
    struct rank_pile pile;
    uint32_t orders;
    uint64_t customers;
    for (uint32_t from = 0; rank_pile(list.rank, from, &pile); from = pile.bucket + 1)
        must(merge_pile(merge, number, &pile));
    for (uint32_t from = 1; list.orders != NULL && tally_next(list.orders, from, &orders, &customers);
         from = orders + 1)
        must(merge_orders(merge, number, orders, customers));
    for (uint32_t days = 1; list.gaps != NULL && days <= GAPS_DAYS_MAX; days++)
        if (list.gaps->days[days] > 0)
            must(merge_gap(merge, days, list.gaps->days[days]));
}

static void add_own_ties(struct scoring *scoring)
{
    struct meet *meet = scoring->meet;
    for (size_t i = 0; i < meet->want_count; i++) {
        const struct rank_tie *ties;
        const struct merge_want *want = &meet->wants[i];
        size_t count = rank_ties(meet_own_list(scoring, want->list).rank, want->bucket, &ties);
        for (size_t k = 0; k < count; k++)
            must(merge_tie(meet->merge, want->list, want->bucket, &ties[k]));
    }
}

// The purchases of all, by the headings of the list that everybody tells.
static void add_up(struct scoring *scoring)
{
    struct meet *meet = scoring->meet;
    struct meet_heading own = meet_own_heading(scoring);
    meet->customers = own.customers;
    meet->purchase_days = own.purchase_days;
    for (unsigned side = 1; side < meet->count; side++) {
        meet->customers += meet->parts[side][LIMITS_MAIN].heading.customers;
        meet->purchase_days += meet->parts[side][LIMITS_MAIN].heading.purchase_days;
    }
    meet->gaps = *merge_gaps(meet->merge);
    meet->merged_day = own.day;
    meet->curve_count = merge_curve(meet->merge, MEET_CURVE_POINTS, meet->curve);
}

// Adds everything. False when somebody told nonsense.
static bool merge_all(struct scoring *scoring)
{
    struct meet *meet = scoring->meet;
    const struct merge_want *wants;
    merge_clear(meet->merge);
    for (unsigned list = 0; list < MERGE_LISTS; list++) {
        if (!needs(scoring, list))
            continue;
        add_own_piles(scoring, list);
        for (unsigned side = 1; side < meet->count; side++)
            meet_get_piles(&meet->parts[side][list].parcel, meet->merge, list);
    }
    meet->want_count = merge_wants(meet->merge, &wants);
    memcpy(meet->wants, wants, meet->want_count * sizeof *wants);
    add_own_ties(scoring);
    bool good = true;
    for (unsigned list = 0; list < MERGE_LISTS; list++)
        for (unsigned side = 1; side < meet->count && needs(scoring, list); side++) {
            meet_get_ties(&meet->parts[side][list].parcel, meet->merge, list);
            good &= meet->parts[side][list].parcel.good;
        }
    return good;
}

enum meet_outcome meet_gather_end(struct scoring *scoring, struct limits *ret_limits)
{
    struct meet *meet = scoring->meet;
    if (meet->failed)
        return MEET_FAILED;
    if (!complete(scoring)) {
        meet_gather_ask(scoring);
        return MEET_WAITING;
    }
    for (unsigned list = 0; list < MERGE_LISTS; list++)
        for (unsigned side = 1; side < meet->count && needs(scoring, list); side++)
            if (!fits(scoring, &meet->parts[side][list].heading))
                return MEET_FAILED; // this process has gone on since
    if (!merge_all(scoring))
        return MEET_FAILED;
    if (merge_limits(meet->merge, ret_limits)) {
        if (meet->job == MEET_LIMITS_JOB)
            add_up(scoring);
        return MEET_DONE;
    }
    // A cut stands in a bucket that nobody was asked about.
    if (++meet->tries == MEET_TRIES)
        return MEET_FAILED;
    forget_parts(meet);
    meet_gather_ask(scoring);
    return MEET_WAITING;
}
