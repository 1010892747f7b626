// Ingest and persons who are to be forgotten: who is the same person, what comes late, who may ask, and the proof.
#include "services/ingest/erasures.h"
#include "services/ingest/ingest_parts.h"
#include "services/ingest/same.h"
#include "services/scheduler/diary.h"
#include "services/scoring/kinship.h"
#include "tend/v1/journal.pb-c.h"
#include "unit/dice.h"
#include "unit/intake_sender.h"

static void send(struct fixture *f, const char *id, const char *time, const char *rest, const char *wanted)
{
    char body[1000];
    snprintf(body, sizeof body, "{\"id\":\"%s\",\"source\":\"shop\",\"time\":\"%s\",%s}", id, time, rest);
    post(f, "application/json", body);
    expect(f, wanted);
}

static void read_last(struct fixture *f, uint64_t back, struct record *ret_record, const Tend__V1__Event **ret_event)
{
    static uint8_t payload[RECORD_PAYLOAD_MAX];
    static struct arena *arena;
    arena = arena != NULL ? arena : arena_open(1 << 20, 1 << 26);
    arena_reset(arena);
    struct tx *tx = store_begin_read(engine_store(f->engine));
    assert_true(journal_read(tx, last(f) - back, ret_record));
    memcpy(payload, ret_record->payload, ret_record->length);
    ret_record->payload = payload;
    tx_abort(&tx);
    *ret_event = tend__v1__event__unpack(arena_allocator(arena), ret_record->length, payload);
}

static const char *ask(struct fixture *f, const char *path)
{
    struct inbound inbound = {
        .request = {.method = "GET", .path = path, .source = f, .param = nothing, .header = header}};
    static char body[4000];
    engine_query(f->engine, &inbound);
    snprintf(body, sizeof body, "%d %.*s", inbound.reply.status, (int)inbound.reply.length, inbound.reply.body);
    return body;
}

static const char *asked_after;

static const char *page_of_three(const struct request *request, const char *name)
{
    (void)request;
    return strcmp(name, "limit") == 0 ? "3" : strcmp(name, "after") == 0 ? asked_after : NULL;
}

static int list_page(struct fixture *f, char *ret_text, size_t bytes)
{
    struct inbound inbound = {
        .request = {.method = "GET", .path = "/v1/erasures", .source = f, .param = page_of_three, .header = header}};
    engine_query(f->engine, &inbound);
    snprintf(ret_text, bytes, "%.*s", (int)inbound.reply.length, inbound.reply.body);
    return inbound.reply.status;
}

#define BEFORE "2026-05-10T09:00:00Z"
#define AFTER "2026-05-17T09:31:00Z"

static void test_what_an_erasure_says(void **state)
{
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "u", BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Kim\"}", "stored");
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{\"reason\":\"Kim wrote\",\"askedBy\":\"ann\"}",
         "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASES, RECORD_ERASES);
    assert_int_equal(record.shard, SHARD_ALL);
    assert_string_equal(event->customer_erased->reason, "");
    assert_string_equal(event->customer_erased->asked_by, "ann");
    assert_int_equal(event->time->seconds, NOW / 1000); // everything up to now goes
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{\"reason\":\"Kim wrote\",\"askedBy\":\"ann\"}",
         "known");
    send(f, "e", BEFORE, "\"customerId\":\"C2\",\"customerErased\":{\"reason\":\"Kim wrote\"}", "same source and id");
}

