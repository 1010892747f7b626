#include "services/notifier/markdown.h"

#include <string.h>

// Lists and quotes at the start of a line are left as they are: they look otherwise and do nothing.
static bool special(char character)
{
    return character != '\0' && strchr("\\`*_~|[]#>!", character) != NULL;
}

size_t markdown_cost(const char *text, size_t length)
{
    size_t count = cost_characters(text, length);
    for (size_t i = 0; i < length; i++)
        count += special(text[i]);
    return count;
}

const char *markdown_plain(struct arena *arena, const char *text)
{
    size_t length = strlen(text);
    char *plain = arena_take(arena, 2 * length + 1), *to = plain;
    for (size_t i = 0; i < length; i++) {
        if (special(text[i]))
            *to++ = '\\';
        *to++ = text[i];
    }
    *to = '\0';
    return plain;
}

const char *markdown_link(struct arena *arena, const struct button *button)
{
    return arena_format(arena, "[%s](%s)", markdown_plain(arena, button->label), button->url);
}

const struct button *markdown_page(const struct parcel *parcel)
{
    for (size_t i = 0; i < parcel->button_count; i++) {
        if (parcel->buttons[i].item == 0)
            return &parcel->buttons[i];
    }
    return NULL;
}
