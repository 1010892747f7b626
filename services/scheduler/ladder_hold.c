// After the service was down for days several steps of a ladder are due at once.
#include "services/scheduler/ladder_parts.h"

#include <string.h>

struct holding {
    const struct matter *matter;
    int64_t late_ms, until_ms;
};

// Told, or to be told, only when the next step's own time had come already. One that waits for a rep who is away was
// moved on time, and holds nobody.
static bool look(void *context, struct turn *turn, const struct reminder *reminder)
{
    (void)turn;
    struct holding *holding = context;
    const struct matter *matter = holding->matter;
    int64_t told_ms = 0, apart_ms = matter->next_ms - reminder->due_ms;
    if (reminder->step + 1 != matter->step || reminder->kind != matter->kind || apart_ms <= 0)
        return true;
    if (reminder->state == REMINDER_PENDING && reminder->tell_ms - reminder->due_ms > holding->late_ms)
        told_ms = reminder->tell_ms;
    if (reminder->state == REMINDER_TOLD && reminder->late)
        told_ms = reminder->told_ms;
    if (told_ms > matter->next_ms && told_ms + apart_ms > holding->until_ms)
        holding->until_ms = told_ms + apart_ms;
    return true;
}

int64_t ladder_hold(const struct scheduler *self, struct turn *turn, const struct matter *matter)
{
    struct holding holding = {.matter = matter, .late_ms = self->options.late_after};
    if (matter->step > 0 && turn->now_ms - matter->next_ms > self->options.late_after)
        diary_each_of_matter(turn, matter_subject(matter), matter->id, look, &holding);
    return holding.until_ms;
}
