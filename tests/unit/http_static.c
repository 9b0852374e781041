/* The frontend's folder: what is in it is served, nothing beside it. */
#include "http/static_files.h"
#include "test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct static_files *files;

static void write_file(const char *name, const char *text) {
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void make_folder(const char *name) {
    char path[160];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int load(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/guichet-static-XXXXXX");
    assert_non_null(mkdtemp(folder));
    make_folder("www");
    make_folder("www/static");
    write_file("secret", "secret");
    write_file("www/index.html", "<p>page</p>");
    write_file("www/routes.json", "{\"routes\":[{\"path\":\"/\"},{\"path\":\"/demandes/{id}\"}]}");
    write_file("www/static/a.js", "plain");
    write_file("www/static/a.js.gz", "zipped");
    write_file("www/static/.hidden", "hidden");
    char link[160];
    (void)snprintf(link, sizeof link, "%s/www/static/link.js", folder);
    assert_int_equal(symlink("../../secret", link), 0);
    char www[160];
    (void)snprintf(www, sizeof www, "%s/www", folder);
    files = static_files_load(www);
    return files == NULL;
}

static int unload(void **state) {
    (void)state;
    static const char *const NAMES[] = {
        "www/static/link.js",
        "www/static/.hidden",
        "www/static/a.js.gz",
        "www/static/a.js",
        "www/routes.json",
        "www/index.html",
        "secret",
        "www/static",
        "www",
        "",
    };
    static_files_free(files);
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        char path[160];
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        assert_int_equal(remove(path), 0);
    }
    return 0;
}

static enum err ask(struct arena *arena, const char *method, const char *path, const char *coding,
                    struct exchange *exchange) {
    struct pair *header = ARENA_NEW(arena, struct pair);
    *header = (struct pair){"Accept-Encoding", coding};
    *exchange = (struct exchange){.arena = arena};
    exchange->request.method_text = method;
    exchange->request.path = path;
    exchange->request.headers = header;
    exchange->request.headers_count = coding == NULL ? 0 : 1;
    return static_files_answer(files, exchange);
}

static void serves_files_pages_and_a_404_with_the_page(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct exchange exchange;
    assert_ok(ask(&arena, "GET", "/static/a.js", NULL, &exchange));
    assert_string_equal(exchange.response.body, "plain");
    assert_ok(ask(&arena, "GET", "/static/a.js", "br, gzip", &exchange));
    assert_string_equal(exchange.response.body, "zipped");
    assert_ok(ask(&arena, "GET", "/demandes/12", NULL, &exchange));
    assert_int_equal(exchange.response.status, 200);
    assert_string_equal(exchange.response.body, "<p>page</p>");
    assert_ok(ask(&arena, "GET", "/demandes/12/13", NULL, &exchange));
    assert_int_equal(exchange.response.status, 404);
    assert_int_equal(ask(&arena, "POST", "/demandes/12", NULL, &exchange), ERR_METHOD_NOT_ALLOWED);
    assert_int_equal(ask(&arena, "POST", "/elsewhere", NULL, &exchange), ERR_NOT_FOUND);
    assert_int_equal(ask(&arena, "GET", "/v1/elsewhere", NULL, &exchange), ERR_NOT_FOUND);
}

static void never_serves_files_outside_its_folder(void **state) {
    (void)state;
    static const char *const PATHS[] = {
        "/static/../../secret",
        "/../secret",
        "/static/link.js",
        "/static/.hidden",
        "/static/%2e%2e/%2e%2e/secret",
        "/static/..",
        "/static/",
        "/static//a.js",
        "/static/a.js.gz",
        "/static/a.js/",
        "//static/a.js",
    };
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        ARENA_AUTO(arena);
        struct exchange exchange;
        const enum err err = ask(&arena, "GET", PATHS[i], NULL, &exchange);
        if (err == ERR_NONE && exchange.response.status != 404) {
            fail_msg("served: %s", PATHS[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(serves_files_pages_and_a_404_with_the_page),
        cmocka_unit_test(never_serves_files_outside_its_folder),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
