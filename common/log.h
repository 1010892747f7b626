// The log of a service: one line an event, on standard error, key=value.
//
//     ts=2026-11-21T22:08:29.902Z level=info svc=scoring msg="model refit" customers=1200 took_ms=84
//
// On a terminal as above, otherwise JSON lines with the same keys; under systemd each line starts with the priority
// (<6>) that journald takes off. A line is written with one write and has no line break inside, whatever its values
// hold. Lines that repeat the line before within ten seconds are held back and told by one line with repeated=N.
//
// Ids are logged, names, addresses and secrets never: a value is given one by one and typed, so there is no way to
// print a whole struct, and a key that sounds like a secret ("token", "password") shows "[hidden]".
//
//     log_line(log, LOG_WARN, "row refused", LOG_TEXT("file", path), LOG_INT("line", 12));
#ifndef TEND_COMMON_LOG_H
#define TEND_COMMON_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOG_LINE_BYTES = 4096, // one write of this size to a pipe is not torn (PIPE_BUF)
    LOG_VALUE_BYTES = 512, // of one escaped value; the rest is cut and marked
    LOG_PAIRS = 24,
    LOG_FOLD_MS = 10000,
};

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_form { LOG_AUTO, LOG_LOGFMT, LOG_JSON };

struct log;

struct log_options {
    const char *service;            // "scoring"; kept as a pointer
    int fd;                         // 2 for standard error
    enum log_level level;           // what is below is not written
    enum log_form form;             // LOG_AUTO: logfmt on a terminal, else JSON
    int64_t (*now_ms)(void *clock); // milliseconds since 1970
    void *clock;
};

// One key and its value. Made by the macros below, never by hand.
enum log_kind { LOG_KIND_END, LOG_KIND_TEXT, LOG_KIND_INT, LOG_KIND_COUNT, LOG_KIND_REAL, LOG_KIND_BOOL, LOG_KIND_HEX };
struct log_pair {
    const char *key;
    enum log_kind kind;
    size_t length;
    union {
        const char *text;
        int64_t integer;
        uint64_t count;
        double real;
    } value;
};

// A NULL text is written as null. The key is in snake case and none of ts, level, svc, msg, cut, repeated.
#define LOG_TEXT(name, content) ((struct log_pair){(name), LOG_KIND_TEXT, SIZE_MAX, {.text = (content)}})
#define LOG_BYTES(name, content, size) ((struct log_pair){(name), LOG_KIND_TEXT, (size), {.text = (content)}})
#define LOG_INT(name, number) ((struct log_pair){(name), LOG_KIND_INT, 0, {.integer = (int64_t)(number)}})
#define LOG_COUNT(name, number) ((struct log_pair){(name), LOG_KIND_COUNT, 0, {.count = (uint64_t)(number)}})
#define LOG_REAL(name, number) ((struct log_pair){(name), LOG_KIND_REAL, 0, {.real = (number)}})
#define LOG_BOOL(name, yes) ((struct log_pair){(name), LOG_KIND_BOOL, 0, {.integer = (yes)}})
#define LOG_HEX(name, number) ((struct log_pair){(name), LOG_KIND_HEX, 0, {.count = (uint64_t)(number)}})

// NULL only when memory is out.
struct log *log_open(const struct log_options *options);

// Tells what was held back, and closes; the descriptor stays open.
void log_close(struct log **log);

// From now on lines below this level are left out.
void log_level_set(struct log *log, enum log_level level);

// "debug", "info", "warn" or "error"; false for anything else.
bool log_level_parse(const char *text, enum log_level *ret_level);

// log_line(log, level, "what happened", pairs...). A NULL log is silent. What cannot be written is lost: a service does
// not wait for its log.
#define log_line(log, level, ...)                              \
    log_write((log), (level), LOG_FIRST(__VA_ARGS__, LOG_END), \
              (const struct log_pair[]){LOG_REST(__VA_ARGS__, LOG_END)})
#define LOG_FIRST(first, ...) first
#define LOG_REST(first, ...) __VA_ARGS__
#define LOG_END ((struct log_pair){NULL, LOG_KIND_END, 0, {.text = NULL}})

// What log_line becomes; `pairs` ends with LOG_END.
void log_write(struct log *log, enum log_level level, const char *message, const struct log_pair *pairs);

// Writes the folded line whose ten seconds are over. Called once a turn of the loop.
void log_tick(struct log *log);

#endif
