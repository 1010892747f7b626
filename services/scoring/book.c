#include "services/scoring/book.h"

#include "common/must.h"
#include "services/scoring/rank.h"

#include <string.h>

enum { BOOK_VERSION = 2 };

// Writes or reads a book field by field, so that both ways agree.
struct pen {
    uint8_t *at;
    const uint8_t *end;
    bool reads, good;
};

static void number(struct pen *pen, uint64_t *value, size_t bytes)
{
    if (pen->end - pen->at < (ptrdiff_t)bytes) {
        pen->good = false;
        return;
    }
    uint64_t read = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (pen->reads)
            read = read << 8 | pen->at[i];
        else
            pen->at[i] = (uint8_t)(*value >> (8 * (bytes - 1 - i)));
    }
    pen->at += bytes;
    if (pen->reads)
        *value = read;
}

static void whole(struct pen *pen, int64_t *value)
{
    uint64_t bits = (uint64_t)*value;
    number(pen, &bits, sizeof bits);
    *value = (int64_t)bits;
}

static void counter(struct pen *pen, uint64_t *value)
{
    number(pen, value, sizeof *value);
}

static void word(struct pen *pen, uint32_t *value)
{
    uint64_t bits = *value;
    number(pen, &bits, sizeof *value);
    *value = (uint32_t)bits;
}

static void day(struct pen *pen, int32_t *value)
{
    uint32_t bits = (uint32_t)*value;
    word(pen, &bits);
    *value = (int32_t)bits;
}

static void byte(struct pen *pen, uint8_t *value)
{
    uint64_t bits = *value;
    number(pen, &bits, 1);
    *value = (uint8_t)bits;
}

static void real(struct pen *pen, double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    number(pen, &bits, sizeof bits);
    memcpy(value, &bits, sizeof bits);
}

static void pass(struct pen *pen, struct book *book)
{
    uint8_t kind = (uint8_t)book->buying.kind, known = book->chances.known, fitted = book->fitted;
    word(pen, &book->edition);
    day(pen, &book->day);
    day(pen, &book->fit_day);
    byte(pen, &fitted);
    byte(pen, &book->fit_status);
    byte(pen, &book->spending_status);
    byte(pen, &kind);
    for (size_t i = 0; i < sizeof book->buying.p / sizeof book->buying.p[0]; i++)
        real(pen, &book->buying.p[i]);
    for (size_t i = 0; i < sizeof book->spending.p / sizeof book->spending.p[0]; i++)
        real(pen, &book->spending.p[i]);
    real(pen, &book->spending.mean);
    counter(pen, &book->fit_customers);
    counter(pen, &book->fit_purchase_days);
    counter(pen, &book->purchase_days);
    whole(pen, &book->correlation_ppm);
    whole(pen, &book->future_cut_micros);
    whole(pen, &book->satisfaction_micros);
    word(pen, &book->chances.states);
    byte(pen, &known);
    whole(pen, &book->chances.again_ppm);
    whole(pen, &book->chances.retention_ppm);
    whole(pen, &book->chances.gap_milli);
    if (book->chances.states > DWYER_STATES_MAX || kind >= BUYING_KINDS)
        pen->good = false;
    for (uint32_t i = 0; pen->good && i < book->chances.states; i++)
        whole(pen, &book->chances.buy_ppm[i]);
    book->buying.kind = (enum buying_kind)kind;
    book->chances.known = known != 0;
    book->fitted = fitted != 0;
}

void book_start(struct book *book)
{
    memset(book, 0, sizeof *book);
    book->day = book->fit_day = BOOK_NO_DAY;
    book->future_cut_micros = RANK_NONE;
}

size_t book_write(const struct book *book, uint8_t *bytes)
{
    struct book copy = *book;
    struct pen pen = {.at = bytes + 1, .end = bytes + BOOK_BYTES, .good = true};
    bytes[0] = BOOK_VERSION;
    pass(&pen, &copy);
    must(pen.good);
    return (size_t)(pen.at - bytes);
}

bool book_read(const uint8_t *bytes, size_t length, struct book *ret_book)
{
    uint8_t copy[BOOK_BYTES];
    if (length < 1 || length > BOOK_BYTES || bytes[0] != BOOK_VERSION)
        return false;
    memcpy(copy, bytes, length);
    struct pen pen = {.at = copy + 1, .end = copy + length, .reads = true, .good = true};
    struct book book;
    book_start(&book);
    pass(&pen, &book);
    if (!pen.good || pen.at != pen.end || book.fit_status >= FIT_STATUSES || book.spending_status >= SPENDING_STATUSES)
        return false;
    *ret_book = book;
    return true;
}
