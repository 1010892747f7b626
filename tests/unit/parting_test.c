// Lines of CSV that are parted without libcsv, beside what libcsv makes of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/tend/table.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PARTED_LINES = 20000, PARTED_LENGTH = 24, PARTED_FIELDS = 64 };

struct parted {
    char text[PARTED_LENGTH * 4];
    const char *fields[PARTED_FIELDS];
    size_t count, used;
    bool done;
};

static void part_field(void *bytes, size_t length, void *context)
{
    struct parted *parted = context;
    char *text = parted->text + parted->used;
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = '\0';
    parted->used += length + 1;
    parted->fields[parted->count++] = text;
}

static void part_row(int terminator, void *context)
{
    (void)terminator;
    ((struct parted *)context)->done = true;
}

// False for a line that is no row by itself.
static bool part(const char *line, struct parted *ret_parted)
{
    struct csv_parser parser;
    *ret_parted = (struct parted){.count = 0};
    assert_int_equal(csv_init(&parser, 0), 0);
    csv_set_delim(&parser, ';');
    csv_parse(&parser, line, strlen(line), part_field, part_row, ret_parted);
    csv_free(&parser);
    while (ret_parted->count > 3 && ret_parted->fields[ret_parted->count - 1][0] == '\0')
        ret_parted->count--;
    return ret_parted->done;
}

static void lines_as_libcsv_reads_them(void **state)
{
    (void)state;
    static const char signs[] = ";;;;\"\"  ab,\t";
    static char lines[PARTED_LINES][PARTED_LENGTH + 2];
    static char all[PARTED_LINES * (PARTED_LENGTH + 2) + 8] = "a;b;c\n";
    unsigned seed = (unsigned)time(NULL);
    printf("seed %u\n", seed);
    srand(seed);
    struct parted parted;
    char *at = all + strlen(all);
    for (size_t i = 0; i < PARTED_LINES; i++) {
        do {
            size_t length = 1 + (size_t)rand() % PARTED_LENGTH;
            for (size_t j = 0; j < length; j++)
                lines[i][j] = signs[(size_t)rand() % (sizeof signs - 1)];
            strcpy(lines[i] + length, "\n");
        } while (!part(lines[i], &parted));
        at = stpcpy(at, lines[i]);
    }
    char path[] = "/tmp/tend-parting-XXXXXX", error[TABLE_ERROR_BYTES];
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, all, strlen(all)), (ssize_t)strlen(all));
    close(file);
    struct table_options options = {.path = path};
    struct table *table = NULL;
    assert_true(table_open(&options, error, &table));
    unlink(path);
    struct row row;
    size_t rows = 0;
    for (size_t i = 0; i < PARTED_LINES; i++) {
        part(lines[i], &parted);
        enum table_step step = table_next(table, &row);
        assert_int_equal(row.line, i + 2);
        assert_int_equal(step, parted.count == 3 ? TABLE_ROW : TABLE_BAD);
        for (size_t j = 0; step == TABLE_ROW && j < 3; j++)
            if (strcmp(row.fields[j].text, parted.fields[j]) != 0)
                fail_msg("%s: \"%s\" and not \"%s\"", lines[i], row.fields[j].text, parted.fields[j]);
        rows += step == TABLE_ROW;
    }
    assert_true(rows > 100);
    assert_int_equal(table_next(table, &row), TABLE_END);
    table_close(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_as_libcsv_reads_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
