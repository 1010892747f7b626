#include "common/clock.h"

#include "common/must.h"

#include <stdlib.h>
#include <sys/timex.h>
#include <time.h>

// While a jump is in doubt the wall goes on by boot time from where it was believed last: what is committed meanwhile
// carries no date that a later correction would leave in the future.
enum {
    JUMP_MS = 60 * 1000,       // a wall that moves this far against boot time did not just drift
    DOUBT_MS = 10 * 60 * 1000, // then it is believed all the same: a machine may have no time service at all
};

struct clock {
    bool simulated;
    int64_t simulated_ms;
    int64_t floor_ms;
    int64_t offset_ms;   // wall less boot, as last believed
    int64_t doubt_until; // boot time, 0: no doubt
};

static int64_t read_us(clockid_t id)
{
    struct timespec time;
    must(clock_gettime(id, &time) == 0);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

struct clock *clock_open(void)
{
    struct clock *clock = calloc(1, sizeof *clock);
    must(clock != NULL);
    clock->offset_ms = read_us(CLOCK_REALTIME) / 1000 - read_us(CLOCK_BOOTTIME) / 1000;
    return clock;
}

struct clock *clock_open_simulated(int64_t wall_ms)
{
    struct clock *clock = clock_open();
    clock->simulated = true;
    clock->simulated_ms = wall_ms;
    return clock;
}

void clock_close(struct clock **clock)
{
    free(*clock);
    *clock = NULL;
}

static bool is_synchronised(void)
{
    struct timex state = {0};
    return adjtimex(&state) != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

static int64_t read_wall(struct clock *clock)
{
    if (clock->simulated)
        return clock->simulated_ms;
    int64_t boot_ms = read_us(CLOCK_BOOTTIME) / 1000;
    int64_t moved_ms = read_us(CLOCK_REALTIME) / 1000 - boot_ms - clock->offset_ms;
    bool jumped = moved_ms > JUMP_MS || moved_ms < -JUMP_MS;
    if (jumped && clock->doubt_until == 0)
        clock->doubt_until = boot_ms + DOUBT_MS;
    if (!jumped || boot_ms >= clock->doubt_until || is_synchronised()) {
        clock->offset_ms += moved_ms;
        clock->doubt_until = 0;
    }
    return boot_ms + clock->offset_ms;
}

int64_t clock_wall_ms(struct clock *clock)
{
    int64_t wall_ms = read_wall(clock);
    if (wall_ms > clock->floor_ms)
        clock->floor_ms = wall_ms;
    return clock->floor_ms;
}

int64_t clock_boot_us(struct clock *clock)
{
    return clock->simulated ? clock->simulated_ms * 1000 : read_us(CLOCK_BOOTTIME);
}

int64_t clock_boot_ms(struct clock *clock)
{
    return clock_boot_us(clock) / 1000;
}

bool clock_trusted(struct clock *clock)
{
    read_wall(clock);
    return clock->doubt_until == 0;
}

void clock_floor(struct clock *clock, int64_t wall_ms)
{
    if (wall_ms > clock->floor_ms)
        clock->floor_ms = wall_ms;
}

void clock_move(struct clock *clock, int64_t wall_ms)
{
    must(clock->simulated);
    if (wall_ms > clock->simulated_ms)
        clock->simulated_ms = wall_ms;
}
