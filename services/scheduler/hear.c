#include "services/scheduler/hear.h"

#include "services/scheduler/remind.h"
#include "services/scheduler/rounds.h"

#include <string.h>

enum { CAPACITY_MAX = 200 }; // calls a day that a list can hold; more than anybody can make

static bool newer(const struct fact *fact, const struct version *known)
{
    return fact->version.time_ms > known->time_ms ||
           (fact->version.time_ms == known->time_ms && fact->version.tie > known->tie);
}

// Keeps the newest: true when the fact is newer than what is known, which it then replaces.
static bool replaces(const struct fact *fact, struct version *known)
{
    bool yes = newer(fact, known);
    if (yes) {
        *known = fact->version;
    }
    return yes;
}

// The customer that the fact is about. False when it was erased: only being told of anew, later, brings it back.
static bool find(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_customer)
{
    book_customer(turn, id, ret_customer);
    if (ret_customer->erased.time_ms != 0) {
        if (fact->kind != FACT_CUSTOMER || !newer(fact, &ret_customer->erased)) {
            return false;
        }
        ret_customer->erased = (struct version){0};
    }
    if (fact->version.time_ms > 0 && (ret_customer->known_ms == 0 || fact->version.time_ms < ret_customer->known_ms)) {
        ret_customer->known_ms = fact->version.time_ms;
    }
    return true;
}

// A rep whom we only heard of works by the common rules until somebody says more.
static void know_rep(struct scheduler *self, struct turn *turn, const char *id)
{
    struct rep rep;
    if (id[0] != '\0' && !book_rep(turn, id, &rep)) {
        rounds_arm(self, turn, &rep);
    }
}

// --- customers

static void hear_customer(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (!find(turn, fact->customer_id, fact, &customer)) {
        return;
    }
    if (replaces(fact, &customer.upserted)) {
        const struct customer_fact *said = &fact->customer;
        customer.name = said->name;
        customer.owner = said->owner;
        customer.contact_name = said->contact_name;
        customer.contact_phone = said->contact_phone;
        customer.birthday = said->birthday;
        customer.contact_birthday = said->contact_birthday;
        customer.founding = said->founding;
        customer.cooperation_day = said->cooperation_day;
        know_rep(self, turn, said->owner[0] != '\0' ? said->owner : self->default_rep);
    }
    book_put_customer(turn, &customer);
}

// The other goes on as part of this one, or stands alone again; the newest word counts.
static void hear_joined(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    (void)self;
    struct customer other, main;
    if (!find(turn, fact->other_customer_id, fact, &other) || !replaces(fact, &other.joined)) {
        return;
    }
    bool merged = fact->kind == FACT_MERGED;
    other.merged_into = merged ? fact->customer_id : "";
    book_put_customer(turn, &other);
    if (merged && find(turn, fact->customer_id, fact, &main)) {
        if (other.contact_ms > main.contact_ms) {
            main.contact_ms = other.contact_ms;
        }
        book_put_customer(turn, &main);
    }
}

// What is left of somebody who was erased: that it happened, so that late events do not bring the customer back.
static void hear_erased(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer, empty;
    book_customer(turn, fact->customer_id, &customer);
    if (!newer(fact, &customer.erased) || fact->version.time_ms < customer.upserted.time_ms) {
        return;
    }
    remind_erase(self, turn, customer.id);
    book_forget_promises(turn, customer.id);
    book_customer(turn, "", &empty);
    empty.id = customer.id;
    empty.erased = fact->version;
    empty.indexed = customer.indexed;
    empty.indexed_owner = customer.indexed_owner;
    book_put_customer(turn, &empty);
}

// --- contacts

static void note_contact(struct customer *customer, int64_t time_ms)
{
    if (time_ms <= customer->contact_ms) {
        return;
    }
    customer->contact_ms = time_ms;
    for (size_t i = 0; i < TRIES_KEPT; i++) {
        if (customer->tries_ms[i] <= time_ms) {
            customer->tries_ms[i] = 0;
        }
    }
}

// The latest first; those before the last real contact do not count any more.
static void note_try(struct customer *customer, int64_t time_ms)
{
    size_t at = 0;
    while (at < TRIES_KEPT && customer->tries_ms[at] > time_ms) {
        at++;
    }
    bool known = at < TRIES_KEPT && customer->tries_ms[at] == time_ms;
    if (time_ms <= customer->contact_ms || at == TRIES_KEPT || known) {
        return;
    }
    memmove(&customer->tries_ms[at + 1], &customer->tries_ms[at], (TRIES_KEPT - at - 1) * sizeof customer->tries_ms[0]);
    customer->tries_ms[at] = time_ms;
}

