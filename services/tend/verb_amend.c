// `tend amend`: an event that was told wrongly, told rightly.
#include "common/clock.h"
#include "common/codec.h"
#include "common/lane.h"
#include "common/must.h"
#include "services/tend/draft.h"
#include "services/tend/orderword.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    EVENT_BYTES = 262144, // more than any event has as JSON
    ARENA_BYTES = 65536,
    ARENA_LIMIT = 16777216,
    FOLDER_BYTES = 512,
};

#define MAP_BYTES ((size_t)32 << 30) // as for every look at a journal

// What corrects the events that are not told once more.
static const struct {
    Tend__V1__Event__BodyCase body;
    const char *how;
} corrections[] = {
    {TEND__V1__EVENT__BODY_ORDER_PAID, "order_refunded says what was given back, order_amended what the order is"},
    {TEND__V1__EVENT__BODY_ORDER_SHIPPED, "delivery_delayed says the day on which it really comes"},
    {TEND__V1__EVENT__BODY_ORDER_DELIVERED, "order_error says what was wrong with it"},
    {TEND__V1__EVENT__BODY_ORDER_CANCELLED, "a cancelled order stays so; place it once more with another order_id"},
    {TEND__V1__EVENT__BODY_ORDER_REFUNDED, "refunds add up; order_amended says what the order is worth now"},
    {TEND__V1__EVENT__BODY_DELIVERY_SCHEDULED, "delivery_delayed says the other day"},
    {TEND__V1__EVENT__BODY_DELIVERY_DELAYED, "delivery_delayed once more, with an id of its own, says the other day"},
    {TEND__V1__EVENT__BODY_CUSTOMER_MERGED, "customer_split takes them apart"},
    {TEND__V1__EVENT__BODY_CUSTOMER_SPLIT, "customer_merged puts them together"},
    {TEND__V1__EVENT__BODY_CONTACT_LOGGED,
     "log the right one with an id of its own and a later time; of plans and outcomes the latest counts"},
    {TEND__V1__EVENT__BODY_PROMISE_MADE,
     "promise_extended gives it another day, promise_kept or promise_broken ends it"},
    {TEND__V1__EVENT__BODY_COMPLAINT_OPENED, "complaint_resolved ends it"},
    {TEND__V1__EVENT__BODY_SURVEY_ANSWERED, "survey_answered with an id of its own and a later time counts instead"},
    {TEND__V1__EVENT__BODY_CONTRACT_ENDED, "contract_signed once more, with an id of its own, lets it run on"},
    {TEND__V1__EVENT__BODY_QUOTE_SENT, "quote_lost ends it; then send the right one with a quote_id of its own"},
    {TEND__V1__EVENT__BODY_VISIT_PLANNED,
     "visit_cancelled ends it; then plan the right one with a visit_id of its own"},
    {TEND__V1__EVENT__BODY_REP_ABSENT, "rep_absent once more, with an id of its own, says the other days"},
    {TEND__V1__EVENT__BODY_VALUE_OVERRIDDEN,
     "value_overridden with an id of its own counts instead; with an empty value it takes the decision back"},
    {TEND__V1__EVENT__BODY_REMINDER_ANSWERED, "answer the reminder once more: tend done, tend snooze"},
};

static const char *correction_of(Tend__V1__Event__BodyCase body)
{
    for (size_t i = 0; i < sizeof corrections / sizeof *corrections; i++)
        if (corrections[i].body == body)
            return corrections[i].how;
    return "no event takes this one back; it counts as it was told";
}

// "order_placed"
static const char *body_name(const Tend__V1__Event *event)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tend__v1__event__descriptor, (unsigned)event->body_case);
    return field != NULL ? field->name : "event without a body";
}

static char *read_all(const char *path)
{
    char *text = calloc(1, EVENT_BYTES + 1);
    must(text != NULL);
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t length = file != NULL ? fread(text, 1, EVENT_BYTES + 1, file) : 0;
    bool read = file != NULL && !ferror(file) && length <= EVENT_BYTES;
    if (file == NULL)
        perror(path);
    else if (!read)
        fprintf(stderr, "tend amend: %s cannot be read, or is longer than any event\n", path);
    if (file != NULL && file != stdin)
        fclose(file);
    if (read)
        return text;
    free(text);
    return NULL;
}

