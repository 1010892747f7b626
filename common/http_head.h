// What the head of a request must be before anything acts on it. Pure: libmicrohttpd has cut the bytes into lines,
// these functions judge them.
//
// libmicrohttpd is lenient where a second reader of the same bytes (a proxy in front) may not be: it takes bare line
// feeds, folded lines, a NUL inside a line and a blank before the colon, follows the first of two lengths, and prefers
// the encoding when a length is there too. Each of these lets a stranger hide one request inside another. So the bytes
// are walked once more, and whatever is not exactly what RFC 9112 lets a sender write is refused.
#ifndef TEND_COMMON_HTTP_HEAD_H
#define TEND_COMMON_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HTTP_PATH_BYTES = 1024, HTTP_HEADS_MOST = 256 };

// Why a request is refused before its owner sees it.
enum refusal {
    REFUSE_NOTHING,
    REFUSE_SYNTAX,     // not the bytes that HTTP/1.1 allows
    REFUSE_VERSION,    // neither HTTP/1.1 nor HTTP/1.0
    REFUSE_METHOD,     // known, not served
    REFUSE_UNKNOWN,    // no method that HTTP knows
    REFUSE_TARGET,     // no path, a bad escape, a NUL or a climb
    REFUSE_LONG,       // a target of more than HTTP_PATH_BYTES
    REFUSE_HEADS,      // too many lines or bytes
    REFUSE_HOST,       // none, or two
    REFUSE_TWICE,      // a line that says who sends or what it is, and another one that may say otherwise
    REFUSE_LENGTH,     // two lengths, or one that is no number
    REFUSE_BOTH,       // a length and an encoding
    REFUSE_ENCODING,   // another one than chunked
    REFUSE_EXPECT,     // something else than 100-continue
    REFUSE_BODY,       // longer than the limit
    REFUSE_SLOW,       // not complete in time
    REFUSE_BUSY,       // more connections than the limit
    REFUSE_ADDRESS,    // more connections from one address than the limit
    REFUSE_UNANSWERED, // the owner took too long
    REFUSE_MEMORY,
    REFUSALS,
};

// How a refusal is told: the status, the field and the reason of the JSON error, and the label of the metric.
struct refusal_text {
    unsigned status;
    const char *label, *field, *reason;
};
extern const struct refusal_text REFUSAL_TEXTS[REFUSALS];

struct head_line {
    const char *name, *value;
};

// A head as libmicrohttpd leaves it: the received bytes from `method` to `end`, with NULs where blanks, colons and line
// ends were. The target is where it was received and as long as it was, though its bytes may have been decoded since.
struct request_head {
    const char *method, *target, *version, *end;
    size_t target_length;
    const struct head_line *lines;
    size_t count;
};

struct head_limits {
    size_t heads, head_bytes;
    uint64_t body_bytes;
};

// The first thing that is wrong, REFUSE_NOTHING when nothing is. *ret_length is the length that the head announces, 0
// for none or for chunked.
enum refusal http_head_check(const struct request_head *head, const struct head_limits *limits, uint64_t *ret_length);

// Decodes the path of a raw target, up to its question mark, exactly once, and checks the escapes of the rest too.
// REFUSE_TARGET for anything but an absolute path (or "*"), an incomplete escape, a control character or NUL, broken
// UTF-8, or a segment that is "." or "..", however it was written. `path` holds HTTP_PATH_BYTES.
enum refusal http_target_decode(const char *target, size_t length, char *path);

#endif
