#include "services/ingest/holdings.h"

#include "common/audit.h"
#include "common/export.h"
#include "services/ingest/clue.h"
#include "services/ingest/misfits.h"
#include "services/ingest/traces.h"

#include <string.h>

enum { WORDS_MAX = 64 }; // in one request: sixteen contact persons have fewer

struct holding {
    struct traces *traces;
    struct arena *scratch;
    struct export_page *page;
};

static bool put_rejected(void *self, Tend__V1__Rejected *body)
{
    struct holding *holding = self;
    if (!traces_mention(holding->traces, body, holding->scratch) || !export_begin(holding->page, "rejected body"))
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

static void put_rejecteds(struct ingest *ingest, struct turn *turn, const struct unwrap_text *texts, size_t count,
                          struct export_page *page)
{
    struct holding holding = {traces_seek(ingest, texts, count, turn->arena), traces_scratch(), page};
    misfits_each(turn, UINT64_MAX, false, put_rejected, &holding);
    arena_close(&holding.scratch);
}

static void put_rows(void *self, struct turn *turn, const char *customer_id, struct export_page *page)
{
    const struct unwrap_text text = {customer_id, UNWRAP_ID};
    put_rejecteds(self, turn, &text, 1, page);
}

// An export that seeks by words.
struct by_words {
    struct ingest *ingest;
    const char *words;
};

static bool is_phone(const char *text)
{
    char digits[CLUE_DIGITS + 1];
    return text[strspn(text, "+0123456789 -./()")] == '\0' && clue_phone(text, digits);
}

static void put_by_words(void *self, struct turn *turn, const char *customer_id, struct export_page *page)
{
    const struct by_words *by = self;
    struct unwrap_text texts[WORDS_MAX];
    size_t count = 0, length;
    (void)customer_id;
    for (const char *at = by->words; *at != '\0' && count < WORDS_MAX; at += length + (at[length] == '\n')) {
        length = strcspn(at, "\n");
        const char *text = arena_text(turn->arena, at, length);
        texts[count++] = (struct unwrap_text){text, is_phone(text) ? UNWRAP_PHONE : UNWRAP_WORDS};
    }
    put_rejecteds(by->ingest, turn, texts, count, page);
}

void holdings_audit(struct ingest *ingest, struct call *call)
{
    (void)ingest;
    (void)audit_answer(call->turn, call->request, "ingest", call->ret_reply);
}

void holdings_door(struct ingest *ingest, struct call *call)
{
    struct by_words by = {ingest, call_parameter(call, "words")};
    if (by.words != NULL)
        (void)export_answer(call->turn, call->request, "ingest", put_by_words, &by, call->ret_reply);
    else
        (void)export_answer(call->turn, call->request, "ingest", put_rows, ingest, call->ret_reply);
}
