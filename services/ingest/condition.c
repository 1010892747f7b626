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
    return arena_format(scope->arena, "%s %s, %s %s", place, shown,
                        condition->kind == CONDITION_IS ? "wanted is" : "unwanted is", list_texts(condition, scope));
}
