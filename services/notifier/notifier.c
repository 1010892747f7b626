#include "services/notifier/notifier.h"

#include "common/audit.h"
#include "common/must.h"
#include "services/notifier/alarm.h"
#include "services/notifier/answers.h"
#include "services/notifier/holdings.h"
#include "services/notifier/outbox.h"
#include "services/notifier/reader.h"
#include "services/notifier/remarks.h"

#include <stdlib.h>

enum figure {
    MESSAGES,
    REMINDERS,
    OTHERS,
    ATTEMPTS,
    CHANNELS_OPEN,
    CHANNELS_DOWN,
    HELD,
    STUCK,
    ANSWERS,
    ALARMS,
    FIGURES
};

struct notifier {
    struct mailroom *room;
    struct metric *figures[FIGURES];
    bool declared;
    uint64_t shown[OUTCOMES];                 // attempts that the counter has
    uint64_t told[ANSWER_WAYS][ANSWER_FATES]; // answers that the counter has
    uint64_t alarmed[ALARM_CAUSES];           // and causes of alarms
};

struct notifier *notifier_open(const struct notifier_options *options, char *ret_error, size_t error_bytes)
{
    if (!notifier_options_check(options, NULL, ret_error, error_bytes))
        return NULL;
    struct notifier *notifier = calloc(1, sizeof *notifier);
    must(notifier != NULL);
    notifier->room = mailroom_open(options, COURIER_TOTAL_MS);
    return notifier;
}

void notifier_close(struct notifier **notifier)
{
    if (*notifier == NULL)
        return;
    mailroom_close(&(*notifier)->room);
    free(*notifier);
    *notifier = NULL;
}

// --- figures
// -----------------------------------------------------------------------------------------------------------

static const char *const state_names[] = {"held", "ready", "sending", "sent", "dead", "unknown", "dropped"};
static const char *const law_names[] = {"in", "pending", "sent", "unknown", "dead", "cancelled"};
static const char *const other_names[] = {"repeated", "historical", "bad_record", "cancelled_too_late",
                                          "erased",   "expired",    "told_anew",  "told_anew_unshown"};
static const char *const outcome_names[] = {"ok", "retry", "throttle", "reject", "config", "gone", "unknown", "stale"};

static const char *const way_names[ANSWER_WAYS] = {"page", "button"};
static const char *const fate_names[ANSWER_FATES] = {"taken", "same", "otherwise", "withdrawn", "nothing", "refused"};

static const char *const cause_names[ALARM_CAUSES] = {"channel_shut", "channel_open", "urgent_failed", "held",
                                                      "channel_down"};

#define COUNT(names) (sizeof(names) / sizeof(names)[0])
_Static_assert(COUNT(state_names) == DELIVERY_STATES - 1, "a name for each state");
_Static_assert(COUNT(law_names) + COUNT(other_names) == TALLY_COUNTS, "a name for each count");
_Static_assert(COUNT(outcome_names) == OUTCOMES, "a name for each outcome");

static void declare(void *self, struct metrics *metrics)
{
    struct notifier *notifier = self;
    const struct metric_def defs[FIGURES] = {
        [MESSAGES] = {.name = "notifier_messages",
                      .help = "Messages that are kept, by state.",
                      .kind = METRIC_GAUGE,
                      .labels = {{"state", state_names, COUNT(state_names)}}},
        [REMINDERS] = {.name = "notifier_reminders",
                       .help = "Reminders ever: in = sent + unknown + dead + cancelled + pending.",
                       .kind = METRIC_GAUGE,
                       .labels = {{"outcome", law_names, COUNT(law_names)}}},
        [OTHERS] = {.name = "notifier_passed_over",
                    .help = "What became no message, ever, by reason.",
                    .kind = METRIC_GAUGE,
                    .labels = {{"reason", other_names, COUNT(other_names)}}},
        [ATTEMPTS] = {.name = "notifier_attempts_total",
                      .help = "Attempts to hand a message to its chat, by what the answer said.",
                      .kind = METRIC_COUNTER,
                      .labels = {{"outcome", outcome_names, COUNT(outcome_names)}}},
        [HELD] = {.name = "notifier_held", .help = "1 while everything is held by hand.", .kind = METRIC_GAUGE},
        [STUCK] = {.name = "notifier_stuck",
                   .help = "Messages that were found without a next moment, since the start.",
                   .kind = METRIC_GAUGE},
        [CHANNELS_OPEN] = {.name = "notifier_channels_shut",
                           .help = "Channels that somebody must mend.",
                           .kind = METRIC_GAUGE},
        [CHANNELS_DOWN] = {.name = "notifier_channels_down",
                           .help = "Channels whose chats have taken nothing for two minutes or longer.",
                           .kind = METRIC_GAUGE},
        [ANSWERS] = {.name = "notifier_answers_total",
                     .help = "Answers of reps, by the way they came and by what became of them.",
                     .kind = METRIC_COUNTER,
                     .labels = {{"way", way_names, COUNT(way_names)}, {"outcome", fate_names, COUNT(fate_names)}}},
        [ALARMS] = {.name = "notifier_alarms_total",
                    .help = "What alarms told whoever notifier.alarm names, by cause.",
                    .kind = METRIC_COUNTER,
                    .labels = {{"cause", cause_names, COUNT(cause_names)}}},
    };
    metrics_declare(metrics, defs, FIGURES, notifier->figures);
    notifier->declared = true;
}

