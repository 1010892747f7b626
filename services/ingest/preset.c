#include "services/ingest/preset.h"

#include "common/must.h"
#include "common/nearest.h"

#include <string.h>

enum { PRESETS_MAX = 64 };

const struct preset *preset_find(const char *name)
{
    for (size_t i = 0; i < preset_count; i++)
        if (strcmp(presets[i].name, name) == 0)
            return &presets[i];
    return NULL;
}

const char *preset_meant(const char *wrong)
{
    const char *names[PRESETS_MAX];
    must(preset_count <= PRESETS_MAX);
    for (size_t i = 0; i < preset_count; i++)
        names[i] = presets[i].name;
    return nearest_name(wrong, names, preset_count);
}
