#include "services/tend/import_command.h"

#include "common/hash.h"
#include "common/money.h"
#include "common/zone.h"
#include "common/moment.h"
#include "services/tend/addresses.h"
#include "services/tend/table.h"
#include "services/tend/upload.h"

#include <stdarg.h>
#include <string.h>

enum { USAGE = 2, REJECTED_PATH = 4096 };

__attribute__((format(printf, 2, 3))) static bool complain(const struct import_world *world, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(world->err, "tend import: ");
    vfprintf(world->err, format, arguments);
    fprintf(world->err, "\n");
    va_end(arguments);
    return false;
}

static bool read_signs(const struct import_words *words, const struct import_world *world,
                       struct import_options *options)
{
    const char *decimal = words->decimal, *delimiter = words->delimiter;
    if (decimal != NULL) {
        bool point = strcmp(decimal, "point") == 0;
        if (!point && strcmp(decimal, "comma") != 0)
            return complain(world, "--decimal is point or comma, not \"%s\"", decimal);
        options->decimal = point ? DECIMAL_POINT : DECIMAL_COMMA;
    }
    if (delimiter != NULL) {
        bool tab = strcmp(delimiter, "tab") == 0;
        if (!tab && (strlen(delimiter) != 1 || delimiter[0] == '"'))
            return complain(world, "--delimiter is one character, or tab, not \"%s\"", delimiter);
        options->delimiter = tab ? '\t' : delimiter[0];
    }
    const char *dates = words->dates;
    if (dates != NULL) {
        bool day = strcmp(dates, "day-first") == 0;
        if (!day && strcmp(dates, "month-first") != 0)
            return complain(world, "--dates is day-first or month-first, not \"%s\"", dates);
        options->dayorder = day ? DAYORDER_DAY_FIRST : DAYORDER_MONTH_FIRST;
    }
    if (words->currency != NULL && (strlen(words->currency) != 3 || !money_code_valid(words->currency)))
        return complain(world, "--currency is three capitals such as USD, not \"%s\"", words->currency);
    return true;
}

// --as-of, in the zone of the import.
static bool read_as_of(const struct import_words *words, const struct import_world *world,
                       struct import_options *options)
{
    options->undated_ms = IMPORT_FILE_TIME;
    if (words->as_of == NULL)
        return true;
    struct moment moment;
    struct zone *zone = NULL;
    if (!moment_parse(NULL, words->as_of, strlen(words->as_of), &moment))
        return complain(world, "--as-of is a date such as 2026-05-17, not \"%s\"", words->as_of);
    if (!zone_open(ZONE_DIRECTORIES, options->zone, &zone))
        return complain(world, "\"%s\" is no time zone of this machine", options->zone);
    options->undated_ms = moment_instant_s(&moment, zone) * 1000;
    zone_close(&zone);
    return true;
}

static bool read_words(const struct import_words *words, const struct import_world *world,
                       struct import_options *options)
{
    if (words->kind == NULL || words->file == NULL)
        return complain(world, "give a kind and a file: tend import orders FILE");
    if (!kind_parse(words->kind, &options->kind))
        return complain(world, "\"%s\" is no kind: orders, customers, reps, contacts, leads, contracts, events",
                        words->kind);
    options->path = words->file;
    options->encoding = words->encoding;
    options->zone = words->zone != NULL ? words->zone : world->zone;
    options->currency = words->currency != NULL ? words->currency : world->currency;
    options->currency_told = words->currency != NULL;
    options->source = words->source;
    options->now_ms = clock_wall_ms(world->clock);
    options->live = words->live;
    options->list_rows = !words->dry_run || words->rejected != NULL;
    return read_signs(words, world, options) && read_as_of(words, world, options);
}

// The hash of a file's content as text; "" of what cannot be read, which is told elsewhere.
static void hash_file(const char *path, char *ret_hex)
{
    uint8_t hash[HASH_BYTES] = {0};
    char bytes[4096];
    size_t length;
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    ret_hex[0] = '\0';
    if (file == NULL)
        return;
    while ((length = fread(bytes, 1, sizeof bytes, file)) > 0)
        hash_pair(hash, sizeof hash, bytes, length, hash);
    fclose(file);
    hash_hex(hash, sizeof hash, ret_hex);
}

