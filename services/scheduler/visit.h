// Visits: the trips that reps planned, as the table has them, and what their reminders say about the customers there.
//
// As in book.h, what is read lives until the turn ends; what is put is written whole.
#ifndef TEND_SERVICES_SCHEDULER_VISIT_H
#define TEND_SERVICES_SCHEDULER_VISIT_H

#include "services/scheduler/notice.h"
#include "services/scheduler/trip.h"

enum { VISIT_ABOUT_MOST = 200 }; // customers that one reminder names: more are not told in a day

struct visit {
    const char *id, *rep_id; // "": no plan was heard
    const char *event;       // of the plan
    const char *region, *purpose, *hotel, *phone;
    const char *here_hotel, *here_phone; // as the rep found them; "" as planned
    struct slice customers;              // ids that it names, each with its NUL
    struct trip trip;
};

// False, and a fresh one of that id, when there is none.
bool visit_get(struct turn *turn, const char *id, struct visit *ret_visit);
void visit_put(struct turn *turn, const struct visit *visit);

// Forgets one, if there is one.
void visit_delete(struct turn *turn, const char *id);

// The ids as they are stored; in the arena.
struct slice visit_pack_customers(struct arena *arena, char *const *ids, size_t count);

// Where the rep stays and is to be called: as found there, else as planned.
const char *visit_hotel(const struct visit *visit);
const char *visit_phone(const struct visit *visit);

// True when the rep found another hotel or phone than was planned.
bool visit_moved_in(const struct visit *visit);

// Adds the customers of the trip to what is told: those it names, and those of the rep in its region; the best first,
// with recent sales when `sales`. Their number stands among the figures.
void visit_describe(struct turn *turn, const struct visit *visit, bool sales, struct notice *notice);

#endif
