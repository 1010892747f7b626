#include "services/scheduler/hear.h"

#include "services/scheduler/duty.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/log.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/waiting.h"

#include <string.h>

enum { HOUR_SECONDS = 3600, CHANNEL_PHONE = 1, CHANNEL_VISIT = 5, CHANNEL_MEETING = 6 }; // Tend__V1__Channel

// --- clocks

// Who had the contact: the rep who is named, else the owner; false when there is nobody.
static bool find_rep(struct scheduler *self, struct turn *turn, const char *rep_id, const struct customer *customer,
                     struct rep *ret_rep)
{
    if (rep_id[0] == '\0')
        return office_owner(self, turn, customer, ret_rep);
    book_rep(turn, rep_id, ret_rep);
    return true;
}

// The clock on the customer's own wall; without one, on that of whoever looks after the customer.
static const struct zone *customer_zone(struct scheduler *self, struct turn *turn, const struct customer *customer)
{
    struct rep rep;
    if (customer->customer_zone[0] != '\0')
        return office_zone(self, customer->customer_zone);
    return office_owner(self, turn, customer, &rep) ? office_rep_zone(self, &rep) : self->zone;
}

// --- habits

static struct slice kept(struct turn *turn, const void *bytes, size_t length)
{
    return (struct slice){(const uint8_t *)arena_text(turn->arena, bytes, length), length};
}

// The customer answered, so that is a good hour.
static void note_reply(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    struct rhythm rhythm;
    struct local_time local = zone_local(customer_zone(self, turn, customer), fact->version.time_ms / 1000);
    (void)rhythm_read(customer->replies.bytes, customer->replies.length, &rhythm);
    if (rhythm_reply(&rhythm, local.day, (uint32_t)(local.second / HOUR_SECONDS), fact->version.tie))
        customer->replies = kept(turn, &rhythm, RHYTHM_BYTES(rhythm.count));
}

// What reached the customer from us counts against the caps, whether a person or a program sent it.
static void note_contact(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    struct rep rep;
    struct caps caps;
    if (!find_rep(self, turn, "", customer, &rep))
        return;
    struct local_time local = zone_local(office_rep_zone(self, &rep), fact->version.time_ms / 1000);
    struct caps_contact contact = {.day = local.day,
                                   .channel = fact->contact.channel,
                                   .automatic = fact->contact.automatic,
                                   .mark = fact->version.tie};
    (void)caps_read(customer->contacts.bytes, customer->contacts.length, &caps);
    if (caps_add(&caps, contact))
        customer->contacts = kept(turn, &caps, CAPS_BYTES(caps.count));
}

// The time that it took, for the rep who took it: how much of it goes to key customers.
static void note_minutes(struct scheduler *self, struct turn *turn, const struct fact *fact,
                         const struct customer *customer)
{
    enum { DAY_MINUTES_MOST = 1440 };
    struct rep rep;
    int32_t minutes = fact->contact.minutes < DAY_MINUTES_MOST ? (int32_t)fact->contact.minutes : DAY_MINUTES_MOST;
    if (minutes == 0 || fact->contact.automatic || !find_rep(self, turn, fact->rep_id, customer, &rep))
        return;
    int32_t day = zone_local(office_rep_zone(self, &rep), fact->version.time_ms / 1000).day;
    const char *tier = book_standing(turn, customer, "value.tier");
    log_add(turn, rep.id, day, LOG_MINUTES, minutes);
    if (tier[0] != '\0' && strcmp(tier, "small") != 0)
        log_add(turn, rep.id, day, LOG_KEY_MINUTES, minutes);
}

// --- messages that wait

static int64_t due_of(struct scheduler *self, struct turn *turn, const struct customer *customer, const struct rep *rep,
                      int64_t at_ms)
{
    struct desk desk;
    int64_t due_ms = duty_after(self, turn, rep, office_due(self, KIND_REPLY_DUE, customer->abc), at_ms, &desk);
    return due_ms == SHIFT_NEVER ? at_ms : due_ms;
}

// The oldest of those that the newest came in time for: what is overdue has been told, and whoever writes again waits
// anew.
static size_t leader_of(struct scheduler *self, struct turn *turn, const struct customer *customer,
                        const struct waiting *waiting)
{
    struct rep rep;
    size_t newest = waiting->count - 1;
    if (newest == 0 || !office_owner(self, turn, customer, &rep))
        return newest;
    for (size_t i = 0; i < newest; i++)
        if (due_of(self, turn, customer, &rep, waiting->messages[i].time_ms) >= waiting->messages[newest].time_ms)
            return i;
    return newest;
}

static struct slice explain_waiting(struct turn *turn, const struct waiting *waiting, size_t leader)
{
    struct figure figures[] = {{"received", waiting->messages[0].time_ms, UNIT_TIME, ""},
                               {"waiting", (int64_t)waiting->count, UNIT_COUNT, ""}};
    const char *events[WAITING_MAX];
    for (size_t i = 0; i < waiting->count; i++)
        events[i] = waiting->messages[i].event;
    struct notice_words words = {.text = waiting->messages[leader].subject,
                                 .rule = "a message is answered in time",
                                 .figures = figures,
                                 .figure_count = waiting->count > 1 ? 2 : 1,
                                 .events = events,
                                 .event_count = waiting->count};
    return notice_why(turn->arena, &words);
}

