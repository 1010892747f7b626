#include "services/scoring/story.h"

#include "common/calendar.h"
#include "common/hash.h"
#include "common/must.h"

#include <stdlib.h>
#include <string.h>

enum { YEAR_MONTHS = 12, YEAR_DAYS = 366 };
_Static_assert((int)NOTE_PARTS == (int)CARE_PARTS, "a survey's parts are handed on");
_Static_assert((int)DEALS_NO_DAY == (int)NOTE_NO_DAY, "days are handed on");

void story_start(struct story *story)
{
    memset(story, 0, sizeof *story);
    story->newest_ms = story->contacts.last_ms = story->contacts.reached_ms = INT64_MIN;
    profile_start(&story->profile);
    lead_start(&story->lead);
    override_start(&story->overrides);
    rival_start(&story->rival);
    care_start(&story->care);
    deals_start(&story->deals);
}

static int order_to(const struct story *story, const struct note *note)
{
    if (note->time_ms != story->newest_ms)
        return note->time_ms < story->newest_ms ? -1 : 1;
    return memcmp(note->key, story->newest_key, NOTE_KEY_BYTES);
}

bool story_newest(const struct story *story, const struct note *note)
{
    return story->notes == 0 || order_to(story, note) > 0;
}

// --- money

// In the reporting currency at the day's rate; without a rate it counts as 0 and is counted.
static int64_t convert(struct story *story, const struct terms *terms, const struct note_money *money, int32_t day)
{
    int64_t rate;
    if (!money->given)
        return 0;
    if (terms_rate(terms, money->currency, day, &rate))
        return money_convert(money->micros, rate);
    story->no_rate++;
    return 0;
}

static int32_t month_of(int32_t day)
{
    struct date date = day_date(day);
    return date.year * YEAR_MONTHS + date.month - 1;
}

static size_t cell_of(int32_t month)
{
    int32_t rest = month % STORY_COST_MONTHS;
    return (size_t)(rest < 0 ? rest + STORY_COST_MONTHS : rest);
}

static int32_t month_first(int32_t month)
{
    return day_from_date((struct date){month / YEAR_MONTHS, month % YEAR_MONTHS + 1, 1});
}

static int64_t plus(int64_t left, int64_t right)
{
    int64_t sum;
    if (__builtin_add_overflow(left, right, &sum))
        return right < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

// Days never go back, since notes come sorted by time.
static void add_cost(struct story_costs *costs, int32_t day, int64_t micros)
{
    int32_t month = month_of(day);
    if (costs->newest_month == 0 || month - costs->newest_month >= STORY_COST_MONTHS) {
        memset(costs->micros, 0, sizeof costs->micros);
        costs->newest_month = month;
    }
    while (costs->newest_month < month)
        costs->micros[cell_of(++costs->newest_month)] = 0;
    must(costs->newest_month == month);
    costs->micros[cell_of(month)] = plus(costs->micros[cell_of(month)], micros);
}

int64_t story_cost(const struct story *story, int32_t today, int64_t days)
{
    const struct story_costs *costs = &story->costs;
    if (costs->newest_month == 0 || days <= 0)
        return 0;
    int32_t from = today - (int32_t)(days < YEAR_DAYS ? days : YEAR_DAYS) + 1;
    int64_t sum = 0;
    for (int32_t back = 0; back < STORY_COST_MONTHS; back++) {
        int32_t month = costs->newest_month - back, first = month_first(month), next = month_first(month + 1);
        int64_t micros = costs->micros[cell_of(month)];
        if (first > today || next <= from)
            continue;
        if (first < from)
            micros = (int64_t)((int128)micros * (next - from) / (next - first));
        sum = plus(sum, micros);
    }
    return sum;
}

// --- handing on

typedef void hear(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day);

static uint64_t id_hash(const char *id)
{
    return hash_short(id, strlen(id));
}

static void hear_contact(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    (void)day;
    struct story_contacts *contacts = &story->contacts;
    contacts->last_ms = note->time_ms;
    contacts->count++;
    contacts->minutes += note->contact.minutes;
    if (note->contact.outcome != NOTE_OUTCOME_REACHED)
        return;
    contacts->reached_ms = note->time_ms;
    contacts->reached++;
}

static void hear_complaint(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    static const enum care_step steps[NOTE_KINDS] = {[NOTE_COMPLAINT_OPENED] = CARE_OPENED,
                                                     [NOTE_COMPLAINT_ACKNOWLEDGED] = CARE_ACKNOWLEDGED,
                                                     [NOTE_COMPLAINT_RESOLVED] = CARE_RESOLVED};
    (void)rules;
    (void)day;
    care_hear_complaint(&story->care, &(struct care_complaint){.time_ms = note->time_ms,
                                                               .step = steps[note->kind],
                                                               .id = id_hash(note->complaint.id)});
}

static void hear_survey(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    (void)day;
    struct care_survey survey = {
        .time_ms = note->time_ms, .score = note->survey.score, .expected = note->survey.expected};
    memcpy(survey.parts, note->survey.parts, sizeof survey.parts);
    care_hear_survey(&story->care, &survey);
}

static void hear_praise(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    (void)day;
    care_hear_praise(&story->care, &(struct care_praise){.time_ms = note->time_ms});
}

static void hear_referral(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    (void)day;
    struct care_referral referral = {.time_ms = note->time_ms};
    hash_content(note->word.who, strlen(note->word.who), referral.other);
    care_hear_referral(&story->care, &referral);
}

static void hear_cooperation(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    (void)day;
    care_hear_cooperation(&story->care, &(struct care_cooperation){.time_ms = note->time_ms,
                                                                   .score = note->cooperation.score,
                                                                   .loyalty = note->cooperation.loyalty});
}

static void hear_broken(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    (void)day;
    care_hear_promise_broken(&story->care, &(struct care_promise_broken){.time_ms = note->time_ms});
}

static void hear_signed(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    deals_contract(&story->deals,
                   &(struct deals_contract){.id = id_hash(note->contract.id),
                                            .value_micros = convert(story, rules->terms, &note->contract.value, day),
                                            .from_day = note->contract.from_day,
                                            .to_day = note->contract.to_day,
                                            .ended_day = DEALS_NO_DAY,
                                            .signed_day = day});
}

static void hear_ended(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    deals_contract_ended(&story->deals, id_hash(note->contract.id), day);
}

static void hear_quote(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    deals_quote(&story->deals,
                &(struct deals_quote){.id = id_hash(note->quote.id),
                                      .sent_ms = note->time_ms,
                                      .revenue_micros = convert(story, rules->terms, &note->quote.amount, day),
                                      .expected_day = note->quote.expected_day,
                                      .chance_ppm = note->quote.probability_ppm});
}

static void hear_quote_lost(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)rules;
    (void)day;
    deals_quote_lost(&story->deals, id_hash(note->quote.id));
}

