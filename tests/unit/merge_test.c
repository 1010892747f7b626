// Customers shared out over several ledgers: the merged limits are those of one ledger with all of them, and so is what
// each then says.
//
//     merge_test [seed]
#include "services/scoring/merge.h"
#include "unit/ledgers.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { BOOKS = 25, TURNS = 25, SHARDS_MAX = 8 };

struct shards {
    struct ledger *ledgers[SHARDS_MAX];
    uint32_t count;
};

// The first round: what a ledger tells of itself.
static void add_piles(struct merge *merge, struct ledger *ledger)
{
    for (unsigned list = 0; list < LIMITS_LISTS; list++) {
        const struct rank *rank = ledger_list(ledger, list);
        struct rank_pile pile;
        for (uint32_t from = 0; rank != NULL && rank_pile(rank, from, &pile); from = pile.bucket + 1)
            assert_true(merge_pile(merge, list, &pile));
        const struct tally *tally = list < LIMITS_BOARDS ? ledger_tally(ledger, list) : NULL;
        uint32_t orders;
        uint64_t customers;
        for (uint32_t from = 1; tally != NULL && tally_next(tally, from, &orders, &customers); from = orders + 1)
            assert_true(merge_orders(merge, list, orders, customers));
    }
    const struct gaps *gaps = ledger_gaps(ledger);
    for (uint32_t days = 1; days <= GAPS_DAYS_MAX; days++)
        if (gaps->days[days] > 0)
            assert_true(merge_gap(merge, days, gaps->days[days]));
}

// The second: the values in the wanted buckets.
static void add_ties(struct merge *merge, struct ledger *ledger, const struct merge_want *wants, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct rank_tie *ties;
        size_t tie_count = rank_ties(ledger_list(ledger, wants[i].list), wants[i].bucket, &ties);
        for (size_t j = 0; j < tie_count; j++)
            assert_true(merge_tie(merge, wants[i].list, wants[i].bucket, &ties[j]));
    }
}

static void merge_all(struct merge *merge, const struct shards *shards, struct limits *limits)
{
    const struct merge_want *wants;
    merge_clear(merge);
    for (uint32_t i = 0; i < shards->count; i++)
        add_piles(merge, shards->ledgers[i]);
    size_t count = merge_wants(merge, &wants);
    assert_true(count <= MERGE_WANTS_MAX);
    if (count > 0)
        assert_false(merge_limits(merge, limits)); // the values are missing
    for (uint32_t i = 0; i < shards->count; i++)
        add_ties(merge, shards->ledgers[i], wants, count);
    assert_true(merge_limits(merge, limits));
}

static void same_mass(struct rank_mass one, struct rank_mass other)
{
    assert_true(one.count == other.count && one.sum == other.sum);
}

static void same_stand(const struct rank_stand *one, const struct rank_stand *other)
{
    assert_true(one->value == other->value);
    assert_true(one->on == other->on);
    same_mass(one->above, other->above);
}

static void same_limits(const struct limits *one, const struct limits *other)
{
    for (unsigned i = 0; i < LIMITS_BOARDS; i++) {
        const struct limits_board *left = &one->boards[i], *right = &other->boards[i];
        assert_true(left->population == right->population);
        same_mass(left->positive, right->positive);
        for (unsigned cut = 0; cut < LIMITS_CUTS; cut++)
            same_stand(&left->cuts[cut], &right->cuts[cut]);
        for (unsigned part = 0; part < LIMITS_PARTS - 1; part++) {
            assert_true(left->f[part].value == right->f[part].value);
            assert_true(left->f[part].above == right->f[part].above);
        }
    }
    for (unsigned part = 0; part < LIMITS_PARTS - 1; part++)
        same_stand(&one->r[part], &other->r[part]);
    assert_int_equal(one->usual_gap_days, other->usual_gap_days);
}

// Each customer, and everything that is said of it, is the same wherever it is kept.
static void same_customers(const struct book *book, const struct ledger *whole, const struct shards *shards)
{
    for (uint32_t customer = 0; customer < book->customers; customer++) {
        uint32_t here, there;
        const struct ledger *shard = shards->ledgers[customer % shards->count];
        bool known = slot_of(whole, customer, &here);
        assert_int_equal(slot_of(shard, customer, &there), known);
        if (!known)
            continue;
        struct ledger_rfm one = ledger_rfm(whole, here), other = ledger_rfm(shard, there);
        assert_true(one.r == other.r && one.f == other.f && one.m == other.m);
        assert_true(ledger_verdict_equal(ledger_exact(whole, here), ledger_exact(shard, there)));
        assert_true(ledger_verdict_equal(ledger_verdict(shard, there), ledger_customer(shard, there)->announced));
    }
}

static void trade(struct book *book, struct ledger *whole, struct shards *shards)
{
    for (uint64_t left = draw(60); left > 0; left--) {
        book->now_ms++;
        const struct entry *entry = book_draw(book);
        give(book, whole, entry);
        give(book, shards->ledgers[entry->customer % shards->count], entry);
        book_keep(book, entry);
    }
    const uint32_t *slots;
    for (uint64_t days = chance(40) ? draw(12) : 0; days > 0; days--) {
        book->today++;
        book->now_ms = book->today * DAY_MS;
        (void)ledger_next_day(whole, book->now_ms, &slots);
        for (uint32_t i = 0; i < shards->count; i++)
            (void)ledger_next_day(shards->ledgers[i], book->now_ms, &slots);
    }
    ledger_advance(whole, book->now_ms);
    for (uint32_t i = 0; i < shards->count; i++)
        ledger_advance(shards->ledgers[i], book->now_ms);
}

