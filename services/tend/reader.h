// One row, read column by column into what events are made of. The first thing that is wrong is kept; what is read
// after it does not matter, so a caller reads everything and asks at the end.
#ifndef TEND_TEND_READER_H
#define TEND_TEND_READER_H

#include "common/arena.h"
#include "services/tend/binding.h"
#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum { READER_REASON_BYTES = 240 };

struct reader {
    const struct binding *binding;
    const struct row *row;
    struct arena *arena; // where everything that is handed out lives
    bool unmarked;       // an apostrophe was taken off a column, see reader_unmarked
    const char *column;  // the header of the first wrong one, NULL while all is well
    char reason[READER_REASON_BYTES];
};

// Begins a row.
void reader_start(struct reader *reader, const struct binding *binding, const struct row *row, struct arena *arena);

// True when nothing was wrong so far.
bool reader_good(const struct reader *reader);

// Says that a column is wrong, unless something was before.
void reader_complain(struct reader *reader, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// What the rows of an order have in common: its number, or what each of them repeats while the number stands in the
// first one only. "" with a complaint when there is none.
char *reader_order(struct reader *reader);

// Whether the row is of an order of which nothing was sold, as its layout knows.
bool reader_void(const struct reader *reader);

// True when the column is bound and holds something.
bool reader_has(const struct reader *reader, size_t column);

// Whether the column holds exactly this.
bool reader_is(const struct reader *reader, size_t column, const char *text);

// Whether the row says anything in the column, be it that the cell is empty: an object of JSON may leave it out.
bool reader_says(const struct reader *reader, size_t column);

// The text without the apostrophe by which a spreadsheet marks digits as text, before an id or a telephone number of
// digits: "'+4420..."; else as it is.
const char *reader_unmarked(const char *text);

// The text, with runs of line ends and tabs made one space; "" when there is none. Ids and telephone numbers are
// unmarked. A required column without text and a control character are wrong. Never NULL.
char *reader_text(struct reader *reader, size_t column);

// The same of the n-th "file." column.
char *reader_file(struct reader *reader, size_t file);

// The instant in milliseconds since 1970. False when the column holds nothing, or nothing right.
bool reader_time(struct reader *reader, size_t column, int64_t *ret_ms);

// The day as "2026-05-17", or "".
char *reader_day(struct reader *reader, size_t column);

// The same, or "--05-17" when no year was written.
char *reader_yearly(struct reader *reader, size_t column);

// A day of the Chinese calendar that returns each year, in the same two forms, of which the second may be written
// "8/15"; or "".
char *reader_lunar(struct reader *reader, size_t column);

// A number in millionths.
bool reader_number(struct reader *reader, size_t column, int64_t *ret_micros);

// An amount and the currency it names ("" when it names none).
bool reader_amount(struct reader *reader, size_t column, int64_t *ret_micros, char *ret_currency);

// The amount as a message in the currency that it names, or in `currency`; NULL when there is none.
Tend__V1__Money *reader_money(struct reader *reader, size_t column, const char *currency);

// Money of so much.
Tend__V1__Money *reader_make_money(struct reader *reader, int64_t micros, const char *currency);

// The currency column, else the one of the file.
const char *reader_currency(struct reader *reader, size_t column);

// A share in parts per million: "0.15" and "15 %" are 150,000. 0 when there is none.
uint32_t reader_share(struct reader *reader, size_t column);

// A whole number from 0 to `most`; 0 when there is none.
uint32_t reader_count(struct reader *reader, size_t column, uint32_t most);

// A value of the enum by its short form, capitals and spaces no matter; 0 when there is none. `words` may name more,
// ends with NULL, and may be NULL.
struct reader_word {
    const char *word;
    int value;
};
int reader_choice(struct reader *reader, size_t column, const ProtobufCEnumDescriptor *choice,
                  const struct reader_word *words);

#endif
