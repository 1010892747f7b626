// The book: what is known of all customers together and changes slowly: the models of buying and spending, and what is
// compared with all: it is made once a day or when the models are fitted anew, and kept, so that a customer's standing
// follows from its own facts and one book, wherever and whenever it is judged. Pure.
#ifndef TEND_SCORING_BOOK_H
#define TEND_SCORING_BOOK_H

#include "services/scoring/buying.h"
#include "services/scoring/dwyer.h"
#include "services/scoring/fit.h"

enum { BOOK_BYTES = 512 };

#define BOOK_NO_DAY INT32_MIN

struct book {
    uint32_t edition;               // counts up with each new one, from 1
    int32_t day;                    // of this edition; BOOK_NO_DAY: there is none yet
    int32_t fit_day;                // when the models were fitted; BOOK_NO_DAY: never
    bool fitted;                    // `buying` was found by a fit, not only put in its place
    uint8_t fit_status;             // enum fit_status
    uint8_t spending_status;        // enum spending_status
    struct buying_model buying;     // in days
    struct spending_model spending; // in units of the reporting currency
    uint64_t fit_customers;         // that the models were fitted to
    uint64_t fit_purchase_days;     // of all customers, then
    uint64_t purchase_days;         // the same when the round of this edition began
    int64_t correlation_ppm;        // of purchase days and what they brought
    int64_t future_cut_micros;      // the least future value that is high; INT64_MAX: nobody's is
    int64_t satisfaction_micros;    // the mean of all newest marks; 0: too few
    struct dwyer_chances chances;
};

// A book of which nothing is known yet.
void book_start(struct book *book);

// Writes it as at most BOOK_BYTES, numbers with the highest byte first. Returns how many.
size_t book_write(const struct book *book, uint8_t *bytes);

// False when the bytes are no book.
bool book_read(const uint8_t *bytes, size_t length, struct book *ret_book);

#endif