static void test_late_events_stay_out(void **state)
{
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{}", "stored");
    for (int i = 0; i < 2; i++) {
        char id[20];
        snprintf(id, sizeof id, "late%d", i);
        send(f, id, BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Kim\"}", "stored");
        read_last(f, 0, &record, &event);
        assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
        assert_int_equal(record.length, 0);
        send(f, id, BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Kim\"}", "known");
        send(f, id, BEFORE, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Lee\"}", "same source and id");
        // As after a start.
        struct tx *tx = store_begin_read(engine_store(f->engine));
        struct journal journal;
        journal_load(tx, &journal);
        assert_int_equal(journal_verify(tx, &journal), 0);
        struct turn turn = {.tx = tx, .arena = engine_arena(f->engine), .journal = &journal};
        ingest_service.reload(f->ingest, &turn);
        tx_abort(&tx);
    }
    send(f, "r", BEFORE, "\"customerId\":\"C9\",\"referralMade\":{\"otherCustomerId\":\"C1\",\"what\":\"Kim\"}",
         "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
    send(f, "x", BEFORE, "\"customerId\":\"C9\",\"customerUpserted\":{\"name\":\"Other\"}", "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, 0);
    send(f, "n", AFTER, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"New\"}", "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, 0);
    assert_string_equal(event->customer_upserted->name, "New");
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"keptOut\":\"3\""));
    // Nor does the audit log name them again.
    static const char decided[] = "\"customerId\":\"%s\",\"valueOverridden\":{\"dimension\":\"value.abc\",\"value\":"
                                  "\"A\",\"by\":\"ann\",\"reason\":\"because\"}";
    char body[300];
    snprintf(body, sizeof body, decided, "C1");
    send(f, "o1", BEFORE, body, "stored");
    assert_null(strstr(ask(f, "/v1/audit-log"), "value_overridden"));
    snprintf(body, sizeof body, decided, "C9");
    send(f, "o2", BEFORE, body, "stored");
    assert_non_null(strstr(ask(f, "/v1/audit-log"), "value_overridden"));
}

// What a process reports, as it comes round the ring.
static void report(struct fixture *f, const uint8_t *erasure, const char *service, uint32_t processes)
{
    static uint8_t payload[500];
    Tend__V1__ErasureReport said = TEND__V1__ERASURE_REPORT__INIT;
    said.erasure = (ProtobufCBinaryData){HASH_BYTES, (uint8_t *)(uintptr_t)erasure};
    said.service = (char *)(uintptr_t)service;
    said.processes = processes;
    const struct position *position = engine_position(f->engine);
    struct record record = {.seq = position->seq + 1,
                            .type = TEND__V1__RECORD_TYPE__RECORD_TYPE_ERASURE_REPORT,
                            .version = 1,
                            .payload = payload,
                            .length = tend__v1__erasure_report__pack(&said, payload)};
    struct batch batch = {.after = position->seq,
                          .records = &record,
                          .count = 1,
                          .generation = 1,
                          .looked = record.seq,
                          .last = record.seq};
    memset(batch.journal_id, 7, JOURNAL_ID_BYTES);
    assert_int_equal(engine_turn(f->engine, NULL, 0, &batch), ENGINE_DONE);
}

// Many that were asked for at the same moment come a page at a time, each once.
static void test_a_list_in_pages(void **state)
{
    enum { MANY = 8, PAGES = 3 };
    static const char name[] = "\"erasure\":\"", next[] = "\"next\":\"";
    struct fixture *f = *state;
    char id[8], who[80], text[8000], after[80] = "", seen[MANY][33];
    size_t count = 0, pages = 0;
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "e%u", i);
        snprintf(who, sizeof who, "\"customerId\":\"C%u\",\"customerErased\":{}", i);
        send(f, id, BEFORE, who, "stored");
    }
    for (asked_after = NULL; pages == 0 || after[0] != '\0'; pages++, asked_after = after) {
        assert_true(pages < PAGES);
        assert_int_equal(list_page(f, text, sizeof text), 200);
        for (const char *at = strstr(text, name); at != NULL; at = strstr(at, name)) {
            at += sizeof name - 1;
            assert_true(count < MANY);
            snprintf(seen[count], sizeof seen[count], "%.32s", at);
            for (size_t i = 0; i < count; i++)
                assert_string_not_equal(seen[i], seen[count]);
            count++;
        }
        const char *further = strstr(text, next);
        assert_true((further != NULL) == (strstr(text, "\"more\":true") != NULL));
        after[0] = '\0';
        if (further != NULL)
            snprintf(after, sizeof after, "%.*s", (int)strcspn(further + sizeof next - 1, "\""),
                     further + sizeof next - 1);
    }
    assert_int_equal(count, MANY);
    assert_int_equal(pages, PAGES);
    asked_after = "yesterday";
    assert_int_equal(list_page(f, text, sizeof text), 400);
    assert_non_null(strstr(text, "\"after\""));
}

