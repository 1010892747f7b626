// What became of a reminder, as a message says it that was sent before: answered, and how, by whom and when; or
// withdrawn. Pure.
#ifndef TEND_SERVICES_NOTIFIER_SETTLED_H
#define TEND_SERVICES_NOTIFIER_SETTLED_H

#include "common/arena.h"
#include "services/notifier/say.h"
#include "services/notifier/ticket.h"

struct zone;

struct settled {
    unsigned answer;         // a ticket_action; TICKET_OPEN: nobody answered, it was withdrawn
    bool decision;           // what was asked for is a yes or a no
    bool owed;               // it is nothing that a customer may decline
    bool elsewhere;          // not on the message: another app told it
    const char *by;          // name; empty: nobody said
    int64_t at_ms;           // when
    int64_t next_ms;         // until when it was put off; 0: it was not
    int32_t today;           // the day it is seen from, in the zone
    const struct zone *zone; // NULL: UTC
};

// "Wang: done (10:32 today)", "Nina: done (15:31 today, elsewhere)"; the text lives in the arena, and the name stands
// in it as it came.
const char *settled_say(struct arena *arena, enum language language, const struct settled *settled);

#endif
