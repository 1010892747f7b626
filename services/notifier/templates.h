// Words of one's own: for a kind of reminder and a language, what its first line says and what to do about it, instead
// of ours. A YAML file:
//
//     templates:
//       birthday:
//         zh-CN: {head: "{customer}的{text}{when}生日（{date}）。", action: "打电话祝贺，记得寄贺卡。"}
//         en: {head: "{text} of {customer} has a birthday {when} ({date}).", action: "Call, and send a card."}
//
// The places are those of facts.h and nothing else; there is no logic. Words with a place of which nothing is known are
// not said, and ours are. They are plain text: a chat never reads markup or a link in them.
#ifndef TEND_SERVICES_NOTIFIER_TEMPLATES_H
#define TEND_SERVICES_NOTIFIER_TEMPLATES_H

#include "services/notifier/phrase.h"

enum {
    TEMPLATE_HEAD_BYTES = 300, // two lines on a phone, with what the places bring four
    TEMPLATE_ACTION_BYTES = 240,
    TEMPLATE_PLACES = 6,
};

struct templates;

// Reads and checks the file. NULL with one sentence that names the file, the line and the column; with several faults
// the first, and how many more there are.
struct templates *templates_open(const char *path, char *ret_error, size_t error_bytes);

// Takes NULL.
void templates_close(struct templates **templates);

// The words by letter_kind, for facts_say_own; NULL when `templates` is NULL. A language without words has NULL there.
const struct phrases *templates_heads(const struct templates *templates);
const struct phrases *templates_actions(const struct templates *templates);

#endif
