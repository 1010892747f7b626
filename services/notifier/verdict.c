#include "services/notifier/verdict.h"

#include "common/must.h"
#include "services/notifier/disarm.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORDS_MOST = 80, WORDS_BYTES = 150, SECOND_MS = 1000 };

// By status, for what no rule knew: the first row that holds it.
static const struct {
    int from, to;
    enum outcome outcome;
    const char *words;
} statuses[] = {
    {200, 299, OUTCOME_UNKNOWN, "the answer is not what the chat says on success"},
    {300, 399, OUTCOME_CONFIG, "redirected, which is not followed"},
    {401, 405, OUTCOME_CONFIG, "refused: check the channel's URL and secret"},
    {407, 407, OUTCOME_CONFIG, "the proxy refuses us"},
    {408, 408, OUTCOME_RETRY, "the chat timed out"},
    {410, 410, OUTCOME_GONE, "gone for good"},
    {421, 421, OUTCOME_RETRY, "misdirected"},
    {425, 425, OUTCOME_RETRY, "too early"},
    {429, 429, OUTCOME_THROTTLE, "too many messages"},
    {400, 499, OUTCOME_REJECT, "the message was refused"},
    {504, 504, OUTCOME_UNKNOWN, "a gateway waited in vain for the chat, which may have it"},
    {500, 599, OUTCOME_RETRY, "the chat is in trouble"},
};

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[OUTCOMES] = {"ok",     "retry", "throttle", "reject",
                                                "config", "gone",  "unknown",  "stale"};
    must((size_t)outcome < OUTCOMES);
    return names[outcome];
}

void verdict_set(struct verdict *verdict, enum outcome outcome, const char *format, ...)
{
    verdict->outcome = outcome;
    verdict->after_ms = 0;
    verdict->receipt[0] = '\0';
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(verdict->detail, sizeof verdict->detail, format, arguments);
    va_end(arguments);
    verdict->ours = strlen(verdict->detail);
}

void verdict_receipt(struct verdict *verdict, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(verdict->receipt, sizeof verdict->receipt, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof verdict->receipt)
        verdict->receipt[0] = '\0';
}

// How long to wait: what the chat said wins over what we know of it.
static void set_wait(struct verdict *verdict, const struct answer *answer, int after_s, int again_s)
{
    if (verdict->outcome == OUTCOME_CONFIG)
        verdict->after_ms = (int64_t)after_s * SECOND_MS; // what a person must mend, no moment of the chat's mends
    if (verdict->outcome != OUTCOME_RETRY && verdict->outcome != OUTCOME_THROTTLE)
        return;
    int seconds = answer->throttled > 0 && again_s > 0 ? again_s : after_s;
    verdict->after_ms = (int64_t)seconds * SECOND_MS;
    if (answer->retry_after_ms >= 0)
        verdict->after_ms = answer->retry_after_ms;
    else if (verdict->outcome == OUTCOME_THROTTLE && seconds == 0)
        verdict->after_ms = THROTTLE_MS;
}

void verdict_by_status(const struct answer *answer, struct verdict *ret_verdict)
{
    verdict_set(ret_verdict, OUTCOME_UNKNOWN, "HTTP %d is no answer that we know", answer->status);
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (answer->status < statuses[i].from || answer->status > statuses[i].to)
            continue;
        verdict_set(ret_verdict, statuses[i].outcome, "HTTP %d: %s", answer->status, statuses[i].words);
        break;
    }
    set_wait(ret_verdict, answer, 0, 0);
}

void verdict_by_rules(const struct rule *rules, const char *code, const char *words, const struct answer *answer,
                      struct verdict *ret_verdict)
{
    char clean[WORDS_BYTES], clean_code[WORDS_BYTES / 3];
    disarm(words, strlen(words), DISARM_PLAIN, WORDS_MOST, clean, sizeof clean);
    disarm(code, strlen(code), DISARM_PLAIN, WORDS_MOST, clean_code, sizeof clean_code);
    const char *between = clean[0] == '\0' ? "" : ": ";
    for (const struct rule *rule = rules; rule->code != NULL; rule++) {
        if (strcmp(rule->code, code) != 0 || (rule->status != 0 && rule->status != answer->status) ||
            (rule->says != NULL && strcasestr(words, rule->says) == NULL))
            continue;
        verdict_set(ret_verdict, rule->outcome, "%s%s%s", clean_code, between, clean);
        ret_verdict->ours = strlen(clean_code);
        set_wait(ret_verdict, answer, rule->after_s, rule->again_s);
        return;
    }
    if (answer->status < 200 || answer->status > 299) {
        verdict_by_status(answer, ret_verdict);
        size_t used = strlen(ret_verdict->detail);
        snprintf(ret_verdict->detail + used, sizeof ret_verdict->detail - used, " (%.40s%s%.60s)", clean_code, between,
                 clean);
        return;
    }
    verdict_set(ret_verdict, OUTCOME_REJECT, "%s%s%s (a code that we do not know)", clean_code, between, clean);
    ret_verdict->ours = strlen(clean_code);
}
