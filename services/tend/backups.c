#include "services/tend/backups.h"

#include "common/stamp.h"
#include "services/tend/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES = 640, AGE_BYTES = 40 };

static bool path_of(const char *data_dir, const char *ending, char *path)
{
    return snprintf(path, FILE_BYTES, "%s/backups.json%s", data_dir, ending) < FILE_BYTES;
}

static json_t *load(const char *data_dir)
{
    char path[FILE_BYTES];
    json_t *list = path_of(data_dir, "", path) ? json_load_file(path, 0, NULL) : NULL;
    if (json_is_array(json_object_get(list, "backups")))
        return list;
    json_decref(list);
    return json_pack("{s:[]}", "backups");
}

static bool is_there(const struct backup_known *backup)
{
    int64_t made_ms;
    return manifest_moment(backup->path, &made_ms) && made_ms == backup->made_ms;
}

size_t backups_read(const char *data_dir, struct backup_known *ret_list, size_t most)
{
    json_t *list = load(data_dir), *rows = json_object_get(list, "backups");
    size_t count = 0;
    for (size_t i = json_array_size(rows); i > 0 && count < most; i--) {
        const json_t *row = json_array_get(rows, i - 1);
        const char *path = json_string_value(json_object_get(row, "path"));
        struct backup_known *known = &ret_list[count];
        *known = (struct backup_known){.made_ms = json_integer_value(json_object_get(row, "madeMs"))};
        if (path == NULL || strlen(path) >= sizeof known->path)
            continue;
        memcpy(known->path, path, strlen(path) + 1);
        known->there = is_there(known);
        count++;
    }
    json_decref(list);
    return count;
}

bool backups_add(const char *data_dir, const char *path, int64_t made_ms)
{
    char to[FILE_BYTES], aside[FILE_BYTES];
    if (!path_of(data_dir, "", to) || !path_of(data_dir, ".new", aside)) {
        errno = ENAMETOOLONG;
        return false;
    }
    json_t *list = load(data_dir), *rows = json_object_get(list, "backups");
    json_array_append_new(rows, json_pack("{s:s,s:I}", "path", path, "madeMs", (json_int_t)made_ms));
    while (json_array_size(rows) > BACKUPS_MAX)
        json_array_remove(rows, 0);
    bool good = json_dump_file(list, aside, JSON_INDENT(1)) == 0 && rename(aside, to) == 0;
    json_decref(list);
    return good;
}

bool backups_oldest_before(const char *data_dir, int64_t before_ms, struct backup_known *ret_backup)
{
    struct backup_known *list = calloc(BACKUPS_MAX, sizeof *list);
    size_t count = list != NULL ? backups_read(data_dir, list, BACKUPS_MAX) : 0;
    bool found = false;
    for (size_t i = 0; i < count; i++)
        if (list[i].there && list[i].made_ms < before_ms && (!found || list[i].made_ms < ret_backup->made_ms)) {
            *ret_backup = list[i];
            found = true;
        }
    free(list);
    return found;
}

size_t backups_before(const char *data_dir, int64_t before_ms)
{
    struct backup_known *list = calloc(BACKUPS_MAX, sizeof *list);
    size_t count = list != NULL ? backups_read(data_dir, list, BACKUPS_MAX) : 0, before = 0;
    for (size_t i = 0; i < count; i++)
        before += list[i].there && list[i].made_ms < before_ms;
    free(list);
    return before;
}

static void parent_of(const char *path, char *parent)
{
    snprintf(parent, BACKUPS_PATH_BYTES, "%s", path);
    for (size_t length = strlen(parent); length > 1 && parent[length - 1] == '/';)
        parent[--length] = '\0';
    char *slash = strrchr(parent, '/');
    if (slash == NULL)
        snprintf(parent, BACKUPS_PATH_BYTES, ".");
    else
        slash[slash == parent] = '\0';
}

