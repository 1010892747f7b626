// The command line: finds the verb, reads its options and the configuration, and calls it.
#include "common/main.h"
#include "common/nearest.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    NAME_BYTES = 40,
    VERBS_MOST = 100, // whose names are compared
    ARGUMENTS_MOST = sizeof((struct verb_call *)0)->arguments / sizeof(const char *),
};

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

// Names the verb that was probably meant, else all of them.
static int refuse_verb(const char *wrong)
{
    const char *names[VERBS_MOST], *near;
    size_t count = 0;
    for (; count < verb_count && count < VERBS_MOST; count++)
        names[count] = verbs[count].name;
    near = nearest_name(wrong, names, count);
    fprintf(stderr, "tend: there is no verb \"%s\"", wrong);
    if (near != NULL) {
        fprintf(stderr, "; did you mean \"%s\"? tend --help lists them\n", near);
        return VERB_USAGE;
    }
    fputs("\n\n", stderr);
    print_verbs(stderr);
    return VERB_USAGE;
}

// The option of the verb with this name of `length` bytes; NULL when it has none.
static const struct verb_option *find_option(const struct verb *verb, const char *name, size_t length)
{
    for (int i = 0; i < VERB_OPTIONS_MAX && verb->options[i].name != NULL; i++)
        if (strlen(verb->options[i].name) == length && strncmp(verb->options[i].name, name, length) == 0)
            return &verb->options[i];
    return NULL;
}

static void refuse_option(const struct verb *verb, const char *name, size_t length)
{
    const char *names[VERB_OPTIONS_MAX + 2] = {"json", "config"}, *near;
    char wrong[NAME_BYTES];
    size_t count = 2;
    for (int i = 0; i < VERB_OPTIONS_MAX && verb->options[i].name != NULL; i++)
        names[count++] = verb->options[i].name;
    snprintf(wrong, sizeof wrong, "%.*s", (int)length, name);
    near = nearest_name(wrong, names, count);
    fprintf(stderr, "tend %s: \"--%s\" is no option of it; ", verb->name, wrong);
    fprintf(stderr, near != NULL ? "did you mean --%s?\n" : "tend %s --help lists them\n",
            near != NULL ? near : verb->name);
}

// Takes "--name value", "--name=value" or a flag. Returns how many words it took, 0 after it said what is wrong.
static int read_option(struct verb_call *call, char **words, int left)
{
    static const struct verb_option config = {"config", "FILE", ""}, json = {"json", NULL, ""};
    const char *word = words[0] + 2, *equals = strchr(word, '=');
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
    const struct verb_option *option = length == 4 && strncmp(word, "json", length) == 0     ? &json
                                       : length == 6 && strncmp(word, "config", length) == 0 ? &config
                                                                                             : NULL;
    bool own = option == NULL;
    if (own)
        option = find_option(call->verb, word, length);
    if (option == NULL) {
        refuse_option(call->verb, word, length);
        return 0;
    }
    const char *value = equals != NULL ? equals + 1 : left > 1 ? words[1] : NULL;
    if (option->value == NULL ? equals != NULL : value == NULL) {
        fprintf(
            stderr, "tend %s: --%s %s%s\n", call->verb->name, option->name,
            option->value == NULL ? "takes no value" : "wants a value: ", option->value == NULL ? "" : option->value);
        return 0;
    }
    if (own && call->given_count == VERB_GIVEN_MAX) {
        fprintf(stderr, "tend %s: at most %d options\n", call->verb->name, VERB_GIVEN_MAX);
        return 0;
    }
    value = option->value == NULL ? "" : value;
    call->json = call->json || option == &json;
    call->config = option == &config ? value : call->config;
    if (own) {
        call->values[option - call->verb->options] = value;
        call->given[call->given_count++] = (struct verb_given){option, value};
    }
    return option->value == NULL || equals != NULL ? 1 : 2;
}

// That there are as many arguments as the verb takes; else it is said.
static bool count_arguments(const struct verb_call *call)
{
    const struct verb *verb = call->verb;
    int count = call->argument_count;
    if (count >= verb->least && (verb->most < 0 || count <= verb->most))
        return true;
    if (count > verb->least)
        fprintf(stderr, "tend %s: too many arguments, from \"%s\" on; it is: tend %s%s%s\n", verb->name,
                call->arguments[verb->most], verb->name, verb->arguments[0] != '\0' ? " " : "", verb->arguments);
    else
        fprintf(stderr, "tend %s: %s missing; it is: tend %s %s\n", verb->name,
                count + 1 < verb->least ? "arguments are" : "an argument is", verb->name, verb->arguments);
    fprintf(stderr, "tend %s --help says more\n", verb->name);
    return false;
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
            if (taken == 0)
                return VERB_USAGE;
            i += taken;
            continue;
        }
        if (call->argument_count == ARGUMENTS_MOST) {
            fprintf(stderr, "tend %s: at most %d arguments\n", call->verb->name, ARGUMENTS_MOST);
            return VERB_USAGE;
        }
        call->arguments[call->argument_count++] = words[i++];
    }
    return count_arguments(call) ? -1 : VERB_USAGE;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_verbs(argc < 2 ? stderr : stdout);
        return argc < 2 ? VERB_USAGE : VERB_DONE;
    }
    const struct verb *verb = find_verb(argv[1]);
    if (verb == NULL)
        return refuse_verb(argv[1]);
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
