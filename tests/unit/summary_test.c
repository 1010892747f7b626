// The summary as pictures, page and terminal text, made from an answer of scoring (summary.json) and read back.
#include "services/scoring/fit.h"
#include "services/tend/cards.h"
#include "services/tend/digits.h"
#include "services/tend/markup.h"
#include "services/tend/page.h"
#include "services/tend/summary.h"
#include "services/tend/workbook.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static json_t *answer;
static struct overview overview;

static int load(void **state)
{
    (void)state;
    json_error_t error;
    char why[400];
    answer = json_load_file("unit/summary.json", 0, &error);
    return answer == NULL || !overview_open(answer, why, sizeof why, &overview);
}

static int unload(void **state)
{
    (void)state;
    overview_close(&overview);
    json_decref(answer);
    return 0;
}

// The page, to be freed.
static char *page_of(const struct overview *from, enum wording_language language)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    page_write(out, from, language);
    assert_int_equal(fclose(out), 0);
    return text;
}

static long long number_of(const json_t *json, const char *member)
{
    return json_integer_value(json_object_get(json, member));
}

// The number in the attribute that comes next behind `at`.
static double attribute(const char *at, const char *name)
{
    char sought[64];
    snprintf(sought, sizeof sought, " %s=\"", name);
    const char *found = strstr(at, sought);
    assert_non_null(found);
    return strtod(found + strlen(sought), NULL);
}

// --- numbers and texts

