set(contract ${CMAKE_CURRENT_BINARY_DIR}/openapi_text.c)
add_custom_command(
    OUTPUT ${contract}
    COMMAND ${CMAKE_COMMAND} -D FILE=${CMAKE_SOURCE_DIR}/openapi.yaml -D OUT=${contract}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/http/embed_contract.cmake
    DEPENDS ${CMAKE_SOURCE_DIR}/openapi.yaml http/embed_contract.cmake
    COMMENT "Embedding openapi.yaml"
    VERBATIM)
target_sources(guichet_http PRIVATE ${contract})
