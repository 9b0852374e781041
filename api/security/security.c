#include "security/security.h"
#include "security/hash.h"
#include <sodium.h>

enum err security_init(void) {
    if (sodium_init() < 0) {
        return ERR_UNAVAILABLE;
    }
    hash_init();
    return ERR_NONE;
}
