// Whose an address is: the customers of a list by their mail addresses and telephone numbers. A shop's orders name
// their customers so, its list of customers has the id that everything else is told under. One that several customers
// share is nobody's.
#ifndef TEND_TEND_ADDRESSES_H
#define TEND_TEND_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>

struct import;
struct addresses;

// Reads the import of customers to its end; its bad rows are told when it is imported itself. False with a sentence in
// `ret_error` (IMPORT_ERROR_BYTES) when reading cannot go on.
bool addresses_open(struct import *import, char *ret_error, struct addresses **ret_addresses);

// Takes NULL.
void addresses_close(struct addresses **addresses);

// The id of the customer whose mail address or telephone number this is, capitals and what parts the digits no matter;
// NULL when there is none. Lives as long as the addresses.
const char *addresses_find(const struct addresses *addresses, const char *address);

#endif
