#include "services/scheduler/audience.h"

#include <string.h>
#include <strings.h>

enum { PART_SEPARATOR = '/' };

// The next part of a region without the spaces around it. False when there is none left.
static bool next_part(const char **at, const char **ret_part, size_t *ret_length)
{
    if (*at == NULL || **at == '\0')
        return false;
    const char *part = *at, *end = strchr(part, PART_SEPARATOR);
    size_t length = end != NULL ? (size_t)(end - part) : strlen(part);
    *at = end != NULL ? end + 1 : NULL;
    while (length > 0 && *part == ' ') {
        part++;
        length--;
    }
    while (length > 0 && part[length - 1] == ' ')
        length--;
    *ret_part = part;
    *ret_length = length;
    return true;
}

bool audience_region_in(const char *region, const char *within)
{
    const char *part, *outer;
    size_t length, outer_length;
    if (region[0] == '\0')
        return false;
    while (next_part(&within, &outer, &outer_length))
        if (!next_part(&region, &part, &length) || length != outer_length || strncasecmp(part, outer, length) != 0)
            return false;
    return true;
}

bool audience_meets(const struct audience *audience, const struct audience_customer *customer)
{
    for (size_t i = 0; i < audience->customer_count; i++)
        if (strcmp(audience->customer_ids[i], customer->id) == 0)
            return true;
    if (audience->customer_count > 0)
        return false;
    if (audience->type != 0 && audience->type != customer->type)
        return false;
    if (audience->classes != 0 && (audience->classes & 1U << customer->abc) == 0)
        return false;
    return audience->region[0] == '\0' || audience_region_in(customer->region, audience->region);
}
