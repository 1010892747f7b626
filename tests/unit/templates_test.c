// Words of one's own: what a file of them may say, what it may not and where that is told, and what a letter says then.
#include "services/notifier/driver.h"
#include "services/notifier/facts.h"
#include "services/notifier/item.h"
#include "services/notifier/sample.h"
#include "services/notifier/templates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

enum { TODAY = 20591 };

static char path[64], error[600];

static struct templates *read_text(const char *text)
{
    snprintf(path, sizeof path, "/tmp/tend-templates-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), strlen(text));
    close(file);
    error[0] = '\0';
    struct templates *templates = templates_open(path, error, sizeof error);
    unlink(path);
    return templates;
}

#define BIRTHDAY(words) "templates:\n  birthday:\n    en:\n      " words "\n"

static void test_what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says[3];
    } cases[] = {
        {"templates:\n  birthdy:\n    en: {head: \"{customer}\"}\n",
         {":2:3: ", "birthdy", "did you mean \"birthday\""}},
        {"templates:\n  call_list:\n    en: {head: \"{customer}\"}\n", {":2:3: ", "call_list", ""}},
        {"templates:\n  birthday:\n    fr: {head: \"{customer}\"}\n", {":3:5: ", "fr", ""}},
        {BIRTHDAY("hed: \"{customer}\""), {":4:7: ", "did you mean \"head\"", ""}},
        {BIRTHDAY("head: \"{custmer} has a birthday\""), {":4:", "{custmer}", "did you mean {customer}?"}},
        {BIRTHDAY("head: \"{customer} {if abc}\""), {":4:", "{if abc}", ""}},
        {BIRTHDAY("head: \"{customer has a birthday\""), {":4:", "no } closes", ""}},
        {BIRTHDAY("head: \"{customer} {when {date}}\""), {":4:", "no } closes", ""}},
        {BIRTHDAY("head: \"{customer} has } a birthday\""), {":4:", "without a {", ""}},
        {BIRTHDAY("head: \"{customer} {}\""), {":4:", "without the name of a place", ""}},
        {BIRTHDAY("head: \"Somebody has a birthday {when}\""), {":4:", "must say whom it is about", ""}},
        {BIRTHDAY("head: \"{customer} {customer}\""), {":4:", "each place once", ""}},
        {BIRTHDAY("head: \"{customer} {contact} {phone} {when} {date} {text} {net}\""), {":4:", "6 of them", ""}},
        {BIRTHDAY("action: \"Ask {contct}\""), {":4:", "did you mean {contact}?", "action has no place"}},
        {"words:\n  birthday: 1\n", {":1:1: ", "words", ""}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(read_text(cases[i].text));
        assert_int_equal(strncmp(error, path, strlen(path)), 0);
        for (size_t j = 0; j < 3; j++)
            if (strstr(error, cases[i].says[j]) == NULL)
                fail_msg("case %zu does not say \"%s\": %s", i, cases[i].says[j], error);
    }
    char text[2000];
    memset(text, 0, sizeof text);
    int used = snprintf(text, sizeof text, "templates:\n  birthday:\n    en:\n      head: \"{customer}");
    memset(text + used, 'x', TEMPLATE_HEAD_BYTES);
    strcat(text, "\"\n");
    assert_null(read_text(text));
    assert_non_null(strstr(error, "head"));
    assert_null(templates_open("/nowhere/texts.yaml", error, sizeof error));
    assert_non_null(strstr(error, "/nowhere/texts.yaml: "));
}

static void test_several_faults_are_counted(void **state)
{
    (void)state;
    assert_null(read_text("templates:\n  birthday: {en: {head: \"{a}\", action: \"{b}\"}}\n"));
    assert_non_null(strstr(error, "; and 1 more"));
}

static const char *letter_of(const struct templates *templates, const char *kind, enum language language,
                             enum disarm_style style, size_t limit)
{
    static char text[LETTER_BYTES];
    struct arena *arena = arena_open(1 << 16, 1 << 22);
    struct letter letter;
    const struct sample_about about = {.customer_id = "C1", .currency = "CNY"};
    assert_true(sample_letter(arena, kind, language, TODAY, &about, &letter));
    letter.own_heads = templates_heads(templates);
    letter.own_actions = templates_actions(templates);
    struct letter_fit fit = {style, limit, cost_bytes, "", 20, 0};
    letter_compose(&letter, &fit, text);
    arena_close(&arena);
    return text;
}

