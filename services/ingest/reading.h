// Compiling the nodes of a feed file into what mapping.h applies. Internal to reading*.c and mapping*.c.
#ifndef TEND_INGEST_READING_H
#define TEND_INGEST_READING_H

#include "services/ingest/foreign.h"
#include "services/ingest/shape.h"

#include "common/config_node.h"

enum {
    READING_RULES_MAX = 64,
    READING_DECODINGS_MAX = 8,
    READING_ZONES_MAX = 32, // named in one file
    READING_NEST_MAX = 8,   // expressions within expressions
};

// One rule of `events`.
struct rule {
    const char *event;                    // "order_placed", "as_it_is"
    const ProtobufCFieldDescriptor *body; // NULL: what stands at `each` is an event of ours
    const struct expression *keep;        // why a person must look at it; nothing is made of the body
    const struct expression *drop;        // why nothing need be made of it, when no other rule makes anything
    struct conditions when, where;
    bool each;
    struct pointer list;   // with its "*"; without `each` the body as a whole, or for as_it_is where the event stands
    struct shape envelope; // id, time, customer_id ...
    struct shape fields;
    const struct expression *currency;
    bool once;         // its id does not hang on its time, and whichever is stored first is right
    bool partial;      // customer_upserted: says only what it finds
    uint32_t portions; // customer_upserted: what its fields are about, as in portion.h
};

struct mapping {
    struct arena *arena;
    const char *source, *preset, *default_currency;
    const char *customer_prefix;          // before the id of every customer; NULL: none
    const char *given[MAPPING_GIVEN_MAX]; // what rules look at beside the body: "x-topic", and "?key" of the query
    size_t given_count;
    bool erases;                       // may say that somebody is to be forgotten, or what a person decided
    const struct expression *currency; // NULL: the default
    const struct expression *owner;    // of customers whose rule names none; NULL: nobody
    const struct expression *customer; // of events whose rule names none; NULL: nobody
    const char *customer_asked;        // some expression looks at it
    const struct expression *topic;    // as what a body came; only told, nothing hangs on it
    const struct config_node *without; // names of events that are not made; NULL: none
    const struct zone *zone;
    struct zone *zones[READING_ZONES_MAX];
    size_t zone_count;
    struct foreign_decoding decodings[READING_DECODINGS_MAX];
    size_t decoding_count;
    struct conditions drops;
    struct rule rules[READING_RULES_MAX];
    size_t rule_count;
};

// One file while it is compiled.
struct reading {
    struct mapping *mapping;
    struct config_complaints list;
    const struct config_node *root; // NULL for a file that holds nothing
    int depth;
    bool preset;      // it is the preset's, not the house's own
    bool in_customer; // while the mapping's customer_id is compiled
};

// A key that a mapping of the file may have.
struct reading_key {
    const char *name;
    void (*read)(struct reading *reading, const struct config_node *node, void *target);
};

// Reads a mapping key by key; others are errors, with the key that was probably meant.
void reading_keys(struct reading *reading, const struct config_node *node, const struct reading_key *keys, size_t count,
                  void *target);

// The text of a scalar; false with an error for anything else.
bool reading_text(struct reading *reading, const struct config_node *node, const char **ret_text);

// The words true and false.
void reading_flag(struct reading *reading, const struct config_node *node, bool *ret_flag);

// A pointer, perhaps of a list.
void reading_pointer(struct reading *reading, const struct config_node *node, bool entries,
                     struct pointer *ret_pointer);

// A time zone, kept by the mapping; NULL with an error when there is none of that name.
const struct zone *reading_zone(struct reading *reading, const struct config_node *node, const char *name);

// A currency that the file names: in ISO 4217's capitals from what people write, "usd", "RMB". One that nobody knows is
// an error, and returned as it is.
const char *reading_currency(struct reading *reading, const struct config_node *node);

// An expression, with all that is in it.
void reading_expression(struct reading *reading, const struct config_node *node, struct expression *ret_expression);
// A list of conditions, or one alone.
void reading_conditions(struct reading *reading, const struct config_node *node, struct conditions *ret_conditions);

// The fields of one message.
void reading_shape(struct reading *reading, const struct config_node *node,
                   const ProtobufCMessageDescriptor *descriptor, struct shape *ret_shape);

// One field of the envelope or of a body into `ret_assignment`; false when the message has no such field.
bool reading_assignment(struct reading *reading, const struct config_node *node,
                        const ProtobufCMessageDescriptor *descriptor, struct assignment *ret_assignment);

#endif
