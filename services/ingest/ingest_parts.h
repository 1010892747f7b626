// What the files of ingest that see the whole service share, and nobody else includes.
#ifndef TEND_INGEST_INGEST_PARTS_H
#define TEND_INGEST_INGEST_PARTS_H

#include "services/ingest/access.h"
#include "services/ingest/feeds.h"
#include "services/ingest/ingest.h"
#include "services/ingest/intakeport.h"
#include "services/ingest/misfits.h"
#include "services/ingest/sources.h"
#include "services/ingest/state.h"

enum ingest_figure {
    FIGURE_EVENTS,
    FIGURE_IDENTITIES,
    FIGURE_BODIES,
    FIGURE_SILENT,
    FIGURE_REJECTED,
    FIGURE_REJECTED_LOST,
    FIGURE_STOPPED,
    FIGURE_BEHIND,
    INGEST_FIGURES
};

// What became of a body that was posted to a feed, as the metric tells it.
enum body_outcome {
    BODY_STORED,
    BODY_KNOWN,
    BODY_DROPPED,
    BODY_REJECTED,
    BODY_HANDSHAKE,
    BODY_UNAUTHENTICATED,
    BODY_LIMITED,
    BODY_OUTCOMES
};

struct ingest {
    struct ingest_options options;
    uint8_t *settings;
    size_t settings_length;
    struct access *access;
    struct state *state;
    struct feeds *feeds;
    struct misfits *misfits;
    struct sources *sources;
    struct intakeport *port;
    uint64_t unknown_feeds; // posts to feeds that there are not
    struct erasures *erasures;
    bool joins_current; // what joins.h keeps is as new as the journal
    struct metric *figures[INGEST_FIGURES];
};

#endif
