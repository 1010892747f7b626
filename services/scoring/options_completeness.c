#include "services/scoring/options_completeness.h"

#include "common/config.h"

#include <stddef.h>

#define IN(member) offsetof(struct completeness_class, member)
#define CLASS(index) offsetof(struct completeness_options, classes[index])

static const struct config_key required_item[] = {{.name = "field",
                                                   .type = CONFIG_TEXT,
                                                   .fallback = NULL,
                                                   .min = 1,
                                                   .max = NOTE_NAME_BYTES,
                                                   .help = "A field's name."},
                                                  {0}};

// The keys of a class; classes differ in what they require by default.
#define REQUIRED(list)                                                                                                 \
    {                                                                                                                  \
        .name = "required", .type = CONFIG_LIST, .offset = IN(required), .count_offset = IN(required_count),           \
        .item_bytes = sizeof(const char *), .keys = required_item, .fallback = list, .max = COMPLETENESS_REQUIRED_MAX, \
        .help = "What the file of a customer of this class must have: name, owner, type, region, birthday, "           \
                "founding_day, cooperation_since, contact, phone, email, key_person, credit, source, language, "       \
                "time_zone, or the name of any file field, such as education or suppliers."                            \
    }
#define TARGET                                                                                  \
    {                                                                                           \
        .name = "target", .type = CONFIG_PERCENT, .offset = IN(target_ppm), .fallback = "100%", \
        .help = "How much of that must be known, by the day below."                             \
    }
#define BY                                                                                               \
    {                                                                                                    \
        .name = "by", .type = CONFIG_DAY, .offset = IN(by_day), .fallback = "", .example = "2026-10-12", \
        .help = "Files that are not complete after this day are late. Left out: there is no such day."   \
    }

static const struct config_key a_keys[] = {
    REQUIRED("name, owner, type, region, contact, key_person, phone, email, birthday, cooperation_since, credit, "
             "source"),
    TARGET,
    BY,
    {0}};
static const struct config_key b_keys[] = {
    REQUIRED("name, owner, type, region, contact, phone, email, source"), TARGET, BY, {0}};
static const struct config_key c_keys[] = {REQUIRED("name, owner, contact, phone"), TARGET, BY, {0}};

const struct config_key completeness_keys[] = {
    {.name = "a",
     .type = CONFIG_GROUP,
     .offset = CLASS(0),
     .fallback = "",
     .keys = a_keys,
     .help = "The files of class A."},
    {.name = "b",
     .type = CONFIG_GROUP,
     .offset = CLASS(1),
     .fallback = "",
     .keys = b_keys,
     .help = "The files of class B."},
    {.name = "c",
     .type = CONFIG_GROUP,
     .offset = CLASS(2),
     .fallback = "",
     .keys = c_keys,
     .help = "The files of class C, and of customers without a class."},
    {0},
};
