// A channel: a chat that messages go to, as the configuration names it, with its driver and what its files hold.
#ifndef TEND_SERVICES_NOTIFIER_CHANNEL_H
#define TEND_SERVICES_NOTIFIER_CHANNEL_H

#include "services/notifier/driver.h"
#include "services/notifier/options.h"

struct channel {
    const struct channel_options *options;
    const struct driver *driver;
    struct pace pace;
    struct destination destination;
    char callback[CALLBACK_BYTES];
    char granted[GRANT_BYTES]; // what the chat granted, a secret; empty: nothing
    int64_t granted_ms, granted_until_ms;
    char problem[DETAIL_BYTES]; // why it cannot be used, as one sentence; empty when it can
};

// The driver of a channel: its type's, or the other one of that type where the channel has the key that asks for it.
const struct driver *channel_driver(const struct channel_options *options);

enum { CHANNEL_KEYS = 9 };

// What is wrong with one of the CHANNEL_KEYS that a type needs or does not take, and what the key is called; NULL when
// nothing is.
const char *channel_options_wrong(const struct channel_options *options, size_t which, const char **ret_key);

// Makes the channel and reads its files. What cannot be read is the channel's problem, not an error: the others go on.
// The options must outlive it.
void channel_open(const struct channel_options *options, struct channel *ret_channel);

// Chats reach us at that URL from now on; empty: they do not. The channel must stay where it is.
void channel_reach(struct channel *channel, const char *public_url);

enum { CHANNEL_FILES = 5 };

// A key that names a file with a secret, and what the configuration says there; "" when nothing.
struct channel_file {
    const char *key, *path;
};

// One of the CHANNEL_FILES of a channel, from 0: that of the URL comes first.
struct channel_file channel_file(const struct channel_options *options, size_t which);

// Reads one of the CHANNEL_FILES anew. False with the channel's problem, which begins with the key.
bool channel_read(struct channel *channel, size_t which);

// Reads the files anew; true when the channel can now be used.
bool channel_refresh(struct channel *channel);

// An address that an event gave, whoever sent that: the domain that it is in when that is neither the channel's own nor
// one of its `domains`, so that customers' data does not leave the company; a pointer into the address. NULL: the
// channel may write there.
const char *channel_foreign(const struct channel *channel, const char *address);

// Why the channel, as it is now, makes no message to that address ("": none is known), one sentence; NULL: it does.
const char *channel_trouble(struct arena *arena, const struct channel *channel, const char *address);

enum {
    CHANNEL_FRESH_MS = 60 * 1000, // a grant that is refused so soon was never good
};

// The chat refused a post of `sent_ms` because of the grant: forgets it, unless there is a newer one by now. False when
// it was never good.
bool channel_stale(struct channel *channel, int64_t sent_ms, int64_t now_ms);

// Takes what the chat granted, from now on; an empty token forgets it.
void channel_grant(struct channel *channel, const struct grant *grant, int64_t now_ms);

// Takes out of a chat's words, which may repeat what it was sent, whatever is a secret of the channel.
void channel_redact(const struct channel *channel, char *text, size_t room);

// Wipes and frees what was read.
void channel_close(struct channel *channel);

#endif
