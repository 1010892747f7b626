#include "common/zone.h"

#include "common/calendar.h"
#include "common/must.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DAY_S = 86400,
    HOUR_S = 3600,
    MINUTE_S = 60,
    OFFSET_MIN_S = -89999, // the bounds of RFC 8536: one less than 25 hours west, 26 hours east
    OFFSET_MAX_S = 93599,
    RULE_HOURS = 167, // a week less one hour, as of version 3
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    TYPES = 256,            // what one byte can name
    FILE_BYTES = 64 * 1024, // the largest in use has under 4 KB
    RULE_YEARS = 5,         // two years either side: a rule's time may be a week away from its day
    CHANGES = 2 * RULE_YEARS
};

#define INSTANT_LIMIT INT64_C(100000000000000)

// The day of a year on which a rule changes the clocks: 'M' the week-th weekday of a month (5: the last), 'J' the n-th
// day never counting 29 February, 'D' the day after n others. `time_s` is counted from that day's midnight.
struct turn {
    char form;
    int32_t month, week, weekday; // weekday 0 Sunday .. 6
    int32_t n;
    int32_t time_s;
};

// What holds after the last transition.
struct rule {
    int32_t standard_s, daylight_s;
    bool has_daylight;
    struct turn start, end; // of daylight time
};

struct zone {
    char name[ZONE_NAME_BYTES];
    size_t count;
    int64_t *instants; // of the transitions, ascending
    uint8_t *types;    // the type from each of them on
    int32_t offsets[TYPES];
    bool has_rule;
    struct rule rule;
};

struct change {
    int64_t instant;
    int32_t offset_s;
};

// --- the footer: a POSIX TZ string
// --------------------------------------------------------------------------------------

// The footer is a POSIX TZ string. Each take_ moves on past what it has read, and says whether that was there.
static bool take(const char **text, char wanted)
{
    if (**text != wanted)
        return false;
    (*text)++;
    return true;
}

static bool take_number(const char **text, int32_t low, int32_t high, int32_t *ret_number)
{
    int32_t number = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (*at - '0');
        if (number > high)
            return false;
    }
    if (at == *text || number < low)
        return false;
    *text = at;
    *ret_number = number;
    return true;
}

// [+-]hours[:minutes[:seconds]]
static bool take_time(const char **text, int32_t hours_max, int32_t *ret_seconds)
{
    int32_t sign = take(text, '-') ? -1 : 1;
    if (sign > 0)
        take(text, '+');
    int32_t hours, minutes = 0, seconds = 0;
    if (!take_number(text, 0, hours_max, &hours))
        return false;
    if (take(text, ':') && !take_number(text, 0, 59, &minutes))
        return false;
    if (take(text, ':') && !take_number(text, 0, 59, &seconds))
        return false;
    *ret_seconds = sign * (hours * HOUR_S + minutes * MINUTE_S + seconds);
    return true;
}

static bool letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool digit_or_sign(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '+' || byte == '-';
}

// At least three letters, or in <> also digits and signs. We show no abbreviations, so it is only passed over.
static bool take_abbreviation(const char **text)
{
    bool quoted = take(text, '<');
    const char *start = *text;
    while (letter(**text) || (quoted && digit_or_sign(**text)))
        (*text)++;
    return *text - start >= 3 && (!quoted || take(text, '>'));
}

static bool take_turn(const char **text, struct turn *ret_turn)
{
    struct turn turn = {.form = 'D', .time_s = 2 * HOUR_S};
    bool ok;
    if (take(text, 'M')) {
        turn.form = 'M';
        ok = take_number(text, 1, 12, &turn.month) && take(text, '.') && take_number(text, 1, 5, &turn.week) &&
             take(text, '.') && take_number(text, 0, 6, &turn.weekday);
    } else if (take(text, 'J')) {
        turn.form = 'J';
        ok = take_number(text, 1, 365, &turn.n);
    } else {
        ok = take_number(text, 0, 365, &turn.n);
    }
    if (!ok || (take(text, '/') && !take_time(text, RULE_HOURS, &turn.time_s)))
        return false;
    *ret_turn = turn;
    return true;
}

