// A bookmark: how far a broker's stream was read, and how to know that it is still the same stream. Pure.
//
// A number is not a position: a stream that was made anew counts from the beginning again. So a bookmark also has when
// the stream was made, where the broker says that (NATS), and a hash of the last message taken, which is read once more
// where it does not (Kafka).
#ifndef TEND_INGEST_BOOKMARK_H
#define TEND_INGEST_BOOKMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BOOKMARK_NAME_BYTES = 256, // of a stream or topic, with the NUL
    BOOKMARK_ROW_BYTES = 8 + 8 + 8 + BOOKMARK_NAME_BYTES,
    BOOKMARK_WHY_BYTES = 500,
    BOOKMARKS_OF_FEED = 256, // partitions that one feed reads
};

struct bookmark {
    char stream[BOOKMARK_NAME_BYTES]; // or topic
    uint32_t partition;               // of a topic; 0 for a stream
    uint64_t epoch;                   // when the stream was made, nanoseconds since 1970; 0: not known
    uint64_t last;                    // the number of the last message taken
    uint64_t content;                 // a hash of that message, an odd number; 0: not known
};

// In the place of `content`: nothing was taken yet, and `last` is the number of the first message that is to be. So a
// feed that begins with what is new still knows where that was when it is read on after a pause.
#define BOOKMARK_BEGINS UINT64_C(2)

// What the broker says about a stream or a partition now.
struct bookmark_stream {
    const char *name;
    uint64_t epoch;
    uint64_t first; // the number of the oldest message that is still there
    uint64_t end;   // the number that the next message will have
};

enum bookmark_answer {
    BOOKMARK_GOOD,    // go on behind it
    BOOKMARK_MISSED,  // go on, but messages were removed before they were read
    BOOKMARK_STRANGE, // this is another history than was read
};

// The number of the message that is to be taken next.
uint64_t bookmark_next(const struct bookmark *mark);

// Whether the stream is the one that was read. Writes a sentence without a full stop unless it is good.
enum bookmark_answer bookmark_check(const struct bookmark *mark, const struct bookmark_stream *stream, char *ret_why,
                                    size_t why_bytes);

// Whether a message with the number of the mark's last one is that message; the sentence says so when it is not.
bool bookmark_same(const struct bookmark *mark, uint64_t content, char *ret_why, size_t why_bytes);

// As a row of a table: returns its length, at most BOOKMARK_ROW_BYTES. The partition is part of the key, not of the
// row. False when the bytes are no row.
size_t bookmark_pack(const struct bookmark *mark, uint8_t *row);
bool bookmark_unpack(const uint8_t *row, size_t length, struct bookmark *ret_mark);

#endif
