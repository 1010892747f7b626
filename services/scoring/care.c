#include "services/scoring/care.h"

#include "common/money.h"
#include "common/must.h"

#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum {
    FADE_BITS = 28,         // of the part of a half-life: finer than a second
    FADE_HALVINGS_MAX = 63, // nothing is left of 64 bits
    POINT_MICROS = 1000000, // one point of a score
    CENT_MICROS = 10000,    // what is printed of it
};

// Beyond a million answers in sight the older ones are halved instead, so that no sum can run over.
#define MASS_MAX (CARE_ONE << 20)

// 2^64 * 2^(-2^-k), rounded down, for k from 1.
static const uint64_t roots[FADE_BITS] = {
    0xb504f333f9de6484, 0xd744fccad69d6af4, 0xeac0c6e7dd24392e, 0xf5257d152486cc2c, 0xfa83b2db722a033a,
    0xfd3e0c0cf486c174, 0xfe9e115c7b8f884b, 0xff4ecb59511ec8a5, 0xffa756521c8daed1, 0xffd3a751c0f7e10b,
    0xffe9d2b2f7db2755, 0xfff4e91bff1b8c3d, 0xfffa747ea0040664, 0xfffd3a3b7814eb53, 0xfffe9d1cc60ddab1,
    0xffff4e8e25879bfa, 0xffffa7470363f451, 0xffffd3a37dda0313, 0xffffe9d1bdf703ae, 0xfffff4e8debe025e,
    0xfffffa746f4fa150, 0xfffffd3a37a3f8b0, 0xfffffe9d1bd1065a, 0xffffff4e8de845ad, 0xffffffa746f41376,
    0xffffffd3a37a05e3, 0xffffffe9d1bd01fb, 0xfffffff4e8de80c0};

// later - earlier, held within int64.
static int64_t between(int64_t earlier, int64_t later)
{
    int64_t age;
    if (__builtin_sub_overflow(later, earlier, &age))
        return later > earlier ? INT64_MAX : INT64_MIN;
    return age;
}

uint64_t care_fade(uint64_t weight, int64_t age_ms)
{
    if (age_ms <= 0)
        return weight;
    int64_t halvings = age_ms / CARE_HALF_LIFE_MS;
    if (halvings > FADE_HALVINGS_MAX)
        return 0;
    weight >>= halvings;
    // The rest is below 2^34, so the product stays within 63 bits.
    uint64_t rest = ((uint64_t)(age_ms % CARE_HALF_LIFE_MS) << FADE_BITS) / (uint64_t)CARE_HALF_LIFE_MS;
    if (rest == 0)
        return weight;
    uint64_t factor = UINT64_MAX;
    for (unsigned k = 0; k < FADE_BITS; k++)
        if (rest >> (FADE_BITS - 1 - k) & 1)
            factor = (uint64_t)((wide)factor * roots[k] >> 64);
    return (uint64_t)((wide)weight * factor >> 64);
}

bool care_within(int64_t time_ms, int64_t today_ms, int64_t days)
{
    return between(time_ms, today_ms) < days * CARE_DAY_MS;
}

int64_t care_later(int64_t time_ms, int64_t days)
{
    int64_t result;
    return __builtin_add_overflow(time_ms, days * CARE_DAY_MS, &result) ? INT64_MAX : result;
}

const char *care_points(int64_t micros, char *buffer)
{
    const char *sign = micros <= -CENT_MICROS / 2 ? "-" : "";
    uint64_t size = micros < 0 ? 0 - (uint64_t)micros : (uint64_t)micros;
    uint64_t cents = (size + CENT_MICROS / 2) / CENT_MICROS;
    snprintf(buffer, CARE_TEXT_BYTES, "%s%llu.%02llu", sign, (unsigned long long)cents / 100,
             (unsigned long long)cents % 100);
    return buffer;
}

void care_start(struct care_facts *facts)
{
    memset(facts, 0, sizeof *facts);
}

static uint8_t mark_or_none(uint8_t mark)
{
    return mark <= CARE_SCORE_MAX ? mark : 0;
}

static void count_one(uint32_t *counter)
{
    if (*counter < UINT32_MAX)
        ++*counter;
}

