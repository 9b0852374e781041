file(GLOB templates CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/mail/templates/*.txt)
set(templates_source ${CMAKE_CURRENT_BINARY_DIR}/mail_templates.c)
add_custom_command(
    OUTPUT ${templates_source}
    COMMAND ${CMAKE_COMMAND} -D DIR=${CMAKE_CURRENT_SOURCE_DIR}/mail/templates -D OUT=${templates_source}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/mail/embed_templates.cmake
    DEPENDS ${templates} mail/embed_templates.cmake
    COMMENT "Embedding mail templates"
    VERBATIM)
target_sources(guichet_mail PRIVATE ${templates_source})
