#include "services/ingest/options.h"

static const struct config_key token_row[] = {
    {.name = "token", .type = CONFIG_SECRET, .help = "The name of a file that holds one token."},
    {0},
};

#define AT(member) offsetof(struct ingest_options, member)

const struct config_key ingest_keys[] = {
    {.name = "listen",
     .type = CONFIG_ADDRESS,
     .offset = AT(listen),
     .fallback = "127.0.0.1:7410",
     .help = "Where apps post their events. Put a proxy with TLS in front before it leaves the machine."},
    {.name = "tokens",
     .type = CONFIG_LIST,
     .offset = AT(tokens),
     .count_offset = AT(token_count),
     .item_bytes = sizeof(const char *),
     .keys = token_row,
     .fallback = "",
     .max = 16,
     .help =
         "Files with bearer tokens. When there is one, a POST over HTTP without a token of the list is answered 401."},
    {.name = "keep_ids",
     .type = CONFIG_DURATION,
     .offset = AT(keep_ids_ms),
     .fallback = "400d",
     .min = INT64_C(3600000),
     .max = INT64_C(315360000000),
     .help = "How long an event's identity is remembered, so that the same event again changes nothing."},
    {.name = "seal_records",
     .type = CONFIG_INTEGER,
     .offset = AT(seal_records),
     .fallback = "1048576",
     .min = 16,
     .max = 16777216,
     .help = "How many identities are sorted and put away at once. The newest two times as many stay in memory."},
    {0},
};
