#include "services/notifier/specimen.h"

#include "common/must.h"
#include "services/notifier/channel.h"
#include "services/notifier/envelope.h"
#include "services/notifier/hosts.h"
#include "services/notifier/offer.h"
#include "services/notifier/templates.h"

#include <string.h>
#include <strings.h>

enum { TOKEN_SECONDS = 3600 };

static const char visible[] = "abc123", whole[] = "abc123000000";

// What stands in the place of the things that we do not have or do not show, in the form that each chat wants.
struct stand_in {
    const char *driver;
    const char *path; // of the URL, behind the host
    const char *secret, *token, *address;
    const char *granted;
};
static const struct stand_in stand_ins[] = {
    {"ntfy", "", "hidden", "hidden", "rep-topic", ""},
    {"matrix", "", "hidden", "hidden", "!room:example.com", ""},
    {"telegram", "", "hidden", "100000:hidden", "100000001", ""},
    {"email", "", "hidden", "hidden", "rep@example.com", ""},
    {"xmpp", "/api/send_message", "hidden", "hidden", "rep@example.com", ""},
    {"webhook", "/hidden", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "hidden", "", ""},
    {"slack", "/api/chat.postMessage", "hidden", "hidden", "U000000001", ""},
    {"discord", "/api/webhooks/1/hidden", "hidden", "hidden", "100000000000000001", ""},
    {"discord_bot", "/api/v10", "hidden", "hidden", "100000000000000001", ""},
    {"mattermost", "/hooks/hidden", "hidden", "hidden", "rep", ""},
    {"feishu_app", "", "hidden", "hidden", "ou_0000000001", "hidden"},
    {"", "/hidden", "hidden", "hidden", "rep", "hidden"}, // any other
};

static const struct stand_in *stand_in_of(const char *type)
{
    const struct stand_in *row = stand_ins;
    while (row->driver[0] != '\0' && strcmp(row->driver, type) != 0)
        row++;
    return row;
}

// The channel that stands for none: a terminal.
static const struct channel_options terminal = {.name = "",
                                                .type = CHANNEL_TYPE_CONSOLE,
                                                .url_file = "",
                                                .secret_file = "",
                                                .token_file = "",
                                                .verify_file = "",
                                                .unlock_file = "",
                                                .app = "",
                                                .agent = "",
                                                .file = "",
                                                .to = "",
                                                .rate = "",
                                                .keyword = "",
                                                .language = "",
                                                .connect_to = "",
                                                .ca_file = ""};

static const struct channel_options *channel_of(const struct specimen *specimen)
{
    return specimen->channel != NULL ? specimen->channel : &terminal;
}

// Messages carry links.
static bool linked(const struct specimen *specimen)
{
    return specimen->options->public_url != NULL && specimen->options->public_url[0] != '\0';
}

// Buttons as they would stand there, with tickets that nobody would take.
static void add_buttons(struct arena *arena, const struct specimen *specimen, const struct letter *letter,
                        const struct driver *driver, struct parcel *parcel)
{
    static const struct ticket_keys keys = {.has_current = true};
    struct offer_word words[OFFER_MOST];
    size_t count = offer_words(letter, letter->item_count == 1 ? letter->items : NULL, words);
    size_t most = driver->buttons < count ? driver->buttons : count;
    struct button *buttons = arena_zero(arena, most + 1, sizeof *buttons);
    for (size_t i = 0; i < most; i++) {
        const struct offer_word *word = &words[i + 1 < most ? i : count - 1]; // the page is the last one
        struct ticket ticket = {.item = word->action != TICKET_OPEN,
                                .action = word->action,
                                .expires_s = specimen->now_ms / 1000 + TOKEN_SECONDS};
        memcpy(ticket.message, whole, sizeof whole);
        char *token = arena_take(arena, TICKET_TEXT_BYTES);
        ticket_write(&keys, &ticket, token);
        buttons[i] = (struct button){.item = ticket.item,
                                     .action = word->action,
                                     .label = word->label,
                                     .token = token,
                                     .url = arena_format(arena, "%s/a/%s", specimen->options->public_url, token)};
    }
    parcel->buttons = buttons;
    parcel->button_count = most;
}

static bool make_parcel(struct arena *arena, const struct specimen *specimen, struct parcel *ret_parcel)
{
    static const char *const ids[] = {"sample"};
    struct letter letter;
    const struct channel_options *channel = channel_of(specimen);
    const struct driver *driver = channel_driver(channel);
    if (!sample_letter(arena, specimen->kind, specimen->language, specimen->today, &specimen->about, &letter))
        return false;
    letter.rep = specimen->language == LANGUAGE_ZH ? "王芳" : "Fang Wang";
    letter.id = visible;
    letter.own_heads = templates_heads(specimen->templates);
    letter.own_actions = templates_actions(specimen->templates);
    struct parcel parcel = {.id = whole,
                            .rep_id = "wang",
                            .rep_name = letter.rep,
                            .address = channel->to[0] != '\0' ? "" : stand_in_of(driver->name)->address,
                            .language = specimen->language == LANGUAGE_ZH ? "zh-CN" : "en",
                            .reminder_ids = ids,
                            .reminder_count = 1,
                            .link =
                                linked(specimen) ? arena_format(arena, "%s/a/...", specimen->options->public_url) : "",
                            .receipt = "",
                            .now_ms = specimen->now_ms,
                            .attempt = 1};
    if (driver->buttons == 0)
        letter.link = envelope_asks(&letter) ? parcel.link : "";
    else if (linked(specimen))
        add_buttons(arena, specimen, &letter, driver, &parcel);
    struct letter_fit fit = {.style = driver->style,
                             .limit = driver->limit,
                             .cost = driver->cost,
                             .prefix = channel->keyword,
                             .calls = (size_t)specimen->options->calls};
    char *text = arena_take(arena, LETTER_BYTES);
    letter_compose(&letter, &fit, text);
    parcel.text = text;
    if (driver->titled) {
        char *title = arena_take(arena, LETTER_BYTES);
        letter_title(&letter, fit.style, title);
        parcel.title = title;
    }
    *ret_parcel = parcel;
    return true;
}

