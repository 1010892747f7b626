// The story: everything that is known of one customer apart from orders, folded from its notes: the file, the lead,
// what was said of us, quotes and contracts, what people decided, signs of a rival, what the customer costs us. Pure.
//
// The notes are folded sorted by note_order, so the story never depends on the order in which they arrived: a note that
// is newer than all so far goes straight in; for any other one the story starts anew with all notes, sorted. The rules
// are those in force: when they change, every story starts anew, too. Notes are to be as note_read gives them, so that
// a story made of what has just come is the one made of what was stored.
#ifndef TEND_SCORING_STORY_H
#define TEND_SCORING_STORY_H

#include "services/scoring/care.h"
#include "services/scoring/completeness.h"
#include "services/scoring/deals.h"
#include "services/scoring/lead.h"
#include "services/scoring/note.h"
#include "services/scoring/override.h"
#include "services/scoring/rival.h"
#include "services/scoring/terms.h"

enum { STORY_COST_MONTHS = 13 }; // a year's window touches so many calendar months

// What the customer cost us besides the goods (costs and gifts), by calendar month, in micros of the reporting
// currency.
struct story_costs {
    int32_t newest_month;              // 12 * year + month - 1; 0: there is none
    int64_t micros[STORY_COST_MONTHS]; // at month % STORY_COST_MONTHS
};

// Contacts logged, whoever began them.
struct story_contacts {
    int64_t last_ms, reached_ms; // the newest, the newest real one; INT64_MIN: none
    uint32_t count, reached;
    uint64_t minutes;
};

// A plain value; what must be kept of it are the notes.
struct story {
    int64_t newest_ms; // of the newest note;
    uint8_t newest_key[NOTE_KEY_BYTES];
    uint32_t notes;   // 0: none yet
    uint32_t no_rate; // amounts that count as 0 because their currency has no rate on their day
    struct profile profile;
    struct lead_story lead;
    struct override_story overrides;
    struct rival_story rival;
    struct care_facts care;
    struct deals deals;
    struct story_costs costs;
    struct story_contacts contacts;
};

// What a fold needs to know; everything is the caller's.
struct story_rules {
    const struct terms *terms;
    const struct lead_options *lead;
    const struct dimension_names *names;
};

// Knows nothing.
void story_start(struct story *story);

// True when the note may be added: it is newer than all of the story's.
bool story_newest(const struct story *story, const struct note *note);

// Adds a note that is newer than all so far.
void story_add(struct story *story, const struct story_rules *rules, const struct note *note);

// Sorts notes by note_order, in place.
void story_sort(struct note *notes, size_t count);

// The story of sorted notes, from the start. A note that is there twice counts once.
void story_fold(struct story *story, const struct story_rules *rules, const struct note *notes, size_t count);

// What the customer cost in the `days` up to and with `today`, at most a year: micros of the reporting currency. Of the
// month in which the window begins, the days' share counts.
int64_t story_cost(const struct story *story, int32_t today, int64_t days);

#endif
