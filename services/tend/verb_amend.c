// `tend amend`: an event that was told wrongly, told rightly.
#include "common/clock.h"
#include "common/codec.h"
#include "common/must.h"
#include "services/tend/draft.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVENT_BYTES = 262144, // more than any event has as JSON
    ARENA_BYTES = 65536,
    ARENA_LIMIT = 16777216,
};

// What corrects the events that are not told once more.
static const struct {
    Tend__V1__Event__BodyCase body;
    const char *how;
} corrections[] = {
    {TEND__V1__EVENT__BODY_ORDER_PAID, "order_refunded says what was given back, order_amended what the order is"},
    {TEND__V1__EVENT__BODY_ORDER_SHIPPED, "delivery_delayed says the day on which it really comes"},
    {TEND__V1__EVENT__BODY_ORDER_DELIVERED, "order_error says what was wrong with it"},
    {TEND__V1__EVENT__BODY_ORDER_CANCELLED, "a cancelled order stays so; place it once more with another order_id"},
    {TEND__V1__EVENT__BODY_ORDER_REFUNDED, "refunds add up; order_amended says what the order is worth now"},
    {TEND__V1__EVENT__BODY_DELIVERY_SCHEDULED, "delivery_delayed says the other day"},
    {TEND__V1__EVENT__BODY_DELIVERY_DELAYED, "delivery_delayed once more, with an id of its own, says the other day"},
    {TEND__V1__EVENT__BODY_CUSTOMER_MERGED, "customer_split takes them apart"},
    {TEND__V1__EVENT__BODY_CUSTOMER_SPLIT, "customer_merged puts them together"},
    {TEND__V1__EVENT__BODY_CONTACT_LOGGED,
     "log the right one with an id of its own and a later time; of plans and outcomes the latest counts"},
    {TEND__V1__EVENT__BODY_PROMISE_MADE,
     "promise_extended gives it another day, promise_kept or promise_broken ends it"},
    {TEND__V1__EVENT__BODY_COMPLAINT_OPENED, "complaint_resolved ends it"},
    {TEND__V1__EVENT__BODY_SURVEY_ANSWERED, "survey_answered with an id of its own and a later time counts instead"},
    {TEND__V1__EVENT__BODY_CONTRACT_ENDED, "contract_signed once more, with an id of its own, lets it run on"},
    {TEND__V1__EVENT__BODY_QUOTE_SENT, "quote_lost ends it; then send the right one with a quote_id of its own"},
    {TEND__V1__EVENT__BODY_VISIT_PLANNED,
     "visit_cancelled ends it; then plan the right one with a visit_id of its own"},
    {TEND__V1__EVENT__BODY_REP_ABSENT, "rep_absent once more, with an id of its own, says the other days"},
    {TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN,
     "value_overridden with an id of its own counts instead; with an empty value it takes the decision back"},
    {TEND__V1__EVENT__BODY_REMINDER_ANSWERED, "answer the reminder once more: tend done, tend snooze"},
};

static const char *correction_of(Tend__V1__Event__BodyCase body)
{
    for (size_t i = 0; i < sizeof corrections / sizeof *corrections; i++)
        if (corrections[i].body == body)
            return corrections[i].how;
    return "no event takes this one back; it counts as it was told";
}

// "order_placed"
static const char *body_name(const Tend__V1__Event *event)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tend__v1__event__descriptor, (unsigned)event->body_case);
    return field != NULL ? field->name : "event without a body";
}

static char *read_all(const char *path)
{
    char *text = calloc(1, EVENT_BYTES + 1);
    must(text != NULL);
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t length = file != NULL ? fread(text, 1, EVENT_BYTES + 1, file) : 0;
    bool read = file != NULL && !ferror(file) && length <= EVENT_BYTES;
    if (file == NULL)
        perror(path);
    else if (!read)
        fprintf(stderr, "tend amend: %s cannot be read, or is longer than any event\n", path);
    if (file != NULL && file != stdin)
        fclose(file);
    if (read)
        return text;
    free(text);
    return NULL;
}

// Sends one event. VERB_DONE: `status` says what became of it.
static int send_event(struct verb_call *call, struct arena *arena, const Tend__V1__Event *event, char *status)
{
    size_t length;
    json_t *answer = NULL;
    const char *text = codec_to_text(&event->base, 0, arena_allocator(arena), &length);
    must(text != NULL);
    // As a list of one: then a conflict is an answer like others.
    int code = verb_post(call, "ingest", "POST /v1/events", arena_format(arena, "[%s]", text), &answer);
    const json_t *result = json_array_get(json_object_get(answer, "results"), 0);
    snprintf(status, VERB_FIELD_BYTES, "%s", verb_text(result, "status"));
    if (code == VERB_DONE && strstr(status, "INVALID") != NULL) {
        fprintf(stderr, "tend amend: %s: %s\n", verb_text(result, "field"), verb_text(result, "reason"));
        code = VERB_PROBLEM;
    }
    json_decref(answer);
    return code;
}

static void tell(const struct verb_call *call, struct arena *arena, const char *what, const Tend__V1__Event *event)
{
    size_t length;
    if (call->json) {
        const char *text = codec_to_text(&event->base, 0, arena_allocator(arena), &length);
        must(text != NULL);
        json_t *told = json_pack("{s:s, s:o}", "outcome", what, "event", json_loads(text, 0, NULL));
        verb_print_json(told);
        json_decref(told);
    } else {
        printf("%s: %s %s of %s\n", what, body_name(event), event->id, event->source);
    }
}

// The same source and id are stored with other content.
static int revise(struct verb_call *call, struct arena *arena, const Tend__V1__Event *event)
{
    char status[VERB_FIELD_BYTES];
    struct clock *clock = clock_open();
    const Tend__V1__Event *revised = draft_revise(arena, event, clock_wall_ms(clock));
    clock_close(&clock);
    if (revised == NULL) {
        fprintf(stderr, "tend amend: %s %s is stored with other content, and is not amended: %s\n", body_name(event),
                event->id, correction_of(event->body_case));
        return VERB_PROBLEM;
    }
    int code = send_event(call, arena, revised, status);
    if (code == VERB_DONE)
        tell(call, arena, strstr(status, "KNOWN") != NULL ? "known" : "amended", revised);
    return code;
}

int verb_amend(struct verb_call *call)
{
    char *text = read_all(call->arguments[0]), status[VERB_FIELD_BYTES];
    if (text == NULL)
        return VERB_PROBLEM;
    struct arena *arena = arena_open(ARENA_BYTES, ARENA_LIMIT);
    struct verify_error error;
    Tend__V1__Event *event = (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, text, strlen(text),
                                                                arena_allocator(arena), &error);
    int code = VERB_PROBLEM;
    if (event == NULL || event->time == NULL)
        fprintf(stderr, "tend amend: %s%s%s\n", event == NULL ? error.field : "time",
                event == NULL && error.field[0] == '\0' ? "" : ": ",
                event == NULL ? error.reason : "the event needs the time at which it happened");
    else
        code = send_event(call, arena, event, status);
    if (code == VERB_DONE && strstr(status, "CONFLICT") != NULL)
        code = revise(call, arena, event);
    else if (code == VERB_DONE)
        tell(call, arena, strstr(status, "KNOWN") != NULL ? "known, nothing to amend" : "stored, it was not known",
             event);
    arena_close(&arena);
    free(text);
    return code;
}
