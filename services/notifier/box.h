// The outbox's tables: the only file of the notifier that knows how they lie in the store. Rows are plain structs;
// texts that a read returns live in the turn's arena.
#ifndef TEND_SERVICES_NOTIFIER_BOX_H
#define TEND_SERVICES_NOTIFIER_BOX_H

#include "common/service.h"
#include "services/notifier/hush.h"
#include "services/notifier/ticket.h"

enum {
    BOX_ID_LENGTH = 12, // of a message's id, hexadecimal
    BOX_ID_BYTES = BOX_ID_LENGTH + 1,
    BOX_NAME_MAX = 200, // bytes of a rep's id or a channel's name, which stand in keys
};

// Their names, in an order that never changes.
enum { BOX_TABLES = 12 };
extern const char *const box_tables[BOX_TABLES];

// The numbers up to UNKNOWN are those of the records.
enum delivery_state {
    DELIVERY_NONE,
    DELIVERY_HELD,
    DELIVERY_READY,
    DELIVERY_SENDING,
    DELIVERY_SENT,
    DELIVERY_DEAD,
    DELIVERY_UNKNOWN,
    DELIVERY_DROPPED, // nothing in it was still wanted
    DELIVERY_STATES
};

// Why a held delivery waits.
enum delivery_hold {
    HOLD_NONE,
    HOLD_GROUP,   // for others of the same moment
    HOLD_ROUTE,   // for a channel
    HOLD_BACKOFF, // before the next try
    HOLD_RATE,    // the channel is throttled
    HOLD_CIRCUIT, // the channel must be mended
    HOLD_QUIET,   // for the end of quiet hours, golden hours or days off
    HOLD_CAP,     // the rep was told enough for now
    HOLD_DIGEST,  // for the hour of its route
    HOLD_COUNT
};

// What a delivery is made of, decoded by the first who wanted it. Lives in the turn's arena.
struct news;
struct contents {
    const struct news *news; // of each part; NULL: nobody did yet
    unsigned parts;
};

struct delivery {
    char id[BOX_ID_BYTES];
    enum delivery_state state;
    enum delivery_hold hold;
    unsigned attempts; // that left
    unsigned unknowns; // that may have been delivered
    unsigned forgiven; // of them, before a person sent it again by hand
    unsigned parts;    // records in it
    unsigned live;     // reminders in it that were not cancelled
    int64_t created_ms;
    int64_t queued_ms; // its place among those that wait for the channel
    int64_t changed_ms;
    int64_t due_ms; // when something is to happen with it; 0: nothing
    const char *rep, *channel, *detail;
    const char *receipt;       // how the chat names the message, as far as it said
    const char *route;         // the name of its route; empty: the plain way
    const char *group;         // the only kind that goes into it, as route_kind_name says; empty: all do
    bool retold;               // something in it was told anew since its letter was written
    const char *reader;        // the id of who it was sent to last; empty: not sent yet
    unsigned urgency;          // of the most urgent in it: 0 now, 1 today, 2 later
    bool list;                 // it has a call list or a digest in it
    int64_t told_ms;           // when it left first, and how many reminders were in it then; 0: it did not yet, or
    unsigned told;             // its chat has no use for that (driver.once_ms)
    const char *only;          // a test's channel, by which alone it goes; empty: it is no test
    bool alarm;                // it is one, of alarm.h
    const char *plain;         // how `detail` begins, without the chat's words; NULL: it has none. Not stored
    struct contents *contents; // shared by its copies; NULL where it did not come out of the box: decoded each time
};

// The delivery of exactly this id; false when there is none.
bool box_delivery_get(struct turn *turn, const char *id, struct delivery *ret_delivery);

// Stores a new delivery, or one that changed, under its id. A failure stays in the transaction.
void box_delivery_put(struct turn *turn, const struct delivery *delivery);

// Puts a new delivery among those that box_recent_next walks; box_delivery_delete takes it out.
void box_recent_put(struct turn *turn, const struct delivery *delivery);

// Deletes the delivery with its parts and its text. Its items, timers and place in a queue are the caller's to delete.
void box_delivery_delete(struct turn *turn, const struct delivery *delivery);

// The delivery whose id begins so; *ret_more says that there is another one.
bool box_delivery_find(struct turn *turn, const char *start, struct delivery *ret_delivery, bool *ret_more);

// Deliveries from the newest on: the id of the next one created before (created_ms, id), which are moved to it. Begin
// with INT64_MAX and an empty id.
bool box_recent_next(struct turn *turn, int64_t *created_ms, char *id);

// What a delivery is made of: the records as they came. `part` counts from 0.
struct part {
    uint16_t type;
    struct slice payload;
};
void box_part_put(struct turn *turn, const char *id, unsigned part, const struct part *value);
bool box_part_get(struct turn *turn, const char *id, unsigned part, struct part *ret_value);

