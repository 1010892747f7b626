#include "services/scoring/census.h"

#include "common/must.h"

#include <math.h>
#include <stdlib.h>

enum {
    X_BITS = 24, // eight purchases a day for 5,000 years
    DAY_BITS = 20,
    X_MOST = (1 << X_BITS) - 1,
    DAYS_MOST = (1 << DAY_BITS) - 1,
    ROOM_FIRST = 1024, // grows by doubling
};

struct census {
    uint64_t *histories; // x, T, tx from the highest bits down
    size_t count, room;
    struct gammagamma_row *spendings;
    size_t spending_count, spending_room;
    struct nbd_row *rows; // of the last question
};

struct census *census_open(void)
{
    struct census *census = calloc(1, sizeof *census);
    must(census != NULL);
    return census;
}

void census_close(struct census **census)
{
    if (*census == NULL)
        return;
    free((*census)->histories);
    free((*census)->spendings);
    free((*census)->rows);
    free(*census);
    *census = NULL;
}

void census_clear(struct census *census)
{
    census->count = 0;
    census->spending_count = 0;
}

static void *with_room(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room == 0 ? ROOM_FIRST : *room * 2;
    array = realloc(array, *room * size);
    must(array != NULL);
    return array;
}

static uint64_t span(int64_t from, int64_t to)
{
    int64_t days = to - from;
    return days < 0 ? 0 : days < DAYS_MOST ? (uint64_t)days : DAYS_MOST;
}

void census_add(struct census *census, uint32_t x, int32_t first_day, int32_t last_day, int32_t today)
{
    if (first_day > today)
        return;
    uint64_t age = span(first_day, today), tx = x == 0 ? 0 : span(first_day, last_day);
    uint64_t times = x < X_MOST ? x : X_MOST;
    census->histories = with_room(census->histories, census->count, &census->room, sizeof *census->histories);
    census->histories[census->count++] = times << 2 * DAY_BITS | age << DAY_BITS | (tx < age ? tx : age);
}

void census_spent(struct census *census, uint32_t x, double mean)
{
    if (x == 0 || !(mean > 0) || !isfinite(mean))
        return;
    census->spendings =
        with_room(census->spendings, census->spending_count, &census->spending_room, sizeof *census->spendings);
    census->spendings[census->spending_count++] = (struct gammagamma_row){x, mean, 1};
}

static int by_history(const void *left, const void *right)
{
    uint64_t one = *(const uint64_t *)left, other = *(const uint64_t *)right;
    return (one > other) - (one < other);
}

const struct nbd_row *census_rows(struct census *census, size_t *ret_count)
{
    uint64_t *histories = census->histories;
    if (census->count > 0)
        qsort(histories, census->count, sizeof *histories, by_history);
    size_t distinct = 0;
    for (size_t i = 0; i < census->count; i++)
        distinct += i == 0 || histories[i] != histories[i - 1];
    free(census->rows);
    census->rows = malloc((distinct + 1) * sizeof *census->rows);
    must(census->rows != NULL);
    size_t count = 0;
    for (size_t i = 0; i < census->count; i++) {
        if (i > 0 && histories[i] == histories[i - 1]) {
            census->rows[count - 1].weight += 1;
            continue;
        }
        census->rows[count++] = (struct nbd_row){.x = (uint32_t)(histories[i] >> 2 * DAY_BITS),
                                                 .tx = (double)(histories[i] & DAYS_MOST),
                                                 .T = (double)(histories[i] >> DAY_BITS & DAYS_MOST),
                                                 .weight = 1};
    }
    *ret_count = count;
    return census->rows;
}

static int by_spending(const void *left, const void *right)
{
    const struct gammagamma_row *one = left, *other = right;
    if (one->x != other->x)
        return one->x > other->x ? 1 : -1;
    return (one->mean > other->mean) - (one->mean < other->mean);
}

const struct gammagamma_row *census_spendings(struct census *census, size_t *ret_count)
{
    struct gammagamma_row *rows = census->spendings;
    if (census->spending_count > 0)
        qsort(rows, census->spending_count, sizeof *rows, by_spending);
    size_t count = 0;
    for (size_t i = 0; i < census->spending_count; i++) {
        if (count > 0 && by_spending(&rows[count - 1], &rows[i]) == 0)
            rows[count - 1].weight += rows[i].weight;
        else
            rows[count++] = rows[i];
    }
    census->spending_count = count;
    *ret_count = count;
    return rows;
}
