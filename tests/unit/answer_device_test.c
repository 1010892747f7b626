// Whose device it is: a link of another rep is refused in words, until somebody says with a button that the device is
// theirs now; and the cookie by which it is known cannot be made, changed or kept for longer.
#include "services/notifier/answer_device.h"
#include "harness/visitor.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

enum { PAGE_BYTES = 80, NOW_S = 1800000000, LASTS_S = 180 * 86400 };

// --- the cookie

static struct ticket_keys keys_of(uint8_t current, uint8_t previous)
{
    struct ticket_keys keys = {.has_current = current != 0, .has_previous = previous != 0};
    memset(keys.current, current, sizeof keys.current);
    memset(keys.previous, previous, sizeof keys.previous);
    return keys;
}

// What a browser sends back of what it was told: all before the first ";".
static const char *sent_back(const char *told)
{
    static char cookie[4][DEVICE_COOKIE_BYTES];
    static unsigned next;
    char *kept = cookie[next++ % 4];
    snprintf(kept, DEVICE_COOKIE_BYTES, "%.*s", (int)strcspn(told, ";"), told);
    return kept;
}

static const char *made(const struct ticket_keys *keys, const char *rep)
{
    char told[DEVICE_COOKIE_BYTES];
    assert_true(device_write(keys, rep, NOW_S, true, told));
    return sent_back(told);
}

// The rep that the header names at that time; "" for none.
static const char *read_at(const struct ticket_keys *keys, const char *cookies, int64_t now_s)
{
    static char rep[DEVICE_REP_BYTES];
    return device_read(keys, cookies, now_s, rep) ? rep : "";
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    static char longest[DEVICE_REP_MOST + 2];
    struct ticket_keys keys = keys_of(1, 0);
    memset(longest, 'x', DEVICE_REP_MOST);
    const char *const reps[] = {"w", "wang", "王芳", "a; b=c, \"d\"", longest};
    for (size_t i = 0; i < sizeof reps / sizeof *reps; i++) {
        char told[DEVICE_COOKIE_BYTES];
        assert_true(device_write(&keys, reps[i], NOW_S, true, told));
        assert_non_null(strstr(told, "; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure"));
        assert_int_equal(strcspn(told, ", \""), strcspn(told, " ")); // nothing that a cookie must not hold
        assert_string_equal(read_at(&keys, sent_back(told), NOW_S), reps[i]);
        assert_true(device_write(&keys, reps[i], NOW_S, false, told));
        visitor_silent(told, "Secure");
    }
    char told[DEVICE_COOKIE_BYTES] = "as it was";
    longest[DEVICE_REP_MOST] = 'x';
    assert_false(device_write(&keys, longest, NOW_S, true, told));
    assert_false(device_write(&keys, "", NOW_S, true, told));
    assert_string_equal(told, "as it was");
}

// Another character in every place, every shorter text, and a longer one.
static void test_nothing_else_is(void **state)
{
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+/=%.";
    struct ticket_keys keys = keys_of(1, 0);
    const char *good = made(&keys, "wang");
    char other[DEVICE_COOKIE_BYTES];
    for (size_t i = 0; i < strlen(good); i++)
        for (const char *letter = letters; *letter != '\0'; letter++) {
            snprintf(other, sizeof other, "%s", good);
            other[i] = *letter;
            if (*letter != good[i])
                assert_string_equal(read_at(&keys, other, NOW_S), "");
        }
    for (size_t length = 0; length < strlen(good); length++) {
        snprintf(other, sizeof other, "%.*s", (int)length, good);
        assert_string_equal(read_at(&keys, other, NOW_S), "");
    }
    snprintf(other, sizeof other, "%sAAAA", good);
    assert_string_equal(read_at(&keys, other, NOW_S), "");
    assert_string_equal(read_at(&keys, NULL, NOW_S), "");
    assert_string_equal(read_at(&keys, "", NOW_S), "");
}

