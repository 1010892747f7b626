#include "services/scoring/answer.h"

#include "common/calendar.h"
#include "common/instant.h"
#include "common/must.h"
#include "common/zone.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "services/scoring/announce.h"
#include "services/scoring/explain.h"
#include "services/scoring/judge.h"
#include "services/scoring/meet.h"
#include "tend/v1/scoring.pb-c.h"

#include <string.h>

enum { SCORES = 3, PARETO_POINTS = 100, RISKS_MAX = 20, DRAG_MAX = 100, REPS_MAX = 1000 };

static char *text(const char *constant)
{
    return (char *)(uintptr_t)constant;
}

static uint32_t held_count(uint64_t count)
{
    return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}

static uint32_t share_ppm(int128 part, int128 whole)
{
    return (uint32_t)worth_share(part, whole);
}

// Who never ordered has no class.
static uint64_t count_ordered(const struct scoring *scoring)
{
    uint64_t count = 0;
    for (uint32_t slot = 0; slot < ledger_count(scoring->ledger); slot++)
        count += archive_has_orders(scoring->archive, slot);
    return count;
}

// The customers of this process in a class or a better one.
static struct rank_mass upper_here(struct scoring *scoring, enum ledger_class abc)
{
    struct rank *by_net = ledger_by_net(scoring->ledger);
    if (abc == LEDGER_C)
        return (struct rank_mass){.count = count_ordered(scoring), .sum = rank_positive(by_net).sum};
    if (meet_processes(scoring) == 1)
        return ledger_upper(scoring->ledger, abc);
    int64_t least = ledger_threshold(scoring->ledger, abc);
    return least != RANK_NONE ? rank_above(by_net, least - 1) : (struct rank_mass){0};
}

static void add_classes(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    const char *currency = answer_measure_currency(scoring);
    int128 total = ledger_upper(scoring->ledger, LEDGER_C).sum;
    struct rank_mass better = {0};
    Tend__V1__ClassSummary *classes = arena_take(turn->arena, LEDGER_C * sizeof *classes);
    summary->classes = arena_take(turn->arena, LEDGER_C * sizeof *summary->classes);
    summary->n_classes = LEDGER_C;
    for (enum ledger_class abc = LEDGER_A; abc <= LEDGER_C; abc++) {
        struct rank_mass upper = upper_here(scoring, abc);
        Tend__V1__ClassSummary *row = &classes[abc - 1];
        tend__v1__class_summary__init(row);
        row->abc = (Tend__V1__AbcClass)abc;
        row->customers = held_count(upper.count - better.count);
        row->net = answer_make_money(turn, upper.sum - better.sum, currency);
        row->share_ppm = share_ppm(upper.sum - better.sum, total);
        if (abc != LEDGER_C && ledger_threshold(scoring->ledger, abc) != RANK_NONE)
            row->least = answer_make_money(turn, ledger_threshold(scoring->ledger, abc), currency);
        better = upper;
        summary->classes[abc - 1] = row;
    }
}

// How many customers of this process have each score.
static void count_scores(const struct scoring *scoring, uint32_t counts[SCORES][LEDGER_PARTS + 1])
{
    for (uint32_t slot = 0; slot < ledger_count(scoring->ledger); slot++) {
        if (core_absent(scoring, slot))
            continue;
        struct ledger_rfm rfm = ledger_rfm(scoring->ledger, slot);
        counts[RFM_R][rfm.r]++;
        counts[RFM_F][rfm.f]++;
        counts[RFM_M][rfm.m]++;
    }
}

