// What a record's payload is, by the record's type; and which customers it names.
#ifndef TEND_COMMON_RECORDBODY_H
#define TEND_COMMON_RECORDBODY_H

#include "common/arena.h"
#include "common/journal.h"

#include <protobuf-c/protobuf-c.h>

// The message that a record of this type holds; NULL: no type that this version knows.
const ProtobufCMessageDescriptor *recordbody_of(uint16_t type);

// Calls `visit` for each customer's id in a message and in the messages inside it, until it says false: every text
// whose field is called customer_id, or ends in it, however deep. Empty ones are passed over. False when it was told
// to end.
typedef bool recordbody_visit(void *context, const char *customer_id);
bool recordbody_customers(const ProtobufCMessage *message, recordbody_visit *visit, void *context);

// What the ids of the reminders about a customer begin with (diary.h of the scheduler): the digits of a short hash.
enum { RECORDBODY_DIGITS = 17 }; // with the NUL
void recordbody_digits(const char *customer_id, char *ret_digits);

// The id of the reminder that a record of this type and message answers; what a rep wrote with it is about the customer
// of the reminder. NULL: it is no answer.
const char *recordbody_answered(uint16_t type, const ProtobufCMessage *message);

// Whether the payload names the customer, or is a rep's answer to a reminder about the customer; the message is
// unpacked into the arena only when the bytes of the id, or of such a reminder's, are in it. What cannot be read names
// whoever's bytes it holds.
bool recordbody_names(struct arena *arena, uint16_t type, const uint8_t *payload, size_t length,
                      const char *customer_id);

#endif
