#include "services/scheduler/measure.h"

#include "services/scheduler/quiet.h"

#include <string.h>

// Tend__V1__LeadStage, as far as it brings somebody on a list.
enum { STAGE_INTENDS = 5, STAGE_CONTRACT_SENT = 6, STAGE_EXPIRED = 8 };

enum { CHANNEL_PHONE = 1, PRIORITY_ROUTINE = 2 };

// The value of a dimension within the row, not ended by a NUL; NULL when it is not known.
static const char *standing(const struct customer *customer, const char *dimension, size_t *ret_length)
{
    size_t name = strlen(dimension);
    for (const char *at = customer->standings; at[0] != '\0';) {
        size_t own = strcspn(at, "\n");
        if (own > name && memcmp(at, dimension, name) == 0 && at[name] == '=') {
            *ret_length = own - name - 1;
            return at + name + 1;
        }
        at += own + (at[own] != '\0');
    }
    return NULL;
}

bool measure_standing(const struct customer *customer, const char *dimension, const char *value)
{
    size_t length = 0;
    const char *holds = standing(customer, dimension, &length);
    return holds != NULL && length == strlen(value) && memcmp(holds, value, length) == 0;
}

// How many days in a row nobody answered, and the last of them.
static uint32_t tries_of(const struct desk *desk, const struct customer *customer, int32_t *ret_last_day)
{
    uint32_t days = 0;
    int32_t before = DAY_NONE;
    for (size_t i = 0; i < TRIES_KEPT && customer->tries_ms[i] != 0; i++) {
        int32_t day = office_day(desk, customer->tries_ms[i]);
        if (i == 0)
            *ret_last_day = day;
        days += i == 0 || day != before;
        before = day;
    }
    return days;
}

static int32_t hold_of(const struct scheduler *self, const struct desk *desk, const struct customer *customer,
                       uint32_t *ret_tries)
{
    int32_t last = DAY_NONE, hold = DAY_NONE;
    *ret_tries = tries_of(desk, customer, &last);
    if (*ret_tries >= self->options.tries)
        workday_add(&desk->days, last, (int32_t)self->options.pause_days + 1, &hold);
    else if (*ret_tries > 0)
        hold = last + 1;
    int32_t later = office_day(desk, customer->later_ms);
    return later != DAY_NONE && later > hold ? later : hold;
}

// The appointment, unless a contact on its day or after kept it.
static int32_t appointment_of(const struct desk *desk, const struct customer *customer, int32_t contact_day)
{
    int32_t day = office_day(desk, customer->next_ms);
    bool kept = customer->contact_ms > customer->next_set.time_ms && contact_day >= day;
    return kept ? DAY_NONE : day;
}

// What is promised for a day off is to be done before it.
static int32_t promise_of(const struct desk *desk, const struct customer *customer)
{
    int32_t day = office_day(desk, customer->promise_ms), before = day;
    if (day != DAY_NONE && !workday_is(&desk->days, day))
        workday_add(&desk->days, day, -1, &before);
    return before;
}

int32_t measure_expected(const struct desk *desk, const struct customer *customer, bool *ret_told)
{
    bool told = customer->expected_day != DAY_NONE && customer->last_order_ms <= customer->expected_set.time_ms;
    if (ret_told != NULL)
        *ret_told = told;
    if (told)
        return customer->expected_day;
    return customer->expected_value_day != DAY_NONE ? customer->expected_value_day
                                                    : office_day(desk, customer->expected_ms);
}

int32_t measure_survey(const struct desk *desk, const struct customer *customer)
{
    bool asked = customer->signals_ms[SIGNAL_SURVEY] >= customer->next_survey_ms;
    return asked ? DAY_NONE : office_day(desk, customer->next_survey_ms);
}

enum call_stage measure_stage(const struct desk *desk, const struct customer *customer, int32_t day, int32_t *ret_since)
{
    *ret_since = office_day(desk, customer->stage_set.time_ms);
    bool contract = customer->contract_day != DAY_NONE;
    bool holds = !(contract && customer->contract_set.time_ms > customer->stage_set.time_ms);
    if (customer->stage == STAGE_CONTRACT_SENT && holds)
        return CALL_STAGE_CONTRACT_SENT;
    if (customer->stage == STAGE_INTENDS && holds)
        return CALL_STAGE_INTENDS;
    if (contract && day > customer->contract_day) {
        *ret_since = customer->contract_day + 1;
        return CALL_STAGE_EXPIRED;
    }
    return customer->stage == STAGE_EXPIRED && holds ? CALL_STAGE_EXPIRED : CALL_STAGE_NONE;
}

// An intention that was told long ago says nothing any more; the temperature cools by itself.
static bool is_hot(const struct scheduler *self, const struct desk *desk, const struct customer *customer, int32_t day)
{
    if (measure_standing(customer, "lead.temperature", "hot"))
        return true;
    return customer->intention >= self->options.plan.hot_intention &&
           day - office_day(desk, customer->intention_set.time_ms) <= self->options.stage_days;
}

static uint8_t cap_of(const struct scheduler *self, const struct customer *customer, int32_t day)
{
    struct caps caps;
    struct caps_ask ask = {.day = day, .channel = CHANNEL_PHONE, .priority = PRIORITY_ROUTINE};
    if (customer->contacts.length == 0 || !caps_read(customer->contacts.bytes, customer->contacts.length, &caps))
        return CAP_NONE;
    return (uint8_t)caps_judge(&self->options.rules.caps, &caps, &ask);
}

