#include "services/notifier/alarm.h"
#include "services/notifier/channel.h"
#include "services/notifier/options.h"
#include "services/notifier/pace.h"
#include "services/notifier/route.h"
#include "services/notifier/say.h"
#include "services/notifier/templates.h"

#include "common/must.h"
#include "common/nearest.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY_BYTES = 300,
    SENTENCE_BYTES = 600,
    SUGGESTION_BYTES = 200,
    SECRET_LOOKS = 20, // characters; a token has no fewer
    LOOK_BYTES = 64 * 1024,
    LOOK_MOST = 4 * 1024 * 1024, // of what chats make of one channel's people
};

// Where errors go, and the names that are known.
struct checker {
    const struct notifier_options *options;
    struct config *config;
    char *error;
    size_t error_bytes;
    bool good;
    const char *channels[NOTIFIER_CHANNELS];
    const char **people;
};

// The place of a key: of an item `name` of `group`, or of the section itself when both are NULL.
static void write_path(const char *group, const char *name, const char *key, char *ret_path)
{
    if (group != NULL)
        snprintf(ret_path, KEY_BYTES, "notifier.%s.%s.%s", group, name, key);
    else
        snprintf(ret_path, KEY_BYTES, "notifier.%s", key);
}

// Notes what is wrong with a key.
__attribute__((format(printf, 5, 6))) static void complain(struct checker *checker, const char *group, const char *name,
                                                           const char *key, const char *message, ...)
{
    char path[KEY_BYTES], sentence[SENTENCE_BYTES];
    va_list arguments;
    va_start(arguments, message);
    vsnprintf(sentence, sizeof sentence, message, arguments);
    va_end(arguments);
    write_path(group, name, key, path);
    if (checker->config != NULL)
        config_complain(checker->config, path, "%s", sentence);
    if (checker->good)
        snprintf(checker->error, checker->error_bytes, "%s %s", path, sentence);
    checker->good = false;
}

// Whether the key's value is not what the file says, because that could not be read.
static bool unread(const struct checker *checker, const char *group, const char *name, const char *key)
{
    char path[KEY_BYTES];
    write_path(group, name, key, path);
    return checker->config != NULL && config_complained(checker->config, path);
}

// `; did you mean "sales"?`, or nothing when no name is near.
static const char *suggest(const char *wrong, const char *const *names, size_t count, char *buffer)
{
    const char *near = nearest_name(wrong, names, count);
    buffer[0] = '\0';
    if (near != NULL)
        snprintf(buffer, SUGGESTION_BYTES, "; did you mean \"%s\"?", near);
    return buffer;
}

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void check_language(struct checker *checker, const char *group, const char *name, const char *tag)
{
    enum language language;
    if (tag[0] != '\0' && !language_parse(tag, &language))
        complain(checker, group, name, "language", "must be zh-CN or en");
}

static void check_named(struct checker *checker, const char *group, const char *name, const char *key,
                        const char *channel)
{
    size_t count = checker->options->channel_count;
    char near[SUGGESTION_BYTES];
    if (channel[0] != '\0' && !is_among(channel, checker->channels, count))
        complain(checker, group, name, key, "names no channel of notifier.channels%s",
                 suggest(channel, checker->channels, count, near));
}

// Reps come with events too, so one whom the configuration does not name may still be known: no error.
static void check_rep(struct checker *checker, const char *group, const char *name, const char *key, const char *rep)
{
    size_t count = checker->options->person_count;
    char path[KEY_BYTES], near[SUGGESTION_BYTES];
    if (checker->config == NULL || rep[0] == '\0' || is_among(rep, checker->people, count))
        return;
    write_path(group, name, key, path);
    suggest(rep, checker->people, count, near);
    config_warn(checker->config, path, "names nobody of notifier.people%s",
                near[0] != '\0' ? near : ", so this rep must come with an event (rep_upserted)");
}

// --- channels and people

