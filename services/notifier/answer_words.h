// The words of the page of a message, in every language that Tend writes. Pure.
#ifndef TEND_SERVICES_NOTIFIER_ANSWER_WORDS_H
#define TEND_SERVICES_NOTIFIER_ANSWER_WORDS_H

#include "services/notifier/say.h"

enum answer_word {
    // What stands on the page.
    ANSWER_TITLE,
    ANSWER_MESSAGE, // in front of the message's number
    ANSWER_REMINDER,
    ANSWER_TO_DO,
    ANSWER_CALL, // in front of the phone number
    ANSWER_POINTS,
    ANSWER_ABOUT,
    ANSWER_WHY,
    ANSWER_RULE,
    ANSWER_FIGURES,
    ANSWER_EVENTS,
    ANSWER_STATE,
    ANSWER_AGAIN,  // it was answered, and may be answered anew
    ANSWER_CHOSEN, // the button that was pressed in the chat
    ANSWER_NOTE,
    ANSWER_LATER,
    ANSWER_DATE,
    ANSWER_ALL_SETTLED,
    // The buttons, in the order of form_choices.
    ANSWER_DONE,
    ANSWER_NO_ANSWER,
    ANSWER_IN_2_HOURS,
    ANSWER_TOMORROW,
    ANSWER_IN_3_DAYS,
    ANSWER_NEXT_WEEK,
    ANSWER_ON_DATE,
    ANSWER_NOT_INTERESTED,
    ANSWER_APPROVE,
    ANSWER_REFUSE,
    ANSWER_NEXT_WORKDAY, // for tomorrow, when that is none
    // What became of a press.
    ANSWER_TAKEN,
    ANSWER_SAME,
    ANSWER_OTHERWISE,
    ANSWER_WITHDRAWN,
    ANSWER_NOTHING,
    // What is wrong with a form, in the order of form_fault.
    ANSWER_UNREADABLE,
    ANSWER_NO_BUTTON,
    ANSWER_NO_ITEM,
    ANSWER_BAD_DATE,
    ANSWER_LONG_NOTE,
    ANSWER_NOT_OFFERED, // a good form, but the reminder does not take this answer
    ANSWER_CANNOT_WAIT, // so long
    // Why there is no page.
    ANSWER_FORGED,
    ANSWER_EXPIRED,
    ANSWER_GONE,
    ANSWER_NOT_A_FORM,
    ANSWER_TOO_LARGE,
    ANSWER_FOREIGN,
    ANSWER_ASK_CHAT, // what to do then
    // Whose message it is, when another rep answers from the device: with a name for the %s in each.
    ANSWER_FOR_OTHER,
    ANSWER_DEVICE_OF,
    ANSWER_OWN_CHAT, // what to do then; no name
    ANSWER_IF_YOURS,
    ANSWER_I_AM, // the button
    // For who presses in the chat itself.
    ANSWER_THANKS,
    ANSWER_STRANGER,
    ANSWER_ELSEWHERE,
    ANSWER_OPEN_PAGE,
    ANSWER_WORDS
};

// One of them; a static text.
const char *answer_word(enum language language, enum answer_word word);

// One of those with a %s, which the name, as it is, takes. It lives in the arena.
struct arena;
const char *answer_named(struct arena *arena, enum language language, enum answer_word word, const char *name);

// True for a figure that tells what a customer costs us or brings us in: a page that is passed on in a chat does not
// show it.
bool answer_figure_ours(const char *name);

// The name of a figure as people call it; NULL for one without a word.
const char *answer_figure(enum language language, const char *name);

#endif
