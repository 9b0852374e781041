// From one release to the next: the former program on the new schema, the new one on the old schema until it is
// migrated, and the way back. The long form builds the program of the last release.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PASSWORD } from '../support/accounts.mjs';
import { newCluster } from '../support/cluster.mjs';
import { Load } from '../support/load.mjs';
import { cast, decide, submitRequest } from '../support/requests.mjs';
import { PROGRAM, startServer } from '../support/server.mjs';
import { waitFor } from '../support/wait.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FULL = process.env.GUICHET_TEST_FULL === '1';
const run = promisify(execFile);
const git = async (...args) => (await run('git', ['-C', ROOT, ...args])).stdout.trim();

const readiness = async ({ url }) => {
  const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
  return answer && { status: answer.status, body: await answer.json() };
};

/** The commit that made the last release: the one that last wrote its file; GUICHET_FORMER_COMMIT names another. */
async function formerCommit() {
  if (process.env.GUICHET_FORMER_COMMIT) return process.env.GUICHET_FORMER_COMMIT;
  assert.equal(
    await git('rev-parse', '--is-shallow-repository'),
    'false',
    'the last release is built from the history: git fetch --unshallow',
  );
  const files = (await readdir(join(ROOT, 'sql/releases'))).filter((name) =>
    /^\d.*\.jsonl$/.test(name),
  );
  const last = files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return git('log', '-1', '--format=%H', '--', `sql/releases/${last}`);
}

/** Builds the former program; returns it with its products. */
async function buildFormer(t) {
  const commit = await formerCommit();
  const folder = await mkdtemp('/tmp/guichet-former-');
  t.after(async () => {
    await git('worktree', 'remove', '--force', join(folder, 'tree'));
    await rm(folder, { recursive: true });
  });
  await git('worktree', 'add', '--detach', join(folder, 'tree'), commit);
  const tree = join(folder, 'tree');
  const build = join(tree, 'build');
  const launcher = await access('/usr/bin/ccache').then(
    () => ['-DCMAKE_C_COMPILER_LAUNCHER=ccache'],
    () => [],
  );
  const options = { maxBuffer: 1 << 26 };
  await run(
    'cmake',
    ['-G', 'Ninja', '-S', tree, '-B', build, '-DCMAKE_BUILD_TYPE=Release', ...launcher],
    options,
  );
  await run('cmake', ['--build', build, '--target', 'guichet'], options);
  t.diagnostic(`the former program is that of ${commit.slice(0, 12)}`);
  return { program: join(build, 'guichet'), products: join(tree, 'api/products') };
}

/** An empty database as the guide makes it, and the settings of its owner. */
async function emptyDatabase(t) {
  const cluster = await newCluster();
  await cluster.start();
  t.after(() => cluster.remove());
  return { database: cluster.database, owner: await cluster.prepareAsTheGuideSays() };
}

/** What people and programs do all day, at one instance. */
async function everyday(server, people) {
  const { client, email } = people.applicant;
  const { id } = await submitRequest(client, { domain: people.domain });
  (await decide(people.instructor.client, id, 'approve')).expect(201);
  const { token_id } = (await client.get(`/v1/requests/${id}`)).expect(200).body;
  const draft = { product: 'api-entreprise', use_case: 'demande-libre', siret: '21920023500014' };
  return {
    id,
    token: `/v1/tokens/${token_id}`,
    email,
    kinds: [
      { name: 'list', share: 3, good: 200, run: () => client.get('/v1/requests') },
      {
        name: 'queue',
        share: 2,
        good: 200,
        run: () => people.instructor.client.get('/v1/requests'),
      },
      { name: 'tokens', share: 2, good: 200, run: () => client.get('/v1/tokens') },
      {
        name: 'reveal',
        share: 2,
        good: 200,
        run: () => client.post(`/v1/tokens/${token_id}/reveal`),
      },
      { name: 'draft', share: 1, good: 201, run: () => client.post('/v1/requests', draft) },
    ],
  };
}

test('a_program_is_not_ready_until_its_functions_are_there_and_is_by_itself_then', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  await server.database.sql(`delete from schema_text_set;
    update schema_text set checksum = 'former' where name = 'functions/email_domain'`);
  const behind = await readiness(server);
  assert.equal(behind.status, 503);
  assert.match(behind.body.detail, /guichet migrate/);
  assert.match(await server.command(['migrate']), /^1 applied/);
  assert.equal((await readiness(server)).status, 200);
});

if (FULL) {
  test('the_former_program_works_under_load_while_the_new_one_migrates_and_after_the_way_back', async (t) => {
    const { program, products } = await buildFormer(t);
    const { database, owner } = await emptyDatabase(t);
    const env = { GUICHET_DATABASE_OWNER_URL: owner, GUICHET_DRAFTS_PER_ACCOUNT: '10000' };
    const former = await startServer({
      database,
      program,
      env: { ...env, GUICHET_PRODUCTS_DIR: products },
      start: false,
    });
    t.after(() => former.stop());
    await former.command(['migrate']);
    await former.start();
    const people = await cast(former);
    const { kinds, id, email, token } = await everyday(former, people);
    const load = new Load(20, kinds).start();
    t.after(() => load.stop());

    const next = await startServer({
      database,
      dataDir: former.dataDir,
      program: PROGRAM,
      env: { ...env, GUICHET_PUBLIC_URL: former.url },
      start: false,
    });
    t.after(() => next.stop());
    next.launch();
    const before = await waitFor('an answer of the new program', () => readiness(next));
    const [, applied] = /^(\d+) applied/.exec(await next.command(['migrate']));
    t.diagnostic(`${applied} migrations, functions and policies`);
    assert.equal(before.status, Number(applied) > 0 ? 503 : 200);
    if (Number(applied) > 0) assert.match(before.body.detail, /guichet migrate/);
    await waitFor(
      'the readiness of the new program',
      async () => (await readiness(next))?.status === 200,
    );

    const sent = load.sent;
    await waitFor('calls on the new schema', () => load.sent > sent + 200);
    assert.equal((await readiness(former)).status, 200);
    const browser = next.client();
    await browser.logIn(email, PASSWORD);
    (await browser.get(`/v1/requests/${id}`)).expect(200);
    const shown = (await browser.post(`${token}/reveal`)).expect(200).body.token;
    const another = await submitRequest(browser, { domain: people.domain });
    await load.stop();
    assert.deepEqual(load.odd, [], load.describe());
    t.diagnostic(`${load.sent} calls of the former program, none refused`);

    // The way back: the former program starts on the schema of the new one.
    await next.end();
    await former.end();
    await former.start();
    const again = former.client();
    await again.logIn(email, PASSWORD);
    assert.equal((await again.post(`${token}/reveal`)).expect(200).body.token, shown);
    (await again.get(`/v1/requests/${another.id}`)).expect(200);
    const instructor = former.client();
    await instructor.logIn(people.instructor.email, PASSWORD);
    (await decide(instructor, another.id, 'approve')).expect(201);
    assert.deepEqual(
      former.logs.filter(
        ({ event }) => event === 'internal_error' || event === 'statement_mismatch',
      ),
      [],
    );
  });
}
