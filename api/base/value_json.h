#ifndef GUICHET_BASE_VALUE_JSON_H
#define GUICHET_BASE_VALUE_JSON_H
/* What value.c and json.c share, and nobody else: a struct value is a json_t of jansson. */
#include "base/value.h"
#include <jansson.h>

/* Takes over the caller's reference, which the arena gives back when it is cleared. Ends the process
 * where `json` is NULL, which only lack of memory gives. */
struct value *value_adopt(struct arena *arena, json_t *json);

#endif
