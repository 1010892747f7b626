#include "services/scoring/daily.h"

#include "common/must.h"
#include "services/scoring/announce.h"
#include "services/scoring/intake.h"
#include "services/scoring/judge.h"

#include <string.h>

// Customers a turn in each step: a few milliseconds.
enum { COUNT_PIECE = 20000, PREDICT_PIECE = 2000, JUDGE_PIECE = 1000 };

enum {
    FIT_DAYS = 7,                // the models are fitted anew after a week in which anything was bought,
    FIT_GROWTH_PERCENT = 20,     // or when so much more was,
    NOTICE_PERCENT = 5,          // and a round begins without waiting for the day when so much more was,
    NOTICE_LEAST = 20,           // and at least so many purchase days are new,
    NOTICE_QUIET_MS = 5000,      // once nothing more has come for a while: half an import tells nothing,
    NOTICE_PATIENCE_MS = 600000, // or, in a feed that never rests, so long after the last one
};

// Purchase days of all customers, ever.
static uint64_t purchase_days(struct scoring *scoring)
{
    return ledger_gaps(scoring->ledger)->count + rank_count(ledger_by_last(scoring->ledger));
}

static bool grown(uint64_t before, uint64_t now, uint64_t percent)
{
    return now > before && (now - before) * 100 >= before * percent;
}

void daily_want(struct scoring *scoring, enum daily_cause cause)
{
    scoring->round.again = true;
    scoring->round.again_historical |= cause != DAILY_DAY;
    scoring->round.again_retold |= cause == DAILY_RULES;
}

int64_t daily_notice(struct scoring *scoring, int64_t now_ms)
{
    struct core_round *round = &scoring->round;
    uint64_t days = purchase_days(scoring);
    if (days != round->seen_days) {
        round->seen_days = days;
        round->seen_ms = now_ms;
    }
    if (round->step != CORE_REST || round->again || days < round->purchase_days + NOTICE_LEAST ||
        !grown(round->purchase_days, days, NOTICE_PERCENT))
        return INT64_MAX;
    int64_t quiet_ms = round->seen_ms + NOTICE_QUIET_MS, patience_ms = round->ended_ms + NOTICE_PATIENCE_MS;
    int64_t due_ms = quiet_ms < patience_ms ? quiet_ms : patience_ms;
    if (now_ms < due_ms)
        return due_ms;
    daily_want(scoring, DAILY_GROWTH);
    return now_ms;
}

// --- the steps

static bool fit_is_due(struct scoring *scoring)
{
    const struct book *book = &scoring->book;
    uint64_t days = purchase_days(scoring);
    if (days == book->fit_purchase_days || fitting_busy(scoring->fitting))
        return false;
    if (book->fit_day == BOOK_NO_DAY)
        return true;
    return ledger_day(scoring->ledger) - book->fit_day >= FIT_DAYS ||
           grown(book->fit_purchase_days, days, FIT_GROWTH_PERCENT);
}

// Half of all gaps are no longer than so many days; 0 without gaps.
static double median_gap(const struct ledger *ledger)
{
    const struct gaps *gaps = ledger_gaps(ledger);
    uint64_t up_to = 0;
    for (uint32_t days = 1; days <= GAPS_DAYS_MAX; days++) {
        up_to += gaps->days[days];
        if (up_to * 2 >= gaps->count)
            return gaps->count == 0 ? 0 : days;
    }
    return 0;
}

static void start_predicting(struct scoring *scoring)
{
    scoring->round.step = CORE_PREDICT;
    scoring->round.slot = 0;
    dwyer_start(&scoring->round.silent, &scoring->options.judging.clv.dwyer);
}

static void start(struct scoring *scoring)
{
    struct core_round *round = &scoring->round;
    round->historical = round->again_historical;
    round->retold = round->again_retold;
    round->again = round->again_historical = round->again_retold = false;
    round->fitted = false;
    round->slot = 0;
    round->purchase_days = purchase_days(scoring);
    if (!fit_is_due(scoring)) {
        start_predicting(scoring);
        return;
    }
    round->step = CORE_COUNT;
    fitting_begin(scoring->fitting, ledger_day(scoring->ledger), median_gap(scoring->ledger), &scoring->book.buying);
}

static bool stock(struct scoring *scoring, struct turn *turn)
{
    if (!intake_stock(scoring, turn))
        start(scoring);
    return true;
}

static bool rest(struct scoring *scoring, struct turn *turn)
{
    if (!scoring->round.again)
        return false;
    if (scoring->goods_next != ARCHIVE_NO_ORDER)
        scoring->round.step = CORE_STOCK;
    else
        start(scoring);
    announce_keep(scoring, turn);
    return true;
}

