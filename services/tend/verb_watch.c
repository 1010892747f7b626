// `tend watch`: imports every file that is put into a folder, one after the other, and moves it to done/ or failed/
// below it. It keeps nothing of its own: ended at any instant and started again, it imports a file once more that it
// had not moved yet, which changes nothing.
#include "services/tend/import_command.h"
#include "services/tend/kind.h"
#include "services/tend/postbox.h"
#include "services/tend/verb.h"
#include "services/tend/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PATH_ROOM = 4096,
    STAMP_ROOM = 32,
    LOOK_MS = 1000,       // between two looks
    UNREACHED_MS = 10000, // while ingest is not there
};

struct post {
    struct verb_call *call;
    const char *folder;
    struct postbox *postbox;
    struct import_words words;
    struct import_world world;
    bool unreached; // it was said
    bool stuck;     // what was imported cannot be moved: it would be imported for ever
};

static bool connect_ingest(void *self, struct sender *ret_sender, char *ret_error, size_t bytes)
{
    struct post *post = self;
    post->postbox = postbox_open(post->call->settings.links.ingest, ret_error, bytes);
    if (post->postbox == NULL)
        return false;
    *ret_sender = postbox_sender(post->postbox);
    return true;
}

// "FOLDER/done/NAME", with the moment before the name when that one is there already. False when it is too long.
static bool place_of(const struct post *post, const char *below, const char *name, char *ret_path)
{
    char stamp[STAMP_ROOM] = "";
    for (int i = 0; i < 2; i++) {
        int length = snprintf(ret_path, PATH_ROOM, "%s/%s/%s%s", post->folder, below, stamp, name);
        if (length >= PATH_ROOM)
            return false;
        if (access(ret_path, F_OK) != 0)
            break;
        time_t now = (time_t)(clock_wall_ms(post->world.clock) / 1000);
        struct tm parts;
        strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ-", gmtime_r(&now, &parts));
    }
    return true;
}

static bool make_folder(const struct post *post, const char *below)
{
    char path[PATH_ROOM];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", post->folder, below) < sizeof path &&
        (mkdir(path, 0770) == 0 || errno == EEXIST))
        return true;
    fprintf(stderr, "tend watch: %s/%s cannot be made: %s\n", post->folder, below, strerror(errno));
    return false;
}

// Somebody asks us to end: between two files, and at once when asked again.
static volatile sig_atomic_t ending;

static void note_end(int signal)
{
    (void)signal;
    ending = 1;
}

