#include "bench/refit.h"

#include "bench/peer.h"
#include "common/must.h"
#include "harness/buyers.h"
#include "services/scoring/fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CUSTOMERS = 25000, NEWEST_DAYS = 30, OLDEST_DAYS = 1100, PEER_ROUNDS = 3, MOST_MS = 100 };

// A day after which none of them was followed.
static const double today = 20000;

// The market that they are drawn from: an order in some six weeks, a quarter gone after a few; amounts near 100.
static const struct buying_model mbg = {BUYING_MBG, {0.8, 30, 1.2, 6}}, pareto = {BUYING_PARETO, {0.8, 30, 0.6, 400}};
static const struct gammagamma_params spending = {6, 4, 55};

struct sample {
    struct nbd_row *rows;
    struct gammagamma_row *spendings;
    size_t spending_count;
};

static struct sample draw(const struct buying_model *model)
{
    struct dice dice = dice_of(7);
    struct sample sample = {.rows = calloc(CUSTOMERS, sizeof *sample.rows),
                            .spendings = calloc(CUSTOMERS, sizeof *sample.spendings)};
    must(sample.rows != NULL && sample.spendings != NULL);
    buyers_draw(&dice, model, NEWEST_DAYS, OLDEST_DAYS, false, sample.rows, CUSTOMERS);
    sample.spending_count = buyers_spend(&dice, &spending, sample.rows, CUSTOMERS, sample.spendings);
    return sample;
}

static void drop(struct sample *sample)
{
    free(sample->rows);
    free(sample->spendings);
}

struct kind {
    const char *what;
    int model;
    const struct buying_model *truth;
    bool buying, spending;
    double bound; // 0: no goal
};

static void measure_one(const struct kind *kind, unsigned rounds, struct series *ret_ms, struct fit_result *ret_result)
{
    struct fit_options options = {
        .model = kind->model, .least_customers = 1000, .least_repeaters = 200, .window_gaps_ppm = 2000000};
    struct sample sample = draw(kind->truth);
    struct fit_input input = {.rows = sample.rows,
                              .row_count = kind->buying ? CUSTOMERS : 0,
                              .spendings = sample.spendings,
                              .spending_count = kind->spending ? sample.spending_count : 0,
                              .median_gap_days = 40};
    for (unsigned i = 0; i < rounds; i++) {
        int64_t began_us = table_now_us();
        fit_run(&options, &input, NULL, ret_result);
        series_add(ret_ms, (double)(table_now_us() - began_us) / 1000);
    }
    must(!kind->buying || ret_result->status == FIT_GOOD);
    must(!kind->spending || ret_result->spending_status == SPENDING_GOOD);
    drop(&sample);
}

// --- pandas

struct purchase_row {
    uint32_t customer, zero;
    double day, amount;
};

// The purchases that such rows stand for: the first, the last, and the others evenly between.
static void write_purchases(const struct sample *sample, FILE *file)
{
    for (uint32_t i = 0; i < CUSTOMERS; i++) {
        const struct nbd_row *row = &sample->rows[i];
        for (uint32_t n = 0; n <= row->x; n++) {
            struct purchase_row purchase = {i, 0, today - row->T + (row->x > 0 ? row->tx * n / row->x : 0), 100};
            must(fwrite(&purchase, sizeof purchase, 1, file) == 1);
        }
    }
}

static void measure_peer(const char *peer, const struct series *ours, double log_likelihood, uint32_t evaluations)
{
    char path[] = "/tmp/tend-refit-XXXXXX", arguments[200];
    static struct series compress, fit, found, asked;
    const struct peer_figure figures[] = {{"compress", &compress},
                                          {"nelder_mead", &fit},
                                          {"log_likelihood", &found},
                                          {"evaluations", &asked},
                                          {NULL, NULL}};
    struct sample sample = draw(&mbg);
    int descriptor = mkstemp(path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "wb") : NULL;
    must(file != NULL);
    write_purchases(&sample, file);
    must(fclose(file) == 0);
    snprintf(arguments, sizeof arguments, "fit %s %.0f %d", path, today, PEER_ROUNDS);
    (void)peer_run(peer, arguments, figures);
    unlink(path);
    drop(&sample);
    if (compress.count > 0) {
        struct table_line line = {
            "pandas only makes the table of x, tx, T", "ms", &compress, ours, "MBG, ours", TABLE_NO_GOAL, 0};
        table_print(&line);
    }
    if (fit.count > 0) {
        struct table_line line = {
            "numpy and scipy fit it by Nelder-Mead", "ms", &fit, ours, "MBG, ours", TABLE_NO_GOAL, 0};
        table_print(&line);
        table_note("log-likelihood %.2f after %u of them with slopes, ours; %.2f after %.0f, Nelder-Mead",
                   log_likelihood, evaluations, series_median(&found), series_median(&asked));
    }
}

void refit_measure(const char *peer, unsigned rounds)
{
    static const struct kind kinds[] = {
        {"MBG/NBD and Gamma-Gamma, as the service does", BUYING_MBG, &mbg, true, true, MOST_MS},
        {"  MBG/NBD alone", BUYING_MBG, &mbg, true, false, 0},
        {"  BG/NBD alone", BUYING_BG, &mbg, true, false, 0},
        {"  Gamma-Gamma alone", BUYING_MBG, &mbg, false, true, 0},
        {"Pareto/NBD alone", BUYING_PARETO, &pareto, true, false, 0},
    };
    enum { KINDS = sizeof kinds / sizeof kinds[0], MBG_ALONE = 1 };
    static struct series ms[KINDS];
    static struct fit_result results[KINDS];
    table_head("a refit, 25,000 customers that all differ");
    for (size_t i = 0; i < KINDS; i++) {
        measure_one(&kinds[i], rounds, &ms[i], &results[i]);
        struct table_line line = {kinds[i].what, "ms", &ms[i],
                                  NULL,          NULL, kinds[i].bound > 0 ? TABLE_AT_MOST : TABLE_NO_GOAL,
                                  kinds[i].bound};
        table_print(&line);
    }
    measure_peer(peer, &ms[MBG_ALONE], results[MBG_ALONE].log_likelihood, results[MBG_ALONE].evaluations);
}
