#include "services/ingest/take.h"

#include "common/audit.h"
#include "services/ingest/erasures.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/joins.h"
#include "services/ingest/rules.h"

#include <string.h>

bool take_check(const struct turn *turn, struct intake_item *item)
{
    return item->event != NULL && verify_message(&item->event->base, NULL, &item->error) &&
           rules_check(item->event, turn->now_ms, &item->error) && intake_fits(item, &item->error);
}

// Checks an event and makes its record. False: the result says what is wrong.
static bool judge(struct ingest *ingest, struct turn *turn, const struct token *token, struct intake_item *item,
                  struct record *ret_record, Tend__V1__EventResult *result)
{
    tend__v1__event_result__init(result);
    bool good = take_check(turn, item) &&
                (access_source(token, item->event->source) ||
                 verify_fail(&item->error, "source", "this token is for other sources: ingest.access says which")) &&
                (token == NULL || (token->scopes & 1u << SCOPE_ERASE) != 0 ||
                 item->event->body_case != TEND__V1__EVENT__BODY_CUSTOMER_ERASED ||
                 verify_fail(&item->error, "customer_erased",
                             "over HTTP only a token of ingest.access may; on this machine: tend erase"));
    if (!good) {
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_INVALID;
        result->field = item->error.field;
        result->reason = item->error.reason;
        return false;
    }
    result->id = item->event->id;
    intake_record(item, turn->shards, turn->arena, ret_record);
    ret_record->time_ms = turn->now_ms;
    state_expect(ingest->state, ret_record->key);
    return true;
}

// A shop passes on its customer's wish by its feed, and says no name.
static const char *asked_by(struct ingest *ingest, const struct turn *turn, const Tend__V1__Event *event)
{
    const char *by = event->customer_erased->asked_by;
    for (size_t i = 0; by[0] == '\0' && i < feeds_count(ingest->feeds); i++) {
        const struct feed_entry *entry = feeds_at(ingest->feeds, i);
        if (entry->feed != NULL && strcmp(entry->feed->source, event->source) == 0)
            by = arena_format(turn->arena, "feed %s", entry->name);
    }
    return by;
}

// What a person decided about a customer, beside what happened.
static void note_decision(struct ingest *ingest, struct turn *turn, const Tend__V1__Event *event)
{
    if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_ERASED)
        audit_event(turn, "customer_erased", event->customer_id, asked_by(ingest, turn, event));
    else if (event->body_case == TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN)
        audit_event(turn, "value_overridden", event->customer_id, event->value_overridden->by);
}

static void store_record(struct ingest *ingest, struct turn *turn, Tend__V1__Event *event, struct record *record,
                         Tend__V1__EventResult *result)
{
    switch (state_look(ingest->state, turn, record->key, record->content)) {
    case STATE_NEW:
        erasures_pass(ingest, turn, event, record);
        journal_append(turn->tx, turn->journal, record);
        state_note(ingest->state, record->key, record->seq);
        erasures_note(ingest, turn, event, record);
        joins_note(ingest, turn, event, record);
        if ((record->flags & RECORD_ERASED) == 0)
            note_decision(ingest, turn, event); // of who was forgotten nothing is noted any more
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED;
        break;
    case STATE_SAME:
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN;
        break;
    case STATE_OTHER:
    default:
        result->status = TEND__V1__EVENT_STATUS__EVENT_STATUS_CONFLICT;
        result->field = (char *)(uintptr_t) "id";
        result->reason = (char *)(uintptr_t) "the same source and id are stored with other content";
    }
}

// First all are judged, then all are stored: by then the memory that holds their identities has come.
void take_items(struct ingest *ingest, struct turn *turn, const struct token *token, struct intake_item *items,
                size_t count, Tend__V1__EventResult *results)
{
    struct record *records = arena_take(turn->arena, (count + 1) * sizeof *records);
    for (size_t i = 0; i < count; i++)
        if (!judge(ingest, turn, token, &items[i], &records[i], &results[i]))
            records[i].length = 0;
    for (size_t i = 0; i < count; i++) {
        if (records[i].length > 0)
            store_record(ingest, turn, items[i].event, &records[i], &results[i]);
        bool stored = results[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_STORED;
        if (stored || results[i].status == TEND__V1__EVENT_STATUS__EVENT_STATUS_KNOWN)
            sources_note(ingest->sources, turn, items[i].event, stored);
        if (ingest->figures[FIGURE_EVENTS] != NULL)
            metric_add(ingest->figures[FIGURE_EVENTS], (size_t)results[i].status - 1, 1);
    }
}
