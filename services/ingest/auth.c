#include "services/ingest/auth.h"

#include "common/digest.h"
#include "common/hash.h"
#include "common/must.h"

#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    DIGEST_MOST = crypto_auth_hmacsha256_BYTES,
    SIGNATURES_MAX = 8, // in one header of Standard Webhooks: one for each secret that its sender still uses
    NUMBER_BYTES = 24,
};

const char *const auth_kind_names[AUTH_KINDS] = {
    [AUTH_UNSET] = "",
    [AUTH_HMAC_SHA256] = "hmac-sha256",
    [AUTH_HMAC_SHA1] = "hmac-sha1",
    [AUTH_STANDARD_WEBHOOKS] = "standard-webhooks",
    [AUTH_MD5] = "md5",
    [AUTH_SHA1] = "sha1",
    [AUTH_BEARER] = "bearer",
    [AUTH_URL] = "url",
    [AUTH_NONE] = "none",
};

enum auth_kind auth_kind_find(const char *name)
{
    for (int i = AUTH_UNSET + 1; i < AUTH_KINDS; i++)
        if (strcmp(auth_kind_names[i], name) == 0)
            return (enum auth_kind)i;
    return AUTH_UNSET;
}

// --- settings

static bool name_part(const char *name, size_t length, struct auth_part *part)
{
    static const char header[] = "header:";
    static const struct {
        const char *name;
        enum auth_what what;
    } words[] = {{"body", AUTH_PART_BODY}, {"secret", AUTH_PART_SECRET}, {"time", AUTH_PART_TIME}};
    if (length >= sizeof part->text)
        return false;
    *part = (struct auth_part){.what = AUTH_PART_TEXT};
    memcpy(part->text, name, length);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(part->text, words[i].name) == 0) {
            part->what = words[i].what;
            return true;
        }
    if (part->text[0] == '/') {
        part->what = AUTH_PART_POINTER;
        return true;
    }
    if (strncmp(part->text, header, strlen(header)) != 0)
        return false;
    part->what = AUTH_PART_HEADER;
    memmove(part->text, part->text + strlen(header), sizeof part->text - strlen(header));
    for (char *at = part->text; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    return part->text[0] != '\0';
}

bool auth_text_parse(struct auth *auth, const char *text, char *ret_error, size_t error_bytes)
{
    auth->part_count = 0;
    while (*text != '\0') {
        bool brace = *text == '{';
        size_t length = strcspn(text + (brace ? 1 : 0), brace ? "}" : "{");
        struct auth_part part = {.what = AUTH_PART_TEXT};
        bool good = auth->part_count < AUTH_PARTS_MAX && length > 0 && length < sizeof part.text;
        if (good && brace)
            good = text[1 + length] == '}' && name_part(text + 1, length, &part);
        else if (good)
            memcpy(part.text, text, length);
        if (!good) {
            snprintf(ret_error, error_bytes,
                     "text is made of words and {body}, {secret}, {time}, {header:NAME}, {/pointer}; \"%.40s\" is not",
                     text);
            return false;
        }
        auth->parts[auth->part_count++] = part;
        text += length + (brace ? 2 : 0);
    }
    return true;
}

