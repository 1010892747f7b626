// `tend import`: a file's rows as events, sent to ingest in batches.
#include "services/tend/import_command.h"
#include "services/tend/postbox.h"
#include "services/tend/verb.h"

#include <stdio.h>

struct reach {
    const char *endpoint;
    struct postbox *postbox;
};

static bool connect_ingest(void *self, struct sender *ret_sender, char *ret_error, size_t bytes)
{
    struct reach *reach = self;
    reach->postbox = postbox_open(reach->endpoint, ret_error, bytes);
    if (reach->postbox == NULL)
        return false;
    *ret_sender = postbox_sender(reach->postbox);
    return true;
}

void verb_import_begin(const struct verb_call *call, struct import_words *words, struct import_world *world)
{
    words->map = verb_value(call, "map");
    words->zone = verb_value(call, "zone");
    words->currency = verb_value(call, "currency");
    words->decimal = verb_value(call, "decimal");
    words->encoding = verb_value(call, "encoding");
    words->delimiter = verb_value(call, "delimiter");
    words->dates = verb_value(call, "dates");
    words->source = verb_value(call, "source");
    words->customers = verb_value(call, "customers");
    words->live = verb_value(call, "live") != NULL;
    words->json = call->json;
    world->zone = call->settings.time_zone;
    world->currency = call->settings.currency;
    world->data_dir = call->settings.data_dir;
    world->clock = clock_open();
    world->out = stdout;
}

int verb_import(struct verb_call *call)
{
    struct import_words words = {
        .kind = call->arguments[0],
        .file = call->arguments[1],
        .as_of = verb_value(call, "as-of"),
        .rejected = verb_value(call, "rejected"),
        .dry_run = verb_value(call, "dry-run") != NULL,
        .amend = verb_value(call, "amend") != NULL,
    };
    struct reach reach = {.endpoint = call->settings.links.ingest};
    struct import_world world = {.connect = connect_ingest, .self = &reach, .err = stderr};
    verb_import_begin(call, &words, &world);
    int code = import_command(&words, &world);
    clock_close(&world.clock);
    postbox_close(&reach.postbox); // takes NULL
    return code;
}
