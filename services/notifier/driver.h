// A driver: how one kind of chat wants its messages, what it answers, and how many it takes. One row each, so that a
// new chat is a new file and a new row.
#ifndef TEND_SERVICES_NOTIFIER_DRIVER_H
#define TEND_SERVICES_NOTIFIER_DRIVER_H

#include "common/service.h"
#include "services/notifier/chats.h"
#include "services/notifier/letter.h"
#include "services/notifier/pace.h"
#include "services/notifier/verdict.h"

#include <jansson.h>

enum {
    POST_HEADERS = 16,
    GRANT_BYTES = 4096,   // of a token that a chat hands out
    CALLBACK_BYTES = 400, // of our own URL
};

// What a rep can press below a message.
struct button {
    unsigned item;     // which of the message's reminders, from 1; 0: all of it
    unsigned action;   // enum ticket_action
    const char *label; // "Done", in the rep's language; "1 Done" where there are several reminders
    const char *token; // ticket.h; what a chat sends back that knows buttons
    const char *url;   // the same as a page, for chats that only open links
};

// The message.
struct parcel {
    const char *id;   // the same at every attempt
    const char *text; // the letter
    const char *rep_id;
    const char *rep_name;
    const char *address;  // the rep in that chat, as an app told it: not to be trusted; empty: not known
    const char *language; // "zh-CN"
    const char *const *reminder_ids;
    size_t reminder_count;
    const struct button *buttons; // none for a driver that has no room for any: then the text names the page
    size_t button_count;
    const char *link;    // the page where the message is answered; empty: there is none
    const char *receipt; // of an amendment: how the chat named the message
    const char *title;   // the letter in a line, for a driver that is `titled`
    int64_t now_ms;
    unsigned attempt; // from 1
};

// Where the channel leads, read from its files. No text is NULL.
struct destination {
    const char *url, *secret, *token;
    const char *verify;   // what the chat's callbacks are checked with
    const char *unlock;   // and unlocked with
    const char *granted;  // what the chat granted last, by driver.ask
    const char *callback; // where the chat's callbacks reach us; empty: nowhere
    const char *app;      // the app's id, or the account that sends
    const char *agent;    // the app's second number, or a template's id
    const char *to;       // a fixed recipient, such as a Slack channel
    const char *file;     // a path; one that ends in "/" is a folder with a file for each rep
    bool unsynced;        // of a rehearsal, whose files can be made again
};

// What leaves.
struct post {
    const char *id;
    const char *method;                                // NULL: POST
    const char *url;                                   // or the path of a file
    const char *mail_from, *mail_to, *user, *password; // of a mail; NULL otherwise
    const char *headers[POST_HEADERS];                 // "name: value"
    size_t header_count;
    const char *body;
    size_t length;
    bool again; // an earlier attempt may have been delivered
    bool unsynced;
};

// Which of the channel's keys a driver needs and which it can use.
enum {
    DRIVER_URL = 1,
    DRIVER_SECRET = 2,
    DRIVER_TOKEN = 4,
    DRIVER_FILE = 8,
    DRIVER_TO = 16,
    DRIVER_VERIFY = 32,
    DRIVER_APP = 64,
    DRIVER_AGENT = 128,
    DRIVER_UNLOCK = 256, // only beside DRIVER_VERIFY
};

// What a chat granted us for a while, such as the token of an app.
struct grant {
    char token[GRANT_BYTES];
    int64_t lasts_ms;
};

enum press_kind {
    PRESS_NONE,   // nothing that concerns us
    PRESS_BUTTON, // somebody pressed one
    PRESS_HELLO,  // the chat makes sure that we are we: `words` is the answer
};

// What a chat's callback says, once it is known to come from the chat. No text is NULL.
struct press {
    enum press_kind kind;
    const char *token;  // of the button
    const char *user;   // who pressed, as the chat names people
    const char *name;   // and what people call them there; NULL or empty: the chat does not say
    const char *words;  // HELLO: the whole body of the answer, JSON or a plain word
    const char *handle; // what `respond` wants to know again
};

// What became of it.
struct pressed {
    bool done;                // or it was so already
    const char *words;        // one sentence for who pressed, in the rep's language
    const struct parcel *now; // the message as it reads now, with the buttons of what is open; NULL: it stays as it is
    const struct destination *destination; // of that message
};

struct driver {
    const char *name;
    unsigned needs, takes;
    enum disarm_style style;
    size_t limit; // of the letter, in the unit of `cost`, the envelope already taken off
    size_t (*cost)(const char *text, size_t length);
    struct pace pace;
    unsigned buttons;    // it has room for so many; 0: none
    unsigned label_most; // characters of a button's label; 0: any
    bool presses;        // with `verify` its buttons call back, otherwise they open pages
    bool titled;         // what it shows first, or in a notification, is the parcel's title
    int64_t once_ms;     // it drops what says the same to the same rep within so long; 0: it drops nothing
    bool keyed;          // it drops a repeat by a key of its own, so that repeating costs nobody anything
    bool personal;       // without `to` each rep is written to by the rep's own address
    char domain;         // behind it an address of this chat says at which server it is, anywhere in the world; 0: all
                         // are in a workspace of the company's own
    char sigil;          // people write it before a name there, and the chat does not; 0: there is none