// Which keys a type needs; a Slack channel's also hang on whether there is a token.
static void check_needs(struct checker *checker, const struct channel_options *channel)
{
    const char *key, *wrong;
    if (unread(checker, "channels", channel->name, "type") || unread(checker, "channels", channel->name, "token_file"))
        return;
    for (size_t i = 0; i < CHANNEL_KEYS; i++)
        if ((wrong = channel_options_wrong(channel, i, &key)) != NULL &&
            !unread(checker, "channels", channel->name, key))
            complain(checker, "channels", channel->name, key, "%s", wrong);
}

// Domains are of chats whose addresses have one, and bare.
static void check_domains(struct checker *checker, const struct channel_options *channel)
{
    if (channel->domain_count == 0 || unread(checker, "channels", channel->name, "type"))
        return;
    if (channel_driver(channel)->domain == '\0') {
        complain(checker, "channels", channel->name, "domains", "means nothing for this type");
        return;
    }
    for (size_t i = 0; i < channel->domain_count; i++) {
        const char *domain = channel->domains[i];
        char key[KEY_BYTES];
        snprintf(key, sizeof key, "domains[%zu]", i);
        if (domain[0] == '\0' || domain[0] == '.' || strpbrk(domain, "@*/ ,") != NULL)
            complain(checker, "channels", channel->name, key, "must be a domain and nothing else, such as example.com");
    }
}

static void check_channel(struct checker *checker, const struct channel_options *channel)
{
    check_needs(checker, channel);
    check_domains(checker, channel);
    struct pace pace;
    if (channel->rate[0] != '\0' && !pace_parse(channel->rate, &pace))
        complain(checker, "channels", channel->name, "rate", "must be a number of messages and a time, such as 20/1m");
    check_language(checker, "channels", channel->name, channel->language);
}

// CHANNEL=ADDRESS.
static void check_address(struct checker *checker, const struct person_options *person, size_t index)
{
    const char *text = person->addresses[index], *sign = strchr(text, '=');
    char key[KEY_BYTES], channel[KEY_BYTES];
    snprintf(key, sizeof key, "addresses[%zu]", index);
    if (sign == NULL || sign == text || sign[1] == '\0') {
        if (text[0] != '\0')
            complain(checker, "people", person->rep, key, "must be CHANNEL=ADDRESS, such as mail=wang@example.com");
        return;
    }
    snprintf(channel, sizeof channel, "%.*s", (int)(sign - text), text);
    check_named(checker, "people", person->rep, key, channel);
}

static void check_people(struct checker *checker)
{
    for (size_t i = 0; i < checker->options->person_count; i++) {
        const struct person_options *person = &checker->options->people[i];
        check_named(checker, "people", person->rep, "channel", person->channel);
        check_language(checker, "people", person->rep, person->language);
        for (size_t j = 0; j < person->address_count; j++)
            check_address(checker, person, j);
    }
}

// --- routes and teams

static void check_kinds(struct checker *checker, const struct route_options *route)
{
    for (size_t i = 0; i < route->kind_count; i++) {
        char key[KEY_BYTES], near[SUGGESTION_BYTES];
        const char *word = route_kind_near(route->kinds[i]);
        snprintf(key, sizeof key, "kinds[%zu]", i);
        if (!route_kind_known(route->kinds[i]))
            complain(checker, "routes", route->name, key,
                     "must name a kind of reminder, or call_list, preview, digest%s",
                     word != NULL ? suggest(route->kinds[i], &word, 1, near) : "");
    }
}

static void check_classes(struct checker *checker, const struct route_options *route)
{
    for (size_t i = 0; i < route->class_count; i++) {
        char key[KEY_BYTES];
        snprintf(key, sizeof key, "classes[%zu]", i);
        if (strlen(route->classes[i]) != 1 || strchr("abcABC", route->classes[i][0]) == NULL)
            complain(checker, "routes", route->name, key, "must be a, b or c");
    }
}

