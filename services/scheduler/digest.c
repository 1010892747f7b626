#include "services/scheduler/digest.h"

#include "services/scheduler/alert.h"
#include "services/scheduler/log.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/rounds.h"
#include "services/scheduler/team.h"

#include <string.h>

enum {
    CHAIN_MAX = 8,        // managers above a manager who is away
    LOOK_AHEAD_DAYS = 62, // for the next day on which somebody is there to read
    DAYS_TOLD_MAX = 31,   // one digest tells of no more
    PPM = 1000000,
    EFFORT_LEAST_MINUTES = 240,       // half a day; of less, one long call would make the whole share
    EFFORT_REST_DAYS = 4 * WEEK_DAYS, // so long until the same is told again: habits need weeks to change
    EFFORT_WORSE_PPM = 100000,        // unless it fell by ten points since then
};
#define LATE_MOST_MS INT64_C(7200000) // later in the evening nobody reads it: it goes into the next one

// --- moments

static bool is_away(const struct rep *rep, int32_t day)
{
    for (uint32_t i = 0; i < rep->absence_count; i++)
        if (rep->absences[i].from_day <= day && day <= rep->absences[i].to_day)
            return true;
    return false;
}

bool digest_moment(struct scheduler *self, struct turn *turn, const struct rep *manager, int32_t day, bool weekly,
                   struct rep *ret_reader, int64_t *ret_at_ms)
{
    struct desk desk;
    *ret_reader = *manager;
    for (int above = 0; is_away(ret_reader, day); above++) {
        struct rep next;
        if (above == CHAIN_MAX || !office_manager(self, turn, ret_reader, &next))
            return false;
        *ret_reader = next;
    }
    office_desk(self, turn, ret_reader, &desk);
    if (!shift_works(&desk.shift, day))
        return false;
    const struct worktime *time = &desk.shift.time;
    uint32_t minute = (uint32_t)self->options.digest_at, end = time->hours[time->hour_count - 1].to_minute;
    *ret_at_ms =
        weekly ? shift_list(&desk.shift, day) : zone_instant(time->zone, day, minute < end ? minute : end) * 1000;
    return true;
}

static int64_t next_moment(struct scheduler *self, struct turn *turn, const struct rep *manager, int32_t first_day,
                           int64_t from_ms, bool weekly)
{
    struct rep reader;
    int64_t at_ms;
    for (int32_t day = first_day; day < first_day + LOOK_AHEAD_DAYS; day++)
        if (digest_moment(self, turn, manager, day, weekly, &reader, &at_ms) && at_ms >= from_ms)
            return at_ms;
    return SHIFT_NEVER;
}

static int32_t local_day(struct scheduler *self, const struct rep *rep, int64_t at_ms)
{
    return zone_local(office_rep_zone(self, rep), at_ms / 1000).day;
}

static int32_t monday_of(int32_t day)
{
    return day - (day_weekday(day) - 1);
}

static void digest_due(const struct rep *rep, struct due *ret_due)
{
    *ret_due = (struct due){.at_ms = rep->digest_ms, .what = DUE_DIGEST, .subject = rep->id};
    hash_content(rep->id, strlen(rep->id), ret_due->id);
}

// The next one is at `from_ms` or later. The first week that is told of is the one in which the manager became known.
static void arm_from(struct scheduler *self, struct turn *turn, struct rep *rep, int64_t from_ms)
{
    struct due due;
    int32_t today = local_day(self, rep, from_ms), monday = monday_of(today);
    if (rep->digest_ms != 0) {
        digest_due(rep, &due);
        diary_delete_due(turn, &due);
    }
    if (rep->digest_week == DAY_NONE)
        rep->digest_week = monday - WEEK_DAYS;
    int32_t first = rep->digest_day != DAY_NONE && rep->digest_day >= today ? rep->digest_day + 1 : today;
    int32_t week = rep->digest_week < monday - WEEK_DAYS ? today : rep->digest_week + 2 * WEEK_DAYS;
    int64_t daily_ms = next_moment(self, turn, rep, first, from_ms, false);
    int64_t weekly_ms = next_moment(self, turn, rep, week, from_ms, true);
    int64_t next_ms = daily_ms < weekly_ms ? daily_ms : weekly_ms;
    rep->digest_ms = next_ms == SHIFT_NEVER ? 0 : next_ms;
    if (rep->digest_ms != 0) {
        digest_due(rep, &due);
        diary_put_due(turn, &due);
    }
}

