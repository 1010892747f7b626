#include "services/scoring/rival.h"

#include "common/calendar.h"
#include "common/utf8.h"

#include <stdio.h>
#include <string.h>

enum { DAY_MILLI = 1000 };

const char *const rival_names[RIVAL_VALUES] = {"", "no", "yes"};

void rival_start(struct rival_story *story)
{
    memset(story, 0, sizeof *story);
    story->seen.time_ms = story->need_lost.time_ms = INT64_MIN;
}

static void take(struct rival_sign *sign, const struct note *note, int32_t day, const char *who)
{
    size_t length = strlen(who);
    if (length >= RIVAL_WHO_BYTES)
        length = utf8_cut(who, length, RIVAL_WHO_BYTES - 1);
    sign->time_ms = note->time_ms;
    sign->day = day;
    memset(sign->who, 0, sizeof sign->who);
    memcpy(sign->who, who, length);
}

// Who it is and what they do: "Zip King, offers 8% less"; where there is no room for both, who.
static void take_competitor(struct rival_sign *sign, const struct note *note, int32_t day)
{
    const char *who = note->word.who, *what = note->word.what;
    char both[RIVAL_WHO_BYTES];
    int length = snprintf(both, sizeof both, "%s, %s", who, what);
    bool fits = who[0] != '\0' && what[0] != '\0' && length < (int)sizeof both;
    take(sign, note, day, fits ? both : who[0] != '\0' ? who : what);
}

void rival_hear(struct rival_story *story, const struct note *note, int32_t day)
{
    if (note->kind == NOTE_COMPETITOR)
        take_competitor(&story->seen, note, day);
    else if (note->kind == NOTE_NEED_LOST)
        take(&story->need_lost, note, day, note->word.what);
}

static bool holds(const struct rival_options *options, const struct rival_facts *facts, const struct rival_sign *sign)
{
    if (sign->time_ms == INT64_MIN)
        return false;
    return sign->time_ms > facts->last_order_ms || (int64_t)facts->today - sign->day <= options->days;
}

void rival_judge(const struct rival_options *options, const struct rival_facts *facts, struct rival *ret_rival)
{
    const struct rival_sign *seen = &facts->story->seen, *lost = &facts->story->need_lost;
    *ret_rival = (struct rival){.value = RIVAL_NO, .day = NOTE_NO_DAY};
    ret_rival->competitor = holds(options, facts, seen);
    ret_rival->need_lost = holds(options, facts, lost);
    if (ret_rival->competitor)
        ret_rival->day = seen->day;
    if (ret_rival->need_lost && lost->day > ret_rival->day)
        ret_rival->day = lost->day;
    if (ret_rival->competitor || ret_rival->need_lost)
        ret_rival->value = RIVAL_YES;
}

// "seen on 2026-05-17: Acme".
static void describe(const char *what, const struct rival_sign *sign, bool says, char *text, size_t bytes)
{
    char day[DAY_TEXT_BYTES];
    day_print(sign->day, day);
    text[0] = '\0';
    if (says)
        (void)snprintf(text, bytes, "%s on %s%s%s", what, day, sign->who[0] != '\0' ? ": " : "", sign->who);
}

void rival_explain(const struct rival_options *options, const struct rival_facts *facts, const struct rival *rival,
                   struct reason *ret_reason)
{
    char seen[RIVAL_WHO_BYTES + 64], lost[RIVAL_WHO_BYTES + 64];
    reason_start(ret_reason, "rival: a competitor seen or the need lost since the last order, or within %lld days",
                 (long long)options->days);
    if (rival->day != NOTE_NO_DAY) {
        reason_add(ret_reason, "newest_sign", REASON_DATE, rival->day);
        reason_add(ret_reason, "days_since", REASON_DAYS, ((int64_t)facts->today - rival->day) * DAY_MILLI);
    }
    if (facts->last_order_ms != INT64_MIN)
        reason_add(ret_reason, "last_order", REASON_TIME, facts->last_order_ms);
    describe("competitor seen", &facts->story->seen, rival->competitor, seen, sizeof seen);
    describe("need lost", &facts->story->need_lost, rival->need_lost, lost, sizeof lost);
    if (rival->competitor)
        reason_text(ret_reason, facts->story->seen.who);
    reason_note(ret_reason, "%s%s%s", seen, seen[0] != '\0' && lost[0] != '\0' ? "; " : "", lost);
}
