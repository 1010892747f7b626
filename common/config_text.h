// Text as people see it on a terminal: what may be shown, how wide it is, and safe quotes. Pure.
#ifndef TEND_COMMON_CONFIG_TEXT_H
#define TEND_COMMON_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONFIG_QUOTE_BYTES = 64 };

// Reads the character that starts at `text` and returns its bytes (1 to 4); 0 when `length` is 0 or it is no valid
// UTF-8.
size_t config_text_next(const char *text, size_t length, uint32_t *ret_point);

// True for C0 and C1 control characters, line ends and tabs included, and for the marks that turn the writing
// direction.
bool config_text_control(uint32_t point);

// True for valid UTF-8 without control characters.
bool config_text_clean(const char *text, size_t length);

// The length of the text without the torn character that a cut may have left at its end.
size_t config_text_whole(const char *text, size_t length);

// The columns a terminal gives the character: 2 for Chinese, Japanese, Korean, full-width forms and most pictures,
// else 1.
int config_text_columns(uint32_t point);

// Writes the text in double quotes, shortened with "..." and with "?" for what is no clean character.
// `buffer` holds CONFIG_QUOTE_BYTES.
void config_text_quote(const char *text, size_t length, char *buffer);

#endif
