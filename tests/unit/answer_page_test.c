// The page behind the link in a message: who may see it, what it says, and that each answer becomes one event.
#include "harness/visitor.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>
#include <unistd.h>

enum { PAGE_BYTES = 80, BODY_BYTES = 8000 };

static char page[PAGE_BYTES];

// Runs until the message is out and keeps the path of its page.
static void deliver(void)
{
    desk.options.public_url = "https://tend.test/t";
    desk_play(turns_now_ms(desk.turns) + 5 * SECOND);
    snprintf(page, sizeof page, "%s", visitor_page(desk_text(), 0));
}

static void deliver_one(void)
{
    desk.options.public_url = "https://tend.test/t";
    desk_rep("wang", "王芳", "en", "", DESK_START);
    desk_remind("r1", "wang", "Acme", 0);
    deliver();
}

static int post(const char *body)
{
    return visitor_post(page, &visitor_plain, body).status;
}

static const char *get(void)
{
    struct visit_answer answer = visitor_get(page, &visitor_plain);
    assert_int_equal(answer.status, 200);
    return answer.body;
}

// --- who may see it
// ------------------------------------------------------------------------------------------------------

static void test_a_forged_ticket_opens_nothing(void **state)
{
    (void)state;
    deliver_one();
    char forged[PAGE_BYTES];
    for (size_t i = strlen("/a/"); i < strlen(page); i++) {
        memcpy(forged, page, sizeof forged);
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        assert_int_equal(visitor_get(forged, &visitor_plain).status, 403);
        assert_int_equal(visitor_post(forged, &visitor_plain, "item=1&answer=done").status, 403);
    }
    static const char *const others[] = {"/a/", "/a/x", "/a/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "/a/../v1/messages"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(visitor_get(others[i], &visitor_plain).status, 403);
    assert_int_equal(visitor_answers(), 0);
}

static void test_an_expired_ticket_says_so(void **state)
{
    (void)state;
    deliver_one();
    desk_play(turns_now_ms(desk.turns) + 30 * DAY);
    struct visit_answer answer = visitor_get(page, &visitor_plain);
    assert_int_equal(answer.status, 410);
    visitor_says(answer.body, "This link has expired");
    assert_int_equal(post("item=1&answer=done"), 410);
    assert_int_equal(visitor_answers(), 0);
}

static void test_a_message_that_is_gone_says_so(void **state)
{
    (void)state;
    desk.options.keep_ms = 2 * DAY;
    deliver_one();
    desk_play(turns_now_ms(desk.turns) + 3 * DAY);
    assert_int_equal(visitor_get(page, &visitor_plain).status, 404);
    assert_int_equal(post("item=1&answer=done"), 404);
}

static void test_a_ticket_is_for_its_message_alone(void **state)
{
    (void)state;
    deliver_one();
    char first[PAGE_BYTES];
    memcpy(first, page, sizeof first);
    desk_remind("r2", "li", "Other Secret Inc", 0);
    deliver();
    assert_string_not_equal(first, page);
    visitor_silent(visitor_get(first, &visitor_plain).body, "Other Secret Inc");
    assert_int_equal(visitor_post(first, &visitor_plain, "item=2&answer=done").status, 404);
    assert_int_equal(visitor_answers(), 0);
}

static void test_looking_changes_nothing(void **state)
{
    (void)state;
    deliver_one();
    uint64_t before = turns_state(desk.turns), last = turns_last(desk.turns);
    for (int i = 0; i < 5; i++) {
        (void)get();
        char target[PAGE_BYTES + 40];
        snprintf(target, sizeof target, "%s?item=1&answer=done", page);
        assert_int_equal(visitor_get(target, &visitor_plain).status, 200);
    }
    assert_true(turns_state(desk.turns) == before);
    assert_true(turns_last(desk.turns) == last);
}

// --- what is answered
// ----------------------------------------------------------------------------------------------------

// 2026-05-17 is a Sunday; 09:00 in Shanghai is 01:00 UTC.
#define MORNING(DAYS) (INT64_C(1778979600) + (DAYS)*INT64_C(86400))

static void test_each_answer_is_one_event(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int outcome;
        int64_t next_s;
        const char *words;
    } rows[] = {
        {"item=1&answer=no_answer", 2, 0, "no answer"},
        {"item=1&answer=tomorrow", 3, MORNING(1), "put off until"},
        {"item=1&answer=in_3_days", 3, MORNING(3), "put off until"},
        {"item=1&answer=next_week", 3, MORNING(7), "put off until"},
        {"item=1&answer=date&date=2026-06-03", 4, MORNING(17), "another date until"},
        {"answer=done&item=1&date=", 1, 0, "done"},
    };
    deliver_one();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct visit_answer answer = visitor_post(page, &visitor_plain, rows[i].body);
        assert_int_equal(answer.status, 303);
        assert_string_equal(answer.location, "?item=1");
        assert_int_equal(post(rows[i].body), 303); // pressed twice
        assert_int_equal(visitor_answers(), i + 1);
        assert_int_equal(visitor_said.outcome, rows[i].outcome);
        assert_int_equal(visitor_said.next_s, rows[i].next_s);
        assert_string_equal(visitor_said.reminder, "r1");
        assert_string_equal(visitor_said.rep, "wang");
        char target[PAGE_BYTES + 40];
        snprintf(target, sizeof target, "%s%s", page, "?item=1");
        const char *shown = visitor_get(target, &visitor_plain).body;
        visitor_says(shown, "role=\"status\">Recorded. Acme");
        visitor_says(shown, rows[i].words);
    }
}

