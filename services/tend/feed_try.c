// `tend feed try`: what a foreign webhook's body becomes, field by field, without storing it.
#include "services/tend/feed.h"

#include "services/ingest/feed.h"
#include "services/ingest/mapping.h"
#include "services/ingest/options.h"
#include "services/ingest/preset.h"
#include "services/ingest/rules.h"
#include "services/tend/pipeline.h"

#include "common/clock.h"
#include "common/codec.h"
#include "common/textfile.h"
#include "common/utf8.h"
#include "common/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum {
    BODY_BYTES = 16 << 20,
    BLOCK_BYTES = 1 << 16,
    GIVEN_MAX = 32, // headers or queries
    NOTES_MAX = 100000,
    NAME_COLUMNS = 26,
    PLACE_COLUMNS = 30,
    SHOWN_BYTES = 60,
    RESULT_BYTES = 300,
};

// One trial, and the notes that the mapping left.
struct trial {
    struct verb_call *call;
    struct arena *arena;
    struct feed *feed; // NULL: a preset alone
    struct mapping *preset;
    const struct mapping *mapping; // of one of the two
    char warning[FEED_ERROR_BYTES];
    struct mapping_note *notes;
    size_t note_count, note_room;
    const char *headers[GIVEN_MAX], *queries[GIVEN_MAX];
    size_t header_count, query_count;
    char *body;
    size_t length;
    int64_t now_ms;
    size_t refused; // events
};

// --- what goes in

// The value behind "NAME" and the sign in the list; NULL when it is not there.
static const char *look_up(const char *const *list, size_t count, char sign, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < count; i++)
        if (strncasecmp(list[i], name, length) == 0 && list[i][length] == sign)
            return list[i] + length + 1 + strspn(list[i] + length + 1, " ");
    return NULL;
}

static const char *find_header(const void *owner, const char *name)
{
    const struct trial *trial = owner;
    return look_up(trial->headers, trial->header_count, ':', name);
}

static const char *find_query(const void *owner, const char *name)
{
    const struct trial *trial = owner;
    return look_up(trial->queries, trial->query_count, '=', name);
}

// As much of a text as is shown, in whole characters.
static const char *shown(struct trial *trial, const char *text, size_t most)
{
    size_t length = strlen(text);
    bool cut = length > most;
    return arena_format(trial->arena, "%.*s%s", (int)(cut ? utf8_cut(text, length, most) : length), text,
                        cut ? "..." : "");
}

static void take_note(void *owner, const struct mapping_note *note)
{
    struct trial *trial = owner;
    struct arena *arena = trial->arena;
    if (trial->note_count == NOTES_MAX)
        return;
    if (trial->note_count == trial->note_room) {
        size_t room = 2 * trial->note_room + 64;
        struct mapping_note *notes = arena_zero(arena, room, sizeof *notes);
        if (trial->note_count > 0)
            memcpy(notes, trial->notes, trial->note_count * sizeof *notes);
        trial->notes = notes;
        trial->note_room = room;
    }
    trial->notes[trial->note_count++] = (struct mapping_note){
        .step = note->step,
        .rule = note->rule,
        .event = arena_format(arena, "%s", note->event),
        .field = arena_format(arena, "%s", note->field),
        .pointer = arena_format(arena, "%s", note->pointer),
        .raw = shown(trial, note->raw, SHOWN_BYTES),
        .result = shown(trial, note->result, RESULT_BYTES),
    };
}

// The path of the feed's file: as it was given, or NAME.yaml in the folder of feeds. The name of a preset stands for
// itself where there is no such feed: it can be tried before anything is set up.
static const char *path_of(struct trial *trial, const char *name)
{
    const struct ingest_options *options = pipeline_setups[PLACE_INGEST]->options;
    if (!feed_name_valid(name) || options->feeds == NULL)
        return name;
    char *path = arena_take(trial->arena, FEED_PATH_BYTES);
    feed_path(options->feeds, name, path);
    return preset_find(name) != NULL && access(path, R_OK) != 0 ? name : path;
}

// The feed's name by its path: "shop" of "feeds.d/shop.yaml".
static const char *name_of(struct trial *trial, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
    return arena_text(trial->arena, name, strcspn(name, "."));
}

static bool open_preset(struct trial *trial, const char *name, char error[FEED_ERROR_BYTES])
{
    const struct settings *settings = &trial->call->settings;
    const struct mapping_defaults defaults = {
        .source = name, .currency = settings->currency, .zone = settings->time_zone};
    const char *text = arena_format(trial->arena, "preset: %s\n", name);
    bool good = mapping_open(name, text, strlen(text), &defaults, error, FEED_ERROR_BYTES, &trial->preset);
    trial->mapping = trial->preset;
    return good;
}

