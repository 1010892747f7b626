#include "bench/watch.h"

#include "bench/table.h"
#include "common/must.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { START_MS = 300000 };

static int64_t member(const json_t *status, const char *name)
{
    const char *text = json_string_value(json_object_get(status, name));
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

bool watch_status(const struct town *town, enum town_place place, struct watch *ret_watch)
{
    json_t *status = town_ask(town, place, "GET /v1/status");
    if (status == NULL)
        return false;
    *ret_watch = (struct watch){.first = member(status, "first"),
                                .last = member(status, "last"),
                                .position = member(status, "position"),
                                .payload_bytes = member(status, "payloadBytes")};
    json_decref(status);
    return true;
}

double watch_start(struct town *town, enum town_place place)
{
    struct watch watch;
    int64_t began_us = table_now_us();
    town_start(town, place);
    while (!watch_status(town, place, &watch))
        must(table_now_us() - began_us < (int64_t)START_MS * 1000 && town_wait(town, place, 0) < 0);
    return (double)(table_now_us() - began_us) / 1000;
}

void watch_catch_up(const struct town *town, enum town_place follower, enum town_place upstream, int timeout_ms)
{
    struct watch behind = {0}, ahead = {0};
    int64_t until_ms = town_clock_ms() + timeout_ms;
    while (!watch_status(town, upstream, &ahead) || !watch_status(town, follower, &behind) ||
           behind.position < ahead.last) {
        must(town_clock_ms() < until_ms);
        town_sleep_ms(5);
    }
}

int64_t watch_process(pid_t pid, const char *file, const char *name)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *stream = fopen(path, "r");
    int64_t value = -1;
    while (stream != NULL && value < 0 && fgets(line, sizeof line, stream) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtoll(line + strlen(name), NULL, 10);
    if (stream != NULL)
        fclose(stream);
    must(value >= 0);
    return value;
}

int64_t watch_cpu_us(pid_t pid)
{
    char path[64], line[1024];
    unsigned long long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *stream = fopen(path, "r");
    must(stream != NULL && fgets(line, sizeof line, stream) != NULL);
    fclose(stream);
    // Behind the name, which may hold anything, times are the 12th and 13th.
    const char *at = strrchr(line, ')');
    must(at != NULL && sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) == 2);
    return (int64_t)((user + system) * 1000000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}
