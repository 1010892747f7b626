#include "services/scheduler/service.h"

enum { MINUTE_MS = 60000 };

static struct span work_time(int64_t time_ms)
{
    return (struct span){.unit = SPAN_WORK_MINUTES, .amount = (int32_t)(time_ms / MINUTE_MS)};
}

static struct span work_days(int64_t days)
{
    return (struct span){.unit = SPAN_WORK_DAYS, .amount = (int32_t)days};
}

static struct span same_day(const struct service_options *options)
{
    return (struct span){.unit = SPAN_END_OF_DAY, .cut_minute = (uint32_t)options->reply_cutoff};
}

struct span service_due(const struct service_options *options, enum kind_id kind, uint32_t abc)
{
    const struct service_goal *goal = &options->goals[abc == 0 || abc >= SERVICE_CLASSES ? SERVICE_CLASSES - 1 : abc];
    switch (kind) {
    case KIND_REPLY_DUE:
        return goal->reply_ms == INT64_MIN ? same_day(options) : work_time(goal->reply_ms);
    case KIND_CONFIRM_IN_WRITING:
        return same_day(options);
    case KIND_COMPLAINT_ACKNOWLEDGE:
        return work_time(goal->acknowledge_ms);
    case KIND_COMPLAINT_ACT:
        return work_days(goal->act_work_days);
    case KIND_COMPLAINT_CAUSE:
        return work_days(options->cause_work_days);
    case KIND_TELL_DELIVERY:
        return work_time(options->tell_delivery_ms);
    case KIND_FIRST_ORDER_VISIT:
        return work_days(options->visit_work_days);
    default:
        return kinds_row(kind)->due;
    }
}

bool service_counts(enum kind_id kind)
{
    return kind == KIND_REPLY_DUE || kind == KIND_COMPLAINT_ACKNOWLEDGE || kind == KIND_COMPLAINT_ACT ||
           kind == KIND_TELL_DELIVERY;
}
