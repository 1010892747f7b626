#include "harness/defaults.h"

#include "common/must.h"

struct scoring_options defaults_of_scoring(void)
{
    static struct scoring_options options;
    static struct config *config;
    if (config == NULL) {
        const struct config_section section = {.name = "scoring", .keys = scoring_keys, .target = &options, .help = ""};
        config = config_read(NULL, &section, 1);
        must(config_good(config));
    }
    return options;
}