static void check_reader(struct checker *checker, const struct route_options *route)
{
    if (unread(checker, "routes", route->name, "to"))
        return;
    if (route->to == ROUTE_REP && route->rep[0] == '\0')
        complain(checker, "routes", route->name, "rep", "is needed with `to: rep`: the id of who reads it");
    else if (route->to != ROUTE_REP && route->rep[0] != '\0')
        complain(checker, "routes", route->name, "rep", "means nothing without `to: rep`");
    else
        check_rep(checker, "routes", route->name, "rep", route->rep);
    if (route->to == ROUTE_TEAM && checker->options->team_count == 0 && !unread(checker, NULL, NULL, "teams"))
        complain(checker, "routes", route->name, "to", "needs the chat of a team, and notifier.teams names none");
}

// What a route takes is known when all keys that narrow it could be read.
static bool takes_known(const struct checker *checker, const struct route_options *route)
{
    static const char *const narrowing[] = {"kinds", "classes", "regions", "urgency"};
    for (size_t i = 0; i < sizeof narrowing / sizeof *narrowing; i++)
        if (unread(checker, "routes", route->name, narrowing[i]))
            return false;
    return true;
}

// Messages never come to a route of which an earlier one takes all.
static void check_reached(struct checker *checker, size_t index)
{
    const struct route_options *routes = checker->options->routes, *route = &routes[index];
    char path[KEY_BYTES];
    for (size_t i = 0; i < index && takes_known(checker, route); i++) {
        if (!takes_known(checker, &routes[i]) || !route_covers(&routes[i], route))
            continue;
        snprintf(path, sizeof path, "routes.%s", route->name);
        complain(checker, NULL, NULL, path, "is never reached: the route \"%s\" before it takes all that it would take",
                 routes[i].name);
        return;
    }
}

// Gathered until an hour at which nobody is to be disturbed, it waits on: seldom what was meant.
static void check_digest(struct checker *checker, const struct route_options *route)
{
    const struct notifier_options *options = checker->options;
    int32_t from = options->quiet_from, to = options->quiet_to, at = route->digest_at;
    bool quiet = from < to ? at >= from && at < to : from > to && (at >= from || at < to);
    char path[KEY_BYTES];
    if (checker->config == NULL || at == CONFIG_UNSET_32 || route->quiet == ROUTE_SEND || !quiet)
        return;
    write_path("routes", route->name, "digest_at", path);
    config_warn(checker->config, path,
                "is in the quiet hours: it leaves when they end, at %02d:%02d, unless the route says `quiet: send`",
                (int)(to / 60), (int)(to % 60));
}

static void check_routes(struct checker *checker)
{
    const struct notifier_options *options = checker->options;
    for (size_t i = 0; i < options->route_count; i++) {
        const struct route_options *route = &options->routes[i];
        check_kinds(checker, route);
        check_classes(checker, route);
        for (size_t j = 0; j < route->channel_count; j++) {
            char key[KEY_BYTES];
            snprintf(key, sizeof key, "channels[%zu]", j);
            check_named(checker, "routes", route->name, key, route->channels[j]);
        }
        check_reader(checker, route);
        check_digest(checker, route);
        check_reached(checker, i);
    }
    for (size_t i = 0; i < options->team_count; i++) {
        check_named(checker, "teams", options->teams[i].name, "channel", options->teams[i].channel);
        check_rep(checker, "teams", options->teams[i].name, "manager", options->teams[i].manager);
    }
}

// --- the section itself

// Reps' answers must not travel in the clear, but on this machine.
static void check_public_url(struct checker *checker, const char *url)
{
    static const char *const good[] = {"https://", "http://127.0.0.1", "http://localhost", "http://[::1]"};
    size_t length = strlen(url);
    bool known = length == 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        known = known || (strncmp(url, good[i], strlen(good[i])) == 0 && length > strlen("https://"));
    if (!known || strpbrk(url, " \t\"'<>?#") != NULL)
        complain(checker, NULL, NULL, "public_url", "must be a URL that begins with https:// and has no query");
    else if (length > 0 && url[length - 1] == '/')
        complain(checker, NULL, NULL, "public_url", "must not end in a slash");
}

