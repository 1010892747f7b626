// One mail on its way by SMTP, and what the server said to it.
//
// It has a thread of its own: libcurl waits for a mail server's last reply, which may take a minute of looking for
// spam, without giving way to anything else. The thread touches nothing but this and its libcurl handle.
#ifndef TEND_SERVICES_NOTIFIER_SMTP_H
#define TEND_SERVICES_NOTIFIER_SMTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SMTP_REPLY_BYTES = 200 };

struct post;
struct smtp;

struct smtp_end {
    CURLcode code;
    int status;                   // of the last reply: 250, 550; 0: there was none
    char reply[SMTP_REPLY_BYTES]; // the command it answers, "." for the message itself, a space, and the reply's words
    bool handed;                  // all of the message has left: without a reply it may have been delivered
};

// Starts to send the post's mail with the handle, to which the caller has given the URL, time-outs, addresses and
// trust. `plain` lets it go on where the server offers no TLS. `wake_fd` is an eventfd that is written when it has
// ended. Handle and post must outlive it. NULL when the machine has no thread left.
struct smtp *smtp_start(CURL *easy, const struct post *post, bool plain, int wake_fd);

// True when it has ended: smtp_finish does not wait then.
bool smtp_over(const struct smtp *smtp);

// Asks it to end soon.
void smtp_stop(struct smtp *smtp);

// Waits for the end, tells of it and frees all.
void smtp_finish(struct smtp **smtp, struct smtp_end *ret_end);

#endif