// POSIX counts offsets west of Greenwich, we east. Daylight time without its days has no agreed meaning and is refused.
static bool read_rule(const char *text, struct rule *ret_rule)
{
    struct rule rule = {0};
    int32_t west;
    if (!take_abbreviation(&text) || !take_time(&text, 24, &west))
        return false;
    rule.standard_s = -west;
    if (*text != '\0') {
        rule.has_daylight = true;
        rule.daylight_s = rule.standard_s + HOUR_S;
        if (!take_abbreviation(&text))
            return false;
        if (*text != ',') {
            if (!take_time(&text, 24, &west))
                return false;
            rule.daylight_s = -west;
        }
        if (!take(&text, ',') || !take_turn(&text, &rule.start) || !take(&text, ',') || !take_turn(&text, &rule.end))
            return false;
    }
    if (*text != '\0')
        return false;
    *ret_rule = rule;
    return true;
}

// --- the file
// -------------------------------------------------------------------------------------------------------------

struct header {
    uint32_t utc_flags, standard_flags, leaps, transitions, types, letters;
};

// The unread part of a file. No read goes past its end.
struct reader {
    const uint8_t *at;
    size_t left;
};

static const uint8_t *read_bytes(struct reader *reader, size_t count)
{
    if (count > reader->left)
        return NULL;
    const uint8_t *bytes = reader->at;
    reader->at += count;
    reader->left -= count;
    return bytes;
}

static uint32_t be32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t be64(const uint8_t *bytes)
{
    return (int64_t)((uint64_t)be32(bytes) << 32 | be32(bytes + 4));
}

static bool read_header(struct reader *reader, struct header *ret_header)
{
    const uint8_t *bytes = read_bytes(reader, HEADER_BYTES);
    if (bytes == NULL || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2' || bytes[4] > '9')
        return false;
    struct header header = {be32(bytes + 20), be32(bytes + 24), be32(bytes + 28),
                            be32(bytes + 32), be32(bytes + 36), be32(bytes + 40)};
    // No count may exceed what a whole file could hold, so the sums of lengths below cannot wrap.
    const uint32_t counts[] = {header.utc_flags,   header.standard_flags, header.leaps,
                               header.transitions, header.types,          header.letters};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i] > FILE_BYTES)
            return false;
    *ret_header = header;
    return true;
}

static size_t block_bytes(const struct header *header, size_t time_bytes)
{
    return header->transitions * (time_bytes + 1) + header->types * (size_t)TYPE_BYTES + header->letters +
           header->leaps * (time_bytes + 4) + header->standard_flags + header->utc_flags;
}

static bool counts_valid(const struct header *header)
{
    return header->types >= 1 && header->types <= TYPES && header->letters >= 1 && header->leaps == 0 &&
           (header->utc_flags == 0 || header->utc_flags == header->types) &&
           (header->standard_flags == 0 || header->standard_flags == header->types);
}

static bool read_transitions(struct zone *zone, const uint8_t *times, const uint8_t *types, const struct header *header)
{
    zone->count = header->transitions;
    for (size_t i = 0; i < zone->count; i++) {
        zone->instants[i] = be64(times + i * 8);
        zone->types[i] = types[i];
        if (types[i] >= header->types || (i > 0 && zone->instants[i] <= zone->instants[i - 1]))
            return false;
    }
    return true;
}

static bool read_types(struct zone *zone, const uint8_t *types, const struct header *header)
{
    for (size_t i = 0; i < header->types; i++) {
        const uint8_t *type = types + i * TYPE_BYTES;
        int32_t offset = (int32_t)be32(type);
        if (offset < OFFSET_MIN_S || offset > OFFSET_MAX_S || type[4] > 1 || type[5] >= header->letters)
            return false;
        zone->offsets[i] = offset;
    }
    return true;
}

// A newline, the rule, a newline, and nothing behind it. An empty rule leaves the last type in force for ever.
static bool read_footer(struct zone *zone, struct reader *reader)
{
    size_t length = reader->left;
    if (length < 2 || reader->at[0] != '\n' || reader->at[length - 1] != '\n')
        return false;
    char text[128]; // the longest rule in use has 44 letters
    length -= 2;
    if (length >= sizeof text)
        return false;
    memcpy(text, reader->at + 1, length);
    text[length] = '\0';
    zone->has_rule = length > 0;
    return strlen(text) == length && (length == 0 || read_rule(text, &zone->rule));
}

