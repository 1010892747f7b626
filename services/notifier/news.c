#include "services/notifier/news.h"

#include "common/instant.h"
#include "common/must.h"
#include "common/verify.h"
#include "services/notifier/delivery.h"
#include "services/notifier/mailroom.h"
#include "tend/v1/journal.pb-c.h"
#include "tend/v1/notifier.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    SECOND_MS = 1000,
    MILLI_NANOS = 1000000,
    VISIBLE_LENGTH = 6,
    EMIT_ID_BYTES = RECORD_PAYLOAD_MAX / 2, // of reminders' ids in one record; the other fields have room beside them
};

#define PREVIEW_MS (INT64_C(8) * 3600 * SECOND_MS) // in the morning the list itself comes

_Static_assert((int)TEND__V1__REMINDER_KIND__REMINDER_KIND_EFFORT == (int)LETTER_EFFORT, "kinds");
_Static_assert((int)LETTER_EFFORT + 1 == (int)LETTER_KINDS, "kinds");
_Static_assert((int)TEND__V1__CALL_REASON__CALL_REASON_SURVEY == (int)LETTER_SURVEY, "reasons");
_Static_assert((int)TEND__V1__FIGURE_UNIT__FIGURE_UNIT_MILLI == (int)LETTER_MILLI, "units");
_Static_assert((int)TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_DEPUTY == (int)LETTER_DEPUTY, "roles");
_Static_assert((int)TEND__V1__ANSWER_WAY__ANSWER_WAY_PAGE == (int)ANSWER_BY_PAGE + 1, "ways");
_Static_assert((int)TEND__V1__ANSWER_WAY__ANSWER_WAY_BUTTON == (int)ANSWER_BY_BUTTON + 1, "ways");
_Static_assert((int)TEND__V1__ANSWER_WAY__ANSWER_WAY_ELSEWHERE == (int)ANSWER_UNPRESSED + 1, "ways");
_Static_assert((int)TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_NOT_INTERESTED == (int)TICKET_NOT_INTERESTED,
               "outcomes");
_Static_assert((int)TEND__V1__DELIVERY_STATE__DELIVERY_STATE_UNKNOWN == (int)DELIVERY_UNKNOWN, "states");

// Unpacks and checks; NULL when the bytes are not a sound message of that kind.
static void *unpack(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, const uint8_t *payload,
                    size_t length)
{
    struct verify_error error;
    if (!verify_wire(descriptor, payload, length, &error))
        return NULL;
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, arena_allocator(arena), length, payload);
    return message != NULL && verify_message(message, NULL, &error) ? message : NULL;
}

static bool id_good(const char *id)
{
    return id[0] != '\0' && strlen(id) <= BOX_NAME_MAX;
}

static const struct letter_figure *read_figures(struct arena *arena, Tend__V1__Figure **from, size_t count)
{
    struct letter_figure *figures = arena_zero(arena, count + 1, sizeof *figures);
    for (size_t i = 0; i < count; i++) {
        figures[i].name = from[i]->name;
        figures[i].value = from[i]->value;
        figures[i].unit = (enum letter_unit)from[i]->unit;
        figures[i].currency = from[i]->currency;
    }
    return figures;
}

static char read_class(Tend__V1__AbcClass abc)
{
    return abc == TEND__V1__ABC_CLASS__ABC_CLASS_UNSPECIFIED ? '\0' : (char)('A' + (int)abc - 1);
}

static int64_t read_ms(const Google__Protobuf__Timestamp *time)
{
    return time == NULL ? 0 : time->seconds * SECOND_MS + time->nanos / MILLI_NANOS;
}

static const struct letter_point *read_points(struct arena *arena, Tend__V1__Point **from, size_t count)
{
    struct letter_point *points = arena_zero(arena, count + 1, sizeof *points);
    for (size_t i = 0; i < count; i++) {
        points[i].code = from[i]->code;
        points[i].text = from[i]->text;
        points[i].figures = read_figures(arena, from[i]->figures, from[i]->n_figures);
        points[i].figure_count = from[i]->n_figures;
    }
    return points;
}

