#include "services/scheduler/hear.h"

#include "services/scheduler/ladder.h"
#include "services/scheduler/visit.h"

#include <string.h>

enum { CHECKLIST_POINTS = 9 };

// Three to prepare, three to talk about, three to go and see.
static const char *const CHECKLIST[CHECKLIST_POINTS] = {
    "prepare.purpose", "prepare.appointment", "prepare.material", "talk.network", "talk.market",
    "talk.problems",   "go.market",           "go.flow",          "go.staff"};

static struct trip_mark mark_of(const struct fact *fact)
{
    return (struct trip_mark){fact->version.time_ms, fact->version.tie};
}

// --- what is told of it

static size_t points_of(const struct visit *visit, enum kind_id kind, struct notice_point *points)
{
    size_t count = 0;
    if (kind == KIND_VISIT_CHECKLIST)
        for (; count < CHECKLIST_POINTS; count++)
            points[count] = (struct notice_point){.code = CHECKLIST[count], .text = count == 0 ? visit->purpose : ""};
    else if (kind == KIND_VISIT_APPROVAL && visit->purpose[0] == '\0')
        points[count++] = (struct notice_point){.code = "purpose_missing", .text = "no purpose is given"};
    return count;
}

static struct slice why_of(struct turn *turn, const struct visit *visit, const char *event,
                           const struct trip_duty *duty)
{
    struct notice_point points[CHECKLIST_POINTS];
    struct figure figures[] = {
        {"from", visit->trip.from_day, UNIT_DATE, ""},
        {"to", visit->trip.to_day, UNIT_DATE, ""},
        {"deadline", duty->due_ms, UNIT_TIME, ""},
    };
    bool dated = duty->kind == KIND_VISIT_REPORT, there = duty->kind == KIND_VISIT_ARRIVAL;
    char *from = arena_take(turn->arena, DAY_TEXT_BYTES);
    day_print(duty->day != TRIP_NO_DAY ? duty->day : visit->trip.from_day, from);
    return notice_why(turn->arena, &(struct notice_words){.text = visit->region,
                                                          .before = there ? visit_hotel(visit) : "",
                                                          .after = visit->purpose,
                                                          .event_date = from,
                                                          .phone = there ? visit_phone(visit) : "",
                                                          .figures = figures,
                                                          .figure_count = dated ? 3 : 2,
                                                          .events = &event,
                                                          .event_count = event[0] != '\0',
                                                          .points = points,
                                                          .point_count = points_of(visit, duty->kind, points)});
}

static uint64_t which_of(const struct visit *visit, const struct trip_duty *duty)
{
    uint8_t which[8 + 4];
    store_put_u64(which, hash_short(visit->id, strlen(visit->id)));
    store_put_u32(which + 8, (uint32_t)duty->day);
    return hash_short(which, sizeof which);
}

static void settle_duty(struct scheduler *self, struct turn *turn, const struct visit *visit,
                        const struct trip_duty *duty, bool stands, bool historical)
{
    struct trip_mark since = trip_since(&visit->trip);
    struct opening opening = {.kind = duty->kind,
                              .customer_id = "",
                              .rep_id = visit->rep_id,
                              .which = which_of(visit, duty),
                              .version = {since.at_ms, since.tie},
                              .historical = historical,
                              .since_ms = duty->since_ms,
                              .due_ms = duty->due_ms,
                              .day = duty->last_day != TRIP_NO_DAY ? duty->last_day : DAY_NONE,
                              .ref = visit->id,
                              .why = why_of(turn, visit, visit->event, duty)};
    ladder_settle(self, turn, &opening, stands, duty->end);
}

static size_t duties_of(struct scheduler *self, struct turn *turn, const struct visit *visit, struct trip_duty *duties)
{
    struct rep rep;
    struct desk desk;
    if (visit->rep_id[0] == '\0')
        return 0;
    book_rep(turn, visit->rep_id, &rep);
    office_desk(self, turn, &rep, &desk);
    return trip_duties(&self->options.trips, &visit->trip, visit_moved_in(visit), &desk.shift, duties);
}

// The same is still to be done. What was asked for another plan is asked anew.
static bool goes_on(const struct trip_duty *duties, size_t count, const struct trip_duty *duty)
{
    for (size_t i = 0; i < count; i++)
        if (duties[i].kind == duty->kind && duties[i].day == duty->day)
            return duty->kind != KIND_VISIT_APPROVAL || duties[i].since_ms == duty->since_ms;
    return false;
}

// What only the plan before had is over; the rest is as it stands now.
static void settle(struct scheduler *self, struct turn *turn, const struct visit *before, const struct visit *now,
                   bool historical)
{
    struct trip_duty *old = arena_take(turn->arena, 2 * TRIP_DUTIES * sizeof *old), *new = old + TRIP_DUTIES;
    size_t old_count = duties_of(self, turn, before, old), new_count = duties_of(self, turn, now, new);
    bool same_rep = strcmp(before->rep_id, now->rep_id) == 0;
    for (size_t i = 0; i < old_count; i++) {
        old[i].end = "the trip was planned anew";
        if (!same_rep || !goes_on(new, new_count, &old[i]))
            settle_duty(self, turn, before, &old[i], false, historical);
    }
    for (size_t i = 0; i < new_count; i++)
        settle_duty(self, turn, now, &new[i], new[i].stands, historical);
}

// --- what is heard of it

static void take_plan(struct turn *turn, const struct fact *fact, struct visit *visit)
{
    const struct visit_fact *said = &fact->visit;
    struct slice customers = visit_pack_customers(turn->arena, said->customers, said->customer_count);
    const char *texts = arena_format(turn->arena, "%d %d %s\n%s\n%s\n", said->from_day, said->to_day, fact->rep_id,
                                     said->region, said->purpose);
    uint8_t substance[HASH_BYTES];
    hash_pair(texts, strlen(texts), customers.bytes, customers.length, substance);
    if (!trip_plan(&visit->trip, mark_of(fact), store_get_u64(substance)))
        return;
    visit->trip.from_day = said->from_day;
    visit->trip.to_day = said->to_day;
    visit->rep_id = fact->rep_id;
    visit->event = fact->event;
    visit->region = said->region;
    visit->purpose = said->purpose;
    visit->hotel = said->hotel;
    visit->phone = said->phone;
    visit->customers = customers;
}

static void take_arrival(const struct fact *fact, struct visit *visit)
{
    if (!trip_replaces(&visit->trip.arrived, mark_of(fact)))
        return;
    visit->here_hotel = fact->visit.hotel;
    visit->here_phone = fact->visit.phone;
}

void hear_visit(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct visit visit, before;
    struct trip *trip = &visit.trip;
    visit_get(turn, fact->visit.id, &visit);
    before = visit;
    switch (fact->visit.step) {
    case VISIT_PLANNED:
        take_plan(turn, fact, &visit);
        break;
    case VISIT_APPROVED:
        (void)trip_replaces(&trip->approved, mark_of(fact));
        break;
    case VISIT_REFUSED:
        (void)trip_replaces(&trip->refused, mark_of(fact));
        break;
    case VISIT_CANCELLED:
        (void)trip_replaces(&trip->cancelled, mark_of(fact));
        break;
    case VISIT_ARRIVED:
        take_arrival(fact, &visit);
        break;
    case VISIT_CHECKED_IN:
        trip_check_in(trip, fact->version.time_ms);
        break;
    case VISIT_REPORTED:
        (void)trip_replaces(&trip->reported, mark_of(fact));
        break;
    }
    visit_put(turn, &visit);
    settle(self, turn, &before, &visit, fact->historical);
}
