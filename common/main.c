#include "common/main.h"

#include "common/config_state.h"
#include "common/must.h"
#include "common/run.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { CODE_USAGE = 2, CODE_CONFIG = 78, ERROR_BYTES = 512, FOLDER_BYTES = 512, RULES_BYTES = 60000 };

#define MAP_BYTES ((size_t)32 << 30)                  // address space, not disk: far more than is ever used
#define RESERVE_MS (INT64_C(7) * 24 * 60 * 60 * 1000) // older than the backup that one would restore

static int64_t read_wall(void *clock)
{
    return clock_wall_ms(clock);
}

const char *main_endpoint(const struct settings *settings, const char *service)
{
    if (service == NULL)
        return NULL;
    const struct {
        const char *name, *endpoint;
    } links[] = {
        {"ingest", settings->links.ingest},
        {"scoring", settings->links.scoring},
        {"scheduler", settings->links.scheduler},
        {"notifier", settings->links.notifier},
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (strcmp(links[i].name, service) == 0)
            return links[i].endpoint;
    must(service == NULL);
    return NULL;
}

void main_engine_options(const struct settings *settings, const struct service *service, char *folder,
                         struct engine_options *ret_options)
{
    int length = snprintf(folder, FOLDER_BYTES, "%s/%s", settings->data_dir, service->name);
    if (length >= FOLDER_BYTES)
        folder[0] = '\0'; // no store opens there; half a path might be another folder
    *ret_options = (struct engine_options){
        .service = service, .folder = folder, .map_bytes = MAP_BYTES, .shards = (uint32_t)settings->shards};
}

char *main_rules(const struct main_setup *setup)
{
    char *text = NULL;
    size_t length;
    FILE *memory = open_memstream(&text, &length);
    must(memory != NULL);
    config_state_print(memory, setup->keys, setup->options);
    must(fclose(memory) == 0);
    // A record holds less than a list of thousands could grow to.
    if (length > RULES_BYTES)
        text[RULES_BYTES] = '\0';
    return text;
}

// Returns the path of the configuration, NULL for none; *ret_code is not 0 when the process should end.
static const char *read_arguments(int argc, char **argv, const struct main_setup *setup, int *ret_code)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"with-parent", no_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0, 0, 0, 0}};
    const char *path = NULL;
    for (int option; (option = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        if (option == 'c') {
            path = optarg;
            continue;
        }
        if (option == 'p') {
            // `tend run` watches its services: without it they would run on unseen and hold their stores.
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            continue;
        }
        fprintf(option == 'h' ? stdout : stderr, "usage: tend-%s [--config tend.yaml]\n", setup->service->name);
        *ret_code = option == 'h' ? -1 : CODE_USAGE;
    }
    if (optind < argc) {
        fprintf(stderr, "tend-%s takes no '%s'; see --help\n", setup->service->name, argv[optind]);
        *ret_code = CODE_USAGE;
    }
    if (path == NULL && access("tend.yaml", R_OK) == 0)
        path = "tend.yaml";
    return path;
}

static int run(const struct settings *settings, const struct main_setup *setup, struct log *log, struct clock *clock)
{
    char error[ERROR_BYTES] = "", folder[FOLDER_BYTES];
    void *self = setup->open(settings, setup->options, error, sizeof error);
    if (self == NULL) {
        log_line(log, LOG_ERROR, error, LOG_INT("exit", CODE_CONFIG));
        return CODE_CONFIG;
    }
    struct metrics *metrics = metrics_open();
    must(metrics != NULL);
    struct run_options options = {
        .listen = setup->listen->text,
        .endpoint = main_endpoint(settings, setup->service->name),
        .upstream = main_endpoint(settings, setup->service->follows),
        .metrics = metrics,
        .reserve_ms = RESERVE_MS,
    };
    main_engine_options(settings, setup->service, folder, &options.engine);
    options.engine.self = self;
    options.engine.clock = clock;
    options.engine.log = log;
    char *rules = main_rules(setup);
    options.engine.rules = rules;
    int code = run_service(&options);
    free(rules);
    setup->close(self);
    metrics_close(&metrics);
    return code;
}

int service_main(int argc, char **argv, const struct main_setup *setup)
{
    int code = 0;
    const char *path = read_arguments(argc, argv, setup, &code);
    if (code != 0)
        return code < 0 ? 0 : code;
    struct config_section own = {setup->service->name, setup->keys, setup->options, setup->help};
    struct settings settings;
    struct config *config = settings_read(path, &settings, &own, 1);
    if (!config_good(config)) {
        config_errors_print(config, stderr);
        config_close(&config);
        return CODE_CONFIG;
    }
    struct clock *clock = clock_open();
    struct log_options log_options = {.service = setup->service->name,
                                      .fd = STDERR_FILENO,
                                      .level = (enum log_level)settings.log,
                                      .now_ms = read_wall,
                                      .clock = clock};
    struct log *log = log_open(&log_options);
    code = run(&settings, setup, log, clock);
    log_close(&log);
    clock_close(&clock);
    config_close(&config);
    return code;
}