static struct letter_item read_call(struct arena *arena, const Tend__V1__CallLine *from)
{
    return (struct letter_item){
        .reminder_id = from->reminder_id,
        .kind = LETTER_CALL,
        .reason = (enum letter_reason)from->reason,
        .customer_id = from->customer_id,
        .customer = from->customer_name,
        .abc = read_class(from->abc),
        .region = "",
        .before = "",
        .after = "",
        .text = from->text,
        .contact = from->contact_name,
        .phone = from->contact_phone,
        .event_date = "",
        .local_date = "",
        .for_rep = "",
        .settled = "",
        .rule = "",
        .figures = read_figures(arena, from->figures, from->n_figures),
        .figure_count = from->n_figures,
        .points = read_points(arena, from->points, from->n_points),
        .point_count = from->n_points,
    };
}

static const struct letter_item *read_calls(struct arena *arena, Tend__V1__CallLine **from, size_t count)
{
    struct letter_item *calls = arena_zero(arena, count + 1, sizeof *calls);
    for (size_t i = 0; i < count; i++)
        calls[i] = read_call(arena, from[i]);
    return calls;
}

static void read_reminder(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__Reminder *from = unpack(arena, &tend__v1__reminder__descriptor, payload, length);
    if (from == NULL || !id_good(from->reminder_id) || !id_good(from->rep_id))
        return;
    ret_news->kind = NEWS_REMINDER;
    ret_news->id = from->reminder_id;
    ret_news->rep_id = from->rep_id;
    ret_news->customer_id = from->customer_id;
    ret_news->retold = from->retold;
    ret_news->expires_ms = read_ms(from->expires);
    ret_news->item = (struct letter_item){
        .reminder_id = from->reminder_id,
        .kind = (enum letter_kind)from->kind,
        .put_off = (enum letter_kind)from->put_off,
        .customer_id = from->customer_id,
        .customer = from->customer_name,
        .abc = read_class(from->abc),
        .region = from->region,
        .before = from->before,
        .after = from->after,
        .text = from->text,
        .contact = from->contact_name,
        .phone = from->contact_phone,
        .event_date = from->event_date,
        .local_date = from->local_date,
        .late = from->late,
        .figures = read_figures(arena, from->figures, from->n_figures),
        .figure_count = from->n_figures,
        .settled = "",
        .priority = from->priority,
        .step = from->step,
        .role = (enum letter_role)from->role,
        .for_rep = from->for_rep_name[0] != '\0' ? from->for_rep_name : from->for_rep_id,
        .about = read_calls(arena, from->about, from->n_about),
        .about_count = from->n_about,
        .points = read_points(arena, from->points, from->n_points),
        .point_count = from->n_points,
        .rule = from->rule,
        .event_ids = (const char *const *)from->event_ids,
        .event_count = from->n_event_ids,
    };
}

static void read_list(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__CallList *from = unpack(arena, &tend__v1__call_list__descriptor, payload, length);
    if (from == NULL || !id_good(from->list_id) || !id_good(from->rep_id))
        return;
    for (size_t i = 0; !from->preview && i < from->n_lines; i++)
        if (!id_good(from->lines[i]->reminder_id))
            return;
    ret_news->kind = NEWS_LIST;
    ret_news->id = from->list_id;
    ret_news->rep_id = from->rep_id;
    ret_news->whole = from->preview;
    ret_news->expires_ms = from->preview && from->due != NULL ? read_ms(from->due) + PREVIEW_MS : 0;
    ret_news->list = (struct letter_list){.local_date = from->local_date,
                                          .late = from->late,
                                          .preview = from->preview,
                                          .calls = read_calls(arena, from->lines, from->n_lines),
                                          .count = from->n_lines,
                                          .unrecorded = read_calls(arena, from->unrecorded, from->n_unrecorded),
                                          .unrecorded_count = from->n_unrecorded,
                                          .undated = read_calls(arena, from->undated, from->n_undated),
                                          .undated_count = from->n_undated};
    if (from->coverage != NULL) {
        ret_news->list.customers = from->coverage->customers;
        ret_news->list.contacted = from->coverage->contacted;
        ret_news->list.working_days_left = from->coverage->working_days_left;
        ret_news->list.capacity = from->coverage->capacity;
        ret_news->list.missing = from->coverage->missing;
    }
}

