#include "services/tend/sample_script.h"

#include "common/calendar.h"
#include "common/codec.h"
#include "common/must.h"
#include "google/protobuf/timestamp.pb-c.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    NOTE_BLOCK = 1 << 16,
    NOTE_LIMIT = 1 << 20,
    TEXT_BLOCK = 1 << 22,
    NOTES_FIRST = 4096,
    KINDS_OF_IDS = 16,
    TEXT_MAX = 512
};

#define TEXT_LIMIT ((size_t)1 << 36)

struct note {
    int64_t ms;
    uint32_t seq;
    const char *json; // the event without its id
};

struct sample_script {
    const struct sample_cast *cast;
    struct arena *arena; // of the note that is being written
    struct arena *texts;
    struct note *notes;
    uint32_t count, room;
    struct {
        const char *kind;
        uint32_t count;
    } ids[KINDS_OF_IDS];
};

struct sample_script *sample_script_open(const struct sample_cast *cast)
{
    struct sample_script *script = calloc(1, sizeof *script);
    must(script != NULL);
    script->cast = cast;
    script->arena = arena_open(NOTE_BLOCK, NOTE_LIMIT);
    script->texts = arena_open(TEXT_BLOCK, TEXT_LIMIT);
    return script;
}

void sample_script_close(struct sample_script **script)
{
    if (*script == NULL)
        return;
    arena_close(&(*script)->arena);
    arena_close(&(*script)->texts);
    free((*script)->notes);
    free(*script);
    *script = NULL;
}

void *sample_body(struct sample_script *script, const ProtobufCMessageDescriptor *descriptor)
{
    void *body = arena_take(script->arena, descriptor->sizeof_message);
    protobuf_c_message_init(descriptor, body);
    return body;
}

char *sample_text(struct sample_script *script, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    must(length >= 0 && (size_t)length < sizeof text);
    return arena_text(script->arena, text, (size_t)length);
}

char *sample_say(struct sample_script *script, const struct sample_customer *customer, struct sample_words words)
{
    return sample_text(script, "%s", customer->language[0] == 'z' ? words.chinese : words.english);
}

char *sample_id(struct sample_script *script, const char *kind)
{
    size_t at = 0;
    while (script->ids[at].kind != NULL && strcmp(script->ids[at].kind, kind) != 0)
        must(++at < KINDS_OF_IDS);
    script->ids[at].kind = kind;
    return sample_text(script, "%s-%06u", kind, ++script->ids[at].count);
}

Google__Protobuf__Timestamp *sample_time(struct sample_script *script, int64_t ms)
{
    Google__Protobuf__Timestamp *time = sample_body(script, &google__protobuf__timestamp__descriptor);
    time->seconds = ms / 1000;
    return time;
}

char *sample_day_text(struct sample_script *script, int32_t day)
{
    char text[DAY_TEXT_BYTES];
    day_print(day, text);
    return sample_text(script, "%s", text);
}

Tend__V1__Money *sample_money(struct sample_script *script, int64_t micros, enum sample_currency currency)
{
    Tend__V1__Money *money = sample_body(script, &tend__v1__money__descriptor);
    money->micros = micros;
    money->currency = sample_text(script, "%s", sample_currency_code(currency));
    return money;
}

bool sample_note(struct sample_script *script, const struct sample_customer *customer, uint32_t rep, int64_t ms,
                 Tend__V1__Event__BodyCase body_case, void *body)
{
    bool happened = ms < script->cast->end_ms;
    if (happened) {
        Tend__V1__Event *event = sample_body(script, &tend__v1__event__descriptor);
        event->source = sample_text(script, "crm");
        event->time = sample_time(script, ms);
        if (customer != NULL)
            event->customer_id = sample_text(script, "%s", customer->id);
        event->rep_id = sample_text(script, "%s", script->cast->reps[rep].id);
        event->body_case = body_case;
        event->order_paid = body; // every body is a pointer in the same place
        size_t length;
        const char *json = codec_to_text(&event->base, CODEC_SNAKE, arena_allocator(script->arena), &length);
        must(json != NULL && json[0] == '{');
        if (script->count == script->room) {
            script->room = script->room == 0 ? NOTES_FIRST : script->room * 2;
            script->notes = realloc(script->notes, script->room * sizeof *script->notes);
            must(script->notes != NULL);
        }
        script->notes[script->count] = (struct note){ms, script->count, arena_text(script->texts, json, length)};
        script->count++;
    }
    arena_reset(script->arena);
    return happened;
}

uint32_t sample_script_count(const struct sample_script *script)
{
    return script->count;
}

static int compare_notes(const void *a, const void *b)
{
    const struct note *one = a, *other = b;
    if (one->ms != other->ms)
        return one->ms < other->ms ? -1 : 1;
    return (one->seq > other->seq) - (one->seq < other->seq);
}

void sample_script_write(const struct sample_script *script, FILE *file)
{
    if (script->count > 0)
        qsort(script->notes, script->count, sizeof *script->notes, compare_notes);
    for (uint32_t i = 0; i < script->count; i++)
        fprintf(file, "{\"id\":\"e%07u\",%s\n", i + 1, script->notes[i].json + 1);
}
