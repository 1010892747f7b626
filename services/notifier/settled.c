#include "services/notifier/settled.h"

#include "common/zone.h"

enum { SECOND_MS = 1000, DAY_SECONDS = 86400 };

static const char *const words[TICKET_ACTIONS][LANGUAGES] = {
    [TICKET_OPEN] = {"已撤回，不用再处理", "withdrawn, nothing to do any more"},
    [TICKET_DONE] = {"已完成", "done"},
    [TICKET_NO_ANSWER] = {"没联系上", "no answer"},
    [TICKET_SNOOZED] = {"推迟", "put off"},
    [TICKET_RESCHEDULED] = {"改期", "another date"},
    [TICKET_NOT_INTERESTED] = {"客户没兴趣", "not interested"},
};

static const char *const approved[LANGUAGES] = {"已同意", "approved"};
static const char *const refused[LANGUAGES] = {"不同意", "refused"};
static const char *const called_off[LANGUAGES] = {"不用做了", "called off"};

// The answer alone: "done", "put off"; of a decision "approved", "refused"; "" for one that does not exist.
static const char *word_of(enum language language, const struct settled *settled)
{
    unsigned answer = settled->answer;
    if (settled->decision && answer == TICKET_DONE)
        return approved[language];
    if (settled->decision && answer == TICKET_NOT_INTERESTED)
        return refused[language];
    if (settled->owed && answer == TICKET_NOT_INTERESTED)
        return called_off[language];
    return answer < TICKET_ACTIONS ? words[answer][language] : "";
}

static void moment(enum language language, const struct settled *settled, int64_t at_ms, char *buffer)
{
    int64_t at_s = at_ms / SECOND_MS;
    struct local_time at = {.day = (int32_t)(at_s / DAY_SECONDS), .second = (int32_t)(at_s % DAY_SECONDS)};
    if (settled->zone != NULL)
        at = zone_local(settled->zone, at_s);
    say_moment(language, settled->today, at.day, at.second, buffer);
}

const char *settled_say(struct arena *arena, enum language language, const struct settled *settled)
{
    bool chinese = language == LANGUAGE_ZH;
    char at[SAY_BYTES], next[SAY_BYTES] = "";
    const char *word = word_of(language, settled);
    const char *colon = settled->by[0] == '\0' ? "" : chinese ? "：" : ": ";
    const char *where = !settled->elsewhere ? "" : chinese ? "，在别处" : ", elsewhere";
    if (settled->answer == TICKET_OPEN)
        return word;
    moment(language, settled, settled->at_ms, at);
    const char *until = settled->next_ms == 0 ? "" : chinese ? "到" : " until ";
    if (settled->next_ms != 0)
        moment(language, settled, settled->next_ms, next);
    return arena_format(arena, chinese ? "%s%s%s%s%s（%s%s）" : "%s%s%s%s%s (%s%s)", settled->by, colon, word, until,
                        next, at, where);
}