// The second block, whose times have eight bytes; `zone` has room for its transitions.
static bool read_block(struct zone *zone, struct reader *reader, const struct header *header)
{
    const uint8_t *times = read_bytes(reader, header->transitions * (size_t)8);
    const uint8_t *indexes = read_bytes(reader, header->transitions);
    const uint8_t *types = read_bytes(reader, header->types * (size_t)TYPE_BYTES);
    const uint8_t *rest = read_bytes(reader, (size_t)header->letters + header->standard_flags + header->utc_flags);
    return times != NULL && indexes != NULL && types != NULL && rest != NULL &&
           read_transitions(zone, times, indexes, header) && read_types(zone, types, header) &&
           read_footer(zone, reader);
}

bool zone_parse(const char *name, const uint8_t *bytes, size_t length, struct zone **ret_zone)
{
    struct reader reader = {bytes, length};
    struct header header;
    if (length > FILE_BYTES || !zone_name_valid(name))
        return false;
    // The first block is the same with times of four bytes, for readers of version 1.
    if (!read_header(&reader, &header) || read_bytes(&reader, block_bytes(&header, 4)) == NULL)
        return false;
    if (!read_header(&reader, &header) || !counts_valid(&header) || block_bytes(&header, 8) > reader.left)
        return false;
    struct zone *zone = calloc(1, sizeof *zone);
    must(zone != NULL);
    zone->instants = calloc(header.transitions + (size_t)1, sizeof *zone->instants);
    zone->types = calloc(header.transitions + (size_t)1, sizeof *zone->types);
    must(zone->instants != NULL);
    must(zone->types != NULL);
    snprintf(zone->name, sizeof zone->name, "%s", name);
    if (!read_block(zone, &reader, &header)) {
        zone_close(&zone);
        return false;
    }
    *ret_zone = zone;
    return true;
}

bool zone_name_valid(const char *name)
{
    size_t length = strnlen(name, ZONE_NAME_BYTES);
    if (length == 0 || length == ZONE_NAME_BYTES || name[0] == '/' || name[length - 1] == '/')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (!letter(name[i]) && !digit_or_sign(name[i]) && name[i] != '_' && name[i] != '/')
            return false;
        if (name[i] == '/' && name[i + 1] == '/')
            return false;
    }
    return true;
}

// The whole of a regular file of at most `room` bytes. O_NONBLOCK, or a pipe of that name would hold us for ever.
static bool read_file(const char *path, uint8_t *bytes, size_t room, size_t *ret_length)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file < 0)
        return false;
    struct stat status;
    bool ok = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= (off_t)room;
    size_t length = 0;
    for (ssize_t got = 1; ok && got > 0 && length < room;) {
        got = read(file, bytes + length, room - length);
        ok = got >= 0;
        length += ok ? (size_t)got : 0;
    }
    close(file);
    if (ok)
        *ret_length = length;
    return ok;
}

bool zone_open(const char *directories, const char *name, struct zone **ret_zone)
{
    if (!zone_name_valid(name))
        return false;
    uint8_t *bytes = malloc(FILE_BYTES);
    must(bytes != NULL);
    size_t length = 0;
    bool found = false;
    for (const char *at = directories; !found && *at != '\0';) {
        size_t part = strcspn(at, ":");
        char path[PATH_MAX];
        int written = snprintf(path, sizeof path, "%.*s/%s", (int)(part < PATH_MAX ? part : PATH_MAX), at, name);
        found = part > 0 && written < (int)sizeof path && read_file(path, bytes, FILE_BYTES, &length);
        at += part + (at[part] == ':');
    }
    bool ok = found && zone_parse(name, bytes, length, ret_zone);
    free(bytes);
    return ok;
}

