// What people and programs can ask the notifier, and tell it.
//
//   GET  /v1/messages?rep=&state=&limit=   messages from the newest on
//   GET  /v1/messages/ID                   one of them with its text; the visible id will do
//   POST /v1/messages/ID/retry             sends a dead or unknown one again
//   GET  /v1/channels                      each channel's health
//   POST /v1/channels/NAME/probe           tries a shut channel again now
//
// and, as answering.h and callbacks.h say, what reps answer: /a/TOKEN and /v1/callbacks/CHANNEL.
#ifndef TEND_SERVICES_NOTIFIER_ANSWERS_H
#define TEND_SERVICES_NOTIFIER_ANSWERS_H

#include "services/notifier/mailroom.h"

// Answers a GET: 404 for what is not there, 400 for a bad parameter, 409 for an id that several messages begin with,
// each with a sentence. The reply lives in the turn's arena.
void answers_query(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply);

// Does what a POST asks for and answers how things stand then; 404 for what is not there, 409 for an id as above
// or a message whose state allows no retry. The reply lives in the turn's arena.
void answers_command(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
