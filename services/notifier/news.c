#include "services/notifier/news.h"

#include "common/must.h"
#include "common/verify.h"
#include "tend/v1/journal.pb-c.h"
#include "tend/v1/notifier.pb-c.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SECOND_MS = 1000, MILLI_NANOS = 1000000, VISIBLE_LENGTH = 6 };

_Static_assert((int)TEND__V1__REMINDER_KIND__REMINDER_KIND_COVERAGE_WARNING == (int)LETTER_COVERAGE_WARNING, "kinds");
_Static_assert((int)TEND__V1__CALL_REASON__CALL_REASON_APPOINTMENT == (int)LETTER_APPOINTMENT, "reasons");
_Static_assert((int)TEND__V1__FIGURE_UNIT__FIGURE_UNIT_DATE == (int)LETTER_DATE, "units");
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

static void read_reminder(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__Reminder *from = unpack(arena, &tend__v1__reminder__descriptor, payload, length);
    if (from == NULL || !id_good(from->reminder_id) || !id_good(from->rep_id))
        return;
    ret_news->kind = NEWS_REMINDER;
    ret_news->id = from->reminder_id;
    ret_news->rep_id = from->rep_id;
    ret_news->customer_id = from->customer_id;
    ret_news->item = (struct letter_item){
        .reminder_id = from->reminder_id,
        .kind = (enum letter_kind)from->kind,
        .customer_id = from->customer_id,
        .customer = from->customer_name,
        .abc = read_class(from->abc),
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
    };
}

static void read_call(struct arena *arena, const Tend__V1__CallLine *from, struct letter_item *ret_call)
{
    *ret_call = (struct letter_item){
        .reminder_id = from->reminder_id,
        .kind = LETTER_CALL,
        .reason = (enum letter_reason)from->reason,
        .customer_id = from->customer_id,
        .customer = from->customer_name,
        .abc = read_class(from->abc),
        .before = "",
        .after = "",
        .text = from->text,
        .contact = from->contact_name,
        .phone = from->contact_phone,
        .event_date = "",
        .local_date = "",
        .figures = read_figures(arena, from->figures, from->n_figures),
        .figure_count = from->n_figures,
    };
}

static void read_list(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__CallList *from = unpack(arena, &tend__v1__call_list__descriptor, payload, length);
    if (from == NULL || !id_good(from->list_id) || !id_good(from->rep_id))
        return;
    struct letter_item *calls = arena_zero(arena, from->n_lines + 1, sizeof *calls);
    for (size_t i = 0; i < from->n_lines; i++) {
        if (!id_good(from->lines[i]->reminder_id))
            return;
        read_call(arena, from->lines[i], &calls[i]);
    }
    ret_news->kind = NEWS_LIST;
    ret_news->id = from->list_id;
    ret_news->rep_id = from->rep_id;
    ret_news->list = (struct letter_list){
        .local_date = from->local_date, .late = from->late, .calls = calls, .count = from->n_lines};
    if (from->coverage != NULL) {
        ret_news->list.customers = from->coverage->customers;
        ret_news->list.contacted = from->coverage->contacted;
        ret_news->list.working_days_left = from->coverage->working_days_left;
        ret_news->list.capacity = from->coverage->capacity;
        ret_news->list.missing = from->coverage->missing;
    }
}

static void read_cancelled(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__ReminderCancelled *from = unpack(arena, &tend__v1__reminder_cancelled__descriptor, payload, length);
    if (from == NULL || !id_good(from->reminder_id))
        return;
    ret_news->kind = NEWS_CANCELLED;
    ret_news->id = from->reminder_id;
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
    uint8_t identity[HASH_BYTES];
    hash_pair(event->source, strlen(event->source), event->id, strlen(event->id), identity);
    ret_news->version_tie = store_get_u64(identity);
    if (event->time != NULL)
        ret_news->version_ms = event->time->seconds * SECOND_MS + event->time->nanos / MILLI_NANOS;
}

static void read_event(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__Event *event = unpack(arena, &tend__v1__event__descriptor, payload, length);
    if (event == NULL)
        return;
    if (event->body_case == TEND__V1__EVENT__BODY_REP_UPSERTED) {
        read_rep(event, ret_news);
    } else if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_ERASED && id_good(event->customer_id)) {
        ret_news->kind = NEWS_ERASED;
        ret_news->customer_id = event->customer_id;
    } else {
        ret_news->kind = NEWS_NONE;
    }
}

static void read_settings(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news)
{
    const Tend__V1__Settings *from = unpack(arena, &tend__v1__settings__descriptor, payload, length);
    if (from == NULL)
        return;
    ret_news->kind = NEWS_ZONE;
    ret_news->zone = from->time_zone;
}

void news_read(struct arena *arena, uint16_t type, const uint8_t *payload, size_t length, struct news *ret_news)
{
    static const struct {
        uint16_t type;
        void (*read)(struct arena *arena, const uint8_t *payload, size_t length, struct news *ret_news);
    } readers[] = {
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, read_reminder},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, read_list},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED, read_cancelled},
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

static char empty[] = "";

