// What the stories of replies, notices, orders, complaints and surveys share.
#ifndef TEND_TESTS_UNIT_CARE_STORY_H
#define TEND_TESTS_UNIT_CARE_STORY_H

#include "unit/rows.h"

// --- what happens

#define WROTE(id)                                                     \
    "{\"customerId\":\"C1\",\"messageReceived\":{\"messageId\":\"" id \
    "\",\"channel\":\"email\",\"subject\":\"price of " id "\"}}"
#define REPLIED(id) \
    "{\"customerId\":\"C1\",\"repId\":\"wang\",\"messageReplied\":{\"messageId\":\"" id "\",\"channel\":\"email\"}}"
#define DELIVERY(body, order, date) \
    "{\"customerId\":\"C1\",\"" body "\":{\"orderId\":\"" order "\",\"date\":\"" date "\"}}"
#define MAILED \
    "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"email\",\"direction\":\"out\"}}"
#define DELIVERED(order) "{\"customerId\":\"C1\",\"orderDelivered\":{\"orderId\":\"" order "\"}}"
#define COMPLAINT(step, id, rest) "{\"customerId\":\"C1\",\"complaint" step "\":{\"complaintId\":\"" id "\"" rest "}}"

// What scoring says of a customer with so many orders, the last one just now.
static inline void ordered(struct fixture *f, uint32_t orders, const char *first_day, const char *last)
{
    Tend__V1__CustomerValue value = TEND__V1__CUSTOMER_VALUE__INIT;
    value.customer_id = text("C1");
    value.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    value.currency = text("CNY");
    value.net_micros = value.last_order_micros = 5000000000;
    value.first_order_day = text("%s", first_day);
    value.last_order = stamp(moment(f, last));
    value.orders_ever = orders;
    turns_say(f->turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CUSTOMER_VALUE, 0, &value.base);
    turns_run(f->turns, turns_now_ms(f->turns));
}

// --- what is told

// How often that rep was told so at that minute, among what the journal says after `from`.
static inline unsigned told(struct fixture *f, uint64_t from, const char *when, const char *rep_id, const char *kind)
{
    unsigned count = 0;
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER ||
            record->time_ms / MINUTE_MS != moment(f, when) / MINUTE_MS)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        count +=
            strcmp(reminder->rep_id, rep_id) == 0 && strcmp(kinds_row((enum kind_id)reminder->kind)->name, kind) == 0;
        drop_reminder(reminder);
    }
    return count;
}

// How often anybody was told of that kind after `from`.
static inline unsigned told_at_all(struct fixture *f, uint64_t from, const char *kind)
{
    unsigned count = 0;
    for (uint64_t seq = from + 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        count += strcmp(kinds_row((enum kind_id)reminder->kind)->name, kind) == 0 && !reminder->retold;
        drop_reminder(reminder);
    }
    return count;
}

// Other packages' reminders come in between: these are the ones that are told about here.
static inline bool is_care(enum kind_id kind)
{
    return (kind >= KIND_POLICY_EXCEPTION && kind <= KIND_COMPLAINT_AGAIN) || kind == KIND_FIRST_ORDER_VISIT ||
           kind == KIND_SURVEY_DUE || kind == KIND_SATISFACTION_ALARM || kind == KIND_SATISFACTION_FOLLOW_UP;
}

static inline Tend__V1__Reminder *next_care(struct fixture *f)
{
    Tend__V1__Reminder *reminder;
    while ((reminder = next_reminder(f)) != NULL && !is_care((enum kind_id)reminder->kind))
        drop_reminder(reminder);
    return reminder;
}

// As heard and hears, of these kinds alone.
static inline Tend__V1__Reminder *said(struct fixture *f, const char *when, const char *rep_id, const char *kind)
{
    Tend__V1__Reminder *reminder = next_care(f);
    if (reminder == NULL)
        fail_msg("nobody is told of %s", kind);
    int64_t at_ms = turns_read(f->turns, f->read)->time_ms;
    struct local_time local = zone_local(f->zone, at_ms / 1000);
    const char *name = kinds_row((enum kind_id)reminder->kind)->name;
    if (at_ms / MINUTE_MS != moment(f, when) / MINUTE_MS || strcmp(name, kind) != 0 ||
        strcmp(reminder->rep_id, rep_id) != 0)
        fail_msg("%s hears of %s on %s at %02d:%02d, not %s of %s at %s", reminder->rep_id, name, date_of(local.day),
                 local.second / 3600, local.second / 60 % 60, rep_id, kind, when);
    assert_string_equal(reminder->customer_id, "C1");
    return reminder;
}

static inline const char *says(struct fixture *f, const char *when, const char *rep_id, const char *kind)
{
    Tend__V1__Reminder *reminder = said(f, when, rep_id, kind);
    const char *id = text("%s", reminder->reminder_id);
    drop_reminder(reminder);
    return id;
}

static inline void quiet(struct fixture *f)
{
    Tend__V1__Reminder *reminder = next_care(f);
    if (reminder != NULL)
        fail_msg("%s hears of %s", reminder->rep_id, kinds_row((enum kind_id)reminder->kind)->name);
}

// Wang's row in what zhao is told of that day, all zero when there is none.
static inline Tend__V1__DigestRow day_of_wang(struct fixture *f, const char *date)
{
    Tend__V1__DigestRow row = TEND__V1__DIGEST_ROW__INIT;
    for (uint64_t seq = 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST)
            continue;
        Tend__V1__Digest *digest = tend__v1__digest__unpack(NULL, record->length, record->payload);
        assert_non_null(digest);
        for (size_t i = 0; i < digest->n_rows && !digest->weekly; i++) {
            if (strcmp(digest->rep_id, "zhao") != 0 || strcmp(digest->local_date, date) != 0 ||
                strcmp(digest->rows[i]->rep_id, "wang") != 0)
                continue;
            row = *digest->rows[i];
            row.rep_id = row.rep_name = NULL;
        }
        tend__v1__digest__free_unpacked(digest, NULL);
    }
    return row;
}

static inline int64_t figure_of(const Tend__V1__Reminder *reminder, const char *name)
{
    for (size_t i = 0; i < reminder->n_figures; i++)
        if (strcmp(reminder->figures[i]->name, name) == 0)
            return reminder->figures[i]->value;
    return -1;
}

static inline bool has_point(const Tend__V1__Reminder *reminder, const char *code)
{
    for (size_t i = 0; i < reminder->n_points; i++)
        if (strcmp(reminder->points[i]->code, code) == 0)
            return true;
    return false;
}

#endif