static void hear_cost(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    int64_t micros = convert(story, rules->terms, &note->item.amount, day);
    if (micros != 0)
        add_cost(&story->costs, day, micros);
}

static void hear_override(struct story *story, const struct story_rules *rules, const struct note *note, int32_t day)
{
    (void)day;
    (void)override_hear(&story->overrides, rules->names, note);
}

void story_add(struct story *story, const struct story_rules *rules, const struct note *note)
{
    static hear *const hears[NOTE_KINDS] = {
        [NOTE_CONTACT] = hear_contact,
        [NOTE_COMPLAINT_OPENED] = hear_complaint,
        [NOTE_COMPLAINT_ACKNOWLEDGED] = hear_complaint,
        [NOTE_COMPLAINT_RESOLVED] = hear_complaint,
        [NOTE_SURVEY] = hear_survey,
        [NOTE_CONTRACT_SIGNED] = hear_signed,
        [NOTE_CONTRACT_ENDED] = hear_ended,
        [NOTE_QUOTE_SENT] = hear_quote,
        [NOTE_QUOTE_LOST] = hear_quote_lost,
        [NOTE_GIFT] = hear_cost,
        [NOTE_COST] = hear_cost,
        [NOTE_COOPERATION] = hear_cooperation,
        [NOTE_REFERRAL] = hear_referral,
        [NOTE_PRAISE] = hear_praise,
        [NOTE_OVERRIDE] = hear_override,
        [NOTE_PROMISE_BROKEN] = hear_broken,
    };
    must(note->kind > NOTE_NONE && note->kind < NOTE_KINDS);
    must(story_newest(story, note));
    int32_t day = terms_day(rules->terms, note->time_ms);
    profile_hear(&story->profile, note, day);
    lead_hear(&story->lead, rules->lead, note, day);
    rival_hear(&story->rival, note, day);
    if (hears[note->kind] != NULL)
        hears[note->kind](story, rules, note, day);
    story->newest_ms = note->time_ms;
    memcpy(story->newest_key, note->key, NOTE_KEY_BYTES);
    story->notes++;
}

static int compare(const void *left, const void *right)
{
    return note_order(left, right);
}

void story_sort(struct note *notes, size_t count)
{
    if (count > 1)
        qsort(notes, count, sizeof *notes, compare);
}

void story_fold(struct story *story, const struct story_rules *rules, const struct note *notes, size_t count)
{
    story_start(story);
    for (size_t i = 0; i < count; i++) {
        must(i == 0 || note_order(&notes[i - 1], &notes[i]) <= 0);
        if (story_newest(story, &notes[i]))
            story_add(story, rules, &notes[i]);
    }
}