static void add_scores(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    static const char *const names[SCORES] = {"r", "f", "m"};
    Tend__V1__ScoreSummary *scores = arena_take(turn->arena, SCORES * LEDGER_PARTS * sizeof *scores);
    uint32_t here[SCORES][LEDGER_PARTS + 1] = {{0}};
    summary->scores = arena_take(turn->arena, SCORES * LEDGER_PARTS * sizeof *summary->scores);
    count_scores(scoring, here);
    for (unsigned dimension = 0; dimension < SCORES; dimension++) {
        for (unsigned score = LEDGER_PARTS; score >= 1; score--) {
            Tend__V1__ScoreSummary *row = &scores[summary->n_scores];
            tend__v1__score_summary__init(row);
            row->dimension = text(names[dimension]);
            row->score = score;
            int64_t above = RANK_NONE;
            if (score > 1)
                (void)ledger_better(scoring->ledger, dimension, score - 1, &above);
            row->above = above == RANK_NONE ? 0 : above;
            row->customers = here[dimension][score];
            summary->scores[summary->n_scores++] = row;
        }
    }
}

// --- the curve of Pareto

struct pareto {
    struct turn *turn;
    Tend__V1__ScoringSummary *summary;
    uint64_t customers, next, all;
    int128 sum, total;
};

static void add_point(struct pareto *pareto)
{
    Tend__V1__ParetoPoint *point = arena_take(pareto->turn->arena, sizeof *point);
    tend__v1__pareto_point__init(point);
    point->customers_ppm = share_ppm((int128)pareto->customers, (int128)pareto->all);
    point->share_ppm = share_ppm(pareto->sum, pareto->total);
    pareto->summary->pareto[pareto->summary->n_pareto++] = point;
}

static bool climb_pareto(void *context, uint32_t slot, int64_t value)
{
    struct pareto *pareto = context;
    (void)slot;
    pareto->customers++;
    pareto->sum += value > 0 ? value : 0;
    if (pareto->customers * PARETO_POINTS < pareto->next * pareto->all)
        return true;
    add_point(pareto);
    pareto->next = pareto->customers * PARETO_POINTS / pareto->all + 1;
    return true;
}

// The curve of all, by process 0.
static void add_curve_of_all(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    const struct rank_mass *points;
    size_t count = meet_curve(scoring, &points);
    if (count == 0)
        return;
    struct pareto pareto = {
        .turn = turn, .summary = summary, .all = points[count - 1].count, .total = points[count - 1].sum};
    summary->pareto = arena_take(turn->arena, (count + 1) * sizeof *summary->pareto);
    add_point(&pareto);
    for (size_t i = 0; i < count; i++) {
        pareto.customers = points[i].count;
        pareto.sum = points[i].sum;
        add_point(&pareto);
    }
}

static void add_pareto(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    if (meet_processes(scoring) > 1) {
        add_curve_of_all(scoring, turn, summary);
        return;
    }
    struct rank *by_net = ledger_by_net(scoring->ledger);
    struct pareto pareto = {
        .turn = turn, .summary = summary, .next = 1, .all = rank_count(by_net), .total = rank_positive(by_net).sum};
    if (pareto.all == 0)
        return;
    summary->pareto = arena_take(turn->arena, (PARETO_POINTS + 2) * sizeof *summary->pareto);
    add_point(&pareto);
    rank_descend(by_net, climb_pareto, &pareto);
}

// --- one pass over all customers

struct counts {
    uint32_t grid[LEDGER_PARTS][LEDGER_PARTS];
    int128 grid_net[LEDGER_PARTS][LEDGER_PARTS];
    uint32_t values[DIMENSIONS][UINT8_MAX + 1];
    int128 values_net[DIMENSIONS][UINT8_MAX + 1];
};

static void count_customer(struct scoring *scoring, uint32_t slot, struct counts *counts)
{
    const struct ledger_customer *customer = ledger_customer(scoring->ledger, slot);
    uint8_t now[DIMENSION_ROOM];
    judge_known(scoring, slot, now);
    struct ledger_rfm rfm = ledger_rfm(scoring->ledger, slot);
    int64_t net = worth_held(customer->net);
    if (rfm.r > 0) {
        counts->grid[rfm.r - 1][rfm.f - 1]++;
        counts->grid_net[rfm.r - 1][rfm.f - 1] += net;
    }
    for (size_t i = 0; i < dimension_count(&scoring->names); i++) {
        counts->values[i][now[i]]++;
        counts->values_net[i][now[i]] += net;
    }
}

