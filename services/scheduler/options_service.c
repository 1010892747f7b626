#include "services/scheduler/options_service.h"

#include <stddef.h>

enum { WORK_DAYS_MOST = 60 }; // a quarter of a year; no goal is further away

#define MINUTE_MS INT64_C(60000)
#define WORK_MOST (INT64_C(30) * 86400000) // of time at work: a quarter of a year too

#define WORK_TIME(key, where, value, sentence)                                                        \
    {                                                                                                 \
        .name = key, .type = CONFIG_DURATION, .offset = (where), .fallback = value, .min = MINUTE_MS, \
        .max = WORK_MOST, .help = sentence                                                            \
    }
#define WORK_DAYS(key, where, value, sentence)                                                                      \
    {                                                                                                               \
        .name = key, .type = CONFIG_INTEGER, .offset = (where), .fallback = value, .min = 1, .max = WORK_DAYS_MOST, \
        .help = sentence                                                                                            \
    }

#define AT(member) offsetof(struct service_goal, member)
#define GOALS(rows, acknowledge, act)                                                                                  \
    static const struct config_key rows[] = {                                                                          \
        {.name = "reply",                                                                                              \
         .type = CONFIG_DURATION,                                                                                      \
         .offset = AT(reply_ms),                                                                                       \
         .fallback = "",                                                                                               \
         .min = MINUTE_MS,                                                                                             \
         .max = WORK_MOST,                                                                                             \
         .example = "4h",                                                                                              \
         .help = "A message is answered within so much working time. Left out: by the end of the same working "        \
                 "day."},                                                                                              \
        WORK_TIME("acknowledge", AT(acknowledge_ms), acknowledge,                                                      \
                  "After a complaint the customer hears from us within so much working time."),                        \
        WORK_DAYS("act_work_days", AT(act_work_days), act, "Something is done about it within so many working days."), \
        {0},                                                                                                           \
    }
GOALS(a_keys, "2h", "1");
GOALS(b_keys, "4h", "2");
GOALS(c_keys, "8h", "3");
#undef AT

#define AT(member) offsetof(struct service_options, member)
#define CLASS(key, number, rows, sentence)                                                                             \
    {                                                                                                                  \
        .name = key, .type = CONFIG_GROUP, .offset = AT(goals[number]), .fallback = "", .keys = rows, .help = sentence \
    }

const struct config_key service_keys[] = {
    {.name = "reply_cutoff",
     .type = CONFIG_MINUTE,
     .offset = AT(reply_cutoff),
     .fallback = "17:00",
     .help = "A message that comes later in the rep's day belongs to the next working day, as does one on a day off."},
    WORK_TIME("tell_delivery", AT(tell_delivery_ms), "1h",
              "The customer hears of a delivery date, or of a delay, within so much working time."),
    WORK_DAYS("first_visit_work_days", AT(visit_work_days), "3",
              "Who ordered for the first time is visited or called so many working days after the delivery, or after "
              "the order where no delivery is known."),
    WORK_DAYS("cause_work_days", AT(cause_work_days), "2",
              "A complaint that was closed without its cause or a compensation is made good within so many working "
              "days."),
    CLASS("a", 1, a_keys, "Customers of class A."),
    CLASS("b", 2, b_keys, "Customers of class B."),
    CLASS("c", 3, c_keys, "Customers of class C, and those without a class."),
    {0},
};
