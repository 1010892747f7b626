// What an event must say, beyond being well formed: the rules of the catalogue for each field, what the envelope needs
// for each body, and what the fields of one body must mean together.
#ifndef TEND_INGEST_RULES_H
#define TEND_INGEST_RULES_H

#include "common/verify.h"

#include "tend/v1/event.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

// Turns the catalogue into arrays, one for each message. Call it once at start-up; again, it does nothing.
void rules_compile(void);

// True for an event that Tend takes. `event` has passed verify_message; `now_ms` is the server's clock, milliseconds
// since 1970, against which an event from the future is seen. Else false, with the field and the reason for the sender.
// Looks into no store; a time zone is looked for among this machine's.
bool rules_check(const Tend__V1__Event *event, int64_t now_ms, struct verify_error *ret_error);

#endif
