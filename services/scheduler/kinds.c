#include "services/scheduler/kinds.h"

#include "common/must.h"

#include <string.h>
#include <strings.h>

// Bits of Tend__V1__AbcClass: A is 1, B is 2.
#define CLASS_A (1U << 1)
#define CLASSES_AB (1U << 1 | 1U << 2)

#define ON_CONTACT (1U << SIGNAL_CONTACT)
#define ON_ORDER (1U << SIGNAL_ORDER)
#define ON_SURVEY (1U << SIGNAL_SURVEY)
#define ON_OUT (1U << SIGNAL_OUT)
#define ON_WRITTEN (1U << SIGNAL_WRITTEN)

#define AT_ONCE(who)   \
    {                  \
        .roles = (who) \
    }
#define SINCE(who, span_unit, span_amount)                                                          \
    {                                                                                               \
        .roles = (who), .from = FROM_SINCE, .span = {.unit = (span_unit), .amount = (span_amount) } \
    }
#define DUE(who, span_unit, span_amount)                                                          \
    {                                                                                             \
        .roles = (who), .from = FROM_DUE, .span = {.unit = (span_unit), .amount = (span_amount) } \
    }
#define DUE_UNLESS(words, who, work_days)                                                                            \
    {                                                                                                                \
        .roles = (who), .from = FROM_DUE, .span = {.unit = SPAN_WORK_DAYS, .amount = (work_days)}, .unless = (words) \
    }
#define DUE_OF_A(who, span_unit, span_amount)                                                                         \
    {                                                                                                                 \
        .roles = (who), .classes = CLASS_A, .from = FROM_DUE, .span = {.unit = (span_unit), .amount = (span_amount) } \
    }
#define AFTER(span_unit, span_amount)                \
    {                                                \
        .unit = (span_unit), .amount = (span_amount) \
    }

