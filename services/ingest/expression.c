#include "services/ingest/expression.h"

#include "common/calendar.h"
#include "common/moment.h"
#include "common/money.h"
#include "common/must.h"
#include "common/number.h"
#include "common/stamp.h"
#include "common/utf8.h"

#include "services/ingest/decimal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    SHOWN_BYTES = 40, // of what stands there, in an error
    DAY_SECONDS = 86400,
    // What is reckoned for each entry of a list, with its path, and for each value, beside its text.
    ITEM_BYTES = 128,
    VALUE_BYTES = 64,
    FRACTION_DIGITS = 9,
    TEXTS_BYTES = MAPPING_ARENA_BYTES / 8 * 3, // of one body; what is reckoned too low takes the rest
    TIME_BYTES = 128,                          // of a time as text
    MONEY_DIGITS = 6,                          // behind the point of an amount: micros
};

bool scope_fail(struct scope *scope, const char *pointer, const char *format, ...)
{
    char reason[MAPPING_REASON_BYTES + 8];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    // What stands there is a stranger's: it is made fit to be shown.
    struct verify_error clean, place;
    verify_fail(&clean, scope->field, "%s", "");
    verify_fail(&place, pointer, "%s", "");
    verify_clean(reason);
    struct mapping_error *error = scope->error;
    *error = (struct mapping_error){.rule = scope->rule};
    snprintf(error->event, sizeof error->event, "%s", scope->event);
    memcpy(error->field, clean.field, sizeof error->field);
    memcpy(error->pointer, place.field, sizeof error->pointer);
    size_t length = strlen(reason), most = sizeof error->reason - sizeof "...";
    snprintf(error->reason, sizeof error->reason, "%.*s%s",
             (int)(length > most ? utf8_cut(reason, length, most) : length), reason, length > most ? "..." : "");
    scope_note(scope, MAPPING_WRONG, error->pointer, "", error->reason);
    return false;
}

bool scope_spend(struct scope *scope, size_t items, size_t bytes)
{
    scope->items += items;
    scope->bytes += items * ITEM_BYTES + bytes;
    if (scope->items > MAPPING_ITEMS_MAX)
        return scope_fail(scope, scope->item_path, "makes more than %d entries of one body", MAPPING_ITEMS_MAX);
    if (scope->bytes > TEXTS_BYTES)
        return scope_fail(scope, scope->item_path, "makes more than %d bytes of one body", TEXTS_BYTES);
    return true;
}

size_t scope_enter(struct scope *scope, const char *name, ptrdiff_t index)
{
    size_t mark = strlen(scope->field), room = sizeof scope->field - mark;
    const char *point = mark == 0 ? "" : ".";
    if (index < 0)
        snprintf(scope->field + mark, room, "%s%s", point, name);
    else
        snprintf(scope->field + mark, room, "%s%s[%td]", point, name, index);
    return mark;
}

void scope_leave(struct scope *scope, size_t mark)
{
    scope->field[mark] = '\0';
}

void scope_note(struct scope *scope, enum mapping_step step, const char *pointer, const char *raw, const char *result)
{
    if (scope->trace == NULL)
        return;
    scope->trace->note(scope->trace->owner, &(struct mapping_note){.step = step,
                                                                   .rule = scope->rule,
                                                                   .event = scope->event,
                                                                   .field = scope->field,
                                                                   .pointer = pointer,
                                                                   .raw = raw,
                                                                   .result = result});
}

// Of {each, where, at}: all the places where `at` looks.
static const char *sum_place(const struct expression *expression, const struct scope *scope)
{
    const char *list = pointer_path(scope->arena, &expression->pointer, scope->item_path);
    if (expression->amount == NULL)
        return list;
    struct scope inside = *scope;
    inside.item_path = arena_format(scope->arena, "%s/*", list);
    return expression_place(expression->amount, &inside);
}

