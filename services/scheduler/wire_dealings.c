// Events about dealings: orders and their delivery, messages, promises, complaints, surveys, quotes, objections, gifts
// and referrals.
#include "services/scheduler/wire_parts.h"

// --- orders

static void put_order(struct fact *fact, enum order_step step, const char *id, const char *text, int32_t day)
{
    fact->kind = wire_id_fits(id) ? FACT_ORDER : FACT_BAD;
    fact->order = (struct order_fact){.step = step, .id = id, .text = text, .day = day};
}

static void read_paid(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    put_order(fact, ORDER_PAID, event->order_paid->order_id, "", DAY_NONE);
}

static void read_shipped(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    put_order(fact, ORDER_SHIPPED, event->order_shipped->order_id, "", DAY_NONE);
}

static void read_delivered(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    put_order(fact, ORDER_DELIVERED, event->order_delivered->order_id, "", DAY_NONE);
}

static void read_order_cancelled(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__OrderCancelled *body = event->order_cancelled;
    put_order(fact, ORDER_CANCELLED, body->order_id, wire_cut(arena, body->reason, NAME_TEXT_MAX), DAY_NONE);
}

static void read_scheduled(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const Tend__V1__DeliveryScheduled *body = event->delivery_scheduled;
    put_order(fact, ORDER_DELIVERY_SET, body->order_id, "", wire_day(body->date));
}

static void read_delayed(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__DeliveryDelayed *body = event->delivery_delayed;
    put_order(fact, ORDER_DELIVERY_LATE, body->order_id, wire_cut(arena, body->reason, NAME_TEXT_MAX),
              wire_day(body->date));
}

static void read_error(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__OrderError *body = event->order_error;
    put_order(fact, ORDER_WRONG, body->order_id, wire_cut(arena, body->what, WORDS_TEXT_MAX), DAY_NONE);
}

// --- messages

static void read_received(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__MessageReceived *body = event->message_received;
    fact->kind = wire_id_fits(body->message_id) ? FACT_MESSAGE : FACT_BAD;
    fact->message = (struct message_fact){.received = true,
                                          .id = body->message_id,
                                          .subject = wire_cut(arena, body->subject, NAME_TEXT_MAX),
                                          .channel = (uint32_t)body->channel,
                                          .no_reply = body->needs_no_reply};
}

// An answer of ours that was sent is a contact as good as any; what a program confirms is none.
static void read_replied(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const Tend__V1__MessageReplied *body = event->message_replied;
    bool unsaid = body->channel == TEND__V1__CHANNEL__CHANNEL_UNSPECIFIED;
    fact->kind = wire_id_fits(body->message_id) ? FACT_MESSAGE : FACT_BAD;
    fact->message = (struct message_fact){
        .id = body->message_id, .subject = "", .channel = (uint32_t)body->channel, .automatic = body->automatic};
    fact->touches = true;
    fact->touch = (struct contact_fact){.result = body->automatic ? CONTACT_OTHER : CONTACT_REAL,
                                        .text = "",
                                        .key_point = "",
                                        .channel = (uint32_t)body->channel,
                                        .outgoing = true,
                                        .written = unsaid || wire_is_written(body->channel),
                                        .automatic = body->automatic};
}

// --- promises

static void put_promise(struct fact *fact, enum promise_step step, const char *id, const char *what, int64_t due_ms)
{
    fact->kind = wire_id_good(id) ? FACT_PROMISE : FACT_BAD;
    fact->promise = (struct promise_fact){.step = step, .id = id, .what = what, .due_ms = due_ms};
}

static void read_promise_made(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__PromiseMade *body = event->promise_made;
    put_promise(fact, PROMISE_MADE, body->promise_id, wire_cut(arena, body->what, WORDS_TEXT_MAX),
                wire_instant(body->due));
}

static void read_promise_extended(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__PromiseExtended *body = event->promise_extended;
    put_promise(fact, PROMISE_EXTENDED, body->promise_id, wire_cut(arena, body->reason, NAME_TEXT_MAX),
                wire_instant(body->due));
}

