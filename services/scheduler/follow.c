#include "services/scheduler/follow.h"

#include "services/scheduler/ladder.h"

#include <string.h>

enum {
    LOOKED_MOST = 100000, // reminders of one customer that are looked at
    LAST_STEP = 2,        // the third: manager and director
    HELD_DAYS = 30,       // putting off holds the steps to those above for no longer than the last of them takes
    DAY_MS = 86400000,
    STAGE_KEY_PERSON = 3, // Tend__V1__LeadStage: stage 2
    STAGE_CONTRACT = 6,   // stage 5
};

// What asks the rep whose customer it is to speak to it.
static bool asks(const struct reminder *reminder)
{
    bool own = reminder->role == 0 || reminder->role == ROLE_OWNER || reminder->role == ROLE_REP;
    bool call = reminder->kind == KIND_CALL || (reminder->kind == KIND_SNOOZED && reminder->detail == KIND_CALL);
    return own && !call && reminder->kind != KIND_NO_FOLLOW_UP && kinds_row((enum kind_id)reminder->kind)->contact;
}

static bool matters(const struct customer *customer)
{
    bool pursued = customer->stage >= STAGE_KEY_PERSON && customer->stage <= STAGE_CONTRACT;
    return customer->abc == ABC_A || customer->abc == ABC_B || pursued;
}

void follow_told(struct scheduler *self, struct turn *turn, const struct reminder *reminder,
                 const struct customer *customer, int64_t now_ms)
{
    struct matter matter;
    if (reminder->customer_id[0] == '\0' || !asks(reminder) || !matters(customer))
        return;
    (void)matter_find(turn, KIND_NO_FOLLOW_UP, customer->id, 0, &matter);
    if (matter_is_open(&matter))
        return;
    struct opening opening = {.kind = KIND_NO_FOLLOW_UP,
                              .customer_id = customer->id,
                              .rep_id = "",
                              .version = {.time_ms = now_ms},
                              .day = DAY_NONE,
                              .ref = "",
                              .why = notice_why(turn->arena, &(struct notice_words){.text = ""})};
    ladder_open(self, turn, &opening);
}

// Since when those that were told count, and from when on somebody has had the time to act on one; 0: there is none.
struct looking {
    int64_t since_ms, until_ms;
};

static bool look(void *context, struct turn *turn, const struct reminder *reminder)
{
    (void)turn;
    struct looking *looking = context;
    if (!asks(reminder))
        return true;
    bool in_vain = reminder->state == REMINDER_DONE && reminder->outcome == ANSWER_NO_ANSWER;
    int64_t asked_ms = 0;
    if ((reminder->state == REMINDER_TOLD || in_vain) && reminder->told_ms >= looking->since_ms)
        asked_ms = reminder->told_ms;
    if (reminder->state == REMINDER_PENDING && reminder->kind == KIND_SNOOZED)
        asked_ms = reminder->tell_ms;
    // A day to act on it, also when it comes back.
    if (asked_ms != 0 && (looking->until_ms == 0 || asked_ms + DAY_MS < looking->until_ms))
        looking->until_ms = asked_ms + DAY_MS;
    return true;
}

enum follow_step follow_judge(struct turn *turn, const struct matter *matter, int64_t *ret_until_ms)
{
    struct looking looking = {.since_ms = matter->opened.time_ms};
    diary_each_of_subject(turn, matter->customer_id, LOOKED_MOST, look, &looking);
    if (looking.until_ms == 0)
        return FOLLOW_OVER;
    // Whoever is above hears of a customer that is put off for so long, whatever the reason.
    bool too_long = matter->step > 0 && looking.until_ms > matter->since_ms + (HELD_DAYS + 1) * (int64_t)DAY_MS;
    if (looking.until_ms <= turn->now_ms || too_long)
        return FOLLOW_TELL;
    *ret_until_ms = looking.until_ms;
    return FOLLOW_HOLD;
}

void follow_describe(struct scheduler *self, struct turn *turn, const struct matter *matter, struct notice *notice)
{
    (void)self;
    static const struct notice_point PROPOSE = {.code = "propose_rep", .text = ""};
    struct figure *figures = arena_take(turn->arena, (notice->figure_count + 2) * sizeof *figures);
    if (notice->figure_count > 0)
        memcpy(figures, notice->figures, notice->figure_count * sizeof *figures);
    int64_t days = (turn->now_ms - matter->opened.time_ms) / DAY_MS;
    figures[notice->figure_count++] = (struct figure){"days", days, UNIT_COUNT, ""};
    figures[notice->figure_count++] = (struct figure){"told", matter->opened.time_ms, UNIT_TIME, ""};
    notice->figures = figures;
    if (notice->reminder->step == LAST_STEP) {
        notice->points = &PROPOSE;
        notice->point_count = 1;
    }
}
