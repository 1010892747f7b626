#include "services/ingest/options.h"

#include "services/ingest/likeness.h"

static const struct config_key token_row[] = {
    {.name = "token", .type = CONFIG_SECRET, .help = "The name of a file that holds one token."},
    {0},
};

static const struct config_key source_row[] = {
    {.name = "source", .type = CONFIG_TEXT, .max = 128, .help = "A source of events."},
    {0},
};

static const struct config_choice scopes[] = {
    {"events", SCOPE_EVENTS}, {"answers", SCOPE_ANSWERS}, {"feeds", SCOPE_FEEDS}, {"rejected", SCOPE_REJECTED},
    {"erase", SCOPE_ERASE},   {"export", SCOPE_EXPORT},   {"audit", SCOPE_AUDIT}, {NULL, 0},
};

// A list of texts, each as the row says.
#define TEXTS(member, count_member, row)                                                                             \
    .type = CONFIG_LIST, .offset = AT(member), .count_offset = AT(count_member), .item_bytes = sizeof(const char *), \
    .keys = (row)

#define AT(member) offsetof(struct access_options, member)

static const struct config_key access_row[] = {
    {.name = "file",
     .type = CONFIG_SECRET,
     .offset = AT(file),
     .example = "secrets/shop.token",
     .help = "The name of a file that holds one token."},
    {.name = "scopes",
     .type = CONFIG_SET,
     .offset = AT(scopes),
     .choices = scopes,
     .fallback = "events",
     .help = "What it is for."},
    {.name = "sources",
     TEXTS(sources, source_count, source_row),
     .fallback = "",
     .max = 64,
     .help = "The sources whose events it may send; left out, any."},
    {.name = "rate",
     .type = CONFIG_TEXT,
     .offset = AT(rate),
     .fallback = "",
     .max = 20,
     .example = "500/1s",
     .help = "At most so many events in a time; more are answered 429 with Retry-After. Left out, any number."},
    {0},
};

#undef AT
#define AT(member) offsetof(struct join_options, member)

static const struct config_choice likenesses[] = {
    {"mail", LIKENESS_MAIL}, {"phone", LIKENESS_PHONE}, {"tax_id", LIKENESS_TAX_ID}, {NULL, 0}};

static const struct config_key field_row[] = {
    {.name = "field", .type = CONFIG_TEXT, .max = 64, .help = "The name of a field."},
    {0},
};

static const struct config_key value_row[] = {
    {.name = "value", .type = CONFIG_TEXT, .max = 200, .help = "A value, or a part of a mail address."},
    {0},
};

static const struct config_key join_keys[] = {
    {.name = "by",
     .type = CONFIG_SET,
     .offset = AT(by),
     .choices = likenesses,
     .fallback = "",
     .help = "What customers of several sources must share to be one, any of it. Left out, none are joined by rule."},
    {.name = "dry_run",
     .type = CONFIG_FLAG,
     .offset = AT(dry_run),
     .fallback = "false",
     .help = "Nobody is joined yet: `tend join --dry-run` shows who would be."},
    {.name = "sources",
     TEXTS(sources, source_count, source_row),
     .fallback = "",
     .max = 16,
     .help = "The sources whose customers are joined; the id of the one named first goes on. Left out, any, and the "
             "id that was known first."},
    {.name = "most",
     .type = CONFIG_INTEGER,
     .offset = AT(most),
     .fallback = "3",
     .min = 2,
     .max = 16,
     .help = "A value that more customers share joins nobody: it is that of an office, or of a shop's guests."},
    {.name = "same_source",
     .type = CONFIG_FLAG,
     .offset = AT(same_source),
     .fallback = "false",
     .help = "Whether two customers of one source may be one."},
    {.name = "country",
     .type = CONFIG_TEXT,
     .offset = AT(country),
     .fallback = "",
     .max = 2,
     .example = "CN",
     .help = "Whose telephone code a number gets that names none, where the customer names no country. Left out, such "
             "numbers join nobody."},
    {.name = "tax_fields",
     TEXTS(tax_fields, tax_field_count, field_row),
     .fallback = "tax_id, vat_id, vat, tin",
     .max = 16,
     .help = "The fields of customers' files that hold a tax number; capitals do not matter."},
    {.name = "excluded",
     TEXTS(excluded, excluded_count, value_row),
     .fallback = "noreply@, no-reply@",
     .max = 256,
     .help = "Values that join nobody: a mail address, what stands before its @ (`noreply@`) or from it on "
             "(`@example.com`), a telephone number as +8675588880000, a tax number in capitals."},
    {0},
};

#undef AT
#define AT(member) offsetof(struct ingest_options, member)

const struct config_key ingest_keys[] = {
    {.name = "listen",
     .type = CONFIG_ADDRESS,
     .offset = AT(listen),
     .fallback = "127.0.0.1:7410",
     .help = "Where apps post their events. Put a proxy with TLS in front before it leaves the machine."},
    {.name = "tokens",
     TEXTS(tokens, token_count, token_row),
     .fallback = "",
     .max = 16,
     .help = "Files with bearer tokens that may send events and answers of any source. When there is a token, here or "
             "under access, a request over HTTP without one is answered 401."},
    {.name = "access",
     .type = CONFIG_RECORDS,
     .offset = AT(access),
     .count_offset = AT(access_count),
     .item_bytes = sizeof(struct access_options),
     .keys = access_row,
     .fallback = "",
     .max = 48,
     .help = "Bearer tokens that may do some things only, or only for some sources."},
    {.name = "feeds",
     .type = CONFIG_FILE,
     .offset = AT(feeds),
     .fallback = "feeds.d",
     .help = "The folder of feed files: NAME.yaml in it is the feed NAME, which a shop's or an ERP's webhooks come in "
             "by, at /v1/feeds/NAME. Changes are taken over within seconds, no restart is needed."},
    {.name = "rejected_records",
     .type = CONFIG_INTEGER,
     .offset = AT(rejected_records),
     .fallback = "10000",
     .min = 10,
     .max = 100000, // an export reads them all in one turn
     .help = "How many bodies of feeds are kept that gave no valid event, to be corrected and replayed. The oldest go "
             "first."},
    {.name = "rejected_bytes",
     .type = CONFIG_BYTES,
     .offset = AT(rejected_bytes),
     .fallback = "64MiB",
     .min = 1048576,
     .max = 268435456, // half of what a turn may hold
     .help = "How many bytes they may take together."},
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
    {.name = "join",
     .type = CONFIG_GROUP,
     .offset = AT(join),
     .fallback = "",
     .keys = join_keys,
     .help = "Which customers of several sources are one by rule. A person's word, customer_merged or customer_split, "
             "counts before any rule. What changes here holds for a customer from its next customer_upserted on."},
    {0},
};
