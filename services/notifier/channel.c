#include "services/notifier/channel.h"

#include "common/must.h"
#include "common/utf8.h"
#include "services/notifier/sign.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    URL_BYTES = 2000,
    HOST_BYTES = 256,
    PATH_BYTES = 4096,
    SECRET_LEAST = 10
}; // a shorter word of a URL is no secret, and may stand in any sentence

#define ROW(NUMBER, name) [CHANNEL_TYPE_##NUMBER] = &driver_##name,
static const struct driver *const drivers[CHANNEL_TYPE_COUNT] = {CHATS(ROW)};
#undef ROW

const struct driver *channel_driver(const struct channel_options *options)
{
    must(options->type >= 0 && options->type < CHANNEL_TYPE_COUNT);
    if (options->type == CHANNEL_TYPE_SLACK && options->token_file[0] != '\0')
        return &driver_slack_api;
    if (options->type == CHANNEL_TYPE_XMPP && options->to[0] != '\0')
        return &driver_xmpp_room;
    return drivers[options->type];
}

const char *channel_options_wrong(const struct channel_options *options, const char **ret_key)
{
    const struct driver *driver = channel_driver(options);
    const struct {
        unsigned bit;
        const char *key, *text;
    } keys[] = {{DRIVER_URL, "url_file", options->url_file},
                {DRIVER_SECRET, "secret_file", options->secret_file},
                {DRIVER_TOKEN, "token_file", options->token_file},
                {DRIVER_FILE, "file", options->file},
                {DRIVER_TO, "to", options->to},
                {DRIVER_VERIFY, "verify_file", options->verify_file},
                {DRIVER_APP, "app", options->app},
                {DRIVER_AGENT, "agent", options->agent}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        *ret_key = keys[i].key;
        if (keys[i].text[0] == '\0' && (driver->needs & keys[i].bit) != 0)
            return "is needed for this type";
        if (keys[i].text[0] != '\0' && (driver->takes & keys[i].bit) == 0)
            return "means nothing for this type";
    }
    return NULL;
}

// The file of a secret: as it is named, or where systemd has put it. False with the channel's problem set.
static bool locate(struct channel *channel, const char *key, const char *name, char *ret_path)
{
    static const char prefix[] = CONFIG_CREDENTIAL;
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return snprintf(ret_path, PATH_BYTES, "%s", name) < PATH_BYTES;
    const char *credential = name + sizeof prefix - 1, *folder = getenv("CREDENTIALS_DIRECTORY");
    if (credential[0] == '\0' || credential[0] == '.' || strchr(credential, '/') != NULL)
        snprintf(channel->problem, sizeof channel->problem, "%s must name a credential behind \"%s\"", key, prefix);
    else if (folder == NULL || folder[0] == '\0')
        snprintf(channel->problem, sizeof channel->problem,
                 "%s is a credential, and systemd gave none: the unit needs LoadCredential=%.60s:FILE", key,
                 credential);
    else
        return snprintf(ret_path, PATH_BYTES, "%s/%s", folder, credential) < PATH_BYTES;
    return false;
}

// The text of a file without the white space around it; NULL with the channel's problem set.
static char *read_secret(struct channel *channel, const char *key, const char *path, size_t most)
{
    char place[PATH_BYTES];
    if (!locate(channel, key, path, place)) {
        if (channel->problem[0] == '\0')
            snprintf(channel->problem, sizeof channel->problem, "%s cannot be used: the name is too long", key);
        return NULL;
    }
    char *text = sodium_malloc(most + 2);
    must(text != NULL);
    FILE *file = fopen(place, "re");
    if (file != NULL)
        setvbuf(file, NULL, _IONBF, 0); // no copy of a secret stays in a freed buffer
    size_t length = file != NULL ? fread(text, 1, most + 1, file) : 0;
    int error = file == NULL || ferror(file) ? errno : 0;
    if (file != NULL)
        fclose(file);
    while (length > 0 && (unsigned char)text[length - 1] <= ' ')
        length--;
    size_t start = 0;
    while (start < length && (unsigned char)text[start] <= ' ')
        start++;
    memmove(text, text + start, length - start);
    length -= start;
    text[length] = '\0';
    bool plain = length > 0 && length <= most;
    for (size_t i = 0; i < length; i++)
        plain = plain && text[i] > ' ' && text[i] < 0x7f;
    if (plain)
        return text;
    snprintf(channel->problem, sizeof channel->problem, "%s cannot be used: %s", key,
             error != 0 ? strerror(error) : "it must hold one word of plain characters");
    sodium_free(text);
    return NULL;
}

// The host of a URL, in small letters; false when there is none.
static bool host_of(const char *url, char *ret_host)
{
    const char *start = strstr(url, "://");
    if (start == NULL)
        return false;
    start += strlen("://");
    size_t length = start[0] == '[' ? strcspn(start, "]") + 1 : strcspn(start, ":/?#");
    if (length == 0 || length >= HOST_BYTES || memchr(start, '@', strcspn(start, "/?#")) != NULL)
        return false;
    memcpy(ret_host, start, length);
    ret_host[length] = '\0';
    return true;
}

// A mail server: TLS from the start, or STARTTLS, which the courier insists on.
static bool mail_url(const char *url)
{
    return strncasecmp(url, "smtps://", strlen("smtps://")) == 0 || strncasecmp(url, "smtp://", strlen("smtp://")) == 0;
}

