// An amount as a table writes it: digits, perhaps with a currency or a percent sign before or behind. Pure.
#ifndef TEND_TEND_AMOUNT_H
#define TEND_TEND_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>

struct amount {
    const char *digits; // within the text: for number.h
    size_t length;
    char currency[4]; // "USD" when it names one by its code, else ""
    bool sign;        // a sign such as $ stands there, which names no currency for sure
    bool percent;
};

// Takes `length` bytes apart: "1280.50", "1280.50 USD", "EUR 1.280,50", "$5", "15 %". Whether the digits are a number
// is left to number.h. False when nothing is left for them.
bool amount_split(const char *text, size_t length, struct amount *ret_amount);

#endif
