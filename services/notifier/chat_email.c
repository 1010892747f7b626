// Email: a plain-text message by SMTP, through the mail server of the company. The Message-ID is the same at every
// attempt, so that a mailbox can tell a repeat.
#include "services/notifier/driver.h"

#include "common/calendar.h"
#include "common/must.h"
#include "common/utf8.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum {
    LETTER_MOST = 24000, // far below what any mail server takes; nobody reads a longer one
    SUBJECT_CHARACTERS = 85,
    PLAIN_SUBJECT_BYTES = 60,
    WORD_BYTES = 45, // of text in an encoded word: 60 in base64, and RFC 2047 allows the whole 75
    LINE_BYTES = 57, // of text in a line of base64: 76 characters, as RFC 2045 says
    LOCAL_MOST = 64,
    LABEL_MOST = 63,
    DOMAIN_MOST = 190, // with LOCAL_MOST within the 256 of a path of RFC 5321
    WORDS_MOST = 90,
    WORDS_BYTES = 3 * WORDS_MOST,
    DAY_S = 86400,
    HOUR_S = 3600,
    MINUTE_S = 60,
    SECOND_MS = 1000,
};

// Replies by the command they answer ("" any), by code and by a word: the first row that fits decides. What a server
// says to RCPT or to the message is this message's affair, so that one bad address stops nobody else's mail.
static const struct {
    const char *command;
    int from, to;
    const char *says;
    enum outcome outcome;
    const char *words;
} replies[] = {
    {".", 200, 299, NULL, OUTCOME_OK, "accepted"},
    {"", 200, 399, NULL, OUTCOME_UNKNOWN, "not what follows there"},
    {"", 400, 499, "too many", OUTCOME_THROTTLE, "too many mails"},
    {"", 400, 499, "rate limit", OUTCOME_THROTTLE, "too many mails"},
    {"", 400, 499, "throttl", OUTCOME_THROTTLE, "too many mails"},
    {"", 400, 499, "exceeded", OUTCOME_THROTTLE, "too many mails"},
    {"", 400, 499, "server busy", OUTCOME_THROTTLE, "too many mails"},
    {"", 530, 530, NULL, OUTCOME_CONFIG, "the server wants a login or TLS"},
    {"", 534, 535, NULL, OUTCOME_CONFIG, "the server refuses the login"},
    {"", 538, 538, NULL, OUTCOME_CONFIG, "the server refuses the login"},
    {"AUTH", 400, 599, NULL, OUTCOME_CONFIG, "the server refuses the login"},
    {"STARTTLS", 400, 599, NULL, OUTCOME_CONFIG, "the server refuses TLS"},
    {"RCPT", 550, 551, "5.7.", OUTCOME_REJECT, "the server does not deliver to this recipient"},
    {"RCPT", 550, 551, NULL, OUTCOME_GONE, "the recipient is not known"},
    {"RCPT", 553, 553, NULL, OUTCOME_GONE, "the recipient is not known"},
    {"RCPT", 500, 599, NULL, OUTCOME_REJECT, "the server does not deliver to this recipient"},
    {"MAIL", 552, 552, NULL, OUTCOME_REJECT, "the message is too large"},
    {"MAIL", 500, 599, NULL, OUTCOME_CONFIG, "the server refuses the sender"},
    {"DATA", 500, 599, NULL, OUTCOME_REJECT, "the message was refused"},
    {".", 500, 599, NULL, OUTCOME_REJECT, "the message was refused"},
    {"RCPT", 400, 499, NULL, OUTCOME_RETRY, "not now"},
    {".", 400, 499, NULL, OUTCOME_RETRY, "not now"},
    {"", 454, 454, NULL, OUTCOME_CONFIG, "the server refuses the login or TLS"},
    {"", 400, 499, NULL, OUTCOME_RETRY, "not now"},
    {"", 500, 599, NULL, OUTCOME_CONFIG, "the server refuses us"},
};

// A bare "name@host.example" of plain ASCII. All else that RFC 5321 knows (quotes, comments, routes, addresses in
// brackets) is left out: nobody's mailbox needs it, and every mail server reads it in its own way.
static bool mailbox_valid(const char *text)
{
    const char *at = strchr(text, '@');
    if (at == NULL || at == text || at - text > LOCAL_MOST || strlen(at + 1) > DOMAIN_MOST)
        return false;
    char local[LOCAL_MOST + 1];
    snprintf(local, sizeof local, "%.*s", (int)(at - text), text);
    if (!driver_plain(local, 1, LOCAL_MOST, "._+-='&~") || local[0] == '.' || local[0] == '-' || at[-1] == '.' ||
        strstr(local, "..") != NULL)
        return false;
    for (const char *label = at + 1;; label++) {
        size_t length = strcspn(label, ".");
        char copy[LABEL_MOST + 1];
        if (length > LABEL_MOST)
            return false;
        snprintf(copy, sizeof copy, "%.*s", (int)length, label);
        if (!driver_plain(copy, 1, LABEL_MOST, "-") || copy[0] == '-' || copy[length - 1] == '-')
            return false;
        label += length;
        if (*label == '\0')
            return true;
    }
}

static const char *base64(struct arena *arena, const char *text, size_t length)
{
    size_t room = sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL);
    return sodium_bin2base64(arena_take(arena, room), room, (const unsigned char *)text, length,
                             sodium_base64_VARIANT_ORIGINAL);
}

