#include "services/notifier/templates.h"

#include "common/config.h"
#include "common/must.h"
#include "common/nearest.h"
#include "services/notifier/route.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLACE_BYTES = 24,
    PLACES_MOST = 200, // names of places that there are; the phrases use about sixty
    KEY_BYTES = 120,
};

static const char *const tags[LANGUAGES] = {[LANGUAGE_ZH] = "zh-CN", [LANGUAGE_EN] = "en"};

// What the file says about one kind in one language.
struct words {
    const char *head, *action;
};

struct kind_words {
    struct words of[LANGUAGES];
};

struct templates {
    struct config *config; // of which the texts are
    struct kind_words kinds[LETTER_KINDS];
    struct phrase heads[LETTER_KINDS], actions[LETTER_KINDS];
    struct phrases head_table, action_table;
};

static const struct config_key words_keys[] = {
    {.name = "head",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct words, head),
     .fallback = "",
     .max = TEMPLATE_HEAD_BYTES,
     .help = "What happened."},
    {.name = "action",
     .type = CONFIG_TEXT,
     .offset = offsetof(struct words, action),
     .fallback = "",
     .max = TEMPLATE_ACTION_BYTES,
     .help = "What to do about it."},
    {.name = NULL},
};

static const struct config_key language_keys[] = {
    {.name = "zh-CN",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct kind_words, of[LANGUAGE_ZH]),
     .fallback = "",
     .keys = words_keys,
     .help = "In Chinese."},
    {.name = "en",
     .type = CONFIG_GROUP,
     .offset = offsetof(struct kind_words, of[LANGUAGE_EN]),
     .fallback = "",
     .keys = words_keys,
     .help = "In English."},
    {.name = NULL},
};

// --- places
// -----------------------------------------------------------------------------------------------------------

struct places {
    const char *names[PLACES_MOST];
    char texts[PLACES_MOST][PLACE_BYTES];
    size_t count;
};

static bool has_place(const struct places *places, const char *name)
{
    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->names[i], name) == 0)
            return true;
    return false;
}

static void add_place(struct places *places, const char *name, size_t length)
{
    char text[PLACE_BYTES];
    must(length < sizeof text);
    memcpy(text, name, length);
    text[length] = '\0';
    if (has_place(places, text))
        return;
    must(places->count < PLACES_MOST);
    memcpy(places->texts[places->count], text, length + 1);
    places->names[places->count] = places->texts[places->count];
    places->count++;
}

static void add_table(struct places *places, const struct phrases *table)
{
    for (size_t i = 0; i < table->count; i++)
        for (size_t language = 0; language < LANGUAGES; language++)
            for (const char *at = table->rows[i].text[language]; (at = strchr(at, '{')) != NULL; at++)
                add_place(places, at + 1, strcspn(at + 1, "}"));
}

