#include "services/scheduler/sheet.h"

#include "common/must.h"

#include <string.h>

// Tend__V1__LeadStage, as far as it brings somebody on a list.
enum { STAGE_INTENDS = 5, STAGE_CONTRACT_SENT = 6, STAGE_EXPIRED = 8 };

enum { FIRST_ROOM = 256 };

// What the walk over the rep's customers gathers. The arrays double, so all of them together take at most twice what
// the last ones do.
struct gathering {
    struct scheduler *self;
    struct turn *turn;
    struct sheet *sheet;
    size_t room, date_room, stale_room;
    bool with_dates;
};

static void *grown(struct arena *arena, const void *old, size_t count, size_t room, size_t size)
{
    void *bigger = arena_take(arena, room * size);
    if (count > 0) {
        memcpy(bigger, old, count * size);
    }
    return bigger;
}

// How many days in a row nobody answered, and the last of them.
static uint32_t tries_of(const struct desk *desk, const struct customer *customer, int32_t *ret_last_day)
{
    uint32_t days = 0;
    int32_t before = DAY_NONE;
    for (size_t i = 0; i < TRIES_KEPT && customer->tries_ms[i] != 0; i++) {
        int32_t day = office_day(desk, customer->tries_ms[i]);
        if (i == 0) {
            *ret_last_day = day;
        }
        days += i == 0 || day != before;
        before = day;
    }
    return days;
}

static int32_t hold_of(const struct scheduler *self, const struct desk *desk, const struct customer *customer,
                       uint32_t *ret_tries)
{
    int32_t last = DAY_NONE, hold = DAY_NONE;
    *ret_tries = tries_of(desk, customer, &last);
    if (*ret_tries >= self->options.tries) {
        workday_add(&desk->days, last, (int32_t)self->options.pause_days + 1, &hold);
    } else if (*ret_tries > 0) {
        hold = last + 1;
    }
    int32_t later = office_day(desk, customer->later_ms);
    return later != DAY_NONE && later > hold ? later : hold;
}

// The appointment, unless a contact on its day or after kept it.
static int32_t appointment_of(const struct desk *desk, const struct customer *customer, int32_t contact_day)
{
    int32_t day = office_day(desk, customer->next_ms);
    bool kept = customer->contact_ms > customer->next_set.time_ms && contact_day >= day;
    return kept ? DAY_NONE : day;
}

// What the rep was told beats what the rhythm says, until an order came after it was said.
static int32_t expected_of(const struct desk *desk, const struct customer *customer)
{
    bool told = customer->expected_day != DAY_NONE && customer->last_order_ms <= customer->expected_set.time_ms;
    return told ? customer->expected_day : office_day(desk, customer->expected_ms);
}

static enum call_stage stage_of(const struct desk *desk, const struct customer *customer, int32_t day,
                                int32_t *ret_since)
{
    *ret_since = office_day(desk, customer->stage_set.time_ms);
    bool contract = customer->contract_day != DAY_NONE;
    bool newer = customer->contract_set.time_ms > customer->stage_set.time_ms;
    if (customer->stage == STAGE_CONTRACT_SENT && !(contract && newer)) {
        return CALL_STAGE_CONTRACT_SENT;
    }
    if (customer->stage == STAGE_INTENDS && !(contract && newer)) {
        return CALL_STAGE_INTENDS;
    }
    if (contract && day > customer->contract_day) {
        *ret_since = customer->contract_day + 1;
        return CALL_STAGE_EXPIRED;
    }
    return customer->stage == STAGE_EXPIRED && !(contract && newer) ? CALL_STAGE_EXPIRED : CALL_STAGE_NONE;
}

static void measure(const struct scheduler *self, const struct desk *desk, const struct customer *customer, int32_t day,
                    struct candidate *ret_candidate)
{
    struct candidate candidate = {
        .contact_day = office_day(desk, customer->contact_ms),
        .known_day = office_day(desk, customer->known_ms),
        .promise_day = office_day(desk, customer->promise_ms),
        .expected_day = expected_of(desk, customer),
        .put_off_day = customer->put_off_day,
        .mute_day = DAY_NONE,
        .intention = customer->intention,
        .abc = customer->abc > ABC_NONE && customer->abc < ABC_COUNT ? customer->abc : ABC_C,
        .overdue = customer->overdue || customer->dropped,
        .worth = customer->net_micros,
    };
    candidate.appointment_day = appointment_of(desk, customer, candidate.contact_day);
    candidate.hold_day = hold_of(self, desk, customer, &candidate.tries);
    candidate.stage = stage_of(desk, customer, day, &candidate.stage_day);
    if (customer->muted.time_ms != 0) {
        candidate.mute_day = office_day(desk, customer->muted.time_ms) + (int32_t)self->options.not_interested_days;
    }
    *ret_candidate = candidate;
}

// --- dates

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

