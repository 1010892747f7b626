#include "services/scoring/parcel.h"

#include "common/must.h"

#include <string.h>

enum { BITS = 7, MORE = 0x80, WORD_BITS = 64 };

struct parcel parcel_to_write(uint8_t *bytes, size_t room)
{
    return (struct parcel){.out = bytes, .room = room, .good = true};
}

struct parcel parcel_to_read(const uint8_t *bytes, size_t length)
{
    return (struct parcel){.in = bytes, .room = length, .good = true};
}

bool parcel_whole(const struct parcel *parcel)
{
    return parcel->good && parcel->used == parcel->room;
}

static void put_byte(struct parcel *parcel, uint8_t byte)
{
    parcel->good &= parcel->used < parcel->room;
    if (parcel->good)
        parcel->out[parcel->used++] = byte;
}

static uint8_t get_byte(struct parcel *parcel)
{
    parcel->good &= parcel->used < parcel->room;
    return parcel->good ? parcel->in[parcel->used++] : 0;
}

void parcel_put(struct parcel *parcel, uint64_t value)
{
    must(parcel->out != NULL);
    for (; value >= MORE; value >>= BITS)
        put_byte(parcel, (uint8_t)(value | MORE));
    put_byte(parcel, (uint8_t)value);
}

uint64_t parcel_get(struct parcel *parcel)
{
    must(parcel->in != NULL);
    uint64_t value = 0;
    for (unsigned shift = 0; parcel->good; shift += BITS) {
        uint64_t byte = get_byte(parcel);
        if (shift >= WORD_BITS || (shift == WORD_BITS - 1 && byte > 1))
            parcel->good = false;
        else
            value |= (byte & (MORE - 1)) << shift;
        if (byte < MORE)
            break;
    }
    return parcel->good ? value : 0;
}

void parcel_number(struct parcel *parcel, uint64_t *value)
{
    if (parcel->out != NULL)
        parcel_put(parcel, *value);
    else
        *value = parcel_get(parcel);
}

void parcel_signed(struct parcel *parcel, int64_t *value)
{
    // The sign is the lowest bit, so that small numbers of either sign are short.
    uint64_t bits = (uint64_t)*value << 1 ^ (*value < 0 ? UINT64_MAX : 0);
    parcel_number(parcel, &bits);
    *value = (int64_t)(bits >> 1 ^ ((bits & 1) != 0 ? UINT64_MAX : 0));
}

void parcel_wide(struct parcel *parcel, int128 *value)
{
    uint64_t low = (uint64_t)*value;
    int64_t high = (int64_t)(*value >> WORD_BITS);
    parcel_number(parcel, &low);
    parcel_signed(parcel, &high);
    *value = (int128)high * ((int128)1 << WORD_BITS) + low;
}

void parcel_real(struct parcel *parcel, double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof bits);
    parcel_number(parcel, &bits);
    memcpy(value, &bits, sizeof bits);
}

void parcel_word(struct parcel *parcel, uint32_t *value)
{
    uint64_t wide = *value;
    parcel_number(parcel, &wide);
    parcel->good &= wide <= UINT32_MAX;
    *value = parcel->good ? (uint32_t)wide : 0;
}

void parcel_day(struct parcel *parcel, int32_t *value)
{
    int64_t wide = *value;
    parcel_signed(parcel, &wide);
    parcel->good &= wide >= INT32_MIN && wide <= INT32_MAX;
    *value = parcel->good ? (int32_t)wide : 0;
}

void parcel_bytes(struct parcel *parcel, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (parcel->out != NULL)
            put_byte(parcel, bytes[i]);
        else
            bytes[i] = get_byte(parcel);
    }
}
