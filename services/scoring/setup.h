// How the service is made from its configuration: for its own process, and for the rehearsal.
#ifndef TEND_SCORING_SETUP_H
#define TEND_SCORING_SETUP_H

#include "common/main.h"

extern const struct main_setup scoring_setup;

#endif
