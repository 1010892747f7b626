// The proofs of erasures: who asked for each and when, and what every service reported of it. Nobody who was erased is
// named in them; a person is found by a hash of the id, salted with the journal's own random id. They are kept for
// ever. The only file that knows their rows.
#ifndef TEND_INGEST_PROOF_H
#define TEND_INGEST_PROOF_H

#include "common/service.h"
#include "tend/v1/journal.pb-c.h"

enum { PROOF_LIST_MAX = 500 }; // of the newest in one answer

// Who is erased: everything about the customer that had happened by `until_ms` stays away.
struct proof_mark {
    int64_t until_ms;
    uint8_t erasure[HASH_BYTES]; // the identity of the newest erasure of the id
};

// The salted hash of a customer's id.
void proof_person(const struct turn *turn, const char *customer_id, uint8_t *ret_person);

// Opens a proof: the erasure of that identity was asked for. One that is open already stays as it is.
void proof_begin(struct turn *turn, const uint8_t *erasure, const char *source, const char *asked_by);

// Says that another erasure belongs to it.
void proof_join(struct turn *turn, const uint8_t *erasure, const uint8_t *with);

// Marks the person as erased up to a moment; a later mark takes the place of an earlier one.
void proof_mark(struct turn *turn, const uint8_t *person, const struct proof_mark *mark);

// False: the person was never erased.
bool proof_marked(struct turn *turn, const uint8_t *person, struct proof_mark *ret_mark);

// Notes which reminders are the person's: their ids begin with a short hash of the customer's id, as the scheduler
// makes them.
void proof_note_reminders(const struct turn *turn, const char *customer_id, const uint8_t *person);

// Whether the reminder is of somebody who was erased.
bool proof_of_reminder(const struct turn *turn, const char *reminder_id, uint8_t *ret_person);

// Notes that something happened to the person after the erasure: there is a new customer of the same id. A later mark
// forgets it.
void proof_note_return(const struct turn *turn, const uint8_t *person);

// Whether there is such a customer.
bool proof_is_back(struct turn *turn, const uint8_t *person);

// The same, and the notifier has nothing left of the one before.
bool proof_has_returned(struct turn *turn, const uint8_t *person, const struct proof_mark *mark);

// Visits the hash of everybody who was erased.
typedef void proof_visit(void *context, const uint8_t *person);
void proof_each(struct turn *turn, proof_visit *visit, void *context);

// Counts an event that was kept out because of the erasure.
void proof_kept_out(struct turn *turn, const uint8_t *erasure);

// Takes in what a service reported; one of an erasure that is not known here opens its proof.
void proof_report(struct turn *turn, const struct record *record);

// The proof, in the arena; NULL when there is none.
Tend__V1__Erasure *proof_get(struct turn *turn, const uint8_t *erasure);

// The same, which is whole only when all are that belong to it, and waits for whom any of them waits.
Tend__V1__Erasure *proof_together(struct turn *turn, const uint8_t *erasure);

// At most `most` of them (PROOF_LIST_MAX), the newest first, in the arena; those behind `after`, the `next` of the
// answer before (NULL: from the newest on). NULL: nobody said that as `next`.
Tend__V1__ErasuresAnswer *proof_list(struct turn *turn, size_t most, const char *after);

#endif
