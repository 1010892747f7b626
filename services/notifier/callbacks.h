// What chats call back with:
//
//   POST /v1/callbacks/CHANNEL   somebody pressed a button, or the chat makes sure that we are we
//   GET  /v1/callbacks/CHANNEL   only the latter, as some chats do it
#ifndef TEND_SERVICES_NOTIFIER_CALLBACKS_H
#define TEND_SERVICES_NOTIFIER_CALLBACKS_H

#include "services/notifier/mailroom.h"

// True for the path of a callback.
bool callbacks_path(const char *path);

// Answers a chat that makes sure of us, and nothing else: 404 for a channel that is not there or whose chat does not
// call back, 401 for what the chat did not send. The reply lives in the turn's arena.
void callbacks_hello(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply);

// The same, and takes the answer of who pressed a button, once however often the chat tells it. What becomes of it is
// said in the chat.
void callbacks_take(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply);

#endif