static void show(struct notifier *notifier, struct turn *turn)
{
    const struct mailroom *room = notifier->room;
    for (size_t i = 0; i < COUNT(state_names); i++)
        metric_set(notifier->figures[MESSAGES], i, (double)room->tally.states[i + 1]);
    for (size_t i = 0; i < COUNT(law_names); i++)
        metric_set(notifier->figures[REMINDERS], i, (double)room->tally.counts[i]);
    for (size_t i = 0; i < COUNT(other_names); i++)
        metric_set(notifier->figures[OTHERS], i, (double)room->tally.counts[COUNT(law_names) + i]);
    for (size_t i = 0; i < OUTCOMES; i++) {
        metric_add(notifier->figures[ATTEMPTS], i, room->landed[i] - notifier->shown[i]);
        notifier->shown[i] = room->landed[i];
    }
    for (size_t i = 0; i < ANSWER_WAYS; i++) {
        for (size_t j = 0; j < ANSWER_FATES; j++) {
            metric_add(notifier->figures[ANSWERS], metric_cell(notifier->figures[ANSWERS], i, j, 0),
                       room->answered[i][j] - notifier->told[i][j]);
            notifier->told[i][j] = room->answered[i][j];
        }
    }
    for (size_t i = 0; i < ALARM_CAUSES; i++) {
        metric_add(notifier->figures[ALARMS], i, room->alarmed[i] - notifier->alarmed[i]);
        notifier->alarmed[i] = room->alarmed[i];
    }
    double shut = 0, down = 0;
    for (size_t i = 0; i < room->channel_count; i++) {
        struct channel_row row;
        box_channel_get(turn, room->channels[i].options->name, &row);
        shut += row.open || room->channels[i].problem[0] != '\0';
        down += reader_down_since(turn, &row) > 0;
    }
    metric_set(notifier->figures[CHANNELS_OPEN], 0, shut);
    metric_set(notifier->figures[CHANNELS_DOWN], 0, down);
    metric_set(notifier->figures[HELD], 0, room->held);
    metric_set(notifier->figures[STUCK], 0, (double)room->stuck);
}

// --- the service
// -------------------------------------------------------------------------------------------------------

static void apply(void *self, struct turn *turn, const struct record *record)
{
    outbox_take(((struct notifier *)self)->room, turn, record);
}

// All of it went when the erasures were read; of those that were read together the first one is told of it.
static void erase(void *self, struct turn *turn, const char *const *customer_ids, size_t count, uint64_t *ret_rows)
{
    struct mailroom *room = ((struct notifier *)self)->room;
    (void)turn;
    (void)customer_ids;
    for (size_t i = 0; i < count; i++)
        ret_rows[i] = i == 0 ? room->blanked : 0;
    room->blanked = 0;
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    struct mailroom *room = ((struct notifier *)self)->room;
    int64_t outbox_ms = outbox_tick(room, turn, now_ms), alarm_ms = alarm_tick(room, turn, now_ms);
    return outbox_ms < alarm_ms ? outbox_ms : alarm_ms;
}

static void settle(void *self, struct turn *turn)
{
    struct notifier *notifier = self;
    outbox_settle(notifier->room, turn);
    notifier->room->log = turn->log;
    if (notifier->declared)
        show(notifier, turn);
}

// People decide what of it is still to be said.
static void doubt(void *self, struct turn *turn, const char *why)
{
    outbox_doubt(((struct notifier *)self)->room, turn, why);
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    answers_command(((struct notifier *)self)->room, turn, request, ret_reply);
}

static void query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    if (!export_answer(turn, request, "notifier", notifier_holdings, self, ret_reply) &&
        !audit_answer(turn, request, "notifier", ret_reply))
        answers_query(((struct notifier *)self)->room, turn, request, ret_reply);
}

static void reload(void *self, struct turn *turn)
{
    outbox_load(((struct notifier *)self)->room, turn);
}

static int port_fd(void *self)
{
    return courier_fd(((struct notifier *)self)->room->courier);
}

static int port_timeout_ms(void *self, int64_t boot_ms)
{
    (void)boot_ms;
    return courier_timeout_ms(((struct notifier *)self)->room->courier);
}

static bool port_work(void *self, int64_t boot_ms)
{
    (void)boot_ms;
    return courier_work(((struct notifier *)self)->room->courier);
}

static void port_after(void *self, int64_t boot_ms)
{
    struct mailroom *room = ((struct notifier *)self)->room;
    courier_commit(room->courier);
    remarks_tell(room->remarks, room->log);
    if (room->watermark_checked)
        watermark_rise(room->watermark, room->said, boot_ms);
}

static const struct port port = {
    .fd = port_fd,
    .timeout_ms = port_timeout_ms,
    .work = port_work,
    .after = port_after,
};

const struct service notifier_service = {
    .name = "notifier",
    .follows = "scheduler",
    .tables = box_tables,
    .table_count = BOX_TABLES,
    .rereads = true, // reminders, lists and digests are known by their ids
    .other_history = "If scheduler's store was put back: stop notifier, run `tend accept notifier`, start it. It then "
                     "reads that journal from its first record, knows by their ids the reminders that it has, and "
                     "holds everything until `tend release`",
    .waits_for_upstream = true, // a cancellation that is on its way is read before the message leaves
    .apply = apply,
    .tick = tick,
    .settle = settle,
    .erase = erase,
    .command = command,
    .query = query,
    .reload = reload,
    .doubt = doubt,
    .port = &port,
    .declare = declare,
};