const char *expression_place(const struct expression *expression, const struct scope *scope)
{
    switch (expression->origin) {
    case ORIGIN_SUM:
        if (expression->count > 0)
            break;
        return sum_place(expression, scope);
    case ORIGIN_POINTER:
        return pointer_path(scope->arena, &expression->pointer, scope->item_path);
    case ORIGIN_HEADER:
        return arena_format(scope->arena, "header %s", expression->text);
    case ORIGIN_QUERY:
        return arena_format(scope->arena, "query %s", expression->text);
    case ORIGIN_VALUE:
        return "value";
    case ORIGIN_CUSTOMER:
        return scope->customer == NULL ? "customer_id" : expression_place(scope->customer, scope);
    default:
        break;
    }
    const char *place = "";
    for (size_t i = 0; i < expression->count; i++) {
        const struct expression *part = &expression->parts[i];
        if (part->origin != ORIGIN_VALUE)
            place = arena_format(scope->arena, "%s%s%s", place,
                                 place[0] == '\0'                     ? ""
                                 : expression->origin == ORIGIN_FIRST ? ", else "
                                                                      : " and ",
                                 expression_place(part, scope));
    }
    return place;
}

const char *value_place(const struct value *value, const struct expression *expression, const struct scope *scope)
{
    if (value->text == NULL)
        return expression_place(expression, scope);
    return value->from == NULL ? "the default" : expression_place(value->from, scope);
}

// --- where it comes from

// A scalar as text, NULL for what is not there. False for a list or an object.
static bool scalar(const json_t *json, struct scope *scope, const char **ret_text)
{
    *ret_text = NULL;
    if (json == NULL || json_is_null(json))
        return true;
    if (json_is_string(json))
        *ret_text = json_string_length(json) > 0 ? json_string_value(json) : NULL;
    else if (json_is_integer(json))
        *ret_text = arena_format(scope->arena, "%lld", (long long)json_integer_value(json));
    else if (json_is_boolean(json))
        *ret_text = json_is_true(json) ? "true" : "false";
    return !json_is_array(json) && !json_is_object(json);
}

static bool from_pointer(const struct expression *expression, struct scope *scope, struct value *ret_value)
{
    json_t *json = pointer_find(&expression->pointer, expression->pointer.root ? scope->root : scope->item);
    *ret_value = (struct value){.theirs = true, .from = expression};
    if (scalar(json, scope, &ret_value->text))
        return true;
    return scope_fail(scope, expression_place(expression, scope), "is %s where a single value belongs",
                      json_is_array(json) ? "a list" : "an object");
}

static bool from_first(const struct expression *expression, struct scope *scope, struct value *ret_value)
{
    for (size_t i = 0; i < expression->count; i++) {
        if (!expression_value(&expression->parts[i], scope, ret_value))
            return false;
        if (ret_value->text != NULL)
            return true;
    }
    return true;
}

static bool from_text(const struct expression *expression, struct scope *scope, struct value *ret_value)
{
    const char *whole = "";
    bool theirs = false;
    for (size_t i = 0; i < expression->count; i++) {
        if (!expression_value(&expression->parts[i], scope, ret_value))
            return false;
        if (ret_value->text == NULL)
            return true;
        theirs = theirs || ret_value->theirs;
        if (!scope_spend(scope, 0, strlen(whole) + strlen(ret_value->text)))
            return false;
        whole = arena_format(scope->arena, "%s%s", whole, ret_value->text);
    }
    *ret_value = (struct value){.text = whole, .theirs = theirs, .from = expression};
    return true;
}

static bool add_entry(const struct expression *part, struct scope *scope, const struct pointer_item *entry,
                      const char **ret_text)
{
    struct value value = {0};
    size_t failed;
    int holds = part->where == NULL ? 1 : conditions_hold(part->where, scope, &failed);
    if (holds != 1 || part->amount == NULL)
        return holds == 0 || (holds == 1 && (scalar(entry->json, scope, ret_text) ||
                                             scope_fail(scope, entry->path, "is no number that can be added")));
    if (!expression_value(part->amount, scope, &value))
        return false;
    *ret_text = value.text;
    return true;
}

