#include "services/scheduler/office.h"

#include "common/must.h"

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

static int compare_days(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

// Holidays and absences together, each day once. Without absences the common list serves as it is.
static void merge_days_off(const struct scheduler *self, struct turn *turn, const struct rep *rep,
                           struct workdays *days)
{
    size_t most = self->holiday_count;
    for (uint32_t i = 0; i < rep->absence_count; i++) {
        most += (size_t)(rep->absences[i].to_day - rep->absences[i].from_day + 1);
    }
    if (most == self->holiday_count) {
        return;
    }
    int32_t *off = arena_take(turn->arena, most * sizeof *off);
    memcpy(off, self->holidays, self->holiday_count * sizeof *off);
    size_t count = self->holiday_count;
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
}

void office_desk(struct scheduler *self, struct turn *turn, const struct rep *rep, struct desk *ret_desk)
{
    struct desk *desk = ret_desk;
    const struct scheduler_options *options = &self->options;
    desk->rep = *rep;
    desk->days = (struct workdays){.week = rep->week != 0 ? rep->week : self->week,
                                   .holidays = self->holidays,
                                   .holiday_count = self->holiday_count,
                                   .makeups = self->makeups,
                                   .makeup_count = self->makeup_count};
    merge_days_off(self, turn, rep, &desk->days);
    desk->fallback = (struct hours){(uint32_t)options->hours_from, (uint32_t)options->hours_to};
    bool own = rep->hour_count > 0;
    desk->shift.time = (struct worktime){.zone = rep->zone[0] != '\0' ? office_zone(self, rep->zone) : self->zone,
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

void office_settle_in(struct scheduler *self, const struct settings_fact *settings)
{
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
}

void office_tally(struct scheduler *self, enum kind_id kind, enum tally tally)
{
    self->counts.of_kind[kind][tally]++;
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

// Cells of 8 bytes: OCCASIONS kinds, so that a new kind moves nothing, then the events, where new ones come last.
enum { CELLS_KIND = OCCASIONS * TALLY_COUNT, COUNT_BYTES = (CELLS_KIND + COUNT_EVENTS) * 8 };

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
            size_t at = (kind * TALLY_COUNT + tally) * 8;
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
            store_put_u64(bytes + (kind * TALLY_COUNT + tally) * 8, self->counts.of_kind[kind][tally]);
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
