// `tend summary`: the whole book, on the terminal, as a page, or as JSON.
#include "services/tend/page.h"
#include "services/tend/summary.h"
#include "services/tend/summing.h"
#include "services/tend/verb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

// Writes the page beside its place first, so that a browser never finds half of one. False with errno.
static bool write_page(const char *path, const struct overview *overview, enum wording_language language)
{
    char aside[PATH_ROOM];
    if ((size_t)snprintf(aside, sizeof aside, "%s.%ld.new", path, (long)getpid()) >= sizeof aside) {
        errno = ENAMETOOLONG;
        return false;
    }
    FILE *out = fopen(aside, "w");
    if (out == NULL)
        return false;
    page_write(out, overview, language);
    bool good = ferror(out) == 0;
    good = fclose(out) == 0 && good && rename(aside, path) == 0;
    int reason = errno;
    if (!good)
        unlink(aside);
    errno = reason;
    return good;
}

static int show(const json_t *answer, const char *path, const struct screen *screen)
{
    struct overview overview;
    char error[400];
    if (!overview_open(answer, error, sizeof error, &overview)) {
        fprintf(stderr, "tend summary: %s\n", error);
        return VERB_PROBLEM;
    }
    int code = VERB_DONE;
    if (path == NULL) {
        summary_print(stdout, &overview, screen);
    } else if (write_page(path, &overview, screen->language)) {
        printf("%s is written; it needs nothing else and can be sent on\n", path);
    } else {
        fprintf(stderr, "tend summary: %s: %s\n", path, strerror(errno));
        code = VERB_PROBLEM;
    }
    overview_close(&overview);
    return code;
}

static void say_settling(const struct screen *screen)
{
    printf("\n%s%s%s\n", screen_colour(screen, "yellow"),
           wording(screen->language, "still settling: class limits are being merged"), screen_colour(screen, ""));
}

// Asks every process and adds up what they answer. VERB_UNREACHABLE with an answer: that of those that were reached.
static int ask(struct verb_call *call, json_t **ret_answer)
{
    json_t *answers[LANES_MAX];
    unsigned count;
    int code = verb_ask_all(call, "scoring", "GET /v1/summary", answers, &count);
    if (count == 0)
        return code;
    summing_add(answers[0], answers + 1, count - 1);
    for (unsigned i = 1; i < count; i++)
        json_decref(answers[i]);
    *ret_answer = answers[0];
    return code;
}

int verb_summary(struct verb_call *call)
{
    const char *path = verb_value(call, "html"), *language = verb_value(call, "lang");
    struct screen screen;
    screen_find(&screen);
    if (language != NULL && !wording_parse(language, &screen.language)) {
        fprintf(stderr, "tend summary: --lang is en or zh-CN, not \"%s\"\n", language);
        return VERB_USAGE;
    }
    if (path != NULL && call->json) {
        fprintf(stderr, "tend summary: --html writes a page and --json prints the figures: one of them\n");
        return VERB_USAGE;
    }
    json_t *answer = NULL;
    int code = ask(call, &answer);
    if (answer != NULL && call->json) {
        verb_print_json(answer);
    } else if (answer != NULL) {
        int shown = show(answer, path, &screen);
        if (shown == VERB_DONE && !summing_settled(answer, code == VERB_DONE))
            say_settling(&screen);
        code = shown != VERB_DONE ? shown : code;
    }
    json_decref(answer);
    return code;
}
