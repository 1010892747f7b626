#include "saga.h"

#include "common/must.h"
#include "common/stamp.h"

#include <stdio.h>
#include <string.h>

enum { ID_BYTES = 16, TEXT_BYTES = 80, ORDERS_MAX = 90, DAY_MS = 86400000, HOUR_MS = 3600000, YEAR_DAYS = 365 };

// How much customers differ: as they like; little, so that what an order brings can be modelled; or in a few round
// sizes, so that many are equal.
enum mood { WILD, ALIKE, EQUAL, MOODS };

// What is told of one customer.
struct teller {
    uint64_t *seed;
    json_t *events;
    unsigned number, count; // of the customer, of its events
    int64_t from_ms, to_ms;
    char id[ID_BYTES];
    enum mood mood;
    const char *part; // what tells the ids of one telling from those of another
};

uint64_t saga_random(uint64_t *seed, uint64_t below)
{
    must(below > 0);
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *seed;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return (mixed ^ mixed >> 31) % below;
}

int saga_chance(uint64_t *seed, uint64_t percent)
{
    return saga_random(seed, 100) < percent;
}

static int64_t between(uint64_t *seed, int64_t from, int64_t to)
{
    return to <= from ? from : from + (int64_t)saga_random(seed, (uint64_t)(to - from + 1));
}

static const char *pick(uint64_t *seed, const char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return words[saga_random(seed, count)];
}

static void set_text(json_t *object, const char *key, const char *text)
{
    must(json_object_set_new(object, key, json_string(text)) == 0);
}

static void set_number(json_t *object, const char *key, int64_t number)
{
    must(json_object_set_new(object, key, json_integer(number)) == 0);
}

// An amount, sometimes with thousandths; without a currency when there is none.
static void set_money(struct teller *teller, json_t *object, const char *key, int64_t cents, const char *currency)
{
    char text[TEXT_BYTES];
    int odd = teller->mood != EQUAL && saga_chance(teller->seed, 10);
    unsigned rest = odd ? (unsigned)saga_random(teller->seed, 10000) : 0;
    snprintf(text, sizeof text, "%lld.%02lld%04u%s%s", (long long)(cents / 100), (long long)(cents % 100), rest,
             currency[0] != '\0' ? " " : "", currency);
    set_text(object, key, text);
}

static void print_time(int64_t time_ms, char text[STAMP_TEXT_BYTES])
{
    (void)stamp_print(time_ms / 1000, (int32_t)(time_ms % 1000) * 1000000, text);
}

static void set_day(json_t *object, const char *key, int64_t time_ms)
{
    char text[STAMP_TEXT_BYTES];
    print_time(time_ms, text);
    text[10] = '\0';
    set_text(object, key, text);
}

// Adds an event; `body` is its own from then on.
static void tell(struct teller *teller, int64_t time_ms, const char *kind, json_t *body)
{
    char text[TEXT_BYTES];
    json_t *event = json_object();
    time_ms = time_ms > teller->to_ms ? teller->to_ms : time_ms;
    if (saga_chance(teller->seed, 10)) // on the hour, so that some are at midnight to the millisecond
        time_ms -= time_ms % HOUR_MS;
    snprintf(text, sizeof text, "%s%u-%u", teller->part, teller->number, teller->count++);
    set_text(event, "id", text);
    set_text(event, "source", saga_chance(teller->seed, 50) ? "shop" : "erp");
    print_time(time_ms, text);
    set_text(event, "time", text);
    set_text(event, "customerId", teller->id);
    if (saga_chance(teller->seed, 50))
        must(json_object_set_new(event, "historical", json_true()) == 0);
    must(json_object_set_new(event, kind, body) == 0);
    must(json_array_append_new(teller->events, event) == 0);
}

static int64_t any_time(struct teller *teller)
{
    return between(teller->seed, teller->from_ms, teller->to_ms);
}

static int is_likely(struct teller *teller, uint64_t percent)
{
    return saga_chance(teller->seed, percent);
}

// --- orders

static const char *const currencies[] = {"CNY", "CNY", "CNY", "", "USD", "EUR", "JPY", "GBP", NULL};
static const char *const skus[] = {"pump", "valve", "seal", "hose", "motor", "filter", NULL};

// How a customer buys.
struct habit {
    int64_t gap_days, size_cents;
    uint64_t spread_percent; // of the gap
    uint64_t discounts, costs;
    int64_t cost_percent; // of the price
    uint64_t trouble;     // percent of the orders
    unsigned season;      // month that it buys in, 12: any
    unsigned fades;       // percent that each order is of the one before
    const char *currency;
};

