// A note: one event of a customer that is no order, as scoring keeps it: what was said, when, by which event, and how
// that looks in bytes. Pure.
//
// A customer's notes, sorted by note_order, tell all that is known of the customer apart from orders (story.h).
#ifndef TEND_SCORING_NOTE_H
#define TEND_SCORING_NOTE_H

#include "common/money.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    NOTE_KEY_BYTES = 16,   // identity of an event
    NOTE_FIELDS_MAX = 32,  // file fields that are remembered; of more the first ones count
    NOTE_PARTS = 8,        // of a survey: four values, four costs
    NOTE_ID_BYTES = 128,   // what ingest lets in of an id,
    NOTE_NAME_BYTES = 200, // of an event's name and of names,
    NOTE_TEXT_BYTES = 240, // and what is kept of a free text: as much as a card or a reason shows
    NOTE_SHORT_BYTES = 64, // time zones, languages, days
    NOTE_ROW_MAX = 2000,   // no note takes more bytes: a row stays within half a page of the store
};

// Stored: a number keeps its meaning for ever.
enum note_kind {
    NOTE_NONE = 0,
    NOTE_UPSERTED = 1,
    NOTE_CONTACT = 2,
    NOTE_COMPLAINT_OPENED = 3,
    NOTE_COMPLAINT_ACKNOWLEDGED = 4,
    NOTE_COMPLAINT_RESOLVED = 5,
    NOTE_SURVEY = 6,
    NOTE_LEAD = 7,
    NOTE_CONTRACT_SIGNED = 8,
    NOTE_CONTRACT_ENDED = 9,
    NOTE_QUOTE_SENT = 10,
    NOTE_QUOTE_LOST = 11,
    NOTE_OBJECTION = 12,
    NOTE_GIFT = 13,
    NOTE_COST = 14,
    NOTE_COOPERATION = 15,
    NOTE_REFERRAL = 16,
    NOTE_PRAISE = 17,
    NOTE_COMPETITOR = 18,
    NOTE_NEED_LOST = 19,
    NOTE_OVERRIDE = 20,
    NOTE_PROMISE_BROKEN = 21,
    NOTE_KINDS
};

// A day that was not given.
#define NOTE_NO_DAY INT32_MIN

// An amount as it was sent; the currency is empty for the reporting one.
struct note_money {
    int64_t micros;
    char currency[MONEY_CODE_BYTES];
    bool given;
};

// What a customer is known to have among the contact persons of its file.
enum { NOTE_HAS_CONTACT = 1, NOTE_HAS_PHONE = 2, NOTE_HAS_EMAIL = 4, NOTE_HAS_KEY_PERSON = 8, NOTE_HAS_BIRTHDAY = 16 };

// customer_upserted: the whole file, or the portions (portion.h) that `said` names, the others being empty. `type` is
// CustomerType's number, `persons` NOTE_HAS_ bits, `fields` the note_field_hash of each file field that has a value.
struct note_customer {
    uint32_t said; // a mask of portions, 0: whole
    const char *name, *owner, *region, *parent, *source, *language, *time_zone;
    const char *birthday, *founding_day; // as sent: "1980-05-17" or "--05-17"
    int32_t since_day;                   // of the cooperation; NOTE_NO_DAY: not given
    uint8_t type;
    uint8_t persons;
    struct note_money credit;
    uint32_t credit_days;
    uint32_t field_count; // those in `fields`
    uint32_t fields_sent; // all of them
    uint32_t fields[NOTE_FIELDS_MAX];
};

// contact_logged: the numbers of Channel, Direction and ContactOutcome.
struct note_contact {
    uint8_t channel, direction, outcome;
    uint32_t minutes;
    int64_t next_ms; // 0: not given
    const char *key_point, *text;
};
enum { NOTE_OUTCOME_REACHED = 1 }; // the one outcome that is a real contact

// complaint_opened, _acknowledged, _resolved.
struct note_complaint {
    const char *id, *what, *cause, *order_id;
    struct note_money compensation;
};

// survey_answered: 1 to 5; `expected` and a part are 0 where nobody asked. The parts in the order of note_part_names.
struct note_survey {
    uint8_t score, expected;
    uint8_t parts[NOTE_PARTS];
};

