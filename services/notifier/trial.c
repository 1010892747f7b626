#include "services/notifier/trial.h"

#include "services/notifier/bulletin.h"
#include "services/notifier/outbox.h"

#include <stdio.h>
#include <string.h>

enum { BY_MOST = 60, LINE_MS = 60 * 1000 };

static const char nobody[] = "(test)"; // of a message that goes to no rep; nothing is known about it

// Says what it is, so that a group does not take it for a task, and who is to be asked about it.
static const char *say(struct mailroom *room, struct turn *turn, const struct trial *trial, const char *rep)
{
    struct recipient reader;
    enum language language = LANGUAGE_EN;
    char by[BY_MOST * DISARM_GROWTH];
    mailroom_recipient(room, turn, rep, &reader);
    const char *own = mailroom_channel(room, trial->channel)->options->language;
    (void)language_parse(rep == nobody && own[0] != '\0' ? own : reader.language, &language);
    disarm(trial->by, strlen(trial->by), DISARM_PLAIN, BY_MOST, by, sizeof by);
    if (language == LANGUAGE_ZH)
        return arena_format(turn->arena, "这是一条测试消息，经由 %s%s%s，无需处理", trial->channel,
                            by[0] != '\0' ? "，测试人 " : "", by);
    return arena_format(turn->arena, "This is a test of the channel %s%s%s; there is nothing to do", trial->channel,
                        by[0] != '\0' ? ", by " : "", by);
}

bool trial_begin(struct mailroom *room, struct turn *turn, const struct trial *trial, struct delivery *ret_delivery)
{
    struct channel_row row;
    struct channel *channel = mailroom_channel(room, trial->channel);
    if (channel == NULL)
        return false;
    box_channel_get(turn, trial->channel, &row);
    if (row.open || channel->problem[0] != '\0')
        outbox_probe(room, turn, trial->channel);
    const char *rep = trial->rep[0] != '\0' ? trial->rep : nobody;
    struct bulletin_line line = {
        .text = say(room, turn, trial, rep), .customer_id = "", .customer = "", .points = {"", ""}};
    struct bulletin bulletin = {.prefix = BULLETIN_TEST,
                                .channel = trial->channel,
                                .rep = rep,
                                .only = trial->channel,
                                .queued_ms = turn->now_ms - room->options->too_old_ms + LINE_MS, // the first in line
                                .expires_ms = turn->now_ms + TRIAL_LASTS_MS,
                                .lines = &line,
                                .count = 1};
    bulletin_begin(room, turn, &bulletin, ret_delivery);
    return true;
}
