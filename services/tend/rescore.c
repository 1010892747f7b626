#include "services/tend/rescore.h"

#include "common/codec.h"
#include "common/money.h"
#include "common/must.h"
#include "common/stamp.h"
#include "services/scoring/scoring.h"
#include "services/scoring/wire.h"
#include "services/tend/digits.h"
#include "services/tend/verb.h"
#include "tend/v1/journal.pb-c.h"

#include <stdlib.h>
#include <string.h>

enum {
    ARENA_BLOCK = 1 << 20,
    GROUPS_FIRST = 64,
    WORD_COLUMNS = 24,
    COUNT_COLUMNS = 10,
    NET_COLUMNS = 24,
    MONEY_BYTES = 64,
    INSTANT_BYTES = 40,
};
#define ARENA_LIMIT ((size_t)1 << 30) // what one customer's notes and reasons can take, many times over
#define MAP_BYTES ((size_t)32 << 30)  // address space only

// Customers who go the same way.
struct group {
    char *dimension, *before, *after;
    uint64_t customers;
    int64_t net_micros;
    bool told;
};

struct rescore {
    struct preview_frame frame;
    char currency[16], zone[64]; // in the frame
    char net_currency[16];
    struct group *groups;
    size_t group_count, group_room;
    json_t *customers; // the first `limit`
    size_t limit;
    uint64_t moved, told; // customers with a move, and those of them with one that is announced
    bool newest_told;
    char *newest;      // the id of the customer whose moves come
    struct turn *turn; // while it is made
};

const struct preview_frame *rescore_frame(const struct rescore *rescore)
{
    return &rescore->frame;
}

uint64_t rescore_moved(const struct rescore *rescore)
{
    return rescore->moved;
}

// --- finding

static char *copy(const char *text)
{
    char *copied = strdup(text);
    must(copied != NULL);
    return copied;
}

static struct group *group_of(struct rescore *rescore, const struct wire_change *change)
{
    for (size_t i = 0; i < rescore->group_count; i++) {
        struct group *group = &rescore->groups[i];
        if (strcmp(group->dimension, change->dimension) == 0 && strcmp(group->before, change->before) == 0 &&
            strcmp(group->after, change->after) == 0)
            return group;
    }
    if (rescore->group_count == rescore->group_room) {
        rescore->group_room = rescore->group_room == 0 ? GROUPS_FIRST : rescore->group_room * 2;
        rescore->groups = realloc(rescore->groups, rescore->group_room * sizeof *rescore->groups);
        must(rescore->groups != NULL);
    }
    struct group *group = &rescore->groups[rescore->group_count++];
    *group = (struct group){
        .dimension = copy(change->dimension), .before = copy(change->before), .after = copy(change->after)};
    return group;
}

// "1280.50 EUR"; pieces have no currency.
static const char *print_money(int64_t micros, const char *currency, char *buffer)
{
    char number[MONEY_TEXT_BYTES];
    (void)money_print(micros, number);
    snprintf(buffer, MONEY_BYTES, "%s%s%s", number, currency[0] != '\0' ? " " : "", currency);
    return buffer;
}

// The change as our JSON says it everywhere.
static json_t *change_json(struct turn *turn, const struct wire_change *change)
{
    size_t length;
    char *text = codec_to_text(&wire_make_change(turn, change)->base, 0, NULL, &length);
    must(text != NULL);
    json_t *json = json_loadb(text, length, 0, NULL);
    must(json != NULL);
    free(text);
    return json;
}

static void keep(struct rescore *rescore, const struct preview_move *move, bool first)
{
    char net[MONEY_BYTES];
    size_t count = json_array_size(rescore->customers);
    if (first && count < rescore->limit)
        json_array_append_new(rescore->customers,
                              json_pack("{s:s, s:s, s:[]}", "customerId", move->customer_id, "net",
                                        print_money(move->net_micros, move->currency, net), "moves"));
    else if (first || rescore->moved > rescore->limit)
        return;
    json_t *customer = json_array_get(rescore->customers, json_array_size(rescore->customers) - 1);
    json_array_append_new(json_object_get(customer, "moves"), change_json(rescore->turn, move->change));
}

