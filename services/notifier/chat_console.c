// The terminal: for a first look and for tests. A message that may have been printed is printed again.
#include "services/notifier/driver.h"

#include "services/notifier/block.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { CONSOLE_BYTES = 40000 };

static const char *compose(struct arena *arena, const struct parcel *parcel, const struct destination *destination,
                           struct post *ret_post)
{
    (void)destination;
    *ret_post = (struct post){.url = ""};
    ret_post->body = block_text(arena, parcel, &ret_post->length);
    return NULL;
}

static void deliver(const struct post *post, struct verdict *ret_verdict)
{
    for (size_t at = 0; at < post->length;) {
        ssize_t written = write(STDOUT_FILENO, post->body + at, post->length - at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            verdict_set(ret_verdict, OUTCOME_RETRY, "standard output: %s", strerror(errno));
            return;
        }
        at += (size_t)written;
    }
    verdict_set(ret_verdict, OUTCOME_OK, "printed");
}

const struct driver driver_console = {
    .name = "console",
    .style = DISARM_PLAIN,
    .limit = CONSOLE_BYTES,
    .cost = cost_bytes,
    .pace = {.interval_ms = 1, .burst = 1000000},
    .compose = compose,
    .deliver = deliver,
};
