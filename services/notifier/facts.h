// What may stand in the places of a phrase: a customer's name, a figure, a date, each as people say it. Pure.
//
//   {name} {abc} {customer} {contact} {phone}    the customer
//   {for_rep} {other} {about}                    whose duty it is; of several customers the first, and how many
//   {before} {after} {text}                      texts of the item, disarmed and cut
//   {before_word} {after_word} {feast}           the same put into words
//   {objection} {purpose}                        `text` of an objection in words; `after` of a trip, as long as a text
//   {granted} {denied}                           `after` in words, when it is a decision of that kind
//   {when} {date} {on} {years} {next}            from the event's date, the list's day, or a figure
//   {net} {since} {deadline} {trip} ...          figures, as figure.h says them
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
    FACT_SHORT_MOST = 40, // of what stands beside other things on a line
    FACT_BYTES = 1200,    // room for any fact: text of that many characters, marks and breaks with them
    PHRASE_BYTES = 4096,  // room for any phrase
};

// What a phrase is about. Numbers that belong to the letter's own lines are in `count`.
struct facts {
    const struct letter *letter;
    enum disarm_style style;
    const struct letter_item *item; // NULL in the lines that are about no customer
    const struct letter_list *list; // NULL where there is none
    const struct letter_digest *digest;
    size_t count;  // {items}, {calls}, {more}, {count}, {number}
    bool one_name; // {customer} without the class, which was said already
    bool brief;    // {text} is cut to a line on a phone
    bool meant;    // {date} is the day that the item belongs to, unless it is today
};

// Fills in the first phrase of the table for `use` that has all its places; false (and an empty text) when there is
// none. `buffer` holds PHRASE_BYTES.
bool facts_say(const struct facts *facts, const struct phrases *table, unsigned use, char *buffer);

// The same for words of one's own, of which a language may have none: their text is disarmed as names are.
bool facts_say_own(const struct facts *facts, const struct phrases *table, unsigned use, char *buffer);

// The same for a point of `facts->item`, or of no item. One of a code that has no phrase is said by its text.
bool facts_say_point(const struct facts *facts, const struct letter_point *point, char *buffer);

// The field of a file that a point asks for ("ask.key_person") in words; NULL when it asks for none that has a word.
const char *facts_field(enum language language, const char *code);

// The customer's name as it may stand in the letter; the id when there is no name. `buffer` holds FACT_BYTES.
bool facts_name(const struct facts *facts, char *buffer);

// An item that nothing is known of: every text is empty.
struct letter_item facts_nothing(void);

#endif
