#include "services/tend/backup.h"

#include "common/must.h"
#include "common/storecopy.h"
#include "services/tend/backups.h"
#include "services/tend/storecheck.h"
#include "services/tend/verb.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PATH_BYTES = 1100,
    LOOKS_MAX = 100, // until the stores agree: a rep's answer that is between notifier and ingest is there in a moment
    LOOK_AGAIN_MS = 20,
    WHY_BYTES = 420,
    MEBIBYTE = 1024 * 1024,
};

__attribute__((format(printf, 4, 5))) static int fail(char *error, size_t bytes, int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, bytes, format, arguments);
    va_end(arguments);
    return code;
}

// One backup in the making.
struct making {
    const struct settings *settings;
    const char *folder;
    char part[PATH_BYTES]; // where it is made
    struct storeset set;
    struct manifest manifest;
    struct progress progress;
    uint64_t done_bytes, total_bytes;
    struct backup_report report;
    char *error;
    size_t error_bytes;
};

static uint64_t files_bytes(const struct storeset *set)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < set->count; i++) {
        char path[PATH_BYTES];
        struct stat facts;
        snprintf(path, sizeof path, "%s/data.mdb", set->members[i].folder);
        sum += stat(path, &facts) == 0 ? (uint64_t)facts.st_size : 0;
    }
    return sum;
}

// Takes away what a backup that was broken off has left.
static void clear_part(const struct making *making)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "LOCK", "new/data.mdb", "new/lock.mdb", "new"};
    char path[PATH_BYTES + 64];
    for (unsigned i = 0; i < making->set.count; i++) {
        const char *name = making->set.members[i].name;
        for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
            snprintf(path, sizeof path, "%s/%s/%s", making->part, name, files[k]);
            remove(path);
        }
        snprintf(path, sizeof path, "%s/%s", making->part, name);
        remove(path);
    }
    snprintf(path, sizeof path, "%s/manifest.json", making->part);
    remove(path);
    remove(making->part);
}

// LMDB makes a file of locks for whoever reads, too.
static void drop_locks(const struct storeset *set)
{
    for (unsigned i = 0; i < set->count; i++) {
        char path[PATH_BYTES];
        snprintf(path, sizeof path, "%s/lock.mdb", set->members[i].folder);
        remove(path);
    }
}

// Looks until everybody agrees with everybody.
static int look(struct storeset *set, struct backup_report *report, char *error, size_t bytes)
{
    for (report->looks = 1;; report->looks++) {
        // Opened anew each time: a service may have put a new file into the old one's place (store_rebuild).
        if (!storeset_open(set, error, bytes) || !storeset_look(set, error, bytes))
            return VERB_PROBLEM;
        if (storeset_agrees(set, error, bytes))
            return VERB_DONE;
        storeset_close(set);
        if (report->looks == LOOKS_MAX)
            return VERB_PROBLEM;
        poll(NULL, 0, LOOK_AGAIN_MS);
    }
}

static void show(void *context, uint64_t bytes)
{
    struct making *making = context;
    progress_show(&making->progress, making->done_bytes + bytes, making->total_bytes,
                  (making->done_bytes + bytes) / MEBIBYTE, "MiB");
}

static int copy_one(struct making *making, unsigned which)
{
    const struct storeset_member *member = &making->set.members[which];
    struct manifest_store *entry = &making->manifest.stores[which];
    char folder[PATH_BYTES + LANE_NAME_BYTES + 1];
    snprintf(folder, sizeof folder, "%s/%s", making->part, member->name);
    struct storecopy copy = {.folder = folder,
                             .tables = member->tables,
                             .table_count = member->table_count,
                             .progress = show,
                             .context = making};
    struct store_error error;
    struct storecopy_sum sum;
    if (!storecopy_write(&copy, member->tx, &error, &sum))
        return fail(making->error, making->error_bytes, VERB_PROBLEM, "%s", error.text);
    _Static_assert(sizeof entry->name == sizeof member->name, "both hold the name of a process");
    memcpy(entry->name, member->name, sizeof entry->name);
    memcpy(entry->rows, sum.rows, sizeof entry->rows);
    entry->table_count = member->table_count;
    for (size_t i = 0; i < member->table_count; i++)
        snprintf(entry->tables[i], sizeof entry->tables[i], "%s", member->tables[i]);
    making->done_bytes += sum.bytes;
    making->manifest.count = which + 1;
    return VERB_DONE;
}

