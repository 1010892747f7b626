// Whose a customer is, by the files that name somebody: lists and shops tell of the same customers, in any order.
#include "unit/scene.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(customers_are_found_by_their_owner),
        cmocka_unit_test(who_names_no_owner_takes_none_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
