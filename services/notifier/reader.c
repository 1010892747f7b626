#include "services/notifier/reader.h"

#include "common/must.h"
#include "common/zone.h"
#include "services/notifier/delivery.h"
#include "services/notifier/dispatch.h"

#include <string.h>

enum { SECOND_MS = 1000, DAY_SECONDS = 86400 };

// --- who

static bool away(const struct mailroom *room, const struct turn *turn, const struct recipient *recipient)
{
    struct hush hush;
    struct workdays days;
    if (recipient->row->absence_count == 0)
        return false;
    mailroom_hush_of(room, recipient, &days, &hush);
    int64_t now_s = turn->now_ms / SECOND_MS;
    return hush_away(&hush, hush.zone != NULL ? zone_local(hush.zone, now_s).day : (int32_t)(now_s / DAY_SECONDS));
}

static const char *either(const char *one, const char *other)
{
    return one[0] != '\0' ? one : other;
}

// The one, or the deputy of one who is away; NULL when neither is there.
static const char *at_work(struct mailroom *room, struct turn *turn, const struct recipient *one)
{
    struct recipient deputy;
    if (!away(room, turn, one))
        return one->rep;
    if (one->row->deputy[0] == '\0')
        return NULL;
    mailroom_recipient(room, turn, one->row->deputy, &deputy);
    return away(room, turn, &deputy) ? NULL : deputy.rep;
}

// Whom the route names for what is the owner's.
static const char *named(const struct recipient *owner, const struct route_options *route)
{
    switch (route != NULL ? route->to : ROUTE_OWNER) {
    case ROUTE_DEPUTY:
        return either(owner->row->deputy, owner->rep);
    case ROUTE_MANAGER:
        return either(owner->row->manager, owner->rep);
    case ROUTE_REP:
        return route->rep;
    default:
        return owner->rep;
    }
}

const char *reader_named(struct mailroom *room, struct turn *turn, const struct delivery *delivery)
{
    struct recipient owner;
    mailroom_recipient(room, turn, delivery->rep, &owner);
    return named(&owner, route_named(room->options, delivery->route));
}

