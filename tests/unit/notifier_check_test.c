// What a check says of the section `notifier`: all of it in one run, each at its own place, with what was meant; and of
// the files that channels name, without a word of what is in them.
#include "common/settings.h"
#include "harness/folder.h"
#include "services/notifier/channel.h"
#include "services/notifier/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAID_BYTES = 1 << 14 };

static char said[SAID_BYTES];     // "LINE:COLUMN MESSAGE\n" of each error, then of each warning with a "?" before it
static char excerpts[SAID_BYTES]; // the lines that were shown

static void note(const char *mark, const struct config_error *errors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(said), shown = strlen(excerpts);
        snprintf(said + length, sizeof said - length, "%s%d:%d %s\n", mark, errors[i].line, errors[i].column,
                 errors[i].message);
        snprintf(excerpts + shown, sizeof excerpts - shown, "%s", errors[i].excerpt);
    }
}

// Checks a file that would stand in `folder`; whether it is good.
static bool check(const char *folder, const char *text, bool closely)
{
    static struct notifier_options options;
    struct settings settings;
    struct config_section own = {"notifier", notifier_keys, &options, ""};
    char name[FOLDER_BYTES + 20], first[600];
    size_t count;
    snprintf(name, sizeof name, "%s/t.yaml", folder);
    struct config *config = settings_read_text(name, text, strlen(text), &settings, &own, 1);
    notifier_options_check(&options, config, first, sizeof first);
    if (closely)
        notifier_options_look(&options, config);
    said[0] = excerpts[0] = '\0';
    const struct config_error *errors = config_errors(config, &count);
    note("", errors, count);
    errors = config_warnings(config, &count);
    note("?", errors, count);
    bool good = config_good(config);
    config_close(&config);
    return good;
}

#define HEAD "notifier:\n  channels:\n    mail: {type: console}\n    sales: {type: console}\n"

