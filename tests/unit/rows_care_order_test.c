// The same facts in any order lead to the same being told: replies, contacts, deliveries and complaints at random
// moments of two days (rows 61, 63, 67 and 69).
#include "unit/care_story.h"

enum { FACTS_MOST = 9, ROUNDS = 60, ORDERS = 4, HEARD_BYTES = 4096 };

struct happening {
    uint64_t id;
    char when[32];
    const char *json;
};

static void queue(struct fixture *f, const struct happening *one)
{
    struct verify_error error;
    Tend__V1__Event *event =
        (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, one->json, strlen(one->json), NULL, &error);
    assert_non_null(event);
    Tend__V1__Event whole = *event;
    whole.id = text("h%llu", (unsigned long long)one->id);
    whole.source = text("test");
    whole.time = stamp(moment(f, one->when));
    say(f, &whole);
    protobuf_c_message_free_unpacked(&event->base, NULL);
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

// What was told of care and stands, a line each, sorted.
static void tell_all(struct fixture *f, char *ret_lines)
{
    char *lines[TEXTS];
    size_t count = 0;
    for (uint64_t seq = 1; seq <= turns_last(f->turns); seq++) {
        const struct record *record = turns_read(f->turns, seq);
        int64_t at_ms = record->time_ms;
        if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER)
            continue;
        Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
        assert_non_null(reminder);
        if (is_care((enum kind_id)reminder->kind) && !taken_back(f, 0, reminder->reminder_id)) {
            assert_true(count < TEXTS);
            lines[count++] = text("%s %s %lld %s", reminder->rep_id, kinds_row((enum kind_id)reminder->kind)->name,
                                  (long long)(at_ms / MINUTE_MS), reminder->text);
        }
        drop_reminder(reminder);
    }
    qsort(lines, count, sizeof lines[0], compare_lines);
    size_t used = 0;
    ret_lines[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(ret_lines + used, HEARD_BYTES - used, "%s\n", lines[i]);
    assert_true(used < HEARD_BYTES);
}

static void shuffle(struct happening *facts, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        struct happening kept = facts[i - 1];
        size_t with = (size_t)rand() % i;
        facts[i - 1] = facts[with];
        facts[with] = kept;
    }
}

static size_t draw(struct happening *facts)
{
    static const char *const POOL[] = {
        WROTE("m1"),
        WROTE("m2"),
        WROTE("m3"),
        REPLIED("m1"),
        MAILED,
        "{\"customerId\":\"C1\",\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"phone\",\"outcome\":\"reached\","
        "\"keyPoint\":\"600 pieces\"}}",
        DELIVERY("deliveryScheduled", "o-1", "2026-06-20"),
        DELIVERY("deliveryDelayed", "o-1", "2026-06-24"),
        DELIVERY("deliveryDelayed", "o-1", "2026-06-28"),
        DELIVERED("o-2"),
        "{\"customerId\":\"C1\",\"orderCancelled\":{\"orderId\":\"o-1\"}}",
        COMPLAINT("Opened", "c-1", ",\"what\":\"late\",\"cause\":\"truck\""),
        COMPLAINT("Acknowledged", "c-1", ""),
        COMPLAINT("Acted", "c-1", ""),
        COMPLAINT("Resolved", "c-1", ",\"cause\":\"address\",\"compensation\":\"1 CNY\""),
        COMPLAINT("Resolved", "c-1", ",\"cause\":\"truck\""),
        COMPLAINT("Opened", "c-2", ",\"what\":\"lost\",\"cause\":\"address\""),
        COMPLAINT("Opened", "c-3", ",\"what\":\"dirty\",\"cause\":\"truck\""),
    };
    size_t count = 2 + (size_t)rand() % (FACTS_MOST - 1);
    for (size_t i = 0; i < count; i++) {
        facts[i] = (struct happening){.id = i, .json = POOL[(size_t)rand() % (sizeof POOL / sizeof POOL[0])]};
        snprintf(facts[i].when, sizeof facts[i].when, "2026-06-0%d %02d:%02d", 2 + rand() % 2, 9 + rand() % 9,
                 rand() % 60);
    }
    return count;
}

static void test_rows_of_care_in_any_order(void **state)
{
    (void)state;
    static char first[HEARD_BYTES], other[HEARD_BYTES];
    unsigned seed = 20260602;
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < ROUNDS; round++) {
        struct happening facts[FACTS_MOST];
        size_t count = draw(facts);
        for (int order = 0; order < ORDERS; order++) {
            struct fixture f;
            begin_team(&f, "{rules: {authority: [{role: rep, limit: 5000}]}}");
            until(&f, "2026-06-03 18:30");
            if (order > 0)
                shuffle(facts, count);
            for (size_t i = 0; i < count; i++)
                queue(&f, &facts[i]);
            turns_run(f.turns, turns_now_ms(f.turns));
            until(&f, "2026-06-10 19:00");
            tell_all(&f, order == 0 ? first : other);
            if (order > 0 && strcmp(first, other) != 0) {
                for (size_t i = 0; i < count; i++)
                    print_message("%s %s\n", facts[i].when, facts[i].json);
                fail_msg("round %d:\n%s--- in another order:\n%s", round, first, other);
            }
            finish(&f);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_care_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
