#include "common/textfile.h"

#include "common/must.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool textfile_read(const char *path, size_t most, char *ret_error, size_t error_bytes, char **ret_text,
                   size_t *ret_length)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(ret_error, error_bytes, "%s: %s", path, strerror(errno));
        return false;
    }
    char *text = malloc(most + 1);
    must(text != NULL);
    size_t length = fread(text, 1, most + 1, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        snprintf(ret_error, error_bytes, "%s: cannot be read", path);
    else if (length > most)
        snprintf(ret_error, error_bytes, "%s: longer than %zu KiB", path, most / 1024);
    if (failed || length > most) {
        free(text);
        return false;
    }
    *ret_text = text;
    *ret_length = length;
    return true;
}
