// The lead: how far somebody is on the way to the next contract: the stage of the funnel (`lead.stage`), how much they
// intend to (`lead.intention`), how warm they are (`lead.temperature`), how soon they order (`lead.horizon`), and
// whether they qualify (`lead.qualified`). Pure.
//
// Sources: the funnel 0 to 7, its five levels of intention, denial/cold/warm/hot, and H/A/B within 7, 15 and 30 days
// are those of the training slides on call lists and car dealers; how long a stage may last and how fast warmth goes
// are ours.
#ifndef TEND_SCORING_LEAD_H
#define TEND_SCORING_LEAD_H

#include "services/scoring/note.h"
#include "services/scoring/reason.h"

// The numbers that travel (LeadStage, LeadTemperature).
enum lead_stage {
    LEAD_STAGE_UNKNOWN,
    LEAD_NOT_REACHED,
    LEAD_ADDED,
    LEAD_KEY_PERSON,
    LEAD_PLANS,
    LEAD_INTENDS,
    LEAD_CONTRACT_SENT,
    LEAD_IN_CONTRACT,
    LEAD_EXPIRED,
    LEAD_STAGES
};
enum lead_intention {
    LEAD_INTENTION_UNKNOWN,
    LEAD_SLIGHT,
    LEAD_UNCLEAR,
    LEAD_POSSIBLE,
    LEAD_GOOD,
    LEAD_VERY_LIKELY,
    LEAD_INTENTIONS
};
enum lead_temperature { LEAD_TEMPERATURE_UNKNOWN, LEAD_DENIAL, LEAD_COLD, LEAD_WARM, LEAD_HOT, LEAD_TEMPERATURES };
enum lead_horizon {
    LEAD_HORIZON_UNKNOWN,
    LEAD_H, // orders within 7 days
    LEAD_A, // within 15
    LEAD_B, // within 30
    LEAD_C, // later, or nobody knows when
    LEAD_HORIZONS
};
enum lead_qualified {
    LEAD_QUALIFIED_UNKNOWN,
    LEAD_QUALIFIED_NO,   // one of the four is missing for good
    LEAD_QUALIFIED_OPEN, // none is, but not all are known
    LEAD_QUALIFIED_YES,
    LEAD_QUALIFIEDS
};
extern const char *const lead_stage_names[LEAD_STAGES];
extern const char *const lead_intention_names[LEAD_INTENTIONS];
extern const char *const lead_temperature_names[LEAD_TEMPERATURES];
extern const char *const lead_horizon_names[LEAD_HORIZONS];
extern const char *const lead_qualified_names[LEAD_QUALIFIEDS];

// What makes a prospect qualified.
enum { LEAD_NEED, LEAD_POWER, LEAD_DECISION, LEAD_CREDIT, LEAD_ANSWERS };

enum {
    LEAD_CONTRACTS_MAX = 4, // kept of one customer; of more those that end last
    LEAD_SOURCE_BYTES = 48, // of where the lead came from, as much as a card shows
};

struct lead_options {
    int64_t dwell_days[LEAD_STAGES]; // how long each stage may last; 0: without limit
    int64_t hot_days, warm_days;     // without a touch until hot becomes warm, and warm cold
    int64_t h_days, a_days, b_days;  // up to the expected order
    int64_t missed_days;             // for how long an expected order that did not come is still asked after
};

// A contract: `over_day` is the first day it no longer holds, INT32_MAX when nobody has said.
struct lead_contract {
    uint32_t id; // a hash of it
    int32_t over_day;
};

// What is remembered of the notes; lead_start makes it, lead_hear goes on.
struct lead_story {
    uint8_t stage; // said last, not by a contract
    uint8_t intention, temperature;
    uint8_t answers[LEAD_ANSWERS]; // NOTE_ANSWER_
    bool by_contract;              // a contract's event is newer than `stage`
    uint8_t contract_count;
    uint16_t objections;             // since the last contract
    int32_t stage_day;               // since when `stage` holds; the other days likewise
    int32_t contract_day, ended_day; // signed, as the first of an unbroken row; of a contract that we do not know
    int32_t intention_day;
    int32_t warm_day;  // since when `temperature` holds,
    int32_t touch_day; // and the newest contact that kept it so
    int32_t expected_day;
    int64_t expected_said_ms;  // when the expected day was told; INT64_MIN: it was not. Likewise:
    int64_t intention_said_ms; // when an intention was told last
    int64_t denial_ms;         // since when the temperature is denial
    int64_t expected_milli;
    uint32_t expected_quote; // a hash of the quote that said so; 0: a rep did
    struct lead_contract contracts[LEAD_CONTRACTS_MAX];
    char source[LEAD_SOURCE_BYTES];
};

struct lead_facts {
    const struct lead_story *story;
    int32_t today;
    int32_t key_person_day; // since when the file names a key person; NOTE_NO_DAY: it does not
    int64_t last_order_ms;  // INT64_MIN: never
};

// What holds today. A `_day` is since when, NOTE_NO_DAY where the value is unknown.
struct lead {
    uint8_t stage, intention, temperature, horizon, qualified;
    bool stuck;  // the stage has lasted for longer than it may
    bool missed; // the expected day has passed without an order
    uint8_t yes; // how many of the four
    int32_t stage_day, intention_day, temperature_day;
    int32_t expected_day;      // of an order that is still expected
    int32_t contract_over_day; // first day without one; NOTE_NO_DAY: none known, INT32_MAX: no end known
    int64_t expected_milli;
};

// Knows nothing.
void lead_start(struct lead_story *story);

// Takes a note in; notes come sorted by note_order, `day` is the local day of its time. Those that say nothing about
// a lead change nothing.
// A touch is a lead_updated, a quote sent, or a contact that reached somebody; no other contact is one.
// An expected day is told by a lead_updated or a quote, and each newer one takes its place. When the quote that told it
// is lost it is taken back; the day that it had replaced does not come back.
// The end of a contract that is over changes nothing, nor, when the stage is expired already, does that of one that is
// not known.
void lead_hear(struct lead_story *story, const struct lead_options *options, const struct note *note, int32_t day);

// Stage: what was said last, a contract signed or run out included; not_reached and added become key_person while the
// file names a key person. Temperature: what was said last, which cools by hot_days and warm_days without a touch;
// denial stays. Horizon: the days up to the expected order, against h_days, a_days, b_days (each still within); an
// order placed after the day was told fulfils it. Without a day, with one that is fulfilled, and with one missed by
// more than missed_days it is C; but unknown where no day was told or the last was taken back, and no lead_updated gave
// a stage, an intention, a temperature or one of the four answers: a contract or the file alone makes no lead.
void lead_judge(const struct lead_options *options, const struct lead_facts *facts, struct lead *ret_lead);

// The reasons of the five dimensions.
void lead_explain_stage(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                        struct reason *ret_reason);
void lead_explain_intention(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                            struct reason *ret_reason);
void lead_explain_temperature(const struct lead_options *options, const struct lead_facts *facts,
                              const struct lead *lead, struct reason *ret_reason);
void lead_explain_horizon(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                          struct reason *ret_reason);
void lead_explain_qualified(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                            struct reason *ret_reason);

#endif
