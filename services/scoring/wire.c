#include "services/scoring/wire.h"

#include "common/calendar.h"
#include "common/must.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/scoring/declining.h"
#include "services/scoring/dimension.h"
#include "services/scoring/wire_note.h"
#include "tend/v1/scoring.pb-c.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <string.h>

enum { MILLIS = 1000, NANOS_OF_MILLI = 1000000, MILLI = 1000, PPM = 1000000 };
_Static_assert((int)REASON_MILLI == (int)TEND__V1__FIGURE_UNIT__FIGURE_UNIT_MILLI, "units travel as they are");
_Static_assert((int)LEDGER_C == (int)TEND__V1__ABC_CLASS__ABC_CLASS_C, "classes travel as they are");

typedef Tend__V1__Event event_message;
typedef Google__Protobuf__Timestamp instant_message;

// protobuf-c's structs take texts that can be changed; packing does not.
static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

// --- in

enum wire_type wire_type_of(const struct record *record)
{
    if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT)
        return WIRE_EVENT;
    return record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS ? WIRE_SETTINGS : WIRE_OTHER;
}

static bool good_id(const char *id)
{
    return id != NULL && id[0] != '\0' && strlen(id) <= WIRE_ID_MAX;
}

// The first of the codes that is one; empty when none is.
static void set_code(char *code, const char *own, const char *around, const char *total)
{
    const char *const candidates[] = {own, around, total};
    code[0] = '\0';
    for (size_t i = 0; i < 3 && code[0] == '\0'; i++)
        if (candidates[i] != NULL && strlen(candidates[i]) == MONEY_CODE_BYTES - 1)
            memcpy(code, candidates[i], MONEY_CODE_BYTES);
    if (code[0] == '\0')
        memset(code, 0, MONEY_CODE_BYTES);
}

static int64_t held(int128 value)
{
    if (value > MONEY_MAX)
        return MONEY_MAX;
    return value < -MONEY_MAX ? -MONEY_MAX : (int64_t)value;
}

// quantity * price * (1 - discount), in micros times MILLI times PPM.
static int128 line_worth(const Tend__V1__OrderLine *line)
{
    if (line->price == NULL || line->discount_ppm > PPM)
        return 0;
    int128 worth = (int128)held(line->quantity_milli) * held(line->price->micros);
    return worth * (PPM - line->discount_ppm);
}

// What the lines add up to, rounded once, half away from zero; the total where the order names none.
static int64_t lines_total(Tend__V1__OrderLine *const *lines, size_t count)
{
    const int128 unit = (int128)MILLI * PPM;
    int128 sum = 0;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(sum, line_worth(lines[i]), &sum))
            return MONEY_MAX;
    return held((sum + (sum < 0 ? -unit / 2 : unit / 2)) / unit);
}

static void read_amount(const Tend__V1__Money *total, const char *currency, Tend__V1__OrderLine *const *lines,
                        size_t count, struct order_amount *amount)
{
    const char *first = count > 0 && lines[0]->price != NULL ? lines[0]->price->currency : NULL;
    *amount = (struct order_amount){.cost_known = count > 0};
    set_code(amount->currency, total != NULL ? total->currency : NULL, currency, total == NULL ? first : NULL);
    amount->total_micros = total != NULL ? held(total->micros) : lines_total(lines, count);
    int128 quantity = 0, cost = 0;
    for (size_t i = 0; i < count; i++) {
        quantity += held(lines[i]->quantity_milli);
        amount->discounted |= lines[i]->discount_ppm > 0;
        char code[MONEY_CODE_BYTES];
        const Tend__V1__Money *of_line = lines[i]->cost;
        set_code(code, of_line != NULL ? of_line->currency : NULL, currency, amount->currency);
        if (of_line == NULL || memcmp(code, amount->currency, MONEY_CODE_BYTES) != 0)
            amount->cost_known = false; // a cost in another currency has no rate of its own here
        else
            cost += held(of_line->micros);
    }
    amount->quantity_milli = held(quantity / MILLI) * MILLI + (int64_t)(quantity % MILLI);
    amount->cost_micros = amount->cost_known ? held(cost) : 0;
}

