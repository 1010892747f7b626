// The scheduler as one process and as three: the same random months of a team, with customers who change hands, are
// merged and erased, reps who are away and who answer. What the three say together is what the one says, word for word
// and moment for moment, each of them says what is for its own reps, and each knows everything; also when one of them
// is started anew.
#include "unit/dice.h"
#include "unit/rows.h"

#include "common/peers.h"
#include "services/scheduler/diary.h"

#include <jansson.h>

enum {
    LANES = 3,
    REPS = 6,
    CUSTOMERS = 36,
    DAYS = 30,
    EVENTS = 12, // a day
    HEARD_MOST = 300,
    STORIES = 2,
    JSON_BYTES = 700,
};

// The scheduler alone, and as processes of several.
struct team {
    struct fixture one, parts[LANES];
    struct peers *peers[LANES];
    struct dice dice;
    char heard[HEARD_MOST][2 * HASH_BYTES + 1]; // ids that the reps know, the newest ones
    size_t heard_count;
    uint64_t read;
};

// What happens, as people write it. C and D are customers, R and S reps, N is a number, B is today, E a day of this
// week, F one of these weeks, M its return every year, T an instant to come, Y something that was told, all behind a %.
static const char *const HAPPENINGS[] = {
    "'customerId':'%C','customerUpserted':{'name':'%C','ownerRepId':'%R','birthday':'%M','region':'R%N'}",
    "'customerId':'%C','customerUpserted':{'name':'%C','ownerRepId':'%S','foundingDay':'%M'}",
    "'customerId':'%C','customerUpserted':{'name':'%C','ownerRepId':''}",
    "'customerId':'%C','customerMerged':{'otherCustomerId':'%D'}",
    "'customerId':'%C','customerSplit':{'otherCustomerId':'%D'}",
    "'customerId':'%C','contactLogged':{'channel':'phone','direction':'out','outcome':'reached','keyPoint':'k%N'}",
    "'customerId':'%C','contactLogged':{'channel':'phone','direction':'out','outcome':'no_answer'}",
    "'customerId':'%C','contactLogged':{'channel':'email','direction':'out','outcome':'reached','nextAt':'%T'}",
    "'customerId':'%C','messageReceived':{'messageId':'M%N','channel':'email','subject':'a question'}",
    "'customerId':'%C','messageReplied':{'messageId':'M%N','channel':'email'}",
    "'customerId':'%C','repId':'%R','promiseMade':{'promiseId':'P%N','what':'a sample','due':'%T'}",
    "'customerId':'%C','promiseMade':{'promiseId':'P%N','what':'a price','due':'%T'}",
    "'customerId':'%C','promiseExtended':{'promiseId':'P%N','due':'%T'}",
    "'customerId':'%C','promiseKept':{'promiseId':'P%N'}",
    "'customerId':'%C','complaintOpened':{'complaintId':'K%N','what':'late','cause':'carrier'}",
    "'customerId':'%C','complaintAcknowledged':{'complaintId':'K%N'}",
    "'customerId':'%C','complaintResolved':{'complaintId':'K%N','cause':'carrier'}",
    "'customerId':'%C','orderError':{'orderId':'O%N','what':'wrong colour'}",
    "'customerId':'%C','deliveryScheduled':{'orderId':'O%N','date':'%F'}",
    "'customerId':'%C','leadUpdated':{'stage':'contract_sent','intention':4,'expectedOrderDate':'%F'}",
    "'customerId':'%C','contractSigned':{'contractId':'T%N','from':'2026-01-01','to':'%F'}",
    "'customerId':'%C','quoteLost':{'quoteId':'Q%N','reason':'price'}",
    "'customerId':'%C','objectionRaised':{'kind':'price','what':'too dear','objectionId':'J%N'}",
    "'customerId':'%C','giftGiven':{'what':'tea','amount':'300.00 CNY'}",
    "'customerId':'%C','repId':'%R','policyExceptionAsked':{'exceptionId':'X%N','what':'40 days'}",
    "'repId':'%R','visitPlanned':{'visitId':'V%N','region':'R%N','purpose':'look','from':'%E','to':'%F'}",
    "'repId':'%R','visitReported':{'visitId':'V%N','report':'well'}",
    "'announcementPublished':{'announcementId':'A%N','title':'new','text':'a new line','until':'%F'}",
    "'repId':'%R','repAbsent':{'from':'%B','to':'%E'}",
    "'repId':'%R','repUpserted':{'name':'%R','timeZone':'Asia/Shanghai','managerRepId':'%S','deputyRepId':'%S'}",
    "'repId':'%R','reminderAnswered':{'reminderId':'%Y','outcome':'done'}",
    "'repId':'%R','reminderAnswered':{'reminderId':'%Y','outcome':'snoozed','nextAt':'%T'}",
    "'repId':'%R','reminderAnswered':{'reminderId':'%Y','outcome':'rescheduled','nextAt':'%T'}",
    "'repId':'%R','reminderAnswered':{'reminderId':'%Y','outcome':'no_answer'}",
    "'repId':'%R','reminderAnswered':{'reminderId':'%Y','outcome':'not_interested'}",
};

