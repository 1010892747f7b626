// Who may speak: bearer tokens, each in a file of its own, with what each may do and for which sources. Over HTTP a
// token is needed when there is one; what comes by ZeroMQ comes from who may use the folder of the socket.
#ifndef TEND_INGEST_ACCESS_H
#define TEND_INGEST_ACCESS_H

#include "common/service.h"
#include "services/ingest/bucket.h"
#include "services/ingest/options.h"

struct access;

// A token as it is known: its file's name, never its text.
struct token {
    const char *file;
    uint32_t scopes; // 1 << enum scope
    const char *const *sources;
    size_t source_count; // 0: any source
    struct bucket bucket;
    struct bucket_rate rate; // burst 0: no limit
};

// What a request may do.
enum access_answer {
    ACCESS_GRANTED,
    ACCESS_UNKNOWN, // no token, or none that we know
    ACCESS_SCOPE,   // a token that may do other things
};

// Reads the files. NULL with a sentence in ret_error when one cannot be read, or holds no token.
struct access *access_open(const struct ingest_options *options, char *ret_error, size_t error_bytes);
void access_close(struct access **access);

// Whether the request may do what the scope is for. `ret_token` NULL: by no token, over ZeroMQ. Where there are no
// tokens anybody may send events and answers over HTTP; what shows, changes or erases personal data needs a token
// there, also from this machine, since what a proxy passes on comes from this machine too and may bear no mark of it.
// `tend` asks by the socket, into whose folder only its owner and group may look.
enum access_answer access_check(const struct access *access, const struct request *request, enum scope scope,
                                struct token **ret_token);

// Whether there are any tokens.
bool access_has_tokens(const struct access *access);

// Whether the token may send events of this source; NULL may.
bool access_source(const struct token *token, const char *source);

// Whether the request comes from this machine: by ZeroMQ, or from a loopback address without the mark of a proxy or of
// a page in a browser.
bool access_local(const struct request *request);

#endif
