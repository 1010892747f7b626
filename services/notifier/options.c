#include "services/notifier/options.h"

#include "services/notifier/channel.h"
#include "services/notifier/pace.h"
#include "services/notifier/say.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { ID_BYTES = 128, KEY_BYTES = 300 };

#define CHOICE(NUMBER, name) {#name, CHANNEL_TYPE_##NUMBER},
static const struct config_choice types[] = {CHATS(CHOICE){NULL, 0}};
#undef CHOICE

#define AT(member) offsetof(struct channel_options, member)
static const struct config_key channel_keys[] = {
    {.name = "name", .type = CONFIG_NAME, .offset = AT(name), .max = ID_BYTES, .help = "A name of your own."},
    {.name = "type",
     .type = CONFIG_CHOICE,
     .offset = AT(type),
     .choices = types,
     .example = "dingtalk",
     .help = "The kind of chat."},
    {.name = "url_file",
     .type = CONFIG_SECRET,
     .offset = AT(url_file),
     .fallback = "",
     .example = "secrets/sales.url",
     .help = "A file that holds the webhook's URL: whoever knows it can write to the chat."},
    {.name = "secret_file",
     .type = CONFIG_SECRET,
     .offset = AT(secret_file),
     .fallback = "",
     .help = "A file that holds the secret that messages are signed with (dingtalk, feishu, webhook: whsec_...), or "
             "the secret of an app."},
    {.name = "token_file",
     .type = CONFIG_SECRET,
     .offset = AT(token_file),
     .fallback = "",
     .help = "A file that holds the token or password that messages are sent with; a Slack channel without it needs "
             "url_file."},
    {.name = "verify_file",
     .type = CONFIG_SECRET,
     .offset = AT(verify_file),
     .fallback = "",
     .help = "A file that holds what the chat's callbacks are checked with, for buttons that work in the chat itself: "
             "Slack's signing secret, Telegram's secret token, Discord's public key, Feishu's encrypt key."},
    {.name = "app",
     .type = CONFIG_TEXT,
     .offset = AT(app),
     .fallback = "",
     .max = ID_BYTES,
     .help = "The app's id (DingTalk's app key, WeCom's corp id, Feishu's app id), or the account that sends (email, "
             "xmpp)."},
    {.name = "agent",
     .type = CONFIG_TEXT,
     .offset = AT(agent),
     .fallback = "",
     .max = ID_BYTES,
     .help = "WeCom's agent id, or the id of DingTalk's card template."},
    {.name = "file",
     .type = CONFIG_FILE,
     .offset = AT(file),
     .fallback = "",
     .help =
         "Of type file: where messages are appended. JSON lines when it ends in .jsonl; one file for each rep when it "
         "ends in a slash."},
    {.name = "to",
     .type = CONFIG_TEXT,
     .offset = AT(to),
     .fallback = "",
     .max = 64,
     .help = "The group or room of the chat that all messages go to. Left out, each rep's own address."},
    {.name = "rate",
     .type = CONFIG_TEXT,
     .offset = AT(rate),
     .fallback = "",
     .max = 20,
     .example = "20/1m",
     .help = "At most so many messages in a time. Left out, what the chat is known to take."},
    {.name = "keyword",
     .type = CONFIG_TEXT,
     .offset = AT(keyword),
     .fallback = "",
     .max = 60,
     .help = "A word that the chat's robot demands in each message; it stands on the first line."},
    {.name = "language",
     .type = CONFIG_TEXT,
     .offset = AT(language),
     .fallback = "",
     .max = 35,
     .help = "For reps whose language is not known: zh-CN or en. Left out, that of the section."},
    {.name = "connect_to",
     .type = CONFIG_TEXT,
     .offset = AT(connect_to),
     .fallback = "",
     .max = 200,
     .help = "For tests: HOST:PORT:ADDRESS:PORT, connect elsewhere than the URL says."},
    {.name = "ca_file",
     .type = CONFIG_FILE,
     .offset = AT(ca_file),
     .fallback = "",
     .help = "Certificates to trust instead of the system's."},
    {.name = "allow_loopback",
     .type = CONFIG_FLAG,
     .offset = AT(allow_loopback),
     .fallback = "false",
     .help = "For tests: take URLs without TLS and addresses of this machine."},
    {.name = "allow_private",
     .type = CONFIG_FLAG,
     .offset = AT(allow_private),
     .fallback = "false",
     .help = "Take addresses of private networks, for a webhook inside the company."},
    {.name = NULL},
};
#undef AT

