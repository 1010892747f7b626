// The bundled business: the same every time, without a bad row, and with its stories in it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/tend/sample.h"
#include "services/tend/timeline.h"

#include "common/calendar.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UNTIL = 20779, CUSTOMERS_MAX = 400, DAYS_MAX = 450 }; // 2026-11-22

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *const names[] = {"reps.csv", "customers.csv", "orders.csv", "events.jsonl"};
static const enum import_kind kinds[] = {KIND_REPS, KIND_CUSTOMERS, KIND_ORDERS, KIND_EVENTS};

static char folder[64];

static struct sample_counts make(uint32_t customers, uint32_t years, uint32_t reps, uint64_t seed)
{
    struct sample_options options = {UNTIL, customers, reps, years, seed, folder};
    struct sample_counts counts;
    char error[SAMPLE_ERROR_BYTES];
    if (!sample_write(&options, error, &counts))
        fail_msg("%s", error);
    return counts;
}

static char *slurp(const char *name, size_t *ret_length)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(64 << 20);
    *ret_length = fread(bytes, 1, 64 << 20, file);
    fclose(file);
    return bytes;
}

static void problem(void *self, const char *path, const struct import_item *item)
{
    (void)self;
    fail_msg("%s:%llu: %s: %s", path, (unsigned long long)item->line, item->column == NULL ? "" : item->column,
             item->reason);
}

// Everything that was written, as one history; any bad row fails the test.
static struct timeline *read_back(void)
{
    struct import_options files[COUNT(names)];
    static char paths[COUNT(names)][128];
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
        files[i] =
            (struct import_options){.path = paths[i], .kind = kinds[i], .zone = "Asia/Shanghai", .currency = "CNY"};
    }
    struct timeline_listener listener = {problem, NULL};
    char error[IMPORT_ERROR_BYTES];
    struct timeline *timeline = NULL;
    if (!timeline_open(files, COUNT(files), &listener, error, &timeline))
        fail_msg("%s", error);
    return timeline;
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    char *first[COUNT(names)];
    size_t lengths[COUNT(names)];
    make(60, 1, 3, 7);
    for (size_t i = 0; i < COUNT(names); i++)
        first[i] = slurp(names[i], &lengths[i]);
    make(60, 1, 3, 7);
    for (size_t i = 0; i < COUNT(names); i++) {
        size_t length;
        char *again = slurp(names[i], &length);
        assert_int_equal(length, lengths[i]);
        assert_memory_equal(again, first[i], length);
        free(again);
    }
    make(60, 1, 3, 8);
    for (size_t i = 1; i < COUNT(names); i++) {
        size_t length;
        char *other = slurp(names[i], &length);
        assert_true(length != lengths[i] || memcmp(other, first[i], length) != 0);
        free(other);
    }
    for (size_t i = 0; i < COUNT(names); i++)
        free(first[i]);
}

static void every_event_is_good(void **state)
{
    (void)state;
    static const struct {
        uint32_t customers, years, reps;
    } cases[] = {
        {SAMPLE_CUSTOMERS, SAMPLE_YEARS, SAMPLE_REPS}, {SAMPLE_CUSTOMERS_LEAST, 1, 1}, {300, 2, SAMPLE_REPS_MOST}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sample_counts counts = make(cases[i].customers, cases[i].years, cases[i].reps, i);
        struct timeline *timeline = read_back();
        uint32_t placed = 0, contacts = 0;
        const Tend__V1__Event *event;
        ProtobufCBinaryData packed;
        while (timeline_next(timeline, &event, &packed)) {
            placed += event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED;
            contacts += event->body_case == TEND__V1__EVENT__BODY_CONTACT_LOGGED;
        }
        assert_int_equal(placed, counts.orders);
        assert_true(contacts > 5 * counts.customers);
        assert_true(timeline_last_ms(timeline) < UNTIL * INT64_C(86400000) - 8 * 3600000);
        timeline_close(&timeline);
    }
}

// --- the stories, by the definitions that the services have, counted the plain way

struct buyer {
    char id[16];
    int64_t micros[DAYS_MAX]; // by day before the end, CNY
    bool bought[DAYS_MAX];
};

struct market {
    struct buyer buyers[CUSTOMERS_MAX];
    size_t count;
};

static struct buyer *buyer_of(struct market *market, const char *id)
{
    for (size_t i = 0; i < market->count; i++)
        if (strcmp(market->buyers[i].id, id) == 0)
            return &market->buyers[i];
    assert_true(market->count < CUSTOMERS_MAX);
    struct buyer *buyer = &market->buyers[market->count++];
    snprintf(buyer->id, sizeof buyer->id, "%s", id);
    return buyer;
}

