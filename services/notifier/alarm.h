// An alarm: a message to whoever `notifier.alarm` names, that says what is wrong with the notifier itself. A channel
// that somebody must mend, or whose chat has taken nothing for ten minutes, and that it works again; urgent messages
// that came to nothing; everything held because the store may be an older one.
//
// It is a message like any other, certain in the same way, but it goes at any hour, before all others, and through a
// hold: a store that holds everything must be able to say so. What was told is in the store, so a restart does not tell
// it again; and what is over before it was told is not told at all.
#ifndef TEND_SERVICES_NOTIFIER_ALARM_H
#define TEND_SERVICES_NOTIFIER_ALARM_H

#include "services/notifier/mailroom.h"

enum {
    ALARM_EVERY_MS = 10 * 60 * 1000, // whoever is woken more often switches it off; what comes between is told together
    ALARM_DOWN_MS = 10 * 60 * 1000,  // a chat that takes nothing for so long will not be back by itself in a minute
    ALARM_LASTS_MS = 24 * 60 * 60 * 1000, // one that could not leave by then tells of yesterday
};

struct notifier_options;

// What is wrong with the configuration's alarm, and at which key ("alarm.rep"); NULL when nothing is.
const char *alarm_options_wrong(const struct notifier_options *options, const char **ret_key);

// What memory knows of them.
struct alarm *alarm_open(void);
void alarm_close(struct alarm **alarm);

// Reads it from the store anew.
void alarm_load(struct mailroom *room, struct turn *turn);

// A message is dead now, or may have been delivered.
void alarm_ended(struct mailroom *room, struct turn *turn, const struct delivery *delivery);

// Everything is held from now on because the store may be an older one. Alarms that it has from before say what was so
// then, and may have been sent: they wait like all others.
void alarm_doubt(struct mailroom *room, struct turn *turn);

// True for an alarm that leaves though everything is held.
bool alarm_passes(const struct mailroom *room, const struct delivery *delivery);

// True when there is one in the line of the channel.
bool alarm_waits(const struct mailroom *room, struct turn *turn, const char *channel);

// Why an alarm would reach nobody now, one sentence in the turn's arena; "": it would, or nobody wants any.
const char *alarm_trouble(struct mailroom *room, struct turn *turn);

// After what is due: looks at the channels, and begins an alarm when there is one to begin. When it wants to be called
// next, as in struct service.
int64_t alarm_tick(struct mailroom *room, struct turn *turn, int64_t now_ms);

#endif
