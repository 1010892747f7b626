#include "services/ingest/shape.h"

#include "services/ingest/catalogue.h"
#include "services/ingest/decimal.h"

#include "common/calendar.h"
#include "common/choice.h"
#include "common/money.h"
#include "common/must.h"
#include "common/stamp.h"
#include "common/utf8.h"

#include "google/protobuf/timestamp.pb-c.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum {
    SHOWN_BYTES = 40,
    PERCENT = 100,
    MILLION = 1000000,
    WORD_BYTES = 256,    // of a number, a time or a word, however it is written
    CURRENCY_BYTES = 16, // of the name of a currency; longer ones are none
};

// One text on its way into a field.
struct passage {
    const struct assignment *assignment;
    const struct expression *expression;
    struct scope *scope;
    const struct shape_money *money;
    const struct value *value;
    const char *text;
    size_t length;
    const char *shown;
};

static bool refuse(struct passage *passage, const char *what)
{
    struct scope *scope = passage->scope;
    return scope_fail(scope, value_place(passage->value, passage->expression, scope), "is %s: \"%.*s\"", what,
                      (int)utf8_cut(passage->text, passage->length, SHOWN_BYTES), passage->text);
}

// The bytes of the space at the text: also a no-break and an ideographic one, which spreadsheets leave behind.
static size_t space_at(const char *text)
{
    if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    return strncmp(text, "\xC2\xA0", 2) == 0 ? 2 : strncmp(text, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

static void trim(struct passage *passage)
{
    for (size_t step; (step = space_at(passage->text)) > 0;)
        passage->text += step;
    passage->length = strlen(passage->text);
    while (passage->length > 0) {
        size_t last = utf8_cut(passage->text, passage->length, passage->length - 1);
        if (space_at(passage->text + last) == 0)
            return;
        passage->length = last;
    }
}

// A copy without control characters.
static char *copy_clean(struct passage *passage, bool line)
{
    char *copy = arena_take(passage->scope->arena, passage->length + 4);
    size_t used = 0;
    for (size_t i = 0; i < passage->length; i++) {
        unsigned char byte = (unsigned char)passage->text[i];
        unsigned char next = i + 1 < passage->length ? (unsigned char)passage->text[i + 1] : 0;
        if (byte == '\r' && next == '\n')
            continue;
        bool upper = byte == 0xC2 && next >= 0x80 && next < 0xA0;
        bool kept = !line && (byte == '\n' || byte == '\t');
        bool control = byte < 0x20 || byte == 0x7F || upper;
        copy[used++] = byte == '\r' && !line ? '\n' : control && !kept ? ' ' : (char)byte;
        i += upper;
    }
    copy[used] = '\0';
    passage->length = used;
    return copy;
}

static bool read_string(struct passage *passage, void *slot)
{
    static const char more[] = "\xE2\x80\xA6";
    const struct assignment *assignment = passage->assignment;
    size_t cut = assignment->cut;
    if (cut == 0 && passage->length > VERIFY_STRING_BYTES)
        return refuse(passage, "longer than a text may be");
    if (!scope_spend(passage->scope, 0, passage->length))
        return false;
    char *text = copy_clean(passage, assignment->text != SHAPE_TEXT_PLAIN);
    if (cut > 0 && passage->length > cut) {
        size_t kept = utf8_cut(text, passage->length, cut - (sizeof more - 1));
        memcpy(text + kept, more, sizeof more);
    }
    if (assignment->text == SHAPE_TEXT_CURRENCY)
        text = (char *)(uintptr_t)shape_currency(passage->scope->arena, text);
    if (assignment->text == SHAPE_TEXT_DAY || assignment->text == SHAPE_TEXT_YEARLY) {
        const char *day = expression_day(passage->value->reader, passage->scope, text);
        if (day == NULL && assignment->text == SHAPE_TEXT_DAY)
            return refuse(passage, "no day");
        text = day == NULL ? text : (char *)(uintptr_t)day;
    }
    *(char **)slot = text;
    passage->shown = text;
    return true;
}

static bool read_bool(struct passage *passage, void *slot)
{
    static const char *const words[] = {"false", "true", "0", "1", "no", "yes", "off", "on"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i]) == passage->length && strncasecmp(words[i], passage->text, passage->length) == 0) {
            *(protobuf_c_boolean *)slot = i % 2;
            passage->shown = words[i % 2];
            return true;
        }
    }
    return refuse(passage, "neither true nor false");
}

static bool read_choice(struct passage *passage, void *slot)
{
    const ProtobufCEnumDescriptor *choice = passage->assignment->field->descriptor;
    char *text = arena_text(passage->scope->arena, passage->text, passage->length), near[CHOICE_TEXT_BYTES];
    int value;
    bool known = choice_parse(choice, text, &value);
    for (char *at = text; *at != '\0' && !known; at++)
        *at = (char)tolower((unsigned char)*at);
    if (known || choice_parse(choice, text, &value)) {
        memcpy(slot, &value, sizeof value);
        passage->shown = text;
        return true;
    }
    if (choice_nearest(choice, text, near))
        return refuse(passage, arena_format(passage->scope->arena, "no word of ours (did you mean %s?)", near));
    return refuse(passage, "no word of ours; name it in `values`");
}

