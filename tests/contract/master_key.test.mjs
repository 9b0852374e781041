// The master key: compared with the database before anything is sealed, changed while instances serve.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { logInAs, PASSWORD } from '../support/accounts.mjs';
import { createDatabase } from '../support/database.mjs';
import { formerString, importFormerToken } from '../support/former_system.mjs';
import { Listener, readSignature, sign } from '../support/listener.mjs';
import { approvedToken, cast, decide, submitRequest } from '../support/requests.mjs';
import { PROGRAM, runProgram, startServer } from '../support/server.mjs';
import { SIRETS } from '../support/sirets.mjs';
import { totpCode } from '../support/totp.mjs';
import { waitFor } from '../support/wait.mjs';

const newKey = () => randomBytes(32).toString('base64');
const keyOf = async ({ dataDir }) => (await readFile(join(dataDir, 'master.key'), 'utf8')).trim();
const run = (server, args, key, input = '') =>
  runProgram(args, { env: { ...server.env, GUICHET_MASTER_KEY: key }, input });
/** No program was seen for long with a key that came before the last one. */
const unseen = ({ database }) =>
  database.sql(`update master_key set seen_at = now() - interval '1 hour'
    where id <> (select id from master_key order by created_at desc limit 1)`);
const readiness = async ({ url }) => {
  const answer = await fetch(`${url}/health/ready`);
  return { status: answer.status, body: await answer.json() };
};
const wrongs = ({ logs }) => logs.filter(({ event }) => event === 'master_key_wrong');

describe('another key', () => {
  let server;
  before(async () => (server = await startServer()));
  after(() => server.stop());
  const keys = () => server.database.sql('select kid, state from signing_key order by kid');

  test('starts_no_instance_and_no_worker', async () => {
    for (const args of [['serve'], ['worker']]) {
      const { code, stderr } = await run(server, args, newKey());
      assert.equal(code, 1, args[0]);
      assert.match(stderr, /^GUICHET_MASTER_KEY: this database holds what the key [0-9a-f]{16} /m);
      assert.match(stderr, /RUNBOOK\.md, "The master key is wrong"/);
    }
  });

  test('is_a_mistake_of_the_settings', async () => {
    const { code, stdout, stderr } = await run(server, ['check-config'], newKey());
    assert.equal(code, 1);
    assert.match(stderr, /^GUICHET_MASTER_KEY: another key sealed this database/m);
    assert.doesNotMatch(stdout, /The settings are good/);
    assert.equal((await run(server, ['check-config'], server.env.GUICHET_MASTER_KEY)).code, 0);
  });

  test('beside_a_file_of_keys_is_a_mistake', async () => {
    const file = join(server.dataDir, 'another.key');
    await writeFile(file, newKey());
    const env = { ...server.env, GUICHET_MASTER_KEY: newKey(), GUICHET_MASTER_KEY_FILE: file };
    for (const command of ['check-config', 'serve', 'rotate-master-key']) {
      const { code, stderr } = await runProgram([command], { env });
      assert.equal(code, 1, command);
      assert.match(stderr, /GUICHET_MASTER_KEY and GUICHET_MASTER_KEY_FILE are both set/, command);
    }
  });

  test('seals_nothing_by_a_command', async () => {
    const former = await keys();
    const role = ['grant', 'nobody@mairie.example', 'admin'];
    const account = ['create-account', 'a@mairie.example', '--siret', SIRETS.CLAMART];
    const names = ['--given-name', 'A', '--family-name', 'B', '--password-stdin'];
    for (const args of [
      ['rotate-keys'],
      ['rotate-master-key'],
      ['seed-demo'],
      role,
      [...account, ...names],
    ]) {
      const { code, stderr } = await run(server, args, newKey(), `${PASSWORD}\n`);
      assert.equal(code, 1, args[0]);
      assert.match(stderr, /GUICHET_MASTER_KEY: this database holds/, args[0]);
    }
    assert.deepEqual(await keys(), former);
    assert.deepEqual(
      await server.database.sql("select id from account where email like 'a@%'"),
      [],
    );
    const [{ count }] = await server.database.rows('select count(*) from master_key');
    assert.equal(count, 1);
  });

  test('is_told_by_the_readiness_of_an_instance_that_lacks_it', async () => {
    const both = `${newKey()}\n${await keyOf(server)}`;
    const { database, dataDir } = server;
    const env = { GUICHET_MASTER_KEY: both };
    const second = await startServer({ database, dataDir, env });
    try {
      const { status, body } = await readiness(server);
      assert.equal(status, 503);
      assert.match(body.detail, /clé maîtresse.*master_key_wrong/);
      await readiness(server);
      const [{ lacks, given }, ...more] = await waitFor(
        'the event',
        () => wrongs(server).length > 0 && wrongs(server),
      );
      assert.match(lacks, /^[0-9a-f]{16}$/);
      assert.match(given, /^[0-9a-f]{16}$/);
      assert.notEqual(lacks, given);
      assert.deepEqual(more, [], 'said once');
      assert.equal((await readiness(second)).status, 200);
      const ready = async (one) =>
        (await one.metrics())
          .match(/^guichet_ready\{check="\w+"\} \d$/gm)
          .map((line) => line.slice(21));
      const good = ['database"} 1', 'schema"} 1'];
      assert.deepEqual(await ready(server), [...good, 'master_key"} 0']);
      assert.deepEqual(await ready(second), [...good, 'master_key"} 1']);
    } finally {
      await second.end();
    }
    await database.sql(`delete from master_key where id = '${wrongs(server)[0].lacks}'`);
    assert.equal((await readiness(server)).status, 200);
  });

  test('of_several_at_once_in_a_new_database_one_is_taken', async () => {
    const database = await createDatabase();
    const env = { ...server.env, GUICHET_DATABASE_URL: database.url };
    try {
      const ends = await Promise.all(
        Array.from({ length: 6 }, () =>
          runProgram(['rotate-keys'], { env: { ...env, GUICHET_MASTER_KEY: newKey() } }),
        ),
      );
      assert.deepEqual(ends.map(({ code }) => code).sort(), [0, 1, 1, 1, 1, 1]);
      assert.deepEqual(await database.sql('select count(*) from master_key'), ['1']);
    } finally {
      await database.drop();
    }
  });

  test('is_found_in_a_database_of_before_the_canary', async () => {
    await server.end();
    await server.database.sql('delete from master_key');
    const refused = await run(server, ['serve'], newKey());
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /this database holds signing_key\/\S+, and none of the keys/);
    assert.deepEqual(await server.database.sql('select id from master_key'), []);
    await server.start();
    assert.deepEqual(await server.database.sql('select count(*) from master_key'), ['1']);
  });
});

