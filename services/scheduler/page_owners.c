#include "services/scheduler/page_owners.h"

#include "services/scheduler/dispute.h"
#include "services/scheduler/owners.h"
#include "tend/v1/scheduler.pb-c.h"

#include <string.h>

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

static Google__Protobuf__Timestamp *timestamp(struct turn *turn, int64_t at_ms)
{
    Google__Protobuf__Timestamp *time = arena_take(turn->arena, sizeof *time);
    google__protobuf__timestamp__init(time);
    time->seconds = at_ms / 1000;
    time->nanos = (int32_t)(at_ms % 1000) * 1000000;
    return time;
}

static Tend__V1__Ownership *message_of(struct turn *turn, const struct ownership *owner)
{
    struct rep rep;
    Tend__V1__Ownership *message = arena_take(turn->arena, sizeof *message);
    tend__v1__ownership__init(message);
    book_rep(turn, owner->owner, &rep);
    message->rep_id = plain(owner->owner);
    message->rep_name = plain(rep.name);
    message->since = timestamp(turn, owner->first.time_ms);
    message->last = timestamp(turn, owner->last.time_ms);
    message->source = plain(owner->first_source);
    message->decided = owner->decided != 0;
    return message;
}

void page_owners(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    const char *id = request->param != NULL ? request->param(request, "customer") : NULL;
    Tend__V1__OwnersAnswer answer = TEND__V1__OWNERS_ANSWER__INIT;
    struct ownership owners[OWNERS_MAX];
    struct customer customer;
    if (id == NULL || id[0] == '\0') {
        reply_error(turn, 400, "customer", "must name a customer", ret_reply);
        return;
    }
    if (strlen(id) > ID_TEXT_MAX || !book_customer(turn, id, &customer) || customer.erased.time_ms != 0) {
        reply_error(turn, 404, "customer", "there is no such customer", ret_reply);
        return;
    }
    size_t count = owners_all(turn, id, owners);
    answer.customer_id = plain(id);
    answer.owners = arena_take(turn->arena, (count + 1) * sizeof *answer.owners);
    for (size_t i = 0; i < count; i++)
        answer.owners[answer.n_owners++] = message_of(turn, &owners[i]);
    answer.disputed = dispute_stands(turn, id);
    reply_message(turn, &answer.base, ret_reply);
}
