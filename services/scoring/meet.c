#include "services/scoring/meet.h"

#include "common/must.h"
#include "services/scoring/announce.h"
#include "services/scoring/daily.h"
#include "services/scoring/meet_state.h"

#include <stdlib.h>
#include <string.h>

enum { HELD_PIECE = 1000 }; // customers a turn

void meet_begin(struct scoring *scoring, struct peers *peers)
{
    if (peers_count(peers) < 2)
        return;
    must(scoring->meet == NULL);
    struct meet *meet = calloc(1, sizeof *meet);
    must(meet != NULL);
    meet->peers = peers;
    meet->index = peers_index(peers);
    meet->count = peers_count(peers);
    column_start(&meet->held, sizeof(uint8_t));
    scoring->meet = meet;
    if (meet->index > 0)
        return;
    uint32_t tops[POLICY_TOPS_MAX];
    meet->merge = merge_open(ledger_options(scoring->ledger));
    merge_tops(meet->merge, tops, policy_tops(&scoring->options.judging.policy, tops));
    merge_futures(meet->merge, (struct rank_rule){RANK_SHARE, (uint32_t)scoring->options.abc.cut_b_ppm, RANK_PPM});
}

void meet_close(struct meet **meet)
{
    if (*meet == NULL)
        return;
    meet_gather_stop(*meet);
    column_clear(&(*meet)->held);
    merge_close(&(*meet)->merge);
    free(*meet);
    *meet = NULL;
}

bool meet_leads(const struct scoring *scoring)
{
    return scoring->meet != NULL && scoring->meet->index == 0;
}

bool meet_follows(const struct scoring *scoring)
{
    return scoring->meet != NULL && scoring->meet->index > 0;
}

unsigned meet_index(const struct scoring *scoring)
{
    return scoring->meet != NULL ? scoring->meet->index : 0;
}

unsigned meet_processes(const struct scoring *scoring)
{
    return scoring->meet != NULL ? scoring->meet->count : 1;
}

size_t meet_curve(const struct scoring *scoring, const struct rank_mass **ret_points)
{
    *ret_points = scoring->meet->curve;
    return scoring->meet->curve_count;
}

void meet_own_rules(const struct scoring *scoring, uint8_t *ret_rules)
{
    memcpy(ret_rules, scoring->meet->rules, HASH_BYTES);
}

const struct meet_limits *meet_limits(const struct scoring *scoring)
{
    const struct meet *meet = scoring->meet;
    bool ours = meet != NULL && meet->known && memcmp(meet->rules, meet->limits.rules, HASH_BYTES) == 0;
    return ours ? &meet->limits : NULL;
}

// Limits that know of nobody say nothing of somebody who bought.
bool meet_waits(const struct scoring *scoring)
{
    if (scoring->meet == NULL)
        return false;
    const struct meet_limits *limits = meet_limits(scoring);
    return limits == NULL ||
           (limits->limits.boards[LIMITS_MAIN].population == 0 && rank_count(ledger_by_net(scoring->ledger)) > 0);
}

void meet_new_rules(struct scoring *scoring)
{
    if (scoring->meet == NULL)
        return;
    _Static_assert((int)MEET_RULES_BYTES == (int)HASH_BYTES, "rules are told by their hash");
    hash_pair(scoring->rules, HASH_BYTES, scoring->common, HASH_BYTES, scoring->meet->rules);
    const struct meet_limits *limits = meet_limits(scoring);
    ledger_impose(scoring->ledger, limits != NULL ? &limits->limits : NULL);
    if (meet_leads(scoring))
        meet_gather_stop(scoring->meet);
    scoring->meet->wanted = true;
    scoring->meet->news++;
}

// Everything but the limits is forgotten: questions that were asked before get no answer any more.
void meet_reload(struct scoring *scoring, struct turn *turn)
{
    struct meet *meet = scoring->meet;
    struct slice kept;
    if (meet == NULL)
        return;
    meet_gather_stop(meet);
    column_clear(&meet->held);
    meet->held_end = meet->held_next = 0;
    memset(meet->sides, 0, sizeof meet->sides);
    meet->telling_question = 0;
    meet->told = 0;
    meet->tell_ms = meet->merge_ms = meet->patience_ms = 0;
    meet->merged_day = BOOK_NO_DAY;
    meet->predicted = meet->target = 0;
    meet->known = false;
    if (archive_get_limits(turn->tx, &kept) && kept.length <= sizeof meet->packed) {
        struct parcel parcel = parcel_to_read(kept.bytes, kept.length);
        memset(&meet->limits, 0, sizeof meet->limits);
        meet_pass_limits(&parcel, &meet->limits);
        meet->known = parcel_whole(&parcel); // else those of another version: new ones come
        memcpy(meet->packed, kept.bytes, kept.length);
        meet->packed_length = kept.length;
    }
    for (unsigned i = 0; i < meet->count; i++)
        meet->sides[i].limits_due = meet->sides[i].book_due = meet->known;
    meet_new_rules(scoring);
}