static struct letter_row read_row(const Tend__V1__DigestRow *from)
{
    return (struct letter_row){.rep = from->rep_id[0] == '\0'     ? ""
                                      : from->rep_name[0] != '\0' ? from->rep_name
                                                                  : from->rep_id,
                               .customers = from->customers,
                               .contacted = from->contacted,
                               .missing = from->missing,
                               .calls = from->calls,
                               .answered = from->answered,
                               .undated = from->undated,
                               .told = from->told,
                               .open = from->open,
                               .breaches = from->breaches,
                               .errors = from->errors,
                               .orders = from->orders,
                               .minutes = from->minutes,
                               .key_minutes = from->key_minutes};
}

static void read_digest(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__Digest *from = unpack(arena, &tend__v1__digest__descriptor, payload, length);
    if (from == NULL || !id_good(from->digest_id) || !id_good(from->rep_id))
        return;
    struct letter_row *rows = arena_zero(arena, from->n_rows + 1, sizeof *rows);
    for (size_t i = 0; i < from->n_rows; i++)
        rows[i] = read_row(from->rows[i]);
    ret_news->kind = NEWS_DIGEST;
    ret_news->id = from->digest_id;
    ret_news->rep_id = from->rep_id;
    ret_news->whole = true;
    ret_news->digest = (struct letter_digest){.local_date = from->local_date,
                                              .from_date = from->from_date,
                                              .weekly = from->weekly,
                                              .late = from->late,
                                              .rows = rows,
                                              .row_count = from->n_rows,
                                              .at_risk = read_calls(arena, from->at_risk, from->n_at_risk),
                                              .at_risk_count = from->n_at_risk,
                                              .points = read_points(arena, from->points, from->n_points),
                                              .point_count = from->n_points};
}

static void read_cancelled(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__ReminderCancelled *from = unpack(arena, &tend__v1__reminder_cancelled__descriptor, payload, length);
    if (from == NULL || !id_good(from->reminder_id))
        return;
    ret_news->kind = NEWS_CANCELLED;
    ret_news->id = from->reminder_id;
}

static void read_settled(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__ReminderSettled *from = unpack(arena, &tend__v1__reminder_settled__descriptor, payload, length);
    if (from == NULL || !id_good(from->reminder_id) || strlen(from->rep_id) > BOX_NAME_MAX ||
        from->outcome == TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_UNSPECIFIED)
        return;
    ret_news->kind = NEWS_SETTLED;
    ret_news->id = from->reminder_id;
    ret_news->rep_id = from->rep_id;
    ret_news->outcome = from->outcome;
    ret_news->at_ms = read_ms(from->time);
    ret_news->next_ms = read_ms(from->next);
    ret_news->pressed = from->pressed;
}

static void read_rep(const Tend__V1__Event *event, struct news *ret_news)
{
    const Tend__V1__RepUpserted *from = event->rep_upserted;
    if (!id_good(event->rep_id) || strlen(from->channel) > BOX_NAME_MAX)
        return;
    ret_news->kind = NEWS_REP;
    ret_news->rep_id = event->rep_id;
    ret_news->name = from->name;
    ret_news->language = from->n_languages > 0 ? from->languages[0] : "";
    ret_news->channel = from->channel;
    ret_news->address = from->address;
    ret_news->zone = from->time_zone;
    ret_news->manager = from->manager_rep_id;
    ret_news->deputy = from->deputy_rep_id;
    ret_news->country = from->country;
    for (size_t i = 0; i < from->n_working_days; i++)
        if (from->working_days[i] >= 1 && from->working_days[i] <= WEEK_DAYS)
            ret_news->week |= UINT32_C(1) << (from->working_days[i] - 1);
    for (size_t i = 0; i < from->n_golden_hours && i < HUSH_GOLDEN; i++)
        ret_news->golden[ret_news->golden_count++] =
            (struct hours){from->golden_hours[i]->from_minute, from->golden_hours[i]->to_minute};
    uint8_t identity[HASH_BYTES];
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), identity);
    ret_news->version_tie = store_get_u64(identity);
    ret_news->version_ms = read_ms(event->time);
}

