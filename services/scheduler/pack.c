#include "services/scheduler/pack.h"

#include "common/must.h"

#include <string.h>

_Static_assert(sizeof(bool) == 1 && sizeof(enum pack_type) == 4, "bool is packed as 8 bits, enums as 32");

static const uint8_t SIZES[] = {
    [PACK_8] = 1, [PACK_32] = 4, [PACK_64] = 8, [PACK_TEXT] = sizeof(char *), [PACK_SLICE] = sizeof(struct pack_slice)};

// Written out, so that each is one load or store of swapped bytes.
static void put_16(uint8_t *at, size_t number)
{
    at[0] = (uint8_t)(number >> 8);
    at[1] = (uint8_t)number;
}

static void put_32(uint8_t *at, uint32_t number)
{
    at[0] = (uint8_t)(number >> 24);
    at[1] = (uint8_t)(number >> 16);
    at[2] = (uint8_t)(number >> 8);
    at[3] = (uint8_t)number;
}

static void put_64(uint8_t *at, uint64_t number)
{
    put_32(at, (uint32_t)(number >> 32));
    put_32(at + 4, (uint32_t)number);
}

static size_t get_16(const uint8_t *at)
{
    return (size_t)at[0] << 8 | at[1];
}

static uint32_t get_32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t get_64(const uint8_t *at)
{
    return (uint64_t)get_32(at) << 32 | get_32(at + 4);
}

// The variable part of a field: the text with its NUL, or the slice.
static struct pack_slice tail(unsigned type, const uint8_t *member)
{
    struct pack_slice slice = {(const uint8_t *)"", 0};
    if (type == PACK_SLICE) {
        memcpy(&slice, member, sizeof slice);
    } else {
        const char *text;
        memcpy(&text, member, sizeof text);
        slice.bytes = (const uint8_t *)(text != NULL ? text : "");
        slice.length = text != NULL ? strlen(text) : 0;
    }
    must(slice.length <= PACK_TEXT_MAX);
    return slice;
}

static size_t field_size(const struct pack_field *field, const uint8_t *member)
{
    if (field->type == PACK_TEXT) {
        return 2 + tail(field->type, member).length + 1;
    }
    return field->type == PACK_SLICE ? 2 + tail(field->type, member).length : SIZES[field->type];
}

static uint8_t *field_write(const struct pack_field *field, const uint8_t *member, uint8_t *at)
{
    uint32_t number;
    uint64_t large;
    struct pack_slice slice;
    switch (field->type) {
    case PACK_8:
        *at = *member;
        return at + 1;
    case PACK_32:
        memcpy(&number, member, sizeof number);
        put_32(at, number);
        return at + 4;
    case PACK_64:
        memcpy(&large, member, sizeof large);
        put_64(at, large);
        return at + 8;
    default:
        slice = tail(field->type, member);
        put_16(at, slice.length);
        if (slice.length > 0) {
            memcpy(at + 2, slice.bytes, slice.length);
        }
        at += 2 + slice.length;
        if (field->type == PACK_TEXT) {
            *at++ = '\0';
        }
        return at;
    }
}

// Returns what follows the field, NULL when the bytes end before.
static const uint8_t *field_read(const struct pack_field *field, const uint8_t *at, size_t left, uint8_t *member)
{
    bool varies = field->type == PACK_TEXT || field->type == PACK_SLICE;
    size_t need = varies ? 2 : SIZES[field->type];
    if (left >= need && varies) {
        need += get_16(at) + (field->type == PACK_TEXT ? 1U : 0U);
    }
    if (left < need) {
        return NULL;
    }
    if (field->type == PACK_8) {
        *member = *at;
    } else if (field->type == PACK_32) {
        uint32_t number = get_32(at);
        memcpy(member, &number, sizeof number);
    } else if (field->type == PACK_64) {
        uint64_t large = get_64(at);
        memcpy(member, &large, sizeof large);
    } else if (field->type == PACK_TEXT) {
        const char *text = (const char *)at + 2;
        must(at[need - 1] == '\0');
        memcpy(member, &text, sizeof text);
    } else {
        struct pack_slice slice = {at + 2, need - 2};
        memcpy(member, &slice, sizeof slice);
    }
    return at + need;
}

size_t pack_size(const struct pack_field *fields, const void *row)
{
    size_t bytes = 0;
    for (; fields->type != PACK_END; fields++) {
        if (fields->type < PACK_TEXT) {
            bytes += (size_t)fields->count * SIZES[fields->type];
            continue;
        }
        for (unsigned i = 0; i < fields->count; i++) {
            bytes += field_size(fields, (const uint8_t *)row + fields->offset + i * SIZES[fields->type]);
        }
    }
    return bytes;
}

void pack_write(const struct pack_field *fields, const void *row, uint8_t *ret_bytes)
{
    for (; fields->type != PACK_END; fields++) {
        if (fields->type == PACK_8) {
            memcpy(ret_bytes, (const uint8_t *)row + fields->offset, fields->count);
            ret_bytes += fields->count;
            continue;
        }
        for (unsigned i = 0; i < fields->count; i++) {
            ret_bytes = field_write(fields, (const uint8_t *)row + fields->offset + i * SIZES[fields->type], ret_bytes);
        }
    }
}

bool pack_read(const struct pack_field *fields, const uint8_t *bytes, size_t length, void *ret_row)
{
    const uint8_t *end = bytes + length;
    for (; fields->type != PACK_END; fields++) {
        if (fields->type == PACK_8 && (size_t)(end - bytes) >= fields->count) {
            memcpy((uint8_t *)ret_row + fields->offset, bytes, fields->count);
            bytes += fields->count;
            continue;
        }
        for (unsigned i = 0; i < fields->count; i++) {
            uint8_t *member = (uint8_t *)ret_row + fields->offset + i * SIZES[fields->type];
            bytes = field_read(fields, bytes, (size_t)(end - bytes), member);
            if (bytes == NULL) {
                return false;
            }
        }
    }
    return true;
}
