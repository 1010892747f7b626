// A specimen: a message as it would leave for a channel, before there is one, from a sample (sample.h). Nothing in it
// is secret: where a secret belongs stands another word, and of a URL only the host is told.
#ifndef TEND_SERVICES_NOTIFIER_SPECIMEN_H
#define TEND_SERVICES_NOTIFIER_SPECIMEN_H

#include "services/notifier/options.h"
#include "services/notifier/sample.h"

struct templates;

struct specimen {
    const struct notifier_options *options;
    const struct channel_options *channel; // of the options; NULL: the terminal
    const char *kind;                      // a word of route.h
    enum language language;
    struct sample_about about;
    const struct templates *templates; // words of one's own; NULL: none
    int64_t now_ms;
    int32_t today;
};

// What a rep would see: the letter, and the buttons below it.
struct specimen_message {
    const char *text;
    const char *const *labels;
    size_t label_count;
};

// The message in the arena; false when there is no such kind.
bool specimen_write(struct arena *arena, const struct specimen *specimen, struct specimen_message *ret_message);

// Turns a text that was written for the channel, in place, into what its reader sees: a terminal shows "&" where Slack
// is sent "&amp;".
void specimen_show(const struct channel_options *channel, char *text);

// The request that would leave, as JSON: "method", "url", "headers" and "body". The kind must be one that there is.
// NULL when it could not leave so, with one sentence. Of the channel's files that of its URL is read, for the host.
const char *specimen_payload(struct arena *arena, const struct specimen *specimen, const char **ret_trouble);

#endif
