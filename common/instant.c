#include "common/instant.h"

enum { SECOND_MS = 1000, MILLI_NANOS = 1000000 };

Google__Protobuf__Timestamp *instant_make(struct arena *arena, int64_t time_ms)
{
    if (time_ms <= 0 || time_ms == INT64_MAX)
        return NULL;
    Google__Protobuf__Timestamp *instant = arena_take(arena, sizeof *instant);
    google__protobuf__timestamp__init(instant);
    instant->seconds = time_ms / SECOND_MS;
    instant->nanos = (int32_t)(time_ms % SECOND_MS) * MILLI_NANOS;
    return instant;
}
