// A reason: why a dimension of a customer is what it is, as the rule in words, the figures that it was decided by, and,
// where figures cannot say it, a note. Pure.
#ifndef TEND_SCORING_REASON_H
#define TEND_SCORING_REASON_H

#include <stddef.h>
#include <stdint.h>

enum {
    REASON_FIGURES_MAX = 20,
    REASON_RULE_BYTES = 200,
    REASON_NOTE_BYTES = 240,
    REASON_NUMBER_BYTES = 24,
    REASON_TEXT_BYTES = 64
};

// Units as they travel (FigureUnit).
enum reason_unit {
    REASON_COUNT = 1,
    REASON_MONEY = 2,
    REASON_DAYS = 3,
    REASON_PPM = 4,
    REASON_TIME = 5,
    REASON_DATE = 6,
    REASON_MILLI = 7,
};

struct reason_figure {
    const char *name; // static
    enum reason_unit unit;
    int64_t value; // money in micros, days and what is REASON_MILLI in thousandths
};

struct reason {
    char rule[REASON_RULE_BYTES];
    struct reason_figure figures[REASON_FIGURES_MAX];
    size_t figure_count;
    char note[REASON_NOTE_BYTES]; // "missing: birthday, credit limit"; empty: nothing to add
    char text[REASON_TEXT_BYTES]; // what people wrote of it, for a message; empty: nothing
};

// Begins a reason with its rule, which is cut where it is too long: "declining: the last 45 days at under 50 % of the
// last 180".
__attribute__((format(printf, 2, 3))) void reason_start(struct reason *reason, const char *rule, ...);

// Sets the rule anew and leaves the figures and the note.
__attribute__((format(printf, 2, 3))) void reason_rule(struct reason *reason, const char *rule, ...);

// Adds a figure; the name is static, in small letters with "_" between words. At most REASON_FIGURES_MAX.
void reason_add(struct reason *reason, const char *name, enum reason_unit unit, int64_t value);

// Sets the note, cut where it is too long, never inside a character.
__attribute__((format(printf, 2, 3))) void reason_note(struct reason *reason, const char *note, ...);

// Sets the text, cut as the note is.
void reason_text(struct reason *reason, const char *text);

// Parts per million as percent, "65" or "66.5", in the buffer of REASON_NUMBER_BYTES, which is returned.
const char *reason_percent(int64_t ppm, char *buffer);

#endif
