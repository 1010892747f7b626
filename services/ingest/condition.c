#include "services/ingest/expression.h"

#include <string.h>

enum { SHOWN_BYTES = 40 };

// Whether anything stands there, lists and objects too.
static int there(const struct condition *condition, struct scope *scope, struct value *ret_value)
{
    const struct expression *at = &condition->at;
    if (at->origin == ORIGIN_POINTER && at->word_count == 0 && at->fallback == NULL) {
        json_t *json = pointer_find(&at->pointer, at->pointer.root ? scope->root : scope->item);
        if (json_is_array(json) || json_is_object(json))
            return 1;
    }
    if (!expression_value(at, scope, ret_value))
        return -1;
    return ret_value->text != NULL;
}

static bool among(const struct condition *condition, const char *text)
{
    for (size_t i = 0; i < condition->count; i++)
        if (text != NULL && strcmp(condition->texts[i], text) == 0)
            return true;
    return false;
}

static bool begins(const struct condition *condition, const char *text)
{
    for (size_t i = 0; i < condition->count; i++)
        if (text != NULL && strncmp(text, condition->texts[i], strlen(condition->texts[i])) == 0)
            return true;
    return false;
}

// What the condition compares with: seen from where the sum stands, not from its entry.
static bool other_side(const struct condition *condition, struct scope *scope, struct value *ret_value)
{
    struct scope outside = *scope;
    *ret_value = (struct value){0};
    if (scope->around != NULL) {
        outside.item = scope->around;
        outside.item_path = scope->around_path;
    }
    bool good = expression_value(condition->same, &outside, ret_value);
    scope->items = outside.items;
    scope->bytes = outside.bytes;
    return good;
}

static int is_same(const struct condition *condition, const char *text, struct scope *scope)
{
    struct value other;
    if (!other_side(condition, scope, &other))
        return -1;
    return text != NULL && other.text != NULL && strcmp(text, other.text) == 0;
}

int condition_holds(const struct condition *condition, struct scope *scope)
{
    struct value value = {0};
    int found = there(condition, scope, &value);
    if (found < 0)
        return -1;
    switch (condition->kind) {
    case CONDITION_HAS:
        return found;
    case CONDITION_LACKS:
        return !found;
    case CONDITION_IS:
        return among(condition, value.text);
    case CONDITION_NOT:
        return !among(condition, value.text);
    case CONDITION_BEGINS:
        return begins(condition, value.text);
    case CONDITION_SAME:
        return is_same(condition, value.text, scope);
    }
    return -1;
}

int conditions_hold(const struct conditions *conditions, struct scope *scope, size_t *ret_failed)
{
    for (size_t i = 0; i < conditions->count; i++) {
        int holds = condition_holds(&conditions->list[i], scope);
        if (holds == 1)
            continue;
        *ret_failed = i;
        return holds;
    }
    return 1;
}

static const char *list_texts(const struct condition *condition, struct scope *scope)
{
    const char *list = "";
    for (size_t i = 0; i < condition->count; i++)
        list = arena_format(scope->arena, "%s%s%.*s", list, i == 0 ? "" : " or ", SHOWN_BYTES, condition->texts[i]);
    return list;
}

const char *condition_text(const struct condition *condition, struct scope *scope)
{
    static const char *const wanted[] = {[CONDITION_IS] = "wanted is",
                                         [CONDITION_NOT] = "unwanted is",
                                         [CONDITION_BEGINS] = "wanted is what begins with",
                                         [CONDITION_SAME] = "wanted is what stands at"};
    const char *place = expression_place(&condition->at, scope);
    struct value value = {0};
    int found = there(condition, scope, &value);
    if (condition->kind == CONDITION_HAS || condition->kind == CONDITION_LACKS)
        return arena_format(scope->arena, "%s %s", place,
                            found != 1                           ? "is not there"
                            : condition->kind == CONDITION_LACKS ? "is there, which it must not be"
                                                                 : "is there");
    const char *shown = found < 1            ? "is not there"
                        : value.text == NULL ? "is a list or an object"
                                             : arena_format(scope->arena, "is \"%.*s\"", SHOWN_BYTES, value.text);
    return arena_format(scope->arena, "%s %s, %s %s", place, shown, wanted[condition->kind],
                        condition->kind == CONDITION_SAME ? expression_place(condition->same, scope)
                                                          : list_texts(condition, scope));
}
