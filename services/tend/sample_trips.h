// What the reps of the bundled business do on the road, ask for against the rules, and what is told to everybody: trips
// with their approval, arrival, daily word and report; exceptions; announcements. Internal to sample_*.c.
#ifndef TEND_TEND_SAMPLE_TRIPS_H
#define TEND_TEND_SAMPLE_TRIPS_H

#include "services/tend/sample_script.h"

// Notes all of that on the sheet. Nothing is drawn: it follows from the cast.
void sample_trips_note(struct sample_script *script, const struct sample_cast *cast);

#endif
