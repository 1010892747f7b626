// Call lists and reminders in the words in which reps read them in their chat.
#ifndef TEND_TEND_ALOUD_H
#define TEND_TEND_ALOUD_H

#include "services/notifier/say.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

struct aloud;

// Speaks the language, on the clock of the zone ("Asia/Shanghai"; one that is not known is UTC) at the moment `now_ms`.
struct aloud *aloud_open(enum language language, const char *zone, int64_t now_ms);

// Takes NULL.
void aloud_close(struct aloud **aloud);

// Prints the lines of a call list as the scheduler answers it (a CallList): how the month stands, and behind each
// call's words its customer and, when `with_ids`, the reminder. "Today" is the list's day, as its counts are. Returns
// how many calls there are.
size_t aloud_list(struct aloud *aloud, const json_t *list, bool with_ids, FILE *out);

// Prints what a reminder (a Reminder) says and what to do about it, indented. Nothing when it cannot be read.
void aloud_reminder(struct aloud *aloud, const json_t *reminder, FILE *out);

#endif
