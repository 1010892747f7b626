#include "services/scheduler/sheet.h"

#include "common/lunar.h"
#include "common/must.h"
#include "services/scheduler/deputy.h"

#include <string.h>

enum { FIRST_ROOM = 256 };

// What the walk over the rep's customers gathers. The arrays double, so all of them together take at most twice what
// the last ones do.
struct gathering {
    struct scheduler *self;
    struct turn *turn;
    struct sheet *sheet;
    size_t room, date_room, due_room, stale_room;
    bool round, guests;
};

static void *grown(struct arena *arena, const void *old, size_t count, size_t *room, size_t size)
{
    *room = *room == 0 ? FIRST_ROOM : *room * 2;
    void *bigger = arena_take(arena, *room * size);
    if (count > 0)
        memcpy(bigger, old, count * size);
    return bigger;
}

// --- dates that come back each year

static const struct {
    enum kind_id kind;
    unsigned whose;
    bool counts_years;
    size_t lead_days; // offset in the options
} YEARLIES[] = {
    {KIND_BIRTHDAY, 0, false, offsetof(struct scheduler_options, birthday_lead_days)},
    {KIND_BIRTHDAY, 1, false, offsetof(struct scheduler_options, birthday_lead_days)},
    {KIND_FOUNDING_DAY, 0, true, offsetof(struct scheduler_options, founding_lead_days)},
    {KIND_COOPERATION, 0, true, offsetof(struct scheduler_options, cooperation_lead_days)},
};

static struct date yearly_of(const struct customer *customer, enum kind_id kind, unsigned whose)
{
    int32_t since = customer->cooperation_day != DAY_NONE ? customer->cooperation_day : customer->first_order_day;
    switch (kind) {
    case KIND_BIRTHDAY:
        return whose == 1 ? customer->contact_birthday : customer->birthday;
    case KIND_FOUNDING_DAY:
        return customer->founding;
    case KIND_COOPERATION:
        return since != DAY_NONE ? day_date(since) : (struct date){0};
    default:
        return (struct date){0};
    }
}

// The midnight of Vietnam and Korea parts the days of their lunar calendars.
static enum lunar_place place_of(const char *country)
{
    return strcmp(country, "VN") == 0 ? LUNAR_VIETNAM : strcmp(country, "KR") == 0 ? LUNAR_KOREA : LUNAR_CHINA;
}

// The days before and from today on at which a lunar birthday is kept. False beyond the end of the table.
static bool lunar_around(struct date yearly, enum lunar_place place, int32_t today, int32_t *ret_past,
                         int32_t *ret_next)
{
    struct lunar lunar = {.month = yearly.month, .day = yearly.day};
    int32_t year = day_date(today).year;
    if (!lunar_valid(lunar) || !lunar_next(place, lunar, today, ret_next))
        return false;
    *ret_past = INT32_MIN;
    for (int32_t in = year - 2; in <= year; in++) {
        int32_t day;
        if (lunar_in(place, lunar, in, &day) && day < today)
            *ret_past = day;
    }
    return true;
}

static bool is_lunar(const struct customer *customer, enum kind_id kind, unsigned whose)
{
    return kind == KIND_BIRTHDAY && (whose == 1 ? customer->contact_lunar : customer->lunar) != 0;
}

static enum date_step step_of(const struct date_watch *watch, const struct sheet *sheet,
                              const struct customer *customer, bool in_lunar, int32_t *ret_day)
{
    const struct workdays *days = &sheet->desk->days;
    int32_t past, next;
    if (!in_lunar)
        return dates_step(watch, days, sheet->day, ret_day);
    if (!lunar_around(watch->yearly, place_of(sheet_country(&sheet->desk->rep, customer)), sheet->day, &past, &next))
        return DATE_WAIT;
    return dates_step_between(watch, days, sheet->day, past, next, ret_day);
}

static void add_date(struct gathering *gathering, struct sheet_date date)
{
    struct sheet *sheet = gathering->sheet;
    if (sheet->date_count == gathering->date_room)
        sheet->dates =
            grown(gathering->turn->arena, sheet->dates, sheet->date_count, &gathering->date_room, sizeof *sheet->dates);
    sheet->dates[sheet->date_count++] = date;
}

