// `tend rejected`: what feeds sent in vain, why, and what can be done about it.
#include "services/tend/verb.h"

#include "common/textfile.h"
#include "common/utf8.h"
#include "services/tend/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BODY_BYTES = 262144, // ingest takes no longer ones
    ERROR_BYTES = 300,
    REASON_BYTES = 4096, // longer than ingest keeps any
    LISTED_BYTES = 160,  // of a reason in the list: a few lines
};

// "order_placed.total from /total_price: is no amount of money".
static void write_reason(const json_t *row, char *text)
{
    const char *event = verb_text(row, "event"), *field = verb_text(row, "field"), *pointer = verb_text(row, "pointer");
    // Most fields begin with the event's name already.
    bool named = strncmp(field, event, strlen(event)) == 0;
    snprintf(text, REASON_BYTES, "%s%s%s%s%s%s%s", named ? "" : event, named || event[0] == '\0' ? "" : " ", field,
             field[0] != '\0' && pointer[0] != '\0' ? " from " : "", pointer,
             field[0] != '\0' || pointer[0] != '\0' || event[0] != '\0' ? ": " : "", verb_text(row, "reason"));
}

static void print_list(const struct figures *figures, const json_t *list)
{
    const json_t *rows = json_object_get(list, "rejected"), *row;
    size_t i;
    json_array_foreach (rows, i, row) {
        char time[FIGURES_BYTES], text[REASON_BYTES];
        write_reason(row, text);
        if (strlen(text) > LISTED_BYTES)
            memcpy(text + utf8_cut(text, strlen(text), LISTED_BYTES), " ...", sizeof " ...");
        int used = printf("%6s  %s  %-12s  ", verb_text(row, "id"),
                          figures_minute(figures, verb_text(row, "time"), time), verb_text(row, "feed"));
        if (verb_number(row, "times") > 0)
            printf("(%lld times) ", (long long)verb_number(row, "times"));
        screen_wrap(stdout, &figures->screen, text, used, used);
        puts("");
    }
    long long kept = (long long)verb_number(list, "kept"), lost = (long long)verb_number(list, "lost");
    if (json_array_size(rows) == 0)
        puts("nothing waits to be corrected");
    else
        printf("%lld kept%s. One of them: tend rejected ID; again as it is, after the feed was mended: tend rejected "
               "ID --replay\n",
               kept, json_is_true(json_object_get(list, "more")) ? ", the newest are shown (--limit, --before)" : "");
    if (lost > 0)
        printf("%lld had to go, ever, because there was no more room (ingest.rejected_records, rejected_bytes)\n",
               lost);
}

static void print_body(const json_t *row)
{
    const char *text = verb_text(row, "text");
    json_t *parsed = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    // As it came, so that what is corrected is what was sent; only one endless line is broken up.
    char *shown = parsed != NULL && strchr(text, '\n') == NULL ? json_dumps(parsed, JSON_INDENT(2)) : NULL;
    if (json_is_true(json_object_get(row, "withoutContent")))
        puts("the body was not kept");
    else if (text[0] == '\0')
        puts("the body is no text: --json has it in base64");
    else
        puts(shown != NULL ? shown : text);
    free(shown);
    json_decref(parsed);
}

// Why a body fits none of many rules is a list, a line for each.
static void print_reason(const struct screen *screen, char *text)
{
    static const char next[] = "; rule";
    printf("why    ");
    for (char *end; text != NULL; text = end) {
        end = strstr(text, next);
        if (end != NULL)
            *end = '\0';
        screen_wrap(stdout, screen, text, 9, 7);
        puts("");
        if (end != NULL)
            printf("       ");
        end = end != NULL ? end + 2 : NULL;
    }
}

static void print_one(const struct figures *figures, const json_t *row)
{
    const struct screen *screen = &figures->screen;
    char text[REASON_BYTES], time[FIGURES_BYTES];
    const json_t *header;
    size_t i;
    const char *id = verb_text(row, "id"), *feed = verb_text(row, "feed");
    write_reason(row, text);
    printf("%srejected body %s%s of feed %s, received %s\n", screen_colour(screen, "bold"), id,
           screen_colour(screen, ""), feed, figures_moment(figures, verb_text(row, "time"), time));
    print_reason(screen, text);
    if (verb_number(row, "times") > 0)
        printf("came   %lld times, last %s\n", (long long)verb_number(row, "times"),
               figures_moment(figures, verb_text(row, "last"), time));
    if (verb_number(row, "tries") > 0)
        printf("tries  %lld in vain\n", (long long)verb_number(row, "tries"));
    if (verb_number(row, "stored") > 0)
        printf("stored %lld other events of it, which were good\n", (long long)verb_number(row, "stored"));
    json_array_foreach (json_object_get(row, "headers"), i, header)
        printf("       %s: %s\n", verb_text(header, "name"), verb_text(header, "value"));
    puts("");
    print_body(row);
    if (json_is_true(json_object_get(row, "forPerson"))) {
        printf("\nWhat to do:\n"
               "  nothing is wrong      see to it, and then tend rejected %s --drop\n",
               id);
        return;
    }
    if (json_is_true(json_object_get(row, "withoutContent"))) {
        printf("\nWhat to do:\n"
               "  it is to count        write it anew, and tend rejected %s --correct body.json\n"
               "  it is not needed      tend rejected %s --drop\n",
               id, id);
        return;
    }
    printf("\nWhat to do:\n"
           "  the body is wrong     save it (tend rejected %s --body >body.json), correct it, and\n"
           "                        tend rejected %s --correct body.json\n"
           "  the feed is wrong     mend %s.yaml, try it (tend feed try %s body.json), then tend rejected %s --replay\n"
           "                        or all of the feed: tend rejected --feed %s --replay-all\n"
           "  it is not needed      tend rejected %s --drop\n",
           id, id, feed, feed, id, feed, id);
}

