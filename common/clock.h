// The only reader of a clock. Wall time answers "when", never goes backwards, and is not believed at once when it jumps
// against the time since boot: timers then wait until the system says that its clock is synchronised, or ten minutes,
// and dates go on by the time since boot.
#ifndef TEND_COMMON_CLOCK_H
#define TEND_COMMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct clock;

// The machine's clock.
struct clock *clock_open(void);

// A clock that stands still until it is moved: for rehearsals and tests.
struct clock *clock_open_simulated(int64_t wall_ms);
void clock_close(struct clock **clock);

// Milliseconds since 1970, never less than it said before nor than `clock_floor` set.
int64_t clock_wall_ms(struct clock *clock);

// Milliseconds since boot, also through suspension: for waiting, never for dates.
int64_t clock_boot_ms(struct clock *clock);

// Microseconds since boot, for measuring.
int64_t clock_boot_us(struct clock *clock);

// False while a jump of more than a minute is not confirmed: nothing that is due by date may happen.
bool clock_trusted(struct clock *clock);

// From now on the wall never reads less: the last moment that was committed.
void clock_floor(struct clock *clock, int64_t wall_ms);

// Moves a simulated clock forward to `wall_ms`; a step back is ignored.
void clock_move(struct clock *clock, int64_t wall_ms);

#endif
