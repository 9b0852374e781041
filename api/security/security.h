#ifndef GUICHET_SECURITY_SECURITY_H
#define GUICHET_SECURITY_SECURITY_H
#include "base/err.h"

/* To be called once before any thread is started and before anything else of this folder.
 * ERR_UNAVAILABLE where the kernel gives no randomness. */
MUST_CHECK enum err security_init(void);

#endif
