# sql/ in the program: sqlgen (its README) makes C of the statements; migrations, functions, policies and
# roles.sql are embedded too, so the program needs no file beside it to migrate.

# Runs on this machine while building: without sanitizers, whatever the program is built with.
file(GLOB sqlgen_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/engine/sqlgen/*.c)
add_executable(sqlgen ${sqlgen_sources})
target_link_libraries(sqlgen PRIVATE guichet_warnings)
set_target_properties(sqlgen PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tools)

# guichet_sql(target queries out [sql]): the C of a folder of statements, in a target.
function(guichet_sql target queries out)
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS ${queries}/*.sql)
    file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${queries} ${queries}/*)
    set(outputs "")
    foreach(folder ${folders})
        if(IS_DIRECTORY ${queries}/${folder})
            list(APPEND outputs ${out}/sql/${folder}.h ${out}/sql/${folder}.c)
        endif()
    endforeach()
    if(ARGN)
        file(GLOB embedded CONFIGURE_DEPENDS ${ARGN}/migrations/*.sql ${ARGN}/functions/*.sql
            ${ARGN}/policies/*.sql ${ARGN}/roles.sql)
        list(APPEND inputs ${embedded})
        list(APPEND outputs ${out}/sql_catalogue.c)
    endif()
    # A file that was renamed or deleted leaves no newer input behind: the list of names changes.
    set(names ${CMAKE_CURRENT_BINARY_DIR}/${target}_sql.txt)
    file(CONFIGURE OUTPUT ${names} CONTENT "${inputs}" @ONLY)
    # Ninja looks again at what a command left alone (restat): what did not change is not built.
    add_custom_command(
        OUTPUT ${outputs}
        COMMAND sqlgen ${queries} ${out} ${ARGN}
        DEPENDS sqlgen ${names} ${inputs}
        COMMENT "Generating C of ${queries}"
        VERBATIM)
    target_sources(${target} PRIVATE ${outputs})
    target_include_directories(${target} PUBLIC ${out})
    add_custom_target(${target}_sql DEPENDS ${outputs})
    add_dependencies(${target} ${target}_sql)
endfunction()

set(sql ${CMAKE_SOURCE_DIR}/sql)
guichet_sql(guichet_engine ${sql}/queries ${CMAKE_CURRENT_BINARY_DIR}/generated ${sql})
