// Mail and XMPP: what leaves byte by byte, and what the servers' answers mean.
#include "harness/driving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

static const struct parcel parcel = {.id = "a1b2c3d4e5f6",
                                     .text = "【客户提醒】王芳，有 1 件事：\n.\n请回访 张三。\n#a1b2c3",
                                     .rep_id = "wang",
                                     .rep_name = "王芳",
                                     .address = "wang@example.com",
                                     .language = "zh-CN",
                                     .link = "",
                                     .receipt = "",
                                     .now_ms = 1700000000000,
                                     .attempt = 1};
static const struct destination mail = {.url = "smtps://mail.example.com",
                                        .secret = "",
                                        .token = "hush",
                                        .verify = "",
                                        .granted = "",
                                        .app = "tend@example.com",
                                        .agent = "",
                                        .to = "",
                                        .file = ""};
static const struct destination chat = {.url = "https://chat.example.com:5443/api/send_message",
                                        .secret = "",
                                        .token = "hush",
                                        .verify = "",
                                        .granted = "",
                                        .app = "tend@example.com",
                                        .agent = "",
                                        .to = "",
                                        .file = ""};

// --- mail: what leaves

static void test_a_mail(void **state)
{
    (void)state;
    struct post post;
    assert_null(driver_email.compose(arena, &parcel, &mail, &post));
    assert_string_equal(post.url, "smtps://mail.example.com");
    assert_string_equal(post.mail_from, "tend@example.com");
    assert_string_equal(post.mail_to, "wang@example.com");
    assert_string_equal(post.user, "tend@example.com");
    assert_string_equal(post.password, "hush");
    assert_int_equal(post.length, strlen(post.body));
    static const char expected[] = "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
                                   "From: <tend@example.com>\r\n"
                                   "To: <wang@example.com>\r\n"
                                   "Message-ID: <tend.a1b2c3d4e5f6@example.com>\r\n"
                                   "Subject: =?UTF-8?B?44CQ5a6i5oi35o+Q6YaS44CR546L6Iqz77yM5pyJIDEg5Lu25LqL77ya?=\r\n"
                                   "Auto-Submitted: auto-generated\r\n"
                                   "X-Auto-Response-Suppress: All\r\n"
                                   "MIME-Version: 1.0\r\n"
                                   "Content-Type: text/plain; charset=utf-8\r\n"
                                   "Content-Transfer-Encoding: base64\r\n"
                                   "\r\n";
    assert_memory_equal(post.body, expected, strlen(expected));
    unsigned char text[400];
    size_t length;
    assert_int_equal(sodium_base642bin(text, sizeof text, post.body + strlen(expected),
                                       strlen(post.body + strlen(expected)), "\r\n", &length, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    static const char letter[] = "【客户提醒】王芳，有 1 件事：\r\n.\r\n请回访 张三。\r\n#a1b2c3";
    assert_int_equal(length, strlen(letter));
    assert_memory_equal(text, letter, length);
    struct destination other = mail;
    other.agent = "relay-7";
    other.to = "sales@example.com";
    assert_null(driver_email.compose(arena, &parcel, &other, &post));
    assert_string_equal(post.user, "relay-7");
    assert_string_equal(post.mail_to, "sales@example.com");
    other.token = "";
    assert_null(driver_email.compose(arena, &parcel, &other, &post));
    assert_null(post.user);
    assert_null(post.password);
}

// The same Message-ID at a repeat, another date.
static void test_a_repeat_can_be_told(void **state)
{
    (void)state;
    struct parcel later = parcel;
    struct post post;
    later.attempt = 3;
    later.now_ms += 3600 * 1000;
    assert_null(driver_email.compose(arena, &later, &mail, &post));
    assert_non_null(strstr(post.body, "Message-ID: <tend.a1b2c3d4e5f6@example.com>\r\n"));
    assert_non_null(strstr(post.body, "Date: Tue, 14 Nov 2023 23:13:20 +0000\r\n"));
}

static void test_hostile_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {"a@b", "li.lei+crm@mail.example.com", "O'Brien_2=x&y~z@xn--fiqs8s.example"};
    static const char *const bad[] = {
        "",
        "li",
        "@example.com",
        "li@",
        "li@example.com\r\nRCPT TO:<all@example.com>",
        "li@example.com,all@example.com",
        "li@example.com;all@example.com",
        "<li@example.com>",
        "\"li\"@example.com",
        "li lei@example.com",
        "li@exam ple.com",
        "li@a@b.example",
        "li@[127.0.0.1]",
        "li@example..com",
        "li@-example.com",
        "li@example-.com",
        "li@.example.com",
        "li@example.com.",
        ".li@example.com",
        "li.@example.com",
        "l..i@example.com",
        "-oQ/tmp@example.com",
        "li%other@example.com",
        "other!li@example.com",
        "|sh@example.com",
        "/etc/x@example.com",
        "李@example.com",
        "li@例子.example",
        "li(comment)@example.com",
        "@a,@b:li@example.com",
        "1234567890123456789012345678901234567890123456789012345678901234x@example.com",
        "li@1234567890123456789012345678901234567890123456789012345678901234.example",
    };
    struct post post;
    struct parcel to = parcel;
    struct destination from = mail;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        to.address = good[i];
        assert_null(driver_email.compose(arena, &to, &mail, &post));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        to.address = bad[i];
        if (driver_email.compose(arena, &to, &mail, &post) == NULL)
            fail_msg("to %s", bad[i]);
        from.app = bad[i];
        if (driver_email.compose(arena, &parcel, &from, &post) == NULL)
            fail_msg("from %s", bad[i]);
    }
}

