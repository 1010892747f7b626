#include "services/ingest/likeness.h"

#include <string.h>

enum { TAX_LEAST = 6 }; // letters and digits: fewer are a remark

const char *const likeness_words[LIKENESSES] = {"mail address", "telephone number", "tax number"};

static char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool make_mail(const char *text, char *value)
{
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    for (; length > 0 && *text == ' '; length--)
        text++;
    if (length >= LIKENESS_BYTES)
        return false;
    for (size_t i = 0; i < length; i++)
        value[i] = small(text[i]);
    value[length] = '\0';
    const char *at = strchr(value, '@');
    return at != NULL && at != value && strchr(at + 1, '@') == NULL && strchr(at + 1, '.') != NULL && at[1] != '.' &&
           strpbrk(value, " ,;<>") == NULL;
}

static bool make_tax_id(const char *text, char *value)
{
    size_t length = 0;
    bool digit = false;
    for (; *text != '\0'; text++) {
        char letter = small(*text);
        bool number = letter >= '0' && letter <= '9';
        if (!number && (letter < 'a' || letter > 'z')) {
            if (strchr(" -./", letter) == NULL)
                return false;
            continue;
        }
        if (length == LIKENESS_BYTES - 1)
            return false;
        digit |= number;
        value[length++] = number ? letter : (char)(letter - 'a' + 'A');
    }
    value[length] = '\0';
    return digit && length >= TAX_LEAST;
}

bool likeness_make(enum likeness kind, const char *text, const char *country, char ret_value[LIKENESS_BYTES])
{
    if (kind == LIKENESS_PHONE)
        return dialling_number(text, country, ret_value);
    return kind == LIKENESS_MAIL ? make_mail(text, ret_value) : make_tax_id(text, ret_value);
}

bool likeness_excluded(const char *value, const char *const *excluded, size_t count)
{
    size_t length = strlen(value);
    for (size_t i = 0; i < count; i++) {
        char pattern[LIKENESS_BYTES];
        size_t size = strlen(excluded[i]);
        if (size == 0 || size >= sizeof pattern || size > length)
            continue;
        for (size_t j = 0; j <= size; j++)
            pattern[j] = strchr(excluded[i], '@') != NULL ? small(excluded[i][j]) : excluded[i][j];
        bool begins = pattern[size - 1] == '@' && strncmp(value, pattern, size) == 0;
        bool ends = pattern[0] == '@' && strcmp(value + length - size, pattern) == 0;
        if (begins || ends || strcmp(value, pattern) == 0)
            return true;
    }
    return false;
}
