// What became of one attempt to hand a message to a chat, as far as the answer tells.
//
// A 2xx alone is never success: several chats tell their failures inside of one. Each driver knows its chat's exact
// success and its codes as a table of rules; here is what they share.
#ifndef TEND_SERVICES_NOTIFIER_VERDICT_H
#define TEND_SERVICES_NOTIFIER_VERDICT_H

#include <stddef.h>
#include <stdint.h>

enum outcome {
    OUTCOME_OK,
    OUTCOME_RETRY,    // not delivered, may be next time; counts as an attempt
    OUTCOME_THROTTLE, // not delivered; the whole channel waits, and it does not count as an attempt
    OUTCOME_REJECT,   // this message can never pass; the channel is fine
    OUTCOME_CONFIG,   // no message can pass before somebody mends the channel
    OUTCOME_GONE,     // the recipient is no more
    OUTCOME_UNKNOWN,  // may have been delivered
    OUTCOME_STALE,    // not delivered; what the channel was granted is no longer good
    OUTCOMES
};

enum {
    DETAIL_BYTES = 200,
    RECEIPT_BYTES = 160,
    THROTTLE_MS = 60 * 1000, // when neither the chat nor its rule says for how long
};

struct verdict {
    enum outcome outcome;
    int64_t after_ms;          // RETRY, THROTTLE, CONFIG: not before; 0: as we see fit
    char detail[DETAIL_BYTES]; // for people: the chat's code and words, never a secret
    size_t ours;               // bytes of it before the chat's own words, which may repeat what it was sent

    // OK: how the chat names the message, so that it can be changed there; empty: it does not say, or it does not fit.
    char receipt[RECEIPT_BYTES];
};

// What came back. `body` may be cut at ANSWER_BYTES.
struct answer {
    int status;
    const char *body;
    size_t length;
    int64_t retry_after_ms; // -1: nothing said
    unsigned throttled;     // how often in a row the channel was throttled before this
};

enum { ANSWER_BYTES = 64 * 1024 };

// A row of a chat's table: the first that fits decides. `says` must be found in the chat's words, whatever the case;
// NULL fits all. `status` 0 fits all. `after_s` is for RETRY, THROTTLE and CONFIG, `again_s` when it was throttled just
// before. The last row has code NULL.
struct rule {
    const char *code;
    const char *says;
    int status;
    enum outcome outcome;
    int after_s, again_s;
};

// Judges by the chat's code and words; a code without a row is REJECT in a 2xx, else the status decides.
void verdict_by_rules(const struct rule *rules, const char *code, const char *words, const struct answer *answer,
                      struct verdict *ret_verdict);

// Judges by the HTTP status alone; a 2xx that the driver did not understand is UNKNOWN.
void verdict_by_status(const struct answer *answer, struct verdict *ret_verdict);

// Fills in an outcome and, after the format, what it is about; no receipt.
__attribute__((format(printf, 3, 4))) void verdict_set(struct verdict *verdict, enum outcome outcome,
                                                       const char *format, ...);

// Sets the receipt; one that is too long is left out.
__attribute__((format(printf, 2, 3))) void verdict_receipt(struct verdict *verdict, const char *format, ...);

// "ok", "retry", "throttle", "reject", "config", "gone", "unknown", "stale".
const char *outcome_name(enum outcome outcome);

#endif
