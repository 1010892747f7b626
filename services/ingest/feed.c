#include "services/ingest/feed.h"

#include "common/config_node.h"
#include "common/config_value.h"
#include "common/must.h"
#include "common/nearest.h"
#include "common/textfile.h"
#include "common/zone.h"
#include "services/ingest/preset.h"
#include "services/ingest/sources.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 1 << 16,
    ARENA_LIMIT = 32 << 20,
    SENTENCE_BYTES = 300,
    SECRET_FILE_BYTES = AUTH_SECRET_BYTES + 64, // with blanks and line ends around it
    TOLERANCE_MS = 300000,                      // what Standard Webhooks and most vendors recommend
};

// A file on its way to become a feed.
struct reading {
    struct config_complaints *list; // of the file, or of its preset
    struct config_complaints *weak; // what only keeps it from believing anybody; may be the same
    struct feed *feed;
    const struct config_node *secrets;
    struct config_place auth_place;
    const char *folder; // of the file
};

bool feed_name_valid(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length < FEED_NAME_BYTES && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

void feed_path(const char *folder, const char *name, char ret_path[FEED_PATH_BYTES])
{
    int length =
        snprintf(ret_path, FEED_PATH_BYTES, "%.*s/%.*s.yaml", FEED_FOLDER_BYTES - 1, folder, FEED_NAME_BYTES - 1, name);
    must(length > 0 && length < FEED_PATH_BYTES);
}

static void complain(struct reading *reading, const struct config_node *node, const char *sentence)
{
    struct config_place place = node->shape == NODE_EMPTY && node->key != NULL ? node->key_place : node->place;
    config_errors_add(reading->list, place, "%s", sentence);
}

// A text that fits, as a copy.
static bool read_text(struct reading *reading, const struct config_node *node, char *to, size_t bytes)
{
    char sentence[SENTENCE_BYTES];
    if (node->shape != NODE_SCALAR) {
        complain(reading, node, "a text belongs here");
        return false;
    }
    if (node->length >= bytes) {
        snprintf(sentence, sizeof sentence, "may have %zu bytes", bytes - 1);
        complain(reading, node, sentence);
        return false;
    }
    memcpy(to, node->text, node->length + 1);
    return true;
}

static void read_lower(struct reading *reading, const struct config_node *node, char *to)
{
    if (read_text(reading, node, to, AUTH_NAME_BYTES))
        for (char *at = to; *at != '\0'; at++)
            *at = (char)tolower((unsigned char)*at);
}

static bool read_number(struct reading *reading, const struct config_node *node, const struct config_key *row,
                        int64_t *ret_number)
{
    char trouble[CONFIG_TROUBLE_BYTES];
    if (node->shape != NODE_SCALAR) {
        complain(reading, node, "a single value belongs here");
        return false;
    }
    if (config_value_number(row, node->text, node->length, trouble, ret_number))
        return true;
    complain(reading, node, trouble);
    return false;
}

static void unknown_key(struct reading *reading, const struct config_node *node, const char *const *names, size_t count)
{
    const char *near = nearest_name(node->key, names, count);
    config_errors_add(reading->list, node->key_place, "\"%.40s\" is not known here%s%s%s", node->key,
                      near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
}

static bool is_mapping(struct reading *reading, const struct config_node *node)
{
    if (node->shape == NODE_MAPPING)
        return true;
    complain(reading, node, "a mapping belongs here: {key: value, ...}");
    return false;
}

// --- auth

static void auth_kind_of(struct reading *reading, const struct config_node *node)
{
    char name[AUTH_NAME_BYTES];
    if (!read_text(reading, node, name, sizeof name))
        return;
    struct auth *auth = &reading->feed->auth;
    enum auth_kind kind = auth_kind_find(name);
    if (kind == AUTH_UNSET)
        config_errors_add(reading->list, node->place,
                          "\"%.40s\" is no kind: hmac-sha256, hmac-sha1, standard-webhooks, md5, sha1, bearer, url, "
                          "none",
                          name);
    // Another kind than the preset's shares nothing with it.
    if (kind != auth->kind)
        *auth = (struct auth){.kind = kind, .tolerance_ms = TOLERANCE_MS};
}

static void auth_encoding_of(struct reading *reading, const struct config_node *node)
{
    char name[AUTH_NAME_BYTES];
    if (!read_text(reading, node, name, sizeof name))
        return;
    if (strcmp(name, "hex") != 0 && strcmp(name, "base64") != 0)
        complain(reading, node, "must be hex or base64");
    reading->feed->auth.encoding = strcmp(name, "base64") == 0 ? AUTH_BASE64 : AUTH_HEX;
}

static void auth_header_of(struct reading *reading, const struct config_node *node)
{
    reading->feed->auth.at[0] = '\0';
    read_lower(reading, node, reading->feed->auth.header);
}

static void auth_at_of(struct reading *reading, const struct config_node *node)
{
    struct auth *auth = &reading->feed->auth;
    auth->header[0] = '\0';
    if (read_text(reading, node, auth->at, sizeof auth->at) && auth->at[0] != '/')
        complain(reading, node, "must be a pointer into the body, such as /sign");
}

static void auth_prefix_of(struct reading *reading, const struct config_node *node)
{
    read_text(reading, node, reading->feed->auth.prefix, AUTH_NAME_BYTES);
}

static void auth_time_of(struct reading *reading, const struct config_node *node)
{
    read_lower(reading, node, reading->feed->auth.time);
}

static void auth_parameter_of(struct reading *reading, const struct config_node *node)
{
    read_text(reading, node, reading->feed->auth.parameter, AUTH_NAME_BYTES);
}

static void auth_tolerance_of(struct reading *reading, const struct config_node *node)
{
    static const struct config_key row = {.name = "tolerance", .type = CONFIG_DURATION, .min = 1000, .max = 86400000};
    read_number(reading, node, &row, &reading->feed->auth.tolerance_ms);
}

static void auth_text_of(struct reading *reading, const struct config_node *node)
{
    char text[FEED_REPLY_BYTES], sentence[SENTENCE_BYTES];
    if (read_text(reading, node, text, sizeof text) &&
        !auth_text_parse(&reading->feed->auth, text, sentence, sizeof sentence))
        complain(reading, node, sentence);
}

struct key_reader {
    const char *name;
    void (*read)(struct reading *reading, const struct config_node *node);
};

enum { KEYS_MAX = 24 };

// Reads each key of a mapping by the row of its name; a row without a function is somebody else's.
static void read_keys(struct reading *reading, const struct config_node *mapping, const struct key_reader *rows,
                      size_t count)
{
    const char *names[KEYS_MAX];
    must(count <= KEYS_MAX);
    for (size_t i = 0; i < count; i++)
        names[i] = rows[i].name;
    for (const struct config_node *at = mapping->first; at != NULL; at = at->next) {
        size_t row = 0;
        while (row < count && strcmp(rows[row].name, at->key) != 0)
            row++;
        if (row == count)
            unknown_key(reading, at, names, count);
        else if (rows[row].read != NULL)
            rows[row].read(reading, at);
    }
}

static void read_auth(struct reading *reading, const struct config_node *node)
{
    static const struct key_reader rows[] = {
        {"kind", NULL},
        {"header", auth_header_of},
        {"at", auth_at_of},
        {"encoding", auth_encoding_of},
        {"prefix", auth_prefix_of},
        {"text", auth_text_of},
        {"time", auth_time_of},
        {"tolerance", auth_tolerance_of},
        {"parameter", auth_parameter_of},
    };
    reading->auth_place = node->place;
    if (!is_mapping(reading, node))
        return;
    // The kind comes first, wherever it stands: it decides what the others begin with.
    const struct config_node *kind = config_node_find(node, "kind");
    if (kind != NULL)
        auth_kind_of(reading, kind);
    read_keys(reading, node, rows, sizeof rows / sizeof *rows);
}

// --- handshakes and replies

static void read_words(struct reading *reading, const struct config_node *node, struct feed_handshake *handshake)
{
    if (node->shape == NODE_SCALAR) {
        handshake->word_count = read_text(reading, node, handshake->words[0], AUTH_NAME_BYTES);
        return;
    }
    if (node->shape != NODE_SEQUENCE || node->count > FEED_WORDS_MAX) {
        complain(reading, node, "a list of at most 4 texts belongs here");
        return;
    }
    for (const struct config_node *at = node->first; at != NULL; at = at->next)
        if (read_text(reading, at, handshake->words[handshake->word_count], AUTH_NAME_BYTES))
            handshake->word_count++;
}

static void read_handshake(struct reading *reading, const struct config_node *node)
{
    static const char *const names[] = {"form", "echo", "at", "is"};
    struct feed *feed = reading->feed;
    if (!is_mapping(reading, node))
        return;
    if (feed->handshake_count == FEED_HANDSHAKES_MAX) {
        complain(reading, node, "there may be 4 handshakes");
        return;
    }
    struct feed_handshake *handshake = &feed->handshakes[feed->handshake_count++];
    *handshake = (struct feed_handshake){.kind = HANDSHAKE_FORM};
    for (const struct config_node *at = node->first; at != NULL; at = at->next) {
        if (strcmp(at->key, "is") == 0) {
            read_words(reading, at, handshake);
            continue;
        }
        size_t kind = 0;
        while (kind < 3 && strcmp(names[kind], at->key) != 0)
            kind++;
        if (kind == 3) {
            unknown_key(reading, at, names, sizeof names / sizeof *names);
            continue;
        }
        handshake->kind = (enum feed_handshake_kind)kind;
        if (read_text(reading, at, handshake->at, sizeof handshake->at) && kind > 0 && handshake->at[0] != '/')
            complain(reading, at, "must be a pointer into the body, such as /challenge");
    }
    if (handshake->at[0] == '\0' || (handshake->kind == HANDSHAKE_IS) != (handshake->word_count > 0))
        complain(reading, node, "a handshake is {form: FIELD}, {echo: /pointer} or {at: /pointer, is: [words]}");
}

static void read_handshakes(struct reading *reading, const struct config_node *node)
{
    reading->feed->handshake_count = 0;
    if (node->shape != NODE_SEQUENCE) {
        complain(reading, node, "a list belongs here: [{form: webhook_id}, {echo: /challenge}]");
        return;
    }
    for (const struct config_node *at = node->first; at != NULL; at = at->next)
        read_handshake(reading, at);
}

static void reply_status_of(struct reading *reading, const struct config_node *node)
{
    static const struct config_key row = {.name = "status", .type = CONFIG_INTEGER, .min = 200, .max = 299};
    int64_t status;
    if (read_number(reading, node, &row, &status))
        reading->feed->reply_status = (int)status;
}

static void reply_body_of(struct reading *reading, const struct config_node *node)
{
    read_text(reading, node, reading->feed->reply_body, sizeof reading->feed->reply_body);
}

static void reply_type_of(struct reading *reading, const struct config_node *node)
{
    read_text(reading, node, reading->feed->reply_type, sizeof reading->feed->reply_type);
}

static void read_reply(struct reading *reading, const struct config_node *node)
{
    static const struct key_reader rows[] = {
        {"status", reply_status_of}, {"body", reply_body_of}, {"type", reply_type_of}};
    if (is_mapping(reading, node))
        read_keys(reading, node, rows, sizeof rows / sizeof *rows);
}

// --- the file

static void read_secrets(struct reading *reading, const struct config_node *node)
{
    reading->secrets = node;
    if (node->shape != NODE_SEQUENCE && node->shape != NODE_SCALAR)
        complain(reading, node, "a list of file names belongs here");
}

static void read_rate(struct reading *reading, const struct config_node *node)
{
    char text[AUTH_NAME_BYTES];
    if (read_text(reading, node, text, sizeof text) && !bucket_parse(text, &reading->feed->rate))
        complain(reading, node, "must be a number of bodies and a time, such as 50/1s or 600/10m");
}

static void read_silent_after(struct reading *reading, const struct config_node *node)
{
    static const struct config_key row = {
        .name = "silent_after", .type = CONFIG_DURATION, .min = 60000, .max = INT64_C(31536000000)};
    read_number(reading, node, &row, &reading->feed->silent_after_ms);
}

static void read_from(struct reading *reading, const struct config_node *node)
{
    reading->feed->fetched = true;
    from_read(reading->list, node, reading->folder, &reading->feed->from);
}

// The name itself is the mapping's to read.
static void read_source(struct reading *reading, const struct config_node *node)
{
    if (node->shape == NODE_SCALAR && sources_own(node->text))
        complain(reading, node, "is a name of Tend's own: leave it out, and the feed's name is the source");
}

static void read_root(struct reading *reading, const struct config_node *root)
{
    static const struct key_reader rows[] = {
        {"auth", read_auth},     {"handshake", read_handshakes},
        {"reply", read_reply},   {"secrets", read_secrets},
        {"rate", read_rate},     {"silent_after", read_silent_after},
        {"from", read_from},     {"preset", NULL},
        {"source", read_source}, {"currency", NULL},
        {"zone", NULL},          {"decode", NULL},
        {"events", NULL},        {"extra_events", NULL},
        {"drop_if", NULL},       {"customer_prefix", NULL},
        {"preset_drops", NULL},  {"erase", NULL},
        {"owner", NULL},         {"customer_id", NULL},
        {"topic", NULL},         {"without", NULL},
    };
    if (root == NULL || root->shape != NODE_MAPPING)
        config_errors_add(reading->list, CONFIG_NOWHERE,
                          "holds no mapping: it begins with \"preset: NAME\" or \"auth: {...}\"");
    else
        read_keys(reading, root, rows, sizeof rows / sizeof *rows);
}

// What the preset says, before the file's own. A bad preset is a mistake of ours that a test finds.
static void read_preset(struct reading *reading, const struct config_node *root)
{
    bool whole = root != NULL && root->shape == NODE_MAPPING;
    const struct config_node *named = whole ? config_node_find(root, "preset") : NULL;
    if (named == NULL || named->shape != NODE_SCALAR)
        return;
    const struct preset *preset = preset_find(named->text);
    if (preset == NULL) {
        const char *near = preset_meant(named->text);
        config_errors_add(reading->list, named->place, "there is no preset \"%.40s\"%s%s%s", named->text,
                          near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near, near == NULL ? "" : "\"?");
        return;
    }
    struct arena *arena = reading->list->arena;
    struct config_complaints list = {.arena = arena,
                                     .name = preset->name,
                                     .text = arena_text(arena, preset->text, preset->length),
                                     .length = preset->length};
    struct config_node *preset_root = NULL;
    struct reading inner = {.list = &list, .feed = reading->feed};
    if (config_node_read(&list, &preset_root))
        read_root(&inner, preset_root);
    must(list.count == 0 && inner.secrets == NULL);
}

static bool secret_path(const struct feed_place *place, const char *name, char *path)
{
    const char *folder = place->folder, *file = name;
    size_t prefix = strlen(CONFIG_CREDENTIAL);
    if (strncmp(name, CONFIG_CREDENTIAL, prefix) == 0) {
        folder = getenv("CREDENTIALS_DIRECTORY");
        file = name + prefix;
        if (folder == NULL || file[0] == '\0' || file[0] == '.' || strchr(file, '/') != NULL)
            return false;
    }
    int length = file[0] == '/' ? snprintf(path, FEED_PATH_BYTES, "%s", file)
                                : snprintf(path, FEED_PATH_BYTES, "%s/%s", folder, file);
    return length > 0 && length < FEED_PATH_BYTES;
}

static void read_secret(struct reading *reading, const struct feed_place *place, const struct config_node *node,
                        struct feed_files *files)
{
    char name[FEED_PATH_BYTES], sentence[SENTENCE_BYTES] = "", *text;
    size_t length;
    // Somebody may have written the secret where its file's name belongs.
    if (node->shape == NODE_SCALAR)
        config_errors_hide(reading->list, node->place);
    if (!read_text(reading, node, name, sizeof name))
        return;
    if (files->count > AUTH_SECRETS_MAX) {
        complain(reading, node, "there may be 8 secrets");
        return;
    }
    char *path = files->paths[files->count];
    if (!secret_path(place, name, path)) {
        complain(reading, node, "names no file, and no credential that systemd gave");
        return;
    }
    files->count++;
    if (reading->feed->secret_file[0] == '\0')
        snprintf(reading->feed->secret_file, FEED_PATH_BYTES, "%s", path);
    if (!textfile_read(path, SECRET_FILE_BYTES, sentence, sizeof sentence, &text, &length)) {
        // "PATH: what is wrong", without the path.
        const char *what = strncmp(sentence, path, strlen(path)) == 0 ? sentence + strlen(path) + 2 : "it is too long";
        config_errors_add(reading->list, node->place, "the file of the secret cannot be used: %s", what);
        return;
    }
    if (length == 0)
        complain(reading, node, "the file of the secret is empty: write into it what the other end gave you");
    else if (!auth_secret_add(&reading->feed->auth, text, length, sentence, sizeof sentence))
        complain(reading, node, sentence);
    sodium_memzero(text, length);
    free(text);
}

static void check(struct reading *reading, const struct feed_place *place, struct feed_files *files)
{
    char sentence[SENTENCE_BYTES];
    const struct config_node *secrets = reading->secrets;
    const struct auth *auth = &reading->feed->auth;
    struct reading weak = *reading;
    weak.list = reading->weak;
    if (secrets != NULL && secrets->shape == NODE_SCALAR)
        read_secret(&weak, place, secrets, files);
    else if (secrets != NULL)
        for (const struct config_node *at = secrets->first; at != NULL; at = at->next)
            read_secret(&weak, place, at, files);
    if (reading->list->count > 0 || reading->feed->fetched)
        return;
    if (auth->kind != AUTH_UNSET && !auth_check_form(auth, sentence, sizeof sentence))
        config_errors_add(reading->list, reading->auth_place, "auth %s", sentence);
    else if (weak.list->count == 0 && !auth_check_settings(auth, sentence, sizeof sentence))
        config_errors_add(weak.list, reading->auth_place, "auth %s", sentence);
}

static void print_errors(const struct config_complaints *list, char *ret_error, size_t bytes)
{
    size_t used = 0;
    ret_error[0] = '\0';
    for (size_t i = 0; i < list->count && used < bytes; i++) {
        const struct config_error *error = &list->errors[i];
        int length = error->line > 0 ? snprintf(ret_error + used, bytes - used, "%s:%d:%d: %s\n%s", list->name,
                                                error->line, error->column, error->message, error->excerpt)
                                     : snprintf(ret_error + used, bytes - used, "%s: %s\n", list->name, error->message);
        used += (size_t)length;
    }
    size_t length = strlen(ret_error);
    if (length > 0 && ret_error[length - 1] == '\n')
        ret_error[length - 1] = '\0';
}

// What goes wrong, in words; `warning` NULL: all of it is an error.
struct trouble {
    char *error, *warning;
    size_t error_bytes, warning_bytes;
};

static bool compile(struct feed *feed, const struct feed_place *place, struct arena *arena, struct feed_files *files,
                    const struct trouble *trouble)
{
    struct config_complaints list = {
        .arena = arena, .name = files->paths[0], .text = feed->text, .length = feed->length};
    struct config_complaints weak = list;
    struct config_node *root = NULL;
    struct reading reading = {.list = &list,
                              .weak = trouble->warning != NULL ? &weak : &list,
                              .feed = feed,
                              .auth_place = CONFIG_NOWHERE,
                              .folder = place->folder};
    if (config_node_read(&list, &root)) {
        read_preset(&reading, root);
        read_root(&reading, root);
        check(&reading, place, files);
    }
    if (trouble->warning != NULL)
        print_errors(&weak, trouble->warning, trouble->warning_bytes);
    if (list.count > 0) {
        print_errors(&list, trouble->error, trouble->error_bytes);
        return false;
    }
    const struct mapping_defaults defaults = {.source = place->name, .currency = place->currency, .zone = place->zone};
    if (!mapping_open(files->paths[0], feed->text, feed->length, &defaults, trouble->error, trouble->error_bytes,
                      &feed->mapping))
        return false;
    snprintf(feed->source, sizeof feed->source, "%s", mapping_source(feed->mapping));
    return true;
}

static bool read_file(const struct feed_place *place, struct feed_files *files, const struct trouble *trouble,
                      struct feed **ret_feed)
{
    struct feed *feed = calloc(1, sizeof *feed);
    must(feed != NULL);
    feed->reply_status = 200;
    feed->auth.tolerance_ms = TOLERANCE_MS;
    snprintf(feed->name, sizeof feed->name, "%s", place->name);
    char *text;
    bool good =
        textfile_read(files->paths[0], MAPPING_FILE_BYTES, trouble->error, trouble->error_bytes, &text, &feed->length);
    if (good) {
        feed->text = realloc(text, feed->length + 1);
        must(feed->text != NULL);
        feed->text[feed->length] = '\0';
        struct arena *arena = arena_open(ARENA_BLOCK, ARENA_LIMIT);
        good = compile(feed, place, arena, files, trouble);
        arena_close(&arena);
    }
    if (!good) {
        feed_close(&feed);
        return false;
    }
    *ret_feed = feed;
    return true;
}

bool feed_read(const struct feed_place *place, struct feed_files *ret_files, char *ret_error, size_t error_bytes,
               struct feed **ret_feed)
{
    const struct trouble trouble = {.error = ret_error, .error_bytes = error_bytes};
    must(feed_name_valid(place->name));
    *ret_files = (struct feed_files){.count = 1};
    feed_path(place->folder, place->name, ret_files->paths[0]);
    return read_file(place, ret_files, &trouble, ret_feed);
}

bool feed_read_trial(const char *path, const struct feed_place *place, char ret_warning[FEED_ERROR_BYTES],
                     char ret_error[FEED_ERROR_BYTES], struct feed **ret_feed)
{
    const struct trouble trouble = {ret_error, ret_warning, FEED_ERROR_BYTES, FEED_ERROR_BYTES};
    struct feed_files files = {.count = 1};
    ret_warning[0] = '\0';
    if (strlen(path) < FEED_PATH_BYTES) {
        memcpy(files.paths[0], path, strlen(path) + 1);
        return read_file(place, &files, &trouble, ret_feed);
    }
    snprintf(ret_error, FEED_ERROR_BYTES, "%.60s...: the path of a feed's file has %d bytes at most", path,
             FEED_PATH_BYTES - 1);
    return false;
}

void feed_close(struct feed **feed)
{
    if (*feed == NULL)
        return;
    auth_forget(&(*feed)->auth);
    mapping_close(&(*feed)->mapping);
    free((*feed)->text);
    free(*feed);
    *feed = NULL;
}
