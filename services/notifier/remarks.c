#include "services/notifier/remarks.h"

#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_BYTES = 16, NAME_BYTES = 201, REASON_BYTES = 240, LINES_MOST = REMARKS_MOST * REMARK_KINDS };

struct line {
    enum remark_kind kind;
    char id[ID_BYTES], channel[NAME_BYTES], rep[NAME_BYTES], reason[REASON_BYTES];
};

struct storm {
    unsigned told;      // since the minute began
    unsigned more;      // of the kind, not told one by one
    unsigned committed; // of those, in turns that are committed
};

struct remarks {
    struct line lines[LINES_MOST];
    size_t count;
    struct storm storms[REMARK_KINDS];
    int64_t began_ms; // the minute; 0: none
    bool over;        // it is: the numbers are to be told
};

static const struct {
    const char *words, *many;
    enum log_level level;
} kinds[REMARK_KINDS] = {
    [REMARK_DEAD] = {"a message is dead", "more messages are dead", LOG_WARN},
    [REMARK_UNKNOWN] = {"a message may have been delivered and is repeated",
                        "more messages may have been delivered and are repeated", LOG_WARN},
    [REMARK_LEFT] = {"a message may have been delivered and is left to people",
                     "more messages may have been delivered and are left to people", LOG_WARN},
    [REMARK_SHUT] = {"a channel is shut until somebody mends it", "more channels are shut", LOG_WARN},
    [REMARK_DOWN] = {"a channel is down: its chat takes nothing", "more channels are down", LOG_WARN},
    [REMARK_OPEN] = {"a channel works again", "more channels work again", LOG_INFO},
    [REMARK_LOST] = {"an alarm has no way to anybody: look at `tend status`", "more alarms have no way", LOG_WARN},
    [REMARK_CLAIMED] = {"a browser answers as another rep from now on", "more browsers answer as others", LOG_INFO},
};

struct remarks *remarks_open(void)
{
    struct remarks *remarks = calloc(1, sizeof *remarks);
    must(remarks != NULL);
    return remarks;
}

void remarks_close(struct remarks **remarks)
{
    free(*remarks);
    *remarks = NULL;
}

static void copy(char *place, size_t room, const char *text)
{
    snprintf(place, room, "%s", text);
}

void remarks_add(struct remarks *remarks, const struct remark *remark, int64_t now_ms)
{
    must(remark->kind < REMARK_KINDS);
    struct storm *storm = &remarks->storms[remark->kind];
    remarks_tick(remarks, now_ms);
    if (remarks->began_ms == 0)
        remarks->began_ms = now_ms;
    if (storm->told == REMARKS_MOST || remarks->count == LINES_MOST) {
        storm->more++;
        return;
    }
    storm->told++;
    struct line *line = &remarks->lines[remarks->count++];
    line->kind = remark->kind;
    copy(line->id, sizeof line->id, remark->id);
    copy(line->channel, sizeof line->channel, remark->channel);
    copy(line->rep, sizeof line->rep, remark->rep);
    copy(line->reason, sizeof line->reason, remark->reason);
}

static bool any_more(const struct remarks *remarks)
{
    bool any = false;
    for (size_t i = 0; i < REMARK_KINDS; i++)
        any = any || remarks->storms[i].more > 0;
    return any;
}

int64_t remarks_due(const struct remarks *remarks)
{
    return any_more(remarks) ? remarks->began_ms + REMARKS_EVERY_MS : INT64_MAX;
}

void remarks_tick(struct remarks *remarks, int64_t now_ms)
{
    if (remarks->began_ms == 0 || now_ms - remarks->began_ms < REMARKS_EVERY_MS)
        return;
    remarks->over = any_more(remarks);
    remarks->began_ms =
        remarks->over ? now_ms : 0; // the numbers are told behind this turn, and the next ones a minute on
    for (size_t i = 0; i < REMARK_KINDS; i++)
        remarks->storms[i].told = 0;
}

void remarks_forget(struct remarks *remarks)
{
    remarks->count = 0;
    for (size_t i = 0; i < REMARK_KINDS; i++)
        remarks->storms[i].more = remarks->storms[i].committed;
}

static void tell_one(struct log *log, const struct line *line)
{
    struct log_pair pairs[5];
    size_t count = 0;
    if (line->id[0] != '\0')
        pairs[count++] = LOG_TEXT("message", line->id);
    if (line->channel[0] != '\0')
        pairs[count++] = LOG_TEXT("channel", line->channel);
    if (line->rep[0] != '\0')
        pairs[count++] = LOG_TEXT("rep", line->rep);
    if (line->reason[0] != '\0')
        pairs[count++] = LOG_TEXT("reason", line->reason);
    pairs[count] = LOG_END;
    log_write(log, kinds[line->kind].level, kinds[line->kind].words, pairs);
}

void remarks_tell(struct remarks *remarks, struct log *log)
{
    for (size_t i = 0; i < remarks->count; i++)
        tell_one(log, &remarks->lines[i]);
    remarks->count = 0;
    for (size_t i = 0; i < REMARK_KINDS; i++) {
        struct storm *storm = &remarks->storms[i];
        if (remarks->over && storm->more > 0) {
            log_line(log, kinds[i].level, kinds[i].many, LOG_COUNT("more", storm->more));
            storm->more = 0;
        }
        storm->committed = storm->more;
    }
    remarks->over = false;
}
