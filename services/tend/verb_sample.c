// `tend sample`: the history of an exporter that does not exist, to try things on.
#include "common/calendar.h"
#include "common/clock.h"
#include "common/must.h"
#include "common/zone.h"
#include "services/tend/sample.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A whole number from an option; false with a sentence printed when it is none.
static bool read_number(const struct verb_call *call, const char *option, uint64_t fallback, uint64_t *ret_number)
{
    const char *text = verb_value(call, option);
    char *end;
    *ret_number = text != NULL ? strtoull(text, &end, 10) : fallback;
    if (text == NULL || (*text != '\0' && *end == '\0' && *text != '-' && *ret_number <= UINT32_MAX))
        return true;
    fprintf(stderr, "tend sample: --%s must be a whole number\n", option);
    return false;
}

static bool read_until(const struct verb_call *call, int32_t *ret_day)
{
    const char *text = verb_value(call, "until");
    if (text != NULL) {
        bool good = day_parse(text, strlen(text), ret_day);
        if (!good)
            fprintf(stderr, "tend sample: --until is a day, 2026-05-17\n");
        return good;
    }
    struct zone *zone;
    struct clock *clock = clock_open();
    bool good = zone_open(ZONE_DIRECTORIES, "Asia/Shanghai", &zone);
    if (good) {
        *ret_day = zone_local(zone, clock_wall_ms(clock) / 1000).day;
        zone_close(&zone);
    } else {
        fprintf(stderr, "tend sample: there are no time zones on this machine; install tzdata\n");
    }
    clock_close(&clock);
    return good;
}

int verb_sample(struct verb_call *call)
{
    uint64_t customers, reps, years, seed;
    struct sample_options options = {.folder = verb_value(call, "out") != NULL ? verb_value(call, "out") : "sample"};
    bool good = read_number(call, "customers", SAMPLE_CUSTOMERS, &customers) &&
                read_number(call, "reps", SAMPLE_REPS, &reps) && read_number(call, "years", SAMPLE_YEARS, &years) &&
                read_number(call, "seed", SAMPLE_SEED, &seed) && read_until(call, &options.until_day);
    if (!good)
        return VERB_USAGE;
    options.customers = (uint32_t)customers;
    options.reps = (uint32_t)reps;
    options.years = (uint32_t)years;
    options.seed = seed;
    char error[SAMPLE_ERROR_BYTES];
    struct sample_counts counts;
    if (!sample_write(&options, error, &counts)) {
        fprintf(stderr, "tend sample: %s\n", error);
        return VERB_PROBLEM;
    }
    if (call->json)
        printf("{\"reps\":%u,\"customers\":%u,\"orders\":%u,\"events\":%u,\"folder\":\"%s\"}\n", counts.reps,
               counts.customers, counts.orders, counts.events, options.folder);
    else
        printf("%s: %u reps, %u customers, %u orders, %u other events\n", options.folder, counts.reps, counts.customers,
               counts.orders, counts.events);
    return VERB_DONE;
}