static void gather_dates(struct gathering *gathering, const struct customer *customer, size_t candidate)
{
    struct sheet *sheet = gathering->sheet;
    for (size_t i = 0; i < sizeof YEARLIES / sizeof YEARLIES[0]; i++) {
        enum kind_id kind = YEARLIES[i].kind;
        unsigned whose = YEARLIES[i].whose;
        struct date yearly = yearly_of(customer, kind, whose);
        int32_t occasion;
        int64_t lead;
        if (yearly.month == 0)
            continue;
        memcpy(&lead, (const char *)&gathering->self->options + YEARLIES[i].lead_days, sizeof lead);
        struct date_watch watch = {.yearly = yearly,
                                   .lead_days = (int32_t)lead,
                                   .counts_years = YEARLIES[i].counts_years && yearly.year != 0,
                                   .last_day = whose == 1 ? customer->contact_occasion : customer->occasions[kind],
                                   .known_day = sheet->candidates[candidate].known_day,
                                   .round_day = sheet->desk->rep.list_day};
        bool in_lunar = is_lunar(customer, kind, whose);
        enum date_step step = step_of(&watch, sheet, customer, in_lunar, &occasion);
        // An occasion that was missed may be followed by the next one, at once.
        for (int more = 0; step != DATE_WAIT && more < 2; more++) {
            add_date(gathering, (struct sheet_date){candidate, kind, whose, step, occasion});
            watch.last_day = occasion;
            step = step == DATE_MISSED ? step_of(&watch, sheet, customer, in_lunar, &occasion) : DATE_WAIT;
        }
    }
}

// --- what else a round tells

// Quotes, small customers and leads to follow are calls; of a lead, only one of horizon H that nobody follows is told.
static bool is_told(const struct customer *customer, const struct measured *measured, const struct occasion *due)
{
    const struct kind *row = kinds_row(due->kind);
    if (row->classes != 0 && (row->classes & 1U << customer->abc) == 0)
        return false;
    switch (due->kind) {
    case KIND_QUOTE_NURSE:
    case KIND_SMALL_NURSE:
        return false;
    case KIND_LEAD_FOLLOW_UP:
        return measure_standing(customer, "lead.horizon", "H");
    case KIND_ORDER_MISSED:
        return measured->expected_told;
    default:
        return true;
    }
}

static void gather_dues(struct gathering *gathering, const struct customer *customer, const struct measured *measured,
                        size_t candidate)
{
    struct sheet *sheet = gathering->sheet;
    for (size_t i = 0; i < measured->due_count; i++) {
        const struct occasion *due = &measured->dues[i];
        if (due->over || !is_told(customer, measured, due))
            continue;
        if (sheet->due_count == gathering->due_room)
            sheet->dues =
                grown(gathering->turn->arena, sheet->dues, sheet->due_count, &gathering->due_room, sizeof *sheet->dues);
        sheet->dues[sheet->due_count++] = (struct sheet_due){candidate, *due};
    }
}

static void gather_stale(struct gathering *gathering, size_t candidate)
{
    struct sheet *sheet = gathering->sheet;
    int32_t promised = sheet->candidates[candidate].promise_day;
    if (promised == DAY_NONE || sheet->day - promised <= gathering->self->options.stale_days)
        return;
    if (sheet->stale_count == gathering->stale_room)
        sheet->stale = grown(gathering->turn->arena, sheet->stale, sheet->stale_count, &gathering->stale_room,
                             sizeof *sheet->stale);
    sheet->stale[sheet->stale_count++] = candidate;
}

const char *sheet_country(const struct rep *rep, const struct customer *customer)
{
    return customer->country[0] != '\0' ? customer->country : rep->country;
}

static void gather_country(struct gathering *gathering, const struct customer *customer)
{
    struct sheet *sheet = gathering->sheet;
    const char *country = sheet_country(&sheet->desk->rep, customer);
    for (size_t i = 0; i < sheet->country_count; i++)
        if (strcmp(sheet->countries[i], country) == 0)
            return;
    if (sheet->country_count < SHEET_COUNTRIES)
        sheet->countries[sheet->country_count++] = arena_text(gathering->turn->arena, country, strlen(country));
}

// --- gathering

static void gather(void *context, const struct customer *customer)
{
    struct gathering *gathering = context;
    struct sheet *sheet = gathering->sheet;
    struct arena *arena = gathering->turn->arena;
    struct measured measured;
    if (sheet->count == gathering->room) {
        size_t room = gathering->room;
        sheet->ids = grown(arena, sheet->ids, sheet->count, &room, sizeof *sheet->ids);
        sheet->candidates = grown(arena, sheet->candidates, sheet->count, &gathering->room, sizeof *sheet->candidates);
    }
    size_t at = sheet->count++;
    measure_customer(gathering->self, sheet->desk, customer, sheet->day, &measured);
    measured.candidate.guest = gathering->guests;
    if (sheet->news.count > 0 && news_for(&sheet->news, customer) != NULL)
        measured.candidate.news_day = sheet->day;
    sheet->candidates[at] = measured.candidate;
    sheet->ids[at] = arena_text(arena, customer->id, strlen(customer->id));
    if (gathering->guests || !gathering->round)
        return;
    gather_stale(gathering, at);
    gather_dates(gathering, customer, at);
    gather_dues(gathering, customer, &measured, at);
    gather_country(gathering, customer);
}

static void walk(struct gathering *gathering, const char *rep_id)
{
    book_each_owned(gathering->turn, rep_id, gather, gathering);
    if (strcmp(rep_id, gathering->self->default_rep) == 0)
        book_each_owned(gathering->turn, "", gather, gathering);
}

