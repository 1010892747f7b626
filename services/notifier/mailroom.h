// The mailroom: what the parts of the outbox share. The options, the channels, the chat courier, and what is counted.
#ifndef TEND_SERVICES_NOTIFIER_MAILROOM_H
#define TEND_SERVICES_NOTIFIER_MAILROOM_H

#include "services/notifier/box.h"
#include "services/notifier/courier.h"
#include "services/notifier/ticket.h"
#include "services/notifier/watermark.h"

struct zone;
struct countries;

// Which way a rep's answer came, and what became of it: a press_fate, or it was refused before that.
enum answer_way { ANSWER_BY_PAGE, ANSWER_BY_BUTTON, ANSWER_WAYS };
enum { ANSWER_REFUSED = 5, ANSWER_FATES };
enum { ANSWER_UNPRESSED = ANSWER_WAYS }; // no press at all: an event told it

// What an alarm tells.
enum alarm_cause { ALARM_SHUT, ALARM_OPEN, ALARM_FAILED, ALARM_HELD, ALARM_DOWN, ALARM_CAUSES };

enum { MAILROOM_ZONES = 64 }; // the zones of one company's reps; one more is treated as UTC

struct mailroom {
    const struct notifier_options *options;
    struct channel *channels;
    size_t channel_count;
    struct pace rep_pace; // burst 0: none
    struct courier *courier;
    struct tally tally;
    struct tally stored;                          // as the store has it
    uint64_t blanked;                             // messages, for erased customers, that nobody was told of yet
    uint64_t landed[OUTCOMES];                    // since the start
    uint64_t amended[OUTCOMES];                   // changes of messages, since the start
    uint64_t answered[ANSWER_WAYS][ANSWER_FATES]; // presses of reps, since the start
    struct ticket_keys keys;
    bool recover;   // the store may name flights that are not ours
    bool collected; // landings were looked for in this turn
    struct zone *zones[MAILROOM_ZONES];
    size_t zone_count;
    const struct zone *zone;     // of reps without one; NULL: UTC
    uint32_t week;               // 0: no settings came yet, and every day is worked
    struct countries *countries; // NULL until then
    int32_t *holidays, *makeups; // everybody's
    size_t holiday_count, makeup_count;
    struct templates *templates; // words of one's own; NULL: none
    struct watermark *watermark;
    bool watermark_checked;
    uint64_t said;       // how far the journal goes
    int64_t audit_ms;    // when everything that waits is looked through next
    uint64_t stuck;      // of it, found without a next moment; since the start
    int64_t released_ms; // when that was over last
    int64_t doubted_ms;  // what is older may have been sent by a store that knew more; 0: nothing may
    bool held;           // everything is, until a person decides
    struct remarks *remarks;
    struct log *log; // of the turn that ran last
    struct alarm *alarm;
    uint64_t alarmed[ALARM_CAUSES]; // what was told, since the start
};

// `total_ms` as in courier_open. The options must outlive it.
struct mailroom *mailroom_open(const struct notifier_options *options, int64_t total_ms);
void mailroom_close(struct mailroom **room);

// NULL when the configuration names no such channel.
struct channel *mailroom_channel(const struct mailroom *room, const char *name);

// Takes the common settings, from now on.
struct news_settings;
void mailroom_settle_in(struct mailroom *room, const struct news_settings *settings);

// Who the rep is: from the configuration, then from the events.
struct recipient {
    const char *rep;                       // the id
    const char *name, *address, *language; // language: a tag, "zh-CN"
    const struct zone *zone;               // NULL: UTC
    const struct channel *channel;         // NULL: none
    const char *trouble;                   // why there is none
    const struct rep_row *row;             // what the store knew when it was looked up; in the turn's arena
};
void mailroom_recipient(struct mailroom *room, struct turn *turn, const char *rep, struct recipient *ret_recipient);

// The rep in the chat of that channel: the one that the configuration names for it, else the rep's own address where it
// is the rep's own channel; "" when it is not known.
const char *mailroom_address(const struct mailroom *room, struct turn *turn, const char *rep, const char *channel);

// Why that channel does not write to the rep, one sentence: the address is an event's word, and in a domain that is not
// the channel's. NULL when there is nothing against it. An address of the configuration is trusted as it is.
const char *mailroom_foreign(const struct mailroom *room, struct turn *turn, const char *rep,
                             const struct channel *channel);

// The channels for which the configuration names an address of the rep beside the rep's own, in order; returns how
// many.
size_t mailroom_others(const struct mailroom *room, struct turn *turn, const char *rep, const char *const **ret_names);

// When the rep is not to be disturbed. `ret_days` is what it points to.
struct workdays;
void mailroom_hush(struct mailroom *room, struct turn *turn, const char *rep, struct workdays *ret_days,
                   struct hush *ret_hush);

// The same of one who was looked up already.
void mailroom_hush_of(const struct mailroom *room, const struct recipient *recipient, struct workdays *ret_days,
                      struct hush *ret_hush);

#endif
