#include "services/scheduler/cause.h"

#include <string.h>

enum source {
    SOURCE_CARD, // who the customer is, whose it is
    SOURCE_LEAD,
    SOURCE_CONTRACT,
    SOURCE_CONTACT,
    SOURCE_ORDER,
    SOURCE_VALUE, // a change of what it is worth
    SOURCE_SURVEY,
    SOURCE_PROMISE,
    SOURCE_DEAL, // quotes, gifts, referrals, objections, complaints
    SOURCES
};

#define CARD (1U << SOURCE_CARD)
#define LEAD (1U << SOURCE_LEAD)
#define CONTRACT (1U << SOURCE_CONTRACT)
#define CONTACT (1U << SOURCE_CONTACT)
#define ORDER (1U << SOURCE_ORDER)
#define VALUE (1U << SOURCE_VALUE)
#define SURVEY (1U << SOURCE_SURVEY)
#define PROMISE (1U << SOURCE_PROMISE)
#define DEAL (1U << SOURCE_DEAL)

static const struct {
    const char *rule;
    unsigned sources; // 0: of the rep, or whoever opens it says the events
} CAUSES[KIND_COUNT] = {
    [KIND_CALL] = {"whoever is due for a call is on the day's list", CONTACT | VALUE | CARD},
    [KIND_CLASS_FALL] = {"a class that falls is looked after", VALUE},
    [KIND_OVERDUE] = {"whoever orders later than usual is called", VALUE},
    [KIND_DROP] = {"whoever may be lost is called", VALUE},
    [KIND_BIRTHDAY] = {"a customer is congratulated on the birthday", CARD},
    [KIND_FOUNDING_DAY] = {"a customer is congratulated on the founding day", CARD},
    [KIND_COOPERATION] = {"a customer is thanked each year for the cooperation", CARD | ORDER | VALUE},
    [KIND_PROMISE] = {"a promise is kept by its day", PROMISE},
    [KIND_SNOOZED] = {"what was put off comes back", CONTACT},
    [KIND_COVERAGE_WARNING] = {"each customer is spoken to once a month", 0},
    [KIND_DECLINING] = {"whoever buys less and less is called", VALUE},
    [KIND_RIVAL] = {"a rival at a customer's is answered at once", VALUE},
    [KIND_RISING] = {"whoever becomes more important is looked after", VALUE},
    [KIND_RECOVERY] = {"whoever complains is won back", VALUE | DEAL},
    [KIND_WIN_BACK] = {"whoever was lost is asked back", VALUE},
    [KIND_SATISFACTION_ALARM] = {"whoever is unhappy is called at once", VALUE | SURVEY},
    [KIND_SATISFACTION_FOLLOW_UP] = {"whoever is less than content is asked why", VALUE | SURVEY},
    [KIND_TEMPERATURE_COOLED] = {"a lead that cools is spoken to", LEAD | VALUE | CONTACT},
    [KIND_LEAD_FOLLOW_UP] = {"a lead is followed up by its day", LEAD | CONTACT},
    [KIND_ORDER_MISSED] = {"an order that was expected and did not come is asked for", ORDER | VALUE | LEAD},
    [KIND_STAGE_STUCK] = {"a lead does not stand still in its stage", LEAD},
    [KIND_CONTRACT_END] = {"a contract is talked about before it ends", CONTRACT},
    [KIND_FIRST_ORDER_VISIT] = {"after the first order comes a visit", ORDER | VALUE},
    [KIND_OBJECTION] = {"an objection is answered", DEAL},
    [KIND_QUOTE_NURSE] = {"a quote that was lost is asked about again", DEAL},
    [KIND_SMALL_NURSE] = {"small customers of the past are asked again", VALUE | CARD},
    [KIND_ANNOUNCEMENT] = {"news is told to those whom it concerns", 0},
    [KIND_COMPANY_EVENT] = {"guests are invited in good time", 0},
    [KIND_EXPECTED_NEED] = {"before an order is expected, the customer is spoken to", LEAD | ORDER | VALUE},
    [KIND_NO_FOLLOW_UP] = {"what was told and nobody did goes to those above", CONTACT | VALUE | CARD},
    [KIND_NEXT_DATE_MISSING] = {"each talk ends with the next date", CONTACT},
    [KIND_CONTACT_MISSING] = {"each call is recorded", CONTACT},
    [KIND_EVENING_PREVIEW] = {"the evening before shows the next day", 0},
    [KIND_FILE_DEADLINE] = {"files are complete by their day", CARD},
    [KIND_GREETING] = {"customers are greeted on their feasts", CARD},
    [KIND_GIFT_BUDGET] = {"gifts stay within the year's budget", DEAL},
    [KIND_VISIT_APPROVAL] = {"a trip is approved before it begins", 0},
    [KIND_VISIT_UNAPPROVED] = {"nobody travels without approval", 0},
    [KIND_VISIT_ANNOUNCE] = {"a visit is announced to the customers", 0},
    [KIND_VISIT_ARRIVAL] = {"who arrives says so", 0},
    [KIND_VISIT_CHECKLIST] = {"a visit is prepared", 0},
    [KIND_VISIT_CHECK_IN] = {"who travels checks in every day", 0},
    [KIND_VISIT_REPORT] = {"a trip ends with its report", 0},
    [KIND_POLICY_EXCEPTION] = {"an exception from the rules needs a decision", PROMISE | DEAL},
    [KIND_SELF_REVIEW] = {"whoever breaks a promise says why", PROMISE},
    [KIND_PROMISE_BROKEN] = {"a second broken promise goes to the manager", PROMISE},
    [KIND_PROMISE_SHORT] = {"a promise leaves as much time as such promises take", PROMISE},
    [KIND_REPLY_DUE] = {"a message is answered in time", CONTACT},
    [KIND_TELL_DELIVERY] = {"a delivery date, and each change of it, is told at once", ORDER},
    [KIND_CONFIRM_IN_WRITING] = {"what is agreed by word of mouth is confirmed in writing the same day", CONTACT},
    [KIND_ORDER_ERROR] = {"99 of 100 orders right is not enough", ORDER},
    [KIND_COMPLAINT_ACKNOWLEDGE] = {"a complaint is heard and acted on in time", DEAL},
    [KIND_COMPLAINT_ACT] = {"a complaint is heard and acted on in time", DEAL},
    [KIND_COMPLAINT_CAUSE] = {"a complaint ends with its cause and with what makes it good", DEAL},
    [KIND_COMPLAINT_AGAIN] = {"the same complaint must not come again", DEAL},
    [KIND_SURVEY_DUE] = {"each customer is asked for an opinion", SURVEY | VALUE | CONTACT},
    [KIND_BLACK_REVIEW] = {"a decision about a customer is looked at again", VALUE},
    [KIND_COMMISSION_DUE] = {"whoever brought a customer is paid for it", DEAL},
    [KIND_OWNERSHIP_DISPUTE] = {"a customer has one owner", CARD | CONTACT},
    [KIND_REASSIGNED] = {"whoever takes a customer over is told what is open", CARD},
    [KIND_EFFORT] = {"most of the time goes to key customers", 0},
};

