// Moments as messages have them.
#ifndef TEND_COMMON_INSTANT_H
#define TEND_COMMON_INSTANT_H

#include "common/arena.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <stdint.h>

// The moment of so many milliseconds since 1970, in the arena. NULL for what is no moment: 0, what is below, and
// INT64_MAX, which stands for never.
Google__Protobuf__Timestamp *instant_make(struct arena *arena, int64_t time_ms);

#endif