// What is sealed for one purpose is nothing for the other: not with the key of tickets itself either.
static void test_a_seal_of_tickets_is_none(void **state)
{
    (void)state;
    struct ticket_keys keys = keys_of(1, 0);
    uint8_t bytes[5 + 9 + 32] = {1, 0xff, 0xff, 0xff, 0xff};
    char text[100], cookie[120];
    memcpy(bytes + 5, "wang-wang", 9);
    crypto_auth_hmacsha256(bytes + 14, bytes, 14, keys.current);
    sodium_bin2base64(text, sizeof text, bytes, 14 + 16, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(cookie, sizeof cookie, "tend_rep=%s", text);
    assert_string_equal(read_at(&keys, cookie, NOW_S), "");
}

static void test_it_lasts_so_long(void **state)
{
    (void)state;
    struct ticket_keys keys = keys_of(1, 0);
    const char *good = made(&keys, "wang");
    assert_string_equal(read_at(&keys, good, NOW_S + LASTS_S - 1), "wang");
    assert_string_equal(read_at(&keys, good, NOW_S + LASTS_S), "");
}

static void test_keys(void **state)
{
    (void)state;
    struct ticket_keys first = keys_of(1, 0), rotated = keys_of(2, 1), twice = keys_of(3, 2), none = keys_of(0, 0);
    const char *good = made(&first, "wang");
    assert_string_equal(read_at(&rotated, good, NOW_S), "wang");
    assert_string_equal(read_at(&twice, good, NOW_S), "");
    assert_string_equal(read_at(&none, good, NOW_S), "");
    assert_string_equal(read_at(&first, made(&rotated, "wang"), NOW_S), "");
}

// What else stands in the header, before it and behind it.
static void test_several_cookies(void **state)
{
    (void)state;
    struct ticket_keys keys = keys_of(1, 0), others = keys_of(9, 0);
    const char *wang = made(&keys, "wang"), *li = made(&keys, "li"), *forged = made(&others, "evil");
    const struct {
        const char *before, *after, *rep;
    } rows[] = {
        {"", "", "wang"},
        {"a=b; ", "; c=d", "wang"},
        {"a=b;", ";c=d", "wang"},
        {"a=b;\t ", " \t; c=d", "wang"},
        {"; ;;=;a; ", ";", "wang"},
        {"tend_rep=; tend_rep; tend_rep=x; ", "", "wang"},
        {forged, NULL, ""},
        {li, NULL, "li"}, // the innermost folder's comes first
        {"x", "", ""},
        {"x=", "", ""},
        {"\"", "\"", ""},
        {"", "x", ""},
    };
    char header[2000];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool other = rows[i].after == NULL;
        snprintf(header, sizeof header, "%s%s%s%s", rows[i].before, other ? "; " : "", other ? "" : wang,
                 other ? "" : rows[i].after);
        if (strcmp(read_at(&keys, header, NOW_S), rows[i].rep) != 0)
            fail_msg("%s: %s", header, read_at(&keys, header, NOW_S));
    }
    snprintf(header, sizeof header, "%s; %s", forged, wang);
    assert_string_equal(read_at(&keys, header, NOW_S), "wang");
    snprintf(header, sizeof header, "%s; %s", li, wang);
    assert_string_equal(read_at(&keys, header, NOW_S), "li");
}

static void test_too_many_cookies(void **state)
{
    (void)state;
    static char header[9000];
    struct ticket_keys keys = keys_of(1, 0);
    const char *good = made(&keys, "wang");
    for (unsigned before = 63; before <= 64; before++) {
        header[0] = '\0';
        for (unsigned i = 0; i < before; i++)
            strcat(header, "a=b; ");
        strcat(header, good);
        assert_string_equal(read_at(&keys, header, NOW_S), before == 63 ? "wang" : "");
    }
    snprintf(header, sizeof header, "tend_rep=");
    memset(header + strlen(header), 'A', 8000);
    assert_string_equal(read_at(&keys, header, NOW_S), "");
}

// --- the page

static const char form[] = "application/x-www-form-urlencoded";
static char wangs[PAGE_BYTES], lis[PAGE_BYTES];

static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

static void know(const char *rep, const char *name, const char *language, const char *manager, const char *deputy)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    char *languages[] = {borrow(language)};
    time.seconds = turns_now_ms(desk.turns) / SECOND;
    body.name = borrow(name);
    body.manager_rep_id = borrow(manager);
    body.deputy_rep_id = borrow(deputy);
    body.languages = languages;
    body.n_languages = 1;
    body.time_zone = borrow("Asia/Shanghai");
    event.id = borrow(rep);
    event.source = borrow("test");
    event.time = &time;
    event.rep_id = borrow(rep);
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

static void away(const char *rep)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepAbsent body = TEND__V1__REP_ABSENT__INIT;
    time.seconds = turns_now_ms(desk.turns) / SECOND;
    body.from = borrow("2026-05-16");
    body.to = borrow("2026-05-18");
    event.id = borrow("away");
    event.source = borrow("test");
    event.time = &time;
    event.rep_id = borrow(rep);
    event.body_case = TEND__V1__EVENT__BODY_REP_ABSENT;
    event.rep_absent = &body;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

