// A test of a channel: goes by that channel alone and at once, is tried once, says who tests, and is counted like any
// other message. And which way a message would go, credentials, and secrets that never show.
#include "harness/desk.h"
#include "services/notifier/channel.h"
#include "services/notifier/trial.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

static const char good[] = "{\"errcode\":0,\"errmsg\":\"ok\"}";

// Parameters of the request that is made, as "name", "value", ...
static const char *const *params;

static const char *param(const struct request *request, const char *name)
{
    (void)request;
    for (const char *const *at = params; at != NULL && *at != NULL; at += 2)
        if (strcmp(at[0], name) == 0)
            return at[1];
    return NULL;
}

static const char *header(const struct request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

static int post(const char *path, const char *const *given)
{
    struct inbound inbound = {.request = {.method = "POST",
                                          .path = path,
                                          .content_type = "",
                                          .body = (const uint8_t *)"",
                                          .param = param,
                                          .header = header}};
    params = given;
    assert_int_equal(engine_turn(turns_engine(desk.turns), &inbound, 1, NULL), ENGINE_DONE);
    params = NULL;
    return inbound.reply.status;
}

static const char *const by_ann[] = {"by", "ann<@all>", NULL};

static void now(void)
{
    desk_play(turns_now_ms(desk.turns) + 1);
}

// The state of the newest message, "SENT".
static const char *state(void)
{
    const char *text = desk_newest("state");
    return strrchr(text, '_') + 1;
}

static void test_one_message_through_the_real_channel(void **unused)
{
    (void)unused;
    desk_chat_says(CHAT_ANSWER, 200, good);
    assert_int_equal(post("/v1/channels/wecom/test", by_ann), 200);
    now();
    assert_string_equal(state(), "SENT");
    assert_int_equal(chat_count(desk.chat), 1);
    assert_non_null(strstr(desk_text(), "测试"));
    assert_non_null(strstr(desk_text(), "ann＜@"));
    assert_null(strstr(desk_text(), "@all"));
    assert_string_equal(desk_newest("channel"), "wecom");
    assert_string_equal(desk_newest("repId"), "(test)");
    desk_assert_states(1, 0, 0, 0);
}

static void test_no_such_channel(void **unused)
{
    (void)unused;
    assert_int_equal(post("/v1/channels/nowhere/test", by_ann), 404);
    assert_int_equal(post("/v1/channels//test", by_ann), 404);
    desk_assert_states(0, 0, 0, 0);
}

// What the chat says ends it: nothing of it comes again an hour later.
static void test_it_is_tried_once(void **unused)
{
    (void)unused;
    static const struct {
        enum chat_manner manner;
        int status;
        const char *body, *state;
    } cases[] = {
        {CHAT_ANSWER, 500, "{}", "DEAD"},
        {CHAT_ANSWER, 200, "{\"errcode\":45009,\"errmsg\":\"too many\"}", "DEAD"},
        {CHAT_ANSWER, 200, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}", "DEAD"},
        {CHAT_RESET, 0, "", "UNKNOWN"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t before = chat_count(desk.chat);
        desk_chat_says(cases[i].manner, cases[i].status, cases[i].body);
        assert_int_equal(post("/v1/channels/wecom/test", by_ann), 200);
        now();
        assert_string_equal(state(), cases[i].state);
        assert_true(desk_newest("reason")[0] != '\0');
        desk_play(turns_now_ms(desk.turns) + 3 * HOUR);
        assert_string_equal(state(), cases[i].state);
        assert_int_equal(chat_count(desk.chat), before + 1);
    }
    json_t *audit = desk_ask("/v1/audit"); // nobody waits for them
    assert_null(json_object_get(audit, "dead"));
    assert_null(json_object_get(audit, "unknown"));
    json_decref(audit);
}

// A shut channel is tried by the test, which goes before what waits in its line; and when it works, that follows.
static void test_a_shut_channel(void **unused)
{
    (void)unused;
    desk_rep("wang", "Wang", "en", "wecom", turns_now_ms(desk.turns));
    desk_chat_says(CHAT_ANSWER, 200, "{\"errcode\":93000,\"errmsg\":\"invalid webhook url\"}");
    desk_remind("r1", "wang", "ACME", 0);
    desk_play(turns_now_ms(desk.turns) + 10 * SECOND);
    assert_string_equal(state(), "HELD");
    json_t *channels = desk_ask("/v1/channels");
    const json_t *wecom = json_array_get(json_object_get(channels, "channels"), 1);
    assert_true(json_is_true(json_object_get(wecom, "open")));
    assert_null(json_object_get(wecom, "took"));
    assert_int_equal(strncmp(json_string_value(json_object_get(wecom, "shutSince")), "2026-05-17T00:5", 15), 0);
    json_decref(channels);
    desk_chat_says(CHAT_ANSWER, 200, good);
    desk_chat_says(CHAT_ANSWER, 200, good);
    assert_int_equal(post("/v1/channels/wecom/test", NULL), 200);
    desk_play(turns_now_ms(desk.turns) + 10 * SECOND);
    assert_non_null(strstr(chat_request(desk.chat, 1).body, "测试"));
    assert_non_null(strstr(chat_request(desk.chat, 2).body, "ACME"));
    desk_assert_states(2, 0, 0, 0);
    channels = desk_ask("/v1/channels");
    wecom = json_array_get(json_object_get(channels, "channels"), 1);
    assert_null(json_object_get(wecom, "shutSince"));
    assert_int_equal(strncmp(json_string_value(json_object_get(wecom, "took")), "2026-05-17T00:5", 15), 0);
    json_t *const all = desk_ask("/v1/messages");
    assert_true(json_is_true(json_object_get(json_array_get(json_object_get(all, "messages"), 0), "test")));
    assert_false(json_is_true(json_object_get(json_array_get(json_object_get(all, "messages"), 1), "test")));
    json_decref(all);
    json_decref(channels);
}

// One that cannot leave is dropped: nobody waits for it when everything is let go in the evening.
static void test_held_it_is_dropped_in_the_end(void **unused)
{
    (void)unused;
    static const char *const why[] = {"reason", "prices are wrong", NULL};
    assert_int_equal(post("/v1/hold", why), 200);
    assert_int_equal(post("/v1/channels/wecom/test", by_ann), 200);
    now();
    assert_string_equal(state(), "HELD");
    assert_string_equal(desk_newest("reason"), "everything is held: prices are wrong");
    desk_play(turns_now_ms(desk.turns) + HOUR);
    assert_int_equal(post("/v1/release", NULL), 200);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(chat_count(desk.chat), 0);
    json_t *value = desk_ask("/v1/messages");
    assert_true(json_is_true(json_object_get(json_array_get(json_object_get(value, "messages"), 0), "dropped")));
    json_decref(value);
}

static void test_neither_quiet_hours_nor_routes_matter(void **unused)
{
    (void)unused;
    static const char *const names[] = {"out"};
    struct route_options *route = desk_route("all");
    route->channels = names;
    route->channel_count = 1;
    desk.options.quiet_from = 0;
    desk.options.quiet_to = 1439;
    desk_chat_says(CHAT_ANSWER, 200, good);
    static const char *const to_wang[] = {"rep", "wang", NULL};
    assert_int_equal(post("/v1/channels/wecom/test", to_wang), 200);
    now();
    assert_string_equal(state(), "SENT");
    assert_string_equal(desk_newest("repId"), "wang");
    assert_string_equal(desk_newest("route"), "");
}

// Two tests at the same moment are two messages.
static void test_twice(void **unused)
{
    (void)unused;
    assert_int_equal(post("/v1/channels/out/test", by_ann), 200);
    assert_int_equal(post("/v1/channels/out/test", by_ann), 200);
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    assert_int_equal(desk_occurrences(desk_out(), "--- end "), 2);
    desk_assert_states(2, 0, 0, 0);
}

// --- which way
// ----------------------------------------------------------------------------------------------------------

static void check_way(const char *target, const char *member, const char *expected)
{
    json_t *way = desk_ask(target);
    const char *text = json_string_value(json_object_get(way, member));
    text = text != NULL ? text : "";
    if (strcmp(text, expected) != 0)
        fail_msg("%s: %s is \"%s\", not \"%s\"", target, member, text, expected);
    json_decref(way);
}

static void test_which_way(void **unused)
{
    (void)unused;
    static const char *const kinds[] = {"drop"}, *const names[] = {"wecom"};
    struct route_options *route = desk_route("drops");
    route->kinds = kinds;
    route->kind_count = 1;
    route->to = ROUTE_MANAGER;
    route->channels = names;
    route->channel_count = 1;
    desk.options.quiet_from = 21 * 60;
    desk.options.quiet_to = 7 * 60;
    desk_rep("wang", "Wang", "en", "out", turns_now_ms(desk.turns));
    now();
    int lost;
    assert_non_null(strstr(turns_ask(desk.turns, "/v1/route?rep=wnag", &lost), "did you mean \\\"wang\\\"?"));
    assert_int_equal(lost, 404);
    check_way("/v1/route?rep=wang&kind=drop", "route", "drops");
    check_way("/v1/route?rep=wang&kind=drop", "reader", "wang");
    check_way("/v1/route?rep=wang&kind=drop", "why",
              "the route tells the manager, and nobody is known as that: the owner");
    check_way("/v1/route?rep=wang&kind=drop", "channel", "wecom");
    check_way("/v1/route?rep=wang&kind=birthday&class=a", "route", "");
    check_way("/v1/route?rep=wang&kind=birthday&urgency=later", "why", "whom the scheduler tells");
    check_way("/v1/route?rep=wang", "channel", "out");
    check_way("/v1/route?rep=wang", "readerName", "Wang");
    check_way("/v1/route?rep=wang", "hold", "");
    desk_play(DESK_START + 14 * HOUR); // 22:50 in Shanghai
    check_way("/v1/route?rep=wang", "hold", "waits for the end of quiet hours, golden hours or days off");
    check_way("/v1/route?rep=wang", "heldUntil", "2026-05-17T23:04:24.759Z"); // wang's share of the spread
    static const char *const bad[] = {"/v1/route",
                                      "/v1/route?rep=",
                                      "/v1/route?rep=w&kind=birthdy",
                                      "/v1/route?rep=w&class=D",
                                      "/v1/route?rep=w&class=AB",
                                      "/v1/route?rep=w&urgency=soon"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int status;
        (void)turns_ask(desk.turns, bad[i], &status);
        assert_int_equal(status, 400);
    }
    desk_assert_states(0, 0, 0, 0); // it looked, and nothing came of it
}

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void say_event(Tend__V1__Event *event, const char *id, const char *rep)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = turns_now_ms(desk.turns) / 1000;
    event->id = borrow(id);
    event->source = borrow("test");
    event->rep_id = borrow(rep);
    event->time = &time;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event->base);
}

