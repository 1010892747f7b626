#include "common/headcount.h"

#include "common/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 640, CODE_CREATE = 73, CODE_CONFIG = 78, NUMBER_BYTES = 8 };

static const char way_on[] = "either go back to the old number, or begin on an empty data_dir and import again";

// What is there of a service.
struct found {
    bool file;
    unsigned number;       // in the file; 0: none that can be
    bool whole;            // the folder of a single process
    bool parts[LANES_MAX]; // the folders of several
    unsigned parts_end;    // one beyond the last of these
    char path[PATH_BYTES]; // of the last folder, for people
};

static bool folder_there(const char *data_dir, const char *service, struct lane lane, struct found *found)
{
    char name[LANE_NAME_BYTES], path[PATH_BYTES];
    lane_name(service, lane, name);
    snprintf(path, sizeof path, "%s/%s", data_dir, name);
    if (access(path, F_OK) != 0)
        return false;
    memcpy(found->path, path, sizeof path);
    return true;
}

static void path_of(const char *data_dir, const char *service, char *ret_path)
{
    snprintf(ret_path, PATH_BYTES, "%s/%s.processes", data_dir, service);
}

static void read_file(const char *data_dir, const char *service, struct found *found)
{
    char path[PATH_BYTES], end = '\n';
    unsigned number = 0;
    path_of(data_dir, service, path);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return;
    found->file = true;
    if (fscanf(file, "%2u%c", &number, &end) >= 1 && end == '\n' && number <= LANES_MAX)
        found->number = number;
    fclose(file);
}

// The folders before the file: whoever makes a folder has left the file before.
static void look(const char *data_dir, const char *service, struct found *ret_found)
{
    *ret_found = (struct found){.file = false};
    ret_found->whole = folder_there(data_dir, service, (struct lane){0, 1}, ret_found);
    for (unsigned i = 0; i < LANES_MAX; i++) {
        ret_found->parts[i] = folder_there(data_dir, service, (struct lane){i, LANES_MAX}, ret_found);
        if (ret_found->parts[i])
            ret_found->parts_end = i + 1;
    }
    read_file(data_dir, service, ret_found);
}

// Whether the folders can be those of so many. `own`: the process that asks; LANES_MAX: none of them.
static bool folders_agree(const struct found *found, unsigned count, unsigned own)
{
    if (count == 1)
        return found->parts_end == 0;
    if (found->whole || found->parts_end > count)
        return false;
    bool all = true;
    for (unsigned i = 0; i < count; i++)
        all = all && (found->parts[i] || (own != LANES_MAX && i != own));
    return found->parts_end == 0 || all;
}

static bool compare(const char *data_dir, const char *service, unsigned count, unsigned own, const struct found *found,
                    char *ret_sentence, size_t bytes)
{
    char path[PATH_BYTES];
    path_of(data_dir, service, path);
    if (found->file && found->number == 0)
        snprintf(ret_sentence, bytes, "%s should hold the number of processes that the stores beside it are of", path);
    else if (found->file && found->number != count)
        snprintf(ret_sentence, bytes,
                 "%s says %u and common.%s_processes says %u, which is fixed once there is data: %s", path,
                 found->number, service, count, way_on);
    else if (!found->file && !folders_agree(found, count, own))
        snprintf(ret_sentence, bytes,
                 "%s is there from another common.%s_processes than %u, which is fixed once there is data: %s",
                 found->path, service, count, way_on);
    else
        return true;
    return false;
}

bool headcount_agrees(const char *data_dir, const char *service, unsigned count, char *ret_sentence, size_t bytes)
{
    struct found found;
    look(data_dir, service, &found);
    return compare(data_dir, service, count, LANES_MAX, &found, ret_sentence, bytes);
}

// Written aside and linked, so that nobody meets half of it, and of two that come at once the first wins. False with
// errno.
static bool leave_file(const char *data_dir, const char *service, unsigned count)
{
    char path[PATH_BYTES], aside[PATH_BYTES + 32], text[NUMBER_BYTES];
    path_of(data_dir, service, path);
    snprintf(aside, sizeof aside, "%s.XXXXXX", path);
    int length = snprintf(text, sizeof text, "%u\n", count);
    int file = mkostemp(aside, O_CLOEXEC);
    if (file < 0)
        return false;
    errno = ENOSPC;
    bool good = write(file, text, (size_t)length) == length && fchmod(file, 0640) == 0 && fsync(file) == 0;
    int reason = errno;
    if (close(file) != 0 && good) {
        reason = errno;
        good = false;
    }
    if (good && link(aside, path) != 0) {
        reason = errno;
        good = errno == EEXIST;
    }
    unlink(aside);
    errno = reason;
    return good;
}

int headcount_claim(const char *data_dir, const char *service, struct lane lane, char *ret_sentence, size_t bytes)
{
    struct found found;
    lane = lane_whole(lane);
    look(data_dir, service, &found);
    if (!compare(data_dir, service, lane.count, lane.index, &found, ret_sentence, bytes))
        return CODE_CONFIG;
    // Stores without a file say themselves whose they are (division.h).
    if (found.file || found.whole || found.parts_end > 0)
        return 0;
    if (!store_make_folder(data_dir) || !leave_file(data_dir, service, lane.count)) {
        snprintf(ret_sentence, bytes, "%s/%s.processes cannot be made: %s", data_dir, service, strerror(errno));
        return CODE_CREATE;
    }
    look(data_dir, service, &found); // another one may have been first
    return compare(data_dir, service, lane.count, lane.index, &found, ret_sentence, bytes) ? 0 : CODE_CONFIG;
}
