// What scoring processes tell each other: it arrives as it was sent, nonsense is noticed, and limits made of what was
// told are those of one ledger with everybody; and what the tops say of a value.
//
//     meet_test [seed]
#include "services/scoring/meet_wire.h"
#include "unit/ledgers.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { BYTES = 1 << 20, ROUNDS = 200, BOOKS = 5, TURNS = 6, SHARDS = 3, TOPS = 5 };

static uint8_t bytes[BYTES];

static void numbers_arrive(void **unused)
{
    static const int64_t all[] = {0, 1, -1, 63, 64, -64, -65, 127, 128, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN};
    enum { COUNT = sizeof all / sizeof *all };
    (void)unused;
    struct parcel out = parcel_to_write(bytes, sizeof bytes);
    for (size_t i = 0; i < COUNT; i++) {
        int64_t whole = all[i];
        uint64_t number = (uint64_t)all[i];
        int128 wide = (int128)all[i] * INT64_MAX;
        double real = (double)all[i] / 3;
        parcel_signed(&out, &whole);
        parcel_number(&out, &number);
        parcel_wide(&out, &wide);
        parcel_real(&out, &real);
    }
    assert_true(out.good);
    struct parcel in = parcel_to_read(bytes, out.used);
    for (size_t i = 0; i < COUNT; i++) {
        int64_t whole = 7;
        uint64_t number = 7;
        int128 wide = 7;
        double real = 7;
        parcel_signed(&in, &whole);
        parcel_number(&in, &number);
        parcel_wide(&in, &wide);
        parcel_real(&in, &real);
        assert_true(whole == all[i] && number == (uint64_t)all[i]);
        assert_true(wide == (int128)all[i] * INT64_MAX && real == (double)all[i] / 3);
    }
    assert_true(parcel_whole(&in));
}

static void what_does_not_fit_is_bad(void **unused)
{
    static const uint8_t endless[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    static const uint8_t large[] = {0xff, 0xff, 0xff, 0xff, 0x7f}; // 35 bits
    (void)unused;
    struct parcel parcel = parcel_to_read(endless, sizeof endless);
    assert_int_equal(parcel_get(&parcel), 0);
    assert_false(parcel.good);
    parcel = parcel_to_read(large, sizeof large);
    uint32_t word = 1;
    parcel_word(&parcel, &word);
    assert_false(parcel.good);
    assert_int_equal(word, 0);
    parcel = parcel_to_read(large, 2); // ends early
    assert_int_equal(parcel_get(&parcel), 0);
    assert_false(parcel_whole(&parcel));
    parcel = parcel_to_write(bytes, 1);
    parcel_put(&parcel, 128);
    assert_false(parcel.good);
    assert_int_equal(parcel.used, 1);
}

static void draw_stand(struct rank_stand *stand)
{
    *stand = (struct rank_stand){.value = chance(20) ? RANK_NONE : (int64_t)draw(1000) - 500,
                                 .on = draw(9),
                                 .above = {.count = draw(1000), .sum = (int128)draw(INT64_MAX) * draw(1000)}};
}

static void draw_limits(struct meet_limits *limits)
{
    memset(limits, 0, sizeof *limits);
    for (size_t i = 0; i < sizeof limits->rules; i++)
        limits->rules[i] = (uint8_t)draw(256);
    limits->day = (int32_t)draw(40000) - 100;
    limits->number = draw(1000);
    limits->time_ms = (int64_t)draw(1000000);
    limits->live = chance(50);
    limits->customers = draw(1000000);
    limits_start(&limits->limits);
    for (unsigned i = 0; i < LIMITS_BOARDS; i++) {
        struct limits_board *board = &limits->limits.boards[i];
        board->population = draw(1000);
        board->positive.sum = (int128)draw(INT64_MAX) * 77;
        for (unsigned k = 0; k < LIMITS_CUTS; k++)
            draw_stand(&board->cuts[k]);
    }
    limits->limits.usual_gap_days = (uint32_t)draw(GAPS_DAYS_MAX);
    limits->limits.top_count = (uint32_t)draw(LIMITS_TOPS + 1);
    for (unsigned i = 0; i < limits->limits.top_count; i++) {
        limits->limits.tops[i].ppm = (uint32_t)draw(RANK_PPM);
        draw_stand(&limits->limits.tops[i].stand);
    }
}

static size_t pack(const struct meet_limits *limits, uint8_t *room)
{
    struct meet_limits copy = *limits;
    struct parcel parcel = parcel_to_write(room, BYTES);
    meet_pass_limits(&parcel, &copy);
    assert_true(parcel.good);
    return parcel.used;
}

// Packed, read and packed again they are the same bytes; cut short anywhere or with a byte changed they are refused, or
// at least read without harm.
static void limits_arrive(void **unused)
{
    static struct meet_limits limits, read;
    static uint8_t again[BYTES];
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        draw_limits(&limits);
        size_t length = pack(&limits, bytes);
        struct parcel in = parcel_to_read(bytes, length);
        memset(&read, 0, sizeof read);
        meet_pass_limits(&in, &read);
        assert_true(parcel_whole(&in));
        assert_int_equal(pack(&read, again), length);
        assert_memory_equal(again, bytes, length);
        in = parcel_to_read(bytes, draw(length));
        meet_pass_limits(&in, &read);
        assert_false(parcel_whole(&in));
        bytes[draw(length)] ^= (uint8_t)(1 + draw(255));
        in = parcel_to_read(bytes, length);
        meet_pass_limits(&in, &read);
    }
}

