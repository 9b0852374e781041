// docker-compose.yml as api/deploy/CONTAINERS.md says, with a real Docker daemon: made from a clean checkout,
// brought up with a certificate, and walked.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../support/ports.mjs';
import { exchange, request } from '../support/raw.mjs';
import { waitFor } from '../support/wait.mjs';
import { Authority } from './authority.mjs';
import { CALLER, certbot, makeCaller, THIS_SIDE } from './stand_ins.mjs';
import { commandsOf, Docker, replace, ROOT, run, succeed } from './docker.mjs';

const MB = 1e6;
const LAYERS_MB_MAX = 60;
const CONTEXT_MB_MAX = 10;
const NAME = 'guichet.example';
const IMAGES = ['guichet:local', 'guichet-front:local', 'guichet-database:local'];
const WRONG = JSON.stringify({ email: 'ana@mairie.example', password: 'Corbeau-vert-8271!' });
const JSON_TYPE = { 'Content-Type': 'application/json' };
const project = `rehearsal${process.pid}`;

let folder;
let tree;
let docker;
let authority;
let ports;
/** Between the parts of a container's name: `_` of Debian 12, `-` of 13. */
let joint;
const env = () => ({
  ...docker.env,
  COMPOSE_PROJECT_NAME: project,
  PATH: `${folder}/bin:${process.env.PATH}`,
  GUICHET_PUBLISH: `127.0.0.1:${ports.plain}`,
  GUICHET_PUBLISH_HTTPS: String(ports.https),
  GUICHET_PUBLISH_HTTP: String(ports.http),
});
const compose = (args, more = {}) =>
  succeed(['docker-compose', '--profile', 'tls', ...args], {
    cwd: tree,
    env: { ...env(), ...more },
  });
const container = (service) => [project, service, 1].join(joint);
const inside = (service, ...command) => docker.ask('exec', container(service), ...command);
const sql = async (text) =>
  (
    await inside(
      'database',
      'psql',
      '-XAt',
      '--host=/tmp',
      '--username=postgres',
      'guichet',
      '-c',
      text,
    )
  ).trim();
const health = async (service) =>
  (await docker.ask('inspect', '--format', '{{.State.Health.Status}}', container(service))).trim();
const healthy = (service) =>
  waitFor(`${service} to be healthy`, async () => (await health(service)) === 'healthy', {
    timeoutMs: 180_000,
    everyMs: 500,
  });

/** The commands of the page, but for what this machine has or must not do. */
async function pageCommands() {
  let text = await commandsOf('api/deploy/CONTAINERS.md', '# One machine, in containers');
  text = text.replace(/^apt-get .*\n/m, '');
  return replace(text, 'GUICHET_DIRECTORY=recherche-entreprises', 'GUICHET_DIRECTORY=local');
}

/** curl to the https front; from another machine, as far as this one can play one. */
async function ask(path, { from, args = [] } = {}) {
  const to = from ? THIS_SIDE : '127.0.0.1';
  const as = from ? ['ip', 'netns', 'exec', from] : [];
  // prettier-ignore
  const command = [...as, 'curl', '--silent', '--show-error', '--max-time', '20', '--cacert', authority.file, '--resolve',
    `${NAME}:${ports.https}:${to}`, '--write-out', '\n%{http_code}', ...args, `https://${NAME}:${ports.https}${path}`];
  const lines = (await succeed(command)).split('\n');
  return { status: Number(lines.at(-1)), body: lines.slice(0, -1).join('\n') };
}

const post = (body, more = []) => [
  ...['--request', 'POST', '--header', 'Content-Type: application/json', '--data', body],
  ...more,
];

/** Addresses of the log-ins that the instances refused. */
async function refusedLogins() {
  const logs = await Promise.all(
    ['api-1', 'api-2'].map((name) => docker.ask('logs', container(name))),
  );
  const lines = logs.join('\n').split('\n');
  return lines.filter((line) => line.includes('"login_failed"')).map((line) => JSON.parse(line).ip);
}