static const uint8_t SOURCE_OF[FACT_COUNT] = {
    // One more than the source; 0: of none.
    [FACT_CUSTOMER] = SOURCE_CARD + 1,   [FACT_MERGED] = SOURCE_CARD + 1,       [FACT_SPLIT] = SOURCE_CARD + 1,
    [FACT_LEAD] = SOURCE_LEAD + 1,       [FACT_CONTRACT] = SOURCE_CONTRACT + 1, [FACT_CONTACT] = SOURCE_CONTACT + 1,
    [FACT_MESSAGE] = SOURCE_CONTACT + 1, [FACT_ANSWER] = SOURCE_CONTACT + 1,    [FACT_ORDER] = SOURCE_ORDER + 1,
    [FACT_CHANGE] = SOURCE_VALUE + 1,    [FACT_SURVEY] = SOURCE_SURVEY + 1,     [FACT_PROMISE] = SOURCE_PROMISE + 1,
    [FACT_QUOTE] = SOURCE_DEAL + 1,      [FACT_OBJECTION] = SOURCE_DEAL + 1,    [FACT_GIFT] = SOURCE_DEAL + 1,
    [FACT_REFERRAL] = SOURCE_DEAL + 1,   [FACT_COMPLAINT] = SOURCE_DEAL + 1,
};

const char *cause_rule(enum kind_id kind)
{
    return kind > KIND_NONE && kind < KIND_COUNT ? CAUSES[kind].rule : "";
}

// --- the row: for each source its number, the version and the event's id

enum { HEAD_BYTES = 1 + 8 + 8 + 2, EVENT_MAX = 2 * ID_TEXT_MAX + 1 };

struct entry {
    struct version version;
    const char *event; // not ended by a 0
    size_t length;     // 0: there is none
};

static void read_entries(const struct customer *customer, struct entry entries[SOURCES])
{
    memset(entries, 0, SOURCES * sizeof *entries);
    if (customer->sources.length == 0)
        return;
    const uint8_t *at = customer->sources.bytes, *end = at + customer->sources.length;
    while (end - at >= HEAD_BYTES) {
        size_t length = (size_t)at[17] << 8 | at[18];
        if (at[0] >= SOURCES || (size_t)(end - at) < HEAD_BYTES + length)
            return;
        entries[at[0]] = (struct entry){
            {(int64_t)store_get_u64(at + 1), store_get_u64(at + 9)}, (const char *)at + HEAD_BYTES, length};
        at += HEAD_BYTES + length;
    }
}

