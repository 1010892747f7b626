// A mapping: what the bodies of a foreign webhook mean, compiled once from the file of a feed, and then applied to
// body after body. Nothing here reads a clock or keeps anything between two bodies.
//
//     preset: shopify                  # what follows only says what differs; `events:` replaces all of its rules
//     source: shop                     # of the events; also: currency, zone
//     customer_prefix: woo-            # before the id of every customer, where two shops number theirs from 1
//     owner: {value: emma}             # of customers whose rule names none; any expression, such as one by region
//     customer_id: [/customer/id, {at: /email, lower: true}]   # of events whose rule names none, seen from the root;
//                                      # the bare word customer_id in the place of a pointer is what this comes to
//     without: [customer_upserted]     # events that are not made though the preset makes them
//     topic: {header: X-Topic}         # as what a body came: told to people, nothing hangs on it
//     erase: true                      # may say customer_erased and value_overridden; else such a body is rejected
//     decode: [{at: /msg, as: [url, json]}]
//     drop_if: [{at: /test, is: [true], why: "a test"}] # any one: nothing is made of the body. Beside what the preset
//                                                    # drops; preset_drops: false forgets that
//     events:                                        # extra_events: adds to those of the preset
//       - event: order_placed
//         when: [{has: /line_items}]                 # all must hold: has, lacks, at + is, at + not, at + begins,
//                                                    # at + same
//         each: /refunds                             # an event for each item; pointers are then seen from the item
//         where: [{has: /id}]                        # like when, of the item
//         id: {text: "order:{/id}"}
//         once: true                                 # a fact told again and again: its id does not hang on its time,
//                                                    # and the first that is stored is right
//         time: /created_at
//         customer_id: [/customer/id, /email]
//         currency: /currency                        # of every amount of this event that names none
//         fields: {order_id: /id, lines: {each: /line_items, fields: {sku: /sku, quantity: /quantity}}}
//       - as_it_is: ""                               # what stands there is an event of our own, or a list of them
//       - keep: {text: "asks for {/id}"}             # when it holds the body is for a person, and this is why
//         when: [{has: /data_request}]
//         customer_id: /customer/id                  # a request about somebody, which the audit log then tells
//       - drop: {value: "carts: of no use"}          # so for what nobody need look at, where no other rule makes an
//         when: [{has: /cart}]                       # event
//       - event: customer_upserted                   # says the fields that the rule has, empty ones too, and leaves
//         partial: true                              # the rest of the customer alone; partial: only those it finds
//
// An expression is "/pointer" (RFC 6901, seen from the item of the nearest `each`), "^/pointer" (from the root of the
// body), a list of expressions (the first that is there) or a mapping: where it comes from (at, header, query, value or
// text) and what is done with it (values, other, unless, default, time, zone, minor, negate, day, currency, required,
// lower, exchange, when). With `when: [...]` it is there only as long as these hold. `other` is for every word that
// `values` lacks, and for none; `lower` makes one of mail addresses that are spelled otherwise; {exchange: {of:
// /currency, into: ^/currency, from: ..., to: ...}} is an amount in the currency `into`, where `from` and `to`, amounts
// with their `currency`, are worth the same, and an error without them. `sum` adds: what a pointer with "*" finds, what
// {each: /refunds, where: [...], at: /amount} does, or a list of these. In such a `where`, {at: /line_id, same: /id}
// compares what an entry has with what stands where the sum does. "There" means neither missing nor null nor "".
// `header` and `query` are seldom signed: no rule should hang on them.
//
// Fields have the names of event.proto; `quantity` stands for quantity_milli, `discount` (0.1 or 10 %) for
// discount_ppm, and so for every name with such an ending. Numbers are exact: what the body's own digits say, whatever
// their number; amounts are rounded half away from zero to six decimals, since programs write 41.913600000000004. Texts
// lose spaces at their ends and control characters, and names and notes are cut to what the field takes.
#ifndef TEND_INGEST_MAPPING_H
#define TEND_INGEST_MAPPING_H

#include "common/arena.h"
#include "common/verify.h"
#include "common/zone.h"

#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MAPPING_FILE_BYTES = 1 << 18,   // of a feed file: people write a few kilobytes
    MAPPING_ERROR_BYTES = 4096,     // room for what is wrong with a file
    MAPPING_EVENTS_MAX = 1000,      // of one body
    MAPPING_ITEMS_MAX = 20000,      // of all lists of one body, each time that they are walked
    MAPPING_ARENA_BYTES = 16 << 20, // what mapping_apply takes at most of an arena
    MAPPING_GIVEN_MAX = 32,         // headers and parameters of the query that the rules of one file look at
    MAPPING_REASON_BYTES = 2048,    // why a body fits none of a preset's twenty rules
};

struct mapping;

// What a feed file may leave out.
struct mapping_defaults {
    const char *source;   // the feed's name
    const char *currency; // common.currency
    const char *zone;     // common.time_zone
};

