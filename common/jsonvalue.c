#include "common/jsonvalue.h"

#include "common/money.h"
#include "common/stamp.h"

#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    REAL_BYTES = 64, // of a number in a string: no double needs more
};

// Integers up to here are exact in a double.
#define EXACT_MAX 9007199254740992.0

struct integer {
    bool negative;
    uint64_t size;
};

static bool integer_text(const char *text, size_t length, struct integer *ret_integer)
{
    bool negative = length > 0 && text[0] == '-';
    uint64_t size = 0;
    size_t at = negative ? 1 : 0;
    if (at == length)
        return false;
    for (; at < length; at++) {
        unsigned digit = (unsigned)((unsigned char)text[at] - '0');
        if (digit > 9 || size > (UINT64_MAX - digit) / 10)
            return false;
        size = size * 10 + digit;
    }
    *ret_integer = (struct integer){negative, size};
    return true;
}

static bool integer_real(double real, struct integer *ret_integer)
{
    if (!(fabs(real) <= EXACT_MAX) || trunc(real) < real || trunc(real) > real)
        return false;
    *ret_integer = (struct integer){real < 0, (uint64_t)fabs(real)};
    return true;
}

static const char *integer_read(const json_t *json, uint64_t most_below, uint64_t most, struct integer *ret_integer)
{
    bool good = false;
    if (json_is_integer(json)) {
        json_int_t value = json_integer_value(json);
        *ret_integer = (struct integer){value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value};
        good = true;
    } else if (json_is_real(json)) {
        good = integer_real(json_real_value(json), ret_integer);
    } else if (json_is_string(json)) {
        good = integer_text(json_string_value(json), json_string_length(json), ret_integer);
    }
    if (!good)
        return "not an integer";
    return ret_integer->size > (ret_integer->negative ? most_below : most) ? "out of range" : NULL;
}

const char *jsonvalue_signed(const json_t *json, int64_t least, int64_t most, int64_t *ret_number)
{
    struct integer integer;
    const char *fault = integer_read(json, 0 - (uint64_t)least, (uint64_t)most, &integer);
    if (fault == NULL)
        *ret_number = (int64_t)(integer.negative ? 0 - integer.size : integer.size);
    return fault;
}

const char *jsonvalue_unsigned(const json_t *json, uint64_t most, uint64_t *ret_number)
{
    struct integer integer;
    const char *fault = integer_read(json, 0, most, &integer);
    if (fault == NULL)
        *ret_number = integer.size;
    return fault;
}

// Only the letters of a decimal number: strtod would also read hexadecimal, spaces and other names.
static bool real_text(const char *text, size_t length, double *ret_number)
{
    if (length == 0 || length >= REAL_BYTES || strspn(text, "+-.0123456789eE") != length)
        return false;
    char *end;
    *ret_number = strtod(text, &end);
    return end == text + length;
}

const char *jsonvalue_real(const json_t *json, double most, double *ret_number)
{
    const char *text = json_is_string(json) ? json_string_value(json) : "";
    double number = json_number_value(json);
    if (strcmp(text, "NaN") == 0 || strcmp(text, "Infinity") == 0 || strcmp(text, "-Infinity") == 0) {
        *ret_number = text[0] == 'N' ? (double)NAN : text[0] == '-' ? -(double)INFINITY : (double)INFINITY;
        return NULL;
    }
    if (json_is_string(json) ? !real_text(text, json_string_length(json), &number) : !json_is_number(json))
        return "not a number";
    if (!(fabs(number) <= most))
        return "out of range";
    *ret_number = number;
    return NULL;
}

const char *jsonvalue_string(const json_t *json, const char **ret_text, size_t *ret_length)
{
    if (!json_is_string(json))
        return "not a string";
    if (memchr(json_string_value(json), '\0', json_string_length(json)) != NULL)
        return "holds a NUL";
    *ret_text = json_string_value(json);
    *ret_length = json_string_length(json);
    return NULL;
}

const char *jsonvalue_instant(const json_t *json, int64_t *ret_seconds, int32_t *ret_nanos)
{
    if (json_is_string(json) && stamp_parse(json_string_value(json), json_string_length(json), ret_seconds, ret_nanos))
        return NULL;
    return "not a time such as \"2026-05-17T09:30:00Z\" or \"2026-05-17T17:30:00+08:00\"";
}

const char *jsonvalue_money(const json_t *json, int64_t *ret_micros, const char **ret_code)
{
    if (!json_is_string(json))
        return "money is a decimal string such as \"1280.50 CNY\"";
    const char *text = json_string_value(json);
    size_t length = json_string_length(json);
    const char *space = memchr(text, ' ', length);
    size_t digits = space == NULL ? length : (size_t)(space - text);
    int64_t micros;
    if (!money_parse(text, digits, &micros))
        return "not an amount such as \"1280.50 CNY\", at most six decimals and nine billion";
    if (space != NULL && (length - digits != MONEY_CODE_BYTES || !money_code_valid(space + 1)))
        return "a currency is three capitals, after one space";
    *ret_micros = micros;
    *ret_code = space == NULL ? "" : space + 1;
    return NULL;
}

const char *jsonvalue_base64(const json_t *json, uint8_t *bytes, size_t *ret_length)
{
    const char *text = json_string_value(json);
    size_t length = json_string_length(json);
    bool padded = length > 0 && text[length - 1] == '=';
    bool url = strpbrk(text, "-_") != NULL;
    int variant = url      ? padded ? sodium_base64_VARIANT_URLSAFE : sodium_base64_VARIANT_URLSAFE_NO_PADDING
                  : padded ? sodium_base64_VARIANT_ORIGINAL
                           : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    const char *end;
    if (sodium_base642bin(bytes, JSONVALUE_BASE64_ROOM(length), text, length, NULL, ret_length, &end, variant) != 0 ||
        end != text + length)
        return "not base64";
    return NULL;
}
