#include "services/ingest/holdings.h"

#include "common/audit.h"
#include "common/export.h"
#include "services/ingest/misfits.h"

#include <ctype.h>
#include <string.h>

struct holding {
    const char *customer_id;
    struct export_page *page;
};

static bool joins(uint8_t byte)
{
    return isalnum(byte) || byte == '_' || byte >= 0x80;
}

// "C1" stands in "id: C1," and not in "C12".
static bool stands_in(const uint8_t *bytes, size_t length, const char *id)
{
    size_t wanted = strlen(id);
    const uint8_t *end = bytes + length, *at = bytes;
    while (at < end && (at = memmem(at, (size_t)(end - at), id, wanted)) != NULL) {
        bool free_before = at == bytes || !joins(at[-1]), free_behind = at + wanted == end || !joins(at[wanted]);
        if (free_before && free_behind)
            return true;
        at++;
    }
    return false;
}

static bool put_rejected(void *self, Tend__V1__Rejected *body)
{
    struct holding *holding = self;
    bool about = stands_in(body->body.data, body->body.len, holding->customer_id);
    for (size_t i = 0; i < body->n_headers && !about; i++)
        about =
            stands_in((const uint8_t *)body->headers[i]->value, strlen(body->headers[i]->value), holding->customer_id);
    if (!about || !export_begin(holding->page, "rejected body"))
        return true;
    struct slice bytes = {body->body.data, body->body.len};
    export_number(holding->page, "id", (int64_t)body->id);
    if (body->time != NULL)
        export_time(holding->page, "time", body->time->seconds * 1000);
    export_text(holding->page, "feed", body->feed, strlen(body->feed));
    export_text(holding->page, "reason", body->reason, strlen(body->reason));
    export_texts(holding->page, "body", bytes);
    export_end(holding->page);
    return true;
}

static void put_rows(void *self, struct turn *turn, const char *customer_id, struct export_page *page)
{
    struct holding holding = {customer_id, page};
    (void)self;
    misfits_each(turn, UINT64_MAX, false, put_rejected, &holding);
}

void holdings_audit(struct ingest *ingest, struct call *call)
{
    (void)ingest;
    (void)audit_answer(call->turn, call->request, "ingest", call->ret_reply);
}

void holdings_door(struct ingest *ingest, struct call *call)
{
    (void)export_answer(call->turn, call->request, "ingest", put_rows, ingest, call->ret_reply);
}