// A number in units of the field, rounded half away from zero: "0.25" by 1,000 is 250.
static bool read_units(struct passage *passage, int64_t *ret_units)
{
    int32_t scale = passage->assignment->scale;
    size_t length = passage->length;
    bool percent = scale == MILLION && length > 0 && passage->text[length - 1] == '%';
    length -= percent;
    while (percent && length > 0 && passage->text[length - 1] == ' ')
        length--;
    int64_t micros;
    if (!decimal_micros(passage->text, length, &micros))
        return refuse(passage, "no number");
    int64_t step = percent ? PERCENT : MILLION / scale;
    if (scale == 1 && micros % MILLION != 0)
        return refuse(passage, "no whole number");
    int64_t half = micros < 0 ? -(step / 2) : step / 2;
    *ret_units = (micros + half) / step;
    return true;
}

static bool read_number(struct passage *passage, void *slot)
{
    int64_t units = 0;
    ProtobufCType type = passage->assignment->field->type;
    if (!read_units(passage, &units))
        return false;
    bool wide = shape_value_bytes(passage->assignment->field) == sizeof units;
    bool natural = type == PROTOBUF_C_TYPE_UINT32 || type == PROTOBUF_C_TYPE_UINT64;
    if ((natural && units < 0) || (!wide && (units > (natural ? (int64_t)UINT32_MAX : INT32_MAX) || units < INT32_MIN)))
        return refuse(passage, "out of range");
    uint32_t narrow = (uint32_t)units;
    memcpy(slot, wide ? (const void *)&units : (const void *)&narrow, wide ? sizeof units : sizeof narrow);
    passage->shown = passage->scope->trace == NULL ? "" : arena_format(passage->scope->arena, "%lld", (long long)units);
    return true;
}

const char *shape_currency(struct arena *arena, const char *text)
{
    char *code = arena_text(arena, text, strnlen(text, CURRENCY_BYTES));
    for (char *at = code; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    if (catalogue_currency_known(code))
        return code;
    const char *meant = catalogue_currency_meant(code);
    return meant == NULL ? code : meant;
}

static bool read_money(struct passage *passage, void *slot)
{
    struct scope *scope = passage->scope;
    struct arena *arena = scope->arena;
    const struct expression *currency = passage->value->reader->currency;
    const char *code = passage->money->currency, *own = "";
    const char *space = memrchr(passage->text, ' ', passage->length);
    size_t digits = passage->length;
    if (space != NULL && passage->text + passage->length - space == MONEY_CODE_BYTES)
        own = shape_currency(arena, arena_text(arena, space + 1, MONEY_CODE_BYTES - 1));
    if (money_code_valid(own)) {
        code = own;
        digits = (size_t)(space - passage->text);
    } else if (currency != NULL) {
        struct value value;
        if (!expression_value(currency, scope, &value))
            return false;
        code = value.text == NULL ? code : shape_currency(arena, value.text);
    }
    Tend__V1__Money *money = arena_take(arena, sizeof *money);
    tend__v1__money__init(money);
    if (!decimal_micros(passage->text, digits, &money->micros))
        return refuse(passage, "no amount of money");
    money->currency = arena_text(arena, code, strlen(code));
    *(Tend__V1__Money **)slot = money;
    if (scope->trace != NULL) {
        char amount[MONEY_TEXT_BYTES];
        money_print(money->micros, amount);
        passage->shown = arena_format(arena, "%s%s%s", amount, code[0] == '\0' ? "" : " ", code);
    }
    return true;
}

static bool read_time(struct passage *passage, void *slot)
{
    struct arena *arena = passage->scope->arena;
    Google__Protobuf__Timestamp *time = arena_take(arena, sizeof *time);
    google__protobuf__timestamp__init(time);
    const char *text = arena_text(arena, passage->text, passage->length);
    if (!expression_instant(passage->value->reader, passage->scope, text, &time->seconds, &time->nanos))
        return refuse(passage, "no time");
    *(Google__Protobuf__Timestamp **)slot = time;
    if (passage->scope->trace != NULL) {
        char *shown = arena_take(arena, STAMP_TEXT_BYTES);
        stamp_print(time->seconds, time->nanos, shown);
        passage->shown = shown;
    }
    return true;
}

bool shape_is_value(const ProtobufCFieldDescriptor *field)
{
    return field->type != PROTOBUF_C_TYPE_MESSAGE || field->descriptor == &tend__v1__money__descriptor ||
           field->descriptor == &google__protobuf__timestamp__descriptor;
}

size_t shape_value_bytes(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
        return sizeof(int64_t);
    default:
        return sizeof(int32_t);
    }
}

bool shape_value(const struct assignment *assignment, const struct expression *expression, struct scope *scope,
                 const struct shape_money *money, const struct value *value, void *slot, bool *ret_empty,
                 const char **ret_shown)
{
    struct passage passage = {.assignment = assignment,
                              .expression = expression,
                              .scope = scope,
                              .money = money,
                              .value = value,
                              .text = value->text,
                              .shown = ""};
    const ProtobufCFieldDescriptor *field = assignment->field;
    trim(&passage);
    *ret_empty = passage.length == 0;
    if (*ret_empty)
        return true;
    if (field->type != PROTOBUF_C_TYPE_STRING && passage.length > WORD_BYTES)
        return refuse(&passage, "too long for what it should be");
    bool good = field->type == PROTOBUF_C_TYPE_STRING                           ? read_string(&passage, slot)
                : field->type == PROTOBUF_C_TYPE_BOOL                           ? read_bool(&passage, slot)
                : field->type == PROTOBUF_C_TYPE_ENUM                           ? read_choice(&passage, slot)
                : field->type != PROTOBUF_C_TYPE_MESSAGE                        ? read_number(&passage, slot)
                : field->descriptor == &google__protobuf__timestamp__descriptor ? read_time(&passage, slot)
                                                                                : read_money(&passage, slot);
    *ret_shown = passage.shown;
    return good;
}
