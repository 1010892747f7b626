#include "services/scheduler/hear.h"

#include "services/scheduler/alert.h"
#include "services/scheduler/budget.h"
#include "services/scheduler/almanac.h"
#include "services/scheduler/cause.h"
#include "services/scheduler/digest.h"
#include "services/scheduler/dispute.h"
#include "services/scheduler/filing.h"
#include "services/scheduler/kin.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/own.h"
#include "services/scheduler/owners.h"
#include "services/scheduler/policy.h"
#include "services/scheduler/quiet.h"
#include "services/scheduler/promise.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/rounds.h"
#include "services/scheduler/scrub.h"

#include <string.h>

enum {
    CAPACITY_MAX = 1000, // calls a day, as ingest takes them; more than anybody can make
    DAY_MS = 86400000,
};

bool hear_replaces(const struct fact *fact, struct version *known)
{
    bool yes = version_newer(&fact->version, known);
    if (yes)
        *known = fact->version;
    return yes;
}

bool hear_own(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_own)
{
    own_get(turn, id, ret_own);
    if (ret_own->erased.time_ms != 0) {
        if (fact->kind != FACT_CUSTOMER || !version_newer(&fact->version, &ret_own->erased))
            return false;
        (void)scrub_rows(turn, id); // not all processes of scoring have said it; from now on the id is another one's
        ret_own->erased = (struct version){0};
    }
    if (fact->version.time_ms > 0 && (ret_own->known_ms == 0 || fact->version.time_ms < ret_own->known_ms))
        ret_own->known_ms = fact->version.time_ms;
    cause_note(turn, fact, ret_own);
    return true;
}

bool hear_find(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_customer)
{
    struct customer own;
    if (!hear_own(turn, id, fact, &own))
        return false;
    own_row(turn, &own, ret_customer);
    return true;
}

bool hear_word(struct scheduler *self, struct turn *turn, const struct fact *fact, hear_note *note,
               struct customer *ret_before, struct customer *ret_main)
{
    struct customer own;
    if (!hear_own(turn, fact->customer_id, fact, &own))
        return false;
    if (own.merged_into[0] == '\0' && own.kin_next[0] == '\0')
        *ret_before = own;
    else
        (void)book_customer(turn, own.merged_into[0] != '\0' ? own.merged_into : own.id, ret_before);
    note(self, turn, fact, &own);
    return own_put(turn, &own, ret_main);
}

bool hear_main(struct turn *turn, const struct fact *fact, struct customer *ret_customer)
{
    struct customer own;
    return hear_own(turn, fact->customer_id, fact, &own) && own_put(turn, &own, ret_customer);
}

// A rep whom we only heard of works by the common rules until somebody says more.
static void know_rep(struct scheduler *self, struct turn *turn, const char *id, const struct fact *fact)
{
    struct rep rep;
    if (id[0] != '\0' && !book_rep(turn, id, &rep)) {
        rep.event = fact->event;
        rounds_arm(self, turn, &rep);
    }
}

// --- customers

// What is open is for whoever has the customer now, where that was somebody else.
static void hand_over(struct scheduler *self, struct turn *turn, const char *owner, const struct customer *main,
                      int64_t at_ms)
{
    const char *now = main->owner[0] != '\0' ? main->owner : self->default_rep;
    if (strcmp(owner[0] != '\0' ? owner : self->default_rep, now) != 0)
        ladder_hand_over(self, turn, main, at_ms);
}

static void hear_customer(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer own, main;
    if (!hear_own(turn, fact->customer_id, fact, &own)) {
        return;
    }
    const char *owner = own.owner, *whose = own.owner;
    if (own.merged_into[0] != '\0' || own.kin_next[0] != '\0') {
        (void)book_customer(turn, own.merged_into[0] != '\0' ? own.merged_into : own.id, &main);
        whose = main.owner;
    }
    filing_take(turn, fact, &own);
    // A shop tells all of a customer and knows of no owner: whoever was named last stays.
    if (fact->customer.owner[0] != '\0' && hear_replaces(fact, &own.owner_set))
        own.owner = fact->customer.owner;
    know_rep(self, turn, own.owner[0] != '\0' ? own.owner : self->default_rep, fact);
    if (strcmp(owner, own.owner) != 0)
        own.put_off_day = DAY_NONE; // another rep's days
    hear_owner(self, turn, fact, &own, owner, &main);
    // Also where this is the first that tells of the customer: an order may have come before it.
    hand_over(self, turn, whose, &main, fact->version.time_ms);
}