async function serial() {
  const { text } = await run(
    ['openssl', 's_client', '-connect', `127.0.0.1:${ports.https}`, '-servername', NAME],
    { timeoutMs: 10_000 },
  );
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(text)?.[0];
  if (!pem) return undefined;
  return (await succeed(['openssl', 'x509', '-noout', '-serial'], { input: pem }))
    .trim()
    .split('=')[1];
}

async function startMailServer() {
  const { lineage } = authority.issue(['smtp.example']);
  await docker.makeImage('rehearsal-smtp', 'python3-aiosmtpd');
  // prettier-ignore
  await docker.ask('run', '--detach', '--name', `${project}-smtp`, '--network', `${project}_inside`, '--network-alias', 'smtp.example',
    '--volume', `${lineage}:/tls:ro`, 'rehearsal-smtp', 'python3', '-m', 'aiosmtpd', '--nosetuid', '--listen', '0.0.0.0:587',
    '--tlscert', '/tls/fullchain.pem', '--tlskey', '/tls/privkey.pem', '--class', 'aiosmtpd.handlers.Mailbox', '/tmp/mail');
}

before(
  async () => {
    assert.equal(process.getuid?.(), 0, 'a Docker daemon needs root');
    folder = await mkdtemp('/var/tmp/guichet-rehearsal-');
    tree = join(folder, 'tree');
    await mkdir(tree);
    ports = { plain: await freePort(), https: await freePort(), http: await freePort() };
    await mkdir(join(folder, 'bin'));
    const standIn = certbot({ name: NAME, port: ports.http, lineage: '$LINEAGE' });
    await writeFile(join(folder, 'bin', 'certbot'), standIn, { mode: 0o755 });
    joint = (await succeed(['docker-compose', 'version', '--short'])).startsWith('1.') ? '_' : '-';
    docker = await Docker.start();
    authority = new Authority(docker.folder);
    await docker.makeBase(authority.file);
    // As git archive would, what is not committed yet included.
    await succeed([
      'bash',
      '-c',
      `set -euo pipefail; ROOT=${ROOT}; . ${ROOT}/tests/support/debian.sh; debian_sources ${tree} /.`,
    ]);
  },
  { timeout: 900_000 },
);
after(async () => {
  if (docker) {
    if (tree)
      await run(['docker-compose', '--profile', 'tls', 'down', '--volumes'], {
        cwd: tree,
        env: env(),
      });
    await docker.stop();
  }
  await rm(folder, { recursive: true, force: true });
});

test('a_checkout_that_is_used_gives_the_same_small_context_as_a_clean_one', async (t) => {
  const sizes = [];
  for (const used of [false, true]) {
    if (used) {
      // What script/server leaves, at its places.
      for (const path of [
        '.guichet/pg',
        'build/www',
        'build-asan',
        'node_modules/x',
        'secrets',
        '.git',
      ])
        await mkdir(join(tree, path), { recursive: true });
      const places = [
        '.guichet/master.key',
        'build/guichet',
        'build-asan/a',
        'node_modules/x/a',
        'secrets/a',
        '.git/a',
      ];
      for (const path of places) await writeFile(join(tree, path), Buffer.alloc(20 * MB, path));
    }
    const text = await succeed(
      [
        'docker',
        'build',
        '--target',
        'build',
        '--tag',
        'rehearsal-build',
        '--file',
        'api/Dockerfile',
        '.',
      ],
      { cwd: tree, env: docker.env, timeoutMs: 1_800_000 },
    );
    const size = /Sending build context to Docker daemon\s+([\d.]+)(k|M)B/.exec(
      text.split('\r').at(-1) ?? text,
    );
    const all = [...text.matchAll(/Sending build context to Docker daemon\s+([\d.]+)(k|M)B/g)];
    const last = all.at(-1) ?? size;
    assert.ok(last, text.slice(0, 400));
    sizes.push(Number(last[1]) * (last[2] === 'M' ? 1 : 0.001));
  }
  t.diagnostic(`context ${sizes.join(' and ')} MB`);
  assert.ok(
    sizes.every((size) => size < CONTEXT_MB_MAX),
    sizes.join(' '),
  );
  assert.equal(sizes[0], sizes[1]);
  const there = await docker.ask('run', '--rm', 'rehearsal-build', 'ls', '-A', '/src');
  for (const name of ['.git', '.guichet', 'secrets', 'build-asan', 'tests'])
    assert.ok(!there.split('\n').includes(name), `${name} is in the image of the build`);
  for (const name of ['.guichet', 'build', 'build-asan', 'node_modules', 'secrets', '.git'])
    await rm(join(tree, name), { recursive: true });
});

