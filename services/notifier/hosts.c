#include "services/notifier/hosts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool hosts_read(const char *url, char *ret_host)
{
    const char *start = strstr(url, "://");
    if (start == NULL)
        return false;
    start += strlen("://");
    size_t length = start[0] == '[' ? strcspn(start, "]") + 1 : strcspn(start, ":/?#");
    if (length == 0 || length >= HOST_BYTES || memchr(start, '@', strcspn(start, "/?#")) != NULL)
        return false;
    memcpy(ret_host, start, length);
    ret_host[length] = '\0';
    return true;
}

// How well a URL meets what a driver says of its hosts.
enum meeting { MEETS_NOTHING, MEETS_HOST, MEETS_ALL };

// One word of driver.hosts.
struct entry {
    const char *text;
    size_t length, host_length; // the host ends where a path begins
};

static bool next_entry(const char **rest, struct entry *ret_entry)
{
    *rest += strspn(*rest, " ");
    size_t length = strcspn(*rest, " ");
    *ret_entry = (struct entry){*rest, length, strcspn(*rest, " /")};
    *rest += length;
    return length > 0;
}

static bool has_host(const struct entry *entry, const char *host)
{
    size_t length = strlen(host), most = entry->host_length;
    if (entry->text[0] == '.' && length > most)
        return strncasecmp(host + length - most, entry->text, most) == 0;
    return length == most && strncasecmp(host, entry->text, most) == 0;
}

static enum meeting meet(const struct entry *entry, const char *host, const char *path)
{
    if (!has_host(entry, host))
        return MEETS_NOTHING;
    size_t rest = entry->length - entry->host_length;
    bool all = rest > 0 ? strncmp(path, entry->text + entry->host_length, rest) == 0
                        : path[0] == '\0' || strcmp(path, "/") == 0;
    return all ? MEETS_ALL : MEETS_HOST;
}

// The best of the driver's entries, which is then in ret_entry.
static enum meeting meet_driver(const struct driver *driver, const char *url, struct entry *ret_entry)
{
    char host[HOST_BYTES];
    enum meeting best = MEETS_NOTHING;
    if (driver->hosts == NULL || !hosts_read(url, host))
        return best;
    const char *path = strstr(url, "://") + strlen("://"), *rest = driver->hosts;
    path += strcspn(path, "/?#");
    for (struct entry entry; next_entry(&rest, &entry);) {
        enum meeting met = meet(&entry, host, path);
        if (met > best) {
            best = met;
            *ret_entry = entry;
        }
    }
    return best;
}

bool hosts_fit(const struct driver *driver, const struct driver *const *all, size_t count, const char *url,
               char *ret_error, size_t error_bytes)
{
    struct entry entry, unused;
    enum meeting met = meet_driver(driver, url, &entry);
    for (size_t i = 0; met == MEETS_NOTHING && i < count; i++) {
        if (meet_driver(all[i], url, &unused) != MEETS_ALL)
            continue;
        const char *rest = driver->hosts;
        bool same = strcmp(all[i]->name, driver->name) == 0; // Slack's webhook and its bot
        if (same && rest != NULL && next_entry(&rest, &entry)) {
            met = MEETS_HOST;
            continue;
        }
        snprintf(ret_error, error_bytes, "holds a URL of %s, and this channel is of type %s", all[i]->name,
                 driver->name);
        return false;
    }
    if (met != MEETS_HOST)
        return true;
    if (entry.length > entry.host_length)
        snprintf(ret_error, error_bytes, "must hold a URL that begins with https://%.*s", (int)entry.length,
                 entry.text);
    else
        snprintf(ret_error, error_bytes, "must hold https://%.*s alone", (int)entry.length, entry.text);
    return false;
}
