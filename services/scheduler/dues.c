#include "services/scheduler/dues.h"

#include "common/must.h"

// How long after its occasion it is still worth telling. What must be done by the day itself has 0.
enum {
    LATE_FILE_DAYS = 30,   // an incomplete file stays a gap; after a month it is the digest's
    LATE_REVIEW_DAYS = 30, // the decision waits for somebody
    LATE_SURVEY_DAYS = 30,
    LATE_QUOTE_DAYS = 14, // the next lead comes soon enough
    LATE_SMALL_DAYS = 30,
    LATE_STUCK_DAYS = 30,
    LATE_MISSED_DAYS = 30,
    LATE_FOLLOW_DAYS = 30,
    CLASS_C = 3,
};

// What a search is about, and what it has found.
struct search {
    const struct dues_options *options;
    const struct workdays *days;
    const struct due_facts *facts;
    int32_t since, today;
    struct occasion *dues;
    size_t count;
};

static int64_t amount(int64_t days)
{
    return days > 0 ? days : 0;
}

// The last working day up to so many days before; that day itself when no working day is within reach.
static int32_t days_before(const struct search *search, int32_t day, int64_t lead)
{
    int32_t nominal = day - (int32_t)lead, worked = nominal;
    if (!workday_is(search->days, nominal))
        workday_add(search->days, nominal, -1, &worked);
    return worked;
}

static int32_t work_days_before(const struct search *search, int32_t day, int64_t lead)
{
    int32_t worked = day;
    if (lead == 0)
        return days_before(search, day, 0);
    workday_add(search->days, day, -(int32_t)lead, &worked);
    return worked;
}

static int32_t work_days_after(const struct search *search, int32_t day, int64_t k)
{
    int32_t worked = day;
    if (k > 0)
        workday_add(search->days, day, (int32_t)k, &worked);
    return worked;
}

// Lists a due if it stands today or has ended since the last round.
static void list(struct search *search, struct occasion due)
{
    bool stands = due.tell_day <= search->today && search->today <= due.last_day;
    due.over = due.last_day < search->today && due.tell_day <= due.last_day && search->since != INT32_MIN &&
               due.last_day >= search->since;
    due.fresh = search->since == INT32_MIN || due.tell_day > search->since;
    if (!stands && !due.over)
        return;
    must(search->count < DUES_MAX);
    search->dues[search->count++] = due;
}

// An occasion with several leads before it: the latest lead that has come.
static void list_leads(struct search *search, struct occasion due, const struct due_leads *leads)
{
    must(leads->count <= DUES_LEADS);
    bool any = false;
    for (size_t i = 0; i < leads->count; i++) {
        int32_t tell_day = days_before(search, due.day, amount(leads->days[i]));
        if (tell_day > search->today)
            break;
        due.tell_day = tell_day;
        due.lead = (uint32_t)i;
        due.last_lead = i + 1 == leads->count;
        any = true;
    }
    if (any)
        list(search, due);
}

static bool ordered_since(const struct due_facts *facts, int32_t day)
{
    return facts->last_order_day != DUES_NEVER && facts->last_order_day >= day;
}

static void find_contract(struct search *search)
{
    const struct due_facts *facts = search->facts;
    const struct due_contract *longest = NULL;
    must(facts->contract_count <= DUES_CONTRACTS);
    for (size_t i = 0; i < facts->contract_count; i++)
        if (longest == NULL || facts->contracts[i].last_day > longest->last_day)
            longest = &facts->contracts[i];
    if (longest == NULL || longest->last_day == DUES_NEVER)
        return;
    struct occasion due = {
        .kind = KIND_CONTRACT_END, .which = longest->which, .day = longest->last_day, .last_day = longest->last_day};
    list_leads(search, due, &search->options->contract_end);
}

