# Every sql/queries/<room>/<name>.sql becomes SQL_<NAME>; migrations and roles.sql are embedded too, so
# the program needs no file beside it to migrate.
file(GLOB_RECURSE sql_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/*.sql)
set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
add_custom_command(
    OUTPUT ${generated}/engine/sql.h ${generated}/engine_sql.c
    COMMAND ${CMAKE_COMMAND} -D SQL_DIR=${CMAKE_SOURCE_DIR}/sql -D OUT=${generated}
            -P ${CMAKE_CURRENT_SOURCE_DIR}/engine/embed_sql.cmake
    DEPENDS ${sql_files} engine/embed_sql.cmake
    COMMENT "Embedding sql/"
    VERBATIM)

# French texts in statements: bytes above 127.
set_source_files_properties(${generated}/engine_sql.c PROPERTIES COMPILE_OPTIONS -Wno-conversion)
target_sources(guichet_engine PRIVATE ${generated}/engine_sql.c ${generated}/engine/sql.h)
target_include_directories(guichet_engine PUBLIC ${generated})
add_custom_target(guichet_sql DEPENDS ${generated}/engine/sql.h)
add_dependencies(guichet_engine guichet_sql)
