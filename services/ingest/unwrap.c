#include "services/ingest/unwrap.h"

#include "common/arena.h"
#include "services/ingest/needles.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum {
    DEPTH = 3,          // a form that holds JSON that holds JSON
    BASE64_LEAST = 24,  // letters in a row that may be base64: shorter ones are words
    COMPARE_DIGITS = 9, // of a telephone number: what is before them is the country and the area
    BEFORE_BYTES = 32,  // before an id, in which a word may say whose it is
    VIEWS_MAX = 40,     // of three wrappings three deep: 1 + 3 + 9 + 27
};

struct text {
    const char *bytes;
    size_t length;
};

// What is sought, in the form in which views are compared: ids as they are, the others squeezed.
struct unwrap_sought {
    const struct needles *ids, *squeezed;
    size_t count;
    bool any_squeezed;
};

// A view that was looked at, and how many wrappings more were taken off it.
struct seen {
    struct text view;
    int depth;
};

struct search {
    struct arena *arena;
    const struct unwrap_sought *sought;
    unwrap_visit *visit; // instead of seeking
    void *self;
    struct seen seen[VIEWS_MAX];
    size_t seen_count;
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
    return letter >= 'a' && letter <= 'z'   ? letter - 'a' + 26
           : letter >= 'A' && letter <= 'Z' ? letter - 'A'
           : letter >= '0' && letter <= '9' ? letter - '0' + 52
           : letter == '+' || letter == '-' ? 62
           : letter == '/' || letter == '_' ? 63
                                            : -1;
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

static char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

// Whether the text up to `end`, of which `length` bytes are looked at, ends in a word for a customer.
static bool ends_in_customer(const char *end, size_t length)
{
    static const char *const words[] = {"customer", "partner", "buyer", "client", "member", "user", "contact"};
    // Their last letters: a body may hold a short id half a million times.
    if (length == 0 || (small(end[-1]) != 'r' && small(end[-1]) != 't'))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t wanted = strlen(words[i]);
        if (wanted <= length && strncasecmp(end - wanted, words[i], wanted) == 0)
            return true;
    }
    return false;
}

// Whether what stands at `at` is a customer by what is written just before: {"customer":{"id":7}}, partner_id=7.
static bool is_of_customer(struct text view, const char *at)
{
    size_t length = (size_t)(at - view.bytes) < BEFORE_BYTES ? (size_t)(at - view.bytes) : BEFORE_BYTES;
    for (const char *end = at; length > 0; end--, length--)
        if (ends_in_customer(end, length))
            return true;
    return false;
}

// "C1" stands in "id: C1," and not in "C12".
static bool is_word(void *context, const struct needle *word, const char *at)
{
    const struct text *view = context;
    const char *end = view->bytes + view->length, *behind = at + word->length;
    bool free_before = at == view->bytes || !joins(at[-1]) || !joins(word->bytes[0]);
    bool free_behind = behind == end || !joins(*behind) || !joins(behind[-1]);
    return free_before && free_behind && (word->length >= UNWRAP_LEAST || is_of_customer(*view, at));
}

// In lower case, without what people put between: spaces, dots, dashes, brackets and plus signs.
static size_t squeeze(const char *bytes, size_t length, char *to)
{
    size_t kept = 0;
    for (size_t i = 0; i < length; i++) {
        char letter = bytes[i];
        bool between =
            letter == ' ' || letter == '.' || letter == '-' || letter == '(' || letter == ')' || letter == '+';
        if (!between)
            to[kept++] = small(letter);
    }
    return kept;
}

static size_t find_in(const struct search *search, struct text view)
{
    const struct unwrap_sought *sought = search->sought;
    if (search->visit != NULL)
        return search->visit(search->self, view.bytes, view.length) ? 0 : sought->count;
    size_t found = needles_find(sought->ids, view.bytes, view.length, is_word, &view);
    char *plain = sought->any_squeezed ? arena_try(search->arena, view.length + 1) : NULL;
    if (plain == NULL)
        return found;
    size_t length = squeeze(view.bytes, view.length, plain);
    size_t other = needles_find(sought->squeezed, plain, length, NULL, NULL);
    return other < found ? other : found;
}

// Whether these very bytes were looked at as deeply before: what is wrapped twice comes out alike whichever is taken
// off first, and a body that is made for it would be looked at forty times.
static bool seen_before(struct search *search, struct text view, int depth)
{
    for (size_t i = 0; i < search->seen_count; i++) {
        const struct seen *seen = &search->seen[i];
        if (seen->depth >= depth && seen->view.length == view.length &&
            memcmp(seen->view.bytes, view.bytes, view.length) == 0)
            return true;
    }
    if (search->seen_count < VIEWS_MAX)
        search->seen[search->seen_count++] = (struct seen){view, depth};
    return false;
}

static size_t find_under(struct search *search, struct text view, int depth)
{
    if (seen_before(search, view, depth))
        return search->sought->count;
    size_t found = find_in(search, view);
    for (size_t i = 0; i < sizeof wrappings / sizeof *wrappings && found == search->sought->count && depth > 0; i++) {
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

const struct unwrap_sought *unwrap_prepare(struct arena *arena, const struct unwrap_text *texts, size_t count)
{
    struct unwrap_sought *sought = arena_zero(arena, 1, sizeof *sought);
    struct needle *ids = arena_zero(arena, count + 1, sizeof *ids);
    struct needle *squeezed = arena_zero(arena, count + 1, sizeof *squeezed);
    for (size_t i = 0; i < count; i++) {
        const struct text text = prepare(arena, &texts[i]);
        bool id = texts[i].kind == UNWRAP_ID;
        *(id ? &ids[i] : &squeezed[i]) = (struct needle){text.bytes, text.length};
        sought->any_squeezed |= !id && text.length > 0;
    }
    sought->ids = needles_make(arena, ids, count);
    sought->squeezed = needles_make(arena, squeezed, count);
    sought->count = count;
    return sought;
}

size_t unwrap_look(struct arena *arena, const struct unwrap_sought *sought, const char *bytes, size_t length)
{
    struct search search = {.arena = arena, .sought = sought};
    return find_under(&search, (struct text){bytes, length}, DEPTH);
}

bool unwrap_each(struct arena *arena, const char *bytes, size_t length, unwrap_visit *visit, void *self)
{
    static const struct unwrap_sought one = {.count = 1}; // the visit
    struct search search = {.arena = arena, .sought = &one, .visit = visit, .self = self};
    return find_under(&search, (struct text){bytes, length}, DEPTH) == 0;
}

size_t unwrap_find(struct arena *arena, const char *bytes, size_t length, const struct unwrap_text *texts, size_t count)
{
    return unwrap_look(arena, unwrap_prepare(arena, texts, count), bytes, length);
}
