// Names of the parts of a customer's file, as events have them.
#include "common/portion.h"
#include "tend/v1/event.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void names_are_bits(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t bits;
    } rows[] = {
        {"name", PORTION_BIT(PORTION_NAME)},
        {"owner_rep_id", PORTION_BIT(PORTION_OWNER)},
        {"ownerRepId", PORTION_BIT(PORTION_OWNER)},
        {"contacts.phone", PORTION_BIT(PORTION_CONTACT_PHONE)},
        {"contacts", PORTION_BIT(PORTION_CONTACT_NAME) | PORTION_BIT(PORTION_CONTACT_POST) |
                         PORTION_BIT(PORTION_CONTACT_PHONE) | PORTION_BIT(PORTION_CONTACT_EMAIL) |
                         PORTION_BIT(PORTION_CONTACT_BIRTHDAY)},
        {"", 0},
        {"nam", 0},
        {"names", 0},
        {"contacts.", 0},
        {"contacts.phone.x", 0},
        {"credit", 0},
        {".", 0},
        {"_", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (portion_mask(&rows[i].name, 1) != (PORTION_SOME | rows[i].bits))
            fail_msg("%s", rows[i].name);
        assert_int_equal(portion_known(rows[i].name), rows[i].bits != 0);
    }
    const char *two[] = {"type", "what"};
    assert_int_equal(portion_mask(two, 2), PORTION_SOME | PORTION_BIT(PORTION_TYPE));
    assert_int_equal(portion_mask(two, 0), 0);
}

static void each_portion_has_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < PORTIONS; i++) {
        const char *name = portion_name((enum portion)i);
        uint32_t mask = portion_mask(&name, 1);
        assert_int_equal(mask, PORTION_SOME | PORTION_BIT(i));
        for (int other = 0; other < PORTIONS; other++)
            assert_int_equal(portion_said(mask, (enum portion)other), other == i);
        assert_true(portion_said(0, (enum portion)i));
    }
}

// Every field of the message can be said by itself: a new one needs a portion of its own.
static void each_field_is_a_portion(void **state)
{
    (void)state;
    const ProtobufCMessageDescriptor *file = &tend__v1__customer_upserted__descriptor;
    const ProtobufCMessageDescriptor *person = &tend__v1__contact_person__descriptor;
    for (unsigned i = 0; i < file->n_fields; i++) {
        const char *name = file->fields[i].name;
        bool part = strcmp(name, "said") != 0 && strcmp(name, "lunar_birthday") != 0;
        if (portion_known(name) != part)
            fail_msg("%s", name);
    }
    for (unsigned i = 0; i < person->n_fields; i++) {
        char name[80];
        snprintf(name, sizeof name, "contacts.%s", person->fields[i].name);
        bool part = strcmp(name, "contacts.key_person") != 0 && strcmp(name, "contacts.lunar_birthday") != 0;
        if (portion_known(name) != part)
            fail_msg("%s", name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_bits),
        cmocka_unit_test(each_portion_has_its_name),
        cmocka_unit_test(each_field_is_a_portion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
