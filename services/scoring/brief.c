#include "services/scoring/brief.h"

#include "common/calendar.h"
#include "common/config.h"
#include "common/hash.h"

#include <string.h>

const enum dimension brief_dimensions[BRIEF_STANDINGS] = {
    DIMENSION_TIER,   DIMENSION_CLV,          DIMENSION_FACE,        DIMENSION_POLICY,
    DIMENSION_STATUS, DIMENSION_SATISFACTION, DIMENSION_TEMPERATURE, DIMENSION_HORIZON,
    DIMENSION_STAGE,  DIMENSION_DEMAND,       DIMENSION_DECLINING,
};

static void make_orders(const struct view *view, struct brief *brief)
{
    const struct ledger_customer *customer = view->customer;
    brief->net_micros = view->net_micros;
    brief->orders = customer->orders;
    brief->mean_gap_milli = ledger_mean_gap_milli(customer);
    brief->orders_ever = view->life->purchases;
    brief->first_day = BRIEF_NO_DAY;
    brief->last_ms = LEDGER_NEVER;
    if (customer->days == 0)
        return;
    brief->first_day = customer->first_day;
    brief->last_ms = customer->last_ms;
    brief->last_micros = customer->last_micros;
}

// A stage that a person decided lasts as long as that decision.
static int32_t stage_limit(const struct judging *judging, const struct assessment *all, const uint8_t *announce)
{
    const struct lead *lead = &all->lead;
    int64_t most = judging->lead.dwell_days[lead->stage];
    if (lead->stage == LEAD_STAGE_UNKNOWN || lead->stage_day == NOTE_NO_DAY || most == 0 ||
        announce[DIMENSION_STAGE] != lead->stage)
        return BRIEF_NO_DAY;
    int64_t day = lead->stage_day + most + 1;
    return day > DAY_MAX ? BRIEF_NO_DAY : (int32_t)day;
}

static void make_file(const struct judging *judging, const struct assessment *all, struct brief *brief)
{
    const struct completeness_class *class = completeness_class_of(&judging->completeness, all->completeness_facts.abc);
    brief->file_class = all->completeness_facts.abc;
    brief->file_ppm = (uint32_t)all->completeness.ppm;
    brief->file_target_ppm = (uint32_t) class->target_ppm;
    brief->file_by_day = class->by_day != CONFIG_UNSET_32 ? class->by_day : BRIEF_NO_DAY;
    brief->missing = all->completeness.missing;
}

void brief_make(const struct judging *judging, const struct view *view, const struct assessment *assessment,
                const uint8_t *announce, struct brief *ret_brief)
{
    struct brief *brief = ret_brief;
    memset(brief, 0, sizeof *brief);
    make_orders(view, brief);
    make_file(judging, assessment, brief);
    brief->expected_day = BRIEF_NO_DAY;
    if (assessment->forecast.day != SERIES_NO_DAY) {
        brief->expected_day = assessment->forecast.day;
        brief->expected_micros = assessment->forecast.amount_micros;
    }
    brief->survey_ms = assessment->satisfaction.ask_ms;
    brief->stage_limit_day = stage_limit(judging, assessment, announce);
    brief->future_micros = assessment->clv.future_micros;
    const struct override *face = override_find(&view->story->overrides, DIMENSION_FACE, view->today);
    brief->face_until_day = face != NULL && face->until_day != INT32_MAX ? face->until_day : BRIEF_NO_DAY;
    brief->abc = announce[DIMENSION_ABC];
    brief->overdue = announce[DIMENSION_OVERDUE] == DECLINING_YES;
    brief->dropped = announce[DIMENSION_DROP] == DECLINING_YES;
    for (size_t i = 0; i < BRIEF_STANDINGS; i++)
        brief->standings[i] = announce[brief_dimensions[i]];
}

// How many times it can be halved: 0 for nothing.
static int64_t magnitude(int64_t micros)
{
    return micros > 0 ? 64 - __builtin_clzll((uint64_t)micros) : 0;
}

uint64_t brief_hash(const struct brief *brief)
{
    struct brief rough = *brief;
    rough.future_micros = magnitude(brief->future_micros);
    uint64_t hash = hash_short(&rough, sizeof rough);
    return hash == 0 ? 1 : hash;
}

// Of several at one moment, as of a day whose hours nobody told, the largest stands for it, whichever came first.
static bool is_before(const struct purchase *one, const struct purchase *other)
{
    return one->time_ms != other->time_ms ? one->time_ms > other->time_ms : one->total_micros > other->total_micros;
}

size_t brief_orders(const struct assessment *assessment, const struct purchase *ret_orders[BRIEF_ORDERS])
{
    const struct series *series = &assessment->series;
    size_t count = 0;
    for (size_t i = series->count; i > 0; i--) {
        const struct purchase *purchase = &series->purchases[i - 1];
        bool full = count == BRIEF_ORDERS;
        if (full && purchase->time_ms < ret_orders[count - 1]->time_ms)
            break;
        if (full && !is_before(purchase, ret_orders[count - 1]))
            continue;
        size_t at = full ? count - 1 : count++;
        for (; at > 0 && is_before(purchase, ret_orders[at - 1]); at--)
            ret_orders[at] = ret_orders[at - 1];
        ret_orders[at] = purchase;
    }
    return count;
}
