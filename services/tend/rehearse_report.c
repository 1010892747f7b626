#include "services/tend/rehearse_report.h"

#include "common/calendar.h"
#include "services/tend/digits.h"

#include <string.h>

enum { PPM = 1000000, MONTH_LETTERS = 7 };

const char *report_mean(uint64_t messages, uint64_t days, char *buffer)
{
    uint64_t tenths = days > 0 ? (messages * 10 + days / 2) / days : 0;
    snprintf(buffer, REPORT_BYTES, "%llu.%llu", (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10));
    return buffer;
}

const char *report_day(int32_t day, char *buffer)
{
    buffer[0] = '\0';
    if (day != INT32_MIN)
        (void)day_print(day, buffer);
    return buffer;
}

const char *report_month(int32_t first, char *buffer)
{
    report_day(first, buffer);
    if (strlen(buffer) > MONTH_LETTERS)
        buffer[MONTH_LETTERS] = '\0';
    return buffer;
}

const char *report_band(enum wording_language language, size_t band, char *buffer)
{
    uint32_t from, to;
    char low[DIGITS_BYTES], high[DIGITS_BYTES];
    recount_band(band, &from, &to);
    digits_count(from, low);
    digits_count(to, high);
    if (from == to)
        snprintf(buffer, REPORT_BYTES, "%s", low);
    else if (to == UINT32_MAX)
        snprintf(buffer, REPORT_BYTES, wording(language, "%s or more"), low);
    else
        snprintf(buffer, REPORT_BYTES, wording(language, "%s to %s"), low, high);
    return buffer;
}

uint32_t report_reached(const struct recount_month *month)
{
    return month->customers > 0 ? digits_ppm(month->contacted, month->customers) : PPM;
}

struct recount_month report_month_of_all(const struct recount *recount, int32_t first, uint32_t *ret_short,
                                         uint32_t *ret_warned)
{
    struct recount_month all = {.first = first, .warned_day = INT32_MIN, .whole = true};
    *ret_short = *ret_warned = 0;
    for (size_t i = 0; i < recount->month_count; i++) {
        const struct recount_month *month = &recount->months[i];
        if (month->first != first)
            continue;
        all.customers += month->customers;
        all.contacted += month->contacted;
        all.calls += month->calls;
        all.ended = all.ended || month->ended;
        all.whole = all.whole && (month->whole || !month->ended);
        *ret_short += month->contacted < month->customers;
        *ret_warned += month->warned_day != INT32_MIN;
    }
    return all;
}

size_t report_kinds(const struct recount *recount, enum kind_id ret_kinds[KIND_COUNT])
{
    size_t count = 0;
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        const struct recount_kind *of = &recount->kinds[kind];
        if (of->told + of->folded + of->suppressed + of->cancelled + of->withdrawn + of->expired == 0)
            continue;
        size_t at = count++;
        for (; at > 0 && recount->kinds[ret_kinds[at - 1]].told < of->told; at--)
            ret_kinds[at] = ret_kinds[at - 1];
        ret_kinds[at] = kind;
    }
    return count;
}

bool report_unreached(const struct recount *recount)
{
    uint64_t contacted = 0;
    for (size_t i = 0; i < recount->month_count; i++)
        contacted += recount->months[i].contacted;
    return contacted == 0 && recount->contacts == 0;
}
