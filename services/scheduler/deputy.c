#include "services/scheduler/deputy.h"

#include <string.h>

bool deputy_takes(enum call_reason reason, uint32_t abc)
{
    static const struct {
        enum call_reason reason;
        bool only_a;
    } TAKEN[] = {
        {CALL_PROMISE_DUE, false}, {CALL_APPOINTMENT, false},  {CALL_STAGE, false},
        {CALL_HOT, false},         {CALL_EXPECTED_NEED, true},
    };
    for (size_t i = 0; i < sizeof TAKEN / sizeof TAKEN[0]; i++)
        if (TAKEN[i].reason == reason)
            return !TAKEN[i].only_a || abc == ABC_A;
    return false;
}

bool deputy_stands_in(const struct deputy_rep *deputy, const struct deputy_rep *absent)
{
    return absent->away && !deputy->away && absent->deputy[0] != '\0' && strcmp(absent->deputy, deputy->id) == 0 &&
           strcmp(absent->id, deputy->id) != 0;
}
