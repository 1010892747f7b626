#include "services/ingest/unwrap.h"

#include "common/arena.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum {
    DEPTH = 3,          // a form that holds JSON that holds JSON
    BASE64_LEAST = 24,  // letters in a row that may be base64: shorter ones are words
    COMPARE_DIGITS = 9, // of a telephone number: what is before them is the country and the area
    BEFORE_BYTES = 32,  // before an id, in which a word may say whose it is
    LIST_MAX = 512,
};

struct text {
    const char *bytes;
    size_t length;
};

// What is sought, in the form in which views are compared.
struct search {
    struct arena *arena;
    const struct unwrap_text *texts;
    size_t count;
    struct text squeezed[LIST_MAX];
};

// --- one wrapping taken off. Each writes at most as many bytes as it reads, and says whether anything was wrapped.

static int hex_digit(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                          : -1;
}

// The number of `digits` hexadecimal digits; -1 when they are not there.
static long hex_number(const char *at, const char *end, int digits)
{
    long number = 0;
    if (end - at < digits)
        return -1;
    for (int i = 0; i < digits; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        number = number << 4 | digit;
    }
    return number;
}

static size_t put_character(long code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    size_t count = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = count; i-- > 1; code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)((0xf00 >> count & 0xff) | code);
    return count;
}

// One "\uXXXX", or two that are one character. Returns where it ends.
static const char *escaped_character(const char *at, const char *end, char *to, size_t *ret_written)
{
    long code = hex_number(at + 2, end, 4);
    const char *behind = at + 6;
    if (code >= 0xd800 && code < 0xdc00 && end - behind > 1 && behind[0] == '\\' && behind[1] == 'u') {
        long low = hex_number(behind + 2, end, 4);
        if (low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            behind += 6;
        }
    }
    *ret_written = put_character(code, to);
    return behind;
}

static bool take_off_escapes(struct text from, char *to, size_t *ret_length)
{
    const char *end = from.bytes + from.length;
    size_t length = 0;
    bool any = false;
    for (const char *at = from.bytes; at < end;) {
        size_t written = 1;
        bool escape = *at == '\\' && end - at > 1;
        any |= escape;
        if (escape && at[1] == 'u' && hex_number(at + 2, end, 4) >= 0) {
            at = escaped_character(at, end, to + length, &written);
        } else if (escape) {
            to[length] = strchr("nrtbf", at[1]) != NULL ? ' ' : at[1];
            at += 2;
        } else {
            to[length] = *at++;
        }
        length += written;
    }
    *ret_length = length;
    return any;
}

static bool take_off_percents(struct text from, char *to, size_t *ret_length)
{
    const char *end = from.bytes + from.length;
    size_t length = 0;
    bool any = false;
    for (const char *at = from.bytes; at < end; length++) {
        long code = *at == '%' ? hex_number(at + 1, end, 2) : -1;
        any |= code >= 0;
        to[length] = code >= 0 ? (char)code : *at == '+' ? ' ' : *at;
        at += code >= 0 ? 3 : 1;
    }
    *ret_length = length;
    return any;
}

static int base64_digit(char letter)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = letter == '\0' ? NULL : strchr(letters, letter == '-' ? '+' : letter == '_' ? '/' : letter);
    return at == NULL ? -1 : (int)(at - letters);
}

// All that may be base64, one run behind the other, with a space between them.
static bool take_off_base64(struct text from, char *to, size_t *ret_length)
{
    const char *end = from.bytes + from.length;
    size_t length = 0;
    for (const char *at = from.bytes; at < end;) {
        const char *run = at;
        while (at < end && base64_digit(*at) >= 0)
            at++;
        size_t before = length;
        unsigned held = 0, bits = 0;
        for (bool long_enough = at - run >= BASE64_LEAST; long_enough && run < at; run++) {
            held = held << 6 | (unsigned)base64_digit(*run);
            bits += 6;
            if (bits < 8)
                continue;
            bits -= 8;
            to[length++] = (char)(held >> bits & 0xff);
        }
        if (length > before)
            to[length++] = ' ';
        at += at < end;
    }
    *ret_length = length;
    return length > 0;
}

static bool (*const wrappings[])(struct text from, char *to, size_t *ret_length) = {take_off_escapes, take_off_percents,
                                                                                    take_off_base64};

// --- comparing

