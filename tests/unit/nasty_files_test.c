// Sixty files as people really send them: what each becomes, event by event, or in which words it is refused. The
// result is written "id time total lines; ..." for orders and "name" for customers; "!line column" is a bad row.
#include "unit/import_files.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <time.h>

#define H "order_id,time,customer_id,total\n"
#define S "order_id;time;customer_id;total\n"
#define D(day) "order_id,time,customer_id,total\n1," day ",C,5\n"
#define N(number) "order_id;time;customer_id;total\n1;2026-01-05;C;" number "\n"
#define ONE(total) "1 2026-01-05T04:00 " total " 1"

static const struct nasty {
    const char *what, *text, *becomes; // becomes NULL: refused as a whole, with `refused` in the reason
    const char *refused;
    enum import_kind kind;
    const char *encoding;
    enum decimal_sign decimal;
    enum dayorder dayorder;
    char delimiter;
} files[] = {
#define ORDERS .kind = KIND_ORDERS
#define PEOPLE .kind = KIND_CUSTOMERS
    // Bytes and lines.
    {"a byte order mark", "\xef\xbb\xbf" H "1,2026-01-05,C,5\n", ONE("5000000"), ORDERS},
    {"a mark before a quoted header", "\xef\xbb\xbf\"order_id\",\"time\",\"customer_id\",\"total\"\n1,2026-01-05,C,5\n",
     ONE("5000000"), ORDERS},
    {"lines that end with CR LF", "order_id,time,customer_id,total\r\n1,2026-01-05,C,5\r\n", ONE("5000000"), ORDERS},
    {"lines that end with CR", "order_id,time,customer_id,total\r1,2026-01-05,C,5\r", ONE("5000000"), ORDERS},
    {"no end of the last line", H "1,2026-01-05,C,5", ONE("5000000"), ORDERS},
    {"blank lines", "\n\n" H "\n1,2026-01-05,C,5\n\n\n   \n", ONE("5000000"), ORDERS},
    {"trailing delimiters", H "1,2026-01-05,C,5,,,\n", ONE("5000000"), ORDERS},
    {"a header with trailing delimiters", "order_id,time,customer_id,total,,\n1,2026-01-05,C,5,,\n", ONE("5000000"),
     ORDERS},
    {"spaces around everything", " order_id , time ,customer_id, total \n 1 , 2026-01-05 , C , 5 \n", ONE("5000000"),
     ORDERS},
    {"no-break spaces around a number",
     N("\xc2\xa0"
       "5,50\xc2\xa0"),
     ONE("5500000"), ORDERS},
    {"an empty file", "", NULL, "empty", ORDERS},
    {"a header alone", H, "", ORDERS},
    {"UTF-16",
     "\xff\xfe"
     "o",
     NULL, "UTF-16", ORDERS},
    // Encodings.
    {"GB18030", "\xbf\xcd\xbb\xa7\xb1\xe0\xba\xc5,\xbf\xcd\xbb\xa7\xc3\xfb\xb3\xc6\nC1,\xcd\xf5\xb7\xbc\n", "王芳",
     PEOPLE},
    {"GB18030 with a backslash byte inside a character",
     "customer_id,name\nC1,\x81\x5c\xcd\xf5\xb7\xbc\xc4\xfe\xb2\xa8\n", "乗王芳宁波", PEOPLE},
    {"Windows-1252", "customer_id,name\nC1,M\xfcller\nC2,Caf\xe9 Ren\xe9\n", "Müller; Café René", PEOPLE},
    {"UTF-8 with one broken line", "customer_id,name\nC1,Müller\nC2,\xff\xfe\nC3,王\nC4,é\n", "Müller; !3 -; 王; é",
     PEOPLE},
    {"told GBK", "customer_id,name\nC1,\xcd\xf5\n", "王", PEOPLE, .encoding = "gbk"},
    {"a NUL in a line", NULL, "!2 -", PEOPLE},
    // Quotes.
    {"a new line in quotes", H "1,2026-01-05,\"C\nD\",5\n", ONE("5000000"), ORDERS},
    {"CR LF in quotes", H "1,2026-01-05,\"C\r\nD\",5\n", ONE("5000000"), ORDERS},
    {"delimiters in quotes", S "1;2026-01-05;\"C;D\";5\n", ONE("5000000"), ORDERS},
    {"doubled quotes", "customer_id,name\nC1,\"the \"\"best\"\"\"\nC2,\"\"\"\"\n", "the \"best\"; \"", PEOPLE},
    {"an inch", "customer_id,name\nC1,5\" pipes\nC2,x\n", "5\" pipes; x", PEOPLE},
    {"spaces before a quote", "customer_id,name\nC1, \"a, b\" \n", "a, b", PEOPLE},
    {"text behind a quote", "customer_id,name\nC1,\"a\"b\nC2,x\n", "!2 -; x", PEOPLE},
    {"a quote that is never closed", "customer_id,name\nC1,\"a\nC2,x\nC3,y\n", "!2 -; x; y", PEOPLE},
    {"a quote that closes in another row", "customer_id,name\nC1,\"a\nC2,x\"\nC3,y\n", "a C2,x; y", PEOPLE},
    {"a quoted number with thousands", H "1,2026-01-05,C,\"1,280.50\"\n", ONE("1280500000"), ORDERS},
    // Delimiters.
    {"semicolons", S "1;2026-01-05;C;5\n", ONE("5000000"), ORDERS},
    {"tabs", "order_id\ttime\tcustomer_id\ttotal\n1\t2026-01-05\tC\t5\n", ONE("5000000"), ORDERS},
    {"tabs with empty columns", "order_id\ttime\trep\tcustomer_id\ttotal\n1\t2026-01-05\t\tC\t5\n", ONE("5000000"),
     ORDERS},
    {"bars", "order_id|time|customer_id|total\n1|2026-01-05|C|5,5\n", ONE("5500000"), ORDERS},
    {"a sign that is told", "order_id^time^customer_id^total\n1^2026-01-05^C^5\n", ONE("5000000"), ORDERS,
     .delimiter = '^'},
    {"sep= as Excel writes it", "sep=;\n" S "1;2026-01-05;C;5\n", ONE("5000000"), ORDERS},
    // Rows that do not fit.
    {"a column too few", H "1,2026-01-05,C\n2,2026-01-05,C,5\n", "!2 -; 2 2026-01-05T04:00 5000000 1", ORDERS},
    {"a column too many", H "1,2026-01-05,C,5,6\n2,2026-01-05,C,5\n", "!2 -; 2 2026-01-05T04:00 5000000 1", ORDERS},
    {"decimals with the delimiter, not quoted", H "1,2026-01-05,C,5,50\n2,2026-01-05,C,5\n",
     "!2 -; 2 2026-01-05T04:00 5000000 1", ORDERS},
    {"two columns of one name", "order_id,order_id,time,customer_id,total\n1,2,2026-01-05,C,5\n", ONE("5000000"),
     ORDERS},
    {"no header", "1,2026-01-05,C,5\n", NULL, "no column order_id", ORDERS},
    // Numbers.
    {"a comma for decimals, points for thousands", N("1.234,56"), ONE("1234560000"), ORDERS},
    {"a point for decimals, commas for thousands", N("1,234.56"), ONE("1234560000"), ORDERS},
    {"spaces for thousands", N("1 234,56"), ONE("1234560000"), ORDERS},
    {"narrow no-break spaces for thousands",
     N("1\xe2\x80\xaf"
       "234,56"),
     ONE("1234560000"), ORDERS},
    {"apostrophes for thousands", N("1'234.56"), ONE("1234560000"), ORDERS},
    {"typographic apostrophes",
     N("1\xe2\x80\x99"
       "234.56"),
     ONE("1234560000"), ORDERS},
    {"millions", N("12.345.678,90"), ONE("12345678900000"), ORDERS},
    {"lakhs", N("12,34,567.89"), ONE("1234567890000"), ORDERS},
    {"thousands or decimals", N("1.234"), NULL, "--decimal point or --decimal comma", ORDERS},
    {"the same, told", N("1.234"), ONE("1234000000"), ORDERS, .decimal = DECIMAL_COMMA},
    {"one number says it for all", N("1.234") "2;2026-01-05;C;0,5\n", ONE("1234000000") "; 2 2026-01-05T04:00 500000 1",
     ORDERS},
    {"two that disagree", N("1.234,5") "2;2026-01-05;C;1,234.5\n", NULL, "line 3 writes decimals with a point", ORDERS},
    {"a currency behind", N("1 234,56 EUR"), "!2 total", ORDERS},
    {"an accountant's minus", "order_id;time;customer_id;quantity;price\n1;2026-01-05;C;1;(5,50)\n", "!2 price",
     ORDERS},
    {"a typographic minus",
     "customer_id;name;credit_limit\nC;x;\xe2\x88\x92"
     "5,50\n",
     "!2 credit_limit", PEOPLE},
    {"full-width digits", N("\xef\xbc\x95"), "!2 total", ORDERS},
    {"a plus", N("+5,50"), ONE("5500000"), ORDERS},
    {"more decimals than micros", N("0,1234567"), ONE("123457"), ORDERS},
    {"scientific, as Excel spoils long numbers", N("1,23E+05"), "!2 total", ORDERS},
    // Days.
    {"a day with points", D("5.1.2026") "2,31.1.2026,C,5\n", ONE("5000000") "; 2 2026-01-31T04:00 5000000 1", ORDERS},
    {"the day first, by a later row", D("05/01/2026") "2,31/01/2026,C,5\n",
     ONE("5000000") "; 2 2026-01-31T04:00 5000000 1", ORDERS},
    {"the month first, by a later row", D("01/05/2026") "2,01/31/2026,C,5\n",
     ONE("5000000") "; 2 2026-01-31T04:00 5000000 1", ORDERS},
    {"which of the two nobody says", D("03/04/2026"), NULL, "--dates day-first or --dates month-first", ORDERS},
    {"the same, told", D("05/01/2026"), ONE("5000000"), ORDERS, .dayorder = DAYORDER_DAY_FIRST},
    {"the same the other way", D("01/05/2026"), ONE("5000000"), ORDERS, .dayorder = DAYORDER_MONTH_FIRST},
    {"one such day among clear ones", D("2026-01-05") "2,03/04/2026,C,5\n", "!3 time; " ONE("5000000"), ORDERS},
    {"both the same", D("05/05/2026"), "1 2026-05-05T04:00 5000000 1", ORDERS},
    {"a time behind", D("2026-01-05 9:30"), "1 2026-01-05T01:30 5000000 1", ORDERS},
    {"a time with seconds and a fraction", D("2026-01-05 09:30:15.123"), "1 2026-01-05T01:30 5000000 1", ORDERS},
    {"an offset", D("2026-01-05T09:30:00+02:00"), "1 2026-01-05T07:30 5000000 1", ORDERS},
    {"Chinese", D("2026年1月5日"), ONE("5000000"), ORDERS},
    {"eight digits", D("20260105"), ONE("5000000"), ORDERS},
    {"a year of two digits", D("05.01.26"), "!2 time", ORDERS},
    {"a day that there is not", D("2026-02-30"), "!2 time", ORDERS},
    {"a serial number of Excel", D("46027"), "!2 time", ORDERS},
};