void care_hear_survey(struct care_facts *facts, const struct care_survey *survey)
{
    if (survey->score < 1 || survey->score > CARE_SCORE_MAX)
        return;
    int64_t age = between(facts->survey_ms, survey->time_ms);
    facts->survey_mass = care_fade(facts->survey_mass, age);
    facts->survey_sum = care_fade(facts->survey_sum, age);
    if (facts->survey_mass > MASS_MAX) {
        facts->survey_mass /= 2;
        facts->survey_sum /= 2;
    }
    facts->survey_mass += CARE_ONE;
    facts->survey_sum += survey->score * CARE_ONE;
    facts->survey_ms = survey->time_ms;
    facts->score_before = facts->score;
    facts->score = survey->score;
    facts->expected = mark_or_none(survey->expected);
    count_one(&facts->surveys);

    bool asked = false;
    for (unsigned i = 0; i < CARE_PARTS; i++)
        asked |= mark_or_none(survey->parts[i]) != 0;
    if (!asked)
        return;
    for (unsigned i = 0; i < CARE_PARTS; i++)
        facts->parts[i] = mark_or_none(survey->parts[i]);
    facts->parts_ms = survey->time_ms;
}

// A sum of weights that faded since `*at_ms`, one more at `time_ms`.
static void add_faded(uint64_t *mass, int64_t *at_ms, int64_t time_ms)
{
    *mass = care_fade(*mass, between(*at_ms, time_ms));
    if (*mass < MASS_MAX)
        *mass += CARE_ONE;
    *at_ms = time_ms;
}

// The place of a complaint, CARE_COMPLAINTS when it is not known by its id.
static unsigned place_of(const struct care_facts *facts, uint64_t id)
{
    for (unsigned i = 0; i < CARE_COMPLAINTS; i++)
        if (facts->complaint_state[i] != CARE_FREE && facts->complaint_id[i] == id)
            return i;
    return CARE_COMPLAINTS;
}

// What is given up first for a new complaint: nothing, then one that is closed, then one that is open.
enum { WORTH_NOTHING, WORTH_CLOSED, WORTH_OPEN };

static int worth_of(enum care_state state)
{
    return state == CARE_FREE ? WORTH_NOTHING : state == CARE_CLOSED ? WORTH_CLOSED : WORTH_OPEN;
}

static unsigned cheapest_place(const struct care_facts *facts)
{
    unsigned best = 0;
    for (unsigned i = 1; i < CARE_COMPLAINTS; i++) {
        int worth = worth_of(facts->complaint_state[i]), least = worth_of(facts->complaint_state[best]);
        if (worth < least || (worth == least && facts->complaint_ms[i] < facts->complaint_ms[best]))
            best = i;
    }
    return best;
}

static void put(struct care_facts *facts, unsigned place, const struct care_complaint *complaint, enum care_state state)
{
    facts->complaint_id[place] = complaint->id;
    facts->complaint_ms[place] = complaint->time_ms;
    facts->complaint_state[place] = (uint8_t)state;
}

static void open_one(struct care_facts *facts, unsigned place, const struct care_complaint *complaint,
                     enum care_state state)
{
    if (place == CARE_COMPLAINTS) {
        place = cheapest_place(facts);
        if (worth_of(facts->complaint_state[place]) == WORTH_OPEN)
            count_one(&facts->forgotten);
    }
    put(facts, place, complaint, state);
    facts->opened_ms = complaint->time_ms;
    count_one(&facts->complaints);
}

static void hear_opened(struct care_facts *facts, unsigned place, const struct care_complaint *complaint)
{
    if (place == CARE_COMPLAINTS) {
        open_one(facts, place, complaint, CARE_OPEN);
        return;
    }
    // Of two events of one instant the keys decide which is heard first: a complaint that ended then did not begin
    // anew.
    if (facts->complaint_state[place] == CARE_CLOSED && facts->complaint_ms[place] < complaint->time_ms)
        open_one(facts, place, complaint, CARE_OPEN);
}

static void hear_acknowledged(struct care_facts *facts, unsigned place, const struct care_complaint *complaint)
{
    if (place < CARE_COMPLAINTS) {
        if (facts->complaint_state[place] == CARE_OPEN)
            facts->complaint_state[place] = CARE_HANDLED;
        return;
    }
    // It may be one of those forgotten; else nobody told us of its opening, and it is open all the same.
    if (facts->forgotten == 0)
        open_one(facts, place, complaint, CARE_HANDLED);
}

