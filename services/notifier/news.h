// What the scheduler's journal tells the notifier, as plain structs, and what the notifier says in turn: the only file
// of the notifier that knows protobuf. Everything that is read lives in the turn's arena.
#ifndef TEND_SERVICES_NOTIFIER_NEWS_H
#define TEND_SERVICES_NOTIFIER_NEWS_H

#include "common/countries.h"
#include "services/notifier/box.h"
#include "services/notifier/letter.h"

enum news_kind {
    NEWS_NONE, // nothing that concerns the notifier
    NEWS_BAD,  // cannot be read
    NEWS_REMINDER,
    NEWS_LIST,
    NEWS_DIGEST,
    NEWS_CANCELLED,
    NEWS_SETTLED, // answered, whichever way
    NEWS_REP,
    NEWS_ABSENT, // a rep is away
    NEWS_ERASED, // a customer's personal data must go
    NEWS_SETTINGS,
};

struct news {
    enum news_kind kind;
    bool historical;
    const char *rep_id; // SETTLED: who answered; may be empty
    const char *id;     // of the reminder, the list or the digest
    bool whole;         // it is told as one, under its own id: a digest, or a preview, whose calls are no reminders yet
    bool retold;        // it says anew what was told under its id; without that it is nothing
    int64_t expires_ms; // not worth telling from then on; 0: never
    const char *customer_id;
    struct letter_item item;                         // REMINDER
    struct letter_list list;                         // LIST
    struct letter_digest digest;                     // DIGEST
    const char *name, *language, *channel, *address; // REP
    int64_t version_ms;                              // REP
    uint64_t version_tie;
    const char *zone;                 // REP
    const char *manager, *deputy;     // REP
    const char *country;              // REP
    uint32_t week;                    // REP
    struct hours golden[HUSH_GOLDEN]; // REP
    size_t golden_count;
    struct hush_absence absence; // ABSENT
    unsigned outcome;            // SETTLED: a number of the records' ReminderOutcome
    int64_t at_ms, next_ms;      // SETTLED: next_ms 0: it was not put off
    bool pressed;                // SETTLED: on the message itself
};

// The common settings: the zone of reps without one, and the days off.
struct news_settings {
    const char *zone;
    uint32_t week;
    const struct country_day *days; // as countries_open wants them
    size_t day_count;
};

// Reads them; false: the payload is not one.
bool news_read_settings(struct arena *arena, const struct slice *payload, struct news_settings *ret_settings);

// Reads a record's payload; `type` is its record type.
void news_read(struct arena *arena, uint16_t type, const uint8_t *payload, size_t length, struct news *ret_news);

// The payload without what it says about the customer, when it is about that one; ids stay. False: it is not.
bool news_erase(struct arena *arena, uint16_t type, const struct slice *payload, const char *customer_id,
                struct slice *ret_payload);

// Says that a delivery changed.
void news_emit(struct turn *turn, const struct delivery *delivery, const char *const *reminder_ids, size_t count);

// Says that a rep answered a reminder, as an event of its own.
struct news_answer {
    const char *reminder_id;
    const char *rep_id;      // who answered; empty: somebody who is no rep that we know
    const char *owner;       // the rep whose reminder it is
    const char *customer_id; // whom it is about, so that the answer goes when that one is erased; may be empty
    unsigned number;         // the reminder's first answer, its second ...
    unsigned outcome;        // a number of the records' ReminderOutcome
    int64_t next_ms;         // 0: none
    const char *note;
};
void news_emit_answer(struct turn *turn, const struct news_answer *answer);

// What became of one reminder.
struct news_settled {
    const char *reminder_id, *customer;
    struct box_item item;
    const char *by_name; // of item.by; may be empty
};

// One message for the eyes of people and programs. `text` may be NULL.
struct news_view {
    struct delivery delivery;
    enum delivery_state state; // as it is to be seen: HELD while its channel is shut
    const char *reason;
    const char *const *reminder_ids;
    size_t reminder_count;
    const char *text;
    const struct news_settled *settled;
    size_t settled_count;
    const char *reader; // who would get it now; NULL: whom it was sent to
};
void news_reply_one(struct turn *turn, const struct news_view *view, struct reply *ret_reply);
void news_reply_many(struct turn *turn, const struct news_view *views, size_t count, bool more,
                     struct reply *ret_reply);

struct news_channel {
    const char *name, *type, *reason;
    bool open;
    int64_t blocked_ms;
    unsigned fails, waiting;
    int64_t shut_ms; // since when it is open; 0: it is not, or nobody tried
    int64_t took_ms; // when its chat took a message last; 0: never
    int64_t down_ms; // since when it is down; 0: it is not
};
// Answers with the channels' health as a ChannelHealths, in the given order.
void news_reply_channels(struct turn *turn, const struct news_channel *channels, size_t count, struct reply *ret_reply);

// What the auditor found, as an Audit.
struct news_audit {
    uint64_t waiting, stuck;
    const char *const *ids; // of those that are stuck
    size_t id_count;
    const char *held; // why everything is; empty: it is not
    uint64_t dead, unknown;
    const char *const *foreign; // why channels do not write to reps, a sentence each
    size_t foreign_count;
    const char *alarm; // why one would reach nobody; empty: it would
};
void news_reply_audit(struct turn *turn, const struct news_audit *audit, struct reply *ret_reply);

// Which way a message would go, as a WayOut. No text is NULL.
struct news_way {
    const char *route, *rep, *reader, *reader_name, *why;
    const char *channel, *type, *address, *language;
    const char *trouble; // why it could not leave; empty: it could
    int64_t held_ms;     // until when; 0: it is not held
    const char *hold;
};
void news_reply_way(struct turn *turn, const struct news_way *way, struct reply *ret_reply);

// The record of a reminder without a kind, which says `text` and counts until `expires_ms`; the bytes lie in the arena.
struct news_plain {
    const char *id, *rep, *text;
    const char *customer_id, *customer; // may be empty
    const char *const *points;          // below the text
    size_t point_count;
    bool good; // there is nothing to do about it
    int64_t now_ms, expires_ms;
};
struct part news_write_plain(struct arena *arena, const struct news_plain *plain);

// The state that a query names, in any of the codec's forms ("SENT", "sent"); false: there is none of the name.
bool news_state(const char *name, enum delivery_state *ret_state);

#endif
