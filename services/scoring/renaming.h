// A renaming: what became of the numbers by which configured names go in what was announced, when the configuration
// lists the names otherwise than it did. Pure.
#ifndef TEND_SCORING_RENAMING_H
#define TEND_SCORING_RENAMING_H

#include "services/scoring/dimension.h"

enum { RENAMING_TEXT_BYTES = 4096 }; // sixteen classes and four schemes with long names

struct renaming {
    bool needed;                     // some number is another one now
    uint8_t classes[UINT8_MAX + 1];  // the new number of a class; 0: there is no such class any more
    uint8_t schemes[DIMENSION_ROOM]; // the old place of the scheme that is now at a place; UINT8_MAX: it is new
    // Customers of whom something was announced that has no name any more; schemes by their old places.
    uint32_t lost_classes, lost_schemes[DIMENSION_ROOM];
};

// Writes the names as text, one a line, to be kept beside what is announced; what is too long is left out. Returns the
// length.
size_t renaming_text(const struct dimension_names *names, char buffer[RENAMING_TEXT_BYTES]);

// Compares the names that were kept with those in force.
void renaming_make(const char *text, size_t length, const struct dimension_names *names, struct renaming *ret_renaming);

// Gives what was announced of a customer the new numbers, and counts what is lost.
void renaming_apply(struct renaming *renaming, uint8_t said[DIMENSION_ROOM]);

#endif
