// Why a reminder is told: scoring and the scheduler say their rules in English, with the numbers in force; here they
// are said in the reader's language. Pure.
#ifndef TEND_SERVICES_NOTIFIER_RULEBOOK_H
#define TEND_SERVICES_NOTIFIER_RULEBOOK_H

#include "services/notifier/say.h"

enum { RULEBOOK_BYTES = 800 };

// Puts the rule into words of the language. False, and an empty text, when it has none for it. What the rule holds of
// outside texts comes through as it stands. `buffer` holds RULEBOOK_BYTES.
bool rulebook_say(enum language language, const char *rule, char *buffer);

#endif