static void read_absent(const Tend__V1__Event *event, struct news *ret_news)
{
    const Tend__V1__RepAbsent *from = event->rep_absent;
    struct hush_absence *away = &ret_news->absence;
    if (!id_good(event->rep_id) || !day_parse(from->from, strlen(from->from), &away->from_day) ||
        !day_parse(from->to, strlen(from->to), &away->to_day))
        return;
    ret_news->kind = NEWS_ABSENT;
    ret_news->rep_id = event->rep_id;
}

static void read_event(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__Event *event = unpack(arena, &tend__v1__event__descriptor, payload, length);
    if (event == NULL)
        return;
    if (event->body_case == TEND__V1__EVENT__BODY_REP_UPSERTED) {
        read_rep(event, ret_news);
    } else if (event->body_case == TEND__V1__EVENT__BODY_REP_ABSENT) {
        read_absent(event, ret_news);
    } else if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_ERASED && id_good(event->customer_id)) {
        ret_news->kind = NEWS_ERASED;
        ret_news->customer_id = event->customer_id;
    } else {
        ret_news->kind = NEWS_NONE;
    }
}

static void read_settings(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    struct news_settings settings;
    if (news_read_settings(arena, &(struct slice){payload, length}, &settings))
        ret_news->kind = NEWS_SETTINGS;
}

static int compare_days(const void *left, const void *right)
{
    return country_day_compare(left, right);
}

bool news_read_settings(struct arena *arena, const struct slice *payload, struct news_settings *ret_settings)
{
    const Tend__V1__Settings *from = unpack(arena, &tend__v1__settings__descriptor, payload->bytes, payload->length);
    if (from == NULL)
        return false;
    struct country_day *days = arena_zero(arena, from->n_days_off + 1, sizeof *days);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < from->n_days_off; i++) {
        const Tend__V1__DayOff *day = from->days_off[i];
        struct country_day *next = &days[count];
        if (strlen(day->country) >= sizeof next->country || !day_parse(day->day, strlen(day->day), &next->day))
            continue;
        memcpy(next->country, day->country, strlen(day->country) + 1);
        next->worked = day->worked;
        next->name = "";
        count++;
    }
    qsort(days, count, sizeof *days, compare_days);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || compare_days(&days[kept - 1], &days[i]) != 0)
            days[kept++] = days[i];
    *ret_settings = (struct news_settings){.zone = from->time_zone, .week = 0x7f, .days = days, .day_count = kept};
    for (size_t i = 0; i < from->n_weekend; i++)
        if (from->weekend[i] >= 1 && from->weekend[i] <= WEEK_DAYS)
            ret_settings->week &= ~(UINT32_C(1) << (from->weekend[i] - 1));
    return true;
}

void news_read(struct arena *arena, uint16_t type, const uint8_t *payload, size_t length, struct news *ret_news)
{
    static const struct {
        uint16_t type;
        void (*read)(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news);
    } readers[] = {
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, read_reminder},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, read_list},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST, read_digest},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED, read_cancelled},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_SETTLED, read_settled},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, read_event},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS, read_settings},
    };
    *ret_news = (struct news){.kind = NEWS_NONE};
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (readers[i].type != type)
            continue;
        ret_news->kind = NEWS_BAD;
        readers[i].read(arena, payload, length, ret_news);
    }
}

// --- out
// ---------------------------------------------------------------------------------------------------------------

