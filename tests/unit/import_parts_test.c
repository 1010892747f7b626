// Files of customers with some columns only.
#include "unit/import_files.h"

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
    // Nothing but the numbers: the customers are known from then on.
    import = open_customers("table.csv", "customer_id\nC1\n");
    assert_string_equal(next_customer(import)->said[0], "name");
    expect_end(import);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(some_columns_say_only_these)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
