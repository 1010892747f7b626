// Disputes over who owns a customer (row 59): two sources name different owners within some days, or two reps both
// speak to the customer within them although it is one's alone. Both are told, and the manager.
#ifndef TEND_SERVICES_SCHEDULER_DISPUTE_H
#define TEND_SERVICES_SCHEDULER_DISPUTE_H

#include "services/scheduler/owners.h"

// Judges the claims of a customer, whose row was put, by its newest two owners: another source than the one that named
// the owner before has named the new one, not long after. It is settled when both name the same, or a manager has.
void dispute_claims(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer,
                    const struct ownership *owners, size_t count);

// Notes among the customer's own words (own.h) who spoke to it.
void dispute_touch(struct turn *turn, const struct fact *fact, struct customer *own);

// Judges that, by the row, which was put. Deputies of an owner who is away and the managers of the owner may speak to
// the customer; whoever owned it at that time may.
void dispute_spoken(struct scheduler *self, struct turn *turn, const struct fact *fact,
                    const struct customer *customer);

// The same after others' talks have come to the row or left it: who spoke to another customer did no wrong.
void dispute_judge_anew(struct scheduler *self, struct turn *turn, const struct fact *fact,
                        const struct customer *customer);

// The customer got another owner, so whoever spoke to it before did no wrong.
void dispute_settled(struct scheduler *self, struct turn *turn, const struct customer *customer,
                     const struct version *version);

// True while one of the customer is open.
bool dispute_stands(struct turn *turn, const char *customer_id);

#endif
