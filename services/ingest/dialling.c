#include "services/ingest/dialling.h"

#include <stdlib.h>
#include <string.h>

enum {
    LEAST = 7,           // digits: shorter ones are extensions and emergency calls
    MOST = 15,           // E.164
    NATIONAL_LEAST = 10, // digits behind a country's code that is written without a mark, so that it is one
    DIFFERENT_LEAST = 3, // 000000000 and 1111112 are nobody's
};

struct row {
    char country[3], code[4];
};

// ITU-T E.164, list of assigned codes; by country.
static const struct row rows[] = {
    {"AC", "247"}, {"AD", "376"}, {"AE", "971"}, {"AF", "93"},  {"AG", "1"},   {"AI", "1"},   {"AL", "355"},
    {"AM", "374"}, {"AO", "244"}, {"AR", "54"},  {"AS", "1"},   {"AT", "43"},  {"AU", "61"},  {"AW", "297"},
    {"AX", "358"}, {"AZ", "994"}, {"BA", "387"}, {"BB", "1"},   {"BD", "880"}, {"BE", "32"},  {"BF", "226"},
    {"BG", "359"}, {"BH", "973"}, {"BI", "257"}, {"BJ", "229"}, {"BL", "590"}, {"BM", "1"},   {"BN", "673"},
    {"BO", "591"}, {"BQ", "599"}, {"BR", "55"},  {"BS", "1"},   {"BT", "975"}, {"BW", "267"}, {"BY", "375"},
    {"BZ", "501"}, {"CA", "1"},   {"CC", "61"},  {"CD", "243"}, {"CF", "236"}, {"CG", "242"}, {"CH", "41"},
    {"CI", "225"}, {"CK", "682"}, {"CL", "56"},  {"CM", "237"}, {"CN", "86"},  {"CO", "57"},  {"CR", "506"},
    {"CU", "53"},  {"CV", "238"}, {"CW", "599"}, {"CX", "61"},  {"CY", "357"}, {"CZ", "420"}, {"DE", "49"},
    {"DJ", "253"}, {"DK", "45"},  {"DM", "1"},   {"DO", "1"},   {"DZ", "213"}, {"EC", "593"}, {"EE", "372"},
    {"EG", "20"},  {"EH", "212"}, {"ER", "291"}, {"ES", "34"},  {"ET", "251"}, {"FI", "358"}, {"FJ", "679"},
    {"FK", "500"}, {"FM", "691"}, {"FO", "298"}, {"FR", "33"},  {"GA", "241"}, {"GB", "44"},  {"GD", "1"},
    {"GE", "995"}, {"GF", "594"}, {"GG", "44"},  {"GH", "233"}, {"GI", "350"}, {"GL", "299"}, {"GM", "220"},
    {"GN", "224"}, {"GP", "590"}, {"GQ", "240"}, {"GR", "30"},  {"GT", "502"}, {"GU", "1"},   {"GW", "245"},
    {"GY", "592"}, {"HK", "852"}, {"HN", "504"}, {"HR", "385"}, {"HT", "509"}, {"HU", "36"},  {"ID", "62"},
    {"IE", "353"}, {"IL", "972"}, {"IM", "44"},  {"IN", "91"},  {"IO", "246"}, {"IQ", "964"}, {"IR", "98"},
    {"IS", "354"}, {"IT", "39"},  {"JE", "44"},  {"JM", "1"},   {"JO", "962"}, {"JP", "81"},  {"KE", "254"},
    {"KG", "996"}, {"KH", "855"}, {"KI", "686"}, {"KM", "269"}, {"KN", "1"},   {"KP", "850"}, {"KR", "82"},
    {"KW", "965"}, {"KY", "1"},   {"KZ", "7"},   {"LA", "856"}, {"LB", "961"}, {"LC", "1"},   {"LI", "423"},
    {"LK", "94"},  {"LR", "231"}, {"LS", "266"}, {"LT", "370"}, {"LU", "352"}, {"LV", "371"}, {"LY", "218"},
    {"MA", "212"}, {"MC", "377"}, {"MD", "373"}, {"ME", "382"}, {"MF", "590"}, {"MG", "261"}, {"MH", "692"},
    {"MK", "389"}, {"ML", "223"}, {"MM", "95"},  {"MN", "976"}, {"MO", "853"}, {"MP", "1"},   {"MQ", "596"},
    {"MR", "222"}, {"MS", "1"},   {"MT", "356"}, {"MU", "230"}, {"MV", "960"}, {"MW", "265"}, {"MX", "52"},
    {"MY", "60"},  {"MZ", "258"}, {"NA", "264"}, {"NC", "687"}, {"NE", "227"}, {"NF", "672"}, {"NG", "234"},
    {"NI", "505"}, {"NL", "31"},  {"NO", "47"},  {"NP", "977"}, {"NR", "674"}, {"NU", "683"}, {"NZ", "64"},
    {"OM", "968"}, {"PA", "507"}, {"PE", "51"},  {"PF", "689"}, {"PG", "675"}, {"PH", "63"},  {"PK", "92"},
    {"PL", "48"},  {"PM", "508"}, {"PR", "1"},   {"PS", "970"}, {"PT", "351"}, {"PW", "680"}, {"PY", "595"},
    {"QA", "974"}, {"RE", "262"}, {"RO", "40"},  {"RS", "381"}, {"RU", "7"},   {"RW", "250"}, {"SA", "966"},
    {"SB", "677"}, {"SC", "248"}, {"SD", "249"}, {"SE", "46"},  {"SG", "65"},  {"SH", "290"}, {"SI", "386"},
    {"SJ", "47"},  {"SK", "421"}, {"SL", "232"}, {"SM", "378"}, {"SN", "221"}, {"SO", "252"}, {"SR", "597"},
    {"SS", "211"}, {"ST", "239"}, {"SV", "503"}, {"SX", "1"},   {"SY", "963"}, {"SZ", "268"}, {"TC", "1"},
    {"TD", "235"}, {"TG", "228"}, {"TH", "66"},  {"TJ", "992"}, {"TK", "690"}, {"TL", "670"}, {"TM", "993"},
    {"TN", "216"}, {"TO", "676"}, {"TR", "90"},  {"TT", "1"},   {"TV", "688"}, {"TW", "886"}, {"TZ", "255"},
    {"UA", "380"}, {"UG", "256"}, {"US", "1"},   {"UY", "598"}, {"UZ", "998"}, {"VA", "39"},  {"VC", "1"},
    {"VE", "58"},  {"VG", "1"},   {"VI", "1"},   {"VN", "84"},  {"VU", "678"}, {"WF", "681"}, {"WS", "685"},
    {"XK", "383"}, {"YE", "967"}, {"YT", "262"}, {"ZA", "27"},  {"ZM", "260"}, {"ZW", "263"}};

