#include "services/ingest/holdings.h"

#include "common/audit.h"
#include "common/export.h"
#include "services/ingest/misfits.h"
#include "services/ingest/traces.h"

#include <string.h>

struct holding {
    struct ingest *ingest;
    struct arena *scratch;
    const char *customer_id;
    struct export_page *page;
};

static bool put_rejected(void *self, Tend__V1__Rejected *body)
{
    struct holding *holding = self;
    if (!traces_mention(holding->ingest, body, holding->customer_id, holding->scratch) ||
        !export_begin(holding->page, "rejected body"))
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
    struct holding holding = {self, traces_scratch(), customer_id, page};
    misfits_each(turn, UINT64_MAX, false, put_rejected, &holding);
    arena_close(&holding.scratch);
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