const SEALED_TEXT = `select t.table_name || '.' || t.column_name as name
  from information_schema.columns t join pg_class c on c.relname = t.table_name and c.relkind in ('r', 'p')
  cross join lateral (select query_to_xml(format(
    'select count(*) as n from %I where %s like ''%%s1.%%''', t.table_name,
    case t.data_type when 'bytea' then format('encode(%I, ''escape'')', t.column_name)
                     else format('%I::text', t.column_name) end), true, true, '') as xml) found
  where t.table_schema = 'public' and (xpath('//n/text()', found.xml))[1]::text <> '0'
  and t.column_name not like '%private_pem_' order by 1`;

describe('a new key', () => {
  let server;
  let former;
  let next;
  let people;
  let listener;
  /** What was sealed by the former key. */
  const made = {};

  before(async () => {
    server = await startServer({ env: { GUICHET_WEBHOOK_LOOPBACK: 'on' } });
    [former, next] = [await keyOf(server), newKey()];
    listener = await new Listener().start();
    people = await cast(server);
    const { client } = people.applicant;
    const token = await approvedToken(people);
    made.token = token.path;
    await importFormerToken(server, token.id);
    made.formerString = formerString(token.id);
    made.string = (await client.post(`${made.token}/reveal`)).expect(200).body.token;
    const hook = { product: 'api-entreprise', siret: SIRETS.CLAMART, url: listener.url };
    const events = ['request.created'];
    made.hook = (await client.post('/v1/webhooks', { ...hook, events })).expect(201).body;
    const person = await logInAs(server);
    const { secret } = (await person.client.post('/v1/account/second-factor')).expect(201).body;
    const code = { code: totpCode(secret) };
    const given = await person.client.post('/v1/account/second-factor/confirmation', code);
    made.person = { email: person.email, secret, codes: given.expect(200).body.recovery_codes };
    const staff = people.instructor.client;
    const order = { kind: 'requests', format: 'csv' };
    made.export = `/v1/exports/${(await staff.post('/v1/exports', order)).expect(202).body.id}`;
    await waitFor('the export', async () => (await staff.get(made.export)).body.state === 'ready');
    made.file = (await staff.get(`${made.export}/file`)).expect(200).text;
    made.key = randomUUID();
    made.draft = { product: 'api-entreprise', use_case: 'demande-libre', siret: SIRETS.CLAMART };
    const draft = await client.post('/v1/requests', made.draft, { idempotencyKey: made.key });
    made.answer = draft.expect(201).body;
  });
  after(async () => {
    await server.stop();
    await listener.stop();
  });

  async function restart(key) {
    await server.end();
    server.env.GUICHET_MASTER_KEY = key;
    await server.start();
  }

  /** By the secret of the former system, which is opened when the string is first seen. */
  const acceptsFormerString = () =>
    server
      .client()
      .get('/gateway/api-entreprise/privileges', { bearer: made.formerString })
      .then((answer) => answer.expect(200));

  test('beside_the_former_one_opens_everything', async () => {
    await restart(`# of this year\n${next}\n# of last year\n${former}\n`);
    await acceptsFormerString();
    const { client } = people.applicant;
    assert.equal((await client.post(`${made.token}/reveal`)).expect(200).body.token, made.string);
    const browser = server.client();
    await browser.logIn(made.person.email, PASSWORD);
    const code = made.person.codes[0];
    (await browser.post('/v1/session/second-factor', { code })).expect(200);
  });

  test('changes_nothing_while_a_program_sealed_with_the_former_one', async () => {
    await server.database.sql('update master_key set seen_at = now()');
    const sealed = () => server.database.sql('select sealed_jwt from token order by id');
    const before = await sealed();
    const first = await run(server, ['rotate-master-key'], server.env.GUICHET_MASTER_KEY);
    assert.equal(first.code, 1);
    assert.match(
      first.stderr,
      /nothing was changed: a program sealed with a former key \([0-9a-f]{16}\)/,
    );
    assert.doesNotMatch(first.stdout, /sealed anew/);
    assert.deepEqual(await sealed(), before);
    assert.equal((await readiness(server)).status, 200);
  });

  test('seals_everything_anew_under_calls_and_keeps_a_former_key_that_seals_meanwhile', async () => {
    await unseen(server);
    let serving = true;
    const reveals = (async () => {
      let count = 0;
      for (; serving; count++) {
        const answer = await people.applicant.client.post(`${made.token}/reveal`);
        assert.equal(answer.expect(200).body.token, made.string);
      }
      return count;
    })();
    const release = await server.database.hold('select 1 from second_factor for update');
    const running = run(server, ['rotate-master-key'], server.env.GUICHET_MASTER_KEY);
    await waitFor('the run to wait', async () => {
      const [waiting] = await server.database.sql(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      return waiting !== '0';
    });
    await server.database.sql('update master_key set seen_at = now()');
    await release();
    const first = await running;
    serving = false;
    assert.ok((await reveals) > 0);
    assert.equal(first.code, 1, first.stdout);
    assert.match(first.stderr, /a program sealed with a former key \([0-9a-f]{16}\) in the last/);
    assert.match(
      first.stdout,
      /^token\.sealed_jwt: 1 open, 1 of them sealed anew, 0 do not open$/m,
    );
    assert.match(first.stdout, /^signing_key\.\S+: 2 open, 2 of them sealed anew/m);
    assert.match(first.stdout, /^former_system\.\S+: 1 open, 1 of them sealed anew/m);
    const [{ count }] = await server.database.rows('select count(*) from master_key');
    assert.equal(count, 2, 'the former one is kept');
    await unseen(server);
    const second = await run(server, ['rotate-master-key'], server.env.GUICHET_MASTER_KEY);
    assert.equal(second.code, 0, second.stderr);
    assert.doesNotMatch(second.stdout, /open, [1-9]\d* of them sealed anew/);
    assert.match(second.stdout, /take the others out of GUICHET_MASTER_KEY/);
    assert.match(second.stderr, /"master_key_rotated"/);
    assert.deepEqual(await server.database.sql('select count(*) from master_key'), ['1']);
  });

  test('is_enough_alone', async () => {
    await restart(next);
    const { client } = people.applicant;
    await acceptsFormerString();
    assert.equal((await client.post(`${made.token}/reveal`)).expect(200).body.token, made.string);
    const file = await people.instructor.client.get(`${made.export}/file`);
    assert.equal(file.expect(200).text, made.file);
    const again = await client.post('/v1/requests', made.draft, { idempotencyKey: made.key });
    assert.deepEqual(again.expect(201).body, made.answer);
    listener.received = [];
    (await client.post('/v1/requests', made.draft)).expect(201);
    const { body, headers } = await listener.take('request.created');
    const { at, signatures } = readSignature(headers['x-guichet-signature']);
    assert.deepEqual(signatures, [sign(made.hook.secret, at, body)]);
    for (const code of [totpCode(made.person.secret, 1), made.person.codes[1]]) {
      const browser = server.client();
      await browser.logIn(made.person.email, PASSWORD);
      (await browser.post('/v1/session/second-factor', { code })).expect(200);
    }
    (await decideAnother()).expect(201);
    assert.match(await server.command(['verify-audit']), /the chain is whole/);
    const lost = await run(server, ['verify-audit'], former);
    assert.equal(lost.code, 1, 'the former key knows nothing of the new seals');
  });

  async function decideAnother() {
    const { id } = await submitRequest(people.applicant.client, { domain: people.domain });
    return decide(people.instructor.client, id, 'approve');
  }

  test('leaves_no_column_out', async () => {
    const listed = [
      ...(await readFile(new URL('../../api/core/sealed.def', import.meta.url), 'utf8')).matchAll(
        /^SEALED\(\w+, "([\w.]+)"/gm,
      ),
    ].map(([, name]) => name);
    await server.database
      .sql(`insert into outbox (id, state, template, recipient, sealed, next_attempt_at)
      values (gen_random_uuid(), 'sealed', 'x', 'x@mairie.example', 's1.x', now() + interval '1 hour')`);
    await server.database.sql(
      "insert into former_system (name, sealed_secret) values ('x', 's1.x')",
    );
    const found = await server.database.sql(SEALED_TEXT);
    assert.deepEqual(
      found.filter((name) => name !== 'master_key.canary'),
      listed.sort(),
    );
  });

  test('is_refused_by_the_former_one_alone', async () => {
    const { code, stderr } = await run(server, ['serve'], former);
    assert.equal(code, 1);
    assert.match(stderr, /GUICHET_MASTER_KEY: this database holds/);
  });
});

describe('a change of the key that is cut', () => {
  let server;
  let key;
  before(async () => {
    server = await startServer();
    const people = await cast(server);
    await approvedToken(people);
    (await people.applicant.client.post('/v1/account/second-factor')).expect(201);
    await server.end();
  });
  after(() => server.stop());

  test('goes_on_where_it_was_killed', async () => {
    await server.database.sql("update master_key set seen_at = now() - interval '1 hour'");
    const release = await server.database.hold('select 1 from second_factor for update');
    key = `${newKey()}\n${await keyOf(server)}`;
    const env = { ...server.env, GUICHET_MASTER_KEY: key, PATH: process.env.PATH };
    const child = spawn(PROGRAM, ['rotate-master-key'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    await waitFor('the columns before', () => said.includes('webhook_secret.'));
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    assert.match(said, /^token\.sealed_jwt: 1 open, 1 of them sealed anew/m);
    assert.doesNotMatch(said, /second_factor/);
    const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    await waitFor(
      'the end of its statement',
      async () => (await server.database.sql(waits)).length === 0,
    );
    await release();
    await unseen(server);
    const again = await run(server, ['rotate-master-key'], key);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /^token\.sealed_jwt: 1 open, 0 of them sealed anew/m);
    assert.match(again.stdout, /^second_factor\.sealed_secret: 1 open, 1 of them sealed anew/m);
  });

  test('keeps_the_former_key_while_something_does_not_open', async () => {
    await server.database.sql("update master_key set seen_at = now() - interval '1 hour'");
    await server.database.sql("update second_factor set sealed_secret = 's1.AAAA'");
    const refused = await run(server, ['rotate-master-key'], `${newKey()}\n${key}`);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /no key given opens second_factor\/[0-9a-f-]{36}/);
    assert.match(refused.stderr, /RUNBOOK\.md, "The master key was lost"/);
    assert.match(
      refused.stdout,
      /^second_factor\.\S+: 0 open, 0 of them sealed anew, 1 do not open$/m,
    );
    assert.deepEqual(await server.database.sql('select count(*) from master_key'), ['2']);
  });
});

describe('a key that was lost', () => {
  let server;
  let people;
  let path;
  let string;
  before(async () => {
    server = await startServer();
    people = await cast(server);
    const { client } = people.applicant;
    ({ path } = await approvedToken(people));
    string = (await client.post(`${path}/reveal`)).expect(200).body.token;
    (await client.post('/v1/account/second-factor')).expect(201);
  });
  after(() => server.stop());

  test('is_replaced_as_the_runbook_says', async () => {
    const runbook = await readFile(new URL('../../api/deploy/RUNBOOK.md', import.meta.url), 'utf8');
    const [, section] = runbook.split('\n## The master key was lost\n');
    const [, statements] = /```sql\n([\s\S]*?)```/.exec(section);
    await server.end();
    await server.database.sql(statements);
    server.env.GUICHET_MASTER_KEY = newKey();
    await server.command(['rotate-keys']);
    await server.command(['rotate-keys']);
    const lost = await server.database.sql(
      "select kid from signing_key where sealed_private_pem = '' and state <> 'retired'",
    );
    assert.ok(lost.length >= 2);
    for (const kid of lost) await server.command(['rotate-keys', '--revoke', kid]);
    await server.start();
    const { client, email } = people.applicant;
    const renewed = (await client.post(`${path}/reveal`)).expect(200).body.token;
    assert.notEqual(renewed, string);
    await server.mailbox.take({ to: email, subject: /jeton|chaîne/i });
    const call = `/gateway/api-entreprise/privileges`;
    assert.equal((await server.client().get(call, { bearer: string })).status, 401);
    (await client.post('/v1/account/second-factor')).expect(201);
  });
});
