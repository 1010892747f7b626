// What an alarm says, in the words of whoever reads it: short enough for a phone, what is wrong since when, and what to
// do about it.
#ifndef TEND_SERVICES_NOTIFIER_ALARM_SAY_H
#define TEND_SERVICES_NOTIFIER_ALARM_SAY_H

#include "services/notifier/bulletin.h"

// For whom, and where the lines live: in the turn's arena.
struct alarm_reader {
    struct mailroom *room;
    struct turn *turn;
    const struct recipient *reader;
};

// One line each.
struct bulletin_line alarm_say_shut(const struct alarm_reader *reader, const struct channel *channel);
struct bulletin_line alarm_say_down(const struct alarm_reader *reader, const struct channel *channel);
struct bulletin_line alarm_say_open(const struct alarm_reader *reader, const struct channel *channel);
struct bulletin_line alarm_say_held(const struct alarm_reader *reader);

// Of an urgent message that is dead, or of which nobody knows. False: it is not so any more, or nothing in it is
// wanted.
bool alarm_say_failed(const struct alarm_reader *reader, const char *id, struct bulletin_line *ret_line);

// So many more channels, or messages.
struct bulletin_line alarm_say_more(const struct alarm_reader *reader, enum alarm_cause cause, uint64_t count);

#endif
