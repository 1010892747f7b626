// The names of a message's fields: "order_id" in the .proto file, "orderId" in JSON.
#ifndef TEND_COMMON_FIELDNAME_H
#define TEND_COMMON_FIELDNAME_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

// Room for the longest name of ours; longer ones are cut.
enum { FIELDNAME_BYTES = 64 };

// Writes the camel form of a name into FIELDNAME_BYTES. Returns its length.
size_t fieldname_print(const char *name, char *ret_camel);

// The field that either form names; NULL when there is none.
const ProtobufCFieldDescriptor *fieldname_find(const ProtobufCMessageDescriptor *descriptor, const char *name);

// The camel form of the field that `name`, in either form, was probably meant to be, into FIELDNAME_BYTES. False when
// none is near.
bool fieldname_nearest(const ProtobufCMessageDescriptor *descriptor, const char *name, char *ret_camel);

// "fromMinute, toMinute": all fields of a small message. False when it has none, or when there is no room for all.
bool fieldname_list(const ProtobufCMessageDescriptor *descriptor, char *ret_list, size_t bytes);

#endif