void digest_arm(struct scheduler *self, struct turn *turn, struct rep *rep)
{
    if (rep->manages != 0 && (rep->digest_ms == 0 || rep->digest_ms > turn->now_ms))
        arm_from(self, turn, rep, turn->now_ms);
}

static void arm_one(void *self, struct turn *turn, struct rep *rep)
{
    int64_t due_ms = rep->digest_ms;
    digest_arm(self, turn, rep);
    if (rep->digest_ms != due_ms)
        book_put_rep(turn, rep);
}

void digest_arm_all(struct scheduler *self, struct turn *turn)
{
    book_each_rep(turn, arm_one, self);
}

void digest_know(struct scheduler *self, struct turn *turn, const char *rep_id)
{
    struct rep rep;
    if (rep_id[0] == '\0')
        return;
    if (!book_rep(turn, rep_id, &rep))
        rounds_arm(self, turn, &rep);
    if (rep.manages != 0)
        return;
    rep.manages = 1;
    digest_arm(self, turn, &rep);
    book_put_rep(turn, &rep);
}

// --- telling

static void tell(struct scheduler *self, struct turn *turn, const struct rep *manager, const struct rep *reader,
                 struct digest_notice *digest)
{
    if (!office_mine(self, reader->id) || !team_tell(self, turn, manager, digest))
        return;
    digest->rep_id = reader->id;
    digest->manager_id = manager->id;
    if (strcmp(reader->id, manager->id) != 0) {
        struct notice_point *points = arena_take(turn->arena, (digest->point_count + 1) * sizeof *points);
        points[0] =
            (struct notice_point){.code = "digest.for", .text = manager->name[0] != '\0' ? manager->name : manager->id};
        memcpy(points + 1, digest->points, digest->point_count * sizeof *points);
        digest->points = points;
        digest->point_count++;
    }
    notice_digest(turn, digest);
}

static void tell_week(struct scheduler *self, struct turn *turn, struct rep *rep, int32_t today, int64_t now_ms)
{
    struct rep reader;
    struct desk desk;
    int64_t at_ms;
    int32_t monday = monday_of(today);
    if (rep->digest_week >= monday - WEEK_DAYS || !digest_moment(self, turn, rep, today, true, &reader, &at_ms) ||
        at_ms > now_ms)
        return;
    office_desk(self, turn, &reader, &desk);
    if (shift_next(&desk.shift, now_ms) != now_ms)
        return;
    int32_t from = rep->digest_week + WEEK_DAYS;
    struct digest_notice digest = {.day = today,
                                   .from_day = monday - from > DAYS_TOLD_MAX ? monday - DAYS_TOLD_MAX : from,
                                   .to_day = monday - 1,
                                   .weekly = true,
                                   .late = now_ms - at_ms > self->options.late_after,
                                   .due_ms = at_ms};
    tell(self, turn, rep, &reader, &digest);
    rep->digest_week = monday - WEEK_DAYS;
}

static void tell_day(struct scheduler *self, struct turn *turn, struct rep *rep, int32_t today, int64_t now_ms)
{
    struct rep reader;
    struct desk desk;
    int64_t at_ms;
    if ((rep->digest_day != DAY_NONE && rep->digest_day >= today) ||
        !digest_moment(self, turn, rep, today, false, &reader, &at_ms) || at_ms > now_ms ||
        now_ms - at_ms > LATE_MOST_MS)
        return;
    bool late = now_ms - at_ms > self->options.late_after;
    office_desk(self, turn, &reader, &desk);
    // A late one is told while the reader is at work, else the next one tells of this day too.
    if (late && shift_next(&desk.shift, now_ms) != now_ms)
        return;
    int32_t from = rep->digest_day == DAY_NONE ? today : rep->digest_day + 1;
    from = today - from >= DAYS_TOLD_MAX ? today - DAYS_TOLD_MAX + 1 : from;
    struct digest_notice digest = {.day = today, .from_day = from, .to_day = today, .late = late, .due_ms = at_ms};
    const struct zone *zone = desk.shift.time.zone;
    digest.reader_minute = shift_minute(&desk.shift, at_ms);
    digest.before_ms = zone_instant(zone, from - 1, digest.reader_minute) * 1000;
    tell(self, turn, rep, &reader, &digest);
    rep->digest_day = today;
}

