#include "services/tend/cards.h"

#include "services/tend/verb.h"

#include <string.h>

static const struct {
    const char *name;
    enum card_kind kind;
    const char *member; // of the card; "rfm." of its scores
} fixed[] = {
    {"customer", CARD_TEXT, "customerId"},
    {"name", CARD_TEXT, "name"},
    {"owner", CARD_TEXT, "ownerRepId"},
    {"abc", CARD_TEXT, "abc"},
    {"announced", CARD_TEXT, "announced"},
    {"net", CARD_MONEY, "net"},
    {"currency", CARD_TEXT, "currency"},
    {"share_ppm", CARD_PPM, "sharePpm"},
    {"r", CARD_NUMBER, "rfm.r"},
    {"f", CARD_NUMBER, "rfm.f"},
    {"m", CARD_NUMBER, "rfm.m"},
    {"orders", CARD_NUMBER, "orders"},
    {"first_order", CARD_DAY, "firstOrderDay"},
    {"last_order", CARD_DAY, "lastOrderDay"},
    {"gap_days", CARD_NUMBER, "meanGapMilli"},
    {"overdue", CARD_FLAG, "overdue"},
    {"dropped", CARD_FLAG, "dropped"},
    {"clv", CARD_MONEY, "clv"},
    {"margin", CARD_MONEY, "margin"},
    {"cost_to_serve", CARD_MONEY, "costToServe"},
};

const char *card_value(const json_t *card, const char *dimension)
{
    size_t i;
    const json_t *at;
    json_array_foreach (json_object_get(card, "dimensions"), i, at)
        if (strcmp(verb_text(at, "name"), dimension) == 0)
            return verb_text(at, "value");
    return "";
}

bool card_says(const json_t *card, const char *dimension)
{
    return strcmp(card_value(card, dimension), "yes") == 0;
}

static void add_dimension(struct card_columns *columns, const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->columns[i].name, name) == 0)
            return;
    if (columns->count == CARDS_COLUMNS_MAX || name[0] == '\0' || strlen(name) >= CARDS_NAME_BYTES)
        return;
    struct card_column *column = &columns->columns[columns->count++];
    snprintf(column->name, sizeof column->name, "%s", name);
    column->kind = CARD_TEXT;
}

void cards_columns(struct cardlist *cards, struct card_columns *ret_columns)
{
    size_t i, j;
    const json_t *card, *dimension;
    ret_columns->count = sizeof fixed / sizeof *fixed;
    for (i = 0; i < ret_columns->count; i++) {
        snprintf(ret_columns->columns[i].name, CARDS_NAME_BYTES, "%s", fixed[i].name);
        ret_columns->columns[i].kind = fixed[i].kind;
    }
    cardlist_again(cards);
    while ((card = cardlist_next(cards)) != NULL)
        json_array_foreach (json_object_get(card, "dimensions"), j, dimension)
            add_dimension(ret_columns, verb_text(dimension, "name"));
    cardlist_again(cards);
}

static const char *member_of(const char *column)
{
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(fixed[i].name, column) == 0)
            return fixed[i].member;
    return NULL;
}

// What stands behind the last mark: "ABC_CLASS_A" is "A", "1280.50 CNY" is "CNY".
static const char *behind(const char *text, char mark)
{
    const char *last = strrchr(text, mark);
    return last != NULL ? last + 1 : mark == ' ' ? "" : text;
}

const char *cards_cell(const json_t *card, const struct card_column *column, char *buffer)
{
    const char *member = member_of(column->name);
    buffer[0] = '\0';
    if (member == NULL) {
        snprintf(buffer, CARDS_CELL_BYTES, "%s", card_value(card, column->name));
    } else if (column->kind == CARD_FLAG) {
        snprintf(buffer, CARDS_CELL_BYTES, "%s", json_is_true(json_object_get(card, member)) ? "yes" : "");
    } else if (column->kind == CARD_MONEY) {
        const char *amount = verb_text(card, member);
        snprintf(buffer, CARDS_CELL_BYTES, "%.*s", (int)strcspn(amount, " "), amount);
    } else if (strcmp(column->name, "currency") == 0) {
        snprintf(buffer, CARDS_CELL_BYTES, "%s", behind(verb_text(card, "net"), ' '));
    } else if (strncmp(member, "rfm.", 4) == 0) {
        snprintf(buffer, CARDS_CELL_BYTES, "%lld", (long long)verb_number(json_object_get(card, "rfm"), member + 4));
    } else if (strcmp(column->name, "gap_days") == 0) {
        long long milli = verb_number(card, member);
        if (milli > 0)
            snprintf(buffer, CARDS_CELL_BYTES, "%lld.%03lld", milli / 1000, milli % 1000);
    } else if (column->kind == CARD_NUMBER || column->kind == CARD_PPM) {
        snprintf(buffer, CARDS_CELL_BYTES, "%lld", (long long)verb_number(card, member));
    } else if (strcmp(column->name, "abc") == 0 || strcmp(column->name, "announced") == 0) {
        snprintf(buffer, CARDS_CELL_BYTES, "%s", behind(verb_text(card, member), '_'));
    } else {
        snprintf(buffer, CARDS_CELL_BYTES, "%s", verb_text(card, member));
    }
    return buffer;
}

static void put_csv(FILE *out, const char *text, bool guard)
{
    bool formula = guard && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputs(formula ? "\"'" : "\"", out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void cards_write_csv(FILE *out, struct cardlist *cards)
{
    struct card_columns columns;
    char cell[CARDS_CELL_BYTES];
    const json_t *card;
    cards_columns(cards, &columns);
    for (size_t j = 0; j < columns.count; j++) {
        fputs(j > 0 ? "," : "", out);
        put_csv(out, columns.columns[j].name, true);
    }
    fputc('\n', out);
    while ((card = cardlist_next(cards)) != NULL) {
        for (size_t j = 0; j < columns.count; j++) {
            fputs(j > 0 ? "," : "", out);
            put_csv(out, cards_cell(card, &columns.columns[j], cell), columns.columns[j].kind == CARD_TEXT);
        }
        fputc('\n', out);
    }
}
