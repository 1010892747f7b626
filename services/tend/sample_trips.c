#include "services/tend/sample_trips.h"

#include "common/calendar.h"
#include "common/money.h"
#include "common/must.h"

#include <string.h>

enum {
    QUARTER = 91,
    FIRST_TRIP = 45,      // days after the beginning
    REP_APART = 13,       // no two reps are on the road at once
    PLANNED_BEFORE = 14,  // days before the trip
    APPROVED_BEFORE = 11, // later than that a superior has always answered
    TRIP_DAYS = 3,
    VISITED_MAX = 5,
    TUESDAY = 2,
    EXCEPTION_EVERY = 120,
    EXCEPTION_AMOUNT = 90000, // CNY that wait for their payment
};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define BODY(script, body) sample_body(script, &tend__v1__##body##__descriptor)
#define NAMED(name) TEND__V1__EVENT__BODY_##name

struct trips {
    struct sample_script *script;
    const struct sample_cast *cast;
};

// The tongue of the rep, whom no customer listens to.
static char *say(const struct trips *trips, uint32_t rep, const char *chinese, const char *english)
{
    return sample_text(trips->script, "%s", trips->cast->reps[rep].chinese ? chinese : english);
}

static int64_t at(const struct trips *trips, uint32_t rep, int32_t day, int32_t hour, int32_t minute)
{
    return sample_ms(trips->cast, rep, day, hour * 60 + minute);
}

// Something about the rep alone.
static void note(const struct trips *trips, uint32_t rep, int64_t ms, Tend__V1__Event__BodyCase body_case, void *body)
{
    (void)sample_note(trips->script, NULL, rep, ms, body_case, body);
}

// --- trips

// Where the rep goes on the trip of that turn: the regions of the best customers, one after the other.
static const char *region_of(const struct trips *trips, uint32_t rep, uint32_t turn)
{
    const char *region = "";
    for (uint32_t i = 0; i < trips->cast->active_count; i++) {
        const struct sample_customer *customer = &trips->cast->customers[i];
        if (customer->rep != rep || strcmp(customer->region, region) == 0)
            continue;
        region = customer->region;
        if (turn-- == 0)
            break;
    }
    return region;
}

// Plans the trip. False when it lies beyond the end, or the rep has no customers.
static bool plan(const struct trips *trips, uint32_t rep, uint32_t turn, int32_t from, const char *id)
{
    struct sample_script *script = trips->script;
    Tend__V1__VisitPlanned *body = BODY(script, visit_planned);
    char *visited[VISITED_MAX];
    body->visit_id = sample_text(script, "%s", id);
    body->region = sample_text(script, "%s", region_of(trips, rep, turn));
    body->purpose = say(trips, rep, "走访老客户，了解下季计划", "see old customers, hear about next season");
    body->from = sample_day_text(script, from);
    body->to = sample_day_text(script, from + TRIP_DAYS - 1);
    body->customer_ids = visited;
    for (uint32_t i = 0; i < trips->cast->active_count && body->n_customer_ids < VISITED_MAX; i++) {
        const struct sample_customer *customer = &trips->cast->customers[i];
        if (customer->rep == rep && strcmp(customer->region, body->region) == 0)
            visited[body->n_customer_ids++] = sample_text(script, "%s", customer->id);
    }
    int64_t ms = at(trips, rep, sample_workday(from - PLANNED_BEFORE), 9, 45);
    return body->n_customer_ids > 0 && sample_note(script, NULL, rep, ms, NAMED(VISIT_PLANNED), body);
}

static void on_the_road(const struct trips *trips, uint32_t rep, int32_t from, const char *id)
{
    struct sample_script *script = trips->script;
    Tend__V1__VisitArrived *arrived = BODY(script, visit_arrived);
    arrived->visit_id = sample_text(script, "%s", id);
    arrived->hotel = say(trips, rep, "悦来酒店", "Harbour Hotel");
    arrived->phone = sample_text(script, "+86 20 5550 %04u", 100 + rep);
    note(trips, rep, at(trips, rep, from, 11, 30), NAMED(VISIT_ARRIVED), arrived);
    for (int32_t day = from; day < from + TRIP_DAYS; day++) {
        Tend__V1__VisitCheckedIn *word = BODY(script, visit_checked_in);
        word->visit_id = sample_text(script, "%s", id);
        word->note = say(trips, rep, "今日拜访两家，明早下厂", "two customers seen, a plant tomorrow morning");
        note(trips, rep, at(trips, rep, day, 17, 40), NAMED(VISIT_CHECKED_IN), word);
    }
    Tend__V1__VisitReported *report = BODY(script, visit_reported);
    report->visit_id = sample_text(script, "%s", id);
    report->report = say(trips, rep, "两家确认秋季订单，一家在比价", "two confirm their autumn orders, one compares");
    note(trips, rep, at(trips, rep, sample_workday(from + TRIP_DAYS), 15, 0), NAMED(VISIT_REPORTED), report);
}

static void trip(const struct trips *trips, uint32_t rep, uint32_t turn, int32_t from)
{
    struct sample_script *script = trips->script;
    char id[32];
    snprintf(id, sizeof id, "visit-%s-%u", trips->cast->reps[rep].id, turn + 1);
    if (!plan(trips, rep, turn, from, id))
        return;
    Tend__V1__VisitApproved *approved = BODY(script, visit_approved);
    approved->visit_id = sample_text(script, "%s", id);
    approved->by = sample_text(script, "%s", trips->cast->reps[0].name);
    note(trips, rep, at(trips, rep, sample_workday(from - APPROVED_BEFORE), 10, 10), NAMED(VISIT_APPROVED), approved);
    on_the_road(trips, rep, from, id);
}

// --- exceptions

// Every fourth is refused. The last one still waits: it was asked for on the last working day.
static void exception(const struct trips *trips, uint32_t rep, uint32_t turn, int32_t day)
{
    struct sample_script *script = trips->script;
    const struct sample_cast *cast = trips->cast;
    const struct sample_customer *customer = NULL;
    for (uint32_t i = 0, left = turn % VISITED_MAX; i < cast->active_count; i++)
        if (cast->customers[i].rep == rep && cast->customers[i].story == STORY_ORDINARY && left-- == 0) {
            customer = &cast->customers[i];
            break;
        }
    if (customer == NULL)
        return;
    char id[32];
    snprintf(id, sizeof id, "exception-%s-%u", cast->reps[rep].id, turn + 1);
    Tend__V1__PolicyExceptionAsked *asked = BODY(script, policy_exception_asked);
    asked->exception_id = sample_text(script, "%s", id);
    asked->kind = sample_text(script, "credit");
    asked->what = say(trips, rep, "账期由30天放宽到60天", "60 days to pay instead of 30");
    asked->amount = sample_money(script, EXCEPTION_AMOUNT * (int64_t)MONEY_MICROS, SAMPLE_CNY);
    if (!sample_note(script, customer, rep, at(trips, rep, day, 14, 5), NAMED(POLICY_EXCEPTION_ASKED), asked))
        return;
    int64_t ms = at(trips, rep, sample_workday(day + 1), 9, 30);
    if ((turn + rep) % 4 == 3) {
        Tend__V1__PolicyExceptionRefused *refused = BODY(script, policy_exception_refused);
        refused->exception_id = sample_text(script, "%s", id);
        refused->by = sample_text(script, "%s", cast->reps[0].name);
        refused->reason = say(trips, rep, "有过逾期", "has paid late before");
        (void)sample_note(script, customer, rep, ms, NAMED(POLICY_EXCEPTION_REFUSED), refused);
        return;
    }
    Tend__V1__PolicyExceptionApproved *approved = BODY(script, policy_exception_approved);
    approved->exception_id = sample_text(script, "%s", id);
    approved->by = sample_text(script, "%s", cast->reps[0].name);
    (void)sample_note(script, customer, rep, ms, NAMED(POLICY_EXCEPTION_APPROVED), approved);
}

static void exceptions_of(const struct trips *trips, uint32_t rep)
{
    const struct sample_cast *cast = trips->cast;
    uint32_t turn = 0;
    for (int32_t day = cast->from_day + FIRST_TRIP + REP_APART * (int32_t)rep; day < cast->until_day - QUARTER / 7;
         day += EXCEPTION_EVERY)
        exception(trips, rep, turn++, sample_workday(day));
    if (rep != 1)
        return;
    int32_t last = cast->until_day - 1;
    while (sample_workday(last) != last)
        last--;
    exception(trips, rep, turn, last);
}

// --- announcements

static void announce(const struct trips *trips, int32_t day, const char *kind, const char *title, const char *point,
                     int32_t until, int32_t date)
{
    struct sample_script *script = trips->script;
    Tend__V1__AnnouncementPublished *body = BODY(script, announcement_published);
    Tend__V1__AbcClassName best[] = {TEND__V1__ABC_CLASS_NAME__ABC_CLASS_NAME_A,
                                     TEND__V1__ABC_CLASS_NAME__ABC_CLASS_NAME_B};
    char *points[] = {sample_text(script, "%s", point)};
    body->announcement_id = sample_id(script, "announcement");
    body->kind = sample_text(script, "%s", kind);
    body->title = sample_text(script, "%s", title);
    body->until = sample_day_text(script, until);
    body->points = points;
    body->n_points = COUNT(points);
    if (date != INT32_MIN) {
        body->date = sample_day_text(script, date);
        body->classes = best;
        body->n_classes = COUNT(best);
    }
    note(trips, 0, at(trips, 0, sample_workday(day), 9, 15), NAMED(ANNOUNCEMENT_PUBLISHED), body);
}

void sample_trips_note(struct sample_script *script, const struct sample_cast *cast)
{
    struct trips trips = {script, cast};
    for (uint32_t rep = 1; rep < cast->rep_count; rep++) { // the first is the superior of the others
        uint32_t turn = 0;
        for (int32_t day = cast->from_day + FIRST_TRIP + REP_APART * (int32_t)rep;
             day < cast->until_day + PLANNED_BEFORE; day += QUARTER)
            trip(&trips, rep, turn++, day + (TUESDAY + 7 - day_weekday(day)) % 7);
        exceptions_of(&trips, rep);
    }
    int32_t today = cast->until_day;
    announce(&trips, today - 150, "product", "防水拉链新色 New colours of water-repellent zippers",
             "24色现货 24 colours in stock", today - 90, INT32_MIN);
    announce(&trips, today - 10, "event", "秋季展 Autumn fair",
             "展位 5.2K18，提供样品 stand 5.2K18, samples to take home", today + 20, today + 24);
}
