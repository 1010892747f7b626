#include "common/recordbody.h"

#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"
#include "tend/v1/scoring.pb-c.h"

#include <string.h>

const ProtobufCMessageDescriptor *recordbody_of(uint16_t type)
{
    static const ProtobufCMessageDescriptor *const bodies[] = {
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT] = &tend__v1__event__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_SETTINGS] = &tend__v1__settings__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE] = &tend__v1__customer_value__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED] = &tend__v1__value_changed__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER] = &tend__v1__reminder__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST] = &tend__v1__call_list__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED] = &tend__v1__reminder_cancelled__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_DELIVERY_CHANGED] = &tend__v1__delivery_changed__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_RULES] = &tend__v1__rules__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_CLASS_POLICY] = &tend__v1__class_policy__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_MODEL] = &tend__v1__purchase_model__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_HINTS] = &tend__v1__customer_hints__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST] = &tend__v1__digest__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_HISTORY_ACCEPTED] = &tend__v1__history_accepted__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_ERASURE_REPORT] = &tend__v1__erasure_report__descriptor,
        [TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_SETTLED] = &tend__v1__reminder_settled__descriptor,
    };
    return type < sizeof bodies / sizeof *bodies ? bodies[type] : NULL;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_customer(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING &&
           (ends_with(field->name, "customer_id") || ends_with(field->name, "customer_ids"));
}

// What the field holds of texts or messages: `count` pointers.
static void *const *pointers_of(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                                size_t *ret_count)
{
    const char *at = (const char *)message + field->offset;
    const void *quantifier = (const char *)message + field->quantifier_offset;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        *ret_count = *(const size_t *)quantifier;
        return *(void *const *const *)(const void *)at;
    }
    bool absent = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && *(const uint32_t *)quantifier != field->id;
    *ret_count = !absent && *(void *const *)(const void *)at != NULL;
    return (void *const *)(const void *)at;
}

// Messages are not recursive (a test of the words sees to it), so this goes no deeper than they are written.
bool recordbody_customers(const ProtobufCMessage *message, recordbody_visit *visit, void *context)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        bool customer = is_customer(field);
        if (!customer && field->type != PROTOBUF_C_TYPE_MESSAGE)
            continue;
        size_t count;
        void *const *pointers = pointers_of(message, field, &count);
        for (size_t j = 0; j < count; j++) {
            const char *id = customer ? pointers[j] : "";
            if (!customer && !recordbody_customers(pointers[j], visit, context))
                return false;
            if (customer && id[0] != '\0' && !visit(context, id))
                return false;
        }
    }
    return true;
}

void recordbody_digits(const char *customer_id, char *ret_digits)
{
    uint8_t hash[sizeof(uint64_t)];
    store_put_u64(hash, hash_short(customer_id, strlen(customer_id)));
    hash_hex(hash, sizeof hash, ret_digits);
}

const char *recordbody_answered(uint16_t type, const ProtobufCMessage *message)
{
    const Tend__V1__Event *event = (const Tend__V1__Event *)(const void *)message;
    bool answer = type == TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT &&
                  event->body_case == TEND__V1__EVENT__BODY_REMINDER_ANSWERED && event->reminder_answered != NULL;
    return answer ? event->reminder_answered->reminder_id : NULL;
}

static bool is_other(void *context, const char *customer_id)
{
    return strcmp(customer_id, context) != 0;
}

bool recordbody_names(struct arena *arena, uint16_t type, const uint8_t *payload, size_t length,
                      const char *customer_id)
{
    char digits[RECORDBODY_DIGITS];
    recordbody_digits(customer_id, digits);
    bool named = length > 0 && memmem(payload, length, customer_id, strlen(customer_id)) != NULL;
    if (length == 0 || (!named && memmem(payload, length, digits, sizeof digits - 1) == NULL))
        return false;
    const ProtobufCMessageDescriptor *descriptor = recordbody_of(type);
    const ProtobufCMessage *message =
        descriptor != NULL ? protobuf_c_message_unpack(descriptor, arena_allocator(arena), length, payload) : NULL;
    if (message == NULL)
        return named;
    const char *reminder = recordbody_answered(type, message);
    return (reminder != NULL && strncmp(reminder, digits, sizeof digits - 1) == 0) ||
           !recordbody_customers(message, is_other, (void *)(uintptr_t)customer_id);
}
