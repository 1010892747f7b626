#include "common/main.h"

#include "common/config_state.h"
#include "common/headcount.h"
#include "common/must.h"
#include "common/run.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { CODE_USAGE = 2, CODE_CONFIG = 78, ERROR_BYTES = 512, RULES_BYTES = 60000, PATH_BYTES = 640 };

#define MAP_BYTES ((size_t)32 << 30) // address space, not disk: far more than is ever used

static int64_t read_wall(void *clock)
{
    return clock_wall_ms(clock);
}

// The address with its port ten further for each process: the services' own ports lie side by side.
static void move_port(const struct config_address *listen, unsigned which, char *ret_text, size_t bytes)
{
    const char *colon = strrchr(listen->text, ':');
    unsigned port = (unsigned)listen->port + (listen->port != 0 ? MAIN_PORT_STEP * which : 0);
    must(colon != NULL);
    int length = which == 0 ? snprintf(ret_text, bytes, "%s", listen->text)
                            : snprintf(ret_text, bytes, "%.*s:%u", (int)(colon - listen->text), listen->text, port);
    must(length > 0);
}

void main_process(const struct settings *settings, const struct main_setup *setup, unsigned which,
                  struct main_process *ret_process)
{
    const char *service = setup->service->name;
    struct main_process process = {.lane = {which, settings_processes(settings, service)},
                                   .endpoint = settings_endpoint(settings, service, which)};
    lane_name(service, process.lane, process.name);
    int length = snprintf(process.folder, sizeof process.folder, "%s/%s", settings->data_dir, process.name);
    if (length >= (int)sizeof process.folder)
        process.folder[0] = '\0'; // no store opens there; half a path might be another folder
    move_port(setup->listen, which, process.listen, sizeof process.listen);
    *ret_process = process;
}

void main_engine_options(const struct settings *settings, const struct main_setup *setup,
                         const struct main_process *process, struct engine_options *ret_options)
{
    const char *follows = setup->service->follows;
    *ret_options = (struct engine_options){
        .service = setup->service,
        .folder = process->folder,
        .map_bytes = MAP_BYTES,
        .shards = (uint32_t)settings->shards,
        .lane = process->lane,
        .upstreams = follows != NULL ? settings_processes(settings, follows) : 1,
    };
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

// What the command line says.
struct call {
    const char *config; // NULL: none
    long process;       // -1: not said
};

// Returns -1 to go on, or the exit code.
static int read_arguments(int argc, char **argv, const struct main_setup *setup, struct call *ret_call)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"process", required_argument, NULL, 'k'},
                                            {"with-parent", no_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0, 0, 0, 0}};
    struct call call = {.process = -1};
    for (int option; (option = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
        char *end = optarg;
        if (option == 'c') {
            call.config = optarg;
        } else if (option == 'k' && optarg[0] >= '0' && optarg[0] <= '9' &&
                   (call.process = strtol(optarg, &end, 10)) < LANES_MAX && *end == '\0') {
            continue;
        } else if (option == 'p') {
            // `tend run` watches its services: without it they would run on unseen and hold their stores.
            prctl(PR_SET_PDEATHSIG, SIGTERM);
        } else {
            fprintf(option == 'h' ? stdout : stderr, "usage: tend-%s [--config tend.yaml] [--process 0]\n",
                    setup->service->name);
            return option == 'h' ? 0 : CODE_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "tend-%s takes no '%s'; see --help\n", setup->service->name, argv[optind]);
        return CODE_USAGE;
    }
    if (call.config == NULL && access("tend.yaml", R_OK) == 0)
        call.config = "tend.yaml";
    *ret_call = call;
    return -1;
}

