#include "services/scheduler/office.h"

#include "common/must.h"
#include "services/scheduler/duty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct zone *office_zone(struct scheduler *self, const char *name)
{
    for (size_t i = 0; i < self->zone_count; i++) {
        if (strcmp(zone_name(self->zones[i]), name) == 0) {
            return self->zones[i];
        }
    }
    struct zone *zone;
    if (name[0] == '\0' || self->zone_count == ZONES_MAX || !zone_open(ZONE_DIRECTORIES, name, &zone)) {
        return self->zone_count > 0 ? self->zones[0] : NULL;
    }
    self->zones[self->zone_count++] = zone;
    return zone;
}

const struct zone *office_rep_zone(struct scheduler *self, const struct rep *rep)
{
    return rep->zone[0] != '\0' ? office_zone(self, rep->zone) : self->zone;
}

static int compare_days(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

static bool same_absences(const struct off *known, const int32_t *holidays, const struct rep *rep)
{
    return known->holidays == holidays && known->absence_count == rep->absence_count &&
           memcmp(known->absences, rep->absences, rep->absence_count * sizeof *known->absences) == 0;
}

// Holidays and absences together, each day once. Without absences the country's list serves as it is.
static void merge_days_off(struct scheduler *self, struct turn *turn, const struct rep *rep, struct workdays *days)
{
    const int32_t *holidays = days->holidays;
    size_t most = days->holiday_count;
    for (uint32_t i = 0; i < rep->absence_count; i++) {
        most += (size_t)(rep->absences[i].to_day - rep->absences[i].from_day + 1);
    }
    if (most == days->holiday_count) {
        return;
    }
    struct off *known = self->keeps_off ? &self->off[hash_short(rep->id, strlen(rep->id)) % OFF_KEPT] : NULL;
    if (known != NULL && same_absences(known, holidays, rep)) {
        days->holidays = known->days;
        days->holiday_count = known->count;
        return;
    }
    int32_t *off = arena_take(turn->arena, most * sizeof *off);
    size_t count = days->holiday_count;
    if (count > 0) {
        memcpy(off, holidays, count * sizeof *off);
    }
    for (uint32_t i = 0; i < rep->absence_count; i++) {
        for (int32_t day = rep->absences[i].from_day; day <= rep->absences[i].to_day; day++) {
            off[count++] = day;
        }
    }
    qsort(off, count, sizeof *off, compare_days);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || off[kept - 1] != off[i]) {
            off[kept++] = off[i];
        }
    }
    days->holidays = off;
    days->holiday_count = kept;
    if (known != NULL) {
        size_t bytes = rep->absence_count * sizeof *known->absences;
        *known = (struct off){holidays, arena_take(turn->arena, bytes), rep->absence_count, off, kept};
        memcpy(known->absences, rep->absences, bytes);
    }
}

void office_keep_off(struct scheduler *self, bool on)
{
    if (self->keeps_off == on)
        return;
    self->keeps_off = on;
    memset(self->off, 0, sizeof self->off);
}

struct workdays office_workdays(const struct scheduler *self, const struct rep *rep)
{
    struct workdays days = {.week = rep->week != 0 ? rep->week : self->week,
                            .holidays = self->holidays,
                            .holiday_count = self->holiday_count,
                            .makeups = self->makeups,
                            .makeup_count = self->makeup_count};
    (void)countries_workdays(self->countries, rep->country, &days);
    return days;
}

void office_desk(struct scheduler *self, struct turn *turn, const struct rep *rep, struct desk *ret_desk)
{
    struct desk *desk = ret_desk;
    const struct scheduler_options *options = &self->options;
    desk->rep = *rep;
    desk->days = office_workdays(self, rep);
    merge_days_off(self, turn, rep, &desk->days);
    desk->fallback = (struct hours){(uint32_t)options->hours_from, (uint32_t)options->hours_to};
    bool own = rep->hour_count > 0;
    desk->shift.time = (struct worktime){.zone = office_rep_zone(self, rep),
                                         .days = &desk->days,
                                         .hours = own ? desk->rep.hours : &desk->fallback,
                                         .hour_count = own ? rep->hour_count : 1};
    desk->shift.list_minute = (uint32_t)options->call_list_at;
}

bool office_owner(struct scheduler *self, struct turn *turn, const struct customer *customer, struct rep *ret_rep)
{
    const char *id = customer->owner[0] != '\0' ? customer->owner : self->default_rep;
    if (id[0] == '\0') {
        return false;
    }
    book_rep(turn, id, ret_rep);
    return true;
}

