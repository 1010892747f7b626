// Notes out of events: which of them scoring keeps, and what of them. With wire.h one of the files that know protobuf.
#ifndef TEND_SCORING_WIRE_NOTE_H
#define TEND_SCORING_WIRE_NOTE_H

#include "services/scoring/note.h"

struct Tend__V1__Event;

// Fills in what the event's body says; its time, key and name are the caller's to add. Texts stay the event's. False
// when scoring keeps no such event.
bool wire_read_note(const struct Tend__V1__Event *event, struct note *ret_note);

#endif