static void test_what_is_final_stands(void **state)
{
    (void)state;
    deliver_one();
    assert_int_equal(post("item=1&answer=not_interested"), 303);
    struct visit_answer answer = visitor_post(page, &visitor_plain, "item=1&answer=done");
    assert_int_equal(answer.status, 409);
    visitor_says(answer.body, "role=\"alert\"");
    visitor_says(answer.body, "answered otherwise before");
    visitor_silent(answer.body, "<form");
    assert_int_equal(post("item=1&answer=not_interested&note=again"), 303);
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(visitor_said.outcome, 5);
}

static void test_what_was_withdrawn_is_not_answered(void **state)
{
    (void)state;
    deliver_one();
    desk_cancel("r1");
    desk_play(turns_now_ms(desk.turns) + MINUTE);
    struct visit_answer answer = visitor_post(page, &visitor_plain, "item=1&answer=done");
    assert_int_equal(answer.status, 410);
    visitor_says(answer.body, "withdrawn");
    visitor_says(get(), "withdrawn, nothing to do any more");
    assert_int_equal(visitor_answers(), 0);
}

static void test_a_note_travels(void **state)
{
    (void)state;
    deliver_one();
    assert_int_equal(post("item=1&answer=no_answer&note=%E4%BB%96+%22out%22%0D%0A%3Cb%3Etill+5%25%3C%2Fb%3E++"), 303);
    assert_int_equal(visitor_answers(), 1);
    assert_string_equal(visitor_said.note, "他 \"out\"\n<b>till 5%</b>");
    // The same again is the same; another note is another answer; none at all says nothing new.
    assert_int_equal(post("item=1&answer=no_answer&note=%E4%BB%96+%22out%22%0D%0A%3Cb%3Etill+5%25%3C%2Fb%3E++"), 303);
    assert_int_equal(post("item=1&answer=no_answer"), 303);
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(post("item=1&answer=no_answer&note=second"), 303);
    assert_int_equal(visitor_answers(), 2);
    assert_string_equal(visitor_said.note, "second");
    assert_string_equal(visitor_said.id, "r1/2");
}

