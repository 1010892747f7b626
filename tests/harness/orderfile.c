#include "harness/orderfile.h"

#include "common/must.h"
#include "harness/town.h"

#include <stdbool.h>
#include <stdio.h>

enum { LINES_MAX = 4, ROWS_A_CUSTOMER = 50, REPS = 40, GOODS = 900 };

struct sale {
    unsigned good, quantity, cents;
};

static void write_order(FILE *file, uint64_t number, uint64_t customer, uint64_t *seed, unsigned count, bool bad)
{
    struct sale sales[LINES_MAX];
    uint64_t total = 0;
    unsigned spoiled = (unsigned)town_random(seed, count);
    for (unsigned i = 0; i < count; i++) {
        sales[i].good = (unsigned)town_random(seed, GOODS);
        sales[i].quantity = 1 + (unsigned)town_random(seed, 39);
        sales[i].cents = 100 + (unsigned)town_random(seed, 90000);
        total += (uint64_t)sales[i].quantity * sales[i].cents;
    }
    unsigned month = 1 + (unsigned)town_random(seed, 12), day = 1 + (unsigned)town_random(seed, 28);
    unsigned year = 2019 + (unsigned)town_random(seed, 6), minute = (unsigned)town_random(seed, 60);
    for (unsigned i = 0; i < count; i++)
        fprintf(file,
                "SO-%07llu,%u-%02u-%02u 10:%02u,C%06llu,\"%s %llu, 上海\",rep%llu,SKU-%u,product "
                "%u,%u,%s%u.%02u,%llu.%02u\n",
                (unsigned long long)number, year, month, day, minute, (unsigned long long)customer,
                customer % 2 == 0 ? "宁波贸易" : "Firm", (unsigned long long)customer,
                (unsigned long long)(customer % REPS), sales[i].good, sales[i].good, sales[i].quantity,
                bad && i == spoiled ? "x" : "", sales[i].cents / 100, sales[i].cents % 100,
                (unsigned long long)(total / 100), (unsigned)(total % 100));
}

uint64_t orderfile_write(const char *path, const struct orderfile *plan)
{
    FILE *file = fopen(path, "w");
    must(file != NULL);
    fputs("order_id,time,customer_id,customer_name,rep,sku,product,quantity,price,total\n", file);
    uint64_t seed = plan->seed, rows = 0;
    for (uint64_t number = 1; rows < plan->rows; number++) {
        unsigned count = 1 + (unsigned)town_random(&seed, LINES_MAX);
        uint64_t customer = town_random(&seed, plan->rows / ROWS_A_CUSTOMER + 1);
        write_order(file, number, customer, &seed, count, plan->bad_every != 0 && number % plan->bad_every == 0);
        rows += count;
    }
    must(fclose(file) == 0);
    return rows;
}
