// Numbers as people read them: grouped, shortened, as a share. Pure.
#ifndef TEND_TEND_DIGITS_H
#define TEND_TEND_DIGITS_H

#include "services/tend/wording.h"

#include <stdint.h>

enum { DIGITS_BYTES = 40 }; // what every buffer here holds

// "1,234,567". Each returns its buffer.
const char *digits_count(int64_t number, char *buffer);

// An amount in micros, "1,280.50", rounded half away from zero to hundredths.
const char *digits_money(int64_t micros, char *buffer);

// The same in at most seven characters, three or four of them digits: "980", "12.8K", "1.28M"; in Chinese "1.28万",
// "1.28亿". Rounded, so for a picture only.
const char *digits_short(int64_t micros, enum wording_language language, char *buffer);

// Parts per million as "12.3 %", rounded half up.
const char *digits_share(int64_t ppm, char *buffer);

// What part of `whole` is, in parts per million, rounded down; 0 of nothing.
uint32_t digits_ppm(int64_t part, int64_t whole);

#endif
