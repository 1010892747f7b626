#include "services/tend/import_command.h"

#include "common/money.h"
#include "common/zone.h"
#include "services/tend/moment.h"
#include "services/tend/upload.h"

#include <stdarg.h>
#include <string.h>

enum { USAGE = 2 };

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
    return read_signs(words, world, options) && read_as_of(words, world, options);
}

static int run(const struct import_words *words, const struct import_options *options, const struct import_world *world)
{
    char error[IMPORT_ERROR_BYTES];
    struct import *import = NULL;
    if (!import_open(options, error, &import)) {
        fprintf(world->err, "%s\n", error);
        return USAGE;
    }
    struct sender sender;
    if (!words->dry_run && !world->connect(world->self, &sender, error, sizeof error)) {
        fprintf(world->err, "%s\n", error);
        import_close(&import);
        return UPLOAD_UNREACHABLE;
    }
    struct upload_options upload = {
        .sender = words->dry_run ? NULL : &sender,
        .clock = world->clock,
        .out = world->out,
        .err = world->err,
        .json = words->json,
        .amend = words->amend,
    };
    struct upload_counts counts;
    enum upload_exit result = upload_run(import, words->file, &upload, &counts);
    import_close(&import);
    return (int)result;
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
    int result = run(words, &options, world);
    map_close(&options.map);
    return result;
}
