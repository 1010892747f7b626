#include "bench/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMAND_BYTES = 1024, LINE_BYTES = 1024 };

static void take_line(char *line, const struct peer_figure *figures)
{
    char *rest = strchr(line, ' ');
    line[strcspn(line, "\n")] = '\0';
    if (rest == NULL)
        return;
    *rest++ = '\0';
    if (strcmp(line, "missing") == 0)
        table_note("%s", rest);
    for (; figures->name != NULL; figures++)
        if (strcmp(line, figures->name) == 0)
            for (char *value = strtok(rest, " "); value != NULL; value = strtok(NULL, " "))
                series_add(figures->values, strtod(value, NULL));
}

bool peer_run(const char *program, const char *arguments, const struct peer_figure *figures)
{
    char command[COMMAND_BYTES], line[LINE_BYTES];
    snprintf(command, sizeof command, "'%s' %s", program, arguments);
    FILE *said = popen(command, "r");
    if (said == NULL)
        return false;
    while (fgets(line, sizeof line, said) != NULL)
        take_line(line, figures);
    return pclose(said) == 0;
}
