// What the files of the intake share, and nobody else includes.
#ifndef TEND_SCORING_INTAKE_PARTS_H
#define TEND_SCORING_INTAKE_PARTS_H

#include "services/scoring/core.h"

// The customer's slot; one who is not known gets the next.
uint32_t intake_slot(struct scoring *scoring, struct turn *turn, const char *id);

// Says that an event of this turn was about a customer; `customer_id` NULL when it named another one.
void intake_touch(struct scoring *scoring, uint32_t slot, const char *customer_id, const struct wire_event *event);

// What the orders concerned add to their customers is taken back (-1), or given (1); with the event as the reason.
void intake_change_wholes(struct scoring *scoring, struct turn *turn, const struct claims *claims,
                          const bool concerned[CLAIMS_MAX], int sign, const struct wire_event *event);

// The minutes of a customer's contacts are another's now.
void intake_move_notes(struct scoring *scoring, struct turn *turn, const struct kin_move *move);

// Has the story of a touched customer folded anew.
void intake_refold(struct scoring *scoring, uint32_t slot);

// For a rebuild: one note, and at the end the stories that were told something late.
void intake_rebuild_note(void *context, uint32_t own, const struct slice *row);
void intake_rebuild_stories(struct scoring *scoring, struct turn *turn);

#endif
