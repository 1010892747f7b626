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

// The answer alone: "done", "put off"; of a decision "approved", "refused"; "" for one that does not exist.
static const char *word_of(enum language language, unsigned answer, bool decision)
{
    if (decision && answer == TICKET_DONE)
        return approved[language];
    if (decision && answer == TICKET_NOT_INTERESTED)
        return refused[language];
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
    char at[SAY_BYTES], next[SAY_BYTES];
    const char *by = settled->by;
    const char *word = word_of(language, settled->answer, settled->decision);
    if (settled->answer == TICKET_OPEN)
        return word;
    moment(language, settled, settled->at_ms, at);
    if (settled->next_ms == 0)
        return arena_format(arena, language == LANGUAGE_ZH ? "%s：%s（%s）" : "%s: %s (%s)", by, word, at);
    moment(language, settled, settled->next_ms, next);
    return arena_format(arena, language == LANGUAGE_ZH ? "%s：%s到%s（%s）" : "%s: %s until %s (%s)", by, word, next,
                        at);
}
