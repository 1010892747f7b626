#include "services/scheduler/page_totals.h"

#include "services/scheduler/owners.h"
#include "tend/v1/scheduler.pb-c.h"

#include <string.h>

enum { NAMED_MOST = 20 }; // customers and reps of each sort: enough to see what went wrong

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

struct ownerless {
    struct turn *turn;
    Tend__V1__TotalsAnswer *answer;
};

static void count_ownerless(void *self, const struct customer *customer)
{
    const struct ownerless *ownerless = self;
    Tend__V1__TotalsAnswer *answer = ownerless->answer;
    answer->customers_ownerless++;
    if (answer->n_ownerless_ids < NAMED_MOST)
        answer->ownerless_ids[answer->n_ownerless_ids++] =
            arena_text(ownerless->turn->arena, customer->id, strlen(customer->id));
}

static void add_ownerless(struct turn *turn, Tend__V1__TotalsAnswer *answer)
{
    struct ownerless ownerless = {turn, answer};
    answer->ownerless_ids = arena_take(turn->arena, NAMED_MOST * sizeof *answer->ownerless_ids);
    book_each_owned(turn, "", count_ownerless, &ownerless);
}

static void count_one(void *self, const struct customer *customer)
{
    (void)customer;
    uint64_t *count = self;
    ++*count;
}

// A rep who owns customers and whom nobody introduced, but that an import derived one from an owner's name: most often
// a slip in a name.
static void add_stranger(void *self, struct turn *turn, struct rep *rep)
{
    Tend__V1__TotalsAnswer *answer = self;
    bool named = rep->upserted.time_ms != 0 && !owners_placeholder(&rep->upserted);
    if (named || answer->n_strangers == NAMED_MOST)
        return;
    Tend__V1__Stranger *stranger = arena_take(turn->arena, sizeof *stranger);
    tend__v1__stranger__init(stranger);
    stranger->rep_id = plain(rep->id);
    book_each_owned(turn, rep->id, count_one, &stranger->customers);
    if (stranger->customers > 0)
        answer->strangers[answer->n_strangers++] = stranger;
}

static void add_strangers(struct turn *turn, Tend__V1__TotalsAnswer *answer)
{
    answer->strangers = arena_take(turn->arena, NAMED_MOST * sizeof *answer->strangers);
    book_each_rep(turn, add_stranger, answer);
}

void page_totals(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)request;
    Tend__V1__TotalsAnswer answer = TEND__V1__TOTALS_ANSWER__INIT;
    const uint64_t *events = self->counts.events;
    answer.kinds = arena_take(turn->arena, KIND_COUNT * sizeof *answer.kinds);
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        const uint64_t *tallies = self->counts.of_kind[kind];
        Tend__V1__KindTotals *totals = arena_take(turn->arena, sizeof *totals);
        tend__v1__kind_totals__init(totals);
        totals->kind = (Tend__V1__ReminderKind)kind;
        totals->opened = tallies[TALLY_OPENED];
        totals->told = tallies[TALLY_TOLD];
        totals->pending = tallies[TALLY_PENDING];
        totals->cancelled = tallies[TALLY_CANCELLED];
        totals->expired = tallies[TALLY_EXPIRED];
        totals->late = tallies[TALLY_LATE];
        totals->folded = tallies[TALLY_FOLDED];
        totals->rested = tallies[TALLY_RESTED];
        totals->withdrawn = tallies[TALLY_WITHDRAWN];
        totals->answered = tallies[TALLY_ANSWERED];
        totals->suppressed = tallies[TALLY_SUPPRESSED];
        answer.kinds[answer.n_kinds++] = totals;
    }
    answer.lists = events[COUNT_LISTS];
    answer.lists_late = events[COUNT_LISTS_LATE];
    answer.lists_folded = events[COUNT_LISTS_FOLDED];
    answer.answers_unknown = events[COUNT_ANSWERS_UNKNOWN];
    answer.ownerless = events[COUNT_OWNERLESS];
    answer.promises_stale = events[COUNT_PROMISES_STALE];
    answer.records_bad = events[COUNT_BAD];
    answer.records_passed = events[COUNT_PASSED];
    answer.dates_missed = events[COUNT_DATES_MISSED];
    // With a rep who takes care of all such customers nobody is left alone.
    if (self->default_rep[0] == '\0')
        add_ownerless(turn, &answer);
    add_strangers(turn, &answer);
    reply_message(turn, &answer.base, ret_reply);
}
