// Events about what reps and the firm set out to do: trips, exceptions from policy, announcements.
#include "services/scheduler/wire_parts.h"

enum { TRIP_CUSTOMERS_MAX = 1000 }; // of one trip or announcement that names its customers

// Whom it names; ids that nobody could have are left out.
static char *const *read_customers(struct arena *arena, char *const *ids, size_t count, size_t *ret_count)
{
    char **kept = arena_take(arena, (count + 1) * sizeof *kept);
    *ret_count = 0;
    for (size_t i = 0; i < count && *ret_count < TRIP_CUSTOMERS_MAX; i++)
        if (wire_id_good(ids[i]))
            kept[(*ret_count)++] = ids[i];
    return kept;
}

// --- trips

static void put_visit(const Tend__V1__Event *event, struct fact *fact, enum visit_step step, const char *id)
{
    fact->kind = wire_id_good(id) && event->rep_id[0] != '\0' ? FACT_VISIT : FACT_BAD;
    fact->visit = (struct visit_fact){.step = step,
                                      .id = id,
                                      .region = "",
                                      .purpose = "",
                                      .hotel = "",
                                      .phone = "",
                                      .by = "",
                                      .text = "",
                                      .from_day = DAY_NONE,
                                      .to_day = DAY_NONE};
}

static void read_planned(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__VisitPlanned *body = event->visit_planned;
    put_visit(event, fact, VISIT_PLANNED, body->visit_id);
    struct visit_fact *visit = &fact->visit;
    visit->region = wire_cut(arena, body->region, NAME_TEXT_MAX);
    visit->purpose = wire_cut(arena, body->purpose, WORDS_TEXT_MAX);
    visit->hotel = wire_cut(arena, body->hotel, NAME_TEXT_MAX);
    visit->phone = wire_cut(arena, body->phone, PHONE_TEXT_MAX);
    visit->from_day = wire_day(body->from);
    visit->to_day = body->to[0] != '\0' ? wire_day(body->to) : visit->from_day;
    visit->customers = read_customers(arena, body->customer_ids, body->n_customer_ids, &visit->customer_count);
    if (visit->from_day == DAY_NONE || visit->to_day < visit->from_day)
        fact->kind = FACT_BAD;
}

static void read_approved(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__VisitApproved *body = event->visit_approved;
    put_visit(event, fact, VISIT_APPROVED, body->visit_id);
    fact->visit.by = wire_cut(arena, body->by, ID_TEXT_MAX);
}

static void read_refused(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__VisitRefused *body = event->visit_refused;
    put_visit(event, fact, VISIT_REFUSED, body->visit_id);
    fact->visit.by = wire_cut(arena, body->by, ID_TEXT_MAX);
    fact->visit.text = wire_cut(arena, body->reason, WORDS_TEXT_MAX);
}

static void read_cancelled(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__VisitCancelled *body = event->visit_cancelled;
    put_visit(event, fact, VISIT_CANCELLED, body->visit_id);
    fact->visit.text = wire_cut(arena, body->reason, WORDS_TEXT_MAX);
}

static void read_arrived(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__VisitArrived *body = event->visit_arrived;
    put_visit(event, fact, VISIT_ARRIVED, body->visit_id);
    fact->visit.hotel = wire_cut(arena, body->hotel, NAME_TEXT_MAX);
    fact->visit.phone = wire_cut(arena, body->phone, PHONE_TEXT_MAX);
}

static void read_checked_in(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__VisitCheckedIn *body = event->visit_checked_in;
    put_visit(event, fact, VISIT_CHECKED_IN, body->visit_id);
    fact->visit.text = wire_cut(arena, body->note, WORDS_TEXT_MAX);
}

// Where it names the customer, somebody was there.
static void read_reported(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__VisitReported *body = event->visit_reported;
    put_visit(event, fact, VISIT_REPORTED, body->visit_id);
    fact->visit.text = wire_cut(arena, body->report, WORDS_TEXT_MAX);
    fact->touches = event->customer_id[0] != '\0';
    fact->touch = (struct contact_fact){.result = CONTACT_REAL,
                                        .text = "",
                                        .key_point = "",
                                        .channel = TEND__V1__CHANNEL__CHANNEL_VISIT,
                                        .outgoing = true};
    if (fact->kind == FACT_BAD && fact->touches) { // nobody's trip, but the customer was seen
        fact->kind = FACT_CONTACT;
        fact->contact = fact->touch;
        fact->touches = false;
    }
}

// --- exceptions from policy

