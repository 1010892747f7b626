#include "services/scheduler/notice.h"

#include "common/instant.h"
#include "common/must.h"
#include "common/utf8.h"

#include <string.h>

enum {
    LINE_TEXT_MAX = 200,
    IDS_BYTES_MAX = 1024, // of the event ids of one reminder, give or take the last: a row should stay below 2 KB
};

// Generated structs want char * although nobody writes there.
static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

static struct slice pack(struct arena *arena, const ProtobufCMessage *message)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = arena_take(arena, length + 1);
    protobuf_c_message_pack(message, bytes);
    return (struct slice){bytes, length};
}

static Tend__V1__Reminder *unpack_why(struct arena *arena, struct slice why)
{
    Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(arena_allocator(arena), why.length, why.bytes);
    must(reminder != NULL);
    return reminder;
}

static const char *day_text(struct arena *arena, int32_t day)
{
    char *text = arena_take(arena, DAY_TEXT_BYTES);
    day_print(day, text);
    return text;
}

static const char *hex_of(struct arena *arena, const uint8_t *id)
{
    char *text = arena_take(arena, REMINDER_HEX);
    hash_hex(id, HASH_BYTES, text);
    return text;
}

static Tend__V1__Figure *figure_message(struct arena *arena, const struct figure *figure)
{
    Tend__V1__Figure *message = arena_take(arena, sizeof *message);
    tend__v1__figure__init(message);
    message->name = plain(figure->name);
    message->value = figure->value;
    message->unit = (Tend__V1__FigureUnit)figure->unit;
    message->currency = plain(figure->currency);
    return message;
}

struct slice notice_why_change(struct arena *arena, const Tend__V1__ValueChanged *change)
{
    Tend__V1__Reminder why = TEND__V1__REMINDER__INIT;
    why.before = change->before;
    why.after = change->after;
    why.rule = change->rule;
    why.text = change->text;
    why.figures = change->figures;
    why.n_figures = change->n_figures < FIGURES_MAX ? change->n_figures : FIGURES_MAX;
    why.event_ids = change->event_ids;
    for (size_t bytes = 0; why.n_event_ids < change->n_event_ids && bytes < IDS_BYTES_MAX; why.n_event_ids++) {
        bytes += strlen(change->event_ids[why.n_event_ids]);
    }
    return pack(arena, &why.base);
}

