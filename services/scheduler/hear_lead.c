#include "services/scheduler/hear.h"

#include "services/scheduler/deals.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/notice.h"

#include <string.h>

// What the calendar found before this was said. The day's word is the newest there is, whenever it is dated.
static void withdraw_found(struct scheduler *self, struct turn *turn, const struct customer *customer,
                           const struct fact *fact, enum kind_id kind, const char *reason)
{
    struct version version = fact->version;
    version.time_ms = version.time_ms > turn->now_ms ? version.time_ms : turn->now_ms;
    ladder_close_all(self, turn, kind, customer->id, &version, reason);
}

static void expects(struct customer *customer, const struct fact *fact, int32_t day)
{
    if (day != DAY_NONE && hear_replaces(fact, &customer->expected_set))
        customer->expected_day = day;
}

void hear_deals(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *before,
                const struct customer *customer)
{
    if (customer->stage != before->stage)
        withdraw_found(self, turn, customer, fact, KIND_STAGE_STUCK, "the lead has moved on");
    if (customer->contract_day != before->contract_day)
        withdraw_found(self, turn, customer, fact, KIND_CONTRACT_END, "the contracts last until another day");
    if (customer->expected_day == before->expected_day)
        return;
    withdraw_found(self, turn, customer, fact, KIND_EXPECTED_NEED, "the order is expected at another time");
    withdraw_found(self, turn, customer, fact, KIND_ORDER_MISSED, "the order is expected at another time");
}

static void hear_deal(struct scheduler *self, struct turn *turn, const struct fact *fact, hear_note *note)
{
    struct customer before, customer;
    if (!hear_word(self, turn, fact, note, &before, &customer))
        return;
    book_put_customer(turn, &customer);
    hear_deals(self, turn, fact, &before, &customer);
}

// --- leads

static void note_lead(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    (void)turn;
    (void)self;
    const struct lead_fact *said = &fact->lead;
    if (said->stage != 0 && hear_replaces(fact, &own->stage_set))
        own->stage = said->stage;
    if (said->intention != 0 && hear_replaces(fact, &own->intention_set))
        own->intention = said->intention;
    if (said->expected_quantity_milli != 0 && hear_replaces(fact, &own->expected_milli_set))
        own->expected_milli = said->expected_quantity_milli;
    expects(own, fact, said->expected_day);
    for (size_t i = 0; i < LEAD_ANSWERS; i++)
        if (said->answers[i] != 0 && hear_replaces(fact, &own->answers_set[i]))
            own->answers[i] = said->answers[i];
}

void hear_lead(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    hear_deal(self, turn, fact, note_lead);
}

// --- contracts

static void note_contract(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    (void)turn;
    const struct contract_fact *said = &fact->contract;
    struct contract contract = {
        .hash = hash_short(said->id, strlen(said->id)), .set = fact->version, .to_day = said->to_day};
    // The day on which it was ended is the first without it, by the common clock.
    if (said->ended)
        contract.to_day = office_common_day(self, fact->version.time_ms) - 1;
    (void)hear_replaces(fact, &own->contract_set);
    deals_note_contract(own, &contract);
}

void hear_contract(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    hear_deal(self, turn, fact, note_contract);
}

// --- quotes

static void note_quote(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    (void)turn;
    const struct quote_fact *said = &fact->quote;
    struct lost_quote quote = {.hash = hash_short(said->id, strlen(said->id)),
                               .lost = fact->version,
                               .lost_day = said->lost ? office_common_day(self, fact->version.time_ms) : DAY_NONE,
                               .follow_day = said->follow_day};
    deals_note_quote(own, &quote);
    expects(own, fact, said->expected_day);
}

void hear_quote(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    hear_deal(self, turn, fact, note_quote);
}

// --- objections

// One without an id is known by its event.
static uint64_t which_objection(const struct fact *fact)
{
    const char *id = fact->objection.id[0] != '\0' ? fact->objection.id : fact->event;
    return hash_short(id, strlen(id));
}

// Whether it is the real reason decides what is to be done about it.
static struct slice explain_objection(struct turn *turn, const struct fact *fact)
{
    enum { SINCERE_YES = 1, SINCERE_NO = 2 }; // Tend__V1__Answer
    const struct objection_fact *said = &fact->objection;
    struct notice_point points[2];
    struct notice_words words = {.text = said->what[0] != '\0' ? said->what : said->kind,
                                 .events = &fact->event,
                                 .event_count = 1,
                                 .points = points};
    if (said->kind[0] != '\0' && said->what[0] != '\0')
        points[words.point_count++] = (struct notice_point){.code = "objection.kind", .text = said->kind};
    if (said->sincere == SINCERE_YES || said->sincere == SINCERE_NO)
        points[words.point_count++] = (struct notice_point){
            .code = said->sincere == SINCERE_NO ? "objection.pretext" : "objection.sincere", .text = ""};
    return notice_why(turn->arena, &words);
}

void hear_objection(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (!hear_main(turn, fact, &customer))
        return;
    book_put_customer(turn, &customer);
    const struct objection_fact *said = &fact->objection;
    if (said->overcome && said->id[0] == '\0') {
        ladder_close_all(self, turn, KIND_OBJECTION, customer.id, &fact->version, "the objection was overcome");
    } else if (said->overcome) {
        ladder_close(self, turn, KIND_OBJECTION, customer.id, which_objection(fact), &fact->version,
                     "the objection was overcome");
    } else {
        struct opening opening = ladder_opening(fact, KIND_OBJECTION, which_objection(fact));
        opening.customer_id = customer.id;
        opening.rep_id = ""; // whoever takes care of the customer answers it
        opening.ref = said->id;
        opening.why = explain_objection(turn, fact);
        ladder_open(self, turn, &opening);
    }
}

// --- what to offer

// Records of scoring come in the order of its journal, so the last one counts.
void hear_hints(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    (void)self;
    struct customer customer;
    if (!hear_find(turn, fact->customer_id, fact, &customer))
        return;
    customer.hints = fact->hints;
    book_put_customer(turn, &customer);
}