// A reminder that was under way when its customer was erased; its answer is younger than the erasure.
static void test_answers_to_old_reminders_stay_out(void **state)
{
    struct fixture *f = *state;
    struct record record, erasure;
    const Tend__V1__Event *event;
    uint8_t id[HASH_BYTES];
    char reminder[2 * HASH_BYTES + 1], answer[300], named[400];
    diary_reminder_id("C1", KIND_CALL, 20000, id);
    hash_hex(id, HASH_BYTES, reminder);
    snprintf(answer, sizeof answer,
             "\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"REMINDER_OUTCOME_DONE\",\"note\":\"Kim said\"}",
             reminder);
    snprintf(named, sizeof named, "\"customerId\":\"C1\",%s", answer);
    send(f, "a0", AFTER, answer, "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, 0);
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{}", "stored");
    read_last(f, 0, &erasure, &event);
    send(f, "a1", AFTER, answer, "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
    send(f, "a2", AFTER, named, "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
    // Another customer's goes on.
    diary_reminder_id("C2", KIND_CALL, 20000, id);
    hash_hex(id, HASH_BYTES, reminder);
    snprintf(named, sizeof named,
             "\"reminderAnswered\":{\"reminderId\":\"%s\",\"outcome\":\"REMINDER_OUTCOME_DONE\",\"note\":\"Lee said\"}",
             reminder);
    send(f, "a3", AFTER, named, "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, 0);
    // There is a new customer of that id, but the notifier may still hold the old one's reminders.
    send(f, "n", AFTER, "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"New\"}", "stored");
    send(f, "a4", AFTER, answer, "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
    report(f, erasure.key, "notifier", 1);
    send(f, "a5", AFTER, answer, "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, 0);
    // And once more.
    send(f, "e2", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{}", "stored");
    send(f, "a6", AFTER, answer, "stored");
    read_last(f, 0, &record, &event);
    assert_int_equal(record.flags & RECORD_ERASED, RECORD_ERASED);
}

static void test_one_person_goes_together(void **state)
{
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "m1", BEFORE, "\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"C2\"}", "stored");
    send(f, "m2", BEFORE, "\"customerId\":\"C2\",\"customerMerged\":{\"otherCustomerId\":\"C3\"}", "stored");
    send(f, "m3", BEFORE, "\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"C4\"}", "stored");
    send(f, "s3", AFTER, "\"customerId\":\"C1\",\"customerSplit\":{\"otherCustomerId\":\"C4\"}", "stored");
    assert_non_null(strstr(ask(f, "/v1/erasures/C3/with"), "[\"C3\",\"C2\",\"C1\"]"));
    uint64_t before = last(f);
    send(f, "e", BEFORE, "\"customerId\":\"C3\",\"customerErased\":{}", "stored");
    assert_int_equal(last(f), before + 3);
    bool found[5] = {false};
    for (uint64_t back = 0; back < 3; back++) {
        read_last(f, back, &record, &event);
        assert_int_equal(record.flags & RECORD_ERASES, RECORD_ERASES);
        found[event->customer_id[1] - '0'] = true;
    }
    assert_true(found[1] && found[2] && found[3]);
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"waitsFor\":[\"ingest\""));
    assert_non_null(strstr(ask(f, "/v1/erasures/C4"), "404"));
    // Its own rows go in the turns that follow.
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_non_null(strstr(ask(f, "/v1/erasures/C1/with"), "[\"C1\"]"));
}

// Whoever bought without an account under the mail address of one who is to be forgotten; and who only shares it.
static void test_guests_go_too(void **state)
{
    struct fixture *f = *state;
    static const char order[] = "\"customerId\":\"%s\",\"orderPlaced\":{\"orderId\":\"%s\",\"total\":\"5 CNY\"}";
    static const char *const guests[] = {"zhang@x.example", "Zhang@X.example", "li@x.example", "office@x.example"};
    char body[300];
    for (size_t i = 0; i < sizeof guests / sizeof *guests; i++) {
        snprintf(body, sizeof body, order, guests[i], guests[i]);
        send(f, guests[i], BEFORE, body, "stored");
    }
    send(f, "u1", BEFORE,
         "\"customerId\":\"C1\",\"customerUpserted\":{\"name\":\"Zhang\",\"contacts\":[{\"email\":"
         "\"zhang@X.example\",\"phone\":\"+86 571 8888 0000\"},{\"email\":\"office@x.example\"}]}",
         "stored");
    send(f, "u2", BEFORE,
         "\"customerId\":\"C2\",\"customerUpserted\":{\"name\":\"Li\",\"contacts\":[{\"email\":\"li@x.example\","
         "\"phone\":\"+8657188880000\"}]}",
         "stored");
    send(f, "u3", BEFORE,
         "\"customerId\":\"C3\",\"customerUpserted\":{\"name\":\"Wu\",\"contacts\":[{\"email\":\"wu@x.example\"}]}",
         "stored");
    // Somebody said whose that guest is.
    send(f, "m", BEFORE, "\"customerId\":\"C3\",\"customerMerged\":{\"otherCustomerId\":\"office@x.example\"}",
         "stored");
    assert_non_null(strstr(ask(f, "/v1/erasures/C1/with"),
                           "{\"customerIds\":[\"C1\",\"Zhang@X.example\",\"zhang@x.example\"],\"guestCustomerIds\":["
                           "\"Zhang@X.example\",\"zhang@x.example\"]}"));
    // A guest goes with other ways to write the same address, and with no customer who has it.
    assert_non_null(strstr(ask(f, "/v1/erasures/li@x.example/with"), "{\"customerIds\":[\"li@x.example\"]}"));
    assert_non_null(strstr(ask(f, "/v1/erasures/C3/with"), "{\"customerIds\":[\"C3\",\"office@x.example\"]}"));
    uint64_t before = last(f);
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{}", "stored");
    assert_int_equal(last(f), before + 3);
    assert_non_null(strstr(ask(f, "/v1/erasures/zhang@x.example"), "200"));
    assert_non_null(strstr(ask(f, "/v1/erasures/C2"), "404"));
    assert_non_null(strstr(ask(f, "/v1/erasures/office@x.example"), "404"));
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_non_null(strstr(ask(f, "/v1/erasures/C1/with"), "[\"C1\"]"));
    assert_non_null(strstr(ask(f, "/v1/erasures/C2/with"), "[\"C2\",\"li@x.example\"]"));
}

// What an older program took in is looked through once.
static void test_guests_of_before(void **state)
{
    struct fixture *f = *state;
    send(f, "o", BEFORE, "\"customerId\":\"wu@x.example\",\"orderPlaced\":{\"orderId\":\"1\",\"total\":\"5 CNY\"}",
         "stored");
    send(f, "u", BEFORE,
         "\"customerId\":\"C3\",\"customerUpserted\":{\"name\":\"Wu\",\"contacts\":[{\"email\":\"wu@x.example\"}]}",
         "stored");
    struct tx *tx = store_begin(engine_store(f->engine));
    struct cursor *cursor = cursor_open(tx, STATE_TABLE_JOIN);
    struct slice key, row;
    while (cursor_next(cursor, &key, &row))
        cursor_delete(cursor);
    cursor_close(&cursor);
    assert_int_equal(tx_commit(&tx), 0);
    assert_non_null(strstr(ask(f, "/v1/erasures/C3/with"), "[\"C3\"]"));
    f->ingest->joins_current = false; // as after a start
    assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_non_null(strstr(ask(f, "/v1/erasures/C3/with"), "[\"C3\",\"wu@x.example\"]"));
}

// A person is forgotten when all that the person was is.
static void test_a_proof_waits_for_those_who_go_together(void **state)
{
    static const char *const services[] = {"ingest", "scoring", "scheduler", "notifier"};
    struct fixture *f = *state;
    struct record records[2];
    const Tend__V1__Event *event;
    send(f, "m", BEFORE, "\"customerId\":\"C1\",\"customerMerged\":{\"otherCustomerId\":\"C2\"}", "stored");
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{}", "stored");
    for (size_t i = 0; i < 2; i++)
        read_last(f, i, &records[i], &event);
    for (size_t i = 0; i < 8; i++) {
        assert_null(strstr(ask(f, "/v1/erasures/C1"), "\"whole\":true"));
        assert_null(strstr(ask(f, i < 4 ? "/v1/erasures" : "/v1/erasures/C1"), "\"whole\":true"));
        report(f, records[i < 4].key, services[i % 4], 1);
    }
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"whole\":true"));
}

static void test_a_token_may_not(void **state)
{
    struct fixture *f = *state;
    f->authorization = "Bearer 0123456789abcdef0123";
    static const char body[] = "{\"id\":\"e\",\"source\":\"shop\",\"time\":\"" BEFORE "\",\"customerId\":\"C1\","
                               "\"customerErased\":{}}";
    f->inbound = (struct inbound){.request = {.http = true,
                                              .method = "POST",
                                              .path = "/v1/events",
                                              .content_type = "application/json",
                                              .body = (const uint8_t *)body,
                                              .length = sizeof body - 1,
                                              .source = f,
                                              .param = nothing,
                                              .header = header}};
    uint64_t before = last(f);
    assert_int_equal(engine_turn(f->engine, &f->inbound, 1, NULL), ENGINE_DONE);
    assert_int_equal(f->inbound.reply.status, 400);
    expect(f, "customer_erased");
    assert_int_equal(last(f), before);
}

static void test_the_proof_is_whole_when_all_have_reported(void **state)
{
    static const struct {
        const char *service;
        uint32_t processes;
    } reports[] = {{"ingest", 1},    {"scoring-1", 2}, {"scoring-1", 2},
                   {"scheduler", 1}, {"notifier", 1},  {"scoring-0", 2}};
    struct fixture *f = *state;
    struct record record;
    const Tend__V1__Event *event;
    send(f, "e", BEFORE, "\"customerId\":\"C1\",\"customerErased\":{\"askedBy\":\"ann\"}", "stored");
    read_last(f, 0, &record, &event);
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"askedBy\":\"ann\""));
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        assert_null(strstr(ask(f, "/v1/erasures/C1"), "\"whole\":true"));
        report(f, record.key, reports[i].service, reports[i].processes);
    }
    assert_non_null(strstr(ask(f, "/v1/erasures/C1"), "\"whole\":true"));
    assert_null(strstr(ask(f, "/v1/erasures"), "C1"));
    assert_non_null(strstr(ask(f, "/v1/erasures"), "\"whole\":true"));
}

