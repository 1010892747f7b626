#include "common/config_value.h"

#include "common/calendar.h"
#include "common/config_text.h"
#include "common/money.h"
#include "common/must.h"
#include "common/nearest.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <string.h>

// Far beyond any count of ours, and sums of a few stay in 64 bits.
#define NUMBER_MAX INT64_C(1000000000000000000)

enum { HOST_BYTES = 253, PORT_MAX = 65535, FILE_NAME_BYTES = 4095, PERCENT_MAX_PPM = 1000000 };

struct unit {
    const char *name;
    int64_t size;
};

static const struct unit time_units[] = {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};
static const struct unit byte_units[] = {
    {"TiB", INT64_C(1) << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}};

// Reads digits and returns how many; a number past the end becomes INT64_MAX, which no range takes.
static size_t read_digits(const char *text, size_t length, int64_t *ret_number)
{
    int64_t number = 0;
    size_t at = 0;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++)
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, text[at] - '0', &number))
            number = INT64_MAX;
    *ret_number = number;
    return at;
}

static bool read_integer(const char *text, size_t length, int64_t *ret_number)
{
    bool negative = length > 0 && text[0] == '-';
    text += negative;
    length -= negative;
    int64_t number;
    // A leading zero means octal to some readers of YAML and nothing to others.
    if (length == 0 || read_digits(text, length, &number) != length || (length > 1 && text[0] == '0'))
        return false;
    *ret_number = negative ? -number : number;
    return true;
}

static const struct unit *find_unit(const struct unit *units, size_t count, const char *text, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(units[i].name) == length && memcmp(units[i].name, text, length) == 0)
            return &units[i];
    return NULL;
}

// Numbers with units, each unit smaller than the one before: "1h30m". "0" needs none.
static bool read_units(const struct unit *units, size_t count, const char *text, size_t length, int64_t *ret_number)
{
    int64_t sum = 0, last = INT64_MAX;
    size_t at = 0;
    while (at < length) {
        int64_t number;
        size_t digits = read_digits(text + at, length - at, &number);
        at += digits;
        size_t letters = 0;
        while (at + letters < length && (text[at + letters] < '0' || text[at + letters] > '9'))
            letters++;
        if (length == 1 && digits == 1 && number == 0)
            break;
        const struct unit *unit = find_unit(units, count, text + at, letters);
        if (digits == 0 || unit == NULL || unit->size >= last)
            return false;
        if (__builtin_mul_overflow(number, unit->size, &number) || __builtin_add_overflow(sum, number, &sum))
            sum = INT64_MAX;
        last = unit->size;
        at += letters;
    }
    if (length == 0)
        return false;
    *ret_number = sum;
    return true;
}

static bool read_duration(const char *text, size_t length, int64_t *ret_number)
{
    return read_units(time_units, sizeof time_units / sizeof *time_units, text, length, ret_number);
}

static bool read_bytes(const char *text, size_t length, int64_t *ret_number)
{
    return read_units(byte_units, sizeof byte_units / sizeof *byte_units, text, length, ret_number);
}

static bool read_decimal(const char *text, size_t length, int64_t *ret_number)
{
    return money_parse(text, length, ret_number);
}

// A percent is ten thousand parts per million, so a micro of a percent must come in hundreds.
static bool read_percent(const char *text, size_t length, int64_t *ret_number)
{
    if (length > 0 && text[length - 1] == '%')
        length--;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    int64_t micros;
    if (!money_parse(text, length, &micros) || micros % 100 != 0)
        return false;
    *ret_number = micros / 100;
    return true;
}

static bool read_day(const char *text, size_t length, int64_t *ret_number)
{
    int32_t day;
    if (!day_parse(text, length, &day))
        return false;
    *ret_number = day;
    return true;
}

static bool read_minute(const char *text, size_t length, int64_t *ret_number)
{
    int64_t hour, minute;
    size_t digits = read_digits(text, length, &hour);
    if (digits < 1 || digits > 2 || length != digits + 3 || text[digits] != ':' ||
        read_digits(text + digits + 1, 2, &minute) != 2 || minute > 59 || hour > 24 || (hour == 24 && minute > 0))
        return false;
    *ret_number = hour * 60 + minute;
    return true;
}

