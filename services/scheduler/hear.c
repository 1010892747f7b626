#include "services/scheduler/hear.h"

#include "services/scheduler/alert.h"
#include "services/scheduler/budget.h"
#include "services/scheduler/almanac.h"
#include "services/scheduler/cause.h"
#include "services/scheduler/digest.h"
#include "services/scheduler/dispute.h"
#include "services/scheduler/join.h"
#include "services/scheduler/kin.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/owners.h"
#include "services/scheduler/policy.h"
#include "services/scheduler/quiet.h"
#include "services/scheduler/promise.h"
#include "services/scheduler/remind.h"
#include "services/scheduler/rounds.h"
#include "services/scheduler/scrub.h"

#include <string.h>

enum {
    CAPACITY_MAX = 1000,     // calls a day, as ingest takes them; more than anybody can make
    CALL_ANSWERED_DAYS = 31, // a call is answered within a month
    MERGES_MAX = 8,          // of one into the next; more are not followed
    DAY_MS = 86400000,
};

bool hear_replaces(const struct fact *fact, struct version *known)
{
    bool yes = version_newer(&fact->version, known);
    if (yes)
        *known = fact->version;
    return yes;
}

bool hear_find(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_customer)
{
    book_customer(turn, id, ret_customer);
    if (ret_customer->erased.time_ms != 0) {
        if (fact->kind != FACT_CUSTOMER || !version_newer(&fact->version, &ret_customer->erased))
            return false;
        (void)scrub_rows(turn, id); // not all processes of scoring have said it; from now on the id is another one's
        ret_customer->erased = (struct version){0};
    }
    if (fact->version.time_ms > 0 && (ret_customer->known_ms == 0 || fact->version.time_ms < ret_customer->known_ms))
        ret_customer->known_ms = fact->version.time_ms;
    cause_note(turn, fact, ret_customer);
    return true;
}

// As hear_main, for the customer of that id.
static bool find_main(struct turn *turn, const char *id, const struct fact *fact, struct customer *ret_customer)
{
    if (!hear_find(turn, id, fact, ret_customer))
        return false;
    for (int steps = 0; steps < MERGES_MAX; steps++) {
        const char *main = ret_customer->merged_into;
        if (main[0] == '\0' || strcmp(main, ret_customer->id) == 0)
            return true;
        book_put_customer(turn, ret_customer);
        if (!hear_find(turn, main, fact, ret_customer))
            return false;
    }
    return true;
}

