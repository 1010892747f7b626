#include "services/scoring/lead.h"

#include "common/calendar.h"
#include "common/hash.h"
#include "common/must.h"
#include "common/utf8.h"

#include <string.h>

enum { DAY_MILLI = 1000, ASKS_BYTES = 120 };

const char *const lead_stage_names[LEAD_STAGES] = {"",        "not_reached",   "added",       "key_person", "plans",
                                                   "intends", "contract_sent", "in_contract", "expired"};
const char *const lead_intention_names[LEAD_INTENTIONS] = {"", "slight", "unclear", "possible", "good", "very_likely"};
const char *const lead_temperature_names[LEAD_TEMPERATURES] = {"", "denial", "cold", "warm", "hot"};
const char *const lead_horizon_names[LEAD_HORIZONS] = {"", "H", "A", "B", "C"};
const char *const lead_qualified_names[LEAD_QUALIFIEDS] = {"", "no", "open", "yes"};

static const char *const asks[LEAD_ANSWERS] = {"what do they need", "can they pay for it", "who decides",
                                               "is their credit good"};
static const char *const answer_names[LEAD_ANSWERS] = {"need", "power", "decision", "credit"};

// A value of today and since when.
struct since {
    uint8_t value;
    int32_t day;
};

static int32_t later(int32_t left, int32_t right)
{
    return left > right ? left : right;
}

static int32_t day_after(int32_t day, int64_t days)
{
    int64_t sum = (int64_t)day + days;
    return sum > INT32_MAX ? INT32_MAX : (int32_t)sum;
}

static uint32_t id_hash(const char *id)
{
    uint32_t hash = (uint32_t)hash_short(id, strlen(id));
    return hash == 0 ? 1 : hash;
}

// --- contracts

// The first day on which no contract holds; NOTE_NO_DAY where none is known.
static int32_t over_day(const struct lead_story *story)
{
    int32_t day = story->ended_day;
    for (uint8_t i = 0; i < story->contract_count; i++)
        day = later(day, story->contracts[i].over_day);
    return day;
}

static bool running(const struct lead_story *story, int32_t day)
{
    for (uint8_t i = 0; i < story->contract_count; i++)
        if (story->contracts[i].over_day > day)
            return true;
    return false;
}

static struct lead_contract *contract_of(struct lead_story *story, uint32_t id)
{
    for (uint8_t i = 0; i < story->contract_count; i++)
        if (story->contracts[i].id == id)
            return &story->contracts[i];
    return NULL;
}

// Room for one more that is over on a day: of too many the one that is over first gives way, since only the last end is
// asked for. NULL when that is the new one.
static struct lead_contract *contract_room(struct lead_story *story, int32_t new_over_day)
{
    if (story->contract_count < LEAD_CONTRACTS_MAX)
        return &story->contracts[story->contract_count++];
    struct lead_contract *first = &story->contracts[0];
    for (uint8_t i = 1; i < LEAD_CONTRACTS_MAX; i++)
        if (story->contracts[i].over_day < first->over_day)
            first = &story->contracts[i];
    return first->over_day <= new_over_day ? first : NULL;
}

// --- what holds on a day

// A contract that ran out is news of its own, dated the day on which it is over: what was said earlier gives way to it.
static struct since stage_on(const struct lead_story *story, int32_t day)
{
    struct since said = {story->stage, story->stage_day};
    if (running(story, day))
        return story->by_contract ? (struct since){LEAD_IN_CONTRACT, story->contract_day} : said;
    int32_t over = over_day(story);
    bool older = said.value == LEAD_STAGE_UNKNOWN || (said.value != LEAD_EXPIRED && over > said.day);
    if (over != NOTE_NO_DAY && (story->by_contract || older))
        return (struct since){LEAD_EXPIRED, over};
    return said;
}

