#include "services/scheduler/scheduler.h"

#include "common/audit.h"
#include "common/feasts.h"
#include "common/must.h"
#include "common/textfile.h"
#include "services/scheduler/digest.h"
#include "services/scheduler/evening.h"
#include "services/scheduler/hear.h"
#include "services/scheduler/holdings.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/page.h"
#include "services/scheduler/promise.h"
#include "services/scheduler/proof.h"
#include "services/scheduler/quiet.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/rounds.h"
#include "services/scheduler/rows.h"
#include "services/scheduler/scrub.h"
#include "services/scheduler/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_WORK = 2048, // of one turn, in reminders told: some tens of milliseconds, most of them the commit's
    LIST_WORK = 128,  // a list weighs as much as so many of them
    WEEK_FALLBACK = 0x1f,
};

// Of several processes the rep's own one tells of the rep, before what the rep is told; the others are silent. An
// erasure is said by each, behind what it said of the customer before.
static void forward(struct turn *turn, const struct fact *fact, const struct record *record)
{
    struct record draft = *record;
    if (fact->kind == FACT_REP || fact->kind == FACT_ABSENCE)
        draft.owner = lane_owner(fact->rep_id);
    else if (fact->kind != FACT_ERASED && fact->kind != FACT_SETTINGS)
        return;
    turn_forward(turn, &draft);
}

static void apply(void *self, struct turn *turn, const struct record *record)
{
    struct fact fact;
    office_keep_off(self, true);
    fact_read(record, turn->arena, &fact);
    // Since the first process said it, nothing is heard of the customer any more, but of whoever has the id now.
    if (fact.kind == FACT_ERASED && turn->repeated)
        return;
    hear_fact(self, turn, &fact, (struct slice){record->payload, record->length});
    forward(turn, &fact, record);
}

// A new time for the list, a newer table of time zones, a new default rep: what the store says is due may be out of
// date.
static void arm_once(struct scheduler *self, struct turn *turn)
{
    struct rep rep;
    if (self->armed) {
        return;
    }
    self->armed = true;
    if (self->default_rep[0] != '\0' && !book_rep(turn, self->default_rep, &rep)) {
        rounds_arm(self, turn, &rep);
    }
    rounds_arm_all(self, turn);
    digest_know(self, turn, self->director);
}

static void arm_digests(struct scheduler *self, struct turn *turn)
{
    if (self->chain_changed)
        digest_arm_all(self, turn);
    self->chain_changed = false;
}

// Returns what it weighs.
static unsigned see_to(struct scheduler *self, struct turn *turn, const struct due *due, int64_t now_ms)
{
    switch (due->what) {
    case DUE_LIST:
        rounds_run(self, turn, due->subject, due->at_ms, now_ms);
        return LIST_WORK;
    case DUE_EVENING:
        evening_run(self, turn, due->subject, due->at_ms, now_ms);
        return LIST_WORK;
    case DUE_DIGEST:
        digest_run(self, turn, due->subject, due->at_ms, now_ms);
        return LIST_WORK;
    case DUE_PROMISE:
        promise_due(self, turn, due);
        return 1;
    case DUE_MATTER:
        ladder_due(self, turn, due->id, now_ms);
        return 1;
    default:
        remind_due(self, turn, due->id, now_ms);
        return 1;
    }
}

// Somebody looks at the figures: a service, and no rehearsal of two years in which each hour would be looked through.
static bool is_watched(const struct scheduler *self)
{
    return self->stuck_figure != NULL;
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    struct due due;
    unsigned work = 0;
    arm_once(self, turn);
    arm_digests(self, turn);
    office_keep_off(self, true);
    bool more = diary_first_due(turn, &due);
    for (; more && due.at_ms <= now_ms && work < TICK_WORK; more = diary_first_due(turn, &due)) {
        diary_delete_due(turn, &due);
        work += see_to(self, turn, &due, now_ms);
    }
    int64_t next_ms = more ? due.at_ms : INT64_MAX;
    if (is_watched(self) && next_ms > now_ms) {
        int64_t look_ms = proof_tick(self, turn, now_ms);
        next_ms = look_ms < next_ms ? look_ms : next_ms;
    }
    return next_ms;
}