// Whatever the letter says: headers stay headers, lines stay short and plain ASCII.
static void test_the_shape_of_any_mail(void **state)
{
    (void)state;
    static char longest[25000];
    for (size_t i = 0; i + 3 < driver_email.limit; i += 3)
        memcpy(longest + i, "\xe7\x8e\x8b", 4);
    const char *const texts[] = {longest,
                                 "Hello Luis, 1 customer reminder for you:\nQuillon",
                                 "=?UTF-8?Q?Bcc=3A?=\nx",
                                 "a\rBcc: all@example.com\nx",
                                 "\nno first line",
                                 "",
                                 "Hello Luisa Fernanda Ortegal de la Cruz, 14 customer reminders for you today:\nx"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct parcel any = parcel;
        struct post post;
        any.text = texts[i];
        assert_null(driver_email.compose(arena, &any, &mail, &post));
        size_t line = 0;
        for (const char *at = post.body; *at != '\0'; at++) {
            line = *at == '\n' ? 0 : line + 1;
            assert_true(line <= 90 && (*at == '\r' || *at == '\n' || (*at >= ' ' && *at <= '~')));
            if (*at == '\r')
                assert_int_equal(at[1], '\n');
            if (*at == '\n')
                assert_int_equal(at[-1], '\r');
        }
        const char *end = strstr(post.body, "\r\n\r\n");
        assert_non_null(end);
        char head[2000];
        snprintf(head, sizeof head, "%.*s", (int)(end - post.body), post.body);
        assert_null(strstr(head, "Bcc"));
    }
    struct parcel plain = parcel;
    struct post post;
    plain.text = "Hello Luis, 1 customer reminder for you:\nQuillon";
    assert_null(driver_email.compose(arena, &plain, &mail, &post));
    assert_non_null(strstr(post.body, "\r\nSubject: Hello Luis, 1 customer reminder for you:\r\n"));
    plain.title = "Quillon Tents Inc. fell from class A to B, and 2 more";
    assert_null(driver_email.compose(arena, &plain, &mail, &post));
    assert_non_null(strstr(post.body, "\r\nSubject: Quillon Tents Inc. fell from class A to B, and 2 more\r\n"));
}

// --- mail: what the server's replies mean

