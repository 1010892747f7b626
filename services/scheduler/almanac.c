#include "services/scheduler/almanac.h"

#include "common/feasts.h"
#include "common/must.h"
#include "services/scheduler/hints.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/line.h"
#include "services/scheduler/remind.h"

#include <string.h>

enum {
    LISTED_MAX = 300,   // customers of one reminder: what fits into a message of a list
    FILES_MAX = 32,     // deadlines of one round, each with its leads
    FEASTS_MAX = 64,    // of one country that lie ahead
    FEAST_REACH = 40,   // days ahead that are looked at; no lead is longer
    FESTIVALS_MAX = 16, // that are told on one day
    DAY_MILLI = 1000,
    AFTER_LEAD = 0xff, // in place of a lead: the day itself is over
};

// --- matters

static const char *day_text(struct turn *turn, int32_t day)
{
    char *text = arena_take(turn->arena, DAY_TEXT_BYTES);
    day_print(day, text);
    return text;
}

// What is told of the occasion, for the notifier's words.
static struct slice explain(struct turn *turn, const struct sheet *sheet, const struct customer *customer,
                            const struct occasion *due)
{
    struct figure figures[3];
    struct notice_words words = {.figures = figures};
    if (due->kind == KIND_CONTRACT_END || due->kind == KIND_BLACK_REVIEW)
        words.event_date = day_text(turn, due->day);
    if (due->kind == KIND_EXPECTED_NEED || due->kind == KIND_ORDER_MISSED)
        figures[words.figure_count++] = (struct figure){"expected_order", due->day, UNIT_DATE, ""};
    if (due->kind == KIND_EXPECTED_NEED && customer->expected_micros != 0 && customer->currency[0] != '\0')
        figures[words.figure_count++] =
            (struct figure){"expected_amount", customer->expected_micros, UNIT_MONEY, customer->currency};
    if (due->kind == KIND_EXPECTED_NEED && customer->expected_milli != 0)
        figures[words.figure_count++] = (struct figure){"expected_quantity", customer->expected_milli, UNIT_MILLI, ""};
    if (due->kind == KIND_LEAD_FOLLOW_UP)
        words.after = book_standing(turn, customer, "lead.horizon");
    if (due->kind == KIND_STAGE_STUCK) {
        int32_t since = office_day(sheet->desk, customer->stage_set.time_ms);
        words.after = book_standing(turn, customer, "lead.stage");
        if (customer->stage > 0)
            figures[words.figure_count++] = (struct figure){"stage", (int64_t)customer->stage - 1, UNIT_COUNT, ""};
        if (since != DAY_NONE && since < sheet->day)
            figures[words.figure_count++] =
                (struct figure){"days", (int64_t)(sheet->day - since) * DAY_MILLI, UNIT_DAYS, ""};
    }
    return notice_why(turn->arena, &words);
}

// Something that should have been done by now is told when it begins to stand, and not for what was so when we first
// looked; what is still to come is told whenever we hear of it.
static bool is_news(const struct sheet *sheet, const struct occasion *due)
{
    bool ahead = due->kind == KIND_CONTRACT_END || due->kind == KIND_BLACK_REVIEW || due->kind == KIND_EXPECTED_NEED;
    if (ahead && due->day >= sheet->day)
        return true;
    return sheet->desk->rep.list_day == DAY_NONE ? due->tell_day == sheet->day : due->fresh;
}

// The call is on today's list, and says the same.
static bool is_called(const struct sheet *sheet, const struct sheet_due *found)
{
    const struct candidate *candidate = &sheet->candidates[found->candidate];
    if (!candidate->listed)
        return false;
    return found->due.kind == KIND_SURVEY_DUE ||
           (found->due.kind == KIND_EXPECTED_NEED && candidate->reason == CALL_EXPECTED_NEED);
}

static uint8_t roles_of(const struct occasion *due)
{
    return due->kind == KIND_CONTRACT_END && due->last_lead ? ROLE_OWNER | ROLE_MANAGER : 0;
}