static void print_integer(int64_t number, char *buffer)
{
    snprintf(buffer, CONFIG_NUMBER_BYTES, "%lld", (long long)number);
}

// In the largest unit that says it without a rest.
static void print_units(const struct unit *units, size_t count, int64_t number, char *buffer)
{
    size_t i = 0;
    while (i + 1 < count && (number == 0 || number % units[i].size != 0))
        i++;
    snprintf(buffer, CONFIG_NUMBER_BYTES, "%lld%s", (long long)(number / units[i].size),
             number == 0 ? "" : units[i].name);
}

static void print_duration(int64_t number, char *buffer)
{
    print_units(time_units, sizeof time_units / sizeof *time_units, number, buffer);
}

static void print_bytes(int64_t number, char *buffer)
{
    print_units(byte_units, sizeof byte_units / sizeof *byte_units, number, buffer);
}

static void print_decimal(int64_t number, char *buffer)
{
    _Static_assert(MONEY_TEXT_BYTES <= (int)CONFIG_NUMBER_BYTES, "money fits");
    size_t length = money_print(number, buffer);
    if (length > 3 && strcmp(buffer + length - 3, ".00") == 0)
        buffer[length - 3] = '\0';
}

static void print_percent(int64_t number, char *buffer)
{
    print_decimal(number * 100, buffer);
    size_t length = strlen(buffer);
    must(length + 1 < CONFIG_NUMBER_BYTES);
    memcpy(buffer + length, "%", 2);
}

static void print_day(int64_t number, char *buffer)
{
    day_print((int32_t)number, buffer);
}

static void print_minute(int64_t number, char *buffer)
{
    snprintf(buffer, CONFIG_NUMBER_BYTES, "%02d:%02d", (int)(number / 60), (int)(number % 60));
}

static bool host_valid(const char *host, size_t length, bool bracketed)
{
    char copy[HOST_BYTES + 1];
    unsigned char binary[sizeof(struct in6_addr)];
    if (length == 0 || length > HOST_BYTES)
        return false;
    memcpy(copy, host, length);
    copy[length] = '\0';
    if (bracketed)
        return inet_pton(AF_INET6, copy, binary) == 1;
    if (strspn(copy, "0123456789.") == length)
        return inet_pton(AF_INET, copy, binary) == 1;
    static const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    return strspn(copy, letters) == length && copy[0] != '-' && copy[0] != '.';
}

bool config_value_address(const char *text, size_t length, const char **ret_host, size_t *ret_host_length,
                          int *ret_port)
{
    const char *colon = memrchr(text, ':', length);
    if (colon == NULL)
        return false;
    size_t host_length = (size_t)(colon - text);
    size_t port_length = length - host_length - 1;
    bool bracketed = host_length > 2 && text[0] == '[' && colon[-1] == ']';
    const char *host = bracketed ? text + 1 : text;
    host_length -= bracketed ? 2 : 0;
    int64_t port;
    if (!host_valid(host, host_length, bracketed) || !read_integer(colon + 1, port_length, &port) || port < 0 ||
        port > PORT_MAX || colon[1] == '-')
        return false;
    *ret_host = host;
    *ret_host_length = host_length;
    *ret_port = (int)port;
    return true;
}

static bool check_address(const char *text, size_t length)
{
    const char *host;
    size_t host_length;
    int port;
    return config_value_address(text, length, &host, &host_length, &port);
}

// No abstract sockets ("@name"): they belong to nobody, so any local user could bind one first.
static bool check_endpoint(const char *text, size_t length)
{
    if (length > 6 && memcmp(text, "ipc://", 6) == 0)
        return text[6] != '@' && text[6] != '*';
    const char *host;
    size_t host_length;
    int port;
    return length > 6 && memcmp(text, "tcp://", 6) == 0 &&
           config_value_address(text + 6, length - 6, &host, &host_length, &port) && port > 0;
}

// A pasted address or key instead of the name of its file.
static bool check_secret(const char *text, size_t length)
{
    return memmem(text, length, "://", 3) == NULL && memchr(text, '=', length) == NULL;
}

