// Accounts and tokens of a former dashboard: `guichet import-accounts`.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createAccount, PASSWORD as OWN } from '../support/accounts.mjs';
import { mailsDone } from '../support/barrier.mjs';
import { runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { ASKED } from '../support/tokens.mjs';

const ENDPOINT = `/gateway/api-entreprise/v3/dgfip/etablissements/13002526500013/chiffres_affaires?${ASKED}`;
// A published test vector of bcrypt.
const PASSWORD = 'abcdefghijklmnopqrstuvwxyz';
const BCRYPT = '$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC';
const COLUMNS =
  'email,given_name,family_name,siret,password_hash,token_id,product,scopes,expires_at';

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

async function importRows(rows, ...options) {
  const file = join(server.dataDir, `${randomUUID()}.csv`);
  await writeFile(file, [COLUMNS, ...rows].map((row) => `${row}\r\n`).join(''));
  return runProgram(['import-accounts', ...options, file], { env: server.env });
}

/** Within the life of a token. */
const UNTIL = `${new Date(Date.now() + 500 * 86_400_000).toISOString().slice(0, 10)}T00:00:00Z`;

function row({
  email = 'ancienne@mairie.example',
  siret = SIRETS.CLAMART,
  hash = BCRYPT,
  token = '',
  product = token && 'api-entreprise',
  scopes = token && 'chiffre_affaires_dgfip attestation_fiscale_dgfip',
  until = token && UNTIL,
} = {}) {
  return `${email},Ada,"Martin, épouse Roy",${siret},${hash},${token},${product},${scopes},${until}`;
}

test('people_log_in_with_their_former_password_which_is_hashed_again', async () => {
  const email = 'ancienne@mairie.example';
  const { code, stdout } = await importRows([row({ email })]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /1 accounts created, 0 already there; 0 tokens created/);
  const client = server.client();
  const { body } = await client.logIn(email, PASSWORD);
  assert.equal(body.account.family_name, 'Martin, épouse Roy');
  assert.deepEqual(
    body.memberships.map(({ siret, state }) => [siret, state]),
    [[SIRETS.CLAMART, 'active']],
  );
  const [hash] = await server.database.sql(
    `select password_hash from account where email = '${email}'`,
  );
  assert.match(hash, /^\$argon2id\$/);
  await server.client().logIn(email, PASSWORD);
  await mailsDone(server);
  assert.equal((await server.mailbox.list()).length, 0);
});

/** Milliseconds of processor that the program has used. */
async function spentMs() {
  const fields = (await readFile(`/proc/${server.pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10; // ticks of user and system
}

// The time of a log-in would tell who was imported, and so who has an account.
test('a_wrong_password_costs_the_same_whatever_hash_the_address_has', async () => {
  const imported = 'lente@mairie.example';
  const hash = '$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
  assert.equal((await importRows([row({ email: imported, hash })])).code, 0);
  const { email: own } = await createAccount(server);
  const costs = {};
  const client = server.client();
  for (const email of [imported, own, 'personne@mairie.example']) {
    const before = await spentMs();
    for (let i = 0; i < 8; i++) {
      (await client.post('/v1/session', { email, password: 'pas-le-bon-mot' })).expect(401);
    }
    costs[email] = (await spentMs()) - before;
  }
  const all = Object.values(costs);
  assert.ok(Math.max(...all) < 1.5 * Math.min(...all), JSON.stringify(costs));
});

// The first is that of above under its other names; the others are published by the authors of Argon2.
const KINDS = {
  '2b': [BCRYPT.replace('$2a$', '$2b$'), PASSWORD],
  '2y': [BCRYPT.replace('$2a$', '$2y$'), PASSWORD],
  argon2i: [
    '"$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"',
    'password',
  ],
  argon2id: [
    '"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"',
    'password',
  ],
};

test('people_without_a_hash_get_no_mail_and_choose_a_password_when_they_come', async () => {
  const email = 'sans-empreinte@mairie.example';
  const { code, stdout } = await importRows([row({ email, hash: '' })]);
  assert.equal(code, 0, stdout);
  const [hash] = await server.database.rows(
    `select password_hash from account where email = '${email}'`,
  );
  assert.deepEqual(hash, { password_hash: null });
  await mailsDone(server);
  assert.equal((await server.mailbox.list()).length, 0);
  for (const password of ['', PASSWORD]) {
    (await server.client().post('/v1/session', { email, password })).expect(password ? 401 : 422);
  }
  (await server.client().post('/v1/password-reset-mail', { email })).expect(202);
  const { token } = await server.mailbox.take({ to: email });
  (await server.client().post('/v1/password-reset', { token, password: OWN })).expect(204);
  const { body } = await server.client().logIn(email, OWN);
  assert.equal(body.memberships[0].state, 'active');
});

test('the_column_of_the_hashes_may_be_missing', async () => {
  const file = join(server.dataDir, 'people.csv');
  await writeFile(
    file,
    `\ufeffsiret,family_name,given_name,email\n${SIRETS.CLAMART},Martin,Ada,b@mairie.example\n`,
  );
  const { code, stdout } = await runProgram(['import-accounts', file], { env: server.env });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /1 accounts created/);
});

test('each_kind_of_hash_is_accepted_and_replaced_at_the_first_log_in', async () => {
  const people = Object.entries(KINDS).map(([kind, [hash, password]]) => ({
    email: `ancien-${kind}@mairie.example`,
    hash,
    password,
  }));
  const { code, stdout } = await importRows(people.map(row));
  assert.equal(code, 0, stdout);
  for (const { email, password } of people) await server.client().logIn(email, password);
  const hashes = await server.database.sql(
    "select password_hash from account where email like 'ancien-%'",
  );
  assert.equal(hashes.length, people.length);
  const { email: today } = await createAccount(server);
  const [usual] = await server.database.sql(
    `select password_hash from account where email = '${today}'`,
  );
  const parameters = (hash) => hash.split('$').slice(0, 4);
  for (const hash of hashes) assert.deepEqual(parameters(hash), parameters(usual));
});

test('refuses_hashes_that_log_in_cannot_verify', async () => {
  const { code, stdout } = await importRows([
    row({ email: 'lent@mairie.example', hash: BCRYPT.replace('$06$', '$20$') }),
    row({ email: 'lourd@mairie.example', hash: KINDS.argon2id[0].replace('m=65536', 'm=8388608') }),
    row({ email: 'casse@mairie.example', hash: '$argon2id$' }),
  ]);
  assert.equal(code, 1);
  for (const line of [2, 3, 4]) assert.ok(stdout.includes(`line ${line}, password_hash`), stdout);
  assert.match(stdout, /0 accounts created.*3 rows refused/);
});

test('imports_tokens_with_their_ids', async () => {
  const email = 'jetons@mairie.example';
  const tokens = [randomUUID(), `${randomUUID().slice(0, -1)}f`];
  const written = [tokens[0], tokens[1].toUpperCase()]; // the same id
  const { stdout } = await importRows(written.map((token) => row({ email, token })));
  assert.match(stdout, /1 accounts created, 1 already there; 2 tokens created/);
  const client = server.client();
  await client.logIn(email, PASSWORD);
  for (const id of tokens) {
    const { body: token } = (await client.get(`/v1/tokens/${id}`)).expect(200);
    assert.equal(token.expires_at, new Date(UNTIL).toISOString());
    assert.deepEqual(token.scopes, ['chiffre_affaires_dgfip', 'attestation_fiscale_dgfip']);
    const { body } = (await client.post(`/v1/tokens/${id}/reveal`)).expect(200);
    (await server.client().get(ENDPOINT, { bearer: body.token })).expect(200);
    const { body: request } = (await client.get(`/v1/requests/${token.request_id}`)).expect(200);
    assert.equal(request.state, 'approved');
    (await client.get(`/v1/habilitations/${token.habilitation_id}`)).expect(200);
  }
});

test('is_idempotent', async () => {
  const rows = [row({ email: 'deux@mairie.example', token: randomUUID() })];
  await importRows(rows);
  const count = () =>
    server.database.sql(
      'select (select count(*) from account), (select count(*) from request), (select count(*) from audit)',
    );
  const before = await count();
  const { code, stdout } = await importRows(rows);
  assert.equal(code, 0);
  assert.match(stdout, /0 accounts created, 1 already there; 0 tokens created, 1 already there/);
  assert.deepEqual(await count(), before);
});

test('a_dry_run_changes_nothing', async () => {
  const rows = [row({ email: 'essai@mairie.example', token: randomUUID() })];
  const { code, stdout } = await importRows(rows, '--dry-run');
  assert.equal(code, 0);
  assert.match(stdout, /dry run, nothing was changed: 1 accounts created/);
  assert.deepEqual(
    await server.database.sql("select 1 from account where email = 'essai@mairie.example'"),
    [],
  );
});

test('a_dry_run_says_what_the_run_says_of_rows_that_belong_together', async () => {
  const email = 'plusieurs@mairie.example';
  const [id, other] = [randomUUID(), randomUUID()];
  const rows = [
    row({ email, token: id }),
    row({ email: 'Plusieurs@Mairie.example', token: other }),
    row({ email: 'tiers@mairie.example', token: id.toUpperCase() }),
  ];
  const dry = await importRows(rows, '--dry-run');
  const done = await importRows(rows);
  assert.deepEqual([dry.code, done.code], [1, 1]);
  assert.equal(dry.stdout.replace('dry run, nothing was changed: ', ''), done.stdout);
  assert.match(done.stdout, /^line 4, token_id: La ligne 2 a la même valeur/m);
  assert.match(done.stdout, /^1 accounts created, 1 already there; 2 tokens created, 0 .* 1 rows/m);
});

test('reports_every_mistake_by_line_and_column_and_imports_the_rest', async () => {
  const { code, stdout } = await importRows([
    row({ email: 'x', siret: '123', hash: 'clear-text' }),
    row({ email: 'bon@mairie.example' }),
    row({
      email: 'faux@mairie.example',
      token: 'x',
      until: '2001-01-01T00:00:00Z',
      scopes: 'rien',
    }),
    row({ email: 'autre@mairie.example', token: randomUUID(), product: 'rien' }),
    row({ email: 'tard@mairie.example', token: randomUUID(), until: '2099-06-30T00:00:00Z' }),
  ]);
  assert.equal(code, 1);
  for (const mistake of [
    'line 2, email',
    'line 2, siret',
    'line 2, password_hash',
    'line 4, token_id',
    'line 4, expires_at',
    'line 4, scopes',
    'line 5, product',
    'line 6, expires_at',
  ]) {
    assert.ok(stdout.includes(mistake), `${mistake} in\n${stdout}`);
  }
  assert.match(stdout, /1 accounts created.*4 rows refused/);
});

test('refuses_files_that_are_not_a_csv_of_accounts', async () => {
  const missing = await runProgram(['import-accounts', '/nowhere.csv'], { env: server.env });
  assert.equal(missing.code, 1);
  const file = join(server.dataDir, 'wrong.csv');
  await writeFile(file, 'email,name\na,b\n');
  const wrong = await runProgram(['import-accounts', file], { env: server.env });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /given_name/);
  assert.equal((await runProgram(['import-accounts'], { env: server.env })).code, 2);
});
