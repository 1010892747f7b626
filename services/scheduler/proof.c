#include "services/scheduler/proof.h"

#include "services/scheduler/matter.h"

#include <string.h>

struct search {
    struct scheduler *self;
    struct proof *proof;
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

static bool armed(struct turn *turn, enum due_what what, int64_t at_ms, const uint8_t *id)
{
    struct due due = {.at_ms = at_ms, .what = what, .subject = ""};
    memcpy(due.id, id, HASH_BYTES);
    return diary_has_due(turn, &due);
}

// True when the ladder has no step more for anybody.
static bool at_end(const struct search *search, const struct matter *matter)
{
    return matter->step >= KIND_STEPS || office_off(search->self, (enum kind_id)matter->kind) ||
           office_step(search->self, (enum kind_id)matter->kind, matter->step).roles == 0;
}

static bool ownerless(const struct search *search, struct turn *turn, const struct matter *matter)
{
    struct customer customer;
    struct rep rep;
    book_customer(turn, matter->customer_id, &customer);
    return !office_keeper(search->self, turn, matter, &customer, &rep);
}

static void look_at_matter(void *context, struct turn *turn, const struct matter *matter)
{
    struct search *search = context;
    struct proof *proof = search->proof;
    if (!matter_is_open(matter))
        return;
    proof->open++;
    if (matter->next_ms != 0 && armed(turn, DUE_MATTER, matter->next_ms, matter->id))
        proof->waiting++;
    else if (matter->next_ms == 0 && at_end(search, matter))
        proof->at_end++;
    else if (matter->next_ms == 0 && ownerless(search, turn, matter))
        proof->ownerless++;
    else
        note_stuck(search, turn, hex_of(turn, matter->id));
}

static bool look_at_reminder(void *context, struct turn *turn, const struct reminder *reminder)
{
    struct search *search = context;
    if (reminder->state != REMINDER_PENDING)
        return true;
    search->proof->pending++;
    if (!armed(turn, DUE_TELL, reminder->tell_ms, reminder->id))
        note_stuck(search, turn, hex_of(turn, reminder->id));
    return true;
}

static void look_at_rep(void *context, struct turn *turn, struct rep *rep)
{
    struct search *search = context;
    uint8_t id[HASH_BYTES];
    hash_content(rep->id, strlen(rep->id), id);
    bool good = (rep->list_ms == 0 || armed(turn, DUE_LIST, rep->list_ms, id)) &&
                (rep->evening_ms == 0 || armed(turn, DUE_EVENING, rep->evening_ms, id)) &&
                (rep->digest_ms == 0 || armed(turn, DUE_DIGEST, rep->digest_ms, id));
    if (!good)
        note_stuck(search, turn, rep->id);
}

void proof_run(struct scheduler *self, struct turn *turn, struct proof *ret_proof)
{
    struct search search = {self, ret_proof};
    *ret_proof = (struct proof){0};
    matter_each_kept(turn, look_at_matter, &search);
    diary_each_reminder(turn, SIZE_MAX, look_at_reminder, &search);
    book_each_rep(turn, look_at_rep, &search);
}
