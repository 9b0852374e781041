#ifndef GUICHET_GATEWAY_CATALOGUE_READ_H
#define GUICHET_GATEWAY_CATALOGUE_READ_H
/* From endpoints.json to structs. For catalogue.c only. */
#include "gateway/catalogue.h"

void catalogue_read(struct catalogue *catalogue, struct arena *arena,
                    const struct products *products, const struct config *config,
                    struct field_errors *errors);
/* The look-up tree of these endpoints. */
const struct catalogue_node *catalogue_tree(struct arena *arena, const struct endpoint *endpoints,
                                            size_t count);

#endif
