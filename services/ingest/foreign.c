#include "services/ingest/foreign.h"

#include "common/must.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    INTEGER_DIGITS = 18, // always fit int64
    FORM_PAIRS_MAX = 1000,
};

const char *const foreign_steps[FOREIGN_STEP_COUNT] = {"url", "base64", "json", "form"};

static bool digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static size_t digits_of(const char *at, const char *end)
{
    size_t count = 0;
    while (at + count < end && digit(at[count]))
        count++;
    return count;
}

// The length of the JSON number there, 0 for none; `*ret_plain` for an integer of a few digits.
static size_t number_at(const char *start, const char *end, bool *ret_plain)
{
    const char *at = start + (*start == '-');
    size_t whole = digits_of(at, end);
    if (whole == 0 || (whole > 1 && *at == '0'))
        return 0;
    at += whole;
    *ret_plain = whole <= INTEGER_DIGITS;
    if (at < end && *at == '.') {
        size_t decimals = digits_of(at + 1, end);
        if (decimals == 0)
            return 0;
        at += 1 + decimals;
        *ret_plain = false;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *power = at + 1;
        power += power < end && (*power == '+' || *power == '-');
        size_t digits = digits_of(power, end);
        if (digits == 0)
            return 0;
        at = power + digits;
        *ret_plain = false;
    }
    return (size_t)(at - start);
}

static size_t string_at(const char *start, const char *end)
{
    const char *at = start + 1;
    while (at < end && *at != '"')
        at += *at == '\\' && at + 1 < end ? 2 : 1;
    return (size_t)((at < end ? at + 1 : end) - start);
}

// Copies the text with quotes around the numbers that no double may touch. `copy` holds twice the length. Returns the
// copy's length, or 0 when it nests too deep.
static size_t quote_numbers(const char *at, const char *end, char *copy)
{
    size_t used = 0, depth = 0;
    while (at < end) {
        bool plain = true;
        size_t length = *at == '"' ? string_at(at, end) : *at == '-' || digit(*at) ? number_at(at, end, &plain) : 1;
        length = length == 0 ? 1 : length;
        depth += *at == '{' || *at == '[';
        depth -= (*at == '}' || *at == ']') && depth > 0;
        if (depth > FOREIGN_DEPTH)
            return 0;
        if (!plain)
            copy[used++] = '"';
        memcpy(copy + used, at, length);
        used += length;
        if (!plain)
            copy[used++] = '"';
        at += length;
    }
    return used;
}

json_t *foreign_parse(const char *bytes, size_t length, char *ret_reason)
{
    static const char mark[] = "\xEF\xBB\xBF";
    if (length >= sizeof mark - 1 && memcmp(bytes, mark, sizeof mark - 1) == 0)
        bytes += sizeof mark - 1, length -= sizeof mark - 1;
    if (length == 0) {
        snprintf(ret_reason, VERIFY_TEXT_BYTES, "is empty");
        return NULL;
    }
    char *copy = malloc(2 * length);
    must(copy != NULL);
    size_t used = quote_numbers(bytes, bytes + length, copy);
    json_error_t error;
    json_t *json = used == 0 ? NULL : json_loadb(copy, used, JSON_REJECT_DUPLICATES, &error);
    free(copy);
    if (used == 0)
        snprintf(ret_reason, VERIFY_TEXT_BYTES, "nests more than %d deep", FOREIGN_DEPTH);
    else if (json == NULL)
        snprintf(ret_reason, VERIFY_TEXT_BYTES, "is no JSON: line %d: %.100s", error.line, error.text);
    return json;
}

// Bytes between two steps; `json` once they are a tree.
struct piece {
    char *bytes;
    size_t length;
    json_t *json;
};

static int hex(char letter)
{
    return digit(letter)                    ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
           : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                            : -1;
}

// In place, since it never grows. A % that is none stays as it is.
static size_t decode_url(char *bytes, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        bool escape = bytes[i] == '%' && i + 2 < length && hex(bytes[i + 1]) >= 0 && hex(bytes[i + 2]) >= 0;
        char letter = bytes[i] == '+' ? ' ' : bytes[i];
        if (escape)
            letter = (char)(hex(bytes[i + 1]) * 16 + hex(bytes[i + 2]));
        bytes[used++] = letter;
        i += escape ? 2 : 0;
    }
    return used;
}

static const char *step_url(struct piece *piece)
{
    piece->length = decode_url(piece->bytes, piece->length);
    return NULL;
}

