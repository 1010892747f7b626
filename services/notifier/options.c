#include "services/notifier/options.h"

#include <stddef.h>

enum { ID_BYTES = 128, ROUTE_NAME_MAX = 48 };

#define CHOICE(NUMBER, name) {#name, CHANNEL_TYPE_##NUMBER},
static const struct config_choice types[] = {CHATS(CHOICE){NULL, 0}};
#undef CHOICE

static const struct config_key domain_item[] = {
    {.name = "item", .type = CONFIG_TEXT, .fallback = "", .max = 2 * ID_BYTES, .help = "A domain."}, {.name = NULL}};

#define AT(member) offsetof(struct channel_options, member)
static const struct config_key channel_keys[] = {
    {.name = "name", .type = CONFIG_NAME, .offset = AT(name), .max = ID_BYTES, .help = "A name of your own."},
    {.name = "type",
     .type = CONFIG_CHOICE,
     .offset = AT(type),
     .choices = types,
     .example = "dingtalk",
     .help =
         "The kind of chat. A slack channel is a bot with token_file, else a webhook; README has a table of what each "
         "type needs and can do."},
    {.name = "url_file",
     .type = CONFIG_SECRET,
     .offset = AT(url_file),
     .fallback = "",
     .example = "secrets/sales.url",
     .help =
         "A file that holds the webhook's URL: whoever knows it can write to the chat (slack, dingtalk, wecom, feishu, "
         "teams, discord, mattermost, webhook). Also a server's address (matrix, ntfy, email: smtps://HOST, xmpp: "
         "https://HOST/api/send_message). Slack's bot, telegram, discord_bot, dingtalk_app, wecom_app and feishu_app "
         "know their host and need it only for another one, such as Lark's. For this and the other secrets "
         "credential:NAME is what systemd's LoadCredential=NAME:FILE "
         "keeps."},
    {.name = "secret_file",
     .type = CONFIG_SECRET,
     .offset = AT(secret_file),
     .fallback = "",
     .help = "A file that holds the secret that messages are signed with (dingtalk: SEC..., feishu, webhook: "
             "whsec_...), or "
             "the app's own (dingtalk_app, wecom_app, feishu_app)."},
    {.name = "token_file",
     .type = CONFIG_SECRET,
     .offset = AT(token_file),
     .fallback = "",
     .help = "A file that holds the token that messages are sent with (slack's bot: xoxb-..., telegram, discord_bot, "
             "matrix, ntfy, xmpp), or the password of the mail server (email)."},
    {.name = "verify_file",
     .type = CONFIG_SECRET,
     .offset = AT(verify_file),
     .fallback = "",
     .help =
         "A file that holds what the chat's callbacks are checked with. With it buttons work in the chat itself, "
         "without it they open a page. Given by the chat: slack's signing secret, discord_bot's public key, "
         "feishu_app's encrypt key. Made up by you: telegram's secret_token, dingtalk_app's apiSecret, mattermost's "
         "secret. Of wecom_app, which has no buttons, the Token of its callback URL."},
    {.name = "unlock_file",
     .type = CONFIG_SECRET,
     .offset = AT(unlock_file),
     .fallback = "",
     .help = "A file that holds the EncodingAESKey of wecom_app's callback URL, beside verify_file: with both the "
             "chat's check of that URL is answered."},
    {.name = "app",
     .type = CONFIG_TEXT,
     .offset = AT(app),
     .fallback = "",
     .max = ID_BYTES,
     .help = "The app's id (dingtalk_app: app key, wecom_app: corp id, feishu_app: cli_...), or the account that sends "
             "(email, xmpp). Of mattermost the URL by which its server reaches the callbacks, when that is not the one "
             "of public_url."},
    {.name = "agent",
     .type = CONFIG_TEXT,
     .offset = AT(agent),
     .fallback = "",
     .max = ID_BYTES,
     .help =
         "Of wecom_app the number of the agent, of dingtalk_app the id of the card's template, of email the name to "
         "log in with when it is not the address of `app`."},
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
     .max = ID_BYTES,
     .help =
         "The group or room of the chat that all messages go to (slack's bot, telegram, discord_bot, mattermost, "
         "matrix, ntfy, email, xmpp, dingtalk_app, feishu_app). Left out, each rep gets them alone, by the rep's own "
         "address."},
    {.name = "domains",
     .type = CONFIG_LIST,
     .offset = AT(domains),
     .count_offset = AT(domain_count),
     .item_bytes = sizeof(const char *),
     .keys = domain_item,
     .fallback = "",
     .max = 64,
     .example = "example.com",
     .help = "Domains that a rep's address may be in when an event gives it, beside the sender's own (email, xmpp, "
             "matrix): whoever may send events must not lead customers' data to any mailbox of the world. Addresses "
             "of `people` are trusted as they are, and the other chats reach only whom their workspace or bot "
             "knows."},
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
     .help = "Take addresses of private networks, for a chat or a webhook inside the company."},
    {.name = NULL},
};
#undef AT

