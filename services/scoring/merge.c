#include "services/scoring/merge.h"

#include "common/must.h"
#include "services/scoring/rank_cut.h"

#include <stdlib.h>
#include <string.h>

enum { TIES_FIRST = 64, CUTS_MAX = LIMITS_CUTS + LIMITS_TOPS };

// The bucket a cut stands in, and what lies in the buckets above it.
struct spot {
    bool stands;
    uint32_t bucket;
    struct rank_mass above;
};

// A list of all ledgers together.
struct list {
    bool kept;
    uint32_t buckets;
    struct rank_mass *piles;
    struct rank_rule rules[CUTS_MAX];
    struct spot spots[CUTS_MAX];
    unsigned cut_count;
    struct cut_goal goal;
    struct tally *frequency; // NULL: not kept
};

// The values in a wanted bucket, from all ledgers.
struct bin {
    struct rank_tie *ties;
    size_t used, room;
};

struct merge {
    struct ledger_options options;
    struct list lists[MERGE_LISTS];
    struct gaps gaps;
    struct merge_want wants[MERGE_WANTS_MAX];
    struct bin bins[MERGE_WANTS_MAX];
    size_t want_count;
};

static enum rank_scale scale_of(unsigned list)
{
    return list == LIMITS_LAST ? RANK_TIME : RANK_MONEY;
}

static void open_list(struct list *list, enum rank_scale scale)
{
    list->kept = true;
    list->buckets = rank_buckets(scale);
    list->piles = calloc(list->buckets, sizeof *list->piles);
    must(list->piles != NULL);
}

struct merge *merge_open(const struct ledger_options *options)
{
    struct merge *merge = calloc(1, sizeof *merge);
    must(merge != NULL);
    merge->options = *options;
    for (unsigned i = 0; i < LIMITS_BOARDS; i++) {
        struct limits_rules rules;
        struct list *list = &merge->lists[i];
        if (!ledger_rules(options, i, &rules))
            continue;
        open_list(list, RANK_MONEY);
        limits_cuts(&rules, list->rules);
        list->cut_count = LIMITS_CUTS;
        if (!rules.parts)
            continue;
        list->frequency = tally_open();
        for (uint32_t part = 1; part < LIMITS_PARTS; part++)
            must(tally_cut(list->frequency, part, LIMITS_PARTS) == part - 1);
    }
    struct list *last = &merge->lists[LIMITS_LAST];
    open_list(last, RANK_TIME);
    for (uint32_t part = 1; part < LIMITS_PARTS; part++)
        last->rules[last->cut_count++] = (struct rank_rule){.way = RANK_PART, .numerator = part, .parts = LIMITS_PARTS};
    gaps_start(&merge->gaps, options->drop_quantile_ppm);
    return merge;
}

void merge_tops(struct merge *merge, const uint32_t *ppm, size_t count)
{
    struct list *list = &merge->lists[LIMITS_MAIN];
    must(count <= LIMITS_TOPS && list->cut_count == LIMITS_CUTS);
    for (size_t i = 0; i < count; i++)
        list->rules[list->cut_count++] = (struct rank_rule){.way = RANK_TOP, .numerator = ppm[i], .parts = RANK_PPM};
}

void merge_futures(struct merge *merge, struct rank_rule rule)
{
    struct list *list = &merge->lists[MERGE_FUTURES];
    must(!list->kept);
    open_list(list, RANK_MONEY);
    list->rules[list->cut_count++] = rule;
}

void merge_close(struct merge **merge)
{
    if (*merge == NULL)
        return;
    for (unsigned i = 0; i < MERGE_LISTS; i++) {
        free((*merge)->lists[i].piles);
        tally_close(&(*merge)->lists[i].frequency);
    }
    for (size_t i = 0; i < MERGE_WANTS_MAX; i++)
        free((*merge)->bins[i].ties);
    free(*merge);
    *merge = NULL;
}

void merge_clear(struct merge *merge)
{
    for (unsigned i = 0; i < MERGE_LISTS; i++) {
        struct list *list = &merge->lists[i];
        if (list->kept)
            memset(list->piles, 0, list->buckets * sizeof *list->piles);
        if (list->frequency != NULL)
            tally_clear(list->frequency);
    }
    gaps_start(&merge->gaps, merge->options.drop_quantile_ppm);
    merge->want_count = 0;
}

// --- the first round

bool merge_pile(struct merge *merge, unsigned list, const struct rank_pile *pile)
{
    if (list >= MERGE_LISTS || !merge->lists[list].kept || pile->bucket >= merge->lists[list].buckets)
        return false;
    bool positive = scale_of(list) == RANK_MONEY && pile->bucket > rank_bucket(RANK_MONEY, 0);
    int128 most = positive ? (int128)pile->count * INT64_MAX : 0;
    if (pile->count == 0 || pile->count > UINT32_MAX || pile->sum > most || pile->sum < (positive ? 1 : 0))
        return false;
    struct rank_mass *kept = &merge->lists[list].piles[pile->bucket];
    kept->count += pile->count;
    kept->sum += pile->sum;
    return true;
}