// The same occasion with the same lead is one opening, whether or not somebody has closed it since.
static void open_matter(struct scheduler *self, struct turn *turn, const struct sheet *sheet,
                        const struct sheet_due *found)
{
    const struct occasion *due = &found->due;
    const struct shift *shift = &sheet->desk->shift;
    struct customer customer;
    struct matter matter;
    const char *id = sheet->ids[found->candidate];
    if (!is_news(sheet, due) || is_called(sheet, found))
        return;
    if (matter_find(turn, due->kind, id, due->which, &matter) && matter.day == due->day &&
        matter.opened.time_ms >= shift_list(shift, due->tell_day))
        return;
    book_customer(turn, id, &customer);
    int64_t list_ms = shift_list(shift, sheet->day);
    ladder_open(self, turn,
                &(struct opening){.kind = due->kind,
                                  .customer_id = id,
                                  .rep_id = "",
                                  .which = due->which,
                                  .version = {.time_ms = list_ms},
                                  .due_ms = list_ms,
                                  .day = due->day,
                                  .roles = roles_of(due),
                                  .ref = "",
                                  .why = explain(turn, sheet, &customer, due)});
}

void almanac_moved(struct scheduler *self, struct turn *turn, const struct customer *before,
                   const struct customer *after)
{
    const struct {
        enum kind_id kind;
        bool moved;
        const char *reason;
    } MOVED[] = {
        {KIND_STAGE_STUCK, before->stage_limit_day != after->stage_limit_day, "the lead has moved on"},
        {KIND_BLACK_REVIEW, before->face_until_day != after->face_until_day, "it was decided anew"},
        {KIND_SURVEY_DUE, before->next_survey_ms != after->next_survey_ms, "the opinion is due at another time"},
        {KIND_EXPECTED_NEED, before->expected_value_day != after->expected_value_day,
         "the order is expected at another time"},
    };
    struct version now = {.time_ms = turn->now_ms};
    for (size_t i = 0; i < sizeof MOVED / sizeof MOVED[0]; i++)
        if (MOVED[i].moved)
            ladder_close_all(self, turn, MOVED[i].kind, after->id, &now, MOVED[i].reason);
}

// --- files

// Customers whose files are to be complete by the same day, and which warning it is.
struct deadline {
    int32_t day;
    uint32_t lead;
    struct notice_line *about;
    size_t count;
};

static struct notice_line *add_about(struct turn *turn, struct notice_line **about, size_t *count)
{
    if (*about == NULL)
        *about = arena_take(turn->arena, LISTED_MAX * sizeof **about);
    return *count < LISTED_MAX ? &(*about)[(*count)++] : NULL;
}

static struct notice_line listed(const char *id)
{
    return (struct notice_line){
        .customer_id = id, .customer_name = "", .contact_name = "", .contact_phone = "", .text = ""};
}

static void add_file(struct turn *turn, const struct sheet *sheet, const struct sheet_due *found,
                     struct deadline *deadline)
{
    struct notice_line *line = add_about(turn, &deadline->about, &deadline->count);
    struct hint asked[HINTS_ASKED];
    struct customer customer;
    if (line == NULL)
        return;
    book_customer(turn, sheet->ids[found->candidate], &customer);
    *line = listed(customer.id);
    line->point_count = hints_ask(customer.file_missing, asked);
    struct notice_point *points = arena_take(turn->arena, HINTS_ASKED * sizeof *points);
    for (size_t i = 0; i < line->point_count; i++)
        points[i] =
            (struct notice_point){.code = arena_text(turn->arena, asked[i].code, strlen(asked[i].code)), .text = ""};
    line->points = points;
}

static struct reminder about_rep(const struct sheet *sheet, enum kind_id kind, const struct rep *told)
{
    const struct rep *rep = &sheet->desk->rep;
    bool own = strcmp(rep->id, told->id) == 0;
    return (struct reminder){.kind = (uint8_t)kind,
                             .rep_id = told->id,
                             .customer_id = "",
                             .note = "",
                             .for_rep = own ? "" : rep->id,
                             .role = own ? 0 : ROLE_MANAGER,
                             .day = sheet->day,
                             .due_ms = shift_list(&sheet->desk->shift, sheet->day)};
}

