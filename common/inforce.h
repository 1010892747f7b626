// The rules in force: what a service decides by, said in its journal when it begins to hold, so that a reader of the
// journal knows for each record by which configuration it was decided.
#ifndef TEND_COMMON_INFORCE_H
#define TEND_COMMON_INFORCE_H

#include "common/service.h"

// Emits the rules of the service unless they are those it said last.
void inforce_say(struct turn *turn, const char *service, const char *text);

#endif
