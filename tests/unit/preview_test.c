// The preview: what it says would move is what moves when scoring starts with those rules, no more and no less.
#include "services/scoring/preview.h"
#include "harness/buyers.h"
#include "unit/scene.h"

#include <time.h>

enum { CUSTOMERS = 30, LINES_MAX = 2000, ID_BYTES = 16, ROUNDS = 4 };

// A customer's way in one dimension.
struct line {
    char customer[ID_BYTES], dimension[DIMENSION_NAME_BYTES];
    char before[DIMENSION_WORD_BYTES], after[DIMENSION_WORD_BYTES], rule[REASON_RULE_BYTES];
};

struct lines {
    struct line *list;
    size_t count;
    unsigned untold;
    int64_t net_micros; // of the newest
    bool ranked;        // no later customer was larger
};

static struct line *find_line(const struct lines *lines, const char *customer, const char *dimension)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strcmp(lines->list[i].customer, customer) == 0 && strcmp(lines->list[i].dimension, dimension) == 0)
            return &lines->list[i];
    return NULL;
}

// What comes by two steps is one way, and none when it leads back.
static void add_line(struct lines *lines, const struct line *step)
{
    struct line *line = find_line(lines, step->customer, step->dimension);
    if (line == NULL) {
        assert_true(lines->count < LINES_MAX);
        line = &lines->list[lines->count++];
        *line = *step;
    }
    memcpy(line->after, step->after, sizeof line->after);
    memcpy(line->rule, step->rule, sizeof line->rule);
    if (strcmp(line->before, line->after) == 0)
        *line = lines->list[--lines->count];
}

static struct line line_of(const char *customer, const char *dimension, const char *before, const char *after,
                           const char *rule)
{
    struct line line = {.customer = ""};
    snprintf(line.customer, sizeof line.customer, "%s", customer);
    snprintf(line.dimension, sizeof line.dimension, "%s", dimension);
    snprintf(line.before, sizeof line.before, "%s", before);
    snprintf(line.after, sizeof line.after, "%s", after);
    snprintf(line.rule, sizeof line.rule, "%s", rule);
    return line;
}

static void take(void *context, const struct preview_move *move)
{
    struct lines *lines = context;
    const struct wire_change *change = move->change;
    struct line line =
        line_of(change->customer_id, change->dimension, change->before, change->after, change->reason->rule);
    if (move->told && change->reason->figure_count == 0)
        fail_msg("%s %s -> %s has no figure: %s", change->dimension, change->before, change->after,
                 change->reason->rule);
    assert_string_equal(move->customer_id, move->change->customer_id);
    lines->ranked = lines->ranked && (lines->count + lines->untold == 0 || move->net_micros <= lines->net_micros ||
                                      move->net_micros == 0);
    lines->net_micros = move->net_micros;
    if (move->told)
        add_line(lines, &line);
    else
        lines->untold++;
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *one = a, *other = b;
    int order = strcmp(one->customer, other->customer);
    return order != 0 ? order : strcmp(one->dimension, other->dimension);
}

static bool same_line(const struct line *one, const struct line *other)
{
    return compare_lines(one, other) == 0 && strcmp(one->before, other->before) == 0 &&
           strcmp(one->after, other->after) == 0 && strcmp(one->rule, other->rule) == 0;
}

static struct lines open_lines(void)
{
    struct lines lines = {.list = calloc(LINES_MAX, sizeof(struct line)), .ranked = true};
    assert_non_null(lines.list);
    return lines;
}

// Looks at the scene's store as if with other options.
static struct preview_frame look(struct scene *scene, const struct scoring_options *options, struct lines *lines)
{
    struct scoring *scoring = scoring_open(options);
    struct turn turn = {.tx = store_begin_read(engine_store(turns_engine(scene->turns))),
                        .arena = arena_open(1 << 20, (size_t)1 << 30),
                        .now_ms = scene->now_ms,
                        .shards = 16};
    struct preview_frame frame;
    scoring_service.reload(scoring, &turn);
    preview_run(scoring, &turn, take, lines, &frame);
    assert_int_equal(tx_error(turn.tx), 0);
    frame.currency = frame.time_zone = NULL; // they end with the scoring
    tx_abort(&turn.tx);
    arena_close(&turn.arena);
    scoring_close(&scoring);
    qsort(lines->list, lines->count, sizeof *lines->list, compare_lines);
    return frame;
}

