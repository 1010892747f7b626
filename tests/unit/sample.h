// One whole event of every body, a line each, in unit/events.jsonl: what tests of the codec and of the rules start
// from.
#ifndef TEND_TESTS_SAMPLE_H
#define TEND_TESTS_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SAMPLE_MAX = 64, SAMPLE_BYTES = 4096 };

struct samples {
    size_t count;
    char texts[SAMPLE_MAX][SAMPLE_BYTES];
};

// Tests run in the folder tests/.
static const struct samples *samples_read(void)
{
    static struct samples samples;
    FILE *file = fopen("unit/events.jsonl", "r");
    assert_non_null(file);
    samples.count = 0;
    while (fgets(samples.texts[samples.count], SAMPLE_BYTES, file) != NULL) {
        char *text = samples.texts[samples.count++];
        assert_true(samples.count < SAMPLE_MAX && text[strlen(text) - 1] == '\n');
        text[strlen(text) - 1] = '\0';
    }
    fclose(file);
    return &samples;
}

#endif