static int check_rows(const char *folder, const struct manifest_store *store, const char *const *tables,
                      struct backup_report *report, char *error, size_t bytes)
{
    struct storecheck check;
    storecheck_run(folder, tables, store->table_count, &check);
    if (!check.good)
        return fail(error, bytes, VERB_PROBLEM, "%s: %s", folder, check.trouble);
    for (unsigned i = 0; i < STORE_TABLE_SERVICE + store->table_count; i++) {
        if (check.rows[i] != store->rows[i])
            return fail(error, bytes, VERB_PROBLEM, "%s: a table has %" PRIu64 " rows and should have %" PRIu64, folder,
                        check.rows[i], store->rows[i]);
        report->rows += check.rows[i];
    }
    report->records += check.records;
    report->stores++;
    return VERB_DONE;
}

// Reads back what was written.
static int prove_copies(struct making *making)
{
    struct storeset *copies = malloc(sizeof *copies);
    must(copies != NULL);
    int code = storeset_list(making->settings, making->part, copies) ? VERB_DONE : VERB_PROBLEM;
    for (unsigned i = 0; i < copies->count && code == VERB_DONE; i++) {
        struct manifest_store *store = &making->manifest.stores[i];
        const struct storeset_member *member = &copies->members[i];
        char path[PATH_BYTES];
        code = check_rows(member->folder, store, member->tables, &making->report, making->error, making->error_bytes);
        snprintf(path, sizeof path, "%s/data.mdb", member->folder);
        if (code == VERB_DONE && !manifest_hash(path, store->sha256, &store->file_bytes))
            code =
                fail(making->error, making->error_bytes, VERB_PROBLEM, "%s cannot be read: %s", path, strerror(errno));
        making->report.bytes += store->file_bytes;
    }
    struct backup_report ignored;
    if (code == VERB_DONE)
        code = look(copies, &ignored, making->error, making->error_bytes);
    storeset_close(copies);
    drop_locks(copies);
    free(copies);
    return code;
}

