#include "common/countries.h"

#include "common/must.h"

#include <stdlib.h>
#include <string.h>

struct country {
    char code[COUNTRY_BYTES];
    const int32_t *off, *on;
    size_t off_count, on_count;
};

struct countries {
    int32_t *days; // of all of them
    struct country *countries;
    size_t count;
    struct country others; // every country without days of its own
};

int country_day_compare(const void *left, const void *right)
{
    const struct country_day *a = left, *b = right;
    int countries = strcmp(a->country, b->country);
    return countries != 0 ? countries : (a->day > b->day) - (a->day < b->day);
}

// From `at` on, how many days are of the country of that one.
static size_t run_of(const struct country_day *days, size_t count, size_t at)
{
    size_t end = at;
    while (end < count && strcmp(days[end].country, days[at].country) == 0)
        end++;
    return end - at;
}

// Everybody's days and the country's own, by day; those that are worked or those that are off. On a day of both the
// country's own word counts. Returns how many.
static size_t join_days(const struct country_day *all, size_t all_count, const struct country_day *own,
                        size_t own_count, bool worked, int32_t *ret_days)
{
    size_t count = 0;
    for (size_t i = 0, j = 0; i < all_count || j < own_count;) {
        bool mine = i == all_count || (j < own_count && own[j].day <= all[i].day);
        i += mine && i < all_count && all[i].day == own[j].day;
        const struct country_day *next = mine ? &own[j++] : &all[i++];
        if (next->worked == worked)
            ret_days[count++] = next->day;
    }
    return count;
}

static void fill(struct country *country, const struct country_day *all, size_t all_count,
                 const struct country_day *own, size_t own_count, int32_t **room)
{
    if (own_count > 0)
        memcpy(country->code, own[0].country, COUNTRY_BYTES);
    country->off = *room;
    country->off_count = join_days(all, all_count, own, own_count, false, *room);
    *room += country->off_count;
    country->on = *room;
    country->on_count = join_days(all, all_count, own, own_count, true, *room);
    *room += country->on_count;
}

struct countries *countries_open(const struct country_day *days, size_t count)
{
    struct countries *countries = calloc(1, sizeof *countries);
    must(countries != NULL);
    size_t all = count > 0 && days[0].country[0] == '\0' ? run_of(days, count, 0) : 0, kept = 0;
    for (size_t at = all; at < count; at += run_of(days, count, at))
        kept++;
    countries->countries = calloc(kept + 1, sizeof *countries->countries);
    countries->days = calloc((kept + 1) * all + count + 1, sizeof *countries->days);
    must(countries->countries != NULL && countries->days != NULL);
    int32_t *room = countries->days;
    fill(&countries->others, days, all, NULL, 0, &room);
    for (size_t at = all; at < count;) {
        size_t own = run_of(days, count, at);
        fill(&countries->countries[countries->count++], days, all, days + at, own, &room);
        at += own;
    }
    return countries;
}

void countries_close(struct countries **countries)
{
    if (*countries == NULL)
        return;
    free((*countries)->days);
    free((*countries)->countries);
    free(*countries);
    *countries = NULL;
}

static int compare_code(const void *code, const void *country)
{
    return strcmp(code, ((const struct country *)country)->code);
}

bool countries_workdays(const struct countries *countries, const char *country, struct workdays *ret_days)
{
    bool any =
        countries != NULL && (countries->count > 0 || countries->others.off_count + countries->others.on_count > 0);
    if (!any || country[0] == '\0')
        return false;
    const struct country *found =
        bsearch(country, countries->countries, countries->count, sizeof *countries->countries, compare_code);
    if (found == NULL)
        found = &countries->others;
    ret_days->holidays = found->off;
    ret_days->holiday_count = found->off_count;
    ret_days->makeups = found->on;
    ret_days->makeup_count = found->on_count;
    return true;
}