static void test_own_words_are_said(void **state)
{
    (void)state;
    struct templates *templates =
        read_text("templates:\n"
                  "  birthday:\n"
                  "    zh-CN: {head: \"{customer}：{text}{when}生日。\", action: \"寄贺卡。\"}\n"
                  "    en: {head: \"{text} ({customer}) turns a year older {when}.\"}\n"
                  "  overdue:\n"
                  "    en: {action: \"Ring {contact} about the {net}.\"}\n");
    if (templates == NULL)
        fail_msg("%s", error);
    const char *text = letter_of(templates, "birthday", LANGUAGE_ZH, DISARM_CHAT, 18000);
    assert_non_null(strstr(text, "宁波远航（A类）：陈总后天生日。\n→ 寄贺卡。"));
    text = letter_of(templates, "birthday", LANGUAGE_EN, DISARM_CHAT, 18000);
    assert_non_null(strstr(text, "Ms Chen (ACME Trading (class A)) turns a year older in 2 days.\n→ "));
    text = letter_of(templates, "overdue", LANGUAGE_EN, DISARM_CHAT, 18000);
    assert_non_null(strstr(text, "ACME Trading (class A) should have ordered by now: last order 63 days ago"));
    assert_non_null(strstr(text, "→ Ring Ms Lee about the ¥82,300."));
    text = letter_of(templates, "overdue", LANGUAGE_ZH, DISARM_CHAT, 18000);
    assert_non_null(strstr(text, "该下单了"));
    templates_close(&templates);
}

static void test_a_place_without_a_fact_takes_our_words(void **state)
{
    (void)state;
    struct templates *templates = read_text(BIRTHDAY("head: \"{customer} owes {granted}.\""));
    assert_non_null(templates);
    const char *text = letter_of(templates, "birthday", LANGUAGE_EN, DISARM_CHAT, 18000);
    assert_non_null(strstr(text, "Ms Chen of ACME Trading (class A): birthday in 2 days"));
    assert_null(strstr(text, "owes"));
    templates_close(&templates);
}

static void test_own_words_are_never_markup(void **state)
{
    (void)state;
    struct templates *templates =
        read_text(BIRTHDAY("head: \"<!channel> @all see [it](https://evil.test) {customer} & Co \""));
    if (templates == NULL)
        fail_msg("%s", error);
    const char *text = letter_of(templates, "birthday", LANGUAGE_EN, DISARM_SLACK, 18000);
    assert_null(strstr(text, "<!channel>"));
    assert_null(strstr(text, "@all"));
    assert_null(strstr(text, "](https"));
    assert_non_null(strstr(text, "&lt;!channel&gt;"));
    assert_non_null(strstr(text, "ACME Trading (class A) &amp; Co"));
    templates_close(&templates);
}

// A letter with no item in it would tell nothing: where one's own words do not fit, ours are said.
static void test_too_long_for_the_chat_takes_our_words(void **state)
{
    (void)state;
    char text[1200], long_words[TEMPLATE_HEAD_BYTES];
    memset(long_words, 'x', sizeof long_words);
    long_words[sizeof long_words - 20] = '\0';
    snprintf(
        text, sizeof text,
        "templates:\n  complaint_act:\n    en:\n      head: \"{customer} %s\"\n      action: \"{customer} %.200s\"\n",
        long_words, long_words);
    struct templates *templates = read_text(text);
    if (templates == NULL)
        fail_msg("%s", error);
    assert_non_null(strstr(letter_of(templates, "complaint_act", LANGUAGE_EN, DISARM_CHAT, 18000), "xxxx"));
    struct letter letter;
    struct arena *arena = arena_open(1 << 16, 1 << 22);
    const struct sample_about about = {.customer_id = "C1", .currency = "CNY"};
    assert_true(sample_letter(arena, "complaint_act", LANGUAGE_EN, TODAY, &about, &letter));
    letter.own_heads = templates_heads(templates);
    letter.own_actions = templates_actions(templates);
    struct letter_fit fit = {DISARM_CHAT, 400, cost_bytes, "", 20, 0};
    static char room[LETTER_BYTES];
    struct pen pen = {.letter = &letter, .fit = &fit, .buffer = room};
    item_put_all(&pen);
    assert_non_null(strstr(room, "The complaint of ACME Trading"));
    assert_null(strstr(room, "xxxx"));
    arena_close(&arena);
    templates_close(&templates);
}

// A colon or a comma between two places keeps its space.
static void test_spaces_stay(void **state)
{
    (void)state;
    struct templates *templates =
        read_text("templates:\n  birthday:\n    en: {head: \"{customer}: {text}, {when}\"}\n");
    assert_non_null(templates);
    assert_non_null(strstr(letter_of(templates, "birthday", LANGUAGE_EN, DISARM_CHAT, 18000), "): Ms Chen, in 2 days"));
    templates_close(&templates);
}

static void test_none(void **state)
{
    (void)state;
    assert_null(templates_heads(NULL));
    assert_null(templates_actions(NULL));
    struct templates *templates = NULL;
    templates_close(&templates);
    templates = read_text("templates: {}\n");
    assert_non_null(templates);
    assert_non_null(strstr(letter_of(templates, "birthday", LANGUAGE_EN, DISARM_CHAT, 18000), "birthday in 2 days"));
    templates_close(&templates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(test_several_faults_are_counted),
        cmocka_unit_test(test_own_words_are_said),
        cmocka_unit_test(test_a_place_without_a_fact_takes_our_words),
        cmocka_unit_test(test_own_words_are_never_markup),
        cmocka_unit_test(test_too_long_for_the_chat_takes_our_words),
        cmocka_unit_test(test_spaces_stay),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
