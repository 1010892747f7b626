#include "services/tend/cardlist.h"

#include "common/must.h"

#include <stdio.h>
#include <stdlib.h>

struct spool {
    FILE *file;
    size_t count, read;
    json_t *head; // the next one of this process
};

struct cardlist {
    struct spool spools[LANES_MAX];
    cardlist_order *order;
    size_t limit, given;
    json_t *last; // handed out
    char *line;
    size_t room;
    bool broken;
};

struct cardlist *cardlist_open(void)
{
    struct cardlist *list = calloc(1, sizeof *list);
    must(list != NULL);
    list->limit = SIZE_MAX;
    return list;
}

static void forget(struct cardlist *list)
{
    json_decref(list->last);
    list->last = NULL;
}

void cardlist_close(struct cardlist **list)
{
    if (*list == NULL)
        return;
    forget(*list);
    for (size_t i = 0; i < LANES_MAX; i++) {
        json_decref((*list)->spools[i].head);
        if ((*list)->spools[i].file != NULL)
            fclose((*list)->spools[i].file);
    }
    free((*list)->line);
    free(*list);
    *list = NULL;
}

struct cardlist *cardlist_of(const json_t *cards)
{
    struct cardlist *list = cardlist_open();
    cardlist_add(list, 0, cards);
    cardlist_rewind(list, NULL, SIZE_MAX);
    return list;
}

bool cardlist_add(struct cardlist *list, unsigned process, const json_t *cards)
{
    must(process < LANES_MAX);
    struct spool *spool = &list->spools[process];
    size_t i;
    const json_t *card;
    if (spool->file == NULL)
        spool->file = tmpfile();
    list->broken = list->broken || spool->file == NULL;
    json_array_foreach (cards, i, card) {
        if (list->broken)
            return false;
        list->broken = json_dumpf(card, spool->file, JSON_COMPACT) != 0 || fputc('\n', spool->file) == EOF;
        spool->count += !list->broken;
    }
    return !list->broken;
}

// Reads the process's next card.
static void advance(struct cardlist *list, struct spool *spool)
{
    json_decref(spool->head);
    spool->head = NULL;
    if (spool->read == spool->count || list->broken)
        return;
    ssize_t length = getline(&list->line, &list->room, spool->file);
    if (length > 0)
        spool->head = json_loadb(list->line, (size_t)length, 0, NULL);
    list->broken = spool->head == NULL;
    spool->read++;
}

void cardlist_again(struct cardlist *list)
{
    forget(list);
    list->given = 0;
    for (size_t i = 0; i < LANES_MAX; i++) {
        struct spool *spool = &list->spools[i];
        spool->read = 0;
        if (spool->file == NULL)
            continue;
        list->broken = fflush(spool->file) != 0 || fseek(spool->file, 0, SEEK_SET) != 0 || list->broken;
        advance(list, spool);
    }
}

void cardlist_rewind(struct cardlist *list, cardlist_order *order, size_t limit)
{
    list->order = order;
    list->limit = limit;
    cardlist_again(list);
}

const json_t *cardlist_next(struct cardlist *list)
{
    struct spool *first = NULL;
    forget(list);
    for (size_t i = 0; i < LANES_MAX && list->given < list->limit; i++) {
        struct spool *spool = &list->spools[i];
        if (spool->head == NULL)
            continue;
        if (first == NULL || (list->order != NULL && list->order(spool->head, first->head) < 0))
            first = spool;
    }
    if (first == NULL)
        return NULL;
    list->given++;
    list->last = json_incref(first->head);
    advance(list, first);
    return list->last;
}

size_t cardlist_count(const struct cardlist *list)
{
    size_t count = 0;
    for (size_t i = 0; i < LANES_MAX; i++)
        count += list->spools[i].count;
    return count < list->limit ? count : list->limit;
}

bool cardlist_broken(const struct cardlist *list)
{
    return list->broken;
}
