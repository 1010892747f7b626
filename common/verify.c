#include "common/verify.h"

#include "common/must.h"
#include "common/stamp.h"
#include "common/utf8.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MEMBER(type, message, offset) (*(const type *)(const void *)((const char *)(message) + (offset)))

// --- errors: written once, on the way out, so that the good case pays nothing for paths ---

void verify_clean(char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        size_t step = utf8_length(text + at, length - at);
        bool control = step == 1 && ((unsigned char)text[at] < 0x20 || text[at] == 0x7F);
        bool upper_control = step == 2 && (unsigned char)text[at] == 0xC2 && (unsigned char)text[at + 1] < 0xA0;
        if (step == 0 || control || upper_control)
            text[at] = '?';
        if (upper_control)
            text[at + 1] = '?';
        at += step == 0 ? 1 : step;
    }
}

// Copies as much as fits, whole characters only; what was cut ends in "...".
static void put(char *place, const char *text)
{
    size_t length = strlen(text);
    size_t kept = length < VERIFY_TEXT_BYTES ? length : utf8_cut(text, length, VERIFY_TEXT_BYTES - 4);
    memmove(place, text, kept);
    memcpy(place + kept, length > kept ? "..." : "", length > kept ? 4 : 1);
}

bool verify_fail(struct verify_error *ret_error, const char *field, const char *format, ...)
{
    char text[2 * VERIFY_TEXT_BYTES];
    snprintf(text, sizeof text, "%s", field == NULL ? "" : field);
    verify_clean(text);
    put(ret_error->field, text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    verify_clean(text);
    put(ret_error->reason, text);
    return false;
}

bool verify_under(struct verify_error *error, const char *parent, ptrdiff_t index)
{
    char text[3 * VERIFY_TEXT_BYTES];
    const char *dot = error->field[0] == '\0' || error->field[0] == '[' ? "" : ".";
    if (index >= 0)
        snprintf(text, sizeof text, "%.*s[%td]%s%s", VERIFY_TEXT_BYTES, parent, index, dot, error->field);
    else
        snprintf(text, sizeof text, "%.*s%s%s", VERIFY_TEXT_BYTES, parent, dot, error->field);
    put(error->field, text);
    return false;
}

// --- the walk over an unpacked message ---

struct walk {
    const struct verify_limits *limits;
    struct verify_error *error;
};

// NULL when the characters are good, else what is wrong with one of them.
static const char *text_fault(const char *text, size_t *ret_length)
{
    const char *at = text;
    for (;;) {
        unsigned char byte = (unsigned char)*at;
        if (byte >= 0x20 && byte < 0x7F) {
            at++;
        } else if (byte >= 0x80) {
            size_t step = utf8_length(at, 4);
            if (step == 0)
                return "not valid UTF-8";
            if (byte == 0xC2 && (unsigned char)at[1] < 0xA0)
                return "holds a control character";
            at += step;
        } else if (byte == '\n' || byte == '\t') {
            at++;
        } else if (byte == '\0') {
            *ret_length = (size_t)(at - text);
            return NULL;
        } else {
            return "holds a control character";
        }
    }
}

static bool string_good(struct walk *walk, const char *text, const char *name)
{
    size_t length = 0;
    const char *fault = text == NULL ? NULL : text_fault(text, &length);
    if (fault != NULL)
        return verify_fail(walk->error, name, "%s", fault);
    if (length > walk->limits->string_bytes)
        return verify_fail(walk->error, name, "longer than %zu bytes", walk->limits->string_bytes);
    return true;
}

static bool choice_good(struct walk *walk, const ProtobufCEnumDescriptor *choice, int value, const char *name)
{
    if (protobuf_c_enum_descriptor_get_value(choice, value) != NULL)
        return true;
    return verify_fail(walk->error, name, "%d is no %s", value, choice->short_name);
}

static bool message_good(struct walk *walk, const ProtobufCMessage *message, unsigned depth);

static bool list_good(struct walk *walk, const ProtobufCFieldDescriptor *field, const ProtobufCMessage *message,
                      unsigned depth)
{
    size_t count = MEMBER(size_t, message, field->quantifier_offset);
    if (count > walk->limits->repeated)
        return verify_fail(walk->error, field->name, "has %zu entries, more than %zu", count, walk->limits->repeated);
    const void *list = MEMBER(void *, message, field->offset);
    for (size_t i = 0; i < count; i++) {
        bool good = true;
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            const ProtobufCMessage *entry = ((ProtobufCMessage *const *)list)[i];
            good = entry != NULL ? message_good(walk, entry, depth + 1) : verify_fail(walk->error, "", "is missing");
        } else if (field->type == PROTOBUF_C_TYPE_STRING) {
            good = string_good(walk, ((char *const *)list)[i], "");
        } else if (field->type == PROTOBUF_C_TYPE_ENUM) {
            good = choice_good(walk, field->descriptor, ((const int *)list)[i], "");
        } else {
            return true;
        }
        if (!good)
            return verify_under(walk->error, field->name, (ptrdiff_t)i);
    }
    return true;
}

