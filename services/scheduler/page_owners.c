#include "services/scheduler/page_owners.h"

#include "common/instant.h"
#include "services/scheduler/dispute.h"
#include "services/scheduler/owners.h"
#include "tend/v1/scheduler.pb-c.h"

#include <string.h>

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

// When it began, as far as somebody said so: a placeholder's moment is none, so the first real word or the customer's
// first order is it, unless the next owner was there already. 0: not known.
static int64_t began(const struct scheduler *self, const struct customer *customer, const struct ownership *owner,
                     const struct ownership *next)
{
    if (!owners_placeholder(&owner->first))
        return owner->first.time_ms;
    int64_t order_ms = 0;
    if (customer->first_order_day != DAY_NONE && self->zone != NULL)
        order_ms = zone_instant(self->zone, customer->first_order_day, 0) * 1000;
    int64_t at_ms = order_ms == 0 || (owner->real_ms != 0 && owner->real_ms < order_ms) ? owner->real_ms : order_ms;
    return next != NULL && at_ms >= next->first.time_ms ? 0 : at_ms;
}

static Tend__V1__Ownership *message_of(struct turn *turn, const struct ownership *owner, int64_t began_ms)
{
    struct rep rep;
    Tend__V1__Ownership *message = arena_take(turn->arena, sizeof *message);
    tend__v1__ownership__init(message);
    book_rep(turn, owner->owner, &rep);
    message->rep_id = plain(owner->owner);
    message->rep_name = plain(rep.name);
    message->since = instant_make(turn->arena, began_ms);
    message->last = instant_make(turn->arena, owners_placeholder(&owner->last) ? began_ms : owner->last.time_ms);
    message->source = plain(owner->first_source);
    message->decided = owner->decided != 0;
    return message;
}

void page_owners(struct scheduler *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
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
    for (size_t i = 0; i < count; i++) {
        int64_t began_ms = began(self, &customer, &owners[i], i + 1 < count ? &owners[i + 1] : NULL);
        answer.owners[answer.n_owners++] = message_of(turn, &owners[i], began_ms);
    }
    answer.disputed = dispute_stands(turn, id);
    answer.contact_name = plain(customer.contact_name);
    answer.contact_phone = plain(customer.contact_phone);
    reply_message(turn, &answer.base, ret_reply);
}