struct date sheet_yearly(const struct customer *customer, enum kind_id kind, unsigned whose, int32_t *ret_last)
{
    int32_t since = customer->cooperation_day != DAY_NONE ? customer->cooperation_day : customer->first_order_day;
    *ret_last = whose == 1 ? customer->contact_occasion : customer->occasions[kind];
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

static void gather_dates(struct gathering *gathering, const struct customer *customer, size_t candidate)
{
    struct sheet *sheet = gathering->sheet;
    const struct desk *desk = sheet->desk;
    for (size_t i = 0; i < sizeof YEARLIES / sizeof YEARLIES[0]; i++) {
        int32_t last, occasion;
        struct date yearly = sheet_yearly(customer, YEARLIES[i].kind, YEARLIES[i].whose, &last);
        if (yearly.month == 0) {
            continue;
        }
        int64_t lead;
        memcpy(&lead, (const char *)&gathering->self->options + YEARLIES[i].lead_days, sizeof lead);
        struct date_watch watch = {.yearly = yearly,
                                   .lead_days = (int32_t)lead,
                                   .counts_years = YEARLIES[i].counts_years && yearly.year != 0,
                                   .last_day = last,
                                   .known_day = sheet->candidates[candidate].known_day,
                                   .round_day = desk->rep.list_day};
        enum date_step step = dates_step(&watch, &desk->days, sheet->day, &occasion);
        // An occasion that was missed may be followed by the next one, at once.
        for (int more = 0; step != DATE_WAIT && more < 2; more++) {
            if (sheet->date_count == gathering->date_room) {
                gathering->date_room = gathering->date_room == 0 ? FIRST_ROOM : gathering->date_room * 2;
                sheet->dates = grown(gathering->turn->arena, sheet->dates, sheet->date_count, gathering->date_room,
                                     sizeof *sheet->dates);
            }
            sheet->dates[sheet->date_count++] =
                (struct sheet_date){candidate, YEARLIES[i].kind, YEARLIES[i].whose, step, occasion};
            watch.last_day = occasion;
            step = step == DATE_MISSED ? dates_step(&watch, &desk->days, sheet->day, &occasion) : DATE_WAIT;
        }
    }
}

// --- gathering

static void gather(void *context, const struct customer *customer)
{
    struct gathering *gathering = context;
    struct sheet *sheet = gathering->sheet;
    struct arena *arena = gathering->turn->arena;
    if (sheet->count == gathering->room) {
        gathering->room = gathering->room == 0 ? FIRST_ROOM : gathering->room * 2;
        sheet->candidates = grown(arena, sheet->candidates, sheet->count, gathering->room, sizeof *sheet->candidates);
        sheet->ids = grown(arena, sheet->ids, sheet->count, gathering->room, sizeof *sheet->ids);
    }
    size_t at = sheet->count++;
    measure(gathering->self, sheet->desk, customer, sheet->day, &sheet->candidates[at]);
    sheet->ids[at] = arena_text(arena, customer->id, strlen(customer->id));
    int32_t promised = sheet->candidates[at].promise_day;
    if (promised != DAY_NONE && sheet->day - promised > gathering->self->options.stale_days) {
        if (sheet->stale_count == gathering->stale_room) {
            gathering->stale_room = gathering->stale_room == 0 ? FIRST_ROOM : gathering->stale_room * 2;
            sheet->stale = grown(arena, sheet->stale, sheet->stale_count, gathering->stale_room, sizeof *sheet->stale);
        }
        sheet->stale[sheet->stale_count++] = at;
    }
    if (gathering->with_dates) {
        gather_dates(gathering, customer, at);
    }
}

static void walk(struct scheduler *self, struct turn *turn, struct sheet *sheet, bool with_dates)
{
    const char *rep_id = sheet->desk->rep.id;
    struct gathering gathering = {.self = self, .turn = turn, .sheet = sheet, .with_dates = with_dates};
    book_each_owned(turn, rep_id, gather, &gathering);
    if (strcmp(rep_id, self->default_rep) == 0) {
        book_each_owned(turn, "", gather, &gathering);
    }
}

static struct plan_rules rules_of(const struct scheduler *self, const struct rep *rep)
{
    const struct scheduler_options *options = &self->options;
    return (struct plan_rules){
        .capacity = rep->capacity != 0 ? rep->capacity : (uint32_t)options->capacity,
        .need_lead_days = (int32_t)options->need_lead_days,
        .rest_days = (int32_t)options->rest_days,
        .repeat_days = (int32_t)options->repeat_days,
        .stage_days = (int32_t)options->stage_days,
        .stale_days = (int32_t)options->stale_days,
        .silence_days = {0, (int32_t)options->silence_days_a, (int32_t)options->silence_days_b,
                         (int32_t)options->silence_days_c},
        .tries = (uint32_t)options->tries,
    };
}

static struct plan_day day_of(const struct desk *desk, int32_t day)
{
    int32_t start = day_month_start(day);
    int32_t next = day_add_months(start, 1);
    return (struct plan_day){.today = day,
                             .month_start = start,
                             .month_end = next - 1,
                             .working_days_left = (uint32_t)workday_count(&desk->days, day, next)};
}

void sheet_build(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day,
                 struct sheet *ret_sheet)
{
    struct sheet *sheet = ret_sheet;
    struct plan_rules rules = rules_of(self, &desk->rep);
    struct plan_day plan_day = day_of(desk, day);
    *sheet = (struct sheet){.desk = desk, .day = day, .month_start = plan_day.month_start};
    walk(self, turn, sheet, true);
    struct candidate **order = arena_take(turn->arena, (sheet->count + 1) * sizeof *order);
    sheet->lines = arena_take(turn->arena, rules.capacity * sizeof *sheet->lines);
    sheet->line_count =
        calllist_plan(&rules, &plan_day, sheet->candidates, sheet->count, order, sheet->lines, &sheet->coverage);
}

void sheet_cover(struct scheduler *self, struct turn *turn, const struct desk *desk, int32_t day,
                 struct coverage *ret_coverage)
{
    struct plan_rules rules = rules_of(self, &desk->rep);
    struct plan_day plan_day = day_of(desk, day);
    struct sheet sheet = {.desk = desk, .day = day};
    walk(self, turn, &sheet, false);
    calllist_coverage(&rules, &plan_day, sheet.candidates, sheet.count, ret_coverage);
}

const char *sheet_customer(const struct sheet *sheet, const struct candidate *candidate)
{
    must(candidate >= sheet->candidates && candidate < sheet->candidates + sheet->count);
    return sheet->ids[candidate - sheet->candidates];
}

// --- lines

static void add(struct notice_line *line, const char *name, int64_t value, enum figure_unit unit, const char *currency)
{
    must(line->figure_count < sizeof line->figures / sizeof line->figures[0]);
    line->figures[line->figure_count++] = (struct figure){name, value, unit, currency};
}

static void add_orders(struct notice_line *line, const struct customer *customer)
{
    if (customer->last_order_ms != 0) {
        add(line, "last_order", customer->last_order_ms, UNIT_TIME, "");
    }
    if (customer->mean_gap_milli != 0) {
        add(line, "mean_gap", customer->mean_gap_milli, UNIT_DAYS, "");
    }
    if (customer->currency[0] != '\0') {
        add(line, "net_sales", customer->net_micros, UNIT_MONEY, customer->currency);
    }
}

// What the reason says in numbers and words.
static void explain(struct turn *turn, const struct customer *customer, const struct candidate *candidate,
                    struct notice_line *line)
{
    struct promise promise;
    switch (candidate->reason) {
    case CALL_PROMISE_DUE:
        book_promise(turn, customer->id, customer->promise, &promise);
        line->text = promise.what;
        add(line, "promise_due", customer->promise_ms, UNIT_TIME, "");
        break;
    case CALL_APPOINTMENT:
        line->text = customer->next_text;
        add(line, "appointment", customer->next_ms, UNIT_TIME, "");
        break;
    case CALL_STAGE:
        add(line, "stage",
            candidate->stage == CALL_STAGE_EXPIRED   ? 7
            : candidate->stage == CALL_STAGE_INTENDS ? 4
                                                     : 5,
            UNIT_COUNT, "");
        if (customer->intention != 0) {
            add(line, "intention", customer->intention, UNIT_COUNT, "");
        }
        break;
    case CALL_EXPECTED_NEED:
        add(line, "expected_order", candidate->expected_day, UNIT_DATE, "");
        add_orders(line, customer);
        break;
    case CALL_OVERDUE_A:
        add_orders(line, customer);
        break;
    default:
        if (customer->last_order_ms != 0) {
            add(line, "last_order", customer->last_order_ms, UNIT_TIME, "");
        }
        break;
    }
    if (customer->contact_ms != 0) {
        add(line, "last_contact", customer->contact_ms, UNIT_TIME, "");
    }
}

void sheet_line(struct turn *turn, const struct sheet *sheet, size_t n, struct notice_line *ret_line)
{
    const struct candidate *candidate = sheet->lines[n];
    struct customer customer;
    book_customer(turn, sheet_customer(sheet, candidate), &customer);
    *ret_line = (struct notice_line){.reason = candidate->reason,
                                     .customer_id = customer.id,
                                     .customer_name = customer.name,
                                     .contact_name = customer.contact_name,
                                     .contact_phone = customer.contact_phone,
                                     .text = "",
                                     .abc = customer.abc};
    diary_reminder_id(customer.id, KIND_CALL, (uint64_t)sheet->day, ret_line->reminder_id);
    explain(turn, &customer, candidate, ret_line);
}