static bool count(struct scoring *scoring, struct turn *turn)
{
    struct core_round *round = &scoring->round;
    uint32_t customers = ledger_count(scoring->ledger), every = customers / FITTING_CUSTOMERS_MAX + 1;
    (void)turn;
    for (uint32_t i = 0; i < COUNT_PIECE && round->slot < customers; i++, round->slot++) {
        const struct ledger_customer *customer = ledger_customer(scoring->ledger, round->slot);
        if (customer->days > 0 && round->slot % every == 0)
            fitting_add(scoring->fitting, customer->days - 1, customer->first_day, customer->last_day,
                        judge_repeat_mean(scoring, round->slot));
    }
    if (round->slot >= customers) {
        fitting_go(scoring->fitting);
        round->step = CORE_FIT;
    }
    return true;
}

static bool fit(struct scoring *scoring, struct turn *turn)
{
    struct book *book = &scoring->book;
    struct fit_result result;
    (void)turn;
    if (!fitting_take(scoring->fitting, &result))
        return false; // the thread wakes us
    book->fit_status = (uint8_t)result.status;
    book->spending_status = (uint8_t)result.spending_status;
    book->buying = result.buying;
    book->spending = result.spending;
    book->fit_customers = (uint64_t)result.customers;
    book->correlation_ppm = result.correlation_ppm;
    book->fit_day = ledger_day(scoring->ledger);
    book->fit_purchase_days = scoring->round.purchase_days;
    scoring->round.fitted = true;
    core_count(scoring, FIGURE_FITS, (size_t)result.status);
    start_predicting(scoring);
    return true;
}

// The customer's future anew.
static void refresh(struct scoring *scoring, uint32_t slot)
{
    if (ledger_customer(scoring->ledger, slot)->days > 0)
        rank_put(scoring->futures, slot, judge_future(scoring, slot));
    else
        rank_drop(scoring->futures, slot);
}

// What all customers' futures and silences say, as the next edition of the book.
static void write_book(struct scoring *scoring, struct turn *turn)
{
    struct book *book = &scoring->book;
    struct dwyer_counts *counts = &scoring->round.silent;
    const struct gaps *gaps = ledger_gaps(scoring->ledger);
    uint8_t *bytes = arena_take(turn->arena, BOOK_BYTES);
    rank_settle(scoring->futures, rank_count(scoring->futures));
    for (uint32_t days = 1; days <= GAPS_DAYS_MAX; days++)
        if (gaps->days[days] > 0)
            dwyer_gaps(counts, days, gaps->days[days]);
    dwyer_chances(&scoring->options.judging.clv.dwyer, counts, &book->chances);
    book->edition++;
    book->day = ledger_day(scoring->ledger);
    book->future_cut_micros = rank_cut_stand(scoring->futures, scoring->future_cut).value;
    book->satisfaction_micros = satisfaction_pool_mean(&scoring->pool);
    archive_put_book(turn->tx, &(struct slice){.bytes = bytes, .length = book_write(book, bytes)});
    if (scoring->round.fitted)
        wire_say_model(turn, book, scoring->options.judging.clv.dwyer.period_days);
}

static bool predict(struct scoring *scoring, struct turn *turn)
{
    struct core_round *round = &scoring->round;
    uint32_t customers = ledger_count(scoring->ledger);
    for (uint32_t i = 0; i < PREDICT_PIECE && round->slot < customers; i++, round->slot++) {
        const struct ledger_customer *customer = ledger_customer(scoring->ledger, round->slot);
        refresh(scoring, round->slot);
        if (customer->days > 0)
            dwyer_silent(&round->silent, ledger_day(scoring->ledger) - customer->last_day, 1);
    }
    if (round->slot >= customers) {
        write_book(scoring, turn);
        round->step = CORE_JUDGE;
        round->slot = 0;
    }
    return true;
}

static bool judge_all(struct scoring *scoring, struct turn *turn)
{
    struct core_round *round = &scoring->round;
    uint32_t customers = ledger_count(scoring->ledger);
    for (uint32_t i = 0; i < JUDGE_PIECE && round->slot < customers; i++)
        announce_anew(scoring, turn, round->slot++, round->historical, round->retold);
    if (round->slot >= customers) {
        round->step = CORE_REST;
        round->ended_ms = turn->now_ms;
    }
    announce_keep(scoring, turn);
    return true;
}

bool daily_piece(struct scoring *scoring, struct turn *turn)
{
    static bool (*const steps[])(struct scoring *, struct turn *) = {
        [CORE_REST] = rest, [CORE_STOCK] = stock,     [CORE_COUNT] = count,
        [CORE_FIT] = fit,   [CORE_PREDICT] = predict, [CORE_JUDGE] = judge_all};
    return steps[scoring->round.step](scoring, turn);
}

void daily_reload(struct scoring *scoring, struct turn *turn)
{
    struct slice bytes;
    book_start(&scoring->book);
    if (archive_get_book(turn->tx, &bytes) && !book_read(bytes.bytes, bytes.length, &scoring->book))
        book_start(&scoring->book); // of another version: the next round writes a new one
    fitting_abandon(scoring->fitting);
    rank_clear(scoring->futures);
    scoring->round = (struct core_round){.step = CORE_REST,
                                         .again = ledger_count(scoring->ledger) > 0,
                                         .purchase_days = scoring->book.fit_purchase_days};
}