static size_t pack(const struct meet_limits *limits, uint8_t bytes[MEET_LIMITS_BYTES])
{
    struct meet_limits copy = *limits;
    struct parcel parcel = parcel_to_write(bytes, MEET_LIMITS_BYTES);
    meet_pass_limits(&parcel, &copy);
    must(parcel.good);
    return parcel.used;
}

void meet_take_limits(struct scoring *scoring, struct turn *turn, const struct meet_limits *limits)
{
    struct meet *meet = scoring->meet;
    meet->limits = *limits;
    meet->known = true;
    meet->packed_length = pack(limits, meet->packed);
    archive_put_limits(turn->tx, &(struct slice){.bytes = meet->packed, .length = meet->packed_length});
    ledger_impose(scoring->ledger, &meet->limits.limits);
    announce_limits(scoring, turn, !limits->live);
}

// --- what is held

void meet_hold(struct scoring *scoring, uint32_t slot, bool live, bool ordered)
{
    struct meet *meet = scoring->meet;
    uint8_t *held = column_at(&meet->held, slot);
    *held |= (uint8_t)(MEET_HELD | (live ? MEET_HELD_LIVE : 0) | (ordered ? MEET_HELD_ORDERED : 0));
    if (slot >= meet->held_end)
        meet->held_end = slot + 1;
}

// Says a piece of what was held. True when there is more.
static bool release(struct scoring *scoring, struct turn *turn)
{
    struct meet *meet = scoring->meet;
    for (unsigned said = 0; said < HELD_PIECE && meet->held_next < meet->held_end; meet->held_next++) {
        uint8_t held = *(uint8_t *)column_at(&meet->held, meet->held_next);
        if (held == 0)
            continue;
        announce_anew(scoring, turn, meet->held_next, (held & MEET_HELD_LIVE) == 0, (held & MEET_HELD_ORDERED) != 0);
        said++;
    }
    announce_keep(scoring, turn);
    if (meet->held_next < meet->held_end)
        return true;
    column_clear(&meet->held);
    meet->held_end = meet->held_next = 0;
    return false;
}

void meet_moved_live(struct scoring *scoring)
{
    if (scoring->meet != NULL)
        scoring->meet->live++;
}

// --- the clock

// Notices what moved here since the last time.
static void notice(struct scoring *scoring)
{
    struct meet *meet = scoring->meet;
    uint64_t moves = ledger_moves(scoring->ledger);
    int32_t day = ledger_day(scoring->ledger);
    if (moves == meet->moves && day == meet->day)
        return;
    meet->moves = moves;
    meet->day = day;
    meet->wanted = true;
    meet->news++;
}

// Tells process 0 that something moved here. Returns when it is to be told.
static int64_t tell_news(struct scoring *scoring, const struct turn *turn)
{
    struct meet *meet = scoring->meet;
    uint8_t body[64];
    if (meet->news == meet->told || meet->telling_question != 0)
        return INT64_MAX;
    if (turn->now_ms < meet->tell_ms)
        return meet->tell_ms;
    struct parcel parcel = parcel_to_write(body, sizeof body);
    parcel_put(&parcel, meet->index);
    parcel_put(&parcel, meet->known ? meet->limits.number : 0);
    parcel_put(&parcel, scoring->book.edition);
    parcel_put(&parcel, meet->target);
    meet->telling = meet->news;
    meet->telling_question = peers_ask(meet->peers, 0, "POST /v1/shard/moved", body, parcel.used);
    meet->tell_ms = turn->now_ms + MEET_PAUSE_MS;
    return INT64_MAX;
}