static bool flush_parent(const char *path)
{
    char parent[PATH_BYTES];
    snprintf(parent, sizeof parent, "%s", path);
    char *slash = strrchr(parent, '/');
    if (slash == NULL)
        snprintf(parent, sizeof parent, ".");
    else
        slash[slash == parent] = '\0';
    int file = open(parent, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (file >= 0)
        close(file);
    return good;
}

static int copy_all(struct making *making)
{
    uint64_t before = files_bytes(&making->set);
    making->total_bytes = before;
    int code = look(&making->set, &making->report, making->error, making->error_bytes);
    for (unsigned i = 0; i < making->set.count && code == VERB_DONE; i++)
        code = copy_one(making, i);
    progress_clear(&making->progress);
    storeset_blink(&making->set);
    // A page that is not written again while somebody reads it is a page more.
    uint64_t after = files_bytes(&making->set);
    making->report.grown_bytes = after > before ? after - before : 0;
    storeset_close(&making->set);
    return code;
}

// Whether something may be made there: nothing, or an empty folder, which the rename replaces.
static bool is_free(const char *folder)
{
    return rmdir(folder) == 0 || errno == ENOENT;
}

static int make(struct making *making)
{
    char *error = making->error, real[BACKUPS_PATH_BYTES];
    size_t bytes = making->error_bytes;
    int length = snprintf(making->part, sizeof making->part, "%s.part", making->folder);
    if (length >= STORESET_FOLDER_BYTES - LANE_NAME_BYTES ||
        !storeset_list(making->settings, making->settings->data_dir, &making->set))
        return fail(error, bytes, VERB_PROBLEM, "the path of the backup or of data_dir is too long");
    if (!is_free(making->folder))
        return fail(error, bytes, VERB_PROBLEM,
                    "%s is there already and not empty: name a folder for this backup alone", making->folder);
    clear_part(making);
    if (!store_make_folder(making->part))
        return fail(error, bytes, VERB_PROBLEM, "%s cannot be made: %s", making->part, strerror(errno));
    int code = copy_all(making);
    if (code == VERB_DONE)
        code = prove_copies(making);
    if (code == VERB_DONE && !manifest_write(making->part, &making->manifest, &making->set, error, bytes))
        code = VERB_PROBLEM;
    if (code == VERB_DONE && (rename(making->part, making->folder) != 0 || !flush_parent(making->folder)))
        code = fail(error, bytes, VERB_PROBLEM, "%s cannot be given its name: %s", making->part, strerror(errno));
    if (code != VERB_DONE) {
        clear_part(making);
        return code;
    }
    if (realpath(making->folder, real) == NULL ||
        !backups_add(making->settings->data_dir, real, making->manifest.made_ms))
        return fail(error, bytes, VERB_PROBLEM,
                    "the backup is made and good, but it cannot be noted in the list of backups of %s: %s",
                    making->settings->data_dir, strerror(errno));
    return VERB_DONE;
}

int backup_make(const struct settings *settings, const char *folder, struct clock *clock, FILE *progress,
                struct backup_report *ret_report, char *ret_error, size_t error_bytes)
{
    struct making *making = calloc(1, sizeof *making);
    char name[PATH_BYTES];
    must(making != NULL);
    size_t length = (size_t)snprintf(name, sizeof name, "%s", folder);
    while (length > 1 && length < sizeof name && name[length - 1] == '/')
        name[--length] = '\0';
    making->settings = settings;
    making->folder = name;
    making->error = ret_error;
    making->error_bytes = error_bytes;
    // Before the look: what is deleted after it is in the backup.
    making->manifest.made_ms = making->report.made_ms = clock_wall_ms(clock);
    progress_start(&making->progress, progress, clock);
    int code = length < sizeof name ? make(making)
                                    : fail(ret_error, error_bytes, VERB_PROBLEM, "the path of the backup is too long");
    *ret_report = making->report;
    manifest_close(&making->manifest);
    free(making);
    return code;
}

// Whether the backup is of as many processes as the configuration says.
static bool fits(const struct manifest *manifest, const struct storeset *set)
{
    bool same = manifest->count == set->count;
    for (unsigned i = 0; same && i < set->count; i++)
        same = strcmp(manifest->stores[i].name, set->members[i].name) == 0;
    return same;
}

static int check_files(const struct manifest *manifest, struct storeset *set, struct backup_report *report, char *error,
                       size_t bytes)
{
    for (unsigned i = 0; i < set->count; i++) {
        const struct manifest_store *store = &manifest->stores[i];
        struct storeset_member *member = &set->members[i];
        char path[PATH_BYTES], hash[MANIFEST_HASH_BYTES];
        uint64_t length;
        snprintf(path, sizeof path, "%s/data.mdb", member->folder);
        if (!manifest_hash(path, hash, &length))
            return fail(error, bytes, VERB_PROBLEM, "%s cannot be read: %s", path, strerror(errno));
        if (strcmp(hash, store->sha256) != 0 || length != store->file_bytes)
            return fail(error, bytes, VERB_PROBLEM, "%s is not the file that the manifest tells of", path);
        // A store of an earlier version has fewer tables.
        member->tables = store->table_names;
        member->table_count = store->table_count;
        report->bytes += length;
        int code = check_rows(member->folder, store, member->tables, report, error, bytes);
        if (code != VERB_DONE)
            return code;
    }
    return VERB_DONE;
}

int backup_check(const struct settings *settings, const char *folder, struct backup_report *ret_report, char *ret_error,
                 size_t error_bytes)
{
    struct manifest *manifest = malloc(sizeof *manifest);
    struct storeset *set = malloc(sizeof *set);
    struct backup_report ignored;
    must(manifest != NULL && set != NULL);
    *ret_report = (struct backup_report){.stores = 0};
    int code = VERB_PROBLEM;
    if (manifest_read(folder, manifest, ret_error, error_bytes)) {
        ret_report->made_ms = manifest->made_ms;
        if (!storeset_list(settings, folder, set) || !fits(manifest, set))
            code = fail(ret_error, error_bytes, VERB_CONFIG,
                        "%s is of %u processes and the configuration of %u: use the configuration of its time", folder,
                        manifest->count, set->count);
        else
            code = check_files(manifest, set, ret_report, ret_error, error_bytes);
        if (code == VERB_DONE) {
            code = look(set, &ignored, ret_error, error_bytes);
            storeset_close(set);
        }
        drop_locks(set);
        manifest_close(manifest);
    }
    free(set);
    free(manifest);
    return code;
}

int backup_check_live(const struct settings *settings, struct backup_report *ret_report, char *ret_error,
                      size_t error_bytes)
{
    struct storeset *set = malloc(sizeof *set);
    struct storecheck check;
    must(set != NULL);
    *ret_report = (struct backup_report){.stores = 0};
    int code = storeset_list(settings, settings->data_dir, set)
                   ? VERB_DONE
                   : fail(ret_error, error_bytes, VERB_PROBLEM, "the path of data_dir is too long");
    for (unsigned i = 0; i < set->count && code == VERB_DONE; i++) {
        const struct storeset_member *member = &set->members[i];
        storecheck_run(member->folder, member->tables, member->table_count, &check);
        for (unsigned k = 0; k < STORE_TABLES_MAX; k++)
            ret_report->rows += check.rows[k];
        ret_report->records += check.records;
        ret_report->stores += check.good;
        if (!check.good)
            code = fail(ret_error, error_bytes, VERB_PROBLEM, "%s: %s", member->name, check.trouble);
    }
    ret_report->bytes = files_bytes(set);
    if (code == VERB_DONE) {
        code = look(set, ret_report, ret_error, error_bytes);
        storeset_close(set);
    }
    free(set);
    return code;
}
