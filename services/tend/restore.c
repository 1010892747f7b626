#include "services/tend/restore.h"

#include "common/mark.h"
#include "common/must.h"
#include "services/tend/verb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { PATH_BYTES = 1100, BLOCK_BYTES = 1024 * 1024 };

__attribute__((format(printf, 4, 5))) static int fail(char *error, size_t bytes, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, bytes, format, arguments);
    va_end(arguments);
    return code;
}

static void path_in(const struct storeset_member *member, const char *name, char *path)
{
    snprintf(path, PATH_BYTES, "%s/%s", member->folder, name);
}

bool restore_finds_stores(const struct settings *settings)
{
    struct storeset *set = malloc(sizeof *set);
    char path[PATH_BYTES];
    must(set != NULL);
    bool found = false;
    (void)storeset_list(settings, settings->data_dir, set);
    for (unsigned i = 0; i < set->count && !found; i++) {
        path_in(&set->members[i], "data.mdb", path);
        found = access(path, F_OK) == 0;
    }
    free(set);
    return found;
}

bool restore_finds_owner(const struct settings *settings, char *ret_name, long *ret_process)
{
    struct storeset *set = malloc(sizeof *set);
    must(set != NULL);
    bool found = false;
    (void)storeset_list(settings, settings->data_dir, set);
    for (unsigned i = 0; i < set->count && !found; i++) {
        found = store_held(set->members[i].folder, ret_process);
        if (found)
            memcpy(ret_name, set->members[i].name, LANE_NAME_BYTES);
    }
    free(set);
    return found;
}

// One restore.
struct restoring {
    const char *from;
    struct storeset set; // of the data_dir
    int locks[STORESET_MAX];
    bool marked[STORESET_MAX]; // by us, not by a restore that was broken off before
    struct manifest manifest;
    char *error;
    size_t error_bytes;
};

// The lock that a service takes at its start: none starts while its store is moved.
static int take_locks(struct restoring *restoring)
{
    for (unsigned i = 0; i < restoring->set.count; i++) {
        const struct storeset_member *member = &restoring->set.members[i];
        char path[PATH_BYTES];
        path_in(member, "LOCK", path);
        if (!store_make_folder(member->folder) ||
            (restoring->locks[i] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640)) < 0)
            return fail(restoring->error, restoring->error_bytes, VERB_PROBLEM, "%s cannot be made: %s", path,
                        strerror(errno));
        if (flock(restoring->locks[i], LOCK_EX | LOCK_NB) != 0)
            return fail(restoring->error, restoring->error_bytes, VERB_IN_USE,
                        "%s is in use by another process: stop the services first", member->folder);
    }
    return VERB_DONE;
}

static void drop_locks(struct restoring *restoring)
{
    for (unsigned i = 0; i < restoring->set.count; i++)
        if (restoring->locks[i] >= 0)
            close(restoring->locks[i]);
}

static bool pour(int from, int to)
{
    uint8_t *block = malloc(BLOCK_BYTES);
    must(block != NULL);
    ssize_t length, done = 0;
    bool good = true;
    while (good && (length = read(from, block, BLOCK_BYTES)) != 0) {
        good = length > 0;
        for (ssize_t at = 0; good && at < length; at += done) {
            done = write(to, block + at, (size_t)(length - at));
            good = done > 0;
        }
    }
    free(block);
    return good && fsync(to) == 0;
}

// Copies the file beside the store, and compares what is there then.
static int copy_aside(struct restoring *restoring, unsigned which)
{
    const struct storeset_member *member = &restoring->set.members[which];
    char from[PATH_BYTES], aside[PATH_BYTES], hash[MANIFEST_HASH_BYTES];
    uint64_t bytes = 0;
    snprintf(from, sizeof from, "%s/%s/data.mdb", restoring->from, member->name);
    path_in(member, STORE_RESTORED, aside);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    bool good = in >= 0 && out >= 0 && pour(in, out);
    int error = errno;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    if (!good)
        return fail(restoring->error, restoring->error_bytes, VERB_PROBLEM, "%s cannot be written: %s", aside,
                    strerror(error));
    if (!manifest_hash(aside, hash, &bytes) || strcmp(hash, restoring->manifest.stores[which].sha256) != 0)
        return fail(restoring->error, restoring->error_bytes, VERB_PROBLEM, "%s is not what the backup holds", aside);
    return VERB_DONE;
}