#define AT(member) offsetof(struct person_options, member)
static const struct config_key address_item[] = {
    {.name = "item", .type = CONFIG_TEXT, .fallback = "", .max = 2 * ID_BYTES, .help = "CHANNEL=ADDRESS."},
    {.name = NULL}};
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
    {.name = "addresses",
     .type = CONFIG_LIST,
     .offset = AT(addresses),
     .count_offset = AT(address_count),
     .item_bytes = sizeof(const char *),
     .keys = address_item,
     .fallback = "",
     .max = 16,
     .example = "mail=wang@example.com",
     .help = "The rep in other channels that routes use, each as CHANNEL=ADDRESS."},
    {.name = NULL},
};
#undef AT

#define SECOND INT64_C(1000)
#define DAY (INT64_C(86400) * SECOND)
static const struct config_choice urgencies[] = {{"now", 0}, {"today", 1}, {"later", 2}, {"any", ROUTE_ANY}, {NULL, 0}};
static const struct config_choice readers[] = {{"owner", ROUTE_OWNER},     {"deputy", ROUTE_DEPUTY},
                                               {"manager", ROUTE_MANAGER}, {"team", ROUTE_TEAM},
                                               {"rep", ROUTE_REP},         {NULL, 0}};
static const struct config_choice groups[] = {{"rep", GROUP_BY_REP}, {"kind", GROUP_BY_KIND}, {NULL, 0}};
static const struct config_choice route_groups[] = {
    {"rep", GROUP_BY_REP}, {"kind", GROUP_BY_KIND}, {"section", GROUP_AS_SECTION}, {NULL, 0}};
static const struct config_choice quiets[] = {{"hold", ROUTE_HOLD}, {"send", ROUTE_SEND}, {NULL, 0}};
static const struct config_key word_item[] = {
    {.name = "item", .type = CONFIG_TEXT, .fallback = "", .max = ID_BYTES, .help = "A word."}, {.name = NULL}};

