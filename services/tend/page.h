// The page of `tend summary --html`: the whole book in one file that needs nothing else, light or dark as the reader's
// device is set, and readable on a phone. It holds no script and asks for nothing over the net; whatever comes from
// outside is escaped.
#ifndef TEND_TEND_PAGE_H
#define TEND_TEND_PAGE_H

#include "services/tend/overview.h"

#include <stdio.h>

// Writes the page. Whether that went well is the caller's to ask of the file.
void page_write(FILE *out, const struct overview *overview, enum wording_language language);

// The style sheet of the page, which the pictures' classes refer to: its parts, ended by NULL.
extern const char *const page_style[];

#endif