static void test_replies(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *reply;
        enum outcome outcome;
    } table[] = {
        {250, ". 2.0.0 Ok: queued as 4F3", OUTCOME_OK},
        {251, ". forwarded", OUTCOME_OK},
        {250, "RCPT 2.1.5 Ok", OUTCOME_UNKNOWN}, // no courier judges this
        {421, "220 4.3.2 Service not available", OUTCOME_RETRY},
        {421, "220 4.7.0 Too many connections from your host", OUTCOME_THROTTLE},
        {421, ". 4.4.2 Timeout", OUTCOME_RETRY},
        {450, "RCPT 4.2.0 Greylisted, try again later", OUTCOME_RETRY},
        {450, "MAIL 4.7.1 Error: too many mails from you", OUTCOME_THROTTLE},
        {451, ". 4.3.0 Local error", OUTCOME_RETRY},
        {451, "MAIL 4.7.500 Server busy. Please try again later", OUTCOME_THROTTLE},
        {452, "RCPT 4.2.2 Mailbox full", OUTCOME_RETRY},
        {452, "MAIL 4.3.1 Message rate limit reached", OUTCOME_THROTTLE},
        {454, "AUTH 4.7.0 Temporary authentication failure", OUTCOME_CONFIG},
        {454, "STARTTLS 4.7.0 TLS not available", OUTCOME_CONFIG},
        {454, "RCPT 4.7.1 Relay access denied", OUTCOME_RETRY},
        {530, "MAIL 5.7.0 Authentication required", OUTCOME_CONFIG},
        {530, "RCPT 5.7.0 Must issue a STARTTLS command first", OUTCOME_CONFIG},
        {534, "AUTH 5.7.9 Application-specific password required", OUTCOME_CONFIG},
        {535, "AUTH 5.7.8 Authentication credentials invalid", OUTCOME_CONFIG},
        {554, "220 5.7.1 No SMTP service here for you", OUTCOME_CONFIG},
        {502, "EHLO 5.5.1 What?", OUTCOME_CONFIG},
        {550, "MAIL 5.1.8 Sender address rejected", OUTCOME_CONFIG},
        {553, "MAIL 5.7.1 Sender address not owned by user", OUTCOME_CONFIG},
        {552, "MAIL 5.3.4 Message too big", OUTCOME_REJECT},
        {550, "RCPT 5.1.1 User unknown", OUTCOME_GONE},
        {550, "RCPT No such user", OUTCOME_GONE},
        {551, "RCPT 5.1.6 User not local", OUTCOME_GONE},
        {553, "RCPT 5.1.3 Mailbox name not allowed", OUTCOME_GONE},
        {550, "RCPT 5.7.1 Relaying denied", OUTCOME_REJECT},
        {554, "RCPT 5.7.1 Relay access denied", OUTCOME_REJECT},
        {552, "RCPT 5.2.2 Mailbox full", OUTCOME_REJECT},
        {554, "DATA 5.5.1 No valid recipients", OUTCOME_REJECT},
        {550, ". 5.7.1 Message contains spam", OUTCOME_REJECT},
        {552, ". 5.3.4 Message too big", OUTCOME_REJECT},
        {554, ". 5.6.0 Message content rejected", OUTCOME_REJECT},
        {999, "EHLO what", OUTCOME_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct answer answer = {table[i].status, table[i].reply, strlen(table[i].reply), -1, 0};
        struct verdict verdict = {0};
        driver_email.classify(&answer, &verdict);
        if (verdict.outcome != table[i].outcome || (verdict.outcome == OUTCOME_THROTTLE) != (verdict.after_ms > 0))
            fail_msg("%d %s: %s, %s", table[i].status, table[i].reply, outcome_name(verdict.outcome), verdict.detail);
    }
}

// --- XMPP

static void test_xmpp_messages(void **state)
{
    (void)state;
    struct post post;
    struct parcel to = parcel;
    to.address = "li@example.com";
    to.text = "请回访 <b>&\n\"张三\"";
    assert_null(driver_xmpp.compose(arena, &to, &chat, &post));
    assert_string_equal(post.url, chat.url);
    assert_string_equal(post.body, "{\"type\":\"chat\",\"from\":\"tend@example.com\",\"to\":\"li@example.com\","
                                   "\"subject\":\"\",\"body\":\"请回访 <b>&\\n\\\"张三\\\"\"}");
    assert_string_equal(post.headers[1], "Authorization: Bearer hush");
    struct destination room = chat;
    room.to = "sales@conference.example.com";
    assert_null(driver_xmpp_room.compose(arena, &to, &room, &post));
    assert_non_null(strstr(post.body, "\"type\":\"groupchat\""));
    assert_non_null(strstr(post.body, "\"to\":\"sales@conference.example.com\""));
    assert_null(driver_xmpp_room.ask(arena, &room, 0, &post));
    assert_string_equal(post.url, "https://chat.example.com:5443/api/subscribe_room");
    assert_string_equal(post.body, "{\"user\":\"tend@example.com/tend\",\"nick\":\"tend\",\"room\":"
                                   "\"sales@conference.example.com\",\"nodes\":\"\"}");
    static const char *const bad[] = {"",
                                      "li",
                                      "@example.com",
                                      "li@",
                                      "li@example.com/phone",
                                      "li@a@b",
                                      "li@example..com",
                                      "li@.example",
                                      "li lei@example.com",
                                      "li\"@example.com",
                                      "li<@example.com",
                                      "li@exam\nple.com",
                                      "李@example.com"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        to.address = bad[i];
        room.to = bad[i];
        if (driver_xmpp.compose(arena, &to, &chat, &post) == NULL)
            fail_msg("%s", bad[i]);
        if (bad[i][0] != '\0' && driver_xmpp_room.ask(arena, &room, 0, &post) == NULL)
            fail_msg("room %s", bad[i]);
    }
    struct destination wrong = chat;
    wrong.url = "https://chat.example.com:5443/api/send";
    assert_non_null(driver_xmpp.compose(arena, &parcel, &wrong, &post));
}