bool merge_orders(struct merge *merge, unsigned board, uint32_t orders, uint64_t customers)
{
    if (board >= LIMITS_BOARDS || merge->lists[board].frequency == NULL || orders == 0 || orders > TALLY_MOST ||
        customers > UINT32_MAX)
        return false;
    tally_add(merge->lists[board].frequency, orders, customers);
    return true;
}

bool merge_gap(struct merge *merge, uint32_t days, uint64_t count)
{
    if (days == 0 || days > GAPS_DAYS_MAX || count > UINT32_MAX)
        return false;
    gaps_add_many(&merge->gaps, days, count);
    return true;
}

static struct rank_mass plus(struct rank_mass left, struct rank_mass right)
{
    return (struct rank_mass){.count = left.count + right.count, .sum = left.sum + right.sum};
}

static void set_goal(struct list *list, uint64_t population)
{
    list->goal = (struct cut_goal){0};
    for (uint32_t i = 0; i < list->buckets; i++) {
        list->goal.members += list->piles[i].count;
        if (list->piles[i].sum > 0)
            list->goal.positive = plus(list->goal.positive, list->piles[i]);
    }
    list->goal.population = population < list->goal.members ? population : list->goal.members;
}

// Finds the bucket of every cut, from the highest down.
static void find_spots(struct list *list)
{
    struct rank_mass above = {0};
    memset(list->spots, 0, sizeof list->spots);
    for (uint32_t bucket = list->buckets; bucket-- > 0;) {
        if (list->piles[bucket].count == 0)
            continue;
        for (unsigned i = 0; i < list->cut_count; i++) {
            const struct rank_rule *rule = &list->rules[i];
            if (rule->way != RANK_NO_WAY && !list->spots[i].stands && cut_anything(rule, &list->goal) &&
                cut_lean(rule, &list->goal, above, list->piles[bucket]) >= 0)
                list->spots[i] = (struct spot){.stands = true, .bucket = bucket, .above = above};
        }
        above = plus(above, list->piles[bucket]);
    }
}

static size_t find_want(const struct merge *merge, unsigned list, uint32_t bucket)
{
    size_t at = 0;
    while (at < merge->want_count && (merge->wants[at].list != list || merge->wants[at].bucket != bucket))
        at++;
    return at;
}

static unsigned scored_board(const struct merge *merge)
{
    return merge->lists[LIMITS_RFM].kept ? LIMITS_RFM : LIMITS_MAIN;
}

size_t merge_wants(struct merge *merge, const struct merge_want **ret_wants)
{
    merge->want_count = 0;
    for (unsigned i = 0; i < MERGE_LISTS; i++) {
        struct list *list = &merge->lists[i];
        if (!list->kept)
            continue;
        // Those with an order in the window that is scored bought last of all.
        set_goal(list, i == LIMITS_LAST ? merge->lists[scored_board(merge)].goal.members : UINT64_MAX);
        find_spots(list);
        for (unsigned cut = 0; cut < list->cut_count; cut++) {
            uint32_t bucket = list->spots[cut].bucket;
            if (!list->spots[cut].stands || find_want(merge, i, bucket) < merge->want_count)
                continue;
            merge->bins[merge->want_count].used = 0;
            merge->wants[merge->want_count++] = (struct merge_want){.list = i, .bucket = bucket};
        }
    }
    *ret_wants = merge->wants;
    return merge->want_count;
}

// --- the second round

bool merge_tie(struct merge *merge, unsigned list, uint32_t bucket, const struct rank_tie *tie)
{
    size_t at = find_want(merge, list, bucket);
    if (at == merge->want_count || tie->count == 0 || tie->count > UINT32_MAX || tie->value == RANK_NONE ||
        rank_bucket(scale_of(list), tie->value) != bucket)
        return false;
    struct bin *bin = &merge->bins[at];
    if (bin->used == bin->room) {
        bin->room = bin->room == 0 ? TIES_FIRST : bin->room * 2;
        bin->ties = realloc(bin->ties, bin->room * sizeof *bin->ties);
        must(bin->ties != NULL);
    }
    bin->ties[bin->used++] = *tie;
    return true;
}

static int falling(const void *left, const void *right)
{
    const struct rank_tie *one = left, *other = right;
    return (one->value < other->value) - (one->value > other->value);
}

