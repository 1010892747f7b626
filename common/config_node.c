#include "common/config_node.h"

#include "common/config_text.h"
#include "common/must.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

struct builder {
    struct config_complaints *list;
    struct config_node *root;
    struct config_node *open[CONFIG_DEPTH]; // the mappings and sequences around the current place
    struct config_node *last[CONFIG_DEPTH]; // the newest value of each
    size_t depth;
    size_t nodes;
    size_t documents;
    struct config_place latest; // of the last token that has one
    bool key_read;              // the newest value of the innermost mapping has its key, and its value comes next
};

// The place of a token. One that has none, as an empty value, stands where the last one stood.
static struct config_place place_of(struct builder *builder, struct fy_token *token)
{
    const struct fy_mark *start = token == NULL ? NULL : fy_token_start_mark(token);
    const struct fy_mark *end = token == NULL ? NULL : fy_token_end_mark(token);
    size_t length = builder->list->length;
    if (start == NULL || end == NULL || start->input_pos > end->input_pos || end->input_pos > length)
        return builder->latest;
    struct config_place place = {start->input_pos, end->input_pos};
    // The marks of a quoted scalar leave its quotes out.
    const char *text = builder->list->text;
    if (place.start > 0 && place.end < length && (text[place.end] == '"' || text[place.end] == '\'') &&
        text[place.start - 1] == text[place.end])
        place.start--, place.end++;
    builder->latest = place;
    return place;
}

static struct config_place byte_place(size_t at)
{
    return (struct config_place){at, at + 1};
}

// A node in the place where the parser is; NULL with an error when there are too many.
static struct config_node *add_node(struct builder *builder, struct config_place place)
{
    if (builder->key_read) {
        struct config_node *value = builder->last[builder->depth - 1];
        builder->key_read = false;
        value->place = place;
        return value;
    }
    if (++builder->nodes > CONFIG_NODES) {
        config_errors_add(builder->list, place, "the file holds more than %d values", CONFIG_NODES);
        return NULL;
    }
    struct config_node *node = arena_zero(builder->list->arena, 1, sizeof *node);
    node->place = place;
    if (builder->depth == 0) {
        builder->root = node;
        return node;
    }
    struct config_node *parent = builder->open[builder->depth - 1];
    if (parent->count++ == 0)
        parent->first = node;
    else
        builder->last[builder->depth - 1]->next = node;
    builder->last[builder->depth - 1] = node;
    return node;
}

static bool wants_key(const struct builder *builder)
{
    return builder->depth > 0 && builder->open[builder->depth - 1]->shape == NODE_MAPPING && !builder->key_read;
}

// Complains about what we do not take; true when the value is to be passed over.
static bool refused(struct builder *builder, struct fy_token *anchor, struct fy_token *tag)
{
    if (anchor != NULL)
        config_errors_add(builder->list, place_of(builder, anchor),
                          "anchors (&name) are not used here: write the value out");
    if (tag != NULL)
        config_errors_add(builder->list, place_of(builder, tag), "tags (!name) are not used here: leave it out");
    return anchor != NULL || tag != NULL;
}

static bool add_key(struct builder *builder, const char *text, size_t length, struct config_place place)
{
    if (length == 0) {
        config_errors_add(builder->list, place, "a key is missing before the colon");
        return false;
    }
    if (!config_text_clean(text, length)) {
        config_errors_add(builder->list, place, "a key may not hold control characters");
        return false;
    }
    struct config_node *node = add_node(builder, place);
    if (node == NULL)
        return false;
    node->key = text;
    node->key_place = place;
    builder->key_read = true;
    return true;
}

static bool is_empty(const char *text, size_t length)
{
    return length == 0 || (length == 1 && text[0] == '~') || (length == 4 && memcmp(text, "null", 4) == 0);
}

// The text of a scalar token; NULL when libfyaml fails. Put together from its chunks: in 0.7.12 fy_token_get_text loses
// the buffer of a text in single quotes that holds five doubled ones, and fy_token_iter_read writes every chunk to the
// start.
static const char *token_text(struct builder *builder, struct fy_token *token, size_t *ret_length)
{
    *ret_length = 0;
    if (token == NULL)
        return "";
    // No escape becomes longer than twice what it is written as.
    struct config_place place = place_of(builder, token);
    size_t room = 2 * (place.end - place.start) + 16;
    char *text = arena_take(builder->list->arena, room);
    struct fy_token_iter *iterator = fy_token_iter_create(token);
    if (iterator == NULL)
        return NULL;
    size_t length = 0;
    int error = 0;
    const struct fy_iter_chunk *chunk = NULL;
    while ((chunk = fy_token_iter_chunk_next(iterator, chunk, &error)) != NULL && chunk->len < room - length) {
        memcpy(text + length, chunk->str, chunk->len);
        length += chunk->len;
    }
    fy_token_iter_destroy(iterator);
    if (error != 0 || chunk != NULL)
        return NULL;
    text[length] = '\0';
    *ret_length = length;
    return text;
}