static void hear_contact(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (!find(turn, fact->customer_id, fact, &customer)) {
        return;
    }
    const struct contact_fact *said = &fact->contact;
    if (said->next_ms != 0 && replaces(fact, &customer.next_set)) {
        customer.next_ms = said->next_ms;
        customer.next_text = said->text;
    }
    if (said->result == CONTACT_REAL) {
        note_contact(&customer, fact->version.time_ms);
    } else if (said->result == CONTACT_TRY) {
        note_try(&customer, fact->version.time_ms);
    }
    book_put_customer(turn, &customer);
    // Whoever was spoken to under the old name was spoken to.
    if (customer.merged_into[0] != '\0' && strcmp(customer.merged_into, customer.id) != 0 &&
        said->result == CONTACT_REAL && find(turn, customer.merged_into, fact, &customer)) {
        note_contact(&customer, fact->version.time_ms);
        book_put_customer(turn, &customer);
    }
    (void)self;
}

// --- promises

static void refresh_promise(struct turn *turn, struct customer *customer)
{
    struct promise first;
    bool any = book_first_promise(turn, customer->id, &first);
    customer->promise_ms = any ? first.due_ms : 0;
    customer->promise = any ? first.hash : 0;
}

static void close_promise(struct scheduler *self, struct turn *turn, struct customer *customer, struct promise *promise,
                          int64_t time_ms)
{
    if (promise->closed_ms == 0) {
        remind_promise_over(self, turn, promise, "the promise is done with");
        promise->closed_ms = time_ms > 0 ? time_ms : turn->now_ms;
        book_put_promise(turn, promise);
        refresh_promise(turn, customer);
    }
}

static void hear_promise(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    struct promise promise;
    const struct promise_fact *said = &fact->promise;
    if (!find(turn, fact->customer_id, fact, &customer)) {
        return;
    }
    book_promise(turn, customer.id, hash_short(said->id, strlen(said->id)), &promise);
    promise.id = said->id;
    if (said->step == PROMISE_CLOSED) {
        close_promise(self, turn, &customer, &promise, fact->version.time_ms);
    } else {
        promise.what = said->step == PROMISE_MADE ? said->what : promise.what;
        bool moved = said->due_ms != 0 && replaces(fact, &promise.due_set) && said->due_ms != promise.due_ms;
        if (moved && promise.due_ms != 0) {
            remind_promise_over(self, turn, &promise, "the promise is due at another time");
        }
        promise.due_ms = moved ? said->due_ms : promise.due_ms;
        book_put_promise(turn, &promise);
        refresh_promise(turn, &customer);
        if (moved) {
            remind_promise(self, turn, &customer, &promise);
        }
    }
    book_put_customer(turn, &customer);
}

// --- leads and contracts

static void hear_lead(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    (void)self;
    struct customer customer;
    if (!find(turn, fact->customer_id, fact, &customer)) {
        return;
    }
    const struct lead_fact *said = &fact->lead;
    if (said->stage != 0 && replaces(fact, &customer.stage_set)) {
        customer.stage = said->stage;
    }
    if (said->intention != 0 && replaces(fact, &customer.intention_set)) {
        customer.intention = said->intention;
    }
    if (said->expected_day != DAY_NONE && replaces(fact, &customer.expected_set)) {
        customer.expected_day = said->expected_day;
    }
    book_put_customer(turn, &customer);
}

static void hear_contract(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    (void)self;
    struct customer customer;
    if (find(turn, fact->customer_id, fact, &customer) && replaces(fact, &customer.contract_set)) {
        customer.contract_day = fact->contract.to_day;
        book_put_customer(turn, &customer);
    }
}

// --- reps and settings

static void hear_rep(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct rep rep;
    book_rep(turn, fact->rep_id, &rep);
    if (!replaces(fact, &rep.upserted)) {
        return;
    }
    const struct rep_fact *said = &fact->rep;
    rep.name = said->name[0] != '\0' ? said->name : rep.id;
    rep.zone = said->zone;
    rep.hour_count = (uint32_t)said->hour_count;
    memcpy(rep.hours, said->hours, sizeof rep.hours);
    rep.capacity = said->capacity <= CAPACITY_MAX ? said->capacity : CAPACITY_MAX;
    rep.week = said->week;
    rounds_arm(self, turn, &rep);
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
    rounds_arm(self, turn, &rep);
}