// Sends one event. VERB_DONE: `status` says what became of it.
static int send_event(struct verb_call *call, struct arena *arena, const Tend__V1__Event *event, char *status)
{
    size_t length;
    json_t *answer = NULL;
    const char *text = codec_to_text(&event->base, 0, arena_allocator(arena), &length);
    must(text != NULL);
    // As a list of one: then a conflict is an answer like others.
    int code = verb_post(call, "ingest", "POST /v1/events", arena_format(arena, "[%s]", text), &answer);
    const json_t *result = json_array_get(json_object_get(answer, "results"), 0);
    snprintf(status, VERB_FIELD_BYTES, "%s", verb_text(result, "status"));
    if (code == VERB_DONE && strstr(status, "INVALID") != NULL) {
        fprintf(stderr, "tend amend: %s: %s\n", verb_text(result, "field"), verb_text(result, "reason"));
        code = VERB_PROBLEM;
    }
    json_decref(answer);
    return code;
}

// Whether the source is that of a feed that is in force here: what it says next is newer than any amendment.
static bool is_feed(struct verb_call *call, const char *source)
{
    json_t *answer = NULL;
    struct verb_refusal refusal;
    const json_t *feed;
    size_t i;
    bool found = false;
    if (verb_ask_or(call, "ingest", NULL, "GET /v1/feeds", &refusal, &answer) == VERB_DONE)
        json_array_foreach (json_object_get(answer, "feeds"), i, feed)
            found =
                found || strcmp(verb_text(feed, verb_text(feed, "source")[0] != '\0' ? "source" : "name"), source) == 0;
    json_decref(answer);
    return found;
}

// What became of the event, NULL when it was known, and what it would be good to know about that.
static void tell(struct verb_call *call, struct arena *arena, const char *what, const Tend__V1__Event *event)
{
    size_t length;
    const char *note = "";
    bool known = what == NULL;
    what = known ? "known already, nothing changed" : what;
    if (known && draft_revise(arena, event, INT64_MIN) != NULL)
        note = "if something else was told since, --again makes this the newest word";
    else if (!known && is_feed(call, event->source))
        note = arena_format(arena, "%s is a feed, whose next update is newer and takes this back: correct it there too",
                            event->source);
    if (call->json) {
        const char *text = codec_to_text(&event->base, 0, arena_allocator(arena), &length);
        must(text != NULL);
        json_t *told = json_pack("{s:s, s:o}", "outcome", what, "event", json_loads(text, 0, NULL));
        if (note[0] != '\0')
            json_object_set_new(told, "note", json_string(note));
        verb_print_json(told);
        json_decref(told);
    } else {
        printf("%s: %s %s of %s\n%s%s", what, body_name(event), event->id, event->source, note,
               note[0] != '\0' ? "\n" : "");
    }
}

// The same source and id are stored. The time of a revision is now, so that it is the newest word; its id comes of what
// it says alone, so that the same file is the same revision, unless it is to count once more.
static int revise(struct verb_call *call, struct arena *arena, const Tend__V1__Event *event, bool again)
{
    char status[VERB_FIELD_BYTES];
    struct clock *clock = clock_open();
    int64_t now_ms = clock_wall_ms(clock);
    clock_close(&clock);
    Tend__V1__Event *revised = draft_revise(arena, event, again ? now_ms : INT64_MIN);
    if (revised == NULL) {
        fprintf(stderr, "tend amend: %s %s is stored%s, and is not amended: %s\n", body_name(event), event->id,
                again ? "" : " with other content", correction_of(event->body_case));
        return VERB_PROBLEM;
    }
    if (!again && now_ms / 1000 > revised->time->seconds) {
        revised->time->seconds = now_ms / 1000;
        revised->time->nanos = (int32_t)(now_ms % 1000) * 1000000;
    }
    int code = send_event(call, arena, revised, status);
    bool known = strstr(status, "KNOWN") != NULL || strstr(status, "CONFLICT") != NULL;
    if (code == VERB_DONE)
        tell(call, arena, known ? NULL : "amended", revised);
    return code;
}