static void show_counts(const struct scheduler *self)
{
    for (size_t i = 0; i < COUNT_EVENTS && self->figures[i] != NULL; i++)
        metric_set(self->figures[i], 0, (double)self->counts.events[i]);
}

static void settle(void *self, struct turn *turn)
{
    office_keep_off(self, false);
    office_save_counts(self, turn);
    show_counts(self);
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    (void)request;
    reply_error(turn, 405, "method", "the scheduler takes no commands: answers to reminders are events for ingest",
                ret_reply);
}

static void query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    office_keep_off(self, false); // after a turn that was given up half-way
    if (!export_answer(turn, request, "scheduler", scheduler_holdings, self, ret_reply) &&
        !audit_answer(turn, request, "scheduler", ret_reply))
        page_answer(self, turn, request, ret_reply);
}

// Before the first settings record come Monday to Friday and UTC.
static void reload(void *context, struct turn *turn)
{
    struct scheduler *self = context;
    struct slice payload;
    struct fact fact;
    office_keep_off(self, false);
    self->armed = false;
    self->chain_changed = false;
    self->walk = (struct proof_walk){0};
    office_settle_in(self, &(struct settings_fact){.zone = "UTC", .week = WEEK_FALLBACK});
    if (book_single(turn, BOOK_SETTINGS, &payload) && fact_read_settings(payload, turn->arena, &fact)) {
        office_settle_in(self, &fact.settings);
    }
    office_load_counts(self, turn);
    show_counts(self);
    quiet_load(self, turn);
}

// As /v1/totals tells them: they are kept in the store, so they go on after a restart.
static void declare(void *context, struct metrics *metrics)
{
    static const struct metric_def DEFS[COUNT_EVENTS] = {
        [COUNT_LISTS] = {"lists", "Call lists that were sent.", .kind = METRIC_GAUGE},
        [COUNT_LISTS_LATE] = {"lists_late", "Of them, sent late.", .kind = METRIC_GAUGE},
        [COUNT_LISTS_FOLDED] = {"lists_folded", "Working days whose list was never sent.", .kind = METRIC_GAUGE},
        [COUNT_ANSWERS_UNKNOWN] = {"answers_unknown", "Answers to reminders that are not there.", .kind = METRIC_GAUGE},
        [COUNT_OWNERLESS] = {"alerts_ownerless", "Alerts that nobody was there to be told.", .kind = METRIC_GAUGE},
        [COUNT_PROMISES_STALE] = {"promises_stale", "Promises that nobody closed.", .kind = METRIC_GAUGE},
        [COUNT_BAD] = {"records_bad", "Records that could not be read.", .kind = METRIC_GAUGE},
        [COUNT_PASSED] = {"records_passed", "Records that do not concern the scheduler.", .kind = METRIC_GAUGE},
        [COUNT_DATES_MISSED] = {"dates_missed", "Dates that were over before they could be told.",
                                .kind = METRIC_GAUGE},
        [COUNT_UNANSWERED] = {"matters_unanswered", "Matters that ended because nobody answered them.",
                              .kind = METRIC_GAUGE},
    };
    struct scheduler *self = context;
    static const struct metric_def STUCK = {
        "scheduler_stuck", "What was open without a next moment at the last hourly look, and was given one.",
        .kind = METRIC_GAUGE};
    metrics_declare(metrics, DEFS, COUNT_EVENTS, self->figures);
    metrics_declare(metrics, &STUCK, 1, &self->stuck_figure);
}

static void meet(void *context, struct peers *peers)
{
    ((struct scheduler *)context)->lane = (struct lane){peers_index(peers), peers_count(peers)};
}