void zone_close(struct zone **zone)
{
    if (*zone == NULL)
        return;
    free((*zone)->instants);
    free((*zone)->types);
    free(*zone);
    *zone = NULL;
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

// --- instants and local times
// ---------------------------------------------------------------------------------------------

static int64_t hold(int64_t instant)
{
    if (instant > INSTANT_LIMIT)
        return INSTANT_LIMIT;
    return instant < -INSTANT_LIMIT ? -INSTANT_LIMIT : instant;
}

static int64_t floor_day(int64_t seconds)
{
    return seconds / DAY_S - (seconds % DAY_S < 0);
}

static int32_t turn_day(const struct turn *turn, int32_t year)
{
    int32_t new_year = day_from_date((struct date){year, 1, 1});
    if (turn->form == 'D')
        return new_year + turn->n;
    if (turn->form == 'J')
        return new_year + turn->n - 1 + (turn->n >= 60 && month_days(year, 2) == 29);
    int32_t first = day_from_date((struct date){year, turn->month, 1});
    int32_t to_weekday = (turn->weekday - day_weekday(first) % WEEK_DAYS + WEEK_DAYS) % WEEK_DAYS;
    int32_t in_month = to_weekday + (turn->week - 1) * WEEK_DAYS;
    while (in_month >= month_days(year, turn->month))
        in_month -= WEEK_DAYS;
    return first + in_month;
}

static struct change year_change(const struct turn *turn, int32_t year, int32_t before_s, int32_t after_s)
{
    return (struct change){(int64_t)turn_day(turn, year) * DAY_S + turn->time_s - before_s, after_s};
}

// The rule's changes around an instant, each year's in their order. Where one ends as the next begins, the later in
// this row holds: so daylight time all the year round has no gap.
static void rule_changes(const struct rule *rule, int64_t instant, struct change changes[static CHANGES])
{
    int32_t middle = day_date((int32_t)floor_day(instant)).year;
    for (int32_t i = 0; i < RULE_YEARS; i++) {
        int32_t year = middle - RULE_YEARS / 2 + i;
        struct change start = year_change(&rule->start, year, rule->standard_s, rule->daylight_s);
        struct change end = year_change(&rule->end, year, rule->daylight_s, rule->standard_s);
        bool south =
            end.instant < start.instant; // daylight time over the new year, or winter time counted as the change
        changes[2 * i] = south ? end : start;
        changes[2 * i + 1] = south ? start : end;
    }
}

static int32_t rule_offset(const struct rule *rule, int64_t instant)
{
    if (!rule->has_daylight)
        return rule->standard_s;
    struct change changes[CHANGES];
    rule_changes(rule, instant, changes);
    struct change last = {INT64_MIN, rule->standard_s};
    for (size_t i = 0; i < CHANGES; i++)
        if (changes[i].instant <= instant && changes[i].instant >= last.instant)
            last = changes[i];
    return last.offset_s;
}

// How many transitions are at or before the instant.
static size_t rank(const struct zone *zone, int64_t instant)
{
    size_t low = 0;
    for (size_t high = zone->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (zone->instants[middle] <= instant)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The next instant at which the offset may change, INT64_MAX when there is none.
static int64_t next_change(const struct zone *zone, int64_t instant)
{
    size_t at = rank(zone, instant);
    if (at < zone->count)
        return zone->instants[at];
    int64_t next = INT64_MAX;
    if (!zone->has_rule || !zone->rule.has_daylight)
        return next;
    struct change changes[CHANGES];
    rule_changes(&zone->rule, instant, changes);
    for (size_t i = 0; i < CHANGES; i++)
        if (changes[i].instant > instant && changes[i].instant < next)
            next = changes[i].instant;
    return next;
}

int32_t zone_offset_s(const struct zone *zone, int64_t instant_s)
{
    int64_t instant = hold(instant_s);
    size_t at = rank(zone, instant);
    if (at == zone->count && zone->has_rule)
        return rule_offset(&zone->rule, instant);
    return zone->offsets[at == 0 ? 0 : zone->types[at - 1]];
}

struct local_time zone_local(const struct zone *zone, int64_t instant_s)
{
    int64_t local = hold(instant_s) + zone_offset_s(zone, instant_s);
    int64_t day = floor_day(local);
    return (struct local_time){(int32_t)day, (int32_t)(local - day * DAY_S)};
}

// The smallest instant whose local time is at or past the wanted one. The walk starts where the local time is still
// before it whatever the offset, and goes from change to change; between two changes local time runs like the instants.
int64_t zone_instant(const struct zone *zone, int32_t day, uint32_t minute)
{
    must(minute <= DAY_MINUTES);
    int64_t local = hold((int64_t)day * DAY_S + (int64_t)minute * MINUTE_S);
    int64_t start = hold(local - OFFSET_MAX_S);
    for (;;) {
        int64_t wanted = local - zone_offset_s(zone, start);
        int64_t next = next_change(zone, start);
        if (wanted < next)
            return wanted > start ? wanted : start;
        start = next;
    }
}

int64_t zone_moment(const struct zone *zone, int32_t day, uint32_t minute)
{
    int64_t instant = zone_instant(zone, day, minute);
    bool later = minute < DAY_MINUTES && zone_local(zone, instant).day > day;
    return later && zone_local(zone, instant - 1).day == day ? instant - 1 : instant;
}
