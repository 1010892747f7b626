#include "services/scoring/scoring.h"

#include "common/must.h"
#include "common/zone.h"
#include "services/scoring/announce.h"
#include "services/scoring/core.h"
#include "services/scoring/intake.h"
#include "services/scoring/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MINUTE_MS = 60000, // timers fire on full minutes: nobody's silence is told to the millisecond
    RULES_BYTES = 256,
};

const struct ledger *scoring_ledger(const struct scoring *scoring)
{
    return scoring->ledger;
}

struct scoring *scoring_open(const struct scoring_options *options)
{
    const char *key;
    must(options_trouble(options, &key) == NULL);
    struct scoring *scoring = calloc(1, sizeof *scoring);
    must(scoring != NULL);
    scoring->options = *options;
    struct ledger_options book = options_ledger(options);
    scoring->ledger = ledger_open(&book);
    scoring->trail = trail_open();
    scoring->archive = archive_open();
    scoring->terms.measure = (enum terms_measure)options->abc.measure;
    scoring->terms.refund_on_order_day = options->abc.refunds != 0;
    scoring->sweep = CORE_SWEEP_NONE;
    char text[RULES_BYTES];
    int length =
        snprintf(text, sizeof text, "%u %u %u %u %u %u %u %u %u %d %d", book.cut_a_ppm, book.cut_b_ppm, book.margin_ppm,
                 book.window_days, book.overdue_factor_ppm, book.overdue_repeats, book.drop_quantile_ppm,
                 book.drop_sample, book.drop_repeats, options->abc.measure, options->abc.refunds);
    must(length > 0 && length < RULES_BYTES);
    hash_content(text, (size_t)length, scoring->rules);
    return scoring;
}

void scoring_close(struct scoring **scoring)
{
    if (*scoring == NULL)
        return;
    ledger_close(&(*scoring)->ledger);
    trail_close(&(*scoring)->trail);
    archive_close(&(*scoring)->archive);
    zone_close(&(*scoring)->zone);
    free((*scoring)->rates);
    free((*scoring)->touches);
    free(*scoring);
    *scoring = NULL;
}

static void show_figures(struct scoring *scoring)
{
    if (!scoring->figured)
        return;
    metric_set(scoring->figures[FIGURE_CUSTOMERS], 0, ledger_count(scoring->ledger));
    const uint64_t odd[] = {scoring->odd.no_rate, scoring->odd.no_cost, scoring->odd.excess};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        metric_set(scoring->figures[FIGURE_ODD_ORDERS], i, (double)odd[i]);
}

// --- what comes

static void apply_event(struct scoring *scoring, struct turn *turn, const struct record *record)
{
    struct wire_event event;
    wire_read_event(turn, record, &event);
    if (event.kind == WIRE_BAD)
        core_count(scoring, FIGURE_ORDER_EVENTS, OUTCOME_BAD);
    else if (event.kind == WIRE_CARRIED)
        turn_forward(turn, record);
    else if (event.kind != WIRE_ENDS)
        intake_order(scoring, turn, &event);
}

// New common rules are a new reading of every order; the same ones again are nothing.
static void apply_settings(struct scoring *scoring, struct turn *turn, const struct record *record)
{
    struct slice known;
    turn_forward(turn, record);
    if (archive_get_settings(turn->tx, &known) && known.length == record->length &&
        memcmp(known.bytes, record->payload, record->length) == 0)
        return;
    announce_events(scoring, turn); // what came before them, by the rules before them
    if (!intake_rules(scoring, turn, record->payload, record->length)) {
        core_count(scoring, FIGURE_ORDER_EVENTS, OUTCOME_BAD);
        return;
    }
    archive_put_settings(turn->tx, record->payload, record->length);
    intake_rebuild(scoring, turn, ledger_as_of(scoring->ledger));
    if (ledger_count(scoring->ledger) > 0)
        announce_later(scoring, turn);
}

// A new service has not been anywhere in time yet.
static void begin_time(struct scoring *scoring, struct turn *turn, int64_t now_ms)
{
    if (ledger_as_of(scoring->ledger) <= 0 && now_ms > 0)
        intake_rebuild(scoring, turn, now_ms);
}

static void apply(void *self, struct turn *turn, const struct record *record)
{
    begin_time(self, turn, turn->now_ms);
    enum wire_type type = wire_type_of(record);
    if (type == WIRE_EVENT)
        apply_event(self, turn, record);
    else if (type == WIRE_SETTINGS)
        apply_settings(self, turn, record);
}

