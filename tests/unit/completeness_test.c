// Completeness: what the file of a class must have, what is missing, and from when on it is late.
#include "common/config.h"
#include "common/portion.h"
#include "services/scoring/completeness.h"
#include "services/scoring/options_completeness.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

enum { NONE = NOTE_NO_DAY, A = 1, B = 2, C = 3 };

static struct completeness_options options; // the defaults
static struct config *config;

static struct note file(void)
{
    struct note note;
    note_start(&note, NOTE_UPSERTED);
    return note;
}

static struct completeness judge(const struct completeness_options *by, const struct profile *profile, uint8_t abc,
                                 int32_t today, struct reason *ret_reason)
{
    struct completeness made;
    struct completeness_facts facts = {.profile = profile, .abc = abc, .today = today};
    completeness_judge(by, &facts, &made);
    completeness_explain(by, &facts, &made, ret_reason);
    return made;
}

static void each_class_has_its_list(void **unused)
{
    (void)unused;
    static const struct {
        uint8_t abc;
        int64_t ppm;
        uint8_t value;
        const char *note;
    } cases[] = {
        {A, 250000, COMPLETENESS_PARTIAL,
         "missing: owner, type, region, key_person, email, birthday, cooperation_since, credit, source"},
        {B, 375000, COMPLETENESS_PARTIAL, "missing: owner, type, region, email, source"},
        {C, 750000, COMPLETENESS_PARTIAL, "missing: owner"},
        {0, 750000, COMPLETENESS_PARTIAL, "missing: owner"},
    };
    struct profile profile;
    struct reason reason;
    struct note note = file();
    note.customer.name = "North";
    note.customer.persons = NOTE_HAS_CONTACT | NOTE_HAS_PHONE;
    profile_start(&profile);
    profile_hear(&profile, &note, 10);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct completeness made = judge(&options, &profile, cases[i].abc, 10, &reason);
        assert_int_equal(made.ppm, cases[i].ppm);
        assert_int_equal(made.value, cases[i].value);
        assert_string_equal(reason.note, cases[i].note);
        assert_false(made.late);
    }
    note.customer.owner = "wang";
    profile_hear(&profile, &note, 11);
    assert_int_equal(judge(&options, &profile, C, 11, &reason).value, COMPLETENESS_COMPLETE);
    assert_string_equal(reason.note, "");
    assert_string_equal(reason.rule, "completeness: what a file of class C must have");
    profile_start(&profile);
    assert_int_equal(judge(&options, &profile, C, 11, &reason).value, COMPLETENESS_EMPTY);
}

static void every_field_is_known_by_its_own_fact(void **unused)
{
    (void)unused;
    struct reason reason;
    for (int i = 0; i < COMPLETENESS_FIELDS; i++) {
        struct completeness_options one = {
            .classes = {{.required = &completeness_field_names[i], .required_count = 1, .by_day = CONFIG_UNSET_32}}};
        struct note notes[COMPLETENESS_FIELDS];
        for (int at = 0; at < COMPLETENESS_FIELDS; at++)
            notes[at] = file();
        notes[COMPLETENESS_NAME].customer.name = "x";
        notes[COMPLETENESS_OWNER].customer.owner = "x";
        notes[COMPLETENESS_TYPE].customer.type = 6;
        notes[COMPLETENESS_REGION].customer.region = "x";
        notes[COMPLETENESS_BIRTHDAY].customer.birthday = "--01-01";
        notes[COMPLETENESS_FOUNDING_DAY].customer.founding_day = "1990-01-01";
        notes[COMPLETENESS_COOPERATION_SINCE].customer.since_day = 5;
        notes[COMPLETENESS_CONTACT].customer.persons = NOTE_HAS_CONTACT;
        notes[COMPLETENESS_PHONE].customer.persons = NOTE_HAS_PHONE;
        notes[COMPLETENESS_EMAIL].customer.persons = NOTE_HAS_EMAIL;
        notes[COMPLETENESS_KEY_PERSON].customer.persons = NOTE_HAS_KEY_PERSON;
        notes[COMPLETENESS_CREDIT].customer.credit.given = true;
        notes[COMPLETENESS_SOURCE].customer.source = "x";
        notes[COMPLETENESS_LANGUAGE].customer.language = "en";
        notes[COMPLETENESS_TIME_ZONE].customer.time_zone = "UTC";
        for (int at = 0; at < COMPLETENESS_FIELDS; at++) {
            struct profile profile;
            profile_start(&profile);
            profile_hear(&profile, &notes[at], 1);
            assert_int_equal(judge(&one, &profile, A, 1, &reason).value,
                             at == i ? COMPLETENESS_COMPLETE : COMPLETENESS_EMPTY);
        }
    }
}

