#include "services/tend/resume.h"

#include "common/hash.h"
#include "common/must.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, HEAD = 1 << 16, DAY_MS = 86400000, TEXT = 200 };

struct resume {
    char path[PATH_ROOM]; // "": none can be kept
};

// Adds what tells the file from others: a rename leaves it the same.
static void add_file(const char *path, uint8_t *hash)
{
    char *head = malloc(HEAD);
    must(head != NULL);
    struct stat facts;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length = file < 0 ? -1 : pread(file, head, HEAD, 0);
    if (length >= 0 && fstat(file, &facts) == 0) {
        int64_t numbers[] = {facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
        hash_pair(hash, HASH_BYTES, numbers, sizeof numbers, hash);
        hash_pair(hash, HASH_BYTES, head, (size_t)length, hash);
    }
    if (file >= 0)
        close(file);
    free(head);
}

struct resume *resume_open(const char *data_dir, const char *path, const char *const *words, size_t count)
{
    struct resume *resume = calloc(1, sizeof *resume);
    must(resume != NULL);
    if (data_dir == NULL)
        return resume;
    uint8_t hash[HASH_BYTES] = {0};
    char hex[2 * HASH_BYTES + 1], folder[PATH_ROOM];
    add_file(path, hash);
    for (size_t i = 0; i < count; i++) {
        const char *word = words[i] == NULL ? "" : words[i];
        hash_pair(hash, HASH_BYTES, word, strlen(word) + (words[i] != NULL), hash);
    }
    hash_hex(hash, HASH_BYTES, hex);
    bool fits = (size_t)snprintf(folder, sizeof folder, "%s/imports", data_dir) < sizeof folder;
    // Where there is no data_dir yet, or another machine's, nothing is kept.
    bool there = fits && (mkdir(folder, 0700) == 0 || access(folder, W_OK | X_OK) == 0);
    if (!there || (size_t)snprintf(resume->path, sizeof resume->path, "%.3900s/%s", folder, hex) >= PATH_ROOM)
        resume->path[0] = '\0';
    return resume;
}

void resume_close(struct resume **resume)
{
    free(*resume);
    *resume = NULL;
}

bool resume_load(const struct resume *resume, int64_t now_ms, struct resume_place *ret_place)
{
    char text[TEXT] = "";
    unsigned long long line, known;
    long long start;
    int end = 0;
    FILE *file = resume->path[0] == '\0' ? NULL : fopen(resume->path, "re");
    if (file == NULL)
        return false;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    bool good = sscanf(text, "line %llu known %llu now %lld\n%n", &line, &known, &start, &end) == 3 && end > 0 &&
                (size_t)end == length && line > 0 && known >= line && start <= now_ms && start > now_ms - DAY_MS;
    if (good)
        *ret_place = (struct resume_place){line, known, start};
    return good;
}

void resume_save(struct resume *resume, const struct resume_place *place)
{
    char aside[PATH_ROOM + 32];
    if (resume->path[0] == '\0')
        return;
    snprintf(aside, sizeof aside, "%s.%ld", resume->path, (long)getpid());
    FILE *file = fopen(aside, "we");
    if (file == NULL)
        return;
    bool good = fprintf(file, "line %llu known %llu now %lld\n", (unsigned long long)place->line,
                        (unsigned long long)place->known, (long long)place->now_ms) > 0;
    good = fclose(file) == 0 && good;
    if (!good || rename(aside, resume->path) != 0)
        unlink(aside);
}

void resume_forget(struct resume *resume)
{
    if (resume->path[0] != '\0')
        unlink(resume->path);
}
