#include "services/tend/dayorder.h"

enum { MONTHS = 12, DAYS = 31 };

// A number of at most `most` digits; 0 when there is none.
static int read_number(const char **at, const char *end, int most)
{
    int number = 0, digits = 0;
    while (digits < most && *at < end && **at >= '0' && **at <= '9') {
        number = number * 10 + (*(*at)++ - '0');
        digits++;
    }
    return number;
}

enum dayorder_hint dayorder_hint(const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    int first = read_number(&at, end, 2);
    char sign = at < end ? *at : '\0';
    if (first == 0 || (sign != '/' && sign != '-' && sign != '.'))
        return DAYORDER_NONE;
    at++;
    int second = read_number(&at, end, 2);
    if (second == 0 || at == end || *at != sign)
        return DAYORDER_NONE;
    at++;
    const char *year = at;
    read_number(&at, end, 4);
    bool ended = at == end || *at == ' ' || *at == 'T';
    if (at - year != 4 || !ended || first > DAYS || second > DAYS || (first > MONTHS && second > MONTHS))
        return DAYORDER_NONE;
    if (first == second)
        return DAYORDER_SAME;
    return first > MONTHS ? DAYORDER_SAYS_DAY : second > MONTHS ? DAYORDER_SAYS_MONTH : DAYORDER_OPEN;
}

bool dayorder_parse(enum dayorder order, const char *text, size_t length, struct moment *ret_moment)
{
    static const char *const formats[][3] = {
        [DAYORDER_MONTH_FIRST] = {"M/D/YYYY", "M-D-YYYY", "M.D.YYYY"},
        [DAYORDER_DAY_FIRST] = {"D/M/YYYY", "D-M-YYYY", "D.M.YYYY"},
    };
    for (size_t i = 0; order != DAYORDER_UNKNOWN && i < 3; i++)
        if (moment_parse(formats[order][i], text, length, ret_moment))
            return true;
    return false;
}