static void hear_settings(struct scheduler *self, struct turn *turn, const struct fact *fact, struct slice payload)
{
    book_put_single(turn, BOOK_SETTINGS, payload.bytes, payload.length);
    office_settle_in(self, &fact->settings);
    rounds_arm_all(self, turn);
}

// --- answers

static void close_answered_promise(struct scheduler *self, struct turn *turn, struct customer *customer,
                                   const struct reminder *reminder, int64_t time_ms)
{
    struct promise promise;
    if (reminder->promise != 0 && book_promise(turn, customer->id, reminder->promise, &promise)) {
        close_promise(self, turn, customer, &promise, time_ms);
    }
}

static void hear_answer(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct reminder reminder;
    struct customer customer;
    const struct answer_fact *said = &fact->answer;
    if (!remind_answer(self, turn, fact, &reminder) || reminder.customer_id[0] == '\0' ||
        !find(turn, reminder.customer_id, fact, &customer)) {
        return;
    }
    bool call = reminder.kind == KIND_CALL || (reminder.kind == KIND_SNOOZED && reminder.detail == KIND_CALL);
    switch (said->outcome) {
    case ANSWER_DONE:
        if (kinds_row(reminder.kind)->contact) {
            note_contact(&customer, fact->version.time_ms);
        }
        close_answered_promise(self, turn, &customer, &reminder, fact->version.time_ms);
        break;
    case ANSWER_NO_ANSWER:
        note_try(&customer, fact->version.time_ms);
        break;
    case ANSWER_NOT_INTERESTED:
        note_contact(&customer, fact->version.time_ms);
        replaces(fact, &customer.muted);
        break;
    case ANSWER_SNOOZED:
    case ANSWER_RESCHEDULED:
        if (call && said->next_ms != 0 && replaces(fact, &customer.later_set)) {
            customer.later_ms = said->next_ms;
        }
        break;
    default:
        break;
    }
    book_put_customer(turn, &customer);
}

// --- values

static void hear_value(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    (void)self;
    struct customer customer;
    if (!find(turn, fact->customer_id, fact, &customer)) {
        return;
    }
    const struct value_fact *said = &fact->value;
    customer.abc = said->abc;
    customer.orders = said->orders;
    customer.mean_gap_milli = said->mean_gap_milli;
    customer.share_ppm = said->share_ppm;
    customer.net_micros = said->net_micros;
    customer.last_order_micros = said->last_order_micros;
    customer.last_order_ms = said->last_order_ms;
    customer.expected_ms = said->expected_ms;
    customer.currency = said->currency;
    customer.first_order_day = said->first_order_day;
    customer.overdue = said->overdue;
    customer.dropped = said->dropped;
    book_put_customer(turn, &customer);
}

static void hear_change(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (find(turn, fact->customer_id, fact, &customer)) {
        remind_change(self, turn, &customer, fact);
        book_put_customer(turn, &customer);
    }
}

void hear_fact(struct scheduler *self, struct turn *turn, const struct fact *fact, struct slice payload)
{
    static void (*const HEAR[FACT_COUNT])(struct scheduler *, struct turn *, const struct fact *) = {
        [FACT_CUSTOMER] = hear_customer, [FACT_MERGED] = hear_joined,     [FACT_SPLIT] = hear_joined,
        [FACT_ERASED] = hear_erased,     [FACT_CONTACT] = hear_contact,   [FACT_PROMISE] = hear_promise,
        [FACT_LEAD] = hear_lead,         [FACT_CONTRACT] = hear_contract, [FACT_REP] = hear_rep,
        [FACT_ABSENCE] = hear_absence,   [FACT_ANSWER] = hear_answer,     [FACT_VALUE] = hear_value,
        [FACT_CHANGE] = hear_change,
    };
    if (fact->kind == FACT_SETTINGS) {
        hear_settings(self, turn, fact, payload);
    } else if (fact->kind == FACT_NONE) {
        office_count(self, COUNT_PASSED, 1);
    } else if (fact->kind == FACT_BAD) {
        office_count(self, COUNT_BAD, 1);
    } else {
        HEAR[fact->kind](self, turn, fact);
    }
}