// protobuf-c's structs hold char * for what they only read.
static char *borrow(const char *text)
{
    return (char *)(uintptr_t)text;
}

// What the journal knows of our states: one that was dropped is dead, and the detail says why.
static Tend__V1__DeliveryState word(enum delivery_state state)
{
    return state == DELIVERY_DROPPED ? TEND__V1__DELIVERY_STATE__DELIVERY_STATE_DEAD : (Tend__V1__DeliveryState)state;
}

void news_emit_answer(struct turn *turn, const struct news_answer *answer)
{
    Tend__V1__ReminderAnswered body = TEND__V1__REMINDER_ANSWERED__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    body.reminder_id = borrow(answer->reminder_id);
    body.outcome = (Tend__V1__ReminderOutcome)answer->outcome;
    body.next_at = answer->next_ms > 0 ? instant_make(turn->arena, answer->next_ms) : NULL;
    body.note = borrow(answer->note);
    event.id = borrow(arena_format(turn->arena, "%s/%u", answer->reminder_id, answer->number));
    event.source = borrow("tend/notifier");
    event.time = instant_make(turn->arena, turn->now_ms);
    event.rep_id = borrow(answer->rep_id);
    event.customer_id = borrow(answer->customer_id);
    event.body_case = TEND__V1__EVENT__BODY_REMINDER_ANSWERED;
    event.reminder_answered = &body;
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT,
                                             .flags = RECORD_MUST_UNDERSTAND,
                                             .owner_rep_id = answer->owner,
                                             .message = &event.base});
}

void news_emit(struct turn *turn, const struct delivery *delivery, const char *const *reminder_ids, size_t count)
{
    Tend__V1__DeliveryChanged changed = TEND__V1__DELIVERY_CHANGED__INIT;
    changed.message_id = borrow(delivery->id);
    changed.rep_id = borrow(delivery->rep);
    changed.channel = borrow(delivery->channel);
    changed.state = word(delivery->state);
    changed.detail = borrow(delivery_plain(delivery));
    changed.attempt = delivery->attempts;
    size_t from = 0;
    do { // several records say what does not fit into one
        size_t to = from;
        for (size_t bytes = 0; to < count && to - from < VERIFY_REPEATED && bytes < EMIT_ID_BYTES; to++)
            bytes += strlen(reminder_ids[to]) + 3;
        changed.reminder_ids = (char **)(uintptr_t)(reminder_ids + from);
        changed.n_reminder_ids = to - from;
        (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED,
                                                 .owner_rep_id = delivery->rep,
                                                 .message = &changed.base});
        from = to;
    } while (from < count);
}

static void show(struct turn *turn, const struct news_view *view, Tend__V1__Delivery *ret_delivery)
{
    const struct delivery *delivery = &view->delivery;
    tend__v1__delivery__init(ret_delivery);
    ret_delivery->message_id = arena_text(turn->arena, delivery->id, BOX_ID_LENGTH);
    ret_delivery->visible_id = arena_text(turn->arena, delivery->id, VISIBLE_LENGTH);
    ret_delivery->rep_id = borrow(delivery->rep);
    ret_delivery->channel = borrow(delivery->channel);
    ret_delivery->state = word(view->state);
    ret_delivery->reason = borrow(view->reason);
    ret_delivery->attempts = delivery->attempts;
    ret_delivery->unknowns = delivery->unknowns;
    ret_delivery->created = instant_make(turn->arena, delivery->created_ms);
    ret_delivery->changed = instant_make(turn->arena, delivery->changed_ms);
    bool final = delivery->state == DELIVERY_SENT || delivery->state == DELIVERY_DEAD ||
                 delivery->state == DELIVERY_DROPPED ||
                 (delivery->state == DELIVERY_UNKNOWN && delivery->hold == HOLD_NONE);
    ret_delivery->next = instant_make(turn->arena, final ? 0 : delivery->due_ms);
    ret_delivery->reminder_ids = (char **)(uintptr_t)view->reminder_ids;
    ret_delivery->n_reminder_ids = view->reminder_count;
    ret_delivery->text = borrow(view->text != NULL ? view->text : "");
    ret_delivery->dropped = delivery->state == DELIVERY_DROPPED;
    ret_delivery->test = delivery->only[0] != '\0';
    ret_delivery->route = borrow(delivery->route);
    ret_delivery->reader = borrow(view->reader != NULL ? view->reader : delivery->reader);
}

