/* Mistakes that analysis.test.mjs shows to the analysers; compiled into nothing. */
#include <stdlib.h>

int planted_null(void) {
    int *nothing = NULL;
    return *nothing;
}

int planted_double_free(int count) {
    char *twice = malloc((size_t)count);
    free(twice);
    free(twice);
    return count;
}

int planted_bounds(void) {
    int few[2] = {0, 0};
    return few[5];
}
