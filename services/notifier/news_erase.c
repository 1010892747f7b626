// A customer who was erased, out of the records that a message is made of.
#include "services/notifier/news.h"

#include "tend/v1/journal.pb-c.h"

#include <string.h>

static char empty[] = "";

// The lines without those about the customer; how many are left.
static size_t drop_lines(Tend__V1__CallLine **lines, size_t count, const char *customer_id)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i]->customer_id, customer_id) != 0)
            lines[kept++] = lines[i];
    return kept;
}

// A reminder about another customer may name this one in its words, too.
static void drop_name(Tend__V1__Reminder *reminder, const char *name)
{
    if (name[0] == '\0')
        return;
    if (strstr(reminder->text, name) != NULL)
        reminder->text = empty;
    for (size_t i = 0; i < reminder->n_points; i++)
        if (strstr(reminder->points[i]->text, name) != NULL)
            reminder->points[i]->text = empty;
}

// The texts and figures are only cut off: they live in the arena.
static bool blank_reminder(ProtobufCMessage *message, const char *customer_id)
{
    Tend__V1__Reminder *reminder = (Tend__V1__Reminder *)(void *)message;
    size_t about = reminder->n_about;
    for (size_t i = 0; i < about; i++)
        if (strcmp(reminder->about[i]->customer_id, customer_id) == 0)
            drop_name(reminder, reminder->about[i]->customer_name);
    reminder->n_about = drop_lines(reminder->about, about, customer_id);
    if (strcmp(reminder->customer_id, customer_id) != 0)
        return reminder->n_about < about;
    reminder->customer_name = reminder->text = reminder->contact_name = reminder->contact_phone = empty;
    reminder->customer_id = reminder->event_date = reminder->before = reminder->after = reminder->region = empty;
    reminder->n_figures = reminder->n_event_ids = reminder->n_about = reminder->n_points = 0;
    return true;
}

// Lines of a list are reminders, so they stay as empty ones, which are cancelled; elsewhere they go.
static bool blank_list(ProtobufCMessage *message, const char *customer_id)
{
    Tend__V1__CallList *list = (Tend__V1__CallList *)(void *)message;
    size_t before = list->n_lines + list->n_unrecorded + list->n_undated;
    list->n_unrecorded = drop_lines(list->unrecorded, list->n_unrecorded, customer_id);
    list->n_undated = drop_lines(list->undated, list->n_undated, customer_id);
    list->n_lines = list->preview ? drop_lines(list->lines, list->n_lines, customer_id) : list->n_lines;
    bool found = list->n_lines + list->n_unrecorded + list->n_undated < before;
    for (size_t i = 0; i < list->n_lines; i++) {
        Tend__V1__CallLine *line = list->lines[i];
        if (strcmp(line->customer_id, customer_id) != 0)
            continue;
        line->customer_id = line->customer_name = line->text = line->contact_name = line->contact_phone = empty;
        line->n_figures = line->n_points = 0;
        found = true;
    }
    return found;
}

static bool blank_digest(ProtobufCMessage *message, const char *customer_id)
{
    Tend__V1__Digest *digest = (Tend__V1__Digest *)(void *)message;
    size_t before = digest->n_at_risk;
    digest->n_at_risk = drop_lines(digest->at_risk, before, customer_id);
    return digest->n_at_risk < before;
}

bool news_erase(struct arena *arena, uint16_t type, const struct slice *payload, const char *customer_id,
                struct slice *ret_payload)
{
    static const struct {
        uint16_t type;
        const ProtobufCMessageDescriptor *descriptor;
        bool (*blank)(ProtobufCMessage *message, const char *customer_id);
    } blanks[] = {
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, &tend__v1__reminder__descriptor, blank_reminder},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, &tend__v1__call_list__descriptor, blank_list},
        {TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST, &tend__v1__digest__descriptor, blank_digest},
    };
    for (size_t i = 0; i < sizeof blanks / sizeof blanks[0]; i++) {
        if (blanks[i].type != type)
            continue;
        ProtobufCMessage *message =
            protobuf_c_message_unpack(blanks[i].descriptor, arena_allocator(arena), payload->length, payload->bytes);
        if (message == NULL || !blanks[i].blank(message, customer_id))
            return false;
        uint8_t *bytes = arena_take(arena, protobuf_c_message_get_packed_size(message) + 1);
        *ret_payload = (struct slice){bytes, protobuf_c_message_pack(message, bytes)};
        return true;
    }
    return false;
}
