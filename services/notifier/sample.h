// A sample: what a message of a kind says, before there is one: a letter about a customer with figures and dates that
// make the kind's fullest words. Everything but the customer is invented. Pure.
#ifndef TEND_SERVICES_NOTIFIER_SAMPLE_H
#define TEND_SERVICES_NOTIFIER_SAMPLE_H

#include "common/arena.h"
#include "services/notifier/letter.h"

// Whom it is about. A text that is NULL or empty is invented, in the letter's language.
struct sample_about {
    const char *customer_id, *customer, *contact, *phone;
    char abc;             // 0: invented
    const char *currency; // of the amounts
};

// Everything of the letter but the rep, the zone and what the configuration says; `kind` is a word of route.h, today
// the day it is read. False: there is no such kind. Its texts and items live in the arena.
bool sample_letter(struct arena *arena, const char *kind, enum language language, int32_t today,
                   const struct sample_about *about, struct letter *ret_letter);

#endif