// To the rep before the day, and after it to the manager.
static void tell_deadline(struct scheduler *self, struct turn *turn, const struct sheet *sheet,
                          const struct deadline *deadline, int64_t now_ms)
{
    const struct rep *rep = &sheet->desk->rep;
    struct rep told = *rep;
    if (deadline->lead == AFTER_LEAD)
        (void)office_manager(self, turn, rep, &told);
    struct reminder reminder = about_rep(sheet, KIND_FILE_DEADLINE, &told);
    struct notice_words words = {
        .event_date = day_text(turn, deadline->day), .about = deadline->about, .about_count = deadline->count};
    reminder.event_day = deadline->day > sheet->day ? deadline->day : sheet->day;
    reminder.why = notice_why(turn->arena, &words);
    diary_reminder_id(rep->id, KIND_FILE_DEADLINE, (uint64_t)deadline->lead << 32 | (uint32_t)deadline->day,
                      reminder.id);
    remind_now(self, turn, &reminder, NULL, now_ms);
}

static void tell_files(struct scheduler *self, struct turn *turn, const struct sheet *sheet, int64_t now_ms)
{
    struct deadline deadlines[FILES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < sheet->due_count; i++) {
        const struct occasion *due = &sheet->dues[i].due;
        uint32_t lead = due->day < sheet->day ? AFTER_LEAD : due->lead;
        size_t at = 0;
        if (due->kind != KIND_FILE_DEADLINE)
            continue;
        while (at < count && (deadlines[at].day != due->day || deadlines[at].lead != lead))
            at++;
        if (at == FILES_MAX)
            continue;
        if (at == count)
            deadlines[count++] = (struct deadline){.day = due->day, .lead = lead};
        add_file(turn, sheet, &sheet->dues[i], &deadlines[at]);
    }
    for (size_t i = 0; i < count; i++)
        tell_deadline(self, turn, sheet, &deadlines[i], now_ms);
}

// --- feasts

// A feast that is told today, for customers of one or more countries.
struct festival {
    struct feast feast;
    uint32_t countries; // bits by the sheet's numbers
    struct notice_line *about;
    size_t count;
};
_Static_assert(SHEET_COUNTRIES <= 32, "one bit each");

struct greeting {
    struct scheduler *self;
    struct turn *turn;
    const struct sheet *sheet;
    struct festival festivals[FESTIVALS_MAX];
    size_t count;
    size_t next; // the candidate that the walk comes to
};

static void festival_id(const struct rep *rep, const struct feast *feast, uint8_t *ret_id)
{
    uint64_t name =
        hash_short(feast->en[0] != '\0' ? feast->en : feast->zh, strlen(feast->en[0] != '\0' ? feast->en : feast->zh));
    diary_reminder_id(rep->id, KIND_GREETING, name ^ (uint64_t)(uint32_t)feast->day << 32, ret_id);
}

static bool same_feast(const struct feast *left, const struct feast *right)
{
    return left->day == right->day && strcmp(left->en, right->en) == 0 && strcmp(left->zh, right->zh) == 0;
}

// Its day to be told has come, and it was not told yet. A day of the dead is nobody's feast.
static bool is_to_tell(const struct greeting *greeting, const struct feast *feast)
{
    const struct sheet *sheet = greeting->sheet;
    uint8_t id[HASH_BYTES];
    struct reminder known;
    int32_t tell_day = feast->day, work_days = (int32_t)greeting->self->options.rules.dues.greeting_work_days;
    if (feast->solemn)
        return false;
    if (work_days > 0)
        workday_add(&sheet->desk->days, feast->day, -work_days, &tell_day);
    if (tell_day > sheet->day)
        return false;
    festival_id(&sheet->desk->rep, feast, id);
    return !diary_reminder(greeting->turn, id, &known);
}

