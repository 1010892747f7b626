// What the fields of one message must mean together, when each of them is good by itself.
#ifndef TEND_INGEST_COHERENCE_H
#define TEND_INGEST_COHERENCE_H

#include "common/verify.h"

#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Checks `message`, which stands somewhere in `event`; both may be the same. False with `ret_error`, whose field is as
// seen from the message.
typedef bool coherence_check(const Tend__V1__Event *event, const ProtobufCMessage *message,
                             struct verify_error *ret_error);

// The check for a type of message; NULL when there is nothing to check.
coherence_check *coherence_find(const ProtobufCMessageDescriptor *descriptor);

// What the lines of an order add up to: the sum of quantity * price * (1 - discount), exact, rounded once, half away
// from zero, to micros. This is the order's total where it names none. False, with the line or the order's total as the
// field, when a line has no price, when lines are in different currencies, or when the sum is below 0 or above
// MONEY_MAX.
bool coherence_order_sum(Tend__V1__OrderLine *const *lines, size_t count, int64_t *ret_micros,
                         struct verify_error *ret_error);

#endif
