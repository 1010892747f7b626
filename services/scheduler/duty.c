#include "services/scheduler/duty.h"

#include <string.h>

enum { CHAIN_MAX = 8 }; // managers above a rep; more would be a ring

bool duty_passes(enum kind_id kind)
{
    return kinds_row(kind)->contact || kinds_row(kind)->closes != 0;
}

// The desk of the rep as if it were never absent.
static void present_desk(struct scheduler *self, struct turn *turn, const struct rep *rep, struct desk *ret_desk)
{
    struct rep present = *rep;
    present.absence_count = 0;
    office_desk(self, turn, &present, ret_desk);
}

// The first day of an absence on which the rep would have worked, between two days.
static bool first_absent(const struct rep *rep, const struct shift *present, int32_t from_day, int32_t to_day,
                         int32_t *ret_day)
{
    bool found = false;
    for (uint32_t i = 0; i < rep->absence_count; i++) {
        int32_t first = rep->absences[i].from_day > from_day ? rep->absences[i].from_day : from_day;
        int32_t last = rep->absences[i].to_day < to_day ? rep->absences[i].to_day : to_day;
        while (first <= last && !shift_works(present, first))
            first++;
        if (first > last || (found && *ret_day <= first))
            continue;
        *ret_day = first;
        found = true;
    }
    return found;
}

// The day on which the rep would hear of what comes at that moment.
static int32_t day_heard(const struct shift *present, int64_t at_ms)
{
    int64_t next_ms = shift_next(present, at_ms);
    return shift_day(present, next_ms == SHIFT_NEVER ? at_ms : next_ms);
}

static bool is_away(struct scheduler *self, struct turn *turn, const struct rep *rep, int64_t at_ms)
{
    struct desk desk;
    if (rep->absence_count == 0)
        return false;
    present_desk(self, turn, rep, &desk);
    int32_t day = day_heard(&desk.shift, at_ms), found;
    return first_absent(rep, &desk.shift, day, day, &found);
}

static bool find_deputy(struct scheduler *self, struct turn *turn, const struct rep *rep, int64_t at_ms,
                        struct rep *ret_rep)
{
    if (rep->deputy[0] == '\0' || strcmp(rep->deputy, rep->id) == 0)
        return false;
    book_rep(turn, rep->deputy, ret_rep);
    return !is_away(self, turn, ret_rep, at_ms);
}

static bool find_above(struct scheduler *self, struct turn *turn, const struct rep *rep, int64_t at_ms,
                       struct rep *ret_rep)
{
    struct rep now = *rep, above;
    for (int climbed = 0; climbed < CHAIN_MAX && office_manager(self, turn, &now, &above); climbed++) {
        if (strcmp(above.id, rep->id) == 0)
            return false;
        if (!is_away(self, turn, &above, at_ms)) {
            *ret_rep = above;
            return true;
        }
        now = above;
    }
    return false;
}

void duty_stand_in(struct scheduler *self, struct turn *turn, enum kind_id kind, int64_t at_ms, struct rep *rep)
{
    struct rep other;
    if (!is_away(self, turn, rep, at_ms))
        return;
    bool urgent = kinds_row(kind)->priority == 0 && duty_passes(kind);
    if (find_deputy(self, turn, rep, at_ms, &other) || (urgent && find_above(self, turn, rep, at_ms, &other))) {
        *rep = other;
    } else if (rep->deputy[0] != '\0') { // away too, but maybe back the sooner
        book_rep(turn, rep->deputy, &other);
        *rep = other;
    }
}

int64_t duty_after(struct scheduler *self, struct turn *turn, const struct rep *rep, struct span span, int64_t from_ms,
                   struct desk *ret_desk)
{
    struct rep other;
    int32_t from, to, absent;
    present_desk(self, turn, rep, ret_desk);
    int64_t moment_ms = span_after(&ret_desk->shift, span, from_ms);
    if (rep->absence_count == 0 || moment_ms == SHIFT_NEVER)
        return moment_ms;
    from = day_heard(&ret_desk->shift, from_ms < moment_ms ? from_ms : moment_ms);
    to = shift_day(&ret_desk->shift, from_ms < moment_ms ? moment_ms : from_ms);
    if (!first_absent(rep, &ret_desk->shift, from, to > from ? to : from, &absent))
        return moment_ms;
    int64_t absent_ms = shift_list(&ret_desk->shift, absent);
    if (!find_deputy(self, turn, rep, absent_ms, &other) && !find_above(self, turn, rep, absent_ms, &other))
        return moment_ms;
    present_desk(self, turn, &other, ret_desk);
    return span_after(&ret_desk->shift, span, from_ms);
}

int64_t duty_moment(struct scheduler *self, struct turn *turn, const struct matter *matter,
                    const struct customer *customer, const struct rep *keeper, struct span span, int64_t from_ms,
                    struct desk *ret_desk)
{
    struct rep approver;
    const struct kind *row = kinds_row((enum kind_id)matter->kind);
    if (row->steps[0].roles == ROLE_APPROVER &&
        office_role(self, turn, matter, customer, ROLE_APPROVER, from_ms, &approver))
        return duty_after(self, turn, &approver, span, from_ms, ret_desk);
    bool shared = matter->rep_id[0] == '\0' || row->both || duty_passes((enum kind_id)matter->kind);
    if (shared)
        return duty_after(self, turn, keeper, span, from_ms, ret_desk);
    office_desk(self, turn, keeper, ret_desk);
    return span_after(&ret_desk->shift, span, from_ms);
}

int64_t duty_due(struct scheduler *self, struct turn *turn, const struct matter *matter,
                 const struct customer *customer, const struct rep *keeper, struct span span)
{
    struct desk desk;
    int64_t due_ms = duty_moment(self, turn, matter, customer, keeper, span, matter->since_ms, &desk);
    if (span.unit != SPAN_WORK_DAYS || due_ms == SHIFT_NEVER)
        return due_ms;
    int64_t worked_ms = span_after(&desk.shift, (struct span){.unit = SPAN_WORK_MINUTES}, due_ms);
    return worked_ms == SHIFT_NEVER ? due_ms : worked_ms;
}
