// `tend check`: what is wrong with the configuration, or the documented example of one.
#include "common/headcount.h"
#include "common/main.h"
#include "services/tend/daysoff.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <stdio.h>

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
    bool good = config_good(call->owner);
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
        daysoff_warn(&call->settings, daysoff_today(&call->settings), stderr);
    return good ? VERB_DONE : VERB_CONFIG;
}
