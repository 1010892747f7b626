#include "services/scheduler/team.h"

#include "services/scheduler/log.h"
#include "services/scheduler/promise.h"
#include "services/scheduler/sheet.h"

#include <stdlib.h>
#include <string.h>

enum {
    MEMBERS_MAX = 10000, // reps that are looked at
    CHAIN_MAX = 8,       // managers between a rep and who is told
    AT_RISK_MOST = 20,   // that are told, of those found
    RISKS_MOST = 3,      // of one customer
    BEHIND_MOST = 2,     // days that are told beside the digest's own
    NAMES_MOST = 3,      // of customers in a line
    OPEN_DAYS = 30,      // reminders of longer ago are no longer called open
    LOOKED_MOST = 2000,  // reminders of the manager
    POINTS_MOST = 12,
    PPM = 1000000,
};

static const size_t NOBODY = SIZE_MAX;

struct member {
    const char *id, *name, *manager;
    size_t head; // the one right below who is told, NOBODY: it is not below
};

struct movement {
    uint32_t count, named;
    const char *names;
};

// Reps whose own day of the digest is not over yet: of them the last one that is counts.
struct behind {
    int32_t day;
    uint32_t named;
    const char *names;
};

struct risk {
    struct notice_line line;
    int64_t worth;
};

struct look {
    struct scheduler *self;
    struct turn *turn;
    const struct digest_notice *digest;
    struct member *members;
    size_t count, room;
    // of the rep whose customers are looked at
    const struct member *member;
    int32_t today, from_day, to_day;
    // of all
    struct risk *risks;
    size_t risk_count, risk_room;
    struct movement up, down, new;
    struct behind behind[BEHIND_MOST];
    size_t behind_count;
    uint32_t minute; // of the day at which the digest is due, on the clock of who reads it
    uint32_t files, complaints, reports, approvals;
    uint32_t largest_ppm;
    const char *largest;
    struct log log;
};

static void *grown(struct turn *turn, const void *old, size_t count, size_t room, size_t size)
{
    void *bigger = arena_take(turn->arena, room * size);
    if (count > 0)
        memcpy(bigger, old, count * size);
    return bigger;
}

static const char *copy(const struct look *look, const char *text)
{
    return arena_text(look->turn->arena, text, strlen(text));
}

// --- who is below

static void add_member(void *context, struct turn *turn, struct rep *rep)
{
    struct look *look = context;
    if (look->count == MEMBERS_MAX)
        return;
    if (look->count == look->room) {
        look->room = look->room == 0 ? 64 : look->room * 2;
        look->members = grown(turn, look->members, look->count, look->room, sizeof *look->members);
    }
    const char *above = rep->manager[0] != '\0' ? rep->manager : look->self->director;
    look->members[look->count++] = (struct member){.id = copy(look, rep->id),
                                                   .name = copy(look, rep->name[0] != '\0' ? rep->name : rep->id),
                                                   .manager = copy(look, above),
                                                   .head = NOBODY};
}

static int compare_id(const void *id, const void *member)
{
    return strcmp(id, ((const struct member *)member)->id);
}

// They come in the order of their ids.
static size_t find(const struct look *look, const char *id)
{
    const struct member *found = bsearch(id, look->members, look->count, sizeof *look->members, compare_id);
    return found != NULL ? (size_t)(found - look->members) : NOBODY;
}

static size_t head_of(const struct look *look, size_t at, const char *manager)
{
    if (strcmp(look->members[at].id, manager) == 0)
        return NOBODY;
    for (int steps = 0; at != NOBODY && steps < CHAIN_MAX; steps++) {
        const char *above = look->members[at].manager;
        if (strcmp(above, manager) == 0)
            return at;
        at = above[0] != '\0' ? find(look, above) : NOBODY;
    }
    return NOBODY;
}

// --- their customers

