// A YAML text as a tree of nodes that know their places. The only file that knows libfyaml. Internal to config_*.c.
//
// libfyaml sees only text that is UTF-8 without control characters and directives, and only its event parser is used:
// no document is built, so no alias is ever followed. Keys given twice, aliases, anchors, tags and deep nesting are
// errors.
#ifndef TEND_COMMON_CONFIG_NODE_H
#define TEND_COMMON_CONFIG_NODE_H

#include "common/config_errors.h"

enum {
    CONFIG_DEPTH = 16,     // our tables nest five deep
    CONFIG_NODES = 100000, // a megabyte of people needs less
};

enum config_shape {
    NODE_EMPTY, // nothing after the colon, ~ or null, without quotes
    NODE_SCALAR,
    NODE_MAPPING,
    NODE_SEQUENCE,
    NODE_REFUSED, // an alias or a tagged value, already complained about
};

struct config_node {
    enum config_shape shape;
    const char *text; // of a scalar, with a NUL behind it
    size_t length;
    const char *key; // NULL unless it is a value in a mapping
    struct config_place place, key_place;
    struct config_node *first, *next; // its values, in the order of the file; the next value beside it
    size_t count;
};

// Reads `list->text`. False when the text is no YAML or breaks a limit; the one error is then in the list, and no tree
// is to be had. True with the root otherwise, NULL for a text that holds nothing; errors in the list need not stop the
// reading.
bool config_node_read(struct config_complaints *list, struct config_node **ret_root);

// The value of a key in a mapping; NULL when there is none.
const struct config_node *config_node_find(const struct config_node *mapping, const char *key);

// The node that a key such as "scoring.rules[2].what" leads to from `node`, else the last one on the way; `ret_rest` is
// what of the key was not found. Names may hold dots, so each name of a mapping is tried, the longest first.
const struct config_node *config_node_locate(const struct config_node *node, const char *key, const char **ret_rest);

#endif
