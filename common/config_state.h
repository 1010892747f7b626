// A section of the configuration as it is in force, in a form that is the same for the same values: what goes into the
// journal, so that whoever replays it knows by which rules it was decided.
#ifndef TEND_COMMON_CONFIG_STATE_H
#define TEND_COMMON_CONFIG_STATE_H

#include "common/config.h"

// Writes one line for each value, "abc.cut_a = 65 %", in the order of the rows, defaults too. Secrets are names of
// files.
void config_state_print(FILE *file, const struct config_key *rows, const void *target);

#endif
