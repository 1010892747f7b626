#include "services/ingest/setup.h"

#include "services/ingest/feeds.h"
#include "services/ingest/ingest.h"
#include "services/ingest/joins.h"
#include "services/ingest/settings.h"

#include <stdio.h>

enum { ARENA_BYTES = 64 * 1024, ARENA_LIMIT = 8 * 1024 * 1024, KEY_BYTES = 60 };

static void *open_ingest(const struct settings *settings, const void *options, char *ret_error, size_t error_bytes)
{
    struct arena *arena = arena_open(ARENA_BYTES, ARENA_LIMIT);
    struct slice packed;
    struct ingest *ingest = NULL;
    if (settings_pack(settings, arena, &packed, ret_error, error_bytes)) {
        struct ingest_setup setup = {.options = options,
                                     .settings = packed.bytes,
                                     .settings_length = packed.length,
                                     .currency = settings->currency,
                                     .time_zone = settings->time_zone};
        ingest = ingest_open(&setup, ret_error, error_bytes);
    }
    arena_close(&arena);
    return ingest;
}

static void check_ingest(const void *given, struct config *config, bool closely)
{
    const struct ingest_options *checked = given;
    char error[FEED_ERROR_BYTES];
    struct bucket_rate rate;
    for (size_t i = 0; i < checked->access_count; i++)
        if (checked->access[i].rate[0] != '\0' && !bucket_parse(checked->access[i].rate, &rate)) {
            char key[KEY_BYTES];
            snprintf(key, sizeof key, "ingest.access[%zu].rate", i);
            config_complain(config, key, "must be a number of events and a time, such as 500/1s");
        }
    const char *field, *reason;
    if (!joins_check(&checked->join, &field, &reason)) {
        char key[KEY_BYTES];
        snprintf(key, sizeof key, "ingest.join.%s", field);
        config_complain(config, key, "%s", reason);
    }
    // The currency and the zone only fill in what a file leaves out; its form is the same with any.
    if (closely && !feeds_check(checked->feeds, "USD", "UTC", error, sizeof error))
        config_complain(config, "ingest.feeds", "holds a bad file:\n%s", error);
}

static void close_ingest(void *self)
{
    struct ingest *ingest = self;
    ingest_close(&ingest);
}

static struct ingest_options options;

const struct main_setup ingest_setup = {
    .service = &ingest_service,
    .keys = ingest_keys,
    .options = &options,
    .listen = &options.listen,
    .help = "Events in.",
    .check = check_ingest,
    .open = open_ingest,
    .close = close_ingest,
};
