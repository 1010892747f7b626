#include "common/choice.h"

#include "common/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

// Where the short form begins in a value's name: CustomerType has CUSTOMER_TYPE_BUYER. 0 when the value is not named
// after the type.
static size_t prefix_length(const ProtobufCEnumDescriptor *choice, const char *value)
{
    const char *type = choice->short_name;
    size_t at = 0;
    for (size_t i = 0; type[i] != '\0'; i++) {
        if (i > 0 && isupper((unsigned char)type[i]) && value[at++] != '_')
            return 0;
        if (value[at++] != toupper((unsigned char)type[i]))
            return 0;
    }
    return value[at] == '_' ? at + 1 : 0;
}

static bool lower_same(const char *name, const char *text)
{
    for (; *name != '\0'; name++, text++)
        if (*text != tolower((unsigned char)*name))
            return false;
    return *text == '\0';
}

bool choice_parse(const ProtobufCEnumDescriptor *choice, const char *text, int *ret_value)
{
    for (unsigned i = 0; i < choice->n_value_names; i++) {
        const ProtobufCEnumValueIndex *value = &choice->values_by_name[i];
        size_t prefix = prefix_length(choice, value->name);
        if (strcmp(value->name, text) == 0 || (prefix > 0 && lower_same(value->name + prefix, text))) {
            *ret_value = choice->values[value->index].value;
            return true;
        }
    }
    return false;
}

static size_t print_short(const ProtobufCEnumDescriptor *choice, const char *name, char *buffer)
{
    const char *from = name + prefix_length(choice, name);
    size_t length = 0;
    for (; from[length] != '\0' && length < CHOICE_TEXT_BYTES - 1; length++)
        buffer[length] = (char)tolower((unsigned char)from[length]);
    buffer[length] = '\0';
    return length;
}

size_t choice_print(const ProtobufCEnumDescriptor *choice, int value, char *buffer)
{
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(choice, value);
    if (known != NULL)
        return print_short(choice, known->name, buffer);
    return (size_t)snprintf(buffer, CHOICE_TEXT_BYTES, "%d", value);
}

bool choice_nearest(const ProtobufCEnumDescriptor *choice, const char *text, char *buffer)
{
    size_t fewest = NEAREST_EDITS + 1;
    for (unsigned i = 0; i < choice->n_value_names; i++) {
        char name[CHOICE_TEXT_BYTES];
        size_t length = print_short(choice, choice->values_by_name[i].name, name);
        size_t edits = nearest_edits(text, name);
        if (edits >= fewest || edits >= length)
            continue;
        fewest = edits;
        memcpy(buffer, name, length + 1);
    }
    return fewest <= NEAREST_EDITS;
}