// What was said of the one goes on where that one goes on.
static void move_one(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct kin_move *move)
{
    struct customer from, to;
    bool was_main = strcmp(move->from, move->id) == 0;
    (void)book_customer(turn, move->to, &to);
    if (to.erased.time_ms != 0)
        return;
    ladder_join(self, turn, move, &to, fact->version.time_ms);
    book_customer(turn, move->from, &from);
    promise_join(self, turn, move, &from, &to);
    hear_complaints_joined(self, turn, fact, was_main, &from, &to);
    book_put_customer(turn, &from);
    book_put_customer(turn, &to);
}

// What follows from the row of a main customer, where others' words have come to it or left it since it was as `before`
// has it.
static void judge_anew(struct scheduler *self, struct turn *turn, const struct fact *fact,
                       const struct customer *before)
{
    struct customer main;
    (void)book_customer(turn, before->id, &main);
    if (main.merged_into[0] != '\0' || main.erased.time_ms != 0)
        return;
    ladder_act_anew(self, turn, &main, fact->version.time_ms);
    hear_waiting(self, turn, fact, &main);
    book_put_customer(turn, &main);
    budget_judge_anew(self, turn, fact, &main);
    dispute_judge_anew(self, turn, fact, &main);
    hear_deals(self, turn, fact, before, &main);
    hand_over(self, turn, before->owner, &main, fact->version.time_ms);
}

// One of the moves before that one came from or to that customer as well.
static bool is_met(const struct kin_move *moves, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(moves[i].from, id) == 0 || strcmp(moves[i].to, id) == 0)
            return true;
    return false;
}

// The other goes on as part of this one, or stands alone again; the newest word counts.
static void hear_joined(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer own, row;
    size_t count = 0;
    const char *into = fact->kind == FACT_MERGED ? fact->customer_id : "";
    const struct kin_move *moves = NULL;
    if (strcmp(into, fact->other_customer_id) == 0)
        return;
    if (hear_main(turn, fact, &row))
        book_put_customer(turn, &row);
    if (!hear_own(turn, fact->other_customer_id, fact, &own))
        return;
    if (hear_replaces(fact, &own.joined)) {
        own_row(turn, &own, &row);
        moves = kin_hear(turn, &row, into, &count);
    } else if (own_put(turn, &own, &row)) {
        book_put_customer(turn, &row);
    }
    for (size_t i = 0; i < count; i++)
        move_one(self, turn, fact, &moves[i]);
    for (size_t i = 0; i < count; i++) {
        if (!is_met(moves, i, moves[i].from))
            judge_anew(self, turn, fact, moves[i].from_row);
        if (!is_met(moves, i, moves[i].to) && strcmp(moves[i].to, moves[i].from) != 0)
            judge_anew(self, turn, fact, moves[i].to_row);
        if (strcmp(moves[i].from, moves[i].id) == 0)
            remind_join(self, turn, moves[i].id);
    }
    for (size_t i = 0; i < count; i++) {
        const char *const both[] = {moves[i].from, moves[i].to};
        for (size_t j = 0; j < 2; j++)
            if (book_customer(turn, both[j], &row))
                hear_visit_anew(self, turn, &row);
    }
}

// What is left of somebody who was erased: that it happened, until scrub_erase. Ingest says that an erasure is of the
// moment at which it was heard, and keeps out what comes later and had happened before; so nothing is newer.
static void hear_erased(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer, empty, main;
    book_customer(turn, fact->customer_id, &customer);
    if (!version_newer(&fact->version, &customer.erased))
        return;
    book_customer(turn, customer.merged_into, &main);
    ladder_erase(self, turn, customer.id);
    remind_erase(self, turn, customer.id);
    book_forget_promises(turn, customer.id);
    owners_forget(turn, customer.id);
    policy_erase(turn, customer.id);
    kin_erase(turn, &customer);
    own_erase(turn, customer.id);
    book_customer(turn, "", &empty);
    empty.id = customer.id;
    empty.erased = fact->version;
    empty.indexed = customer.indexed;
    empty.indexed_owner = customer.indexed_owner;
    book_put_customer(turn, &empty);
    if (customer.merged_into[0] != '\0')
        judge_anew(self, turn, fact, &main);
}

// --- reps and settings