const struct service scheduler_service = {
    .name = "scheduler",
    .follows = "scoring",
    .other_history = "It has planned by what scoring does not say any more: put back the store of scheduler from the "
                     "same backup as that of scoring, then see to notifier with `tend accept notifier`",
    .tables = rows_tables,
    .table_count = ROWS_TABLES,
    .waits_for_upstream = true,
    .shares_owners = true,
    .apply = apply,
    .tick = tick,
    .settle = settle,
    .erase = scrub_erase,
    .command = command,
    .query = query,
    .reload = reload,
    .declare = declare,
    .meet = meet,
};

// The built-in feasts and those of the user's file. False, with what is wrong with the file in `ret_error`.
static bool open_feasts(struct scheduler *self, const char *path, char *ret_error, size_t error_bytes)
{
    char wrong[FEASTS_ERROR_BYTES], *text;
    size_t length;
    self->feasts = feasts_open();
    if (path == NULL || path[0] == '\0')
        return true;
    bool good = textfile_read(path, FEASTS_FILE_BYTES, wrong, sizeof wrong, &text, &length);
    if (good) {
        good = feasts_add(self->feasts, path, text, length, wrong);
        free(text);
    }
    if (!good)
        snprintf(ret_error, error_bytes, "scheduler.plan.feasts: %s", wrong);
    return good;
}

struct scheduler *scheduler_open(const struct scheduler_options *options, char *ret_error, size_t error_bytes)
{
    if (options->hours_from >= options->hours_to) {
        snprintf(ret_error, error_bytes, "scheduler.hours_from must be before hours_to");
        return NULL;
    }
    if (options->call_list_at >= options->call_list_until) {
        snprintf(ret_error, error_bytes, "scheduler.call_list_at must be before call_list_until");
        return NULL;
    }
    if (strlen(options->default_rep) > ID_TEXT_MAX) {
        snprintf(ret_error, error_bytes, "scheduler.default_rep is longer than an id may be");
        return NULL;
    }
    const char *key;
    const char *trouble = rules_trouble(&options->rules, &key);
    if (trouble != NULL) {
        snprintf(ret_error, error_bytes, "scheduler.rules.%s %s", key, trouble);
        return NULL;
    }
    struct scheduler *self = calloc(1, sizeof *self);
    must(self != NULL);
    char buffer[KIND_TROUBLE_BYTES];
    trouble = kinds_options_fill(&options->kinds, self->kinds, buffer, sizeof buffer);
    if (trouble != NULL) {
        snprintf(ret_error, error_bytes, "scheduler.%s", trouble);
        free(self);
        return NULL;
    }
    self->options = *options;
    self->options.kinds = (struct kinds_options){0}; // they live no longer than the configuration
    snprintf(self->default_rep, sizeof self->default_rep, "%s", options->default_rep);
    self->options.default_rep = self->default_rep;
    snprintf(self->director, sizeof self->director, "%s", options->director != NULL ? options->director : "");
    self->options.director = self->director;
    if (office_zone(self, "UTC") == NULL) {
        snprintf(ret_error, error_bytes, "this machine has no time zones in %s: install tzdata", ZONE_DIRECTORIES);
        scheduler_close(&self);
        return NULL;
    }
    office_settle_in(self, &(struct settings_fact){.zone = "UTC", .week = WEEK_FALLBACK});
    if (!open_feasts(self, options->plan.feasts, ret_error, error_bytes)) {
        scheduler_close(&self);
        return NULL;
    }
    return self;
}

void scheduler_close(struct scheduler **scheduler)
{
    struct scheduler *self = *scheduler;
    if (self == NULL) {
        return;
    }
    for (size_t i = 0; i < self->zone_count; i++) {
        zone_close(&self->zones[i]);
    }
    feasts_close(&self->feasts);
    countries_close(&self->countries);
    free(self);
    *scheduler = NULL;
}