enum { HAPPENING_COUNT = sizeof HAPPENINGS / sizeof *HAPPENINGS };

static const char *const ZONES[REPS] = {"Asia/Shanghai", "Asia/Shanghai",    "Europe/Berlin",
                                        "Asia/Shanghai", "America/New_York", "Asia/Shanghai"};

static void each(struct team *team, void (*act)(struct fixture *f, void *context), void *context)
{
    act(&team->one, context);
    for (unsigned i = 0; i < LANES; i++)
        act(&team->parts[i], context);
}

// --- the story

static const char *filled(struct team *team, char mark)
{
    struct dice *dice = &team->dice;
    int64_t now_s = turns_now_ms(team->one.turns) / 1000;
    struct local_time then = zone_local(team->one.zone, now_s + dice_throw(dice, 7 * 24 * 60) * 60);
    int32_t today = zone_local(team->one.zone, now_s).day, minute = then.second / 60;
    switch (mark) {
    case 'C':
    case 'D':
        return text("C%02d", (int)dice_throw(dice, CUSTOMERS));
    case 'R':
    case 'S':
        return text("r%d", (int)dice_throw(dice, REPS));
    case 'N':
        return text("%d", (int)dice_throw(dice, 6));
    case 'B':
        return date_of(today);
    case 'E':
        return date_of(today + (int32_t)dice_throw(dice, 4));
    case 'F':
        return date_of(today + 4 + (int32_t)dice_throw(dice, 20));
    case 'M':
        return text("--%s", date_of(today + (int32_t)dice_throw(dice, 14)) + strlen("2026-"));
    case 'T':
        return text("%sT%02d:%02d:00+08:00", date_of(then.day), (int)(minute / 60), (int)(minute % 60));
    default:
        return team->heard_count == 0 ? "none" : team->heard[dice_throw(dice, (int64_t)team->heard_count)];
    }
}

static void write_event(struct team *team, const char *happening, char *ret_json)
{
    size_t used = 0;
    ret_json[used++] = '{';
    for (const char *at = happening; *at != '\0'; at++) {
        assert_true(used + 80 < JSON_BYTES);
        if (*at == '%')
            used += (size_t)snprintf(ret_json + used, JSON_BYTES - used, "%s", filled(team, *++at));
        else
            ret_json[used++] = *at == '\'' ? '"' : *at;
    }
    memcpy(ret_json + used, "}", 2);
}

struct saying {
    Tend__V1__Event *event;
    bool historical;
};

static void say_one(struct fixture *f, void *context)
{
    const struct saying *saying = context;
    Tend__V1__Event whole = *saying->event;
    whole.id = text("l%llu", (unsigned long long)++f->event_id);
    whole.source = text("test");
    whole.time = stamp(turns_now_ms(f->turns));
    whole.historical = saying->historical;
    say(f, &whole);
}

static void say_to_all(struct team *team, const char *happening)
{
    char json[JSON_BYTES];
    struct verify_error error;
    write_event(team, happening, json);
    struct saying saying = {.historical = dice_throw(&team->dice, 30) == 0};
    saying.event = (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, json, strlen(json), NULL, &error);
    if (saying.event == NULL)
        fail_msg("%s: %s: %s", json, error.field, error.reason);
    each(team, say_one, &saying);
    protobuf_c_message_free_unpacked(&saying.event->base, NULL);
}

struct worth {
    const char *id, *dimension, *before, *after;
    int abc;
};

static void value_one(struct fixture *f, void *context)
{
    const struct worth *worth = context;
    value(f, worth->id, (Tend__V1__AbcClass)worth->abc, worth->abc == 1, turns_now_ms(f->turns) - 90 * HOUR_MS);
    if (worth->dimension != NULL)
        changed(f, worth->id, worth->dimension, worth->before, worth->after, false);
}