static struct since temperature_on(const struct lead_story *story, const struct lead_options *options, int32_t day)
{
    struct since now = {story->temperature, story->warm_day};
    int64_t silent = (int64_t)day - story->touch_day, until_cold = options->warm_days;
    if (now.value == LEAD_HOT) {
        until_cold += options->hot_days;
        if (silent >= options->hot_days)
            now = (struct since){LEAD_WARM, day_after(story->touch_day, options->hot_days)};
    }
    if (now.value == LEAD_WARM && silent >= until_cold)
        now = (struct since){LEAD_COLD, day_after(story->touch_day, until_cold)};
    return now;
}

// --- hearing

void lead_start(struct lead_story *story)
{
    memset(story, 0, sizeof *story);
    story->stage_day = story->contract_day = story->ended_day = story->intention_day = NOTE_NO_DAY;
    story->warm_day = story->touch_day = story->expected_day = NOTE_NO_DAY;
    story->expected_said_ms = story->intention_said_ms = story->denial_ms = INT64_MIN;
}

// A contact keeps what is left of the warmth; it does not bring back what is gone.
static void touch(struct lead_story *story, const struct lead_options *options, int32_t day)
{
    struct since now = temperature_on(story, options, day);
    story->temperature = now.value;
    story->warm_day = now.day;
    story->touch_day = day;
}

static void hear_stage(struct lead_story *story, uint8_t stage, int32_t day)
{
    struct since before = stage_on(story, day);
    if (stage == before.value) // said again: it has held since then
        return;
    story->stage = stage;
    story->stage_day = day;
    story->by_contract = false;
}

static void hear_source(struct lead_story *story, const char *source)
{
    size_t length = strlen(source);
    if (length == 0)
        return;
    if (length >= LEAD_SOURCE_BYTES)
        length = utf8_cut(source, length, LEAD_SOURCE_BYTES - 1);
    memset(story->source, 0, sizeof story->source);
    memcpy(story->source, source, length);
}

static void hear_expected(struct lead_story *story, int64_t time_ms, int32_t day, uint32_t quote)
{
    if (story->expected_day != day)
        story->expected_milli = 0;
    story->expected_day = day;
    story->expected_said_ms = time_ms;
    story->expected_quote = quote;
}

static void hear_lead(struct lead_story *story, const struct lead_options *options, const struct note *note,
                      int32_t day)
{
    const struct note_lead *said = &note->lead;
    const uint8_t answers[LEAD_ANSWERS] = {said->need, said->power, said->decision, said->credit};
    touch(story, options, day);
    if (said->intention != LEAD_INTENTION_UNKNOWN && said->intention < LEAD_INTENTIONS)
        story->intention_said_ms = note->time_ms;
    if (said->stage != LEAD_STAGE_UNKNOWN && said->stage < LEAD_STAGES)
        hear_stage(story, said->stage, day);
    if (said->intention != LEAD_INTENTION_UNKNOWN && said->intention < LEAD_INTENTIONS &&
        said->intention != story->intention) {
        story->intention = said->intention;
        story->intention_day = day;
    }
    if (said->temperature != LEAD_TEMPERATURE_UNKNOWN && said->temperature < LEAD_TEMPERATURES &&
        said->temperature != story->temperature) {
        story->temperature = said->temperature;
        story->warm_day = day;
        story->denial_ms = said->temperature == LEAD_DENIAL ? note->time_ms : INT64_MIN;
    }
    if (said->expected_day != NOTE_NO_DAY)
        hear_expected(story, note->time_ms, said->expected_day, 0);
    if (said->expected_milli > 0)
        story->expected_milli = said->expected_milli;
    for (int i = 0; i < LEAD_ANSWERS; i++)
        if (answers[i] != 0)
            story->answers[i] = answers[i];
    hear_source(story, said->source);
}

static void hear_contact(struct lead_story *story, const struct lead_options *options, const struct note *note,
                         int32_t day)
{
    if (note->contact.outcome == NOTE_OUTCOME_REACHED)
        touch(story, options, day);
}

static void hear_quote(struct lead_story *story, const struct lead_options *options, const struct note *note,
                       int32_t day)
{
    touch(story, options, day);
    if (note->quote.expected_day != NOTE_NO_DAY)
        hear_expected(story, note->time_ms, note->quote.expected_day, id_hash(note->quote.id));
}