static struct candidate candidate_of(const struct scheduler *self, const struct desk *desk,
                                     const struct customer *customer, int32_t day, int32_t expected_day)
{
    struct candidate candidate = {
        .contact_day = office_day(desk, customer->contact_ms),
        .known_day = office_day(desk, customer->known_ms),
        .promise_day = promise_of(desk, customer),
        .expected_day = expected_day,
        .put_off_day = customer->put_off_day,
        .mute_day = DAY_NONE,
        .follow_day = DAY_NONE,
        .survey_day = measure_survey(desk, customer),
        .news_day = DAY_NONE,
        .quote_day = DAY_NONE,
        .small_day = DAY_NONE,
        .intention = customer->intention,
        .abc = customer->abc > ABC_NONE && customer->abc < ABC_COUNT ? customer->abc : ABC_C,
        .hot = is_hot(self, desk, customer, day),
        .overdue = customer->overdue || customer->dropped,
        .cap = cap_of(self, customer, day),
        .worth = customer->net_micros,
    };
    quiet_silence(self, candidate.abc, &candidate.shortest_days, &candidate.longest_days);
    candidate.appointment_day = appointment_of(desk, customer, candidate.contact_day);
    candidate.hold_day = hold_of(self, desk, customer, &candidate.tries);
    candidate.stage = measure_stage(desk, customer, day, &candidate.stage_day);
    if (customer->muted.time_ms != 0)
        candidate.mute_day = office_day(desk, customer->muted.time_ms) + (int32_t)self->options.not_interested_days;
    return candidate;
}

// --- what comes back

static size_t contracts_of(const struct customer *customer, struct due_contract *ret_contracts)
{
    size_t count = 0;
    if (customer->contract_day == DAY_NONE)
        return 0; // there is none, or one without an end
    for (size_t i = 0; i < CONTRACTS_MAX && count < DUES_CONTRACTS; i++)
        if (customer->contracts[i].hash != 0 && customer->contracts[i].to_day != DAY_NONE)
            ret_contracts[count++] = (struct due_contract){customer->contracts[i].to_day, customer->contracts[i].hash};
    if (count == 0)
        ret_contracts[count++] = (struct due_contract){customer->contract_day, 0};
    return count;
}

static size_t quotes_of(const struct customer *customer, struct due_quote *ret_quotes)
{
    size_t count = 0;
    for (size_t i = 0; i < QUOTES_MAX && count < DUES_QUOTES; i++)
        if (customer->quotes[i].hash != 0 && customer->quotes[i].lost_day != DAY_NONE)
            ret_quotes[count++] = (struct due_quote){customer->quotes[i].lost_day, customer->quotes[i].follow_day,
                                                     customer->quotes[i].hash};
    return count;
}

static char horizon_of(const struct customer *customer)
{
    size_t length = 0;
    const char *holds = standing(customer, "lead.horizon", &length);
    return holds != NULL && length == 1 ? holds[0] : '\0';
}

static void find_dues(const struct scheduler *self, const struct desk *desk, const struct customer *customer,
                      int32_t day, struct measured *measured)
{
    struct due_contract contracts[DUES_CONTRACTS];
    struct due_quote quotes[DUES_QUOTES];
    const struct candidate *candidate = &measured->candidate;
    struct due_facts facts = {
        .abc = customer->abc < ABC_COUNT ? customer->abc : ABC_NONE,
        .small = measure_standing(customer, "value.tier", "small"),
        .horizon = horizon_of(customer),
        .file_short = customer->file_ppm < customer->file_target_ppm,
        .known_day = candidate->known_day,
        .contact_day = candidate->contact_day,
        .last_order_day = office_day(desk, customer->last_order_ms),
        .orders_ever = customer->orders_ever,
        .expected_day = candidate->expected_day,
        .expected_set_day = DUES_NEVER,
        .survey_day = candidate->survey_day,
        .file_by_day = customer->file_by_day,
        .face_until_day = customer->face_until_day,
        .stage_limit_day = customer->stage_limit_day,
        .contracts = contracts,
        .contract_count = contracts_of(customer, contracts),
        .quotes = quotes,
        .quote_count = quotes_of(customer, quotes),
    };
    if (measured->expected_told)
        facts.expected_set_day = office_day(desk, customer->expected_set.time_ms);
    measured->due_count =
        dues_find(&self->options.rules.dues, &desk->days, &facts, desk->rep.list_day, day, measured->dues);
}

// Those that are calls and not reminders.
static void note_calls(struct measured *measured)
{
    struct candidate *candidate = &measured->candidate;
    for (size_t i = 0; i < measured->due_count; i++) {
        const struct occasion *due = &measured->dues[i];
        int32_t *since = due->kind == KIND_QUOTE_NURSE      ? &candidate->quote_day
                         : due->kind == KIND_SMALL_NURSE    ? &candidate->small_day
                         : due->kind == KIND_LEAD_FOLLOW_UP ? &candidate->follow_day
                                                            : NULL;
        if (since != NULL && !due->over && (*since == DAY_NONE || due->tell_day > *since))
            *since = due->tell_day;
    }
}

void measure_customer(const struct scheduler *self, const struct desk *desk, const struct customer *customer,
                      int32_t day, struct measured *ret_measured)
{
    struct measured *measured = ret_measured;
    int32_t expected = measure_expected(desk, customer, &measured->expected_told);
    measured->candidate = candidate_of(self, desk, customer, day, expected);
    find_dues(self, desk, customer, day, measured);
    note_calls(measured);
}
