// Files of well-known shapes, read without a map: purchases without a header, and lists of invoices with returns. The
// data are made here.
#include "unit/import_files.h"

#include "google/protobuf/timestamp.pb-c.h"
#include "services/tend/dayorder.h"
#include "services/tend/guess.h"
#include "services/tend/plain.h"
#include "services/tend/returns.h"

#include <time.h>

// What an import makes of a file, added up.
struct made {
    size_t placed, refunded, customers, bad;
    uint64_t passed, first_passed;
    int64_t placed_micros, refunded_micros;
    char ids[64][80];
    size_t id_count;
};

static struct made read_all(const char *path, enum import_kind kind)
{
    struct import_options options = options_for(kind, path);
    struct import *import = NULL;
    struct import_item item;
    struct made made = {0};
    char error[IMPORT_ERROR_BYTES];
    if (!import_open(&options, error, &import))
        fail_msg("%s", error);
    for (enum import_step step; (step = import_next(import, &item)) != IMPORT_END;) {
        assert_int_not_equal(step, IMPORT_FAILED);
        made.bad += step == IMPORT_BAD;
        if (step == IMPORT_PASSED) {
            made.passed += item.rows;
            made.first_passed = made.first_passed == 0 ? item.line : made.first_passed;
        }
        if (step != IMPORT_EVENT)
            continue;
        const Tend__V1__Event *event = item.event;
        if (made.id_count < COUNT(made.ids))
            snprintf(made.ids[made.id_count++], sizeof made.ids[0], "%s", event->id);
        made.customers += event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED;
        if (event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED) {
            made.placed++;
            made.placed_micros += event->order_placed->total->micros;
        }
        if (event->body_case == TEND__V1__EVENT__BODY_ORDER_REFUNDED) {
            made.refunded++;
            made.refunded_micros += event->order_refunded->amount->micros;
            assert_string_equal(event->order_refunded->amount->currency, "CNY");
        }
    }
    import_close(&import);
    return made;
}

static bool holds(const struct made *made, const char *id)
{
    for (size_t i = 0; i < made->id_count; i++)
        if (strcmp(made->ids[i], id) == 0)
            return true;
    return false;
}

static void purchases_without_a_header(void **state)
{
    (void)state;
    const char *path = file("purchases.txt", " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n"
                                             " 00002 19970112  5   77.00\n 00002 19970112  5   77.00\n\n"
                                             " 00003\t19970102  2    0.00\n 00004 19979902  2   20.76\n 00005 1 2\n");
    enum import_kind kind = KINDS;
    char error[MAP_ERROR_BYTES];
    assert_true(guess_kind(path, NULL, error, &kind));
    assert_int_equal(kind, KIND_ORDERS);
    struct made made = read_all(path, kind);
    assert_int_equal(made.placed, 5);
    assert_int_equal(made.bad, 2);
    assert_int_equal(made.passed, 0);
    assert_int_equal(made.placed_micros, INT64_C(177770000));
    assert_true(holds(&made, "order:00001-19970101"));
    assert_true(holds(&made, "order:00002-19970112"));
    assert_true(holds(&made, "order:00002-19970112-2"));
    assert_true(holds(&made, "order:00002-19970112-3"));
    // Twice the same file is twice the same events.
    struct made again = read_all(path, kind);
    assert_memory_equal(&made, &again, sizeof made);
}

