// `tend feed add`: the file of a new feed, its secret, and what to enter at the other end.
#include "services/tend/feed.h"

#include "services/ingest/feed.h"
#include "services/ingest/options.h"
#include "services/ingest/preset.h"
#include "services/tend/pipeline.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SECRET_BYTES = 32,
    TEXT_BYTES = FEED_PATH_BYTES + 200,
    FILE_MODE = 0644,
    SECRET_MODE = 0600,
    FOLDER_MODE = 0755
};

// What people enter at the other end.
struct other_end {
    const char *preset;
    bool theirs; // they make the secret: it is copied into our file
    const char *secret, *topics, *where;
};

static const struct other_end ends[] = {
    {"shopify", true, "the app's API secret key (for webhooks made under Settings, Notifications: the key shown there)",
     "orders/create, orders/updated, orders/cancelled, customers/create, customers/update, customers/redact, "
     "customers/data_request, shop/redact; format JSON",
     "Settings, Notifications, Webhooks, or the app's configuration"},
    {"woocommerce", false, "the webhook's field Secret",
     "Order created, updated, deleted, restored; Customer created, updated, deleted",
     "WooCommerce, Settings, Advanced, Webhooks: one for each topic"},
    {"odoo", false, "a part of the address",
     "one automation rule for each model, on save; the fields are in the preset",
     "Settings, Technical, Automation Rules, action Send Webhook Notification"},
    {"erpnext", false, "the field Webhook Secret, with Enable Security on",
     "a Webhook for each document type: Sales Order, Delivery Note, Payment Entry, Sales Invoice, Customer; body "
     "{{ doc.as_json() }}",
     "Integrations, Webhook"},
    {"youzan", true, "the application's client_secret", "the messages of trades",
     "the Youzan cloud console: message subscription of the application"},
    {"debezium", false, "the bearer token: the header \"Authorization: Bearer SECRET\"",
     "the tables of orders, refunds and customers", "the HTTP sink of Debezium Server"},
    {"generic", false, "the key of an HMAC-SHA256 of the body, sent as \"X-Tend-Signature: sha256=HEX\"",
     "events in our own words, as POST /v1/events takes them", "your program"},
};

// One feed in the making.
struct making {
    struct verb_call *call;
    const char *name, *preset, *folder;
    char path[FEED_PATH_BYTES];
    char secret[FEED_PATH_BYTES]; // its file
    bool secret_given;
    bool secret_empty; // nobody wrote one into it yet
};

static const struct other_end *find_end(const char *preset)
{
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(ends[i].preset, preset) == 0)
            return &ends[i];
    return NULL;
}

static int complain(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    return VERB_PROBLEM;
}

// A new file with this text. False with the reason said; what stands there already is left alone.
static bool write_new(const char *path, const char *text, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    size_t length = strlen(text);
    bool good = file >= 0 && write(file, text, length) == (ssize_t)length && fsync(file) == 0;
    if (!good)
        complain(path);
    if (file >= 0)
        close(file);
    if (!good && file >= 0)
        unlink(path);
    return good;
}

// A secret of our own, or an empty file for theirs.
static bool make_secret(struct making *making, bool theirs)
{
    char text[2 * SECRET_BYTES + 2] = "";
    unsigned char bytes[SECRET_BYTES];
    making->secret_empty = theirs;
    if (access(making->secret, F_OK) == 0) {
        fprintf(stderr, "%s is there already; say --secret-file to use it, or take it away\n", making->secret);
        return false;
    }
    if (!theirs) {
        randombytes_buf(bytes, sizeof bytes);
        sodium_bin2hex(text, sizeof text, bytes, sizeof bytes);
        text[sizeof text - 2] = '\n';
        text[sizeof text - 1] = '\0';
    }
    bool good = write_new(making->secret, text, SECRET_MODE);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
    return good;
}

// Names in the file are seen from its folder, so what was given is written whole. False with errno set.
static bool whole_path(const char *path, char ret_path[FEED_PATH_BYTES])
{
    char *whole = realpath(path, NULL);
    bool good = whole != NULL && strlen(whole) < FEED_PATH_BYTES;
    if (good)
        memcpy(ret_path, whole, strlen(whole) + 1);
    else if (whole != NULL)
        errno = ENAMETOOLONG;
    free(whole);
    return good;
}

