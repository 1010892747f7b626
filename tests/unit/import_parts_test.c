// Files of customers with some columns only.
#include "unit/import_files.h"

#include "services/tend/draft.h"

static const Tend__V1__CustomerUpserted *next_customer(struct import *import)
{
    struct import_item item;
    do {
        enum import_step step = import_next(import, &item);
        if (step != IMPORT_EVENT)
            fail_msg("line %llu, %s: %s", (unsigned long long)item.line, item.column, item.reason);
    } while (item.derived);
    return item.event->customer_upserted;
}

static struct import *open_customers(const char *name, const char *text)
{
    struct import_options options = options_for(KIND_CUSTOMERS, file(name, text));
    char error[IMPORT_ERROR_BYTES];
    struct import *import = NULL;
    if (!import_open(&options, error, &import))
        fail_msg("%s", error);
    return import;
}

static void expect_end(struct import *import)
{
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_END);
    import_close(&import);
}

// A file says only the columns that it has: an empty cell of one empties the field, save of a name.
static void some_columns_say_only_these(void **state)
{
    (void)state;
    struct import *import = open_customers("table.csv", "customer_id,owner\nC1,li\n");
    const Tend__V1__CustomerUpserted *customer = next_customer(import);
    assert_string_equal(customer->name, "");
    assert_string_equal(customer->owner_rep_id, "li");
    assert_int_equal(customer->n_said, 1);
    assert_string_equal(customer->said[0], "owner_rep_id");
    expect_end(import);
    import = open_customers("table.csv", "customer_id,name,contact_birthday,lunar_birthday,currency,file.segment,time\n"
                                         "C1,,--05-17,,GBP,x,2024-01-01\nC2,Two,,,,,2024-01-01\n");
    customer = next_customer(import);
    assert_int_equal(customer->n_said, 2);
    assert_string_equal(customer->said[1], "contacts.birthday");
    assert_string_equal(customer->contacts[0]->birthday, "--05-17");
    assert_string_equal(customer->file_fields[0]->name, "segment");
    customer = next_customer(import);
    assert_string_equal(customer->name, "Two");
    assert_int_equal(customer->n_contacts, 0);
    assert_int_equal(customer->n_said, 2);
    expect_end(import);
    import =
        open_customers("c.jsonl", "{\"customer_id\":\"C1\",\"name\":\"x\",\"region\":\"north\",\"type\":\"agent\"}\n"
                                  "{\"customer_id\":\"C2\",\"region\":null}\n");
    assert_int_equal(next_customer(import)->n_said, 3);
    customer = next_customer(import);
    assert_int_equal(customer->n_said, 1);
    assert_string_equal(customer->said[0], "region");
    expect_end(import);
    // A field of the file alone: the name is said, as an empty one.
    import = open_customers("table.csv", "customer_id,file.segment\nC1,x\n");
    assert_string_equal(next_customer(import)->said[0], "name");
    expect_end(import);
}

// A file that says nothing of its customers is refused with what it calls its columns, and so is such an object.
static void nothing_but_the_numbers(void **state)
{
    (void)state;
    char error[IMPORT_ERROR_BYTES];
    struct import *import = NULL;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"customer_id\nZ1\n", "no column says anything of the customers but \"customer_id\": name theirs in a map"},
        {"id,time,ownr\nZ1,2024-01-01,chen\n", "but \"id\"; not read: ownr (did you mean owner?): name theirs"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct import_options options = options_for(KIND_CUSTOMERS, file("table.csv", rows[i].text));
        assert_false(import_open(&options, error, &import));
        if (strstr(error, rows[i].says) == NULL)
            fail_msg("%s", error);
    }
    import = open_customers("c.jsonl", "{\"customer_id\":\"C1\",\"ownr\":\"chen\"}\n");
    struct import_item item;
    assert_int_equal(import_next(import, &item), IMPORT_BAD);
    assert_string_equal(item.reason, "is all that is said of the customer");
    import_close(&import);
}

// Of rows about one customer, or one rep, that are of one moment the last is the newest; each row is the same event
// whenever the file is read.
static void the_last_row_counts(void **state)
{
    (void)state;
    static const struct {
        enum import_kind kind;
        const char *text;
        int64_t later[4]; // than the first row, milliseconds
    } rows[] = {
        {KIND_CUSTOMERS, "customer_id,owner\nY1,emma\nY2,li\nY1,li\nY1,emma\n", {0, 0, 1, 2}},
        {KIND_REPS, "rep_id,name\nemma,Emma\nli,Li\nemma,Em\nli,Lin\n", {0, 0, 1, 2}},
        {KIND_CUSTOMERS,
         "customer_id,name,time\nY1,a,2024-01-01\nY1,b,2024-01-02\nY1,c,2024-01-01\nY1,d,2024-01-01\n",
         {0, 86400000, 1, 2}},
    };
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        struct import_options options = options_for(rows[i / 2].kind, file("table.csv", rows[i / 2].text));
        struct import *import = NULL;
        struct import_item item;
        char error[IMPORT_ERROR_BYTES];
        static char ids[4][128];
        assert_true(import_open(&options, error, &import));
        int64_t first_ms = 0;
        for (size_t row = 0; row < 4;) {
            assert_int_equal(import_next(import, &item), IMPORT_EVENT);
            if (item.derived)
                continue;
            int64_t ms = draft_ms(item.event);
            first_ms = row == 0 ? ms : first_ms;
            assert_int_equal(ms - first_ms, rows[i / 2].later[row]);
            if (i % 2 == 1)
                assert_string_equal(item.event->id, ids[row]);
            snprintf(ids[row++], sizeof ids[0], "%s", item.event->id);
        }
        assert_int_equal(import_next(import, &item), IMPORT_NOTED);
        assert_int_equal(item.rows, 2);
        assert_int_equal(item.line, 4);
        assert_int_equal(import_next(import, &item), IMPORT_END);
        import_close(&import);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_columns_say_only_these),
        cmocka_unit_test(nothing_but_the_numbers),
        cmocka_unit_test(the_last_row_counts),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