static struct note part(uint32_t portions)
{
    struct note note = file();
    note.customer.said = PORTION_SOME | portions;
    return note;
}

// What a part of a file does not say stays; what it says counts, nothing too, save of a name and an owner.
static void a_part_says_only_itself(void **unused)
{
    (void)unused;
    static const char *const required[] = {"name",  "owner",    "type",   "region",  "contact", "phone",
                                           "email", "birthday", "credit", "segment", "website"};
    struct completeness_options all = {
        .classes = {{.required = required, .required_count = 9, .by_day = CONFIG_UNSET_32}}};
    all.classes[0].required_count = sizeof required / sizeof required[0];
    struct profile profile;
    struct reason reason;
    struct note whole = file();
    whole.customer.name = "North";
    whole.customer.owner = "wang";
    whole.customer.type = 2;
    whole.customer.persons = NOTE_HAS_CONTACT | NOTE_HAS_PHONE | NOTE_HAS_BIRTHDAY | NOTE_HAS_KEY_PERSON;
    whole.customer.credit_days = 30;
    note_add_field(&whole.customer, "segment", "x");
    profile_start(&profile);
    profile_hear(&profile, &whole, 1);
    (void)judge(&all, &profile, A, 1, &reason);
    assert_string_equal(reason.note, "missing: region, email, website");
    struct note owner = part(PORTION_BIT(PORTION_NAME) | PORTION_BIT(PORTION_OWNER));
    owner.customer.owner = "li";
    profile_hear(&profile, &owner, 2);
    (void)judge(&all, &profile, A, 2, &reason);
    assert_string_equal(reason.note, "missing: region, email, website");
    assert_int_equal(profile.owner, profile_owner("li"));
    assert_int_equal(profile.type, 2);
    assert_int_equal(profile.key_person_day, 1);
    struct note more = part(PORTION_BIT(PORTION_REGION) | PORTION_BIT(PORTION_CONTACT_EMAIL) |
                            PORTION_BIT(PORTION_BIRTHDAY) | PORTION_BIT(PORTION_CREDIT_LIMIT));
    more.customer.region = "south";
    more.customer.persons = NOTE_HAS_CONTACT | NOTE_HAS_EMAIL;
    note_add_field(&more.customer, "website", "x");
    profile_hear(&profile, &more, 3);
    (void)judge(&all, &profile, A, 3, &reason);
    assert_string_equal(reason.note, ""); // the contact's birthday and the days of credit are known as before
    struct note less =
        part(PORTION_BIT(PORTION_TYPE) | PORTION_BIT(PORTION_OWNER) | PORTION_BIT(PORTION_CONTACT_BIRTHDAY) |
             PORTION_BIT(PORTION_CREDIT_DAYS) | PORTION_BIT(PORTION_CONTACT_NAME));
    profile_hear(&profile, &less, 4);
    (void)judge(&all, &profile, A, 4, &reason);
    assert_string_equal(reason.note, "missing: type, birthday, credit");
    assert_int_equal(profile.key_person_day, NONE);
    assert_int_equal(profile.owner, profile_owner("li"));
    profile_hear(&profile, &whole, 5);
    (void)judge(&all, &profile, A, 5, &reason);
    assert_string_equal(reason.note, "missing: region, email, website");
}

