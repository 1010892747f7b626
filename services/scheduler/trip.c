#include "services/scheduler/trip.h"

#include "common/must.h"

#include <string.h>

enum { EVENING_MINUTES = 30 }; // so long before the day's end there is still time to ask somebody

static bool newer(struct trip_mark left, struct trip_mark right)
{
    return left.at_ms != right.at_ms ? left.at_ms > right.at_ms : left.tie > right.tie;
}

static bool said(struct trip_mark mark)
{
    return mark.at_ms != 0;
}

bool trip_replaces(struct trip_mark *known, struct trip_mark mark)
{
    bool yes = newer(mark, *known);
    if (yes)
        *known = mark;
    return yes;
}

bool trip_plan(struct trip *trip, struct trip_mark mark, uint64_t substance)
{
    uint32_t at = trip->plan_count;
    while (at > 0 && newer(trip->plans[at - 1], mark))
        at--;
    if (at > 0 && !newer(mark, trip->plans[at - 1]))
        return at == trip->plan_count; // the same one again
    bool newest = at == trip->plan_count;
    if (trip->plan_count == TRIP_PLANS) {
        if (at == 0)
            return false;
        memmove(&trip->plans[0], &trip->plans[1], (TRIP_PLANS - 1) * sizeof trip->plans[0]);
        memmove(&trip->substance[0], &trip->substance[1], (TRIP_PLANS - 1) * sizeof trip->substance[0]);
        trip->plan_count--;
        at--;
    }
    uint32_t behind = trip->plan_count - at;
    memmove(&trip->plans[at + 1], &trip->plans[at], behind * sizeof trip->plans[0]);
    memmove(&trip->substance[at + 1], &trip->substance[at], behind * sizeof trip->substance[0]);
    trip->plans[at] = mark;
    trip->substance[at] = substance;
    trip->plan_count++;
    return newest;
}

void trip_check_in(struct trip *trip, int64_t at_ms)
{
    uint32_t at = trip->check_in_count;
    while (at > 0 && trip->check_ins[at - 1] > at_ms)
        at--;
    if (at > 0 && trip->check_ins[at - 1] == at_ms)
        return;
    if (trip->check_in_count == TRIP_CHECK_INS) {
        if (at == 0)
            return;
        memmove(&trip->check_ins[0], &trip->check_ins[1], (TRIP_CHECK_INS - 1) * sizeof trip->check_ins[0]);
        trip->check_in_count--;
        at--;
    }
    memmove(&trip->check_ins[at + 1], &trip->check_ins[at], (trip->check_in_count - at) * sizeof trip->check_ins[0]);
    trip->check_ins[at] = at_ms;
    trip->check_in_count++;
}

struct trip_mark trip_since(const struct trip *trip)
{
    must(trip->plan_count > 0);
    uint32_t at = trip->plan_count - 1;
    while (at > 0 && trip->substance[at - 1] == trip->substance[at] && !newer(trip->cancelled, trip->plans[at - 1]))
        at--;
    return trip->plans[at];
}

enum trip_stage trip_stage(const struct trip *trip)
{
    if (trip->plan_count == 0)
        return said(trip->cancelled) ? TRIP_CANCELLED : TRIP_UNKNOWN;
    if (newer(trip->cancelled, trip->plans[trip->plan_count - 1]))
        return TRIP_CANCELLED;
    struct trip_mark since = trip_since(trip);
    bool refused = newer(trip->refused, trip->approved);
    // What is planned and decided within one moment, as old papers say it, was decided.
    if ((refused ? trip->refused : trip->approved).at_ms >= since.at_ms)
        return refused ? TRIP_REFUSED : TRIP_APPROVED;
    return TRIP_ASKED;
}

// --- what is to be told

struct drawing {
    const struct trip_options *options;
    const struct trip *trip;
    const struct shift *shift;
    enum trip_stage stage;
    bool goes; // it takes place: it was approved, or the rep is there
    int64_t since_ms;
    struct trip_duty *duties;
    size_t count;
};

static const char *why_not(const struct drawing *drawing)
{
    switch (drawing->stage) {
    case TRIP_CANCELLED:
        return "the trip was cancelled";
    case TRIP_REFUSED:
        return "the trip was refused";
    case TRIP_APPROVED:
        return "the trip was approved";
    default:
        return "the trip is not approved";
    }
}

// A moment of SHIFT_NEVER means that there is none.
static struct trip_duty *draw(struct drawing *drawing, enum kind_id kind, bool stands, int64_t due_ms, int32_t last_day)
{
    struct trip_duty *duty = &drawing->duties[drawing->count];
    if (due_ms == SHIFT_NEVER)
        return duty;
    must(drawing->count < TRIP_DUTIES);
    drawing->count++;
    *duty = (struct trip_duty){.kind = kind,
                               .day = TRIP_NO_DAY,
                               .stands = stands,
                               .since_ms = drawing->since_ms,
                               .due_ms = due_ms,
                               .last_day = last_day,
                               .end = why_not(drawing)};
    return duty;
}