// What an entry adds: itself, or what it has where its part of the sum says so. NULL: it does not count.
static bool counted(const struct expression *part, struct scope *scope, const struct pointer_item *entry,
                    const char **ret_text)
{
    json_t *item = scope->item;
    const char *path = scope->item_path;
    scope->item = entry->json;
    scope->item_path = entry->path;
    bool good = add_entry(part, scope, entry, ret_text);
    scope->item = item;
    scope->item_path = path;
    return good;
}

// Adds all that stands there; `found` counts what did.
static bool add_up(const struct expression *expression, struct scope *scope, int128 *sum, size_t *found)
{
    struct pointer_item *items = NULL;
    size_t count = 0;
    const char *path;
    const struct pointer *pointer = &expression->pointer;
    const char *fault =
        pointer_all(pointer, pointer->root ? scope->root : scope->item, pointer->root ? "" : scope->item_path,
                    MAPPING_ITEMS_MAX, scope->arena, &items, &count, &path);
    if (fault != NULL)
        return scope_fail(scope, path, "%s", fault);
    if (!scope_spend(scope, count, 0))
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *text = NULL;
        int64_t micros = 0;
        if (!counted(expression, scope, &items[i], &text))
            return false;
        if (text != NULL && !decimal_micros(text, strlen(text), &micros))
            return scope_fail(scope, items[i].path, "is no number that can be added");
        *found += text != NULL;
        *sum += micros;
    }
    return true;
}

// The parts of a list are added; where one that names a single place finds nothing there is no sum.
static bool add_parts(const struct expression *expression, struct scope *scope, struct value *ret_value)
{
    int128 sum = 0;
    size_t found = 0, parts = expression->count > 0 ? expression->count : 1;
    for (size_t i = 0; i < parts; i++) {
        const struct expression *part = expression->count > 0 ? &expression->parts[i] : expression;
        size_t before = found;
        if (!add_up(part, scope, &sum, &found))
            return false;
        if (found == before && !part->pointer.many)
            return true;
    }
    if (sum > MONEY_MAX || sum < -MONEY_MAX)
        return scope_fail(scope, expression_place(expression, scope), "add up to too much");
    ret_value->theirs = found > 0;
    char *buffer = arena_take(scope->arena, MONEY_TEXT_BYTES);
    money_print((int64_t)sum, buffer);
    ret_value->text = ret_value->theirs ? buffer : NULL;
    ret_value->from = expression;
    return true;
}

// A sum within the entries of a sum belongs to the outer one.
static bool from_sum(const struct expression *expression, struct scope *scope, struct value *ret_value)
{
    bool outer = scope->around == NULL;
    if (outer) {
        scope->around = scope->item;
        scope->around_path = scope->item_path;
    }
    bool good = add_parts(expression, scope, ret_value);
    if (outer)
        scope->around = NULL;
    return good;
}

// The customer of the whole body, wherever in it we are.
static bool from_customer(struct scope *scope, struct value *ret_value)
{
    json_t *item = scope->item;
    const char *path = scope->item_path;
    scope->item = scope->root;
    scope->item_path = "";
    bool good = scope->customer == NULL || expression_value(scope->customer, scope, ret_value);
    scope->item = item;
    scope->item_path = path;
    return good;
}

static const char *asked(const char *(*ask)(const void *, const char *), const struct scope *scope, const char *name)
{
    const char *text = ask == NULL ? NULL : ask(scope->body->owner, name);
    return text == NULL || text[0] == '\0' ? NULL : text;
}

