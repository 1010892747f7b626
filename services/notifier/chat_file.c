// A file, or a folder with a file for each rep: blocks of text, or JSON lines when the name ends in .jsonl. Each
// message is one write at the end of the file, flushed to the disk before it counts as sent. One that may have been
// written before is first looked for in the last LOOK_BYTES of the file, and is not written twice.
#include "services/notifier/driver.h"

#include "services/notifier/block.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    FILE_BYTES = 40000,
    LOOK_BYTES = 256 * 1024, // a message that is repeated was among the newest
    FILE_MODE = 0640,
    FOLDER_MODE = 0750,
};

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), bytes = strlen(end);
    return length >= bytes && strcmp(text + length - bytes, end) == 0;
}

// The file of a rep within the folder: what is no plain character of a file name is written as %XX.
static const char *file_of(struct arena *arena, const char *folder, const char *rep_id)
{
    size_t length = strlen(folder), room = length + 3 * strlen(rep_id) + sizeof ".txt";
    char *path = arena_take(arena, room);
    memcpy(path, folder, length);
    for (const char *at = rep_id; *at != '\0'; at++) {
        char one[2] = {*at, '\0'};
        bool plain = driver_plain(one, 1, 1, "_-") || (*at == '.' && at != rep_id);
        length += (size_t)snprintf(path + length, room - length, plain ? "%c" : "%%%02X", (unsigned char)*at);
    }
    snprintf(path + length, room - length, ".txt");
    return path;
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    const char *path = destination->file;
    *ret_post = (struct post){.url = ends_in(path, "/") ? file_of(arena, path, parcel->rep_id) : path,
                              .unsynced = destination->unsynced};
    if (ends_in(path, ".jsonl"))
        ret_post->body = block_json(arena, parcel, &ret_post->length);
    else
        ret_post->body = block_text(arena, parcel, &ret_post->length);
    return NULL;
}

static void refuse(struct verdict *verdict, const char *what)
{
    bool config = errno == ENOENT || errno == EACCES || errno == EISDIR || errno == ENOTDIR || errno == EROFS;
    verdict_set(verdict, config ? OUTCOME_CONFIG : OUTCOME_RETRY, "the file cannot be %s: %s", what, strerror(errno));
}

// What the end of the file says: whether the message is there, when it may be, and whether the last line was cut off by
// a crash.
static bool look(int file, const struct post *post, bool *ret_held, bool *ret_torn)
{
    struct stat facts;
    *ret_held = *ret_torn = false;
    if (fstat(file, &facts) != 0)
        return false;
    size_t most = post->again ? LOOK_BYTES : 1;
    size_t length = facts.st_size < (off_t)most ? (size_t)facts.st_size : most;
    char *text = malloc(length + 1);
    if (text == NULL)
        return false;
    ssize_t taken = pread(file, text, length, facts.st_size - (off_t)length);
    if (taken > 0) {
        *ret_torn = text[taken - 1] != '\n';
        *ret_held = block_holds(text, (size_t)taken, post->id);
    }
    free(text);
    return taken >= 0;
}

// One write for the whole block, behind a line break when a crash cut the last line off; what was written in part is
// taken back.
static void append(int file, const struct post *post, bool torn, struct verdict *ret_verdict)
{
    off_t before = lseek(file, 0, SEEK_END);
    struct iovec pieces[] = {{(void *)(uintptr_t) "\n", torn ? 1 : 0}, {(void *)(uintptr_t)post->body, post->length}};
    ssize_t wanted = (ssize_t)(pieces[0].iov_len + pieces[1].iov_len);
    ssize_t written = writev(file, pieces, sizeof pieces / sizeof pieces[0]);
    if (written == wanted && (post->unsynced || fsync(file) == 0)) {
        verdict_set(ret_verdict, OUTCOME_OK, "written");
        return;
    }
    if (written >= 0 && written < wanted)
        errno = ENOSPC;
    refuse(ret_verdict, "written");
    if (before >= 0 && ftruncate(file, before) != 0)
        verdict_set(ret_verdict, OUTCOME_UNKNOWN, "the file was written in part: %s", strerror(errno));
}

// A new file is only there after a crash when its folder was flushed too.
static void flush_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path + 1), slash == NULL ? "." : path);
    int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle >= 0) {
        (void)!fsync(handle);
        close(handle);
    }
}

static void make_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path || (size_t)(slash - path) >= sizeof folder)
        return;
    memcpy(folder, path, (size_t)(slash - path));
    folder[slash - path] = '\0';
    (void)mkdir(folder, FOLDER_MODE); // a failure shows when the file is opened
}

static void deliver(const struct post *post, struct verdict *ret_verdict)
{
    int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    int file = open(post->url, flags);
    bool made = file < 0 && errno == ENOENT;
    if (made) {
        make_folder(post->url);
        file = open(post->url, flags | O_CREAT, FILE_MODE);
    }
    if (file < 0) {
        refuse(ret_verdict, "opened");
        return;
    }
    bool held, torn;
    if (!look(file, post, &held, &torn))
        refuse(ret_verdict, "read");
    else if (post->again && held)
        verdict_set(ret_verdict, OUTCOME_OK, "was written before");
    else
        append(file, post, torn, ret_verdict);
    if (made && !post->unsynced)
        flush_folder(post->url);
    close(file);
}

const struct driver driver_file = {
    .name = "file",
    .needs = DRIVER_FILE,
    .takes = DRIVER_FILE,
    .style = DISARM_PLAIN,
    .limit = FILE_BYTES,
    .cost = cost_bytes,
    .pace = {.interval_ms = 1, .burst = 1000000},
    .keyed = true,
    .compose = compose,
    .deliver = deliver,
};