// "https://chat.example.com/..." of a URL.
static const char *cut(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://");
    if (host == NULL)
        return url;
    size_t length = (size_t)(host - url) + strlen("://");
    length += strcspn(url + length, "/?#");
    return arena_format(arena, "%.*s/...", (int)length, url);
}

// The host of the channel's URL, "" when its file cannot be read or it has none; the rest of it is forgotten.
static const char *host_of(struct arena *arena, const struct channel_options *channel)
{
    struct channel reading;
    struct channel_options options = *channel;
    options.secret_file = options.token_file = options.verify_file = options.unlock_file = "";
    if (channel->url_file[0] == '\0')
        return "";
    channel_open(&options, &reading);
    const char *start = strstr(reading.destination.url, "://");
    const char *host = "";
    char unused[HOST_BYTES];
    if (hosts_read(reading.destination.url, unused)) {
        start += strlen("://");
        host = arena_text(arena, start, strcspn(start, "/?#"));
    }
    channel_close(&reading);
    return host;
}

// The request, its URL cut to the host. NULL when there is nothing wrong, else one sentence.
static const char *make_post(struct arena *arena, const struct specimen *specimen, const struct parcel *parcel,
                             struct post *ret_post)
{
    const struct channel_options *channel = channel_of(specimen);
    const struct driver *driver = channel_driver(channel);
    const struct stand_in *stand_in = stand_in_of(driver->name);
    const char *known = host_of(arena, channel), *host = known[0] != '\0' ? known : "chat.example";
    const char *scheme = channel_driver(channel)->mails ? "smtps" : "https";
    bool url = (driver->needs & DRIVER_URL) != 0 || channel->url_file[0] != '\0';
    struct destination destination = {
        .url = url ? arena_format(arena, "%s://%s%s", scheme, host, stand_in->path) : "",
        .secret = channel->secret_file[0] != '\0' ? stand_in->secret : "",
        .token = channel->token_file[0] != '\0' ? stand_in->token : "",
        .verify = channel->verify_file[0] != '\0' ? "hidden" : "",
        .unlock = "",
        .granted = stand_in->granted,
        .callback = linked(specimen)
                        ? arena_format(arena, "%s/v1/callbacks/%s", specimen->options->public_url, channel->name)
                        : "",
        .app = channel->app,
        .agent = channel->agent,
        .to = channel->to,
        .file = channel->file,
    };
    struct post post;
    const char *trouble = driver->compose(arena, parcel, &destination, &post);
    if (trouble != NULL)
        return trouble;
    post.url = cut(arena, post.url);
    *ret_post = post;
    return NULL;
}

static json_t *headers_of(const struct post *post)
{
    static const char *const shown[] = {"content-type", "ce-", "webhook-id", "webhook-timestamp"};
    json_t *headers = json_array();
    for (size_t i = 0; i < post->header_count; i++) {
        bool open = false;
        for (size_t j = 0; j < sizeof shown / sizeof *shown; j++)
            open = open || strncasecmp(post->headers[i], shown[j], strlen(shown[j])) == 0;
        int length = (int)strcspn(post->headers[i], ":");
        json_array_append_new(headers, open ? json_string(post->headers[i])
                                            : json_sprintf("%.*s: (hidden)", length, post->headers[i]));
    }
    return headers;
}

bool specimen_write(struct arena *arena, const struct specimen *specimen, struct specimen_message *ret_message)
{
    struct parcel parcel;
    if (!make_parcel(arena, specimen, &parcel))
        return false;
    const char **labels = arena_zero(arena, parcel.button_count + 1, sizeof *labels);
    for (size_t i = 0; i < parcel.button_count; i++)
        labels[i] = parcel.buttons[i].label;
    *ret_message = (struct specimen_message){parcel.text, labels, parcel.button_count};
    return true;
}

void specimen_show(const struct channel_options *channel, char *text)
{
    disarm_show(text, channel_driver(channel)->style);
}

const char *specimen_payload(struct arena *arena, const struct specimen *specimen, const char **ret_trouble)
{
    struct parcel parcel;
    struct post post;
    size_t length;
    must(make_parcel(arena, specimen, &parcel));
    *ret_trouble = make_post(arena, specimen, &parcel, &post);
    if (*ret_trouble != NULL)
        return NULL;
    json_t *body = json_loadb(post.body, post.length, 0, NULL);
    if (body == NULL)
        body = json_stringn(post.body, post.length);
    const char *method = post.mail_to != NULL ? "SMTP" : post.method != NULL ? post.method : "POST";
    json_t *value =
        json_pack("{s:s,s:s,s:o,s:o}", "method", method, "url", post.url, "headers", headers_of(&post), "body", body);
    if (post.mail_to != NULL) {
        json_object_set_new(value, "from", json_string(post.mail_from));
        json_object_set_new(value, "to", json_string(post.mail_to));
    }
    return driver_json(arena, value, &length);
}
