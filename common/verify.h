// What protobuf-c does not check. Bytes from outside go through verify_wire, then protobuf_c_message_unpack, then
// verify_message; after the three a message is well formed, though not yet sensible. Neither walk allocates.
//
// protobuf-c accepts text that is not UTF-8, cuts a string at its first NUL, takes any number for an enum, lets the
// last of two singular fields win, has no limit of depth, and accepts field numbers that it refuses to write again.
#ifndef TEND_COMMON_VERIFY_H
#define TEND_COMMON_VERIFY_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    VERIFY_STRING_BYTES = 4096, // the longest text that people write
    VERIFY_REPEATED = 1000,     // the longest list that one event may have
    VERIFY_DEPTH = 16,          // messages within messages; ours are five deep at most
    VERIFY_FIELDS = 128,        // of one message type of ours: a bit for each
    VERIFY_OCCURRENCES = 20000, // of fields in one message from the wire; each may cost 100 bytes when unpacked
    VERIFY_UNKNOWN = 64,        // fields of a newer sender; protobuf-c keeps them at 44 times their size
    VERIFY_TEXT_BYTES = 160,
};

// What is wrong, and where: "order_placed.lines[3].sku", "not valid UTF-8". Both are well-formed UTF-8 without control
// characters, cut to fit. An empty field means the message as a whole.
struct verify_error {
    char field[VERIFY_TEXT_BYTES];
    char reason[VERIFY_TEXT_BYTES];
};

struct verify_limits {
    size_t string_bytes;
    size_t repeated;
};

// Checks every field of an unpacked message and of the messages in it: strings are UTF-8 without control characters but
// \n and \t, and within the limit; enum values have a name; lists and depth are within their limits; a Timestamp lies
// in the years 1970 to 9999. `limits` may be NULL for VERIFY_STRING_BYTES and VERIFY_REPEATED. Bytes fields and unknown
// fields are left alone: the frame bounds them. `ret_error` is written when the answer is false.
bool verify_message(const ProtobufCMessage *message, const struct verify_limits *limits,
                    struct verify_error *ret_error);

// Checks packed bytes before they are unpacked as a `descriptor` message: keys are whole, in their shortest form and of
// the type that the field has; no groups; singular fields and members of one oneof appear once; strings hold no NUL;
// depth and the number of fields are bounded, unknown ones too. What this accepts, protobuf-c can unpack in memory
// bounded by VERIFY_OCCURRENCES and the length (or refuses), and pack again. `ret_error` is written when the answer is
// false.
bool verify_wire(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                 struct verify_error *ret_error);

// The same, and whether the bytes are in canonical form: exactly what protobuf-c would pack again. It may say no to
// some that are, never yes to one that is not.
bool verify_wire_form(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                      bool *ret_canonical, struct verify_error *ret_error);

// Makes text of any origin fit to be shown: characters that are broken or control become '?', and the end is whole.
void verify_clean(char *text);

// For the other checkers of messages. Notes that `field` (NULL or empty: the message itself) is wrong. Always false.
bool verify_fail(struct verify_error *ret_error, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Puts `parent` in front of the field of an error on the way up; with an index of 0 or more "parent[index]". Always
// false.
bool verify_under(struct verify_error *error, const char *parent, ptrdiff_t index);

#endif