// --- lists

struct told {
    uint8_t bytes[BYTES];
    struct parcel parcel;
};

static struct told told[SHARDS][LIMITS_LISTS];

static void tell(struct ledger *ledger, unsigned number, const struct merge_want *wants, size_t count,
                 struct told *ret_told)
{
    uint64_t buckets[MERGE_WANTS_MAX];
    size_t bucket_count = 0;
    for (size_t i = 0; i < count; i++)
        if (wants[i].list == number)
            buckets[bucket_count++] = wants[i].bucket;
    const struct meet_list list = {.rank = ledger_list(ledger, number),
                                   .orders = number < LIMITS_BOARDS ? ledger_tally(ledger, number) : NULL,
                                   .gaps = number == LIMITS_LAST ? ledger_gaps(ledger) : NULL};
    ret_told->parcel = parcel_to_write(ret_told->bytes, BYTES);
    if (list.rank == NULL)
        return;
    meet_put_list(&ret_told->parcel, &list, buckets, bucket_count);
    assert_true(ret_told->parcel.good);
    ret_told->parcel = parcel_to_read(ret_told->bytes, ret_told->parcel.used);
}

static bool hear(struct merge *merge, struct ledger **ledgers, const struct merge_want *wants, size_t count,
                 struct limits *ret_limits)
{
    const struct merge_want *now;
    merge_clear(merge);
    for (unsigned list = 0; list < LIMITS_LISTS; list++)
        for (unsigned shard = 0; shard < SHARDS; shard++) {
            tell(ledgers[shard], list, wants, count, &told[shard][list]);
            if (told[shard][list].parcel.in != NULL)
                meet_get_piles(&told[shard][list].parcel, merge, list);
        }
    (void)merge_wants(merge, &now);
    for (unsigned list = 0; list < LIMITS_LISTS; list++)
        for (unsigned shard = 0; shard < SHARDS; shard++)
            if (told[shard][list].parcel.in != NULL) {
                meet_get_ties(&told[shard][list].parcel, merge, list);
                assert_true(parcel_whole(&told[shard][list].parcel));
            }
    return merge_limits(merge, ret_limits);
}

// A value is in a top just when the share above it, as it is told, is below that top's share: as counted one by one.
static void check_tops(struct ledger *whole, const struct limits *limits, const uint32_t *tops)
{
    const struct rank *by_net = ledger_by_net(whole);
    uint64_t all = rank_count(by_net);
    for (uint32_t slot = 0; slot < ledger_count(whole) && all > 0; slot++) {
        int64_t value;
        if (!rank_value(by_net, slot, &value))
            continue;
        int64_t exact = (int64_t)(rank_above(by_net, value).count * RANK_PPM / all), said = limits_above(limits, value);
        for (unsigned i = 0; i < TOPS; i++)
            assert_int_equal(exact < tops[i], said < tops[i]);
    }
}

static void check_curve(struct ledger *whole, const struct merge *merge)
{
    struct rank_mass points[20];
    const struct rank *by_net = ledger_by_net(whole);
    size_t count = merge_curve(merge, 20, points);
    assert_true(count <= 20 && (count > 0) == (rank_count(by_net) > 0));
    for (size_t i = 1; i < count; i++)
        assert_true(points[i].count > points[i - 1].count && points[i].sum >= points[i - 1].sum);
    if (count > 0)
        assert_true(points[count - 1].count == rank_count(by_net) &&
                    points[count - 1].sum == rank_positive(by_net).sum);
}

