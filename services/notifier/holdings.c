#include "services/notifier/holdings.h"

#include "common/recordbody.h"
#include "services/notifier/box.h"

#include <string.h>

static bool is_about(struct turn *turn, const struct part *part, const char *customer_id)
{
    return recordbody_names(turn->arena, part->type, part->payload.bytes, part->payload.length, customer_id);
}

static void put_text(struct turn *turn, struct export_page *page, const struct delivery *delivery, bool others)
{
    struct slice text;
    if (!box_text_get(turn, delivery->id, &text))
        return;
    if (others)
        export_text(page, "text", "(left out: it is about other customers too)",
                    strlen("(left out: it is about other customers too)"));
    else
        export_text(page, "text", (const char *)text.bytes, text.length);
}

static void put_delivery(struct turn *turn, struct export_page *page, const struct delivery *delivery,
                         const char *customer_id)
{
    struct part part;
    bool any = false, others = false;
    for (unsigned i = 0; i < delivery->parts; i++) {
        if (!box_part_get(turn, delivery->id, i, &part))
            continue;
        any = any || is_about(turn, &part, customer_id);
        others = others || export_names_others(turn, part.type, part.payload, customer_id);
    }
    if (!any || !export_begin(page, "message"))
        return;
    export_text(page, "id", delivery->id, strlen(delivery->id));
    export_text(page, "rep", delivery->rep, strlen(delivery->rep));
    export_text(page, "reader", delivery->reader, strlen(delivery->reader));
    export_text(page, "channel", delivery->channel, strlen(delivery->channel));
    export_text(page, "detail", delivery->detail, strlen(delivery->detail));
    export_time(page, "created", delivery->created_ms);
    export_time(page, "changed", delivery->changed_ms);
    put_text(turn, page, delivery, others);
    export_end(page);
    for (unsigned i = 0; i < delivery->parts; i++)
        if (box_part_get(turn, delivery->id, i, &part) && is_about(turn, &part, customer_id) &&
            export_begin(page, "part of a message")) {
            export_text(page, "message", delivery->id, strlen(delivery->id));
            export_payload(page, "body", part.type, part.payload, customer_id);
            export_end(page);
        }
}

void notifier_holdings(void *self, struct turn *turn, const char *customer_id, struct export_page *page)
{
    int64_t created_ms = INT64_MAX;
    char id[BOX_ID_BYTES] = "";
    struct delivery delivery;
    (void)self;
    while (box_recent_next(turn, &created_ms, id))
        if (box_delivery_get(turn, id, &delivery))
            put_delivery(turn, page, &delivery, customer_id);
}
