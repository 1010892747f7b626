// The chat courier: takes posts, hands them to their chats, and keeps what became of them until that is stored.
//
// A post is armed inside a turn and leaves only after its commit; a landing is taken inside a turn and forgotten only
// after its commit. So a commit that fails changes nothing here: what was armed never leaves, what was taken is there
// again. What has left is moved by a thread (mover.h), also while a turn is written and its commit waits for the disk;
// everything else, the judging of answers among it, happens in the calls below.
//
// A post goes to https only (http to this machine when the channel allows it), follows no redirect, asks no environment
// for a proxy, and refuses addresses of private networks. Each post has a connection of its own: over one that is used
// again libcurl would silently send a second time.
//
// A post with mail_to goes by SMTP, with TLS from the start (smtps) or by STARTTLS; without only to this machine when
// the channel allows it. The driver judges the server's last reply: the answer's status is its code, the body is the
// command it answers, "." for the message itself, a space, and its words.
#ifndef TEND_SERVICES_NOTIFIER_COURIER_H
#define TEND_SERVICES_NOTIFIER_COURIER_H

#include "services/notifier/channel.h"

enum {
    // Posts on their way at once: each waits for a chat up to COURIER_TOTAL_MS, and as many as land together share a
    // commit while the others fly.
    COURIER_SLOTS = 256,
    COURIER_ID_BYTES = 24,
    COURIER_CONNECT_MS = 10 * 1000,
    COURIER_TOTAL_MS = 20 * 1000,
    COURIER_MAIL_TIMES = 3, // a mail may take so many times as long: servers look for spam before their last reply
};

struct courier;

// What a post is for.
enum purpose {
    PURPOSE_MESSAGE,
    PURPOSE_AMEND,   // changes a message that was sent before
    PURPOSE_GRANT,   // asks for what the channel's messages must carry; its id is empty
    PURPOSE_WHISPER, // tells who pressed why it was not taken; its id is empty, and it is not tried again
};

// What became of a post.
struct landing {
    enum purpose purpose;
    const char *id; // lives until courier_commit
    const char *channel;
    const struct grant *grant; // of a granted one; lives until courier_commit
    struct verdict verdict;
};

// `proxy` may be empty; kept as a pointer. `total_ms` is COURIER_TOTAL_MS but in tests.
struct courier *courier_open(const char *proxy, int64_t total_ms);
void courier_close(struct courier **courier);

// True when COURIER_SLOTS posts are armed, on their way, or landed and not taken yet.
bool courier_full(const struct courier *courier);

// True when the post of this purpose and id is armed, on its way, or not stored yet. A grant's id is its channel's
// name.
bool courier_has(const struct courier *courier, enum purpose purpose, const char *id);

// Takes a copy of the post, to be started by courier_commit. There must be room. `throttled` as in struct answer.
void courier_arm(struct courier *courier, const struct channel *channel, enum purpose purpose, const struct post *post,
                 unsigned throttled);

// The next landing that was not taken yet; false when there is none.
bool courier_take(struct courier *courier, struct landing *ret_landing);

// The turn's commit is done: starts what was armed, forgets what was taken.
void courier_commit(struct courier *courier);

// The turn did not happen: forgets what was armed; what was taken can be taken again.
void courier_revert(struct courier *courier);

// As in struct port.
int courier_fd(const struct courier *courier);
int courier_timeout_ms(const struct courier *courier);
bool courier_work(struct courier *courier);

// True for an address that no channel may lead to unless it says so: this machine's, private networks', link-local,
// multicast, and those that stand for them in IPv6. `ret_loopback` tells this machine's from the others.
struct sockaddr;
bool courier_address_inside(const struct sockaddr *address, bool *ret_loopback);

#endif
