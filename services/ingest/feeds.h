// The feeds in force: one for each file of the folder, taken over when a file changes, whole or not at all. A file that
// cannot be read leaves its feed as it was; one that never could be is a feed that is not in force, at a start too.
#ifndef TEND_INGEST_FEEDS_H
#define TEND_INGEST_FEEDS_H

#include "services/ingest/feed.h"
#include "services/ingest/refusals.h"

#include "common/log.h"

enum {
    FEEDS_MAX = 64,       // each has its figures; a firm has a dozen
    FEEDS_LOOK_MS = 1000, // a changed file is read when two looks in a row find it the same
    FEED_WHYS = 4,        // different reasons that are remembered: a shop sends few kinds of what nobody needs
};

struct feeds;

// One feed. What is counted is counted since the start.
struct feed_entry {
    char name[FEED_NAME_BYTES];
    struct feed *feed;            // NULL: there was never a good file of that name
    char error[FEED_ERROR_BYTES]; // the file as it is now is not in force; "" when it is
    struct bucket bucket;
    uint64_t unauthenticated, dropped, limited;
    struct refusals refusals;
    char dropped_why[FEED_WHYS][VERIFY_TEXT_BYTES]; // why nothing was made of those: the newest first, each once
    bool silent;                                    // was found silent, and said
    int64_t since_ms;                               // nothing is missed from before; 0: not looked at yet
    size_t place; // in figures: each of the first FEEDS_MAX names has one, all later ones share the one behind them
};

// `folder` NULL: none. `currency` and `zone` are of what names none; copied.
struct feeds *feeds_open(const char *folder, const char *currency, const char *zone);
void feeds_close(struct feeds **feeds);

// Reads all files at a start. A bad one is not in force until it is mended: the others need not wait for it, and the
// first look says so in the log. False with what is wrong with the folder itself.
bool feeds_read(struct feeds *feeds, char *ret_error, size_t error_bytes);

// Looks at the folder when it is time, takes over what has changed and says so in the log.
void feeds_look(struct feeds *feeds, int64_t now_ms, struct log *log);

// When to look again, milliseconds since 1970; INT64_MAX without a folder.
int64_t feeds_due(const struct feeds *feeds);

// NULL when there is none in force.
struct feed_entry *feeds_find(struct feeds *feeds, const char *name);

// What is wrong with the file of a feed that is not in force; NULL when it is, and when there is no such file. A new
// file is not in force before the first look that finds it at rest.
const char *feeds_error(const struct feeds *feeds, const char *name);

// How many names of feeds there are, those that have only a bad file too.
size_t feeds_count(const struct feeds *feeds);

// One of them, from 0, in the order of their names.
struct feed_entry *feeds_at(struct feeds *feeds, size_t index);

// Goes up whenever a feed is taken over or goes: pointers to feeds taken before are dead then.
uint64_t feeds_version(const struct feeds *feeds);

// The folder, "" for none.
const char *feeds_folder(const struct feeds *feeds);

// Checks every file of a folder, for `tend check`. False with what is wrong with each in `ret_error`.
bool feeds_check(const char *folder, const char *currency, const char *zone, char *ret_error, size_t error_bytes);

#endif