// With the quote goes the day that it was expected on.
static void hear_quote_lost(struct lead_story *story, const struct lead_options *options, const struct note *note,
                            int32_t day)
{
    (void)options;
    (void)day;
    if (story->expected_quote == id_hash(note->quote.id))
        hear_expected(story, INT64_MIN, NOTE_NO_DAY, 0);
}

static void hear_signed(struct lead_story *story, const struct lead_options *options, const struct note *note,
                        int32_t day)
{
    (void)options;
    struct since before = stage_on(story, day);
    uint32_t id = id_hash(note->contract.id);
    struct lead_contract *contract = contract_of(story, id);
    int32_t to = note->contract.to_day, over = to == NOTE_NO_DAY ? INT32_MAX : day_after(to, 1);
    if (contract == NULL)
        contract = contract_room(story, over);
    if (contract != NULL)
        *contract = (struct lead_contract){.id = id, .over_day = over};
    story->contract_day = before.value == LEAD_IN_CONTRACT ? before.day : day;
    story->by_contract = true;
    story->objections = 0;
}

static void hear_ended(struct lead_story *story, const struct lead_options *options, const struct note *note,
                       int32_t day)
{
    (void)options;
    bool expired = stage_on(story, day).value == LEAD_EXPIRED;
    struct lead_contract *contract = contract_of(story, id_hash(note->contract.id));
    if (contract != NULL && contract->over_day <= day) // no news
        return;
    if (contract != NULL)
        contract->over_day = day;
    if (expired) // before it was ended, too: that is since when
        return;
    if (contract == NULL)
        story->ended_day = later(story->ended_day, day);
    if (!running(story, day))
        story->by_contract = true;
}

static void hear_objection(struct lead_story *story, const struct lead_options *options, const struct note *note,
                           int32_t day)
{
    (void)options;
    (void)note;
    (void)day;
    if (story->objections < UINT16_MAX)
        story->objections++;
}

static void hear_file(struct lead_story *story, const struct lead_options *options, const struct note *note,
                      int32_t day)
{
    (void)options;
    (void)day;
    hear_source(story, note->customer.source);
}

void lead_hear(struct lead_story *story, const struct lead_options *options, const struct note *note, int32_t day)
{
    typedef void hear(struct lead_story *, const struct lead_options *, const struct note *, int32_t);
    static hear *const hears[NOTE_KINDS] = {
        [NOTE_UPSERTED] = hear_file,          [NOTE_CONTACT] = hear_contact,      [NOTE_LEAD] = hear_lead,
        [NOTE_CONTRACT_SIGNED] = hear_signed, [NOTE_CONTRACT_ENDED] = hear_ended, [NOTE_QUOTE_SENT] = hear_quote,
        [NOTE_QUOTE_LOST] = hear_quote_lost,  [NOTE_OBJECTION] = hear_objection,
    };
    must(note->kind < NOTE_KINDS);
    if (hears[note->kind] != NULL)
        hears[note->kind](story, options, note, day);
}

// --- judging

// Whom the file names as key person has been found, whatever a rep has said of the stage.
static void judge_stage(const struct lead_options *options, const struct lead_facts *facts, struct lead *lead)
{
    struct since stage = stage_on(facts->story, facts->today);
    if ((stage.value == LEAD_NOT_REACHED || stage.value == LEAD_ADDED) && facts->key_person_day != NOTE_NO_DAY)
        stage = (struct since){LEAD_KEY_PERSON, later(stage.day, facts->key_person_day)};
    int64_t limit = options->dwell_days[stage.value];
    lead->stage = stage.value;
    lead->stage_day = stage.day;
    lead->stuck = limit > 0 && (int64_t)facts->today - stage.day > limit;
    lead->contract_over_day = over_day(facts->story);
}

static bool known(const struct lead_story *story)
{
    uint8_t said = story->stage | story->intention | story->temperature;
    for (int i = 0; i < LEAD_ANSWERS; i++)
        said |= story->answers[i];
    return said != 0;
}