#define AT(member) offsetof(struct person_options, member)
static const struct config_key person_keys[] = {
    {.name = "rep",
     .type = CONFIG_NAME,
     .offset = AT(rep),
     .max = ID_BYTES,
     .example = "wang",
     .help = "The id of the rep."},
    {.name = "name",
     .type = CONFIG_TEXT,
     .offset = AT(name),
     .fallback = "",
     .max = 200,
     .help = "How the rep is addressed. Left out, as the events say."},
    {.name = "channel",
     .type = CONFIG_TEXT,
     .offset = AT(channel),
     .fallback = "",
     .max = ID_BYTES,
     .help = "The name of a channel. Left out, as the events say, else default_channel."},
    {.name = "address",
     .type = CONFIG_TEXT,
     .offset = AT(address),
     .fallback = "",
     .max = ID_BYTES,
     .help = "The rep in that chat, so that the message can mention them: a phone number or the chat's user id."},
    {.name = "language",
     .type = CONFIG_TEXT,
     .offset = AT(language),
     .fallback = "",
     .max = 35,
     .help = "zh-CN or en. Left out, the first language that the events give."},
    {.name = NULL},
};
#undef AT

#define AT(member) offsetof(struct notifier_options, member)
#define SECOND INT64_C(1000)
#define DAY (INT64_C(86400) * SECOND)
const struct config_key notifier_keys[] = {
    {.name = "listen",
     .type = CONFIG_ADDRESS,
     .offset = AT(listen),
     .fallback = "127.0.0.1:7413",
     .help = "Where messages can be looked up."},
    {.name = "channels",
     .type = CONFIG_NAMED,
     .offset = AT(channels),
     .count_offset = AT(channel_count),
     .fallback = "",
     .keys = channel_keys,
     .item_bytes = sizeof(struct channel_options),
     .max = NOTIFIER_CHANNELS,
     .example = "sales-cn",
     .help = "The chats that messages can go to, by a name of your own."},
    {.name = "people",
     .type = CONFIG_NAMED,
     .offset = AT(people),
     .count_offset = AT(person_count),
     .fallback = "",
     .keys = person_keys,
     .item_bytes = sizeof(struct person_options),
     .example = "wang",
     .help = "What is known about reps here; it goes before what their events say."},
    {.name = "default_channel",
     .type = CONFIG_TEXT,
     .offset = AT(default_channel),
     .fallback = "",
     .max = ID_BYTES,
     .example = "sales-cn",
     .help = "For reps who have no channel. Left out, their messages are held until they have one."},
    {.name = "language",
     .type = CONFIG_TEXT,
     .offset = AT(language),
     .fallback = "zh-CN",
     .max = 35,
     .help = "For reps and channels without a language: zh-CN or en."},
    {.name = "proxy",
     .type = CONFIG_TEXT,
     .offset = AT(proxy),
     .fallback = "",
     .max = 300,
     .help = "The HTTP proxy to go through. Proxies of the environment are never used."},
    {.name = "group_wait",
     .type = CONFIG_DURATION,
     .offset = AT(group_wait_ms),
     .fallback = "2s",
     .max = 600 * SECOND,
     .help = "How long the first reminder waits for others of the same moment, so that a rep gets one message."},
    {.name = "attempts",
     .type = CONFIG_INTEGER,
     .offset = AT(attempts),
     .fallback = "50",
     .min = 1,
     .max = 1000,
     .help = "How often a message is tried that the chat did not take, at most every 15 minutes."},
    {.name = "repeats",
     .type = CONFIG_INTEGER,
     .offset = AT(repeats),
     .fallback = "2",
     .max = 10,
     .help = "How often a message is sent again of which nobody knows whether it arrived; it keeps its id."},
    {.name = "calls",
     .type = CONFIG_INTEGER,
     .offset = AT(calls),
     .fallback = "20",
     .min = 1,
     .max = 200,
     .help = "Lines of a call list in a message; the rest is at `tend calls`."},
    {.name = "keep",
     .type = CONFIG_DURATION,
     .offset = AT(keep_ms),
     .fallback = "90d",
     .min = DAY,
     .max = 3650 * DAY,
     .help = "How long messages can be looked up."},
    {.name = "public_url",
     .type = CONFIG_TEXT,
     .offset = AT(public_url),
     .fallback = "",
     .max = 200,
     .example = "https://tend.example.com",
     .help =
         "How reps' phones reach `listen`, behind your own proxy with TLS. Messages then carry a link to answer by; "
         "left out, they do not."},
    {.name = "link_lasts",
     .type = CONFIG_DURATION,
     .offset = AT(link_ms),
     .fallback = "30d",
     .min = 3600 * SECOND,
     .max = 366 * DAY,
     .help = "How long such a link can be used."},
    {.name = NULL},
};

