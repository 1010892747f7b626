#include "services/scheduler/caps.h"

#include "common/calendar.h"

#include <string.h>

_Static_assert(sizeof(struct caps) == 8 + 8 * CAPS_CONTACTS, "stored as its bytes");

// A contact in eight bytes: the day in the upper half, so that their order is the days' order; four bits of channel,
// one for automatic, and the mark.
enum { DAY_SHIFT = 32, CHANNEL_SHIFT = 28, AUTOMATIC_SHIFT = 27, CHANNEL_BITS = 0xf };
#define MARK_BITS ((UINT64_C(1) << AUTOMATIC_SHIFT) - 1)

static uint64_t day_part(int32_t day)
{
    return (uint64_t)((uint32_t)day ^ 0x80000000U) << DAY_SHIFT;
}

static uint64_t pack(const struct caps_contact *contact)
{
    uint64_t channel = contact->channel < CAPS_CHANNELS ? contact->channel : 0;
    uint64_t mark = (contact->mark ^ contact->mark >> 37) & MARK_BITS;
    return day_part(contact->day) | channel << CHANNEL_SHIFT | (uint64_t)contact->automatic << AUTOMATIC_SHIFT | mark;
}

bool caps_read(const void *bytes, size_t length, struct caps *ret_caps)
{
    memset(ret_caps, 0, sizeof *ret_caps);
    if (length < CAPS_BYTES(0) || length > sizeof *ret_caps)
        return false;
    memcpy(ret_caps, bytes, length);
    if (ret_caps->count <= CAPS_CONTACTS && length == CAPS_BYTES(ret_caps->count))
        return true;
    memset(ret_caps, 0, sizeof *ret_caps);
    return false;
}

static bool add(struct caps *caps, uint64_t packed)
{
    uint32_t at = caps->count;
    while (at > 0 && caps->contacts[at - 1] > packed)
        at--;
    if (at > 0 && caps->contacts[at - 1] == packed)
        return false;
    if (caps->count == CAPS_CONTACTS) {
        if (at == 0)
            return false;
        memmove(&caps->contacts[0], &caps->contacts[1], (at - 1) * sizeof caps->contacts[0]);
        caps->contacts[at - 1] = packed;
        return true;
    }
    memmove(&caps->contacts[at + 1], &caps->contacts[at], (caps->count - at) * sizeof caps->contacts[0]);
    caps->contacts[at] = packed;
    caps->count++;
    return true;
}

bool caps_add(struct caps *caps, struct caps_contact contact)
{
    return add(caps, pack(&contact));
}

void caps_join(struct caps *caps, const struct caps *others)
{
    for (uint32_t i = others->count; i > 0; i--)
        (void)add(caps, others->contacts[i - 1]);
}

uint32_t caps_count(const struct caps *caps, int32_t from_day, int32_t to_day, uint32_t channel,
                    uint32_t *ret_automatic)
{
    uint32_t count = 0, automatic = 0;
    for (uint32_t i = 0; i < caps->count; i++) {
        uint64_t packed = caps->contacts[i];
        uint64_t day = packed >> DAY_SHIFT << DAY_SHIFT;
        if (day < day_part(from_day) || day > day_part(to_day) ||
            (channel != 0 && (packed >> CHANNEL_SHIFT & CHANNEL_BITS) != channel))
            continue;
        count++;
        automatic += (uint32_t)(packed >> AUTOMATIC_SHIFT & 1);
    }
    if (ret_automatic != NULL)
        *ret_automatic = automatic;
    return count;
}

enum cap caps_judge(const struct caps_options *options, const struct caps *caps, const struct caps_ask *ask)
{
    if (ask->priority == 0 || ask->exempt)
        return CAP_NONE;
    int32_t day = ask->day, monday = day - (day_weekday(day) - 1), first = day_month_start(day);
    struct date date = day_date(day);
    int32_t last = first + month_days(date.year, date.month) - 1;
    if (caps_count(caps, first, last, 0, NULL) >= options->month)
        return CAP_MONTH;
    if (caps_count(caps, monday, monday + WEEK_DAYS - 1, 0, NULL) >= options->week)
        return CAP_WEEK;
    if (caps_count(caps, day, day, 0, NULL) >= options->day)
        return CAP_DAY;
    bool named = ask->channel > 0 && ask->channel < CAPS_CHANNELS;
    if (named && caps_count(caps, day, day, ask->channel, NULL) >= options->channel[ask->channel])
        return CAP_CHANNEL;
    return CAP_NONE;
}

const char *caps_name(enum cap cap)
{
    static const char *const NAMES[] = {
        [CAP_NONE] = "", [CAP_DAY] = "day", [CAP_WEEK] = "week", [CAP_MONTH] = "month", [CAP_CHANNEL] = "channel"};
    return NAMES[cap];
}
