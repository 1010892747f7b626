#include "common/number.h"

#include "common/money.h"

#include <string.h>

enum { DIGITS_MAX = 40 }; // no amount and no figure of a program is written longer

// A number taken apart at its signs.
struct shape {
    bool negative;
    size_t points, commas;
    char last;            // the last of the two signs, 0 for none
    size_t before, after; // digits around `last`
    bool leading_zero;    // a zero, and more behind it
};

// The bytes of a sign that parts thousands under either rule; 0 when there is none at `text`.
static size_t gap_bytes(const char *text, size_t left)
{
    if (*text == ' ' || *text == '\'')
        return 1;
    if (left >= 2 && memcmp(text, "\xc2\xa0", 2) == 0)
        return 2;
    if (left >= 3 && (memcmp(text, "\xe2\x80\xaf", 3) == 0 || memcmp(text, "\xe2\x80\x99", 3) == 0))
        return 3;
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Steps over the sign in front.
static size_t sign_bytes(const char *text, size_t length, bool *ret_negative)
{
    *ret_negative = length > 0 && *text == '-';
    return length > 0 && (*text == '-' || *text == '+') ? 1 : 0;
}

static bool take_apart(const char *text, size_t length, struct shape *ret_shape)
{
    struct shape shape = {0};
    size_t at = sign_bytes(text, length, &shape.negative), digits = 0;
    shape.leading_zero = at < length && text[at] == '0';
    while (at < length) {
        size_t gap = gap_bytes(text + at, length - at);
        if (is_digit(text[at])) {
            digits++;
            *(shape.last == 0 ? &shape.before : &shape.after) += 1;
        } else if (text[at] == '.' || text[at] == ',') {
            *(text[at] == '.' ? &shape.points : &shape.commas) += 1;
            shape.before += shape.after;
            shape.after = 0;
            shape.last = text[at];
        } else if (gap == 0 || digits == 0) {
            return false;
        }
        at += gap == 0 ? 1 : gap;
    }
    *ret_shape = shape;
    return digits > 0 && digits <= DIGITS_MAX;
}

// Digits before the decimals: one run, or thousands of three digits each behind the first group, all parted by one
// sign.
static bool read_whole(const char *text, size_t length, char thousands, char *digits, size_t *count)
{
    size_t run = 0, groups = 0, parter_bytes = 0, first = 0, inner = 0;
    const char *parter = NULL;
    for (size_t at = 0; at < length;) {
        if (is_digit(text[at])) {
            digits[(*count)++] = text[at++];
            run++;
            continue;
        }
        size_t bytes = text[at] == thousands ? 1 : gap_bytes(text + at, length - at);
        bool same = parter == NULL || (bytes == parter_bytes && memcmp(text + at, parter, bytes) == 0);
        bool lakhs = thousands == ',' && run == 2; // 12,34,567: a group of three only at the end
        if (bytes == 0 || !same || (groups == 0 ? run == 0 || run > 3 : run != 3 && !lakhs))
            return false;
        if (groups == 0)
            first = run;
        else if (inner == 0)
            inner = run;
        else if (inner != run)
            return false;
        parter = text + at;
        parter_bytes = bytes;
        at += bytes;
        groups++;
        run = 0;
    }
    return groups == 0 || (run == 3 && (inner == 0 || first <= inner));
}

// All digits in `digits`, the last `decimals` of them behind the decimal sign.
static bool read_digits(const char *text, size_t length, enum decimal_sign sign, char *digits, size_t *ret_count,
                        size_t *ret_decimals)
{
    struct shape shape;
    if (!take_apart(text, length, &shape))
        return false;
    char point = sign == DECIMAL_COMMA ? ',' : '.', thousands = sign == DECIMAL_COMMA ? '.' : ',';
    bool negative;
    size_t from = sign_bytes(text, length, &negative), count = 0;
    const char *decimal = memchr(text, point, length);
    size_t end = decimal == NULL ? length : (size_t)(decimal - text);
    if (!read_whole(text + from, end - from, thousands, digits, &count))
        return false;
    size_t whole = count;
    for (size_t at = end + 1; at < length; at++) {
        if (!is_digit(text[at]))
            return false;
        digits[count++] = text[at];
    }
    *ret_count = count;
    *ret_decimals = count - whole;
    return count > 0;
}

enum number_hint number_hint(const char *text, size_t length)
{
    struct shape shape;
    char digits[DIGITS_MAX];
    size_t count, decimals;
    if (!take_apart(text, length, &shape))
        return NUMBER_WRONG;
    bool point = read_digits(text, length, DECIMAL_POINT, digits, &count, &decimals);
    bool comma = read_digits(text, length, DECIMAL_COMMA, digits, &count, &decimals);
    if (shape.last == 0)
        return point ? NUMBER_PLAIN : NUMBER_WRONG;
    if (shape.points + shape.commas == 1) {
        bool thousands = shape.after == 3 && shape.before >= 1 && shape.before <= 3 && !shape.leading_zero;
        if (thousands && point && comma)
            return NUMBER_OPEN;
        return shape.last == '.' ? (point ? NUMBER_SAYS_POINT : NUMBER_WRONG)
               : comma           ? NUMBER_SAYS_COMMA
                                 : NUMBER_WRONG;
    }
    return point == comma ? NUMBER_WRONG : point ? NUMBER_SAYS_POINT : NUMBER_SAYS_COMMA;
}

void number_poll_add(struct number_poll *poll, const char *text, size_t length, uint64_t line)
{
    uint64_t *first = NULL;
    switch (number_hint(text, length)) {
    case NUMBER_PLAIN:
        poll->plain++;
        break;
    case NUMBER_OPEN:
        poll->open++;
        first = &poll->open_line;
        break;
    case NUMBER_SAYS_POINT:
        poll->point++;
        first = &poll->point_line;
        break;
    case NUMBER_SAYS_COMMA:
        poll->comma++;
        first = &poll->comma_line;
        break;
    case NUMBER_WRONG:
        break;
    }
    if (first != NULL && *first == 0)
        *first = line;
}

enum number_verdict number_poll_verdict(const struct number_poll *poll)
{
    if (poll->point > 0 && poll->comma > 0)
        return VERDICT_MIXED;
    if (poll->point > 0)
        return VERDICT_POINT;
    if (poll->comma > 0)
        return VERDICT_COMMA;
    return poll->open > 0 ? VERDICT_OPEN : VERDICT_PLAIN;
}

static bool to_micros(const char *digits, size_t count, size_t decimals, int64_t *ret_micros)
{
    size_t kept = decimals > 6 ? count - (decimals - 6) : count;
    int64_t micros = 0;
    for (size_t i = 0; i < kept; i++) {
        micros = micros * 10 + (digits[i] - '0');
        if (micros > MONEY_MAX)
            return false;
    }
    for (size_t i = decimals; i < 6; i++) {
        micros *= 10;
        if (micros > MONEY_MAX)
            return false;
    }
    if (kept < count && digits[kept] >= '5')
        micros++;
    *ret_micros = micros;
    return micros <= MONEY_MAX;
}

bool number_parse(const char *text, size_t length, enum decimal_sign sign, int64_t *ret_micros)
{
    if (sign == DECIMAL_UNKNOWN) {
        enum number_hint hint = number_hint(text, length);
        if (hint != NUMBER_PLAIN && hint != NUMBER_SAYS_POINT)
            return false;
    }
    char digits[DIGITS_MAX];
    size_t count, decimals;
    int64_t micros;
    if (!read_digits(text, length, sign, digits, &count, &decimals) || !to_micros(digits, count, decimals, &micros))
        return false;
    bool negative;
    sign_bytes(text, length, &negative);
    *ret_micros = negative ? -micros : micros;
    return true;
}
