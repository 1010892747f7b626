#include "services/notifier/mailroom.h"

#include "common/must.h"
#include "common/zone.h"

#include <stdlib.h>
#include <string.h>

struct mailroom *mailroom_open(const struct notifier_options *options, int64_t total_ms)
{
    struct mailroom *room = calloc(1, sizeof *room);
    must(room != NULL && options->channel_count <= NOTIFIER_CHANNELS);
    room->options = options;
    room->channels = calloc(options->channel_count + 1, sizeof *room->channels);
    must(room->channels != NULL);
    room->channel_count = options->channel_count;
    for (size_t i = 0; i < options->channel_count; i++)
        channel_open(&options->channels[i], &room->channels[i]);
    room->courier = courier_open(options->proxy, total_ms);
    return room;
}

void mailroom_close(struct mailroom **room)
{
    if (*room == NULL)
        return;
    courier_close(&(*room)->courier);
    for (size_t i = 0; i < (*room)->channel_count; i++)
        channel_close(&(*room)->channels[i]);
    for (size_t i = 0; i < (*room)->zone_count; i++)
        zone_close(&(*room)->zones[i]);
    free((*room)->channels);
    free(*room);
    *room = NULL;
}

struct channel *mailroom_channel(const struct mailroom *room, const char *name)
{
    for (size_t i = 0; i < room->channel_count; i++) {
        if (strcmp(room->channels[i].options->name, name) == 0)
            return &room->channels[i];
    }
    return NULL;
}

// A zone by its name, kept open; NULL for one that does not exist.
static const struct zone *zone_of(struct mailroom *room, const char *name)
{
    for (size_t i = 0; i < room->zone_count; i++) {
        if (strcmp(zone_name(room->zones[i]), name) == 0)
            return room->zones[i];
    }
    struct zone *zone;
    if (room->zone_count == MAILROOM_ZONES || !zone_open(ZONE_DIRECTORIES, name, &zone))
        return NULL;
    room->zones[room->zone_count++] = zone;
    return zone;
}

static const struct person_options *person_of(const struct mailroom *room, const char *rep)
{
    static const struct person_options nobody = {"", "", "", "", ""};
    for (size_t i = 0; i < room->options->person_count; i++) {
        if (strcmp(room->options->people[i].rep, rep) == 0)
            return &room->options->people[i];
    }
    return &nobody;
}

// The first that is not empty; the last otherwise.
static const char *first(const char *one, const char *other)
{
    return one[0] != '\0' ? one : other;
}

void mailroom_recipient(struct mailroom *room, struct turn *turn, const char *rep, struct recipient *ret_recipient)
{
    const struct person_options *person = person_of(room, rep);
    const struct notifier_options *options = room->options;
    struct rep_row row;
    box_rep_get(turn, rep, &row);
    const char *name = first(first(person->channel, row.channel), options->default_channel);
    struct channel *channel = mailroom_channel(room, name);
    if (channel != NULL && strcmp(name, options->default_channel) != 0 && options->default_channel[0] != '\0') {
        struct channel_row health;
        box_channel_get(turn, name, &health);
        if (health.gone) // the chat is no more: until somebody mends it, the default one
            channel = mailroom_channel(room, options->default_channel);
    }
    *ret_recipient = (struct recipient){.name = first(person->name, row.name), .channel = channel, .trouble = ""};
    ret_recipient->address = first(person->address, row.address);
    if (channel == NULL && name[0] == '\0')
        ret_recipient->trouble = "the rep has no channel, and there is no default_channel";
    else if (channel == NULL)
        ret_recipient->trouble = arena_format(turn->arena, "the configuration has no channel \"%.100s\"", name);
    enum language language;
    const char *spoken = language_parse(row.language, &language) ? row.language : "";
    const char *fallback = channel != NULL ? first(channel->options->language, options->language) : options->language;
    ret_recipient->language = first(first(person->language, spoken), fallback);
    ret_recipient->zone = zone_of(room, first(row.zone, box_zone_get(turn)));
}
