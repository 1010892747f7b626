// The eraser: which payloads go and which stay, that followers are waited for, that it goes on after a start at any
// step, and what it reports.
#include "common/eraser.h"
#include "common/recordbody.h"
#include "harness/folder.h"
#include "tend/v1/event.pb-c.h"
#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAP = 1 << 27, TURNS_MAX = 200, NOW = 1000000 };

struct fixture {
    char folder[FOLDER_BYTES];
    struct store *store;
    struct arena *arena;
    struct eraser eraser;
    struct followers followers;
    struct journal journal;
    unsigned calls, asked, ends, ended; // of service.erase, and for how many; and of service.erased
    char last[ERASER_ID_MAX + 1];
};

static void erase(void *self, struct turn *turn, const char *const *ids, size_t count, uint64_t *ret_rows)
{
    struct fixture *f = self;
    (void)turn;
    f->calls++;
    f->asked += (unsigned)count;
    for (size_t i = 0; i < count; i++) {
        snprintf(f->last, sizeof f->last, "%s", ids[i]);
        ret_rows[i] = 7;
    }
}

// The second time all is done.
static bool erased(void *self, struct turn *turn, const char *const *ids, size_t count, uint64_t *ret_rows)
{
    struct fixture *f = self;
    bool all = turn != NULL && ++f->ends % 2 == 0;
    f->ended += all ? (unsigned)count : 0;
    for (size_t i = 0; i < count; i++)
        ret_rows[i] += ids[i][0] == 'P' && !all;
    return all;
}

static const struct service service = {.name = "little", .erase = erase, .erased = erased};

static int make(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    folder_make(f->folder);
    struct store_options options = {.folder = f->folder, .map_bytes = MAP, .throwaway = true};
    struct store_error error;
    assert_true(store_open(&options, &error, &f->store));
    f->arena = arena_open(1 << 20, 1 << 28);
    f->followers = (struct followers){.count = 1};
    *state = f;
    return 0;
}

static int unmake(void **state)
{
    struct fixture *f = *state;
    store_close(&f->store);
    arena_close(&f->arena);
    folder_remove(f->folder);
    free(f);
    return 0;
}

static struct turn begin(struct fixture *f)
{
    arena_reset(f->arena);
    struct turn turn = {.tx = store_begin(f->store),
                        .arena = f->arena,
                        .journal = &f->journal,
                        .now_ms = NOW,
                        .shards = 16,
                        .eraser = &f->eraser};
    journal_load(turn.tx, &f->journal);
    return turn;
}

static void end(struct turn *turn)
{
    journal_save(turn->tx, turn->journal);
    assert_int_equal(tx_commit(&turn->tx), 0);
}

static uint64_t say(struct turn *turn, uint16_t type, const ProtobufCMessage *message, uint8_t flags, unsigned key)
{
    struct record draft = {.type = type, .version = 1, .flags = flags, .time_ms = NOW};
    draft.length = protobuf_c_message_get_packed_size(message);
    uint8_t *payload = arena_take(turn->arena, draft.length + 1);
    protobuf_c_message_pack(message, payload);
    draft.payload = payload;
    memset(draft.key, (uint8_t)key, HASH_BYTES);
    store_put_u16(draft.key, (uint16_t)key);
    journal_append(turn->tx, turn->journal, &draft);
    return draft.seq;
}

static uint64_t say_event(struct turn *turn, const char *customer, const char *note)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__ContactLogged body = TEND__V1__CONTACT_LOGGED__INIT;
    event.customer_id = (char *)(uintptr_t)customer;
    event.body_case = TEND__V1__EVENT__BODY_CONTACT_LOGGED;
    event.contact_logged = &body;
    body.note = (char *)(uintptr_t)note;
    return say(turn, 1, &event.base, 0, 1);
}

