// The values of an enum by name. Each has its full name, "CUSTOMER_TYPE_BUYER", and a short form for people, "buyer":
// what follows the type's name, in lower case.
#ifndef TEND_COMMON_CHOICE_H
#define TEND_COMMON_CHOICE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

// Room for the longest short form.
enum { CHOICE_TEXT_BYTES = 64 };

// Reads a full name or a short form, exactly as written. False when the enum has no such value.
bool choice_parse(const ProtobufCEnumDescriptor *choice, const char *text, int *ret_value);

// Writes the short form, or the number where the value has no name. `buffer` holds CHOICE_TEXT_BYTES. Returns its
// length.
size_t choice_print(const ProtobufCEnumDescriptor *choice, int value, char *buffer);

// The short form that `text` was probably meant to be, into CHOICE_TEXT_BYTES. False when none is near.
bool choice_nearest(const ProtobufCEnumDescriptor *choice, const char *text, char *buffer);

#endif
