#include "services/ingest/access.h"

#include "common/must.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TOKENS_MAX = 64, TOKEN_BYTES = 256, TOKEN_LEAST = 16 };

struct access {
    struct token tokens[TOKENS_MAX];
    uint8_t hashes[TOKENS_MAX][HASH_BYTES]; // compared in constant time, and no secret lies in memory
    size_t count;
    struct token stranger; // what anybody may do over HTTP where there are no tokens
};

static bool read_token(const char *path, uint8_t *ret_hash, char *ret_error, size_t error_bytes)
{
    char text[TOKEN_BYTES] = "";
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(text, 1, sizeof text, file) : 0;
    if (file != NULL)
        fclose(file);
    while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r' || text[length - 1] == ' '))
        length--;
    bool good = length >= TOKEN_LEAST && length < sizeof text;
    if (good)
        hash_content(text, length, ret_hash);
    else
        snprintf(ret_error, error_bytes, "%s must hold one token of %d to %d characters", path, TOKEN_LEAST,
                 TOKEN_BYTES - 1);
    sodium_memzero(text, sizeof text);
    return good;
}

static char *copy(const char *text)
{
    char *copied = strdup(text);
    must(copied != NULL);
    return copied;
}

static struct token *add_token(struct access *access, const char *file, char *ret_error, size_t error_bytes)
{
    must(access->count < TOKENS_MAX);
    if (!read_token(file, access->hashes[access->count], ret_error, error_bytes))
        return NULL;
    struct token *token = &access->tokens[access->count++];
    *token = (struct token){.file = copy(file)};
    return token;
}

static bool add_access(struct access *access, const struct access_options *row, char *ret_error, size_t error_bytes)
{
    struct token *token = add_token(access, row->file, ret_error, error_bytes);
    if (token == NULL)
        return false;
    token->scopes = row->scopes;
    char **sources = calloc(row->source_count + 1, sizeof *sources);
    must(sources != NULL);
    for (size_t i = 0; i < row->source_count; i++)
        sources[i] = copy(row->sources[i]);
    token->sources = (const char *const *)sources;
    token->source_count = row->source_count;
    if (row->rate[0] == '\0' || bucket_parse(row->rate, &token->rate))
        return true;
    snprintf(ret_error, error_bytes, "ingest.access: rate must be a number of events and a time, such as 50/1s");
    return false;
}

struct access *access_open(const struct ingest_options *options, char *ret_error, size_t error_bytes)
{
    struct access *access = calloc(1, sizeof *access);
    must(access != NULL);
    access->stranger = (struct token){.file = "nobody", .scopes = 1u << SCOPE_EVENTS | 1u << SCOPE_ANSWERS};
    bool good = true;
    for (size_t i = 0; good && i < options->token_count; i++) {
        struct token *token = add_token(access, options->tokens[i], ret_error, error_bytes);
        good = token != NULL;
        if (good)
            token->scopes = 1u << SCOPE_EVENTS | 1u << SCOPE_ANSWERS;
    }
    for (size_t i = 0; good && i < options->access_count; i++)
        good = add_access(access, &options->access[i], ret_error, error_bytes);
    if (!good)
        access_close(&access);
    return access;
}

void access_close(struct access **access)
{
    if (*access == NULL)
        return;
    for (size_t i = 0; i < (*access)->count; i++) {
        const struct token *token = &(*access)->tokens[i];
        for (size_t j = 0; j < token->source_count; j++)
            free((void *)(uintptr_t)token->sources[j]);
        free((void *)(uintptr_t)token->sources);
        free((void *)(uintptr_t)token->file);
    }
    free(*access);
    *access = NULL;
}

bool access_local(const struct request *request)
{
    // Of proxies; and of browsers, whose page may be anybody's.
    static const char *const marks[] = {"x-forwarded-for", "forwarded", "x-real-ip", "via", "origin"};
    if (!request->http)
        return true;
    const char *peer = request->peer != NULL ? request->peer : "";
    if (strncmp(peer, "127.", 4) != 0 && strcmp(peer, "::1") != 0 && strncmp(peer, "::ffff:127.", 11) != 0)
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (request->header(request, marks[i]) != NULL)
            return false;
    return true;
}

static struct token *find(const struct access *access, const char *text)
{
    uint8_t hash[HASH_BYTES];
    hash_content(text, strlen(text), hash);
    const struct token *found = NULL;
    for (size_t i = 0; i < access->count; i++)
        if (sodium_memcmp(hash, access->hashes[i], HASH_BYTES) == 0)
            found = &access->tokens[i];
    return (struct token *)(uintptr_t)found;
}

enum access_answer access_check(const struct access *access, const struct request *request, enum scope scope,
                                struct token **ret_token)
{
    *ret_token = NULL;
    if (scope == SCOPE_NONE || !request->http)
        return ACCESS_GRANTED;
    if (access->count == 0) {
        *ret_token = (struct token *)(uintptr_t)&access->stranger;
        return (access->stranger.scopes & 1u << scope) != 0 ? ACCESS_GRANTED : ACCESS_UNKNOWN;
    }
    const char *header = request->header(request, "authorization");
    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
        return ACCESS_UNKNOWN;
    struct token *token = find(access, header + 7);
    if (token == NULL)
        return ACCESS_UNKNOWN;
    if ((token->scopes & 1u << scope) == 0)
        return ACCESS_SCOPE;
    *ret_token = token;
    return ACCESS_GRANTED;
}

bool access_has_tokens(const struct access *access)
{
    return access->count > 0;
}

bool access_source(const struct token *token, const char *source)
{
    if (token == NULL || token->source_count == 0)
        return true;
    for (size_t i = 0; i < token->source_count; i++)
        if (strcmp(token->sources[i], source) == 0)
            return true;
    return false;
}