static void note_name(const struct look *look, struct movement *movement, const struct customer *customer)
{
    movement->count++;
    if (movement->named == NAMES_MOST)
        return;
    const char *name = customer->name[0] != '\0' ? customer->name : customer->id;
    movement->names = arena_format(look->turn->arena, "%s%s%s", movement->named > 0 ? movement->names : "",
                                   movement->named > 0 ? ", " : "", name);
    movement->named++;
}

static void note_movement(struct look *look, const struct customer *customer)
{
    uint8_t before = customer->class_before, after = customer->class_after;
    if (customer->class_day == DAY_NONE || customer->class_day < look->from_day || customer->class_day > look->to_day ||
        after == 0 || before == after)
        return;
    note_name(look, before == 0 ? &look->new : after > before ? &look->down : &look->up, customer);
}

// What is open about a customer.
struct troubles {
    bool silent, broken;
    uint32_t complaints;
};

static bool note_matter(void *context, struct turn *turn, struct matter *matter)
{
    struct troubles *troubles = context;
    (void)turn;
    if (!matter_is_open(matter))
        return true;
    troubles->silent |= matter->kind == KIND_NO_FOLLOW_UP && matter->raised != DAY_NONE;
    troubles->broken |= matter->kind == KIND_PROMISE_BROKEN;
    troubles->complaints += matter->kind == KIND_COMPLAINT_ACT;
    return true;
}

static bool stands(const struct look *look, const struct customer *customer, const char *dimension, const char *value)
{
    return strcmp(book_standing(look->turn, customer, dimension), value) == 0;
}

// Why an A customer may be lost, the gravest first. Returns how many reasons there are.
static size_t find_risks(const struct look *look, const struct customer *customer, const struct troubles *troubles,
                         struct notice_point *ret_points)
{
    bool lost = stands(look, customer, "care.status", "lost"); // more than "may be lost"
    const struct {
        bool holds;
        const char *code;
    } risks[] = {
        {lost, "risk.lost"},
        {stands(look, customer, "care.satisfaction", "alarm") || stands(look, customer, "care.satisfaction", "leaving"),
         "risk.unhappy"},
        {troubles->complaints > 0 || stands(look, customer, "care.status", "complaining"), "risk.complaint"},
        {promise_at_risk(look->self, customer, look->turn->now_ms) || troubles->broken, "risk.promises"},
        {stands(look, customer, "risk.rival", "yes"), "risk.rival"},
        {troubles->silent, "risk.silent"},
        {!lost && (customer->dropped != 0 || stands(look, customer, "risk.drop", "yes")), "risk.drop"},
        {customer->overdue != 0 || stands(look, customer, "risk.overdue", "yes"), "risk.overdue"},
        {stands(look, customer, "risk.declining", "yes"), "risk.declining"},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof risks / sizeof risks[0] && count < RISKS_MOST; i++)
        if (risks[i].holds)
            ret_points[count++] = (struct notice_point){.code = risks[i].code, .text = ""};
    return count;
}

static void note_risk(struct look *look, const struct customer *customer, const struct troubles *troubles)
{
    struct notice_point *points = arena_take(look->turn->arena, RISKS_MOST * sizeof *points);
    size_t count = find_risks(look, customer, troubles, points);
    if (count == 0)
        return;
    if (look->risk_count == look->risk_room) {
        look->risk_room = look->risk_room == 0 ? 16 : look->risk_room * 2;
        look->risks = grown(look->turn, look->risks, look->risk_count, look->risk_room, sizeof *look->risks);
    }
    look->risks[look->risk_count++] = (struct risk){.worth = customer->net_micros,
                                                    .line = {.customer_id = copy(look, customer->id),
                                                             .customer_name = copy(look, customer->name),
                                                             .contact_name = copy(look, customer->contact_name),
                                                             .contact_phone = copy(look, customer->contact_phone),
                                                             .abc = customer->abc,
                                                             .text = look->member->name,
                                                             .points = points,
                                                             .point_count = count}};
}