// What scoring said since scene_forget.
static void listen(struct scene *scene, struct lines *lines)
{
    const struct record *record;
    while ((record = scene_hear(scene, TEND__V1__RECORD_TYPE__RECORD_TYPE_VALUE_CHANGED)) != NULL) {
        Tend__V1__ValueChanged *change = tend__v1__value_changed__unpack(NULL, record->length, record->payload);
        assert_true(change->historical);
        struct line line = line_of(change->customer_id, change->dimension, change->before, change->after, change->rule);
        add_line(lines, &line);
        tend__v1__value_changed__free_unpacked(change, NULL);
    }
    qsort(lines->list, lines->count, sizeof *lines->list, compare_lines);
}

static void tell_of_somebody(struct scene *scene, struct dice *dice, int number)
{
    char customer[16], id[32];
    snprintf(customer, sizeof customer, "C%d", number);
    int orders = 1 + (int)(8 * dice_uniform(dice)), every = 3 + (int)(40 * dice_uniform(dice));
    for (int i = 0; i < orders; i++) {
        snprintf(id, sizeof id, "o%d-%d", number, i);
        scene_place(scene, &(struct scene_order){.id = id,
                                                 .customer = customer,
                                                 .days_ago = i * every + (int)(every * dice_uniform(dice)),
                                                 .units = 5 + (int)(1000 * dice_uniform(dice) * dice_uniform(dice)),
                                                 .discount = dice_uniform(dice) < 0.3 ? 20 : 0,
                                                 .cost = 40 + (int)(60 * dice_uniform(dice)),
                                                 .historical = true});
    }
    snprintf(id, sizeof id, "s%d", number);
    scene_tell(scene, id, customer, (int)(90 * dice_uniform(dice)), true, "\"surveyAnswered\": {\"score\": %d}",
               1 + (int)(5 * dice_uniform(dice)));
    snprintf(id, sizeof id, "l%d", number);
    scene_tell(scene, id, customer, (int)(40 * dice_uniform(dice)), true,
               "\"leadUpdated\": {\"temperature\": \"hot\", \"intention\": %d}", 1 + (int)(5 * dice_uniform(dice)));
    snprintf(id, sizeof id, "v%d", number);
    if (number % 9 == 0)
        scene_tell(scene, id, customer, 1, true,
                   "\"valueOverridden\": {\"dimension\": \"value.abc\", \"value\": \"B\", \"by\": \"wang\"}");
}

static void open_book(struct scene *scene, const struct scoring_options *options, struct dice *dice)
{
    scene_open(scene, options);
    for (int i = 0; i < CUSTOMERS; i++)
        tell_of_somebody(scene, dice, i);
    scene_settle(scene);
    // A start with other rules fits the models anew, so they are to be those of today: fitted on a Monday, after news.
    scene_wait(scene, 8);
    scene_rhythm(scene, "C0", 1, 1, 0, 100);
    do {
        scene_wait(scene, 1);
    } while (scene->scoring->book.fit_day != scene->today);
}

static void compare(const struct lines *said, const struct lines *heard, uint64_t seed)
{
    static const struct line nothing;
    for (size_t i = 0; i < said->count || i < heard->count; i++) {
        const struct line *one = i < said->count ? &said->list[i] : &nothing;
        const struct line *other = i < heard->count ? &heard->list[i] : &nothing;
        if (!same_line(one, other))
            fail_msg("seed %llu: said %s %s %s -> %s by '%s', heard %s %s %s -> %s by '%s'", (unsigned long long)seed,
                     one->customer, one->dimension, one->before, one->after, one->rule, other->customer,
                     other->dimension, other->before, other->after, other->rule);
    }
}

