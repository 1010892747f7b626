// The audit log: what is written of looks and changes, that nothing can be altered in it, and how long it is kept.
#include "common/audit.h"
#include "common/hash.h"
#include "unit/engine_hand.h"

#include <stdio.h>

enum { DAY_MS = 86400000 };
static const int64_t start_ms = INT64_C(1790000000000);

struct bed {
    char folder[FOLDER_BYTES];
    struct store *store;
    struct arena *arena;
};

static int set_up(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    struct store_error error;
    folder_make(bed->folder);
    struct store_options options = {.folder = bed->folder, .map_bytes = 1 << 26};
    assert_true(store_open(&options, &error, &bed->store));
    bed->arena = arena_open(65536, 1 << 26);
    *state = bed;
    return 0;
}

static int tear_down(void **state)
{
    struct bed *bed = *state;
    store_close(&bed->store);
    arena_close(&bed->arena);
    folder_remove(bed->folder);
    free(bed);
    return 0;
}

static struct request request_of(const char *method, const char *path, const char *type, bool http)
{
    return (struct request){
        .http = http, .method = method, .path = path, .content_type = type, .peer = http ? "192.0.2.7" : NULL};
}

static void write(struct bed *bed, int64_t now_ms, const struct audit_entry *entry)
{
    struct turn turn = {.tx = store_begin(bed->store), .arena = bed->arena, .now_ms = now_ms};
    audit_put(&turn, entry);
    assert_int_equal(tx_commit(&turn.tx), 0);
    arena_reset(bed->arena);
}

static uint64_t verify(struct bed *bed)
{
    struct tx *tx = store_begin_read(bed->store);
    uint64_t bad = audit_verify(tx);
    tx_abort(&tx);
    return bad;
}

// The answer as text, which the caller frees.
static char *list(struct bed *bed)
{
    struct turn turn = {.tx = store_begin_read(bed->store), .arena = bed->arena, .now_ms = start_ms};
    struct request request = request_of("GET", "/v1/audit-log", "", false);
    struct reply reply = {0};
    assert_true(audit_answer(&turn, &request, "scoring", &reply));
    assert_int_equal(reply.status, 200);
    char *text = strndup(reply.body, reply.length);
    tx_abort(&turn.tx);
    arena_reset(bed->arena);
    return text;
}