// A reminder that goes out; its page.
static void tell(const char *id, const char *rep, char page[PAGE_BYTES])
{
    desk.options.public_url = "https://tend.test/t";
    desk_remind(id, rep, "Acme Secret", 0);
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    snprintf(page, PAGE_BYTES, "%s", visitor_page(desk_text(), 0));
}

// Wang, with chen as manager and zhou as deputy, and Li, each with a message.
static void tell_both(void)
{
    know("wang", "王芳", "zh-CN", "chen", "zhou");
    know("li", "Li <Na>", "en", "chen", "");
    know("chen", "Chen", "en", "boss", "");
    know("zhou", "Zhou", "en", "chen", "");
    tell("r1", "wang", wangs);
    tell("r2", "li", lis);
    assert_string_not_equal(wangs, lis);
}

// A browser that keeps that cookie; "" for one without.
static struct visitor browser(const char *cookie)
{
    struct visitor visitor = {.content_type = form};
    if (cookie[0] != '\0') {
        visitor.headers[0].name = "cookie";
        visitor.headers[0].value = cookie;
    }
    return visitor;
}

static struct visit_answer post(const char *page, const char *cookie, const char *body)
{
    struct visitor visitor = browser(cookie);
    return visitor_post(page, &visitor, body);
}

static struct visit_answer get(const char *page, const char *cookie)
{
    struct visitor visitor = browser(cookie);
    return visitor_get(page, &visitor);
}

// The cookie of a device on which the owner of that page answered; it lives until the fourth one after it.
static const char *bind(const char *page)
{
    struct visit_answer answer = post(page, "", "item=1&answer=no_answer");
    assert_int_equal(answer.status, 303);
    visitor_says(answer.cookie, "; HttpOnly; SameSite=Lax; Secure");
    return sent_back(answer.cookie);
}

static void test_only_an_answer_that_stands_makes_a_device_a_reps(void **state)
{
    (void)state;
    tell_both();
    static const char *const bodies[] = {"", "item=1", "item=1&answer=sing", "item=7&answer=done", "claim=no", "claim"};
    assert_string_equal(get(wangs, "").cookie, "");
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct visit_answer answer = post(wangs, "", bodies[i]);
        assert_true(answer.status == 400 || answer.status == 404);
        assert_string_equal(answer.cookie, "");
    }
    const char *wang = bind(wangs);
    struct visit_answer shown = get(wangs, wang);
    assert_int_equal(shown.status, 200);
    assert_string_equal(shown.cookie, ""); // nor is it renewed by looking
    visitor_silent(shown.body, "name=\"claim\"");
    shown = post(wangs, wang, "item=1&answer=done");
    assert_int_equal(shown.status, 303);
    visitor_says(shown.cookie, "tend_rep=");
    assert_int_equal(visitor_answers(), 2);
    assert_string_equal(visitor_said.rep, "wang");
    shown = post(wangs, "", "item=1&answer=not_interested"); // what does not stand
    assert_int_equal(shown.status, 409);
    assert_string_equal(shown.cookie, "");
}

