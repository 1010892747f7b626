// What the readers of events share. Each reads one body into the fact whose people and version are set, and leaves
// FACT_NONE when it is none of its own; texts live in the arena.
#ifndef TEND_SERVICES_SCHEDULER_WIRE_PARTS_H
#define TEND_SERVICES_SCHEDULER_WIRE_PARTS_H

#include "common/arena.h"
#include "services/scheduler/fact.h"
#include "tend/v1/event.pb-c.h"

enum { COUNTRY_TEXT_MAX = 2, PHONE_TEXT_MAX = 60 };

typedef void wire_read(const Tend__V1__Event *event, struct arena *arena, struct fact *fact);

struct wire_body {
    Tend__V1__Event__BodyCase body;
    wire_read *read;
};

// Ended by a row without a reader. wire_people.c: customers, contacts, leads, contracts, reps, answers;
// wire_dealings.c: orders, messages, promises, complaints, quotes, gifts; wire_trips.c: visits, policy, announcements.
extern const struct wire_body wire_people[], wire_dealings[], wire_trips[];

// The text, cut to `most` bytes without breaking a character.
const char *wire_cut(struct arena *arena, const char *text, size_t most);

// An id that is not longer than ID_TEXT_MAX; and one that is there.
bool wire_id_fits(const char *id);
bool wire_id_good(const char *id);

// Milliseconds, 0 for no time; the day of a text, DAY_NONE for none.
int64_t wire_instant(const Google__Protobuf__Timestamp *time);
int32_t wire_day(const char *text);

// The amount's micros, 0 for none; `ret_currency` lives with the event.
int64_t wire_money(const Tend__V1__Money *money, const char **ret_currency);

// Weekdays as bits, as in struct workdays; what is no weekday is left out.
uint32_t wire_week(const uint32_t *days, size_t count);

// What is left of it can be read again.
bool wire_is_written(Tend__V1__Channel channel);

#endif
