#include "services/ingest/setup.h"

#include "services/ingest/ingest.h"
#include "services/ingest/settings.h"

enum { ARENA_BYTES = 64 * 1024, ARENA_LIMIT = 8 * 1024 * 1024 };

static void *open_ingest(const struct settings *settings, const void *options, char *ret_error, size_t error_bytes)
{
    struct arena *arena = arena_open(ARENA_BYTES, ARENA_LIMIT);
    struct slice packed;
    struct ingest *ingest = NULL;
    if (settings_pack(settings, arena, &packed, ret_error, error_bytes)) {
        struct ingest_setup setup = {.options = options, .settings = packed.bytes, .settings_length = packed.length};
        ingest = ingest_open(&setup, ret_error, error_bytes);
    }
    arena_close(&arena);
    return ingest;
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
    .open = open_ingest,
    .close = close_ingest,
};