Tend__V1__Point **notice_points(struct arena *arena, const struct notice_point *points, size_t count)
{
    Tend__V1__Point **all = arena_take(arena, (count + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++) {
        all[i] = arena_take(arena, sizeof **all);
        tend__v1__point__init(all[i]);
        all[i]->code = plain(points[i].code);
        all[i]->text = plain(points[i].text);
        all[i]->figures = arena_take(arena, (points[i].figure_count + 1) * sizeof *all[i]->figures);
        for (size_t j = 0; j < points[i].figure_count; j++)
            all[i]->figures[all[i]->n_figures++] = figure_message(arena, &points[i].figures[j]);
    }
    return all;
}

static Tend__V1__CallLine *line_message(struct arena *arena, const struct notice_line *line);

Tend__V1__CallLine **notice_lines(struct arena *arena, const struct notice_line *lines, size_t count)
{
    Tend__V1__CallLine **all = arena_take(arena, (count + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = line_message(arena, &lines[i]);
    return all;
}

static char *or_empty(const char *text)
{
    return plain(text != NULL ? text : "");
}

struct slice notice_why(struct arena *arena, const struct notice_words *words)
{
    Tend__V1__Reminder why = TEND__V1__REMINDER__INIT;
    why.text = or_empty(words->text);
    why.before = or_empty(words->before);
    why.after = or_empty(words->after);
    why.rule = or_empty(words->rule);
    why.event_date = or_empty(words->event_date);
    why.contact_phone = or_empty(words->phone);
    why.figures = arena_take(arena, (words->figure_count + 1) * sizeof *why.figures);
    for (size_t i = 0; i < words->figure_count && i < FIGURES_MAX; i++)
        why.figures[why.n_figures++] = figure_message(arena, &words->figures[i]);
    why.event_ids = (char **)(uintptr_t)words->events;
    why.n_event_ids = words->event_count;
    why.points = notice_points(arena, words->points, words->point_count);
    why.n_points = words->point_count;
    why.about = notice_lines(arena, words->about, words->about_count);
    why.n_about = words->about_count;
    return pack(arena, &why.base);
}

struct slice notice_why_line(struct arena *arena, const struct notice_line *line)
{
    Tend__V1__Reminder why = TEND__V1__REMINDER__INIT;
    Tend__V1__Figure *figures[sizeof line->figures / sizeof line->figures[0]];
    for (size_t i = 0; i < line->figure_count; i++) {
        figures[i] = figure_message(arena, &line->figures[i]);
    }
    why.figures = figures;
    why.n_figures = line->figure_count;
    why.text = plain(line->text);
    why.points = notice_points(arena, line->points, line->point_count);
    why.n_points = line->point_count;
    return pack(arena, &why.base);
}

struct slice notice_last_orders(struct arena *arena, const Tend__V1__CustomerValue *value)
{
    Tend__V1__CustomerValue only = TEND__V1__CUSTOMER_VALUE__INIT;
    only.last_orders = value->last_orders;
    only.n_last_orders = value->n_last_orders;
    only.currency = value->currency;
    return value->n_last_orders > 0 ? pack(arena, &only.base) : (struct slice){(const uint8_t *)"", 0};
}

size_t notice_orders_recall(struct arena *arena, struct slice orders, int64_t newest_ms,
                            struct notice_point *ret_points, size_t most)
{
    Tend__V1__CustomerValue *kept =
        tend__v1__customer_value__unpack(arena_allocator(arena), orders.length, orders.bytes);
    must(kept != NULL);
    size_t count = kept->n_last_orders < most ? kept->n_last_orders : most;
    for (size_t i = 0; i < count; i++) {
        const Tend__V1__LastOrder *order = kept->last_orders[i];
        struct figure *figures = arena_take(arena, 2 * sizeof *figures);
        size_t figure_count = 0;
        int32_t day;
        if (i == 0 && newest_ms != 0)
            figures[figure_count++] = (struct figure){"last_order", newest_ms, UNIT_TIME, ""};
        else if (day_parse(order->day, strlen(order->day), &day))
            figures[figure_count++] = (struct figure){"last_order", day, UNIT_DATE, ""};
        figures[figure_count++] = (struct figure){"last_order_amount", order->micros, UNIT_MONEY, kept->currency};
        ret_points[i] = (struct notice_point){.code = i == 0 ? "last_order" : "order_before",
                                              .text = order->what,
                                              .figures = figures,
                                              .figure_count = figure_count};
    }
    return count;
}

bool notice_why_same(struct arena *arena, struct slice one, struct slice other)
{
    Tend__V1__Reminder *first = unpack_why(arena, one), *second = unpack_why(arena, other);
    first->n_event_ids = second->n_event_ids = 0;
    struct slice left = pack(arena, &first->base), right = pack(arena, &second->base);
    return left.length == right.length && memcmp(left.bytes, right.bytes, left.length) == 0;
}

struct slice notice_why_fold(struct arena *arena, struct slice older, struct slice newer)
{
    Tend__V1__Reminder *why = unpack_why(arena, newer);
    why->before = unpack_why(arena, older)->before;
    return pack(arena, &why->base);
}

struct notice_change notice_why_read(struct arena *arena, struct slice why)
{
    const Tend__V1__Reminder *read = unpack_why(arena, why);
    return (struct notice_change){read->before, read->after, read->text};
}

static bool has_figure(const Tend__V1__Reminder *message, const char *name)
{
    for (size_t i = 0; i < message->n_figures; i++) {
        if (strcmp(message->figures[i]->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void add_figures(struct arena *arena, Tend__V1__Reminder *message, const struct figure *figures, size_t count)
{
    Tend__V1__Figure **all = arena_take(arena, (message->n_figures + count + 1) * sizeof *all);
    if (message->n_figures > 0) {
        memcpy(all, message->figures, message->n_figures * sizeof *all);
    }
    message->figures = all;
    for (size_t i = 0; i < count; i++) {
        if (!has_figure(message, figures[i].name)) {
            all[message->n_figures++] = figure_message(arena, &figures[i]);
        }
    }
}

static void add_points(struct arena *arena, Tend__V1__Reminder *message, const struct notice_point *points,
                       size_t count)
{
    Tend__V1__Point **more = notice_points(arena, points, count);
    Tend__V1__Point **all = arena_take(arena, (message->n_points + count + 1) * sizeof *all);
    for (size_t i = 0; i < message->n_points; i++)
        all[i] = message->points[i];
    for (size_t i = 0; i < count; i++)
        all[message->n_points++] = more[i];
    message->points = all;
}

// Why this rep is told; one who stands in for the owner is told as that.
static Tend__V1__RecipientRole role_of(const struct reminder *reminder)
{
    static const struct {
        uint8_t role;
        Tend__V1__RecipientRole told;
    } ROLES[] = {
        {ROLE_MANAGER, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_MANAGER},
        {ROLE_DIRECTOR, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_DIRECTOR},
        {ROLE_APPROVER, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_APPROVER},
        {ROLE_REP, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_REP},
        {ROLE_NEW_OWNER, TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_REP},
    };
    // Whoever claims a customer is no deputy of its owner.
    bool snoozed = reminder->kind == KIND_SNOOZED && reminder->detail != KIND_NONE;
    const struct kind *row = kinds_row((enum kind_id)(snoozed ? reminder->detail : reminder->kind));
    bool stands_in = reminder->role == ROLE_REP && reminder->for_rep[0] != '\0' && !row->both;
    for (size_t i = 0; i < sizeof ROLES / sizeof ROLES[0] && !stands_in; i++)
        if (reminder->role == ROLES[i].role)
            return ROLES[i].told;
    return reminder->for_rep[0] != '\0' ? TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_DEPUTY
                                        : TEND__V1__RECIPIENT_ROLE__RECIPIENT_ROLE_OWNER;
}

// Nothing is told without its rule, its figures and its events.
static void add_cause(struct arena *arena, Tend__V1__Reminder *message, const struct notice *notice)
{
    struct figure customers = {"customers", (int64_t)message->n_about, UNIT_COUNT, ""};
    struct figure deadline = {"deadline", notice->reminder->due_ms, UNIT_TIME, ""};
    if (message->rule[0] == '\0')
        message->rule = or_empty(notice->rule);
    if (message->n_event_ids == 0) {
        message->event_ids = (char **)(uintptr_t)notice->events;
        message->n_event_ids = notice->event_count;
    }
    if (message->n_figures == 0)
        add_figures(arena, message, message->n_about > 0 ? &customers : &deadline, 1);
}

Tend__V1__Reminder *notice_reminder(struct arena *arena, const struct notice *notice)
{
    const struct reminder *reminder = notice->reminder;
    Tend__V1__Reminder *message = unpack_why(arena, reminder->why);
    message->reminder_id = plain(hex_of(arena, reminder->id));
    message->kind = (Tend__V1__ReminderKind)reminder->kind;
    if (reminder->kind == KIND_SNOOZED)
        message->put_off = (Tend__V1__ReminderKind)reminder->detail;
    message->rep_id = plain(notice->rep_id);
    message->customer_id = plain(reminder->customer_id);
    if (notice->customer != NULL) {
        message->customer_name = plain(notice->customer->name);
        message->region = plain(notice->customer->region);
        message->abc = (Tend__V1__AbcClass)notice->customer->abc;
        message->contact_phone = plain(notice->customer->contact_phone);
    }
    message->contact_name = plain(notice->contact_name);
    message->due = instant_make(arena, reminder->due_ms);
    message->local_date = plain(day_text(arena, reminder->day));
    message->late = reminder->late != 0;
    if (notice->text[0] != '\0') {
        message->text = plain(notice->text);
    }
    if (notice->event_date[0] != '\0')
        message->event_date = plain(notice->event_date);
    message->priority = kinds_row((enum kind_id)reminder->kind)->priority;
    message->step = reminder->step;
    message->role = role_of(reminder);
    message->for_rep_id = plain(reminder->for_rep);
    message->for_rep_name = or_empty(notice->for_name);
    add_points(arena, message, notice->points, notice->point_count);
    if (notice->about_count > 0) {
        message->about = notice_lines(arena, notice->about, notice->about_count);
        message->n_about = notice->about_count;
    }
    add_figures(arena, message, notice->figures, notice->figure_count);
    add_cause(arena, message, notice);
    return message;
}

const char *notice_last_goods(struct arena *arena, struct slice orders)
{
    const Tend__V1__CustomerValue *kept =
        tend__v1__customer_value__unpack(arena_allocator(arena), orders.length, orders.bytes);
    must(kept != NULL);
    return kept->n_last_orders > 0 ? kept->last_orders[0]->what : "";
}

const char *notice_offer(struct arena *arena, struct slice hints, bool *ret_with)
{
    const Tend__V1__CustomerHints *kept =
        tend__v1__customer_hints__unpack(arena_allocator(arena), hints.length, hints.bytes);
    must(kept != NULL);
    if (kept->n_products == 0)
        return "";
    const Tend__V1__OfferHint *best = kept->products[0];
    *ret_with = best->because[0] != '\0';
    return best->name[0] != '\0' ? best->name : best->sku;
}

static struct figure read_figure(const Tend__V1__Figure *figure)
{
    return (struct figure){figure->name, figure->value, (enum figure_unit)figure->unit, figure->currency};
}

static const struct notice_point *read_points(struct arena *arena, Tend__V1__Point *const *points, size_t count)
{
    struct notice_point *read = arena_take(arena, (count + 1) * sizeof *read);
    for (size_t i = 0; i < count; i++) {
        struct figure *figures = arena_take(arena, (points[i]->n_figures + 1) * sizeof *figures);
        for (size_t j = 0; j < points[i]->n_figures; j++)
            figures[j] = read_figure(points[i]->figures[j]);
        read[i] = (struct notice_point){points[i]->code, points[i]->text, figures, points[i]->n_figures};
    }
    return read;
}

size_t notice_why_about(struct arena *arena, struct slice why, struct notice_line **ret_lines)
{
    const Tend__V1__Reminder *message = unpack_why(arena, why);
    struct notice_line *lines = arena_take(arena, (message->n_about + 1) * sizeof *lines);
    for (size_t i = 0; i < message->n_about; i++) {
        const Tend__V1__CallLine *line = message->about[i];
        lines[i] = (struct notice_line){.reason = (enum call_reason)line->reason,
                                        .customer_id = line->customer_id,
                                        .customer_name = line->customer_name,
                                        .contact_name = line->contact_name,
                                        .contact_phone = line->contact_phone,
                                        .text = line->text,
                                        .abc = (uint32_t)line->abc,
                                        .points = read_points(arena, line->points, line->n_points),
                                        .point_count = line->n_points};
    }
    *ret_lines = lines;
    return message->n_about;
}

void notice_line_recall(struct arena *arena, struct slice why, struct notice_line *line)
{
    const Tend__V1__Reminder *message = unpack_why(arena, why);
    line->text = message->text;
    line->figure_count = 0;
    for (size_t i = 0; i < message->n_figures && i < sizeof line->figures / sizeof line->figures[0]; i++)
        line->figures[line->figure_count++] = read_figure(message->figures[i]);
    line->points = read_points(arena, message->points, message->n_points);
    line->point_count = message->n_points;
}

static Tend__V1__CallLine *line_message(struct arena *arena, const struct notice_line *line)
{
    Tend__V1__CallLine *message = arena_take(arena, sizeof *message);
    tend__v1__call_line__init(message);
    message->reminder_id = plain(hex_of(arena, line->reminder_id));
    message->customer_id = plain(line->customer_id);
    message->customer_name = plain(line->customer_name);
    message->abc = (Tend__V1__AbcClass)line->abc;
    message->reason = (Tend__V1__CallReason)line->reason;
    message->contact_name = plain(line->contact_name);
    message->contact_phone = plain(line->contact_phone);
    size_t length = strlen(line->text);
    message->text = length <= LINE_TEXT_MAX
                        ? plain(line->text)
                        : arena_text(arena, line->text, utf8_cut(line->text, length, LINE_TEXT_MAX));
    message->figures = arena_take(arena, (line->figure_count + 1) * sizeof *message->figures);
    for (size_t i = 0; i < line->figure_count; i++) {
        message->figures[message->n_figures++] = figure_message(arena, &line->figures[i]);
    }
    message->points = notice_points(arena, line->points, line->point_count);
    message->n_points = line->point_count;
    return message;
}

static Tend__V1__Coverage *coverage_message(struct arena *arena, const struct list *list)
{
    Tend__V1__Coverage *coverage = arena_take(arena, sizeof *coverage);
    tend__v1__coverage__init(coverage);
    coverage->customers = list->customers;
    coverage->contacted = list->contacted;
    coverage->working_days_left = list->working_days_left;
    coverage->capacity = list->capacity;
    coverage->missing = list->missing;
    return coverage;
}

size_t notice_fit(struct arena *arena, const struct notice_line *lines, size_t count, size_t bytes)
{
    enum { FRAME = 6 }; // a line's tag and length
    size_t used = 0, fit = 0;
    for (; fit < count; fit++) {
        used += tend__v1__call_line__get_packed_size(line_message(arena, &lines[fit])) + FRAME;
        if (used > bytes && fit > 0)
            break;
    }
    return fit;
}

Tend__V1__CallList *notice_list(struct arena *arena, const struct list *list, const struct notice_line *lines,
                                size_t count)
{
    Tend__V1__CallList *message = arena_take(arena, sizeof *message);
    tend__v1__call_list__init(message);
    uint8_t id[HASH_BYTES];
    diary_reminder_id(list->rep_id, KIND_CALL, (uint64_t)list->day, id);
    message->list_id = plain(hex_of(arena, id));
    message->rep_id = plain(list->rep_id);
    message->local_date = plain(day_text(arena, list->day));
    message->coverage = coverage_message(arena, list);
    message->due = instant_make(arena, list->due_ms);
    message->late = list->late != 0;
    message->first_of_month = list->first_of_month != 0;
    message->lines = arena_take(arena, (count + 1) * sizeof *message->lines);
    for (size_t i = 0; i < count; i++) {
        message->lines[message->n_lines++] = line_message(arena, &lines[i]);
    }
    return message;
}

void notice_tell(struct turn *turn, const struct notice *notice)
{
    Tend__V1__Reminder *message = notice_reminder(turn->arena, notice);
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER,
                                             .customer_id = notice->reminder->customer_id,
                                             .owner_rep_id = notice->rep_id,
                                             .key = notice->reminder->id,
                                             .message = &message->base});
}

void notice_tell_anew(struct turn *turn, const struct notice *notice)
{
    const struct reminder *reminder = notice->reminder;
    Tend__V1__Reminder *message = notice_reminder(turn->arena, notice);
    uint8_t key[HASH_BYTES];
    message->retold = true;
    // A record of its own: the reminder's key is taken by the first telling.
    hash_pair(reminder->id, HASH_BYTES, reminder->why.bytes, reminder->why.length, key);
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER,
                                             .customer_id = reminder->customer_id,
                                             .owner_rep_id = notice->rep_id,
                                             .key = key,
                                             .message = &message->base});
}

void notice_tell_list(struct turn *turn, const struct list *list, const struct notice_line *lines, size_t count,
                      unsigned part)
{
    Tend__V1__CallList *message = notice_list(turn->arena, list, lines, count);
    uint8_t key[HASH_BYTES];
    diary_reminder_id(list->rep_id, KIND_CALL, (uint64_t)part << 32 | (uint32_t)list->day, key);
    if (part > 0)
        message->list_id = plain(hex_of(turn->arena, key));
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST,
                                             .owner_rep_id = list->rep_id,
                                             .key = key,
                                             .message = &message->base});
}

void notice_tell_evening(struct turn *turn, const struct notice_evening *evening)
{
    struct arena *arena = turn->arena;
    Tend__V1__CallList *message = notice_list(arena, evening->list, evening->lines, evening->line_count);
    uint8_t key[HASH_BYTES];
    diary_reminder_id(evening->list->rep_id, KIND_EVENING_PREVIEW, (uint32_t)evening->day, key);
    message->list_id = plain(hex_of(arena, key));
    message->due = instant_make(arena, evening->due_ms);
    message->late = evening->late;
    message->preview = true;
    // Nobody can answer a call that is not on a list yet.
    for (size_t i = 0; i < message->n_lines; i++)
        message->lines[i]->reminder_id = plain("");
    message->unrecorded = notice_lines(arena, evening->unrecorded, evening->unrecorded_count);
    message->n_unrecorded = evening->unrecorded_count;
    message->undated = notice_lines(arena, evening->undated, evening->undated_count);
    message->n_undated = evening->undated_count;
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST,
                                             .owner_rep_id = evening->list->rep_id,
                                             .key = key,
                                             .message = &message->base});
}

