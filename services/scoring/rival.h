// The rival (`risk.rival`): whether a competitor has been seen at the customer, or the need is gone. Pure.
//
// Formula: yes while the newest such sign is younger than the customer's last order, or at most `days` old; else no.
// Source: a key customer who loses the need or turns to a competitor is to be answered fast; the days are ours.
#ifndef TEND_SCORING_RIVAL_H
#define TEND_SCORING_RIVAL_H

#include "services/scoring/note.h"
#include "services/scoring/reason.h"

enum rival_value { RIVAL_UNKNOWN, RIVAL_NO, RIVAL_YES, RIVAL_VALUES };
extern const char *const rival_names[RIVAL_VALUES];

enum { RIVAL_WHO_BYTES = 48 }; // as much of a name as a message shows

struct rival_options {
    int64_t days;
};

// What is remembered of a sign: when, and who it was.
struct rival_sign {
    int64_t time_ms; // INT64_MIN: none
    int32_t day;
    char who[RIVAL_WHO_BYTES]; // the competitor, or what was said about the need
};

struct rival_story {
    struct rival_sign seen, need_lost;
};

struct rival_facts {
    const struct rival_story *story;
    int64_t last_order_ms; // INT64_MIN: never
    int32_t today;
};

struct rival {
    uint8_t value;
    bool competitor, need_lost; // which of the signs say so
    int32_t day;                // of the newest of them; NOTE_NO_DAY: none
};

// Knows nothing.
void rival_start(struct rival_story *story);

// Takes a note in; notes come sorted by note_order, `day` is the local day of its time.
void rival_hear(struct rival_story *story, const struct note *note, int32_t day);

// Decides by the formula above; a sign that has the time of the order does not count as younger.
void rival_judge(const struct rival_options *options, const struct rival_facts *facts, struct rival *ret_rival);

// The note says who and when.
void rival_explain(const struct rival_options *options, const struct rival_facts *facts, const struct rival *rival,
                   struct reason *ret_reason);

#endif
