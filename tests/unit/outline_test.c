// A dimension in one line: which figures decide it, how they are said, and how many have room.
#include "services/tend/outline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MONEY(name, micros) \
    "{\"name\":\"" name "\",\"value\":\"" micros "\",\"unit\":\"FIGURE_UNIT_MONEY\",\"currency\":\"CNY\"}"
#define OF(name, figures) "{\"name\":\"" name "\",\"figures\":[" figures "]}"

static void lines(void **state)
{
    (void)state;
    static const char abc[] = MONEY("threshold_b", "163912800000") "," MONEY("net_sales", "2358877150000") "," MONEY(
        "threshold_a", "331692170000");
    static const struct {
        const char *dimension, *figures;
        int columns;
        const char *line;
    } cases[] = {
        {"value.abc", abc, 80, "net 2.36M, A from 332K, B from 164K"},
        {"value.abc", abc, 35, "net 2.36M, A from 332K, B from 164K"},
        {"value.abc", abc, 34, "net 2.36M, A from 332K"},
        {"value.abc", abc, 9, "net 2.36M"},
        {"value.abc", abc, 8, ""},
        {"value.abc", "", 80, ""},
        {"value.abc.west", abc, 22, "net 2.36M, A from 332K"}, // a scheme is decided as the class is
        {"risk.overdue", "{\"name\":\"mean_gap\",\"value\":\"1000\",\"unit\":\"FIGURE_UNIT_DAYS\"}", 80,
         "usually 1 day"},
        {"risk.overdue", "{\"name\":\"days_since_order\",\"value\":\"31900\",\"unit\":\"FIGURE_UNIT_DAYS\"}", 80,
         "no order for 32 days"},
        {"risk.overdue", "{\"name\":\"overdue_after\",\"value\":\"1779000000000\",\"unit\":\"FIGURE_UNIT_TIME\"}", 80,
         "overdue after 2026-05-17"},
        {"risk.declining", "{\"name\":\"window_share\",\"value\":\"486000\",\"unit\":\"FIGURE_UNIT_PPM\"}", 80,
         "48.6 % of before"},
        {"lead.qualified", "{\"name\":\"yes\",\"value\":\"1\",\"unit\":\"FIGURE_UNIT_COUNT\"}", 80, "1 of 4 yes"},
        // Of what nobody has chosen figures for, the first three.
        {"new.kind", abc, 80, "threshold b 164K, net sales 2.36M, threshold a 332K"},
    };
    struct figures figures = {.screen = {.width = 80}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[2000], line[FIGURES_LINE_BYTES];
        snprintf(text, sizeof text, OF("%s", "%s"), cases[i].dimension, cases[i].figures);
        json_t *dimension = json_loads(text, 0, NULL);
        assert_non_null(dimension);
        assert_string_equal(outline_figures(&figures, dimension, cases[i].columns, line), cases[i].line);
        json_decref(dimension);
    }
}

static void decisions(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"{\"value\":\"A\"}", ""},
        {"{\"machine\":\"C\",\"overridden\":{\"by\":\"li\",\"reason\":\"wants to grow\",\"until\":\"2026-12-31\","
         "\"since\":\"2026-05-01T04:00:00Z\"}}",
         "set by li on 2026-05-01: wants to grow; until 2026-12-31; the figures say C"},
        {"{\"overridden\":{}}", "set by somebody; until it is taken back; the figures say nothing yet"},
    };
    struct figures figures = {.screen = {.width = 80}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[FIGURES_LINE_BYTES];
        json_t *dimension = json_loads(cases[i].json, 0, NULL);
        assert_string_equal(outline_decision(&figures, dimension, text), cases[i].text);
        json_decref(dimension);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines), cmocka_unit_test(decisions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
