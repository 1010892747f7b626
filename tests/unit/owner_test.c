// Whose a customer is, by the files that name somebody: lists and shops tell of the same customers, in any order.
#include "common/hash.h"
#include "unit/scene.h"

#include <time.h>

// The owner of the newest file, whichever came last.
static void customers_are_found_by_their_owner(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_tell(&scene, "f2", "C1", 0, true, "\"customerUpserted\": {\"name\": \"One\", \"ownerRepId\": \"li\"}");
    scene_tell(&scene, "f1", "C1", 1, true, "\"customerUpserted\": {\"name\": \"One\", \"ownerRepId\": \"wang\"}");
    scene_place(&scene,
                &(struct scene_order){.id = "o1", .customer = "C2", .units = 100, .cost = -1, .historical = true});
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C1", "owner", "li"));
    assert_false(scene_is_listed(&scene, "C1", "owner", "wang"));
    assert_false(scene_is_listed(&scene, "C1", "owner", ""));
    assert_true(scene_is_listed(&scene, "C2", "owner", ""));
    turns_restart(scene.turns);
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C1", "owner", "li"));
    scene_close(&scene);
}

// A shop that tells of a customer knows no owner, and takes nobody's away: not the one of before, not a later one.
static void who_names_no_owner_takes_none_away(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_tell(&scene, "f1", "C1", 2, true, "\"customerUpserted\": {\"name\": \"One\", \"ownerRepId\": \"li\"}");
    scene_tell(&scene, "s1", "C1", 1, true, "\"customerUpserted\": {\"name\": \"One Ltd\"}");
    scene_tell(&scene, "s2", "C2", 0, true, "\"customerUpserted\": {\"name\": \"Two Ltd\"}");
    scene_tell(&scene, "f2", "C2", 1, true, "\"customerUpserted\": {\"name\": \"Two\", \"ownerRepId\": \"wang\"}");
    scene_settle(&scene);
    for (int round = 0; round < 2; round++) {
        assert_true(scene_is_listed(&scene, "C1", "owner", "li"));
        assert_true(scene_is_listed(&scene, "C2", "owner", "wang"));
        json_t *card = scene_ask(&scene, "/v1/customers/C1");
        assert_string_equal(scene_text(card, "name"), "One Ltd");
        assert_string_equal(scene_text(card, "ownerRepId"), "li");
        json_decref(card);
        turns_restart(scene.turns);
        scene_settle(&scene);
    }
    scene_close(&scene);
}

// Lists with some columns only, and whole words of a shop, in every order: of each field the newest word.
static void parts_of_a_file_in_any_order(void **unused)
{
    (void)unused;
    static const struct {
        int days_ago;
        const char *body;
    } words[] = {
        {9, "\"customerUpserted\": {\"name\": \"One\", \"type\": \"CUSTOMER_TYPE_BUYER\", \"region\": \"north\", "
            "\"contacts\": [{\"name\": \"Li\", \"phone\": \"555 1234\", \"keyPerson\": true}]}"},
        {7, "\"customerUpserted\": {\"type\": \"CUSTOMER_TYPE_AGENT\", \"said\": [\"type\"]}"},
        {5, "\"customerUpserted\": {\"ownerRepId\": \"li\", \"region\": \"not said\", \"said\": [\"name\", "
            "\"ownerRepId\"]}"},
        {3, "\"customerUpserted\": {\"name\": \"One Ltd\", \"said\": [\"name\", \"region\"]}"},
        {1, "\"customerUpserted\": {\"contacts\": [{\"email\": \"li@one.example\"}], \"said\": "
            "[\"contacts.email\"]}"},
    };
    enum { WORDS = sizeof words / sizeof words[0], CUSTOMERS = 24 };
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    for (int customer = 0; customer < CUSTOMERS; customer++) {
        int places[WORDS];
        char name[16], id[16];
        snprintf(name, sizeof name, "C%d", customer);
        for (int i = 0; i < WORDS; i++) {
            int at = (int)((unsigned)rand_r(&seed) % ((unsigned)i + 1));
            places[i] = places[at];
            places[at] = i;
        }
        for (int i = 0; i < WORDS; i++) {
            snprintf(id, sizeof id, "w%d-%d", customer, places[i]);
            scene_tell(&scene, id, name, words[places[i]].days_ago, true, "%s", words[places[i]].body);
            if (rand_r(&seed) % 4 == 0)
                scene_settle(&scene);
        }
    }
    scene_settle(&scene);
    for (int round = 0; round < 2; round++) {
        for (int customer = 0; customer < CUSTOMERS; customer++) {
            char name[16];
            snprintf(name, sizeof name, "C%d", customer);
            json_t *card = scene_ask(&scene, "/v1/customers/%s", name);
            assert_string_equal(scene_text(card, "name"), "One Ltd");
            assert_string_equal(scene_text(card, "ownerRepId"), "li");
            json_decref(card);
            uint8_t key[LEDGER_KEY_BYTES];
            uint32_t slot;
            hash_table_key(name, strlen(name), key);
            assert_true(ledger_find(scene.scoring->ledger, key, &slot));
            const struct profile *profile = &core_story(scene.scoring, slot)->profile;
            assert_int_equal(profile->type, 4);
            uint32_t fields = (UINT32_C(1) << COMPLETENESS_FIELDS) - 1;
            assert_int_equal(profile->known & fields, 1u << COMPLETENESS_NAME | 1u << COMPLETENESS_OWNER |
                                                          1u << COMPLETENESS_TYPE | 1u << COMPLETENESS_CONTACT |
                                                          1u << COMPLETENESS_PHONE | 1u << COMPLETENESS_EMAIL |
                                                          1u << COMPLETENESS_KEY_PERSON);
        }
        turns_restart(scene.turns);
        scene_settle(&scene);
    }
    scene_close(&scene);
}

