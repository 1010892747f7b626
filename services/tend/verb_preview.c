// `tend preview`: a message as it would be sent, before there is one. Composed here from the configuration; when the
// services run, the customer's name and class are real, and the contact where one is known.
#include "common/arena.h"
#include "common/clock.h"
#include "common/zone.h"
#include "services/notifier/route.h"
#include "services/notifier/specimen.h"
#include "services/notifier/templates.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <string.h>

enum {
    SECOND_MS = 1000,
    DAY_SECONDS = 86400,
    BLOCK_BYTES = 1 << 16,
    MOST_BYTES = 1 << 24,
    ERROR_BYTES = 700,
    LINE_MOST = 90
};

// What is previewed, and what keeps its texts.
struct preview {
    struct verb_call *call;
    struct arena *arena;
    struct specimen specimen;
    json_t *card;   // of scoring; NULL: nobody could be asked
    json_t *owners; // of the customer, with whom to ask for there; NULL: as above
    struct templates *templates;
};

static bool find_channel(struct preview *preview)
{
    const char *name = verb_value(preview->call, "channel");
    const struct notifier_options *options = preview->specimen.options;
    if (name == NULL)
        name = options->default_channel;
    preview->specimen.channel = verb_channel_named(name);
    if (preview->specimen.channel != NULL || name[0] == '\0')
        return true;
    fprintf(stderr, "tend preview: the configuration has no channel \"%s\"\n", name);
    return false;
}

static bool find_language(struct preview *preview)
{
    const struct channel_options *channel = preview->specimen.channel;
    const char *tag = verb_value(preview->call, "language");
    if (tag == NULL && channel != NULL && channel->language[0] != '\0')
        tag = channel->language;
    if (tag == NULL)
        tag = preview->specimen.options->language;
    if (language_parse(tag, &preview->specimen.language))
        return true;
    fprintf(stderr, "tend preview: --language must be zh-CN or en, not \"%s\"\n", tag);
    return false;
}

// The day in the zone of the installation.
static void find_today(struct preview *preview)
{
    struct clock *clock = clock_open();
    struct zone *zone = NULL;
    preview->specimen.now_ms = clock_wall_ms(clock);
    int64_t now_s = preview->specimen.now_ms / SECOND_MS;
    bool known = zone_open(ZONE_DIRECTORIES, preview->call->settings.time_zone, &zone);
    preview->specimen.today = known ? zone_local(zone, now_s).day : (int32_t)(now_s / DAY_SECONDS);
    zone_close(&zone);
    clock_close(&clock);
}

// Whom to ask for there, as the scheduler would tell the owner.
static void find_contact(struct preview *preview, const char *id, struct sample_about *about)
{
    char target[VERB_TARGET_BYTES] = "GET /v1/owners";
    struct verb_refusal refusal;
    if (!verb_reachable(preview->call, "scheduler"))
        return;
    verb_add_parameter(target, "customer", id);
    (void)verb_ask_or(preview->call, "scheduler", NULL, target, &refusal, &preview->owners);
    about->contact = verb_text(preview->owners, "contactName");
    about->phone = verb_text(preview->owners, "contactPhone");
}

// The customer's card, where scoring can be asked; false when it knows no such customer.
static bool find_customer(struct preview *preview)
{
    static const char classes[] = "CBA";
    const char *id = preview->call->arguments[1];
    struct sample_about *about = &preview->specimen.about;
    char target[VERB_TARGET_BYTES];
    *about = (struct sample_about){.customer_id = id, .currency = preview->call->settings.currency};
    if (!verb_reachable(preview->call, "scoring"))
        return true;
    verb_write_target(target, "GET /v1/customers/", id, "");
    if (verb_ask_customer(preview->call, "scoring", id, target, &preview->card) != VERB_DONE)
        return false;
    const char *name = verb_text(preview->card, "name"), *abc = verb_text(preview->card, "announced");
    about->customer = name[0] != '\0' ? name : id;
    if (abc[0] != '\0' && strchr(classes, abc[strlen(abc) - 1]) != NULL)
        about->abc = abc[strlen(abc) - 1];
    find_contact(preview, id, about);
    return true;
}

static int print_payload(struct preview *preview)
{
    const char *trouble, *payload = specimen_payload(preview->arena, &preview->specimen, &trouble);
    if (payload == NULL) {
        fprintf(stderr, "tend preview: it could not leave so: %s\n", trouble);
        return VERB_PROBLEM;
    }
    puts(payload);
    return VERB_DONE;
}

static int print_text(struct preview *preview)
{
    struct specimen_message message;
    (void)specimen_write(preview->arena, &preview->specimen, &message);
    char *text = arena_text(preview->arena, message.text, strlen(message.text));
    if (preview->specimen.channel != NULL)
        specimen_show(preview->specimen.channel, text);
    printf("%s\n", text);
    for (size_t i = 0; i < message.label_count; i++)
        printf("%s[%s]", i > 0 ? " " : "\n", message.labels[i]);
    if (message.label_count > 0)
        putchar('\n');
    fflush(stdout);
    fprintf(stderr, "\n(%s; the figures and dates are invented)\n",
            preview->card == NULL
                ? "a sample: scoring cannot be reached, so the customer is invented too"
                : "a sample: the customer's name and class are real, and the contact where one is known");
    return VERB_DONE;
}

// Names the kind that was probably meant, else all of them.
static void refuse_kind(const char *kind)
{
    const char *near = route_kind_near(kind), *name;
    fprintf(stderr, "tend preview: there is no kind \"%s\"", kind);
    if (near != NULL) {
        fprintf(stderr, "; did you mean %s?\n", near);
        return;
    }
    size_t column = LINE_MOST;
    fputs("; there are:", stderr);
    for (size_t i = 0; (name = route_kind_at(i)) != NULL; i++) {
        bool full = column + strlen(name) > LINE_MOST;
        fprintf(stderr, "%s%s", full ? "\n  " : " ", name);
        column = (full ? 0 : column) + strlen(name) + 1;
    }
    fputs("\n", stderr);
}

static int show(struct preview *preview)
{
    char error[ERROR_BYTES];
    const char *file = preview->specimen.options->templates;
    if (!find_channel(preview) || !find_language(preview))
        return VERB_USAGE;
    if (!route_kind_known(preview->specimen.kind)) {
        refuse_kind(preview->specimen.kind);
        return VERB_USAGE;
    }
    if (file != NULL && file[0] != '\0') {
        preview->templates = templates_open(file, error, sizeof error);
        if (preview->templates == NULL) {
            fprintf(stderr, "tend preview: %s\n", error);
            return VERB_CONFIG;
        }
        preview->specimen.templates = preview->templates;
    }
    if (!find_customer(preview))
        return VERB_PROBLEM;
    find_today(preview);
    return preview->call->json ? print_payload(preview) : print_text(preview);
}

int verb_preview(struct verb_call *call)
{
    struct preview preview = {.call = call, .arena = arena_open(BLOCK_BYTES, MOST_BYTES)};
    preview.specimen =
        (struct specimen){.options = pipeline_setups[PLACE_NOTIFIER]->options, .kind = call->arguments[0]};
    int code = show(&preview);
    templates_close(&preview.templates);
    json_decref(preview.card);
    json_decref(preview.owners);
    arena_close(&preview.arena);
    return code;
}
