#include "services/scheduler/hear.h"

#include "services/scheduler/ladder.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/policy.h"

#include <string.h>

static uint64_t which_of(const struct fact *fact)
{
    return hash_short(fact->complaint.id, strlen(fact->complaint.id));
}

// What closes a step closes it also when both were said of the same moment.
static struct version closing_of(const struct fact *fact)
{
    return (struct version){fact->version.time_ms, UINT64_MAX};
}

static int32_t day_of(struct scheduler *self, struct turn *turn, const struct customer *customer, int64_t at_ms)
{
    struct rep rep;
    bool any = office_owner(self, turn, customer, &rep);
    return zone_local(any ? office_rep_zone(self, &rep) : self->zone, at_ms / 1000).day;
}

static struct opening open_complaint(const struct fact *fact, const struct customer *customer, enum kind_id kind)
{
    struct opening opening = ladder_opening(fact, kind, which_of(fact));
    opening.customer_id = customer->id;
    opening.rep_id = "";
    opening.ref = fact->complaint.id;
    return opening;
}

// --- complaints that come again

// How many complaints with something in common this one makes within the days, itself among them.
static int64_t times_of(const struct recur_options *options, const struct recur *recur, const struct recur_entry *entry)
{
    int64_t times = 1;
    struct recur before = *recur;
    struct recur_match match;
    while (recur_judge(options, &before, entry, &match) && recur_remove(&before, match.complaint))
        times++;
    return times;
}

static struct slice explain_again(struct turn *turn, const struct matter *complaint, const struct recur_match *match,
                                  int64_t times)
{
    struct figure figures[] = {{"times", times, UNIT_COUNT, ""}, {"days", match->days * INT64_C(1000), UNIT_DAYS, ""}};
    struct notice_point points[3];
    size_t count = 0;
    if ((match->same & RECUR_CATEGORY) != 0)
        points[count++] = (struct notice_point){.code = "same.category", .text = ""};
    if ((match->same & RECUR_SKU) != 0)
        points[count++] = (struct notice_point){.code = "same.sku", .text = ""};
    if ((match->same & RECUR_CAUSE) != 0)
        points[count++] = (struct notice_point){.code = "same.cause", .text = ""};
    struct notice_words words = {.text = notice_why_read(turn->arena, complaint->why).text,
                                 .rule = "the same complaint must not come again",
                                 .figures = figures,
                                 .figure_count = 2,
                                 .points = points,
                                 .point_count = count};
    return notice_why(turn->arena, &words);
}

// One complaint of the list, as it stands to the others now.
static void judge_one(struct scheduler *self, struct turn *turn, const struct fact *fact,
                      const struct customer *customer, const struct recur *recur, const struct recur_entry *entry)
{
    const struct recur_options *options = &self->options.rules.recur;
    struct recur_match match;
    struct matter complaint, told;
    if (entry->opened_ms == 0 || !matter_find(turn, KIND_COMPLAINT_ACT, customer->id, entry->complaint, &complaint))
        return;
    bool again = recur_judge(options, recur, entry, &match);
    bool known = matter_find(turn, KIND_COMPLAINT_AGAIN, customer->id, entry->complaint, &told);
    struct opening opening = {.kind = KIND_COMPLAINT_AGAIN,
                              .customer_id = customer->id,
                              .rep_id = "",
                              .which = entry->complaint,
                              .version = complaint.opened,
                              .historical = fact->historical,
                              .since_ms = complaint.opened.time_ms,
                              .day = DAY_NONE,
                              .ref = complaint.ref,
                              .of = complaint.of,
                              .why = {(const uint8_t *)"", 0}};
    if (again)
        opening.why = explain_again(turn, &complaint, &match, times_of(options, recur, entry));
    if (again && version_newer(&complaint.opened, &told.opened))
        ladder_open(self, turn, &opening);
    else if (known)
        ladder_settle(self, turn, &opening, again, "it had another cause");
}

static void keep_list(struct turn *turn, struct customer *customer, const struct recur *recur)
{
    size_t length = RECUR_BYTES(recur->count);
    customer->complaints =
        (struct slice){(const uint8_t *)arena_text(turn->arena, (const char *)recur, length), length};
}

static void keep_complaints(struct scheduler *self, struct turn *turn, const struct fact *fact,
                            struct customer *customer, struct recur *recur, const struct recur_entry *entry)
{
    if (!recur_put(recur, entry))
        return;
    keep_list(turn, customer, recur);
    for (uint32_t i = 0; i < recur->count; i++)
        judge_one(self, turn, fact, customer, recur, &recur->entries[i]);
}

static void find_entry(const struct customer *customer, uint64_t complaint, struct recur *ret_recur,
                       struct recur_entry *ret_entry)
{
    (void)recur_read(customer->complaints.bytes, customer->complaints.length, ret_recur);
    *ret_entry = (struct recur_entry){.complaint = complaint};
    for (uint32_t i = 0; i < ret_recur->count; i++)
        if (ret_recur->entries[i].complaint == complaint)
            *ret_entry = ret_recur->entries[i];
}