static const struct kind KINDS[KIND_COUNT] = {
    [KIND_CALL] = {.name = "call", .trigger = TRIGGER_PLAN, .priority = 1, .late = LATE_OCCASION, .contact = true},
    [KIND_CLASS_FALL] = {.name = "class_fall",
                         .trigger = TRIGGER_FALL,
                         .dimension = "value.abc",
                         .classes = CLASSES_AB,
                         .priority = 1,
                         .fold = FOLD_UPDATE,
                         .rests = true,
                         .contact = true,
                         .closes = ON_CONTACT,
                         .steps = {AT_ONCE(ROLE_OWNER)}},
    [KIND_OVERDUE] = {.name = "overdue",
                      .trigger = TRIGGER_WORDS,
                      .dimension = "risk.overdue",
                      .words = "yes|true",
                      .classes = CLASSES_AB,
                      .priority = 1,
                      .fold = FOLD_UPDATE,
                      .rests = true,
                      .contact = true,
                      .closes = ON_CONTACT | ON_ORDER,
                      .steps = {AT_ONCE(ROLE_OWNER)}},
    [KIND_DROP] = {.name = "drop",
                   .trigger = TRIGGER_WORDS,
                   .dimension = "risk.drop",
                   .words = "yes|true",
                   .classes = CLASSES_AB,
                   .priority = 1,
                   .fold = FOLD_UPDATE,
                   .replaces = KIND_OVERDUE,
                   .rests = true,
                   .contact = true,
                   .closes = ON_CONTACT,
                   .steps = {AT_ONCE(ROLE_OWNER)}},
    [KIND_BIRTHDAY] =
        {.name = "birthday", .trigger = TRIGGER_YEARLY, .priority = 2, .late = LATE_OCCASION, .contact = true},
    [KIND_FOUNDING_DAY] =
        {.name = "founding_day", .trigger = TRIGGER_YEARLY, .priority = 2, .late = LATE_OCCASION, .contact = true},
    [KIND_COOPERATION] = {.name = "cooperation_anniversary",
                          .trigger = TRIGGER_YEARLY,
                          .priority = 2,
                          .late = LATE_OCCASION,
                          .contact = true},
    [KIND_PROMISE] = {.name = "promise",
                      .trigger = TRIGGER_PROMISE,
                      .priority = 0,
                      .late = LATE_OCCASION,
                      .contact = true,
                      .mends = true,
                      .steps = {DUE(ROLE_OWNER, SPAN_MINUTES, 0)}},
    [KIND_SNOOZED] =
        {.name = "snoozed", .trigger = TRIGGER_ANSWER, .priority = 1, .late = LATE_ALWAYS, .contact = true},
    [KIND_COVERAGE_WARNING] = {.name = "coverage_warning",
                               .trigger = TRIGGER_PLAN,
                               .priority = 1,
                               .late = LATE_OCCASION},
    [KIND_DECLINING] = {.name = "declining",
                        .trigger = TRIGGER_WORDS,
                        .dimension = "risk.declining",
                        .words = "yes|true",
                        .classes = CLASSES_AB,
                        .replaces = KIND_RISING, // "buys less and less" beside "has grown" would contradict itself
                        .priority = 1,
                        .fold = FOLD_UPDATE,
                        .rests = true,
                        .contact = true,
                        .closes = ON_CONTACT,
                        .steps = {AT_ONCE(ROLE_OWNER)}},
    [KIND_RIVAL] = {.name = "rival",
                    .trigger = TRIGGER_WORDS,
                    .dimension = "risk.rival",
                    .words = "yes|true",
                    .priority = 0,
                    .fold = FOLD_UPDATE,
                    .contact = true,
                    .closes = ON_CONTACT,
                    .steps = {AT_ONCE(ROLE_OWNER | ROLE_MANAGER)}},
    [KIND_RISING] = {.name = "rising",
                     .trigger = TRIGGER_WORDS,
                     .dimension = "value.tier",
                     .words = "important|secondary",
                     .priority = 2,
                     .fold = FOLD_UPDATE,
                     .rests = true,
                     .contact = true,
                     .capped = true,
                     .closes = ON_CONTACT,
                     .steps = {AT_ONCE(ROLE_OWNER)}},
    [KIND_RECOVERY] = {.name = "recovery",
                       .trigger = TRIGGER_WORDS,
                       .dimension = "care.status",
                       .words = "complaining",
                       .priority = 1,
                       .fold = FOLD_UPDATE,
                       .contact = true,
                       .due = AFTER(SPAN_WORK_DAYS, 1),
                       .steps = {AT_ONCE(ROLE_OWNER), DUE(ROLE_MANAGER, SPAN_WORK_DAYS, 1)}},
    [KIND_WIN_BACK] = {.name = "win_back",
                       .trigger = TRIGGER_WORDS,
                       .dimension = "care.status",
                       .words = "lost",
                       .classes = CLASSES_AB,
                       .priority = 2,
                       .fold = FOLD_UPDATE,
                       .replaces = KIND_DROP,
                       .contact = true,
                       .capped = true,
                       .closes = ON_ORDER,
                       .due = AFTER(SPAN_WORK_DAYS, 5),
                       .steps = {AT_ONCE(ROLE_OWNER), DUE(ROLE_MANAGER, SPAN_WORK_DAYS, 5)}},
    [KIND_SATISFACTION_ALARM] = {.name = "satisfaction_alarm",
                                 .trigger = TRIGGER_WORDS,
                                 .dimension = "care.satisfaction",
                                 .words = "alarm",
                                 .priority = 0,
                                 .fold = FOLD_UPDATE,
                                 .contact = true,
                                 .closes = ON_CONTACT,
                                 .due = AFTER(SPAN_END_OF_DAY, 0),
                                 .insists = true,
                                 .steps = {AT_ONCE(ROLE_OWNER | ROLE_MANAGER), DUE(ROLE_DIRECTOR, SPAN_WORK_DAYS, 1)}},
    [KIND_SATISFACTION_FOLLOW_UP] = {.name = "satisfaction_follow_up",
                                     .trigger = TRIGGER_WORDS,
                                     .dimension = "care.satisfaction",
                                     .words = "A:content|indifferent|leaving",
                                     .classes = CLASSES_AB,
                                     .priority = 1,
                                     .fold = FOLD_UPDATE,
                                     .contact = true,
                                     .closes = ON_CONTACT,
                                     .due = AFTER(SPAN_WORK_DAYS, 2),
                                     .steps = {AT_ONCE(ROLE_OWNER), DUE_UNLESS("content", ROLE_MANAGER, 1)}},
    [KIND_TEMPERATURE_COOLED] = {.name = "temperature_cooled",
                                 .trigger = TRIGGER_COOLS,
                                 .dimension = "lead.temperature",
                                 .words = "hot|warm|cold",
                                 .priority = 2,
                                 .fold = FOLD_UPDATE,
                                 .contact = true,
                                 .capped = true,
                                 .closes = ON_CONTACT | ON_ORDER,
                                 .steps = {AT_ONCE(ROLE_OWNER)}},
    [KIND_LEAD_FOLLOW_UP] = {.name = "lead_follow_up",
                             .trigger = TRIGGER_DAY,
                             .priority = 1,
                             .late = LATE_DAYS,
                             .contact = true,
                             .closes = ON_CONTACT | ON_ORDER,
                             .steps = {DUE(ROLE_MANAGER, SPAN_WORK_DAYS, 2)}},
    [KIND_ORDER_MISSED] = {.name = "order_missed",
                           .trigger = TRIGGER_DAY,
                           .priority = 1,
                           .late = LATE_DAYS,
                           .contact = true,
                           .closes = ON_ORDER | ON_CONTACT,
                           .steps = {DUE(ROLE_OWNER, SPAN_MINUTES, 0), DUE(ROLE_MANAGER, SPAN_WORK_DAYS, 3)}},
    [KIND_STAGE_STUCK] = {.name = "stage_stuck",
                          .trigger = TRIGGER_DAY,
                          .priority = 2,
                          .late = LATE_DAYS,
                          .contact = true,
                          .closes = ON_ORDER,
                          .steps = {DUE(ROLE_OWNER, SPAN_MINUTES, 0), DUE(ROLE_MANAGER, SPAN_WORK_DAYS, 5)}},
    [KIND_CONTRACT_END] = {.name = "contract_end",
                           .trigger = TRIGGER_DAY,
                           .priority = 1,
                           .late = LATE_OCCASION,
                           .contact = true,
                           .steps = {DUE(ROLE_OWNER, SPAN_MINUTES, 0)}},
    [KIND_FIRST_ORDER_VISIT] = {.name = "first_order_visit",
                                .trigger = TRIGGER_FACT,
                                .priority = 1,
                                .late = LATE_DAYS,
                                .contact = true,
                                .closes = ON_CONTACT,
                                .due = AFTER(SPAN_WORK_DAYS, 3),
                                .steps = {DUE(ROLE_OWNER, SPAN_MINUTES, 0), DUE(ROLE_MANAGER, SPAN_WORK_DAYS, 5)}},
    [KIND_OBJECTION] = {.name = "objection",
                        .trigger = TRIGGER_FACT,
                        .priority = 1,
                        .late = LATE_DAYS,
                        .contact = true,
                        .closes = ON_ORDER,
                        .due = AFTER(SPAN_WORK_DAYS, 2),
                        .steps = {AT_ONCE(ROLE_OWNER), DUE(ROLE_MANAGER, SPAN_MINUTES, 0)}},
    // Quotes to nurse and small past customers are reasons of call lines, so they are never told beside them.
    [KIND_QUOTE_NURSE] = {.name = "quote_nurse", .trigger = TRIGGER_PLAN, .priority = 2, .contact = true},
    [KIND_SMALL_NURSE] = {.name = "small_nurse", .trigger = TRIGGER_PLAN, .priority = 2, .contact = true},
    [KIND_ANNOUNCEMENT] = {.name = "announcement",
                           .trigger = TRIGGER_FACT,
                           .priority = 2,
                           .late = LATE_OCCASION,
                           .steps = {AT_ONCE(ROLE_REP)}},
    [KIND_COMPANY_EVENT] = {.name = "company_event",
                            .trigger = TRIGGER_FACT,
                            .priority = 2,
                            .late = LATE_OCCASION,
                            .steps = {DUE(ROLE_REP, SPAN_WORK_DAYS, -5)}},
    [KIND_EXPECTED_NEED] = {.name = "expected_need",
                            .trigger = TRIGGER_DAY,
                            .classes = CLASS_A,
                            .priority = 1,
                            .late = LATE_OCCASION,
                            .contact = true,
                            .closes = ON_ORDER | ON_CONTACT,
                            .steps = {DUE(ROLE_OWNER, SPAN_MINUTES, 0)}},
    [KIND_NO_FOLLOW_UP] = {.name = "no_follow_up",
                           .trigger = TRIGGER_FACT,
                           .priority = 1,
                           .late = LATE_ALWAYS,
                           .contact = true,
                           .closes = ON_CONTACT | ON_ORDER,
                           .steps = {SINCE(ROLE_OWNER, SPAN_DAYS, 7), SINCE(ROLE_MANAGER, SPAN_DAYS, 15),
                                     SINCE(ROLE_MANAGER | ROLE_DIRECTOR, SPAN_DAYS, 30)}},
    [KIND_NEXT_DATE_MISSING] = {.name = "next_date_missing", .trigger = TRIGGER_PLAN, .priority = 2},
    [KIND_CONTACT_MISSING] = {.name = "contact_missing", .trigger = TRIGGER_PLAN, .priority = 2},
    [KIND_EVENING_PREVIEW] = {.name = "evening_preview", .trigger = TRIGGER_PLAN, .priority = 2},
    [KIND_FILE_DEADLINE] = {.name = "file_deadline", .trigger = TRIGGER_PLAN, .priority = 2, .late = LATE_OCCASION},
    [KIND_GREETING] = {.name = "greeting", .trigger = TRIGGER_PLAN, .priority = 2, .late = LATE_OCCASION},
    [KIND_GIFT_BUDGET] = {.name = "gift_budget",
                          .trigger = TRIGGER_FACT,
                          .priority = 2,
                          .late = LATE_DAYS,
                          .fold = FOLD_UPDATE,
                          .steps = {AT_ONCE(ROLE_REP | ROLE_MANAGER)}},
    [KIND_VISIT_APPROVAL] = {.name = "visit_approval",
                             .trigger = TRIGGER_FACT,
                             .priority = 1,
                             .late = LATE_OCCASION,
                             .steps = {AT_ONCE(ROLE_APPROVER),
                                       SINCE(ROLE_APPROVER | ROLE_DIRECTOR, SPAN_WORK_DAYS, 1)}},
    [KIND_VISIT_UNAPPROVED] = {.name = "visit_unapproved",
                               .trigger = TRIGGER_FACT,
                               .priority = 0,
                               .late = LATE_OCCASION,
                               .steps = {DUE(ROLE_REP | ROLE_MANAGER, SPAN_MINUTES, 0)}},
    [KIND_VISIT_ANNOUNCE] = {.name = "visit_announce",
                             .trigger = TRIGGER_FACT,
                             .priority = 1,
                             .late = LATE_OCCASION,
                             .steps = {DUE(ROLE_REP, SPAN_MINUTES, 0)}},
    [KIND_VISIT_ARRIVAL] = {.name = "visit_arrival",
                            .trigger = TRIGGER_FACT,
                            .priority = 1,
                            .late = LATE_OCCASION,
                            .steps = {DUE(ROLE_REP, SPAN_MINUTES, 0)}},
    [KIND_VISIT_CHECKLIST] = {.name = "visit_checklist",
                              .trigger = TRIGGER_FACT,
                              .priority = 1,
                              .late = LATE_OCCASION,
                              .steps = {DUE(ROLE_REP, SPAN_MINUTES, 0)}},
    [KIND_VISIT_CHECK_IN] = {.name = "visit_check_in",
                             .trigger = TRIGGER_FACT,
                             .priority = 1,
                             .late = LATE_OCCASION,
                             .steps = {DUE(ROLE_REP, SPAN_WORK_MINUTES, -60), DUE(ROLE_MANAGER, SPAN_MINUTES, 0)}},
    [KIND_VISIT_REPORT] = {.name = "visit_report",
                           .trigger = TRIGGER_FACT,
                           .priority = 1,
                           .late = LATE_ALWAYS,
                           .insists = true,
                           .steps = {DUE(ROLE_REP, SPAN_WORK_DAYS, -1), DUE(ROLE_REP | ROLE_MANAGER, SPAN_WORK_DAYS, 1),
                                     DUE(ROLE_MANAGER | ROLE_DIRECTOR, SPAN_WORK_DAYS, 3)}},
    [KIND_POLICY_EXCEPTION] = {.name = "policy_exception",
                               .trigger = TRIGGER_FACT,
                               .priority = 0,
                               .late = LATE_ALWAYS,
                               .due = AFTER(SPAN_WORK_DAYS, 1),
                               .insists = true,
                               .steps = {AT_ONCE(ROLE_APPROVER),
                                         SINCE(ROLE_APPROVER | ROLE_DIRECTOR, SPAN_WORK_MINUTES, 240)}},
    [KIND_SELF_REVIEW] = {.name = "self_review",
                          .trigger = TRIGGER_FACT,
                          .priority = 2,
                          .late = LATE_DAYS,
                          .steps = {AT_ONCE(ROLE_REP)}},
    [KIND_PROMISE_BROKEN] = {.name = "promise_broken",
                             .trigger = TRIGGER_FACT,
                             .priority = 0,
                             .late = LATE_DAYS,
                             .steps = {AT_ONCE(ROLE_REP)}},
    [KIND_PROMISE_SHORT] = {.name = "promise_short",
                            .trigger = TRIGGER_FACT,
                            .priority = 2,
                            .late = LATE_DAYS,
                            .steps = {AT_ONCE(ROLE_REP)}},
    [KIND_REPLY_DUE] = {.name = "reply_due",
                        .trigger = TRIGGER_FACT,
                        .priority = 0,
                        .late = LATE_DAYS,
                        .contact = true,
                        .closes = ON_OUT,
                        .due = AFTER(SPAN_END_OF_DAY, 0),
                        .insists = true,
                        .steps = {DUE(ROLE_OWNER, SPAN_WORK_MINUTES, -120),
                                  DUE(ROLE_OWNER | ROLE_MANAGER, SPAN_MINUTES, 0)}},
    [KIND_TELL_DELIVERY] = {.name = "tell_delivery",
                            .trigger = TRIGGER_FACT,
                            .priority = 0,
                            .late = LATE_DAYS,
                            .contact = true,
                            .closes = ON_OUT,
                            .due = AFTER(SPAN_WORK_MINUTES, 60),
                            .insists = true,
                            .steps = {AT_ONCE(ROLE_OWNER), DUE(ROLE_MANAGER, SPAN_MINUTES, 0)}},
    [KIND_CONFIRM_IN_WRITING] = {.name = "confirm_in_writing",
                                 .trigger = TRIGGER_FACT,
                                 .priority = 1,
                                 .late = LATE_DAYS,
                                 .closes = ON_WRITTEN,
                                 .due = AFTER(SPAN_END_OF_DAY, 0),
                                 .steps = {DUE(ROLE_REP, SPAN_WORK_MINUTES, -60)}},
    [KIND_ORDER_ERROR] = {.name = "order_error",
                          .trigger = TRIGGER_FACT,
                          .priority = 0,
                          .late = LATE_DAYS,
                          .contact = true,
                          .insists = true,
                          .steps = {AT_ONCE(ROLE_OWNER | ROLE_MANAGER)}},
    [KIND_COMPLAINT_ACKNOWLEDGE] = {.name = "complaint_acknowledge",
                                    .trigger = TRIGGER_FACT,
                                    .priority = 0,
                                    .late = LATE_DAYS,
                                    .contact = true,
                                    .due = AFTER(SPAN_WORK_MINUTES, 240),
                                    .mends = true,
                                    .insists = true,
                                    .steps = {AT_ONCE(ROLE_OWNER), DUE(ROLE_MANAGER, SPAN_MINUTES, 0),
                                              DUE(ROLE_DIRECTOR, SPAN_WORK_DAYS, 1)}},
    [KIND_COMPLAINT_ACT] = {.name = "complaint_act",
                            .trigger = TRIGGER_FACT,
                            .priority = 0,
                            .late = LATE_DAYS,
                            .contact = true,
                            .due = AFTER(SPAN_WORK_DAYS, 2),
                            .mends = true,
                            .insists = true,
                            .steps = {DUE(ROLE_OWNER, SPAN_WORK_MINUTES, -240), DUE(ROLE_MANAGER, SPAN_MINUTES, 0),
                                      DUE(ROLE_DIRECTOR, SPAN_WORK_DAYS, 2)}},
    [KIND_COMPLAINT_CAUSE] = {.name = "complaint_cause",
                              .trigger = TRIGGER_FACT,
                              .priority = 2,
                              .late = LATE_DAYS,
                              .due = AFTER(SPAN_WORK_DAYS, 2),
                              .insists = true,
                              .steps = {AT_ONCE(ROLE_OWNER), DUE(ROLE_MANAGER, SPAN_WORK_DAYS, 1)}},
    [KIND_COMPLAINT_AGAIN] = {.name = "complaint_again",
                              .trigger = TRIGGER_FACT,
                              .priority = 0,
                              .late = LATE_DAYS,
                              .contact = true,
                              .steps = {AT_ONCE(ROLE_OWNER | ROLE_MANAGER)}},
    [KIND_SURVEY_DUE] = {.name = "survey_due",
                         .trigger = TRIGGER_DAY,
                         .priority = 2,
                         .late = LATE_DAYS,
                         .contact = true,
                         .capped = true,
                         .closes = ON_SURVEY,
                         .steps = {DUE(ROLE_OWNER, SPAN_MINUTES, 0)}},
    [KIND_BLACK_REVIEW] = {.name = "black_review",
                           .trigger = TRIGGER_DAY,
                           .priority = 1,
                           .late = LATE_DAYS,
                           .steps = {DUE(ROLE_OWNER | ROLE_APPROVER, SPAN_MINUTES, 0)}},
    [KIND_COMMISSION_DUE] = {.name = "commission_due",
                             .trigger = TRIGGER_FACT,
                             .priority = 1,
                             .late = LATE_ALWAYS,
                             .due = AFTER(SPAN_WORK_DAYS, 5),
                             .insists = true,
                             .steps = {AT_ONCE(ROLE_OWNER), DUE(ROLE_OWNER | ROLE_MANAGER, SPAN_MINUTES, 0)}},
    [KIND_OWNERSHIP_DISPUTE] = {.name = "ownership_dispute",
                                .trigger = TRIGGER_FACT,
                                .priority = 1,
                                .late = LATE_DAYS,
                                .fold = FOLD_UPDATE,
                                .rests = true,
                                .both = true,
                                .steps = {AT_ONCE(ROLE_OWNER | ROLE_REP | ROLE_MANAGER)}},
    // A quarter of an hour, so that those who go over together are told together.
    [KIND_REASSIGNED] = {.name = "reassigned",
                         .trigger = TRIGGER_FACT,
                         .priority = 1,
                         .late = LATE_DAYS,
                         .fold = FOLD_UPDATE,
                         .steps = {SINCE(ROLE_REP, SPAN_WORK_MINUTES, 15)}},
    [KIND_EFFORT] = {.name = "effort", .trigger = TRIGGER_PLAN, .priority = 2, .late = LATE_OCCASION},
};

