// The mailroom: what the parts of the outbox share. The options, the channels, the chat courier, and what is counted.
#ifndef TEND_SERVICES_NOTIFIER_MAILROOM_H
#define TEND_SERVICES_NOTIFIER_MAILROOM_H

#include "services/notifier/box.h"
#include "services/notifier/courier.h"
#include "services/notifier/ticket.h"

struct zone;

enum { MAILROOM_ZONES = 64 }; // the zones of one company's reps; one more is treated as UTC

struct mailroom {
    const struct notifier_options *options;
    struct channel *channels;
    size_t channel_count;
    struct courier *courier;
    struct tally tally;
    struct tally stored;        // as the store has it
    uint64_t landed[OUTCOMES];  // since the start
    uint64_t amended[OUTCOMES]; // changes of messages, since the start
    struct ticket_keys keys;
    bool recover;   // the store may name flights that are not ours
    bool collected; // landings were looked for in this turn
    struct zone *zones[MAILROOM_ZONES];
    size_t zone_count;
};

// `total_ms` as in courier_open. The options must outlive it.
struct mailroom *mailroom_open(const struct notifier_options *options, int64_t total_ms);
void mailroom_close(struct mailroom **room);

// NULL when the configuration names no such channel.
struct channel *mailroom_channel(const struct mailroom *room, const char *name);

// Who the rep is: from the configuration, then from the events.
struct recipient {
    const char *name, *address, *language; // language: a tag, "zh-CN"
    const struct zone *zone;               // NULL: UTC
    const struct channel *channel;         // NULL: none
    const char *trouble;                   // why there is none
};
void mailroom_recipient(struct mailroom *room, struct turn *turn, const char *rep, struct recipient *ret_recipient);

#endif