test('the_commands_of_the_page_bring_everything_up', async (t) => {
  const { lineage } = authority.issue([NAME]);
  const started = Date.now();
  await succeed(['bash', '-euo', 'pipefail', '-c', await pageCommands()], {
    cwd: tree,
    env: { ...env(), LINEAGE: lineage },
    timeoutMs: 1_800_000,
  });
  await Promise.all(['database', 'api-1', 'api-2', 'worker', 'front', 'front-tls'].map(healthy));
  await waitFor(
    'https',
    async () =>
      (
        await run([
          'curl',
          '--silent',
          '--fail',
          '--cacert',
          authority.file,
          '--resolve',
          `${NAME}:${ports.https}:127.0.0.1`,
          `https://${NAME}:${ports.https}/health/live`,
        ])
      ).code === 0,
    { everyMs: 500 },
  );
  t.diagnostic(
    `up in ${Math.round((Date.now() - started) / 1000)} s, the images of the build there already`,
  );
  await startMailServer();
});

test('the_program_is_at_most_60_mb_above_its_base', async (t) => {
  const base = await docker.size('debian:trixie-slim');
  for (const image of IMAGES)
    t.diagnostic(
      `${image} ${Math.round(((await docker.size(image)) - base) / MB)} MB above its base`,
    );
  assert.ok((await docker.size('guichet:local')) - base <= LAYERS_MB_MAX * MB);
});

test('no_image_holds_a_secret', async () => {
  const key = (await readFile(join(tree, 'secrets', 'master_key'), 'utf8')).trim();
  const [, password] = /:([^:@]+)@/.exec(
    await readFile(join(tree, 'secrets', 'database_url'), 'utf8'),
  );
  const script =
    'docker save "$@" | grep --text --count --fixed-strings --regexp "$KEY" --regexp "$PASSWORD"';
  const count = async (more) =>
    (
      await run(['bash', '-c', script, 'count', ...IMAGES], {
        env: { ...docker.env, KEY: key, PASSWORD: password, ...more },
      })
    ).text.trim();
  assert.equal(await count({}), '0');
  // A word that is in there, so that what looks finds.
  assert.notEqual(await count({ KEY: 'GUICHET_FRONT_PROXY_PROTOCOL' }), '0');
});