static void add_lines(struct teller *teller, const struct habit *habit, json_t *body, int64_t cents)
{
    json_t *lines = json_array();
    unsigned count = teller->mood == EQUAL ? 1 : 1 + (unsigned)saga_random(teller->seed, 3);
    int costed = is_likely(teller, habit->costs), foreign = is_likely(teller, 5);
    for (unsigned i = 0; i < count; i++) {
        json_t *line = json_object();
        int64_t milli = teller->mood == EQUAL   ? 1000
                        : is_likely(teller, 80) ? 1000 * between(teller->seed, 1, 9)
                                                : between(teller->seed, 1, 9999);
        int64_t price = cents / count;
        set_text(line, "sku", pick(teller->seed, skus));
        set_number(line, "quantityMilli", milli);
        set_money(teller, line, "price", price, is_likely(teller, 50) ? habit->currency : "");
        if (is_likely(teller, habit->discounts))
            set_number(line, "discountPpm", between(teller->seed, 1, 600000));
        if (costed && (i == 0 || is_likely(teller, 97)))
            set_money(teller, line, "cost", price * milli / 1000 * habit->cost_percent / 100,
                      foreign                 ? "CHF"
                      : is_likely(teller, 50) ? habit->currency
                                              : "");
        must(json_array_append_new(lines, line) == 0);
    }
    must(json_object_set_new(body, "lines", lines) == 0);
}

// An order's body, placed or amended. Amounts in it name its currency, or leave that to the order.
static json_t *make_order(struct teller *teller, const struct habit *habit, const char *order_id, int64_t cents)
{
    json_t *body = json_object();
    int lines = is_likely(teller, 70);
    set_text(body, "orderId", order_id);
    if (lines)
        add_lines(teller, habit, body, cents);
    int total = !lines || is_likely(teller, 50);
    if (total)
        set_money(teller, body, "total", cents, is_likely(teller, 60) ? habit->currency : "");
    if (habit->currency[0] != '\0' && is_likely(teller, 70))
        set_text(body, "currency", habit->currency);
    return body;
}

static json_t *make_word(const char *key, const char *text)
{
    json_t *body = json_object();
    set_text(body, key, text);
    return body;
}

static void tell_refunds(struct teller *teller, const struct habit *habit, const char *order_id, int64_t time_ms,
                         int64_t cents)
{
    unsigned count = 1 + (unsigned)saga_random(teller->seed, 3);
    for (unsigned i = 0; i < count; i++) {
        json_t *body = make_word("orderId", order_id);
        int64_t part = is_likely(teller, 20) ? cents : between(teller->seed, 1, cents / 2 + 1);
        const char *currency = is_likely(teller, 85) ? habit->currency : pick(teller->seed, currencies);
        set_money(teller, body, "amount", part, currency);
        int64_t after_ms = between(teller->seed, -DAY_MS, INT64_C(60) * DAY_MS);
        tell(teller, time_ms + after_ms, "orderRefunded", body);
    }
}

static void tell_order(struct teller *teller, const struct habit *habit, int64_t time_ms, int64_t cents)
{
    char order_id[TEXT_BYTES];
    snprintf(order_id, sizeof order_id, "%s-%s-%u", teller->id, teller->part, teller->count);
    int unplaced = is_likely(teller, 2); // only an amendment is known of it
    if (!unplaced)
        tell(teller, time_ms, "orderPlaced", make_order(teller, habit, order_id, cents));
    if (unplaced || is_likely(teller, 8)) {
        int64_t after_ms = between(teller->seed, 0, INT64_C(5) * DAY_MS);
        tell(teller, time_ms + (is_likely(teller, 20) ? 0 : after_ms), "orderAmended",
             make_order(teller, habit, order_id, is_likely(teller, 5) ? 0 : cents + cents / 3));
    }
    if (is_likely(teller, habit->trouble))
        tell_refunds(teller, habit, order_id, time_ms, cents);
    if (is_likely(teller, habit->trouble / 2))
        tell(teller, time_ms + between(teller->seed, 0, INT64_C(9) * DAY_MS), "orderCancelled",
             make_word("orderId", order_id));
    if (is_likely(teller, 2)) // placed twice, on another day
        tell(teller, time_ms + between(teller->seed, -3, 3) * DAY_MS, "orderPlaced",
             make_order(teller, habit, order_id, cents));
}