bool hear_main(struct turn *turn, const struct fact *fact, struct customer *ret_customer)
{
    return find_main(turn, fact->customer_id, fact, ret_customer);
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

static void hear_customer(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (!hear_find(turn, fact->customer_id, fact, &customer)) {
        return;
    }
    const char *owner = customer.owner;
    bool known = customer.upserted.time_ms != 0;
    if (hear_replaces(fact, &customer.upserted)) {
        const struct customer_fact *said = &fact->customer;
        customer.region = said->region;
        customer.country = said->country;
        customer.customer_zone = said->zone;
        customer.type = said->type;
        customer.lunar = said->lunar;
        customer.contact_lunar = said->contact_lunar;
        customer.name = said->name;
        customer.contact_name = said->contact_name;
        customer.contact_phone = said->contact_phone;
        customer.birthday = said->birthday;
        customer.contact_birthday = said->contact_birthday;
        customer.founding = said->founding;
        customer.cooperation_day = said->cooperation_day;
    }
    // A shop tells all of a customer and knows of no owner: whoever was named last stays.
    if (fact->customer.owner[0] != '\0' && hear_replaces(fact, &customer.owner_set))
        customer.owner = fact->customer.owner;
    know_rep(self, turn, customer.owner[0] != '\0' ? customer.owner : self->default_rep, fact);
    bool moved = strcmp(owner, customer.owner) != 0;
    if (moved)
        customer.put_off_day = DAY_NONE; // another rep's days
    hear_owner(self, turn, fact, &customer, known ? owner : "");
    // Also where this is the first that tells of the customer: an order may have come before it.
    if (moved && strcmp(owner[0] != '\0' ? owner : self->default_rep, customer.owner) != 0)
        ladder_hand_over(self, turn, &customer);
}

// What was said of the one goes on where that one goes on.
static void move_one(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct kin_move *move)
{
    struct customer from, to;
    bool was_main = strcmp(move->from, move->id) == 0, alone = strcmp(move->to, move->id) == 0;
    if (!hear_find(turn, move->to, fact, &to))
        return;
    if (!alone) {
        struct customer own;
        book_customer(turn, move->id, &own);
        join_customer(turn, &own, &to);
    }
    book_put_customer(turn, &to);
    ladder_join(self, turn, move, &to, fact->version.time_ms);
    book_customer(turn, move->from, &from);
    promise_join(self, turn, move, &from, &to);
    if (was_main)
        hear_waiting_joined(self, turn, &from, &to);
    hear_complaints_joined(self, turn, fact, was_main, &from, &to);
    book_put_customer(turn, &from);
    book_put_customer(turn, &to);
    budget_judge(self, turn, fact, &to);
}

// The other goes on as part of this one, or stands alone again; the newest word counts.
static void hear_joined(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer other, before;
    size_t count;
    const char *into = fact->kind == FACT_MERGED ? fact->customer_id : "";
    if (strcmp(into, fact->other_customer_id) == 0 || !hear_find(turn, fact->other_customer_id, fact, &other) ||
        !hear_replaces(fact, &other.joined))
        return;
    const struct kin_move *moves = kin_hear(turn, &other, into, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(moves[i].from, moves[i].id) == 0)
            continue;
        book_customer(turn, moves[i].id, &other);
        book_customer(turn, moves[i].from, &before);
        join_leave(turn, &other, &before);
        book_put_customer(turn, &before);
    }
    for (size_t i = 0; i < count; i++)
        move_one(self, turn, fact, &moves[i]);
    for (size_t i = 0; i < count; i++)
        if (strcmp(moves[i].from, moves[i].id) == 0)
            remind_join(self, turn, moves[i].id);
}

