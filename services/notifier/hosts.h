// Hosts: which chat a URL belongs to. A URL is a secret that is pasted from one of several pages, and one in the wrong
// channel would never work, or tell another chat about customers.
#ifndef TEND_SERVICES_NOTIFIER_HOSTS_H
#define TEND_SERVICES_NOTIFIER_HOSTS_H

#include "services/notifier/driver.h"

enum { HOST_BYTES = 256 };

// The host of a URL into `ret_host`, which holds HOST_BYTES; false when there is none, or a user before it.
bool hosts_read(const char *url, char *ret_host);

// Whether a URL with a host can be one of the driver's chat: it is one by driver.hosts, or no other chat's of the
// `count` drivers. Otherwise a sentence without the URL, as it goes on after the key's name, is in ret_error.
bool hosts_fit(const struct driver *driver, const struct driver *const *all, size_t count, const char *url,
               char *ret_error, size_t error_bytes);

#endif
