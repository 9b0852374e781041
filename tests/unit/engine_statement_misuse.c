/* Calls of typed statements that must not compile: tests/CMakeLists.txt compiles this file once as it is
 * and once for each case, and looks for the compiler's words. */
#include "sql/probe.h"

enum err misuse(struct tx *tx, struct probe_values *row, const char **text);

enum err misuse(struct tx *tx, struct probe_values *row, const char **text) {
    bool found = false;
    struct probe_pick pick;
#if defined RENAMED_COLUMN
    *text = row->word;
#elif defined NULL_NOT_LOOKED_AT
    *text = row->no_words;
#elif defined PARAMETER_FORGOTTEN
    TRY(sql_probe_violate(tx));
    TRY(sql_probe_values(tx, row, .words = "w", .fraction = 1, .flag = true,
                         .octets = bytes_of("", 0), .list = "{}", .no_words = NULL,
                         .no_whole = NULL_INT, .no_flag = NULL_BOOL));
#elif defined PARAMETER_TWICE
    TRY(sql_probe_values(tx, row, .words = "w", .words = "x", .fraction = 1, .flag = true,
                         .octets = bytes_of("", 0), .list = "{}", .no_words = NULL,
                         .no_whole = NULL_INT, .no_flag = NULL_BOOL));
#elif defined PARAMETER_OF_ANOTHER_TYPE
    TRY(sql_probe_pick(tx, &found, &pick, .times = "1"));
#elif defined PARAMETER_UNKNOWN
    TRY(sql_probe_pick(tx, &found, &pick, .time = 1));
#elif defined RESULT_OF_ANOTHER_ROW
    TRY(sql_probe_pick(tx, &found, row, .times = 1));
#elif defined RESULT_IGNORED
    sql_probe_pick(tx, &found, &pick, .times = 1);
#endif
    TRY(sql_probe_pick(tx, &found, &pick, .times = 1));
    *text = found ? pick.note.or_null : row->no_words.or_null;
    return ERR_NONE;
}
