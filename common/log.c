#include "common/log.h"

#include "common/escape.h"
#include "common/must.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// What a line needs beside its pairs: the priority, the time, repeated=N, the closing brace and the line break.
enum { FRAME_BYTES = 128, BODY_BYTES = LOG_LINE_BYTES - FRAME_BYTES, NUMBER_BYTES = 32 };

static const struct {
    const char *name;
    int priority;
} levels[] = {
    [LOG_DEBUG] = {"debug", 7}, [LOG_INFO] = {"info", 6}, [LOG_WARN] = {"warn", 4}, [LOG_ERROR] = {"error", 3}};

// A line without its time: everything from the level to the last pair, as it is compared and written.
struct body {
    char text[BODY_BYTES];
    size_t length;
    enum log_level level;
    bool cut; // not all pairs found room
};

struct log {
    struct log_options options;
    bool json, journal;
    struct body last, next;
    uint64_t held;    // repetitions of `last` that are not written yet
    int64_t since_ms; // when `last` was written
    int64_t seen_ms;  // when it was repeated
};

// systemd names the device and inode of the stream it made; a descriptor that was redirected since is not that stream.
static bool journal_reads(int fd)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    unsigned long long device, inode;
    return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(fd, &status) == 0 &&
           device == status.st_dev && inode == status.st_ino;
}

struct log *log_open(const struct log_options *options)
{
    must(options->now_ms != NULL);
    must(options->service != NULL);
    struct log *log = calloc(1, sizeof *log);
    if (log == NULL)
        return NULL;
    log->options = *options;
    log->json = options->form == LOG_JSON || (options->form == LOG_AUTO && isatty(options->fd) == 0);
    log->journal = journal_reads(options->fd);
    return log;
}

void log_level_set(struct log *log, enum log_level level)
{
    log->options.level = level;
}

bool log_level_parse(const char *text, enum log_level *ret_level)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(text, levels[i].name) != 0)
            continue;
        *ret_level = (enum log_level)i;
        return true;
    }
    return false;
}

// Appends as a whole or not at all.
__attribute__((format(printf, 2, 3))) static bool append(struct body *body, const char *form, ...)
{
    va_list values;
    va_start(values, form);
    int wanted = vsnprintf(body->text + body->length, BODY_BYTES - body->length, form, values);
    va_end(values);
    must(wanted >= 0);
    if ((size_t)wanted >= BODY_BYTES - body->length)
        return false;
    body->length += (size_t)wanted;
    return true;
}

// True for an escaped value that logfmt needs no quotes for; what was escaped shows by its backslash.
static bool bare(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == ' ' || text[i] == '"' || text[i] == '=' || text[i] == '\\')
            return false;
    return length > 0;
}

static bool append_text(struct body *body, bool json, const char *key, const char *text, size_t length)
{
    char value[LOG_VALUE_BYTES];
    bool whole;
    size_t escaped = escape_json(text, length, value, sizeof value, &whole);
    const char *mark = whole ? "" : "...";
    if (json)
        return append(body, ",\"%s\":\"%s%s\"", key, value, mark);
    if (whole && bare(value, escaped))
        return append(body, " %s=%s", key, value);
    return append(body, " %s=\"%s%s\"", key, value, mark);
}

static bool secret(const char *key)
{
    static const char *const words[] = {"token", "secret", "password", "authorization", "signature", "cookie"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(key, words[i]) != NULL)
            return true;
    return false;
}

