#include "services/notifier/route.h"

#include "common/nearest.h"

#include <string.h>
#include <strings.h>

static const char *const kinds[LETTER_KINDS] = {
    [LETTER_KIND_NONE] = "other",
    [LETTER_CALL] = "call",
    [LETTER_CLASS_FALL] = "class_fall",
    [LETTER_OVERDUE] = "overdue",
    [LETTER_DROP] = "drop",
    [LETTER_BIRTHDAY] = "birthday",
    [LETTER_FOUNDING_DAY] = "founding_day",
    [LETTER_COOPERATION_ANNIVERSARY] = "cooperation_anniversary",
    [LETTER_PROMISE] = "promise",
    [LETTER_SNOOZED] = "snoozed",
    [LETTER_COVERAGE_WARNING] = "coverage_warning",
    [LETTER_DECLINING] = "declining",
    [LETTER_RIVAL] = "rival",
    [LETTER_RISING] = "rising",
    [LETTER_RECOVERY] = "recovery",
    [LETTER_WIN_BACK] = "win_back",
    [LETTER_SATISFACTION_ALARM] = "satisfaction_alarm",
    [LETTER_SATISFACTION_FOLLOW_UP] = "satisfaction_follow_up",
    [LETTER_TEMPERATURE_COOLED] = "temperature_cooled",
    [LETTER_LEAD_FOLLOW_UP] = "lead_follow_up",
    [LETTER_ORDER_MISSED] = "order_missed",
    [LETTER_STAGE_STUCK] = "stage_stuck",
    [LETTER_CONTRACT_END] = "contract_end",
    [LETTER_FIRST_ORDER_VISIT] = "first_order_visit",
    [LETTER_OBJECTION] = "objection",
    [LETTER_QUOTE_NURSE] = "quote_nurse",
    [LETTER_SMALL_NURSE] = "small_nurse",
    [LETTER_ANNOUNCEMENT] = "announcement",
    [LETTER_COMPANY_EVENT] = "company_event",
    [LETTER_EXPECTED_NEED] = "expected_need",
    [LETTER_NO_FOLLOW_UP] = "no_follow_up",
    [LETTER_NEXT_DATE_MISSING] = "next_date_missing",
    [LETTER_CONTACT_MISSING] = "contact_missing",
    [LETTER_EVENING_PREVIEW] = "evening_preview",
    [LETTER_FILE_DEADLINE] = "file_deadline",
    [LETTER_GREETING] = "greeting",
    [LETTER_GIFT_BUDGET] = "gift_budget",
    [LETTER_VISIT_APPROVAL] = "visit_approval",
    [LETTER_VISIT_UNAPPROVED] = "visit_unapproved",
    [LETTER_VISIT_ANNOUNCE] = "visit_announce",
    [LETTER_VISIT_ARRIVAL] = "visit_arrival",
    [LETTER_VISIT_CHECKLIST] = "visit_checklist",
    [LETTER_VISIT_CHECK_IN] = "visit_check_in",
    [LETTER_VISIT_REPORT] = "visit_report",
    [LETTER_POLICY_EXCEPTION] = "policy_exception",
    [LETTER_SELF_REVIEW] = "self_review",
    [LETTER_PROMISE_BROKEN] = "promise_broken",
    [LETTER_PROMISE_SHORT] = "promise_short",
    [LETTER_REPLY_DUE] = "reply_due",
    [LETTER_TELL_DELIVERY] = "tell_delivery",
    [LETTER_CONFIRM_IN_WRITING] = "confirm_in_writing",
    [LETTER_ORDER_ERROR] = "order_error",
    [LETTER_COMPLAINT_ACKNOWLEDGE] = "complaint_acknowledge",
    [LETTER_COMPLAINT_ACT] = "complaint_act",
    [LETTER_COMPLAINT_CAUSE] = "complaint_cause",
    [LETTER_COMPLAINT_AGAIN] = "complaint_again",
    [LETTER_SURVEY_DUE] = "survey_due",
    [LETTER_BLACK_REVIEW] = "black_review",
    [LETTER_COMMISSION_DUE] = "commission_due",
    [LETTER_OWNERSHIP_DISPUTE] = "ownership_dispute",
    [LETTER_REASSIGNED] = "reassigned",
    [LETTER_EFFORT] = "effort",
};

static const char *const others[] = {"call_list", "preview", "digest"};

const char *route_kind_name(enum letter_kind kind)
{
    bool known = (unsigned)kind < LETTER_KINDS && kinds[kind] != NULL;
    return kinds[known ? kind : LETTER_KIND_NONE];
}

bool route_kind_known(const char *word)
{
    for (size_t i = 0; i < LETTER_KINDS; i++)
        if (kinds[i] != NULL && strcmp(kinds[i], word) == 0)
            return true;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i], word) == 0)
            return true;
    return false;
}

const char *route_kind_at(size_t number)
{
    for (size_t i = 0; i < LETTER_KINDS; i++)
        if (kinds[i] != NULL && number-- == 0)
            return kinds[i];
    return number < sizeof others / sizeof *others ? others[number] : NULL;
}

const char *route_kind_near(const char *word)
{
    const char *names[LETTER_KINDS + sizeof others / sizeof *others], *name;
    size_t count = 0;
    for (; (name = route_kind_at(count)) != NULL; count++)
        names[count] = name;
    return nearest_name(word, names, count);
}

// True when the list is empty or has the word, whatever the case.
static bool takes(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(words[i], word) == 0)
            return true;
    return count == 0;
}

const struct route_options *route_find(const struct notifier_options *options, const struct route_facts *facts)
{
    char abc[2] = {facts->abc, '\0'};
    for (size_t i = 0; i < options->route_count; i++) {
        const struct route_options *route = &options->routes[i];
        if (takes(route->kinds, route->kind_count, facts->kind) && takes(route->classes, route->class_count, abc) &&
            takes(route->regions, route->region_count, facts->region) &&
            (route->urgency == ROUTE_ANY || route->urgency == (int)facts->urgency))
            return route;
    }
    return NULL;
}

const char *route_group(const struct notifier_options *options, const struct route_options *route,
                        const struct route_facts *facts)
{
    int by = route != NULL && route->group_by != GROUP_AS_SECTION ? route->group_by : options->group_by;
    return by == GROUP_BY_KIND ? facts->kind : "";
}

static bool takes_all(const char *const *words, size_t count, const char *const *wanted, size_t wanted_count)
{
    for (size_t i = 0; i < wanted_count; i++)
        if (!takes(words, count, wanted[i]))
            return false;
    return count == 0 || wanted_count > 0;
}

bool route_covers(const struct route_options *earlier, const struct route_options *later)
{
    return takes_all(earlier->kinds, earlier->kind_count, later->kinds, later->kind_count) &&
           takes_all(earlier->classes, earlier->class_count, later->classes, later->class_count) &&
           takes_all(earlier->regions, earlier->region_count, later->regions, later->region_count) &&
           (earlier->urgency == ROUTE_ANY || earlier->urgency == later->urgency);
}

const struct route_options *route_named(const struct notifier_options *options, const char *name)
{
    for (size_t i = 0; i < options->route_count; i++)
        if (strcmp(options->routes[i].name, name) == 0)
            return &options->routes[i];
    return NULL;
}
