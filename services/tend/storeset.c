#include "services/tend/storeset.h"

#include <stdio.h>
#include <string.h>

#define MAP_BYTES ((size_t)32 << 30) // address space; a larger store brings its own size

static const enum pipeline_place backwards[PLACES] = {PLACE_NOTIFIER, PLACE_SCHEDULER, PLACE_SCORING, PLACE_INGEST};

bool storeset_list(const struct settings *settings, const char *folder, struct storeset *ret_set)
{
    *ret_set = (struct storeset){.count = 0};
    for (size_t i = 0; i < PLACES; i++) {
        const struct service *service = pipeline_setups[backwards[i]]->service;
        unsigned count = settings_processes(settings, service->name);
        for (unsigned which = 0; which < count; which++) {
            struct storeset_member *member = &ret_set->members[ret_set->count++];
            member->service = service;
            member->lane = (struct lane){which, count};
            char name[LANE_NAME_BYTES];
            lane_name(service->name, member->lane, name);
            memcpy(member->name, name, sizeof name);
            member->upstreams = service->follows != NULL ? settings_processes(settings, service->follows) : 0;
            member->tables = service->tables;
            member->table_count = service->table_count;
            int length = snprintf(member->folder, sizeof member->folder, "%s/%s", folder, name);
            if (length >= (int)sizeof member->folder)
                return false;
        }
    }
    return true;
}

bool storeset_open(struct storeset *set, char *ret_error, size_t error_bytes)
{
    for (unsigned i = 0; i < set->count; i++) {
        struct storeset_member *member = &set->members[i];
        struct store_options options = {.folder = member->folder,
                                        .tables = member->tables,
                                        .table_count = member->table_count,
                                        .map_bytes = MAP_BYTES};
        struct store_error error;
        if (store_open_readonly(&options, &error, &member->store))
            continue;
        snprintf(ret_error, error_bytes, "%s", error.text);
        storeset_close(set);
        return false;
    }
    return true;
}

bool storeset_look(struct storeset *set, char *ret_error, size_t error_bytes)
{
    storeset_blink(set);
    // All moments first: what is read of them may take as long as it likes.
    for (unsigned i = 0; i < set->count; i++)
        set->members[i].tx = store_begin_read(set->members[i].store);
    for (unsigned i = 0; i < set->count; i++) {
        struct storeset_member *member = &set->members[i];
        journal_load(member->tx, &member->journal);
        for (unsigned which = 0; which < member->upstreams; which++)
            position_load(member->tx, which, &member->positions[which]);
        member->now_ms = (int64_t)tx_get_number(member->tx, STORE_TABLE_META, "now", 0);
        if (tx_error(member->tx) == 0)
            continue;
        snprintf(ret_error, error_bytes, "the store of %s cannot be read: %s", member->name,
                 store_explain(tx_error(member->tx)));
        storeset_blink(set);
        return false;
    }
    return true;
}

static const struct storeset_member *find(const struct storeset *set, const char *service, unsigned which)
{
    for (unsigned i = 0; i < set->count; i++)
        if (strcmp(set->members[i].service->name, service) == 0 && set->members[i].lane.index == which)
            return &set->members[i];
    return NULL;
}

static const char *what_is_wrong(enum journal_place place)
{
    switch (place) {
    case JOURNAL_OTHER:
        return "is of another journal";
    case JOURNAL_AHEAD:
        return "lies behind that journal's end";
    case JOURNAL_TRIMMED:
        return "lies before that journal's first record";
    case JOURNAL_OK:
    case JOURNAL_DIVERGED:
    default:
        return "is of another history of that journal";
    }
}

bool storeset_agrees(const struct storeset *set, char *ret_error, size_t error_bytes)
{
    for (unsigned i = 0; i < set->count; i++) {
        const struct storeset_member *member = &set->members[i];
        for (unsigned which = 0; which < member->upstreams; which++) {
            const struct storeset_member *upstream = find(set, member->service->follows, which);
            const struct position *position = &member->positions[which];
            if (upstream == NULL)
                continue;
            enum journal_place place = journal_place(upstream->tx, &upstream->journal, position);
            if (place == JOURNAL_OK && tx_error(upstream->tx) == 0)
                continue;
            snprintf(ret_error, error_bytes, "the position of %s in the journal of %s, %llu, %s", member->name,
                     upstream->name, (unsigned long long)position->seq, what_is_wrong(place));
            return false;
        }
    }
    return true;
}

void storeset_blink(struct storeset *set)
{
    for (unsigned i = 0; i < set->count; i++)
        tx_abort(&set->members[i].tx);
}

void storeset_close(struct storeset *set)
{
    storeset_blink(set);
    for (unsigned i = 0; i < set->count; i++)
        store_close(&set->members[i].store);
}