static void test_a_link_of_another_rep_is_refused_in_words(void **state)
{
    (void)state;
    tell_both();
    const char *wang = bind(wangs);
    uint64_t before = turns_state(desk.turns), last = turns_last(desk.turns);
    struct visit_answer shown = get(lis, wang);
    assert_int_equal(shown.status, 403);
    assert_string_equal(shown.cookie, "");
    assert_string_equal(shown.cache, "no-store");
    static const char *const parts[] = {
        "<title>这条消息是发给Li &lt;Na&gt;的</title>",
        "<h1>This message is for Li &lt;Na&gt;</h1>",
        "On this device, 王芳 answers.",
        "If it is Li &lt;Na&gt; who uses this device now",
        ">I am Li &lt;Na&gt;</button>",
        "<h1>这条消息是发给Li &lt;Na&gt;的</h1>", // each of the two may stand before it
        "在这台设备上回复的是王芳。",
        ">我是Li &lt;Na&gt;</button>",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        visitor_says(shown.body, parts[i]);
    visitor_silent(shown.body, "Acme");
    visitor_silent(shown.body, "Not recorded");
    visitor_silent(shown.body, "value=\"done\"");
    assert_true(turns_state(desk.turns) == before);

    shown = post(lis, wang, "item=1&answer=done");
    assert_int_equal(shown.status, 403);
    assert_string_equal(shown.cookie, "");
    visitor_says(shown.body, "Not recorded: this message is for somebody else.");
    visitor_says(shown.body, "没有记录：这条消息是发给别人的。");
    visitor_silent(shown.body, "Acme");
    assert_true(turns_last(desk.turns) == last);
    visitor_says(get(lis, "").body, "value=\"done\""); // it is open still

    // Among people of one language it is said once.
    know("wang", "Wang", "en", "chen", "zhou");
    desk_play(turns_now_ms(desk.turns) + SECOND);
    visitor_silent(get(lis, wang).body, "这");
    visitor_says(get(lis, wang).body, "On this device, Wang answers.");
}

static void test_names_that_are_alike_are_told_apart(void **state)
{
    (void)state;
    tell_both();
    const char *wang = bind(wangs);
    know("li", "王芳", "zh-CN", "chen", "");
    desk_play(turns_now_ms(desk.turns) + SECOND);
    struct visit_answer shown = get(lis, wang);
    assert_int_equal(shown.status, 403);
    visitor_says(shown.body, "这条消息是发给王芳 (li)的");
    visitor_says(shown.body, "在这台设备上回复的是王芳 (wang)。");
}

static void test_a_device_can_become_another_reps(void **state)
{
    (void)state;
    tell_both();
    const char *wang = bind(wangs);
    unsigned answers = visitor_answers();
    struct visit_answer claimed = post(lis, wang, "claim=yes&item=1&answer=done");
    assert_int_equal(claimed.status, 303);
    assert_string_equal(claimed.location, lis + strlen("/a/"));
    assert_int_equal(visitor_answers(), answers); // it is no answer
    const char *li = sent_back(claimed.cookie);
    assert_int_equal(get(lis, li).status, 200);
    assert_int_equal(post(lis, li, "item=1&answer=done").status, 303);
    assert_int_equal(visitor_answers(), answers + 1);
    assert_string_equal(visitor_said.rep, "li");
    assert_int_equal(get(wangs, li).status, 403);
    assert_int_equal(post(wangs, li, "item=1&answer=done").status, 403);
    assert_int_equal(visitor_answers(), answers + 1);
}

// The button is a form as the others are.
static void test_another_site_cannot_press_the_button(void **state)
{
    (void)state;
    tell_both();
    const char *wang = bind(wangs);
    const struct {
        struct visitor visitor;
        int status;
    } rows[] = {
        {{form, {{"cookie", wang}, {"origin", "https://evil.test"}, {"host", "tend.test"}}}, 403},
        {{form, {{"cookie", wang}, {"origin", "null"}, {"sec-fetch-site", "cross-site"}}}, 403},
        {{form, {{"cookie", wang}, {"sec-fetch-site", "same-site"}}}, 403},
        {{"text/plain", {{"cookie", wang}}}, 415},
        {{form, {{"cookie", wang}, {"origin", "null"}, {"sec-fetch-site", "same-origin"}}}, 303},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit_answer answer = visitor_post(lis, &rows[i].visitor, "claim=yes");
        if (answer.status != rows[i].status || (answer.cookie[0] != '\0') != (rows[i].status == 303))
            fail_msg("row %zu: %d %s", i, answer.status, answer.cookie);
    }
    assert_int_equal(post("/a/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", wang, "claim=yes").status, 403);
    assert_string_equal(post("/a/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", wang, "claim=yes").cookie, "");
}

static void test_a_cookie_that_is_not_good_is_none(void **state)
{
    (void)state;
    tell_both();
    char forged[DEVICE_COOKIE_BYTES];
    const char *wang = bind(wangs);
    snprintf(forged, sizeof forged, "%.*s%c", (int)strlen(wang) - 1, wang, wang[strlen(wang) - 1] == 'A' ? 'Q' : 'A');
    assert_int_equal(get(lis, wang).status, 403);
    assert_int_equal(get(lis, forged).status, 200);
    assert_int_equal(post(lis, forged, "item=1&answer=no_answer").status, 303);
    (void)visitor_answers();
    assert_string_equal(visitor_said.rep, "li");
}

// The manager, and the deputy, answer for the reader, and it is said who did.
static void test_who_answers_for_the_reader(void **state)
{
    (void)state;
    static const struct {
        const char *rep, *name, *words;
        int status;
    } rows[] = {
        {"chen", "Chen", "On this device, Chen answers.", 200},
        {"zhou", "Zhou", "On this device, Zhou answers.", 200},
        {"boss", NULL, NULL, 403}, // only the reader's own
        {"li", NULL, NULL, 403},
        {"nobody", NULL, NULL, 403},
    };
    tell_both();
    know("wang", "Wang", "en", "chen", "zhou");
    desk_play(turns_now_ms(desk.turns) + SECOND);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char page[PAGE_BYTES], id[16], body[60], words[40];
        snprintf(id, sizeof id, "own%zu", i);
        snprintf(body, sizeof body, "item=1&answer=no_answer&note=%s", rows[i].rep);
        tell(id, rows[i].rep, page);
        const char *cookie = bind(page);
        unsigned answers = visitor_answers();
        struct visit_answer shown = get(wangs, cookie);
        assert_int_equal(shown.status, rows[i].status);
        if (rows[i].words != NULL) {
            visitor_says(shown.body, rows[i].words);
            visitor_says(shown.body, ">I am Wang</button>");
        }
        struct visit_answer answer = post(wangs, cookie, body);
        assert_int_equal(answer.status, rows[i].status == 200 ? 303 : 403);
        assert_int_equal(visitor_answers(), rows[i].status == 200 ? answers + 1 : answers);
        if (rows[i].status != 200)
            continue;
        assert_string_equal(visitor_said.rep, rows[i].rep);
        assert_string_equal(visitor_said.reminder, "r1");
        snprintf(words, sizeof words, "%s: no answer", rows[i].name);
        visitor_says(get(wangs, cookie).body, words);
        assert_int_equal(get(page, sent_back(answer.cookie)).status, 200); // the device stays whose it was
    }
}