static void look_at_customer(void *context, const struct customer *customer)
{
    struct look *look = context;
    struct troubles troubles = {0};
    bool watched = customer->abc == ABC_A;
    note_movement(look, customer);
    look->files += customer->file_by_day != DAY_NONE && customer->file_by_day < look->today &&
                   customer->file_ppm < customer->file_target_ppm;
    if (customer->share_ppm > look->largest_ppm && stands(look, customer, "risk.concentration", "yes")) {
        look->largest_ppm = customer->share_ppm;
        look->largest = copy(look, customer->name[0] != '\0' ? customer->name : customer->id);
    }
    if (watched || customer->complaints.length > 0)
        matter_each(look->turn, customer->id, note_matter, &troubles);
    look->complaints += troubles.complaints;
    if (watched)
        note_risk(look, customer, &troubles);
}

// --- the reps themselves

static bool note_report(void *context, struct turn *turn, struct matter *matter)
{
    struct look *look = context;
    look->reports += matter->kind == KIND_VISIT_REPORT && matter_is_open(matter) && matter->due_ms < turn->now_ms;
    return true;
}

static uint32_t at_least_zero(int64_t count)
{
    return count > 0 ? (uint32_t)count : 0;
}

static void add_log(const struct look *look, const char *rep_id, struct log *all, struct digest_row *row)
{
    struct log log = log_sum(look->turn, rep_id, look->from_day, look->to_day);
    struct log recent = log_sum(look->turn, rep_id, look->today - OPEN_DAYS, look->today);
    row->calls += log.counts[LOG_CALLS];
    row->answered += log.counts[LOG_LOGGED];
    row->undated += log.counts[LOG_UNDATED];
    row->told += log.counts[LOG_TOLD];
    row->open +=
        at_least_zero((int64_t)recent.counts[LOG_TOLD] - recent.counts[LOG_ANSWERED] - recent.counts[LOG_ENDED]);
    row->breaches += log.counts[LOG_BREACHES];
    row->errors += log.counts[LOG_ERRORS];
    row->orders += log.counts[LOG_ORDERS];
    row->minutes += log.counts[LOG_MINUTES];
    row->key_minutes += log.counts[LOG_KEY_MINUTES];
    for (size_t i = 0; i < LOG_COUNTS; i++)
        all->counts[i] += log.counts[i];
}

