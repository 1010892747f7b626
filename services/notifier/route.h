// Routes: which way a message goes by what it is about. The first route of the configuration that fits is taken; none
// is the plain way, to whom the scheduler says, by that rep's own channel. Pure.
#ifndef TEND_SERVICES_NOTIFIER_ROUTE_H
#define TEND_SERVICES_NOTIFIER_ROUTE_H

#include "services/notifier/letter.h"
#include "services/notifier/options.h"

// What a route looks at. No text is NULL.
struct route_facts {
    const char *kind; // as route_kind_name says it, "call_list", "preview" or "digest"
    char abc;         // 'A', 'B', 'C' or 0
    const char *region;
    unsigned urgency; // 0 now, 1 today, 2 later
};

// The first route that fits; NULL: the plain way.
const struct route_options *route_find(const struct notifier_options *options, const struct route_facts *facts);

// The kind that a message by that route (NULL: the plain way) has to itself, as `facts` says it; "" when all kinds
// share one message.
const char *route_group(const struct notifier_options *options, const struct route_options *route,
                        const struct route_facts *facts);

// True when each message that fits `later` also fits `earlier`.
bool route_covers(const struct route_options *earlier, const struct route_options *later);

// The route of that name; NULL for the plain way, whose name is empty, and for one that is no more.
const struct route_options *route_named(const struct notifier_options *options, const char *name);

// "birthday" for LETTER_BIRTHDAY.
const char *route_kind_name(enum letter_kind kind);

// True for what can stand in `kinds`.
bool route_kind_known(const char *word);

// All of them one by one, from 0 on; NULL behind the last.
const char *route_kind_at(size_t number);

// The one that was probably meant; NULL when none is near.
const char *route_kind_near(const char *word);

#endif
