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

// The customer of that id. False when it was erased: only being told of anew, later, brings it back. The caller puts
// it.
bool hear_find(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_customer);

// The fact's customer, or the one it goes on as part of: whose matters these are. The caller puts it.
bool hear_main(struct turn *turn, const struct fact *fact, struct customer *ret_customer);

// --- the parts, each in a file of its own

typedef void hear_part(struct scheduler *self, struct turn *turn, const struct fact *fact);
hear_part hear_promise, hear_policy;            // hear_promise.c, hear_policy.c
hear_part hear_message, hear_order;             // hear_message.c, hear_order.c
hear_part hear_complaint, hear_survey;          // hear_care.c
hear_part hear_visit;                           // hear_visit.c
hear_part hear_lead, hear_contract, hear_quote; // hear_lead.c
hear_part hear_objection;                       // hear_lead.c
hear_part hear_gift, hear_news;                 // hear_news.c
hear_part hear_referral;                        // hear_owner.c
hear_part hear_hints;                           // hear_lead.c

// A contact or a reply, real or not, of the customer whose matters it ends: signals, caps, rhythm, what is to be
// confirmed in writing. The caller puts the customer. hear_message.c.
void hear_touched(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer);

// The customer was told something: ends what waited for it, and sees to the messages that came since. The caller puts
// the customer. hear_message.c.
void hear_told(struct scheduler *self, struct turn *turn, struct customer *customer, const struct version *version);

// The messages of one that goes on as part of another wait there. The caller puts both. hear_message.c.
void hear_waiting_joined(struct scheduler *self, struct turn *turn, struct customer *from, struct customer *to);

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

// The customer was told of, `before` being its owner as far as that was known ("" for nobody), and has the one that is
// now known: notes the claim, puts the customer, and says what it means for people. hear_owner.c.
void hear_owner(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer,
                const char *before);

// The customer paid for an order at that moment, or ordered, as far as that is all we hear: a commission may be due for
// whoever brought it. The caller puts the customer. hear_owner.c.
void hear_paid(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer,
               int64_t paid_ms);

// A new worth, before it replaces `orders_ever` of the row: an order came, the first one among them. The caller puts
// the customer. hear_order.c.
void hear_worth(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer);

#endif