static void other_ways_to_know(void **unused)
{
    (void)unused;
    static const char *const required[] = {"cooperation_since", "source", "birthday", "credit"};
    struct completeness_options all = {
        .classes = {{.required = required, .required_count = 4, .by_day = CONFIG_UNSET_32}}};
    struct profile profile;
    struct completeness made;
    struct note note = file(), lead;
    note_start(&lead, NOTE_LEAD);
    lead.lead.source = "fair";
    note.customer.persons = NOTE_HAS_BIRTHDAY;
    note.customer.credit_days = 30;
    profile_start(&profile);
    profile_hear(&profile, &lead, 1);
    profile_hear(&profile, &note, 2);
    struct completeness_facts facts = {.profile = &profile, .abc = A, .bought = true, .today = 3};
    completeness_judge(&all, &facts, &made);
    assert_int_equal(made.value, COMPLETENESS_COMPLETE);
    facts.bought = false;
    completeness_judge(&all, &facts, &made);
    assert_int_equal(made.ppm, 750000);
    assert_int_equal(made.missing, 1);
}

static void file_fields_count_by_name(void **unused)
{
    (void)unused;
    static const char *const required[] = {"Education", "suppliers", "name"};
    struct completeness_options own = {
        .classes = {{.required = required, .required_count = 3, .by_day = CONFIG_UNSET_32}}};
    struct profile profile;
    struct reason reason;
    struct note note = file();
    note_add_field(&note.customer, "suppliers", "");
    note_add_field(&note.customer, "zz", "x");
    note_add_field(&note.customer, "education", "law");
    note_add_field(&note.customer, "aa", "x");
    profile_start(&profile);
    profile_hear(&profile, &note, 1);
    assert_int_equal(judge(&own, &profile, A, 1, &reason).ppm, 333333);
    assert_string_equal(reason.note, "missing: suppliers, name");
    note = file(); // the file is told whole: what it leaves out is gone
    profile_hear(&profile, &note, 2);
    assert_int_equal(judge(&own, &profile, A, 2, &reason).value, COMPLETENESS_EMPTY);
}

static void late_after_the_day(void **unused)
{
    (void)unused;
    static const struct {
        int32_t by;
        int64_t target_ppm;
        int32_t today;
        bool late;
    } cases[] = {
        {CONFIG_UNSET_32, 1000000, INT32_MAX, false},
        {100, 1000000, 100, false},
        {100, 1000000, 101, true},
        {100, 500000, 101, false},
        {100, 500001, 101, true},
    };
    static const char *const required[] = {"name", "owner"};
    struct profile profile;
    struct reason reason;
    struct note note = file();
    note.customer.name = "x";
    profile_start(&profile);
    profile_hear(&profile, &note, 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct completeness_options by = {
            .classes = {
                {.required = required, .required_count = 2, .target_ppm = cases[i].target_ppm, .by_day = cases[i].by}}};
        assert_int_equal(judge(&by, &profile, A, cases[i].today, &reason).late, cases[i].late);
    }
}

static void a_long_list_is_cut_between_names(void **unused)
{
    (void)unused;
    static char texts[COMPLETENESS_REQUIRED_MAX][16];
    const char *required[COMPLETENESS_REQUIRED_MAX];
    for (int i = 0; i < COMPLETENESS_REQUIRED_MAX; i++) {
        snprintf(texts[i], sizeof texts[i], "field%c%c", 'a' + i / 26, 'a' + i % 26);
        required[i] = texts[i];
    }
    struct completeness_options all = {
        .classes = {{.required = required, .required_count = COMPLETENESS_REQUIRED_MAX, .by_day = CONFIG_UNSET_32}}};
    struct profile profile;
    struct reason reason;
    profile_start(&profile);
    assert_true(judge(&all, &profile, A, 1, &reason).missing == UINT64_MAX);
    assert_non_null(strstr(reason.note, "missing: fieldaa, fieldab"));
    assert_string_equal(reason.note + strlen(reason.note) - 12, " and 40 more");
}

static void nothing_required_is_complete(void **unused)
{
    (void)unused;
    struct completeness_options none = {.classes = {{.by_day = CONFIG_UNSET_32}}};
    struct profile profile;
    struct reason reason;
    profile_start(&profile);
    struct completeness made = judge(&none, &profile, A, 1, &reason);
    assert_int_equal(made.value, COMPLETENESS_COMPLETE);
    assert_int_equal(made.ppm, 1000000);
}

