#include "common/http_head.h"

#include "common/must.h"
#include "common/utf8.h"

#include <string.h>
#include <strings.h>

const struct refusal_text REFUSAL_TEXTS[REFUSALS] = {
    [REFUSE_NOTHING] = {200, "none", "", ""},
    [REFUSE_SYNTAX] = {400, "syntax", "request", "not well-formed HTTP/1.1"},
    [REFUSE_VERSION] = {505, "version", "version", "only HTTP/1.1 and HTTP/1.0 are served"},
    [REFUSE_METHOD] = {405, "method", "method", "only GET, HEAD, POST and OPTIONS are served"},
    [REFUSE_UNKNOWN] = {501, "unknown_method", "method", "not a known method"},
    [REFUSE_TARGET] = {400, "target", "path", "not an absolute path with well-formed escapes and without dot segments"},
    [REFUSE_LONG] = {414, "long_target", "path", "too long"},
    [REFUSE_HEADS] = {431, "heads", "headers", "too many or too long"},
    [REFUSE_HOST] = {400, "host", "host", "exactly one is needed"},
    [REFUSE_TWICE] = {400, "twice", "headers", "one that may come once is there twice"},
    [REFUSE_LENGTH] = {400, "length", "content-length", "more than one, or not a number"},
    [REFUSE_BOTH] = {400, "length_and_encoding", "content-length", "not together with transfer-encoding"},
    [REFUSE_ENCODING] = {501, "encoding", "transfer-encoding", "only chunked, once, in HTTP/1.1"},
    [REFUSE_EXPECT] = {417, "expect", "expect", "only 100-continue"},
    [REFUSE_BODY] = {413, "body", "body", "too long"},
    [REFUSE_SLOW] = {408, "slow", "request", "not complete in time"},
    [REFUSE_BUSY] = {503, "busy", "connections", "too many, try again later"},
    [REFUSE_ADDRESS] = {429, "address", "connections", "too many from this address"},
    [REFUSE_UNANSWERED] = {503, "unanswered", "service", "no answer in time, try again later"},
    [REFUSE_MEMORY] = {503, "memory", "service", "out of memory, try again later"},
};

// Characters of a name or a method (RFC 9110 section 5.6.2).
static bool is_token(const char *text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (const char *c = text; *c != '\0'; c++)
        if ((*c < '0' || *c > '9') && (*c < 'a' || *c > 'z') && (*c < 'A' || *c > 'Z') && strchr(marks, *c) == NULL)
            return false;
    return text[0] != '\0';
}

static bool is_content(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return false;
    return true;
}

static bool line_ends(const char *at, const char *end)
{
    return end - at >= 2 && at[0] == '\0' && at[1] == '\0';
}

// Walks from the method to the end: each part must stand where the part before it ends, with exactly one blank, colon
// or CRLF between. A bare line feed, a folded line or a NUL makes a part stand elsewhere.
static enum refusal check_bytes(const struct request_head *head)
{
    if (!is_token(head->method) || head->target != head->method + strlen(head->method) + 1 ||
        head->version != head->target + head->target_length + 1)
        return REFUSE_SYNTAX;
    const char *at = head->version + strlen(head->version);
    for (size_t i = 0; i < head->count; i++) {
        const struct head_line *line = &head->lines[i];
        if (!line_ends(at, head->end) || line->name != at + 2 || !is_token(line->name) || !is_content(line->value))
            return REFUSE_SYNTAX;
        at = line->name + strlen(line->name) + 1;
        at += strspn(at, " \t");
        if (line->value != at)
            return REFUSE_SYNTAX;
        at += strlen(at);
    }
    return line_ends(at, head->end) && line_ends(at + 2, head->end) && at + 4 == head->end ? REFUSE_NOTHING
                                                                                           : REFUSE_SYNTAX;
}

static bool among(const char *text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0)
            return true;
    return false;
}

static enum refusal check_method(const struct request_head *head)
{
    static const char *const served[] = {"GET", "HEAD", "POST", "OPTIONS"};
    static const char *const known[] = {"PUT", "DELETE", "PATCH", "CONNECT", "TRACE"};
    if (strcmp(head->version, "HTTP/1.1") != 0 && strcmp(head->version, "HTTP/1.0") != 0)
        return REFUSE_VERSION;
    if (among(head->method, served, sizeof served / sizeof *served))
        return REFUSE_NOTHING;
    return among(head->method, known, sizeof known / sizeof *known) ? REFUSE_METHOD : REFUSE_UNKNOWN;
}

static size_t count_of(const struct request_head *head, const char *name, const char **ret_value)
{
    size_t found = 0;
    for (size_t i = 0; i < head->count; i++) {
        if (strcasecmp(head->lines[i].name, name) != 0)
            continue;
        *ret_value = head->lines[i].value;
        found++;
    }
    return found;
}