// A reminder by its id, or a call list by its id with `list`.
struct box_item {
    char delivery[BOX_ID_BYTES];
    bool cancelled;
    unsigned answer; // what the rep answered last, a number of the records' ReminderOutcome; 0: nothing yet
    unsigned answers;
    int64_t answered_ms, next_ms; // next_ms: until when it was put off; 0: it was not
    const char *by;               // the id of who answered; empty: no rep that we know
    const char *guest;            // what the chat calls that one
    uint64_t note;                // the hash of what was written with it; 0: nothing was
    unsigned way;                 // it came, an answer_way and one; 0: not known
    int64_t told_ms;              // when the scheduler told it anew; 0: it did not
};
bool box_item_get(struct turn *turn, const char *id, bool list, struct box_item *ret_item);
void box_item_put(struct turn *turn, const char *id, bool list, const struct box_item *item);
void box_item_delete(struct turn *turn, const char *id, bool list);

// The letter as it was last sent.
bool box_text_get(struct turn *turn, const char *id, struct slice *ret_text);
void box_text_put(struct turn *turn, const char *id, const char *text, size_t length);

// Timers. `name` is a delivery's id or a channel's name.
enum due_kind { DUE_DELIVERY = 1, DUE_CHANNEL = 2, DUE_EXPIRE = 3 };
struct due {
    int64_t time_ms;
    enum due_kind kind;
    const char *name;
};
void box_due_put(struct turn *turn, const struct due *due);
void box_due_delete(struct turn *turn, const struct due *due);
bool box_due_has(struct turn *turn, const struct due *due);
bool box_due_first(struct turn *turn, struct due *ret_due);

// Moves *due to the one after it, from a time of 0 and an empty name on; false behind the last.
bool box_due_next(struct turn *turn, struct due *due);

// Those that wait for a channel ("" for those without one), in order. The walk begins after (queued_ms, id), which it
// moves.
void box_queue_put(struct turn *turn, const char *channel, int64_t queued_ms, const char *id);
void box_queue_delete(struct turn *turn, const char *channel, int64_t queued_ms, const char *id);
bool box_queue_has(struct turn *turn, const char *channel, int64_t queued_ms, const char *id);
bool box_queue_next(struct turn *turn, const char *channel, int64_t *queued_ms, char *id);

// Those of a channel whose message is to be changed in the chat, in order; the walk is as above. `tries` counts how
// often that was tried.
void box_amend_put(struct turn *turn, const char *channel, int64_t time_ms, const char *id, unsigned tries);
void box_amend_delete(struct turn *turn, const char *channel, int64_t time_ms, const char *id);
bool box_amend_next(struct turn *turn, const char *channel, int64_t *time_ms, char *id, unsigned *ret_tries);

// The deliveries that are SENDING: the first one after `id`, which is moved. Begin with an empty id.
void box_flight_put(struct turn *turn, const char *id);
void box_flight_delete(struct turn *turn, const char *id);
bool box_flight_has(struct turn *turn, const char *id);
bool box_flight_next(struct turn *turn, char *id);

// A channel's pace and health. One that was never used reads as zeros.
struct channel_row {
    int64_t tat_ms;
    int64_t blocked_ms; // nothing leaves before
    int64_t wake_ms;    // its timer, 0: none
    bool open;          // the circuit: only one message is tried at blocked_ms
    bool gone;          // the circuit is open because the chat is no more
    unsigned fails;     // in a row
    unsigned throttled; // in a row
    const char *reason;
    int64_t shut_ms;    // since when it is open; box_channel_put keeps it
    int64_t took_ms;    // when its chat took a message last; 0: never
    int64_t failing_ms; // since when `fails` counts, 0: it does not; box_channel_put keeps it
};
void box_channel_get(struct turn *turn, const char *name, struct channel_row *ret_row);
void box_channel_put(struct turn *turn, const char *name, const struct channel_row *row);

// The name of the channel after *name (NULL: the first one) that has a row; false when there is none.
bool box_channel_next(struct turn *turn, const char **name);

// A rep as the events tell, and the delivery that is on its way to the rep (empty: none).
struct rep_row {
    const char *name, *language, *channel, *address, *zone;
    const char *manager, *deputy, *country;
    uint32_t week; // bit n-1 for weekday n; 0: as everybody's
    struct hours golden[HUSH_GOLDEN];
    size_t golden_count;
    struct hush_absence absences[HUSH_ABSENCES];
    size_t absence_count;
    int64_t tat_ms;          // of the pace at which the rep is told
    const char *unreachable; // the channels whose chats do not know the rep, one a line; empty: none
    int64_t unreachable_ms;  // since when the newest of them
    char flying[BOX_ID_BYTES];
    int64_t version_ms; // of the event that told it: the newest counts
    uint64_t version_tie;
};
void box_rep_get(struct turn *turn, const char *rep, struct rep_row *ret_row);
void box_rep_put(struct turn *turn, const char *rep, const struct rep_row *row);

