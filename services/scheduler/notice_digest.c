#include "services/scheduler/notice_digest.h"

#include "common/instant.h"
#include "common/must.h"
#include "tend/v1/journal.pb-c.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char *plain(const char *text)
{
    return (char *)(uintptr_t)text;
}

static char *date(struct arena *arena, int32_t day)
{
    char *text = arena_take(arena, DAY_TEXT_BYTES);
    day_print(day, text);
    return text;
}

static Tend__V1__DigestRow *row_message(struct arena *arena, const struct digest_row *row)
{
    Tend__V1__DigestRow *message = arena_take(arena, sizeof *message);
    tend__v1__digest_row__init(message);
    message->rep_id = plain(row->rep_id);
    message->rep_name = plain(row->rep_name);
    message->customers = row->customers;
    message->contacted = row->contacted;
    message->missing = row->missing;
    message->calls = row->calls;
    message->answered = row->answered;
    message->undated = row->undated;
    message->told = row->told;
    message->open = row->open;
    message->breaches = row->breaches;
    message->errors = row->errors;
    message->orders = row->orders;
    message->minutes = row->minutes;
    message->key_minutes = row->key_minutes;
    return message;
}

static Tend__V1__Digest *digest_message(struct arena *arena, const struct digest_notice *digest)
{
    Tend__V1__Digest *message = arena_take(arena, sizeof *message);
    tend__v1__digest__init(message);
    message->rep_id = plain(digest->rep_id);
    message->local_date = date(arena, digest->day);
    message->weekly = digest->weekly;
    message->late = digest->late;
    message->from_date = date(arena, digest->from_day);
    message->due = instant_make(arena, digest->due_ms);
    message->rows = arena_take(arena, (digest->row_count + 1) * sizeof *message->rows);
    for (size_t i = 0; i < digest->row_count; i++)
        message->rows[message->n_rows++] = row_message(arena, &digest->rows[i]);
    message->at_risk = notice_lines(arena, digest->at_risk, digest->at_risk_count);
    message->n_at_risk = digest->at_risk_count;
    message->points = notice_points(arena, digest->points, digest->point_count);
    message->n_points = digest->point_count;
    return message;
}

// What it is known by: the same digest again is the same.
static char *identify(struct arena *arena, const struct digest_notice *digest, uint8_t *ret_key)
{
    const char *which = arena_format(arena, "digest %s %s", digest->weekly ? "week" : "day", date(arena, digest->day));
    char *text = arena_take(arena, REMINDER_HEX);
    hash_pair(digest->manager_id, strlen(digest->manager_id), which, strlen(which), ret_key);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(text + 2 * i, 3, "%02x", ret_key[i]);
    return text;
}

void notice_digest(struct turn *turn, const struct digest_notice *digest)
{
    uint8_t key[HASH_BYTES];
    Tend__V1__Digest *message = digest_message(turn->arena, digest);
    message->digest_id = identify(turn->arena, digest, key);
    // The last row, which is for all, stays.
    while (tend__v1__digest__get_packed_size(message) > NOTICE_BYTES_MAX && message->n_rows > 1) {
        message->rows[message->n_rows - 2] = message->rows[message->n_rows - 1];
        message->n_rows--;
    }
    must(tend__v1__digest__get_packed_size(message) <= NOTICE_BYTES_MAX);
    (void)turn_emit(turn, &(struct emission){.type = TEND__V1__RECORD_TYPE__RECORD_TYPE_DIGEST,
                                             .owner_rep_id = digest->rep_id,
                                             .key = key,
                                             .message = &message->base});
}
