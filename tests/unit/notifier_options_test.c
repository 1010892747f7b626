// The section `notifier`: what it takes, and what it says about mistakes.
#include "common/settings.h"
#include "services/notifier/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct notifier_options options;
static int32_t groups[2]; // of the first routes, which live as long as the configuration
static char error[400];

// Reads a section; whether all is well, with the first error of either kind in `error`.
static bool read_section(const char *text)
{
    struct settings settings;
    struct config_section own = {"notifier", notifier_keys, &options, ""};
    error[0] = '\0';
    struct config *config = settings_read_text("t.yaml", text, strlen(text), &settings, &own, 1);
    bool good = config_good(config);
    if (!good) {
        size_t count;
        snprintf(error, sizeof error, "%s", config_errors(config, &count)[0].message);
    } else {
        good = notifier_options_check(&options, config, error, sizeof error) && config_good(config);
    }
    for (size_t i = 0; i < options.route_count && i < sizeof groups / sizeof groups[0]; i++)
        groups[i] = options.routes[i].group_by;
    config_close(&config);
    return good;
}

static void test_a_whole_section(void **state)
{
    (void)state;
    if (!read_section("notifier:\n"
                      "  channels:\n"
                      "    sales-cn: {type: dingtalk, url_file: a.url, secret_file: a.sec, keyword: CRM, rate: 20/1m}\n"
                      "    east: {type: wecom, url_file: b.url}\n"
                      "    lark: {type: feishu, url_file: c.url, secret_file: c.sec, language: en}\n"
                      "    us: {type: slack, token_file: d.tok, to: C012345}\n"
                      "    hook: {type: slack, url_file: e.url}\n"
                      "    crm: {type: webhook, url_file: f.url, secret_file: f.sec, allow_private: true}\n"
                      "    app: {type: wecom_app, app: c, secret_file: s, agent: 1, verify_file: t, unlock_file: k}\n"
                      "    log: {type: file, file: out/}\n"
                      "    here: {type: console}\n"
                      "  people:\n"
                      "    wang: {channel: sales-cn, address: \"13800000000\", language: zh-CN}\n"
                      "  default_channel: log\n"
                      "  group_wait: 500ms\n"
                      "  group_by: kind\n"
                      "  routes: {wishes: {kinds: [birthday]}, risks: {kinds: [drop], group_by: rep}}\n"))
        fail_msg("%s", error);
    assert_int_equal(options.group_by, GROUP_BY_KIND);
    assert_int_equal(groups[0], GROUP_AS_SECTION);
    assert_int_equal(groups[1], GROUP_BY_REP);
    assert_int_equal(options.channel_count, 9);
    assert_int_equal(options.person_count, 1);
    assert_int_equal(options.group_wait_ms, 500);
}

static void test_defaults(void **state)
{
    (void)state;
    if (!read_section("notifier: {}\n"))
        fail_msg("%s", error);
    assert_int_equal(options.group_wait_ms, 2000);
    assert_int_equal(options.group_by, GROUP_BY_REP);
    assert_int_equal(options.keep_ms, INT64_C(90) * 86400000);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } table[] = {
        {"{channels: {a: {type: pigeon}}}", "pigeon"},
        {"{group_by: chat}", "chat"},
        {"{channels: {a: {type: wecom}}}", "notifier.channels.a.url_file is needed"},
        {"{channels: {a: {type: wecom, url_file: u, secret_file: s}}}",
         "notifier.channels.a.secret_file means nothing"},
        {"{channels: {a: {type: file}}}", "notifier.channels.a.file is needed"},
        {"{channels: {a: {type: console, to: C1}}}", "notifier.channels.a.to means nothing"},
        {"{channels: {a: {type: slack}}}", "notifier.channels.a.url_file is needed"},
        {"{channels: {a: {type: wecom_app, app: c, secret_file: s, agent: 1, verify_file: t}}}",
         "notifier.channels.a.unlock_file is needed beside verify_file"},
        {"{channels: {a: {type: wecom_app, app: c, secret_file: s, agent: 1, unlock_file: k}}}",
         "notifier.channels.a.verify_file is needed beside unlock_file"},
        {"{channels: {a: {type: slack, token_file: t, verify_file: v, unlock_file: k}}}",
         "notifier.channels.a.unlock_file means nothing"},
        {"{channels: {a: {type: console, rate: often}}}", "notifier.channels.a.rate must be"},
        {"{channels: {a: {type: console, language: de}}}", "notifier.channels.a.language must be"},
        {"{default_channel: nowhere}", "notifier.default_channel names no channel"},
        {"{people: {wang: {channel: nowhere}}}", "notifier.people.wang.channel names no channel"},
        {"{language: tlh}", "notifier.language must be"},
        {"{atempts: 3}", "attempts"}, // did you mean
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[300];
        snprintf(text, sizeof text, "notifier: %s\n", table[i].text);
        assert_false(read_section(text));
        if (strstr(error, table[i].says) == NULL)
            fail_msg("%s said: %s", table[i].text, error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_section),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