static void find_festivals(struct greeting *greeting, size_t country)
{
    const struct sheet *sheet = greeting->sheet;
    struct feast feasts[FEASTS_MAX];
    size_t found =
        feasts_next(greeting->self->feasts, sheet->countries[country], sheet->day, FEAST_REACH, feasts, FEASTS_MAX);
    for (size_t i = 0; i < found; i++) {
        size_t at = 0;
        if (!is_to_tell(greeting, &feasts[i]))
            continue;
        while (at < greeting->count && !same_feast(&greeting->festivals[at].feast, &feasts[i]))
            at++;
        if (at == FESTIVALS_MAX)
            return;
        if (at == greeting->count)
            greeting->festivals[greeting->count++] = (struct festival){.feast = feasts[i]};
        greeting->festivals[at].countries |= 1U << country;
    }
}

// The walk is the one that made the sheet, so the candidates come in the same order.
static void greet(void *self, const struct customer *customer)
{
    struct greeting *greeting = self;
    const struct sheet *sheet = greeting->sheet;
    size_t at = greeting->next++;
    must(at < sheet->own && strcmp(sheet->ids[at], customer->id) == 0);
    uint32_t abc = customer->abc < ABC_COUNT ? customer->abc : ABC_NONE;
    bool wanted = (greeting->self->options.rules.dues.greeting_classes & 1U << abc) != 0;
    if (!wanted || sheet->candidates[at].cap != 0)
        return;
    const char *country = sheet_country(&sheet->desk->rep, customer);
    for (size_t i = 0; i < greeting->count; i++) {
        struct festival *festival = &greeting->festivals[i];
        bool kept = false;
        for (size_t j = 0; j < sheet->country_count; j++)
            kept |= (festival->countries & 1U << j) != 0 && strcmp(sheet->countries[j], country) == 0;
        struct notice_line *line = kept ? add_about(greeting->turn, &festival->about, &festival->count) : NULL;
        if (line != NULL)
            *line = listed(sheet->ids[at]);
    }
}

static void tell_festival(struct scheduler *self, struct turn *turn, const struct sheet *sheet,
                          const struct festival *festival, int64_t now_ms)
{
    const struct rep *rep = &sheet->desk->rep;
    struct reminder reminder = about_rep(sheet, KIND_GREETING, rep);
    struct notice_words words = {.text = festival->feast.zh,
                                 .after = festival->feast.en,
                                 .event_date = day_text(turn, festival->feast.day),
                                 .about = festival->about,
                                 .about_count = festival->count};
    reminder.event_day = festival->feast.day;
    reminder.why = notice_why(turn->arena, &words);
    festival_id(rep, &festival->feast, reminder.id);
    remind_now(self, turn, &reminder, NULL, now_ms);
}

static void tell_feasts(struct scheduler *self, struct turn *turn, const struct sheet *sheet, int64_t now_ms)
{
    struct greeting *greeting = arena_zero(turn->arena, 1, sizeof *greeting);
    greeting->self = self;
    greeting->turn = turn;
    greeting->sheet = sheet;
    for (size_t i = 0; i < sheet->country_count; i++)
        find_festivals(greeting, i);
    if (greeting->count == 0)
        return;
    book_each_owned(turn, sheet->desk->rep.id, greet, greeting);
    if (strcmp(sheet->desk->rep.id, self->default_rep) == 0)
        book_each_owned(turn, "", greet, greeting);
    for (size_t i = 0; i < greeting->count; i++)
        if (greeting->festivals[i].count > 0)
            tell_festival(self, turn, sheet, &greeting->festivals[i], now_ms);
}

void almanac_tell(struct scheduler *self, struct turn *turn, const struct sheet *sheet, int64_t now_ms)
{
    for (size_t i = 0; i < sheet->due_count; i++)
        if (sheet->dues[i].due.kind != KIND_FILE_DEADLINE)
            open_matter(self, turn, sheet, &sheet->dues[i]);
    tell_files(self, turn, sheet, now_ms);
    tell_feasts(self, turn, sheet, now_ms);
}
