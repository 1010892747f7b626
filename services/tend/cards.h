// Customers as a table: what columns the cards that scoring answers have, and what stands in them. For CSV and
// workbooks, which show everything.
#ifndef TEND_TEND_CARDS_H
#define TEND_TEND_CARDS_H

#include "services/tend/cardlist.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { CARDS_NAME_BYTES = 80, CARDS_CELL_BYTES = 1024, CARDS_COLUMNS_MAX = 80 };

enum card_kind {
    CARD_TEXT,
    CARD_MONEY,  // a decimal number
    CARD_NUMBER, // the same
    CARD_PPM,    // parts per million
    CARD_DAY,    // 2026-05-17
    CARD_FLAG,   // yes, or nothing
};

struct card_column {
    char name[CARDS_NAME_BYTES]; // "net", or a dimension: "value.clv"
    enum card_kind kind;
};

struct card_columns {
    struct card_column columns[CARDS_COLUMNS_MAX];
    size_t count;
};

// The columns of these cards: those that every card has, and one for each dimension that a card tells. Reads the list
// through and leaves it at its first card.
void cards_columns(struct cardlist *cards, struct card_columns *ret_columns);

// What stands in a column of a card, "" for nothing. `buffer` holds CARDS_CELL_BYTES and is returned.
const char *cards_cell(const json_t *card, const struct card_column *column, char *buffer);

// Writes the cards as CSV after RFC 4180, with a header. A text that a spreadsheet would take for a formula gets an
// apostrophe in front. Reads the list to its end.
void cards_write_csv(FILE *out, struct cardlist *cards);

// The value of a dimension of a card, "" when it is not known.
const char *card_value(const json_t *card, const char *dimension);

// True when the card says yes to this dimension.
bool card_says(const json_t *card, const char *dimension);

#endif