static const char *step_base64(struct piece *piece)
{
    size_t room = piece->length / 4 * 3 + 3, length = piece->length;
    while (length > 0 && piece->bytes[length - 1] == '=')
        length--;
    bool url = memchr(piece->bytes, '-', length) != NULL || memchr(piece->bytes, '_', length) != NULL;
    unsigned char *bytes = malloc(room);
    must(bytes != NULL);
    const char *end;
    int variant = url ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    size_t used;
    if (sodium_base642bin(bytes, room, piece->bytes, length, "\r\n ", &used, &end, variant) != 0 ||
        end != piece->bytes + length) {
        free(bytes);
        return "is no base64";
    }
    free(piece->bytes);
    piece->bytes = (char *)bytes;
    piece->length = used;
    return NULL;
}

// False when the name or the value is no text, or the name is there already.
static bool add_pair(json_t *form, const char *name, size_t name_length, const char *value, size_t value_length)
{
    if (memchr(name, '\0', name_length) != NULL || memchr(value, '\0', value_length) != NULL ||
        json_object_getn(form, name, name_length) != NULL)
        return false;
    json_t *text = json_stringn(value, value_length);
    return text != NULL && json_object_setn_new(form, name, name_length, text) == 0;
}

static const char *step_form(struct piece *piece)
{
    piece->json = json_object();
    size_t pairs = 0;
    for (char *at = piece->bytes, *end = at + piece->length; at < end;) {
        char *and = memchr(at, '&', (size_t)(end - at));
        char *stop = and == NULL ? end : and;
        char *sign = memchr(at, '=', (size_t)(stop - at));
        char *name_end = sign == NULL ? stop : sign, *value = sign == NULL ? stop : sign + 1;
        size_t value_length = decode_url(value, (size_t)(stop - value));
        if (++pairs > FORM_PAIRS_MAX ||
            !add_pair(piece->json, at, decode_url(at, (size_t)(name_end - at)), value, value_length))
            return "is no form: a=1&b=2 in UTF-8, no name twice";
        at = stop + 1;
    }
    return NULL;
}

// The steps but JSON, which has its own reasons.
static const char *(*const steps[FOREIGN_STEP_COUNT])(struct piece *) = {
    [FOREIGN_URL] = step_url, [FOREIGN_BASE64] = step_base64, [FOREIGN_FORM] = step_form};

// A copy of the bytes through the steps. NULL with a reason.
static json_t *decode(const struct foreign_decoding *decoding, const char *bytes, size_t length, char *ret_reason)
{
    struct piece piece = {.bytes = malloc(length + 1), .length = length};
    must(piece.bytes != NULL);
    memcpy(piece.bytes, bytes, length);
    const char *fault = NULL;
    for (size_t i = 0; i < decoding->count && fault == NULL; i++) {
        if (decoding->steps[i] != FOREIGN_JSON)
            fault = steps[decoding->steps[i]](&piece);
        else if ((piece.json = foreign_parse(piece.bytes, piece.length, ret_reason)) == NULL)
            fault = ret_reason;
    }
    if (fault == NULL && piece.json == NULL) {
        bool nul = memchr(piece.bytes, '\0', piece.length) != NULL;
        piece.json = nul ? NULL : json_stringn(piece.bytes, piece.length);
        fault = piece.json == NULL ? "is no text in UTF-8" : NULL;
    }
    free(piece.bytes);
    if (fault == NULL)
        return piece.json;
    json_decref(piece.json);
    if (fault != ret_reason)
        snprintf(ret_reason, VERIFY_TEXT_BYTES, "%s", fault);
    return NULL;
}

// Puts `value` where the pointer leads; something stands there.
static void replace(const struct pointer *pointer, json_t *root, json_t *value)
{
    struct pointer parent = *pointer;
    parent.count--;
    const char *last = pointer->steps[pointer->count - 1];
    json_t *holder = pointer_find(&parent, root);
    int failed = json_is_object(holder) ? json_object_set_new(holder, last, value)
                                        : json_array_set_new(holder, (size_t)strtoul(last, NULL, 10), value);
    must(failed == 0);
}

json_t *foreign_read(const char *bytes, size_t length, const struct foreign_decoding *decodings, size_t count,
                     const char **ret_pointer, char *ret_reason)
{
    bool whole = count > 0 && decodings[0].pointer.count == 0;
    json_t *root = whole ? decode(&decodings[0], bytes, length, ret_reason) : foreign_parse(bytes, length, ret_reason);
    *ret_pointer = "";
    for (size_t i = whole; i < count && root != NULL; i++) {
        json_t *text = pointer_find(&decodings[i].pointer, root);
        if (!json_is_string(text) || json_string_length(text) == 0)
            continue;
        json_t *value = decode(&decodings[i], json_string_value(text), json_string_length(text), ret_reason);
        if (value == NULL) {
            *ret_pointer = decodings[i].pointer.text;
            json_decref(root);
            return NULL;
        }
        replace(&decodings[i].pointer, root, value);
    }
    return root;
}
