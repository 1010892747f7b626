#include "services/tend/orderword.h"

#include "common/journal.h"
#include "tend/v1/journal.pb-c.h"

#include <string.h>

struct search {
    struct orderword *word;
    const char *order_id, *source;
    size_t length;
};

// The newest version counts, placed or amended, of two at one moment the one with the larger id: as scoring has it.
static bool is_newer(const Tend__V1__Event *event, const Tend__V1__Event *than)
{
    if (than == NULL)
        return true;
    if (event->time->seconds != than->time->seconds)
        return event->time->seconds > than->time->seconds;
    if (event->time->nanos != than->time->nanos)
        return event->time->nanos > than->time->nanos;
    return strcmp(event->id, than->id) > 0;
}

static const char *order_of(const Tend__V1__Event *event)
{
    return event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED    ? event->order_placed->order_id
           : event->body_case == TEND__V1__EVENT__BODY_ORDER_AMENDED ? event->order_amended->order_id
                                                                     : "";
}

static bool look(void *self, const struct record *record)
{
    struct search *search = self;
    struct orderword *word = search->word;
    // Few records name the order, and finding its id in the bytes is far quicker than unpacking all.
    if (record->type != TEND__V1__RECORD_TYPE__RECORD_TYPE_EVENT || (record->flags & RECORD_ERASED) != 0 ||
        memmem(record->payload, record->length, search->order_id, search->length) == NULL)
        return true;
    Tend__V1__Event *event = tend__v1__event__unpack(NULL, record->length, record->payload);
    if (event == NULL)
        return true;
    Tend__V1__Event **place = event->body_case == TEND__V1__EVENT__BODY_ORDER_PLACED ? &word->placed : &word->amended;
    bool other = false, wanted = strcmp(order_of(event), search->order_id) == 0 && event->time != NULL &&
                                 (search->source == NULL || strcmp(event->source, search->source) == 0);
    if (wanted) {
        other = (word->placed != NULL && strcmp(word->placed->source, event->source) != 0) ||
                (word->amended != NULL && strcmp(word->amended->source, event->source) != 0);
        word->several = word->several || other;
    }
    if (wanted && is_newer(event, *place)) {
        Tend__V1__Event *older = *place;
        *place = event;
        event = older;
    }
    if (event != NULL)
        tend__v1__event__free_unpacked(event, NULL);
    return true;
}

bool orderword_read(struct orderword *word, struct store *store, const char *order_id, const char *source)
{
    struct journal journal;
    struct tx *tx = store_begin_read(store);
    struct search search = {.word = word, .order_id = order_id, .source = source, .length = strlen(order_id)};
    journal_load(tx, &journal);
    journal_each(tx, journal.first, look, &search);
    bool sound = tx_error(tx) == 0;
    tx_abort(&tx);
    return sound;
}

// The two change hands, so that each is freed once.
static void swap_texts(char **one, char **other)
{
    char *kept = *one;
    *one = *other;
    *other = kept;
}

const Tend__V1__Event *orderword_event(struct orderword *word)
{
    Tend__V1__Event *placed = word->placed, *amended = word->amended;
    if (amended == NULL || (placed != NULL && is_newer(placed, amended)))
        return placed;
    if (placed == NULL || strcmp(placed->source, amended->source) != 0)
        return amended;
    Tend__V1__OrderPlaced *was = placed->order_placed;
    Tend__V1__OrderAmended *is = amended->order_amended, kept = *is;
    swap_texts(&placed->customer_id, &amended->customer_id);
    swap_texts(&was->promised_delivery, &is->promised_delivery);
    swap_texts(&was->currency, &is->currency);
    is->lines = was->lines;
    is->n_lines = was->n_lines;
    is->total = was->total;
    was->lines = kept.lines;
    was->n_lines = kept.n_lines;
    was->total = kept.total;
    return placed;
}

void orderword_free(struct orderword *word)
{
    if (word->placed != NULL)
        tend__v1__event__free_unpacked(word->placed, NULL);
    if (word->amended != NULL)
        tend__v1__event__free_unpacked(word->amended, NULL);
    *word = (struct orderword){0};
}