static int amend(struct verb_call *call)
{
    char *text = read_all(call->arguments[0]), status[VERB_FIELD_BYTES];
    bool again = verb_value(call, "again") != NULL;
    if (text == NULL)
        return VERB_PROBLEM;
    struct arena *arena = arena_open(ARENA_BYTES, ARENA_LIMIT);
    struct verify_error error;
    Tend__V1__Event *event = (Tend__V1__Event *)codec_from_text(&tend__v1__event__descriptor, text, strlen(text),
                                                                arena_allocator(arena), &error);
    int code = VERB_PROBLEM;
    if (event == NULL || event->time == NULL)
        fprintf(stderr, "tend amend: %s%s%s\n", event == NULL ? error.field : "time",
                event == NULL && error.field[0] == '\0' ? "" : ": ",
                event == NULL ? error.reason : "the event needs the time at which it happened");
    else
        code = send_event(call, arena, event, status);
    bool conflict = code == VERB_DONE && strstr(status, "CONFLICT") != NULL;
    bool known = code == VERB_DONE && strstr(status, "KNOWN") != NULL;
    if (conflict || (known && again))
        code = revise(call, arena, event, again);
    else if (code == VERB_DONE)
        tell(call, arena, known ? NULL : "stored, it was not known", event);
    arena_close(&arena);
    free(text);
    return code;
}

// --- an order to amend

static bool read_journals(const struct verb_call *call, struct orderword *word)
{
    bool sound = true;
    unsigned count = settings_processes(&call->settings, "ingest");
    for (unsigned which = 0; sound && which < count; which++) {
        char name[LANE_NAME_BYTES], folder[FOLDER_BYTES];
        struct store_error error;
        struct store *store = NULL;
        lane_name("ingest", (struct lane){which, count}, name);
        snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, name);
        sound = store_open_readonly(&(struct store_options){.folder = folder, .map_bytes = MAP_BYTES}, &error, &store);
        if (!sound)
            fprintf(stderr, "tend amend: %s\n", error.text);
        else if (!orderword_read(word, store, call->arguments[1], verb_value(call, "source"))) {
            fprintf(stderr, "tend amend: the journal of %s is damaged\n", name);
            sound = false;
        }
        store_close(&store);
    }
    return sound;
}

static void print_event(const struct verb_call *call, const Tend__V1__Event *event)
{
    size_t length;
    char *line = codec_to_text(&event->base, 0, NULL, &length);
    json_t *json = line != NULL ? json_loadb(line, length, 0, NULL) : NULL;
    must(json != NULL);
    char *text = json_dumps(json, call->json ? JSON_COMPACT : JSON_INDENT(2));
    must(text != NULL);
    puts(text);
    free(text);
    free(line);
    json_decref(json);
}

// The order as it stands, to be edited and amended.
static int show_order(struct verb_call *call)
{
    struct orderword word = {0};
    bool sound = read_journals(call, &word);
    const Tend__V1__Event *event = sound ? orderword_event(&word) : NULL;
    if (event != NULL)
        print_event(call, event);
    else if (sound)
        fprintf(stderr, "tend amend: ingest's journal tells of no order \"%s\"%s%s\n", call->arguments[1],
                verb_value(call, "source") != NULL ? " of " : "",
                verb_value(call, "source") != NULL ? verb_value(call, "source") : "");
    if (event != NULL && word.several)
        fprintf(stderr,
                "tend amend: several sources have an order of this id; this is that of %s, and --source NAME "
                "shows another's\n",
                event->source);
    orderword_free(&word);
    return event != NULL ? VERB_DONE : VERB_PROBLEM;
}

int verb_amend(struct verb_call *call)
{
    bool order = strcmp(call->arguments[0], "order") == 0;
    if (call->argument_count == 1 && !(order && access("order", F_OK) != 0))
        return amend(call);
    if (order && call->argument_count == 2)
        return show_order(call);
    fprintf(stderr, "tend amend: say `tend amend FILE`, or `tend amend order ID` for an order as it stands\n");
    return VERB_USAGE;
}
