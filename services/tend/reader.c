#include "services/tend/reader.h"

#include "common/calendar.h"
#include "common/choice.h"
#include "common/lunar.h"
#include "common/money.h"
#include "common/must.h"
#include "common/utf8.h"
#include "services/tend/amount.h"
#include "services/tend/jsonrow.h"
#include "common/moment.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SHOWN_BYTES = 40, PPM = 1000000 };

void reader_start(struct reader *reader, const struct binding *binding, const struct row *row, struct arena *arena)
{
    *reader = (struct reader){.binding = binding, .row = row, .arena = arena};
}

bool reader_good(const struct reader *reader)
{
    return reader->column == NULL;
}

static const char *title(const struct bound *bound)
{
    return bound->header != NULL ? bound->header : bound->name;
}

static void complain(struct reader *reader, const struct bound *bound, const char *format, va_list arguments)
{
    if (reader->column != NULL)
        return;
    reader->column = title(bound);
    vsnprintf(reader->reason, sizeof reader->reason, format, arguments);
}

void reader_complain(struct reader *reader, size_t column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    complain(reader, &reader->binding->columns[column], format, arguments);
    va_end(arguments);
}

// Says what the column holds and what it should hold.
static void refuse(struct reader *reader, size_t column, struct field field, const char *should)
{
    size_t length = utf8_cut(field.text, field.length, SHOWN_BYTES);
    reader_complain(reader, column, "\"%.*s%s\" is no %s", (int)length, field.text, length < field.length ? "..." : "",
                    should);
}

static struct field translate(const struct source *source, struct field field)
{
    for (size_t i = 0; source != NULL && i < source->translation_count; i++)
        if (strcmp(source->translations[i].from, field.text) == 0)
            return (struct field){source->translations[i].to, strlen(source->translations[i].to)};
    return field;
}

// What stands in the column, translated; empty when it is not bound.
static struct field cell(const struct reader *reader, const struct bound *bound)
{
    if (!bound->present)
        return (struct field){"", 0};
    if (bound->value != NULL)
        return (struct field){bound->value, strlen(bound->value)};
    must(bound->column < reader->row->count);
    struct field field = reader->row->fields[bound->column];
    for (size_t i = 0; field.length == 0 && i < bound->other_count; i++)
        field = reader->row->fields[bound->others[i]];
    return translate(bound->source, field);
}

static struct field column_cell(const struct reader *reader, size_t column)
{
    must(column < reader->binding->count);
    return cell(reader, &reader->binding->columns[column]);
}

bool reader_void(const struct reader *reader)
{
    const struct binding *binding = reader->binding;
    return binding->status.present && layout_void(binding->layout, cell(reader, &binding->status).text);
}

bool reader_has(const struct reader *reader, size_t column)
{
    return column_cell(reader, column).length > 0;
}

bool reader_is(const struct reader *reader, size_t column, const char *text)
{
    return strcmp(column_cell(reader, column).text, text) == 0;
}

bool reader_says(const struct reader *reader, size_t column)
{
    return reader->binding->columns[column].present && column_cell(reader, column).text != json_row_absent;
}

// Copies with runs of line ends and tabs made one space. False at a control character.
static bool clean(struct field field, char *ret_text)
{
    size_t used = 0;
    for (size_t i = 0; i < field.length; i++) {
        unsigned char byte = (unsigned char)field.text[i];
        bool second = byte == 0xc2 && i + 1 < field.length && (unsigned char)field.text[i + 1] < 0xa0;
        if (byte == '\n' || byte == '\t' || byte == '\r') {
            if (used > 0 && ret_text[used - 1] != ' ')
                ret_text[used++] = ' ';
        } else if (byte < 0x20 || byte == 0x7f || second) {
            return false;
        } else if (byte != ' ' || (used > 0 && (ret_text[used - 1] != ' ' || field.text[i - 1] == ' '))) {
            ret_text[used++] = (char)byte;
        }
    }
    while (used > 0 && ret_text[used - 1] == ' ')
        used--;
    ret_text[used] = '\0';
    return true;
}

static char *text_of(struct reader *reader, const struct bound *bound, bool required)
{
    struct field field = cell(reader, bound);
    char *text = arena_take(reader->arena, field.length + 1);
    bool good = clean(field, text);
    if (!good || (required && text[0] == '\0')) {
        text[0] = '\0';
        if (reader->column == NULL) {
            reader->column = title(bound);
            snprintf(reader->reason, sizeof reader->reason, "%s", good ? "is empty" : "holds a control character");
        }
    }
    return text;
}

const char *reader_unmarked(const char *text)
{
    if (text[0] != '\'')
        return text;
    const char *rest = text + 1;
    bool digits = rest[strspn(rest, "+0123456789 -()./")] == '\0' && strpbrk(rest, "0123456789") != NULL;
    return digits ? rest : text;
}

