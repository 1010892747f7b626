// Ingest and customers of several sources who are one by rule: who is joined, who never is, and what is left of it.
#include "services/ingest/ingest_parts.h"
#include "services/ingest/joins.h"
#include "tend/v1/journal.pb-c.h"
#include "unit/intake_sender.h"

static const char *const sources[] = {"erp", "shop", "crm"}, *const tax_fields[] = {"vat"},
                         *const excluded[] = {"noreply@"};

static void switch_on(struct fixture *f)
{
    f->ingest->options.join = (struct join_options){.by = 7,
                                                    .sources = sources,
                                                    .source_count = 3,
                                                    .most = 3,
                                                    .country = "CN",
                                                    .tax_fields = tax_fields,
                                                    .tax_field_count = 1,
                                                    .excluded = excluded,
                                                    .excluded_count = 1};
}

static int make_on(void **state)
{
    int code = make(state);
    ((struct fixture *)*state)->authorization = "Bearer 0123456789abcdef0123";
    switch_on(*state);
    return code;
}

static void send(struct fixture *f, const char *source, const char *id, const char *time, const char *customer,
                 const char *body)
{
    char text[1000];
    snprintf(text, sizeof text,
             "{\"id\":\"%s\",\"source\":\"%s\",\"time\":\"2026-05-%sT09:00:00Z\",\"customerId\":"
             "\"%s\",%s}",
             id, source, time, customer, body);
    assert_int_equal(post(f, "application/json", text), 200);
    expect(f, "status");
}

static void file(struct fixture *f, const char *source, const char *customer, const char *day, const char *phone,
                 const char *email)
{
    char body[600], id[60];
    snprintf(id, sizeof id, "%s-%s", customer, day);
    snprintf(body, sizeof body,
             "\"customerUpserted\":{\"name\":\"N\",\"contacts\":[{\"name\":\"K\",\"phone\":\"%s\","
             "\"email\":\"%s\"}]}",
             phone, email);
    send(f, source, id, day, customer, body);
}

// The event that stands so far from the journal's end, in words: "tend:join merged E1 S1 (reason)".
static const char *told(struct fixture *f, uint64_t back)
{
    static char words[300];
    struct record record;
    struct arena *arena = arena_open(4096, 1 << 20);
    struct tx *tx = store_begin_read(engine_store(f->engine));
    assert_true(journal_read(tx, last(f) - back, &record));
    const Tend__V1__Event *event = tend__v1__event__unpack(arena_allocator(arena), record.length, record.payload);
    if (event == NULL)
        snprintf(words, sizeof words, "nothing");
    else if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_MERGED)
        snprintf(words, sizeof words, "%s merged %s %s (%s)", event->source, event->customer_id,
                 event->customer_merged->other_customer_id, event->customer_merged->reason);
    else if (event->body_case == TEND__V1__EVENT__BODY_CUSTOMER_SPLIT)
        snprintf(words, sizeof words, "%s split %s %s", event->source, event->customer_id,
                 event->customer_split->other_customer_id);
    else
        snprintf(words, sizeof words, "%s %s", event->source, event->customer_id);
    tx_abort(&tx);
    arena_close(&arena);
    return words;
}

static const char *ask(struct fixture *f, const char *path)
{
    static char body[4000];
    struct inbound inbound = {
        .request = {.method = "GET", .path = path, .source = f, .param = nothing, .header = header}};
    engine_query(f->engine, &inbound);
    snprintf(body, sizeof body, "%d %.*s", inbound.reply.status, (int)inbound.reply.length, inbound.reply.body);
    return body;
}

static unsigned rows_with(struct fixture *f, const char *text)
{
    struct tx *tx = store_begin_read(engine_store(f->engine));
    struct cursor *cursor = cursor_open(tx, STATE_TABLE_JOIN);
    struct slice key, value;
    unsigned rows = 0;
    while (cursor_next(cursor, &key, &value))
        rows += memmem(key.bytes, key.length, text, strlen(text)) != NULL ||
                memmem(value.bytes, value.length, text, strlen(text)) != NULL;
    cursor_close(&cursor);
    tx_abort(&tx);
    return rows;
}

