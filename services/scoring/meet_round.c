#include "services/scoring/meet_state.h"

#include "common/must.h"
#include "services/scoring/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_GOOD = 200, STATUS_LATER = 409 };

uint64_t meet_customers(const struct scoring *scoring)
{
    return meet_leads(scoring) ? scoring->meet->customers : ledger_count(scoring->ledger);
}

uint64_t meet_purchase_days(const struct scoring *scoring)
{
    if (meet_leads(scoring))
        return scoring->meet->purchase_days;
    return ledger_gaps(scoring->ledger)->count + rank_count(ledger_by_last(scoring->ledger));
}

const struct gaps *meet_gaps(const struct scoring *scoring)
{
    return meet_leads(scoring) ? &scoring->meet->gaps : ledger_gaps(scoring->ledger);
}

bool meet_may_start(struct scoring *scoring, const struct turn *turn)
{
    struct meet *meet = scoring->meet;
    if (!meet_leads(scoring) || meet->merged_day == ledger_day(scoring->ledger)) {
        if (meet != NULL)
            meet->patience_ms = 0;
        return true;
    }
    if (meet->patience_ms == 0)
        meet->patience_ms = turn->now_ms + MEET_PATIENCE_MS;
    if (turn->now_ms < meet->patience_ms)
        return false;
    meet->patience_ms = 0;
    return true;
}

// Whether the patience of this step, which begins when it is first asked, has come to its end.
static bool patience_ends(struct meet *meet, const struct turn *turn)
{
    if (meet->patience_ms == 0)
        meet->patience_ms = turn->now_ms + MEET_PATIENCE_MS;
    return turn->now_ms >= meet->patience_ms;
}

// --- counting for the fit

static void ask_count(struct scoring *scoring, unsigned which)
{
    struct meet *meet = scoring->meet;
    char request[PEERS_REQUEST_BYTES];
    snprintf(request, sizeof request, "GET /v1/shard/count?day=%d&from=%u&every=%u", ledger_day(scoring->ledger),
             meet->sides[which].count_from, (unsigned)(meet->customers / FITTING_CUSTOMERS_MAX + 1));
    meet->sides[which].count_question = peers_ask(meet->peers, which, request, NULL, 0);
}

// A page: the customers' purchases, then from which slot to go on, 0 when there is none.
static void take_count(struct scoring *scoring, struct meet_side *side, const struct peers_answer *answer)
{
    struct parcel parcel = parcel_to_read(answer->body, answer->length);
    side->count_question = 0;
    side->count_failed = answer->status != STATUS_GOOD;
    for (uint64_t days; !side->count_failed && (days = parcel_get(&parcel)) > 0;) {
        int32_t first = 0, last = 0;
        double mean = 0;
        parcel_day(&parcel, &first);
        parcel_day(&parcel, &last);
        parcel_real(&parcel, &mean);
        if (parcel.good && days <= UINT32_MAX)
            fitting_add(scoring->fitting, (uint32_t)days - 1, first, last, mean);
    }
    uint64_t next = side->count_failed ? 0 : parcel_get(&parcel);
    side->count_failed |= !parcel_whole(&parcel) || next > UINT32_MAX;
    side->counted = next == 0;
    side->count_from = (uint32_t)next;
}

static void end_count(struct meet *meet)
{
    for (unsigned i = 1; i < meet->count; i++) {
        struct meet_side *side = &meet->sides[i];
        side->count_question = 0;
        side->count_from = 0;
        side->counted = side->count_failed = false;
    }
    meet->patience_ms = 0;
}

enum meet_outcome meet_count(struct scoring *scoring, const struct turn *turn)
{
    struct meet *meet = scoring->meet;
    bool all = true, failed = patience_ends(meet, turn);
    for (unsigned i = 1; i < meet->count; i++) {
        const struct meet_side *side = &meet->sides[i];
        failed |= side->count_failed;
        all &= side->counted && !side->count_failed;
        if (!side->counted && side->count_question == 0 && !failed)
            ask_count(scoring, i);
    }
    if (!all && !failed)
        return MEET_WAITING;
    end_count(meet);
    return all ? MEET_DONE : MEET_FAILED;
}

// --- the futures

void meet_order(struct scoring *scoring, struct turn *turn)
{
    struct meet *meet = scoring->meet;
    if (!meet_leads(scoring))
        return;
    meet->target = scoring->book.edition + 1;
    meet->patience_ms = meet->futures_ms = 0;
    for (unsigned i = 1; i < meet->count; i++)
        meet->sides[i].order_due = true;
    (void)meet_tell(scoring, turn);
}

void meet_predicted(struct scoring *scoring)
{
    struct meet *meet = scoring->meet;
    meet->predicted = meet->target;
    meet->news++;
}

static void end_futures(struct meet *meet)
{
    if (meet->job == MEET_FUTURES_JOB)
        meet_gather_stop(meet);
    meet->patience_ms = meet->futures_ms = 0;
    for (unsigned i = 1; i < meet->count; i++)
        meet->sides[i].order_due = false;
}

static void add_census(struct meet_census *sum, const struct meet_census *part)
{
    sum->pool.customers += part->pool.customers;
    sum->pool.sum += part->pool.sum;
    for (unsigned i = 0; i < sum->silent.states && i < part->silent.states; i++) {
        sum->silent.exposed_days[i] += part->silent.exposed_days[i];
        sum->silent.bought[i] += part->silent.bought[i];
    }
}

static void find(struct scoring *scoring, struct meet_findings *ret_findings)
{
    const struct meet *meet = scoring->meet;
    *ret_findings = (struct meet_findings){.future_cut_micros = merge_future(meet->merge).value,
                                           .census = meet_own_census(scoring),
                                           .gaps = merge_gaps(meet->merge)};
    for (unsigned i = 1; i < meet->count; i++)
        add_census(&ret_findings->census, &meet->parts[i][MERGE_FUTURES].census);
}

