#include "services/scheduler/hear.h"

#include "services/scheduler/digest.h"
#include "services/scheduler/dispute.h"
#include "services/scheduler/duty.h"
#include "services/scheduler/join.h"
#include "services/scheduler/ladder.h"
#include "services/scheduler/log.h"
#include "services/scheduler/notice.h"
#include "services/scheduler/tries.h"

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
static void note_caps(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    struct rep rep;
    struct caps caps;
    const struct zone *zone = find_rep(self, turn, "", customer, &rep) ? office_rep_zone(self, &rep) : self->zone;
    struct local_time local = zone_local(zone, fact->version.time_ms / 1000);
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
    waiting_drop(&waiting, matter.ended.time_ms);
    join_put_waiting(turn, &waiting, customer);
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

static void note_message(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    struct waiting waiting;
    struct waiting_message message = {fact->version.time_ms, fact->version.tie, fact->event, fact->message.subject};
    note_reply(self, turn, fact, own);
    if (fact->message.no_reply || is_over(self, turn, fact, own))
        return;
    waiting_read(own->waiting.bytes, own->waiting.length, &waiting);
    waiting_add(&waiting, &message);
    waiting_drop(&waiting, own->signals_ms[SIGNAL_OUT]);
    join_put_waiting(turn, &waiting, own);
}

// A reply of ours is a contact too, and heard as one.
void hear_message(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer before, customer;
    if (!fact->message.received || !hear_word(self, turn, fact, note_message, &before, &customer))
        return;
    settle(self, turn, &customer);
    book_put_customer(turn, &customer);
}

void hear_waiting(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *customer)
{
    settle(self, turn, customer);
    if (customer->waiting.length == 0)
        ladder_lapse(self, turn, KIND_REPLY_DUE, customer->id, 0, fact->version.time_ms,
                     "the message was another customer's");
}

// --- contacts

void hear_acted(struct turn *turn, struct customer *own, enum signal signal, int64_t time_ms)
{
    struct waiting waiting;
    if (time_ms <= own->signals_ms[signal])
        return;
    own->signals_ms[signal] = time_ms;
    if (signal != SIGNAL_OUT || own->waiting.length == 0)
        return;
    waiting_read(own->waiting.bytes, own->waiting.length, &waiting);
    waiting_drop(&waiting, time_ms);
    join_put_waiting(turn, &waiting, own);
}

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

static bool is_real(const struct contact_fact *said)
{
    return said->result == CONTACT_REAL && !said->automatic;
}

static bool is_told(const struct contact_fact *said)
{
    return said->outgoing && !said->automatic && (is_real(said) || said->written);
}

// The next date that was set, that nobody answered, or that the customer was spoken to or written to: signals, caps,
// rhythm, and whose hands the customer is in.
static void note_contact(struct scheduler *self, struct turn *turn, const struct fact *fact, struct customer *own)
{
    const struct contact_fact *said = &fact->contact;
    int64_t at_ms = fact->version.time_ms;
    if (said->next_ms != 0 && hear_replaces(fact, &own->next_set)) {
        own->next_ms = said->next_ms;
        own->next_text = said->text;
    }
    if (said->result == CONTACT_TRY)
        tries_add(own, at_ms);
    if (said->outgoing && (is_real(said) || said->written || said->automatic))
        note_caps(self, turn, fact, own);
    if (is_real(said) && (!said->outgoing || said->channel == CHANNEL_PHONE))
        note_reply(self, turn, fact, own);
    if (said->outgoing && !said->automatic && said->written)
        hear_acted(turn, own, SIGNAL_WRITTEN, at_ms);
    if (is_told(said))
        hear_acted(turn, own, SIGNAL_OUT, at_ms);
    if (!is_real(said))
        return;
    tries_end(own, at_ms);
    hear_acted(turn, own, SIGNAL_CONTACT, at_ms);
    dispute_touch(turn, fact, own);
}

// Whoever was spoken to under the old name was spoken to.
void hear_contact(struct scheduler *self, struct turn *turn, const struct fact *fact)
{
    struct customer before, customer;
    const struct contact_fact *said = &fact->contact;
    if (!hear_word(self, turn, fact, note_contact, &before, &customer))
        return;
    book_put_customer(turn, &customer);
    note_minutes(self, turn, fact, &customer);
    if (is_real(said))
        ladder_signal(self, turn, &customer, SIGNAL_CONTACT, &fact->version);
    if (said->outgoing && !said->automatic && said->written)
        ladder_signal(self, turn, &customer, SIGNAL_WRITTEN, &fact->version);
    if (is_told(said))
        hear_told(self, turn, &customer, &fact->version);
    if (is_real(said) && is_oral(said->channel) && said->key_point[0] != '\0')
        ask_confirmation(self, turn, fact, &customer);
    digest_contact(self, turn, fact, &customer);
    if (is_real(said))
        dispute_spoken(self, turn, fact, &customer);
    book_put_customer(turn, &customer);
}