static bool key_valid(const char *key)
{
    static const char *const taken[] = {"ts", "level", "svc", "msg", "repeated", "cut"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(key, taken[i]) == 0)
            return false;
    return key[0] != '\0' && key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static bool append_pair(struct body *body, bool json, const struct log_pair *pair)
{
    must(key_valid(pair->key));
    char number[NUMBER_BYTES] = "null";
    if (secret(pair->key))
        return append_text(body, json, pair->key, "[hidden]", strlen("[hidden]"));
    if (pair->kind == LOG_KIND_TEXT && pair->value.text != NULL) {
        size_t length = pair->length == SIZE_MAX ? strlen(pair->value.text) : pair->length;
        return append_text(body, json, pair->key, pair->value.text, length);
    }
    if (pair->kind == LOG_KIND_INT)
        snprintf(number, sizeof number, "%" PRId64, pair->value.integer);
    else if (pair->kind == LOG_KIND_COUNT)
        snprintf(number, sizeof number, "%" PRIu64, pair->value.count);
    else if (pair->kind == LOG_KIND_REAL && isfinite(pair->value.real))
        snprintf(number, sizeof number, "%.6g", pair->value.real);
    else if (pair->kind == LOG_KIND_BOOL)
        snprintf(number, sizeof number, "%s", pair->value.integer != 0 ? "true" : "false");
    else if (pair->kind == LOG_KIND_HEX)
        snprintf(number, sizeof number, json ? "\"%016" PRIx64 "\"" : "%016" PRIx64, pair->value.count);
    return append(body, json ? ",\"%s\":%s" : " %s=%s", pair->key, number);
}

static void compose(struct body *body, const struct log *log, enum log_level level, const char *message,
                    const struct log_pair *pairs)
{
    body->length = 0;
    body->level = level;
    bool fits = append_text(body, log->json, "level", levels[level].name, strlen(levels[level].name)) &&
                append_text(body, log->json, "svc", log->options.service, strlen(log->options.service)) &&
                append_text(body, log->json, "msg", message, strlen(message));
    for (size_t i = 0; fits && pairs[i].kind != LOG_KIND_END; i++) {
        must(i < LOG_PAIRS);
        fits = append_pair(body, log->json, &pairs[i]);
    }
    body->cut = !fits;
}

static void send_whole(int fd, const char *line, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, line, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        line += written;
        length -= (size_t)written;
    }
}

static void emit(const struct log *log, const struct body *body, int64_t now_ms, uint64_t repeated)
{
    char line[LOG_LINE_BYTES], priority[8] = "", stamp[64], count[NUMBER_BYTES + 16] = "";
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm tm = {0};
    gmtime_r(&seconds, &tm);
    if (log->journal)
        snprintf(priority, sizeof priority, "<%d>", levels[body->level].priority);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    if (repeated > 0)
        snprintf(count, sizeof count, log->json ? ",\"repeated\":%" PRIu64 : " repeated=%" PRIu64, repeated);
    const char *cut = !body->cut ? "" : log->json ? ",\"cut\":true" : " cut=true";
    const char *form = log->json ? "%s{\"ts\":\"%s.%03dZ\"%.*s%s%s}\n" : "%sts=%s.%03dZ%.*s%s%s\n";
    int length = snprintf(line, sizeof line, form, priority, stamp, (int)(now_ms % 1000), (int)body->length, body->text,
                          cut, count);
    must(length > 0 && (size_t)length < sizeof line);
    send_whole(log->options.fd, line, (size_t)length);
}

static void release(struct log *log)
{
    if (log->held > 0)
        emit(log, &log->last, log->seen_ms, log->held);
    log->held = 0;
}

void log_close(struct log **log)
{
    if (*log == NULL)
        return;
    release(*log);
    free(*log);
    *log = NULL;
}

void log_tick(struct log *log)
{
    if (log == NULL || log->held == 0)
        return;
    int64_t now_ms = log->options.now_ms(log->options.clock);
    if (now_ms - log->since_ms < LOG_FOLD_MS)
        return;
    release(log);
    log->since_ms = now_ms;
}

void log_write(struct log *log, enum log_level level, const char *message, const struct log_pair *pairs)
{
    if (log == NULL || level < log->options.level)
        return;
    int64_t now_ms = log->options.now_ms(log->options.clock);
    compose(&log->next, log, level, message, pairs);
    if (log->next.length == log->last.length && memcmp(log->next.text, log->last.text, log->last.length) == 0 &&
        now_ms - log->since_ms < LOG_FOLD_MS) {
        log->held++;
        log->seen_ms = now_ms;
        return;
    }
    release(log);
    emit(log, &log->next, now_ms, 0);
    log->last = log->next;
    log->since_ms = now_ms;
}
