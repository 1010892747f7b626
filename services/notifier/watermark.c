#include "services/notifier/watermark.h"

#include "common/must.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 600, TEXT_BYTES = 32 };

struct watermark {
    char path[PATH_BYTES];
    uint64_t written, risen;
    int64_t written_ms;
    bool ever;
};

struct watermark *watermark_open(const char *path)
{
    struct watermark *watermark = calloc(1, sizeof *watermark);
    must(watermark != NULL);
    snprintf(watermark->path, sizeof watermark->path, "%s", path != NULL ? path : "");
    return watermark;
}

bool watermark_read(const struct watermark *watermark, uint64_t *ret_seq)
{
    FILE *file = watermark->path[0] != '\0' ? fopen(watermark->path, "re") : NULL;
    uint64_t seq;
    if (file == NULL)
        return false;
    bool good = fscanf(file, "%" SCNu64, &seq) == 1;
    fclose(file);
    if (good)
        *ret_seq = seq;
    return good;
}

// Aside and renamed: a file that was cut short would say that the store is older than it is.
static bool write_down(const struct watermark *watermark, uint64_t seq)
{
    char aside[PATH_BYTES + 8], text[TEXT_BYTES];
    snprintf(aside, sizeof aside, "%s.new", watermark->path);
    int length = snprintf(text, sizeof text, "%" PRIu64 "\n", seq);
    int file = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool good = write(file, text, (size_t)length) == length;
    good = close(file) == 0 && good;
    return good && rename(aside, watermark->path) == 0;
}

void watermark_close(struct watermark **watermark)
{
    struct watermark *closed = *watermark;
    if (closed != NULL && closed->ever && closed->risen > closed->written)
        (void)write_down(closed, closed->risen);
    free(closed);
    *watermark = NULL;
}

void watermark_rise(struct watermark *watermark, uint64_t seq, int64_t boot_ms)
{
    watermark->risen = seq;
    bool early = watermark->ever && boot_ms - watermark->written_ms < WATERMARK_EVERY_MS;
    if (watermark->path[0] == '\0' || early || (watermark->ever && seq == watermark->written))
        return;
    watermark->written_ms = boot_ms;
    watermark->ever = write_down(watermark, seq);
    watermark->written = seq;
}

bool watermark_home(const char *file, char *ret_text)
{
    struct statx about;
    if (file == NULL || file[0] == '\0' || statx(AT_FDCWD, file, 0, STATX_INO | STATX_BTIME, &about) != 0 ||
        (about.stx_mask & STATX_BTIME) == 0)
        return false;
    snprintf(ret_text, WATERMARK_HOME_BYTES, "%u:%u:%" PRIu64 ":%" PRId64 ".%u", about.stx_dev_major,
             about.stx_dev_minor, (uint64_t)about.stx_ino, (int64_t)about.stx_btime.tv_sec, about.stx_btime.tv_nsec);
    return true;
}
