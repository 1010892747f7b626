// The main function of every service: command line, configuration, log, clock, and then the loop.
#ifndef TEND_COMMON_MAIN_H
#define TEND_COMMON_MAIN_H

#include "common/engine.h"
#include "common/settings.h"

enum { MAIN_PORT_STEP = 10 }; // between the HTTP ports of the processes of one service

struct main_setup {
    const struct service *service;
    const struct config_key *keys;       // of its section; the section has the service's name
    void *options;                       // their target
    const struct config_address *listen; // in it
    const char *help;                    // of the section

    // Adds what is wrong with the options to `config` (config_complain, config_warn), beyond what their rows say;
    // `closely` also what lies outside the file and is no reason not to start. NULL: `open` says it all.
    void (*check)(const void *options, struct config *config, bool closely);

    // Makes the service from its options. NULL with a sentence in ret_error.
    void *(*open)(const struct settings *settings, const void *options, char *ret_error, size_t error_bytes);
    void (*close)(void *self);
};

// Returns the exit code. `--process K` says which process of several it is.
int service_main(int argc, char **argv, const struct main_setup *setup);

// What process `which` of a service is in this installation.
struct main_process {
    struct lane lane;
    char name[LANE_NAME_BYTES]; // "scoring", or "scoring-1" of several
    char folder[512];           // empty when its path is too long, so that no store opens there
    char listen[300];           // HTTP: of several processes each has a port ten above the one before
    const char *endpoint;       // lives as long as the settings
};
void main_process(const struct settings *settings, const struct main_setup *setup, unsigned which,
                  struct main_process *ret_process);

// The options of its engine: folder, shards, lane, and how many processes it follows. The folder is that of `process`.
void main_engine_options(const struct settings *settings, const struct main_setup *setup,
                         const struct main_process *process, struct engine_options *ret_options);

// The service's section in force, as text that the caller frees.
char *main_rules(const struct main_setup *setup);

#endif
