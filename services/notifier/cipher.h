// A cipher: AES-256 in CBC mode, for chats that lock their callbacks with it. Only the way back to the plain text, for
// nobody here locks anything. Looks nothing up by a secret, so the time it takes tells nothing of the key. Pure.
// FIPS 197; NIST SP 800-38A, section 6.2; the padding of RFC 5652, section 6.3.
#ifndef TEND_SERVICES_NOTIFIER_CIPHER_H
#define TEND_SERVICES_NOTIFIER_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CIPHER_KEY_BYTES = 32,
    CIPHER_BLOCK_BYTES = 16,
};

// Unlocks `length` bytes in place: the first block is the vector, the text stands behind it with its padding, which is
// at most `padding` bytes: those of a block, or of what a chat takes for one. True moves the text to the front and says
// how long it is. False when the length or the padding is wrong; the bytes are of no use then. A wrong key is nearly
// always noticed by the padding, but that is no proof of who locked it.
bool cipher_unlock(const uint8_t key[CIPHER_KEY_BYTES], size_t padding, uint8_t *bytes, size_t length,
                   size_t *ret_length);

#endif
