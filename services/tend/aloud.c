#include "services/tend/aloud.h"

#include "common/arena.h"
#include "common/calendar.h"
#include "common/codec.h"
#include "common/must.h"
#include "common/zone.h"
#include "services/notifier/item.h"
#include "services/notifier/news.h"
#include "tend/v1/journal.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 64 * 1024,
    ARENA_MOST = 16 * 1024 * 1024, // a list of a thousand lines with all they may hold
};

struct aloud {
    struct arena *arena;
    struct zone *zone;
    struct letter letter;
    struct letter_fit fit;
    char buffer[LETTER_BYTES];
};

static size_t bytes(const char *text, size_t length)
{
    (void)text;
    return length;
}

struct aloud *aloud_open(enum language language, const char *zone, int64_t now_ms)
{
    struct aloud *aloud = calloc(1, sizeof *aloud);
    must(aloud != NULL);
    aloud->arena = arena_open(ARENA_BLOCK, ARENA_MOST);
    if (!zone_open(ZONE_DIRECTORIES, zone, &aloud->zone))
        (void)zone_open(ZONE_DIRECTORIES, "UTC", &aloud->zone);
    aloud->letter = (struct letter){.language = language, .rep = "", .id = "", .link = "", .zone = aloud->zone};
    if (aloud->zone != NULL)
        aloud->letter.today = zone_local(aloud->zone, now_ms / 1000).day;
    aloud->fit =
        (struct letter_fit){.style = DISARM_PLAIN, .limit = LETTER_BYTES / 2, .cost = bytes, .prefix = "", .calls = 1};
    return aloud;
}

void aloud_close(struct aloud **aloud)
{
    if (*aloud == NULL)
        return;
    zone_close(&(*aloud)->zone);
    arena_close(&(*aloud)->arena);
    free(*aloud);
    *aloud = NULL;
}

static struct pen fresh_pen(struct aloud *aloud)
{
    aloud->buffer[0] = '\0';
    return (struct pen){.letter = &aloud->letter, .fit = &aloud->fit, .buffer = aloud->buffer};
}

// What the answer says, read as the notifier reads the record. `ret_news->kind` is NEWS_BAD when it cannot be.
static void read_news(struct aloud *aloud, const ProtobufCMessageDescriptor *descriptor, uint16_t type,
                      const json_t *json, struct news *ret_news)
{
    struct verify_error error;
    ProtobufCMessage *message = codec_from_json(descriptor, json, arena_allocator(aloud->arena), &error);
    *ret_news = (struct news){.kind = NEWS_BAD};
    if (message == NULL)
        return;
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *packed = arena_take(aloud->arena, length + 1);
    protobuf_c_message_pack(message, packed);
    news_read(aloud->arena, type, packed, length, ret_news);
}

static void put_call(struct aloud *aloud, const struct letter_item *call)
{
    struct pen pen = fresh_pen(aloud);
    struct facts facts = pen_facts(&pen);
    const char *colon = aloud->letter.language == LANGUAGE_ZH ? "：" : ": ";
    facts.item = call;
    pen_say(&pen, &facts, &phrase_titles, LINE_CUSTOMER, "");
    if (!pen_say(&pen, &facts, &phrase_reasons, call->reason, colon))
        pen_say(&pen, &facts, &phrase_reasons, LETTER_REASON_NONE, colon);
    pen_say(&pen, &facts, &phrase_contacts, 0, " ");
    pen_put(&pen, "\n");
    item_put_hints(&pen, call);
}

static void print_lines(const char *text, const char *indent, FILE *out)
{
    for (bool first = true; *text != '\0'; first = false) {
        size_t length = strcspn(text, "\n");
        fprintf(out, "%s%.*s\n", first ? "" : indent, (int)length, text);
        text += length + (text[length] == '\n');
    }
}

size_t aloud_list(struct aloud *aloud, const json_t *list, bool with_ids, FILE *out)
{
    struct news news;
    arena_reset(aloud->arena);
    // A preview's list was not sent and has no id of its own; the words are the same.
    json_t *named = json_copy((json_t *)(uintptr_t)list);
    must(named != NULL);
    if (json_object_get(named, "listId") == NULL)
        json_object_set_new(named, "listId", json_string("preview"));
    read_news(aloud, &tend__v1__call_list__descriptor, TEND__V1__RECORD_TYPE__RECORD_TYPE_CALL_LIST, named, &news);
    json_decref(named);
    if (news.kind != NEWS_LIST)
        return 0;
    const int32_t today = aloud->letter.today;
    (void)day_parse(news.list.local_date, strlen(news.list.local_date), &aloud->letter.today);
    struct pen pen = fresh_pen(aloud);
    struct facts facts = pen_facts(&pen);
    facts.list = &news.list;
    if (news.list.customers > 0)
        pen_line(&pen, &facts, LINE_COVERAGE);
    if (news.list.missing > 0)
        pen_line(&pen, &facts, LINE_MISSING);
    fputs(aloud->buffer, out);
    for (size_t i = 0; i < news.list.count; i++) {
        const struct letter_item *call = &news.list.calls[i];
        put_call(aloud, call);
        fprintf(out, "%3zu  ", i + 1);
        print_lines(aloud->buffer, "  ", out);
        fprintf(out, "     %s%s%s\n", call->customer_id, with_ids ? "  " : "", with_ids ? call->reminder_id : "");
    }
    aloud->letter.today = today;
    return news.list.count;
}

void aloud_reminder(struct aloud *aloud, const json_t *reminder, FILE *out)
{
    struct news news;
    arena_reset(aloud->arena);
    read_news(aloud, &tend__v1__reminder__descriptor, TEND__V1__RECORD_TYPE__RECORD_TYPE_REMINDER, reminder, &news);
    if (news.kind != NEWS_REMINDER)
        return;
    struct pen pen = fresh_pen(aloud);
    item_put_why(&pen, &news.item);
    pen_put(&pen, "\n");
    if (item_put_action(&pen, &news.item))
        pen_put(&pen, "\n");
    item_put_hints(&pen, &news.item);
    fputs("     ", out);
    print_lines(aloud->buffer, "     ", out);
}