static void read_promise_kept(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    put_promise(fact, PROMISE_KEPT, event->promise_kept->promise_id, "", 0);
}

static void read_promise_broken(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__PromiseBroken *body = event->promise_broken;
    put_promise(fact, PROMISE_BROKEN, body->promise_id, wire_cut(arena, body->reason, NAME_TEXT_MAX), 0);
}

// --- complaints and surveys

static void put_complaint(struct fact *fact, enum complaint_step step, const char *id)
{
    fact->kind = wire_id_good(id) ? FACT_COMPLAINT : FACT_BAD;
    fact->complaint = (struct complaint_fact){
        .step = step, .id = id, .what = "", .cause = "", .category = "", .sku = "", .order_id = "", .currency = ""};
}

static void read_opened(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ComplaintOpened *body = event->complaint_opened;
    put_complaint(fact, COMPLAINT_OPENED, body->complaint_id);
    fact->complaint.what = wire_cut(arena, body->what, WORDS_TEXT_MAX);
    fact->complaint.cause = wire_cut(arena, body->cause, WORDS_TEXT_MAX);
    fact->complaint.category = wire_cut(arena, body->category, NAME_TEXT_MAX);
    fact->complaint.sku = wire_cut(arena, body->sku, ID_TEXT_MAX);
    fact->complaint.order_id = wire_cut(arena, body->order_id, ID_TEXT_MAX);
}

static void read_acknowledged(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    put_complaint(fact, COMPLAINT_ACKNOWLEDGED, event->complaint_acknowledged->complaint_id);
}

static void read_acted(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ComplaintActed *body = event->complaint_acted;
    put_complaint(fact, COMPLAINT_ACTED, body->complaint_id);
    fact->complaint.what = wire_cut(arena, body->what, WORDS_TEXT_MAX);
}

static void read_resolved(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ComplaintResolved *body = event->complaint_resolved;
    put_complaint(fact, COMPLAINT_RESOLVED, body->complaint_id);
    fact->complaint.what = wire_cut(arena, body->what, WORDS_TEXT_MAX);
    fact->complaint.cause = wire_cut(arena, body->cause, WORDS_TEXT_MAX);
    fact->complaint.micros = wire_money(body->compensation, &fact->complaint.currency);
    fact->complaint.compensated = fact->complaint.micros > 0;
}

static void read_survey_answered(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    fact->kind = FACT_SURVEY;
    fact->survey = (struct survey_fact){.score = event->survey_answered->score, .occasion = ""};
}

// Asking is one of the contacts that a customer gets too many of.
static void read_survey_sent(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__SurveySent *body = event->survey_sent;
    fact->kind = FACT_SURVEY;
    fact->survey = (struct survey_fact){
        .sent = true, .channel = (uint32_t)body->channel, .occasion = wire_cut(arena, body->occasion, NAME_TEXT_MAX)};
    fact->touches = true;
    fact->touch = (struct contact_fact){.result = CONTACT_OTHER,
                                        .text = "",
                                        .key_point = "",
                                        .channel = (uint32_t)body->channel,
                                        .outgoing = true,
                                        .written = wire_is_written(body->channel),
                                        .automatic = true};
}

// --- quotes, objections, gifts, referrals

static void read_quote_sent(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__QuoteSent *body = event->quote_sent;
    fact->kind = wire_id_fits(body->quote_id) ? FACT_QUOTE : FACT_BAD;
    fact->quote = (struct quote_fact){.id = body->quote_id,
                                      .what = wire_cut(arena, body->what, NAME_TEXT_MAX),
                                      .follow_day = DAY_NONE,
                                      .expected_day = wire_day(body->expected_order_date)};
}

static void read_quote_lost(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__QuoteLost *body = event->quote_lost;
    fact->kind = wire_id_fits(body->quote_id) ? FACT_QUOTE : FACT_BAD;
    fact->quote = (struct quote_fact){.lost = true,
                                      .id = body->quote_id,
                                      .what = wire_cut(arena, body->reason, NAME_TEXT_MAX),
                                      .follow_day = wire_day(body->follow_on),
                                      .expected_day = DAY_NONE};
}