test('a_person_signs_up_by_https_and_gets_a_mail', async () => {
  const page = await ask('/');
  assert.equal(page.status, 200);
  const script = /\/static\/[^"]+\.js/.exec(page.body)?.[0];
  assert.equal((await ask(script)).status, 200);
  const form = {
    email: 'ana@mairie.example',
    given_name: 'Ana',
    family_name: 'Benali',
    siret: '21690123100011',
  };
  const answer = await ask('/v1/accounts', { args: post(JSON.stringify(form)) });
  assert.equal(answer.status, 202, answer.body);
  await waitFor(
    'the mail',
    async () => {
      const { text } = await run(
        ['docker', 'exec', `${project}-smtp`, 'sh', '-c', 'cat /tmp/mail/new/*'],
        {
          env: docker.env,
        },
      );
      return text.includes('ana@mairie.example') && text.includes(`https://${NAME}/`);
    },
    { timeoutMs: 300_000, everyMs: 1000 },
  );
  const away = await run([
    'curl',
    '--silent',
    '--output',
    '/dev/null',
    '--write-out',
    '%{http_code} %{redirect_url}',
    '--header',
    `Host: ${NAME}`,
    `http://127.0.0.1:${ports.http}/a?b=c`,
  ]);
  assert.equal(away.text, `308 https://${NAME}/a?b=c`);
});

test('the_program_logs_in_as_who_neither_is_a_superuser_nor_owns_anything', async () => {
  const who = await sql(
    "select distinct usename, usesuper, usebypassrls from pg_stat_activity join pg_user using (usename) where datname = 'guichet' and client_addr is not null",
  );
  assert.equal(who, 'guichet_app|f|f');
  assert.equal(await sql("select rolsuper from pg_roles where rolname = 'guichet_owner'"), 'f');
  assert.equal(
    await sql("select distinct tableowner from pg_tables where schemaname = 'public'"),
    'guichet_owner',
  );
  // Nobody but the two gets in from the network, the superuser with any password neither.
  const outside = await run(
    [
      'docker',
      'exec',
      '--env',
      'PGPASSWORD=x',
      container('database'),
      'psql',
      '--host',
      'database',
      '--username',
      'postgres',
      '-c',
      'select 1',
    ],
    { env: docker.env },
  );
  assert.notEqual(outside.code, 0);
  const checked = await run(['docker', 'exec', container('api-1'), 'guichet', 'check-config'], {
    env: docker.env,
  });
  assert.equal(checked.code, 0, checked.text);
});

test('callers_keep_their_address_whatever_they_claim', async (t) => {
  const caller = await makeCaller(t);
  const claims = [
    '--header',
    'X-Forwarded-For: 203.0.113.9',
    '--header',
    'X-Forwarded-For: 203.0.113.8',
  ];
  assert.equal((await ask('/v1/session', { from: caller, args: post(WRONG, claims) })).status, 401);
  assert.deepEqual(
    [
      ...new Set(
        await waitFor('its line', async () => {
          const found = await refusedLogins();
          return found.length > 0 && found;
        }),
      ),
    ],
    [CALLER],
  );
});

test('what_stands_in_front_tells_the_address_by_the_proxy_protocol_or_a_header', async () => {
  const plain = `http://127.0.0.1:${ports.plain}`;
  const wrong = (headers) =>
    request('POST', '/v1/session', { Host: NAME, ...JSON_TYPE, ...headers }, WRONG);
  const tell = async (more, bytes, expected) => {
    await compose(['up', '--detach', '--no-deps', 'front'], more);
    await healthy('front');
    const answer = await exchange(plain, bytes);
    assert.equal(answer.status, 401, answer.text);
    await waitFor(`${expected} in the log`, async () => (await refusedLogins()).includes(expected));
  };
  const behind = { GUICHET_FRONT_BEHIND: '10.89.7.1' };
  const line = 'PROXY TCP4 203.0.113.7 127.0.0.1 4000 8080\r\n';
  await tell({ ...behind, GUICHET_FRONT_PROXY_PROTOCOL: 'on' }, line + wrong({}), '203.0.113.7');
  await tell(behind, wrong({ 'X-Forwarded-For': '198.51.100.1, 203.0.113.6' }), '203.0.113.6');
  await tell({}, wrong({ 'X-Forwarded-For': '203.0.113.5' }), '10.89.7.1');
  assert.ok(!(await refusedLogins()).some((ip) => ['198.51.100.1', '203.0.113.5'].includes(ip)));
  const alone = await run(
    ['docker', 'run', '--rm', '--env', 'GUICHET_FRONT_PROXY_PROTOCOL=on', 'guichet-front:local'],
    { env: docker.env },
  );
  assert.notEqual(alone.code, 0);
  assert.match(alone.text, /GUICHET_FRONT_BEHIND has to say/);
});

test('unfinished_bodies_at_the_bound_fill_no_temporary_folder', async () => {
  const answers = [];
  const sockets = Array.from({ length: 32 }, () => {
    const socket = net.connect(ports.plain, '127.0.0.1').on('error', () => {});
    socket.once('data', (chunk) => answers.push(chunk.toString('latin1', 0, 12)));
    socket.write(
      `POST /v1/requests/5f0c1d0e-0000-4000-8000-00000000abcd/attachments HTTP/1.1\r\nHost: ${NAME}\r\n` +
        'Content-Type: multipart/form-data; boundary=a\r\nContent-Length: 10500000\r\n\r\n',
    );
    socket.write(Buffer.alloc(9 << 20, 'a'));
    return socket;
  });
  const used = async (service) =>
    Number((await inside(service, 'df', '--output=pcent', '/tmp')).match(/(\d+)%/)[1]);
  try {
    // 288 MB, of which each of the two instances holds GUICHET_UPLOADS_MB at most: the others are told so.
    await waitFor('a refusal', () => answers.includes('HTTP/1.1 503'));
    assert.ok((await used('front')) < 20);
    assert.ok((await used('api-1')) < 90 && (await used('api-2')) < 90);
    assert.equal((await ask('/v1/products')).status, 200);
    assert.equal((await ask('/v1/session', { args: post(WRONG) })).status, 401);
  } finally {
    sockets.forEach((socket) => socket.destroy());
  }
});

test('a_renewed_certificate_is_taken_and_one_that_does_not_fit_is_not', async () => {
  const former = await serial();
  const hook = [`${tree}/api/deploy/renew-certificate`, `${tree}/secrets/certificates`];
  const wrong = authority.issue([NAME]);
  await succeed([
    'cp',
    `${wrong.lineage}/fullchain.pem`,
    `${tree}/secrets/certificates/fullchain.pem`,
  ]);
  await waitFor(
    'a complaint',
    async () => /key values mismatch/.test(await docker.ask('logs', container('front-tls'))),
    { timeoutMs: 120_000, everyMs: 500 },
  );
  assert.equal(await serial(), former);
  const next = authority.issue([NAME]);
  await succeed(hook, { env: { RENEWED_LINEAGE: next.lineage } });
  await waitFor('the new certificate', async () => (await serial()) === next.serial, {
    timeoutMs: 120_000,
    everyMs: 500,
  });
  assert.equal((await ask('/health/live')).status, 200);
});

test('an_instance_at_a_time_restarts_without_a_failed_call', async (t) => {
  const statuses = new Map();
  let goes = true;
  const calls = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (goes) {
        const { status } = await fetch(`http://127.0.0.1:${ports.plain}/v1/products`).catch(() => ({
          status: 0,
        }));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        await new Promise((done) => {
          setTimeout(done, 100); // less than one address may ask
        });
      }
    }),
  );
  for (const name of ['api-1', 'api-2']) {
    await compose(['restart', '--timeout', '40', name]);
    await healthy(name);
  }
  goes = false;
  await calls;
  t.diagnostic(JSON.stringify([...statuses]));
  assert.deepEqual([...statuses.keys()], [200]);
});

test('the_password_of_a_role_is_changed_by_writing_it', async () => {
  const path = join(tree, 'secrets', 'database_url');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/:[^:@]+@/, ':a-new-password-of-the-role@'));
  await compose(['up', '--detach', '--force-recreate']);
  await Promise.all(['database', 'api-1', 'api-2', 'worker', 'front', 'front-tls'].map(healthy));
  assert.equal((await ask('/v1/products')).status, 200);
  assert.equal(
    await sql("select count(*) from registration where email = 'ana@mairie.example'"),
    '1',
  );
});
