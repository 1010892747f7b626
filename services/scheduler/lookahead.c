#include "services/scheduler/lookahead.h"

#include "common/must.h"

static uint64_t smaller(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

void lookahead_level(struct lookahead_day *days, size_t count, uint32_t capacity)
{
    must(count <= LOOKAHEAD_DAYS);
    uint64_t held[LOOKAHEAD_DAYS], early = 0, late = 0;
    for (size_t i = count; i > 0; i--) {
        struct lookahead_day *day = &days[i - 1];
        uint64_t wanted = day->fixed + day->movable + early;
        uint64_t over = wanted > capacity && i > 1 ? wanted - capacity : 0;
        over = smaller(over, day->movable + early);
        // What came from later days moves on first.
        day->ahead = (uint32_t)(early - smaller(over, early));
        held[i - 1] = wanted - over;
        early = over;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t wanted = held[i] + late;
        late = wanted - smaller(wanted, capacity);
        days[i].free = capacity - (uint32_t)smaller(wanted, capacity);
    }
}

uint32_t lookahead_share(const struct lookahead_day *days, size_t count, uint32_t open)
{
    uint64_t room = 0;
    if (count == 0)
        return 0;
    for (size_t i = 0; i < count; i++)
        room += days[i].free;
    uint64_t rest = room - days[0].free;
    uint64_t even = room > 0 ? ((uint64_t)open * days[0].free + room - 1) / room : open;
    uint64_t least = open > rest ? open - rest : 0;
    return (uint32_t)(even > least ? even : least);
}
