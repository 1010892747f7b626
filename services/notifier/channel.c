#include "services/notifier/channel.h"

#include "common/must.h"
#include "common/utf8.h"
#include "services/notifier/hosts.h"
#include "services/notifier/sign.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    URL_BYTES = 2000,
    PATH_BYTES = 4096,
    SECRET_LEAST = 10
}; // a shorter word of a URL is no secret, and may stand in any sentence

#define ROW(NUMBER, name) [CHANNEL_TYPE_##NUMBER] = &driver_##name,
static const struct driver *const drivers[CHANNEL_TYPE_COUNT] = {CHATS(ROW)};
#undef ROW

struct key {
    unsigned bit;
    const char *name, *text;
};

// One of the CHANNEL_KEYS, and what the configuration says there.
static struct key key_of(const struct channel_options *options, size_t which)
{
    const struct key keys[CHANNEL_KEYS] = {{DRIVER_URL, "url_file", options->url_file},
                                           {DRIVER_SECRET, "secret_file", options->secret_file},
                                           {DRIVER_TOKEN, "token_file", options->token_file},
                                           {DRIVER_FILE, "file", options->file},
                                           {DRIVER_TO, "to", options->to},
                                           {DRIVER_VERIFY, "verify_file", options->verify_file},
                                           {DRIVER_UNLOCK, "unlock_file", options->unlock_file},
                                           {DRIVER_APP, "app", options->app},
                                           {DRIVER_AGENT, "agent", options->agent}};
    must(which < CHANNEL_KEYS);
    return keys[which];
}

const struct driver *channel_driver(const struct channel_options *options)
{
    must(options->type >= 0 && options->type < CHANNEL_TYPE_COUNT);
    const struct driver *driver = drivers[options->type];
    for (size_t i = 0; driver->other != NULL && i < CHANNEL_KEYS; i++) {
        struct key key = key_of(options, i);
        if (key.bit == driver->other_key && key.text[0] != '\0')
            return driver->other;
    }
    return driver;
}

enum { KNOWING_MOST = 2 * CHANNEL_TYPE_COUNT };

// All that can say whose a URL is; those that are only guests of another chat's hosts come last.
static size_t knowing(const struct driver **ret_all)
{
    size_t count = 0;
    for (int lodges = 0; lodges < 2; lodges++) {
        for (size_t i = 0; i < CHANNEL_TYPE_COUNT; i++) {
            if (drivers[i]->lodges != (lodges != 0))
                continue;
            ret_all[count++] = drivers[i];
            if (drivers[i]->other != NULL)
                ret_all[count++] = drivers[i]->other;
        }
    }
    return count;
}

// The name of a credential that systemd keeps; NULL for the name of a file.
static const char *credential_of(const char *name)
{
    size_t length = strlen(CONFIG_CREDENTIAL);
    return strncmp(name, CONFIG_CREDENTIAL, length) == 0 ? name + length : NULL;
}

static bool credential_valid(const char *credential)
{
    return credential[0] != '\0' && credential[0] != '.' && strchr(credential, '/') == NULL;
}

// Of a chat that takes both, one of the two for its callbacks is there and the other, which has the bit, is not.
static const char *alone(const struct channel_options *options, const struct driver *driver, unsigned bit)
{
    if ((driver->takes & DRIVER_UNLOCK) == 0)
        return NULL;
    if (bit == DRIVER_VERIFY && options->unlock_file[0] != '\0')
        return "is needed beside unlock_file";
    return bit == DRIVER_UNLOCK && options->verify_file[0] != '\0' ? "is needed beside verify_file" : NULL;
}

const char *channel_options_wrong(const struct channel_options *options, size_t which, const char **ret_key)
{
    const struct driver *driver = channel_driver(options);
    struct key key = key_of(options, which);
    const unsigned secrets = DRIVER_URL | DRIVER_SECRET | DRIVER_TOKEN | DRIVER_VERIFY | DRIVER_UNLOCK;
    const char *text = key.text, *credential = credential_of(text);
    *ret_key = key.name;
    if (text[0] == '\0')
        return (driver->needs & key.bit) != 0 ? "is needed for this type" : alone(options, driver, key.bit);
    if ((driver->takes & key.bit) == 0)
        return "means nothing for this type";
    if ((secrets & key.bit) != 0 && credential != NULL && !credential_valid(credential))
        return "must name a credential behind \"" CONFIG_CREDENTIAL "\"";
    return NULL;
}

// The file of a secret: as it is named, or where systemd has put it. False with the channel's problem set.
static bool locate(struct channel *channel, const char *key, const char *name, char *ret_path)
{
    const char *credential = credential_of(name), *folder = getenv("CREDENTIALS_DIRECTORY");
    if (credential == NULL)
        return snprintf(ret_path, PATH_BYTES, "%s", name) < PATH_BYTES;
    if (!credential_valid(credential))
        snprintf(channel->problem, sizeof channel->problem,
                 "%s must name a credential behind \"" CONFIG_CREDENTIAL "\"", key);
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
             error != 0    ? strerror(error)
             : length == 0 ? "it is empty"
                           : "it must hold one line without spaces, in plain ASCII");
    sodium_free(text);
    return NULL;
}

// A mail server: TLS from the start, or STARTTLS, which the courier insists on.
static bool mail_url(const char *url)
{
    return strncasecmp(url, "smtps://", strlen("smtps://")) == 0 || strncasecmp(url, "smtp://", strlen("smtp://")) == 0;
}