static void test_joined(void **state)
{
    struct fixture *f = *state;
    file(f, "shop", "S1", "01", "138 0000 1234", "");
    assert_string_equal(told(f, 0), "shop S1");
    file(f, "erp", "E1", "02", "+8613800001234", "");
    assert_string_equal(told(f, 0), "tend:join merged E1 S1 (the same telephone number in erp and in shop)");
    assert_string_equal(told(f, 1), "erp E1");
    uint64_t before = last(f);
    file(f, "erp", "E1", "02", "+8613800001234", ""); // known
    assert_int_equal(last(f), before);
    file(f, "shop", "S1", "03", "138 0000 1234", "ada@example.com"); // they are one already
    assert_int_equal(last(f), before + 1);
    // A third one joins the whole, and the main one stays.
    file(f, "crm", "K1", "04", "", "Ada@example.com");
    assert_string_equal(told(f, 0), "tend:join merged E1 K1 (the same mail address in crm and in shop)");
    send(f, "erp", "E2", "05", "E2",
         "\"customerUpserted\":{\"name\":\"N\",\"fileFields\":[{\"name\":\"VAT\",\"value\":"
         "\"DE 123456789\"}]}");
    send(f, "shop", "S2", "06", "S2",
         "\"customerUpserted\":{\"name\":\"N\",\"fileFields\":[{\"name\":\"vat\","
         "\"value\":\"de123456789\"}]}");
    assert_string_equal(told(f, 0), "tend:join merged E2 S2 (the same tax number in shop and in erp)");
    assert_int_equal(rows_with(f, "13800001234"), 0);
    assert_int_equal(rows_with(f, "ada@"), 0);
}

// A list that says only a customer's region takes no telephone number away; one that says another number does.
static void test_parts_of_a_file(void **state)
{
    struct fixture *f = *state;
    file(f, "shop", "S1", "01", "138 0000 1234", "a@b.example");
    send(f, "shop", "S1-02", "02", "S1", "\"customerUpserted\":{\"region\":\"North\",\"said\":[\"region\"]}");
    file(f, "erp", "E1", "03", "+8613800001234", "");
    assert_string_equal(told(f, 0), "tend:join merged E1 S1 (the same telephone number in erp and in shop)");
    send(f, "shop", "S1-04", "04", "S1",
         "\"customerUpserted\":{\"contacts\":[{\"email\":\"c@d.example\"}],\"said\":[\"contacts.email\"]}");
    file(f, "crm", "R1", "05", "", "a@b.example");
    assert_string_equal(told(f, 0), "crm R1");
    file(f, "crm", "R2", "06", "", "c@d.example");
    assert_non_null(strstr(told(f, 0), "(the same mail address in "));
}

static void test_two_in_one_turn(void **state)
{
    struct fixture *f = *state;
    static const char body[] =
        "[{\"id\":\"a\",\"source\":\"shop\",\"time\":\"2026-05-01T09:00:00Z\",\"customerId\":\"S1\","
        "\"customerUpserted\":"
        "{\"name\":\"N\",\"contacts\":[{\"name\":\"K\",\"email\":\"a@b.example\"}]}},"
        "{\"id\":\"a\",\"source\":\"erp\",\"time\":\"2026-05-01T09:00:00Z\",\"customerId\":\"E1\",\"customerUpserted\":"
        "{\"name\":\"N\",\"contacts\":[{\"name\":\"K\",\"email\":\"a@b.example\"}]}}]";
    assert_int_equal(post(f, "application/json", body), 200);
    assert_string_equal(told(f, 0), "tend:join merged E1 S1 (the same mail address in erp and in shop)");
}

static void test_never(void **state)
{
    struct fixture *f = *state;
    file(f, "shop", "S1", "01", "13800001234", "");
    file(f, "shop", "S2", "01", "13800001234", ""); // of one source
    assert_string_equal(told(f, 0), "shop S2");
    file(f, "erp", "E1", "01", "13800001234", ""); // one of them, and then no other of the shop
    assert_string_equal(told(f, 0), "tend:join merged E1 S1 (the same telephone number in erp and in shop)");
    file(f, "crm", "K1", "01", "13800001234", ""); // four share it
    assert_string_equal(told(f, 0), "crm K1");
    file(f, "shop", "S3", "01", "", "noreply@shop.example");
    file(f, "erp", "E3", "01", "", "noreply@shop.example");
    assert_string_equal(told(f, 0), "erp E3");
    file(f, "other", "O4", "01", "", "o@b.example"); // no source that is asked
    file(f, "erp", "E4", "01", "", "o@b.example");
    assert_string_equal(told(f, 0), "erp E4");
}