static bool add_scalar(struct builder *builder, struct fy_event *event)
{
    struct fy_token *token = event->scalar.value;
    size_t length;
    const char *text = token_text(builder, token, &length);
    if (text == NULL) {
        config_errors_add(builder->list, place_of(builder, token), "this text cannot be read");
        return false;
    }
    bool wrong = refused(builder, event->scalar.anchor, event->scalar.tag);
    if (wants_key(builder))
        return add_key(builder, text, length, place_of(builder, token));
    struct config_node *node = add_node(builder, place_of(builder, token));
    if (node == NULL)
        return false;
    bool plain = token == NULL || fy_token_scalar_style(token) == FYSS_PLAIN;
    node->shape = wrong ? NODE_REFUSED : plain && is_empty(text, length) ? NODE_EMPTY : NODE_SCALAR;
    node->text = text;
    node->length = length;
    return true;
}

static bool add_alias(struct builder *builder, struct fy_event *event)
{
    struct config_place place = place_of(builder, event->alias.anchor);
    config_errors_add(builder->list, place, "aliases (*name) are not used here: write the value out");
    if (wants_key(builder))
        return false;
    struct config_node *node = add_node(builder, place);
    if (node != NULL)
        node->shape = NODE_REFUSED;
    return node != NULL;
}

static bool add_open(struct builder *builder, enum config_shape shape, struct fy_token *start, struct fy_token *anchor,
                     struct fy_token *tag)
{
    struct config_place place = place_of(builder, start);
    if (wants_key(builder)) {
        config_errors_add(builder->list, place, "a key must be a text");
        return false;
    }
    if (builder->depth == CONFIG_DEPTH) {
        config_errors_add(builder->list, place, "nested more than %d deep", CONFIG_DEPTH);
        return false;
    }
    refused(builder, anchor, tag);
    struct config_node *node = add_node(builder, place);
    if (node == NULL)
        return false;
    node->shape = shape;
    builder->open[builder->depth++] = node;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    const struct config_node *const *one = a, *const *other = b;
    int order = strcmp((*one)->key, (*other)->key);
    if (order != 0)
        return order;
    return (*one)->key_place.start < (*other)->key_place.start ? -1 : 1;
}

// Sorted, and over when nobody would see another error, so that a large mapping does not take the square of its time.
static void check_twice(struct builder *builder, const struct config_node *mapping)
{
    if (mapping->count < 2)
        return;
    const struct config_node **sorted = arena_zero(builder->list->arena, mapping->count, sizeof *sorted);
    size_t count = 0;
    for (const struct config_node *node = mapping->first; node != NULL; node = node->next)
        sorted[count++] = node;
    must(count == mapping->count);
    qsort(sorted, count, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < count && builder->list->more == 0; i++) {
        if (strcmp(sorted[i - 1]->key, sorted[i]->key) != 0)
            continue;
        char quoted[CONFIG_QUOTE_BYTES];
        config_text_quote(sorted[i]->key, strlen(sorted[i]->key), quoted);
        config_errors_add(builder->list, sorted[i]->key_place, "the key %s is given twice, first in line %d", quoted,
                          config_errors_line(builder->list, sorted[i - 1]->key_place.start));
    }
}

static bool add_close(struct builder *builder)
{
    must(builder->depth > 0);
    const struct config_node *node = builder->open[--builder->depth];
    if (node->shape == NODE_MAPPING)
        check_twice(builder, node);
    return true;
}

static bool add_document(struct builder *builder, struct fy_event *event)
{
    if (builder->documents++ == 0)
        return true;
    config_errors_add(builder->list, place_of(builder, event->document_start.document_start),
                      "a second document (---) starts here: the configuration is one document");
    return false;
}

// False when reading has to stop; the error is in the list.
static bool add_event(struct builder *builder, struct fy_event *event)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        return add_document(builder, event);
    case FYET_MAPPING_START:
        return add_open(builder, NODE_MAPPING, event->mapping_start.mapping_start, event->mapping_start.anchor,
                        event->mapping_start.tag);
    case FYET_SEQUENCE_START:
        return add_open(builder, NODE_SEQUENCE, event->sequence_start.sequence_start, event->sequence_start.anchor,
                        event->sequence_start.tag);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        return add_close(builder);
    case FYET_SCALAR:
        return add_scalar(builder, event);
    case FYET_ALIAS:
        return add_alias(builder, event);
    default:
        return true;
    }
}