static bool instant_good(struct walk *walk, const ProtobufCMessage *message)
{
    const Google__Protobuf__Timestamp *instant = (const Google__Protobuf__Timestamp *)(const void *)message;
    if (stamp_valid(instant->seconds, instant->nanos))
        return true;
    return verify_fail(walk->error, "", "not an instant of the years 1970 to 9999");
}

static bool message_good(struct walk *walk, const ProtobufCMessage *message, unsigned depth)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    if (descriptor == &google__protobuf__timestamp__descriptor)
        return instant_good(walk, message);
    if (depth > VERIFY_DEPTH)
        return verify_fail(walk->error, "", "nested deeper than %d messages", VERIFY_DEPTH);
    const ProtobufCFieldDescriptor *end = descriptor->fields + descriptor->n_fields;
    for (const ProtobufCFieldDescriptor *field = descriptor->fields; field < end; field++) {
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
            MEMBER(uint32_t, message, field->quantifier_offset) != field->id)
            continue;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            if (!list_good(walk, field, message, depth))
                return false;
        } else if (field->type == PROTOBUF_C_TYPE_STRING) {
            if (!string_good(walk, MEMBER(char *, message, field->offset), field->name))
                return false;
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            const ProtobufCMessage *inner = MEMBER(ProtobufCMessage *, message, field->offset);
            if (inner != NULL && !message_good(walk, inner, depth + 1))
                return verify_under(walk->error, field->name, -1);
        } else if (field->type == PROTOBUF_C_TYPE_ENUM) {
            if (!choice_good(walk, field->descriptor, MEMBER(int, message, field->offset), field->name))
                return false;
        }
    }
    return true;
}

bool verify_message(const ProtobufCMessage *message, const struct verify_limits *limits, struct verify_error *ret_error)
{
    static const struct verify_limits usual = {VERIFY_STRING_BYTES, VERIFY_REPEATED};
    struct walk walk = {limits == NULL ? &usual : limits, ret_error};
    return message_good(&walk, message, 1);
}

// --- the walk over the wire ---

enum {
    WIRE_GROUP = 3,
    WIRE_GROUP_END = 4,
    VARINT_BYTES = 10, // a varint of 64 bits
    LENGTH_BYTES = 5,  // protobuf-c reads no longer ones
    NUMBER_MAX = (1 << 29) - 1,
    SEEN_WORDS = VERIFY_FIELDS / 64,
};

struct wire {
    const uint8_t *at;
    const uint8_t *end;
    unsigned occurrences;
    unsigned unknown;
    bool canonical; // so far
    struct verify_error *error;
};

// One field as it stands on the wire; `value` and `length` are of a length-prefixed one.
struct occurrence {
    uint32_t number;
    unsigned type;
    uint64_t bits; // of a varint
    const uint8_t *value;
    size_t length;
};

// The wire types that protobuf-c takes for a singular field of each type, as protobuf defines them.
static const uint8_t wire_types[] = {
    [PROTOBUF_C_TYPE_SFIXED32] = PROTOBUF_C_WIRE_TYPE_32BIT,
    [PROTOBUF_C_TYPE_FIXED32] = PROTOBUF_C_WIRE_TYPE_32BIT,
    [PROTOBUF_C_TYPE_FLOAT] = PROTOBUF_C_WIRE_TYPE_32BIT,
    [PROTOBUF_C_TYPE_SFIXED64] = PROTOBUF_C_WIRE_TYPE_64BIT,
    [PROTOBUF_C_TYPE_FIXED64] = PROTOBUF_C_WIRE_TYPE_64BIT,
    [PROTOBUF_C_TYPE_DOUBLE] = PROTOBUF_C_WIRE_TYPE_64BIT,
    [PROTOBUF_C_TYPE_STRING] = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
    [PROTOBUF_C_TYPE_BYTES] = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
    [PROTOBUF_C_TYPE_MESSAGE] = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
};
_Static_assert(PROTOBUF_C_WIRE_TYPE_VARINT == 0, "the types left out of wire_types are varints");

