#include "services/tend/amount.h"

#include <stdint.h>
#include <string.h>

// Signs that stand for one currency or another. A minus may stand before them.
static const char *const signs[] = {"$", "€", "£", "¥", "￥"};

struct span {
    const char *from, *to;
};

// What takes no room in an amount: spaces, those too that a line is not broken at.
static const char *const spaces[] = {" ", "\xc2\xa0", "\xe2\x80\xaf"};

static struct span trim(struct span span)
{
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        size_t bytes = strlen(spaces[i]), left = (size_t)(span.to - span.from);
        bool front = left >= bytes && memcmp(span.from, spaces[i], bytes) == 0;
        bool back = !front && left >= bytes && memcmp(span.to - bytes, spaces[i], bytes) == 0;
        if (!front && !back)
            continue;
        span.from += front ? bytes : 0;
        span.to -= back ? bytes : 0;
        i = SIZE_MAX; // from the first one again
    }
    return span;
}

static bool is_code(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (text[i] < 'A' || text[i] > 'Z')
            return false;
    return true;
}

static void take_code(struct span *span, struct amount *amount)
{
    if (span->to - span->from <= 3)
        return;
    bool front = is_code(span->from);
    if (!front && !is_code(span->to - 3))
        return;
    memcpy(amount->currency, front ? span->from : span->to - 3, 3);
    if (front)
        span->from += 3;
    else
        span->to -= 3;
}

static void take_sign(struct span *span, struct amount *amount)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !amount->sign; i++) {
        size_t bytes = strlen(signs[i]), left = (size_t)(span->to - span->from);
        if (left <= bytes)
            continue;
        bool front = memcmp(span->from, signs[i], bytes) == 0;
        amount->sign = front || memcmp(span->to - bytes, signs[i], bytes) == 0;
        if (front)
            span->from += bytes;
        else if (amount->sign)
            span->to -= bytes;
    }
}

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

// Takes away what stands around the digits.
static void take_around(struct span *span, struct amount *amount)
{
    *span = trim(*span);
    take_code(span, amount);
    *span = trim(*span);
    take_sign(span, amount);
    *span = trim(*span);
    if (span->to > span->from && span->to[-1] == '%') {
        amount->percent = true;
        span->to--;
        *span = trim(*span);
    }
}

bool amount_split(const char *text, size_t length, struct amount *ret_amount)
{
    struct amount amount = {.sign = false};
    struct span span = {text, text + length};
    // With a digit at both ends there is nothing around them: so it is in nearly all lines of nearly all files.
    if (length == 0 || !is_digit(text[0]) || !is_digit(text[length - 1]))
        take_around(&span, &amount);
    amount.digits = span.from;
    amount.length = (size_t)(span.to - span.from);
    *ret_amount = amount;
    return amount.length > 0;
}
