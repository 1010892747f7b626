// A feed: what a file NAME.yaml of the folder of feeds says, read once: who may post to it, what its bodies mean
// (mapping.h) and what it is answered. The keys of a preset hold where the file is silent.
//
//     preset: shopify
//     secrets: [shop.secret]     # files beside this one, or credential:NAME; the newest first, all of them hold
//     source: shop               # of the events
//     rate: 50/1s                # more is answered 429
//     silent_after: 24h          # no event for so long is said
//     auth: {kind: hmac-sha256, header: X-Shopify-Hmac-Sha256, encoding: base64}   # auth.h
//     handshake:                 # what is answered though it is not signed, and of which nothing is made
//       - {form: webhook_id}     # a form of just this field: 200
//       - {echo: /challenge}     # a small JSON body that has it: 200 {"challenge": the same}
//       - {at: /test, is: [true]} # a small JSON body in which it holds: the feed's reply
//     reply: {status: 200, body: '{"code":0}', type: application/json}
//     from: {nats: {url: nats://127.0.0.1:4222, stream: ORDERS}}   # from.h: it is fetched, nothing can be posted to it
#ifndef TEND_INGEST_FEED_H
#define TEND_INGEST_FEED_H

#include "services/ingest/auth.h"
#include "services/ingest/bucket.h"
#include "services/ingest/from.h"
#include "services/ingest/mapping.h"

enum {
    FEED_NAME_BYTES = 64, // with the NUL
    FEED_SOURCE_BYTES = 129,
    FEED_FOLDER_BYTES = 400,
    FEED_PATH_BYTES = FEED_FOLDER_BYTES + FEED_NAME_BYTES + 8,
    FEED_REPLY_BYTES = 1024,
    FEED_ERROR_BYTES = MAPPING_ERROR_BYTES,
    FEED_HANDSHAKES_MAX = 4,
    FEED_WORDS_MAX = 4,
    FEED_HANDSHAKE_BODY_BYTES = 4096, // no handshake is longer; what is unsigned gets little of our time
};

enum feed_handshake_kind { HANDSHAKE_FORM, HANDSHAKE_ECHO, HANDSHAKE_IS };

struct feed_handshake {
    enum feed_handshake_kind kind;
    char at[AUTH_NAME_BYTES]; // the form's field, or a pointer
    char words[FEED_WORDS_MAX][AUTH_NAME_BYTES];
    size_t word_count;
};

struct feed {
    char name[FEED_NAME_BYTES];
    char source[FEED_SOURCE_BYTES];
    struct auth auth;
    struct feed_handshake handshakes[FEED_HANDSHAKES_MAX];
    size_t handshake_count;
    int reply_status;
    char reply_type[AUTH_NAME_BYTES];
    char reply_body[FEED_REPLY_BYTES];
    struct bucket_rate rate; // burst 0: none
    int64_t silent_after_ms; // 0: never
    bool fetched;            // `from`: not posted to
    struct from from;
    char secret_file[FEED_PATH_BYTES]; // of the newest secret; "" without one
    struct mapping *mapping;
    char *text; // of the file, with a NUL behind it: for who fetches
    size_t length;
};

// Where a feed file is, and what it may leave out.
struct feed_place {
    const char *folder;
    const char *name; // of the feed, without ".yaml"
    const char *currency, *zone;
};

// The files that a feed was read from, to be watched: its own and its secrets', also when reading failed.
struct feed_files {
    char paths[AUTH_SECRETS_MAX + 1][FEED_PATH_BYTES];
    size_t count;
};

// True for a name of a-z, 0-9 and '-' that begins with a letter or digit.
bool feed_name_valid(const char *name);

// The path of a feed's file.
void feed_path(const char *folder, const char *name, char ret_path[FEED_PATH_BYTES]);

// Reads the file and its secrets. False with one error a line in `ret_error` ("file:line:column: what is wrong", the
// line and a mark); no secret is ever shown.
bool feed_read(const struct feed_place *place, struct feed_files *ret_files, char *ret_error, size_t error_bytes,
               struct feed **ret_feed);

// The same for a file of any path, to be tried: nobody is believed by it, so what is missing for that, or wrong with
// its secrets, is a warning in the form of the errors; "" for none. `place` says the feed's name and the folder that
// the names in the file are seen from.
bool feed_read_trial(const char *path, const struct feed_place *place, char ret_warning[FEED_ERROR_BYTES],
                     char ret_error[FEED_ERROR_BYTES], struct feed **ret_feed);

// Takes NULL; overwrites the secrets.
void feed_close(struct feed **feed);

#endif