enum meet_outcome meet_futures(struct scoring *scoring, const struct turn *turn, struct meet_findings *ret_findings)
{
    struct meet *meet = scoring->meet;
    struct limits nobody;
    enum meet_outcome outcome = MEET_WAITING;
    bool late = patience_ends(meet, turn);
    if (meet->job == MEET_NO_JOB && (meet->poked || turn->now_ms >= meet->futures_ms)) {
        meet->poked = false;
        meet_gather_start(scoring, MEET_FUTURES_JOB);
    }
    if (meet->job == MEET_FUTURES_JOB)
        outcome = meet_gather_end(scoring, &nobody);
    if (outcome == MEET_DONE) {
        find(scoring, ret_findings);
        end_futures(meet);
    } else if (late) {
        outcome = MEET_FAILED;
        end_futures(meet);
    } else if (outcome == MEET_FAILED) {
        // Somebody is not ready yet.
        meet_gather_stop(meet);
        meet->futures_ms = turn->now_ms + MEET_SOON_MS;
        outcome = MEET_WAITING;
    }
    return outcome;
}

void meet_book(struct scoring *scoring)
{
    struct meet *meet = scoring->meet;
    meet->book_historical = scoring->round.historical;
    meet->book_retold = scoring->round.retold;
    for (unsigned i = 1; i < meet->count; i++)
        meet->sides[i].book_due = true;
}

bool meet_waited(const struct scoring *scoring, const struct turn *turn)
{
    struct meet *meet = scoring->meet;
    if (!patience_ends(meet, turn))
        return false;
    meet->patience_ms = 0;
    return true;
}

// --- telling

static void tell_order(struct scoring *scoring, unsigned which)
{
    struct meet *meet = scoring->meet;
    struct meet_side *side = &meet->sides[which];
    uint8_t body[BOOK_BYTES + 64], book[BOOK_BYTES];
    int32_t day = ledger_day(scoring->ledger);
    struct parcel parcel = parcel_to_write(body, sizeof body);
    parcel_day(&parcel, &day);
    parcel_put(&parcel, meet->target);
    parcel_bytes(&parcel, book, book_write(&scoring->book, book));
    side->order_question = peers_ask(meet->peers, which, "POST /v1/shard/predict", body, parcel.used);
    side->order_due = side->order_question == 0;
}

static void tell_book(struct scoring *scoring, unsigned which)
{
    struct meet *meet = scoring->meet;
    struct meet_side *side = &meet->sides[which];
    uint8_t body[BOOK_BYTES + 64], book[BOOK_BYTES];
    struct parcel parcel = parcel_to_write(body, sizeof body);
    parcel_put(&parcel, meet->book_historical);
    parcel_put(&parcel, meet->book_retold);
    parcel_bytes(&parcel, book, book_write(&scoring->book, book));
    side->book_question = peers_ask(meet->peers, which, "POST /v1/shard/book", body, parcel.used);
    side->book_due = side->book_question == 0;
}

static void tell_limits(struct scoring *scoring, unsigned which)
{
    struct meet *meet = scoring->meet;
    struct meet_side *side = &meet->sides[which];
    side->limits_question = peers_ask(meet->peers, which, "POST /v1/shard/limits", meet->packed, meet->packed_length);
    side->limits_due = side->limits_question == 0;
}

int64_t meet_tell(struct scoring *scoring, struct turn *turn)
{
    struct meet *meet = scoring->meet;
    int64_t due_ms = meet->futures_ms > turn->now_ms ? meet->futures_ms : INT64_MAX;
    for (unsigned i = 1; i < meet->count; i++) {
        struct meet_side *side = &meet->sides[i];
        bool limits = side->limits_due && side->limits_question == 0 && meet->known;
        bool book = side->book_due && side->book_question == 0 && scoring->book.edition > 0;
        bool order = side->order_due && side->order_question == 0;
        if ((limits || book || order) && turn->now_ms < side->retry_ms) {
            due_ms = side->retry_ms < due_ms ? side->retry_ms : due_ms;
            continue;
        }
        if (limits)
            tell_limits(scoring, i);
        if (book)
            tell_book(scoring, i);
        if (order)
            tell_order(scoring, i);
    }
    return due_ms;
}

// What was told and not heard is due again. An order is also too early where the day has not begun.
static bool take_told(struct meet_side *side, const struct turn *turn, const struct peers_answer *answer)
{
    bool order = answer->id == side->order_question, limits = answer->id == side->limits_question,
         book = answer->id == side->book_question;
    if (!order && !limits && !book)
        return false;
    if (order)
        side->order_question = 0;
    if (limits)
        side->limits_question = 0;
    if (book)
        side->book_question = 0;
    bool early = order && answer->status == STATUS_LATER;
    bool unheard = answer->status != STATUS_GOOD && answer->status != STATUS_LATER;
    side->order_due |= order && (early || unheard);
    side->limits_due |= limits && unheard;
    side->book_due |= book && unheard;
    if (early || unheard)
        side->retry_ms = turn->now_ms + (early ? MEET_SOON_MS : MEET_RETRY_MS);
    return true;
}

bool meet_round_take(struct scoring *scoring, const struct turn *turn, const struct peers_answer *answer)
{
    struct meet *meet = scoring->meet;
    if (meet->index > 0 || answer->from >= meet->count)
        return false;
    struct meet_side *side = &meet->sides[answer->from];
    if (answer->id == side->count_question) {
        take_count(scoring, side, answer);
        return true;
    }
    return take_told(side, turn, answer);
}
