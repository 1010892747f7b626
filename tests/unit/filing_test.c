// What events say of a customer, whole or in part, in any order of arrival.
#include "services/scheduler/filing.h"

#include "common/portion.h"
#include "services/scheduler/matter.h"
#include "unit/rows.h"

#include <time.h>

enum { WORDS = 7, ORDERS = 40, ROUNDS = 60 };

static unsigned below(unsigned *seed, unsigned limit)
{
    return (unsigned)rand_r(seed) % limit;
}

static const char *pick(unsigned *seed, const char *empty)
{
    static const char *const some[] = {"a", "b", "c", "d"};
    return below(seed, 3) == 0 ? empty : some[below(seed, 4)];
}

// A whole customer, or some portions of one.
static struct fact make(unsigned *seed, int number)
{
    struct fact fact = {.kind = FACT_CUSTOMER, .customer_id = "C1", .event = "x/y"};
    struct customer_fact *said = &fact.customer;
    fact.version = (struct version){1000000 + below(seed, 5), (uint64_t)number + 1};
    bool whole = below(seed, 3) == 0;
    said->said = whole ? 0 : PORTION_SOME | ((uint32_t)rand_r(seed) & (PORTION_BIT(PORTIONS) - 1));
    said->name = whole ? "N" : pick(seed, "");
    said->region = pick(seed, "");
    said->country = pick(seed, "");
    said->zone = pick(seed, "");
    said->contact_name = pick(seed, "");
    said->contact_phone = pick(seed, "");
    said->owner = said->parent = "";
    said->type = below(seed, 4);
    said->birthday.month = (int)below(seed, 12);
    said->lunar = below(seed, 2) == 1;
    said->founding.month = (int)below(seed, 12);
    said->contact_birthday.month = (int)below(seed, 12);
    said->contact_lunar = below(seed, 2) == 1;
    said->cooperation_day = (int32_t)below(seed, 9);
    return fact;
}

// The newest word about the portion; NULL: there is none.
static const struct customer_fact *newest(const struct fact *facts, enum portion portion)
{
    const struct fact *best = NULL;
    for (int i = 0; i < WORDS; i++) {
        const struct customer_fact *said = &facts[i].customer;
        bool names = portion != PORTION_NAME || said->said == 0 || said->name[0] != '\0';
        if (portion_said(said->said, portion) && names &&
            (best == NULL || version_newer(&facts[i].version, &best->version)))
            best = &facts[i];
    }
    static const struct customer_fact nothing = {.name = "",
                                                 .region = "",
                                                 .country = "",
                                                 .zone = "",
                                                 .contact_name = "",
                                                 .contact_phone = "",
                                                 .cooperation_day = DAY_NONE};
    return best != NULL ? &best->customer : &nothing;
}

static void expect(const struct fact *facts, const struct customer *is)
{
    assert_string_equal(is->name, newest(facts, PORTION_NAME)->name);
    assert_string_equal(is->region, newest(facts, PORTION_REGION)->region);
    assert_string_equal(is->country, newest(facts, PORTION_COUNTRY)->country);
    assert_string_equal(is->customer_zone, newest(facts, PORTION_TIME_ZONE)->zone);
    assert_string_equal(is->contact_name, newest(facts, PORTION_CONTACT_NAME)->contact_name);
    assert_string_equal(is->contact_phone, newest(facts, PORTION_CONTACT_PHONE)->contact_phone);
    assert_int_equal(is->type, newest(facts, PORTION_TYPE)->type);
    assert_int_equal(is->birthday.month, newest(facts, PORTION_BIRTHDAY)->birthday.month);
    assert_int_equal(is->lunar, newest(facts, PORTION_BIRTHDAY)->lunar);
    assert_int_equal(is->founding.month, newest(facts, PORTION_FOUNDING_DAY)->founding.month);
    assert_int_equal(is->cooperation_day, newest(facts, PORTION_SINCE)->cooperation_day);
    assert_int_equal(is->contact_birthday.month, newest(facts, PORTION_CONTACT_BIRTHDAY)->contact_birthday.month);
    assert_int_equal(is->contact_lunar, newest(facts, PORTION_CONTACT_BIRTHDAY)->contact_lunar);
}

static void any_order_leaves_the_newest_words(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    struct arena *arena = arena_open(1 << 16, 16 << 20);
    struct turn turn = {.arena = arena};
    for (int round = 0; round < ROUNDS; round++) {
        struct fact facts[WORDS];
        struct slice words = {0};
        for (int i = 0; i < WORDS; i++)
            facts[i] = make(&seed, i);
        for (int order = 0; order < ORDERS; order++) {
            struct customer customer = {.name = "",
                                        .region = "",
                                        .country = "",
                                        .customer_zone = "",
                                        .contact_name = "",
                                        .contact_phone = "",
                                        .cooperation_day = DAY_NONE};
            int places[WORDS];
            for (int i = 0; i < WORDS; i++) {
                int at = (int)below(&seed, (unsigned)i + 1);
                places[i] = places[at];
                places[at] = i;
            }
            for (int i = 0; i < WORDS; i++)
                filing_take(&turn, &facts[places[i]], &customer);
            filing_take(&turn, &facts[places[0]], &customer); // a second time
            expect(facts, &customer);
            if (order > 0) // what is kept is the same, too
                assert_true(customer.words.length == words.length &&
                            (words.length == 0 || memcmp(customer.words.bytes, words.bytes, words.length) == 0));
            words = customer.words;
        }
        arena_reset(arena);
    }
    arena_close(&arena);
}

// An import that names owners: the shop's word about everything else stays, and the new owner is told.
static void an_import_of_owners_says_only_these(void **state)
{
    (void)state;
    struct fixture f;
    begin_team(&f, "{}");
    happens(&f, "2026-06-01 00:05", "{\"repId\":\"li\",\"repUpserted\":{\"name\":\"Li\",\"managerRepId\":\"zhao\"}}");
    happens(&f, "2026-06-01 00:06",
            "{\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Blue Lake\",\"region\":\"Xiamen\","
            "\"contacts\":[{\"name\":\"Ms Chen\",\"phone\":\"138 0000 0000\"}]}}");
    catch_up(&f);
    happens(&f, "2026-06-02 10:00",
            "{\"customerId\":\"C1\",\"customerUpserted\":{\"ownerRepId\":\"li\",\"said\":[\"owner_rep_id\"]}}");
    until(&f, "2026-06-02 10:20");
    Tend__V1__Reminder *told = heard(&f, "2026-06-02 10:15", "li", "reassigned", "");
    assert_int_equal(told->n_about, 1);
    assert_string_equal(told->about[0]->customer_name, "Blue Lake");
    assert_string_equal(told->about[0]->contact_name, "Ms Chen");
    assert_string_equal(told->about[0]->contact_phone, "138 0000 0000");
    drop_reminder(told);
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_leaves_the_newest_words),
        cmocka_unit_test(an_import_of_owners_says_only_these),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
