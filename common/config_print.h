// The documented example of a configuration, printed from the tables that read it.
#ifndef TEND_COMMON_CONFIG_PRINT_H
#define TEND_COMMON_CONFIG_PRINT_H

#include "common/config.h"

// Writes YAML: each key with its sentence, type, range and default above it, and the key itself commented out at its
// default, or at its example where there is none. Explanations are "# " with a blank; a commented key is "#" right
// before its name, so that taking those away puts every key in force. Both forms read back without an error. Sections
// without keys are left out.
void config_print(FILE *file, const struct config_section *sections, size_t count);

#endif