static void worth_to_all(struct team *team)
{
    static const struct worth CHANGES[] = {{NULL, "value.abc", "A", "B", 2},
                                           {NULL, "value.abc", "B", "A", 1},
                                           {NULL, "risk.overdue", "no", "yes", 1},
                                           {NULL, "risk.drop", "no", "yes", 2},
                                           {NULL, "risk.overdue", "yes", "no", 1},
                                           {NULL, "care.status", "ordinary", "complaining", 1},
                                           {NULL, "care.satisfaction", "content", "alarm", 1},
                                           {NULL, NULL, NULL, NULL, 3}};
    struct worth worth = CHANGES[dice_throw(&team->dice, sizeof CHANGES / sizeof *CHANGES)];
    worth.id = text("C%02d", (int)dice_throw(&team->dice, CUSTOMERS));
    each(team, value_one, &worth);
}

static void hold(struct team *team, const char *id)
{
    size_t at = team->heard_count < HEARD_MOST ? team->heard_count++ : (size_t)dice_throw(&team->dice, HEARD_MOST);
    snprintf(team->heard[at], sizeof team->heard[at], "%s", id);
}

// What the reps heard since, to be answered.
static void listen(struct team *team)
{
    struct fixture *f = &team->one;
    while (team->read < turns_last(f->turns)) {
        const struct record *record = turns_read(f->turns, ++team->read);
        if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER) {
            Tend__V1__Reminder *reminder = tend__v1__reminder__unpack(NULL, record->length, record->payload);
            hold(team, reminder->reminder_id);
            drop_reminder(reminder);
        } else if (record->type == TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST) {
            Tend__V1__CallList *list = tend__v1__call_list__unpack(NULL, record->length, record->payload);
            for (size_t i = 0; i < list->n_lines; i++)
                hold(team, list->lines[i]->reminder_id);
            drop_list(list);
        }
    }
}

static void run_one(struct fixture *f, void *until_ms)
{
    turns_run(f->turns, *(int64_t *)until_ms);
}

static void erase_one(struct fixture *f, void *id)
{
    erased(f, id);
}

static void begin_one(struct fixture *f, void *context)
{
    (void)context;
    settings(f, "Asia/Shanghai", NULL, 0);
    for (int i = 0; i < REPS; i++)
        rep(f, text("r%d", i), ZONES[i], 5);
    for (int i = 0; i < CUSTOMERS; i++) {
        customer_with(f, text("C%02d", i), i % 9 == 0 ? "" : text("r%d", i % REPS), text("--06-%02d", 1 + i % 28), "",
                      "");
        value(f, text("C%02d", i), (Tend__V1__AbcClass)(1 + i % 3), i % 5 == 0, at(f, "2026-05-01", "10:00"));
    }
}

static void play_day(struct team *team)
{
    for (int j = 0; j < EVENTS; j++) {
        int64_t now_ms = turns_now_ms(team->one.turns) + dice_throw(&team->dice, 24 * 60 / EVENTS * 2) * MINUTE_MS;
        each(team, run_one, &now_ms);
        listen(team);
        if (dice_throw(&team->dice, 4) == 0)
            worth_to_all(team);
        else
            say_to_all(team, HAPPENINGS[dice_throw(&team->dice, HAPPENING_COUNT)]);
        if (dice_throw(&team->dice, 200) == 0)
            each(team, erase_one, text("C%02d", (int)dice_throw(&team->dice, CUSTOMERS)));
    }
}

// --- the team

static void open_one(struct fixture *f, struct lane lane, struct peers *peers)
{
    memset(f, 0, sizeof *f);
    assert_true(zone_open(ZONE_DIRECTORIES, "Asia/Shanghai", &f->zone));
    f->scheduler = open_scheduler(f, "{default_rep: r0, director: r5}");
    if (peers != NULL)
        scheduler_service.meet(f->scheduler, peers);
    f->turns = turns_open_lane(&scheduler_service, f->scheduler, at(f, "2026-06-01", "00:00"), lane);
}

static struct team *open_team(uint64_t seed)
{
    struct team *team = calloc(1, sizeof *team);
    assert_non_null(team);
    team->dice = (struct dice){seed};
    open_one(&team->one, (struct lane){0, 1}, NULL);
    for (unsigned i = 0; i < LANES; i++) {
        team->peers[i] = peers_open(i, LANES);
        open_one(&team->parts[i], (struct lane){i, LANES}, team->peers[i]);
    }
    each(team, begin_one, NULL);
    return team;
}

static void close_one(struct fixture *f, void *context)
{
    (void)context;
    turns_close(&f->turns);
    scheduler_close(&f->scheduler);
    config_close(&f->config);
    zone_close(&f->zone);
}

static void close_team(struct team *team)
{
    each(team, close_one, NULL);
    for (unsigned i = 0; i < LANES; i++)
        peers_close(&team->peers[i]);
    free(team);
}

// --- what must hold

