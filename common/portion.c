#include "common/portion.h"

#include "common/must.h"

#include <ctype.h>

static const char *const names[PORTIONS] = {
    [PORTION_NAME] = "name",
    [PORTION_OWNER] = "owner_rep_id",
    [PORTION_TYPE] = "type",
    [PORTION_REGION] = "region",
    [PORTION_BIRTHDAY] = "birthday",
    [PORTION_FOUNDING_DAY] = "founding_day",
    [PORTION_SINCE] = "cooperation_since",
    [PORTION_CONTACT_NAME] = "contacts.name",
    [PORTION_CONTACT_POST] = "contacts.post",
    [PORTION_CONTACT_PHONE] = "contacts.phone",
    [PORTION_CONTACT_EMAIL] = "contacts.email",
    [PORTION_CONTACT_BIRTHDAY] = "contacts.birthday",
    [PORTION_CREDIT_LIMIT] = "credit_limit",
    [PORTION_CREDIT_DAYS] = "credit_days",
    [PORTION_PARENT] = "parent_customer_id",
    [PORTION_LEAD_SOURCE] = "lead_source",
    [PORTION_LANGUAGE] = "language",
    [PORTION_TIME_ZONE] = "time_zone",
    [PORTION_COUNTRY] = "country",
    [PORTION_FILE_FIELDS] = "file_fields",
};

_Static_assert(PORTIONS < 31, "one bit each, and PORTION_SOME");

const char *portion_name(enum portion portion)
{
    must(portion < PORTIONS);
    return names[portion];
}

// Whether `name` is that one up to its end or a dot: "contacts" is all of theirs. As in the words of JSON, "ownerRepId"
// is the same name.
static bool names_it(const char *name, const char *known)
{
    while (*name != '\0') {
        known += *known == '_';
        name += *name == '_';
        if (tolower((unsigned char)*name) != *known || *known == '\0')
            return false;
        name++;
        known++;
    }
    return *known == '\0' || *known == '.';
}

static uint32_t bits_of(const char *name)
{
    uint32_t bits = 0;
    for (int i = 0; i < PORTIONS; i++)
        if (name[0] != '\0' && names_it(name, names[i]))
            bits |= PORTION_BIT(i);
    return bits;
}

uint32_t portion_mask(const char *const *said, size_t count)
{
    uint32_t mask = count > 0 ? PORTION_SOME : 0;
    for (size_t i = 0; i < count; i++)
        mask |= bits_of(said[i]);
    return mask;
}

bool portion_known(const char *name)
{
    return bits_of(name) != 0;
}

bool portion_said(uint32_t mask, enum portion portion)
{
    must(portion < PORTIONS);
    return mask == 0 || (mask & PORTION_BIT(portion)) != 0;
}