static bool decode_webhook_secret(struct auth_secret *secret, const char *text, size_t length)
{
    static const char prefix[] = "whsec_";
    size_t skipped = length > strlen(prefix) && strncmp(text, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
    const char *end;
    text += skipped;
    length -= skipped;
    int variant = length % 4 == 0 ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    return sodium_base642bin(secret->bytes, sizeof secret->bytes, text, length, NULL, &secret->length, &end, variant) ==
               0 &&
           end == text + length && secret->length >= AUTH_SECRET_LEAST;
}

static bool blank(char letter)
{
    return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

// Editors and shells put blanks, line ends and byte order marks around what was meant.
static void trim(const char **bytes, size_t *length)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (*length >= strlen(mark) && memcmp(*bytes, mark, strlen(mark)) == 0) {
        *bytes += strlen(mark);
        *length -= strlen(mark);
    }
    while (*length > 0 && blank((*bytes)[*length - 1]))
        --*length;
    for (; *length > 0 && blank(**bytes); --*length)
        ++*bytes;
}

bool auth_secret_add(struct auth *auth, const char *bytes, size_t length, char *ret_error, size_t error_bytes)
{
    trim(&bytes, &length);
    bool nuls = memchr(bytes, '\0', length) != NULL; // in UTF-16 half of a line end, so they are asked for first
    if (nuls || memchr(bytes, '\n', length) != NULL || memchr(bytes, '\r', length) != NULL) {
        snprintf(ret_error, error_bytes, "%s",
                 nuls ? "the secret is no plain text: it holds NULs, as a file in UTF-16 does"
                      : "the secret has several lines: each secret has a file of its own, and nothing else is in it");
        return false;
    }
    if (auth->secret_count == AUTH_SECRETS_MAX) {
        snprintf(ret_error, error_bytes, "more than %d secrets", AUTH_SECRETS_MAX);
        return false;
    }
    if (length < AUTH_SECRET_LEAST || length > AUTH_SECRET_BYTES) {
        snprintf(ret_error, error_bytes, "a secret has %d to %d bytes, not %zu", AUTH_SECRET_LEAST, AUTH_SECRET_BYTES,
                 length);
        return false;
    }
    struct auth_secret *secret = &auth->secrets[auth->secret_count];
    if (auth->kind == AUTH_STANDARD_WEBHOOKS) {
        if (!decode_webhook_secret(secret, bytes, length)) {
            snprintf(ret_error, error_bytes, "a secret of standard-webhooks is \"whsec_\" and base64");
            return false;
        }
    } else {
        memcpy(secret->bytes, bytes, length);
        secret->length = length;
    }
    auth->secret_count++;
    return true;
}

static bool has_part(const struct auth *auth, enum auth_what what)
{
    for (size_t i = 0; i < auth->part_count; i++)
        if (auth->parts[i].what == what)
            return true;
    return false;
}

bool auth_check_form(const struct auth *auth, char *ret_error, size_t error_bytes)
{
    bool hmac = auth->kind == AUTH_HMAC_SHA256 || auth->kind == AUTH_HMAC_SHA1;
    bool digest = auth->kind == AUTH_MD5 || auth->kind == AUTH_SHA1;
    const char *problem = NULL;
    if (auth->kind == AUTH_UNSET)
        problem = "says no kind";
    else if ((hmac || digest) && (auth->header[0] == '\0') == (auth->at[0] == '\0'))
        problem = "must say either header or at: where the signature stands";
    else if (digest && !has_part(auth, AUTH_PART_SECRET))
        problem = "text must hold {secret}";
    else if (auth->part_count > 0 && (hmac || digest) && auth->at[0] == '\0' && !has_part(auth, AUTH_PART_BODY))
        problem = "text must hold {body}: what is not signed can be changed on the way";
    else if (auth->part_count > 0 && !hmac && !digest)
        problem = "text is of hmac, md5 and sha1 only";
    else if ((auth->time[0] != '\0') != has_part(auth, AUTH_PART_TIME) && auth->kind != AUTH_STANDARD_WEBHOOKS)
        problem = "a time must be signed: time names its header, and text holds {time}";
    if (problem != NULL)
        snprintf(ret_error, error_bytes, "%s", problem);
    return problem == NULL;
}

bool auth_check_settings(const struct auth *auth, char *ret_error, size_t error_bytes)
{
    if (!auth_check_form(auth, ret_error, error_bytes))
        return false;
    bool good = auth->kind == AUTH_NONE || auth->secret_count > 0;
    if (!good)
        snprintf(ret_error, error_bytes, "needs a secret: secrets names its file");
    return good;
}

bool auth_needs_json(const struct auth *auth)
{
    return auth->at[0] != '\0' || has_part(auth, AUTH_PART_POINTER);
}

void auth_forget(struct auth *auth)
{
    sodium_memzero(auth->secrets, sizeof auth->secrets);
    auth->secret_count = 0;
}

// --- what comes in

static const char *header_of(const struct auth_message *message, const char *name)
{
    return message->header != NULL ? message->header(message->owner, name) : NULL;
}

// The value at a plain pointer, one name after the other.
static const json_t *at_pointer(const json_t *json, const char *pointer)
{
    char name[AUTH_NAME_BYTES];
    while (json != NULL && *pointer == '/') {
        size_t length = strcspn(++pointer, "/");
        must(length < sizeof name);
        memcpy(name, pointer, length);
        name[length] = '\0';
        json = json_is_array(json) ? json_array_get(json, strtoul(name, NULL, 10)) : json_object_get(json, name);
        pointer += length;
    }
    return json;
}

// A text or a whole number; NULL for anything else. `number` holds NUMBER_BYTES.
static const char *value_at(const struct auth_message *message, const char *pointer, char *number)
{
    const json_t *value = at_pointer(message->json, pointer);
    if (json_is_string(value))
        return json_string_value(value);
    if (!json_is_integer(value))
        return NULL;
    snprintf(number, NUMBER_BYTES, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return number;
}

// As seconds that would be the year 5138.
static const int64_t milliseconds_from = INT64_C(100000000000);

// The time of the header in milliseconds since 1970; false when it is none.
static bool read_time(const char *text, int64_t *ret_ms)
{
    size_t length = text != NULL ? strlen(text) : 0;
    int64_t number = 0;
    if (length < 1 || length > 15 || strspn(text, "0123456789") != length)
        return false;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (text[i] - '0');
    *ret_ms = number >= milliseconds_from ? number : number * 1000;
    return true;
}

static enum auth_answer judge_time(const struct auth *auth, const struct auth_message *message, const char *text)
{
    int64_t time_ms;
    if (!read_time(text, &time_ms))
        return AUTH_BAD;
    int64_t apart_ms = time_ms > message->now_ms ? time_ms - message->now_ms : message->now_ms - time_ms;
    if (apart_ms <= auth->tolerance_ms)
        return AUTH_GOOD;
    return message->doubts_clock ? AUTH_CLOCK : AUTH_BAD;
}

// --- signatures

// What is signed, in pieces. False when something of it is not there. `numbers` holds AUTH_PARTS_MAX.
static bool gather(const struct auth *auth, const struct auth_message *message, const struct auth_secret *secret,
                   char (*numbers)[NUMBER_BYTES], struct digest_piece *pieces, size_t *ret_count)
{
    static const struct auth_part body = {.what = AUTH_PART_BODY};
    const struct auth_part *parts = auth->part_count > 0 ? auth->parts : &body;
    *ret_count = auth->part_count > 0 ? auth->part_count : 1;
    for (size_t i = 0; i < *ret_count; i++) {
        const char *text = parts[i].text;
        if (parts[i].what == AUTH_PART_BODY) {
            pieces[i] = (struct digest_piece){message->body, message->length};
            continue;
        }
        if (parts[i].what == AUTH_PART_SECRET) {
            pieces[i] = (struct digest_piece){secret->bytes, secret->length};
            continue;
        }
        if (parts[i].what == AUTH_PART_TIME)
            text = header_of(message, auth->time);
        else if (parts[i].what == AUTH_PART_HEADER)
            text = header_of(message, parts[i].text);
        else if (parts[i].what == AUTH_PART_POINTER)
            text = value_at(message, parts[i].text, numbers[i]);
        if (text == NULL)
            return false;
        pieces[i] = (struct digest_piece){text, strlen(text)};
    }
    return true;
}

static void hmac_sha256(const struct auth_secret *secret, const struct digest_piece *pieces, size_t count,
                        uint8_t *ret_digest)
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, secret->bytes, secret->length);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, pieces[i].bytes, pieces[i].length);
    crypto_auth_hmacsha256_final(&state, ret_digest);
    sodium_memzero(&state, sizeof state);
}

