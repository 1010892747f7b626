// Notes: what a row gives back, what it refuses, and what is cut.
#include "common/portion.h"
#include "services/scoring/note.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33) % below;
}

static struct note full_customer(void)
{
    struct note note;
    note_start(&note, NOTE_UPSERTED);
    note.historical = true;
    note.time_ms = -5;
    memset(note.key, 0xab, NOTE_KEY_BYTES);
    note.name = "crm/e-1";
    note.rep = "wang";
    note.customer.name = "\xe5\x8c\x97\xe4\xba\xac Zip";
    note.customer.owner = "li";
    note.customer.region = "north";
    note.customer.time_zone = "Asia/Shanghai";
    note.customer.birthday = "--05-17";
    note.customer.since_day = -3;
    note.customer.type = 2;
    note.customer.persons = NOTE_HAS_CONTACT | NOTE_HAS_KEY_PERSON;
    note.customer.credit = (struct note_money){.micros = INT64_MIN, .currency = "CNY", .given = true};
    note.customer.credit_days = 30;
    note_add_field(&note.customer, "Suppliers", "two");
    note_add_field(&note.customer, "education", "");
    note_add_field(&note.customer, "education", "law");
    return note;
}

static void a_row_gives_back_what_was_written(void **unused)
{
    (void)unused;
    uint8_t row[NOTE_ROW_MAX];
    struct note note = full_customer(), read;
    size_t length = note_bytes(&note);
    note_write(&note, row);
    assert_true(note_read(row, length, &read));
    assert_int_equal(read.kind, NOTE_UPSERTED);
    assert_true(read.historical);
    assert_int_equal(read.time_ms, -5);
    assert_memory_equal(read.key, note.key, NOTE_KEY_BYTES);
    assert_string_equal(read.name, "crm/e-1");
    assert_string_equal(read.rep, "wang");
    assert_string_equal(read.customer.name, note.customer.name);
    assert_string_equal(read.customer.owner, "li");
    assert_string_equal(read.customer.parent, "");
    assert_string_equal(read.customer.birthday, "--05-17");
    assert_int_equal(read.customer.since_day, -3);
    assert_int_equal(read.customer.type, 2);
    assert_int_equal(read.customer.persons, NOTE_HAS_CONTACT | NOTE_HAS_KEY_PERSON);
    assert_true(read.customer.credit.given);
    assert_true(read.customer.credit.micros == INT64_MIN);
    assert_string_equal(read.customer.credit.currency, "CNY");
    assert_int_equal(read.customer.credit_days, 30);
    assert_int_equal(read.customer.field_count, 2);
    assert_int_equal(read.customer.fields_sent, 2);
    assert_int_equal(read.customer.fields[0], note_field_hash("suppliers"));
    assert_int_equal(read.customer.fields[1], note_field_hash("EDUCATION"));
}

// A part of a file says of which portions it is, and nothing else can.
static void a_part_of_a_file_stays_one(void **unused)
{
    (void)unused;
    uint8_t row[NOTE_ROW_MAX];
    struct note note = full_customer(), read;
    size_t whole = note_bytes(&note);
    note.customer.said = PORTION_SOME | PORTION_BIT(PORTION_REGION);
    size_t length = note_bytes(&note);
    assert_int_equal(length, whole + 4);
    note_write(&note, row);
    assert_true(note_read(row, length, &read));
    assert_int_equal(read.customer.said, note.customer.said);
    assert_int_equal(read.customer.fields[1], note_field_hash("EDUCATION"));
    for (size_t cut = 0; cut < length; cut++)
        assert_false(note_read(row, cut, &read));
    memset(row + length - 4, 0, 4);
    assert_false(note_read(row, length, &read));
    row[3] = 2;
    assert_false(note_read(row, length, &read));
    note_start(&note, NOTE_LEAD);
    length = note_bytes(&note);
    note_write(&note, row);
    row[3] = 1;
    assert_false(note_read(row, length, &read));
}

static void nothing_said_is_read_as_nothing(void **unused)
{
    (void)unused;
    uint8_t row[NOTE_ROW_MAX];
    for (int kind = NOTE_NONE + 1; kind < NOTE_KINDS; kind++) {
        struct note note, read;
        note_start(&note, (enum note_kind)kind);
        size_t length = note_bytes(&note);
        note_write(&note, row);
        assert_true(note_read(row, length, &read));
        assert_memory_equal(note.key, read.key, NOTE_KEY_BYTES);
        assert_int_equal(read.kind, kind);
        for (size_t cut = 0; cut < length; cut++)
            assert_false(note_read(row, cut, &read));
        row[length] = 0;
        assert_false(note_read(row, length + 1, &read));
    }
    struct note lead;
    note_start(&lead, NOTE_LEAD);
    assert_int_equal(lead.lead.expected_day, NOTE_NO_DAY);
    note_start(&lead, NOTE_QUOTE_LOST);
    assert_string_equal(lead.quote.what, "");
    assert_int_equal(lead.quote.expected_day, NOTE_NO_DAY);
}

