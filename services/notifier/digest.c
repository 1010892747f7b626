#include "services/notifier/digest.h"

#include "services/notifier/item.h"

#include <string.h>

enum {
    REPS_MOST = 10,   // lines about reps: a phone's height
    AT_RISK_MOST = 8, // customers
    POINTS_MOST = 8,  // lines
    QUARTER = 4,      // of a list that may be left over
    GRAVE = 10,       // what a broken promise or a wrong order counts
    ROW_FIGURES = 16,
    PIECES_A_LINE = 3,
    HOUR_MINUTES = 60,
    PPM = 1000000,
};

static uint32_t undone(const struct letter_row *row)
{
    return row->calls > row->answered ? row->calls - row->answered : 0;
}

uint64_t digest_concern(const struct letter_row *row)
{
    uint64_t concern = ((uint64_t)row->breaches + row->errors) * GRAVE + row->missing;
    if ((uint64_t)undone(row) * QUARTER > row->calls)
        concern += undone(row);
    if ((uint64_t)row->undated * QUARTER > row->answered)
        concern += row->undated;
    return concern;
}

static const struct letter_row *total_of(const struct letter_digest *digest)
{
    for (size_t i = 0; i < digest->row_count; i++)
        if (digest->rows[i].rep[0] == '\0')
            return &digest->rows[i];
    return NULL;
}

// A row as an item, so that phrases can be filled from it; a figure that is 0 is not known to them.
struct row_item {
    struct letter_item item;
    struct letter_figure figures[ROW_FIGURES];
};

static void add(struct row_item *item, const char *name, int64_t value, enum letter_unit unit)
{
    if (value > 0)
        item->figures[item->item.figure_count++] = (struct letter_figure){name, value, unit, ""};
}

static void read_row(const struct letter_row *row, struct row_item *ret_item)
{
    ret_item->item = facts_nothing();
    ret_item->item.customer = row->rep;
    ret_item->item.figures = ret_item->figures;
    add(ret_item, "customers", row->customers, LETTER_COUNT);
    add(ret_item, "missing", row->missing, LETTER_COUNT);
    add(ret_item, "listed", row->calls, LETTER_COUNT);
    add(ret_item, "undated", row->undated, LETTER_COUNT);
    add(ret_item, "breaches", row->breaches, LETTER_COUNT);
    add(ret_item, "errors", row->errors, LETTER_COUNT);
    add(ret_item, "open", row->open, LETTER_COUNT);
    add(ret_item, "told_count", row->told, LETTER_COUNT);
    add(ret_item, "orders", row->orders, LETTER_COUNT);
    add(ret_item, "minutes", row->minutes, LETTER_COUNT);
    add(ret_item, "hours", (row->minutes + HOUR_MINUTES / 2) / HOUR_MINUTES, LETTER_COUNT);
    if (row->minutes > 0)
        ret_item->figures[ret_item->item.figure_count++] =
            (struct letter_figure){"key_share", (int64_t)row->key_minutes * PPM / row->minutes, LETTER_PPM, ""};
    // Nothing done of something is worth saying.
    ret_item->figures[ret_item->item.figure_count++] =
        (struct letter_figure){"answered", row->answered, LETTER_COUNT, ""};
    ret_item->figures[ret_item->item.figure_count++] =
        (struct letter_figure){"contacted", row->contacted, LETTER_COUNT, ""};
}

// The pieces that have something to say, behind `before`; false, and nothing is put, when none has.
static bool put_pieces(struct pen *pen, const struct letter_row *row, const enum phrase_piece *pieces, size_t count,
                       const char *before)
{
    struct row_item item;
    struct facts facts = pen_facts(pen);
    bool any = false;
    read_row(row, &item);
    facts.item = &item.item;
    for (size_t i = 0; i < count; i++) {
        const char *comma = pen_chinese(pen) ? "，" : ", ";
        any = pen_say(pen, &facts, &phrase_pieces, pieces[i], any ? comma : before) || any;
    }
    return any;
}

static void put_totals(struct pen *pen, const struct letter_row *total)
{
    static const struct {
        size_t count;
        enum phrase_piece pieces[PIECES_A_LINE];
    } lines[] = {{2, {PIECE_CONTACTED, PIECE_MISSING}},
                 {2, {PIECE_CALLS, PIECE_UNDATED}},
                 {3, {PIECE_BREACHES, PIECE_ERRORS, PIECE_OPEN}},
                 {2, {PIECE_ORDERS, PIECE_MINUTES}}};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (put_pieces(pen, total, lines[i].pieces, lines[i].count, ""))
            pen_put(pen, "\n");
}

