// What the tests of what the scheduler is told of a customer (CustomerValue) share.
#ifndef TEND_TESTS_UNIT_TELLING_H
#define TEND_TESTS_UNIT_TELLING_H

#include "unit/scene.h"

#include "services/scoring/judge.h"

static struct scoring_options options;

static inline void *begin(struct scene *scene)
{
    options = defaults_of_scoring();
    scene_open(scene, &options);
    return scene;
}

// The last value that was told of the customer since scene_forget, and how often one was; NULL: none. The caller frees
// it.
static inline Tend__V1__CustomerValue *hear(struct scene *scene, const char *customer, unsigned *ret_times,
                                            uint32_t *ret_flags)
{
    Tend__V1__CustomerValue *last = NULL;
    const struct record *record;
    uint64_t heard = scene->heard;
    *ret_times = 0;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE)) != NULL) {
        Tend__V1__CustomerValue *value = tend__v1__customer_value__unpack(NULL, record->length, record->payload);
        assert_non_null(value);
        if (strcmp(value->customer_id, customer) != 0) {
            tend__v1__customer_value__free_unpacked(value, NULL);
            continue;
        }
        if (last != NULL)
            tend__v1__customer_value__free_unpacked(last, NULL);
        last = value;
        *ret_flags = record->flags;
        ++*ret_times;
    }
    scene->heard = heard;
    return last;
}

static inline unsigned times(struct scene *scene, const char *customer)
{
    unsigned count;
    uint32_t flags;
    Tend__V1__CustomerValue *value = hear(scene, customer, &count, &flags);
    if (value != NULL)
        tend__v1__customer_value__free_unpacked(value, NULL);
    return count;
}

static inline Tend__V1__CustomerValue *told(struct scene *scene, const char *customer)
{
    unsigned count;
    uint32_t flags;
    Tend__V1__CustomerValue *value = hear(scene, customer, &count, &flags);
    if (value == NULL)
        fail_msg("nothing was told of %s", customer);
    return value;
}

static inline void done(Tend__V1__CustomerValue *value)
{
    tend__v1__customer_value__free_unpacked(value, NULL);
}

static inline const char *standing(const Tend__V1__CustomerValue *value, const char *dimension)
{
    for (size_t i = 0; i < value->n_standings; i++)
        if (strcmp(value->standings[i]->dimension, dimension) == 0)
            return value->standings[i]->value;
    return "";
}

static inline void order(struct scene *scene, const char *id, int days_ago, int units, const char *goods)
{
    scene_tell(scene, id, "C1", days_ago, false,
               "\"orderPlaced\": {\"orderId\": \"%s\", \"total\": \"%d.00 EUR\", \"lines\": [%s]}", id, units, goods);
}

#define TEA "{\"sku\": \"t1\", \"name\": \"Oolong tea\", \"quantityMilli\": 1000}"
#define POT "{\"sku\": \"p1\", \"name\": \"Teapot\", \"quantityMilli\": 1000}"
#define CUP "{\"sku\": \"c9\", \"quantityMilli\": 1000}"

#endif
