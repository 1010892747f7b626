// What the customers of the bundled business order, and how its stories bend that.
#ifndef TEND_TEND_SAMPLE_TRADE_H
#define TEND_TEND_SAMPLE_TRADE_H

#include "services/tend/sample_cast.h"

enum { SAMPLE_LINES_MAX = 4 };

struct sample_line {
    uint32_t product;
    int64_t quantity;
    int64_t price; // micros of the customer's currency for one piece
    uint32_t discount_percent;
};

struct sample_order {
    uint32_t customer; // index in the cast
    uint32_t number;   // from 1, in the order of time
    int32_t day;
    int64_t time_ms;
    int64_t value_cny;             // micros; 0 when it was cancelled
    int32_t shipped_day, paid_day; // may lie after the sample's end
    bool cancelled, refunded;      // a refund is a tenth of the total
    uint32_t line_count;
    struct sample_line lines[SAMPLE_LINES_MAX];
};

struct sample_trade {
    struct sample_order *orders; // by time
    uint32_t count, room;
    uint32_t line_count;
    int32_t usual_gap; // days that 95 % of all gaps do not exceed
};

// Draws all orders up to the cast's last day.
struct sample_trade *sample_trade_open(const struct sample_cast *cast, uint64_t seed);

// Takes NULL.
void sample_trade_close(struct sample_trade **trade);

// Micros of the customer's currency.
int64_t sample_order_total(const struct sample_order *order);

// Writes one row for each line of each order, by time, as CSV with a header that `tend import` reads. Whether the file
// took it all is for the caller to ask (ferror).
void sample_write_orders(const struct sample_trade *trade, const struct sample_cast *cast, FILE *file);

#endif
