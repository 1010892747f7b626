// The page behind the link in a message, where a rep answers:
//
//   GET  /a/TOKEN   shows it, and changes nothing: whoever looks a link over before the rep does may fetch it
//   POST /a/TOKEN   takes one answer from its form and leads back to it
//
// Whoever has the link can open it, and in a group's chat that is everybody. So the device of whoever answers is known
// by a cookie (answer_device.h) as that rep's from then on, and links of other reps are refused there in words, until
// it is said with a button that the device is theirs now. Exempt is who answers for the reader: the reader's manager
// and deputy, as events told them last, and whom the message is for, where the reader stands in; the answer is then
// theirs. Without a cookie it is the reader who answers.
#ifndef TEND_SERVICES_NOTIFIER_ANSWERING_H
#define TEND_SERVICES_NOTIFIER_ANSWERING_H

#include "services/notifier/answer_words.h"
#include "services/notifier/mailroom.h"

// True for the path of a page.
bool answering_path(const char *path);

// Shows the page in the rep's language: 403 for a ticket that is not ours or a device that is another rep's, 410 for
// one that has expired, 404 for one of a message that is gone. The reply lives in the turn's arena.
void answering_show(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply);

// Takes an answer: 303 to the page when it stands; beside the above 400 for a form that is not right, 403 for one of
// another site, 404 for a reminder that the message does not have, 409 for one that was answered otherwise, 410 for one
// that was withdrawn, 413 and 415 for what is no such form. Each says in words what is wrong.
void answering_take(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply);

// True when the delivery's reminder (from 1; 0: each of them) takes the answer, or is no longer open, which the press
// itself will say; otherwise *ret_why says why not. A putting off that names no moment gets the one that fits how
// urgent the reminder is.
struct press_answer;
bool answering_fits(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                    const struct recipient *recipient, unsigned item, struct press_answer *answer,
                    enum answer_word *ret_why);

// How one of the delivery's reminders (from 1) stands, in words: "Acme Trading · Wang: done (10:32 today)"; empty while
// nobody has answered it. It lives in the turn's arena.
const char *answering_standing(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                               const struct recipient *recipient, enum language language, unsigned item);

#endif
