// Reminders from their cause to their end: opened, told in the rep's working hours, cancelled, expired, answered.
//
// A reminder is identified by what it is about, so the same cause twice is the same reminder. Each is counted when it
// is opened and leaves "pending" once: told, cancelled or expired.
#ifndef TEND_SERVICES_SCHEDULER_REMIND_H
#define TEND_SERVICES_SCHEDULER_REMIND_H

#include "services/scheduler/notice.h"
#include "services/scheduler/office.h"

// Opens one whose id, kind, people, day and moments are set; it is told when it is due. False when it was opened
// before.
bool remind_open(struct scheduler *self, struct turn *turn, struct reminder *reminder);

// A date that came back, told at once. `whose` is 1 for the contact's birthday. True when it was told.
bool remind_date(struct scheduler *self, struct turn *turn, const struct desk *desk, const struct customer *customer,
                 enum kind_id kind, unsigned whose, int32_t occasion, int32_t tell_day, int64_t now_ms);

// One whose id, kind, people, day, due moment and explanation are set is told at once; `customer` NULL: it is about the
// rep. False when it was told before.
bool remind_now(struct scheduler *self, struct turn *turn, struct reminder *reminder, const struct customer *customer,
                int64_t now_ms);

// The month's coverage cannot be reached although its first list did not say so, or because the rep is away on its
// first day; told at once, to the rep or who is above.
void remind_coverage(struct scheduler *self, struct turn *turn, const struct rep *told, const struct list *list,
                     int32_t month_start, int64_t now_ms);

// A line of a list that is being told: a call, or a call of today that lacks its next date. `for_rep`: whose duty it is
// where that is somebody else's, "" otherwise. False when that customer was on a list of the same day before.
bool remind_line(struct scheduler *self, struct turn *turn, enum kind_id kind, const struct list *list,
                 const struct notice_line *line, const char *for_rep, int64_t now_ms);

// A call that the cap of that name ("week") on contacts keeps off the list: noted, and not told.
void remind_capped(struct scheduler *self, struct turn *turn, const struct list *list, const struct notice_line *line,
                   const char *cap);

// The moment of a pending reminder has come: tells it, moves it to the next working moment, or lets it expire.
void remind_due(struct scheduler *self, struct turn *turn, const uint8_t *id, int64_t now_ms);

// The rep's answer. Returns false when there is no such reminder; otherwise it is noted, a put off one is opened anew
// in place of what an earlier answer opened, and `ret_reminder` gets it, for what the answer means for the customer.
bool remind_answer(struct scheduler *self, struct turn *turn, const struct fact *fact, struct reminder *ret_reminder);

// True when the answer calls off what we owed the customer and is no word of the customer's: "not interested" in a
// reply or in the handling of a complaint can only mean that it is not needed any more.
bool remind_called_off(const struct reminder *reminder, enum answer_outcome outcome);

// A contact with the customer was logged, whether it was reached or not: the line about it on the list of that day has
// been dealt with.
void remind_called(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms);

// Reads the id that people and messages use; false when it is none.
bool remind_parse_id(const char *text, uint8_t *ret_id);

// Ends it: not told yet, it is cancelled; told and not answered, it is withdrawn; put off, the one that came of it
// ends.
void remind_cancel(struct scheduler *self, struct turn *turn, struct reminder *reminder, const char *reason);

// All of a customer that goes on as part of another one: ended.
void remind_join(struct scheduler *self, struct turn *turn, const char *customer_id);

// All of a customer who was erased: ended, then forgotten.
void remind_erase(struct scheduler *self, struct turn *turn, const char *customer_id);

#endif