bool office_manager(struct scheduler *self, struct turn *turn, const struct rep *rep, struct rep *ret_rep)
{
    const char *id = rep->manager[0] != '\0' ? rep->manager : self->director;
    if (id[0] == '\0' || strcmp(id, rep->id) == 0)
        return false;
    book_rep(turn, id, ret_rep);
    return true;
}

bool office_keeper(struct scheduler *self, struct turn *turn, const struct matter *matter,
                   const struct customer *customer, struct rep *ret_rep)
{
    if (matter->rep_id[0] == '\0' || kinds_row((enum kind_id)matter->kind)->both)
        return office_owner(self, turn, customer, ret_rep);
    book_rep(turn, matter->rep_id, ret_rep);
    return true;
}

bool office_role(struct scheduler *self, struct turn *turn, const struct matter *matter,
                 const struct customer *customer, enum kind_role role, int64_t at_ms, struct rep *ret_rep)
{
    struct rep keeper, manager;
    enum kind_id kind = (enum kind_id)matter->kind;
    bool both = kinds_row(kind)->both, owners = both || matter->rep_id[0] == '\0';
    if (role == ROLE_REP && both) {
        book_rep(turn, matter->rep_id, ret_rep);
        return matter->rep_id[0] != '\0';
    }
    if (!office_keeper(self, turn, matter, customer, &keeper))
        return false;
    if (role == ROLE_OWNER || role == ROLE_REP || role == ROLE_NEW_OWNER) {
        *ret_rep = keeper;
        if ((role == ROLE_OWNER && owners) || duty_passes(kind))
            duty_stand_in(self, turn, kind, at_ms, ret_rep);
        return true;
    }
    if (role == ROLE_APPROVER && matter->approver[0] != '\0') {
        book_rep(turn, matter->approver, ret_rep);
        return true;
    }
    if (!office_manager(self, turn, &keeper, &manager))
        return false;
    if (role != ROLE_DIRECTOR) {
        *ret_rep = manager;
        return true;
    }
    // Where two are each other's manager, nobody is above both.
    struct rep director;
    if (!office_manager(self, turn, &manager, &director) || strcmp(director.id, keeper.id) == 0)
        return false;
    *ret_rep = director;
    return true;
}

bool office_mine(const struct scheduler *self, const char *rep_id)
{
    return lane_has_owner(self->lane, lane_owner(rep_id));
}

bool office_off(const struct scheduler *self, enum kind_id kind)
{
    return self->kinds[kind].off;
}

struct kind_step office_step(const struct scheduler *self, enum kind_id kind, unsigned step)
{
    const struct kind_force *force = &self->kinds[kind];
    struct kind_step row = step < KIND_STEPS ? force->steps[step] : (struct kind_step){0};
    if (kind == KIND_PROMISE && step == 0 && force->steps_set == 0)
        row.span.amount = -(int32_t)(self->options.promise_lead / 60000);
    return row;
}

struct span office_due(const struct scheduler *self, enum kind_id kind, uint32_t abc)
{
    const struct kind_force *force = &self->kinds[kind];
    return force->due_set ? force->due : service_due(&self->options.service, kind, abc);
}

int64_t office_tell_moment(const struct desk *desk, uint8_t priority, int64_t at_ms)
{
    int64_t moment_ms = shift_next(&desk->shift, at_ms);
    for (int tries = 0; tries < HOURS_MAX && priority > 0 && moment_ms != SHIFT_NEVER; tries++) {
        uint32_t minute = shift_minute(&desk->shift, moment_ms);
        int32_t day = shift_day(&desk->shift, moment_ms);
        uint32_t end = 0;
        for (uint32_t i = 0; i < desk->rep.golden_count; i++)
            if (desk->rep.golden[i].from_minute <= minute && minute < desk->rep.golden[i].to_minute)
                end = desk->rep.golden[i].to_minute;
        // The day's list opens the day, whatever the hours.
        if (end == 0 || moment_ms == shift_list(&desk->shift, day))
            return moment_ms;
        moment_ms = shift_next(&desk->shift, zone_instant(desk->shift.time.zone, day, end) * 1000);
    }
    return moment_ms;
}

void office_settle_in(struct scheduler *self, const struct settings_fact *settings)
{
    memset(self->off, 0, sizeof self->off);
    self->zone = office_zone(self, settings->zone);
    self->week = settings->week;
    self->holiday_count = settings->holiday_count < COMMON_DAYS_MAX ? settings->holiday_count : COMMON_DAYS_MAX;
    self->makeup_count = settings->makeup_count < COMMON_DAYS_MAX ? settings->makeup_count : COMMON_DAYS_MAX;
    if (self->holiday_count > 0) {
        memcpy(self->holidays, settings->holidays, self->holiday_count * sizeof *self->holidays);
    }
    if (self->makeup_count > 0) {
        memcpy(self->makeups, settings->makeups, self->makeup_count * sizeof *self->makeups);
    }
    memset(self->off, 0, sizeof self->off); // found by the settings before
    countries_close(&self->countries);
    self->countries = countries_open(settings->country_days, settings->country_day_count);
    snprintf(self->currency, sizeof self->currency, "%s", settings->currency != NULL ? settings->currency : "");
    self->rate_count = settings->rate_count < RATES_MAX ? settings->rate_count : RATES_MAX;
    if (self->rate_count > 0)
        memcpy(self->rates, settings->rates, self->rate_count * sizeof *self->rates);
}