// --- who is the same, against scoring's own notion of it

enum { PEOPLE = 8, WORDS = 14, MOMENTS = 6, ROUNDS = 300 };

struct word {
    unsigned customer, other;
    int64_t time_ms;
    bool merged;
    uint8_t key[HASH_BYTES];
};

static void note(struct turn *turn, char id[PEOPLE][8], const struct word *word)
{
    const struct same_word said = {word->time_ms, word->merged, word->key};
    same_note(turn, id[word->customer], id[word->other], &said);
}

static void hear(struct kinship *kinship, const struct word *word)
{
    struct kin_word said = {
        .slot = word->other, .into = word->merged ? word->customer : KINSHIP_ALONE, .time_ms = word->time_ms};
    const struct kin_move *moves;
    size_t count;
    memcpy(said.key, word->key, sizeof said.key);
    (void)kinship_hear(kinship, &said, &moves, &count);
}

static void expect_same(struct turn *turn, char id[PEOPLE][8], const struct kinship *kinship)
{
    for (unsigned i = 0; i < PEOPLE; i++) {
        const char *const *found;
        size_t expected = 0, count = same_as(turn, id[i], &found);
        assert_string_equal(found[0], id[i]);
        assert_string_equal(same_main(turn, id[i]), id[kinship_main(kinship, i)]);
        for (unsigned j = 0; j < PEOPLE; j++) {
            bool one = kinship_main(kinship, i) == kinship_main(kinship, j), there = false;
            for (size_t k = 0; k < count; k++)
                there |= strcmp(found[k], id[j]) == 0;
            assert_int_equal(one, there);
            expected += one;
        }
        assert_int_equal(count, expected);
    }
}

