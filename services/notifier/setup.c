#include "services/notifier/setup.h"

#include "services/notifier/notifier.h"

static void *open_notifier(const struct settings *settings, const void *options, char *ret_error, size_t error_bytes)
{
    (void)settings;
    return notifier_open(options, ret_error, error_bytes);
}

static void close_notifier(void *self)
{
    struct notifier *notifier = self;
    notifier_close(&notifier);
}

static struct notifier_options options;

const struct main_setup notifier_setup = {
    .service = &notifier_service,
    .keys = notifier_keys,
    .options = &options,
    .listen = &options.listen,
    .help = "How it reaches the rep, and what the rep answers.",
    .open = open_notifier,
    .close = close_notifier,
};
