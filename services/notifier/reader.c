#include "services/notifier/reader.h"

#include "common/must.h"
#include "common/zone.h"
#include "services/notifier/dispatch.h"

#include <string.h>

enum { SECOND_MS = 1000, DAY_SECONDS = 86400 };

// --- who

static bool away(const struct mailroom *room, const struct turn *turn, const struct recipient *recipient)
{
    struct hush hush;
    struct workdays days;
    mailroom_hush_of(room, recipient, &days, &hush);
    int64_t now_s = turn->now_ms / SECOND_MS;
    return hush_away(&hush, hush.zone != NULL ? zone_local(hush.zone, now_s).day : (int32_t)(now_s / DAY_SECONDS));
}

static const char *either(const char *one, const char *other)
{
    return one[0] != '\0' ? one : other;
}

// True when the deputy of the owner, who is away, is there.
static bool stands_in(struct mailroom *room, struct turn *turn, const struct recipient *owner)
{
    struct recipient deputy;
    if (owner->row->deputy[0] == '\0' || !away(room, turn, owner))
        return false;
    mailroom_recipient(room, turn, owner->row->deputy, &deputy);
    return !away(room, turn, &deputy);
}

static const char *who_reads(struct mailroom *room, struct turn *turn, const struct recipient *owner,
                             const struct route_options *route)
{
    switch (route != NULL ? route->to : ROUTE_OWNER) {
    case ROUTE_DEPUTY:
        return either(owner->row->deputy, owner->rep);
    case ROUTE_MANAGER:
        return either(owner->row->manager, owner->rep);
    case ROUTE_REP:
        return route->rep;
    default:
        return stands_in(room, turn, owner) ? owner->row->deputy : owner->rep;
    }
}

// --- by which channel

static const char *team_channel(const struct mailroom *room, const struct recipient *reader)
{
    for (size_t i = 0; i < room->options->team_count; i++) {
        const struct team_options *team = &room->options->teams[i];
        if (strcmp(team->manager, reader->rep) == 0 || strcmp(team->manager, reader->row->manager) == 0)
            return team->channel;
    }
    return "";
}

static bool works(struct turn *turn, const struct channel *channel, unsigned attempts)
{
    struct channel_row row;
    box_channel_get(turn, channel->options->name, &row);
    // One that is to be tried again is tried with what there is, but not with what it failed to take too often.
    bool failing = row.fails >= DISPATCH_FAILS;
    bool shut = (row.open || failing) && row.blocked_ms > turn->now_ms;
    return !shut && !row.gone && !(failing && attempts >= DISPATCH_FAILS);
}

enum { STRANGER_MS = 3600 * 1000 }; // a chat that does not know somebody is asked again after that

// How the row names an address in a channel's chat: another address there is another chance.
static const char *stranger_name(struct mailroom *room, struct turn *turn, const char *rep, const char *channel)
{
    return arena_format(turn->arena, "%s=%s", channel, mailroom_address(room, turn, rep, channel));
}

// True when the chat said that it does not know the rep.
static bool stranger(struct mailroom *room, struct turn *turn, const struct recipient *reader,
                     const struct channel *channel)
{
    const struct rep_row *row = reader->row;
    if (row->unreachable[0] == '\0' || turn->now_ms - row->unreachable_ms >= STRANGER_MS)
        return false;
    const char *name = stranger_name(room, turn, reader->rep, channel->options->name);
    size_t length = strlen(name);
    for (const char *at = row->unreachable; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n')
        if (strcspn(at, "\n") == length && strncmp(at, name, length) == 0)
            return true;
    return false;
}

// The newest stands first: of too many for the row the oldest goes.
void reader_estrange(struct mailroom *room, struct turn *turn, const char *rep, const char *channel)
{
    struct rep_row row;
    box_rep_get(turn, rep, &row);
    const char *name = stranger_name(room, turn, rep, channel);
    bool others = row.unreachable[0] != '\0' && turn->now_ms - row.unreachable_ms < STRANGER_MS;
    row.unreachable = others ? arena_format(turn->arena, "%s\n%s", name, row.unreachable) : name;
    row.unreachable_ms = turn->now_ms;
    box_rep_put(turn, rep, &row);
}

const char *reader_told(const struct delivery *delivery)
{
    return delivery->reader[0] != '\0' ? delivery->reader : delivery->rep;
}

// The first of the names whose channel works, else the first that exists; none where the rep is not known.
static const struct channel *choose(struct mailroom *room, struct turn *turn, const struct recipient *reader,
                                    unsigned attempts, const char *const *names, size_t count)
{
    const struct channel *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct channel *channel = mailroom_channel(room, names[i]);
        if (channel == NULL || stranger(room, turn, reader, channel))
            continue;
        if (works(turn, channel, attempts))
            return channel;
        best = best == NULL ? channel : best;
    }
    return best;
}

