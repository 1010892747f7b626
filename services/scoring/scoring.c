#include "services/scoring/scoring.h"

#include "common/audit.h"
#include "common/config_state.h"
#include "common/must.h"
#include "common/zone.h"
#include "services/scoring/announce.h"
#include "services/scoring/core.h"
#include "services/scoring/daily.h"
#include "services/scoring/holdings.h"
#include "services/scoring/intake.h"
#include "services/scoring/lately.h"
#include "services/scoring/meet.h"
#include "services/scoring/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MINUTE_MS = 60000, // timers fire on full minutes: nobody's silence is told to the millisecond
};

const struct ledger *scoring_ledger(const struct scoring *scoring)
{
    return scoring->ledger;
}

// The configuration in force, as a hash: another one is another edition of the rules. Where we listen is none of them.
static void hash_rules(const struct scoring_options *options, uint8_t *hash)
{
    struct scoring_options rules = *options;
    rules.listen = (struct config_address){.text = ""};
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    must(memory != NULL);
    config_state_print(memory, scoring_keys, &rules);
    must(fclose(memory) == 0);
    hash_content(text, length, hash);
    free(text);
}

static void name_dimensions(struct scoring *scoring)
{
    const struct schemes_options *schemes = &scoring->options.schemes;
    size_t classes = policy_classes(&scoring->options.judging.policy, scoring->class_names);
    for (size_t i = 0; i < schemes->count; i++)
        scoring->scheme_names[i] = schemes->items[i].name;
    scoring->names = (struct dimension_names){.schemes = scoring->scheme_names,
                                              .scheme_count = schemes->count,
                                              .classes = scoring->class_names,
                                              .class_count = classes};
}

struct scoring *scoring_open(const struct scoring_options *options)
{
    char key[OPTIONS_KEY_BYTES];
    must(options_trouble(options, key, sizeof key) == NULL);
    struct scoring *scoring = calloc(1, sizeof *scoring);
    must(scoring != NULL);
    scoring->options = *options;
    struct ledger_options book = options_ledger(options);
    scoring->ledger = ledger_open(&book);
    uint32_t tops[POLICY_TOPS_MAX];
    ledger_tops(scoring->ledger, tops, policy_tops(&options->judging.policy, tops));
    for (unsigned scheme = 0; scheme <= LIMITS_SCHEMES; scheme++)
        scoring->measures[scheme] = options_measure(options, scheme);
    scoring->trail = trail_open();
    scoring->kinship = kinship_open();
    scoring->archive = archive_open(scoring->kinship);
    scoring->claims = calloc(1, sizeof *scoring->claims);
    scoring->claims_then = calloc(1, sizeof *scoring->claims_then);
    must(scoring->claims != NULL && scoring->claims_then != NULL);
    scoring->minutes = sums_open(CORE_EFFORT_DAYS);
    scoring->returned = sums_open(book.window_days);
    scoring->cancelled = sums_open(book.window_days);
    scoring->futures = rank_open(RANK_MONEY);
    scoring->future_cut =
        rank_cut(scoring->futures, (struct rank_rule){RANK_SHARE, (uint32_t)options->abc.cut_b_ppm, RANK_PPM});
    scoring->fitting = fitting_open(&options->model);
    scoring->goods = goods_open(options->goods.memory_bytes);
    scoring->hints.offers = offers_open();
    column_start(&scoring->standings, sizeof(struct standing));
    column_start(&scoring->lives, sizeof(struct life));
    column_start(&scoring->stories, sizeof(struct story *));
    column_start(&scoring->hinted, sizeof(uint64_t));
    column_start(&scoring->lately, sizeof(struct lately *));
    foresights_start(&scoring->foresights);
    book_start(&scoring->book);
    name_dimensions(scoring);
    scoring->terms.measure = (enum terms_measure)options->abc.measure;
    scoring->terms.refund_on_order_day = options->abc.refunds != 0;
    hash_rules(options, scoring->rules);
    return scoring;
}

void scoring_close(struct scoring **scoring)
{
    if (*scoring == NULL)
        return;
    fitting_close(&(*scoring)->fitting);
    goods_close(&(*scoring)->goods);
    offers_close(&(*scoring)->hints.offers);
    ledger_close(&(*scoring)->ledger);
    trail_close(&(*scoring)->trail);
    archive_close(&(*scoring)->archive);
    kinship_close(&(*scoring)->kinship);
    sums_close(&(*scoring)->minutes);
    sums_close(&(*scoring)->returned);
    sums_close(&(*scoring)->cancelled);
    rank_close(&(*scoring)->futures);
    intake_forget_stories(*scoring);
    column_clear(&(*scoring)->standings);
    column_clear(&(*scoring)->lives);
    column_clear(&(*scoring)->hinted);
    lately_clear(&(*scoring)->lately);
    foresights_clear(&(*scoring)->foresights);
    zone_close(&(*scoring)->zone);
    meet_close(&(*scoring)->meet);
    free((*scoring)->claims);
    free((*scoring)->claims_then);
    free((*scoring)->rates);
    free((*scoring)->touches);
    free((*scoring)->notes);
    free(*scoring);
    *scoring = NULL;
}

