#include "harness/desk.h"

#include "tend/v1/journal.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <poll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 8000, FILE_BYTES = 200000 };

struct desk desk;

static char folder[64], out_path[128], url_path[128];
static struct metrics *metrics;
static struct service service;

int64_t desk_boot_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void desk_reopen(void)
{
    char error[300];
    desk.notifier = notifier_open(&desk.options, error, sizeof error);
    assert_non_null(desk.notifier);
    metrics_close(&metrics);
    metrics = metrics_open();
    notifier_service.declare(desk.notifier, metrics);
}

// The engine keeps its service; the process behind it may be another one after a restart.
static void do_apply(void *self, struct turn *turn, const struct record *record)
{
    (void)self;
    notifier_service.apply(desk.notifier, turn, record);
}

static int64_t do_tick(void *self, struct turn *turn, int64_t now_ms)
{
    (void)self;
    return notifier_service.tick(desk.notifier, turn, now_ms);
}

static void do_settle(void *self, struct turn *turn)
{
    (void)self;
    notifier_service.settle(desk.notifier, turn);
}

static void do_command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    notifier_service.command(desk.notifier, turn, request, ret_reply);
}

static void do_query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    notifier_service.query(desk.notifier, turn, request, ret_reply);
}

static void do_reload(void *self, struct turn *turn)
{
    (void)self;
    notifier_service.reload(desk.notifier, turn);
}

double desk_figure(const char *name)
{
    static char text[65536];
    char key[100];
    metrics_print(metrics, text, sizeof text);
    snprintf(key, sizeof key, "\ntend_notifier_%s ", name); // not the line that explains it
    const char *at = strstr(text, key);
    assert_non_null(at);
    return strtod(at + strlen(key), NULL);
}

// What came in is somewhere, and in one place.
static void assert_law(void)
{
    turns_run(desk.turns, turns_now_ms(desk.turns) + 1);
    double in = desk_figure("reminders{outcome=\"in\"}"), sum = 0;
    static const char *const places[] = {"sent", "unknown", "dead", "cancelled", "pending"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char name[60];
        snprintf(name, sizeof name, "reminders{outcome=\"%s\"}", places[i]);
        assert_true(desk_figure(name) >= 0);
        sum += desk_figure(name);
    }
    assert_true(in == sum);
}

struct route_options *desk_route(const char *name)
{
    size_t count = desk.options.route_count;
    assert_true(count < sizeof desk.routes / sizeof desk.routes[0]);
    desk.routes[count] = (struct route_options){.name = name,
                                                .urgency = ROUTE_ANY,
                                                .rep = "",
                                                .group_wait_ms = CONFIG_UNSET,
                                                .digest_at = CONFIG_UNSET_32,
                                                .expires_ms = CONFIG_UNSET};
    desk.options.routes = desk.routes;
    desk.options.route_count++;
    return &desk.routes[count];
}

int desk_set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/tend-outbox-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(out_path, sizeof out_path, "%s/out.txt", folder);
    snprintf(url_path, sizeof url_path, "%s/url", folder);
    desk.chat = chat_open(NULL);
    FILE *file = fopen(url_path, "w");
    fprintf(file, "http://127.0.0.1:%d/hook?key=hush\n", chat_port(desk.chat));
    fclose(file);
    desk.channels[0] = (struct channel_options){.name = "out",
                                                .type = CHANNEL_TYPE_FILE,
                                                .url_file = "",
                                                .secret_file = "",
                                                .token_file = "",
                                                .verify_file = "",
                                                .unlock_file = "",
                                                .app = "",
                                                .agent = "",
                                                .file = out_path,
                                                .to = "",
                                                .rate = "",
                                                .keyword = "",
                                                .language = "",
                                                .connect_to = "",
                                                .ca_file = ""};
    desk.channels[1] = desk.channels[0];
    desk.channels[1].name = "wecom";
    desk.channels[1].type = CHANNEL_TYPE_WECOM;
    desk.channels[1].file = "";
    desk.channels[1].url_file = url_path;
    desk.channels[1].allow_loopback = true;
    desk.people[0] = (struct person_options){.rep = "wang", .name = "", .channel = "", .address = "", .language = ""};
    desk.options = (struct notifier_options){.channels = desk.channels,
                                             .channel_count = 2,
                                             .people = desk.people,
                                             .person_count = 1,
                                             .default_channel = "out",
                                             .language = "zh-CN",
                                             .proxy = "",
                                             .group_wait_ms = 2 * SECOND,
                                             .attempts = 4,
                                             .repeats = 2,
                                             .calls = 20,
                                             .keep_ms = 90 * DAY,
                                             .public_url = "",
                                             .link_ms = 30 * DAY,
                                             .rep_rate = "",
                                             .too_old_ms = 30 * DAY};
    desk_reopen();
    service = notifier_service;
    service.apply = do_apply;
    service.tick = do_tick;
    service.settle = do_settle;
    service.command = do_command;
    service.query = do_query;
    service.reload = do_reload;
    desk.turns = turns_open(&service, NULL, DESK_START);
    return 0;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts;
    (void)type;
    (void)walk;
    return remove(path);
}

