// The sheet on which the talk of the bundled business is noted, event by event, in any order. Internal to sample_*.c.
#ifndef TEND_TEND_SAMPLE_SCRIPT_H
#define TEND_TEND_SAMPLE_SCRIPT_H

#include "common/arena.h"
#include "services/tend/sample_cast.h"
#include "tend/v1/event.pb-c.h"

struct sample_script;

// An empty sheet, never NULL. The cast must live longer.
struct sample_script *sample_script_open(const struct sample_cast *cast);

// Takes NULL.
void sample_script_close(struct sample_script **script);

// A fresh body, which lives until it was noted. Texts that are put into it must live as long.
void *sample_body(struct sample_script *script, const ProtobufCMessageDescriptor *descriptor);

// A text that lives as long.
char *sample_text(struct sample_script *script, const char *format, ...) __attribute__((format(printf, 2, 3)));

// A text in both tongues of the bundled business.
struct sample_words {
    const char *chinese, *english;
};

// The one that the customer speaks. It lives as long as a body.
char *sample_say(struct sample_script *script, const struct sample_customer *customer, struct sample_words words);

// The first, second, ... thing of a kind: "promise-000012".
char *sample_id(struct sample_script *script, const char *kind);

// Values for a body, which live as long as it: a moment (milliseconds since 1970, cut to the second), a day
// ("2026-05-17"), an amount (micros of the currency).
Google__Protobuf__Timestamp *sample_time(struct sample_script *script, int64_t ms);
char *sample_day_text(struct sample_script *script, int32_t day);
Tend__V1__Money *sample_money(struct sample_script *script, int64_t micros, enum sample_currency currency);

// Notes that it happened to the customer (NULL: to nobody) at that moment, said by the rep. What would lie at or after
// the cast's end did not happen: false. Everything taken since the last note is given back.
bool sample_note(struct sample_script *script, const struct sample_customer *customer, uint32_t rep, int64_t ms,
                 Tend__V1__Event__BodyCase body_case, void *body);

// How many events were noted.
uint32_t sample_script_count(const struct sample_script *script);

// Writes what was noted as JSON lines, by time, and numbers it.
void sample_script_write(const struct sample_script *script, FILE *file);

#endif
