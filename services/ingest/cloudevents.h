// CloudEvents 1.0 over HTTP, as its senders have them: one in the body (structured), several in the body (batched), or
// one spread over the headers (binary). The envelope becomes ours:
//
//     id      -> id             type    -> which event: "tend.v1.order_placed", or "tend.v1.event" when data says it
//     source  -> source         subject -> customer_id
//     time    -> time           repid, historical (extensions) -> rep_id, historical
//
// `data` is what the event's name holds, {"orderId":"o1"}, or a whole event, {"orderPlaced":{"orderId":"o1"}}, in which
// parts of the envelope may stand again when they say the same. Other extensions (traceparent) are passed over.
#ifndef TEND_INGEST_CLOUDEVENTS_H
#define TEND_INGEST_CLOUDEVENTS_H

#include "services/ingest/intake.h"

// Whether the sender says that it is one: by its content type, or by a header that each CloudEvent has.
bool cloudevents_is(const struct request *request);

// Reads the request. An event that is none becomes an item with its error, whose field is the attribute as the sender
// wrote it ("subject", in the headers "ce-subject") or the field of the event. False: the body as a whole cannot be
// read; the error says why.
bool cloudevents_read(const struct request *request, struct arena *arena, struct intake *ret_intake,
                      struct verify_error *ret_error);

// Answers OPTIONS, by which a sender asks before it sends whether it is welcome (HTTP 1.1 Web Hooks for Event Delivery,
// section 4): anybody is, since this says nothing about who may speak. `per_minute` is how many requests a minute are
// taken from it, 0 for as many as it likes. The answer's bytes come from the turn's arena.
void cloudevents_welcome(struct turn *turn, const struct request *request, unsigned per_minute,
                         struct reply *ret_reply);

#endif
