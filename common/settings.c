#include "common/settings.h"

#include "common/config_print.h"
#include "common/money.h"
#include "common/must.h"
#include "common/zone.h"

#include <stdlib.h>
#include <string.h>

enum { WHOLE_WEEK = 0x7f, KEY_BYTES = 64 };

static const struct config_choice weekdays[] = {{"monday", 0}, {"tuesday", 1},  {"wednesday", 2}, {"thursday", 3},
                                                {"friday", 4}, {"saturday", 5}, {"sunday", 6},    {NULL, 0}};

static const struct config_choice log_levels[] = {{"debug", SETTINGS_LOG_DEBUG},
                                                  {"info", SETTINGS_LOG_INFO},
                                                  {"warn", SETTINGS_LOG_WARN},
                                                  {"error", SETTINGS_LOG_ERROR},
                                                  {NULL, 0}};

static const struct config_key rate_keys[] = {
    {.name = "currency",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct settings_rate, currency),
     .help = "The code of the foreign currency: three capitals.",
     .min = 3,
     .max = 3,
     .example = "EUR"},
    {.name = "from",
     .type = CONFIG_DAY,
     .offset = offsetof(struct settings_rate, from_day),
     .help = "The first day the rate holds; it holds until the next rate of that currency.",
     .example = "2026-01-01"},
    {.name = "rate",
     .type = CONFIG_DECIMAL,
     .offset = offsetof(struct settings_rate, rate_micros),
     .help = "What one unit of it costs in the currency of this installation.",
     .min = 1,
     .max = INT64_C(1000000) * MONEY_MICROS,
     .example = "7.85"},
    {.name = NULL}};

static const struct config_key file_item[] = {{.name = "file", .type = CONFIG_FILE, .help = "A file."}, {.name = NULL}};

static const struct config_key common_keys[] = {
    {.name = "name",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct settings, name),
     .fallback = "tend",
     .help = "What people call this installation; it stands in messages and logs.",
     .max = 64},
    {.name = "data_dir",
     .type = CONFIG_FILE,
     .offset = offsetof(struct settings, data_dir),
     .fallback = "data",
     .help = "The folder that holds the state of all services. Like every file name here, a relative one starts at the "
             "folder "
             "of this file."},
    {.name = "time_zone",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct settings, time_zone),
     .fallback = "Asia/Shanghai",
     .help = "The time zone of days and reports, by its IANA name; people may have their own.",
     .max = ZONE_NAME_BYTES - 1},
    {.name = "currency",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct settings, currency),
     .fallback = "CNY",
     .help = "The currency that values are summed and compared in: three capitals.",
     .min = 3,
     .max = 3},
    {.name = "rates",
     .type = CONFIG_RECORDS,
     .offset = offsetof(struct settings, rates),
     .count_offset = offsetof(struct settings, rate_count),
     .item_bytes = sizeof(struct settings_rate),
     .fallback = "",
     .keys = rate_keys,
     .help = "Exchange rates. Money is converted once, at the rate of the order's day."},
    {.name = "holidays",
     .type = CONFIG_LIST,
     .offset = offsetof(struct settings, holidays),
     .count_offset = offsetof(struct settings, holiday_count),
     .item_bytes = sizeof(char *),
     .fallback = "",
     .keys = file_item,
     .help =
         "Files with public holidays and make-up working days, one \"2026-10-01,holiday,NAME\" or "
         "\"2026-10-10,workday,NAME\" a line. A name like CN-2026.csv is of that country, any other of everybody; a "
         "country without a file has weekends and everybody's days.",
     .max = 64,
     .example = "holidays/CN-2026.csv, holidays/CN-2027.csv"},
    {.name = "weekend",
     .type = CONFIG_SET,
     .offset = offsetof(struct settings, weekend),
     .fallback = "saturday, sunday",
     .choices = weekdays,
     .help = "The days of the week on which nobody works."},
    {.name = "shards",
     .type = CONFIG_INTEGER,
     .offset = offsetof(struct settings, shards),
     .fallback = "16",
     .min = 1,
     .max = 256,
     .help =
         "In how many parts customers are divided, so that several processes can share the work. It cannot be changed "
         "once there is data."},
    {.name = "scoring_processes",
     .type = CONFIG_INTEGER,
     .offset = offsetof(struct settings, scoring_processes),
     .fallback = "1",
     .min = 1,
     .max = LANES_MAX,
     .help =
         "How many processes share the work of scoring, each with its part of the shards: 1, 2, 4, 8 or 16 of 16. One "
         "is enough for hundreds of thousands of customers. It cannot be changed once there is data."},
    {.name = "scheduler_processes",
     .type = CONFIG_INTEGER,
     .offset = offsetof(struct settings, scheduler_processes),
     .fallback = "1",
     .min = 1,
     .max = LANES_MAX,
     .help = "How many processes share out the reps, for reminders and call lists. Each keeps everything that the "
             "scheduler knows, for everybody. One is enough for hundreds of reps. It cannot be changed once there is "
             "data."},
    {.name = "keep_journal",
     .type = CONFIG_DURATION,
     .offset = offsetof(struct settings, keep_journal_ms),
     .fallback = "7d",
     .min = INT64_C(3600000),
     .max = INT64_C(34560000000),
     .help =
         "How long a journal keeps what every service behind it has read. It must be longer than the age of the backup "
         "that one would put back. Ingest keeps the newest events longer, see ingest.seal_records."},
    {.name = "log",
     .type = CONFIG_CHOICE,
     .offset = offsetof(struct settings, log),
     .fallback = "info",
     .choices = log_levels,
     .help = "The least important lines that are logged."},
    {.name = NULL}};