// What libfyaml says where people would not find the cause in its words.
static const char *plainly(const char *message)
{
    static const char *const words[][2] = {
        {"invalid multiline plain key",
         "this line and the one above do not fit: wrong indentation, or a missing colon"},
        {"invalid value after mapping", "a key without its colon, or wrong indentation"},
        {"invalid nested block mapping on the same line", "a second colon in one line: put the value in quotes"},
        {"tab character may not be used as indentation", "a tab indents this line: use spaces"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(message, words[i][0]) == 0)
            return words[i][1];
    return message;
}

static void add_parser_error(struct config_complaints *list, struct fy_diag *diag)
{
    void *position = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &position);
    if (error == NULL || error->msg == NULL) {
        config_errors_add(list, byte_place(0), "this is no YAML");
        return;
    }
    size_t at = config_errors_byte(list, error->line, error->column);
    config_errors_add(list, byte_place(at), "%s", plainly(error->msg));
}

static bool parse(struct builder *builder, struct fy_parser *parser, struct fy_diag *diag)
{
    struct config_complaints *list = builder->list;
    if (fy_parser_set_string(parser, list->text, list->length) != 0) {
        config_errors_add(list, CONFIG_NOWHERE, "the YAML parser does not take the text");
        return false;
    }
    bool good = true;
    while (good) {
        struct fy_event *event = fy_parser_parse(parser);
        if (event == NULL)
            break;
        good = add_event(builder, event);
        fy_parser_event_free(parser, event);
    }
    if (good && (fy_parser_get_stream_error(parser) || builder->depth > 0)) {
        add_parser_error(list, diag);
        good = false;
    }
    return good;
}

// libfyaml is kept from what our files never need: it has been wrong there before.
static bool check_source(struct config_complaints *list)
{
    bool line_starts = true;
    for (size_t at = 0; at < list->length;) {
        uint32_t point = 0;
        size_t bytes = config_text_next(list->text + at, list->length - at, &point);
        if (bytes == 0) {
            config_errors_add(list, byte_place(at), "not valid UTF-8: save the file as UTF-8");
            return false;
        }
        bool line_ends = point == '\n' || (point == '\r' && at + 1 < list->length && list->text[at + 1] == '\n');
        if (config_text_control(point) && point != '\t' && !line_ends) {
            config_errors_add(list, byte_place(at), "the invisible character U+%04X is not allowed", (unsigned)point);
            return false;
        }
        if (line_starts && point == '%') {
            config_errors_add(list, byte_place(at), "directives (%%YAML, %%TAG) are not used here: leave the line out");
            return false;
        }
        line_starts = point == '\n';
        at += bytes;
    }
    return true;
}

const struct config_node *config_node_find(const struct config_node *mapping, const char *key)
{
    must(mapping->shape == NODE_MAPPING);
    for (const struct config_node *node = mapping->first; node != NULL; node = node->next)
        if (strcmp(node->key, key) == 0)
            return node;
    return NULL;
}

bool config_node_read(struct config_complaints *list, struct config_node **ret_root)
{
    if (!check_source(list))
        return false;
    struct fy_diag_cfg diag_options;
    fy_diag_cfg_default(&diag_options);
    diag_options.fp = NULL;
    diag_options.colorize = false;
    diag_options.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&diag_options);
    must(diag != NULL);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg options = {
        .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&options);
    must(parser != NULL);
    struct builder builder = {.list = list};
    bool good = parse(&builder, parser, diag);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    if (good)
        *ret_root = builder.root;
    return good;
}

static bool ends_name(char letter)
{
    return letter == '\0' || letter == '.' || letter == '[';
}

const struct config_node *config_node_locate(const struct config_node *node, const char *key, const char **ret_rest)
{
    for (;;) {
        *ret_rest = key;
        key += *key == '.';
        const struct config_node *next = NULL;
        size_t length = 0;
        if (node->shape == NODE_MAPPING) {
            for (const struct config_node *child = node->first; child != NULL; child = child->next) {
                size_t bytes = strlen(child->key);
                if (strncmp(child->key, key, bytes) == 0 && ends_name(key[bytes]) && bytes >= length)
                    next = child, length = bytes;
            }
        } else if (node->shape == NODE_SEQUENCE && *key == '[') {
            char *end;
            unsigned long index = strtoul(key + 1, &end, 10);
            length = *end == ']' ? (size_t)(end + 1 - key) : 0;
            for (next = length == 0 ? NULL : node->first; next != NULL && index > 0; index--)
                next = next->next;
        }
        if (next == NULL)
            return node;
        node = next;
        key += length;
    }
}