// A test goes by its channel alone, whoever reads it.
static void find_tester(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                        struct recipient *ret_reader)
{
    mailroom_recipient(room, turn, delivery->rep, ret_reader);
    ret_reader->channel = mailroom_channel(room, delivery->only);
    ret_reader->address = mailroom_address(room, turn, delivery->rep, delivery->only);
    ret_reader->trouble = ret_reader->channel == NULL ? "the configuration has no such channel any more" : "";
}

void reader_find(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                 struct recipient *ret_reader)
{
    if (delivery->only[0] != '\0') {
        find_tester(room, turn, delivery, ret_reader);
        return;
    }
    const struct route_options *route = route_named(room->options, delivery->route);
    mailroom_recipient(room, turn, delivery->rep, ret_reader);
    const char *rep = who_reads(room, turn, ret_reader, route);
    if (strcmp(rep, delivery->rep) != 0)
        mailroom_recipient(room, turn, rep, ret_reader);
    const char *team = route != NULL && route->to == ROUTE_TEAM ? team_channel(room, ret_reader) : "";
    const struct channel *other = NULL;
    if (team[0] != '\0')
        other = choose(room, turn, ret_reader, delivery->attempts, &team, 1);
    else if (route != NULL && route->channel_count > 0)
        other = choose(room, turn, ret_reader, delivery->attempts, route->channels, route->channel_count);
    bool unknown = ret_reader->channel != NULL && stranger(room, turn, ret_reader, ret_reader->channel);
    if (other == NULL && unknown) {
        other = choose(room, turn, ret_reader, delivery->attempts, &room->options->default_channel, 1);
        if (other == NULL) {
            ret_reader->trouble = arena_format(turn->arena, "the chat of \"%.100s\" does not know the rep's address",
                                               ret_reader->channel->options->name);
            ret_reader->channel = NULL;
        }
    }
    if (other == NULL || other == ret_reader->channel)
        return;
    ret_reader->channel = other;
    ret_reader->address = mailroom_address(room, turn, rep, other->options->name);
    ret_reader->trouble = "";
}

// --- when

// The hour of the route's digest, each reader's a little later in a way of its own.
static int64_t digest_moment(const struct route_options *route, const struct recipient *reader, int64_t created_ms)
{
    uint64_t hash = hash_short(reader->rep, strlen(reader->rep));
    int64_t later_ms = route->spread_ms > 0 ? (int64_t)(hash % (uint64_t)route->spread_ms) : 0;
    int64_t created_s = created_ms / SECOND_MS;
    int32_t day = reader->zone != NULL ? zone_local(reader->zone, created_s).day : (int32_t)(created_s / DAY_SECONDS);
    for (int i = 0;; i++) {
        int64_t at_s = reader->zone != NULL ? zone_instant(reader->zone, day + i, (uint32_t)route->digest_at)
                                            : (int64_t)(day + i) * DAY_SECONDS + route->digest_at * 60;
        if (at_s * SECOND_MS + later_ms >= created_ms)
            return at_s * SECOND_MS + later_ms;
    }
}

// Who is told often enough waits; what must be known now does not.
static int64_t cap_moment(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                          const struct recipient *reader, int64_t now_ms)
{
    struct rep_row row;
    if (delivery->urgency == 0 || room->rep_pace.burst == 0)
        return now_ms;
    box_rep_get(turn, reader->rep, &row);
    return pace_next(&room->rep_pace, row.tat_ms, now_ms);
}

int64_t reader_soonest(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                       const struct recipient *reader, int64_t now_ms, enum delivery_hold *ret_hold)
{
    const struct route_options *route = route_named(room->options, delivery->route);
    *ret_hold = HOLD_NONE;
    if (delivery->only[0] != '\0') // somebody waits for it
        return now_ms;
    if (route != NULL && route->digest_at != CONFIG_UNSET_32 && delivery->attempts == 0) {
        int64_t at_ms = digest_moment(route, reader, delivery->created_ms);
        *ret_hold = at_ms > now_ms ? HOLD_DIGEST : HOLD_NONE;
        if (at_ms > now_ms)
            return at_ms;
    }
    if (route == NULL || route->quiet == ROUTE_HOLD) {
        struct hush hush;
        struct workdays days;
        mailroom_hush_of(room, reader, &days, &hush);
        int64_t at_ms = hush_end(&hush, now_ms, delivery->urgency > 0 && !delivery->list);
        *ret_hold = at_ms > now_ms ? HOLD_QUIET : HOLD_NONE;
        if (at_ms > now_ms)
            return at_ms;
    }
    int64_t at_ms = cap_moment(room, turn, delivery, reader, now_ms);
    *ret_hold = at_ms > now_ms ? HOLD_CAP : HOLD_NONE;
    return at_ms;
}