static bool joins(char letter)
{
    unsigned char byte = (unsigned char)letter;
    return isalnum(byte) || byte == '_' || byte >= 0x80;
}

// Whether what stands at `at` is a customer by what is written just before: {"customer":{"id":7}}, partner_id=7.
static bool is_of_customer(struct text view, const char *at)
{
    static const char *const words[] = {"customer", "partner", "buyer", "client", "member", "user", "contact"};
    char before[BEFORE_BYTES + 1];
    size_t length = (size_t)(at - view.bytes) < BEFORE_BYTES ? (size_t)(at - view.bytes) : BEFORE_BYTES;
    for (size_t i = 0; i < length; i++)
        before[i] = (char)tolower((unsigned char)(at - length)[i]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (memmem(before, length, words[i], strlen(words[i])) != NULL)
            return true;
    return false;
}

// "C1" stands in "id: C1," and not in "C12".
static bool has_word(struct text view, const char *word)
{
    size_t wanted = strlen(word);
    const char *end = view.bytes + view.length, *at = view.bytes;
    while (at < end && (at = memmem(at, (size_t)(end - at), word, wanted)) != NULL) {
        bool free_before = at == view.bytes || !joins(at[-1]) || !joins(word[0]);
        bool free_behind = at + wanted == end || !joins(at[wanted]) || !joins(word[wanted - 1]);
        if (free_before && free_behind && (wanted >= UNWRAP_LEAST || is_of_customer(view, at)))
            return true;
        at++;
    }
    return false;
}

// In lower case, without what people put between: spaces, dots, dashes, brackets and plus signs.
static size_t squeeze(const char *bytes, size_t length, char *to)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\0' || strchr(" .-()+", bytes[i]) == NULL)
            to[kept++] = (char)tolower((unsigned char)bytes[i]);
    return kept;
}

static size_t find_in(const struct search *search, struct text view)
{
    char *plain = arena_try(search->arena, view.length + 1);
    if (plain == NULL)
        return search->count;
    size_t length = squeeze(view.bytes, view.length, plain);
    for (size_t i = 0; i < search->count; i++) {
        struct text sought = search->squeezed[i];
        if (sought.length == 0)
            continue;
        bool found = search->texts[i].kind == UNWRAP_ID ? has_word(view, search->texts[i].text)
                                                        : memmem(plain, length, sought.bytes, sought.length) != NULL;
        if (found)
            return i;
    }
    return search->count;
}

static size_t find_under(const struct search *search, struct text view, int depth)
{
    size_t found = find_in(search, view);
    for (size_t i = 0; i < sizeof wrappings / sizeof *wrappings && found == search->count && depth > 0; i++) {
        struct text inner = {.length = 0};
        char *bytes = arena_try(search->arena, view.length + 1);
        if (bytes == NULL || !wrappings[i](view, bytes, &inner.length))
            continue;
        inner.bytes = bytes;
        found = find_under(search, inner, depth - 1);
    }
    return found;
}

// The text as it is compared; empty when it is too short to say anything.
static struct text prepare(struct arena *arena, const struct unwrap_text *sought)
{
    size_t length = strlen(sought->text), digits = 0;
    char *bytes = arena_take(arena, length + 1);
    if (sought->kind == UNWRAP_ID)
        return (struct text){sought->text, length};
    if (sought->kind == UNWRAP_WORDS) {
        length = squeeze(sought->text, length, bytes);
        return (struct text){bytes, length < UNWRAP_LEAST ? 0 : length};
    }
    for (size_t i = 0; i < length; i++)
        if (isdigit((unsigned char)sought->text[i]))
            bytes[digits++] = sought->text[i];
    size_t skipped = digits > COMPARE_DIGITS ? digits - COMPARE_DIGITS : 0;
    return (struct text){bytes + skipped, digits < UNWRAP_LEAST_DIGITS ? 0 : digits - skipped};
}

size_t unwrap_find(struct arena *arena, const char *bytes, size_t length, const struct unwrap_text *texts, size_t count)
{
    struct search search = {.arena = arena, .texts = texts, .count = count < LIST_MAX ? count : LIST_MAX};
    for (size_t i = 0; i < search.count; i++)
        search.squeezed[i] = prepare(arena, &texts[i]);
    size_t found = find_under(&search, (struct text){bytes, length}, DEPTH);
    return found < search.count ? found : count;
}