static const struct config_kind kinds[CONFIG_TYPES] = {
    [CONFIG_TEXT] = {.label = "a text", .max = CONFIG_TEXT_BYTES},
    [CONFIG_NAME] = {.label = "a name", .max = CONFIG_TEXT_BYTES},
    [CONFIG_FILE] = {.label = "a file name", .max = FILE_NAME_BYTES},
    [CONFIG_SECRET] = {.label = "the name of a file that holds the secret, not the secret itself",
                       .check = check_secret,
                       .max = FILE_NAME_BYTES},
    [CONFIG_ENDPOINT] = {.label = "an endpoint such as ipc:///run/tend/ingest.sock or tcp://10.0.0.1:7420",
                         .check = check_endpoint,
                         .max = CONFIG_TEXT_BYTES},
    [CONFIG_ADDRESS] = {.label = "an address such as 127.0.0.1:7410 or [::1]:7410",
                        .check = check_address,
                        .max = CONFIG_TEXT_BYTES},
    [CONFIG_INTEGER] = {"a whole number", read_integer, print_integer, NULL, -NUMBER_MAX, NUMBER_MAX},
    [CONFIG_DURATION] = {"a duration such as 90s, 15m, 2h or 7d", read_duration, print_duration, NULL, 0,
                         INT64_C(36500) * 86400000},
    [CONFIG_BYTES] = {"a size such as 512B, 16KiB, 64MiB or 2GiB", read_bytes, print_bytes, NULL, 0, INT64_C(1) << 50},
    [CONFIG_DECIMAL] = {"a decimal number of at most six places, such as 7.85", read_decimal, print_decimal, NULL,
                        -MONEY_MAX, MONEY_MAX},
    [CONFIG_PERCENT] = {"a percentage such as 65% or 2.5%", read_percent, print_percent, NULL, 0, PERCENT_MAX_PPM},
    [CONFIG_DAY] = {"a day such as 2026-01-31", read_day, print_day, NULL, DAY_MIN, DAY_MAX},
    [CONFIG_MINUTE] = {"a time of day such as 08:30", read_minute, print_minute, NULL, 0, DAY_MINUTES},
    [CONFIG_FLAG] = {.label = "true or false"},
    [CONFIG_CHOICE] = {.label = "a choice"},
    [CONFIG_SET] = {.label = "a choice"},
};

const struct config_kind *config_kind(enum config_type type)
{
    must(type < CONFIG_TYPES);
    return kinds[type].label == NULL ? NULL : &kinds[type];
}

bool config_kind_is_text(enum config_type type)
{
    return type <= CONFIG_ADDRESS || type == CONFIG_NAME;
}

void config_value_range(const struct config_key *row, int64_t *ret_min, int64_t *ret_max)
{
    const struct config_kind *kind = config_kind(row->type);
    must(kind != NULL);
    bool own = row->min != 0 || row->max != 0;
    must(row->min <= row->max);
    *ret_min = own && (row->min > kind->min || row->type == CONFIG_PERCENT) ? row->min : kind->min;
    *ret_max = own && (row->max < kind->max || row->type == CONFIG_PERCENT) ? row->max : kind->max;
}

void config_value_range_print(const struct config_key *row, char *buffer)
{
    const struct config_kind *kind = config_kind(row->type);
    must(kind != NULL);
    buffer[0] = '\0';
    if (kind->print == NULL)
        return;
    int64_t min, max;
    config_value_range(row, &min, &max);
    // Nobody needs to be told that a size is not below zero; a percentage is asked about.
    bool from = min > kind->min || row->type == CONFIG_PERCENT, to = max < kind->max || row->type == CONFIG_PERCENT;
    char least[CONFIG_NUMBER_BYTES], most[CONFIG_NUMBER_BYTES];
    kind->print(min, least);
    kind->print(max, most);
    if (to && (from || kind->min == 0))
        snprintf(buffer, CONFIG_RANGE_BYTES, "from %s to %s", least, most);
    else if (to)
        snprintf(buffer, CONFIG_RANGE_BYTES, "at most %s", most);
    else if (from)
        snprintf(buffer, CONFIG_RANGE_BYTES, "at least %s", least);
}

void config_value_suggest(const char *wrong, const char *const *names, size_t count, char *buffer)
{
    const char *near = nearest_name(wrong, names, count);
    buffer[0] = '\0';
    if (near != NULL)
        snprintf(buffer, CONFIG_TROUBLE_BYTES, "; did you mean \"%s\"?", near);
}