// Sorts the values from the highest down, each once.
static void tidy(struct bin *bin)
{
    if (bin->used == 0)
        return;
    size_t kept = 0;
    qsort(bin->ties, bin->used, sizeof *bin->ties, falling);
    for (size_t i = 1; i < bin->used; i++) {
        if (bin->ties[i].value == bin->ties[kept].value)
            bin->ties[kept].count += bin->ties[i].count;
        else
            bin->ties[++kept] = bin->ties[i];
    }
    bin->used = kept + 1;
}

static struct rank_mass mass_of(const struct rank_tie *tie, enum rank_scale scale)
{
    int128 each = scale == RANK_MONEY && tie->value > 0 ? tie->value : 0;
    return (struct rank_mass){.count = tie->count, .sum = each * tie->count};
}

static bool adds_up(const struct bin *bin, enum rank_scale scale, const struct rank_mass *pile)
{
    struct rank_mass all = {0};
    for (size_t i = 0; i < bin->used; i++)
        all = plus(all, mass_of(&bin->ties[i], scale));
    return all.count == pile->count && all.sum == pile->sum;
}

// Where the cut stands among the values of its bucket.
static struct rank_stand find_stand(const struct merge *merge, unsigned number, unsigned cut)
{
    const struct list *list = &merge->lists[number];
    const struct spot *spot = &list->spots[cut];
    if (!spot->stands)
        return (struct rank_stand){.value = RANK_NONE};
    const struct bin *bin = &merge->bins[find_want(merge, number, spot->bucket)];
    struct rank_mass above = spot->above;
    size_t at = 0;
    while (at + 1 < bin->used &&
           cut_lean(&list->rules[cut], &list->goal, above, mass_of(&bin->ties[at], scale_of(number))) < 0)
        above = plus(above, mass_of(&bin->ties[at++], scale_of(number)));
    return (struct rank_stand){.value = bin->ties[at].value, .on = bin->ties[at].count, .above = above};
}

static void tell_board(const struct merge *merge, unsigned number, struct limits_board *board)
{
    const struct list *list = &merge->lists[number];
    board->population = list->goal.members;
    board->positive = list->goal.positive;
    for (unsigned cut = 0; cut < LIMITS_CUTS; cut++)
        board->cuts[cut] = find_stand(merge, number, cut);
    if (list->frequency == NULL)
        return;
    tally_settle(list->frequency);
    for (unsigned part = 0; part < LIMITS_PARTS - 1; part++)
        board->f[part] = (struct limits_orders){.value = tally_cut_value(list->frequency, part),
                                                .above = tally_cut_above(list->frequency, part)};
}

bool merge_limits(struct merge *merge, struct limits *ret_limits)
{
    for (size_t i = 0; i < merge->want_count; i++) {
        unsigned list = merge->wants[i].list;
        tidy(&merge->bins[i]);
        if (!adds_up(&merge->bins[i], scale_of(list), &merge->lists[list].piles[merge->wants[i].bucket]))
            return false;
    }
    for (unsigned i = 0; i < LIMITS_BOARDS; i++)
        if (merge->lists[i].frequency != NULL &&
            tally_members(merge->lists[i].frequency) != merge->lists[i].goal.members)
            return false;
    limits_start(ret_limits);
    for (unsigned i = 0; i < LIMITS_BOARDS; i++)
        if (merge->lists[i].kept)
            tell_board(merge, i, &ret_limits->boards[i]);
    for (unsigned part = 0; part < LIMITS_PARTS - 1; part++)
        ret_limits->r[part] = find_stand(merge, LIMITS_LAST, part);
    const struct list *main = &merge->lists[LIMITS_MAIN];
    for (unsigned cut = LIMITS_CUTS; cut < main->cut_count; cut++)
        ret_limits->tops[ret_limits->top_count++] =
            (struct limits_top){main->rules[cut].numerator, find_stand(merge, LIMITS_MAIN, cut)};
    ret_limits->usual_gap_days = gaps_quantile(&merge->gaps, merge->options.drop_sample);
    return true;
}

struct rank_stand merge_future(const struct merge *merge)
{
    return find_stand(merge, MERGE_FUTURES, 0);
}

const struct gaps *merge_gaps(const struct merge *merge)
{
    return &merge->gaps;
}

size_t merge_curve(const struct merge *merge, unsigned steps, struct rank_mass *ret_points)
{
    const struct list *list = &merge->lists[LIMITS_MAIN];
    struct rank_mass upper = {0};
    uint64_t next = 1;
    size_t count = 0;
    for (uint32_t bucket = list->buckets; bucket-- > 0;) {
        if (list->piles[bucket].count == 0)
            continue;
        upper = plus(upper, list->piles[bucket]);
        if (upper.count * steps < next * list->goal.members)
            continue;
        ret_points[count++] = upper;
        next = upper.count * steps / list->goal.members + 1;
    }
    return count;
}