static void keep_waiting(struct turn *turn, struct customer *customer, const struct waiting *waiting)
{
    size_t length = waiting_size(waiting);
    uint8_t *bytes = arena_take(turn->arena, length + 1);
    waiting_write(waiting, bytes);
    customer->waiting = (struct slice){bytes, length};
}

// Several messages are one matter, which follows from those that came since we last told the customer something.
static void settle(struct scheduler *self, struct turn *turn, struct customer *customer)
{
    struct matter matter;
    struct waiting waiting;
    if (customer->waiting.length == 0)
        return;
    waiting_read(customer->waiting.bytes, customer->waiting.length, &waiting);
    (void)matter_find(turn, KIND_REPLY_DUE, customer->id, 0, &matter);
    waiting_drop(&waiting, customer->signals_ms[SIGNAL_OUT]);
    waiting_drop(&waiting, matter.closed.time_ms);
    keep_waiting(turn, customer, &waiting);
    if (waiting.count == 0)
        return;
    size_t leader = leader_of(self, turn, customer, &waiting);
    struct opening opening = {.kind = KIND_REPLY_DUE,
                              .customer_id = customer->id,
                              .rep_id = "",
                              .version = {waiting.messages[leader].time_ms, waiting.messages[leader].tie},
                              .settled = true,
                              .day = DAY_NONE,
                              .ref = "",
                              .why = explain_waiting(turn, &waiting, leader)};
    ladder_open(self, turn, &opening);
}

// Nobody is told of a message of long ago; one that came yesterday evening may still be answered in time.
static bool is_over(struct scheduler *self, struct turn *turn, const struct fact *fact, const struct customer *customer)
{
    struct rep rep;
    if (!fact->historical)
        return false;
    if (!office_owner(self, turn, customer, &rep))
        return true;
    return due_of(self, turn, customer, &rep, fact->version.time_ms) <= turn->now_ms;
}

// A reply of ours is a contact too, and heard as one.
void hear_message(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer customer;
    const struct message_fact *said = &fact->message;
    if (!said->received || !hear_main(turn, fact, &customer))
        return;
    note_reply(self, turn, fact, &customer);
    if (!said->no_reply && !is_over(self, turn, fact, &customer)) {
        struct waiting waiting;
        struct waiting_message message = {fact->version.time_ms, fact->version.tie, fact->event, said->subject};
        waiting_read(customer.waiting.bytes, customer.waiting.length, &waiting);
        waiting_add(&waiting, &message);
        keep_waiting(turn, &customer, &waiting);
        settle(self, turn, &customer);
    }
    book_put_customer(turn, &customer);
}

void hear_waiting_joined(struct scheduler *self, struct turn *turn, struct customer *from, struct customer *to)
{
    struct waiting left, joined;
    struct matter answered;
    waiting_read(from->waiting.bytes, from->waiting.length, &left);
    waiting_read(to->waiting.bytes, to->waiting.length, &joined);
    (void)matter_find(turn, KIND_REPLY_DUE, from->id, 0, &answered);
    waiting_drop(&left, answered.closed.time_ms);
    for (size_t i = 0; i < left.count; i++)
        waiting_add(&joined, &left.messages[i]);
    from->waiting.length = 0;
    keep_waiting(turn, to, &joined);
    settle(self, turn, to);
}

// --- contacts

void hear_told(struct scheduler *self, struct turn *turn, struct customer *customer, const struct version *version)
{
    // First the messages that came since: what they made of the matter is not closed with the rest.
    if (version->time_ms > customer->signals_ms[SIGNAL_OUT])
        customer->signals_ms[SIGNAL_OUT] = version->time_ms;
    settle(self, turn, customer);
    ladder_signal(self, turn, customer, SIGNAL_OUT, version);
}

static bool is_oral(uint32_t channel)
{
    return channel == CHANNEL_PHONE || channel == CHANNEL_VISIT || channel == CHANNEL_MEETING;
}

// What was agreed by word of mouth is put in writing the same day, by whoever agreed on it.
static void ask_confirmation(struct scheduler *self, struct turn *turn, const struct fact *fact,
                             const struct customer *customer)
{
    struct opening opening = ladder_opening(fact, KIND_CONFIRM_IN_WRITING, fact->version.tie);
    struct notice_words words = {.text = fact->contact.key_point,
                                 .rule = "what is agreed by word of mouth is confirmed in writing the same day",
                                 .events = &fact->event,
                                 .event_count = 1};
    opening.customer_id = customer->id;
    opening.why = notice_why(turn->arena, &words);
    ladder_open(self, turn, &opening);
}

void hear_touched(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    const struct contact_fact *said = &fact->contact;
    bool person = !said->automatic, real = said->result == CONTACT_REAL && person;
    if (said->outgoing && (real || said->written || said->automatic))
        note_contact(self, turn, fact, customer);
    if (real && (!said->outgoing || said->channel == CHANNEL_PHONE))
        note_reply(self, turn, fact, customer);
    note_minutes(self, turn, fact, customer);
    if (real)
        ladder_signal(self, turn, customer, SIGNAL_CONTACT, &fact->version);
    if (said->outgoing && person && said->written)
        ladder_signal(self, turn, customer, SIGNAL_WRITTEN, &fact->version);
    if (said->outgoing && person && (real || said->written))
        hear_told(self, turn, customer, &fact->version);
    if (real && is_oral(said->channel) && said->key_point[0] != '\0')
        ask_confirmation(self, turn, fact, customer);
}
