// An expression of a mapping: where a text comes from, and what is done with it. And the conditions that are made of
// expressions. They are compiled by reading.h; mapping.h says what people write.
#ifndef TEND_INGEST_EXPRESSION_H
#define TEND_INGEST_EXPRESSION_H

#include "services/ingest/mapping.h"
#include "services/ingest/pointer.h"

#include "common/zone.h"

enum origin {
    ORIGIN_POINTER,
    ORIGIN_FIRST, // the first of `parts` that is there
    ORIGIN_HEADER,
    ORIGIN_QUERY,
    ORIGIN_VALUE,    // the same for every body
    ORIGIN_TEXT,     // `parts` one behind the other; without one of them there is no text
    ORIGIN_SUM,      // of all that the pointer leads to
    ORIGIN_CUSTOMER, // what the mapping's own customer_id comes to
};

// `values`: a word of theirs and what it means for us; NULL: nothing.
struct expression_word {
    const char *theirs, *ours;
};

// How a time is written beyond what moment.h knows.
enum expression_clock {
    CLOCK_TEXT,    // `format`, or every clear form when it is NULL
    CLOCK_SECONDS, // since 1970, and so on
    CLOCK_MILLIS,
    CLOCK_MICROS,
    CLOCK_DAYS,
};

// An amount that may be in another currency than it is wanted in: what `from` says is worth what `to` says, each an
// amount with its `currency`.
struct exchange {
    const struct expression *of, *into; // the currency of the amount and the wanted one; alike or not told: it stays
    const struct expression *from, *to;
};

struct expression {
    enum origin origin;
    struct pointer pointer;
    const char *text; // the value, or the name of the header or the query
    const struct expression *parts;
    size_t count;
    const struct expression_word *words;
    size_t word_count;
    bool other_given;
    const char *other;             // for words that `words` lacks, and where nothing is there; NULL: nothing
    const struct conditions *when; // else nothing is there; NULL: always
    const char **unless;           // texts that say that nothing is there: "0" for a guest, "false" for an empty field
    size_t unless_count;
    const char *fallback; // where nothing is there; NULL: none
    enum expression_clock clock;
    const char *format;
    const struct zone *zone; // NULL: the mapping's
    int minor;               // decimals that an integer holds
    bool negate, day, required;
    bool lower;                        // without blanks around it and in lower case, as the addresses of mail are one
    const struct exchange *exchange;   // of the amount; NULL: none
    const struct expression *currency; // of the amount
    // Of a part of a sum that is {each, where, at}: which entries count, and what of each.
    const struct conditions *where;
    const struct expression *amount;
};

struct condition {
    struct expression at;
    enum { CONDITION_HAS, CONDITION_LACKS, CONDITION_IS, CONDITION_NOT, CONDITION_BEGINS, CONDITION_SAME } kind;
    const char **texts; // of `is`, `not` and `begins`
    size_t count;
    const struct expression *same; // of `same`: what it is compared with, seen from where the sum stands
    const char *why;               // of drop_if: what people are told; NULL: the condition itself
};

struct conditions {
    const struct condition *list;
    size_t count;
};

// One body while it is applied, and where in it we are.
struct scope {
    const struct mapping_body *body;
    json_t *root;
    json_t *item;
    const char *item_path; // of the item, from the root; "" for the root itself
    json_t *around;        // the item that the sum stands in whose entries are walked; NULL: there is no sum
    const char *around_path;
    const struct zone *zone;
    const struct expression *customer; // the mapping's own customer_id; NULL: none
    struct arena *arena;
    size_t items; // of lists so far
    size_t bytes; // of texts so far
    const struct mapping_trace *trace;
    int rule;
    const char *event;
    char field[VERIFY_TEXT_BYTES]; // ours, where we are: "lines[2].price"
    struct mapping_error *error;
};

// What an expression came to.
struct value {
    const char *text;                // NULL: nothing is there. It lives as long as the body or the arena
    bool theirs;                     // it comes from the body, not from the mapping
    const char *raw;                 // what stands there, before anything was done with it
    const struct expression *from;   // the part of the expression that found it; NULL: a default
    const struct expression *reader; // the part that says how a time or an amount is written there
};

// Evaluates. False with the scope's error.
bool expression_value(const struct expression *expression, struct scope *scope, struct value *ret_value);

// Where it looks, for people: "/line_items/2/price", "header X-Topic", "value". In the arena.
const char *expression_place(const struct expression *expression, const struct scope *scope);

// Where the value was found, or where it was looked for in vain, for people. In the arena.
const char *value_place(const struct value *value, const struct expression *expression, const struct scope *scope);

// Reads a text as the instant that the expression says it is. False when it is none.
bool expression_instant(const struct expression *expression, const struct scope *scope, const char *text,
                        int64_t *ret_seconds, int32_t *ret_nanos);

// The day of such a time, "2026-05-17", in the expression's zone; NULL when the text is no time.
const char *expression_day(const struct expression *expression, struct scope *scope, const char *text);

// Whether all conditions hold: 1 yes, 0 no with the index of the first that does not, -1 with the scope's error.
int conditions_hold(const struct conditions *conditions, struct scope *scope, size_t *ret_failed);

// Whether one does.
int condition_holds(const struct condition *condition, struct scope *scope);

// The condition and what stands there, for people: "/test is not true: \"\"". In the arena.
const char *condition_text(const struct condition *condition, struct scope *scope);

// Notes that what stands at the expression is wrong. Always false.
bool scope_fail(struct scope *scope, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Counts bytes and items. False with an error when one body makes too much.
bool scope_spend(struct scope *scope, size_t items, size_t bytes);

// Goes into a field (index -1: no list) and back out.
size_t scope_enter(struct scope *scope, const char *name, ptrdiff_t index);
void scope_leave(struct scope *scope, size_t mark);

// Tells the trace, if there is one.
void scope_note(struct scope *scope, enum mapping_step step, const char *pointer, const char *raw, const char *result);

#endif