static void put_top(struct pen *pen, const struct letter_digest *digest)
{
    struct facts facts = pen_facts(pen);
    facts.digest = digest;
    struct facts late = facts;
    struct letter_item nothing = facts_nothing();
    nothing.local_date = digest->local_date;
    late.item = &nothing;
    late.meant = true;
    if (digest->late)
        pen_say(pen, &late, &phrase_titles, LINE_LATE, "");
    pen_line(pen, &facts, digest->weekly ? TITLE_DIGEST_WEEKLY : TITLE_DIGEST);
    if (total_of(digest) != NULL)
        put_totals(pen, total_of(digest));
}

// The rep with the most concern among those with less than `below`, or as much and further down than `after`; the
// number of reps when there is none.
static size_t next_rep(const struct letter_digest *digest, uint64_t below, size_t after)
{
    size_t best = digest->row_count;
    for (size_t i = 0; i < digest->row_count; i++) {
        uint64_t concern = digest_concern(&digest->rows[i]);
        bool left = concern < below || (concern == below && i > after);
        if (digest->rows[i].rep[0] == '\0' || concern == 0 || !left)
            continue;
        if (best == digest->row_count || concern > digest_concern(&digest->rows[best]))
            best = i;
    }
    return best;
}

static void put_rep(struct pen *pen, const struct letter_row *row)
{
    static const enum phrase_piece pieces[] = {PIECE_CALLS,  PIECE_MISSING, PIECE_BREACHES,
                                               PIECE_ERRORS, PIECE_UNDATED, PIECE_OPEN};
    struct row_item item;
    struct facts facts = pen_facts(pen);
    read_row(row, &item);
    facts.item = &item.item;
    pen_say(pen, &facts, &phrase_titles, LINE_REP, "- ");
    put_pieces(pen, row, pieces, sizeof pieces / sizeof pieces[0], "");
    pen_put(pen, "\n");
}

static void put_reps(struct pen *pen, const struct letter_digest *digest)
{
    size_t reps = digest->row_count - (total_of(digest) != NULL), shown = 0, concerned = 0;
    struct facts facts = pen_facts(pen);
    struct pen_mark title = pen_mark(pen);
    pen_line(pen, &facts, LINE_ATTENTION);
    bool room = pen_keep(pen, title);
    uint64_t below = UINT64_MAX;
    for (size_t i = next_rep(digest, below, 0); i < digest->row_count; i = next_rep(digest, below, i)) {
        struct pen_mark mark = pen_mark(pen);
        below = digest_concern(&digest->rows[i]);
        concerned++;
        if (!room || shown == REPS_MOST)
            continue;
        put_rep(pen, &digest->rows[i]);
        room = pen_keep(pen, mark);
        shown += room;
    }
    if (concerned == 0)
        pen_back(pen, title);
    struct pen_mark mark = pen_mark(pen);
    facts.count = concerned - shown;
    if (concerned > shown)
        pen_line(pen, &facts, LINE_MORE_REPS);
    facts.count = reps - concerned;
    if (reps > 0 && concerned < reps)
        pen_line(pen, &facts, concerned == 0 ? LINE_ALL_WELL : LINE_OTHERS_WELL);
    (void)pen_keep(pen, mark);
}

static void put_points(struct pen *pen, const struct letter_digest *digest)
{
    struct facts facts = pen_facts(pen);
    for (size_t i = 0; i < digest->point_count && i < POINTS_MOST; i++) {
        struct pen_mark mark = pen_mark(pen);
        char text[PHRASE_BYTES];
        if (!facts_say_point(&facts, &digest->points[i], text))
            continue;
        pen_put(pen, "· ");
        pen_put(pen, text);
        pen_put(pen, "\n");
        if (!pen_keep(pen, mark))
            return;
    }
}

static void put_at_risk(struct pen *pen, const struct letter_digest *digest)
{
    struct facts facts = pen_facts(pen);
    struct pen_mark mark = pen_mark(pen);
    facts.count = digest->at_risk_count;
    if (digest->at_risk_count == 0)
        return;
    size_t rest = pen_line_cost(pen, &facts, LINE_MORE_AT_RISK);
    pen_line(pen, &facts, LINE_AT_RISK);
    pen->kept += rest;
    bool room = pen_keep(pen, mark);
    pen->kept -= rest;
    if (room)
        item_put_lines(pen, &(struct item_lines){.customers = digest->at_risk,
                                                 .count = digest->at_risk_count,
                                                 .total = digest->at_risk_count,
                                                 .most = AT_RISK_MOST,
                                                 .more = LINE_MORE_AT_RISK});
}

void digest_put(struct pen *pen, const struct letter_digest *digest)
{
    if (pen->letter->item_count + pen->letter->list_count > 0)
        pen_put(pen, "\n");
    put_top(pen, digest);
    put_reps(pen, digest);
    put_at_risk(pen, digest);
    put_points(pen, digest);
}

size_t digest_cost(const struct pen *pen, const struct letter_digest *digest)
{
    char buffer[LETTER_BYTES / 4];
    struct pen scratch = *pen;
    scratch.buffer = buffer;
    scratch.used = scratch.spent = 0;
    put_top(&scratch, digest);
    return scratch.spent + 2;
}