static void test_the_longest_note(void **state)
{
    (void)state;
    static char body[BODY_BYTES];
    deliver_one();
    for (unsigned count = 500; count <= 501; count++) {
        snprintf(body, sizeof body, "item=1&answer=no_answer&note=");
        for (unsigned i = 0; i < count; i++)
            strcat(body, "%E5%A5%BD");
        assert_int_equal(post(body), count == 500 ? 303 : 400);
    }
    assert_int_equal(visitor_answers(), 1);
    assert_int_equal(strlen(visitor_said.note), 1500);
    struct visit_answer answer = visitor_post(page, &visitor_plain, body);
    visitor_says(answer.body, "500 characters at most");
    visitor_says(answer.body, "好好好</textarea>"); // what was written is not lost
}

static void test_forms_that_are_not_right(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "item=1",
        "answer=done",
        "item=0&answer=done",
        "item=x&answer=done",
        "item=99999999999999999999&answer=done",
        "item=1&item=1&answer=done",
        "item=1&answer=done&answer=done",
        "item=1&answer=sing",
        "item=1&answer=DONE",
        "item=1&answer=no_answer&note=%",
        "item=1&answer=no_answer&note=%e",
        "item=1&answer=no_answer&note=%zz",
        "item=1&answer=no_answer&note=%ff",
        "item=1&answer=no_answer&note=a%00b",
        "item=1&answer=date",
        "item=1&answer=date&date=",
        "item=1&answer=date&date=2026-05-16",
        "item=1&answer=date&date=2026-05-17",
        "item=1&answer=date&date=2026-02-30",
        "item=1&answer=date&date=2027-05-18",
        "item=1&answer=date&date=tomorrow",
        "item=1&answer=date&date=2026-06-03T09:00",
    };
    deliver_one();
    uint64_t before = turns_last(desk.turns);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct visit_answer answer = visitor_post(page, &visitor_plain, bodies[i]);
        if (answer.status != 400)
            fail_msg("%d for %s", answer.status, bodies[i]);
        visitor_says(answer.body, "role=\"alert\">Not recorded");
    }
    assert_true(turns_last(desk.turns) == before);
    assert_int_equal(post("item=2&answer=done"), 404);
    assert_int_equal(post("item=1&answer=date&date=2027-05-17"), 303);
    assert_int_equal(post("item=1&answer=date&date=2026-05-18&other=%&x"), 303);
}

static void test_only_our_own_form_acts(void **state)
{
    (void)state;
    static const char form[] = "application/x-www-form-urlencoded";
    static const struct {
        struct visitor visitor;
        int status;
    } rows[] = {
        {{"application/json", {{NULL, NULL}}}, 415},
        {{"text/plain", {{NULL, NULL}}}, 415},
        {{"", {{NULL, NULL}}}, 415},
        {{"multipart/form-data; boundary=x", {{NULL, NULL}}}, 415},
        {{"application/x-www-form-urlencodedx", {{NULL, NULL}}}, 415},
        {{form, {{"origin", "https://evil.test"}, {"host", "tend.test"}}}, 403},
        {{form, {{"origin", "https://tend.test.evil.test"}}}, 403},
        {{form, {{"origin", "http://tend.test"}}}, 403},
        {{form, {{"origin", "null"}, {"sec-fetch-site", "cross-site"}}}, 403},
        {{form, {{"origin", "null"}, {"sec-fetch-site", "same-site"}}}, 403},
        {{form, {{"sec-fetch-site", "cross-site"}}}, 403},
        {{form, {{"origin", "null"}, {"sec-fetch-site", "same-origin"}}}, 303},
        {{form, {{"origin", "null"}}}, 303},
        {{form, {{"origin", "HTTPS://Tend.test"}}}, 303},
        {{form, {{"origin", "http://127.0.0.1:7413"}, {"host", "127.0.0.1:7413"}}}, 303},
        {{"Application/X-WWW-Form-urlencoded; charset=UTF-8", {{NULL, NULL}}}, 303},
    };
    static char large[20000];
    deliver_one();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = visitor_post(page, &rows[i].visitor, "item=1&answer=no_answer").status;
        if (status != rows[i].status)
            fail_msg("row %zu: %d", i, status);
    }
    memset(large, 'a', sizeof large - 1);
    memcpy(large, "item=1&answer=done&note=", 24);
    assert_int_equal(post(large), 413);
    assert_int_equal(visitor_answers(), 1);
}

