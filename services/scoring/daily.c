#include "services/scoring/daily.h"

#include "common/must.h"
#include "services/scoring/announce.h"
#include "services/scoring/hints.h"
#include "services/scoring/intake.h"
#include "services/scoring/judge.h"
#include "services/scoring/meet.h"

#include <string.h>

// Customers a turn in each step: a few milliseconds.
enum { COUNT_PIECE = 20000, PREDICT_PIECE = 2000, JUDGE_PIECE = 1000 };

enum {
    WEEK_DAYS = 7,           // the models are fitted anew each Monday, or the first day after it: silence is news, too,
    FIRST_MONDAY = 4,        // days after 1 January 1970
    FIT_GROWTH_PERCENT = 20, // or when so much more was bought,
    NOTICE_PERCENT = 5,      // and a round begins without waiting for the day when so much more was,
    NOTICE_LEAST = 20,       // and at least so many purchase days are new,
    NOTICE_QUIET_MS = 5000,  // once nothing more has come for a while: half an import tells nothing,
    NOTICE_PATIENCE_MS = 600000, // or, in a feed that never rests, so long after it was
};

static bool grown(uint64_t before, uint64_t now, uint64_t percent)
{
    return now > before && (now - before) * 100 >= before * percent;
}

void daily_want(struct scoring *scoring, enum daily_cause cause)
{
    struct core_round *round = &scoring->round;
    round->again = true;
    round->again_historical |= cause != DAILY_DAY;
    round->again_retold |= cause == DAILY_RULES;
    round->historical |= cause == DAILY_RULES;
}

enum archive_round daily_owed(const struct scoring *scoring)
{
    const struct core_round *round = &scoring->round;
    bool begun = round->step != CORE_REST && round->step != CORE_STOCK && round->step != CORE_HINT;
    if (round->again_retold || (begun && round->retold))
        return ARCHIVE_ROUND_OF_RULES;
    if (round->again_historical || (begun && round->historical))
        return ARCHIVE_ROUND_OF_GROWTH;
    return begun || round->again ? ARCHIVE_ROUND : ARCHIVE_AT_REST;
}

// So much was bought since the last round that another one should not wait for the day.
static bool much_is_new(struct scoring *scoring)
{
    uint64_t before = scoring->round.purchase_days, now = meet_purchase_days(scoring);
    return now >= before + NOTICE_LEAST && grown(before, now, NOTICE_PERCENT);
}

int64_t daily_notice(struct scoring *scoring, int64_t now_ms)
{
    struct core_round *round = &scoring->round;
    uint64_t days = meet_purchase_days(scoring);
    if (meet_follows(scoring))
        return INT64_MAX; // process 0 notices for all
    if (days != round->seen_days) {
        round->seen_days = days;
        round->seen_ms = now_ms;
    }
    if (round->step != CORE_REST || round->again || !much_is_new(scoring)) {
        round->grown_ms = 0;
        return INT64_MAX;
    }
    if (round->grown_ms == 0)
        round->grown_ms = now_ms;
    int64_t quiet_ms = round->seen_ms + NOTICE_QUIET_MS, patience_ms = round->grown_ms + NOTICE_PATIENCE_MS;
    int64_t due_ms = quiet_ms < patience_ms ? quiet_ms : patience_ms;
    if (now_ms < due_ms)
        return due_ms;
    daily_want(scoring, DAILY_GROWTH);
    return now_ms;
}

// --- the steps

// The same day for everybody, so that it makes no difference when the last fit was.
static int32_t week_of(int32_t day)
{
    int32_t since = day - FIRST_MONDAY;
    return since / WEEK_DAYS - (since % WEEK_DAYS < 0);
}

