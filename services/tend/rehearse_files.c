#include "services/tend/rehearse_files.h"

#include "common/calendar.h"
#include "common/must.h"
#include "common/stamp.h"
#include "common/zone.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 1200, ID_BYTES = 260, HOUR = 3600, MINUTE = 60 };

// A file that is arranged.
struct scroll {
    FILE *in, *out;
    struct recount *recount;
    const struct recount_rep *rep; // NULL: none of the recount's
    char id[ID_BYTES];
    int32_t day; // that is being gathered, INT32_MIN: none
    size_t messages;
    FILE *pages; // its messages
    char *text;
    size_t length;
};

static struct local_time local_of(const struct scroll *scroll, int64_t seconds)
{
    if (scroll->rep != NULL && scroll->rep->zone != NULL)
        return zone_local(scroll->rep->zone, seconds);
    return (struct local_time){(int32_t)(seconds / 86400), (int32_t)(seconds % 86400)};
}

// The messages of a day, behind a line that says which day it is and how many they are.
static void put_day(struct scroll *scroll)
{
    static const char *const names[][7] = {
        {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
        {"周一", "周二", "周三", "周四", "周五", "周六", "周日"}};
    if (scroll->pages == NULL)
        return;
    must(fclose(scroll->pages) == 0);
    scroll->pages = NULL;
    bool chinese = scroll->rep != NULL && scroll->rep->chinese;
    char day[DAY_TEXT_BYTES];
    (void)day_print(scroll->day, day);
    const char *name = names[chinese][day_weekday(scroll->day) - 1];
    if (chinese)
        fprintf(scroll->out, "\n== %s %s：%zu 条消息\n", day, name, scroll->messages);
    else
        fprintf(scroll->out, "\n== %s %s: %zu message%s\n", day, name, scroll->messages,
                scroll->messages == 1 ? "" : "s");
    fwrite(scroll->text, 1, scroll->length, scroll->out);
    free(scroll->text);
    scroll->text = NULL;
}

// Of whom it is, once the first message says so.
static void put_head(struct scroll *scroll)
{
    scroll->rep = recount_find(scroll->recount, scroll->id);
    const char *name = scroll->rep != NULL ? recount_name(scroll->rep) : scroll->id;
    unsigned long long messages = scroll->rep != NULL ? scroll->rep->messages : 0;
    unsigned days = scroll->rep != NULL ? scroll->rep->days : 0;
    if (scroll->rep != NULL && scroll->rep->chinese)
        fprintf(scroll->out, "%s（%s）会收到的消息：%u 天，共 %llu 条\n", name, scroll->id, days, messages);
    else
        fprintf(scroll->out, "What %s (%s) would have received: %llu message%s on %u day%s\n", name, scroll->id,
                messages, messages == 1 ? "" : "s", days, days == 1 ? "" : "s");
}

static void begin_message(struct scroll *scroll, int64_t seconds)
{
    struct local_time local = local_of(scroll, seconds);
    if (scroll->pages == NULL || local.day != scroll->day) {
        put_day(scroll);
        scroll->day = local.day;
        scroll->messages = 0;
        scroll->pages = open_memstream(&scroll->text, &scroll->length);
        must(scroll->pages != NULL);
    }
    scroll->messages++;
    fprintf(scroll->pages, "\n%02d:%02d\n", local.second / HOUR, local.second % HOUR / MINUTE);
}

// "--- 2026-06-01T00:30:00Z message 4e1f to wang" begins a message, "--- end 4e1f" ends it; what stands between is
// indented, so no text of a message looks like either.
static void read_line(struct scroll *scroll, const char *line)
{
    char time[STAMP_TEXT_BYTES], id[ID_BYTES];
    int64_t seconds;
    int32_t nanos;
    if (sscanf(line, "--- %31s message %*s to %259[^\n]", time, id) == 2 &&
        stamp_parse(time, strlen(time), &seconds, &nanos)) {
        if (scroll->id[0] == '\0') {
            snprintf(scroll->id, sizeof scroll->id, "%s", id);
            put_head(scroll);
        }
        begin_message(scroll, seconds);
    } else if (strncmp(line, "--- end ", 8) != 0 && scroll->pages != NULL) {
        fputs(line, scroll->pages);
    }
}

static bool arrange(const char *raw, const char *out, const char *name, struct recount *recount, char *error,
                    size_t bytes)
{
    char from[PATH_BYTES], to[PATH_BYTES], *line = NULL;
    size_t room = 0;
    snprintf(from, sizeof from, "%s/%s", raw, name);
    snprintf(to, sizeof to, "%s/%s", out, name);
    struct scroll scroll = {.in = fopen(from, "r"), .recount = recount, .day = INT32_MIN};
    scroll.out = scroll.in != NULL ? fopen(to, "w") : NULL;
    if (scroll.out == NULL) {
        snprintf(error, bytes, "%s: %s", scroll.in == NULL ? from : to, strerror(errno));
        if (scroll.in != NULL)
            fclose(scroll.in);
        return false;
    }
    while (getline(&line, &room, scroll.in) > 0)
        read_line(&scroll, line);
    put_day(&scroll);
    free(line);
    bool good = ferror(scroll.in) == 0 && ferror(scroll.out) == 0;
    fclose(scroll.in);
    good = fclose(scroll.out) == 0 && good;
    if (!good)
        snprintf(error, bytes, "%s: %s", to, strerror(errno));
    return good;
}

static int no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

bool rehearse_files_write(const char *raw, const char *out, struct recount *recount, char *ret_error, size_t bytes)
{
    struct dirent **names;
    int count = scandir(raw, &names, no_dots, alphasort);
    if (count < 0 && errno != ENOENT) {
        snprintf(ret_error, bytes, "%s: %s", raw, strerror(errno));
        return false;
    }
    bool good = true;
    for (int i = 0; i < count; i++) {
        good = good && arrange(raw, out, names[i]->d_name, recount, ret_error, bytes);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
    return good;
}
