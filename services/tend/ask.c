// What the verbs share: options, questions to services, values out of JSON.
#include "common/lastwords.h"
#include "common/must.h"
#include "services/notifier/options.h"
#include "services/tend/figures.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TYPE_BYTES = 100, // of a content type, as the services take it
    FOLDER_BYTES = 600,
    SENTENCE_BYTES = 800,
    SPAN_MOST = 100000, // days are 273 years then
};

const char *verb_value(const struct verb_call *call, const char *option)
{
    for (int i = 0; i < VERB_OPTIONS_MAX && call->verb->options[i].name != NULL; i++)
        if (strcmp(call->verb->options[i].name, option) == 0)
            return call->values[i];
    must(option == NULL);
    return NULL;
}

size_t verb_values(const struct verb_call *call, const char *option, const char **ret_values, size_t most)
{
    size_t count = 0;
    for (int i = 0; i < call->given_count && count < most; i++)
        if (strcmp(call->given[i].option->name, option) == 0)
            ret_values[count++] = call->given[i].value;
    return count;
}

// Appends what stands for the text in a URL.
static void add_escaped(char *target, const char *part)
{
    size_t used = strlen(target);
    for (; *part != '\0' && used + 4 < VERB_TARGET_BYTES; part++) {
        unsigned char byte = (unsigned char)*part;
        bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                     strchr("-_.~:", byte) != NULL;
        used += (size_t)snprintf(target + used, VERB_TARGET_BYTES - used, plain ? "%c" : "%%%02X", byte);
    }
}

const char *verb_visible(const char *id)
{
    return id[0] == '#' ? id + 1 : id;
}

void verb_write_target(char *target, const char *before, const char *id, const char *behind)
{
    snprintf(target, VERB_TARGET_BYTES, "%s", before);
    add_escaped(target, id);
    size_t used = strlen(target);
    snprintf(target + used, VERB_TARGET_BYTES - used, "%s", behind);
}

void verb_add_parameter(char *target, const char *name, const char *value)
{
    size_t used = strlen(target);
    if (value == NULL)
        return;
    snprintf(target + used, VERB_TARGET_BYTES - used, "%c%s=", strchr(target, '?') != NULL ? '&' : '?', name);
    add_escaped(target, value);
}

void verb_add_options(const struct verb_call *call, const char *const *options, size_t count, char *target)
{
    for (size_t i = 0; i < count; i++)
        verb_add_parameter(target, options[i], verb_value(call, options[i]));
}

bool verb_target_whole(const char *target)
{
    return strlen(target) + 4 < VERB_TARGET_BYTES; // an escaped byte always found room
}

// What is wrong; for the caller to say when there is somewhere to put it.
static int print_error(const char *service, const struct answer *answer, const json_t *json,
                       struct verb_refusal *refusal)
{
    const json_t *error = json_object_get(json, "error");
    const char *field = verb_text(error, "field"), *reason = verb_text(error, "reason");
    if (refusal != NULL && answer->status != 503) {
        snprintf(refusal->field, sizeof refusal->field, "%s", field);
        snprintf(refusal->reason, sizeof refusal->reason, "%s", reason);
        return VERB_PROBLEM;
    }
    fprintf(stderr, "tend: %s answers %d: %s%s%s\n", service, answer->status, field, field[0] != '\0' ? ": " : "",
            reason[0] != '\0' ? reason : answer->body);
    return answer->status == 503 ? VERB_UNREACHABLE : VERB_PROBLEM;
}

// "application/json; by=root": who asks, for the audit log of the service, which takes our word for it.
static void name_asker(const char *type, char *ret_type)
{
    const struct passwd *user = getpwuid(getuid());
    snprintf(ret_type, TYPE_BYTES, "%s; by=%.60s", type, user != NULL ? user->pw_name : "somebody");
}

// Nobody answers: it must not be started before somebody has decided, or it does not run at all.
static void tell_silence(const struct verb_call *call, const char *name, const char *endpoint)
{
    char folder[FOLDER_BYTES], sentence[SENTENCE_BYTES];
    snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, name);
    if (lastwords_get(folder, sentence, sizeof sentence))
        fprintf(stderr, "tend: %s ended and waits for a decision: %s\n", name, sentence);
    else
        fprintf(stderr, "tend: %s cannot be reached at %s; is it running? (tend run)\n", name, endpoint);
}

static int ask_or(struct verb_call *call, const char *service, unsigned which, const char *target, const char *body,
                  struct verb_refusal *refusal, json_t **ret_json)
{
    const char *endpoint = settings_endpoint(&call->settings, service, which);
    char name[LANE_NAME_BYTES];
    lane_name(service, (struct lane){which, settings_processes(&call->settings, service)}, name);
    // Nobody there is told at once; somebody who is slow is waited for.
    struct client *client = client_reachable(endpoint) ? client_open(endpoint) : NULL;
    struct answer answer;
    int code = VERB_UNREACHABLE;
    char type[TYPE_BYTES];
    name_asker(body != NULL ? "application/json" : "text/plain", type);
    bool answered = client != NULL && client_call(client, target, type, body != NULL ? body : "",
                                                  body != NULL ? strlen(body) : 0, VERB_WAIT_MS, &answer);
    if (!answered) {
        tell_silence(call, name, endpoint);
    } else {
        json_t *json = json_loadb(answer.body, answer.length, 0, NULL);
        code = answer.status == 200 && json != NULL ? VERB_DONE : print_error(name, &answer, json, refusal);
        if (code == VERB_DONE)
            *ret_json = json;
        else
            json_decref(json);
    }
    client_close(&client);
    return code;
}