static bool find(const struct expression *expression, struct scope *scope, struct value *ret_value)
{
    size_t failed;
    int holds = expression->when == NULL ? 1 : conditions_hold(expression->when, scope, &failed);
    *ret_value = (struct value){0};
    if (holds != 1)
        return holds == 0;
    switch (expression->origin) {
    case ORIGIN_POINTER:
        return from_pointer(expression, scope, ret_value);
    case ORIGIN_FIRST:
        return from_first(expression, scope, ret_value);
    case ORIGIN_TEXT:
        return from_text(expression, scope, ret_value);
    case ORIGIN_SUM:
        return from_sum(expression, scope, ret_value);
    case ORIGIN_CUSTOMER:
        return from_customer(scope, ret_value);
    case ORIGIN_HEADER:
        *ret_value = (struct value){
            .text = asked(scope->body->header, scope, expression->text), .theirs = true, .from = expression};
        return true;
    case ORIGIN_QUERY:
        *ret_value = (struct value){
            .text = asked(scope->body->query, scope, expression->text), .theirs = true, .from = expression};
        return true;
    case ORIGIN_VALUE:
        *ret_value = (struct value){.text = expression->text, .from = expression};
        return true;
    }
    must(false);
    return false;
}

// --- what is done with it

static bool translate(const struct expression *expression, struct scope *scope, struct value *value)
{
    for (size_t i = 0; i < expression->word_count; i++) {
        if (strcmp(expression->words[i].theirs, value->text) == 0) {
            value->text = expression->words[i].ours;
            return true;
        }
    }
    if (!expression->other_given)
        return scope_fail(scope, expression_place(expression, scope), "is \"%.*s\", which `values` does not know",
                          SHOWN_BYTES, value->text);
    value->text = expression->other;
    return true;
}

static bool reckon(const struct expression *expression, struct scope *scope, struct value *value)
{
    char plain[DECIMAL_TEXT_BYTES], text[DECIMAL_TEXT_BYTES];
    if (!decimal_plain(value->text, strlen(value->text), plain))
        return scope_fail(scope, expression_place(expression, scope), "is no number: \"%.*s\"", SHOWN_BYTES,
                          value->text);
    decimal_shift(plain, expression->minor, text);
    bool flip = expression->negate, negative = text[0] == '-';
    value->text = arena_format(scope->arena, "%s%s", flip && !negative ? "-" : "", text + (flip && negative));
    return true;
}

// Reads an amount and its currency, NULL for nothing that is worth anything. `*ret_decimals` is how many digits are
// written behind the point.
static bool read_worth(const struct expression *worth, struct scope *scope, int64_t *ret_micros, const char **ret_code,
                       int *ret_decimals)
{
    struct value value = {0}, code = {0};
    *ret_code = NULL;
    if (!expression_value(worth, scope, &value))
        return false;
    if (value.text == NULL || !decimal_micros(value.text, strlen(value.text), ret_micros) || *ret_micros <= 0 ||
        value.reader->currency == NULL)
        return true;
    const char *point = strchr(value.text, '.');
    size_t decimals = point == NULL ? 0 : strspn(point + 1, "0123456789");
    *ret_decimals = decimals > MONEY_DIGITS ? MONEY_DIGITS : (int)decimals;
    if (!expression_value(value.reader->currency, scope, &code))
        return false;
    *ret_code = code.text;
    return true;
}

// Rounded to the decimals that the amounts of that currency are written with.
static const char *exchanged(struct arena *arena, int64_t micros, int64_t from, int64_t to, int decimals)
{
    int128 unit = 1, amount = (int128)micros * to;
    for (int i = decimals; i < MONEY_DIGITS; i++)
        unit *= 10;
    int128 step = unit * from, half = amount < 0 ? -(step / 2) : step / 2;
    amount = (amount + half) / step * unit;
    if (amount > MONEY_MAX || amount < -MONEY_MAX)
        return NULL;
    char *text = arena_take(arena, MONEY_TEXT_BYTES);
    money_print((int64_t)amount, text);
    return text;
}