// The list of the k-th working day before or after that day.
static int64_t list_beside(const struct shift *shift, int32_t day, int64_t k)
{
    return workday_add(shift->time.days, day, (int32_t)k, &day) ? shift_list(shift, day) : SHIFT_NEVER;
}

static int64_t day_end(const struct shift *shift, int32_t day)
{
    size_t parts = shift->time.hour_count;
    return parts == 0 ? SHIFT_NEVER
                      : zone_instant(shift->time.zone, day, shift->time.hours[parts - 1].to_minute) * 1000;
}

static int64_t evening_before(const struct shift *shift, int32_t day)
{
    struct span before = {.unit = SPAN_WORK_MINUTES, .amount = -EVENING_MINUTES};
    return workday_add(shift->time.days, day, -1, &day) ? span_after(shift, before, day_end(shift, day)) : SHIFT_NEVER;
}

static void draw_before(struct drawing *drawing)
{
    const struct trip *trip = drawing->trip;
    const struct shift *shift = drawing->shift;
    bool asked = drawing->stage == TRIP_ASKED;
    int64_t start_ms = shift_list(shift, trip->from_day);
    draw(drawing, KIND_VISIT_APPROVAL, asked, start_ms, trip->from_day);
    draw(drawing, KIND_VISIT_UNAPPROVED, asked, evening_before(shift, trip->from_day), trip->from_day);
    draw(drawing, KIND_VISIT_CHECKLIST, drawing->goes,
         list_beside(shift, trip->from_day, -drawing->options->checklist_work_days), trip->from_day - 1);
    draw(drawing, KIND_VISIT_ANNOUNCE, drawing->goes, list_beside(shift, trip->from_day, -1), trip->from_day - 1);
}

static void draw_arrival(struct drawing *drawing, bool moved_in)
{
    const struct trip *trip = drawing->trip;
    int64_t list_ms = shift_list(drawing->shift, trip->from_day), there_ms = trip->arrived.at_ms;
    bool sooner = said(trip->arrived) && (there_ms < list_ms || moved_in);
    draw(drawing, KIND_VISIT_ARRIVAL, drawing->goes, sooner ? there_ms : list_ms, trip->to_day);
}

static bool checked_in(const struct drawing *drawing, int32_t day)
{
    for (uint32_t i = 0; i < drawing->trip->check_in_count; i++)
        if (shift_day(drawing->shift, drawing->trip->check_ins[i]) == day)
            return true;
    return false;
}

static void draw_check_ins(struct drawing *drawing)
{
    const struct trip *trip = drawing->trip;
    int32_t day = trip->from_day;
    for (size_t i = 0; i < TRIP_DAYS && workday_next(drawing->shift->time.days, day, &day) && day <= trip->to_day;
         i++, day++) {
        bool done = checked_in(drawing, day);
        int32_t last_day = day;
        (void)workday_add(drawing->shift->time.days, day, 1, &last_day); // the manager hears of it on the next day
        struct trip_duty *duty =
            draw(drawing, KIND_VISIT_CHECK_IN, drawing->goes && !done, day_end(drawing->shift, day), last_day);
        duty->day = day;
        duty->end = done ? "the rep checked in" : duty->end;
    }
}

static void draw_report(struct drawing *drawing)
{
    const struct trip *trip = drawing->trip;
    bool done = said(trip->reported);
    struct trip_duty *duty =
        draw(drawing, KIND_VISIT_REPORT, drawing->goes && !done,
             list_beside(drawing->shift, trip->to_day, drawing->options->report_work_days), TRIP_NO_DAY);
    duty->end = done ? "the report is there" : duty->end;
}

size_t trip_duties(const struct trip_options *options, const struct trip *trip, bool moved_in,
                   const struct shift *shift, struct trip_duty *ret_duties)
{
    if (trip->plan_count == 0)
        return 0;
    enum trip_stage stage = trip_stage(trip);
    bool there = said(trip->arrived) || trip->check_in_count > 0;
    struct drawing drawing = {.options = options,
                              .trip = trip,
                              .shift = shift,
                              .stage = stage,
                              .goes = stage == TRIP_APPROVED || (stage == TRIP_ASKED && there),
                              .since_ms = trip_since(trip).at_ms,
                              .duties = ret_duties};
    draw_before(&drawing);
    draw_arrival(&drawing, moved_in);
    draw_check_ins(&drawing);
    draw_report(&drawing);
    return drawing.count;
}