// The texts and figures are only cut off: they live in the arena.
static void blank_reminder(Tend__V1__Reminder *reminder)
{
    reminder->customer_name = reminder->text = reminder->contact_name = reminder->contact_phone = empty;
    reminder->customer_id = reminder->event_date = empty;
    reminder->n_figures = reminder->n_event_ids = 0;
}

static bool blank_lines(Tend__V1__CallList *list, const char *customer_id)
{
    bool found = false;
    for (size_t i = 0; i < list->n_lines; i++) {
        Tend__V1__CallLine *line = list->lines[i];
        if (strcmp(line->customer_id, customer_id) != 0)
            continue;
        line->customer_id = line->customer_name = line->text = line->contact_name = line->contact_phone = empty;
        line->n_figures = 0;
        found = true;
    }
    return found;
}

bool news_erase(struct arena *arena, uint16_t type, const struct slice *payload, const char *customer_id,
                struct slice *ret_payload)
{
    ProtobufCMessage *message = NULL;
    bool about = false;
    if (type == TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER) {
        Tend__V1__Reminder *reminder = unpack(arena, &tend__v1__reminder__descriptor, payload->bytes, payload->length);
        about = reminder != NULL && strcmp(reminder->customer_id, customer_id) == 0;
        if (about)
            blank_reminder(reminder);
        message = about ? &reminder->base : NULL;
    } else if (type == TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST) {
        Tend__V1__CallList *list = unpack(arena, &tend__v1__call_list__descriptor, payload->bytes, payload->length);
        about = list != NULL && blank_lines(list, customer_id);
        message = about ? &list->base : NULL;
    }
    if (!about)
        return false;
    uint8_t *bytes = arena_take(arena, protobuf_c_message_get_packed_size(message) + 1);
    *ret_payload = (struct slice){bytes, protobuf_c_message_pack(message, bytes)};
    return true;
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

void news_emit(struct turn *turn, const struct delivery *delivery, const char *const *reminder_ids, size_t count)
{
    Tend__V1__DeliveryChanged changed = TEND__V1__DELIVERY_CHANGED__INIT;
    changed.message_id = borrow(delivery->id);
    changed.rep_id = borrow(delivery->rep);
    changed.channel = borrow(delivery->channel);
    changed.state = word(delivery->state);
    changed.detail = borrow(delivery->detail);
    changed.attempt = delivery->attempts;
    changed.reminder_ids = (char **)(uintptr_t)reminder_ids;
    changed.n_reminder_ids = count;
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED,
                                             .owner_rep_id = delivery->rep,
                                             .message = &changed.base});
}

static Google__Protobuf__Timestamp *stamp(struct arena *arena, int64_t time_ms)
{
    if (time_ms <= 0)
        return NULL;
    Google__Protobuf__Timestamp *stamp = arena_take(arena, sizeof *stamp);
    google__protobuf__timestamp__init(stamp);
    stamp->seconds = time_ms / SECOND_MS;
    stamp->nanos = (int32_t)(time_ms % SECOND_MS) * MILLI_NANOS;
    return stamp;
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
    ret_delivery->created = stamp(turn->arena, delivery->created_ms);
    ret_delivery->changed = stamp(turn->arena, delivery->changed_ms);
    bool final = delivery->state == DELIVERY_SENT || delivery->state == DELIVERY_DEAD ||
                 delivery->state == DELIVERY_DROPPED ||
                 (delivery->state == DELIVERY_UNKNOWN && delivery->hold == HOLD_NONE);
    ret_delivery->next = stamp(turn->arena, final ? 0 : delivery->due_ms);
    ret_delivery->reminder_ids = (char **)(uintptr_t)view->reminder_ids;
    ret_delivery->n_reminder_ids = view->reminder_count;
    ret_delivery->text = borrow(view->text != NULL ? view->text : "");
    ret_delivery->dropped = delivery->state == DELIVERY_DROPPED;
}

void news_reply_one(struct turn *turn, const struct news_view *view, struct reply *ret_reply)
{
    Tend__V1__Delivery delivery;
    show(turn, view, &delivery);
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

void news_reply_channels(struct turn *turn, const struct news_channel *channels, size_t count, struct reply *ret_reply)
{
    Tend__V1__ChannelHealths healths = TEND__V1__CHANNEL_HEALTHS__INIT;
    Tend__V1__ChannelHealth *rows = arena_zero(turn->arena, count + 1, sizeof *rows);
    healths.channels = arena_zero(turn->arena, count + 1, sizeof *healths.channels);
    for (size_t i = 0; i < count; i++) {
        tend__v1__channel_health__init(&rows[i]);
        rows[i].name = borrow(channels[i].name);
        rows[i].type = borrow(channels[i].type);
        rows[i].open = channels[i].open;
        rows[i].reason = borrow(channels[i].reason);
        rows[i].blocked_until = stamp(turn->arena, channels[i].blocked_ms);
        rows[i].fails = channels[i].fails;
        rows[i].waiting = channels[i].waiting;
        healths.channels[i] = &rows[i];
    }
    healths.n_channels = count;
    reply_message(turn, &healths.base, ret_reply);
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
