#include "services/scoring/setup.h"

#include "services/scoring/scoring.h"

#include <stdio.h>

static void *open_scoring(const struct settings *settings, const void *options, char *ret_error, size_t error_bytes)
{
    char key[OPTIONS_KEY_BYTES];
    const char *trouble = options_trouble(options, key, sizeof key);
    (void)settings; // the common rules come through the journal
    if (trouble != NULL) {
        snprintf(ret_error, error_bytes, "%s %s", key, trouble);
        return NULL;
    }
    return scoring_open(options);
}

static void close_scoring(void *self)
{
    struct scoring *scoring = self;
    scoring_close(&scoring);
}

static struct scoring_options options;

const struct main_setup scoring_setup = {
    .service = &scoring_service,
    .keys = scoring_keys,
    .options = &options,
    .listen = &options.listen,
    .help = "What each customer is worth: classes, rhythm, risk.",
    .open = open_scoring,
    .close = close_scoring,
};