static struct habit make_habit(struct teller *teller)
{
    uint64_t *seed = teller->seed;
    static const int64_t gaps[] = {1, 3, 7, 14, 30, 45, 90, 200};
    struct habit habit = {
        .gap_days = gaps[saga_random(seed, 8)],
        .size_cents = between(seed, 1, 300) * between(seed, 100, 90000) / 10,
        .spread_percent = saga_chance(seed, 50) ? 10 : 200,
        .discounts = saga_chance(seed, 20) ? 95 : 10,
        .costs = saga_chance(seed, 40)   ? 100
                 : saga_chance(seed, 50) ? 80
                                         : 0,
        .cost_percent = saga_chance(seed, 15) ? between(seed, 95, 130) : between(seed, 40, 95),
        .trouble = saga_chance(seed, 15) ? 60 : 8,
        .season = saga_chance(seed, 15) ? (unsigned)saga_random(seed, 12) : 12,
        .fades = saga_chance(seed, 20)   ? 80
                 : saga_chance(seed, 20) ? 115
                                         : 100,
        .currency = pick(seed, currencies),
    };
    if (teller->mood == ALIKE)
        habit.size_cents = between(seed, 20000, 60000);
    if (teller->mood == EQUAL)
        habit.size_cents = between(seed, 1, 3) * 10000;
    if (teller->mood != WILD)
        habit.currency = saga_chance(seed, 80) ? "CNY" : "USD";
    return habit;
}

// Whether the customer buys in the month, counted roughly from 1970, which is all that a season needs.
static int in_season(const struct habit *habit, int64_t time_ms)
{
    int64_t month = time_ms / DAY_MS % YEAR_DAYS * 12 / YEAR_DAYS;
    return habit->season == 12 || month == habit->season;
}

static void tell_orders(struct teller *teller)
{
    struct habit habit = make_habit(teller);
    int64_t time_ms = any_time(teller), cents = habit.size_cents;
    if (is_likely(teller, 50))
        time_ms = teller->from_ms + (time_ms - teller->from_ms) / 10;
    int64_t end_ms = is_likely(teller, 30) ? between(teller->seed, time_ms, teller->to_ms) : teller->to_ms;
    unsigned count = is_likely(teller, 15) ? 1 : ORDERS_MAX;
    for (unsigned i = 0; i < count && time_ms <= end_ms; i++) {
        if (in_season(&habit, time_ms))
            tell_order(teller, &habit, time_ms,
                       teller->mood == EQUAL ? cents : cents + (int64_t)saga_random(teller->seed, (uint64_t)cents));
        if (teller->mood == WILD)
            cents = cents * habit.fades / 100 + 1;
        cents = cents > 50000000 ? 50000000 : cents;
        int64_t gap_ms = habit.gap_days * DAY_MS, spread_ms = gap_ms * (int64_t)habit.spread_percent / 100;
        if (!is_likely(teller, 6)) // else another one the same day, or at the same moment
            time_ms += between(teller->seed, gap_ms - spread_ms < 0 ? 0 : gap_ms - spread_ms, gap_ms + spread_ms);
        else if (is_likely(teller, 50))
            time_ms += between(teller->seed, 0, DAY_MS / 3);
    }
}

// --- words

static void tell_file(struct teller *teller)
{
    static const char *const types[] = {"CUSTOMER_TYPE_UNSPECIFIED",
                                        "CUSTOMER_TYPE_BUYER",
                                        "CUSTOMER_TYPE_IMPORTER",
                                        "CUSTOMER_TYPE_TRADING",
                                        "CUSTOMER_TYPE_AGENT",
                                        "CUSTOMER_TYPE_FRANCHISEE",
                                        NULL};
    static const char *const fields[] = {"bank", "Tax number", "warehouse", "website", "size", NULL};
    json_t *body = make_word("name", teller->id), *people = json_array(), *file = json_array();
    set_text(body, "type", pick(teller->seed, types));
    set_text(body, "ownerRepId", is_likely(teller, 50) ? "wang" : "li");
    if (is_likely(teller, 60))
        set_text(body, "region", "north");
    if (is_likely(teller, 40))
        set_text(body, "birthday", "--05-17");
    if (is_likely(teller, 40))
        set_text(body, "foundingDay", "2001-02-28");
    if (is_likely(teller, 40))
        set_money(teller, body, "creditLimit", between(teller->seed, 0, 900000), "");
    if (is_likely(teller, 40))
        set_number(body, "creditDays", 30);
    if (is_likely(teller, 50))
        set_text(body, "leadSource", "fair");
    if (is_likely(teller, 50))
        set_text(body, "language", "en");
    if (is_likely(teller, 50))
        set_text(body, "timeZone", "Asia/Shanghai");
    for (uint64_t i = saga_random(teller->seed, 3); i > 0; i--) {
        json_t *person = make_word("name", "Zhou Li");
        if (is_likely(teller, 50))
            set_text(person, "phone", "+86 21 5555");
        if (is_likely(teller, 50))
            set_text(person, "email", "zhou@example.com");
        if (is_likely(teller, 30))
            set_text(person, "birthday", "1980-05-17");
        if (is_likely(teller, 50))
            must(json_object_set_new(person, "keyPerson", json_true()) == 0);
        must(json_array_append_new(people, person) == 0);
    }
    for (uint64_t i = saga_random(teller->seed, 4); i > 0; i--) {
        json_t *field = make_word("name", pick(teller->seed, fields));
        set_text(field, "value", is_likely(teller, 80) ? "something" : "");
        must(json_array_append_new(file, field) == 0);
    }
    must(json_object_set_new(body, "contacts", people) == 0);
    must(json_object_set_new(body, "fileFields", file) == 0);
    tell(teller, any_time(teller), "customerUpserted", body);
}