// A list gave the main customer an owner, and that is no file of its own: what is known of the other one stays. A name
// that somebody told by itself, as shops do, stays its own.
static void a_part_is_no_file_of_the_main_customer(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_tell(&scene, "p1", "C1", 1, true,
               "\"customerUpserted\": {\"ownerRepId\": \"li\", \"said\": [\"ownerRepId\"]}");
    scene_tell(&scene, "f2", "C2", 3, true, "\"customerUpserted\": {\"name\": \"Two\", \"ownerRepId\": \"wang\"}");
    scene_tell(&scene, "m", "C1", 2, true, "\"customerMerged\": {\"otherCustomerId\": \"C2\"}");
    scene_settle(&scene);
    for (int round = 0; round < 2; round++) {
        json_t *card = scene_ask(&scene, "/v1/customers/C1");
        assert_string_equal(scene_text(card, "name"), "Two");
        assert_string_equal(scene_text(card, "ownerRepId"), "li");
        json_decref(card);
        turns_restart(scene.turns);
        scene_settle(&scene);
    }
    scene_tell(&scene, "n1", "C1", 9, true, "\"customerUpserted\": {\"name\": \"One\", \"said\": [\"name\"]}");
    scene_settle(&scene);
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    assert_string_equal(scene_text(card, "name"), "One"); // however old
    json_decref(card);
    scene_close(&scene);
}

// A customer whom nobody ever named an owner of has that of those who are part of it, the one who was named last; it
// keeps its own file, and after a split everybody has the own owner.
static void parts_lend_their_owner(void **unused)
{
    (void)unused;
    struct scene scene;
    struct scoring_options options = defaults_of_scoring();
    scene_open(&scene, &options);
    scene_tell(&scene, "f1", "C1", 9, true, "\"customerUpserted\": {\"name\": \"One\"}");
    scene_tell(&scene, "f2", "C2", 8, true, "\"customerUpserted\": {\"name\": \"Two\", \"ownerRepId\": \"li\"}");
    scene_tell(&scene, "f3", "C3", 7, true, "\"customerUpserted\": {\"name\": \"Three\", \"ownerRepId\": \"wang\"}");
    scene_tell(&scene, "m1", "C1", 5, true, "\"customerMerged\": {\"otherCustomerId\": \"C2\"}");
    scene_tell(&scene, "m2", "C1", 4, true, "\"customerMerged\": {\"otherCustomerId\": \"C3\"}");
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C1", "owner", "wang"));
    assert_false(scene_is_listed(&scene, "C1", "owner", ""));
    scene_tell(&scene, "s1", "C1", 2, true, "\"customerSplit\": {\"otherCustomerId\": \"C3\"}");
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C1", "owner", "li"));
    assert_true(scene_is_listed(&scene, "C3", "owner", "wang"));
    scene_tell(&scene, "f4", "C1", 20, true, "\"customerUpserted\": {\"name\": \"One\", \"ownerRepId\": \"qian\"}");
    scene_settle(&scene);
    assert_true(scene_is_listed(&scene, "C1", "owner", "qian")); // its own goes first, however old
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(customers_are_found_by_their_owner),
        cmocka_unit_test(who_names_no_owner_takes_none_away),
        cmocka_unit_test(parts_of_a_file_in_any_order),
        cmocka_unit_test(a_part_is_no_file_of_the_main_customer),
        cmocka_unit_test(parts_lend_their_owner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