static void take(void *context, const struct preview_move *move)
{
    struct rescore *rescore = context;
    struct group *group = group_of(rescore, move->change);
    bool first = rescore->newest == NULL || strcmp(rescore->newest, move->customer_id) != 0;
    group->customers++;
    group->told |= move->told;
    if (__builtin_add_overflow(group->net_micros, move->net_micros, &group->net_micros))
        group->net_micros = INT64_MAX;
    if (first) {
        free(rescore->newest);
        rescore->newest = copy(move->customer_id);
        rescore->moved++;
        rescore->newest_told = false;
        snprintf(rescore->net_currency, sizeof rescore->net_currency, "%s", move->currency);
    }
    rescore->told += move->told && !rescore->newest_told;
    rescore->newest_told |= move->told;
    keep(rescore, move, first);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *one = a, *other = b;
    int order = strcmp(one->dimension, other->dimension);
    if (order == 0 && one->customers != other->customers)
        return one->customers < other->customers ? 1 : -1;
    if (order == 0)
        order = strcmp(one->before, other->before);
    return order != 0 ? order : strcmp(one->after, other->after);
}

bool rescore_open(const char *folder, struct scoring *scoring, int64_t now_ms, size_t limit, char *ret_error,
                  struct rescore **ret_rescore)
{
    const struct store_options options = {.folder = folder,
                                          .tables = scoring_service.tables,
                                          .table_count = scoring_service.table_count,
                                          .map_bytes = MAP_BYTES};
    struct store_error trouble;
    struct store *store = NULL;
    if (!store_open_readonly(&options, &trouble, &store)) {
        snprintf(ret_error, RESCORE_ERROR_BYTES, "%s", trouble.text);
        return false;
    }
    struct rescore *rescore = calloc(1, sizeof *rescore);
    must(rescore != NULL);
    rescore->customers = json_array();
    rescore->limit = limit;
    struct turn turn = {
        .tx = store_begin_read(store), .arena = arena_open(ARENA_BLOCK, ARENA_LIMIT), .now_ms = now_ms, .shards = 1};
    rescore->turn = &turn;
    scoring_service.reload(scoring, &turn);
    preview_run(scoring, &turn, take, rescore, &rescore->frame);
    snprintf(rescore->currency, sizeof rescore->currency, "%s", rescore->frame.currency);
    snprintf(rescore->zone, sizeof rescore->zone, "%s", rescore->frame.time_zone);
    rescore->frame.currency = rescore->currency;
    rescore->frame.time_zone = rescore->zone;
    if (rescore->group_count > 1)
        qsort(rescore->groups, rescore->group_count, sizeof *rescore->groups, compare_groups);
    rescore->turn = NULL;
    int error = tx_error(turn.tx);
    tx_abort(&turn.tx);
    arena_close(&turn.arena);
    store_close(&store);
    if (error != 0) {
        snprintf(ret_error, RESCORE_ERROR_BYTES, "the store in %s cannot be read: %s", folder, store_explain(error));
        rescore_close(&rescore);
        return false;
    }
    *ret_rescore = rescore;
    return true;
}

void rescore_close(struct rescore **rescore)
{
    if (*rescore == NULL)
        return;
    for (size_t i = 0; i < (*rescore)->group_count; i++) {
        free((*rescore)->groups[i].dimension);
        free((*rescore)->groups[i].before);
        free((*rescore)->groups[i].after);
    }
    free((*rescore)->groups);
    free((*rescore)->newest);
    json_decref((*rescore)->customers);
    free(*rescore);
    *rescore = NULL;
}

// --- showing

static const char *or_unknown(const char *word)
{
    return word[0] != '\0' ? word : "not known";
}

