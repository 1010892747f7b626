#include "services/tend/sample_talk.h"

#include "common/calendar.h"
#include "common/must.h"
#include "services/tend/sample_dealings.h"
#include "services/tend/sample_script.h"
#include "services/tend/sample_trips.h"

#include <stdlib.h>

enum {
    STREAM = 3,
    TALK_STREAM = 100000, // and the number of the customer
    HOUR_MS = 3600000,
    MORNING = 9 * 60,
    EVENING = 17 * 60,
    NEGLECTED_DAYS = 40, // some customers were not called for so long at the end
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DAY_MS INT64_C(86400000)
#define BODY(script, body) sample_body(script, &tend__v1__##body##__descriptor)

struct sample_talk {
    const struct sample_cast *cast;
    const struct sample_trade *trade;
    struct sample_script *script;
};

#define SAY(script, customer, list, chance) sample_say(script, customer, (list)[chance_below(chance, COUNT(list))])

static const struct sample_words notes[] = {
    {"问了库存和下季计划", "asked for stock and next season's plan"},
    {"满意上批货，准备补单", "happy with the last lot, will reorder"},
    {"等客户确认色卡", "waits for the colour card"},
    {"价格略高，要求再谈", "finds the price a little high"},
    {"介绍了新款防水拉链", "heard about the new water-repellent zipper"},
};
static const struct sample_words key_points[] = {
    {"同意月底前下单5000条", "will order 5,000 pieces by the end of the month"},
    {"付款改为30天", "payment moved to 30 days"},
    {"先寄样再定价", "samples first, price later"},
};
static const struct sample_words promised[] = {
    {"寄五色样品", "send samples in five colours"}, {"给出修改后的报价", "send the revised quote"},
    {"提供检测报告", "send the test report"},       {"确认交货日期", "confirm the delivery date"},
    {"寄新款目录", "send the new catalogue"},
};
static const struct sample_words complaints[] = {
    {"拉头卡顿", "sliders get stuck"},           {"色差明显", "colour differs from the sample"},
    {"数量短少200条", "200 pieces are missing"}, {"包装破损", "cartons were damaged"},
    {"交货晚了", "delivery was late"},
};
// Of each of these, what it is about.
static const char *const categories[] = {"quality", "quality", "quantity", "packing", "delivery"};
static const struct sample_words causes[] = {
    {"模具磨损", "worn tool"}, {"染色批次", "dye lot"}, {"包装工序", "packing"}, {"船期", "vessel"}};
static const struct sample_words subjects[] = {
    {"询价：5#尼龙拉链", "price for 5# nylon zippers"},
    {"样品什么时候到？", "when will the samples arrive?"},
    {"请更新发票", "please correct the invoice"},
    {"能否提前交货", "can you ship earlier?"},
};

static const struct sample_customer *person(const struct sample_talk *talk, uint32_t at)
{
    return &talk->cast->customers[at];
}

static int64_t moment(const struct sample_talk *talk, const struct sample_customer *customer, int32_t day,
                      int32_t minute)
{
    return sample_ms(talk->cast, customer->rep, day, minute);
}

// --- contacts and promises

// A promise, and what became of it. `made_day` and the time it falls due are days of the rep.
static void promise(struct sample_talk *talk, const struct sample_customer *customer, int64_t made_ms, int64_t due_ms,
                    int outcome, struct chance *chance)
{
    struct sample_script *script = talk->script;
    char id[32];
    snprintf(id, sizeof id, "%s", sample_id(script, "promise"));
    Tend__V1__PromiseMade *made = BODY(script, promise_made);
    made->promise_id = sample_text(script, "%s", id);
    made->what = SAY(script, customer, promised, chance);
    made->due = sample_time(script, due_ms);
    sample_note(script, customer, customer->rep, made_ms, TEND__V1__EVENT__BODY_PROMISE_MADE, made);
    if (outcome == 1) { // put off in time, and kept then
        Tend__V1__PromiseExtended *extended = BODY(script, promise_extended);
        extended->promise_id = sample_text(script, "%s", id);
        extended->due = sample_time(script, due_ms + 2 * DAY_MS);
        extended->reason = sample_say(script, customer, (struct sample_words){"工厂排期", "the workshop needs longer"});
        sample_note(script, customer, customer->rep, due_ms - 3 * HOUR_MS, TEND__V1__EVENT__BODY_PROMISE_EXTENDED,
                    extended);
        due_ms += 2 * DAY_MS;
    }
    if (outcome == 0 || outcome == 1) {
        Tend__V1__PromiseKept *kept = BODY(script, promise_kept);
        kept->promise_id = sample_text(script, "%s", id);
        sample_note(script, customer, customer->rep, due_ms - chance_between(chance, 1, 6) * HOUR_MS / 2,
                    TEND__V1__EVENT__BODY_PROMISE_KEPT, kept);
    } else if (outcome == 2) {
        Tend__V1__PromiseBroken *broken = BODY(script, promise_broken);
        broken->promise_id = sample_text(script, "%s", id);
        broken->reason = sample_say(script, customer, (struct sample_words){"忘了", "was forgotten"});
        sample_note(script, customer, customer->rep, due_ms + 20 * HOUR_MS, TEND__V1__EVENT__BODY_PROMISE_BROKEN,
                    broken);
    }
}

static void maybe_promise(struct sample_talk *talk, const struct sample_customer *customer, int32_t day, int64_t ms,
                          struct chance *chance)
{
    static const uint32_t outcomes[] = {86, 6, 8}; // kept, put off and kept, broken
    if (!chance_percent(chance, 8))
        return;
    int32_t due_day = sample_workday(day + chance_between(chance, 2, 9));
    promise(talk, customer, ms + HOUR_MS / 6, moment(talk, customer, due_day, EVENING),
            (int)chance_weighted(chance, outcomes, COUNT(outcomes)), chance);
}

static Tend__V1__Channel draw_channel(struct chance *chance)
{
    static const uint32_t weights[] = {62, 12, 20, 4, 2};
    static const Tend__V1__Channel channels[] = {
        TEND__V1__CHANNEL__CHANNEL_PHONE, TEND__V1__CHANNEL__CHANNEL_EMAIL,   TEND__V1__CHANNEL__CHANNEL_CHAT,
        TEND__V1__CHANNEL__CHANNEL_VISIT, TEND__V1__CHANNEL__CHANNEL_MEETING,
    };
    return channels[chance_weighted(chance, weights, COUNT(weights))];
}

// One contact. Returns the outcome; `ret_next_day` is the next date that was set, INT32_MIN without one.
static Tend__V1__ContactOutcome contact(struct sample_talk *talk, const struct sample_customer *customer, int32_t day,
                                        bool silent, struct chance *chance, int32_t *ret_next_day)
{
    static const uint32_t weights[] = {80, 14, 5, 1}, silence[] = {10, 70, 19, 1};
    struct sample_script *script = talk->script;
    Tend__V1__ContactLogged *body = BODY(script, contact_logged);
    body->channel = draw_channel(chance);
    body->direction = TEND__V1__DIRECTION__DIRECTION_OUT;
    body->outcome = (Tend__V1__ContactOutcome)(TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED +
                                               chance_weighted(chance, silent ? silence : weights, COUNT(weights)));
    int64_t ms = moment(talk, customer, day, chance_between(chance, MORNING, EVENING));
    *ret_next_day = INT32_MIN;
    Tend__V1__ContactOutcome outcome = body->outcome;
    bool reached = outcome == TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_REACHED;
    if (reached) {
        body->minutes = (uint32_t)chance_between(chance, 2, 25);
        body->note = SAY(script, customer, notes, chance);
        if (chance_percent(chance, 12))
            body->key_point = SAY(script, customer, key_points, chance);
        if (chance_percent(chance, 20)) {
            *ret_next_day = sample_workday(day + chance_between(chance, 6, 16));
            body->next_at = sample_time(script, moment(talk, customer, *ret_next_day, 10 * 60));
        }
    }
    if (sample_note(script, customer, customer->rep, ms, TEND__V1__EVENT__BODY_CONTACT_LOGGED, body) && reached)
        maybe_promise(talk, customer, day, ms, chance);
    return outcome;
}

// Days between two contacts.
static int32_t cadence(const struct sample_cast *cast, const struct sample_customer *customer)
{
    uint32_t percent = (uint32_t)((uint64_t)customer->rank * 100 / cast->active_count);
    return customer->prospect ? 9 : percent < 20 ? 10 : percent < 50 ? 18 : 26;
}

static void contacts_of(struct sample_talk *talk, const struct sample_customer *customer, struct chance *chance)
{
    int32_t pace = cadence(talk->cast, customer), end = talk->cast->until_day;
    bool neglected = customer->story == STORY_ORDINARY && !customer->prospect && chance_percent(chance, 8);
    if (neglected)
        end -= NEGLECTED_DAYS;
    int32_t day = sample_workday(customer->known_day + chance_between(chance, 0, pace));
    while (day < end) {
        bool silent = customer->story == STORY_DROPPED && day > talk->cast->until_day - talk->trade->usual_gap;
        int32_t next;
        Tend__V1__ContactOutcome outcome = contact(talk, customer, day, silent, chance, &next);
        if (next == INT32_MIN && outcome == TEND__V1__CONTACT_OUTCOME__CONTACT_OUTCOME_NO_ANSWER)
            next = sample_workday(day + 1);
        else if (next == INT32_MIN)
            next = sample_workday(day + pace * chance_between(chance, 80, 120) / 100);
        day = next;
    }
}

// --- what comes in

static void message(struct sample_talk *talk, const struct sample_customer *customer, int64_t ms, int64_t reply_ms,
                    struct chance *chance)
{
    struct sample_script *script = talk->script;
    char id[32];
    snprintf(id, sizeof id, "%s", sample_id(script, "mail"));
    Tend__V1__MessageReceived *received = BODY(script, message_received);
    received->message_id = sample_text(script, "%s", id);
    received->channel = TEND__V1__CHANNEL__CHANNEL_EMAIL;
    received->subject = SAY(script, customer, subjects, chance);
    sample_note(script, customer, customer->rep, ms, TEND__V1__EVENT__BODY_MESSAGE_RECEIVED, received);
    Tend__V1__MessageReplied *replied = BODY(script, message_replied);
    replied->message_id = sample_text(script, "%s", id);
    replied->channel = TEND__V1__CHANNEL__CHANNEL_EMAIL;
    sample_note(script, customer, customer->rep, reply_ms, TEND__V1__EVENT__BODY_MESSAGE_REPLIED, replied);
}

static void messages_of(struct sample_talk *talk, const struct sample_customer *customer, struct chance *chance)
{
    int32_t pace = cadence(talk->cast, customer) * 3;
    for (int32_t day = customer->known_day + chance_between(chance, 1, pace); day < talk->cast->until_day;
         day += chance_between(chance, pace / 2, pace * 3 / 2)) {
        int32_t on = sample_workday(day), minute = chance_between(chance, MORNING, 15 * 60);
        bool late = chance_percent(chance, 6);
        int64_t reply_ms = late ? moment(talk, customer, sample_workday(on + 1), MORNING + 30)
                                : moment(talk, customer, on, minute + chance_between(chance, 15, 140));
        message(talk, customer, moment(talk, customer, on, minute), reply_ms, chance);
    }
}

static void complaint(struct sample_talk *talk, const struct sample_order *order, int32_t day, bool open,
                      struct chance *chance)
{
    struct sample_script *script = talk->script;
    const struct sample_customer *customer = person(talk, order->customer);
    char id[32];
    snprintf(id, sizeof id, "%s", sample_id(script, "complaint"));
    Tend__V1__ComplaintOpened *opened = BODY(script, complaint_opened);
    opened->complaint_id = sample_text(script, "%s", id);
    uint32_t about = chance_below(chance, COUNT(complaints));
    opened->what = sample_say(script, customer, complaints[about]);
    opened->category = sample_text(script, "%s", categories[about]);
    opened->order_id = sample_text(script, "SO-%06u", order->number);
    int64_t ms = moment(talk, customer, day, chance_between(chance, MORNING, 14 * 60));
    if (!sample_note(script, customer, customer->rep, ms, TEND__V1__EVENT__BODY_COMPLAINT_OPENED, opened) || open)
        return;
    Tend__V1__ComplaintAcknowledged *known = BODY(script, complaint_acknowledged);
    known->complaint_id = sample_text(script, "%s", id);
    sample_note(script, customer, customer->rep, ms + chance_between(chance, 1, 5) * HOUR_MS / 2,
                TEND__V1__EVENT__BODY_COMPLAINT_ACKNOWLEDGED, known);
    Tend__V1__ComplaintActed *acted = BODY(script, complaint_acted);
    acted->complaint_id = sample_text(script, "%s", id);
    acted->what = sample_say(script, customer, (struct sample_words){"已取样送检", "a sample is being examined"});
    sample_note(script, customer, customer->rep, moment(talk, customer, sample_workday(day + 1), 10 * 60),
                TEND__V1__EVENT__BODY_COMPLAINT_ACTED, acted);
    Tend__V1__ComplaintResolved *resolved = BODY(script, complaint_resolved);
    resolved->complaint_id = sample_text(script, "%s", id);
    resolved->cause = SAY(script, customer, causes, chance);
    if (chance_percent(chance, 30))
        resolved->compensation = sample_money(script, sample_order_total(order) / 2000000 * 100000, customer->currency);
    sample_note(script, customer, customer->rep,
                moment(talk, customer, sample_workday(day + chance_between(chance, 2, 6)), 15 * 60),
                TEND__V1__EVENT__BODY_COMPLAINT_RESOLVED, resolved);
}

// --- what follows an order

static void end_of_order(struct sample_talk *talk, const struct sample_order *order)
{
    struct sample_script *script = talk->script;
    const struct sample_customer *customer = person(talk, order->customer);
    if (order->cancelled) {
        Tend__V1__OrderCancelled *body = BODY(script, order_cancelled);
        body->order_id = sample_text(script, "SO-%06u", order->number);
        body->reason = sample_say(script, customer,
                                  (struct sample_words){"客户项目取消", "the customer's project was called off"});
        sample_note(script, customer, customer->rep, moment(talk, customer, sample_workday(order->day + 1), 11 * 60),
                    TEND__V1__EVENT__BODY_ORDER_CANCELLED, body);
    }
    if (order->refunded) {
        Tend__V1__OrderRefunded *body = BODY(script, order_refunded);
        body->order_id = sample_text(script, "SO-%06u", order->number);
        body->amount = sample_money(script, sample_order_total(order) / 10, customer->currency);
        body->reason = sample_say(script, customer, (struct sample_words){"部分退货", "part of it came back"});
        sample_note(script, customer, customer->rep, moment(talk, customer, sample_workday(order->day + 20), 14 * 60),
                    TEND__V1__EVENT__BODY_ORDER_REFUNDED, body);
    }
}

static void delay(struct sample_talk *talk, const struct sample_order *order, int32_t day)
{
    struct sample_script *script = talk->script;
    const struct sample_customer *customer = person(talk, order->customer);
    Tend__V1__DeliveryDelayed *body = BODY(script, delivery_delayed);
    body->order_id = sample_text(script, "SO-%06u", order->number);
    body->date = sample_day_text(script, sample_workday(order->shipped_day + 5));
    body->reason = sample_say(script, customer, (struct sample_words){"染厂限电", "the dye works had no power"});
    sample_note(script, customer, customer->rep, moment(talk, customer, day, 10 * 60 + 40),
                TEND__V1__EVENT__BODY_DELIVERY_DELAYED, body);
}

static void survey(struct sample_talk *talk, const struct sample_order *order, struct chance *chance)
{
    static const uint32_t weights[] = {2, 3, 10, 30, 55};
    struct sample_script *script = talk->script;
    const struct sample_customer *customer = person(talk, order->customer);
    Tend__V1__SurveySent *sent = BODY(script, survey_sent);
    sent->channel = TEND__V1__CHANNEL__CHANNEL_EMAIL;
    sent->occasion = sample_text(script, "delivery");
    sample_note(script, customer, customer->rep,
                moment(talk, customer, sample_workday(order->shipped_day + 11), 10 * 60),
                TEND__V1__EVENT__BODY_SURVEY_SENT, sent);
    Tend__V1__SurveyAnswered *body = BODY(script, survey_answered);
    body->score = 1 + (uint32_t)chance_weighted(chance, weights, COUNT(weights));
    body->expected = 4;
    sample_note(script, customer, customer->rep,
                moment(talk, customer, sample_workday(order->shipped_day + 15), 13 * 60),
                TEND__V1__EVENT__BODY_SURVEY_ANSWERED, body);
}

static void life_of_order(struct sample_talk *talk, const struct sample_order *order, struct chance *chance)
{
    struct sample_script *script = talk->script;
    const struct sample_customer *customer = person(talk, order->customer);
    end_of_order(talk, order);
    if (order->cancelled)
        return;
    if (chance_percent(chance, 3))
        delay(talk, order, sample_workday(order->day + 4));
    if (chance_percent(chance, 8))
        survey(talk, order, chance);
    if (chance_percent(chance, 2))
        complaint(talk, order, sample_workday(order->shipped_day + chance_between(chance, 4, 15)), false, chance);
    if (chance_percent(chance, 1)) {
        Tend__V1__OrderError *body = BODY(script, order_error);
        body->order_id = sample_text(script, "SO-%06u", order->number);
        body->what =
            sample_say(script, customer, (struct sample_words){"颜色录入错误", "the wrong colour was entered"});
        sample_note(script, customer, customer->rep,
                    moment(talk, customer, sample_workday(order->day + 2), 9 * 60 + 20),
                    TEND__V1__EVENT__BODY_ORDER_ERROR, body);
    }
    if (chance_percent(chance, 1)) {
        Tend__V1__PraiseReceived *body = BODY(script, praise_received);
        body->what = sample_say(script, customer, (struct sample_words){"交货很快", "fast delivery"});
        sample_note(script, customer, customer->rep,
                    moment(talk, customer, sample_workday(order->shipped_day + 9), 16 * 60),
                    TEND__V1__EVENT__BODY_PRAISE_RECEIVED, body);
    }
}

// --- leads and contracts

static void lead(struct sample_talk *talk, const struct sample_customer *customer, int32_t day,
                 Tend__V1__LeadStage stage, int32_t expected_day)
{
    struct sample_script *script = talk->script;
    bool near = stage >= TEND__V1__LEAD_STAGE__LEAD_STAGE_INTENDS;
    Tend__V1__LeadUpdated *body = BODY(script, lead_updated);
    body->stage = stage;
    body->intention = stage < TEND__V1__LEAD_STAGE__LEAD_STAGE_INTENDS ? 2 : 4;
    body->temperature =
        near ? TEND__V1__LEAD_TEMPERATURE__LEAD_TEMPERATURE_HOT : TEND__V1__LEAD_TEMPERATURE__LEAD_TEMPERATURE_WARM;
    body->need = near ? TEND__V1__ANSWER__ANSWER_YES : TEND__V1__ANSWER__ANSWER_UNSPECIFIED;
    body->power = stage >= TEND__V1__LEAD_STAGE__LEAD_STAGE_CONTRACT_SENT ? TEND__V1__ANSWER__ANSWER_YES
                                                                          : TEND__V1__ANSWER__ANSWER_UNSPECIFIED;
    if (expected_day != INT32_MIN) {
        body->expected_order_date = sample_day_text(script, expected_day);
        body->expected_quantity_milli = 20000000;
    }
    sample_note(script, customer, customer->rep, moment(talk, customer, sample_workday(day), 11 * 60 + 15),
                TEND__V1__EVENT__BODY_LEAD_UPDATED, body);
}

// A prospect comes nearer stage by stage; every third one stays halfway.
static void stages_of(struct sample_talk *talk, const struct sample_customer *customer, struct chance *chance)
{
    Tend__V1__LeadStage last = customer->rank % 3 == 2 ? TEND__V1__LEAD_STAGE__LEAD_STAGE_KEY_PERSON
                                                       : TEND__V1__LEAD_STAGE__LEAD_STAGE_CONTRACT_SENT;
    int32_t day = customer->known_day + 1;
    for (Tend__V1__LeadStage stage = TEND__V1__LEAD_STAGE__LEAD_STAGE_ADDED; stage <= last; stage++) {
        bool near = stage >= TEND__V1__LEAD_STAGE__LEAD_STAGE_INTENDS;
        lead(talk, customer, day, stage, near ? day + 21 : INT32_MIN);
        day += chance_between(chance, 6, 24);
    }
}

static void contract(struct sample_talk *talk, const struct sample_customer *customer, int32_t from, int32_t to)
{
    struct sample_script *script = talk->script;
    Tend__V1__ContractSigned *body = BODY(script, contract_signed);
    body->contract_id = sample_id(script, "contract");
    body->from = sample_day_text(script, from);
    body->to = sample_day_text(script, to);
    body->value = sample_money(script, customer->order_cny / 1000000 * 12 * 1000000, SAMPLE_CNY);
    sample_note(script, customer, customer->rep, moment(talk, customer, sample_workday(from), 15 * 60 + 30),
                TEND__V1__EVENT__BODY_CONTRACT_SIGNED, body);
}

// Every fifth of the better customers has a frame contract for a year, renewed in time.
static void contracts_of(struct sample_talk *talk, const struct sample_customer *customer, struct chance *chance)
{
    if (customer->prospect || customer->rank > talk->cast->active_count / 3 || customer->rank % 5 != 0)
        return;
    for (int32_t day = customer->known_day + chance_between(chance, 0, 200); day < talk->cast->until_day; day += 365)
        contract(talk, customer, day, day + 364);
}

// --- the last days

// What is due now, in the hands of ordinary customers of some weight.
static void last_days(struct sample_talk *talk, struct chance *chance)
{
    int32_t today = talk->cast->until_day, made = sample_workday(today - 6);
    for (uint32_t i = 0; i < 3; i++) {
        const struct sample_customer *customer = person(talk, 7 + i);
        int32_t due = sample_workday(today + (int32_t)i - 1);
        promise(talk, customer, moment(talk, customer, made, 11 * 60 + 5), moment(talk, customer, due, 16 * 60), -1,
                chance);
    }
    const struct sample_customer *ended = person(talk, 10), *wants = person(talk, 11), *asks = person(talk, 12);
    contract(talk, ended, today - 370, today - 6);
    lead(talk, wants, today - 8, TEND__V1__LEAD_STAGE__LEAD_STAGE_IN_CONTRACT, today + 3);
    int64_t asked_ms = moment(talk, asks, sample_workday(today - 3), 14 * 60);
    if (asked_ms >= talk->cast->end_ms)
        asked_ms = talk->cast->end_ms - 4 * HOUR_MS;
    message(talk, asks, asked_ms, talk->cast->end_ms, chance);
    const struct sample_order *late = NULL, *bad = NULL;
    for (uint32_t i = 0; i < talk->trade->count; i++) {
        const struct sample_order *order = &talk->trade->orders[i];
        if (order->cancelled || person(talk, order->customer)->story != STORY_ORDINARY)
            continue;
        late = order->day <= today - 5 && order->shipped_day > today ? order : late;
        bad = order->shipped_day < today - 8 ? order : bad;
    }
    if (late != NULL)
        delay(talk, late, sample_workday(today - 4));
    if (bad != NULL)
        complaint(talk, bad, sample_workday(today - 4), true, chance);
}

static void absence(struct sample_talk *talk, uint32_t rep, int32_t from, int32_t days)
{
    struct sample_script *script = talk->script;
    Tend__V1__RepAbsent *body = BODY(script, rep_absent);
    body->from = sample_day_text(script, from);
    body->to = sample_day_text(script, from + days - 1);
    body->reason = sample_text(script, "holiday");
    sample_note(script, NULL, rep, sample_ms(talk->cast, rep, sample_workday(from - 14), 9 * 60),
                TEND__V1__EVENT__BODY_REP_ABSENT, body);
}

struct sample_talk *sample_talk_open(const struct sample_cast *cast, const struct sample_trade *trade, uint64_t seed)
{
    struct sample_talk *talk = calloc(1, sizeof *talk);
    must(talk != NULL);
    talk->cast = cast;
    talk->trade = trade;
    talk->script = sample_script_open(cast);
    for (uint32_t i = 0; i < cast->customer_count; i++) {
        struct chance chance = chance_start(seed, TALK_STREAM + (uint64_t)i);
        const struct sample_customer *customer = &cast->customers[i];
        contacts_of(talk, customer, &chance);
        messages_of(talk, customer, &chance);
        contracts_of(talk, customer, &chance);
        if (customer->prospect)
            stages_of(talk, customer, &chance);
    }
    struct chance chance = chance_start(seed, STREAM);
    for (uint32_t i = 0; i < trade->count; i++)
        life_of_order(talk, &trade->orders[i], &chance);
    for (uint32_t i = 0; i < cast->rep_count; i++)
        for (int32_t day = cast->from_day + 60 + 40 * (int32_t)i; day + 30 < cast->until_day; day += 180)
            absence(talk, i, day, 5);
    last_days(talk, &chance);
    sample_dealings_note(talk->script, cast, trade, seed);
    sample_trips_note(talk->script, cast);
    return talk;
}

void sample_talk_close(struct sample_talk **talk)
{
    if (*talk == NULL)
        return;
    sample_script_close(&(*talk)->script);
    free(*talk);
    *talk = NULL;
}

uint32_t sample_talk_count(const struct sample_talk *talk)
{
    return sample_script_count(talk->script);
}

void sample_write_events(const struct sample_talk *talk, FILE *file)
{
    sample_script_write(talk->script, file);
}
