// Rows of the store as bytes, by tables that say where each member of a struct is. Numbers are big-endian, so a store
// can be read on any machine; fields are only ever added at the end, and an older row leaves the new ones as they were.
// Pure.
#ifndef TEND_SERVICES_SCHEDULER_PACK_H
#define TEND_SERVICES_SCHEDULER_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pack_type {
    PACK_END,
    PACK_8,     // uint8_t, bool
    PACK_32,    // uint32_t, int32_t, enums
    PACK_64,    // uint64_t, int64_t
    PACK_TEXT,  // const char *, at most PACK_TEXT_MAX bytes; NULL is written as ""
    PACK_SLICE, // struct pack_slice of at most PACK_TEXT_MAX bytes
};

enum { PACK_TEXT_MAX = 65535 };

// As struct slice of common/store.h.
struct pack_slice {
    const uint8_t *bytes;
    size_t length;
};

struct pack_field {
    uint8_t type;
    uint8_t count; // members in a row, 1 for most
    uint16_t offset;
    const char *name; // of the member, for people
};

#define PACK_FIELD(of, type, member)           \
    {                                          \
        type, 1, offsetof(of, member), #member \
    }
#define PACK_ARRAY(of, type, member, count)        \
    {                                              \
        type, count, offsetof(of, member), #member \
    }

// Stands behind the last field.
#define PACK_LAST            \
    {                        \
        PACK_END, 0, 0, NULL \
    }

// How many bytes the row takes.
size_t pack_size(const struct pack_field *fields, const void *row);

// Writes them.
void pack_write(const struct pack_field *fields, const void *row, uint8_t *ret_bytes);

// Fills the row; its texts and slices point into `bytes`. False when the bytes end within a field: then the fields
// before it are filled.
bool pack_read(const struct pack_field *fields, const uint8_t *bytes, size_t length, void *ret_row);

#endif
