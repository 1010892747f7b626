#include "services/scoring/override.h"

#include "common/calendar.h"
#include "common/must.h"

#include <string.h>
#include <strings.h>

// What a dimension's value may not be called without somebody who answers for it and a day to look again: a black face
// is a customer kept for influence, against the figures.
static const struct {
    enum dimension dimension;
    const char *word;
} approved[] = {{DIMENSION_FACE, "black"}};

void override_start(struct override_story *story)
{
    memset(story, 0, sizeof *story);
}

static bool needs_approval(enum dimension dimension, const char *word)
{
    for (size_t i = 0; i < sizeof approved / sizeof approved[0]; i++)
        if (approved[i].dimension == dimension && strcasecmp(approved[i].word, word) == 0)
            return true;
    return false;
}

// The value that a word means; a person need not know which letters are large.
static bool value_of(const struct dimension_names *names, enum dimension dimension, const char *word,
                     uint8_t *ret_value)
{
    char buffer[DIMENSION_WORD_BYTES];
    if (dimension_value(names, dimension, word, ret_value))
        return *ret_value != 0;
    for (unsigned value = 1; value <= UINT8_MAX; value++)
        if (strcasecmp(dimension_word(names, dimension, (uint8_t)value, buffer), word) == 0) {
            *ret_value = (uint8_t)value;
            return true;
        }
    return false;
}

// Why the note cannot count; else the dimension and its value, 0 for an empty one.
static enum override_refusal check(const struct dimension_names *names, const struct note_override *said,
                                   enum dimension *ret_dimension, uint8_t *ret_value)
{
    *ret_dimension = DIMENSIONS;
    *ret_value = 0;
    if (!dimension_of(names, said->dimension, ret_dimension))
        return OVERRIDE_NO_DIMENSION;
    if (said->value[0] == '\0')
        return OVERRIDE_ACCEPTED;
    if (!value_of(names, *ret_dimension, said->value, ret_value))
        return OVERRIDE_NO_VALUE;
    if (!needs_approval(*ret_dimension, said->value))
        return OVERRIDE_ACCEPTED;
    if (said->by[0] == '\0')
        return OVERRIDE_NO_APPROVER;
    return said->until_day == NOTE_NO_DAY ? OVERRIDE_NO_REVIEW : OVERRIDE_ACCEPTED;
}

static void take_out(struct override_story *story, uint8_t at)
{
    story->count--;
    memmove(&story->entries[at], &story->entries[at + 1], (size_t)(story->count - at) * sizeof story->entries[0]);
    memset(&story->entries[story->count], 0, sizeof story->entries[0]);
}

static void forget(struct override_story *story, enum dimension dimension)
{
    for (uint8_t i = 0; i < story->count; i++)
        if (story->entries[i].dimension == dimension) {
            take_out(story, i);
            return;
        }
}

enum override_refusal override_hear(struct override_story *story, const struct dimension_names *names,
                                    const struct note *note)
{
    must(note->kind == NOTE_OVERRIDE);
    enum dimension dimension;
    uint8_t value;
    enum override_refusal why = check(names, &note->override, &dimension, &value);
    if (why != OVERRIDE_ACCEPTED) {
        memset(&story->refused, 0, sizeof story->refused); // stories are compared as bytes
        story->refused.time_ms = note->time_ms;
        story->refused.why = (uint8_t)why;
        story->refused.dimension = (uint8_t)dimension;
        memcpy(story->refused.key, note->key, NOTE_KEY_BYTES);
        return why;
    }
    if (story->refused.why != OVERRIDE_ACCEPTED && story->refused.dimension == dimension)
        memset(&story->refused, 0, sizeof story->refused);
    forget(story, dimension);
    if (value == 0)
        return OVERRIDE_ACCEPTED;
    if (story->count == OVERRIDE_MAX)
        take_out(story, 0);
    int32_t until = note->override.until_day;
    struct override *entry = &story->entries[story->count++];
    entry->time_ms = note->time_ms;
    memcpy(entry->key, note->key, NOTE_KEY_BYTES);
    entry->until_day = until == NOTE_NO_DAY ? INT32_MAX : until;
    entry->dimension = (uint8_t)dimension;
    entry->value = value;
    return OVERRIDE_ACCEPTED;
}

const struct override *override_find(const struct override_story *story, enum dimension dimension, int32_t today)
{
    for (uint8_t i = 0; i < story->count; i++)
        if (story->entries[i].dimension == dimension)
            return today <= story->entries[i].until_day ? &story->entries[i] : NULL;
    return NULL;
}

uint8_t override_value(const struct override_story *story, enum dimension dimension, int32_t today, uint8_t computed)
{
    const struct override *entry = override_find(story, dimension, today);
    return entry != NULL ? entry->value : computed;
}

void override_explain(const struct dimension_names *names, const struct override *entry, const char *by,
                      const char *reason, uint8_t computed, struct reason *ret_reason)
{
    char word[DIMENSION_WORD_BYTES];
    const char *else_word = dimension_word(names, (enum dimension)entry->dimension, computed, word);
    reason_start(ret_reason, "set by hand%s%s; the figures say %s", by[0] != '\0' ? " by " : "", by,
                 else_word[0] != '\0' ? else_word : "nothing");
    reason_add(ret_reason, "decided", REASON_TIME, entry->time_ms);
    if (entry->until_day != INT32_MAX)
        reason_add(ret_reason, "until", REASON_DATE, entry->until_day);
    reason_note(ret_reason, "%s", reason);
}

void override_explain_refusal(const struct dimension_names *names, const struct override_refused *refused,
                              const char *value, struct reason *ret_reason)
{
    static const char *const words[OVERRIDE_REFUSALS] = {
        [OVERRIDE_NO_DIMENSION] = "there is no such dimension",
        [OVERRIDE_NO_VALUE] = "the dimension has no such value",
        [OVERRIDE_NO_APPROVER] = "it needs somebody who answers for it (by)",
        [OVERRIDE_NO_REVIEW] = "it needs a last day, on which to look again (until)",
    };
    char name[DIMENSION_NAME_BYTES] = "";
    must(refused->why > OVERRIDE_ACCEPTED && refused->why < OVERRIDE_REFUSALS);
    if (refused->why != OVERRIDE_NO_DIMENSION)
        (void)dimension_name(names, (enum dimension)refused->dimension, name);
    reason_start(ret_reason, "not set by hand: %s", words[refused->why]);
    reason_add(ret_reason, "asked", REASON_TIME, refused->time_ms);
    reason_note(ret_reason, "%s%s%s", name, name[0] != '\0' ? " " : "", value);
}