// Reads a varint of at most `most` bytes. False when it is longer or cut short. Most are one byte.
static inline bool varint(struct wire *wire, size_t most, uint64_t *ret_number)
{
    uint64_t number = 0;
    if (wire->at < wire->end && *wire->at < 0x80) {
        *ret_number = *wire->at++;
        return true;
    }
    for (size_t i = 0; i < most && wire->at < wire->end; i++) {
        uint8_t byte = *wire->at++;
        number |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte < 0x80) {
            wire->canonical = wire->canonical && byte != 0;
            *ret_number = number;
            return true;
        }
    }
    return false;
}

// Reads a key. An overlong one is refused: protobuf-c keeps unknown fields under the number, and writes another key.
static inline bool key_read(struct wire *wire, struct occurrence *ret_occurrence)
{
    const uint8_t *start = wire->at;
    uint64_t key;
    if (!varint(wire, LENGTH_BYTES, &key))
        return verify_fail(wire->error, "", "a field's key is cut short or too long");
    if (wire->at - start > 1 && wire->at[-1] == 0)
        return verify_fail(wire->error, "", "a field's key is not in its shortest form");
    if (key >> 3 == 0 || key >> 3 > NUMBER_MAX)
        return verify_fail(wire->error, "", "%llu is no field number", (unsigned long long)(key >> 3));
    ret_occurrence->number = (uint32_t)(key >> 3);
    ret_occurrence->type = (unsigned)(key & 7);
    return true;
}

static inline bool value_read(struct wire *wire, struct occurrence *occurrence)
{
    uint64_t length = 0;
    bool whole = true;
    unsigned type = occurrence->type;
    if (type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
        whole = varint(wire, LENGTH_BYTES, &length);
    } else if (type == PROTOBUF_C_WIRE_TYPE_VARINT) {
        whole = varint(wire, VARINT_BYTES, &occurrence->bits);
    } else if (type == PROTOBUF_C_WIRE_TYPE_64BIT || type == PROTOBUF_C_WIRE_TYPE_32BIT) {
        length = type == PROTOBUF_C_WIRE_TYPE_64BIT ? 8 : 4;
    } else {
        bool group = type == WIRE_GROUP || type == WIRE_GROUP_END;
        return verify_fail(wire->error, "", "field number %u %s", occurrence->number,
                           group ? "is a group" : "has no type");
    }
    if (!whole || length > (size_t)(wire->end - wire->at))
        return verify_fail(wire->error, "", "field number %u is cut short", occurrence->number);
    occurrence->value = wire->at;
    occurrence->length = (size_t)length;
    wire->at += length;
    return true;
}

// Senders write fields in order, so the field after the last one, or the last one again, is most often the one.
static inline const ProtobufCFieldDescriptor *field_find(const ProtobufCMessageDescriptor *descriptor, uint32_t number,
                                                         unsigned *index)
{
    for (unsigned i = *index; i < *index + 2 && i < descriptor->n_fields; i++)
        if (descriptor->fields[i].id == number) {
            *index = i;
            return &descriptor->fields[i];
        }
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(descriptor, number);
    if (field != NULL)
        *index = (unsigned)(field - descriptor->fields);
    return field;
}

