// Files that are too large to be gathered, made small by a limit of a byte: the same events as gathered, refused when
// the lines of an order stand apart; rows that are left out, as they were; and what cannot be read, with its order.
#include "unit/import_files.h"

#include "services/tend/rejected.h"

#include "harness/orderfile.h"

static const char header[] = "order_id,time,customer_id,sku,quantity,price\n";

static struct import *open_with(const char *path, enum import_kind kind, uint64_t gather_bytes)
{
    struct import_options options = options_for(kind, path);
    options.gather_bytes = gather_bytes;
    options.list_rows = true;
    char error[IMPORT_ERROR_BYTES];
    struct import *import = NULL;
    if (!import_open(&options, error, &import))
        fail_msg("%s", error);
    return import;
}

// Everything that the import gives, as text; what is left out goes to `rejected`, which may be NULL.
static char *read_all(const char *path, enum import_kind kind, uint64_t gather_bytes, const char *rejected_path)
{
    char *text = NULL, error[REJECTED_ERROR_BYTES];
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct import *import = open_with(path, kind, gather_bytes);
    struct rejected *rejected = rejected_path == NULL ? NULL : rejected_open(rejected_path, import);
    for (;;) {
        struct import_item item;
        enum import_step step = import_next(import, &item);
        if (step == IMPORT_END)
            break;
        if (step == IMPORT_EVENT)
            fprintf(out, "%llu %s\n", (unsigned long long)item.line, item.event->id);
        if (step == IMPORT_EVENT && item.event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED)
            fprintf(out, "  %zu lines from %zu rows, %lld\n", item.event->order_placed->n_lines, item.from_count,
                    (long long)item.event->order_placed->total->micros);
        if (step == IMPORT_BAD || step == IMPORT_FAILED)
            fprintf(out, "%llu %s: %s\n", (unsigned long long)item.line, item.column, item.reason);
        if (rejected != NULL && (step == IMPORT_BAD || step == IMPORT_LEFT))
            rejected_add(rejected, item.from, item.from_count, item.column, item.reason);
        if (step == IMPORT_FAILED)
            break;
    }
    if (rejected != NULL) {
        rejected_finish(rejected, error);
        assert_string_equal(error, "");
    }
    rejected_close(&rejected);
    import_close(&import);
    fclose(out);
    return text;
}

static char *slurp(const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return NULL;
    char *text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, in) < (1 << 20) - 1);
    fclose(in);
    return text;
}

