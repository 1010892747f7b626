#include "services/scoring/completeness.h"

#include "common/config.h"
#include "common/hash.h"
#include "common/must.h"
#include "common/portion.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PPM = 1000000, CLASS_A = 1, CLASS_C = 3 };

#define CONTACT_PORTIONS \
    (PORTION_BIT(PORTION_CONTACT_NAME) | PORTION_BIT(PORTION_CONTACT_PHONE) | PORTION_BIT(PORTION_CONTACT_EMAIL))

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

// Facts of which two make one field are kept apart, behind the fields.
enum { OWN_BIRTHDAY = 24, CONTACT_BIRTHDAY, CREDIT_LIMIT, CREDIT_DAYS };
_Static_assert((int)COMPLETENESS_FIELDS <= (int)OWN_BIRTHDAY, "bits of their own");

static uint32_t mark(bool known, unsigned at)
{
    return known ? UINT32_C(1) << at : 0;
}

// What the file tells, portion by portion.
static uint32_t known_of(const struct note_customer *file)
{
    return mark(file->name[0] != '\0', COMPLETENESS_NAME) | mark(file->owner[0] != '\0', COMPLETENESS_OWNER) |
           mark(file->type != 0, COMPLETENESS_TYPE) | mark(file->region[0] != '\0', COMPLETENESS_REGION) |
           mark(file->birthday[0] != '\0', OWN_BIRTHDAY) |
           mark((file->persons & NOTE_HAS_BIRTHDAY) != 0, CONTACT_BIRTHDAY) |
           mark(file->founding_day[0] != '\0', COMPLETENESS_FOUNDING_DAY) |
           mark(file->since_day != NOTE_NO_DAY, COMPLETENESS_COOPERATION_SINCE) |
           mark((file->persons & NOTE_HAS_CONTACT) != 0, COMPLETENESS_CONTACT) |
           mark((file->persons & NOTE_HAS_PHONE) != 0, COMPLETENESS_PHONE) |
           mark((file->persons & NOTE_HAS_EMAIL) != 0, COMPLETENESS_EMAIL) |
           mark((file->persons & NOTE_HAS_KEY_PERSON) != 0, COMPLETENESS_KEY_PERSON) |
           mark(file->credit.given, CREDIT_LIMIT) | mark(file->credit_days > 0, CREDIT_DAYS) |
           mark(file->source[0] != '\0', COMPLETENESS_SOURCE) | mark(file->language[0] != '\0', COMPLETENESS_LANGUAGE) |
           mark(file->time_zone[0] != '\0', COMPLETENESS_TIME_ZONE);
}

// The facts about which a file of that mask is a word. A name and an owner are only ever replaced.
static uint32_t told_by(const struct note_customer *file)
{
    static const struct {
        enum portion portion;
        unsigned at;
    } facts[] = {
        {PORTION_TYPE, COMPLETENESS_TYPE},
        {PORTION_REGION, COMPLETENESS_REGION},
        {PORTION_BIRTHDAY, OWN_BIRTHDAY},
        {PORTION_CONTACT_BIRTHDAY, CONTACT_BIRTHDAY},
        {PORTION_FOUNDING_DAY, COMPLETENESS_FOUNDING_DAY},
        {PORTION_SINCE, COMPLETENESS_COOPERATION_SINCE},
        {PORTION_CONTACT_NAME, COMPLETENESS_KEY_PERSON},
        {PORTION_CONTACT_PHONE, COMPLETENESS_PHONE},
        {PORTION_CONTACT_EMAIL, COMPLETENESS_EMAIL},
        {PORTION_CREDIT_LIMIT, CREDIT_LIMIT},
        {PORTION_CREDIT_DAYS, CREDIT_DAYS},
        {PORTION_LEAD_SOURCE, COMPLETENESS_SOURCE},
        {PORTION_LANGUAGE, COMPLETENESS_LANGUAGE},
        {PORTION_TIME_ZONE, COMPLETENESS_TIME_ZONE},
    };
    uint32_t told = mark(file->name[0] != '\0', COMPLETENESS_NAME) | mark(file->owner[0] != '\0', COMPLETENESS_OWNER);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        told |= mark(portion_said(file->said, facts[i].portion), facts[i].at);
    // Whoever has a name, a telephone or an address is a contact; that nobody is any more, only a whole file tells.
    bool person = (file->persons & NOTE_HAS_CONTACT) != 0 && (file->said & CONTACT_PORTIONS) != 0;
    return told | mark(person || file->said == 0, COMPLETENESS_CONTACT);
}