// --- what it says
// --------------------------------------------------------------------------------------------------------

static void test_headers(void **state)
{
    (void)state;
    deliver_one();
    struct visit_answer answer = visitor_get(page, &visitor_plain);
    assert_string_equal(answer.cache, "no-store");
    assert_string_equal(answer.referrer, "no-referrer");
    assert_string_equal(answer.location, "");
    visitor_says(answer.policy, "default-src 'none'");
    visitor_says(answer.policy, "form-action 'self'");
    visitor_says(answer.policy, "frame-ancestors 'none'");
    visitor_silent(answer.policy, "unsafe");
    // The hash is that of the style sheet that is there.
    const char *style = strstr(answer.body, "<style>"), *end = strstr(answer.body, "</style>");
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[80];
    assert_non_null(style);
    style += strlen("<style>");
    crypto_hash_sha256(hash, (const unsigned char *)style, (size_t)(end - style));
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    visitor_says(answer.policy, text);
    visitor_silent(answer.body, "<script");
    visitor_silent(answer.body, "style=");
    visitor_silent(answer.body, "src=");
}

// A reminder with everything that a page can show.
static void remind_fully(const char *name)
{
    Tend__V1__Figure net = TEND__V1__FIGURE__INIT, odd = TEND__V1__FIGURE__INIT, *figures[] = {&net, &odd};
    Tend__V1__Point point = TEND__V1__POINT__INIT, *points[] = {&point};
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    char *copy = (char *)(uintptr_t)name, *ids[] = {copy, "shop/o-17"};
    net.name = "net_sales";
    net.unit = TEND__V1__FIGURE_UNIT__FIGURE_UNIT_MONEY;
    net.value = INT64_C(82300000000);
    net.currency = "CNY";
    odd.name = copy;
    odd.unit = TEND__V1__FIGURE_UNIT__FIGURE_UNIT_COUNT;
    odd.value = 7;
    point.code = "open_promise";
    point.text = copy;
    reminder.reminder_id = "r1";
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_PROMISE;
    reminder.rep_id = "wang";
    reminder.customer_id = "C1";
    reminder.customer_name = copy;
    reminder.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    reminder.local_date = "2026-05-17";
    reminder.event_date = "2026-05-18";
    reminder.text = copy;
    reminder.rule = copy;
    reminder.contact_name = copy;
    reminder.contact_phone = "+86 138-0000 0000";
    reminder.figures = figures;
    reminder.n_figures = 2;
    reminder.points = points;
    reminder.n_points = 1;
    reminder.event_ids = ids;
    reminder.n_event_ids = 2;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, 0, &reminder.base);
    deliver();
}

static void test_the_card_says_all_that_is_known(void **state)
{
    (void)state;
    desk.options.public_url = "https://tend.test";
    desk_rep("wang", "Wang", "en", "", DESK_START);
    remind_fully("Acme Trading");
    static const char *const parts[] = {
        "<html lang=\"en\">",
        "<h2>Acme Trading (class A)</h2>",
        "href=\"tel:+8613800000000\">Call +86 138-0000 0000</a>",
        "<dt>net sales</dt><dd>¥82,300</dd>",
        "<dt>Rule</dt><dd lang=\"en\">Acme Trading</dd>",
        "<code>shop/o-17</code>",
        "promised: Acme Trading",
        "To do: ",
        ">In 2 hours</button>", // it is due tomorrow
        "Tomorrow <small>Mon 18 May</small>",
        "maxlength=\"500\"",
        "width=device-width",
    };
    const char *shown = get();
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        visitor_says(shown, parts[i]);
    visitor_silent(shown, "<details class=\"card\"");
    visitor_silent(shown, "Next week");
    visitor_silent(shown, "value=\"date\"");
}

