#include "services/tend/glossary.h"

#include "common/nearest.h"
#include "services/tend/screen.h"

#include <string.h>
#include <strings.h>

enum {
    NAMES_MAX = 256,  // a value is a byte, and there are fewer dimensions
    LISTED_MAX = 12,  // more words than this help nobody who looks for one
    TEXT_BYTES = 4000 // all names of dimensions
};

int glossary_ask(struct verb_call *call, json_t **glossary)
{
    return *glossary != NULL ? VERB_DONE : verb_ask(call, "scoring", "GET /v1/dimensions", glossary);
}

// Appends "A", then ", B"; what does not fit is left out whole.
static void list(char *text, const char *item)
{
    size_t used = strlen(text);
    if (used + strlen(item) + 2 < TEXT_BYTES)
        snprintf(text + used, TEXT_BYTES - used, "%s%s", used > 0 ? ", " : "", item);
}

static void complain(const struct verb_call *call, const char *what)
{
    struct screen screen;
    char text[TEXT_BYTES + 600];
    screen_find(&screen);
    snprintf(text, sizeof text, "tend %s: %s", call->verb->name, what);
    screen_wrap(stderr, &screen, text, 4, 0);
}

static const char *tail_of(const char *name)
{
    const char *dot = strchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

// Of the names, or with `tails` of what stands behind their dots, the only one that this is. NULL: none or several.
static const char *match(const char *const *names, size_t count, const char *name, bool tails)
{
    const char *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(tails ? tail_of(names[i]) : names[i], name) != 0)
            continue;
        if (found != NULL)
            return NULL;
        found = names[i];
    }
    return found;
}

const char *glossary_name(const struct verb_call *call, const json_t *glossary, const char *name)
{
    const char *names[NAMES_MAX], *tails[NAMES_MAX], *meant;
    char all[TEXT_BYTES] = "", text[TEXT_BYTES + 100];
    size_t i, count = 0;
    const json_t *dimension;
    json_array_foreach (json_object_get(glossary, "dimensions"), i, dimension) {
        if (count == NAMES_MAX)
            break;
        names[count] = verb_text(dimension, "name");
        tails[count] = tail_of(names[count]);
        list(all, names[count++]);
    }
    const char *found = match(names, count, name, false);
    if (found == NULL)
        found = match(names, count, name, true);
    if (found != NULL)
        return found;
    meant = nearest_name(name, names, count);
    for (i = 0; meant == NULL && i < count; i++)
        if (nearest_name(name, tails, count) == tails[i])
            meant = names[i];
    if (meant != NULL)
        snprintf(text, sizeof text, "there is no dimension \"%.80s\"; did you mean %s?", name, meant);
    else
        snprintf(text, sizeof text, "there is no dimension \"%.80s\"; there are %.3000s", name, all);
    complain(call, text);
    return NULL;
}

static const json_t *words_of(const json_t *glossary, const char *name)
{
    size_t i;
    const json_t *dimension;
    json_array_foreach (json_object_get(glossary, "dimensions"), i, dimension)
        if (strcmp(verb_text(dimension, "name"), name) == 0)
            return json_object_get(dimension, "words");
    return NULL;
}

const char *glossary_word(const struct verb_call *call, const json_t *glossary, const char *dimension, const char *word)
{
    const char *words[NAMES_MAX], *meant;
    char all[TEXT_BYTES] = "", text[TEXT_BYTES + 300];
    size_t i, count = 0;
    const json_t *each;
    json_array_foreach (words_of(glossary, dimension), i, each) {
        if (count == NAMES_MAX)
            break;
        words[count++] = json_string_value(each);
        list(all, json_string_value(each));
    }
    const char *found = match(words, count, word, false);
    if (found != NULL)
        return found;
    meant = count <= LISTED_MAX ? nearest_name(word, words, count) : NULL;
    if (count > LISTED_MAX)
        snprintf(all, sizeof all, "%s to %s", words[0], words[count - 1]);
    if (count == 0)
        snprintf(text, sizeof text, "%s has no values with this configuration", dimension);
    else if (meant != NULL)
        snprintf(text, sizeof text, "%s is never \"%.80s\"; did you mean %s?", dimension, word, meant);
    else
        snprintf(text, sizeof text, "%s is never \"%.80s\"; it is %s", dimension, word, all);
    complain(call, text);
    return NULL;
}
