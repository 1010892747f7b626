#include "services/notifier/mailroom.h"

#include "common/must.h"
#include "common/zone.h"
#include "services/notifier/alarm.h"
#include "services/notifier/news.h"
#include "services/notifier/remarks.h"
#include "services/notifier/templates.h"

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
    for (size_t i = 0; i < options->channel_count; i++) {
        channel_open(&options->channels[i], &room->channels[i]);
        channel_reach(&room->channels[i], options->public_url);
    }
    if (options->rep_rate[0] == '\0' || !pace_parse_eager(options->rep_rate, &room->rep_pace))
        room->rep_pace = (struct pace){0};
    char trouble[DETAIL_BYTES]; // a file that changed since it was checked and is bad now: our words are said
    if (options->templates != NULL && options->templates[0] != '\0')
        room->templates = templates_open(options->templates, trouble, sizeof trouble);
    room->watermark = watermark_open(options->watermark);
    room->remarks = remarks_open();
    room->alarm = alarm_open();
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
    templates_close(&(*room)->templates);
    remarks_close(&(*room)->remarks);
    alarm_close(&(*room)->alarm);
    watermark_close(&(*room)->watermark);
    countries_close(&(*room)->countries);
    free((*room)->holidays);
    free((*room)->makeups);
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
    static const struct person_options nobody = {"", "", "", "", "", NULL, 0};
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

// The domain of the address that an event gave, where the channel must not write to it; NULL: it may.
static const char *foreign_domain(const struct person_options *person, const struct rep_row *row,
                                  const struct channel *channel)
{
    return person->address[0] == '\0' && channel != NULL ? channel_foreign(channel, row->address) : NULL;
}

static const char *foreign_words(struct turn *turn, const char *rep, const struct channel *channel, const char *domain)
{
    return arena_format(turn->arena,
                        "an event put rep \"%.60s\" at %.80s, which is no domain of channel \"%.60s\": name it in the "
                        "channel's domains, or the address in people",
                        rep, domain, channel->options->name);
}

void mailroom_recipient(struct mailroom *room, struct turn *turn, const char *rep, struct recipient *ret_recipient)
{
    const struct person_options *person = person_of(room, rep);
    const struct notifier_options *options = room->options;
    struct rep_row *row = arena_take(turn->arena, sizeof *row);
    box_rep_get(turn, rep, row);
    const char *name = first(first(person->channel, row->channel), options->default_channel);
    struct channel *channel = mailroom_channel(room, name);
    if (channel != NULL && strcmp(name, options->default_channel) != 0 && options->default_channel[0] != '\0') {
        struct channel_row health;
        box_channel_get(turn, name, &health);
        if (health.gone) // the chat is no more: until somebody mends it, the default one
            channel = mailroom_channel(room, options->default_channel);
    }
    *ret_recipient = (struct recipient){
        .rep = rep, .name = first(person->name, row->name), .channel = channel, .trouble = "", .row = row};
    ret_recipient->address = first(person->address, row->address);
    if (channel == NULL && name[0] == '\0')
        ret_recipient->trouble = "the rep has no channel, and there is no default_channel";
    else if (channel == NULL)
        ret_recipient->trouble = arena_format(turn->arena, "the configuration has no channel \"%.100s\"", name);
    const char *foreign = foreign_domain(person, row, channel);
    if (foreign != NULL) {
        ret_recipient->trouble = foreign_words(turn, rep, channel, foreign);
        ret_recipient->address = "";
        ret_recipient->channel = NULL;
    }
    enum language language;
    const char *spoken = language_parse(row->language, &language) ? row->language : "";
    const char *fallback = channel != NULL ? first(channel->options->language, options->language) : options->language;
    ret_recipient->language = first(first(person->language, spoken), fallback);
    const struct zone *zone = row->zone[0] != '\0' ? zone_of(room, row->zone) : NULL;
    ret_recipient->zone = zone != NULL ? zone : room->zone;
}