// lead_updated: the numbers of LeadStage, LeadTemperature and Answer; 0 (NOTE_NO_DAY, "") leaves what was said before.
struct note_lead {
    uint8_t stage, intention, temperature;
    uint8_t need, power, decision, credit;
    int32_t expected_day;
    int64_t expected_milli; // pieces, in thousandths
    const char *source, *text;
};
enum { NOTE_ANSWER_YES = 1, NOTE_ANSWER_NO = 2 };

// contract_signed; contract_ended has id and reason only.
struct note_contract {
    const char *id, *reason;
    int32_t from_day, to_day;
    struct note_money value;
};

// quote_sent; quote_lost has id and reason only.
struct note_quote {
    const char *id, *what, *reason;
    struct note_money amount;
    uint32_t probability_ppm;
    int32_t expected_day;
};

// objection_raised, gift_given (`kind` is its occasion), cost_recorded.
struct note_item {
    const char *kind, *what;
    struct note_money amount;
};

// cooperation_rated: 1 to 5; loyalty 0: not rated.
struct note_cooperation {
    uint8_t score, loyalty;
};

// referral_made (`who` is the other customer's id), praise_received, competitor_seen, need_lost, promise_broken (`who`
// is the promise's id).
struct note_word {
    const char *who, *what;
};

// value_overridden; `until_day` is its last day, NOTE_NO_DAY: until taken back, which an empty value does.
struct note_override {
    const char *dimension, *value, *by, *reason;
    int32_t until_day;
};

// Texts are the caller's; NULL stands for "" when a note is written, and is never read. `kind` says which member of the
// union counts.
struct note {
    enum note_kind kind;
    bool historical;
    int64_t time_ms;
    uint8_t key[NOTE_KEY_BYTES];
    const char *name; // "source/id" of the event
    const char *rep;  // who is named with it
    union {
        struct note_customer customer;
        struct note_contact contact;
        struct note_complaint complaint;
        struct note_survey survey;
        struct note_lead lead;
        struct note_contract contract;
        struct note_quote quote;
        struct note_item item;
        struct note_cooperation cooperation;
        struct note_word word;
        struct note_override override;
    };
};

// Product, service, staff, image; money, time, effort, energy: the parts of delivered value that a survey may ask for.
extern const char *const note_part_names[NOTE_PARTS];

// A note of a kind about which nothing is said: numbers 0, days NOTE_NO_DAY, texts "".
void note_start(struct note *note, enum note_kind kind);

// Below 0, 0, above 0 as the first is earlier than the second, the same, or later: by time, then key.
int note_order(const struct note *left, const struct note *right);

// The part of a survey that a dimension's name means, 0 to NOTE_PARTS - 1; capitals do not matter. -1: none.
int note_part_of(const char *name);

// What a file field's name is remembered by; capitals of ASCII do not matter.
uint32_t note_field_hash(const char *name);

// Remembers that the file has a field, unless its value is empty or NOTE_FIELDS_MAX are remembered.
void note_add_field(struct note_customer *customer, const char *name, const char *value);

// The bytes that the note's row takes, at most NOTE_ROW_MAX. Texts beyond their limit are cut, never inside a
// character.
size_t note_bytes(const struct note *note);

// Writes the row, exactly as many bytes.
void note_write(const struct note *note, uint8_t *row);

// Reads a row; texts stay where they are in it. False when the bytes are no such row; then ret_note is not to be used.
bool note_read(const uint8_t *row, size_t length, struct note *ret_note);

// One thing that a note says, under its member's name, "key_point". One of the values counts; the others are empty.
struct note_value {
    const char *name, *text;
    int64_t number;
    int32_t day; // NOTE_NO_DAY: not given
    struct note_money money;
};

// Shows all that a note says, for whoever lists what is held; file fields only by their number, since of their names
// nothing but a hash is kept.
void note_each_value(const struct note *note, void (*visit)(void *context, const struct note_value *value),
                     void *context);

// The kind in words, "complaint opened".
const char *note_kind_name(enum note_kind kind);

#endif
