// Events made of rows. An event's identity is its source and an id that follows from the row alone, so that the same
// row gives the same event in every import:
//     order placed         "order:ID"                   the order's number
//     paid and so on       "order:ID:paid"
//     contract signed      "contract:ID"                ended: "contract:ID:ended"
//     contact              "contact:ID", or "contact:" and a hash of what it says
//     customer, rep, lead  "customer:ID@HASH"           a hash of what it says and when: another state is another event
// Whoever sends them meets a conflict when an order or a contract was changed since; draft_revise makes the event that
// says so.
#ifndef TEND_TEND_DRAFT_H
#define TEND_TEND_DRAFT_H

#include "services/tend/reader.h"
#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum { DRAFTS_MAX = 2, DRAFT_ID_BYTES = 300 };

struct draft {
    Tend__V1__Event *event; // in the reader's arena
    bool undated;           // the row named no time: it has that of the file
};

struct draft_options {
    const char *source; // of the events: "import:orders"
    int64_t undated_ms; // the time of rows about customers and reps that name none
};

// Makes the events of a row of any kind but orders and events. Returns how many; 0 when the reader has a complaint.
size_t draft_row(enum import_kind kind, struct reader *reader, const struct draft_options *options,
                 struct draft ret_drafts[DRAFTS_MAX]);

// An event without a body at that time; its texts are the caller's.
Tend__V1__Event *draft_event(struct arena *arena, const char *source, int64_t time_ms, char *customer_id, char *rep_id);

// Fills the id: "PREFIX:KEY" and, unless `suffix` is NULL, the suffix behind it.
void draft_name(struct arena *arena, Tend__V1__Event *event, const char *prefix, const char *key, const char *suffix);

// Fills the id: "PREFIX:KEY@" (without the @ when the key is "") and a hash of the whole event.
void draft_name_by_content(struct arena *arena, Tend__V1__Event *event, const char *prefix, const char *key);

// When it happened, in milliseconds since 1970.
int64_t draft_ms(const Tend__V1__Event *event);

// Moves an event that draft_name_by_content named to another moment, and names it again.
void draft_later(struct arena *arena, Tend__V1__Event *event, const char *prefix, const char *key, int64_t time_ms);

// The event to send when (source, id) is stored with other content, or NULL when there is none for this body: for an
// order placed the amendment that makes it what the event says, at `known_ms` but not before the order itself; for a
// contract its signing once more; for an amendment, a customer, a rep or a lead the same once more as the newest word.
// The id is the event's with "@" and a hash of the content, so that the same correction
// is one event. The result is in the arena and points into `event`.
Tend__V1__Event *draft_revise(struct arena *arena, const Tend__V1__Event *event, int64_t known_ms);

#endif
