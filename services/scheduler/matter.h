// A matter: something that somebody must see to: a reply that is owed, a complaint that nobody has acknowledged, a
// class that fell. Facts open it and close it, in whatever order they come: it is open when the newest word that opened
// it is newer than the newest that closed it. What is told of it are reminders, one for each step of its kind's ladder
// and each person.
//
// As in book.h, what is read lives until the turn ends; what is put is written whole.
#ifndef TEND_SERVICES_SCHEDULER_MATTER_H
#define TEND_SERVICES_SCHEDULER_MATTER_H

#include "common/service.h"
#include "services/scheduler/fact.h"
#include "services/scheduler/kinds.h"

struct matter {
    uint8_t id[HASH_BYTES];
    uint8_t kind;            // enum kind_id
    uint8_t step;            // of the ladder, the next one
    uint8_t roles;           // whom the first step is told; 0: as the kind's row says
    uint8_t lapsed;          // nobody acted, and it makes no sense any more
    const char *customer_id; // "": it is about the rep
    const char *rep_id;      // who promised, who travels; "": the customer's owner
    uint64_t which;          // of its kind and subject
    struct version opened, closed;
    int64_t since_ms;     // the cause
    int64_t due_ms;       // when it is to be done with
    int64_t next_ms;      // when its next step is told; 0: there is none
    int32_t day;          // an occasion: the trip's day, the birthday; DAY_NONE
    int32_t raised;       // the day of the last telling, DAY_NONE
    int64_t told_ms;      // when its first step was to be told, 0: not yet
    uint8_t again;        // how often it was told again at the top of its ladder
    int64_t top_ms;       // when it was told there last, 0: it has not come so far
    const char *ref;      // the order, the complaint, the visit, as its sender calls it
    const char *end;      // why it was closed
    const char *approver; // who is asked to approve; "": the manager
    struct slice why;     // what is told of it, packed by notice.h
    const char *of;       // of whom it was said, where that one goes on as part of the customer; "" of itself
    int64_t moved_ms;     // the word since which it is another customer's or owner's; 0: none. Its reminders are others
    struct version ended; // the newest word that closed it; `closed` may be somebody's acting, which counts for a while
};

static inline bool version_newer(const struct version *left, const struct version *right)
{
    return left->time_ms > right->time_ms || (left->time_ms == right->time_ms && left->tie > right->tie);
}

static inline bool matter_is_open(const struct matter *matter)
{
    return matter->lapsed == 0 && version_newer(&matter->opened, &matter->closed);
}

// Whose reminders lie together: the customer, else the rep.
static inline const char *matter_subject(const struct matter *matter)
{
    return matter->customer_id[0] != '\0' ? matter->customer_id : matter->rep_id;
}

// False, and a fresh one that was never opened, when there is none.
bool matter_find(struct turn *turn, enum kind_id kind, const char *subject, uint64_t which, struct matter *ret_matter);
bool matter_get(struct turn *turn, const uint8_t *id, struct matter *ret_matter);
void matter_put(struct turn *turn, const struct matter *matter);

// Walks the matters of a subject, open and closed; `step` may write, also the one it sees, and says whether to go on.
typedef bool matter_step(void *self, struct turn *turn, struct matter *matter);
void matter_each(struct turn *turn, const char *subject, matter_step *step, void *self);

// The same for those that are open, which are few beside those that were once.
void matter_each_open(struct turn *turn, const char *subject, matter_step *step, void *self);

// Walks all matters that are kept, of everybody; `look` must not write, and what it sees lives until it returns.
typedef void matter_look(void *self, struct turn *turn, const struct matter *matter);
void matter_each_kept(struct turn *turn, matter_look *look, void *self);

// The same in pieces: at most `most` of those whose ids are not below `from` (HASH_BYTES), which then is where the next
// piece begins; `look` may write. Returns how many there were: fewer than `most` were the last ones.
size_t matter_each_from(struct turn *turn, uint8_t *from, size_t most, matter_look *look, void *self);

// Forgets it; its timer must be gone.
void matter_delete(struct turn *turn, const struct matter *matter);

#endif