// A folder NAME.part that holds something with the name of a service is what a backup was made in.
static bool is_broken(const char *parent, const char *name, char *path)
{
    static const char ending[] = ".part";
    static const char *const services[] = {"ingest", "scoring", "scheduler", "notifier", "scoring-0", "scheduler-0"};
    size_t length = strlen(name);
    if (length < sizeof ending || strcmp(name + length - (sizeof ending - 1), ending) != 0)
        return false;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
        char inside[2 * BACKUPS_PATH_BYTES];
        if (snprintf(path, BACKUPS_PATH_BYTES, "%s/%s", parent, name) < BACKUPS_PATH_BYTES &&
            snprintf(inside, sizeof inside, "%s/%s", path, services[i]) > 0 && access(inside, F_OK) == 0)
            return true;
    }
    return false;
}

static size_t tell_broken_in(const char *parent, FILE *out)
{
    char path[BACKUPS_PATH_BYTES];
    size_t count = 0;
    DIR *all = opendir(parent);
    for (struct dirent *entry; all != NULL && (entry = readdir(all)) != NULL;)
        if (is_broken(parent, entry->d_name, path)) {
            fprintf(out,
                    "%s is of a backup that was broken off, or is made at this moment; it may hold persons who were "
                    "erased since. If none is made: rm -r %s\n",
                    path, path);
            count++;
        }
    if (all != NULL)
        closedir(all);
    return count;
}

size_t backups_tell_broken(const char *data_dir, const char *path, FILE *out)
{
    struct backup_known *list = calloc(BACKUPS_MAX, sizeof *list);
    size_t known = list != NULL ? backups_read(data_dir, list, BACKUPS_MAX) : 0, told = 0;
    char real[PATH_MAX], own[BACKUPS_PATH_BYTES] = "", parent[BACKUPS_PATH_BYTES], before[BACKUPS_PATH_BYTES] = "";
    if (path != NULL) {
        parent_of(path, parent);
        if (realpath(parent, real) != NULL && strlen(real) < sizeof own)
            memcpy(own, real, strlen(real) + 1);
    }
    told += own[0] != '\0' ? tell_broken_in(own, out) : 0;
    for (size_t i = 0; i < known; i++) {
        parent_of(list[i].path, parent);
        // Mostly all of them lie in one folder.
        if (strcmp(parent, own) != 0 && strcmp(parent, before) != 0)
            told += tell_broken_in(parent, out);
        memcpy(before, parent, sizeof before);
    }
    free(list);
    return told;
}

static void say_age(int64_t age_ms, char *text)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = {{86400000, "day"}, {3600000, "hour"}, {60000, "minute"}};
    snprintf(text, AGE_BYTES, "less than a minute ago");
    for (size_t i = sizeof units / sizeof *units; i > 0; i--) {
        long long count = age_ms / units[i - 1].ms;
        if (count > 0)
            snprintf(text, AGE_BYTES, "%lld %s%s ago", count, units[i - 1].name, count == 1 ? "" : "s");
    }
}

void backups_tell(const char *data_dir, int64_t now_ms, json_t *json)
{
    struct backup_known newest;
    char made[STAMP_TEXT_BYTES] = "", age[AGE_BYTES];
    bool known = backups_read(data_dir, &newest, 1) == 1 && stamp_valid(newest.made_ms / 1000, 0);
    if (known)
        stamp_print(newest.made_ms / 1000, 0, made);
    if (json != NULL) {
        if (known)
            json_object_set_new(
                json, "backup",
                json_pack("{s:s,s:s,s:b}", "path", newest.path, "made", made, "there", (int)newest.there));
        return;
    }
    say_age(now_ms - (known ? newest.made_ms : 0), age);
    if (known)
        printf("backup     the last one was made %s: %s%s\n", age, newest.path,
               newest.there ? "" : " (not there any more)");
    else
        printf("backup     none was made yet: tend backup DIR\n");
}
