// MD5 and SHA-1, which some senders and chats still sign with and libsodium does not have. Pure. Good for nothing else:
// neither withstands somebody who may choose both texts.
#ifndef TEND_COMMON_DIGEST_H
#define TEND_COMMON_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_MD5_BYTES = 16, DIGEST_SHA1_BYTES = 20 };

// A text in pieces.
struct digest_piece {
    const void *bytes;
    size_t length;
};

// RFC 1321.
void digest_md5(const struct digest_piece *pieces, size_t count, uint8_t ret_digest[DIGEST_MD5_BYTES]);

// RFC 3174.
void digest_sha1(const struct digest_piece *pieces, size_t count, uint8_t ret_digest[DIGEST_SHA1_BYTES]);

// RFC 2104 with SHA-1.
void digest_hmac_sha1(const void *key, size_t key_length, const struct digest_piece *pieces, size_t count,
                      uint8_t ret_digest[DIGEST_SHA1_BYTES]);

#endif
