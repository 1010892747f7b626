#include "services/scheduler/options_kinds.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };
#define SPAN_MOST_MS (INT64_C(3650) * DAY_MS) // ten years: nobody waits for longer

#define AT(member) offsetof(struct kind_options, member)
#define SPAN_KEY(key, where, shown, sentence)                                                           \
    {                                                                                                   \
        .name = (key), .type = CONFIG_DURATION, .offset = (where), .fallback = "", .max = SPAN_MOST_MS, \
        .example = (shown), .help = (sentence)                                                          \
    }

const struct config_key kind_row_keys[] = {
    {.name = "kind", .type = CONFIG_NAME, .offset = AT(name), .help = "The kind, as reminders name it."},
    {.name = "on",
     .type = CONFIG_FLAG,
     .offset = AT(on),
     .fallback = "true",
     .help = "Whether it is told at all. The call list itself, and what a rep put off, always are."},
    SPAN_KEY(
        "due", AT(due_ms), "4h",
        "How long after its cause it is to be dealt with, where the kind has such a time. Days and hours are those "
        "of the working clock, unless the kind counts by the calendar; what is due by the end of a day takes whole "
        "days. Left out: as usual for the kind and the customer's class."),
    SPAN_KEY(
        "first", AT(steps_ms[0]), "0s",
        "When it is told first: so long before or after the moment that this step counts from. Left out: as usual."),
    SPAN_KEY("second", AT(steps_ms[1]), "2h", "The same for the next step, when nobody acted: a manager's, mostly."),
    SPAN_KEY("third", AT(steps_ms[2]), "1d", "The same for the last one."),
    {0},
};
#undef AT

// What is set, and what it is wrong in.
struct setting {
    const char *name, *key;
    char *buffer;
    size_t buffer_bytes;
};

__attribute__((format(printf, 2, 3))) static const char *complain(const struct setting *setting, const char *format,
                                                                  ...)
{
    int length = snprintf(setting->buffer, setting->buffer_bytes, "kinds.%s%s%s ", setting->name,
                          setting->key[0] != '\0' ? "." : "", setting->key);
    va_list arguments;
    va_start(arguments, format);
    if (length >= 0 && (size_t)length < setting->buffer_bytes)
        vsnprintf(setting->buffer + length, setting->buffer_bytes - (size_t)length, format, arguments);
    va_end(arguments);
    return setting->buffer;
}

// The span of that length, by the clock that the row counts by and in its direction. NULL when it is one.
static const char *set_span(const struct setting *setting, int64_t length_ms, struct span *span)
{
    int32_t sign = span->amount < 0 ? -1 : 1;
    bool days = length_ms % DAY_MS == 0, by_work = span->unit != SPAN_MINUTES && span->unit != SPAN_DAYS;
    if (span->unit == SPAN_END_OF_DAY) {
        if (!days)
            return complain(setting, "must be whole days: it is due by the end of one");
        span->amount = sign * (int32_t)(length_ms / DAY_MS);
        return NULL;
    }
    if (length_ms % MINUTE_MS != 0)
        return complain(setting, "must be whole minutes");
    if (length_ms == 0)
        span->unit = span->unit == SPAN_INSTANT ? SPAN_INSTANT : SPAN_MINUTES;
    else if (days)
        span->unit = by_work ? SPAN_WORK_DAYS : SPAN_DAYS;
    else
        span->unit = by_work ? SPAN_WORK_MINUTES : SPAN_MINUTES;
    bool counts_days = span->unit == SPAN_WORK_DAYS || span->unit == SPAN_DAYS;
    span->amount = sign * (int32_t)(length_ms / (counts_days ? DAY_MS : MINUTE_MS));
    return NULL;
}

static const char *set_kind(const struct kind_options *options, struct kind_force *force, char *buffer,
                            size_t buffer_bytes)
{
    static const char *const STEPS[KINDS_OPTIONS_STEPS] = {"first", "second", "third"};
    struct setting setting = {.name = options->name, .key = "", .buffer = buffer, .buffer_bytes = buffer_bytes};
    enum kind_id kind = kinds_named(options->name);
    if (kind == KIND_NONE)
        return complain(&setting, "is no kind of reminder; there are reply_due, birthday and others, as "
                                  "/v1/reminders?kind= names them");
    force += kind;
    force->off = !options->on;
    setting.key = "on";
    if (force->off && (kind == KIND_CALL || kind == KIND_SNOOZED))
        return complain(&setting, "must be true: %s",
                        kind == KIND_CALL ? "without the list there is no plan" : "the rep asked for it");
    setting.key = "due";
    if (options->due_ms != CONFIG_UNSET && force->due.unit == SPAN_INSTANT)
        return complain(&setting, "means nothing: it is due at once, or when its event or the calendar says");
    const char *trouble = options->due_ms != CONFIG_UNSET ? set_span(&setting, options->due_ms, &force->due) : NULL;
    force->due_set = options->due_ms != CONFIG_UNSET;
    for (size_t i = 0; i < KINDS_OPTIONS_STEPS && trouble == NULL; i++) {
        setting.key = STEPS[i];
        if (options->steps_ms[i] == CONFIG_UNSET)
            continue;
        if (force->steps[i].roles == 0)
            return complain(&setting, "means nothing: the kind has no such step");
        trouble = set_span(&setting, options->steps_ms[i], &force->steps[i].span);
        force->steps_set |= (uint8_t)(1U << i);
    }
    return trouble;
}

const char *kinds_options_fill(const struct kinds_options *options, struct kind_force ret_kinds[KIND_COUNT],
                               char *buffer, size_t buffer_bytes)
{
    memset(ret_kinds, 0, KIND_COUNT * sizeof *ret_kinds);
    for (enum kind_id kind = KIND_NONE + 1; kind < KIND_COUNT; kind++) {
        const struct kind *row = kinds_row(kind);
        ret_kinds[kind].due = row->due;
        memcpy(ret_kinds[kind].steps, row->steps, sizeof row->steps);
    }
    const char *trouble = NULL;
    for (size_t i = 0; i < options->count && trouble == NULL; i++)
        trouble = set_kind(&options->items[i], ret_kinds, buffer, buffer_bytes);
    return trouble;
}