void digest_run(struct scheduler *self, struct turn *turn, const char *rep_id, int64_t due_ms, int64_t now_ms)
{
    struct rep rep;
    if (!book_rep(turn, rep_id, &rep) || rep.digest_ms != due_ms)
        return;
    int32_t today = local_day(self, &rep, now_ms);
    rep.digest_ms = 0; // the timer is gone
    tell_week(self, turn, &rep, today, now_ms);
    tell_day(self, turn, &rep, today, now_ms);
    arm_from(self, turn, &rep, now_ms + 1);
    book_put_rep(turn, &rep);
}

// --- effort

static bool is_news(const struct rep *rep, int32_t today, int64_t share_ppm)
{
    return rep->effort_day == DAY_NONE || today - rep->effort_day >= EFFORT_REST_DAYS ||
           share_ppm <= rep->effort_ppm - EFFORT_WORSE_PPM;
}

void digest_effort(struct scheduler *self, struct turn *turn, const struct desk *desk, struct rep *rep, int32_t today,
                   int64_t now_ms)
{
    int32_t monday = monday_of(today);
    if (workday_count(&desk->days, monday, today) > 0)
        return; // not the first working day of the week
    struct log log = log_sum(turn, desk->rep.id, monday - WEEK_DAYS, monday - 1);
    int64_t minutes = log.counts[LOG_MINUTES], key = log.counts[LOG_KEY_MINUTES];
    if (minutes < EFFORT_LEAST_MINUTES || key * PPM >= minutes * self->options.effort_target)
        return;
    int64_t share_ppm = key * PPM / minutes;
    if (!is_news(rep, today, share_ppm))
        return;
    struct figure figures[] = {{"key_share", share_ppm, UNIT_PPM, ""},
                               {"target", self->options.effort_target, UNIT_PPM, ""},
                               {"minutes", minutes, UNIT_COUNT, ""},
                               {"window", WEEK_DAYS * INT64_C(1000), UNIT_DAYS, ""}};
    struct notice_words words = {.rule = "most of the time goes to key customers",
                                 .figures = figures,
                                 .figure_count = sizeof figures / sizeof figures[0]};
    struct reminder reminder = {.kind = KIND_EFFORT,
                                .rep_id = desk->rep.id,
                                .customer_id = "",
                                .note = "",
                                .for_rep = "",
                                .day = today,
                                .due_ms = shift_list(&desk->shift, today),
                                .event_day = DAY_NONE,
                                .why = notice_why(turn->arena, &words)};
    diary_reminder_id(desk->rep.id, KIND_EFFORT, (uint64_t)monday, reminder.id);
    if (!remind_now(self, turn, &reminder, NULL, now_ms))
        return;
    rep->effort_day = today;
    rep->effort_ppm = (int32_t)share_ppm;
}

// --- what it counts

void digest_contact(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer)
{
    enum { STAGE_FIRST = 2, STAGE_LAST = 5 }; // of the funnel, in which somebody always has the next date
    const struct contact_fact *said = &fact->contact;
    struct rep rep;
    if (said->automatic || said->result == CONTACT_OTHER)
        return;
    remind_called(self, turn, customer, fact->version.time_ms);
    bool wanted = (customer->stage >= STAGE_FIRST && customer->stage <= STAGE_LAST) || customer->promise_ms != 0;
    if (fact->kind != FACT_CONTACT || said->result != CONTACT_REAL || said->next_ms != 0 || !wanted)
        return;
    if (fact->rep_id[0] != '\0')
        book_rep(turn, fact->rep_id, &rep);
    else if (!office_owner(self, turn, customer, &rep))
        return;
    log_add(turn, rep.id, local_day(self, &rep, fact->version.time_ms), LOG_UNDATED, 1);
}

// Only single letters are classes.
static char class_of(const char *value)
{
    return value[0] >= 'A' && value[0] <= 'Z' && value[1] == '\0' ? value[0] : '\0';
}

void digest_change(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    struct rep rep;
    if (fact->historical || strcmp(fact->change.dimension, "value.abc") != 0)
        return;
    bool fell = class_of(fact->change.before) != '\0' && strcmp(fact->change.after, fact->change.before) > 0;
    if (fell && alert_is_early(self, customer, fact))
        return;
    int32_t day = office_owner(self, turn, customer, &rep) ? local_day(self, &rep, fact->version.time_ms)
                                                           : zone_local(self->zone, fact->version.time_ms / 1000).day;
    // Of several changes in one week the way from the first to the last is told.
    if (customer->class_day == DAY_NONE || monday_of(customer->class_day) != monday_of(day))
        customer->class_before = (uint8_t)class_of(fact->change.before);
    customer->class_after = (uint8_t)class_of(fact->change.after);
    customer->class_day = day;
}
