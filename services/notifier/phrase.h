// The words of the letters: the catalogue in every language. Pure.
//
// A phrase has places such as {customer}; facts.h says what may stand there. Of the phrases for one purpose the first
// that has all its places filled is said, so the later ones need less.
#ifndef TEND_SERVICES_NOTIFIER_PHRASE_H
#define TEND_SERVICES_NOTIFIER_PHRASE_H

#include "services/notifier/letter.h"

struct phrase {
    unsigned use; // a letter_kind, a letter_reason, a phrase_title and so on, as the table says
    const char *text[LANGUAGES];
};

// A table and how long it is.
struct phrases {
    const struct phrase *rows;
    size_t count;
};

// The letter's own lines.
enum phrase_title {
    TITLE_ITEMS,
    TITLE_ITEMS_LATE, // all of them
    TITLE_GROUP,      // in front of the line above reminders that are all of one kind
    TITLE_ALARM,
    TITLE_ALARM_OVER, // there is nothing to do
    TITLE_LIST,
    TITLE_LIST_LATE,
    TITLE_LIST_BELOW, // under reminders: the rep was greeted already
    TITLE_LIST_DONE,  // of one that was sent: nothing is left of it, all of it was done
    TITLE_LIST_SETTLED,
    TITLE_EVENING,       // of the evening before, when something of today is missing
    TITLE_EVENING_BELOW, // the same under reminders
    TITLE_PREVIEW,       // tomorrow's calls
    TITLE_PREVIEW_BELOW,
    TITLE_DIGEST,
    TITLE_DIGEST_WEEKLY,
    LINE_COVERAGE,
    LINE_MISSING,
    LINE_UNRECORDED,
    LINE_UNDATED,
    LINE_MORE_NAMES, // behind names in a line
    LINE_MORE_ITEMS,
    LINE_MORE_ITEMS_PAGE, // which has them all
    LINE_MORE_ABOUT,      // customers of one reminder
    LINE_MORE_CALLS,
    LINE_MORE_CALLS_LATE, // of a list that was meant for another moment
    LINE_MORE_PREVIEW,
    LINE_LATE, // in front of one late item
    LINE_AGAIN,
    LINE_DOUBTED,
    LINE_CUSTOMER, // a customer with the class
    LINE_REP,      // a rep in a digest
    LINE_ATTENTION,
    LINE_MORE_REPS,
    LINE_ALL_WELL,
    LINE_OTHERS_WELL,
    LINE_AT_RISK,
    LINE_MORE_AT_RISK,
    PHRASE_TITLES
};

// In front of what somebody is told who does not have to do it, or who has not done it.
enum phrase_prefix {
    PREFIX_WHOSE,      // whose customer it is
    PREFIX_WHO,        // whom it is about, without a customer
    PREFIX_UNANSWERED, // the rep was told, and nothing happened
    PREFIX_UNDECIDED,  // one who was asked did not decide
    PREFIX_DEPUTY,
    PREFIX_LATE, // told before, and now it is too late for it
    PHRASE_PREFIXES
};

// The pieces of a digest's lines about all reps or about one; those that are 0 are not said.
enum phrase_piece {
    PIECE_CONTACTED,
    PIECE_MISSING,
    PIECE_CALLS,
    PIECE_UNDATED,
    PIECE_BREACHES,
    PIECE_ERRORS,
    PIECE_OPEN,
    PIECE_ORDERS,
    PIECE_MINUTES,
    PHRASE_PIECES
};

extern const struct phrases phrase_heads;   // by letter_kind: what happened
extern const struct phrases phrase_others;  // by letter_kind: the same to one whose duty it is not
extern const struct phrases phrase_lates;   // by letter_kind: the same to one who was told before, now that it is late
extern const struct phrases phrase_groups;  // by letter_kind: what happened, above several of them
extern const struct phrases phrase_briefs;  // by letter_kind: the rest of it for each one below such a line
extern const struct phrases phrase_details; // by letter_kind: a second sentence, when there are figures for it
extern const struct phrases phrase_actions; // by letter_kind: what to do
extern const struct phrases phrase_late_actions; // by letter_kind: what to do now that it is late, where that differs
extern const struct phrases phrase_orders;       // by letter_kind: what one does about it whose duty it is not
extern const struct phrases phrase_reasons;      // by letter_reason: after the customer's name in a call list
extern const struct phrases phrase_contacts;     // one use, 0: whom to ask for, and the number
extern const struct phrases phrase_abouts;       // one use, 0: a customer among several
extern const struct phrases phrase_prefixes;     // by phrase_prefix
extern const struct phrases phrase_titles;       // by phrase_title
extern const struct phrases phrase_pieces;       // by phrase_piece

// What a point says; rows of one code lie together, those that need more first. The last row has code NULL.
struct point_phrase {
    const char *code;
    struct phrase phrase;
};
extern const struct point_phrase phrase_points[];

#endif
