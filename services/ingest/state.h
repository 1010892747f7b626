// What ingest keeps: which identities are taken, and the settings it last published. The only file that knows its
// tables.
#ifndef TEND_INGEST_STATE_H
#define TEND_INGEST_STATE_H

#include "common/service.h"

enum { STATE_TABLES = 9 };

// The numbers of the tables that other files of ingest keep; a new one comes last.
enum {
    STATE_TABLE_REJECTED = STORE_TABLE_SERVICE + 3, // misfits.c
    STATE_TABLE_SOURCES,                            // sources.c
    STATE_TABLE_ERASURE,                            // proof.c, mentions.c, forgotten.c
    STATE_TABLE_SAME,                               // same.c
    STATE_TABLE_BROKERS,                            // bookmarks.c
    STATE_TABLE_JOIN,                               // joinrows.c, guests.c
};

extern const char *const state_tables[STATE_TABLES];

enum state_seen { STATE_NEW, STATE_SAME, STATE_OTHER };

struct state;

// `seal_records`: how many identities make a generation (tests take few).
struct state *state_open(size_t seal_records);
void state_close(struct state **state);

// Builds the tables in memory from the journal's newest records and the sealed generations.
void state_load(struct state *state, const struct turn *turn);

// Says that this identity will be looked at soon.
void state_expect(const struct state *state, const uint8_t *identity);

// Whether this identity was taken in before, and whether with the same content.
enum state_seen state_look(const struct state *state, const struct turn *turn, const uint8_t *identity,
                           uint64_t content);

// Notes an identity that the journal just got at `seq`.
void state_note(struct state *state, const uint8_t *identity, uint64_t seq);

// Goes on sealing a generation when enough has gathered, and drops one that is older than `keep_ms`. A bounded piece of
// work, a few milliseconds; true when there is more to do at once.
bool state_tidy(struct state *state, const struct turn *turn, int64_t keep_ms);

// Up to where identities are sealed, so that the journal may be trimmed.
uint64_t state_sealed(const struct state *state);

// How many identities are held in memory: those that are not sealed yet.
size_t state_identities(const struct state *state);

// The settings as last published, packed; false when there are none.
bool state_settings(const struct turn *turn, struct slice *ret_settings);
void state_set_settings(const struct turn *turn, const uint8_t *bytes, size_t length);

#endif