static bool convert(const struct expression *expression, struct scope *scope, struct value *value)
{
    const struct exchange *exchange = expression->exchange;
    struct value of = {0}, into = {0};
    int64_t micros, from = 0, to = 0;
    const char *from_code, *to_code;
    int decimals = 0, unused;
    if (!expression_value(exchange->of, scope, &of) || !expression_value(exchange->into, scope, &into))
        return false;
    if (of.text == NULL || into.text == NULL || strcmp(of.text, into.text) == 0)
        return true;
    if (!read_worth(exchange->to, scope, &to, &to_code, &decimals) ||
        !read_worth(exchange->from, scope, &from, &from_code, &unused))
        return false;
    const char *place = expression_place(expression, scope);
    if (from_code == NULL || to_code == NULL || strcmp(of.text, from_code) != 0 || strcmp(into.text, to_code) != 0)
        return scope_fail(scope, place, "is in %.*s, and the body does not say what that is in %.*s", SHOWN_BYTES,
                          of.text, SHOWN_BYTES, into.text);
    if (!decimal_micros(value->text, strlen(value->text), &micros))
        return scope_fail(scope, place, "is no number: \"%.*s\"", SHOWN_BYTES, value->text);
    value->text = exchanged(scope->arena, micros, from, to, decimals);
    return value->text != NULL || scope_fail(scope, place, "is too much");
}

// A copy without blanks around it, in lower case; NULL when nothing is left. Only A to Z: how others are written small
// hangs on a language.
static const char *make_lower(struct arena *arena, const char *text)
{
    static const char blanks[] = " \t\r\n";
    text += strspn(text, blanks);
    size_t length = strlen(text);
    while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
        length--;
    char *copy = arena_text(arena, text, length);
    for (char *at = copy; *at != '\0'; at++)
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at);
    return length > 0 ? copy : NULL;
}

// Whether the text is one of those that stand for nothing.
static bool means_nothing(const struct expression *expression, const char *text)
{
    for (size_t i = 0; i < expression->unless_count; i++)
        if (strcmp(expression->unless[i], text) == 0)
            return true;
    return false;
}

bool expression_value(const struct expression *expression, struct scope *scope, struct value *ret_value)
{
    struct value value = {0};
    if (!scope_spend(scope, 0, VALUE_BYTES) || !find(expression, scope, &value))
        return false;
    value.raw = value.raw == NULL ? value.text : value.raw;
    if (value.text != NULL && expression->lower)
        value.text = make_lower(scope->arena, value.text);
    if (value.text != NULL && means_nothing(expression, value.text))
        value.text = NULL;
    // Who writes `other` means every other case, that nothing is there too.
    const char *instead = expression->fallback != NULL ? expression->fallback
                          : value.text == NULL         ? expression->other
                                                       : NULL;
    if (value.text != NULL && expression->word_count > 0 && !translate(expression, scope, &value))
        return false;
    if (value.text == NULL && instead != NULL) {
        *ret_value = (struct value){.text = instead, .raw = instead, .reader = expression};
        return true;
    }
    if (value.text == NULL && expression->required)
        return scope_fail(scope, expression_place(expression, scope), "is missing, and the mapping requires it");
    if (value.text != NULL && (expression->minor > 0 || expression->negate) && !reckon(expression, scope, &value))
        return false;
    if (value.text != NULL && expression->exchange != NULL && !convert(expression, scope, &value))
        return false;
    if (value.text != NULL && expression->day) {
        const char *day = expression_day(expression, scope, value.text);
        if (day == NULL)
            return scope_fail(scope, expression_place(expression, scope), "is no time: \"%.*s\"", SHOWN_BYTES,
                              value.text);
        value.text = day;
    }
    // What the whole expression says about the writing holds for all of its parts.
    if (value.reader == NULL || expression->clock != CLOCK_TEXT || expression->format != NULL ||
        expression->zone != NULL || expression->currency != NULL)
        value.reader = expression;
    *ret_value = value;
    return true;
}

// --- times

