#include "services/ingest/door.h"

#include "services/ingest/cloudevents.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/take.h"

#include <string.h>

// Whether the token has so many events left. False: 429 is answered.
static bool has_left(struct call *call, size_t count)
{
    int64_t wait_ms;
    struct token *token = call->token;
    if (token == NULL || token->rate.burst == 0 ||
        bucket_take(&token->bucket, &token->rate, (int64_t)count, call->turn->now_ms, &wait_ms))
        return true;
    call_refuse(call, 429, "", "more events than this token may send in that time");
    call->ret_reply->retry_after_s = (unsigned)(wait_ms / 1000 + 1);
    return false;
}

static void refuse_own(struct intake_item *item)
{
    if (item->event == NULL || !sources_own(item->event->source))
        return;
    item->event = NULL;
    (void)verify_fail(&item->error, "source", "is a name of Tend's own: give your app another one");
}

static void take_intake(struct ingest *ingest, struct call *call, struct intake *intake)
{
    if (!has_left(call, intake->count))
        return;
    Tend__V1__EventResult *results = arena_take(call->turn->arena, (intake->count + 1) * sizeof *results);
    for (size_t i = 0; i < intake->count; i++)
        refuse_own(&intake->items[i]);
    take_items(ingest, call->turn, call->token, intake->items, intake->count, results);
    intake_answer(call->turn, intake, results, call->ret_reply);
}

void door_events(struct ingest *ingest, struct call *call)
{
    struct intake intake;
    struct verify_error error;
    if (intake_read(call->request, call->turn->arena, &intake, &error))
        take_intake(ingest, call, &intake);
    else
        call_refuse(call, 400, error.field, error.reason);
}

// The body is an event like any other, but for the reminder's id, which the path may say.
void door_answer(struct ingest *ingest, struct call *call)
{
    struct intake intake;
    struct verify_error error = {"", ""};
    if (!intake_read(call->request, call->turn->arena, &intake, &error) || intake.count != 1) {
        call_refuse(call, 400, "",
                    error.reason[0] != '\0' ? error.reason : "the body must be one event with a reminder_answered");
        return;
    }
    Tend__V1__Event *event = intake.items[0].event;
    if (event != NULL && event->body_case == TEND__V1__EVENT__BODY_REMINDER_ANSWERED &&
        event->reminder_answered->reminder_id[0] == '\0') {
        event->reminder_answered->reminder_id = (char *)(uintptr_t)call->name;
        intake.items[0].bytes = NULL; // the sender's own do not have it
    }
    bool other = event != NULL && (event->body_case != TEND__V1__EVENT__BODY_REMINDER_ANSWERED ||
                                   strcmp(event->reminder_answered->reminder_id, call->name) != 0);
    if (other)
        call_refuse(call, 400, "reminder_answered.reminder_id", "must be the reminder of the path");
    else
        take_intake(ingest, call, &intake);
}

void door_welcome(struct ingest *ingest, struct call *call)
{
    (void)ingest;
    cloudevents_welcome(call->turn, call->request, 0, call->ret_reply);
}