// Whether two lines have the same name of those by which a sender is known and a body is read. One reader would believe
// the first, another the last.
static bool has_twice(const struct request_head *head)
{
    static const char *const begins[] = {"authorization", "content-type", "ce-", "webhook-"};
    for (size_t i = 0; i < head->count; i++) {
        const char *name = head->lines[i].name, *value;
        for (size_t j = 0; j < sizeof begins / sizeof *begins; j++)
            if (strncasecmp(name, begins[j], strlen(begins[j])) == 0 && count_of(head, name, &value) > 1)
                return true;
    }
    return false;
}

static enum refusal check_length(const struct request_head *head, uint64_t limit, uint64_t *ret_length)
{
    const char *length = NULL, *encoding = NULL;
    size_t lengths = count_of(head, "content-length", &length);
    size_t encodings = count_of(head, "transfer-encoding", &encoding);
    if (lengths > 0 && encodings > 0)
        return REFUSE_BOTH;
    if (encodings > 0)
        return encodings == 1 && strcasecmp(encoding, "chunked") == 0 && strcmp(head->version, "HTTP/1.1") == 0
                   ? REFUSE_NOTHING
                   : REFUSE_ENCODING;
    if (lengths == 0)
        return REFUSE_NOTHING;
    if (lengths > 1 || length[0] == '\0' || length[strspn(length, "0123456789")] != '\0')
        return REFUSE_LENGTH;
    uint64_t value = 0;
    for (const char *c = length; *c != '\0'; c++) {
        value = value * 10 + (uint64_t)(*c - '0');
        if (value > limit)
            return REFUSE_BODY;
    }
    *ret_length = value;
    return REFUSE_NOTHING;
}

enum refusal http_head_check(const struct request_head *head, const struct head_limits *limits, uint64_t *ret_length)
{
    *ret_length = 0;
    if ((size_t)(head->end - head->method) > limits->head_bytes || head->count > limits->heads)
        return REFUSE_HEADS;
    enum refusal refusal = check_bytes(head);
    if (refusal == REFUSE_NOTHING)
        refusal = check_method(head);
    if (refusal != REFUSE_NOTHING)
        return refusal;
    const char *value = NULL;
    size_t hosts = count_of(head, "host", &value);
    if (hosts > 1 || (hosts == 0 && strcmp(head->version, "HTTP/1.1") == 0))
        return REFUSE_HOST;
    if (has_twice(head))
        return REFUSE_TWICE;
    if (count_of(head, "expect", &value) > 0 && strcasecmp(value, "100-continue") != 0)
        return REFUSE_EXPECT;
    return check_length(head, limits->body_bytes, ret_length);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        return (c | 0x20) - 'a' + 10;
    return -1;
}

// The byte at `at`, decoded, and how many bytes spell it; 0 for what may not stand in a target.
static size_t decode(const char *target, size_t length, size_t at, char *ret_byte)
{
    if (target[at] != '%') {
        *ret_byte = target[at];
        return (unsigned char)target[at] > ' ' && target[at] != 0x7f && target[at] != '#' ? 1 : 0;
    }
    if (length - at < 3 || digit(target[at + 1]) < 0 || digit(target[at + 2]) < 0)
        return 0;
    *ret_byte = (char)(digit(target[at + 1]) << 4 | digit(target[at + 2]));
    return *ret_byte == '\0' ? 0 : 3;
}

// False for a segment of dots only, which a file server or a proxy would climb by.
static bool stays(const char *path)
{
    for (const char *at = path; *at != '\0';) {
        at += strspn(at, "/\\");
        size_t segment = strcspn(at, "/\\"), dots = strspn(at, ".");
        if (segment > 0 && segment <= 2 && dots == segment)
            return false;
        at += segment;
    }
    return true;
}

enum refusal http_target_decode(const char *target, size_t length, char *path)
{
    path[0] = '\0';
    if (length == 0 || (target[0] != '/' && (length != 1 || target[0] != '*')))
        return REFUSE_TARGET;
    bool query = false;
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        char byte;
        size_t taken = decode(target, length, at, &byte);
        if (taken == 0)
            return REFUSE_TARGET;
        query = query || target[at] == '?';
        at += taken;
        if (query)
            continue;
        if ((unsigned char)byte < ' ' || byte == 0x7f)
            return REFUSE_TARGET;
        if (written + 1 >= HTTP_PATH_BYTES)
            return REFUSE_LONG;
        path[written++] = byte;
    }
    path[written] = '\0';
    for (size_t at = 0, taken; at < written; at += taken)
        if ((taken = utf8_length(path + at, written - at)) == 0)
            return REFUSE_TARGET;
    return stays(path) ? REFUSE_NOTHING : REFUSE_TARGET;
}