// The goods of the lines, in the arena.
static const struct basket *read_basket(struct turn *turn, Tend__V1__OrderLine *const *lines, size_t count)
{
    struct basket *basket = arena_take(turn->arena, sizeof *basket);
    basket_start(basket);
    for (size_t i = 0; i < count; i++)
        basket_add(basket, lines[i]->sku, strlen(lines[i]->sku), lines[i]->name, strlen(lines[i]->name));
    return basket;
}

static void read_placed(struct turn *turn, const event_message *event, struct wire_event *ret)
{
    const Tend__V1__OrderPlaced *body = event->order_placed;
    ret->order_id = body->order_id;
    read_amount(body->total, body->currency, body->lines, body->n_lines, &ret->amount);
    ret->basket = read_basket(turn, body->lines, body->n_lines);
}

static void read_amended(struct turn *turn, const event_message *event, struct wire_event *ret)
{
    const Tend__V1__OrderAmended *body = event->order_amended;
    ret->order_id = body->order_id;
    read_amount(body->total, body->currency, body->lines, body->n_lines, &ret->amount);
    ret->basket = read_basket(turn, body->lines, body->n_lines);
}

static void read_cancelled(struct turn *turn, const event_message *event, struct wire_event *ret)
{
    (void)turn;
    ret->order_id = event->order_cancelled->order_id;
}

static void read_refunded(struct turn *turn, const event_message *event, struct wire_event *ret)
{
    (void)turn;
    const Tend__V1__OrderRefunded *body = event->order_refunded;
    ret->order_id = body->order_id;
    ret->refund = (struct order_refund){.time_ms = ret->time_ms};
    _Static_assert((int)ORDER_KEY_BYTES == (int)HASH_BYTES, "a refund is known by its event's identity");
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), ret->refund.key);
    if (body->amount != NULL) {
        ret->refund.micros = held(body->amount->micros);
        set_code(ret->refund.currency, body->amount->currency, NULL, NULL);
    }
}

// What becomes of each body; all others are carried on.
static const struct {
    Tend__V1__Event__BodyCase body;
    enum wire_kind kind;
    void (*read)(struct turn *turn, const event_message *event, struct wire_event *ret);
} bodies[] = {
    {TEND__V1__EVENT__BODY_ORDER_PLACED, WIRE_PLACED, read_placed},
    {TEND__V1__EVENT__BODY_ORDER_AMENDED, WIRE_AMENDED, read_amended},
    {TEND__V1__EVENT__BODY_ORDER_CANCELLED, WIRE_CANCELLED, read_cancelled},
    {TEND__V1__EVENT__BODY_ORDER_REFUNDED, WIRE_REFUNDED, read_refunded},
};

// "source/id".
static const char *name_event(struct turn *turn, const event_message *event)
{
    size_t source = strlen(event->source), id = strlen(event->id);
    char *name = arena_take(turn->arena, source + id + 2);
    memcpy(name, event->source, source);
    name[source] = '/';
    memcpy(name + source + 1, event->id, id + 1);
    return name;
}

// What every note has.
static void finish_note(struct turn *turn, const event_message *event, struct wire_event *ret)
{
    ret->time_ms = event->time->seconds * MILLIS + event->time->nanos / NANOS_OF_MILLI;
    ret->name = name_event(turn, event);
    ret->note.time_ms = ret->time_ms;
    ret->note.name = ret->name;
    ret->note.rep = event->rep_id;
    ret->note.historical = ret->historical;
    _Static_assert((int)NOTE_KEY_BYTES == (int)HASH_BYTES, "a note is known by its event's identity");
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), ret->note.key);
}