static void write_entries(struct turn *turn, const struct entry entries[SOURCES], struct customer *customer)
{
    size_t size = 0;
    for (size_t i = 0; i < SOURCES; i++)
        size += entries[i].length > 0 ? HEAD_BYTES + entries[i].length : 0;
    uint8_t *bytes = arena_take(turn->arena, size + 1), *at = bytes;
    for (size_t i = 0; i < SOURCES; i++) {
        if (entries[i].length == 0)
            continue;
        at[0] = (uint8_t)i;
        store_put_u64(at + 1, (uint64_t)entries[i].version.time_ms);
        store_put_u64(at + 9, entries[i].version.tie);
        store_put_u16(at + 17, (uint16_t)entries[i].length);
        memcpy(at + HEAD_BYTES, entries[i].event, entries[i].length);
        at += HEAD_BYTES + entries[i].length;
    }
    customer->sources = (struct slice){bytes, size};
}

static bool is_newer(const struct entry *left, const struct entry *right)
{
    return right->length == 0 || left->version.time_ms > right->version.time_ms ||
           (left->version.time_ms == right->version.time_ms && left->version.tie > right->version.tie);
}

void cause_note(struct turn *turn, const struct fact *fact, struct customer *customer)
{
    struct entry entries[SOURCES];
    size_t length = strlen(fact->event);
    unsigned source = SOURCE_OF[fact->kind];
    if (source == 0 || length == 0 || length > EVENT_MAX)
        return;
    struct entry said = {fact->version, fact->event, length};
    read_entries(customer, entries);
    if (!is_newer(&said, &entries[source - 1]))
        return;
    entries[source - 1] = said;
    write_entries(turn, entries, customer);
}

void cause_join(struct turn *turn, const struct customer *from, struct customer *to)
{
    struct entry theirs[SOURCES], entries[SOURCES];
    if (from->sources.length == 0)
        return;
    read_entries(from, theirs);
    read_entries(to, entries);
    for (size_t i = 0; i < SOURCES; i++)
        if (theirs[i].length > 0 && is_newer(&theirs[i], &entries[i]))
            entries[i] = theirs[i];
    write_entries(turn, entries, to);
}

static size_t gather(struct turn *turn, const struct entry entries[SOURCES], unsigned sources, const char **ret_events)
{
    size_t count = 0;
    for (size_t i = 0; i < SOURCES && count < CAUSE_EVENTS; i++)
        if ((sources & 1U << i) != 0 && entries[i].length > 0)
            ret_events[count++] = arena_text(turn->arena, entries[i].event, entries[i].length);
    return count;
}

size_t cause_events(struct turn *turn, enum kind_id kind, const struct customer *customer, const char **ret_events)
{
    struct entry entries[SOURCES];
    read_entries(customer, entries);
    size_t count = gather(turn, entries, CAUSES[kind].sources, ret_events);
    return count > 0 ? count : gather(turn, entries, UINT32_MAX, ret_events);
}

// --- for a notice

// Of a list the customers' own; of the rep's affairs the word that told of the rep.
static size_t events_of_rep(struct turn *turn, enum kind_id kind, const struct notice *notice, const char **events)
{
    size_t count = 0;
    struct rep rep;
    for (size_t i = 0; i < notice->about_count && count < CAUSE_EVENTS; i++) {
        const char *some[CAUSE_EVENTS];
        struct customer customer;
        if (book_customer(turn, notice->about[i].customer_id, &customer) &&
            cause_events(turn, kind, &customer, some) > 0)
            events[count++] = some[0];
    }
    const char *whose = notice->reminder->for_rep[0] != '\0' ? notice->reminder->for_rep : notice->rep_id;
    if (count == 0 && book_rep(turn, whose, &rep) && rep.event[0] != '\0')
        events[count++] = rep.event;
    return count;
}

void cause_fill(struct turn *turn, struct notice *notice)
{
    const struct reminder *reminder = notice->reminder;
    bool snoozed = reminder->kind == KIND_SNOOZED && reminder->detail != KIND_NONE;
    enum kind_id kind = (enum kind_id)(snoozed ? reminder->detail : reminder->kind);
    const char **events = arena_take(turn->arena, CAUSE_EVENTS * sizeof *events);
    notice->rule = CAUSES[kind].rule;
    notice->event_count = notice->customer != NULL ? cause_events(turn, kind, notice->customer, events)
                                                   : events_of_rep(turn, kind, notice, events);
    notice->events = events;
}