// The error has its place in that file.
static void check_templates(struct checker *checker, const struct notifier_options *options)
{
    char error[2 * KEY_BYTES];
    if (options->templates == NULL || options->templates[0] == '\0')
        return;
    struct templates *templates = templates_open(options->templates, error, sizeof error);
    if (templates == NULL)
        complain(checker, NULL, NULL, "templates", "%s", error);
    templates_close(&templates);
}

// True when the configuration has an address of the person in that channel.
static bool has_address(const struct notifier_options *options, const struct person_options *person,
                        const char *channel)
{
    const char *own = person->channel[0] != '\0' ? person->channel : options->default_channel;
    size_t length = strlen(channel);
    bool found = strcmp(own, channel) == 0 && person->address[0] != '\0';
    for (size_t i = 0; i < person->address_count; i++)
        found = found || (strncmp(person->addresses[i], channel, length) == 0 && person->addresses[i][length] == '=');
    return found;
}

// True for a channel that writes to each rep alone, and so needs the rep's address.
static bool is_personal(const struct notifier_options *options, const char *name)
{
    for (size_t i = 0; i < options->channel_count; i++)
        if (strcmp(options->channels[i].name, name) == 0)
            return channel_driver(&options->channels[i])->personal && options->channels[i].to[0] == '\0';
    return false;
}

// Events give addresses too, so that one is missing here is no error: but whoever is to be woken should be sure of it.
static void check_alarm(struct checker *checker)
{
    const struct notifier_options *options = checker->options;
    const struct alarm_options *alarm = &options->alarm;
    const char *key, *wrong = alarm_options_wrong(options, &key);
    if (wrong != NULL)
        complain(checker, NULL, NULL, key, "%s", wrong);
    if (wrong != NULL || checker->config == NULL || alarm->rep == NULL || alarm->channel == NULL)
        return;
    for (size_t i = 0; i < options->person_count; i++) {
        const struct person_options *person = &options->people[i];
        if (strcmp(person->rep, alarm->rep) == 0 && is_personal(options, alarm->channel) &&
            !has_address(options, person, alarm->channel))
            config_warn(checker->config, "notifier.alarm.rep",
                        "has no address in the channel \"%s\" under notifier.people: alarms take another way to this "
                        "rep where there is one, and else reach nobody",
                        alarm->channel);
    }
}

// Room for the names of the people is given back by the caller.
static void note_names(struct checker *checker)
{
    const struct notifier_options *options = checker->options;
    must(options->channel_count <= NOTIFIER_CHANNELS);
    for (size_t i = 0; i < options->channel_count; i++)
        checker->channels[i] = options->channels[i].name;
    checker->people = calloc(options->person_count + 1, sizeof *checker->people);
    must(checker->people != NULL);
    for (size_t i = 0; i < options->person_count; i++)
        checker->people[i] = options->people[i].rep;
}

bool notifier_options_check(const struct notifier_options *options, struct config *config, char *ret_error,
                            size_t error_bytes)
{
    struct checker checker = {
        .options = options, .config = config, .error = ret_error, .error_bytes = error_bytes, .good = true};
    note_names(&checker);
    for (size_t i = 0; i < options->channel_count; i++)
        check_channel(&checker, &options->channels[i]);
    check_people(&checker);
    check_named(&checker, NULL, NULL, "default_channel", options->default_channel);
    check_language(&checker, NULL, NULL, options->language);
    check_public_url(&checker, options->public_url);
    check_routes(&checker);
    check_templates(&checker, options);
    struct pace pace;
    if (options->rep_rate[0] != '\0' && !pace_parse(options->rep_rate, &pace))
        complain(&checker, NULL, NULL, "rep_rate", "must be a number of messages and a time, such as 12/1h");
    check_alarm(&checker);
    free(checker.people);
    return checker.good;
}

// --- the files