static size_t digest(enum auth_kind kind, const struct auth_secret *secret, const struct digest_piece *pieces,
                     size_t count, uint8_t *ret_digest)
{
    switch (kind) {
    case AUTH_HMAC_SHA1:
        digest_hmac_sha1(secret->bytes, secret->length, pieces, count, ret_digest);
        return DIGEST_SHA1_BYTES;
    case AUTH_SHA1:
        digest_sha1(pieces, count, ret_digest);
        return DIGEST_SHA1_BYTES;
    case AUTH_MD5:
        digest_md5(pieces, count, ret_digest);
        return DIGEST_MD5_BYTES;
    default:
        hmac_sha256(secret, pieces, count, ret_digest);
        return crypto_auth_hmacsha256_BYTES;
    }
}

static bool decode(enum auth_encoding encoding, const char *text, size_t text_length, uint8_t *bytes,
                   size_t *ret_length)
{
    const char *end;
    if (encoding == AUTH_HEX)
        return sodium_hex2bin(bytes, DIGEST_MOST, text, text_length, NULL, ret_length, &end) == 0 &&
               end == text + text_length;
    int variant = text_length % 4 == 0 ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    return sodium_base642bin(bytes, DIGEST_MOST, text, text_length, NULL, ret_length, &end, variant) == 0 &&
           end == text + text_length;
}

