// The backups that were made of a data_dir, as a small file beside the stores tells (`backups.json`): so that people
// hear when they made the last one, and which of them may still hold somebody who was erased since.
#ifndef TEND_TEND_BACKUPS_H
#define TEND_TEND_BACKUPS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    BACKUPS_MAX = 1000, // that are known; of more the oldest are forgotten
    BACKUPS_PATH_BYTES = 1024,
};

struct backup_known {
    char path[BACKUPS_PATH_BYTES];
    int64_t made_ms; // what it holds is as of then; since 1970
    bool there;      // its manifest is where it was made, and is still of that moment
};

// Reads the list, the newest first, into `ret_list` of `most`; returns how many there are, 0 when there is no list.
size_t backups_read(const char *data_dir, struct backup_known *ret_list, size_t most);

// Notes one more. False with errno when the list cannot be written.
bool backups_add(const char *data_dir, const char *path, int64_t made_ms);

// The oldest backup that is still there and was made before the moment: it holds what was erased after that. False:
// there is none, or none that is known.
bool backups_oldest_before(const char *data_dir, int64_t before_ms, struct backup_known *ret_backup);

// How many of those still there were made before the moment.
size_t backups_before(const char *data_dir, int64_t before_ms);

// Lists what backups that were broken off have left (NAME.part) where backups are: beside those that are known, and
// beside `path` (NULL: nowhere else). They hold what the stores held, persons too who were erased since, and nobody
// counts them among the backups. One line each; returns how many.
size_t backups_tell_broken(const char *data_dir, const char *path, FILE *out);

// For `tend status`: one line about the newest backup, or `json` gets it as "backup" when it is not NULL.
void backups_tell(const char *data_dir, int64_t now_ms, json_t *json);

#endif