// Where errors go.
struct checker {
    struct config *config;
    char *error;
    size_t error_bytes;
    bool good;
};

// Notes what is wrong with a key: of a channel or person `name` of `group`, or of the section itself when both are
// NULL.
static void complain(struct checker *checker, const char *group, const char *name, const char *key, const char *message)
{
    char path[KEY_BYTES];
    if (group != NULL)
        snprintf(path, sizeof path, "notifier.%s.%s.%s", group, name, key);
    else
        snprintf(path, sizeof path, "notifier.%s", key);
    if (checker->config != NULL)
        config_complain(checker->config, path, "%s", message);
    if (checker->good)
        snprintf(checker->error, checker->error_bytes, "%s %s", path, message);
    checker->good = false;
}

static void check_language(struct checker *checker, const char *group, const char *name, const char *tag)
{
    enum language language;
    if (tag[0] != '\0' && !language_parse(tag, &language))
        complain(checker, group, name, "language", "must be zh-CN or en");
}

static void check_named(struct checker *checker, const struct notifier_options *options, const char *group,
                        const char *name, const char *key, const char *channel)
{
    bool found = channel[0] == '\0';
    for (size_t i = 0; i < options->channel_count; i++)
        found = found || strcmp(options->channels[i].name, channel) == 0;
    if (!found)
        complain(checker, group, name, key, "names no channel of notifier.channels");
}

static void check_channel(struct checker *checker, const struct channel_options *channel)
{
    const char *key;
    const char *wrong = channel_options_wrong(channel, &key);
    if (wrong != NULL)
        complain(checker, "channels", channel->name, key, wrong);
    struct pace pace;
    if (channel->rate[0] != '\0' && !pace_parse(channel->rate, &pace))
        complain(checker, "channels", channel->name, "rate", "must be a number of messages and a time, such as 20/1m");
    check_language(checker, "channels", channel->name, channel->language);
}

// Reps' answers must not travel in the clear, but on this machine.
static void check_public_url(struct checker *checker, const char *url)
{
    static const char *const good[] = {"https://", "http://127.0.0.1", "http://localhost", "http://[::1]"};
    size_t length = strlen(url);
    bool known = length == 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        known = known || (strncmp(url, good[i], strlen(good[i])) == 0 && length > strlen("https://"));
    if (!known || strpbrk(url, " \t\"'<>?#") != NULL)
        complain(checker, NULL, NULL, "public_url", "must be a URL that begins with https:// and has no query");
    else if (length > 0 && url[length - 1] == '/')
        complain(checker, NULL, NULL, "public_url", "must not end in a slash");
}

bool notifier_options_check(const struct notifier_options *options, struct config *config, char *ret_error,
                            size_t error_bytes)
{
    struct checker checker = {.config = config, .error = ret_error, .error_bytes = error_bytes, .good = true};
    for (size_t i = 0; i < options->channel_count; i++)
        check_channel(&checker, &options->channels[i]);
    for (size_t i = 0; i < options->person_count; i++) {
        const struct person_options *person = &options->people[i];
        check_named(&checker, options, "people", person->rep, "channel", person->channel);
        check_language(&checker, "people", person->rep, person->language);
    }
    check_named(&checker, options, NULL, NULL, "default_channel", options->default_channel);
    check_language(&checker, NULL, NULL, options->language);
    check_public_url(&checker, options->public_url);
    return checker.good;
}
