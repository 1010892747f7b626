// Promises as they stand after all that was said about them (rows 62 and 64 to 66): which are due, which were broken
// and how often, and what people are told of it.
//
// What is told of a promise:
//   promise         before it is due, to who promised, else to the customer's owner
//   promise_short   once, when it leaves clearly less time than that rep usually needs
//   self_review     when it was broken, the first time within the window: to the rep alone
//   promise_broken  the second time also to the manager; the third time to the director too, and the customer is at
//   risk
//
// A promise that is still open when its grace is over is broken by the clock; a word that is heard later but said
// before takes that back, and with it what was told. It stays on the rep's lists until it is kept, given up, or stale.
#ifndef TEND_SERVICES_SCHEDULER_PROMISE_H
#define TEND_SERVICES_SCHEDULER_PROMISE_H

#include "services/scheduler/kin.h"
#include "services/scheduler/office.h"

// Adds a word: made, extended, kept or broken. One that makes or extends without a due moment says nothing. `fact` is
// the event or the answer that says it. promise_settle must follow.
void promise_say(struct scheduler *self, struct turn *turn, const struct customer *customer, struct promise *promise,
                 enum breach_said said, int64_t due_ms, const struct fact *fact);

// Makes everything what the words add up to, and puts the promise. The caller puts the customer.
void promise_settle(struct scheduler *self, struct turn *turn, struct customer *customer, struct promise *promise,
                    bool historical);

// The moment of a DUE_PROMISE has come.
void promise_due(struct scheduler *self, struct turn *turn, const struct due *due);

// The customer's main one is another: so it is for what it was promised. `from` and `to` are the rows of the two main
// ones; puts both where anything moved.
void promise_join(struct scheduler *self, struct turn *turn, const struct kin_move *move, struct customer *from,
                  struct customer *to);

// One rep broke so many promises to the customer that the director was told, and the last of them still counts.
bool promise_at_risk(const struct scheduler *self, const struct customer *customer, int64_t now_ms);

#endif
