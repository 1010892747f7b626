// The command line: finds the verb, reads its options and the configuration, and calls it.
#include "common/main.h"
#include "common/must.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_BYTES = 40 };

static void print_verbs(FILE *file)
{
    fprintf(file,
            "tend keeps a sales team close to its customers.\n\nusage: tend VERB [ARGUMENTS] [--config tend.yaml]\n\n");
    for (size_t i = 0; i < verb_count; i++)
        fprintf(file, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
    fprintf(file, "\n'tend VERB --help' says more. Exit codes: 0 done, 1 found a problem, 2 wrong usage,\n"
                  "3 cannot reach a service, 75 another one has it already (a folder that is watched, a service that\n"
                  "runs), 78 configuration refused.\n");
}

static void print_help(FILE *file, const struct verb *verb)
{
    fprintf(file, "%s\n\nusage: tend %s%s%s\n", verb->summary, verb->name, verb->arguments[0] != '\0' ? " " : "",
            verb->arguments);
    for (int i = 0; i < VERB_OPTIONS_MAX && verb->options[i].name != NULL; i++) {
        char name[NAME_BYTES];
        const struct verb_option *option = &verb->options[i];
        snprintf(name, sizeof name, "--%s %s", option->name, option->value != NULL ? option->value : "");
        fprintf(file, "  %-22s %s\n", name, option->help);
    }
    fprintf(file, "  %-22s %s\n", "--config FILE", "the configuration; tend.yaml of this folder when it is there");
    fprintf(file, "  %-22s %s\n\nfor example:\n", "--json", "for programs");
    for (const char *at = verb->example; at[0] != '\0';) {
        int length = (int)strcspn(at, "\n");
        fprintf(file, "  %.*s\n", length, at);
        at += length + (at[length] == '\n');
    }
}

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < verb_count; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

// Takes "--name value", "--name=value" or a flag. Returns how many words it took, 0 when the verb has no such option.
static int read_option(struct verb_call *call, char **words, int left)
{
    const char *word = words[0] + 2, *equals = strchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
    if (length == 4 && strncmp(word, "json", length) == 0) {
        call->json = true;
        return 1;
    }
    const char **place = NULL;
    const struct verb_option *found = NULL;
    bool flag = false;
    if (length == 6 && strncmp(word, "config", length) == 0)
        place = &call->config;
    for (int i = 0; place == NULL && i < VERB_OPTIONS_MAX && call->verb->options[i].name != NULL; i++) {
        const struct verb_option *option = &call->verb->options[i];
        if (strlen(option->name) == length && strncmp(option->name, word, length) == 0) {
            place = &call->values[i];
            flag = option->value == NULL;
            found = option;
        }
    }
    if (place == NULL || (flag && equals != NULL) || (!flag && equals == NULL && left < 2))
        return 0;
    if (found != NULL && call->given_count == VERB_GIVEN_MAX)
        return 0;
    *place = flag ? "" : equals != NULL ? equals + 1 : words[1];
    if (found != NULL)
        call->given[call->given_count++] = (struct verb_given){found, *place};
    return flag || equals != NULL ? 1 : 2;
}

// Returns -1 to go on, or the exit code.
static int read_words(struct verb_call *call, int count, char **words)
{
    for (int i = 0; i < count;) {
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0) {
            print_help(stdout, call->verb);
            return VERB_DONE;
        }
        if (strncmp(words[i], "--", 2) == 0 && words[i][2] != '\0') {
            int taken = read_option(call, words + i, count - i);
            if (taken == 0) {
                fprintf(stderr, "tend %s: \"%s\" is no option of it, or lacks its value\n\n", call->verb->name,
                        words[i]);
                print_help(stderr, call->verb);
                return VERB_USAGE;
            }
            i += taken;
            continue;
        }
        if (call->argument_count == (int)(sizeof call->arguments / sizeof *call->arguments))
            return VERB_USAGE;
        call->arguments[call->argument_count++] = words[i++];
    }
    if (call->argument_count < call->verb->least ||
        (call->verb->most >= 0 && call->argument_count > call->verb->most)) {
        print_help(stderr, call->verb);
        return VERB_USAGE;
    }
    return -1;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_verbs(argc < 2 ? stderr : stdout);
        return argc < 2 ? VERB_USAGE : VERB_DONE;
    }
    const struct verb *verb = find_verb(argv[1]);
    if (verb == NULL) {
        fprintf(stderr, "tend: there is no verb \"%s\"\n\n", argv[1]);
        print_verbs(stderr);
        return VERB_USAGE;
    }
    struct verb_call call = {.verb = verb, .program = argv[0]};
    int code = read_words(&call, argc - 2, argv + 2);
    if (code >= 0)
        return code;
    if (call.config == NULL && access("tend.yaml", R_OK) == 0)
        call.config = "tend.yaml";
    // All sections are read, so that every verb works on the configuration that the services would take.
    struct config_section sections[PLACES];
    for (enum pipeline_place place = 0; place < PLACES; place++) {
        const struct main_setup *setup = pipeline_setups[place];
        sections[place] = (struct config_section){setup->service->name, setup->keys, setup->options, setup->help};
    }
    call.owner = settings_read(call.config, &call.settings, sections, PLACES);
    code = VERB_CONFIG;
    if (config_good(call.owner) || verb->run == verb_check)
        code = verb->run(&call);
    else
        config_errors_print(call.owner, stderr);
    config_close(&call.owner);
    return code;
}
