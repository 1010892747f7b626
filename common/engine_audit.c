// Who reads and who changes what: what the engine writes into the audit log with its turns.
#include "common/engine_state.h"

enum { REFUSED = 400 }; // the least status that says so

void engine_audit(struct engine *engine, struct turn *turn, const struct inbound *requests, size_t count)
{
    if (engine->audit == NULL)
        return;
    audit_flush(engine->audit, turn, false);
    for (size_t i = 0; i < count; i++) {
        struct audit_entry entry;
        if (!requests[i].taken || !audit_concerns(&requests[i].request, &entry))
            continue;
        audit_complete(&entry, &requests[i].reply);
        if (entry.status >= REFUSED)
            audit_refuse(engine->audit, &entry, turn->now_ms);
        else
            audit_put(turn, &entry);
    }
}
