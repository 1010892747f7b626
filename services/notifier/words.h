// The words for values that travel as codes: "hot", "in_contract", "birthday". Pure.
#ifndef TEND_SERVICES_NOTIFIER_WORDS_H
#define TEND_SERVICES_NOTIFIER_WORDS_H

#include "services/notifier/say.h"

// The code in a language, NULL when there is no word for it.
const char *words_of(enum language language, const char *code);

// The same for a field of a customer's file: "key_person".
const char *words_of_field(enum language language, const char *field);

// The same for what an objection is about: "price".
const char *words_of_objection(enum language language, const char *kind);

// A stage of the funnel by its number, 0 to 7; NULL for any other.
const char *words_of_stage(enum language language, int64_t stage);

#endif
