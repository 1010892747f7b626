#include "services/notifier/backoff.h"

int64_t backoff_delay(unsigned tries, uint64_t chance)
{
    int64_t most = BACKOFF_BASE_MS;
    for (unsigned i = 1; i < tries && most < BACKOFF_CAP_MS; i++)
        most *= 2;
    if (most > BACKOFF_CAP_MS)
        most = BACKOFF_CAP_MS;
    int64_t delay = (int64_t)(chance % ((uint64_t)most + 1));
    return delay > BACKOFF_LEAST_MS ? delay : BACKOFF_LEAST_MS;
}

int64_t backoff_asked(int64_t asked_ms, uint64_t chance)
{
    if (asked_ms < 0)
        asked_ms = 0;
    if (asked_ms > BACKOFF_RETRY_AFTER_MS)
        asked_ms = BACKOFF_RETRY_AFTER_MS;
    return asked_ms + (int64_t)(chance % ((uint64_t)asked_ms / 10 + 1));
}