const char *mailroom_address(const struct mailroom *room, struct turn *turn, const char *rep, const char *channel)
{
    const struct person_options *person = person_of(room, rep);
    size_t length = strlen(channel);
    for (size_t i = 0; i < person->address_count; i++)
        if (strncmp(person->addresses[i], channel, length) == 0 && person->addresses[i][length] == '=')
            return person->addresses[i] + length + 1;
    struct rep_row row;
    box_rep_get(turn, rep, &row);
    const char *own = first(first(person->channel, row.channel), room->options->default_channel);
    if (strcmp(own, channel) != 0 || foreign_domain(person, &row, mailroom_channel(room, channel)) != NULL)
        return "";
    return first(person->address, row.address);
}

const char *mailroom_foreign(const struct mailroom *room, struct turn *turn, const char *rep,
                             const struct channel *channel)
{
    const struct person_options *person = person_of(room, rep);
    const char *name = channel->options->name;
    struct rep_row row;
    box_rep_get(turn, rep, &row);
    const char *own = first(first(person->channel, row.channel), room->options->default_channel);
    const char *domain = foreign_domain(person, &row, channel);
    if (domain == NULL || strcmp(own, name) != 0 || mailroom_address(room, turn, rep, name)[0] != '\0')
        return NULL;
    return foreign_words(turn, rep, channel, domain);
}

size_t mailroom_others(const struct mailroom *room, struct turn *turn, const char *rep, const char *const **ret_names)
{
    const struct person_options *person = person_of(room, rep);
    const char **names = arena_zero(turn->arena, person->address_count + 1, sizeof *names);
    for (size_t i = 0; i < person->address_count; i++)
        names[i] = arena_text(turn->arena, person->addresses[i], strcspn(person->addresses[i], "="));
    *ret_names = names;
    return person->address_count;
}

// Everybody's days of one sort, in order; the caller frees them.
static int32_t *common_days(const struct news_settings *settings, bool worked, size_t *ret_count)
{
    int32_t *days = calloc(settings->day_count + 1, sizeof *days);
    must(days != NULL);
    *ret_count = 0;
    for (size_t i = 0; i < settings->day_count; i++)
        if (settings->days[i].country[0] == '\0' && settings->days[i].worked == worked)
            days[(*ret_count)++] = settings->days[i].day;
    return days;
}

void mailroom_settle_in(struct mailroom *room, const struct news_settings *settings)
{
    countries_close(&room->countries);
    free(room->holidays);
    free(room->makeups);
    room->zone = zone_of(room, settings->zone);
    room->week = settings->week;
    room->countries = countries_open(settings->days, settings->day_count);
    room->holidays = common_days(settings, false, &room->holiday_count);
    room->makeups = common_days(settings, true, &room->makeup_count);
}

void mailroom_hush_of(const struct mailroom *room, const struct recipient *recipient, struct workdays *ret_days,
                      struct hush *ret_hush)
{
    const struct rep_row *row = recipient->row;
    *ret_days = (struct workdays){.week = row->week != 0 ? row->week : room->week,
                                  .holidays = room->holidays,
                                  .holiday_count = room->holiday_count,
                                  .makeups = room->makeups,
                                  .makeup_count = room->makeup_count};
    if (room->countries != NULL)
        (void)countries_workdays(room->countries, row->country, ret_days);
    *ret_hush = (struct hush){.zone = recipient->zone,
                              .days = ret_days->week != 0 ? ret_days : NULL,
                              .quiet_from = room->options->quiet_from,
                              .quiet_to = room->options->quiet_to,
                              .golden_count = row->golden_count,
                              .absence_count = row->absence_count};
    memcpy(ret_hush->golden, row->golden, sizeof row->golden);
    memcpy(ret_hush->absences, row->absences, sizeof row->absences);
}

void mailroom_hush(struct mailroom *room, struct turn *turn, const char *rep, struct workdays *ret_days,
                   struct hush *ret_hush)
{
    struct recipient recipient;
    mailroom_recipient(room, turn, rep, &recipient);
    mailroom_hush_of(room, &recipient, ret_days, ret_hush);
}