static void know(const char *rep, const char *deputy)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    body.name = borrow(rep);
    body.deputy_rep_id = borrow(deputy);
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    say_event(&event, rep, rep);
}

static void away(const char *rep)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
    body.from = borrow("2026-05-16");
    body.to = borrow("2026-05-18");
    event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    event.rep_absent = &body;
    say_event(&event, "away", rep);
}

static void test_who_reads_while_the_owner_is_away(void **unused)
{
    (void)unused;
    know("wang", "li");
    know("zhao", "");
    know("li", "");
    away("zhao");
    now();
    check_way("/v1/route?rep=wang", "reader", "wang");
    check_way("/v1/route?rep=zhao", "reader", "zhao");
    check_way("/v1/route?rep=zhao", "why", "the owner is away today, and nobody is known as the deputy");
    away("wang");
    now();
    check_way("/v1/route?rep=wang", "reader", "li");
    check_way("/v1/route?rep=wang", "why", "the owner is away today, and this is the deputy");
    away("li");
    now();
    check_way("/v1/route?rep=wang", "reader", "wang");
    check_way("/v1/route?rep=wang", "why", "the owner is away today, and so is the deputy");
}

// --- secrets
// ------------------------------------------------------------------------------------------------------------

static void test_credentials(void **unused)
{
    (void)unused;
    char folder[] = "/tmp/tend-credentials-XXXXXX", path[100];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/wecom.url", folder);
    FILE *file = fopen(path, "w");
    fputs("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRETWORD\n", file);
    fclose(file);
    struct channel_options options = desk.channels[1];
    struct channel channel;
    options.url_file = "credential:wecom.url";
    unsetenv("CREDENTIALS_DIRECTORY");
    channel_open(&options, &channel);
    assert_string_equal(channel.problem, "url_file is a credential, and systemd gave none: the unit needs "
                                         "LoadCredential=wecom.url:FILE");
    setenv("CREDENTIALS_DIRECTORY", folder, 1);
    assert_true(channel_refresh(&channel));
    assert_string_equal(channel.destination.url, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRETWORD");
    channel_close(&channel);
    static const char *const bad[] = {"credential:", "credential:../secret", "credential:a/b", "credential:.hidden"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        options.url_file = bad[i];
        channel_open(&options, &channel);
        assert_string_equal(channel.problem, "url_file must name a credential behind \"credential:\"");
        channel_close(&channel);
    }
    options.url_file = "credential:missing";
    channel_open(&options, &channel);
    assert_string_equal(channel.problem, "url_file cannot be used: No such file or directory");
    channel_close(&channel);
    unsetenv("CREDENTIALS_DIRECTORY");
    unlink(path);
    rmdir(folder);
}

// A chat that repeats what it was sent.
static void test_a_chat_that_tells_secrets(void **unused)
{
    (void)unused;
    static char url[] = "https://chat.test/hooks/AAAABBBBCCCC?key=DDDDEEEEFFFF", token[] = "token-0123456789";
    const struct channel channel = {
        .destination = {.url = url, .secret = "", .token = token, .verify = "short", .unlock = "", .granted = ""}};
    static const struct {
        const char *before, *after;
    } cases[] = {
        {"no such hook: AAAABBBBCCCC", "no such hook: (hidden)"},
        {"AAAABBBBCCCCAAAABBBBCCCC", "(hidden)(hidden)"},
        {"key=DDDDEEEEFFFF, token-0123456789 are wrong", "key=(hidden), (hidden) are wrong"},
        {"a short answer of chat.test/hooks", "a short answer of chat.test/hooks"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[DETAIL_BYTES];
        snprintf(text, sizeof text, "%s", cases[i].before);
        channel_redact(&channel, text, sizeof text);
        assert_string_equal(text, cases[i].after);
    }
    char full[DETAIL_BYTES]; // at the very end of the room
    memset(full, 'x', sizeof full);
    memcpy(full + sizeof full - 13, "AAAABBBBCCCC", 13);
    channel_redact(&channel, full, sizeof full);
    assert_null(strstr(full, "AAAA"));
    assert_true(strlen(full) < sizeof full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_message_through_the_real_channel, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_no_such_channel, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_it_is_tried_once, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_a_shut_channel, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_held_it_is_dropped_in_the_end, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_neither_quiet_hours_nor_routes_matter, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_twice, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_which_way, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_who_reads_while_the_owner_is_away, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(test_credentials, desk_set_up, desk_tear_down),
        cmocka_unit_test(test_a_chat_that_tells_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
