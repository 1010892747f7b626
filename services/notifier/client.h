// The chat client: takes posts, hands them to their chats, and keeps what became of them until that is stored.
//
// A post is armed inside a turn and leaves only after its commit; a landing is taken inside a turn and forgotten only after
// its commit. So a commit that fails changes nothing here: what was armed never leaves, what was taken is there again.
// It goes to https only (http to this machine when the channel allows it), follows no redirect, asks no environment for a
// proxy, and refuses addresses of private networks. Each post has a connection of its own: over one that is used again
// libcurl would silently send a second time.
#ifndef TEND_SERVICES_NOTIFIER_CLIENT_H
#define TEND_SERVICES_NOTIFIER_CLIENT_H

#include "services/notifier/channel.h"

enum {
    CLIENT_SLOTS = 16, // posts on their way at once: each waits for a chat up to CLIENT_TOTAL_MS
    CLIENT_ID_BYTES = 24,
    CLIENT_CONNECT_MS = 10 * 1000,
    CLIENT_TOTAL_MS = 20 * 1000,
};

struct client;

// What became of a post.
struct landing {
    const char *id; // lives until client_commit
    const char *channel;
    struct verdict verdict;
};

// `proxy` may be empty; kept as a pointer. `total_ms` is CLIENT_TOTAL_MS but in tests.
struct client *client_open(const char *proxy, int64_t total_ms);
void client_close(struct client **client);

bool client_full(const struct client *client);

// True when the post of this id is armed, on its way, or not stored yet.
bool client_has(const struct client *client, const char *id);

// Takes a copy of the post, to be started by client_commit. There must be room. `throttled` as in struct answer.
void client_arm(struct client *client, const struct channel *channel, const struct post *post, unsigned throttled);

// The next landing that was not taken yet; false when there is none.
bool client_take(struct client *client, struct landing *ret_landing);

// The turn's commit is done: starts what was armed, forgets what was taken.
void client_commit(struct client *client, int64_t boot_ms);

// The turn did not happen: forgets what was armed; what was taken can be taken again.
void client_revert(struct client *client);

// As in struct port.
int client_fd(const struct client *client);
int client_timeout_ms(const struct client *client, int64_t boot_ms);
bool client_work(struct client *client, int64_t boot_ms);

// True for an address that no channel may lead to unless it says so: this machine's, private networks', link-local,
// multicast, and those that stand for them in IPv6. `ret_loopback` tells this machine's from the others.
struct sockaddr;
bool client_address_inside(const struct sockaddr *address, bool *ret_loopback);

#endif
