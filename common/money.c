#include "common/money.h"

#include "common/must.h"

#include <stdio.h>
#include <string.h>

bool money_parse(const char *text, size_t length, int64_t *ret_micros)
{
    size_t at = 0;
    bool negative = length > 0 && text[0] == '-';
    if (negative || (length > 0 && text[0] == '+'))
        at++;
    int64_t micros = 0;
    size_t digits = 0;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++, digits++) {
        micros = micros * 10 + (text[at] - '0');
        if (micros > MONEY_MAX / MONEY_MICROS)
            return false;
    }
    micros *= MONEY_MICROS;
    if (at < length && text[at] == '.') {
        int64_t unit = MONEY_MICROS / 10;
        for (at++; at < length && text[at] >= '0' && text[at] <= '9'; at++, digits++, unit /= 10) {
            if (unit == 0 && text[at] != '0')
                return false;
            micros += unit * (text[at] - '0');
        }
    }
    if (at != length || digits == 0 || micros > MONEY_MAX)
        return false;
    *ret_micros = negative ? -micros : micros;
    return true;
}

size_t money_print(int64_t micros, char *buffer)
{
    uint64_t size = micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros;
    int length = snprintf(buffer, MONEY_TEXT_BYTES, "%s%llu.%06llu", micros < 0 ? "-" : "",
                          (unsigned long long)(size / MONEY_MICROS), (unsigned long long)(size % MONEY_MICROS));
    must(length > 0 && length < MONEY_TEXT_BYTES);
    for (int spare = 0; spare < 4 && buffer[length - 1] == '0'; spare++)
        buffer[--length] = '\0';
    return (size_t)length;
}

bool money_code_valid(const char *code)
{
    for (int i = 0; i < 3; i++)
        if (code[i] < 'A' || code[i] > 'Z')
            return false;
    return code[3] == '\0';
}

int64_t money_convert(int64_t micros, int64_t rate_micros)
{
    must(rate_micros > 0);
    int128 product = (int128)micros * rate_micros;
    int128 half = MONEY_MICROS / 2;
    int128 value = (product + (product < 0 ? -half : half)) / MONEY_MICROS;
    if (value > INT64_MAX)
        return INT64_MAX;
    if (value < INT64_MIN)
        return INT64_MIN;
    return (int64_t)value;
}