int desk_tear_down(void **state)
{
    (void)state;
    assert_law();
    turns_close(&desk.turns);
    notifier_close(&desk.notifier);
    metrics_close(&metrics);
    chat_close(&desk.chat);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

// --- acting
// ------------------------------------------------------------------------------------------------------------

// Lets everything that left land, in as many turns as that takes.
void desk_pump(bool wait)
{
    const struct port *port = notifier_service.port;
    int64_t end_ms = desk_boot_ms() + PATIENCE_MS;
    port->after(desk.notifier, desk_boot_ms());
    for (;;) {
        if (port->work(desk.notifier, desk_boot_ms())) {
            assert_int_equal(engine_turn(turns_engine(desk.turns), NULL, 0, NULL), ENGINE_DONE);
            port->after(desk.notifier, desk_boot_ms());
            continue;
        }
        const char *flying = turns_ask(desk.turns, "/v1/messages?state=sending", NULL);
        if (!wait || strstr(flying, "messageId") == NULL)
            return;
        assert_true(desk_boot_ms() < end_ms);
        struct pollfd poll_fd = {.fd = port->fd(desk.notifier), .events = POLLIN};
        int wait_ms = port->timeout_ms(desk.notifier, desk_boot_ms());
        poll(&poll_fd, 1, wait_ms < 0 || wait_ms > 50 ? 50 : wait_ms);
    }
}

// Runs up to a moment; what leaves lands before time goes on.
void desk_play(int64_t until_ms)
{
    for (int i = 0; i < 20000; i++) {
        turns_run(desk.turns, turns_now_ms(desk.turns));
        desk_pump(true);
        int64_t due_ms = engine_due(turns_engine(desk.turns));
        if (due_ms > until_ms) {
            turns_run(desk.turns, until_ms);
            desk_pump(true);
            return;
        }
        if (due_ms > turns_now_ms(desk.turns))
            turns_run(desk.turns, due_ms);
    }
    fail_msg("turns without end");
}

void desk_remind(const char *id, const char *rep, const char *customer, uint8_t flags)
{
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = (char *)(uintptr_t)id;
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE;
    reminder.rep_id = (char *)(uintptr_t)rep;
    reminder.customer_id = (char *)(uintptr_t)customer;
    reminder.customer_name = (char *)(uintptr_t)customer;
    reminder.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    reminder.local_date = "2026-05-17";
    reminder.priority = 1;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, flags, &reminder.base);
}

void desk_cancel(const char *id)
{
    Tend__V1__ReminderCancelled cancelled = TEND__V1__REMINDER_CANCELLED__INIT;
    cancelled.reminder_id = (char *)(uintptr_t)id;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED, 0, &cancelled.base);
}

void desk_list(const char *id, const char *rep, unsigned count)
{
    static char ids[200][24];
    Tend__V1__CallLine lines[200], *places[200];
    Tend__V1__Coverage coverage = TEND__V1__COVERAGE__INIT;
    Tend__V1__CallList list = TEND__V1__CALL_LIST__INIT;
    for (unsigned i = 0; i < count; i++) {
        snprintf(ids[i], sizeof ids[i], "%.12s-%u", id, i);
        tend__v1__call_line__init(&lines[i]);
        lines[i].reminder_id = ids[i];
        lines[i].customer_id = ids[i];
        lines[i].customer_name = ids[i];
        lines[i].reason = TEND__V1__CALL_REASON__CALL_REASON_COVERAGE;
        places[i] = &lines[i];
    }
    coverage.customers = 1000;
    coverage.contacted = 320;
    coverage.working_days_left = 15;
    coverage.capacity = 60;
    list.list_id = (char *)(uintptr_t)id;
    list.rep_id = (char *)(uintptr_t)rep;
    list.local_date = "2026-05-17";
    list.lines = places;
    list.n_lines = count;
    list.coverage = &coverage;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, 0, &list.base);
}