static void what_it_says_is_what_happens(void **unused)
{
    (void)unused;
    uint64_t seed = (uint64_t)time(NULL);
    struct dice dice = dice_of(seed);
    for (int round = 0; round < ROUNDS; round++) {
        struct scene scene;
        struct scoring_options options = defaults_of_scoring();
        open_book(&scene, &options, &dice);
        options.abc.cut_a_ppm = 300000 + (int64_t)(300000 * dice_uniform(&dice));
        options.abc.cut_b_ppm = 700000 + (int64_t)(200000 * dice_uniform(&dice));
        options.abc.margin_ppm = 0;
        options.abc.window_days = 30 + (int64_t)(300 * dice_uniform(&dice));
        options.overdue.factor_ppm = 1000000 + (int64_t)(3000000 * dice_uniform(&dice));
        options.judging.lead.hot_days = 1 + (int64_t)(25 * dice_uniform(&dice));
        options.judging.kind.discounted_ppm = 200000;
        options.judging.satisfaction.fresh_days = 1 + (int64_t)(100 * dice_uniform(&dice));
        struct lines said = open_lines(), heard = open_lines();
        struct preview_frame frame = look(&scene, &options, &said);
        assert_int_equal(frame.customers, CUSTOMERS);
        assert_int_equal(frame.rules_version, 1);
        assert_false(frame.same);
        assert_true(said.ranked);
        scene_forget(&scene);
        scene_start_anew(&scene, &options);
        scene_settle(&scene);
        listen(&scene, &heard);
        compare(&said, &heard, seed);
        assert_true(said.count > 0);
        free(said.list);
        free(heard.list);
        scene_close(&scene);
    }
}

// Nothing is written by it, and the service goes on as if nobody had looked.
static void a_look_leaves_no_trace(void **unused)
{
    (void)unused;
    struct scene scene;
    struct dice dice = dice_of(5);
    struct scoring_options options = defaults_of_scoring(), others = options;
    struct lines lines = open_lines();
    others.abc.cut_a_ppm = 300000;
    open_book(&scene, &options, &dice);
    uint64_t state = turns_state(scene.turns), last = turns_last(scene.turns);
    look(&scene, &others, &lines);
    assert_true(lines.count > 0);
    assert_true(turns_state(scene.turns) == state);
    assert_int_equal(turns_last(scene.turns), last);
    scene_settle(&scene);
    assert_int_equal(turns_last(scene.turns), last);
    free(lines.list);
    scene_close(&scene);
}

static void by_the_rules_in_force_nobody_moves(void **unused)
{
    (void)unused;
    struct scene scene;
    struct dice dice = dice_of(11);
    struct scoring_options options = defaults_of_scoring();
    struct lines lines = open_lines();
    open_book(&scene, &options, &dice);
    struct preview_frame frame = look(&scene, &options, &lines);
    if (lines.count > 0)
        fail_msg("%s of %s", lines.list[0].dimension, lines.list[0].customer);
    assert_int_equal(lines.untold, 0);
    assert_true(frame.same);
    free(lines.list);
    scene_close(&scene);
}

// A class that nobody had before is a first value: it would not be announced, but it is said.
static void first_values_are_said_too(void **unused)
{
    (void)unused;
    static const struct policy_row rows[] = {{.name = "rest",
                                              .top_ppm = POLICY_UNSET,
                                              .growth_ppm = POLICY_UNSET,
                                              .growth_years = POLICY_UNSET,
                                              .cooperation = POLICY_UNSET,
                                              .loyalty = POLICY_UNSET,
                                              .satisfaction = POLICY_UNSET,
                                              .tenure_days = POLICY_UNSET,
                                              .orders = POLICY_UNSET,
                                              .margin_ppm = POLICY_UNSET}};
    struct scene scene;
    struct dice dice = dice_of(3);
    struct scoring_options options = defaults_of_scoring();
    struct lines lines = open_lines();
    open_book(&scene, &options, &dice);
    options.judging.policy.rows = rows;
    options.judging.policy.row_count = 1;
    look(&scene, &options, &lines);
    assert_int_equal(lines.untold, CUSTOMERS);
    free(lines.list);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says_is_what_happens),
        cmocka_unit_test(a_look_leaves_no_trace),
        cmocka_unit_test(by_the_rules_in_force_nobody_moves),
        cmocka_unit_test(first_values_are_said_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
