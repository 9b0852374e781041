/* Work that waits in the database is taken by one worker, whichever began first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database.h"
#include "store/tx.h"

static struct database database;
static struct pool *pool;

static int create(void **state) {
    (void)state;
    database_create(&database, true);
    pool = pool_new(
        &(struct pool_options){.url = database.app_url, .connections = 2, .prepared = true});
    return database_run(
               &database,
               "INSERT INTO organisation (siret, name, state) VALUES"
               " ('21690123100011', 'Lyon', 'open');"
               "INSERT INTO account (id, email, email_key, given_name, family_name, state) VALUES"
               " ('00000000-0000-4000-8000-000000000001', 'a@lyon.example', 'a@lyon.example',"
               "  'A', 'A', 'active');"
               "INSERT INTO webhook (id, account_id, product, siret, url, events) VALUES"
               " ('00000000-0000-4000-8000-0000000000aa', '00000000-0000-4000-8000-000000000001',"
               "  'api-entreprise', '21690123100011', 'https://lyon.example/', '{token.rotated}');"
               "INSERT INTO webhook_event (id, event, product, siret, is_private, body, dispatched)"
               " VALUES ('00000000-0000-4000-8000-0000000000bb', 'token.rotated',"
               "  'api-entreprise', '21690123100011', false, '{}', true);"
               "INSERT INTO webhook_attempt (webhook_id, event_id) VALUES"
               " ('00000000-0000-4000-8000-0000000000aa', '00000000-0000-4000-8000-0000000000bb')")
               ? 0
               : -1;
}

static int drop(void **state) {
    (void)state;
    pool_free(pool);
    database_drop(&database);
    return 0;
}

static void leaves_a_delivery_to_the_one_that_claimed_it_since(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    TX_AUTO(older);
    assert_int_equal(tx_begin(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &older), ERR_NONE);
    assert_int_equal(tx_query_plain(&older, &SQL_WEBHOOK_EVENT_DISPATCH, NULL), ERR_NONE);
    struct rows *rows = NULL;
    assert_int_equal(pool_run(pool, &arena, IDENTITY_SYSTEM, TX_WRITE, &SQL_WEBHOOK_ATTEMPT_CLAIM,
                              NULL, 0, &rows),
                     ERR_NONE);
    assert_int_equal(rows->count, 1);
    assert_int_equal(tx_query_plain(&older, &SQL_WEBHOOK_ATTEMPT_CLAIM, &rows), ERR_NONE);
    assert_int_equal(rows->count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_a_delivery_to_the_one_that_claimed_it_since),
    };
    return cmocka_run_group_tests(tests, create, drop);
}
