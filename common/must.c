#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_fail(const char *condition, const char *file, int line)
{
    fprintf(stderr, "<2>level=fatal msg=\"a promise does not hold\" condition=\"%s\" file=%s line=%d\n", condition,
            file, line);
    abort();
}
