// The section `notifier` of the configuration: the channels, the people, and how messages go out.
#ifndef TEND_SERVICES_NOTIFIER_OPTIONS_H
#define TEND_SERVICES_NOTIFIER_OPTIONS_H

#include "common/config.h"
#include "services/notifier/chats.h"

enum { NOTIFIER_CHANNELS = 64 }; // an installation has a handful; it also bounds the figures

#define CHANNEL_TYPE_OF(NUMBER, name) CHANNEL_TYPE_##NUMBER,
enum channel_type { CHATS(CHANNEL_TYPE_OF) CHANNEL_TYPE_COUNT };
#undef CHANNEL_TYPE_OF

// No text is NULL; empty says that it was left out.
struct channel_options {
    const char *name;
    int type;             // enum channel_type
    const char *url_file; // files that hold a secret each
    const char *secret_file;
    const char *token_file;
    const char *verify_file;
    const char *unlock_file;
    const char *app;
    const char *agent;
    const char *file; // of type file: a path, or a folder that ends in "/"
    const char *to;
    const char *rate; // "20/1m"
    const char *keyword;
    const char *language;
    const char *connect_to; // for tests: "HOST:PORT:ADDRESS:PORT"
    const char *ca_file;
    bool unsynced; // no key: set by the rehearsal
    bool allow_loopback;
    const char *const *domains; // beside the sender's own, of addresses that events give
    size_t domain_count;
    bool allow_private;
};

struct person_options {
    const char *rep; // the id
    const char *name;
    const char *channel;
    const char *address;
    const char *language;
    const char *const *addresses; // "mail=wang@example.com", for other channels than the rep's own
    size_t address_count;
};

// Who reads what a route takes.
enum route_to {
    ROUTE_OWNER,   // whom the scheduler tells, or the deputy while that one is away
    ROUTE_DEPUTY,  // the deputy, where there is one
    ROUTE_MANAGER, // the manager, where there is one
    ROUTE_TEAM,    // the chat of the team that the rep belongs to
    ROUTE_REP,     // the rep that the route names
};

enum route_quiet { ROUTE_HOLD, ROUTE_SEND };

// What shares a message: all that is for a rep at a moment, or only what is of one kind.
enum group_by { GROUP_AS_SECTION, GROUP_BY_REP, GROUP_BY_KIND };

// One way for some of the messages. An empty list takes all.
struct route_options {
    const char *name;
    const char *const *kinds; // "birthday", "call_list", "digest"
    size_t kind_count;
    const char *const *classes; // "a"
    size_t class_count;
    const char *const *regions;
    size_t region_count;
    int urgency; // 0 now, 1 today, 2 later, ROUTE_ANY
    int to;      // enum route_to
    const char *rep;
    const char *const *channels; // the first that works; none: the rep's own
    size_t channel_count;
    int quiet;             // enum route_quiet
    int group_by;          // enum group_by
    int64_t group_wait_ms; // CONFIG_UNSET: that of the section
    int32_t digest_at;     // minute of the rep's day, CONFIG_UNSET_32: at once
    int64_t spread_ms;     // of the digests of many reps
    int64_t expires_ms;    // after it came in, CONFIG_UNSET: as the reminder says
};

enum { ROUTE_ANY = 3 };

// A chat that several reps share.
struct team_options {
    const char *name;
    const char *manager; // whose reps they are
    const char *channel;
};

// Whom to wake when something is wrong with the notifier itself.
struct alarm_options {
    const char *channel; // empty or NULL: nobody
    const char *rep;     // whose address it goes to; empty: a channel with a room of its own
};

struct notifier_options {
    struct config_address listen;
    const struct channel_options *channels;
    size_t channel_count;
    const struct person_options *people;
    size_t person_count;
    const char *default_channel;
    const char *language;
    const char *proxy;
    int group_by; // GROUP_BY_REP or GROUP_BY_KIND
    int64_t group_wait_ms;
    int64_t attempts;        // of one message that the chat says it did not take
    int64_t repeats;         // of one message that may have been delivered; CONFIG_UNSET: as its chat allows
    int64_t repeat_after_ms; // the first of them
    int64_t calls;           // lines of a call list in a message
    int64_t keep_ms;
    const char *public_url; // of this listener as reps reach it, without a slash at the end; empty: no links
    int64_t link_ms;        // how long a link in a message can be used
    const struct route_options *routes; // the first that fits
    size_t route_count;
    const struct team_options *teams;
    size_t team_count;
    int32_t quiet_from, quiet_to; // minutes of the rep's day; the same: never quiet
    const char *rep_rate;         // "12/1h": messages to one rep
    int64_t too_old_ms;           // that waited for longer
    struct alarm_options alarm;
    const char *templates; // the file of templates.h; empty: none
    const char *store;     // no key: the store's file, to know it again; NULL or empty: it is not looked at
    const char *watermark; // no key: the file of watermark.h; empty: none, NULL: as the setup says
};

// The rows of the section; their target is a struct notifier_options.
extern const struct config_key notifier_keys[];

// What the rows cannot say: which files a type needs, that named channels exist, that rates and languages can be read,
// that each route can be reached. Each error goes to config_complain at its key unless `config` is NULL; the first is a
// sentence in ret_error. Names of reps that nobody knows yet are warnings there.
bool notifier_options_check(const struct notifier_options *options, struct config *config, char *ret_error,
                            size_t error_bytes);

// Looks at the files that channels name, as far as whoever runs this may: that they are there and hold what the chat
// takes. Errors and warnings go to `config`. At a start none of this is an error: there a channel whose file is wrong
// is shut, and the others go on.
void notifier_options_look(const struct notifier_options *options, struct config *config);

#endif
