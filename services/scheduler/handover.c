#include "services/scheduler/handover.h"

#include "services/scheduler/ladder.h"

#include <string.h>

enum { ABOUT_MOST = 200, LINE_POINTS = 2 }; // customers that one reminder names; what is open with one of them

static uint64_t which_of(const char *from, int32_t day)
{
    uint8_t key[8 + 4];
    store_put_u64(key, hash_short(from, strlen(from)));
    store_put_u32(key + 8, (uint32_t)day);
    return hash_short(key, sizeof key);
}

void handover_tell(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer,
                   const char *from)
{
    struct rep to, before;
    if (customer->owned_since == DAY_NONE || !office_owner(self, turn, customer, &to) || strcmp(to.id, from) == 0)
        return;
    book_rep(turn, from, &before);
    struct opening opening = ladder_opening(fact, KIND_REASSIGNED, which_of(from, customer->owned_since));
    opening.customer_id = "";
    opening.rep_id = to.id;
    opening.day = customer->owned_since;
    opening.ref = from;
    opening.why = notice_why(turn->arena,
                             &(struct notice_words){.before = before.name, .events = &fact->event, .event_count = 1});
    ladder_open(self, turn, &opening);
}

struct taking {
    struct turn *turn;
    const struct matter *matter;
    struct notice_line *lines;
    size_t count, shown;
    int64_t open;
};

struct opens {
    int64_t count;
    bool complaint;
};

static bool count_open(void *context, struct turn *turn, struct matter *matter)
{
    (void)turn;
    struct opens *opens = context;
    const struct kind *row = kinds_row((enum kind_id)matter->kind);
    bool deed = row->trigger == TRIGGER_FACT || row->trigger == TRIGGER_PROMISE;
    if (!deed || matter->kind == KIND_NO_FOLLOW_UP)
        return true;
    opens->count++;
    opens->complaint |= matter->kind == KIND_COMPLAINT_ACKNOWLEDGE || matter->kind == KIND_COMPLAINT_ACT;
    return true;
}

static const char *kept(struct turn *turn, const char *text)
{
    return arena_text(turn->arena, text, strlen(text));
}

static void take(void *context, const struct customer *customer)
{
    struct taking *taking = context;
    struct turn *turn = taking->turn;
    struct opens opens = {0};
    struct promise promise;
    if (customer->owned_since != taking->matter->day || strcmp(customer->owned_from, taking->matter->ref) != 0)
        return;
    matter_each_open(turn, customer->id, count_open, &opens);
    taking->count++;
    taking->open += opens.count;
    if (taking->shown == ABOUT_MOST)
        return;
    struct notice_point *points = arena_take(turn->arena, LINE_POINTS * sizeof *points);
    struct notice_line *line = &taking->lines[taking->shown++];
    *line = (struct notice_line){.customer_id = kept(turn, customer->id),
                                 .customer_name = kept(turn, customer->name),
                                 .contact_name = kept(turn, customer->contact_name),
                                 .contact_phone = kept(turn, customer->contact_phone),
                                 .text = "",
                                 .abc = customer->abc,
                                 .points = points};
    if (customer->promise_ms != 0 && book_promise(turn, line->customer_id, customer->promise, &promise))
        points[line->point_count++] = (struct notice_point){.code = "open_promise", .text = promise.what};
    if (opens.complaint)
        points[line->point_count++] = (struct notice_point){.code = "complaint_open", .text = ""};
    if (customer->last_order_ms != 0)
        line->figures[line->figure_count++] = (struct figure){"last_order", customer->last_order_ms, UNIT_TIME, ""};
    if (customer->contact_ms != 0)
        line->figures[line->figure_count++] = (struct figure){"last_contact", customer->contact_ms, UNIT_TIME, ""};
}

void handover_describe(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice)
{
    struct taking taking = {.turn = turn, .matter = matter};
    taking.lines = arena_take(turn->arena, ABOUT_MOST * sizeof *taking.lines);
    book_each_owned(turn, matter->rep_id, take, &taking);
    if (strcmp(matter->rep_id, self->default_rep) == 0)
        book_each_owned(turn, "", take, &taking);
    struct figure *figures = arena_take(turn->arena, (notice->figure_count + 2) * sizeof *figures);
    if (notice->figure_count > 0)
        memcpy(figures, notice->figures, notice->figure_count * sizeof *figures);
    figures[notice->figure_count++] = (struct figure){"customers", (int64_t)taking.count, UNIT_COUNT, ""};
    figures[notice->figure_count++] = (struct figure){"open", taking.open, UNIT_COUNT, ""};
    notice->figures = figures;
    notice->about = taking.lines;
    notice->about_count = taking.shown;
}