void notice_cancel(struct turn *turn, const struct reminder *reminder, const char *reason)
{
    Tend__V1__ReminderCancelled message = TEND__V1__REMINDER_CANCELLED__INIT;
    uint8_t key[HASH_BYTES];
    message.reminder_id = plain(hex_of(turn->arena, reminder->id));
    message.reason = plain(reason);
    // A record of its own: the reminder's key is taken by the reminder.
    hash_pair(reminder->id, HASH_BYTES, "cancelled", strlen("cancelled"), key);
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED,
                                             .customer_id = reminder->customer_id,
                                             .owner_rep_id = reminder->rep_id,
                                             .key = key,
                                             .message = &message.base});
}

void notice_settled(struct turn *turn, const struct reminder *reminder, const struct fact *fact)
{
    static const char own[] = "tend/notifier/";
    Tend__V1__ReminderSettled message = TEND__V1__REMINDER_SETTLED__INIT;
    uint8_t key[HASH_BYTES];
    message.reminder_id = plain(hex_of(turn->arena, reminder->id));
    message.outcome = (Tend__V1__ReminderOutcome)reminder->outcome;
    message.rep_id = plain(fact->rep_id);
    message.time = instant_make(turn->arena, reminder->answered_ms);
    bool later = reminder->state == REMINDER_SNOOZED && fact->answer.next_ms > 0;
    message.next = later ? instant_make(turn->arena, fact->answer.next_ms) : NULL;
    message.pressed = strncmp(fact->event, own, strlen(own)) == 0;
    // Each answer is a record of its own.
    const char *event = arena_format(turn->arena, "settled %s", fact->event);
    hash_pair(reminder->id, HASH_BYTES, event, strlen(event), key);
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_SETTLED,
                                             .customer_id = reminder->customer_id,
                                             .owner_rep_id = reminder->rep_id,
                                             .key = key,
                                             .message = &message.base});
}