#define LINK(service)                                                                                  \
    {                                                                                                  \
        .name = #service, .type = CONFIG_ENDPOINT, .offset = offsetof(struct settings_links, service), \
        .fallback = "ipc://{data_dir}/run/" #service ".sock",                                          \
        .help = "Where " #service " is reached. {data_dir} stands for the folder of that name."        \
    }

static const struct config_key link_keys[] = {
    LINK(ingest), LINK(scoring), LINK(scheduler), LINK(notifier), {.name = NULL}};

static const char *const services[] = {"ingest", "scoring", "scheduler", "notifier"};

enum { SERVICES = sizeof services / sizeof *services };

static void list_sections(struct settings *settings, const struct config_section *own, size_t count,
                          struct config_section *ret_sections)
{
    ret_sections[0] = (struct config_section){"common", common_keys, settings, "What all services share."};
    size_t placed = 0;
    for (size_t i = 0; i < SERVICES; i++) {
        ret_sections[i + 1] = (struct config_section){.name = services[i]};
        for (size_t j = 0; j < count; j++)
            if (strcmp(own[j].name, services[i]) == 0)
                ret_sections[i + 1] = own[j], placed++;
    }
    must(placed == count);
    ret_sections[SERVICES + 1] =
        (struct config_section){"links", link_keys, settings == NULL ? NULL : &settings->links,
                                "How the services reach each other, and the command line reaches them."};
}

static void check_rates(struct config *config, const struct settings *settings)
{
    for (size_t i = 0; i < settings->rate_count; i++) {
        const struct settings_rate *rate = &settings->rates[i];
        char key[KEY_BYTES];
        snprintf(key, sizeof key, "common.rates[%zu].currency", i);
        if (rate->currency[0] == '\0')
            continue;
        if (!money_code_valid(rate->currency))
            config_complain(config, key, "must be three capitals such as EUR");
        else if (strcmp(rate->currency, settings->currency) == 0)
            config_complain(config, key, "is the currency of this installation: its rate is 1");
    }
}

static int compare_rates(const void *a, const void *b)
{
    const struct settings_rate *one = a, *other = b;
    int order = strcmp(one->currency, other->currency);
    return order != 0 ? order : (one->from_day > other->from_day) - (one->from_day < other->from_day);
}