// Which process we are. 0, or the exit code with a sentence when the command line and the configuration do not agree,
// or when what is there shows that the work was divided otherwise before.
static int find_process(const struct settings *settings, const struct main_setup *setup, long said,
                        struct main_process *ret_process, char *ret_error, size_t error_bytes)
{
    const char *service = setup->service->name;
    unsigned count = settings_processes(settings, service);
    if ((said < 0 && count > 1) || said >= (long)count) {
        snprintf(ret_error, error_bytes,
                 count > 1 ? "%s runs as %u processes: say which one, --process 0 to --process %u"
                           : "%s runs as %u process: there is only --process %u",
                 service, count, count - 1);
        return CODE_CONFIG;
    }
    main_process(settings, setup, said < 0 ? 0 : (unsigned)said, ret_process);
    if (setup->listen->port != 0 && setup->listen->port + (int)(MAIN_PORT_STEP * (count - 1)) > UINT16_MAX) {
        snprintf(ret_error, error_bytes, "%s.listen leaves no room for the ports of %u processes, ten apart", service,
                 count);
        return CODE_CONFIG;
    }
    // Whoever follows several keeps their number too (division.h), so it must not begin with a wrong one.
    const char *follows = setup->service->follows;
    if (follows != NULL && settings_divides(follows) &&
        !headcount_agrees(settings->data_dir, follows, settings_processes(settings, follows), ret_error, error_bytes))
        return CODE_CONFIG;
    return settings_divides(service)
               ? headcount_claim(settings->data_dir, service, ret_process->lane, ret_error, error_bytes)
               : 0;
}

static int run(const struct settings *settings, const struct main_setup *setup, const struct main_process *process,
               struct log *log, struct clock *clock)
{
    char error[ERROR_BYTES] = "";
    void *self = setup->open(settings, setup->options, error, sizeof error);
    if (self == NULL) {
        log_line(log, LOG_ERROR, error, LOG_INT("exit", CODE_CONFIG));
        return CODE_CONFIG;
    }
    struct metrics *metrics = metrics_open();
    must(metrics != NULL);
    struct run_options options = {
        .listen = process->listen,
        .endpoint = process->endpoint,
        .metrics = metrics,
        .reserve_ms = settings->keep_journal_ms,
    };
    main_engine_options(settings, setup, process, &options.engine);
    const char *upstreams[UPSTREAMS_MAX], *siblings[LANES_MAX];
    options.upstream_count = setup->service->follows != NULL ? options.engine.upstreams : 0;
    for (unsigned i = 0; i < options.upstream_count; i++)
        upstreams[i] = settings_endpoint(settings, setup->service->follows, i);
    for (unsigned i = 0; i < process->lane.count; i++)
        siblings[i] = settings_endpoint(settings, setup->service->name, i);
    options.upstreams = upstreams;
    options.siblings = process->lane.count > 1 ? siblings : NULL;
    struct peers *peers = peers_open(process->lane.index, process->lane.count);
    options.engine.peers = peers;
    options.engine.self = self;
    options.engine.clock = clock;
    options.engine.log = log;
    char *rules = main_rules(setup);
    options.engine.rules = rules;
    int code = run_service(&options);
    free(rules);
    setup->close(self);
    peers_close(&peers);
    metrics_close(&metrics);
    return code;
}

static void log_warnings(struct log *log, const struct config *config)
{
    size_t count;
    const struct config_error *warnings = config_warnings(config, &count);
    for (size_t i = 0; i < count; i++)
        log_line(log, LOG_WARN, warnings[i].message, LOG_INT("config_line", warnings[i].line));
}

int service_main(int argc, char **argv, const struct main_setup *setup)
{
    struct call call;
    int code = read_arguments(argc, argv, setup, &call);
    if (code >= 0)
        return code;
    struct config_section own = {setup->service->name, setup->keys, setup->options, setup->help};
    struct settings settings;
    struct config *config = settings_read(call.config, &settings, &own, 1);
    if (setup->check != NULL)
        setup->check(setup->options, config, false);
    if (!config_good(config)) {
        config_errors_print(config, stderr);
        config_close(&config);
        return CODE_CONFIG;
    }
    struct main_process process;
    char error[PATH_BYTES + ERROR_BYTES];
    code = find_process(&settings, setup, call.process, &process, error, sizeof error);
    bool found = code == 0;
    struct clock *clock = clock_open();
    struct log_options log_options = {.service = found ? process.name : setup->service->name,
                                      .fd = STDERR_FILENO,
                                      .level = (enum log_level)settings.log,
                                      .now_ms = read_wall,
                                      .clock = clock};
    struct log *log = log_open(&log_options);
    log_warnings(log, config);
    if (found)
        code = run(&settings, setup, &process, log, clock);
    else
        log_line(log, LOG_ERROR, error, LOG_INT("exit", code));
    log_close(&log);
    clock_close(&clock);
    config_close(&config);
    return code;
}
