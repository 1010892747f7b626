#include "services/scheduler/authority.h"

#include <strings.h>

#define UNLIMITED INT64_MIN

struct authority_options authority_usual(void)
{
    static struct authority_level LEVELS[] = {
        {"rep", 0}, {"manager", INT64_C(5000) * MONEY_MICROS}, {"director", UNLIMITED}};
    return (struct authority_options){LEVELS, sizeof LEVELS / sizeof LEVELS[0]};
}

// What is configured, or the usual.
static struct authority_options levels(const struct authority_options *options)
{
    return options->level_count > 0 ? *options : authority_usual();
}

bool authority_level(const struct authority_options *options, const char *role, size_t *ret_level)
{
    struct authority_options all = levels(options);
    for (size_t i = 0; i < all.level_count; i++)
        if (strcasecmp(all.levels[i].role, role) == 0) {
            *ret_level = i;
            return true;
        }
    return false;
}

enum authority_state authority_judge(const struct authority_options *options, const char *role, int64_t micros,
                                     size_t *ret_level)
{
    struct authority_options all = levels(options);
    size_t own = 0;
    (void)authority_level(options, role, &own);
    size_t level = own;
    if (micros < 0) {
        level = own + 1 < all.level_count ? own + 1 : own;
    } else {
        while (level < all.level_count && all.levels[level].limit_micros != UNLIMITED &&
               micros > all.levels[level].limit_micros)
            level++;
        if (level == all.level_count)
            return AUTHORITY_NOBODY;
    }
    *ret_level = level;
    return level == own ? AUTHORITY_OWN : AUTHORITY_ASK;
}
