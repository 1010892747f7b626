#include "services/ingest/refusals.h"

#include <stdio.h>

bool refusals_note(struct refusals *refusals, bool known, int64_t now_ms)
{
    if (refusals->row++ == 0)
        refusals->since_ms = now_ms;
    refusals->last_ms = now_ms;
    bool lately = refusals->said_ms != 0 && now_ms - refusals->said_ms < REFUSALS_SAY_MS;
    if (refusals->said || lately || refusals_count(refusals, known) == 0)
        return false;
    refusals->said = true;
    refusals->said_ms = now_ms;
    return true;
}

void refusals_end(struct refusals *refusals)
{
    refusals->row = 0;
    refusals->said = false;
    refusals->believed = true;
}

void refusals_forget(struct refusals *refusals)
{
    refusals->row = 0;
    refusals->said = false;
    refusals->said_ms = 0;
}

uint64_t refusals_count(const struct refusals *refusals, bool known)
{
    return refusals->row >= (known || refusals->believed ? REFUSALS_LEAST : 1) ? refusals->row : 0;
}

void refusals_why(const struct auth *auth, const char *file, char ret_why[REFUSALS_WHY_BYTES])
{
    const char *others = auth->secret_count > 1 ? " and the others of secrets" : "";
    bool timed = auth->kind == AUTH_STANDARD_WEBHOOKS || auth->time[0] != '\0';
    if (auth->kind == AUTH_NONE)
        snprintf(ret_why, REFUSALS_WHY_BYTES, "not sent from this machine, and auth none believes nobody else");
    else if (auth->kind == AUTH_BEARER || auth->kind == AUTH_URL)
        snprintf(ret_why, REFUSALS_WHY_BYTES, "sent without its secret: compare %s%s with what the other end sends",
                 file, others);
    else
        snprintf(ret_why, REFUSALS_WHY_BYTES, "not signed with its secret%s: compare %s%s with the other end's",
                 timed ? ", or by a clock that is wrong" : "", file, others);
}
