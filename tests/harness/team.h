// A team that was drawn by chance, and what happens to it: what teams.c plays with and checks.
#ifndef TEND_TESTS_HARNESS_TEAM_H
#define TEND_TESTS_HARNESS_TEAM_H

#include "harness/teams.h"

#include "common/calendar.h"
#include "common/config.h"
#include "common/zone.h"
#include "harness/turns.h"
#include "services/scheduler/scheduler.h"
#include "tend/v1/journal.pb-c.h"

#include <stdbool.h>

enum {
    HOUR_MS = 3600000,
    STEP_HOURS = 2,
    ID_BYTES = 16,
    TEXT_BYTES = 48,
    ABSENCES = 40,
    HOLIDAYS_MOST = 64,
    TOLD_KEPT = 1024, // so many may be told before one of them is taken back
};

struct team_absence {
    int32_t from, to;
};

struct team_member {
    char id[ID_BYTES];
    struct zone *zone;
    const char *zone_name;
    uint32_t capacity;
    bool diligent; // calls everybody on the list, on that day
    bool deputy;   // somebody calls for this one while away
    struct team_absence absences[ABSENCES];
    uint32_t absence_count;
    uint32_t *calls; // customers of today's list that are still to be called
    bool *promised;  // the same: for a promise
    uint32_t call_count;
    int32_t list_day;               // of the last list
    int32_t month;                  // first day of the month that is being watched
    int32_t first_list, warned_day; // in it
    bool disturbed;                 // something in it that nobody could know: an outage, an absence, a handover
    int32_t disturbed_day;          // the last of these
};

struct team_client {
    char id[ID_BYTES];
    uint32_t owner;
    int32_t owned_day; // since when, in the days of the owner
    int64_t owned_ms;  // when that was said
    int32_t contact_day;
    int32_t before_day; // the contact before this month
    struct date birthday;
    int32_t told_day; // when the birthday was told last
};

struct team_pledge {
    char what[TEXT_BYTES];
    uint32_t client, owner;
    int64_t made_ms, due_ms, kept_ms;
    bool told, complaint, closed;
};

// A reminder that was told: hashes of its id and of what it says to whom on which day.
struct team_told {
    uint64_t id, key;
    bool over; // taken back
};

struct team_set {
    uint64_t *slots;
    size_t count, room;
};

struct team {
    struct turns *turns;
    struct scheduler *scheduler;
    struct config *config;
    struct scheduler_options options;
    FILE *out;
    uint64_t seed, dice, events;
    bool calm; // no outage, no handover, and whoever goes away says so a month before: nothing that nobody could know
    struct teams_outcome *outcome;
    struct team_member *members;
    struct team_client *clients;
    uint32_t member_count, client_count;
    struct team_pledge *pledges;
    size_t pledge_count, pledge_room, pledge_first; // those before are settled
    struct team_set seen;
    struct team_told told[TOLD_KEPT]; // the last ones
    size_t told_count;
    char holidays[HOLIDAYS_MOST][DAY_TEXT_BYTES];
    int32_t holiday_days[HOLIDAYS_MOST];
    size_t holiday_count;
    uint64_t read;
    int64_t start_ms, end_ms;
    int64_t down_from_ms, down_to_ms; // the last outage
};

// From 0 to below `most`.
uint32_t team_chance(struct team *team, uint32_t most);

// The day and time on the rep's wall.
struct local_time team_local(const struct team_member *member, int64_t time_ms);

// Whether the rep is away on that day, as was said.
bool team_is_away(const struct team_member *member, int32_t day);

// Whether the day is neither on a weekend nor a holiday nor one of absence.
bool team_is_working(const struct team *team, const struct team_member *member, int32_t day);

// The first day of the month that the day lies in.
int32_t team_month(int32_t day);

// A contact that somebody logged.
void team_say_contact(struct team *team, uint32_t which, const char *rep, Tend__V1__ContactOutcome outcome);

// A promise that was kept.
void team_say_kept(struct team *team, struct team_pledge *pledge);

// A complaint that somebody saw to, sooner or later.
void team_say_resolved(struct team *team, const struct team_pledge *pledge);

// What may happen within some hours: promises, complaints and leads in bursts, absences, handovers.
void team_live(struct team *team);

// Something came into the rep's month that nobody could know.
void team_disturb(struct team *team, struct team_member *member);

// Draws the team and opens its service; it is closed by team_close. seed, calm, dice, out and outcome are set.
void team_open(struct team *team, const struct teams_size *size);

void team_close(struct team *team);

// The service is down for some days; afterwards it starts anew.
void team_go_down(struct team *team);

#endif
