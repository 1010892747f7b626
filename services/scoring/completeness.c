#include "services/scoring/completeness.h"

#include "common/config.h"
#include "common/hash.h"
#include "common/must.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PPM = 1000000, CLASS_A = 1, CLASS_C = 3 };
_Static_assert(COMPLETENESS_FIELDS <= 32, "one bit each");

const char *const completeness_names[COMPLETENESS_VALUES] = {"", "empty", "partial", "complete"};

const char *const completeness_field_names[COMPLETENESS_FIELDS] = {
    "name",  "owner", "type",       "region", "birthday", "founding_day", "cooperation_since", "contact",
    "phone", "email", "key_person", "credit", "source",   "language",     "time_zone"};

// --- what is known

void profile_start(struct profile *profile)
{
    memset(profile, 0, sizeof *profile);
    profile->since_day = profile->key_person_day = NOTE_NO_DAY;
}

static uint32_t bit(bool known, enum completeness_field field)
{
    return known ? UINT32_C(1) << field : 0;
}

static uint32_t known_of(const struct note_customer *file)
{
    return bit(file->name[0] != '\0', COMPLETENESS_NAME) | bit(file->owner[0] != '\0', COMPLETENESS_OWNER) |
           bit(file->type != 0, COMPLETENESS_TYPE) | bit(file->region[0] != '\0', COMPLETENESS_REGION) |
           bit(file->birthday[0] != '\0' || (file->persons & NOTE_HAS_BIRTHDAY) != 0, COMPLETENESS_BIRTHDAY) |
           bit(file->founding_day[0] != '\0', COMPLETENESS_FOUNDING_DAY) |
           bit(file->since_day != NOTE_NO_DAY, COMPLETENESS_COOPERATION_SINCE) |
           bit((file->persons & NOTE_HAS_CONTACT) != 0, COMPLETENESS_CONTACT) |
           bit((file->persons & NOTE_HAS_PHONE) != 0, COMPLETENESS_PHONE) |
           bit((file->persons & NOTE_HAS_EMAIL) != 0, COMPLETENESS_EMAIL) |
           bit((file->persons & NOTE_HAS_KEY_PERSON) != 0, COMPLETENESS_KEY_PERSON) |
           bit(file->credit.given || file->credit_days > 0, COMPLETENESS_CREDIT) |
           bit(file->source[0] != '\0', COMPLETENESS_SOURCE) | bit(file->language[0] != '\0', COMPLETENESS_LANGUAGE) |
           bit(file->time_zone[0] != '\0', COMPLETENESS_TIME_ZONE);
}