static void find_file(struct search *search)
{
    int32_t day = search->facts->file_by_day;
    if (!search->facts->file_short || day == DUES_NEVER)
        return;
    struct occasion due = {.kind = KIND_FILE_DEADLINE, .day = day, .last_day = day + LATE_FILE_DAYS};
    list_leads(search, due, &search->options->file_deadline);
}

static void find_review(struct search *search)
{
    int32_t day = search->facts->face_until_day;
    if (day == DUES_NEVER)
        return;
    struct occasion due = {.kind = KIND_BLACK_REVIEW, .day = day, .last_day = day + LATE_REVIEW_DAYS};
    list_leads(search, due, &search->options->black_review);
}

static void find_survey(struct search *search)
{
    int32_t day = search->facts->survey_day;
    if (day != DUES_NEVER)
        list(search, (struct occasion){.kind = KIND_SURVEY_DUE,
                                       .day = day,
                                       .tell_day = day,
                                       .last_day = day + LATE_SURVEY_DAYS,
                                       .last_lead = true});
}

static void list_quote(struct search *search, uint64_t which, int32_t day, size_t lead, bool last_lead)
{
    list(search, (struct occasion){.kind = KIND_QUOTE_NURSE,
                                   .which = which,
                                   .day = day,
                                   .tell_day = day,
                                   .last_day = day + LATE_QUOTE_DAYS,
                                   .lead = (uint32_t)lead,
                                   .last_lead = last_lead});
}

static void find_quotes(struct search *search)
{
    const struct due_facts *facts = search->facts;
    const struct due_leads *leads = &search->options->quote_nurse;
    must(facts->quote_count <= DUES_QUOTES && leads->count <= DUES_LEADS);
    for (size_t i = 0; i < facts->quote_count; i++) {
        const struct due_quote *quote = &facts->quotes[i];
        if (quote->day == DUES_NEVER || ordered_since(facts, quote->day))
            continue;
        if (quote->follow_day != DUES_NEVER) {
            list_quote(search, quote->which, quote->follow_day, 0, true);
            continue;
        }
        for (size_t lead = 0; lead < leads->count; lead++)
            list_quote(search, quote->which, quote->day + (int32_t)amount(leads->days[lead]), lead,
                       lead + 1 == leads->count);
    }
}

static void find_small(struct search *search)
{
    const struct due_facts *facts = search->facts;
    int64_t every = search->options->small_every_days, most = search->options->small_most;
    if (every <= 0 || facts->orders_ever == 0 || facts->last_order_day == DUES_NEVER ||
        (!facts->small && facts->abc != CLASS_C))
        return;
    // The present one, and the one before it, which may have ended since the last round.
    int64_t times = ((int64_t)search->today - facts->last_order_day) / every;
    times = times < most ? times : most;
    for (int64_t n = times > 1 ? times - 1 : 1; n <= times; n++) {
        int32_t day = facts->last_order_day + (int32_t)(n * every);
        list(search, (struct occasion){.kind = KIND_SMALL_NURSE,
                                       .day = day,
                                       .tell_day = day,
                                       .last_day = day + LATE_SMALL_DAYS,
                                       .lead = (uint32_t)(n - 1),
                                       .last_lead = n == most});
    }
}

static bool expects(const struct due_facts *facts)
{
    if (facts->expected_day == DUES_NEVER)
        return false;
    return !ordered_since(facts, facts->expected_set_day != DUES_NEVER ? facts->expected_set_day : facts->expected_day);
}

static void find_expected(struct search *search)
{
    int32_t day = search->facts->expected_day;
    if (expects(search->facts))
        list(search,
             (struct occasion){.kind = KIND_EXPECTED_NEED,
                               .day = day,
                               .tell_day = work_days_before(search, day, amount(search->options->expected_work_days)),
                               .last_day = day,
                               .last_lead = true});
}