// The id of the rep after *rep (NULL: the first one) that has a row; false when there is none. The row is there once
// an event named the rep, or a message went there.
bool box_rep_next(struct turn *turn, const char **rep);

// The delivery that a rep's reminders of a route and a group go into; false: none that was opened before. An empty id
// ends it.
bool box_filling_get(struct turn *turn, const char *rep, const char *route, const char *group, char *ret_id);
void box_filling_put(struct turn *turn, const char *rep, const char *route, const char *group, const char *id);

// All of those of a rep, whatever their routes and groups: calls `look` with the id of each, and with `self`. It must
// not open or end one.
void box_filling_each(struct turn *turn, const char *rep, void (*look)(void *self, struct turn *turn, const char *id),
                      void *self);

// What became of reminders, for ever: in = sent + unknown + dead + cancelled + pending.
enum tally_count {
    TALLY_IN,
    TALLY_PENDING,
    TALLY_SENT,
    TALLY_UNKNOWN,
    TALLY_DEAD,
    TALLY_CANCELLED,
    // Beside the law.
    TALLY_REPEATED,   // the same reminder again
    TALLY_HISTORICAL, // alert nobody
    TALLY_BAD,        // records that cannot be read
    TALLY_TOO_LATE,   // cancelled when it was sent already
    TALLY_ERASED,
    TALLY_EXPIRED, // of those cancelled: it was too late to tell them
    TALLY_RETOLD,  // told anew with other facts, which the message says instead
    TALLY_UNSHOWN, // of those retold: in a message that was sent and that its chat cannot change
    TALLY_COUNTS
};
struct tally {
    uint64_t counts[TALLY_COUNTS];
    uint64_t states[DELIVERY_STATES]; // deliveries that are kept, by state
};
void box_tally_get(struct turn *turn, struct tally *ret_tally);
void box_tally_put(struct turn *turn, const struct tally *tally);

// The keys of tickets. Without a current one: none was made yet.
void box_keys_get(struct turn *turn, struct ticket_keys *ret_keys);
void box_keys_put(struct turn *turn, const struct ticket_keys *keys);

// The common settings in force, as their record came; false: none came yet.
bool box_settings_get(struct turn *turn, struct slice *ret_payload);
void box_settings_put(struct turn *turn, const struct slice *payload);

// Which file the store was when it was last at work, as watermark_home says it; empty: nobody looked yet.
const char *box_home_get(struct turn *turn);
void box_home_put(struct turn *turn, const char *home);

// When it was last found that the store is an older one, or was moved; 0: never.
int64_t box_doubted_get(struct turn *turn);
void box_doubted_put(struct turn *turn, int64_t time_ms);

// When what was held was released last; 0: never.
int64_t box_released_get(struct turn *turn);
void box_released_put(struct turn *turn, int64_t time_ms);

// How often a rep was told of a kind at once lately, the number of a pace; 0: not lately.
int64_t box_storm_get(struct turn *turn, const char *rep, const char *kind);
void box_storm_put(struct turn *turn, const char *rep, const char *kind, int64_t tat_ms);

// What alarms have told and are to tell.
enum { ALARM_FAILED_MOST = 20 }; // messages that are known one by one; of more only the number is told
struct alarm_row {
    int64_t told_ms;  // when the last one began; 0: never
    int64_t due_ms;   // when the next one is to begin; 0: there is nothing to tell
    int64_t doubt_ms; // since when everything is held because the store may be an older one; 0: it never was
    bool doubt;       // that is still to be told
    char failed[ALARM_FAILED_MOST][BOX_ID_BYTES]; // urgent messages that came to nothing, to be told
    size_t failed_count;
    uint64_t failed_more; // beside them
};
void box_alarm_get(struct turn *turn, struct alarm_row *ret_row);
void box_alarm_put(struct turn *turn, const struct alarm_row *row);

// Of a channel: how the log said last that it is, and how an alarm did. The numbers are those of the row.
enum alarm_health { ALARM_WORKS, ALARM_IS_SHUT, ALARM_IS_DOWN, ALARM_HEALTHS };
struct alarm_channel {
    enum alarm_health now, told;
};
void box_alarm_channel_get(struct turn *turn, const char *channel, struct alarm_channel *ret_channel);
void box_alarm_channel_put(struct turn *turn, const char *channel, const struct alarm_channel *value);

// Why everything is held; empty: it is not.
const char *box_hold_get(struct turn *turn);
void box_hold_put(struct turn *turn, const char *reason);

#endif