static void judge_horizon(const struct lead_options *options, const struct lead_facts *facts, struct lead *lead)
{
    const struct lead_story *story = facts->story;
    const int64_t within[LEAD_HORIZONS] = {
        [LEAD_H] = options->h_days, [LEAD_A] = options->a_days, [LEAD_B] = options->b_days};
    bool expected = story->expected_day != NOTE_NO_DAY && facts->last_order_ms <= story->expected_said_ms;
    lead->expected_day = NOTE_NO_DAY;
    lead->expected_milli = 0;
    if (!expected) {
        lead->horizon = known(story) || story->expected_day != NOTE_NO_DAY ? LEAD_C : LEAD_HORIZON_UNKNOWN;
        return;
    }
    int64_t ahead = (int64_t)story->expected_day - facts->today;
    lead->expected_day = story->expected_day;
    lead->expected_milli = story->expected_milli;
    lead->missed = ahead < 0;
    if (ahead < -options->missed_days) {
        lead->horizon = LEAD_C;
        return;
    }
    lead->horizon = LEAD_H;
    while (lead->horizon < LEAD_C && ahead > within[lead->horizon])
        lead->horizon++;
}

static void judge_qualified(const struct lead_story *story, struct lead *lead)
{
    int no = 0;
    for (int i = 0; i < LEAD_ANSWERS; i++) {
        lead->yes = (uint8_t)(lead->yes + (story->answers[i] == NOTE_ANSWER_YES));
        no += story->answers[i] == NOTE_ANSWER_NO;
    }
    if (no > 0)
        lead->qualified = LEAD_QUALIFIED_NO;
    else if (lead->yes == LEAD_ANSWERS)
        lead->qualified = LEAD_QUALIFIED_YES;
    else
        lead->qualified = lead->yes > 0 ? LEAD_QUALIFIED_OPEN : LEAD_QUALIFIED_UNKNOWN;
}

void lead_judge(const struct lead_options *options, const struct lead_facts *facts, struct lead *ret_lead)
{
    *ret_lead = (struct lead){.intention = facts->story->intention, .intention_day = facts->story->intention_day};
    struct since temperature = temperature_on(facts->story, options, facts->today);
    ret_lead->temperature = temperature.value;
    ret_lead->temperature_day = temperature.day;
    judge_stage(options, facts, ret_lead);
    judge_horizon(options, facts, ret_lead);
    judge_qualified(facts->story, ret_lead);
}

// --- explaining

static void add_day(struct reason *reason, const char *name, int32_t day)
{
    if (day != NOTE_NO_DAY && day != INT32_MAX)
        reason_add(reason, name, REASON_DATE, day);
}

static void add_since(struct reason *reason, const char *name, int32_t day, int32_t today)
{
    add_day(reason, "since", day);
    if (day != NOTE_NO_DAY)
        reason_add(reason, name, REASON_DAYS, ((int64_t)today - day) * DAY_MILLI);
}

static bool told(const struct lead_story *story)
{
    return story->source[0] != '\0';
}

void lead_explain_stage(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                        struct reason *ret_reason)
{
    const struct lead_story *story = facts->story;
    int64_t limit = options->dwell_days[lead->stage];
    bool by_contract = lead->stage == LEAD_EXPIRED || (lead->stage == LEAD_IN_CONTRACT && story->by_contract);
    if (lead->stage == LEAD_STAGE_UNKNOWN)
        reason_start(ret_reason, "stage: nothing was said yet");
    else if (lead->stage == LEAD_KEY_PERSON && story->stage < LEAD_KEY_PERSON)
        reason_start(ret_reason, "stage: the file names a key person");
    else if (by_contract)
        reason_start(ret_reason, "stage: by the contracts signed, ended and run out");
    else
        reason_start(ret_reason, "stage: what was said last");
    add_since(ret_reason, "days_in_stage", lead->stage_day, facts->today);
    if (limit > 0)
        reason_add(ret_reason, "limit", REASON_DAYS, limit * DAY_MILLI);
    if (lead->contract_over_day != NOTE_NO_DAY && lead->contract_over_day != INT32_MAX)
        reason_add(ret_reason, "contract_until", REASON_DATE, (int64_t)lead->contract_over_day - 1);
    if (story->objections > 0)
        reason_add(ret_reason, "objections", REASON_COUNT, story->objections);
    const char *stuck = lead->stuck ? "longer in this stage than it may last" : "";
    if (told(story))
        reason_note(ret_reason, "%s%ssource: %s", stuck, lead->stuck ? "; " : "", story->source);
    else
        reason_note(ret_reason, "%s", stuck);
}

