// Countries by the names that people write into tables, in English and in Chinese. Those that trade most; the two
// capitals name all the others. Pure.
#ifndef TEND_TEND_COUNTRY_H
#define TEND_TEND_COUNTRY_H

enum { COUNTRY_BYTES = 3 }; // two capitals and the NUL

// The ISO 3166 code of "China", "中国", "cn" or "UK"; capitals, spaces and points do not matter. Two letters that are
// no name of ours are taken for a code. "" when the name is not known.
void country_code(const char *name, char ret_code[COUNTRY_BYTES]);

#endif