bool sheet_away(const struct rep *rep, int32_t day)
{
    for (uint32_t i = 0; i < rep->absence_count; i++)
        if (rep->absences[i].from_day <= day && day <= rep->absences[i].to_day)
            return true;
    return false;
}

// The customers of colleagues who are away that day and name this rep.
static void walk_guests(struct gathering *gathering)
{
    struct sheet *sheet = gathering->sheet;
    const struct rep *rep = &sheet->desk->rep;
    struct deputy_rep deputy = {.id = rep->id, .deputy = rep->deputy, .away = sheet_away(rep, sheet->day)};
    size_t most = 1;
    for (const char *at = rep->stands_in; at[0] != '\0'; at++)
        most += at[0] == '\n';
    sheet->guests = arena_take(gathering->turn->arena, most * sizeof *sheet->guests);
    gathering->guests = true;
    for (const char *at = rep->stands_in; at[0] != '\0';) {
        size_t length = strcspn(at, "\n");
        struct rep absent;
        bool known = book_rep(gathering->turn, arena_text(gathering->turn->arena, at, length), &absent);
        at += length + (at[length] != '\0');
        struct deputy_rep other = {absent.id, absent.deputy, sheet_away(&absent, sheet->day)};
        if (!known || !deputy_stands_in(&deputy, &other))
            continue;
        sheet->guests[sheet->guest_count++] = (struct sheet_guests){sheet->count, absent.id, absent.name};
        walk(gathering, absent.id);
    }
}

// --- the plan

static struct plan_rules rules_of(const struct scheduler *self, const struct rep *rep)
{
    const struct scheduler_options *options = &self->options;
    return (struct plan_rules){
        .capacity = rep->capacity != 0 ? rep->capacity : (uint32_t)options->capacity,
        .need_lead_days = (int32_t)options->need_lead_days,
        .rest_days = (int32_t)options->rest_days,
        .repeat_days = (int32_t)options->repeat_days,
        .stage_days = (int32_t)options->stage_days,
        .expired_days = (int32_t)options->plan.expired_days,
        .stale_days = (int32_t)options->stale_days,
        .tries = (uint32_t)options->tries,
    };
}

static struct plan_day day_of(struct turn *turn, const struct desk *desk, int32_t day)
{
    int32_t start = day_month_start(day);
    int32_t next = day_add_months(start, 1);
    int32_t *working = arena_take(turn->arena, (size_t)(next - day + 1) * sizeof *working);
    struct plan_day plan = {.today = day, .month_start = start, .month_end = next - 1, .working_days = working};
    for (int32_t at = day; at < next; at++)
        if (workday_is(&desk->days, at))
            working[plan.working_days_left++] = at;
    return plan;
}

void sheet_build(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day, bool round,
                 struct sheet *ret_sheet)
{
    struct sheet *sheet = ret_sheet;
    struct plan_rules rules = rules_of(self, &desk->rep);
    struct plan_day plan_day = day_of(turn, desk, day);
    *sheet = (struct sheet){.desk = desk, .day = day, .month_start = plan_day.month_start};
    struct gathering gathering = {.self = self, .turn = turn, .sheet = sheet, .round = round};
    news_running(turn, day, &sheet->news);
    walk(&gathering, desk->rep.id);
    sheet->own = sheet->count;
    walk_guests(&gathering);
    struct candidate **order = arena_take(turn->arena, (sheet->count + 1) * sizeof *order);
    sheet->lines = arena_take(turn->arena, rules.capacity * sizeof *sheet->lines);
    sheet->line_count =
        calllist_plan(&rules, &plan_day, sheet->candidates, sheet->count, order, sheet->lines, &sheet->coverage);
}

void sheet_cover(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day,
                 struct coverage *ret_coverage)
{
    struct plan_rules rules = rules_of(self, &desk->rep);
    struct plan_day plan_day = day_of(turn, desk, day);
    struct sheet sheet = {.desk = desk, .day = day};
    struct gathering gathering = {.self = self, .turn = turn, .sheet = &sheet};
    walk(&gathering, desk->rep.id);
    calllist_coverage(&rules, &plan_day, sheet.candidates, sheet.count, ret_coverage);
}

const char *sheet_customer(const struct sheet *sheet, const struct candidate *candidate)
{
    must(candidate >= sheet->candidates && candidate < sheet->candidates + sheet->count);
    return sheet->ids[candidate - sheet->candidates];
}

const struct sheet_guests *sheet_guest(const struct sheet *sheet, const struct candidate *candidate)
{
    size_t at = (size_t)(candidate - sheet->candidates);
    for (size_t i = sheet->guest_count; i > 0; i--)
        if (sheet->guests[i - 1].from <= at)
            return &sheet->guests[i - 1];
    return NULL;
}