// So few that insertion is quickest.
static void sort(uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint32_t number = numbers[i], at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

uint64_t profile_owner(const char *owner)
{
    return owner[0] == '\0' ? 0 : hash_short(owner, strlen(owner));
}

void profile_hear(struct profile *profile, const struct note *note, int32_t day)
{
    if (note->kind == NOTE_LEAD && note->lead.source[0] != '\0')
        profile->source_by_lead = true;
    if (note->kind != NOTE_UPSERTED)
        return;
    const struct note_customer *file = &note->customer;
    must(file->field_count <= NOTE_FIELDS_MAX);
    profile->filed = true;
    // A shop tells the whole of a customer and knows of no owner: whoever was named last stays.
    profile->known = known_of(file) | (profile->known & bit(true, COMPLETENESS_OWNER));
    if (file->owner[0] != '\0') {
        profile->owner = profile_owner(file->owner);
        memcpy(profile->owner_key, note->key, NOTE_KEY_BYTES);
    }
    profile->type = file->type;
    profile->since_day = file->since_day;
    profile->fields_sent = file->fields_sent < UINT16_MAX ? (uint16_t)file->fields_sent : UINT16_MAX;
    profile->field_count = (uint16_t)file->field_count;
    memset(profile->fields, 0, sizeof profile->fields);
    memcpy(profile->fields, file->fields, file->field_count * sizeof file->fields[0]);
    sort(profile->fields, file->field_count);
    profile->file_ms = note->time_ms;
    memcpy(profile->file_key, note->key, NOTE_KEY_BYTES);
    if ((file->persons & NOTE_HAS_KEY_PERSON) == 0)
        profile->key_person_day = NOTE_NO_DAY;
    else if (profile->key_person_day == NOTE_NO_DAY)
        profile->key_person_day = day;
}

// --- what is required

static bool has_field(const struct profile *profile, uint32_t hash)
{
    uint32_t low = 0, high = profile->field_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (profile->fields[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < profile->field_count && profile->fields[low] == hash;
}

static bool has(const struct completeness_facts *facts, const char *name)
{
    const struct profile *profile = facts->profile;
    for (int i = 0; i < COMPLETENESS_FIELDS; i++)
        if ((name[0] | ('a' ^ 'A')) == completeness_field_names[i][0] &&
            strcasecmp(completeness_field_names[i], name) == 0)
            return (profile->known & UINT32_C(1) << i) != 0 || (i == COMPLETENESS_COOPERATION_SINCE && facts->bought) ||
                   (i == COMPLETENESS_SOURCE && profile->source_by_lead);
    return has_field(profile, note_field_hash(name));
}

const struct completeness_class *completeness_class_of(const struct completeness_options *options, uint8_t abc)
{
    return &options->classes[(abc >= CLASS_A && abc <= CLASS_C ? abc : CLASS_C) - CLASS_A];
}

void completeness_judge(const struct completeness_options *options, const struct completeness_facts *facts,
                        struct completeness *ret_completeness)
{
    const struct completeness_class *class = completeness_class_of(options, facts->abc);
    must(class->required_count <= COMPLETENESS_REQUIRED_MAX);
    *ret_completeness = (struct completeness){.required = (uint16_t) class->required_count, .ppm = PPM};
    for (size_t i = 0; i < class->required_count; i++)
        if (has(facts, class->required[i]))
            ret_completeness->known++;
        else
            ret_completeness->missing |= UINT64_C(1) << i;
    if (class->required_count > 0)
        ret_completeness->ppm = (int64_t)ret_completeness->known * PPM / (int64_t) class->required_count;
    if (ret_completeness->known == ret_completeness->required)
        ret_completeness->value = COMPLETENESS_COMPLETE;
    else
        ret_completeness->value = ret_completeness->known > 0 ? COMPLETENESS_PARTIAL : COMPLETENESS_EMPTY;
    ret_completeness->late =
        class->by_day != CONFIG_UNSET_32 && facts->today > class->by_day && ret_completeness->ppm < class->target_ppm;
}

// Adds a text where it fits whole with what must follow it.
static bool append(char *text, size_t bytes, size_t reserve, const char *comma, const char *item)
{
    size_t used = strlen(text), joint = strlen(comma), length = strlen(item);
    if (used + joint + length + reserve >= bytes)
        return false;
    memcpy(text + used, comma, joint);
    memcpy(text + used + joint, item, length + 1);
    return true;
}

void completeness_explain(const struct completeness_options *options, const struct completeness_facts *facts,
                          const struct completeness *completeness, struct reason *ret_reason)
{
    enum { MORE_BYTES = 16 }; // " and 64 more"
    const struct completeness_class *class = completeness_class_of(options, facts->abc);
    char text[REASON_NOTE_BYTES] = "", more[MORE_BYTES];
    const char *comma = "missing: ";
    unsigned left = (unsigned)completeness->required - completeness->known;
    reason_start(ret_reason, "completeness: what a file of class %c must have", "ABC"[class - options->classes]);
    reason_add(ret_reason, "known", REASON_COUNT, completeness->known);
    reason_add(ret_reason, "required", REASON_COUNT, completeness->required);
    reason_add(ret_reason, "complete", REASON_PPM, completeness->ppm);
    reason_add(ret_reason, "target", REASON_PPM, class->target_ppm);
    if (class->by_day != CONFIG_UNSET_32)
        reason_add(ret_reason, "by", REASON_DATE, class->by_day);
    for (size_t i = 0; i < class->required_count; i++) {
        if ((completeness->missing & UINT64_C(1) << i) == 0)
            continue;
        if (!append(text, sizeof text, MORE_BYTES, comma, class->required[i]))
            break;
        comma = ", ";
        left--;
    }
    if (left > 0) {
        (void)snprintf(more, sizeof more, " and %u more", left % 100);
        (void)append(text, sizeof text, 0, "", more);
    }
    reason_note(ret_reason, "%s", text);
}
