#include "services/tend/sample_dealings.h"

#include "common/money.h"

enum {
    DEALINGS_STREAM = 50000000, // and the number of the customer: beyond those of trade and talk
    YEAR_DAYS = 365,
    HALF_YEAR = 182,
    QUARTER = 91,
    TOP_PERCENT = 20,
    REFERRAL_EVERY = 13,   // of so many customers one brought another
    COMMISSION_AFTER = 60, // days
    PRAISE_EVERY = 9,
    SURVEY_EVERY = 10,
    COSTLY_FROM_END = 3, // among the smallest, one is served for more than it brings
    LOST_FROM_END = 2,   // and one needs nothing any more
    PPM_OF_PERCENT = 10000,
    // Whom the single stories are about: none of those that other things happen to at the end.
    RIVAL = 4,
    INFLUENCE = 13,
};

#define PROSPECT_MICROS INT64_C(20000000000) // of the first quote to somebody who never bought
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BODY(script, body) sample_body(script, &tend__v1__##body##__descriptor)
#define SAY(script, customer, chinese, english) \
    sample_say(script, customer, (struct sample_words){(chinese), (english)})

struct dealings {
    struct sample_script *script;
    const struct sample_cast *cast;
    const struct sample_trade *trade;
};

static void note(const struct dealings *dealings, const struct sample_customer *customer, int32_t day,
                 Tend__V1__Event__BodyCase body_case, void *body)
{
    int64_t ms = sample_ms(dealings->cast, customer->rep, sample_workday(day), 10 * 60 + 20);
    (void)sample_note(dealings->script, customer, customer->rep, ms, body_case, body);
}

// A part of the customer's usual order, in its currency, without cents.
static Tend__V1__Money *part(const struct dealings *dealings, const struct sample_customer *customer, int64_t percent)
{
    int64_t units = customer->order_cny / 100 * percent / sample_rate(customer->currency);
    return sample_money(dealings->script, (units > 0 ? units : 1) * MONEY_MICROS, customer->currency);
}

// --- quotes

static void quote(const struct dealings *dealings, const struct sample_customer *customer, int32_t day,
                  int32_t expected_day, bool lost, struct chance *chance)
{
    static const struct sample_words wanted[] = {{"5#防水拉链，秋冬款", "5# water-repellent zippers for winter"},
                                                 {"金属拉链，新色", "brass zippers in new colours"},
                                                 {"插扣和织带", "buckles and webbing"}};
    struct sample_script *script = dealings->script;
    char id[32];
    snprintf(id, sizeof id, "%s", sample_id(script, "quote"));
    Tend__V1__QuoteSent *sent = BODY(script, quote_sent);
    sent->quote_id = sample_text(script, "%s", id);
    sent->what = sample_say(script, customer, wanted[chance_below(chance, COUNT(wanted))]);
    sent->amount = customer->prospect ? sample_money(script, PROSPECT_MICROS, customer->currency)
                                      : part(dealings, customer, chance_between(chance, 60, 140));
    sent->probability_ppm = (uint32_t)chance_between(chance, 3, 8) * 10 * PPM_OF_PERCENT;
    sent->expected_order_date = sample_day_text(script, expected_day);
    note(dealings, customer, day, TEND__V1__EVENT__BODY_QUOTE_SENT, sent);
    if (!lost)
        return;
    Tend__V1__QuoteLost *body = BODY(script, quote_lost);
    body->quote_id = sample_text(script, "%s", id);
    body->reason = SAY(script, customer, "价格偏高", "found it cheaper");
    note(dealings, customer, day + 12, TEND__V1__EVENT__BODY_QUOTE_LOST, body);
}

static void quotes_of(const struct dealings *dealings, const struct sample_customer *customer, struct chance *chance)
{
    int32_t today = dealings->cast->until_day;
    if (customer->prospect && customer->rank % 2 == 0)
        quote(dealings, customer, today - 9, today + chance_between(chance, 4, 25), false, chance);
    if (customer->prospect)
        return;
    if (chance_percent(chance, 10))
        quote(dealings, customer, today - chance_between(chance, 40, 300), today - 20, true, chance);
    if (chance_percent(chance, 12))
        quote(dealings, customer, today - chance_between(chance, 2, 9), today + chance_between(chance, 3, 40), false,
              chance);
}

// --- leads

// Where prospects stand now: one will have none of it, the others order within a week, two weeks, a month.
static void lead_of(const struct dealings *dealings, const struct sample_customer *customer)
{
    static const int32_t days_ahead[] = {5, 12, 24};
    struct sample_script *script = dealings->script;
    uint32_t turn = customer->rank % 4;
    Tend__V1__LeadUpdated *body = BODY(script, lead_updated);
    if (turn == COUNT(days_ahead)) {
        body->temperature = TEND__V1__LEAD_TEMPERATURE__LEAD_TEMPERATURE_DENIAL;
        body->intention = 1;
        body->need = TEND__V1__ANSWER__ANSWER_NO;
        body->note = SAY(script, customer, "暂不考虑换供应商", "will not change suppliers for now");
    } else {
        body->intention = 5 - turn;
        body->need = body->power = TEND__V1__ANSWER__ANSWER_YES;
        body->decision = body->credit = turn == 0 ? TEND__V1__ANSWER__ANSWER_YES : TEND__V1__ANSWER__ANSWER_UNSPECIFIED;
        body->expected_order_date = sample_day_text(script, dealings->cast->until_day + days_ahead[turn]);
        body->expected_quantity_milli = 8000000;
    }
    note(dealings, customer, dealings->cast->until_day - 6, TEND__V1__EVENT__BODY_LEAD_UPDATED, body);
}

// --- what a customer costs

static void cost(const struct dealings *dealings, const struct sample_customer *customer, int32_t day, const char *kind,
                 int64_t percent)
{
    Tend__V1__CostRecorded *body = BODY(dealings->script, cost_recorded);
    body->kind = sample_text(dealings->script, "%s", kind);
    body->amount = part(dealings, customer, percent);
    note(dealings, customer, day, TEND__V1__EVENT__BODY_COST_RECORDED, body);
}

static void gift(const struct dealings *dealings, const struct sample_customer *customer, int32_t day,
                 struct chance *chance)
{
    struct sample_script *script = dealings->script;
    Tend__V1__GiftGiven *body = BODY(script, gift_given);
    body->what = SAY(script, customer, "龙井茶礼盒", "a box of tea");
    body->occasion = SAY(script, customer, "合作周年", "anniversary");
    body->amount = sample_money(script, chance_between(chance, 20, 80) * (10 * (int64_t)MONEY_MICROS), SAMPLE_CNY);
    note(dealings, customer, day, TEND__V1__EVENT__BODY_GIFT_GIVEN, body);
}

// Freight and samples each quarter; the best customers get a gift; one small customer is visited far too often.
static void costs_of(const struct dealings *dealings, const struct sample_customer *customer, struct chance *chance)
{
    const struct sample_cast *cast = dealings->cast;
    bool costly = customer->rank == cast->active_count - COSTLY_FROM_END;
    for (int32_t day = customer->known_day + chance_between(chance, 20, QUARTER); day < cast->until_day;
         day += QUARTER) {
        if (costly)
            cost(dealings, customer, day, "visits", 150);
        else if (chance_percent(chance, 50))
            cost(dealings, customer, day, chance_percent(chance, 60) ? "freight" : "samples",
                 chance_between(chance, 1, 4));
    }
    if (customer->rank * 100 < cast->active_count * TOP_PERCENT)
        gift(dealings, customer, cast->until_day - chance_between(chance, 20, YEAR_DAYS - 20), chance);
}

// --- how it goes with them

static void ratings_of(const struct dealings *dealings, const struct sample_customer *customer, struct chance *chance)
{
    static const uint32_t good[] = {0, 5, 15, 40, 40}, usual[] = {5, 15, 40, 30, 10};
    const struct sample_cast *cast = dealings->cast;
    const uint32_t *weights = customer->rank * 3 < cast->active_count ? good : usual;
    for (int32_t day = customer->known_day + chance_between(chance, 30, HALF_YEAR); day < cast->until_day;
         day += HALF_YEAR) {
        Tend__V1__CooperationRated *body = BODY(dealings->script, cooperation_rated);
        body->score = 1 + (uint32_t)chance_weighted(chance, weights, COUNT(good));
        body->loyalty = 1 + (uint32_t)chance_weighted(chance, weights, COUNT(good));
        note(dealings, customer, day, TEND__V1__EVENT__BODY_COOPERATION_RATED, body);
    }
}

static void praise(const struct dealings *dealings, const struct sample_customer *customer, int32_t day)
{
    Tend__V1__PraiseReceived *body = BODY(dealings->script, praise_received);
    body->what = SAY(dealings->script, customer, "质量稳定，推荐给了同行", "steady quality, told others so");
    note(dealings, customer, day, TEND__V1__EVENT__BODY_PRAISE_RECEIVED, body);
}

// A prospect, or one of the smaller customers.
static void referral(const struct dealings *dealings, const struct sample_customer *customer, int32_t day)
{
    const struct sample_cast *cast = dealings->cast;
    uint32_t turn = customer->rank / REFERRAL_EVERY, prospects = cast->customer_count - cast->active_count;
    uint32_t other = turn % 2 == 0 ? cast->active_count * 2 / 3 + turn : cast->active_count + turn % prospects;
    if (other >= cast->customer_count || other == customer->rank)
        return;
    Tend__V1__ReferralMade *body = BODY(dealings->script, referral_made);
    body->other_customer_id = sample_text(dealings->script, "%s", cast->customers[other].id);
    note(dealings, customer, day, TEND__V1__EVENT__BODY_REFERRAL_MADE, body);
    if (other >= cast->active_count)
        return; // has not bought yet
    Tend__V1__CommissionPaid *paid = BODY(dealings->script, commission_paid);
    paid->other_customer_id = sample_text(dealings->script, "%s", cast->customers[other].id);
    paid->amount = part(dealings, customer, 1);
    note(dealings, customer, day + COMMISSION_AFTER, TEND__V1__EVENT__BODY_COMMISSION_PAID, paid);
}

// What the customer gets for what it spends, in the parts that delivered value has.
static void value_survey(const struct dealings *dealings, const struct sample_customer *customer, int32_t day,
                         struct chance *chance)
{
    static const char *const parts[] = {"product", "service", "staff", "image", "money", "time", "effort", "energy"};
    struct sample_script *script = dealings->script;
    Tend__V1__SurveyAnswered *body = BODY(script, survey_answered);
    Tend__V1__SurveyDimension *asked[COUNT(parts)];
    body->score = (uint32_t)chance_between(chance, 3, 5);
    body->expected = 4;
    for (size_t i = 0; i < COUNT(parts); i++) {
        asked[i] = BODY(script, survey_dimension);
        asked[i]->name = sample_text(script, "%s", parts[i]);
        asked[i]->score = (uint32_t)chance_between(chance, 2, 5);
    }
    body->dimensions = asked;
    body->n_dimensions = COUNT(parts);
    note(dealings, customer, day, TEND__V1__EVENT__BODY_SURVEY_ANSWERED, body);
}

static void regard_of(const struct dealings *dealings, const struct sample_customer *customer, struct chance *chance)
{
    int32_t day = dealings->cast->until_day - chance_between(chance, 10, 300);
    ratings_of(dealings, customer, chance);
    if (customer->rank % PRAISE_EVERY == 4)
        praise(dealings, customer, day);
    if (customer->rank % REFERRAL_EVERY == 4)
        referral(dealings, customer, day + 2);
    if (customer->rank % SURVEY_EVERY == 6)
        value_survey(dealings, customer, day + 4, chance);
}

// --- what people saw and decided

// Some days ago, but after the customer's last order, which would end the risk.
static int32_t day_after_order(const struct dealings *dealings, const struct sample_customer *customer)
{
    int32_t day = dealings->cast->until_day - 8;
    for (uint32_t i = 0; i < dealings->trade->count; i++) {
        const struct sample_order *order = &dealings->trade->orders[i];
        if (order->customer == customer->rank && order->day >= day)
            day = order->day + 1;
    }
    return day;
}

static void risks(const struct dealings *dealings)
{
    struct sample_script *script = dealings->script;
    const struct sample_cast *cast = dealings->cast;
    const struct sample_customer *rival = &cast->customers[RIVAL];
    Tend__V1__CompetitorSeen *seen = BODY(script, competitor_seen);
    seen->who = sample_text(script, "Northgate Trims");
    seen->what = SAY(script, rival, "对方报价低8%，正在试样", "offered 8 % less, their samples are being tried");
    note(dealings, rival, day_after_order(dealings, rival), TEND__V1__EVENT__BODY_COMPETITOR_SEEN, seen);
    const struct sample_customer *lost = &cast->customers[cast->active_count - LOST_FROM_END];
    Tend__V1__NeedLost *gone = BODY(script, need_lost);
    gone->what = SAY(script, lost, "停产箱包线", "closes its line of bags");
    note(dealings, lost, day_after_order(dealings, lost), TEND__V1__EVENT__BODY_NEED_LOST, gone);
}

static void decide(const struct dealings *dealings, uint32_t at, int32_t day, const char *dimension, const char *value,
                   int32_t until_day, struct sample_words reason)
{
    struct sample_script *script = dealings->script;
    const struct sample_customer *customer = &dealings->cast->customers[at];
    Tend__V1__ValueOverridden *body = BODY(script, value_overridden);
    body->dimension = sample_text(script, "%s", dimension);
    body->value = sample_text(script, "%s", value);
    body->by = sample_text(script, "%s", dealings->cast->reps[0].name);
    body->until = sample_day_text(script, until_day);
    body->reason = sample_say(script, customer, reason);
    note(dealings, customer, day, TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN, body);
}

static void decisions(const struct dealings *dealings)
{
    int32_t today = dealings->cast->until_day;
    uint32_t middle = dealings->cast->active_count * 2 / 5; // of class B, or C
    decide(dealings, INFLUENCE, today - 30, "value.face", "black", today + 60,
           (struct sample_words){"行业协会会长，影响大", "chairs the trade association, others follow it"});
    decide(dealings, middle, today - 20, "value.abc", "A", today + 100,
           (struct sample_words){"明年新开两家工厂", "opens two plants next year"});
    decide(dealings, middle + 1, today - 120, "value.abc", "A", today - 15,
           (struct sample_words){"试单期间按A类服务", "served as A while it tried us"});
}

void sample_dealings_note(struct sample_script *script, const struct sample_cast *cast,
                          const struct sample_trade *trade, uint64_t seed)
{
    struct dealings dealings = {script, cast, trade};
    for (uint32_t i = 0; i < cast->customer_count; i++) {
        struct chance chance = chance_start(seed, DEALINGS_STREAM + (uint64_t)i);
        const struct sample_customer *customer = &cast->customers[i];
        quotes_of(&dealings, customer, &chance);
        if (customer->prospect) {
            lead_of(&dealings, customer);
            continue;
        }
        costs_of(&dealings, customer, &chance);
        regard_of(&dealings, customer, &chance);
    }
    risks(&dealings);
    decisions(&dealings);
}
