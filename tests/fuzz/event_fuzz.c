// An event from the wire: whatever both walks accept can be packed, and what is packed passes again.
#include "common/must.h"
#include "common/verify.h"
#include "services/ingest/rules.h"

#include "tend/v1/event.pb-c.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// 2026-05-17, so that corpus events are neither old nor from the future.
#define NOW_MS INT64_C(1779010200000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void error_sound(const struct verify_error *error)
{
    must(memchr(error->field, '\0', sizeof error->field) != NULL);
    must(memchr(error->reason, '\0', sizeof error->reason) != NULL && error->reason[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verify_error error;
    bool canonical = false;
    if (!verify_wire_form(&tend__v1__event__descriptor, data, size, &canonical, &error)) {
        error_sound(&error);
        return 0;
    }
    Tend__V1__Event *event = tend__v1__event__unpack(NULL, size, data);
    if (event == NULL)
        return 0;
    if (!verify_message(&event->base, NULL, &error)) {
        error_sound(&error);
        tend__v1__event__free_unpacked(event, NULL);
        return 0;
    }
    bool taken = rules_check(event, NOW_MS, &error);
    if (!taken)
        error_sound(&error);
    size_t length = tend__v1__event__get_packed_size(event);
    uint8_t *bytes = malloc(length + 1);
    must(bytes != NULL && tend__v1__event__pack(event, bytes) == length);
    must(!canonical || (length == size && (size == 0 || memcmp(bytes, data, size) == 0)));
    must(verify_wire(&tend__v1__event__descriptor, bytes, length, &error));
    Tend__V1__Event *again = tend__v1__event__unpack(NULL, length, bytes);
    must(again != NULL && verify_message(&again->base, NULL, &error));
    must(rules_check(again, NOW_MS, &error) == taken);
    uint8_t *second = malloc(length + 1);
    must(second != NULL && tend__v1__event__pack(again, second) == length && memcmp(bytes, second, length) == 0);
    free(second);
    free(bytes);
    tend__v1__event__free_unpacked(again, NULL);
    tend__v1__event__free_unpacked(event, NULL);
    return 0;
}