static void trade(struct book *book, struct ledger *whole, struct ledger **ledgers)
{
    for (uint64_t left = draw(60); left > 0; left--) {
        book->now_ms++;
        const struct entry *entry = book_draw(book);
        give(book, whole, entry);
        give(book, ledgers[entry->customer % SHARDS], entry);
        book_keep(book, entry);
    }
    ledger_advance(whole, book->now_ms);
    settle(whole);
    for (unsigned shard = 0; shard < SHARDS; shard++) {
        ledger_advance(ledgers[shard], book->now_ms);
        settle(ledgers[shard]);
    }
}

static void lists_arrive(void **unused)
{
    static struct book book;
    static struct limits limits;
    static const uint32_t tops[TOPS] = {10000, 50000, 250000, 500000, 999999};
    (void)unused;
    for (int i = 0; i < BOOKS; i++) {
        book_start(&book);
        struct ledger *whole = ledger_open(&book.options), *ledgers[SHARDS];
        struct merge *merge = merge_open(&book.options);
        struct merge_want wants[MERGE_WANTS_MAX];
        size_t count = 0;
        merge_tops(merge, tops, TOPS);
        ledger_clear(whole, book.now_ms, book.today);
        for (unsigned shard = 0; shard < SHARDS; shard++) {
            ledgers[shard] = ledger_open(&book.options);
            ledger_clear(ledgers[shard], book.now_ms, book.today);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            trade(&book, whole, ledgers);
            int tries = 0;
            while (!hear(merge, ledgers, wants, count, &limits)) {
                const struct merge_want *now;
                assert_true(++tries < 2); // the second question names every bucket
                count = merge_wants(merge, &now);
                memcpy(wants, now, count * sizeof *wants);
            }
            const struct limits *one = ledger_limits(whole);
            for (unsigned cut = 0; cut < LIMITS_CUTS; cut++)
                assert_true(limits.boards[LIMITS_MAIN].cuts[cut].value == one->boards[LIMITS_MAIN].cuts[cut].value);
            assert_int_equal(limits.usual_gap_days, one->usual_gap_days);
            check_tops(whole, &limits, tops);
            check_curve(whole, merge);
        }
        merge_close(&merge);
        ledger_close(&whole);
        for (unsigned shard = 0; shard < SHARDS; shard++)
            ledger_close(&ledgers[shard]);
    }
}

// A list with any byte changed does no harm: the parcel is bad, or the merge does not add up, or it is another list.
static void nonsense_does_no_harm(void **unused)
{
    static struct limits limits;
    struct ledger_options options = {.cut_a_ppm = 650000,
                                     .cut_b_ppm = 850000,
                                     .window_days = 30,
                                     .overdue_factor_ppm = 2000000,
                                     .overdue_repeats = 1,
                                     .drop_quantile_ppm = 950000};
    struct rank *rank = rank_open(RANK_MONEY);
    struct merge *merge = merge_open(&options);
    const struct merge_want *wants;
    (void)unused;
    for (uint32_t slot = 0; slot < 50; slot++)
        rank_put(rank, slot, (int64_t)draw(3000) - 300);
    const struct meet_list list = {.rank = rank};
    for (int round = 0; round < 2 * ROUNDS; round++) {
        uint64_t buckets[2] = {rank_bucket(RANK_MONEY, 100), rank_bucket(RANK_MONEY, 1000)};
        struct parcel parcel = parcel_to_write(bytes, sizeof bytes);
        meet_put_list(&parcel, &list, buckets, 2);
        bytes[draw(parcel.used)] = (uint8_t)draw(256);
        parcel = parcel_to_read(bytes, parcel.used - draw(3));
        merge_clear(merge);
        meet_get_piles(&parcel, merge, LIMITS_MAIN);
        (void)merge_wants(merge, &wants);
        meet_get_ties(&parcel, merge, LIMITS_MAIN);
        (void)merge_limits(merge, &limits);
    }
    merge_close(&merge);
    rank_close(&rank);
}

int main(int argc, char **argv)
{
    state = argc > 1 ? strtoull(argv[1], NULL, 10) : 4711;
    printf("seed %llu\n", (unsigned long long)state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_arrive), cmocka_unit_test(what_does_not_fit_is_bad), cmocka_unit_test(limits_arrive),
        cmocka_unit_test(lists_arrive),   cmocka_unit_test(nonsense_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
