// The sections of the configuration that every program reads: `common`, and `links` between the services.
#ifndef TEND_COMMON_SETTINGS_H
#define TEND_COMMON_SETTINGS_H

#include "common/config.h"
#include "common/lane.h"

enum {
    SETTINGS_SOCKET_BYTES = 107, // the longest path of a unix socket, without its NUL
    SETTINGS_SECTIONS = 6,       // common, links, and one for each service
};

// What one unit of a currency costs in the currency of the installation, from a day on.
struct settings_rate {
    const char *currency; // three capitals
    int32_t from_day;     // since 1970-01-01
    int64_t rate_micros;  // above 0
};

enum settings_log { SETTINGS_LOG_DEBUG, SETTINGS_LOG_INFO, SETTINGS_LOG_WARN, SETTINGS_LOG_ERROR };

// The endpoint each service binds and the others connect to: "ipc://" and a path of at most SETTINGS_SOCKET_BYTES.
struct settings_links {
    const char *ingest, *scoring, *scheduler, *notifier;
    // Of each process; the first is the one above when there is only one.
    const char *scorings[LANES_MAX], *schedulers[LANES_MAX];
};

// Everything lives as long as the configuration it was read into.
struct settings {
    const char *name;
    const char *data_dir;
    const char *time_zone; // the shape of a zone's name; whether there is such a zone shows when it is opened
    const char *currency;  // three capitals
    const struct settings_rate *rates; // by currency and day
    size_t rate_count;
    const char *const *holidays; // file names
    size_t holiday_count;
    uint32_t weekend; // bit n-1 for weekday n, Monday is 1: 0x60 is Saturday and Sunday
    uint32_t week;    // the other days, as struct workdays takes them
    int64_t shards;
    int64_t scoring_processes;   // 1 to LANES_MAX; a divisor of shards
    int64_t scheduler_processes; // 1 to LANES_MAX
    int64_t keep_journal_ms;     // of what every follower has read
    int log;                     // enum settings_log
    struct settings_links links;
};

// Reads the file (NULL: defaults) into `settings` and into the `count` sections of the caller's, which are those of a
// service each. The sections of the other services are known by name. Errors of either kind are in the answer:
// config_good() says whether anything may be used. Close it with config_close when the settings are no longer needed.
struct config *settings_read(const char *path, struct settings *settings, const struct config_section *own,
                             size_t count);

// The same for a text in memory, as config_read_text.
struct config *settings_read_text(const char *name, const char *text, size_t length, struct settings *settings,
                                  const struct config_section *own, size_t count);

// As how many processes a service runs: 1 for those that may not run as several.
unsigned settings_processes(const struct settings *settings, const char *service);

// Whether a service may run as several processes.
bool settings_divides(const char *service);

// Where process `which` of a service is reached.
const char *settings_endpoint(const struct settings *settings, const char *service, unsigned which);

// Writes the documented example: common, the `count` sections of the caller's, and links.
void settings_print(FILE *file, const struct config_section *own, size_t count);

// The rate of a currency in force on a day, 1 for the installation's own. False when none is known for that day.
bool settings_rate(const struct settings *settings, const char *currency, int32_t day, int64_t *ret_rate_micros);

#endif