const struct kind *kinds_row(enum kind_id kind)
{
    must(kind > KIND_NONE && kind < KIND_COUNT);
    return &KINDS[kind];
}

enum kind_id kinds_named(const char *name)
{
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++)
        if (strcasecmp(KINDS[kind].name, name) == 0)
            return kind;
    return KIND_NONE;
}

// A single capital letter, the better the earlier; 0 for anything else.
static char letter(const char *value)
{
    return value[0] >= 'A' && value[0] <= 'Z' && value[1] == '\0' ? value[0] : '\0';
}

// The place of a value among words like "hot|A:warm|cold", from 1; 0 when it is none of them. A word behind a class
// holds for that class alone.
static size_t place(const char *words, const char *value, uint32_t abc)
{
    size_t length = strlen(value), at = 1;
    for (const char *word = words; word != NULL && length > 0; at++) {
        const char *end = strchr(word, '|');
        size_t own = end != NULL ? (size_t)(end - word) : strlen(word);
        bool tied = own > 2 && word[1] == ':';
        const char *plain = tied ? word + 2 : word;
        own -= tied ? 2 : 0;
        if (own == length && memcmp(plain, value, own) == 0)
            return !tied || abc == (uint32_t)(word[0] - 'A' + 1) ? at : 0;
        word = end != NULL ? end + 1 : NULL;
    }
    return 0;
}

