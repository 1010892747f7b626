// The device from which a rep answers: the browser of a phone or a desk. A link in a group's chat is seen by everybody
// there, and a page has no login; so the device of whoever answered once keeps in a cookie which rep that was, and the
// links of others are told apart from then on. Nobody can make or change the cookie's text without our key:
//
//     version 1 | expires 4, seconds since 1970 | the rep's id | HMAC-SHA256, the first 16
//
// as base64 for URLs, without padding. Its key is made of the key of tickets, so it lives as long as that, and neither
// is good for the other. It says whose answers come from there, and is no proof of who holds the phone.
#ifndef TEND_SERVICES_NOTIFIER_ANSWER_DEVICE_H
#define TEND_SERVICES_NOTIFIER_ANSWER_DEVICE_H

#include "services/notifier/ticket.h"

#include <stddef.h>

enum {
    DEVICE_REP_MOST = 128, // bytes of a rep's id: ingest takes no longer one
    DEVICE_REP_BYTES = DEVICE_REP_MOST + 1,
    DEVICE_DAYS = 180,         // from its last answer on
    DEVICE_COOKIE_BYTES = 320, // the text of the header, with all that follows
};

// Writes what Set-Cookie says, for a browser that talks `secure`ly with us. It names no path: browsers then send it
// where the page's own folder is, whatever a proxy has put in front of "/a/". There must be a current key. False for a
// rep whose id does not fit, and nothing is written.
bool device_write(const struct ticket_keys *keys, const char *rep, int64_t now_s, bool secure, char *ret_cookie);

// Looks for a good one among what the header Cookie says (NULL: there is none), and writes the rep's id, which has room
// for DEVICE_REP_BYTES. False when there is none: one that was forged, cut or has expired is none.
bool device_read(const struct ticket_keys *keys, const char *cookies, int64_t now_s, char *ret_rep);

#endif
