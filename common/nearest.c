#include "common/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum {
    // Longer names are not compared; it bounds the work and the rows on the stack.
    NAME_BYTES = 64,
};

static bool same(char one, char other)
{
    return tolower((unsigned char)one) == tolower((unsigned char)other);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t nearest_edits(const char *one, const char *other)
{
    size_t rows = strnlen(one, NAME_BYTES);
    size_t columns = strnlen(other, NAME_BYTES);
    size_t apart = rows > columns ? rows - columns : columns - rows;
    if (rows == NAME_BYTES || columns == NAME_BYTES || apart > NEAREST_EDITS)
        return NEAREST_EDITS + 1;
    // The table of distances between all beginnings, of which three rows are alive: this one and the two above it.
    size_t table[3][NAME_BYTES + 1];
    for (size_t column = 0; column <= columns; column++)
        table[0][column] = column;
    for (size_t row = 1; row <= rows; row++) {
        size_t *line = table[row % 3];
        const size_t *above = table[(row - 1) % 3];
        line[0] = row;
        for (size_t column = 1; column <= columns; column++) {
            size_t changed = above[column - 1] + (same(one[row - 1], other[column - 1]) ? 0 : 1);
            line[column] = least(changed, least(above[column], line[column - 1]) + 1);
            if (row > 1 && column > 1 && same(one[row - 1], other[column - 2]) && same(one[row - 2], other[column - 1]))
                line[column] = least(line[column], table[(row - 2) % 3][column - 2] + 1);
        }
    }
    return least(table[rows % 3][columns], NEAREST_EDITS + 1);
}

const char *nearest_name(const char *wrong, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t fewest = NEAREST_EDITS + 1;
    for (size_t i = 0; i < count; i++) {
        size_t edits = nearest_edits(wrong, names[i]);
        if (edits < fewest && edits < strlen(names[i])) {
            fewest = edits;
            best = names[i];
        }
    }
    return best;
}