// The places that there are: those that our own words have. A table of them would only go out of step.
static void find_places(struct places *ret_places)
{
    static const struct phrases *const tables[] = {&phrase_heads,   &phrase_others,   &phrase_lates,
                                                   &phrase_details, &phrase_actions,  &phrase_late_actions,
                                                   &phrase_orders,  &phrase_contacts, &phrase_abouts};
    static const char *const others[] = {"name", "abc", "rep"};
    ret_places->count = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        add_table(ret_places, tables[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        add_place(ret_places, others[i], strlen(others[i]));
}

// --- checks
// -----------------------------------------------------------------------------------------------------------

struct check {
    struct config *config;
    const struct places *places;
    const char *key; // of the text
};

// Looks at the place behind `open`; NULL with a complaint, else where it ends.
static const char *check_place(const struct check *check, const char *open, struct places *seen)
{
    char name[PLACE_BYTES];
    size_t length = strcspn(open + 1, "{}");
    if (open[1 + length] != '}') {
        config_complain(check->config, check->key, "has a { that no } closes");
        return NULL;
    }
    if (length == 0 || length >= sizeof name) {
        config_complain(check->config, check->key, "has braces without the name of a place between them");
        return NULL;
    }
    memcpy(name, open + 1, length);
    name[length] = '\0';
    if (!has_place(check->places, name)) {
        const char *near = nearest_name(name, check->places->names, check->places->count);
        config_complain(check->config, check->key, "has no place {%s}%s%s%s", name,
                        near == NULL ? "" : "; did you mean {", near == NULL ? "" : near, near == NULL ? "" : "}?");
        return NULL;
    }
    if (has_place(seen, name) || seen->count == TEMPLATE_PLACES) {
        config_complain(check->config, check->key, "may have each place once, and %d of them", TEMPLATE_PLACES);
        return NULL;
    }
    add_place(seen, name, length);
    return open + length + 2;
}

// True when the text is good; `ret_customer` says whether it names the customer.
static bool check_text(const struct check *check, const char *text, bool *ret_customer)
{
    struct places *seen = calloc(1, sizeof *seen);
    must(seen != NULL);
    const char *at = text;
    while (at != NULL && at[strcspn(at, "{}")] != '\0') {
        at += strcspn(at, "{}");
        if (*at == '}') {
            config_complain(check->config, check->key, "has a } without a { before it");
            at = NULL;
        } else {
            at = check_place(check, at, seen);
        }
    }
    *ret_customer = has_place(seen, "customer") || has_place(seen, "name");
    free(seen);
    return at != NULL;
}

// Whether our own words for the kind name the customer: then yours must.
static bool about_customer(enum letter_kind kind)
{
    for (size_t i = 0; i < phrase_heads.count; i++)
        if (phrase_heads.rows[i].use == kind)
            return strstr(phrase_heads.rows[i].text[LANGUAGE_EN], "{customer}") != NULL ||
                   strstr(phrase_heads.rows[i].text[LANGUAGE_EN], "{name}") != NULL;
    return false;
}

static void check_words(struct config *config, const struct places *places, enum letter_kind kind,
                        enum language language, const struct words *words)
{
    char key[KEY_BYTES];
    bool customer, unused;
    struct check check = {config, places, key};
    snprintf(key, sizeof key, "templates.%s.%s.action", route_kind_name(kind), tags[language]);
    (void)check_text(&check, words->action, &unused);
    snprintf(key, sizeof key, "templates.%s.%s.head", route_kind_name(kind), tags[language]);
    if (words->head[0] != '\0' && check_text(&check, words->head, &customer) && !customer && about_customer(kind))
        config_complain(config, key, "must say whom it is about: {customer}, or {name} without the class");
}

// --- the file
// ---------------------------------------------------------------------------------------------------------

static void read_file(struct templates *templates, const char *path)
{
    struct config_key kinds[LETTER_KINDS + 1] = {{.name = NULL}};
    for (int kind = 0; kind < LETTER_KINDS; kind++)
        kinds[kind] = (struct config_key){.name = route_kind_name((enum letter_kind)kind),
                                          .type = CONFIG_GROUP,
                                          .offset = (size_t)kind * sizeof(struct kind_words),
                                          .fallback = "",
                                          .keys = language_keys,
                                          .help = "Words for this kind of reminder."};
    kinds[LETTER_KINDS] = (struct config_key){.name = NULL};
    struct config_section section = {"templates", kinds, templates->kinds, "Words of your own."};
    templates->config = config_read(path, &section, 1);
    struct places *places = calloc(1, sizeof *places);
    must(places != NULL);
    find_places(places);
    for (int kind = 0; kind < LETTER_KINDS; kind++)
        for (int language = 0; language < LANGUAGES; language++)
            check_words(templates->config, places, (enum letter_kind)kind, (enum language)language,
                        &templates->kinds[kind].of[language]);
    free(places);
}

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void make_tables(struct templates *templates)
{
    for (unsigned kind = 0; kind < LETTER_KINDS; kind++) {
        templates->heads[kind].use = templates->actions[kind].use = kind;
        for (int language = 0; language < LANGUAGES; language++) {
            templates->heads[kind].text[language] = or_null(templates->kinds[kind].of[language].head);
            templates->actions[kind].text[language] = or_null(templates->kinds[kind].of[language].action);
        }
    }
    templates->head_table = (struct phrases){templates->heads, LETTER_KINDS};
    templates->action_table = (struct phrases){templates->actions, LETTER_KINDS};
}

struct templates *templates_open(const char *path, char *ret_error, size_t error_bytes)
{
    struct templates *templates = calloc(1, sizeof *templates);
    must(templates != NULL);
    read_file(templates, path);
    size_t count;
    const struct config_error *errors = config_errors(templates->config, &count);
    if (count == 0) {
        make_tables(templates);
        return templates;
    }
    char more[40] = "";
    if (count > 1)
        snprintf(more, sizeof more, "; and %zu more", count - 1);
    if (errors[0].line > 0)
        snprintf(ret_error, error_bytes, "%s:%d:%d: %s%s", path, errors[0].line, errors[0].column, errors[0].message,
                 more);
    else
        snprintf(ret_error, error_bytes, "%s: %s%s", path, errors[0].message, more);
    templates_close(&templates);
    return NULL;
}

void templates_close(struct templates **templates)
{
    if (*templates == NULL)
        return;
    config_close(&(*templates)->config);
    free(*templates);
    *templates = NULL;
}

const struct phrases *templates_heads(const struct templates *templates)
{
    return templates != NULL ? &templates->head_table : NULL;
}

const struct phrases *templates_actions(const struct templates *templates)
{
    return templates != NULL ? &templates->action_table : NULL;
}
