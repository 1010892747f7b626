// The ladder: opens matters, tells their steps one after the other, and ends them the moment somebody acts.
#ifndef TEND_SERVICES_SCHEDULER_LADDER_H
#define TEND_SERVICES_SCHEDULER_LADDER_H

#include "services/scheduler/kin.h"
#include "services/scheduler/matter.h"
#include "services/scheduler/office.h"

// What opens a matter. Texts live during the call.
struct opening {
    enum kind_id kind;
    const char *customer_id; // "": about the rep
    const char *rep_id;      // whose it is where that is not the owner's; "" otherwise
    uint64_t which;          // the same one again is the same matter
    struct version version;
    bool historical;      // tells only what is due in the future
    int64_t since_ms;     // 0: the version's time
    int64_t due_ms;       // 0: by the kind's row, from `since_ms`
    int32_t day;          // an occasion, DAY_NONE otherwise
    uint8_t roles;        // whom the first step is told; 0: as the kind's row says
    bool settled;         // the caller knows which opening counts: this one, though a newer one was heard before
    const char *ref;      // "" or what its sender calls it
    const char *approver; // who is asked to approve; "" or NULL: the manager
    const char *of;       // as of a matter; NULL: as the fact says that is heard
    struct slice why;     // notice_why_...
};

// A fact's version, historical flag and people; the rest is at its "nothing".
struct opening ladder_opening(const struct fact *fact, enum kind_id kind, uint64_t which);

// Opens it, or goes on with it: one that is open already takes the newer due moment and explanation, and what was told
// of it is told anew under its ids where that says something else now. One that was closed by something newer stays
// closed.
void ladder_open(struct scheduler *self, struct turn *turn, const struct opening *opening);

// For a matter that follows from several facts together and not from one that opens and one that closes it: makes it
// stand or not, as they add up now. One that stands is left alone but for its explanation, which is told anew as above,
// or begins anew when it is due at another moment (unless its kind mends) or is to be told others. One that somebody
// answered stays closed until then. `opening` needs `since_ms`; `reason` is why it ends.
void ladder_settle(struct scheduler *self, struct turn *turn, const struct opening *opening, bool stands,
                   const char *reason);

// Closes it, also before it was opened; `reason` is what people read: "the complaint was resolved".
void ladder_close(struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject, uint64_t which,
                  const struct version *version, const char *reason);

// Closes all that are open of that kind and subject, whichever they are of their kind.
void ladder_close_all(struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject,
                      const struct version *version, const char *reason);

// Somebody acted: notes the moment in the customer's row, and closes what it ends.
void ladder_signal(struct scheduler *self, struct turn *turn, struct customer *customer, enum signal signal,
                   const struct version *version);

// Who is one with whom has changed, and with it who acted when: what the row's signals close is closed, what others'
// had closed goes on. By a word of `at_ms`; the customer's row is put.
void ladder_act_anew(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms);

// Ends one that makes no sense any more since a word of `at_ms`; what opens it anew later opens it.
void ladder_lapse(struct scheduler *self, struct turn *turn, enum kind_id kind, const char *subject, uint64_t which,
                  int64_t at_ms, const char *reason);

// The rep answered one of its reminders, which has been noted (remind.h): done and not interested end the matter,
// putting off holds the ladder until then.
void ladder_answered(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                     const struct fact *fact);

// True when a reminder of it waits to be told.
bool ladder_waits(struct turn *turn, const struct matter *matter);

// Its moment has come: tells the step and sets the next.
void ladder_due(struct scheduler *self, struct turn *turn, const uint8_t *id, int64_t now_ms);

// The customer has another owner by a word of `at_ms`: what was told the old one is withdrawn, and the open matters are
// told the new one.
void ladder_hand_over(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms);

// Other days or hours are worked since `from_ms`: what waits to be told to the rep, or to anybody, is told when it
// would be had they always been so, at once where that is past.
void ladder_move_days(struct scheduler *self, struct turn *turn, const struct rep *rep, int64_t from_ms);
void ladder_move_all_days(struct scheduler *self, struct turn *turn, int64_t from_ms);

// The customer's main one is another since `at_ms`: what was said of it moves there, as far up its ladder as it was.
// `to` is the new one's row.
void ladder_join(struct scheduler *self, struct turn *turn, const struct kin_move *move, const struct customer *to,
                 int64_t at_ms);

enum { LADDER_FRESH_DAYS = 30 }; // a first order of longer ago was visited, or never will be

// Whether the customer had long bought when it ordered at that moment: it is one with somebody by now who had, or we
// only learn of it.
bool ladder_bought_before(const struct customer *customer, int64_t ordered_ms);

// When the order came which the visit follows, for all that is known; of a customer with whom others are one it may be
// another's order.
int64_t ladder_visit_order(struct turn *turn, const struct customer *customer, const struct matter *visit);

// The customer was erased: everything is withdrawn and forgotten.
void ladder_erase(struct scheduler *self, struct turn *turn, const char *subject);

#endif
