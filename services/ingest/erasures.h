// Erasures: a person is to be forgotten. Ingest decides who that is, since customers who were merged are one person,
// and guests (guests.h) are whoever has their address or number; it tells it on as the event customer_erased, and keeps
// out what comes late: an event about an erased customer that happened before the erasure is stored without its
// content, so that it is known when it comes again. What happened afterwards is a new customer of the same id. An
// answer is younger than the reminder it is about: it stays out until there is such a new customer and the notifier has
// nothing left of the one before.
#ifndef TEND_INGEST_ERASURES_H
#define TEND_INGEST_ERASURES_H

#include "services/ingest/door.h"
#include "tend/v1/event.pb-c.h"

struct erasures;

// Knows of none yet; erasures_load fills it.
struct erasures *erasures_open(void);
void erasures_close(struct erasures **erasures);

// Builds what is in memory from the store.
void erasures_load(struct erasures *erasures, struct turn *turn);

// Looks at a new event before its record is appended. One about somebody who was erased before it happened, about
// somebody merged with such a one, or about a guest of such a one's address or number, loses its payload, and so does a
// split of whom there is nothing left to split. An erasure gets the moment at which we heard of it: everything
// that is known by then goes; the reason goes, too, since it may name the person.
void erasures_pass(struct ingest *ingest, struct turn *turn, Tend__V1__Event *event, struct record *record);

// Looks at the event once its record is appended: notes who is merged with whom; begins an erasure, and says that all
// customers who are the same person are erased.
void erasures_note(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event, const struct record *record);

// Whether what was so of the customer at that moment has to be forgotten. Counts nothing.
bool erasures_cover(const struct erasures *erasures, struct turn *turn, const char *customer_id, int64_t time_ms);

// Whether anybody ever was: else nothing has to be looked for.
bool erasures_any(const struct erasures *erasures);

// Whether the customer was ever erased, as far as memory tells: of thousands one who was not, too; `ret_person` is the
// hash that proofs know the person by.
bool erasures_holds(const struct erasures *erasures, const struct turn *turn, const char *customer_id,
                    uint8_t *ret_person);

// service.erase of ingest: who was the same person, and by which values they are recognised.
void erasures_rows(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows);

// service.erasing and service.erased of ingest: a name, a telephone number or a mail address that an event told is
// noted (mentions.h), and in the end the rejected bodies that mention one of them, or the id, go, in one walk for many
// persons (traces.h), a piece a turn. Of the addresses and numbers hashes stay (forgotten.h).
uint64_t erasures_note_words(void *self, struct turn *turn, const struct record *record);
bool erasures_finish(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows);

// GET /v1/erasures, /v1/erasures/ID, and /v1/erasures/ID/with: who would be erased together with the customer. A proof
// is whole when those of all who go together are.
void erasures_list(struct ingest *ingest, struct call *call);
void erasures_show(struct ingest *ingest, struct call *call);
void erasures_with(struct ingest *ingest, struct call *call);

#endif