// Some words are of one moment, some make rings.
static void test_same_in_any_order(void **state)
{
    struct fixture *f = *state;
    struct dice dice = dice_take();
    char id[PEOPLE][8];
    for (unsigned i = 0; i < PEOPLE; i++)
        snprintf(id[i], sizeof id[i], "C%u", i == 3 ? 10 : i); // one is the beginning of another
    for (int round = 0; round < ROUNDS; round++) {
        struct word words[WORDS];
        struct kinship *kinship = kinship_open();
        for (int i = 0; i < WORDS; i++) {
            unsigned customer = (unsigned)dice_throw(&dice, PEOPLE), step = 1 + (unsigned)dice_throw(&dice, PEOPLE - 1);
            words[i] = (struct word){customer,
                                     (customer + step) % PEOPLE,
                                     dice_throw(&dice, MOMENTS),
                                     dice_throw(&dice, 3) > 0,
                                     {(uint8_t)dice_throw(&dice, 256), (uint8_t)i}};
            hear(kinship, &words[i]);
        }
        struct tx *tx = store_begin(engine_store(f->engine));
        arena_reset(engine_arena(f->engine));
        struct turn turn = {.tx = tx, .arena = engine_arena(f->engine)};
        for (int i = 0; i < 3 * WORDS; i++) // in any order, and again
            note(&turn, id, &words[i < 2 * WORDS ? (int)dice_throw(&dice, WORDS) : i - 2 * WORDS]);
        expect_same(&turn, id, kinship);
        uint64_t rows = same_erase(&turn, id[0]);
        const char *const *found;
        assert_int_equal(same_as(&turn, id[0], &found), 1);
        assert_true(rows <= 2 * WORDS && same_erase(&turn, id[0]) == 0);
        tx_abort(&tx);
        kinship_close(&kinship);
    }
}

