// HTML: text stays text wherever it stands, and pages grow as long as they must.
#include "services/notifier/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_text_stays_text(void **state)
{
    (void)state;
    static const struct {
        const char *text, *escaped;
    } rows[] = {
        {"", ""},
        {"Acme & Sons", "Acme &amp; Sons"},
        {"<b>", "&lt;b&gt;"},
        {"\"'", "&quot;&#39;"},
        {"&amp;", "&amp;amp;"},
        {"%s%u%", "%s%u%"},
        {"宁波\n海纳", "宁波\n海纳"},
        {"</textarea><script>", "&lt;/textarea&gt;&lt;script&gt;"},
    };
    struct arena *arena = arena_open(1 << 20, 1 << 24);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct html html = {.arena = arena};
        html_put(&html, "<p title=\"%s\">%u %s</p>", rows[i].text, 7U, rows[i].text);
        assert_non_null(strstr(html.bytes, rows[i].escaped));
        assert_int_equal(html.length, strlen("<p title=\"\">7 </p>") + 2 * strlen(rows[i].escaped));
        assert_int_equal(html.bytes[html.length], '\0');
    }
    arena_close(&arena);
}

static void test_pages_grow(void **state)
{
    (void)state;
    struct arena *arena = arena_open(1 << 20, 1 << 26);
    struct html html = {.arena = arena};
    for (unsigned i = 0; i < 100000; i++)
        html_put(&html, "<i>%s</i>", "&");
    assert_int_equal(html.length, 100000 * strlen("<i>&amp;</i>"));
    assert_int_equal(strlen(html.bytes), html.length);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_stays_text),
        cmocka_unit_test(test_pages_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
