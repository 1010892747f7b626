// The assessment: one customer judged in every dimension, in the order in which one judgement needs another. Pure.
//
// Each dimension is decided by its own file; here its facts are gathered from what is known of the customer (the view)
// and its words are found.
#ifndef TEND_SCORING_ASSESS_H
#define TEND_SCORING_ASSESS_H

#include "services/scoring/advocacy.h"
#include "services/scoring/aftersales.h"
#include "services/scoring/book.h"
#include "services/scoring/clv.h"
#include "services/scoring/completeness.h"
#include "services/scoring/declining.h"
#include "services/scoring/demand.h"
#include "services/scoring/dimension.h"
#include "services/scoring/face.h"
#include "services/scoring/forecast.h"
#include "services/scoring/foresight.h"
#include "services/scoring/kind.h"
#include "services/scoring/lead.h"
#include "services/scoring/ledger.h"
#include "services/scoring/life.h"
#include "services/scoring/lifecycle.h"
#include "services/scoring/loyalty.h"
#include "services/scoring/policy.h"
#include "services/scoring/rival.h"
#include "services/scoring/satisfaction.h"
#include "services/scoring/story.h"
#include "services/scoring/worth.h"

// What is decided by.
struct judging {
    struct clv_options clv;
    struct kind_options kind;
    struct face_options face;
    struct policy_options policy;
    struct policies policies;
    struct demand_options demand;
    struct forecast_options forecast;
    struct lifecycle_options lifecycle;
    struct declining_options declining;
    struct rival_options rival;
    struct lead_options lead;
    struct satisfaction_options satisfaction;
    struct aftersales_options aftersales;
    struct advocacy_options advocacy;
    struct loyalty_options loyalty;
    struct completeness_options completeness;
    struct worth_options worth;
};

// What is known of one customer, as of one instant. Everything it points to is the caller's.
struct view {
    int64_t now_ms;
    int64_t today_ms; // when the local day began
    int32_t today;
    int32_t window_days;
    bool ordered; // an order of it is known, even one that was cancelled
    const struct ledger_customer *customer;
    struct ledger_verdict exact;     // of the ledger
    struct ledger_verdict announced; // what it would announce
    struct ledger_rfm rfm;
    int64_t net_micros; // in the window, of the measure
    int64_t above_ppm;  // share of the customers with an order in the window that are worth more
    int64_t key_cut;    // the least net value among the top 20 %; RANK_NONE
    const struct life *life;
    struct foresight foresight;
    const struct purchase *purchases; // oldest first
    size_t purchase_count;
    const struct story *story;
    const struct book *book;
    int32_t reached_day;      // of the last real contact, when there was one
    int64_t served_micros;    // cost to serve in the window
    int64_t returned_micros;  // totals of cancelled orders in the window
    uint32_t returned_orders; // and how many they are
    const uint8_t *said;      // what was announced, by dimension
};

// What the purchases of the window came to.
struct assess_window {
    struct clv_money money;
    bool margin_known;     // the cost is, of at least nine tenths of the sales that were kept
    int64_t margin_micros; // then, of all of them: those of unknown cost are taken to have the margin of the others
    int64_t total_micros;
    uint32_t orders, discounted;
};

// The judgements, with what they were made from.
struct assessment {
    struct series series;
    struct series_gaps gaps;
    struct series_growth growth[SERIES_GROWTHS];
    struct assess_window window;
    struct lead_facts lead_facts;
    struct lead lead;
    struct rival_facts rival_facts;
    struct rival rival;
    struct declining_facts declining_facts;
    struct declining declining;
    struct deals_facts deals_facts;
    struct deals_worth deals;
    struct clv_facts clv_facts;
    struct clv clv;
    struct satisfaction_facts satisfaction_facts;
    struct satisfaction satisfaction;
    struct loyalty_facts loyalty_facts;
    struct loyalty loyalty;
    struct lifecycle_facts lifecycle_facts;
    struct lifecycle lifecycle;
    struct advocacy_facts advocacy_facts;
    struct advocacy advocacy;
    struct aftersales_facts aftersales_facts;
    struct aftersales aftersales;
    struct demand_facts demand_facts;
    struct demand demand;
    struct forecast_facts forecast_facts;
    struct forecast forecast;
    struct kind_facts kind_facts;
    struct kind kind;
    struct face_facts face_facts;
    struct face face;
    struct policy_facts policy_facts;
    struct policy policy;
    struct completeness_facts completeness_facts;
    struct completeness completeness;
};

// Judges the customer in every dimension.
void assess(const struct judging *judging, const struct view *view, struct assessment *ret_assessment);

// What the figures say in each dimension, and what is to be announced of it; both by enum dimension.
void assess_values(const struct judging *judging, const struct view *view, const struct assessment *assessment,
                   uint8_t ret_now[DIMENSION_ROOM], uint8_t ret_announce[DIMENSION_ROOM]);

// The values of what the ledger knows, put where they belong.
void assess_ledger(struct ledger_verdict verdict, struct ledger_rfm rfm, uint8_t values[DIMENSION_ROOM]);

// What the purchases from a day on brought.
void assess_money(const struct series *series, int32_t from_day, struct clv_money *ret_money);

// What the customer's orders of its life brought.
void assess_life(const struct life *life, struct clv_money *ret_money);

#endif
