#include "services/notifier/wayout.h"

#include "common/nearest.h"
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

// True for a rep whom people, teams or routes of the configuration name.
static bool is_named(const struct notifier_options *options, const char *rep)
{
    bool named = false;
    for (size_t i = 0; i < options->person_count; i++)
        named = named || strcmp(options->people[i].rep, rep) == 0;
    for (size_t i = 0; i < options->team_count; i++)
        named = named || strcmp(options->teams[i].manager, rep) == 0;
    for (size_t i = 0; i < options->route_count; i++)
        named = named || strcmp(options->routes[i].rep, rep) == 0;
    return named;
}

// The nearer one of two names, the first of which may be missing.
static const char *nearer(const char *wrong, const char *near, const char *name)
{
    const char *const names[] = {name, near};
    return nearest_name(wrong, names, near != NULL ? 2 : 1);
}

// A slip in the id would otherwise look like a rep who has nothing but the defaults. False with the error said.
static bool is_known(struct mailroom *room, struct turn *turn, const char *rep, struct reply *ret_reply)
{
    if (is_named(room->options, rep))
        return true;
    const char *known = NULL, *near = NULL;
    while (box_rep_next(turn, &known)) {
        if (strcmp(rep, known) == 0)
            return true;
        near = nearer(rep, near, known);
    }
    for (size_t i = 0; i < room->options->person_count; i++)
        near = nearer(rep, near, room->options->people[i].rep);
    const char *meant = near != NULL ? arena_format(turn->arena, "; did you mean \"%.100s\"?", near) : "";
    reply_error(turn, 404, "rep",
                arena_format(turn->arena,
                             "is known to nobody: no import of reps, no message and nothing under notifier "
                             "named \"%.100s\"%s",
                             rep, meant),
                ret_reply);
    return false;
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

// Who reads it in the place of the one who is named; "" while that one is there.
static const char *why_other(struct mailroom *room, struct turn *turn, const char *named, const char *reader)
{
    struct rep_row row;
    box_rep_get(turn, named, &row);
    if (strcmp(named, reader) == 0)
        return !away(room, turn, named) ? ""
               : row.deputy[0] == '\0'  ? " is away today, and nobody is known as the deputy"
                                        : " is away today, and so is the deputy";
    if (strcmp(row.deputy, reader) == 0)
        return " is away today, and this is the deputy";
    return strcmp(row.manager, reader) == 0 ? " is away today without a deputy who is there, and this is the manager"
                                            : " is away today, and so are the deputy and the manager";
}

// Why that one is named.
static const char *why_named(const struct route_options *route, bool same)
{
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
        return "whom the scheduler tells";
    }
}

static const char *why(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                       const struct route_options *route, const char *reader)
{
    const char *named = reader_named(room, turn, delivery), *other = why_other(room, turn, named, reader);
    const char *reason = why_named(route, strcmp(delivery->rep, named) == 0);
    if (other[0] == '\0')
        return reason;
    if (route != NULL && route->to == ROUTE_REP && strcmp(named, reader) != 0)
        reason = "the route names a rep";
    if (route == NULL || route->to == ROUTE_OWNER)
        return arena_format(turn->arena, "the owner%s", other);
    return arena_format(turn->arena, "%s, who%s", reason, other);
}

// Why it could not leave now: there is no channel, or it is shut or takes nothing, also when it is about to be tried
// again; empty when it could.
static const char *trouble(struct turn *turn, const struct recipient *reader)
{
    struct channel_row row;
    if (reader->channel == NULL)
        return reader->trouble;
    if (reader->channel->problem[0] != '\0')
        return reader->channel->problem;
    box_channel_get(turn, reader->channel->options->name, &row);
    if (row.blocked_ms <= turn->now_ms && !row.open && reader_down_since(turn, &row) == 0)
        return "";
    return arena_format(turn->arena, "%s: %s", reader_pause_words(&row), row.reason);
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
    if (!is_known(room, turn, rep, ret_reply))
        return;
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
                                .group = "",
                                .only = "",
                                .urgency = facts.urgency,
                                .list = list};
    reader_find(room, turn, &delivery, &reader);
    int64_t at_ms = reader_soonest(room, &delivery, &reader, turn->now_ms, &hold);
    const struct channel *channel = reader.channel;
    struct news_way way = {.route = delivery.route,
                           .rep = rep,
                           .reader = reader.rep,
                           .reader_name = reader.name,
                           .why = why(room, turn, &delivery, route, reader.rep),
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