static bool take_told(struct meet *meet, const struct turn *turn, const struct peers_answer *answer)
{
    if (answer->id != meet->telling_question)
        return false;
    meet->telling_question = 0;
    if (answer->status == 200)
        meet->told = meet->telling;
    else
        meet->tell_ms = turn->now_ms + MEET_RETRY_MS;
    return true;
}

// A merge has ended: what differs from the limits in force is published.
static void publish(struct scoring *scoring, struct turn *turn, const struct limits *limits)
{
    struct meet *meet = scoring->meet;
    uint8_t bytes[MEET_LIMITS_BYTES];
    struct meet_limits next = {.day = ledger_day(scoring->ledger),
                               .number = meet->known ? meet->limits.number : 0,
                               .time_ms = meet->known ? meet->limits.time_ms : 0,
                               .live = meet->known && meet->limits.live,
                               .customers = meet->customers,
                               .limits = *limits};
    meet_own_rules(scoring, next.rules);
    size_t length = pack(&next, bytes);
    bool live = meet->live > meet->own_live;
    for (unsigned i = 1; i < meet->count; i++) {
        live |= meet->parts[i][LIMITS_MAIN].heading.live > meet->sides[i].live;
        meet->sides[i].live = meet->parts[i][LIMITS_MAIN].heading.live;
    }
    meet->own_live = meet->live;
    bool same = meet->known && length == meet->packed_length && memcmp(bytes, meet->packed, length) == 0;
    core_count(scoring, FIGURE_MERGES, same ? MERGE_UNCHANGED : MERGE_PUBLISHED);
    if (same)
        return;
    next.number++;
    next.time_ms = turn->now_ms;
    next.live = live;
    for (unsigned i = 1; i < meet->count; i++)
        meet->sides[i].limits_due = true;
    meet_take_limits(scoring, turn, &next);
}

// A round that failed, or was missed, is made up for now that all are there.
static void make_up(struct scoring *scoring)
{
    const struct core_round *round = &scoring->round;
    bool missed = scoring->book.edition > 0 && scoring->book.day < ledger_day(scoring->ledger);
    if (missed && round->step == CORE_REST && !round->again)
        daily_want(scoring, DAILY_DAY);
}

// A merge, when one is wanted. Returns when it wants to be called again.
static int64_t merge_limits_of_all(struct scoring *scoring, struct turn *turn)
{
    struct meet *meet = scoring->meet;
    struct limits limits;
    if (meet->job == MEET_NO_JOB && !meet->wanted)
        return INT64_MAX;
    if (meet->job == MEET_NO_JOB && turn->now_ms < meet->merge_ms)
        return meet->merge_ms;
    if (meet->job == MEET_NO_JOB) {
        meet->wanted = false;
        meet_gather_start(scoring, MEET_LIMITS_JOB);
    }
    if (meet->job != MEET_LIMITS_JOB)
        return INT64_MAX;
    switch (meet_gather_end(scoring, &limits)) {
    case MEET_WAITING:
        return INT64_MAX;
    case MEET_DONE:
        publish(scoring, turn, &limits);
        make_up(scoring);
        meet->merge_ms = turn->now_ms + MEET_PAUSE_MS;
        break;
    default:
        core_count(scoring, FIGURE_MERGES, MERGE_PUT_OFF);
        meet->wanted = true;
        meet->merge_ms = turn->now_ms + MEET_SOON_MS;
    }
    meet_gather_stop(meet);
    return meet->wanted ? meet->merge_ms : INT64_MAX;
}

static int64_t sooner(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

int64_t meet_tick(struct scoring *scoring, struct turn *turn)
{
    struct meet *meet = scoring->meet;
    struct peers_answer answer;
    if (meet == NULL)
        return INT64_MAX;
    while (peers_take(meet->peers, &answer))
        if (!take_told(meet, turn, &answer) && !meet_gather_take(scoring, &answer))
            (void)meet_round_take(scoring, turn, &answer); // what nobody waits for any more is nothing
    notice(scoring);
    int64_t due_ms = INT64_MAX;
    if (meet->index > 0) {
        due_ms = tell_news(scoring, turn);
    } else {
        due_ms = merge_limits_of_all(scoring, turn);
        due_ms = sooner(due_ms, meet_tell(scoring, turn));
    }
    if (meet->held_end > 0 && !meet_waits(scoring) && release(scoring, turn))
        return turn->now_ms;
    return meet->patience_ms > turn->now_ms ? sooner(due_ms, meet->patience_ms) : due_ms;
}