static const struct {
    const char *text, *says;
} rows[] = {
    {HEAD, ""},
    // One run tells all.
    {HEAD "  default_channel: saels\n  language: tlh\n  rep_rate: often\n  public_url: http://tend.example.com\n",
     "5:20 default_channel names no channel of notifier.channels; did you mean \"sales\"?\n"
     "6:13 language must be zh-CN or en\n"
     "7:13 rep_rate must be a number of messages and a time, such as 12/1h\n"
     "8:15 public_url must be a URL that begins with https:// and has no query\n"},
    // What the tables find does not hide what the checks find.
    {HEAD "  atempts: 3\n  default_channel: nowhere\n",
     "5:3 unknown key \"atempts\" in \"notifier\"; did you mean \"attempts\"?\n"
     "6:20 default_channel names no channel of notifier.channels\n"},
    // What cannot be read is not judged by its default.
    {"notifier:\n  channels:\n    a: {type: pigeon, url_file: u, rate: often}\n",
     "3:15 type must be console, file, webhook, slack, matrix, ntfy, email, xmpp, telegram, discord, discord_bot, "
     "mattermost, teams, dingtalk, dingtalk_app, wecom, wecom_app, feishu or feishu_app, not \"pigeon\"\n"
     "3:42 rate must be a number of messages and a time, such as 20/1m\n"},
    {"notifier:\n  channels:\n    a: {url_file: u}\n", "3:5 a lacks the key \"type\"\n"},
    {"notifier:\n  channels:\n    a:\n      type: wecom\n      secret_file: s\n",
     "3:5 notifier.channels.a.url_file is needed for this type\n5:20 secret_file means nothing for this type\n"},
    {"notifier:\n  channels:\n    a: {type: wecom, url_file: 'credential:../u'}\n",
     "3:32 url_file must name a credential behind \"credential:\"\n"},
    {"notifier:\n  channels:\n    a: {type: console, app: x, to: y}\n",
     "3:29 app means nothing for this type\n3:36 to means nothing for this type\n"},
    // People.
    {HEAD "  people:\n    wang: {channel: mial, language: de}\n",
     "6:21 channel names no channel of notifier.channels; did you mean \"mail\"?\n"
     "6:37 language must be zh-CN or en\n"},
    {HEAD "  people:\n    wang:\n      addresses:\n      - mail=wang@example.com\n      - nowhere=13800000000\n"
          "      - sale=C1\n      - \"13800000000\"\n      - =x\n      - mail=\n",
     "9:9 addresses[1] names no channel of notifier.channels\n"
     "10:9 addresses[2] names no channel of notifier.channels; did you mean \"sales\"?\n"
     "11:9 addresses[3] must be CHANNEL=ADDRESS, such as mail=wang@example.com\n"
     "12:9 addresses[4] must be CHANNEL=ADDRESS, such as mail=wang@example.com\n"
     "13:9 addresses[5] must be CHANNEL=ADDRESS, such as mail=wang@example.com\n"},
    // Routes.
    {HEAD "  routes:\n    a: {kinds: [birthday, promis], classes: [a, d], channels: [mail, nowhere]}\n",
     "6:27 kinds[1] must name a kind of reminder, or call_list, preview, digest; did you mean \"promise\"?\n"
     "6:49 classes[1] must be a, b or c\n"
     "6:70 channels[1] names no channel of notifier.channels\n"},
    {HEAD "  routes:\n    a: {to: rep}\n",
     "6:5 notifier.routes.a.rep is needed with `to: rep`: the id of who reads it\n"},
    {HEAD "  routes:\n    a: {rep: wang}\n", "6:14 rep means nothing without `to: rep`\n"
                                             "" /* and no word about who wang is */},
    {HEAD "  routes:\n    a: {to: tem, rep: wang}\n",
     "6:13 to must be owner, deputy, manager, team or rep, not \"tem\"; did you mean \"team\"?\n"},
    {HEAD "  routes:\n    a: {to: team}\n", "6:13 to needs the chat of a team, and notifier.teams names none\n"},
    {HEAD "  routes:\n    a: {to: team}\n  teams:\n    east: {manager: li, channel: est}\n  people: {li: {}}\n",
     "8:34 channel names no channel of notifier.channels\n"},
    {HEAD "  routes:\n    a: {classes: [a, b]}\n    b: {classes: [B], kinds: [birthday]}\n    c: {}\n"
          "    d: {to: deputy}\n",
     "7:5 b is never reached: the route \"a\" before it takes all that it would take\n"
     "9:5 d is never reached: the route \"c\" before it takes all that it would take\n"},
    {HEAD "  routes:\n    a: {urgency: now}\n    b: {urgency: today}\n    c: {regions: [East]}\n"
          "    d: {regions: [east, West]}\n    e: {urgency: now, regions: [West]}\n",
     "10:5 e is never reached: the route \"a\" before it takes all that it would take\n"},
    {HEAD "  routes:\n    a: {kinds: birthday}\n    b: {kinds: [promise]}\n",
     "6:16 kinds must be a list, not a single value\n"},
    // An hour at which nobody is disturbed.
    {HEAD "  routes:\n    a: {kinds: [birthday], digest_at: \"06:45\"}\n    b: {digest_at: \"06:45\", quiet: send}\n",
     "?6:39 digest_at is in the quiet hours: it leaves when they end, at 07:30, unless the route says `quiet: send`\n"},
    // Reps come with events too.
    {HEAD "  people: {wang: {}, zhao: {}}\n  routes:\n    a: {to: rep, rep: wnag}\n  teams:\n"
          "    east: {manager: nobody, channel: mail}\n    west: {manager: zhao, channel: mail}\n",
     "?7:23 rep names nobody of notifier.people; did you mean \"wang\"?\n"
     "?9:21 manager names nobody of notifier.people, so this rep must come with an event (rep_upserted)\n"},
};

static void test_sections(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool good = check("/nowhere", rows[i].text, false);
        if (strcmp(said, rows[i].says) != 0)
            fail_msg("of\n%s\nit said\n%snot\n%s", rows[i].text, said, rows[i].says);
        assert_int_equal(good, rows[i].says[0] == '\0' || rows[i].says[0] == '?');
    }
}

// --- files

static char folder[FOLDER_BYTES];

