#include "services/tend/digits.h"

#include "common/money.h"

#include <stdio.h>
#include <string.h>

enum { THOUSAND = 1000, CENT_MICROS = 10000, PPM = 1000000 };

static void group(uint64_t number, char *buffer)
{
    char plain[24];
    int length = snprintf(plain, sizeof plain, "%llu", (unsigned long long)number), used = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buffer[used++] = ',';
        buffer[used++] = plain[i];
    }
    buffer[used] = '\0';
}

static uint64_t size_of(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

const char *digits_count(int64_t number, char *buffer)
{
    buffer[0] = '-';
    group(size_of(number), buffer + (number < 0));
    return buffer;
}

const char *digits_money(int64_t micros, char *buffer)
{
    uint64_t cents = (size_of(micros) + CENT_MICROS / 2) / CENT_MICROS;
    buffer[0] = '-';
    group(cents / 100, buffer + (micros < 0 && cents > 0));
    size_t used = strlen(buffer);
    snprintf(buffer + used, DIGITS_BYTES - used, ".%02u", (unsigned)(cents % 100));
    return buffer;
}

// Three digits of a number that is below a thousand units: 1.28, 12.8, 128.
static void print_three(double value, char *buffer)
{
    int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    snprintf(buffer, DIGITS_BYTES / 2, "%.*f", decimals, value);
    if (decimals > 0) {
        size_t length = strlen(buffer);
        while (buffer[length - 1] == '0')
            buffer[--length] = '\0';
        if (buffer[length - 1] == '.')
            buffer[length - 1] = '\0';
    }
}

const char *digits_short(int64_t micros, enum wording_language language, char *buffer)
{
    static const struct {
        double units;
        const char *mark;
    } steps[][4] = {
        [WORDING_EN] = {{1e9, "B"}, {1e6, "M"}, {1e3, "K"}, {1, ""}},
        [WORDING_ZH] = {{1e8, "亿"}, {1e4, "万"}, {1, ""}, {1, ""}},
    };
    double units = (double)size_of(micros) / MONEY_MICROS;
    size_t step = 0;
    // From 999.5 of a step on it would be written as 1000 of it, so the next one takes it.
    while (step < 3 && units < steps[language][step].units * 0.9995)
        step++;
    char number[DIGITS_BYTES / 2];
    print_three(units / steps[language][step].units, number);
    bool negative = micros < 0 && strcmp(number, "0") != 0;
    snprintf(buffer, DIGITS_BYTES, "%s%s%s", negative ? "-" : "", number, steps[language][step].mark);
    return buffer;
}

const char *digits_share(int64_t ppm, char *buffer)
{
    int64_t tenths = ((int64_t)size_of(ppm) + THOUSAND / 2) / THOUSAND;
    snprintf(buffer, DIGITS_BYTES, "%s%lld.%lld %%", ppm < 0 && tenths > 0 ? "-" : "", (long long)(tenths / 10),
             (long long)(tenths % 10));
    return buffer;
}

uint32_t digits_ppm(int64_t part, int64_t whole)
{
    if (part <= 0 || whole <= 0)
        return 0;
    int128 ppm = (int128)part * PPM / whole;
    return ppm > UINT32_MAX ? UINT32_MAX : (uint32_t)ppm;
}