// What is left of somebody who was erased: that it happened, until scrub_erase. Ingest says that an erasure is of the
// moment at which it was heard, and keeps out what comes later and had happened before; so nothing is newer.
static void hear_erased(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer, empty;
    book_customer(turn, fact->customer_id, &customer);
    if (!version_newer(&fact->version, &customer.erased))
        return;
    ladder_erase(self, turn, customer.id);
    remind_erase(self, turn, customer.id);
    book_forget_promises(turn, customer.id);
    owners_forget(turn, customer.id);
    policy_erase(turn, customer.id);
    kin_erase(turn, &customer);
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

// The next date that was set, that nobody answered, or that the customer was spoken to.
static void note_words(struct customer *customer, const struct fact *fact)
{
    const struct contact_fact *said = &fact->contact;
    if (said->next_ms != 0 && hear_replaces(fact, &customer->next_set)) {
        customer->next_ms = said->next_ms;
        customer->next_text = said->text;
    }
    if (said->result == CONTACT_TRY)
        note_try(customer, fact->version.time_ms);
    if (said->result == CONTACT_REAL && !said->automatic)
        note_contact(customer, fact->version.time_ms);
}

// Whoever was spoken to under the old name was spoken to.
static void hear_contact(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer, main;
    if (!hear_find(turn, fact->customer_id, fact, &customer))
        return;
    note_words(&customer, fact);
    book_put_customer(turn, &customer);
    if (!hear_main(turn, fact, &main))
        return;
    if (strcmp(main.id, customer.id) != 0)
        note_words(&main, fact);
    hear_touched(self, turn, fact, &main);
    digest_contact(self, turn, fact, &main);
    if (fact->contact.result == CONTACT_REAL && !fact->contact.automatic)
        dispute_spoken(self, turn, fact, &main);
    book_put_customer(turn, &main);
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

// --- answers

// A call on a list that we do not know as it was sent: it was another process's, and the two made it from what each had
// heard by then. A call is a call all the same. False when the id is no recent call's.
static bool find_call(struct turn *turn, const struct fact *fact, struct reminder *ret_reminder)
{
    uint8_t id[HASH_BYTES], other[HASH_BYTES];
    const char *customer_id;
    if (!remind_parse_id(fact->answer.reminder_id, id) || !book_subject(turn, store_get_u64(id), &customer_id))
        return false;
    int32_t last = (int32_t)(fact->version.time_ms / DAY_MS) + 1; // a rep's day may have begun before the world's
    for (int32_t day = last; day > last - CALL_ANSWERED_DAYS; day--) {
        diary_reminder_id(customer_id, KIND_CALL, (uint64_t)day, other);
        if (memcmp(id, other, HASH_BYTES) != 0)
            continue;
        *ret_reminder = (struct reminder){.kind = KIND_CALL, .rep_id = fact->rep_id, .customer_id = customer_id};
        return true;
    }
    return false;
}

static void hear_answer(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct reminder reminder;
    struct customer customer;
    const struct answer_fact *said = &fact->answer;
    if (!remind_answer(self, turn, fact, &reminder) && !find_call(turn, fact, &reminder))
        return;
    ladder_answered(self, turn, &reminder, fact);
    hear_decided(self, turn, &reminder, fact);
    if (reminder.customer_id[0] == '\0' || !hear_find(turn, reminder.customer_id, fact, &customer))
        return;
    // What a manager answers about a rep's duty is no word with the customer.
    bool told_owner = (reminder.role & (ROLE_MANAGER | ROLE_DIRECTOR | ROLE_APPROVER)) == 0;
    if (reminder.kind == KIND_NEXT_DATE_MISSING && said->next_ms != 0 && hear_replaces(fact, &customer.next_set)) {
        customer.next_ms = said->next_ms;
        customer.next_text = said->note;
    }
    bool call = reminder.kind == KIND_CALL || (reminder.kind == KIND_SNOOZED && reminder.detail == KIND_CALL);
    switch (said->outcome) {
    case ANSWER_DONE:
        if (kinds_row(reminder.kind)->contact && told_owner) {
            note_contact(&customer, fact->version.time_ms);
            ladder_signal(self, turn, &customer, SIGNAL_CONTACT, &fact->version);
            hear_told(self, turn, &customer, &fact->version);
            if (reminder.kind == KIND_CALL && reminder.reason == CALL_SURVEY)
                ladder_signal(self, turn, &customer, SIGNAL_SURVEY, &fact->version);
        }
        hear_promise_answered(self, turn, &customer, &reminder, fact);
        break;
    case ANSWER_NO_ANSWER:
        note_try(&customer, fact->version.time_ms);
        break;
    case ANSWER_NOT_INTERESTED:
        if (!told_owner || remind_called_off(&reminder, said->outcome))
            break;
        note_contact(&customer, fact->version.time_ms);
        hear_replaces(fact, &customer.muted);
        hear_promise_answered(self, turn, &customer, &reminder, fact);
        break;
    case ANSWER_SNOOZED:
    case ANSWER_RESCHEDULED:
        if (call && said->next_ms != 0 && hear_replaces(fact, &customer.later_set)) {
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
    if (said->orders_ever > 0)
        hear_paid(self, turn, fact, &customer,
                  said->first_order_day != DAY_NONE ? said->first_order_day * (int64_t)DAY_MS : said->last_order_ms);
    book_put_customer(turn, &customer);
}

// A first order that was paid for may bring whoever brought the customer a commission.
static void hear_payment(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    if (fact->order.step != ORDER_PAID || !hear_main(turn, fact, &customer))
        return;
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