static void add_grid(struct scoring *scoring, struct turn *turn, const struct counts *counts,
                     Tend__V1__ScoringSummary *summary)
{
    summary->grid = arena_take(turn->arena, LEDGER_PARTS * LEDGER_PARTS * sizeof *summary->grid);
    for (unsigned r = 0; r < LEDGER_PARTS; r++) {
        for (unsigned f = 0; f < LEDGER_PARTS; f++) {
            Tend__V1__RfmCell *cell = arena_take(turn->arena, sizeof *cell);
            tend__v1__rfm_cell__init(cell);
            cell->r = r + 1;
            cell->f = f + 1;
            cell->customers = counts->grid[r][f];
            cell->net = answer_make_money(turn, counts->grid_net[r][f], answer_measure_currency(scoring));
            summary->grid[summary->n_grid++] = cell;
        }
    }
}

static void add_values(struct scoring *scoring, struct turn *turn, const struct counts *counts,
                       Tend__V1__ScoringSummary *summary)
{
    size_t rows = 0;
    for (size_t i = 0; i < dimension_count(&scoring->names); i++)
        for (unsigned value = 1; value <= UINT8_MAX; value++)
            rows += counts->values[i][value] > 0 && i != DIMENSION_RFM;
    summary->values = arena_take(turn->arena, (rows + 1) * sizeof *summary->values);
    for (size_t i = 0; i < dimension_count(&scoring->names); i++) {
        for (unsigned value = 1; value <= UINT8_MAX; value++) {
            if (counts->values[i][value] == 0 || i == DIMENSION_RFM)
                continue; // the grid tells it
            Tend__V1__ValueCount *row = arena_take(turn->arena, sizeof *row);
            tend__v1__value_count__init(row);
            row->dimension =
                text(dimension_name(&scoring->names, (enum dimension)i, arena_take(turn->arena, DIMENSION_NAME_BYTES)));
            row->value = text(dimension_word(&scoring->names, (enum dimension)i, (uint8_t)value,
                                             arena_take(turn->arena, DIMENSION_WORD_BYTES)));
            row->customers = counts->values[i][value];
            row->net = answer_make_money(turn, counts->values_net[i][value], answer_measure_currency(scoring));
            summary->values[summary->n_values++] = row;
        }
    }
}

static void add_movements(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    enum { CELLS = DIMENSIONS * MOVEMENT_VALUES * MOVEMENT_VALUES };
    const struct movement *movement = &scoring->movement;
    if (day_month_start(ledger_day(scoring->ledger)) != movement->first_day)
        return;
    summary->movements = arena_take(turn->arena, CELLS * sizeof *summary->movements);
    for (unsigned cell = 0; cell < CELLS; cell++) {
        enum dimension dimension = (enum dimension)(cell / MOVEMENT_VALUES / MOVEMENT_VALUES);
        uint8_t before = cell / MOVEMENT_VALUES % MOVEMENT_VALUES, after = cell % MOVEMENT_VALUES;
        if (movement->counts[dimension][before][after] == 0)
            continue;
        Tend__V1__Movement *row = arena_take(turn->arena, sizeof *row);
        tend__v1__movement__init(row);
        row->dimension =
            text(dimension_name(&scoring->names, dimension, arena_take(turn->arena, DIMENSION_NAME_BYTES)));
        row->before =
            text(dimension_word(&scoring->names, dimension, before, arena_take(turn->arena, DIMENSION_WORD_BYTES)));
        row->after =
            text(dimension_word(&scoring->names, dimension, after, arena_take(turn->arena, DIMENSION_WORD_BYTES)));
        row->customers = movement->counts[dimension][before][after];
        summary->movements[summary->n_movements++] = row;
    }
}

// --- who holds how much, and who takes how much time

struct largest {
    struct turn *turn;
    const char *id; // NULL: nobody has bought anything
    uint32_t slot;
    int64_t value;
};