static int check(struct making *making)
{
    const struct ingest_options *options = pipeline_setups[PLACE_INGEST]->options;
    const char *secret = verb_value(making->call, "secret-file");
    if (!feed_name_valid(making->name)) {
        fprintf(stderr, "\"%s\" is no name of a feed: it is made of a-z, 0-9 and -\n", making->name);
        return VERB_USAGE;
    }
    if (making->preset == NULL || preset_find(making->preset) == NULL) {
        const char *near = making->preset == NULL ? NULL : preset_meant(making->preset);
        fprintf(stderr, "%s%s%s%sthe presets are", making->preset == NULL ? "--preset is missing; " : "no such preset",
                near == NULL ? "" : ", did you mean ", near == NULL ? "" : near, making->preset == NULL ? "" : "; ");
        for (size_t i = 0; i < preset_count; i++)
            fprintf(stderr, "%s %s", i == 0 ? "" : ",", presets[i].name);
        fprintf(stderr, "\n");
        return VERB_USAGE;
    }
    making->folder = options->feeds;
    if (making->folder == NULL) {
        fprintf(stderr, "ingest.feeds names no folder for feeds\n");
        return VERB_CONFIG;
    }
    feed_path(making->folder, making->name, making->path);
    making->secret_given = secret != NULL;
    if (secret == NULL)
        snprintf(making->secret, sizeof making->secret, "%s/%s.secret", making->folder, making->name);
    else if (!whole_path(secret, making->secret))
        return complain(secret);
    if (access(making->path, F_OK) != 0)
        return VERB_DONE;
    fprintf(stderr, "%s is there already\n", making->path);
    return VERB_PROBLEM;
}

static void print_advice(const struct making *making, const struct other_end *end)
{
    const struct ingest_options *options = pipeline_setups[PLACE_INGEST]->options;
    bool url = strcmp(making->preset, "odoo") == 0;
    printf("%s is written; ingest takes it over within seconds.\n\n", making->path);
    printf("Enter at the other end%s%s:\n", end == NULL ? "" : ", in ", end == NULL ? "" : end->where);
    printf("  address   http://%s/v1/feeds/%s%s%s%s   (from outside: your https proxy in front of it)\n",
           options->listen.text, making->name, url ? "?key=$(cat " : "", url ? making->secret : "", url ? ")" : "");
    printf("  secret    %s%s%s\n", making->secret, end == NULL ? "" : ": ", end == NULL ? "" : end->secret);
    if (end != NULL)
        printf("  topics    %s\n", end->topics);
    if (making->secret_empty)
        printf("\nThey make that secret: write it into %s. Until then the feed is not in force.\n", making->secret);
    printf("\nTry it: tend feed try %s BODY.json\n", making->name);
}

static int write_files(struct making *making)
{
    const struct other_end *end = find_end(making->preset);
    char text[TEXT_BYTES];
    if (mkdir(making->folder, FOLDER_MODE) != 0 && errno != EEXIST)
        return complain(making->folder);
    if (!making->secret_given && !make_secret(making, end != NULL && end->theirs))
        return VERB_PROBLEM;
    const char *slash = strrchr(making->secret, '/');
    snprintf(text, sizeof text, "preset: %s\nsecrets: [\"%s\"]\n", making->preset,
             making->secret_given || slash == NULL ? making->secret : slash + 1);
    if (!write_new(making->path, text, FILE_MODE)) {
        if (!making->secret_given)
            unlink(making->secret);
        return VERB_PROBLEM;
    }
    if (making->call->json) {
        json_t *answer = json_pack("{s:s, s:s, s:s, s:b}", "feed", making->path, "secret", making->secret, "preset",
                                   making->preset, "secretMissing", making->secret_empty);
        verb_print_json(answer);
        json_decref(answer);
    } else {
        print_advice(making, end);
    }
    return VERB_DONE;
}

int feed_add(struct verb_call *call)
{
    struct making making = {.call = call, .name = call->arguments[1], .preset = verb_value(call, "preset")};
    int code = check(&making);
    if (code != VERB_DONE)
        return code;
    return write_files(&making);
}