static void print_as_sent(const struct figures *figures, const json_t *row)
{
    (void)figures;
    fputs(verb_text(row, "text"), stdout);
}

static int print_replay(struct verb_call *call, const json_t *answer)
{
    long long good = (long long)verb_number(answer, "replayed"), bad = (long long)verb_number(answer, "failed");
    if (call->json) {
        verb_print_json(answer);
    } else {
        printf("%lld replayed (%lld events new, %lld known), %lld still rejected\n", good,
               (long long)verb_number(answer, "stored"), (long long)verb_number(answer, "known"), bad);
        char text[REASON_BYTES];
        write_reason(answer, text);
        if (bad > 0)
            printf("the last one: %s\n", text);
    }
    return bad > 0 ? VERB_PROBLEM : VERB_DONE;
}

// Everything that the feed rejected, some hundred at a time.
static int replay_all(struct verb_call *call, const char *feed)
{
    json_t *sum = json_pack("{s:i,s:i,s:i,s:i}", "replayed", 0, "failed", 0, "stored", 0, "known", 0);
    int code = VERB_DONE;
    char after[24] = "";
    do {
        char target[VERB_TARGET_BYTES];
        json_t *answer = NULL;
        verb_write_target(target, "POST /v1/feeds/", feed, "/replay");
        verb_add_parameter(target, "after", after[0] != '\0' ? after : NULL);
        code = verb_post(call, "ingest", target, "", &answer);
        if (code != VERB_DONE)
            break;
        static const char *const counts[] = {"replayed", "failed", "stored", "known"};
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            json_object_set_new(sum, counts[i],
                                json_integer(verb_number(sum, counts[i]) + verb_number(answer, counts[i])));
        static const char *const texts[] = {"field", "pointer", "reason"};
        for (size_t i = 0; verb_number(answer, "failed") > 0 && i < sizeof texts / sizeof *texts; i++)
            json_object_set_new(sum, texts[i], json_string(verb_text(answer, texts[i])));
        snprintf(after, sizeof after, "%s", verb_text(answer, "next"));
        json_decref(answer);
    } while (after[0] != '\0');
    if (code == VERB_DONE)
        code = print_replay(call, sum);
    json_decref(sum);
    return code;
}

static int correct(struct verb_call *call, const char *path)
{
    char target[VERB_TARGET_BYTES], error[ERROR_BYTES], *text;
    size_t length;
    json_t *answer = NULL;
    if (!textfile_read(path, BODY_BYTES, error, sizeof error, &text, &length)) {
        fprintf(stderr, "%s\n", error);
        return VERB_USAGE;
    }
    char *ended = realloc(text, length + 1);
    if (ended == NULL) {
        free(text);
        return VERB_PROBLEM;
    }
    ended[length] = '\0';
    verb_write_target(target, "POST /v1/rejected/", call->arguments[0], "");
    int code = verb_post(call, "ingest", target, ended, &answer);
    free(ended);
    if (code == VERB_DONE)
        code = print_replay(call, answer);
    json_decref(answer);
    return code;
}

static int act(struct verb_call *call, const char *action)
{
    char target[VERB_TARGET_BYTES];
    json_t *answer = NULL;
    verb_write_target(target, "POST /v1/rejected/", call->arguments[0], action);
    int code = verb_post(call, "ingest", target, "", &answer);
    if (code == VERB_DONE && strcmp(action, "/replay") == 0)
        code = print_replay(call, answer);
    else if (code == VERB_DONE && call->json)
        verb_print_json(answer);
    else if (code == VERB_DONE)
        printf("%s: dropped\n", call->arguments[0]);
    json_decref(answer);
    return code;
}

static int show(struct verb_call *call)
{
    static const char *const parameters[] = {"feed", "limit", "before"};
    char target[VERB_TARGET_BYTES] = "GET /v1/rejected";
    json_t *answer = NULL;
    bool one = call->argument_count > 0;
    if (one)
        verb_write_target(target, "GET /v1/rejected/", call->arguments[0], "");
    else
        verb_add_options(call, parameters, sizeof parameters / sizeof *parameters, target);
    int code = verb_ask(call, "ingest", target, &answer);
    return verb_show(call, code, answer,
                     !one                               ? print_list
                     : verb_value(call, "body") != NULL ? print_as_sent
                                                        : print_one);
}

int verb_rejected(struct verb_call *call)
{
    const char *feed = verb_value(call, "feed"), *path = verb_value(call, "correct");
    bool replay = verb_value(call, "replay") != NULL, drop = verb_value(call, "drop") != NULL;
    bool all = verb_value(call, "replay-all") != NULL;
    int asked = replay + drop + all + (path != NULL);
    const char *wrong = asked > 1                                        ? "one at a time"
                        : all && feed == NULL                            ? "--replay-all wants --feed NAME"
                        : asked > 0 && !all && call->argument_count == 0 ? "the ID is missing"
                        : all && call->argument_count > 0                ? "--replay-all takes no ID"
                                                                         : NULL;
    if (wrong != NULL) {
        fprintf(stderr,
                "tend rejected: %s; it is: ID --replay, ID --correct FILE, ID --drop, or --feed NAME --replay-all\n",
                wrong);
        return VERB_USAGE;
    }
    if (all)
        return replay_all(call, feed);
    if (path != NULL)
        return correct(call, path);
    if (replay || drop)
        return act(call, replay ? "/replay" : "/drop");
    return show(call);
}
