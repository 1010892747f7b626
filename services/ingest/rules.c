#include "services/ingest/rules.h"

#include "services/ingest/catalogue.h"
#include "services/ingest/coherence.h"
#include "services/ingest/zones.h"

#include "common/calendar.h"
#include "common/lunar.h"
#include "common/money.h"
#include "common/must.h"
#include "common/utf8.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    PLANS_MAX = 96,   // messages of the catalogue
    STEPS_MAX = 512,  // their fields
    BODIES_MAX = 128, // field numbers of Event's bodies are below
    EVENT_DEPTH = 4,  // of messages that hold messages with rules
    PHONE_DIGITS = 3,
    LANGUAGE_LEAST = 2,
};

// The years in which events happen and plans are made: 1990-01-01 to 2200-12-31.
#define TIME_LEAST INT64_C(631152000)
#define TIME_MOST INT64_C(7289654399)

// What people are born and firms are founded in, and the last contract ends in.
#define YEAR_LEAST 1900
#define YEAR_MOST 2200

// A clock that is wrong by a zone is tolerated, one that is wrong by more is not.
#define AHEAD_MS INT64_C(86400000)

#define AT(type, message, offset) (*(const type *)(const void *)((const char *)(message) + (offset)))

// A check sees one value; `currency` is that of the message around it. The error's field is left to the caller.
struct step;
typedef bool value_check(const struct catalogue_rule *rule, const void *value, const char *currency,
                         struct verify_error *ret_error);

struct plan {
    const ProtobufCMessageDescriptor *descriptor;
    const struct step *steps;
    size_t count;
    const ProtobufCFieldDescriptor *currency;
    coherence_check *whole;
};

struct step {
    const struct catalogue_rule *rule;
    const ProtobufCFieldDescriptor *field;
    value_check *check;
    size_t entry_bytes; // of a list's entries; 0 when the field is no list
    const struct plan *inner;
};

// --- single values ---

static bool required(const struct catalogue_rule *rule, struct verify_error *ret_error)
{
    return !rule->required || verify_fail(ret_error, "", "is required");
}

static size_t text_length(const void *value)
{
    const char *text = *(char *const *)value;
    return text == NULL ? 0 : strlen(text);
}

