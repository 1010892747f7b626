#include "common/config_errors.h"

#include "common/config_text.h"
#include "common/must.h"
#include "common/utf8.h"

#include <stdarg.h>
#include <string.h>

enum {
    MESSAGE_BYTES = 512,
    EXCERPT_BYTES = 120, // what is shown of a line: it fits a terminal
    EXCERPT_BEFORE = 60, // of it before the place
};

int config_errors_line(const struct config_complaints *list, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at && i < list->length; i++)
        line += list->text[i] == '\n';
    return line;
}

static size_t line_start(const struct config_complaints *list, size_t at)
{
    while (at > 0 && list->text[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct config_complaints *list, size_t at)
{
    while (at < list->length && list->text[at] != '\n')
        at++;
    if (at > 0 && at <= list->length && list->text[at - 1] == '\r')
        at--;
    return at;
}

// A character of the line; broken ones count as one byte each.
static size_t step(const struct config_complaints *list, size_t at, uint32_t *ret_point)
{
    size_t bytes = config_text_next(list->text + at, list->length - at, ret_point);
    if (bytes == 0 || (config_text_control(*ret_point) && *ret_point != '\t'))
        *ret_point = '?';
    return bytes == 0 ? 1 : bytes;
}

size_t config_errors_byte(const struct config_complaints *list, int line, int column)
{
    size_t at = 0;
    for (int i = 1; i < line && at < list->length; at++)
        i += list->text[at] == '\n';
    size_t end = line_end(list, at);
    for (int i = 1; i < column && at < end; i++) {
        uint32_t point;
        at += step(list, at, &point);
    }
    return at < end ? at : end;
}

static int column_of(const struct config_complaints *list, size_t at)
{
    int column = 1;
    for (size_t i = line_start(list, at); i < at; column++) {
        uint32_t point;
        i += step(list, i, &point);
    }
    return column;
}

// Where the shown part of a long line starts.
static size_t window_start(const struct config_complaints *list, size_t at)
{
    size_t first = line_start(list, at);
    if (at - first <= EXCERPT_BEFORE)
        return first;
    first = at - EXCERPT_BEFORE;
    while (first < at && ((unsigned char)list->text[first] & 0xc0) == 0x80)
        first++;
    return first;
}

struct strip {
    char shown[2 * EXCERPT_BYTES], mark[2 * EXCERPT_BYTES];
    size_t shown_bytes, mark_bytes;
};

static void put(struct strip *strip, const char *bytes, size_t length, char sign, int columns)
{
    must(strip->shown_bytes + length <= sizeof strip->shown);
    must(strip->mark_bytes + (size_t)columns <= sizeof strip->mark);
    memcpy(strip->shown + strip->shown_bytes, bytes, length);
    strip->shown_bytes += length;
    memset(strip->mark + strip->mark_bytes, sign == '^' ? '~' : sign, (size_t)columns);
    if (columns > 0)
        strip->mark[strip->mark_bytes] = sign;
    strip->mark_bytes += (size_t)columns;
}

static char sign_at(struct config_place place, size_t at, uint32_t point)
{
    if (at == place.start)
        return '^';
    if (at > place.start)
        return '~';
    return point == '\t' ? '\t' : ' ';
}

static const struct config_secret *secret_at(const struct config_complaints *list, size_t at)
{
    const struct config_secret *secret = list->secrets;
    while (secret != NULL && (at < secret->place.start || at >= secret->place.end))
        secret = secret->next;
    return secret;
}

// The line without its secrets and control characters, and under it a mark as wide as the place.
static const char *excerpt(const struct config_complaints *list, struct config_place place, size_t hidden)
{
    struct strip strip = {.shown_bytes = 0};
    size_t first = window_start(list, place.start), end = line_end(list, place.start);
    size_t stop = utf8_cut(list->text + first, (hidden < end ? hidden : end) - first, EXCERPT_BYTES) + first;
    if (first > line_start(list, place.start))
        put(&strip, "...", 3, ' ', 3);
    for (size_t at = first; at < stop;) {
        uint32_t point;
        size_t bytes = step(list, at, &point);
        bool marked = at <= place.start || at < place.end;
        const struct config_secret *secret = secret_at(list, at);
        if (secret != NULL) {
            put(&strip, "...", 3, sign_at(place, at, '.'), marked ? 3 : 0);
            at = secret->place.end;
            continue;
        }
        put(&strip, point == '?' ? "?" : list->text + at, point == '?' ? 1 : bytes, sign_at(place, at, point),
            marked ? config_text_columns(point) : 0);
        at += bytes;
    }
    if (place.start >= stop)
        put(&strip, "", 0, '^', 1);
    while (stop < end && strip.shown_bytes > 0 && strip.shown[strip.shown_bytes - 1] == ' ')
        strip.shown_bytes--;
    return arena_format(list->arena, "%.*s%s\n%.*s\n", (int)strip.shown_bytes, strip.shown, stop < end ? " ..." : "",
                        (int)strip.mark_bytes, strip.mark);
}

static void add(struct config_complaints *list, struct config_place place, size_t hidden, const char *message,
                va_list arguments)
{
    if (place.start != SIZE_MAX && config_errors_at(list, place))
        return;
    if (list->count == CONFIG_ERRORS) {
        list->more++;
        return;
    }
    struct config_error error = {.excerpt = ""};
    char text[MESSAGE_BYTES];
    vsnprintf(text, sizeof text, message, arguments);
    error.message = arena_text(list->arena, text, config_text_whole(text, strlen(text)));
    if (place.start != SIZE_MAX && list->text != NULL) {
        must(place.start <= list->length);
        error.line = config_errors_line(list, place.start);
        error.column = column_of(list, place.start);
        error.excerpt = excerpt(list, place, hidden);
    }
    size_t at = list->count++;
    for (; at > 0 && list->starts[at - 1] > place.start; at--) {
        list->errors[at] = list->errors[at - 1];
        list->starts[at] = list->starts[at - 1];
    }
    list->errors[at] = error;
    list->starts[at] = place.start;
}

void config_errors_hide(struct config_complaints *list, struct config_place place)
{
    struct config_secret *secret = arena_zero(list->arena, 1, sizeof *secret);
    if (place.end == SIZE_MAX)
        place.end = line_end(list, place.start);
    *secret = (struct config_secret){place, list->secrets};
    list->secrets = secret;
}

bool config_errors_at(const struct config_complaints *list, struct config_place place)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->starts[i] == place.start)
            return true;
    return false;
}

void config_errors_list(const struct config_complaints *list, const char *kind, const char *nouns, FILE *file)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct config_error *error = &list->errors[i];
        if (error->line > 0)
            fprintf(file, "%s:%d:%d: %s%s\n%s", list->name, error->line, error->column, kind, error->message,
                    error->excerpt);
        else
            fprintf(file, "%s: %s%s\n", list->name, kind, error->message);
    }
    if (list->more > 0)
        fprintf(file, "%s: %zu more %s\n", list->name, list->more, nouns);
}

void config_errors_add(struct config_complaints *list, struct config_place place, const char *message, ...)
{
    va_list arguments;
    va_start(arguments, message);
    add(list, place, SIZE_MAX, message, arguments);
    va_end(arguments);
}

void config_errors_add_hidden(struct config_complaints *list, struct config_place place, size_t hidden,
                              const char *message, ...)
{
    va_list arguments;
    va_start(arguments, message);
    add(list, place, hidden, message, arguments);
    va_end(arguments);
}