#define AT(member) offsetof(struct route_options, member)
#define WORDS(key, member, sentence)                                                                       \
    {                                                                                                      \
        .name = key, .type = CONFIG_LIST, .offset = AT(member##s), .count_offset = AT(member##_count),     \
        .item_bytes = sizeof(const char *), .keys = word_item, .fallback = "", .max = 64, .help = sentence \
    }
static const struct config_key route_keys[] = {
    {.name = "name", .type = CONFIG_NAME, .offset = AT(name), .max = ROUTE_NAME_MAX, .help = "A name of your own."},
    WORDS("kinds", kind,
          "What it takes: kinds of reminders such as birthday, and call_list, preview, digest. Left "
          "out, all."),
    {.name = "classes",
     .type = CONFIG_LIST,
     .offset = AT(classes),
     .count_offset = AT(class_count),
     .item_bytes = sizeof(const char *),
     .keys = word_item,
     .fallback = "",
     .max = 3,
     .help = "Of customers of these classes: a, b, c. Left out, all."},
    WORDS("regions", region, "Of customers in these regions, as their events say it. Left out, all."),
    {.name = "urgency",
     .type = CONFIG_CHOICE,
     .offset = AT(urgency),
     .choices = urgencies,
     .fallback = "any",
     .help = "What must be known now, today, or may come later."},
    {.name = "to",
     .type = CONFIG_CHOICE,
     .offset = AT(to),
     .choices = readers,
     .fallback = "owner",
     .help = "Who reads it, found when the message leaves: the owner, the owner's deputy or manager, the chat of the "
             "owner's team, or the rep named below. For each of them, while away, the deputy; and without a deputy who "
             "is there, the manager what must be known now."},
    {.name = "rep",
     .type = CONFIG_TEXT,
     .offset = AT(rep),
     .fallback = "",
     .max = ID_BYTES,
     .help = "With `to: rep`, the id of who reads it."},
    WORDS("channels", channel,
          "Channels to go by, the first that works and asks for no long pause. Left out, the reader's own."),
    {.name = "quiet",
     .type = CONFIG_CHOICE,
     .offset = AT(quiet),
     .choices = quiets,
     .fallback = "hold",
     .help = "Whether it waits for the end of quiet hours, golden hours and days off, each reader up to five minutes "
             "longer. What must be known now never waits for golden hours, nor those minutes."},
    {.name = "group_by",
     .type = CONFIG_CHOICE,
     .offset = AT(group_by),
     .choices = route_groups,
     .fallback = "section",
     .help = "As group_by of the section, for this route; section: what it says there."},
    {.name = "group_wait",
     .type = CONFIG_DURATION,
     .offset = AT(group_wait_ms),
     .fallback = "",
     .max = 3600 * SECOND,
     .help = "As group_wait of the section, for this route."},
    {.name = "digest_at",
     .type = CONFIG_MINUTE,
     .offset = AT(digest_at),
     .fallback = "",
     .help = "Gathers everything until this time of the reader's day, and sends it as one message."},
    {.name = "spread",
     .type = CONFIG_DURATION,
     .offset = AT(spread_ms),
     .fallback = "5m",
     .max = 3600 * SECOND,
     .help = "The messages of digest_at leave within so long after it, each reader's always at the same moment: chats "
             "refuse who all come at the full hour."},
    {.name = "expires",
     .type = CONFIG_DURATION,
     .offset = AT(expires_ms),
     .fallback = "",
     .min = 60 * SECOND,
     .max = 366 * DAY,
     .help = "What could not leave so long after it came in is not told any more."},
    {.name = NULL},
};
#undef WORDS
#undef AT

#define AT(member) offsetof(struct team_options, member)
static const struct config_key team_keys[] = {
    {.name = "name", .type = CONFIG_NAME, .offset = AT(name), .max = ID_BYTES, .help = "A name of your own."},
    {.name = "manager",
     .type = CONFIG_TEXT,
     .offset = AT(manager),
     .max = ID_BYTES,
     .example = "zhao",
     .help = "The id of the manager: the team is whoever has this one as manager, and the manager."},
    {.name = "channel",
     .type = CONFIG_TEXT,
     .offset = AT(channel),
     .max = ID_BYTES,
     .example = "east-team",
     .help = "The channel of the chat that they share."},
    {.name = NULL},
};
#undef AT

#define AT(member) offsetof(struct alarm_options, member)
static const struct config_key alarm_keys[] = {
    {.name = "channel",
     .type = CONFIG_TEXT,
     .offset = AT(channel),
     .fallback = "",
     .max = ID_BYTES,
     .example = "ops",
     .help = "The channel that alarms go by. Left out, only the log, `tend status` and the metrics say what is wrong."},
    {.name = "rep",
     .type = CONFIG_TEXT,
     .offset = AT(rep),
     .fallback = "",
     .max = ID_BYTES,
     .example = "wang",
     .help =
         "One of `people`, whom they are for: by the address there, or where that channel is shut by another one of "
         "the addresses. Left out, whoever reads the channel."},
    {.name = NULL},
};
#undef AT

#define AT(member) offsetof(struct notifier_options, member)
const struct config_key notifier_keys[] = {
    {.name = "listen",
     .type = CONFIG_ADDRESS,
     .offset = AT(listen),
     .fallback = "127.0.0.1:7413",
     .help = "Where messages can be looked up, and where the links in messages and the callbacks of chats arrive."},
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
    {.name = "group_by",
     .type = CONFIG_CHOICE,
     .offset = AT(group_by),
     .choices = groups,
     .fallback = "rep",
     .help = "What shares a message. rep: everything for a rep at one moment, the reminders of each kind together. "
             "kind: only what is of one kind, so that a rep gets a message for each; each counts in rep_rate."},
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
     .fallback = "",
     .max = 10,
     .help =
         "How often a message is sent again of which nobody knows whether it arrived; it keeps its id. Left out, once, "
         "and three times to a chat that drops a repeat by a key of its own."},
    {.name = "repeat_after",
     .type = CONFIG_DURATION,
     .offset = AT(repeat_after_ms),
     .fallback = "1m",
     .max = 3600 * SECOND,
     .help = "How long after it the first of them comes; each later one waits five times as long as the one before."},
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
    {.name = "routes",
     .type = CONFIG_NAMED,
     .offset = AT(routes),
     .count_offset = AT(route_count),
     .fallback = "",
     .keys = route_keys,
     .item_bytes = sizeof(struct route_options),
     .max = 64,
     .example = "complaints",
     .help = "Other ways for some of the messages; the first that fits is taken. `tend route test` shows which."},
    {.name = "teams",
     .type = CONFIG_NAMED,
     .offset = AT(teams),
     .count_offset = AT(team_count),
     .fallback = "",
     .keys = team_keys,
     .item_bytes = sizeof(struct team_options),
     .max = 64,
     .example = "east",
     .help = "Chats that a team shares, for routes."},
    {.name = "quiet_from",
     .type = CONFIG_MINUTE,
     .offset = AT(quiet_from),
     .fallback = "21:30",
     .help = "From this time of the rep's day on nothing is sent that comes late; it waits for the morning of the next "
             "day that is worked."},
    {.name = "quiet_to",
     .type = CONFIG_MINUTE,
     .offset = AT(quiet_to),
     .fallback = "07:30",
     .help = "Until then. The same time as quiet_from: no time is quiet."},
    {.name = "alarm",
     .type = CONFIG_GROUP,
     .offset = AT(alarm),
     .fallback = "",
     .keys = alarm_keys,
     .help =
         "Who is woken, at any hour, when a channel must be mended, when an urgent message came to nothing, or when "
         "everything is held after a backup was put back. At most one alarm in ten minutes, which tells all."},
    {.name = "templates",
     .type = CONFIG_FILE,
     .offset = AT(templates),
     .fallback = "",
     .example = "texts.yaml",
     .help = "A file with words of your own for what reminders say. Left out, Tend's words."},
    {.name = "rep_rate",
     .type = CONFIG_TEXT,
     .offset = AT(rep_rate),
     .fallback = "12/1h",
     .max = 20,
     .help =
         "At most so many messages to one rep in a time, half of them at once; what comes beyond is gathered into the "
         "next one. What must be known now does not wait for it."},
    {.name = "too_old",
     .type = CONFIG_DURATION,
     .offset = AT(too_old_ms),
     .fallback = "7d",
     .min = 3600 * SECOND,
     .max = 366 * DAY,
     .help =
         "A message that could not leave for so long is put among the dead ones, where people can see it and send it "
         "after all."},
    {.name = NULL},
};