static void test_names_never_become_markup(void **state)
{
    (void)state;
    static const char hostile[] = "\"><script>alert(1)</script><a href='javascript:x'>&amp;%s</textarea>";
    desk.options.public_url = "https://tend.test";
    remind_fully(hostile);
    const char *shown = get();
    visitor_silent(shown, "<script");
    visitor_silent(shown, "<a href='");
    visitor_silent(shown, "'javascript");
    visitor_says(shown, "&lt;script&gt;");
    visitor_says(shown, "&amp;amp;");
    assert_int_equal(desk_occurrences(shown, "<a "), 1);
    assert_int_equal(desk_occurrences(shown, "</textarea>"), 1);
    // Nor does a note that comes back.
    char body[] = "item=1&answer=date&date=x&note=%3C%2Ftextarea%3E%3Cscript%3E";
    shown = visitor_post(page, &visitor_plain, body).body;
    visitor_says(shown, "&lt;/textarea&gt;&lt;script&gt;</textarea>");
    visitor_silent(shown, "<script");
}

static void test_languages(void **state)
{
    (void)state;
    deliver_one();
    visitor_says(get(), "<html lang=\"en\">");
    visitor_says(get(), "Put it off until");
    visitor_says(get(), "min=\"2026-05-18\" max=\"2027-05-17\"");
    visitor_says(get(), "Next week <small>Sun 24 May</small>");
    visitor_silent(get(), "In 2 hours");
    desk_rep("wang", "王芳", "zh-CN", "", DESK_START + SECOND);
    desk_play(turns_now_ms(desk.turns) + SECOND);
    static const char *const parts[] = {"<html lang=\"zh-CN\">",
                                        ">完成<",
                                        ">没接通<",
                                        "明天 <small>5月18日（周一）",
                                        "下周",
                                        "别的日期",
                                        "客户没兴趣",
                                        "回复提醒"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        visitor_says(get(), parts[i]);
    // Whoever comes with a bad ticket is spoken to as the browser asks.
    static const struct visitor english = {"", {{"accept-language", "en-GB,en;q=0.9"}}};
    static const struct visitor second = {"", {{"accept-language", "fr-FR, fr;q=0.9, en;q=0.5"}}};
    static const struct visitor others[] = {{"", {{"accept-language", "fr-FR"}}}, {"", {{NULL, NULL}}}};
    visitor_says(visitor_get("/a/x", &english).body, "This link is not valid");
    visitor_silent(visitor_get("/a/x", &english).body, "这个链接不对");
    visitor_silent(visitor_get("/a/x", &second).body, "这个链接不对");
    // Where that says nothing, in both languages, that of the configuration first.
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *shown = visitor_get("/a/x", &others[i]).body;
        const char *zh = strstr(shown, "<h1>这个链接不对"), *en = strstr(shown, "<h1>This link is not valid");
        assert_true(zh != NULL && en != NULL && zh < en);
    }
}

static void test_a_list_has_a_card_for_each_call(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_list("list1", "wang", 40);
    deliver();
    const char *shown = get();
    assert_int_equal(desk_occurrences(shown, "<details class=\"card\""), 40);
    assert_int_equal(desk_occurrences(shown, "<form"), 40);
    assert_int_equal(post("item=17&answer=done"), 303);
    assert_int_equal(post("item=3&answer=no_answer&note=busy"), 303);
    assert_int_equal(visitor_answers(), 2);
    assert_string_equal(visitor_said.reminder, "list1-2");
    shown = get();
    assert_int_equal(desk_occurrences(shown, "<details class=\"card\""), 40);
    assert_int_equal(desk_occurrences(shown, "<form"), 39); // one is final
    visitor_says(shown, "Wang: done");
    visitor_says(shown, "You can answer it again.");
}

static void test_reminders_without_a_customer(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    desk_remind("r1", "wang", "", 0);
    deliver();
    const char *shown = get();
    visitor_says(shown, "<h2>Reminder 1</h2>");
    visitor_silent(shown, "value=\"no_answer\"");
    visitor_silent(shown, "value=\"not_interested\"");
    visitor_says(shown, "value=\"done\"");
}

