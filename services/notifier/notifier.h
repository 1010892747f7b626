// Notifier: how it gets to the rep. It follows the scheduler, turns reminders and call lists into messages in the rep's
// language, hands them to the rep's chat, and says in its journal how each of them fared.
#ifndef TEND_SERVICES_NOTIFIER_NOTIFIER_H
#define TEND_SERVICES_NOTIFIER_NOTIFIER_H

#include "common/service.h"
#include "services/notifier/options.h"

// Its port must be driven as struct port says, also in a rehearsal: nothing leaves before `after`.
extern const struct service notifier_service;

struct notifier;

// NULL with a sentence in ret_error when the options make no sense together. A secret that cannot be read shuts its
// channel only. The options must outlive the notifier.
struct notifier *notifier_open(const struct notifier_options *options, char *ret_error, size_t error_bytes);
void notifier_close(struct notifier **notifier);

#endif