static void show_figures(struct scoring *scoring)
{
    if (!scoring->figured)
        return;
    metric_set(scoring->figures[FIGURE_CUSTOMERS], 0, core_customers(scoring));
    const uint64_t odd[] = {scoring->odd.no_rate, scoring->odd.no_cost, scoring->odd.excess};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        metric_set(scoring->figures[FIGURE_ODD_ORDERS], i, (double)odd[i]);
}

// --- what comes

static bool is_taken(enum wire_kind kind)
{
    return kind != WIRE_BAD && kind != WIRE_CARRIED;
}

static void apply_event(struct scoring *scoring, struct turn *turn, const struct record *record)
{
    struct wire_event event;
    wire_read_event(turn, record, &event);
    // History and news that came together are said apart.
    if (scoring->touch_count > 0 && scoring->live == event.historical && is_taken(event.kind))
        announce_events(scoring, turn);
    if (event.kind == WIRE_NOTED)
        intake_note(scoring, turn, &event);
    if (event.kind == WIRE_KIN)
        intake_kin(scoring, turn, &event);
    if (event.kind == WIRE_BAD)
        core_count(scoring, FIGURE_ORDER_EVENTS, OUTCOME_BAD);
    else if (event.kind == WIRE_CARRIED || event.kind == WIRE_NOTED || event.kind == WIRE_KIN)
        turn_forward(turn, record);
    else
        intake_order(scoring, turn, &event);
    if (event.kind == WIRE_CANCELLED) // what was to be told of its delivery is not
        turn_forward(turn, record);
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
    meet_new_rules(scoring);
    intake_rebuild(scoring, turn, ledger_as_of(scoring->ledger));
    if (ledger_count(scoring->ledger) > 0) {
        daily_want(scoring, DAILY_RULES);
        announce_keep(scoring, turn);
    }
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
    int32_t today = terms_day(&scoring->terms, now_ms);
    if (ledger_day(scoring->ledger) < today) {
        intake_next_day(scoring, turn); // one a turn
        more = ledger_day(scoring->ledger) < today;
        if (!more)
            daily_want(scoring, DAILY_DAY);
    }
    if (ledger_day(scoring->ledger) == today)
        ledger_advance(scoring->ledger, now_ms);
    announce_clock(scoring, turn);
    int64_t round_ms = daily_notice(scoring, now_ms), meet_ms = meet_tick(scoring, turn);
    if (!more)
        more = daily_piece(scoring, turn);
    if (more || meet_ms <= turn->now_ms)
        return now_ms;
    round_ms = meet_ms < round_ms ? meet_ms : round_ms;
    int64_t midnight_ms = terms_day_start(&scoring->terms, today + 1);
    int64_t due_ms = minute_after(ledger_due(scoring->ledger));
    due_ms = due_ms < midnight_ms ? due_ms : midnight_ms;
    return due_ms < round_ms ? due_ms : round_ms;
}

static void settle(void *self, struct turn *turn)
{
    announce_events(self, turn);
    show_figures(self);
}

// --- persons who are to be forgotten

static void erase(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows)
{
    struct scoring *scoring = self;
    uint64_t rows = 0;
    announce_events(scoring, turn);
    for (size_t i = 0; i < count; i++)
        rows += ret_rows[i] = intake_erase(scoring, turn, customer_ids[i]);
    if (rows == 0)
        return;
    // What they bought is in every sum and limit. What moves by it is no news about anybody.
    intake_rebuild(scoring, turn, ledger_as_of(scoring->ledger));
    announce_limits(scoring, turn, true);
    daily_want(scoring, DAILY_GROWTH);
    announce_keep(scoring, turn);
}

// --- start

// What was announced is numbered by the names of its time.
static void compare_names(struct scoring *scoring, struct turn *turn)
{
    char text[RENAMING_TEXT_BYTES];
    struct slice kept = {0};
    size_t length = renaming_text(&scoring->names, text);
    bool known = archive_get_names(turn->tx, &kept);
    renaming_make((const char *)kept.bytes, kept.length, &scoring->names, &scoring->renaming);
    scoring->names_kept = known && kept.length == length && memcmp(kept.bytes, text, length) == 0;
}