static uint64_t say_referral(struct turn *turn, const char *customer, const char *other)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__ReferralMade body = TEND__V1__REFERRAL_MADE__INIT;
    event.customer_id = (char *)(uintptr_t)customer;
    event.body_case = TEND__V1__EVENT__BODY_REFERRAL_MADE;
    event.referral_made = &body;
    body.other_customer_id = (char *)(uintptr_t)other;
    return say(turn, 1, &event.base, 0, 1);
}

static uint64_t say_list(struct turn *turn, const char *first, const char *second)
{
    Tend__V1__CallList list = TEND__V1__CALL_LIST__INIT;
    Tend__V1__CallLine lines[2] = {TEND__V1__CALL_LINE__INIT, TEND__V1__CALL_LINE__INIT}, *all[] = {lines, lines + 1};
    lines[0].customer_id = (char *)(uintptr_t)first;
    lines[1].customer_id = (char *)(uintptr_t)second;
    list.n_lines = 2;
    list.lines = all;
    return say(turn, TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, &list.base, 0, 1);
}

// Appends the erasure; the record is as it was heard of.
static struct record append(struct turn *turn, const char *customer, unsigned key)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__CustomerErased body = TEND__V1__CUSTOMER_ERASED__INIT;
    event.customer_id = (char *)(uintptr_t)customer;
    event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_ERASED;
    event.customer_erased = &body;
    uint64_t seq = say(turn, 1, &event.base, RECORD_ERASES, key);
    struct record record;
    assert_true(journal_read(turn->tx, seq, &record));
    record.payload = (const uint8_t *)arena_text(turn->arena, (const char *)record.payload, record.length);
    return record;
}

static uint64_t ask(struct fixture *f, struct turn *turn, const char *customer, unsigned key)
{
    struct record record = append(turn, customer, key);
    eraser_hear(&f->eraser, turn, &record, 2);
    return record.seq;
}

static int64_t work(struct fixture *f)
{
    struct eraser_means means = {
        .service = &service, .self = f, .name = "little", .processes = 1, .followers = &f->followers};
    struct turn turn = begin(f);
    int64_t due_ms = eraser_work(&f->eraser, &turn, &means);
    end(&turn);
    return due_ms;
}

// As many turns as it takes. Each begins with what the store holds, as after a start.
static void work_on(struct fixture *f)
{
    for (int i = 0; i < TURNS_MAX; i++) {
        struct turn turn = begin(f);
        eraser_load(&f->eraser, turn.tx);
        tx_abort(&turn.tx);
        struct eraser before = f->eraser;
        bool idle = work(f) > NOW;
        assert_true(f->eraser.looked <= ERASER_PIECE_RECORDS);
        // What it counts is what the store holds.
        struct eraser counted = before;
        turn = begin(f);
        eraser_load(&counted, turn.tx);
        tx_abort(&turn.tx);
        assert_int_equal(counted.heard, f->eraser.heard);
        assert_int_equal(counted.lanes + counted.waiting, f->eraser.lanes + f->eraser.waiting);
        assert_int_equal(counted.fresh, f->eraser.fresh);
        assert_int_equal(counted.ready, f->eraser.ready);
        if (idle)
            return;
    }
    fail_msg("it does not come to an end");
}

static bool is_erased(struct fixture *f, uint64_t seq)
{
    struct turn turn = begin(f);
    struct record record;
    assert_true(journal_read(turn.tx, seq, &record));
    bool erased = (record.flags & RECORD_ERASED) != 0;
    assert_true(!erased || record.length == 0);
    tx_abort(&turn.tx);
    return erased;
}

static void assert_sound(struct fixture *f)
{
    struct turn turn = begin(f);
    assert_int_equal(journal_verify(turn.tx, &f->journal), 0);
    tx_abort(&turn.tx);
}