// Whether a name that no file has is rather the secret that belongs into the file.
static bool looks_secret(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    bool letter = false, digit = false;
    for (const char *at = name; *at != '\0'; at++) {
        letter = letter || isalpha((unsigned char)*at) != 0;
        digit = digit || isdigit((unsigned char)*at) != 0;
    }
    static const char *const begins[] = {"xoxb-", "xoxp-", "xapp-", "whsec_", "syt_"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(name, begins[i], strlen(begins[i])) == 0)
            return true;
    return strlen(name) >= SECRET_LOOKS && letter && digit;
}

// What everybody may do with a file that lies in a folder that is not shut to them: "read", "change"; NULL: nothing.
static const char *open_to_all(const char *path)
{
    struct stat file, folder;
    char holder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int length = slash != NULL ? (int)(slash - path) + 1 : 0;
    if (snprintf(holder, sizeof holder, "%.*s.", length, path) >= (int)sizeof holder || stat(path, &file) != 0 ||
        stat(holder, &folder) != 0 || !S_ISREG(file.st_mode) || (folder.st_mode & S_IXOTH) == 0)
        return NULL;
    return (file.st_mode & S_IROTH) != 0 ? "read" : (file.st_mode & S_IWOTH) != 0 ? "change" : NULL;
}

// Never says what the configuration has there: it may be the secret.
static void look_at_secret(struct checker *checker, struct channel *channel, size_t which)
{
    const char *name = channel->options->name;
    struct channel_file file = channel_file(channel->options, which);
    bool credential = strncmp(file.path, CONFIG_CREDENTIAL, strlen(CONFIG_CREDENTIAL)) == 0;
    char path[KEY_BYTES];
    struct stat status;
    if (file.path[0] == '\0' || (credential && getenv("CREDENTIALS_DIRECTORY") == NULL))
        return; // systemd shows a credential to the service alone
    if (!credential && stat(file.path, &status) != 0 &&
        (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)) {
        complain(checker, "channels", name, file.key, "%s",
                 looks_secret(file.path)
                     ? "must be the name of a file that holds the secret, and this looks like the secret itself"
                     : "names a file that is not there");
        return;
    }
    if (!channel_read(channel, which))
        complain(checker, "channels", name, file.key, "%s", channel->problem + strlen(file.key) + 1);
    const char *act = credential ? NULL : open_to_all(file.path);
    if (act == NULL)
        return;
    write_path("channels", name, file.key, path);
    config_warn(checker->config, path, "names a file that everybody on this machine can %s: `chmod o= FILE` ends that",
                act);
}

// A secret of one chat in the place of another's is taken for a good one until the first message.
static void look_at_owner(struct checker *checker, const struct channel *channel, size_t which)
{
    static const struct {
        const char *begin, *driver, *key;
    } rows[] = {{"xoxb-", "slack", "token_file"},
                {"xoxp-", "slack", "token_file"},
                {"xapp-", "slack", "token_file"},
                {"syt_", "matrix", "token_file"},
                {"https://", "", "url_file"}};
    const struct destination *to = &channel->destination;
    const char *const texts[CHANNEL_FILES] = {to->url, to->secret, to->token, to->verify, to->unlock};
    struct channel_file file = channel_file(channel->options, which);
    const char *own = channel->driver->name;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool here =
            strcmp(rows[i].key, file.key) == 0 && (rows[i].driver[0] == '\0' || strcmp(rows[i].driver, own) == 0);
        if (here || strncmp(texts[which], rows[i].begin, strlen(rows[i].begin)) != 0)
            continue;
        complain(
            checker, "channels", channel->options->name, file.key, "holds what looks like a %s%s, which belongs to %s",
            rows[i].driver[0] != '\0' ? rows[i].driver : "URL", rows[i].driver[0] != '\0' ? " token" : "", rows[i].key);
    }
}

