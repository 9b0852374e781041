/* The providers as `guichet doctor` tries them. */
#include "gateway/gateway_parts.h"
#include "gateway/provider/provider.h"
#include "gateway/provider/remote.h"
#include <string.h>

void gateway_list_remote(const struct gateway *gateway, struct arena *arena,
                         struct gateway_provider_name **out, size_t *count,
                         size_t *sandboxed_count) {
    const struct catalogue *catalogue = &gateway->catalogue;
    size_t all = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        all += catalogue->products[i].providers_count;
    }
    *out = ARENA_ARRAY(arena, struct gateway_provider_name, all);
    *count = 0;
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct catalogue_product *product = &catalogue->products[i];
        for (size_t j = 0; j < product->providers_count; j++) {
            if (product->providers[j].remote != NULL) {
                (*out)[(*count)++] =
                    (struct gateway_provider_name){product->id, product->providers[j].id};
            }
        }
    }
    *sandboxed_count = all - *count;
}

enum err gateway_try_remote(const struct gateway *gateway, struct arena *arena,
                            const struct gateway_provider_name *name, const char **said) {
    const struct catalogue_product *product = catalogue_find(&gateway->catalogue, name->product);
    for (size_t i = 0; product != NULL && i < product->providers_count; i++) {
        if (strcmp(product->providers[i].id, name->provider) == 0) {
            return remote_try(product->providers[i].remote, arena, said);
        }
    }
    return ERR_NOT_FOUND;
}
