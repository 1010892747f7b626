// What kinds of reminders are called in a report. Pure.
#ifndef TEND_TEND_REHEARSE_WORDS_H
#define TEND_TEND_REHEARSE_WORDS_H

#include "services/scheduler/kinds.h"
#include "services/tend/wording.h"

// "order overdue"; the kind is one of the enum, not KIND_NONE.
const char *rehearse_kind(enum wording_language language, enum kind_id kind);

#endif
