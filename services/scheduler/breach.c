#include "services/scheduler/breach.h"

#include <string.h>

_Static_assert(sizeof(struct breach) == 24 * (1 + BREACH_EXTENSIONS + 4) + 8, "stored as its bytes");
_Static_assert(sizeof(struct breach_list) == 8 + 16 * BREACHES_KEPT, "stored as its bytes");

static int compare(const struct breach_word *left, const struct breach_word *right)
{
    if (left->at_ms != right->at_ms)
        return left->at_ms < right->at_ms ? -1 : 1;
    if (left->tie != right->tie)
        return left->tie < right->tie ? -1 : 1;
    return left->due_ms < right->due_ms ? -1 : left->due_ms > right->due_ms;
}

static bool was_said(const struct breach *breach, enum breach_said said)
{
    return (breach->said & 1U << said) != 0;
}

static void extend(struct breach *breach, const struct breach_word *word)
{
    uint32_t at = 0;
    while (at < breach->extended_count && compare(&breach->extended[at], word) < 0)
        at++;
    if (at == BREACH_EXTENSIONS || (at < breach->extended_count && compare(&breach->extended[at], word) == 0))
        return;
    if (breach->extended_count < BREACH_EXTENSIONS)
        breach->extended_count++;
    memmove(&breach->extended[at + 1], &breach->extended[at],
            (breach->extended_count - 1 - at) * sizeof breach->extended[0]);
    breach->extended[at] = *word;
}

static void make(struct breach *breach, const struct breach_word *word)
{
    if (!was_said(breach, BREACH_MADE)) {
        breach->made = *word;
        return;
    }
    int order = compare(word, &breach->made);
    if (order == 0)
        return;
    struct breach_word again = order > 0 ? *word : breach->made;
    if (order < 0)
        breach->made = *word;
    extend(breach, &again);
}

// Keeps the first and the last word of an end.
static void end(struct breach_word *ends, bool known, const struct breach_word *word)
{
    if (!known || compare(word, &ends[0]) < 0)
        ends[0] = *word;
    if (!known || compare(word, &ends[1]) > 0)
        ends[1] = *word;
}

void breach_say(struct breach *breach, enum breach_said said, struct breach_word word)
{
    if (said == BREACH_MADE) {
        make(breach, &word);
    } else if (said == BREACH_EXTENDED) {
        extend(breach, &word);
    } else {
        word.due_ms = 0;
        end(said == BREACH_KEPT ? breach->kept : breach->broken, was_said(breach, said), &word);
    }
    breach->said |= 1U << said;
}

// The word that ends the promise, NULL while it is open; `ret_kept` tells whether it says that it was kept.
static const struct breach_word *ending(const struct breach *breach, bool *ret_kept)
{
    bool kept = was_said(breach, BREACH_KEPT), broken = was_said(breach, BREACH_BROKEN);
    *ret_kept = kept;
    if (kept && broken) {
        *ret_kept = compare(&breach->kept[1], &breach->broken[1]) > 0;
        return *ret_kept ? &breach->kept[1] : &breach->broken[1];
    }
    if (kept)
        return &breach->kept[0];
    return broken ? &breach->broken[0] : NULL;
}

// Walks the extensions up to the end, which is NULL while there is none. What makes a promise that we never heard being
// made is the first of them.
static void walk(const struct breach *breach, const struct breach_word *until, struct breach_verdict *verdict)
{
    bool made = was_said(breach, BREACH_MADE);
    const struct breach_word *first = made ? &breach->made : &breach->extended[0];
    verdict->made_ms = first->at_ms;
    verdict->due_ms = first->due_ms;
    verdict->wanted_ms = first->due_ms;
    for (uint32_t i = made ? 0 : 1; i < breach->extended_count; i++) {
        const struct breach_word *word = &breach->extended[i];
        if (until != NULL && word->at_ms > until->at_ms)
            break;
        verdict->wanted_ms = word->due_ms;
        if (word->at_ms < verdict->due_ms && word->due_ms > word->at_ms) {
            verdict->due_ms = word->due_ms;
            verdict->extensions++;
        } else {
            verdict->refused++;
        }
    }
}

static int64_t least(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

struct breach_verdict breach_judge(const struct breach_options *options, const struct breach *breach, int64_t now_ms)
{
    struct breach_verdict verdict = {0};
    bool kept;
    const struct breach_word *last = ending(breach, &kept);
    verdict.ended = last != NULL;
    if (!was_said(breach, BREACH_MADE) && breach->extended_count == 0)
        return verdict;
    walk(breach, last, &verdict);
    int64_t limit_ms = verdict.due_ms + options->grace_ms;
    if (last != NULL && kept) {
        verdict.kept_ms = last->at_ms;
        verdict.late_ms = last->at_ms > verdict.due_ms ? last->at_ms - verdict.due_ms : 0;
        verdict.broken = last->at_ms > limit_ms;
        verdict.broken_ms = verdict.broken ? limit_ms : 0;
        verdict.state = verdict.broken ? BREACH_LATE : BREACH_IN_TIME;
    } else if (last != NULL || now_ms > limit_ms) {
        verdict.broken = true;
        verdict.broken_ms = last != NULL ? least(last->at_ms, limit_ms) : limit_ms;
        verdict.state = BREACH_NOT_KEPT;
    } else {
        verdict.grace_end_ms = limit_ms;
        verdict.state = BREACH_OPEN;
    }
    return verdict;
}

static bool mark_before(const struct break_mark *left, const struct break_mark *right)
{
    return left->at_ms != right->at_ms ? left->at_ms < right->at_ms : left->promise < right->promise;
}

static void take_out(struct breach_list *list, uint32_t at)
{
    list->count--;
    memmove(&list->marks[at], &list->marks[at + 1], (list->count - at) * sizeof list->marks[0]);
    memset(&list->marks[list->count], 0, sizeof list->marks[0]);
}

bool breach_mark(struct breach_list *list, uint64_t promise, int64_t broken_ms)
{
    uint32_t at = 0;
    while (at < list->count && list->marks[at].promise != promise)
        at++;
    bool known = at < list->count;
    if (known ? list->marks[at].at_ms == broken_ms : broken_ms == 0)
        return false;
    if (known)
        take_out(list, at);
    if (broken_ms == 0)
        return true;
    struct break_mark mark = {broken_ms, promise};
    if (list->count == BREACHES_KEPT) {
        if (mark_before(&mark, &list->marks[0]))
            return false;
        take_out(list, 0);
    }
    at = list->count++;
    for (; at > 0 && mark_before(&mark, &list->marks[at - 1]); at--)
        list->marks[at] = list->marks[at - 1];
    list->marks[at] = mark;
    return true;
}

uint32_t breach_place(const struct breach_options *options, const struct breach_list *list, uint64_t promise)
{
    uint32_t at = 0, count = 0;
    while (at < list->count && list->marks[at].promise != promise)
        at++;
    if (at == list->count)
        return 0;
    const struct break_mark *own = &list->marks[at];
    for (uint32_t i = 0; i < list->count; i++) {
        const struct break_mark *mark = &list->marks[i];
        bool before = mark->at_ms < own->at_ms || (mark->at_ms == own->at_ms && mark->promise <= own->promise);
        count += before && mark->at_ms >= own->at_ms - options->window_ms;
    }
    return count;
}

uint32_t breach_level(uint32_t count)
{
    enum { LEVELS = 3 };
    return count < LEVELS ? count : LEVELS;
}
