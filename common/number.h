// Numbers as people and programs write them in tables. Pure.
//
// Which of "." and "," stands before the decimals is one rule for a whole file. It is told, or found like this over the
// first rows, from every number column at once:
//   both signs in one number     the last one stands before the decimals        1.280,50   1,280.50
//   one sign more than once      it parts thousands, the other one is decimal   1.280.500  1,280,500
//   one sign once                it is decimal, unless exactly three digits follow it and one to three, not "0", stand
//                                before it: then the number says nothing        1280,5     0,125      (1,280 says
//                                nothing)
// Numbers that say different things, or that all say nothing, leave the rule open and people must tell it. Numbers
// without any sign need no rule. Spaces (also no-break ones) and apostrophes may part thousands under either rule.
// Commas may also part lakhs, as in 12,34,567.89.
#ifndef TEND_COMMON_NUMBER_H
#define TEND_COMMON_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decimal_sign { DECIMAL_UNKNOWN, DECIMAL_POINT, DECIMAL_COMMA };

// What a number says about the decimal sign.
enum number_hint { NUMBER_PLAIN, NUMBER_OPEN, NUMBER_SAYS_POINT, NUMBER_SAYS_COMMA, NUMBER_WRONG };

// What `length` bytes say. NUMBER_WRONG: no number under either rule.
enum number_hint number_hint(const char *text, size_t length);

// What was seen so far of a file: zeroed at first.
struct number_poll {
    uint64_t plain, open, point, comma;
    uint64_t open_line, point_line, comma_line; // the first line of each, 0 for none
};

// Counts one number in; `line` is where it stands.
void number_poll_add(struct number_poll *poll, const char *text, size_t length, uint64_t line);

enum number_verdict {
    VERDICT_PLAIN, // no number held a sign: nothing to decide
    VERDICT_POINT,
    VERDICT_COMMA,
    VERDICT_OPEN,  // each could be thousands or decimals
    VERDICT_MIXED, // some say point, some comma
};

// What all numbers that were counted in say together.
enum number_verdict number_poll_verdict(const struct number_poll *poll);

// Reads a number in micros under the rule: an optional sign, digits in one run or in thousands, rounded half away from
// zero to six decimals (programs write 41.913600000000004), a size of at most 9 * 10^15 micros. Under DECIMAL_UNKNOWN a
// number that says point is read so, and what says comma or nothing is refused. False when it is no such number.
bool number_parse(const char *text, size_t length, enum decimal_sign sign, int64_t *ret_micros);

#endif
