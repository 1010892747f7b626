// A scheduler that says what it is told, so that a test decides to the microsecond what the real notifier beside it
// hears: the real runtime, journal and sockets, and nothing of the real scheduler's own will.
//
//     pipeline_prompter DATA LISTEN        until SIGTERM; DATA is the data_dir of the configuration, LISTEN its HTTP
//
// POST /v1/say with an array of {"remind": ID, "rep": ID, "customer": NAME, "priority": 0..2} and {"cancel": ID}: one
// turn, one commit, in that order.
#include "common/must.h"
#include "common/run.h"
#include "tend/v1/journal.pb-c.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MAP = 1 << 28, SHARDS = 16, PATH_BYTES = 700, DATA_BYTES = 600, RESERVE_MS = 600 * 1000 };

static const char *const tables[] = {"nothing"};

static void reload(void *self, struct turn *turn)
{
    (void)self;
    (void)turn;
}

static void apply(void *self, struct turn *turn, const struct record *record)
{
    (void)self;
    (void)turn;
    (void)record;
}

static int64_t tick(void *self, struct turn *turn, int64_t now_ms)
{
    (void)self;
    (void)turn;
    (void)now_ms;
    return INT64_MAX;
}

static char *words(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return (char *)(uintptr_t)(text != NULL ? text : "");
}

static void say(struct turn *turn, const json_t *line)
{
    if (json_object_get(line, "cancel") != NULL) {
        Tend__V1__ReminderCancelled cancelled = TEND__V1__REMINDER_CANCELLED__INIT;
        cancelled.reminder_id = words(line, "cancel");
        turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER_CANCELLED,
                                           .customer_id = "",
                                           .owner_rep_id = "",
                                           .message = &cancelled.base});
        return;
    }
    static char day[] = "2026-05-17";
    Tend__V1__Reminder reminder = TEND__V1__REMINDER__INIT;
    reminder.reminder_id = words(line, "remind");
    reminder.kind = TEND__V1__REMINDER_KIND__REMINDER_KIND_OVERDUE;
    reminder.rep_id = words(line, "rep");
    reminder.customer_id = words(line, "customer");
    reminder.customer_name = words(line, "customer");
    reminder.abc = TEND__V1__ABC_CLASS__ABC_CLASS_A;
    reminder.local_date = day;
    reminder.priority = (uint32_t)json_integer_value(json_object_get(line, "priority"));
    turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER,
                                       .customer_id = "",
                                       .owner_rep_id = reminder.rep_id,
                                       .message = &reminder.base});
}

static void command(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    size_t index;
    json_t *line, *lines = json_loadb((const char *)request->body, request->length, 0, NULL);
    if (!json_is_array(lines) || strcmp(request->path, "/v1/say") != 0) {
        reply_error(turn, 400, "body", "POST an array to /v1/say", ret_reply);
        json_decref(lines);
        return;
    }
    json_array_foreach (lines, index, line)
        say(turn, line);
    json_decref(lines);
    *ret_reply = (struct reply){.status = 200, .content_type = "application/json", .body = "{}", .length = 2};
}

static void query(void *self, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    (void)self;
    (void)request;
    reply_error(turn, 404, "", "there is nothing to see", ret_reply);
}

static const struct service prompter = {
    .name = "scheduler",
    .tables = tables,
    .table_count = 1,
    .apply = apply,
    .tick = tick,
    .command = command,
    .query = query,
    .reload = reload,
};

static void make_folder(const char *path)
{
    must(mkdir(path, 0750) == 0 || errno == EEXIST);
}

int main(int count, char **arguments)
{
    char folder[PATH_BYTES], run[PATH_BYTES], endpoint[PATH_BYTES];
    if (count != 3) {
        fprintf(stderr, "usage: pipeline_prompter DATA LISTEN\n");
        return 2;
    }
    const char *data = arguments[1];
    must(strlen(data) < DATA_BYTES);
    snprintf(folder, sizeof folder, "%.*s/scheduler", DATA_BYTES, data);
    snprintf(run, sizeof run, "%.*s/run", DATA_BYTES, data);
    snprintf(endpoint, sizeof endpoint, "ipc://%.*s/run/scheduler.sock", DATA_BYTES, data);
    make_folder(data);
    make_folder(run);
    struct run_options options = {
        .engine = {.service = &prompter,
                   .self = folder,
                   .folder = folder,
                   .map_bytes = MAP,
                   .shards = SHARDS,
                   .clock = clock_open()},
        .listen = arguments[2],
        .endpoint = endpoint,
        .metrics = metrics_open(),
        .reserve_ms = RESERVE_MS,
    };
    return run_service(&options);
}
