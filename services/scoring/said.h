// What is announced of each customer, and a hash of what was told with it, on disk.
//
// A change is appended to a log, and behind the log the rows of all customers are written anew one after the other, as
// many as there are changes: so a turn writes a few whole pages however many customers it is about, and the log never
// grows longer than the table is. When all rows have been written, what the log held before is not needed any more.
// Read back, the rows come first and then the log in its order.
#ifndef TEND_SCORING_SAID_H
#define TEND_SCORING_SAID_H

#include "common/store.h"
#include "services/scoring/standing.h"

enum {
    SAID_BLOCK = 32,    // customers of one row: a page holds three rows
    SAID_LOG_MOST = 45, // changes of one row of the log: a page holds two
};

struct said {
    unsigned table;
    uint32_t *noted; // slots to be written
    uint32_t count, room;
    uint32_t slots;       // of all customers that anything was ever said of
    uint32_t sweep, owed; // the next block to be written anew; changes that are not made up for by blocks
    uint64_t first, next; // the log's oldest row, the one to come
    uint64_t cycle, done; // the row to come when the sweep began; rows before `done` are in the blocks
};

// Begins with nothing; all of it lies in one table of the store.
void said_start(struct said *said, unsigned table);

// Gives its memory back.
void said_clear(struct said *said);

// Notes that what is announced of a customer changed; said_write writes all that was noted. `standings` holds a struct
// standing for each slot.
void said_note(struct said *said, uint32_t slot);
void said_write(struct said *said, struct tx *tx, const struct column *standings);

// Starts anew from the table. `ret_values` holds a struct standing for each slot, in which nothing holds; the caller
// clears it.
void said_load(struct said *said, struct tx *tx, struct column *ret_values);

#endif
