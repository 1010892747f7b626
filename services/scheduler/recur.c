#include "services/scheduler/recur.h"

#include "common/hash.h"
#include "common/utf8.h"

#include <string.h>

_Static_assert(sizeof(struct recur_entry) == 56, "stored as its bytes");
_Static_assert(sizeof(struct recur) == 8 + 56 * RECUR_COMPLAINTS, "stored as its bytes");

enum {
    TEXT_BYTES = 1024, // of the text that remains; a cause is a line, not a letter
    CHARACTER_BYTES = 4,
};

static uint32_t decode(const char *text, size_t length)
{
    static const uint8_t FIRST_BITS[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = (uint8_t)text[0] & FIRST_BITS[length];
    for (size_t i = 1; i < length; i++)
        character = character << 6 | ((uint8_t)text[i] & 0x3f);
    return character;
}

static size_t encode(uint32_t character, char *ret_text)
{
    if (character < 0x80) {
        ret_text[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const uint8_t FIRST_MARK[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = length; i-- > 1; character >>= 6)
        ret_text[i] = (char)(0x80 | (character & 0x3f));
    ret_text[0] = (char)(FIRST_MARK[length] | character);
    return length;
}

// Spaces, punctuation and signs, by ranges.
static bool is_mark(uint32_t character)
{
    static const struct {
        uint32_t from, to;
    } RANGES[] = {
        {0x00, 0x2f},     {0x3a, 0x40},     {0x5b, 0x60},     {0x7b, 0xa9},     {0xab, 0xb4},
        {0xb6, 0xb9},     {0xbb, 0xbf},     {0xd7, 0xd7},     {0xf7, 0xf7},     {0x2000, 0x206f},
        {0x2e00, 0x2e7f}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303d, 0x303f},
        {0x30fb, 0x30fb}, {0xfe00, 0xfe1f}, {0xfe30, 0xfe6f}, {0xfeff, 0xfeff}, {0xff5f, 0xff65},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++)
        if (character >= RANGES[i].from && character <= RANGES[i].to)
            return true;
    return false;
}

// Full-width forms as plain ones, capitals as small letters, by ranges that move as a whole.
static uint32_t fold(uint32_t character)
{
    if (character >= 0xff01 && character <= 0xff5e)
        character -= 0xff01 - '!';
    static const struct {
        uint32_t from, to, up;
    } RANGES[] = {
        {'A', 'Z', 32},     {0xc0, 0xd6, 32},   {0xd8, 0xde, 32},   {0x386, 0x386, 38},
        {0x388, 0x38a, 37}, {0x38c, 0x38c, 64}, {0x38e, 0x38f, 63}, {0x391, 0x3a1, 32},
        {0x3a3, 0x3ab, 32}, {0x3c2, 0x3c2, 1},  {0x400, 0x40f, 80}, {0x410, 0x42f, 32},
    };
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++)
        if (character >= RANGES[i].from && character <= RANGES[i].to)
            return character + RANGES[i].up;
    // Further Latin letters stand in pairs, capital and small: from an even number here, from an odd one there.
    bool even = (character >= 0x100 && character <= 0x137) || (character >= 0x14a && character <= 0x177) ||
                (character >= 0x1e00 && character <= 0x1e95) || (character >= 0x1ea0 && character <= 0x1eff);
    bool odd = (character >= 0x139 && character <= 0x148) || (character >= 0x179 && character <= 0x17e);
    if (character == 0x130 || character == 0x131)
        return 'i';
    if (even)
        return character | 1;
    return odd && character % 2 == 1 ? character + 1 : character;
}

uint64_t recur_text(const char *text)
{
    char kept[TEXT_BYTES];
    size_t length = 0, left = strlen(text);
    while (left > 0 && length + CHARACTER_BYTES <= sizeof kept) {
        size_t bytes = utf8_length(text, left);
        uint32_t character = bytes > 0 ? fold(decode(text, bytes)) : 0;
        if (!is_mark(character))
            length += encode(character, kept + length);
        text += bytes > 0 ? bytes : 1;
        left -= bytes > 0 ? bytes : 1;
    }
    if (length == 0)
        return 0;
    uint64_t hash = hash_short(kept, length);
    return hash != 0 ? hash : 1;
}

bool recur_read(const void *bytes, size_t length, struct recur *ret_recur)
{
    memset(ret_recur, 0, sizeof *ret_recur);
    if (length < RECUR_BYTES(0) || length > sizeof *ret_recur)
        return false;
    memcpy(ret_recur, bytes, length);
    if (ret_recur->count <= RECUR_COMPLAINTS && length == RECUR_BYTES(ret_recur->count))
        return true;
    memset(ret_recur, 0, sizeof *ret_recur);
    return false;
}

static bool is_before(const struct recur_entry *left, const struct recur_entry *right)
{
    return left->day != right->day ? left->day < right->day : left->complaint < right->complaint;
}

static uint32_t find(const struct recur *recur, uint64_t complaint)
{
    uint32_t at = 0;
    while (at < recur->count && recur->entries[at].complaint != complaint)
        at++;
    return at;
}

static void take_out(struct recur *recur, uint32_t at)
{
    recur->count--;
    memmove(&recur->entries[at], &recur->entries[at + 1], (recur->count - at) * sizeof recur->entries[0]);
    memset(&recur->entries[recur->count], 0, sizeof recur->entries[0]);
}

bool recur_put(struct recur *recur, const struct recur_entry *entry)
{
    uint32_t at = find(recur, entry->complaint);
    struct recur_entry stands = *entry;
    stands.spare = 0;
    if (at < recur->count) {
        if (memcmp(&recur->entries[at], &stands, sizeof stands) == 0)
            return false;
        take_out(recur, at);
    } else if (recur->count == RECUR_COMPLAINTS) {
        if (is_before(&stands, &recur->entries[0]))
            return false;
        take_out(recur, 0);
    }
    at = recur->count++;
    for (; at > 0 && is_before(&stands, &recur->entries[at - 1]); at--)
        recur->entries[at] = recur->entries[at - 1];
    recur->entries[at] = stands;
    return true;
}

bool recur_remove(struct recur *recur, uint64_t complaint)
{
    uint32_t at = find(recur, complaint);
    if (at == recur->count)
        return false;
    take_out(recur, at);
    return true;
}

static uint32_t in_common(const struct recur_entry *left, const struct recur_entry *right)
{
    return (left->category != 0 && left->category == right->category ? RECUR_CATEGORY : 0U) |
           (left->sku != 0 && left->sku == right->sku ? RECUR_SKU : 0U) |
           (left->cause != 0 && left->cause == right->cause ? RECUR_CAUSE : 0U);
}

bool recur_judge(const struct recur_options *options, const struct recur *recur, const struct recur_entry *entry,
                 struct recur_match *ret_match)
{
    for (uint32_t i = recur->count; i-- > 0;) {
        const struct recur_entry *other = &recur->entries[i];
        int64_t days = (int64_t)entry->day - other->day;
        uint32_t same = in_common(entry, other);
        if (other->complaint == entry->complaint || !is_before(other, entry) || days > options->days || same == 0)
            continue;
        *ret_match = (struct recur_match){.same = same, .complaint = other->complaint, .days = (int32_t)days};
        return true;
    }
    return false;
}