// What an older store keeps: a moment and whether they are merged.
static void test_same_of_an_older_store(void **state)
{
    struct fixture *f = *state;
    static const uint8_t key[HASH_BYTES] = {0};
    const struct same_word split = {5, false, key};
    uint8_t row[9];
    const char *const *found;
    struct tx *tx = store_begin(engine_store(f->engine));
    arena_reset(engine_arena(f->engine));
    struct turn turn = {.tx = tx, .arena = engine_arena(f->engine)};
    store_put_u64(row, 4);
    row[8] = 1;
    tx_put(tx, STATE_TABLE_SAME, "mC1\0C2", 6, row, sizeof row);
    tx_put(tx, STATE_TABLE_SAME, "rC2\0C1", 6, row, sizeof row);
    assert_int_equal(same_as(&turn, "C1", &found), 2);
    assert_string_equal(same_main(&turn, "C2"), "C1");
    same_note(&turn, "C1", "C2", &split);
    assert_int_equal(same_as(&turn, "C1", &found), 1);
    tx_abort(&tx);
}

// However many a person was.
static void test_same_of_very_many(void **state)
{
    enum { MANY = 3000 };
    struct fixture *f = *state;
    struct tx *tx = store_begin(engine_store(f->engine));
    arena_reset(engine_arena(f->engine));
    struct turn turn = {.tx = tx, .arena = engine_arena(f->engine)};
    static const uint8_t key[HASH_BYTES] = {1};
    const struct same_word merged = {1, true, key};
    const char *const *found;
    for (int i = 0; i < MANY; i++) {
        char left[20], right[20];
        snprintf(left, sizeof left, "M%d", i % 2 == 0 ? 0 : i);
        snprintf(right, sizeof right, "M%d", i + 1);
        same_note(&turn, left, right, &merged);
    }
    assert_int_equal(same_as(&turn, "M7", &found), MANY + 1);
    assert_int_equal(same_erase(&turn, "M0"), MANY / 2);
    assert_int_equal(same_as(&turn, "M0", &found), 1);
    tx_abort(&tx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_list_in_pages, make, unmake),
        cmocka_unit_test_setup_teardown(test_what_an_erasure_says, make, unmake),
        cmocka_unit_test_setup_teardown(test_late_events_stay_out, make, unmake),
        cmocka_unit_test_setup_teardown(test_answers_to_old_reminders_stay_out, make, unmake),
        cmocka_unit_test_setup_teardown(test_one_person_goes_together, make, unmake),
        cmocka_unit_test_setup_teardown(test_guests_go_too, make, unmake),
        cmocka_unit_test_setup_teardown(test_guests_of_before, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_proof_waits_for_those_who_go_together, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_token_may_not, make, unmake),
        cmocka_unit_test_setup_teardown(test_the_proof_is_whole_when_all_have_reported, make, unmake),
        cmocka_unit_test_setup_teardown(test_same_in_any_order, make, unmake),
        cmocka_unit_test_setup_teardown(test_same_of_an_older_store, make, unmake),
        cmocka_unit_test_setup_teardown(test_same_of_very_many, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