static void tell_contact(struct teller *teller)
{
    static const char *const outcomes[] = {"CONTACT_OUTCOME_REACHED", "CONTACT_OUTCOME_REACHED",
                                           "CONTACT_OUTCOME_NO_ANSWER", "CONTACT_OUTCOME_LEFT_MESSAGE", NULL};
    json_t *body = make_word("outcome", pick(teller->seed, outcomes));
    set_text(body, "channel", "CHANNEL_PHONE");
    set_text(body, "direction", is_likely(teller, 50) ? "DIRECTION_OUT" : "DIRECTION_IN");
    set_number(body, "minutes", between(teller->seed, 0, 60));
    tell(teller, any_time(teller), "contactLogged", body);
}

static void tell_complaint(struct teller *teller)
{
    char id[TEXT_BYTES];
    int64_t time_ms = any_time(teller);
    snprintf(id, sizeof id, "complaint %u", (unsigned)saga_random(teller->seed, 5));
    json_t *body = make_word("complaintId", id);
    set_text(body, "what", "it leaks");
    tell(teller, time_ms, "complaintOpened", body);
    if (is_likely(teller, 30))
        tell(teller, time_ms + between(teller->seed, 0, DAY_MS), "complaintAcknowledged", make_word("complaintId", id));
    if (is_likely(teller, 60)) {
        body = make_word("complaintId", id);
        if (is_likely(teller, 30))
            set_money(teller, body, "compensation", between(teller->seed, 0, 90000), "CNY");
        tell(teller, time_ms + between(teller->seed, 0, INT64_C(30) * DAY_MS), "complaintResolved", body);
    }
}

static void tell_survey(struct teller *teller)
{
    static const char *const parts[] = {"product", "Service", "staff", "image", "money", "time", "weather", NULL};
    json_t *body = json_object(), *dimensions = json_array();
    set_number(body, "score", between(teller->seed, 1, 5));
    if (is_likely(teller, 60))
        set_number(body, "expected", between(teller->seed, 1, 5));
    for (uint64_t i = saga_random(teller->seed, 6); i > 0; i--) {
        json_t *part = make_word("name", pick(teller->seed, parts));
        set_number(part, "score", between(teller->seed, 1, 5));
        must(json_array_append_new(dimensions, part) == 0);
    }
    must(json_object_set_new(body, "dimensions", dimensions) == 0);
    tell(teller, any_time(teller), "surveyAnswered", body);
}

