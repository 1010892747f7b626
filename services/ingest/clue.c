#include "services/ingest/clue.h"

#include <ctype.h>
#include <string.h>

// Where a text that may be an id ends: an id may hold a space, or a dash, or neither.
static const char *const ends[] = {"\"'&=<>", "\"'&=<> ,;{}[]()|", NULL}; // NULL: at all but letters and digits

static bool is_end(const char *set, char letter)
{
    unsigned char byte = (unsigned char)letter;
    if (set == NULL)
        return !isalnum(byte) && byte != '_' && byte < 0x80;
    return byte < 0x20 || strchr(set, letter) != NULL;
}

// A text that stands between two ends, without the dot or comma behind it.
static bool visit_id(const char *text, size_t length, clue_visit *visit, void *self)
{
    char id[CLUE_BYTES];
    while (length > 0 && strchr(".,:;!? ", text[length - 1]) != NULL)
        length--;
    while (length > 0 && (*text == ':' || *text == ' ')) {
        text++;
        length--;
    }
    if (length == 0 || length >= sizeof id)
        return false;
    memcpy(id, text, length);
    id[length] = '\0';
    return visit(self, CLUE_ID, id);
}

static bool each_id(const char *bytes, size_t length, const char *set, clue_visit *visit, void *self)
{
    for (size_t from = 0, to; from < length; from = to + 1) {
        for (to = from; to < length && !is_end(set, bytes[to]);)
            to++;
        if (to > from && visit_id(bytes + from, to - from, visit, self))
            return true;
    }
    return false;
}

static bool is_mail_letter(char letter, bool domain)
{
    unsigned char byte = (unsigned char)letter;
    return isalnum(byte) || byte >= 0x80 || byte == '-' || byte == '.' ||
           (!domain && byte != '\0' && strchr("_+%'~!#$*/?^`|", letter) != NULL);
}

static bool each_mail(const char *bytes, size_t length, clue_visit *visit, void *self)
{
    const char *end = bytes + length;
    for (const char *at = bytes; (at = memchr(at, '@', (size_t)(end - at))) != NULL; at++) {
        const char *from = at, *to = at + 1;
        char mail[CLUE_BYTES];
        while (from > bytes && is_mail_letter(from[-1], false))
            from--;
        while (to < end && is_mail_letter(*to, true))
            to++;
        while (to > at + 1 && (to[-1] == '.' || to[-1] == '-'))
            to--;
        size_t taken = (size_t)(to - from);
        if (from == at || to == at + 1 || taken >= sizeof mail)
            continue;
        for (size_t i = 0; i < taken; i++)
            mail[i] = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] - 'A' + 'a') : from[i];
        mail[taken] = '\0';
        if (visit(self, CLUE_MAIL, mail))
            return true;
    }
    return false;
}

// The digits of a number so far: it may end here, and be known by fewer of them.
static bool visit_phone(const char last[CLUE_DIGITS], size_t count, clue_visit *visit, void *self)
{
    size_t most = count < CLUE_DIGITS ? count : CLUE_DIGITS;
    for (size_t length = CLUE_DIGITS_LEAST; length <= most; length++) {
        char digits[CLUE_DIGITS + 1];
        memcpy(digits, last + CLUE_DIGITS - length, length);
        digits[length] = '\0';
        if (visit(self, CLUE_PHONE, digits))
            return true;
    }
    return false;
}

static bool each_phone(const char *bytes, size_t length, clue_visit *visit, void *self)
{
    char last[CLUE_DIGITS];
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (isdigit((unsigned char)bytes[i])) {
            memmove(last, last + 1, sizeof last - 1);
            last[sizeof last - 1] = bytes[i];
            count++;
            bool more = i + 1 < length && isdigit((unsigned char)bytes[i + 1]);
            if (!more && visit_phone(last, count, visit, self))
                return true;
        } else if (bytes[i] == '\0' || strchr("+ ()-./", bytes[i]) == NULL) {
            count = 0;
        }
    }
    return false;
}

bool clue_each(const char *bytes, size_t length, clue_visit *visit, void *self)
{
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (each_id(bytes, length, ends[i], visit, self))
            return true;
    return each_mail(bytes, length, visit, self) || each_phone(bytes, length, visit, self);
}

bool clue_phone(const char *text, char ret_digits[CLUE_DIGITS + 1])
{
    char digits[CLUE_DIGITS + 1];
    size_t count = 0;
    for (const char *at = text + strlen(text); at > text && count < CLUE_DIGITS; at--)
        if (isdigit((unsigned char)at[-1]))
            digits[CLUE_DIGITS - ++count] = at[-1];
    if (count < CLUE_DIGITS_LEAST)
        return false;
    memcpy(ret_digits, digits + CLUE_DIGITS - count, count);
    ret_digits[count] = '\0';
    return true;
}