static void put_policy(const Tend__V1__Event *event, struct fact *fact, enum policy_step step, const char *id)
{
    fact->kind = wire_id_good(id) && event->rep_id[0] != '\0' ? FACT_POLICY : FACT_BAD;
    fact->policy = (struct policy_fact){
        .step = step, .id = id, .kind = "", .what = "", .promise_id = "", .by = "", .currency = ""};
}

static void read_asked(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__PolicyExceptionAsked *body = event->policy_exception_asked;
    put_policy(event, fact, POLICY_ASKED, body->exception_id);
    fact->policy.kind = wire_cut(arena, body->kind, NAME_TEXT_MAX);
    fact->policy.what = wire_cut(arena, body->what, WORDS_TEXT_MAX);
    fact->policy.promise_id = wire_cut(arena, body->promise_id, ID_TEXT_MAX);
    fact->policy.micros = wire_money(body->amount, &fact->policy.currency);
}

static void read_exception_approved(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__PolicyExceptionApproved *body = event->policy_exception_approved;
    put_policy(event, fact, POLICY_APPROVED, body->exception_id);
    fact->policy.by = wire_cut(arena, body->by, ID_TEXT_MAX);
}

static void read_exception_refused(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__PolicyExceptionRefused *body = event->policy_exception_refused;
    put_policy(event, fact, POLICY_REFUSED, body->exception_id);
    fact->policy.by = wire_cut(arena, body->by, ID_TEXT_MAX);
    fact->policy.what = wire_cut(arena, body->reason, WORDS_TEXT_MAX);
}

// --- announcements

static uint32_t read_classes(const Tend__V1__AbcClassName *classes, size_t count)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i++)
        if (classes[i] >= TEND__V1__ABC_CLASS_NAME__ABC_CLASS_NAME_A &&
            classes[i] <= TEND__V1__ABC_CLASS_NAME__ABC_CLASS_NAME_C)
            bits |= UINT32_C(1) << classes[i];
    return bits;
}

static void read_announcement(const Tend__V1__Event *event, struct arena *arena, struct fact *fact)
{
    const Tend__V1__AnnouncementPublished *body = event->announcement_published;
    fact->kind = wire_id_good(body->announcement_id) ? FACT_NEWS : FACT_BAD;
    fact->news = (struct news_fact){.id = body->announcement_id,
                                    .title = wire_cut(arena, body->title, NAME_TEXT_MAX),
                                    .text = wire_cut(arena, body->text, WORDS_TEXT_MAX),
                                    .region = wire_cut(arena, body->region, NAME_TEXT_MAX),
                                    .kind = wire_cut(arena, body->kind, ZONE_TEXT_MAX),
                                    .type = (uint32_t)body->type,
                                    .classes = read_classes(body->classes, body->n_classes),
                                    .until_day = wire_day(body->until),
                                    .date_day = wire_day(body->date)};
    struct news_fact *news = &fact->news;
    news->cost_micros = wire_money(body->cost, &news->currency);
    news->customers = read_customers(arena, body->customer_ids, body->n_customer_ids, &news->customer_count);
    for (size_t i = 0; i < body->n_points && news->point_count < NEWS_POINTS_MAX; i++)
        news->points[news->point_count++] = wire_cut(arena, body->points[i], NAME_TEXT_MAX);
}

const struct wire_body wire_trips[] = {
    {TEND__V1__EVENT__BODY_VISIT_PLANNED, read_planned},
    {TEND__V1__EVENT__BODY_VISIT_APPROVED, read_approved},
    {TEND__V1__EVENT__BODY_VISIT_REFUSED, read_refused},
    {TEND__V1__EVENT__BODY_VISIT_CANCELLED, read_cancelled},
    {TEND__V1__EVENT__BODY_VISIT_ARRIVED, read_arrived},
    {TEND__V1__EVENT__BODY_VISIT_CHECKED_IN, read_checked_in},
    {TEND__V1__EVENT__BODY_VISIT_REPORTED, read_reported},
    {TEND__V1__EVENT__BODY_POLICY_EXCEPTION_ASKED, read_asked},
    {TEND__V1__EVENT__BODY_POLICY_EXCEPTION_APPROVED, read_exception_approved},
    {TEND__V1__EVENT__BODY_POLICY_EXCEPTION_REFUSED, read_exception_refused},
    {TEND__V1__EVENT__BODY_ANNOUNCEMENT_PUBLISHED, read_announcement},
    {TEND__V1__EVENT__BODY__NOT_SET, NULL},
};
