// Two folders that define a function of the same name link without a word: the first archive wins, and
// callers of the other get a function they do not know.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BUILT = join(ROOT, 'build', 'api');

function definitions(archive) {
  const text = execFileSync('nm', ['--defined-only', '--extern-only', '--format=posix', archive], {
    encoding: 'utf8',
  });
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, kind]) => kind && 'TDBR'.includes(kind))
    .map(([name]) => name);
}

test('no_global_name_is_defined_twice', () => {
  // As the build knows them: one that a former build left may lie beside them.
  const rules = readFileSync(join(ROOT, 'build', 'build.ninja'), 'utf8');
  const archives = [...rules.matchAll(/^build api\/(\S+\.a):/gm)].map(([, name]) => name);
  assert.ok(archives.length > 5, 'build first: script/test lint does');
  const owners = new Map();
  for (const archive of archives) {
    for (const name of definitions(join(BUILT, archive)))
      owners.set(name, [...(owners.get(name) ?? []), archive]);
  }
  assert.deepEqual(
    [...owners].filter(([, where]) => where.length > 1),
    [],
  );
});
