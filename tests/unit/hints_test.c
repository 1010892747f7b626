// What the scheduler is told to offer (CustomerHints): to whom, once a day at most, and only when it is something else.
#include "unit/scene.h"

enum { BUYERS = 14 };

#define TEA "{\"sku\": \"t1\", \"name\": \"Oolong tea\", \"quantityMilli\": 1000}"
#define POT "{\"sku\": \"p1\", \"name\": \"Teapot\", \"quantityMilli\": 1000}"
#define CUP "{\"sku\": \"c1\", \"quantityMilli\": 1000}"

static void order(struct scene *scene, const char *id, const char *customer, int days_ago, int units, const char *goods)
{
    scene_tell(scene, id, customer, days_ago, true,
               "\"orderPlaced\": {\"orderId\": \"%s\", \"total\": \"%d.00 EUR\", \"lines\": [%s]}", id, units, goods);
}

// Others who buy both, and one who has only the one.
static void begin(struct scene *scene, int days_ago)
{
    static struct scoring_options options;
    options = defaults_of_scoring();
    scene_open(scene, &options);
    for (int i = 0; i < BUYERS; i++) {
        char id[16], customer[16];
        snprintf(id, sizeof id, "both%d", i);
        snprintf(customer, sizeof customer, "P%d", i);
        order(scene, id, customer, 300, 1000, TEA ", " POT ", " CUP);
        snprintf(id, sizeof id, "none%d", i);
        order(scene, id, customer, 300, 1000, "{\"sku\": \"other\"}");
    }
    order(scene, "tea", "C1", days_ago, 1, TEA);
    scene_settle(scene);
}

// The last hints told of the customer since scene_forget, and how often some were. The caller frees them.
static Tend__V1__CustomerHints *hear(struct scene *scene, const char *customer, unsigned *ret_times)
{
    Tend__V1__CustomerHints *last = NULL;
    const struct record *record;
    uint64_t heard = scene->heard;
    *ret_times = 0;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_HINTS)) != NULL) {
        Tend__V1__CustomerHints *hints = tend__v1__customer_hints__unpack(NULL, record->length, record->payload);
        assert_non_null(hints);
        assert_int_equal(record->flags, 0);
        if (strcmp(hints->customer_id, customer) != 0) {
            tend__v1__customer_hints__free_unpacked(hints, NULL);
            continue;
        }
        if (last != NULL)
            tend__v1__customer_hints__free_unpacked(last, NULL);
        last = hints;
        ++*ret_times;
    }
    scene->heard = heard;
    return last;
}

static unsigned times(struct scene *scene, const char *customer)
{
    unsigned count;
    Tend__V1__CustomerHints *hints = hear(scene, customer, &count);
    if (hints != NULL)
        tend__v1__customer_hints__free_unpacked(hints, NULL);
    return count;
}

static void what_to_offer(void **unused)
{
    (void)unused;
    struct scene scene;
    unsigned count;
    begin(&scene, 100);
    scene_wait(&scene, 1);
    Tend__V1__CustomerHints *hints = hear(&scene, "C1", &count);
    assert_int_equal(count, 1);
    assert_int_equal(hints->n_products, 2);
    assert_string_equal(hints->products[0]->sku, "c1"); // by sku, where all else is equal
    assert_string_equal(hints->products[0]->name, "");
    assert_string_equal(hints->products[0]->because, "Oolong tea");
    assert_string_equal(hints->products[1]->sku, "p1");
    assert_string_equal(hints->products[1]->name, "Teapot");
    assert_string_equal(hints->products[1]->because, "Oolong tea");
    assert_int_equal(hints->products[1]->confidence_ppm, 1000000 * BUYERS / (BUYERS + 1));
    assert_int_equal(hints->products[1]->lift_milli, 1000 * (2 * BUYERS + 1) / (BUYERS + 1));
    tend__v1__customer_hints__free_unpacked(hints, NULL);
    // The card says the same.
    json_t *card = scene_ask(&scene, "/v1/customers/C1");
    const json_t *shown = json_object_get(json_object_get(card, "detail"), "hints");
    assert_int_equal(json_array_size(shown), 2);
    assert_string_equal(scene_text(json_array_get(shown, 0), "sku"), "c1");
    assert_string_equal(scene_text(json_array_get(shown, 1), "name"), "Teapot");
    json_decref(card);
    scene_close(&scene);
}

// Nothing is told twice, until it is something else; a start tells it once.
static void only_what_is_new(void **unused)
{
    (void)unused;
    struct scene scene;
    unsigned count;
    begin(&scene, 50); // so lately that it is no hint itself
    scene_wait(&scene, 1);
    scene_forget(&scene);
    scene_wait(&scene, 5);
    assert_int_equal(times(&scene, "C1"), 0);
    order(&scene, "pot", "C1", 0, 1, POT);
    scene_wait(&scene, 1);
    Tend__V1__CustomerHints *hints = hear(&scene, "C1", &count);
    assert_int_equal(count, 1);
    assert_int_equal(hints->n_products, 1);
    assert_string_equal(hints->products[0]->sku, "c1");
    tend__v1__customer_hints__free_unpacked(hints, NULL);
    scene_forget(&scene);
    order(&scene, "cup", "C1", 0, 1, CUP);
    scene_wait(&scene, 1);
    hints = hear(&scene, "C1", &count);
    assert_int_equal(count, 1);
    assert_int_equal(hints->n_products, 0); // what was told holds no more
    tend__v1__customer_hints__free_unpacked(hints, NULL);
    scene_forget(&scene);
    turns_restart(scene.turns);
    scene_settle(&scene);
    assert_int_equal(times(&scene, "C1"), 1);
    scene_forget(&scene);
    scene_wait(&scene, 2);
    assert_int_equal(times(&scene, "C1"), 0);
    scene_close(&scene);
}

// Of those who ordered long ago only an A or a B.
static void only_who_counts(void **unused)
{
    (void)unused;
    struct scene scene;
    for (int days = 179; days <= 180; days++) {
        begin(&scene, days);
        scene_wait(&scene, 1);
        assert_int_equal(times(&scene, "C1"), days == 179); // a C, and a day later
        assert_int_equal(times(&scene, "P0"), 1);
        scene_close(&scene);
    }
}

// Without goods there is nothing to say, nor for who bought nothing.
static void without_goods(void **unused)
{
    (void)unused;
    struct scene scene;
    begin(&scene, 5);
    order(&scene, "plain", "C2", 3, 10, "");
    scene_tell(&scene, "call", "C3", 0, false, "\"contactLogged\": {\"outcome\": \"reached\"}");
    scene_settle(&scene);
    scene_wait(&scene, 2);
    assert_int_equal(times(&scene, "C1"), 1);
    assert_int_equal(times(&scene, "C2"), 0);
    assert_int_equal(times(&scene, "C3"), 0);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_to_offer),
        cmocka_unit_test(only_what_is_new),
        cmocka_unit_test(only_who_counts),
        cmocka_unit_test(without_goods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
