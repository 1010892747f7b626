// The presets: feed files that come with the program, presets/NAME.yaml.
#ifndef TEND_INGEST_PRESET_H
#define TEND_INGEST_PRESET_H

#include <stddef.h>

struct preset {
    const char *name;
    const char *text; // of the file, without a NUL behind it
    size_t length;
};

// All of them, in the order of their names.
extern const struct preset presets[];
extern const size_t preset_count;

// NULL when there is none of that name.
const struct preset *preset_find(const char *name);

// The name that was probably meant; NULL when none is near.
const char *preset_meant(const char *wrong);

#endif
