// What an administration installs: units, containers and the pages that tell of settings and events.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { PROGRAM } from '../support/server.mjs';
import { files, none, read } from './house.mjs';
import { DOCKERFILE, LIST, packagesOf, readList, suiteOf } from './suite_packages.mjs';

const DEPLOY = 'api/deploy';
/** systemd's measure: 0 is closed, 10 open. */
const EXPOSURE_MOST = 2.0;

function aside(use) {
  const folder = mkdtempSync('/tmp/guichet-lint-');
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command, args, options) {
  const result = spawnSync(command, args, { encoding: 'utf8', ...options });
  assert.ifError(result.error);
  return { status: result.status, text: result.stdout + result.stderr };
}

test('the_page_of_settings_is_what_the_program_prints', () => {
  const printed = execFileSync(PROGRAM, ['check-config', '--print-docs'], { encoding: 'utf8' });
  assert.ok(
    read(`${DEPLOY}/settings.md`).endsWith(printed),
    `build/guichet check-config --print-docs gives the table of ${DEPLOY}/settings.md`,
  );
});

test('the_page_of_events_holds_every_event_and_its_meaning', () => {
  const rows = [...read('api/base/events.def').matchAll(/^EVENT\(\w+, "(\w+)", "(.*)"\)$/gm)];
  assert.ok(rows.length > 20);
  const page = read(`${DEPLOY}/events.md`);
  none(
    rows
      .map(([, name, meaning]) => `| \`${name}\` | ${meaning} |`)
      .filter((line) => !page.includes(line)),
  );
  const told = page.match(/^\| `\w+` \|/gm) ?? [];
  assert.equal(told.length, rows.length, 'an event that there is not');
});

const commands = [...read('api/commands/commands.def').matchAll(/^COMMAND\("([\w -]+)",/gm)].map(
  ([, name]) => name,
);

test('every_command_is_listed_once', () => {
  assert.ok(commands.length > 10);
  assert.deepEqual(commands, [...new Set(commands)]);
});

/** What the units, the developers and the containers call. */
const NOT_BY_HAND = [
  'serve',
  'worker',
  'seed-demo',
  'print-routes',
  'print-workflow',
  'print-manual',
];

test('administrators_are_told_of_every_command', () => {
  const pages = files(/^api\/deploy\/.*\.md$/)
    .map(read)
    .join('\n');
  none(
    commands
      .filter((name) => !NOT_BY_HAND.includes(name))
      .filter((name) => !new RegExp(`\\bguichet(-admin)? ${name}\\b`).test(pages)),
  );
});

test('the_image_is_built_with_the_packages_of_the_build', () => {
  const asked = /^PACKAGES_BUILD=\(([^)]*)\)/m.exec(read('script/lib.sh'))?.[1] ?? '';
  const stage = read(DOCKERFILE).split(/^FROM .* AS /m)[1];
  assert.match(stage, /^build$/m);
  const needed = asked.match(/[a-z][\w.+-]+/g).concat('nodejs', 'npm');
  // ninja, and no tests.
  const notThere = /^(g\+\+|make|libcmocka-dev)$/;
  assert.deepEqual(packagesOf(stage), needed.filter((name) => !notThere.test(name)).sort());
});

/** What the list of the suite's packages lacks of a Dockerfile, or has beyond it. */
function differences(dockerfile, list) {
  const named = packagesOf(dockerfile);
  const listed = [...list.versions.keys()];
  return [
    ...named.filter((name) => !listed.includes(name)),
    ...listed.filter((name) => !named.includes(name)),
  ];
}

test('the_suite_has_every_package_that_the_images_install', () => {
  const dockerfile = read(DOCKERFILE);
  const list = readList(read(LIST));
  assert.equal(list.suite, suiteOf(dockerfile));
  assert.ok(packagesOf(dockerfile).length > 30);
  none(differences(dockerfile, list));
  // The name of another suite, as it once was.
  const wrong = dockerfile.replace('libulfius2.7t64', 'libulfius2.7');
  assert.deepEqual(differences(wrong, list), ['libulfius2.7', 'libulfius2.7t64']);
  assert.throws(() => suiteOf(`${dockerfile}FROM postgres:17-bookworm\n`));
});

