// Likeness: what tells that two customers are the same one: a mail address, a telephone number, a tax number, each
// written in one way. Pure.
#ifndef TEND_INGEST_LIKENESS_H
#define TEND_INGEST_LIKENESS_H

#include "services/ingest/dialling.h"

enum likeness { LIKENESS_MAIL, LIKENESS_PHONE, LIKENESS_TAX_ID, LIKENESSES };

enum { LIKENESS_BYTES = 256 }; // of a mail address (RFC 5321 has 254) and its end

// "mail address", as people say it.
extern const char *const likeness_words[LIKENESSES];

// Writes a value in the one way: mails in small letters, telephone numbers as dialling.h has them, tax numbers in
// capitals, without what stands between letters and digits. False for what is no such value.
bool likeness_make(enum likeness kind, const char *text, const char *country, char ret_value[LIKENESS_BYTES]);

// Whether a value made so is among those that join nobody: "a@b.example" itself, "info@" at whomever, "@b.example"
// whoever there, or a telephone or tax number in the same writing.
bool likeness_excluded(const char *value, const char *const *excluded, size_t count);

#endif