void desk_rep(const char *rep, const char *name, const char *language, const char *channel, int64_t time_ms)
{
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__RepUpserted body = TEND__V1__REP_UPSERTED__INIT;
    char *languages[] = {(char *)(uintptr_t)language};
    time.seconds = time_ms / SECOND;
    body.name = (char *)(uintptr_t)name;
    body.languages = languages;
    body.n_languages = 1;
    body.channel = (char *)(uintptr_t)channel;
    body.time_zone = "Asia/Shanghai";
    event.id = "e1";
    event.source = "test";
    event.time = &time;
    event.rep_id = (char *)(uintptr_t)rep;
    event.body_case = TEND__V1__EVENT__BODY_REP_UPSERTED;
    event.rep_upserted = &body;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, RECORD_HISTORICAL, &event.base);
}

void desk_erase(const char *customer)
{
    Tend__V1__Event event = TEND__V1__EVENT__INIT;
    Tend__V1__CustomerErased body = TEND__V1__CUSTOMER_ERASED__INIT;
    event.id = "e2";
    event.source = "test";
    event.customer_id = (char *)(uintptr_t)customer;
    event.body_case = TEND__V1__EVENT__BODY_CUSTOMER_ERASED;
    event.customer_erased = &body;
    turns_say(desk.turns, TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT, 0, &event.base);
}

static const char *no_param(const struct request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

int desk_post(const char *path)
{
    struct inbound inbound = {.request = {.method = "POST",
                                          .path = path,
                                          .content_type = "",
                                          .body = (const uint8_t *)"",
                                          .param = no_param,
                                          .header = no_param}};
    assert_int_equal(engine_turn(turns_engine(desk.turns), &inbound, 1, NULL), ENGINE_DONE);
    return inbound.reply.status;
}

// --- looking
// -----------------------------------------------------------------------------------------------------------

const char *desk_out(void)
{
    static char text[FILE_BYTES];
    FILE *file = fopen(out_path, "r");
    size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    text[length] = '\0';
    return text;
}

unsigned desk_occurrences(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

json_t *desk_ask(const char *target)
{
    int status;
    const char *text = turns_ask(desk.turns, target, &status);
    assert_int_equal(status, 200);
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

// How many messages there are in a state ("" for all).
size_t desk_messages(const char *state)
{
    char target[100];
    snprintf(target, sizeof target, "/v1/messages?limit=500%s%s", state[0] != '\0' ? "&state=" : "", state);
    json_t *value = desk_ask(target);
    size_t count = json_array_size(json_object_get(value, "messages"));
    json_decref(value);
    return count;
}

// A member of the newest message.
const char *desk_newest(const char *key)
{
    static char text[400];
    json_t *value = desk_ask("/v1/messages?limit=1");
    const json_t *message = json_array_get(json_object_get(value, "messages"), 0);
    const json_t *member = json_object_get(message, key);
    if (json_is_integer(member))
        snprintf(text, sizeof text, "%d", (int)json_integer_value(member));
    else
        snprintf(text, sizeof text, "%s", json_is_string(member) ? json_string_value(member) : "");
    json_decref(value);
    return text;
}

const char *desk_text(void)
{
    static char text[8000];
    char target[64];
    snprintf(target, sizeof target, "/v1/messages/%s", desk_newest("messageId"));
    json_t *value = desk_ask(target);
    snprintf(text, sizeof text, "%s", json_string_value(json_object_get(value, "text")));
    json_decref(value);
    return text;
}

void desk_assert_states(size_t sent, size_t held, size_t dead, size_t unknown)
{
    assert_int_equal(desk_messages("sent"), sent);
    assert_int_equal(desk_messages("held"), held);
    assert_int_equal(desk_messages("dead"), dead);
    assert_int_equal(desk_messages("unknown"), unknown);
}

void desk_chat_says(enum chat_manner manner, int status, const char *body)
{
    chat_say(desk.chat, &(struct chat_line){.manner = manner, .status = status, .body = body});
}