static void hear_resolved(struct care_facts *facts, unsigned place, const struct care_complaint *complaint)
{
    bool known = place < CARE_COMPLAINTS;
    if (known && facts->complaint_state[place] == CARE_CLOSED)
        return;
    if (!known) {
        if (facts->forgotten > 0) {
            facts->forgotten--;
        } else {
            place = cheapest_place(facts);
            facts->opened_ms = complaint->time_ms;
            count_one(&facts->complaints);
        }
    }
    // One that was never heard of does not push out an open one.
    if (place < CARE_COMPLAINTS && (known || worth_of(facts->complaint_state[place]) != WORTH_OPEN))
        put(facts, place, complaint, CARE_CLOSED);
    facts->resolved_ms = complaint->time_ms;
    count_one(&facts->resolved);
    add_faded(&facts->trouble_mass, &facts->trouble_ms, complaint->time_ms);
}

void care_hear_complaint(struct care_facts *facts, const struct care_complaint *complaint)
{
    static void (*const steps[])(struct care_facts *, unsigned, const struct care_complaint *) = {
        [CARE_OPENED] = hear_opened, [CARE_ACKNOWLEDGED] = hear_acknowledged, [CARE_RESOLVED] = hear_resolved};
    must(complaint->step <= CARE_RESOLVED);
    steps[complaint->step](facts, place_of(facts, complaint->id), complaint);
}

void care_hear_praise(struct care_facts *facts, const struct care_praise *praise)
{
    facts->praise_ms = praise->time_ms;
    count_one(&facts->praises);
}

void care_hear_referral(struct care_facts *facts, const struct care_referral *referral)
{
    unsigned known = 0;
    while (known < CARE_REFERRALS && known < facts->referrals &&
           memcmp(facts->referred[known], referral->other, CARE_HASH_BYTES) != 0)
        known++;
    bool again = known < CARE_REFERRALS && known < facts->referrals;
    if (!again)
        count_one(&facts->referrals);
    unsigned moved = known < CARE_REFERRALS ? known : CARE_REFERRALS - 1;
    memmove(facts->referred[1], facts->referred[0], (size_t)moved * CARE_HASH_BYTES);
    memcpy(facts->referred[0], referral->other, CARE_HASH_BYTES);
    facts->referral_ms = referral->time_ms;
}

void care_hear_cooperation(struct care_facts *facts, const struct care_cooperation *cooperation)
{
    if (cooperation->score < 1 || cooperation->score > CARE_SCORE_MAX)
        return;
    facts->cooperation = cooperation->score;
    facts->cooperation_ms = cooperation->time_ms;
    count_one(&facts->cooperations);
    if (mark_or_none(cooperation->loyalty) == 0)
        return;
    facts->loyalty = cooperation->loyalty;
    facts->loyalty_ms = cooperation->time_ms;
}

void care_hear_promise_broken(struct care_facts *facts, const struct care_promise_broken *broken)
{
    int64_t newest_ms = facts->broken_ms[0];
    add_faded(&facts->broken_mass, &newest_ms, broken->time_ms);
    memmove(&facts->broken_ms[1], &facts->broken_ms[0], (CARE_BROKEN - 1) * sizeof facts->broken_ms[0]);
    facts->broken_ms[0] = newest_ms;
    count_one(&facts->broken);
}

uint32_t care_open(const struct care_facts *facts)
{
    uint32_t open = facts->forgotten;
    for (unsigned i = 0; i < CARE_COMPLAINTS; i++)
        open += facts->complaint_state[i] == CARE_OPEN || facts->complaint_state[i] == CARE_HANDLED;
    return open;
}

bool care_open_newest(const struct care_facts *facts, int64_t *ret_ms)
{
    bool open = false;
    for (unsigned i = 0; i < CARE_COMPLAINTS; i++) {
        if (facts->complaint_state[i] != CARE_OPEN && facts->complaint_state[i] != CARE_HANDLED)
            continue;
        if (!open || facts->complaint_ms[i] > *ret_ms)
            *ret_ms = facts->complaint_ms[i];
        open = true;
    }
    return open;
}

bool care_open_since(const struct care_facts *facts, int64_t *ret_ms)
{
    bool open = false;
    for (unsigned i = 0; i < CARE_COMPLAINTS; i++) {
        if (facts->complaint_state[i] != CARE_OPEN && facts->complaint_state[i] != CARE_HANDLED)
            continue;
        if (!open || facts->complaint_ms[i] < *ret_ms)
            *ret_ms = facts->complaint_ms[i];
        open = true;
    }
    return open;
}
