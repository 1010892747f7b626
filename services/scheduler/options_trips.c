#include "services/scheduler/options_trips.h"

#include <stddef.h>

enum { WORK_DAYS_MOST = 60 }; // nobody prepares or reports over more than a quarter

#define WORK_DAYS(key, member, value, sentence)                                                                  \
    {                                                                                                            \
        .name = key, .type = CONFIG_INTEGER, .offset = offsetof(struct trip_options, member), .fallback = value, \
        .min = 1, .max = WORK_DAYS_MOST, .help = sentence                                                        \
    }

const struct config_key trip_keys[] = {
    WORK_DAYS("checklist_work_days", checklist_work_days, "2",
              "What to prepare, to talk about and to see is told so many working days before a trip."),
    WORK_DAYS("report_work_days", report_work_days, "3",
              "The report of a trip is due so many working days after its last day."),
    {0},
};
