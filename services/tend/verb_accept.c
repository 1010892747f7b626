// `tend accept`: lets a stopped service go on although the journal that it follows has another history now, since one
// of the two stores was put back or made anew.
#include "common/acceptance.h"
#include "common/journal.h"
#include "common/lastwords.h"
#include "common/main.h"
#include "services/tend/pipeline.h"
#include "services/tend/verb.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_BYTES = 640 };

// How it stands between the follower and one of the journals that it follows.
struct link {
    char name[LANE_NAME_BYTES]; // whose journal
    struct position position;   // of the follower in it
    struct journal journal;     // as it is
    enum journal_place place;
};

// The process of that name; NULL when there is none.
static const struct service *find(const struct verb_call *call, const char *name, unsigned *ret_which)
{
    char known[LANE_NAME_BYTES];
    for (size_t place = 0; place < PLACES; place++) {
        const struct service *service = pipeline_setups[place]->service;
        unsigned count = settings_processes(&call->settings, service->name);
        for (unsigned which = 0; which < count; which++) {
            lane_name(service->name, (struct lane){which, count}, known);
            *ret_which = which;
            if (strcmp(known, name) == 0)
                return service;
        }
    }
    return NULL;
}

static struct store *look_into(const struct verb_call *call, const char *name)
{
    char folder[FOLDER_BYTES];
    snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, name);
    struct store_options options = {.folder = folder, .map_bytes = (size_t)32 << 30};
    struct store_error error;
    struct store *store = NULL;
    if (!store_open_readonly(&options, &error, &store))
        fprintf(stderr, "tend: %s\n", error.text);
    return store;
}

static bool read_position(const struct verb_call *call, const char *name, unsigned which, struct position *ret_position)
{
    struct store *store = look_into(call, name);
    if (store == NULL)
        return false;
    struct tx *tx = store_begin_read(store);
    position_load(tx, which, ret_position);
    bool good = tx_error(tx) == 0;
    tx_abort(&tx);
    store_close(&store);
    return good;
}

static bool read_link(const struct verb_call *call, const char *name, unsigned which, struct link *link)
{
    if (!read_position(call, name, which, &link->position))
        return false;
    struct store *store = look_into(call, link->name);
    if (store == NULL)
        return false;
    struct tx *tx = store_begin_read(store);
    journal_load(tx, &link->journal);
    link->place = journal_place(tx, &link->journal, &link->position);
    bool good = tx_error(tx) == 0;
    tx_abort(&tx);
    store_close(&store);
    if (!good)
        fprintf(stderr, "tend: the store of %s is damaged\n", link->name);
    return good;
}

static void print_link(const char *name, const struct link *link)
{
    unsigned long long at = link->position.seq, first = link->journal.first, last = link->journal.last;
    bool gone = link->place == JOURNAL_TRIMMED || (link->place == JOURNAL_OTHER && first > 1);
    printf("%s has read the journal of %s up to %llu; what is there now goes from %llu to %llu%s\n", name, link->name,
           at, first, last, link->place == JOURNAL_OTHER ? ", and is another journal" : "");
    if (gone)
        printf("what came before %llu is gone, and %s never gets it\n", first, name);
}

// Gives the word for those that need it. The service must be stopped: its lock is taken.
static int give(const struct verb_call *call, const struct service *service, const char *name, const struct link *links,
                unsigned count)
{
    const struct passwd *user = getpwuid(getuid());
    const char *by = user != NULL ? user->pw_name : "somebody";
    char folder[FOLDER_BYTES];
    snprintf(folder, sizeof folder, "%s/%s", call->settings.data_dir, name);
    struct store_options options = {.folder = folder,
                                    .tables = service->tables,
                                    .table_count = service->table_count,
                                    .map_bytes = (size_t)32 << 30};
    struct store_error error;
    struct store *store = NULL;
    if (!store_open(&options, &error, &store)) {
        fprintf(stderr, "tend: %s\n", error.text);
        return error.code == VERB_IN_USE ? VERB_IN_USE : VERB_PROBLEM;
    }
    struct tx *tx = store_begin(store);
    for (unsigned i = 0; i < count; i++)
        if (links[i].place != JOURNAL_OK)
            acceptance_put(tx, i, by);
    int failed = tx_commit(&tx);
    store_close(&store);
    if (failed != 0)
        fprintf(stderr, "tend: the store of %s cannot be written: %s\n", name, store_explain(failed));
    if (failed == 0)
        lastwords_forget(folder); // which is what a `tend run` waits for
    return failed == 0 ? VERB_DONE : VERB_PROBLEM;
}

int verb_accept(struct verb_call *call)
{
    const char *name = call->arguments[0];
    unsigned which, needy = 0;
    const struct service *service = find(call, name, &which);
    if (service == NULL || service->follows == NULL) {
        fprintf(stderr, "tend: there is no service \"%s\" that follows another one\n", name);
        return VERB_USAGE;
    }
    struct link links[LANES_MAX];
    unsigned count = settings_processes(&call->settings, service->follows);
    for (unsigned i = 0; i < count; i++) {
        lane_name(service->follows, (struct lane){i, count}, links[i].name);
        if (!read_link(call, name, i, &links[i]))
            return VERB_PROBLEM;
        if (links[i].place != JOURNAL_OK)
            print_link(name, &links[i]);
        needy += links[i].place != JOURNAL_OK;
    }
    if (needy == 0) {
        printf("there is nothing to accept: %s goes on where it was\n", name);
        return VERB_DONE;
    }
    if (!service->rereads) {
        fprintf(stderr, "tend: %s cannot go on. %s\n", name, service->other_history);
        return VERB_PROBLEM;
    }
    int code = give(call, service, name, links, count);
    if (code == VERB_DONE)
        printf("it is accepted: at its next start %s reads it from its first record; what it has it knows by its id\n"
               "a `tend run` that is running starts it now; else start it\n",
               name);
    return code;
}