// customer_merged and customer_split. False: it is neither, or not about two customers.
static bool read_kin(struct turn *turn, const event_message *event, struct wire_event *ret)
{
    ret->merged = event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_MERGED;
    if (!ret->merged && event->body_case != TEND__V1__EVENT__BODY_CUSTOMER_SPLIT)
        return false;
    ret->other_id = ret->merged ? event->customer_merged->other_customer_id : event->customer_split->other_customer_id;
    if (event->time == NULL || !good_id(event->customer_id) || !good_id(ret->other_id) ||
        strcmp(event->customer_id, ret->other_id) == 0)
        return false;
    ret->time_ms = event->time->seconds * MILLIS + event->time->nanos / NANOS_OF_MILLI;
    ret->name = name_event(turn, event);
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), ret->key);
    return true;
}

void wire_read_event(struct turn *turn, const struct record *record, struct wire_event *ret_event)
{
    *ret_event = (struct wire_event){.kind = WIRE_BAD};
    const event_message *event = tend__v1__event__unpack(arena_allocator(turn->arena), record->length, record->payload);
    if (event == NULL)
        return;
    enum wire_kind kind = WIRE_CARRIED;
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        if (event->body_case != bodies[i].body)
            continue;
        kind = bodies[i].kind;
        if (event->time == NULL || !good_id(event->customer_id))
            return;
        ret_event->time_ms = event->time->seconds * MILLIS + event->time->nanos / NANOS_OF_MILLI;
        bodies[i].read(turn, event, ret_event);
        if (!good_id(ret_event->order_id))
            return;
        ret_event->name = name_event(turn, event);
        ret_event->source = hash_short(event->source, strlen(event->source));
        ret_event->source += ret_event->source == 0;
        ret_event->tie = hash_short(ret_event->name, strlen(ret_event->name));
    }
    ret_event->customer_id = event->customer_id;
    ret_event->historical = event->historical || (record->flags & RECORD_HISTORICAL) != 0;
    if (kind == WIRE_CARRIED && event->time != NULL && good_id(event->customer_id) &&
        wire_read_note(event, &ret_event->note)) {
        finish_note(turn, event, ret_event);
        kind = WIRE_NOTED;
    }
    if (kind == WIRE_CARRIED && read_kin(turn, event, ret_event))
        kind = WIRE_KIN;
    ret_event->kind = kind;
}

bool wire_read_settings(struct turn *turn, const uint8_t *bytes, size_t length, struct wire_settings *ret_settings)
{
    const Tend__V1__Settings *settings = tend__v1__settings__unpack(arena_allocator(turn->arena), length, bytes);
    if (settings == NULL)
        return false;
    *ret_settings = (struct wire_settings){.time_zone = settings->time_zone};
    set_code(ret_settings->currency, settings->currency, NULL, NULL);
    ret_settings->rates = arena_zero(turn->arena, settings->n_rates + 1, sizeof *ret_settings->rates);
    for (size_t i = 0; i < settings->n_rates; i++) {
        struct terms_rate rate = {.rate_micros = settings->rates[i]->rate_micros};
        set_code(rate.currency, settings->rates[i]->currency, NULL, NULL);
        const char *from = settings->rates[i]->from;
        if (rate.currency[0] == '\0' || rate.rate_micros <= 0 || !day_parse(from, strlen(from), &rate.from_day))
            continue;
        ret_settings->rates[ret_settings->rate_count++] = rate;
    }
    return true;
}

// --- out

static instant_message *make_instant(int64_t time_ms, instant_message *instant)
{
    google__protobuf__timestamp__init(instant);
    int64_t rest = time_ms % MILLIS;
    instant->seconds = time_ms / MILLIS - (rest < 0);
    instant->nanos = (int32_t)((rest < 0 ? rest + MILLIS : rest) * NANOS_OF_MILLI);
    return instant;
}

static struct slice say(struct turn *turn, uint16_t type, const char *customer_id, bool historical,
                        const ProtobufCMessage *message)
{
    struct emission emission = {
        .type = type,
        .flags = historical ? RECORD_HISTORICAL : 0,
        .customer_id = customer_id,
        .message = message,
    };
    return turn_emit(turn, &emission);
}

enum value_day {
    DAY_FIRST,
    DAY_EXPECTED,
    DAY_STAGE,
    DAY_FILE,
    DAY_FACE,
    DAY_ORDER,
    VALUE_DAYS = DAY_ORDER + BRIEF_ORDERS
};