static void numbers(void **state)
{
    (void)state;
    char text[DIGITS_BYTES];
    static const struct {
        int64_t number;
        const char *count, *money, *english, *chinese;
    } cases[] = {
        {0, "0", "0.00", "0", "0"},
        {4999, "4,999", "0.00", "0", "0"},
        {5000, "5,000", "0.01", "0.01", "0.01"},
        {-4999, "-4,999", "0.00", "0", "0"},
        {-1280500000, "-1,280,500,000", "-1,280.50", "-1.28K", "-1280"},
        {999499999, "999,499,999", "999.50", "999", "999"},
        {999500000, "999,500,000", "999.50", "1K", "1000"},
        {INT64_C(12345678900000), "12,345,678,900,000", "12,345,678.90", "12.3M", "1235万"},
        {INT64_C(99999999000000), "99,999,999,000,000", "99,999,999.00", "100M", "1亿"},
        {INT64_MIN, "-9,223,372,036,854,775,808", "-9,223,372,036,854.78", "-9223B", "-92234亿"},
        {INT64_MAX, "9,223,372,036,854,775,807", "9,223,372,036,854.78", "9223B", "92234亿"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(digits_count(cases[i].number, text), cases[i].count);
        assert_string_equal(digits_money(cases[i].number, text), cases[i].money);
        assert_string_equal(digits_short(cases[i].number, WORDING_EN, text), cases[i].english);
        assert_string_equal(digits_short(cases[i].number, WORDING_ZH, text), cases[i].chinese);
    }
    assert_string_equal(digits_share(0, text), "0.0 %");
    assert_string_equal(digits_share(499, text), "0.0 %");
    assert_string_equal(digits_share(500, text), "0.1 %");
    assert_string_equal(digits_share(-123456, text), "-12.3 %");
    assert_string_equal(digits_share(1000000, text), "100.0 %");
    assert_int_equal(digits_ppm(1, 3), 333333);
    assert_int_equal(digits_ppm(-1, 3), 0);
    assert_int_equal(digits_ppm(1, 0), 0);
}

static void escapes(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    markup_text(out, "<a href=\"x\">'&' \x01\xe2\x80\xae\xff 王");
    fclose(out);
    assert_string_equal(text, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39; \xef\xbf\xbd 王");
    free(text);
}

// A translation takes the same parameters in the same order.
static void words(void **state)
{
    (void)state;
    const char *english, *chinese;
    size_t i;
    for (i = 0; wording_at(i, &english, &chinese); i++) {
        const char *a = english, *b = chinese;
        for (; (a = strchr(a, '%')) != NULL; a++, b++) {
            b = strchr(b, '%');
            // A bare percent sign stands in texts that are no formats.
            if (b == NULL || (b[1] != a[1] && (a[1] == 's' || b[1] == 's')))
                fail_msg("\"%s\" and \"%s\" take other parameters", english, chinese);
        }
        assert_true(strchr(b, '%') == NULL);
        const char *again;
        for (size_t j = 0; j < i && wording_at(j, &again, &chinese); j++)
            if (strcmp(english, again) == 0)
                fail_msg("\"%s\" stands twice", english);
    }
    assert_true(i > 100);
    assert_string_equal(wording(WORDING_EN, "customers"), "customers");
    assert_string_equal(wording(WORDING_ZH, "customers"), "客户数");
    assert_string_equal(wording_value(WORDING_EN, "vip"), "VIP");
    assert_string_equal(wording_value(WORDING_ZH, "555"), "555");
    assert_int_equal(wording_of_locale("zh_CN.UTF-8"), WORDING_ZH);
    assert_int_equal(wording_of_locale("zh"), WORDING_ZH);
    assert_int_equal(wording_of_locale("zhx"), WORDING_EN);
    assert_int_equal(wording_of_locale("C.UTF-8"), WORDING_EN);
    assert_int_equal(wording_of_locale(NULL), WORDING_EN);
}

// --- pictures, read back

static void curve(void **state)
{
    (void)state;
    char *page = page_of(&overview, WORDING_EN);
    double x0, y0, x1, y1;
    const char *even = strstr(page, "class=\"even\" d=\"M");
    assert_non_null(even);
    assert_int_equal(sscanf(even, "class=\"even\" d=\"M%lf %lfL%lf %lf", &x0, &y0, &x1, &y1), 4);
    const char *at = strstr(page, "<polyline");
    const json_t *points = json_object_get(answer, "pareto"), *point;
    assert_int_equal((size_t)attribute(at, "data-points"), json_array_size(points));
    at = strstr(at, " points=\"") + strlen(" points=\"");
    size_t i;
    json_array_foreach (points, i, point) {
        char *end;
        double x = strtod(at, &end), y = strtod(end + 1, &end);
        if (fabs((x - x0) / (x1 - x0) * 1e6 - (double)number_of(point, "customersPpm")) > 5 ||
            fabs((y - y0) / (y1 - y0) * 1e6 - (double)number_of(point, "sharePpm")) > 5)
            fail_msg("point %zu is drawn at %g, %g", i, x, y);
        at = end + 1;
    }
    assert_int_equal(at[-1], '"');
    const json_t *classes = json_object_get(answer, "classes");
    at = strstr(page, "class=\"mark\"");
    long long customers = 0, share = 0;
    for (i = 0; i < 2; i++) {
        customers += number_of(json_array_get(classes, i), "customers");
        share += number_of(json_array_get(classes, i), "sharePpm");
        double expected = floor((double)customers * 1e6 / (double)number_of(answer, "customersInWindow"));
        assert_int_equal((long long)attribute(at, "data-customers-ppm"), (long long)expected);
        assert_int_equal((long long)attribute(at, "data-share-ppm"), share);
        assert_true(fabs((attribute(at, "cx") - x0) / (x1 - x0) * 1e6 - expected) < 50);
        assert_true(fabs((attribute(at, "cy") - y0) / (y1 - y0) * 1e6 - (double)share) < 50);
        at++;
        at = i == 0 ? strstr(at, "class=\"mark\"") : at;
    }
    at = strstr(page, "class=\"cut\"");
    assert_int_equal((int)attribute(at, "data-cut-ppm"), 650000);
    at = strstr(at + 1, "class=\"cut\"");
    assert_int_equal((int)attribute(at, "data-cut-ppm"), 850000);
    free(page);
}

static void grid(void **state)
{
    (void)state;
    char *page = page_of(&overview, WORDING_EN), sought[80];
    size_t i, cells = 0;
    const json_t *cell;
    json_array_foreach (json_object_get(answer, "grid"), i, cell) {
        char shown[DIGITS_BYTES];
        snprintf(sought, sizeof sought, "data-r=\"%lld\" data-f=\"%lld\" data-customers=\"%lld\"", number_of(cell, "r"),
                 number_of(cell, "f"), number_of(cell, "customers"));
        const char *at = strstr(page, sought);
        if (at == NULL)
            fail_msg("no %s", sought);
        assert_int_equal((int64_t)attribute(at, "data-net-micros"), overview_micros(overview.summary->grid[i]->net));
        snprintf(sought, sizeof sought, ">%s</text>", digits_count(number_of(cell, "customers"), shown));
        assert_true(strstr(at, sought) != NULL && strstr(at, sought) < strstr(at, "</g>"));
    }
    for (const char *at = page; (at = strstr(at, "class=\"cell s")) != NULL; at++)
        cells++;
    assert_int_equal(cells, 25);
    free(page);
    assert_int_equal(chart_step(0, 100), 0);
    assert_int_equal(chart_step(1, 100), 1);
    assert_int_equal(chart_step(4, 100), 1);
    assert_int_equal(chart_step(5, 100), 2);
    assert_int_equal(chart_step(64, 100), 4);
    assert_int_equal(chart_step(65, 100), 5);
    assert_int_equal(chart_step(UINT32_MAX, UINT32_MAX), 5);
}

static void quadrants_and_movement(void **state)
{
    (void)state;
    char *page = page_of(&overview, WORDING_EN), sought[200];
    size_t i;
    const json_t *row;
    json_array_foreach (json_object_get(answer, "values"), i, row) {
        if (strcmp(json_string_value(json_object_get(row, "dimension")), "value.clv") != 0)
            continue;
        snprintf(sought, sizeof sought, "data-value=\"%s\" data-customers=\"%lld\"",
                 json_string_value(json_object_get(row, "value")), number_of(row, "customers"));
        assert_non_null(strstr(page, sought));
    }
    size_t labels = 0;
    // The largest first, each as long as its part of the longest.
    const char *at = strstr(page, "aria-labelledby=\"movement-title");
    long long before = INT64_MAX, most = 0;
    size_t bars = 0;
    for (const char *end = strstr(at, "</svg>"); (at = strstr(at, "data-value=\"")) != NULL && at < end; at++, bars++) {
        long long value = strtoll(at + strlen("data-value=\""), NULL, 10);
        const char *rectangle = at;
        while (strncmp(rectangle, "<rect", 5) != 0)
            rectangle--;
        most = most == 0 ? value : most;
        assert_true(value <= before);
        assert_true(fabs(attribute(rectangle, "width") - 270.0 * (double)value / (double)most) < 0.01);
        before = value;
    }
    assert_int_equal(bars, json_array_size(json_object_get(answer, "movements")));
    // Each stands below its whole label, which names the dimension.
    json_array_foreach (json_object_get(answer, "movements"), i, row) {
        const char *from = json_string_value(json_object_get(row, "before"));
        snprintf(sought, sizeof sought, ">%s: %s \xe2\x86\x92 %s</text>",
                 overview_dimension(WORDING_EN, json_string_value(json_object_get(row, "dimension"))),
                 from != NULL && from[0] != '\0' ? wording_value(WORDING_EN, from) : "new",
                 wording_value(WORDING_EN, json_string_value(json_object_get(row, "after"))));
        bool plain = strpbrk(sought + 1, "&\"'") == NULL && screen_columns(sought) < 55; // neither escaped nor cut
        if (plain && strstr(page, sought) == NULL)
            fail_msg("no label %s", sought);
        labels += plain;
    }
    assert_true(labels >= 3);
    assert_int_equal(overview_way("value.abc", "B", "A"), CHART_UP);
    assert_int_equal(overview_way("value.abc", "A", "C"), CHART_DOWN);
    assert_int_equal(overview_way("risk.overdue", "no", "yes"), CHART_DOWN);
    assert_int_equal(overview_way("risk.overdue", "", "no"), CHART_LEVEL);
    assert_int_equal(overview_way("value.clv", "improve", "maintain"), CHART_LEVEL);
    assert_int_equal(overview_way("value.policy", "one", "other"), CHART_LEVEL);
    free(page);
}

// The tile of the net sales is rounded, for a phone; its title and the table of the classes say the whole.
static void tiles(void **state)
{
    (void)state;
    int64_t micros = overview_micros(overview.summary->total);
    for (int language = WORDING_EN; language <= WORDING_ZH; language++) {
        char *page = page_of(&overview, (enum wording_language)language), sought[200], whole[DIGITS_BYTES],
             rounded[DIGITS_BYTES];
        const char *currency = overview.summary->total->currency;
        snprintf(sought, sizeof sought, "<dd title=\"%s %s\">%s %s</dd>", digits_money(micros, whole), currency,
                 digits_short(micros, (enum wording_language)language, rounded), currency);
        if (strstr(page, sought) == NULL)
            fail_msg("no %s", sought);
        snprintf(sought, sizeof sought, "\">%s</td>", whole);
        assert_non_null(strstr(page, sought));
        free(page);
    }
}

// Whatever scoring says of its model is said in Chinese too.
static void models(void **state)
{
    (void)state;
    for (size_t i = 0; i < FIT_STATUSES; i++) {
        assert_string_not_equal(overview_status(WORDING_ZH, fit_names[i]), fit_names[i]);
        assert_true(fit_fallbacks[i][0] == '\0' ||
                    strcmp(wording(WORDING_ZH, fit_fallbacks[i]), fit_fallbacks[i]) != 0);
    }
    for (size_t i = 0; i < SPENDING_STATUSES; i++)
        assert_string_not_equal(overview_status(WORDING_ZH, spending_names[i]), spending_names[i]);
    assert_string_equal(overview_status(WORDING_EN, "too few customers"), "too few customers");
    assert_string_equal(overview_model("pareto"), "Pareto/NBD");
    assert_string_equal(overview_model("other"), "other");
}

// Every tag that is opened is closed in its order, and nothing from outside is taken for markup.
static void well_formed(void **state)
{
    (void)state;
    for (int language = WORDING_EN; language <= WORDING_ZH; language++) {
        char *page = page_of(&overview, (enum wording_language)language), *open[64];
        size_t depth = 0;
        for (char *at = strchr(page, '<'); at != NULL; at = strchr(at, '<')) {
            char *end = strchr(at, '>');
            assert_non_null(end);
            size_t length = strcspn(at + 1, " >/");
            bool closing = at[1] == '/', empty = end[-1] == '/' || at[1] == '!' || strncmp(at + 1, "meta", 4) == 0;
            if (closing) {
                assert_true(depth > 0);
                length = strcspn(at + 2, ">");
                if (strncmp(open[depth - 1], at + 2, length) != 0)
                    fail_msg("%.20s is closed by %.20s", open[depth - 1], at);
                depth--;
            } else if (!empty) {
                assert_true(depth < COUNT(open) && length > 0);
                open[depth++] = at + 1;
            }
            at = end;
        }
        assert_int_equal(depth, 0);
        assert_non_null(strstr(page, "Quillon &lt;Tents&gt; &amp; &quot;Awnings&quot;"));
        assert_null(strstr(page, "<script"));
        assert_true(strstr(page, "http:") == NULL && strstr(page, "https:") == NULL);
        assert_non_null(strstr(page, "prefers-color-scheme:dark"));
        assert_non_null(strstr(page, language == WORDING_EN ? "<html lang=\"en\">" : "<html lang=\"zh-CN\">"));
        if (language == WORDING_ZH)
            assert_true(strstr(page, " customers") == NULL && strstr(page, ">The ") == NULL &&
                        strstr(page, "net sales<") == NULL);
        free(page);
    }
}

// A book without orders and an answer of an older scoring are shown too.
static void little_is_known(void **state)
{
    (void)state;
    static const char *const texts[] = {"{}", "{\"customers\":3,\"rule\":\"abc x/y\"}",
                                        "{\"rule\":\"abc 65/85, net\",\"classes\":[{\"abc\":\"ABC_CLASS_A\"}]}"};
    struct screen screen = {.width = SCREEN_USUAL};
    for (size_t i = 0; i < COUNT(texts); i++) {
        json_t *json = json_loads(texts[i], 0, NULL);
        struct overview little;
        char why[400];
        assert_true(overview_open(json, why, sizeof why, &little));
        char *page = page_of(&little, WORDING_EN), *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        summary_print(out, &little, &screen);
        fclose(out);
        assert_non_null(strstr(page, "</html>"));
        assert_non_null(strstr(text, "at a glance"));
        free(text);
        free(page);
        overview_close(&little);
        json_decref(json);
    }
    json_t *json = json_loads("{\"nonsense\":1}", 0, NULL);
    struct overview none;
    char why[400];
    assert_false(overview_open(json, why, sizeof why, &none));
    assert_non_null(strstr(why, "nonsense"));
    json_decref(json);
}

// Those without an order in the window are not listed; that there are some is said.
static void others_at_risk(void **state)
{
    (void)state;
    static const struct {
        const char *json, *risks;
        bool more;
    } cases[] = {
        {"{\"values\":[{\"dimension\":\"risk.overdue\",\"value\":\"no\",\"customers\":9}]}", NULL, false},
        {"{\"values\":[{\"dimension\":\"risk.overdue\",\"value\":\"yes\",\"customers\":1}]}", NULL, true},
        {"{\"values\":[{\"dimension\":\"care.status\",\"value\":\"lost\",\"customers\":1}],\"atRisk\":[{"
         "\"dimensions\":[{\"name\":\"care.status\",\"value\":\"lost\"},{\"name\":\"care.satisfaction\","
         "\"value\":\"alarm\"}]}]}",
         "已流失、非常不满", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *json = json_loads(cases[i].json, 0, NULL);
        struct overview some;
        char why[400], text[OVERVIEW_WORD_BYTES];
        assert_true(overview_open(json, why, sizeof why, &some));
        assert_int_equal(overview_more_risks(&some), cases[i].more);
        char *page = page_of(&some, WORDING_EN);
        assert_int_equal(strstr(page, "Others are at risk too") != NULL, cases[i].more);
        free(page);
        if (cases[i].risks != NULL)
            assert_string_equal(overview_risks(WORDING_ZH, some.summary->at_risk[0], text), cases[i].risks);
        overview_close(&some);
        json_decref(json);
    }
}

static void rules_in_chinese(void **state)
{
    (void)state;
    char text[OVERVIEW_RULE_BYTES];
    static const char rule[] = "abc 65/85.5, net sales of 365 days";
    assert_string_equal(overview_rule(WORDING_EN, rule, text), rule);
    assert_string_equal(overview_rule(WORDING_ZH, rule, text), "ABC 分界 65/85.5，净销售额，近 365 天");
    assert_string_equal(overview_rule(WORDING_ZH, "abc x", text), "abc x");
    assert_string_equal(overview_rule(WORDING_ZH, "", text), "");
}

// --- the terminal

static void terminal(void **state)
{
    (void)state;
    static const int widths[] = {SCREEN_LEAST, SCREEN_USUAL, 100, SCREEN_MOST};
    for (size_t i = 0; i < 4 * COUNT(widths); i++) {
        struct screen screen = {.width = widths[i / 4], .blocks = i % 2 == 0, .language = i % 4 / 2};
        char *text = NULL, *rest;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        summary_print(out, &overview, &screen);
        fclose(out);
        assert_null(strchr(text, '\033'));
        for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
            if (screen_columns(line) > screen.width)
                fail_msg("%d columns of %d: %s", screen_columns(line), screen.width, line);
        free(text);
    }
}

static void fitting(void **state)
{
    (void)state;
    char text[SCREEN_TEXT_BYTES];
    assert_string_equal(screen_fit("abc", 5, false, text), "abc  ");
    assert_string_equal(screen_fit("abc", 5, true, text), "  abc");
    assert_string_equal(screen_fit("abcdef", 4, false, text), "abc~");
    assert_string_equal(screen_fit("江苏汀鹭", 5, false, text), "江苏~");
    assert_string_equal(screen_fit("江苏汀鹭", 6, false, text), "江苏~ ");
    assert_string_equal(screen_fit("a\033[31mb\xff", 8, false, text), "a?[31mb?");
    assert_string_equal(screen_fit("", 0, false, text), "");
    assert_int_equal(screen_columns("江苏a"), 5);
}

// --- tables

static void csv(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct cardlist *cards = cardlist_of(json_object_get(answer, "atRisk"));
    cards_write_csv(out, cards);
    cardlist_close(&cards);
    fclose(out);
    assert_non_null(strstr(text, "customer,name,owner,abc,announced,net,currency,share_ppm,r,f,m,orders,"));
    assert_non_null(strstr(text, "\nC0001,江苏汀鹭箱包有限公司,wang,A,A,4210000.00,CNY,"));
    assert_non_null(strstr(text, "\nC0002,\"Quillon <Tents> & \"\"Awnings\"\" International"));
    assert_non_null(strstr(text, "\nC0003,\"'=Formula Ltd\",li,"));
    assert_non_null(strstr(text, ",value.abc,value.clv,risk.overdue,risk.declining,care.status,risk.drop\n"));
    free(text);
}

static void workbook(void **state)
{
    (void)state;
    char folder[] = "/tmp/tend-workbook-XXXXXX", path[100], error[400];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/customers.xlsx", folder);
    struct cardlist *cards = cardlist_of(json_object_get(answer, "atRisk"));
    assert_true(cards_write_workbook(path, cards, error, sizeof error));
    FILE *file = fopen(path, "rb");
    char head[2] = "";
    assert_non_null(file);
    assert_int_equal(fread(head, 1, 2, file), 2);
    fclose(file);
    assert_memory_equal(head, "PK", 2);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); // nothing is left beside it
    assert_false(cards_write_workbook(path, cards, error, sizeof error));
    assert_non_null(strstr(error, path));
    cardlist_close(&cards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(escapes),
        cmocka_unit_test(words),
        cmocka_unit_test(curve),
        cmocka_unit_test(grid),
        cmocka_unit_test(quadrants_and_movement),
        cmocka_unit_test(others_at_risk),
        cmocka_unit_test(rules_in_chinese),
        cmocka_unit_test(tiles),
        cmocka_unit_test(models),
        cmocka_unit_test(well_formed),
        cmocka_unit_test(terminal),
        cmocka_unit_test(little_is_known),
        cmocka_unit_test(fitting),
        cmocka_unit_test(csv),
        cmocka_unit_test(workbook),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