static int ask(struct verb_call *call, const char *service, unsigned which, const char *target, const char *body,
               json_t **ret_json)
{
    return ask_or(call, service, which, target, body, NULL, ret_json);
}

int verb_ask(struct verb_call *call, const char *service, const char *target, json_t **ret_json)
{
    return ask(call, service, 0, target, NULL, ret_json);
}

int verb_ask_process(struct verb_call *call, const char *service, unsigned which, const char *target, json_t **ret_json)
{
    return ask(call, service, which, target, NULL, ret_json);
}

int verb_ask_customer(struct verb_call *call, const char *service, const char *customer_id, const char *target,
                      json_t **ret_json)
{
    unsigned which =
        lane_of_customer(customer_id, (uint32_t)call->settings.shards, settings_processes(&call->settings, service));
    return ask(call, service, which, target, NULL, ret_json);
}

// The first process from `first` on that can be reached; `first` itself when none can.
static unsigned find_reachable(const struct verb_call *call, const char *service, unsigned first, bool *ret_found)
{
    unsigned count = settings_processes(&call->settings, service);
    *ret_found = false;
    for (unsigned i = 0; i < count; i++) {
        unsigned which = (first + i) % count;
        *ret_found = client_reachable(settings_endpoint(&call->settings, service, which));
        if (*ret_found)
            return which;
    }
    return first;
}

int verb_ask_owner(struct verb_call *call, const char *service, const char *owner_id, const char *target,
                   json_t **ret_json)
{
    bool found;
    unsigned count = settings_processes(&call->settings, service);
    unsigned first = owner_id != NULL ? lane_of_owner(owner_id, count) : 0;
    return ask(call, service, find_reachable(call, service, first, &found), target, NULL, ret_json);
}

int verb_ask_or(struct verb_call *call, const char *service, const char *owner_id, const char *target,
                struct verb_refusal *ret_refusal, json_t **ret_json)
{
    bool found;
    unsigned count = settings_processes(&call->settings, service);
    unsigned first = owner_id != NULL ? lane_of_owner(owner_id, count) : 0;
    return ask_or(call, service, find_reachable(call, service, first, &found), target, NULL, ret_refusal, ret_json);
}

bool verb_reachable(const struct verb_call *call, const char *service)
{
    bool found;
    (void)find_reachable(call, service, 0, &found);
    return found;
}

int verb_ask_all(struct verb_call *call, const char *service, const char *target, json_t **ret_jsons,
                 unsigned *ret_count)
{
    json_t *answers[LANES_MAX] = {NULL};
    unsigned count = settings_processes(&call->settings, service), got = 0;
    int code = VERB_DONE;
    for (unsigned i = 0; i < count; i++) {
        int one = ask(call, service, i, target, NULL, &answers[got]);
        got += one == VERB_DONE;
        // An error weighs more than not reached: it would be the same everywhere.
        code = one == VERB_DONE || code == VERB_PROBLEM ? code : one;
        if (code == VERB_PROBLEM)
            break;
    }
    *ret_count = code == VERB_PROBLEM ? 0 : got;
    for (unsigned i = 0; i < got; i++)
        if (code == VERB_PROBLEM)
            json_decref(answers[i]);
        else
            ret_jsons[i] = answers[i];
    return code;
}

int verb_post(struct verb_call *call, const char *service, const char *target, const char *body, json_t **ret_json)
{
    return ask(call, service, 0, target, body, ret_json);
}

const struct channel_options *verb_channel_named(const char *name)
{
    const struct notifier_options *options = pipeline_setups[PLACE_NOTIFIER]->options;
    for (size_t i = 0; i < options->channel_count; i++)
        if (strcmp(options->channels[i].name, name) == 0)
            return &options->channels[i];
    return NULL;
}

bool verb_whole_number(const struct verb_call *call, const char *option)
{
    const char *value = verb_value(call, option);
    if (value == NULL || (value[0] != '\0' && value[strspn(value, "0123456789")] == '\0'))
        return true;
    fprintf(stderr, "tend %s: --%s is a whole number, not \"%s\"\n", call->verb->name, option, value);
    return false;
}

bool verb_span(const char *text, int64_t *ret_ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    char *end;
    long long number = strtoll(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (number >= 1 && number <= SPAN_MOST && end[0] == units[i].unit && end[1] == '\0') {
            *ret_ms = number * units[i].ms;
            return true;
        }
    return false;
}

void verb_print_json(const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    must(text != NULL);
    puts(text);
    free(text);
}

int verb_show(struct verb_call *call, int code, json_t *answer,
              void (*print)(const struct figures *figures, const json_t *answer))
{
    struct figures figures;
    if (code == VERB_DONE && call->json) {
        verb_print_json(answer);
    } else if (code == VERB_DONE) {
        figures_open(call->settings.time_zone, &figures);
        print(&figures, answer);
        figures_close(&figures);
    }
    json_decref(answer);
    return code;
}

const char *verb_text(const json_t *json, const char *member)
{
    const char *text = json_string_value(json_object_get(json, member));
    return text != NULL ? text : "";
}

int64_t verb_number(const json_t *json, const char *member)
{
    const json_t *value = json_object_get(json, member);
    if (json_is_integer(value))
        return json_integer_value(value);
    const char *text = json_string_value(value);
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

const char *verb_colour(const char *sequence)
{
    return isatty(STDOUT_FILENO) ? sequence : "";
}