static void long_texts_are_cut_between_characters(void **unused)
{
    (void)unused;
    uint8_t row[NOTE_ROW_MAX];
    char text[1001];
    for (size_t i = 0; i < 1000; i++)
        text[i] = "\xe5\x8c\x97"[i % 3];
    text[999] = '\0';
    struct note note, read;
    note_start(&note, NOTE_OVERRIDE);
    note.name = note.rep = note.override.dimension = note.override.value = note.override.by = note.override.reason =
        text;
    size_t length = note_bytes(&note);
    note_write(&note, row);
    assert_true(note_read(row, length, &read));
    assert_int_equal(strlen(read.override.reason), NOTE_TEXT_BYTES);
    assert_int_equal(strlen(read.override.by), 198);
    assert_int_equal(strlen(read.rep), 126);
    assert_memory_equal(read.override.by, text, 198);
}

// What the longest event leaves must fit, or must() ends the service.
static void the_longest_notes_fit(void **unused)
{
    (void)unused;
    char text[3000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    for (int kind = NOTE_NONE + 1; kind < NOTE_KINDS; kind++) {
        struct note note;
        note_start(&note, (enum note_kind)kind);
        note.name = note.rep = text;
        if (kind == NOTE_UPSERTED) {
            note.customer = (struct note_customer){.said = PORTION_SOME,
                                                   .name = text,
                                                   .owner = text,
                                                   .region = text,
                                                   .parent = text,
                                                   .source = text,
                                                   .language = text,
                                                   .time_zone = text,
                                                   .birthday = text,
                                                   .founding_day = text};
            for (int i = 0; i < 40; i++) {
                char name[24];
                snprintf(name, sizeof name, "field %d", i);
                note_add_field(&note.customer, name, "x");
            }
            assert_int_equal(note.customer.field_count, NOTE_FIELDS_MAX);
            assert_int_equal(note.customer.fields_sent, 40);
            assert_int_equal(note.customer.fields[0], note_field_hash("field 0"));
        } else if (kind == NOTE_COMPLAINT_OPENED) {
            note.complaint.id = note.complaint.what = note.complaint.cause = note.complaint.order_id = text;
        }
        assert_true(note_bytes(&note) <= NOTE_ROW_MAX);
    }
}

static void numbers_beyond_their_range_are_not_known(void **unused)
{
    (void)unused;
    uint8_t row[NOTE_ROW_MAX];
    struct note note, read;
    note_start(&note, NOTE_LEAD);
    note.lead.stage = 9;
    note.lead.intention = 5;
    note.lead.need = 3;
    size_t length = note_bytes(&note);
    note_write(&note, row);
    assert_true(note_read(row, length, &read));
    assert_int_equal(read.lead.stage, 0);
    assert_int_equal(read.lead.intention, 5);
    assert_int_equal(read.lead.need, 0);
}

static void random_bytes_are_read_or_refused(void **unused)
{
    (void)unused;
    printf("seed %llu\n", (unsigned long long)state);
    uint8_t row[NOTE_ROW_MAX], again[NOTE_ROW_MAX];
    size_t accepted = 0;
    for (int round = 0; round < 60000; round++) {
        struct note note = full_customer(), read;
        if (round % 2 == 1)
            note_start(&note, (enum note_kind)(1 + draw(NOTE_KINDS - 1)));
        size_t length = note_bytes(&note);
        note_write(&note, row);
        for (uint32_t i = draw(4); i > 0; i--)
            row[draw((uint32_t)length)] = (uint8_t)draw(256);
        if (draw(4) == 0)
            length = draw((uint32_t)length + 1);
        if (draw(50) == 0)
            for (size_t i = 1 + draw(3); i < length; i++)
                row[i] = (uint8_t)draw(256);
        uint8_t *exact = malloc(length + 1); // so that a read beyond the end is seen
        memcpy(exact, row, length);
        if (note_read(exact, length, &read)) { // and what is read is written as it was
            accepted++;
            assert_int_equal(note_bytes(&read), length);
            note_write(&read, again);
            assert_memory_equal(again, exact, length);
        }
        free(exact);
    }
    assert_true(accepted > 1000);
}

static void order_is_by_time_then_key(void **unused)
{
    (void)unused;
    struct note left, right;
    note_start(&left, NOTE_PRAISE);
    note_start(&right, NOTE_NEED_LOST);
    assert_int_equal(note_order(&left, &right), 0);
    right.key[15] = 1;
    assert_true(note_order(&left, &right) < 0);
    left.time_ms = 1;
    assert_true(note_order(&left, &right) > 0);
}

static void parts_of_delivered_value(void **unused)
{
    (void)unused;
    assert_int_equal(note_part_of("product"), 0);
    assert_int_equal(note_part_of("Energy"), 7);
    assert_int_equal(note_part_of("price"), -1);
    assert_int_equal(note_part_of(""), -1);
}

int main(void)
{
    state = (uint64_t)time(NULL);
    const char *seed = getenv("SEED");
    if (seed != NULL)
        state = strtoull(seed, NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_gives_back_what_was_written),
        cmocka_unit_test(a_part_of_a_file_stays_one),
        cmocka_unit_test(nothing_said_is_read_as_nothing),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(the_longest_notes_fit),
        cmocka_unit_test(numbers_beyond_their_range_are_not_known),
        cmocka_unit_test(random_bytes_are_read_or_refused),
        cmocka_unit_test(order_is_by_time_then_key),
        cmocka_unit_test(parts_of_delivered_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