static void test_xmpp_answers(void **state)
{
    (void)state;
    static const struct {
        bool room;
        int status;
        const char *body;
        enum outcome outcome;
    } table[] = {
        {false, 200, "0", OUTCOME_OK},
        {false, 200, "1", OUTCOME_UNKNOWN},
        {false, 200, "\"0\"", OUTCOME_UNKNOWN},
        {false, 200, "", OUTCOME_UNKNOWN},
        {false, 200, "<html>Welcome to the hotel</html>", OUTCOME_UNKNOWN},
        {false, 302, "", OUTCOME_CONFIG},
        {false, 400, "\"Bad value of attribute 'to' in tag <message/>\"", OUTCOME_REJECT},
        {false, 400, "\"Bad value of attribute 'from' in tag <message/>\"", OUTCOME_CONFIG},
        {false, 401, "{\"status\":\"error\",\"code\":10,\"message\":\"Oauth Token is invalid or expired.\"}",
         OUTCOME_CONFIG},
        {false, 403, "{\"status\":\"error\",\"code\":32,\"message\":\"AccessRules\"}", OUTCOME_CONFIG},
        {false, 404, "{\"status\":\"error\",\"code\":40,\"message\":\"Endpoint not found.\"}", OUTCOME_CONFIG},
        {false, 429, "\"slow down\"", OUTCOME_THROTTLE},
        {false, 500, "\"internal_error\"", OUTCOME_RETRY},
        {true, 200, "[]", OUTCOME_OK},
        {true, 200, "[\"urn:xmpp:mucsub:nodes:config\"]", OUTCOME_OK},
        {true, 200, "0", OUTCOME_UNKNOWN},
        {true, 400, "\"The room does not exist\"", OUTCOME_GONE},
        {true, 400, "\"Subscriptions are not allowed\"", OUTCOME_CONFIG},
        {true, 401, "{\"status\":\"error\",\"code\":10,\"message\":\"no\"}", OUTCOME_CONFIG},
        {true, 500, "\"internal_error\"", OUTCOME_RETRY},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct answer answer = {table[i].status, table[i].body, strlen(table[i].body), -1, 0};
        struct verdict verdict = {0};
        struct grant *grant = arena_zero(arena, 1, sizeof *grant);
        if (table[i].room)
            driver_xmpp_room.granted(&answer, &verdict, grant);
        else
            driver_xmpp.classify(&answer, &verdict);
        if (verdict.outcome != table[i].outcome)
            fail_msg("row %zu: %s, %s", i, outcome_name(verdict.outcome), verdict.detail);
        assert_true((grant->token[0] != '\0') == (table[i].room && table[i].outcome == OUTCOME_OK));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_mail, driving_set_up, driving_tear_down),
        cmocka_unit_test_setup_teardown(test_a_repeat_can_be_told, driving_set_up, driving_tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_addresses, driving_set_up, driving_tear_down),
        cmocka_unit_test_setup_teardown(test_the_shape_of_any_mail, driving_set_up, driving_tear_down),
        cmocka_unit_test_setup_teardown(test_replies, driving_set_up, driving_tear_down),
        cmocka_unit_test_setup_teardown(test_xmpp_messages, driving_set_up, driving_tear_down),
        cmocka_unit_test_setup_teardown(test_xmpp_answers, driving_set_up, driving_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
