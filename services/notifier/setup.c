#include "services/notifier/setup.h"

#include "services/notifier/notifier.h"

#include <stdio.h>

enum { WATERMARK_PATH_BYTES = 600 };

static struct notifier_options options;

// Beside the store's folder, not in it: a backup that is put back must not bring its own.
static void *open_notifier(const struct settings *settings, const void *given, char *ret_error, size_t error_bytes)
{
    static char watermark[WATERMARK_PATH_BYTES];
    snprintf(watermark, sizeof watermark, "%s/notifier.watermark", settings->data_dir);
    static char store[WATERMARK_PATH_BYTES];
    snprintf(store, sizeof store, "%s/notifier/data.mdb", settings->data_dir);
    if (options.watermark == NULL) {
        options.watermark = watermark;
        options.store = store;
    }
    return notifier_open(given, ret_error, error_bytes);
}

static void check_notifier(const void *given, struct config *config, bool closely)
{
    char error[WATERMARK_PATH_BYTES];
    notifier_options_check(given, config, error, sizeof error);
    if (closely)
        notifier_options_look(given, config);
}

static void close_notifier(void *self)
{
    struct notifier *notifier = self;
    notifier_close(&notifier);
}

const struct main_setup notifier_setup = {
    .service = &notifier_service,
    .keys = notifier_keys,
    .options = &options,
    .listen = &options.listen,
    .help = "How it reaches the rep, and what the rep answers.",
    .check = check_notifier,
    .open = open_notifier,
    .close = close_notifier,
};
