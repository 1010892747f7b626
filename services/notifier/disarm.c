#include "services/notifier/disarm.h"

#include "common/grapheme.h"
#include "common/must.h"
#include "common/utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BREAK "\xe2\x80\x8b"    // U+200B, zero width space
#define ELLIPSIS "\xe2\x80\xa6" // U+2026
#define BROKEN "\xef\xbf\xbd"   // U+FFFD

struct range {
    uint32_t first, last;
};

// Characters that are left out: controls, marks that turn the writing direction, invisible ones that people use to hide
// text, and tags. U+200C and U+200D stay, Persian and emoji need them.
static const struct range removed[] = {
    {0x0000, 0x0008}, {0x000e, 0x001f}, {0x007f, 0x0084}, {0x0086, 0x009f},   {0x00ad, 0x00ad},
    {0x061c, 0x061c}, {0x180e, 0x180e}, {0x200b, 0x200b}, {0x200e, 0x200f},   {0x202a, 0x202e},
    {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

static const struct range spaces[] = {
    {0x0009, 0x000d}, {0x0020, 0x0020}, {0x0085, 0x0085}, {0x00a0, 0x00a0}, {0x1680, 0x1680},
    {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
};

// What clients take for the dot of a host name, beside the dot itself.
enum { FULL_STOP = 0x3002, FULLWIDTH_DOT = 0xff0e, HALFWIDTH_STOP = 0xff61 };

enum {
    FULLWIDTH_AT = 0xff20,
    ADDRESS_DOTS = 3, // in an address of numbers
    PARTS_MOST = 16,  // letters, pictures and joiners of one character: a family of four has seven
};

// Where the walk stands.
struct walk {
    enum disarm_style style;
    char *buffer;
    size_t room, used;
    uint32_t before; // the last character that was written, 0 at the start
    bool space;      // white space waits for a character behind it
    bool numbered;   // the last is a dot behind a digit
    unsigned dots;   // that join the numbers up to here
    struct grapheme grapheme;
    size_t characters;     // as people count
    size_t parts, marks;   // of the last of them: without its marks, and marks in a row at its end
    size_t whole;          // where the last of them begins
    uint32_t whole_before; // and what was written before it
};

static bool within(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    }
    return false;
}

#define WITHIN(ranges, character) within(ranges, sizeof(ranges) / sizeof(ranges)[0], character)

static uint32_t decode(const char *text, size_t length)
{
    const uint8_t *at = (const uint8_t *)text;
    static const uint8_t lead[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t character = at[0] & lead[length];
    for (size_t i = 1; i < length; i++)
        character = character << 6 | (at[i] & 0x3f);
    return character;
}

static bool letter(uint32_t character)
{
    static const struct range letters[] = {{'A', 'Z'}, {'a', 'z'}, {0xff21, 0xff3a}, {0xff41, 0xff5a}};
    return WITHIN(letters, character);
}

static bool digit(uint32_t character)
{
    return character >= '0' && character <= '9';
}

static bool dot(uint32_t character)
{
    return character == '.' || character == FULL_STOP || character == FULLWIDTH_DOT || character == HALFWIDTH_STOP;
}

// Most characters by far: none of the ranges has one of them.
static bool plain(uint32_t character)
{
    return character > ' ' && character < 0x7f;
}

// Counts the numbers that dots join; true when with this character they are an address such as 192.0.2.1.
static bool address(struct walk *walk, uint32_t character)
{
    bool number = digit(character), joined = number && walk->numbered;
    bool goes_on = digit(walk->before) && (number || dot(character));
    walk->dots = joined ? walk->dots + 1 : goes_on ? walk->dots : 0;
    walk->numbered = dot(character) && digit(walk->before);
    if (!joined || walk->dots < ADDRESS_DOTS)
        return false;
    walk->dots = 0;
    return true;
}

// Whether something invisible must stand between the last character and this one, so that no chat takes the two for a
// link. A full stop between two Chinese sentences is none of a host.
static bool split(const struct walk *walk, uint32_t character, bool joined)
{
    if (walk->style == DISARM_PLAIN)
        return false;
    switch (walk->before) {
    case '@':
    case FULLWIDTH_AT:
        return true;
    case ']':
        return character == '(';
    case ':':
        return character == '/' || letter(character);
    case '.':
    case FULLWIDTH_DOT:
    case HALFWIDTH_STOP:
        return letter(character) || (character >= 0x80 && !joined);
    case FULL_STOP:
        return letter(character);
    default:
        return false;
    }
}

static const struct {
    uint32_t character;
    const char *chat, *slack;
} substitutes[] = {
    {'<', "\xef\xbc\x9c", "&lt;"},
    {'>', "\xef\xbc\x9e", "&gt;"},
    {'&', NULL, "&amp;"},
    {'`', "'", "'"},
};

enum { SUBSTITUTES = sizeof substitutes / sizeof substitutes[0] };

// What stands for a character that a chat would act on; NULL: itself.
static const char *instead(enum disarm_style style, uint32_t character)
{
    for (size_t i = 0; style != DISARM_PLAIN && i < SUBSTITUTES; i++) {
        if (substitutes[i].character == character)
            return style == DISARM_SLACK ? substitutes[i].slack : substitutes[i].chat;
    }
    return NULL;
}

void disarm_show(char *text, enum disarm_style style)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; to++) {
        *to = *at;
        size_t length = 1;
        for (size_t i = 0; style == DISARM_SLACK && *at == '&' && i < SUBSTITUTES; i++)
            if (strncmp(at, substitutes[i].slack, strlen(substitutes[i].slack)) == 0) {
                *to = (char)substitutes[i].character;
                length = strlen(substitutes[i].slack);
            }
        at += length;
    }
    *to = '\0';
}

static bool room_for(const struct walk *walk, size_t bytes)
{
    // A space, a break, the character, the ellipsis and the end.
    return walk->used + 1 + strlen(BREAK) + bytes + strlen(ELLIPSIS) + 1 <= walk->room;
}

static void write(struct walk *walk, const char *bytes, size_t length)
{
    memcpy(walk->buffer + walk->used, bytes, length);
    walk->used += length;
}

// True for what people see on another character and not beside it.
static bool is_mark(enum grapheme_kind kind)
{
    return kind == GRAPHEME_EXTEND || kind == GRAPHEME_LINKER || kind == GRAPHEME_SPACING;
}

// True when the code point belongs to the character before it.
static bool extends(struct walk *walk, uint32_t character)
{
    if (walk->space)
        walk->grapheme = (struct grapheme){.last = 0};
    bool joined = grapheme_joins(&walk->grapheme, character), mark = is_mark(walk->grapheme.before);
    joined = joined && (mark || walk->parts < PARTS_MOST);
    walk->marks = joined && mark ? walk->marks + 1 : 0;
    walk->parts = joined ? walk->parts + !mark : 1;
    return joined;
}

// Takes back the beginning of a character that does not fit as a whole. Always false.
static bool take_back(struct walk *walk)
{
    walk->used = walk->whole;
    walk->before = walk->whole_before;
    return false;
}

// Writes one code point; false when there is no room, or it would begin one character too many.
static bool step(struct walk *walk, uint32_t character, const char *bytes, size_t length, size_t most)
{
    bool joined = extends(walk, character);
    if (joined && walk->marks > DISARM_MARKS)
        return true; // left out: a tower of marks would cover the lines around it
    if (!joined) {
        size_t wanted = walk->space && walk->used > 0 ? 2 : 1;
        walk->whole = walk->used;
        walk->whole_before = walk->before;
        if (most > 0 && walk->characters + wanted > most)
            return false;
        walk->characters += wanted;
    }
    const char *other = instead(walk->style, character);
    if (other != NULL) {
        bytes = other;
        length = strlen(other);
    }
    if (!room_for(walk, length))
        return take_back(walk);
    if (walk->space && walk->used > 0) {
        write(walk, " ", 1);
        walk->before = ' ';
        walk->numbered = false;
    }
    walk->space = false;
    bool numbers = address(walk, character); // counted in any style
    if (split(walk, character, joined) || (numbers && walk->style != DISARM_PLAIN))
        write(walk, BREAK, strlen(BREAK));
    write(walk, bytes, length);
    walk->before = character;
    return true;
}

size_t disarm(const char *text, size_t length, enum disarm_style style, size_t most, char *buffer, size_t room)
{
    must(room > strlen(ELLIPSIS));
    struct walk walk = {.style = style, .buffer = buffer, .room = room};
    bool whole = true;
    for (size_t at = 0; at < length && whole;) {
        size_t bytes = utf8_length(text + at, length - at);
        uint32_t character = bytes > 0 ? decode(text + at, bytes) : 0xfffd;
        const char *from = bytes > 0 ? text + at : BROKEN;
        size_t taken = bytes > 0 ? bytes : strlen(BROKEN);
        at += bytes > 0 ? bytes : 1;
        if (!plain(character) && WITHIN(spaces, character))
            walk.space = true;
        else if (plain(character) || !WITHIN(removed, character))
            whole = step(&walk, character, from, taken, most);
    }
    // A name that ends in "@" must not join with what the template says next.
    if (style != DISARM_PLAIN && (walk.before == '@' || walk.before == FULLWIDTH_AT) && room_for(&walk, 0))
        write(&walk, BREAK, strlen(BREAK));
    if (!whole)
        write(&walk, ELLIPSIS, strlen(ELLIPSIS));
    buffer[walk.used] = '\0';
    return walk.used;
}
