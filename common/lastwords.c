#include "common/lastwords.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 700 };

static bool path_of(const char *folder, char *path)
{
    return snprintf(path, PATH_BYTES, "%s/REFUSED", folder) < PATH_BYTES;
}

void lastwords_put(const char *folder, const char *sentence)
{
    char path[PATH_BYTES];
    FILE *file = path_of(folder, path) ? fopen(path, "we") : NULL;
    if (file == NULL)
        return;
    fprintf(file, "%s\n", sentence);
    fclose(file);
}

bool lastwords_get(const char *folder, char *ret_sentence, size_t bytes)
{
    char path[PATH_BYTES];
    FILE *file = path_of(folder, path) ? fopen(path, "re") : NULL;
    if (file == NULL)
        return false;
    bool found = fgets(ret_sentence, (int)bytes, file) != NULL;
    fclose(file);
    if (found)
        ret_sentence[strcspn(ret_sentence, "\n")] = '\0';
    return found;
}

void lastwords_forget(const char *folder)
{
    char path[PATH_BYTES];
    if (path_of(folder, path))
        (void)unlink(path);
}
