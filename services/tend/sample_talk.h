// What the reps of the bundled business do and hear: contacts, messages, promises, complaints, leads, contracts and the
// rest.
#ifndef TEND_TEND_SAMPLE_TALK_H
#define TEND_TEND_SAMPLE_TALK_H

#include "services/tend/sample_trade.h"

struct sample_talk;

// Draws everything that happened before the cast's end.
struct sample_talk *sample_talk_open(const struct sample_cast *cast, const struct sample_trade *trade, uint64_t seed);

// Takes NULL.
void sample_talk_close(struct sample_talk **talk);

// How many events there are.
uint32_t sample_talk_count(const struct sample_talk *talk);

// One event a line, as JSON, by time.
void sample_write_events(const struct sample_talk *talk, FILE *file);

#endif