static enum auth_answer check_signature(const struct auth *auth, const struct auth_message *message)
{
    char number[NUMBER_BYTES], numbers[AUTH_PARTS_MAX][NUMBER_BYTES];
    const char *given = auth->at[0] != '\0' ? value_at(message, auth->at, number) : header_of(message, auth->header);
    size_t prefix = strlen(auth->prefix), length;
    uint8_t signature[DIGEST_MOST];
    if (given == NULL || strncasecmp(given, auth->prefix, prefix) != 0 ||
        !decode(auth->encoding, given + prefix, strlen(given + prefix), signature, &length))
        return AUTH_BAD;
    bool good = false;
    for (size_t i = 0; i < auth->secret_count; i++) {
        struct digest_piece pieces[AUTH_PARTS_MAX];
        uint8_t right[DIGEST_MOST];
        size_t count;
        if (!gather(auth, message, &auth->secrets[i], numbers, pieces, &count))
            return AUTH_BAD;
        size_t wanted = digest(auth->kind, &auth->secrets[i], pieces, count, right);
        good |= length == wanted && sodium_memcmp(signature, right, wanted) == 0;
    }
    if (!good)
        return AUTH_BAD;
    return auth->time[0] != '\0' ? judge_time(auth, message, header_of(message, auth->time)) : AUTH_GOOD;
}

// "v1,BASE64 v1,BASE64": one for each secret that the sender still signs with.
static enum auth_answer check_standard(const struct auth *auth, const struct auth_message *message)
{
    const char *id = header_of(message, "webhook-id"), *time = header_of(message, "webhook-timestamp");
    const char *given = header_of(message, "webhook-signature");
    if (id == NULL || time == NULL || given == NULL)
        return AUTH_BAD;
    const struct digest_piece pieces[] = {
        {id, strlen(id)}, {".", 1}, {time, strlen(time)}, {".", 1}, {message->body, message->length}};
    bool good = false;
    for (int tried = 0; *given != '\0' && tried < SIGNATURES_MAX; tried++) {
        size_t length = strcspn(given, " "), bytes;
        uint8_t signature[DIGEST_MOST], right[DIGEST_MOST];
        if (length > 3 && strncmp(given, "v1,", 3) == 0 &&
            decode(AUTH_BASE64, given + 3, length - 3, signature, &bytes) && bytes == sizeof right)
            for (size_t i = 0; i < auth->secret_count; i++) {
                hmac_sha256(&auth->secrets[i], pieces, sizeof pieces / sizeof *pieces, right);
                good |= sodium_memcmp(signature, right, sizeof right) == 0;
            }
        given += length + strspn(given + length, " ");
    }
    return good ? judge_time(auth, message, time) : AUTH_BAD;
}

// Texts of any length are compared by their hashes.
static bool is_secret(const struct auth *auth, const char *text)
{
    uint8_t given[HASH_BYTES], right[HASH_BYTES];
    bool good = false;
    hash_content(text, strlen(text), given);
    for (size_t i = 0; i < auth->secret_count; i++) {
        hash_content(auth->secrets[i].bytes, auth->secrets[i].length, right);
        good |= sodium_memcmp(given, right, sizeof right) == 0;
    }
    return good;
}

static enum auth_answer check_bearer(const struct auth *auth, const struct auth_message *message)
{
    bool own = auth->header[0] != '\0' && strcmp(auth->header, "authorization") != 0;
    const char *prefix = own ? auth->prefix : "Bearer ",
               *text = header_of(message, own ? auth->header : "authorization");
    if (text == NULL || strncasecmp(text, prefix, strlen(prefix)) != 0)
        return AUTH_BAD;
    return is_secret(auth, text + strlen(prefix)) ? AUTH_GOOD : AUTH_BAD;
}

static enum auth_answer check_url(const struct auth *auth, const struct auth_message *message)
{
    const char *name = auth->parameter[0] != '\0' ? auth->parameter : "key";
    const char *text = message->query != NULL ? message->query(message->owner, name) : NULL;
    return text != NULL && is_secret(auth, text) ? AUTH_GOOD : AUTH_BAD;
}

static enum auth_answer check_none(const struct auth *auth, const struct auth_message *message)
{
    (void)auth;
    return message->local ? AUTH_GOOD : AUTH_BAD;
}

enum auth_answer auth_check(const struct auth *auth, const struct auth_message *message)
{
    static enum auth_answer (*const checks[AUTH_KINDS])(const struct auth *, const struct auth_message *) = {
        [AUTH_HMAC_SHA256] = check_signature,
        [AUTH_HMAC_SHA1] = check_signature,
        [AUTH_STANDARD_WEBHOOKS] = check_standard,
        [AUTH_MD5] = check_signature,
        [AUTH_SHA1] = check_signature,
        [AUTH_BEARER] = check_bearer,
        [AUTH_URL] = check_url,
        [AUTH_NONE] = check_none,
    };
    return checks[auth->kind] != NULL ? checks[auth->kind](auth, message) : AUTH_BAD;
}
