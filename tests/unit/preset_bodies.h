// The bodies in feeds/PRESET/, each in the shape in which the vendor sends it, with invented data, and what the preset
// makes of them.
#ifndef TEND_TESTS_UNIT_PRESET_BODIES_H
#define TEND_TESTS_UNIT_PRESET_BODIES_H

#include "common/arena.h"
#include "common/codec.h"
#include "common/verify.h"
#include "services/ingest/mapping.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// 2026-11-01, later than anything in the bodies.
#define PRESET_NOW INT64_C(1793491200000)

enum { PRESET_BODIES_MAX = 64, PRESET_NAME_BYTES = 64 };

static const char *const preset_names[] = {"debezium", "erpnext", "odoo", "shopify", "woocommerce", "youzan"};
enum { PRESET_COUNT = sizeof preset_names / sizeof preset_names[0] };

struct preset_body {
    char name[PRESET_NAME_BYTES]; // "refunded_partly"
    char *bytes;
    size_t length;
};

struct preset_bodies {
    struct preset_body list[PRESET_BODIES_MAX];
    size_t count;
};

static inline char *preset_read(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    char *bytes = NULL;
    size_t length = 0, room = 0;
    while (!feof(file)) {
        if (length + 4096 > room)
            bytes = realloc(bytes, room += 65536);
        assert_non_null(bytes);
        length += fread(bytes + length, 1, 4095, file);
        bytes[length] = '\0';
    }
    fclose(file);
    *ret_length = length;
    return bytes;
}

// All bodies of a preset, in the order of their names.
static inline void preset_bodies_read(const char *preset, struct preset_bodies *ret_bodies)
{
    char pattern[PRESET_NAME_BYTES * 2];
    glob_t found;
    snprintf(pattern, sizeof pattern, "feeds/%s/*.json", preset);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_in_range(found.gl_pathc, 1, PRESET_BODIES_MAX);
    ret_bodies->count = found.gl_pathc;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct preset_body *body = &ret_bodies->list[i];
        const char *name = strrchr(found.gl_pathv[i], '/') + 1;
        snprintf(body->name, sizeof body->name, "%.*s", (int)(strlen(name) - strlen(".json")), name);
        body->bytes = preset_read(found.gl_pathv[i], &body->length);
        assert_non_null(body->bytes);
    }
    globfree(&found);
}

static inline void preset_bodies_free(struct preset_bodies *bodies)
{
    for (size_t i = 0; i < bodies->count; i++)
        free(bodies->list[i].bytes);
}

// The preset as a feed of that name has it that says nothing else but where the server stands and what it reckons in.
static inline struct mapping *preset_open(const char *preset, const char *feed)
{
    const struct mapping_defaults defaults = {.source = feed, .currency = "EUR", .zone = "Asia/Kolkata"};
    char text[PRESET_NAME_BYTES], error[MAPPING_ERROR_BYTES];
    struct mapping *mapping = NULL;
    snprintf(text, sizeof text, "preset: %s\n", preset);
    if (!mapping_open(preset, text, strlen(text), &defaults, error, sizeof error, &mapping))
        fail_msg("%s", error);
    return mapping;
}

// The one header that a preset looks at.
static inline const char *preset_header(const void *owner, const char *name)
{
    (void)owner;
    return strcasecmp(name, "X-Shopify-Triggered-At") == 0 ? "2026-06-10T08:00:00.123456789Z" : NULL;
}

static inline struct mapping_body preset_request(const struct preset_body *body)
{
    return (struct mapping_body){
        .bytes = body->bytes, .length = body->length, .received_ms = PRESET_NOW, .header = preset_header};
}

#endif