// As ingest would read it.
static bool open_feed(struct trial *trial, const char *path, char error[FEED_ERROR_BYTES])
{
    const struct settings *settings = &trial->call->settings;
    const char *slash = strrchr(path, '/');
    const struct feed_place place = {
        .folder = slash == NULL ? "." : arena_text(trial->arena, path, (size_t)(slash - path + (slash == path))),
        .name = name_of(trial, path),
        .currency = settings->currency,
        .zone = settings->time_zone};
    bool good = feed_read_trial(path, &place, trial->warning, error, &trial->feed);
    trial->mapping = good ? trial->feed->mapping : NULL;
    return good;
}

static bool open_mapping(struct trial *trial, const char *path)
{
    char error[FEED_ERROR_BYTES];
    bool preset = preset_find(path) != NULL && access(path, R_OK) != 0;
    bool good = preset ? open_preset(trial, path, error) : open_feed(trial, path, error);
    if (!good)
        fprintf(stderr, "%s\n", error);
    return good;
}

static bool open_body(struct trial *trial, const char *path)
{
    char error[MAPPING_ERROR_BYTES];
    if (strcmp(path, "-") == 0)
        path = "/dev/stdin";
    if (textfile_read(path, BODY_BYTES, error, sizeof error, &trial->body, &trial->length))
        return true;
    fprintf(stderr, "%s\n", error);
    return false;
}

// --- what comes out

// What ingest would say to the event. False with the field and the reason.
static bool event_good(const struct trial *trial, const Tend__V1__Event *event, struct verify_error *ret_error)
{
    return mapping_may(trial->mapping, event, ret_error) && verify_message(&event->base, NULL, ret_error) &&
           rules_check(event, trial->now_ms, ret_error);
}

static void print_field(const struct mapping_note *note)
{
    printf("  %-*s <- %-*s", NAME_COLUMNS, note->field, PLACE_COLUMNS, note->pointer);
    if (note->step == MAPPING_WRONG)
        printf(" %sWRONG%s: %s\n", verb_colour("\033[31m"), verb_colour("\033[0m"), note->result);
    else if (note->step == MAPPING_ABSENT)
        printf(" nothing there\n");
    else if (note->raw[0] == '\0')
        printf(" %s\n", note->result);
    else if (strcmp(note->raw, note->result) == 0)
        printf(" = \"%s\"\n", note->raw);
    else
        printf(" = \"%s\" becomes %s\n", note->raw, note->result);
}

// The notes from the one that begins the event to the next event or rule.
static size_t print_event_notes(const struct trial *trial, size_t at, size_t number)
{
    const struct mapping_note *begin = &trial->notes[at];
    printf("event %zu: %s, by rule %d%s%s\n", number, begin->event, begin->rule,
           begin->pointer[0] == '\0' ? "" : ", of ", begin->pointer);
    for (at++; at < trial->note_count; at++) {
        const struct mapping_note *note = &trial->notes[at];
        if (note->step == MAPPING_BEGINS || note->step == MAPPING_PASSED)
            break;
        print_field(note);
    }
    return at;
}

static void print_judgement(struct trial *trial, const struct mapping_event *made)
{
    struct verify_error error;
    size_t length;
    const char *text = codec_to_text(&made->event->base, 0, arena_allocator(trial->arena), &length);
    printf("  %s\n", text == NULL ? "" : text);
    if (made->undated)
        printf("  it names no time: it gets that of its receipt\n");
    if (made->once)
        printf("  told again and again: the first one that comes is stored\n");
    if (event_good(trial, made->event, &error)) {
        printf("  %sgood%s: ingest takes it\n", verb_colour("\033[32m"), verb_colour("\033[0m"));
        return;
    }
    trial->refused++;
    printf("  %sREFUSED%s by ingest: %s %s\n", verb_colour("\033[31m"), verb_colour("\033[0m"), error.field,
           error.reason);
}

static void print_passed(const struct trial *trial)
{
    bool first = true;
    for (size_t i = 0; i < trial->note_count; i++) {
        const struct mapping_note *note = &trial->notes[i];
        if (note->step != MAPPING_PASSED)
            continue;
        if (first)
            printf("rules that made nothing:\n");
        first = false;
        printf("  rule %d %s%s%s: %s\n", note->rule, note->event, note->pointer[0] == '\0' ? "" : " of ", note->pointer,
               note->result);
    }
}

static void print_text(struct trial *trial, const struct mapping_result *result, const struct mapping_error *error)
{
    size_t made = 0;
    for (size_t i = 0; i < trial->note_count;) {
        if (trial->notes[i].step != MAPPING_BEGINS) {
            i++;
            continue;
        }
        i = print_event_notes(trial, i, made + 1);
        if (result != NULL && made < result->count)
            print_judgement(trial, &result->events[made]);
        made++;
    }
    print_passed(trial);
    if (error != NULL)
        printf("%sNOTHING IS MADE%s of this body: %s\n", verb_colour("\033[31m"), verb_colour("\033[0m"),
               mapping_error_text(trial->arena, error));
    else if (result->count == 0)
        printf("nothing is made of this body: %s\n", result->note);
    else
        printf("%zu event%s, %sas \"%s\"\n", result->count, result->count == 1 ? "" : "s",
               trial->refused > 0 ? arena_format(trial->arena, "%zu REFUSED, ", trial->refused) : "",
               mapping_source(trial->mapping));
    if (trial->warning[0] != '\0')
        printf("%sWARNING%s: nobody could post to this feed yet, which trying does not need:\n%s\n",
               verb_colour("\033[33m"), verb_colour("\033[0m"), trial->warning);
}