static void run_book(void)
{
    static struct book book;
    static struct limits limits;
    book_start(&book);
    struct shards shards = {.count = 1 + (uint32_t)draw(SHARDS_MAX)};
    struct ledger *whole = ledger_open(&book.options);
    struct merge *merge = merge_open(&book.options);
    ledger_clear(whole, book.now_ms, book.today);
    for (uint32_t i = 0; i < shards.count; i++) {
        shards.ledgers[i] = ledger_open(&book.options);
        ledger_clear(shards.ledgers[i], book.now_ms, book.today);
    }
    for (unsigned turn = 0; turn < TURNS; turn++) {
        trade(&book, whole, &shards);
        (void)settle(whole);
        for (uint32_t i = 0; i < shards.count; i++)
            (void)settle(shards.ledgers[i]);
        merge_all(merge, &shards, &limits);
        same_limits(&limits, ledger_limits(whole));
        for (uint32_t i = 0; i < shards.count; i++) {
            ledger_impose(shards.ledgers[i], &limits);
            (void)settle(shards.ledgers[i]);
            same_limits(&limits, ledger_limits(shards.ledgers[i]));
        }
        same_customers(&book, whole, &shards);
    }
    // Without the others' limits each goes by its own again.
    for (uint32_t i = 0; i < shards.count; i++) {
        ledger_impose(shards.ledgers[i], NULL);
        (void)settle(shards.ledgers[i]);
        merge_all(merge, &(struct shards){.ledgers = {shards.ledgers[i]}, .count = 1}, &limits);
        same_limits(&limits, ledger_limits(shards.ledgers[i]));
        ledger_close(&shards.ledgers[i]);
    }
    merge_close(&merge);
    ledger_close(&whole);
}

static uint64_t seed; // of the book that runs

static void merged_is_as_one(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < BOOKS; i++) {
        seed = state;
        run_book();
    }
}

static int tell_seed(void **unused)
{
    (void)unused;
    printf("the last book's seed is %llu\n", (unsigned long long)seed);
    return 0;
}

// What comes from another process may be anything.
static void nonsense_is_refused(void **unused)
{
    (void)unused;
    static struct book book;
    static struct limits limits;
    book_start(&book);
    book.options.schemes[0].window_days = 0;
    struct merge *merge = merge_open(&book.options);
    const uint32_t zero = rank_bucket(RANK_MONEY, 0);
    const struct {
        unsigned list;
        struct rank_pile pile;
        bool taken;
    } piles[] = {
        {LIMITS_LISTS, {zero + 1, 1, 1}, false},
        {LIMITS_SCHEME, {zero + 1, 1, 1}, false},
        {LIMITS_MAIN, {rank_buckets(RANK_MONEY), 1, 1}, false},
        {LIMITS_MAIN, {zero + 1, 0, 1}, false},
        {LIMITS_MAIN, {zero + 1, 1, 0}, false},
        {LIMITS_MAIN, {zero + 1, 1, -1}, false},
        {LIMITS_MAIN, {zero + 1, UINT64_MAX, 1}, false},
        {LIMITS_MAIN, {zero, 1, 1}, false},
        {LIMITS_LAST, {1, 1, 1}, false},
        {LIMITS_LAST, {1, 1, 0}, true},
        {LIMITS_MAIN, {zero + 1, 1, 1}, true},
    };
    for (size_t i = 0; i < sizeof piles / sizeof piles[0]; i++)
        assert_int_equal(merge_pile(merge, piles[i].list, &piles[i].pile), piles[i].taken);
    assert_false(merge_orders(merge, LIMITS_BOARDS, 1, 1));
    assert_false(merge_orders(merge, LIMITS_SCHEME, 1, 1));
    assert_false(merge_gap(merge, 0, 1));
    assert_false(merge_gap(merge, GAPS_DAYS_MAX + 1, 1));
    const struct merge_want *wants;
    assert_true(merge_wants(merge, &wants) > 0);
    assert_false(merge_tie(merge, LIMITS_MAIN, zero + 1, &(struct rank_tie){2, 1}));
    assert_false(merge_tie(merge, LIMITS_MAIN, zero + 2, &(struct rank_tie){2, 1}));
    assert_false(merge_tie(merge, LIMITS_MAIN, zero + 1, &(struct rank_tie){1, 0}));
    assert_true(merge_tie(merge, LIMITS_MAIN, zero + 1, &(struct rank_tie){1, 2}));
    assert_false(merge_limits(merge, &limits)); // two where the pile had one
    merge_clear(merge);
    assert_int_equal(merge_wants(merge, &wants), 0);
    assert_true(merge_limits(merge, &limits));
    assert_true(limits.boards[LIMITS_MAIN].cuts[LIMITS_A].value == RANK_NONE);
    merge_close(&merge);
}

int main(int count, char **words)
{
    state = count > 1 ? strtoull(words[1], NULL, 10) : 20260517;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test_teardown(merged_is_as_one, tell_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