static void print_groups(FILE *out, const struct rescore *rescore, const struct figures *figures)
{
    char fits[SCREEN_TEXT_BYTES], number[DIGITS_BYTES], net[MONEY_BYTES], shown[FIGURES_BYTES];
    const char *bold = screen_colour(&figures->screen, "bold"), *plain = screen_colour(&figures->screen, "");
    bool first = false;
    fprintf(out, "%s%s ", bold, screen_fit("dimension", WORD_COLUMNS, false, fits));
    fputs(screen_fit("from", WORD_COLUMNS - 4, false, fits), out);
    fprintf(out, " %s ", screen_fit("to", WORD_COLUMNS - 4, false, fits));
    fputs(screen_fit("customers", COUNT_COLUMNS, true, fits), out);
    fprintf(out, "%s%s\n", screen_fit("in the window", NET_COLUMNS, true, fits), plain);
    for (size_t i = 0; i < rescore->group_count; i++) {
        const struct group *group = &rescore->groups[i];
        fprintf(out, "%s ", screen_fit(group->dimension, WORD_COLUMNS, false, fits));
        fputs(screen_fit(or_unknown(group->before), WORD_COLUMNS - 4, false, fits), out);
        fprintf(out, " %s ", screen_fit(or_unknown(group->after), WORD_COLUMNS - 4, false, fits));
        fputs(screen_fit(digits_count((int64_t)group->customers, number), COUNT_COLUMNS, true, fits), out);
        figures_money(print_money(group->net_micros, rescore->net_currency, net), shown);
        fprintf(out, "%s%s\n", screen_fit(shown, NET_COLUMNS, true, fits), group->told ? "" : " *");
        first |= !group->told;
    }
    if (first)
        fprintf(out, "* a first value, which is not announced\n");
}

static void print_move(FILE *out, const struct figures *figures, const json_t *move)
{
    char line[FIGURES_LINE_BYTES];
    const char *note = verb_text(move, "note");
    fprintf(out, "  %s %s -> %s\n    ", verb_text(move, "dimension"), or_unknown(verb_text(move, "before")),
            or_unknown(verb_text(move, "after")));
    screen_wrap(out, &figures->screen, verb_text(move, "rule"), 4, 4);
    figures_line(figures, json_object_get(move, "figures"), line);
    if (line[0] != '\0') {
        fputs("    ", out);
        screen_wrap(out, &figures->screen, line, 4, 4);
    }
    if (note[0] != '\0') {
        fputs("    ", out);
        screen_wrap(out, &figures->screen, note, 4, 4);
    }
}

static void print_customers(FILE *out, const struct rescore *rescore, const struct figures *figures)
{
    size_t i, k;
    const json_t *customer, *move;
    char number[DIGITS_BYTES], net[FIGURES_BYTES];
    json_array_foreach (rescore->customers, i, customer) {
        fprintf(out, "\n%s%s%s  %s\n", screen_colour(&figures->screen, "bold"), verb_text(customer, "customerId"),
                screen_colour(&figures->screen, ""), figures_money(verb_text(customer, "net"), net));
        json_array_foreach (json_object_get(customer, "moves"), k, move)
            print_move(out, figures, move);
    }
    if (rescore->moved > json_array_size(rescore->customers))
        fprintf(out, "\nthe largest %zu of %s customers are shown; --limit shows more\n",
                json_array_size(rescore->customers), digits_count((int64_t)rescore->moved, number));
}

static const char *print_instant(int64_t time_ms, char *buffer)
{
    (void)stamp_print(time_ms / 1000, 0, buffer);
    return buffer;
}

