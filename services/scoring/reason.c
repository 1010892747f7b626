#include "services/scoring/reason.h"

#include "common/must.h"
#include "common/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PERCENT_PPM = 10000 };

// Prints into a room of `bytes`; what is too long is cut before the character that does not fit.
static void print(char *room, size_t bytes, const char *format, va_list arguments)
{
    if (strchr(format, '%') == NULL && strlen(format) < bytes) { // most rules are said as they stand
        memcpy(room, format, strlen(format) + 1);
        return;
    }
    int length = vsnprintf(room, bytes, format, arguments);
    must(length >= 0);
    if ((size_t)length < bytes)
        return;
    size_t end = bytes - 1;
    while (end > 0 && ((unsigned char)room[end - 1] & 0xc0) == 0x80)
        end--;
    if (end > 0 && (unsigned char)room[end - 1] >= 0xc0)
        end--;
    room[end] = '\0';
}

void reason_start(struct reason *reason, const char *rule, ...)
{
    va_list arguments;
    reason->figure_count = 0;
    reason->note[0] = '\0';
    reason->text[0] = '\0';
    va_start(arguments, rule);
    print(reason->rule, sizeof reason->rule, rule, arguments);
    va_end(arguments);
}

void reason_rule(struct reason *reason, const char *rule, ...)
{
    va_list arguments;
    va_start(arguments, rule);
    print(reason->rule, sizeof reason->rule, rule, arguments);
    va_end(arguments);
}

void reason_add(struct reason *reason, const char *name, enum reason_unit unit, int64_t value)
{
    must(reason->figure_count < REASON_FIGURES_MAX);
    reason->figures[reason->figure_count++] = (struct reason_figure){.name = name, .unit = unit, .value = value};
}

void reason_note(struct reason *reason, const char *note, ...)
{
    va_list arguments;
    va_start(arguments, note);
    print(reason->note, sizeof reason->note, note, arguments);
    va_end(arguments);
}

void reason_text(struct reason *reason, const char *text)
{
    size_t length = utf8_cut(text, strlen(text), sizeof reason->text - 1);
    memcpy(reason->text, text, length);
    reason->text[length] = '\0';
}

const char *reason_percent(int64_t ppm, char *buffer)
{
    long long rest = ppm % PERCENT_PPM;
    int length =
        snprintf(buffer, REASON_NUMBER_BYTES, rest == 0 ? "%lld" : "%lld.%04lld", (long long)ppm / PERCENT_PPM, rest);
    while (rest != 0 && buffer[length - 1] == '0')
        buffer[--length] = '\0';
    return buffer;
}
