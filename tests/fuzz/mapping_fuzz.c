// Any feed file compiles or is refused with an error, and any body becomes sound events or an error; nothing crashes,
// hangs, leaks or makes more memory than promised. An input is a feed file, a line "%%", and a body; without that line
// the whole is a body for every preset.
#include "common/must.h"
#include "services/ingest/mapping.h"
#include "services/ingest/preset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECEIVED_MS INT64_C(1779010200000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char mark[] = "\n%%\n";

static size_t noted;

static void take_note(void *owner, const struct mapping_note *note)
{
    (void)owner;
    noted +=
        strlen(note->event) + strlen(note->field) + strlen(note->pointer) + strlen(note->raw) + strlen(note->result);
}

static const char *find(const void *owner, const char *name)
{
    (void)owner;
    return strlen(name) % 2 == 0 ? "X\xC2\x85 1.5" : NULL;
}

// The events, packed one behind the other; -1 for an error.
static ssize_t apply(const struct mapping *mapping, const struct mapping_body *body, struct arena *arena,
                     const struct mapping_trace *trace, uint8_t **ret_bytes)
{
    struct mapping_result result;
    struct mapping_error error;
    *ret_bytes = NULL;
    if (!mapping_apply(mapping, body, arena, trace, &result, &error)) {
        must(error.reason[0] != '\0' && mapping_error_text(arena, &error)[0] != '\0');
        return -1;
    }
    size_t length = 0;
    must(result.count <= MAPPING_EVENTS_MAX && (result.count > 0 || result.note[0] != '\0'));
    for (size_t i = 0; i < result.count; i++)
        length += tend__v1__event__get_packed_size(result.events[i].event);
    uint8_t *bytes = malloc(length + 1);
    must(bytes != NULL);
    *ret_bytes = bytes;
    for (size_t i = 0; i < result.count; i++) {
        const Tend__V1__Event *event = result.events[i].event;
        must(event->id[0] != '\0' && event->source[0] != '\0' && event->time != NULL);
        size_t packed = tend__v1__event__pack(event, bytes);
        Tend__V1__Event *again = tend__v1__event__unpack(NULL, packed, bytes);
        must(again != NULL);
        tend__v1__event__free_unpacked(again, NULL);
        bytes += packed;
    }
    return (ssize_t)length;
}

// Twice, once watched: it must be the same.
static void try_body(const struct mapping *mapping, const uint8_t *body, size_t length)
{
    struct mapping_body given = {
        .bytes = (const char *)body, .length = length, .received_ms = RECEIVED_MS, .header = find, .query = find};
    struct mapping_trace trace = {take_note, NULL};
    struct arena *arena = arena_open(1 << 16, MAPPING_ARENA_BYTES);
    uint8_t *first, *second;
    ssize_t one = apply(mapping, &given, arena, NULL, &first);
    arena_reset(arena);
    ssize_t other = apply(mapping, &given, arena, &trace, &second);
    must(one == other && (one <= 0 || memcmp(first, second, (size_t)one) == 0));
    free(first);
    free(second);
    arena_close(&arena);
}

static void try_feed(const char *text, size_t text_length, const uint8_t *body, size_t length)
{
    static const struct mapping_defaults defaults = {.source = "fuzz", .currency = "CNY", .zone = "Asia/Shanghai"};
    char error[MAPPING_ERROR_BYTES];
    struct mapping *mapping = NULL;
    if (!mapping_open("fuzz.yaml", text, text_length, &defaults, error, sizeof error, &mapping)) {
        must(error[0] != '\0' && memchr(error, '\0', sizeof error) != NULL);
        return;
    }
    try_body(mapping, body, length);
    mapping_close(&mapping);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *body = size == 0 ? NULL : memmem(data, size, mark, sizeof mark - 1);
    if (body != NULL) {
        size_t text = (size_t)(body - data);
        body += sizeof mark - 1;
        try_feed((const char *)data, text, body, size - text - (sizeof mark - 1));
        return 0;
    }
    for (size_t i = 0; i < preset_count; i++) {
        char text[64];
        int length = snprintf(text, sizeof text, "preset: %s\n", presets[i].name);
        try_feed(text, (size_t)length, data, size);
    }
    return 0;
}
