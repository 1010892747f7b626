#include "services/scheduler/proof.h"

#include "common/log.h"
#include "common/metrics.h"
#include "services/scheduler/ladder_parts.h"

#include <stdio.h>
#include <string.h>

struct search {
    struct scheduler *self;
    struct proof *proof;
    bool mends;
    size_t seen;
    uint8_t last[HASH_BYTES]; // of the reminders that were seen
};

static void note_stuck(struct search *search, struct turn *turn, const char *id)
{
    struct proof *proof = search->proof;
    if (proof->stuck < PROOF_NAMED)
        proof->ids[proof->stuck] = arena_text(turn->arena, id, strlen(id));
    proof->stuck++;
}

static const char *hex_of(struct turn *turn, const uint8_t *id)
{
    char *text = arena_take(turn->arena, 2 * HASH_BYTES + 1);
    hash_hex(id, HASH_BYTES, text);
    return text;
}

static struct due timer_of(enum due_what what, int64_t at_ms, const uint8_t *id, const char *subject)
{
    struct due due = {.at_ms = at_ms, .what = what, .subject = subject};
    memcpy(due.id, id, HASH_BYTES);
    return due;
}

static bool armed(struct turn *turn, enum due_what what, int64_t at_ms, const uint8_t *id)
{
    struct due due = timer_of(what, at_ms, id, "");
    return diary_has_due(turn, &due);
}

// Gives it its timer, and the next moment where it has none.
static void mend_matter(struct search *search, struct turn *turn, const struct matter *matter,
                        const struct customer *customer, const struct rep *keeper)
{
    struct matter mended = *matter;
    if (mended.next_ms == 0 && matter->step == 0 && matter->raised == DAY_NONE)
        ladder_restart(search->self, turn, &mended, customer, 0); // somebody looks after the customer by now
    else if (mended.next_ms == 0 && ladder_at_end(search->self, matter))
        ladder_end_arm(search->self, turn, &mended, customer, keeper, false);
    else if (mended.next_ms == 0)
        mended.next_ms = turn->now_ms;
    struct due due = timer_of(DUE_MATTER, mended.next_ms, mended.id, "");
    diary_put_due(turn, &due);
    matter_put(turn, &mended);
}

static void look_at_matter(void *context, struct turn *turn, const struct matter *matter)
{
    struct search *search = context;
    struct proof *proof = search->proof;
    struct customer customer;
    struct rep keeper;
    if (!matter_is_open(matter))
        return;
    proof->open++;
    bool end = ladder_at_end(search->self, matter);
    if (matter->next_ms != 0 && armed(turn, DUE_MATTER, matter->next_ms, matter->id)) {
        *(end ? &proof->at_end : &proof->waiting) += 1;
        return;
    }
    book_customer(turn, matter->customer_id, &customer);
    if (!office_keeper(search->self, turn, matter, &customer, &keeper)) {
        proof->ownerless++;
        return;
    }
    // A store from before the top of a ladder had a moment of its own is no wrong.
    bool older = end && matter->next_ms == 0 && matter->top_ms == 0;
    if (!older || !search->mends)
        note_stuck(search, turn, hex_of(turn, matter->id));
    if (search->mends)
        mend_matter(search, turn, matter, &customer, &keeper);
}

static bool look_at_reminder(void *context, struct turn *turn, const struct reminder *reminder)
{
    struct search *search = context;
    search->seen++;
    memcpy(search->last, reminder->id, HASH_BYTES);
    if (reminder->state != REMINDER_PENDING)
        return true;
    search->proof->pending++;
    if (armed(turn, DUE_TELL, reminder->tell_ms, reminder->id))
        return true;
    note_stuck(search, turn, hex_of(turn, reminder->id));
    struct due due = timer_of(DUE_TELL, reminder->tell_ms, reminder->id, "");
    if (search->mends)
        diary_put_due(turn, &due);
    return true;
}

static void look_at_rep(void *context, struct turn *turn, struct rep *rep)
{
    struct search *search = context;
    const struct {
        enum due_what what;
        int64_t at_ms;
    } timers[] = {{DUE_LIST, rep->list_ms}, {DUE_EVENING, rep->evening_ms}, {DUE_DIGEST, rep->digest_ms}};
    uint8_t id[HASH_BYTES];
    bool good = true;
    hash_content(rep->id, strlen(rep->id), id);
    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        if (timers[i].at_ms == 0 || armed(turn, timers[i].what, timers[i].at_ms, id))
            continue;
        good = false;
        struct due due = timer_of(timers[i].what, timers[i].at_ms, id, rep->id);
        if (search->mends)
            diary_put_due(turn, &due);
    }
    if (!good)
        note_stuck(search, turn, rep->id);
}

void proof_run(struct scheduler *self, struct turn *turn, struct proof *ret_proof)
{
    struct search search = {.self = self, .proof = ret_proof};
    *ret_proof = (struct proof){0};
    matter_each_kept(turn, look_at_matter, &search);
    diary_each_reminder(turn, SIZE_MAX, look_at_reminder, &search);
    book_each_rep(turn, look_at_rep, &search);
}

// --- once an hour

enum part { PART_MATTERS, PART_REMINDERS, PART_REPS, PARTS };

// True when that part is over.
static bool look_at_piece(struct search *search, struct turn *turn, struct proof_walk *walk)
{
    switch (walk->part) {
    case PART_MATTERS:
        return matter_each_from(turn, walk->from, PROOF_PIECE, look_at_matter, search) < PROOF_PIECE;
    case PART_REMINDERS:
        diary_each_from(turn, walk->from, PROOF_PIECE, look_at_reminder, search);
        memcpy(walk->from, search->last, HASH_BYTES);
        for (size_t i = HASH_BYTES; i > 0 && ++walk->from[i - 1] == 0; i--)
            ;
        return search->seen < PROOF_PIECE;
    default:
        book_each_rep(turn, look_at_rep, search);
        return true;
    }
}

int64_t proof_tick(struct scheduler *self, struct turn *turn, int64_t now_ms)
{
    struct proof_walk *walk = &self->walk;
    struct proof proof = {0};
    struct search search = {.self = self, .proof = &proof, .mends = true};
    if (now_ms < walk->next_ms)
        return walk->next_ms;
    bool over = look_at_piece(&search, turn, walk);
    if (walk->stuck == 0 && proof.stuck > 0)
        snprintf(walk->first, sizeof walk->first, "%s", proof.ids[0]);
    walk->stuck += proof.stuck;
    if (!over)
        return now_ms;
    memset(walk->from, 0, sizeof walk->from);
    if (++walk->part < PARTS)
        return now_ms;
    if (self->stuck_figure != NULL)
        metric_set(self->stuck_figure, 0, (double)walk->stuck);
    if (walk->stuck > 0)
        log_line(turn->log, LOG_WARN, "open without a next moment, which they have now",
                 LOG_COUNT("count", walk->stuck), LOG_TEXT("first", walk->first));
    *walk = (struct proof_walk){.next_ms = now_ms + PROOF_EVERY_MS};
    return walk->next_ms;
}