// The members of a oneof share the bit of its first member.
static unsigned seen_bit(const ProtobufCMessageDescriptor *descriptor, unsigned index)
{
    const ProtobufCFieldDescriptor *field = &descriptor->fields[index];
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
        return index;
    unsigned first = 0;
    while ((descriptor->fields[first].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0 ||
           descriptor->fields[first].quantifier_offset != field->quantifier_offset)
        first++;
    return first;
}

static bool once(struct wire *wire, const ProtobufCMessageDescriptor *descriptor, unsigned index, uint64_t *seen)
{
    const ProtobufCFieldDescriptor *field = &descriptor->fields[index];
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return true;
    unsigned bit = seen_bit(descriptor, index);
    uint64_t mask = UINT64_C(1) << (bit % 64);
    if ((seen[bit / 64] & mask) != 0)
        return verify_fail(wire->error, field->name, "%s",
                           (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 ? "a second choice where one is allowed"
                                                                             : "appears twice");
    seen[bit / 64] |= mask;
    return true;
}

// A list of numbers may also come packed, all in one field.
static bool type_good(const ProtobufCFieldDescriptor *field, unsigned type)
{
    bool packable = field->label == PROTOBUF_C_LABEL_REPEATED && field->type != PROTOBUF_C_TYPE_STRING &&
                    field->type != PROTOBUF_C_TYPE_BYTES && field->type != PROTOBUF_C_TYPE_MESSAGE;
    return type == wire_types[field->type] || (packable && type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
}

// Whether the occurrence stands as protobuf-c would write it behind the field `last`. Says no rather than look further
// at what events hardly hold: numbers of fixed size, and lists of numbers.
static inline bool as_written(const ProtobufCFieldDescriptor *field, const struct occurrence *occurrence, uint32_t last)
{
    bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
    bool choice = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (occurrence->number < last || occurrence->type == PROTOBUF_C_WIRE_TYPE_64BIT ||
        occurrence->type == PROTOBUF_C_WIRE_TYPE_32BIT)
        return false;
    if (occurrence->type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return field->type == PROTOBUF_C_TYPE_MESSAGE ||
               ((field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES) &&
                (occurrence->length > 0 || choice || list));
    bool wide = field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_UINT64 ||
                field->type == PROTOBUF_C_TYPE_SINT64;
    uint64_t most = wide ? UINT64_MAX : field->type == PROTOBUF_C_TYPE_BOOL ? 1 : INT32_MAX;
    return !list && occurrence->bits <= most && (occurrence->bits != 0 || choice);
}

static bool wire_good(struct wire *wire, const ProtobufCMessageDescriptor *descriptor, unsigned depth);

// Strings and messages have an inside to look at. The error's field is as seen from inside.
static bool inside_good(struct wire *wire, const ProtobufCFieldDescriptor *field, const struct occurrence *occurrence,
                        unsigned depth)
{
    must(occurrence->value != NULL);
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return memchr(occurrence->value, '\0', occurrence->length) == NULL ||
               verify_fail(wire->error, "", "holds a NUL");
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return true;
    const uint8_t *end = wire->end;
    wire->at = occurrence->value;
    wire->end = occurrence->value + occurrence->length;
    if (!wire_good(wire, field->descriptor, depth + 1))
        return false;
    wire->end = end;
    return true;
}

// How many fields of this number stand between `at` and the occurrence. For errors only: so good messages need not
// count.
static ptrdiff_t entries_before(const uint8_t *at, const struct occurrence *occurrence)
{
    struct verify_error unused;
    struct wire wire = {.at = at, .end = occurrence->value, .error = &unused};
    struct occurrence earlier = {0};
    ptrdiff_t count = 0;
    while (wire.at < wire.end && key_read(&wire, &earlier) && value_read(&wire, &earlier))
        count += earlier.number == occurrence->number;
    return count;
}

static bool wire_good(struct wire *wire, const ProtobufCMessageDescriptor *descriptor, unsigned depth)
{
    must(descriptor->n_fields <= VERIFY_FIELDS);
    if (depth > VERIFY_DEPTH)
        return verify_fail(wire->error, "", "nested deeper than %d messages", VERIFY_DEPTH);
    uint64_t seen[SEEN_WORDS] = {0};
    unsigned index = 0;
    uint32_t last = 0;
    const uint8_t *start = wire->at;
    while (wire->at < wire->end) {
        struct occurrence occurrence = {0};
        if (++wire->occurrences > VERIFY_OCCURRENCES)
            return verify_fail(wire->error, "", "more than %d fields", VERIFY_OCCURRENCES);
        if (!key_read(wire, &occurrence) || !value_read(wire, &occurrence))
            return false;
        const ProtobufCFieldDescriptor *field = field_find(descriptor, occurrence.number, &index);
        if (field == NULL) {
            wire->canonical = false;
            if (++wire->unknown > VERIFY_UNKNOWN)
                return verify_fail(wire->error, "", "more than %d unknown fields", VERIFY_UNKNOWN);
            continue;
        }
        if (!type_good(field, occurrence.type))
            return verify_fail(wire->error, field->name, "has the wrong type on the wire");
        if (!once(wire, descriptor, index, seen))
            return false;
        wire->canonical = wire->canonical && as_written(field, &occurrence, last);
        last = occurrence.number;
        if (!inside_good(wire, field, &occurrence, depth)) {
            bool list = field->label == PROTOBUF_C_LABEL_REPEATED;
            return verify_under(wire->error, field->name, list ? entries_before(start, &occurrence) : -1);
        }
    }
    return true;
}

bool verify_wire_form(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                      bool *ret_canonical, struct verify_error *ret_error)
{
    // An empty message may come without any bytes to point at.
    static const uint8_t nothing[1];
    const uint8_t *start = bytes == NULL ? nothing : bytes;
    must(bytes != NULL || length == 0);
    struct wire wire = {.at = start, .end = start + length, .canonical = true, .error = ret_error};
    if (!wire_good(&wire, descriptor, 1))
        return false;
    *ret_canonical = wire.canonical;
    return true;
}

bool verify_wire(const ProtobufCMessageDescriptor *descriptor, const uint8_t *bytes, size_t length,
                 struct verify_error *ret_error)
{
    bool canonical;
    return verify_wire_form(descriptor, bytes, length, &canonical, ret_error);
}
