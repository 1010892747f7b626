#include "services/tend/markup.h"

#include "common/config_text.h"
#include "common/entity.h"

#include <stdarg.h>
#include <string.h>

enum { PRINT_BYTES = 1024 };

void markup_text(FILE *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t point;
        size_t bytes = config_text_next(text + at, length - at, &point);
        const char *escape = entity_of(text[at]);
        if (bytes == 0)
            fputs("\xef\xbf\xbd", out);
        else if (escape != NULL)
            fputs(escape, out);
        else if (!config_text_control(point))
            fwrite(text + at, 1, bytes, out);
        at += bytes == 0 ? 1 : bytes;
    }
}

void markup_print(FILE *out, const char *format, ...)
{
    char text[PRINT_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    text[config_text_whole(text, strlen(text))] = '\0';
    markup_text(out, text);
}
