// What anybody may ask in numbers and takes long has connections of its own; searches too short for an index are
// refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { stopwatch } from '../support/stopwatch.mjs';
import { waitFor } from '../support/wait.mjs';

const HEAVY = 8;

let server;
let person;
let support;
let instructor;
before(async () => {
  server = await startServer();
  person = await logInAs(server, { siret: SIRETS.CLAMART });
  support = await logInAs(server, { siret: SIRETS.DINUM, role: 'support' });
  instructor = await logInAs(server, { siret: SIRETS.DINUM, role: 'instructor:api-entreprise' });
});
after(() => server.stop());

test('eight_heavy_reads_never_make_others_wait', async () => {
  for (const [table, path] of [
    ['directory_establishment', '/v1/directory/establishments?q=mairie'],
    ['habilitation', '/v1/open-data/habilitations.csv'],
    ['decision', '/v1/statistics'],
  ]) {
    const release = await server.database.hold(`lock table ${table} in access exclusive mode`);
    let isHeld = true;
    const asked = Array.from({ length: HEAVY }, async () => {
      const visitor = server.client();
      while (isHeld) (await visitor.get(path)).expect(200, 503);
      visitor.close();
    });
    await waitFor('heavy reads that wait', async () => {
      const [count] = await server.database.sql(
        `select count(*) from pg_stat_activity where usename = 'guichet_app' and wait_event_type = 'Lock'`,
      );
      return Number(count) >= 2;
    });
    const elapsedMs = stopwatch();
    for (let i = 0; i < 5; i++) {
      (await person.client.get('/v1/account')).expect(200);
      (await person.client.get('/v1/requests')).expect(200);
    }
    assert.ok(elapsedMs() < 1000, `${path}: ${elapsedMs()} ms`);
    isHeld = false;
    await release();
    await Promise.all(asked);
    (await server.client().get(path)).expect(200);
  }
});

test('a_search_needs_three_letters_or_digits_in_a_row', async () => {
  const searches = [
    [instructor, '/v1/requests?q='],
    [support, '/v1/memberships?q='],
    [person, '/v1/directory/establishments?q='],
  ];
  for (const [{ client }, path] of searches) {
    for (const words of [
      'a',
      'ab',
      'é€',
      'a b c',
      'l’ete'.slice(0, 3),
      '%%%',
      '...',
      'd',
      '12',
      'a-b-c',
    ]) {
      const answer = await client.get(path + encodeURIComponent(words));
      assert.deepEqual(answer.expect(422).codes, { q: 'too_short' }, `${path} ${words}`);
      assert.match(JSON.stringify(answer.body), /trois lettres ou chiffres qui se suivent/);
    }
    for (const words of ['abc', 'été', 'a bcd', '123', 'Ελλ', 'l’été']) {
      (await client.get(path + encodeURIComponent(words))).expect(200);
    }
    assert.deepEqual((await client.get(path + 'x'.repeat(256))).expect(422).codes, {
      q: 'too_long',
    });
  }
  for (const number of ['D1', 'h2']) {
    (await instructor.client.get(`/v1/requests?q=${number}`)).expect(200);
    for (const [{ client }, path] of searches.slice(1)) {
      assert.deepEqual((await client.get(path + number)).expect(422).codes, { q: 'too_short' });
    }
  }
  const kept = { name: 'Courts', query: { q: 'ab' } };
  assert.deepEqual((await instructor.client.post('/v1/saved-filters', kept)).expect(422).codes, {
    '/query/q': 'too_short',
  });
});
