// script/test itself: what it says of its parts, and of a run that took too long.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { files, none, read, ROOT } from './house.mjs';

/** What `check_run_time SECONDS MINUTES_MAX` does. */
function judge(seconds, minutes) {
  const command = '. script/lib.sh; check_run_time "$1" "$2"';
  const result = spawnSync('bash', ['-c', command, 'script/test', `${seconds}`, `${minutes}`], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status: result.status, said: result.stderr };
}

test('a_run_within_its_time_passes_silently', () => {
  assert.deepEqual(judge(1200, 20), { status: 0, said: '' });
});

test('a_run_above_its_time_fails_and_says_by_how_much', () => {
  const { status, said } = judge(1201, 20);
  assert.equal(status, 1);
  assert.match(said, /took 20 min 1 s, more than the 20 minutes/);
  assert.equal(judge(1201, 21).status, 0);
});

test('the_parts_of_script_test_are_those_that_it_lists_takes_and_runs', () => {
  const text = read('script/test');
  const list = (name) => new RegExp(`^${name}=\\(([^)]*)\\)$`, 'm').exec(text)[1].split(' ');
  const parts = [...list('SHORT'), ...list('LONG')];
  assert.deepEqual(parts, [...new Set(parts)]);
  const sorted = (names) => [...names].sort();
  const { stdout, status } = spawnSync('script/test', ['--help'], { cwd: ROOT, encoding: 'utf8' });
  assert.equal(status, 0);
  const told = [...stdout.matchAll(/^ {2}([a-z]\w*)(?: |$)/gm)].map(([, name]) => name);
  assert.deepEqual(sorted(told), sorted([...parts, 'sanitize']));
  assert.ok(
    stdout.includes(
      `Without PART: ${list('SHORT').join(' ')}; with --full, ${list('LONG').join(' ')} too.`,
    ),
  );
  const taken = /^ +([a-z |2]+)\) parts\+=\("\$argument"\)/m.exec(text)[1].split(' | ');
  assert.deepEqual(sorted(taken), sorted(parts));
  const run = [...text.matchAll(/^part_(\w+)\(\)/gm)].map(([, name]) => name);
  assert.deepEqual(sorted(run), sorted(parts));
});

test('a_package_that_is_missing_from_node_modules_is_noticed', () => {
  const folder = mkdtempSync('/tmp/guichet-test-');
  const packages = {
    '': {},
    'node_modules/used': {},
    'node_modules/tool': { dev: true },
    'node_modules/elsewhere': { optional: true },
  };
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  const are = (scope) =>
    spawnSync(
      'bash',
      ['-c', '. script/lib.sh; ROOT=$1 node_modules_are_whole "$2"', '-', folder, scope],
      { cwd: ROOT },
    ).status;
  const add = (name) => {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), '{}');
  };
  try {
    assert.equal(are('runtime'), 1);
    add('used');
    assert.deepEqual([are('runtime'), are('all')], [0, 1]);
    add('tool');
    assert.equal(are('all'), 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every_folder_with_tests_is_run_by_a_part', () => {
  const text = read('script/test');
  const folders = files(/^tests\/\w+\/.*\.test\.mjs$/).map((path) => path.split('/')[1]);
  none([...new Set(folders)].filter((name) => !text.includes(` tests/${name}`)));
});
