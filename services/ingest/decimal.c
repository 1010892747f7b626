#include "services/ingest/decimal.h"

#include "common/must.h"
#include "common/number.h"

#include <string.h>

// A number in its pieces.
struct pieces {
    bool negative;
    const char *whole, *decimals;
    size_t whole_length, decimals_length;
    int power;
};

static size_t run(const char *at, const char *end)
{
    size_t count = 0;
    while (at + count < end && at[count] >= '0' && at[count] <= '9')
        count++;
    return count;
}

static bool read_power(const char *at, const char *end, int *ret_power)
{
    bool negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    size_t digits = run(at, end);
    int power = 0;
    for (size_t i = 0; i < digits && power <= DECIMAL_POWER_MAX; i++)
        power = power * 10 + (at[i] - '0');
    *ret_power = negative ? -power : power;
    return digits > 0 && at + digits == end && power <= DECIMAL_POWER_MAX;
}

static bool split(const char *text, size_t length, struct pieces *ret_pieces)
{
    const char *at = text, *end = text + length;
    struct pieces pieces = {.negative = length > 0 && *at == '-', .decimals = ""};
    at += length > 0 && (*at == '-' || *at == '+');
    pieces.whole = at;
    pieces.whole_length = run(at, end);
    at += pieces.whole_length;
    if (at < end && *at == '.') {
        pieces.decimals = at + 1;
        pieces.decimals_length = run(at + 1, end);
        at += 1 + pieces.decimals_length;
    }
    if (pieces.whole_length + pieces.decimals_length == 0)
        return false;
    if (at < end && (*at == 'e' || *at == 'E'))
        at = read_power(at + 1, end, &pieces.power) ? end : at;
    *ret_pieces = pieces;
    return at == end;
}

// The digit at a place behind the first one; in front of it and behind the last one are noughts.
static char digit_at(const struct pieces *pieces, ptrdiff_t at)
{
    ptrdiff_t whole = (ptrdiff_t)pieces->whole_length, all = whole + (ptrdiff_t)pieces->decimals_length;
    return at < 0 || at >= all ? '0' : at < whole ? pieces->whole[at] : pieces->decimals[at - whole];
}

// Writes the digits with the point `power` places further right.
static void join(const struct pieces *pieces, char *ret_plain)
{
    ptrdiff_t point = (ptrdiff_t)pieces->whole_length + pieces->power;
    ptrdiff_t end = (ptrdiff_t)(pieces->whole_length + pieces->decimals_length);
    size_t used = 0;
    if (pieces->negative)
        ret_plain[used++] = '-';
    if (point <= 0)
        ret_plain[used++] = '0';
    for (ptrdiff_t at = point <= 0 ? point : 0; at < end || at < point; at++) {
        if (at == point)
            ret_plain[used++] = '.';
        ret_plain[used++] = digit_at(pieces, at);
    }
    must(used < DECIMAL_TEXT_BYTES);
    ret_plain[used] = '\0';
}

bool decimal_plain(const char *text, size_t length, char *ret_plain)
{
    struct pieces pieces;
    if (length > DECIMAL_BYTES || !split(text, length, &pieces))
        return false;
    join(&pieces, ret_plain);
    return true;
}

void decimal_shift(const char *plain, int places, char *ret_plain)
{
    struct pieces pieces;
    bool good = split(plain, strlen(plain), &pieces) && pieces.power == 0;
    must(good && places >= 0 && places <= DECIMAL_PLACES_MAX);
    pieces.power = -places;
    join(&pieces, ret_plain);
}

bool decimal_micros(const char *text, size_t length, int64_t *ret_micros)
{
    char plain[DECIMAL_TEXT_BYTES];
    if (decimal_plain(text, length, plain))
        return number_parse(plain, strlen(plain), DECIMAL_POINT, ret_micros);
    return number_parse(text, length, DECIMAL_POINT, ret_micros);
}