static void read_objection(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ObjectionRaised *body = event->objection_raised;
    fact->kind = wire_id_fits(body->objection_id) ? FACT_OBJECTION : FACT_BAD;
    fact->objection = (struct objection_fact){.id = body->objection_id,
                                              .kind = wire_cut(arena, body->kind, NAME_TEXT_MAX),
                                              .what = wire_cut(arena, body->what, WORDS_TEXT_MAX),
                                              .sincere = (uint32_t)body->sincere,
                                              .overcome = body->overcome};
}

static void read_gift(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__GiftGiven *body = event->gift_given;
    fact->kind = FACT_GIFT;
    fact->gift = (struct gift_fact){.what = wire_cut(arena, body->what, NAME_TEXT_MAX),
                                    .occasion = wire_cut(arena, body->occasion, NAME_TEXT_MAX)};
    fact->gift.micros = wire_money(body->amount, &fact->gift.currency);
}

static void read_referral(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__ReferralMade *body = event->referral_made;
    fact->kind = wire_id_good(body->other_customer_id) ? FACT_REFERRAL : FACT_BAD;
    fact->referral =
        (struct referral_fact){.other = body->other_customer_id, .what = wire_cut(arena, body->what, NAME_TEXT_MAX)};
}

static void read_commission(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    (void)arena;
    const char *other = event->commission_paid->other_customer_id;
    fact->kind = wire_id_good(other) ? FACT_REFERRAL : FACT_BAD;
    fact->referral = (struct referral_fact){.other = other, .what = "", .paid = true};
}

const struct wire_body wire_dealings[] = {
    {TEND__V1__EVENT__BODY_ORDER_PAID, read_paid},
    {TEND__V1__EVENT__BODY_ORDER_SHIPPED, read_shipped},
    {TEND__V1__EVENT__BODY_ORDER_DELIVERED, read_delivered},
    {TEND__V1__EVENT__BODY_ORDER_CANCELLED, read_order_cancelled},
    {TEND__V1__EVENT__BODY_DELIVERY_SCHEDULED, read_scheduled},
    {TEND__V1__EVENT__BODY_DELIVERY_DELAYED, read_delayed},
    {TEND__V1__EVENT__BODY_ORDER_ERROR, read_error},
    {TEND__V1__EVENT__BODY_MESSAGE_RECEIVED, read_received},
    {TEND__V1__EVENT__BODY_MESSAGE_REPLIED, read_replied},
    {TEND__V1__EVENT__BODY_PROMISE_MADE, read_promise_made},
    {TEND__V1__EVENT__BODY_PROMISE_EXTENDED, read_promise_extended},
    {TEND__V1__EVENT__BODY_PROMISE_KEPT, read_promise_kept},
    {TEND__V1__EVENT__BODY_PROMISE_BROKEN, read_promise_broken},
    {TEND__V1__EVENT__BODY_COMPLAINT_OPENED, read_opened},
    {TEND__V1__EVENT__BODY_COMPLAINT_ACKNOWLEDGED, read_acknowledged},
    {TEND__V1__EVENT__BODY_COMPLAINT_ACTED, read_acted},
    {TEND__V1__EVENT__BODY_COMPLAINT_RESOLVED, read_resolved},
    {TEND__V1__EVENT__BODY_SURVEY_ANSWERED, read_survey_answered},
    {TEND__V1__EVENT__BODY_SURVEY_SENT, read_survey_sent},
    {TEND__V1__EVENT__BODY_QUOTE_SENT, read_quote_sent},
    {TEND__V1__EVENT__BODY_QUOTE_LOST, read_quote_lost},
    {TEND__V1__EVENT__BODY_OBJECTION_RAISED, read_objection},
    {TEND__V1__EVENT__BODY_GIFT_GIVEN, read_gift},
    {TEND__V1__EVENT__BODY_REFERRAL_MADE, read_referral},
    {TEND__V1__EVENT__BODY_COMMISSION_PAID, read_commission},
    {TEND__V1__EVENT__BODY__NOT_SET, NULL},
};
