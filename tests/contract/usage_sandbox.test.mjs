// Calls that the built-in sandbox answered, told from those of a provider wherever calls are listed or counted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logInAs } from '../support/accounts.mjs';
import { Provider, providersFile } from '../support/provider.mjs';
import { startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED, Issuer } from '../support/tokens.mjs';
import { waitFor } from '../support/wait.mjs';

const RGE = '/v3/ademe/etablissements/{siret}/certification_rge';
const UNIT = '/v4/insee/sirene/unites_legales/{siren}';
const REAL = RGE.slice(1).replace('{siret}', '13002526500013');
const INVENTED = UNIT.slice(1).replace('{siren}', '130025265');
const UNKNOWN_UNIT = UNIT.slice(1).replace('{siren}', '000000000');

let provider;
let providers;
let server;
let owner;
let token;
/** Of the calls, the first one first; who answered stands in their header. */
let answers;

const read = (path, headers = {}) =>
  owner.client.get(`/v1/tokens/${token.id}/${path}`, { headers }).then((a) => a.expect(200));

before(async () => {
  provider = await new Provider().start();
  providers = await providersFile({ ademe: { base_url: provider.url } });
  server = await startServer({ env: { GUICHET_PROVIDERS_FILE: providers.file } });
  const issuer = await new Issuer(server).start();
  owner = await logInAs(server, { siret: SIRETS.CLAMART });
  const [{ id }] = await server.database.rows(
    `select id from account where email = '${owner.email}'`,
  );
  const scopes = ['unites_legales_etablissements_insee', 'certificat_rge_ademe'];
  token = await issuer.issue({ scopes, siret: SIRETS.CLAMART, applicantId: id });
  answers = [];
  // The last is refused before anybody is called.
  for (const path of [
    `${REAL}?${ASKED}`,
    `${INVENTED}?${ASKED}`,
    `${UNKNOWN_UNIT}?${ASKED}`,
    INVENTED,
  ])
    answers.push(await token.get(path));
  await waitFor('the record', async () => (await read('calls')).body.items.length === 4);
});
after(async () => {
  await server?.stop();
  await provider?.stop();
  await providers?.remove();
});

const published = async () =>
  (await server.client().get('/v1/statistics')).expect(200).body.calls_last_30_days;

test('a_call_says_whether_the_sandbox_answered_it', async () => {
  assert.deepEqual(
    answers.map(({ status, headers }) => [status, headers['x-guichet-sandbox']]),
    [
      [200, undefined],
      [200, 'true'],
      [404, 'true'],
      [422, undefined],
    ],
  );
  const { items } = (await read('calls')).body;
  assert.deepEqual(
    items.reverse().map(({ request_id: id, sandbox }) => [id, sandbox]),
    answers.map(({ headers }) => [
      headers['x-request-id'],
      headers['x-guichet-sandbox'] === 'true',
    ]),
  );
});

test('files_of_calls_say_it_too', async () => {
  const listed = (await read('calls')).body.items;
  assert.deepEqual((await read('calls/export?format=json')).body.items, listed);
  const lines = (await read('calls/export?format=csv')).body.trimEnd().split('\r\n');
  assert.equal(lines[0].split(',').at(-1), 'sandbox');
  assert.deepEqual(
    lines.slice(1).map((line) => [line.split(',')[0], line.split(',').at(-1)]),
    listed.map(({ request_id: id, sandbox }) => [id, String(sandbox)]),
  );
});

test('figures_say_how_many_calls_the_sandbox_answered_before_and_after_they_are_rolled_up', async () => {
  // The calls seem to be of two days ago, and no other token was called.
  await server.database.sql(`
    delete from call where token_id <> '${token.id}' or token_id is null;
    update call_rolled set until = least(until, date_trunc('hour', now()) - interval '90 hours');
    update call set at = date_trunc('day', now()) - interval '40 hours' where token_id = '${token.id}'`);
  const [from, to] = [300, 1].map((hours) =>
    new Date(Date.now() - hours * 3_600_000).toISOString(),
  );
  const figures = () => read(`usage?from=${from}&to=${to}`).then(({ body }) => body);
  const check = (body) => {
    assert.deepEqual([body.totals.calls, body.totals.sandbox_calls], [4, 2]);
    assert.deepEqual(
      body.endpoints.map(({ endpoint, calls, sandbox_calls: count }) => [endpoint, calls, count]),
      [
        [UNIT, 3, 2],
        [RGE, 1, 0],
      ],
    );
    assert.deepEqual(
      body.errors.map(({ code, calls, sandbox_calls: count }) => [code, calls, count]).sort(),
      [
        ['00201', 1, 0],
        ['01003', 1, 1],
      ],
    );
  };
  const before = await figures();
  check(before);
  assert.equal(await published(), 2, 'public figures count no invented answers');
  await server.database.sql('do $$ begin while call_roll_next() loop end loop; end $$');
  // What is not rolled up would be missing from now on.
  await server.database.sql(`delete from call where token_id = '${token.id}'`);
  assert.deepEqual(await figures(), before);
  assert.equal(await published(), 2);
  const from30 = new Date(Date.now() - 30 * 86_400_000).toISOString();
  const byDay = (await read(`usage?from=${from30}&to=${to}`)).body;
  assert.equal(byDay.bucket_seconds, 86_400);
  await server.database.sql(`delete from call_hour where token_id = '${token.id}'`);
  check((await read(`usage?from=${from30}&to=${to}`)).body);
  const csv = (await read(`usage?from=${from30}&to=${to}`, { accept: 'text/csv' })).body;
  const cells = csv
    .trimEnd()
    .split('\r\n')
    .map((line) => [line.split(',')[0], line.split(',').at(-1)]);
  assert.deepEqual(cells, [
    ['endpoint', 'sandbox_calls'],
    [UNIT, '2'],
    [RGE, '0'],
  ]);
});