static void since_when_a_key_person_is_known(void **unused)
{
    (void)unused;
    struct profile profile;
    struct note with = file(), without = file();
    with.customer.persons = NOTE_HAS_CONTACT | NOTE_HAS_KEY_PERSON;
    profile_start(&profile);
    assert_int_equal(profile.key_person_day, NONE);
    profile_hear(&profile, &with, 10);
    profile_hear(&profile, &with, 20);
    assert_int_equal(profile.key_person_day, 10);
    profile_hear(&profile, &without, 30);
    assert_int_equal(profile.key_person_day, NONE);
    profile_hear(&profile, &with, 40);
    assert_int_equal(profile.key_person_day, 40);
}

static void the_list_is_the_configurations(void **unused)
{
    (void)unused;
    static const char text[] =
        "completeness:\n  a:\n    required: [name, Education]\n    target: 50%\n    by: 2026-10-12\n";
    struct completeness_options read;
    struct config_section section = {"completeness", completeness_keys, &read, ""};
    struct config *own = config_read_text("t", text, strlen(text), &section, 1);
    assert_true(config_good(own));
    assert_int_equal(read.classes[0].required_count, 2);
    assert_string_equal(read.classes[0].required[1], "Education");
    assert_int_equal(read.classes[0].target_ppm, 500000);
    assert_int_equal(read.classes[0].by_day, 20738);
    assert_int_equal(read.classes[1].required_count, 8);
    assert_int_equal(read.classes[1].by_day, CONFIG_UNSET_32);
    config_close(&own);
    for (int class = 0; class < COMPLETENESS_CLASSES; class ++) // a default that is misspelt would ask for a file field
        for (size_t i = 0; i < options.classes[class].required_count; i++) {
            bool found = false;
            for (int field = 0; field < COMPLETENESS_FIELDS; field++)
                found = found || strcmp(options.classes[class].required[i], completeness_field_names[field]) == 0;
            assert_true(found);
        }
}

// Against a count field by field.
static void random_files(void **unused)
{
    (void)unused;
    enum { OWN = 20 };
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    char own[OWN][16];
    for (int i = 0; i < OWN; i++)
        snprintf(own[i], sizeof own[i], "own %c", 'a' + i);
    for (int round = 0; round < 5000; round++) {
        const char *required[OWN];
        bool in_file[OWN];
        size_t count = 0, known = 0;
        struct note note = file();
        struct profile profile;
        struct reason reason;
        for (int i = OWN - 1; i >= 0; i--) {
            in_file[i] = rand_r(&seed) % 2 == 0;
            if (in_file[i])
                note_add_field(&note.customer, own[i], "x");
        }
        for (int i = 0; i < OWN; i++)
            if (rand_r(&seed) % 3 == 0) {
                required[count++] = own[i];
                known += in_file[i];
            }
        struct completeness_options by = {
            .classes = {{.required = required, .required_count = count, .by_day = CONFIG_UNSET_32}}};
        profile_start(&profile);
        profile_hear(&profile, &note, 1);
        struct completeness made = judge(&by, &profile, A, 1, &reason);
        assert_int_equal(made.known, known);
        assert_int_equal(made.ppm, count == 0 ? 1000000 : (int64_t)(known * 1000000 / count));
        assert_int_equal(__builtin_popcountll(made.missing), count - known);
    }
}

static int read_defaults(void **unused)
{
    (void)unused;
    static struct config_section section = {"completeness", completeness_keys, &options, ""};
    config = config_read(NULL, &section, 1);
    return config_good(config) ? 0 : -1;
}

static int close_defaults(void **unused)
{
    (void)unused;
    config_close(&config);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_class_has_its_list),
        cmocka_unit_test(every_field_is_known_by_its_own_fact),
        cmocka_unit_test(a_part_says_only_itself),
        cmocka_unit_test(other_ways_to_know),
        cmocka_unit_test(file_fields_count_by_name),
        cmocka_unit_test(late_after_the_day),
        cmocka_unit_test(a_long_list_is_cut_between_names),
        cmocka_unit_test(nothing_required_is_complete),
        cmocka_unit_test(since_when_a_key_person_is_known),
        cmocka_unit_test(the_list_is_the_configurations),
        cmocka_unit_test(random_files),
    };
    return cmocka_run_group_tests(tests, read_defaults, close_defaults);
}
