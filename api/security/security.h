#ifndef GUICHET_SECURITY_SECURITY_H
#define GUICHET_SECURITY_SECURITY_H
#include "base/err.h"

/* Initialises the libraries of this room. Call once, before any thread is started and before anything
 * else of this room. ERR_UNAVAILABLE where the kernel gives no randomness. */
MUST_CHECK enum err security_init(void);

#endif
