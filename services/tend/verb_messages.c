// `tend messages`: how the messages to reps fared.
#include "common/must.h"
#include "services/notifier/specimen.h"
#include "services/tend/figures.h"
#include "services/tend/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *state_of(const json_t *message)
{
    const char *state = verb_text(message, "state"), *last = strrchr(state, '_');
    if (json_is_true(json_object_get(message, "dropped")))
        return "DROPPED";
    return last != NULL ? last + 1 : state;
}

// A line of what it is, and one below of what is to be said about it.
static void print_message(const struct figures *figures, const json_t *message)
{
    char changed[FIGURES_BYTES], next[FIGURES_BYTES];
    const char *reader = verb_text(message, "reader"), *rep = verb_text(message, "repId");
    const char *reason = verb_text(message, "reason"), *route = verb_text(message, "route");
    const char *between = "        ";
    bool other = reader[0] != '\0' && strcmp(reader, rep) != 0;
    printf("%s #%s  %-8s %s  %s%s%s  %s\n", verb_text(message, "messageId"), verb_text(message, "visibleId"),
           state_of(message), figures_moment(figures, verb_text(message, "changed"), changed), rep,
           other ? ", read by " : "", other ? reader : "",
           verb_text(message, "channel")[0] != '\0' ? verb_text(message, "channel") : "-");
    bool more = false;
    const struct {
        const char *label, *text;
    } facts[] = {{"", reason}, {"next ", figures_moment(figures, verb_text(message, "next"), next)}, {"route ", route}};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (facts[i].text[0] != '\0') {
            printf("%s%s%s", more ? "; " : between, facts[i].label, facts[i].text);
            more = true;
        }
    if (more)
        putchar('\n');
}

// The word for an enum's value in the answer.
static const char *word_of(const json_t *settled, const char *key)
{
    static const char *const words[][2] = {{"REMINDER_OUTCOME_DONE", "done"},
                                           {"REMINDER_OUTCOME_NO_ANSWER", "no answer"},
                                           {"REMINDER_OUTCOME_SNOOZED", "put off"},
                                           {"REMINDER_OUTCOME_RESCHEDULED", "another date"},
                                           {"REMINDER_OUTCOME_NOT_INTERESTED", "not interested"},
                                           {"ANSWER_WAY_PAGE", ", on the page"},
                                           {"ANSWER_WAY_BUTTON", ", by a button in the chat"},
                                           {"ANSWER_WAY_ELSEWHERE", ", elsewhere"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(verb_text(settled, key), words[i][0]) == 0)
            return words[i][1];
    return "";
}

// "r1, Acme: put off until 2026-05-18 09:00 Asia/Shanghai, by wang (Wang) at ..., on the page".
static void print_settled(const struct figures *figures, const json_t *settled)
{
    char at[FIGURES_BYTES], next[FIGURES_BYTES];
    const char *customer = verb_text(settled, "customerName"), *name = verb_text(settled, "byName");
    printf("        %s%s%s: ", verb_text(settled, "reminderId"), customer[0] != '\0' ? ", " : "", customer);
    if (json_is_true(json_object_get(settled, "withdrawn"))) {
        printf("withdrawn, there is nothing to answer any more\n");
        return;
    }
    figures_moment(figures, verb_text(settled, "next"), next);
    const char *by = verb_text(settled, "by");
    printf("%s%s%s", word_of(settled, "outcome"), next[0] != '\0' ? " until " : "", next);
    if (by[0] == '\0' && name[0] != '\0')
        printf(", by %s (no rep)", name); // as the chat calls whoever pressed
    else if (by[0] != '\0')
        printf(", by %s%s%s%s", by, name[0] != '\0' ? " (" : "", name, name[0] != '\0' ? ")" : "");
    printf(" at %s%s\n", figures_moment(figures, verb_text(settled, "at"), at), word_of(settled, "way"));
}

// The text as the reader of that channel's chat sees it; one of a channel that is no more stays as it was sent.
static void print_text(const json_t *message)
{
    const struct channel_options *channel = verb_channel_named(verb_text(message, "channel"));
    char *text = strdup(verb_text(message, "text"));
    must(text != NULL);
    if (channel != NULL)
        specimen_show(channel, text);
    printf("\n%s\n", text);
    free(text);
}

static void print_whole(const struct figures *figures, const json_t *message)
{
    size_t i;
    const json_t *settled;
    print_message(figures, message);
    json_array_foreach (json_object_get(message, "settled"), i, settled)
        print_settled(figures, settled);
    print_text(message);
}

static int show_one(struct verb_call *call, const char *id)
{
    char target[VERB_TARGET_BYTES];
    json_t *message = NULL;
    verb_write_target(target, "GET /v1/messages/", id, "");
    int code = verb_ask(call, "notifier", target, &message);
    return verb_show(call, code, message, print_whole);
}

static void print_list(const struct figures *figures, const json_t *answer)
{
    size_t i;
    const json_t *message;
    json_array_foreach (json_object_get(answer, "messages"), i, message)
        print_message(figures, message);
    if (i == 0)
        printf("no messages\n");
    if (json_is_true(json_object_get(answer, "more")))
        printf("there are older ones: --limit\n");
}

int verb_messages(struct verb_call *call)
{
    if (call->argument_count == 1)
        return show_one(call, verb_visible(call->arguments[0]));
    char target[VERB_TARGET_BYTES] = "GET /v1/messages";
    static const char *const filters[] = {"rep", "state", "limit"};
    verb_add_options(call, filters, sizeof filters / sizeof *filters, target);
    if (verb_value(call, "dead") != NULL && verb_value(call, "state") == NULL)
        verb_add_parameter(target, "state", "dead");
    json_t *answer = NULL;
    int code = verb_ask(call, "notifier", target, &answer);
    return verb_show(call, code, answer, print_list);
}
