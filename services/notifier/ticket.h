// A ticket: what a link or a button in a message carries, so that whoever presses it can be taken at their word. It
// names the message, which of its reminders, and what is to happen, until when; nobody can make one or change one
// without our key. Short enough for the 64 bytes that the tightest chat gives to a button.
//
//     version 1 | message 6 | reminder 2 | action 1 | expires 4, seconds since 1970 | HMAC-SHA256, the first 12
//
// as base64 for URLs, without padding. A ticket tells no secret, and using one twice is the business of what it is for.
#ifndef TEND_SERVICES_NOTIFIER_TICKET_H
#define TEND_SERVICES_NOTIFIER_TICKET_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TICKET_KEY_BYTES = 32,
    TICKET_ID_LENGTH = 12, // of a message's id, in hexadecimal digits
    TICKET_TEXT_BYTES = 36,
};

// The number of an answer is that of the records' ReminderOutcome.
enum ticket_action {
    TICKET_OPEN, // looks at the page, and acts on nothing by itself
    TICKET_DONE,
    TICKET_NO_ANSWER,
    TICKET_SNOOZED,
    TICKET_RESCHEDULED,
    TICKET_NOT_INTERESTED,
    TICKET_ACTIONS
};

struct ticket {
    char message[TICKET_ID_LENGTH + 1];
    uint16_t item; // which of the message's reminders, from 1; 0: all of it
    enum ticket_action action;
    int64_t expires_s; // up to the year 2106
};

// The key that tickets are written with, and one that they may still be read with.
struct ticket_keys {
    uint8_t current[TICKET_KEY_BYTES], previous[TICKET_KEY_BYTES];
    bool has_current, has_previous;
};

enum ticket_reading { TICKET_GOOD, TICKET_FORGED, TICKET_EXPIRED };

// Writes the ticket as text of TICKET_TEXT_BYTES with its NUL. There must be a current key.
void ticket_write(const struct ticket_keys *keys, const struct ticket *ticket, char *ret_text);

// Reads one. The ticket is filled in when it is good or has expired.
enum ticket_reading ticket_read(const struct ticket_keys *keys, const char *text, int64_t now_s,
                                struct ticket *ret_ticket);

#endif
