#include "services/scoring/fitting.h"

#include "common/must.h"
#include "services/scoring/census.h"
#include "services/scoring/errand.h"

#include <stdlib.h>

struct fitting {
    struct fit_options options;
    struct errand *errand;
    struct census *census;
    int32_t today;
    bool begun, gone, abandoned;
    struct fit_input input;
    struct fit_result result;
};

struct fitting *fitting_open(const struct fit_options *options)
{
    struct fitting *fitting = calloc(1, sizeof *fitting);
    must(fitting != NULL);
    fitting->options = *options;
    fitting->errand = errand_open();
    fitting->census = census_open();
    return fitting;
}

void fitting_close(struct fitting **fitting)
{
    if (*fitting == NULL)
        return;
    errand_close(&(*fitting)->errand);
    census_close(&(*fitting)->census);
    free(*fitting);
    *fitting = NULL;
}

int fitting_fd(struct fitting *fitting)
{
    return errand_fd(fitting->errand);
}

// What was abandoned ends when the thread does.
static void drop_abandoned(struct fitting *fitting)
{
    if (fitting->abandoned && (!fitting->gone || errand_take(fitting->errand)))
        fitting->abandoned = fitting->begun = fitting->gone = false;
}

bool fitting_busy(struct fitting *fitting)
{
    drop_abandoned(fitting);
    return fitting->begun;
}

void fitting_abandon(struct fitting *fitting)
{
    fitting->abandoned = fitting->begun;
    drop_abandoned(fitting);
}

void fitting_begin(struct fitting *fitting, int32_t today, double median_gap_days)
{
    must(!fitting->begun);
    census_clear(fitting->census);
    fitting->begun = true;
    fitting->gone = false;
    fitting->today = today;
    fitting->input.median_gap_days = median_gap_days;
}

void fitting_add(struct fitting *fitting, uint32_t x, int32_t first_day, int32_t last_day, double mean)
{
    must(fitting->begun && !fitting->gone);
    census_add(fitting->census, x, first_day, last_day, fitting->today);
    census_spent(fitting->census, x, mean);
}

static void work(void *context, const atomic_bool *cancelled)
{
    struct fitting *fitting = context;
    struct fit_input *input = &fitting->input;
    input->rows = census_rows(fitting->census, &input->row_count);
    input->spendings = census_spendings(fitting->census, &input->spending_count);
    fit_run(&fitting->options, input, cancelled, &fitting->result);
}

void fitting_go(struct fitting *fitting)
{
    must(fitting->begun && !fitting->gone);
    fitting->gone = true;
    errand_start(fitting->errand, work, fitting);
}

bool fitting_done(struct fitting *fitting)
{
    bool done = fitting->gone && errand_done(fitting->errand);
    drop_abandoned(fitting);
    return done;
}

bool fitting_take(struct fitting *fitting, struct fit_result *ret_result)
{
    if (fitting->abandoned || !fitting->gone || !errand_take(fitting->errand))
        return false;
    fitting->begun = fitting->gone = false;
    *ret_result = fitting->result;
    return true;
}