// A complaint, a promise and the like are not over because the customer does not want to buy.
static void test_what_is_owed_is_not_declined(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    remind_fully("Acme"); // a promise
    const char *shown = get();
    visitor_silent(shown, "value=\"not_interested\"");
    visitor_says(shown, "value=\"no_answer\"");
    visitor_silent(desk_text(), "Not interested");
    struct visit_answer answer = visitor_post(page, &visitor_plain, "item=1&answer=not_interested&note=why");
    assert_int_equal(answer.status, 400);
    visitor_says(answer.body, "role=\"alert\">Not recorded: this reminder cannot be answered so");
    visitor_says(answer.body, "why</textarea>");
    assert_int_equal(visitor_answers(), 0);
    assert_int_equal(post("item=1&answer=done"), 303);
    assert_int_equal(post("item=1&answer=not_interested"), 409); // what is final stands, and that is what to say
    assert_int_equal(visitor_answers(), 1);
}

static void test_our_costs_stay_off_the_page(void **state)
{
    (void)state;
    desk_rep("wang", "Wang", "en", "", DESK_START);
    remind_fully("cost to keep"); // its second figure has this name
    const char *shown = get();
    const char *figures = strstr(shown, "<dt>net sales</dt>"), *rule = strstr(shown, "<dt>Rule</dt>");
    assert_true(figures != NULL && rule != NULL && figures < rule);
    visitor_silent(shown, "<dt lang=\"en\">");
}

// A digest is read, and nobody answers it.
static void test_a_digest_is_text(void **state)
{
    (void)state;
    Tend__V1__DigestRow all = TEND__V1__DIGEST_ROW__INIT, *rows[] = {&all};
    Tend__V1__CallLine line = TEND__V1__CALL_LINE__INIT, *lines[] = {&line};
    Tend__V1__Digest digest = TEND__V1__DIGEST__INIT;
    all.customers = 120;
    all.contacted = 40;
    all.calls = 20;
    line.customer_id = "C1";
    line.customer_name = "<script>Acme & Sons";
    line.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    digest.digest_id = "d1";
    digest.rep_id = "boss";
    digest.local_date = digest.from_date = "2026-05-17";
    digest.rows = rows;
    digest.n_rows = 1;
    digest.at_risk = lines;
    digest.n_at_risk = 1;
    desk_rep("boss", "Chen", "en", "", DESK_START);
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST, 0, &digest.base);
    desk_remind("r1", "boss", "Bolt", 0); // a digest alone has no link
    deliver();
    const char *shown = get();
    visitor_says(shown, "<div class=\"text\">");
    visitor_says(shown, "&lt;script&gt;Acme &amp; Sons");
    visitor_silent(shown, "<script");
    assert_int_equal(desk_occurrences(shown, "<form"), 1);
    assert_int_equal(post("item=9&answer=done"), 404);
    assert_int_equal(visitor_answers(), 0);
}

#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, desk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(test_a_forged_ticket_opens_nothing),
        DESK_TEST(test_an_expired_ticket_says_so),
        DESK_TEST(test_a_message_that_is_gone_says_so),
        DESK_TEST(test_a_ticket_is_for_its_message_alone),
        DESK_TEST(test_looking_changes_nothing),
        DESK_TEST(test_each_answer_is_one_event),
        DESK_TEST(test_what_is_final_stands),
        DESK_TEST(test_what_was_withdrawn_is_not_answered),
        DESK_TEST(test_a_note_travels),
        DESK_TEST(test_the_longest_note),
        DESK_TEST(test_forms_that_are_not_right),
        DESK_TEST(test_only_our_own_form_acts),
        DESK_TEST(test_headers),
        DESK_TEST(test_the_card_says_all_that_is_known),
        DESK_TEST(test_names_never_become_markup),
        DESK_TEST(test_languages),
        DESK_TEST(test_a_list_has_a_card_for_each_call),
        DESK_TEST(test_reminders_without_a_customer),
        DESK_TEST(test_what_is_owed_is_not_declined),
        DESK_TEST(test_our_costs_stay_off_the_page),
        DESK_TEST(test_a_digest_is_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