static void assert_same(const struct record *said, const struct record *part, uint64_t seq)
{
    if (said->type != part->type || said->time_ms != part->time_ms || said->shard != part->shard ||
        said->owner != part->owner || said->length != part->length ||
        memcmp(said->payload, part->payload, said->length) != 0)
        fail_msg("record %llu, of type %u, is another one of type %u at the process", (unsigned long long)seq,
                 said->type, part->type);
}

// Whatever is open has a next moment.
static void assert_nothing_stuck(struct fixture *f)
{
    json_t *audit = json_loads(turns_ask(f->turns, "/v1/audit", NULL), 0, NULL);
    assert_non_null(audit);
    const char *open = json_string_value(json_object_get(audit, "open"));
    const json_t *stuck = json_object_get(audit, "stuck");
    if (stuck != NULL)
        fail_msg("%s are stuck, such as %s", json_string_value(stuck),
                 json_string_value(json_array_get(json_object_get(audit, "stuckIds"), 0)));
    assert_true(open != NULL && atoi(open) > 10);
    json_decref(audit);
}

// The process's journal is what the one said to its reps, and what concerns everybody. Returns how much was for reps.
static uint64_t assert_part(struct team *team, unsigned which)
{
    struct turns *one = team->one.turns, *part = team->parts[which].turns;
    uint64_t seq = 0, own = 0;
    for (uint64_t at = 1; at <= turns_last(one); at++) {
        const struct record *said = turns_read(one, at);
        if (!lane_has_owner((struct lane){which, LANES}, said->owner))
            continue;
        assert_true(++seq <= turns_last(part));
        assert_same(said, turns_read(part, seq), at);
        own += said->owner != 0;
    }
    assert_int_equal(turns_last(part), seq);
    assert_true(turns_state(part) == turns_state(one));
    return own;
}

static void assert_parts(struct team *team)
{
    uint64_t all = 0, own = 0;
    assert_nothing_stuck(&team->one);
    for (uint64_t at = 1; at <= turns_last(team->one.turns); at++)
        all += turns_read(team->one.turns, at)->owner != 0;
    for (unsigned i = 0; i < LANES; i++) {
        uint64_t share = assert_part(team, i);
        assert_true(share < all);
        own += share;
    }
    assert_int_equal(own, all);
    assert_true(all > 500);
    print_message("%llu records for reps, the same from %d processes\n", (unsigned long long)all, LANES);
}

static void tell_story(uint64_t seed, bool restarts)
{
    struct team *team = open_team(seed);
    for (int i = 0; i < DAYS; i++) {
        play_day(team);
        if (restarts && dice_throw(&team->dice, 3) == 0)
            turns_restart(team->parts[dice_throw(&team->dice, LANES)].turns);
    }
    assert_parts(team);
    close_team(team);
}

static void test_three_say_what_one_says(void **state)
{
    struct dice dice = dice_take();
    (void)state;
    for (int i = 0; i < STORIES; i++)
        tell_story(dice_bits(&dice), false);
}

static void test_started_anew(void **state)
{
    struct dice dice = dice_take();
    (void)state;
    for (int i = 0; i < STORIES; i++)
        tell_story(dice_bits(&dice), true);
}

// An answer to a call that this process's list did not have is a call all the same.
static void test_call_of_another_list(void **state)
{
    struct fixture f;
    (void)state;
    begin_june(&f);
    uint8_t id[HASH_BYTES];
    char hex[2 * HASH_BYTES + 1], unknown[2 * HASH_BYTES + 1];
    diary_reminder_id("C1", KIND_CALL, (uint64_t)day("2026-05-29"), id); // a Friday on which we were not there yet
    hash_hex(id, HASH_BYTES, hex);
    diary_reminder_id("C1", KIND_CALL, (uint64_t)day("2026-03-02"), id);
    hash_hex(id, HASH_BYTES, unknown);
    turns_run(f.turns, at(&f, "2026-06-01", "08:00"));
    answer(&f, unknown, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0); // too long ago to be one
    turns_run(f.turns, at(&f, "2026-06-01", "08:05"));
    assert_non_null(strstr(turns_ask(f.turns, "/v1/coverage?rep=wang", NULL), "\"customers\":1"));
    assert_null(strstr(turns_ask(f.turns, "/v1/coverage?rep=wang", NULL), "\"contacted\":1"));
    answer(&f, hex, TEND__V1__REMINDER_OUTCOME__REMINDER_OUTCOME_DONE, 0);
    turns_run(f.turns, at(&f, "2026-06-01", "08:10"));
    assert_non_null(strstr(turns_ask(f.turns, "/v1/coverage?rep=wang", NULL), "\"contacted\":1"));
    finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_say_what_one_says),
        cmocka_unit_test(test_started_anew),
        cmocka_unit_test(test_call_of_another_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
