// What the package holds: everything that api/deploy has for those who run the program, and nothing forgotten.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { PROGRAM } from '../support/server.mjs';
import { ROOT, files, none, read } from './house.mjs';

const DEPLOY = /^api\/deploy\//;
/** What makes the package, and what is for those who work here. */
const NOT_INSTALLED = /^api\/deploy\/((debian|containers)\/|monitoring\/rules\.test\.yml$)/;
/** Where `cmake --install` or script/package puts a file of api/deploy. */
function placeOf(path) {
  const name = path.replace(DEPLOY, '');
  if (name === 'guichet-admin') return 'usr/bin/guichet-admin';
  if (name === 'systemd/sysusers.conf') return 'usr/lib/sysusers.d/guichet.conf';
  if (name.startsWith('systemd/')) return `usr/lib/${name.replace('systemd/', 'systemd/system/')}`;
  if (name.endsWith('.md') && !name.includes('/')) return `usr/share/doc/guichet/${name}`;
  return `usr/share/guichet/${name}`;
}

const listed = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

/** The files that `cmake --install` puts under /usr. */
function installed() {
  const folder = mkdtempSync('/tmp/guichet-lint-');
  try {
    const env = { ...process.env, DESTDIR: folder };
    execFileSync('cmake', ['--install', dirname(PROGRAM), '--prefix', '/usr'], {
      env,
      stdio: 'pipe',
    });
    return new Set(listed(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the_installation_holds_program_screens_products_and_all_of_api_deploy', () => {
  const there = installed();
  const pages = files(/^api\/deploy\/[^/]*\.md$/).map(placeOf);
  const wanted = [
    'usr/bin/guichet',
    ...files(DEPLOY)
      .filter((path) => !NOT_INSTALLED.test(path))
      .map(placeOf)
      .filter((path) => !pages.includes(path)), // script/package takes api/deploy/*.md
    ...files(/^api\/products\/.*\.json$/).map((path) => path.replace('api/', 'usr/share/guichet/')),
    ...listed(join(ROOT, 'build', 'www')).map((path) => `usr/share/guichet/www/${path}`),
  ];
  assert.ok(wanted.length > 100);
  none(wanted.filter((path) => !there.has(path)));
  none([...there].filter((path) => !wanted.includes(path)));
  assert.match(read('script/package'), /install -m 0644 "\$ROOT"\/api\/deploy\/\*\.md "\$doc"/);
});

test('the_settings_of_the_package_are_those_of_the_page_and_are_all_known', () => {
  const shipped = [...read('api/deploy/debian/guichet.env').matchAll(/^#(GUICHET_\w+=.*)$/gm)].map(
    ([, line]) => line,
  );
  const told = read('api/deploy/README.md').match(/^GUICHET_\w+=.+$/gm) ?? [];
  assert.ok(shipped.length > 4);
  assert.deepEqual(shipped, told);
});

test('man_reads_the_manual_page_without_a_warning', () => {
  const page = execFileSync(PROGRAM, ['print-manual'], { encoding: 'utf8' });
  const folder = mkdtempSync('/tmp/guichet-lint-');
  try {
    const file = join(folder, 'guichet.1');
    writeFileSync(file, page);
    const { status, stderr, stdout } = spawnSync('man', ['--warnings', '--local-file', file], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', MANPAGER: 'cat', MANWIDTH: '400' },
    });
    assert.deepEqual([status, stderr], [0, '']);
    const text = stdout.replace(/.\x08/g, '');
    for (const [, name] of read('api/commands/commands.def').matchAll(/^COMMAND\("([\w -]+)"/gm)) {
      assert.match(text, new RegExp(`^ +${name}\\b`, 'm'));
    }
    for (const [, name] of read('api/commands/options.def').matchAll(
      /^OPTION\(\w+, "([\w-]+)"/gm,
    )) {
      assert.match(text, new RegExp(`^ +--${name}\\b`, 'm'));
    }
    for (const [, name] of read('api/base/config.def').matchAll(/^SETTING\(\w+, "(\w+)"/gm)) {
      assert.match(text, new RegExp(`^ +${name}\\b`, 'm'));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the_scripts_of_the_package_start_nothing_and_keep_the_secrets', () => {
  for (const name of ['postinst', 'prerm', 'postrm']) {
    const script = read(`api/deploy/debian/${name}`).replace(/^\s*#.*$/gm, '');
    assert.doesNotMatch(
      script,
      /systemctl (\S+ )*(start|restart|enable|reload-or-restart)\b/,
      name,
    );
    assert.doesNotMatch(script, /rm .*\/etc\/guichet/, name);
    assert.match(script, /^set -e$/m, name);
  }
});