    // How the chat's own URLs go on after https://, with spaces between: "api.example.com" is that host and no path,
    // "api.example.com/hooks/" what begins so, ".example.com/" also each host that ends so. NULL: none are known. Other
    // hosts than these are taken, but not one that is another chat's.
    const char *hosts;

    bool lodges; // its hosts are another chat's own, and that one is named to whom such a URL does not belong
    bool mails;  // its URL is a mail server's: smtps:// or smtp://

    // What is wrong with the channel's URL for this chat, one sentence; NULL when nothing is. May be left out. And with
    // its secret, and with what unlocks its callbacks.
    const char *(*url_wrong)(const char *url);
    const char *(*secret_wrong)(const char *secret);
    const char *(*unlock_wrong)(const char *unlock);

    // A channel of this type that has the key is another driver's; NULL: there is none.
    const struct driver *other;
    unsigned other_key;

    // Makes the request; everything in the arena. NULL when there is nothing wrong, else one sentence.
    const char *(*compose)(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post);

    // Judges an HTTP answer; NULL for a driver that delivers on this machine.
    void (*classify)(const struct answer *answer, struct verdict *ret_verdict);

    // Changes a message that was sent before to the parcel's text, by its receipt; NULL: the chat cannot, or we have no
    // way to. The answer goes to classify.
    const char *(*amend)(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                         struct post *ret_post);

    // Asks for what every message must carry; NULL: nothing. An answer that grants it is OK and fills ret_grant.
    const char *(*ask)(struct arena *arena, const struct destination *destination, int64_t now_ms,
                       struct post *ret_post);
    void (*granted)(const struct answer *answer, struct verdict *ret_verdict, struct grant *ret_grant);

    // Reads a callback and makes sure that the chat sent it; NULL, or one sentence why it is refused. And answers it.
    const char *(*hear)(struct arena *arena, const struct request *request, const struct destination *destination,
                        int64_t now_ms, struct press *ret_press);
    void (*respond)(struct turn *turn, const struct press *press, const struct pressed *pressed,
                    struct reply *ret_reply);

    // Tells who pressed, and nobody else, what the answer to the callback cannot say. NULL: that can say it, or nothing
    // can. What becomes of the post is nobody's affair.
    const char *(*whisper)(struct arena *arena, const struct press *press, const char *words,
                           const struct destination *destination, struct post *ret_post);

    // Delivers on this machine.
    void (*deliver)(const struct post *post, struct verdict *ret_verdict);
};

// The rows of chats.h, and those that they name as their other one.
#define DRIVER_OF(NUMBER, name) extern const struct driver driver_##name;
CHATS(DRIVER_OF)
#undef DRIVER_OF
extern const struct driver driver_slack_api;
extern const struct driver driver_xmpp_room;

// What chats count by.
size_t cost_bytes(const char *text, size_t length);
size_t cost_characters(const char *text, size_t length); // Unicode scalar values
size_t cost_json(const char *text, size_t length);       // bytes inside a JSON string

// The value as compact JSON with raw UTF-8 in the arena; takes over the reference.
const char *driver_json(struct arena *arena, json_t *value, size_t *ret_length);

// Adds "name: value" to the post.
void driver_header(struct arena *arena, struct post *post, const char *name, const char *value);

// True when `text` is from `least` to `most` characters that are ASCII letters, digits or of `others`.
bool driver_plain(const char *text, size_t least, size_t most, const char *others);

// Up to `room` - 1 bytes of a code that a chat may write as a number or as a string. False: neither is there.
bool driver_code(const json_t *object, const char *key, char *buffer, size_t room);

// A text member, "" when there is none.
const char *driver_words(const json_t *object, const char *key);

// The parcel's title, or the first line of its text where it has none, cut to so many characters.
const char *driver_subject(struct arena *arena, const struct parcel *parcel, size_t most);

// The first line of a text, cut to so many characters, for chats that want a title.
const char *driver_title(struct arena *arena, const char *text, size_t most);

// The address as the chat itself writes it: without the driver's sigil.
const char *driver_address(const struct driver *driver, const char *address);

// True when both texts are the same, in a time that does not tell where they differ.
bool driver_same(const char *one, const char *other);

// Parses a JSON object; NULL when it is anything else. The caller gives it back with json_decref.
json_t *driver_object(const struct answer *answer);

#endif