// Who is named, or stands in for that one. Where nobody does, what must be known now is the manager's affair, and the
// rest waits.
static const char *who_reads(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                             const struct recipient *owner, const struct route_options *route)
{
    struct recipient other;
    const struct recipient *one = owner;
    const char *rep = named(owner, route);
    if (strcmp(rep, owner->rep) != 0) {
        mailroom_recipient(room, turn, rep, &other);
        one = &other;
    }
    const char *there = at_work(room, turn, one);
    if (there == NULL && delivery->urgency == 0 && one->row->manager[0] != '\0') {
        struct recipient manager;
        mailroom_recipient(room, turn, one->row->manager, &manager);
        there = at_work(room, turn, &manager);
    }
    return there != NULL ? there : rep;
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

// A chat that asks for a longer pause is left for another one; a shorter one is over before that would be read.
enum { PAUSE_NOW_MS = 60 * 1000, PAUSE_MS = 15 * 60 * 1000 };

// What may have been told stays where it was for as long as the chat only asks for a pause: else it could be told by
// both.
static bool pauses(const struct turn *turn, const struct channel_row *row, const struct delivery *delivery)
{
    int64_t most_ms = delivery->urgency == 0 ? PAUSE_NOW_MS : PAUSE_MS;
    return row->throttled > 0 && delivery->unknowns == 0 && row->blocked_ms - turn->now_ms > most_ms;
}

static bool works(struct turn *turn, const struct channel *channel, const struct delivery *delivery)
{
    struct channel_row row;
    box_channel_get(turn, channel->options->name, &row);
    // One that is to be tried again is tried with what there is, but not with what it failed to take too often.
    bool failing = row.fails >= DISPATCH_FAILS;
    bool shut = (row.open || failing) && row.blocked_ms > turn->now_ms;
    return !shut && !row.gone && !(failing && delivery->attempts >= DISPATCH_FAILS) && !pauses(turn, &row, delivery);
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
                                    const struct delivery *delivery, const char *const *names, size_t count)
{
    const struct channel *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct channel *channel = mailroom_channel(room, names[i]);
        if (channel == NULL || stranger(room, turn, reader, channel) ||
            mailroom_foreign(room, turn, reader->rep, channel) != NULL)
            continue;
        if (works(turn, channel, delivery))
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
    const char *foreign =
        ret_reader->channel != NULL ? mailroom_foreign(room, turn, delivery->rep, ret_reader->channel) : NULL;
    if (foreign != NULL) {
        ret_reader->channel = NULL;
        ret_reader->trouble = foreign;
    }
}

// Puts the channel among those that an alarm may take, if its chat would take a message to the rep; else says why not.
static void add_way(struct mailroom *room, struct turn *turn, const char *rep, const char *name, const char **names,
                    size_t *count, const char **trouble)
{
    const struct channel *channel = mailroom_channel(room, name);
    if (channel == NULL)
        return;
    const char *wrong = channel_trouble(turn->arena, channel, mailroom_address(room, turn, rep, name));
    if (wrong == NULL || channel->problem[0] != '\0') // which is another matter, and may be mended
        names[(*count)++] = name;
    else if (trouble[0][0] == '\0')
        *trouble = arena_format(turn->arena, "%.60s cannot be told by channel \"%.60s\": %s", rep, name, wrong);
}

// An alarm goes by the channel of alarms, else by the rep's own, else by another one that the configuration has for the
// rep, else by the default one. One that may have been delivered stays where it was.
static void find_woken(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                       struct recipient *ret_reader)
{
    const char *const *others, *trouble = "";
    size_t count = mailroom_others(room, turn, delivery->rep, &others), used = 0;
    const char **names = arena_zero(turn->arena, count + 3, sizeof *names);
    mailroom_recipient(room, turn, delivery->rep, ret_reader);
    const struct channel *own = ret_reader->channel;
    bool stays = delivery->unknowns > 0 && delivery->channel[0] != '\0';
    bool known = room->options->alarm.rep != NULL && strcmp(room->options->alarm.rep, delivery->rep) == 0;
    add_way(room, turn, delivery->rep, stays ? delivery->channel : room->options->alarm.channel, names, &used,
            &trouble);
    if (!stays && known && own != NULL)
        add_way(room, turn, delivery->rep, own->options->name, names, &used, &trouble);
    for (size_t i = 0; !stays && i < count; i++)
        add_way(room, turn, delivery->rep, others[i], names, &used, &trouble);
    if (!stays && known)
        add_way(room, turn, delivery->rep, room->options->default_channel, names, &used, &trouble);
    ret_reader->channel = choose(room, turn, ret_reader, delivery, names, used);
    ret_reader->trouble = trouble[0] != '\0' ? trouble : "the configuration has no channel for alarms";
    if (ret_reader->channel == NULL)
        return;
    const struct channel_options *options = ret_reader->channel->options;
    ret_reader->trouble = "";
    ret_reader->address = mailroom_address(room, turn, delivery->rep, options->name);
    if (!known && options->language[0] != '\0')
        ret_reader->language = options->language;
}

bool reader_waits(const struct turn *turn, const struct channel_row *row)
{
    return row->throttled > 0 && row->blocked_ms - turn->now_ms > PAUSE_NOW_MS;
}

int64_t reader_failing(const struct channel_row *row)
{
    return row->fails >= DISPATCH_FAILS ? row->failing_ms : 0;
}

int64_t reader_down_since(const struct turn *turn, const struct channel_row *row)
{
    int64_t since_ms = reader_failing(row);
    return !row->open && since_ms > 0 && turn->now_ms - since_ms >= READER_DOWN_MS ? since_ms : 0;
}

const char *reader_pause_words(const struct channel_row *row)
{
    bool failing = reader_failing(row) > 0 && row->throttled == 0;
    return failing && !row->open ? "the chat takes nothing" : delivery_hold_words(row->open ? HOLD_CIRCUIT : HOLD_RATE);
}

bool reader_down(const struct turn *turn, const struct channel_row *row)
{
    return reader_down_since(turn, row) > 0 && turn->now_ms - row->blocked_ms < READER_PROBE_MS;
}

bool reader_shut(struct turn *turn, const struct channel *channel)
{
    struct channel_row row;
    box_channel_get(turn, channel->options->name, &row);
    return channel->problem[0] != '\0' || row.gone || (row.open && row.blocked_ms > turn->now_ms);
}

// What must be known now does not wait until the rep's own channel is mended, is back or takes more, where the rep has
// another address that works. Only what certainly was not told yet: else it could be told by both.
static const struct channel *way_round(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                                       const struct recipient *reader)
{
    const char *const *names;
    struct channel_row row;
    if (delivery->urgency > 0 || delivery->unknowns > 0 || reader->channel == NULL)
        return NULL;
    box_channel_get(turn, reader->channel->options->name, &row);
    if (!reader_waits(turn, &row) && !reader_down(turn, &row) && !reader_shut(turn, reader->channel))
        return NULL;
    size_t count = mailroom_others(room, turn, reader->rep, &names);
    const struct channel *other = choose(room, turn, reader, delivery, names, count);
    return other != NULL && works(turn, other, delivery) && other->problem[0] == '\0' ? other : NULL;
}

void reader_find(struct mailroom *room, struct turn *turn, const struct delivery *delivery,
                 struct recipient *ret_reader)
{
    if (delivery->only[0] != '\0') {
        find_tester(room, turn, delivery, ret_reader);
        return;
    }
    if (delivery->alarm) {
        find_woken(room, turn, delivery, ret_reader);
        return;
    }
    const struct route_options *route = route_named(room->options, delivery->route);
    mailroom_recipient(room, turn, delivery->rep, ret_reader);
    const char *rep = who_reads(room, turn, delivery, ret_reader, route);
    if (strcmp(rep, delivery->rep) != 0)
        mailroom_recipient(room, turn, rep, ret_reader);
    const char *team = route != NULL && route->to == ROUTE_TEAM ? team_channel(room, ret_reader) : "";
    const struct channel *other = NULL;
    if (team[0] != '\0')
        other = choose(room, turn, ret_reader, delivery, &team, 1);
    else if (route != NULL && route->channel_count > 0)
        other = choose(room, turn, ret_reader, delivery, route->channels, route->channel_count);
    else
        other = way_round(room, turn, delivery, ret_reader);
    bool unknown = ret_reader->channel != NULL && stranger(room, turn, ret_reader, ret_reader->channel);
    if (other == NULL && unknown) {
        other = choose(room, turn, ret_reader, delivery, &room->options->default_channel, 1);
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

// What waited for the same hour for everybody does not leave in the same second for everybody: chats warn of that at
// whole and half hours.
enum { QUIET_SPREAD_MS = 5 * 60 * 1000 };

// Each reader's own share of the spread.
static int64_t later_ms(const struct recipient *reader, int64_t spread_ms)
{
    uint64_t hash = hash_short(reader->rep, strlen(reader->rep));
    return spread_ms > 0 ? (int64_t)(hash % (uint64_t)spread_ms) : 0;
}

// The end of quiet hours, for what need not be known in their first minute a little later.
static int64_t quiet_moment(const struct mailroom *room, const struct delivery *delivery,
                            const struct recipient *reader, int64_t now_ms)
{
    struct hush hush;
    struct workdays days;
    mailroom_hush_of(room, reader, &days, &hush);
    int64_t at_ms = hush_end(&hush, now_ms, delivery->urgency > 0 && !delivery->list);
    return at_ms > now_ms && delivery->urgency > 0 ? at_ms + later_ms(reader, QUIET_SPREAD_MS) : at_ms;
}

// The hour of the route's digest, each reader's a little later.
static int64_t digest_moment(const struct route_options *route, const struct recipient *reader, int64_t created_ms)
{
    int64_t more_ms = later_ms(reader, route->spread_ms), created_s = created_ms / SECOND_MS;
    int32_t day = reader->zone != NULL ? zone_local(reader->zone, created_s).day : (int32_t)(created_s / DAY_SECONDS);
    for (int i = 0;; i++) {
        int64_t at_s = reader->zone != NULL ? zone_instant(reader->zone, day + i, (uint32_t)route->digest_at)
                                            : (int64_t)(day + i) * DAY_SECONDS + route->digest_at * 60;
        if (at_s * SECOND_MS + more_ms >= created_ms)
            return at_s * SECOND_MS + more_ms;
    }
}

// Who is told often enough waits; what must be known now does not.
static int64_t cap_moment(const struct mailroom *room, const struct delivery *delivery, const struct recipient *reader,
                          int64_t now_ms)
{
    if (delivery->urgency == 0 || room->rep_pace.burst == 0)
        return now_ms;
    return pace_next(&room->rep_pace, reader->row->tat_ms, now_ms);
}

// Later than before: that is what holds it now.
static void hold_until(int64_t until_ms, enum delivery_hold hold, int64_t *at_ms, enum delivery_hold *ret_hold)
{
    if (until_ms <= *at_ms)
        return;
    *at_ms = until_ms;
    *ret_hold = hold;
}

int64_t reader_soonest(const struct mailroom *room, const struct delivery *delivery, const struct recipient *reader,
                       int64_t now_ms, enum delivery_hold *ret_hold)
{
    const struct route_options *route = route_named(room->options, delivery->route);
    int64_t at_ms = now_ms;
    *ret_hold = HOLD_NONE;
    if (delivery->only[0] != '\0' || delivery->alarm) // somebody waits for it, or must wake up
        return now_ms;
    if (route != NULL && route->digest_at != CONFIG_UNSET_32 && delivery->attempts == 0)
        hold_until(digest_moment(route, reader, delivery->created_ms), HOLD_DIGEST, &at_ms, ret_hold);
    if (route == NULL || route->quiet == ROUTE_HOLD) // the hour of the route may be one of these
        hold_until(quiet_moment(room, delivery, reader, at_ms), HOLD_QUIET, &at_ms, ret_hold);
    if (at_ms == now_ms) // what is told until then is not known yet
        hold_until(cap_moment(room, delivery, reader, now_ms), HOLD_CAP, &at_ms, ret_hold);
    return at_ms;
}