// The same for its reminders that are no longer open.
static void show_settled(struct turn *turn, const struct news_view *view, Tend__V1__Delivery *delivery)
{
    Tend__V1__Settled *rows = arena_zero(turn->arena, view->settled_count + 1, sizeof *rows);
    delivery->settled = arena_zero(turn->arena, view->settled_count + 1, sizeof *delivery->settled);
    for (size_t i = 0; i < view->settled_count; i++) {
        const struct news_settled *from = &view->settled[i];
        const struct box_item *item = &from->item;
        tend__v1__settled__init(&rows[i]);
        rows[i].reminder_id = borrow(from->reminder_id);
        rows[i].customer_name = borrow(from->customer);
        rows[i].withdrawn = item->answers == 0;
        rows[i].outcome = (Tend__V1__ReminderOutcome)item->answer;
        rows[i].by = borrow(item->by);
        rows[i].by_name = borrow(from->by_name);
        rows[i].at = instant_make(turn->arena, item->answered_ms);
        rows[i].next = instant_make(turn->arena, item->next_ms);
        rows[i].way = (Tend__V1__AnswerWay)item->way;
        delivery->settled[i] = &rows[i];
    }
    delivery->n_settled = view->settled_count;
}

void news_reply_one(struct turn *turn, const struct news_view *view, struct reply *ret_reply)
{
    Tend__V1__Delivery delivery;
    show(turn, view, &delivery);
    show_settled(turn, view, &delivery);
    reply_message(turn, &delivery.base, ret_reply);
}

void news_reply_many(struct turn *turn, const struct news_view *views, size_t count, bool more, struct reply *ret_reply)
{
    Tend__V1__Deliveries deliveries = TEND__V1__DELIVERIES__INIT;
    Tend__V1__Delivery *rows = arena_zero(turn->arena, count + 1, sizeof *rows);
    deliveries.messages = arena_zero(turn->arena, count + 1, sizeof *deliveries.messages);
    for (size_t i = 0; i < count; i++) {
        show(turn, &views[i], &rows[i]);
        deliveries.messages[i] = &rows[i];
    }
    deliveries.n_messages = count;
    deliveries.more = more;
    reply_message(turn, &deliveries.base, ret_reply);
}

void news_reply_audit(struct turn *turn, const struct news_audit *audit, struct reply *ret_reply)
{
    Tend__V1__Audit message = TEND__V1__AUDIT__INIT;
    message.waiting = audit->waiting;
    message.stuck = audit->stuck;
    message.stuck_ids = (char **)(uintptr_t)audit->ids;
    message.n_stuck_ids = audit->id_count;
    message.held = borrow(audit->held);
    message.dead = audit->dead;
    message.unknown = audit->unknown;
    message.foreign = (char **)(uintptr_t)audit->foreign;
    message.n_foreign = audit->foreign_count;
    message.alarm = borrow(audit->alarm);
    reply_message(turn, &message.base, ret_reply);
}

bool news_state(const char *name, enum delivery_state *ret_state)
{
    static const char prefix[] = "DELIVERY_STATE_";
    for (int state = DELIVERY_HELD; state <= DELIVERY_UNKNOWN; state++) {
        const ProtobufCEnumValue *value =
            protobuf_c_enum_descriptor_get_value(&tend__v1__delivery_state__descriptor, state);
        must(value != NULL);
        if (strcasecmp(name, value->name) == 0 || strcasecmp(name, value->name + strlen(prefix)) == 0) {
            *ret_state = (enum delivery_state)state;
            return true;
        }
    }
    return false;
}