// What the chat's driver says without any message: whether the account that sends, or the room, is none.
static void look_at_ends(struct checker *checker, const struct channel *channel, struct arena *arena)
{
    static const char app[] = "app ", to[] = "to ";
    const struct channel_options *options = channel->options;
    const char *trouble = channel_trouble(arena, channel, "");
    if (trouble == NULL)
        return;
    if (strncmp(trouble, app, strlen(app)) == 0)
        complain(checker, "channels", options->name, "app", "%s", trouble + strlen(app));
    else if (strncmp(trouble, to, strlen(to)) == 0)
        complain(checker, "channels", options->name, "to", "%s", trouble + strlen(to));
    else if (options->to[0] != '\0')
        complain(checker, "channels", options->name, "to", "is nothing that this chat can write to");
}

// An address of the configuration is one that the chat can use. `key` is of the person.
static void look_at_address(struct checker *checker, const struct channel *channel, struct arena *arena,
                            const struct person_options *person, const char *key, const char *address)
{
    bool personal = channel->driver->personal && channel->options->to[0] == '\0';
    if (personal && channel_trouble(arena, channel, address) != NULL)
        complain(checker, "people", person->rep, key, "is no address that the channel \"%s\", of type %s, can write to",
                 channel->options->name, channel->driver->name);
}

// What is known of the person in that channel.
static void look_at_person(struct checker *checker, const struct channel *channel, struct arena *arena,
                           const struct person_options *person)
{
    const struct notifier_options *options = checker->options;
    const char *name = channel->options->name;
    const char *own = person->channel[0] != '\0' ? person->channel : options->default_channel;
    char key[KEY_BYTES];
    if (strcmp(own, name) == 0 && person->address[0] != '\0')
        look_at_address(checker, channel, arena, person, "address", person->address);
    for (size_t i = 0; i < person->address_count; i++) {
        const char *text = person->addresses[i], *sign = strchr(text, '=');
        if (sign == NULL || strlen(name) != (size_t)(sign - text) || strncmp(text, name, strlen(name)) != 0)
            continue;
        snprintf(key, sizeof key, "addresses[%zu]", i);
        look_at_address(checker, channel, arena, person, key, sign + 1);
    }
    if (strcmp(person->channel, name) != 0 || !is_personal(options, name) || has_address(options, person, name))
        return;
    write_path("people", person->rep, "channel", key);
    config_warn(checker->config, key,
                "writes to each rep alone, and there is no address here: an event must give it (rep_upserted, or the "
                "column address of an import of reps)");
}

// Only where its files could be read: else it is not known what the chat would say.
static void look_at_people(struct checker *checker, const struct channel *channel)
{
    struct arena *arena = arena_open(LOOK_BYTES, LOOK_MOST);
    bool sound = true;
    for (size_t i = 0; i < CHANNEL_FILES; i++)
        sound = sound && !unread(checker, "channels", channel->options->name, channel_file(channel->options, i).key);
    if (channel_trouble(arena, channel, "") != NULL && sound)
        look_at_ends(checker, channel, arena);
    sound = sound && !unread(checker, "channels", channel->options->name, "app");
    for (size_t i = 0; sound && i < checker->options->person_count; i++)
        look_at_person(checker, channel, arena, &checker->options->people[i]);
    arena_close(&arena);
}

void notifier_options_look(const struct notifier_options *options, struct config *config)
{
    char error[KEY_BYTES];
    struct checker checker = {
        .options = options, .config = config, .error = error, .error_bytes = sizeof error, .good = true};
    for (size_t i = 0; i < options->channel_count; i++) {
        const struct channel_options *channel = &options->channels[i];
        if (unread(&checker, "channels", channel->name, "type"))
            continue;
        struct channel opened;
        channel_open(channel, &opened);
        for (size_t j = 0; j < CHANNEL_FILES; j++) {
            look_at_secret(&checker, &opened, j);
            look_at_owner(&checker, &opened, j);
        }
        look_at_people(&checker, &opened);
        channel_close(&opened);
        if (channel->ca_file[0] != '\0' && access(channel->ca_file, R_OK) != 0)
            complain(&checker, "channels", channel->name, "ca_file", "cannot be read: %s", strerror(errno));
    }
}
