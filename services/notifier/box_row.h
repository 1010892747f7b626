// Rows of the box as bytes: what its files share. A row is numbers and texts from front to back; what a damaged or an
// older row does not have reads as zeros and empty texts.
#ifndef TEND_SERVICES_NOTIFIER_BOX_ROW_H
#define TEND_SERVICES_NOTIFIER_BOX_ROW_H

#include "services/notifier/box.h"

// The box's tables, in an order that never changes.
enum table { DELIVERY, ITEM, PART, TEXT, DUE, QUEUE, FLIGHT, RECENT, CHANNEL, REP, FACTS, AMEND, TABLES };

enum {
    ROW_TEXT_MAX = 400,
    ROW_TIME_BYTES = 8,
    ROW_BYTES = 12 * ROW_TEXT_MAX, // the longest row: a rep's, with ten texts
};

// Where a row is written, or read.
struct row {
    uint8_t *bytes;
    const uint8_t *from;
    size_t used, length;
    struct arena *arena;
};

// The store's number of the table.
unsigned row_place(enum table table);

// Begins a row in `bytes` of ROW_BYTES; begins to read one, whose texts will live in the turn's arena.
struct row row_writing(uint8_t *bytes);
struct row row_reading(struct turn *turn, const struct slice *value);

// The next value. A text is cut to ROW_TEXT_MAX bytes.
void row_put_number(struct row *row, uint64_t number);
void row_put_text(struct row *row, const char *text);
uint64_t row_take_number(struct row *row);
const char *row_take_text(struct row *row);

// A delivery's id as a text of the row, and as a key of BOX_ID_LENGTH bytes.
void row_take_id(struct row *row, char *ret_id);
void row_key_id(const char *id, uint8_t *ret_key);

#endif
