#include "services/notifier/wayout.h"

#include "common/zone.h"
#include "services/notifier/delivery.h"
#include "services/notifier/news.h"
#include "services/notifier/reader.h"
#include "services/notifier/route.h"

#include <ctype.h>
#include <string.h>

enum { SECOND_MS = 1000, DAY_SECONDS = 86400 };

// --- what is asked

static const char *given(const struct request *request, const char *name)
{
    const char *text = request->param(request, name);
    return text != NULL ? text : "";
}

// The field that is wrong, with why; NULL when nothing is.
static const char *read_facts(const struct request *request, struct route_facts *ret_facts, const char **ret_why)
{
    static const char *const urgencies[] = {"now", "today", "later"};
    const char *kind = given(request, "kind"), *abc = given(request, "class"), *urgency = given(request, "urgency");
    *ret_facts = (struct route_facts){kind[0] != '\0' ? kind : "other", '\0', given(request, "region"), 1};
    *ret_why = "must be a kind of reminder such as birthday, or call_list, preview, digest";
    if (!route_kind_known(ret_facts->kind))
        return "kind";
    ret_facts->abc = (char)toupper((unsigned char)abc[0]);
    *ret_why = "must be a, b or c";
    if (abc[0] != '\0' && (abc[1] != '\0' || strchr("ABC", ret_facts->abc) == NULL))
        return "class";
    for (unsigned i = 0; i < sizeof urgencies / sizeof *urgencies; i++)
        if (strcmp(urgencies[i], urgency) == 0) {
            ret_facts->urgency = i;
            urgency = "";
        }
    *ret_why = "must be now, today or later";
    if (urgency[0] != '\0')
        return "urgency";
    *ret_why = "must be the id of a rep";
    size_t length = strlen(given(request, "rep"));
    return length == 0 || length > BOX_NAME_MAX ? "rep" : NULL;
}

// --- why it goes there

static bool away(struct mailroom *room, struct turn *turn, const char *rep)
{
    struct hush hush;
    struct workdays days;
    mailroom_hush(room, turn, rep, &days, &hush);
    int64_t now_s = turn->now_ms / SECOND_MS;
    return hush_away(&hush, hush.zone != NULL ? zone_local(hush.zone, now_s).day : (int32_t)(now_s / DAY_SECONDS));
}

static const char *why_owner(struct mailroom *room, struct turn *turn, const char *rep, const char *reader)
{
    struct rep_row row;
    box_rep_get(turn, rep, &row);
    if (strcmp(rep, reader) != 0)
        return "the owner is away today, and this is the deputy";
    if (!away(room, turn, rep))
        return "whom the scheduler tells";
    return row.deputy[0] == '\0' ? "the owner is away today, and nobody is known as the deputy"
                                 : "the owner is away today, and so is the deputy";
}

static const char *why(struct mailroom *room, struct turn *turn, const struct route_options *route, const char *rep,
                       const char *reader)
{
    bool same = strcmp(rep, reader) == 0;
    switch (route != NULL ? route->to : ROUTE_OWNER) {
    case ROUTE_DEPUTY:
        return same ? "the route tells the deputy, and nobody is known as that: the owner"
                    : "the route tells the owner's deputy";
    case ROUTE_MANAGER:
        return same ? "the route tells the manager, and nobody is known as that: the owner"
                    : "the route tells the owner's manager";
    case ROUTE_REP:
        return "the route names this rep";
    case ROUTE_TEAM:
        return "the route tells the chat of the owner's team";
    default:
        return why_owner(room, turn, rep, reader);
    }
}

// Why it could not leave now: there is no channel, or it is shut; empty when it could.
static const char *trouble(struct turn *turn, const struct recipient *reader)
{
    struct channel_row row;
    if (reader->channel == NULL)
        return reader->trouble;
    if (reader->channel->problem[0] != '\0')
        return reader->channel->problem;
    box_channel_get(turn, reader->channel->options->name, &row);
    if (row.blocked_ms <= turn->now_ms)
        return "";
    return arena_format(turn->arena, "%s: %s", delivery_hold_words(row.open ? HOLD_CIRCUIT : HOLD_RATE), row.reason);
}

void wayout_show(struct mailroom *room, struct turn *turn, const struct request *request, struct reply *ret_reply)
{
    struct route_facts facts;
    struct recipient reader;
    enum delivery_hold hold = HOLD_NONE;
    const char *reason, *wrong = read_facts(request, &facts, &reason), *rep = given(request, "rep");
    if (wrong != NULL) {
        reply_error(turn, 400, wrong, reason, ret_reply);
        return;
    }
    bool list =
        strcmp(facts.kind, "call_list") == 0 || strcmp(facts.kind, "preview") == 0 || strcmp(facts.kind, "digest") == 0;
    const struct route_options *route = route_find(room->options, &facts);
    struct delivery delivery = {.created_ms = turn->now_ms,
                                .queued_ms = turn->now_ms,
                                .rep = rep,
                                .channel = "",
                                .detail = "",
                                .receipt = "",
                                .route = route != NULL ? route->name : "",
                                .reader = "",
                                .only = "",
                                .urgency = facts.urgency,
                                .list = list};
    reader_find(room, turn, &delivery, &reader);
    int64_t at_ms = reader_soonest(room, turn, &delivery, &reader, turn->now_ms, &hold);
    const struct channel *channel = reader.channel;
    struct news_way way = {.route = delivery.route,
                           .rep = rep,
                           .reader = reader.rep,
                           .reader_name = reader.name,
                           .why = why(room, turn, route, rep, reader.rep),
                           .channel = channel != NULL ? channel->options->name : "",
                           .type = channel != NULL ? channel->driver->name : "",
                           .address = reader.address,
                           .language = reader.language,
                           .trouble = trouble(turn, &reader),
                           .held_ms = at_ms > turn->now_ms ? at_ms : 0,
                           .hold = delivery_hold_words(hold)};
    const char *held = box_hold_get(turn);
    if (held[0] != '\0')
        way.trouble = arena_format(turn->arena, "everything is held: %s", held);
    news_reply_way(turn, &way, ret_reply);
}
