#include "services/scheduler/kinds.h"

#include "common/must.h"

#include <string.h>
#include <strings.h>

// Bits of Tend__V1__AbcClass: A is 1, B is 2.
#define CLASSES_AB (1U << 1 | 1U << 2)

static const struct kind KINDS[KIND_COUNT] = {
    [KIND_CALL] = {"call", TRIGGER_PLAN, "", 0, LATE_OCCASION, FOLD_NOTHING, KIND_NONE, false, true},
    [KIND_CLASS_FALL] = {"class_fall", TRIGGER_FALL, "value.abc", CLASSES_AB, LATE_DAYS, FOLD_UPDATE, KIND_NONE, true,
                         true},
    [KIND_OVERDUE] = {"overdue", TRIGGER_YES, "risk.overdue", CLASSES_AB, LATE_DAYS, FOLD_UPDATE, KIND_NONE, true,
                      true},
    [KIND_DROP] = {"drop", TRIGGER_YES, "risk.drop", CLASSES_AB, LATE_DAYS, FOLD_UPDATE, KIND_OVERDUE, true, true},
    [KIND_BIRTHDAY] = {"birthday", TRIGGER_YEARLY, "", 0, LATE_OCCASION, FOLD_NOTHING, KIND_NONE, false, true},
    [KIND_FOUNDING_DAY] = {"founding_day", TRIGGER_YEARLY, "", 0, LATE_OCCASION, FOLD_NOTHING, KIND_NONE, false, true},
    [KIND_COOPERATION] = {"cooperation_anniversary", TRIGGER_YEARLY, "", 0, LATE_OCCASION, FOLD_NOTHING, KIND_NONE,
                          false, true},
    [KIND_PROMISE] = {"promise", TRIGGER_PROMISE, "", 0, LATE_OCCASION, FOLD_NOTHING, KIND_NONE, false, true},
    [KIND_SNOOZED] = {"snoozed", TRIGGER_ANSWER, "", 0, LATE_ALWAYS, FOLD_NOTHING, KIND_NONE, false, true},
    [KIND_COVERAGE_WARNING] = {"coverage_warning", TRIGGER_PLAN, "", 0, LATE_OCCASION, FOLD_NOTHING, KIND_NONE, false,
                               false},
};

const struct kind *kinds_row(enum kind_id kind)
{
    must(kind > KIND_NONE && kind < KIND_COUNT);
    return &KINDS[kind];
}

enum kind_id kinds_named(const char *name)
{
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        if (strcasecmp(KINDS[kind].name, name) == 0) {
            return kind;
        }
    }
    return KIND_NONE;
}

// A single capital letter, the better the earlier; 0 for anything else.
static char letter(const char *value)
{
    return value[0] >= 'A' && value[0] <= 'Z' && value[1] == '\0' ? value[0] : '\0';
}

static bool yes(const char *value)
{
    return strcmp(value, "yes") == 0 || strcmp(value, "true") == 0;
}

static enum kind_effect judge_fall(const struct kind *kind, char before, char after, char began)
{
    if (after == '\0') {
        return EFFECT_NONE;
    }
    if (began != '\0' && after <= began) {
        return EFFECT_SETTLE;
    }
    bool watched = before >= 'A' && before <= 'C' && (kind->classes & 1U << (before - 'A' + 1)) != 0;
    bool pending = began != '\0';
    return before != '\0' && after > before && (watched || pending) ? EFFECT_RAISE : EFFECT_NONE;
}

enum kind_effect kinds_judge(const struct kind *kind, const char *dimension, const char *before, const char *after,
                             uint32_t abc, const char *settles_at)
{
    if (kind->dimension[0] == '\0' || strcmp(kind->dimension, dimension) != 0) {
        return EFFECT_NONE;
    }
    if (kind->trigger == TRIGGER_FALL) {
        return judge_fall(kind, letter(before), letter(after), letter(settles_at));
    }
    must(kind->trigger == TRIGGER_YES);
    if (!yes(after)) {
        return EFFECT_SETTLE;
    }
    return !yes(before) && (kind->classes == 0 || (kind->classes & 1U << abc) != 0) ? EFFECT_RAISE : EFFECT_NONE;
}