static uint32_t least(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

// The last day of the rep that was as good as over at that moment: by the hour of the evening at which digests are due,
// theirs or the reader's, or the end of the rep's own.
static int32_t day_done(const struct look *look, const struct shift *shift, int64_t at_ms, int32_t most)
{
    uint32_t end = shift->time.hours[shift->time.hour_count - 1].to_minute;
    uint32_t minute = least(least((uint32_t)look->self->options.digest_at, end), look->minute);
    int32_t day = shift_day(shift, at_ms) - (shift_minute(shift, at_ms) < minute);
    return day < most ? day : most;
}

static void note_behind(struct look *look, int32_t day)
{
    size_t at = 0;
    while (at < look->behind_count && look->behind[at].day != day)
        at++;
    if (at == BEHIND_MOST)
        return;
    if (at == look->behind_count)
        look->behind[look->behind_count++] = (struct behind){day, 0, ""};
    struct behind *behind = &look->behind[at];
    if (behind->named < NAMES_MOST)
        behind->names =
            arena_format(look->turn->arena, "%s%s%s", behind->names, behind->named > 0 ? ", " : "", look->member->name);
    else if (behind->named == NAMES_MOST)
        behind->names = arena_format(look->turn->arena, "%s ...", behind->names);
    behind->named++;
}

// The days of the rep that the digest tells of. In the evening of the manager it may be noon or night where the rep is:
// each of its days is told of once, when it is over.
static void find_days(struct look *look, const struct desk *desk)
{
    const struct digest_notice *digest = look->digest;
    look->today = shift_day(&desk->shift, look->turn->now_ms);
    look->from_day = digest->from_day;
    look->to_day = digest->to_day;
    if (digest->weekly)
        return;
    look->from_day = day_done(look, &desk->shift, digest->before_ms, digest->from_day - 1) + 1;
    look->today = look->to_day = day_done(look, &desk->shift, digest->due_ms, digest->to_day);
    if (look->to_day < digest->to_day)
        note_behind(look, look->to_day);
}

static void look_at_rep(struct look *look, const struct member *member, struct digest_row *row)
{
    struct rep rep;
    struct desk desk;
    struct coverage coverage;
    book_rep(look->turn, member->id, &rep);
    office_desk(look->self, look->turn, &rep, &desk);
    look->member = member;
    find_days(look, &desk);
    sheet_cover(look->self, look->turn, &desk, look->today, &coverage);
    row->customers += coverage.customers;
    row->contacted += coverage.contacted;
    row->missing += coverage.missing;
    add_log(look, rep.id, &look->log, row);
    book_each_owned(look->turn, rep.id, look_at_customer, look);
    if (strcmp(rep.id, look->self->default_rep) == 0)
        book_each_owned(look->turn, "", look_at_customer, look);
    matter_each(look->turn, rep.id, note_report, look);
}

static void add_row(struct digest_row *sum, const struct digest_row *row)
{
    sum->customers += row->customers;
    sum->contacted += row->contacted;
    sum->missing += row->missing;
    sum->calls += row->calls;
    sum->answered += row->answered;
    sum->undated += row->undated;
    sum->told += row->told;
    sum->open += row->open;
    sum->breaches += row->breaches;
    sum->errors += row->errors;
    sum->orders += row->orders;
    sum->minutes += row->minutes;
    sum->key_minutes += row->key_minutes;
}

static int compare_rows(const void *left, const void *right)
{
    const struct digest_row *a = left, *b = right;
    int names = strcmp(a->rep_name, b->rep_name);
    return names != 0 ? names : strcmp(a->rep_id, b->rep_id);
}

// A row for each rep right below, and one for all. False when there is nobody.
static bool make_rows(struct look *look, const char *manager, struct digest_notice *digest)
{
    struct digest_row *rows = arena_zero(look->turn->arena, look->count + 1, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < look->count; i++)
        look->members[i].head = head_of(look, i, manager);
    for (size_t i = 0; i < look->count; i++)
        if (look->members[i].head == i)
            rows[count++] = (struct digest_row){.rep_id = look->members[i].id, .rep_name = look->members[i].name};
    for (size_t i = 0; i < look->count; i++) {
        for (size_t j = 0; j < count && look->members[i].head != NOBODY; j++)
            if (strcmp(rows[j].rep_id, look->members[look->members[i].head].id) == 0)
                look_at_rep(look, &look->members[i], &rows[j]);
    }
    qsort(rows, count, sizeof *rows, compare_rows);
    rows[count] = (struct digest_row){.rep_id = "", .rep_name = ""};
    for (size_t i = 0; i < count; i++)
        add_row(&rows[count], &rows[i]);
    digest->rows = rows;
    digest->row_count = count + 1;
    return count > 0;
}

// --- what to say of all

static int compare_risks(const void *left, const void *right)
{
    const struct risk *a = left, *b = right;
    if (a->worth != b->worth)
        return a->worth > b->worth ? -1 : 1;
    return strcmp(a->line.customer_id, b->line.customer_id);
}

static void make_at_risk(struct look *look, struct digest_notice *digest)
{
    size_t count = look->risk_count < AT_RISK_MOST ? look->risk_count : AT_RISK_MOST;
    struct notice_line *lines = arena_take(look->turn->arena, (count + 1) * sizeof *lines);
    if (look->risk_count > 0)
        qsort(look->risks, look->risk_count, sizeof *look->risks, compare_risks);
    for (size_t i = 0; i < count; i++)
        lines[i] = look->risks[i].line;
    digest->at_risk = lines;
    digest->at_risk_count = count;
}

static bool note_approval(void *context, struct turn *turn, const struct reminder *reminder)
{
    struct look *look = context;
    (void)turn;
    bool asks = reminder->kind == KIND_VISIT_APPROVAL || reminder->kind == KIND_POLICY_EXCEPTION;
    look->approvals += asks && reminder->state == REMINDER_TOLD && reminder->role == ROLE_APPROVER;
    return true;
}

struct points {
    struct notice_point *points;
    size_t count;
};

static void add_point(const struct look *look, struct points *points, const char *code, const char *text,
                      const struct figure *figures, size_t count)
{
    struct figure *kept = arena_take(look->turn->arena, (count + 1) * sizeof *kept);
    if (count > 0)
        memcpy(kept, figures, count * sizeof *figures);
    points->points[points->count++] =
        (struct notice_point){.code = code, .text = text, .figures = kept, .figure_count = count};
}

static void add_count(const struct look *look, struct points *points, const char *code, const char *text,
                      const char *name, uint32_t count)
{
    struct figure figure = {name, count, UNIT_COUNT, ""};
    if (count > 0)
        add_point(look, points, code, text, &figure, 1);
}

static const char *breaches_by_class(const struct look *look)
{
    const char *text = "";
    for (size_t abc = ABC_A; abc <= ABC_C; abc++) {
        uint32_t count = look->log.counts[LOG_BREACHES_A + abc - ABC_A];
        if (count > 0)
            text = arena_format(look->turn->arena, "%s%s%c %u", text, text[0] != '\0' ? ", " : "",
                                (int)('A' + abc - ABC_A), (unsigned)count);
    }
    return text;
}

static void add_effort(const struct look *look, struct points *points)
{
    int64_t minutes = look->log.counts[LOG_MINUTES], key = look->log.counts[LOG_KEY_MINUTES];
    int64_t target = look->self->options.effort_target;
    struct figure figures[] = {{"key_share", minutes > 0 ? key * PPM / minutes : 0, UNIT_PPM, ""},
                               {"target", target, UNIT_PPM, ""}};
    if (minutes > 0 && key * PPM < minutes * target)
        add_point(look, points, "digest.effort", "", figures, 2);
}

// What matters most stands first.
static void make_points(struct look *look, struct digest_notice *digest)
{
    struct points points = {arena_zero(look->turn->arena, POINTS_MOST, sizeof *points.points), 0};
    const char *breaches = breaches_by_class(look);
    for (size_t i = 0; i < look->behind_count; i++) {
        struct figure day = {"as_of", look->behind[i].day, UNIT_DATE, ""};
        add_point(look, &points, "digest.as_of", look->behind[i].names, &day, 1);
    }
    add_count(look, &points, "digest.approvals", "", "number", look->approvals);
    add_count(look, &points, "digest.complaints", "", "number", look->complaints);
    if (breaches[0] != '\0')
        add_point(look, &points, "digest.breaches", breaches, NULL, 0);
    add_count(look, &points, "digest.reports", "", "number", look->reports);
    add_count(look, &points, "digest.down", look->down.names, "count", look->down.count);
    add_count(look, &points, "digest.up", look->up.names, "count", look->up.count);
    add_count(look, &points, "digest.new", "", "count", look->new.count);
    if (digest->weekly) {
        struct figure share = {"share", look->largest_ppm, UNIT_PPM, ""};
        add_effort(look, &points);
        add_count(look, &points, "digest.files", "", "count", look->files);
        if (look->largest_ppm > 0)
            add_point(look, &points, "digest.concentration", look->largest, &share, 1);
    }
    digest->points = points.points;
    digest->point_count = points.count;
}

bool team_tell(struct scheduler *self, struct turn *turn, const struct rep *manager, struct digest_notice *digest)
{
    struct look look = {.self = self, .turn = turn, .digest = digest, .largest = ""};
    look.minute = digest->reader_minute;
    look.up.names = look.down.names = look.new.names = "";
    book_each_rep(turn, add_member, &look);
    if (!make_rows(&look, manager->id, digest))
        return false;
    diary_each_of_rep(turn, manager->id, LOOKED_MOST, note_approval, &look);
    make_at_risk(&look, digest);
    make_points(&look, digest);
    return true;
}
