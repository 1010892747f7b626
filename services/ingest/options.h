// The section `ingest` of the configuration.
#ifndef TEND_INGEST_OPTIONS_H
#define TEND_INGEST_OPTIONS_H

#include "common/config.h"

// What a token may be for.
enum scope {
    SCOPE_EVENTS,   // send events
    SCOPE_ANSWERS,  // answer reminders
    SCOPE_FEEDS,    // see feeds and what came through them, compare counts
    SCOPE_REJECTED, // see, correct and replay what a feed sent in vain
    SCOPE_ERASE,    // erase a person
    SCOPE_EXPORT,   // read all that is known about a person
    SCOPE_AUDIT,    // read who did what
    SCOPES,
    SCOPE_NONE = SCOPES, // a door that checks for itself
};

// A token that is for some things only.
struct access_options {
    const char *file;
    uint32_t scopes; // 1 << enum scope
    const char *const *sources;
    size_t source_count; // 0: any
    const char *rate;
};

// Which customers of several sources are one by rule (joins.h).
struct join_options {
    uint32_t by;                // 1 << enum likeness; 0: none are
    const char *const *sources; // the one whose id stays comes first
    size_t source_count;        // 0: any
    int64_t most;
    bool dry_run; // nobody is joined, it is only shown who would be
    bool same_source;
    const char *country; // two capitals; "" or NULL: none
    const char *const *tax_fields;
    size_t tax_field_count;
    const char *const *excluded;
    size_t excluded_count;
};

struct ingest_options {
    struct config_address listen;
    const char *const *tokens; // names of files that hold one bearer token each
    size_t token_count;
    const struct access_options *access;
    size_t access_count;
    const char *feeds; // the folder of feed files; NULL: none
    int64_t rejected_records;
    int64_t rejected_bytes;
    int64_t keep_ids_ms;
    int64_t seal_records;
    struct join_options join;
};

extern const struct config_key ingest_keys[];

#endif