test('the_images_get_no_secret_nor_build_of_a_checkout', () => {
  const lines = read('.dockerignore')
    .split('\n')
    .filter((line) => /^[^#]/.test(line));
  assert.equal(lines[0], '*');
  const letIn = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  none(letIn.filter((path) => /^(\.git|\.guichet|secrets|build|node_modules)/.test(path)));
  assert.match(read('.gitignore'), /^\/secrets\/$/m);
});

test('every_event_is_logged_somewhere', () => {
  const code = files(/^api\/.*\.c$/)
    .map(read)
    .join('\n');
  const names = [...read('api/base/events.def').matchAll(/^EVENT\((\w+),/gm)].map(
    ([, name]) => name,
  );
  none(names.filter((name) => !new RegExp(`\\bLOG_${name}\\b`).test(code)));
});

const units = files(/^api\/deploy\/systemd\/.*\.service$/);

/** A unit as it is once installed, but for what this machine has not. */
function installed(folder, path) {
  const name = path.split('/').at(-1);
  const file = join(folder, name);
  const text = read(path).replace(/^(ExecStart=)\S+/m, '$1/bin/true');
  writeFileSync(file, text.replace(/^EnvironmentFile=.*\n/m, ''));
  return file;
}

for (const path of units) {
  const name = path.split('/').at(-1);
  test(`systemd_accepts_${name}_and_rates_it_hardened`, (t) =>
    aside((folder) => {
      const file = installed(folder, path);
      const instance = file.replace('@.', '@8081.');
      if (instance !== file) writeFileSync(instance, readFileSync(file));
      const { status, text } = run('systemd-analyze', ['verify', instance]);
      assert.equal(status, 0, text);
      const { text: said } = run('systemd-analyze', ['security', '--offline=yes', instance]);
      const exposure = Number(/Overall exposure level for .*: ([\d.]+)/.exec(said)?.[1]);
      t.diagnostic(`exposure ${exposure}`);
      assert.ok(exposure <= EXPOSURE_MOST, said);
    }));
}

test('docker_compose_accepts_its_file', () =>
  aside((folder) => {
    writeFileSync(join(folder, 'docker-compose.yml'), read('docker-compose.yml'));
    mkdirSync(join(folder, 'secrets'));
    writeFileSync(join(folder, 'secrets', 'guichet.env'), 'GUICHET_SUPPORT_EMAIL=a@b.example\n');
    const { status, text } = run('docker-compose', ['config', '--quiet'], { cwd: folder });
    assert.equal(status, 0, text);
  }));

test('containers_are_read_only_without_privilege_and_watched', () => {
  const { services, secrets } = parse(read('docker-compose.yml'), { merge: true });
  const all = Object.entries(services);
  none(
    all
      .filter(([, service]) => !service.read_only || service.cap_drop?.[0] !== 'ALL')
      .map(([name]) => `${name} may write or has capabilities`),
  );
  none(
    all
      .filter(([, { user }]) => !/^[1-9]/.test(user ?? ''))
      .map(([name]) => `${name} runs as root`),
  );
  none(all.filter(([name, { healthcheck }]) => !healthcheck && name !== 'migration'));
  const own = ['guichet:local', 'guichet-front:local', 'guichet-database:local'];
  none(all.filter(([, { image, build }]) => !own.includes(image) || !build));
  for (const [name, service] of all)
    assert.equal(
      service.secrets?.includes('database_owner_url') ?? false,
      ['database', 'migration'].includes(name),
      `${name} and the owner's log-in`,
    );
  assert.ok(Object.values(secrets).every(({ file }) => file.startsWith('./secrets/')));
  assert.doesNotMatch(read('docker-compose.yml'), /PASSWORD: |_KEY: |postgresql:\/\//);
});

test('the_image_copies_only_existing_files', () => {
  const lines = read(DOCKERFILE).match(/^COPY (?!--from)(.*) \S+$/gm) ?? [];
  const named = lines
    .flatMap((line) => line.split(' ').slice(1, -1))
    .filter((path) => path !== '.');
  const known = new Set(files());
  none([...new Set(named)].filter((path) => !known.has(path)));
});