static void heed_signals(void)
{
    struct sigaction action = {.sa_handler = note_end, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

// Nobody else may watch the folder. Returns the lock, -1 with the reason told.
static int lock(const char *folder)
{
    char path[PATH_ROOM];
    if ((size_t)snprintf(path, sizeof path, "%s/.tend-watch", folder) >= sizeof path)
        return -1;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (file < 0) {
        fprintf(stderr, "tend watch: %s: %s\n", folder, strerror(errno));
        return -1;
    }
    if (flock(file, LOCK_EX | LOCK_NB) == 0)
        return file;
    fprintf(stderr, "tend watch: another tend watch has %s\n", folder);
    close(file);
    return -1;
}

static void move(struct post *post, const char *from, const char *to, const char *name)
{
    post->stuck = rename(from, to) != 0;
    if (!post->stuck)
        printf("%s: moved to %s\n", name, to + strlen(post->folder) + 1);
    else
        fprintf(stderr, "tend watch: %s cannot be moved to %s: %s\n", from, to, strerror(errno));
    fflush(stdout);
}

// Imports one file. What is wrong with it is written beside it in failed/. Returns what the import does.
static int take(struct post *post, const struct watch *watch, const struct watch_file *file)
{
    char from[PATH_ROOM], done[PATH_ROOM], failed[PATH_ROOM], log[PATH_ROOM + 8], rejected[PATH_ROOM + 20];
    snprintf(from, sizeof from, "%s/%s", post->folder, file->name);
    post->stuck = !place_of(post, "done", file->name, done) || !place_of(post, "failed", file->name, failed);
    snprintf(log, sizeof log, "%s.log", failed);
    snprintf(rejected, sizeof rejected, "%s.rejected.%s", failed, strstr(file->name, ".json") ? "jsonl" : "csv");
    post->world.err = post->stuck ? NULL : fopen(log, "we");
    if (post->world.err == NULL) {
        fprintf(stderr, "tend watch: %s: %s\n", log, strerror(errno));
        post->stuck = true;
        return VERB_USAGE;
    }
    post->words.file = from;
    post->words.rejected = rejected;
    int code = import_command(&post->words, &post->world);
    postbox_close(&post->postbox); // takes NULL
    fclose(post->world.err);
    if (code == VERB_DONE || code == VERB_UNREACHABLE)
        unlink(log);
    // One that went on growing is imported again when it has come to rest.
    if (code != VERB_UNREACHABLE && watch_same(watch, file))
        move(post, from, code == VERB_DONE ? done : failed, file->name);
    if (code != VERB_DONE && code != VERB_UNREACHABLE)
        printf("%s: %s says what is wrong\n", file->name, log + strlen(post->folder) + 1);
    fflush(stdout);
    return code;
}

// Looks again and again until it is asked to end; with `once` until nothing is left that is ready or may become so.
static int watch_on(struct post *post, struct watch *watch, bool once)
{
    int worst = VERB_DONE, rests = 0;
    while (!ending) {
        struct watch_file file;
        int failure, code = VERB_DONE;
        int64_t boot_ms = clock_boot_us(post->world.clock) / 1000;
        bool found = watch_look(watch, boot_ms, clock_wall_ms(post->world.clock), &file, &failure);
        if (failure != 0) {
            fprintf(stderr, "tend watch: %s: %s\n", post->folder, strerror(failure));
            return VERB_USAGE;
        }
        if (found)
            code = take(post, watch, &file);
        // A signal ends the wait for an answer: the file stays, and is gone on with at the next start.
        if (ending && code == VERB_UNREACHABLE)
            break;
        if (code == VERB_UNREACHABLE && !post->unreached)
            fprintf(stderr, "tend watch: ingest cannot be reached; %s waits for it\n", file.name);
        post->unreached = code == VERB_UNREACHABLE;
        worst = code > worst ? code : worst;
        if (post->stuck)
            return worst > VERB_USAGE ? worst : VERB_USAGE;
        rests = found ? 0 : rests + 1;
        int wait_ms = post->unreached ? UNREACHED_MS : LOOK_MS;
        if (once && (post->unreached || rests * LOOK_MS > WATCH_STILL_MS))
            return worst;
        for (int waited_ms = 0; !ending && (!found || post->unreached) && waited_ms < wait_ms; waited_ms += LOOK_MS)
            poll(NULL, 0, LOOK_MS);
    }
    return once ? worst : VERB_DONE;
}

int verb_watch(struct verb_call *call)
{
    struct post post = {.call = call, .folder = call->arguments[0]};
    enum import_kind kind;
    if (!kind_parse(call->arguments[1], &kind)) {
        fprintf(stderr, "tend watch: \"%s\" is no kind: orders, customers, reps, contacts, leads, contracts, events\n",
                call->arguments[1]);
        return VERB_USAGE;
    }
    int guard = lock(post.folder);
    if (guard < 0)
        return access(post.folder, W_OK) == 0 ? VERB_IN_USE : VERB_USAGE;
    post.words.kind = call->arguments[1];
    post.world = (struct import_world){.connect = connect_ingest, .self = &post};
    verb_import_begin(call, &post.words, &post.world);
    heed_signals();
    int code = VERB_USAGE;
    struct watch *watch = watch_open(post.folder);
    if (make_folder(&post, "done") && make_folder(&post, "failed"))
        code = watch_on(&post, watch, verb_value(call, "once") != NULL);
    watch_close(&watch);
    clock_close(&post.world.clock);
    close(guard);
    return code;
}
