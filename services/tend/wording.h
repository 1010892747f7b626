// What the command line says about the whole book, in English and in Chinese. Pure.
#ifndef TEND_TEND_WORDING_H
#define TEND_TEND_WORDING_H

#include <stdbool.h>
#include <stddef.h>

enum wording_language { WORDING_EN, WORDING_ZH };

// The text in that language: itself in English, and where nothing else is known. Formats keep their places.
const char *wording(enum wording_language language, const char *english) __attribute__((format_arg(2)));

// The n-th text that has a translation, from 0, and that translation. False behind the last.
bool wording_at(size_t index, const char **ret_english, const char **ret_chinese);

// A value of a dimension as people read it: "vip" is "VIP", "yes" is "yes" or 是; other values stay as they are.
const char *wording_value(enum wording_language language, const char *value);

// "en" or "zh-CN". False when it is none of them.
bool wording_parse(const char *name, enum wording_language *ret_language);

// The language of a locale such as "zh_CN.UTF-8"; NULL and whatever else is English.
enum wording_language wording_of_locale(const char *locale);

// For the lang attribute of HTML.
const char *wording_tag(enum wording_language language);

#endif
