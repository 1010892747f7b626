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

int verb_import(struct verb_call *call)
{
    struct import_words words = {
        .kind = call->arguments[0],
        .file = call->arguments[1],
        .map = verb_value(call, "map"),
        .as_of = verb_value(call, "as-of"),
        .zone = verb_value(call, "zone"),
        .currency = verb_value(call, "currency"),
        .decimal = verb_value(call, "decimal"),
        .encoding = verb_value(call, "encoding"),
        .delimiter = verb_value(call, "delimiter"),
        .source = verb_value(call, "source"),
        .rejected = verb_value(call, "rejected"),
        .dates = verb_value(call, "dates"),
        .dry_run = verb_value(call, "dry-run") != NULL,
        .live = verb_value(call, "live") != NULL,
        .amend = verb_value(call, "amend") != NULL,
        .json = call->json,
    };
    struct reach reach = {.endpoint = call->settings.links.ingest};
    struct import_world world = {
        .zone = call->settings.time_zone,
        .currency = call->settings.currency,
        .data_dir = call->settings.data_dir,
        .clock = clock_open(),
        .connect = connect_ingest,
        .self = &reach,
        .out = stdout,
        .err = stderr,
    };
    int code = import_command(&words, &world);
    clock_close(&world.clock);
    postbox_close(&reach.postbox); // takes NULL
    return code;
}
