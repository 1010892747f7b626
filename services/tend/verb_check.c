// `tend check`: what is wrong with the configuration, or the documented example of one.
#include "common/headcount.h"
#include "common/main.h"
#include "services/tend/daysoff.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 60 };

static void print_errors_json(const struct config *config)
{
    size_t count;
    const struct config_error *errors = config_errors(config, &count);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:i, s:i, s:s}", "line", errors[i].line, "column", errors[i].column,
                                              "message", errors[i].message));
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

static bool check_ports(struct verb_call *call)
{
    bool good = true;
    for (enum pipeline_place place = 1; place < PLACES; place++)
        for (enum pipeline_place before = 0; before < place; before++) {
            char key[KEY_BYTES];
            if (!ports_meet(&call->settings, before, place))
                continue;
            snprintf(key, sizeof key, "%s.listen", pipeline_setups[place]->service->name);
            config_complain(call->owner, key, "has the port of %s, or one of its processes' (each ten above the other)",
                            pipeline_setups[before]->service->name);
            good = false;
        }
    return good;
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
    bool good = config_good(call->owner) && check_ports(call);
    // The services look further than the tables: secret files, holidays, time zones.
    for (enum pipeline_place place = 0; good && place < PLACES; place++) {
        char error[600] = "";
        const struct main_setup *setup = pipeline_setups[place];
        void *self = setup->open(&call->settings, setup->options, error, sizeof error);
        good = self != NULL;
        if (self != NULL)
            setup->close(self);
        else
            config_complain(call->owner, setup->service->name, "%s", error);
    }
    for (enum pipeline_place place = 0; good && place < PLACES; place++) {
        const char *service = pipeline_setups[place]->service->name;
        char sentence[1000], key[60];
        snprintf(key, sizeof key, "common.%s_processes", service);
        good = !settings_divides(service) ||
               headcount_agrees(call->settings.data_dir, service, settings_processes(&call->settings, service),
                                sentence, sizeof sentence);
        if (!good)
            config_complain(call->owner, key, "%s", sentence);
    }
    if (call->json)
        print_errors_json(call->owner);
    else if (good)
        printf("%s is good\n", call->config != NULL ? call->config : "the default configuration");
    else
        config_errors_print(call->owner, stderr);
    if (good)
        warn_of_listeners();
    if (good)
        daysoff_warn(&call->settings, daysoff_today(&call->settings), stderr);
    return good ? VERB_DONE : VERB_CONFIG;
}
