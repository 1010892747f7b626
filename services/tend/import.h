// A file as events, one by one. Nothing is sent here: upload.h sends, timeline.h sorts.
//
// Events have the ids that draft.h says. Orders also tell of customers and reps that may not be known otherwise, see
// derived.h: a customer as its first order in the file shows it.
#ifndef TEND_TEND_IMPORT_H
#define TEND_TEND_IMPORT_H

#include "services/tend/dayorder.h"
#include "services/tend/kind.h"
#include "services/tend/lost.h"
#include "services/tend/map.h"
#include "common/number.h"
#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define IMPORT_FILE_TIME INT64_MIN

enum { IMPORT_ERROR_BYTES = MAP_ERROR_BYTES, IMPORT_HISTORICAL_MS = 86400000 };

// Files of orders up to the first size are gathered in memory, so that the lines of an order may stand anywhere; of
// lines of a few bytes, each an order, that is some twenty times their size. Larger ones are looked at first. Where the
// lines of each order stand together any size needs the same memory, some 45 MB, and 25 bytes a customer; where they do
// not, files up to the second size are gathered all the same, mostly in four to ten times their size, and larger ones
// are refused before anything is handed out. Lists of invoices, whose returns concern any earlier row, and rows without
// order numbers are always gathered.
#define IMPORT_LOOK_BYTES ((uint64_t)1 << 20)
#define IMPORT_GATHER_BYTES ((uint64_t)64 << 20)

struct addresses;
struct import;
struct lines;
struct table;

struct import_options {
    const char *path;
    enum import_kind kind;
    struct map *map;                   // NULL: none; lives longer than the import
    const char *encoding;              // NULL: the map, else found
    char delimiter;                    // 0: the map, else found
    enum decimal_sign decimal;         // DECIMAL_UNKNOWN: the map, else found
    enum dayorder dayorder;            // of days whose year stands last; DAYORDER_UNKNOWN: found
    const char *zone;                  // of times that name none, such as "Asia/Shanghai"
    const char *currency;              // of amounts that name none
    const struct addresses *addresses; // whose orders are that name no customer but an address; NULL: not known
    bool currency_told;                // it was told for this file
    const char *source;                // of the events; NULL: "import:orders" and so on
    int64_t undated_ms; // when rows about customers and reps that name no time were known; IMPORT_FILE_TIME: when the
                        // file was last changed
    int64_t now_ms;     // what happens more than a day after it is refused; what happened more than a day before it is
    bool live;          // historical, unless this is true
    bool list_rows;     // also hands out IMPORT_LEFT
    uint64_t gather_bytes; // in place of both sizes; 0: IMPORT_LOOK_BYTES and IMPORT_GATHER_BYTES
};

enum import_step {
    IMPORT_EVENT,
    IMPORT_BAD,     // a row, or an order, that is left out: line, column and reason say why
    IMPORT_PASSED,  // `rows` rows, the first at `line`, that need not become events: reason says why; near the end
    IMPORT_NOTED,   // the same, of rows that become events: reason says what was done with them
    IMPORT_LEFT,    // rows that are left out with others, which were told before: for a list of what is left out
    IMPORT_LOOKING, // nothing yet: the file is looked at
    IMPORT_END,
    IMPORT_FAILED, // reading cannot go on: reason says why
};

struct import_item {
    const Tend__V1__Event *event; // lives until the next call
    uint64_t line;                // of the row; of an order its first
    const char *column;           // what is wrong; NULL: the row as a whole
    const char *reason;
    uint64_t rows; // passed over, or noted
    bool noted;    // not passed over
    bool undated;  // the event has the file's time because the row named none
    bool derived;  // nobody said it: it follows from an order or a customer
    const struct stretch
        *from;         // the rows that an event is made of, or that are left out now: an order's bad row leaves
    size_t from_count; // with all rows of its order, after it was told
};

// Opens the file. False with one message a line in `ret_error` (IMPORT_ERROR_BYTES).
bool import_open(const struct import_options *options, char *ret_error, struct import **ret_import);

// Takes NULL.
void import_close(struct import **import);

// The next event or bad row. What the item points to lives until the next call; after IMPORT_END every
// call says the same again.
enum import_step import_next(struct import *import, struct import_item *ret_item);

// How far the import has come, and the whole, in bytes of the file; orders are read first and handed out then, or
// looked at before, so their whole is more than the file.
void import_progress(const struct import *import, uint64_t *ret_done, uint64_t *ret_total);

// Rows read so far, bad ones too.
uint64_t import_rows(const struct import *import);

// The time of rows that name none, milliseconds since 1970.
int64_t import_undated_ms(const struct import *import);

// The table that is read, to copy rows of; NULL for events, whose lines are.
const struct table *import_table(const struct import *import);
const struct lines *import_lines(const struct import *import);

// Says how the file is read: encoding, delimiter, decimals, and which column is which.
void import_describe(const struct import *import, FILE *out);

// Says which of the file's columns are not read, see unread.h. Whole events are refused where they say more than they
// may.
void import_tell_unread(const struct import *import, bool json, FILE *out);

#endif