// Puts the rep among those for whom the deputy stands in, or takes it off. They stand in the order of ids, whoever was
// heard of first.
static void note_deputy(struct scheduler *self, struct turn *turn, const char *deputy_id, const struct fact *fact,
                        bool on)
{
    struct rep deputy;
    const char *rep_id = fact->rep_id;
    if (deputy_id[0] == '\0' || strcmp(deputy_id, rep_id) == 0)
        return;
    know_rep(self, turn, deputy_id, fact);
    book_rep(turn, deputy_id, &deputy);
    const char *names = "";
    for (const char *at = deputy.stands_in; at[0] != '\0';) {
        const char *name = arena_text(turn->arena, at, strcspn(at, "\n"));
        at += strlen(name) + 1;
        int order = strcmp(name, rep_id);
        if (on && order > 0) {
            names = arena_format(turn->arena, "%s%s\n", names, rep_id);
            on = false;
        }
        if (order != 0)
            names = arena_format(turn->arena, "%s%s\n", names, name);
    }
    deputy.stands_in = on ? arena_format(turn->arena, "%s%s\n", names, rep_id) : names;
    book_put_rep(turn, &deputy);
}

// By other days, hours, holidays or another clock than before.
static bool works_otherwise(const struct rep *rep, const struct rep_fact *said)
{
    return rep->week != said->week || strcmp(rep->zone, said->zone) != 0 || strcmp(rep->country, said->country) != 0 ||
           rep->hour_count != said->hour_count ||
           memcmp(rep->hours, said->hours, said->hour_count * sizeof *rep->hours) != 0;
}

static void hear_rep(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct rep rep;
    book_rep(turn, fact->rep_id, &rep);
    if (!hear_replaces(fact, &rep.upserted)) {
        return;
    }
    const struct rep_fact *said = &fact->rep;
    bool other_days = works_otherwise(&rep, said);
    rep.name = said->name[0] != '\0' ? said->name : rep.id;
    rep.zone = said->zone;
    rep.hour_count = (uint32_t)said->hour_count;
    memcpy(rep.hours, said->hours, sizeof rep.hours);
    rep.capacity = said->capacity <= CAPACITY_MAX ? said->capacity : CAPACITY_MAX;
    rep.week = said->week;
    memcpy(rep.golden, said->golden, sizeof rep.golden);
    rep.golden_count = (uint32_t)said->golden_count;
    rep.manager = said->manager;
    const char *deputy = rep.deputy;
    rep.deputy = said->deputy;
    rep.role = said->role;
    rep.country = said->country;
    rep.language = said->language;
    rep.event = fact->event;
    self->chain_changed = true;
    rounds_arm(self, turn, &rep);
    know_rep(self, turn, said->manager, fact);
    digest_know(self, turn, said->manager);
    if (strcmp(deputy, said->deputy) != 0) {
        note_deputy(self, turn, deputy, fact, false);
        note_deputy(self, turn, said->deputy, fact, true);
    }
    if (other_days)
        ladder_move_days(self, turn, &rep, fact->version.time_ms);
}

// Absences are a set, so their order does not matter. A full one loses the absence that ended first.
static void hear_absence(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct rep rep;
    book_rep(turn, fact->rep_id, &rep);
    struct absence said = {fact->absence.from_day, fact->absence.to_day};
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < rep.absence_count; i++) {
        if (rep.absences[i].from_day == said.from_day && rep.absences[i].to_day == said.to_day) {
            return;
        }
        oldest = rep.absences[i].to_day < rep.absences[oldest].to_day ? i : oldest;
    }
    if (rep.absence_count < ABSENCES_MAX) {
        rep.absences[rep.absence_count++] = said;
    } else if (rep.absences[oldest].to_day < said.to_day) {
        rep.absences[oldest] = said;
    }
    self->chain_changed = true;
    rounds_arm(self, turn, &rep);
}

static void hear_settings(struct scheduler *self, struct turn *turn, const struct fact *fact, struct slice payload)
{
    book_put_single(turn, BOOK_SETTINGS, payload.bytes, payload.length);
    office_settle_in(self, &fact->settings);
    rounds_arm_all(self, turn);
    ladder_move_all_days(self, turn, fact->version.time_ms);
}

// --- values