static int64_t rate_of(const char *currency)
{
    return strcmp(currency, "USD") == 0   ? SAMPLE_USD_MICROS
           : strcmp(currency, "EUR") == 0 ? SAMPLE_EUR_MICROS
                                          : 1000000;
}

static struct market *read_market(struct timeline *timeline)
{
    struct market *market = calloc(1, sizeof *market);
    const Tend__V1__Event *event;
    ProtobufCBinaryData packed;
    while (timeline_next(timeline, &event, &packed)) {
        if (event->body_case != TEND__V1__EVENT__BODY_ORDER_PLACED)
            continue;
        int64_t before = UNTIL - (event->time->seconds + 8 * 3600) / 86400;
        if (before >= DAYS_MAX)
            continue;
        struct buyer *buyer = buyer_of(market, event->customer_id);
        const Tend__V1__OrderPlaced *order = event->order_placed;
        buyer->micros[before] += order->total->micros / 1000 * (rate_of(order->currency) / 1000);
        buyer->bought[before] = true;
    }
    return market;
}

static int64_t sum_of(const struct buyer *buyer, int32_t ago)
{
    int64_t sum = 0;
    for (int32_t i = ago; i < DAYS_MAX && i < ago + 365; i++)
        sum += buyer->micros[i];
    return sum;
}

// True for class A with this cut, so many days before the end.
static bool is_a(const struct market *market, const struct buyer *buyer, int32_t ago, int64_t cut_percent)
{
    int64_t own = sum_of(buyer, ago), above = 0, total = 0;
    for (size_t i = 0; i < market->count; i++) {
        int64_t sum = sum_of(&market->buyers[i], ago);
        total += sum;
        above += sum > own ? sum : 0;
    }
    return own > 0 && above / 100 < total / 10000 * cut_percent;
}

// Days of silence, and the mean gap in hundredths of a day.
static int32_t silence(const struct buyer *buyer, int32_t ago, int32_t *ret_gap)
{
    int32_t first = -1, last = -1, days = 0;
    for (int32_t i = DAYS_MAX - 1; i >= ago; i--) {
        if (!buyer->bought[i])
            continue;
        first = first < 0 ? i : first;
        last = i;
        days++;
    }
    *ret_gap = days > 1 ? (first - last) * 100 / (days - 1) : 0;
    return last - ago;
}

static int32_t usual_gap(const struct market *market)
{
    uint32_t gaps[DAYS_MAX] = {0}, sum = 0, seen = 0;
    for (size_t i = 0; i < market->count; i++) {
        int32_t before = -1;
        for (int32_t day = DAYS_MAX - 1; day >= 0; day--) {
            if (!market->buyers[i].bought[day])
                continue;
            if (before >= 0)
                gaps[before - day]++, sum++;
            before = day;
        }
    }
    for (int32_t i = 0; i < DAYS_MAX; i++)
        if ((uint64_t)(seen += gaps[i]) * 100 >= (uint64_t)sum * 95)
            return i;
    return DAYS_MAX;
}

static void expect_stories(const struct market *market)
{
    int overdue = 0, dropped = 0, fallen = 0;
    int32_t usual = usual_gap(market);
    for (size_t i = 0; i < market->count; i++) {
        const struct buyer *buyer = &market->buyers[i];
        int32_t gap, now = silence(buyer, 0, &gap), before = silence(buyer, 8, &gap);
        if (is_a(market, buyer, 0, 65)) {
            overdue += gap > 0 && now * 100 > 2 * gap && before * 100 <= 2 * gap;
            dropped += now > usual && before <= usual;
        }
        fallen += !is_a(market, buyer, 0, 66) && is_a(market, buyer, 8, 64) && is_a(market, buyer, 60, 64);
    }
    print_message("usual gap %d days; overdue %d, dropped %d, fallen %d\n", usual, overdue, dropped, fallen);
    assert_true(overdue >= 1 && dropped >= 1 && fallen >= 1);
}

static void the_stories_are_there(void **state)
{
    (void)state;
    static const struct {
        uint32_t customers, years;
        uint64_t seed;
    } cases[] = {{120, 1, 7}, {120, 1, 1}, {60, 1, 2}, {350, 3, 7}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        make(cases[i].customers, cases[i].years, 4, cases[i].seed);
        struct timeline *timeline = read_back();
        struct market *market = read_market(timeline);
        expect_stories(market);
        free(market);
        timeline_close(&timeline);
    }
}

