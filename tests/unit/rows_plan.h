// What the stories about the call list and the day of a rep share.
#ifndef TEND_TESTS_UNIT_ROWS_PLAN_H
#define TEND_TESTS_UNIT_ROWS_PLAN_H

#include "unit/rows.h"

#include "services/scheduler/calllist.h"

// --- what scoring says of a customer

static inline Tend__V1__CustomerValue worth_of(const char *id, Tend__V1__AbcClass abc)
{
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("%s", id);
    value.abc = abc;
    value.net_micros = INT64_C(182000000000);
    value.currency = text("CNY");
    return value;
}

static inline void say_worth(struct fixture *f, const Tend__V1__CustomerValue *value)
{
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value->base);
    turns_run(f->turns, turns_now_ms(f->turns));
}

static inline void say_standing(struct fixture *f, const char *id, Tend__V1__AbcClass abc, const char *dimension,
                                const char *word)
{
    Tend__V1__CustomerValue value = worth_of(id, abc);
    Tend__V1__Standing standing = TEND__V1__STANDING__INIT, *standings[] = {&standing};
    standing.dimension = text("%s", dimension);
    standing.value = text("%s", word);
    value.standings = standings;
    value.n_standings = 1;
    say_worth(f, &value);
}

static inline void add_customer(struct fixture *f, const char *id, const char *owner)
{
    customer(f, id, owner);
    turns_run(f->turns, turns_now_ms(f->turns));
}

// --- what the scheduler says

// The list that is sent next up to that moment.
static inline Tend__V1__CallList *list_by(struct fixture *f, const char *when)
{
    catch_up(f);
    until(f, when);
    Tend__V1__CallList *list = next_list(f);
    if (list == NULL)
        fail_msg("no list by %s", when);
    return list;
}

static inline const Tend__V1__CallLine *line_about(const Tend__V1__CallList *list, const char *id)
{
    for (size_t i = 0; i < list->n_lines; i++)
        if (strcmp(list->lines[i]->customer_id, id) == 0)
            return list->lines[i];
    return NULL;
}

static inline bool has_point(const Tend__V1__CallLine *line, const char *code, const char *words)
{
    for (size_t i = 0; i < line->n_points; i++)
        if (strcmp(line->points[i]->code, code) == 0 && strcmp(line->points[i]->text, words) == 0)
            return true;
    return false;
}

// The reminders of a kind that somebody heard since `from`: how many, and the last of them in `ret_last`, which may be
// NULL and else is dropped by the caller.
static inline size_t count_heard(struct fixture *f, uint64_t from, const char *rep_id, const char *kind,
                                 Tend__V1__Reminder **ret_last)
{
    size_t count = 0;
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        bool wanted =
            strcmp(kinds_row((enum kind_id)reminder->kind)->name, kind) == 0 && strcmp(reminder->rep_id, rep_id) == 0;
        if (wanted && ret_last != NULL && count > 0)
            drop_reminder(*ret_last);
        count += wanted;
        if (wanted && ret_last != NULL)
            *ret_last = reminder;
        else
            drop_reminder(reminder);
    }
    return count;
}

static inline bool told_at(const struct fixture *f, const Tend__V1__Reminder *reminder, const char *when)
{
    return reminder->due->seconds * 1000 == moment(f, when);
}

static inline void answer_line(struct fixture *f, const char *when, const Tend__V1__CallLine *line, const char *outcome)
{
    char id[33];
    strcpy(id, line->reminder_id);
    answers(f, when, "wang", id, outcome);
}

#endif