// The bytes of the space that the text begins with: an ASCII, a no-break or an ideographic one, or a line end or tab.
static size_t space_length(const char *text)
{
    if (*text == ' ' || *text == '\n' || *text == '\t')
        return 1;
    return strncmp(text, "\xC2\xA0", 2) == 0 ? 2 : strncmp(text, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

static bool blank(const char *text)
{
    for (size_t step; (step = space_length(text)) > 0;)
        text += step;
    return *text == '\0';
}

static bool space_at_end(const char *text, size_t length)
{
    size_t last = utf8_cut(text, length, length - 1);
    return space_length(text + last) > 0;
}

static bool check_text(const struct catalogue_rule *rule, const void *value, const char *currency,
                       struct verify_error *ret_error)
{
    (void)currency;
    size_t length = text_length(value);
    if (length == 0)
        return required(rule, ret_error);
    if (length > (size_t)rule->most)
        return verify_fail(ret_error, "", "longer than %lld bytes", (long long)rule->most);
    if (rule->required && blank(*(char *const *)value))
        return verify_fail(ret_error, "", "is blank");
    return true;
}

static bool check_name(const struct catalogue_rule *rule, const void *value, const char *currency,
                       struct verify_error *ret_error)
{
    size_t length = text_length(value);
    if (length > 0 && strpbrk(*(char *const *)value, "\n\t") != NULL)
        return verify_fail(ret_error, "", "must be one line without tabs");
    return check_text(rule, value, currency, ret_error);
}

static bool check_id(const struct catalogue_rule *rule, const void *value, const char *currency,
                     struct verify_error *ret_error)
{
    const char *text = *(char *const *)value;
    size_t length = text_length(value);
    if (length > 0 && (space_length(text) > 0 || space_at_end(text, length)))
        return verify_fail(ret_error, "", "begins or ends with a space");
    return check_name(rule, value, currency, ret_error);
}

static bool year_good(int32_t year, struct verify_error *ret_error)
{
    if (year >= YEAR_LEAST && year <= YEAR_MOST)
        return true;
    return verify_fail(ret_error, "", "is outside the years %d to %d", YEAR_LEAST, YEAR_MOST);
}

static bool check_day(const struct catalogue_rule *rule, const void *value, const char *currency,
                      struct verify_error *ret_error)
{
    (void)currency;
    size_t length = text_length(value);
    int32_t day;
    if (length == 0)
        return required(rule, ret_error);
    if (!day_parse(*(char *const *)value, length, &day))
        return verify_fail(ret_error, "", "not a day such as \"2026-05-17\"");
    return year_good(day_date(day).year, ret_error);
}

// Which of the two calendars it is, the message knows: coherence_find. Here it must be a day of one of them.
static bool check_birthday(const struct catalogue_rule *rule, const void *value, const char *currency,
                           struct verify_error *ret_error)
{
    (void)currency;
    const char *text = *(char *const *)value;
    size_t length = text_length(value);
    struct date date;
    struct lunar lunar;
    if (length == 0)
        return required(rule, ret_error);
    if (lunar_parse(text, length, &lunar))
        return lunar.year == 0 || year_good(lunar.year, ret_error);
    if (yearly_parse(text, length, &date))
        return date.year == 0 || year_good(date.year, ret_error);
    return verify_fail(ret_error, "", "not a day such as \"1980-05-17\" or \"--05-17\"");
}

static bool check_yearly(const struct catalogue_rule *rule, const void *value, const char *currency,
                         struct verify_error *ret_error)
{
    (void)currency;
    size_t length = text_length(value);
    struct date date;
    if (length == 0)
        return required(rule, ret_error);
    if (!yearly_parse(*(char *const *)value, length, &date))
        return verify_fail(ret_error, "", "not a day such as \"1980-05-17\" or \"--05-17\"");
    return date.year == 0 || year_good(date.year, ret_error);
}

static bool check_word(const struct catalogue_rule *rule, const void *value, const char *currency,
                       struct verify_error *ret_error)
{
    (void)currency;
    const char *text = *(char *const *)value;
    size_t length = text_length(value);
    if (length == 0)
        return required(rule, ret_error);
    if (length > (size_t)rule->most)
        return verify_fail(ret_error, "", "longer than %lld bytes", (long long)rule->most);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < 0x80 && !islower(byte) && !isdigit(byte) && byte != '_' && byte != '-')
            return verify_fail(ret_error, "", "not one word in small letters, such as \"lead_time\"");
    }
    return true;
}

static bool check_country(const struct catalogue_rule *rule, const void *value, const char *currency,
                          struct verify_error *ret_error)
{
    (void)currency;
    const char *code = *(char *const *)value;
    if (text_length(value) == 0)
        return required(rule, ret_error);
    if (strlen(code) != CATALOGUE_COUNTRY_LENGTH || !isupper((unsigned char)code[0]) ||
        !isupper((unsigned char)code[1]))
        return verify_fail(ret_error, "", "not a country's two capitals such as \"CN\"");
    if (catalogue_country_known(code))
        return true;
    const char *meant = catalogue_country_meant(code);
    if (meant == NULL)
        return verify_fail(ret_error, "", "%s is not a country code of ISO 3166", code);
    return verify_fail(ret_error, "", "%s is not a country code of ISO 3166; did you mean %s?", code, meant);
}

// `code` is three capitals.
static bool code_known(const char *code, struct verify_error *ret_error)
{
    if (catalogue_currency_known(code))
        return true;
    const char *meant = catalogue_currency_meant(code);
    if (meant == NULL)
        return verify_fail(ret_error, "", "%s is not a currency code in use", code);
    return verify_fail(ret_error, "", "%s is not a currency code in use; did you mean %s?", code, meant);
}

