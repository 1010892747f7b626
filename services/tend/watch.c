#include "services/tend/watch.h"

#include "common/must.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096 };

#define MS_NS INT64_C(1000000)

struct seen_file {
    struct watch_file file;
    int64_t since_ms; // that it is as it is
    bool met;         // in this look
};

struct watch {
    const char *folder;
    struct seen_file *files;
    size_t count;
};

struct watch *watch_open(const char *folder)
{
    struct watch *watch = calloc(1, sizeof *watch);
    must(watch != NULL);
    watch->folder = folder;
    watch->files = calloc(WATCH_FILES_MAX, sizeof *watch->files);
    must(watch->files != NULL);
    return watch;
}

void watch_close(struct watch **watch)
{
    if (*watch == NULL)
        return;
    free((*watch)->files);
    free(*watch);
    *watch = NULL;
}

static bool unfinished(const char *name)
{
    static const char *const endings[] = {".part", ".partial",  ".tmp",        ".temp",
                                          ".new",  ".filepart", ".crdownload", "~"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t bytes = strlen(endings[i]);
        if (length >= bytes && strcmp(name + length - bytes, endings[i]) == 0)
            return true;
    }
    return name[0] == '.';
}

static bool read_file(const struct watch *watch, const char *name, struct watch_file *ret_file)
{
    char path[PATH_ROOM];
    struct stat facts;
    if (strlen(name) >= WATCH_NAME_BYTES ||
        (size_t)snprintf(path, sizeof path, "%s/%s", watch->folder, name) >= sizeof path || lstat(path, &facts) != 0 ||
        !S_ISREG(facts.st_mode))
        return false;
    *ret_file = (struct watch_file){.bytes = facts.st_size, .inode = facts.st_ino};
    ret_file->changed_ns = (int64_t)facts.st_mtim.tv_sec * 1000 * MS_NS + facts.st_mtim.tv_nsec;
    memcpy(ret_file->name, name, strlen(name) + 1);
    return true;
}

static bool same(const struct watch_file *one, const struct watch_file *other)
{
    return one->bytes == other->bytes && one->changed_ns == other->changed_ns && one->inode == other->inode;
}

bool watch_same(const struct watch *watch, const struct watch_file *file)
{
    struct watch_file now;
    return read_file(watch, file->name, &now) && same(&now, file);
}

static void meet(struct watch *watch, const struct watch_file *file, int64_t boot_ms)
{
    size_t at = 0;
    while (at < watch->count && strcmp(watch->files[at].file.name, file->name) != 0)
        at++;
    if (at == WATCH_FILES_MAX)
        return;
    struct seen_file *seen = &watch->files[at];
    if (at == watch->count)
        watch->count++;
    if (seen->file.name[0] == '\0' || !same(&seen->file, file))
        *seen = (struct seen_file){.file = *file, .since_ms = boot_ms};
    seen->met = true;
}

// Forgets what is not there any more.
static void forget(struct watch *watch)
{
    size_t kept = 0;
    for (size_t i = 0; i < watch->count; i++)
        if (watch->files[i].met)
            watch->files[kept++] = watch->files[i];
    for (size_t i = kept; i < watch->count; i++)
        watch->files[i] = (struct seen_file){.met = false};
    watch->count = kept;
    for (size_t i = 0; i < kept; i++)
        watch->files[i].met = false;
}

static bool before(const struct watch_file *one, const struct watch_file *other)
{
    if (one->changed_ns != other->changed_ns)
        return one->changed_ns < other->changed_ns;
    return strcmp(one->name, other->name) < 0;
}

bool watch_look(struct watch *watch, int64_t boot_ms, int64_t wall_ms, struct watch_file *ret_file, int *ret_errno)
{
    DIR *folder = opendir(watch->folder);
    *ret_errno = folder == NULL ? errno : 0;
    if (folder == NULL)
        return false;
    struct watch_file file;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (!unfinished(entry->d_name) && read_file(watch, entry->d_name, &file))
            meet(watch, &file, boot_ms);
    closedir(folder);
    forget(watch);
    const struct watch_file *first = NULL;
    for (size_t i = 0; i < watch->count; i++) {
        const struct seen_file *seen = &watch->files[i];
        bool still =
            boot_ms - seen->since_ms >= WATCH_STILL_MS || seen->file.changed_ns < (wall_ms - WATCH_STILL_MS) * MS_NS;
        if (still && (first == NULL || before(&seen->file, first)))
            first = &seen->file;
    }
    if (first != NULL)
        *ret_file = *first;
    return first != NULL;
}
