// The main function of every service: command line, configuration, log, clock, and then the loop.
#ifndef TEND_COMMON_MAIN_H
#define TEND_COMMON_MAIN_H

#include "common/engine.h"
#include "common/settings.h"

struct main_setup {
    const struct service *service;
    const struct config_key *keys;       // of its section; the section has the service's name
    void *options;                       // their target
    const struct config_address *listen; // in it
    const char *help;                    // of the section

    // Makes the service from its options. NULL with a sentence in ret_error.
    void *(*open)(const struct settings *settings, const void *options, char *ret_error, size_t error_bytes);
    void (*close)(void *self);
};

// Returns the exit code.
int service_main(int argc, char **argv, const struct main_setup *setup);

// The options of an engine for this installation: folder, shards. `folder` holds at least 512 bytes.
void main_engine_options(const struct settings *settings, const struct service *service, char *folder,
                         struct engine_options *ret_options);

// The service's section in force, as text that the caller frees.
char *main_rules(const struct main_setup *setup);

// The endpoint of a service by its name; NULL for NULL.
const char *main_endpoint(const struct settings *settings, const char *service);

#endif