// What the mail is about as a header's value: itself when it is plain ASCII, else in encoded words, no character of
// which is torn apart.
static const char *subject(struct arena *arena, const struct parcel *parcel)
{
    const char *title = driver_subject(arena, parcel, SUBJECT_CHARACTERS);
    size_t length = strlen(title);
    bool plain = length <= PLAIN_SUBJECT_BYTES && strstr(title, "=?") == NULL;
    for (size_t i = 0; i < length; i++)
        plain = plain && title[i] >= ' ' && title[i] <= '~';
    if (plain)
        return title;
    const char *value = "";
    for (size_t at = 0; at < length;) {
        size_t bytes = utf8_cut(title + at, length - at, WORD_BYTES);
        bytes = bytes > 0 ? bytes : 1;
        value =
            arena_format(arena, "%s%s=?UTF-8?B?%s?=", value, at > 0 ? "\r\n " : "", base64(arena, title + at, bytes));
        at += bytes;
    }
    return value;
}

// "Tue, 14 Nov 2023 22:13:20 +0000", RFC 5322.
static const char *date(struct arena *arena, int64_t time_ms)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t seconds = time_ms / SECOND_MS;
    int32_t day = (int32_t)(seconds / DAY_S), second = (int32_t)(seconds % DAY_S);
    struct date civil = day_date(day);
    return arena_format(arena, "%s, %d %s %d %02d:%02d:%02d +0000", days[day_weekday(day) - 1], civil.day,
                        months[civil.month - 1], civil.year, second / HOUR_S, second % HOUR_S / MINUTE_S,
                        second % MINUTE_S);
}

// The text with CRLF, as base64 in lines.
static const char *encode(struct arena *arena, const char *text)
{
    size_t length = strlen(text), used = 0, written = 0;
    char *lines = arena_take(arena, 2 * length + 1);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            lines[used++] = '\r';
        lines[used++] = text[i];
    }
    size_t pieces = used / LINE_BYTES + 1;
    size_t room = pieces * (sodium_base64_ENCODED_LEN(LINE_BYTES, sodium_base64_VARIANT_ORIGINAL) + 2) + 1;
    char *body = arena_take(arena, room);
    body[0] = '\0';
    for (size_t at = 0; at < used; at += LINE_BYTES) {
        size_t bytes = used - at < LINE_BYTES ? used - at : LINE_BYTES;
        written += (size_t)snprintf(body + written, room - written, "%s\r\n", base64(arena, lines + at, bytes));
    }
    return body;
}

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    const char *from = destination->app, *to = destination->to[0] != '\0' ? destination->to : parcel->address;
    if (!mailbox_valid(from))
        return "app must be the mail address that sends, such as tend@example.com";
    if (!mailbox_valid(to))
        return "the rep has no mail address that can be used, and the channel names none in `to`";
    *ret_post = (struct post){.url = destination->url, .mail_from = from, .mail_to = to};
    if (destination->token[0] != '\0') {
        ret_post->user = destination->agent[0] != '\0' ? destination->agent : from;
        ret_post->password = destination->token;
    }
    ret_post->body = arena_format(arena,
                                  "Date: %s\r\n"
                                  "From: <%s>\r\n"
                                  "To: <%s>\r\n"
                                  "Message-ID: <tend.%s@%s>\r\n"
                                  "Subject: %s\r\n"
                                  "Auto-Submitted: auto-generated\r\n"
                                  "X-Auto-Response-Suppress: All\r\n"
                                  "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: base64\r\n"
                                  "\r\n"
                                  "%s",
                                  date(arena, parcel->now_ms), from, to, parcel->id, strchr(from, '@') + 1,
                                  subject(arena, parcel), encode(arena, parcel->text));
    ret_post->length = strlen(ret_post->body);
    return NULL;
}

static void classify(const struct answer *answer, struct verdict *ret_verdict)
{
    size_t length = strcspn(answer->body, " ");
    const char *words = answer->body + length + (answer->body[length] != '\0');
    char clean[WORDS_BYTES];
    disarm(words, strlen(words), DISARM_PLAIN, WORDS_MOST, clean, sizeof clean);
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        const char *command = replies[i].command;
        bool fits = command[0] == '\0' || (strlen(command) == length && memcmp(command, answer->body, length) == 0);
        if (!fits || answer->status < replies[i].from || answer->status > replies[i].to ||
            (replies[i].says != NULL && strcasestr(words, replies[i].says) == NULL))
            continue;
        verdict_set(ret_verdict, replies[i].outcome, "SMTP %d: %s (%s)", answer->status, replies[i].words, clean);
        ret_verdict->ours = strcspn(ret_verdict->detail, "(");
        if (replies[i].outcome == OUTCOME_THROTTLE)
            ret_verdict->after_ms = THROTTLE_MS;
        return;
    }
    verdict_set(ret_verdict, OUTCOME_UNKNOWN, "SMTP %d is no reply that we know", answer->status);
}

const struct driver driver_email = {
    .name = "email",
    .mails = true,
    .needs = DRIVER_URL | DRIVER_APP,
    .takes = DRIVER_URL | DRIVER_APP | DRIVER_AGENT | DRIVER_TOKEN | DRIVER_TO,
    .style = DISARM_CHAT,
    .limit = LETTER_MOST,
    .cost = cost_bytes,
    .pace = {.interval_ms = 1000, .burst = 10}, // well below what mail servers take for a flood
    .personal = true,
    .domain = '@',
    .titled = true,
    .compose = compose,
    .classify = classify,
};
