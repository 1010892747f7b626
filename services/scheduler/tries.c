#include "services/scheduler/tries.h"

#include <string.h>

void tries_end(struct customer *customer, int64_t time_ms)
{
    if (time_ms <= customer->contact_ms)
        return;
    customer->contact_ms = time_ms;
    for (size_t i = 0; i < TRIES_KEPT; i++)
        if (customer->tries_ms[i] <= time_ms)
            customer->tries_ms[i] = 0;
}

void tries_add(struct customer *customer, int64_t time_ms)
{
    size_t at = 0;
    while (at < TRIES_KEPT && customer->tries_ms[at] > time_ms)
        at++;
    bool known = at < TRIES_KEPT && customer->tries_ms[at] == time_ms;
    if (time_ms <= customer->contact_ms || at == TRIES_KEPT || known)
        return;
    memmove(&customer->tries_ms[at + 1], &customer->tries_ms[at], (TRIES_KEPT - at - 1) * sizeof customer->tries_ms[0]);
    customer->tries_ms[at] = time_ms;
}