// Only TLS leaves the machine; without it only what stays here, and only when a test says so.
static void check_url(struct channel *channel)
{
    const char *url = channel->destination.url;
    char host[HOST_BYTES];
    bool known = host_of(url, host);
    if (channel->options->type == CHANNEL_TYPE_EMAIL) {
        if (!known || !mail_url(url))
            snprintf(channel->problem, sizeof channel->problem,
                     "url_file must hold a URL that begins with smtps:// or smtp://");
        return;
    }
    bool here =
        known && (strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0);
    if (known && strncasecmp(url, "https://", strlen("https://")) == 0)
        return;
    if (known && here && channel->options->allow_loopback && strncasecmp(url, "http://", strlen("http://")) == 0)
        return;
    snprintf(channel->problem, sizeof channel->problem, "url_file must hold a URL that begins with https://");
}

static void wipe(const char **text)
{
    if (*text != NULL && (*text)[0] != '\0')
        sodium_free((void *)(uintptr_t)*text);
    *text = "";
}

bool channel_refresh(struct channel *channel)
{
    struct destination *to = &channel->destination;
    const struct {
        const char *key, *path;
        const char **text;
        size_t most;
    } files[] = {{"url_file", channel->options->url_file, &to->url, URL_BYTES},
                 {"secret_file", channel->options->secret_file, &to->secret, SIGN_SECRET_BYTES},
                 {"token_file", channel->options->token_file, &to->token, SIGN_SECRET_BYTES},
                 {"verify_file", channel->options->verify_file, &to->verify, SIGN_SECRET_BYTES}};
    channel->problem[0] = '\0';
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        wipe(files[i].text);
        if (files[i].path[0] == '\0' || channel->problem[0] != '\0')
            continue;
        const char *text = read_secret(channel, files[i].key, files[i].path, files[i].most);
        *files[i].text = text != NULL ? text : "";
    }
    if (channel->problem[0] == '\0' && to->url[0] != '\0')
        check_url(channel);
    if (channel->problem[0] == '\0' && channel->options->type == CHANNEL_TYPE_WEBHOOK && to->secret[0] != '\0' &&
        !sign_webhook_secret_valid(to->secret))
        snprintf(channel->problem, sizeof channel->problem,
                 "secret_file must hold whsec_ and 24 to 64 bytes in base64");
    return channel->problem[0] == '\0';
}

void channel_open(const struct channel_options *options, struct channel *ret_channel)
{
    must(sodium_init() >= 0);
    *ret_channel = (struct channel){
        .options = options,
        .driver = channel_driver(options),
        .destination = {.url = "",
                        .secret = "",
                        .token = "",
                        .verify = "",
                        .granted = "",
                        .callback = "",
                        .app = options->app,
                        .agent = options->agent,
                        .to = options->to,
                        .file = options->file,
                        .unsynced = options->unsynced},
    };
    ret_channel->pace = ret_channel->driver->pace;
    if (options->rate[0] != '\0' && !pace_parse(options->rate, &ret_channel->pace))
        ret_channel->pace = ret_channel->driver->pace;
    channel_refresh(ret_channel);
}

void channel_reach(struct channel *channel, const char *public_url)
{
    if (public_url[0] != '\0')
        snprintf(channel->callback, sizeof channel->callback, "%s/v1/callbacks/%s", public_url, channel->options->name);
    channel->destination.callback = channel->callback;
}

void channel_grant(struct channel *channel, const struct grant *grant, int64_t now_ms)
{
    sodium_memzero(channel->granted, sizeof channel->granted);
    memcpy(channel->granted, grant->token, strlen(grant->token));
    channel->destination.granted = channel->granted;
    channel->granted_ms = now_ms;
    channel->granted_until_ms = now_ms + grant->lasts_ms;
}

// Puts "(hidden)" in the place of each occurrence of `length` bytes.
static void hide(const char *secret, size_t length, char *text, size_t room)
{
    static const char hidden[] = "(hidden)";
    if (length < SECRET_LEAST)
        return;
    for (char *at = text; (at = memmem(at, strlen(at), secret, length)) != NULL; at += strlen(hidden)) {
        char rest[DETAIL_BYTES];
        snprintf(rest, sizeof rest, "%s", at + length);
        size_t left = room - (size_t)(at - text);
        snprintf(at, left, "%s%s", hidden, rest);
        if (left <= sizeof hidden)
            return;
    }
}

void channel_redact(const struct channel *channel, char *text, size_t room)
{
    static const char between[] = "/?&=#";
    const struct destination *to = &channel->destination;
    const char *const whole[] = {to->secret, to->token, to->verify, to->granted};
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
        hide(whole[i], strlen(whole[i]), text, room);
    const char *at = strstr(to->url, "://");
    at = at != NULL ? at + strlen("://") : to->url;
    at += strcspn(at, between); // the host is no secret
    while (*at != '\0') {
        at += strspn(at, between);
        size_t length = strcspn(at, between);
        hide(at, length, text, room);
        at += length;
    }
}

bool channel_stale(struct channel *channel, int64_t sent_ms, int64_t now_ms)
{
    if (channel->granted[0] != '\0' && sent_ms < channel->granted_ms)
        return true;
    bool lasted = now_ms - channel->granted_ms >= CHANNEL_FRESH_MS;
    channel_grant(channel, &(struct grant){.token = ""}, 0);
    return lasted;
}

void channel_close(struct channel *channel)
{
    wipe(&channel->destination.url);
    wipe(&channel->destination.secret);
    wipe(&channel->destination.token);
    wipe(&channel->destination.verify);
    sodium_memzero(channel->granted, sizeof channel->granted);
}