// Everything beside the file that decides what its rows become.
static struct resume *open_resume(const struct import_words *words, const struct import_options *options,
                                  const struct import_world *world)
{
    char map[2 * HASH_BYTES + 1], customers[2 * HASH_BYTES + 1];
    hash_file(words->map, map);
    hash_file(words->customers, customers);
    const char *const all[] = {"4",
                               words->kind,
                               map,
                               customers,
                               words->as_of,
                               options->zone,
                               options->currency,
                               words->currency,
                               words->decimal,
                               words->encoding,
                               words->delimiter,
                               words->dates,
                               words->source,
                               words->live ? "live" : ""};
    return resume_open(words->dry_run ? NULL : world->data_dir, words->file, all, sizeof all / sizeof *all);
}

// One run over the file, from where the position in `upload` says.
static int run_once(const struct import_words *words, const struct import_options *options,
                    const struct import_world *world, struct upload_options *upload)
{
    char error[IMPORT_ERROR_BYTES], path[REJECTED_PATH];
    struct import *import = NULL;
    if (!import_open(options, error, &import)) {
        fprintf(world->err, "%s\n", error);
        return USAGE;
    }
    bool json = import_table(import) == NULL || table_json(import_table(import));
    int length = words->rejected != NULL
                     ? snprintf(path, sizeof path, "%s", words->rejected)
                     : snprintf(path, sizeof path, "%s.rejected.%s", words->file, json ? "jsonl" : "csv");
    bool list = options->list_rows && length > 0 && (size_t)length < sizeof path;
    upload->rejected = list ? rejected_open(path, import) : NULL;
    upload->rejected_path = path;
    struct upload_counts counts;
    enum upload_exit result = upload_run(import, words->file, upload, &counts);
    rejected_close(&upload->rejected);
    import_close(&import);
    return (int)result;
}

static int run(const struct import_words *words, struct import_options *options, const struct import_world *world)
{
    char error[IMPORT_ERROR_BYTES];
    struct sender sender;
    struct upload_options upload = {
        .sender = words->dry_run ? NULL : &sender,
        .clock = world->clock,
        .out = world->out,
        .err = world->err,
        .json = words->json,
        .amend = words->amend,
    };
    // What the file is to blame for is said before ingest has to be there.
    struct import *import = NULL;
    if (!import_open(options, error, &import)) {
        fprintf(world->err, "%s\n", error);
        return USAGE;
    }
    import_tell_unread(import, words->json, world->out);
    import_close(&import);
    if (!words->dry_run && !world->connect(world->self, &sender, error, sizeof error)) {
        fprintf(world->err, "%s\n", error);
        return UPLOAD_UNREACHABLE;
    }
    upload.resume = open_resume(words, options, world);
    // A correction that takes another one back is sent again in full.
    if (!words->amend && resume_load(upload.resume, options->now_ms, &upload.place))
        options->now_ms = upload.place.now_ms;
    upload.place.now_ms = options->now_ms;
    int result = run_once(words, options, world, &upload);
    if (result == UPLOAD_AGAIN) {
        fprintf(world->err,
                "ingest does not have what an earlier run was told that it has; from the first row again\n");
        resume_forget(upload.resume);
        upload.place = (struct resume_place){.now_ms = options->now_ms};
        result = run_once(words, options, world, &upload);
    }
    resume_close(&upload.resume);
    return result;
}

// --customers: read as an import of it would be, with the same words.
static bool read_addresses(const struct import_words *words, const struct import_world *world,
                           const struct import_options *options, struct addresses **ret_addresses)
{
    char error[IMPORT_ERROR_BYTES];
    struct import_options list = *options;
    struct import *import = NULL;
    if (words->customers == NULL)
        return true;
    if (options->kind != KIND_ORDERS)
        return complain(world, "--customers is for orders");
    list.path = words->customers;
    list.kind = KIND_CUSTOMERS;
    bool good = import_open(&list, error, &import) && addresses_open(import, error, ret_addresses);
    if (!good)
        fprintf(world->err, "--customers: %s\n", error);
    import_close(&import);
    return good;
}

int import_command(const struct import_words *words, const struct import_world *world)
{
    struct import_options options = {.path = NULL};
    if (!read_words(words, world, &options))
        return USAGE;
    char error[MAP_ERROR_BYTES];
    if (words->map != NULL && !map_open(words->map, error, &options.map)) {
        fprintf(world->err, "%s\n", error);
        return USAGE;
    }
    struct addresses *addresses = NULL;
    int result = USAGE;
    if (read_addresses(words, world, &options, &addresses)) {
        options.addresses = addresses;
        result = run(words, &options, world);
    }
    addresses_close(&addresses);
    map_close(&options.map);
    return result;
}