static void test_whom_a_person_split(void **state)
{
    struct fixture *f = *state;
    send(f, "desk", "s", "10", "E1", "\"customerSplit\":{\"otherCustomerId\":\"S1\"}");
    file(f, "shop", "S1", "01", "13800001234", "");
    file(f, "erp", "E1", "11", "13800001234", "");
    assert_string_equal(told(f, 0), "erp E1");
    // Also where a rule joined them first, by a file younger than the word.
    file(f, "shop", "S2", "01", "", "b@b.example");
    file(f, "erp", "E2", "12", "", "b@b.example");
    assert_string_equal(told(f, 0), "tend:join merged E2 S2 (the same mail address in erp and in shop)");
    send(f, "desk", "s2", "05", "E2", "\"customerSplit\":{\"otherCustomerId\":\"S2\"}");
    assert_string_equal(told(f, 0), "tend:join split E2 S2");
    file(f, "shop", "S2", "13", "", "b@b.example");
    file(f, "erp", "E2", "14", "", "b@b.example");
    assert_string_equal(told(f, 0), "erp E2");
    // At the same moment, too.
    file(f, "shop", "S5", "01", "", "e@b.example");
    file(f, "erp", "E5", "12", "", "e@b.example");
    send(f, "desk", "s5", "12", "E5", "\"customerSplit\":{\"otherCustomerId\":\"S5\"}");
    assert_string_equal(told(f, 0), "tend:join split E5 S5");
    // What a person merged stays a person's: an older word that splits is none.
    send(f, "desk", "m3", "10", "E3", "\"customerMerged\":{\"otherCustomerId\":\"S3\"}");
    send(f, "desk", "s3", "05", "E3", "\"customerSplit\":{\"otherCustomerId\":\"S3\"}");
    assert_string_equal(told(f, 0), "desk split E3 S3");
}

static void test_before_it_is_switched_on(void **state)
{
    struct fixture *f = *state;
    f->ingest->options.join.by = 0;
    file(f, "shop", "S1", "01", "13800001234", "");
    file(f, "erp", "E1", "02", "13800001234", "");
    assert_string_equal(told(f, 0), "erp E1");
    assert_string_equal(ask(f, "/v1/joins"), "200 {}");
    assert_int_equal(rows_with(f, "S1"), 1); // without rules it is only kept what the file shows, not who shows it
    f->ingest->options.join.by = 7;
    f->ingest->options.join.dry_run = true;
    assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_string_equal(told(f, 0), "erp E1");
    assert_string_equal(ask(f, "/v1/joins"),
                        "200 {\"joins\":[{\"customerId\":\"E1\",\"otherCustomerId\":\"S1\",\"reason\":"
                        "\"the same telephone number in erp and in shop\"}]}");
    switch_on(f);
    file(f, "shop", "S1", "03", "13800001234", "a@b.example");
    assert_string_equal(told(f, 0), "tend:join merged E1 S1 (the same telephone number in shop and in erp)");
    assert_string_equal(ask(f, "/v1/joins"), "200 {\"on\":true}");
    // A value that is shown no more joins nobody.
    file(f, "shop", "S2", "01", "", "old@b.example");
    file(f, "shop", "S2", "02", "", "new@b.example");
    file(f, "erp", "E2", "03", "", "old@b.example");
    assert_string_equal(told(f, 0), "erp E2");
    file(f, "shop", "S2", "01", "", "old@b.example"); // known; and an older state changes nothing
    assert_string_equal(told(f, 0), "erp E2");
}

static void test_erased(void **state)
{
    struct fixture *f = *state;
    file(f, "shop", "S1", "01", "13800001234", "");
    file(f, "erp", "E1", "02", "13800001234", "a@b.example");
    file(f, "crm", "K1", "02", "13900001234", "k@b.example");
    assert_true(rows_with(f, "S1") >= 2 && rows_with(f, "E1") >= 3);
    send(f, "desk", "e", "03", "S1", "\"customerErased\":{}");
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_int_equal(rows_with(f, "S1"), 0);
    assert_int_equal(rows_with(f, "E1"), 0); // the same person
    assert_int_equal(rows_with(f, "K1"), 3);
    file(f, "shop", "S1", "04", "13900001234", ""); // late: it had happened before
    assert_int_equal(rows_with(f, "S1"), 0);
}