static char *code_of(struct reader *reader, const struct bound *bound, bool required)
{
    char *text = text_of(reader, bound, required);
    size_t mark = (size_t)(reader_unmarked(text) - text);
    reader->unmarked = reader->unmarked || mark > 0;
    return text + mark;
}

char *reader_text(struct reader *reader, size_t column)
{
    size_t count;
    const struct column *known = &kind_columns(reader->binding->kind, &count)[column];
    const struct bound *bound = &reader->binding->columns[column];
    return known->type == COLUMN_CODE ? code_of(reader, bound, known->need == COLUMN_REQUIRED)
                                      : text_of(reader, bound, known->need == COLUMN_REQUIRED);
}

char *reader_order(struct reader *reader)
{
    const struct binding *binding = reader->binding;
    return code_of(reader, binding->key.present ? &binding->key : &binding->columns[ORDER_ID], true);
}

char *reader_file(struct reader *reader, size_t file)
{
    must(file < reader->binding->file_count);
    return text_of(reader, &reader->binding->files[file], false);
}

static const struct zone *zone_of(const struct reader *reader, size_t column)
{
    const struct bound *bound = &reader->binding->columns[column];
    return bound->zone != NULL ? bound->zone : reader->binding->zone;
}

static bool read_moment(struct reader *reader, size_t column, struct moment *ret_moment)
{
    struct field field = column_cell(reader, column);
    const struct source *source = reader->binding->columns[column].source;
    const char *format = source == NULL ? NULL : source->format;
    if (field.length == 0) {
        size_t count;
        if (kind_columns(reader->binding->kind, &count)[column].need == COLUMN_REQUIRED)
            reader_complain(reader, column, "is empty");
        return false;
    }
    if (moment_parse(format, field.text, field.length, ret_moment) ||
        (format == NULL && dayorder_parse(reader->binding->dayorder, field.text, field.length, ret_moment)))
        return true;
    char should[120];
    bool open = format == NULL && dayorder_hint(field.text, field.length) == DAYORDER_OPEN;
    snprintf(should, sizeof should,
             open             ? "date that can be read in one way only: say --dates day-first or --dates month-first"
             : format == NULL ? "date such as 2026-05-17; a map says another format (--map FILE)"
                              : "date written as %.40s",
             format);
    refuse(reader, column, field, should);
    return false;
}

bool reader_time(struct reader *reader, size_t column, int64_t *ret_ms)
{
    struct moment moment;
    if (!read_moment(reader, column, &moment))
        return false;
    *ret_ms = moment_instant_s(&moment, zone_of(reader, column)) * 1000;
    return true;
}

char *reader_day(struct reader *reader, size_t column)
{
    struct moment moment;
    char *text = arena_take(reader->arena, DAY_TEXT_BYTES);
    text[0] = '\0';
    if (read_moment(reader, column, &moment))
        day_print(moment_day(&moment, zone_of(reader, column)), text);
    return text;
}

char *reader_yearly(struct reader *reader, size_t column)
{
    struct field field = column_cell(reader, column);
    struct date date;
    if (yearly_parse(field.text, field.length, &date))
        return arena_text(reader->arena, field.text, field.length);
    return reader_day(reader, column);
}

// Tables part the numbers as they like, and a day that returns each year is often written without its year.
char *reader_lunar(struct reader *reader, size_t column)
{
    struct field field = column_cell(reader, column);
    char *text = arena_text(reader->arena, field.text, field.length), *made;
    unsigned year = 0, month = 0, day = 0;
    int end = 0;
    for (char *at = text; *at != '\0'; at++)
        *at = *at == '/' || *at == '.' ? '-' : *at;
    bool whole = sscanf(text, "%4u-%2u-%2u%n", &year, &month, &day, &end) == 3 && text[end] == '\0';
    bool bare = !whole && sscanf(text + strspn(text, "-"), "%2u-%2u%n", &month, &day, &end) == 2 &&
                text[strspn(text, "-") + (size_t)end] == '\0';
    made = whole ? arena_format(reader->arena, "%04u-%02u-%02u", year, month, day)
                 : arena_format(reader->arena, "--%02u-%02u", month, day);
    struct lunar lunar;
    if ((whole || bare) && lunar_parse(made, strlen(made), &lunar))
        return made;
    if (field.length > 0)
        refuse(reader, column, field, "day of the Chinese calendar such as 1980-08-15 or --08-15");
    return arena_text(reader->arena, "", 0);
}