// What a value is made of. One is said after most events: it is put together in one place that the processor has at
// hand.
struct value_parts {
    Tend__V1__CustomerValue value;
    instant_message last, expected, survey;
    Tend__V1__Standing standings[BRIEF_STANDINGS], *standing_list[BRIEF_STANDINGS];
    Tend__V1__LastOrder orders[BRIEF_ORDERS], *order_list[BRIEF_ORDERS];
    char *missing[COMPLETENESS_REQUIRED_MAX];
    char days[VALUE_DAYS][sizeof "2026-01-01"];
};

// As day_print, which takes its time.
static char *print_day(int32_t day, char *buffer)
{
    if (day == BRIEF_NO_DAY)
        return text("");
    struct date date = day_date(day);
    const int digits[] = {date.year / 1000, date.year / 100, date.year / 10, date.year,
                          date.month / 10,  date.month,      date.day / 10,  date.day};
    static const uint8_t places[] = {0, 1, 2, 3, 5, 6, 8, 9};
    memcpy(buffer, "0000-00-00", sizeof "2026-01-01");
    for (size_t i = 0; i < sizeof places; i++)
        buffer[places[i]] = (char)('0' + digits[i] % 10);
    return buffer;
}

static void add_bought(const struct brief *brief, struct value_parts *parts)
{
    Tend__V1__CustomerValue *value = &parts->value;
    if (brief->first_day == BRIEF_NO_DAY)
        return;
    value->first_order_day = print_day(brief->first_day, parts->days[DAY_FIRST]);
    value->last_order = make_instant(brief->last_ms, &parts->last);
    value->last_order_micros = brief->last_micros;
    if (brief->mean_gap_milli > 0)
        value->expected_order =
            make_instant(brief->last_ms + (int64_t)brief->mean_gap_milli * (DAY_MINUTES * 60), &parts->expected);
}

static void add_standings(const struct wire_value *told, struct value_parts *parts)
{
    char word[DIMENSION_WORD_BYTES];
    parts->value.standings = parts->standing_list;
    for (size_t i = 0; i < BRIEF_STANDINGS; i++) {
        size_t count = parts->value.n_standings;
        if (told->brief->standings[i] == 0)
            continue;
        tend__v1__standing__init(&parts->standings[count]);
        parts->standings[count].dimension = text(dimension_labels[brief_dimensions[i]]);
        parts->standings[count].value =
            text(dimension_word(told->names, brief_dimensions[i], told->brief->standings[i], word));
        must(parts->standings[count].value != word); // all of these words are in tables
        parts->standing_list[count] = &parts->standings[count];
        parts->value.n_standings++;
    }
}

static void add_file(const struct wire_value *told, struct value_parts *parts)
{
    Tend__V1__CustomerValue *value = &parts->value;
    value->file_ppm = told->brief->file_ppm;
    value->file_target_ppm = told->brief->file_target_ppm;
    value->file_by = print_day(told->brief->file_by_day, parts->days[DAY_FILE]);
    value->file_missing = parts->missing;
    for (size_t i = 0; i < told->file->required_count; i++)
        if ((told->brief->missing & UINT64_C(1) << i) != 0)
            parts->missing[value->n_file_missing++] = text(told->file->required[i]);
}

static void add_orders(const struct wire_value *told, struct value_parts *parts)
{
    parts->value.last_orders = parts->order_list;
    parts->value.n_last_orders = told->order_count;
    for (size_t i = 0; i < told->order_count; i++) {
        Tend__V1__LastOrder *order = parts->order_list[i] = &parts->orders[i];
        tend__v1__last_order__init(order);
        order->order_id = text(told->orders[i].id);
        order->day = print_day(told->orders[i].day, parts->days[DAY_ORDER + i]);
        order->micros = told->orders[i].micros;
        order->what = text(told->orders[i].what);
    }
}

