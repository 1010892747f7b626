// What travels: events and settings in, values and changes out. With answer.h the only file that knows protobuf.
#ifndef TEND_SCORING_WIRE_H
#define TEND_SCORING_WIRE_H

#include "common/service.h"
#include "services/scoring/ledger.h"
#include "services/scoring/order.h"
#include "services/scoring/policy.h"
#include "services/scoring/basket.h"
#include "services/scoring/book.h"
#include "services/scoring/brief.h"
#include "services/scoring/explain.h"
#include "services/scoring/note.h"

enum wire_kind {
    WIRE_BAD,     // cannot be read, or lacks what its body needs
    WIRE_CARRIED, // for the scheduler
    WIRE_NOTED,   // for the scheduler, and kept here
    WIRE_KIN,     // for the scheduler, and for us: two customers are one, or two again
    WIRE_PLACED,
    WIRE_AMENDED,
    WIRE_CANCELLED,
    WIRE_REFUNDED,
};

enum wire_type { WIRE_OTHER, WIRE_EVENT, WIRE_SETTINGS };

// What kind of record it is; scoring has no use for the other ones.
enum wire_type wire_type_of(const struct record *record);

enum { WIRE_ID_MAX = 256 }; // of a customer or an order: twice what ingest lets in

// An event; texts live until the turn ends.
struct wire_event {
    enum wire_kind kind;
    bool historical;
    int64_t time_ms;
    const char *customer_id;
    const char *order_id;
    const char *name;            // "source/id"
    uint64_t source, tie;        // of an order's: hashes of the source, never 0, and of the name
    struct order_amount amount;  // placed, amended
    const struct basket *basket; // of these, in the arena
    struct order_refund refund;  // refunded
    struct note note;            // noted
    const char *other_id;        // of kin: the other customer,
    bool merged;                 // who is part of the first from now on, or stands alone,
    uint8_t key[HASH_BYTES];     // by this event
};

// Reads an event and judges what scoring needs of it; never fails, a bad one is WIRE_BAD.
void wire_read_event(struct turn *turn, const struct record *record, struct wire_event *ret_event);

// The common rules; texts live until the turn ends. False when they cannot be read.
struct wire_settings {
    const char *time_zone;
    char currency[MONEY_CODE_BYTES];
    struct terms_rate *rates;
    size_t rate_count;
};
bool wire_read_settings(struct turn *turn, const uint8_t *bytes, size_t length, struct wire_settings *ret_settings);

// An order as a rep speaks of it: its local day, its total in the reporting currency, its goods, shortened.
struct wire_order {
    const char *id, *what;
    int32_t day;
    int64_t micros;
};

// What the scheduler is told of a customer.
struct wire_value {
    const char *customer_id, *currency;
    const struct brief *brief;
    const struct dimension_names *names;
    const struct completeness_class *file; // what the file must have
    uint32_t share_ppm;                    // of all customers' value in the window
    const struct wire_order *orders;       // the last ones, the newest first
    size_t order_count;
};
void wire_say_value(struct turn *turn, const struct wire_value *value, bool historical);

// An article to offer; `because` is the name of the one it goes with.
struct wire_offer {
    const char *sku, *name, *because;
    uint32_t confidence_ppm, lift_milli;
};

// Tells the scheduler what to offer to a customer: at most WIRE_OFFERS_MAX, in place of what was told before.
enum { WIRE_OFFERS_MAX = 3 };
void wire_say_offers(struct turn *turn, const char *customer_id, const struct wire_offer *offers, size_t count);

struct Tend__V1__ValueChanged;

// A dimension of a customer that took another value.
struct wire_change {
    const char *customer_id;
    const char *dimension;
    const char *before, *after;
    const struct reason *reason;
    const char *currency;      // of its figures
    const char *const *events; // "source/id"
    size_t event_count;
    int64_t time_ms;
    bool historical;
    uint32_t rules_version;
    const char *decided_by; // NULL: the figures decided
};

// The change as a message in the arena; its texts are those of the change and its reason.
struct Tend__V1__ValueChanged *wire_make_change(struct turn *turn, const struct wire_change *change);

// Tells the scheduler of it and gives the packed message, which lives until the turn ends, to be kept.
struct slice wire_say_change(struct turn *turn, const struct wire_change *change);

struct Tend__V1__Figure;

// The figures of a reason as messages in the arena; money in `currency`.
struct Tend__V1__Figure **wire_make_figures(struct turn *turn, const struct reason *reason, const char *currency);

// What a customer of another class is due from now on.
struct wire_policy {
    const char *customer_id;
    const char *before, *class;
    const struct policy_due *due;
    int64_t time_ms;
    bool historical;
};

struct Tend__V1__ClassPolicy;

// The policy as a message in the arena; and the same told.
struct Tend__V1__ClassPolicy *wire_make_policy(struct turn *turn, const struct wire_policy *policy);
void wire_say_policy(struct turn *turn, const struct wire_policy *policy);

struct Tend__V1__PurchaseModel;

// The models in force, as a message in the arena; and the same told to everybody.
struct Tend__V1__PurchaseModel *wire_make_model(struct turn *turn, const struct book *book, int64_t period_days);
void wire_say_model(struct turn *turn, const struct book *book, int64_t period_days);

#endif