static void test_what_names_the_customer_goes(void **state)
{
    struct fixture *f = *state;
    struct turn turn = begin(f);
    uint64_t own = say_event(&turn, "C1", "a word"), other = say_event(&turn, "C10", "about C1, by name only"),
             referral = say_referral(&turn, "C10", "C1"), list = say_list(&turn, "C10", "C1"),
             free_list = say_list(&turn, "C10", "C100"), asked = ask(f, &turn, "C1", 9);
    tx_put(turn.tx, STORE_TABLE_DEAD, "a", 1, "a dead letter of C1", 19);
    tx_put(turn.tx, STORE_TABLE_DEAD, "b", 1, "a dead letter", 13);
    f->followers.list[0].confirmed = 1000;
    end(&turn);
    work_on(f);
    assert_true(is_erased(f, own) && is_erased(f, referral) && is_erased(f, list));
    assert_false(is_erased(f, other) || is_erased(f, free_list) || is_erased(f, asked));
    turn = begin(f);
    assert_int_equal(tx_count(turn.tx, STORE_TABLE_DEAD), 1);
    tx_abort(&turn.tx);
    assert_sound(f);
    assert_true(eraser_wants_file(&f->eraser));
}

static void test_followers_are_waited_for(void **state)
{
    struct fixture *f = *state;
    struct turn turn = begin(f);
    uint64_t own = say_event(&turn, "C1", "a word"), asked = ask(f, &turn, "C1", 9);
    end(&turn);
    for (uint64_t confirmed = 0; confirmed < asked; confirmed++) {
        f->followers.list[0].confirmed = confirmed;
        work_on(f);
        assert_false(is_erased(f, own) || eraser_wants_file(&f->eraser));
        assert_int_equal(f->eraser.waiting, 1);
    }
    assert_int_equal(f->calls, 1); // its rows went at once
    // What is said behind the erasure is nobody's business.
    f->followers.list[0].confirmed = asked;
    turn = begin(f);
    uint64_t later = say_event(&turn, "C1", "of a new life");
    end(&turn);
    work_on(f);
    assert_true(is_erased(f, own));
    assert_false(is_erased(f, later));
    assert_true(eraser_wants_file(&f->eraser));
}

static void test_an_id_that_is_an_address_goes(void **state)
{
    static const char *const personal[] = {"kim@example.com", "+8613800138000",  "13800138000",
                                           "tea-+4930123456", "woo-13800138000", "tea-0171 555 0199"};
    static const char *const plain[] = {"C1", "6940095564123", "12345678901", "C+D", "0012345678", "woo-6940095564"};
    struct fixture *f = *state;
    f->followers.list[0].confirmed = 1000;
    for (uint8_t i = 0; i < 6; i++) {
        struct turn turn = begin(f);
        uint64_t gone = ask(f, &turn, personal[i], (uint8_t)(10 + i)),
                 stays = ask(f, &turn, plain[i], (uint8_t)(20 + i));
        end(&turn);
        work_on(f);
        assert_true(is_erased(f, gone));
        assert_false(is_erased(f, stays));
    }
    assert_sound(f);
}

struct seen {
    struct fixture *f;
    unsigned reports;
};

static bool see(void *self, const struct record *record)
{
    struct seen *seen = self;
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_ERASURE_REPORT)
        return true;
    Tend__V1__ErasureReport *report = tend__v1__erasure_report__unpack(NULL, record->length, record->payload);
    assert_non_null(report);
    assert_string_equal(report->service, "little");
    assert_int_equal(report->rows, 10);
    assert_int_equal(report->rebuilt->seconds, 5);
    assert_int_equal(report->erasure.len, HASH_BYTES);
    assert_int_not_equal(record->shard, SHARD_ALL);
    seen->reports++;
    tend__v1__erasure_report__free_unpacked(report, NULL);
    return true;
}

static void ask_many(struct fixture *f, struct turn *turn, unsigned count)
{
    char id[20];
    for (unsigned i = 0; i < count; i++) {
        snprintf(id, sizeof id, "Person%u", i);
        say_event(turn, id, "a word");
        ask(f, turn, id, i + 1);
    }
}

