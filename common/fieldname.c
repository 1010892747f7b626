#include "common/fieldname.h"

#include "common/nearest.h"

#include <ctype.h>
#include <string.h>

size_t fieldname_print(const char *name, char *ret_camel)
{
    size_t length = 0;
    for (; *name != '\0' && length < FIELDNAME_BYTES - 1; name++)
        ret_camel[length++] = *name == '_' && name[1] != '\0' ? (char)toupper((unsigned char)*++name) : *name;
    ret_camel[length] = '\0';
    return length;
}

// Whether `key` is the camel form of `name`, without making that.
static bool camel_same(const char *name, const char *key)
{
    for (; *name != '\0'; name++, key++) {
        char wanted = *name == '_' && name[1] != '\0' ? (char)toupper((unsigned char)*++name) : *name;
        if (*key != wanted)
            return false;
    }
    return *key == '\0';
}

const ProtobufCFieldDescriptor *fieldname_find(const ProtobufCMessageDescriptor *descriptor, const char *name)
{
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (field->name[0] == name[0] && (camel_same(field->name, name) || strcmp(field->name, name) == 0))
            return field;
    }
    return NULL;
}

bool fieldname_nearest(const ProtobufCMessageDescriptor *descriptor, const char *name, char *ret_camel)
{
    char wrong[FIELDNAME_BYTES];
    fieldname_print(name, wrong);
    size_t fewest = NEAREST_EDITS + 1;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        char camel[FIELDNAME_BYTES];
        size_t length = fieldname_print(descriptor->fields[i].name, camel);
        size_t edits = nearest_edits(wrong, camel);
        if (edits >= fewest || edits >= length)
            continue;
        fewest = edits;
        memcpy(ret_camel, camel, length + 1);
    }
    return fewest <= NEAREST_EDITS;
}

bool fieldname_list(const ProtobufCMessageDescriptor *descriptor, char *ret_list, size_t bytes)
{
    size_t used = 0;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        char camel[FIELDNAME_BYTES];
        size_t length = fieldname_print(descriptor->fields[i].name, camel), between = i > 0 ? 2 : 0;
        if (used + between + length >= bytes)
            return false;
        memcpy(ret_list + used, ", ", between);
        memcpy(ret_list + used + between, camel, length + 1);
        used += between + length;
    }
    return descriptor->n_fields > 0;
}