static void find_missed(struct search *search)
{
    int32_t day = search->facts->expected_day;
    if (!expects(search->facts))
        return;
    int32_t tell_day = work_days_after(search, day, amount(search->options->missed_work_days));
    list(search, (struct occasion){.kind = KIND_ORDER_MISSED,
                                   .day = day,
                                   .tell_day = tell_day,
                                   .last_day = tell_day + LATE_MISSED_DAYS,
                                   .last_lead = true});
}

static void find_follow_up(struct search *search)
{
    const struct due_facts *facts = search->facts;
    const struct dues_options *options = search->options;
    int64_t k = facts->horizon == 'H'   ? options->follow_h_work_days
                : facts->horizon == 'A' ? options->follow_a_work_days
                : facts->horizon == 'B' ? options->follow_b_work_days
                                        : 0;
    int32_t since = facts->contact_day != DUES_NEVER ? facts->contact_day : facts->known_day;
    if (k <= 0 || since == DUES_NEVER)
        return;
    int32_t tell_day = work_days_after(search, since, k);
    list(search, (struct occasion){.kind = KIND_LEAD_FOLLOW_UP,
                                   .day = since,
                                   .tell_day = tell_day,
                                   .last_day = tell_day + LATE_FOLLOW_DAYS,
                                   .last_lead = true});
}

static void find_stuck(struct search *search)
{
    int32_t day = search->facts->stage_limit_day;
    if (day != DUES_NEVER)
        list(search, (struct occasion){.kind = KIND_STAGE_STUCK,
                                       .day = day,
                                       .tell_day = day,
                                       .last_day = day + LATE_STUCK_DAYS,
                                       .last_lead = true});
}

// When a dated occasion is told. False for a customer who is left out.
static bool dated_tell_day(const struct search *search, const struct due_dated *dated, int32_t *ret_day)
{
    const struct dues_options *options = search->options;
    const struct {
        enum kind_id kind;
        int64_t lead;
        int32_t (*tell_day)(const struct search *, int32_t, int64_t);
    } rows[] = {
        {KIND_BIRTHDAY, options->birthday_days, days_before},
        {KIND_FOUNDING_DAY, options->founding_days, days_before},
        {KIND_COOPERATION, options->cooperation_days, days_before},
        {KIND_GREETING, options->greeting_work_days, work_days_before},
        {KIND_COMPANY_EVENT, options->event_work_days, work_days_before},
    };
    if (dated->kind == KIND_GREETING && (options->greeting_classes & 1U << search->facts->abc) == 0)
        return false;
    size_t row = 0, count = sizeof rows / sizeof rows[0];
    while (row < count && rows[row].kind != dated->kind)
        row++;
    must(row < count);
    *ret_day = rows[row].tell_day(search, dated->day, amount(rows[row].lead));
    return true;
}

static void find_dated(struct search *search)
{
    const struct due_facts *facts = search->facts;
    must(facts->dated_count <= DUES_DATED);
    for (size_t i = 0; i < facts->dated_count; i++) {
        const struct due_dated *dated = &facts->dated[i];
        int32_t tell_day;
        if (dated->day != DUES_NEVER && dated_tell_day(search, dated, &tell_day))
            list(search, (struct occasion){.kind = dated->kind,
                                           .which = dated->which,
                                           .day = dated->day,
                                           .tell_day = tell_day,
                                           .last_day = dated->day,
                                           .last_lead = true});
    }
}

size_t dues_find(const struct dues_options *options, const struct workdays *days, const struct due_facts *facts,
                 int32_t since_day, int32_t today, struct occasion *ret_dues)
{
    static void (*const FINDERS[])(struct search *) = {
        find_contract, find_file,   find_review,    find_survey, find_quotes, find_small,
        find_expected, find_missed, find_follow_up, find_stuck,  find_dated,
    };
    must(facts->abc <= CLASS_C);
    struct search search = {
        .options = options, .days = days, .facts = facts, .since = since_day, .today = today, .dues = ret_dues};
    for (size_t i = 0; i < sizeof FINDERS / sizeof FINDERS[0]; i++)
        FINDERS[i](&search);
    return search.count;
}