static void reload(void *self, struct turn *turn)
{
    struct scoring *scoring = self;
    struct archive_clock clock = {0};
    struct slice settings;
    intake_forget_rules(scoring);
    compare_names(scoring, turn);
    if (archive_get_settings(turn->tx, &settings))
        (void)intake_rules(scoring, turn, settings.bytes, settings.length);
    bool known = archive_get_clock(turn->tx, &clock);
    meet_reload(scoring, turn);
    intake_rebuild(scoring, turn, clock.as_of_ms);
    bool same = known && memcmp(clock.rules, scoring->rules, HASH_BYTES) == 0;
    scoring->rules_version = clock.rules_version + !same;
    daily_reload(scoring, turn);
    if (known && (!same || clock.round == ARCHIVE_ROUND_OF_RULES))
        daily_want(scoring, DAILY_RULES);
    else if (known && clock.round == ARCHIVE_ROUND_OF_GROWTH)
        daily_want(scoring, DAILY_GROWTH);
    show_figures(scoring);
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    if (!meet_serve(self, turn, request, ret_reply))
        reply_error(turn, 404, "path", "scoring answers questions only; what it is told comes through ingest",
                    ret_reply);
}

static void query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    if (!meet_serve(self, turn, request, ret_reply) &&
        !export_answer(turn, request, "scoring", scoring_holdings, self, ret_reply) &&
        !audit_answer(turn, request, "scoring", ret_reply))
        query_answer(self, turn, request, ret_reply);
}

static void meet_others(void *self, struct peers *peers)
{
    meet_begin(self, peers);
}

static void declare(void *self, struct metrics *metrics)
{
    static const char *const outcomes[] = {"changed", "repeated", "bad"};
    static const char *const merges[] = {"published", "unchanged", "put_off"};
    static const char *const oddities[] = {"no_rate", "no_cost", "refunded_beyond"};
    static const struct metric_def defs[FIGURES] = {
        [FIGURE_ORDER_EVENTS] = {.name = "scoring_order_events_total",
                                 .help = "Order events by what became of them.",
                                 .kind = METRIC_COUNTER,
                                 .labels = {{"outcome", outcomes, OUTCOMES}}},
        [FIGURE_NOTES] = {.name = "scoring_notes_total",
                          .help = "Events about customers other than orders that were kept.",
                          .kind = METRIC_COUNTER},
        [FIGURE_FITS] = {.name = "scoring_fits_total",
                         .help = "Fits of the purchase model by how they ended.",
                         .kind = METRIC_COUNTER,
                         .labels = {{"status", fit_names, FIT_STATUSES}}},
        [FIGURE_MERGES] = {.name = "scoring_merges_total",
                           .help = "Merges of what several processes have, by how they ended; process 0 makes them.",
                           .kind = METRIC_COUNTER,
                           .labels = {{"outcome", merges, MERGE_OUTCOMES}}},
        [FIGURE_REFUNDS_FULL] = {.name = "scoring_refunds_passed_over_total",
                                 .help = "Refunds beyond the most that one order may have.",
                                 .kind = METRIC_COUNTER},
        [FIGURE_CHANGES] = {.name = "scoring_changes_total",
                            .help = "Announced changes.",
                            .kind = METRIC_COUNTER,
                            .labels = {{"dimension", dimension_labels, DIMENSIONS}}},
        [FIGURE_CUSTOMERS] = {.name = "scoring_customers",
                              .help = "Customers that anything is known of.",
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

// --- the thread that fits

static int port_fd(void *self)
{
    struct scoring *scoring = self;
    return fitting_fd(scoring->fitting);
}

static int port_timeout_ms(void *self, int64_t boot_ms)
{
    (void)self;
    (void)boot_ms;
    return -1;
}

static bool port_work(void *self, int64_t boot_ms)
{
    const struct scoring *scoring = self;
    (void)boot_ms;
    return fitting_done(scoring->fitting);
}

static void port_after(void *self, int64_t boot_ms)
{
    (void)self;
    (void)boot_ms;
}

static const struct port port = {.fd = port_fd, .timeout_ms = port_timeout_ms, .work = port_work, .after = port_after};

const struct service scoring_service = {
    .name = "scoring",
    .follows = "ingest",
    .other_history = "It has counted what ingest does not have: put back the stores of scoring and scheduler from the "
                     "same backup as that of ingest, then see to notifier with `tend accept notifier`",
    .tables = archive_tables,
    .table_count = ARCHIVE_TABLES,
    .waits_for_upstream = true,
    .apply = apply,
    .tick = tick,
    .settle = settle,
    .command = command,
    .query = query,
    .reload = reload,
    .erase = erase,
    .declare = declare,
    .meet = meet_others,
    .port = &port,
};
