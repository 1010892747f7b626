// The dimensions that scoring knows and the words of their values, as it answers them, for telling what a slip of the
// finger was meant to be.
#ifndef TEND_TEND_GLOSSARY_H
#define TEND_TEND_GLOSSARY_H

#include "services/tend/verb.h"

// Asks scoring, once: `glossary` begins as NULL, is filled by the first call and given back with json_decref. Returns a
// verb_exit, having printed what is wrong.
int glossary_ask(struct verb_call *call, json_t **glossary);

// The dimension of a name, which may leave out what stands before the dot where that says it too ("clv"); it lives as
// long as the glossary. NULL, having printed what was perhaps meant.
const char *glossary_name(const struct verb_call *call, const json_t *glossary, const char *name);

// The same for a word of a dimension that there is; capitals do not matter.
const char *glossary_word(const struct verb_call *call, const json_t *glossary, const char *dimension,
                          const char *word);

#endif
