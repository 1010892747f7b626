#include "services/scheduler/setup.h"

#include "services/scheduler/scheduler.h"

static void *open_scheduler(const struct settings *settings, const void *options, char *ret_error, size_t error_bytes)
{
    (void)settings;
    return scheduler_open(options, ret_error, error_bytes);
}

static void close_scheduler(void *self)
{
    struct scheduler *scheduler = self;
    scheduler_close(&scheduler);
}

static struct scheduler_options options;

const struct main_setup scheduler_setup = {
    .service = &scheduler_service,
    .keys = scheduler_keys,
    .options = &options,
    .listen = &options.listen,
    .help = "Who must contact whom, when, and why.",
    .open = open_scheduler,
    .close = close_scheduler,
};
