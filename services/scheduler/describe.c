#include "services/scheduler/describe.h"

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
    struct figure *figures = arena_take(turn->arena, 8 * sizeof *figures);
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
    *ret_figures = figures;
    return count;
}

static void add_years(struct turn *turn, struct notice *notice, int32_t since_year, int32_t occasion)
{
    struct figure *figures = arena_take(turn->arena, (notice->figure_count + 1) * sizeof *figures);
    if (notice->figure_count > 0) {
        memcpy(figures, notice->figures, notice->figure_count * sizeof *figures);
    }
    int32_t years = since_year > 0 ? day_date(occasion).year - since_year : 0;
    if (years > 0) {
        figures[notice->figure_count++] = (struct figure){"years", years, UNIT_COUNT, ""};
    }
    notice->figures = figures;
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
    if (reminder->kind != KIND_BIRTHDAY) {
        add_years(turn, notice, date.year, reminder->event_day);
    }
}

struct notice describe_reminder(struct turn *turn, const struct reminder *reminder, const struct customer *customer)
{
    struct notice notice = {.reminder = reminder,
                            .customer = customer,
                            .rep_id = reminder->rep_id,
                            .text = "",
                            .contact_name = customer != NULL ? customer->contact_name : "",
                            .event_date = ""};
    if (customer == NULL) {
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
    }
    if (reminder->kind == KIND_SNOOZED && reminder->note[0] != '\0') {
        notice.text = reminder->note;
    }
    return notice;
}