// Only TLS leaves the machine; without it only what stays here, and only when a test says so.
static bool safe_url(const struct channel *channel, const char *url)
{
    char host[HOST_BYTES];
    if (!hosts_read(url, host))
        return false;
    bool here = strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0;
    if (strncasecmp(url, "https://", strlen("https://")) == 0)
        return true;
    return here && channel->options->allow_loopback && strncasecmp(url, "http://", strlen("http://")) == 0;
}

static void check_url(struct channel *channel)
{
    const struct driver *driver = channel->driver;
    const char *url = channel->destination.url, *wrong = NULL;
    const struct driver *all[KNOWING_MOST];
    char host[HOST_BYTES], sentence[DETAIL_BYTES / 2];
    if (driver->mails) {
        if (!hosts_read(url, host) || !mail_url(url))
            wrong = "must hold a URL that begins with smtps:// or smtp://";
    } else if (!safe_url(channel, url)) {
        wrong = "must hold a URL that begins with https://";
    } else if (!hosts_fit(driver, all, knowing(all), url, sentence, sizeof sentence)) {
        wrong = sentence;
    } else if (driver->url_wrong != NULL) {
        wrong = driver->url_wrong(url);
    }
    if (wrong != NULL)
        snprintf(channel->problem, sizeof channel->problem, "url_file %s", wrong);
}

static void wipe(const char **text)
{
    if (*text != NULL && (*text)[0] != '\0')
        sodium_free((void *)(uintptr_t)*text);
    *text = "";
}

struct channel_file channel_file(const struct channel_options *options, size_t which)
{
    const struct channel_file files[CHANNEL_FILES] = {{"url_file", options->url_file},
                                                      {"secret_file", options->secret_file},
                                                      {"token_file", options->token_file},
                                                      {"verify_file", options->verify_file},
                                                      {"unlock_file", options->unlock_file}};
    must(which < CHANNEL_FILES);
    return files[which];
}

bool channel_read(struct channel *channel, size_t which)
{
    struct destination *to = &channel->destination;
    const char **const texts[CHANNEL_FILES] = {&to->url, &to->secret, &to->token, &to->verify, &to->unlock};
    struct channel_file file = channel_file(channel->options, which);
    channel->problem[0] = '\0';
    wipe(texts[which]);
    if (file.path[0] == '\0')
        return true;
    const char *text = read_secret(channel, file.key, file.path, which == 0 ? URL_BYTES : SIGN_SECRET_BYTES);
    if (text == NULL)
        return false;
    *texts[which] = text;
    if (texts[which] == &to->url)
        check_url(channel);
    const char *(*judge)(const char *) = texts[which] == &to->secret   ? channel->driver->secret_wrong
                                         : texts[which] == &to->unlock ? channel->driver->unlock_wrong
                                                                       : NULL;
    const char *wrong = judge != NULL ? judge(text) : NULL;
    if (wrong != NULL)
        snprintf(channel->problem, sizeof channel->problem, "%s %s", file.key, wrong);
    return channel->problem[0] == '\0';
}

bool channel_refresh(struct channel *channel)
{
    struct destination *to = &channel->destination;
    wipe(&to->url);
    wipe(&to->secret);
    wipe(&to->token);
    wipe(&to->verify);
    wipe(&to->unlock);
    for (size_t i = 0; i < CHANNEL_FILES; i++)
        if (!channel_read(channel, i))
            return false;
    return true;
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
                        .unlock = "",
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

// The server is the domain's own, or a host of it, such as matrix.example.com of example.com.
static bool serves(const char *host, const char *domain)
{
    size_t whole = strlen(host), length = strlen(domain);
    bool below = whole > length && host[whole - length - 1] == '.' && strchr(domain, '.') != NULL;
    return (whole == length || below) && strcasecmp(host + whole - length, domain) == 0;
}

// The domain of the account that sends, or that of the server where no account is named.
static bool is_own(const struct channel *channel, const char *domain)
{
    char host[HOST_BYTES];
    const char *account = strchr(channel->options->app, '@');
    if (account != NULL)
        return strcasecmp(account + 1, domain) == 0;
    return channel->driver->domain == ':' && hosts_read(channel->destination.url, host) && serves(host, domain);
}

const char *channel_foreign(const struct channel *channel, const char *address)
{
    const struct channel_options *options = channel->options;
    const char sign = channel->driver->domain, *domain = sign != '\0' ? strchr(address, sign) : NULL;
    if (domain == NULL || options->to[0] != '\0' || is_own(channel, domain + 1))
        return NULL;
    for (size_t i = 0; i < options->domain_count; i++)
        if (strcasecmp(options->domains[i], domain + 1) == 0)
            return NULL;
    return domain + 1;
}

const char *channel_trouble(struct arena *arena, const struct channel *channel, const char *address)
{
    struct post post;
    const struct parcel parcel = {.id = "0123456789ab",
                                  .text = "Tend",
                                  .rep_id = "",
                                  .rep_name = "",
                                  .address = address,
                                  .language = "en",
                                  .link = "",
                                  .receipt = "",
                                  .title = "Tend",
                                  .attempt = 1};
    return channel->driver->compose(arena, &parcel, &channel->destination, &post);
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
    const char *const whole[] = {to->secret, to->token, to->verify, to->unlock, to->granted};
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
    wipe(&channel->destination.unlock);
    sodium_memzero(channel->granted, sizeof channel->granted);
}
