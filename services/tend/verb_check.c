// `tend check`: what is wrong with the configuration, or the documented example of one.
#include "common/headcount.h"
#include "common/main.h"
#include "services/tend/daysoff.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 60 };

static void add_json(json_t *list, const char *level, const struct config_error *errors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:i, s:i, s:s}", "level", level, "line", errors[i].line, "column",
                                              errors[i].column, "message", errors[i].message));
}

static void print_json(const struct config *config)
{
    size_t count;
    json_t *list = json_array();
    const struct config_error *errors = config_errors(config, &count);
    add_json(list, "error", errors, count);
    errors = config_warnings(config, &count);
    add_json(list, "warning", errors, count);
    verb_print_json(list);
    json_decref(list);
}

// --- where the services listen

static bool everywhere(const struct config_address *listen)
{
    return strcmp(listen->host, "0.0.0.0") == 0 || strcmp(listen->host, "::") == 0;
}

// Whether both would bind the same port: of several processes each listens ten above the one before.
static bool ports_meet(const struct settings *settings, enum pipeline_place one, enum pipeline_place other)
{
    const struct config_address *first = pipeline_setups[one]->listen, *second = pipeline_setups[other]->listen;
    unsigned firsts = settings_processes(settings, pipeline_setups[one]->service->name),
             seconds = settings_processes(settings, pipeline_setups[other]->service->name);
    if (first->port == 0 || second->port == 0 ||
        (strcmp(first->host, second->host) != 0 && !everywhere(first) && !everywhere(second)))
        return false;
    for (unsigned i = 0; i < firsts; i++)
        for (unsigned k = 0; k < seconds; k++)
            if (first->port + (int)(MAIN_PORT_STEP * i) == second->port + (int)(MAIN_PORT_STEP * k))
                return true;
    return false;
}

static void check_ports(struct verb_call *call)
{
    for (enum pipeline_place place = 1; place < PLACES; place++)
        for (enum pipeline_place before = 0; before < place; before++) {
            char key[KEY_BYTES];
            if (!ports_meet(&call->settings, before, place))
                continue;
            snprintf(key, sizeof key, "%s.listen", pipeline_setups[place]->service->name);
            config_complain(call->owner, key, "has the port of %s, or one of its processes' (each ten above the other)",
                            pipeline_setups[before]->service->name);
        }
}

// An address that other machines reach is no error, only seldom meant.
static void warn_of_listeners(void)
{
    for (enum pipeline_place place = 0; place < PLACES; place++)
        if (everywhere(pipeline_setups[place]->listen))
            fprintf(stderr,
                    "warning: %s.listen %s answers every machine that reaches this one, without TLS; 127.0.0.1 and a "
                    "proxy in front are safer\n",
                    pipeline_setups[place]->service->name, pipeline_setups[place]->listen->text);
}

// The services look further than the tables: holidays, time zones, what their stores were made for.
static void open_services(struct verb_call *call)
{
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        char error[600] = "", sentence[1000], key[KEY_BYTES];
        const struct main_setup *setup = pipeline_setups[place];
        const char *service = setup->service->name;
        void *self = setup->open(&call->settings, setup->options, error, sizeof error);
        if (self != NULL)
            setup->close(self);
        else
            config_complain(call->owner, service, "%s", error);
        snprintf(key, sizeof key, "common.%s_processes", service);
        if (settings_divides(service) &&
            !headcount_agrees(call->settings.data_dir, service, settings_processes(&call->settings, service), sentence,
                              sizeof sentence))
            config_complain(call->owner, key, "%s", sentence);
    }
}

int verb_check(struct verb_call *call)
{
    if (verb_value(call, "example") != NULL) {
        struct config_section sections[PLACES];
        for (enum pipeline_place place = 0; place < PLACES; place++) {
            const struct main_setup *setup = pipeline_setups[place];
            sections[place] = (struct config_section){setup->service->name, setup->keys, setup->options, setup->help};
        }
        settings_print(stdout, sections, PLACES);
        return VERB_DONE;
    }
    check_ports(call);
    for (enum pipeline_place place = 0; place < PLACES; place++)
        if (pipeline_setups[place]->check != NULL)
            pipeline_setups[place]->check(pipeline_setups[place]->options, call->owner, true);
    if (config_good(call->owner))
        open_services(call);
    bool good = config_good(call->owner);
    if (call->json) {
        print_json(call->owner);
    } else {
        if (good)
            printf("%s is good\n", call->config != NULL ? call->config : "the default configuration");
        else
            config_errors_print(call->owner, stderr);
        fflush(stdout); // before the warnings, wherever both go
        config_warnings_print(call->owner, stderr);
    }
    if (good)
        warn_of_listeners();
    if (good)
        daysoff_warn(&call->settings, daysoff_today(&call->settings), stderr);
    return good ? VERB_DONE : VERB_CONFIG;
}
