/* The scanner's name is looked up for each scan: the wrapped getaddrinfo moves it to another address. */
#include "outbound/clamav.h"
#include "test.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in where; /* the name leads there */
static int lookups;

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);
void __wrap_freeaddrinfo(struct addrinfo *found);

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found) {
    static struct addrinfo only;
    assert_string_equal(node, "scanner.example");
    assert_int_equal(strtol(service, NULL, 10), ntohs(where.sin_port));
    assert_int_equal(hints->ai_socktype, SOCK_STREAM);
    only = (struct addrinfo){.ai_family = AF_INET,
                             .ai_socktype = SOCK_STREAM,
                             .ai_addr = (struct sockaddr *)&where,
                             .ai_addrlen = sizeof where};
    *found = &only;
    lookups++;
    return 0;
}

void __wrap_freeaddrinfo(struct addrinfo *found) {
    (void)found;
}

/* Answers each connection in turn with the next of these. */
static const char *const REPLIES[] = {"stream: OK", "stream: Guichet.Sample FOUND",
                                      "INSTREAM size limit exceeded. ERROR"};
enum { SCANS = sizeof REPLIES / sizeof *REPLIES };

static void *serve(void *argument) {
    const int listening = *(const int *)argument;
    for (size_t i = 0; i < SCANS; i++) {
        char taken[256];
        const int connection = accept(listening, NULL, NULL);
        (void)!read(connection, taken, sizeof taken);
        (void)!write(connection, REPLIES[i], strlen(REPLIES[i]) + 1);
        (void)close(connection);
    }
    return NULL;
}

static void resolves_the_name_of_the_scanner_at_each_scan(void **state) {
    (void)state;
    static const enum err VERDICTS[SCANS] = {ERR_NONE, ERR_NONE, ERR_INVALID};
    ARENA_AUTO(arena);
    struct field_errors errors;
    struct clamav *clamav = NULL;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002)};
    socklen_t size = sizeof address;
    pthread_t thread;
    bool is_infected = false;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_ok(bind(listening, (struct sockaddr *)&address, sizeof address));
    assert_ok(listen(listening, 1));
    assert_ok(getsockname(listening, (struct sockaddr *)&address, &size));
    field_errors_init(&errors, &arena);
    const struct config config = {
        .clamav = arena_printf(&arena, "scanner.example:%d", ntohs(address.sin_port))};
    assert_ok(clamav_new(&config, &errors, &clamav));
    assert_int_equal(lookups, 0);

    where = address;
    where.sin_addr.s_addr = htonl(0x7f000003); /* nobody there */
    assert_int_equal(clamav_scan(clamav, "x", 1, &is_infected), ERR_UNAVAILABLE);
    where = address;
    assert_ok(pthread_create(&thread, NULL, serve, &listening));
    for (size_t i = 0; i < SCANS; i++) {
        assert_int_equal(clamav_scan(clamav, "x", 1, &is_infected), VERDICTS[i]);
        assert_int_equal(is_infected, i == 1);
    }
    assert_int_equal(lookups, 1 + SCANS);
    pthread_join(thread, NULL);
    (void)close(listening);
    clamav_free(clamav);
}

static void refuses_a_setting_that_names_no_scanner(void **state) {
    (void)state;
    static const char *const BAD[] = {
        "scanner", ":3310", "scanner:", "scanner:0", "scanner:65536", "scanner:clamd"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        ARENA_AUTO(arena);
        struct field_errors errors;
        struct clamav *clamav = NULL;
        const struct config config = {.clamav = BAD[i]};
        field_errors_init(&errors, &arena);
        assert_int_equal(clamav_new(&config, &errors, &clamav), ERR_INVALID);
        assert_string_equal(errors.first->pointer, "GUICHET_CLAMAV");
        assert_null(clamav);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_the_name_of_the_scanner_at_each_scan),
        cmocka_unit_test(refuses_a_setting_that_names_no_scanner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