static bool fit_is_due(struct scoring *scoring)
{
    const struct book *book = &scoring->book;
    uint64_t days = meet_purchase_days(scoring);
    if (meet_follows(scoring) || fitting_busy(scoring->fitting))
        return false;
    if (scoring->round.retold)
        return true; // in another currency, by other rates
    if (book->fit_day == BOOK_NO_DAY)
        return days > 0;
    return week_of(ledger_day(scoring->ledger)) > week_of(book->fit_day) ||
           grown(book->fit_purchase_days, days, FIT_GROWTH_PERCENT);
}

// Half of all gaps are no longer than so many days; 0 without gaps.
static double median_gap(const struct gaps *gaps)
{
    uint64_t up_to = 0;
    for (uint32_t days = 1; days <= GAPS_DAYS_MAX; days++) {
        up_to += gaps->days[days];
        if (up_to * 2 >= gaps->count)
            return gaps->count == 0 ? 0 : days;
    }
    return 0;
}

static void start_judging(struct scoring *scoring)
{
    scoring->round.step = CORE_JUDGE;
    scoring->round.slot = 0;
}

static void start_predicting(struct scoring *scoring)
{
    scoring->round.ordered = false;
    scoring->round.step = CORE_PREDICT;
    scoring->round.slot = 0;
    dwyer_start(&scoring->round.silent, &scoring->options.judging.clv.dwyer);
}

static void start(struct scoring *scoring, struct turn *turn)
{
    struct core_round *round = &scoring->round;
    round->historical = round->again_historical;
    round->retold = round->again_retold;
    round->again = round->again_historical = round->again_retold = false;
    round->fitted = false;
    round->slot = 0;
    round->purchase_days = meet_purchase_days(scoring);
    if (!fit_is_due(scoring)) {
        start_predicting(scoring);
        meet_order(scoring, turn);
        return;
    }
    round->step = CORE_COUNT;
    fitting_begin(scoring->fitting, ledger_day(scoring->ledger), median_gap(meet_gaps(scoring)));
}

static bool stock(struct scoring *scoring, struct turn *turn)
{
    if (!intake_stock(scoring, turn))
        start(scoring, turn);
    return true;
}

static bool rest(struct scoring *scoring, struct turn *turn)
{
    if (scoring->round.again_retold && fitting_busy(scoring->fitting))
        return false; // one that nobody wants any more; its end wakes us
    if (!scoring->round.again || !meet_may_start(scoring, turn))
        return false;
    if (scoring->goods_next != ARCHIVE_NO_ORDER)
        scoring->round.step = CORE_STOCK;
    else
        start(scoring, turn);
    announce_keep(scoring, turn);
    return true;
}

static void go_fitting(struct scoring *scoring)
{
    fitting_go(scoring->fitting);
    scoring->round.step = CORE_FIT;
}

static bool count(struct scoring *scoring, struct turn *turn)
{
    struct core_round *round = &scoring->round;
    uint32_t customers = ledger_count(scoring->ledger);
    uint32_t every = (uint32_t)(meet_customers(scoring) / FITTING_CUSTOMERS_MAX + 1);
    (void)turn;
    for (uint32_t i = 0; i < COUNT_PIECE && round->slot < customers; i++, round->slot++) {
        const struct ledger_customer *customer = ledger_customer(scoring->ledger, round->slot);
        if (customer->days > 0 && round->slot % every == 0)
            fitting_add(scoring->fitting, customer->days - 1, customer->first_day, customer->last_day,
                        judge_repeat_mean(scoring, round->slot));
    }
    if (round->slot >= customers) {
        round->step = CORE_CENSUS;
        if (scoring->meet == NULL)
            go_fitting(scoring);
    }
    return true;
}

// Without those of a process that is away there is no fit: the model stays.
static bool census(struct scoring *scoring, struct turn *turn)
{
    switch (meet_count(scoring, turn)) {
    case MEET_WAITING:
        return false; // an answer wakes us
    case MEET_DONE:
        go_fitting(scoring);
        return true;
    default:
        fitting_abandon(scoring->fitting);
        start_predicting(scoring);
        meet_order(scoring, turn);
        return true;
    }
}