static enum kind_effect judge_fall(const struct kind *kind, char before, char after, char began)
{
    if (after == '\0')
        return EFFECT_NONE;
    if (began != '\0' && after <= began)
        return EFFECT_SETTLE;
    bool watched = before >= 'A' && before <= 'C' && (kind->classes & 1U << (before - 'A' + 1)) != 0;
    bool pending = began != '\0';
    return before != '\0' && after > before && (watched || pending) ? EFFECT_RAISE : EFFECT_NONE;
}

enum kind_effect kinds_judge(const struct kind *kind, const char *dimension, const char *before, const char *after,
                             uint32_t abc, const char *settles_at)
{
    if (kind->dimension == NULL || strcmp(kind->dimension, dimension) != 0)
        return EFFECT_NONE;
    if (kind->trigger == TRIGGER_FALL)
        return judge_fall(kind, letter(before), letter(after), letter(settles_at));
    size_t old = place(kind->words, before, abc), new = place(kind->words, after, abc);
    bool watched = kind->classes == 0 || (kind->classes & 1U << abc) != 0;
    if (kind->trigger == TRIGGER_COOLS)
        return new > old &&old != 0 && watched ? EFFECT_RAISE : new != 0 && new < old ? EFFECT_SETTLE : EFFECT_NONE;
    must(kind->trigger == TRIGGER_WORDS);
    if (new == 0)
        return EFFECT_SETTLE;
    return old == 0 && watched ? EFFECT_RAISE : EFFECT_NONE;
}
