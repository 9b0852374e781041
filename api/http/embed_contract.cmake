# cmake -D FILE=… -D OUT=… -P embed_contract.cmake: writes openapi.yaml as C bytes.
file(READ ${FILE} hex HEX)
file(SHA256 ${FILE} sum)
string(SUBSTRING ${sum} 0 16 etag)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
file(WRITE ${OUT} "/* Generated from openapi.yaml. */
#include \"http/openapi_text.h\"

const unsigned char OPENAPI_TEXT[] = {${hex}0x00};
const size_t OPENAPI_BYTES = sizeof OPENAPI_TEXT - 1;
const char OPENAPI_ETAG[] = \"\\\"${etag}\\\"\";
")