// Many that were heard of together cost one effort and one file; afterwards no id is left, and each is reported.
static void test_many_share_one_file(void **state)
{
    enum { MANY = 100 };
    struct fixture *f = *state;
    struct turn turn = begin(f);
    ask_many(f, &turn, MANY);
    f->followers.list[0].confirmed = 1000;
    end(&turn);
    work_on(f);
    assert_true(f->calls == 2 && f->asked == MANY); // 64, and the rest
    assert_int_equal(f->eraser.ready, MANY);
    turn = begin(f);
    struct cursor *cursor = cursor_open(turn.tx, STORE_TABLE_META);
    struct slice key, value;
    while (cursor_next(cursor, &key, &value))
        assert_null(memmem(value.bytes, value.length, "Person", 6));
    cursor_close(&cursor);
    tx_abort(&turn.tx);
    eraser_remade(&f->eraser, 5000);
    assert_false(eraser_wants_file(&f->eraser));
    (void)work(f);
    struct seen seen = {.f = f};
    turn = begin(f);
    journal_each(turn.tx, 1, see, &seen);
    tx_abort(&turn.tx);
    assert_true(seen.reports == MANY && f->eraser.ready == 0);
    assert_sound(f);
}

// A long journal is gone through a piece a turn.
static void test_a_long_journal(void **state)
{
    enum { RECORDS = 9000 };
    struct fixture *f = *state;
    struct turn turn = begin(f);
    for (unsigned i = 0; i < RECORDS; i++)
        say_event(&turn, i % 100 == 0 ? "C1" : "C2", "a word");
    f->followers.list[0].confirmed = 100000;
    ask(f, &turn, "C1", 9);
    end(&turn);
    unsigned turns = 0;
    while (!eraser_wants_file(&f->eraser) && turns < TURNS_MAX) {
        (void)work(f);
        turns++;
    }
    assert_in_range(turns, 5, 9);
    for (uint64_t seq = 1; seq <= RECORDS; seq++)
        assert_int_equal(is_erased(f, seq), seq % 100 == 1);
    assert_sound(f);
}

// What was trimmed before it was looked at is gone anyway; also all of it.
static void test_a_journal_that_was_trimmed(void **state)
{
    struct fixture *f = *state;
    struct turn turn = begin(f);
    for (unsigned i = 0; i < 10; i++)
        say_event(&turn, "C1", "a word");
    uint64_t asked = ask(f, &turn, "C1", 9);
    for (unsigned i = 0; i < 3; i++)
        say_event(&turn, "C2", "a word");
    f->followers.list[0].confirmed = 1000;
    end(&turn);
    (void)work(f); // its rows
    turn = begin(f);
    assert_int_equal(journal_trim(turn.tx, &f->journal, asked, 1000), asked);
    end(&turn);
    work_on(f);
    assert_true(eraser_wants_file(&f->eraser));
    turn = begin(f);
    ask(f, &turn, "C2", 10);
    end(&turn);
    (void)work(f);
    turn = begin(f);
    (void)journal_trim(turn.tx, &f->journal, 1000, 1000);
    end(&turn);
    work_on(f);
    assert_int_equal(f->eraser.ready, 2);
    assert_sound(f);
}

// Hundreds at once: the journal is gone through once for all of them, and a turn looks at no more than for one.
static void test_hundreds_at_once(void **state)
{
    enum { MANY = 500, RECORDS = 9000 };
    struct fixture *f = *state;
    struct turn turn = begin(f);
    char id[20];
    for (unsigned i = 0; i < RECORDS; i++) {
        snprintf(id, sizeof id, "Person%u", i % (2 * MANY));
        say_event(&turn, id, "a word");
    }
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "Person%u", 2 * i);
        ask(f, &turn, id, i + 1);
    }
    f->followers.list[0].confirmed = 100000;
    end(&turn);
    size_t looked = 0, turns = 0;
    for (; !eraser_wants_file(&f->eraser) && turns < TURNS_MAX; turns++) {
        (void)work(f);
        assert_true(f->eraser.looked <= ERASER_PIECE_RECORDS);
        looked += f->eraser.looked;
    }
    assert_in_range(turns, MANY / 64, 25);
    assert_in_range(looked, RECORDS, RECORDS + MANY);
    assert_int_equal(f->asked, MANY);
    for (uint64_t seq = 1; seq <= RECORDS; seq++)
        assert_int_equal(is_erased(f, seq), (seq - 1) % 2 == 0);
    assert_sound(f);
    eraser_remade(&f->eraser, 5000);
    (void)work(f);
    assert_in_range(f->eraser.ready, 1, MANY - 1); // not all in one turn
    assert_false(eraser_wants_file(&f->eraser));
    work_on(f);
    struct seen seen = {.f = f};
    turn = begin(f);
    journal_each(turn.tx, 1, see, &seen);
    tx_abort(&turn.tx);
    assert_true(seen.reports == MANY && f->eraser.remade_ms == 0);
}