static void hear_value(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (!hear_find(turn, fact->customer_id, fact, &customer)) {
        return;
    }
    const struct value_fact *said = &fact->value;
    struct customer before = customer;
    customer.abc = said->abc;
    customer.orders = said->orders;
    customer.mean_gap_milli = said->mean_gap_milli;
    customer.share_ppm = said->share_ppm;
    customer.net_micros = said->net_micros;
    customer.last_order_micros = said->last_order_micros;
    customer.last_order_ms = said->last_order_ms;
    customer.expected_ms = said->expected_ms;
    customer.currency = said->currency;
    if (customer.first_order_day != said->first_order_day)
        customer.first_micros = 0; // another order is the first one
    customer.first_order_day = said->first_order_day;
    customer.overdue = said->overdue;
    customer.dropped = said->dropped;
    customer.standings = said->standings;
    customer.expected_value_day = said->expected_day;
    customer.stage_limit_day = said->stage_limit_day;
    customer.file_by_day = said->file_by_day;
    customer.face_until_day = said->face_until_day;
    customer.expected_micros = said->expected_micros;
    customer.future_micros = said->future_micros;
    customer.next_survey_ms = said->next_survey_ms;
    customer.file_ppm = said->file_ppm;
    customer.file_target_ppm = said->file_target_ppm;
    customer.file_missing = said->file_missing;
    customer.last_orders = said->last_orders;
    almanac_moved(self, turn, &before, &customer);
    hear_worth(self, turn, fact, &customer);
    customer.orders_ever = said->orders_ever;
    if (before.first_order_day != said->first_order_day)
        hear_visit_anew(self, turn, &customer);
    if (said->orders_ever > 0)
        hear_paid(self, turn, fact, &customer,
                  said->first_order_day != DAY_NONE ? said->first_order_day * (int64_t)DAY_MS : said->last_order_ms);
    book_put_customer(turn, &customer);
}

static void note_payment(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    (void)self;
    (void)turn;
    if (own->paid_ms == 0 || fact->version.time_ms < own->paid_ms)
        own->paid_ms = fact->version.time_ms;
}

// A first order that was paid for may bring whoever brought the customer a commission.
static void hear_payment(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer before, customer;
    if (fact->order.step != ORDER_PAID || !hear_word(self, turn, fact, note_payment, &before, &customer))
        return;
    customer.paid_ms = before.paid_ms;
    hear_paid(self, turn, fact, &customer, fact->version.time_ms);
    book_put_customer(turn, &customer);
}

static void hear_change(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (hear_find(turn, fact->customer_id, fact, &customer)) {
        book_set_standing(turn, &customer, fact->change.dimension, fact->change.after);
        digest_change(self, turn, fact, &customer);
        book_put_customer(turn, &customer);
        alert_change(self, turn, &customer, fact);
    }
}

void hear_fact(struct scheduler *self, struct turn *turn, const struct fact *fact, struct slice payload)
{
    static void (*const HEAR[FACT_COUNT])(struct scheduler *, struct turn *, const struct fact *) = {
        [FACT_CUSTOMER] = hear_customer,   [FACT_MERGED] = hear_joined,     [FACT_SPLIT] = hear_joined,
        [FACT_ERASED] = hear_erased,       [FACT_CONTACT] = hear_contact,   [FACT_PROMISE] = hear_promise,
        [FACT_LEAD] = hear_lead,           [FACT_CONTRACT] = hear_contract, [FACT_REP] = hear_rep,
        [FACT_ABSENCE] = hear_absence,     [FACT_ANSWER] = hear_answer,     [FACT_VALUE] = hear_value,
        [FACT_CHANGE] = hear_change,       [FACT_ORDER] = hear_order,       [FACT_MESSAGE] = hear_message,
        [FACT_COMPLAINT] = hear_complaint, [FACT_SURVEY] = hear_survey,     [FACT_VISIT] = hear_visit,
        [FACT_POLICY] = hear_policy,       [FACT_QUOTE] = hear_quote,       [FACT_OBJECTION] = hear_objection,
        [FACT_GIFT] = hear_gift,           [FACT_REFERRAL] = hear_referral, [FACT_NEWS] = hear_news,
        [FACT_HINTS] = hear_hints,         [FACT_SILENCE] = quiet_hear,
    };
    if (fact->kind == FACT_SETTINGS) {
        hear_settings(self, turn, fact, payload);
    } else if (fact->kind == FACT_NONE) {
        office_count(self, COUNT_PASSED, 1);
    } else if (fact->kind == FACT_BAD) {
        office_count(self, COUNT_BAD, 1);
    } else {
        self->of = fact->customer_id;
        HEAR[fact->kind](self, turn, fact);
        if (fact->kind == FACT_ORDER)
            hear_payment(self, turn, fact);
        struct fact touch = *fact;
        touch.contact = fact->touch;
        if (fact->touches)
            hear_contact(self, turn, &touch);
        self->of = NULL; // its text ends with the turn
    }
}
