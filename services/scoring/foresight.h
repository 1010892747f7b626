// The foresight: what a customer is expected to bring, by the models in force, else by what silent customers were seen
// to do (buying.h, dwyer.h, clv.h). Pure. It follows from few figures, and most of them stay as they are from one
// judgement to the next, so it is remembered for each customer with all that it was made from.
#ifndef TEND_SCORING_FORESIGHT_H
#define TEND_SCORING_FORESIGHT_H

#include "services/scoring/book.h"
#include "services/scoring/clv.h"
#include "services/scoring/column.h"

// All that it is made from beside the options and the book.
struct foresight_facts {
    uint32_t days;               // purchase days up to today; 0: nothing is expected
    int32_t first_day, last_day; // of them
    int32_t today;
    int64_t last_micros; // of the last purchase
    int64_t margin_ppm;  // that the customer's purchases leave (clv_margin)
    double mean;         // of what a repeat purchase day brought, units of the currency; 0 without any
};

struct foresight {
    int source;                                                 // enum clv_source; CLV_NO_SOURCE: the rest is 0
    int64_t alive_ppm;                                          // chance that it is still a customer
    int64_t orders_30_milli, orders_90_milli, orders_365_milli; // expected within so many days, thousandths
    int64_t amount_micros;                                      // expected of one order
    int64_t future_micros; // of the next 12 months, discounted (clv_predict), below RANK_NONE
};

// What is expected, found anew.
void foresight_judge(const struct clv_options *options, const struct book *book, const struct foresight_facts *facts,
                     struct foresight *ret);

// Those of all customers.
struct foresights {
    struct buying_model buying; // that what is remembered goes by
    struct spending_model spending;
    uint32_t edition;    // of these models, from 1
    struct column items; // by slot
};

// Nothing remembered; and the memory given back.
void foresights_start(struct foresights *foresights);
void foresights_clear(struct foresights *foresights);

// What foresight_judge says of the customer; the options are the same each time.
void foresights_of(struct foresights *foresights, uint32_t slot, const struct clv_options *options,
                   const struct book *book, const struct foresight_facts *facts, struct foresight *ret);

// Says that it will be asked for soon, so that the processor can fetch it. Changes nothing.
void foresights_expect(const struct foresights *foresights, uint32_t slot);

#endif
