#include "security/security.h"
#include <sodium.h>

enum err security_init(void) {
    return sodium_init() < 0 ? ERR_UNAVAILABLE : ERR_NONE;
}
