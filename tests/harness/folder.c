#include "harness/folder.h"

#include "common/must.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_BYTES = 400 };

void folder_make(char *ret_path)
{
    snprintf(ret_path, FOLDER_BYTES, "/tmp/tend-test-XXXXXX");
    must(mkdtemp(ret_path) != NULL);
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
    (void)facts, (void)type, (void)walk;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

uint8_t *folder_read(const char *path, const char *name, size_t *ret_length)
{
    char full[PATH_BYTES];
    snprintf(full, sizeof full, "%s/%s", path, name);
    FILE *file = fopen(full, "rb");
    must(file != NULL && fseek(file, 0, SEEK_END) == 0);
    size_t length = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(length + 1);
    must(bytes != NULL && fread(bytes, 1, length, file) == length);
    fclose(file);
    *ret_length = length;
    return bytes;
}

void folder_write(const char *path, const char *name, const void *bytes, size_t length)
{
    char full[PATH_BYTES];
    snprintf(full, sizeof full, "%s/%s", path, name);
    FILE *file = fopen(full, "wb");
    must(file != NULL && fwrite(bytes, 1, length, file) == length && fclose(file) == 0);
}

void folder_copy(const char *from, const char *to)
{
    folder_remove(to);
    must(mkdir(to, 0700) == 0);
    DIR *folder = opendir(from);
    must(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_type != DT_REG)
            continue;
        size_t length;
        uint8_t *bytes = folder_read(from, entry->d_name, &length);
        folder_write(to, entry->d_name, bytes, length);
        free(bytes);
    }
    closedir(folder);
}