// The list is ours to change: it was made when the file was read.
static void sort_rates(struct config *config, struct settings *settings)
{
    size_t count = settings->rate_count;
    struct settings_rate *rates = config_keep(config, (count + 1) * sizeof *rates);
    memcpy(rates, settings->rates, count * sizeof *rates);
    qsort(rates, count, sizeof *rates, compare_rates);
    settings->rates = rates;
    for (size_t i = 1; config_good(config) && i < count; i++)
        if (compare_rates(&rates[i - 1], &rates[i]) == 0)
            config_complain(config, "common.rates", "gives %s two rates from the same day on", rates[i].currency);
}

static void check_socket(struct config *config, const char *key, const char *endpoint, bool in_data_dir)
{
    const char *path = endpoint + strlen("ipc://");
    size_t bytes = strlen(path);
    if (bytes <= SETTINGS_SOCKET_BYTES)
        return;
    if (in_data_dir)
        config_complain(config, "common.data_dir",
                        "is too long: the path of the socket in it has %zu bytes, and the "
                        "system takes %d: %s",
                        bytes, SETTINGS_SOCKET_BYTES, path);
    else
        config_complain(config, key, "has a socket path of %zu bytes, and the system takes %d: %s", bytes,
                        SETTINGS_SOCKET_BYTES, path);
}

// An endpoint as it is bound: with the data folder put in, or the path seen from the configuration's folder.
static const char *resolve(struct config *config, const struct settings *settings, const char *service,
                           const char *endpoint)
{
    static const char mark[] = "{data_dir}";
    char key[KEY_BYTES];
    snprintf(key, sizeof key, "links.%s", service);
    if (strncmp(endpoint, "tcp://", 6) == 0) {
        config_complain(config, key,
                        "must be ipc: tcp endpoints need CURVE keys, which this version cannot make yet; use ipc");
        return endpoint;
    }
    const char *path = endpoint + strlen("ipc://");
    bool in_data_dir = strncmp(path, mark, sizeof mark - 1) == 0;
    const char *folder = in_data_dir ? settings->data_dir : "";
    path = in_data_dir ? path + sizeof mark - 1 : config_path(config, path);
    size_t bytes = strlen(folder) + strlen(path) + sizeof "ipc://";
    char *text = config_keep(config, bytes);
    snprintf(text, bytes, "ipc://%s%s", folder, path);
    check_socket(config, key, text, in_data_dir);
    return text;
}

// "ipc://run/scoring.sock" becomes "ipc://run/scoring-1.sock".
static const char *number_endpoint(struct config *config, const char *endpoint, unsigned which)
{
    enum { NUMBER_BYTES = 12 };
    static const char tail[] = ".sock";
    size_t length = strlen(endpoint), end = length, bytes = length + NUMBER_BYTES;
    if (length > sizeof tail - 1 && strcmp(endpoint + length - (sizeof tail - 1), tail) == 0)
        end = length - (sizeof tail - 1);
    char *text = config_keep(config, bytes);
    snprintf(text, bytes, "%.*s-%u%s", (int)end, endpoint, which, endpoint + end);
    return text;
}

static void number_endpoints(struct config *config, const char *link, const char *endpoint, unsigned count,
                             const char **ret_endpoints)
{
    ret_endpoints[0] = endpoint;
    for (unsigned i = 0; count > 1 && i < count; i++) {
        ret_endpoints[i] = number_endpoint(config, endpoint, i);
        if (i + 1 == count)
            check_socket(config, link, ret_endpoints[i], false);
    }
}

static void resolve_processes(struct config *config, struct settings *settings)
{
    struct settings_links *links = &settings->links;
    if (settings->shards % settings_processes(settings, "scoring") != 0)
        config_complain(config, "common.scoring_processes", "must divide the %lld shards evenly",
                        (long long)settings->shards);
    number_endpoints(config, "links.scoring", links->scoring, settings_processes(settings, "scoring"), links->scorings);
    number_endpoints(config, "links.scheduler", links->scheduler, settings_processes(settings, "scheduler"),
                     links->schedulers);
}

