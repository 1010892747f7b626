// What ingest lets people call the value of a dimension is what scoring has words for, and what it takes.
#include "services/ingest/catalogue.h"
#include "services/ingest/coherence.h"

#include "services/scoring/dimension.h"
#include "services/scoring/override.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const schemes[] = {"north", "quarter", "pieces", "profit"};
static const char *const classes[] = {"gold"};
static const struct dimension_names names = {schemes, 4, classes, 1};

// Whether ingest lets the word in and whether scoring takes it, which must be the same.
static bool takes(const char *dimension, const char *word)
{
    char name[DIMENSION_NAME_BYTES], value[DIMENSION_WORD_BYTES], by[] = "boss", until[] = "2030-01-01";
    struct verify_error error;
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__ValueOverridden body = TEND__V1__VALUE_OVERRIDDEN__INIT;
    snprintf(name, sizeof name, "%s", dimension);
    snprintf(value, sizeof value, "%s", word);
    time.seconds = 1779062400; // 2026-05-18
    event.time = &time;
    body.dimension = name;
    body.value = value;
    body.by = by;
    body.until = until;
    bool let_in = coherence_find(body.base.descriptor)(&event, &body.base, &error);
    struct override_story story;
    struct note note = {.kind = NOTE_OVERRIDE};
    override_start(&story);
    note.override.dimension = dimension;
    note.override.value = word;
    note.override.by = "boss";
    note.override.reason = "";
    note.override.until_day = 20000;
    bool taken = override_hear(&story, &names, &note) == OVERRIDE_ACCEPTED;
    if (taken != let_in)
        fail_msg("%s %s: ingest says %s", dimension, word, let_in ? "yes" : error.reason);
    return taken;
}

static size_t expect_words(const struct catalogue_dimension *row, enum dimension dimension, const char *name)
{
    char buffer[DIMENSION_WORD_BYTES];
    size_t count = 0;
    for (; row->words[count] != NULL; count++) {
        assert_true(count < CATALOGUE_WORDS_MAX);
        assert_string_equal(row->words[count], dimension_word(&names, dimension, (uint8_t)(count + 1), buffer));
        assert_true(takes(name, row->words[count]));
    }
    for (unsigned value = (unsigned)count + 1; value <= UINT8_MAX; value++)
        assert_string_equal(dimension_word(&names, dimension, (uint8_t)value, buffer), "");
    return count;
}

static void every_dimension_has_the_words_of_scoring(void **state)
{
    (void)state;
    size_t words = 0;
    assert_int_equal(dimension_count(&names), DIMENSIONS);
    for (size_t i = 0; i < dimension_count(&names); i++) {
        char name[DIMENSION_NAME_BYTES];
        enum dimension dimension = (enum dimension)i;
        const struct catalogue_dimension *row = catalogue_dimension_find(dimension_name(&names, dimension, name));
        if (row == NULL)
            fail_msg("ingest does not know %s", name);
        if (row->form == CATALOGUE_WORDS) {
            size_t count = expect_words(row, dimension, name);
            assert_true(count > 0);
            words += count;
        }
        assert_int_equal(row->form == CATALOGUE_SCORES, dimension == DIMENSION_RFM);
        assert_int_equal(row->form == CATALOGUE_OWN, dimension == DIMENSION_POLICY);
    }
    assert_true(words > 80);
}

static void ingest_knows_no_other_dimension(void **state)
{
    (void)state;
    // The schemes share the last row.
    assert_int_equal(catalogue_dimension_count, DIMENSION_SCHEME + 1);
    for (size_t i = 0; i < catalogue_dimension_count; i++) {
        enum dimension dimension;
        char name[DIMENSION_NAME_BYTES];
        const char *own = catalogue_dimensions[i].name;
        snprintf(name, sizeof name, "%s%s", own, strcmp(own, CATALOGUE_SCHEMES) == 0 ? "pieces" : "");
        assert_true(dimension_of(&names, name, &dimension));
        assert_ptr_equal(catalogue_dimension_find(name), &catalogue_dimensions[i]);
    }
    assert_null(catalogue_dimension_find(CATALOGUE_SCHEMES));
}

// Each dimension with the words of all, small and large, whole and cut.
static void both_take_the_same_words(void **state)
{
    (void)state;
    size_t taken = 0;
    for (size_t i = 0; i < catalogue_dimension_count; i++)
        for (size_t j = 0; j < catalogue_dimension_count; j++)
            for (const char *const *word = catalogue_dimensions[j].words; *word != NULL; word++) {
                char name[DIMENSION_NAME_BYTES], large[DIMENSION_WORD_BYTES];
                const char *own = catalogue_dimensions[i].name;
                if (catalogue_dimensions[i].form == CATALOGUE_OWN)
                    continue;
                snprintf(name, sizeof name, "%s%s", own, strcmp(own, CATALOGUE_SCHEMES) == 0 ? "pieces" : "");
                snprintf(large, sizeof large, "%s", *word);
                for (char *at = large; *at != '\0'; at++)
                    *at = (char)toupper((unsigned char)*at);
                taken += takes(name, *word) + takes(name, large);
                (void)takes(name, *word + 1);
            }
    assert_true(taken > 160);
}

static void scores_are_those_of_scoring(void **state)
{
    (void)state;
    for (int r = 0; r <= 6; r++)
        for (int f = 0; f <= 6; f++)
            for (int m = 0; m <= 6; m++) {
                char word[16];
                bool sound = r >= 1 && r <= 5 && f >= 1 && f <= 5 && m >= 1 && m <= 5;
                snprintf(word, sizeof word, "%d%d%d", r, f, m);
                assert_int_equal(takes("value.rfm", word), sound);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dimension_has_the_words_of_scoring),
        cmocka_unit_test(ingest_knows_no_other_dimension),
        cmocka_unit_test(both_take_the_same_words),
        cmocka_unit_test(scores_are_those_of_scoring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
