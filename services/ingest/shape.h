// How one message of ours is filled: for each of its fields an expression, or the list that its entries come from.
// Compiled by reading.h.
#ifndef TEND_INGEST_SHAPE_H
#define TEND_INGEST_SHAPE_H

#include "services/ingest/expression.h"

#include <protobuf-c/protobuf-c.h>

struct shape;

// Entries of a list, or the one message of a field.
struct entries {
    bool each;
    struct pointer list; // with its "*"; unless `each` there is one entry for each of `count`
    struct conditions where;
    const struct shape *shapes;           // of messages
    const struct expression *expressions; // of plain values
    size_t count;                         // of either; with `each` 1
};

// What the catalogue says about a text.
enum shape_text {
    SHAPE_TEXT_PLAIN,  // any lines
    SHAPE_TEXT_LINE,   // one line
    SHAPE_TEXT_DAY,    // a day
    SHAPE_TEXT_YEARLY, // a day, or something that is no time and is left alone
    SHAPE_TEXT_CURRENCY,
};

struct assignment {
    const char *name; // as people wrote it
    const ProtobufCFieldDescriptor *field;
    int32_t scale; // of a number: 1,000 for `quantity`, 1,000,000 for `discount`
    enum shape_text text;
    size_t cut;                          // longer texts end here; 0: as they are
    const struct expression *expression; // of a plain value
    const struct entries *entries;       // of messages and lists
};

struct shape {
    const ProtobufCMessageDescriptor *descriptor;
    const struct assignment *assignments;
    size_t count;
};

// The currency of amounts that name none, "" where the message itself says it.
struct shape_money {
    const char *currency;
};

// Fills a message made by shape_make. `*ret_found` is set when anything but constants was there. False with the
// scope's error.
bool shape_fill(const struct shape *shape, struct scope *scope, const struct shape_money *money,
                ProtobufCMessage *message, bool *ret_found);

// An empty message in the arena; NULL with the scope's error when there are too many.
ProtobufCMessage *shape_make(const ProtobufCMessageDescriptor *descriptor, struct scope *scope);

// Puts a message into a field of another, which may be a member of a oneof.
void shape_put(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, ProtobufCMessage *inner);

// Reads one plain value, an amount or a time into `slot`, which is the field's own place or one entry of its list. What
// became of it is in `*ret_shown` when somebody traces; `*ret_empty` when nothing is left of the text. False with the
// scope's error.
bool shape_value(const struct assignment *assignment, const struct expression *expression, struct scope *scope,
                 const struct shape_money *money, const struct value *value, void *slot, bool *ret_empty,
                 const char **ret_shown);

// Whether the field "region", or "contacts.phone" of any entry, holds anything.
bool shape_filled(const ProtobufCMessage *message, const char *name);

// The bytes of one value of a field.
size_t shape_value_bytes(const ProtobufCFieldDescriptor *field);

// True for messages that are one value to people: Money and Timestamp.
bool shape_is_value(const ProtobufCFieldDescriptor *field);

// A currency as ISO 4217 has it, from what people write: "usd", "RMB". In the arena or the text itself.
const char *shape_currency(struct arena *arena, const char *text);

#endif
