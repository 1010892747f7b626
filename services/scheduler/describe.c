#include "services/scheduler/describe.h"

#include "services/scheduler/cause.h"
#include "services/scheduler/follow.h"
#include "services/scheduler/handover.h"
#include "services/scheduler/policy.h"
#include "services/scheduler/spread.h"
#include "services/scheduler/visit.h"

#include <string.h>

static const char *yearly_text(struct turn *turn, struct date date)
{
    if (date.month == 0) {
        return "";
    }
    return date.year == 0 ? arena_format(turn->arena, "--%02d-%02d", date.month, date.day)
                          : arena_format(turn->arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

static size_t customer_figures(struct turn *turn, const struct customer *customer, struct figure **ret_figures)
{
    struct figure *figures = arena_take(turn->arena, 9 * sizeof *figures);
    size_t count = 0;
    if (customer->currency[0] != '\0') {
        figures[count++] = (struct figure){"net_sales", customer->net_micros, UNIT_MONEY, customer->currency};
        figures[count++] = (struct figure){"share", customer->share_ppm, UNIT_PPM, ""};
    }
    if (customer->last_order_ms != 0) {
        figures[count++] = (struct figure){"last_order", customer->last_order_ms, UNIT_TIME, ""};
        figures[count++] =
            (struct figure){"last_order_amount", customer->last_order_micros, UNIT_MONEY, customer->currency};
        figures[count++] =
            (struct figure){"days_since_order", (turn->now_ms - customer->last_order_ms) / 86400, UNIT_DAYS, ""};
    }
    if (customer->mean_gap_milli != 0) {
        figures[count++] = (struct figure){"mean_gap", customer->mean_gap_milli, UNIT_DAYS, ""};
    }
    if (customer->contact_ms != 0) {
        figures[count++] = (struct figure){"last_contact", customer->contact_ms, UNIT_TIME, ""};
    }
    if (customer->breaks != 0) {
        figures[count++] = (struct figure){"broken_promises", customer->breaks, UNIT_COUNT, ""};
    }
    *ret_figures = figures;
    return count;
}

static void add_figure(struct turn *turn, struct notice *notice, struct figure figure)
{
    struct figure *figures = arena_take(turn->arena, (notice->figure_count + 1) * sizeof *figures);
    if (notice->figure_count > 0)
        memcpy(figures, notice->figures, notice->figure_count * sizeof *figures);
    figures[notice->figure_count++] = figure;
    notice->figures = figures;
}

static void add_years(struct turn *turn, struct notice *notice, int32_t since_year, int32_t occasion)
{
    int32_t years = since_year > 0 ? day_date(occasion).year - since_year : 0;
    if (years > 0)
        add_figure(turn, notice, (struct figure){"years", years, UNIT_COUNT, ""});
}

static void describe_date(struct turn *turn, const struct reminder *reminder, const struct customer *customer,
                          struct notice *notice)
{
    struct date date = {0};
    if (reminder->kind == KIND_BIRTHDAY) {
        date = reminder->detail == 1 ? customer->contact_birthday : customer->birthday;
        // The contact's name beside the customer's own birthday would congratulate the wrong person.
        notice->text = reminder->detail == 1 ? customer->contact_name : "";
        notice->contact_name = notice->text;
    } else if (reminder->kind == KIND_FOUNDING_DAY) {
        date = customer->founding;
    } else {
        int32_t since = customer->cooperation_day != DAY_NONE ? customer->cooperation_day : customer->first_order_day;
        date = since != DAY_NONE ? day_date(since) : date;
    }
    notice->event_date = yearly_text(turn, date);
    // A date of the lunar calendar says nothing to those who look at ours.
    if (reminder->kind == KIND_BIRTHDAY && (reminder->detail == 1 ? customer->contact_lunar : customer->lunar) != 0) {
        char *day = arena_take(turn->arena, DAY_TEXT_BYTES);
        day_print(reminder->event_day, day);
        notice->event_date = day;
    }
    if (reminder->kind != KIND_BIRTHDAY) {
        add_years(turn, notice, date.year, reminder->event_day);
    }
}

// --- what depends on the day on which it is told

static void describe_trip(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice)
{
    (void)self;
    struct visit visit;
    if (visit_get(turn, matter->ref, &visit))
        visit_describe(turn, &visit, matter->kind == KIND_VISIT_CHECKLIST, notice);
}

static void describe_exception(struct scheduler *self, struct turn *turn, const struct matter *matter,
                               struct notice *notice)
{
    (void)self;
    policy_describe(turn, matter->ref, notice);
}

// Which complaint, where its end does not say.
static void describe_cause(struct scheduler *self, struct turn *turn, const struct matter *matter,
                           struct notice *notice)
{
    (void)self;
    struct matter complaint;
    if (notice_why_read(turn->arena, matter->why).text[0] == '\0' &&
        matter_find(turn, KIND_COMPLAINT_ACT, matter->customer_id, matter->which, &complaint))
        notice->text = notice_why_read(turn->arena, complaint.why).text;
}

// Whom the customer brought, by the present name: nobody's name outlives its erasure.
static void describe_commission(struct scheduler *self, struct turn *turn, const struct matter *matter,
                                struct notice *notice)
{
    (void)self;
    struct customer brought;
    if (!book_customer(turn, matter->ref, &brought) || brought.erased.time_ms != 0)
        return;
    const char *name = brought.name[0] != '\0' ? brought.name : brought.id;
    struct notice_line *line = arena_take(turn->arena, sizeof *line);
    *line = (struct notice_line){.customer_id = brought.id,
                                 .customer_name = name,
                                 .contact_name = brought.contact_name,
                                 .contact_phone = brought.contact_phone,
                                 .text = "",
                                 .abc = brought.abc};
    notice->text = name;
    notice->about = line;
    notice->about_count = 1;
}

// The customers that the round listed, under their present names; whoever was erased since is left out.
static void describe_listed(struct turn *turn, const struct reminder *reminder, struct notice *notice)
{
    struct notice_line *lines;
    size_t count = notice_why_about(turn->arena, reminder->why, &lines), kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct customer customer;
        if (!book_customer(turn, lines[i].customer_id, &customer) || customer.erased.time_ms != 0)
            continue;
        lines[kept] = lines[i];
        lines[kept].customer_name = customer.name;
        lines[kept].contact_name = customer.contact_name;
        lines[kept].contact_phone = customer.contact_phone;
        lines[kept++].abc = customer.abc;
    }
    notice->about = lines;
    notice->about_count = kept;
}

// The order that the visit follows, also where another one came since.
static void describe_first_order(struct scheduler *self, struct turn *turn, const struct matter *matter,
                                 struct notice *notice)
{
    (void)self;
    (void)matter;
    const struct customer *customer = notice->customer;
    struct figure *figures = arena_take(turn->arena, (notice->figure_count + 2) * sizeof *figures);
    size_t count = 0;
    if (customer == NULL || customer->orders_ever <= 1 || customer->first_order_day == DAY_NONE)
        return;
    for (size_t i = 0; i < notice->figure_count; i++) {
        const char *name = notice->figures[i].name;
        if (strcmp(name, "last_order") != 0 && strcmp(name, "last_order_amount") != 0 &&
            strcmp(name, "days_since_order") != 0)
            figures[count++] = notice->figures[i];
    }
    figures[count++] = (struct figure){"last_order", customer->first_order_day, UNIT_DATE, ""};
    if (customer->first_micros != 0)
        figures[count++] = (struct figure){"last_order_amount", customer->first_micros, UNIT_MONEY, customer->currency};
    notice->figures = figures;
    notice->figure_count = count;
}

static void describe_matter(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                            struct notice *notice)
{
    static const struct {
        enum kind_id kind;
        void (*describe)(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice);
    } HOOKS[] = {
        {KIND_VISIT_ANNOUNCE, describe_trip},           {KIND_VISIT_ARRIVAL, describe_trip},
        {KIND_VISIT_CHECKLIST, describe_trip},          {KIND_POLICY_EXCEPTION, describe_exception},
        {KIND_COMPLAINT_CAUSE, describe_cause},         {KIND_NO_FOLLOW_UP, follow_describe},
        {KIND_ANNOUNCEMENT, spread_describe},           {KIND_COMPANY_EVENT, spread_describe},
        {KIND_REASSIGNED, handover_describe},           {KIND_COMMISSION_DUE, describe_commission},
        {KIND_FIRST_ORDER_VISIT, describe_first_order},
    };
    struct matter matter;
    if (reminder->for_rep[0] != '\0') {
        struct rep rep;
        book_rep(turn, reminder->for_rep, &rep);
        notice->for_name = rep.name;
    }
    if (!matter_get(turn, reminder->matter, &matter))
        return;
    // By when, and since when the rep has known it.
    if (matter.due_ms > matter.since_ms)
        add_figure(turn, notice, (struct figure){"deadline", matter.due_ms, UNIT_TIME, ""});
    if (matter.due_ms > matter.since_ms && matter.due_ms < turn->now_ms)
        add_figure(turn, notice, (struct figure){"was_due", matter.due_ms, UNIT_TIME, ""});
    if (reminder->step > 0 && matter.told_ms != 0)
        add_figure(turn, notice, (struct figure){"told", matter.told_ms, UNIT_TIME, ""});
    for (size_t i = 0; i < sizeof HOOKS / sizeof HOOKS[0]; i++)
        if (HOOKS[i].kind == matter.kind)
            HOOKS[i].describe(self, turn, &matter, notice);
}

static struct notice describe(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                              const struct customer *customer)
{
    struct notice notice = {.reminder = reminder,
                            .customer = customer,
                            .rep_id = reminder->rep_id,
                            .text = "",
                            .contact_name = customer != NULL ? customer->contact_name : "",
                            .event_date = ""};
    if (customer == NULL) {
        if (kinds_row(reminder->kind)->trigger == TRIGGER_PLAN)
            describe_listed(turn, reminder, &notice);
        describe_matter(self, turn, reminder, &notice);
        return notice;
    }
    struct figure *figures;
    notice.figure_count = customer_figures(turn, customer, &figures);
    notice.figures = figures;
    if (kinds_row(reminder->kind)->trigger == TRIGGER_YEARLY) {
        describe_date(turn, reminder, customer, &notice);
    } else if (reminder->promise != 0) {
        struct promise promise;
        book_promise(turn, customer->id, reminder->promise, &promise);
        char *day = arena_take(turn->arena, DAY_TEXT_BYTES);
        day_print(reminder->event_day, day);
        notice.text = promise.what;
        notice.event_date = day;
        policy_describe_promise(turn, &promise, &notice);
    }
    describe_matter(self, turn, reminder, &notice);
    if (reminder->kind == KIND_SNOOZED && reminder->text[0] != '\0')
        notice.text = reminder->text;
    return notice;
}

struct notice describe_reminder(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                                const struct customer *customer)
{
    struct notice notice = describe(self, turn, reminder, customer);
    cause_fill(turn, &notice);
    return notice;
}
