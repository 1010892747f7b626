// Bookmarks in streams of brokers: which history is still the one that was read, what the rows hold, and what `from:`
// of a feed's file says.
#include "common/arena.h"
#include "services/ingest/bookmarks.h"
#include "services/ingest/from.h"
#include "services/ingest/puller.h"
#include "services/ingest/state.h"

#include "harness/folder.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1 << 16, MAP_BYTES = 1 << 24 };

static void a_stream_is_the_same_or_not(void **state)
{
    static const struct {
        const char *name;
        uint64_t epoch, last;
        struct bookmark_stream stream;
        enum bookmark_answer answer;
        const char *words;
    } rows[] = {
        {"as it was", 7, 40, {"A", 7, 1, 41}, BOOKMARK_GOOD, ""},
        {"longer", 7, 40, {"A", 7, 1, 90}, BOOKMARK_GOOD, ""},
        {"its beginning has gone, but was read", 7, 40, {"A", 7, 41, 90}, BOOKMARK_GOOD, ""},
        {"what was not read has gone", 7, 40, {"A", 7, 43, 90}, BOOKMARK_MISSED, "41 to 42"},
        {"all has gone, read or not", 7, 40, {"A", 7, 51, 51}, BOOKMARK_MISSED, "41 to 50"},
        {"shorter by one", 7, 40, {"A", 7, 1, 40}, BOOKMARK_STRANGE, "shorter"},
        {"empty", 0, 0, {"A", 0, 0, 0}, BOOKMARK_STRANGE, "shorter"},
        {"the first message of a topic", 0, 0, {"A", 0, 0, 1}, BOOKMARK_GOOD, ""},
        {"made anew and longer", 7, 40, {"A", 8, 1, 900}, BOOKMARK_STRANGE, "made anew"},
        {"another name", 7, 40, {"B", 7, 1, 41}, BOOKMARK_STRANGE, "the file names B"},
        {"no epoch to compare", 0, 40, {"A", 8, 1, 41}, BOOKMARK_GOOD, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bookmark mark = {.stream = "A", .epoch = rows[i].epoch, .last = rows[i].last};
        char why[BOOKMARK_WHY_BYTES] = "";
        enum bookmark_answer answer = bookmark_check(&mark, &rows[i].stream, why, sizeof why);
        if (answer != rows[i].answer || strstr(why, rows[i].words) == NULL)
            fail_msg("%s: %d, \"%s\"", rows[i].name, (int)answer, why);
    }
}

// A feed that begins with what is new has a place before anything came: what is sent while nobody reads is not passed
// over, however the stream looked then.
static void a_beginning_is_a_place(void **state)
{
    static const struct {
        uint64_t begins;
        struct bookmark_stream stream;
        enum bookmark_answer answer;
    } rows[] = {
        {0, {"A", 7, 0, 0}, BOOKMARK_GOOD},      {0, {"A", 7, 5, 9}, BOOKMARK_GOOD},
        {41, {"A", 7, 1, 41}, BOOKMARK_GOOD},    {41, {"A", 7, 1, 60}, BOOKMARK_GOOD},
        {41, {"A", 7, 41, 60}, BOOKMARK_GOOD},   {41, {"A", 7, 42, 60}, BOOKMARK_MISSED},
        {41, {"A", 7, 1, 40}, BOOKMARK_STRANGE}, {41, {"A", 8, 1, 60}, BOOKMARK_STRANGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bookmark mark = {.stream = "A", .epoch = 7, .last = rows[i].begins, .content = BOOKMARK_BEGINS}, again;
        char why[BOOKMARK_WHY_BYTES] = "";
        uint8_t row[BOOKMARK_ROW_BYTES];
        assert_true(bookmark_unpack(row, bookmark_pack(&mark, row), &again));
        assert_int_equal(bookmark_next(&again), rows[i].begins);
        if (bookmark_check(&again, &rows[i].stream, why, sizeof why) != rows[i].answer)
            fail_msg("row %zu: \"%s\"", i, why);
    }
    assert_int_equal(bookmark_next(&(struct bookmark){.last = 9, .content = 77}), 10);
}

static void the_last_message_tells_two_topics_apart(void **state)
{
    struct bookmark mark = {.stream = "orders", .partition = 3, .last = 9, .content = 77};
    char why[BOOKMARK_WHY_BYTES] = "";
    (void)state;
    assert_true(bookmark_same(&mark, 77, why, sizeof why));
    assert_false(bookmark_same(&mark, 78, why, sizeof why));
    assert_non_null(strstr(why, "message 9 of orders (partition 3)"));
    mark.content = 0;
    assert_true(bookmark_same(&mark, 78, why, sizeof why));
}

static void a_row_holds_all_of_it(void **state)
{
    struct bookmark mark = {.epoch = UINT64_MAX - 1, .last = UINT64_C(1) << 63, .content = 0x0123456789abcdef}, back;
    uint8_t row[BOOKMARK_ROW_BYTES];
    (void)state;
    memset(mark.stream, 'x', BOOKMARK_NAME_BYTES - 1);
    size_t length = bookmark_pack(&mark, row);
    assert_true(length <= sizeof row);
    assert_true(bookmark_unpack(row, length, &back));
    assert_memory_equal(&mark, &back, sizeof mark);
    for (size_t i = 0; i <= 24; i++)
        assert_false(bookmark_unpack(row, i, &back));
}

static struct turn begin(struct store *store, bool writes)
{
    return (struct turn){.tx = writes ? store_begin(store) : store_begin_read(store)};
}

// What a turn that is not committed has moved is forgotten by the next load.
static void they_move_with_the_transaction(void **state)
{
    (void)state;
    char folder[FOLDER_BYTES];
    folder_make(folder);
    const struct store_options options = {.folder = folder,
                                          .tables = state_tables,
                                          .table_count = STATE_TABLES,
                                          .map_bytes = MAP_BYTES,
                                          .throwaway = true};
    static struct bookmark marks[BOOKMARKS_OF_FEED];
    struct store_error error;
    struct store *store;
    assert_true(store_open(&options, &error, &store));
    struct bookmarks *bookmarks = bookmarks_open();
    struct turn turn = begin(store, true);
    for (uint32_t partition = 0; partition < 40; partition++)
        bookmarks_move(bookmarks, partition % 2 ? "lake" : "river",
                       &(struct bookmark){.stream = "A", .partition = partition, .last = 100 + partition});
    bookmarks_settle(bookmarks, &turn);
    assert_int_equal(tx_commit(&turn.tx), 0);

    turn = begin(store, true);
    bookmarks_move(bookmarks, "river", &(struct bookmark){.stream = "A", .partition = 2, .last = 900});
    bookmarks_settle(bookmarks, &turn);
    tx_abort(&turn.tx);
    turn = begin(store, false);
    bookmarks_load(bookmarks, &turn);
    tx_abort(&turn.tx);
    assert_int_equal(bookmarks_of(bookmarks, "river", NULL, marks), 20);
    assert_int_equal(marks[1].partition, 2);
    assert_int_equal(marks[1].last, 102);

    turn = begin(store, true);
    assert_true(bookmarks_forget(bookmarks, &turn, "river"));
    assert_false(bookmarks_forget(bookmarks, &turn, "river"));
    assert_int_equal(tx_commit(&turn.tx), 0);
    turn = begin(store, false);
    bookmarks_load(bookmarks, &turn);
    tx_abort(&turn.tx);
    assert_int_equal(bookmarks_of(bookmarks, "river", NULL, marks), 0);
    assert_int_equal(bookmarks_of(bookmarks, "lake", NULL, marks), 20);
    bookmarks_close(&bookmarks);
    store_close(&store);
    folder_remove(folder);
}

// Reads `from` of a file; `words` "" when it is to be good.
static void check_from(const char *text, const char *words, struct from *ret_from)
{
    struct arena *arena = arena_open(ARENA_BYTES, ARENA_BYTES * 16);
    struct config_complaints list = {.arena = arena, .name = "f", .text = text, .length = strlen(text)};
    struct config_node *root = NULL;
    assert_true(config_node_read(&list, &root));
    from_read(&list, config_node_find(root, "from"), "/feeds", ret_from);
    if (words[0] == '\0' && list.count > 0)
        fail_msg("%s: %s", text, list.errors[0].message);
    if (words[0] != '\0' && (list.count == 0 || strstr(list.errors[0].message, words) == NULL))
        fail_msg("%s: \"%s\"", text, list.count > 0 ? list.errors[0].message : "good");
    arena_close(&arena);
}

static void a_file_says_from_where(void **state)
{
    static const struct {
        const char *text, *words;
    } bad[] = {
        {"from: kafka", "must be {nats"},
        {"from: {rabbit: {url: a}}", "must be {nats"},
        {"from: {nats: {url: a, stream: b}, kafka: {brokers: a, topic: b}}", "must be {nats"},
        {"from: {nats: {stream: b}}", "url must be given"},
        {"from: {nats: {url: a, stream: b, subjekt: c}}", "did you mean \"subject\""},
        {"from: {kafka: {brokers: a, topic: b, partitions: some}}", "must be all, or a list"},
        {"from: {kafka: {brokers: a, topic: b, partitions: [0, -1]}}", "the number of a partition"},
        {"from: {kafka: {brokers: a, topic: b, tls: yes}}", "must be true or false"},
        {"from: {kafka: {brokers: a, topic: b, user: u}}", "belong together"},
        {"from: {kafka: {brokers: a, topic: b, start: newest}}", "must be first"},
    };
    struct from from, same;
    char words[BOOKMARK_NAME_BYTES + 20];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_from(bad[i].text, bad[i].words, &from);
    check_from("from: {nats: {url: 'nats://a:1', stream: ORDERS, subject: 'o.>', credentials: me.creds}}", "", &from);
    assert_int_equal(from.kind, FROM_NATS);
    assert_string_equal(from.credentials, "/feeds/me.creds");
    from_print(&from, words, sizeof words);
    assert_string_equal(words, "nats ORDERS");
    assert_false(from.newest);
    check_from("from: {nats: {url: a, stream: b, start: new}}", "", &from);
    assert_true(from.newest);
    check_from("from: {kafka: {brokers: a, topic: b, start: first}}", "", &from);
    assert_false(from.newest);
    check_from("from: {kafka: {brokers: 'a:1,b:2', topic: t, partitions: [4, 5], ca_file: /etc/ca.pem}}", "", &from);
    assert_int_equal(from.partition_count, 2);
    assert_int_equal(from.partitions[1], 5);
    assert_string_equal(from.ca_file, "/etc/ca.pem");
    check_from(
        "from:\n  kafka:\n    partitions: [4, 5]\n    brokers: 'a:1,b:2'\n    topic: t\n    ca_file: /etc/ca.pem", "",
        &same);
    assert_memory_equal(&from, &same, sizeof from);
}

static void headers_are_found_while_there_is_room(void **state)
{
    (void)state;
    struct broker_message *message = broker_message_make("body", 4, 24);
    size_t used = 0;
    broker_message_head(message, &used, 24, "X-One", "1", 1);
    broker_message_head(message, &used, 24, "too-long-for-the-rest", "2", 1);
    broker_message_head(message, &used, 24, "bad", "a\0b", 3);
    broker_message_head(message, &used, 24, "two", "22", 2);
    assert_string_equal(message->bytes, "body");
    assert_memory_equal(message->headers,
                        "x-one\0"
                        "1\0two\0"
                        "22\0",
                        16);
    free(message);
}

// A broker that there is not: the thread says so, goes back where it is told, and ends when it is asked.
static void a_puller_without_a_broker_ends(void **state)
{
    struct from from;
    struct puller_status status;
    (void)state;
    check_from("from: {nats: {url: 'nats://127.0.0.1:1', stream: A}}", "", &from);
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct puller *puller = puller_open(&from, NULL, 0, wake_fd);
    do {
        struct pollfd wake = {.fd = wake_fd, .events = POLLIN};
        eventfd_t wakes;
        assert_true(poll(&wake, 1, 20000) > 0);
        eventfd_read(wake_fd, &wakes);
        puller_status(puller, &status);
    } while (status.state != PULLER_TROUBLED);
    assert_non_null(strstr(status.why, "NATS cannot be reached"));
    assert_false(puller_ready(puller));
    assert_null(puller_take(puller));
    puller_restart(puller, &(struct bookmark){.stream = "A", .last = 5}, 1);
    puller_close(&puller);
    assert_null(puller);
    close(wake_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_is_the_same_or_not),
        cmocka_unit_test(a_beginning_is_a_place),
        cmocka_unit_test(the_last_message_tells_two_topics_apart),
        cmocka_unit_test(a_row_holds_all_of_it),
        cmocka_unit_test(they_move_with_the_transaction),
        cmocka_unit_test(a_file_says_from_where),
        cmocka_unit_test(headers_are_found_while_there_is_room),
        cmocka_unit_test(a_puller_without_a_broker_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