// Of equals the one whose id is first, whoever came first.
static bool take_largest(void *context, uint32_t slot, int64_t value)
{
    struct largest *largest = context;
    int64_t known_ms;
    const char *id;
    if (value <= 0 || (largest->id != NULL && value < largest->value))
        return false;
    if (archive_get_customer(largest->turn->tx, largest->turn->arena, slot, &id, &known_ms) &&
        (largest->id == NULL || strcmp(id, largest->id) < 0)) {
        largest->id = id;
        largest->slot = slot;
        largest->value = value;
    }
    return true;
}

static void add_concentration(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    const struct limits_board *board = &ledger_limits(scoring->ledger)->boards[LIMITS_MAIN];
    struct largest largest = {.turn = turn};
    Tend__V1__Concentration *concentration = arena_take(turn->arena, sizeof *concentration);
    tend__v1__concentration__init(concentration);
    concentration->top_10_ppm = limits_part(board, LIMITS_TOP_10);
    concentration->top_20_ppm = limits_part(board, LIMITS_TOP_20);
    rank_descend(ledger_by_net(scoring->ledger), take_largest, &largest);
    if (largest.id != NULL) {
        concentration->largest_ppm = share_ppm(largest.value, board->positive.sum);
        concentration->largest_customer_id = text(largest.id);
        concentration->largest_customer_name = answer_make_card(scoring, turn, largest.slot)->name;
    }
    summary->concentration = concentration;
}

static Tend__V1__RepEffort *effort_of(struct turn *turn, const char *rep, Tend__V1__ScoringSummary *summary)
{
    for (size_t i = 0; i < summary->n_efforts; i++)
        if (strcmp(summary->efforts[i]->rep_id, rep) == 0)
            return summary->efforts[i];
    if (summary->n_efforts == REPS_MAX)
        return summary->efforts[0];
    Tend__V1__RepEffort *effort = arena_take(turn->arena, sizeof *effort);
    tend__v1__rep_effort__init(effort);
    effort->rep_id = text(rep);
    summary->efforts[summary->n_efforts++] = effort;
    return effort;
}

static void add_efforts(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    summary->efforts = arena_take(turn->arena, REPS_MAX * sizeof *summary->efforts);
    Tend__V1__RepEffort *all = effort_of(turn, "", summary);
    for (uint32_t slot = 0; slot < ledger_count(scoring->ledger); slot++) {
        int64_t minutes = worth_held(sums_of(scoring->minutes, slot));
        if (minutes <= 0)
            continue;
        uint8_t tier = ledger_exact(scoring->ledger, slot).tier;
        bool top = tier == LIMITS_IMPORTANT || tier == LIMITS_SECONDARY;
        Tend__V1__RepEffort *own = effort_of(turn, answer_owner(scoring, turn, slot), summary);
        all->minutes += held_count((uint64_t)minutes);
        all->minutes_top += top ? held_count((uint64_t)minutes) : 0;
        if (own == all)
            continue; // nobody owns it
        own->minutes += held_count((uint64_t)minutes);
        own->minutes_top += top ? held_count((uint64_t)minutes) : 0;
    }
}

// --- whom to look at

struct risks {
    struct scoring *scoring;
    struct turn *turn;
    Tend__V1__ScoringSummary *summary;
};

static bool take_risk(void *context, uint32_t slot, int64_t value)
{
    struct risks *risks = context;
    uint8_t now[DIMENSION_ROOM];
    (void)value;
    judge_known(risks->scoring, slot, now);
    if (judge_at_risk(now))
        risks->summary->at_risk[risks->summary->n_at_risk++] = answer_make_card(risks->scoring, risks->turn, slot);
    return risks->summary->n_at_risk < RISKS_MAX;
}

static void add_risks(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    struct risks risks = {.scoring = scoring, .turn = turn, .summary = summary};
    summary->at_risk = arena_take(turn->arena, RISKS_MAX * sizeof *summary->at_risk);
    rank_descend(ledger_by_net(scoring->ledger), take_risk, &risks);
}