void lead_explain_intention(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                            struct reason *ret_reason)
{
    (void)options;
    reason_start(ret_reason, lead->intention == LEAD_INTENTION_UNKNOWN ? "intention: nothing was said yet"
                                                                       : "intention: what was said last, 1 to 5");
    reason_add(ret_reason, "level", REASON_COUNT, lead->intention);
    add_since(ret_reason, "days", lead->intention_day, facts->today);
}

void lead_explain_temperature(const struct lead_options *options, const struct lead_facts *facts,
                              const struct lead *lead, struct reason *ret_reason)
{
    if (lead->temperature == LEAD_TEMPERATURE_UNKNOWN)
        reason_start(ret_reason, "temperature: nothing was said yet");
    else if (lead->temperature == LEAD_DENIAL)
        reason_start(ret_reason, "temperature: they declined; that stays until somebody says otherwise");
    else
        reason_start(ret_reason, "temperature: hot becomes warm after %lld days without a touch, warm cold after %lld",
                     (long long)options->hot_days, (long long)options->warm_days);
    add_since(ret_reason, "days", lead->temperature_day, facts->today);
    add_day(ret_reason, "last_touch", facts->story->touch_day);
    uint8_t said = facts->story->temperature;
    if (said != lead->temperature)
        reason_note(ret_reason, "was %s at the last touch", lead_temperature_names[said]);
}

void lead_explain_horizon(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                          struct reason *ret_reason)
{
    reason_start(ret_reason, "horizon: order expected within %lld days H, %lld A, %lld B, later or never said C",
                 (long long)options->h_days, (long long)options->a_days, (long long)options->b_days);
    if (lead->expected_day == NOTE_NO_DAY) {
        if (facts->story->expected_day != NOTE_NO_DAY)
            reason_note(ret_reason, "they ordered since a day was expected");
        return;
    }
    add_day(ret_reason, "expected", lead->expected_day);
    reason_add(ret_reason, "days_ahead", REASON_DAYS, ((int64_t)lead->expected_day - facts->today) * DAY_MILLI);
    if (lead->expected_milli > 0)
        reason_add(ret_reason, "pieces", REASON_COUNT, lead->expected_milli / 1000);
    if (lead->missed)
        reason_note(ret_reason, "the expected day passed without an order");
}

// Adds to the list of `bytes` room.
static void list(char *text, size_t bytes, const char *item)
{
    size_t used = strlen(text), comma = used > 0 ? 2 : 0, length = strlen(item);
    must(used + comma + length < bytes);
    memcpy(text + used, ", ", comma);
    memcpy(text + used + comma, item, length + 1);
}

void lead_explain_qualified(const struct lead_options *options, const struct lead_facts *facts, const struct lead *lead,
                            struct reason *ret_reason)
{
    (void)options;
    char ask[ASKS_BYTES] = "", lack[ASKS_BYTES] = "";
    reason_start(ret_reason, "qualified: need, power to buy, decision and credit, four times yes");
    reason_add(ret_reason, "yes", REASON_COUNT, lead->yes);
    for (int i = 0; i < LEAD_ANSWERS; i++) {
        if (facts->story->answers[i] == NOTE_ANSWER_NO)
            list(lack, sizeof lack, answer_names[i]);
        else if (facts->story->answers[i] == 0)
            list(ask, sizeof ask, asks[i]);
    }
    bool both = lack[0] != '\0' && ask[0] != '\0';
    if (lack[0] != '\0' || ask[0] != '\0')
        reason_note(ret_reason, "%s%s%s%s%s", lack[0] != '\0' ? "no " : "", lack, both ? "; " : "",
                    ask[0] != '\0' ? "ask: " : "", ask);
}