bool office_convert(const struct scheduler *self, int64_t micros, const char *currency, int32_t day,
                    int64_t *ret_micros)
{
    const struct exchange *best = NULL;
    for (size_t i = 0; i < self->rate_count; i++) {
        const struct exchange *rate = &self->rates[i];
        if (strcmp(rate->currency, currency) == 0 && rate->from_day <= day &&
            (best == NULL || rate->from_day >= best->from_day))
            best = rate;
    }
    bool same = currency[0] == '\0' || self->currency[0] == '\0' || strcmp(currency, self->currency) == 0;
    if (!same && best == NULL)
        return false;
    *ret_micros = same ? micros : money_convert(micros, best->rate_micros);
    return true;
}

int32_t office_common_day(const struct scheduler *self, int64_t at_ms)
{
    int64_t second = at_ms / 1000 - (at_ms % 1000 < 0);
    return zone_local(self->zone, second).day;
}

void office_tally(struct scheduler *self, enum kind_id kind, enum tally tally)
{
    self->counts.of_kind[kind][tally]++;
    self->counts_changed = true;
}

void office_untally(struct scheduler *self, enum kind_id kind, enum tally tally)
{
    must(self->counts.of_kind[kind][tally] > 0);
    self->counts.of_kind[kind][tally]--;
    self->counts_changed = true;
}

void office_pending(struct scheduler *self, enum kind_id kind, bool more)
{
    uint64_t *pending = &self->counts.of_kind[kind][TALLY_PENDING];
    must(more || *pending > 0);
    *pending += more ? 1 : UINT64_MAX;
    self->counts_changed = true;
}

void office_count(struct scheduler *self, enum event_count what, uint64_t more)
{
    self->counts.events[what] += more;
    self->counts_changed = self->counts_changed || more > 0;
}

// Cells of 8 bytes, with room for more kinds and tallies, so that a new one moves nothing; then the events, where new
// ones come last.
enum {
    TALLY_ROOM = 16,
    CELLS_KIND = 128 * TALLY_ROOM,
    COUNT_BYTES = (CELLS_KIND + COUNT_EVENTS) * 8,
};
_Static_assert((int)TALLY_COUNT <= (int)TALLY_ROOM && (int)KIND_COUNT <= 128, "each count has its cell");

void office_load_counts(struct scheduler *self, struct turn *turn)
{
    struct slice row;
    memset(&self->counts, 0, sizeof self->counts);
    self->counts_changed = false;
    if (!book_single(turn, BOOK_COUNTS, &row)) {
        return;
    }
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        for (size_t tally = 0; tally < TALLY_COUNT; tally++) {
            size_t at = (kind * TALLY_ROOM + tally) * 8;
            self->counts.of_kind[kind][tally] = at + 8 <= row.length ? store_get_u64(row.bytes + at) : 0;
        }
    }
    for (size_t i = 0; i < COUNT_EVENTS; i++) {
        size_t at = (CELLS_KIND + i) * 8;
        self->counts.events[i] = at + 8 <= row.length ? store_get_u64(row.bytes + at) : 0;
    }
}

void office_save_counts(struct scheduler *self, struct turn *turn)
{
    if (!self->counts_changed) {
        return;
    }
    uint8_t *bytes = arena_zero(turn->arena, 1, COUNT_BYTES);
    for (size_t kind = 0; kind < KIND_COUNT; kind++) {
        for (size_t tally = 0; tally < TALLY_COUNT; tally++) {
            store_put_u64(bytes + (kind * TALLY_ROOM + tally) * 8, self->counts.of_kind[kind][tally]);
        }
    }
    for (size_t i = 0; i < COUNT_EVENTS; i++) {
        store_put_u64(bytes + (CELLS_KIND + i) * 8, self->counts.events[i]);
    }
    book_put_single(turn, BOOK_COUNTS, bytes, COUNT_BYTES);
    self->counts_changed = false;
}

int32_t office_day(const struct desk *desk, int64_t at_ms)
{
    return at_ms == 0 ? DAY_NONE : shift_day(&desk->shift, at_ms);
}
