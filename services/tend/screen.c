#include "services/tend/screen.h"

#include "common/config_text.h"
#include "common/must.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

// The first of the variables that says something about letters or language.
static const char *locale_of(const char *own)
{
    const char *const names[] = {"LC_ALL", own, "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

void screen_find(struct screen *ret_screen)
{
    struct winsize size = {0};
    bool terminal = isatty(STDOUT_FILENO) != 0;
    const char *columns = getenv("COLUMNS"), *plain = getenv("NO_COLOR");
    long width = terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    if (width == 0 && columns != NULL)
        width = strtol(columns, NULL, 10);
    if (width <= 0)
        width = SCREEN_USUAL;
    const char *letters = strchr(locale_of("LC_CTYPE"), '.');
    ret_screen->width = (int)(width < SCREEN_LEAST ? SCREEN_LEAST : width > SCREEN_MOST ? SCREEN_MOST : width);
    ret_screen->colour = terminal && (plain == NULL || plain[0] == '\0');
    ret_screen->blocks =
        letters != NULL && (strncasecmp(letters, ".utf-8", 6) == 0 || strncasecmp(letters, ".utf8", 5) == 0);
    ret_screen->language = wording_of_locale(locale_of("LC_MESSAGES"));
}

const char *screen_colour(const struct screen *screen, const char *name)
{
    static const char *const colours[][2] = {{"", "\033[0m"},     {"bold", "\033[1m"},   {"dim", "\033[2m"},
                                             {"red", "\033[31m"}, {"green", "\033[32m"}, {"yellow", "\033[33m"},
                                             {"blue", "\033[34m"}};
    for (size_t i = 0; screen->colour && i < sizeof colours / sizeof *colours; i++)
        if (strcmp(colours[i][0], name) == 0)
            return colours[i][1];
    return "";
}

int screen_columns(const char *text)
{
    size_t length = strlen(text);
    int columns = 0;
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t bytes = config_text_next(text + at, length - at, &point);
        columns += bytes == 0 ? 1 : config_text_columns(point);
        at += bytes == 0 ? 1 : bytes;
    }
    return columns;
}

const char *screen_fit(const char *text, int columns, bool right, char *buffer)
{
    size_t length = strlen(text), used = 0;
    int taken = 0;
    bool cut = screen_columns(text) > columns;
    for (size_t at = 0; at < length;) {
        uint32_t point = 0;
        size_t bytes = config_text_next(text + at, length - at, &point);
        bool good = bytes > 0 && !config_text_control(point);
        int wide = good ? config_text_columns(point) : 1;
        if (taken + wide > columns - cut || used + 8 > SCREEN_TEXT_BYTES)
            break;
        if (good)
            memcpy(buffer + used, text + at, bytes);
        else
            buffer[used] = '?';
        used += good ? bytes : 1;
        taken += wide;
        at += bytes == 0 ? 1 : bytes;
    }
    if (cut && columns > 0) {
        buffer[used++] = '~';
        taken++;
    }
    size_t spaces = taken < columns ? (size_t)(columns - taken) : 0;
    if (used + spaces >= SCREEN_TEXT_BYTES)
        spaces = SCREEN_TEXT_BYTES - 1 - used;
    if (right)
        memmove(buffer + spaces, buffer, used);
    memset(buffer + (right ? 0 : used), ' ', spaces);
    buffer[used + spaces] = '\0';
    return buffer;
}

// How many bytes of the text fit into so many columns, broken at the last space where there is one. At least one
// letter.
static size_t break_at(const char *text, int columns)
{
    size_t length = strlen(text), at = 0, space = 0;
    int taken = 0;
    while (at < length) {
        uint32_t point = 0;
        size_t bytes = config_text_next(text + at, length - at, &point);
        int wide = bytes == 0 ? 1 : config_text_columns(point);
        if (taken + wide > columns && at > 0)
            return space > 0 ? space : at;
        if (text[at] == ' ')
            space = at;
        taken += wide;
        at += bytes == 0 ? 1 : bytes;
    }
    return length;
}

void screen_wrap(FILE *out, const struct screen *screen, const char *text, int indent, int used)
{
    char line[SCREEN_TEXT_BYTES], shown[SCREEN_TEXT_BYTES];
    for (;;) {
        int room = screen->width - used;
        size_t bytes = break_at(text, room);
        snprintf(line, sizeof line, "%.*s", (int)(bytes < sizeof line - 1 ? bytes : sizeof line - 1), text);
        fprintf(out, "%s\n", screen_fit(line, screen_columns(line), false, shown));
        text += bytes;
        text += strspn(text, " ");
        if (*text == '\0')
            return;
        fprintf(out, "%*s", indent, "");
        used = indent;
    }
}
