#include "services/ingest/feeds.h"

#include "common/hash.h"
#include "common/must.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char suffix[] = ".yaml";

enum { SIGNATURE_BYTES = 64 * (AUTH_SECRETS_MAX + 1), LOG_ERROR_BYTES = 400, LOOKS_TILL_GONE = 2 };

// What a feed's files look like from outside.
struct look {
    uint8_t hash[HASH_BYTES];
};

struct watched {
    struct feed_entry entry;
    struct feed_files files; // of the newest reading
    struct look read, seen;  // when it was read; at the newest look
    unsigned missing;        // looks in a row
    bool said;               // in the log, that it is bad
};

struct feeds {
    char folder[FEED_FOLDER_BYTES];
    char currency[8], zone[FEED_NAME_BYTES];
    struct watched *watched[FEEDS_MAX]; // by name
    size_t count;
    int64_t due_ms;
    uint64_t version;
    char names[FEEDS_MAX][FEED_NAME_BYTES]; // by their places in figures, those that are gone too
    size_t places;                          // given
    bool full;                              // said
    bool unusable;                          // the folder's name is too long
};

struct feeds *feeds_open(const char *folder, const char *currency, const char *zone)
{
    struct feeds *feeds = calloc(1, sizeof *feeds);
    must(feeds != NULL);
    if (folder != NULL && strlen(folder) < FEED_FOLDER_BYTES)
        snprintf(feeds->folder, sizeof feeds->folder, "%s", folder);
    feeds->unusable = folder != NULL && feeds->folder[0] == '\0';
    snprintf(feeds->currency, sizeof feeds->currency, "%s", currency != NULL ? currency : "");
    snprintf(feeds->zone, sizeof feeds->zone, "%s", zone != NULL ? zone : "UTC");
    feeds->version = 1;
    return feeds;
}

static void close_watched(struct watched *watched)
{
    feed_close(&watched->entry.feed);
    free(watched);
}

void feeds_close(struct feeds **feeds)
{
    if (*feeds == NULL)
        return;
    for (size_t i = 0; i < (*feeds)->count; i++)
        close_watched((*feeds)->watched[i]);
    free(*feeds);
    *feeds = NULL;
}

static struct look look_at(const struct feed_files *files)
{
    char text[SIGNATURE_BYTES];
    size_t used = 0;
    for (size_t i = 0; i < files->count; i++) {
        struct stat file = {0};
        bool there = stat(files->paths[i], &file) == 0;
        int length = snprintf(text + used, sizeof text - used, "%d %llx %llx %llx %lx;", there,
                              (unsigned long long)file.st_ino, (unsigned long long)file.st_size,
                              (unsigned long long)file.st_mtim.tv_sec, (unsigned long)file.st_mtim.tv_nsec);
        must(length > 0);
        used = used + (size_t)length < sizeof text ? used + (size_t)length : sizeof text - 1;
    }
    struct look look;
    hash_content(text, used, look.hash);
    return look;
}

static bool same(const struct look *one, const struct look *other)
{
    return memcmp(one->hash, other->hash, HASH_BYTES) == 0;
}

// Reads the file; the feed that was in force stays when that fails.
static bool take_over(struct feeds *feeds, struct watched *watched)
{
    struct feed_entry *entry = &watched->entry;
    const struct feed_place place = {feeds->folder, entry->name, feeds->currency, feeds->zone};
    struct feed *feed = NULL;
    char error[FEED_ERROR_BYTES] = "";
    bool good = feed_read(&place, &watched->files, error, sizeof error, &feed);
    snprintf(entry->error, sizeof entry->error, "%s", error);
    watched->said = false;
    // What was looked at before the reading may have changed during it: then the next look reads again.
    watched->read = watched->seen = look_at(&watched->files);
    if (!good)
        return false;
    feed_close(&entry->feed);
    entry->feed = feed;
    entry->bucket = (struct bucket){0};
    refusals_forget(&entry->refusals);
    feeds->version++;
    return true;
}

static struct watched *find(const struct feeds *feeds, const char *name, size_t *ret_place)
{
    size_t place = 0;
    while (place < feeds->count && strcmp(feeds->watched[place]->entry.name, name) < 0)
        place++;
    if (ret_place != NULL)
        *ret_place = place;
    bool found = place < feeds->count && strcmp(feeds->watched[place]->entry.name, name) == 0;
    return found ? feeds->watched[place] : NULL;
}

// A name that comes again has the place that it had.
static size_t place_of(struct feeds *feeds, const char *name)
{
    size_t place = 0;
    while (place < feeds->places && strcmp(feeds->names[place], name) != 0)
        place++;
    if (place == feeds->places && place < FEEDS_MAX)
        snprintf(feeds->names[feeds->places++], FEED_NAME_BYTES, "%s", name);
    return place;
}

// NULL when there are too many.
static struct watched *add(struct feeds *feeds, const char *name)
{
    size_t place;
    if (feeds->count == FEEDS_MAX)
        return NULL;
    must(find(feeds, name, &place) == NULL);
    struct watched *watched = calloc(1, sizeof *watched);
    must(watched != NULL);
    snprintf(watched->entry.name, sizeof watched->entry.name, "%s", name);
    watched->files.count = 1;
    feed_path(feeds->folder, name, watched->files.paths[0]);
    watched->entry.place = place_of(feeds, name);
    memmove(feeds->watched + place + 1, feeds->watched + place, (feeds->count - place) * sizeof *feeds->watched);
    feeds->watched[place] = watched;
    feeds->count++;
    return watched;
}