// Between the erasure and the end of it nobody is joined with whom it is about, nor kept anew from the journal.
static void test_while_an_erasure_is_under_way(void **state)
{
    struct fixture *f = *state;
    static const char both[] =
        "[{\"id\":\"e\",\"source\":\"desk\",\"time\":\"2026-05-03T09:00:00Z\",\"customerId\":\"S1\","
        "\"customerErased\":{}},"
        "{\"id\":\"f\",\"source\":\"erp\",\"time\":\"2026-05-03T09:00:00Z\",\"customerId\":\"E1\",\"customerUpserted\":"
        "{\"name\":\"N\",\"contacts\":[{\"name\":\"K\",\"phone\":\"13800001234\"}]}}]";
    file(f, "shop", "S1", "01", "13800001234", "");
    assert_int_equal(post(f, "application/json", both), 200);
    assert_string_equal(told(f, 0), "erp E1");
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_int_equal(rows_with(f, "S1"), 0);
}

static void test_switched_on_while_an_erasure_is_under_way(void **state)
{
    struct fixture *f = *state;
    f->ingest->options.join.by = 0;
    file(f, "shop", "S1", "01", "13800001234", "");
    file(f, "shop", "S2", "01", "13800001235", "");
    send(f, "desk", "e", "03", "S1", "\"customerErased\":{}");
    f->ingest->options.join.by = 7;
    for (int i = 0; i < 5; i++)
        assert_int_equal(engine_turn(f->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_int_equal(rows_with(f, "S1"), 0);
    assert_true(rows_with(f, "S2") > 0);
}

// A turn full of files that show much, of customers who are one already: the memory of a turn is enough for them.
static void test_many_in_one_turn(void **state)
{
    enum { REQUESTS = 10, EACH = 200, CONTACTS = 16, BYTES = 262144 };
    struct fixture *f = *state;
    static const char *const of[] = {"shop", "erp"};
    static char bodies[REQUESTS][BYTES];
    uint64_t before = last(f);
    for (int round = 0; round < 4; round++) {
        struct inbound requests[REQUESTS];
        const char *source = of[round % 2];
        for (int request = 0; request < REQUESTS; request++) {
            size_t at = 0;
            for (int i = request * EACH; i < (request + 1) * EACH; i++) {
                at += (size_t)snprintf(bodies[request] + at, BYTES - at,
                                       "{\"id\":\"%d-%d\",\"source\":\"%s\",\"time\":\"2026-05-0%dT09:00:00Z\","
                                       "\"customerId\":\"%s-%d\",\"customerUpserted\":{\"name\":\"N\",\"contacts\":[",
                                       i, round, source, round + 1, source, i);
                for (int j = 0; j < CONTACTS; j++)
                    at += (size_t)snprintf(bodies[request] + at, BYTES - at,
                                           "%s{\"name\":\"K\",\"phone\":\"138%04d%04d\",\"email\":\"k%d@%d.example\"}",
                                           j == 0 ? "" : ",", j, i, j, i);
                at += (size_t)snprintf(bodies[request] + at, BYTES - at, "]}}\n");
                assert_true(at < BYTES);
            }
            requests[request] = f->inbound;
            requests[request].reply = (struct reply){.status = 0};
            requests[request].request = (struct request){.method = "POST",
                                                         .path = "/v1/events",
                                                         .content_type = "application/x-ndjson",
                                                         .body = (const uint8_t *)bodies[request],
                                                         .length = at,
                                                         .source = f,
                                                         .param = nothing,
                                                         .header = header};
        }
        assert_int_equal(engine_turn(f->engine, requests, REQUESTS, NULL), ENGINE_DONE);
        for (int request = 0; request < REQUESTS; request++)
            assert_int_equal(requests[request].reply.status, 200);
    }
    assert_string_equal(told(f, 0), "erp erp-1999");
    assert_int_equal(last(f) - before, 5 * REQUESTS * EACH); // each joined once
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_joined, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_parts_of_a_file, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_two_in_one_turn, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_never, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_whom_a_person_split, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_before_it_is_switched_on, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_erased, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_many_in_one_turn, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_while_an_erasure_is_under_way, make_on, unmake),
        cmocka_unit_test_setup_teardown(test_switched_on_while_an_erasure_is_under_way, make_on, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