// Compiles the mapping part of a feed file and of its preset; the other keys of the file are passed over. `name` is
// what errors call the file. False with one error a line in `ret_error` ("file:line:column: what is wrong", the line
// and a mark), cut to `bytes`. The texts of the defaults and of the file need not outlive the call.
bool mapping_open(const char *name, const char *text, size_t length, const struct mapping_defaults *defaults,
                  char *ret_error, size_t bytes, struct mapping **ret_mapping);

// Takes NULL.
void mapping_close(struct mapping **mapping);

// The source of its events, and the preset it rests on ("" for none). They live as long as the mapping.
const char *mapping_source(const struct mapping *mapping);
const char *mapping_preset(const struct mapping *mapping);

// The zone of times that name none: of its file, its preset or its defaults. It lives as long as the mapping.
const struct zone *mapping_zone(const struct mapping *mapping);

// The headers that its rules look at, and the parameters of the query, these with a '?' in front. They live as long as
// the mapping.
size_t mapping_given(const struct mapping *mapping, const char *const **ret_names);

// What stands before the id of every customer, "" for nothing.
const char *mapping_prefix(const struct mapping *mapping);

// Whether the feed may say such an event. That somebody is to be forgotten, and what a person decides about a customer,
// it may say only when its file or its preset has `erase: true`: who can sign orders shall not be able to wipe the
// book.
bool mapping_may(const struct mapping *mapping, const Tend__V1__Event *event, struct verify_error *ret_error);

// One body. The functions answer NULL for what is not there; they may be NULL.
struct mapping_body {
    const char *bytes;
    size_t length;
    int64_t received_ms; // since 1970
    const char *(*header)(const void *owner, const char *name);
    const char *(*query)(const void *owner, const char *name);
    const void *owner;
};

struct mapping_event {
    Tend__V1__Event *event;
    int rule; // that made it, from 1 in the order of the file; extra ones last
    // The body names no time: the event has that of its receipt. Its id is made without it unless the rule says
    // otherwise, so the same body again is the same id with another time: the one that was stored first is right. Not
    // so for customer_erased: each receipt asks anew.
    bool undated;
    bool once; // what is stored under its id already is right, though it says another time
};

struct mapping_result {
    struct mapping_event *events; // in the arena, like all they hold
    size_t count;
    bool dropped;                 // a condition of drop_if holds
    char note[VERIFY_TEXT_BYTES]; // which one; or why nothing was made without anything being wrong
};

struct mapping_error {
    int rule;                          // from 1; 0: the body as a whole
    char event[64];                    // of the rule: "order_placed"; "" for the body as a whole
    char field[VERIFY_TEXT_BYTES];     // ours: "order_placed.lines[2].price", "time"; may be ""
    char pointer[VERIFY_TEXT_BYTES];   // theirs, from the root of the body: "/line_items/2/price"; may be ""
    char reason[MAPPING_REASON_BYTES]; // goes on after the pointer: "is no amount of money: \"abc\""
    bool kept;                         // a keep rule says so: nothing is wrong
    const char *asked; // the customer whom, as a keep rule says, the body asks for; in the arena or NULL
};

// What happened on the way, for people who try a mapping.
enum mapping_step {
    MAPPING_FIELD,   // a field was filled
    MAPPING_ABSENT,  // nothing stands where it comes from
    MAPPING_WRONG,   // what stands there does not fit; mapping_apply will say so as well
    MAPPING_PASSED,  // the rule (or its item) does not apply: `result` is the condition
    MAPPING_BEGINS,  // an event begins
    MAPPING_DROPPED, // drop_if holds: `result` is the condition
};

struct mapping_note {
    enum mapping_step step;
    int rule;            // from 1, 0 none
    const char *event;   // of the rule
    const char *field;   // ours
    const char *pointer; // theirs, or "header X-Y", "value"
    const char *raw;     // what stands there
    const char *result;  // what became of it
};

// The texts of a note live until the function returns.
struct mapping_trace {
    void (*note)(void *owner, const struct mapping_note *note);
    void *owner;
};

// Makes the events of a body, all or none. They are not judged beyond their form: verify_message and rules_check come
// after. `trace` may be NULL. False with `ret_error` when the body is no strict JSON (32 deep at most, no key twice),
// when no rule applies, or when a field cannot be read. True with no events when it was dropped or its lists are empty.
bool mapping_apply(const struct mapping *mapping, const struct mapping_body *body, struct arena *arena,
                   const struct mapping_trace *trace, struct mapping_result *ret_result,
                   struct mapping_error *ret_error);

// The error as one sentence for people: "rule 2 (order_amended), lines[0].price from /line_items/0/price: is no ...".
// Returns the text in the arena.
const char *mapping_error_text(struct arena *arena, const struct mapping_error *error);

#endif