static void resolve_links(struct config *config, struct settings *settings)
{
    const char **links[SERVICES] = {&settings->links.ingest, &settings->links.scoring, &settings->links.scheduler,
                                    &settings->links.notifier};
    for (size_t i = 0; i < SERVICES; i++)
        *links[i] = resolve(config, settings, services[i], *links[i]);
    for (size_t i = 0; i < SERVICES; i++) {
        char key[KEY_BYTES];
        snprintf(key, sizeof key, "links.%s", services[i]);
        for (size_t j = 0; j < i; j++)
            if (strcmp(*links[i], *links[j]) == 0)
                config_complain(config, key, "is the endpoint of %s too: each service needs its own", services[j]);
    }
}

static struct config *finish(struct config *config, struct settings *settings)
{
    if (!money_code_valid(settings->currency))
        config_complain(config, "common.currency", "must be three capitals such as CNY");
    if (!zone_name_valid(settings->time_zone))
        config_complain(config, "common.time_zone", "must be the name of a zone such as Asia/Shanghai");
    settings->week = WHOLE_WEEK & ~settings->weekend;
    if (settings->week == 0)
        config_complain(config, "common.weekend", "leaves no day to work on");
    check_rates(config, settings);
    sort_rates(config, settings);
    resolve_links(config, settings);
    resolve_processes(config, settings);
    return config;
}

bool settings_divides(const char *service)
{
    return strcmp(service, "scoring") == 0 || strcmp(service, "scheduler") == 0;
}

unsigned settings_processes(const struct settings *settings, const char *service)
{
    int64_t count = strcmp(service, "scoring") == 0     ? settings->scoring_processes
                    : strcmp(service, "scheduler") == 0 ? settings->scheduler_processes
                                                        : 1;
    // One that is out of its range was complained of, and a place is wanted all the same.
    return count >= 1 && count <= LANES_MAX ? (unsigned)count : 1;
}

const char *settings_endpoint(const struct settings *settings, const char *service, unsigned which)
{
    const struct settings_links *links = &settings->links;
    must(which < settings_processes(settings, service));
    const char *const *const endpoints[SERVICES] = {&links->ingest, links->scorings, links->schedulers,
                                                    &links->notifier};
    for (size_t i = 0; i < SERVICES; i++)
        if (strcmp(services[i], service) == 0)
            return endpoints[i][which];
    must(service == NULL);
    return NULL;
}

struct config *settings_read(const char *path, struct settings *settings, const struct config_section *own,
                             size_t count)
{
    struct config_section sections[SETTINGS_SECTIONS];
    list_sections(settings, own, count, sections);
    return finish(config_read(path, sections, SETTINGS_SECTIONS), settings);
}

struct config *settings_read_text(const char *name, const char *text, size_t length, struct settings *settings,
                                  const struct config_section *own, size_t count)
{
    struct config_section sections[SETTINGS_SECTIONS];
    list_sections(settings, own, count, sections);
    return finish(config_read_text(name, text, length, sections, SETTINGS_SECTIONS), settings);
}

void settings_print(FILE *file, const struct config_section *own, size_t count)
{
    struct config_section sections[SETTINGS_SECTIONS];
    list_sections(NULL, own, count, sections);
    config_print(file, sections, SETTINGS_SECTIONS);
}

bool settings_rate(const struct settings *settings, const char *currency, int32_t day, int64_t *ret_rate_micros)
{
    bool found = strcmp(currency, settings->currency) == 0;
    int64_t rate = MONEY_MICROS;
    for (size_t i = 0; i < settings->rate_count; i++) {
        if (strcmp(settings->rates[i].currency, currency) != 0 || settings->rates[i].from_day > day)
            continue;
        rate = settings->rates[i].rate_micros;
        found = true;
    }
    if (found)
        *ret_rate_micros = rate;
    return found;
}
