#include "services/notifier/letter.h"

#include "common/must.h"
#include "common/utf8.h"
#include "services/notifier/calls.h"
#include "services/notifier/digest.h"
#include "services/notifier/item.h"

#include <stdio.h>
#include <string.h>

enum {
    LINK_BYTES = 400,
    TITLE_MOST = 64,    // columns: what a phone shows of a notification's first lines
    TITLE_LEAST = 28,   // less than so many says too little
    WIDE_BYTES = 3,     // a character of so many takes two columns, as Chinese ones do
    TITLE_LIMIT = 8000, // of the letter whose first line it may be
    MORE_BYTES = 48,
};

// --- the title

// Where a text that is longer than the room ends, at its last clause that says enough, else at its last word; the whole
// length when it is no longer. *ret_torn: it ends within a clause.
static size_t shorten(const char *text, bool *ret_torn)
{
    static const char *const marks[] = {"：", "，", "。", "；", ": ", ", ", "; ", ". "};
    size_t clause = 0, word = 0, at = 0, width = 0;
    for (size_t length; text[at] != '\0' && width <= TITLE_MOST; at += length > 0 ? length : 1) {
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
            if (width >= TITLE_LEAST && strncmp(text + at, marks[i], strlen(marks[i])) == 0)
                clause = at;
        length = utf8_length(text + at, strlen(text + at));
        if (text[at] == ' ' || length >= WIDE_BYTES)
            word = at;
        width += length >= WIDE_BYTES ? 2 : 1;
    }
    *ret_torn = text[at] != '\0' && clause == 0;
    if (text[at] == '\0')
        return at;
    return clause > 0 ? clause : word > 0 ? word : at;
}

// Takes off what ends a sentence or leads to a list.
static void trim(char *text)
{
    static const char *const ends[] = {"。", "：", ".", ":"};
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (length >= end && strcmp(text + length - end, ends[i]) == 0) {
            text[length - end] = '\0';
            return;
        }
    }
}

static size_t bytes(const char *text, size_t length)
{
    (void)text;
    return length;
}

// The first line of what else the letter says, without the greeting.
static void title_of_rest(const struct letter *letter, enum disarm_style style, char *buffer)
{
    const struct letter_fit fit = {.style = style, .limit = TITLE_LIMIT, .cost = bytes, .prefix = "", .calls = 1};
    struct letter rest = *letter;
    rest.item_count = 0;
    rest.again = rest.doubted = false;
    rest.rep = rest.link = "";
    letter_compose(&rest, &fit, buffer);
    buffer[strcspn(buffer, "\n")] = '\0';
    trim(buffer);
}

void letter_title(const struct letter *letter, enum disarm_style style, char *buffer)
{
    const struct letter_item *first = NULL;
    size_t more = letter->list_count + letter->digest_count;
    buffer[0] = '\0';
    for (size_t i = letter->item_count; i-- > 0;)
        if (letter->items[i].settled[0] == '\0') {
            more += first != NULL;
            first = &letter->items[i];
        }
    if (first == NULL && letter->item_count > 0)
        first = &letter->items[0];
    if (first == NULL && more > 0)
        title_of_rest(letter, style, buffer);
    if (first == NULL)
        return;
    const struct letter_fit fit = {.style = style, .limit = TITLE_LIMIT, .cost = bytes, .prefix = "", .calls = 1};
    struct pen pen = {.letter = letter, .fit = &fit, .buffer = buffer};
    item_put_head(&pen, first);
    bool torn;
    buffer[shorten(buffer, &torn)] = '\0';
    trim(buffer);
    size_t used = strlen(buffer);
    if (torn)
        used += (size_t)snprintf(buffer + used, MORE_BYTES, "…");
    if (more > 0)
        snprintf(buffer + used, MORE_BYTES, pen_chinese(&pen) ? "，另有 %zu 件" : ", and %zu more", more);
}

// --- the letter

size_t letter_compose(const struct letter *letter, const struct letter_fit *fit, char *buffer)
{
    must(fit->limit >= LETTER_LIMIT_MIN && letter->language < LANGUAGES);
    struct pen pen = {.letter = letter, .fit = fit, .buffer = buffer};
    struct facts facts = pen_facts(&pen);
    char id[32];
    snprintf(id, sizeof id, "#%.20s", letter->id);
    buffer[0] = '\0';
    if (fit->prefix[0] != '\0') {
        pen_put(&pen, fit->prefix);
        pen_put(&pen, "\n");
    }
    if (letter->again || letter->doubted)
        pen_line(&pen, &facts, letter->again ? LINE_AGAIN : LINE_DOUBTED);
    char link[LINK_BYTES] = "";
    if (letter->link[0] != '\0')
        snprintf(link, sizeof link, "%s%s\n", pen_chinese(&pen) ? "回复请点：" : "Answer here: ", letter->link);
    pen.kept = fit->cost(link, strlen(link)) + fit->cost(id, strlen(id)) + 2;
    for (size_t i = 0; i < letter->list_count; i++)
        pen.kept += calls_cost(&pen, &letter->lists[i]);
    for (size_t i = 0; i < letter->digest_count; i++)
        pen.kept += digest_cost(&pen, &letter->digests[i]);
    item_put_all(&pen);
    for (size_t i = 0; i < letter->list_count; i++) {
        pen.kept -= calls_cost(&pen, &letter->lists[i]);
        calls_put(&pen, &letter->lists[i]);
    }
    for (size_t i = 0; i < letter->digest_count; i++) {
        pen.kept -= digest_cost(&pen, &letter->digests[i]);
        digest_put(&pen, &letter->digests[i]);
    }
    pen_put(&pen, link);
    pen_put(&pen, id);
    return pen.used;
}