void hear_complaints_joined(struct scheduler *self, struct turn *turn, const struct fact *fact, bool all,
                            struct customer *from, struct customer *to)
{
    struct recur left, joined, before;
    struct matter matter;
    (void)recur_read(from->complaints.bytes, from->complaints.length, &left);
    (void)recur_read(to->complaints.bytes, to->complaints.length, &joined);
    before = left;
    for (uint32_t i = 0; i < before.count; i++) {
        const struct recur_entry *entry = &before.entries[i];
        bool stays = matter_find(turn, KIND_COMPLAINT_ACT, from->id, entry->complaint, &matter);
        if (stays || (!all && !matter_find(turn, KIND_COMPLAINT_ACT, to->id, entry->complaint, &matter)))
            continue;
        (void)recur_put(&joined, entry);
        (void)recur_remove(&left, entry->complaint);
    }
    if (left.count == before.count)
        return;
    keep_list(turn, from, &left);
    keep_list(turn, to, &joined);
    for (uint32_t i = 0; i < left.count; i++)
        judge_one(self, turn, fact, from, &left, &left.entries[i]);
    for (uint32_t i = 0; i < joined.count; i++)
        judge_one(self, turn, fact, to, &joined, &joined.entries[i]);
}

// --- steps of a complaint

// Somebody must speak to the customer, and something must be done; both are asked for at once.
static void hear_opened(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    const struct complaint_fact *said = &fact->complaint;
    struct notice_words words = {.text = said->what,
                                 .rule = "a complaint is heard and acted on in time",
                                 .events = &fact->event,
                                 .event_count = 1};
    struct opening opening = open_complaint(fact, customer, KIND_COMPLAINT_ACKNOWLEDGE);
    struct recur recur;
    struct recur_entry entry;
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
    opening.kind = KIND_COMPLAINT_ACT;
    ladder_open(self, turn, &opening);
    find_entry(customer, opening.which, &recur, &entry);
    if (fact->version.time_ms < entry.opened_ms)
        return; // it was told anew since
    entry.category = recur_text(said->category);
    entry.sku = recur_text(said->sku);
    entry.cause = entry.found_ms != 0 ? entry.cause : recur_text(said->cause);
    entry.day = day_of(self, turn, customer, fact->version.time_ms);
    entry.opened_ms = fact->version.time_ms;
    keep_complaints(self, turn, fact, customer, &recur, &entry);
}

static void keep_cause(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    struct recur recur;
    struct recur_entry entry;
    uint64_t cause = recur_text(fact->complaint.cause);
    if (cause == 0)
        return;
    find_entry(customer, which_of(fact), &recur, &entry);
    if (fact->version.time_ms < entry.found_ms || (fact->version.time_ms == entry.found_ms && cause < entry.cause))
        return;
    if (entry.opened_ms == 0)
        entry.day = day_of(self, turn, customer, fact->version.time_ms);
    entry.cause = cause;
    entry.found_ms = fact->version.time_ms;
    keep_complaints(self, turn, fact, customer, &recur, &entry);
}

// Resolved without saying why it happened, or without making it good: that is not the end of it.
static void ask_cause(struct scheduler *self, struct turn *turn, const struct fact *fact,
                      const struct customer *customer)
{
    const struct complaint_fact *said = &fact->complaint;
    struct notice_point points[2];
    size_t count = 0;
    if (said->cause[0] == '\0')
        points[count++] = (struct notice_point){.code = "cause_missing", .text = ""};
    if (!said->compensated)
        points[count++] = (struct notice_point){.code = "compensation_missing", .text = ""};
    struct notice_words words = {.text = said->what,
                                 .rule = "a complaint ends with its cause and with what makes it good",
                                 .events = &fact->event,
                                 .event_count = 1,
                                 .points = points,
                                 .point_count = count};
    struct opening opening = open_complaint(fact, customer, KIND_COMPLAINT_CAUSE);
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
}

static void hear_resolved(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    static const enum kind_id ENDS[] = {KIND_COMPLAINT_ACKNOWLEDGE, KIND_COMPLAINT_ACT, KIND_COMPLAINT_AGAIN};
    const struct complaint_fact *said = &fact->complaint;
    struct version over = closing_of(fact);
    keep_cause(self, turn, fact, customer);
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++)
        ladder_close(self, turn, ENDS[i], customer->id, which_of(fact), &over, "the complaint was resolved");
    if (said->cause[0] == '\0' || !said->compensated)
        ask_cause(self, turn, fact, customer);
    else
        ladder_close(self, turn, KIND_COMPLAINT_CAUSE, customer->id, which_of(fact), &fact->version,
                     "cause and compensation are known");
    if (said->compensated)
        policy_ask(self, turn, fact, customer, said->id, said->what, said->micros, said->currency);
}

void hear_complaint(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    struct version over = closing_of(fact);
    if (!hear_main(turn, fact, &customer))
        return;
    switch (fact->complaint.step) {
    case COMPLAINT_OPENED:
        hear_opened(self, turn, fact, &customer);
        break;
    case COMPLAINT_ACKNOWLEDGED:
        ladder_close(self, turn, KIND_COMPLAINT_ACKNOWLEDGE, customer.id, which_of(fact), &over,
                     "the complaint was acknowledged");
        break;
    case COMPLAINT_ACTED:
        ladder_close(self, turn, KIND_COMPLAINT_ACT, customer.id, which_of(fact), &over, "something was done about it");
        break;
    case COMPLAINT_RESOLVED:
        hear_resolved(self, turn, fact, &customer);
        break;
    }
    book_put_customer(turn, &customer);
}

// --- surveys

static void note_survey(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    (void)self;
    hear_acted(turn, own, SIGNAL_SURVEY, fact->version.time_ms);
    if (fact->survey.sent && fact->version.time_ms > own->survey_sent_ms)
        own->survey_sent_ms = fact->version.time_ms;
}

// Asked or answered: either way the next one is a while off.
void hear_survey(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer before, customer;
    if (!hear_word(self, turn, fact, note_survey, &before, &customer))
        return;
    ladder_signal(self, turn, &customer, SIGNAL_SURVEY, &fact->version);
    book_put_customer(turn, &customer);
}