static uint32_t summed(uint32_t known)
{
    uint32_t birthday = known >> OWN_BIRTHDAY | known >> CONTACT_BIRTHDAY;
    uint32_t credit = known >> CREDIT_LIMIT | known >> CREDIT_DAYS;
    known &= ~(mark(true, COMPLETENESS_BIRTHDAY) | mark(true, COMPLETENESS_CREDIT));
    return known | mark((birthday & 1) != 0, COMPLETENESS_BIRTHDAY) | mark((credit & 1) != 0, COMPLETENESS_CREDIT);
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

static bool has_field(const struct profile *profile, uint32_t count, uint32_t hash)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (profile->fields[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && profile->fields[low] == hash;
}

static void hear_fields(struct profile *profile, const struct note_customer *file)
{
    must(file->field_count <= NOTE_FIELDS_MAX);
    if (portion_said(file->said, PORTION_FILE_FIELDS)) {
        profile->field_count = 0;
        memset(profile->fields, 0, sizeof profile->fields);
    }
    uint32_t before = profile->field_count;
    for (uint32_t i = 0; i < file->field_count && profile->field_count < NOTE_FIELDS_MAX; i++)
        if (!has_field(profile, before, file->fields[i]))
            profile->fields[profile->field_count++] = file->fields[i];
    sort(profile->fields, profile->field_count);
}

void profile_hear(struct profile *profile, const struct note *note, int32_t day)
{
    if (note->kind == NOTE_LEAD && note->lead.source[0] != '\0')
        profile->source_by_lead = true;
    if (note->kind != NOTE_UPSERTED)
        return;
    const struct note_customer *file = &note->customer;
    uint32_t told = told_by(file), known = known_of(file);
    profile->filed = true;
    profile->file_ms = note->time_ms;
    profile->known = summed((profile->known & ~told) | (known & told));
    if (file->name[0] != '\0')
        memcpy(profile->name_key, note->key, NOTE_KEY_BYTES);
    // A shop tells the whole of a customer and knows of no owner: whoever was named last stays.
    if (file->owner[0] != '\0') {
        profile->owner = profile_owner(file->owner);
        memcpy(profile->owner_key, note->key, NOTE_KEY_BYTES);
    }
    if (portion_said(file->said, PORTION_TYPE))
        profile->type = file->type;
    if (portion_said(file->said, PORTION_SINCE))
        profile->since_day = file->since_day;
    hear_fields(profile, file);
    if ((profile->known & mark(true, COMPLETENESS_KEY_PERSON)) == 0)
        profile->key_person_day = NOTE_NO_DAY;
    else if (profile->key_person_day == NOTE_NO_DAY)
        profile->key_person_day = day;
}

// --- what is required

static bool has(const struct completeness_facts *facts, const char *name)
{
    const struct profile *profile = facts->profile;
    for (int i = 0; i < COMPLETENESS_FIELDS; i++)
        if ((name[0] | ('a' ^ 'A')) == completeness_field_names[i][0] &&
            strcasecmp(completeness_field_names[i], name) == 0)
            return (profile->known & UINT32_C(1) << i) != 0 || (i == COMPLETENESS_COOPERATION_SINCE && facts->bought) ||
                   (i == COMPLETENESS_SOURCE && profile->source_by_lead);
    return has_field(profile, profile->field_count, note_field_hash(name));
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