static bool flush_folder(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

static int move_in(struct restoring *restoring, unsigned which)
{
    const struct storeset_member *member = &restoring->set.members[which];
    char aside[PATH_BYTES], path[PATH_BYTES];
    path_in(member, "lock.mdb", path);
    unlink(path); // of the store that was there, with its readers
    path_in(member, STORE_RESTORED, aside);
    path_in(member, "data.mdb", path);
    if (rename(aside, path) != 0 || !flush_folder(member->folder))
        return fail(restoring->error, restoring->error_bytes, VERB_PROBLEM, "%s cannot be moved in: %s", path,
                    strerror(errno));
    mark_wipe(member->folder); // how the one before ended says nothing of this store
    return VERB_DONE;
}

// Put into every folder before the first store is replaced, and taken away after the last.
static int mark_all(struct restoring *restoring)
{
    for (unsigned i = 0; i < restoring->set.count; i++) {
        const struct storeset_member *member = &restoring->set.members[i];
        char path[PATH_BYTES];
        path_in(member, STORE_RESTORING, path);
        restoring->marked[i] = access(path, F_OK) != 0;
        int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
        bool good = file >= 0 && close(file) == 0 && flush_folder(member->folder);
        int error = errno;
        if (good)
            continue;
        // Nothing was replaced yet, unless by one that was broken off: what that one marked stays so.
        for (unsigned j = 0; j <= i; j++) {
            char made[PATH_BYTES];
            path_in(&restoring->set.members[j], STORE_RESTORING, made);
            if (restoring->marked[j])
                unlink(made);
        }
        return fail(restoring->error, restoring->error_bytes, VERB_PROBLEM, "%s cannot be made: %s", path,
                    strerror(error));
    }
    return VERB_DONE;
}

static int unmark_all(struct restoring *restoring)
{
    for (unsigned i = 0; i < restoring->set.count; i++) {
        const struct storeset_member *member = &restoring->set.members[i];
        char path[PATH_BYTES];
        path_in(member, STORE_RESTORING, path);
        if (unlink(path) != 0 || !flush_folder(member->folder))
            return fail(restoring->error, restoring->error_bytes, VERB_PROBLEM, "%s cannot be taken away: %s", path,
                        strerror(errno));
    }
    return VERB_DONE;
}

// An import that was taken as stored up to some row may be stored no more.
static void forget_imports(const char *data_dir)
{
    char folder[PATH_BYTES / 2], path[PATH_BYTES];
    snprintf(folder, sizeof folder, "%s/imports", data_dir);
    DIR *all = opendir(folder);
    for (struct dirent *entry; all != NULL && (entry = readdir(all)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (all != NULL)
        closedir(all);
}

static int put_back(struct restoring *restoring, const char *data_dir)
{
    int code = take_locks(restoring);
    for (unsigned i = 0; i < restoring->set.count && code == VERB_DONE; i++)
        code = copy_aside(restoring, i);
    if (code == VERB_DONE)
        code = mark_all(restoring);
    for (unsigned i = 0; i < restoring->set.count && code == VERB_DONE; i++)
        code = move_in(restoring, i);
    // What was moved in and what was not do not fit together: the marks stay until it is done again.
    if (code == VERB_DONE)
        code = unmark_all(restoring);
    for (unsigned i = 0; i < restoring->set.count && code != VERB_DONE; i++) {
        char aside[PATH_BYTES];
        path_in(&restoring->set.members[i], STORE_RESTORED, aside);
        unlink(aside);
    }
    if (code == VERB_DONE)
        forget_imports(data_dir);
    return code;
}

int restore_run(const struct settings *settings, const char *folder, bool replace, struct backup_report *ret_report,
                char *ret_error, size_t error_bytes)
{
    int code = backup_check(settings, folder, ret_report, ret_error, error_bytes);
    if (code != VERB_DONE)
        return code;
    if (!replace && restore_finds_stores(settings))
        return fail(ret_error, error_bytes, VERB_PROBLEM,
                    "there are stores in %s already; with --replace they are replaced", settings->data_dir);
    struct restoring *restoring = calloc(1, sizeof *restoring);
    must(restoring != NULL);
    for (size_t i = 0; i < STORESET_MAX; i++)
        restoring->locks[i] = -1;
    restoring->from = folder;
    restoring->error = ret_error;
    restoring->error_bytes = error_bytes;
    code = VERB_PROBLEM;
    if (storeset_list(settings, settings->data_dir, &restoring->set) &&
        manifest_read(folder, &restoring->manifest, ret_error, error_bytes)) {
        code = put_back(restoring, settings->data_dir);
        drop_locks(restoring);
        manifest_close(&restoring->manifest);
    }
    free(restoring);
    return code;
}