static void tell_lead(struct teller *teller)
{
    static const char *const stages[] = {"LEAD_STAGE_UNSPECIFIED", "LEAD_STAGE_NOT_REACHED",
                                         "LEAD_STAGE_ADDED",       "LEAD_STAGE_PLANS",
                                         "LEAD_STAGE_INTENDS",     "LEAD_STAGE_CONTRACT_SENT",
                                         "LEAD_STAGE_IN_CONTRACT", "LEAD_STAGE_EXPIRED",
                                         "LEAD_STAGE_KEY_PERSON",  NULL};
    static const char *const warmths[] = {"LEAD_TEMPERATURE_UNSPECIFIED", "LEAD_TEMPERATURE_DENIAL",
                                          "LEAD_TEMPERATURE_COLD",        "LEAD_TEMPERATURE_WARM",
                                          "LEAD_TEMPERATURE_HOT",         NULL};
    static const char *const answers[] = {"ANSWER_UNSPECIFIED", "ANSWER_YES", "ANSWER_YES", "ANSWER_NO", NULL};
    static const char *const asked[] = {"need", "power", "decision", "credit", NULL};
    int64_t time_ms = any_time(teller);
    json_t *body = make_word("stage", pick(teller->seed, stages));
    set_text(body, "temperature", pick(teller->seed, warmths));
    set_number(body, "intention", between(teller->seed, 0, 5));
    if (is_likely(teller, 40))
        set_day(body, "expectedOrderDate", time_ms + between(teller->seed, -5, 90) * DAY_MS);
    if (is_likely(teller, 30))
        set_number(body, "expectedQuantityMilli", between(teller->seed, 1, 99000));
    for (size_t i = 0; asked[i] != NULL; i++)
        if (is_likely(teller, 50))
            set_text(body, asked[i], pick(teller->seed, answers));
    tell(teller, time_ms, "leadUpdated", body);
}

static void tell_quote(struct teller *teller)
{
    char id[TEXT_BYTES];
    int64_t time_ms = any_time(teller);
    snprintf(id, sizeof id, "quote %u", (unsigned)saga_random(teller->seed, 9));
    json_t *body = make_word("quoteId", id);
    if (is_likely(teller, 90))
        set_money(teller, body, "amount", between(teller->seed, 0, 9000000), pick(teller->seed, currencies));
    if (is_likely(teller, 50))
        set_number(body, "probabilityPpm", between(teller->seed, 0, 1000000));
    if (is_likely(teller, 60))
        set_day(body, "expectedOrderDate", time_ms + between(teller->seed, -5, 90) * DAY_MS);
    tell(teller, time_ms, "quoteSent", body);
    if (is_likely(teller, 30))
        tell(teller, time_ms + between(teller->seed, 0, INT64_C(40) * DAY_MS), "quoteLost", make_word("quoteId", id));
}

static void tell_contract(struct teller *teller)
{
    char id[TEXT_BYTES];
    int64_t time_ms = any_time(teller), from_ms = time_ms + between(teller->seed, -20, 60) * DAY_MS;
    snprintf(id, sizeof id, "contract %u", (unsigned)saga_random(teller->seed, 6));
    json_t *body = make_word("contractId", id);
    if (is_likely(teller, 80))
        set_day(body, "from", from_ms);
    if (is_likely(teller, 80))
        set_day(body, "to", from_ms + between(teller->seed, 0, 400) * DAY_MS);
    if (is_likely(teller, 80))
        set_money(teller, body, "value", between(teller->seed, 0, 90000000), pick(teller->seed, currencies));
    tell(teller, time_ms, "contractSigned", body);
    if (is_likely(teller, 30))
        tell(teller, time_ms + between(teller->seed, 0, 200) * DAY_MS, "contractEnded", make_word("contractId", id));
}

static void tell_costs(struct teller *teller)
{
    int gift = is_likely(teller, 40);
    json_t *body = make_word("what", "a trip");
    int64_t cents = is_likely(teller, 20) ? between(teller->seed, 0, 5000000) : between(teller->seed, 0, 90000);
    set_money(teller, body, "amount", cents, pick(teller->seed, currencies));
    tell(teller, any_time(teller), gift ? "giftGiven" : "costRecorded", body);
}

static void tell_cooperation(struct teller *teller)
{
    json_t *body = json_object();
    set_number(body, "score", between(teller->seed, 1, 5));
    set_number(body, "loyalty", between(teller->seed, 0, 5));
    tell(teller, any_time(teller), "cooperationRated", body);
}

static void tell_referral(struct teller *teller)
{
    char other[TEXT_BYTES];
    snprintf(other, sizeof other, "C%u", teller->number + 1 + (unsigned)saga_random(teller->seed, 4));
    tell(teller, any_time(teller), "referralMade", make_word("otherCustomerId", other));
}

static void tell_praise(struct teller *teller)
{
    tell(teller, any_time(teller), "praiseReceived", make_word("what", "good work"));
}

static void tell_rival(struct teller *teller)
{
    if (is_likely(teller, 70))
        tell(teller, any_time(teller), "competitorSeen", make_word("who", "Acme"));
    else
        tell(teller, any_time(teller), "needLost", make_word("what", "closed the line"));
}

static void tell_broken(struct teller *teller)
{
    tell(teller, any_time(teller), "promiseBroken", make_word("promiseId", "a promise"));
}

