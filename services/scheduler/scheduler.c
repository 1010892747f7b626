#include "services/scheduler/scheduler.h"

#include "common/must.h"
#include "services/scheduler/hear.h"
#include "services/scheduler/page.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/rounds.h"
#include "services/scheduler/rows.h"
#include "services/scheduler/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TICK_WORK = 256, // of one turn, in reminders told; a list weighs as much as LIST_WORK of them
    LIST_WORK = 32,
    WEEK_FALLBACK = 0x1f,
};

static bool forwarded(enum fact_kind kind)
{
    return kind == FACT_REP || kind == FACT_ABSENCE || kind == FACT_ERASED || kind == FACT_SETTINGS;
}

static void apply(void *self, struct turn *turn, const struct record *record)
{
    struct fact fact;
    fact_read(record, turn->arena, &fact);
    hear_fact(self, turn, &fact, (struct slice){record->payload, record->length});
    if (forwarded(fact.kind)) {
        turn_forward(turn, record);
    }
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
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    struct due due;
    arm_once(self, turn);
    for (unsigned work = 0; work < TICK_WORK;) {
        if (!diary_first_due(turn, &due)) {
            return INT64_MAX;
        }
        if (due.at_ms > now_ms) {
            return due.at_ms;
        }
        diary_delete_due(turn, &due);
        if (due.what == DUE_LIST) {
            rounds_run(self, turn, due.subject, due.at_ms, now_ms);
            work += LIST_WORK;
        } else {
            remind_due(self, turn, due.id, now_ms);
            work++;
        }
    }
    return diary_first_due(turn, &due) ? due.at_ms : INT64_MAX;
}

static void settle(void *self, struct turn *turn)
{
    office_save_counts(self, turn);
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
    page_answer(self, turn, request, ret_reply);
}

// Before the first settings record come Monday to Friday and UTC.
static void reload(void *context, struct turn *turn)
{
    struct scheduler *self = context;
    struct slice payload;
    struct fact fact;
    self->armed = false;
    office_settle_in(self, &(struct settings_fact){.zone = "UTC", .week = WEEK_FALLBACK});
    if (book_single(turn, BOOK_SETTINGS, &payload) && fact_read_settings(payload, turn->arena, &fact)) {
        office_settle_in(self, &fact.settings);
    }
    office_load_counts(self, turn);
}

const struct service scheduler_service = {
    .name = "scheduler",
    .follows = "scoring",
    .tables = rows_tables,
    .table_count = ROWS_TABLES,
    .waits_for_upstream = true,
    .apply = apply,
    .tick = tick,
    .settle = settle,
    .command = command,
    .query = query,
    .reload = reload,
};

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
    struct scheduler *self = calloc(1, sizeof *self);
    must(self != NULL);
    self->options = *options;
    snprintf(self->default_rep, sizeof self->default_rep, "%s", options->default_rep);
    self->options.default_rep = self->default_rep;
    if (office_zone(self, "UTC") == NULL) {
        snprintf(ret_error, error_bytes, "this machine has no time zones in %s: install tzdata", ZONE_DIRECTORIES);
        scheduler_close(&self);
        return NULL;
    }
    office_settle_in(self, &(struct settings_fact){.zone = "UTC", .week = WEEK_FALLBACK});
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
    free(self);
    *scheduler = NULL;
}