// The lowest of class C by margin less cost to serve, of those that bought in the window.
static void add_drag(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    uint32_t count = ledger_count(scoring->ledger);
    struct worth_item *items = arena_take(turn->arena, (count + (size_t)1) * sizeof *items);
    size_t used = 0;
    for (uint32_t slot = 0; slot < count; slot++)
        if (ledger_customer(scoring->ledger, slot)->orders > 0 && ledger_class(scoring->ledger, slot) == LEDGER_C)
            items[used++] = (struct worth_item){.slot = slot, .micros = judge_contribution(scoring, slot)};
    size_t listed = worth_lowest(items, used, scoring->options.judging.worth.drag_ppm);
    listed = listed > DRAG_MAX ? DRAG_MAX : listed;
    summary->drag = arena_take(turn->arena, (listed + 1) * sizeof *summary->drag);
    for (size_t i = 0; i < listed; i++)
        summary->drag[summary->n_drag++] = answer_make_card(scoring, turn, items[i].slot);
}

static void add_customers(struct scoring *scoring, struct turn *turn, Tend__V1__ScoringSummary *summary)
{
    struct counts *counts = arena_zero(turn->arena, 1, sizeof *counts);
    for (uint32_t slot = 0; slot < ledger_count(scoring->ledger); slot++)
        if (!core_absent(scoring, slot))
            count_customer(scoring, slot, counts);
    add_grid(scoring, turn, counts, summary);
    add_values(scoring, turn, counts, summary);
    add_pareto(scoring, turn, summary);
    add_movements(scoring, turn, summary);
    add_concentration(scoring, turn, summary);
    add_efforts(scoring, turn, summary);
    add_risks(scoring, turn, summary);
    add_drag(scoring, turn, summary);
}

void answer_summary(struct scoring *scoring, struct turn *turn, struct reply *ret_reply)
{
    const struct ledger *ledger = scoring->ledger;
    Tend__V1__ScoringSummary summary = TEND__V1__SCORING_SUMMARY__INIT;
    struct reason reason = {.rule = ""};
    if (ledger_count(ledger) > 0)
        explain_ledger(ledger, &scoring->terms, 0, DIMENSION_ABC, &reason);
    summary.as_of = instant_make(turn->arena, ledger_as_of(ledger));
    summary.day = answer_make_day(turn, ledger_day(ledger));
    summary.rule = reason.rule;
    summary.time_zone = text(scoring->zone != NULL ? zone_name(scoring->zone) : "UTC");
    summary.currency = scoring->terms.currency;
    summary.customers = core_customers(scoring);
    struct rank_mass all = ledger_upper(ledger, LEDGER_C);
    summary.customers_in_window = held_count(all.count);
    summary.total = answer_make_money(turn, all.sum, answer_measure_currency(scoring));
    add_classes(scoring, turn, &summary);
    add_scores(scoring, turn, &summary);
    summary.usual_gap_days = ledger_usual_gap(ledger);
    for (uint32_t slot = 0; slot < ledger_count(ledger); slot++) {
        if (core_absent(scoring, slot))
            continue;
        struct ledger_verdict said = ledger_customer(ledger, slot)->announced;
        summary.overdue += said.overdue;
        summary.dropped += said.dropped;
    }
    summary.orders_without_rate = held_count(scoring->odd.no_rate);
    summary.orders_without_cost = held_count(scoring->odd.no_cost);
    summary.orders_refunded_beyond = held_count(scoring->odd.excess);
    summary.model = wire_make_model(turn, &scoring->book, scoring->options.judging.clv.dwyer.period_days);
    summary.rules_version = scoring->rules_version;
    summary.process = meet_index(scoring);
    summary.processes = meet_processes(scoring);
    if (meet_limits(scoring) != NULL)
        summary.limits_as_of = instant_make(turn->arena, meet_limits(scoring)->time_ms);
    add_customers(scoring, turn, &summary);
    reply_message(turn, &summary.base, ret_reply);
}