static bool fit(struct scoring *scoring, struct turn *turn)
{
    struct book *book = &scoring->book;
    struct fit_result result;
    if (!fitting_take(scoring->fitting, &result))
        return false; // the thread wakes us
    book->fit_status = (uint8_t)result.status;
    book->spending_status = (uint8_t)result.spending_status;
    book->fitted = result.status == FIT_GOOD || result.status == FIT_NO_DROPOUT;
    book->buying = result.buying;
    book->spending = result.spending;
    book->fit_customers = (uint64_t)result.customers;
    book->correlation_ppm = result.correlation_ppm;
    book->fit_day = ledger_day(scoring->ledger);
    book->fit_purchase_days = scoring->round.purchase_days;
    scoring->round.fitted = true;
    core_count(scoring, FIGURE_FITS, (size_t)result.status);
    start_predicting(scoring);
    meet_order(scoring, turn);
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
static void find_book(struct scoring *scoring, struct meet_findings *findings)
{
    struct book *book = &scoring->book;
    struct dwyer_counts *counts = &findings->census.silent;
    const struct gaps *gaps = findings->gaps;
    for (uint32_t days = 1; days <= GAPS_DAYS_MAX; days++)
        if (gaps->days[days] > 0)
            dwyer_gaps(counts, days, gaps->days[days]);
    dwyer_chances(&scoring->options.judging.clv.dwyer, counts, &book->chances);
    book->edition++;
    book->day = ledger_day(scoring->ledger);
    book->purchase_days = scoring->round.purchase_days;
    book->future_cut_micros = findings->future_cut_micros;
    book->satisfaction_micros = satisfaction_pool_mean(&findings->census.pool);
}

// What the customers of this process alone say.
static struct meet_findings own_findings(struct scoring *scoring)
{
    rank_settle(scoring->futures, rank_count(scoring->futures));
    return (struct meet_findings){
        .future_cut_micros = rank_cut_stand(scoring->futures, scoring->future_cut).value,
        .census = {.silent = scoring->round.silent, .pool = scoring->pool},
        .gaps = ledger_gaps(scoring->ledger),
    };
}

static void write_book(struct scoring *scoring, struct turn *turn, struct meet_findings *findings)
{
    const struct book *book = &scoring->book;
    uint8_t *bytes = arena_take(turn->arena, BOOK_BYTES);
    find_book(scoring, findings);
    archive_put_book(turn->tx, &(struct slice){.bytes = bytes, .length = book_write(book, bytes)});
    if (scoring->round.fitted)
        wire_say_model(turn, book, scoring->options.judging.clv.dwyer.period_days);
}

// Looks at the customer of the round's slot: its future, and its silence.
static void predict_one(struct scoring *scoring)
{
    struct core_round *round = &scoring->round;
    const struct ledger_customer *customer = ledger_customer(scoring->ledger, round->slot);
    refresh(scoring, round->slot);
    if (customer->days > 0)
        dwyer_silent(&round->silent, ledger_day(scoring->ledger) - customer->last_day, 1);
}

static bool predict(struct scoring *scoring, struct turn *turn)
{
    struct core_round *round = &scoring->round;
    uint32_t customers = ledger_count(scoring->ledger);
    for (uint32_t i = 0; i < PREDICT_PIECE && round->slot < customers; i++, round->slot++)
        predict_one(scoring);
    if (round->slot < customers)
        return true;
    if (scoring->meet == NULL) {
        struct meet_findings findings = own_findings(scoring);
        write_book(scoring, turn, &findings);
        start_judging(scoring);
        return true;
    }
    meet_predicted(scoring);
    // After a start a follower may have the book of this day already, and no order to help with the next.
    bool current = meet_follows(scoring) && !round->ordered && scoring->book.day == ledger_day(scoring->ledger);
    round->step = CORE_MEET;
    if (current)
        start_judging(scoring);
    return true;
}

// Process 0 makes the next edition of what all found; the others wait for it. In vain, the last one holds.
static bool meet_all(struct scoring *scoring, struct turn *turn)
{
    struct meet_findings findings;
    enum meet_outcome outcome = MEET_WAITING;
    if (meet_leads(scoring))
        outcome = meet_futures(scoring, turn, &findings);
    else if (meet_waited(scoring, turn))
        outcome = MEET_FAILED;
    if (outcome == MEET_DONE) {
        write_book(scoring, turn, &findings);
        meet_book(scoring);
    }
    if (outcome != MEET_WAITING)
        start_judging(scoring);
    return outcome != MEET_WAITING;
}

bool daily_ready(const struct scoring *scoring)
{
    return scoring->round.step != CORE_STOCK && !meet_waits(scoring);
}

void daily_predict(struct scoring *scoring)
{
    struct core_round *round = &scoring->round;
    if (round->step == CORE_REST)
        round->historical = round->retold = false;
    round->fitted = false;
    start_predicting(scoring);
    round->ordered = true;
}

void daily_judge(struct scoring *scoring, bool historical, bool retold)
{
    struct core_round *round = &scoring->round;
    bool fresh = round->step == CORE_REST;
    round->historical = historical || round->again_historical || (!fresh && round->historical);
    round->retold = retold || round->again_retold || (!fresh && round->retold);
    round->again = round->again_historical = round->again_retold = false;
    start_judging(scoring);
}

void daily_foresee(struct scoring *scoring)
{
    struct core_round *round = &scoring->round;
    must(round->step == CORE_REST);
    start_predicting(scoring);
    for (; round->slot < ledger_count(scoring->ledger); round->slot++)
        predict_one(scoring);
    struct meet_findings findings = own_findings(scoring);
    find_book(scoring, &findings);
    round->step = CORE_REST;
}

static bool judge_all(struct scoring *scoring, struct turn *turn)
{
    struct core_round *round = &scoring->round;
    uint32_t customers = ledger_count(scoring->ledger);
    for (uint32_t i = 0; i < JUDGE_PIECE && round->slot < customers; i++)
        announce_anew(scoring, turn, round->slot++, round->historical, round->retold);
    if (round->slot >= customers) {
        round->historical = round->retold = false;
        round->step = hints_begin(scoring) ? CORE_HINT : CORE_REST;
    }
    announce_keep(scoring, turn);
    return true;
}

static bool hint(struct scoring *scoring, struct turn *turn)
{
    if (!hints_piece(scoring, turn))
        scoring->round.step = CORE_REST;
    return true;
}

bool daily_piece(struct scoring *scoring, struct turn *turn)
{
    if (meet_waits(scoring) && scoring->round.step != CORE_STOCK)
        return false; // for the limits: what is judged before would be wrong
    static bool (*const steps[])(struct scoring *, struct turn *) = {
        [CORE_REST] = rest,       [CORE_STOCK] = stock,     [CORE_COUNT] = count,
        [CORE_CENSUS] = census,   [CORE_MEET] = meet_all,   [CORE_FIT] = fit,
        [CORE_PREDICT] = predict, [CORE_JUDGE] = judge_all, [CORE_HINT] = hint};
    return steps[scoring->round.step](scoring, turn);
}

void daily_reload(struct scoring *scoring, struct turn *turn)
{
    struct slice bytes;
    book_start(&scoring->book);
    if (archive_get_book(turn->tx, &bytes) && !book_read(bytes.bytes, bytes.length, &scoring->book))
        book_start(&scoring->book); // of another version: the next round writes a new one
    fitting_abandon(scoring->fitting);
    hints_forget(scoring);
    rank_clear(scoring->futures);
    scoring->round = (struct core_round){
        .step = CORE_REST, .again = ledger_count(scoring->ledger) > 0, .purchase_days = scoring->book.purchase_days};
    if (!meet_follows(scoring) && much_is_new(scoring))
        daily_want(scoring, DAILY_GROWTH);
}