static void the_last_days_have_work(void **state)
{
    (void)state;
    make(SAMPLE_CUSTOMERS, 1, SAMPLE_REPS, SAMPLE_SEED);
    struct timeline *timeline = read_back();
    int64_t end_ms = UNTIL * INT64_C(86400000) - 8 * 3600000, week_ms = 7 * INT64_C(86400000);
    int promised = 0, cancelled = 0, refunded = 0, delayed = 0, complaints = 0, near = 0, ended = 0, expected = 0;
    uint32_t currencies = 0;
    const Tend__V1__Event *event;
    ProtobufCBinaryData packed;
    while (timeline_next(timeline, &event, &packed)) {
        bool late = event->time->seconds * 1000 > end_ms - week_ms;
        if (event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED)
            currencies |= 1U << (event->order_placed->currency[0] - 'A');
        if (event->body_case == TEND__V1__EVENT__BODY_PROMISE_MADE)
            promised += event->promise_made->due->seconds * 1000 > end_ms;
        if (event->body_case == TEND__V1__EVENT__BODY_LEAD_UPDATED) {
            near += event->lead_updated->stage == TEND__V1__LEAD_STAGE__LEAD_STAGE_CONTRACT_SENT;
            expected += strcmp(event->lead_updated->expected_order_date, "2026-11-25") == 0;
        }
        if (event->body_case == TEND__V1__EVENT__BODY_CONTRACT_SIGNED)
            ended += strcmp(event->contract_signed->to, "2026-11-16") == 0;
        cancelled += late && event->body_case == TEND__V1__EVENT__BODY_ORDER_CANCELLED;
        refunded += late && event->body_case == TEND__V1__EVENT__BODY_ORDER_REFUNDED;
        delayed += late && event->body_case == TEND__V1__EVENT__BODY_DELIVERY_DELAYED;
        complaints += late && event->body_case == TEND__V1__EVENT__BODY_COMPLAINT_OPENED;
    }
    assert_int_equal(currencies, 1U << ('C' - 'A') | 1U << ('U' - 'A') | 1U << ('E' - 'A'));
    assert_true(promised >= 2);
    assert_true(cancelled >= 1 && refunded >= 1 && delayed >= 1 && complaints >= 1);
    assert_true(near >= 1 && ended >= 1 && expected >= 1);
    timeline_close(&timeline);
}

// What every dimension is judged by is there to be seen.
static void there_is_something_of_everything(void **state)
{
    (void)state;
#define BODY(name) TEND__V1__EVENT__BODY_##name
    static const struct {
        Tend__V1__Event__BodyCase body;
        unsigned least, most;
    } rows[] = {{BODY(QUOTE_SENT), 5, 100},
                {BODY(QUOTE_LOST), 2, 50},
                {BODY(LEAD_UPDATED), 20, 100},
                {BODY(GIFT_GIVEN), 5, 50},
                {BODY(COST_RECORDED), 20, 400},
                {BODY(COOPERATION_RATED), 50, 400},
                {BODY(REFERRAL_MADE), 3, 20},
                {BODY(PRAISE_RECEIVED), 5, 60},
                {BODY(COMPETITOR_SEEN), 1, 5},
                {BODY(NEED_LOST), 1, 5},
                {BODY(VALUE_OVERRIDDEN), 3, 5},
                {BODY(CONTRACT_SIGNED), 3, 60},
                {BODY(SURVEY_ANSWERED), 20, 400},
                {BODY(SURVEY_SENT), 20, 400},
                {BODY(COMPLAINT_ACTED), 2, 100},
                {BODY(COMMISSION_PAID), 1, 20},
                {BODY(VISIT_PLANNED), 9, 18},
                {BODY(VISIT_APPROVED), 9, 18},
                {BODY(VISIT_ARRIVED), 8, 18},
                {BODY(VISIT_CHECKED_IN), 24, 54},
                {BODY(VISIT_REPORTED), 8, 18},
                {BODY(POLICY_EXCEPTION_ASKED), 6, 15},
                {BODY(POLICY_EXCEPTION_APPROVED), 4, 12},
                {BODY(POLICY_EXCEPTION_REFUSED), 1, 5},
                {BODY(ANNOUNCEMENT_PUBLISHED), 2, 2},
                {BODY(MESSAGE_RECEIVED), 100, 9999},
                {BODY(MESSAGE_REPLIED), 100, 9999}};
#undef BODY
    unsigned counts[COUNT(rows)] = {0}, parts = 0, denials = 0, approved = 0, costed = 0, types = 0, lunar = 0;
    make(SAMPLE_CUSTOMERS, 1, SAMPLE_REPS, SAMPLE_SEED);
    struct timeline *timeline = read_back();
    const Tend__V1__Event *event;
    ProtobufCBinaryData packed;
    while (timeline_next(timeline, &event, &packed)) {
        for (size_t i = 0; i < COUNT(rows); i++)
            counts[i] += event->body_case == rows[i].body;
        if (event->body_case == TEND__V1__EVENT__BODY_SURVEY_ANSWERED)
            parts += event->survey_answered->n_dimensions == 8;
        if (event->body_case == TEND__V1__EVENT__BODY_LEAD_UPDATED)
            denials += event->lead_updated->temperature == TEND__V1__LEAD_TEMPERATURE__LEAD_TEMPERATURE_DENIAL;
        if (event->body_case == TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN)
            approved += event->value_overridden->by[0] != '\0' && event->value_overridden->until[0] != '\0';
        if (event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED)
            costed += event->order_placed->lines[0]->cost != NULL;
        if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED)
            types |= 1U << event->customer_upserted->type;
        if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_UPSERTED && event->customer_upserted->n_contacts > 0)
            lunar += event->customer_upserted->contacts[0]->lunar_birthday != 0;
    }
    timeline_close(&timeline);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (counts[i] < rows[i].least || counts[i] > rows[i].most)
            fail_msg("%u of body %d, not %u to %u", counts[i], (int)rows[i].body, rows[i].least, rows[i].most);
    assert_true(parts > 0 && denials > 0 && costed > 0 && lunar > 0);
    assert_int_equal(approved, 3);
    assert_int_equal(types & 0x7e, 0x7e); // all six
}

