// Characters that mean something in HTML and SVG. Pure.
#ifndef TEND_COMMON_ENTITY_H
#define TEND_COMMON_ENTITY_H

// What stands for & < > " ' between tags and in quoted attributes; NULL for a character that stands for itself.
const char *entity_of(char character);

#endif
