// What may stand in the places of a phrase: a customer's name, a figure, a date, each as people say it. Pure.
//
//   {name} {abc} {customer} {before} {after} {text} {contact} {phone}      texts of the item, disarmed and cut
//   {when} {date} {years}                                                  from the event's date or figure
//   {net} {threshold} {window} {since} {gap} {usual} {expected} {silence} {due} {stage} ...   figures
//
// In English the counts of calls, customers, reminders, working days and years bring their noun: "1 call", "60 calls".
// A place whose fact is not known is empty, and a phrase with an empty place is not said.
#ifndef TEND_SERVICES_NOTIFIER_FACTS_H
#define TEND_SERVICES_NOTIFIER_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "services/notifier/letter.h"
#include "services/notifier/phrase.h"

enum {
    FACT_NAME_MOST = 40,  // characters of a name: a line on a phone
    FACT_TEXT_MOST = 120, // of a promise or a note: four lines
    FACT_BYTES = 1200,    // room for any fact: text of that many characters, marks and breaks with them
    PHRASE_BYTES = 4096,  // room for any phrase
};

// What a phrase is about. Numbers that belong to the letter's own lines are in `count`.
struct facts {
    const struct letter *letter;
    enum disarm_style style;
    const struct letter_item *item; // NULL in the lines that are about no customer
    const struct letter_list *list; // NULL where there is none
    size_t count;                   // {items}, {calls}, {more}
    bool one_name;                  // {customer} without the class, which was said already
    bool meant;                     // {date} is the day that the item belongs to, unless it is today
};

// Fills in the first phrase of the table for `use` that has all its places; false (and an empty text) when there is
// none. `buffer` holds PHRASE_BYTES.
bool facts_say(const struct facts *facts, const struct phrases *table, unsigned use, char *buffer);

#endif
