// Events on their way to ingest over ZeroMQ: a sender (sender.h). A batch that is not answered, since ingest was
// stopped or the machine is busy, is sent again until it is; that costs nothing, because ingest knows the events again.
#ifndef TEND_TEND_POSTBOX_H
#define TEND_TEND_POSTBOX_H

#include "services/tend/sender.h"

#include <stdbool.h>
#include <stddef.h>

struct postbox;

// A postbox for the endpoint, NULL when ingest cannot be reached there: `ret_error` (`bytes`) says so in a sentence.
struct postbox *postbox_open(const char *endpoint, char *ret_error, size_t bytes);

// Takes NULL.
void postbox_close(struct postbox **postbox);

// It as a sender; lives as long as the postbox.
struct sender postbox_sender(struct postbox *postbox);

#endif