static const struct config_choice flags[] = {{"true", true}, {"false", false}, {NULL, 0}};

static bool read_choice(const struct config_key *row, const char *text, size_t length, char *trouble,
                        int64_t *ret_number)
{
    const struct config_choice *choices = row->type == CONFIG_FLAG ? flags : row->choices;
    const char *names[CONFIG_ROWS];
    char known[CONFIG_TROUBLE_BYTES / 2] = "";
    size_t count = 0, used = 0;
    for (; choices[count].name != NULL; count++) {
        must(count < CONFIG_ROWS);
        names[count] = choices[count].name;
        if (strlen(names[count]) == length && memcmp(names[count], text, length) == 0) {
            *ret_number = choices[count].value;
            return true;
        }
        const char *comma = count == 0 ? "" : choices[count + 1].name == NULL ? " or " : ", ";
        int more = snprintf(known + used, sizeof known - used, "%s%s", comma, names[count]);
        used = used + (size_t)more < sizeof known ? used + (size_t)more : sizeof known - 1;
    }
    char quoted[CONFIG_QUOTE_BYTES], near[CONFIG_TROUBLE_BYTES];
    config_text_quote(text, length, quoted);
    config_value_suggest(text, names, count, near);
    snprintf(trouble, CONFIG_TROUBLE_BYTES, "must be %s, not %s%.90s", known, quoted, near);
    return false;
}

bool config_value_number(const struct config_key *row, const char *text, size_t length, char *trouble,
                         int64_t *ret_number)
{
    const struct config_kind *kind = config_kind(row->type);
    must(kind != NULL);
    if (kind->read == NULL)
        return read_choice(row, text, length, trouble, ret_number);
    if (length == 0 && row->fallback != NULL && row->fallback[0] == '\0') {
        *ret_number = CONFIG_UNSET;
        return true;
    }
    char quoted[CONFIG_QUOTE_BYTES], range[CONFIG_RANGE_BYTES];
    config_text_quote(text, length, quoted);
    int64_t number, min, max;
    if (!kind->read(text, length, &number)) {
        snprintf(trouble, CONFIG_TROUBLE_BYTES, "must be %s, not %s", kind->label, quoted);
        return false;
    }
    config_value_range(row, &min, &max);
    if (number >= min && number <= max) {
        *ret_number = number;
        return true;
    }
    config_value_range_print(row, range);
    if (range[0] == '\0') {
        char least[CONFIG_NUMBER_BYTES], most[CONFIG_NUMBER_BYTES];
        kind->print(min, least);
        kind->print(max, most);
        snprintf(range, sizeof range, "from %s to %s", least, most);
    }
    snprintf(trouble, CONFIG_TROUBLE_BYTES, "must be %s, not %s", range, quoted);
    return false;
}

bool config_value_text(const struct config_key *row, const char *text, size_t length, char *trouble)
{
    const struct config_kind *kind = config_kind(row->type);
    must(kind != NULL);
    if (length == 0 && row->fallback != NULL && row->fallback[0] == '\0')
        return true;
    char quoted[CONFIG_QUOTE_BYTES];
    config_text_quote(text, length, quoted);
    int64_t min, max;
    config_value_range(row, &min, &max);
    if (length == 0)
        snprintf(trouble, CONFIG_TROUBLE_BYTES, "may not be empty");
    else if (!config_text_clean(text, length))
        snprintf(trouble, CONFIG_TROUBLE_BYTES, "may not hold line ends or control characters");
    else if ((int64_t)length < min)
        snprintf(trouble, CONFIG_TROUBLE_BYTES, "must have at least %lld bytes", (long long)min);
    else if ((int64_t)length > max)
        snprintf(trouble, CONFIG_TROUBLE_BYTES, "may have at most %lld bytes, not %zu", (long long)max, length);
    else if (kind->check != NULL && !kind->check(text, length))
        snprintf(trouble, CONFIG_TROUBLE_BYTES, "must be %s%s%s", kind->label,
                 row->type == CONFIG_SECRET ? "" : ", not ", row->type == CONFIG_SECRET ? "" : quoted);
    else
        return true;
    return false;
}