// A trip goes through in the right order, and at the end one thing waits for the superior's word.
static void trips_and_exceptions_go_their_way(void **state)
{
    (void)state;
    make(SAMPLE_CUSTOMERS, 1, SAMPLE_REPS, SAMPLE_SEED);
    struct timeline *timeline = read_back();
    const Tend__V1__Event *event;
    ProtobufCBinaryData packed;
    char planned[64][64] = {""}, asked[64][64] = {""};
    size_t trips = 0, exceptions = 0, answered = 0;
    while (timeline_next(timeline, &event, &packed)) {
        if (event->body_case == TEND__V1__EVENT__BODY_VISIT_PLANNED) {
            assert_true(trips < COUNT(planned) && event->visit_planned->n_customer_ids > 0);
            snprintf(planned[trips++], sizeof planned[0], "%s", event->visit_planned->visit_id);
        }
        if (event->body_case == TEND__V1__EVENT__BODY_VISIT_REPORTED) {
            size_t found = 0;
            while (found < trips && strcmp(planned[found], event->visit_reported->visit_id) != 0)
                found++;
            assert_true(found < trips);
        }
        if (event->body_case == TEND__V1__EVENT__BODY_POLICY_EXCEPTION_ASKED) {
            assert_true(exceptions < COUNT(asked) && event->rep_id[0] != '\0');
            snprintf(asked[exceptions++], sizeof asked[0], "%s", event->policy_exception_asked->exception_id);
        }
        answered += event->body_case == TEND__V1__EVENT__BODY_POLICY_EXCEPTION_APPROVED ||
                    event->body_case == TEND__V1__EVENT__BODY_POLICY_EXCEPTION_REFUSED;
    }
    timeline_close(&timeline);
    assert_int_equal(exceptions, answered + 1);
}

static void refused_options(void **state)
{
    (void)state;
    struct sample_options cases[] = {
        {UNTIL, 19, 4, 1, 7, folder},
        {UNTIL, 20001, 4, 1, 7, folder},
        {UNTIL, 120, 0, 1, 7, folder},
        {UNTIL, 120, 9, 1, 7, folder},
        {UNTIL, 120, 4, 0, 7, folder},
        {7400, 120, 4, 1, 7, folder},
        {UNTIL, 120, 4, 1, 7, "/nowhere/at/all"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char error[SAMPLE_ERROR_BYTES] = "";
        struct sample_counts counts;
        assert_false(sample_write(&cases[i], error, &counts));
        assert_true(error[0] != '\0');
    }
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/tend-sample-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(every_event_is_good),
        cmocka_unit_test(the_stories_are_there),
        cmocka_unit_test(the_last_days_have_work),
        cmocka_unit_test(there_is_something_of_everything),
        cmocka_unit_test(trips_and_exceptions_go_their_way),
        cmocka_unit_test(refused_options),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
