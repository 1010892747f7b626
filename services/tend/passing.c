#include "services/tend/passing.h"

#include "common/must.h"

static const struct {
    const char *reason;
    bool noted;
} kinds[PASSINGS] = {
    [PASSING_UNMARKED] = {"have an apostrophe before an id or a telephone number, a spreadsheet's mark for text, which "
                          "is left off",
                          true},
    [PASSING_AGAIN] = {"are about one whom an earlier row is about; the last row counts", true},
    [PASSING_ANONYMOUS] = {"name no customer: sales over the counter", false},
    [PASSING_VOID] = {"are of orders that were cancelled, failed or never finished", false},
    [PASSING_UNMATCHED] = {"take back more than the customer bought before in this file", false},
};

void passing_count(struct passing passings[PASSINGS], enum passing_kind kind, uint64_t line)
{
    must(kind < PASSINGS);
    if (passings[kind].rows++ == 0)
        passings[kind].line = line;
}

const char *passing_reason(enum passing_kind kind)
{
    must(kind < PASSINGS);
    return kinds[kind].reason;
}

bool passing_noted(enum passing_kind kind)
{
    must(kind < PASSINGS);
    return kinds[kind].noted;
}
