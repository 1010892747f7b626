#include "services/tend/amount.h"

#include <string.h>

// Signs that stand for one currency or another. A minus may stand before them.
static const char *const signs[] = {"$", "€", "£", "¥", "￥"};

struct span {
    const char *from, *to;
};

static struct span trim(struct span span)
{
    while (span.from < span.to && *span.from == ' ')
        span.from++;
    while (span.to > span.from && span.to[-1] == ' ')
        span.to--;
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

bool amount_split(const char *text, size_t length, struct amount *ret_amount)
{
    struct amount amount = {.sign = false};
    struct span span = trim((struct span){text, text + length});
    take_code(&span, &amount);
    span = trim(span);
    take_sign(&span, &amount);
    span = trim(span);
    if (span.to > span.from && span.to[-1] == '%') {
        amount.percent = true;
        span.to--;
        span = trim(span);
    }
    amount.digits = span.from;
    amount.length = (size_t)(span.to - span.from);
    *ret_amount = amount;
    return amount.length > 0;
}