// --- time

static int64_t minute_after(int64_t time_ms)
{
    if (time_ms > INT64_MAX - MINUTE_MS)
        return INT64_MAX;
    return time_ms % MINUTE_MS == 0 ? time_ms : (time_ms / MINUTE_MS + 1) * MINUTE_MS;
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    struct scoring *scoring = self;
    begin_time(scoring, turn, now_ms);
    announce_events(scoring, turn);
    if (now_ms < ledger_as_of(scoring->ledger))
        now_ms = ledger_as_of(scoring->ledger);
    bool more = false;
    if (scoring->sweep != CORE_SWEEP_NONE) {
        announce_sweep(scoring, turn);
        more = scoring->sweep != CORE_SWEEP_NONE;
    }
    int32_t today = terms_day(&scoring->terms, now_ms);
    if (ledger_day(scoring->ledger) < today) {
        intake_next_day(scoring, turn); // one a turn
        more |= ledger_day(scoring->ledger) < today;
    }
    if (ledger_day(scoring->ledger) == today)
        ledger_advance(scoring->ledger, now_ms);
    announce_clock(scoring, turn);
    if (more)
        return now_ms;
    int64_t midnight_ms = terms_day_start(&scoring->terms, today + 1);
    int64_t due_ms = minute_after(ledger_due(scoring->ledger));
    return due_ms < midnight_ms ? due_ms : midnight_ms;
}

static void settle(void *self, struct turn *turn)
{
    announce_events(self, turn);
    show_figures(self);
}

// --- start

static void reload(void *self, struct turn *turn)
{
    struct scoring *scoring = self;
    struct archive_clock clock = {.sweep = CORE_SWEEP_NONE};
    struct slice settings;
    if (archive_get_settings(turn->tx, &settings))
        (void)intake_rules(scoring, turn, settings.bytes, settings.length);
    bool known = archive_get_clock(turn->tx, &clock);
    intake_rebuild(scoring, turn, clock.as_of_ms);
    bool same = !known || memcmp(clock.rules, scoring->rules, HASH_BYTES) == 0;
    scoring->sweep = same ? clock.sweep : 0;
    show_figures(scoring);
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    (void)request;
    reply_error(turn, 404, "path", "scoring answers questions only; what it is told comes through ingest", ret_reply);
}

static void query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    query_answer(self, turn, request, ret_reply);
}

static void declare(void *self, struct metrics *metrics)
{
    static const char *const outcomes[] = {"changed", "repeated", "bad"};
    static const char *const dimensions[] = {"abc", "overdue", "drop"};
    static const char *const oddities[] = {"no_rate", "no_cost", "refunded_beyond"};
    static const struct metric_def defs[FIGURES] = {
        [FIGURE_ORDER_EVENTS] = {.name = "scoring_order_events_total",
                                 .help = "Order events by what became of them.",
                                 .kind = METRIC_COUNTER,
                                 .labels = {{"outcome", outcomes, OUTCOMES}}},
        [FIGURE_REFUNDS_FULL] = {.name = "scoring_refunds_passed_over_total",
                                 .help = "Refunds beyond the most that one order may have.",
                                 .kind = METRIC_COUNTER},
        [FIGURE_CHANGES] = {.name = "scoring_changes_total",
                            .help = "Announced changes.",
                            .kind = METRIC_COUNTER,
                            .labels = {{"dimension", dimensions, LEDGER_DIMENSIONS}}},
        [FIGURE_CUSTOMERS] = {.name = "scoring_customers",
                              .help = "Customers with an order, ever.",
                              .kind = METRIC_GAUGE},
        [FIGURE_ODD_ORDERS] = {.name = "scoring_odd_orders",
                               .help = "Orders that count for less than they say, by the reason.",
                               .kind = METRIC_GAUGE,
                               .labels = {{"reason", oddities, 3}}},
    };
    struct scoring *scoring = self;
    metrics_declare(metrics, defs, FIGURES, scoring->figures);
    scoring->figured = true;
}

const struct service scoring_service = {
    .name = "scoring",
    .follows = "ingest",
    .tables = archive_tables,
    .table_count = ARCHIVE_TABLES,
    .waits_for_upstream = true,
    .apply = apply,
    .tick = tick,
    .settle = settle,
    .command = command,
    .query = query,
    .reload = reload,
    .declare = declare,
};