// Who is away comes back to a link that the deputy was sent: the reminder is theirs. Nobody else's, though.
static void test_whom_it_is_for_may_answer_what_the_deputy_was_told(void **state)
{
    (void)state;
    char own[PAGE_BYTES], told[PAGE_BYTES];
    know("wang", "Wang", "en", "chen", "zhou");
    know("zhou", "Zhou", "en", "chen", "");
    know("li", "Li", "en", "chen", "");
    tell("r1", "wang", own);
    tell("r2", "li", lis);
    const char *wang = bind(own), *li = bind(lis);
    away("wang");
    tell("r3", "wang", told);
    visitor_says(get(told, "").body, "Wang");
    assert_int_equal(get(told, li).status, 403);
    visitor_says(get(told, li).body, "This message is for Zhou");
    assert_int_equal(get(told, wang).status, 200);
    assert_int_equal(post(told, wang, "item=1&answer=done").status, 303);
    (void)visitor_answers();
    assert_string_equal(visitor_said.rep, "wang");
    assert_string_equal(visitor_said.reminder, "r3");
}

// What a route gives to the manager to decide is not decided by whom it is about.
static void test_what_the_manager_decides_the_rep_does_not(void **state)
{
    (void)state;
    char own[PAGE_BYTES], asked[PAGE_BYTES];
    know("wang", "Wang", "en", "chen", "zhou");
    know("chen", "Chen", "en", "", "");
    tell("r1", "wang", own);
    const char *wang = bind(own);
    desk_route("up")->to = ROUTE_MANAGER;
    tell("r2", "wang", asked);
    assert_int_equal(get(asked, wang).status, 403);
    visitor_says(get(asked, wang).body, "This message is for Chen");
    assert_int_equal(post(asked, wang, "item=1&answer=done").status, 403);
    assert_int_equal(post(asked, "", "item=1&answer=done").status, 303);
}

static void test_without_tls_the_cookie_is_not_secure(void **state)
{
    (void)state;
    tell_both();
    desk.options.public_url = "http://127.0.0.1:7413";
    struct visit_answer answer = post(wangs, "", "item=1&answer=done");
    assert_int_equal(answer.status, 303);
    visitor_says(answer.cookie, "; HttpOnly; SameSite=Lax");
    visitor_silent(answer.cookie, "Secure");
    visitor_silent(answer.cookie, "Path");
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_nothing_else_is),
        cmocka_unit_test(test_a_seal_of_tickets_is_none),
        cmocka_unit_test(test_it_lasts_so_long),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_several_cookies),
        cmocka_unit_test(test_too_many_cookies),
        DESK_TEST(test_only_an_answer_that_stands_makes_a_device_a_reps),
        DESK_TEST(test_a_link_of_another_rep_is_refused_in_words),
        DESK_TEST(test_names_that_are_alike_are_told_apart),
        DESK_TEST(test_a_device_can_become_another_reps),
        DESK_TEST(test_another_site_cannot_press_the_button),
        DESK_TEST(test_a_cookie_that_is_not_good_is_none),
        DESK_TEST(test_who_answers_for_the_reader),
        DESK_TEST(test_whom_it_is_for_may_answer_what_the_deputy_was_told),
        DESK_TEST(test_what_the_manager_decides_the_rep_does_not),
        DESK_TEST(test_without_tls_the_cookie_is_not_secure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