static bool parse_number(struct reader *reader, size_t column, struct field field, const struct amount *amount,
                         int64_t *ret_micros)
{
    const struct binding *binding = reader->binding;
    bool constant = binding->columns[column].value != NULL;
    enum decimal_sign sign = constant ? DECIMAL_POINT : binding->decimal;
    if (number_parse(amount->digits, amount->length, sign, ret_micros))
        return true;
    enum number_hint hint = number_hint(amount->digits, amount->length);
    if (hint == NUMBER_WRONG || hint == NUMBER_PLAIN)
        refuse(reader, column, field, hint == NUMBER_PLAIN ? "number that is kept: more than nine billion" : "number");
    else if (sign == DECIMAL_UNKNOWN)
        refuse(reader, column, field,
               "number that can be read in one way only: say --decimal point or --decimal comma");
    else
        refuse(reader, column, field,
               sign == DECIMAL_POINT ? "number in this file, whose decimals follow a point"
                                     : "number in this file, whose decimals follow a comma");
    return false;
}

bool reader_number(struct reader *reader, size_t column, int64_t *ret_micros)
{
    struct field field = column_cell(reader, column);
    struct amount amount = {.digits = field.text, .length = field.length};
    return field.length > 0 && parse_number(reader, column, field, &amount, ret_micros);
}

bool reader_amount(struct reader *reader, size_t column, int64_t *ret_micros, char *ret_currency)
{
    struct field field = column_cell(reader, column);
    struct amount amount;
    ret_currency[0] = '\0';
    if (field.length == 0)
        return false;
    if (!amount_split(field.text, field.length, &amount) || amount.percent) {
        refuse(reader, column, field, "amount");
        return false;
    }
    if (amount.sign && !reader->binding->currency_told) {
        refuse(reader, column, field,
               "clear amount: the sign may mean several currencies; name it with --currency or a map");
        return false;
    }
    memcpy(ret_currency, amount.currency, sizeof amount.currency);
    return parse_number(reader, column, field, &amount, ret_micros);
}

Tend__V1__Money *reader_make_money(struct reader *reader, int64_t micros, const char *currency)
{
    Tend__V1__Money *money = arena_take(reader->arena, sizeof *money);
    tend__v1__money__init(money);
    money->micros = micros;
    money->currency = arena_text(reader->arena, currency, strlen(currency));
    return money;
}

Tend__V1__Money *reader_money(struct reader *reader, size_t column, const char *currency)
{
    int64_t micros;
    char own[MONEY_CODE_BYTES];
    if (!reader_amount(reader, column, &micros, own))
        return NULL;
    return reader_make_money(reader, micros, own[0] != '\0' ? own : currency);
}

const char *reader_currency(struct reader *reader, size_t column)
{
    if (!reader_has(reader, column))
        return reader->binding->currency;
    char *code = reader_text(reader, column);
    for (char *at = code; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    if (strlen(code) != 3 || !money_code_valid(code))
        refuse(reader, column, column_cell(reader, column), "currency: three capitals such as USD");
    return code;
}

uint32_t reader_share(struct reader *reader, size_t column)
{
    struct field field = column_cell(reader, column);
    struct amount amount;
    int64_t micros;
    if (field.length == 0)
        return 0;
    if (!amount_split(field.text, field.length, &amount) || amount.sign || amount.currency[0] != '\0') {
        refuse(reader, column, field, "share: 0.15 or 15 %");
        return 0;
    }
    if (!parse_number(reader, column, field, &amount, &micros))
        return 0;
    int64_t ppm = amount.percent ? (micros + 50) / 100 : micros;
    if (micros < 0 || ppm > PPM) {
        refuse(reader, column, field, "share: 0.15 or 15 %");
        return 0;
    }
    return (uint32_t)ppm;
}

uint32_t reader_count(struct reader *reader, size_t column, uint32_t most)
{
    int64_t micros;
    if (!reader_number(reader, column, &micros))
        return 0;
    if (micros < 0 || micros % MONEY_MICROS != 0 || micros / MONEY_MICROS > most) {
        reader_complain(reader, column, "is no whole number from 0 to %u", most);
        return 0;
    }
    return (uint32_t)(micros / MONEY_MICROS);
}

int reader_choice(struct reader *reader, size_t column, const ProtobufCEnumDescriptor *choice,
                  const struct reader_word *words)
{
    struct field field = column_cell(reader, column);
    char word[CHOICE_TEXT_BYTES], near[CHOICE_TEXT_BYTES];
    char *text = reader_text(reader, column);
    if (field.length == 0 || text[0] == '\0')
        return 0;
    for (const struct reader_word *at = words; at != NULL && at->word != NULL; at++)
        if (strcasecmp(at->word, text) == 0)
            return at->value;
    size_t length = 0;
    for (; text[length] != '\0' && length < sizeof word - 1; length++)
        word[length] = text[length] == ' ' || text[length] == '-' ? '_' : (char)tolower((unsigned char)text[length]);
    word[length] = '\0';
    int value;
    if (choice_parse(choice, word, &value) && value != 0)
        return value;
    if (choice_nearest(choice, word, near))
        reader_complain(reader, column, "\"%.40s\" is not known; did you mean \"%s\"?", text, near);
    else
        reader_complain(reader, column, "\"%.40s\" is not known; a map says what it means (values)", text);
    return 0;
}