static bool read_count(const struct expression *expression, const char *text, int64_t *ret_seconds, int32_t *ret_nanos)
{
    // Units of a second, as powers of ten; a day is counted in whole ones.
    static const int shifts[] = {[CLOCK_SECONDS] = 0, [CLOCK_MILLIS] = 3, [CLOCK_MICROS] = 6, [CLOCK_DAYS] = 0};
    char plain[DECIMAL_TEXT_BYTES], shifted[DECIMAL_TEXT_BYTES];
    if (!decimal_plain(text, strlen(text), plain) || plain[0] == '-')
        return false;
    decimal_shift(plain, shifts[expression->clock], shifted);
    int64_t whole = 0;
    int32_t nanos = 0, unit = STAMP_NANOS / 10;
    const char *at = shifted;
    for (; *at >= '0' && *at <= '9'; at++) {
        whole = whole * 10 + (*at - '0');
        if (whole > STAMP_SECONDS_MAX)
            return false;
    }
    for (at += *at == '.'; *at != '\0'; at++, unit /= 10)
        nanos += (*at - '0') * unit;
    if (expression->clock == CLOCK_DAYS && (nanos != 0 || whole > STAMP_SECONDS_MAX / DAY_SECONDS))
        return false;
    // A day stands for its noon, as a day that is written out does.
    *ret_seconds = expression->clock == CLOCK_DAYS ? whole * DAY_SECONDS + DAY_SECONDS / 2 : whole;
    *ret_nanos = nanos;
    return true;
}

// A fraction of a second, taken out of the text: moment.h has no use for it, and the order of two amendments may hang
// on it. Returns the text without it.
static const char *without_fraction(struct arena *arena, const char *text, int32_t *ret_nanos)
{
    const char *colon = strrchr(text, ':');
    const char *point = strrchr(text, '.');
    *ret_nanos = 0;
    // An offset has a colon behind the fraction.
    if (colon == NULL || point == NULL || point < text + 8 || point[-3] != ':')
        return text;
    size_t digits = strspn(point + 1, "0123456789");
    if (digits == 0 || digits > FRACTION_DIGITS)
        return text;
    int32_t unit = STAMP_NANOS / 10;
    for (size_t i = 0; i < digits; i++, unit /= 10)
        *ret_nanos += (point[1 + i] - '0') * unit;
    return arena_format(arena, "%.*s%s", (int)(point - text), text, point + 1 + digits);
}

static const struct zone *zone_of(const struct expression *expression, const struct scope *scope)
{
    return expression->zone == NULL ? scope->zone : expression->zone;
}

static bool read_text(const struct expression *expression, struct arena *arena, const char *text,
                      struct moment *ret_moment, int32_t *ret_nanos)
{
    if (strlen(text) > TIME_BYTES)
        return false;
    text = without_fraction(arena, text, ret_nanos);
    size_t length = strlen(text);
    if (expression->format != NULL && moment_parse(expression->format, text, length, ret_moment))
        return true;
    // RFC 3339 names its offset, whatever else the format says.
    return moment_parse(NULL, text, length, ret_moment) && (expression->format == NULL || ret_moment->absolute);
}

bool expression_instant(const struct expression *expression, const struct scope *scope, const char *text,
                        int64_t *ret_seconds, int32_t *ret_nanos)
{
    if (expression->clock != CLOCK_TEXT)
        return read_count(expression, text, ret_seconds, ret_nanos);
    struct moment moment;
    int32_t nanos;
    if (!read_text(expression, scope->arena, text, &moment, &nanos))
        return false;
    *ret_seconds = moment_instant_s(&moment, zone_of(expression, scope));
    *ret_nanos = nanos;
    return stamp_valid(*ret_seconds, nanos);
}

const char *expression_day(const struct expression *expression, struct scope *scope, const char *text)
{
    char *day = arena_take(scope->arena, STAMP_TEXT_BYTES);
    struct moment moment;
    int32_t nanos;
    int64_t seconds;
    if (expression->clock == CLOCK_TEXT) {
        if (!read_text(expression, scope->arena, text, &moment, &nanos))
            return NULL;
        day_print(moment_day(&moment, zone_of(expression, scope)), day);
        return day;
    }
    if (!read_count(expression, text, &seconds, &nanos))
        return NULL;
    bool days = expression->clock == CLOCK_DAYS;
    day_print(days ? (int32_t)(seconds / DAY_SECONDS) : zone_local(zone_of(expression, scope), seconds).day, day);
    return day;
}
