// Takes facts into the book, and says what they mean for people. One function for each kind of fact; the same facts in
// any order leave the same book.
#ifndef TEND_SERVICES_SCHEDULER_HEAR_H
#define TEND_SERVICES_SCHEDULER_HEAR_H

#include "services/scheduler/office.h"

// Hears one fact. `payload` is the record's, for what is kept as it came.
void hear_fact(struct scheduler *self, struct turn *turn, const struct fact *fact, struct slice payload);

// --- what the parts of it share

// Keeps the newest: true when the fact is newer than what is known, which it then replaces.
bool hear_replaces(const struct fact *fact, struct version *known);

// The own words of the customer of that id (own.h). False when it was erased: only being told of anew, later, brings it
// back. The caller keeps them.
bool hear_own(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_own);

// The row of the customer of that id, as it stands. The caller puts it, and changes no words in it.
bool hear_find(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_customer);

// The fact's customer, or the one it goes on as part of: whose matters these are. As hear_find.
bool hear_main(struct turn *turn, const struct fact *fact, struct customer *ret_customer);

// The same for a fact that says something of its customer: `note` takes that into its own words, and `ret_main` has it
// among those of all who are one. `ret_before` gets that row as it was.
typedef void hear_note(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own);
bool hear_word(struct scheduler *self, struct turn *turn, const struct fact *fact, hear_note *note,
               struct customer *ret_before, struct customer *ret_main);

// Somebody acted at that moment, as the own words have it. What was answered so does not wait any more.
void hear_acted(struct turn *turn, struct customer *own, enum signal signal, int64_t time_ms);

// --- the parts, each in a file of its own

typedef void hear_part(struct scheduler *self, struct turn *turn, const struct fact *fact);
hear_part hear_promise, hear_policy;            // hear_promise.c, hear_policy.c
hear_part hear_message, hear_contact;           // hear_message.c
hear_part hear_answer, hear_order;              // hear_answer.c, hear_order.c
hear_part hear_complaint, hear_survey;          // hear_care.c
hear_part hear_visit;                           // hear_visit.c
hear_part hear_lead, hear_contract, hear_quote; // hear_lead.c
hear_part hear_objection;                       // hear_lead.c
hear_part hear_gift, hear_news;                 // hear_news.c
hear_part hear_referral;                        // hear_owner.c
hear_part hear_hints;                           // hear_lead.c

// The customer was told something: ends what waited for it, and sees to the messages that came since. The caller puts
// the customer. hear_message.c.
void hear_told(struct scheduler *self, struct turn *turn, struct customer *customer, const struct version *version);

// The stage, the contracts or the day on which an order is expected may be others than before: what the calendar found
// before that is withdrawn. The customer's row is put. hear_lead.c.
void hear_deals(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *before,
                const struct customer *customer);

// Others' messages have come to the row or left it: they are asked for as they stand now, or not any more. The caller
// puts the customer. hear_message.c.
void hear_waiting(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer);

// The complaints that moved from one main customer to another are the other's, and those that come again are judged
// anew with both; `all`: nothing stays. The caller puts both. hear_care.c.
void hear_complaints_joined(struct scheduler *self, struct turn *turn, const struct fact *fact, bool all,
                            struct customer *from, struct customer *to);

// Somebody who was asked to approve a trip or an exception answered: done approves it, not interested refuses it, as
// long as nothing was decided. hear_policy.c.
void hear_decided(struct scheduler *self, struct turn *turn, const struct reminder *reminder, const struct fact *fact);

// The rep answered a reminder of a promise. The caller puts the customer. hear_promise.c.
void hear_promise_answered(struct scheduler *self, struct turn *turn, struct customer *customer,
                           const struct reminder *reminder, const struct fact *fact);

// The customer was told of, `before` being its owner as far as that was known ("" for nobody), and has in its own words
// the one that is now known: notes the claim, keeps the words, and says what it means for people. `ret_main` is the row
// that hear_main would give, which is put. hear_owner.c.
void hear_owner(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own,
                const char *before, struct customer *ret_main);

// The customer paid for an order at that moment, or ordered, as far as that is all we hear: a commission may be due for
// whoever brought it. The caller puts the customer. hear_owner.c.
void hear_paid(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer,
               int64_t paid_ms);

// A new worth, before it replaces `orders_ever` of the row: an order came, the first one among them. The caller puts
// the customer. hear_order.c.
void hear_worth(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer);

// Others are one with the customer than before, or another order is its first: the visit after a first order is called
// off when that was none, and is due again where it went with somebody else or was called off. hear_order.c.
void hear_visit_anew(struct scheduler *self, struct turn *turn, const struct customer *customer);

#endif
