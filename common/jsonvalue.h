// Single values out of parsed JSON, as proto3's mapping reads them. Each returns NULL when the value is good, else a
// few words on what it should be, such as "not an integer".
#ifndef TEND_COMMON_JSONVALUE_H
#define TEND_COMMON_JSONVALUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// An integer within the bounds: a number without a fraction, or a string of one. `least` is 0 or below.
const char *jsonvalue_signed(const json_t *json, int64_t least, int64_t most, int64_t *ret_number);
const char *jsonvalue_unsigned(const json_t *json, uint64_t most, uint64_t *ret_number);

// A number, a string of one, or "NaN", "Infinity", "-Infinity". Finite ones are at most `most` either way.
const char *jsonvalue_real(const json_t *json, double most, double *ret_number);

// A string without a NUL; it belongs to the JSON value.
const char *jsonvalue_string(const json_t *json, const char **ret_text, size_t *ret_length);

// RFC 3339, see stamp.h.
const char *jsonvalue_instant(const json_t *json, int64_t *ret_seconds, int32_t *ret_nanos);

// "1280.50 CNY" or "1280.50", see money.h. `ret_code` points into the JSON value: three capitals, or nothing.
const char *jsonvalue_money(const json_t *json, int64_t *ret_micros, const char **ret_code);

// Base64 of either alphabet, with or without padding, into JSONVALUE_BASE64_ROOM(length of the string) bytes.
const char *jsonvalue_base64(const json_t *json, uint8_t *bytes, size_t *ret_length);
#define JSONVALUE_BASE64_ROOM(length) ((length) / 4 * 3 + 3)

#endif
