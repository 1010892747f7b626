// Completeness of a customer's file (`file.completeness`): how much of what the customer's class must have is known.
// Pure.
//
// Formula: known / required of the class (A, B, C), in parts per million, rounded down; "complete" is all of it,
// "empty" none. That better customers need fuller files, by a day, is in the training slides; the lists are ours.
#ifndef TEND_SCORING_COMPLETENESS_H
#define TEND_SCORING_COMPLETENESS_H

#include "services/scoring/note.h"
#include "services/scoring/reason.h"

enum completeness_value {
    COMPLETENESS_UNKNOWN,
    COMPLETENESS_EMPTY,
    COMPLETENESS_PARTIAL,
    COMPLETENESS_COMPLETE,
    COMPLETENESS_VALUES
};
extern const char *const completeness_names[COMPLETENESS_VALUES];

// What can be required by name; any other name is a file field's.
enum completeness_field {
    COMPLETENESS_NAME,
    COMPLETENESS_OWNER,
    COMPLETENESS_TYPE,
    COMPLETENESS_REGION,
    COMPLETENESS_BIRTHDAY, // the customer's or a contact person's
    COMPLETENESS_FOUNDING_DAY,
    COMPLETENESS_COOPERATION_SINCE, // given, or known by the first order
    COMPLETENESS_CONTACT,
    COMPLETENESS_PHONE,
    COMPLETENESS_EMAIL,
    COMPLETENESS_KEY_PERSON,
    COMPLETENESS_CREDIT,
    COMPLETENESS_SOURCE, // in the file, or with a lead
    COMPLETENESS_LANGUAGE,
    COMPLETENESS_TIME_ZONE,
    COMPLETENESS_FIELDS
};
extern const char *const completeness_field_names[COMPLETENESS_FIELDS];

enum { COMPLETENESS_CLASSES = 3, COMPLETENESS_REQUIRED_MAX = 64 }; // of one class: a longer form is filled by nobody

// What a class must have, and how full files must be by a day (CONFIG_UNSET_32: no day).
struct completeness_class {
    const char *const *required;
    size_t required_count; // at most COMPLETENESS_REQUIRED_MAX
    int64_t target_ppm;
    int32_t by_day;
};

struct completeness_options {
    struct completeness_class classes[COMPLETENESS_CLASSES]; // A, B, C
};

// What is remembered of the files: of each fact the newest word.
struct profile {
    uint32_t known;                   // 1 << completeness_field, and more facts of its own
    uint32_t fields[NOTE_FIELDS_MAX]; // note_field_hash, ascending
    uint16_t field_count;
    uint8_t type; // CustomerType's number; 0: not known
    bool filed;   // there is a file
    bool source_by_lead;
    int32_t since_day;      // of the cooperation, as given; NOTE_NO_DAY: not
    int32_t key_person_day; // since when a key person is known without a break; NOTE_NO_DAY: none is
    int64_t file_ms;        // of the newest file
    uint64_t owner;         // profile_owner of the owner, by the newest file that names one
    uint8_t name_key[NOTE_KEY_BYTES], owner_key[NOTE_KEY_BYTES]; // the notes that name the customer and the owner last
};

struct completeness_facts {
    const struct profile *profile;
    uint8_t abc; // 1 A, 2 B, 3 C; 0, not known, counts as C
    bool bought; // at least once
    int32_t today;
};

struct completeness {
    uint8_t value;
    bool late; // below the target and after its day
    uint16_t required, known;
    int64_t ppm;
    uint64_t missing; // 1 << place in the class's list
};

// Knows nothing.
void profile_start(struct profile *profile);

// What an owner is remembered by: a hash of its id, 0 for "".
uint64_t profile_owner(const char *owner);

// Takes a note in; notes come sorted by note_order, `day` is the local day of its time. Only NOTE_UPSERTED and the
// source of a NOTE_LEAD matter.
void profile_hear(struct profile *profile, const struct note *note, int32_t day);

// What a customer of the class (1 A, 2 B, 3 C; any other counts as C) must have.
const struct completeness_class *completeness_class_of(const struct completeness_options *options, uint8_t abc);

// A customer without any file is "empty", a class that requires nothing "complete".
void completeness_judge(const struct completeness_options *options, const struct completeness_facts *facts,
                        struct completeness *ret_completeness);

// The note names what is missing, in the order of the list.
void completeness_explain(const struct completeness_options *options, const struct completeness_facts *facts,
                          const struct completeness *completeness, struct reason *ret_reason);

#endif