// The name of a feed out of its file's; false for other files.
static bool name_of(const char *file, char name[FEED_NAME_BYTES])
{
    size_t length = strlen(file), behind = strlen(suffix);
    if (length <= behind || length - behind >= FEED_NAME_BYTES || strcmp(file + length - behind, suffix) != 0)
        return false;
    memcpy(name, file, length - behind);
    name[length - behind] = '\0';
    return feed_name_valid(name);
}

// Calls `found` for every feed file; a folder that there is not holds none.
static void each_file(const struct feeds *feeds, void (*found)(void *self, const char *name), void *self)
{
    DIR *folder = feeds->folder[0] != '\0' ? opendir(feeds->folder) : NULL;
    char name[FEED_NAME_BYTES];
    if (folder == NULL)
        return;
    for (const struct dirent *file; (file = readdir(folder)) != NULL;)
        if (name_of(file->d_name, name))
            found(self, name);
    closedir(folder);
}

static void note_name(void *self, const char *name)
{
    struct feeds *feeds = self;
    struct watched *watched = find(feeds, name, NULL);
    if (watched == NULL)
        watched = add(feeds, name);
    if (watched != NULL)
        watched->missing = 0;
    else
        feeds->full = true;
}

bool feeds_read(struct feeds *feeds, char *ret_error, size_t error_bytes)
{
    if (feeds->unusable) {
        snprintf(ret_error, error_bytes, "ingest.feeds may have %d characters", FEED_FOLDER_BYTES - 1);
        return false;
    }
    each_file(feeds, note_name, feeds);
    if (feeds->full) {
        snprintf(ret_error, error_bytes, "%s holds more than %d feeds", feeds->folder, FEEDS_MAX);
        return false;
    }
    for (size_t i = 0; i < feeds->count; i++)
        (void)take_over(feeds, feeds->watched[i]); // a bad one waits for its mending, and the first look says so
    return true;
}

// The log has one line for what a terminal shows in three.
static void say_bad(struct log *log, struct watched *watched)
{
    const struct feed_entry *entry = &watched->entry;
    char text[LOG_ERROR_BYTES];
    if (entry->error[0] == '\0' || watched->said)
        return;
    watched->said = true;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(entry->error, "\n"), entry->error);
    log_line(log, LOG_ERROR,
             entry->feed != NULL ? "a feed's file is bad; the feed stays as it was"
                                 : "a feed's file is bad; until it is mended, its posts are answered 503",
             LOG_TEXT("feed", entry->name), LOG_TEXT("error", text));
}

static void look_again(struct feeds *feeds, struct watched *watched, struct log *log)
{
    struct look now = look_at(&watched->files);
    bool settled = same(&now, &watched->seen);
    watched->seen = now;
    if (!settled || same(&now, &watched->read))
        return;
    if (take_over(feeds, watched))
        log_line(log, LOG_INFO, "a feed was taken over", LOG_TEXT("feed", watched->entry.name),
                 LOG_COUNT("secrets", watched->entry.feed->auth.secret_count));
}

void feeds_look(struct feeds *feeds, int64_t now_ms, struct log *log)
{
    if (feeds->folder[0] == '\0' || now_ms < feeds->due_ms)
        return;
    feeds->due_ms = now_ms + FEEDS_LOOK_MS;
    for (size_t i = 0; i < feeds->count; i++)
        feeds->watched[i]->missing++;
    bool full = feeds->full;
    feeds->full = false;
    each_file(feeds, note_name, feeds);
    if (feeds->full && !full)
        log_line(log, LOG_WARN, "there are more feed files than can be feeds", LOG_INT("most", FEEDS_MAX));
    for (size_t i = 0; i < feeds->count;) {
        struct watched *watched = feeds->watched[i];
        if (watched->missing < LOOKS_TILL_GONE) {
            look_again(feeds, watched, log);
            say_bad(log, watched);
            i++;
            continue;
        }
        log_line(log, LOG_INFO, "a feed has gone with its file", LOG_TEXT("feed", watched->entry.name));
        close_watched(watched);
        feeds->count--;
        memmove(feeds->watched + i, feeds->watched + i + 1, (feeds->count - i) * sizeof *feeds->watched);
        feeds->version++;
    }
}

int64_t feeds_due(const struct feeds *feeds)
{
    return feeds->folder[0] != '\0' ? feeds->due_ms : INT64_MAX;
}

struct feed_entry *feeds_find(struct feeds *feeds, const char *name)
{
    struct watched *watched = find(feeds, name, NULL);
    return watched != NULL && watched->entry.feed != NULL ? &watched->entry : NULL;
}

const char *feeds_error(const struct feeds *feeds, const char *name)
{
    const struct watched *watched = find(feeds, name, NULL);
    return watched != NULL && watched->entry.feed == NULL ? watched->entry.error : NULL;
}

size_t feeds_count(const struct feeds *feeds)
{
    return feeds->count;
}

struct feed_entry *feeds_at(struct feeds *feeds, size_t index)
{
    must(index < feeds->count);
    return &feeds->watched[index]->entry;
}

uint64_t feeds_version(const struct feeds *feeds)
{
    return feeds->version;
}

const char *feeds_folder(const struct feeds *feeds)
{
    return feeds->folder;
}

bool feeds_check(const char *folder, const char *currency, const char *zone, char *ret_error, size_t error_bytes)
{
    struct feeds *feeds = feeds_open(folder, currency, zone);
    size_t used = 0;
    ret_error[0] = '\0';
    each_file(feeds, note_name, feeds);
    for (size_t i = 0; i < feeds->count; i++)
        if (!take_over(feeds, feeds->watched[i]) && used < error_bytes)
            used += (size_t)snprintf(ret_error + used, error_bytes - used, "%s%s", used > 0 ? "\n" : "",
                                     feeds->watched[i]->entry.error);
    feeds_close(&feeds);
    return used == 0;
}