// Two erasures of one id, of which the second is about what came after the first.
static void test_the_same_id_again(void **state)
{
    struct fixture *f = *state;
    f->followers.list[0].confirmed = 1000;
    struct turn turn = begin(f);
    uint64_t first = say_event(&turn, "C1", "a word");
    ask(f, &turn, "C1", 1);
    end(&turn);
    (void)work(f);
    turn = begin(f);
    uint64_t second = say_event(&turn, "C1", "another");
    ask(f, &turn, "C1", 2);
    end(&turn);
    work_on(f);
    assert_true(is_erased(f, first) && is_erased(f, second));
    assert_int_equal(f->eraser.ready, 2);
}

// Where the service to the left runs as three processes, nothing is done before the last of them has said it; and one
// of them that says it once more, perhaps after years, is enough.
static void test_every_process_says_it(void **state)
{
    static const unsigned order[] = {1, 1, 0, 2};
    struct fixture *f = *state;
    f->followers.list[0].confirmed = 1000;
    struct turn turn = begin(f);
    uint64_t own = say_event(&turn, "C1", "a word");
    struct record record = append(&turn, "C1", 9);
    end(&turn);
    uint8_t payload[100];
    assert_true(record.length <= sizeof payload);
    memcpy(payload, record.payload, record.length);
    record.payload = payload;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        struct lane from = {.index = order[i], .count = 3};
        turn = begin(f);
        assert_int_equal(eraser_repeats(&turn, &record, from), i > 1);
        eraser_hear_from(&f->eraser, &turn, &record, 1, from);
        end(&turn);
        if (i == 3)
            break;
        work_on(f);
        assert_int_equal(f->calls, 0);
        assert_false(is_erased(f, own) || eraser_wants_file(&f->eraser));
    }
    work_on(f);
    assert_true(is_erased(f, own) && eraser_wants_file(&f->eraser));
    eraser_remade(&f->eraser, 5000);
    work_on(f);
    assert_int_equal(f->eraser.ready, 0);
    turn = begin(f);
    eraser_hear_from(&f->eraser, &turn, &record, 1, (struct lane){.index = 1, .count = 3});
    end(&turn);
    work_on(f);
    assert_true(eraser_wants_file(&f->eraser));
}

// What names the person before the rows are gone must wait: it is about somebody else.
static void test_what_comes_behind_waits(void **state)
{
    struct fixture *f = *state;
    f->followers.list[0].confirmed = 1000;
    struct turn turn = begin(f);
    struct record later, other;
    uint64_t first = say_event(&turn, "C1", "of a new life"), second = say_event(&turn, "C2", "of C1, by name only");
    assert_true(journal_read(turn.tx, first, &later) && journal_read(turn.tx, second, &other));
    assert_false(eraser_comes_first(&f->eraser, &turn, &later));
    struct record asked = append(&turn, "C1", 9);
    eraser_hear(&f->eraser, &turn, &asked, 0);
    assert_true(journal_read(turn.tx, first, &later) && journal_read(turn.tx, second, &other));
    assert_true(eraser_comes_first(&f->eraser, &turn, &later));
    assert_false(eraser_comes_first(&f->eraser, &turn, &other) || eraser_comes_first(&f->eraser, &turn, &asked));
    end(&turn);
    (void)work(f);
    turn = begin(f);
    assert_true(journal_read(turn.tx, first, &later));
    assert_false(eraser_comes_first(&f->eraser, &turn, &later));
    tx_abort(&turn.tx);
}