void wire_say_value(struct turn *turn, const struct wire_value *told, bool historical)
{
    const struct brief *brief = told->brief;
    struct value_parts parts;
    Tend__V1__CustomerValue *value = &parts.value;
    tend__v1__customer_value__init(value);
    value->customer_id = text(told->customer_id);
    value->currency = text(told->currency);
    value->abc = (Tend__V1__AbcClass)brief->abc;
    value->net_micros = brief->net_micros;
    value->orders = brief->orders;
    value->mean_gap_milli = brief->mean_gap_milli;
    value->overdue = brief->overdue;
    value->dropped = brief->dropped;
    value->share_ppm = told->share_ppm;
    value->expected_day = print_day(brief->expected_day, parts.days[DAY_EXPECTED]);
    value->expected_micros = brief->expected_micros;
    if (brief->survey_ms != INT64_MAX)
        value->next_survey = make_instant(brief->survey_ms, &parts.survey);
    value->stage_limit_day = print_day(brief->stage_limit_day, parts.days[DAY_STAGE]);
    value->orders_ever = brief->orders_ever;
    value->future_micros = brief->future_micros;
    value->face_until = print_day(brief->face_until_day, parts.days[DAY_FACE]);
    add_bought(brief, &parts);
    add_standings(told, &parts);
    add_file(told, &parts);
    add_orders(told, &parts);
    (void)say(turn, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, told->customer_id, historical, &value->base);
}

void wire_say_offers(struct turn *turn, const char *customer_id, const struct wire_offer *offers, size_t count)
{
    Tend__V1__CustomerHints hints = TEND__V1__CUSTOMER_HINTS__INIT;
    Tend__V1__OfferHint rows[WIRE_OFFERS_MAX], *list[WIRE_OFFERS_MAX];
    must(count <= WIRE_OFFERS_MAX);
    for (size_t i = 0; i < count; i++) {
        tend__v1__offer_hint__init(&rows[i]);
        rows[i].sku = text(offers[i].sku);
        rows[i].name = text(offers[i].name);
        rows[i].because = text(offers[i].because);
        rows[i].confidence_ppm = offers[i].confidence_ppm;
        rows[i].lift_milli = offers[i].lift_milli;
        list[i] = &rows[i];
    }
    hints.customer_id = text(customer_id);
    hints.products = list;
    hints.n_products = count;
    (void)say(turn, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_HINTS, customer_id, false, &hints.base);
}

struct Tend__V1__Figure **wire_make_figures(struct turn *turn, const struct reason *reason, const char *currency)
{
    Tend__V1__Figure *figures = arena_take(turn->arena, REASON_FIGURES_MAX * sizeof *figures);
    Tend__V1__Figure **list = arena_take(turn->arena, REASON_FIGURES_MAX * sizeof *list);
    for (size_t i = 0; i < reason->figure_count; i++) {
        tend__v1__figure__init(&figures[i]);
        figures[i].name = text(reason->figures[i].name);
        figures[i].value = reason->figures[i].value;
        figures[i].unit = (Tend__V1__FigureUnit)reason->figures[i].unit;
        if (reason->figures[i].unit == REASON_MONEY)
            figures[i].currency = text(currency);
        list[i] = &figures[i];
    }
    return list;
}

struct Tend__V1__ValueChanged *wire_make_change(struct turn *turn, const struct wire_change *change)
{
    Tend__V1__ValueChanged *message = arena_take(turn->arena, sizeof *message);
    tend__v1__value_changed__init(message);
    message->customer_id = text(change->customer_id);
    message->dimension = text(change->dimension);
    message->before = text(change->before);
    message->after = text(change->after);
    message->rule = text(change->reason->rule);
    message->note = text(change->reason->note);
    message->text = text(change->reason->text);
    message->figures = wire_make_figures(turn, change->reason, change->currency);
    message->n_figures = change->reason->figure_count;
    message->event_ids = (char **)(uintptr_t)change->events;
    message->n_event_ids = change->event_count;
    message->time = make_instant(change->time_ms, arena_take(turn->arena, sizeof *message->time));
    message->historical = change->historical;
    message->rules_version = change->rules_version;
    if (change->decided_by != NULL)
        message->decided_by = text(change->decided_by);
    return message;
}