static int compare(const void *key, const void *row)
{
    return strcmp(key, ((const struct row *)row)->country);
}

const char *dialling_code(const char *country)
{
    const struct row *row = bsearch(country, rows, sizeof rows / sizeof *rows, sizeof *rows, compare);
    return row != NULL ? row->code : NULL;
}

// The digits of a text. False when it holds something else than digits and what people write between them. `ret_plus`:
// there is a + before them.
static bool read_digits(const char *text, char ret_digits[MOST + 8], bool *ret_plus)
{
    size_t count = 0;
    *ret_plus = false;
    for (; *text != '\0'; text++) {
        if (*text == '+' && count == 0 && !*ret_plus) {
            *ret_plus = true;
        } else if (strncmp(text, "(0)", 3) == 0 && *ret_plus) {
            text += 2; // +44 (0)20: the 0 is for those inside
        } else if (*text >= '0' && *text <= '9') {
            if (count == MOST + 7)
                return false;
            ret_digits[count++] = *text;
        } else if (strchr(" -./()", *text) == NULL) {
            return false;
        }
    }
    ret_digits[count] = '\0';
    return true;
}

static bool has_different(const char *digits)
{
    unsigned seen = 0;
    for (; *digits != '\0'; digits++)
        seen |= 1u << (*digits - '0');
    return __builtin_popcount(seen) >= DIFFERENT_LEAST;
}

// The part of a national number that is dialled from abroad.
static const char *without_trunk(const char *digits, const char *country, const char *code)
{
    bool kept = strcmp(code, "39") == 0 || strcmp(country, "SM") == 0; // Italy's 0 is part of the number
    if (strcmp(country, "HU") == 0 && strncmp(digits, "06", 2) == 0)
        return digits + 2;
    if (strcmp(code, "7") == 0 && digits[0] == '8' && strlen(digits) == NATIONAL_LEAST + 1)
        return digits + 1;
    return digits[0] == '0' && !kept ? digits + 1 : digits;
}

bool dialling_number(const char *text, const char *country, char ret_number[DIALLING_BYTES])
{
    char room[MOST + 8];
    const char *digits = room, *code = "";
    bool plus;
    if (!read_digits(text, room, &plus) || !has_different(room))
        return false;
    if (!plus && strncmp(digits, "00", 2) == 0) {
        digits += 2;
    } else if (!plus) {
        code = dialling_code(country);
        if (code == NULL)
            return false;
        size_t length = strlen(code);
        if (strncmp(digits, code, length) == 0 && strlen(digits) >= length + NATIONAL_LEAST)
            code = ""; // it is there, without the mark
        else
            digits = without_trunk(digits, country, code);
    }
    size_t before = strlen(code), length = strlen(digits);
    if (length < LEAST - 1 || before + length > MOST || before + length < LEAST)
        return false;
    ret_number[0] = '+';
    memcpy(ret_number + 1, code, before);
    memcpy(ret_number + 1 + before, digits, length + 1);
    return true;
}