static void what_is_no_such_row(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool plain;
    } cases[] = {
        {" 00001 19970101  1   11.77", true},
        {"1 20260517 12 0.5", true},
        {"1\t20260517\t12\t0.5", true},
        {"00001 19970101 1 11", false},
        {"00001 19971301 1 11.77", false},
        {"x1 19970101 1 11.77", false},
        {"00001 19970101 1.5 11.77", false},
        {"00001 0001 19970101 1 1.1", false},
        {"1,19970101,1,11.77", false},
        {"customer time quantity total", false},
        {"", false},
        {"1 19970101 1 11.", false},
        {"1 19970101 1 .5", false},
        {"123456789012345678901 19970101 1 1.5", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        if (plain_recognise(cases[i].text, strlen(cases[i].text)) != cases[i].plain)
            fail_msg("\"%s\"", cases[i].text);
}

#define INVOICES "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"

static void a_list_of_invoices(void **state)
{
    (void)state;
    const char *path =
        file("invoices.csv", INVOICES "536365,85123A,\"HOLDER, WHITE\",6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
                                      "536365,71053,LANTERN,6,12/1/2010 8:26,3.39,17850,United Kingdom\n"
                                      "536366,22633,WARMER,10,12/2/2010 8:28,1.85,17850,United Kingdom\n"
                                      "536367,22632,WARMER,1,12/3/2010 8:28,1.85,,United Kingdom\n"
                                      "C536368,85123A,\"HOLDER, WHITE\",-2,12/4/2010 9:00,2.55,17850,United Kingdom\n"
                                      "C536368,22633,WARMER,-10,12/4/2010 9:00,1.85,17850,United Kingdom\n"
                                      "C536369,D,Discount,-1,12/5/2010 9:00,5.00,17850,United Kingdom\n"
                                      "C536370,85123A,HOLDER,-1,12/6/2010 9:00,2.55,12345,France\n"
                                      "536371,22632,WARMER,-1,12/7/2010 9:00,1.85,,United Kingdom\n");
    struct made made = read_all(path, KIND_ORDERS);
    assert_int_equal(made.bad, 0);
    assert_int_equal(made.placed, 2);
    assert_int_equal(made.customers, 1);
    assert_int_equal(made.placed_micros, INT64_C(54140000));
    // 5.10 of the first, 18.50 of the second (all of it), and the discount of what is left: the newest is used up.
    assert_int_equal(made.refunded_micros, INT64_C(28600000));
    assert_true(holds(&made, "order:536365:returned:C536368"));
    assert_true(holds(&made, "order:536366:returned:C536368"));
    assert_true(holds(&made, "order:536365:returned:C536369"));
    assert_int_equal(made.refunded, 3);
    assert_int_equal(made.passed, 3); // two without a customer, one that nothing was sold before
}

// The same numbers under the usual headers are bad rows: nothing says that they are invoices.
static void other_files_know_no_such_rows(void **state)
{
    (void)state;
    struct made made = read_all(file("orders.csv", "order_id,time,customer_id,sku,quantity,price\n"
                                                   "1,2025-01-01,C1,a,1,5\nC2,2025-01-02,C1,a,-1,5\n"
                                                   "3,2025-01-01,,a,1,5\n"),
                                KIND_ORDERS);
    assert_int_equal(made.placed, 1);
    assert_int_equal(made.refunded, 0);
    assert_int_equal(made.passed, 0);
    assert_int_equal(made.bad, 2);
}

static void day_and_month(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        const char *first; // the first order's time, UTC, of a day in Shanghai; NULL: the file is refused
    } cases[] = {
        {"1,3/4/2025,C,1\n2,13/4/2025,C,1\n", "2025-04-03"},
        {"1,3/4/2025,C,1\n2,4/13/2025,C,1\n", "2025-03-04"},
        {"1,3-4-2025,C,1\n2,13-4-2025,C,1\n", "2025-04-03"},
        {"1,3.4.2025 9:30,C,1\n2,13.4.2025,C,1\n", "2025-04-03"},
        {"1,3/4/2025,C,1\n2,4/5/2025,C,1\n", NULL},
        {"1,5/5/2025,C,1\n", "2025-05-05"},
        {"1,2025-03-04,C,1\n2,13/4/2025,C,1\n", "2025-03-04"},
        {"1,3/4/2025 1:05 PM,C,1\n2,4/13/2025 8:26 AM,C,1\n", "2025-03-04"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[200], day[16] = "", error[IMPORT_ERROR_BYTES];
        snprintf(text, sizeof text, "order_id,time,customer_id,total\n%s", cases[i].rows);
        struct import_options options = options_for(KIND_ORDERS, file("days.csv", text));
        struct import *import = NULL;
        struct import_item item;
        bool opened = import_open(&options, error, &import);
        assert_int_equal(opened, cases[i].first != NULL);
        if (!opened) {
            assert_non_null(strstr(error, "could be a day of one month or of another"));
            continue;
        }
        assert_int_equal(import_next(import, &item), IMPORT_EVENT);
        time_t seconds = (time_t)item.event->time->seconds;
        struct tm parts;
        strftime(day, sizeof day, "%Y-%m-%d", gmtime_r(&seconds, &parts));
        assert_string_equal(day, cases[i].first);
        import_close(&import);
    }
}

// Western letters of one byte each are no Chinese.
static void accents(void **state)
{
    (void)state;
    struct import_options options =
        options_for(KIND_ORDERS, file("latin.csv", "order_id,time,customer_id,name,total\n1,2025-01-01,C,caf\xe9 \xa3"
                                                   "5,1\n2,2025-01-01,C,cr\xe8me br\xfbl\xe9"
                                                   "e,2\n"));
    struct import *import = NULL;
    struct import_item item;
    char error[IMPORT_ERROR_BYTES];
    if (!import_open(&options, error, &import))
        fail_msg("%s", error);
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_string_equal(item.event->order_placed->lines[0]->name, "caf\xc3\xa9 \xc2\xa3"
                                                                  "5");
    assert_int_equal(import_next(import, &item), IMPORT_EVENT);
    assert_int_equal(import_next(import, &item), IMPORT_END);
    import_close(&import);
}

// --- returns against a slow computation

enum { ROWS = 400, BUYERS = 4, PRODUCTS = 5 };

struct row_of {
    bool back;
    uint64_t customer, product, order;
    int64_t time, micros, left;
};

// The same rule, looked up row by row: the newest first, the same product before any other.
static uint64_t settle_slowly(struct row_of *rows, size_t count, int64_t *ret_by_order)
{
    uint64_t unmatched = 0;
    for (int64_t time = 0; time < ROWS; time++)
        for (size_t i = 0; i < count; i++) {
            if (!rows[i].back || rows[i].time != time)
                continue;
            int64_t need = rows[i].micros;
            for (int pass = 0; pass < 2; pass++)
                for (int64_t at = time; at >= 0; at--)
                    for (size_t j = count; j-- > 0 && need > 0;) {
                        if (rows[j].back || rows[j].time != at || rows[j].customer != rows[i].customer ||
                            (pass == 0 && rows[j].product != rows[i].product))
                            continue;
                        int64_t part = rows[j].left < need ? rows[j].left : need;
                        rows[j].left -= part;
                        need -= part;
                        ret_by_order[rows[j].order] += part;
                    }
            unmatched += need > 0;
        }
    return unmatched;
}

static void returns_at_random(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        srand(seed);
        struct row_of rows[ROWS];
        int64_t expected[ROWS] = {0};
        struct returns *returns = returns_open();
        for (size_t i = 0; i < ROWS; i++) {
            rows[i] = (struct row_of){.back = rand() % 3 == 0,
                                      .customer = (uint64_t)(rand() % BUYERS),
                                      .product = (uint64_t)(rand() % PRODUCTS),
                                      .order = (uint64_t)(i / 3),
                                      .time = (int64_t)(i / 2 * 2) % ROWS,
                                      .micros = 1 + rand() % 1000};
            rows[i].left = rows[i].micros;
            if (rows[i].back) {
                char document[16];
                snprintf(document, sizeof document, "C%zu", i);
                returns_take_back(returns, rows[i].customer, rows[i].product, rows[i].time, rows[i].micros, document,
                                  i + 2);
            } else {
                returns_sell(returns, rows[i].customer, rows[i].product, rows[i].order, rows[i].time, rows[i].micros);
            }
        }
        uint64_t line, unmatched = returns_settle(returns, &line);
        if (unmatched != settle_slowly(rows, ROWS, expected))
            fail_msg("seed %u: %llu unmatched", seed, (unsigned long long)unmatched);
        for (uint64_t order = 0; order < ROWS; order++) {
            size_t count;
            int64_t sum = 0;
            const struct refund *refunds = returns_of(returns, order, &count);
            assert_true(count <= RETURNS_OF_ORDER_MAX);
            for (size_t i = 0; i < count; i++)
                sum += refunds[i].micros;
            if (sum != expected[order])
                fail_msg("seed %u, order %llu: %lld for %lld", seed, (unsigned long long)order, (long long)sum,
                         (long long)expected[order]);
        }
        returns_close(&returns);
    }
}

static void many_returns_of_one_order(void **state)
{
    (void)state;
    struct returns *returns = returns_open();
    returns_sell(returns, 1, 1, 7, 0, 100);
    for (int i = 0; i < 30; i++) {
        char document[16];
        snprintf(document, sizeof document, "C%02d", i);
        returns_take_back(returns, 1, 1, 1 + i, 4, document, 2);
    }
    uint64_t line;
    size_t count;
    int64_t sum = 0;
    assert_int_equal(returns_settle(returns, &line), 5);
    const struct refund *refunds = returns_of(returns, 7, &count);
    assert_int_equal(count, RETURNS_OF_ORDER_MAX);
    for (size_t i = 0; i < count; i++)
        sum += refunds[i].micros;
    assert_int_equal(sum, 100);
    assert_null(returns_of(returns, 8, &count));
    returns_close(&returns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purchases_without_a_header),
        cmocka_unit_test(what_is_no_such_row),
        cmocka_unit_test(a_list_of_invoices),
        cmocka_unit_test(other_files_know_no_such_rows),
        cmocka_unit_test(day_and_month),
        cmocka_unit_test(accents),
        cmocka_unit_test(returns_at_random),
        cmocka_unit_test(many_returns_of_one_order),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
