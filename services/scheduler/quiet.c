#include "services/scheduler/quiet.h"

#include "services/scheduler/rows.h"

#include <string.h>

enum {
    HOUR_MINUTES = 60,
    HELD_DAYS_MAX = 62, // longer than the longest cap, a month's
};

// --- silence

static uint32_t class_of(uint32_t abc)
{
    return abc > ABC_NONE && abc < ABC_COUNT ? abc : ABC_C;
}

void quiet_silence(const struct scheduler *self, uint32_t abc, int32_t *ret_shortest, int32_t *ret_longest)
{
    const struct rhythm_options *usual = &self->options.rules.rhythm;
    const struct silence *heard = &self->silences[class_of(abc)];
    bool known = heard->longest > 0;
    int32_t shortest = known ? (int32_t)heard->shortest : (int32_t)usual->shortest_days[class_of(abc)];
    *ret_longest = known ? (int32_t)heard->longest : (int32_t)usual->longest_days[class_of(abc)];
    *ret_shortest = shortest < *ret_longest ? shortest : *ret_longest;
}

enum { SILENCE_BYTES = 8 };

void quiet_hear(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    enum { DAYS_MOST = 36500 };
    const struct silence_fact *said = &fact->silence;
    struct silence *known = &self->silences[class_of(said->abc)];
    if (said->longest_days == 0 || said->longest_days > DAYS_MOST || said->shortest_days > DAYS_MOST ||
        (known->shortest == said->shortest_days && known->longest == said->longest_days))
        return;
    *known = (struct silence){said->shortest_days, said->longest_days};
    uint8_t bytes[ABC_COUNT * SILENCE_BYTES];
    for (size_t abc = 0; abc < ABC_COUNT; abc++) {
        store_put_u32(bytes + abc * SILENCE_BYTES, self->silences[abc].shortest);
        store_put_u32(bytes + abc * SILENCE_BYTES + 4, self->silences[abc].longest);
    }
    book_put_single(turn, BOOK_SILENCES, bytes, sizeof bytes);
}

void quiet_load(struct scheduler *self, struct turn *turn)
{
    struct slice row;
    memset(self->silences, 0, sizeof self->silences);
    if (!book_single(turn, BOOK_SILENCES, &row) || row.length != ABC_COUNT * SILENCE_BYTES)
        return;
    for (size_t abc = 0; abc < ABC_COUNT; abc++)
        self->silences[abc] = (struct silence){store_get_u32(row.bytes + abc * SILENCE_BYTES),
                                               store_get_u32(row.bytes + abc * SILENCE_BYTES + 4)};
}

// --- reminders

static const char HELD_BY_SILENCE[] = "the customer was spoken to a short while ago";

static const char *const HELD_BY_CAP[] = {
    [CAP_DAY] = "the customer was contacted often enough that day",
    [CAP_WEEK] = "the customer was contacted often enough that week",
    [CAP_MONTH] = "the customer was contacted often enough that month",
    [CAP_CHANNEL] = "the customer was contacted often enough that way",
};

// Why the customer is not to be spoken to on that day, NULL when nothing speaks against it.
static const char *reason_against(const struct scheduler *self, const struct desk *desk,
                                  const struct customer *customer, const struct caps *caps, uint32_t priority,
                                  int32_t day)
{
    int32_t shortest, longest, contact_day = office_day(desk, customer->contact_ms);
    struct caps_ask ask = {.day = day, .priority = priority};
    enum cap cap = caps_judge(&self->options.rules.caps, caps, &ask);
    if (cap != CAP_NONE)
        return HELD_BY_CAP[cap];
    quiet_silence(self, customer->abc, &shortest, &longest);
    return contact_day != DAY_NONE && day - contact_day < shortest ? HELD_BY_SILENCE : NULL;
}

// The last day on which the reminder makes sense.
static int32_t last_day(const struct scheduler *self, const struct reminder *reminder, int32_t today)
{
    enum kind_late late = kinds_row(reminder->kind)->late;
    if (late == LATE_OCCASION)
        return reminder->event_day != DAY_NONE ? reminder->event_day : reminder->day;
    return late == LATE_DAYS ? reminder->day + (int32_t)self->options.alert_late_days : today + HELD_DAYS_MAX;
}

// The first day after today on which nothing speaks against it any more: its first moment.
static struct quiet put_off(struct scheduler *self, const struct desk *desk, const struct customer *customer,
                            const struct caps *caps, const struct reminder *reminder, int32_t today, const char *reason)
{
    uint8_t priority = kinds_row(reminder->kind)->priority;
    int32_t last = last_day(self, reminder, today);
    if (last > today + HELD_DAYS_MAX)
        last = today + HELD_DAYS_MAX;
    for (int32_t day = today + 1; day <= last; day++) {
        if (!shift_works(&desk->shift, day) || reason_against(self, desk, customer, caps, priority, day) != NULL)
            continue;
        int64_t at_ms = office_tell_moment(desk, priority, shift_list(&desk->shift, day));
        return (struct quiet){.step = QUIET_HOLD, .at_ms = at_ms, .reason = reason};
    }
    return (struct quiet){.step = QUIET_DROP, .reason = reason};
}

// The hour at which the customer mostly answers, when it is still to come today and may be used.
static int64_t best_moment(struct scheduler *self, const struct desk *desk, const struct customer *customer,
                           uint32_t priority, int64_t now_ms)
{
    struct rhythm rhythm;
    if (!rhythm_read(customer->replies.bytes, customer->replies.length, &rhythm))
        return 0;
    struct rhythm_best best = rhythm_best(&self->options.rules.rhythm, &rhythm);
    const struct zone *zone =
        customer->customer_zone[0] != '\0' ? office_zone(self, customer->customer_zone) : desk->shift.time.zone;
    if (best.hour < 0)
        return 0;
    int32_t day = zone_local(zone, now_ms / 1000).day;
    int64_t at_ms = zone_instant(zone, day, (uint32_t)best.hour * HOUR_MINUTES) * 1000;
    bool today = shift_day(&desk->shift, at_ms) == shift_day(&desk->shift, now_ms);
    return at_ms > now_ms && today && office_tell_moment(desk, (uint8_t)priority, at_ms) == at_ms ? at_ms : 0;
}

struct quiet quiet_judge(struct scheduler *self, const struct desk *desk, const struct customer *customer,
                         const struct reminder *reminder, int64_t now_ms)
{
    const struct kind *row = kinds_row(reminder->kind);
    bool speaks = reminder->role == 0 || reminder->role == ROLE_OWNER || reminder->role == ROLE_REP;
    struct quiet tell = {.step = QUIET_TELL, .at_ms = now_ms, .reason = ""};
    struct caps caps;
    if (!row->capped || row->priority == 0 || !speaks || customer->id[0] == '\0')
        return tell;
    int32_t today = shift_day(&desk->shift, now_ms);
    (void)caps_read(customer->contacts.bytes, customer->contacts.length, &caps);
    const char *reason = reason_against(self, desk, customer, &caps, row->priority, today);
    if (reason != NULL)
        return put_off(self, desk, customer, &caps, reminder, today, reason);
    int64_t best_ms = best_moment(self, desk, customer, row->priority, now_ms);
    return best_ms == 0 ? tell : (struct quiet){.step = QUIET_WAIT, .at_ms = best_ms, .reason = ""};
}