// --- the same for programs

static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    return json == NULL ? json_string("?") : json;
}

static json_t *note_json(const struct mapping_note *note)
{
    json_t *json = json_object();
    json_object_set_new(json, "field", text_json(note->field));
    json_object_set_new(json, "from", text_json(note->pointer));
    json_object_set_new(json, "raw", text_json(note->raw));
    json_object_set_new(json, note->step == MAPPING_WRONG ? "problem" : "value", text_json(note->result));
    return json;
}

static json_t *event_json(struct trial *trial, const struct mapping_event *made)
{
    struct verify_error error;
    size_t length;
    const char *text = codec_to_text(&made->event->base, 0, arena_allocator(trial->arena), &length);
    json_t *json = json_object();
    json_object_set_new(json, "rule", json_integer(made->rule));
    json_object_set_new(json, "event", text == NULL ? json_null() : json_loads(text, 0, NULL));
    json_object_set_new(json, "undated", json_boolean(made->undated));
    if (!event_good(trial, made->event, &error)) {
        trial->refused++;
        json_object_set_new(
            json, "refused",
            json_pack("{s:o, s:o}", "field", text_json(error.field), "reason", text_json(error.reason)));
    }
    return json;
}

static void print_json(struct trial *trial, const struct mapping_result *result, const struct mapping_error *error)
{
    json_t *root = json_object(), *events = json_array(), *passed = json_array(), *fields = NULL;
    size_t made = 0;
    for (size_t i = 0; i < trial->note_count; i++) {
        const struct mapping_note *note = &trial->notes[i];
        if (note->step == MAPPING_BEGINS) {
            json_t *event = result != NULL && made < result->count ? event_json(trial, &result->events[made])
                                                                   : json_pack("{s:i}", "rule", note->rule);
            made++;
            fields = json_array();
            json_object_set_new(event, "fields", fields);
            json_array_append_new(events, event);
        } else if (note->step == MAPPING_PASSED) {
            json_array_append_new(passed, json_pack("{s:i, s:s, s:o, s:o}", "rule", note->rule, "event", note->event,
                                                    "at", text_json(note->pointer), "why", text_json(note->result)));
        } else if (fields != NULL) {
            json_array_append_new(fields, note_json(note));
        }
    }
    json_object_set_new(root, "source", text_json(mapping_source(trial->mapping)));
    json_object_set_new(root, "events", events);
    json_object_set_new(root, "passed", passed);
    if (trial->warning[0] != '\0')
        json_object_set_new(root, "warning", text_json(trial->warning));
    if (error != NULL)
        json_object_set_new(root, "error",
                            json_pack("{s:i, s:o, s:o, s:o}", "rule", error->rule, "field", text_json(error->field),
                                      "from", text_json(error->pointer), "reason", text_json(error->reason)));
    else if (result->count == 0)
        json_object_set_new(root, "nothing", text_json(result->note));
    verb_print_json(root);
    json_decref(root);
}

static int run(struct trial *trial)
{
    struct mapping_body body = {.bytes = trial->body,
                                .length = trial->length,
                                .received_ms = trial->now_ms,
                                .header = find_header,
                                .query = find_query,
                                .owner = trial};
    struct mapping_trace trace = {take_note, trial};
    struct mapping_result result;
    struct mapping_error error;
    bool good = mapping_apply(trial->mapping, &body, trial->arena, &trace, &result, &error);
    (trial->call->json ? print_json : print_text)(trial, good ? &result : NULL, good ? NULL : &error);
    return good && result.count > 0 && trial->refused == 0 ? VERB_DONE : VERB_PROBLEM;
}

int feed_try(struct verb_call *call)
{
    struct trial trial = {.call = call, .arena = arena_open(BLOCK_BYTES, 8 * (size_t)MAPPING_ARENA_BYTES)};
    struct clock *clock = clock_open();
    trial.now_ms = clock_wall_ms(clock);
    clock_close(&clock);
    trial.header_count = verb_values(call, "header", trial.headers, GIVEN_MAX);
    trial.query_count = verb_values(call, "query", trial.queries, GIVEN_MAX);
    rules_compile();
    int code = VERB_USAGE;
    if (open_mapping(&trial, path_of(&trial, call->arguments[1])) && open_body(&trial, call->arguments[2]))
        code = run(&trial);
    free(trial.body);
    feed_close(&trial.feed);
    mapping_close(&trial.preset);
    arena_close(&trial.arena);
    return code;
}