static void tell_objection(struct teller *teller)
{
    tell(teller, any_time(teller), "objectionRaised", make_word("kind", "price"));
}

// Some that ingest refuses (no such word, a black face without a last day), and some that only scoring can: whether a
// class of the policy or a scheme of that name is configured.
static void tell_override(struct teller *teller)
{
    static const char *const decisions[][2] = {
        {"value.abc", "A"},           {"value.abc", "B"},         {"value.face", "black"},
        {"value.tier", "important"},  {"value.clv", "vip"},       {"demand.state", "falling"},
        {"lead.intention", "good"},   {"care.status", "loyal"},   {"risk.overdue", "yes"},
        {"risk.rival", "no"},         {"lead.stage", "intends"},  {"value.rfm", "555"},
        {"care.advocacy", "repeat"},  {"value.abc", ""},          {"risk.declining", "maybe"},
        {"value.kind", "relational"}, {"value.policy", "A"},      {"value.policy", "platinum"},
        {"value.abc.profit", "A"},    {"value.abc.nowhere", "B"},
    };
    int64_t time_ms = any_time(teller);
    const char *const *decision = decisions[saga_random(teller->seed, sizeof decisions / sizeof *decisions)];
    json_t *body = make_word("dimension", decision[0]);
    set_text(body, "value", decision[1]);
    set_text(body, "by", "the boss");
    if (is_likely(teller, 60))
        set_day(body, "until", time_ms + between(teller->seed, 0, 400) * DAY_MS);
    tell(teller, time_ms, "valueOverridden", body);
}

static void tell_words(struct teller *teller, unsigned most)
{
    static void (*const words[])(struct teller *) = {
        tell_contact,  tell_contact,     tell_complaint,   tell_survey,   tell_lead,  tell_lead,   tell_quote,
        tell_contract, tell_costs,       tell_costs,       tell_praise,   tell_rival, tell_broken, tell_objection,
        tell_override, tell_cooperation, tell_cooperation, tell_referral, tell_quote,
    };
    unsigned count = (unsigned)saga_random(teller->seed, most + 1);
    for (unsigned i = 0; i < count; i++)
        words[saga_random(teller->seed, sizeof words / sizeof *words)](teller);
}

// --- the whole

static void shuffle(uint64_t *seed, json_t *events)
{
    for (size_t i = json_array_size(events); i > 1; i--) {
        size_t other = saga_random(seed, i);
        json_t *one = json_incref(json_array_get(events, i - 1)), *two = json_incref(json_array_get(events, other));
        must(json_array_set_new(events, i - 1, two) == 0 && json_array_set_new(events, other, one) == 0);
    }
}

static struct teller make_teller(uint64_t *seed, json_t *events, unsigned number, int64_t from_ms, int64_t to_ms)
{
    struct teller teller = {
        .seed = seed, .events = events, .number = number, .from_ms = from_ms, .to_ms = to_ms, .part = "e"};
    snprintf(teller.id, sizeof teller.id, "C%u", number);
    return teller;
}

json_t *saga_tell(uint64_t *seed, unsigned customers, int64_t from_ms, int64_t to_ms)
{
    json_t *events = json_array();
    enum mood mood = (enum mood)saga_random(seed, MOODS);
    for (unsigned i = 0; i < customers; i++) {
        struct teller teller = make_teller(seed, events, i, from_ms, to_ms);
        teller.mood = mood;
        for (uint64_t files = saga_random(seed, 3); files > 0; files--)
            tell_file(&teller);
        if (is_likely(&teller, 85))
            tell_orders(&teller);
        tell_words(&teller, is_likely(&teller, 60) ? 8 : 40);
        teller.from_ms = to_ms - (to_ms - from_ms) / 20; // more of what is new, since it decides most
        tell_words(&teller, 6);
    }
    shuffle(seed, events);
    return events;
}

json_t *saga_go_on(uint64_t *seed, unsigned customers, int64_t from_ms, int64_t to_ms)
{
    json_t *events = json_array();
    for (unsigned i = 0; i < customers; i++) {
        struct teller teller = make_teller(seed, events, i, from_ms, to_ms);
        teller.part = "f";
        struct habit habit = make_habit(&teller);
        if (i < 2 || is_likely(&teller, 10))
            tell_order(&teller, &habit, any_time(&teller), habit.size_cents);
        if (is_likely(&teller, 30))
            tell_words(&teller, 3);
    }
    shuffle(seed, events);
    return events;
}