// Nor are hundreds that wait for a follower looked through for each record: the rows go first.
static void test_what_comes_behind_many(void **state)
{
    enum { MANY = 200 };
    struct fixture *f = *state;
    struct turn turn = begin(f);
    char id[20];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "Person%u", i);
        ask(f, &turn, id, i + 1);
    }
    end(&turn);
    work_on(f);
    assert_int_equal(f->eraser.waiting, MANY);
    struct record other;
    turn = begin(f);
    uint64_t seq = say_event(&turn, "C2", "of nobody");
    assert_true(journal_read(turn.tx, seq, &other));
    assert_false(eraser_comes_first(&f->eraser, &turn, &other));
    ask(f, &turn, "C1", MANY + 1);
    assert_true(journal_read(turn.tx, seq, &other));
    assert_true(eraser_comes_first(&f->eraser, &turn, &other));
    end(&turn);
    (void)work(f);
    turn = begin(f);
    assert_true(journal_read(turn.tx, seq, &other));
    assert_false(eraser_comes_first(&f->eraser, &turn, &other));
    tx_abort(&turn.tx);
}

// Whatever is no event of an erasure is none.
static void test_what_is_no_erasure(void **state)
{
    struct fixture *f = *state;
    struct turn turn = begin(f);
    struct record record;
    uint64_t seq = say_event(&turn, "C1", "a word");
    assert_true(journal_read(turn.tx, seq, &record));
    eraser_hear(&f->eraser, &turn, &record, 0);
    record.length = 3;
    eraser_hear(&f->eraser, &turn, &record, 0);
    assert_int_equal(f->eraser.heard, 0);
    ask(f, &turn, "", 1);
    assert_int_equal(f->eraser.heard, 0);
    end(&turn);
    assert_int_equal(work(f), INT64_MAX);
}

// More than one turn works on: those that stand at the end come to their turn, while the first are far along.
static void test_thousands_at_once(void **state)
{
    enum { MANY = 1200 };
    struct fixture *f = *state;
    struct turn turn = begin(f);
    ask_many(f, &turn, MANY);
    f->followers.list[0].confirmed = 100000;
    end(&turn);
    for (int turns = 0; !eraser_wants_file(&f->eraser) && turns < TURNS_MAX; turns++)
        (void)work(f);
    assert_true(f->asked == MANY && f->ended == MANY && f->ends == 2 * (1 + MANY / 512)); // the last look is for many
    assert_true(f->eraser.ready == MANY && is_erased(f, 1) && is_erased(f, 2 * MANY - 1));
    assert_sound(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_names_the_customer_goes, make, unmake),
        cmocka_unit_test_setup_teardown(test_followers_are_waited_for, make, unmake),
        cmocka_unit_test_setup_teardown(test_an_id_that_is_an_address_goes, make, unmake),
        cmocka_unit_test_setup_teardown(test_many_share_one_file, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_long_journal, make, unmake),
        cmocka_unit_test_setup_teardown(test_a_journal_that_was_trimmed, make, unmake),
        cmocka_unit_test_setup_teardown(test_hundreds_at_once, make, unmake),
        cmocka_unit_test_setup_teardown(test_thousands_at_once, make, unmake),
        cmocka_unit_test_setup_teardown(test_the_same_id_again, make, unmake),
        cmocka_unit_test_setup_teardown(test_every_process_says_it, make, unmake),
        cmocka_unit_test_setup_teardown(test_what_comes_behind_waits, make, unmake),
        cmocka_unit_test_setup_teardown(test_what_comes_behind_many, make, unmake),
        cmocka_unit_test_setup_teardown(test_what_is_no_erasure, make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