static void put(const char *name, const char *text, mode_t mode)
{
    char path[FOLDER_BYTES + 20];
    folder_write(folder, name, text, strlen(text));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(chmod(path, mode), 0);
}

// The test's own folder is open to all here, one in it is not.
static void put_apart(const char *name, const char *file, const char *text)
{
    char path[FOLDER_BYTES + 20];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    folder_write(path, file, text, strlen(text));
    snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
    assert_int_equal(chmod(path, 0644), 0);
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

#define C3 "notifier:\n  channels:\n    a: "

static const struct {
    const char *text, *says;
} files[] = {
    {C3 "{type: slack, url_file: slack.url}\n", ""},
    {C3 "{type: slack, url_file: gone.url}\n", "3:32 url_file names a file that is not there\n"},
    {C3 "{type: slack, url_file: empty}\n", "3:32 url_file cannot be used: it is empty\n"},
    {C3 "{type: slack, url_file: words}\n",
     "3:32 url_file cannot be used: it must hold one line without spaces, in plain ASCII\n"},
    {C3 "{type: slack, url_file: .}\n", "3:32 url_file cannot be used: Is a directory\n"},
    {C3 "{type: slack, url_file: word}\n", "3:32 url_file must hold a URL that begins with https://\n"},
    {C3 "{type: feishu, url_file: slack.url}\n",
     "3:33 url_file holds a URL of slack, and this channel is of type feishu\n"},
    {C3 "{type: webhook, url_file: slack.url}\n",
     "3:34 url_file holds a URL of slack, and this channel is of type webhook\n"},
    {C3 "{type: slack, url_file: slack.url, token_file: bot}\n",
     "3:32 url_file must hold a URL that begins with https://slack.com/api/\n"},
    {C3 "{type: wecom, url_file: open.url}\n",
     "?3:32 url_file names a file that everybody on this machine can read: `chmod o= FILE` ends that\n"},
    {C3 "{type: wecom, url_file: shut/open.url}\n", ""}, // whatever its mode: nobody else comes to it
    {C3 "{type: ntfy, url_file: topic.url}\n",
     "3:31 url_file must hold the server's address alone, such as https://ntfy.example.com; the topic goes into "
     "`to`, or is the rep's address\n"},
    {C3 "{type: webhook, url_file: slack.url, secret_file: word}\n",
     "3:34 url_file holds a URL of slack, and this channel is of type webhook\n"
     "3:58 secret_file must hold whsec_ and 24 to 64 bytes in base64\n"},
    {C3 "{type: slack, token_file: xoxb-1-VERYSECRET, rate: often}\n",
     "3:34 token_file must be the name of a file that holds the secret, and this looks like the secret itself\n"
     "3:59 rate must be a number of messages and a time, such as 20/1m\n"},
    {C3 "\n      type: slack\n      url_file: https://hooks.slack.com/services/VERYSECRET\n",
     "5:17 url_file must be the name of a file that holds the secret, not the secret itself\n"},
    {C3 "{type: telegram, token_file: \"110201543:AAVERYSECRETS\", unknwn: 1}\n",
     "3:37 token_file must be the name of a file that holds the secret, and this looks like the secret itself\n"
     "3:64 unknown key \"unknwn\" in \"a\"\n"},
    {C3 "{type: slack, token_file: [xoxb-VERYSECRET]}\n",
     "3:34 token_file must be the name of a file that holds the secret, not the secret itself, not a list\n"},
    {C3 "{type: feishu, secret_file: gone}\n",
     "3:5 notifier.channels.a.url_file is needed for this type\n3:36 secret_file names a file that is not there\n"},
    {C3 "{type: wecom_app, app: c, agent: 1, secret_file: word, verify_file: word, unlock_file: key}\n", ""},
    {C3 "{type: wecom_app, app: c, agent: 1, secret_file: word, verify_file: word, unlock_file: word}\n",
     "3:95 unlock_file must hold the EncodingAESKey of WeCom's app, 43 letters, digits, \"+\" or \"/\"\n"},
    {C3 "{type: wecom_app, app: c, agent: 1, secret_file: word, verify_file: word, unlock_file: gone}\n",
     "3:95 unlock_file names a file that is not there\n"},
    {C3 "{type: dingtalk, url_file: ding.url, secret_file: bot}\n",
     "3:58 secret_file holds what looks like a slack token, which belongs to token_file\n"},
    // What a chat would say to the first message.
    {C3 "{type: email, url_file: mail.url, app: tend}\n",
     "3:47 app must be the mail address that sends, such as tend@example.com\n"},
    {C3 "{type: email, url_file: mail.url, app: tend@example.com, to: nonsense}\n",
     "3:69 to is nothing that this chat can write to\n"},
    {C3 "{type: email, url_file: mail.url, app: tend@example.com, to: sales@example.com}\n", ""},
    {C3 "{type: xmpp, url_file: xmpp.url, app: tend@example.com, to: sales}\n",
     "3:68 to must be a room, such as sales@conference.example.com\n"},
    {C3 "{type: slack, token_file: bot}\n  people:\n    emma: {channel: a, address: emma@example.com}\n",
     "5:33 address is no address that the channel \"a\", of type slack, can write to\n"},
    {C3 "{type: slack, token_file: bot}\n  people:\n    emma: {channel: a, address: U012AB3CD}\n", ""},
    {C3 "{type: slack, token_file: bot}\n  people:\n    emma: {addresses: [a=U012AB3CD, a=emma@b.example]}\n",
     "5:37 addresses[1] is no address that the channel \"a\", of type slack, can write to\n"},
    {C3 "{type: slack, token_file: bot}\n  people:\n    emma: {channel: a}\n",
     "?5:21 channel writes to each rep alone, and there is no address here: an event must give it (rep_upserted, "
     "or "
     "the column address of an import of reps)\n"},
    {C3 "{type: slack, token_file: bot, to: C0123ABCD}\n  people:\n    emma: {channel: a}\n", ""},
    {C3 "{type: slack, token_file: bot}\n  people: {emma: {}}\n  alarm: {channel: a, rep: emma}\n",
     "?5:28 rep has no address in the channel \"a\" under notifier.people: alarms take another way to this rep "
     "where there is one, and else reach nobody\n"},
    // systemd shows it to the service alone
    {C3 "{type: slack, url_file: 'credential:slack.url'}\n", ""},
    {C3 "{type: slack, url_file: slack.url, ca_file: gone.pem}\n",
     "3:52 ca_file cannot be read: No such file or directory\n"},
};

static void test_files(void **state)
{
    (void)state;
    put("slack.url", "https://hooks.slack.com/services/T1/B2/VERYSECRET\n", 0600);
    put("empty", "\n", 0600);
    put("words", "VERYSECRET and more\n", 0600);
    put("ding.url", "https://oapi.dingtalk.com/robot/send?access_token=VERYSECRET\n", 0600);
    put("mail.url", "smtps://mail.example.com\n", 0600);
    put("xmpp.url", "https://x.example.com/api/send_message\n", 0600);
    put("open.url", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=VERYSECRET\n", 0644);
    put("topic.url", "https://ntfy.example.com/VERYSECRET\n", 0600);
    put("word", "VERYSECRET", 0600);
    put_apart("shut", "open.url", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=VERYSECRET\n");
    put("bot", "xoxb-VERYSECRET", 0600);
    put("key", "VERYSECRETVERYSECRETVERYSECRETVERYSECRET+/1\n", 0600);
    unsetenv("CREDENTIALS_DIRECTORY");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        check(folder, files[i].text, true);
        if (strcmp(said, files[i].says) != 0)
            fail_msg("of\n%s\nit said\n%snot\n%s", files[i].text, said, files[i].says);
        if (strstr(said, "VERYSECRET") != NULL || strstr(excerpts, "VERYSECRET") != NULL)
            fail_msg("of\n%s\nit showed\n%s%s", files[i].text, said, excerpts);
    }
}

// The line is shown all the same, with its mark where it belongs.
static void test_the_mark(void **state)
{
    (void)state;
    check(folder, C3 "{type: slack, token_file: xoxb-VERYSECRET, rate: often}\n", false);
    assert_string_equal(excerpts, "    a: {type: slack, token_file: ..., rate: often}\n"
                                  "                                            ^~~~~\n");
    check(folder, C3 "{type: slack, token_file: xoxb-VERYSECRET, rate: 1/1m}\n", true);
    assert_string_equal(excerpts, "    a: {type: slack, token_file: ..., rate: 1/1m}\n"
                                  "                                 ^~~\n");
}

// With systemd's folder a credential is a file like others, but for who else can read it.
static void test_credentials(void **state)
{
    (void)state;
    put("kept", "https://hooks.slack.com/services/T1/B2/VERYSECRET\n", 0644);
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    assert_true(check("/nowhere", C3 "{type: slack, url_file: 'credential:kept'}\n", true));
    assert_string_equal(said, "");
    assert_false(check("/nowhere", C3 "{type: slack, url_file: 'credential:gone'}\n", true));
    assert_string_equal(said, "3:32 url_file cannot be used: No such file or directory\n");
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_a_file_that_may_not_be_read(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); // who may read all finds nothing
    put("shut", "https://hooks.slack.com/services/T1/B2/VERYSECRET\n", 0);
    assert_false(check(folder, C3 "{type: slack, url_file: shut}\n", true));
    assert_string_equal(said, "3:32 url_file cannot be used: Permission denied\n");
}

// A start finds none of it an error: the channel is shut, and the URL of another chat is never written to.
static void test_a_start(void **state)
{
    (void)state;
    char path[FOLDER_BYTES + 20];
    put("slack.url", "https://hooks.slack.com/services/T1/B2/VERYSECRET\n", 0600);
    snprintf(path, sizeof path, "%s/slack.url", folder);
    assert_true(check(folder, C3 "{type: feishu, url_file: slack.url}\n", false));
    struct channel_options options = {.name = "a",
                                      .type = CHANNEL_TYPE_FEISHU,
                                      .url_file = path,
                                      .secret_file = "",
                                      .token_file = "",
                                      .verify_file = "",
                                      .unlock_file = "",
                                      .app = "",
                                      .agent = "",
                                      .file = "",
                                      .to = "",
                                      .rate = "",
                                      .keyword = "",
                                      .language = "",
                                      .connect_to = "",
                                      .ca_file = ""};
    struct channel channel;
    channel_open(&options, &channel);
    assert_string_equal(channel.problem, "url_file holds a URL of slack, and this channel is of type feishu");
    channel_close(&channel);
}

// --- whose a URL is

static const struct {
    int type;
    bool token;
    const char *url, *problem; // NULL: none
} urls[] = {
    {CHANNEL_TYPE_SLACK, false, "https://hooks.slack.com/services/T/B/X", NULL},
    {CHANNEL_TYPE_SLACK, false, "https://HOOKS.slack.com:443/services/T/B/X", NULL},
    {CHANNEL_TYPE_SLACK, false, "https://slack.gateway.example/in", NULL}, // a company's own way out
    {CHANNEL_TYPE_SLACK, false, "https://hooks.slack.com.example/services/T", NULL},
    {CHANNEL_TYPE_SLACK, false, "https://hooks.slack.com/triggers/T/1",
     "must hold a URL that begins with https://hooks.slack.com/services/"},
    {CHANNEL_TYPE_SLACK, false, "https://slack.com/api/chat.postMessage",
     "must hold a URL that begins with https://hooks.slack.com/services/"},
    {CHANNEL_TYPE_SLACK, true, "https://slack.com/api/chat.postMessage", NULL},
    {CHANNEL_TYPE_FEISHU, false, "https://open.feishu.cn/open-apis/bot/v2/hook/1", NULL},
    {CHANNEL_TYPE_FEISHU, false, "https://open.larksuite.com/open-apis/bot/v2/hook/1", NULL},
    {CHANNEL_TYPE_FEISHU, false, "https://open.larksuite.com/open-apis/bot/hook/1",
     "must hold a URL that begins with https://open.larksuite.com/open-apis/bot/v2/hook/"},
    {CHANNEL_TYPE_FEISHU, false, "https://oapi.dingtalk.com/robot/send?access_token=1",
     "holds a URL of dingtalk, and this channel is of type feishu"},
    {CHANNEL_TYPE_FEISHU_APP, true, "https://open.larksuite.com/", NULL},
    {CHANNEL_TYPE_FEISHU_APP, true, "https://open.feishu.cn/open-apis/bot/v2/hook/1",
     "must hold https://open.feishu.cn alone"},
    {CHANNEL_TYPE_DINGTALK, false, "https://oapi.dingtalk.com/robot/send?access_token=1", NULL},
    {CHANNEL_TYPE_DINGTALK, false, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
     "holds a URL of wecom, and this channel is of type dingtalk"},
    {CHANNEL_TYPE_WECOM, false, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", NULL},
    {CHANNEL_TYPE_WECOM, false, "https://qyapi.weixin.qq.com",
     "must hold a URL that begins with https://qyapi.weixin.qq.com/cgi-bin/webhook/"},
    {CHANNEL_TYPE_DISCORD, false, "https://discord.com/api/v10/webhooks/1/T", NULL},
    {CHANNEL_TYPE_DISCORD_BOT, true, "https://discord.com/api/v10", NULL},
    {CHANNEL_TYPE_TELEGRAM, true, "https://api.telegram.org/bot1:2/sendMessage",
     "must hold https://api.telegram.org alone"},
    {CHANNEL_TYPE_TEAMS, false, "https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=S", NULL},
    {CHANNEL_TYPE_WEBHOOK, false, "https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=S", NULL},
    {CHANNEL_TYPE_WEBHOOK, false, "https://hooks.slack.com/triggers/T/1", NULL}, // takes any JSON
    {CHANNEL_TYPE_SLACK, false, "https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=S",
     "holds a URL of teams, and this channel is of type slack"},
    {CHANNEL_TYPE_MATTERMOST, false, "https://mm.example.com/hooks/1", NULL},
    {CHANNEL_TYPE_MATTERMOST, false, "https://discord.com/api/webhooks/1/T",
     "holds a URL of discord, and this channel is of type mattermost"},
    {CHANNEL_TYPE_NTFY, false, "https://ntfy.sh/", NULL},
    {CHANNEL_TYPE_MATRIX, true, "https://matrix.example.com/base", NULL},
    {CHANNEL_TYPE_MATRIX, true, "https://matrix.example.com/_matrix/client/v3",
     "must hold the homeserver's address alone, such as https://matrix.example.com"},
    {CHANNEL_TYPE_XMPP, false, "https://x.example/api/send_message", NULL},
    {CHANNEL_TYPE_XMPP, false, "https://x.example/api", "must hold a URL that ends in /send_message"},
};

static void test_urls(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        char url[FOLDER_BYTES + 20], token[FOLDER_BYTES + 20];
        put("url", urls[i].url, 0600);
        put("token", "word", 0600);
        snprintf(url, sizeof url, "%s/url", folder);
        snprintf(token, sizeof token, "%s/token", folder);
        struct channel_options options = {.name = "a",
                                          .type = urls[i].type,
                                          .url_file = url,
                                          .secret_file = "",
                                          .token_file = urls[i].token ? token : "",
                                          .verify_file = "",
                                          .unlock_file = "",
                                          .app = "",
                                          .agent = "",
                                          .file = "",
                                          .to = "",
                                          .rate = "",
                                          .keyword = "",
                                          .language = "",
                                          .connect_to = "",
                                          .ca_file = ""};
        struct channel channel;
        char wanted[300] = "";
        if (urls[i].problem != NULL)
            snprintf(wanted, sizeof wanted, "url_file %s", urls[i].problem);
        channel_open(&options, &channel);
        if (strcmp(channel.problem, wanted) != 0)
            fail_msg("of %s it said \"%s\", not \"%s\"", urls[i].url, channel.problem, wanted);
        channel_close(&channel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections),
        cmocka_unit_test_setup_teardown(test_files, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_the_mark, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_credentials, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_a_file_that_may_not_be_read, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_a_start, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_urls, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