static void says(char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// The lines of the text, sorted.
static void sort_lines(char *text)
{
    static char *lines[20000];
    size_t count = 0;
    char *copied = strdup(text), *rest = copied;
    for (char *line; (line = strsep(&rest, "\n")) != NULL;)
        lines[count++] = line;
    assert_true(count < COUNT(lines));
    qsort(lines, count, sizeof *lines, compare_lines);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        text = stpcpy(stpcpy(text, lines[i]), i + 1 < count ? "\n" : "");
    free(copied);
}

static void streamed_is_gathered(void **state)
{
    (void)state;
    char path[128], left[160], right[160];
    snprintf(path, sizeof path, "%s/orders.csv", folder);
    snprintf(left, sizeof left, "%s.left", path);
    snprintf(right, sizeof right, "%s.right", path);
    struct orderfile plan = {.rows = 3000, .seed = 11, .bad_every = 37};
    orderfile_write(path, &plan);
    char *gathered = read_all(path, KIND_ORDERS, 0, left), *streamed = read_all(path, KIND_ORDERS, 1, right);
    // Bad rows are told as they are met: all of them before the first order, or among the orders.
    sort_lines(gathered);
    sort_lines(streamed);
    assert_string_equal(gathered, streamed);
    says(streamed, "is left out: its row in line");
    char *one = slurp(left), *other = slurp(right);
    assert_non_null(one);
    assert_string_equal(one, other);
    free(one);
    free(other);
    free(gathered);
    free(streamed);
}

static void lines_of_an_order_apart_are_refused(void **state)
{
    (void)state;
    char text[400];
    snprintf(text, sizeof text,
             "%sA,2026-01-01,C,x,1,1\nB,2026-01-01,C,x,1,1\nB,2026-01-01,C,y,1,1\nA,2026-01-01,C,y,1,1\n", header);
    const char *path = file("apart.csv", text);
    char *gathered = read_all(path, KIND_ORDERS, 0, NULL), *streamed = read_all(path, KIND_ORDERS, 1, NULL);
    says(gathered, "2 order:A\n  2 lines from 2 rows");
    assert_string_equal(
        streamed, "5 (null): order A is in line 2 and again in line 5; sort the file by order: one of this size is not "
                  "gathered in memory. Nothing was imported\n");
    free(gathered);
    free(streamed);
}

// Beyond the size from which a file is looked at: it is looked at, found not to stand together, and gathered.
static void a_larger_file_may_be_scattered(void **state)
{
    (void)state;
    enum { ORDERS = 20000 };
    char path[128];
    snprintf(path, sizeof path, "%s/scattered.csv", folder);
    FILE *out = fopen(path, "w");
    fputs(header, out);
    for (int line = 0; line < 2; line++)
        for (int order = 0; order < ORDERS; order++)
            fprintf(out, "SO-%07d,2026-01-01,customer %d,x%d,1,1.50\n", order, order % 100, line);
    assert_true((uint64_t)ftell(out) > IMPORT_LOOK_BYTES);
    fclose(out);
    struct import *import = open_with(path, KIND_ORDERS, 0);
    struct import_item item;
    enum import_step step = import_next(import, &item);
    assert_int_equal(step, IMPORT_LOOKING);
    size_t orders = 0;
    while ((step = import_next(import, &item)) != IMPORT_END) {
        assert_true(step == IMPORT_EVENT || step == IMPORT_LOOKING);
        bool placed = step == IMPORT_EVENT && item.event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED;
        assert_true(!placed || item.event->order_placed->n_lines == 2);
        orders += placed;
    }
    assert_int_equal(orders, ORDERS);
    import_close(&import);
}

static void what_cannot_be_read_takes_its_order_along(void **state)
{
    (void)state;
    // One column too few in B's middle line, before D's first and after E's last; one of nobody; a bad number in F.
    static const char rows[] = "A,2026-01-01,C,x,1,1\n"
                               "B,2026-01-01,C,x,1,1\nB,2026-01-01,C,y,1\nB,2026-01-01,C,z,1,1\n"
                               "D,2026-01-01,C,w\nD,2026-01-01,C,x,1,1\n"
                               "E,2026-01-01,C,x,1,1\nE,2026-01-01\n"
                               "nothing of this\n"
                               "F,2026-01-01,C,x,1,one\nF,2026-01-01,C,y,1,1\n"
                               "G,2026-01-01,C,x,1,1\n";
    char text[600];
    snprintf(text, sizeof text, "%s%s", header, rows);
    const char *path = file("lost.csv", text);
    for (uint64_t gather = 0; gather < 2; gather++) {
        char list[160];
        snprintf(list, sizeof list, "%s.rejected.csv", path);
        char *said = read_all(path, KIND_ORDERS, gather, list);
        says(said, "order:A");
        says(said, "order:G");
        for (const char *gone = "BDEF"; *gone != '\0'; gone++) {
            char id[] = "order:X";
            id[6] = *gone;
            assert_null(strstr(said, id));
        }
        free(said);
        char *left = slurp(list);
        sort_lines(left);
        assert_string_equal(left, "\nB,2026-01-01,C,x,1,1,3,\"order B is left out: its row in line 4 is bad\"\n"
                                  "B,2026-01-01,C,y,1,4,\"has 5 columns, the header has 6\"\n"
                                  "B,2026-01-01,C,z,1,1,5,\"order B is left out: its row in line 4 is bad\"\n"
                                  "D,2026-01-01,C,w,6,\"has 4 columns, the header has 6\"\n"
                                  "D,2026-01-01,C,x,1,1,7,\"order D is left out: its row in line 6 is bad\"\n"
                                  "E,2026-01-01,9,\"has 2 columns, the header has 6\"\n"
                                  "E,2026-01-01,C,x,1,1,8,\"order E is left out: its row in line 9 is bad\"\n"
                                  "F,2026-01-01,C,x,1,one,11,\"price: \"\"one\"\" is no number\"\n"
                                  "F,2026-01-01,C,y,1,1,12,\"order F is left out: its row in line 11 is bad\"\n"
                                  "nothing of this,10,\"has 1 column, the header has 6\"\n"
                                  "order_id,time,customer_id,sku,quantity,price,tend_line,tend_reason");
        free(left);
        // Corrected, it brings the orders that are missing.
        assert_int_equal(remove(list), 0);
    }
}

static void rows_stay_as_they_were(void **state)
{
    (void)state;
    // A byte order mark, semicolons, lines that end as Windows ends them, a quoted field over two lines.
    const char *path = file("excel.csv", "\xef\xbb\xbf"
                                         "order_id;time;customer_id;name;quantity;total\r\n"
                                         "1;2026-01-01;C;\"a; \"\"b\"\"\r\nc\";2,5;1.280,50\r\n"
                                         "2;2026-01-01;C;\"a; \"\"b\"\"\r\nc\";zwei;1.280,50\r\n"
                                         "3;2026-01-01;C;x;1;1,00\r\n");
    char list[160], again[200];
    snprintf(list, sizeof list, "%s.rejected.csv", path);
    free(read_all(path, KIND_ORDERS, 0, list));
    char *left = slurp(list);
    assert_string_equal(left, "\xef\xbb\xbf"
                              "order_id;time;customer_id;name;quantity;total;tend_line;tend_reason\r\n"
                              "2;2026-01-01;C;\"a; \"\"b\"\"\r\nc\";zwei;1.280,50;4;\"quantity: \"\"zwei\"\" is no "
                              "number\"\r\n");
    // A list of such rows that still has a bad one: its own columns are not added twice.
    snprintf(again, sizeof again, "%s.rejected.csv", list);
    free(read_all(list, KIND_ORDERS, 0, again));
    char *twice = slurp(again);
    assert_string_equal(twice, "\xef\xbb\xbf"
                               "order_id;time;customer_id;name;quantity;total;tend_line;tend_reason\r\n"
                               "2;2026-01-01;C;\"a; \"\"b\"\"\r\nc\";zwei;1.280,50;2;\"quantity: \"\"zwei\"\" is no "
                               "number\"\r\n");
    free(left);
    free(twice);
}

static void rows_keep_their_encoding(void **state)
{
    (void)state;
    // 名 (name) and 王 in GB18030.
    const char *path =
        file("gb.csv",
             "customer_id,name,credit_limit\nC1,\xcd\xf5\xb7\xbc\xc4\xfe\xb2\xa8,3\nC2,\xcd\xf5\xb7\xbc,\xcd\xf5\n");
    char list[160];
    snprintf(list, sizeof list, "%s.rejected.csv", path);
    free(read_all(path, KIND_CUSTOMERS, 0, list));
    char *left = slurp(list);
    assert_non_null(left);
    says(left, "C2,\xcd\xf5\xb7\xbc,\xcd\xf5,3,\"credit_limit: \"\"\xcd\xf5\"\" is no ");
    free(left);
}

static void lines_of_json_get_members(void **state)
{
    (void)state;
    const char *path =
        file("c.jsonl", "{\"customer_id\":\"C1\",\"name\":\"x\"}\n{\"customer_id\":\"\",\"name\":\"C2\"}\nnonsense\n");
    char list[160], again[200];
    snprintf(list, sizeof list, "%s.rejected.jsonl", path);
    free(read_all(path, KIND_CUSTOMERS, 0, list));
    char *left = slurp(list);
    assert_string_equal(
        left,
        "{\"customer_id\":\"\",\"name\":\"C2\",\"tend_line\":2,\"tend_reason\":\"customer_id: is empty\"}\nnonsense\n");
    free(left);
    snprintf(again, sizeof again, "%s.rejected.jsonl", list);
    free(read_all(list, KIND_CUSTOMERS, 0, again));
    left = slurp(again);
    assert_string_equal(
        left,
        "{\"customer_id\":\"\",\"name\":\"C2\",\"tend_line\":1,\"tend_reason\":\"customer_id: is empty\"}\nnonsense\n");
    free(left);
    // Whole events: the members that are ours are passed over when the line is corrected.
    path = file("e.jsonl", "{\"id\":\"1\",\"time\":\"2026-01-01T00:00:00Z\",\"customerId\":\"C\",\"customerUpserted\":"
                           "{\"name\":\"n\"},\"tend_line\":7,\"tend_reason\":\"was \\\"bad\\\"}\"}\n");
    char *said = read_all(path, KIND_EVENTS, 0, NULL);
    assert_string_equal(said, "1 1\n");
    free(said);
}

static void nothing_is_written_without_bad_rows(void **state)
{
    (void)state;
    char text[200], list[160], old[170];
    snprintf(text, sizeof text, "%sA,2026-01-01,C,x,1,1\n", header);
    const char *path = file("good.csv", text);
    snprintf(list, sizeof list, "%s.rejected.csv", path);
    free(read_all(path, KIND_ORDERS, 0, list));
    assert_null(slurp(list));
    // What somebody is correcting is kept.
    snprintf(text, sizeof text, "%sA,never,C,x,1,1\n", header);
    path = file("good.csv", text);
    file("good.csv.rejected.csv", "somebody's work");
    free(read_all(path, KIND_ORDERS, 0, list));
    snprintf(old, sizeof old, "%s.old", list);
    char *kept = slurp(old);
    assert_string_equal(kept, "somebody's work");
    free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streamed_is_gathered),           cmocka_unit_test(lines_of_an_order_apart_are_refused),
        cmocka_unit_test(a_larger_file_may_be_scattered), cmocka_unit_test(what_cannot_be_read_takes_its_order_along),
        cmocka_unit_test(rows_stay_as_they_were),         cmocka_unit_test(rows_keep_their_encoding),
        cmocka_unit_test(lines_of_json_get_members),      cmocka_unit_test(nothing_is_written_without_bad_rows),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