static bool check_currency(const struct catalogue_rule *rule, const void *value, const char *currency,
                           struct verify_error *ret_error)
{
    (void)currency;
    if (text_length(value) == 0)
        return required(rule, ret_error);
    const char *code = *(char *const *)value;
    if (!money_code_valid(code))
        return verify_fail(ret_error, "", "not three capitals such as \"CNY\"");
    return code_known(code, ret_error);
}

// A text of the rule's length in which every character is a letter, a digit or one of `others`, beginning with a
// letter.
static bool shape(const struct catalogue_rule *rule, const char *text, size_t length, const char *others)
{
    if (length > (size_t)rule->most || !isalpha((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && strchr(others, text[i]) == NULL)
            return false;
    return true;
}

static bool check_zone(const struct catalogue_rule *rule, const void *value, const char *currency,
                       struct verify_error *ret_error)
{
    (void)currency;
    const char *text = *(char *const *)value;
    size_t length = text_length(value);
    if (length == 0)
        return required(rule, ret_error);
    if (!shape(rule, text, length, "_+-/") || strstr(text, "//") != NULL || text[length - 1] == '/')
        return verify_fail(ret_error, "", "not a time zone such as \"Asia/Shanghai\"");
    return zones_have(text) || verify_fail(ret_error, "", "there is no such time zone; one is \"Asia/Shanghai\"");
}

static bool check_language(const struct catalogue_rule *rule, const void *value, const char *currency,
                           struct verify_error *ret_error)
{
    (void)currency;
    size_t length = text_length(value);
    if (length == 0)
        return required(rule, ret_error);
    if (length < LANGUAGE_LEAST || !shape(rule, *(char *const *)value, length, "-"))
        return verify_fail(ret_error, "", "not a language such as \"en\" or \"zh-CN\"");
    return true;
}

static bool check_phone(const struct catalogue_rule *rule, const void *value, const char *currency,
                        struct verify_error *ret_error)
{
    size_t length = text_length(value);
    int digits = 0;
    for (size_t i = 0; i < length; i++)
        digits += isdigit((unsigned char)(*(char *const *)value)[i]) != 0;
    if (length > 0 && digits < PHONE_DIGITS)
        return verify_fail(ret_error, "", "no phone number: fewer than %d digits", PHONE_DIGITS);
    return check_name(rule, value, currency, ret_error);
}

static bool check_email(const struct catalogue_rule *rule, const void *value, const char *currency,
                        struct verify_error *ret_error)
{
    const char *text = *(char *const *)value;
    size_t length = text_length(value);
    const char *at = length > 0 ? strchr(text, '@') : NULL;
    bool sound = at != NULL && at != text && at[1] != '\0' && strpbrk(text, " \n\t") == NULL;
    if (length > 0 && !sound)
        return verify_fail(ret_error, "", "not an email address");
    return check_text(rule, value, currency, ret_error);
}

static bool check_dimension(const struct catalogue_rule *rule, const void *value, const char *currency,
                            struct verify_error *ret_error)
{
    (void)currency;
    const char *text = *(char *const *)value;
    if (text_length(value) == 0)
        return required(rule, ret_error);
    if (catalogue_dimension_find(text) != NULL)
        return true;
    const char *meant = catalogue_dimension_meant(text);
    if (meant == NULL)
        return verify_fail(ret_error, "", "not a dimension such as \"%s\"", catalogue_dimensions[0].name);
    return verify_fail(ret_error, "", "not a dimension; did you mean \"%s\"?", meant);
}

static bool check_money(const struct catalogue_rule *rule, const void *value, const char *currency,
                        struct verify_error *ret_error)
{
    const Tend__V1__Money *money = *(Tend__V1__Money *const *)value;
    if (money == NULL)
        return required(rule, ret_error);
    const char *code = money->currency == NULL ? "" : money->currency;
    if (code[0] != '\0' && !money_code_valid(code))
        return verify_fail(ret_error, "", "a currency is three capitals such as \"CNY\"");
    if (code[0] != '\0' && !code_known(code, ret_error))
        return false;
    if (code[0] != '\0' && currency[0] != '\0' && strcmp(code, currency) != 0)
        return verify_fail(ret_error, "", "is in %s, but the currency is %.8s", code, currency);
    if (money->micros > rule->most)
        return verify_fail(ret_error, "", "more than nine billion");
    if (money->micros >= rule->least)
        return true;
    if (rule->least > 0)
        return verify_fail(ret_error, "", "must be more than 0");
    return verify_fail(ret_error, "", rule->least == 0 ? "must not be negative" : "less than minus nine billion");
}

static bool in_range(const struct catalogue_rule *rule, int64_t number, struct verify_error *ret_error)
{
    if (number >= rule->least && number <= rule->most)
        return true;
    return verify_fail(ret_error, "", "must be %lld to %lld, and is %lld", (long long)rule->least,
                       (long long)rule->most, (long long)number);
}

static bool check_uint32(const struct catalogue_rule *rule, const void *value, const char *currency,
                         struct verify_error *ret_error)
{
    (void)currency;
    return in_range(rule, *(const uint32_t *)value, ret_error);
}

static bool check_int64(const struct catalogue_rule *rule, const void *value, const char *currency,
                        struct verify_error *ret_error)
{
    (void)currency;
    return in_range(rule, *(const int64_t *)value, ret_error);
}

static bool check_time(const struct catalogue_rule *rule, const void *value, const char *currency,
                       struct verify_error *ret_error)
{
    (void)currency;
    const Google__Protobuf__Timestamp *time = *(Google__Protobuf__Timestamp *const *)value;
    if (time == NULL)
        return required(rule, ret_error);
    if (time->seconds < TIME_LEAST)
        return verify_fail(ret_error, "", "too early: before 1990-01-01T00:00:00Z");
    return time->seconds <= TIME_MOST || verify_fail(ret_error, "", "too late: after 2200-12-31T23:59:59Z");
}

static bool check_choice(const struct catalogue_rule *rule, const void *value, const char *currency,
                         struct verify_error *ret_error)
{
    (void)currency;
    return *(const int *)value != 0 || required(rule, ret_error);
}

// --- the walk ---

static bool plan_check(const struct plan *plan, const Tend__V1__Event *event, const ProtobufCMessage *message,
                       const char *currency, struct verify_error *ret_error);

static bool list_check(const struct step *step, const Tend__V1__Event *event, const ProtobufCMessage *message,
                       const char *currency, struct verify_error *ret_error)
{
    size_t count = AT(size_t, message, step->field->quantifier_offset);
    const char *list = AT(char *, message, step->field->offset);
    bool messages = step->rule->kind == CATALOGUE_LIST;
    if (count == 0 && step->rule->required)
        return verify_fail(ret_error, step->field->name, "is required");
    if (messages && count > (size_t)step->rule->most)
        return verify_fail(ret_error, step->field->name, "has %zu entries, more than %lld", count,
                           (long long)step->rule->most);
    for (size_t i = 0; i < count; i++) {
        const char *entry = list + i * step->entry_bytes;
        bool good = messages ? plan_check(step->inner, event, AT(ProtobufCMessage *, entry, 0), currency, ret_error)
                             : step->check(step->rule, entry, currency, ret_error);
        if (!good)
            return verify_under(ret_error, step->field->name, (ptrdiff_t)i);
    }
    return true;
}

// A currency that the message names is that of the amounts in it and below it.
static bool plan_check(const struct plan *plan, const Tend__V1__Event *event, const ProtobufCMessage *message,
                       const char *currency, struct verify_error *ret_error)
{
    const char *own = plan->currency == NULL ? NULL : AT(char *, message, plan->currency->offset);
    if (own != NULL && own[0] != '\0')
        currency = own;
    for (const struct step *step = plan->steps; step < plan->steps + plan->count; step++) {
        if (step->entry_bytes > 0) {
            if (!list_check(step, event, message, currency, ret_error))
                return false;
        } else if (!step->check(step->rule, (const char *)message + step->field->offset, currency, ret_error)) {
            return verify_under(ret_error, step->field->name, -1);
        }
    }
    return plan->whole == NULL || plan->whole(event, message, ret_error);
}

// --- compiling ---

static struct {
    bool done;
    struct plan plans[PLANS_MAX];
    size_t plan_count;
    struct step steps[STEPS_MAX];
    size_t step_count;
    const struct plan *envelope;
    const struct plan *bodies[BODIES_MAX]; // by field number
} rules;

static const struct {
    value_check *check;
    ProtobufCType type;
} kinds[] = {
    [CATALOGUE_ID] = {check_id, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_NAME] = {check_name, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_TEXT] = {check_text, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_DAY] = {check_day, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_YEARLY] = {check_yearly, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_BIRTHDAY] = {check_birthday, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_WORD] = {check_word, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_COUNTRY] = {check_country, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_CURRENCY] = {check_currency, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_ZONE] = {check_zone, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_LANGUAGE] = {check_language, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_PHONE] = {check_phone, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_EMAIL] = {check_email, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_DIMENSION] = {check_dimension, PROTOBUF_C_TYPE_STRING},
    [CATALOGUE_MONEY] = {check_money, PROTOBUF_C_TYPE_MESSAGE},
    [CATALOGUE_NUMBER] = {check_uint32, PROTOBUF_C_TYPE_UINT32}, // or int64, see compile_step
    [CATALOGUE_TIME] = {check_time, PROTOBUF_C_TYPE_MESSAGE},
    [CATALOGUE_CHOICE] = {check_choice, PROTOBUF_C_TYPE_ENUM},
    [CATALOGUE_LIST] = {NULL, PROTOBUF_C_TYPE_MESSAGE},
};

static const struct catalogue_rule *rule_find(const ProtobufCMessageDescriptor *descriptor, const char *field)
{
    for (size_t i = 0; i < catalogue_rule_count; i++)
        if (strcmp(catalogue_rules[i].message, descriptor->short_name) == 0 &&
            strcmp(catalogue_rules[i].field, field) == 0)
            return &catalogue_rules[i];
    return NULL;
}

static size_t entry_bytes(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_ENUM ? sizeof(uint32_t) : sizeof(void *);
}

static const struct plan *compile(const ProtobufCMessageDescriptor *descriptor, unsigned depth);

static void compile_step(struct step *step, const ProtobufCFieldDescriptor *field, const struct catalogue_rule *rule,
                         unsigned depth)
{
    bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
    bool wide = rule->kind == CATALOGUE_NUMBER && field->type == PROTOBUF_C_TYPE_INT64;
    must(wide || field->type == kinds[rule->kind].type);
    must(rule->kind != CATALOGUE_MONEY || field->descriptor == &tend__v1__money__descriptor);
    must(rule->kind != CATALOGUE_TIME || field->descriptor == &google__protobuf__timestamp__descriptor);
    must(rule->kind != CATALOGUE_LIST || list);
    *step = (struct step){
        .rule = rule,
        .field = field,
        .check = wide ? check_int64 : kinds[rule->kind].check,
        .entry_bytes = list ? entry_bytes(field->type) : 0,
        .inner = rule->kind == CATALOGUE_LIST ? compile(field->descriptor, depth + 1) : NULL,
    };
}

// A field without a rule is a hole in the catalogue, unless it cannot be wrong.
static bool needs_rule(const ProtobufCFieldDescriptor *field)
{
    return field->type != PROTOBUF_C_TYPE_BOOL && field->type != PROTOBUF_C_TYPE_ENUM &&
           (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0;
}

static const struct plan *compile(const ProtobufCMessageDescriptor *descriptor, unsigned depth)
{
    for (size_t i = 0; i < rules.plan_count; i++)
        if (rules.plans[i].descriptor == descriptor)
            return &rules.plans[i];
    must(rules.plan_count < PLANS_MAX && depth < EVENT_DEPTH);
    struct plan *plan = &rules.plans[rules.plan_count++];
    // The steps of one message lie together, so those of the messages inside come after them.
    struct step *steps = &rules.steps[rules.step_count];
    size_t count = 0;
    must(rules.step_count + descriptor->n_fields <= STEPS_MAX);
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        count += rule_find(descriptor, descriptor->fields[i].name) != NULL;
    rules.step_count += count;
    *plan = (struct plan){descriptor, steps, count, NULL, coherence_find(descriptor)};
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        const struct catalogue_rule *rule = rule_find(descriptor, field->name);
        must(rule != NULL || !needs_rule(field));
        if (rule != NULL)
            compile_step(steps++, field, rule, depth);
        if (rule != NULL && rule->kind == CATALOGUE_CURRENCY)
            plan->currency = field;
    }
    return plan;
}

void rules_compile(void)
{
    if (rules.done)
        return;
    const ProtobufCMessageDescriptor *event = &tend__v1__event__descriptor;
    rules.envelope = compile(event, 0);
    for (unsigned i = 0; i < event->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &event->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
            continue;
        must(field->id < BODIES_MAX && field->type == PROTOBUF_C_TYPE_MESSAGE);
        rules.bodies[field->id] = compile(field->descriptor, 1);
    }
    // A rule that was not used names a message or a field that does not exist.
    must(rules.step_count == catalogue_rule_count);
    rules.done = true;
}

// --- the envelope ---

// Whom an event must be about: the customer, save for these. A trip and what is outside the rules are the rep's, who is
// the one whom the answer of a superior goes to.
static const struct {
    Tend__V1__Event__BodyCase body;
    bool rep;
} others[] = {
    {TEND__V1__EVENT__BODY_REP_UPSERTED, true},
    {TEND__V1__EVENT__BODY_REP_ABSENT, true},
    {TEND__V1__EVENT__BODY_ANNOUNCEMENT_PUBLISHED, false},
    {TEND__V1__EVENT__BODY_POLICY_EXCEPTION_ASKED, true},
    {TEND__V1__EVENT__BODY_POLICY_EXCEPTION_APPROVED, true},
    {TEND__V1__EVENT__BODY_POLICY_EXCEPTION_REFUSED, true},
    {TEND__V1__EVENT__BODY_VISIT_PLANNED, true},
    {TEND__V1__EVENT__BODY_VISIT_APPROVED, true},
    {TEND__V1__EVENT__BODY_VISIT_REFUSED, true},
    {TEND__V1__EVENT__BODY_VISIT_CANCELLED, true},
    {TEND__V1__EVENT__BODY_VISIT_ARRIVED, true},
    {TEND__V1__EVENT__BODY_VISIT_CHECKED_IN, true},
    {TEND__V1__EVENT__BODY_VISIT_REPORTED, true},
    {TEND__V1__EVENT__BODY_REMINDER_ANSWERED, false},
};

static bool about_somebody(const Tend__V1__Event *event, struct verify_error *ret_error)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (others[i].body != event->body_case)
            continue;
        if (others[i].rep && text_length(&event->rep_id) == 0)
            return verify_fail(ret_error, "rep_id", "is required");
        return true;
    }
    return text_length(&event->customer_id) > 0 || verify_fail(ret_error, "customer_id", "is required");
}

bool rules_check(const Tend__V1__Event *event, int64_t now_ms, struct verify_error *ret_error)
{
    rules_compile();
    if (!plan_check(rules.envelope, event, &event->base, "", ret_error))
        return false;
    if (event->time->seconds * 1000 + event->time->nanos / 1000000 > now_ms + AHEAD_MS)
        return verify_fail(ret_error, "time", "more than a day ahead of the server's clock");
    // All bodies are messages in one union.
    const ProtobufCMessage *body = (const ProtobufCMessage *)(const void *)event->order_placed;
    uint32_t number = (uint32_t)event->body_case;
    if (number == 0 || body == NULL)
        return verify_fail(ret_error, "body", "no event body is set");
    must(number < BODIES_MAX && rules.bodies[number] != NULL);
    if (!about_somebody(event, ret_error))
        return false;
    return plan_check(rules.bodies[number], event, body, "", ret_error) ||
           verify_under(ret_error, protobuf_c_message_descriptor_get_field(event->base.descriptor, number)->name, -1);
}