// What nobody is told of: values that are never announced, and those that have no name any more.
static void print_silent(FILE *out, const struct preview_frame *frame, const struct figures *figures)
{
    char line[FIGURES_LINE_BYTES], number[DIGITS_BYTES];
    for (size_t i = 0; i < frame->lost_count; i++) {
        const struct preview_count *lost = &frame->lost[i];
        bool policy = strcmp(lost->dimension, "value.policy") == 0;
        snprintf(line, sizeof line, "%s %s: %s customer%s lose%s theirs", lost->dimension,
                 !policy             ? "is not listed any more"
                 : frame->no_classes ? "has no classes any more"
                                     : "has lost a class",
                 digits_count(lost->customers, number), lost->customers == 1 ? "" : "s",
                 lost->customers == 1 ? "s" : "");
        screen_wrap(out, &figures->screen, line, 4, 0);
    }
    if (frame->silent_customers == 0)
        return;
    int used = snprintf(line, sizeof line, "%s customer%s would change without a word, in what is never announced: ",
                        digits_count(frame->silent_customers, number), frame->silent_customers == 1 ? "" : "s");
    for (size_t i = 0; i < frame->silent_count && used < (int)sizeof line; i++)
        used += snprintf(line + used, sizeof line - (size_t)used, "%s%s %s", i > 0 ? ", " : "",
                         frame->silent[i].dimension, digits_count(frame->silent[i].customers, number));
    screen_wrap(out, &figures->screen, line, 4, 0);
}

void rescore_print(FILE *out, const struct rescore *rescore, const struct figures *figures)
{
    const struct preview_frame *frame = &rescore->frame;
    char instant[INSTANT_BYTES], minute[FIGURES_BYTES], known[DIGITS_BYTES], moved[DIGITS_BYTES];
    figures_minute(figures, print_instant(frame->as_of_ms, instant), minute);
    if (frame->customers == 0) {
        fprintf(out, "no customer is known yet\n");
        return;
    }
    fprintf(out, "%s customers as of %s, by version %u of the rules%s\n", digits_count(frame->customers, known), minute,
            frame->rules_version, frame->same ? ": this configuration is the one in force" : "");
    print_silent(out, frame, figures);
    if (rescore->moved == 0) {
        fprintf(out, "nobody would be announced\n");
        return;
    }
    fprintf(out, "%s of them would be announced", digits_count((int64_t)rescore->told, moved));
    if (rescore->moved > rescore->told)
        fprintf(out, ", %s more get a first value", digits_count((int64_t)(rescore->moved - rescore->told), moved));
    fprintf(out, ":\n\n");
    print_groups(out, rescore, figures);
    print_customers(out, rescore, figures);
    fprintf(out, "\nnothing was changed: scoring takes a new configuration at its start, and tells what moves by it\n"
                 "as history, so nobody is alerted\n");
}

static json_t *counts_json(const struct preview_count *counts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s, s:I}", "dimension", counts[i].dimension, "customers",
                                              (json_int_t)counts[i].customers));
    return list;
}

json_t *rescore_json(const struct rescore *rescore)
{
    const struct preview_frame *frame = &rescore->frame;
    char instant[INSTANT_BYTES], net[MONEY_BYTES];
    json_t *movements = json_array();
    for (size_t i = 0; i < rescore->group_count; i++) {
        const struct group *group = &rescore->groups[i];
        json_array_append_new(
            movements, json_pack("{s:s, s:s, s:s, s:I, s:s, s:b}", "dimension", group->dimension, "before",
                                 group->before, "after", group->after, "customers", (json_int_t)group->customers, "net",
                                 print_money(group->net_micros, rescore->net_currency, net), "told", group->told));
    }
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:b, s:o, s:o, s:o, s:O}", "asOf",
                     print_instant(frame->as_of_ms, instant), "known", (json_int_t)frame->customers, "moved",
                     (json_int_t)rescore->moved, "announced", (json_int_t)rescore->told, "rulesVersion",
                     (json_int_t)frame->rules_version, "inForce", frame->same, "movements", movements, "silent",
                     counts_json(frame->silent, frame->silent_count), "lost",
                     counts_json(frame->lost, frame->lost_count), "customers", rescore->customers);
}
