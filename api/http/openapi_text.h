#ifndef GUICHET_HTTP_OPENAPI_TEXT_H
#define GUICHET_HTTP_OPENAPI_TEXT_H
/* openapi.yaml, embedded by embed_contract.cmake. */
#include <stddef.h>

extern const unsigned char OPENAPI_TEXT[];
extern const size_t OPENAPI_BYTES;
extern const char OPENAPI_ETAG[]; /* quoted */

#endif
