// A summary as scoring answers it, arranged for showing: what the terminal and the page both draw.
#ifndef TEND_TEND_OVERVIEW_H
#define TEND_TEND_OVERVIEW_H

#include "services/tend/chart.h"
#include "tend/v1/scoring.pb-c.h"

#include <jansson.h>
#include <stdbool.h>

enum { OVERVIEW_MARKS = 2, OVERVIEW_WORD_BYTES = 160, OVERVIEW_TIME_BYTES = 100, OVERVIEW_RULE_BYTES = 300 };

struct overview {
    Tend__V1__ScoringSummary *summary; // as answered, but movements with the largest first
    struct chart_point *points;        // of the Pareto curve
    size_t point_count;
    struct chart_mark marks[OVERVIEW_MARKS]; // where A and B end
    size_t mark_count;                       // 0 while no class is told
    struct chart_cell grid[CHART_SCORES][CHART_SCORES];
    struct chart_cell quadrants[CHART_QUADRANTS]; // as chart_quadrants has them
    bool judged;                                  // the quadrants are known
    char as_of[OVERVIEW_TIME_BYTES];              // "2026-05-17 09:30 Asia/Shanghai"
};

// Reads the JSON of /v1/summary. False with a sentence in `ret_error` (`bytes`) when it is none. The overview holds its
// own memory.
bool overview_open(const json_t *json, char *ret_error, size_t bytes, struct overview *ret_overview);

// Gives its memory back.
void overview_close(struct overview *overview);

// Whether a change of a dimension is good news, bad news or neither.
enum chart_way overview_way(const char *dimension, const char *before, const char *after);

// "value.clv" as people call it: "value (now and later)"; itself where it has no other name.
const char *overview_dimension(enum wording_language language, const char *dimension);

// What a model's status means ("good", "too few customers"), what it is called ("pareto": "Pareto/NBD"), and what is
// used instead where it has one: as scoring says them, in that language.
const char *overview_status(enum wording_language language, const char *status);
const char *overview_model(const char *kind);

// Micros of an amount that may not be there.
int64_t overview_micros(const Tend__V1__Money *money);

// Why a customer is on the list of those at risk: "overdue, declining"; the buffer holds OVERVIEW_WORD_BYTES.
const char *overview_risks(enum wording_language language, const Tend__V1__CustomerCard *card, char *buffer);

// Whether more customers are at risk than the summary lists: it lists only those with an order in the window, and not
// without end. By the most frequent of the reasons, so it may be false where others are few.
bool overview_more_risks(const struct overview *overview);

// What the classes are made by, in that language. The buffer holds OVERVIEW_RULE_BYTES and is returned.
const char *overview_rule(enum wording_language language, const char *rule, char *buffer);

// What the largest customer is called: its name, else its id.
const char *overview_largest(const Tend__V1__Concentration *share);

// The attention that so many orders need, in words behind their number.
struct overview_oddity {
    uint32_t orders;
    const char *what;
};

enum { OVERVIEW_ODDITIES = 3 };

// What counts otherwise than its sender may think, with a word for each.
void overview_oddities(const struct overview *overview, enum wording_language language,
                       struct overview_oddity ret_oddities[OVERVIEW_ODDITIES]);

// What a customer is called: its name, else its id.
const char *overview_name(const Tend__V1__CustomerCard *card);

// "A", "B", "C", or "" when there is none.
const char *overview_class(Tend__V1__AbcClass abc);

#endif