static void put_item(FILE *out, const struct import_item *item)
{
    if (item->event == NULL) {
        fprintf(out, "!%llu %s", (unsigned long long)item->line, item->column == NULL ? "-" : item->column);
        return;
    }
    if (item->event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED) {
        fputs(item->event->customer_upserted->name, out);
        return;
    }
    char when[32];
    time_t seconds = (time_t)item->event->time->seconds;
    struct tm parts;
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M", gmtime_r(&seconds, &parts));
    const Tend__V1__OrderPlaced *placed = item->event->order_placed;
    fprintf(out, "%s %s %lld %zu", placed->order_id, when, (long long)placed->total->micros, placed->n_lines);
}

// False, and the reason said, when it becomes something else.
static bool check(const struct nasty *nasty)
{
    static const char with_nul[] = "customer_id,name\nC1,a\0b\n";
    char error[IMPORT_ERROR_BYTES], *text = NULL;
    size_t length;
    const char *path = file("nasty.csv", nasty->text == NULL ? "" : nasty->text);
    if (nasty->text == NULL) {
        FILE *out = fopen(path, "wb");
        assert_int_equal(fwrite(with_nul, 1, sizeof with_nul - 1, out), sizeof with_nul - 1);
        fclose(out);
    }
    struct import_options options = options_for(nasty->kind, path);
    options.encoding = nasty->encoding;
    options.decimal = nasty->decimal;
    options.dayorder = nasty->dayorder;
    options.delimiter = nasty->delimiter;
    struct import *import = NULL;
    if (!import_open(&options, error, &import)) {
        bool good = nasty->becomes == NULL && strstr(error, nasty->refused) != NULL;
        if (!good)
            print_error("%s: refused: %s\n", nasty->what, error);
        return good;
    }
    const char *expected = nasty->becomes == NULL ? "(refused)" : nasty->becomes;
    FILE *out = open_memstream(&text, &length);
    struct import_item item;
    for (enum import_step step; (step = import_next(import, &item)) != IMPORT_END;) {
        fputs(ftell(out) > 0 ? "; " : "", out);
        put_item(out, &item);
        assert_int_not_equal(step, IMPORT_FAILED);
    }
    fclose(out);
    bool good = strcmp(text, expected) == 0;
    if (!good)
        print_error("%s: becomes \"%s\" and not \"%s\"\n", nasty->what, text, expected);
    free(text);
    import_close(&import);
    return good;
}

static void sixty_files(void **state)
{
    (void)state;
    assert_true(COUNT(files) >= 60);
    size_t failed = 0;
    for (size_t i = 0; i < COUNT(files); i++)
        failed += !check(&files[i]);
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sixty_files)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