struct slice wire_say_change(struct turn *turn, const struct wire_change *change)
{
    Tend__V1__ValueChanged *message = wire_make_change(turn, change);
    return say(turn, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED, change->customer_id, change->historical,
               &message->base);
}

struct Tend__V1__ClassPolicy *wire_make_policy(struct turn *turn, const struct wire_policy *policy)
{
    Tend__V1__ClassPolicy *message = arena_take(turn->arena, sizeof *message);
    tend__v1__class_policy__init(message);
    message->customer_id = text(policy->customer_id);
    message->before = text(policy->before);
    message->class_ = text(policy->class);
    message->discount_ppm = (uint32_t)policy->due->discount_ppm;
    message->credit_days = (uint32_t)policy->due->credit_days;
    message->shortest_silence_days = (uint32_t)policy->due->shortest_days;
    message->longest_silence_days = (uint32_t)policy->due->longest_days;
    message->service = text(policy->due->service);
    message->time = make_instant(policy->time_ms, arena_take(turn->arena, sizeof *message->time));
    message->historical = policy->historical;
    return message;
}

void wire_say_policy(struct turn *turn, const struct wire_policy *policy)
{
    (void)say(turn, TEND__V1__RECORD_TYPE__RECORD_TYPE_CLASS_POLICY, policy->customer_id, policy->historical,
              &wire_make_policy(turn, policy)->base);
}

static double *copy_parameters(struct turn *turn, const double *parameters, size_t count)
{
    double *copy = arena_take(turn->arena, count * sizeof *copy);
    memcpy(copy, parameters, count * sizeof *copy);
    return copy;
}

struct Tend__V1__PurchaseModel *wire_make_model(struct turn *turn, const struct book *book, int64_t period_days)
{
    enum { OF_NBD = 2, OF_SPENDING = 3 };
    Tend__V1__PurchaseModel *message = arena_take(turn->arena, sizeof *message);
    tend__v1__purchase_model__init(message);
    message->kind = text(buying_names[book->buying.kind]);
    message->n_parameters = book->buying.kind == BUYING_NONE  ? 0
                            : book->buying.kind == BUYING_NBD ? OF_NBD
                                                              : sizeof book->buying.p / sizeof book->buying.p[0];
    message->parameters = copy_parameters(turn, book->buying.p, message->n_parameters);
    message->status = text(fit_names[book->fit_status]);
    message->note = text(fit_fallbacks[book->fit_status]);
    if (book->fit_day != BOOK_NO_DAY) {
        message->day = arena_take(turn->arena, DAY_TEXT_BYTES);
        (void)day_print(book->fit_day, message->day);
    }
    message->customers = book->fit_customers > UINT32_MAX ? UINT32_MAX : (uint32_t)book->fit_customers;
    message->n_money_parameters = book->spending.p[0] > 0 ? OF_SPENDING : 0;
    message->money_parameters = copy_parameters(turn, book->spending.p, message->n_money_parameters);
    message->money_status = text(spending_names[book->spending_status]);
    message->correlation_ppm = book->correlation_ppm > 0 ? (uint32_t)book->correlation_ppm : 0;
    message->period_days = (uint32_t)period_days;
    if (!book->chances.known)
        return message;
    message->retention_ppm = (uint32_t)book->chances.retention_ppm;
    message->n_return_ppm = book->chances.states;
    message->return_ppm = arena_take(turn->arena, (book->chances.states + 1) * sizeof *message->return_ppm);
    for (uint32_t i = 0; i < book->chances.states; i++)
        message->return_ppm[i] = (uint32_t)book->chances.buy_ppm[i];
    return message;
}

void wire_say_model(struct turn *turn, const struct book *book, int64_t period_days)
{
    (void)say(turn, TEND__V1__RECORD_TYPE__RECORD_TYPE_MODEL, NULL, false,
              &wire_make_model(turn, book, period_days)->base);
}