static void test_what_concerns(void **state)
{
    static const struct {
        const char *method, *path;
        bool concerns, changed;
        const char *customer, *kept;
    } rows[] = {
        {"GET", "/v1/customers/C1", true, false, "C1", "/v1/customers/C1"},
        {"GET", "/v1/customers/C1/why", true, false, "C1", "/v1/customers/C1/why"},
        {"GET", "/v1/customers", true, false, "", "/v1/customers"},
        {"GET", "/v1/export/王", true, false, "王", "/v1/export/王"},
        {"GET", "/a/verysecret", true, false, "", "/a/"}, // the link itself is a key
        {"POST", "/v1/release", true, true, "", "/v1/release"},
        {"POST", "/v1/messages/m1/retry", true, true, "", "/v1/messages/m1/retry"},
        {"POST", "/v1/events", false, false, "", ""},
        {"GET", "/v1/summary", false, false, "", ""},
        {"GET", "/v1/feeds/shop/tail", true, false, "", "/v1/feeds/shop/tail"},
        {"POST", "/v1/feeds/shop/replay", true, true, "", "/v1/feeds/shop/replay"},
        {"POST", "/v1/feeds/shop/reset", true, true, "", "/v1/feeds/shop/reset"},
        {"POST", "/v1/feeds/shop", false, false, "", ""}, // what a shop tells
        {"GET", "/v1/feeds", false, false, "", ""},
        {"GET", "/v1/joins", true, false, "", "/v1/joins"},
        {"GET", "/metrics", false, false, "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct audit_entry entry;
        struct request request = request_of(rows[i].method, rows[i].path, "", true);
        assert_int_equal(audit_concerns(&request, &entry), rows[i].concerns);
        if (!rows[i].concerns)
            continue;
        assert_int_equal(entry.changed, rows[i].changed);
        assert_string_equal(entry.customer_id, rows[i].customer);
        assert_string_equal(entry.path, rows[i].kept);
        assert_string_equal(entry.peer, "192.0.2.7");
    }
}

static void test_who(void **state)
{
    struct audit_entry entry;
    struct request request = request_of("GET", "/v1/customers/C1", "text/plain; by=emma", false);
    struct reply reply = {.status = 200, .by = "tokens/crm"};
    (void)state;
    assert_true(audit_concerns(&request, &entry));
    assert_string_equal(entry.by, "emma");
    assert_true(entry.told);
    // From anywhere nobody's word is taken; a token is known.
    request = request_of("GET", "/v1/customers/C1", "text/plain; by=emma", true);
    assert_true(audit_concerns(&request, &entry));
    assert_string_equal(entry.by, "");
    audit_complete(&entry, &reply);
    assert_string_equal(entry.by, "tokens/crm");
    assert_false(entry.told);
}

static void test_nothing_can_be_altered(void **state)
{
    struct bed *bed = *state;
    struct audit_entry entry = {.path = "/v1/customers/C1", .customer_id = "C1", .by = "emma", .told = true};
    for (int i = 0; i < 5; i++)
        write(bed, start_ms + i, &entry);
    assert_int_equal(verify(bed), 0);
    char *text = list(bed);
    assert_non_null(strstr(text, "\"path\":\"/v1/customers/C1\""));
    assert_non_null(strstr(text, "\"process\":\"scoring\""));
    free(text);

    // A byte of the third; or the last one is missing.
    uint8_t key[14] = "audit/", row[400];
    struct slice value;
    store_put_u64(key + 6, 3);
    struct tx *tx = store_begin(bed->store);
    assert_true(tx_get(tx, STORE_TABLE_META, key, sizeof key, &value));
    size_t length = value.length;
    memcpy(row, value.bytes, length);
    row[length - 3] ^= 1;
    tx_put(tx, STORE_TABLE_META, key, sizeof key, row, length);
    assert_int_equal(tx_commit(&tx), 0);
    assert_int_equal(verify(bed), 3);
    row[length - 3] ^= 1;
    tx = store_begin(bed->store);
    tx_put(tx, STORE_TABLE_META, key, sizeof key, row, length);
    store_put_u64(key + 6, 5);
    assert_true(tx_delete(tx, STORE_TABLE_META, key, sizeof key));
    assert_int_equal(tx_commit(&tx), 0);
    assert_int_equal(verify(bed), 5);
}

static void test_an_id_that_is_personal_goes(void **state)
{
    struct bed *bed = *state;
    struct audit_entry hers = {.path = "/v1/customers/eve@firm.example", .customer_id = "eve@firm.example"};
    struct audit_entry other = {.path = "/v1/customers/C1", .customer_id = "C1"};
    const char *forgotten = "eve@firm.example";
    write(bed, start_ms, &hers);
    write(bed, start_ms, &other);
    write(bed, start_ms, &hers);
    struct tx *tx = store_begin(bed->store);
    audit_forget(tx, bed->arena, &forgotten, 1);
    assert_int_equal(tx_commit(&tx), 0);
    assert_int_equal(verify(bed), 0);
    char *text = list(bed);
    assert_null(strstr(text, "eve@"));
    assert_non_null(strstr(text, "(erased)"));
    assert_non_null(strstr(text, "/v1/customers/C1"));
    free(text);
    write(bed, start_ms, &other);
    assert_int_equal(verify(bed), 0);
}

static void test_old_entries_go(void **state)
{
    struct bed *bed = *state;
    struct audit_entry old = {.path = "/v1/hold", .changed = true}, new = {.path = "/v1/release", .changed = true};
    for (int i = 0; i < 10; i++)
        write(bed, start_ms, &old);
    for (int i = 0; i < 3; i++)
        write(bed, start_ms + (AUDIT_KEEP_DAYS + 1) * (int64_t)DAY_MS, &new);
    char *text = list(bed);
    assert_null(strstr(text, "/v1/hold"));
    assert_non_null(strstr(text, "/v1/release"));
    free(text);
    assert_int_equal(verify(bed), 0);
}

static void test_there_is_only_so_much_room(void **state)
{
    struct audit *audit = audit_open();
    struct audit_entry entry = {.time_ms = start_ms, .path = "/v1/calls"};
    (void)state;
    assert_int_equal(audit_waits(audit), INT64_MAX);
    for (int i = 0; i < AUDIT_WAITING; i++) {
        assert_true(audit_has_room(audit));
        audit_wait(audit, &entry);
        assert_int_equal(audit_waits(audit), i + 1 < AUDIT_SOON ? start_ms : 0);
    }
    assert_false(audit_has_room(audit));
    audit_flushed(audit);
    assert_true(audit_has_room(audit));
    audit_close(&audit);
}

// Whoever tries doors, ten thousand times, is one entry a minute for each kind of door.
static void test_refusals_are_told_together(void **state)
{
    enum { MANY = 10000 };
    static const struct {
        const char *path;
        int status;
    } doors[] = {{"/v1/messages/m1/retry", 401},
                 {"/v1/messages/m2/retry", 401},
                 {"/v1/messages/m1/retry", 404},
                 {"/v1/hold", 401}};
    struct bed *bed = *state;
    struct audit *audit = audit_open();
    for (int i = 0; i < MANY; i++) {
        struct audit_entry entry;
        struct request request = request_of("POST", doors[i % 4].path, "", true);
        assert_true(audit_concerns(&request, &entry));
        audit_complete(&entry, &(struct reply){.status = doors[i % 4].status});
        audit_refuse(audit, &entry, start_ms + i);
    }
    assert_int_equal(audit_waits(audit), start_ms + AUDIT_REFUSED_MS - AUDIT_WAIT_MS);
    const int64_t moments[] = {start_ms + AUDIT_REFUSED_MS - 1, start_ms + AUDIT_REFUSED_MS + MANY};
    for (size_t i = 0; i < 2; i++) {
        struct turn turn = {.tx = store_begin(bed->store), .arena = bed->arena, .now_ms = moments[i]};
        audit_flush(audit, &turn, false);
        assert_int_equal(tx_commit(&turn.tx), 0);
        audit_flushed(audit);
        char *text = list(bed);
        assert_true((strstr(text, "\"seq\":\"3\"") != NULL) == (i == 1));
        assert_null(strstr(text, "\"seq\":\"4\""));
        assert_true(i == 0 || (strstr(text, "\"count\":5000") != NULL && strstr(text, "\"count\":2500") != NULL));
        assert_null(strstr(text, "m1")); // what strangers write
        free(text);
    }
    assert_int_equal(audit_waits(audit), INT64_MAX);
    assert_int_equal(verify(bed), 0);
    audit_close(&audit);
}

// A refusal of the very turn that writes those before it counts with the next ones.
static void test_a_refusal_in_the_turn_that_writes(void **state)
{
    struct bed *bed = *state;
    struct audit *audit = audit_open();
    struct audit_entry entry;
    struct request request = request_of("POST", "/v1/hold", "", true);
    assert_true(audit_concerns(&request, &entry));
    audit_complete(&entry, &(struct reply){.status = 401});
    audit_refuse(audit, &entry, start_ms);
    struct turn turn = {.tx = store_begin(bed->store), .arena = bed->arena, .now_ms = start_ms + AUDIT_REFUSED_MS};
    audit_flush(audit, &turn, false);
    audit_refuse(audit, &entry, turn.now_ms);
    assert_int_equal(tx_commit(&turn.tx), 0);
    audit_flushed(audit);
    assert_int_equal(audit_waits(audit), start_ms + 2 * AUDIT_REFUSED_MS - AUDIT_WAIT_MS);
    audit_close(&audit);
}

static const char *no_param(const struct request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

static int look(struct engine *engine)
{
    struct inbound query = {.request = {.method = "GET", .path = "/v1/customers/C1", .param = no_param}};
    engine_query(engine, &query);
    return query.reply.status;
}

static uint64_t entries(struct engine *engine)
{
    struct tx *tx = store_begin_read(engine_store(engine));
    struct slice facts;
    uint64_t last = tx_get(tx, STORE_TABLE_META, "audit", 5, &facts) ? store_get_u64(facts.bytes + 8) : 0;
    assert_int_equal(audit_verify(tx), 0);
    tx_abort(&tx);
    return last;
}

static void test_a_look_is_written_within_a_second(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(take(fixture, NOW, NONE), ENGINE_DONE); // nothing is due after it
    assert_int_equal(look(fixture->engine), 200);
    assert_int_equal(entries(fixture->engine), 0);
    assert_true(engine_due(fixture->engine) <= NOW + AUDIT_WAIT_MS);
    // A fetch answer without news makes no turn of its own before that, and one then.
    assert_int_equal(take(fixture, NOW, NONE), ENGINE_DONE);
    clock_move(fixture->clock, NOW + AUDIT_WAIT_MS);
    assert_int_equal(take(fixture, NOW, NONE), ENGINE_DONE);
    assert_int_equal(entries(fixture->engine), 1);
    assert_true(engine_due(fixture->engine) > NOW + AUDIT_WAIT_MS);
    // What waits at the end is written too.
    assert_int_equal(look(fixture->engine), 200);
    engine_close(&fixture->engine);
    open_lower(fixture);
    assert_int_equal(entries(fixture->engine), 2);
}

static void test_who_cannot_be_written_down_sees_nothing(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < AUDIT_WAITING; i++)
        assert_int_equal(look(fixture->engine), 200);
    assert_int_equal(look(fixture->engine), 503);
    assert_int_equal(engine_turn(fixture->engine, NULL, 0, NULL), ENGINE_DONE);
    assert_int_equal(entries(fixture->engine), AUDIT_WAITING);
    assert_int_equal(look(fixture->engine), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_concerns),
        cmocka_unit_test(test_who),
        cmocka_unit_test_setup_teardown(test_nothing_can_be_altered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_id_that_is_personal_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_old_entries_go, set_up, tear_down),
        cmocka_unit_test(test_there_is_only_so_much_room),
        cmocka_unit_test_setup_teardown(test_refusals_are_told_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_refusal_in_the_turn_that_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_look_is_written_within_a_second, make, unmake),
        cmocka_unit_test_setup_teardown(test_who_cannot_be_written_down_sees_nothing, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
